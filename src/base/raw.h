/* The raw bytes of a mail: collected from a door, never changed.
 *
 * Above PD_RAW_SPOOL bytes they lie in an unlinked file and are mapped; below, in memory. */
#ifndef PD_BASE_RAW_H
#define PD_BASE_RAW_H

#include "base/error.h"
#include <stddef.h>

#define PD_RAW_SPOOL ((size_t)256 * 1024)

struct pd_raw {
	const char *data; /* after pd_raw_finish; mapped or malloc */
	size_t size;
	int fd; /* the unlinked file, -1: none */
	size_t room;
};

/* An empty one; directory is where spooled files are made (copied by reference, must outlive). */
struct pd_raw *pd_raw_new(const char *directory);
void pd_raw_free(struct pd_raw *raw); /* NULL is allowed */
static inline void pd_raw_cleanup(struct pd_raw **raw)
{
	pd_raw_free(*raw);
}
#define PD_AUTO_RAW __attribute__((cleanup(pd_raw_cleanup))) struct pd_raw *

/* PD_TEMPORARY or PD_FULL when the spool cannot be written. */
int pd_raw_add(struct pd_raw *raw, const void *data, size_t len, struct pd_error *error);
/* Makes data and size valid; nothing may be added after it. */
int pd_raw_finish(struct pd_raw *raw, struct pd_error *error);
/* A finished one from memory (copied) or from a whole file, "-" being standard input. */
struct pd_raw *pd_raw_from_bytes(const void *data, size_t len);
int pd_raw_from_file(const char *path, const char *directory, struct pd_raw **ret_raw, struct pd_error *error);

#endif

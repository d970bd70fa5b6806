/* A byte buffer that grows up to a limit. Holds any bytes; data[len] is always NUL. */
#ifndef PD_BASE_BUF_H
#define PD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

struct pd_bytes {
	const char *data;
	size_t len;
};

struct pd_buf {
	char *data;      /* malloc; NULL while empty */
	size_t len;
	size_t room;
	size_t limit;    /* bytes; 0: none */
	bool overflowed; /* something did not fit and was left out */
};

#define PD_AUTO_BUF __attribute__((cleanup(pd_buf_free))) struct pd_buf

void pd_buf_free(struct pd_buf *buf);
void pd_buf_clear(struct pd_buf *buf);
void pd_buf_add(struct pd_buf *buf, const void *data, size_t len);
void pd_buf_adds(struct pd_buf *buf, const char *text);
void pd_buf_addc(struct pd_buf *buf, char c);
void pd_buf_addf(struct pd_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for len more bytes at data + len of the buffer, or NULL where the limit forbids. */
char *pd_buf_reserve(struct pd_buf *buf, size_t len);
/* A copy in the arena, NUL-terminated. */
char *pd_buf_string(struct pd_arena *arena, const struct pd_buf *buf);

/* Little-endian records, for the reader's pipe and for digests of read sets. */
void pd_buf_put_u64(struct pd_buf *buf, uint64_t value);
/* A length, then the bytes; NULL is kept apart from "". */
void pd_buf_put_bytes(struct pd_buf *buf, const char *data, size_t len);
void pd_buf_put_string(struct pd_buf *buf, const char *text);

struct pd_cursor {
	const char *at, *end;
	bool bad; /* the record is shorter than it says; all further reads give 0 or NULL */
};
uint64_t pd_get_u64(struct pd_cursor *in);
/* NUL-terminated copies; NULL where NULL was put or the record is bad. */
char *pd_get_string(struct pd_arena *arena, struct pd_cursor *in);
struct pd_bytes pd_get_bytes(struct pd_arena *arena, struct pd_cursor *in);

#endif

/* Readers: foreign mail is parsed in processes of their own (no network, no files, seccomp, limits).
 *
 * The pool runs the program again with "--reader" as its only argument. A reader that dies or overruns is
 * replaced and the mail tried once more; then the message is built from a plain header scan, with
 * PD_KIND_UNPARSED. So reading never fails because of what a mail contains; it returns PD_TEMPORARY only
 * when no reader can be started at all. Thread-safe: callers wait for a free reader. */
#ifndef PD_MIME_READER_H
#define PD_MIME_READER_H

#include "mime/message.h"

struct pd_readers;
struct pd_reader_limits {
	unsigned count;	  /* processes */
	pd_time deadline; /* ms for one mail */
	size_t memory;	  /* bytes of address space */
	bool tnef;	  /* the files in winmail.dat become attachments of their own */
};

/* program: the executable to run, usually /proc/self/exe. Processes start at first use. */
struct pd_readers *pd_readers_new(const char *program, const struct pd_reader_limits *limits);
void pd_readers_free(struct pd_readers *readers); /* NULL is allowed; kills them */

int pd_read_message(struct pd_readers *readers, struct pd_arena *arena, const struct pd_raw *raw,
		    struct pd_message **ret_message, struct pd_error *error);
/* Fills attachment->content of every attachment of the message whose want[i] is true (want NULL: all). */
int pd_read_contents(struct pd_readers *readers, struct pd_arena *arena, const struct pd_raw *raw,
		     struct pd_message *message, const bool *want, struct pd_error *error);

/* For main(): if argv asks for a reader, becomes one and never returns. First line of both programs. */
void pd_reader_main(int argc, char **argv);

/* In this process, without a sandbox: for unit tests and fuzzers only. */
struct pd_message *pd_parse_message(struct pd_arena *arena, const char *data, size_t size);

/* Numbers for `status`: mails read, readers replaced, mails left unparsed. */
struct pd_reader_stats {
	unsigned long read, replaced, unparsed;
};
struct pd_reader_stats pd_readers_stats(struct pd_readers *readers);

#endif

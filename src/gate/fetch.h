/* Fetching a file by its URL: by a program of its own, postdesk-fetch, so that no library that speaks HTTP and TLS is ever
 * loaded into the daemon, and a server that misbehaves costs that file and nothing else. */
#ifndef PD_GATE_FETCH_H
#define PD_GATE_FETCH_H

#include "base/clock.h"
#include "base/raw.h"

enum pd_fetch_result {
	PD_FETCH_DONE = 0, /* these five are the program's exit codes, too */
	PD_FETCH_TOO_LARGE = 1,
	PD_FETCH_NOT_GIVEN = 2, /* the server says no, or sends elsewhere */
	PD_FETCH_LATER = 3,	/* nobody is there, or the server cannot now */
	PD_FETCH_BROKEN = 4,	/* too slow, cut short, no HTTP */
	PD_FETCH_STOPPED,
};

/* Fetches the file, of at most so many bytes, within that time (ms). directory: for what does not fit into memory. stop: a
 * descriptor that becomes readable when it shall end at once; -1. ret_raw: of PD_FETCH_DONE alone, to be freed; ret_why: a
 * few words of the others, owned by the caller (room for why_size bytes). Thread-safe. */
enum pd_fetch_result pd_fetch(const char *url, size_t limit, pd_time within, const char *directory, int stop,
			      struct pd_raw **ret_raw, char *ret_why, size_t why_size);

#endif

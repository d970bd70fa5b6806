/* The LMTP engine (RFC 2033): bytes in, replies out, no sockets. A file of C: and S: lines can drive it.
 *
 * A 250 after the final dot is put out only when deliver returned 0 (invariant 1). Lines end with CRLF and a
 * mail with CRLF.CRLF, nothing else: a bare CR or LF is a byte of the mail, and a command with one is
 * refused, so that nobody smuggles a second mail past us. */
#ifndef PD_GATE_LMTP_SESSION_H
#define PD_GATE_LMTP_SESSION_H

#include "base/buf.h"
#include "flow/flow.h"

struct pd_lmtp_limits {
	const char *hostname; /* for the greeting */
	const char *spool;    /* directory for big mails */
	size_t message;	      /* bytes of a mail, undone of dot-stuffing */
	unsigned recipients;  /* of one mail */
	unsigned errors;      /* refused commands before 421 */
};

/* What stands behind the door; pd_flow_knows and pd_flow_deliver in the daemon. */
struct pd_lmtp_desk {
	void *data;
	bool (*knows)(void *data, const char *recipient);
	int (*deliver)(void *data, struct pd_arena *arena, const struct pd_envelope *envelope,
		       const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error);
};

struct pd_lmtp;

/* A new session with its greeting in the replies. Copies limits and desk, texts too. */
struct pd_lmtp *pd_lmtp_new(const struct pd_lmtp_limits *limits, const struct pd_lmtp_desk *desk);
void pd_lmtp_free(struct pd_lmtp *lmtp); /* NULL is allowed */

/* Takes bytes of the client and returns how many. It takes fewer than len only where the replies must be
 * written before the rest may be looked at: after DATA, after the final dot, at the session's end. */
size_t pd_lmtp_feed(struct pd_lmtp *lmtp, const char *data, size_t len);
/* What is to be written, in one write; clear it afterwards. */
struct pd_buf *pd_lmtp_replies(struct pd_lmtp *lmtp);
/* After the replies are written: close. */
bool pd_lmtp_is_over(const struct pd_lmtp *lmtp);
/* The bytes that come next belong to a mail. */
bool pd_lmtp_in_data(const struct pd_lmtp *lmtp);
/* Counts finished commands and mails: while it stands still the client keeps us waiting. */
unsigned long pd_lmtp_progress(const struct pd_lmtp *lmtp);
/* 354 is in the replies, unwritten, and the client talks already: 421 instead, and the end. */
void pd_lmtp_talks_early(struct pd_lmtp *lmtp);
/* Ends the session with 421 and this text, unless it is over already. */
void pd_lmtp_end(struct pd_lmtp *lmtp, const char *text);

#endif

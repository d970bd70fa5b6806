/* The submission client: SMTP to the own MTA over a connection that is kept (RFC 5321, 2920, 1870, 6152,
 * 6531).
 *
 * The MTA's reply to the final dot is the point of acceptance. What came before it is no promise; where it is
 * lost, the mail may have been taken and is to be sent again with the same bytes (invariant 3). */
#ifndef PD_POST_SMTP_CLIENT_H
#define PD_POST_SMTP_CLIENT_H

#include "base/buf.h"
#include "base/clock.h"
#include "store/store.h"

struct pd_smtp;

struct pd_smtp_timeouts {
	pd_time connect;   /* ms; to the connection and for the greeting */
	pd_time command;   /* for a reply */
	pd_time final_dot; /* for the reply that decides */
};
extern const struct pd_smtp_timeouts pd_smtp_timeouts; /* 30 s, 5 min, 10 min */

/* where: "smtp://HOST:PORT" or "unix:PATH". hostname: what EHLO says. Connects at the first mail. */
struct pd_smtp *pd_smtp_new(const char *where, const char *hostname, const struct pd_smtp_timeouts *timeouts);
void pd_smtp_free(struct pd_smtp *smtp); /* says QUIT without waiting; NULL is allowed */

struct pd_mail {
	const char *sender; /* "" the null sender */
	struct pd_strings recipients;
	struct pd_bytes bytes;
	bool needs_smtputf8;
};

/* Fills a verdict for each recipient, in order (room for all; replies in the arena).
 * PD_OK: the MTA spoke about each. PD_TEMPORARY: it could not be reached or broke off, and nothing was taken.
 * PD_UNCERTAIN: it broke off after the final dot. In both, those without a final word are PD_SENT_LATER. */
int pd_smtp_send(struct pd_smtp *smtp, struct pd_arena *arena, const struct pd_mail *mail,
		 struct pd_sent_recipient *ret_verdicts, struct pd_error *error);

/* Ends a kept connection that nobody needs now. */
void pd_smtp_rest(struct pd_smtp *smtp);
/* From another thread: whatever is waited for fails at once, now and later. */
void pd_smtp_abort(struct pd_smtp *smtp);

#endif

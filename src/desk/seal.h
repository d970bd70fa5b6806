/* The seal: what the milter writes on a mail whose author has logged in, and deciding believes.
 *
 * One field, X-Postdesk-Seal: "v1; AGENT; SECONDS; RECIPIENTS; MAC". The MAC is under the desk's key, over
 * all of it and the mail's Message-ID, From, Date, Subject and body. Where people outside get the mail, too,
 * it stands in the recipient's address instead: support+s.SECONDS.MAC@, support+t12.TOKEN.s.SECONDS.MAC@, a
 * MAC of 80 bits over the same for this recipient alone. */
#ifndef PD_DESK_SEAL_H
#define PD_DESK_SEAL_H

#include "desk/decide.h"

#define PD_SEAL_FIELD "X-Postdesk-Seal"
/* Longer than a queue keeps a mail (Postfix: 5 days). What keeps a seal from serving twice is its mark. */
#define PD_SEAL_LIVES (6 * PD_DAY)

/* The field's value, in one line: blanks stand where it may be folded. recipients: those of the desk. */
char *pd_seal_make(struct pd_context *context, const struct pd_agent *agent, const struct pd_message *message,
		   const struct pd_strings *recipients);
/* The recipient's address with the seal in it. */
char *pd_seal_address(struct pd_context *context, const struct pd_agent *agent,
		      const struct pd_message *message, const char *address);
/* Where the seal begins in what stands behind the delimiter, in lower case; NULL: there is none. */
const char *pd_seal_find(const char *part);
/* The MAC (or what stands for those in the addresses) of the seal that proves the agent as the delivery's
 * author to all of its recipients; NULL: none does. Uses nothing up. */
const char *pd_seal_check(struct pd_context *context, const struct pd_delivery *delivery,
			  const struct pd_agent *agent);
/* Marks the seal as used by these recipients. */
void pd_seal_use(struct pd_context *context, const struct pd_delivery *delivery, const char *mac);

#endif

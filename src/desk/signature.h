/* What a signature by a registered key proves. For this room alone. */
#ifndef PD_DESK_SIGNATURE_H
#define PD_DESK_SIGNATURE_H

#include "desk/mail.h"

/* How old a signature may be when its mail arrives, and how far its maker's clock may be ahead. */
#define PD_SIGNATURE_LIVES  PD_DAY
#define PD_SIGNATURE_FUTURE (15 * PD_MINUTE)

/* Does the delivery's good signature prove the agent at all: a key of that agent, made lately, not used before, its own
 * header the mail's? Gives what pd_signature_use takes; NULL: no, and ret_why says why (NULL: there is no signature). */
const char *pd_signature_check(struct pd_context *context, const struct pd_delivery *delivery,
			       const struct pd_agent *agent, const char **ret_why);
/* A signature says nothing of the header, so that a signed mail could be sent again as an answer on another ticket: is
 * this one bound to the place by what is signed, or by what only the agent was told? */
bool pd_signature_binds(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place);
/* It serves once. */
void pd_signature_use(struct pd_context *context, const char *signature);

#endif

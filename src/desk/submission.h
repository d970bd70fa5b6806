/* What is refused at the MTA's door, while its sender still looks. */
#ifndef PD_DESK_SUBMISSION_H
#define PD_DESK_SUBMISSION_H

#include "desk/decide.h"

/* Is it an address of the signed forms that we can never have made? One that is old, revoked, or of what was
 * deleted is not. */
bool pd_recipient_is_forged(struct pd_context *context, const char *address);

/* Whose address does a login bear in From, of a mail to the desk (delivery->login NULL: no agent's login)?
 * NULL: its own; else what is wrong, for people. */
const char *pd_submission_wrong_author(struct pd_context *context, const struct pd_delivery *delivery);
/* Is it to be sealed? False: its author is no agent, and the mail is one like any other. */
bool pd_submission_is_agents(const struct pd_delivery *delivery);

#endif

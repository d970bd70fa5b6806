/* Absences as they come and go: by command, by an invitation, by an out-of-office mail. For this room alone.
 */
#ifndef PD_DESK_ABSENCE_H
#define PD_DESK_ABSENCE_H

#include "desk/agent_work.h"
#include "desk/availability.h"

/* Where what belongs to no ticket is noted. */
struct pd_ticket *pd_absence_ticket(struct pd_context *context, const struct pd_mailbox *mailbox);
/* Sets the agent's record of that key; words NULL: takes it away. */
void pd_absence_set(struct pd_context *context, struct pd_ticket *ticket, const struct pd_agent *agent,
		    const char *key, pd_time from, pd_time until, const char *words, const char *why);
/* The agent is here: ends what holds now; out of hours, present until they begin. */
void pd_absence_end(struct pd_context *context, struct pd_ticket *ticket, const struct pd_agent *agent,
		    const char *why);
/* "You are away until Mon 2026-11-23 09:00: #away", in the agent's language and zone, as the plan leaves it.
 */
const char *pd_absence_words(struct pd_context *context, const struct pd_agent *agent);

/* A proven agent's invitation to an absence of its own: away from work for whole days, marked as out of
 * office, or sent to +do. False: it is none, the mail is an ordinary one. */
bool pd_absence_take_invitation(struct work *work);
/* An agent's automatic answer, where our server vouches for it: away until the day that it names, else until
 * the agent writes again. */
void pd_absence_take_reply(struct pd_context *context, const struct pd_mail *mail);
/* When the event of an invitation begins and ends; local times without a zone are of the agent's (NULL: the desk's). False:
 * it says no span. */
bool pd_invitation_span(struct pd_context *context, const struct pd_agent *agent, const struct pd_invitation *invitation,
			pd_time *ret_from, pd_time *ret_until, bool *ret_is_date);
/* An agent who writes is back. */
void pd_absence_heard(struct work *work);

#endif

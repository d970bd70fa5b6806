/* What queries ask of a ticket beside itself, gathered for those that are evaluated while deciding. */
#ifndef PD_DESK_FACTS_H
#define PD_DESK_FACTS_H

#include "desk/plan.h"

/* The ticket as the plan leaves it, with no more than the query asks for: contacts; addresses and texts of its
 * messages, of this plan and of before; its drafts, and how its goals stand.
 * until: what came later is left out, and drafts; 0: nothing is. */
struct pd_ticket_facts pd_plan_facts(struct pd_context *context, const struct pd_ticket *ticket,
				     const struct pd_query *query, pd_time until);
/* Does the query hold on the ticket as the plan leaves it? `me` is nobody. A text that is no query (the check tells
 * of it) holds on nothing; NULL holds on everything. */
bool pd_plan_holds(struct pd_context *context, const struct pd_ticket *ticket, const char *query);

#endif

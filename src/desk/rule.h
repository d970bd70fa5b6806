/* Rules: commands that are carried out by themselves when something happens (the [rule] groups). */
#ifndef PD_DESK_RULE_H
#define PD_DESK_RULE_H

#include "desk/plan.h"

/* What a rule waits for. */
enum pd_occurrence {
	PD_OCCURS_CREATED,  /* a ticket */
	PD_OCCURS_REPLIED,  /* an agent answered */
	PD_OCCURS_ANSWERED, /* a contact wrote on a ticket that was there */
	PD_OCCURS_CHANGED,  /* detail: the property */
	PD_OCCURS_GOAL,	    /* detail: the state that a goal has reached: due_soon, overdue, met, missed … */
	PD_OCCURS_AFTER,    /* time passed since the ticket last changed; detail: the duration, as the rule writes it */
	PD_OCCURS_AT,	    /* a time of the week; detail: as the rule writes it */
};
/* Is the text of `on` ("created", "changed:priority") such an occurrence? detail NULL: none. */
bool pd_rule_is_on(const char *on, enum pd_occurrence occurrence, const char *detail);
bool pd_rule_is_enabled(const struct pd_group *rule);

/* Carries out what the rules want of all that this plan does so far, each rule at most once a ticket, in the order of
 * the file. Before anybody is told. What a rule does sets off later rules of the same pass, and nothing else. */
void pd_rules(struct pd_context *context);
/* Do rules act on such a ticket: no spam, no automatic mail, not deleted or merged away? */
bool pd_rule_minds(const struct pd_ticket *ticket);
/* One rule on one ticket for something that is no event of this plan (the clock): where its query holds. false: it
 * does not. ticket NULL: on none; what it makes, it makes. */
bool pd_rule_run(struct pd_context *context, const struct pd_group *rule, struct pd_ticket *ticket);
/* Have the plan's events from that one on made a ticket because of one that no person made? Such tickets would have no
 * end. ticket 0: because of none. */
bool pd_rule_is_endless(struct pd_context *context, int64_t ticket, size_t from);

#endif

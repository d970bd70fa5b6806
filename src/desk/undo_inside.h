/* Between the files of undo; for them alone. */
#ifndef PD_DESK_UNDO_INSIDE_H
#define PD_DESK_UNDO_INSIDE_H

#include "desk/plan.h"

/* What the action did to one thing, all in all. */
struct net {
	int64_t ticket, conversation;
	const char *property;
	bool is_many;
	const char *value;     /* of a property of many values: which one */
	const char *from, *to; /* of many values: the value or NULL */
	bool is_left;	       /* it stays as it is now */
};

struct span {
	size_t first, end;
};

/* A reply of the action that has not left yet. */
struct stopped {
	const struct pd_event *event;
	const struct pd_draft *draft; /* what it becomes again */
	int64_t outbox;
};

/* What is known of an action while it is taken back. */
struct undo {
	struct pd_context *context;
	int64_t action;
	const char *actor;
	PD_LIST(struct net) nets;
	PD_LIST(const struct pd_event *) events; /* of the action, oldest first */
	PD_LIST(int64_t) tickets;
	size_t first_net; /* while gathering: those before it are of other tickets than the event's */
	PD_LIST(struct span) spans; /* of each of the tickets: where its nets stand, among others perhaps */
	PD_LIST(int64_t) sent; /* events of mails that are out */
	PD_LIST(struct stopped) stopped;
	PD_LIST(int64_t) new_conversations;
	PD_LIST(int64_t) new_tickets;
};

/* A promise that came by a merge goes with it. */
bool undo_is_promise(const char *property);
/* undo_send.c */
/* Can the reply of that event be stopped yet? */
bool undo_can_stop(struct pd_context *context, const struct pd_event *event, struct stopped *ret_stopped);
/* Stops it: the change of its ticket. */
struct pd_change undo_stop(struct undo *undo, const struct stopped *stopped);
/* What was stopped is its author's draft, who is told. Last, when all else is planned. */
void undo_give_back(struct undo *undo);
/* Errors: somebody has since used the conversation that came, or merged the ticket on (since NULL); has
 * written to the ticket that would be deleted; or has changed the same thing. */
int undo_refuse_parting(const struct undo *undo, const struct pd_ticket *ticket, const struct net *net,
			const struct pd_event *since, struct pd_error *error);
int undo_refuse_changed(const struct undo *undo, const struct net *net, const struct pd_event *since,
			struct pd_error *error);
/* What was taken back, and what cannot be. */
void undo_report(struct undo *undo);

#endif

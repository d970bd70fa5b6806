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
};

struct span {
	size_t first, end;
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
	PD_LIST(int64_t) new_conversations;
	PD_LIST(int64_t) new_tickets;
};

/* A promise that came by a merge goes with it. */
bool undo_is_promise(const char *property);
/* What was taken back, and what cannot be. */
void undo_report(struct undo *undo);

#endif

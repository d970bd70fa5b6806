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

struct event_list {
	const struct pd_event **items;
	size_t count, room;
};

/* A ticket that the action touched. */
struct undone {
	int64_t number;
	int64_t last;	   /* the version of the action's newest event */
	size_t first, end; /* where its nets stand, others among them perhaps */
	bool is_new;	   /* made by the action */
	bool has_status;   /* which the action changed */
	bool is_loaded;	   /* since: what came after `last` */
	struct event_list since;
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
	PD_LIST(struct undone) tickets;
	struct pd_places places; /* of the tickets */
	PD_LIST(int64_t) sent; /* events of mails that are out */
	PD_LIST(struct stopped) stopped;
	struct pd_places new_conversations;
};

/* undo_gather.c: fills the nets, events, tickets and so on of undo->action; no events: there is no such action. */
void undo_gather(struct undo *undo);
/* One of the action's. */
struct undone *undo_ticket(const struct undo *undo, int64_t number);
bool undo_has_id(const int64_t *items, size_t count, int64_t id);
/* undo_check.c */
/* The ticket's events above a version: kept ones, then those of this plan. */
struct event_list undo_events_of(struct pd_context *context, int64_t ticket, int64_t after);
/* Has an undo that is itself in force taken the action back? */
bool undo_is_taken_back(const struct event_list *events, int64_t action);
/* Errors: a right lacks; something was changed since. What follows from the rest, or is over, is marked as left. */
int undo_check_rights(const struct undo *undo, struct pd_error *error);
int undo_check_conflicts(struct undo *undo, struct pd_error *error);
/* A promise that came by a merge goes with it. */
bool undo_is_promise(const char *property);
/* undo_draft.c */
/* Was the draft of this DRAFT event made by #draft, and not by way of a mail that was held or given back? */
bool undo_is_draft(const struct pd_event *event);
/* May #undo without a number mean it: is it the actor's, and kept yet? */
bool undo_is_own_draft(struct pd_context *context, const struct pd_event *event);
/* A net of PD_CHANGE_DRAFT: the draft's id where it is kept now; NULL. */
const char *undo_draft_now(struct pd_context *context, const struct net *net);
/* Nobody else is told that there is one. */
bool undo_is_others_draft(const struct undo *undo);
/* Puts it away, or keeps it again. */
void undo_put_draft(struct pd_context *context, const struct net *net);
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

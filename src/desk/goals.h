/* Service levels: what is due when, and why. Pure: a ticket's clocks, the policies of the settings and their calendars
 * go in, and the present; nothing is kept.
 *
 * A policy is [sla NAME], changed by the first [sla NAME QUERY] in the file whose query the ticket matches. Amounts are
 * time of the policy's calendar, else of the team's, else of the clock on the wall. An amount of working days is made
 * working time where its clock begins: from there to where the calendar ends it. */
#ifndef PD_DESK_GOALS_H
#define PD_DESK_GOALS_H

#include "calendar/calendar.h"
#include "desk/query.h"
#include "desk/ticket.h"

/* --- policies --- */

enum pd_escalation_kind {
	PD_ESCALATE_NOTIFY, /* whom: "owner" "team" "followers" "agent:NAME" "team:NAME" */
	PD_ESCALATE_MAIL,   /* whom: an address */
	PD_ESCALATE_DO,	    /* whom: a command line */
};
struct pd_escalation {
	enum pd_escalation_kind kind;
	const char *whom;
};
/* What is told or done when a clock gets there. */
struct pd_step {
	const char *name; /* "due_soon" "overdue" "overdue+30m": what `warned` says */
	bool is_overdue;  /* else due soon */
	pd_time after;	  /* time of the goal's calendar */
	PD_LIST(struct pd_escalation) escalations;
};
struct pd_policy {
	const char *title; /* "standard" or "standard priority:urgent": of the group that gave it */
	struct pd_where where;
	bool is_enabled;
	const struct pd_calendar *calendar; /* NULL: the team's */
	const char *calendar_name;
	struct pd_policy_goal {
		bool is_on;
		struct pd_calendar_amount amount;
		bool has_soon;
		struct pd_calendar_amount soon;
	} goals[PD_GOALS];
	PD_LIST(struct pd_step) steps; /* at least "due_soon" and "overdue" */
	const struct pd_query *query;  /* of an override */
};
struct pd_policies;
/* Everything that is wrong with the [sla …] groups goes to the problems; what is wrong is left out. The settings'
 * calendars may be NULL: then all time is open. Lives in the settings' arena. */
const struct pd_policies *pd_policies_new(const struct pd_settings *settings, struct pd_problems *problems);
/* Do any goals hold at all? */
bool pd_policies_are_empty(const struct pd_policies *levels);
/* The policy of a ticket; NULL: none. Contacts are asked for by queries about people alone. */
const struct pd_policy *pd_policy_of(const struct pd_settings *settings, const struct pd_ticket_facts *facts);
/* Must facts have the ticket's contacts? */
bool pd_policies_ask_contacts(const struct pd_policies *levels);
const struct pd_calendar *pd_policy_calendar(const struct pd_settings *settings, const struct pd_policy *policy,
					    const struct pd_ticket *ticket, const char **ret_name);

/* --- how goals stand --- */

enum pd_goal_state {
	PD_GOAL_NONE,
	PD_GOAL_ACTIVE,
	PD_GOAL_DUE_SOON,
	PD_GOAL_OVERDUE,
	PD_GOAL_PAUSED,
	PD_GOAL_MET,
	PD_GOAL_MISSED,
};
const char *pd_goal_state_name(enum pd_goal_state state); /* "active" … */

struct pd_goal_status {
	enum pd_goal_state state;
	pd_time due;	/* 0: none, or paused */
	pd_time soon;	/* when it becomes due soon; 0: never */
	pd_time amount; /* of the calendar's time, ms */
	pd_time left;	/* of it, now; 0 where it is used up */
	enum pd_pause cause;
};
struct pd_goals {
	const struct pd_policy *policy; /* NULL: none */
	const struct pd_calendar *calendar;
	const char *calendar_name;
	struct pd_goal_status of[PD_GOALS];
};
void pd_goals_at(const struct pd_settings *settings, const struct pd_ticket_facts *facts, pd_time now,
		 struct pd_goals *ret_goals);
/* When a step of a running goal is reached; PD_NEVER: not as things stand. */
pd_time pd_goal_step_at(const struct pd_goals *goals, enum pd_goal goal, const struct pd_step *step);
/* Was the step told already, for that instant or a later one? */
bool pd_goal_is_told(const struct pd_ticket *ticket, enum pd_goal goal, const struct pd_step *step, pd_time at);

/* --- what the store keeps of it --- */

enum pd_agenda_states {
	PD_AGENDA_PAUSED = 1,
	PD_AGENDA_MET = 2,
	PD_AGENDA_MISSED = 4,
};
/* Derived from ticket and settings: when something happens on the ticket by itself, and what queries ask. At most two
 * goals run at once: one for a reply, and the one for closing. */
struct pd_agenda {
	pd_time next; /* the clock must look at the ticket then; 0: never */
	struct {
		pd_time soon, due; /* 0: none */
	} running[2];
	unsigned states;
};
struct pd_agenda pd_agenda_of(const struct pd_goals *goals, const struct pd_ticket *ticket);
/* Does what was asked for on the ticket still happen? Not on deleted tickets and merged ones. */
bool pd_agenda_counts(const struct pd_ticket *ticket);
bool pd_agenda_is_same(const struct pd_agenda *one, const struct pd_agenda *two);
bool pd_agenda_is_empty(const struct pd_agenda *agenda);
pd_time pd_agenda_due(const struct pd_agenda *agenda); /* the earliest; 0: none */
/* `sla:STATE` at that time; NULL: has it no goals? */
bool pd_agenda_is(const struct pd_agenda *agenda, const char *state, pd_time now);

/* --- why --- */

enum pd_goal_part_kind {
	PD_GOAL_PART_COUNTED,
	PD_GOAL_PART_PAUSED, /* cause */
	PD_GOAL_PART_CLOSED, /* name: a holiday, an absence */
	PD_GOAL_PART_ZONE,   /* clocks changed */
};
struct pd_goal_part {
	enum pd_goal_part_kind kind;
	pd_time from, to; /* to 0: still */
	pd_time sum;	  /* counted so far, with this one */
	enum pd_pause cause;
	const char *name;
	pd_time offset_before, offset_after;
};
struct pd_goal_parts {
	struct pd_goal_part *items;
	size_t count, room;
};
/* All that makes up the due time of the goal, in order; while it is paused, all that has made up its sum so far. Of an
 * ended one up to its end or its due time, whichever is later. */
void pd_goal_explain(struct pd_arena *arena, const struct pd_goals *goals, const struct pd_ticket *ticket,
		     enum pd_goal goal, pd_time now, struct pd_goal_parts *ret_parts);

#endif

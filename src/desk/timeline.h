/* A ticket's timeline as people see it: its own entries and those of the tickets that were merged into it. Events stay
 * with the ticket that they were made for; who asks for a whole ticket asks here. */
#ifndef PD_DESK_TIMELINE_H
#define PD_DESK_TIMELINE_H

#include "desk/plan.h"

/* All kept entries, oldest first; each ticket's own stay in the order of their versions. */
struct pd_entries pd_timeline(struct pd_snapshot *desk, struct pd_arena *arena, const struct pd_ticket *ticket);
/* What has come after that version of that ticket: its own entries and, where it was merged since, those that the
 * others had from then on. For the guard against crossing answers (invariant 9). */
struct pd_entries pd_timeline_after(struct pd_context *context, int64_t ticket, int64_t version);
/* Entries that are deleted and can be restored: not replies that were stopped. */
struct pd_deleted_entry {
	const struct pd_entry *entry;
	pd_time at; /* since when */
};
struct pd_deleted_entries {
	struct pd_deleted_entry *items;
	size_t count, room;
};
struct pd_deleted_entries pd_timeline_deleted(struct pd_arena *arena, const struct pd_ticket *ticket,
					      const struct pd_entries *entries);
/* Whole days until it is purged; begun ones count. */
int64_t pd_days_left(pd_time deleted, pd_time keep, pd_time now);
/* Is that entry a reply that was stopped before it left? */
bool pd_timeline_is_stopped(const struct pd_entries *entries, int64_t event);
/* The agent's newest kept draft on the ticket, or on one merged into it, with an id below that (0: any); NULL. */
struct pd_draft *pd_timeline_draft(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *agent,
				   int64_t below);

#endif

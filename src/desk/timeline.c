/* See timeline.h.
 *
 * Promises: what was merged and parted again is asked of by each ticket alone. A failed snapshot sticks. */
#include "desk/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/links.h"

/* By time; two sources that are each in order give one that is, and none is turned around. */
static struct pd_entries woven(struct pd_arena *arena, const struct pd_entries *one, const struct pd_entries *two)
{
	struct pd_entries all = {0};
	size_t i = 0, k = 0;
	if (two->count == 0)
		return *one;
	all.room = one->count + two->count;
	all.items = pd_alloc_n(arena, all.room, sizeof *all.items);
	while (i < one->count || k < two->count) {
		bool is_one = k == two->count ||
			      (i < one->count && (one->items[i].event.at < two->items[k].event.at ||
						  (one->items[i].event.at == two->items[k].event.at &&
						   one->items[i].event.id < two->items[k].event.id)));
		all.items[all.count++] = is_one ? one->items[i++] : two->items[k++];
	}
	return all;
}

struct pd_entries pd_timeline(struct pd_snapshot *desk, struct pd_arena *arena, const struct pd_ticket *ticket)
{
	struct pd_entries all = desk->timeline(desk, arena, ticket->number, 0);
	for (size_t i = 0; i < ticket->absorbed.count; i++) {
		struct pd_entries more = desk->timeline(desk, arena, ticket->absorbed.items[i].ticket, 0);
		all = woven(arena, &all, &more);
	}
	for (size_t i = 0; i < ticket->links.count; i++) { /* entries of others that stand here, too */
		struct pd_link link;
		if (!pd_link_parse(arena, ticket->links.items[i], &link) || strcmp(link.kind, "entry") != 0)
			continue;
		struct pd_entry *entry = desk->entry(desk, arena, strtoll(link.id, NULL, 10));
		struct pd_entries one = {.items = entry, .count = entry != NULL, .room = 1};
		if (entry != NULL && !pd_ticket_includes(ticket, entry->event.ticket))
			all = woven(arena, &all, &one);
	}
	return all;
}

/* The version with which the ticket took that one in; 0: it did not. */
static int64_t taken_in_at(const struct pd_entries *entries, int64_t number)
{
	for (size_t i = entries->count; i-- > 0;) {
		const struct pd_event *event = &entries->items[i].event;
		for (size_t n = 0; n < event->changes.count; n++) {
			struct pd_absorbed absorbed;
			if (strcmp(event->changes.items[n].property, "absorbed") == 0 &&
			    pd_absorbed_parse(event->changes.items[n].to, &absorbed) && absorbed.ticket == number)
				return event->version;
		}
	}
	return 0;
}

struct pd_entries pd_timeline_after(struct pd_context *context, int64_t number, int64_t version)
{
	struct pd_snapshot *desk = context->desk;
	struct pd_entries all = desk->timeline(desk, context->arena, number, version);
	const struct pd_ticket *ticket = pd_plan_ticket(context, number);
	for (int hops = 0; ticket != NULL && ticket->merged_into != 0 && hops < 32; hops++) {
		struct pd_entries more = desk->timeline(desk, context->arena, ticket->merged_into, 0);
		int64_t since = taken_in_at(&more, ticket->number);
		size_t own = 0;
		while (own < more.count && more.items[own].event.version <= since)
			own++;
		more.items += own;
		more.count -= own;
		all = woven(context->arena, &all, &more);
		ticket = pd_plan_ticket(context, ticket->merged_into);
	}
	return all;
}

bool pd_timeline_is_stopped(const struct pd_entries *entries, int64_t event)
{
	int64_t stopped, other;
	for (size_t i = 0; i < entries->count; i++) {
		const struct pd_event *undo = &entries->items[i].event;
		for (size_t n = 0; undo->kind == PD_EVENT_UNDO && n < undo->changes.count; n++)
			if (strcmp(undo->changes.items[n].property, PD_CHANGE_STOPPED) == 0 &&
			    pd_number_pair(undo->changes.items[n].to, &stopped, &other) && stopped == event)
				return true;
	}
	return false;
}

/* When it was deleted last. */
static pd_time deleted_at(struct pd_arena *arena, const struct pd_entries *entries, int64_t event)
{
	const char *id = pd_printf(arena, "%lld", (long long)event);
	for (size_t i = entries->count; i-- > 0;)
		for (size_t n = 0; n < entries->items[i].event.changes.count; n++)
			if (strcmp(entries->items[i].event.changes.items[n].property, "entry_deleted") == 0 &&
			    pd_equal(entries->items[i].event.changes.items[n].to, id))
				return entries->items[i].event.at;
	return 0;
}

struct pd_deleted_entries pd_timeline_deleted(struct pd_arena *arena, const struct pd_ticket *ticket,
					      const struct pd_entries *entries)
{
	struct pd_deleted_entries deleted = {0};
	for (size_t i = 0; ticket->deleted_entries.count > 0 && i < entries->count; i++) {
		const struct pd_entry *entry = &entries->items[i];
		if (!pd_ticket_entry_deleted(ticket, entry->event.id) || entry->message == NULL ||
		    pd_timeline_is_stopped(entries, entry->event.id))
			continue;
		*pd_list_add(arena, &deleted) =
			(struct pd_deleted_entry){entry, deleted_at(arena, entries, entry->event.id)};
	}
	return deleted;
}

int64_t pd_days_left(pd_time deleted, pd_time keep, pd_time now)
{
	pd_time left = deleted + keep - now;
	return left > 0 ? (left + PD_DAY - 1) / PD_DAY : 0;
}

int64_t pd_ticket_days_left(const struct pd_ticket *ticket, pd_time keep, pd_time now)
{
	return pd_days_left(ticket->updated, keep, now);
}

static struct pd_draft *newer(struct pd_draft *draft, struct pd_draft *other)
{
	return draft == NULL || (other != NULL && other->id > draft->id) ? other : draft;
}

/* Of an agent under one of its names. */
static struct pd_draft *newest_draft(struct pd_context *context, const struct pd_ticket *ticket, const char *name,
				     int64_t below)
{
	struct pd_snapshot *desk = context->desk;
	struct pd_draft *newest = desk->draft_of(desk, context->arena, ticket->number, name, below);
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		newest = newer(newest, desk->draft_of(desk, context->arena, ticket->absorbed.items[i].ticket, name, below));
	return newest;
}

struct pd_draft *pd_timeline_draft(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *agent,
				   int64_t below)
{
	struct pd_draft *newest = newest_draft(context, ticket, agent->name, below);
	for (size_t i = 0; i < agent->was.count; i++)
		newest = newer(newest, newest_draft(context, ticket, agent->was.items[i], below));
	return newest;
}

/* The verbs about one ticket: show, raw, history. One snapshot each. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/links.h"
#include "desk/sending.h"
#include "desk/tasks.h"
#include "desk/timeline.h"

static void add_link(struct pd_call *call, json_t *links, const char *value)
{
	struct pd_link link;
	unsigned long long number;

	if (!pd_link_parse(call->arena, value, &link))
		return;
	json_t *object = json_pack("{s:o,s:o,s:o,s:o}", "kind", pd_json_text(link.kind), "id", pd_json_text(link.id), "url",
				   pd_json_text(pd_link_url(call->arena, call->settings, &link)), "entry",
				   link.entry ? json_sprintf("E%lld", (long long)link.entry) : json_null());

	if (pd_equal(link.kind, "ticket") && pd_number(link.id, INT64_MAX, &number))
		json_object_set_new(object, "number", json_integer((json_int_t)number));
	json_object_set_new(object, "words", pd_json_text(pd_link_words(call->arena, call->settings, &link)));
	json_array_append_new(links, object);
}

static void add_links(struct pd_call *call, json_t *object, const struct pd_ticket *ticket, const struct pd_entries *entries)
{
	json_t *links = json_array();

	for (size_t i = 0; i < ticket->links.count; i++)
		add_link(call, links, ticket->links.items[i]);

	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event.kind == PD_EVENT_RELATED)
			json_array_append_new(links, json_pack("{s:s,s:I}", "kind", "related", "number",
							       (json_int_t)entries->items[i].event.other));
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		json_array_append_new(links, json_pack("{s:s,s:I}", "kind", "merged", "number",
						       (json_int_t)ticket->absorbed.items[i].ticket));
	json_object_set_new(object, "links", links);
}

/* Drafts that go out by themselves: whose, and when; what they say is their author's alone. */
static json_t *sendings(struct pd_call *call, const struct pd_ticket *ticket)
{
	json_t *array = json_array();
	struct pd_sending sending;

	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_sending_parse(call->arena, &ticket->properties.items[i], &sending))
			json_array_append_new(array, json_pack("{s:o,s:o}", "at", pd_json_time(call->arena, sending.at),
							       "agent", pd_json_text(sending.agent)));
	return array;
}

static json_t *tasks(struct pd_call *call, const struct pd_ticket *ticket, const struct pd_entries *entries)
{
	json_t *array = json_array();
	struct pd_task task;

	for (size_t i = 0; i < ticket->properties.count; i++) {
		const char *text = NULL;

		if (!pd_task_parse(call->arena, &ticket->properties.items[i], &task) ||
		    pd_ticket_entry_deleted(ticket, task.entry))
			continue;
		for (size_t n = 0; n < entries->count; n++)
			if (entries->items[n].event.id == task.entry && entries->items[n].message)
				text = entries->items[n].message->text;
		json_array_append_new(array,
				      json_pack("{s:o,s:o,s:o,s:o,s:o}", "id", json_sprintf("E%lld", (long long)task.entry),
						"text", pd_json_text(text), "agent", pd_json_text(task.agent), "due",
						pd_json_time(call->arena, task.is_done ? 0 : task.at), "done",
						pd_json_time(call->arena, task.is_done ? task.at : 0)));
	}
	return array;
}

static json_t *brief(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket, pd_time at)
{
	PD_AUTO_SETTINGS then = pd_flow_settings_at(call->flow, at);
	const struct pd_json_scene scene = {then, snapshot, at ? at : pd_now()};

	return pd_json_ticket(call->arena, &scene, ticket);
}

static const char *entry_id(struct pd_call *call, const struct pd_entry *entry)
{
	return pd_printf(call->arena, "E%lld", (long long)entry->event.id);
}

/* What is shown of a timeline: what stands on it; what was deleted from it alone; both. */
enum shown { SHOW_KEPT, SHOW_DELETED, SHOW_ALL };

struct timeline {
	struct pd_snapshot *snapshot;
	const struct pd_ticket *ticket;
	struct pd_entries entries;
	enum shown shown;
	const struct pd_entry_filter *filter;
};

static void add_entry(struct pd_call *call, struct timeline *timeline, const struct pd_entry *entry, bool is_pinned)
{
	bool is_deleted = pd_ticket_entry_deleted(timeline->ticket, entry->event.id);

	if (!pd_call_wants(call, timeline->filter, entry) || (timeline->shown != SHOW_ALL && is_deleted != (timeline->shown == SHOW_DELETED)))
		return;
	/* What was stopped is a draft, and a draft is its author's. */
	if (is_deleted && pd_timeline_is_stopped(&timeline->entries, entry->event.id))
		return;
	pd_json_open(&call->line, NULL, '{');
	pd_json_write_entry(&call->line, call->arena, timeline->snapshot, entry);
	pd_json_put_flag(&call->line, "pinned", is_pinned);
	if (is_deleted)
		pd_json_put_flag(&call->line, "deleted", true);
	pd_json_close(&call->line, '}');
}

static json_t *deleted_entries(struct pd_call *call, const struct timeline *timeline)
{
	json_t *array = json_array();
	struct pd_deleted_entries deleted = pd_timeline_deleted(call->arena, timeline->ticket, &timeline->entries);

	for (size_t i = 0; i < deleted.count; i++)
		json_array_append_new(
			array, json_pack("{s:o,s:o,s:o,s:I}", "id", pd_json_text(entry_id(call, deleted.items[i].entry)), "kind",
					 pd_json_text(pd_event_words(&deleted.items[i].entry->event)), "at",
					 pd_json_time(call->arena, deleted.items[i].at), "days_left",
					 (json_int_t)pd_days_left(deleted.items[i].at, call->settings->keep_deleted,
								  timeline->filter->at ? timeline->filter->at : pd_now())));
	return array;
}

/* Pins first, in their order; then all others. */
static void add_entries(struct pd_call *call, struct timeline *timeline, bool is_oldest_first)
{
	const struct pd_entries *entries = &timeline->entries;
	const char *pinned = pd_ticket_get(call->arena, timeline->ticket, PD_PROPERTY_PINNED);
	struct pd_strings pins = pd_split(call->arena, pinned ? pinned : "", ';');

	for (size_t i = 0; i < pins.count; i++)
		for (size_t n = 0; n < entries->count; n++)
			if (pd_equal(pins.items[i], entry_id(call, &entries->items[n])))
				add_entry(call, timeline, &entries->items[n], true);
	for (size_t i = 0; i < entries->count; i++) {
		const struct pd_entry *entry = &entries->items[is_oldest_first ? i : entries->count - 1 - i];

		if (pins.count == 0 || !pd_strings_has(&pins, entry_id(call, entry)))
			add_entry(call, timeline, entry, false);
	}
}

/* As text to call->line: a timeline may have thousands of entries. */
static void write_whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket,
			const struct pd_entries all, const struct pd_entry_filter *filter, bool is_oldest_first,
			enum shown shown)
{
	json_t *object = brief(call, snapshot, ticket, filter->at);
	struct timeline timeline = {.snapshot = snapshot,
				    .ticket = ticket,
				    .entries = all,
				    .shown = shown,
				    .filter = filter};
	const struct pd_entries entries = timeline.entries;

	json_object_set_new(object, "conversations", pd_json_conversations(ticket));
	json_object_set_new(object, "tasks", tasks(call, ticket, &entries));
	json_object_set_new(object, "sending", sendings(call, ticket));
	json_object_set_new(object, "deleted_entries", deleted_entries(call, &timeline));
	add_links(call, object, ticket, &entries);
	pd_json_open(&call->line, NULL, '{');
	pd_json_put_members(&call->line, object);
	json_decref(object);
	pd_json_open(&call->line, "timeline", '[');
	add_entries(call, &timeline, is_oldest_first);
	pd_json_close(&call->line, ']');
	pd_json_close(&call->line, '}');
}

void pd_call_write_whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	const struct pd_entry_filter everything = {0};

	write_whole(call, snapshot, ticket, pd_timeline(snapshot, call->arena, ticket), &everything, false, SHOW_ALL);
}

/* As it stood, and where its number led, then. */
static int ticket_then(struct pd_call *call, struct pd_snapshot *snapshot, pd_time at, struct pd_ticket **ret_ticket)
{
	int64_t number = pd_call_number(call, "number");
	struct pd_ticket *ticket = pd_store_ticket_at(snapshot, call->arena, number, at);

	for (int hops = 0; ticket && ticket->merged_into && hops < 32; hops++)
		ticket = pd_store_ticket_at(snapshot, call->arena, ticket->merged_into, at);
	/* What may be seen is a matter of today, also of the ticket that it was merged into then. */
	const struct pd_ticket *today = ticket ? snapshot->ticket(snapshot, call->arena, ticket->number) : NULL;

	for (int hops = 0; today && today->merged_into && hops < 32; hops++)
		today = snapshot->ticket(snapshot, call->arena, today->merged_into);
	if (!today || !pd_call_may_see(call, today))
		return pd_fail(&call->error, PD_PERMANENT, "there was no ticket %lld then", (long long)number);
	*ret_ticket = ticket;
	return 0;
}

int pd_verb_show(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket = NULL;
	struct pd_entry_filter filter;
	pd_time at;
	int failed = pd_call_at(call, &at);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (!failed && at)
		failed = ticket_then(call, snapshot, at, &ticket);
	if (failed)
		return failed;
	bool is_brief = pd_call_flag(call, "brief");
	const struct pd_entries entries = is_brief ? (struct pd_entries){0} : pd_timeline(snapshot, call->arena, ticket);

	if ((failed = pd_call_filter(call, &entries, at, &filter)))
		return failed;
	if (is_brief) {
		json_t *object = brief(call, snapshot, ticket, at);

		pd_json_write(&call->line, object);
		json_decref(object);
	} else {
		write_whole(call, snapshot, ticket, entries, &filter, pd_call_flag(call, "oldest_first"),
			    pd_call_flag(call, "deleted") ? SHOW_DELETED : SHOW_KEPT);
	}
	failed = pd_call_checked(call, snapshot);
	if (failed)
		pd_buf_clear(&call->line);
	else
		pd_call_emit_line(call);
	return failed;
}

/* A draft is its author's alone, and so is a reply that was stopped (R6). */
static bool may_read(const struct pd_call *call, const struct pd_entries *entries, const struct pd_entry *entry)
{
	bool is_draft = false;

	if (!call->agent || pd_is_actor(call->agent, entry->event.actor))
		return true;
	for (size_t i = 0; i < entries->count; i++)
		is_draft |= entries->items[i].event.kind == PD_EVENT_DRAFT &&
			    entries->items[i].event.message == entry->event.message;
	return !is_draft;
}

int pd_verb_raw(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	PD_AUTO_RAW raw = NULL;
	struct pd_ticket *ticket;
	int64_t wanted = pd_call_number(call, "entry"), message = 0;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = pd_timeline(snapshot, call->arena, ticket);

	for (size_t i = 0; i < entries.count && !message; i++)
		if (wanted ? entries.items[i].event.id == wanted
			   : pd_json_carries(&entries.items[i]) && entries.items[i].event.kind != PD_EVENT_ATTACHED)
			message = may_read(call, &entries, &entries.items[i]) ? entries.items[i].event.message : 0;
	if (!message && wanted)
		return pd_fail(&call->error, PD_PERMANENT, "ticket %lld has no mail E%lld", (long long)ticket->number,
			       (long long)wanted);
	if (!message)
		return pd_fail(&call->error, PD_PERMANENT, "ticket %lld has no mail", (long long)ticket->number);
	failed = pd_store_raw(pd_flow_store(call->flow), message, &raw, &call->error);
	if (!failed)
		pd_call_emit(call, json_pack("{s:o}", "raw", pd_call_base64(raw->data, raw->size)));
	return failed;
}

int pd_verb_history(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const char *property = pd_call_text(call, "property");
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = pd_timeline(snapshot, call->arena, ticket);

	failed = pd_call_checked(call, snapshot);
	if (!failed)
		failed = pd_call_property(call, &entries);
	for (size_t i = 0; i < entries.count && !failed; i++) {
		const struct pd_event *event = &entries.items[i].event;

		for (size_t k = 0; k < event->changes.count; k++)
			if (pd_json_is_property(&event->changes.items[k]) &&
			    (!property || pd_equal_nocase(property, event->changes.items[k].property)))
				pd_call_emit(call, pd_json_change(call->arena, snapshot, event, &event->changes.items[k]));
	}
	return failed;
}

/* The verbs that read: list, search, show, raw, history, attachments, fetch, export. One snapshot each. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"

#define PAGE 500

static void end_snapshot(struct pd_snapshot **snapshot)
{
	pd_store_end(*snapshot);
}
#define AUTO_SNAPSHOT __attribute__((cleanup(end_snapshot))) struct pd_snapshot *

static int checked(struct pd_call *call, const struct pd_snapshot *snapshot)
{
	if (snapshot->failed)
		call->error = snapshot->error;
	return snapshot->failed;
}

/* The query of a view that the caller may see. */
static int view_query(struct pd_call *call, const char *name, const char **ret_query, const char **ret_sort)
{
	const struct pd_view *view = pd_view_in(call->arena, call->settings, call->agent, name);

	if (view) {
		*ret_query = view->query;
		*ret_sort = view->sort;
		return 0;
	}
	return pd_fail(&call->error, PD_PERMANENT, "there is no view \"%s\"", name);
}

static int parse_query(struct pd_call *call, struct pd_query **ret_query, const char **ret_sort)
{
	const char *text = pd_call_text(call, "query"), *view = pd_call_text(call, "view"), *view_text = NULL;
	const char *sort = pd_call_text(call, "sort"), *me = call->agent ? call->agent->name : NULL, *view_sort = NULL;
	int failed = view ? view_query(call, view, &view_text, &view_sort) : 0;

	if (failed)
		return failed;
	if (text && *text) {
		/* alone first, so that an error's position is that of what was typed */
		failed = pd_query_parse(call->arena, call->settings, text, me, pd_now(), ret_query, &call->error);
		if (failed)
			return failed;
	}
	if (view_text)
		text = text && *text ? pd_printf(call->arena, "(%s) (%s)", view_text, text) : view_text;
	*ret_sort = sort ? sort : view_sort ? view_sort : "-number";
	return pd_query_parse(call->arena, call->settings, text ? text : "", me, pd_now(), ret_query, &call->error);
}

/* Calls each(ticket) for all that match and may be seen, page by page. */
static int for_each(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_query *query, const char *sort,
		    size_t limit, int (*each)(struct pd_call *, struct pd_snapshot *, const struct pd_ticket *))
{
	struct pd_arena *outer = call->arena;
	size_t shown = 0;
	int failed = 0;

	for (size_t offset = 0; !failed && !call->is_gone && (!limit || shown < limit); offset += PAGE) {
		PD_AUTO_ARENA page = pd_arena_new();
		struct pd_tickets tickets = snapshot->list(snapshot, page, query, sort, PAGE, offset);

		call->arena = page;
		for (size_t i = 0; i < tickets.count && !failed && (!limit || shown < limit); i++) {
			if (!pd_call_may_see(call, tickets.items[i]))
				continue;
			shown++;
			failed = each(call, snapshot, tickets.items[i]);
		}
		call->arena = outer;
		if (tickets.count < PAGE)
			break;
	}
	return failed ? failed : checked(call, snapshot);
}

static int emit_ticket(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	pd_call_emit(call, pd_json_ticket(call->arena, snapshot, ticket));
	return 0;
}

/* As of an instant: every ticket that stood then is folded and asked in memory; slow, and exact. */
static int list_at(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_query *query, pd_time at)
{
	struct pd_query all = {.op = PD_QUERY_ALL}, deleted = {.op = PD_QUERY_FIELD, .field = "is", .value = "deleted", .kind = -1};
	struct pd_query either = {.op = PD_QUERY_OR, .left = &all, .right = &deleted};
	struct pd_arena *outer = call->arena;
	int failed = 0;

	for (size_t offset = 0; !failed && !call->is_gone; offset += PAGE) {
		PD_AUTO_ARENA page = pd_arena_new();
		struct pd_tickets tickets = snapshot->list(snapshot, page, &either, "-number", PAGE, offset);

		call->arena = page;
		for (size_t i = 0; i < tickets.count; i++) {
			struct pd_ticket_facts facts = {
				.ticket = pd_store_ticket_at(snapshot, page, tickets.items[i]->number, at),
				.text = "",
			};
			if (!facts.ticket || facts.ticket->merged_into || !pd_call_may_see(call, facts.ticket))
				continue;
			for (size_t k = 0; k < facts.ticket->contacts.count; k++)
				*pd_list_add(page, &facts.contacts) =
					snapshot->contact(snapshot, page, facts.ticket->contacts.items[k]);
			if (pd_query_matches(query, &facts))
				pd_call_emit(call, pd_json_ticket(page, snapshot, facts.ticket));
		}
		call->arena = outer;
		failed = checked(call, snapshot);
		if (tickets.count < PAGE)
			break;
	}
	return failed;
}

int pd_verb_list(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	struct pd_query *query = NULL;
	const char *sort = NULL;
	pd_time at;
	int failed = pd_call_at(call, &at);

	if (!failed)
		failed = parse_query(call, &query, &sort);
	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (failed)
		return failed;
	if (at)
		return list_at(call, snapshot, query, at);
	return for_each(call, snapshot, query, sort, (size_t)pd_call_number(call, "limit"), emit_ticket);
}

int pd_verb_search(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	const char *text = pd_call_text(call, "text");
	const char *me = call->agent ? call->agent->name : NULL;
	struct pd_query *query;
	int failed = pd_query_parse(call->arena, call->settings, text ? text : "", me, pd_now(), &query, &call->error);

	if (failed) { /* no query: then every word of it */
		struct pd_strings words = pd_split(call->arena, text ? text : "", ' ');
		PD_AUTO_BUF quoted = {0};

		for (size_t i = 0; i < words.count; i++) {
			pd_buf_addc(&quoted, '"');
			for (const char *c = words.items[i]; *c; c++)
				pd_buf_addc(&quoted, *c == '"' ? ' ' : *c);
			pd_buf_adds(&quoted, "\" ");
		}
		failed = pd_query_parse(call->arena, call->settings, pd_buf_string(call->arena, &quoted), me, pd_now(),
					&query, &call->error);
	}
	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (failed)
		return failed;
	return for_each(call, snapshot, query, "-number", (size_t)pd_call_number(call, "limit"), emit_ticket);
}

/* --- show --- */

static const char *actor_name(const char *actor)
{
	const char *colon = actor ? strchr(actor, ':') : NULL;

	return colon ? colon + 1 : actor;
}

static bool is_searched(struct pd_call *call, const struct pd_entry *entry, const char *wanted)
{
	const struct pd_stored *message = pd_json_carries(entry) ? entry->message : NULL;
	const char *why = entry->event.why;

	if (why && strstr(pd_fold(call->arena, why), wanted))
		return true;
	return message && (strstr(pd_fold(call->arena, message->text ? message->text : ""), wanted) ||
			   strstr(pd_fold(call->arena, message->subject ? message->subject : ""), wanted));
}

static bool is_wanted(struct pd_call *call, const struct pd_entry *entry, pd_time at)
{
	const char *kind = pd_call_text(call, "kind"), *by = pd_call_text(call, "by"), *team_name = pd_call_text(call, "team");
	const char *search = pd_call_text(call, "search");

	if (at && entry->event.at > at)
		return false;
	if (kind && !pd_equal_nocase(kind, pd_event_kind_name(entry->event.kind)))
		return false;
	if (by && !pd_equal_nocase(by, actor_name(entry->event.actor)) && !pd_equal_nocase(by, entry->event.actor))
		return false;
	if (team_name) {
		const struct pd_team *team = pd_settings_team(call->settings, team_name);

		if (!team || !pd_starts(entry->event.actor, "agent:") || !pd_team_has(team, actor_name(entry->event.actor)))
			return false;
	}
	return !search || is_searched(call, entry, pd_fold(call->arena, search));
}

static void add_links(json_t *object, const struct pd_entries *entries)
{
	json_t *links = json_array();

	for (size_t i = 0; i < entries->count; i++)
		if (entries->items[i].event.kind == PD_EVENT_RELATED)
			json_array_append_new(links, json_pack("{s:s,s:I}", "kind", "related", "number",
							       (json_int_t)entries->items[i].event.other));
	json_object_set_new(object, "links", links);
}

static json_t *whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket, pd_time at,
		     bool is_oldest_first)
{
	json_t *object = pd_json_ticket(call->arena, snapshot, ticket), *timeline = json_array();
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);

	json_object_set_new(object, "conversations", pd_json_conversations(ticket));
	add_links(object, &entries);
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_entry *entry = &entries.items[is_oldest_first ? i : entries.count - 1 - i];

		if (is_wanted(call, entry, at))
			json_array_append_new(timeline, pd_json_entry(call->arena, snapshot, entry));
	}
	json_object_set_new(object, "timeline", timeline);
	return object;
}

int pd_verb_show(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket = NULL;
	pd_time at;
	int failed = pd_call_at(call, &at);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (!failed && at) {
		int64_t number = ticket->number;

		ticket = pd_store_ticket_at(snapshot, call->arena, number, at);
		if (!ticket)
			failed = pd_fail(&call->error, PD_PERMANENT, "there was no ticket %lld then", (long long)number);
	}
	if (failed)
		return failed;

	json_t *object = pd_call_flag(call, "brief") ? pd_json_ticket(call->arena, snapshot, ticket)
						     : whole(call, snapshot, ticket, at, pd_call_flag(call, "oldest_first"));

	failed = checked(call, snapshot);
	if (failed)
		json_decref(object);
	else
		pd_call_emit(call, object);
	return failed;
}

int pd_verb_raw(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	PD_AUTO_RAW raw = NULL;
	struct pd_ticket *ticket;
	int64_t wanted = pd_call_number(call, "entry"), message = 0;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);

	for (size_t i = 0; i < entries.count && !message; i++)
		if (wanted ? entries.items[i].event.id == wanted
			   : pd_json_carries(&entries.items[i]) && entries.items[i].event.kind != PD_EVENT_ATTACHED)
			message = entries.items[i].event.message;
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
	AUTO_SNAPSHOT snapshot = NULL;
	const char *property = pd_call_text(call, "property");
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);

	failed = checked(call, snapshot);
	for (size_t i = 0; i < entries.count && !failed; i++) {
		const struct pd_event *event = &entries.items[i].event;

		for (size_t k = 0; k < event->changes.count; k++)
			if (pd_json_is_property(&event->changes.items[k]) &&
			    (!property || pd_equal_nocase(property, event->changes.items[k].property)))
				pd_call_emit(call, pd_json_change(call->arena, snapshot, event, &event->changes.items[k]));
	}
	return failed;
}

/* --- attachments --- */

/* Attachments are counted through the ticket from its oldest entry, from 1: the numbers never change. */
static const struct pd_attachment *attachment_at(const struct pd_entries *entries, const char *wanted,
						 const struct pd_stored **ret_message)
{
	unsigned long long number = 0, count = 0;
	bool is_number = pd_number(wanted, G_MAXUINT, &number);

	for (size_t i = 0; i < entries->count; i++) {
		const struct pd_stored *message = entries->items[i].message;

		for (size_t k = 0; pd_json_carries(&entries->items[i]) && k < message->attachments.count; k++) {
			const struct pd_attachment *attachment = &message->attachments.items[k];

			count++;
			*ret_message = message;
			if (is_number ? count == number : !strcmp(attachment->name, wanted))
				return attachment;
		}
	}
	return NULL;
}

static int emit_attachments(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);
	int count = 0;

	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_stored *message = entries.items[i].message;

		for (size_t k = 0; pd_json_carries(&entries.items[i]) && k < message->attachments.count; k++) {
			json_t *object = pd_json_attachment(&message->attachments.items[k]);

			json_object_set_new(object, "number", json_integer(ticket->number));
			json_object_set_new(object, "attachment", json_integer(++count));
			json_object_set_new(object, "entry", json_sprintf("E%lld", (long long)entries.items[i].event.id));
			json_object_set_new(object, "from", pd_json_text(message->from.addr));
			json_object_set_new(object, "at", pd_json_time(call->arena, entries.items[i].event.at));
			pd_call_emit(call, object);
		}
	}
	return 0;
}

int pd_verb_attachments(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	if (!pd_call_flag(call, "contacts") || !ticket->contacts.count) {
		emit_attachments(call, snapshot, ticket);
		return checked(call, snapshot);
	}
	const struct pd_contact *contact = snapshot->contact(snapshot, call->arena, ticket->contacts.items[0]);
	struct pd_query query = {.op = PD_QUERY_FIELD, .field = "contact", .kind = -1,
				 .value = contact ? pd_contact_address(contact) : ""};

	return for_each(call, snapshot, &query, "-number", 0, emit_attachments);
}

int pd_verb_fetch(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	PD_AUTO_RAW raw = NULL;
	const char *wanted = pd_call_text(call, "attachment");
	const struct pd_stored *stored = NULL;
	struct pd_message *message;
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);
	const struct pd_attachment *attachment = wanted ? attachment_at(&entries, wanted, &stored) : NULL;
	struct pd_bytes content = {0};

	failed = checked(call, snapshot);
	if (!failed && !attachment)
		failed = pd_fail(&call->error, PD_PERMANENT, "ticket %lld has no attachment %s", (long long)ticket->number,
				 wanted ? wanted : "");
	if (!failed)
		failed = pd_store_raw(pd_flow_store(call->flow), stored->id, &raw, &call->error);
	if (!failed && attachment->index == PD_ATTACHMENT_WHOLE) {
		content = (struct pd_bytes){raw->data, raw->size};
	} else if (!failed) {
		failed = pd_read_message(pd_flow_readers(call->flow), call->arena, raw, &message, &call->error);
		if (!failed)
			failed = pd_read_contents(pd_flow_readers(call->flow), call->arena, raw, message, NULL, &call->error);
		for (size_t i = 0; !failed && i < message->attachments.count; i++)
			if (message->attachments.items[i].index == attachment->index)
				content = message->attachments.items[i].content;
	}
	if (!failed)
		pd_call_emit(call, json_pack("{s:o,s:o,s:o}", "name", pd_json_text(attachment->name), "type",
					     pd_json_text(attachment->type), "content",
					     pd_call_base64(content.data ? content.data : "", content.len)));
	return failed;
}

/* --- export --- */

static int emit_whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	pd_call_emit(call, whole(call, snapshot, ticket, 0, false));
	return 0;
}

int pd_verb_export(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	struct pd_query *query = NULL;
	const char *sort;
	int failed = parse_query(call, &query, &sort);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	return failed ? failed : for_each(call, snapshot, query, "number", 0, emit_whole);
}

static int emit_mails(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct pd_entries entries = snapshot->timeline(snapshot, call->arena, ticket->number, 0);

	for (size_t i = 0; i < entries.count && !call->is_gone; i++) {
		const struct pd_stored *message = entries.items[i].message;
		PD_AUTO_RAW raw = NULL;

		if (entries.items[i].event.kind != PD_EVENT_MESSAGE || !message)
			continue;
		int failed = pd_store_raw(pd_flow_store(call->flow), message->id, &raw, &call->error);

		if (failed == PD_PERMANENT) /* written here, never a mail: nothing to export */
			continue;
		if (failed)
			return failed;
		pd_call_emit(call, json_pack("{s:I,s:o,s:o,s:o}", "number", (json_int_t)ticket->number, "from",
					     pd_json_text(message->from.addr), "date", pd_json_time(call->arena, message->date),
					     "raw", pd_call_base64(raw->data, raw->size)));
	}
	return 0;
}

int pd_verb_mbox(struct pd_call *call)
{
	AUTO_SNAPSHOT snapshot = NULL;
	struct pd_query *query = NULL;
	const char *sort;
	int failed = parse_query(call, &query, &sort);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	return failed ? failed : for_each(call, snapshot, query, "number", 0, emit_mails);
}

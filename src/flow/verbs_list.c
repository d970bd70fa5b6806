/* The verbs that go through many tickets: list, search, export, mbox. One snapshot each, page by page. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/facts.h"
#include "desk/timeline.h"
#include "desk/view_record.h"

#define PAGE 500

static int parse(struct pd_call *call, const struct pd_views *views, const char *text, struct pd_query **ret_query)
{
	const char *me = call->agent ? call->agent->name : NULL;
	pd_time at;
	int failed = pd_call_at(call, &at);

	/* What "due:<2h" meant then. */
	return failed ? failed
		      : pd_query_parse_among(call->arena, call->settings, views, text, me, at ? at : pd_now(), ret_query,
					     &call->error);
}

int pd_call_query(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_query **ret_query, const char **ret_sort)
{
	const char *text = pd_call_text(call, "query"), *name = pd_call_text(call, "view");
	const char *sort = pd_call_text(call, "sort");
	const struct pd_views views = pd_views_now(call->arena, call->settings, call->agent, snapshot);
	const struct pd_view *view = name ? pd_view_among(&views, name) : NULL;

	if (name && !view) {
		struct pd_strings names = {0};

		for (size_t i = 0; i < views.count; i++)
			*pd_list_add(call->arena, &names) = views.items[i].name;
		const struct pd_found none = pd_found_none(call->arena, name, &names);

		return pd_call_not_found(call, "view", name, &none);
	}
	if (text && *text) {
		/* alone first, so that an error's position is that of what was typed */
		int failed = parse(call, &views, text, ret_query);

		if (failed)
			return failed;
	}
	if (view)
		text = text && *text ? pd_printf(call->arena, "(%s) (%s)", view->query, text) : view->query;
	*ret_sort = sort ? sort : view && view->sort ? view->sort : "-number";
	int failed = parse(call, &views, text ? text : "", ret_query);

	if (failed && view) /* the place is in the view's query, which nobody typed here */
		return pd_fail(&call->error, failed, "view %s: %s", view->name,
			       pd_strdup(call->arena, call->error.text + strcspn(call->error.text, ":") + 2));
	return failed;
}

int pd_call_each(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_query *query, const char *sort,
		 size_t limit, pd_call_ticket_fn *each)
{
	size_t page_size = limit && limit < PAGE ? limit : PAGE;
	struct pd_arena *outer = call->arena;
	size_t shown = 0;
	int failed = 0;

	query = pd_sight(outer, call->settings, call->agent, query);

	for (size_t offset = 0; !failed && !call->is_gone && (!limit || shown < limit); offset += page_size) {
		PD_AUTO_ARENA page = pd_arena_new();
		struct pd_tickets tickets = snapshot->list(snapshot, page, query, sort, page_size, offset);

		call->arena = page;
		for (size_t i = 0; i < tickets.count && !failed && (!limit || shown < limit); i++) {
			if (!pd_call_may_see(call, tickets.items[i]))
				continue;
			shown++;
			failed = each(call, snapshot, tickets.items[i]);
		}
		call->arena = outer;
		if (tickets.count < page_size)
			break;
	}
	return failed ? failed : pd_call_checked(call, snapshot);
}

static int emit_ticket(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	const struct pd_json_scene scene = {call->settings, snapshot, pd_now()};

	pd_call_emit(call, pd_json_ticket(call->arena, &scene, ticket));
	return 0;
}

/* How listings of the past are sorted: as those of today, without an index. */
struct order {
	const struct pd_settings *settings;
	const char *key;
	bool is_descending;
};

static double rank(const struct order *order, const json_t *value)
{
	if (!json_is_string(value))
		return json_number_value(value);
	for (size_t i = 0; i < order->settings->priorities.count; i++)
		if (pd_equal(order->settings->priorities.items[i], json_string_value(value)))
			return (double)i;
	return -1;
}

static const json_t *sorted_value(const struct order *order, const json_t *ticket)
{
	const json_t *value = json_object_get(ticket, order->key);

	if (pd_equal(order->key, "due"))
		return pd_json_due(json_object_get(ticket, "sla"));
	return value ? value : json_object_get(json_object_get(ticket, "properties"), order->key);
}

static int compare(const void *a, const void *b, void *data)
{
	const struct order *order = data;
	const json_t *one = *(json_t *const *)a, *two = *(json_t *const *)b;
	const json_t *x = sorted_value(order, one), *y = sorted_value(order, two);
	bool is_absent = json_is_null(x) || !x, is_other_absent = json_is_null(y) || !y;
	int result = 0;

	if (is_absent || is_other_absent)
		result = is_absent - is_other_absent;
	else if (json_is_string(x) && json_is_string(y) && !pd_equal(order->key, "priority"))
		result = strcasecmp(json_string_value(x), json_string_value(y)) * (order->is_descending ? -1 : 1);
	else if (rank(order, x) < rank(order, y) || rank(order, x) > rank(order, y))
		result = (rank(order, x) < rank(order, y)) == order->is_descending ? 1 : -1;
	if (result)
		return result;
	return json_integer_value(json_object_get(one, "number")) < json_integer_value(json_object_get(two, "number")) ? 1
														     : -1;
}

static void emit_sorted(struct pd_call *call, json_t **tickets, size_t count, const char *sort)
{
	struct order order = {.settings = call->settings, .key = sort + (*sort == '-'), .is_descending = *sort == '-'};

	if (count > 1)
		qsort_r(tickets, count, sizeof *tickets, compare, &order);
	for (size_t i = 0; i < count; i++)
		pd_call_emit(call, tickets[i]);
}

/* A listing of the past while it is gathered. */
struct past {
	struct pd_snapshot *snapshot;
	const struct pd_query *query;
	const struct pd_settings *settings; /* of then */
	pd_time at;
	struct pd_context context; /* of a page; plans nothing */
	struct pd_arena *arena; /* of what is found */
	PD_LIST(json_t *) found;
};

/* The ticket of that number, where it stood on its own then and the query holds. */
static void take_past(struct past *past, struct pd_arena *page, int64_t number)
{
	const struct pd_json_scene scene = {past->settings, past->snapshot, past->at};
	const struct pd_ticket *ticket = pd_store_ticket_at(past->snapshot, page, number, past->at);

	if (!ticket || ticket->merged_into)
		return;
	struct pd_ticket_facts facts = pd_plan_facts(&past->context, ticket, past->query, past->at);

	if (pd_query_matches(past->query, &facts))
		*pd_list_add(past->arena, &past->found) = pd_json_ticket(page, &scene, ticket);
}

/* As of an instant: every ticket that stood then, also one that was merged since, is folded and asked in memory; slow,
 * and exact. */
static int list_at(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_query *query, const char *sort,
		   pd_time at)
{
	struct pd_query all = {.op = PD_QUERY_ALL}, deleted = {.op = PD_QUERY_FIELD, .field = "is", .value = "deleted", .kind = -1};
	PD_AUTO_SETTINGS then = pd_flow_settings_at(call->flow, at);
	struct pd_query either = {.op = PD_QUERY_OR, .left = &all, .right = &deleted};
	struct pd_arena *outer = call->arena;
	struct past past = {.snapshot = snapshot, .query = query, .settings = then, .at = at, .arena = outer};
	const struct pd_query *seen = pd_sight(outer, call->settings, call->agent, &either);
	int failed = 0;

	for (size_t offset = 0; !failed; offset += PAGE) {
		PD_AUTO_ARENA page = pd_arena_new();
		struct pd_tickets tickets = snapshot->list(snapshot, page, seen, "-number", PAGE, offset);

		call->arena = page;
		past.context = pd_context_new(page, then, snapshot, at, "postdesk");
		for (size_t i = 0; i < tickets.count; i++) {
			const struct pd_ticket *today = tickets.items[i];

			/* What may be seen is a matter of today. */
			if (!pd_call_may_see(call, today))
				continue;
			take_past(&past, page, today->number);
			for (size_t n = 0; n < today->absorbed.count; n++)
				take_past(&past, page, today->absorbed.items[n].ticket);
		}
		call->arena = outer;
		failed = pd_call_checked(call, snapshot);
		if (tickets.count < PAGE)
			break;
	}
	emit_sorted(call, past.found.items, past.found.count, sort);
	return failed;
}

int pd_verb_list(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_query *query = NULL;
	const char *sort = NULL;
	pd_time at;
	int failed = pd_call_at(call, &at);

	if (!failed)
		failed = pd_call_columns(call);
	if (!failed)
		failed = pd_call_sort(call);
	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (!failed)
		failed = pd_call_query(call, snapshot, &query, &sort);
	if (failed)
		return failed;
	if (at)
		return list_at(call, snapshot, query, sort, at);
	return pd_call_each(call, snapshot, query, sort, (size_t)pd_call_number(call, "limit"), emit_ticket);
}

int pd_verb_search(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const char *text = pd_call_text(call, "text");
	struct pd_query *query;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	const struct pd_views views = pd_views_now(call->arena, call->settings, call->agent, snapshot);

	failed = parse(call, &views, text ? text : "", &query);
	if (failed) { /* no query: then every word of it */
		struct pd_strings words = pd_split(call->arena, text ? text : "", ' ');
		PD_AUTO_BUF quoted = {0};

		for (size_t i = 0; i < words.count; i++) {
			pd_buf_addc(&quoted, '"');
			for (const char *c = words.items[i]; *c; c++)
				pd_buf_addc(&quoted, *c == '"' ? ' ' : *c);
			pd_buf_adds(&quoted, "\" ");
		}
		failed = parse(call, &views, pd_buf_string(call->arena, &quoted), &query);
	}
	if (failed)
		return failed;
	return pd_call_each(call, snapshot, query, "-number", (size_t)pd_call_number(call, "limit"), emit_ticket);
}

int pd_verb_views(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	const struct pd_views views = pd_views_now(call->arena, call->settings, call->agent, snapshot);
	const char *only = pd_call_text(call, "view"); /* absent: all */

	for (size_t i = 0; i < views.count; i++) {
		const struct pd_view *view = &views.items[i];

		if (only && view != pd_view_among(&views, only))
			continue;
		pd_call_emit(call, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name", pd_json_text(view->name), "title",
					     pd_json_text(view->title), "query", pd_json_text(view->query), "sort",
					     pd_json_text(view->sort), "columns", pd_json_text(view->columns), "share",
					     pd_json_text(view->share ? view->share : "everyone"), "author",
					     pd_json_text(view->author)));
	}
	return pd_call_checked(call, snapshot);
}

/* --- export --- */

/* All that the query finds, in order of number; each page begins after the last number, so that a long way costs no
 * more than a short one. */
int pd_call_all(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_query *wanted, pd_call_ticket_fn *each)
{
	int failed = 0;
	struct pd_query after = {.op = PD_QUERY_FIELD, .field = "number", .compare = PD_GREATER, .kind = -1, .value = "0"};
	struct pd_query query = {.op = PD_QUERY_AND, .left = wanted, .right = &after};
	struct pd_arena *outer = call->arena;
	const struct pd_query *seen = pd_sight(outer, call->settings, call->agent, &query);

	for (size_t count = PAGE; !failed && !call->is_gone && count == PAGE;) {
		PD_AUTO_ARENA page = pd_arena_new();
		struct pd_tickets tickets = snapshot->list(snapshot, page, seen, "number", PAGE, 0);

		call->arena = page;
		count = tickets.count;
		for (size_t i = 0; i < count && !failed; i++) {
			after.number = tickets.items[i]->number;
			if (pd_call_may_see(call, tickets.items[i]))
				failed = each(call, snapshot, tickets.items[i]);
		}
		call->arena = outer;
		failed = failed ? failed : pd_call_checked(call, snapshot);
	}
	return failed;
}

int pd_call_export(struct pd_call *call, struct pd_snapshot *snapshot, pd_call_ticket_fn *each)
{
	struct pd_query *wanted = NULL;
	const char *sort;
	int failed = pd_call_query(call, snapshot, &wanted, &sort);

	return failed ? failed : pd_call_all(call, snapshot, wanted, each);
}

static int export(struct pd_call *call, pd_call_ticket_fn *each)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	return failed ? failed : pd_call_export(call, snapshot, each);
}

static int emit_whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	pd_call_write_whole(call, snapshot, ticket);
	pd_call_emit_line(call);
	return 0;
}

int pd_verb_export(struct pd_call *call)
{
	return export(call, emit_whole);
}

/* Is it a mail, or with `all` also what agents wrote among themselves and added? */
static bool is_exported(const struct pd_call *call, const struct pd_entry *entry)
{
	enum pd_event_kind kind = entry->event.kind;

	if (!entry->message)
		return false;
	return kind == PD_EVENT_MESSAGE || (pd_call_flag(call, "all") && (kind == PD_EVENT_COMMENT || kind == PD_EVENT_ATTACHED));
}

static int emit_mails(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct pd_entries entries = pd_timeline(snapshot, call->arena, ticket);

	for (size_t i = 0; i < entries.count && !call->is_gone; i++) {
		const struct pd_event *event = &entries.items[i].event;
		const struct pd_stored *message = entries.items[i].message;
		PD_AUTO_RAW raw = NULL;

		if (!is_exported(call, &entries.items[i]))
			continue;
		/* an agent's answer as it left, not with its commands as it came */
		int64_t as_sent = message->direction == PD_OUT && event->other ? event->other : message->id;
		int failed = pd_store_raw(pd_flow_store(call->flow), as_sent, &raw, &call->error);

		if (failed == PD_PERMANENT) /* written here, never a mail: nothing to export */
			continue;
		if (failed)
			return failed;
		const struct pd_attachment *file = event->kind == PD_EVENT_ATTACHED && message->attachments.count
							   ? &message->attachments.items[0]
							   : NULL;
		pd_call_emit(call, json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "number", (json_int_t)ticket->number, "entry",
					     json_sprintf("E%lld", (long long)event->id), "source", pd_json_text(message->source),
					     "file", pd_json_text(file ? file->name : NULL), "type",
					     pd_json_text(file ? file->type : NULL), "from", pd_json_text(message->from.addr), "date",
					     pd_json_time(call->arena, message->date), "raw",
					     pd_call_base64(raw->data, raw->size)));
	}
	return 0;
}

int pd_verb_mbox(struct pd_call *call)
{
	return export(call, emit_mails);
}

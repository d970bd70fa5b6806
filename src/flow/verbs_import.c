/* The verbs that move in: mails, a ticket of another desk before its mails (import_ticket) and after them (imported);
 * and the one that moves a connected address' tickets to another mailbox (mailbox_move). */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/find.h"

static enum pd_import_as import_as(const char *text)
{
	if (pd_equal(text, "in"))
		return PD_IMPORT_IN;
	if (pd_equal(text, "out"))
		return PD_IMPORT_OUT;
	return pd_equal(text, "comment") ? PD_IMPORT_COMMENT : PD_IMPORT_BY_SENDER;
}

/* A time of the request; 0 where it is absent or none. */
static pd_time time_of(const struct pd_call *call, const char *key)
{
	const char *text = pd_call_text(call, key);
	pd_time time = 0;

	return text && pd_time_parse(text, &time) ? time : 0;
}

/* One of the request's mails; its bytes are decoded into the arena. */
static int read_mail(struct pd_call *call, const json_t *mail, struct pd_flow_import *ret_import)
{
	const char *at = json_string_value(json_object_get(mail, "at"));
	const char *text = json_string_value(json_object_get(mail, "content"));
	gsize size = 0;

	if (!text)
		return pd_fail(&call->error, PD_PERMANENT, "content is missing");
	char *content = pd_strdup(call->arena, text);
	pd_time time = 0;

	g_base64_decode_inplace(content, &size);
	*ret_import = (struct pd_flow_import){
		.mailbox = pd_call_text(call, "mailbox"),
		.raw = pd_raw_from_bytes(content, size),
		.ticket = json_integer_value(json_object_get(mail, "number")),
		.as = import_as(json_string_value(json_object_get(mail, "kind"))),
		.by = json_string_value(json_object_get(mail, "by")),
		.at = at && pd_time_parse(at, &time) ? time : 0,
	};
	return 0;
}

static void tell_mail(struct pd_call *call, const struct pd_flow_imported *imported)
{
	json_t *object = json_object();

	if (imported->failed) {
		json_object_set_new(object, "refused", json_boolean(imported->failed == PD_PERMANENT));
		json_object_set_new(object, "why", pd_json_text(pd_clean_line(call->arena, imported->error.text, 0)));
	} else {
		json_object_set_new(object, "number", json_integer(imported->ticket));
		json_object_set_new(object, "new", json_boolean(imported->is_new));
	}
	pd_call_emit(call, object);
}

int pd_verb_import(struct pd_call *call)
{
	const json_t *mails = json_object_get(call->request, "mails");
	const size_t count = json_array_size(mails);
	struct pd_flow_import *imports = pd_alloc_n(call->arena, count, sizeof *imports);
	struct pd_flow_imported *imported = pd_alloc_n(call->arena, count, sizeof *imported);
	size_t read = 0;
	int failed = 0;

	if (count == 0)
		return pd_fail(&call->error, PD_PERMANENT, "mails are missing");
	while (read < count && !failed) {
		failed = read_mail(call, json_array_get(mails, read), &imports[read]);
		read += !failed;
	}
	if (!failed)
		failed = pd_flow_import(call->flow, imports, count, imported, &call->error);
	for (size_t i = 0; i < read; i++)
		pd_raw_free((struct pd_raw *)imports[i].raw);
	bool goes_on = read == count;
	for (size_t i = 0; i < count && goes_on; i++) {
		tell_mail(call, &imported[i]);
		goes_on = !imported[i].failed || imported[i].failed == PD_PERMANENT; /* the rest was not tried */
	}
	return failed;
}

struct moving {
	struct pd_work work; /* first: the work is cast back */
	struct pd_import import;
	int64_t number;
};

static void decide_import(struct pd_work *work, struct pd_context *context)
{
	pd_decide_import(context, &((const struct moving *)work)->import);
}

static void decide_imported(struct pd_work *work, struct pd_context *context)
{
	const struct moving *moving = (const struct moving *)work;

	pd_decide_imported(context, moving->number, &moving->import);
}

static int move_in(struct pd_call *call, void (*decide)(struct pd_work *, struct pd_context *))
{
	const char *mailbox = pd_call_text(call, "mailbox"), *address = pd_call_text(call, "contact"),
		   *contact_name = pd_call_text(call, "contact_name");
	struct moving *moving = PD_NEW(call->arena, struct moving);
	struct pd_plan *plan;
	pd_time at = time_of(call, "at"), now = pd_now();

	moving->work = (struct pd_work){.flow = call->flow, .arena = call->arena, .settings = call->settings,
					.decide = decide, .actor = "administrator", .is_import = true,
					.now = at != 0 && at < now ? at : now};
	moving->number = pd_call_number(call, "number");
	moving->import = (struct pd_import){
		.key = pd_call_text(call, "key"),
		.name = pd_call_text(call, "name"),
		.number = moving->number,
		.contact = {.name = contact_name ? pd_clean_line(call->arena, contact_name, 200) : "",
			    .addr = address ? pd_lower_ascii(call->arena, pd_clean_line(call->arena, address, 320)) : ""},
		.closed = time_of(call, "closed"),
		.values = pd_call_strings(call, "set"),
		.left = pd_call_strings(call, "left"),
	};
	if (!moving->import.key || !*moving->import.key)
		return pd_fail(&call->error, PD_PERMANENT, "a ticket of another desk needs a key");
	int failed = pd_call_mailbox(call, mailbox, &moving->import.mailbox);

	if (failed)
		return failed;
	if (!moving->import.name)
		moving->import.name = "";
	failed = pd_flow_keep(&moving->work, &plan, &call->error);

	if (!failed)
		pd_call_emit(call, json_pack("{s:I,s:b,s:o}", "number", (json_int_t)plan->ticket, "new",
					     !pd_equal(plan->outcome, "duplicate"), "report",
					     pd_json_strings(&plan->report)));
	return failed;
}

int pd_verb_import_ticket(struct pd_call *call)
{
	return move_in(call, decide_import);
}

int pd_verb_imported(struct pd_call *call)
{
	return move_in(call, decide_imported);
}

/* --- mailbox_move --- */

#define PAGE 500 /* tickets of one decision: other mail goes on between two */

struct page {
	struct pd_work work; /* first: the work is cast back */
	const char *numbers;
	struct pd_strings lines;
};

static void decide_page(struct pd_work *work, struct pd_context *context)
{
	const struct page *page = (const struct page *)work;

	context->agent = NULL; /* the right to channels is all that it needs */
	pd_decide_bulk(context, page->numbers, &page->lines, false);
}

/* What of the address or mailbox is not there yet. */
static int query_of(struct pd_call *call, const char *from, const char *to, struct pd_query **ret_query)
{
	const struct pd_mailbox *source = pd_settings_mailbox(call->settings, from);
	const char *history = pd_call_flag(call, "history") ? "" : " is:open";
	const char *text = source ? pd_printf(call->arena, "mailbox:%s%s", from, history)
				  : pd_printf(call->arena, "to:\"%s\" -mailbox:%s%s", from, to, history);

	return pd_query_parse(call->arena, call->settings, text, NULL, pd_now(), ret_query, &call->error);
}

/* The next page of them, above that number; its last number is put there. */
static int next_page(struct pd_call *call, struct pd_arena *arena, struct pd_query *wanted, int64_t *above,
		     const char **ret_numbers, size_t *ret_count)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_query after = {.op = PD_QUERY_FIELD, .field = "number", .compare = PD_GREATER, .kind = -1,
				 .value = "0", .number = *above};
	struct pd_query query = {.op = PD_QUERY_AND, .left = wanted, .right = &after};
	struct pd_strings numbers = {0};
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	struct pd_tickets tickets = snapshot->list(snapshot, arena, &query, "number", PAGE, 0);

	for (size_t i = 0; i < tickets.count; i++) {
		*above = tickets.items[i]->number;
		*pd_list_add(arena, &numbers) = pd_printf(arena, "%lld", (long long)*above);
	}
	*ret_numbers = pd_strings_join(arena, &numbers, " ");
	*ret_count = numbers.count;
	return pd_call_checked(call, snapshot);
}

int pd_verb_mailbox_move(struct pd_call *call)
{
	const char *from = pd_call_text(call, "from"), *to = pd_call_text(call, "to");
	const struct pd_mailbox *target;
	struct pd_query *query = NULL;
	int64_t above = 0;
	const char *actor = call->agent ? pd_printf(call->arena, "agent:%s", call->agent->name) : "administrator";
	size_t moved = 0, count = PAGE;

	if (call->agent && !pd_sees_all(call->settings, call->agent))
		return pd_fail(&call->error, PD_PERMANENT, "%s does not see all tickets, which this may move", call->agent->name);
	if (pd_call_mailbox(call, to, &target))
		return PD_PERMANENT;
	if (!from || (!pd_settings_mailbox(call->settings, from) && !strchr(from, '@')))
		return pd_fail(&call->error, PD_PERMANENT, "\"%s\" is neither a mailbox nor an address", from ? from : "");
	if (pd_equal(from, to))
		return pd_fail(&call->error, PD_PERMANENT, "%s is that mailbox", from);
	int failed = query_of(call, from, to, &query);

	while (!failed && count == PAGE && !call->is_gone) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct page page = {.work = {.flow = call->flow, .arena = arena, .settings = call->settings,
					     .decide = decide_page, .actor = actor, .now = pd_now()}};
		struct pd_plan *plan;

		failed = next_page(call, arena, query, &above, &page.numbers, &count);
		if (failed || count == 0)
			break;
		*pd_list_add(arena, &page.lines) = pd_printf(arena, "#move %s", to);
		failed = pd_flow_keep(&page.work, &plan, &call->error);
		if (!failed && plan->is_refused)
			failed = pd_fail(&call->error, PD_PERMANENT, "%s", pd_strings_join(arena, &plan->report, "\n"));
		moved += failed ? 0 : count;
	}
	const struct pd_mailbox *now = strchr(from, '@') ? pd_settings_mailbox_of(call->settings, from) : NULL;

	if (!failed || moved > 0)
		pd_call_emit(call, json_pack("{s:I,s:o}", "moved", (json_int_t)moved, "still",
					     pd_json_text(now && now != target ? now->name : NULL)));
	return failed;
}

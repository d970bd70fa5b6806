/* The verbs that change: create, do, attach; and those about the house: outbox, status, verify, backup. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/people.h"

/* A change by a person: what it wants, and the work that carries it. */
struct change {
	struct pd_work work; /* first: the work is cast back */
	struct pd_call *call;
	int64_t number;
	struct pd_strings lines, contacts, values;
	const struct pd_mailbox *mailbox;
	const char *name;
	struct pd_bytes content;
	bool is_dry;
};

static struct change *change_new(struct pd_call *call, void (*decide)(struct pd_work *, struct pd_context *))
{
	struct change *change = PD_NEW(call->arena, struct change);

	change->call = call;
	change->number = pd_call_number(call, "number");
	change->name = pd_call_text(call, "name");
	change->work = (struct pd_work){
		.flow = call->flow,
		.arena = call->arena,
		.settings = call->settings,
		.decide = decide,
		.actor = call->agent ? pd_printf(call->arena, "agent:%s", call->agent->name) : "administrator",
		.now = pd_now(),
	};
	return change;
}

static json_t *numbers_of(const int64_t *numbers, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_integer(numbers[i]));
	return array;
}

static void tell_plan(struct pd_call *call, const struct pd_plan *plan, bool is_dry)
{
	json_t *object = json_pack("{s:o,s:o,s:o,s:o}", "number", plan->ticket ? json_integer(plan->ticket) : json_null(),
				   "report", pd_json_strings(&plan->report), "listed",
				   numbers_of(plan->listed.items, plan->listed.count), "action",
				   plan->events.count ? json_integer(plan->events.items[0]->action) : json_null());

	if (is_dry) {
		json_t *refused = json_array();

		for (size_t i = 0; i < plan->refusals.count; i++)
			json_array_append_new(refused, json_pack("{s:I,s:o}", "number", (json_int_t)plan->refusals.items[i].ticket,
								 "why", pd_json_text(plan->refusals.items[i].why)));
		json_object_set_new(object, "changing", numbers_of(plan->changing.items, plan->changing.count));
		json_object_set_new(object, "refused", refused);
	}
	pd_call_emit(call, object);
}

/* On the road, then what was done or why it was refused. What is only tried tells both. */
static int carry_out(struct change *change)
{
	struct pd_call *call = change->call;
	struct pd_plan *plan;
	int failed = pd_flow_keep(&change->work, &plan, &call->error);

	if (failed)
		return failed;
	if (!plan->is_refused || (change->is_dry && plan->listed.count > 0))
		tell_plan(call, plan, change->is_dry);
	if (plan->is_refused)
		return pd_fail(&call->error, PD_PERMANENT, "%s", pd_strings_join(call->arena, &plan->report, "\n"));
	return 0;
}

static int check_number(struct change *change)
{
	struct pd_call *call = change->call;
	struct pd_snapshot *snapshot;
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	failed = pd_call_ticket(call, snapshot, &ticket);
	pd_store_end(snapshot);
	if (!failed)
		change->number = ticket->number;
	return failed;
}

static void decide_do(struct pd_work *work, struct pd_context *context)
{
	const struct change *change = (const struct change *)work;

	pd_decide_do(context, change->number, &change->lines);
}

int pd_verb_do(struct pd_call *call)
{
	struct change *change = change_new(call, decide_do);
	int failed = change->number ? check_number(change) : 0;

	change->lines = pd_call_strings(call, "commands");
	if (!failed && !change->lines.count)
		failed = pd_fail(&call->error, PD_PERMANENT, "no command was given");
	return failed ? failed : carry_out(change);
}

int pd_verb_people_undo(struct pd_call *call)
{
	struct change *change = change_new(call, decide_do);
	const int64_t action = pd_call_number(call, "number");
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	struct pd_context context = pd_call_context(call, snapshot);
	bool is_of_people = pd_action_is_of_people(&context, action);

	failed = pd_call_checked(call, snapshot);
	pd_store_end(snapshot);
	if (!failed && !is_of_people)
		failed = pd_fail(&call->error, PD_PERMANENT,
				 "action %lld corrected or merged no contact or company; #undo on its ticket takes back others",
				 (long long)action);
	change->number = 0;
	*pd_list_add(call->arena, &change->lines) = pd_printf(call->arena, "#undo %lld", (long long)action);
	return failed ? failed : carry_out(change);
}

static void decide_bulk(struct pd_work *work, struct pd_context *context)
{
	const struct change *change = (const struct change *)work;

	pd_decide_bulk(context, change->name, &change->lines, change->is_dry);
}

int pd_verb_bulk(struct pd_call *call)
{
	struct change *change = change_new(call, decide_bulk);

	change->name = pd_call_text(call, "query");
	change->lines = pd_call_strings(call, "commands");
	change->is_dry = change->work.is_dry = pd_call_flag(call, "dry_run");
	if (!change->name || !change->lines.count)
		return pd_fail(&call->error, PD_PERMANENT, "a query and a command are needed");
	return carry_out(change);
}

static void decide_create(struct pd_work *work, struct pd_context *context)
{
	const struct change *change = (const struct change *)work;

	pd_decide_create(context, change->mailbox, change->name, &change->contacts, &change->values);
}

int pd_verb_create(struct pd_call *call)
{
	struct change *change = change_new(call, decide_create);
	const char *mailbox = pd_call_text(call, "mailbox");

	change->contacts = pd_call_strings(call, "contacts");
	change->values = pd_call_strings(call, "set");
	int failed = pd_call_mailbox(call, mailbox, &change->mailbox);

	if (failed)
		return failed;
	if (!change->name || !*pd_trim(call->arena, change->name))
		return pd_fail(&call->error, PD_PERMANENT, "a ticket needs a name");
	return carry_out(change);
}

static void decide_attach(struct pd_work *work, struct pd_context *context)
{
	const struct change *change = (const struct change *)work;

	pd_decide_attach(context, change->number, change->name, change->content);
}

int pd_verb_attach(struct pd_call *call)
{
	struct change *change = change_new(call, decide_attach);
	int failed = check_number(change);

	if (!failed)
		failed = pd_call_content(call, "content", &change->content);
	if (!failed && change->content.len > call->settings->message_size_limit)
		failed = pd_fail(&call->error, PD_PERMANENT, "the file is larger than message_size_limit (%zu bytes)",
				 call->settings->message_size_limit);
	if (!failed && (!change->name || !*change->name))
		failed = pd_fail(&call->error, PD_PERMANENT, "the file needs a name");
	return failed ? failed : carry_out(change);
}

int pd_verb_outbox(struct pd_call *call)
{
	struct pd_outbox_lines lines = {0};
	int failed = pd_store_outbox(pd_flow_store(call->flow), call->arena, pd_call_flag(call, "all"), 10000, &lines,
				     &call->error);

	for (size_t i = 0; i < lines.count && !failed; i++) {
		const struct pd_outbox_line *line = &lines.items[i];

		pd_call_emit(call, json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:o,s:o}", "id", (json_int_t)line->id, "number",
					     line->ticket ? json_integer(line->ticket) : json_null(), "kind",
					     pd_json_text(line->kind), "state", pd_json_text(line->state), "recipients",
					     pd_json_text(line->recipients), "message_id", pd_json_text(line->message_id),
					     "last_reply", pd_json_text(line->last_reply), "attempts", (int)line->attempts,
					     "created", pd_json_time(call->arena, line->created), "next",
					     pd_json_time(call->arena, line->next)));
	}
	return failed;
}

int pd_verb_flush(struct pd_call *call)
{
	return pd_store_outbox_flush(pd_flow_store(call->flow), &call->error);
}

int pd_verb_reload(struct pd_call *call)
{
	struct pd_problems problems = {.arena = call->arena};
	int failed = pd_flow_reload(call->flow, &problems, &call->error);

	for (size_t i = 0; i < problems.count; i++) {
		const struct pd_problem *problem = &problems.items[i];

		pd_call_emit(call, json_pack("{s:o,s:i,s:b,s:o}", "file", pd_json_text(problem->where.file), "line",
					     problem->where.line, "warning", problem->is_warning, "problem",
					     pd_json_text(problem->text)));
	}
	return failed;
}

static int count_ticket(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	(void)snapshot;
	call->seen.tickets++;
	call->seen.open += !ticket->is_spam && ticket->status_kind != PD_STATUS_CLOSED;
	call->seen.messages += ticket->messages;
	return 0;
}

static int count_draft(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	(void)snapshot;
	(void)ticket;
	call->seen.drafts++;
	return 0;
}

/* What the agent may see, counted; of how the house is, nothing. */
static int status_seen(struct pd_call *call)
{
	struct pd_query all = {.op = PD_QUERY_ALL, .kind = -1};
	struct pd_query own = {
		.op = PD_QUERY_FIELD, .field = "is", .value = "draft", .me = call->agent->name, .kind = -1};
	static const char *const house[] = {"outbox_waiting", "outbox_oldest", "unindexed",	     "database_bytes",
					    "commits",	      "commit_groups", "decided_anew",	     "mails_read",
					    "readers_replaced", "mails_unparsed"};
	PD_AUTO_SNAPSHOT snapshot = NULL;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed && pd_sees_all(call->settings, call->agent)) {
		struct pd_store_stats stats;

		failed = pd_store_stats(pd_flow_store(call->flow), &stats, &call->error);
		if (!failed) {
			call->seen.tickets = stats.tickets;
			call->seen.open = stats.open;
			call->seen.messages = stats.messages;
		}
	} else if (!failed) {
		failed = pd_call_all(call, snapshot, &all, count_ticket);
	}
	if (!failed)
		failed = pd_call_all(call, snapshot, &own, count_draft);
	if (failed)
		return failed;
	json_t *object = json_pack("{s:I,s:I,s:I,s:I}", "tickets", (json_int_t)call->seen.tickets, "open",
				   (json_int_t)call->seen.open, "messages", (json_int_t)call->seen.messages, "drafts",
				   (json_int_t)call->seen.drafts);

	for (size_t i = 0; i < G_N_ELEMENTS(house); i++)
		json_object_set_new(object, house[i], json_null());
	pd_call_emit(call, object);
	return 0;
}

int pd_verb_status(struct pd_call *call)
{
	if (!call->is_administrator)
		return status_seen(call);
	struct pd_store_stats stats;
	struct pd_reader_stats reading = pd_readers_stats(pd_flow_readers(call->flow));
	int failed = pd_store_stats(pd_flow_store(call->flow), &stats, &call->error);

	if (!failed)
		pd_call_emit(call, json_pack("{s:I,s:I,s:I,s:I,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "tickets",
					     (json_int_t)stats.tickets, "open", (json_int_t)stats.open, "messages",
					     (json_int_t)stats.messages, "outbox_waiting", (json_int_t)stats.outbox_waiting,
					     "outbox_oldest", pd_json_time(call->arena, stats.oldest_waiting), "drafts",
					     (json_int_t)stats.drafts, "unindexed",
					     (json_int_t)stats.unindexed, "database_bytes", (json_int_t)stats.database_bytes,
					     "commits", (json_int_t)stats.commits, "commit_groups", (json_int_t)stats.groups,
					     "decided_anew", (json_int_t)stats.redecided, "mails_read",
					     (json_int_t)reading.read, "readers_replaced", (json_int_t)reading.replaced,
					     "mails_unparsed", (json_int_t)reading.unparsed));
	return failed;
}

int pd_verb_verify(struct pd_call *call)
{
	struct pd_strings wrong = {0};
	int failed = pd_store_verify(pd_flow_store(call->flow), call->arena, &wrong, &call->error);

	for (size_t i = 0; i < wrong.count; i++)
		pd_call_emit(call, json_pack("{s:o}", "wrong", pd_json_text(wrong.items[i])));
	if (!failed && wrong.count)
		failed = pd_fail(&call->error, PD_PERMANENT, "%zu things are wrong", wrong.count);
	return failed;
}

int pd_verb_backup(struct pd_call *call)
{
	const char *destination = pd_call_text(call, "destination");

	if (!destination || *destination != '/')
		return pd_fail(&call->error, PD_PERMANENT, "the destination must be an absolute path");
	return pd_store_backup(pd_flow_store(call->flow), destination, &call->error);
}

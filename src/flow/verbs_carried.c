/* The verbs that take in what carry_out gave: the other desk (carry_begin), messages (carry_messages), each ticket in one
 * transaction (carry_ticket), letters, contacts and drafts (carry_rest), and the end (carry_end).
 *
 * Each may be asked again with the same: what is here stays as it is. Requests may have been made by anybody; what is wrong
 * with one is said, and it changes nothing. A message without its ticket is seen by nobody. */
#include "flow/verbs_internal.h"

#include <pthread.h>
#include <string.h>

#include "base/text.h"
#include "flow/json_carry.h"

struct carried {
	struct pd_work work; /* first: the work is cast back */
	const char *name;    /* of the other desk */
	struct pd_carried_desk desk;
	struct pd_carry carry;
	struct pd_carry_letters letters;
	PD_LIST(struct pd_planned_message) messages;
	bool is_known;
};

static struct carried *new_work(struct pd_call *call, void (*decide)(struct pd_work *, struct pd_context *))
{
	struct carried *carried = PD_NEW(call->arena, struct carried);

	carried->work = (struct pd_work){.flow = call->flow, .arena = call->arena, .settings = call->settings, .decide = decide,
					 .actor = "administrator", .now = pd_now()};
	carried->name = pd_call_text(call, "desk");
	return carried;
}

static int keep(struct pd_call *call, struct carried *carried, struct pd_plan **ret_plan)
{
	int failed = pd_flow_keep(&carried->work, ret_plan, &call->error);

	if (!failed && (*ret_plan)->is_refused)
		failed = pd_fail(&call->error, PD_PERMANENT, "%s", pd_strings_join(call->arena, &(*ret_plan)->report, "\n"));
	return failed;
}

static bool find_desk(struct carried *carried, struct pd_context *context)
{
	carried->is_known = pd_carried_find(context, carried->name, &carried->desk);
	carried->carry.from = carried->letters.from = &carried->desk;
	if (!carried->is_known)
		*context->plan = (struct pd_plan){.outcome = "refused", .is_refused = true};
	if (!carried->is_known)
		pd_report(context, "the desk %s has not been announced", carried->name);
	return carried->is_known;
}

static int check_name(struct pd_call *call)
{
	if (!pd_desk_name_is_valid(pd_call_text(call, "desk")))
		return pd_fail(&call->error, PD_PERMANENT, "\"desk\" must name a desk");
	return 0;
}

/* --- the desk --- */

/* Has nothing of that kind been given a number yet, up to the last? */
static bool is_unused(struct pd_snapshot *snapshot, struct pd_arena *arena, enum pd_id_kind kind, int64_t last)
{
	enum { LOOKS_MAX = 2000 };
	bool is_used = false;

	switch (kind) {
	case PD_ID_TICKET:
	case PD_ID_EVENT:
	case PD_ID_CONVERSATION:
	case PD_ID_ACTION: /* numbers that were given for nothing stand nowhere */
		return snapshot->passed(snapshot, arena, 0, INT64_MAX, 1).count == 0;
	default:
		break;
	}
	if (last > LOOKS_MAX)
		return false;
	for (int64_t id = 1; id <= last && !is_used; id++)
		is_used = kind == PD_ID_CONTACT	 ? snapshot->contact(snapshot, arena, id) != NULL
			  : kind == PD_ID_OUTBOX ? snapshot->outbox(snapshot, arena, id) != NULL
			  : kind == PD_ID_DRAFT	 ? snapshot->draft(snapshot, arena, id) != NULL
						 : pd_store_message(snapshot, arena, id) != NULL;
	return !is_used;
}

static void add_run(struct pd_arena *arena, struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t first, int64_t last,
		    int64_t here)
{
	struct pd_carried_run *newest = desk->runs.count ? &desk->runs.items[desk->runs.count - 1] : NULL;

	if (first > last)
		return;
	if (newest && newest->kind == kind && newest->last + 1 == first && newest->here + (first - newest->first) == here)
		newest->last = last;
	else
		*pd_list_add(arena, &desk->runs) = (struct pd_carried_run){kind, first, last, here};
}

/* Where the desk's numbers stood, and one look at it that is no older. */
struct stand {
	struct pd_store *store;
	struct pd_snapshot *snapshot;
	int64_t given[PD_ID_KINDS]; /* the largest numbers that anybody had */
};

/* From then on nobody else is given a number that the other desk has, whatever mail comes in meanwhile. */
static int take_stand(struct pd_call *call, const struct pd_carried_desk *desk, const int64_t last[PD_ID_KINDS],
		      struct stand *ret_stand)
{
	struct pd_store *store = pd_flow_store(call->flow);

	ret_stand->store = store;
	for (int k = 0; k < PD_ID_KINDS; k++) {
		const enum pd_id_kind kind = (enum pd_id_kind)k;

		if (pd_carried_last(desk, kind) < last[kind])
			(void)pd_store_reserve(store, kind, 0, last[kind] + 1, &ret_stand->given[kind]);
	}
	return pd_store_begin(store, &ret_stand->snapshot, &call->error);
}

/* Numbers beyond all that were given stay. Whoever may have one keeps it, though nothing of it be kept yet: those of the
 * other desk get the next ones, in their order. */
static void place(struct pd_call *call, const struct stand *stand, struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t last)
{
	const int64_t first = pd_carried_last(desk, kind) + 1, given = stand->given[kind];
	int64_t none, stays = kind == PD_ID_TICKET && given + 1 > first ? given + 1 : first;

	if (first > last)
		return;
	if (first == 1 && is_unused(stand->snapshot, call->arena, kind, given))
		stays = first;
	else if (kind != PD_ID_TICKET)
		stays = last + 1;
	if (stays > last + 1)
		stays = last + 1;
	if (stays > first)
		add_run(call->arena, desk, kind, first, stays - 1,
			pd_store_reserve(stand->store, kind, stays - first, first, &none));
	add_run(call->arena, desk, kind, stays, last, stays);
}

static int read_last(struct pd_call *call, int64_t ret_last[PD_ID_KINDS])
{
	const json_t *last = json_object_get(call->request, "last");

	for (int kind = 0; kind < PD_ID_KINDS; kind++) {
		const char *name = pd_id_kind_name((enum pd_id_kind)kind);
		const json_t *value = json_object_get(last, name);
		int64_t max = kind == PD_ID_TICKET ? PD_CARRY_TICKETS_MAX : PD_CARRY_LAST_MAX;

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return pd_fail(&call->error, PD_PERMANENT, "\"last\" must have the last number of each %s", name);
		if (json_integer_value(value) > max)
			return pd_fail(&call->error, PD_PERMANENT, "\"last\": no desk counts up to %s %lld", name,
				       (long long)json_integer_value(value));
		ret_last[kind] = json_integer_value(value);
	}
	return 0;
}

static void decide_desk(struct pd_work *work, struct pd_context *context)
{
	pd_decide_carried_desk(context, &((const struct carried *)work)->desk);
}

static int keep_desk(struct pd_call *call, struct carried *carried)
{
	struct pd_plan *plan;

	return keep(call, carried, &plan);
}

/* Do that desk's numbers lead by way of others to the one at hand? Else its key would sign for what is not its own. */
static bool leads_to(struct pd_context *context, const json_t *former, struct pd_carried_desk desk, const char *to)
{
	for (size_t hops = 0; desk.via && hops <= json_object_size(former); hops++) {
		const char *name = desk.via;
		const char *value = context->desk->record(context->desk, context->arena, PD_CARRIED_RECORD, name);

		if (pd_equal(name, to))
			return true;
		if (!value && json_object_get(former, name)) {
			value = json_string_value(json_object_get(former, name));
			value = value && !strstr(value, "via ") ? pd_printf(context->arena, "%s\nvia %s\n", value, to) : value;
		}
		if (!value || !pd_carried_parse(context->arena, name, value, &desk))
			return false;
	}
	return false;
}

/* A desk that had been carried into the other one before; what says to be one and is not is refused. */
static int read_former(struct pd_call *call, struct pd_context *context, const char *name, const json_t *value,
		       struct carried *carried)
{
	const char *via = pd_call_text(call, "desk");
	struct pd_carried_desk *desk = &carried->desk;

	if (!pd_desk_name_is_valid(name) || !json_is_string(value) ||
	    !pd_carried_parse(call->arena, name, json_string_value(value), desk) ||
	    (desk->has_key && !pd_equal(pd_desk_name(call->arena, desk->key), name)))
		return pd_fail(&call->error, PD_PERMANENT, "\"former\" must name desks, each with what is known of it");
	if (!desk->via)
		desk->via = via;
	if (!leads_to(context, json_object_get(call->request, "former"), *desk, via))
		return pd_fail(&call->error, PD_PERMANENT, "the desk %s did not come by way of %s", name, via);
	carried->name = name;
	return 0;
}

static int keep_former(struct pd_call *call)
{
	const json_t *former = json_object_get(call->request, "former"), *value;
	const char *name;
	int failed = 0;

	json_object_foreach((json_t *)(uintptr_t)former, name, value) {
		struct carried *carried = new_work(call, decide_desk);
		PD_AUTO_SNAPSHOT snapshot = NULL;

		if (failed || (failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error)))
			return failed;
		struct pd_context context = {.arena = call->arena, .settings = call->settings, .desk = snapshot};

		if (pd_equal(name, pd_desk_name(call->arena, snapshot->key)) ||
		    snapshot->record(snapshot, call->arena, PD_CARRIED_RECORD, name))
			continue;
		failed = read_former(call, &context, name, value, carried);
		if (!failed)
			failed = keep_desk(call, carried);
	}
	return failed;
}

/* What this desk knows of it, and whether it is this one. */
static int read_desk(struct pd_call *call, struct pd_carried_desk *desk, const char *name, bool *ret_is_own)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const char *key = pd_call_text(call, "key");
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	*ret_is_own = pd_equal(name, pd_desk_name(call->arena, snapshot->key));
	const char *value = snapshot->record(snapshot, call->arena, PD_CARRIED_RECORD, name);

	if (value && !pd_carried_parse(call->arena, name, value, desk))
		return pd_fail(&call->error, PD_TEMPORARY, "what is known of the desk %s is damaged", name);
	desk->name = name;
	if (key) {
		struct pd_carried_desk given;

		if (!pd_carried_parse(call->arena, name, pd_printf(call->arena, "key %s\n", key), &given) ||
		    !pd_equal(pd_desk_name(call->arena, given.key), name))
			return pd_fail(&call->error, PD_PERMANENT, "\"key\" is not that desk's");
		desk->has_key = true;
		memcpy(desk->key, given.key, sizeof desk->key);
	}
	return pd_call_checked(call, snapshot);
}

static int begin(struct pd_call *call)
{
	struct carried *carried = new_work(call, decide_desk);
	struct pd_carried_desk *desk = &carried->desk;
	int64_t last[PD_ID_KINDS];
	bool is_own = false;
	int failed = check_name(call);

	if (!failed)
		failed = read_last(call, last);
	if (!failed)
		failed = read_desk(call, desk, carried->name, &is_own);
	if (!failed && !is_own && !desk->via) {
		struct stand stand = {0};

		failed = take_stand(call, desk, last, &stand);
		for (int kind = 0; kind < PD_ID_KINDS && !failed; kind++)
			place(call, &stand, desk, (enum pd_id_kind)kind, last[kind]);
		if (!failed)
			failed = pd_call_checked(call, stand.snapshot);
		if (stand.snapshot)
			pd_store_end(stand.snapshot);
	}
	if (!failed && !is_own)
		failed = keep_desk(call, carried);
	if (!failed && !is_own)
		failed = keep_former(call);
	if (!failed)
		pd_call_emit(call, json_pack("{s:b,s:b}", "same", pd_carried_is_same(desk, PD_ID_EVENT), "own", is_own));
	return failed;
}

/* Imports that run beside each other come one after the other: what one has brought the other finds. */
static int one_by_one(struct pd_call *call, int (*verb)(struct pd_call *call))
{
	pthread_mutex_t *lock = pd_flow_carry_lock(call->flow);

	pthread_mutex_lock(lock);
	int failed = verb(call);
	pthread_mutex_unlock(lock);
	return failed;
}

int pd_verb_carry_begin(struct pd_call *call)
{
	return one_by_one(call, begin);
}

/* --- messages --- */

static int read_list(struct pd_call *call, const json_t *object, const char *key, const json_t **ret_list)
{
	const json_t *list = json_object_get(object, key);

	if (list && !json_is_null(list) && !json_is_array(list))
		return pd_fail(&call->error, PD_PERMANENT, "\"%s\" must be a list", key);
	*ret_list = json_is_array(list) ? list : NULL;
	return 0;
}

/* Why it cannot be kept; NULL: it is in the plan, or here already. */
static const char *plan_message(struct carried *carried, struct pd_context *context, struct pd_planned_message message)
{
	struct pd_carry_ids ids = {.context = context, .from = &carried->desk};

	message.stored.id = pd_carry_id(&ids, PD_ID_MESSAGE, message.stored.id);
	if (ids.wrong)
		return ids.wrong;
	const struct pd_planned_message *there = pd_store_message(context->desk, context->arena, message.stored.id);

	for (size_t i = 0; i < context->plan->messages.count && !there; i++)
		if (context->plan->messages.items[i].stored.id == message.stored.id)
			there = &context->plan->messages.items[i];
	if (carried->desk.is_own)
		return there ? NULL : "it says that it is this desk's, which does not have it";
	if (there)
		return memcmp(there->stored.digest, message.stored.digest, PD_SHA256_SIZE) != 0 ? "another one has its number" : NULL;
	*pd_list_add(context->arena, &context->plan->messages) = message;
	return NULL;
}

static void decide_messages(struct pd_work *work, struct pd_context *context)
{
	struct carried *carried = (struct carried *)work;

	context->plan->outcome = "duplicate";
	if (!find_desk(carried, context))
		return;
	for (size_t i = 0; i < carried->messages.count; i++) {
		const char *wrong = plan_message(carried, context, carried->messages.items[i]);

		if (!wrong)
			continue;
		*context->plan = (struct pd_plan){.outcome = "refused", .is_refused = true};
		pd_report(context, "message %lld: %s", (long long)carried->messages.items[i].stored.id, wrong);
		return;
	}
}

static int read_content(struct pd_call *call, const json_t *text, struct pd_bytes *ret_content)
{
	if (!text || json_is_null(text))
		return 0;
	if (!json_is_string(text))
		return pd_fail(&call->error, PD_PERMANENT, "\"content\" must be a text");
	char *copy = pd_strdup(call->arena, json_string_value(text));
	gsize size = 0;

	g_base64_decode_inplace(copy, &size);
	*ret_content = (struct pd_bytes){copy, size};
	return 0;
}

static int take_messages(struct pd_call *call)
{
	struct carried *carried = new_work(call, decide_messages);
	const json_t *list, *item;
	struct pd_plan *plan;
	size_t i;
	int failed = check_name(call);

	if (!failed)
		failed = read_list(call, call->request, "messages", &list);
	json_array_foreach(failed ? NULL : list, i, item)
	{
		struct pd_planned_message *message = pd_list_add(call->arena, &carried->messages);

		failed = pd_carry_read_message(call->arena, json_object_get(item, "message"), message, &call->error);
		if (!failed)
			failed = read_content(call, json_object_get(item, "content"), &message->raw);
		if (failed)
			return failed;
	}
	if (!failed)
		failed = keep(call, carried, &plan);
	if (!failed)
		pd_call_emit(call, json_pack("{s:I}", "new", (json_int_t)plan->messages.count));
	return failed;
}

int pd_verb_carry_messages(struct pd_call *call)
{
	return one_by_one(call, take_messages);
}

/* --- tickets --- */

static int read_carry(struct pd_call *call, const json_t *object, struct pd_carry *carry)
{
	const json_t *events, *contacts, *drafts, *item;
	struct pd_arena *arena = call->arena;
	size_t i;
	int failed = read_list(call, object, "events", &events);

	if (!failed)
		failed = read_list(call, object, "contacts", &contacts);
	if (!failed)
		failed = read_list(call, object, "drafts", &drafts);
	if (failed)
		return failed;
	json_array_foreach(events, i, item)
		if ((failed = pd_carry_read_event(arena, item, pd_list_add(arena, &carry->events), &call->error)))
			return failed;
	json_array_foreach(contacts, i, item)
		if ((failed = pd_carry_read_contact(arena, item, pd_list_add(arena, &carry->contacts), &call->error)))
			return failed;
	json_array_foreach(drafts, i, item)
		if ((failed = pd_carry_read_draft(arena, item, pd_list_add(arena, &carry->drafts), &call->error)))
			return failed;
	return 0;
}

/* Of the desk as it stands: what a message says never changes, and it goes only with its ticket. */
static void find_message(struct pd_context *context, struct pd_carry *carry, int64_t there)
{
	const int64_t id = pd_carried_here(carry->from, PD_ID_MESSAGE, there);
	const struct pd_planned_message *message = id != 0 ? pd_store_message(context->desk, context->arena, id) : NULL;

	if (message)
		*pd_list_add(context->arena, &carry->messages) = &message->stored;
}

static void decide_ticket(struct pd_work *work, struct pd_context *context)
{
	struct carried *carried = (struct carried *)work;
	struct pd_carry carry = carried->carry;

	if (!find_desk(carried, context))
		return;
	carry.from = &carried->desk;
	for (size_t i = 0; i < carry.events.count; i++)
		find_message(context, &carry, carry.events.items[i].message);
	pd_decide_carry(context, &carry);
}

/* Is the ticket of that first entry here? */
static int ask_ticket(struct pd_call *call, struct carried *carried)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	struct pd_context context = {.arena = call->arena, .settings = call->settings, .desk = snapshot};
	struct pd_plan none = {0};

	context.plan = &none;
	int64_t number = 0, entry = 0;

	if (pd_carried_find(&context, carried->name, &carried->desk)) {
		number = pd_carried_here(&carried->desk, PD_ID_TICKET, pd_call_number(call, "number"));
		entry = pd_carried_here(&carried->desk, PD_ID_EVENT, pd_call_number(call, "entry"));
	}
	const struct pd_ticket *ticket = number ? snapshot->ticket(snapshot, call->arena, number) : NULL;
	const struct pd_entry *first = ticket && entry ? snapshot->entry(snapshot, call->arena, entry) : NULL;
	bool is_there = first && first->event.ticket == number;

	pd_call_emit(call, json_pack("{s:I,s:b,s:I}", "number", (json_int_t)number, "there", is_there, "version",
				     (json_int_t)(is_there ? ticket->version : 0)));
	return pd_call_checked(call, snapshot);
}

static int take_ticket(struct pd_call *call)
{
	struct carried *carried = new_work(call, decide_ticket);
	const json_t *ticket = json_object_get(call->request, "ticket");
	struct pd_plan *plan;
	int failed = check_name(call);

	if (failed)
		return failed;
	if (!ticket)
		return ask_ticket(call, carried);
	carried->carry.number = pd_call_number(call, "number");
	failed = read_carry(call, ticket, &carried->carry);
	if (!failed)
		failed = keep(call, carried, &plan);
	if (!failed)
		pd_call_emit(call, json_pack("{s:I,s:b,s:o}", "number", (json_int_t)plan->ticket, "new", plan->tickets.count > 0,
					     "report", pd_json_strings(&plan->report)));
	return failed;
}

int pd_verb_carry_ticket(struct pd_call *call)
{
	return one_by_one(call, take_ticket);
}

/* --- the rest --- */

static void decide_letters(struct pd_work *work, struct pd_context *context)
{
	struct carried *carried = (struct carried *)work;

	if (find_desk(carried, context))
		pd_decide_carry_letters(context, &carried->letters);
}

static void decide_contacts(struct pd_work *work, struct pd_context *context)
{
	struct carried *carried = (struct carried *)work;

	if (find_desk(carried, context))
		pd_decide_carry_contacts(context, &carried->carry);
}

static int take_rest(struct pd_call *call)
{
	struct carried *letters = new_work(call, decide_letters), *contacts = new_work(call, decide_contacts);
	const json_t *list, *item;
	struct pd_plan *plan;
	size_t i;
	int failed = check_name(call);

	if (!failed)
		failed = read_list(call, json_object_get(call->request, "rest"), "letters", &list);
	if (failed)
		return failed;
	json_array_foreach(list, i, item)
	{
		failed = pd_carry_read_letter(call->arena, item, pd_list_add(call->arena, &letters->letters.items), &call->error);
		if (failed)
			return failed;
	}
	failed = read_carry(call, json_object_get(call->request, "rest"), &contacts->carry);
	if (!failed)
		failed = keep(call, contacts, &plan);
	if (!failed)
		failed = keep(call, letters, &plan);
	return failed;
}

int pd_verb_carry_rest(struct pd_call *call)
{
	return one_by_one(call, take_rest);
}

int pd_verb_carry_end(struct pd_call *call)
{
	return pd_store_refold_records(pd_flow_store(call->flow), &call->error);
}

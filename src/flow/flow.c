/* The house in one file: read -> look up -> decide -> compose -> keep -> answer.
 *
 * Every change of the desk, from whichever door, passes through keep(): a decision is made on a snapshot, its
 * letters get their bytes, and the store carries the plan out in one transaction (invariants 1 and 3). Where the
 * desk has changed meanwhile, the store asks for the decision anew. Fails with the store's or the readers' class. */
#include "flow/internal.h"

#include "base/text.h"
#include "config/texts.h"
#include "desk/token.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pd_flow {
	pthread_mutex_t lock; /* guards settings */
	pthread_mutex_t carry_lock;
	struct pd_settings *settings;
	struct pd_store *store;
	struct pd_readers *readers;
	struct pd_verifier *verifier;
	pd_time next_schedule;
	_Atomic bool is_to_retime;
};

struct pd_flow *pd_flow_new(struct pd_settings *settings, struct pd_store *store, struct pd_readers *readers)
{
	struct pd_flow *flow = g_new0(struct pd_flow, 1);

	pthread_mutex_init(&flow->lock, NULL);
	pthread_mutex_init(&flow->carry_lock, NULL);
	flow->settings = pd_settings_ref(settings);
	flow->store = store;
	flow->readers = readers;
	flow->verifier = pd_verifier_new("/proc/self/exe");
	atomic_store(&flow->is_to_retime, true);
	return flow;
}

void pd_flow_free(struct pd_flow *flow)
{
	if (!flow)
		return;
	pd_settings_unref(flow->settings);
	pd_verifier_free(flow->verifier);
	pthread_mutex_destroy(&flow->lock);
	pthread_mutex_destroy(&flow->carry_lock);
	g_free(flow);
}

struct pd_settings *pd_flow_settings(struct pd_flow *flow)
{
	pthread_mutex_lock(&flow->lock);
	struct pd_settings *settings = pd_settings_ref(flow->settings);
	pthread_mutex_unlock(&flow->lock);
	return settings;
}

void pd_flow_ask_retiming(struct pd_flow *flow)
{
	atomic_store(&flow->is_to_retime, true);
}

bool pd_flow_take_retiming(struct pd_flow *flow)
{
	return atomic_exchange(&flow->is_to_retime, false);
}

pd_time pd_flow_next_schedule(const struct pd_flow *flow)
{
	return flow->next_schedule;
}

void pd_flow_set_next_schedule(struct pd_flow *flow, pd_time next)
{
	flow->next_schedule = next;
}

struct pd_store *pd_flow_store(struct pd_flow *flow)
{
	return flow->store;
}

pthread_mutex_t *pd_flow_carry_lock(struct pd_flow *flow)
{
	return &flow->carry_lock;
}

struct pd_readers *pd_flow_readers(struct pd_flow *flow)
{
	return flow->readers;
}

struct pd_verifier *pd_flow_verifier(struct pd_flow *flow)
{
	return flow->verifier;
}

int pd_flow_reload(struct pd_flow *flow, struct pd_problems *problems, struct pd_error *error)
{
	PD_AUTO_SETTINGS old = pd_flow_settings(flow);
	PD_AUTO_SETTINGS fresh = pd_flow_load(old->file, problems);

	if (!fresh)
		return pd_fail(error, PD_CONFIGURATION, "%s has %zu errors; the running configuration stays in force",
			       old->file, problems->errors);
	if (!pd_equal(fresh->state, old->state))
		return pd_fail(error, PD_CONFIGURATION, "the state directory cannot change while the daemon runs");

	int failed = pd_flow_enforce(flow, fresh, old->calendars, problems, error);
	if (failed)
		return failed;
	pthread_mutex_lock(&flow->lock);
	pd_settings_unref(flow->settings);
	flow->settings = pd_settings_ref(fresh);
	pthread_mutex_unlock(&flow->lock);
	pd_flow_ask_retiming(flow);
	pd_flow_clock_wake(flow);
	return 0;
}

/* --- composing --- */

/* A mail whose parts letters carry: read once a decision, however many letters want them. */
struct source {
	int64_t message; /* 0: the mail being decided */
	const struct pd_raw *raw;
	struct pd_message *parsed;
};
struct sources {
	PD_LIST(struct source) list;
};

static void free_raw(void *raw)
{
	pd_raw_free(raw);
}

static int load_stored(struct pd_work *work, int64_t message, const struct pd_raw **ret_raw, struct pd_error *error)
{
	struct pd_raw *raw = NULL;
	int failed = pd_store_raw(work->flow->store, message, &raw, error);

	if (failed)
		return failed;
	pd_arena_defer(work->arena, free_raw, raw);
	*ret_raw = raw;
	return 0;
}

static int find_source(struct pd_work *work, struct sources *sources, int64_t message, struct source **ret_source,
		       struct pd_error *error)
{
	for (size_t i = 0; i < sources->list.count; i++)
		if (sources->list.items[i].message == message) {
			*ret_source = &sources->list.items[i];
			return 0;
		}
	struct source fresh = {.message = message, .raw = work->delivery ? work->delivery->raw : NULL};
	int failed = 0;

	if (message)
		failed = load_stored(work, message, &fresh.raw, error);
	if (!failed && !fresh.raw)
		failed = pd_fail(error, PD_TEMPORARY, "a letter carries parts of a mail that is not there");
	if (!failed)
		failed = pd_read_message(work->flow->readers, work->arena, fresh.raw, &fresh.parsed, error);
	if (!failed)
		failed = pd_read_contents(work->flow->readers, work->arena, fresh.raw, fresh.parsed, NULL, error);
	if (failed)
		return failed;
	*ret_source = pd_list_add(work->arena, &sources->list);
	**ret_source = fresh;
	return 0;
}

static const struct pd_attachment *attachment_of(const struct pd_message *message, unsigned index)
{
	for (size_t i = 0; i < message->attachments.count; i++)
		if (message->attachments.items[i].index == index)
			return &message->attachments.items[i];
	return NULL;
}

static int carry(struct pd_work *work, struct sources *sources, struct pd_planned_letter *planned, struct pd_error *error)
{
	struct source *source;
	int failed = find_source(work, sources, planned->carried.message, &source, error);

	if (failed)
		return failed;
	if (planned->carried.is_whole)
		planned->letter.original = source->raw;
	for (size_t i = 0; i < planned->carried.count; i++) {
		const struct pd_attachment *part = attachment_of(source->parsed, planned->carried.indexes[i]);

		if (part && part->content.data)
			*pd_list_add(work->arena, &planned->letter.attachments) = *part;
	}
	return 0;
}

/* Files that were stored as such, or are about to be by this very plan. */
static int carry_files(struct pd_work *work, const struct pd_plan *plan, struct pd_planned_letter *planned, struct pd_error *error)
{
	for (size_t i = 0; i < planned->files.count; i++) {
		const struct pd_carried_file *file = &planned->files.items[i];
		struct pd_attachment part = {.name = file->name, .type = file->type};
		const struct pd_raw *raw;

		for (size_t k = 0; k < plan->messages.count; k++)
			if (plan->messages.items[k].stored.id == file->message)
				part.content = plan->messages.items[k].raw;
		if (!part.content.data) {
			int failed = load_stored(work, file->message, &raw, error);

			if (failed == PD_PERMANENT)
				continue; /* purged meanwhile */
			if (failed)
				return failed;
			part.content = (struct pd_bytes){.data = raw->data, .len = raw->size};
		}
		part.size = part.content.len;
		*pd_list_add(work->arena, &planned->letter.attachments) = part;
	}
	return 0;
}

/* The bytes of every letter of the plan are fixed here, before the commit (invariant 3). */
static int compose(struct pd_work *work, struct pd_plan *plan, struct pd_error *error)
{
	struct sources sources = {0};

	for (size_t i = 0; i < plan->letters.count; i++) {
		struct pd_planned_letter *planned = plan->letters.items[i];
		int failed = 0;

		if (planned->bytes.data)
			continue;
		if (planned->carried.count || planned->carried.is_whole)
			failed = carry(work, &sources, planned, error);
		if (!failed)
			failed = carry_files(work, plan, planned, error);
		if (!failed)
			failed = pd_letter_compose(work->arena, &planned->letter, &planned->bytes, error);
		if (failed)
			return failed == PD_FULL ? PD_FULL : PD_TEMPORARY;
	}
	return 0;
}

/* --- deciding --- */

/* A draft that its author sends or confirms is read again and decided on the same plan. */
static int decide_held(struct pd_work *work, struct pd_context *context, struct pd_error *error)
{
	struct pd_draft *draft = context->desk->draft(context->desk, work->arena, context->plan->resume_draft);
	struct pd_message *message;
	const struct pd_raw *raw;

	if (!draft)
		return pd_fail(error, PD_TEMPORARY, "draft %lld is not there", (long long)context->plan->resume_draft);
	int failed = load_stored(work, draft->message, &raw, error);

	if (!failed)
		failed = pd_read_message(work->flow->readers, work->arena, raw, &message, error);
	if (failed)
		return failed;
	struct pd_delivery *held = PD_NEW(work->arena, struct pd_delivery);

	*held = (struct pd_delivery){
		.message = message,
		.sender = draft->sender,
		.recipients = draft->recipients,
		.source = "mail",
		.raw = raw,
		.held = draft,
		.added = context->plan->resume_added,
		.is_confirmed = context->plan->resume_confirmed,
		.is_forced = !context->plan->resume_confirmed,
	};
	context->plan->resume_draft = 0;
	pd_decide_held(context, held);
	return 0;
}

static int decide(struct pd_work *work, struct pd_snapshot *snapshot, struct pd_plan **ret_plan, struct pd_error *error)
{
	struct pd_context context = pd_context_new(work->arena, work->settings, snapshot, work->now, work->actor);
	int failed = 0;

	context.is_import = work->is_import;
	context.read_file = pd_text_read;
	work->decide(work, &context);
	/* A held #send may set another one free. */
	for (int i = 0; i < 3 && !failed && context.plan->resume_draft && !snapshot->failed; i++)
		failed = decide_held(work, &context, error);
	if (!failed && snapshot->failed) {
		if (error)
			*error = snapshot->error;
		failed = snapshot->failed;
	}
	if (!failed && !work->is_dry)
		failed = compose(work, context.plan, error);
	if (!failed)
		*ret_plan = context.plan;
	return failed;
}

int pd_flow_decide(void *data, struct pd_snapshot *snapshot, struct pd_plan **ret_plan, struct pd_error *error)
{
	return decide(data, snapshot, ret_plan, error);
}

int pd_flow_keep(struct pd_work *work, struct pd_plan **ret_plan, struct pd_error *error)
{
	struct pd_commit commit = {
		.raw = work->delivery ? work->delivery->raw : NULL,
		.now = work->now,
		.redecide = pd_flow_decide,
		.data = work,
	};
	int failed = pd_store_begin(work->flow->store, &commit.snapshot, error);

	if (failed)
		return failed;
	failed = decide(work, commit.snapshot, &commit.plan, error);
	if (!failed && !work->is_dry)
		failed = pd_store_commit(work->flow->store, &commit, error);
	pd_store_end(commit.snapshot);
	if (!failed)
		*ret_plan = commit.plan;
	return failed;
}

/* --- mail --- */

void pd_flow_decide_delivery(struct pd_work *work, struct pd_context *context)
{
	pd_decide_delivery(context, work->delivery);
}

bool pd_flow_knows(struct pd_flow *flow, const char *recipient)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);

	return pd_recipient_parse(arena, settings, recipient).kind != PD_RCPT_UNKNOWN;
}

static int deliver(struct pd_flow *flow, struct pd_arena *arena, struct pd_delivery *delivery, struct pd_settings *settings,
		   struct pd_plan **ret_plan, struct pd_error *error)
{
	struct pd_message *message;
	int failed = pd_read_message(flow->readers, arena, delivery->raw, &message, error);

	if (failed)
		return failed;
	delivery->message = message;

	if (message->signed_part.kind != PD_SIGNED_NOT)
		pd_flow_check_signature(flow, arena, settings, delivery);
	struct pd_work work = {
		.flow = flow,
		.arena = arena,
		.settings = settings,
		.delivery = delivery,
		.decide = pd_flow_decide_delivery,
		.actor = "postdesk",
		.now = pd_now(),
	};
	return pd_flow_keep(&work, ret_plan, error);
}

int pd_flow_deliver(struct pd_flow *flow, struct pd_arena *arena, const struct pd_envelope *envelope,
		    const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_delivery delivery = {
		.sender = envelope->sender,
		.recipients = envelope->recipients,
		.queue_id = envelope->queue_id,
		.source = "mail",
		.raw = raw,
	};
	struct pd_plan *plan;
	int failed = deliver(flow, arena, &delivery, settings, &plan, error);

	/* Also of a mail that was not kept: the log names it. */
	if (delivery.message && *delivery.message->message_id)
		ret_receipt->message_id = delivery.message->message_id;
	if (failed)
		return failed;
	ret_receipt->outcome = pd_strdup(arena, plan->outcome);
	ret_receipt->ticket = plan->ticket;
	ret_receipt->why = plan->why != NULL ? pd_strdup(arena, plan->why) : NULL;
	return 0;
}

struct undelivered {
	struct pd_work work; /* first: the work is cast back */
	int64_t outbox;
	const char *recipient, *diagnostic;
};

static void decide_undelivered(struct pd_work *work, struct pd_context *context)
{
	const struct undelivered *job = (const struct undelivered *)work;

	pd_decide_undelivered(context, job->outbox, job->recipient, job->diagnostic);
}

int pd_flow_undelivered(struct pd_flow *flow, int64_t outbox, const char *recipient, const char *diagnostic,
			struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct undelivered job = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_undelivered,
			 .actor = "postdesk", .now = pd_now()},
		.outbox = outbox,
		.recipient = recipient,
		.diagnostic = diagnostic,
	};
	struct pd_plan *plan;

	return pd_flow_keep(&job.work, &plan, error);
}

static void decide_expired(struct pd_work *work, struct pd_context *context)
{
	(void)work;
	pd_decide_expired(context);
}

int pd_flow_expire(struct pd_flow *flow, size_t *ret_count, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_work work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_expired,
			       .actor = "postdesk", .now = pd_now()};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&work, &plan, error);

	if (!failed)
		*ret_count = plan->drafts.count;
	return failed;
}

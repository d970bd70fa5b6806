/* A mail at submission: judged by the same decision as at delivery, and nothing is kept.
 *
 * Promises: what passes here is decided alike a moment later, unless the desk has changed meanwhile; then its
 * author gets it back by mail. Fails as reading and the store do: nothing is known of the mail then. */
#include "flow/internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/seal.h"
#include "desk/submission.h"
#include "desk/token.h"

bool pd_flow_is_signed(struct pd_flow *flow, const char *recipient)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);

	switch (pd_recipient_parse(arena, settings, recipient).kind) {
	case PD_RCPT_UNKNOWN:
	case PD_RCPT_MAILBOX:
	case PD_RCPT_DO:
		return false;
	default:
		return true;
	}
}

int pd_flow_is_forged(struct pd_flow *flow, const char *recipient, bool *ret_is_forged, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(pd_flow_store(flow), &snapshot, error);

	if (failed)
		return failed;
	struct pd_context context = pd_context_new(arena, settings, snapshot, pd_now(), "postdesk");
	bool is_forged = pd_recipient_is_forged(&context, recipient);

	failed = snapshot->failed;
	if (failed && error)
		*error = snapshot->error;
	pd_store_end(snapshot);
	if (!failed)
		*ret_is_forged = is_forged;
	return failed;
}

struct judgement {
	struct pd_work work; /* first: the work is cast back */
	struct pd_verdict verdict;
	bool has_others, has_outsiders; /* recipients beside the desk's; and such that are no agents */
	bool may_be_mailboxes;		/* to people outside, and From may look like a mailbox's to them */
};

/* As a quoted string, where it is ASCII. */
static const char *display_name(struct pd_arena *arena, const char *name)
{
	PD_AUTO_BUF out = {0};

	pd_buf_addc(&out, '"');
	for (const char *c = name; *c; c++) {
		if (*c < ' ' || *c > '~')
			return "";
		if (*c == '"' || *c == '\\')
			pd_buf_addc(&out, '\\');
		pd_buf_addc(&out, *c);
	}
	pd_buf_adds(&out, "\" ");
	return pd_buf_string(arena, &out);
}

/* Answers and bounces of what leaves come to an address that stands for its Message-ID, and a copy to the desk. */
static void redirect(struct pd_work *work, struct pd_context *context, struct pd_verdict *verdict)
{
	const struct pd_delivery *delivery = work->delivery;
	const struct pd_message *message = delivery->message;
	const struct pd_mailbox *mailbox = pd_settings_mailbox_of(work->settings, message->from.addr);

	verdict->removals = pd_submission_removals(context, message);
	verdict->sender = pd_address_for_message(context, mailbox, message->message_id);
	verdict->reply_to = mailbox->reply_address
				    ? pd_printf(work->arena, "%s<%s>", display_name(work->arena, mailbox->full_name),
						verdict->sender)
				    : NULL;
	verdict->copy_to = delivery->recipients.count
				   ? NULL
				   : pd_seal_address(context, delivery->login, message, mailbox->addresses.items[0]);
}

static void judge(struct pd_work *work, struct pd_context *context)
{
	struct judgement *judgement = (struct judgement *)work;
	struct pd_verdict *verdict = &judgement->verdict;
	const struct pd_delivery *delivery = work->delivery;
	const char *wrong = judgement->may_be_mailboxes ? pd_submission_wrong_mailbox(context, delivery) : NULL;

	if (!wrong && (delivery->recipients.count || delivery->is_outgoing))
		wrong = pd_submission_wrong_author(context, delivery);
	verdict->status = wrong ? "5.7.1" : NULL;
	verdict->text = wrong;
	verdict->seal = NULL;
	verdict->sealed = (struct pd_strings){0};
	if (!wrong && delivery->is_outgoing) {
		const char *status;

		verdict->text = wrong = pd_submission_wrong_outgoing(context, delivery, &status);
		verdict->status = wrong ? status : NULL;
	}
	if (!wrong && !delivery->is_outgoing && judgement->has_outsiders && delivery->recipients.count &&
	    pd_submission_is_agents(delivery)) {
		verdict->text = wrong = pd_submission_wrong_outside(context, delivery);
		verdict->status = wrong ? "5.7.0" : NULL;
	}
	if (wrong || !(delivery->is_outgoing || (delivery->recipients.count && pd_submission_is_agents(delivery))))
		return;
	if (delivery->is_outgoing)
		redirect(work, context, verdict);
	else
		pd_decide_delivery(context, delivery);
	if (!judgement->has_others) {
		verdict->seal =
			pd_seal_make(context, delivery->login, delivery->message, &delivery->recipients);
		return;
	}
	/* A field goes to every recipient, and those outside must not have it. */
	for (size_t i = 0; i < delivery->recipients.count; i++)
		*pd_list_add(work->arena, &verdict->sealed) = pd_seal_address(
			context, delivery->login, delivery->message, delivery->recipients.items[i]);
}

/* A login counts before a certificate: whoever has both has chosen by the login who to be. */
static const struct pd_agent *agent_of(const struct pd_settings *settings, const struct pd_submission *submission)
{
	if (!submission->login)
		return submission->certificate ? pd_settings_agent_certified(settings, submission->certificate) : NULL;
	for (size_t i = 0; i < settings->agents.count; i++)
		if (pd_equal(settings->agents.items[i].login, submission->login))
			return &settings->agents.items[i];
	return NULL;
}

static const char *new_message_id(struct pd_arena *arena, const struct pd_settings *settings)
{
	unsigned char bytes[15];

	pd_random(bytes, sizeof bytes);
	return pd_printf(arena, "%s@%s", pd_base32(arena, bytes, sizeof bytes), settings->hostname);
}

bool pd_flow_is_agents(struct pd_flow *flow, const char *login, const char *certificate)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	const struct pd_submission submission = {.login = login, .certificate = certificate};

	return agent_of(settings, &submission) != NULL;
}

bool pd_flow_names_mailbox(struct pd_flow *flow, const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);

	return pd_submission_names_mailbox(arena, settings, text);
}

static bool is_outsider(struct pd_arena *arena, const struct pd_settings *settings, const char *address)
{
	return pd_recipient_parse(arena, settings, address).kind == PD_RCPT_UNKNOWN &&
	       !pd_settings_agent_of(settings, address);
}

static bool has_outsiders(struct pd_arena *arena, const struct pd_settings *settings,
			  const struct pd_submission *submission)
{
	for (size_t i = 0; i < submission->others.count; i++)
		if (is_outsider(arena, settings, submission->others.items[i]))
			return true;
	return false;
}

/* Is it what an agent wrote, and no program in the agent's name? */
static bool is_persons(const struct pd_delivery *delivery)
{
	return delivery->login && !(delivery->message->kinds & (PD_KIND_AUTO | PD_KIND_LIST));
}

/* Does an agent's client send a person's mail from a mailbox's own address to anybody outside? */
static bool is_outgoing(struct pd_arena *arena, const struct pd_settings *settings,
			const struct pd_submission *submission, const struct pd_delivery *delivery)
{
	const struct pd_message *message = delivery->message;

	if (!is_persons(delivery) || message->from_count != 1 || !message->from_is_plain ||
	    !pd_settings_mailbox_of(settings, message->from.addr))
		return false;
	return has_outsiders(arena, settings, submission);
}

int pd_flow_submission(struct pd_flow *flow, struct pd_arena *arena, const struct pd_submission *submission,
		       struct pd_verdict *ret_verdict, struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_message *message;
	int failed = pd_read_message(pd_flow_readers(flow), arena, submission->raw, &message, error);

	if (failed)
		return failed;
	struct pd_delivery delivery = {
		.message = message,
		.sender = submission->sender,
		.recipients = submission->recipients,
		.source = "mail",
		.raw = submission->raw,
		.login = agent_of(settings, submission),
	};
	struct judgement judgement = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .delivery = &delivery, .decide = judge,
			 .actor = "postdesk", .now = pd_now(), .is_dry = true},
		.has_others = submission->others.count > 0,
		.has_outsiders = has_outsiders(arena, settings, submission),
	};
	struct pd_verdict *verdict = &judgement.verdict;
	struct pd_plan *plan;

	delivery.is_outgoing = is_outgoing(arena, settings, submission, &delivery);
	judgement.may_be_mailboxes = !delivery.is_outgoing && judgement.has_outsiders && is_persons(&delivery);
	if (!delivery.is_outgoing && !judgement.may_be_mailboxes && !submission->recipients.count) {
		*ret_verdict = (struct pd_verdict){0};
		return 0;
	}
	if (!*message->message_id &&
	    (delivery.is_outgoing || (submission->recipients.count && pd_submission_is_agents(&delivery))))
		message->message_id = verdict->message_id = new_message_id(arena, settings);
	failed = pd_flow_keep(&judgement.work, &plan, error);
	if (failed)
		return failed;
	/* What lacks a property is taken: the desk keeps it as a draft. */
	if (!verdict->status && plan->is_refused && !plan->is_incomplete) {
		verdict->status = "5.7.0";
		verdict->text = pd_strings_join(arena, &plan->report, "; ");
	}
	verdict->agent = delivery.login ? pd_strdup(arena, delivery.login->name) : NULL;
	*ret_verdict = *verdict;
	return 0;
}

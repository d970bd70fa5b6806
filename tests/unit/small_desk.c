/* See small_desk.h. */
#include "check.h"
#include "small_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/company.h"

static const char configuration[] = "[postdesk]\n"
				    "state = /tmp\n"
				    "hostname = mail.example.com\n"
				    "authserv_id = mail.example.com\n"
				    "\n"
				    "[mailbox support]\n"
				    "address = support@example.com\n"
				    "name = Example Support\n"
				    "team = support\n"
				    "acknowledge = yes\n"
				    "\n"
				    "[mailbox sales]\n"
				    "address = sales@example.com\n"
				    "name = Example Sales\n"
				    "team = sales\n"
				    "\n"
				    "[team support]\n"
				    "members = anna;bob\n"
				    "\n"
				    "[team sales]\n"
				    "members = carol;bob\n"
				    "\n"
				    "[agent anna]\n"
				    "name = Anna Virtanen\n"
				    "address = anna@agents.example;anna@home.example\n"
				    "\n"
				    "[agent bob]\n"
				    "name = Bob Builder\n"
				    "address = bob@agents.example\n"
				    "\n"
				    "[agent carol]\n"
				    "name = Carol Seller\n"
				    "address = carol@agents.example\n"
				    "role = administrator\n"
				    "\n"
				    "[agent vera]\n"
				    "name = Vera Viewer\n"
				    "address = vera@agents.example\n"
				    "role = viewer\n"
				    "\n";

/* --- a desk --- */

struct small_desk *small_desk_new(const char *more_configuration)
{
	struct pd_arena *arena = pd_arena_new();
	struct small_desk *desk = PD_NEW(arena, struct small_desk);
	desk->arena = arena;
	desk->settings = fake_settings(pd_printf(arena, "%s%s", configuration,
						 more_configuration != NULL ? more_configuration : ""));
	desk->fake = fake_new(arena);
	pd_time_parse("2026-11-21T10:00:00Z", &desk->now);
	return desk;
}

void small_desk_free(struct small_desk *desk)
{
	pd_settings_unref(desk->settings);
	pd_arena_free(desk->arena);
}

struct pd_context small_context(struct small_desk *desk, const char *actor)
{
	return pd_context_new(desk->arena, desk->settings, &desk->fake->snapshot, desk->now, actor);
}

/* A minute passes with every decision. */
void small_keep(struct small_desk *desk, struct pd_context *context)
{
	context->now = desk->now; /* counters are bumped when it happens, also of history */
	fake_commit(desk->fake, context);
	desk->now += PD_MINUTE;
}

/* --- mails --- */

static struct pd_address address(struct pd_arena *arena, const char *text)
{
	return text != NULL ? pd_participant_parse(arena, text) : (struct pd_address){.name = "", .addr = ""};
}

static struct pd_addresses addresses(struct pd_arena *arena, const char *text)
{
	struct pd_addresses all = {0};
	struct pd_strings parts = pd_split(arena, text != NULL ? text : "", ',');
	for (size_t i = 0; i < parts.count; i++)
		*pd_list_add(arena, &all) = address(arena, parts.items[i]);
	return all;
}

static void add_header(struct pd_arena *arena, struct pd_message *message, const char *name,
		       const char *value)
{
	*pd_list_add(arena, &message->headers) = (struct pd_header){.name = name, .value = value};
}

static void invite(struct pd_message *message, const struct pd_invitation *given)
{
	struct pd_invitation *invitation = &message->invitation;
	const char **texts[] = {&invitation->method, &invitation->uid,	  &invitation->summary,	   &invitation->status, &invitation->organizer,
				&invitation->start,  &invitation->start_zone, &invitation->end,	   &invitation->end_zone,
				&invitation->duration, &invitation->partstat, &invitation->sequence, &invitation->comment,
				&invitation->busy,     &invitation->transparency};
	if (given != NULL)
		*invitation = *given;
	for (size_t i = 0; i < COUNT(texts); i++)
		*texts[i] = *texts[i] != NULL ? *texts[i] : "";
}

static struct pd_message *message_from(struct small_desk *desk, const struct small_mail *mail)
{
	struct pd_arena *arena = desk->arena;
	struct pd_message *message = PD_NEW(arena, struct pd_message);
	message->subject = mail->subject != NULL ? mail->subject : "";
	message->from = address(arena, mail->from);
	message->from_count = 1;
	message->from_is_plain = true;
	message->sender = address(arena, NULL);
	message->to = addresses(arena, mail->to);
	message->cc = addresses(arena, mail->cc);
	message->reply_to = addresses(arena, mail->reply_to);
	message->message_id = mail->id != NULL ? mail->id : "";
	message->in_reply_to = pd_split(arena, mail->in_reply_to != NULL ? mail->in_reply_to : "", ' ');
	message->references = pd_split(arena, mail->references != NULL ? mail->references : "", ' ');
	message->date_text = "";
	message->date = mail->date; /* small_deliver has filled it */
	message->kinds = mail->kinds;
	message->received = mail->received;
	message->text = mail->text != NULL ? mail->text : "";
	message->own_text = strlen(message->text);
	if (mail->forwarded_text != NULL) /* which stands below the own words, as clients have it */
		message->text = pd_printf(arena, "%s\n\n---------- Forwarded message ----------\n%s",
					  message->text, mail->forwarded_text);
	message->quoted = mail->quoted != NULL ? mail->quoted : "";
	message->signature = "";
	message->full_text = mail->quoted != NULL ? pd_printf(arena, "%s\n\n%s", message->text, mail->quoted) : message->text;
	message->html = mail->html;
	message->has_html = mail->html != NULL;
	if (mail->html_commands != NULL)
		message->html_commands = pd_lines(arena, mail->html_commands);
	invite(message, mail->invitation);
	message->bounce_status = "";
	message->bounce_temporary = message->bounce_waits = mail->is_temporary;
	message->bounce_text = mail->bounce_text != NULL ? mail->bounce_text : "";
	message->original_message_id = mail->original != NULL ? mail->original : "";
	if (mail->bounced != NULL)
		*pd_list_add(arena, &message->bounce_recipients) = mail->bounced;
	message->forwarded_from = address(arena, mail->forwarded_from);
	message->forwarded_subject = mail->forwarded_subject != NULL ? mail->forwarded_subject : "";
	message->forwarded_date = mail->forwarded_date != NULL ? mail->forwarded_date : "";
	message->forwarded_text = mail->forwarded_text != NULL ? mail->forwarded_text : "";
	if (mail->pass)
		add_header(arena, message, "Authentication-Results",
			   pd_printf(arena, "mail.example.com; dmarc=pass header.from=%s",
				     pd_address_domain(arena, message->from.addr)));
	if (mail->header != NULL)
		add_header(arena, message, mail->header, mail->value);
	if (mail->attachment != NULL)
		*pd_list_add(arena, &message->attachments) = (struct pd_attachment){
			.index = 1, .name = mail->attachment, .type = "application/pdf", .size = 1000};
	message->signed_part.repeats = mail->repeats;
	message->signed_part.is_contradicted = mail->is_contradicted;
	const char *all =
		pd_printf(arena, "%s|%s|%s|%s|%s|%lld", message->from.addr, mail->to, message->subject,
			  message->message_id, message->text, (long long)message->date);
	pd_sha256(all, strlen(all), message->digest);
	message->size = strlen(all);
	return message;
}

static void default_recipients(struct small_desk *desk, const struct pd_addresses *list,
			       struct pd_strings *ret)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_recipient_parse(desk->arena, desk->settings, list->items[i].addr).mailbox != NULL)
			*pd_list_add(desk->arena, ret) = list->items[i].addr;
}

static void remember(struct small_desk *desk, const struct pd_plan *plan, struct small_mail mail)
{
	for (size_t i = 0; i < plan->messages.count; i++) {
		if (!plan->messages.items[i].raw_is_delivery)
			continue;
		mail.stored = plan->messages.items[i].stored.id;
		*pd_list_add(desk->arena, &desk->mails) = mail;
	}
}

static void resume(struct small_desk *desk, struct pd_context *context)
{
	struct pd_snapshot *snapshot = &desk->fake->snapshot;
	struct pd_draft *held = snapshot->draft(snapshot, desk->arena, context->plan->resume_draft);
	assert_non_null(held);
	for (size_t i = 0; i < desk->mails.count; i++) {
		if (desk->mails.items[i].stored != held->message)
			continue;
		struct pd_delivery delivery = {
			.message = message_from(desk, &desk->mails.items[i]),
			.sender = held->sender,
			.recipients = held->recipients,
			.source = "mail",
			.held = held,
			.added = context->plan->resume_added,
			.is_confirmed = context->plan->resume_confirmed,
			.is_forced = !context->plan->resume_confirmed,
		};
		struct small_mail mail = desk->mails.items[i];
		size_t before = context->plan->drafts.count;
		pd_decide_held(context, &delivery);
		for (size_t d = before; d < context->plan->drafts.count; d++) { /* held once more */
			mail.stored = context->plan->drafts.items[d].draft.message;
			if (context->plan->drafts.items[d].is_new)
				*pd_list_add(desk->arena, &desk->mails) = mail;
		}
		return;
	}
	fail_msg("the held mail is not known");
}

/* Every mail that is kept stands on some ticket, or nothing would ever show it (invariant 8). */
static void check_reachable(const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->messages.count; i++) {
		bool is_named = !plan->messages.items[i].raw_is_delivery;
		for (size_t e = 0; e < plan->events.count; e++)
			is_named |= plan->events.items[e]->message == plan->messages.items[i].stored.id;
		assert_true(is_named);
	}
}

struct pd_plan *small_deliver(struct small_desk *desk, struct small_mail mail)
{
	if (mail.to == NULL)
		mail.to = "support@example.com";
	mail.date = mail.date == 0 ? desk->now : mail.date < 0 ? 0 : mail.date;
	struct pd_delivery delivery = {.message = message_from(desk, &mail),
				       .source = mail.is_import ? "import" : "mail"};
	if (mail.rcpt != NULL) {
		delivery.recipients = pd_split(desk->arena, mail.rcpt, ',');
	} else {
		default_recipients(desk, &delivery.message->to, &delivery.recipients);
		default_recipients(desk, &delivery.message->cc, &delivery.recipients);
	}
	delivery.sender = mail.sender == NULL		   ? delivery.message->from.addr
			  : strcmp(mail.sender, "<>") == 0 ? ""
							   : mail.sender;
	delivery.queue_id = mail.queue;
	delivery.signer = mail.signer;
	delivery.signature_fault = mail.signature_fault;
	struct pd_raw raw = {.data = mail.raw, .size = mail.raw != NULL ? strlen(mail.raw) : 0, .fd = -1};
	if (mail.raw != NULL)
		delivery.raw = &raw;
	if (mail.is_import)
		delivery.import_into = &desk->settings->mailboxes.items[0];
	struct pd_context context = small_context(desk, "postdesk");
	context.is_import = mail.is_import;
	pd_decide_delivery(&context, &delivery);
	remember(desk, context.plan, mail);
	for (int i = 0; i < 3 && context.plan->resume_draft != 0; i++)
		resume(desk, &context);
	check_reachable(context.plan);
	small_keep(desk, &context);
	return context.plan;
}

struct pd_plan *small_do(struct small_desk *desk, const char *actor, int64_t number, const char *lines)
{
	struct pd_context context = small_context(desk, actor);
	struct pd_strings all = pd_lines(desk->arena, lines);
	pd_decide_do(&context, number, &all);
	for (int i = 0; i < 3 && context.plan->resume_draft != 0; i++)
		resume(desk, &context);
	small_keep(desk, &context);
	return context.plan;
}

struct pd_plan *small_due(struct small_desk *desk, int64_t number)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, &number, 1, false);
	for (int i = 0; i < 3 && context.plan->resume_draft != 0; i++)
		resume(desk, &context);
	small_keep(desk, &context);
	return context.plan;
}

struct pd_plan *small_undelivered(struct small_desk *desk, int64_t id, const char *recipient, const char *why)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_undelivered(&context, id, recipient, why);
	small_keep(desk, &context);
	return context.plan;
}

/* --- looking --- */

struct pd_ticket *small_ticket(struct small_desk *desk, int64_t number)
{
	return fake_ticket(desk->fake, number);
}

const struct pd_planned_letter *small_letter(const struct pd_plan *plan, enum pd_letter_kind kind,
					     const char *agent)
{
	for (size_t i = 0; i < plan->letters.count; i++)
		if (plan->letters.items[i]->kind == kind &&
		    (agent == NULL || pd_equal(plan->letters.items[i]->agent, agent)))
			return plan->letters.items[i];
	return NULL;
}

size_t small_letters(const struct pd_plan *plan, enum pd_letter_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->letters.count; i++)
		count += plan->letters.items[i]->kind == kind;
	return count;
}

const struct pd_event *small_event(struct small_desk *desk, int64_t number, enum pd_event_kind kind)
{
	for (size_t i = desk->fake->events.count; i > 0; i--)
		if (desk->fake->events.items[i - 1]->ticket == number &&
		    desk->fake->events.items[i - 1]->kind == kind)
			return desk->fake->events.items[i - 1];
	return NULL;
}

const struct pd_stored *small_message(struct small_desk *desk, int64_t id)
{
	for (size_t i = 0; i < desk->fake->messages.count; i++)
		if (desk->fake->messages.items[i].stored.id == id)
			return &desk->fake->messages.items[i].stored;
	return NULL;
}

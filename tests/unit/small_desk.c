/* The desk in memory: every look-up is a walk over lists. See small_desk.h. */
#include "small_desk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/text.h"
#include "desk/company.h"

static const char configuration[] =
	"[postdesk]\n"
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

/* --- look-ups --- */

static struct small_desk *desk_of(struct pd_snapshot *snapshot)
{
	return (struct small_desk *)snapshot;
}

static struct pd_stored *message_of(struct small_desk *desk, int64_t id)
{
	for (size_t i = 0; i < desk->messages.count; i++)
		if (desk->messages.items[i]->id == id)
			return desk->messages.items[i];
	return NULL;
}

static struct pd_ticket *ticket(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_ticket *found = NULL;
	for (size_t i = 0; i < desk->events.count; i++) {
		if (desk->events.items[i]->ticket != number)
			continue;
		if (found == NULL)
			found = PD_NEW(arena, struct pd_ticket);
		bool follows = pd_ticket_apply(arena, found, desk->events.items[i]);
		assert(follows);
		(void)follows;
	}
	return found;
}

static void add_entry(struct small_desk *desk, struct pd_arena *arena, struct pd_entries *entries,
		      const struct pd_event *event)
{
	*pd_list_add(arena, entries) = (struct pd_entry){.event = *event, .message = message_of(desk, event->message)};
}

static struct pd_entries timeline(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number, int64_t after)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_entries entries = {0};
	for (size_t i = 0; i < desk->events.count; i++)
		if (desk->events.items[i]->ticket == number && desk->events.items[i]->version > after)
			add_entry(desk, arena, &entries, desk->events.items[i]);
	return entries;
}

static struct pd_entry *entry(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_entries entries = {0};
	for (size_t i = 0; i < desk->events.count; i++)
		if (desk->events.items[i]->id == id)
			add_entry(desk, arena, &entries, desk->events.items[i]);
	return entries.count > 0 ? &entries.items[0] : NULL;
}

static struct pd_entries action(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_entries entries = {0};
	for (size_t i = 0; i < desk->events.count; i++)
		if (desk->events.items[i]->action == id)
			add_entry(desk, arena, &entries, desk->events.items[i]);
	return entries;
}

static struct pd_known_ids message_id(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *id)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_known_ids found = {0};
	for (size_t i = 0; i < desk->known.count; i++)
		if (strcmp(desk->known.items[i].message_id, id) == 0)
			*pd_list_add(arena, &found) = desk->known.items[i].known;
	return found;
}

static struct pd_known_ids subject(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *mailbox,
				   const char *base_subject, pd_time since)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_known_ids found = {0};
	for (int64_t number = desk->ids[PD_ID_TICKET]; number > 0; number--) {
		struct pd_ticket *one = ticket(snapshot, arena, number);
		for (size_t i = 0; one != NULL && one->updated >= since && i < one->conversations.count; i++)
			if (pd_equal(one->conversations.items[i].base_subject, base_subject) &&
			    pd_equal(one->conversations.items[i].mailbox, mailbox))
				*pd_list_add(arena, &found) = (struct pd_known_id){
					.ticket = number, .conversation = one->conversations.items[i].id};
	}
	return found;
}

static struct pd_contact *contact(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct small_desk *desk = desk_of(snapshot);
	(void)arena;
	for (size_t i = 0; i < desk->contacts.count; i++)
		if (desk->contacts.items[i]->id == id)
			return desk->contacts.items[i];
	return NULL;
}

static struct pd_contact *contact_of(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *kind,
				     const char *value)
{
	struct small_desk *desk = desk_of(snapshot);
	(void)arena;
	for (size_t i = 0; i < desk->contacts.count; i++)
		for (size_t n = 0; n < desk->contacts.items[i]->identities.count; n++)
			if (strcmp(desk->contacts.items[i]->identities.items[n].kind, kind) == 0 &&
			    strcmp(desk->contacts.items[i]->identities.items[n].value, value) == 0)
				return desk->contacts.items[i];
	return NULL;
}

static struct pd_mark mark(struct pd_snapshot *snapshot, const char *key)
{
	struct small_desk *desk = desk_of(snapshot);
	for (size_t i = desk->marks.count; i > 0; i--)
		if (strcmp(desk->marks.items[i - 1].key, key) == 0)
			return (struct pd_mark){.exists = true, .value = desk->marks.items[i - 1].value};
	return (struct pd_mark){0};
}

static int64_t counter(struct pd_snapshot *snapshot, const char *key, pd_time since)
{
	struct small_desk *desk = desk_of(snapshot);
	int64_t count = 0;
	for (size_t i = 0; i < desk->counts.count; i++)
		count += strcmp(desk->counts.items[i].key, key) == 0 && desk->counts.items[i].at >= since;
	return count;
}

static struct pd_draft *draft(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct small_desk *desk = desk_of(snapshot);
	(void)arena;
	for (size_t i = 0; i < desk->drafts.count; i++)
		if (desk->drafts.items[i]->id == id)
			return desk->drafts.items[i];
	return NULL;
}

static struct pd_draft *draft_of(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number,
				 const char *agent)
{
	struct small_desk *desk = desk_of(snapshot);
	(void)arena;
	for (size_t i = desk->drafts.count; i > 0; i--) {
		struct pd_draft *one = desk->drafts.items[i - 1];
		if (one->ticket == number && one->state == PD_DRAFT_KEPT && pd_equal(one->agent, agent))
			return one;
	}
	return NULL;
}

static struct pd_outbox_row *outbox(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct small_desk *desk = desk_of(snapshot);
	for (size_t i = 0; i < desk->outbox.count; i++) {
		const struct pd_planned_letter *letter = desk->outbox.items[i];
		if (letter->id != id)
			continue;
		struct pd_outbox_row *row = PD_NEW(arena, struct pd_outbox_row);
		*row = (struct pd_outbox_row){.id = id,
					      .ticket = letter->ticket,
					      .event = letter->event,
					      .kind = pd_letter_kind_name(letter->kind),
					      .agent = letter->agent,
					      .message_id = letter->letter.message_id,
					      .recipients = letter->letter.recipients};
		return row;
	}
	return NULL;
}

static struct pd_tickets list(struct pd_snapshot *snapshot, struct pd_arena *arena, const struct pd_query *query,
			      const char *sort, size_t limit, size_t offset)
{
	struct small_desk *desk = desk_of(snapshot);
	struct pd_tickets found = {0};
	(void)sort;
	(void)offset;
	for (int64_t number = desk->ids[PD_ID_TICKET]; number > 0 && found.count < limit; number--) {
		struct pd_ticket *one = ticket(snapshot, arena, number);
		struct pd_ticket_facts facts = {.ticket = one};
		for (size_t i = 0; one != NULL && i < one->contacts.count; i++)
			*pd_list_add(arena, &facts.contacts) = contact(snapshot, arena, one->contacts.items[i]);
		if (one != NULL && pd_query_matches(query, &facts))
			*pd_list_add(arena, &found) = one;
	}
	return found;
}

static int64_t new_id(struct pd_snapshot *snapshot, enum pd_id_kind kind)
{
	return ++desk_of(snapshot)->ids[kind];
}

/* --- a desk --- */

struct small_desk *small_desk_new(const char *more_configuration)
{
	char file[] = "/tmp/small_deskXXXXXX";
	int fd = mkstemp(file);
	FILE *out = fdopen(fd, "w");
	fprintf(out, "%s%s", configuration, more_configuration != NULL ? more_configuration : "");
	fclose(out);
	struct pd_arena *arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings = pd_config_load(file, &problems);
	if (settings == NULL)
		pd_problems_print(&problems, stderr);
	assert(settings != NULL);
	unlink(file);
	struct small_desk *desk = PD_NEW(arena, struct small_desk);
	desk->arena = arena;
	desk->settings = settings;
	pd_time_parse("2026-11-21T10:00:00Z", &desk->now);
	desk->snapshot = (struct pd_snapshot){
		.ticket = ticket,
		.timeline = timeline,
		.entry = entry,
		.action = action,
		.message_id = message_id,
		.subject = subject,
		.contact = contact,
		.contact_of = contact_of,
		.mark = mark,
		.counter = counter,
		.draft = draft,
		.draft_of = draft_of,
		.outbox = outbox,
		.list = list,
		.new_id = new_id,
		.key = "a key for tests alone, 32 bytes.",
	};
	return desk;
}

void small_desk_free(struct small_desk *desk)
{
	pd_settings_unref(desk->settings);
	pd_arena_free(desk->arena);
}

struct pd_context small_context(struct small_desk *desk, const char *actor)
{
	return pd_context_new(desk->arena, desk->settings, &desk->snapshot, desk->now, actor);
}

/* --- keeping --- */

static void keep_contact(struct small_desk *desk, const struct pd_planned_contact *planned)
{
	struct pd_contact *known = contact(&desk->snapshot, desk->arena, planned->contact.id);
	assert((known == NULL) == planned->is_new);
	if (known != NULL)
		*known = planned->contact;
	else
		*pd_list_add(desk->arena, &desk->contacts) =
			pd_memdup(desk->arena, &planned->contact, sizeof planned->contact);
}

static void keep_draft(struct small_desk *desk, const struct pd_planned_draft *planned)
{
	struct pd_draft *known = draft(&desk->snapshot, desk->arena, planned->draft.id);
	assert((known == NULL) == planned->is_new);
	if (known != NULL)
		known->state = planned->draft.state;
	else
		*pd_list_add(desk->arena, &desk->drafts) = pd_memdup(desk->arena, &planned->draft, sizeof planned->draft);
}

void small_keep(struct small_desk *desk, struct pd_plan *plan)
{
	struct pd_arena *arena = desk->arena;
	for (size_t i = 0; i < plan->messages.count; i++)
		*pd_list_add(arena, &desk->messages) =
			pd_memdup(arena, &plan->messages.items[i].stored, sizeof plan->messages.items[i].stored);
	for (size_t i = 0; i < plan->events.count; i++)
		*pd_list_add(arena, &desk->events) = plan->events.items[i];
	for (size_t i = 0; i < plan->contacts.count; i++)
		keep_contact(desk, &plan->contacts.items[i]);
	for (size_t i = 0; i < plan->ids.count; i++)
		*pd_list_add(arena, &desk->known) = plan->ids.items[i];
	for (size_t i = 0; i < plan->marks.count; i++)
		*pd_list_add(arena, &desk->marks) = plan->marks.items[i];
	for (size_t i = 0; i < plan->counters.count; i++)
		*pd_list_add(arena, &desk->counts) = (struct small_count){plan->counters.items[i], desk->now};
	for (size_t i = 0; i < plan->drafts.count; i++)
		keep_draft(desk, &plan->drafts.items[i]);
	for (size_t i = 0; i < plan->letters.count; i++)
		*pd_list_add(arena, &desk->outbox) = plan->letters.items[i];
	/* The working copies are what the events make. */
	for (size_t i = 0; i < plan->tickets.count; i++) {
		const struct pd_ticket *copy = plan->tickets.items[i].ticket;
		const struct pd_ticket *fold = ticket(&desk->snapshot, arena, copy->number);
		assert(fold != NULL && fold->version == copy->version && pd_equal(fold->status, copy->status) &&
		       pd_equal(fold->owner, copy->owner) && fold->messages == copy->messages);
		(void)fold;
	}
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

static void add_header(struct pd_arena *arena, struct pd_message *message, const char *name, const char *value)
{
	*pd_list_add(arena, &message->headers) = (struct pd_header){.name = name, .value = value};
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
	message->date = mail->date != 0 ? mail->date : desk->now;
	message->kinds = mail->kinds;
	message->received = mail->received;
	message->text = mail->text != NULL ? mail->text : "";
	message->quoted = message->signature = "";
	message->full_text = message->text;
	message->html = mail->html;
	message->has_html = mail->html != NULL;
	message->bounce_status = "";
	message->bounce_text = mail->bounce_text != NULL ? mail->bounce_text : "";
	message->original_message_id = mail->original != NULL ? mail->original : "";
	if (mail->bounced != NULL)
		*pd_list_add(arena, &message->bounce_recipients) = mail->bounced;
	message->forwarded_from = address(arena, mail->forwarded_from);
	message->forwarded_subject = mail->forwarded_subject != NULL ? mail->forwarded_subject : "";
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
	const char *all = pd_printf(arena, "%s|%s|%s|%s|%s|%lld", message->from.addr, mail->to, message->subject,
				    message->message_id, message->text, (long long)message->date);
	pd_sha256(all, strlen(all), message->digest);
	message->size = strlen(all);
	return message;
}

static void default_recipients(struct small_desk *desk, const struct pd_addresses *list, struct pd_strings *ret)
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
	struct pd_draft *held = draft(&desk->snapshot, desk->arena, context->plan->resume_draft);
	assert(held != NULL);
	for (size_t i = 0; i < desk->mails.count; i++) {
		if (desk->mails.items[i].stored != held->message)
			continue;
		struct pd_delivery delivery = {
			.message = message_from(desk, &desk->mails.items[i]),
			.sender = held->sender,
			.recipients = held->recipients,
			.source = "mail",
			.held = held,
			.is_confirmed = context->plan->resume_confirmed,
			.is_forced = !context->plan->resume_confirmed,
		};
		pd_decide_held(context, &delivery);
		return;
	}
	assert(!"the held mail is known");
}

struct pd_plan *small_deliver(struct small_desk *desk, struct small_mail mail)
{
	if (mail.to == NULL)
		mail.to = "support@example.com";
	if (mail.date == 0)
		mail.date = desk->now;
	struct pd_delivery delivery = {.message = message_from(desk, &mail), .source = mail.is_import ? "import" : "mail"};
	if (mail.rcpt != NULL) {
		delivery.recipients = pd_split(desk->arena, mail.rcpt, ',');
	} else {
		default_recipients(desk, &delivery.message->to, &delivery.recipients);
		default_recipients(desk, &delivery.message->cc, &delivery.recipients);
	}
	delivery.sender = mail.sender == NULL ? delivery.message->from.addr : strcmp(mail.sender, "<>") == 0 ? "" : mail.sender;
	delivery.queue_id = mail.queue;
	if (mail.is_import)
		delivery.import_into = &desk->settings->mailboxes.items[0];
	struct pd_context context = small_context(desk, "postdesk");
	context.is_import = mail.is_import;
	pd_decide_delivery(&context, &delivery);
	remember(desk, context.plan, mail);
	if (context.plan->resume_draft != 0)
		resume(desk, &context);
	small_keep(desk, context.plan);
	return context.plan;
}

struct pd_plan *small_do(struct small_desk *desk, const char *actor, int64_t number, const char *lines)
{
	struct pd_context context = small_context(desk, actor);
	struct pd_strings all = pd_lines(desk->arena, lines);
	pd_decide_do(&context, number, &all);
	if (context.plan->resume_draft != 0)
		resume(desk, &context);
	small_keep(desk, context.plan);
	return context.plan;
}

struct pd_plan *small_undelivered(struct small_desk *desk, int64_t id, const char *recipient, const char *why)
{
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_undelivered(&context, id, recipient, why);
	small_keep(desk, context.plan);
	return context.plan;
}

/* --- looking --- */

struct pd_ticket *small_ticket(struct small_desk *desk, int64_t number)
{
	return ticket(&desk->snapshot, desk->arena, number);
}

const struct pd_planned_letter *small_letter(const struct pd_plan *plan, enum pd_letter_kind kind, const char *agent)
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
	for (size_t i = desk->events.count; i > 0; i--)
		if (desk->events.items[i - 1]->ticket == number && desk->events.items[i - 1]->kind == kind)
			return desk->events.items[i - 1];
	return NULL;
}

const struct pd_stored *small_message(struct small_desk *desk, int64_t id)
{
	return message_of(desk, id);
}

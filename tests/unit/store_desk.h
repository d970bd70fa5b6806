/* A small desk to test stores with: settings, and plans such as deciding makes. */
#ifndef TEST_STORE_DESK_H
#define TEST_STORE_DESK_H

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/store.h"

#define TEST_NOW ((pd_time)1795000000000)

/* Two mailboxes with one pipeline. */
static inline struct pd_settings *test_settings(struct pd_arena *arena)
{
	struct pd_settings *settings = PD_NEW(arena, struct pd_settings);
	settings->default_priority = "normal";
	static const char *const priorities[] = {"low", "normal", "high", "urgent"};
	for (size_t i = 0; i < 4; i++)
		*pd_list_add(arena, &settings->priorities) = priorities[i];
	struct pd_pipeline *pipeline = pd_list_add(arena, &settings->pipelines);
	pipeline->name = "support";
	static const struct pd_status statuses[] = {
		{.kind = PD_STATUS_NEW, .name = "New"},
		{.kind = PD_STATUS_OPEN, .name = "Open"},
		{.kind = PD_STATUS_WAITING, .name = "Waiting on customer"},
		{.kind = PD_STATUS_CLOSED, .name = "Closed"}};
	for (size_t i = 0; i < 4; i++)
		*pd_list_add(arena, &pipeline->statuses) = statuses[i];
	static const char *const names[] = {"support", "sales"}, *const agents[] = {"anna", "bob"};
	for (size_t i = 0; i < 2; i++) {
		struct pd_agent *agent = pd_list_add(arena, &settings->agents);
		agent->name = agent->full_name = agents[i];
		agent->team = names[i];
		struct pd_team *team = pd_list_add(arena, &settings->teams);
		team->name = names[i];
		*pd_list_add(arena, &team->members) = agents[i];
		struct pd_mailbox *mailbox = pd_list_add(arena, &settings->mailboxes);
		mailbox->name = mailbox->full_name = names[i];
		mailbox->team = names[i];
		mailbox->pipeline = pipeline;
		*pd_list_add(arena, &mailbox->addresses) = pd_printf(arena, "%s@example.com", names[i]);
	}
	return settings;
}

struct test_mail {
	const char *message_id, *from, *name, *subject, *text;
	const struct pd_raw *raw;
	int64_t ticket; /* to join; 0: a new one */
	bool is_acknowledged;
	bool is_answered_by_line; /* the acknowledgement is a line of a chat */
	pd_time leaves; /* the acknowledgement, not before; 0: at once */
};

/* What a customer's mail does: contact, ticket, conversation, message, keys, perhaps an acknowledgement. */
static int64_t test_plan_mail(struct pd_context *c, const struct test_mail *mail)
{
	struct pd_known_ids known = c->desk->message_id(c->desk, c->arena, mail->message_id);
	const char *key = pd_printf(c->arena, "mail:%s", mail->message_id);
	if (known.count > 0 && c->desk->mark(c->desk, key).exists) {
		c->plan->outcome = "duplicate";
		return known.items[0].ticket;
	}
	const struct pd_address from = {.name = mail->name != NULL ? mail->name : "", .addr = mail->from};
	const struct pd_contact *contact = pd_plan_contact(c, &from);
	struct pd_planned_message *planned = pd_plan_message(c, "mail", PD_IN);
	struct pd_stored *stored = &planned->stored;
	stored->message_id = mail->message_id;
	stored->from = from;
	*pd_list_add(c->arena, &stored->to) = (struct pd_address){.name = "", .addr = "support@example.com"};
	stored->subject = mail->subject;
	stored->text = mail->text;
	stored->size = mail->raw != NULL ? mail->raw->size : 0;
	pd_sha256(mail->text, strlen(mail->text), stored->digest);
	planned->raw_is_delivery = mail->raw != NULL;
	planned->search_text = mail->text;
	struct pd_ticket *ticket = mail->ticket != 0 ? pd_plan_ticket(c, mail->ticket) : NULL;
	int64_t conversation;
	if (ticket == NULL) {
		const struct pd_change values[] = {{.property = "name", .to = mail->subject}};
		ticket = pd_plan_new_ticket(c, &c->settings->mailboxes.items[0], values, 1);
		pd_plan_add(c, ticket, "contact", pd_printf(c->arena, "%lld", (long long)contact->id), 0,
			    NULL);
		conversation = pd_plan_new_conversation(c, ticket, "support", mail->subject);
		pd_plan_add(c, ticket, "participant", pd_participant_value(c->arena, &from), conversation,
			    NULL);
	} else {
		conversation = ticket->conversations.items[0].id;
	}
	struct pd_event *event = pd_plan_event(c, ticket, PD_EVENT_MESSAGE, stored->id, conversation, "new");
	const struct pd_known_id id = {
		.ticket = ticket->number, .conversation = conversation, .event = event->id};
	pd_plan_id(c, mail->message_id, &id);
	pd_plan_mark(c, key, event->id, c->now + 7 * PD_DAY);
	if (mail->is_acknowledged) {
		struct pd_planned_letter *letter = PD_NEW(c->arena, struct pd_planned_letter);
		letter->id = c->desk->new_id(c->desk, PD_ID_OUTBOX);
		letter->kind = PD_LETTER_ACKNOWLEDGEMENT;
		letter->ticket = ticket->number;
		letter->event = event->id;
		letter->not_before = mail->leaves;
		letter->is_line = mail->is_answered_by_line;
		letter->letter.envelope_from = "";
		letter->letter.message_id = pd_printf(c->arena, "ack.%s", mail->message_id);
		*pd_list_add(c->arena, &letter->letter.recipients) = mail->from;
		letter->bytes.data =
			pd_printf(c->arena, "Subject: Re: %s\r\n\r\nThank you.\r\n", mail->subject);
		letter->bytes.len = strlen(letter->bytes.data);
		*pd_list_add(c->arena, &c->plan->letters) = letter;
		pd_plan_count(c, pd_printf(c->arena, "acknowledge:%s", mail->from));
	}
	c->plan->outcome = mail->ticket != 0 ? "threaded" : "new ticket";
	c->plan->ticket = ticket->number;
	return ticket->number;
}

struct test_delivery {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	struct test_mail mail;
	pd_time now;
	unsigned decided;
	int64_t ticket;
};

static int test_redecide(void *data, struct pd_snapshot *desk, struct pd_plan **ret_plan,
			 struct pd_error *error)
{
	struct test_delivery *delivery = data;
	(void)error;
	struct pd_context c =
		pd_context_new(delivery->arena, delivery->settings, desk, delivery->now, "contact:x");
	delivery->ticket = test_plan_mail(&c, &delivery->mail);
	delivery->decided++;
	*ret_plan = c.plan;
	return 0;
}

/* Decides and commits as flow does. */
static inline int test_deliver(struct pd_store *store, struct test_delivery *delivery, struct pd_error *error)
{
	struct pd_commit commit = {
		.raw = delivery->mail.raw, .now = delivery->now, .redecide = test_redecide, .data = delivery};
	int failed = pd_store_begin(store, &commit.snapshot, error);
	if (failed)
		return failed;
	(void)test_redecide(delivery, commit.snapshot, &commit.plan, error);
	failed = pd_store_commit(store, &commit, error);
	pd_store_end(commit.snapshot);
	return failed;
}

#endif

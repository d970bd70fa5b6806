/* An agent's answer to the contact: a clean mail from the team, in the contact's own thread.
 *
 * Promises: nothing leaves but what the author wrote for the contact; signed addresses and agents' private
 * ones in it are replaced by the mailbox's (invariant 4); it goes to the author of the answered message and
 * to those outside who stand in it and belong to the conversation, and again to nobody whom the agent wrote
 * to directly. */
#include "desk/letters.h"

#include <string.h>
#include <glib.h>

#include "base/text.h"
#include "desk/people.h"
#include "desk/catalogue.h"
#include "desk/meeting.h"
#include "desk/timeline.h"

enum { THREAD_INDEX_ROOT = 22, THREAD_INDEX_CHILD = 5, THREAD_INDEX_MAX = 500 };

/* --- what is answered --- */

static bool is_persons(const struct pd_entry *entry)
{
	if (entry->event.kind != PD_EVENT_MESSAGE || entry->message == NULL ||
	    entry->message->direction != PD_IN)
		return false;
	return (entry->message->kinds & (PD_KINDS_OF_MACHINES | PD_KIND_BOUNCE | PD_KIND_DSN)) == 0;
}

/* A message that this very plan holds already is no entry of the desk yet. */
static const struct pd_entry *planned_entry(struct pd_context *context, int64_t event)
{
	const struct pd_plan *plan = context->plan;
	for (size_t i = 0; i < plan->events.count; i++) {
		if (plan->events.items[i]->id != event)
			continue;
		struct pd_entry *entry = PD_NEW(context->arena, struct pd_entry);
		entry->event = *plan->events.items[i];
		for (size_t m = 0; m < plan->messages.count; m++)
			if (plan->messages.items[m].stored.id == entry->event.message)
				entry->message = &plan->messages.items[m].stored;
		return entry;
	}
	return NULL;
}

static const struct pd_entry *entry_of(struct pd_context *context, int64_t event)
{
	const struct pd_entry *entry = event != 0 ? planned_entry(context, event) : NULL;
	if (entry == NULL && event != 0)
		entry = context->desk->entry(context->desk, context->arena, event);
	return entry;
}

static const struct pd_entry *newest(struct pd_context *context, const struct pd_ticket *ticket,
				     int64_t conversation)
{
	const struct pd_entry *last = entry_of(context, pd_ticket_last_in(ticket));
	bool is_shown = last != NULL && !pd_ticket_entry_deleted(ticket, last->event.id);
	if (last == NULL || (is_shown && is_persons(last) &&
			     (conversation == 0 || last->event.conversation == conversation)))
		return last;
	struct pd_entries all = pd_timeline(context->desk, context->arena, ticket);
	const struct pd_entry *any = NULL;
	for (size_t i = all.count; i > 0; i--) {
		if (!is_persons(&all.items[i - 1]) || pd_ticket_entry_deleted(ticket, all.items[i - 1].event.id))
			continue;
		if (conversation == 0 || all.items[i - 1].event.conversation == conversation)
			return &all.items[i - 1];
		if (any == NULL)
			any = &all.items[i - 1];
	}
	return any;
}

bool pd_answer_minds_reply_to(struct pd_context *context, const struct pd_ticket *ticket,
			      const struct pd_stored *stored)
{
	if (stored->reply_to.addr == NULL || *stored->reply_to.addr == '\0')
		return false;
	return pd_equal(stored->proof, "dmarc") || pd_equal_nocase(stored->reply_to.addr, stored->from.addr) ||
	       pd_ticket_knows(context, ticket, stored->reply_to.addr);
}

/* Where no message came yet: the first participant, else the first contact that has an address. */
static struct pd_address first_correspondent(struct pd_context *context, const struct pd_ticket *ticket,
					     int64_t conversation)
{
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	if (found != NULL && found->participants.count > 0)
		return found->participants.items[0].address;
	for (size_t i = 0; i < ticket->contacts.count; i++) {
		const struct pd_contact *contact = pd_plan_contact_followed(context, ticket->contacts.items[i]);
		const char *address = contact != NULL ? pd_contact_address(contact) : NULL;
		if (address != NULL)
			return (struct pd_address){.name = contact->name, .addr = address};
	}
	return (struct pd_address){.name = "", .addr = ""};
}

void pd_answer_find(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, int64_t event,
		    struct pd_answer *ret_answer)
{
	struct pd_answer answer = {.ticket = ticket, .conversation = conversation};
	const struct pd_entry *asked = entry_of(context, event);
	answer.answered = asked != NULL && pd_ticket_includes(ticket, asked->event.ticket) && is_persons(asked)
				  ? asked
				  : newest(context, ticket, conversation);
	if (answer.answered != NULL &&
	    pd_ticket_conversation(ticket, answer.answered->event.conversation) != NULL)
		answer.conversation = answer.answered->event.conversation;
	if (answer.conversation == 0 && ticket->conversations.count > 0)
		answer.conversation = ticket->conversations.items[0].id;
	answer.to = (struct pd_address){.name = "", .addr = ""};
	if (answer.answered != NULL)
		answer.to = pd_answer_minds_reply_to(context, ticket, answer.answered->message)
				    ? answer.answered->message->reply_to
				    : answer.answered->message->from;
	if (!pd_is_outsider(context, answer.to.addr))
		answer.to = first_correspondent(context, ticket, answer.conversation);
	*ret_answer = answer;
}

/* --- its head --- */

static bool has(const struct pd_addresses *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_equal_nocase(list->items[i].addr, address))
			return true;
	return false;
}

static void add(struct pd_context *context, struct pd_letter *letter, struct pd_addresses *list,
		const struct pd_address *address)
{
	if (*address->addr != '\0' && !has(&letter->to, address->addr) && !has(&letter->cc, address->addr))
		*pd_list_add(context->arena, list) = *address;
}

/* Outsiders in the list who belong to the conversation. */
static void add_conversing(struct pd_context *context, struct pd_letter *letter,
			   const struct pd_answer *answer, const struct pd_addresses *list)
{
	const struct pd_conversation *conversation =
		pd_ticket_conversation(answer->ticket, answer->conversation);
	for (size_t i = 0; conversation != NULL && i < list->count; i++)
		if (pd_conversation_has(conversation, list->items[i].addr) &&
		    pd_is_outsider(context, list->items[i].addr) &&
		    !pd_equal_nocase(list->items[i].addr, answer->answered->message->from.addr))
			add(context, letter, &letter->cc, &list->items[i]);
}

static void add_outsiders(struct pd_context *context, struct pd_letter *letter,
			  const struct pd_addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_is_outsider(context, list->items[i].addr))
			add(context, letter, &letter->cc, &list->items[i]);
}

#define WHY_NAMED "command #cc"

static bool is_named(const struct pd_commands *commands, const char *address)
{
	return commands != NULL && (has(&commands->to, address) || has(&commands->cc, address));
}

/* Whom an agent named by #to or #cc before, and who takes part yet: that holds for the conversation. */
static void add_named_before(struct pd_context *context, struct pd_letter *letter, const struct pd_answer *answer)
{
	const struct pd_conversation *conversation = pd_ticket_conversation(answer->ticket, answer->conversation);
	bool is_whole = true;
	for (size_t i = 0; conversation != NULL && i < conversation->participants.count; i++) {
		const char *addr = conversation->participants.items[i].address.addr;
		is_whole &= has(&letter->to, addr) || has(&letter->cc, addr);
	}
	if (is_whole)
		return;
	struct pd_entries all = pd_timeline(context->desk, context->arena, answer->ticket);
	for (size_t i = 0; i < all.count; i++) {
		const struct pd_event *event = &all.items[i].event;
		bool is_naming = event->conversation == answer->conversation && pd_equal(event->why, WHY_NAMED);
		for (size_t n = 0; is_naming && n < event->changes.count; n++) {
			const struct pd_change *change = &event->changes.items[n];
			if (strcmp(change->property, "participant") != 0 || change->to == NULL)
				continue;
			const struct pd_address address = pd_participant_parse(context->arena, change->to);
			if (pd_conversation_has(conversation, address.addr) && pd_is_outsider(context, address.addr))
				add(context, letter, &letter->cc, &address);
		}
	}
}

/* Everybody named, but not again whom the agent's own client wrote to. */
static void set_recipients(struct pd_context *context, const struct pd_mail *mail,
			   const struct pd_answer *answer, struct pd_letter *letter)
{
	const struct pd_message *message = mail->message;
	const struct pd_commands *commands = answer->commands;
	if (*answer->to.addr != '\0')
		add(context, letter, &letter->to, &answer->to);
	for (size_t i = 0; commands != NULL && i < commands->to.count; i++)
		add(context, letter, &letter->to, &commands->to.items[i]);
	if (answer->answered != NULL) {
		add_conversing(context, letter, answer, &answer->answered->message->to);
		add_conversing(context, letter, answer, &answer->answered->message->cc);
	}
	for (size_t i = 0; commands != NULL && i < commands->cc.count; i++)
		add(context, letter, &letter->cc, &commands->cc.items[i]);
	add_named_before(context, letter, answer);
	add_outsiders(context, letter, &message->to);
	add_outsiders(context, letter, &message->cc);
	for (size_t i = 0; i < letter->to.count; i++)
		if (!has(&message->to, letter->to.items[i].addr) &&
		    !has(&message->cc, letter->to.items[i].addr))
			pd_strings_add_once(context->arena, &letter->recipients, letter->to.items[i].addr);
	for (size_t i = 0; i < letter->cc.count; i++)
		if (!has(&message->to, letter->cc.items[i].addr) &&
		    !has(&message->cc, letter->cc.items[i].addr))
			pd_strings_add_once(context->arena, &letter->recipients, letter->cc.items[i].addr);
	for (size_t i = 0; commands != NULL && i < commands->bcc.count; i++)
		pd_strings_add_once(context->arena, &letter->recipients, commands->bcc.items[i].addr);
}

/* The subject without its reply and forward prefixes, as it is written. */
static const char *topic(struct pd_context *context, const char *subject)
{
	for (int i = 0; i < 10; i++) {
		bool is_reply;
		(void)pd_base_subject(context->arena, subject, &is_reply);
		const char *colon = is_reply ? strchr(subject, ':') : NULL;
		if (colon == NULL || colon - subject > 30)
			break;
		subject = pd_trim(context->arena, colon + 1);
	}
	return subject;
}

static const char *subject_of(struct pd_context *context, const struct pd_answer *answer,
			      const struct pd_mailbox *mailbox)
{
	const struct pd_conversation *conversation =
		pd_ticket_conversation(answer->ticket, answer->conversation);
	const char *subject = conversation != NULL ? conversation->subject : answer->ticket->name;
	bool is_reply;
	if (answer->answered != NULL)
		subject = answer->answered->message->subject;
	if (answer->commands != NULL && answer->commands->subject != NULL) {
		subject = answer->commands->subject;
	} else {
		(void)pd_base_subject(context->arena, subject, &is_reply);
		if (*subject == '\0')
			subject = answer->ticket->name;
		if (!is_reply && answer->answered != NULL)
			subject = pd_printf(context->arena, "Re: %s", subject);
	}
	if (mailbox->tag_subject && pd_subject_tag(subject) != answer->ticket->number)
		subject = pd_printf(context->arena, "%s [#%lld]", subject, (long long)answer->ticket->number);
	return pd_clean_line(context->arena, subject, 0);
}

static void put_be(unsigned char *out, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		out[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
}

/* Outlook's conversation index: 22 bytes (a time, an id) and 5 for each answer ([MS-OXOMSG] 2.2.1.3). The
 * contact's goes on where there is one. */
static const char *thread_index(struct pd_context *context, const struct pd_answer *answer, int64_t outbox)
{
	unsigned char index[THREAD_INDEX_MAX + THREAD_INDEX_CHILD];
	unsigned char mac[PD_SHA256_SIZE];
	size_t len = 0;
	const char *given = answer->answered != NULL ? answer->answered->message->thread_index : NULL;
	uint64_t ticks = (uint64_t)(context->now + 11644473600000) * 10000; /* 100 ns since 1601 */
	pd_hmac(context->desk->key, mac, "thread-index",
		pd_printf(context->arena, "%lld", (long long)answer->ticket->number), NULL);
	if (given != NULL && strlen(given) < THREAD_INDEX_MAX) {
		char *copy = pd_trim(context->arena, given);
		gsize size = 0;
		if (*copy != '\0' && g_base64_decode_inplace(copy, &size) != NULL &&
		    size >= THREAD_INDEX_ROOT && size <= THREAD_INDEX_MAX &&
		    (size - THREAD_INDEX_ROOT) % THREAD_INDEX_CHILD == 0) {
			memcpy(index, copy, size);
			len = size;
		}
	}
	if (len == 0) {
		uint64_t created = (uint64_t)(answer->ticket->created + 11644473600000) * 10000;
		put_be(index, created >> 16, 6);
		memcpy(index + 6, mac, 16);
		len = THREAD_INDEX_ROOT;
	}
	put_be(index + len, (ticks >> 18) & 0x7fffffff, 4);
	index[len + 4] = (unsigned char)(outbox & 0xff);
	len += THREAD_INDEX_CHILD;
	g_autofree char *text = g_base64_encode(index, len);
	return pd_strdup(context->arena, text);
}

static void set_thread(struct pd_context *context, const struct pd_answer *answer,
		       struct pd_planned_letter *planned)
{
	struct pd_letter *letter = &planned->letter;
	const struct pd_stored *stored = answer->answered != NULL ? answer->answered->message : NULL;
	if (stored != NULL && *stored->message_id != '\0') {
		for (size_t i = 0; i < stored->references.count; i++)
			pd_strings_add_once(context->arena, &letter->references, stored->references.items[i]);
		pd_strings_add_once(context->arena, &letter->references, stored->message_id);
		letter->in_reply_to = stored->message_id;
	}
	letter->thread_topic = topic(context, letter->subject);
	letter->thread_index = thread_index(context, answer, planned->id);
}

/* --- its body --- */

/* An answer between the quoted lines keeps our notification's "Carol via Example Support wrote:"; the contact is
 * Carol. */
static const char *without_via(struct pd_context *context, const struct pd_answer *answer,
			       const struct pd_mailbox *mailbox, const char *text)
{
	PD_AUTO_BUF out = {0};
	const struct pd_stored *stored = answer->answered != NULL ? answer->answered->message : NULL;
	const char *who = stored == NULL ? "" : *stored->from.name != '\0' ? stored->from.name : stored->from.addr;
	if (*who == '\0' || context->agent == NULL)
		return text;
	const char *via = pd_say(context->arena, pd_agent_language(context, context->agent), "{who} via {mailbox}",
				 "who", who, "mailbox", mailbox->full_name, NULL);
	for (const char *at; (at = strstr(text, via)) != NULL; text = at + strlen(via)) {
		pd_buf_add(&out, text, (size_t)(at - text));
		pd_buf_adds(&out, who);
	}
	pd_buf_adds(&out, text);
	return pd_buf_string(context->arena, &out);
}

static bool is_shown(const struct pd_attachment *attachment, const char *html)
{
	if (!attachment->is_inline)
		return true;
	if (html == NULL || attachment->content_id == NULL)
		return html == NULL && attachment->content_id == NULL;
	return strstr(html, attachment->content_id) != NULL;
}

static void carry(struct pd_context *context, const struct pd_mail *mail, const char *html,
		  struct pd_planned_letter *planned)
{
	const struct pd_message *message = mail->message;
	planned->carried.indexes = PD_NEW_N(context->arena, unsigned, message->attachments.count);
	planned->carried.message = mail->delivery->held != NULL ? mail->delivery->held->message : 0;
	for (size_t i = 0; i < message->attachments.count; i++)
		if (is_shown(&message->attachments.items[i], html))
			planned->carried.indexes[planned->carried.count++] =
				message->attachments.items[i].index;
}

/* --- all of it --- */

static const struct pd_mailbox *sender_of(struct pd_context *context, const struct pd_answer *answer)
{
	const struct pd_conversation *conversation =
		pd_ticket_conversation(answer->ticket, answer->conversation);
	const struct pd_mailbox *mailbox = NULL;
	if (answer->commands != NULL && answer->commands->from != NULL)
		mailbox = pd_settings_mailbox_of(context->settings, answer->commands->from);
	if (mailbox == NULL && conversation != NULL)
		mailbox = pd_settings_mailbox(context->settings, conversation->mailbox);
	return mailbox != NULL ? mailbox : pd_ticket_mailbox(context, answer->ticket);
}

static void add_participants(struct pd_context *context, const struct pd_answer *answer,
			     const struct pd_addresses *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!pd_is_outsider(context, list->items[i].addr))
			continue;
		pd_plan_add(context, answer->ticket, "participant",
			    pd_participant_value(context->arena, &list->items[i]), answer->conversation,
			    is_named(answer->commands, list->items[i].addr) ? WHY_NAMED : NULL);
		pd_guard_know(context, list->items[i].addr);
	}
}

/* The bytes as they leave are kept beside the agent's mail as it came. */
static int64_t keep_sent(struct pd_context *context, const struct pd_planned_letter *planned)
{
	const struct pd_letter *letter = &planned->letter;
	struct pd_planned_message *sent = pd_plan_message(context, "mail", PD_OUT);
	sent->stored.message_id = letter->message_id;
	sent->stored.from = letter->from;
	sent->stored.to = letter->to;
	sent->stored.cc = letter->cc;
	sent->stored.subject = letter->subject;
	sent->raw_is_letter = planned->id;
	return sent->stored.id;
}

/* Until it leaves, it can become a draft again. */
static void hold_for_now(struct pd_context *context, const struct pd_mail *mail, const struct pd_answer *answer,
			 struct pd_event *event, struct pd_planned_letter *planned)
{
	if (answer->not_before <= context->now)
		return;
	int64_t draft = pd_hold_sent(context, mail, answer->ticket, event->message, answer->answers_version);
	planned->not_before = answer->not_before;
	pd_plan_amend(context, answer->ticket, event, PD_CHANGE_HELD, NULL,
		      pd_printf(context->arena, "%lld %lld", (long long)draft, (long long)planned->id));
	if (answer->replaced != 0)
		pd_plan_amend(context, answer->ticket, event, PD_CHANGE_DRAFT,
			      pd_printf(context->arena, "%lld", (long long)answer->replaced), NULL);
}

struct pd_event *pd_answer_send(struct pd_context *context, const struct pd_mail *mail,
				const struct pd_answer *answer, const char *why)
{
	const struct pd_mailbox *mailbox = sender_of(context, answer);
	struct pd_planned_letter *planned =
		pd_letter_new(context, PD_LETTER_REPLY, mailbox, answer->ticket, answer->conversation, 0);
	struct pd_letter *letter = &planned->letter;
	if (answer->commands != NULL && answer->commands->from != NULL)
		letter->from.addr = answer->commands->from;
	letter->subject = pd_scrub(context, mailbox, subject_of(context, answer, mailbox));
	set_recipients(context, mail, answer, letter);
	set_thread(context, answer, planned);
	letter->text = pd_scrub(context, mailbox, without_via(context, answer, mailbox, answer->text));
	letter->html = answer->html != NULL ? pd_scrub_html(context, mailbox, without_via(context, answer, mailbox, answer->html)) : NULL;
	carry(context, mail, letter->html, planned);
	pd_meeting_invite(context, answer->commands, letter);
	for (size_t i = 0; answer->commands != NULL && i < answer->commands->files.count; i++)
		*pd_list_add(context->arena, &letter->attachments) = answer->commands->files.items[i];
	if (mailbox->reply_address)
		letter->reply_to = (struct pd_address){
			.name = mailbox->full_name,
			.addr = pd_address_for_contact(
				context, mailbox, answer->ticket->number, answer->conversation,
				letter->to.count + letter->cc.count == 1 && letter->to.count == 1
					? letter->to.items[0].addr
					: "")};

	struct pd_planned_message *message = pd_mail_store(context, mail, PD_OUT);
	struct pd_stored *stored = &message->stored;
	stored->message_id = letter->message_id;
	stored->from = letter->from;
	stored->reply_to = (struct pd_address){.name = "", .addr = ""};
	stored->to = letter->to;
	stored->cc = letter->cc;
	stored->references = letter->references;
	stored->thread_index = letter->thread_index;
	stored->subject = letter->subject;
	stored->text = message->search_text = letter->text;
	stored->html = letter->html;
	stored->date = letter->date;
	int64_t sent = letter->recipients.count > 0 ? keep_sent(context, planned) : 0;

	struct pd_event *event = pd_plan_event(context, answer->ticket, PD_EVENT_MESSAGE, stored->id,
					       answer->conversation, why);
	if (sent != 0) {
		event->other = sent;
		planned->event = event->id;
		pd_letter_register(context, planned);
		hold_for_now(context, mail, answer, event, planned);
	} else { /* the agent's own client wrote to everybody */
		stored->message_id = mail->message->message_id;
		context->plan->letters.count--;
	}
	add_participants(context, answer, &letter->to);
	add_participants(context, answer, &letter->cc);
	return event;
}

/* --- what the agent's own client sent --- */

bool pd_answer_is_direct(const struct pd_mail *mail, const struct pd_answer *answer)
{
	const struct pd_commands *commands = answer->commands;
	if (commands != NULL && commands->to.count + commands->cc.count + commands->bcc.count > 0)
		return false;
	return *answer->to.addr != '\0' &&
	       (has(&mail->message->to, answer->to.addr) || has(&mail->message->cc, answer->to.addr));
}

struct pd_event *pd_answer_note(struct pd_context *context, const struct pd_mail *mail,
				const struct pd_answer *answer, const char *why)
{
	struct pd_planned_message *message = pd_mail_store(context, mail, PD_OUT);
	message->stored.text = message->search_text = answer->text;
	struct pd_event *event = pd_plan_event(context, answer->ticket, PD_EVENT_MESSAGE, message->stored.id,
					       answer->conversation, why);
	add_participants(context, answer, &mail->message->to);
	add_participants(context, answer, &mail->message->cc);
	return event;
}

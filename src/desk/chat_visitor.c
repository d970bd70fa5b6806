/* What a visitor says: a new chat, a line of an open one, an address, a farewell.
 *
 * Promises: every line becomes an entry; a visitor who comes back continues on the ticket or begins a new one by the
 * mailbox's rule; an address that is given once makes the visitor that contact, and nobody is told anything by it. Cannot
 * fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/text.h"
#include "config/value.h"
#include "desk/people.h"

#define NAME_CHARS 80
#define NICK_CHARS 60
#define ALL_CHATS  "chats" /* the counter; that of a domain is "chats@DOMAIN" */

/* --- addresses --- */

/* In small letters, without links and the addresses of other networks: what stands before an @ there is nobody's mail. */
static const char *without_links(struct pd_arena *arena, const char *text)
{
	static const char blanks[] = " \t\n";
	char *words = pd_lower_ascii(arena, text);
	for (char *at = words; *at != '\0';) {
		at += strspn(at, blanks);
		size_t len = strcspn(at, blanks);
		const char *word = pd_strndup(arena, at, len);
		if (strstr(word, "://") != NULL || strstr(word, "xmpp:") != NULL || strstr(word, "sip:") != NULL)
			memset(at, ' ', len);
		at += len;
	}
	return words;
}

const char *chat_address_in(struct pd_context *context, const char *text)
{
	static const char around[] = " \t\n<>()[]{},;:\"'";
	for (const char *at = without_links(context->arena, text); *at != '\0';) {
		at += strspn(at, around);
		size_t len = strcspn(at, around);
		const char *word = pd_strndup(context->arena, at, len);
		size_t end = len;
		while (end > 0 && strchr(".!?", word[end - 1]) != NULL)
			end--;
		word = pd_strndup(context->arena, word, end);
		if (strchr(word, '@') != NULL && pd_config_is_address(word) && pd_is_outsider(context, word) &&
		    !pd_is_noreply(context->arena, word))
			return word;
		at += len;
	}
	return NULL;
}

const char *chat_known_address(struct chat *chat)
{
	struct pd_context *context = chat->context;
	for (size_t i = 0; i < chat->ticket->contacts.count; i++) {
		const struct pd_contact *contact = pd_plan_contact_followed(context, chat->ticket->contacts.items[i]);
		const char *address = contact != NULL ? pd_contact_address(contact) : NULL;
		if (address != NULL)
			return address;
	}
	return NULL;
}

/* Replies go to the first contact: the one with the address goes before the one without. */
void chat_identify(struct chat *chat, const char *address)
{
	struct pd_context *context = chat->context;
	const struct pd_address mail = {.name = "", .addr = address};
	const struct pd_contact *contact = pd_plan_contact(context, &mail);
	const char *id = pd_printf(context->arena, "%lld", (long long)contact->id);
	struct pd_strings others = {0};
	for (size_t i = 0; i < chat->ticket->contacts.count; i++)
		*pd_list_add(context->arena, &others) =
			pd_printf(context->arena, "%lld", (long long)chat->ticket->contacts.items[i]);
	for (size_t i = 0; i < others.count; i++)
		pd_plan_remove(context, chat->ticket, "contact", others.items[i], 0, "address given in the chat");
	pd_plan_add(context, chat->ticket, "contact", id, 0, "address given in the chat");
	for (size_t i = 0; i < others.count; i++)
		pd_plan_add(context, chat->ticket, "contact", others.items[i], 0, "address given in the chat");
	pd_plan_add(context, chat->ticket, "participant", pd_participant_value(context->arena, &mail), chat->conversation,
		    "address given in the chat");
}

/* What the client calls its visitor, but nobody is called as a colleague is. */
static const char *nick_of(struct pd_context *context, const struct pd_said *said)
{
	const struct pd_settings *settings = context->settings;
	const char *nick = said->nick != NULL ? pd_clean_line(context->arena, said->nick, NICK_CHARS) : "";
	const char *folded = pd_fold(context->arena, nick);
	for (size_t i = 0; i < settings->agents.count; i++)
		if (settings->agents.items[i].full_name != NULL &&
		    pd_equal(folded, pd_fold(context->arena, settings->agents.items[i].full_name)))
			return "";
	return nick;
}

/* --- whose line it is --- */

/* The ticket of an earlier chat may go on; else it is named by the new one. */
static bool may_go_on(struct pd_context *context, const struct pd_ticket *ticket)
{
	const struct pd_mailbox *home = pd_ticket_mailbox(context, ticket);
	if (ticket->is_deleted || ticket->is_spam)
		return false;
	return ticket->closed == 0 || home->reopen_within == 0 || context->now - ticket->closed <= home->reopen_within;
}

static const char *source_of(struct pd_context *context, const struct pd_chat *settings, const char *from)
{
	const char *bare = chat_bare(context->arena, from), *at = strchr(bare, '@');
	const char *domain = at != NULL ? at + 1 : bare;
	for (size_t i = 0; i < settings->gateways.count; i++)
		if (pd_equal_nocase(settings->gateways.items[i].domain, domain))
			return settings->gateways.items[i].name;
	return "chat";
}

static struct pd_ticket *new_ticket(struct chat *chat, const struct pd_said *said, int64_t related)
{
	struct pd_context *context = chat->context;
	const struct pd_change values[] = {
		{.property = "name", .to = pd_mail_name(context, pd_clean_line(context->arena, said->text, NAME_CHARS))},
		{.property = "source", .to = source_of(context, chat->settings, said->from)},
	};
	struct pd_ticket *ticket = pd_plan_new_ticket(context, chat->mailbox, values, 2);
	const struct pd_identity identity = {.kind = "xmpp", .value = chat_bare(context->arena, said->from)};
	const struct pd_contact *contact = pd_plan_contact_of(context, &identity);
	if (contact == NULL)
		contact = pd_plan_new_contact(context, &identity, nick_of(context, said));
	pd_plan_add(context, ticket, "contact", pd_printf(context->arena, "%lld", (long long)contact->id), 0, NULL);
	if (related != 0) {
		struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_RELATED, 0, 0, "an earlier chat");
		event->other = related;
	}
	return ticket;
}

/* The language of the stanza where we speak it; else the mailbox's. */
static const char *language_of(struct chat *chat, const struct pd_said *said)
{
	const char *ours = said->language != NULL ? pd_language_find(said->language, strlen(said->language)) : NULL;
	return ours != NULL ? ours : chat->mailbox->language;
}

/* --- what it says --- */

/* A line that puts another one right (XEP-0308) is a line of its own, and says so. */
static const char *corrected(struct chat *chat, const char *language, const struct pd_said *said)
{
	return said->is_correction
		       ? pd_printf(chat->context->arena, "(%s) %s", CHAT_SAY(chat, language, "corrected"), said->text)
		       : said->text;
}

static struct pd_event *keep_line(struct chat *chat, const struct pd_said *said)
{
	struct pd_context *context = chat->context;
	const char *text = corrected(chat, chat->session.language, said);
	struct pd_planned_message *message = pd_plan_message(context, "chat", PD_IN);
	struct pd_stored *stored = &message->stored;
	stored->from = (struct pd_address){
		.name = nick_of(context, said),
		.addr = pd_printf(context->arena, PD_XMPP_URI "%s", chat_bare(context->arena, said->from))};
	*pd_list_add(context->arena, &stored->to) =
		(struct pd_address){.name = chat->mailbox->full_name, .addr = chat->mailbox->addresses.items[0]};
	stored->text = message->search_text = text;
	stored->size = strlen(text);
	stored->proof = "none";
	message->raw = (struct pd_bytes){.data = text, .len = strlen(text)};
	return pd_plan_event(context, chat->ticket, PD_EVENT_MESSAGE, message->stored.id, chat->conversation, "chat");
}

static void begin(struct chat *chat, const struct pd_said *said, int64_t earlier)
{
	struct pd_context *context = chat->context;
	struct pd_ticket *ticket = earlier != 0 ? pd_plan_ticket_followed(context, earlier) : NULL;
	chat->session = (struct pd_chat_session){
		.chat = chat->settings->name,
		.visitor = said->from,
		.language = language_of(chat, said),
		.state = PD_CHAT_WAITING,
		.idle = chat->settings->idle,
	};
	bool goes_on = ticket != NULL && may_go_on(context, ticket);
	chat->ticket = goes_on ? ticket : new_ticket(chat, said, ticket != NULL ? ticket->number : 0);
	chat->conversation = goes_on && ticket->conversations.count > 0
				     ? ticket->conversations.items[0].id
				     : pd_plan_new_conversation(context, chat->ticket, chat->mailbox->name,
								chat->ticket->name);
	pd_plan_set_record(context, chat->ticket, PD_CHAT_RECORD,
			   chat_record_name(context->arena, chat->settings->name, said->from),
			   pd_printf(context->arena, "%lld", (long long)chat->ticket->number), NULL);
	struct pd_event *event = keep_line(chat, said);
	chat->session.since = event->id;
	chat_keep(chat, "chat");
	chat_want_file(chat, event, said->text);
	if (goes_on) {
		pd_plan_set(context, ticket, "snoozed", NULL, "the contact wrote");
		if (ticket->status_kind != PD_STATUS_NEW)
			pd_set_status_kind(context, ticket, PD_STATUS_OPEN, "answer of the contact");
	}
	context->plan->outcome = goes_on ? "line" : "new chat";
	context->plan->ticket = chat->ticket->number;
	/* Who is invited is known at the end (pd_chat_follow). */
}

static void go_on(struct chat *chat, const struct pd_said *said)
{
	struct pd_context *context = chat->context;
	struct pd_event *event = keep_line(chat, said);
	if (!pd_equal(chat->session.visitor, said->from)) {
		chat->session.visitor = said->from;
		chat_keep(chat, "chat");
	}
	if (chat->session.state == PD_CHAT_TAKEN) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, chat->session.agent);
		chat_say_agent(chat, agent, chat_visitor_name(chat),
			       corrected(chat, pd_agent_language(context, agent), said), event->id);
	}
	chat_want_file(chat, event, said->text);
	context->plan->outcome = "line";
	context->plan->ticket = chat->ticket->number;
}

static void take_address(struct chat *chat, const struct pd_said *said)
{
	struct pd_context *context = chat->context;
	const char *address = chat_known_address(chat) == NULL ? chat_address_in(context, said->text) : NULL;
	if (address == NULL)
		return;
	chat_identify(chat, address);
	if (chat->session.state == PD_CHAT_ASKED)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language,
						 "Thank you. We answer by mail to {address}.", "address", address));
	else if (chat->session.state == PD_CHAT_TAKEN)
		chat_tell_agent(chat, pd_settings_agent(context->settings, chat->session.agent),
				CHAT_SAY(chat, pd_agent_language(context, pd_settings_agent(context->settings,
											    chat->session.agent)),
					 "The visitor's address is {address} from now on.", "address", address));
}

/* May another chat begin? A flood from one domain leaves as many to all others together; whoever was here before goes on. */
static bool may_begin(struct chat *chat, bool is_known, const struct pd_said *said)
{
	struct pd_context *context = chat->context;
	const char *at = strchr(chat_bare(context->arena, said->from), '@');
	const char *of_domain = pd_printf(context->arena, "chats%s", at != NULL ? at : "");
	const pd_time since = context->now - PD_HOUR;
	const int64_t limit = chat->settings->chats_per_hour;
	if (!is_known && (context->desk->counter(context->desk, of_domain, since) >= limit ||
			  context->desk->counter(context->desk, ALL_CHATS, since) >= 2 * limit))
		return false;
	pd_plan_count(context, ALL_CHATS);
	pd_plan_count(context, of_domain);
	return true;
}

static void take_line(struct chat *chat, bool is_open, int64_t earlier, const struct pd_said *said)
{
	struct pd_context *context = chat->context;
	if (!is_open) {
		if (!may_begin(chat, earlier != 0, said)) {
			context->plan->outcome = "refused";
			context->plan->is_refused = true;
			context->plan->why = "too many chats within an hour";
			return;
		}
		begin(chat, said, earlier);
	} else {
		go_on(chat, said);
	}
	take_address(chat, said);
}

void chat_take_visitor(struct pd_context *context, const struct pd_chat *settings, const struct pd_said *said)
{
	struct chat chat = {0};
	unsigned long long earlier = 0;
	const char *record = context->desk->record(context->desk, context->arena, PD_CHAT_RECORD,
						   chat_record_name(context->arena, settings->name, said->from));
	context->actor = pd_printf(context->arena, "contact:" PD_XMPP_URI "%s", chat_bare(context->arena, said->from));
	if (record != NULL && !pd_number(record, INT64_MAX, &earlier))
		earlier = 0;
	bool is_open = earlier != 0 && chat_open(context, (int64_t)earlier, &chat) &&
		       pd_equal(chat_bare(context->arena, chat.session.visitor), chat_bare(context->arena, said->from));
	if (!is_open)
		chat = (struct chat){.context = context,
				     .settings = settings,
				     .mailbox = pd_settings_mailbox(context->settings, settings->mailbox)};
	if (said->kind == PD_SAID_LINE) {
		take_line(&chat, is_open, (int64_t)earlier, said);
		return;
	}
	if (!is_open)
		return;
	/* Who has another window open has not left. */
	if (said->kind != PD_SAID_ZONE && !pd_equal(said->from, chat.session.visitor))
		return;
	context->plan->ticket = chat.ticket->number;
	if (said->kind == PD_SAID_ZONE) {
		chat.session.zone = said->zone;
		chat_keep(&chat, "chat");
		context->plan->outcome = "zone";
	} else {
		chat_end(&chat, CHAT_END_LEFT);
		context->plan->outcome = "ended";
	}
}

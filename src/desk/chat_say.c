/* Lines of chats on their way out: stanzas into the outbox, in the transaction that keeps what they say.
 *
 * Promises: each line has an id that is fixed here, so that a line which is sent again after a crash is known for the
 * same one (XEP-0359); any text gives well-formed XML. Cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/markup.h"
#include "base/text.h"
#include "desk/chat_link.h"
#include "desk/people.h"

/* RFC 6121 section 5.2, with XEP-0172, 0085, 0184 and 0359. */
static struct pd_bytes stanza(struct pd_arena *arena, const struct pd_letter *letter, const char *language,
			      const char *nick, const char *text, bool is_file)
{
	PD_AUTO_BUF out = {0};
	pd_buf_adds(&out, "<message type='chat'");
	pd_markup_attribute(&out, "from", letter->envelope_from);
	pd_markup_attribute(&out, "to", letter->recipients.items[0]);
	pd_markup_attribute(&out, "id", letter->message_id);
	pd_markup_attribute(&out, "xml:lang", language);
	pd_buf_adds(&out, "><body>");
	pd_markup_escape(&out, text);
	pd_buf_adds(&out, "</body>");
	if (nick != NULL && *nick != '\0') {
		pd_buf_adds(&out, "<nick xmlns='http://jabber.org/protocol/nick'>");
		pd_markup_escape(&out, nick);
		pd_buf_adds(&out, "</nick>");
	}
	if (is_file) { /* so that clients show what is behind the link (XEP-0066) */
		pd_buf_adds(&out, "<x xmlns='jabber:x:oob'><url>");
		pd_markup_escape(&out, text);
		pd_buf_adds(&out, "</url></x>");
	}
	pd_buf_adds(&out, "<active xmlns='http://jabber.org/protocol/chatstates'/><request xmlns='urn:xmpp:receipts'/>"
			  "<origin-id xmlns='urn:xmpp:sid:0'");
	pd_markup_attribute(&out, "id", letter->message_id);
	pd_buf_adds(&out, "/></message>");
	return (struct pd_bytes){.data = pd_buf_string(arena, &out), .len = out.len};
}

static void say(struct pd_context *context, const struct pd_chat *settings, const char *from, const char *to,
		const char *language, const char *nick, const char *text, int64_t ticket, int64_t event)
{
	struct pd_arena *arena = context->arena;
	struct pd_planned_letter *planned = PD_NEW(arena, struct pd_planned_letter);
	planned->id = context->desk->new_id(context->desk, PD_ID_OUTBOX);
	planned->kind = PD_LETTER_LINE;
	planned->is_line = true;
	planned->ticket = ticket;
	planned->event = event;
	planned->letter.envelope_from = pd_printf(arena, "%s@%s", from, settings->component);
	*pd_list_add(arena, &planned->letter.recipients) = pd_strdup(arena, to);
	planned->letter.message_id = pd_printf(arena, "c%lld@%s", (long long)planned->id, context->settings->hostname);
	planned->letter.from = planned->letter.reply_to = (struct pd_address){.name = "", .addr = ""};
	planned->letter.subject = planned->letter.text = "";
	const char *url, *name;
	bool is_file = strpbrk(text, " \n") == NULL && chat_link_of(arena, &settings->files, text, &url, &name) == CHAT_LINK_OWN;
	planned->bytes = stanza(arena, &planned->letter, language, nick, text, is_file);
	*pd_list_add(arena, &context->plan->letters) = planned;
}

void chat_say_jid(struct pd_context *context, const struct pd_chat *settings, const char *from, const char *jid,
		  const char *language, const char *text, int64_t ticket)
{
	say(context, settings, from, jid, language, NULL, text, ticket, 0);
}

void chat_say_visitor(struct chat *chat, const char *nick, const char *text, int64_t event)
{
	say(chat->context, chat->settings, chat->settings->name, chat->session.visitor, chat->session.language, nick, text,
	    chat->ticket->number, event);
}

void chat_say_agent(struct chat *chat, const struct pd_agent *agent, const char *nick, const char *text, int64_t event)
{
	struct pd_context *context = chat->context;
	if (agent == NULL || agent->jid == NULL)
		return;
	/* What begins with an asterisk is the desk's own word: nobody else's shall look like it. */
	if (nick != NULL && *text == '*')
		text = pd_printf(context->arena, " %s", text);
	say(context, chat->settings, pd_printf(context->arena, "t%lld", (long long)chat->ticket->number), agent->jid, NULL,
	    nick, text, chat->ticket->number, event);
}

void chat_tell_agent(struct chat *chat, const struct pd_agent *agent, const char *text)
{
	chat_say_agent(chat, agent, NULL, pd_printf(chat->context->arena, "* %s", text), 0);
}

void chat_tell_visitor(struct chat *chat, const char *text)
{
	struct pd_context *context = chat->context;
	const char *actor = context->actor;
	struct pd_planned_message *message = pd_plan_message(context, "chat", PD_OUT);
	message->stored.from = (struct pd_address){.name = chat->mailbox->full_name, .addr = chat->mailbox->addresses.items[0]};
	message->stored.text = text;
	message->stored.kinds = PD_KIND_AUTO;
	message->stored.size = strlen(text);
	message->raw = (struct pd_bytes){.data = text, .len = strlen(text)};
	context->actor = "postdesk";
	struct pd_event *event = pd_plan_event(context, chat->ticket, PD_EVENT_MESSAGE, message->stored.id,
					       chat->conversation, "chat");
	context->actor = actor;
	chat_say_visitor(chat, NULL, text, event->id);
}

const char *chat_visitor_name(struct chat *chat)
{
	struct pd_context *context = chat->context;
	const char *bare = chat_bare(context->arena, chat->session.visitor);
	const struct pd_identity identity = {.kind = "xmpp", .value = bare};
	const struct pd_contact *known = pd_plan_contact_of(context, &identity);
	if (known != NULL && *known->name != '\0')
		return known->name;
	return pd_strndup(context->arena, bare, strcspn(bare, "@"));
}

/* --- what was said --- */

static void add_planned(struct pd_context *context, int64_t ticket, struct pd_entries *entries)
{
	const struct pd_plan *plan = context->plan;
	for (size_t i = 0; i < plan->events.count; i++) {
		if (plan->events.items[i]->ticket != ticket)
			continue;
		struct pd_entry *entry = pd_list_add(context->arena, entries);
		*entry = (struct pd_entry){.event = *plan->events.items[i]};
		for (size_t m = 0; m < plan->messages.count; m++)
			if (plan->messages.items[m].stored.id == entry->event.message)
				entry->message = &plan->messages.items[m].stored;
	}
}

struct pd_entries chat_all_entries(struct pd_context *context, int64_t ticket)
{
	struct pd_entries all = context->desk->timeline(context->desk, context->arena, ticket, 0);
	add_planned(context, ticket, &all);
	return all;
}

struct pd_entries chat_entries(struct chat *chat)
{
	struct pd_context *context = chat->context;
	struct pd_entries all = chat_all_entries(context, chat->ticket->number), said = {0};
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].event.id >= chat->session.since &&
		    (chat->end == 0 || all.items[i].event.id <= chat->end) && all.items[i].event.kind == PD_EVENT_MESSAGE &&
		    all.items[i].message != NULL && pd_equal(all.items[i].message->source, "chat") &&
		    !pd_ticket_entry_deleted(chat->ticket, all.items[i].event.id))
			*pd_list_add(context->arena, &said) = all.items[i];
	return said;
}

const char *chat_author(struct chat *chat, const struct pd_entry *entry)
{
	const struct pd_stored *message = entry->message;
	if (message->direction == PD_IN)
		return chat_visitor_name(chat);
	if (pd_starts(entry->event.actor, "agent:"))
		return pd_actor_words(chat->context, entry->event.actor);
	return chat->mailbox->full_name;
}

/* Further lines of the same words stand further in, so that they are nobody else's. */
static const char *indented(struct pd_arena *arena, const char *text)
{
	struct pd_strings lines = pd_lines(arena, text);
	return pd_strings_join(arena, &lines, "\n    ");
}

void chat_tell_backlog(struct chat *chat, const struct pd_agent *agent)
{
	PD_AUTO_BUF out = {.limit = 32 * 1024};
	struct pd_entries said = chat_entries(chat);
	if (agent == NULL || agent->jid == NULL)
		return;
	for (size_t i = 0; i < said.count; i++)
		if ((said.items[i].message->kinds & PD_KIND_AUTO) == 0)
			pd_buf_addf(&out, "\n%s: %s", chat_author(chat, &said.items[i]),
				    indented(chat->context->arena, said.items[i].message->text));
	if (out.len > 0)
		chat_tell_agent(chat, agent,
				pd_printf(chat->context->arena, "%s%s",
					  CHAT_SAY(chat, pd_agent_language(chat->context, agent), "What was said so far:"),
					  pd_buf_string(chat->context->arena, &out)));
}

const char *chat_before_end(const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, PD_PROPERTY_CHAT) == 0 && event->changes.items[i].to == NULL)
			return event->changes.items[i].from;
	return NULL;
}

bool chat_is_end(const struct pd_event *event)
{
	return chat_before_end(event) != NULL;
}

static bool is_line(const struct pd_event *event, const struct pd_stored *stored)
{
	return event->kind == PD_EVENT_MESSAGE && stored != NULL && pd_equal(stored->source, "chat");
}

/* What people said in the chat up to that line. */
static struct pd_entries said_until(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_event *event)
{
	struct pd_entries all = chat_all_entries(context, ticket->number), said = {0};
	for (size_t i = 0; i < all.count && all.items[i].event.id <= event->id; i++) {
		if (chat_is_end(&all.items[i].event))
			said.count = 0;
		if (is_line(&all.items[i].event, all.items[i].message) && (all.items[i].message->kinds & PD_KIND_AUTO) == 0)
			*pd_list_add(context->arena, &said) = all.items[i];
	}
	return said;
}

/* "xmpp:carol@chat.example.com" -> "carol" */
static const char *local_part(struct pd_arena *arena, const char *address)
{
	const char *jid = pd_starts(address, PD_XMPP_URI) ? address + strlen(PD_XMPP_URI) : address;
	return pd_strndup(arena, jid, strcspn(jid, "@"));
}

const char *pd_chat_words(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_event *event,
			  const struct pd_stored *stored)
{
	if (!is_line(event, stored))
		return stored->text;
	PD_AUTO_BUF out = {.limit = 64 * 1024};
	struct pd_entries said = said_until(context, ticket, event);
	if (said.count < 2)
		return stored->text;
	for (size_t i = 0; i < said.count; i++) {
		const struct pd_stored *line = said.items[i].message;
		const char *who = line->direction != PD_IN  ? pd_actor_words(context, said.items[i].event.actor)
				  : *line->from.name != '\0' ? line->from.name
							     : local_part(context->arena, line->from.addr);
		pd_buf_addf(&out, "%s%s: %s", i > 0 ? "\n" : "", who, indented(context->arena, line->text));
	}
	return pd_strdup(context->arena, out.data);
}

void pd_chat_carry(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_event *event,
		   const struct pd_stored *stored, struct pd_planned_letter *letter, struct pd_buf *out, const char *language)
{
	struct pd_chat_session session;
	struct pd_entries lines = {0};
	if (!is_line(event, stored))
		return;
	/* Who talks by mail had the earlier ones with the mails before. */
	if (pd_chat_session_of(context->arena, ticket, &session) && session.state == PD_CHAT_TAKEN)
		pd_list_add(context->arena, &lines)->event = *event;
	else
		lines = said_until(context, ticket, event);
	struct pd_entries files = chat_files_of(context, ticket->number, &lines);
	chat_carry(context, &files, letter, out, language);
}

/* How an open chat stands, as it is kept with its ticket: words "key=value" between blanks, values escaped as in URIs.
 *
 * Promises: what is written is read again equal; a value that cannot be read is no open chat. Pure; cannot fail. */
#include "desk/chat_inside.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/chat_link.h"

static const char *const states[] = {
	[PD_CHAT_WAITING] = "waiting", [PD_CHAT_TAKEN] = "taken", [PD_CHAT_ASKED] = "asked"};

static void put(struct pd_buf *out, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	g_autofree char *escaped = g_uri_escape_string(value, "@/:+;", false);
	pd_buf_addf(out, "%s%s=%s", out->len > 0 ? " " : "", key, escaped);
}

static void put_number(struct pd_buf *out, const char *key, int64_t value)
{
	if (value != 0)
		pd_buf_addf(out, "%s%s=%lld", out->len > 0 ? " " : "", key, (long long)value);
}

char *pd_chat_session_text(struct pd_arena *arena, const struct pd_chat_session *session)
{
	PD_AUTO_BUF out = {0};
	put(&out, "state", states[session->state]);
	put(&out, "chat", session->chat);
	put(&out, "visitor", session->visitor);
	put(&out, "language", session->language);
	put(&out, "zone", session->zone);
	put(&out, "agent", session->agent);
	put(&out, "invited", pd_strings_join(arena, &session->invited, ";"));
	put_number(&out, "since", session->since);
	put_number(&out, "until", session->until);
	put_number(&out, "idle", session->idle);
	put_number(&out, "unreached", session->is_unreached);
	return pd_buf_string(arena, &out);
}

static const char *get(struct pd_arena *arena, const char *text, const char *key)
{
	size_t len = strlen(key);
	for (const char *at = text; *at != '\0';) {
		size_t word = strcspn(at, " ");
		if (word > len && at[len] == '=' && strncmp(at, key, len) == 0) {
			g_autofree char *value = g_uri_unescape_segment(at + len + 1, at + word, NULL);
			return pd_strdup(arena, value);
		}
		at += word;
		at += strspn(at, " ");
	}
	return NULL;
}

static int64_t get_number(struct pd_arena *arena, const char *text, const char *key)
{
	unsigned long long number;
	const char *value = get(arena, text, key);
	return value != NULL && pd_number(value, INT64_MAX, &number) ? (int64_t)number : 0;
}

bool pd_chat_session_of(struct pd_arena *arena, const struct pd_ticket *ticket, struct pd_chat_session *ret_session)
{
	const char *text = pd_chat_is_open(ticket) ? pd_ticket_get(arena, ticket, PD_PROPERTY_CHAT) : NULL;
	return text != NULL && pd_chat_session_read(arena, text, ret_session);
}

bool pd_chat_session_read(struct pd_arena *arena, const char *text, struct pd_chat_session *ret_session)
{
	struct pd_chat_session session = {
		.chat = get(arena, text, "chat"),
		.visitor = get(arena, text, "visitor"),
		.language = get(arena, text, "language"),
		.zone = get(arena, text, "zone"),
		.agent = get(arena, text, "agent"),
		.invited = pd_split(arena, get(arena, text, "invited"), ';'),
		.since = get_number(arena, text, "since"),
		.until = get_number(arena, text, "until"),
		.idle = get_number(arena, text, "idle"),
		.is_unreached = get_number(arena, text, "unreached") != 0,
	};
	const char *state = get(arena, text, "state");
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (!pd_equal(state, states[i]) || session.chat == NULL || session.visitor == NULL)
			continue;
		session.state = (enum pd_chat_state)i;
		*ret_session = session;
		return true;
	}
	return false;
}

char *pd_chat_state_words(struct pd_arena *arena, const char *value)
{
	const char *state = value != NULL ? get(arena, value, "state") : NULL;
	const char *agent = value != NULL ? get(arena, value, "agent") : NULL;
	if (agent != NULL && pd_equal(state, states[PD_CHAT_TAKEN]))
		return pd_printf(arena, "%s by %s", state, agent);
	return pd_strdup(arena, state);
}

bool pd_chat_is_open(const struct pd_ticket *ticket)
{
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (strcmp(ticket->properties.items[i].property, PD_PROPERTY_CHAT) == 0)
			return ticket->properties.items[i].to != NULL;
	return false;
}

pd_time pd_chat_next(const struct pd_ticket *ticket)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_chat_session session;
	if (!pd_chat_is_open(ticket) || !pd_chat_session_of(arena, ticket, &session))
		return 0;
	if (session.state == PD_CHAT_WAITING && session.until != 0)
		return session.until;
	return ticket->updated + session.idle;
}

bool pd_is_bare_jid(const char *text)
{
	const char *at = strchr(text, '@');
	return at != NULL && at != text && at[1] != '\0' && strpbrk(text, " \t/") == NULL && strchr(at + 1, '@') == NULL;
}

void pd_chat_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < settings->chats.count; i++) {
		const struct pd_chat *chat = &settings->chats.items[i];
		/* It stands before the @, beside the addresses of tickets. */
		if (strspn(chat->name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != strlen(chat->name))
			pd_problem_add(problems, chat->where,
				       "[chat %s]: the name of a chat has small letters, digits and .-_ alone", chat->name);
		else if (chat->name[0] == 't' && chat->name[1] != '\0' &&
			 strspn(chat->name + 1, "0123456789") == strlen(chat->name + 1))
			pd_problem_add(problems, chat->where, "[chat %s]: that is the address of a ticket", chat->name);
		if (chat->from != NULL && pd_settings_mailbox_of(settings, chat->from) == NULL)
			pd_problem_add(problems, chat->where, "[chat %s] from: %s is no address of a mailbox", chat->name,
				       chat->from);
		for (size_t n = 0; n < chat->files.count; n++) {
			const char *wrong = chat_link_prefix_wrong(arena, chat->files.items[n]);
			if (wrong != NULL)
				pd_problem_add(problems, chat->where, "[chat %s] files: %s: %s", chat->name, chat->files.items[n],
					       wrong);
		}
		const struct pd_mailbox *mailbox = pd_settings_mailbox(settings, chat->mailbox);
		if (mailbox != NULL && mailbox->team == NULL)
			pd_warning_add(problems, chat->where, "[chat %s]: the mailbox %s has no team, so nobody is invited",
				       chat->name, chat->mailbox);
	}
	for (size_t i = 0; i < settings->agents.count; i++) {
		const struct pd_agent *agent = &settings->agents.items[i];
		if (agent->jid != NULL && !pd_is_bare_jid(agent->jid))
			pd_problem_add(problems, agent->where, "[agent %s] jid: \"%s\" is not NAME@DOMAIN", agent->name,
				       agent->jid);
		for (size_t n = 0; agent->jid != NULL && n < settings->chats.count; n++)
			if (settings->chats.items[n].component != NULL &&
			    pd_ends(agent->jid, pd_printf(arena, "@%s", settings->chats.items[n].component)))
				pd_problem_add(problems, agent->where, "[agent %s] jid: \"%s\" is an address of [chat %s] itself",
					       agent->name, agent->jid, settings->chats.items[n].name);
	}
}

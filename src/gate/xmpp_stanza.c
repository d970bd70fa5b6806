/* What a stanza is about: a line, a farewell, a question, somebody who wants to know whether anybody is there.
 *
 * Promises: what comes in too fast or too long is refused before it costs anything, each sender by itself; every refusal is
 * told to the sender's client (RFC 6120, section 8.3) and logged, at most once in LOG_EVERY. */
#include <string.h>

#include "base/log.h"
#include "base/markup.h"
#include "base/text.h"
#include "gate/xmpp_inside.h"

#define SENDERS_MAX  30000 /* a sender has up to three of them */
#define WATCHERS_MAX 10000
#define STATES_PER_MINUTE 60
#define ASKS_PER_MINUTE	  300 /* presence and questions of one sender */
#define ID_MAX		  100
#define LOG_EVERY    (10 * PD_SECOND)
#define LOOK_EVERY   (15 * PD_SECOND)
#define CHATSTATES   "http://jabber.org/protocol/chatstates"

static const struct pd_chat *chat_of(struct component *component, const struct pd_settings *settings)
{
	return pd_settings_chat(settings, component->chat);
}

static char *bare_of(struct pd_arena *arena, const char *jid)
{
	return pd_lower_ascii(arena, pd_strndup(arena, jid, strcspn(jid, "/")));
}

static const char *local_of(struct pd_arena *arena, const char *jid)
{
	const char *at = strchr(jid, '@');
	return at != NULL ? pd_lower_ascii(arena, pd_strndup(arena, jid, (size_t)(at - jid))) : "";
}

void stanza_refuse(struct component *component, const struct pd_xml *stanza, const char *type, const char *condition,
		   const char *text)
{
	PD_AUTO_BUF out = {0};
	if (pd_equal(pd_xml_get(stanza, "type"), "error") || pd_xml_get(stanza, "from") == NULL)
		return;
	pd_buf_addf(&out, "<%s type='error'", stanza->name);
	pd_markup_attribute(&out, "id", pd_xml_get(stanza, "id"));
	pd_markup_attribute(&out, "from", pd_xml_get(stanza, "to"));
	pd_markup_attribute(&out, "to", pd_xml_get(stanza, "from"));
	pd_buf_addf(&out, "><error type='%s'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>", type, condition);
	if (text != NULL) {
		pd_buf_adds(&out, "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>");
		pd_markup_escape(&out, text);
		pd_buf_adds(&out, "</text>");
	}
	pd_buf_addf(&out, "</error></%s>", stanza->name);
	component_send(component, &out);
}

static void refuse_line(struct component *component, const struct pd_xml *stanza, const char *type, const char *condition,
			const char *text)
{
	atomic_fetch_add(&component->refused, 1);
	if (component->refused_at == 0 || pd_monotonic() - component->refused_at >= LOG_EVERY) {
		component->refused_at = pd_monotonic();
		pd_log(PD_WARNING, "a line of a chat was refused", "chat", component->chat, "from",
		       pd_xml_get(stanza, "from"), "reason", text, NULL);
	}
	stanza_refuse(component, stanza, type, condition, text);
}

/* --- limits --- */

struct bucket {
	int64_t filled_at; /* pd_monotonic */
	double tokens;
};

static gboolean is_full_again(void *key, void *value, void *data)
{
	(void)key;
	return *(const int64_t *)data - ((struct bucket *)value)->filled_at > PD_MINUTE;
}

static bool may_say(struct component *component, const char *bare, unsigned per_minute)
{
	int64_t now = pd_monotonic();
	struct bucket *bucket = g_hash_table_lookup(component->senders, bare);
	if (bucket == NULL) {
		if (g_hash_table_size(component->senders) >= SENDERS_MAX)
			g_hash_table_foreach_remove(component->senders, is_full_again, &now);
		if (g_hash_table_size(component->senders) >= SENDERS_MAX)
			return false;
		bucket = g_new0(struct bucket, 1);
		*bucket = (struct bucket){now, per_minute};
		g_hash_table_insert(component->senders, g_strdup(bare), bucket);
	}
	bucket->tokens += (double)(now - bucket->filled_at) * per_minute / PD_MINUTE;
	if (bucket->tokens > per_minute)
		bucket->tokens = per_minute;
	bucket->filled_at = now;
	if (bucket->tokens < 1)
		return false;
	bucket->tokens -= 1;
	return true;
}

/* --- messages --- */

static struct job *new_job(struct component *component, const struct pd_xml *stanza, enum pd_said_kind kind)
{
	struct pd_arena *arena = pd_arena_new();
	struct job *job = PD_NEW(arena, struct job);
	job->arena = arena;
	job->from = pd_strdup(arena, pd_xml_get(stanza, "from"));
	job->to = pd_strdup(arena, pd_xml_get(stanza, "to"));
	job->said = (struct pd_said){
		.kind = kind,
		.chat = pd_strdup(arena, component->chat),
		.from = job->from,
		.to = local_of(arena, job->to),
		.text = "",
	};
	return job;
}

/* By the sender's own words, so that a stanza that a server stored and brings again is known (XEP-0359). */
static const char *id_of(struct pd_arena *arena, const struct pd_xml *stanza)
{
	const struct pd_xml *origin = pd_xml_child(stanza, "origin-id", "urn:xmpp:sid:0");
	const struct pd_xml *stamped = pd_xml_child(stanza, "stanza-id", "urn:xmpp:sid:0");
	const char *id = origin != NULL ? pd_xml_get(origin, "id") : NULL;
	if (id == NULL)
		id = pd_xml_get(stanza, "id");
	if (id == NULL && stamped != NULL)
		id = pd_xml_get(stamped, "id");
	if (id == NULL || strlen(id) <= ID_MAX)
		return pd_strdup(arena, id);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
	return pd_strdup(arena, digest); /* it is kept for days */
}

/* A link beside the words (XEP-0066) goes below them, unless they are the link, as is usual. */
static const char *with_link(struct pd_arena *arena, const struct pd_xml *stanza, const char *words)
{
	const struct pd_xml *beside = pd_xml_child(stanza, "x", "jabber:x:oob");
	const struct pd_xml *url = beside != NULL ? pd_xml_child(beside, "url", NULL) : NULL;
	const char *link = url != NULL ? pd_clean_line(arena, url->text, 0) : "";
	if (*link == '\0' || pd_equal(link, words) || strstr(words, link) != NULL)
		return words;
	return *words != '\0' ? pd_printf(arena, "%s\n%s", words, link) : link;
}

static void take_line(struct component *component, const struct pd_xml *stanza, const struct pd_xml *body)
{
	struct pd_settings *settings = pd_flow_settings(component->flow);
	const struct pd_chat *chat = chat_of(component, settings);
	PD_AUTO_ARENA scratch = pd_arena_new();
	const char *bare = bare_of(scratch, pd_xml_get(stanza, "from"));
	const char *clean = with_link(scratch, stanza, pd_trim(scratch, pd_clean_text(scratch, body->text, strlen(body->text))));
	size_t limit = chat != NULL ? chat->line_size : 0;
	unsigned per_minute = chat != NULL ? chat->lines_per_minute : 0;
	bool is_agents = pd_settings_agent_jid(settings, bare) != NULL;
	pd_settings_unref(settings);
	if (*clean == '\0')
		return;
	if (!is_agents && !may_say(component, bare, per_minute)) {
		refuse_line(component, stanza, "wait", "policy-violation", "Too much at once: please wait a moment.");
		return;
	}
	if (stanza->is_cut || strlen(clean) > limit || strlen(body->text) > limit) {
		refuse_line(component, stanza, "modify", "not-acceptable", "This is too long for a chat.");
		return;
	}
	struct job *job = new_job(component, stanza, PD_SAID_LINE);
	const struct pd_xml *nick = pd_xml_child(stanza, "nick", "http://jabber.org/protocol/nick");
	const struct pd_xml *request = pd_xml_child(stanza, "request", "urn:xmpp:receipts");
	job->said.id = id_of(job->arena, stanza);
	job->said.text = pd_strdup(job->arena, clean);
	job->said.language = pd_strdup(job->arena, pd_xml_get(stanza, "lang"));
	job->said.nick = nick != NULL ? pd_strdup(job->arena, nick->text) : NULL;
	job->said.is_correction = pd_xml_child(stanza, "replace", "urn:xmpp:message-correct:0") != NULL;
	if (request != NULL)
		job->receipt = pd_strdup(job->arena, pd_xml_get(stanza, "id"));
	if (work_add(component, job))
		atomic_fetch_add(&component->lines_in, 1);
}

/* What else reaches the desk counts like a line, and is not worth a word when it is too much. */
static void take_other(struct component *component, const struct pd_xml *stanza, enum pd_said_kind kind, const char *zone)
{
	struct pd_settings *settings = pd_flow_settings(component->flow);
	const struct pd_chat *chat = chat_of(component, settings);
	unsigned per_minute = chat != NULL ? chat->lines_per_minute : 0;
	PD_AUTO_ARENA scratch = pd_arena_new();
	pd_settings_unref(settings);
	if (!may_say(component, bare_of(scratch, pd_xml_get(stanza, "from")), per_minute))
		return;
	struct job *job = new_job(component, stanza, kind);
	job->said.zone = pd_strdup(job->arena, zone);
	work_add(component, job);
}

/* As often as clients do, at most. */
static void take_state(struct component *component, const struct pd_xml *stanza, const char *state)
{
	PD_AUTO_ARENA scratch = pd_arena_new();
	const char *key = pd_printf(scratch, "state %s", bare_of(scratch, pd_xml_get(stanza, "from")));
	if (!may_say(component, key, STATES_PER_MINUTE))
		return;
	struct job *job = new_job(component, stanza, PD_SAID_LINE);
	job->state = state;
	work_add(component, job);
}

static void take_message(struct component *component, const struct pd_xml *stanza)
{
	const char *type = pd_xml_get(stanza, "type");
	const struct pd_xml *body = pd_xml_child(stanza, "body", NULL);
	if (pd_equal(type, "error")) {
		/* Of a line of ours whose receiver is gone; what may come later is no farewell. */
		const struct pd_xml *fault = pd_xml_child(stanza, "error", NULL);
		const char *id = pd_xml_get(stanza, "id");
		if (fault != NULL && id != NULL && id[0] == 'c' && !pd_equal(pd_xml_get(fault, "type"), "wait"))
			take_other(component, stanza, PD_SAID_UNDELIVERED, NULL);
		return;
	}
	if (pd_equal(type, "groupchat") || pd_equal(type, "headline"))
		return;
	/* Words in private from a room (XEP-0045, 7.5): all who are in it write from the room's one address. */
	if (pd_xml_child(stanza, "x", "http://jabber.org/protocol/muc#user") != NULL) {
		if (body != NULL)
			refuse_line(component, stanza, "cancel", "service-unavailable", "Please write from an address of your own.");
		return;
	}
	if (stanza->is_cut)
		refuse_line(component, stanza, "modify", "not-acceptable", "This is too long for a chat.");
	else if (body != NULL)
		take_line(component, stanza, body);
	else if (pd_xml_child(stanza, "composing", CHATSTATES) != NULL)
		take_state(component, stanza, "composing");
	else if (pd_xml_child(stanza, "paused", CHATSTATES) != NULL)
		take_state(component, stanza, "paused");
	else if (pd_xml_child(stanza, "gone", CHATSTATES) != NULL)
		take_other(component, stanza, PD_SAID_GONE, NULL);
}

/* --- presence --- */

static void send_presence(struct component *component, const char *from, const char *to, const char *type)
{
	PD_AUTO_BUF out = {0};
	pd_buf_adds(&out, "<presence");
	pd_markup_attribute(&out, "type", type);
	pd_markup_attribute(&out, "from", from);
	pd_markup_attribute(&out, "to", to);
	pd_buf_adds(&out, "/>");
	component_send(component, &out);
}

static bool is_chats_own(struct component *component, const char *local)
{
	return strcmp(local, component->chat) == 0;
}

/* Looks where that was so long ago, and tells all who want to know where it has changed. */
static void look(struct component *component, pd_time every)
{
	struct pd_error error;
	bool before = component->is_staffed;
	if (component->staffed_at != 0 && pd_monotonic() - component->staffed_at < every)
		return;
	component->staffed_at = pd_monotonic();
	(void)pd_flow_is_staffed(component->flow, component->chat, &component->is_staffed, &error);
	if (before == component->is_staffed)
		return;
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *from = pd_printf(arena, "%s@%s", component->chat, component->domain);
	GHashTableIter iter;
	void *watcher;
	g_hash_table_iter_init(&iter, component->watchers);
	while (g_hash_table_iter_next(&iter, &watcher, NULL))
		send_presence(component, from, watcher, component->is_staffed ? NULL : "unavailable");
}

void stanza_look_at_staff(struct component *component)
{
	if (g_hash_table_size(component->watchers) > 0)
		look(component, LOOK_EVERY);
}

static void watch(struct component *component, const char *bare)
{
	if (g_hash_table_size(component->watchers) < WATCHERS_MAX)
		g_hash_table_add(component->watchers, g_strdup(bare));
}

/* The chat is there when an agent is; a ticket's address always, for those who know it. */
static void tell_presence(struct component *component, const struct pd_xml *stanza, const char *local, const char *bare)
{
	if (is_chats_own(component, local)) {
		look(component, PD_SECOND);
		watch(component, bare); /* told below */
	}
	bool is_there = !is_chats_own(component, local) || component->is_staffed;
	send_presence(component, pd_xml_get(stanza, "to"), bare, is_there ? NULL : "unavailable");
}

static void take_presence(struct component *component, const struct pd_xml *stanza)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *type = pd_xml_get(stanza, "type"), *to = pd_xml_get(stanza, "to");
	const char *bare = bare_of(arena, pd_xml_get(stanza, "from")), *local = local_of(arena, to);
	if (pd_equal(type, "subscribe")) {
		send_presence(component, bare_of(arena, to), bare, "subscribed");
		tell_presence(component, stanza, local, bare);
	} else if (pd_equal(type, "unsubscribe")) {
		send_presence(component, bare_of(arena, to), bare, "unsubscribed");
		g_hash_table_remove(component->watchers, bare);
	} else if (pd_equal(type, "probe")) {
		tell_presence(component, stanza, local, bare);
	} else if (type == NULL && is_chats_own(component, local)) {
		if (!g_hash_table_contains(component->watchers, bare))
			tell_presence(component, stanza, local, bare);
	} else if (pd_equal(type, "unavailable") && is_chats_own(component, local)) {
		g_hash_table_remove(component->watchers, bare); /* its server asks when it comes back */
		take_other(component, stanza, PD_SAID_GONE, NULL);
	}
}

/* --- questions and answers --- */

/* "+02:00" (XEP-0082), as far as there are such zones. */
static bool is_zone(const char *text)
{
	if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
		return false;
	for (int i = 1; i < 6; i++)
		if (i != 3 && (text[i] < '0' || text[i] > '9'))
			return false;
	int hours = (text[1] - '0') * 10 + text[2] - '0';
	return hours <= 14 && text[4] < '6';
}

static void take_iq(struct component *component, const struct pd_xml *stanza)
{
	const char *id = pd_xml_get(stanza, "id"), *from = pd_xml_get(stanza, "from");
	if (pd_equal(from, component->domain)) { /* our own ping; or the server, which could not bring it */
		lines_taken(component->lines, id);
		return;
	}
	if (pd_equal(pd_xml_get(stanza, "type"), "result") && pd_equal(id, "pd-time")) {
		const struct pd_xml *time = pd_xml_child(stanza, "time", "urn:xmpp:time");
		const struct pd_xml *zone = time != NULL ? pd_xml_child(time, "tzo", NULL) : NULL;
		if (zone != NULL && is_zone(zone->text))
			take_other(component, stanza, PD_SAID_ZONE, zone->text);
		return;
	}
	info_answer(component, stanza);
}

/* What is answered at once costs little, but not nothing. */
static bool may_ask(struct component *component, const struct pd_xml *stanza)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *from = pd_xml_get(stanza, "from");
	return pd_equal(from, component->domain) ||
	       may_say(component, pd_printf(arena, "ask %s", bare_of(arena, from)), ASKS_PER_MINUTE);
}

/* Addresses of our own say nothing to us: it would be a circle. */
static bool is_ours(struct component *component, const char *from)
{
	const char *at = strchr(from, '@');
	size_t len = strlen(component->domain);
	return at != NULL && g_ascii_strncasecmp(at + 1, component->domain, len) == 0 && (at[1 + len] == '\0' || at[1 + len] == '/');
}

void stanza_take(struct component *component, const struct pd_xml *stanza)
{
	if (pd_xml_get(stanza, "from") == NULL || pd_xml_get(stanza, "to") == NULL)
		return; /* the server must say who it is */
	if (is_ours(component, pd_xml_get(stanza, "from")))
		return;
	if (strcmp(stanza->name, "message") == 0)
		take_message(component, stanza);
	else if (!may_ask(component, stanza))
		return;
	else if (strcmp(stanza->name, "presence") == 0)
		take_presence(component, stanza);
	else if (strcmp(stanza->name, "iq") == 0)
		take_iq(component, stanza);
}

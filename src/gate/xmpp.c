/* The connection to an XMPP server: see xmpp.h.
 *
 * Promises: it comes again by itself after any fault, with growing pauses; a secret that is wrong or a name that is taken is
 * said in the log as that. What a server sends is bounded (gate/xml.h). Only the stream's own thread touches the socket. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/markup.h"
#include "base/text.h"
#include "gate/xmpp_inside.h"

#define PORT_STREAM	"jabber:component:accept"
#define STREAMS		"http://etherx.jabber.org/streams"
#define STREAM_ERRORS	"urn:ietf:params:xml:ns:xmpp-streams"
#define STANZA_MAX	((size_t)64 * 1024)
#define DEPTH_MAX	64
#define OUT_MAX		((size_t)256 * 1024) /* bytes that wait for the socket */
#define ANSWERS_MAX	((size_t)8 * 1024 * 1024)
#define CONNECT_WITHIN	(10 * PD_SECOND)
#define PAUSE_FIRST	(PD_SECOND / 2)
#define PAUSE_MAX	(PD_MINUTE)
#define PAUSE_REFUSED	(15 * PD_SECOND)
#define SILENCE_MAX	(60 * PD_SECOND) /* then it is asked whether it is there */
#define ANSWER_WITHIN	(30 * PD_SECOND)

struct pd_xmpp {
	struct pd_store *store;
	struct component *components;
	size_t count;
};

void component_wake(struct component *component)
{
	const uint64_t one = 1;
	ssize_t written = write(component->wake, &one, sizeof one);
	(void)written; /* where it fails the thread is awake already */
}

void component_send(struct component *component, const struct pd_buf *bytes)
{
	pthread_mutex_lock(&component->lock);
	if (component->is_connected)
		pd_buf_add(&component->answers, bytes->data, bytes->len);
	pthread_mutex_unlock(&component->lock);
	component_wake(component);
}

void component_break(struct component *component, const char *why)
{
	if (component->state == BROKEN)
		return;
	component->state = BROKEN;
	g_strlcpy(component->why, why, sizeof component->why);
}

/* --- what the stream tells --- */

static void on_opened(void *data, const struct pd_xml *header)
{
	struct component *component = data;
	const char *id = pd_xml_get(header, "id");
	if (strcmp(header->name, "stream") != 0 || strcmp(header->ns, STREAMS) != 0 || id == NULL) {
		component_break(component, "the server speaks no XMPP component stream");
		return;
	}
	/* XEP-0114 section 3: SHA-1 of the stream's id and the secret. */
	g_autofree char *both = g_strconcat(id, component->secret, NULL);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, both, -1);
	pd_buf_addf(&component->out, "<handshake>%s</handshake>", digest);
	component->state = AUTHENTICATING;
}

static void on_stream_error(struct component *component, const struct pd_xml *error)
{
	const char *condition = "unknown", *why = NULL;
	for (size_t i = 0; i < error->children.count; i++)
		if (strcmp(error->children.items[i]->ns, STREAM_ERRORS) == 0 &&
		    strcmp(error->children.items[i]->name, "text") != 0)
			condition = error->children.items[i]->name;
	if (strcmp(condition, "not-authorized") == 0)
		why = "the server refused the secret (not-authorized)";
	else if (strcmp(condition, "conflict") == 0)
		why = "another component has this name (conflict)";
	else if (strcmp(condition, "host-unknown") == 0)
		why = "the server knows no component of this name (host-unknown)";
	component->is_misconfigured = why != NULL;
	g_autofree char *other = g_strdup_printf("the server ended the stream (%s)", condition);
	component_break(component, why != NULL ? why : other);
}

static void on_ready(struct component *component)
{
	struct pd_error error = {0};
	component->state = READY;
	if (lines_begin(component->lines, &error) != 0) {
		component_break(component, error.text);
		return;
	}
	pthread_mutex_lock(&component->lock);
	component->is_connected = true;
	pthread_mutex_unlock(&component->lock);
	pd_log(PD_INFO, "connected to the chat server", "chat", component->chat, "component", component->domain, NULL);
}

static void on_stanza(void *data, const struct pd_xml *stanza)
{
	struct component *component = data;
	if (component->state == BROKEN)
		return;
	if (strcmp(stanza->name, "error") == 0 && strcmp(stanza->ns, STREAMS) == 0)
		on_stream_error(component, stanza);
	else if (component->state == AUTHENTICATING && strcmp(stanza->name, "handshake") == 0)
		on_ready(component);
	else if (component->state == READY)
		stanza_take(component, stanza);
}

static void on_closed(void *data)
{
	component_break(data, "the server closed the stream");
}

/* --- one connection --- */

/* The first line of the file. */
static char *read_secret(const char *file, struct pd_error *error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) fault = NULL;
	gsize len;
	if (!g_file_get_contents(file, &text, &len, &fault)) {
		pd_fail(error, PD_CONFIGURATION, "%s", fault->message);
		return NULL;
	}
	text[strcspn(text, "\r\n")] = '\0';
	if (*text == '\0') {
		pd_fail(error, PD_CONFIGURATION, "%s: its first line is empty", file);
		return NULL;
	}
	return g_steal_pointer(&text);
}

static int connect_to(struct component *component, struct pd_error *error)
{
	struct pd_settings *settings = pd_flow_settings(component->flow);
	const struct pd_chat *chat = pd_settings_chat(settings, component->chat);
	int failed = chat == NULL ? pd_fail(error, PD_CONFIGURATION, "there is no [chat %s] any more", component->chat) : 0;
	g_free(component->secret);
	component->secret = failed ? NULL : read_secret(chat->secret_file, error);
	if (!failed && component->secret == NULL)
		failed = PD_CONFIGURATION;
	if (!failed)
		failed = pd_connect(chat->server, pd_monotonic() + CONNECT_WITHIN, &component->fd, error);
	pd_settings_unref(settings);
	return failed;
}

static void open_stream(struct component *component)
{
	const int one = 1;
	static const struct pd_xml_limits limits = {.stanza = STANZA_MAX, .depth = DEPTH_MAX};
	static const struct pd_xml_calls calls = {.opened = on_opened, .stanza = on_stanza, .closed = on_closed};
	/* A line waits for no acknowledgement of the one before; a unix socket knows no such thing. */
	(void)setsockopt(component->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	component->stream = pd_xml_stream_new(&limits, &calls, component);
	component->state = OPENING;
	component->last_read = pd_monotonic();
	pd_buf_clear(&component->out);
	component->written = 0;
	pd_buf_adds(&component->out, "<?xml version='1.0'?><stream:stream xmlns='" PORT_STREAM "' xmlns:stream='" STREAMS "'");
	pd_markup_attribute(&component->out, "to", component->domain);
	pd_buf_adds(&component->out, ">");
}

/* What waits goes into the buffer for the socket: answers first, then lines. */
static void gather(struct component *component)
{
	if (component->written == component->out.len) {
		pd_buf_clear(&component->out);
		component->written = 0;
	}
	if (component->state != READY || component->out.len > OUT_MAX)
		return;
	pthread_mutex_lock(&component->lock);
	pd_buf_add(&component->out, component->answers.data, component->answers.len);
	bool is_flooded = component->answers.overflowed;
	component->answers.overflowed = false;
	pd_buf_clear(&component->answers);
	pthread_mutex_unlock(&component->lock);
	if (is_flooded)
		component_break(component, "the server does not take what it is told");
	while (component->out.len < OUT_MAX && lines_write(component->lines, &component->out, OUT_MAX))
		;
}

static void write_out(struct component *component)
{
	while (component->written < component->out.len) {
		ssize_t count = send(component->fd, component->out.data + component->written,
				     component->out.len - component->written, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (count < 0) {
			component_break(component, strerror(errno));
			return;
		}
		component->written += (size_t)count;
	}
}

static void read_in(struct component *component)
{
	char bytes[16384];
	const char *why;
	ssize_t count = recv(component->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (count < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (count <= 0) {
		component_break(component, count < 0 ? strerror(errno) : "the server closed the connection");
		return;
	}
	/* Where the server sends by Nagle's rule, its next line waits for our acknowledgement of this one. */
	const int one = 1;
	(void)setsockopt(component->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
	component->last_read = pd_monotonic();
	if (!pd_xml_stream_feed(component->stream, bytes, (size_t)count, &why))
		component_break(component, why);
}

/* A connection that says nothing may be none any more. */
static void mind_silence(struct component *component)
{
	int64_t now = pd_monotonic(), since = lines_waiting_since(component->lines);
	if (component->state != READY) {
		if (now - component->last_read > CONNECT_WITHIN)
			component_break(component, "the server does not answer");
		return;
	}
	if (since != 0 && now - since > ANSWER_WITHIN)
		component_break(component, "the server does not answer");
	else if (now - component->last_read > SILENCE_MAX + ANSWER_WITHIN)
		component_break(component, "the server is silent");
	else if (now - component->last_read > SILENCE_MAX && component->out.len == component->written)
		pd_buf_addf(&component->out, "<iq type='get' id='pd-there' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>",
			    component->domain, component->domain);
}

static void converse(struct component *component)
{
	while (component->state != BROKEN && !component->is_stopping) {
		struct pollfd polls[2] = {{.fd = component->fd, .events = POLLIN}, {.fd = component->wake, .events = POLLIN}};
		gather(component);
		write_out(component);
		if (component->written < component->out.len)
			polls[0].events |= POLLOUT;
		if (component->state == BROKEN || poll(polls, 2, 1000) < 0)
			continue;
		if (polls[1].revents != 0) {
			uint64_t count;
			ssize_t taken = read(component->wake, &count, sizeof count);
			(void)taken;
		}
		if ((polls[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			read_in(component);
		mind_silence(component);
		if (component->state == READY)
			stanza_look_at_staff(component);
	}
}

static void hang_up(struct component *component)
{
	pthread_mutex_lock(&component->lock);
	component->is_connected = false;
	pd_buf_clear(&component->answers);
	component->answers.overflowed = false;
	pthread_mutex_unlock(&component->lock);
	lines_end(component->lines);
	if (component->state == READY) {
		static const char end[] = "</stream:stream>";
		ssize_t sent = send(component->fd, end, sizeof end - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)sent;
	}
	pd_xml_stream_free(component->stream);
	component->stream = NULL;
	g_hash_table_remove_all(component->watchers);
	close(component->fd);
	component->fd = -1;
}

/* --- the thread --- */

/* New settings end it: the secret may be another. */
static void pause_for(struct component *component, pd_time duration)
{
	int64_t until = pd_monotonic() + duration;
	struct pd_settings *before = pd_flow_settings(component->flow);
	bool is_same = true;
	while (!component->is_stopping && is_same && pd_monotonic() < until) {
		struct pollfd poll_wake = {.fd = component->wake, .events = POLLIN};
		int64_t left = until - pd_monotonic();
		if (poll(&poll_wake, 1, left > PD_SECOND ? (int)PD_SECOND : left > 0 ? (int)left : 0) > 0) {
			uint64_t count;
			ssize_t taken = read(component->wake, &count, sizeof count);
			(void)taken;
		}
		struct pd_settings *now = pd_flow_settings(component->flow);
		is_same = now == before;
		pd_settings_unref(now);
	}
	pd_settings_unref(before);
}

static void *run(void *data)
{
	struct component *component = data;
	pd_time pause = PAUSE_FIRST;
	char last_why[sizeof component->why] = "";
	while (!component->is_stopping) {
		struct pd_error error = {0};
		int64_t began = pd_monotonic();
		component->is_misconfigured = false;
		if (connect_to(component, &error) == 0) {
			open_stream(component);
			converse(component);
			bool was_ready = component->is_connected;
			hang_up(component);
			if (was_ready && pd_monotonic() - began > PAUSE_MAX)
				pause = PAUSE_FIRST;
			if (was_ready)
				last_why[0] = '\0';
		} else {
			component_break(component, error.text);
			component->state = BROKEN;
			g_strlcpy(component->why, error.text, sizeof component->why);
		}
		if (component->is_stopping)
			break;
		if (component->is_misconfigured && pause < PAUSE_REFUSED)
			pause = PAUSE_REFUSED;
		if (strcmp(last_why, component->why) != 0) /* said once, not at each try */
			pd_log(PD_WARNING, "no connection to the chat server", "chat", component->chat, "component",
			       component->domain, "reason", component->why, NULL);
		g_strlcpy(last_why, component->why, sizeof last_why);
		component->state = CONNECTING;
		pause_for(component, pause + g_random_int_range(0, (int)(pause / 4) + 1));
		pause = pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX;
	}
	atomic_store(&component->has_ended, true);
	return NULL;
}

/* --- all of them --- */

/* In the thread that committed it. */
static void on_line(void *data, const struct pd_planned_letter *line)
{
	struct pd_xmpp *xmpp = data;
	for (size_t i = 0; i < xmpp->count; i++)
		if (lines_put(xmpp->components[i].lines, line)) {
			component_wake(&xmpp->components[i]);
			return;
		}
}

static bool component_start(struct component *component, struct pd_flow *flow, struct pd_store *store,
			    const struct pd_chat *chat)
{
	component->flow = flow;
	component->store = store;
	component->chat = g_strdup(chat->name);
	component->domain = g_ascii_strdown(chat->component, -1);
	component->fd = -1;
	component->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	component->answers.limit = ANSWERS_MAX;
	pthread_mutex_init(&component->lock, NULL);
	component->lines = lines_new(store, component->domain);
	component->senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	component->watchers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	component->files = files_start(component);
	if (component->wake < 0 || component->files == NULL || !lines_start(component->lines) || !work_start(component))
		return false;
	component->has_thread = pthread_create(&component->thread, NULL, run, component) == 0;
	if (component->has_thread)
		pthread_setname_np(component->thread, "chat");
	return component->has_thread;
}

int pd_xmpp_start(struct pd_flow *flow, struct pd_store *store, struct pd_xmpp **ret_xmpp, struct pd_error *error)
{
	struct pd_settings *settings = pd_flow_settings(flow);
	struct pd_xmpp *xmpp = NULL;
	bool is_started = true;
	if (settings->chats.count > 0) {
		xmpp = g_new0(struct pd_xmpp, 1);
		xmpp->store = store;
		xmpp->components = g_new0(struct component, settings->chats.count);
		for (size_t i = 0; i < settings->chats.count && is_started; i++) {
			is_started = component_start(&xmpp->components[i], flow, store, &settings->chats.items[i]);
			xmpp->count++;
		}
		pd_store_listen(store, on_line, xmpp);
	}
	pd_settings_unref(settings);
	*ret_xmpp = xmpp;
	return is_started ? 0 : pd_fail(error, PD_TEMPORARY, "cannot start the threads of a chat");
}

static void component_free(struct component *component)
{
	pd_buf_free(&component->answers);
	pd_buf_free(&component->out);
	g_hash_table_destroy(component->senders);
	g_hash_table_destroy(component->watchers);
	lines_free(component->lines);
	pthread_mutex_destroy(&component->lock);
	close(component->wake);
	g_free(component->secret);
	g_free(component->chat);
	g_free(component->domain);
}

bool pd_xmpp_stop(struct pd_xmpp *xmpp, pd_time grace)
{
	int64_t by = pd_monotonic() + grace;
	bool is_done = true;
	if (xmpp == NULL)
		return true;
	for (size_t i = 0; i < xmpp->count; i++) {
		struct component *component = &xmpp->components[i];
		atomic_store(&component->is_stopping, true);
		component_wake(component);
	}
	for (size_t i = 0; i < xmpp->count; i++) {
		struct component *component = &xmpp->components[i];
		while (component->has_thread && !atomic_load(&component->has_ended) && pd_monotonic() < by)
			g_usleep(5000);
		if (component->has_thread && atomic_load(&component->has_ended)) {
			pthread_join(component->thread, NULL);
			component->has_thread = false;
		}
		is_done &= !component->has_thread;
		is_done &= work_stop(component, by);
		if (files_stop(component->files, by)) /* after those who tell it of files */
			component->files = NULL;
		is_done &= component->files == NULL;
		is_done &= lines_stop(component->lines, by);
	}
	pd_store_listen(xmpp->store, NULL, NULL);
	if (!is_done)
		return false;
	for (size_t i = 0; i < xmpp->count; i++)
		component_free(&xmpp->components[i]);
	g_free(xmpp->components);
	g_free(xmpp);
	return true;
}

struct pd_xmpp_stats pd_xmpp_stats(struct pd_xmpp *xmpp)
{
	struct pd_xmpp_stats stats = {0};
	for (size_t i = 0; xmpp != NULL && i < xmpp->count; i++) {
		struct component *component = &xmpp->components[i];
		stats.components++;
		stats.connected += atomic_load(&component->is_connected);
		stats.lines_in += atomic_load(&component->lines_in);
		stats.lines_out += lines_count(component->lines);
		stats.refused += atomic_load(&component->refused);
	}
	return stats;
}

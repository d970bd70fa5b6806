/* The control socket: see control.h.
 *
 * Promises: a request is carried out only for a peer that is known at that moment; each answer ends with
 * {"exit": …}. Fails: what is no JSON object or too long is answered and the connection closed. */
#include "gate/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "base/io.h"
#include "base/log.h"
#include "flow/json.h"

#define STACK_SIZE  (1024 * 1024)
#define READ_SIZE   (64 * 1024)
#define LINE_LEAST  ((size_t)32 * 1024 * 1024)
#define WRITE_BLOCK (64 * 1024)
/* Those whom we shall refuse are heard, but cannot take all places, much time or memory. */
#define STRANGERS     4
#define STRANGER_TIME (5 * PD_SECOND)
#define STRANGER_LINE ((size_t)64 * 1024)

struct connection {
	struct pd_control *control;
	struct connection *next;
	int fd;
	uid_t uid;
	bool is_stranger; /* when it came; who asks is looked at again for each request */
	bool is_working;  /* under the lock: a request is being answered */
	bool is_gone;	  /* an answer could not be written */
	struct pd_buf input;
	struct pd_buf output;
};

struct pd_control {
	struct pd_control_options options;
	int listener, wake;
	pthread_t acceptor;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* CLOCK_MONOTONIC */
	struct connection *connections;
	unsigned running, strangers;
	_Atomic bool is_stopping;
};

/* --- answers --- */

static bool flush(struct connection *connection)
{
	if (connection->output.len == 0 || connection->is_gone)
		return !connection->is_gone;
	int64_t deadline = pd_monotonic() + connection->control->options.timeout;
	connection->is_gone = pd_write_all_until(connection->fd, connection->output.data,
						 connection->output.len, deadline) < 0;
	pd_buf_clear(&connection->output);
	return !connection->is_gone;
}

static bool end_line(struct connection *connection)
{
	pd_buf_addc(&connection->output, '\n');
	return connection->output.len < WRITE_BLOCK || flush(connection);
}

static bool emit(void *data, const char *object, size_t len)
{
	struct connection *connection = data;
	pd_buf_add(&connection->output, object, len);
	return end_line(connection);
}

/* What the daemon knows of itself stands in the same object. */
static bool emit_status(void *data, const char *text, size_t len)
{
	struct connection *connection = data;
	const struct pd_control_options *options = &connection->control->options;
	json_t *object = json_loadb(text, len, 0, NULL);
	if (object == NULL || json_object_get(object, "exit") != NULL) {
		json_decref(object);
		return emit(data, text, len);
	}
	options->status(options->data, object);
	pd_json_write(&connection->output, object);
	json_decref(object);
	return end_line(connection);
}

static void refuse(struct connection *connection, int code, const char *why)
{
	json_t *object = json_pack("{s:i, s:s}", "exit", code, "error", why);
	pd_json_write(&connection->output, object);
	json_decref(object);
	end_line(connection);
	flush(connection);
}

/* --- requests --- */

/* The login of the uid; NULL: it has none. */
static const char *login_of(struct pd_arena *arena, uid_t uid)
{
	size_t room = 16384;
	char *memory = pd_alloc(arena, room);
	struct passwd entry, *found = NULL;
	if (getpwuid_r(uid, &entry, memory, room, &found) != 0 || found == NULL)
		return NULL;
	return found->pw_name;
}

/* Who that is, by the settings in force; false: nobody who may ask anything. */
static bool identify(struct pd_control *control, struct pd_arena *arena, uid_t uid, struct pd_peer *ret_peer)
{
	struct pd_settings *settings = pd_flow_settings(control->options.flow);
	const char *login = login_of(arena, uid);
	const struct pd_agent *agent = login != NULL ? pd_settings_agent_user(settings, login) : NULL;
	ret_peer->is_owner = uid == 0 || uid == control->options.owner;
	ret_peer->agent = agent != NULL ? pd_strdup(arena, agent->name) : NULL;
	pd_settings_unref(settings);
	return ret_peer->is_owner || ret_peer->agent != NULL;
}

static void do_request(struct connection *connection, const json_t *request)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_peer peer;
	const char *verb = json_string_value(json_object_get(request, "verb"));
	if (!identify(connection->control, arena, connection->uid, &peer)) {
		char uid[24];
		snprintf(uid, sizeof uid, "%ld", (long)connection->uid);
		pd_log(PD_WARNING, "control: refused", "uid", uid, "verb", verb, NULL);
		refuse(connection, 1, "this login is no agent's (see user in the groups [agent ...])");
		return;
	}
	const bool is_status =
		verb != NULL && strcmp(verb, "status") == 0 && connection->control->options.status != NULL;
	pd_flow_verb(connection->control->options.flow, &peer, request, is_status ? emit_status : emit, connection);
	flush(connection);
}

/* Marks the connection as at work, unless we stop. */
static bool set_working(struct connection *connection, bool is_working)
{
	struct pd_control *control = connection->control;
	pthread_mutex_lock(&control->lock);
	bool may = !(is_working && control->is_stopping);
	connection->is_working = is_working && may;
	pthread_mutex_unlock(&control->lock);
	return may;
}

/* Answers one line; false: close. */
static bool do_line(struct connection *connection, const char *line, size_t len)
{
	json_error_t wrong;
	if (!set_working(connection, true)) {
		refuse(connection, 75, "the daemon is shutting down");
		return false;
	}
	json_t *request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &wrong);
	bool is_fine = json_is_object(request);
	if (is_fine)
		do_request(connection, request);
	else
		refuse(connection, 2, "a request is one JSON object on a line");
	json_decref(request);
	set_working(connection, false);
	return is_fine && !connection->is_gone;
}

static size_t line_limit(struct pd_control *control)
{
	struct pd_settings *settings = pd_flow_settings(control->options.flow);
	/* A message travels in base64, in the middle of some JSON; one that is carried in with its text beside it. */
	size_t limit = LINE_LEAST + settings->message_size_limit / 3 * 8;
	pd_settings_unref(settings);
	return limit;
}

static void converse(struct connection *connection)
{
	struct pd_buf *input = &connection->input;
	bool is_stranger = connection->is_stranger;
	size_t searched = 0, limit = is_stranger ? STRANGER_LINE : line_limit(connection->control);
	pd_time timeout = is_stranger ? STRANGER_TIME : connection->control->options.timeout;
	for (;;) {
		char *lf;
		while ((lf = input->len > searched
				     ? memchr(input->data + searched, '\n', input->len - searched)
				     : NULL) != NULL) {
			size_t len = (size_t)(lf - input->data);
			if (!do_line(connection, input->data, len))
				return;
			memmove(input->data, lf + 1, input->len - len - 1);
			input->len -= len + 1;
			searched = 0;
		}
		searched = input->len;
		if (input->len > limit) {
			refuse(connection, 2, "the request is too long");
			return;
		}
		if (pd_wait(connection->fd, POLLIN, pd_monotonic() + timeout) <= 0)
			return;
		ssize_t n = recv(connection->fd, pd_buf_reserve(input, READ_SIZE), READ_SIZE, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return;
		input->len += (size_t)n;
	}
}

static void *serve(void *data)
{
	struct connection *connection = data;
	struct pd_control *control = connection->control;
	converse(connection);
	pd_buf_free(&connection->input);
	pd_buf_free(&connection->output);
	pthread_mutex_lock(&control->lock);
	for (struct connection **at = &control->connections; *at != NULL; at = &(*at)->next) {
		if (*at != connection)
			continue;
		*at = connection->next;
		break;
	}
	bool is_stranger = connection->is_stranger;
	close(connection->fd);
	g_free(connection);
	control->running--;
	control->strangers -= is_stranger;
	pthread_cond_broadcast(&control->changed);
	pthread_mutex_unlock(&control->lock);
	return NULL;
}

/* --- the acceptor --- */

static void turn_away(int fd, const char *line)
{
	if (send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		pd_log(PD_DEBUG, "control: client gone", NULL);
	close(fd);
}

/* Gives the client a thread, or a word that there is none. */
static void place(struct pd_control *control, int fd)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_peer who;
	struct ucred peer;
	socklen_t size = sizeof peer;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
		close(fd);
		return;
	}
	struct connection *connection = g_new0(struct connection, 1);
	connection->is_stranger = !identify(control, arena, peer.uid, &who);
	connection->control = control;
	connection->fd = fd;
	connection->uid = peer.uid;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_t thread;
	pthread_mutex_lock(&control->lock);
	bool is_placed = control->running < control->options.connections &&
			 (!connection->is_stranger || control->strangers < STRANGERS) &&
			 pthread_create(&thread, &attributes, serve, connection) == 0;
	if (is_placed) {
		/* It cannot end before we let go of the lock. */
		connection->next = control->connections;
		control->connections = connection;
		control->running++;
		control->strangers += connection->is_stranger;
	}
	pthread_mutex_unlock(&control->lock);
	pthread_attr_destroy(&attributes);
	if (is_placed)
		return;
	turn_away(fd, "{\"exit\": 75, \"error\": \"too many requests at once, try again\"}\n");
	g_free(connection);
}

static void *accept_all(void *data)
{
	struct pd_control *control = data;
	struct pollfd pollers[2] = {{.fd = control->listener, .events = POLLIN},
				    {.fd = control->wake, .events = POLLIN}};
	while (!control->is_stopping) {
		if (poll(pollers, 2, -1) < 0 && errno != EINTR)
			break;
		if (control->is_stopping || !(pollers[0].revents & POLLIN))
			continue;
		int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			place(control, fd);
		else if (errno != EINTR && errno != ECONNABORTED)
			poll(&pollers[1], 1, 200); /* until some descriptor is free again, or we stop */
	}
	return NULL;
}

static void dispose(struct pd_control *control)
{
	if (control->wake >= 0)
		close(control->wake);
	if (control->listener >= 0)
		close(control->listener);
	pthread_cond_destroy(&control->changed);
	pthread_mutex_destroy(&control->lock);
	g_free(control);
}

int pd_control_start(int listener, const struct pd_control_options *options, struct pd_control **ret_control,
		     struct pd_error *error)
{
	struct pd_control *control = g_new0(struct pd_control, 1);
	control->options = *options;
	control->listener = listener;
	control->wake = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&control->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&control->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	int code = control->wake < 0 ? errno : pthread_create(&control->acceptor, NULL, accept_all, control);
	if (code != 0) {
		dispose(control);
		return pd_fail_errno(error, PD_TEMPORARY, code, "cannot serve the control socket");
	}
	*ret_control = control;
	return PD_OK;
}

bool pd_control_stop(struct pd_control *control, pd_time grace)
{
	if (control == NULL)
		return true;
	int64_t by = pd_monotonic() + grace;
	control->is_stopping = true;
	uint64_t one = 1;
	if (write(control->wake, &one, sizeof one) < 0)
		pd_log(PD_ERROR, "cannot wake the acceptor", NULL);
	pthread_join(control->acceptor, NULL);
	pthread_mutex_lock(&control->lock);
	for (int64_t now; control->running > 0 && (now = pd_monotonic()) < by;) {
		for (struct connection *one_of = control->connections; one_of != NULL; one_of = one_of->next)
			if (!one_of->is_working)
				shutdown(one_of->fd, SHUT_RDWR);
		struct timespec at = {.tv_sec = (now + 50) / 1000, .tv_nsec = (now + 50) % 1000 * 1000000};
		pthread_cond_timedwait(&control->changed, &control->lock, &at);
	}
	bool is_done = control->running == 0;
	pthread_mutex_unlock(&control->lock);
	if (is_done)
		dispose(control);
	return is_done;
}

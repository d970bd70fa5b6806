/* The LMTP door: see lmtp_server.h.
 *
 * Promises: never more than the given number of connections; when all are taken, the one whose client has
 * kept us waiting longest (at least a second) makes room, so that idle or dripping clients cannot shut out
 * the MTA. Fails: a connection that breaks or overruns its time is closed, which costs nothing, since 250 was
 * not said. */
#include "gate/lmtp_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <glib.h>

#include "base/io.h"
#include "base/log.h"

#define READ_SIZE     (64 * 1024)
#define STACK_SIZE    (1024 * 1024)
#define EVICT_AFTER   PD_SECOND
#define EVICT_WAIT_MS 500
#define MOVING	      (16 * 1024) /* bytes of a mail that count as progress */

struct slot {
	struct pd_lmtp_server *server;
	pthread_t thread;
	bool has_thread;
	int fd;			       /* -1: free; under the lock */
	_Atomic int64_t waiting_since; /* pd_monotonic; 0: we are at work, not the client */
	_Atomic bool is_in_data;
	_Atomic bool must_go; /* makes room for another */
};

struct pd_lmtp_server {
	struct pd_lmtp_server_options options;
	int listener, wake;
	pthread_t acceptor;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a slot got or lost its connection, or we stop; CLOCK_MONOTONIC */
	struct slot *slots;
	unsigned running;
	unsigned long served, refused;
	_Atomic bool is_stopping;
	_Atomic int64_t stop_by; /* pd_monotonic; mails under way must be done */
};

static struct timespec timespec_of(int64_t ms)
{
	return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* --- one connection --- */

static void prepare(const struct pd_lmtp_server *server, int fd)
{
	/* A read wakes from time to time, so that a client that drips cannot stretch its deadline by much. */
	pd_time shortest = server->options.command_timeout < server->options.mail_timeout
				   ? server->options.command_timeout
				   : server->options.mail_timeout;
	pd_time pause = shortest / 8 < 10 * PD_SECOND ? shortest / 8 + 1 : 10 * PD_SECOND;
	struct timeval every = {.tv_sec = pause / 1000, .tv_usec = pause % 1000 * 1000};
	const int on = 1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &every, sizeof every);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		   sizeof on); /* fails on a unix socket, which needs it not */
}

static bool write_replies(struct slot *slot, struct pd_lmtp *lmtp)
{
	struct pd_buf *replies = pd_lmtp_replies(lmtp);
	if (replies->len == 0)
		return true;
	char byte;
	if (pd_lmtp_in_data(lmtp) && recv(slot->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		pd_lmtp_talks_early(lmtp);
	int64_t deadline = pd_monotonic() + slot->server->options.command_timeout;
	bool done = pd_write_all_until(slot->fd, replies->data, replies->len, deadline) == 0;
	pd_buf_clear(replies);
	return done;
}

/* Reads what there is, until the deadline. > 0: bytes; 0: the client went or must go; < 0: time is up. */
static ssize_t read_some(struct slot *slot, char *data, int64_t deadline)
{
	struct pd_lmtp_server *server = slot->server;
	for (;;) {
		ssize_t n = recv(slot->fd, data, READ_SIZE, 0);
		if (n >= 0)
			return n;
		if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			return 0;
		int64_t now = pd_monotonic();
		if (now >= deadline)
			return -1;
		if (server->is_stopping && (!slot->is_in_data || now >= server->stop_by))
			return 0;
	}
}

/* The session's words when the reading ended. */
static void say_why(struct slot *slot, struct pd_lmtp *lmtp, bool is_late)
{
	if (slot->server->is_stopping)
		pd_lmtp_end(lmtp, "4.3.2 Shutting down");
	else if (slot->must_go)
		pd_lmtp_end(lmtp, "4.4.5 Too slow while others wait");
	else if (is_late)
		pd_lmtp_end(lmtp, "4.4.2 Time is up");
}

/* Feeds what was read; false: the connection is done. */
static bool feed(struct slot *slot, struct pd_lmtp *lmtp, const char *data, size_t len)
{
	while (len > 0 && !pd_lmtp_is_over(lmtp)) {
		size_t taken = pd_lmtp_feed(lmtp, data, len);
		data += taken;
		len -= taken;
		if (slot->server->is_stopping && !pd_lmtp_in_data(lmtp))
			pd_lmtp_end(lmtp, "4.3.2 Shutting down");
		if (!write_replies(slot, lmtp))
			return false;
	}
	return !pd_lmtp_is_over(lmtp);
}

static void converse(struct slot *slot, struct pd_lmtp *lmtp, char *data)
{
	const struct pd_lmtp_server_options *options = &slot->server->options;
	unsigned long progress = pd_lmtp_progress(lmtp) - 1;
	int64_t deadline = 0, since = 0;
	size_t moved = 0;
	if (!write_replies(slot, lmtp))
		return;
	for (;;) {
		bool in_data = pd_lmtp_in_data(lmtp);
		if (progress != pd_lmtp_progress(lmtp)) {
			progress = pd_lmtp_progress(lmtp);
			since = pd_monotonic();
			deadline = since + (in_data ? options->mail_timeout : options->command_timeout);
			moved = 0;
		} else if (in_data && moved >= MOVING) {
			since = pd_monotonic();
			moved = 0;
		}
		slot->is_in_data = in_data;
		slot->waiting_since = since;
		ssize_t n = read_some(slot, data, deadline);
		slot->waiting_since = 0;
		if (n > 0) {
			moved += (size_t)n;
			if (!feed(slot, lmtp, data, (size_t)n))
				return;
			/* A client that sends without a pause, but too slowly, never lets a read time out. */
			if (!(progress == pd_lmtp_progress(lmtp) && pd_monotonic() >= deadline))
				continue;
			n = -1;
		}
		say_why(slot, lmtp, n < 0);
		write_replies(slot, lmtp);
		return;
	}
}

static void *serve(void *data)
{
	struct slot *slot = data;
	struct pd_lmtp_server *server = slot->server;
	pthread_mutex_lock(&server->lock);
	for (;;) {
		while (slot->fd < 0 && !server->is_stopping)
			pthread_cond_wait(&server->changed, &server->lock);
		if (slot->fd < 0)
			break;
		pthread_mutex_unlock(&server->lock);
		struct pd_lmtp *lmtp = server->options.open(server->options.data);
		char *block = g_malloc(READ_SIZE);
		converse(slot, lmtp, block);
		g_free(block);
		pd_lmtp_free(lmtp);
		pthread_mutex_lock(&server->lock);
		close(slot->fd);
		slot->fd = -1;
		server->running--;
		pthread_cond_broadcast(&server->changed);
	}
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

/* --- the acceptor --- */

/* Under the lock. A slot without a connection, its thread running; NULL: all are taken. */
static struct slot *free_slot(struct pd_lmtp_server *server)
{
	for (unsigned i = 0; i < server->options.connections; i++) {
		struct slot *slot = &server->slots[i];
		if (slot->fd >= 0)
			continue;
		if (slot->has_thread)
			return slot;
		pthread_attr_t attributes;
		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, STACK_SIZE);
		int code = pthread_create(&slot->thread, &attributes, serve, slot);
		pthread_attr_destroy(&attributes);
		if (code != 0) {
			pd_log(PD_ERROR, "cannot start a thread", "reason", strerror(code), NULL);
			return NULL;
		}
		slot->has_thread = true;
		return slot;
	}
	return NULL;
}

/* Under the lock. Sends away the client that has kept us waiting longest, and waits for its place. */
static struct slot *make_room(struct pd_lmtp_server *server)
{
	struct slot *slowest = NULL;
	int64_t now = pd_monotonic(), oldest = now - EVICT_AFTER;
	for (unsigned i = 0; i < server->options.connections; i++) {
		struct slot *slot = &server->slots[i];
		int64_t since = slot->waiting_since;
		if (slot->fd >= 0 && since != 0 && since <= oldest && !slot->must_go) {
			slowest = slot;
			oldest = since - 1;
		}
	}
	if (slowest == NULL)
		return NULL;
	slowest->must_go = true;
	shutdown(slowest->fd, SHUT_RD);
	struct timespec until = timespec_of(now + EVICT_WAIT_MS);
	struct slot *slot;
	while ((slot = free_slot(server)) == NULL)
		if (pthread_cond_timedwait(&server->changed, &server->lock, &until) != 0)
			return NULL;
	return slot;
}

static void place(struct pd_lmtp_server *server, int fd)
{
	static const char busy[] = "421 4.3.2 Too many connections, try again later\r\n";
	pthread_mutex_lock(&server->lock);
	struct slot *slot = free_slot(server);
	if (slot == NULL)
		slot = make_room(server);
	if (slot != NULL) {
		prepare(server, fd);
		slot->waiting_since = 0;
		slot->is_in_data = false;
		slot->must_go = false;
		slot->fd = fd;
		server->running++;
		server->served++;
		pthread_cond_broadcast(&server->changed);
	} else {
		server->refused++;
	}
	pthread_mutex_unlock(&server->lock);
	if (slot != NULL)
		return;
	pd_log(PD_WARNING, "connection refused: too many", NULL);
	if (send(fd, busy, sizeof busy - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		pd_log(PD_DEBUG, "client gone", NULL);
	close(fd);
}

static void *accept_all(void *data)
{
	struct pd_lmtp_server *server = data;
	struct pollfd pollers[2] = {{.fd = server->listener, .events = POLLIN},
				    {.fd = server->wake, .events = POLLIN}};
	while (!server->is_stopping) {
		if (poll(pollers, 2, -1) < 0 && errno != EINTR)
			break;
		if (server->is_stopping || !(pollers[0].revents & POLLIN))
			continue;
		int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			place(server, fd);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			pd_log(PD_ERROR, "cannot accept a connection", "reason", strerror(errno), NULL);
			poll(&pollers[1], 1, 200); /* until some descriptor is free again, or we stop */
		}
	}
	return NULL;
}

/* --- the server --- */

int pd_lmtp_server_start(int listener, const struct pd_lmtp_server_options *options,
			 struct pd_lmtp_server **ret_server, struct pd_error *error)
{
	struct pd_lmtp_server *server = g_new0(struct pd_lmtp_server, 1);
	server->options = *options;
	server->listener = listener;
	server->wake = eventfd(0, EFD_CLOEXEC);
	server->slots = g_new0(struct slot, options->connections);
	for (unsigned i = 0; i < options->connections; i++) {
		server->slots[i].server = server;
		server->slots[i].fd = -1;
	}
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&server->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	int code = server->wake < 0 ? errno : pthread_create(&server->acceptor, NULL, accept_all, server);
	if (code != 0) {
		pd_lmtp_server_free(server);
		close(listener);
		return pd_fail_errno(error, PD_TEMPORARY, code, "cannot start the LMTP server");
	}
	*ret_server = server;
	return PD_OK;
}

/* Under the lock: wakes those who wait for a command, after the grace also those within a mail. */
static void interrupt(struct pd_lmtp_server *server, bool is_late)
{
	for (unsigned i = 0; i < server->options.connections; i++) {
		struct slot *slot = &server->slots[i];
		if (slot->fd >= 0 && slot->waiting_since != 0 && (is_late || !slot->is_in_data))
			shutdown(slot->fd, SHUT_RD);
	}
}

bool pd_lmtp_server_stop(struct pd_lmtp_server *server, pd_time grace)
{
	int64_t by = pd_monotonic() + grace;
	server->stop_by = by;
	server->is_stopping = true;
	uint64_t one = 1;
	if (write(server->wake, &one, sizeof one) < 0)
		pd_log(PD_ERROR, "cannot wake the acceptor", NULL);
	pthread_join(server->acceptor, NULL);
	close(server->listener);
	server->listener = -1;
	pthread_mutex_lock(&server->lock);
	pthread_cond_broadcast(&server->changed);
	/* A session between two reads is seen by the next round. */
	while (server->running > 0 && pd_monotonic() < by + PD_SECOND) {
		int64_t now = pd_monotonic();
		interrupt(server, now >= by);
		struct timespec until = timespec_of(now + 50);
		pthread_cond_timedwait(&server->changed, &server->lock, &until);
	}
	bool is_done = server->running == 0;
	pthread_mutex_unlock(&server->lock);
	if (!is_done)
		return false;
	for (unsigned i = 0; i < server->options.connections; i++) {
		if (server->slots[i].has_thread)
			pthread_join(server->slots[i].thread, NULL);
		server->slots[i].has_thread = false;
	}
	return true;
}

void pd_lmtp_server_free(struct pd_lmtp_server *server)
{
	if (server == NULL)
		return;
	if (server->wake >= 0)
		close(server->wake);
	pthread_cond_destroy(&server->changed);
	pthread_mutex_destroy(&server->lock);
	g_free(server->slots);
	g_free(server);
}

struct pd_lmtp_server_stats pd_lmtp_server_stats(struct pd_lmtp_server *server)
{
	pthread_mutex_lock(&server->lock);
	struct pd_lmtp_server_stats stats = {
		.connections = server->running, .served = server->served, .refused = server->refused};
	pthread_mutex_unlock(&server->lock);
	return stats;
}

/* The LMTP server on a real socket: limits, deadlines, making room, shutting down. Nothing here waits longer
 * than it must: each test waits for the event itself. */
#include <glib.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "gate/lmtp_server.h"

#define HELLO	 "LHLO x\r\n"
#define ENVELOPE "MAIL FROM:<a@example.net>\r\nRCPT TO:<s@example.com>\r\nDATA\r\n"
#define LONG	 10000 /* ms; no test comes near */

struct fixture {
	char *path, *where;
	struct pd_lmtp_server *server;
	_Atomic int delivered;
	_Atomic bool is_slow; /* deliver waits until it is false again */
	_Atomic int waiting;
};

static bool knows(void *data, const char *recipient)
{
	(void)data, (void)recipient;
	return true;
}

static int deliver(void *data, struct pd_arena *arena, const struct pd_envelope *envelope,
		   const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error)
{
	struct fixture *fixture = data;
	(void)arena, (void)envelope, (void)raw, (void)ret_receipt, (void)error;
	fixture->waiting++;
	while (fixture->is_slow)
		poll(NULL, 0, 1);
	fixture->waiting--;
	fixture->delivered++;
	return PD_OK;
}

static struct pd_lmtp *open_session(void *data)
{
	const struct pd_lmtp_limits limits = {.hostname = "mx.example.com",
					      .spool = "/tmp",
					      .message = 10000000,
					      .recipients = 10,
					      .errors = 5};
	const struct pd_lmtp_desk desk = {.data = data, .knows = knows, .deliver = deliver};
	return pd_lmtp_new(&limits, &desk);
}

static void begin(struct fixture *fixture, unsigned connections, pd_time command_timeout,
		  pd_time mail_timeout)
{
	int listener;
	struct pd_error error;
	memset(fixture, 0, sizeof *fixture);
	fixture->path = g_strdup_printf("/tmp/test_gate_server.%ld", (long)getpid());
	fixture->where = g_strdup_printf("unix:%s", fixture->path);
	assert_int_equal(pd_listen(fixture->where, 0600, &listener, NULL), PD_OK);
	const struct pd_lmtp_server_options options = {.open = open_session,
						       .data = fixture,
						       .connections = connections,
						       .command_timeout = command_timeout,
						       .mail_timeout = mail_timeout};
	assert_int_equal(pd_lmtp_server_start(listener, &options, &fixture->server, &error), PD_OK);
}

static void end(struct fixture *fixture)
{
	assert_true(pd_lmtp_server_stop(fixture->server, LONG));
	pd_lmtp_server_free(fixture->server);
	unlink(fixture->path);
	g_free(fixture->path);
	g_free(fixture->where);
}

static int call(struct fixture *fixture)
{
	int fd;
	assert_int_equal(pd_connect(fixture->where, pd_monotonic() + LONG, &fd, NULL), PD_OK);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(pd_write_all_until(fd, text, strlen(text), pd_monotonic() + LONG), 0);
}

/* Reads on until the text has come; false where the connection ends before. */
static bool hear(int fd, const char *text)
{
	char got[4096] = "";
	size_t len = 0;
	while (strstr(got, text) == NULL) {
		assert_int_equal(pd_wait(fd, POLLIN, pd_monotonic() + LONG), 1);
		ssize_t n = recv(fd, got + len, sizeof got - 1 - len, 0);
		if (n <= 0)
			return false;
		len += (size_t)n;
		got[len] = '\0';
	}
	return true;
}

static int greeted(struct fixture *fixture)
{
	int fd = call(fixture);
	assert_true(hear(fd, "220 mx.example.com"));
	return fd;
}

static void deliver_one(struct fixture *fixture, int fd)
{
	int before = fixture->delivered;
	say(fd, HELLO ENVELOPE);
	assert_true(hear(fd, "354"));
	say(fd, "text\r\n.\r\nQUIT\r\n");
	assert_true(hear(fd, "221"));
	assert_int_equal(fixture->delivered, before + 1);
	close(fd);
}

static void one_mail(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, LONG, LONG);
	deliver_one(&fixture, greeted(&fixture));
	deliver_one(&fixture, greeted(&fixture));
	struct pd_lmtp_server_stats stats = pd_lmtp_server_stats(fixture.server);
	assert_int_equal(stats.served, 2);
	end(&fixture);
}

static void *client(void *data)
{
	struct fixture *fixture = data;
	for (int i = 0; i < 50; i++) {
		int fd = greeted(fixture);
		say(fd, HELLO ENVELOPE);
		assert_true(hear(fd, "354"));
		say(fd, "text\r\n.\r\nQUIT\r\n");
		assert_true(hear(fd, "250 2.0.0 Ok"));
		assert_false(hear(fd, "the end of the connection"));
		close(fd);
	}
	return NULL;
}

static void many_at_once(void **state)
{
	(void)state;
	struct fixture fixture;
	pthread_t threads[8];
	begin(&fixture, 8, LONG, LONG);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, client, &fixture), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(fixture.delivered, 8 * 50);
	end(&fixture);
}

/* All places are taken by clients that just came: the next is sent away. */
static void too_many(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, LONG, LONG);
	int first = greeted(&fixture), second = greeted(&fixture), third = call(&fixture);
	assert_true(hear(third, "421 4.3.2"));
	assert_false(hear(third, "anything more"));
	close(third);
	deliver_one(&fixture, first);
	close(second);
	end(&fixture);
}

/* A client that kept us waiting makes room; one whose mail is being stored does not. */
static void make_room(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, LONG, LONG);
	fixture.is_slow = true;
	int busy = greeted(&fixture);
	say(busy, HELLO ENVELOPE);
	assert_true(hear(busy, "354"));
	say(busy, "text\r\n.\r\n");
	int idle = greeted(&fixture);
	while (fixture.waiting == 0)
		poll(NULL, 0, 1);
	/* Until the idle one has waited long enough to be worth less than a newcomer. */
	int fd = -1;
	for (int64_t until = pd_monotonic() + LONG; pd_monotonic() < until; close(fd), poll(NULL, 0, 50)) {
		fd = call(&fixture);
		if (hear(fd, "220 mx"))
			break;
	}
	fixture.is_slow = false;
	assert_true(hear(idle, "421 4.4.5"));
	assert_true(hear(busy, "250 2.0.0 Ok"));
	deliver_one(&fixture, fd);
	close(busy);
	close(idle);
	end(&fixture);
}

/* Drops one byte now and then: the deadline is the command's, not the read's. */
static void dripping_command(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, 200, LONG);
	int fd = greeted(&fixture);
	int64_t start = pd_monotonic();
	while (pd_wait(fd, POLLIN, pd_monotonic() + 10) == 0 && pd_monotonic() - start < LONG)
		if (send(fd, "N", 1, MSG_NOSIGNAL) < 0)
			break;
	assert_true(hear(fd, "421 4.4.2"));
	assert_in_range(pd_monotonic() - start, 150, LONG / 2);
	close(fd);
	end(&fixture);
}

static void dripping_mail(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, LONG, 200);
	int fd = greeted(&fixture);
	say(fd, HELLO ENVELOPE);
	assert_true(hear(fd, "354"));
	while (pd_wait(fd, POLLIN, pd_monotonic() + 10) == 0)
		if (send(fd, "x\r\n", 3, MSG_NOSIGNAL) < 0)
			break;
	assert_true(hear(fd, "421 4.4.2"));
	close(fd);
	end(&fixture);
	assert_int_equal(fixture.delivered, 0);
}

static void *stop(void *data)
{
	struct fixture *fixture = data;
	assert_true(pd_lmtp_server_stop(fixture->server, LONG));
	return NULL;
}

/* Idle ones hear 421 at once; a mail under way is taken; what comes after it is not. */
static void shutting_down(void **state)
{
	(void)state;
	struct fixture fixture;
	pthread_t thread;
	begin(&fixture, 3, LONG, LONG);
	int idle = greeted(&fixture), writing = greeted(&fixture), storing = greeted(&fixture);
	say(writing, HELLO ENVELOPE);
	assert_true(hear(writing, "354"));
	say(storing, HELLO ENVELOPE);
	assert_true(hear(storing, "354"));
	fixture.is_slow = true;
	say(storing, "text\r\n.\r\n");
	while (fixture.waiting == 0)
		poll(NULL, 0, 1);
	assert_int_equal(pthread_create(&thread, NULL, stop, &fixture), 0);
	assert_true(hear(idle, "421 4.3.2"));
	fixture.is_slow = false;
	assert_true(hear(storing, "250 2.0.0 Ok\r\n421 4.3.2"));
	say(writing, "text\r\n.\r\nNOOP\r\n");
	assert_true(hear(writing, "250 2.0.0 Ok\r\n421 4.3.2"));
	pthread_join(thread, NULL);
	assert_int_equal(fixture.delivered, 2);
	close(idle);
	close(writing);
	close(storing);
	pd_lmtp_server_free(fixture.server);
	unlink(fixture.path);
	g_free(fixture.path);
	g_free(fixture.where);
}

/* Text that arrives while 354 is on its way is the fault of the client, and nobody's mail. */
static void talks_early(void **state)
{
	(void)state;
	struct fixture fixture;
	begin(&fixture, 2, LONG, LONG);
	int fd = greeted(&fixture);
	say(fd, HELLO ENVELOPE "text\r\n.\r\n");
	assert_true(hear(fd, "421 4.5.0"));
	close(fd);
	end(&fixture);
	assert_int_equal(fixture.delivered, 0);
}

int main(void)
{
	pd_log_open(PD_LOG_STDERR, PD_ERROR + 1, "test_gate_server");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_mail),	    cmocka_unit_test(many_at_once),
		cmocka_unit_test(too_many),	    cmocka_unit_test(make_room),
		cmocka_unit_test(dripping_command), cmocka_unit_test(dripping_mail),
		cmocka_unit_test(shutting_down),    cmocka_unit_test(talks_early),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

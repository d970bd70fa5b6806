/* The outbox on the store in memory: what a mail server says becomes what the store marks and the ticket
 * tells.
 *
 * The house is whole: a customer's mail makes a ticket of a team of two, whose notifications wait in the
 * outbox; a mail server that follows rules takes, refuses or puts off. Time is the environment's
 * POSTDESK_NOW. */
#include <glib.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/flow.h"
#include "post/outbox.h"

static const char configuration[] =
	"[postdesk]\nstate = /tmp\nhostname = mx.example.com\nsubmit = smtp://127.0.0.1:%d\n"
	"[mailbox support]\naddress = support@example.com\nteam = support\n"
	"[team support]\nmembers = anna;bob\n"
	"[agent anna]\naddress = anna@example.com\n[agent bob]\naddress = bob@example.com\n";
static const char mail[] =
	"From: Carol <carol@example.net>\r\nTo: support@example.com\r\nSubject: Help\r\n"
	"Message-ID: <1@example.net>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nPlease.\r\n";

/* A mail server: answers RCPT for bob and the final dot as told. */
struct mta {
	int listener;
	pthread_t thread;
	const char *_Atomic to_bob, *_Atomic to_dot;
	_Atomic int taken;
	_Atomic bool is_stopping;
};

struct connection {
	struct mta *mta;
	int fd;
};

static void *converse(void *data)
{
	struct connection *connection = data;
	struct mta *mta = connection->mta;
	char line[2000];
	bool in_data = false;
	FILE *in = fdopen(dup(connection->fd), "r");
	dprintf(connection->fd, "220 mta\r\n");
	while (fgets(line, sizeof line, in) != NULL) {
		const char *answer = "250 ok";
		if (in_data && strcmp(line, ".\r\n") != 0)
			continue;
		if (in_data) {
			in_data = false;
			answer = mta->to_dot;
			mta->taken += pd_starts(answer, "250");
		} else if (pd_starts(line, "RCPT TO:<bob")) {
			answer = mta->to_bob;
		} else if (pd_starts(line, "DATA")) {
			answer = "354 go";
			in_data = true;
		}
		dprintf(connection->fd, "%s\r\n", answer);
	}
	fclose(in);
	close(connection->fd);
	g_free(connection);
	return NULL;
}

static void *accept_all(void *data)
{
	struct mta *mta = data;
	while (!mta->is_stopping) {
		if (pd_wait(mta->listener, POLLIN, pd_monotonic() + 50) != 1)
			continue;
		struct connection *connection = g_new0(struct connection, 1);
		pthread_t thread;
		connection->mta = mta;
		connection->fd = accept(mta->listener, NULL, NULL);
		pthread_create(&thread, NULL, converse, connection);
		pthread_detach(thread);
	}
	return NULL;
}

struct house {
	struct mta mta;
	struct pd_arena *arena;
	struct pd_settings *settings;
	struct pd_readers *readers;
	struct pd_store *store;
	struct pd_flow *flow;
	struct pd_outbox *outbox;
	int64_t ticket;
};

static int port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char port[16];
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(
		getnameinfo((struct sockaddr *)&address, size, NULL, 0, port, sizeof port, NI_NUMERICSERV),
		0);
	return atoi(port);
}

static void begin(struct house *house, const char *to_bob, const char *to_dot)
{
	memset(house, 0, sizeof *house);
	setenv("POSTDESK_NOW", "2026-11-21T10:00:00Z", 1);
	house->mta.to_bob = to_bob;
	house->mta.to_dot = to_dot;
	assert_int_equal(pd_listen("inet:127.0.0.1:0", 0, &house->mta.listener, NULL), PD_OK);
	assert_int_equal(pthread_create(&house->mta.thread, NULL, accept_all, &house->mta), 0);
	house->arena = pd_arena_new();
	char *file = pd_printf(house->arena, "/tmp/test_post_outbox.%ld", (long)getpid());
	char *text = pd_printf(house->arena, configuration, port_of(house->mta.listener));
	assert_true(g_file_set_contents(file, text, -1, NULL));
	struct pd_problems problems = {.arena = house->arena};
	house->settings = pd_flow_load(file, &problems);
	unlink(file);
	assert_non_null(house->settings);
	const struct pd_reader_limits limits = {.count = 1, .deadline = 10000, .memory = 512 << 20};
	house->readers = pd_readers_new("/proc/self/exe", &limits);
	house->store = pd_store_memory();
	house->flow = pd_flow_new(house->settings, house->store, house->readers);
	struct pd_envelope envelope = {.sender = "carol@example.net"};
	*pd_list_add(house->arena, &envelope.recipients) = "support@example.com";
	struct pd_raw *raw = pd_raw_from_bytes(mail, strlen(mail));
	struct pd_receipt receipt;
	struct pd_error error = {0};
	if (pd_flow_deliver(house->flow, house->arena, &envelope, raw, &receipt, &error) != PD_OK)
		fail_msg("%s", error.text);
	house->ticket = receipt.ticket;
	pd_raw_free(raw);
	assert_int_equal(pd_outbox_start(house->flow, house->store, 2, &house->outbox, &error), PD_OK);
}

static void end(struct house *house)
{
	assert_true(pd_outbox_stop(house->outbox, 5000));
	pd_flow_free(house->flow);
	pd_store_close(house->store);
	pd_readers_free(house->readers);
	pd_settings_unref(house->settings);
	house->mta.is_stopping = true;
	pthread_join(house->mta.thread, NULL);
	close(house->mta.listener);
	pd_arena_free(house->arena);
	unsetenv("POSTDESK_NOW");
}

/* "anna@example.com sent 1;bob@example.com waiting 1;" with the numbers of attempts. */
static const char *rows(struct house *house)
{
	struct pd_outbox_lines lines = {0};
	PD_AUTO_BUF text = {0};
	assert_int_equal(pd_store_outbox(house->store, house->arena, true, 100, &lines, NULL), PD_OK);
	pd_buf_adds(&text, "");
	for (size_t i = 0; i < lines.count; i++)
		pd_buf_addf(&text, "%s %s %u;", lines.items[i].recipients, lines.items[i].state,
			    lines.items[i].attempts);
	return pd_buf_string(house->arena, &text);
}

static void wait_for_rows(struct house *house, const char *want)
{
	const char *got = "";
	for (int64_t until = pd_monotonic() + 10000; pd_monotonic() < until; poll(NULL, 0, 5))
		if (strcmp(got = rows(house), want) == 0)
			return;
	fail_msg("wanted %s, got %s", want, got);
}

static pd_time next_of(struct house *house, const char *recipient)
{
	struct pd_outbox_lines lines = {0};
	assert_int_equal(pd_store_outbox(house->store, house->arena, true, 100, &lines, NULL), PD_OK);
	for (size_t i = 0; i < lines.count; i++)
		if (strcmp(lines.items[i].recipients, recipient) == 0)
			return lines.items[i].next;
	fail_msg("no row for %s", recipient);
	return 0;
}

static void taken(void **state)
{
	(void)state;
	struct house house;
	begin(&house, "250 ok", "250 queued");
	wait_for_rows(&house, "anna@example.com sent 1;bob@example.com sent 1;");
	assert_int_equal(house.mta.taken, 2);
	end(&house);
}

/* Put off: again after 30 seconds, then after longer, until it is taken. */
static void put_off(void **state)
{
	(void)state;
	struct house house;
	begin(&house, "450 4.2.0 not now", "250 queued");
	pd_time now = pd_now();
	wait_for_rows(&house, "anna@example.com sent 1;bob@example.com waiting 1;");
	assert_int_equal(next_of(&house, "bob@example.com"), now + 30 * PD_SECOND);
	setenv("POSTDESK_NOW", "2026-11-21T10:00:30Z", 1);
	pd_store_wake(house.store);
	wait_for_rows(&house, "anna@example.com sent 1;bob@example.com waiting 2;");
	assert_int_equal(next_of(&house, "bob@example.com"), now + 90 * PD_SECOND);
	house.mta.to_bob = "250 ok";
	setenv("POSTDESK_NOW", "2026-11-21T10:01:30Z", 1);
	pd_store_wake(house.store);
	wait_for_rows(&house, "anna@example.com sent 1;bob@example.com sent 3;");
	assert_int_equal(house.mta.taken, 2);
	end(&house);
}

static void refused(void **state)
{
	(void)state;
	struct house house;
	begin(&house, "550 5.1.1 no such user", "250 queued");
	wait_for_rows(&house, "anna@example.com sent 1;bob@example.com refused 1;");
	end(&house);
}

/* After five days it is given up. */
static void given_up(void **state)
{
	(void)state;
	struct house house;
	begin(&house, "250 ok", "451 4.3.0 not now");
	wait_for_rows(&house, "anna@example.com waiting 1;bob@example.com waiting 1;");
	setenv("POSTDESK_NOW", "2026-11-26T09:59:00Z", 1);
	pd_store_wake(house.store);
	wait_for_rows(&house, "anna@example.com waiting 2;bob@example.com waiting 2;");
	setenv("POSTDESK_NOW", "2026-11-26T11:01:00Z", 1);
	pd_store_wake(house.store);
	wait_for_rows(&house, "anna@example.com refused 3;bob@example.com refused 3;");
	assert_int_equal(house.mta.taken, 0);
	end(&house);
}

static void back_off(void **state)
{
	(void)state;
	static const pd_time want[] = {30, 60, 120, 300, 900, 1800, 3600, 3600};
	for (unsigned i = 0; i < G_N_ELEMENTS(want); i++)
		assert_int_equal(pd_outbox_back_off(i), want[i] * PD_SECOND);
	assert_int_equal(pd_outbox_back_off(1000), PD_HOUR);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	pd_log_open(PD_LOG_STDERR, PD_ERROR + 1, "test_post_outbox");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken),    cmocka_unit_test(put_off),	cmocka_unit_test(refused),
		cmocka_unit_test(given_up), cmocka_unit_test(back_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

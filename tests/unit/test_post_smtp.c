/* The submission client against a server that follows a script, and the sendmail transport against programs.
 *
 * Script lines: "S: text" is sent with CR LF; "C: text" is the line that must come next, whole; "D: text" are
 * the bytes that must come up to the final dot (| stands for CR LF); "close" ends the connection, "accept"
 * waits for a new one. */
#include <glib.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "post/outbox.h"
#include "post/sendmail.h"
#include "post/smtp_client.h"

#define EHLO		"C: EHLO mx.example.com\n"
#define HELLO(keywords) "accept\nS: 220 mta\n" EHLO keywords
#define PLAIN		HELLO("S: 250 mta\n")
#define PIPELINING	HELLO("S: 250-mta\nS: 250 PIPELINING\n")
#define PLAIN_MAIL                                                                                           \
	"C: MAIL FROM:<s@example.com>\nS: 250 ok\nC: RCPT TO:<a@example.net>\nS: 250 ok\nC: DATA\nS: 354 "   \
	"go\n"

struct server {
	const char *script;
	int listener;
	struct pd_buf wrong; /* what was not as the script has it */
};

static bool read_line(FILE *in, char *line, size_t room)
{
	if (fgets(line, (int)room, in) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return true;
}

static void expect(struct server *server, FILE *in, const char *want)
{
	char got[2000] = "the end";
	read_line(in, got, sizeof got);
	if (strcmp(got, want) != 0)
		pd_buf_addf(&server->wrong, "wanted \"%s\", got \"%s\"; ", want, got);
}

static void expect_data(struct server *server, FILE *in, const char *want)
{
	PD_AUTO_BUF got = {0};
	char line[2000];
	while (fgets(line, sizeof line, in) != NULL && strcmp(line, ".\r\n") != 0) {
		size_t len = strlen(line);
		if (len < 2 || line[len - 2] != '\r') {
			pd_buf_adds(&server->wrong, "a line without CR LF; ");
			continue;
		}
		pd_buf_add(&got, line, len - 2);
		pd_buf_addc(&got, '|');
	}
	if (strcmp(got.len > 0 ? got.data : "", want) != 0)
		pd_buf_addf(&server->wrong, "wanted data \"%s\", got \"%s\"; ", want,
			    got.len > 0 ? got.data : "");
}

static void *follow(void *data)
{
	struct server *server = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_strings lines = pd_lines(arena, server->script);
	FILE *in = NULL;
	int fd = -1;
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		if (strcmp(line, "accept") == 0) {
			/* The client may be in time for its next connection only after this one is closed. */
			if (pd_wait(server->listener, POLLIN, pd_monotonic() + 5000) != 1)
				break;
			fd = accept(server->listener, NULL, NULL);
			in = fdopen(dup(fd), "r");
		} else if (strcmp(line, "close") == 0) {
			fclose(in);
			close(fd);
			in = NULL;
			fd = -1;
		} else if (pd_starts(line, "S: ")) {
			char *text = pd_printf(arena, "%s\r\n", line + 3);
			pd_write_all(fd, text, strlen(text));
		} else if (pd_starts(line, "C: ")) {
			expect(server, in, line + 3);
		} else if (pd_starts(line, "D: ")) {
			expect_data(server, in, line + 3);
		}
	}
	if (in != NULL)
		fclose(in);
	if (fd >= 0)
		close(fd);
	return NULL;
}

struct fixture {
	struct server server;
	pthread_t thread;
	char *path, *where;
	struct pd_smtp *smtp;
};

static void begin(struct fixture *fixture, const char *script, pd_time timeout)
{
	const struct pd_smtp_timeouts timeouts = {5000, timeout, timeout};
	*fixture = (struct fixture){.server.script = script};
	fixture->path = g_strdup_printf("/tmp/test_post_smtp.%ld", (long)getpid());
	fixture->where = g_strdup_printf("unix:%s", fixture->path);
	assert_int_equal(pd_listen(fixture->where, 0600, &fixture->server.listener, NULL), PD_OK);
	assert_int_equal(pthread_create(&fixture->thread, NULL, follow, &fixture->server), 0);
	fixture->smtp = pd_smtp_new(fixture->where, "mx.example.com", &timeouts);
}

static void end(struct fixture *fixture, const char *name)
{
	pd_smtp_free(fixture->smtp);
	pthread_join(fixture->thread, NULL);
	if (fixture->server.wrong.len > 0)
		fail_msg("%s: %s", name, fixture->server.wrong.data);
	pd_buf_free(&fixture->server.wrong);
	close(fixture->server.listener);
	unlink(fixture->path);
	g_free(fixture->path);
	g_free(fixture->where);
}

static struct pd_mail mail_of(struct pd_arena *arena, const char *sender, const char *recipients,
			      const char *text)
{
	struct pd_mail mail = {.sender = sender, .bytes = {text, strlen(text)}};
	mail.recipients = pd_split(arena, recipients, ' ');
	return mail;
}

/* "taken 250 ok;refused 550 no;" */
static char *verdict_text(struct pd_arena *arena, const struct pd_sent_recipient *verdicts, size_t count)
{
	static const char *const names[] = {"taken", "refused", "later"};
	PD_AUTO_BUF text = {0};
	pd_buf_adds(&text, "");
	for (size_t i = 0; i < count; i++)
		pd_buf_addf(&text, "%s %s;", names[verdicts[i].sent], verdicts[i].reply);
	return pd_buf_string(arena, &text);
}

static const struct {
	const char *name, *script, *recipients, *text;
	int class;
	const char *verdicts;
} cases[] = {
	{"plain, without pipelining", PLAIN PLAIN_MAIL "D: Subject: x|||..dot|\nS: 250 2.0.0 queued as 4X\n",
	 "a@example.net", "Subject: x\r\n\r\n\r\n.dot\r\n", PD_OK, "taken 250 2.0.0 queued as 4X;"},
	{"several lines in a reply", PLAIN PLAIN_MAIL "D: x|\nS: 250-one\nS: 250 two\n", "a@example.net",
	 "x\r\n", PD_OK, "taken 250 one two;"},
	{"bare CR and LF, no end of line", PLAIN PLAIN_MAIL "D: a|b|c||..|e|\nS: 250 ok\n", "a@example.net",
	 "a\nb\rc\r\r\n.\ne", PD_OK, "taken 250 ok;"},
	{"pipelined, mixed replies, SIZE and 8BITMIME",
	 HELLO("S: 250-mta\nS: 250-PIPELINING\nS: 250-SIZE 1000\nS: 250-8BITMIME\nS: 250 "
	       "SMTPUTF8\n") "C: MAIL FROM:<s@example.com> SIZE=4 BODY=8BITMIME\nC: RCPT "
			     "TO:<a@example.net>\nC: RCPT TO:<b@example.net>\n"
			     "C: RCPT TO:<c@example.net>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 550 "
			     "5.1.1 no such user\nS: 450 4.2.0 greylisted\n"
			     "S: 354 go\nD: \xc3\xbc|\nS: 250 queued\n",
	 "a@example.net b@example.net c@example.net", "\xc3\xbc\r\n", PD_OK,
	 "taken 250 queued;refused 550 5.1.1 no such user;later 450 4.2.0 greylisted;"},
	{"pipelined, all refused, 354 all the same",
	 PIPELINING "C: MAIL FROM:<s@example.com>\nC: RCPT TO:<a@example.net>\nC: DATA\nS: 250 "
		    "ok\nS: 550 no\nS: 354 go\nD: \n"
		    "S: 554 no valid recipients\n",
	 "a@example.net", "x\r\n", PD_OK, "refused 550 no;"},
	{"pipelined, all refused, DATA refused",
	 PIPELINING "C: MAIL FROM:<s@example.com>\nC: RCPT TO:<a@example.net>\nC: DATA\nS: 250 "
		    "ok\nS: 450 later\n"
		    "S: 554 no valid recipients\nC: QUIT\n",
	 "a@example.net", "x\r\n", PD_OK, "later 450 later;"},
	{"sender refused, pipelined",
	 PIPELINING "C: MAIL FROM:<s@example.com>\nC: RCPT TO:<a@example.net>\nC: DATA\nS: 553 5.1.8 "
		    "bad sender\n"
		    "S: 503 need MAIL\nS: 503 need MAIL\nC: QUIT\n",
	 "a@example.net", "x\r\n", PD_OK, "refused 553 5.1.8 bad sender;"},
	{"a 5xx that is not about the mail",
	 PLAIN "C: MAIL FROM:<s@example.com>\nS: 530 5.7.0 say STARTTLS first\nC: QUIT\n",
	 "a@example.net", "x\r\n", PD_OK, "later 530 5.7.0 say STARTTLS first;"},
	{"sender for later, without pipelining",
	 PLAIN "C: MAIL FROM:<s@example.com>\nS: 452 full\nC: QUIT\n",
	 "a@example.net b@example.net", "x\r\n", PD_OK, "later 452 full;later 452 full;"},
	{"final reply 4xx", PLAIN PLAIN_MAIL "D: x|\nS: 451 4.3.0 try again\n", "a@example.net", "x\r\n",
	 PD_OK, "later 451 4.3.0 try again;"},
	{"final reply 5xx", PLAIN PLAIN_MAIL "D: x|\nS: 554 5.7.1 spam\n", "a@example.net", "x\r\n", PD_OK,
	 "refused 554 5.7.1 spam;"},
	{"lost before the final reply", PLAIN PLAIN_MAIL "D: x|\nclose\n", "a@example.net", "x\r\n",
	 PD_UNCERTAIN, "later the connection was lost before the last reply;"},
	{"lost before DATA was answered",
	 PLAIN "C: MAIL FROM:<s@example.com>\nS: 250 ok\nC: RCPT TO:<a@example.net>\nS: 550 no\nC: "
	       "RCPT TO:<b@example.net>\nS: 250 ok\n"
	       "C: DATA\nclose\n",
	 "a@example.net b@example.net", "x\r\n", PD_TEMPORARY,
	 "refused 550 no;later unix:/: the connection was lost;"},
	{"greeted with 554", "accept\nS: 554 no service\n", "a@example.net", "x\r\n", PD_TEMPORARY,
	 "later unix:/: greeted with 554 no service;"},
	{"EHLO refused", "accept\nS: 220 mta\n" EHLO "S: 502 what\n", "a@example.net", "x\r\n", PD_TEMPORARY,
	 "later unix:/: EHLO was answered: 502 what;"},
	{"rubbish instead of a reply", PLAIN "C: MAIL FROM:<s@example.com>\nS: hello\n", "a@example.net",
	 "x\r\n", PD_TEMPORARY, "later unix:/: Protocol error;"},
	{"421 to MAIL", PLAIN "C: MAIL FROM:<s@example.com>\nS: 421 going down\n", "a@example.net", "x\r\n",
	 PD_TEMPORARY, "later unix:/: 421 going down;"},
	{"8-bit text without 8BITMIME", PLAIN, "a@example.net", "\xfc\r\n", PD_OK,
	 "refused 554 5.6.1 the mail has 8-bit text, and the mail server does not offer 8BITMIME;"},
	{"address beyond ASCII without SMTPUTF8", PLAIN, "\xc3\xbc@example.net", "x\r\n", PD_OK,
	 "refused 553 5.6.7 an address is not ASCII, and the mail server does not offer SMTPUTF8;"},
	{"address beyond ASCII",
	 HELLO("S: 250-mta\nS: 250 SMTPUTF8\n") "C: MAIL FROM:<s@example.com> SMTPUTF8\nS: 250 ok\n"
						"C: RCPT TO:<\xc3\xbc@example.net>\nS: 250 ok\nC: "
						"DATA\nS: 354 go\nD: x|\nS: 250 ok\n",
	 "\xc3\xbc@example.net", "x\r\n", PD_OK, "taken 250 ok;"},
	{"too large", HELLO("S: 250-mta\nS: 250 SIZE 2\n"), "a@example.net", "x\r\n", PD_OK,
	 "refused 552 5.3.4 the mail has 3 bytes, and the mail server takes 2;"},
	{"an address that breaks the envelope", PLAIN PLAIN_MAIL "D: x|\nS: 250 ok\n",
	 "b>@example.net a@example.net", "x\r\n", PD_OK,
	 "refused 501 5.1.3 the address cannot be written in an envelope;taken 250 ok;"},
	{"control characters in a reply",
	 PLAIN "C: MAIL FROM:<s@example.com>\nS: 550 a\x1b[31mb\nC: QUIT\n", "a@example.net",
	 "x\r\n", PD_OK, "refused 550 a [31mb;"},
};

static void scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct fixture fixture;
		struct pd_sent_recipient verdicts[8];
		struct pd_error error = {0};
		begin(&fixture, cases[i].script, 5000);
		const struct pd_mail mail =
			mail_of(arena, "s@example.com", cases[i].recipients, cases[i].text);
		int class = pd_smtp_send(fixture.smtp, arena, &mail, verdicts, &error);
		/* The socket's path is another at each run. */
		char *got = verdict_text(arena, verdicts, mail.recipients.count), *path;
		while ((path = strstr(got, fixture.where)) != NULL)
			got = pd_printf(arena, "%.*sunix:/%s", (int)(path - got), got,
					path + strlen(fixture.where));
		if (class != cases[i].class || strcmp(got, cases[i].verdicts) != 0)
			fail_msg("%s: class %d (%s), %s", cases[i].name, class, error.text, got);
		end(&fixture, cases[i].name);
	}
}

/* Several mails go over one connection; one that was closed meanwhile is opened anew, once. */
static void kept_connection(void **state)
{
	(void)state;
	static const char script[] = PLAIN PLAIN_MAIL
		"D: one|\nS: 250 one\n" PLAIN_MAIL "D: two|\nS: 250 two\n"
		"S: 421 4.4.2 idle\nclose\n" PLAIN PLAIN_MAIL "D: three|\nS: 250 three\nC: QUIT\n";
	static const char *const texts[] = {"one\r\n", "two\r\n", "three\r\n"};
	PD_AUTO_ARENA arena = pd_arena_new();
	struct fixture fixture;
	begin(&fixture, script, 5000);
	for (size_t i = 0; i < 3; i++) {
		struct pd_sent_recipient verdict;
		const struct pd_mail mail = mail_of(arena, "s@example.com", "a@example.net", texts[i]);
		assert_int_equal(pd_smtp_send(fixture.smtp, arena, &mail, &verdict, NULL), PD_OK);
		assert_int_equal(verdict.sent, PD_SENT_TAKEN);
		assert_true(strncmp(verdict.reply + 4, texts[i], strlen(texts[i]) - 2) == 0);
	}
	end(&fixture, "kept connection");
}

/* A connection that breaks after the final dot is not tried again by itself: the mail may have been taken. */
static void uncertain_is_not_repeated(void **state)
{
	(void)state;
	static const char script[] = PLAIN PLAIN_MAIL "D: one|\nS: 250 one\n" PLAIN_MAIL "D: two|\nclose\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	struct fixture fixture;
	struct pd_sent_recipient verdict;
	begin(&fixture, script, 5000);
	struct pd_mail mail = mail_of(arena, "s@example.com", "a@example.net", "one\r\n");
	assert_int_equal(pd_smtp_send(fixture.smtp, arena, &mail, &verdict, NULL), PD_OK);
	mail = mail_of(arena, "s@example.com", "a@example.net", "two\r\n");
	assert_int_equal(pd_smtp_send(fixture.smtp, arena, &mail, &verdict, NULL), PD_UNCERTAIN);
	assert_int_equal(verdict.sent, PD_SENT_LATER);
	end(&fixture, "uncertain");
}

static void silence(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct fixture fixture;
	struct pd_sent_recipient verdict;
	struct pd_error error = {0};
	begin(&fixture, PLAIN "C: MAIL FROM:<s@example.com>\nC: never comes\n", 50);
	const struct pd_mail mail = mail_of(arena, "s@example.com", "a@example.net", "x\r\n");
	assert_int_equal(pd_smtp_send(fixture.smtp, arena, &mail, &verdict, &error), PD_TEMPORARY);
	assert_int_equal(verdict.sent, PD_SENT_LATER);
	assert_non_null(strstr(error.text, "timed out"));
	pd_smtp_free(fixture.smtp);
	fixture.smtp = NULL;
	pthread_join(fixture.thread, NULL);
	close(fixture.server.listener);
	unlink(fixture.path);
	pd_buf_free(&fixture.server.wrong);
	g_free(fixture.path);
	g_free(fixture.where);
}

static void nobody_there(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_sent_recipient verdict;
	struct pd_error error = {0};
	struct pd_smtp *smtp = pd_smtp_new("unix:/nonexistent/socket", "mx.example.com", &pd_smtp_timeouts);
	const struct pd_mail mail = mail_of(arena, "s@example.com", "a@example.net", "x\r\n");
	assert_int_equal(pd_smtp_send(smtp, arena, &mail, &verdict, &error), PD_TEMPORARY);
	assert_int_equal(verdict.sent, PD_SENT_LATER);
	pd_smtp_free(smtp);
}

static void sendmail(void **state)
{
	(void)state;
	static const struct {
		const char *name, *program;
		int class;
		const char *want;
	} table[] = {
		{"taken", "exit 0", PD_OK, "taken exit 0, said: nothing;"},
		{"arguments and text",
		 "[ \"$*\" = '-G -i -f s@example.com -- -x@example.net' ] && [ \"$(cat; echo x)\" = "
		 "\"$(printf 'a\\n.\\nb\\nx')\" ]",
		 PD_OK, "taken exit 0, said: nothing;"},
		{"no such user", "echo no such user >&2; exit 67", PD_OK,
		 "refused exit 67, said: no such user;"},
		{"bad data", "exit 65", PD_OK, "refused exit 65, said: nothing;"},
		{"for later", "echo queue is full; exit 75", PD_OK, "later exit 75, said: queue is full;"},
		{"a fault of ours is no refusal", "exit 64", PD_OK, "later exit 64, said: nothing;"},
		{"killed", "kill -9 $$", PD_UNCERTAIN, NULL},
		{"never ends", "exec sleep 100", PD_UNCERTAIN, NULL},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		char *path = pd_printf(arena, "/tmp/test_post_sendmail.%ld", (long)getpid());
		char *text = pd_printf(arena, "#!/bin/sh\n%s\n", table[i].program);
		assert_true(g_file_set_contents(path, text, -1, NULL));
		assert_int_equal(chmod(path, 0700), 0);
		struct pd_sent_recipient verdict;
		const struct pd_mail mail =
			mail_of(arena, "s@example.com", "-x@example.net", "a\r\n.\r\nb\r\n");
		pd_time timeout = table[i].class == PD_OK ? 10000 : 300;
		int class = pd_sendmail_send(path, arena, &mail, timeout, &verdict, NULL);
		char *got = verdict_text(arena, &verdict, 1);
		if (class != table[i].class ||
		    (table[i].want != NULL ? strcmp(got, table[i].want) != 0 : verdict.sent != PD_SENT_LATER))
			fail_msg("%s: class %d, %s", table[i].name, class, got);
		unlink(path);
	}
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_sent_recipient verdict;
	const struct pd_mail mail = mail_of(arena, "", "a@example.net", "x\r\n");
	assert_int_equal(pd_sendmail_send("/nonexistent/sendmail", arena, &mail, 1000, &verdict, NULL),
			 PD_TEMPORARY);
	assert_int_equal(verdict.sent, PD_SENT_LATER);
}

int main(void)
{
	pd_log_open(PD_LOG_STDERR, PD_ERROR + 1, "test_post_smtp");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(kept_connection),
		cmocka_unit_test(uncertain_is_not_repeated),
		cmocka_unit_test(silence),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(sendmail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

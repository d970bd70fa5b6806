/* The LMTP engine, driven by the dialogues in tests/lmtp, each in whole groups and in small pieces.
 *
 *   C: text      the client sends the text and CR LF (\r \n \t \0 \xNN \\ are escapes); lines that follow
 * each other go out together C+ text      the same without CR LF;  C* N text: N times, without CR LF S: text
 * the next line of the replies begins with this S~ text      the next line of the replies contains this over
 * the session has ended M: FROM > TO[,TO] [queue-id]   the next mail that was delivered B: text      the
 * bytes of that mail; several lines follow one another set NAME N   a limit, at the top: message recipients
 * errors fate CLASS   what delivering gives from here on: ok temporary full uncertain permanent configuration
 *   whole        only in whole groups: what is tried depends on how bytes arrive
 * Every reply and every mail must be named. */
#include <dirent.h>
#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/text.h"
#include "gate/lmtp_parse.h"
#include "gate/lmtp_session.h"

struct mail {
	char *envelope;
	struct pd_bytes bytes;
};

struct run {
	const char *file;
	int line;
	size_t piece; /* 0: whole groups */
	struct pd_arena *arena;
	struct pd_lmtp_limits limits;
	struct pd_lmtp *lmtp;
	int fate;
	struct pd_buf input;   /* the group that is being collected */
	struct pd_buf replies; /* all of them */
	size_t seen;	       /* of the replies */
	PD_LIST(struct mail) mails;
	size_t mails_seen;
	struct pd_buf wanted_bytes;
	bool wants_bytes;
};

static void wrong(const struct run *run, const char *what, const char *got)
{
	fail_msg("%s:%d (pieces of %zu): %s; got: %s", run->file, run->line, run->piece, what, got);
}

static bool fake_knows(void *data, const char *recipient)
{
	(void)data;
	return pd_ends(recipient, "@example.com") && !pd_starts(recipient, "nobody");
}

static int fake_deliver(void *data, struct pd_arena *arena, const struct pd_envelope *envelope,
			const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error)
{
	struct run *run = data;
	(void)arena;
	if (run->fate != PD_OK)
		return pd_fail(error, (enum pd_class)run->fate, "as the dialogue wants it");
	struct mail *mail = pd_list_add(run->arena, &run->mails);
	mail->envelope = pd_printf(run->arena, "%s > %s%s%s", envelope->sender,
				   pd_strings_join(run->arena, &envelope->recipients, ","),
				   envelope->queue_id != NULL ? " " : "",
				   envelope->queue_id != NULL ? envelope->queue_id : "");
	mail->bytes = (struct pd_bytes){pd_memdup(run->arena, raw->data, raw->size), raw->size};
	ret_receipt->outcome = "new ticket";
	ret_receipt->ticket = 7;
	return PD_OK;
}

static void add_unescaped(struct pd_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			pd_buf_addc(out, *text);
			continue;
		}
		switch (*++text) {
		case 'r':
			pd_buf_addc(out, '\r');
			break;
		case 'n':
			pd_buf_addc(out, '\n');
			break;
		case 't':
			pd_buf_addc(out, '\t');
			break;
		case '0':
			pd_buf_addc(out, '\0');
			break;
		case 'x': {
			const char hex[3] = {text[1], text[2], '\0'};
			pd_buf_addc(out, (char)strtol(hex, NULL, 16));
			text += 2;
			break;
		}
		default:
			pd_buf_addc(out, *text);
		}
	}
}

static void start(struct run *run)
{
	if (run->lmtp != NULL)
		return;
	const struct pd_lmtp_desk desk = {.data = run, .knows = fake_knows, .deliver = fake_deliver};
	run->lmtp = pd_lmtp_new(&run->limits, &desk);
}

/* Moves the engine's replies into the transcript, as a server would write them. */
static void flush(struct run *run)
{
	struct pd_buf *replies = pd_lmtp_replies(run->lmtp);
	pd_buf_add(&run->replies, replies->data, replies->len);
	pd_buf_clear(replies);
}

static void send_group(struct run *run)
{
	start(run);
	flush(run);
	const char *data = run->input.data;
	for (size_t left = run->input.len; left > 0 && !pd_lmtp_is_over(run->lmtp);) {
		size_t len = run->piece == 0 || run->piece > left ? left : run->piece;
		/* A copy of just this size, so that a sanitizer sees a read beyond it. */
		char *piece = g_memdup2(data, len);
		size_t taken = pd_lmtp_feed(run->lmtp, piece, len);
		g_free(piece);
		assert_true(taken > 0 && taken <= len);
		data += taken;
		left -= taken;
		flush(run);
	}
	pd_buf_clear(&run->input);
}

static const char *next_reply(struct run *run)
{
	send_group(run);
	if (run->seen == run->replies.len)
		return NULL;
	const char *start_at = run->replies.data + run->seen, *end = strstr(start_at, "\r\n");
	assert_non_null(end);
	run->seen += (size_t)(end - start_at) + 2;
	return pd_strndup(run->arena, start_at, (size_t)(end - start_at));
}

static void check_bytes(struct run *run)
{
	if (!run->wants_bytes)
		return;
	run->wants_bytes = false;
	const struct pd_bytes *got = &run->mails.items[run->mails_seen - 1].bytes;
	if (got->len != run->wanted_bytes.len ||
	    (got->len > 0 && memcmp(got->data, run->wanted_bytes.data, got->len) != 0))
		wrong(run,
		      pd_printf(run->arena, "the mail's bytes differ; wanted %s", run->wanted_bytes.data),
		      got->data);
	pd_buf_clear(&run->wanted_bytes);
}

static void set_limit(struct run *run, const char *text)
{
	char name[32];
	unsigned long n;
	assert_int_equal(sscanf(text, "%31s %lu", name, &n), 2);
	assert_null(run->lmtp);
	if (strcmp(name, "message") == 0)
		run->limits.message = n;
	else if (strcmp(name, "recipients") == 0)
		run->limits.recipients = (unsigned)n;
	else if (strcmp(name, "errors") == 0)
		run->limits.errors = (unsigned)n;
	else
		wrong(run, "unknown limit", name);
}

static int class_named(const struct run *run, const char *name)
{
	static const char *const names[] = {"ok",	 "temporary", "full",
					    "uncertain", "permanent", "configuration"};
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	wrong(run, "unknown fate", name);
	return 0;
}

static void do_line(struct run *run, const char *line)
{
	const char *text = strlen(line) > 3 ? line + 3 : "";
	if (!pd_starts(line, "B:"))
		check_bytes(run);
	if (*line == 'C' && run->seen < run->replies.len)
		wrong(run, "a reply that nobody waits for", run->replies.data + run->seen);
	if (pd_starts(line, "C:") || pd_starts(line, "C+")) {
		add_unescaped(&run->input, text);
		if (line[1] == ':')
			pd_buf_adds(&run->input, "\r\n");
	} else if (pd_starts(line, "C*")) {
		char *rest;
		for (unsigned long n = strtoul(text, &rest, 10); n > 0; n--)
			add_unescaped(&run->input, rest + 1);
	} else if (pd_starts(line, "S")) {
		const char *got = next_reply(run);
		if (got == NULL || (line[1] == ':' ? !pd_starts(got, text) : strstr(got, text) == NULL))
			wrong(run, line, got != NULL ? got : "nothing");
	} else if (strcmp(line, "over") == 0) {
		send_group(run);
		if (!pd_lmtp_is_over(run->lmtp))
			wrong(run, line, "a session that goes on");
	} else if (pd_starts(line, "M:")) {
		send_group(run);
		if (run->mails_seen == run->mails.count)
			wrong(run, line, "no mail");
		const char *got = run->mails.items[run->mails_seen++].envelope;
		if (strcmp(got, text) != 0)
			wrong(run, line, got);
	} else if (pd_starts(line, "B:")) {
		add_unescaped(&run->wanted_bytes, text);
		run->wants_bytes = true;
	} else if (pd_starts(line, "set ")) {
		set_limit(run, line + 4);
	} else if (pd_starts(line, "fate ")) {
		send_group(run);
		run->fate = class_named(run, line + 5);
	} else if (strcmp(line, "whole") != 0) {
		wrong(run, "no line of a dialogue", line);
	}
}

static void play(const char *path, const char *text, size_t piece)
{
	struct run run = {.file = path, .piece = piece, .arena = pd_arena_new()};
	run.limits = (struct pd_lmtp_limits){.hostname = "mx.example.com",
					     .spool = "/tmp",
					     .message = 1000000,
					     .recipients = 50,
					     .errors = 20};
	const struct pd_strings lines = pd_lines(run.arena, text);
	for (size_t i = 0; i < lines.count; i++) {
		run.line = (int)i + 1;
		if (*lines.items[i] != '\0' && *lines.items[i] != '#')
			do_line(&run, lines.items[i]);
	}
	check_bytes(&run);
	send_group(&run);
	if (run.seen < run.replies.len)
		wrong(&run, "replies that nobody waits for", run.replies.data + run.seen);
	if (run.mails_seen < run.mails.count)
		wrong(&run, "a mail that nobody waits for", run.mails.items[run.mails_seen].envelope);
	pd_lmtp_free(run.lmtp);
	pd_buf_free(&run.input);
	pd_buf_free(&run.replies);
	pd_buf_free(&run.wanted_bytes);
	pd_arena_free(run.arena);
}

static void dialogues(void **state)
{
	(void)state;
	static const size_t pieces[] = {0, 1, 2, 3, 5, 7, 64};
	const char *top = getenv("top_srcdir");
	char *folder = g_strdup_printf("%s/tests/lmtp", top != NULL ? top : ".");
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	int played = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (!pd_ends(entry->d_name, ".dialogue"))
			continue;
		char *path = g_strdup_printf("%s/%s", folder, entry->d_name), *text = NULL;
		assert_true(g_file_get_contents(path, &text, NULL, NULL));
		bool is_whole = pd_starts(text, "whole\n") || strstr(text, "\nwhole\n") != NULL;
		for (size_t i = 0; i < (is_whole ? 1 : G_N_ELEMENTS(pieces)); i++)
			play(path, text, pieces[i]);
		g_free(text);
		g_free(path);
		played++;
	}
	closedir(dir);
	g_free(folder);
	assert_true(played >= 10);
}

/* --- any bytes --- */

static unsigned long seed;

static unsigned any(unsigned below)
{
	seed = seed * 6364136223846793005ul + 1442695040888963407ul;
	return (unsigned)(seed >> 33) % below;
}

/* Some of what a client may say, right and wrong, in groups that a client may send together. */
static void any_group(struct pd_buf *group, bool in_data)
{
	static const char *const commands[] = {
		"LHLO x\r\n",
		"MAIL FROM:<a@example.net>\r\n",
		"MAIL FROM:<> SIZE=10\r\n",
		"RCPT TO:<s@example.com>\r\n",
		"RCPT TO:<nobody@example.com>\r\n",
		"XFORWARD IDENT=q1\r\n",
		"RSET\r\n",
		"NOOP\r\n",
		"QUUX\r\n",
		"MAIL\n",
		"NO\rOP\r\n",
		"\r\n",
		"RCPT TO:<s@example.com> X=1\r\n",
		"VRFY a\r\n",
	};
	static const char *const bytes[] = {".",       "\r", "\n", "\r\n", "\r\n.",
					    "\r\n.\r", "a",  "..", "\0",   "MAIL FROM:<b@example.net>\r\n"};
	for (unsigned n = any(12); n > 0; n--) {
		const char *piece =
			in_data ? bytes[any(G_N_ELEMENTS(bytes))] : commands[any(G_N_ELEMENTS(commands))];
		pd_buf_add(group, piece, *piece == '\0' ? 1 : strlen(piece));
	}
	pd_buf_adds(group, in_data ? "\r\n.\r\n" : "DATA\r\n");
}

/* Plays the groups of this seed; the transcript and the mails as one text. */
static const char *play_any(struct pd_arena *arena, unsigned long from, unsigned most)
{
	struct run run = {.file = "any", .arena = arena};
	unsigned long pieces = from * 7919 + most;
	PD_AUTO_BUF said = {0};
	run.limits = (struct pd_lmtp_limits){
		.hostname = "mx", .spool = "/tmp", .message = 200, .recipients = 3, .errors = 30};
	seed = from;
	start(&run);
	for (int i = 0; i < 12 && !pd_lmtp_is_over(run.lmtp); i++) {
		pd_buf_clear(&run.input);
		any_group(&run.input, pd_lmtp_in_data(run.lmtp));
		for (size_t at = 0; at < run.input.len && !pd_lmtp_is_over(run.lmtp);) {
			pieces = pieces * 6364136223846793005ul + 1442695040888963407ul;
			size_t left = run.input.len - at, len = most == 0 ? left : (pieces >> 33) % most + 1;
			len = len < left ? len : left;
			/* DATA's answer comes between, whatever follows in the group. */
			char *piece = g_memdup2(run.input.data + at, len);
			size_t taken = pd_lmtp_feed(run.lmtp, piece, len);
			g_free(piece);
			assert_true(taken > 0 && taken <= len);
			at += taken;
			flush(&run);
		}
	}
	pd_buf_add(&said, run.replies.data != NULL ? run.replies.data : "", run.replies.len);
	for (size_t i = 0; i < run.mails.count; i++) {
		pd_buf_addf(&said, "[%s]", run.mails.items[i].envelope);
		for (size_t j = 0; j < run.mails.items[i].bytes.len; j++)
			pd_buf_addf(&said, "%02x", (unsigned char)run.mails.items[i].bytes.data[j]);
	}
	pd_lmtp_free(run.lmtp);
	pd_buf_free(&run.input);
	pd_buf_free(&run.replies);
	return pd_buf_string(arena, &said);
}

/* However the bytes arrive, the replies and the mails are the same. */
static void any_pieces(void **state)
{
	(void)state;
	size_t mails = 0;
	for (unsigned long from = 1; from <= 3000; from++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *want = play_any(arena, from, 0);
		mails += strchr(want, '[') != NULL;
		for (unsigned most = 1; most <= 17; most += 4) {
			const char *got = play_any(arena, from, most);
			if (strcmp(got, want) != 0)
				fail_msg("seed %lu, pieces up to %u:\n%s\ninstead of\n%s", from, most, got,
					 want);
		}
	}
	assert_true(mails > 300);
}

static void paths(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want, *rest; /* want NULL: no path */
	} table[] = {
		{"plain", "<anna@example.com>", "anna@example.com", ""},
		{"null sender", "<> SIZE=1", "", " SIZE=1"},
		{"quoted", "<\"a > b\"@example.com>", "\"a > b\"@example.com", ""},
		{"quoted pair", "<\"a\\\"> b\"@example.com>", "\"a\\\"> b\"@example.com", ""},
		{"source route", "<@a.example,@b.example:c@example.com>", "c@example.com", ""},
		{"route without address", "<@a.example:>", NULL, NULL},
		{"no brackets", "anna@example.com", NULL, NULL},
		{"not closed", "<anna@example.com", NULL, NULL},
		{"quote not closed", "<\"anna@example.com>", NULL, NULL},
		{"blank inside", "<anna @example.com>", NULL, NULL},
		{"no blank after", "<anna@example.com>SIZE=1", NULL, NULL},
		{"two", "<a@example.com><b@example.com>", NULL, NULL},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *at = table[i].input, *got = NULL;
		bool is_path = pd_lmtp_path(arena, &at, &got);
		if (is_path != (table[i].want != NULL))
			fail_msg("%s", table[i].name);
		if (is_path) {
			assert_string_equal(got, table[i].want);
			assert_string_equal(at, table[i].rest);
		}
	}
}

static void xtext(void **state)
{
	(void)state;
	static const struct {
		const char *name, *input, *want; /* NULL: malformed */
	} table[] = {
		{"plain", "4bXyz", "4bXyz"},	{"encoded", "a+2Bb+3Dc", "a+b=c"},
		{"lower case", "+2b", "+"},	{"cut off", "a+2", NULL},
		{"no digits", "a+zz", NULL},	{"nul", "a+00b", NULL},
		{"line end", "a+0D+0Ab", NULL}, {"empty", "", ""},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *got = pd_lmtp_xtext(arena, table[i].input);
		if (!pd_equal(got, table[i].want))
			fail_msg("%s: %s", table[i].name, got != NULL ? got : "NULL");
	}
}

int main(void)
{
	pd_log_open(PD_LOG_STDERR, PD_ERROR + 1, "test_gate_lmtp");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues),
		cmocka_unit_test(any_pieces),
		cmocka_unit_test(paths),
		cmocka_unit_test(xtext),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of reader.c, reader_child.c, sandbox.c and wire.c: mails that kill their reader, charsets under the filter,
 * contents of any size. This program is its own reader; a field X-Test tells the reader how to misbehave. */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"
#include "mime/inside.h"
#include "mime/reader.h"

#ifdef PD_SANITIZED
#define HAS_FILTER false
#else
#define HAS_FILTER true
#endif

/* --- the reader's side --- */

/* An answer that adds up, but for one thing that it says. */
static void lie(const char *about, const char *data, size_t size)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF out = {0};
	struct pd_message *message = pd_parse_content(arena, data, size);
	struct pd_attachment attachment = {.name = "a.bin", .type = "image/png"};
	if (strncmp(about, "endless", 7) == 0)
		attachment.size = SIZE_MAX;
	else if (strncmp(about, "large", 5) == 0)
		attachment.size = (size_t)1 << 40;
	else if (strncmp(about, "whole", 5) == 0)
		message->size = (size_t)1 << 40;
	else if (strncmp(about, "id", 2) == 0)
		attachment.content_id = "a\r\nBcc: b@example.org";
	else if (strncmp(about, "why", 3) == 0)
		message->why_auto = "a\nb";
	else if (strncmp(about, "own", 3) == 0)
		message->own_text = strlen(message->text) + 1;
	else if (strncmp(about, "signed", 6) == 0)
		message->signed_part = (struct pd_signed_part){.kind = PD_SIGNED_SMIME, .start = size, .len = 1};
	*pd_list_add(arena, &message->attachments) = attachment;
	pd_wire_put_message(&out, message);
	if (strncmp(about, "rest", 4) == 0)
		pd_buf_add(&out, "x", 1);
	struct pd_reader_answer head = {.size = out.len};
	pd_write_all(STDIN_FILENO, &head, sizeof head);
	pd_write_all(STDIN_FILENO, out.data, out.len);
}

static bool is_sealed; /* the memory that we were given at our start */

static bool check_seals(void)
{
	int want = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	return (fcntl(PD_READER_MEMORY, F_GET_SEALS) & want) == want && ftruncate(PD_READER_MEMORY, (off_t)1 << 30) != 0 &&
	       ftruncate(PD_READER_MEMORY, (off_t)PD_READER_SHARED - 1) != 0;
}

static void misbehave(const char *data, size_t size)
{
	const char *field = memmem(data, size, "X-Test: ", 8);
	if (!field)
		return;
	field += 8;
	if (strncmp(field, "crash", 5) == 0)
		abort();
	if (strncmp(field, "seals", 5) == 0 && !is_sealed)
		abort();
	if (strncmp(field, "tnef", 4) == 0 && pd_tnef_is_enabled())
		abort();
	if (strncmp(field, "exit", 4) == 0)
		_exit(0);
	if (strncmp(field, "loop", 4) == 0)
		for (volatile unsigned long n = 0;; n++)
			;
	if (strncmp(field, "memory", 6) == 0)
		for (;;)
			memset(pd_alloc(pd_arena_new(), 1 << 24), 1, 1 << 24);
	if (strncmp(field, "open", 4) == 0 && (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES))
		abort();
	if (strncmp(field, "socket", 6) == 0)
		socket(AF_INET, SOCK_STREAM, 0);
	if (strncmp(field, "fork", 4) == 0 && fork() == 0)
		_exit(0);
	if (strncmp(field, "kill", 4) == 0)
		kill(getppid(), 0);
	if (strncmp(field, "execute", 7) == 0)
		mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (strncmp(field, "garbage", 7) == 0)
		pd_write_all(STDIN_FILENO, "\x08\0\0\0\0\0\0\0garbage!", 16);
	if (strncmp(field, "huge", 4) == 0)
		pd_write_all(STDIN_FILENO, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8);
	static unsigned asked;
	if (strncmp(field, "more", 4) == 0 && asked++ > 0) { /* its contents are wanted: far more than it said */
		static const char zeros[1 << 16];
		uint64_t len = (uint64_t)1 << 26;
		pd_write_all(STDIN_FILENO, &len, sizeof len);
		for (uint64_t at = 0; at < len && pd_write_all(STDIN_FILENO, zeros, sizeof zeros) == 0; at += sizeof zeros)
			;
		_exit(0);
	}
	if (strncmp(field, "lie ", 4) == 0)
		lie(field + 4, data, size);
	if (strncmp(field, "half", 4) == 0) {
		pd_write_all(STDIN_FILENO, "\x40\0\0\0\0\0\0\0half", 12);
		_exit(0);
	}
}

/* --- ours --- */

static struct pd_readers *pool(unsigned count, pd_time deadline)
{
	struct pd_reader_limits limits = {.count = count, .deadline = deadline, .memory = (size_t)256 << 20};
	return pd_readers_new("/proc/self/exe", &limits);
}

static struct pd_message *read_mail(struct pd_readers *readers, struct pd_arena *arena, const char *data, size_t len)
{
	struct pd_raw *raw = pd_raw_from_bytes(data, len);
	struct pd_message *message = NULL;
	struct pd_error error = {0};
	if (pd_read_message(readers, arena, raw, &message, &error) != PD_OK)
		fail_msg("%s", error.text);
	pd_raw_free(raw);
	return message;
}

static struct pd_message *read_text(struct pd_readers *readers, struct pd_arena *arena, const char *mail)
{
	return read_mail(readers, arena, mail, strlen(mail));
}

static void test_misbehaving(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		bool is_read, needs_filter;
	} rows[] = {
		{"crash", false, false},  {"exit", false, false}, {"loop", false, false},   {"memory", false, true},
		{"open", true, true},	  {"socket", false, true}, {"fork", false, true},   {"kill", false, true},
		{"execute", false, true}, {"garbage", false, false}, {"huge", false, false}, {"half", false, false},
		{"lie endless", false, false}, {"lie large", false, false}, {"lie whole", false, false},
		{"lie id", false, false}, {"lie why", false, false},
		{"lie own", false, false}, {"lie signed", false, false}, {"lie rest", false, false},
		{"nothing", true, false},
	};
	struct pd_readers *readers = pool(1, HAS_FILTER ? 1000 : 5000);
	unsigned long replaced = 0, unparsed = 0, done = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].needs_filter && !HAS_FILTER)
			continue;
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: a@example.org\r\nSubject: s\r\nX-Test: %s\r\n\r\nthe text\r\n", rows[i].what);
		struct pd_message *message = read_text(readers, arena, mail);
		CHECK_ROW(rows[i].what, !(message->kinds & PD_KIND_UNPARSED) == rows[i].is_read);
		/* either way it is a mail that a ticket can be made of */
		CHECK_ROW_STRING(rows[i].what, message->from.addr, "a@example.org");
		CHECK_ROW_STRING(rows[i].what, message->subject, "s");
		CHECK_ROW(rows[i].what, strstr(message->full_text, "the text") != NULL);
		CHECK_ROW(rows[i].what, message->size == strlen(mail));
		/* and the next one is read as if nothing had happened */
		message = read_text(readers, arena, "From: b@example.org\r\n\r\nnext\r\n");
		CHECK_ROW(rows[i].what, !(message->kinds & PD_KIND_UNPARSED));
		done += 2;
		replaced += rows[i].is_read ? 0 : 2;
		unparsed += !rows[i].is_read;
		struct pd_reader_stats stats = pd_readers_stats(readers);
		CHECK_ROW(rows[i].what, stats.read == done && stats.replaced == replaced && stats.unparsed == unparsed);
	}
	pd_readers_free(readers);
}

/* A piece of a content that is longer than the room made for it is not taken. */
static void test_more_than_said(void **state)
{
	(void)state;
	static const char mail[] = "From: a@example.org\r\nX-Test: more\r\nContent-Type: image/png\r\n\r\nPNG\r\n";
	struct pd_readers *readers = pool(1, 10000);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_raw *raw = pd_raw_from_bytes(mail, sizeof mail - 1);
	struct pd_message *message = NULL;
	struct pd_error error = {0};
	assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), PD_OK);
	assert_int_equal(message->attachments.count, 1);
	pd_read_contents(readers, arena, raw, message, NULL, &error);
	assert_int_equal(pd_readers_stats(readers).replaced, 1);
	pd_raw_free(raw);
	pd_readers_free(readers);
}

/* A reader that dies of winmail.dat costs the mail its files, not its parsing: it is read again without them. */
static void test_again_without_tnef(void **state)
{
	(void)state;
	struct pd_reader_limits limits = {.count = 1, .deadline = 10000, .memory = (size_t)256 << 20, .tnef = true};
	struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message =
		read_text(readers, arena,
			  "From: a@example.org\r\nX-Test: tnef\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nthe text\r\n"
			  "--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n--b--\r\n");
	assert_false(message->kinds & PD_KIND_UNPARSED);
	assert_string_equal(message->text, "the text");
	assert_int_equal(message->attachments.count, 1);
	assert_string_equal(message->attachments.items[0].name, "winmail.dat");
	assert_int_equal(pd_readers_stats(readers).replaced, 1);
	assert_int_equal(pd_readers_stats(readers).unparsed, 0);
	pd_readers_free(readers);
}

/* A mail over the limits comes back unparsed and costs no reader. */
static void test_bombs(void **state)
{
	(void)state;
	struct pd_readers *readers = pool(1, 10000);
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF parts = {0}, groups = {0}, param = {0};
	pd_buf_adds(&parts, "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 200000; i++)
		pd_buf_adds(&parts, "--b\r\n\r\n\r\n");
	pd_buf_adds(&groups, "From: a@example.org\r\nTo: ");
	for (int i = 0; i < 51200; i++)
		pd_buf_adds(&groups, "a:");
	pd_buf_adds(&groups, "\r\nSubject: s\r\n\r\ntext\r\n");
	pd_buf_addf(&param, "From: a@example.org\r\nContent-Type: text/plain; %072d=\xc3\xa4\r\n"
			    "Content-Disposition: attachment; filename*0*=utf-8''%%C3; %072d=\"\xc3\xa4\"\r\n\r\ntext\r\n", 1, 2);
	struct pd_message *message = read_mail(readers, arena, parts.data, parts.len);
	assert_true(message->kinds & PD_KIND_UNPARSED);
	message = read_mail(readers, arena, groups.data, groups.len);
	assert_false(message->kinds & PD_KIND_UNPARSED);
	assert_string_equal(message->subject, "s");
	assert_int_equal(message->to.count, 0);
	assert_non_null(pd_message_header(message, "X-Postdesk-Broken-To"));
	message = read_mail(readers, arena, param.data, param.len);
	assert_false(message->kinds & PD_KIND_UNPARSED);
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	pd_readers_free(readers);
}

static pid_t child_of(pid_t parent)
{
	char path[64], line[64];
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	pid_t pid = fgets(line, sizeof line, file) ? (pid_t)atol(line) : 0;
	fclose(file);
	return pid;
}

/* A reader that somebody killed costs nothing: the mail is read by a fresh one. */
static void test_killed_while_idle(void **state)
{
	(void)state;
	struct pd_readers *readers = pool(1, 10000);
	PD_AUTO_ARENA arena = pd_arena_new();
	read_text(readers, arena, "From: a@example.org\r\n\r\none\r\n");
	pid_t pid = child_of(getpid());
	if (pid > 0) { /* a kernel that lists children */
		kill(pid, SIGKILL);
		struct pd_message *message = read_text(readers, arena, "From: a@example.org\r\n\r\ntwo\r\n");
		assert_false(message->kinds & PD_KIND_UNPARSED);
		assert_int_equal(pd_readers_stats(readers).replaced, 1);
	}
	pd_readers_free(readers);
}

/* The pool's process ends without a word: its reader sees the end of the socket and goes. */
static void test_parent_dies(void **state)
{
	(void)state;
	int pipes[2];
	assert_int_equal(pipe(pipes), 0);
	pid_t parent = fork();
	if (parent == 0) {
		PD_AUTO_ARENA arena = pd_arena_new();
		read_text(pool(1, 10000), arena, "From: a@example.org\r\n\r\none\r\n");
		pid_t reader = child_of(getpid());
		pd_write_all(pipes[1], &reader, sizeof reader);
		_exit(0);
	}
	pid_t reader = 0;
	assert_int_equal(pd_read_all(pipes[0], &reader, sizeof reader), 0);
	waitpid(parent, NULL, 0);
	int64_t deadline = pd_monotonic() + 10000;
	char path[64], status[256] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", (int)reader);
	for (bool is_gone = reader == 0; !is_gone;) {
		int fd = open(path, O_RDONLY);
		ssize_t n = fd >= 0 ? read(fd, status, sizeof status - 1) : -1;
		is_gone = n <= 0 || strstr(status, ") Z");
		if (fd >= 0)
			close(fd);
		assert_true(pd_monotonic() < deadline);
		poll(NULL, 0, 5);
	}
	close(pipes[0]);
	close(pipes[1]);
}

static void test_cannot_start(void **state)
{
	(void)state;
	static const char *const programs[] = {"/nonexistent", "/bin/true"};
	struct pd_reader_limits limits = {.count = 1, .deadline = 1000, .memory = (size_t)256 << 20};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(programs); i++) {
		struct pd_readers *readers = pd_readers_new(programs[i], &limits);
		struct pd_raw *raw = pd_raw_from_bytes("From: a@b\n\nx", 12);
		struct pd_message *message = NULL;
		struct pd_error error = {0};
		assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), PD_TEMPORARY);
		assert_non_null(strstr(error.text, programs[i]));
		assert_null(message);
		pd_raw_free(raw);
		pd_readers_free(readers);
	}
	pd_readers_free(NULL);
}

/* Every charset of the table in subject, name, file name and body: the same under the filter as without. */
static void test_charsets(void **state)
{
	(void)state;
	struct pd_readers *readers = pool(1, 10000);
	static const char *const candidates[] = {"\xc3\xa9t\xc3\xa9", "\xd0\x9f\xd1\x80\xd0\xb8", "\xce\xb1\xce\xb2", "\xd7\xa9",
						 "\xd8\xb3", "\xe0\xb8\x81", "\xe6\x97\xa5", "\xed\x95\x9c", "\xc4\x85", "\xc5\xa1",
						 "\xd5\xa1", "\xe1\x83\x90", "\xc4\xa7", "\xc3\xa4"};
	for (size_t i = 0; pd_charset_name(i); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *name = pd_charset_name(i), *sample = NULL;
		char bytes[64];
		size_t len = 0;
		iconv_t cd = iconv_open(name, "UTF-8");
		if (cd == (iconv_t)-1)
			continue; /* this system has it not */
		for (size_t k = 0; k < COUNT(candidates) && !sample; k++) {
			char *in = (char *)(uintptr_t)candidates[k], *out = bytes;
			size_t left = strlen(in), room = sizeof bytes;
			iconv(cd, NULL, NULL, NULL, NULL);
			if (iconv(cd, &in, &left, &out, &room) == 0 && iconv(cd, NULL, NULL, &out, &room) == 0) {
				sample = candidates[k];
				len = sizeof bytes - room;
			}
		}
		iconv_close(cd);
		assert_non_null(sample);
		PD_AUTO_BUF mail = {0}, hex = {0}, percent = {0};
		for (size_t k = 0; k < len; k++) {
			pd_buf_addf(&hex, "=%02X", (unsigned char)bytes[k]);
			pd_buf_addf(&percent, "%%%02X", (unsigned char)bytes[k]);
		}
		pd_buf_addf(&mail,
			    "From: =?%s?q?%s?= <a@example.org>\r\nSubject: =?%s?q?%s?=\r\nMIME-Version: 1.0\r\n"
			    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=%s\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n--b\r\n"
			    "Content-Type: image/png\r\nContent-Disposition: attachment; filename*=%s''%s\r\n\r\nx\r\n--b--\r\n",
			    name, hex.data, name, hex.data, name, hex.data, name, percent.data);
		struct pd_message *message = read_mail(readers, arena, mail.data, mail.len);
		CHECK_ROW(name, !(message->kinds & PD_KIND_UNPARSED));
		const char *want = pd_charset_utf8(arena, name, bytes, len);
		CHECK_ROW_STRING(name, want, sample);
		CHECK_ROW_STRING(name, message->subject, want);
		CHECK_ROW_STRING(name, message->from.name, want);
		CHECK_ROW(name, strstr(message->full_text, want) != NULL);
		CHECK_ROW(name, message->attachments.count == 1);
		CHECK_ROW_STRING(name, message->attachments.items[0].name, want);
	}
	/* charsets that stand in no table: no file is opened for them, the mail is read all the same */
	static const char *const strange[] = {"EBCDIC-US", "IBM1047", "CP10007", "x-nonsense", "../../x", "UTF-8//TRANSLIT"};
	for (size_t i = 0; i < COUNT(strange); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: a@b\r\nContent-Type: text/plain; charset=\"%s\"; name*=%s''%%E9\r\n"
						    "Subject: =?%s?q?=E9?=\r\n\r\n\xc1\xe9\r\n", strange[i], strange[i], strange[i]);
		CHECK_ROW(strange[i], !(read_text(readers, arena, mail)->kinds & PD_KIND_UNPARSED));
	}
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	pd_readers_free(readers);
}

/* The record that a reader sends is the message that it read. */
static void test_same_as_in_place(void **state)
{
	(void)state;
	static const char *const mails[] = {
		"", "\r\n", "x", "From: a@b\r\n\r\n", "From x\nFrom: a@b\nTo: c@d, e@f\nCc: g@h\n\ntext\n",
		"From: a@b\r\nContent-Type: text/html\r\n\r\n<p>Hello<blockquote>old</blockquote>\r\n",
		("From: mailer-daemon@b\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
		"--b\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; b\r\n\r\n"
		"Final-Recipient: rfc822; x@y\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
		"From: q@r\r\nMessage-ID: <1@r>\r\n\r\nold\r\n--b--\r\n"),
		("From: a@b\r\nSubject: Fwd: x\r\nReferences: <1@a> <2@a>\r\nIn-Reply-To: <2@a>\r\nDate: Sat, 21 Nov 2026 14:03:00 +0000\r\n\r\n"
		"see below\r\n\r\n-------- Forwarded Message --------\r\nFrom: q@r\r\nSubject: x\r\n\r\nold\r\n"),
	};
	struct pd_readers *readers = pool(1, 10000);
	for (size_t i = 0; i < COUNT(mails); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_BUF ours = {0}, theirs = {0};
		struct pd_message *here = pd_parse_message(arena, mails[i], strlen(mails[i]));
		struct pd_message *there = read_text(readers, arena, mails[i]);
		assert_memory_equal(here->digest, there->digest, sizeof here->digest);
		assert_memory_equal(here->body_digest, there->body_digest, sizeof here->body_digest);
		pd_wire_put_message(&ours, here);
		pd_wire_put_message(&theirs, there);
		assert_int_equal(ours.len, theirs.len);
		assert_memory_equal(ours.data, theirs.data, ours.len);
		/* cut anywhere, or with a byte changed, a record is refused or harmless */
		for (size_t cut = 0; cut < ours.len; cut++)
			assert_null(pd_wire_get_message(arena, ours.data, cut));
		for (size_t at = 0; at < ours.len; at++) {
			ours.data[at] = (char)(ours.data[at] ^ 0x80);
			pd_wire_get_message(arena, ours.data, ours.len);
			ours.data[at] = (char)(ours.data[at] ^ 0x80);
		}
	}
	pd_readers_free(readers);
}

/* Above 256 kB a mail travels as a descriptor, and contents of any size come back. */
static void test_contents(void **state)
{
	(void)state;
	struct pd_readers *readers = pool(1, 60000);
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF mail = {0};
	size_t lines = 100000;
	pd_buf_adds(&mail, "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
			   "Content-Type: application/zip; name=\"../../a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	for (size_t i = 0; i < lines; i++)
		pd_buf_adds(&mail, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4\r\n");
	pd_buf_adds(&mail, "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=89PNG\r\n"
			   "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext\r\n--b--\r\n");
	struct pd_raw *raw = pd_raw_new("/tmp");
	struct pd_error error = {0};
	assert_int_equal(pd_raw_add(raw, mail.data, mail.len, &error), PD_OK);
	assert_int_equal(pd_raw_finish(raw, &error), PD_OK);
	assert_true(raw->fd >= 0);
	struct pd_message *message = NULL;
	assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), PD_OK);
	assert_false(message->kinds & PD_KIND_UNPARSED);
	assert_int_equal(message->attachments.count, 3);
	const bool want[] = {false, true, true};
	assert_int_equal(pd_read_contents(readers, arena, raw, message, want, &error), PD_OK);
	assert_null(message->attachments.items[0].content.data);
	assert_int_equal(message->attachments.items[1].content.len, 4);
	assert_memory_equal(message->attachments.items[1].content.data, "\x89PNG", 4);
	assert_string_equal(message->attachments.items[2].content.data, "Subject: inner\r\n\r\ntext");
	assert_string_equal(message->attachments.items[2].name, "inner.eml");
	assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), PD_OK);
	struct pd_bytes content = message->attachments.items[0].content;
	assert_string_equal(message->attachments.items[0].name, "a.zip");
	assert_int_equal(content.len, lines * 57);
	for (size_t i = 0; i < content.len; i++)
		if ((size_t)content.data[i] != i % 57)
			fail_msg("byte %zu differs", i);
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	/* the reader cannot give more or less than was promised */
	message->attachments.items[1].size = 3;
	assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), PD_PERMANENT);
	/* nor have us make room for what no mail can hold: one more byte would be none */
	message->attachments.items[1].size = SIZE_MAX;
	assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), PD_PERMANENT);
	message->attachments.items[1].size = 4;
	message->attachments.items[1].index = 77;
	assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), PD_PERMANENT);
	pd_raw_free(raw);
	pd_readers_free(readers);
}

static void *read_many(void *data)
{
	struct pd_readers *readers = data;
	for (int i = 0; i < 200; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena, "From: a@example.org\r\nSubject: %p %d\r\n%s\r\ntext\r\n", (void *)&arena, i,
					     i % 50 == 7 ? "X-Test: exit\r\n" : "");
		struct pd_message *message = read_text(readers, arena, mail);
		const char *want = pd_printf(arena, "%p %d", (void *)&arena, i);
		if (strcmp(message->subject, want) != 0 || !(message->kinds & PD_KIND_UNPARSED) != (i % 50 != 7))
			return "mixed up";
	}
	return NULL;
}

/* Mails and answers that go by the common memory, and those that are too large for it. */
static void test_sizes(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1000, PD_READER_MAIL - 100, PD_READER_MAIL, PD_READER_MAIL + 1, 500000, 1000000, 5000000};
	struct pd_readers *readers = pool(1, 10000);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_BUF mail = {0};
		pd_buf_adds(&mail, "From: a@example.org\r\n\r\n");
		while (mail.len < sizes[i])
			pd_buf_addf(&mail, "line %zu\r\n", mail.len);
		mail.len = sizes[i] > 100 ? sizes[i] : mail.len;
		struct pd_message *here = pd_parse_message(arena, mail.data, mail.len);
		struct pd_message *there = read_mail(readers, arena, mail.data, mail.len);
		const char *name = pd_printf(arena, "%zu bytes", mail.len);
		CHECK_ROW(name, !(there->kinds & PD_KIND_UNPARSED));
		CHECK_ROW_STRING(name, there->text, here->text);
		CHECK_ROW_STRING(name, there->full_text, here->full_text);
		CHECK_ROW(name, memcmp(there->digest, here->digest, sizeof here->digest) == 0);
	}
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	pd_readers_free(readers);
}

/* What is told of a file's size is what comes when it is asked for, however its base64 ends. */
static void test_base64_sizes(void **state)
{
	(void)state;
	static const struct {
		const char *base64;
		size_t want;
	} rows[] = {
		{"", 0},     {"QQ==", 1},	 {"QUI=", 2},	 {"QUJD", 3},	      {"QUJDRA==", 4},
		{"QU\r\nJD\r\nRA==\r\n", 4}, {"QUJ D", 3}, {"QUJD!*#", 3}, {"QUJDRA= =", 4},
		{"QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUI=", 50},
		/* what has no whole end is whatever the decoder makes of it */
		{"QQ", 1}, {"QUI", 2}, {"QUJDQ\r\nQ", 4}, {"Q", SIZE_MAX}, {"QQ==QUI=", SIZE_MAX}, {"QQ===", SIZE_MAX}, {"====", SIZE_MAX},
		{"QUJD=", SIZE_MAX}, {"QUJD==x", SIZE_MAX},
	};
	struct pd_readers *readers = pool(1, 10000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *mail = pd_printf(arena,
					     "From: a@example.org\r\nContent-Type: image/png; name=a.png\r\n"
					     "Content-Transfer-Encoding: base64\r\n\r\n%s",
					     rows[i].base64);
		struct pd_raw *raw = pd_raw_from_bytes(mail, strlen(mail));
		struct pd_message *message = NULL;
		CHECK_ROW(rows[i].base64, pd_read_message(readers, arena, raw, &message, NULL) == PD_OK);
		if (rows[i].want == 0 && message->attachments.count == 0) {
			pd_raw_free(raw);
			continue;
		}
		CHECK_ROW(rows[i].base64, message->attachments.count == 1);
		CHECK_ROW(rows[i].base64, pd_read_contents(readers, arena, raw, message, NULL, NULL) == PD_OK);
		CHECK_ROW(rows[i].base64, message->attachments.items[0].content.len == message->attachments.items[0].size);
		CHECK_ROW(rows[i].base64, rows[i].want == SIZE_MAX || rows[i].want == message->attachments.items[0].size);
		pd_raw_free(raw);
	}
	pd_readers_free(readers);
}

static void test_many_threads(void **state)
{
	(void)state;
	struct pd_readers *readers = pool(2, 10000);
	pthread_t threads[6];
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_many, readers), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		void *result;
		pthread_join(threads[i], &result);
		assert_null(result);
	}
	assert_int_equal(pd_readers_stats(readers).read, 200 * COUNT(threads));
	pd_readers_free(readers);
}

/* A text with a NUL in it would be shorter for everybody behind the record. */
static void test_nul_in_record(void **state)
{
	(void)state;
	static const char mail[] = "From: a@b\r\nSubject: onetwothree\r\n\r\nfourfivesix\r\n";
	static const char *const words[] = {"onetwothree", "fourfivesix"};
	for (size_t i = 0; i < COUNT(words); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_BUF out = {0};
		pd_wire_put_message(&out, pd_parse_content(arena, mail, strlen(mail)));
		pd_buf_addc(&out, '\0');
		assert_non_null(pd_wire_get_message(arena, out.data, out.len - 1));
		char *word = memmem(out.data, out.len, words[i], strlen(words[i]));
		assert_non_null(word);
		word[3] = '\0';
		assert_null(pd_wire_get_message(arena, out.data, out.len - 1));
	}
}

/* A reader that is asked for what cannot be ends in order, and answers nothing. */
static void test_impossible_requests(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct pd_reader_request request;
	} rows[] = {
		{"more than the common memory holds", {.what = PD_READER_MESSAGE, .size = PD_READER_MAIL + 1}},
		{"far more", {.what = PD_READER_MESSAGE, .size = (uint64_t)1 << 40}},
		{"a file that does not come", {.what = PD_READER_MESSAGE, .size = 10, .is_file = 1}},
		{"too many contents", {.what = PD_READER_CONTENTS, .size = 10, .wanted = 100001}},
		{"no such request", {.what = 77, .size = 10}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int pair[2], status = 0;
		char ready = 0, answer;
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		PD_AUTO_FD ours = pair[0], theirs = pair[1], memory = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		assert_int_equal(ftruncate(memory, (off_t)PD_READER_SHARED), 0);
		assert_int_equal(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
		pid_t child = fork();
		if (child == 0) {
			dup2(theirs, STDIN_FILENO);
			dup2(memory, PD_READER_MEMORY);
			execl("/proc/self/exe", "reader", "--reader", (char *)NULL);
			_exit(77);
		}
		close(theirs);
		theirs = -1;
		struct pd_reader_hello hello = {.memory = (uint64_t)1 << 30, .seconds = 30};
		assert_int_equal(pd_write_all(ours, &hello, sizeof hello), 0);
		assert_int_equal(pd_read_all(ours, &ready, 1), 0);
		assert_int_equal(pd_write_all(ours, &rows[i].request, sizeof rows[i].request), 0);
		CHECK_ROW(rows[i].name, recv(ours, &answer, 1, 0) <= 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		CHECK_ROW(rows[i].name, WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* The memory that a reader shares with its pool: who could cut it off would kill the other side. */
static void test_seals(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_readers *readers = pool(1, 10000);
	assert_false(read_text(readers, arena, "From: a@b\r\nX-Test: seals\r\n\r\ntext\r\n")->kinds & PD_KIND_UNPARSED);
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	pd_readers_free(readers);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--reader") == 0) {
		is_sealed = check_seals();
		pd_reader_serve(STDIN_FILENO, misbehave);
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seals), cmocka_unit_test(test_nul_in_record), cmocka_unit_test(test_impossible_requests),
		cmocka_unit_test(test_misbehaving), cmocka_unit_test(test_more_than_said),
		cmocka_unit_test(test_again_without_tnef), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_killed_while_idle), cmocka_unit_test(test_parent_dies),
		cmocka_unit_test(test_cannot_start), cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_same_as_in_place), cmocka_unit_test(test_contents),
		cmocka_unit_test(test_many_threads), cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_base64_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the limits of reading: the largest and the strangest mails that are taken, each through a reader, each below
 * two seconds of processor time (the reader's and ours together) and in bounded memory, read or left unparsed. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/io.h"
#include "mime/reader.h"

#ifdef PD_SANITIZED
#define TIME_LIMIT   60.0 /* seconds */
#define MEMORY_LIMIT ((size_t)8 << 30)
#else
#define TIME_LIMIT   2.0
#define MEMORY_LIMIT ((size_t)400 << 20)
#endif

#define KB ((size_t)1 << 10)
#define MB ((size_t)1 << 20)

enum want { READ, UNPARSED, EITHER };

static const struct {
	const char *name, *before, *unit; /* unit: repeated */
	size_t size;			  /* bytes of units; 0: count says it */
	size_t count;
	const char *middle, *unit_after; /* as often as unit, when given */
	const char *after;
	enum want want;
} rows[] = {
	{"50 MB of text", "\r\n", "A line of text like any other, and the next one.\r\n", 50 * MB, 0, "", NULL, "", READ},
	{"50 MB of quotes", "\r\n", "> A line of text like any other, and the next one:\r\n", 50 * MB, 0, "", NULL, "", READ},
	{"50 MB of other letters", "\r\n", "\xd0\x94\xd0\xbe\xd0\xb1\xd1\x80\xd1\x8b\xd0\xb9\r\n", 50 * MB, 0, "", NULL, "", READ},
	{"50 MB of no charset", "\r\n", "\xc4\xee\xe1\xf0\xfb\xe9 \xe4\xe5\xed\xfc\r\n", 50 * MB, 0, "", NULL, "", READ},
	{"50 MB of HTML", "Content-Type: text/html\r\n\r\n", "<p>A line of <b>text</b> like <i>any</i> other.</p>\r\n", 50 * MB, 0, "", NULL,
	 "", READ},
	{"50 MB of a picture", "Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	 "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA\r\n", 50 * MB, 0, "", NULL, "", READ},
	{"50 MB in quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=C3=A4=C3=B6=C3=BC=\r\n", 50 * MB, 0, "", NULL, "",
	 READ},
	{"50 MB uuencoded", "\r\nbegin 644 a\r\n", "M:&5L;&\\@=V]R;&0A:&5L;&\\@=V]R;&0A:&5L;&\\@=V]R;&0A:&5L;&\\@=V]R\r\n", 50 * MB, 0, "`\r\nend\r\n",
	 NULL, "", READ},
	{"50 MB of a mail in a mail", "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\n", "A line of text like any other.\r\n", 50 * MB, 0,
	 "", NULL, "", READ},
	{"1,000 parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\ntext\r\n", 0, 999, "--b--\r\n", NULL, "", READ},
	{"10,000 parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\ntext\r\n", 0, 10000, "--b--\r\n", NULL, "", READ},
	{"10,000 files", "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
	 "--b\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\n\r\nx\r\n", 0, 10000, "--b--\r\n", NULL, "", READ},
	{"10,000 mails", "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
	 "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: x\r\n\r\ntext\r\n", 0, 10000, "--b--\r\n", NULL, "", READ},
	{"10,000 texts in HTML", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\nContent-Type: text/html\r\n\r\n<p>text\r\n", 0, 10000,
	 "--b--\r\n", NULL, "", READ},
	{"100,000 parts", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\ntext\r\n", 0, 100000, "--b--\r\n", NULL, "", UNPARSED},
	{"10 MB of one line", "\r\n", "word ", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of one word", "\r\n", "word", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of one line of HTML", "Content-Type: text/html\r\n\r\n", "<b>word</b> ", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of <", "Content-Type: text/html\r\n\r\n", "<", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of &", "Content-Type: text/html\r\n\r\n", "&", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of open comments", "Content-Type: text/html\r\n\r\n", "<!--", 10 * MB, 0, "", NULL, "", READ},
	{"10 MB of one subject", "Subject: ", "word ", 10 * MB, 0, "\r\n\r\ntext\r\n", NULL, "", READ},
	{"10 MB of encoded words", "Subject: ", "=?utf-8?q?word?= ", 10 * MB, 0, "\r\n\r\ntext\r\n", NULL, "", READ},
	{"10 MB of references", "References: ", "<1@example.org> ", 10 * MB, 0, "\r\n\r\ntext\r\n", NULL, "", READ},
	{"10 MB of recipients", "To: ", "a@example.org, ", 10 * MB, 0, "b@example.org\r\n\r\ntext\r\n", NULL, "", READ},
	{"10 MB of a parameter", "Content-Type: text/plain; name=\"", "word ", 10 * MB, 0, "\"\r\n\r\ntext\r\n", NULL, "", READ},
	{"10 MB of >", "\r\n", ">", 10 * MB, 0, "", NULL, "", READ},
	{"500 multiparts in each other", "", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 0, 500, "\r\ntext\r\n--b--\r\n", NULL, "",
	 READ},
	{"500 mails in each other", "", "Content-Type: message/rfc822\r\n\r\n", 0, 500, "\r\ntext\r\n", NULL, "", READ},
	{"10,000 multiparts in each other", "", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 0, 10000, "\r\ntext\r\n", NULL, "",
	 UNPARSED},
	{"10,000 mails in each other", "", "Content-Type: message/rfc822\r\n\r\n", 0, 10000, "\r\ntext\r\n", NULL, "", UNPARSED},
	{"500 quotes in each other", "Content-Type: text/html\r\n\r\n", "<blockquote>", 0, 500, "text", "</blockquote>", "", READ},
	{"100,000 elements in each other", "Content-Type: text/html\r\n\r\n", "<div>", 0, 100000, "text", "</div>", "", READ},
	{"500 lists in each other", "Content-Type: text/html\r\n\r\n", "<ul><li>x", 0, 500, "text", "</ul>", "", READ},
};

static struct pd_raw *mail_of(size_t row)
{
	PD_AUTO_BUF mail = {0};
	size_t len = strlen(rows[row].unit), count = rows[row].size ? rows[row].size / len : rows[row].count;

	pd_buf_adds(&mail, "From: a@example.org\r\n");
	pd_buf_adds(&mail, rows[row].before);
	for (size_t i = 0; i < count; i++)
		pd_buf_add(&mail, rows[row].unit, len);
	pd_buf_adds(&mail, rows[row].middle);
	for (size_t i = 0; rows[row].unit_after && i < count; i++)
		pd_buf_adds(&mail, rows[row].unit_after);
	pd_buf_adds(&mail, rows[row].after);
	return pd_raw_from_bytes(mail.data, mail.len);
}

static double seconds_of(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static size_t largest_child(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (size_t)usage.ru_maxrss * KB;
}

static void test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_reader_limits limits = {.count = 1, .deadline = 60 * PD_SECOND, .memory = (size_t)512 << 20};
		struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
		PD_AUTO_RAW raw = mail_of(i);
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = NULL;
		struct pd_error error = {0};
		double before = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN);

		CHECK_ROW(rows[i].name, pd_read_message(readers, arena, raw, &message, &error) == 0);
		struct pd_reader_stats stats = pd_readers_stats(readers);
		pd_readers_free(readers);
		double took = seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN) - before;
		bool is_unparsed = message->kinds & PD_KIND_UNPARSED;

		printf("%s: %.2f s, %zu MiB at most so far%s\n", rows[i].name, took, largest_child() / MB,
		       is_unparsed ? ", unparsed" : "");
		CHECK_ROW(rows[i].name, stats.replaced == 0);
		CHECK_ROW(rows[i].name, rows[i].want == EITHER || is_unparsed == (rows[i].want == UNPARSED));
		CHECK_ROW(rows[i].name, message->size == raw->size);
		CHECK_ROW_STRING(rows[i].name, message->from.addr, "a@example.org");
		CHECK_ROW(rows[i].name, took < TIME_LIMIT);
		CHECK_ROW(rows[i].name, largest_child() < MEMORY_LIMIT);
	}
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

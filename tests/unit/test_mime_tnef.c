/* Tests of src/mime/tnef.c: a winmail.dat built here, whole and broken, in place and through a reader. */
#include "check.h"

#include <glib.h>
#include <string.h>

#include "mime/inside.h"
#include "mime/reader.h"

#define MESSAGE	  1
#define ATTACH	  2
#define TNEF_VERSION 0x00089006u
#define CODEPAGE  0x00069007u
#define RENDDATA  0x00069002u
#define TITLE	  0x00018010u
#define DATA	  0x0006800fu
#define DATE_SENT 0x00038005u
#define CLASS	  0x00078008u
#define SUBJECT	  0x00018004u
#define PRIORITY  0x0004800du
#define BODY	  0x0002800cu
#define PROPERTIES 0x00069003u /* of the message */
#define CREATED	  0x00038012u
#define MODIFIED  0x00038013u
#define ATTACHMENT 0x00069005u /* properties of a file */

static void put(struct pd_buf *out, unsigned long value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		pd_buf_addc(out, (char)(value & 255));
}

static void put_attribute(struct pd_buf *out, int level, unsigned long name, const void *data, size_t len)
{
	unsigned sum = 0;

	put(out, (unsigned long)level, 1);
	put(out, name, 4);
	put(out, len, 4);
	pd_buf_add(out, data, len);
	for (size_t i = 0; i < len; i++)
		sum += ((const unsigned char *)data)[i];
	put(out, sum & 0xffff, 2);
}

static void put_start(struct pd_buf *out)
{
	put(out, 0x223e9f78, 4);
	put(out, 1, 2);
	put_attribute(out, MESSAGE, TNEF_VERSION, "\0\0\1\0", 4);
	put_attribute(out, MESSAGE, CODEPAGE, "\xe4\4\0\0\0\0\0\0", 8); /* 1252 */
}

static void put_file(struct pd_buf *out, const char *name, const void *data, size_t len)
{
	put_attribute(out, ATTACH, RENDDATA, "\1\0\xff\xff\xff\xff\x20\0\x20\0\0\0\0\0", 14);
	put_attribute(out, ATTACH, TITLE, name, strlen(name) + 1);
	put_attribute(out, ATTACH, DATA, data, len);
}

/* One property of MAPI (MS-OXTNEF 2.1.3.4): a number, or bytes with their length, padded to four. */
static void put_number(struct pd_buf *out, unsigned id, unsigned long value)
{
	put(out, 0x0003, 2);
	put(out, id, 2);
	put(out, value, 4);
}

static void put_property(struct pd_buf *out, unsigned type, unsigned id, const void *data, size_t len)
{
	put(out, type, 2);
	put(out, id, 2);
	put(out, 1, 4);
	put(out, len, 4);
	pd_buf_add(out, data, len);
	put(out, 0, (int)((4 - len % 4) % 4));
}

static void put_wide(struct pd_buf *out, unsigned id, const char *text)
{
	glong units = 0;
	gunichar2 *wide = g_utf8_to_utf16(text, -1, NULL, &units, NULL);
	PD_AUTO_BUF bytes = {0};

	for (glong i = 0; i <= units; i++)
		put(&bytes, wide[i], 2);
	put_property(out, 0x001f, id, bytes.data, bytes.len);
	g_free(wide);
}

/* What Outlook writes: class, subject, dates, properties with the body as RTF, and two files with short names, dates and
 * long names among their properties. */
static void put_outlook(struct pd_buf *out)
{
	static const char date[] = "\xea\x07\x0b\0\x15\0\x0e\0\x03\0\0\0\x06\0"; /* 2026-11-21 14:03 */
	static const char rtf[] = "{\\rtf1\\ansi\\ansicpg1252\\fromtext \\pard See the files.\\par }";
	static const struct {
		const char *title, *name, *mime;
		size_t len;
	} files[] = {
		{"BERICH~1.DOC", "Bericht \u00fcber die \u0161koda und \u65e5\u672c\u8a9e mit einem sehr langen Namen.docx",
		 "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 40000},
		{"image001.png", "image001.png", "image/png", 70},
	};
	PD_AUTO_BUF body = {0}, properties = {0};

	put_start(out);
	put_attribute(out, MESSAGE, CLASS, "IPM.Microsoft Mail.Note", 24);
	put_attribute(out, MESSAGE, PRIORITY, "\2\0", 2);
	put_attribute(out, MESSAGE, SUBJECT, "Files", 6);
	put_attribute(out, MESSAGE, DATE_SENT, date, sizeof date - 1);
	put(&body, sizeof rtf - 1 + 12, 4); /* MS-OXRTFCP, not compressed */
	put(&body, sizeof rtf - 1, 4);
	put(&body, 0x414c454d, 4);
	put(&body, 0, 4);
	pd_buf_adds(&body, rtf);
	put(&properties, 4, 4);
	put_wide(&properties, 0x0037, "Files");
	put_number(&properties, 0x3fde, 65001);
	put_property(&properties, 0x0102, 0x1009, body.data, body.len);
	put_property(&properties, 0x001e, 0x0042, "Anna", 5);
	put_attribute(out, MESSAGE, PROPERTIES, properties.data, properties.len);
	for (size_t i = 0; i < COUNT(files); i++) {
		PD_AUTO_BUF data = {0}, more = {0};

		while (data.len < files[i].len)
			pd_buf_addc(&data, (char)(data.len * 3 + i));
		put_attribute(out, ATTACH, RENDDATA, "\1\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0", 14);
		put_attribute(out, ATTACH, TITLE, files[i].title, strlen(files[i].title) + 1);
		put_attribute(out, ATTACH, CREATED, date, sizeof date - 1);
		put_attribute(out, ATTACH, MODIFIED, date, sizeof date - 1);
		put_attribute(out, ATTACH, DATA, data.data, data.len);
		put(&more, 6, 4);
		put_number(&more, 0x0e20, files[i].len);
		put_number(&more, 0x0e21, i);
		put_wide(&more, 0x3707, files[i].name);
		put_property(&more, 0x001e, 0x370e, files[i].mime, strlen(files[i].mime) + 1);
		put_number(&more, 0x3705, 1);
		put_number(&more, 0x370b, 0xffffffff);
		put_attribute(out, ATTACH, ATTACHMENT, more.data, more.len);
	}
}

static struct pd_raw *mail_saying(const struct pd_buf *block, const char *type, const char *text)
{
	PD_AUTO_BUF mail = {0};
	gchar *base64 = g_base64_encode((const guchar *)block->data, block->len);

	pd_buf_addf(&mail,
		    "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
		    "--x\r\n\r\n%s\r\n--x\r\nContent-Type: %s; name=winmail.dat\r\n"
		    "Content-Transfer-Encoding: base64\r\n\r\n",
		    text, type);
	for (size_t i = 0, len = strlen(base64); i < len; i += 76)
		pd_buf_addf(&mail, "%.76s\r\n", base64 + i);
	pd_buf_adds(&mail, "--x--\r\n");
	g_free(base64);
	return pd_raw_from_bytes(mail.data, mail.len);
}

static struct pd_raw *mail_with(const struct pd_buf *block, const char *type)
{
	return mail_saying(block, type, "See the files.");
}

static struct pd_message *read_with(struct pd_arena *arena, const struct pd_raw *raw, bool tnef, bool with_contents)
{
	struct pd_reader_limits limits = {
		.count = 1, .deadline = 10000, .memory = (size_t)512 << 20, .tnef = tnef};
	struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
	struct pd_message *message = NULL;
	struct pd_error error = {0};

	assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), 0);
	assert_false(message->kinds & PD_KIND_UNPARSED);
	if (with_contents)
		assert_int_equal(pd_read_contents(readers, arena, raw, message, NULL, &error), 0);
	assert_int_equal(pd_readers_stats(readers).replaced, 0);
	pd_readers_free(readers);
	return message;
}

static void test_files(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF block = {0}, large = {0};

	for (size_t i = 0; i < 300000; i++)
		pd_buf_addc(&large, (char)(i * 7));
	put_start(&block);
	put_file(&block, "../caf\xe9.txt", "hello", 5);
	put_file(&block, "large.bin", large.data, large.len);
	PD_AUTO_RAW raw = mail_with(&block, "application/ms-tnef");
	struct pd_message *message = read_with(arena, raw, true, true);

	assert_string_equal(message->text, "See the files.");
	assert_int_equal(message->attachments.count, 2);
	assert_string_equal(message->attachments.items[0].name, "caf\xc3\xa9.txt");
	assert_int_equal(message->attachments.items[0].size, 5);
	assert_memory_equal(message->attachments.items[0].content.data, "hello", 5);
	assert_string_equal(message->attachments.items[1].name, "large.bin");
	assert_int_equal(message->attachments.items[1].content.len, large.len);
	assert_memory_equal(message->attachments.items[1].content.data, large.data, large.len);

	PD_AUTO_RAW unlabelled = mail_with(&block, "application/octet-stream");
	assert_int_equal(read_with(arena, unlabelled, true, false)->attachments.count, 2);
}

static void test_outlook(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF block = {0};

	put_outlook(&block);
	PD_AUTO_RAW raw = mail_with(&block, "application/ms-tnef");
	struct pd_message *message = read_with(arena, raw, true, true);

	assert_string_equal(message->text, "See the files.");
	assert_int_equal(message->attachments.count, 2);
	assert_string_equal(message->attachments.items[0].name,
			    "Bericht \u00fcber die \u0161koda und \u65e5\u672c\u8a9e mit einem sehr langen Namen.docx");
	assert_int_equal(message->attachments.items[0].size, 40000);
	for (size_t i = 0; i < 40000; i++)
		assert_int_equal((unsigned char)message->attachments.items[0].content.data[i], (unsigned char)(i * 3));
	assert_string_equal(message->attachments.items[1].name, "image001.png");
	assert_int_equal(message->attachments.items[1].size, 70);
}

/* MS-OXRTFCP: as it stands, or as literals of the compressed form. */
static void put_rtf(struct pd_buf *out, const char *rtf, bool compressed)
{
	size_t len = strlen(rtf);
	put(out, (compressed ? len + len / 8 + 3 : len) + 12, 4);
	put(out, len, 4);
	put(out, compressed ? 0x75465a4c : 0x414c454d, 4);
	put(out, 0, 4);
	for (size_t i = 0; i < len; i++) {
		if (compressed && i % 8 == 0)
			pd_buf_addc(out, (char)(len - i < 8 ? 1u << (len - i) : 0));
		pd_buf_addc(out, rtf[i]);
	}
	if (compressed && len % 8 == 0)
		pd_buf_addc(out, 1);
	unsigned end = (unsigned)(207 + len) % 4096; /* a reference to the place that is written next ends it */
	for (int shift = 8; compressed && shift >= 0; shift -= 8)
		pd_buf_addc(out, (char)((end << 4) >> shift));
}

/* A mail that says nothing but in winmail.dat. */
static void test_body(void **state)
{
	(void)state;
	enum form { TEXT, WIDE, HTML, RTF, COMPRESSED };
	static const struct {
		const char *name;
		enum form form;
		const char *body, *want;
	} rows[] = {
		{"text", TEXT, "Gr\xfc\xdf" "e\r\nAnna", "Grüße\nAnna"},
		{"text of two bytes", WIDE, "Grüße 日本\nAnna", "Grüße 日本\nAnna"},
		{"HTML", HTML, "<html><body><p>Gr\xc3\xbc\xc3\x9f" "e</p><p>Anna</p></body></html>", "Grüße\n\nAnna"},
		{"RTF", RTF,
		 "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}{\\colortbl ;\\red0\\green0\\blue0;}{\\*\\generator X;}\\pard\\b Gr\\'fc\\'dfe\\b0  "
		 "\\u8211? 5 \\{x\\}\\par\r\n\\bullet\\tab one\\line two\\par }",
		 "Grüße – 5 {x}\n•\tone\ntwo"},
		{"compressed", COMPRESSED, "{\\rtf1\\ansi\\ansicpg1252 Hello there, this is some text.\\par }", "Hello there, this is some text."},
		{"RTF of Russians", RTF, "{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2}", "Привет"},
		{"RTF of HTML", RTF,
		 "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag3 <html>}{\\*\\htmltag50 <body>}\\htmlrtf \\lang1031 \\htmlrtf0 "
		 "{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Gr\\'fc\\'dfe\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag72 </p>}{\\*\\mhtmltag64 <p>}"
		 "{\\*\\htmltag64 <p>}Anna{\\*\\htmltag72 </p>}{\\*\\htmltag58 </body>}}",
		 "Grüße\n\nAnna"},
		{"no RTF", RTF, "hello", ""},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		PD_AUTO_BUF block = {0}, properties = {0}, rtf = {0};
		const char *body = rows[i / 2].body;
		put_start(&block);
		put(&properties, 1 + (rows[i / 2].form == HTML), 4);
		if (rows[i / 2].form == TEXT)
			put_attribute(&block, MESSAGE, BODY, body, strlen(body) + 1);
		else if (rows[i / 2].form == WIDE)
			put_wide(&properties, 0x1000, body);
		else if (rows[i / 2].form == HTML)
			put_number(&properties, 0x3fde, 65001);
		if (rows[i / 2].form == HTML)
			put_property(&properties, 0x0102, 0x1013, body, strlen(body));
		if (rows[i / 2].form >= RTF) {
			put_rtf(&rtf, body, rows[i / 2].form == COMPRESSED);
			put_property(&properties, 0x0102, 0x1009, rtf.data, rtf.len);
		}
		if (rows[i / 2].form != TEXT)
			put_attribute(&block, MESSAGE, PROPERTIES, properties.data, properties.len);
		if (i % 2)
			put_file(&block, "a.txt", "hello", 5);
		PD_AUTO_RAW raw = mail_saying(&block, "application/ms-tnef", "");
		struct pd_message *message = read_with(arena, raw, true, true);
		CHECK_ROW_STRING(rows[i / 2].name, message->text, rows[i / 2].want);
		CHECK_ROW(rows[i / 2].name, message->attachments.count == 1);
		CHECK_ROW_STRING(rows[i / 2].name, message->attachments.items[0].name, i % 2 ? "a.txt" : "winmail.dat");
		PD_AUTO_RAW both = mail_with(&block, "application/ms-tnef");
		CHECK_ROW_STRING(rows[i / 2].name, read_with(arena, both, true, false)->text, "See the files.");
		CHECK_ROW_STRING(rows[i / 2].name, read_with(arena, raw, false, false)->text, "");
	}
}

/* Without the switch, and where the block is no good, winmail.dat stays. */
static void test_stays(void **state)
{
	(void)state;
	PD_AUTO_BUF good = {0}, cut = {0}, sum = {0}, none = {0}, many = {0}, long_date = {0}, lies = {0};

	put_start(&good);
	put_file(&good, "a.txt", "hello", 5);
	pd_buf_add(&cut, good.data, good.len - 20);
	pd_buf_add(&sum, good.data, good.len);
	sum.data[sum.len - 1] ^= 0x55;
	put_start(&none);
	put_start(&many);
	for (int i = 0; i < 101; i++)
		put_file(&many, "x", "y", 1);
	put_start(&long_date);
	put_attribute(&long_date, MESSAGE, DATE_SENT, "\1", 1);
	pd_buf_add(&lies, good.data, good.len);
	memset(lies.data + 11, 0xff, 4); /* a length of four gigabytes */

	const struct {
		const char *name;
		const struct pd_buf *block;
		bool tnef;
	} rows[] = {
		{"switched off", &good, false}, {"cut", &cut, true},	    {"a wrong checksum", &sum, true},
		{"no file", &none, true},	{"101 files", &many, true}, {"a date of one byte", &long_date, true},
		{"a length that lies", &lies, true},
	};
	PD_AUTO_ARENA arena = pd_arena_new();

	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_RAW raw = mail_with(rows[i].block, "application/ms-tnef");
		struct pd_message *message = read_with(arena, raw, rows[i].tnef, true);

		CHECK_ROW(rows[i].name, message->attachments.count == 1);
		CHECK_ROW_STRING(rows[i].name, message->attachments.items[0].name, "winmail.dat");
		CHECK_ROW(rows[i].name, message->attachments.items[0].content.len == rows[i].block->len);
	}
}

/* The sums made right, as far as the frame holds. */
static void mend_sums(struct pd_buf *block)
{
	const unsigned char *data = (const unsigned char *)block->data;

	for (size_t at = 6; at + 11 <= block->len;) {
		size_t len = data[at + 5] | (size_t)data[at + 6] << 8 | (size_t)data[at + 7] << 16 |
			     (size_t)data[at + 8] << 24;
		unsigned sum = 0;

		at += 9;
		if (len > block->len - at - 2)
			return;
		for (size_t i = 0; i < len; i++)
			sum += data[at++];
		block->data[at++] = (char)(sum & 255);
		block->data[at++] = (char)(sum >> 8 & 255);
	}
}

/* Every byte of a good block changed in turn: the mail is read, whatever the library makes of it. */
static void test_changed_bytes(void **state)
{
	(void)state;
	struct pd_reader_limits limits = {
		.count = 1, .deadline = 10000, .memory = (size_t)512 << 20, .tnef = true};
	struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
	PD_AUTO_BUF block = {0};
	unsigned taken = 0;

	put_start(&block);
	put_file(&block, "a.txt", "hello", 5);
	for (size_t i = 0; i < block.len; i++) {
		for (int change = 1; change < 256; change += 127) {
			PD_AUTO_ARENA arena = pd_arena_new();
			PD_AUTO_BUF changed = {0};
			struct pd_message *message = NULL;
			struct pd_error error = {0};

			pd_buf_add(&changed, block.data, block.len);
			changed.data[i] = (char)(changed.data[i] ^ change);
			mend_sums(&changed);
			PD_AUTO_RAW raw = mail_with(&changed, "application/ms-tnef");
			assert_int_equal(pd_read_message(readers, arena, raw, &message, &error), 0);
			assert_false(message->kinds & PD_KIND_UNPARSED);
			assert_int_equal(message->attachments.count, 1);
			taken += strcmp(message->attachments.items[0].name, "winmail.dat") != 0;
		}
	}
	assert_true(taken > block.len / 4);
	pd_readers_free(readers);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_body), cmocka_unit_test(test_outlook), cmocka_unit_test(test_stays),
					   cmocka_unit_test(test_changed_bytes)};

#ifndef PD_HAVE_YTNEF
	return 77; /* built without libytnef */
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}

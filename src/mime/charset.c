/* Any bytes to UTF-8.
 *
 * The descriptors of a table of charsets are opened once a thread and kept: a reader has no
 * files once its filter is set, and iconv loads its tables late. Labels lie; so what a label
 * promises is believed only as long as the bytes agree. Never fails: in the end everything
 * is windows-1252. */
#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>
#include <uchardet/uchardet.h>
#include "base/text.h"
#include "mime/inside.h"

/* Every charset is opened under the first name; the others are what mail calls it. Where a superset is what
 * the senders mean (windows-1252 for ISO-8859-1, GB18030 for GB2312, CP949 for EUC-KR), that stands here. */
static const struct charset {
	const char *iconv_name;
	const char *labels; /* lower case, with blanks around each */
} charsets[] = {
	{"WINDOWS-1252", " windows-1252 cp1252 x-cp1252 ansi iso-8859-1 iso8859-1 iso_8859-1 iso-8859-1:1987 "
			 "latin1 latin-1 l1 8859-1 iso88591 "},
	{"ISO-8859-2", " iso-8859-2 iso8859-2 iso_8859-2 iso-8859-2:1987 latin2 latin-2 l2 "},
	{"ISO-8859-3", " iso-8859-3 iso8859-3 latin3 "},
	{"ISO-8859-4", " iso-8859-4 iso8859-4 latin4 "},
	{"ISO-8859-5", " iso-8859-5 iso8859-5 cyrillic "},
	{"ISO-8859-6", " iso-8859-6 iso8859-6 iso-8859-6-i iso-8859-6-e arabic "},
	{"ISO-8859-7", " iso-8859-7 iso8859-7 greek "},
	{"ISO-8859-8", " iso-8859-8 iso8859-8 iso-8859-8-i iso-8859-8-e hebrew visual logical "},
	{"WINDOWS-1254", " windows-1254 cp1254 iso-8859-9 iso8859-9 latin5 x-cp1254 "},
	{"ISO-8859-10", " iso-8859-10 iso8859-10 latin6 "},
	{"CP874", " cp874 windows-874 iso-8859-11 iso8859-11 tis-620 tis620 dos-874 "},
	{"ISO-8859-13", " iso-8859-13 iso8859-13 latin7 "},
	{"ISO-8859-14", " iso-8859-14 iso8859-14 latin8 "},
	{"ISO-8859-15", " iso-8859-15 iso8859-15 iso_8859-15 latin9 latin-9 l9 "},
	{"ISO-8859-16", " iso-8859-16 iso8859-16 latin10 "},
	{"WINDOWS-1250", " windows-1250 cp1250 x-cp1250 cp-1250 "},
	{"WINDOWS-1251", " windows-1251 cp1251 x-cp1251 cp-1251 win-1251 "},
	{"WINDOWS-1253", " windows-1253 cp1253 x-cp1253 "},
	{"WINDOWS-1255", " windows-1255 cp1255 x-cp1255 "},
	{"WINDOWS-1256", " windows-1256 cp1256 x-cp1256 "},
	{"WINDOWS-1257", " windows-1257 cp1257 x-cp1257 "},
	{"WINDOWS-1258", " windows-1258 cp1258 x-cp1258 "},
	{"CP437", " cp437 ibm437 437 "},
	{"CP850", " cp850 ibm850 850 "},
	{"CP852", " cp852 ibm852 852 "},
	{"CP866", " cp866 ibm866 866 "},
	{"KOI8-R", " koi8-r koi8 koi koi8_r cskoi8r "},
	{"KOI8-U", " koi8-u koi8-ru "},
	{"MACINTOSH", " macintosh mac x-mac-roman csmacintosh "},
	{"MAC-CYRILLIC", " x-mac-cyrillic mac-cyrillic x-mac-ukrainian "},
	{"CP932", " shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932 ms932 csshiftjis "},
	{"EUC-JP", " euc-jp eucjp x-euc-jp x-euc "},
	{"ISO-2022-JP-3", " iso-2022-jp csiso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 "},
	{"ISO-2022-JP", " iso-2022-jp-ms cp50220 cp50221 "},
	{"CP949",
	 " euc-kr euckr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cp949 uhc "},
	{"ISO-2022-KR", " iso-2022-kr csiso2022kr "},
	{"GB18030", " gb18030 gbk gb2312 gb_2312 gb_2312-80 x-gbk chinese cp936 ms936 euc-cn "},
	{"BIG5-HKSCS", " big5 big-5 x-x-big5 cn-big5 csbig5 big5-hkscs cp950 "},
	{"EUC-TW", " euc-tw x-euc-tw "},
	{"UTF-7", " utf-7 utf7 unicode-1-1-utf-7 x-unicode-2-0-utf-7 "},
	{"UTF-16", " utf-16 utf16 unicode ucs-2 iso-10646-ucs-2 "},
	{"UTF-16LE", " utf-16le "},
	{"UTF-16BE", " utf-16be "},
	{"UTF-32", " utf-32 utf32 ucs-4 "},
	{"ARMSCII-8", " armscii-8 "},
	{"GEORGIAN-PS", " georgian-ps "},
	{"TCVN5712-1", " tcvn tcvn5712-1 tcvn-5712 "},
};
#define CHARSETS   (sizeof charsets / sizeof *charsets)
#define PLACE_1252 0

static __thread iconv_t kept[CHARSETS]; /* (iconv_t)0: not tried yet; (iconv_t)-1: this system has none */

const char *pd_charset_name(size_t i)
{
	return i < CHARSETS ? charsets[i].iconv_name : NULL;
}

static iconv_t descriptor(size_t place)
{
	if (kept[place] == (iconv_t)0)
		kept[place] = iconv_open("UTF-8", charsets[place].iconv_name);
	return kept[place];
}

static bool is_ascii(const char *data, size_t len)
{
	return pd_ascii_run(data, len) == len;
}

/* Converts all of it, U+FFFD for what does not fit. Returns how many places did not. */
static size_t convert(size_t place, const char *data, size_t len, struct pd_buf *out)
{
	iconv_t cd = descriptor(place);
	if (cd == (iconv_t)-1)
		return (size_t)-1;
	iconv(cd, NULL, NULL, NULL, NULL);
	char *in = (char *)(uintptr_t)data;
	size_t left = len, bad = 0;
	while (left > 0) {
		char piece[4096], *to = piece;
		size_t room = sizeof piece;
		size_t r = iconv(cd, &in, &left, &to, &room);
		int why = r == (size_t)-1 ? errno : 0;
		pd_buf_add(out, piece, sizeof piece - room);
		if (why != 0 && why != E2BIG && left > 0) {
			bad++;
			pd_buf_adds(out, "\xef\xbf\xbd");
			in++;
			left--;
		}
	}
	char last[64], *to = last; /* what the charset holds back for a combining mark */
	size_t room = sizeof last;
	iconv(cd, NULL, NULL, &to, &room);
	pd_buf_add(out, last, sizeof last - room);
	return bad;
}

/* The place of a label in the table; CHARSETS when it is unknown. */
static size_t find(const char *label)
{
	char key[64];
	size_t len = strlen(label);
	if (len == 0 || len > sizeof key - 3 || pd_equal_nocase(label, "utf-8") || pd_equal_nocase(label, "us-ascii"))
		return CHARSETS;
	key[0] = ' ';
	for (size_t i = 0; i < len; i++)
		key[i + 1] = label[i] == ' ' ? '_' : g_ascii_tolower(label[i]);
	key[len + 1] = ' ';
	key[len + 2] = '\0';
	for (size_t i = 0; i < CHARSETS; i++)
		if (strstr(charsets[i].labels, key))
			return i;
	return CHARSETS;
}

static size_t guess(const char *data, size_t len)
{
	uchardet_t detector = uchardet_new();
	size_t place = CHARSETS;
	if (!detector)
		return place;
	if (uchardet_handle_data(detector, data, len < 65536 ? len : 65536) == 0) {
		uchardet_data_end(detector);
		place = find(uchardet_get_charset(detector));
	}
	uchardet_delete(detector);
	return place;
}

/* Is there an ISO-2022 escape? Then 7-bit bytes are no plain ASCII. */
static bool has_escape(const char *data, size_t len)
{
	const char *esc = memchr(data, 0x1b, len);
	return esc && esc + 1 < data + len && (esc[1] == '$' || esc[1] == '(');
}

/* A copy in which NUL bytes are blanks. */
static char *copy(struct pd_arena *arena, const char *data, size_t len)
{
	char *text = pd_alloc_dirty(arena, len + 1);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	for (char *nul = text; (nul = memchr(nul, '\0', len - (size_t)(nul - text))) != NULL;)
		*nul = ' ';
	return text;
}

static char *as(struct pd_arena *arena, size_t place, const char *data, size_t len, size_t most_bad)
{
	PD_AUTO_BUF out = {0};
	size_t bad = convert(place, data, len, &out);
	return bad <= most_bad ? copy(arena, out.data, out.len) : NULL;
}

/* windows-1252, which differs from Latin-1 in 32 places. */
static gunichar of_1252(unsigned char c)
{
	static const unsigned short high[32] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
		0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
		0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};
	return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}

/* Bytes of the UTF-8 character that is not ASCII and begins there; 0: none. */
static size_t multibyte(const char *data, size_t len)
{
	size_t n = (unsigned char)*data >= 0xf0 ? 4 : (unsigned char)*data >= 0xe0 ? 3 : (unsigned char)*data >= 0xc2 ? 2 : 0;
	return n && n <= len && pd_is_utf8(data, n) ? n : 0;
}

/* "Ã" and "â€" before signs: what UTF-8 looks like in windows-1252, and what nobody writes. */
static bool is_likely(const char *data, size_t n)
{
	return n > 0 && (data[0] == '\xc3' || (n == 3 && !memcmp(data, "\xe2\x80", 2)));
}

/* Text of which some parts are UTF-8 and others windows-1252, as programs glue them together. is_unicode: so says its label;
 * else pairs of bytes may look like UTF-8 by chance. NULL: it is not so. */
static char *as_mixed(struct pd_arena *arena, const char *data, size_t len, bool is_unicode, bool is_unknown)
{
	size_t good = 0, likely = 0, bad = 0;
	for (size_t at = pd_ascii_run(data, len); at < len; at += pd_ascii_run(data + at, len - at)) {
		size_t n = multibyte(data + at, len - at);
		good += n > 0;
		likely += is_likely(data + at, n);
		bad += n == 0;
		at += n ? n : 1;
	}
	bool is_strict = !is_unicode || good < bad / 4;
	/* In scripts of two bytes a letter a few pairs are likely by chance. */
	if (!bad || (is_strict ? likely < 2u - is_unicode || (is_unknown && likely < bad / 8) : !good))
		return NULL;
	PD_AUTO_BUF out = {0};
	for (size_t at = 0; at < len;) {
		size_t run = pd_ascii_run(data + at, len - at);
		pd_buf_add(&out, data + at, run);
		at += run;
		size_t n = at < len ? multibyte(data + at, len - at) : 0;
		char wide[8];
		if (n && is_strict && !is_likely(data + at, n))
			n = 0;
		if (n)
			pd_buf_add(&out, data + at, n);
		else if (at < len)
			pd_buf_add(&out, wide, (size_t)g_unichar_to_utf8(of_1252((unsigned char)data[at]), wide));
		at += n ? n : 1;
	}
	return copy(arena, out.data ? out.data : "", out.len);
}

/* What a label and the bytes say at first sight. */
struct label {
	const char *text; /* without quotes and blanks */
	size_t place;	  /* in the table; CHARSETS: unknown */
	bool is_stateful; /* ASCII bytes need not be ASCII */
	bool is_multibyte; /* what is valid UTF-8 may be valid in it, too */
};

static struct label read_label(struct pd_arena *arena, const char *text, const char *data, size_t len)
{
	struct label label = {.text = text ? text : ""};
	label.text += strspn(label.text, " \"'");
	label.text = pd_strndup(arena, label.text, strcspn(label.text, " \"'"));
	label.place = find(label.text);
	bool is_wide = label.place < CHARSETS && strstr(charsets[label.place].iconv_name, "UTF-");
	if (!is_wide && len >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
		label.place = find("utf-16");
	const char *name = label.place < CHARSETS ? charsets[label.place].iconv_name : "";
	label.is_stateful = strstr(name, "UTF-") || strstr(name, "2022");
	label.is_multibyte = *name && strstr("CP932 EUC-JP CP949 GB18030 BIG5-HKSCS EUC-TW", name);
	return label;
}

/* Text that is valid UTF-8 was meant so, whatever a single-byte label says; ASCII is everything but what has states. */
static bool is_meant_as_utf8(const struct label *label, const char *data, size_t len)
{
	if (label->is_stateful)
		return false;
	if (is_ascii(data, len))
		return !has_escape(data, len);
	return !label->is_multibyte && pd_is_utf8(data, len);
}

char *pd_charset_clean(struct pd_arena *arena, const char *name, const char *data, size_t len)
{
	const struct label label = read_label(arena, name, data, len);
	char *text = NULL;
	/* Escapes are looked for in ASCII alone: all else is known from cleaning it. */
	if (!label.is_stateful && !label.is_multibyte && !has_escape(data, len)) {
		bool has_mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;
		text = pd_clean_valid_text(arena, data + 3 * has_mark, len - 3 * has_mark);
	}
	if (text)
		return text;
	text = pd_charset_utf8(arena, name, data, len);
	text += pd_starts(text, "\xef\xbb\xbf") ? 3 : 0;
	return pd_clean_text(arena, text, strlen(text));
}

char *pd_charset_utf8(struct pd_arena *arena, const char *name, const char *data, size_t len)
{
	const struct label label = read_label(arena, name, data, len);
	if (is_meant_as_utf8(&label, data, len))
		return copy(arena, data, len);
	char *text = NULL;
	bool is_unicode = pd_equal_nocase(label.text, "utf-8") || pd_equal_nocase(label.text, "utf8");
	bool is_unknown = label.place == CHARSETS && !is_unicode;
	if (label.place == PLACE_1252 || is_unicode || is_unknown)
		text = as_mixed(arena, data, len, is_unicode, is_unknown);
	if (!text && label.place < CHARSETS)
		text = as(arena, label.place, data, len, len / 50);
	if (!text && pd_is_utf8(data, len) && !has_escape(data, len))
		text = copy(arena, data, len);
	/* UTF-8 with a few broken bytes (cut in the middle) is still UTF-8: the cleaning marks them. */
	if (!text && is_unicode) {
		gchar *valid = g_utf8_make_valid(data, (gssize)len);
		size_t marks = 0, letters = 0;
		for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
			marks += g_utf8_get_char(c) == 0xfffd;
			letters += (unsigned char)*c > 127;
		}
		if (letters >= 2 * marks)
			text = pd_strdup(arena, valid);
		g_free(valid);
	}
	if (!text) {
		size_t guessed = guess(data, len);
		if (guessed < CHARSETS)
			text = as(arena, guessed, data, len, len / 20);
	}
	if (!text)
		text = as(arena, PLACE_1252, data, len, len);
	return text ? text : pd_charset_plain(arena, data, len);
}

char *pd_charset_plain(struct pd_arena *arena, const char *data, size_t len)
{
	if (pd_is_utf8(data, len))
		return copy(arena, data, len);
	char *text = pd_alloc_n(arena, len + 1, 3);
	size_t at = 0;
	for (size_t i = 0; i < len; i++) {
		at += (size_t)g_unichar_to_utf8(of_1252((unsigned char)data[i]), text + at);
	}
	text[at] = '\0';
	return text;
}

void pd_charset_warm(void)
{
	static const char sample[] = "abc \xe4\xf6 \xb1\xb2 \x1b$B$3$s\x1b(B xyz";
	for (size_t i = 0; i < CHARSETS; i++) {
		PD_AUTO_BUF out = {0};
		convert(i, sample, sizeof sample - 1, &out);
	}
	guess("\xc4\xe5\xea\xe0\xed \xc4\xe5\xea\xe0\xed", 11);
}

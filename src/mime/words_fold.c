/* Words made comparable: lower case, one kind of blank, colon and digit, so that the tables
 * of languages can be looked up in them (words_match.c). Input is UTF-8 (invalid bytes are skipped); nothing
 * here fails. */
#include "mime/reply.h"
#include "base/sixteen.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

static bool is_unseen(gunichar c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0x61C ||
	       (c >= 0xFE00 && c <= 0xFE0F);
}

/* The plain sign that stands for it. */
static gunichar plain_sign(gunichar c)
{
	switch (c) {
	case 0xFF1A:
	case 0xFE55:
	case 0xA789:
	case 0x55D:  /* Armenian */
	case 0x1366: /* Ethiopic */
	case 0x17D6: /* Khmer */
		return ':';
	case 0xFF08:
		return '(';
	case 0xFF09:
		return ')';
	case 0xFF1C:
		return '<';
	case 0xFF1E:
		return '>';
	case 0xFF20:
		return '@';
	case 0xFF03:
		return '#';
	case 0x2018:
	case 0x2019:
	case 0x2BC:
		return '\'';
	case 0x201C:
	case 0x201D:
	case 0x201E:
		return '"';
	case 0x2010:
	case 0x2011:
	case 0x2012:
		return '-';
	case 0x60C:
	case 0xFF0C:
	case 0x3001:
		return ',';
	}
	if (c >= 0xFF21 && c <= 0xFF5A)
		return c - 0xFF21 + 'A';
	if (c > 0x7F && g_unichar_isdigit(c))
		return (gunichar)('0' + g_unichar_digit_value(c));
	return c;
}

static char *compose(struct pd_arena *arena, const char *text)
{
	g_autofree char *whole = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	return whole ? pd_strdup(arena, whole) : NULL;
}

/* Printable ASCII in lower case; 0: something else. */
static const unsigned char printable_lower[256] = {
	[32] = ' ', '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'@', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '[', '\\', ']', '^', '_',
	'`', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', '{', '|', '}', '~', 0,
};

/* Writes sixteen characters in lower case, one readable before them; how many at the start are printable ASCII without a
 * run of blanks. */
static inline size_t fold_block(const char *text, char *out)
{
	pd_sixteen bytes = pd_sixteen_load(text), before = pd_sixteen_load(text - 1);
	pd_sixteen bad = pd_sixteen_unprintable(bytes) | ((bytes == ' ') & (before == ' '));
	bytes += ((bytes >= 'A') & (bytes <= 'Z')) & 0x20;
	memcpy(out, &bytes, sizeof bytes);
	return pd_sixteen_first(bad);
}

/* The same for all of them, at the start of a word; how many. */
static size_t fold_run(const char *text, size_t len, char *out)
{
	size_t at = 1;
	*out = (char)printable_lower[(unsigned char)*text];
	while (at < len) {
		/* The last block may begin in what is done, and does the same again. */
		size_t again = len - at >= PD_SIXTEEN ? 0 : PD_SIXTEEN - (len - at);
		if (again >= at)
			break;
		size_t done = fold_block(text + at - again, out + at - again) - again;
		at += done;
		if (done + again < PD_SIXTEEN)
			return at;
	}
	for (unsigned char byte; at < len && (byte = printable_lower[(unsigned char)text[at]]); at++) {
		if (byte == ' ' && out[at - 1] == ' ')
			break;
		out[at] = (char)byte;
	}
	return at;
}

char *pd_words_fold(struct pd_arena *arena, const char *text, size_t len, size_t limit, bool *ret_cut)
{
	char *out = pd_alloc_dirty(arena, (len < limit ? len : limit) * 2 + 16);
	size_t used = 0, at = 0, room = (len < limit ? len : limit) * 2;
	bool blank = false, combining = false;
	while (at < len && used < limit && used < room) {
		unsigned char byte = (unsigned char)text[at];
		if (byte > ' ' && byte < 0x7F) {
			if (blank)
				out[used++] = ' ';
			blank = false;
			size_t left = used < limit ? limit - used : 1, most = left < len - at ? left : len - at;
			size_t run = fold_run(text + at, most, out + used);
			at += run;
			used += run;
			if (out[used - 1] == ' ') {
				used--;
				blank = true;
			}
			continue;
		}
		gunichar c = byte;
		if (byte < 0x80) {
			at++;
		} else {
			c = g_utf8_get_char_validated(text + at, (gssize)(len - at));
			if (c >= 0x110000) {
				at++;
				continue;
			}
			at += (size_t)g_unichar_to_utf8(c, NULL);
			if (is_unseen(c))
				continue;
			combining |= c >= 0x300 && c <= 0x36F;
			c = plain_sign(c);
		}
		if (c < 0x80 ? (c == ' ' || (c >= '\t' && c <= '\r')) : g_unichar_isspace(c)) {
			blank = used > 0;
			continue;
		}
		if (blank)
			out[used++] = ' ';
		blank = false;
		c = c < 0x80 ? (gunichar)g_ascii_tolower((char)c) : g_unichar_tolower(c);
		used += (size_t)g_unichar_to_utf8(c, out + used);
	}
	out[used] = '\0';
	if (ret_cut)
		*ret_cut = at < len;
	char *whole = combining ? compose(arena, out) : NULL;
	return whole ? whole : out;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number of digits from there on. */
static size_t digits(const char *s)
{
	size_t n = 0;
	while (digit(s[n]))
		n++;
	return n;
}

/* A time 10:30, 10.30, 10h30, a year, or 1.2., 1/2/, 1-2-; years and days of East Asia too. */
static bool date_here(const char *s, size_t n)
{
	if (n == 4 && ((s[0] == '1' && s[1] == '9') || (s[0] == '2' && (s[1] == '0' || s[1] == '5'))))
		return true;
	if (n > 2)
		return false;
	size_t m = strchr(":.h", s[n]) && s[n] ? digits(s + n + 1) : 0;
	if (m == 2 && s[n] != '.')
		return true;
	if (s[n] && strchr("./-", s[n])) {
		m = digits(s + n + 1);
		if ((m == 1 || m == 2) && s[n + 1 + m] == s[n] && digit(s[n + 2 + m]))
			return true;
		if (m == 2 && s[n] == '.' && !digit(s[n + 3]))
			return true;
	}
	return !strncmp(s + n, "月", 3) || !strncmp(s + n, "일", 3) || !strncmp(s + n, "年", 3);
}

long pd_words_date(const char *fold, long from)
{
	for (const char *s = fold + from; *s;) {
		s += strcspn(s, "0123456789");
		size_t n = digits(s);
		if (!n)
			break;
		bool part = s > fold && (g_ascii_isalpha(s[-1]) || s[-1] == '@' || s[-1] == '+');
		if (!part && date_here(s, n))
			return s - fold;
		s += n;
	}
	return -1;
}

bool pd_words_has_address(const char *fold)
{
	for (const char *at = strchr(fold, '@'); at; at = strchr(at + 1, '@'))
		if (at > fold && !strchr(" <>,;:\"'()", at[-1]) && at[1] && !strchr(" <>,;:\"'()", at[1]))
			return true;
	return false;
}

/* Who wrote a mail, and when, by the one line that some clients put above what they pass on:
 *
 *	On 1/5/26, 10:00 AM, "Anna Virtanen" <anna@example.com> wrote:
 *	Anna Virtanen <anna@example.com> kirjoitti 5.1.2026 kello 10.00:
 *
 * A name stands in quotes or before the address; a date on either side of both. Never fails; what cannot be told is "". */
#include "mime/forward.h"
#include "mime/parts.h"
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

/* Zones and halves of the day, which end a date. */
static const char date_endings[] =
	"am|pm|a.m.|p.m.|uhr|klo|cet|cest|mez|mesz|utc|gmt|est|edt|pst|pdt|eet|eest|msk|bst|jst|г.|р.|г|ч.|h";

static bool has_digit(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (g_ascii_isdigit(word[i]) || (unsigned char)word[i] >= 0xd9) {
			gunichar c = g_utf8_get_char_validated(word + i, (gssize)(len - i));
			if (c < 0x110000 && g_unichar_isdigit(c))
				return true;
		}
	return false;
}

static bool ends_date(const char *word, size_t len)
{
	g_autofree char *lower = g_utf8_strdown(word, (gssize)len);
	size_t n = strlen(lower);
	while (n && strchr(",;:", lower[n - 1]))
		lower[--n] = '\0';
	return pd_words_is(lower, date_endings);
}

static bool is_small(const char *word, size_t len)
{
	gunichar c = g_utf8_get_char_validated(word, (gssize)len);
	return c < 0x110000 && g_unichar_islower(c);
}

/* The end of the text that may be a name: behind the last number, comma, or word in small letters. */
static char *trailing_name(struct pd_arena *arena, const char *text, size_t len)
{
	size_t start = 0;
	for (size_t at = 0; at < len;) {
		size_t n = strcspn(text + at, " \t\n");
		n = n < len - at ? n : len - at;
		if (n && (has_digit(text + at, n) || strchr(",;:", text[at + n - 1]) || is_small(text + at, n) ||
			  ends_date(text + at, n)))
			start = at + n;
		at += n + 1;
	}
	return start < len ? pd_clean_line(arena, pd_trim(arena, pd_strndup(arena, text + start, len - start)), 200) : "";
}

/* Between the quotation marks that the text ends with; NULL: it ends otherwise. Sets where they begin. */
static char *quoted_name(struct pd_arena *arena, const char *text, size_t len, size_t *ret_start)
{
	static const struct {
		const char *open, *close;
	} marks[] = {{"\"", "\""}, {"„", "”"}, {"„", "“"}, {"“", "”"}, {"«", "»"}, {"'", "'"}};
	while (len && strchr(" \t\n(", text[len - 1]))
		len--;
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		size_t close = strlen(marks[i].close), open = strlen(marks[i].open);
		if (len <= close || memcmp(text + len - close, marks[i].close, close))
			continue;
		for (size_t at = len - close; at-- > 0;)
			if (at + open <= len - close && !memcmp(text + at, marks[i].open, open)) {
				*ret_start = at;
				return pd_clean_line(
					arena,
					pd_trim(arena, pd_strndup(arena, text + at + open, len - close - at - open)), 200);
			}
	}
	return NULL;
}

/* Bytes of the words at the start that are no date: "On", "Il giorno". */
static size_t start_words(struct pd_arena *arena, const char *text, size_t len)
{
	const char *lower = g_utf8_strdown(text, (gssize)len);
	size_t best = 0;
	pd_arena_defer(arena, g_free, (void *)(uintptr_t)lower);
	for (const struct pd_attribution_words *row = pd_attribution_table; row->language; row++) {
		size_t n = *row->starts ? pd_words_begins(lower, row->starts) : 0;
		best = n > best ? n : best;
	}
	return best < len ? best : 0;
}

/* From the first word of a date to its last; "": there is none. */
static char *date_in(struct pd_arena *arena, const char *text, size_t len, bool is_before)
{
	size_t skipped = strspn(text, " \t\n>-*_"), first = len, last = 0;
	if (skipped >= len)
		return "";
	text += skipped;
	len -= skipped;
	size_t start = is_before ? start_words(arena, text, len) : len;
	for (size_t at = 0; at < len;) {
		size_t n = strcspn(text + at, " \t\n");
		n = n < len - at ? n : len - at;
		bool digit = has_digit(text + at, n);
		if (digit && first > at)
			first = at;
		if (digit || (last && ends_date(text + at, n)))
			last = at + n;
		at += n + 1;
	}
	if (!last)
		return "";
	first = start < first ? start : first;
	while (first < last && strchr(" (,\t", text[first]))
		first++;
	while (last > first && strchr(" ,:;)\t", text[last - 1]))
		last--;
	return pd_clean_line(arena, pd_strndup(arena, text + first, last - first), 200);
}

bool pd_forward_line(struct pd_arena *arena, const char *text, struct pd_address *ret_author, const char **ret_date)
{
	const char *at = strchr(text, '@'), *open = at, *close = at;
	if (!at)
		return false;
	while (open > text && !strchr(" \t\n<([\"',;:", open[-1]))
		open--;
	while (*close && !strchr(" \t\n>)]\"',;:", *close))
		close++;
	const char *addr = pd_strndup(arena, open, (size_t)(close - open));
	struct pd_address parsed = pd_mime_address(arena, addr);
	if (pd_starts_nocase(addr, "mailto:") || !*parsed.addr)
		return false;
	while (open > text && strchr(" \t\n<([", open[-1]))
		open--;
	size_t before = (size_t)(open - text), name_start = before;
	char *name = quoted_name(arena, text, before, &name_start);
	if (!name) {
		name = trailing_name(arena, text, before);
		const char *where = *name ? strstr(text, name) : NULL;
		name_start = where ? (size_t)(where - text) : before;
	}
	*ret_author = (struct pd_address){.name = name, .addr = parsed.addr};
	*ret_date = date_in(arena, text, name_start, true);
	if (!**ret_date)
		*ret_date = date_in(arena, close, strlen(close), false);
	return true;
}

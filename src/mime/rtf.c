/* RTF to text: Outlook's own form of a body inside winmail.dat.
 *
 * Words and characters are taken, tables of fonts and colours, pictures and what is not known are left out. RTF that was made of
 * HTML (MS-OXRTFEX 2.2) has the tags in groups of their own and what is for RTF alone between \htmlrtf and \htmlrtf0. Depth is
 * bounded; linear; never fails. */
#include "mime/rtf.h"
#include "mime/inside.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_TEXT  ((size_t)8 << 20)

struct group {
	bool is_skipped; /* nothing in it is text */
	bool is_for_rtf; /* between \htmlrtf and \htmlrtf0 */
	unsigned char bytes_after_unicode;
};

struct rtf {
	struct pd_arena *arena;
	const char *at, *end;
	struct group stack[MAX_DEPTH];
	unsigned depth; /* of the group at hand; deeper ones count as it */
	unsigned too_deep;
	unsigned to_skip; /* characters that stand for a \u before them */
	const char *charset;
	bool is_html;
	struct pd_buf bytes; /* characters of the charset that wait to be converted */
	struct pd_buf out;
};

static struct group *group(struct rtf *rtf)
{
	return &rtf->stack[rtf->depth];
}

static void flush(struct rtf *rtf)
{
	if (rtf->bytes.len)
		pd_buf_adds(&rtf->out, pd_charset_utf8(rtf->arena, rtf->charset, rtf->bytes.data, rtf->bytes.len));
	pd_buf_clear(&rtf->bytes);
}

static bool is_seen(struct rtf *rtf)
{
	if (rtf->to_skip) {
		rtf->to_skip--;
		return false;
	}
	return !group(rtf)->is_skipped && !group(rtf)->is_for_rtf;
}

static void put_byte(struct rtf *rtf, char byte)
{
	if (is_seen(rtf))
		pd_buf_addc(&rtf->bytes, byte);
}

static void put_text(struct rtf *rtf, const char *text)
{
	if (!is_seen(rtf))
		return;
	flush(rtf);
	pd_buf_adds(&rtf->out, text);
}

static void put_unicode(struct rtf *rtf, long value)
{
	char text[8] = "";
	gunichar c = (gunichar)(value < 0 ? value + 65536 : value);
	if (g_unichar_validate(c) && c != 0)
		text[g_unichar_to_utf8(c, text)] = '\0';
	rtf->to_skip = 0;
	put_text(rtf, text);
	rtf->to_skip = group(rtf)->bytes_after_unicode;
}

/* Words that give a character. */
static const struct {
	const char *word, *text;
} characters[] = {
	{"par", "\n"},	  {"line", "\n"},	{"tab", "\t"},	    {"cell", "\t"},	{"row", "\n"},	   {"sect", "\n"}, {"page", "\n"},
	{"emdash", "—"}, {"endash", "–"},	{"lquote", "‘"}, {"rquote", "’"}, {"bullet", "•"}, {"ldblquote", "“"},
	{"rdblquote", "”"}, {"emspace", " "}, {"enspace", " "},
};

static void word(struct rtf *rtf, const char *name, bool has_value, long value)
{
	static const char unseen[] = "fonttbl|colortbl|stylesheet|info|pict|object|header|footer|headerl|headerr|footerl|footerr|themedata|"
				     "colorschememapping|datastore|latentstyles|listtable|listoverridetable|rsidtbl|generator|fldinst|"
				     "mhtmltag|xmlnstbl|filetbl|revtbl";
	for (size_t i = 0; i < G_N_ELEMENTS(characters); i++)
		if (!strcmp(name, characters[i].word)) {
			put_text(rtf, characters[i].text);
			return;
		}
	if (!strcmp(name, "u") && has_value) {
		put_unicode(rtf, value);
	} else if (!strcmp(name, "uc") && has_value) {
		group(rtf)->bytes_after_unicode = (unsigned char)CLAMP(value, 0, 8);
	} else if (!strcmp(name, "ansicpg") && has_value) {
		rtf->charset = value == 65001 ? "utf-8" : pd_printf(rtf->arena, "windows-%ld", value);
	} else if (!strcmp(name, "fromhtml")) {
		rtf->is_html = true;
	} else if (!strcmp(name, "htmlrtf")) {
		group(rtf)->is_for_rtf = !has_value || value != 0;
	} else if (!strcmp(name, "htmltag")) {
		group(rtf)->is_skipped = !rtf->is_html;
	} else if (pd_words_is(name, unseen)) {
		group(rtf)->is_skipped = true;
	}
}

/* Behind a backslash. */
static void control(struct rtf *rtf)
{
	char name[32] = "";
	size_t len = 0;
	if (rtf->at >= rtf->end)
		return;
	char c = *rtf->at;
	if (!g_ascii_isalpha(c)) {
		rtf->at++;
		if (c == '\'' && rtf->end - rtf->at >= 2 && g_ascii_isxdigit(rtf->at[0]) && g_ascii_isxdigit(rtf->at[1])) {
			put_byte(rtf, (char)(g_ascii_xdigit_value(rtf->at[0]) * 16 + g_ascii_xdigit_value(rtf->at[1])));
			rtf->at += 2;
		} else if (c == '*') {
			/* A destination that old readers skip: so does this one, but for HTML's tags. */
			group(rtf)->is_skipped = !g_str_has_prefix(rtf->at, "\\htmltag");
		} else if (c == '~') {
			put_text(rtf, "\xc2\xa0");
		} else if (c == '\\' || c == '{' || c == '}') {
			put_byte(rtf, c);
		} else if (c == '_') {
			put_text(rtf, "-");
		} else if (c == '\n' || c == '\r') {
			put_text(rtf, "\n");
		}
		return;
	}
	for (; rtf->at < rtf->end && g_ascii_isalpha(*rtf->at); rtf->at++)
		if (len + 1 < sizeof name)
			name[len++] = *rtf->at;
	char *after = (char *)(uintptr_t)rtf->at;
	bool has_value = rtf->at < rtf->end && (g_ascii_isdigit(*rtf->at) || *rtf->at == '-');
	long value = has_value ? strtol(rtf->at, &after, 10) : 0;
	rtf->at = after;
	if (rtf->at < rtf->end && *rtf->at == ' ')
		rtf->at++;
	word(rtf, name, has_value, value);
}

static void open_group(struct rtf *rtf)
{
	if (rtf->depth + 1 >= MAX_DEPTH) {
		rtf->too_deep++;
		return;
	}
	rtf->stack[rtf->depth + 1] = rtf->stack[rtf->depth];
	rtf->depth++;
}

static void close_group(struct rtf *rtf)
{
	if (rtf->too_deep)
		rtf->too_deep--;
	else if (rtf->depth)
		rtf->depth--;
	rtf->to_skip = 0;
}

char *pd_rtf_text(struct pd_arena *arena, const char *text, size_t len, bool *ret_is_html)
{
	struct rtf *rtf = PD_NEW(arena, struct rtf);
	char *copy = pd_strndup(arena, text, len); /* ends with NUL, as strtol wants it */
	rtf->arena = arena;
	rtf->charset = "windows-1252";
	rtf->stack[0].bytes_after_unicode = 1;
	rtf->at = copy;
	rtf->end = copy + strlen(copy);
	rtf->out.limit = MAX_TEXT;
	*ret_is_html = false;
	if (!pd_starts(copy, "{\\rtf"))
		return "";
	while (rtf->at < rtf->end) {
		char c = *rtf->at++;
		if (c == '{')
			open_group(rtf);
		else if (c == '}')
			close_group(rtf);
		else if (c == '\\')
			control(rtf);
		else if (c != '\r' && c != '\n')
			put_byte(rtf, c);
	}
	flush(rtf);
	*ret_is_html = rtf->is_html;
	char *out = pd_buf_string(arena, &rtf->out);
	pd_buf_free(&rtf->out);
	pd_buf_free(&rtf->bytes);
	return out;
}

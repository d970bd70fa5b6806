/* Recognizing the lines that say what stands below them: "-----Original Message-----", "Forwarded message", a help desk's
 * "reply above this line". The words stand in quote_tables.c; most lines are done with after their first bytes. */
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define DECORATION " -_=*~#+|>" /* before a marker */

char *pd_mark_undecorated(char *text, bool *ret_decorated)
{
	static const char signs[] = "-_=*~#+|";
	size_t before = strspn(text, DECORATION);
	char *core = text + before;
	size_t dashes = 0;
	for (size_t i = 0; i < before; i++)
		dashes += strchr(signs, text[i]) != NULL;
	size_t len = strlen(core), after = 0;
	while (len && strchr(" -_=*~#+|", core[len - 1]))
		after += core[--len] != ' ';
	core[len] = '\0';
	*ret_decorated = dashes >= 2 && after >= 2;
	return core;
}

/* What a marker of a column may be that begins with these two bytes: its length, 0: there is none. Several pairs share a
 * place. It rules out most lines. */
#define PAIRS 4096
#define ABOVE 2 /* after the two columns of the table */
static unsigned char longest[3][PAIRS];

static unsigned pair_at(const char *text)
{
	return ((unsigned char)text[0] * 61u ^ (unsigned char)text[1] * 17u) % PAIRS;
}

/* The first four bytes of the markers of all columns, and which pairs of letters begin shorter ones. */
#define FOURS	4096
#define LETTERS 26
static uint32_t fours[FOURS]; /* 0: none */
static bool has_short[LETTERS][LETTERS];

static uint32_t four_of(const char *text)
{
	uint32_t four;
	memcpy(&four, text, sizeof four);
	return four;
}

/* Where it stands, or would stand. */
static uint32_t *place_of(uint32_t four)
{
	size_t at = (four * 2654435761u) >> 16;
	while (fours[at % FOURS] && fours[at % FOURS] != four)
		at++;
	return &fours[at % FOURS];
}

/* May a marker begin with these four bytes, the first two of them letters? */
static bool may_begin(uint32_t four)
{
	char text[4];
	memcpy(text, &four, sizeof four);
	return *place_of(four) || has_short[text[0] - 'a'][text[1] - 'a'];
}

static void add_markers(const char *words, size_t column)
{
	for (; *words; words += strcspn(words, "|"), words += *words == '|') {
		size_t len = strcspn(words, "|");
		if (len >= 4)
			*place_of(four_of(words)) = four_of(words);
		else if (g_ascii_islower(words[0]) && g_ascii_islower(words[1]))
			has_short[words[0] - 'a'][words[1] - 'a'] = true;
		unsigned char *most = &longest[column][pair_at(words)];
		*most = (unsigned char)(len > 255 ? 255 : len > *most ? len : *most);
	}
}

static void gather_markers(void)
{
	static gsize is_filled;
	if (g_once_init_enter(&is_filled)) {
		for (const struct pd_marker_words *row = pd_marker_table; row->language; row++) {
			add_markers(row->original, 0);
			add_markers(row->forward, 1);
		}
		add_markers(pd_above_words, ABOVE);
		g_once_init_leave(&is_filled, 1);
	}
}

static size_t longest_marker(const char *core, size_t column)
{
	gather_markers();
	return core[0] ? longest[column][pair_at(core)] : 0;
}

static const char *after_decoration(const char *fold)
{
	if (g_ascii_isalnum(*fold))
		return fold;
	fold += strspn(fold, DECORATION);
	while (pd_starts(fold, "&nbsp;"))
		fold += strlen("&nbsp;") + strspn(fold + strlen("&nbsp;"), DECORATION);
	return fold;
}

/* QQ writes its blanks so, also in plain text. */
static void without_entities(char *text)
{
	for (char *at; (at = strstr(text, "&nbsp;"));) {
		*at = ' ';
		memmove(at + 1, at + strlen("&nbsp;"), strlen(at + strlen("&nbsp;")) + 1);
	}
}

/* A short line that ends with a colon: "Begin forwarded message:" in a language that no table has. */
static bool may_announce(const struct pd_line *line, unsigned depth)
{
	const char *fold = pd_line_fold(line);
	size_t len = strlen(fold);
	return len > 1 && len <= 120 && fold[len - 1] == ':' && !line->is_long && line->depth == depth;
}

bool pd_mark_may_be(const struct pd_line *line)
{
	const char *core = after_decoration(pd_line_fold(line));
	if (may_announce(line, 0))
		return true;
	return longest_marker(core, 0) || longest_marker(core, 1) || longest_marker(core, ABOVE);
}

bool pd_mark_is_prose(const struct pd_line *line)
{
	if (line->has || line->depth || line->hints)
		return false;
	gather_markers();
	char start[4] = "";
	size_t n = 0;
	if (line->len >= 4) {
		/* Four letters, as most lines have them: above 'z' or below 'a' sets a high bit. */
		uint32_t four = four_of(line->text) | 0x20202020u;
		if (!((four | (four - 0x61616161u) | (four + 0x05050505u)) & 0x80808080u))
			return !may_begin(four);
	}
	for (; n < 4 && n < line->len; n++) {
		start[n] = (char)(line->text[n] | 0x20); /* a blank stays one */
		bool is_letter = start[n] >= 'a' && start[n] <= 'z';
		if (!is_letter && (n < 2 || line->text[n] != ' ' || start[n - 1] == ' '))
			return false;
	}
	return n == 4 && !may_begin(four_of(start));
}

static bool is_marker(const struct pd_line *line, size_t column, bool *ret_decorated)
{
	const char *fold = pd_line_fold(line), *start = after_decoration(fold);
	size_t longer = longest_marker(start, column), whole = strlen(fold);
	if (longer == 0 || line->is_long || whole > 160)
		return false;
	if (start == fold && whole > longer + 10 && !(column && strchr(fold, '@')))
		return false; /* without signs before it nothing may follow but a colon and the like */
	char room[200];
	memcpy(room, fold, whole + 1);
	without_entities(room);
	bool decorated;
	char *core = pd_mark_undecorated(room, &decorated);
	size_t len = strlen(core);
	bool colon = false;
	while (len && strchr(": .", core[len - 1])) {
		colon |= core[len - 1] == ':';
		core[--len] = '\0';
	}
	size_t most = longest_marker(core, column);
	if (most == 0 || (len > most && !decorated && !(column && strchr(core, '@'))))
		return false;
	for (const struct pd_marker_words *row = pd_marker_table; row->language; row++) {
		const char *words = column ? row->forward : row->original;
		size_t n = pd_words_begins(core, words);
		if (!n || (core[n] && !decorated && !(column && strstr(core + n, "@") && n > 12)))
			continue;
		/* "Forwarded by Anna Virtanen/Helsinki on 1.2.2003" is Lotus; only between dashes. */
		*ret_decorated = decorated || (colon && column && strlen(core) > 12);
		return true;
	}
	return false;
}

bool pd_mark_is_ruled(const struct pd_line *line)
{
	bool decorated = false;
	return (is_marker(line, 0, &decorated) || is_marker(line, 1, &decorated)) && decorated;
}

size_t pd_mark_original(const struct pd_line_list *lines, size_t at)
{
	bool decorated;
	if (lines->items[at].depth || !is_marker(&lines->items[at], 0, &decorated))
		return 0;
	if (decorated)
		return 1;
	/* Without dashes only where a header block follows. */
	size_t next = at + 1;
	while (next < lines->count && next < at + 3 && pd_line_is_blank(&lines->items[next]))
		next++;
	return next < lines->count && pd_mark_header(lines, next) ? 1 : 0;
}

/* Such a line, no attribution, above a quote that begins with a header block: how Apple's clients forward. */
static bool announces_forward(const struct pd_line_list *lines, size_t at)
{
	const struct pd_line *line = &lines->items[at];
	size_t value, next = at + 1;
	if (!may_announce(line, line->depth) || pd_label_of(pd_line_fold(line), &value) != PD_LABEL_NONE)
		return false;
	while (next < lines->count && next < at + 5 && pd_line_is_blank(&lines->items[next]))
		next++;
	if (next >= lines->count || !lines->items[next].depth || lines->items[next].depth < line->depth ||
	    pd_mark_header(lines, next) < 3)
		return false;
	char text[160];
	size_t len = strlen(pd_line_fold(line)) - 1;
	memcpy(text, pd_line_fold(line), len);
	text[len] = '\0';
	return pd_words_date(text, 0) < 0 && !pd_words_has_address(text) && !pd_mark_is_attribution(text);
}

size_t pd_mark_forward(const struct pd_line_list *lines, size_t at)
{
	bool decorated;
	const struct pd_line *line = &lines->items[at];
	if (announces_forward(lines, at))
		return 1;
	if (line->structure > 1 || (line->structure && !(line->hints & PD_HINT_FIRST)) ||
	    !is_marker(line, 1, &decorated))
		return 0;
	if (decorated)
		return 1;
	size_t next = at + 1;
	while (next < lines->count && next < at + 3 && pd_line_is_blank(&lines->items[next]))
		next++;
	return next < lines->count && pd_mark_header(lines, next) ? 1 : 0;
}

size_t pd_mark_above(const struct pd_line_list *lines, size_t at)
{
	const struct pd_line *line = &lines->items[at];
	const char *fold = pd_line_fold(line);
	if (line->depth || line->is_long || longest_marker(after_decoration(fold), ABOVE) == 0 || strlen(fold) > 200)
		return 0;
	if (!pd_words_begins(after_decoration(fold), pd_above_words))
		return 0;
	char room[216];
	memcpy(room, fold, strlen(fold) + 1);
	bool decorated;
	char *core = pd_mark_undecorated(room, &decorated);
	size_t n = pd_words_begins(core, pd_above_words);
	return n && (decorated || strlen(core) <= n + 2) ? 1 : 0;
}

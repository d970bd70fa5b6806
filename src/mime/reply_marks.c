/* Recognizing attribution lines, and what every recognizer asks of a line. An attribution is known by evidence (a date, an
 * address, a verb), since a wrong cut hides a customer's words; the words stand in quote_tables.c. */
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/sixteen.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define ATTRIBUTION_LINES PD_ATTRIBUTION_LINES
#define ATTRIBUTION_BYTES 500
#define TRIES_MAX	  20000

bool pd_line_seems_blank(const struct pd_line *line)
{
	size_t i = line->marks;
	while (i < line->len && (line->text[i] == ' ' || line->text[i] == '\t'))
		i++;
	if (i == line->len)
		return true;
	if (line->text[i] > ' ' && line->text[i] < 0x7f)
		return false;
	return !pd_line_fold(line)[0] && !line->is_long; /* what is no ASCII may be a blank, too */
}

bool pd_mark_rule(const struct pd_line *line)
{
	if (line->hints & PD_HINT_RULE)
		return true;
	if (line->marks < line->len && g_ascii_isalnum(line->text[line->marks]))
		return false;
	const char *fold = pd_line_fold(line);
	if (g_ascii_isalnum(*fold))
		return false;
	size_t n = strspn(fold, "-_=*~ ");
	size_t signs = 0;
	for (const char *c = fold; *c; c++)
		signs += *c != ' ';
	if (!fold[n])
		return signs >= 4;
	n = 0;
	for (const char *c = fold; *c; c = g_utf8_next_char(c)) {
		gunichar u = g_utf8_get_char(c);
		if (u != 0x2014 && u != 0x2013 && u != 0x2500 && u != 0x2015 && u != 0x2501)
			return false;
		n++;
	}
	return n >= 4;
}

static bool next_is_quoted(const struct pd_line_list *lines, size_t at)
{
	while (at < lines->count && !lines->items[at].depth && pd_line_is_blank(&lines->items[at]))
		at++;
	return at < lines->count && lines->items[at].depth;
}

/* How a joined text may be an attribution. */
enum form {
	FORM_UNKNOWN,
	FORM_TOO_LONG,
	FORM_NONE,
	FORM_WEAK,     /* a verb at the end, nothing else: only before a quote */
	FORM_NAME,     /* begins with a name and address */
	FORM_EXPLICIT, /* begins with "On" or a date */
};

static bool balanced(const char *text)
{
	int open = 0;
	while ((text = strpbrk(text, "<>"))) {
		open += *text++ == '<' ? 1 : -1;
		if (open < 0)
			return false;
	}
	return open <= 1; /* a bracket that a client forgot to close */
}

/* A sentence's end inside means that it is prose: a full stop, then a blank, then a word of small letters is
 * folded away, so only marks that no attribution has are looked for. */
static bool is_prose(const char *text)
{
	return strchr(text, '?') || strchr(text, '!') || (strstr(text, "; ") && !strstr(text, "&gt;"));
}

static bool verb_inside(const char *text, const struct pd_attribution_words *row)
{
	size_t at, after = *row->inside ? pd_words_find(text, row->inside, &at) : 0;
	if (!after)
		return false;
	const char *rest = text + after + strspn(text + after, " ");
	long date = pd_words_date(rest, 0);
	bool is_dated = date >= 0 && date < 24; /* "schreef op 2.3.2020" */
	if ((pd_words_begins(rest, pd_pronoun_words) || (!is_dated && pd_words_begins(rest, pd_preposition_words))) &&
	    !strchr(rest, '<'))
		return false;
	unsigned words = 0;
	for (const char *c = rest; *c; c++)
		words += *c == ' ';
	return pd_words_has_address(rest) || date >= 0 || words <= 5;
}

/* The words of all languages in three lists, so that most texts are done with at one look. Filled once a process. */
static char all_starts[8192], all_at_end[8192], all_inside[8192];
/* The last word of each of those at the end: in one line with nothing before it, where a blank stands before it. */
static char all_last[8192];
static bool begins_quoting[26][26]; /* the first two letters of "Quoting" and the like */

static void gather_last(const char *words)
{
	for (; *words; words += strcspn(words, "|"), words += *words == '|') {
		char word[128];
		size_t len = strcspn(words, "|"), from = len;
		while (from && words[from - 1] != ' ')
			from--;
		if (len - from >= sizeof word)
			g_error("a word is too long");
		memcpy(word, words + from, len - from);
		word[len - from] = '\0';
		pd_words_gather(all_last, sizeof all_last, word);
	}
}

static void gather_quoting(void)
{
	for (const char *word = pd_quoting_words; *word; word += strcspn(word, "|"), word += *word == '|')
		if (g_ascii_islower(word[0]) && g_ascii_islower(word[1]))
			begins_quoting[word[0] - 'a'][word[1] - 'a'] = true;
}

static void gather_words(void)
{
	static gsize done;
	if (!g_once_init_enter(&done))
		return;
	for (const struct pd_attribution_words *row = pd_attribution_table; row->language; row++) {
		pd_words_gather(all_starts, sizeof all_starts, row->starts);
		pd_words_gather(all_at_end, sizeof all_at_end, row->at_end);
		pd_words_gather(all_inside, sizeof all_inside, row->inside);
		gather_last(row->at_end);
	}
	gather_quoting();
	g_once_init_leave(&done, 1);
}

/* The language of the verb, the row of its table; NULL: none. */
static const struct pd_attribution_words *verb_of(const char *text, bool may_be_inside, bool *ret_at_end)
{
	gather_words();
	*ret_at_end = pd_words_ends(text, all_at_end) > 0;
	for (const struct pd_attribution_words *row = pd_attribution_table; *ret_at_end && row->language; row++)
		if (pd_words_ends(text, row->at_end))
			return row;
	*ret_at_end = false;
	if (!may_be_inside || !pd_words_find(text, all_inside, NULL))
		return NULL;
	for (const struct pd_attribution_words *row = pd_attribution_table; row->language; row++)
		if (verb_inside(text, row))
			return row;
	return NULL;
}

static bool starts_like_one(const char *text, long date)
{
	if (date < 0)
		return false;
	size_t digit = strcspn(text, "0123456789");
	if (g_utf8_strlen(text, (gssize)digit) <= 20 &&
	    g_utf8_strlen(text + digit, date - (gssize)digit) <= 24)
		return true;
	gather_words();
	return digit <= 48 && pd_words_begins(text, all_starts);
}

static unsigned numbers(const char *text)
{
	unsigned n = 0;
	for (; *text; text++)
		n += g_ascii_isdigit(*text) && !g_ascii_isdigit(text[1]);
	return n;
}

/* Has the text neither date nor address, nor a verb at its end? Then its first words alone could make it one. */
static bool is_plain_prose(const char *text)
{
	gather_words();
	return !strpbrk(text, "0123456789@") && !pd_words_ends(text, all_at_end);
}

/* text: one joined attribution without its final colon. */
static enum form form_of(const char *text, bool had_colon, bool decorated)
{
	if (!had_colon && !decorated)
		return FORM_NONE;
	/* Without a date and an address nothing is left but its last and its first words: most prose ends here. */
	if (is_plain_prose(text) && !(had_colon && pd_words_begins(text, pd_quoting_words)))
		return FORM_NONE;
	if (!balanced(text) || is_prose(text))
		return FORM_NONE;
	long date = pd_words_date(text, 0);
	bool address = pd_words_has_address(text), at_end;
	const struct pd_attribution_words *row = verb_of(text, date >= 0 || address, &at_end);
	size_t len = strlen(text);
	if (row) {
		if (starts_like_one(text, date) && (address || decorated || numbers(text) >= 2))
			return FORM_EXPLICIT;
		if (pd_words_begins(text, "sent from samsung") && address)
			return FORM_EXPLICIT;
		if (address && (at_end || date >= 0)) {
			size_t name = strcspn(text, "<@");
			return name <= 100 ? FORM_NAME : FORM_NONE;
		}
		if (decorated && at_end && len <= 90)
			return FORM_EXPLICIT;
		/* "He said:" above a quote is the author's own. */
		bool own = pd_words_ends(text, "said|sent|scritto|escrit|geschreven") > 0 ||
			   pd_words_begins(text, pd_pronoun_words);
		bool fits = at_end ? len <= 90 : had_colon && date >= 0 && len <= 120; /* "Anna kirjoitti 2.3.2020:" */
		return fits && !own ? FORM_WEAK : FORM_NONE;
	}
	if (had_colon && address && len && strchr(">)]", text[len - 1])) {
		size_t name = strcspn(text, "<@");
		if (date >= 0 && (size_t)date < name && starts_like_one(text, date))
			return FORM_EXPLICIT;
		if (date >= 0 && name <= 60)
			return FORM_NAME;
	}
	if (had_colon && pd_words_begins(text, pd_quoting_words))
		return address && date >= 0 ? FORM_EXPLICIT : FORM_WEAK; /* "Selon anna@…:" is prose, too */
	/* A language that no table has: scripts of India take three bytes a letter. */
	if (had_colon && address && date >= 0 && g_utf8_strlen(text, -1) <= 140)
		return FORM_WEAK;
	return FORM_NONE;
}

bool pd_mark_is_attribution(const char *text)
{
	return form_of(text, true, false) != FORM_NONE;
}

/* Lines from..to as one text in out, decoration and the final colon gone. */
static char *join(const struct pd_line_list *lines, size_t from, size_t to, char *out, size_t room,
		  bool *ret_colon, bool *ret_decorated)
{
	size_t used = 0;
	for (size_t i = from; i <= to; i++) {
		size_t len = strlen(pd_line_fold(&lines->items[i]));
		if (used + len + 2 > room)
			return NULL;
		if (used && len)
			out[used++] = ' ';
		memcpy(out + used, pd_line_fold(&lines->items[i]), len);
		used += len;
	}
	out[used] = '\0';
	char *core = pd_mark_undecorated(out, ret_decorated);
	size_t len = strlen(core);
	*ret_colon = false;
	while (len && strchr(": ", core[len - 1])) {
		*ret_colon |= core[len - 1] == ':';
		core[--len] = '\0';
	}
	return core;
}

/* A line above which an attribution does not reach. */
static bool ends_sentence(const char *fold)
{
	size_t len = strlen(fold);
	if (!len || !strchr(".!?:;", fold[len - 1]))
		return false;
	return fold[len - 1] != '.' || !starts_like_one(fold, pd_words_date(fold, 0));
}

/* By its bytes: letters of Europe without a digit and an at sign, and the first of them no sign and no "Quoting". */
static bool is_plain(const struct pd_line *line)
{
	unsigned first = (unsigned)(line->text[0] | 0x20) - 'a', second = (unsigned)(line->text[1] | 0x20) - 'a';
	if (line->len < 2 || first >= 26 || second >= 26 || begins_quoting[first][second])
		return false;
	for (size_t i = 0; i < line->len; i += PD_SIXTEEN) {
		char last[PD_SIXTEEN] = "";
		bool is_whole = i + PD_SIXTEEN <= line->len;
		if (!is_whole)
			memcpy(last, line->text + i, line->len - i);
		pd_sixteen at = pd_sixteen_load(is_whole ? line->text + i : last);
		/* U+00C0 to U+017F alone */
		pd_sixteen high = (at < 0) & (at > (signed char)0xbf) & ((at < (signed char)0xc3) | (at > (signed char)0xc5));
		if (pd_sixteen_first(((at >= '0') & (at <= '9')) | (at == '@') | high) < PD_SIXTEEN)
			return false;
	}
	return true;
}

/* Are the lines prose at one look, without putting them together? False: perhaps. */
static bool are_plain(const struct pd_line_list *lines, size_t first, size_t to)
{
	size_t bytes = 0;
	gather_words();
	for (size_t i = first; i <= to; i++) {
		bytes += lines->items[i].len + 1;
		if (lines->items[i].len && (lines->items[i].depth || !is_plain(&lines->items[i])))
			return false;
	}
	char room[ATTRIBUTION_BYTES + 8];
	bool colon, decorated;
	const char *last = bytes < ATTRIBUTION_BYTES ? join(lines, to, to, room, sizeof room, &colon, &decorated) : NULL;
	return last && strchr(last, ' ') && !pd_words_ends(last, all_last);
}

/* Is no attribution among the lines that end at `to`, wherever it might begin? One look at all of them. */
static bool are_prose(struct pd_line_list *lines, size_t to)
{
	char room[ATTRIBUTION_BYTES + 8];
	bool colon, decorated;
	size_t first = to + 1 > ATTRIBUTION_LINES ? to + 1 - ATTRIBUTION_LINES : 0;
	if (are_plain(lines, first, to))
		return true;
	const char *text = join(lines, first, to, room, sizeof room, &colon, &decorated);
	if (!text || !is_plain_prose(text))
		return false;
	for (size_t i = first; i <= to; i++) {
		const char *fold = pd_line_fold(&lines->items[i]);
		if (*fold && (!g_ascii_isalpha(*fold) || pd_words_begins(fold, pd_quoting_words)))
			return false;
	}
	return true;
}

/* What is known of the lines that end at `to` is asked for each line above. */
static void know(struct pd_line_list *lines, size_t to)
{
	if (lines->known.to != to)
		memset(&lines->known, 0, sizeof lines->known);
	lines->known.to = to;
	if (!lines->known.is_asked)
		lines->known.is_prose = are_prose(lines, to);
	lines->known.is_asked = true;
}

/* What the lines from..to are together; FORM_TOO_LONG: they are too much text. */
static enum form joined_form(struct pd_line_list *lines, size_t from, size_t to)
{
	char room[ATTRIBUTION_BYTES + 8];
	bool colon, decorated;
	unsigned char *known = &lines->known.forms[to - from];
	if (*known == FORM_UNKNOWN) {
		const char *text = join(lines, from, to, room, sizeof room, &colon, &decorated);
		*known = (unsigned char)(text ? form_of(text, colon, decorated) : FORM_TOO_LONG);
	}
	return *known;
}

/* "Anna Virtanen", "<anna@example.com> wrote:": a short line above the address, itself below an empty one. */
static bool is_name_above(const struct pd_line_list *lines, size_t first, size_t from)
{
	if (from == first || pd_line_fold(&lines->items[from])[0] != '<')
		return false;
	const struct pd_line *line = &lines->items[from - 1];
	const char *fold = pd_line_fold(line);
	unsigned words = 1;
	for (const char *c = fold; *c; c++)
		words += *c == ' ';
	return *fold && !line->depth && !line->hints && line->len <= 60 && words <= 5 && !strpbrk(fold, ".!?:;") &&
	       (from == 1 || pd_line_is_blank(&lines->items[from - 2]));
}

/* "Anna Virtanen <anna@example.com>, 5 Oca", "10:00 tarihinde şunu yazdı:": a name, its address and more above a text that
 * has no address. */
static bool is_start_above(const struct pd_line_list *lines, size_t first, size_t from, size_t to)
{
	if (from == first || lines->items[from - 1].depth || lines->items[from - 1].hints)
		return false;
	for (size_t i = from; i <= to; i++)
		if (strchr(pd_line_fold(&lines->items[i]), '@'))
			return false;
	const struct pd_line *line = &lines->items[from - 1];
	const char *fold = pd_line_fold(line), *open = strchr(fold, '<'), *close = open ? strchr(open, '>') : NULL;
	unsigned words = 0;
	for (const char *c = fold; open && c < open; c++)
		words += *c == ' ';
	return close && close[1] && !strchr(":!?", fold[strlen(fold) - 1]) && open > fold && words <= 5 &&
	       !strpbrk(fold, "!?;:") && pd_words_has_address(open) && !line->is_long &&
	       (from == 1 || pd_line_is_blank(&lines->items[from - 2]));
}

/* May the text of that line go on below it, though it ends with a full stop? */
static bool goes_on_below(const struct pd_line_list *lines, size_t at)
{
	const char *fold = pd_line_fold(&lines->items[at]), *open = strrchr(fold, '(');
	return g_ascii_isdigit(*pd_line_fold(&lines->items[at + 1])) || (open && !strchr(open, ')'));
}

/* An attribution that ends where `to` ends and begins nowhere before `first`. */
static enum form best_start(struct pd_line_list *lines, size_t first, size_t to, size_t *ret_from)
{
	enum form best = FORM_NONE;
	know(lines, to);
	if (lines->known.is_prose)
		return FORM_NONE;
	for (size_t from = to + 1; from-- > first && to - from < ATTRIBUTION_LINES;) {
		const struct pd_line *line = &lines->items[from];
		if (line->depth || pd_line_is_long(line))
			break;
		bool is_gap = pd_line_is_blank(line);
		if (is_gap) {
			/* Only where the address stands in lines of its own: "On … Name", "", "<", "…>
			 * wrote:". */
			if (strcmp(pd_line_fold(&lines->items[from + 1]), "<"))
				break;
			continue;
		}
		enum form form = joined_form(lines, from, to);
		if (form == FORM_TOO_LONG)
			break;
		if (form > best) {
			best = form;
			*ret_from = from;
		}
		if (best == FORM_EXPLICIT)
			break;
		if (from > first && ends_sentence(pd_line_fold(&lines->items[from - 1])) && !goes_on_below(lines, from - 1))
			break;
	}
	if (best != FORM_NONE &&
	    (is_name_above(lines, first, *ret_from) || is_start_above(lines, first, *ret_from, to)))
		--*ret_from;
	return best;
}

/* "… words On Wed, Apr 4, 2012, at 3:59 PM, bob wrote:" in one line, its quote below: where "On" begins, 0:
 * nowhere. */
static size_t shared_line(const struct pd_line *line)
{
	char room[ATTRIBUTION_BYTES + 8];
	if (pd_words_date(pd_line_fold(line), 0) < 0 || line->len > 2 * ATTRIBUTION_BYTES)
		return 0;
	gather_words();
	for (size_t i = 1; i + 4 < line->len && i < ATTRIBUTION_BYTES; i++) {
		if (line->text[i - 1] != ' ' && line->text[i - 1] != '-')
			continue;
		if (!g_ascii_isupper(line->text[i]) || line->len - i > ATTRIBUTION_BYTES / 2)
			continue;
		for (size_t k = 0; k <= line->len - i; k++)
			room[k] = k < line->len - i ? g_ascii_tolower(line->text[i + k]) : '\0';
		bool starts = pd_words_begins(room, all_starts) > 0;
		size_t len = strlen(room);
		while (len && strchr(": ", room[len - 1]))
			room[--len] = '\0';
		if (starts && form_of(room, true, false) == FORM_EXPLICIT)
			return i;
	}
	return 0;
}

static bool begins_as_one(const char *fold)
{
	fold += strspn(fold, " -_=*~#+|");
	gather_words();
	return g_ascii_isdigit(*fold) || pd_words_begins(fold, all_starts);
}

static inline bool may_end(const struct pd_line *line)
{
	if (line->depth || !line->len)
		return false;
	/* What no fold ends with, most lines end with. */
	char end = line->text[line->len - 1], letter = (char)(end | 0x20);
	if ((letter >= 'a' && letter <= 'z') || (end >= '0' && end <= '9') || end == '.' || end == ',')
		return false;
	const char *fold = pd_line_fold(line);
	if (line->is_long || !*fold)
		return false;
	char last = fold[strlen(fold) - 1];
	return last == ':' || ((last == '-' || last == '*' || last == '_') &&
			       strpbrk(fold, "0123456789@wabcdefghijklmnopqrstuvxyz"));
}

void pd_mark_find_end(struct pd_line_list *lines, size_t at)
{
	lines->end.from = at;
	for (lines->end.next = at; lines->end.next < lines->count; lines->end.next++)
		if (may_end(&lines->items[lines->end.next]))
			break;
}

size_t pd_mark_attribution(struct pd_line_list *lines, size_t at, size_t *ret_kept)
{
	*ret_kept = 0;
	if (pd_mark_none_ends(lines, at))
		return 0;
	for (size_t to = at; to < lines->count && to < at + ATTRIBUTION_LINES; to++) {
		const struct pd_line *line = &lines->items[to];
		if (line->depth || (pd_line_is_blank(line) &&
				    (to + 1 >= lines->count || strcmp(pd_line_fold(&lines->items[to + 1]), "<"))))
			return 0;
		if (to < lines->end.next || !may_end(line))
			continue;
		if (lines->tries++ >= TRIES_MAX)
			return 0;
		size_t from = 0;
		if (to == at && !begins_as_one(pd_line_fold(line)) && next_is_quoted(lines, to + 1) &&
		    (*ret_kept = shared_line(line)))
			return 1;
		enum form form = best_start(lines, at, to, &from);
		if (form == FORM_WEAK && !next_is_quoted(lines, to + 1))
			form = FORM_NONE;
		if (form != FORM_NONE)
			return from == at ? to - at + 1 : 0;
		if (pd_line_fold(line)[strlen(pd_line_fold(line)) - 1] != ':')
			continue;
		return 0;
	}
	return 0;
}

/* The fate of each line of a body: the author's own, quote, or signature.
 *
 * First the lines are sorted into classes (text, quote, attribution, and where a quote begins that nothing
 * marks line by line); then runs of own text are weighed: one run is the answer, several between quotes are
 * inline answers and stay together with what they answer. A forwarded mail stays. Where nothing stands above
 * an unmarked quote, what follows is shown and marked foreign. Linear; never fails. */
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

enum class {
	CLASS_TEXT,
	CLASS_BLANK,
	CLASS_QUOTE,
	CLASS_ATTRIBUTION,
	CLASS_SIGNATURE,
};

struct split {
	struct pd_line_list *lines;
	unsigned char *class;
	size_t end; /* lines before it are weighed; at it something begins that goes to the end of the body */
	size_t end_takes; /* lines of the marker or header block that stands there */
	bool is_forward;
	size_t shown; /* lines before it are header lines that the author shows */
};

/* "Name> text", below an attribution. */
static bool is_supercite(const struct pd_line *line)
{
	const char *fold = pd_line_fold(line);
	size_t n = 0;
	while (n < 16 && (g_ascii_isalnum(fold[n]) || fold[n] == '_' || fold[n] == '-'))
		n++;
	return n && fold[n] == '>' && fold[n + 1] == ' ';
}

/* A link that broke the run of '>': "(http://…) >", or the end of one that the line before began. */
static bool is_stray_link(const struct pd_line_list *lines, size_t at)
{
	if (!at || at + 1 >= lines->count || !lines->items[at - 1].depth || !lines->items[at + 1].depth)
		return false;
	const char *fold = pd_line_fold(&lines->items[at]), *before = pd_line_fold(&lines->items[at - 1]);
	if (pd_words_begins(fold, "(http|<http|(https|<https|[http|[https"))
		return !strchr(fold, ' ') || strspn(strchr(fold, ' '), " >") == strlen(strchr(fold, ' '));
	const char *open = strrchr(before, '('), *angle = strrchr(before, '<');
	if (!open || (angle && angle > open))
		open = angle;
	char close = open && *open == '<' ? '>' : ')';
	return open && !strchr(open, close) && strstr(open, "http") && strchr(fold, close) &&
	       !strchr(fold, ' ');
}

static size_t next_solid(const struct pd_line_list *lines, size_t at)
{
	while (at < lines->count && pd_line_is_blank(&lines->items[at]))
		at++;
	return at;
}

/* Has the text so far anything of the author's? */
static bool has_text(const struct split *split, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (split->class[i] == CLASS_TEXT)
			return true;
	return false;
}

/* The last line of text before it ends with a colon: "Here is the header:"; what follows is the author's
 * matter. */
static bool is_announced(const struct split *split, size_t at)
{
	size_t i = at;
	while (i && split->class[i - 1] == CLASS_BLANK)
		i--;
	if (!i || split->class[i - 1] != CLASS_TEXT)
		return false;
	const struct pd_line *line = &split->lines->items[i - 1];
	const char *fold = pd_line_fold(line);
	size_t len = strlen(fold);
	return len > 1 && fold[len - 1] == ':' && !pd_mark_rule(line);
}

/* Where a quote begins that goes on to the end of the body. Rules right above it belong to it. */
static void end_here(struct split *split, size_t at, size_t takes)
{
	split->end_takes = takes;
	while (at) {
		const struct pd_line *above = &split->lines->items[at - 1];
		if (!(pd_line_is_blank(above) && !(above->hints & PD_HINT_RULE)) && !pd_mark_rule(above))
			break;
		at--;
		split->end_takes++;
	}
	split->end = at;
}

/* A marker, a header block or a help desk's "reply above" at that line? Then the walk is over. */
static bool ends_at(struct split *split, size_t at, bool says_forward)
{
	struct pd_line_list *lines = split->lines;
	size_t n;
	bool may_be = pd_mark_may_be(&lines->items[at]);
	if (may_be && (n = pd_mark_forward(lines, at))) {
		split->is_forward = true;
		size_t header = next_solid(lines, at + n);
		size_t more = header < lines->count ? pd_mark_header(lines, header) : 0;
		end_here(split, at, more ? header + more - at : n);
		return true;
	}
	if (lines->items[at].hints & PD_HINT_CUT) {
		n = pd_mark_header(lines, at);
		split->is_forward = says_forward;
		end_here(split, at, n);
		return true;
	}
	if (may_be && ((n = pd_mark_original(lines, at)) || (n = pd_mark_above(lines, at)))) {
		split->is_forward = says_forward && !pd_mark_above(lines, at);
		size_t header = at + n < lines->count ? next_solid(lines, at + n) : lines->count;
		size_t more = header < lines->count ? pd_mark_header(lines, header) : 0;
		end_here(split, at, more ? header + more - at : n);
		return true;
	}
	n = pd_mark_header(lines, at);
	if (n && (is_announced(split, at) || (!says_forward && !lines->answers_nothing && pd_mark_is_shown(lines, at, n)))) {
		split->shown = at + n;
		return false;
	}
	if (n) {
		if (at + n < lines->count &&
		    lines->items[next_solid(lines, at + n) == lines->count ? at : next_solid(lines, at + n)]
			    .depth &&
		    !says_forward) {
			/* A header block above '>' lines is an attribution. */
			memset(split->class + at, CLASS_ATTRIBUTION, n);
			return false;
		}
		split->is_forward = says_forward || (lines->answers_nothing && n < 4);
		end_here(split, at, n);
		return true;
	}
	return false;
}

/* A blockquote that may be an indent is a quote below an attribution, and when it begins with one. */
static bool soft_is_quote(const struct split *split, size_t at)
{
	size_t i = at, kept;
	bool is_same_box = true;
	while (i && (split->class[i - 1] == CLASS_BLANK)) {
		i--;
		is_same_box &= (split->lines->items[i].hints & PD_HINT_SOFT) != 0;
	}
	if (i && (split->class[i - 1] == CLASS_ATTRIBUTION ||
		  (split->class[i - 1] == CLASS_QUOTE && (split->lines->items[i - 1].hints & PD_HINT_SOFT) &&
		   is_same_box)))
		return true;
	return pd_mark_attribution(split->lines, at, &kept) || pd_mark_header(split->lines, at);
}

/* "To: …", "Subject: …" right above an attribution, as Yandex's apps put them: where they begin. */
static size_t fields_above(const struct split *split, size_t at)
{
	size_t from = at, value;
	while (from && at - from < 6 && split->class[from - 1] == CLASS_TEXT && !split->lines->items[from - 1].depth &&
	       pd_label_of(pd_line_fold(&split->lines->items[from - 1]), &value) != PD_LABEL_NONE)
		from--;
	bool is_apart = !from || split->class[from - 1] == CLASS_BLANK;
	return at - from >= 2 && is_apart ? from : at;
}

static bool names_address(const struct pd_line_list *lines, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (strchr(pd_line_fold(&lines->items[i]), '@'))
			return true;
	return false;
}

/* The attribution at that line, if there is one: its lines get their class. Returns how many lines were
 * passed, 0: none; sets end where what follows is no marked quote. */
static size_t attribution_at(struct split *split, size_t at, bool says_forward)
{
	struct pd_line_list *lines = split->lines;
	size_t kept, n = pd_mark_attribution(lines, at, &kept);
	if (!n)
		return 0;
	if (kept) {
		while (kept && strchr(" -", lines->items[at].text[kept - 1]))
			kept--;
		lines->items[at].kept = kept;
		return 1;
	}
	size_t above = fields_above(split, at);
	memset(split->class + above, CLASS_ATTRIBUTION, at - above);
	size_t next = next_solid(lines, at + n);
	if (next < lines->count && !lines->items[next].depth && !is_supercite(&lines->items[next]) &&
	    !(lines->items[next].hints & PD_HINT_SOFT)) {
		split->is_forward = says_forward && names_address(lines, at, n);
		end_here(split, at, n);
		return n;
	}
	memset(split->class + at, CLASS_ATTRIBUTION, n);
	return n;
}

/* Does a quote begin at that line, without an attribution? */
static bool is_first_quoted(const struct split *split, size_t at)
{
	while (at && split->class[at - 1] == CLASS_BLANK)
		at--;
	return !at || split->class[at - 1] == CLASS_TEXT || split->class[at - 1] == CLASS_SIGNATURE;
}

/* Lines of OpenPGP's armour around signed text (RFC 4880, section 7): the heading down to its empty line, and the signature. */
static size_t armour(const struct pd_line_list *lines, size_t at)
{
	const char *fold = pd_line_fold(&lines->items[at]);
	bool heading = !strcmp(fold, "-----begin pgp signed message-----");
	if (!heading && strcmp(fold, "-----begin pgp signature-----"))
		return 0;
	for (size_t i = at + 1; i < lines->count && i < at + 200; i++) {
		if (heading && pd_line_is_blank(&lines->items[i]))
			return i - at;
		if (heading && !pd_starts(pd_line_fold(&lines->items[i]), "hash:"))
			return 1;
		if (!heading && !strcmp(pd_line_fold(&lines->items[i]), "-----end pgp signature-----"))
			return i + 1 - at;
	}
	return 0;
}

/* ">>> Anna <anna@example.com> 02.03.2020 10:00 >>>" above an unmarked quote: GroupWise. */
static bool is_groupwise(const struct pd_line_list *lines, size_t at)
{
	const struct pd_line *line = &lines->items[at];
	size_t len = line->len, next = next_solid(lines, at + 1);
	while (len > 0 && line->text[len - 1] == ' ')
		len--;
	return line->marks >= 3 && len > line->marks + 6 && memcmp(line->text + len - 3, ">>>", 3) == 0 &&
	       pd_words_date(pd_line_fold(line), 0) >= 0 && next < lines->count && lines->items[next].marks == 0;
}

/* Is it one short word, or is a wide gap behind it, or an address? */
static bool may_be_label(const struct pd_line *line)
{
	const char *blank = memchr(line->text, ' ', line->len);
	size_t word = blank ? (size_t)(blank - line->text) : line->len;
	if (line->len > 60 || !line->len || line->hints || word > 12)
		return false;
	return word + 1 >= line->len || blank[1] == ' ' || memchr(blank, '@', line->len - word) || memchr(blank, '/', line->len - word);
}

/* Does a block of Notes stand around that line? Its first lines were passed as text. */
static bool is_notes(struct split *split, size_t at, bool says_forward)
{
	size_t from, takes = split->lines->items[at].depth ? 0 : pd_mark_notes(split->lines, at, &from);
	if (!takes)
		return false;
	split->is_forward = says_forward;
	end_here(split, from, takes);
	return true;
}

static void classify(struct split *split, bool says_forward)
{
	struct pd_line_list *lines = split->lines;
	split->end = lines->count;
	for (size_t i = 0; i < lines->count;) {
		struct pd_line *line = &lines->items[i];
		if (split->class[i] == CLASS_ATTRIBUTION || i < split->shown) {
			i++;
			continue;
		}
		if (i && may_be_label(line) && is_notes(split, i, says_forward))
			return;
		if (pd_mark_is_prose(line) && !(i && line[-1].depth && is_stray_link(lines, i))) {
			if (pd_mark_none_ends(lines, i)) {
				i++;
				continue;
			}
			size_t passed = attribution_at(split, i, says_forward);
			if (split->end < lines->count)
				return;
			i += passed > 0 ? passed : 1; /* CLASS_TEXT, or what attribution_at said */
			continue;
		}
		bool may_be_armour = !line->depth && line->len && !g_ascii_isalnum(line->text[0]) && pd_line_fold(line)[0] == '-';
		size_t armoured = may_be_armour ? armour(lines, i) : 0;
		if (armoured) {
			memset(split->class + i, CLASS_SIGNATURE, armoured);
			i += armoured;
			continue;
		}
		if ((line->hints & PD_HINT_RULE) && !line->structure)
			split->class[i] = CLASS_TEXT;
		else if (!line->depth && pd_line_is_blank(line))
			split->class[i] = CLASS_BLANK;
		else if (line->hints & PD_HINT_SIGNATURE)
			split->class[i] = CLASS_SIGNATURE;
		if (split->class[i] != CLASS_TEXT || ((line->hints & PD_HINT_RULE) && !line->structure)) {
			i++;
			continue;
		}
		if (line->depth && is_first_quoted(split, i) && pd_mark_forward(lines, i)) {
			ends_at(split, i, says_forward);
			return;
		}
		if (line->marks && is_first_quoted(split, i) && is_groupwise(lines, i)) {
			split->is_forward = says_forward;
			end_here(split, i, 1);
			return;
		}
		if (line->depth || is_stray_link(lines, i)) {
			split->class[i++] = CLASS_QUOTE;
			continue;
		}
		if ((line->hints & PD_HINT_SOFT) && soft_is_quote(split, i)) {
			while (i < lines->count && (lines->items[i].hints & PD_HINT_SOFT))
				split->class[i++] = CLASS_QUOTE;
			continue;
		}
		if (ends_at(split, i, says_forward))
			return;
		if (split->class[i] == CLASS_ATTRIBUTION)
			continue;
		size_t n = (line->hints & PD_HINT_ATTRIBUTION) ? 0 : attribution_at(split, i, says_forward);
		if (split->end < lines->count)
			return;
		if (n) {
			i += n;
			continue;
		}
		if (line->hints & PD_HINT_ATTRIBUTION)
			split->class[i] = CLASS_ATTRIBUTION;
		else if (is_supercite(line) && i) {
			size_t back = i;
			while (back && split->class[back - 1] == CLASS_BLANK)
				back--;
			if (back && (split->class[back - 1] == CLASS_ATTRIBUTION ||
				     split->class[back - 1] == CLASS_QUOTE))
				split->class[i] = CLASS_QUOTE;
		}
		i++;
	}
}

struct run {
	size_t from, to; /* lines */
};

/* Runs of own text before split->end, signatures taken off. Returns how many; the first, second and last. */
static size_t own_runs(struct split *split, struct run *ret_first, struct run *ret_last)
{
	struct pd_line *items = split->lines->items;
	size_t count = 0;
	for (size_t i = 0; i < split->end;) {
		if (split->class[i] == CLASS_QUOTE || split->class[i] == CLASS_ATTRIBUTION) {
			i++;
			continue;
		}
		size_t to = i;
		while (to < split->end && split->class[to] != CLASS_QUOTE &&
		       split->class[to] != CLASS_ATTRIBUTION)
			to++;
		pd_reply_signature(split->lines, i, to);
		bool has = false;
		for (size_t k = i; k < to; k++) {
			if (split->class[k] == CLASS_SIGNATURE)
				items[k].fate = PD_LINE_SIGNATURE;
			has = has || (items[k].fate == PD_LINE_KEPT && split->class[k] == CLASS_TEXT &&
				      !pd_mark_rule(&items[k]));
		}
		if (has) {
			struct run run = {i, to};
			if (!count++)
				*ret_first = run;
			*ret_last = run;
		} else {
			for (size_t k = i; k < to; k++)
				if (items[k].fate == PD_LINE_KEPT)
					items[k].fate = PD_LINE_QUOTED;
		}
		i = to;
	}
	return count;
}

static void quote_lines(struct split *split, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (split->lines->items[i].fate == PD_LINE_KEPT)
			split->lines->items[i].fate = PD_LINE_QUOTED;
}

/* Does the quote between the runs begin with an attribution, and is it one quote? */
static bool is_one_attributed(const struct split *split, size_t from, size_t to)
{
	while (from < to && split->class[from] == CLASS_BLANK)
		from++;
	return from < to && split->class[from] == CLASS_ATTRIBUTION;
}

/* A mail that answers nothing quotes no mail: what it marks is a log, a text, or its author's own way to write. */
static bool shows_quotes(const struct split *split, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (split->class[i] == CLASS_ATTRIBUTION || split->lines->items[i].structure)
			return false;
	return split->lines->answers_nothing;
}

static void weigh(struct split *split)
{
	struct run first = {0, 0}, last = {0, 0};
	size_t runs = own_runs(split, &first, &last);
	struct pd_line *items = split->lines->items;
	if (!runs) {
		quote_lines(split, 0, split->end);
		return;
	}
	if (runs == 1) {
		if (!shows_quotes(split, 0, first.from))
			quote_lines(split, 0, first.from);
		if (!shows_quotes(split, first.to, split->end))
			quote_lines(split, first.to, split->end);
		return;
	}
	bool starts_text = true;
	for (size_t i = 0; i < first.from; i++)
		starts_text &= split->class[i] == CLASS_BLANK;
	if (runs == 2 && starts_text && is_one_attributed(split, first.to, last.from)) {
		quote_lines(split, first.to, last.from);
	} else if (!starts_text) {
		/* The quote above the first answer is what it answers; its attribution line is not needed to
		 * read it. */
		for (size_t i = 0; i < first.from; i++)
			if (split->class[i] != CLASS_QUOTE && items[i].fate == PD_LINE_KEPT &&
			    split->class[i] != CLASS_BLANK)
				items[i].fate = PD_LINE_QUOTED;
	}
	quote_lines(split, last.to, split->end);
}

/* Does the author say that answers stand in the quote? */
static bool asks_inline(const struct split *split)
{
	for (size_t i = 0; i < split->end; i++)
		if (split->class[i] == CLASS_TEXT &&
		    pd_words_find(pd_line_fold(&split->lines->items[i]), pd_inline_words, NULL))
			return true;
	return false;
}

/* A forwarded mail in an answer, below sentences that do not speak of it, is what is answered; below "FYI" or "see below", and in
 * a mail of which the subject says that it is a forward, it is what the mail is about. */
static bool is_answered(const struct split *split, bool says_forward)
{
	unsigned words = 0;
	const char *last = "";
	if (says_forward || split->lines->answers_nothing)
		return false;
	for (size_t i = 0; i < split->end; i++) {
		if (split->class[i] != CLASS_TEXT)
			continue;
		last = pd_line_fold(&split->lines->items[i]);
		if (pd_words_find(last, pd_see_below_words, NULL))
			return false;
		for (const char *c = last; *c; c++)
			words += *c != ' ' && (c[1] == ' ' || !c[1]);
	}
	return words >= 5 && *last && last[strlen(last) - 1] != ':';
}

/* Is a greeting all that stands above ("Hello,")? Then what looks like an attribution is the author's sentence: nobody answers so. */
static bool only_greets(const struct split *split)
{
	const struct pd_line *rest = &split->lines->items[split->end], *greeting = NULL;
	if (rest->structure || (rest->hints & (PD_HINT_CUT | PD_HINT_BORDER | PD_HINT_ATTRIBUTION)))
		return false;
	for (size_t i = 0; i < split->end; i++) {
		if (split->class[i] == CLASS_BLANK)
			continue;
		if (split->class[i] != CLASS_TEXT || greeting)
			return false;
		greeting = &split->lines->items[i];
	}
	if (!greeting || greeting->len > 60)
		return false;
	const char *fold = pd_line_fold(greeting);
	size_t len = strlen(fold), words = 1;
	for (const char *c = fold; *c; c++)
		words += *c == ' ';
	return len > 1 && fold[len - 1] == ',' && words <= 4 && !pd_line_closes(fold);
}

/* What begins at split->end: kept when it is a forward, when answers are in it, or when nothing stands above.
 */
static void weigh_rest(struct split *split, bool has_own, bool says_forward)
{
	struct pd_line_list *lines = split->lines;
	size_t body = split->end + split->end_takes;
	if (split->end >= lines->count)
		return;
	lines->has_inline |= pd_reply_coloured(lines, body);
	bool keep = (split->is_forward && !is_answered(split, says_forward)) || !has_own || lines->has_inline || asks_inline(split) ||
		    only_greets(split);
	for (size_t i = split->end; i < lines->count; i++) {
		struct pd_line *line = &lines->items[i];
		line->is_foreign = true;
		line->fate = keep && (has_own || i >= body) ? PD_LINE_KEPT : PD_LINE_QUOTED;
	}
}

void pd_reply_split(struct pd_arena *arena, struct pd_line_list *lines, bool says_forward)
{
	if (!lines->count)
		return;
	struct split split = {.lines = lines, .class = pd_alloc(arena, lines->count)};
	classify(&split, says_forward);
	bool has_own = has_text(&split, split.end);
	bool had_signature = false;
	for (size_t i = 0; i < split.end; i++)
		had_signature |= split.class[i] == CLASS_SIGNATURE;
	weigh(&split);
	/* A signature alone above a quote is an empty answer. */
	weigh_rest(&split, has_own || had_signature, says_forward);
}

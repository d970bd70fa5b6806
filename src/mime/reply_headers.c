/* Recognizing the header blocks that clients put above what they quote or forward: two fields that belong together and
 * an address, a time or a subject, in any language of the table; or bold labels in a row in any language at all. */
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

static void add_labels(GHashTable *labels, const char *words, enum pd_label label)
{
	for (; *words; words += strcspn(words, "|"), words += *words == '|') {
		char *word = g_strndup(words, strcspn(words, "|"));
		if (g_hash_table_contains(labels, word))
			g_free(word); /* the table's first row with it counts */
		else
			g_hash_table_insert(labels, word, GINT_TO_POINTER((int)label));
	}
}

static enum pd_label label_named(const char *word)
{
	static GHashTable *labels; /* for the life of the process */
	if (g_once_init_enter(&labels)) {
		GHashTable *all = g_hash_table_new(g_str_hash, g_str_equal);
		for (const struct pd_header_words *row = pd_header_table; row->language; row++) {
			add_labels(all, row->from, PD_LABEL_FROM);
			add_labels(all, row->sent, PD_LABEL_SENT);
			add_labels(all, row->date, PD_LABEL_DATE);
			add_labels(all, row->to, PD_LABEL_TO);
			add_labels(all, row->cc, PD_LABEL_CC);
			add_labels(all, row->subject, PD_LABEL_SUBJECT);
		}
		for (const struct pd_header_words *row = pd_header_table; row->language; row++)
			add_labels(all, row->other, PD_LABEL_OTHER);
		g_once_init_leave(&labels, all);
	}
	return (enum pd_label)GPOINTER_TO_INT(g_hash_table_lookup(labels, word));
}

enum pd_label pd_label_of(const char *fold, size_t *ret_value)
{
	const char *start = fold + strspn(fold, "*> _|");
	const char *colon = strchr(start, ':');
	if (!colon || colon == start || colon - start > 60)
		return PD_LABEL_NONE;
	char word[64];
	size_t len = (size_t)(colon - start);
	while (len && strchr(" *_", start[len - 1]))
		len--;
	if (!len)
		return PD_LABEL_NONE;
	memcpy(word, start, len);
	word[len] = '\0';
	const char *value = colon + 1;
	value += strspn(value, " *_");
	*ret_value = (size_t)(value - fold);
	return label_named(word);
}

struct block {
	unsigned fields[PD_LABEL_COUNT];
	unsigned distinct, lines;
	bool has_address, has_time;
};

static void note_field(struct block *block, enum pd_label label, const char *value)
{
	block->distinct += !block->fields[label] && label != PD_LABEL_OTHER;
	block->fields[label]++;
	if (label == PD_LABEL_FROM || label == PD_LABEL_TO)
		block->has_address |= pd_words_has_address(value);
	if (label == PD_LABEL_DATE || label == PD_LABEL_SENT)
		block->has_time |= pd_words_date(value, 0) >= 0;
	/* Two fields in one line, as some HTML gives them. */
	static const char second[] = "date:|sent:|to:|subject:";
	size_t where, after = pd_words_find(value, second, &where);
	if (after && (label == PD_LABEL_FROM || label == PD_LABEL_DATE) && where) {
		enum pd_label other = value[where] == 'd'	? PD_LABEL_DATE
				      : value[where + 1] == 'e' ? PD_LABEL_SENT
				      : value[where] == 't'	? PD_LABEL_TO
								: PD_LABEL_SUBJECT;
		block->distinct += !block->fields[other];
		block->fields[other]++;
		block->has_time |= pd_words_date(value + after, 0) >= 0;
	}
}

static bool is_block(const struct block *block)
{
	const unsigned *f = block->fields;
	bool date = f[PD_LABEL_DATE] || f[PD_LABEL_SENT];
	if (block->distinct < 2 || !(f[PD_LABEL_FROM] || date))
		return false;
	if (block->has_address && (f[PD_LABEL_FROM] || block->has_time))
		return true;
	if (f[PD_LABEL_FROM] && f[PD_LABEL_SUBJECT] && (date || f[PD_LABEL_TO]))
		return true;
	return f[PD_LABEL_SENT] && block->has_time && (f[PD_LABEL_FROM] || f[PD_LABEL_TO]);
}

static bool is_form_label(const char *fold)
{
	const char *start = fold + strspn(fold, "*> _|");
	char word[64];
	size_t len = strcspn(start, ":*");
	while (len && start[len - 1] == ' ')
		len--;
	if (!len || len >= sizeof word)
		return false;
	memcpy(word, start, len);
	word[len] = '\0';
	return pd_words_is(word, pd_form_labels);
}

/* Bold words with colons, three or more in a row, one of them with an address or a date: a header block in
 * a language that no table has. */
static size_t labelled_block(const struct pd_line_list *lines, size_t at)
{
	size_t n = 0;
	bool address = false, date = false;
	while (at + n < lines->count && n < 10 && (lines->items[at + n].hints & PD_HINT_LABEL)) {
		if (is_form_label(pd_line_fold(&lines->items[at + n])))
			return 0;
		address |= pd_words_has_address(pd_line_fold(&lines->items[at + n]));
		date |= pd_words_date(pd_line_fold(&lines->items[at + n]), 0) >= 0;
		n++;
	}
	return n >= 3 && date && (address || (lines->items[at].hints & PD_HINT_BORDER)) ? n : 0;
}

/* A field that no client shows above a quote. */
static bool is_raw_field(const struct pd_line *line)
{
	static const char names[] = "received|return-path|delivered-to|x-original-to|dkim-signature|authentication-results|received-spf|"
				    "arc-seal|arc-message-signature|arc-authentication-results|envelope-to|x-received|status|"
				    "diagnostic-code|remote-mta|reporting-mta|final-recipient|rcpt to|mail from";
	const char *fold = pd_line_fold(line), *start = fold + strspn(fold, "> *");
	size_t name = strcspn(start, ": ");
	return start[name] == ':' && (pd_words_begins(start, names) || (start[0] == 'x' && start[1] == '-'));
}

static bool is_fence(const struct pd_line *line)
{
	const char *fold = pd_line_fold(line);
	return pd_starts(fold, "```") || pd_starts(fold, "~~~") || pd_starts(fold, "<pre") || pd_starts(fold, "[code");
}

bool pd_mark_is_shown(const struct pd_line_list *lines, size_t at, size_t takes)
{
	bool date = false, bold = false;
	size_t from = at, to = at + takes, value;
	while (from && at - from < 12 && !pd_line_is_blank(&lines->items[from - 1]))
		from--;
	while (to < lines->count && to - at < takes + 12 && !pd_line_is_blank(&lines->items[to]))
		to++;
	for (size_t i = from; i < to; i++)
		if (is_raw_field(&lines->items[i]) || (i < at && is_fence(&lines->items[i])))
			return true;
	for (size_t i = at; i < at + takes; i++) {
		const char *fold = pd_line_fold(&lines->items[i]);
		enum pd_label label = pd_label_of(fold, &value);
		bold |= (lines->items[i].hints & (PD_HINT_LABEL | PD_HINT_BORDER)) || *fold == '*';
		date |= label == PD_LABEL_DATE || label == PD_LABEL_SENT || pd_words_find(fold, "date:|sent:", NULL);
	}
	return !date && !bold;
}

/* Clients do not indent their blocks, but Horde below a marker; people do so with what they show. */
static bool is_indented(const struct pd_line_list *lines, size_t at)
{
	const struct pd_line *line = &lines->items[at];
	if (line->depth || line->len <= 4 || (line->text[0] != '\t' && memcmp(line->text, "    ", 4)))
		return false;
	while (at && pd_line_is_blank(&lines->items[at - 1]))
		at--;
	return !at || !pd_mark_is_ruled(&lines->items[at - 1]);
}

size_t pd_mark_header(const struct pd_line_list *lines, size_t at)
{
	struct block block = {0};
	size_t value, end = at, loose = 0, blanks = 0;
	const struct pd_line *first = &lines->items[at];
	if (!strchr(pd_line_fold(first), ':') && !(first->hints & PD_HINT_LABEL))
		return 0;
	if (first->hints & PD_HINT_LABEL) {
		size_t n = labelled_block(lines, at);
		if (n)
			return n;
	}
	enum pd_label label = pd_label_of(pd_line_fold(first), &value);
	if (label == PD_LABEL_NONE || label == PD_LABEL_OTHER || is_indented(lines, at))
		return 0;
	for (size_t i = at; i < lines->count && i < at + 40; i++) {
		const struct pd_line *line = &lines->items[i];
		if (line->depth != first->depth && !pd_line_is_blank(line))
			break;
		if (pd_line_is_blank(line)) {
			if (++blanks > 1 || i == at)
				break;
			continue;
		}
		label = pd_label_of(pd_line_fold(line), &value);
		if (label == PD_LABEL_NONE) {
			if (blanks || ++loose > 4)
				break;
			/* A folded value. */
			block.has_address |= i == end && pd_words_has_address(pd_line_fold(line));
			continue;
		}
		if (block.lines > 2 && block.fields[label] &&
		    (label == PD_LABEL_FROM || label == PD_LABEL_SENT))
			break; /* the next block */
		note_field(&block, label, pd_line_fold(line) + value);
		block.lines++;
		end = i + 1;
		loose = blanks = 0;
	}
	return is_block(&block) ? end - at : 0;
}


/* --- Notes' blocks, whose labels have no colons --- */

#define NOTES_LINES 14

/* "To", "An", "Subject" alone, or before its value. */
static bool is_bare_label(const struct pd_line *line, enum pd_label wanted)
{
	const char *fold = pd_line_fold(line);
	char word[32];
	size_t len = strcspn(fold, " ");
	if (line->depth || !len || len + 2 > sizeof word)
		return false;
	memcpy(word, fold, len);
	word[len] = '\0';
	return label_named(word) == wanted;
}

/* "Bob Smith/HEL/Example@Example" or "Bob" <bob@example.com>. */
static bool is_notes_author(const struct pd_line *line)
{
	const char *fold = pd_line_fold(line), *slash = strchr(fold, '/');
	return !line->depth && line->len <= 120 && !strpbrk(fold, ":?!") &&
	       ((slash && strchr(slash + 1, '/')) || (pd_words_has_address(fold) && strchr(fold, '<')) ||
		(slash && strchr(slash, '@')));
}

size_t pd_mark_notes(const struct pd_line_list *lines, size_t at, size_t *ret_from)
{
	size_t seen = 0, from = at;
	bool is_dated = false;
	if (lines->items[at].len > 60 || !is_bare_label(&lines->items[at], PD_LABEL_TO))
		return 0;
	/* Above it the time, and above that the author; "Sent by: …" between. */
	while (from > 0 && at - from < 8 && seen < 4) {
		const struct pd_line *line = &lines->items[--from];
		if (pd_line_is_blank(line))
			continue;
		seen++;
		bool is_author = is_notes_author(line);
		is_dated |= pd_words_date(pd_line_fold(line), 0) >= 0;
		if (is_author && is_dated)
			break;
		if (is_author || line->depth || line->len > 60)
			return 0;
	}
	if (!is_dated || !is_notes_author(&lines->items[from]))
		return 0;
	for (size_t i = at + 1; i < lines->count && i < at + NOTES_LINES; i++)
		if (is_bare_label(&lines->items[i], PD_LABEL_SUBJECT)) {
			bool is_alone = !strchr(pd_line_fold(&lines->items[i]), ' ');
			*ret_from = from;
			return i + 1 + (is_alone && i + 1 < lines->count && !pd_line_is_blank(&lines->items[i + 1])) - from;
		}
	return 0;
}

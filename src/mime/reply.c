/* The author's own words of a mail: text, quote, signature, the whole, and clean HTML for passing on.
 *
 * Promises: text, quoted and signature together hold every line of the body that is not blank; full_text is
 * the body as it came. Never fails; without any body all texts are "". */
#include "mime/html.h"
#include "mime/parts.h"
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

bool pd_subject_says_forward(const char *subject)
{
	char word[64];
	size_t len = 0;
	subject += strspn(subject, " [(\t");
	while (subject[len] && subject[len] != ':' && subject[len] != ']' && len < sizeof word - 1)
		len++;
	if (!len || len >= sizeof word - 1)
		return false;
	if (strncmp(subject + len, "：", 3) && subject[len] != ':') {
		const char *wide = strstr(subject, "：");
		if (!wide || (size_t)(wide - subject) >= sizeof word)
			return false;
		len = (size_t)(wide - subject);
	}
	g_autofree char *folded = g_utf8_casefold(subject, (gssize)len);
	g_strstrip(folded);
	return pd_words_is(folded, pd_forward_prefixes);
}

/* A text put together of lines. Neighbours that go in as they stand in the body are copied at once. */
struct joined {
	char *start, *to;
	const char *run, *run_end; /* of the body, still to be copied */
};

/* Room for a line, its end, and its marks: at most 20 and a blank. */
static size_t line_room(const struct pd_line *line)
{
	return line->len + 1 + (line->structure > 0 ? 21 : 0);
}

static struct joined join_begin(struct pd_arena *arena, size_t room)
{
	char *start = pd_alloc_dirty(arena, room + 1);
	return (struct joined){.start = start, .to = start};
}

static void copy_run(struct joined *joined)
{
	size_t len = (size_t)(joined->run_end - joined->run);
	if (len > 0)
		memcpy(joined->to, joined->run, len);
	joined->to += len;
	joined->run = joined->run_end = NULL;
}

static size_t joined_len(const struct joined *joined)
{
	return (size_t)(joined->to - joined->start) + (size_t)(joined->run_end - joined->run);
}

/* The line's text after so many line ends, the marks of its containers before it. */
static void join_line(struct joined *joined, size_t breaks, unsigned structure, const char *text, size_t len)
{
	/* All that stands between are line ends: other lines would take more room. */
	if (!structure && joined->run_end && *joined->run_end == '\n' && text == joined->run_end + breaks) {
		joined->run_end = text + len;
		return;
	}
	copy_run(joined);
	for (; breaks; breaks--)
		*joined->to++ = '\n';
	for (unsigned k = 0; k < structure && k < 20; k++)
		*joined->to++ = '>';
	if (structure > 0 && structure <= 20)
		*joined->to++ = ' ';
	joined->run = text;
	joined->run_end = text + len;
}

/* Ends the text before the white space at its end; returns its length. */
static size_t join_end(struct joined *joined)
{
	copy_run(joined);
	while (joined->to > joined->start && strchr(" \t\n", joined->to[-1]))
		joined->to--;
	*joined->to = '\0';
	return (size_t)(joined->to - joined->start);
}

/* Room for the lines of each fate. */
struct rooms {
	size_t of[PD_LINE_FATES];
};

static struct rooms rooms_of(const struct pd_line_list *lines)
{
	struct rooms rooms = {0};
	for (size_t i = 0; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		rooms.of[line->fate] += line_room(line);
		if (line->kept < line->len)
			rooms.of[PD_LINE_QUOTED] += line_room(line);
	}
	return rooms;
}

/* Fates as they are wanted, joined with LF; blank lines at both ends left out. */
static const char *join(struct pd_arena *arena, const struct pd_line_list *lines, const struct rooms *rooms, enum pd_fate fate,
			size_t *ret_own)
{
	if (!rooms->of[fate])
		return "";
	struct joined joined = join_begin(arena, rooms->of[fate]);
	size_t blanks = 0, own = 0;
	bool gap = false;
	for (size_t i = 0; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		const char *text = line->text;
		size_t len = line->len;
		if (line->fate == fate && fate == PD_LINE_KEPT)
			len = line->kept;
		else if (fate == PD_LINE_QUOTED && line->kept < line->len && line->fate == PD_LINE_KEPT)
			text += line->kept, len -= line->kept;
		else if (line->fate != fate) {
			gap = true;
			continue;
		}
		bool is_first = joined_len(&joined) == 0;
		if (!line->depth && pd_line_is_blank(line)) {
			blanks += !is_first;
			continue;
		}
		if (gap && blanks > 1)
			blanks = 1; /* one paragraph's end is enough where something was taken out */
		gap = false;
		join_line(&joined, blanks + !is_first, line->is_foreign && fate == PD_LINE_KEPT ? 0 : line->structure, text, len);
		blanks = 0;
		if (!line->is_foreign)
			own = joined_len(&joined);
	}
	size_t len = join_end(&joined);
	if (ret_own)
		*ret_own = own < len ? own : len;
	return joined.start;
}

static char *join_all(struct pd_arena *arena, const struct pd_line_list *lines)
{
	size_t room = 0;
	for (size_t i = 0; i < lines->count; i++)
		room += line_room(&lines->items[i]);
	struct joined joined = join_begin(arena, room);
	for (size_t i = 0; i < lines->count; i++)
		join_line(&joined, i > 0, lines->items[i].structure, lines->items[i].text, lines->items[i].len);
	join_end(&joined);
	return joined.start;
}

/* Lines of the author's that have the place and shape of commands: they are not passed on. */
static bool *command_lines(struct pd_arena *arena, const struct pd_line_list *lines, struct pd_strings *ret_commands)
{
	bool *drop = pd_alloc(arena, lines->count + 1);
	size_t *place = PD_NEW_N(arena, size_t, lines->count + 1);
	struct pd_strings own = {0};
	size_t last = 0;
	for (size_t i = 0; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		bool blank = pd_line_is_blank(line);
		if (line->fate != PD_LINE_KEPT || line->is_foreign || (blank && !own.count))
			continue;
		place[own.count] = i;
		*pd_list_add(arena, &own) = line->depth ? ">" : pd_strndup(arena, line->text, line->kept);
		if (!blank)
			last = own.count;
	}
	own.count = last;
	size_t head = 0, tail = 0;
	pd_command_block(&own, &head, &tail);
	for (size_t i = 0; i < own.count; i++)
		if ((i < head || i + tail >= own.count) && pd_command_shape(own.items[i])) {
			drop[place[i]] = true;
			*pd_list_add(arena, ret_commands) =
				pd_clean_line(arena, pd_command_plain(arena, own.items[i]), 0);
		}
	return drop;
}

/* Is there anything but commands and what others wrote? If not, nothing is there to be passed on. */
static bool has_own_part(const struct pd_line_list *lines, const bool *drop)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct pd_line *line = &lines->items[i];
		if (line->fate == PD_LINE_KEPT && !line->is_foreign && !(drop && drop[i]) && !pd_line_is_blank(line) &&
		    !pd_mark_rule(line))
			return true;
	}
	return false;
}

/* What mailers put into the plain part when they have only HTML to say. */
static bool is_placeholder(struct pd_arena *arena, const char *plain)
{
	const char *fold = pd_words_fold(arena, plain, strlen(plain), PD_FOLD_LIMIT, NULL);
	if (!*fold)
		return true;
	return strlen(fold) < 400 && pd_words_find(fold,
						   "does not support html|doesn't support html|html "
						   "capable|html-capable|html enabled|html-enabled|"
						   "supports html|support html messages|html-fähig|view this "
						   "email in html|view it in html|"
						   "html compatible|html-compatible|unterstützt kein html|ne "
						   "supporte pas le html|no soporta html|"
						   "view this message in html|this is an html message|this "
						   "is a html message|this message is in html",
						   NULL);
}

/* By its header and its subject. A small header block in such a mail is a form's ("From: Anna, Subject: Return, It is
 * broken.") and stays; what clients put above a quote has four fields. */
static bool answers_nothing(const struct pd_message *message)
{
	const char *subject = message->subject ? message->subject : "";
	return *subject && !strchr(subject, ':') && !strstr(subject, "：") && message->in_reply_to.count == 0 &&
	       message->references.count == 0;
}

void pd_words_reply(struct pd_arena *arena, struct pd_message *message, const char *plain_or_null,
		    const char *html_or_null)
{
	bool forward = pd_subject_says_forward(message->subject ? message->subject : "");
	struct pd_line_list plain = {0};
	struct pd_line_list *lines = &plain;
	struct pd_html *html = html_or_null ? pd_html_read(arena, html_or_null) : NULL;
	message->has_html = html != NULL;
	message->html = NULL;
	message->html_commands = (struct pd_strings){0};
	if (html) {
		html->lines.answers_nothing = answers_nothing(message);
		pd_reply_split(arena, &html->lines, forward);
		bool *drop = command_lines(arena, &html->lines, &message->html_commands);
		if (has_own_part(&html->lines, drop))
			message->html = pd_html_write(arena, html, drop);
	}
	if (plain_or_null && !(html && is_placeholder(arena, plain_or_null))) {
		pd_reply_lines(arena, plain_or_null, &plain);
		plain.has_inline = html && html->lines.has_inline;
		plain.answers_nothing = answers_nothing(message);
		pd_reply_split(arena, &plain, forward);
		if (html && !has_own_part(&plain, NULL) && message->html)
			lines = &html->lines;
		else if (html)
			pd_reply_compare(&plain, &html->lines);
	} else if (html) {
		lines = &html->lines;
	}
	message->full_text = lines == &plain ? (plain_or_null ? plain_or_null : "")
					     : join_all(arena, lines);
	struct rooms rooms = rooms_of(lines);
	message->own_text = 0;
	message->text = join(arena, lines, &rooms, PD_LINE_KEPT, &message->own_text);
	message->quoted = join(arena, lines, &rooms, PD_LINE_QUOTED, NULL);
	message->signature = join(arena, lines, &rooms, PD_LINE_SIGNATURE, NULL);
}

char *pd_words_html_text(struct pd_arena *arena, const char *html)
{
	return join_all(arena, &pd_html_read(arena, html)->lines);
}

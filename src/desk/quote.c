/* What an answer may quote: words that stand in a message of its conversation.
 *
 * Who answers between the lines of a notification quotes the notification: its head and foot, a colleague's comment
 * in it. Promises: a quoted line ("> …", in HTML a line within blockquote) leaves only where all its words, in this
 * order, stand in a message to or from people outside (invariant 4); the author's own lines stay as they are. HTML is
 * what the room mime has written: '<' and '>' stand for elements alone. Cannot fail. */
#include "desk/letters.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/timeline.h"

enum { TELLING_WORDS = 3 }; /* fewer may well be the author's own words, too */

/* --- words --- */

/* The character that an entity of HTML stands for; 0: it is none. */
static gunichar entity(const char *at, const char **ret_end)
{
	static const struct {
		const char *name;
		gunichar c;
	} names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&nbsp;", ' '}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pd_starts(at, names[i].name)) {
			*ret_end = at + strlen(names[i].name);
			return names[i].c;
		}
	if (!pd_starts(at, "&#"))
		return 0;
	bool is_hex = at[2] == 'x' || at[2] == 'X';
	char *end;
	unsigned long c = strtoul(at + (is_hex ? 3 : 2), &end, is_hex ? 16 : 10);
	if (*end != ';' || c == 0 || c > 0x10ffff)
		return 0;
	*ret_end = end + 1;
	return (gunichar)c;
}

/* Adds the words of a text, each with a blank after it: letters and digits in lower case. Scripts without blanks have
 * a word a character, since lines break anywhere. Returns how many. */
static size_t add_words(struct pd_buf *out, const char *text, size_t len, bool is_html)
{
	const char *end = text + len, *next;
	size_t count = 0;
	bool is_within = false, was_wide = false;
	for (const char *at = text; at < end; at = next) {
		if (is_html && *at == '<') {
			next = memchr(at, '>', (size_t)(end - at));
			next = next != NULL ? next + 1 : end;
			continue;
		}
		gunichar c = is_html && *at == '&' ? entity(at, &next) : 0;
		if (c == 0) {
			c = g_utf8_get_char_validated(at, end - at);
			next = c < 0x110000 ? g_utf8_next_char(at) : at + 1;
		}
		char one[6];
		bool is_word = c < 0x110000 && g_unichar_isalnum(c), is_wide = is_word && g_unichar_iswide(c);
		if (is_within && (!is_word || is_wide || was_wide))
			pd_buf_addc(out, ' ');
		count += is_word && (!is_within || is_wide || was_wide);
		is_within = is_word;
		was_wide = is_wide;
		if (is_word)
			pd_buf_add(out, one, (size_t)g_unichar_to_utf8(g_unichar_tolower(c), one));
	}
	if (is_within)
		pd_buf_addc(out, ' ');
	return count;
}

/* Everything that was said in the conversation, as words. */
static const char *public_words(struct pd_context *context, const struct pd_answer *answer)
{
	PD_AUTO_BUF out = {0};
	struct pd_entries all = pd_timeline(context->desk, context->arena, answer->ticket);
	pd_buf_addc(&out, ' ');
	for (size_t i = 0; i < all.count; i++) {
		const struct pd_stored *stored = all.items[i].message;
		if (all.items[i].event.kind != PD_EVENT_MESSAGE || stored == NULL ||
		    stored->direction == PD_INTERNAL || stored->text == NULL ||
		    (answer->conversation != 0 && all.items[i].event.conversation != answer->conversation))
			continue;
		add_words(&out, stored->text, strlen(stored->text), false);
		pd_buf_adds(&out, "\n "); /* no line goes over two messages */
	}
	return pd_buf_string(context->arena, &out);
}

struct quoting {
	struct pd_context *context;
	const char *known;	  /* the words that may be quoted */
	struct pd_strings telling; /* lines that were left out */
	size_t left_out;
};

enum line { LINE_EMPTY, LINE_STAYS, LINE_GOES };

static enum line judge(struct quoting *quoting, const char *line, size_t len, bool is_html)
{
	PD_AUTO_BUF words = {0};
	pd_buf_addc(&words, ' ');
	size_t count = add_words(&words, line, len, is_html);
	if (count == 0)
		return LINE_EMPTY;
	char *key = pd_buf_string(quoting->context->arena, &words);
	if (strstr(quoting->known, key) != NULL)
		return LINE_STAYS;
	quoting->left_out++;
	if (!is_html && count >= TELLING_WORDS)
		*pd_list_add(quoting->context->arena, &quoting->telling) = key;
	return LINE_GOES;
}

/* --- plain text --- */

static bool is_quoted(const char *line)
{
	return line[strspn(line, " \t")] == '>';
}

/* Lines of no words (blank ones, rules) stay between lines that stay. */
static const char *text_without(struct quoting *quoting, const char *text)
{
	PD_AUTO_BUF out = {0}, empty = {0};
	struct pd_strings lines = pd_lines(quoting->context->arena, text);
	bool does_stay = true;
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		if (!is_quoted(line)) {
			does_stay = true;
			empty.len = 0;
			pd_buf_addf(&out, "%s\n", line);
			continue;
		}
		enum line is = judge(quoting, line, strlen(line), false);
		if (is == LINE_EMPTY) {
			pd_buf_addf(&empty, "%s\n", line);
			continue;
		}
		if (is == LINE_STAYS) {
			if (does_stay && empty.len > 0)
				pd_buf_add(&out, empty.data, empty.len);
			pd_buf_addf(&out, "%s\n", line);
		}
		does_stay = is == LINE_STAYS;
		empty.len = 0;
	}
	return quoting->left_out > 0 ? pd_trim(quoting->context->arena, pd_buf_string(quoting->context->arena, &out))
				     : text;
}

/* --- HTML --- */

/* Keeps a line's elements, and its words where they may stay. True: they may not. */
static bool put_html_line(struct quoting *quoting, struct pd_buf *out, const char *line, size_t len)
{
	if (judge(quoting, line, len, true) != LINE_GOES) {
		pd_buf_add(out, line, len);
		return false;
	}
	for (size_t at = 0; at < len; at++) {
		size_t end = at;
		if (line[at] != '<')
			continue;
		while (end < len && line[end] != '>')
			end++;
		pd_buf_add(out, line + at, end < len ? end + 1 - at : len - at);
		at = end;
	}
	return true;
}

static const char *html_without(struct quoting *quoting, const char *html)
{
	PD_AUTO_BUF out = {0};
	const char *line = html, *at = html;
	size_t depth = 0;
	for (;;) {
		at += strcspn(at, "<");
		if (*at != '\0' && !pd_html_divides(at + 1)) {
			at += strcspn(at, ">");
			at += *at != '\0';
			continue;
		}
		bool is_gone = false;
		if (depth > 0)
			is_gone = put_html_line(quoting, &out, line, (size_t)(at - line));
		else
			pd_buf_add(&out, line, (size_t)(at - line));
		if (*at == '\0')
			break;
		depth += pd_starts(at, "<blockquote") ? 1 : 0;
		depth -= pd_starts(at, "</blockquote") && depth > 0 ? 1 : 0;
		size_t len = strcspn(at, ">");
		len += at[len] != '\0';
		if (!is_gone || !pd_starts(at, "<br")) /* the line's end goes with it */
			pd_buf_add(&out, at, len);
		line = at += len;
	}
	return pd_buf_string(quoting->context->arena, &out);
}

/* Does the HTML show, in whatever element, a line that the text must not have? */
static bool shows(const struct quoting *quoting, const char *html)
{
	PD_AUTO_BUF words = {0};
	pd_buf_addc(&words, ' ');
	add_words(&words, html, strlen(html), true);
	const char *all = pd_buf_string(quoting->context->arena, &words);
	for (size_t i = 0; i < quoting->telling.count; i++)
		if (strstr(all, quoting->telling.items[i]) != NULL)
			return true;
	return false;
}

bool pd_answer_quotes(struct pd_context *context, struct pd_answer *answer)
{
	bool has_quote = answer->html != NULL && strstr(answer->html, "<blockquote") != NULL;
	struct pd_strings lines = pd_lines(context->arena, answer->text);
	for (size_t i = 0; i < lines.count; i++)
		has_quote |= is_quoted(lines.items[i]);
	if (!has_quote)
		return true;
	struct quoting quoting = {.context = context, .known = public_words(context, answer)};
	answer->text = text_without(&quoting, answer->text);
	if (answer->html != NULL) {
		answer->html = html_without(&quoting, answer->html);
		if (shows(&quoting, answer->html))
			answer->html = NULL;
	}
	return quoting.left_out == 0;
}

/* The lines that devices and programs write below a mail: "Sent from my iPhone", "Von meinem Telefon gesendet", "Get Outlook for
 * iOS". By the words of each language in quote_tables.c; a sentence that only begins so is the author's. Never fails. */
#include "mime/quote_tables.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

/* The line without links, and without brackets and stars around it. */
void pd_line_bare(const char *fold, char *out, size_t room)
{
	static const char around[] = "<>()[]{}*_-|~ \"";
	size_t len = 0;
	fold += strspn(fold, around);
	while (*fold && len + 1 < room) {
		if (*fold == 'h' && (pd_starts(fold, "http://") || pd_starts(fold, "https://")))
			fold += strcspn(fold, " )>]");
		else
			out[len++] = *fold++;
	}
	if (*fold)
		len = 0;
	while (len && strchr(around, out[len - 1]))
		len--;
	out[len] = '\0';
}

unsigned pd_words_count(const char *text)
{
	unsigned n = 0;
	for (; *text; n++) {
		text += strspn(text, " ");
		if (!*text)
			break;
		text += strcspn(text, " ");
	}
	return n;
}

/* "From my phone", "Von meinem iPhone gesendet"; but "From my phone it works" goes on as a sentence does. */
static bool ends_as_device(const char *head)
{
	size_t len = strlen(head);
	return len && (g_ascii_isdigit(head[len - 1]) || pd_words_ends(head, pd_device_words) || pd_words_ends(head, pd_mobile_sent_words) ||
		       pd_words_count(head) <= 3);
}

/* has_link: a link stood in the line, as programs advertise themselves. */
static bool device_row(const struct pd_mobile_words *row, const char *text, bool has_link)
{
	size_t begins = *row->begins ? pd_words_begins(text, row->begins) : 0;
	if (*row->begins && !begins)
		return false;
	if (*row->ends)
		return pd_words_ends(text, row->ends) > 0 && pd_words_count(text) <= 12;
	char head[200];
	const char *rest = text + begins;
	size_t len = 0;
	while (rest[len] && rest[len] != '<' &&
	       !(strchr(",.;!", rest[len]) && (rest[len + 1] == ' ' || !rest[len + 1])))
		len++;
	if (len >= sizeof head)
		return false;
	memcpy(head, text, begins + len < sizeof head ? begins + len : sizeof head - 1);
	head[begins + len < sizeof head ? begins + len : sizeof head - 1] = '\0';
	const char *tail = rest + len + strspn(rest + len, " ,.;!");
	if (strstr(rest, ": ") && strstr(rest, ": ") < rest + len)
		return false; /* "Sent from my address was this: …" */
	bool excused = !*tail || *tail == '<' || (has_link && pd_words_count(tail) <= 8) || pd_words_find(tail, "excuse|pardon|sorry|typos|brevity|désolé", NULL) ||
		       pd_words_begins(tail, pd_excuse_words);
	for (const char *word = pd_excuse_words; !excused && *word;
	     word += strcspn(word, "|"), word += *word == '|') {
		char one[32];
		size_t n = strcspn(word, "|");
		if (n < sizeof one) {
			memcpy(one, word, n);
			one[n] = '\0';
			excused = !strncmp(tail, one, n);
		}
	}
	if (!excused && tail[0] && strchr(tail, ' ') && pd_words_count(tail) > 3)
		return false;
	bool is_alone = !*tail || *tail == '<';
	if (pd_words_begins(text, pd_mobile_own_words))
		return (is_alone || excused) && ends_as_device(head);
	/* A thing that no table knows; a sentence ends with its stop. */
	bool is_stopped = is_alone && len && pd_words_ends(text, ".|!|。");
	return pd_words_find(head + begins, pd_device_words, NULL) || (is_alone && !is_stopped && pd_words_count(head + begins) <= 3);
}

/* All the words that a row begins with, and those that the rows without them end with: filled once a process. */
static char all_begins[16384], all_ends[2048];

static void gather_mobile(void)
{
	static gsize done;
	if (!g_once_init_enter(&done))
		return;
	for (const struct pd_mobile_words *row = pd_mobile_table; row->language; row++) {
		pd_words_gather(all_begins, sizeof all_begins, row->begins);
		pd_words_gather(all_ends, sizeof all_ends, *row->begins ? "" : row->ends);
	}
	g_once_init_leave(&done, 1);
}

bool pd_line_is_device(const struct pd_line *line)
{
	char text[200];
	if (pd_line_is_long(line) || line->depth)
		return false;
	pd_line_bare(pd_line_fold(line), text, sizeof text);
	if (!*text || strchr(text, '?') || pd_words_count(text) > 16)
		return false;
	if (pd_words_count(text) <= 4 &&
	    pd_words_ends(
		    text,
		    "from mobile|via mobile|from phone|via phone|from my phone|on mobile|from my mobile"))
		return true;
	bool has_link = strstr(pd_line_fold(line), "http") != NULL;
	gather_mobile();
	if (!pd_words_begins(text, all_begins) && !pd_words_ends(text, all_ends))
		return false;
	for (const struct pd_mobile_words *row = pd_mobile_table; row->language; row++)
		if (device_row(row, text, has_link))
			return true;
	return false;
}

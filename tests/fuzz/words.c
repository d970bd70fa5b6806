/* Fuzzing of what reads words: replies, HTML, kinds, bounces and forwards, on one body without a mail around it.
 *
 * The first byte says how the rest is taken: bit 0 as HTML, bit 1 with a forward's subject, bit 2 from a mailer; a form
 * feed parts plain text from HTML. Beside
 * memory errors it looks for broken promises: a lost word, HTML that is not well-formed or not clean. */
#include <glib.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "fuzz.h"
#include "mime/parts.h"

/* Characters that a reader sees: a line of nothing else is blank. */
static size_t solid(const char *text)
{
	size_t n = 0;
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		n += !g_unichar_isspace(c) && g_unichar_type(c) != G_UNICODE_FORMAT && !(c >= 0xfe00 && c <= 0xfe0f);
	}
	return n;
}

static void broken(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static void check_html(struct pd_arena *arena, const char *html)
{
	static const char *const never[] = {"<script", "<style", "<iframe", "<object", "<embed", "<form", "<input", "<svg", "<link", "<meta",
					    "<base", "src=\"http", "href=\"javascript", "href=\"data"};
	static const char *const no_style[] = {"position:", "url(", "display:", "visibility:", "expression"};
	const char *whole = pd_printf(arena, "<r>%s</r>", html);
	xmlDoc *doc = xmlReadMemory(whole, (int)strlen(whole), NULL, "UTF-8", XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
	if (!doc)
		broken("not well-formed", html);
	xmlFreeDoc(doc);
	for (const char *tag = html; (tag = strchr(tag, '<')); tag++) {
		size_t len = strcspn(tag, ">");
		char *one = pd_lower_ascii(arena, pd_strndup(arena, tag, len));
		for (size_t i = 0; i < sizeof never / sizeof *never; i++)
			if (strstr(one, never[i]) && !strstr(one, "title=") && !strstr(one, "alt="))
				broken(never[i], html);
		const char *style = strstr(one, " style=\"");
		char *value = style ? pd_strndup(arena, style + 8, strcspn(style + 8, "\"")) : NULL;
		for (size_t i = 0; value && i < sizeof no_style / sizeof *no_style; i++)
			if (strstr(value, no_style[i]))
				broken(no_style[i], html);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool warm;
	if (!warm)
		pd_words_warm();
	warm = true;
	if (size < 2)
		return 0;
	PD_AUTO_ARENA arena = pd_arena_new();
	const uint8_t *feed = memchr(data + 1, '\f', size - 1);
	bool is_html = data[0] & 1 && !feed;
	char *text = pd_clean_text(arena, (const char *)data + 1, feed ? (size_t)(feed - data) - 1 : size - 1);
	char *second = feed ? pd_clean_text(arena, (const char *)feed + 1, (size_t)(data + size - feed) - 1) : NULL;
	struct pd_message message = {.subject = data[0] & 2 ? "Fwd: x" : "Re: x", .bounce_status = "", .bounce_text = "",
				     .original_message_id = "", .message_id = "", .forwarded_subject = "", .forwarded_date = "", .forwarded_text = ""};
	message.from = (struct pd_address){.name = "", .addr = data[0] & 4 ? "mailer-daemon@example.org" : "anna@example.org"};
	message.sender = message.forwarded_from = (struct pd_address){.name = "", .addr = ""};
	struct pd_parts parts = {.root_type = is_html ? "text/html" : "text/plain", .report_type = "", .plain = is_html ? NULL : text,
				 .html = is_html ? text : second};
	pd_words_reply(arena, &message, parts.plain, parts.html);
	pd_words_kinds(arena, &message, &parts);
	pd_words_forward(arena, &message, &parts);
	if (message.own_text > strlen(message.text))
		broken("own_text is too long", message.text);
	bool from_plain = !is_html && !strcmp(message.full_text, text);
	if (from_plain && solid(message.text) + solid(message.quoted) + solid(message.signature) != solid(text))
		broken("words were lost", text);
	if (message.html)
		check_html(arena, message.html);
	return 0;
}

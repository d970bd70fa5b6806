/* Plain text as HTML, for the other alternative of a mail.
 *
 * Everything is escaped; http, https and mailto addresses become links; line breaks and leading blanks
 * are kept. Linear, never fails. */
#include <glib.h>
#include <string.h>
#include "base/text.h"
#include "mime/letter.h"

static void put_escaped(struct pd_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '&':
			pd_buf_adds(out, "&amp;");
			break;
		case '<':
			pd_buf_adds(out, "&lt;");
			break;
		case '>':
			pd_buf_adds(out, "&gt;");
			break;
		case '"':
			pd_buf_adds(out, "&quot;");
			break;
		default:
			pd_buf_addc(out, text[i]);
		}
	}
}

/* Length of a link at the start of text; 0: there is none. */
static size_t link_len(const char *text)
{
	size_t prefix = pd_starts_nocase(text, "https://")  ? 8
			: pd_starts_nocase(text, "http://") ? 7
			: pd_starts_nocase(text, "mailto:") ? 7
							    : 0;
	if (prefix == 0)
		return 0;
	size_t len = prefix;
	while ((unsigned char)text[len] > ' ' && !strchr("<>\"", text[len]) && len < 2000)
		len++;
	while (len > prefix && strchr(".,;:!?)'", text[len - 1]))
		len--;
	return len > prefix ? len : 0;
}

static void put_line(struct pd_buf *out, const char *line, size_t len)
{
	size_t at = 0;
	for (; at < len && (line[at] == ' ' || line[at] == '\t'); at++)
		pd_buf_adds(out, line[at] == ' ' ? "&nbsp;" : "&nbsp;&nbsp;&nbsp; ");
	while (at < len) {
		size_t link = at == 0 || !g_ascii_isalnum(line[at - 1]) ? link_len(line + at) : 0;
		if (link > len - at)
			link = len - at;
		if (link > 0) {
			pd_buf_adds(out, "<a href=\"");
			put_escaped(out, line + at, link);
			pd_buf_adds(out, "\">");
			put_escaped(out, line + at, link);
			pd_buf_adds(out, "</a>");
			at += link;
		} else {
			put_escaped(out, line + at, 1);
			at++;
		}
	}
}

char *pd_html_from_text(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF out = {0};
	pd_buf_adds(&out, "<div>");
	while (*text) {
		size_t len = strcspn(text, "\n");
		put_line(&out, text, len);
		text += len;
		if (*text) {
			text++;
			pd_buf_adds(&out, *text ? "<br>\n" : "\n");
		}
	}
	pd_buf_adds(&out, "</div>\n");
	return pd_buf_string(arena, &out);
}

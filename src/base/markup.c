/* Escaping for XML: see markup.h. Promises: any text gives well-formed XML. */
#include "base/markup.h"

void pd_markup_escape(struct pd_buf *out, const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;
		if (c == '&')
			pd_buf_adds(out, "&amp;");
		else if (c == '<')
			pd_buf_adds(out, "&lt;");
		else if (c == '>')
			pd_buf_adds(out, "&gt;");
		else if (c == '\'')
			pd_buf_adds(out, "&#39;");
		else if (c == '"')
			pd_buf_adds(out, "&quot;");
		else if (c == 0xef && (unsigned char)at[1] == 0xbf && (unsigned char)at[2] >= 0xbe)
			at += 2; /* U+FFFE, U+FFFF */
		else if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t')
			pd_buf_addc(out, *at);
	}
}

void pd_markup_attribute(struct pd_buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	pd_buf_addf(out, " %s='", name);
	pd_markup_escape(out, value);
	pd_buf_addc(out, '\'');
}

/* Writing: header fields and transfer encodings, for mail of our own.
 *
 * Nothing that came from outside can end a line here: every text is cleaned before it is
 * written, and what is not printable ASCII is encoded (RFC 2047, RFC 2231). Lines stay below 998
 * bytes, header lines near 76. */
#include "mime/encode.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"

#define LINE	   76
#define WORD_BYTES 39 /* of text in one encoded word: 52 base64 characters, 64 with its marks */
#define SHORT_NAME 12 /* columns */
#define MAX_ID	   900

/* --- encoded words --- */

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text > 126)
			return false;
	return true;
}

/* Can the text stand as it is? Not when a reader would take a part of it for an encoded word. */
static bool is_plain(const char *text)
{
	if (!is_printable(text) || strstr(text, "=?"))
		return false;
	for (size_t word = 0; *text; text++) {
		word = *text == ' ' ? 0 : word + 1;
		if (word > 500)
			return false;
	}
	return true;
}

/* The column in the last line that was written. */
static size_t column(const struct pd_buf *out)
{
	size_t at = out->len;
	while (at > 0 && out->data[at - 1] != '\n')
		at--;
	return out->len - at;
}

/* A token with a blank or a fold before it. Right after a short field name there is never a fold. */
static void put_token(struct pd_buf *out, const char *token, size_t len)
{
	if (column(out) + 1 + len > LINE && column(out) > SHORT_NAME)
		pd_buf_adds(out, "\r\n ");
	else if (out->data[out->len - 1] != ' ')
		pd_buf_addc(out, ' ');
	pd_buf_add(out, token, len);
}

/* Words one after another, folded between them. */
static void put_words(struct pd_buf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");
		put_token(out, text, len);
		text += len;
		text += strspn(text, " ");
	}
}

/* Encoded words of whole characters (RFC 2047 5). */
static void put_encoded(struct pd_buf *out, const char *text)
{
	while (*text) {
		size_t len = 0;
		while (text[len]) {
			size_t next = (size_t)(g_utf8_next_char(text + len) - text);
			if (next > WORD_BYTES)
				break;
			len = next;
		}
		char word[100];
		gchar *base64 = g_base64_encode((const guchar *)text, len);
		put_token(out, word, (size_t)snprintf(word, sizeof word, "=?utf-8?B?%s?=", base64));
		g_free(base64);
		text += len;
	}
}

void pd_put_text_field(struct pd_buf *out, struct pd_arena *arena, const char *name, const char *text)
{
	text = pd_clean_line(arena, text, 0);
	pd_buf_addf(out, "%s:", name);
	if (*text == '\0')
		pd_buf_addc(out, ' ');
	else if (is_plain(text))
		put_words(out, text);
	else
		put_encoded(out, text);
	pd_buf_adds(out, "\r\n");
}

/* --- addresses --- */

/* "a b"@: printable, quotes and backslashes inside escaped (RFC 5322 3.2.4). */
static bool is_quoted_local(const char *text, size_t len)
{
	if (len < 3 || text[0] != '"' || text[len - 1] != '"')
		return false;
	for (size_t i = 1; i < len - 1; i++) {
		if (text[i] == '\\' && i + 1 < len - 1)
			i++;
		else if (text[i] == '"' || text[i] == '\\')
			return false;
	}
	return true;
}

/* No blanks and nothing that has a meaning in an address. */
static bool is_bare(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" <>()[],;:\\\"@", text[i]))
			return false;
	return len > 0;
}

/* Can it stand between < and >? */
static bool is_address(const char *addr, bool *ret_utf8)
{
	const char *at = strrchr(addr, '@');
	if (!at || strlen(addr) > 500 || !g_utf8_validate(addr, -1, NULL))
		return false;
	for (const char *c = addr; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
		if ((unsigned char)*c > 127)
			*ret_utf8 = true;
	}
	size_t local = (size_t)(at - addr);
	return (is_bare(addr, local) || is_quoted_local(addr, local)) && is_bare(at + 1, strlen(at + 1));
}

static const char *quoted(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF out = {0};
	pd_buf_addc(&out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			pd_buf_addc(&out, '\\');
		pd_buf_addc(&out, *text);
	}
	pd_buf_addc(&out, '"');
	return pd_buf_string(arena, &out);
}

/* A display name: atoms, a quoted string or encoded words. */
static void put_display(struct pd_buf *out, struct pd_arena *arena, const char *name)
{
	bool is_atoms = true;
	for (const char *c = name; *c; c++)
		is_atoms = is_atoms && (g_ascii_isalnum(*c) || strchr(" !#$%&'*+-/=?^_`{|}~", *c));
	if (!is_plain(name)) {
		put_encoded(out, name);
	} else if (is_atoms) {
		put_words(out, name);
	} else {
		const char *text = quoted(arena, name);
		put_token(out, text, strlen(text));
	}
}

bool pd_put_address_field(struct pd_buf *out, struct pd_arena *arena, const char *name,
			  const struct pd_address *items, size_t count, bool *ret_utf8)
{
	pd_buf_addf(out, "%s:", name);
	for (size_t i = 0; i < count; i++) {
		const char *addr = items[i].addr ? items[i].addr : "";
		if (!is_address(addr, ret_utf8))
			return false;
		if (i > 0)
			pd_buf_addc(out, ',');
		put_display(out, arena, pd_clean_line(arena, items[i].name ? items[i].name : "", 200));
		const char *angle = pd_printf(arena, "<%s>", addr);
		put_token(out, angle, strlen(angle));
	}
	pd_buf_adds(out, "\r\n");
	return true;
}

/* --- ids --- */

static bool is_id(const char *id)
{
	size_t len = 0;
	for (; id[len]; len++)
		if ((unsigned char)id[len] <= ' ' || (unsigned char)id[len] > 126 || strchr("<>", id[len]))
			return false;
	return len > 0 && len <= MAX_ID;
}

void pd_put_ids_field(struct pd_buf *out, const char *name, const char *const *ids, size_t count)
{
	bool is_begun = false;
	for (size_t i = 0; i < count; i++) {
		if (!is_id(ids[i]))
			continue;
		if (is_begun)
			pd_buf_addf(out, "\r\n <%s>", ids[i]);
		else
			pd_buf_addf(out, "%s: <%s>", name, ids[i]);
		is_begun = true;
	}
	if (is_begun)
		pd_buf_adds(out, "\r\n");
}

/* --- parameters --- */

void pd_put_param(struct pd_buf *out, struct pd_arena *arena, const char *name, const char *value)
{
	value = pd_clean_line(arena, value, 0);
	if (is_printable(value) && strlen(value) < 60) {
		pd_buf_addf(out, ";\r\n %s=%s", name, quoted(arena, value));
		return;
	}
	/* RFC 2231 3 and 4: sections of whole escapes */
	PD_AUTO_BUF escaped = {0};
	for (const char *c = value; *c; c++) {
		if (g_ascii_isalnum(*c) || strchr("-._", *c))
			pd_buf_addc(&escaped, *c);
		else
			pd_buf_addf(&escaped, "%%%02X", (unsigned char)*c);
	}
	const char *at = escaped.data ? escaped.data : "";
	if (strlen(at) < 55) {
		pd_buf_addf(out, ";\r\n %s*=utf-8''%s", name, at);
		return;
	}
	for (unsigned section = 0; *at; section++) {
		size_t len = strlen(at) < 50 ? strlen(at) : 50;
		while (len > 0 && at[len] &&
		       ((len >= 1 && at[len - 1] == '%') || (len >= 2 && at[len - 2] == '%')))
			len--;
		pd_buf_addf(out, ";\r\n %s*%u*=%s%.*s", name, section, section == 0 ? "utf-8''" : "",
			    (int)len, at);
		at += len;
	}
}

/* --- bodies --- */

void pd_put_quoted_printable(struct pd_buf *out, const char *text)
{
	size_t width = 0;
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '\n') {
			pd_buf_adds(out, "\r\n");
			width = 0;
			continue;
		}
		bool at_end = text[1] == '\n' || text[1] == '\0';
		bool is_literal = (c >= 33 && c <= 126 && c != '=') || ((c == ' ' || c == '\t') && !at_end);
		/* "From " and "." at the start of a line meet old software on the way */
		if (width == 0 && (c == '.' || (c == 'F' && strncmp(text, "From ", 5) == 0)))
			is_literal = false;
		size_t need = is_literal ? 1 : 3;
		if (width + need > (at_end ? LINE : LINE - 1)) {
			pd_buf_adds(out, "=\r\n");
			width = 0;
		}
		if (is_literal)
			pd_buf_addc(out, (char)c);
		else
			pd_buf_addf(out, "=%02X", c);
		width += need;
	}
	if (width > 0)
		pd_buf_adds(out, "\r\n");
}

void pd_put_base64(struct pd_buf *out, const char *data, size_t len)
{
	for (size_t at = 0; at < len; at += 57) {
		char line[80];
		gint state = 0, save = 0;
		size_t take = len - at < 57 ? len - at : 57;
		gsize n = g_base64_encode_step((const guchar *)data + at, take, FALSE, line, &state, &save);
		n += g_base64_encode_close(FALSE, line + n, &state, &save);
		pd_buf_add(out, line, n);
		pd_buf_adds(out, "\r\n");
	}
}

void pd_put_lines(struct pd_buf *out, const char *data, size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *lf = memchr(data + at, '\n', len - at);
		size_t end = lf ? (size_t)(lf - data) : len, next = lf ? end + 1 : len;
		if (end > at && data[end - 1] == '\r')
			end--;
		pd_buf_add(out, data + at, end - at);
		pd_buf_adds(out, "\r\n");
		at = next;
	}
}

enum pd_transfer pd_transfer_of(const char *data, size_t len)
{
	enum pd_transfer need = PD_7BIT;
	size_t width = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c == '\n') {
			width = 0;
			continue;
		}
		if (c == '\0' || (c == '\r' && (i + 1 == len || data[i + 1] != '\n')) || ++width > 998)
			return PD_BINARY;
		if (c > 127)
			need = PD_8BIT;
	}
	return need;
}

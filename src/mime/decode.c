/* RFC 2047: encoded words in header texts.
 *
 * Decoded here and not by GMime, whose decoder loses unpadded base64 words and hands
 * through line ends. Words that follow each other in one charset are joined before their
 * charset is applied, since senders cut characters in two. What is no well-formed word stays
 * as it is. Never fails. */
#include <glib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_WORD 8192 /* bytes; RFC 2047 says 75 */

struct word {
	const char *charset;
	size_t charset_len; /* without the language of RFC 2231 5 */
	char encoding;	    /* 'b' or 'q' */
	const char *text;
	size_t text_len;
	const char *end;
};

static bool read_word(const char *at, struct word *ret_word)
{
	if (at[0] != '=' || at[1] != '?')
		return false;
	const char *charset = at + 2;
	const char *mark = strchr(charset, '?');
	if (!mark || mark == charset || mark - charset > 60 || !mark[1] || mark[2] != '?')
		return false;
	for (const char *c = charset; c < mark; c++)
		if (*c <= ' ' || (unsigned char)*c > 126)
			return false;
	char encoding = (char)g_ascii_tolower(mark[1]);
	if (encoding != 'b' && encoding != 'q')
		return false;
	const char *text = mark + 3;
	const char *end = memmem(text, strnlen(text, MAX_WORD), "?=", 2);
	if (!end)
		return false;
	const char *star = memchr(charset, '*', (size_t)(mark - charset));
	*ret_word = (struct word){.charset = charset,
				  .charset_len = (size_t)((star ? star : mark) - charset),
				  .encoding = encoding,
				  .text = text,
				  .text_len = (size_t)(end - text),
				  .end = end + 2};
	return true;
}

static int hex(char c)
{
	return g_ascii_xdigit_value(c);
}

static void add_bytes(const struct word *word, struct pd_buf *out)
{
	if (word->encoding == 'q') {
		for (size_t i = 0; i < word->text_len; i++) {
			char c = word->text[i];
			if (c == '=' && i + 2 < word->text_len && hex(word->text[i + 1]) >= 0 &&
			    hex(word->text[i + 2]) >= 0) {
				pd_buf_addc(out,
					    (char)(hex(word->text[i + 1]) * 16 + hex(word->text[i + 2])));
				i += 2;
			} else {
				pd_buf_addc(out, c == '_' ? ' ' : c);
			}
		}
		return;
	}
	unsigned bits = 0, count = 0; /* base64, with or without its padding */
	for (size_t i = 0; i < word->text_len; i++) {
		static const char alphabet[] =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
		const char *found = word->text[i] ? strchr(alphabet, word->text[i]) : NULL;
		if (!found) {
			if (word->text[i] == '=')
				count = bits = 0; /* two words in one: padding inside */
			continue;
		}
		bits = (bits << 6) | (unsigned)(found - alphabet);
		count += 6;
		if (count >= 8) {
			count -= 8;
			pd_buf_addc(out, (char)((bits >> count) & 0xff));
		}
	}
}

enum how { DECODE, PLAIN, NORMALISE };

static bool is_same_charset(const struct word *a, const struct word *b)
{
	return a->charset_len == b->charset_len && strncasecmp(a->charset, b->charset, a->charset_len) == 0;
}

/* The bytes of one run of words, as the text that shall stand in their place. */
static void add_run(struct pd_arena *arena, const struct word *first, const char *source, size_t source_len,
		    const struct pd_buf *bytes, enum how how, struct pd_buf *out)
{
	char *charset = pd_strndup(arena, first->charset, first->charset_len);
	const char *data = bytes->data ? bytes->data : "";
	const char *text;
	if (how == PLAIN) {
		if (!pd_equal_nocase(charset, "utf-8") && !pd_equal_nocase(charset, "us-ascii") &&
		    !pd_equal_nocase(charset, "iso-8859-1") && !pd_equal_nocase(charset, "windows-1252")) {
			pd_buf_add(out, source, source_len);
			return;
		}
		text = pd_charset_plain(arena, data, bytes->len);
	} else {
		text = pd_charset_utf8(arena, charset, data, bytes->len);
	}
	if (how != NORMALISE) {
		pd_buf_adds(out, text);
		return;
	}
	text = pd_clean_line(arena, text, 500);
	gchar *base64 = g_base64_encode((const guchar *)text, strlen(text));
	pd_buf_addf(out, "=?utf-8?b?%s?=", base64);
	g_free(base64);
}

/* The end of white space after at. */
static const char *after_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
		at++;
	return at;
}

static char *decode(struct pd_arena *arena, const char *text, enum how how)
{
	PD_AUTO_BUF out = {0};
	while (*text) {
		struct word word, next;
		if (!read_word(text, &word)) {
			pd_buf_addc(&out, *text++);
			continue;
		}
		PD_AUTO_BUF bytes = {0};
		const char *start = text;
		struct word first = word;
		add_bytes(&word, &bytes);
		text = word.end;
		while (read_word(after_blanks(text), &next) && is_same_charset(&first, &next)) {
			add_bytes(&next, &bytes);
			text = next.end;
		}
		add_run(arena, &first, start, (size_t)(text - start), &bytes, how, &out);
		/* White space between two words is none (RFC 2047 6.2), also between two of different
		 * charsets. */
		if (how != NORMALISE && read_word(after_blanks(text), &next))
			text = after_blanks(text);
	}
	return pd_buf_string(arena, &out);
}

/* Bytes above 127 that nobody labelled. */
static const char *as_utf8(struct pd_arena *arena, const char *text, bool plain)
{
	size_t len = strlen(text);
	if (pd_is_utf8(text, len) && !memchr(text, 0x1b, len))
		return text;
	return plain ? pd_charset_plain(arena, text, len) : pd_charset_utf8(arena, NULL, text, len);
}

char *pd_mime_decode(struct pd_arena *arena, const char *text)
{
	if (!strstr(text, "=?"))
		return pd_clean_line(arena, as_utf8(arena, text, false), 0);
	return pd_clean_line(arena, decode(arena, as_utf8(arena, text, false), DECODE), 0);
}

char *pd_decode_plain(struct pd_arena *arena, const char *text)
{
	return pd_clean_line(arena, decode(arena, as_utf8(arena, text, true), PLAIN), 0);
}

char *pd_decode_normalise(struct pd_arena *arena, const char *text)
{
	return decode(arena, as_utf8(arena, text, false), NORMALISE);
}

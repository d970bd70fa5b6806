/* Mails of one text part: most of the plain ones. Their structure is their header, so that GMime need not build a tree.
 *
 * Only the plainest form is taken: each field whole, at most one Content-Type (text/…) and one
 * Content-Transfer-Encoding that every reader knows, an empty line after the header. Everything else is GMime's.
 * Never fails, linear in the header. */
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "mime/tree.h"

/* Is there a line of blanks alone in the folded value? Parsers do not agree whether that ends the header. */
static bool has_blank_line(const struct pd_field *field)
{
	const char *end = field->value + field->value_len, *at = field->value;
	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		for (at++; at < end && (*at == ' ' || *at == '\t' || *at == '\r'); at++)
			;
		if (at == end || *at == '\n')
			return true;
	}
	return false;
}

/* The value without blanks around it and without parameters. */
static struct pd_bytes first_word(const struct pd_field *field)
{
	const char *at = field->value, *end = at + field->value_len;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	const char *start = at;
	while (at < end && (unsigned char)*at > ' ' && *at != ';')
		at++;
	return (struct pd_bytes){start, (size_t)(at - start)};
}

static bool is_word(struct pd_bytes word, const char *text)
{
	return word.len == strlen(text) && strncasecmp(word.data, text, word.len) == 0;
}

/* "text/subtype" of letters, digits, '-' and '.', nothing but parameters behind it. */
static bool is_text_type(const struct pd_field *field)
{
	struct pd_bytes word = first_word(field);
	if (word.len < 6 || strncasecmp(word.data, "text/", 5) != 0)
		return false;
	for (size_t i = 5; i < word.len; i++)
		if (!g_ascii_isalnum(word.data[i]) && word.data[i] != '-' && word.data[i] != '.')
			return false;
	const char *at = word.data + word.len, *end = field->value + field->value_len;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++;
	return at == end || *at == ';';
}

static bool read_encoding(const struct pd_field *field, GMimeContentEncoding *ret_encoding)
{
	static const struct {
		const char *name;
		GMimeContentEncoding encoding;
	} known[] = {{"7bit", GMIME_CONTENT_ENCODING_7BIT},
		     {"8bit", GMIME_CONTENT_ENCODING_8BIT},
		     {"binary", GMIME_CONTENT_ENCODING_BINARY},
		     {"base64", GMIME_CONTENT_ENCODING_BASE64},
		     {"quoted-printable", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE}};
	struct pd_bytes word = first_word(field);
	if (word.data + word.len != field->value + field->value_len)
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_word(word, known[i].name)) {
			*ret_encoding = known[i].encoding;
			return true;
		}
	return false;
}

bool pd_leaf_whole(const char *data, size_t size, struct pd_leaf *ret_leaf)
{
	struct pd_leaf leaf = {.is_whole = true, .encoding = GMIME_CONTENT_ENCODING_DEFAULT};
	unsigned types = 0, encodings = 0;
	size_t at = 0;
	for (struct pd_field field; at < size && pd_field_next(data, size, at, &field); at = field.next) {
		if (has_blank_line(&field))
			return false;
		if (field.name_len < 12 || strncasecmp(field.name, "Content-", 8) != 0)
			continue;
		if (pd_field_is(&field, "Content-Type") && (types++ || !is_text_type(&field)))
			return false;
		if (pd_field_is(&field, "Content-Transfer-Encoding") &&
		    (encodings++ || !read_encoding(&field, &leaf.encoding)))
			return false;
	}
	leaf.header = (struct pd_bytes){data, at};
	at += at < size && data[at] == '\r';
	if (at == 0 || at >= size || data[at] != '\n')
		return false;
	leaf.body = (struct pd_bytes){data + at + 1, size - at - 1};
	*ret_leaf = leaf;
	return true;
}

/* JSON as text, in one line: values as json_dumps with JSON_COMPACT gives them, several times as fast; and members that
 * are written straight away, without a value in between, which is several times as fast again.
 *
 * Jansson has made sure of UTF-8 when a text came in, so that of values only the few bytes that must be escaped are
 * looked for; what is written straight away is looked at here. Cannot fail. */
#include "flow/json.h"

#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "base/buf.h"

/* What stands for a byte: NULL: itself. RFC 8259, section 7. */
static const char *escaped(unsigned char byte, char room[8])
{
	static const char hex[] = "0123456789ABCDEF";

	switch (byte) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	default:
		if (byte >= 0x20)
			return NULL;
		memcpy(room, "\\u00", 4);
		room[4] = hex[byte >> 4];
		room[5] = hex[byte & 15];
		room[6] = '\0';
		return room;
	}
}

/* Gives whether there were bytes beyond ASCII. */
static bool write_text(struct pd_buf *out, const char *text, size_t len)
{
	size_t start = 0, i = 0;
	unsigned char seen = 0;
	char room[8];

	pd_buf_addc(out, '"');
	for (; i < len; i++) {
		const unsigned char byte = (unsigned char)text[i];

		seen |= byte;
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		pd_buf_add(out, text + start, i - start);
		pd_buf_adds(out, escaped(byte, room));
		start = i + 1;
	}
	pd_buf_add(out, text + start, len - start);
	pd_buf_addc(out, '"');
	return seen & 0x80;
}

static void write_real(struct pd_buf *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	pd_buf_adds(out, text ? text : "null");
	free(text);
}

static void write_number(struct pd_buf *out, int64_t number)
{
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + left % 10);
	while ((left /= 10));
	if (number < 0)
		*--at = '-';
	pd_buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

void pd_json_write(struct pd_buf *out, const json_t *value)
{
	/* jansson's iterators take what they do not change without const */
	json_t *object = (json_t *)(uintptr_t)value;
	const char *key;
	json_t *item;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		i = 0;
		pd_buf_addc(out, '{');
		json_object_foreach(object, key, item) {
			if (i++)
				pd_buf_addc(out, ',');
			write_text(out, key, strlen(key));
			pd_buf_addc(out, ':');
			pd_json_write(out, item);
		}
		pd_buf_addc(out, '}');
		break;
	case JSON_ARRAY:
		pd_buf_addc(out, '[');
		json_array_foreach(object, i, item) {
			if (i)
				pd_buf_addc(out, ',');
			pd_json_write(out, item);
		}
		pd_buf_addc(out, ']');
		break;
	case JSON_STRING:
		write_text(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		write_number(out, json_integer_value(value));
		break;
	case JSON_REAL:
		write_real(out, value);
		break;
	case JSON_TRUE:
		pd_buf_adds(out, "true");
		break;
	case JSON_FALSE:
		pd_buf_adds(out, "false");
		break;
	case JSON_NULL:
		pd_buf_adds(out, "null");
		break;
	}
}

/* --- straight away --- */

static void write_key(struct pd_buf *out, const char *key)
{
	const char last = out->len ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[') /* a text ends with a quotation mark */
		pd_buf_addc(out, ',');
	if (!key)
		return;
	pd_buf_addc(out, '"');
	pd_buf_adds(out, key);
	pd_buf_add(out, "\":", 2);
}

void pd_json_put(struct pd_buf *out, const char *key, const char *text)
{
	write_key(out, key);
	if (!text) {
		pd_buf_add(out, "null", 4);
		return;
	}
	const size_t before = out->len, len = strlen(text);

	if (write_text(out, text, len) && !g_utf8_validate(text, (gssize)len, NULL)) {
		out->len = before;
		pd_buf_add(out, "\"\"", 2);
	}
}

void pd_json_put_number(struct pd_buf *out, const char *key, int64_t number)
{
	write_key(out, key);
	write_number(out, number);
}

void pd_json_put_id(struct pd_buf *out, const char *key, char kind, int64_t number)
{
	write_key(out, key);
	pd_buf_addc(out, '"');
	pd_buf_addc(out, kind);
	write_number(out, number);
	pd_buf_addc(out, '"');
}

void pd_json_put_flag(struct pd_buf *out, const char *key, bool flag)
{
	write_key(out, key);
	pd_buf_adds(out, flag ? "true" : "false");
}

void pd_json_open(struct pd_buf *out, const char *key, char bracket)
{
	write_key(out, key);
	pd_buf_addc(out, bracket);
}

void pd_json_close(struct pd_buf *out, char bracket)
{
	pd_buf_addc(out, bracket);
}

void pd_json_put_members(struct pd_buf *out, const json_t *object)
{
	const char *key;
	json_t *item;

	json_object_foreach((json_t *)(uintptr_t)object, key, item) {
		write_key(out, NULL);
		write_text(out, key, strlen(key));
		pd_buf_addc(out, ':');
		pd_json_write(out, item);
	}
}

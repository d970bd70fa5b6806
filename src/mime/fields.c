/* The header of a mail as lines: finding, unfolding and collecting fields.
 *
 * Works on raw bytes with CRLF, LF or both, and never reads past them. A line that is
 * no field ends the header, as Postfix sees it. Never fails: what is not there is absent. */
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_FIELDS 1000
#define MAX_VALUE  ((size_t)102400) /* bytes of a field that are looked at: Postfix's own limit */

/* One past the end of the line at `at`, its LF included. */
static size_t line_end(const char *data, size_t size, size_t at)
{
	const char *lf = memchr(data + at, '\n', size - at);
	return lf ? (size_t)(lf - data) + 1 : size;
}

size_t pd_fields_start(const char *data, size_t size)
{
	if (size >= 5 && memcmp(data, "From ", 5) == 0)
		return line_end(data, size, 0);
	if (size >= 6 && memcmp(data, ">From ", 6) == 0)
		return line_end(data, size, 0);
	return 0;
}

bool pd_field_next(const char *data, size_t size, size_t at, struct pd_field *ret_field)
{
	size_t name_end = at;
	while (name_end < size && (unsigned char)data[name_end] > ' ' && data[name_end] != ':' && data[name_end] != 0x7f)
		name_end++;
	size_t colon = name_end;
	while (colon < size && (data[colon] == ' ' || data[colon] == '\t'))
		colon++;
	if (name_end == at || colon >= size || data[colon] != ':')
		return false;
	size_t next = line_end(data, size, colon);
	while (next < size && (data[next] == ' ' || data[next] == '\t')) {
		/* A line of blanks alone is the empty line that some gateway has indented, unless it is
		 * followed by more of this field; RFC 5322 4.2 lets it be part of the field. */
		next = line_end(data, size, next);
	}
	size_t end = next;
	while (end > colon + 1 && (data[end - 1] == '\n' || data[end - 1] == '\r'))
		end--;
	*ret_field = (struct pd_field){.name = data + at,
				       .name_len = name_end - at,
				       .value = data + colon + 1,
				       .value_len = end - colon - 1,
				       .next = next};
	return true;
}

bool pd_field_is(const struct pd_field *field, const char *name)
{
	return ((field->name[0] ^ name[0]) & ~0x20) == 0 && strlen(name) == field->name_len &&
	       strncasecmp(field->name, name, field->name_len) == 0;
}

char *pd_field_value(struct pd_arena *arena, const struct pd_field *field)
{
	char *value = pd_alloc_dirty(arena, field->value_len + 1);
	size_t len = 0;
	for (size_t i = 0; i < field->value_len; i++) {
		unsigned char c = (unsigned char)field->value[i];
		if (c == '\r' || c == '\n')
			continue;
		if (c < ' ' || c == 0x7f)
			c = ' ';
		if (c == ' ' && len == 0)
			continue;
		value[len++] = (char)c;
	}
	while (len > 0 && value[len - 1] == ' ')
		len--;
	value[len] = '\0';
	return value;
}

size_t pd_fields_end(const char *data, size_t size)
{
	size_t at = pd_fields_start(data, size);
	struct pd_field field;
	while (at < size && pd_field_next(data, size, at, &field))
		at = field.next;
	if (at < size && data[at] == '\r' && at + 1 < size && data[at + 1] == '\n')
		return at + 2;
	if (at < size && data[at] == '\n')
		return at + 1;
	return at;
}

static void add(struct pd_arena *arena, const struct pd_field *field, struct pd_message *message, bool plain)
{
	struct pd_field whole = *field;
	if (whole.value_len > MAX_VALUE)
		whole.value_len = MAX_VALUE;
	char *value = pd_field_value(arena, &whole);
	size_t len = strlen(value);
	if (!pd_is_utf8(value, len))
		value = plain ? pd_charset_plain(arena, value, len)
			      : pd_charset_utf8(arena, NULL, value, len);
	char *name = pd_strndup(arena, field->name, field->name_len);
	for (char *c = name; *c; c++)
		if ((unsigned char)*c > 126)
			*c = '?';
	struct pd_header *header = pd_list_add(arena, &message->headers);
	header->name = name;
	header->value = value;
}

void pd_fields_read(struct pd_arena *arena, const char *data, size_t size, struct pd_message *message,
		    bool plain)
{
	size_t at = pd_fields_start(data, size);
	struct pd_field field;
	while (at < size && message->headers.count < MAX_FIELDS && pd_field_next(data, size, at, &field)) {
		add(arena, &field, message, plain);
		at = field.next;
	}
}

const char *pd_mime_fields(struct pd_arena *arena, const char *text, struct pd_message *message)
{
	size_t size = strlen(text), at = 0;
	struct pd_field field;
	while (at < size && (text[at] == '\n' || text[at] == '\r'))
		at++;
	while (at < size && message->headers.count < MAX_FIELDS) {
		if (pd_field_next(text, size, at, &field)) {
			add(arena, &field, message, false);
			at = field.next;
		} else if (text[at] == '\n' || text[at] == '\r') {
			break;
		} else {
			at = line_end(text, size, at); /* a line that is no field is passed over */
		}
	}
	while (at < size && (text[at] == '\n' || text[at] == '\r'))
		at++;
	return at < size && message->headers.count < MAX_FIELDS ? text + at : NULL;
}

const char *pd_message_header(const struct pd_message *message, const char *name)
{
	for (size_t i = 0; i < message->headers.count; i++)
		if (pd_equal_nocase(message->headers.items[i].name, name))
			return message->headers.items[i].value;
	return NULL;
}

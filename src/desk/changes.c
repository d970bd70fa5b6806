/* The changes of an event as JSON text (RFC 8259) and back: [["property","from","to"],…].
 *
 * Promises: what was written is read back the same. Reading takes any JSON of that shape; anything else is
 * refused and changes nothing. */
#include "desk/ticket.h"

#include <string.h>

#include "base/buf.h"

static void put_string(struct pd_buf *out, const char *text)
{
	if (text == NULL) {
		pd_buf_adds(out, "null");
		return;
	}
	pd_buf_addc(out, '"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\') {
			pd_buf_addc(out, '\\');
			pd_buf_addc(out, (char)c);
		} else if (c < 0x20) {
			pd_buf_addf(out, "\\u%04x", c);
		} else {
			pd_buf_addc(out, (char)c);
		}
	}
	pd_buf_addc(out, '"');
}

char *pd_changes_text(struct pd_arena *arena, const struct pd_event *event)
{
	PD_AUTO_BUF out = {0};
	pd_buf_addc(&out, '[');
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		pd_buf_adds(&out, i > 0 ? ",[" : "[");
		put_string(&out, change->property);
		pd_buf_addc(&out, ',');
		put_string(&out, change->from);
		pd_buf_addc(&out, ',');
		put_string(&out, change->to);
		pd_buf_addc(&out, ']');
	}
	pd_buf_addc(&out, ']');
	return pd_buf_string(arena, &out);
}

struct reader {
	struct pd_arena *arena;
	const char *at;
	bool is_bad;
};

static void skip_blanks(struct reader *in)
{
	while (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')
		in->at++;
}

static bool take(struct reader *in, char c)
{
	skip_blanks(in);
	if (*in->at != c)
		return false;
	in->at++;
	return true;
}

static void expect(struct reader *in, char c)
{
	if (!take(in, c))
		in->is_bad = true;
}

/* Four hexadecimal digits. */
static unsigned take_hex(struct reader *in)
{
	unsigned value = 0;
	for (int i = 0; i < 4; i++) {
		char c = *in->at;
		unsigned digit = c >= '0' && c <= '9'	? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
							: 16;
		if (digit == 16) {
			in->is_bad = true;
			return 0xfffd;
		}
		value = value * 16 + digit;
		in->at++;
	}
	return value;
}

static void put_utf8(struct pd_buf *out, unsigned c)
{
	if (c < 0x80) {
		pd_buf_addc(out, (char)c);
	} else if (c < 0x800) {
		pd_buf_addc(out, (char)(0xc0 | c >> 6));
		pd_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		pd_buf_addc(out, (char)(0xe0 | c >> 12));
		pd_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		pd_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		pd_buf_addc(out, (char)(0xf0 | c >> 18));
		pd_buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		pd_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		pd_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static void take_escape(struct reader *in, struct pd_buf *out)
{
	static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = *in->at++;
	const char *found = c != '\0' ? strchr(letters, c) : NULL;
	if (found != NULL) {
		pd_buf_addc(out, values[found - letters]);
		return;
	}
	if (c != 'u') {
		in->is_bad = true;
		in->at -= c == '\0';
		return;
	}
	unsigned value = take_hex(in);
	if (value >= 0xd800 && value < 0xdc00 && in->at[0] == '\\' && in->at[1] == 'u') {
		in->at += 2;
		unsigned low = take_hex(in);
		value = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00)
						      : 0xfffd;
	}
	if (value == 0 || (value >= 0xd800 && value < 0xe000))
		value = 0xfffd;
	put_utf8(out, value);
}

/* A string, or NULL for null. */
static char *take_string(struct reader *in)
{
	skip_blanks(in);
	if (strncmp(in->at, "null", 4) == 0) {
		in->at += 4;
		return NULL;
	}
	expect(in, '"');
	/* Most have no escapes: a timeline has thousands of these. */
	const size_t plain = strcspn(in->at, "\"\\");
	if (!in->is_bad && in->at[plain] == '"') {
		char *whole = pd_strndup(in->arena, in->at, plain);
		in->at += plain + 1;
		return whole;
	}
	PD_AUTO_BUF text = {0};
	while (!in->is_bad && *in->at != '"') {
		if (*in->at == '\0') {
			in->is_bad = true;
		} else if (*in->at == '\\') {
			in->at++;
			take_escape(in, &text);
		} else {
			pd_buf_addc(&text, *in->at++);
		}
	}
	expect(in, '"');
	return pd_buf_string(in->arena, &text);
}

bool pd_changes_parse(struct pd_arena *arena, const char *text, struct pd_event *event)
{
	struct reader in = {.arena = arena, .at = text};
	struct pd_event read = {0};
	expect(&in, '[');
	if (!take(&in, ']')) {
		do {
			struct pd_change change = {0};
			expect(&in, '[');
			change.property = take_string(&in);
			expect(&in, ',');
			change.from = take_string(&in);
			expect(&in, ',');
			change.to = take_string(&in);
			expect(&in, ']');
			in.is_bad |= change.property == NULL;
			*pd_list_add(arena, &read.changes) = change;
		} while (!in.is_bad && take(&in, ','));
		expect(&in, ']');
	}
	skip_blanks(&in);
	if (in.is_bad || *in.at != '\0')
		return false;
	event->changes.items = read.changes.items;
	event->changes.count = read.changes.count;
	event->changes.room = read.changes.room;
	return true;
}

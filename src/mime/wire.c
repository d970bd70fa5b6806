/* A message as a record, for the way from a reader to the daemon.
 *
 * The daemon trusts no reader: every count and length is checked, a record that does not add up
 * gives NULL, and so does a text that is not clean. Both directions go through one description, so that they
 * cannot differ. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_ITEMS 100000
#define FORMAT	  5

/* One of them is set. */
struct wire {
	struct pd_buf *out;
	struct pd_cursor *in;
	struct pd_arena *arena;
};

static uint64_t number(struct wire *wire, uint64_t value)
{
	if (!wire->out)
		return pd_get_u64(wire->in);
	pd_buf_put_u64(wire->out, value);
	return value;
}

#define ABSENT UINT64_MAX /* the length of a text that is NULL */

/* A text in its place in the record: its length, its bytes, a NUL. */
static const char *get_text(struct pd_cursor *in)
{
	uint64_t len = pd_get_u64(in);
	if (in->bad || len == ABSENT)
		return NULL;
	const char *value = in->at;
	in->bad = len >= (uint64_t)(in->end - in->at) || value[len] != '\0' || strlen(value) != len ||
		  !pd_is_utf8(value, (size_t)len);
	in->at = in->bad ? in->end : value + len + 1;
	return in->bad ? NULL : value;
}

/* A text that may be NULL. */
static void text_or_null(struct wire *wire, const char **value)
{
	if (wire->in) {
		*value = get_text(wire->in);
		return;
	}
	size_t len = *value ? strlen(*value) : 0;
	pd_buf_put_u64(wire->out, *value ? len : ABSENT);
	if (*value)
		pd_buf_add(wire->out, *value, len + 1);
}

static void text(struct wire *wire, const char **value)
{
	if (!*value || wire->in)
		*value = "";
	text_or_null(wire, value);
	if (!*value) {
		*value = "";
		wire->in->bad = true;
	}
}

#define START (UINT64_MAX - 1) /* instead of a length: the text is the start of the other one, whose length follows */

/* A text that is often the start of another, which goes before it: a mail without a quote and a signature. */
static void text_or_start(struct wire *wire, const char **value, const char *other)
{
	size_t len = wire->out && *value ? strlen(*value) : 0;
	if (len > 0 && strncmp(*value, other, len) == 0) {
		pd_buf_put_u64(wire->out, START);
		pd_buf_put_u64(wire->out, len);
		return;
	}
	struct pd_cursor ahead = wire->in ? *wire->in : (struct pd_cursor){0};
	if (!wire->in || pd_get_u64(&ahead) != START || ahead.bad) {
		text(wire, value);
		return;
	}
	uint64_t start = pd_get_u64(&ahead);
	*wire->in = ahead;
	*value = "";
	/* within the other text, and not in the middle of a character */
	if (ahead.bad || start > strlen(other) || ((unsigned char)other[start] & 0xc0) == 0x80)
		wire->in->bad = true;
	else
		*value = other[start] ? pd_strndup(wire->arena, other, (size_t)start) : other;
}

/* Texts that go into headers, logs and tables are one line without controls. */
static void check_line(struct wire *wire, const char *value)
{
	for (const char *c = value; wire->in && c && *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			wire->in->bad = true;
}

static void line(struct wire *wire, const char **value)
{
	text(wire, value);
	check_line(wire, *value);
}

static void line_or_null(struct wire *wire, const char **value)
{
	text_or_null(wire, value);
	check_line(wire, *value);
}

/* How many items follow. */
static size_t count(struct wire *wire, size_t value)
{
	uint64_t n = number(wire, value);
	if (wire->in && n > MAX_ITEMS) {
		wire->in->bad = true;
		return 0;
	}
	return (size_t)n;
}

static void strings(struct wire *wire, struct pd_strings *list)
{
	size_t n = count(wire, list->count);
	for (size_t i = 0; i < n && !(wire->in && wire->in->bad); i++) {
		if (wire->in)
			*pd_list_add(wire->arena, list) = "";
		line(wire, &list->items[i]);
	}
}

static void address(struct wire *wire, struct pd_address *value)
{
	line(wire, &value->name);
	line(wire, &value->addr);
}

static void addresses(struct wire *wire, struct pd_addresses *list)
{
	size_t n = count(wire, list->count);
	for (size_t i = 0; i < n && !(wire->in && wire->in->bad); i++) {
		if (wire->in)
			pd_list_add(wire->arena, list);
		address(wire, &list->items[i]);
	}
}

static void headers(struct wire *wire, struct pd_message *message)
{
	size_t n = count(wire, message->headers.count);
	for (size_t i = 0; i < n && !(wire->in && wire->in->bad); i++) {
		if (wire->in)
			pd_list_add(wire->arena, &message->headers);
		line(wire, &message->headers.items[i].name);
		line(wire, &message->headers.items[i].value);
	}
}

static void attachments(struct wire *wire, struct pd_message *message)
{
	size_t n = count(wire, message->attachments.count);
	for (size_t i = 0; i < n && !(wire->in && wire->in->bad); i++) {
		if (wire->in)
			pd_list_add(wire->arena, &message->attachments);
		struct pd_attachment *attachment = &message->attachments.items[i];
		attachment->index = (unsigned)number(wire, attachment->index);
		line(wire, &attachment->name);
		line(wire, &attachment->type);
		line_or_null(wire, &attachment->content_id);
		attachment->is_inline = number(wire, attachment->is_inline) != 0;
		attachment->size = (size_t)number(wire, attachment->size);
	}
}

static void invitation(struct wire *wire, struct pd_invitation *value)
{
	line(wire, &value->method);
	line(wire, &value->uid);
	line(wire, &value->summary);
	line(wire, &value->status);
	line(wire, &value->organizer);
	line(wire, &value->start);
	line(wire, &value->start_zone);
	line(wire, &value->end);
	line(wire, &value->end_zone);
	line(wire, &value->duration);
	line(wire, &value->partstat);
	line(wire, &value->sequence);
	line(wire, &value->comment);
	line(wire, &value->busy);
	line(wire, &value->transparency);
	value->recurs = number(wire, value->recurs) != 0;
}

static void header_part(struct wire *wire, struct pd_message *message)
{
	headers(wire, message);
	line(wire, &message->subject);
	message->from_count = (unsigned)number(wire, message->from_count);
	message->from_is_plain = number(wire, message->from_is_plain) != 0;
	address(wire, &message->from);
	address(wire, &message->sender);
	addresses(wire, &message->to);
	addresses(wire, &message->cc);
	addresses(wire, &message->reply_to);
	line(wire, &message->message_id);
	strings(wire, &message->in_reply_to);
	strings(wire, &message->references);
	line(wire, &message->date_text);
	message->date = (pd_time)number(wire, (uint64_t)message->date);
	message->received = (unsigned)number(wire, message->received);
	message->kinds = (unsigned)number(wire, message->kinds);
	line_or_null(wire, &message->why_auto);
}

static void signed_part(struct wire *wire, struct pd_message *message)
{
	struct pd_signed_part *part = &message->signed_part;
	part->kind = (enum pd_signed_kind)number(wire, part->kind);
	part->start = (size_t)number(wire, part->start);
	part->len = (size_t)number(wire, part->len);
	part->repeats = (unsigned)number(wire, part->repeats);
	part->is_contradicted = number(wire, part->is_contradicted) != 0;
	if (wire->out)
		pd_buf_put_bytes(wire->out, part->signature.data, part->signature.len);
	else
		part->signature = pd_get_bytes(wire->arena, wire->in);
	if (wire->in && (part->kind > PD_SIGNED_SMIME || part->start > message->size ||
			 part->len > message->size - part->start))
		wire->in->bad = true;
}

static void body_part(struct wire *wire, struct pd_message *message)
{
	text(wire, &message->full_text);
	text_or_start(wire, &message->text, message->full_text);
	message->own_text = (size_t)number(wire, message->own_text);
	if (wire->in && message->own_text > strlen(message->text))
		wire->in->bad = true;
	text(wire, &message->quoted);
	text(wire, &message->signature);
	message->has_html = number(wire, message->has_html) != 0;
	text_or_null(wire, &message->html);
	strings(wire, &message->html_commands);
	attachments(wire, message);
	invitation(wire, &message->invitation);
	strings(wire, &message->bounce_recipients);
	message->bounce_waits = number(wire, message->bounce_waits) != 0;
	message->bounce_temporary = number(wire, message->bounce_temporary) != 0;
	line(wire, &message->bounce_status);
	line(wire, &message->bounce_text);
	line(wire, &message->original_message_id);
	address(wire, &message->forwarded_from);
	line(wire, &message->forwarded_subject);
	line(wire, &message->forwarded_date);
	text(wire, &message->forwarded_text);
	message->size = (size_t)number(wire, message->size);
	signed_part(wire, message);
}

void pd_wire_put_message(struct pd_buf *buf, const struct pd_message *message)
{
	struct wire wire = {.out = buf};
	struct pd_message copy = *message; /* writing changes nothing, but the description takes both ways */
	pd_buf_put_u64(buf, FORMAT);
	header_part(&wire, &copy);
	body_part(&wire, &copy);
}

struct pd_message *pd_wire_get_message(struct pd_arena *arena, const char *data, size_t len)
{
	struct pd_cursor in = {.at = data, .end = data + len};
	struct wire wire = {.in = &in, .arena = arena};
	struct pd_message *message = pd_message_blank(arena);
	if (pd_get_u64(&in) != FORMAT)
		return NULL;
	header_part(&wire, message);
	body_part(&wire, message);
	if (in.bad || in.at != in.end)
		return NULL;
	return message;
}

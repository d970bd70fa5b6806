/* The parts of a mail: each leaf as plain data, and which of them are the body.
 *
 * Mailers disagree about multipart/alternative inside mixed inside related; the body is put together
 * from the bottom: a leaf gives plain or HTML, a multipart joins what its children give. A body of
 * several parts of which one is HTML and another is not is made whole in both forms. Never fails. */
#include <string.h>
#include "base/text.h"
#include "mime/letter.h"
#include "mime/tree.h"

#define SMALL_TEXT ((size_t)256 * 1024) /* bytes of text in an attachment that is looked at */

struct body {
	const char *plain, *html; /* NULL: none */
};

struct reading {
	struct pd_arena *arena;
	const struct pd_tree *tree;
	struct pd_parts *parts;
	size_t next;   /* leaf */
	bool has_body; /* a leaf was taken as body */
	bool is_deep;  /* mails inside are read too */
	struct body packed; /* in winmail.dat; shown where there is no other */
	PD_LIST(struct pd_part) embedded; /* files found in the text of the leaf at hand */
};

static struct body read_tree(struct reading *reading);
static struct body read_object(struct reading *reading, GMimeObject *object, const char *container,
			       unsigned depth, bool may_be_body);

/* --- texts --- */

/* RFC 3676: lines that end with a blank go on in the next line of the same quote depth. */
static char *unflow(struct pd_arena *arena, const char *text, bool drop_space)
{
	PD_AUTO_BUF out = {0};
	bool is_open = false; /* the paragraph so far waits for more */
	size_t open_depth = 0;
	while (*text) {
		size_t len = strcspn(text, "\n"), depth = 0;
		const char *line = text, *end = text + len;
		text = *end ? end + 1 : end;
		while (line < end && *line == '>') {
			line++;
			depth++;
		}
		if (line < end && *line == ' ')
			line++;
		bool is_signature = end - line == 3 && memcmp(line, "-- ", 3) == 0;
		bool goes_on = is_open && depth == open_depth && !is_signature;
		if (!goes_on) {
			if (is_open)
				pd_buf_addc(&out, '\n');
			for (size_t i = 0; i < depth; i++)
				pd_buf_addc(&out, '>');
			if (depth > 0 && line < end)
				pd_buf_addc(&out, ' ');
		}
		bool is_flowed = !is_signature && line < end && end[-1] == ' ';
		pd_buf_add(&out, line, (size_t)(end - line) - (is_flowed && drop_space));
		if (!is_flowed && (*end || *text))
			pd_buf_addc(&out, '\n');
		is_open = is_flowed;
		open_depth = depth;
	}
	return pd_buf_string(arena, &out);
}

/* A charset that HTML names itself, when the part has no label. */
static const char *html_charset(struct pd_arena *arena, const char *data, size_t len)
{
	const char *head = pd_lower_ascii(arena, pd_strndup(arena, data, len < 2048 ? len : 2048));
	const char *at = strstr(head, "charset=");
	if (!at)
		return "";
	at += strlen("charset=");
	at += strspn(at, "\"' ");
	return pd_strndup(arena, at, strcspn(at, "\"' />;"));
}

/* Files that stand in the text itself become parts, and the text goes on without them. */
static struct pd_bytes take_files_out(struct reading *reading, const struct pd_part *part, struct pd_bytes bytes)
{
	struct pd_embedded_files files = {0};
	PD_AUTO_BUF rest = {0};
	size_t at = 0;
	pd_embedded_find(reading->arena, bytes.data, bytes.len, &files);
	for (size_t i = 0; i < files.count; i++) {
		const struct pd_embedded *file = &files.items[i];
		PD_AUTO_BUF content = {0};
		pd_embedded_decode(bytes.data, file, &content);
		*pd_list_add(reading->arena, &reading->embedded) = (struct pd_part){
			.index = PD_EMBEDDED_INDEX(part->index, i),
			.depth = part->depth,
			.type = "application/octet-stream",
			.container = part->container,
			.disposition = "attachment",
			.name = file->name,
			.charset = "",
			.description = "",
			.size = content.len,
		};
		pd_buf_add(&rest, bytes.data + at, file->start - at);
		at = file->end;
	}
	if (files.count == 0)
		return bytes;
	pd_buf_add(&rest, bytes.data + at, bytes.len - at);
	return (struct pd_bytes){pd_buf_string(reading->arena, &rest), rest.len};
}

/* The files in winmail.dat become parts, its body that of a mail without one; false: it stays what it is. */
static bool take_packed_files(struct reading *reading, const struct pd_leaf *leaf, const struct pd_part *part)
{
	if (!pd_tnef_is_enabled() || !reading->is_deep || !pd_tnef_is_type(part->type, part->name))
		return false;
	struct pd_tnef_list files = {0};
	PD_AUTO_BUF buf = {0};
	struct pd_bytes bytes = pd_leaf_bytes(leaf, 0, &buf);
	if (bytes.len == 0 || !pd_tnef_files(reading->arena, bytes.data, bytes.len, &files))
		return false;
	if (!reading->packed.plain && !reading->packed.html)
		reading->packed = (struct body){.plain = files.plain, .html = files.html};
	for (size_t i = 0; i < files.count; i++)
		*pd_list_add(reading->arena, reading->parts) = (struct pd_part){
			.index = PD_EMBEDDED_INDEX(part->index, i),
			.depth = part->depth,
			.type = "application/octet-stream",
			.container = part->container,
			.disposition = "attachment",
			.name = files.items[i].name,
			.charset = "",
			.description = "",
			.size = files.items[i].content.len,
		};
	return files.count > 0;
}

static const char *leaf_text(struct reading *reading, const struct pd_leaf *leaf, const struct pd_part *part,
			     size_t limit)
{
	struct pd_arena *arena = reading->arena;
	PD_AUTO_BUF buf = {0};
	struct pd_bytes bytes = pd_leaf_bytes(leaf, limit, &buf);
	const char *charset = part->charset;
	if (!*charset && pd_equal(part->type, "text/html"))
		charset = html_charset(arena, bytes.data, bytes.len);
	char *text = pd_charset_clean(arena, charset, bytes.data, bytes.len);
	if (part->is_body && pd_equal(part->type, "text/plain") && strstr(text, "begin ")) {
		bytes = take_files_out(reading, part, bytes);
		text = pd_charset_clean(arena, charset, bytes.data, bytes.len);
	}
	if (pd_equal(part->type, "text/plain")) {
		const char *type = pd_leaf_field(arena, leaf, "Content-Type");
		const char *format = pd_param(arena, type, "format");
		const char *space = pd_param(arena, type, "delsp");
		if (pd_equal_nocase(format, "flowed"))
			text = unflow(arena, text, pd_equal_nocase(space, "yes"));
	}
	return text;
}

/* --- leaves --- */

static bool is_mail_type(const char *type)
{
	return pd_equal(type, "message/rfc822") || pd_equal(type, "message/global") ||
	       pd_equal(type, "message/news") || pd_equal(type, "message/rfc2822");
}

/* The mail inside: its header, and its body chosen in the same way. */
static void read_inner(struct reading *reading, const struct pd_leaf *leaf, struct pd_part *part)
{
	bool is_header_only =
		pd_equal(part->type, "text/rfc822-headers") || pd_equal(part->type, "message/global-headers");
	if (!reading->is_deep || (!is_mail_type(part->type) && !is_header_only))
		return;
	struct pd_bytes source = leaf->source;
	if (!leaf->is_inner) {
		PD_AUTO_BUF buf = {0};
		source = pd_leaf_bytes(leaf, 0, &buf);
		source.data = pd_memdup(reading->arena, source.data, source.len);
	}
	struct pd_scan scan;
	pd_prescan(reading->arena, source.data, source.len, &scan);
	if (scan.over)
		return;
	struct pd_message *message = pd_message_blank(reading->arena);
	pd_message_read_header(reading->arena, scan.data, scan.size, message, false);
	part->message = message;
	if (is_header_only)
		return;
	struct pd_parts inner = {0};
	struct pd_tree *tree = pd_tree_open(reading->arena, scan.data, scan.size);
	struct reading below = {.arena = reading->arena, .tree = tree, .parts = &inner};
	struct body body = read_tree(&below);
	part->plain = body.plain;
	part->html = body.html;
}

static void describe(struct reading *reading, const struct pd_leaf *leaf, struct pd_part *part)
{
	struct pd_arena *arena = reading->arena;
	const char *type = pd_leaf_field(arena, leaf, "Content-Type");
	const char *disposition = pd_leaf_field(arena, leaf, "Content-Disposition");
	const char *id = pd_leaf_field(arena, leaf, "Content-ID");
	const char *name = pd_param(arena, disposition, "filename");
	const char *charset = pd_param(arena, type, "charset");
	if (!name || !*name)
		name = pd_param(arena, type, "name");
	part->type = pd_leaf_type(arena, leaf);
	part->disposition =
		pd_lower_ascii(arena, pd_strndup(arena, disposition, strcspn(disposition, "; \t(")));
	part->name = name && *name ? pd_clean_file_name(arena, name) : "";
	part->charset = charset ? pd_lower_ascii(arena, charset) : "";
	part->description =
		pd_mime_decode(arena, pd_leaf_field(arena, leaf, "Content-Description"));
	struct pd_strings ids = {0};
	pd_mime_ids(arena, id, &ids);
	part->content_id = ids.count > 0 ? ids.items[0] : NULL;
	part->size = pd_leaf_size(leaf);
}

/* Is this text what the author wrote, and no file that came along? */
static bool is_body_leaf(const struct reading *reading, const struct pd_part *part)
{
	if (!pd_equal(part->type, "text/plain") && !pd_equal(part->type, "text/html"))
		return false;
	if (!*part->container && !*part->name)
		return true;
	return !pd_equal(part->disposition, "attachment") && (!*part->name || !reading->has_body);
}

static struct body read_leaf(struct reading *reading, const struct pd_leaf *leaf, const char *container,
			     unsigned depth, bool may_be_body)
{
	struct pd_part part = {.index = (unsigned)reading->next - 1, .depth = depth, .container = container};
	describe(reading, leaf, &part);
	if (take_packed_files(reading, leaf, &part))
		return (struct body){0};
	part.is_body = may_be_body && is_body_leaf(reading, &part);
	bool is_text = pd_starts(part.type, "text/") || pd_starts(part.type, "message/");
	if (is_text && (part.is_body || part.size <= SMALL_TEXT || is_mail_type(part.type)))
		part.text = leaf_text(reading, leaf, &part, part.is_body ? PD_PART_TEXT_LIMIT : SMALL_TEXT);
	read_inner(reading, leaf, &part);
	*pd_list_add(reading->arena, reading->parts) = part;
	for (size_t i = 0; i < reading->embedded.count; i++)
		*pd_list_add(reading->arena, reading->parts) = reading->embedded.items[i];
	reading->embedded.count = 0;
	reading->has_body = reading->has_body || part.is_body;
	if (!part.is_body)
		return (struct body){0};
	return pd_equal(part.type, "text/html") ? (struct body){.html = part.text}
						: (struct body){.plain = part.text};
}

/* --- bodies --- */

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\n")] == '\0';
}

/* Adds a body's text and a line end, as far as the limit goes. */
static void add_text(struct pd_buf *out, const char *text)
{
	if (out->len > 0)
		pd_buf_addc(out, '\n');
	pd_buf_adds(out, text);
}

/* One after the other, whole in each form that one of them has. */
static struct body join(struct pd_arena *arena, const struct body *bodies, int count)
{
	struct body any = {0};
	const struct body *only = NULL;
	int filled = 0;
	for (int i = 0; i < count; i++) {
		if (!bodies[i].html && (!bodies[i].plain || is_blank(bodies[i].plain)))
			continue;
		only = &bodies[i];
		filled++;
		any.plain = any.plain ? any.plain : only->plain;
		any.html = any.html ? any.html : only->html;
	}
	if (filled == 1)
		return *only;
	PD_AUTO_BUF plain = {.limit = PD_PART_TEXT_LIMIT}, html = {.limit = PD_PART_TEXT_LIMIT};
	for (int i = 0; i < count; i++) {
		const struct body *body = &bodies[i];
		if (!body->html && (!body->plain || is_blank(body->plain)))
			continue;
		if (any.html)
			add_text(&html, body->html ? body->html : pd_html_from_text(arena, body->plain));
		if (any.plain)
			add_text(&plain, body->plain ? body->plain : pd_words_html_text(arena, body->html));
	}
	if (filled == 0)
		return count > 0 ? bodies[0] : any;
	return (struct body){.plain = any.plain ? pd_buf_string(arena, &plain) : NULL,
			     .html = any.html ? pd_buf_string(arena, &html) : NULL};
}

/* RFC 2046 5.1.4: the same thing in several forms, the richest last. Plain text comes from the first child
 * that has it without HTML, HTML from the last that has it. */
static struct body choose(const struct body *bodies, int count)
{
	struct body chosen = {0};
	for (int i = count - 1; i >= 0 && !chosen.html; i--)
		chosen.html = bodies[i].html;
	for (int i = 0; i < count && !chosen.plain; i++)
		if (!bodies[i].html)
			chosen.plain = bodies[i].plain;
	for (int i = 0; i < count && !chosen.plain; i++)
		chosen.plain = bodies[i].plain;
	return chosen;
}

static struct body read_multipart(struct reading *reading, GMimeMultipart *multipart, unsigned depth,
				  bool may_be_body)
{
	const char *type = pd_object_type(reading->arena, GMIME_OBJECT(multipart));
	int count = g_mime_multipart_get_count(multipart);
	bool is_alternative = pd_equal(type, "multipart/alternative");
	bool is_first_only = pd_equal(type, "multipart/related") || pd_equal(type, "multipart/signed") ||
			     pd_equal(type, "multipart/report");
	if (pd_equal(type, "multipart/encrypted") || pd_equal(type, "multipart/digest"))
		may_be_body = false;
	struct body *bodies = PD_NEW_N(reading->arena, struct body, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		bool may = may_be_body && (!is_first_only || i == 0);
		if (is_alternative)
			reading->has_body = false;
		bodies[i] =
			read_object(reading, g_mime_multipart_get_part(multipart, i), type, depth + 1, may);
	}
	struct body whole = is_alternative ? choose(bodies, count) : join(reading->arena, bodies, count);
	reading->has_body = whole.plain || whole.html;
	return whole;
}

static struct body read_object(struct reading *reading, GMimeObject *object, const char *container,
			       unsigned depth, bool may_be_body)
{
	if (reading->next < reading->tree->leaves.count &&
	    reading->tree->leaves.items[reading->next].object == object) {
		const struct pd_leaf *leaf = &reading->tree->leaves.items[reading->next++];
		return read_leaf(reading, leaf, container, depth, may_be_body);
	}
	if (GMIME_IS_MULTIPART(object))
		return read_multipart(reading, GMIME_MULTIPART(object), depth, may_be_body);
	return (struct body){0};
}

static struct body read_tree(struct reading *reading)
{
	const struct pd_tree *tree = reading->tree;
	if (tree->root)
		return read_object(reading, tree->root, "", 0, true);
	if (tree->leaves.count == 0)
		return (struct body){0};
	reading->next = 1;
	return read_leaf(reading, &tree->leaves.items[0], "", 0, true);
}

void pd_parts_read(struct pd_arena *arena, const char *data, size_t size, struct pd_parts *parts)
{
	struct pd_tree *tree = pd_tree_open(arena, data, size);
	struct reading reading = {.arena = arena, .tree = tree, .parts = parts, .is_deep = true};
	parts->root_type = "text/plain";
	parts->report_type = "";
	if (!tree->root && tree->leaves.count == 0)
		return;
	const struct pd_leaf root = tree->root ? (struct pd_leaf){.object = tree->root} : tree->leaves.items[0];
	const char *report = pd_param(arena, pd_leaf_field(arena, &root, "Content-Type"), "report-type");
	parts->root_type = pd_leaf_type(arena, &root);
	if (report)
		parts->report_type = pd_lower_ascii(arena, report);
	struct body body = read_tree(&reading);
	if (!body.html && (!body.plain || is_blank(body.plain)) && (reading.packed.plain || reading.packed.html))
		body = reading.packed;
	parts->plain = body.plain;
	parts->html = body.html;
}

/* The signed part of a mail: which of its bytes a signature covers, and the signature itself.
 *
 * RFC 1847, RFC 3156 (OpenPGP) and RFC 8551 3.5.3 (S/MIME, detached). Found where the whole mail is one
 * multipart/signed of exactly two parts and nothing else is read as its text: the bytes are cut out of the
 * raw mail by a strict scan of its own, and count only where GMime, from which text and files come, saw the
 * same two parts at the same places. Whatever differs, or is doubtful, is no signed part. Never fails. */
#include <string.h>
#include "base/text.h"
#include "mime/tree.h"

#define MAX_SIGNATURE ((size_t)256 * 1024)

static enum pd_signed_kind kind_of(const char *type)
{
	if (pd_equal_nocase(type, "application/pgp-signature"))
		return PD_SIGNED_OPENPGP;
	if (pd_equal_nocase(type, "application/pkcs7-signature") ||
	    pd_equal_nocase(type, "application/x-pkcs7-signature"))
		return PD_SIGNED_SMIME;
	return PD_SIGNED_NOT;
}

/* Two fields of a name are read by one as the first and by another as the last: exactly one says what the body
 * is, and no encoding lies over it. */
static bool header_is_plain(struct pd_arena *arena, const char *data, size_t size)
{
	unsigned types = 0;
	struct pd_field field;
	for (size_t at = 0; at < size && pd_field_next(data, size, at, &field); at = field.next) {
		if (pd_field_is(&field, "Content-Type"))
			types++;
		if (!pd_field_is(&field, "Content-Transfer-Encoding"))
			continue;
		const char *value = pd_field_value(arena, &field);
		if (!pd_equal_nocase(value, "7bit") && !pd_equal_nocase(value, "8bit") &&
		    !pd_equal_nocase(value, "binary"))
			return false;
	}
	return types == 1;
}

/* --- the two parts, by a strict scan --- */

enum line { LINE_OTHER, LINE_PART, LINE_END };

static enum line line_of(const char *line, size_t len, const char *boundary, size_t boundary_len)
{
	while (len > 0 && strchr("\r\n \t", line[len - 1]) != NULL)
		len--;
	if (len < 2 + boundary_len || line[0] != '-' || line[1] != '-' ||
	    memcmp(line + 2, boundary, boundary_len) != 0)
		return LINE_OTHER;
	if (len == 2 + boundary_len)
		return LINE_PART;
	return len == 4 + boundary_len && line[len - 1] == '-' && line[len - 2] == '-' ? LINE_END : LINE_OTHER;
}

struct two {
	size_t start, end; /* of the signed part, without the line end that belongs to the boundary */
	size_t signature;  /* where the second part begins */
};

/* Exactly: part, part, end; and no such line before or after. */
static bool scan(const char *data, size_t size, size_t at, const char *boundary, struct two *ret_two)
{
	size_t len = strlen(boundary), parts = 0;
	bool is_ended = false;
	while (at < size) {
		const char *lf = memchr(data + at, '\n', size - at);
		size_t next = lf ? (size_t)(lf - data) + 1 : size;
		enum line line = line_of(data + at, next - at, boundary, len);
		if (line != LINE_OTHER && is_ended)
			return false;
		if (line == LINE_END)
			is_ended = true;
		if (line == LINE_PART && ++parts == 1)
			ret_two->start = next;
		if (line == LINE_PART && parts == 2) {
			ret_two->end = at;
			ret_two->signature = next;
		}
		at = next;
	}
	if (parts != 2 || !is_ended || ret_two->end <= ret_two->start)
		return false;
	if (data[ret_two->end - 1] == '\n')
		ret_two->end--;
	if (ret_two->end > ret_two->start && data[ret_two->end - 1] == '\r')
		ret_two->end--;
	return ret_two->end > ret_two->start;
}

/* Does GMime's part begin there? A part without a header could begin anywhere. */
static bool begins_at(GMimeObject *object, size_t at)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	if (!list || g_mime_header_list_get_count(list) == 0)
		return false;
	return g_mime_header_get_offset(g_mime_header_list_get_header_at(list, 0)) == (gint64)at;
}

/* --- the header, said once more inside --- */

static bool same_addresses(const struct pd_addresses *a, const struct pd_addresses *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!pd_equal_nocase(a->items[i].addr, b->items[i].addr))
			return false;
	return true;
}

static bool same_ids(const struct pd_strings *a, const struct pd_strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

/* RFC 9788, and its older form "protected-headers": what the signed part repeats is signed, too, and must be what
 * stands outside. */
static void read_repeated(struct pd_arena *arena, const char *part, size_t size, const struct pd_message *message,
			  struct pd_signed_part *signed_part)
{
	struct pd_message *inner = pd_message_blank(arena);
	pd_message_read_header(arena, part, size, inner, false);
	const char *type = pd_message_header(inner, "Content-Type");
	if (!type || (!pd_param(arena, type, "protected-headers") && !pd_param(arena, type, "hp")))
		return;
	const struct {
		const char *name;
		unsigned flag;
		bool is_same;
	} fields[] = {
		{"From", PD_REPEATS_FROM, inner->from_count == 1 && pd_equal_nocase(inner->from.addr, message->from.addr)},
		{"To", PD_REPEATS_TO, same_addresses(&inner->to, &message->to)},
		{"Cc", PD_REPEATS_CC, same_addresses(&inner->cc, &message->cc)},
		{"Subject", PD_REPEATS_SUBJECT, pd_equal(inner->subject, message->subject)},
		{"Message-ID", PD_REPEATS_MESSAGE_ID, pd_equal(inner->message_id, message->message_id)},
		{"In-Reply-To", PD_REPEATS_IN_REPLY_TO, same_ids(&inner->in_reply_to, &message->in_reply_to)},
		{"References", PD_REPEATS_REFERENCES, same_ids(&inner->references, &message->references)},
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (!pd_message_header(inner, fields[i].name))
			continue;
		signed_part->repeats |= fields[i].flag;
		signed_part->is_contradicted |= !fields[i].is_same;
	}
}

/* --- all of it --- */

static bool put_bytes(void *to, const char *data, size_t len)
{
	pd_buf_add(to, data, len);
	return true;
}

static bool read_signature(struct pd_arena *arena, const struct pd_tree *tree, GMimeObject *object,
			   struct pd_signed_part *signed_part)
{
	const struct pd_leaf *leaf = tree->leaves.count > 0 ? &tree->leaves.items[tree->leaves.count - 1] : NULL;
	PD_AUTO_BUF bytes = {.limit = MAX_SIGNATURE};
	if (!leaf || leaf->object != object || !leaf->part)
		return false;
	pd_leaf_content(leaf, MAX_SIGNATURE + 1, put_bytes, &bytes);
	if (bytes.overflowed || bytes.len == 0)
		return false;
	signed_part->signature = (struct pd_bytes){pd_memdup(arena, bytes.data, bytes.len), bytes.len};
	return true;
}

void pd_signed_read(struct pd_arena *arena, const char *data, size_t size, const struct pd_scan *prescan,
		    struct pd_message *message)
{
	struct pd_signed_part found = {0};
	struct two two = {0};
	/* A copy with fields renamed is not what was signed. */
	if (prescan->data < data || prescan->data > data + size)
		return;
	size_t skipped = (size_t)(prescan->data - data);
	const char *mail = prescan->data;
	if (!header_is_plain(arena, mail, prescan->size))
		return;
	struct pd_tree *tree = pd_tree_open(arena, mail, prescan->size);
	if (!tree->root || !GMIME_IS_MULTIPART(tree->root) ||
	    !pd_equal(pd_object_type(arena, tree->root), "multipart/signed"))
		return;
	GMimeMultipart *multipart = GMIME_MULTIPART(tree->root);
	const char *boundary = g_mime_multipart_get_boundary(multipart);
	if (!boundary || !*boundary || g_mime_multipart_get_count(multipart) != 2 ||
	    !scan(mail, prescan->size, pd_fields_end(mail, prescan->size), boundary, &two))
		return;
	GMimeObject *first = g_mime_multipart_get_part(multipart, 0), *second = g_mime_multipart_get_part(multipart, 1);
	if (!begins_at(first, two.start) || !begins_at(second, two.signature))
		return;
	const char *protocol =
		pd_param(arena, pd_object_field(arena, tree->root, "Content-Type"), "protocol");
	found.kind = kind_of(pd_object_type(arena, second));
	if (found.kind == PD_SIGNED_NOT || (protocol && kind_of(protocol) != found.kind) ||
	    !read_signature(arena, tree, second, &found))
		return;
	found.start = skipped + two.start;
	found.len = two.end - two.start;
	read_repeated(arena, mail + two.start, found.len, message, &found);
	message->signed_part = found;
}

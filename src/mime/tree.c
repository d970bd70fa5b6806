/* GMime's tree: parsing, finding the leaves, decoding their content.
 *
 * GMime gives the structure alone. Header texts, charsets and names are decoded elsewhere, and
 * contents are decoded straight from the mail's bytes without streams in between. A mail inside a
 * mail is cut out of the bytes as it came, never written anew: GMime has headers that it never finishes
 * encoding. Never fails; depth is limited by GMime, counts by the pre-scan. */
#include <string.h>
#include "base/text.h"
#include "mime/tree.h"

#define MAX_DEPTH 600
#define MAX_FIELD ((size_t)64 * 1024) /* bytes of a part's field that are looked at */
#define PIECE	  ((size_t)32 * 1024)

void pd_gmime_init(void)
{
	static gsize done;
	if (g_once_init_enter(&done)) {
		g_mime_init();
		g_once_init_leave(&done, 1);
	}
}

const char *pd_object_field(struct pd_arena *arena, GMimeObject *object, const char *name)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	GMimeHeader *header = list ? g_mime_header_list_get_header(list, name) : NULL;
	const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;
	if (!raw)
		return "";
	struct pd_field field = {.value = raw, .value_len = strnlen(raw, MAX_FIELD)};
	return pd_field_value(arena, &field);
}

const char *pd_object_type(struct pd_arena *arena, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *main = type ? g_mime_content_type_get_media_type(type) : NULL;
	const char *sub = type ? g_mime_content_type_get_media_subtype(type) : NULL;
	if (!main || !sub || !*main || !*sub)
		return "text/plain";
	/* "Content-Type: text" and other labels that are none (RFC 2045 5.2) */
	if (strcmp(main, "application") == 0 && strcmp(sub, "octet-stream") == 0 &&
	    !strchr(pd_object_field(arena, object, "Content-Type"), '/'))
		return "text/plain";
	return pd_lower_ascii(arena, pd_clean_line(arena, pd_printf(arena, "%s/%s", main, sub), 100));
}

const char *pd_leaf_field(struct pd_arena *arena, const struct pd_leaf *leaf, const char *name)
{
	if (!leaf->is_whole)
		return pd_object_field(arena, leaf->object, name);
	struct pd_field field;
	for (size_t at = 0; pd_field_next(leaf->header.data, leaf->header.len, at, &field); at = field.next)
		if (pd_field_is(&field, name)) {
			field.value_len = field.value_len < MAX_FIELD ? field.value_len : MAX_FIELD;
			return pd_field_value(arena, &field);
		}
	return "";
}

const char *pd_leaf_type(struct pd_arena *arena, const struct pd_leaf *leaf)
{
	if (leaf->preface)
		return "text/plain";
	if (!leaf->is_whole)
		return pd_object_type(arena, leaf->object);
	const char *type = pd_leaf_field(arena, leaf, "Content-Type");
	return *type ? pd_lower_ascii(arena, pd_strndup(arena, type, strcspn(type, "; \t"))) : "text/plain";
}

struct walk {
	struct pd_arena *arena;
	struct pd_tree *tree;
	const char *data;
	size_t size;
	PD_LIST(const char *) boundaries; /* of the multiparts around the place */
};

/* Where the part that begins at start ends: before the next line that is a boundary of a multipart around it.
 */
static size_t part_end(const struct walk *walk, size_t start)
{
	for (size_t at = start; at < walk->size;) {
		if (walk->data[at] == '-' && at + 2 < walk->size && walk->data[at + 1] == '-') {
			for (size_t i = 0; i < walk->boundaries.count; i++) {
				size_t len = strlen(walk->boundaries.items[i]);
				if (at + 2 + len > walk->size ||
				    memcmp(walk->data + at + 2, walk->boundaries.items[i], len) != 0)
					continue;
				if (at > start && walk->data[at - 1] == '\n')
					at--;
				if (at > start && walk->data[at - 1] == '\r')
					at--;
				return at;
			}
		}
		const char *lf = memchr(walk->data + at, '\n', walk->size - at);
		if (!lf)
			break;
		at = (size_t)(lf - walk->data) + 1;
	}
	return walk->size;
}

/* Where the header of a parsed object begins in the bytes; size when nobody knows. */
static size_t first_offset(const struct walk *walk, GMimeObject *object)
{
	GMimeHeaderList *list = object ? g_mime_object_get_header_list(object) : NULL;
	if (!list || g_mime_header_list_get_count(list) == 0)
		return walk->size;
	gint64 offset = g_mime_header_get_offset(g_mime_header_list_get_header_at(list, 0));
	return offset < 0 || (size_t)offset > walk->size ? walk->size : (size_t)offset;
}

static struct pd_bytes inner_source(const struct walk *walk, GMimeMessagePart *part)
{
	GMimeMessage *message = g_mime_message_part_get_message(part);
	if (!message)
		return (struct pd_bytes){"", 0};
	size_t start = first_offset(walk, GMIME_OBJECT(message));
	size_t content = first_offset(walk, g_mime_message_get_mime_part(message));
	if (content < start)
		start = content;
	return (struct pd_bytes){walk->data + start, part_end(walk, start) - start};
}

static void visit(struct walk *walk, GMimeObject *object, unsigned depth)
{
	if (GMIME_IS_MULTIPART(object) && depth < MAX_DEPTH) {
		GMimeMultipart *multipart = GMIME_MULTIPART(object);
		int count = g_mime_multipart_get_count(multipart);
		const char *boundary = g_mime_multipart_get_boundary(multipart);
		if (boundary && *boundary)
			*pd_list_add(walk->arena, &walk->boundaries) = boundary;
		for (int i = 0; i < count; i++)
			visit(walk, g_mime_multipart_get_part(multipart, i), depth + 1);
		if (boundary && *boundary)
			walk->boundaries.count--;
		const char *preface = count == 0 ? g_mime_multipart_get_prologue(multipart) : NULL;
		if (preface && *preface) {
			struct pd_leaf *leaf = pd_list_add(walk->arena, &walk->tree->leaves);
			leaf->object = object;
			leaf->preface = preface;
		}
		return;
	}
	struct pd_leaf *leaf = pd_list_add(walk->arena, &walk->tree->leaves);
	leaf->object = object;
	if (GMIME_IS_MESSAGE_PART(object)) {
		leaf->is_inner = true;
		leaf->source = inner_source(walk, GMIME_MESSAGE_PART(object));
	} else if (GMIME_IS_PART(object)) {
		leaf->part = GMIME_PART(object);
	}
}

struct pd_tree *pd_tree_open(struct pd_arena *arena, const char *data, size_t size)
{
	struct pd_tree *tree = PD_NEW(arena, struct pd_tree);
	pd_gmime_init();
	struct pd_leaf whole;
	if (pd_leaf_whole(data, size, &whole)) {
		*pd_list_add(arena, &tree->leaves) = whole;
		return tree;
	}
	/* GMime takes the length of a GByteArray, 32 bits. */
	if (size == 0 || size > G_MAXINT32)
		return tree;
	GByteArray *bytes = PD_NEW(arena, GByteArray);
	bytes->data = (guint8 *)(uintptr_t)data;
	bytes->len = (guint)size;
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	GMIME_STREAM_MEM(stream)->owner = FALSE; /* the bytes are the caller's */
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_persist_stream(parser, TRUE);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (!message)
		return tree;
	pd_arena_defer(arena, g_object_unref, message);
	tree->root = g_mime_message_get_mime_part(message);
	struct walk walk = {.arena = arena, .tree = tree, .data = data, .size = size};
	if (tree->root)
		visit(&walk, tree->root, 0);
	return tree;
}

/* Where decoded bytes go, as far as the limit allows. */
struct sink {
	bool (*put)(void *to, const char *data, size_t len);
	void *to;
	size_t left;
	bool failed; /* put said false */
};

static bool give(struct sink *sink, const char *data, size_t len)
{
	size_t take = len < sink->left ? len : sink->left;
	sink->left -= take;
	if (take > 0 && !sink->put(sink->to, data, take))
		sink->failed = true;
	return !sink->failed && sink->left > 0;
}

typedef signed char octets __attribute__((vector_size(16))); /* signed is what processors compare */

/* Characters of the base64 alphabet, 16 at a time. */
static size_t count_alphabet(const char *data, size_t len)
{
	size_t count = 0, at = 0;
	while (at + sizeof(octets) <= len) {
		octets sums = {0};
		/* each place of the sums holds 7 bits: 127 turns at most */
		for (int i = 0; i < 127 && at + sizeof(octets) <= len; i++, at += sizeof(octets)) {
			octets c;
			memcpy(&c, data + at, sizeof c);
			const octets small = c | 0x20;
			const octets is_in = ((small >= 'a') & (small <= 'z')) | ((c >= '0') & (c <= '9')) | (c == '+') |
					     (c == '/');
			sums -= is_in; /* a true place is -1 */
		}
		for (size_t i = 0; i < sizeof(octets); i++)
			count += (size_t)sums[i];
	}
	for (; at < len; at++)
		count += g_ascii_isalnum(data[at]) || data[at] == '+' || data[at] == '/';
	return count;
}

/* The padding that well-formed base64 would end with: GMime's decoder keeps what stands before it. */
static size_t missing_padding(GMimeContentEncoding encoding, const char *data, size_t len)
{
	if (encoding != GMIME_CONTENT_ENCODING_BASE64 || memchr(data, '=', len))
		return 0;
	size_t rest = count_alphabet(data, len) % 4;
	return rest >= 2 ? 4 - rest : 0;
}

static void decode_bytes(GMimeContentEncoding encoding, const char *data, size_t len, struct sink *sink)
{
	GMimeEncoding state;
	g_mime_encoding_init_decode(&state, encoding);
	char out[PIECE + 64];
	for (size_t at = 0, take; at < len; at += take) {
		take = len - at < PIECE ? len - at : PIECE;
		size_t got = g_mime_encoding_step(&state, data + at, take, out);
		if (got > 0 && !give(sink, out, got))
			return;
	}
	size_t got = g_mime_encoding_flush(&state, "==", missing_padding(encoding, data, len), out);
	if (got > 0)
		give(sink, out, got);
}

/* The bytes of a part in the mail, undecoded; NULL when they are not there in one piece. */
static const char *raw_content(GMimeStream *stream, size_t *ret_len)
{
	if (!GMIME_IS_STREAM_MEM(stream) || !GMIME_STREAM_MEM(stream)->buffer)
		return NULL;
	const GByteArray *bytes = GMIME_STREAM_MEM(stream)->buffer;
	gint64 start = stream->bound_start,
	       end = stream->bound_end < 0 ? (gint64)bytes->len : stream->bound_end;
	if (start < 0 || end < start || end > (gint64)bytes->len)
		return NULL;
	*ret_len = (size_t)(end - start);
	return (const char *)bytes->data + start;
}

/* The bytes of the leaf that are in the mail in one piece, and how they are encoded there. False: nowhere. */
static bool leaf_source(const struct pd_leaf *leaf, struct pd_bytes *ret_source, GMimeContentEncoding *ret_encoding)
{
	*ret_encoding = GMIME_CONTENT_ENCODING_BINARY;
	if (leaf->is_whole) {
		*ret_source = leaf->body;
		*ret_encoding = leaf->encoding;
		return true;
	}
	if (leaf->is_inner || leaf->preface) {
		*ret_source = leaf->preface ? (struct pd_bytes){leaf->preface, strlen(leaf->preface)} : leaf->source;
		return true;
	}
	GMimeDataWrapper *content = leaf->part ? g_mime_part_get_content(leaf->part) : NULL;
	GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
	*ret_source = (struct pd_bytes){"", 0};
	if (!stream)
		return true;
	*ret_encoding = g_mime_data_wrapper_get_encoding(content);
	ret_source->data = raw_content(stream, &ret_source->len);
	return ret_source->data != NULL;
}

static bool is_coded(GMimeContentEncoding encoding)
{
	return encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
	       encoding == GMIME_CONTENT_ENCODING_UUENCODE;
}

bool pd_leaf_content(const struct pd_leaf *leaf, size_t limit,
		     bool (*put)(void *to, const char *data, size_t len), void *to)
{
	struct sink sink = {.put = put, .to = to, .left = limit ? limit : SIZE_MAX};
	struct pd_bytes source;
	GMimeContentEncoding encoding;
	bool is_here = leaf_source(leaf, &source, &encoding);
	if (is_here && !is_coded(encoding)) {
		give(&sink, source.data, source.len);
	} else if (is_here && encoding != GMIME_CONTENT_ENCODING_UUENCODE) {
		decode_bytes(encoding, source.data, source.len, &sink);
	} else {
		GMimeStream *whole = g_mime_stream_mem_new();
		g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(leaf->part), whole);
		GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(whole));
		give(&sink, (const char *)bytes->data, bytes->len);
		g_object_unref(whole);
	}
	return !sink.failed;
}

static bool put_bytes(void *to, const char *data, size_t len)
{
	pd_buf_add(to, data, len);
	return true;
}

static bool count_bytes(void *to, const char *data, size_t len)
{
	(void)data;
	*(size_t *)to += len;
	return true;
}

struct pd_bytes pd_leaf_bytes(const struct pd_leaf *leaf, size_t limit, struct pd_buf *buf)
{
	struct pd_bytes source;
	GMimeContentEncoding encoding;
	if (!leaf_source(leaf, &source, &encoding) || is_coded(encoding)) {
		pd_leaf_content(leaf, limit, put_bytes, buf);
		return (struct pd_bytes){buf->data ? buf->data : "", buf->len};
	}
	source.len = limit && limit < source.len ? limit : source.len;
	return source;
}

/* What well-formed base64 decodes to; false where a decoder has to tell. */
static bool count_base64(struct pd_bytes source, size_t *ret_size)
{
	const char *sign = memchr(source.data, '=', source.len);
	size_t len = sign ? (size_t)(sign - source.data) : source.len, padding = 0;
	for (size_t i = len; i < source.len; i++) {
		if (!strchr("= \t\r\n", source.data[i]))
			return false;
		padding += source.data[i] == '=';
	}
	size_t count = count_alphabet(source.data, len);
	*ret_size = count / 4 * 3 + (3 - padding) % 3;
	return (count + padding) % 4 == 0 && padding < 3;
}

size_t pd_leaf_size(const struct pd_leaf *leaf)
{
	struct pd_bytes source;
	GMimeContentEncoding encoding;
	size_t size = 0;
	bool is_here = leaf_source(leaf, &source, &encoding);
	if (is_here && !is_coded(encoding))
		return source.len;
	if (is_here && encoding == GMIME_CONTENT_ENCODING_BASE64 && count_base64(source, &size))
		return size;
	size = 0;
	pd_leaf_content(leaf, 0, count_bytes, &size);
	return size;
}

/* XML streams: see xml.h.
 *
 * Promises: memory is bounded by the limits, however long the stream lives: each stanza has an arena of its own, and the
 * parser, whose table of names only grows, is made anew between stanzas. Fails: a broken stream stays broken. */
#include "gate/xml.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/markup.h"
#include "base/text.h"

#define NAMES_MAX ((size_t)256 * 1024) /* the parser's table of names; then a new parser */
#define PIECE	  4096
#define COPIED_MAX 4 /* times the size of a stanza: what words between elements may cost */

struct pd_xml_stream {
	struct pd_xml_limits limits;
	struct pd_xml_calls calls;
	void *data;
	xmlParserCtxtPtr parser;
	unsigned long fed; /* bytes, by this parser */
	char *header;	   /* the stream's own element as text, for the next parser; NULL: not open yet */
	bool is_replayed;  /* the header comes from us */
	const char *why;   /* broken; NULL */
	bool is_closed;
	unsigned depth;		/* elements that are open, the stream's own too */
	struct pd_arena *arena; /* of the stanza; NULL between stanzas */
	size_t size;		/* of the stanza */
	size_t copied;		/* of its words, while they were put together */
	PD_LIST(struct pd_xml *) open;
	struct pd_buf text; /* of the innermost open element */
};

const char *pd_xml_get(const struct pd_xml *element, const char *attribute)
{
	for (size_t i = 0; i < element->attributes.count; i++)
		if (strcmp(element->attributes.items[i].name, attribute) == 0)
			return element->attributes.items[i].value;
	return NULL;
}

const struct pd_xml *pd_xml_child(const struct pd_xml *element, const char *name, const char *ns)
{
	for (size_t i = 0; i < element->children.count; i++)
		if (strcmp(element->children.items[i]->name, name) == 0 &&
		    (ns == NULL || strcmp(element->children.items[i]->ns, ns) == 0))
			return element->children.items[i];
	return NULL;
}

/* --- what the parser tells --- */

static void breaks(struct pd_xml_stream *stream, const char *why)
{
	if (stream->why == NULL)
		stream->why = why;
	xmlStopParser(stream->parser);
}

/* Too much: the stanza goes on without what follows. */
static bool is_full(struct pd_xml_stream *stream, size_t more)
{
	stream->size += more;
	return stream->size > stream->limits.stanza || stream->depth > stream->limits.depth + 1;
}

static struct pd_xml *root_of(struct pd_xml_stream *stream)
{
	return stream->open.count > 0 ? stream->open.items[0] : NULL;
}

static struct pd_xml *new_element(struct pd_xml_stream *stream, const xmlChar *name, const xmlChar *uri, int count,
				  const xmlChar **attributes)
{
	struct pd_arena *arena = stream->arena;
	struct pd_xml *element = PD_NEW(arena, struct pd_xml);
	element->name = pd_strdup(arena, (const char *)name);
	element->ns = uri != NULL ? pd_strdup(arena, (const char *)uri) : "";
	element->text = "";
	for (int i = 0; i < count; i++, attributes += 5) { /* name, prefix, URI, value, end */
		const size_t len = (size_t)(attributes[4] - attributes[3]);
		if (is_full(stream, len + strlen((const char *)attributes[0])))
			break;
		*pd_list_add(arena, &element->attributes) = (struct pd_xml_attribute){
			.name = pd_strdup(arena, (const char *)attributes[0]),
			.value = pd_strndup(arena, (const char *)attributes[3], len)};
	}
	return element;
}

static void open_stream(struct pd_xml_stream *stream, const xmlChar *name, const xmlChar *uri, int namespace_count,
			const xmlChar **namespaces, int count, const xmlChar **attributes)
{
	if (stream->is_replayed)
		return;
	stream->arena = pd_arena_new();
	stream->size = 0;
	struct pd_xml *header = new_element(stream, name, uri, count, attributes);
	PD_AUTO_BUF text = {0};
	pd_buf_addf(&text, "<stream:%s", header->name);
	for (int i = 0; i < namespace_count; i++, namespaces += 2)
		if (namespaces[0] == NULL)
			pd_markup_attribute(&text, "xmlns", (const char *)namespaces[1]);
	pd_markup_attribute(&text, "xmlns:stream", header->ns);
	pd_buf_adds(&text, ">");
	stream->header = strdup(text.data);
	if (stream->calls.opened != NULL)
		stream->calls.opened(stream->data, header);
	pd_arena_free(stream->arena);
	stream->arena = NULL;
}

static void keep_text(struct pd_xml_stream *stream)
{
	struct pd_xml *inner = stream->open.count > 0 ? stream->open.items[stream->open.count - 1] : NULL;
	size_t copied = inner != NULL ? strlen(inner->text) : 0; /* again for each piece between children */
	stream->copied += copied;
	if (stream->copied > COPIED_MAX * stream->limits.stanza)
		root_of(stream)->is_cut = true;
	else if (inner != NULL && stream->text.len > 0)
		inner->text = *inner->text == '\0' ? pd_buf_string(stream->arena, &stream->text)
						   : pd_printf(stream->arena, "%s%s", inner->text, stream->text.data);
	pd_buf_clear(&stream->text);
}

static void start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
			  const xmlChar **namespaces, int count, int defaulted, const xmlChar **attributes)
{
	struct pd_xml_stream *stream = data;
	(void)prefix;
	(void)defaulted;
	if (stream->why != NULL)
		return;
	if (++stream->depth == 1) {
		open_stream(stream, name, uri, namespace_count, namespaces, count, attributes);
		return;
	}
	if (stream->depth == 2) {
		stream->arena = pd_arena_new();
		stream->size = stream->copied = 0;
		memset(&stream->open, 0, sizeof stream->open);
	}
	keep_text(stream);
	struct pd_xml *root = root_of(stream);
	if (root != NULL && (root->is_cut || is_full(stream, strlen((const char *)name)))) {
		root->is_cut = true;
		return;
	}
	struct pd_xml *element = new_element(stream, name, uri, count, attributes);
	if (root != NULL)
		*pd_list_add(stream->arena, &stream->open.items[stream->open.count - 1]->children) = element;
	*pd_list_add(stream->arena, &stream->open) = element;
	if (stream->size > stream->limits.stanza)
		root_of(stream)->is_cut = true;
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct pd_xml_stream *stream = data;
	(void)name;
	(void)prefix;
	(void)uri;
	if (stream->why != NULL || stream->depth == 0)
		return;
	if (--stream->depth == 0) {
		stream->is_closed = true;
		if (stream->calls.closed != NULL)
			stream->calls.closed(stream->data);
		return;
	}
	struct pd_xml *root = root_of(stream);
	/* Elements of a stanza that was cut have not all been kept. */
	bool is_kept = stream->open.count == stream->depth;
	if (is_kept && !root->is_cut)
		keep_text(stream);
	if (is_kept && stream->open.count > 1)
		stream->open.count--;
	if (stream->depth != 1)
		return;
	pd_buf_clear(&stream->text);
	if (root->is_cut)
		memset(&root->children, 0, sizeof root->children);
	if (stream->calls.stanza != NULL)
		stream->calls.stanza(stream->data, root);
	pd_arena_free(stream->arena);
	stream->arena = NULL;
	memset(&stream->open, 0, sizeof stream->open);
}

static void characters(void *data, const xmlChar *text, int len)
{
	struct pd_xml_stream *stream = data;
	struct pd_xml *root = root_of(stream);
	if (stream->why != NULL || stream->depth < 2 || root == NULL || root->is_cut)
		return;
	if (is_full(stream, (size_t)len))
		root->is_cut = true;
	else
		pd_buf_add(&stream->text, text, (size_t)len);
}

static void on_subset(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	breaks(data, "a document type is forbidden (RFC 6120, 11.1)");
}

static void on_instruction(void *data, const xmlChar *target, const xmlChar *value)
{
	(void)target;
	(void)value;
	breaks(data, "a processing instruction is forbidden (RFC 6120, 11.1)");
}

static void on_comment(void *data, const xmlChar *value)
{
	(void)value;
	breaks(data, "a comment is forbidden (RFC 6120, 11.1)");
}

static void on_reference(void *data, const xmlChar *name)
{
	(void)name;
	breaks(data, "an entity is forbidden (RFC 6120, 11.1)");
}

static void quiet(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

/* --- the stream --- */

static bool new_parser(struct pd_xml_stream *stream)
{
	static const xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = start_element,
		.endElementNs = end_element,
		.characters = characters,
		.cdataBlock = characters,
		.internalSubset = on_subset,
		.externalSubset = on_subset,
		.processingInstruction = on_instruction,
		.comment = on_comment,
		.reference = on_reference,
		.warning = quiet,
		.error = quiet,
	};
	if (stream->parser != NULL)
		xmlFreeParserCtxt(stream->parser);
	stream->parser = xmlCreatePushParserCtxt((xmlSAXHandlerPtr)&handler, stream, NULL, 0, NULL);
	if (stream->parser == NULL)
		return false;
	xmlCtxtUseOptions(stream->parser, XML_PARSE_NONET);
	stream->fed = 0;
	return true;
}

struct pd_xml_stream *pd_xml_stream_new(const struct pd_xml_limits *limits, const struct pd_xml_calls *calls, void *data)
{
	struct pd_xml_stream *stream = calloc(1, sizeof *stream);
	if (stream == NULL)
		abort();
	stream->limits = *limits;
	stream->calls = *calls;
	stream->data = data;
	if (!new_parser(stream))
		stream->why = "no memory for a parser";
	return stream;
}

void pd_xml_stream_free(struct pd_xml_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->parser != NULL)
		xmlFreeParserCtxt(stream->parser);
	pd_arena_free(stream->arena);
	pd_buf_free(&stream->text);
	free(stream->header);
	free(stream);
}

static bool parse(struct pd_xml_stream *stream, const char *bytes, size_t len)
{
	stream->fed += len;
	if (xmlParseChunk(stream->parser, bytes, (int)len, 0) != 0 && stream->why == NULL && !stream->is_closed)
		stream->why = "not well-formed";
	return stream->why == NULL;
}

/* Between stanzas, with nothing begun, a fresh parser takes the place of one that has seen many names. */
static bool renew(struct pd_xml_stream *stream)
{
	if (stream->depth != 1 || stream->header == NULL || stream->parser->dict == NULL ||
	    xmlDictGetUsage(stream->parser->dict) < NAMES_MAX ||
	    xmlByteConsumed(stream->parser) != (long)stream->fed)
		return true;
	stream->depth = 0;
	stream->is_replayed = true;
	if (!new_parser(stream)) {
		stream->why = "no memory for a parser";
		return false;
	}
	bool is_good = parse(stream, stream->header, strlen(stream->header));
	stream->is_replayed = false;
	return is_good;
}

bool pd_xml_stream_feed(struct pd_xml_stream *stream, const char *bytes, size_t len, const char **ret_why)
{
	while (len > 0 && stream->why == NULL && !stream->is_closed) {
		size_t piece = len < PIECE ? len : PIECE;
		if (parse(stream, bytes, piece))
			renew(stream);
		bytes += piece;
		len -= piece;
	}
	if (stream->why != NULL)
		*ret_why = stream->why;
	return stream->why == NULL;
}

/* An XML stream as stanzas: RFC 6120 section 4, over libxml2's push parser.
 *
 * Bounded: no DTD, no processing instruction, no comment, no foreign entity; depth and size of a stanza have limits. A stanza
 * that is too long or too deep is given without its content; what is not well-formed ends the stream. */
#ifndef PD_GATE_XML_H
#define PD_GATE_XML_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"

struct pd_xml_attribute {
	const char *name, *value; /* without prefix; xml:lang is "lang" */
};
struct pd_xml {
	const char *name, *ns; /* ns "" where there is none */
	PD_LIST(struct pd_xml_attribute) attributes;
	PD_LIST(struct pd_xml *) children;
	const char *text; /* all of its own text; "" */
	bool is_cut;	  /* of a stanza: it was over a limit */
};
const char *pd_xml_get(const struct pd_xml *element, const char *attribute); /* NULL */
/* The first child of that name and namespace (NULL: any); NULL. */
const struct pd_xml *pd_xml_child(const struct pd_xml *element, const char *name, const char *ns);

struct pd_xml_limits {
	size_t stanza; /* bytes of names, values and text */
	unsigned depth;
};
struct pd_xml_calls {
	void (*opened)(void *data, const struct pd_xml *header); /* the stream's own element, without children */
	void (*stanza)(void *data, const struct pd_xml *stanza); /* it is gone after the call */
	void (*closed)(void *data);
};
struct pd_xml_stream;
struct pd_xml_stream *pd_xml_stream_new(const struct pd_xml_limits *limits, const struct pd_xml_calls *calls, void *data);
void pd_xml_stream_free(struct pd_xml_stream *stream); /* NULL is allowed; not from a call */
/* False: the stream is broken, and ret_why (static) says how. */
bool pd_xml_stream_feed(struct pd_xml_stream *stream, const char *bytes, size_t len, const char **ret_why);

#endif

/* Text as content of XML, or as the value of an attribute: RFC 6120 streams, HTML of our own. */
#ifndef PD_BASE_MARKUP_H
#define PD_BASE_MARKUP_H

#include "base/buf.h"

/* Valid UTF-8; what XML cannot hold (XML 1.0, section 2.2) is left out. */
void pd_markup_escape(struct pd_buf *out, const char *text);
/* " name='value'", nothing where the value is NULL. */
void pd_markup_attribute(struct pd_buf *out, const char *name, const char *value);

#endif

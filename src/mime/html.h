/* Inside the room mime: HTML bodies. A tree made by libxml2 becomes lines with hints for reply_split.c, and
 * after the split the author's own part is written again from the tree by an allow-list.
 *
 * No walk recurses; depth costs heap memory alone, and elements below PD_HTML_DEPTH are taken for their text
 * only. */
#ifndef PD_MIME_HTML_H
#define PD_MIME_HTML_H

#include "mime/reply.h"
#include <libxml/tree.h>

#define PD_HTML_DEPTH 400

/* Where a piece of the tree went: bytes from..to of a text node, or an empty element (br, hr, img). */
struct pd_html_run {
	const xmlNode *node;
	size_t from, to;
	size_t line;
	size_t column; /* byte of the line where the piece begins */
};

struct pd_html {
	xmlDoc *doc; /* NULL: nothing could be parsed, runs are empty and lines are the text without tags */
	struct pd_line_list lines;
	PD_LIST(struct pd_html_run) runs;
};

void pd_html_init(void);
/* Parses and cuts into lines. The tree lives until the arena is freed. */
struct pd_html *pd_html_read(struct pd_arena *arena, const char *html);
/* The kept lines as clean HTML; drop[i]: line i is left out although kept (commands). NULL: it would be too
 * long. */
char *pd_html_write(struct pd_arena *arena, const struct pd_html *html, const bool *drop);

/* What an element is, in html_tags.c. 0: a text, or an element of no table. */
enum pd_tag {
	PD_TAG_UNSEEN = 1 << 0, /* never shown, nor what is in it */
	PD_TAG_BLOCK = 1 << 1,
	PD_TAG_ALLOWED = 1 << 2, /* may stand in clean HTML */
	PD_TAG_MARGIN = 1 << 3,	 /* an empty line above and below */
	PD_TAG_VOID = 1 << 4,	 /* has no content */
	PD_TAG_PRE = 1 << 5,
	PD_TAG_BULLETS = 1 << 6,
	PD_TAG_NUMBERS = 1 << 7,
	PD_TAG_ITEM = 1 << 8,
	PD_TAG_CELL = 1 << 9, /* of a table */
	PD_TAG_BOLD = 1 << 10,
	PD_TAG_LINK = 1 << 11,
	PD_TAG_BREAK = 1 << 12,
	PD_TAG_RULE = 1 << 13, /* hr */
	PD_TAG_IMAGE = 1 << 14,
	PD_TAG_QUOTE = 1 << 15, /* blockquote */
	PD_TAG_PARAGRAPH = 1 << 16,
};
unsigned pd_html_tag(const xmlNode *node);

/* What an element is to a reader of quotes, in html_quote.c. */
enum pd_container {
	PD_BOX_NONE,
	PD_BOX_QUOTE,	    /* all in it is quote */
	PD_BOX_SOFT,	    /* a blockquote that may be an indent */
	PD_BOX_GMAIL,	    /* an attribution, then blockquotes, own text between and after them */
	PD_BOX_ATTRIBUTION, /* holds "On … wrote:" */
	PD_BOX_SIGNATURE,
	PD_BOX_HEADER, /* begins a header block; the quote goes on after it */
	PD_BOX_BORDER, /* a box with a line above, which may hold a header block */
};
enum pd_container pd_html_container(const xmlNode *node, bool in_gmail);
/* Is there a blockquote inside? */
bool pd_html_has_blockquote(const xmlNode *node);

/* Is the element not to be seen: script, style, or hidden by style? With all that is in it. */
bool pd_html_is_unseen(const xmlNode *node);
/* An attribute's value without entities; NULL: none. Belongs to the tree or the arena. */
const char *pd_html_attribute(const xmlNode *node, const char *name);
/* Does the element set a colour of its text? Then whether it is one, and not black, white or grey. */
void pd_html_colour(const xmlNode *node, bool *is_coloured);
bool pd_html_is(const xmlNode *node, const char *names); /* "p|div|…" */
/* One property of a style attribute, lower case, without blanks around it; false: not there. */
bool pd_html_style(const char *style, const char *property, char *out, size_t room);

#endif

/* Clean HTML: the kept lines of a body written again from its tree, by allow-lists of elements, attributes,
 * CSS properties and link schemes. Nothing active, remote or hidden is written; the result is well-formed and
 * can be set into another document. An element is opened only when something of the author's stands in it. */
#include "mime/html.h"
#include "base/sixteen.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define HTML_LIMIT ((size_t)4 << 20)

struct attribute_rule {
	const char *elements;	/* NULL: all */
	const char *attributes; /* whose values are plain words and numbers */
};
static const struct attribute_rule attribute_rules[] = {
	{NULL, "dir|lang|align|title"},
	{"img", "alt|width|height|title"},
	{"td|th", "colspan|rowspan|align|valign|width|bgcolor|height"},
	{"tr", "align|valign|bgcolor"},
	{"table", "border|cellpadding|cellspacing|width|align|bgcolor"},
	{"ol", "start|type"},
	{"ul", "type"},
	{"li", "value"},
	{"font", "color|size|face"},
	{"hr", "width|size|align"},
};

static const char properties[] = "color|background-color|font|font-family|font-size|font-style|font-weight|"
				 "font-variant|text-decoration|text-align|text-indent|"
				 "text-transform|line-height|letter-spacing|margin|margin-top|margin-right|"
				 "margin-bottom|margin-left|padding|padding-top|"
				 "padding-right|padding-bottom|padding-left|border|border-top|border-right|"
				 "border-bottom|border-left|border-color|border-style|"
				 "border-width|border-collapse|border-spacing|list-style-type|vertical-align|"
				 "white-space|direction|width|height|max-width|"
				 "word-break|overflow-wrap|word-wrap";

struct writer {
	const struct pd_html *html;
	const bool *drop;
	struct pd_buf out;
	size_t run;			    /* the next one that has not been passed */
	size_t first, last;		    /* lines that are written at most */
	const xmlNode *open[PD_HTML_DEPTH]; /* elements around, outermost first */
	bool written[PD_HTML_DEPTH];	    /* its start tag stands in out */
	unsigned depth;
	size_t hash_line; /* a line whose '##' has been made '#'; SIZE_MAX: none */
};

/* Bytes at the start, in sixteens, that no writing changes. */
static size_t harmless(const char *text, size_t len)
{
	size_t at = 0;
	for (; at + PD_SIXTEEN <= len; at += PD_SIXTEEN) {
		pd_sixteen bytes = pd_sixteen_load(text + at);
		pd_sixteen bad = ((bytes >= 0) & (bytes < ' ')) | (bytes == 0x7f) | (bytes == '&') | (bytes == '<') | (bytes == '>') | (bytes == '"');
		size_t clean = pd_sixteen_first(bad);
		if (clean < PD_SIXTEEN)
			return at + clean;
	}
	return at;
}

static void escape(struct pd_buf *out, const char *text, size_t len)
{
	static const bool matters[256] = {
		[0 ... 0x08] = true, [0x0B ... 0x1F] = true, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, [0x7F] = true,
	};
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		i += harmless(text + i, len - i);
		if (i >= len)
			break;
		unsigned char c = (unsigned char)text[i];
		const char *instead = NULL;
		if (!matters[c])
			continue;
		if (c == '&')
			instead = "&amp;";
		else if (c == '<')
			instead = "&lt;";
		else if (c == '>')
			instead = "&gt;";
		else if (c == '"')
			instead = "&quot;";
		else if (c < 0x20 && c != '\n' && c != '\t')
			instead = " ";
		else if (c == 0x7F)
			instead = "";
		if (!instead)
			continue;
		pd_buf_add(out, text + from, i - from);
		pd_buf_adds(out, instead);
		from = i + 1;
	}
	pd_buf_add(out, text + from, len - from);
}

static void add_attribute(struct writer *writer, const char *name, const char *value)
{
	pd_buf_addc(&writer->out, ' ');
	pd_buf_adds(&writer->out, name);
	pd_buf_adds(&writer->out, "=\"");
	escape(&writer->out, value, strlen(value));
	pd_buf_addc(&writer->out, '"');
}

/* Letters, digits and what sizes and colours need; no functions but colours, nothing negative that moves
 * things. */
static bool is_plain_value(const char *property, const char *value)
{
	if (!*value || strlen(value) > 200)
		return false;
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x80 && !g_ascii_isalnum(*c) && !strchr(" #.,%()'-!/\"", *c))
			return false;
	if (strstr(value, "url") || strstr(value, "expression") || strstr(value, "javascript") ||
	    strstr(value, "var(") || strstr(value, "calc") || strstr(value, "/*") || strstr(value, "image") ||
	    strstr(value, "attr("))
		return false;
	if (strchr(value, '(') && !pd_starts(value, "rgb") && !pd_starts(value, "hsl") &&
	    !strstr(value, " rgb"))
		return false;
	bool moves = pd_starts(property, "margin") || pd_starts(property, "text-indent") ||
		     pd_starts(property, "letter-spacing") || pd_starts(property, "padding");
	if (moves && strchr(value, '-'))
		return false;
	return !(pd_starts(property, "font-size") && (value[0] == '0' || value[0] == '.'));
}

static void add_style(struct writer *writer, const char *style)
{
	PD_AUTO_BUF clean = {0};
	while (*style) {
		style += strspn(style, " \t\r\n;");
		size_t len = strcspn(style, ";"), name = strcspn(style, ":;");
		if (name < len && name < 40) {
			char property[41], value[204] = "";
			for (size_t i = 0; i < name; i++)
				property[i] = g_ascii_tolower(style[i]);
			property[name] = '\0';
			while (name && strchr(" \t\r\n", property[name - 1]))
				property[--name] = '\0';
			if (pd_words_is(property, properties) &&
			    pd_html_style(style, property, value, sizeof value) &&
			    is_plain_value(property, value))
				pd_buf_addf(&clean, "%s%s: %s", clean.len ? "; " : "", property, value);
		}
		style += len;
	}
	if (clean.len)
		add_attribute(writer, "style", clean.data);
}

static bool is_safe_link(const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:", "xmpp:"};
	if (strlen(url) > 4000)
		return false;
	for (const char *c = url; *c; c++)
		if ((unsigned char)*c <= 0x20 || *c == 0x7F || *c == '\\')
			return false;
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (pd_starts_nocase(url, schemes[i]))
			return true;
	return false;
}

/* Where a link leads, when it may; to be freed. */
static char *link_of(const xmlNode *node)
{
	const char *href = pd_html_attribute(node, "href");
	char *link = href ? g_strstrip(g_strdup(href)) : NULL;
	if (link && is_safe_link(link))
		return link;
	g_free(link);
	return NULL;
}

static void add_attributes(struct writer *writer, const xmlNode *node)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		char name[32];
		size_t len = strlen((const char *)a->name);
		const char *value = pd_html_attribute(node, (const char *)a->name);
		if (len >= sizeof name || !value || strlen(value) > 4000)
			continue;
		for (size_t i = 0; i <= len; i++)
			name[i] = g_ascii_tolower((char)a->name[i]);
		if (!strcmp(name, "style")) {
			add_style(writer, value);
			continue;
		}
		if (!strcmp(name, "href") && pd_html_is(node, "a")) {
			g_autofree char *link = link_of(node);
			if (link)
				add_attribute(writer, name, link);
			continue;
		}
		for (size_t i = 0; i < G_N_ELEMENTS(attribute_rules); i++) {
			const struct attribute_rule *rule = &attribute_rules[i];
			if ((!rule->elements || pd_html_is(node, rule->elements)) &&
			    pd_words_is(name, rule->attributes) && strlen(value) < 300) {
				add_attribute(writer, name, value);
				break;
			}
		}
	}
}

/* Writes the start tags that wait. */
static void flush_tags(struct writer *writer)
{
	for (unsigned i = 0; i < writer->depth; i++) {
		if (writer->written[i] || !writer->open[i])
			continue;
		pd_buf_addc(&writer->out, '<');
		pd_buf_adds(&writer->out, (const char *)writer->open[i]->name);
		add_attributes(writer, writer->open[i]);
		pd_buf_addc(&writer->out, '>');
		writer->written[i] = true;
	}
}

static bool line_is_written(const struct writer *writer, size_t line)
{
	return line >= writer->first && line <= writer->last && line < writer->html->lines.count &&
	       writer->html->lines.items[line].fate == PD_LINE_KEPT && !(writer->drop && writer->drop[line]);
}

/* One piece of text. "##" at the start of a line stands for '#'. */
static void write_text(struct writer *writer, const struct pd_html_run *run)
{
	const struct pd_line *line = &writer->html->lines.items[run->line];
	const char *text = (const char *)run->node->content + run->from;
	size_t len = run->to - run->from;
	if (line->kept < line->len) {
		if (run->column >= line->kept)
			return;
		size_t lead = 0;
		while (lead < len && g_ascii_isspace(text[lead]))
			lead++;
		if (len > lead + line->kept - run->column)
			len = lead + line->kept - run->column;
	}
	if (writer->hash_line != run->line && pd_line_fold(line)[0] == '#' && pd_line_fold(line)[1] == '#') {
		const char *hash = memchr(text, '#', len);
		if (hash) {
			writer->hash_line = run->line;
			flush_tags(writer);
			escape(&writer->out, text, (size_t)(hash - text));
			len -= (size_t)(hash + 1 - text);
			text = hash + 1;
		}
	}
	flush_tags(writer);
	escape(&writer->out, text, len);
}

static void write_image(struct writer *writer, const xmlNode *node)
{
	const char *src = pd_html_attribute(node, "src"), *alt = pd_html_attribute(node, "alt");
	if (src && pd_starts_nocase(src, "cid:") && strlen(src) < 500 && !strpbrk(src, " \t\r\n<>\"'")) {
		flush_tags(writer);
		pd_buf_adds(&writer->out, "<img");
		add_attribute(writer, "src", src);
		add_attributes(writer, node);
		pd_buf_adds(&writer->out, "/>");
	} else if (alt && *alt && strlen(alt) < 300) {
		flush_tags(writer);
		pd_buf_addc(&writer->out, '[');
		escape(&writer->out, alt, strlen(alt));
		pd_buf_addc(&writer->out, ']');
	}
}

/* Writes what of the node lies on lines that are written. */
static void write_runs(struct writer *writer, const xmlNode *node)
{
	const struct pd_html *html = writer->html;
	while (writer->run < html->runs.count && html->runs.items[writer->run].node == node) {
		const struct pd_html_run *run = &html->runs.items[writer->run++];
		if (!line_is_written(writer, run->line) || writer->out.overflowed)
			continue;
		if (node->type != XML_ELEMENT_NODE) {
			write_text(writer, run);
		} else if (pd_html_is(node, "img")) {
			write_image(writer, node);
		} else {
			flush_tags(writer);
			pd_buf_addf(&writer->out, "<%s/>", pd_html_is(node, "hr") ? "hr" : "br");
		}
	}
}

static void push(struct writer *writer, const xmlNode *node)
{
	if (writer->depth >= PD_HTML_DEPTH)
		return;
	unsigned tag = pd_html_tag(node);
	g_autofree char *link = tag & PD_TAG_LINK ? link_of(node) : NULL;
	bool allowed = (tag & PD_TAG_ALLOWED) && !((tag & PD_TAG_LINK) && !link);
	writer->open[writer->depth] = allowed ? node : NULL;
	writer->written[writer->depth++] = false;
}

/* A cell of a row that is written keeps its place even when it is empty. */
static void pop(struct writer *writer, unsigned level)
{
	if (level >= PD_HTML_DEPTH || !writer->depth)
		return;
	unsigned i = writer->depth - 1;
	if (!writer->written[i] && writer->open[i] && (pd_html_tag(writer->open[i]) & PD_TAG_CELL) && i &&
	    writer->written[i - 1])
		flush_tags(writer);
	writer->depth--;
	if (writer->written[i]) {
		pd_buf_adds(&writer->out, "</");
		pd_buf_adds(&writer->out, (const char *)writer->open[i]->name);
		pd_buf_addc(&writer->out, '>');
	}
}

static void write_tree(struct writer *writer, const xmlNode *root)
{
	const xmlNode *at = root;
	unsigned level = 0;
	while (at && writer->run < writer->html->runs.count) {
		bool down = false;
		if (at->type != XML_ELEMENT_NODE) {
			write_runs(writer, at);
		} else if (!pd_html_is_unseen(at)) {
			write_runs(writer, at);
			down = at->children && !(pd_html_tag(at) & PD_TAG_VOID);
			if (!down && (pd_html_tag(at) & PD_TAG_CELL)) {
				push(writer, at);
				pop(writer, level);
			}
		}
		if (down) {
			push(writer, at);
			level++;
			at = at->children;
			continue;
		}
		while (at != root && !at->next) {
			at = at->parent;
			pop(writer, --level);
		}
		if (at == root)
			break;
		at = at->next;
	}
	while (writer->depth)
		pop(writer, 0);
}

char *pd_html_write(struct pd_arena *arena, const struct pd_html *html, const bool *drop)
{
	const xmlNode *root = html->doc ? xmlDocGetRootElement(html->doc) : NULL;
	struct writer *writer = PD_NEW(arena, struct writer);
	writer->html = html;
	writer->drop = drop;
	writer->hash_line = SIZE_MAX;
	writer->out.limit = HTML_LIMIT;
	writer->first = SIZE_MAX;
	for (size_t i = 0; i < html->lines.count; i++) {
		const struct pd_line *line = &html->lines.items[i];
		if (line->fate != PD_LINE_KEPT || (drop && drop[i]) || (pd_line_is_blank(line)))
			continue;
		if (writer->first == SIZE_MAX)
			writer->first = i;
		writer->last = i;
	}
	if (!root) {
		for (size_t i = writer->first; i <= writer->last && i < html->lines.count; i++) {
			if (!line_is_written(writer, i))
				continue;
			escape(&writer->out, html->lines.items[i].text, html->lines.items[i].kept);
			pd_buf_adds(&writer->out, "<br/>\n");
		}
	} else if (writer->first != SIZE_MAX) {
		write_tree(writer, root);
	}
	char *text = writer->out.overflowed ? NULL : pd_buf_string(arena, &writer->out);
	pd_buf_free(&writer->out);
	return text;
}

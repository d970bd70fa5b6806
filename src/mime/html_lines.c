/* HTML read into lines as a person sees them: blocks, lists, tables, links, white space, preformatted text;
 * each piece remembers its line, so that the clean HTML can be written from the same decisions. Unseen
 * elements (script, style, hidden preheaders) give nothing. Without a tree, tags are taken out by a plain
 * scan. */
#include "mime/html.h"
#include "base/text.h"
#include <glib.h>
#include <libxml/HTMLparser.h>
#include <string.h>

#define TAGS_MAX   300000 /* more are not made a tree, which would take a kilobyte of memory each */
#define PIECES_MAX 200000 /* nodes that are looked at; a person's mail has a thousandth of them */

struct state {
	unsigned structure;
	unsigned soft;
	bool in_pre, in_gmail, in_attribution, in_signature;
	bool tight;    /* a paragraph without margins */
	unsigned list; /* 0: none, 1: bullets, 2: numbers */
	unsigned item; /* of a numbered list */
	unsigned list_depth;
	bool coloured;	 /* neither black nor grey; known in quotes alone */
	const char *href; /* of the link that is open */
	size_t href_line, href_column;
};

struct walk {
	struct pd_arena *arena;
	struct pd_html *html;
	struct state now;
	struct state stack[PD_HTML_DEPTH];
	unsigned depth;
	struct pd_buf line; /* the line that is built */
	unsigned line_hints, line_structure;
	bool is_bullet; /* nothing but a list's sign stands in the line */
	bool line_has;	     /* something stands in it */
	bool blank;	     /* white space is owed before the next word */
	bool margin;	     /* an empty line is owed before the next line */
	unsigned next_hints; /* for the next line */
	bool bold_start;
	unsigned bold;
	unsigned pieces;
	const xmlNode *last_item; /* the list item that was numbered last, and its number */
	unsigned last_number;
	bool is_last; /* the tree has been read */
	bool in_quotes; /* the first sign of a quote has been seen: colours matter from there on */
	bool line_coloured; /* all words of the line that is built are */
};

static void start_line(struct walk *walk)
{
	if (walk->line_has)
		return;
	walk->line_has = true;
	walk->line_coloured = walk->in_quotes;
	walk->line_structure = walk->now.structure;
	walk->line_hints = walk->next_hints | (walk->now.soft && !walk->now.structure ? PD_HINT_SOFT : 0) |
			   (walk->now.in_attribution ? PD_HINT_ATTRIBUTION : 0) |
			   (walk->now.in_signature ? PD_HINT_SIGNATURE : 0);
	walk->next_hints = 0;
	walk->bold_start = walk->bold > 0;
}

static size_t line_index(const struct walk *walk)
{
	return walk->html->lines.count;
}

/* Ends the line that is built, even an empty one. */
static void push_line(struct walk *walk)
{
	start_line(walk);
	if (walk->html->lines.count + 1 >= PD_LINES_MAX && !walk->is_last) {
		pd_buf_addc(&walk->line, '\n');
		return;
	}
	const char *text = pd_buf_string(walk->arena, &walk->line);
	size_t len = walk->line.len;
	if (walk->bold_start && len && memchr(text, ':', len < 80 ? len : 80))
		walk->line_hints |= PD_HINT_LABEL;
	if (walk->line_coloured && len)
		walk->line_hints |= PD_HINT_COLOURED;
	pd_reply_add(walk->arena, &walk->html->lines, text, len, walk->line_structure, walk->line_hints);
	pd_buf_clear(&walk->line);
	walk->line_has = walk->blank = walk->is_bullet = false;
}

static void end_line(struct walk *walk)
{
	if (walk->line_has)
		push_line(walk);
	walk->blank = false;
}

/* The empty line that a margin asks for, when something comes after it. */
static void settle_margin(struct walk *walk)
{
	if (!walk->margin || walk->line_has)
		return;
	walk->margin = false;
	struct pd_line_list *lines = &walk->html->lines;
	if (lines->count && lines->count + 2 < PD_LINES_MAX &&
	    !pd_line_is_blank(&lines->items[lines->count - 1])) {
		unsigned above = lines->items[lines->count - 1].structure;
		struct pd_line *line =
			pd_reply_add(walk->arena, lines, "", 0,
				     above < walk->now.structure ? above : walk->now.structure, 0);
		line->hints = (walk->now.soft && !walk->now.structure ? PD_HINT_SOFT : 0) |
			      (walk->now.in_signature ? PD_HINT_SIGNATURE : 0);
	}
}

static void add_run(struct walk *walk, const xmlNode *node, size_t from, size_t to)
{
	*pd_list_add(walk->arena, &walk->html->runs) = (struct pd_html_run){
		.node = node, .from = from, .to = to, .line = line_index(walk), .column = walk->line.len};
}

static void add_word(struct walk *walk, const char *text, size_t len)
{
	walk->is_bullet = false;
	if (walk->blank && walk->line.len)
		pd_buf_addc(&walk->line, ' ');
	walk->blank = false;
	pd_buf_add(&walk->line, text, len);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Where the words end that have one blank between them, and so stand in the line as they are. */
static size_t words_end(const char *text, size_t at, size_t len)
{
	for (;;) {
		while (at < len && !is_space(text[at]))
			at++;
		if (at + 1 >= len || text[at] != ' ' || is_space(text[at + 1]))
			return at;
		at++;
	}
}

static void read_text(struct walk *walk, const xmlNode *node)
{
	const char *text = (const char *)node->content;
	size_t len = strlen(text), at = 0;
	while (at < len && is_space(text[at]))
		at++;
	if (at == len) {
		if (walk->line_has) {
			add_run(walk, node, 0, len);
			walk->blank = true;
		}
		return;
	}
	settle_margin(walk);
	start_line(walk);
	walk->line_coloured &= walk->now.coloured && !walk->now.href;
	walk->blank |= at > 0;
	add_run(walk, node, 0, len);
	while (at < len) {
		size_t end = words_end(text, at, len);
		add_word(walk, text + at, end - at);
		at = end;
		while (at < len && is_space(text[at]))
			at++;
		walk->blank = at > end;
	}
}

static void read_pre(struct walk *walk, const xmlNode *node)
{
	const char *text = (const char *)node->content;
	for (size_t at = 0; text[at];) {
		size_t len = strcspn(text + at, "\n");
		settle_margin(walk);
		start_line(walk);
		add_run(walk, node, at, at + len + (text[at + len] == '\n'));
		walk->is_bullet = false;
		pd_buf_add(&walk->line, text + at, len);
		at += len;
		if (text[at] == '\n') {
			push_line(walk);
			at++;
		}
	}
}

static bool has_margin(const xmlNode *node, unsigned tag)
{
	if (!(tag & PD_TAG_PARAGRAPH))
		return tag & PD_TAG_MARGIN;
	const char *class = pd_html_attribute(node, "class"), *style = pd_html_attribute(node, "style");
	if (class && strstr(class, "Mso") && !(style && strstr(style, "margin")))
		return false;
	char value[40];
	if (style && pd_html_style(style, "margin", value, sizeof value) && value[0] == '0')
		return false;
	if (style && pd_html_style(style, "margin-bottom", value, sizeof value) && value[0] == '0')
		return false;
	return !(class && strstr(class, "Mso"));
}

static void add_bullet(struct walk *walk)
{
	settle_margin(walk);
	start_line(walk);
	for (unsigned i = 1; i < walk->now.list_depth && i < 8; i++)
		pd_buf_adds(&walk->line, "  ");
	if (walk->now.list == 2)
		pd_buf_addf(&walk->line, "%u. ", walk->now.item);
	else
		pd_buf_adds(&walk->line, "- ");
	walk->is_bullet = true;
}

/* The place of this item in its list. */
static unsigned item_number(struct walk *walk, const xmlNode *node)
{
	unsigned n = 1;
	const xmlNode *before = node->prev;
	for (unsigned i = 0; before && before != walk->last_item && i < 1000; before = before->prev, i++)
		n += (pd_html_tag(before) & PD_TAG_ITEM) != 0;
	if (before && before == walk->last_item)
		n += walk->last_number;
	walk->last_item = node;
	walk->last_number = n;
	return n;
}

static void open_container(struct walk *walk, const xmlNode *node)
{
	struct state *now = &walk->now;
	enum pd_container box = pd_html_container(node, now->in_gmail);
	walk->in_quotes |= box == PD_BOX_HEADER || box == PD_BOX_BORDER;
	switch (box) {
	case PD_BOX_QUOTE:
		end_line(walk);
		if (!now->structure++)
			walk->next_hints |= PD_HINT_FIRST;
		now->in_attribution = false;
		now->in_gmail = false;
		break;
	case PD_BOX_SOFT:
		end_line(walk);
		now->soft++;
		break;
	case PD_BOX_GMAIL:
		end_line(walk);
		now->in_gmail = now->in_attribution = !now->structure;
		break;
	case PD_BOX_ATTRIBUTION:
		end_line(walk);
		now->in_attribution = !now->structure;
		break;
	case PD_BOX_SIGNATURE:
		end_line(walk);
		now->in_signature = true;
		break;
	case PD_BOX_HEADER:
		end_line(walk);
		if (!now->structure)
			walk->next_hints |= PD_HINT_CUT;
		break;
	case PD_BOX_BORDER:
		end_line(walk);
		walk->next_hints |= PD_HINT_BORDER;
		break;
	case PD_BOX_NONE:
		break;
	}
}

static void read_image(struct walk *walk, const xmlNode *node)
{
	const char *alt = pd_html_attribute(node, "alt"), *src = pd_html_attribute(node, "src");
	bool is_cid = src && pd_starts_nocase(src, "cid:");
	if (!is_cid && (!alt || !*alt))
		return;
	settle_margin(walk);
	start_line(walk);
	add_run(walk, node, 0, 0);
	char *shown = pd_clean_line(walk->arena, alt && *alt ? alt : "image", 80);
	char *text = pd_printf(walk->arena, "[%s]", shown);
	add_word(walk, text, strlen(text));
}

/* Elements without content. */
static void read_void(struct walk *walk, const xmlNode *node, unsigned tag)
{
	if (tag & PD_TAG_BREAK) {
		add_run(walk, node, 0, 0);
		settle_margin(walk);
		if (!walk->line_has)
			walk->html->runs.items[walk->html->runs.count - 1].line = line_index(walk);
		push_line(walk);
	} else if (tag & PD_TAG_RULE) {
		end_line(walk);
		if (pd_html_container(node, false) == PD_BOX_HEADER && !walk->now.structure) {
			walk->next_hints |= PD_HINT_CUT;
			walk->in_quotes = true;
		}
		unsigned hints = walk->next_hints;
		walk->next_hints = 0;
		start_line(walk);
		walk->line_hints |= PD_HINT_RULE;
		add_run(walk, node, 0, 0);
		pd_buf_adds(&walk->line, "----------");
		push_line(walk);
		walk->next_hints = hints;
	} else if (tag & PD_TAG_IMAGE) {
		read_image(walk, node);
	}
}

static void open_link(struct walk *walk, const xmlNode *node)
{
	const char *href = pd_html_attribute(node, "href");
	if (!href || !(pd_starts_nocase(href, "http://") || pd_starts_nocase(href, "https://") ||
		       pd_starts_nocase(href, "mailto:")))
		return;
	walk->now.href = href;
	walk->now.href_line = line_index(walk);
	walk->now.href_column = walk->line.len;
}

/* Before what is in the element. */
static void enter(struct walk *walk, const xmlNode *node, unsigned tag)
{
	struct state *now = &walk->now;
	/* A paragraph that an item begins with stands beside the item's sign. */
	bool is_beside = walk->is_bullet && !(tag & (PD_TAG_ITEM | PD_TAG_BULLETS | PD_TAG_NUMBERS | PD_TAG_QUOTE));
	if ((tag & PD_TAG_BLOCK) && !is_beside) {
		end_line(walk);
		if (has_margin(node, tag) && !((tag & (PD_TAG_BULLETS | PD_TAG_NUMBERS)) && now->list_depth))
			walk->margin = true;
	}
	open_container(walk, node);
	if (walk->in_quotes && node->properties)
		pd_html_colour(node, &now->coloured);
	if (tag & PD_TAG_QUOTE)
		now->in_attribution = false;
	if (tag & PD_TAG_PRE)
		now->in_pre = true;
	if (tag & (PD_TAG_BULLETS | PD_TAG_NUMBERS)) {
		now->list = tag & PD_TAG_NUMBERS ? 2 : 1;
		now->list_depth++;
	}
	if (tag & PD_TAG_ITEM) {
		now->item = now->list == 2 ? item_number(walk, node) : 0;
		add_bullet(walk);
	}
	if ((tag & PD_TAG_CELL) && walk->line_has) {
		pd_buf_addc(&walk->line, '\t');
		walk->blank = false;
	}
	if (tag & PD_TAG_BOLD)
		walk->bold++;
	if (tag & PD_TAG_LINK)
		open_link(walk, node);
}

/* "text <url>" where they differ. */
static void close_link(struct walk *walk, const char *href, size_t line, size_t column)
{
	if (line != line_index(walk) || walk->line.len <= column)
		return;
	bool is_mail = pd_starts_nocase(href, "mailto:");
	const char *url = is_mail ? href + 7 : href;
	char *shown = pd_trim(walk->arena,
			      pd_strndup(walk->arena, walk->line.data + column, walk->line.len - column));
	char *bare_url = pd_strndup(walk->arena, url, is_mail ? strcspn(url, "?") : strlen(url));
	const char *rest = strstr(bare_url, "://");
	rest = rest ? rest + 3 : bare_url;
	size_t len = strlen(rest);
	while (len && rest[len - 1] == '/')
		len--;
	const char *shown_rest = strstr(shown, "://");
	shown_rest = shown_rest ? shown_rest + 3 : shown;
	size_t shown_len = strlen(shown_rest);
	while (shown_len && shown_rest[shown_len - 1] == '/')
		shown_len--;
	if (!len || !shown_len || (len == shown_len && !g_ascii_strncasecmp(rest, shown_rest, len)))
		return;
	if (is_mail && strstr(shown, bare_url))
		return;
	if (strchr(bare_url, '>') || strlen(bare_url) > 2000)
		return;
	pd_buf_addf(&walk->line, " <%s>", pd_clean_line(walk->arena, bare_url, 0));
}

static void leave(struct walk *walk, const xmlNode *node, const struct state *before)
{
	unsigned tag = pd_html_tag(node);
	if (walk->now.href && !before->href)
		close_link(walk, walk->now.href, walk->now.href_line, walk->now.href_column);
	if ((tag & PD_TAG_BOLD) && walk->bold)
		walk->bold--;
	bool box = walk->now.structure != before->structure || walk->now.soft != before->soft ||
		   walk->now.in_signature != before->in_signature ||
		   (walk->now.in_attribution && !before->in_attribution) ||
		   walk->now.in_gmail != before->in_gmail;
	if ((tag & PD_TAG_BLOCK) || box) {
		end_line(walk);
		if (has_margin(node, tag) &&
		    !((tag & (PD_TAG_BULLETS | PD_TAG_NUMBERS)) && before->list_depth))
			walk->margin = true;
	}
}

/* One node; returns whether to go down into it. */
static bool visit(struct walk *walk, const xmlNode *node, unsigned level)
{
	if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
		if (node->content && walk->now.in_pre)
			read_pre(walk, node);
		else if (node->content)
			read_text(walk, node);
		return false;
	}
	if (node->type != XML_ELEMENT_NODE || pd_html_is_unseen(node))
		return false;
	unsigned tag = pd_html_tag(node);
	if (tag & PD_TAG_VOID) {
		read_void(walk, node, tag);
		return false;
	}
	if (level < PD_HTML_DEPTH) {
		walk->stack[level] = walk->now;
		enter(walk, node, tag);
		if (!node->children) {
			leave(walk, node, &walk->stack[level]);
			walk->now = walk->stack[level];
		}
	}
	return node->children != NULL;
}

/* After all that is in the element. */
static void depart(struct walk *walk, const xmlNode *node, unsigned level)
{
	if (level >= PD_HTML_DEPTH)
		return;
	leave(walk, node, &walk->stack[level]);
	bool after_quote = walk->now.structure > walk->stack[level].structure && walk->stack[level].in_gmail;
	walk->now = walk->stack[level];
	/* Behind the first quote of a container is no attribution any more. */
	if (after_quote)
		for (unsigned i = 0; i <= level; i++)
			walk->stack[i].in_attribution = walk->now.in_attribution = false;
}

static void walk_tree(struct walk *walk, const xmlNode *root)
{
	const xmlNode *at = root;
	unsigned level = 0; /* of at, below root */
	while (at && walk->pieces++ < PIECES_MAX) {
		if (visit(walk, at, level)) {
			at = at->children;
			level++;
			continue;
		}
		while (at != root && !at->next) {
			at = at->parent;
			depart(walk, at, --level);
		}
		if (at == root)
			break;
		at = at->next;
	}
	walk->is_last = true;
	end_line(walk);
}

/* Without a tree: what stands outside "<…>". */
static void scan_text(struct pd_arena *arena, const char *html, struct pd_html *out)
{
	PD_AUTO_BUF text = {0};
	while (*html) {
		size_t len = strcspn(html, "<");
		pd_buf_add(&text, html, len);
		html += len;
		if (!*html)
			break;
		size_t tag = strcspn(html, ">");
		if (!html[tag])
			break;
		pd_buf_addc(&text, pd_starts_nocase(html, "<br") || pd_starts_nocase(html, "</p") ||
						   pd_starts_nocase(html, "</div")
					   ? '\n'
					   : ' ');
		html += tag + 1;
	}
	pd_reply_lines(arena, pd_buf_string(arena, &text), &out->lines);
}

static void free_doc(void *doc)
{
	xmlFreeDoc(doc);
}

static void be_silent(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

void pd_html_init(void)
{
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, be_silent);
	xmlDoc *doc = htmlReadMemory("<p>x", 4, NULL, "UTF-8",
				     HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
					     HTML_PARSE_NONET | HTML_PARSE_NODEFDTD);
	xmlFreeDoc(doc);
}

/* What the parser takes wrongly, made right: Word's "<o:p>" would become a paragraph, and its "<![if …]>"
 * text. The body is opened beforehand, so that no paragraphs are put around bare text. */
static char *prepared(struct pd_arena *arena, const char *html, size_t *ret_tags)
{
	static const char start[] = "<html><body>";
	char *out = pd_alloc(arena, sizeof start + strlen(html) + 1), *to = out + sizeof start - 1;
	memcpy(out, start, sizeof start);
	*ret_tags = 0;
	while (*html) {
		size_t text = (size_t)(strchrnul(html, '<') - html);
		if (text > 0) {
			memcpy(to, html, text);
			to += text;
			html += text;
			continue;
		}
		++*ret_tags;
		if (pd_starts(html, "<!--")) {
			const char *end = strstr(html + 4, "-->");
			size_t len = end ? (size_t)(end + 3 - html) : strlen(html);
			memcpy(to, html, len);
			to += len;
			html += len;
			continue;
		}
		if (pd_starts_nocase(html, "<![if") || pd_starts_nocase(html, "<![endif")) {
			size_t len = strcspn(html, ">");
			html += len + (html[len] == '>');
			continue;
		}
		*to++ = *html++;
		if (*html == '/')
			*to++ = *html++;
		for (unsigned i = 0; g_ascii_isalnum(*html) && i < 16; i++)
			*to++ = *html++;
		if (*html == ':' && to[-1] != '<' && to[-1] != '/') {
			*to++ = '-';
			html++;
		}
	}
	*to = '\0';
	return out;
}

struct pd_html *pd_html_read(struct pd_arena *arena, const char *html)
{
	struct pd_html *out = PD_NEW(arena, struct pd_html);
	size_t tags;
	const char *whole = prepared(arena, html, &tags);
	size_t len = *html ? strlen(whole) : 0;
	out->doc = len && len < INT32_MAX && tags < TAGS_MAX
			   ? htmlReadMemory(whole, (int)len, NULL, "UTF-8",
					    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
						    HTML_PARSE_NONET | HTML_PARSE_NODEFDTD |
						    HTML_PARSE_IGNORE_ENC)
			   : NULL;
	const xmlNode *root = out->doc ? xmlDocGetRootElement(out->doc) : NULL;
	if (out->doc)
		pd_arena_defer(arena, free_doc, out->doc);
	if (!root) {
		scan_text(arena, html, out);
		return out;
	}
	struct walk *walk = PD_NEW(arena, struct walk);
	walk->arena = arena;
	walk->html = out;
	walk_tree(walk, root);
	pd_buf_free(&walk->line);
	return out;
}

/* Inside the room mime: telling the author's new words from quotes and signatures.
 *
 * A body, plain or HTML, becomes a list of lines with hints; pd_reply_split gives each line its fate.
 * Both kinds of body go through the same rules, HTML adding what its structure says. The rules only sort
 * lines: nothing is ever lost, and in doubt a line is the author's. Linear in the number of lines. */
#ifndef PD_MIME_REPLY_H
#define PD_MIME_REPLY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"
#include <stdbool.h>
#include <stddef.h>

enum pd_fate {
	PD_LINE_KEPT,
	PD_LINE_QUOTED,
	PD_LINE_SIGNATURE,
	PD_LINE_FATES,
};

/* What the structure of HTML says about a line. */
enum pd_line_hint {
	PD_HINT_SOFT = 1 << 0, /* in a blockquote that may be an indent: a quote only after an attribution */
	PD_HINT_ATTRIBUTION = 1 << 1, /* in the element where a client puts "On … wrote:" */
	PD_HINT_SIGNATURE = 1 << 2,   /* in the client's signature element */
	PD_HINT_LABEL = 1 << 3,	      /* begins with a bold word and a colon, as header blocks do */
	PD_HINT_RULE = 1 << 4,	      /* a horizontal line */
	PD_HINT_BORDER = 1 << 5,      /* first line of a box that Outlook draws around its header block */
	PD_HINT_FIRST = 1 << 6,	      /* first line of the outermost quote container */
	PD_HINT_CUT = 1 << 7,	      /* a client's header block begins here */
	PD_HINT_COLOURED = 1 << 8,    /* all of it in a colour, and no link */
};

/* What is known of a line's bytes without its fold. */
enum pd_line_bytes {
	PD_HAS_COLON = 1 << 0,
	PD_HAS_ANGLE = 1 << 1, /* '>' */
	PD_HAS_WIDE = 1 << 2,  /* a byte with which a colon of another script begins, and much else */
};

#define PD_LINES_MAX  50000 /* the rest of a longer body becomes one last line */
#define PD_FOLD_LIMIT 600   /* bytes of a line that are looked at */

struct pd_line {
	const char *text; /* not NUL-terminated */
	size_t len;
	size_t marks;	    /* bytes of '>' marks at its start */
	size_t kept;	    /* of a KEPT line: bytes that are the author's; the rest is quote */
	unsigned structure; /* quote containers of HTML around it */
	unsigned depth;	    /* structure and '>' marks together */
	unsigned hints;	    /* PD_HINT_* */
	enum pd_fate fate;
	const char *fold; /* ask pd_line_fold; NULL: nobody has asked yet, as of most quoted lines */
	struct pd_arena *arena;
	unsigned char has; /* PD_HAS_* */
	bool is_long;	   /* ask pd_line_is_long */
	bool is_foreign;   /* KEPT, but of a forwarded mail: not written by the author */
};

struct pd_line_list {
	bool has_glued;	      /* a line was cut into a marker and its fields; once a body */
	bool has_inline;      /* answers in colour stand in the quote */
	bool answers_nothing; /* the mail that they are of: a header block of fewer than four fields is no quote's */
	struct pd_line *items;
	size_t count;
	size_t room;
	unsigned tries; /* lines that were looked at closely for an attribution, so that hostile mail costs no
			   more */
	struct {
		size_t from, next; /* no line from..next can end an attribution, but next itself */
	} end;
	struct {
		size_t to;		 /* the line with which they end; 0 where nothing is known */
		unsigned char forms[5]; /* by how many lines before it they begin; 0: not known */
		bool is_asked, is_prose; /* has it been asked whether they are prose, all five together, and are they? */
	} known;
};

/* Plain text cut into lines, '>' marks counted; in reply_lines.c. The lines point into text. */
void pd_reply_lines(struct pd_arena *arena, const char *text, struct pd_line_list *ret_lines);
/* A marker and its header block in one line, in reply_glued.c: adds the lines that they are. False: it is none. */
bool pd_reply_glued(struct pd_arena *arena, const char *text, size_t len, struct pd_line_list *lines);
/* Adds one line; fills depth and fold. */
struct pd_line *pd_reply_add(struct pd_arena *arena, struct pd_line_list *lines, const char *text, size_t len,
			     unsigned structure, unsigned hints);
/* Gives each line its fate. says_forward: the subject has a forward's prefix. */
void pd_reply_split(struct pd_arena *arena, struct pd_line_list *lines, bool says_forward);
/* Do answers in colour stand in an unmarked quote, the lines from that one on? In reply_inline.c. */
bool pd_reply_coloured(const struct pd_line_list *lines, size_t from);
/* Lines from..to: the trailing ones that are a signature or a disclaimer become SIGNATURE. */
void pd_reply_signature(struct pd_line_list *lines, size_t from, size_t to);
/* Does a device or a program say that it sent the mail? In reply_device.c. */
bool pd_line_is_device(const struct pd_line *line);
/* The fold without links, and without brackets, stars and the like around it; "" where it does not fit. */
void pd_line_bare(const char *fold, char *out, size_t room);
/* Words of a text, parted by blanks. */
unsigned pd_words_count(const char *text);
/* Does the fold begin as closing words and thanks do? */
bool pd_line_closes(const char *fold);
/* The lines of the plain text, split, against those of the HTML of the same mail, split; in reply_both.c. */
void pd_reply_compare(struct pd_line_list *lines, const struct pd_line_list *html);
/* The line in lower case, without '>' marks, blanks single; NUL-terminated, cut at PD_FOLD_LIMIT. */
const char *pd_line_make_fold(const struct pd_line *line);
static inline const char *pd_line_fold(const struct pd_line *line)
{
	return line->fold ? line->fold : pd_line_make_fold(line);
}
/* Is the fold not all of the line? */
static inline bool pd_line_is_long(const struct pd_line *line)
{
	pd_line_fold(line);
	return line->is_long;
}
/* Is it nothing but white space and '>'? */
bool pd_line_seems_blank(const struct pd_line *line);
static inline bool pd_line_is_blank(const struct pd_line *line)
{
	unsigned char first = line->marks < line->len ? (unsigned char)line->text[line->marks] : ' ';
	return !(first > ' ' && first < 0x7f) && pd_line_seems_blank(line);
}

/* Recognizers, in reply_marks.c, reply_headers.c and reply_markers.c. All look at depth-0 lines alone and return how many lines the thing takes,
 * 0: none. */
size_t pd_mark_attribution(struct pd_line_list *lines, size_t at, size_t *ret_kept);
size_t pd_mark_header(const struct pd_line_list *lines, size_t at);
/* A block of Notes without colons, its line "To": how many lines it takes, and where it begins. */
size_t pd_mark_notes(const struct pd_line_list *lines, size_t at, size_t *ret_from);
/* Is the header block the author's own matter, as shown from a log or a mail's source? It has no date, or fields that no client
 * shows. */
bool pd_mark_is_shown(const struct pd_line_list *lines, size_t at, size_t takes);
/* Can nothing but an attribution begin with that line? By its bytes alone: most lines of prose are never folded. */
bool pd_mark_is_prose(const struct pd_line *line);
/* Can no attribution begin there, since none of the lines ends as one? A walk down looks at each line once. */
#define PD_ATTRIBUTION_LINES 5
void pd_mark_find_end(struct pd_line_list *lines, size_t at);
static inline bool pd_mark_none_ends(struct pd_line_list *lines, size_t at)
{
	if (at < lines->end.from || at > lines->end.next)
		pd_mark_find_end(lines, at);
	return lines->end.next >= at + PD_ATTRIBUTION_LINES;
}
/* Marker or help desk's line, can it be one of the next three at all? */
bool pd_mark_may_be(const struct pd_line *line);
size_t pd_mark_original(const struct pd_line_list *lines, size_t at);
size_t pd_mark_forward(const struct pd_line_list *lines, size_t at);
size_t pd_mark_above(const struct pd_line_list *lines, size_t at);
/* Is it one of the first two between dashes? */
bool pd_mark_is_ruled(const struct pd_line *line);
/* Is this one text, without its final colon, an attribution? */
bool pd_mark_is_attribution(const char *text);
/* Without the dashes, stars and the like around it; says whether there were two or more on both sides. */
char *pd_mark_undecorated(char *text, bool *ret_decorated);
/* A line of dashes, underscores, equal signs or stars alone, at least four. */
bool pd_mark_rule(const struct pd_line *line);

/* A header label at a line's start: which field it is, and where its value begins in the fold. */
enum pd_label {
	PD_LABEL_NONE,
	PD_LABEL_FROM,
	PD_LABEL_DATE, /* "Date", a word of everyday */
	PD_LABEL_SENT, /* "Sent", "Gesendet", …: words of mail clients */
	PD_LABEL_TO,
	PD_LABEL_CC,
	PD_LABEL_SUBJECT,
	PD_LABEL_OTHER,
	PD_LABEL_COUNT,
};
enum pd_label pd_label_of(const char *fold, size_t *ret_value);

/* Words, in words_fold.c. */
/* Lower case, compatible forms of blanks, colons and digits made ASCII, invisible characters left out, runs
 * of blanks single, no blanks at the ends; at most limit bytes. */
char *pd_words_fold(struct pd_arena *arena, const char *text, size_t len, size_t limit, bool *ret_cut);
/* Does the fold have a date or a time in it from that offset on? Returns its offset, or -1. */
long pd_words_date(const char *fold, long from);
/* Does the fold have an address in it? */
bool pd_words_has_address(const char *fold);
/* One of the alternatives "a|b|c", without regard to position; bounded by non-letters where it begins or ends
 * with one. Returns the offset after it, 0: none; ret_at where it begins. */
size_t pd_words_find(const char *fold, const char *alternatives, size_t *ret_at);
/* Does the text begin (end) with one of "a|b|c"? Returns the length of that one, 0: none. */
size_t pd_words_begins(const char *fold, const char *alternatives);
size_t pd_words_ends(const char *fold, const char *alternatives);
/* Does the text begin with one of them, letters behind it or not, and does what follows it fit? */
bool pd_words_begins_before(const char *fold, const char *alternatives, bool (*fits)(const char *rest));
/* Is the text one of "a|b|c"? */
bool pd_words_is(const char *fold, const char *alternatives);
/* Adds words to a list of all rows of a table; the list must be static, so that it is taken apart once. */
void pd_words_gather(char *list, size_t room, const char *words);
/* Does a subject begin with a forward's prefix ("Fwd:", "WG:", "TR:", …)? */
bool pd_subject_says_forward(const char *subject);

#endif

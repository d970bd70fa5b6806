/* Inside the room mime: the parts of a mail as plain data.
 *
 * parse.c walks GMime's tree and fills these; what reads words (reply, html, kinds, bounce,
 * forward) works on them alone and never sees a GObject. All texts are UTF-8 and clean
 * (pd_clean_text), all memory belongs to the arena. Nothing here is seen outside the room. */
#ifndef PD_MIME_PARTS_H
#define PD_MIME_PARTS_H

#include "mime/message.h"

#define PD_PART_TEXT_LIMIT ((size_t)1 << 20) /* bytes of text that are looked at in one part */

/* A leaf: everything that is no multipart. A message/rfc822 is one leaf; what is inside it is no leaf. */
struct pd_part {
	unsigned index;		 /* its place among all leaves, from 0: pd_attachment.index */
	unsigned depth;		 /* multiparts around it */
	const char *type;	 /* "text/plain", lower case; text/plain where there was no label */
	const char *container;	 /* type of the multipart around it, lower case; "": the leaf is the whole mail */
	const char *disposition; /* "inline", "attachment", lower case; "": none */
	const char *name;	 /* safe file name; "": none given */
	const char *content_id;	 /* without <>; NULL: none */
	const char *charset;	 /* as labelled, lower case; "": none */
	const char *description; /* Content-Description, one clean line; "" */
	size_t size;		 /* decoded bytes */
	bool is_body;		 /* is part of the plain or the HTML body below */

	/* Every kind of text and message (attachments up to 256 kB): decoded, UTF-8, LF lines, at most PD_PART_TEXT_LIMIT; NULL for
	 * the rest. Text/plain that is format=flowed is joined into whole lines already (RFC 3676), the
	 * '>' of quotes kept. For message/rfc822 it is the source of that mail. */
	const char *text;

	/* message/rfc822, message/global and text/rfc822-headers: the header of that mail read as far as it goes
	 * (headers, subject, addresses, ids, date; no body, no kinds); NULL: no such part. */
	const struct pd_message *message;
	const char *plain, *html; /* the body of that mail, chosen in the same way; NULL: none */
};

struct pd_parts {
	struct pd_part *items;
	size_t count;
	size_t room;
	const char *root_type;	 /* type of the whole mail: "multipart/report" */
	const char *report_type; /* parameter report-type, lower case; "" */
	const char *plain;	 /* the body as text: the chosen parts joined; NULL: the mail has HTML alone, or nothing */
	const char *html;	 /* the body as HTML as it came, several joined; NULL: none */
};

/* --- given by words, called by parse.c in this order, each once a mail --- */

/* Sets text, quoted, signature, full_text, has_html and html. */
void pd_words_reply(struct pd_arena *arena, struct pd_message *message, const char *plain_or_null,
		    const char *html_or_null);
/* Adds to kinds (AUTO, BOUNCE, LIST, RECEIPT, DSN, FEEDBACK, SPAM, ENCRYPTED, SIGNED); sets why_auto,
 * bounce_recipients, bounce_temporary, bounce_status, bounce_text, original_message_id. */
void pd_words_kinds(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts);
/* Sets forwarded_from, forwarded_subject, forwarded_date, forwarded_text. */
void pd_words_forward(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts);
/* HTML as readable text, nothing cut: for a body of which one part is HTML and another is plain. */
char *pd_words_html_text(struct pd_arena *arena, const char *html);
/* Once a process, before the sandbox closes: tables, libraries that open files late. */
void pd_words_warm(void);

/* --- given by parse.c, for words --- */

/* A header text with its RFC 2047 words decoded, one clean line. */
char *pd_mime_decode(struct pd_arena *arena, const char *text);
/* A list of addresses as it stands in a header or in a quoted header block; names decoded and cleaned, domains in
 * lower-case A-labels. Hostile input gives an empty list. */
void pd_mime_addresses(struct pd_arena *arena, const char *text, struct pd_addresses *list);
/* The first of them; addr "" when there is none. */
struct pd_address pd_mime_address(struct pd_arena *arena, const char *text);
/* Message-IDs of a field: folded, with comments or without <>; in order, each once. */
void pd_mime_ids(struct pd_arena *arena, const char *text, struct pd_strings *list);
/* A date as mailers write it; 0: unreadable. */
pd_time pd_mime_date(const char *text);
/* A block of "Name: value" lines (delivery-status and the like), unfolded, up to the first empty line; adds them to the
 * message's headers. Returns where the next block begins, NULL at the end. */
const char *pd_mime_fields(struct pd_arena *arena, const char *text, struct pd_message *message);

#endif

/* A mail of our own, and its bytes. Deciding fills the letter; composing makes the bytes.
 *
 * The same letter gives the same bytes (boundaries come from the Message-ID). */
#ifndef PD_MIME_LETTER_H
#define PD_MIME_LETTER_H

#include "mime/message.h"

struct pd_letter {
	/* envelope */
	const char *envelope_from;	/* "" is the null sender */
	struct pd_strings recipients;	/* addresses */
	/* header; every text is one clean line */
	struct pd_address from, reply_to; /* reply_to.addr "" : no field */
	struct pd_addresses to, cc;
	const char *subject, *message_id, *in_reply_to; /* ids without <>; in_reply_to NULL: none */
	struct pd_strings references;	  /* oldest first; composing shortens to the root and the last 10 */
	pd_time date;
	const char *zone;		  /* for Date; NULL: UTC */
	const char *auto_submitted;	  /* "auto-replied", "auto-generated"; NULL: a person wrote it */
	const char *thread_topic, *thread_index; /* Outlook's; NULL: none. The index is base64 already */
	const char *loop;		  /* X-Postdesk-Loop: this desk; NULL */
	PD_LIST(struct pd_header) extra;  /* further fields, names our own and ASCII */
	/* body */
	const char *text; /* LF lines; sent as format=flowed */
	bool is_fixed;	  /* has tables: the text's lines are sent as they are, not flowed */
	const char *html; /* clean fragment or document; NULL: text only */
	const char *calendar;	     /* an iCalendar text beside the text, and its method (RFC 6047); NULL: none */
	const char *calendar_method; /* "REQUEST" "CANCEL" */
	PD_LIST(struct pd_attachment) attachments; /* content filled; inline ones go beside the HTML */
	const struct pd_raw *original; /* attached as message/rfc822 "original.eml"; NULL */
	bool needs_smtputf8;	       /* set by composing: an address is not ASCII */
};

/* CRLF line ends, every line <= 998 bytes, header ASCII (RFC 2047, RFC 2231) except SMTPUTF8 addresses, Bcc never. */
int pd_letter_compose(struct pd_arena *arena, struct pd_letter *letter, struct pd_bytes *ret_bytes, struct pd_error *error);

/* Plain text as HTML for the other alternative: escaped, links made, line breaks kept. */
char *pd_html_from_text(struct pd_arena *arena, const char *text);

#endif

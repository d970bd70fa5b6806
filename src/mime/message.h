/* A mail as plain data: what reading gives to everybody else. Immutable after reading.
 *
 * Texts are UTF-8 and clean (pd_clean_line for one-line fields, pd_clean_text for
 * bodies): no CR, NUL, controls or bidi overrides. Pointers are never NULL unless
 * the comment says so. */
#ifndef PD_MIME_MESSAGE_H
#define PD_MIME_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/list.h"
#include "base/raw.h"

struct pd_address {
	const char *name; /* "" when none; quotes and encoding gone */
	const char *addr; /* local@domain as written, the domain in lower-case A-labels */
};
struct pd_addresses {
	struct pd_address *items;
	size_t count;
	size_t room;
};

struct pd_header {
	const char *name;  /* as written */
	const char *value; /* unfolded, raw (not RFC 2047 decoded), controls made blanks */
};

struct pd_attachment {
	unsigned index;		/* its place among all leaf parts, for pd_reader_part */
	const char *name;	/* safe file name; made up when there was none */
	const char *type;	/* "image/png", lower case */
	const char *content_id; /* without <>; NULL: none */
	bool is_inline;		/* shown inside the HTML by cid: */
	size_t size;		/* decoded bytes */
	struct pd_bytes content; /* data NULL unless asked for */
};

/* The first event of a mail's first iCalendar part (RFC 5545), as it is written there: clean lines, "" where a property
 * is missing. No event: start is "". */
struct pd_invitation {
	const char *method; /* of the calendar: "REQUEST" "PUBLISH" "CANCEL" "REPLY" … */
	const char *uid, *summary, *status;
	const char *organizer; /* "mailto:anna@example.com" */
	const char *start, *start_zone; /* "20261123T090000" with its TZID, "20261123T070000Z", "20261123" */
	const char *end, *end_zone, *duration;
	const char *partstat;	  /* of the first ATTENDEE: "ACCEPTED" … */
	const char *sequence, *comment;
	const char *busy;	  /* X-MICROSOFT-CDO-BUSYSTATUS */
	const char *transparency; /* TRANSP */
	bool recurs;
};

/* What a mail is, found by reading. Several may hold. */
enum pd_kind {
	PD_KIND_AUTO = 1 << 0,	     /* written by no person: RFC 3834, vacations, bulk */
	PD_KIND_BOUNCE = 1 << 1,     /* RFC 3464 failed or delayed, and the free forms */
	PD_KIND_LIST = 1 << 2,	     /* List-Id, List-Post, Precedence: list */
	PD_KIND_RECEIPT = 1 << 3,    /* disposition notification, RFC 8098 */
	PD_KIND_DSN = 1 << 4,	     /* any RFC 3464 report, also of success */
	PD_KIND_FEEDBACK = 1 << 5,   /* RFC 5965 */
	PD_KIND_SPAM = 1 << 6,	     /* the upstream filter's headers say so (X-Spam-Flag: YES, X-Spam: Yes, …) */
	PD_KIND_UNPARSED = 1 << 7,   /* reading gave up: headers by a plain scan, the raw mail is all there is */
	PD_KIND_ENCRYPTED = 1 << 8,
	PD_KIND_SIGNED = 1 << 9,
};

/* The whole body signed once, by one signature part beside it (RFC 1847). */
enum pd_signed_kind { PD_SIGNED_NOT, PD_SIGNED_OPENPGP, PD_SIGNED_SMIME };
/* Fields of the header that the signed part repeats (RFC 9788). */
enum pd_repeated {
	PD_REPEATS_FROM = 1 << 0,
	PD_REPEATS_TO = 1 << 1,
	PD_REPEATS_CC = 1 << 2,
	PD_REPEATS_SUBJECT = 1 << 3,
	PD_REPEATS_MESSAGE_ID = 1 << 4,
	PD_REPEATS_IN_REPLY_TO = 1 << 5,
	PD_REPEATS_REFERENCES = 1 << 6,
};
struct pd_signed_part {
	enum pd_signed_kind kind;  /* PD_SIGNED_NOT: all else is empty */
	size_t start, len;	   /* of the signed bytes in the raw mail */
	struct pd_bytes signature; /* decoded: armoured or binary */
	unsigned repeats;	   /* PD_REPEATS_* */
	bool is_contradicted;	   /* a field that it repeats stands otherwise in the mail's header */
};

struct pd_message {
	/* header */
	PD_LIST(struct pd_header) headers; /* all, in order, at most 1,000 */
	const char *subject;		   /* decoded */
	unsigned from_count;		   /* From fields times mailboxes in them; proof needs exactly 1 and from_is_plain */
	bool from_is_plain;		   /* exactly one field, one mailbox, re-serialised equals input (SECURITY) */
	struct pd_address from;		   /* the first; addr "" when there is none */
	struct pd_address sender;	   /* Sender field; addr "" */
	struct pd_addresses to, cc, reply_to;
	const char *message_id;		 /* without <>; "" when absent */
	struct pd_strings in_reply_to;	 /* without <> */
	struct pd_strings references;	 /* without <>, oldest first */
	const char *date_text;		 /* the field as it stands, "" */
	pd_time date;			 /* 0: absent or unreadable */
	unsigned received;		 /* number of Received fields */
	unsigned kinds;			 /* PD_KIND_* */
	const char *why_auto;		 /* for the timeline: "Auto-Submitted: auto-replied"; NULL */

	/* body */
	const char *text;      /* the author's own new text; command lines still in it */
	size_t own_text;       /* bytes at the start of text that the author wrote. What follows is a mail that he forwards,
				* or a quote with nothing written above: shown, but no command in it counts and it is
				* no answer. 0 with a text: he wrote nothing himself */
	const char *quoted;    /* what was cut as quote, "" */
	const char *signature; /* what was cut as signature or disclaimer, "" */
	const char *full_text; /* the whole body as text, nothing cut */
	bool has_html;
	const char *html; /* the author's own new part, clean for relaying: quotes and command lines removed by
			   * structure, nothing active, cid: pictures kept; NULL: no HTML part, or nothing in it
			   * that the author wrote */
	struct pd_strings html_commands; /* the command lines that were taken out of the HTML's own part, in order; what
					  * the plain text has must be the same */
	PD_LIST(struct pd_attachment) attachments;
	/* Where text, html and attachments are the signed part's and nothing but; whether the signature is good is the
	 * verifier's matter (mime/verifier.h). */
	struct pd_signed_part signed_part;

	struct pd_invitation invitation;

	/* reports */
	struct pd_strings bounce_recipients;
	bool bounce_waits;		/* the mailer goes on trying: nothing is lost yet */
	bool bounce_temporary;		/* the cause may pass: it waits, or was given up after trying for too long */
	const char *bounce_status;	/* "5.1.1"; "" */
	const char *bounce_text;	/* one line of the diagnostic; "" */
	const char *original_message_id; /* of the returned mail; "" */

	/* forwards: the original author as found (message/rfc822 first, then header blocks); addr "" when none */
	struct pd_address forwarded_from;
	const char *forwarded_subject; /* "" */
	const char *forwarded_date;    /* as it stands there, in its language; "" */
	const char *forwarded_text;    /* the original's text; "" */

	/* identity of the content: From, To, Cc, Subject, Date, Message-ID and the body (CRLF, without trailing
	 * empty lines and trace fields); the same mail over two ways has the same digest */
	unsigned char digest[PD_SHA256_SIZE];
	/* the body alone (CRLF, without trailing empty lines): what a seal stands on */
	unsigned char body_digest[PD_SHA256_SIZE];
	size_t size; /* raw bytes */
};

/* The first field of that name (any case); NULL. */
const char *pd_message_header(const struct pd_message *message, const char *name);

/* The lines that commands may stand in: how many lines at the start and at the end of an author's text have the
 * shape of commands ('#' or U+FF03, a letter at once, or '##' not counted), blank lines between them included.
 * Shared by the HTML cleaner here and the command parser of the desk. A text of commands only: all in ret_head. */
void pd_command_block(const struct pd_strings *lines, size_t *ret_head, size_t *ret_tail);
/* Is this one line of the shape of a command? Leading white space (U+00A0 too) is allowed, and marks of emphasis
 * ("*#close*"). */
bool pd_command_shape(const char *line);
/* The line without white space before it and without marks of emphasis around its command. */
char *pd_command_plain(struct pd_arena *arena, const char *line);
/* Are the commands at both ends of the text these, in that order? Blanks and links do not count. may_be_cut: a line
 * of the text may be the beginning of its command, where a client has wrapped it. */
bool pd_command_agrees(struct pd_arena *arena, const char *text, const struct pd_strings *commands, bool may_be_cut);

#endif

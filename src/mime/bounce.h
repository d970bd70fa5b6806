/* Inside the room mime: what mailers write in words about mail that they cannot deliver. */
#ifndef PD_MIME_BOUNCE_H
#define PD_MIME_BOUNCE_H

#include "mime/parts.h"

/* Does a mail without a standard report look like a bounce? */
bool pd_bounce_looks(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts);
/* Fills what is still empty of recipients, status, text and original_message_id from the words of the mail.
 */
void pd_bounce_forms(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts);
/* Do the words say that the mailer goes on trying? */
bool pd_bounce_waits(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts);
/* Do they say that it gave up only because it could reach nobody for too long? */
bool pd_bounce_is_expired(struct pd_arena *arena, const struct pd_message *message,
			  const struct pd_parts *parts);

/* --- bounce_words.c --- */

#define PD_BOUNCE_FIRST 40 /* lines in which a mailer says what it has to say */

struct pd_mailer_words {
	struct pd_strings lines; /* of the mailer, folded */
	struct pd_strings raw;	 /* the same as they stand */
	const char *returned;	 /* text of the returned mail below them; NULL: none here */
};
struct pd_mailer_words pd_bounce_words(struct pd_arena *arena, const struct pd_parts *parts);

/* How much an address looks like the recipient's. */
enum pd_rank {
	PD_RANK_NONE,
	PD_RANK_ANY,
	PD_RANK_NAMED,	/* beside a word like "recipient" */
	PD_RANK_ALONE,	/* alone on its line, or before a colon at the line's start */
	PD_RANK_LISTED, /* below "the following recipients" */
};
enum pd_rank pd_bounce_rank(const char *fold, const char *start, const char *end);
/* Who is no recipient: the sender to whom the bounce goes, and the mailer. */
bool pd_bounce_is_excluded(const struct pd_message *message, const char *addr);
/* A line that names other addresses than the recipient's. */
bool pd_bounce_is_other_line(const char *fold);
/* Does the line begin with one of these field names ("a|b|c") and a colon? */
bool pd_bounce_is_field(const char *line, const char *names);
/* The borders of the address around the '@' at that place. */
bool pd_bounce_address_at(const char *text, const char *at, const char **ret_start, const char **ret_end);
/* The first address in the text, without brackets and dots around it; NULL: none. */
char *pd_bounce_address(struct pd_arena *arena, const char *text);
/* --- bounce_look.c --- */

/* A provider's notification in JSON (Amazon's SNS); NULL: none. */
const char *pd_bounce_notification(const struct pd_parts *parts);

/* --- bounce.c --- */

/* Adds a recipient once. */
void pd_bounce_add(struct pd_arena *arena, struct pd_message *message, const char *addr);

#endif

/* Inside the room mime: what mailers write in words about mail that they cannot deliver. */
#ifndef PD_MIME_BOUNCE_H
#define PD_MIME_BOUNCE_H

#include "mime/parts.h"

/* Does a mail without a standard report look like a bounce? */
bool pd_bounce_looks(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts);
/* Fills what is still empty of recipients, status, text and original_message_id from the words of the mail. */
void pd_bounce_forms(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts);
/* Do the words say that the mailer goes on trying? */
bool pd_bounce_is_temporary(struct pd_arena *arena, const struct pd_message *message, const struct pd_parts *parts);

/* The first address in the text, without brackets and dots around it; NULL: none. */
char *pd_bounce_address(struct pd_arena *arena, const char *text);
/* Adds a recipient once. */
void pd_bounce_add(struct pd_arena *arena, struct pd_message *message, const char *addr);

#endif

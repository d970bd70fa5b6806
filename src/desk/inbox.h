/* Conversations that were handed to an ordinary mailbox (#inbox) and go on there: what comes for them is kept with the
 * ticket and handed on, whole, until they are taken in again. Where one is stands as a hidden property of the ticket,
 * PD_PROPERTY_INBOX and the conversation's id. */
#ifndef PD_DESK_INBOX_H
#define PD_DESK_INBOX_H

#include "desk/mail.h"

/* The address where the conversation goes on; NULL: here. */
const char *pd_inbox_of(const struct pd_ticket *ticket, int64_t conversation);
/* Is it that of any of the ticket's conversations? */
bool pd_inbox_is_known(const struct pd_ticket *ticket, const char *address);
void pd_inbox_set(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, const char *address,
		  const char *why);
/* A letter to that address with the words, and the mail (0: the one being decided) as it came. Answers to it go to the
 * contact. */
void pd_inbox_hand_on(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, const char *address,
		      const char *text, const struct pd_stored *stored, int64_t mail, int64_t event);
/* A contact's mail in the conversation: handed on (true), or the address' own mail, which takes it in again (false). */
bool pd_inbox_take(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket, int64_t conversation,
		   const struct pd_event *event, const struct pd_stored *stored);

#endif

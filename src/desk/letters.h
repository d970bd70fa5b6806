/* Letters of ours, each with what all have in common; for this room alone. */
#ifndef PD_DESK_LETTERS_H
#define PD_DESK_LETTERS_H

#include "desk/mail.h"

/* A letter of that kind on its way: outbox number, Message-ID, date, bounce address, loop mark, and From the
 * mailbox. ticket NULL: it belongs to none. event: what it carries or tells of. It is on the plan at once. */
struct pd_planned_letter *pd_letter_new(struct pd_context *context, enum pd_letter_kind kind,
					const struct pd_mailbox *mailbox, const struct pd_ticket *ticket,
					int64_t conversation, int64_t event);
/* The same to an agent: subject "[#12] name", in the agent's one thread of that ticket, Reply-To the agent's
 * own address that answers the ticket's `version`. */
struct pd_planned_letter *pd_letter_to_agent(struct pd_context *context, enum pd_letter_kind kind,
					     const struct pd_agent *agent, const struct pd_mailbox *mailbox,
					     const struct pd_ticket *ticket, int64_t conversation,
					     int64_t event, int64_t version);
/* Registers its Message-ID; last, when the event is known. */
void pd_letter_register(struct pd_context *context, const struct pd_planned_letter *letter);

/* A letter of postdesk's own to a contact stands on the timeline, too; then it is registered. Last of all. */
void pd_letter_keep(struct pd_context *context, struct pd_planned_letter *planned, struct pd_ticket *ticket,
		    int64_t conversation, const char *why);

/* The reply to an agent's mail: what was done or what was wrong; nothing where there is nothing to say. */
void pd_letter_receipt(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		       int64_t conversation, int64_t event, const char *text);
/* "| " before each line; at most `lines` of them. */
char *pd_quote(struct pd_arena *arena, const char *text, size_t lines);
/* What was done, line by line, and how to take it back. */
char *pd_receipt_text(struct pd_context *context, const struct pd_agent *agent);
/* To a contact on a new ticket (RFC 3834). */
void pd_letter_acknowledgement(struct pd_context *context, const struct pd_mail *mail,
			       struct pd_ticket *ticket, int64_t conversation);
/* Is it you? From the one-time address of the draft. is_proven: it is, but the matter needs a second word. Where too
 * many were asked, that is told once and noted in the plan's `why`. */
void pd_letter_confirmation(struct pd_context *context, const struct pd_mail *mail,
			    const struct pd_ticket *ticket, int64_t event, int64_t draft, bool is_proven);
/* A form for what lacks of a new ticket, from the one-time address of the draft. */
void pd_letter_form(struct pd_context *context, const struct pd_mail *mail, int64_t draft, const char *text);
/* The mailbox where a ticket's mail comes from. */
const struct pd_mailbox *pd_ticket_mailbox(const struct pd_context *context, const struct pd_ticket *ticket);
/* What the contacts of a ticket read: its property language, else what is known of its first contact, else the
 * mailbox's. */
const char *pd_ticket_language(struct pd_context *context, const struct pd_ticket *ticket);
const char *pd_agent_language(const struct pd_context *context, const struct pd_agent *agent);

/* steps.c: links to the next steps on tickets, for that agent's eyes. */
/* RFC 6068; the subject and the text are encoded. */
char *pd_mailto(struct pd_arena *arena, const char *address, const char *subject, const char *body);
/* Of one ticket, a line each. */
void pd_steps_write(struct pd_context *context, const struct pd_agent *agent, const struct pd_ticket *ticket,
		    struct pd_buf *out);
/* Below the letter's text, and as its HTML. */
void pd_steps_add(struct pd_context *context, const struct pd_agent *agent, const struct pd_shown *shown,
		  struct pd_letter *letter);

/* reply.c: an agent's answer to the contact. */
struct pd_answer {
	struct pd_ticket *ticket;
	int64_t conversation;
	const struct pd_entry *answered; /* the contact's message; NULL: none yet */
	struct pd_address to;		 /* whom it goes to by itself; addr "": nobody is known */
	const char *text;
	const char *html; /* NULL */
	const struct pd_commands *commands; /* what they put into it goes along; NULL */
	int64_t answers_version; /* of the ticket, by the author's eyes; 0: unknown */
	pd_time not_before;	 /* the letter leaves then, and can be stopped before; 0: at once */
	int64_t replaced;	 /* the author's draft whose place it takes, and which comes back with it; 0: none */
};
/* The newest message of the contact that a person wrote, or the one that `event` is or tells of. */
void pd_answer_find(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation, int64_t event,
		    struct pd_answer *ret_answer);
/* Is the message answered where its Reply-To says? That is anybody's to write: only where the mail is proven, or
 * the address takes part in the ticket. Else the answer goes to From. */
bool pd_answer_minds_reply_to(struct pd_context *context, const struct pd_ticket *ticket,
			      const struct pd_stored *stored);
/* The event of the reply and its letter. */
struct pd_event *pd_answer_send(struct pd_context *context, const struct pd_mail *mail,
				const struct pd_answer *answer, const char *why);
/* Did the agent's own client send it to the contact already (reply to all)? Then nothing more is sent, to
 * nobody. */
bool pd_answer_is_direct(const struct pd_mail *mail, const struct pd_answer *answer);
/* Keeps such an answer on the ticket. */
struct pd_event *pd_answer_note(struct pd_context *context, const struct pd_mail *mail,
				const struct pd_answer *answer, const char *why);
/* quote.c: takes out of the text and HTML what they quote and no message of the conversation says: a notification's head
 * and foot, a comment (invariant 4). false: something was left out. */
bool pd_answer_quotes(struct pd_context *context, struct pd_answer *answer);
/* scrub.c: without signed addresses and private addresses of agents, mailbox addresses in their place
 * (invariant 4). The HTML is clean, as mime gives it. */
char *pd_scrub_html(struct pd_context *context, const struct pd_mailbox *mailbox, const char *html);
char *pd_scrub(struct pd_context *context, const struct pd_mailbox *mailbox, const char *text);
/* The first address in it that is an agent's or was signed for one, as it is written; NULL: there is none. */
const char *pd_private_in(struct pd_context *context, const char *text, bool is_html);
/* Does the element ("p>…", "/div>…") begin a new line or a cell? */
bool pd_html_divides(const char *tag);

#endif

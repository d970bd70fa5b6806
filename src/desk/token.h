/* Signed addresses: support+t12.TOKEN@, b45.TOKEN, m.TOKEN, y9.TOKEN, and what a recipient means.
 *
 * HMAC-SHA-256 cut to 80 bits, case-safe base32, compared in constant time (DESIGN.md, Addresses that we sign). */
#ifndef PD_DESK_TOKEN_H
#define PD_DESK_TOKEN_H

#include "desk/plan.h"

enum pd_recipient_kind {
	PD_RCPT_UNKNOWN,	/* no mailbox of ours: 550 5.1.1 */
	PD_RCPT_MAILBOX,	/* plain; also with a delimiter part that means nothing to us */
	PD_RCPT_DO,		/* +do: every line is a command */
	PD_RCPT_TICKET,		/* +tN.TOKEN */
	PD_RCPT_BOUNCE,		/* +bN.TOKEN */
	PD_RCPT_MESSAGE,	/* +m.TOKEN */
	PD_RCPT_CONFIRM,	/* +yN.TOKEN: the one-time address of a confirmation of draft N */
	PD_RCPT_BAD_TOKEN,	/* of one of these forms, the HMAC does not fit: plain mailbox, marked */
};

struct pd_recipient {
	enum pd_recipient_kind kind;
	const struct pd_mailbox *mailbox;
	int64_t number;	      /* N */
	const char *token;    /* as signed, in lower case; "" */
	int64_t conversation; /* of a ticket token; 0 until checked */
	const char *sent_id;  /* of +m.: stands for the Message-ID; NULL */
	int64_t event;	      /* of +m., once its mail is here: the mail's entry; then the kind is PD_RCPT_TICKET */
	const char *person;   /* contact's address or agent's name it was made for; "" the conversation alone */
	bool is_agent;
	bool is_expired;
	pd_time made;	      /* agent's: day of issue */
	int64_t version;      /* agent's: the ticket's version that the notification told of */
};

/* By form alone, without the store: for RCPT. */
struct pd_recipient pd_recipient_parse(struct pd_arena *arena, const struct pd_settings *settings, const char *address);
/* With the HMAC checked against the ticket's persons (participants, agents, the conversation alone). */
struct pd_recipient pd_recipient_resolve(struct pd_context *context, const char *address);

char *pd_address_for_contact(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t ticket,
			     int64_t conversation, const char *contact_address_or_empty);
char *pd_address_for_agent(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t ticket,
			   int64_t conversation, const char *agent, int64_t version);
char *pd_address_for_bounce(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t outbox);
char *pd_address_for_confirmation(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t draft);

/* The answers to a mail that a member's own client sends, before there is a ticket. */
char *pd_address_for_message(struct pd_context *context, const struct pd_mailbox *mailbox, const char *message_id);
/* The mark under which such a mail, or an answer that was here first, stands: its value is the entry. */
char *pd_sent_key(struct pd_arena *arena, const char *sent_id);
char *pd_sent_id(struct pd_context *context, const char *message_id);
/* A Message-ID of ours: t12.E34.RANDOMLESS-HMAC@hostname; the same inputs give the same id. */
char *pd_message_id_new(struct pd_context *context, int64_t ticket, int64_t outbox);
/* The root of all notifications of one ticket, so that an agent's client keeps them in one thread. */
char *pd_message_id_root(struct pd_context *context, int64_t ticket);
/* The outbox number in a Message-ID of ours; 0: it is none. */
int64_t pd_message_id_outbox(struct pd_context *context, const char *message_id);
/* Did we make it? */
bool pd_message_id_is_ours(struct pd_context *context, const char *message_id);

#endif

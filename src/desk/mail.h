/* A mail on its way through deciding: what is known about it so far. For this room alone. */
#ifndef PD_DESK_MAIL_H
#define PD_DESK_MAIL_H

#include "desk/decide.h"
#include "desk/token.h"

struct pd_filled;

/* How the reason begins where the signed address was made for somebody else. */
#define PD_WHY_OTHER_SENDER "reply address, used by another sender: "

/* How the address of somebody who wrote in a chat begins (RFC 5122), so that it is taken for no mail address. */
#define PD_XMPP_URI "xmpp:"

/* No person wrote it. */
#define PD_KINDS_OF_MACHINES (PD_KIND_AUTO | PD_KIND_RECEIPT | PD_KIND_FEEDBACK)

struct pd_mail {
	const struct pd_delivery *delivery;
	const struct pd_message *message;
	PD_LIST(struct pd_recipient) recipients; /* that this decision is about, in order */
	const struct pd_mailbox *mailbox; /* the one that To and Cc name first, of those that it came to */
	PD_LIST(const struct pd_mailbox *) others; /* the further ones, each once */
	bool is_do;				   /* to a +do address: every line is a command */
	bool has_bad_token;
	struct pd_address author;     /* From, else Sender, else the envelope's; addr "": nobody */
	const struct pd_agent *agent; /* whose address the author bears; NULL */
	bool is_own;		      /* the author bears a mailbox's address */
	unsigned kinds;		      /* PD_KIND_*, as the message says, seen with its envelope */
	const char *seal;	      /* the MAC of the seal that proves the agent; NULL */
	const char *signature;	      /* that proves the agent as author, for pd_signature_use; NULL */
	const char *signature_fault;  /* why a signature proves nothing; NULL */
	bool is_outgoing;	      /* the agent's client sent it to people outside, from a mailbox's address */
	bool is_logged_in;	      /* at submission: the agent that has logged in wrote it */
	bool is_freed_in_full;	      /* a draft, proven in full when it came, that #send with such a proof sets free */
	const struct pd_filled *filled; /* of a [form] (desk/mailform.h); NULL */
	bool is_form;		      /* as author stands who is named in Reply-To, which proves nothing */
	bool is_vouched_for;	      /* our server vouches for the domain in From */
	bool is_authentic;	      /* it does, or the author is proven otherwise */
	bool is_refuted;	      /* our server says that the domain in From did not send it */
	bool is_automatic;	      /* no person wrote it */
};

/* Where a mail belongs, and why. */
struct pd_place {
	struct pd_ticket *ticket;	  /* NULL: a new one */
	int64_t conversation;		  /* 0: none yet */
	const struct pd_recipient *token; /* the signed address that led there; NULL */
	int64_t answers;		  /* the entry that it answers, by In-Reply-To; 0: unknown */
	bool is_trusted; /* the sender is who the token was made for, or an authentic participant */
	bool is_first;	 /* answers a mail whose recipients were hidden, before anybody else: becomes the contact */
	const char *why;
	int64_t related; /* a ticket that it names without a right to join it; 0 */
};

/* hand.c: the media type that the end of a file's name tells. */
const char *pd_file_type(const char *name);

/* mail.c: who, to whom, in which shape. */
void pd_mail_read(struct pd_context *context, const struct pd_delivery *delivery, struct pd_mail *ret_mail);
/* The message as it is kept. */
struct pd_planned_message *pd_mail_store(struct pd_context *context, const struct pd_mail *mail,
					 enum pd_direction direction);
/* Registers its Message-ID, and every reference seen, as leading to that entry. */
void pd_mail_register(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		      int64_t conversation, int64_t event);
/* Is it the address of an outsider: neither an agent's nor a mailbox's of ours? */
bool pd_is_outsider(const struct pd_context *context, const char *address);
/* The subject as a ticket's name. */
const char *pd_mail_name(struct pd_context *context, const char *subject);
/* The author's own text, or all of it where nothing else was written. */
const char *pd_mail_text(const struct pd_message *message);

/* Has it a header field such as "X-Priority: 1*", or of that name alone? */
bool pd_mail_has_header(struct pd_arena *arena, const struct pd_message *message, const char *wanted);

/* thread.c: the five rules of DESIGN.md, Which ticket. */
void pd_mail_place(struct pd_context *context, const struct pd_mail *mail, struct pd_place *ret_place);
/* Is the address that of a participant or contact of the ticket? */
bool pd_ticket_knows(struct pd_context *context, const struct pd_ticket *ticket, const char *address);

/* proof.c: how the agent in From is proven for that place. */
enum pd_proof pd_mail_proof(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place);

/* guard.c */
/* The same mail again: nothing is stored, a further mailbox is noted. True: all is done. */
bool pd_guard_duplicate(struct pd_context *context, struct pd_mail *mail);
/* Marks the content as taken in, for ever; event: what it became, 0. */
void pd_guard_taken(struct pd_context *context, const struct pd_mail *mail, int64_t event);
const char *pd_guard_loop(struct pd_context *context, const struct pd_mail *mail); /* why; NULL: none */
/* May an automatic mail answer this one (RFC 3834), within the limits? Counts it where it may. */
bool pd_guard_may_acknowledge(struct pd_context *context, const struct pd_mail *mail,
			      const struct pd_ticket *ticket);
/* An acknowledgement repeats the words of those alone who were proven once, or whom a person here wrote to: that
 * somebody's mail came tells nothing (invariant 6). */
/* The message of another desk, which took it in: the same mail again is a duplicate of that entry. */
void pd_guard_carried(struct pd_context *context, const struct pd_stored *stored, int64_t event);
void pd_guard_know(struct pd_context *context, const char *address);
bool pd_guard_knows(struct pd_context *context, const char *address);
bool pd_is_noreply(struct pd_arena *arena, const char *address);
/* Do mails to this agent bounce again and again (invariant 7)? */
bool pd_guard_is_unreachable(struct pd_context *context, const struct pd_agent *agent);
/* True where it is the one too many: now administrators must know. */
bool pd_guard_count_bounce(struct pd_context *context, const struct pd_agent *agent);

/* contact.c */
void pd_take_contact(struct pd_context *context, const struct pd_mail *mail);
void pd_take_automatic(struct pd_context *context, const struct pd_mail *mail);
/* Adds people of To and Cc, outsiders alone, to the conversation. */
void pd_add_participants(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket,
			 int64_t conversation);
/* Notes the further mailboxes that a mail came to. */
void pd_note_mailboxes(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket);
/* The ticket's contact and a conversation with it; gives the conversation. address.addr "": nobody. */
int64_t pd_add_correspondent(struct pd_context *context, struct pd_ticket *ticket,
			     const struct pd_mailbox *mailbox, const struct pd_address *address,
			     const char *subject);
/* Sets the pipeline's first status of that kind, as the automation; kind below 0: none. */
void pd_set_status_kind(struct pd_context *context, struct pd_ticket *ticket, int kind, const char *why);

/* bounce.c */
void pd_take_report(struct pd_context *context, const struct pd_mail *mail);

/* outgoing.c */
void pd_take_outgoing(struct pd_context *context, const struct pd_mail *mail);

/* agent.c */
void pd_take_agent(struct pd_context *context, const struct pd_mail *mail);

/* hold.c: mails of agents that are kept as drafts. */
/* Given back with what is wrong; kept as the author's draft. */
void pd_give_back(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		  const struct pd_strings *errors, int64_t answers_version);
/* #draft: kept until its author sends it; #send TIME: until then, as `sending` says (pd_sending_value); NULL. */
void pd_hold_draft(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		   int64_t answers_version, const char *sending);
/* The draft that a reply which is on its way becomes again where it is stopped. */
int64_t pd_hold_sent(struct pd_context *context, const struct pd_mail *mail, const struct pd_ticket *ticket,
		     int64_t message, int64_t answers_version);
/* Another agent's answer was first (invariant 9). */
void pd_hold_collision(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
		       const struct pd_entry *newer, int64_t answers_version);
/* Kept, and the agent's own address is asked. is_proven: known to be the agent, only not for this. */
void pd_hold_unconfirmed(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place,
			 bool is_proven, int64_t answers_version);
/* What lacks of a new ticket comes back as a form; its reason as a draft. */
#define PD_DRAFT_FORM "form"
void pd_hold_form(struct pd_context *context, const struct pd_mail *mail, const struct pd_commands *commands);
/* The answer to such a question; false: it is none, the mail goes on as mail to the mailbox. */
bool pd_take_confirmation(struct pd_context *context, const struct pd_mail *mail);

/* collect.c */
/* The mailbox's one ticket of that kind, closed and automatic; made where there is none. name: English, of the
 * catalogue. */
struct pd_ticket *pd_collector(struct pd_context *context, const struct pd_mailbox *mailbox, const char *kind,
			       const char *name);
/* Mails of this plan that stand on no ticket go to the mailbox's "Commands and requests". */
void pd_collect(struct pd_context *context, const struct pd_mail *mail);

/* import.c */
void pd_take_import(struct pd_context *context, const struct pd_mail *mail);

/* savepoint.c: back to an earlier state of the plan, where a part of the decision fails. */
struct pd_savepoint {
	struct pd_plan plan;  /* its lists' lengths; what stands in them is kept when it is changed */
	struct pd_event last; /* later changes may be added to the newest event */
};
void pd_plan_save(struct pd_context *context, struct pd_savepoint *ret_savepoint);
/* Pointers to tickets that came into the plan since then are dead: ask again. A savepoint may be gone back to again, but
 * not after an earlier one was. */
void pd_plan_back(struct pd_context *context, const struct pd_savepoint *savepoint);

#endif

/* What a decision wants: everything that is to be kept in ONE transaction.
 *
 * Deciding fills a plan through the functions below; the store carries it out whole or not at all. The plan keeps
 * working copies of the tickets that it touches, so that later parts of a decision see what earlier parts did. */
#ifndef PD_DESK_PLAN_H
#define PD_DESK_PLAN_H

#include "base/places.h"
#include "desk/goals.h"
#include "desk/snapshot.h"
#include "mime/letter.h"

enum pd_letter_kind {
	PD_LETTER_REPLY,	   /* to a contact, written by an agent */
	PD_LETTER_ACKNOWLEDGEMENT, /* to a contact, automatic */
	PD_LETTER_NOTIFICATION,	   /* to an agent */
	PD_LETTER_RECEIPT,	   /* to an agent: what a command did, or what was wrong */
	PD_LETTER_CONFIRMATION,	   /* to an agent: is it you? */
	PD_LETTER_FORWARD,	   /* the whole mail handed on */
	PD_LETTER_TRANSCRIPT,	   /* to a visitor: what was said in the chat */
	PD_LETTER_LINE,		   /* no mail: what is said in a chat */
};
const char *pd_letter_kind_name(enum pd_letter_kind kind);

/* Parts of a stored or just arriving mail that a letter carries; flow fetches them from a reader. */
struct pd_carried {
	int64_t message;      /* stored message; 0: the mail being decided */
	bool is_whole;	      /* the mail itself goes along, as it came */
	unsigned *indexes;    /* pd_attachment.index */
	size_t count;
};

/* A stored message, or one of this plan, that is a file as a whole. */
struct pd_carried_file {
	int64_t message;
	const char *name, *type;
};

struct pd_planned_letter {
	int64_t id; /* outbox */
	enum pd_letter_kind kind;
	int64_t ticket, conversation, event; /* event: what it carries or tells of */
	const char *agent;		     /* to whom; NULL: outsiders */
	bool is_line;			     /* leaves by the gate of chats, not by mail: bytes is a stanza */
	pd_time not_before; /* it may be stopped until then; 0: it leaves at once */
	pd_time past; /* another desk sent it then: it is known, and never leaves from here; 0: no */
	struct pd_letter letter;	     /* of a line: sender and recipient (JIDs) and message_id alone */
	struct pd_carried carried;
	PD_LIST(struct pd_carried_file) files; /* that go along, too */
	struct pd_bytes bytes; /* filled by flow before the commit, of a line by deciding */
};

/* A letter of the outbox that shall not leave, which nobody has tried to send; and the notifications of its event. */
struct pd_planned_stop {
	int64_t outbox, ticket, event;
};

struct pd_planned_message {
	struct pd_stored stored;
	/* Its raw bytes are one of: */
	bool raw_is_delivery;	 /* the mail being decided */
	int64_t raw_is_letter;	 /* the composed bytes of this outbox id; 0 */
	struct pd_bytes raw;	 /* these bytes; data NULL */
	const char *search_text; /* for the full-text index beside subject and people; NULL: text is not indexed */
};

struct pd_planned_id {
	const char *message_id;
	struct pd_known_id known;
};

struct pd_planned_ticket {
	struct pd_ticket *ticket; /* the working copy; only looked at where its version is still base_version */
	int64_t base_version;	  /* as read; 0: new */
	struct pd_agenda agenda;  /* by pd_goals_settle */
	size_t kept_at;		  /* the newest savepoint for which it is kept, or that it is younger than */
};

/* Of a ticket that no event changes. */
struct pd_planned_agenda {
	int64_t ticket;
	struct pd_agenda agenda;
};

struct pd_planned_mark {
	const char *key;
	int64_t value;
	pd_time expires; /* 0: never */
};

struct pd_planned_contact {
	struct pd_contact contact;
	bool is_new;
};

/* A ticket or a contact of the plan as it was at a savepoint, before it was changed. */
struct pd_planned_former {
	struct pd_ticket *ticket;	/* the working copy; NULL: it is a contact */
	const struct pd_ticket *was;
	size_t place;			/* of the contact */
	struct pd_planned_contact contact;
};

struct pd_planned_draft {
	struct pd_draft draft;
	bool is_new; /* else: its state and expiry are updated */
};

/* A record that no event tells of. */
struct pd_planned_record {
	const char *kind, *name, *value;
};

/* A number that is never given from now on, and none below it. */
struct pd_planned_claim {
	enum pd_id_kind kind;
	int64_t id;
};

/* Tickets that a listing shows, as they stand. */
struct pd_shown {
	const struct pd_ticket **items;
	size_t count, room;
};

struct pd_refusal {
	int64_t ticket;
	const char *why; /* a line for people */
};

struct pd_plan {
	PD_LIST(struct pd_event *) events; /* in order */
	PD_LIST(struct pd_change) recorded; /* of the events' changes those of records */
	PD_LIST(struct pd_planned_ticket) tickets;
	struct pd_places places; /* of the first `placed` of them, by number; may have some that are gone, too */
	size_t placed;
	PD_LIST(struct pd_planned_message) messages;
	PD_LIST(struct pd_planned_contact) contacts;
	PD_LIST(struct pd_planned_id) ids;
	PD_LIST(struct pd_planned_letter *) letters;
	PD_LIST(struct pd_planned_stop) stops;
	PD_LIST(struct pd_planned_mark) marks;
	PD_LIST(const char *) counters; /* bumped by one each, at the decision's time */
	PD_LIST(struct pd_planned_draft) drafts;
	PD_LIST(struct pd_planned_agenda) agendas;
	PD_LIST(struct pd_planned_record) records;
	PD_LIST(struct pd_planned_claim) claims;
	PD_LIST(struct pd_planned_former) formers; /* oldest first: savepoint.c */
	size_t savepoints;			   /* made so far */
	bool is_carried; /* events of the past: of records the newest counts, in whatever order they come */
	/* A kept draft that shall be decided now with the agent's consent; flow reads it and calls
	 * pd_decide_held on the same plan. 0: none. */
	int64_t resume_draft;
	const char *resume_added; /* lines that go behind its text: a form that was filled in; NULL */
	bool resume_confirmed; /* proof is given by confirmation (else: only the collision is waived) */
	/* The outcome, for the log and for the caller. */
	const char *outcome; /* "new ticket" "threaded" "duplicate" "held" "refused" "loop" … */
	int64_t ticket;	     /* the ticket concerned; 0 */
	const char *why;     /* one line for the log: why it was held, refused, or not joined; NULL */
	/* What the command line prints and receipts say: a line each, what was done or what was wrong. */
	struct pd_strings report;
	bool is_refused; /* nothing was done; report says why */
	bool is_incomplete; /* refused for nothing but a required property that lacks */
	bool has_table;	 /* the report has lines whose columns must stand below each other */
	PD_LIST(int64_t) listed; /* tickets that a listing command shows, in order */
	PD_LIST(int64_t) changing; /* of a bulk that is tried: those that it would change */
	PD_LIST(struct pd_refusal) refusals; /* of a bulk that is tried: what it cannot be carried out on */
	struct pd_shown shown;	 /* those of #list and #search, of which next steps are told */
};

/* Everything that a decision stands on. One per decision; cheap. */
struct pd_context {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	struct pd_snapshot *desk;
	struct pd_plan *plan;
	pd_time now;
	const char *actor;	       /* "agent:anna"; as in struct pd_event */
	const char *why;	       /* of what commands set that nobody wrote: "rule NAME"; NULL: the command */
	const struct pd_agent *agent;  /* the actor, where it is an agent */
	int64_t action;
	int64_t held_draft; /* the draft that is decided again; 0 */
	/* Reads a file that a command sends (config/texts.h); NULL: none can be read here. */
	int (*read_file)(struct pd_arena *, const struct pd_text *, struct pd_bytes *, struct pd_error *);
	const unsigned char *former_key; /* of another desk, whose addresses are looked at; NULL: the desk's own */
	bool is_full;	    /* the actor is proven in full, where it is an agent */
	bool is_timed; /* a draft goes out since its time has come: it does not wait again */
	bool is_late; /* what time brought is told in one letter a person */
	bool is_bulk; /* of many tickets at once, too */
	int64_t earlier_of; /* the contact whose newest tickets `earlier` has: all who are told of a mail are shown them; 0 */
	struct pd_tickets earlier;
	bool is_import; /* history: nobody is told, nothing leaves, times are the mails' */
	int64_t import_number; /* the next new ticket gets it, where it is free; 0 */
};

/* Starts a decision: new plan, new action id. */
struct pd_context pd_context_new(struct pd_arena *arena, const struct pd_settings *settings, struct pd_snapshot *desk,
				 pd_time now, const char *actor);

/* Where the ticket stands among those of the plan; false: it is not there. */
bool pd_plan_place(const struct pd_plan *plan, int64_t number, size_t *ret_place);
/* Before a ticket, or a contact that stands in the plan, is changed: savepoint.c. */
void pd_plan_keep_ticket(struct pd_context *context, struct pd_ticket *ticket);
void pd_plan_keep_contact(struct pd_context *context, const struct pd_planned_contact *contact);
/* After a ticket was added, so that it is found quickly where they are many. */
void pd_plan_index(struct pd_context *context);
/* The working copy of a ticket (read once through the snapshot); NULL when there is none. */
struct pd_ticket *pd_plan_ticket(struct pd_context *context, int64_t number);
/* Follows merges: the ticket where that number leads to. */
struct pd_ticket *pd_plan_ticket_followed(struct pd_context *context, int64_t number);
/* A new ticket in the mailbox with its pipeline's first status of kind new, its team, normal priority; further first
 * values (name, source, owner, status, automatic, …) as changes. */
struct pd_ticket *pd_plan_new_ticket(struct pd_context *context, const struct pd_mailbox *mailbox,
				     const struct pd_change *values, size_t count);
/* Appends an event of that kind and applies it; fill further fields by the returned pointer BEFORE adding the next:
 * message, other and why do not change the fold. A MESSAGE event takes its direction from the planned message of that
 * id; of an older message the actor tells. */
struct pd_event *pd_plan_event(struct pd_context *context, struct pd_ticket *ticket, enum pd_event_kind kind,
			       int64_t message, int64_t conversation, const char *why);
/* The same with changes as they are, unchecked. */
struct pd_event *pd_plan_event_with(struct pd_context *context, struct pd_ticket *ticket, enum pd_event_kind kind,
				    int64_t conversation, const struct pd_change *changes, size_t count);
/* Sets a single-valued property, leaving out what does not change; NULL where nothing changes. What is set, added or
 * removed at once after one another for the same reason goes into one event (into CREATED while the ticket is new).
 * Values as in struct pd_change. Setting owner makes the old owner no follower by itself. */
struct pd_event *pd_plan_set(struct pd_context *context, struct pd_ticket *ticket, const char *property,
			     const char *value, const char *why);
/* The agents that "@name" names in the text of a comment. */
struct pd_strings pd_mentions_in(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
/* Is the COMMENT of a person who is proven, so that others are told of it? stored: its message, may be NULL. */
bool pd_comment_is_told(const struct pd_event *event, const struct pd_stored *stored);
/* Sets conversation_status or conversation_owner of a conversation of the ticket; NULL where nothing changes. */
struct pd_event *pd_plan_set_conversation(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
					  const char *property, const char *value, const char *why);
/* Adds or removes a value of a property with many values (follower, contact, participant, mailbox_also). */
struct pd_event *pd_plan_add(struct pd_context *context, struct pd_ticket *ticket, const char *property,
			     const char *value, int64_t conversation, const char *why);
struct pd_event *pd_plan_remove(struct pd_context *context, struct pd_ticket *ticket, const char *property,
				const char *value, int64_t conversation, const char *why);
/* A record as this plan leaves it; NULL: there is none. */
const char *pd_plan_record(struct pd_context *context, const char *kind, const char *name);
/* All records of a kind as this plan leaves them, by name. */
struct pd_records pd_plan_records(struct pd_context *context, const char *kind);
/* Sets a record, or takes it away (value NULL), by an event of the ticket on which that was asked; NULL where nothing
 * changes. */
struct pd_event *pd_plan_set_record(struct pd_context *context, struct pd_ticket *ticket, const char *kind,
				    const char *name, const char *value, const char *why);
int64_t pd_plan_new_conversation(struct pd_context *context, struct pd_ticket *ticket, const char *mailbox,
				 const char *subject);
/* Takes another ticket's conversation in, under its id, with that status of its own (NULL: the ticket's). */
struct pd_event *pd_plan_adopt(struct pd_context *context, struct pd_ticket *ticket,
			       const struct pd_conversation *conversation, const char *status, const char *why);
/* The message, which stands on another ticket, as one of this ticket, too. It moves no clock. */
struct pd_event *pd_plan_message_again(struct pd_context *context, struct pd_ticket *ticket,
				       const struct pd_stored *stored, int64_t conversation, const char *why);
/* Gives a conversation of the ticket another mailbox. */
void pd_plan_move_conversation(struct pd_context *context, struct pd_ticket *ticket, int64_t conversation,
			       const char *mailbox, const char *why);
/* What merging did, as people read it: properties whose values differed and stayed, and those that came. */
struct pd_merge {
	struct pd_strings stays, comes;
};
/* Merges a ticket into another: desk/merge.c. Neither is deleted or merged away, and they are two. */
void pd_plan_merge(struct pd_context *context, struct pd_ticket *from, struct pd_ticket *into, const char *why,
		   struct pd_merge *ret_merge);
/* Puts one contact of the ticket in another's place; NULL where it has no such contact. */
struct pd_event *pd_plan_replace_contact(struct pd_context *context, struct pd_ticket *ticket, const char *from,
					 const char *to, const char *why);
/* The contact of an address, made where there is none; where no name is known, the address' name is taken over. The
 * pointer holds until the next contact. More of contacts: desk/people.h. */
const struct pd_contact *pd_plan_contact(struct pd_context *context, const struct pd_address *address);
/* A message with its new id and direction; the pointer holds for the first 16 of a plan, then until the next. */
struct pd_planned_message *pd_plan_message(struct pd_context *context, const char *source, enum pd_direction direction);
/* Adds to an event of this plan, the newest of its ticket, what the clocks of goals make of it (desk/clocks.h), or that
 * it is held (PD_CHANGE_HELD) or stands for a draft (PD_CHANGE_DRAFT). */
void pd_plan_amend(struct pd_context *context, struct pd_ticket *ticket, struct pd_event *event, const char *property,
		   const char *from, const char *to);
/* At the end of a decision: of each ticket that it changes the verdicts on goals that ended, the promises that changed,
 * and its agenda. */
void pd_goals_settle(struct pd_context *context);
/* How the goals of a ticket of this plan stand. */
void pd_plan_goals(struct pd_context *context, const struct pd_ticket *ticket, struct pd_goals *ret_goals);
/* A message of words that came by no mail: of a command, a rule, the command line; never the contact's to see. */
struct pd_planned_message *pd_plan_words(struct pd_context *context, const char *text);
void pd_plan_mark(struct pd_context *context, const char *key, int64_t value, pd_time expires);
void pd_plan_count(struct pd_context *context, const char *key);
/* Registers where a Message-ID belongs. */
void pd_plan_id(struct pd_context *context, const char *message_id, const struct pd_known_id *known);
void pd_report(struct pd_context *context, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Undo: takes back the action's changes on all its tickets, or PD_PERMANENT with the reason (who changed the same
 * thing since). action 0: the newest on the ticket not yet taken back. Reports what it did and what cannot be
 * unsent. */
int pd_plan_undo(struct pd_context *context, struct pd_ticket *ticket, int64_t action, struct pd_error *error);

/* Was the reply of that event stopped by an undo before it left? */
bool pd_reply_is_stopped(struct pd_context *context, const struct pd_event *event);

/* The action that an #undo on this ticket without an id would take back; 0: none. */
int64_t pd_plan_undo_target(struct pd_context *context, const struct pd_ticket *ticket);
/* Would taking the action back reach beyond this ticket, or do what is grave (make, delete, restore, merge tickets)? */
bool pd_undo_is_grave(struct pd_context *context, int64_t action, int64_t ticket);

/* Words for people, in the language of the context: the agent's, else the desk's. */
const char *pd_context_language(const struct pd_context *context);
/* "agent:anna" -> "Anna Virtanen", "contact:ADDRESS" -> ADDRESS, others as they are. */
char *pd_actor_words(struct pd_context *context, const char *actor);
/* Did the agent do it, under this name or one that it had before? */
bool pd_is_actor(const struct pd_agent *agent, const char *actor);
/* A property's value as people read it: the status' name, an agent's or contact's name, "none". */
char *pd_value_words(struct pd_context *context, const char *property, const char *value);

#endif

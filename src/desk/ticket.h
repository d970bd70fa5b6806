/* Tickets and the events that they are derived from.
 *
 * Nothing changes a ticket but an event; the ticket as it stands, or stood at any
 * instant, is the fold of its events in order of version. Events hold ids and
 * values, never text or bytes of messages. */
#ifndef PD_DESK_TICKET_H
#define PD_DESK_TICKET_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "config/config.h"
#include "desk/clocks.h"
#include "mime/message.h"

#define PD_EVENT_FORMAT 1

enum pd_event_kind {
	PD_EVENT_CREATED,     /* changes: all first values */
	PD_EVENT_MESSAGE,     /* message: in or out, said by the message's direction. other: of an agent's reply,
			       * the stored message (without entry) that holds the bytes as they were sent;
			       * `message` itself keeps the agent's mail as it came */
	PD_EVENT_COMMENT,     /* message: internal. other: the entry that it is about */
	PD_EVENT_SET,	      /* changes */
	PD_EVENT_UNDELIVERED, /* other: the event of the message that bounced; why: recipient and diagnostic */
	PD_EVENT_UNDO,	      /* other: the action taken back; changes: what that did */
	PD_EVENT_RELATED,     /* other: a ticket that this is perhaps related to */
	PD_EVENT_ATTACHED,    /* message: a file added by hand; of a link in a chat, whose entry is `other`, or why not */
	PD_EVENT_DRAFT,	      /* other: the draft kept; why: the reason */
	PD_EVENT_PURGED,      /* tombstone */
	PD_EVENT_REMINDER,    /* changes: `reminder`, asked for (message: the words) or given (other: where it was asked for) */
	PD_EVENT_GOAL,	      /* a goal is due soon or overdue: `warned` among the changes; why: which, and its due time */
	PD_EVENT_KINDS
};
const char *pd_event_kind_name(enum pd_event_kind kind); /* "created" "message" … as in JSON and the store */
bool pd_event_kind_parse(const char *name, enum pd_event_kind *ret_kind);

/* One value that changed. A property with many values (follower, contact, participant, mailbox_also, mention):
 * from NULL adds `to`, to NULL removes `from`, of contacts both put one in the other's place. Values are strings:
 *   name description pipeline mailbox owner team priority category source   as in the configuration or free text
 *   status        "KIND:NAME", "open:Open"
 *   spam automatic deleted   "yes"; NULL: no
 *   merged        the target's number
 *   absorbed      many values: "NUMBER MESSAGES LAST_IN LAST_OUT" of a ticket merged into this one, directly or by
 *                 way of another (then without counts of its own)
 *   conversation_adopted   the mailbox of the event's conversation, which came by a merge or a split and keeps its
 *                 id; to NULL: it went. Its subject is in conversation_subject
 *   follower      an agent's name          contact   a contact's id
 *   participant   "Name <addr>", of the event's conversation
 *   conversation  a new conversation's mailbox; its id is the event's conversation, its subject in `subject`
 *   subject       the conversation's subject
 *   mailbox_also  a further mailbox that was addressed
 *   direction     "in" or "out": in a MESSAGE event; without it a contact's is in, all others' out
 *   mention       many values: an agent's name; in a COMMENT event, whom its text mentions
 *   entry_deleted many values: the id of an entry that is not shown any more
 *   conversation_status, conversation_owner   the event's conversation's, where they differ from the ticket's
 *   record:KIND:NAME   no property of the ticket, but a record of the desk (below)
 *   snoozed       RFC 3339: until then
 *   reminder      many values: "RFC3339 AGENT"
 *   link          many values: "KIND:ID" or "E7 KIND:ID" (desk/links.h)
 *   company       the ticket's own, instead of its contact's; "none": it has none (desk/people.h)
 *   closed        RFC 3339 with milliseconds; only where the instant differs from the event's (an undo)
 *   anything else a custom property */
struct pd_change {
	const char *property;
	const char *from; /* NULL: had no value */
	const char *to;	  /* NULL: has none now */
};

struct pd_event {
	int64_t id;	/* E7: the timeline entry */
	int64_t ticket;
	int64_t version; /* 1, 2, … in its ticket; (ticket, version) is unique */
	int format;
	pd_time at;
	const char *actor; /* "agent:anna" "contact:ADDRESS" "administrator" "postdesk" "rule:NAME" */
	int64_t action;	   /* the same for all that one mail, one `do`, one bulk did; what #undo names */
	enum pd_event_kind kind;
	int64_t message;      /* 0: none */
	int64_t conversation; /* 0: none */
	int64_t other;	      /* as the kind says; 0: none */
	PD_LIST(struct pd_change) changes;
	const char *why;    /* one clean line: "reply address", "in reply to <…>", "command #close"; NULL */
	const char *config; /* hash of the configuration in force; NULL in tests */
};

struct pd_participant {
	struct pd_address address;
};
struct pd_conversation {
	int64_t id;
	const char *mailbox;
	const char *subject;	  /* as the contact wrote it */
	const char *base_subject; /* RFC 5256, folded */
	const char *status;	  /* "KIND:NAME" where it differs from the ticket's; NULL: the ticket's */
	const char *owner;	  /* where it differs; NULL: the ticket's */
	PD_LIST(struct pd_participant) participants; /* correspondents, never agents or our own addresses */
};

/* A ticket that was merged into another, as it stood then. Its events stay its own. */
struct pd_absorbed {
	int64_t ticket;
	int64_t messages, last_in_event, last_out_event;
};

struct pd_ticket {
	int64_t number;
	int64_t version; /* of the newest event folded; 0: none */
	const char *name, *description, *mailbox, *pipeline;
	enum pd_status_kind status_kind;
	const char *status; /* its name */
	const char *owner, *team, *category; /* NULL: none */
	const char *priority, *source;
	pd_time created, updated, closed; /* closed 0 while it is not */
	bool is_spam, is_automatic, is_deleted;
	bool has_sent;	     /* an outgoing message from a connected address */
	int64_t merged_into; /* 0: not merged */
	int64_t messages;    /* in and out, acknowledgements too, comments not; those of absorbed tickets too */
	PD_LIST(struct pd_absorbed) absorbed; /* oldest first */
	PD_LIST(int64_t) contacts;	   /* contact ids, the first is whom replies go to */
	struct pd_strings followers;	   /* agents; the owner follows by default and need not stand here */
	struct pd_strings mailboxes_also;
	struct pd_strings mentions; /* agents, by its comments */
	PD_LIST(struct pd_conversation) conversations; /* oldest first; empty without a contact */
	PD_LIST(struct pd_change) properties;	       /* custom ones: property and `to` */
	/* for the collision guard and reply clock; the ticket's own, pd_ticket_last_in and _out tell of all */
	int64_t last_in_event, last_comment_event; /* 0: none */
	int64_t last_out_event;			   /* not postdesk's own (acknowledgements) */
	int64_t first_in_message;
	PD_LIST(int64_t) deleted_entries; /* events that the timeline hides */
	pd_time snoozed;		  /* until then; 0: it is awake */
	struct pd_strings reminders;	  /* "TIME AGENT", in the order in which they were asked for */
	struct pd_strings links;	  /* desk/links.h, in the order in which they were made */
	struct pd_clocks clocks;
};

/* Applies the next event. The ticket's strings then point into the arena or the event. A first event
 * (CREATED) starts from a zeroed ticket. False where the event does not follow (version gap). */
bool pd_ticket_apply(struct pd_arena *arena, struct pd_ticket *ticket, const struct pd_event *event);
/* A deep enough copy to apply events to without touching the original. */
struct pd_ticket *pd_ticket_copy(struct pd_arena *arena, const struct pd_ticket *ticket);
/* The value of any single-valued property by name (built-in or custom); NULL: none. status gives "KIND:NAME". */
const char *pd_ticket_get(struct pd_arena *arena, const struct pd_ticket *ticket, const char *property);
struct pd_conversation *pd_ticket_conversation(const struct pd_ticket *ticket, int64_t id); /* NULL */
bool pd_ticket_has_participant(const struct pd_ticket *ticket, const char *address); /* in any conversation */
bool pd_conversation_has(const struct pd_conversation *conversation, const char *address);
bool pd_ticket_entry_deleted(const struct pd_ticket *ticket, int64_t event);
/* Is it the ticket's number, or that of one merged into it? */
bool pd_ticket_includes(const struct pd_ticket *ticket, int64_t number);
/* Whole days until a deleted ticket is purged, which is kept so long since it was touched last; begun ones count. */
int64_t pd_ticket_days_left(const struct pd_ticket *ticket, pd_time keep, pd_time now);
/* The newest event of that kind, also of absorbed tickets; 0: none. */
int64_t pd_ticket_last_in(const struct pd_ticket *ticket);
int64_t pd_ticket_last_out(const struct pd_ticket *ticket);
/* The value of `absorbed`, and back; false: it is none. */
char *pd_absorbed_value(struct pd_arena *arena, const struct pd_absorbed *absorbed);
bool pd_absorbed_parse(const char *value, struct pd_absorbed *ret_absorbed);
/* "open:Open" apart; false where there is no kind. ret_name points into the text. */
bool pd_status_value_parse(const char *value, enum pd_status_kind *ret_kind, const char **ret_name);
char *pd_status_value(struct pd_arena *arena, enum pd_status_kind kind, const char *name);
/* A participant's value, "Name <addr>" (the name without quotes), and back. */
char *pd_participant_value(struct pd_arena *arena, const struct pd_address *address);
struct pd_address pd_participant_parse(struct pd_arena *arena, const char *value);
/* Set ("yes") on a ticket that was routed while nobody was there, until it has an owner: the query is:unrouted. Kept as
 * a custom property, since few tickets have it; not shown among them. */
#define PD_PROPERTY_UNROUTED "unrouted"
/* The mailboxes that it was moved from, separated by ';': no property that people see. */
#define PD_PROPERTY_MOVED "moved_from"
bool pd_ticket_is_unrouted(const struct pd_ticket *ticket);
/* Its meetings that were not cancelled (desk/meeting.h): no property that people see. */
#define PD_PROPERTY_MEETING "meeting"
/* What the contact reads, "fr": as its first mail says, where that is not the mailbox's, or as an agent sets. A custom
 * property that every desk has. */
#define PD_PROPERTY_LANGUAGE "language"
/* Likewise the ticket's own company: desk/people.h. */
#define PD_PROPERTY_COMPANY "company"
/* Likewise the entries that stand first on the timeline, the newest pin first: "E9;E7". */
#define PD_PROPERTY_PINNED "pinned"
/* Likewise how an open chat stands (desk/chat.h); none: there is no chat, or it is over. */
#define PD_PROPERTY_CHAT "chat"
/* Likewise a draft that goes out by itself, "sending:DRAFT": desk/sending.h. */
#define PD_PROPERTY_SENDING "sending:"
/* Likewise where a conversation goes on, "inbox:CONVERSATION": desk/inbox.h. */
#define PD_PROPERTY_INBOX "inbox:"
/* Likewise a task, "task:ENTRY": desk/tasks.h. */
#define PD_PROPERTY_TASK "task:"
/* Is it such a property, which nobody sees among the ticket's own? */
bool pd_property_is_hidden(const char *property);
/* Of a COMMENT event: what it logs, "call" "meeting" "email"; of a SET event: with whom the ticket was shared. They change
 * nothing of the ticket. */
#define PD_CHANGE_LOG	 "log"
#define PD_CHANGE_SHARED "shared"
/* Of a MESSAGE event: the reply may be stopped, which makes it that draft again: "DRAFT OUTBOX". Of an UNDO event: it was
 * stopped and never left; then the newest that left is that other (0: none): "EVENT OTHER". */
#define PD_CHANGE_HELD	  "reply_held"
#define PD_CHANGE_STOPPED "reply_stopped"
/* The draft of that id is put away (from it to NULL), or kept again: by the undo of #draft, or since a reply that may be
 * stopped took its place. */
#define PD_CHANGE_DRAFT	  "draft_kept"
/* Is it such a change, which tells of its event and is no value of the ticket? */
bool pd_property_is_of_event(const char *property);
/* "12 34"; false: it is none. */
bool pd_number_pair(const char *value, int64_t *ret_first, int64_t *ret_second);
/* What an event is for people and programs: its kind's name, of a log what it logs. */
const char *pd_event_words(const struct pd_event *event);
/* Has the property many values (follower contact participant mailbox_also mention entry_deleted absorbed)? */
bool pd_property_is_many(const char *property);
/* Is it one of the ticket's own, and no custom one? */
bool pd_property_is_builtin(const char *property);

/* Records: what the desk knows that belongs to no ticket and is changed by commands (views, absences, keys). A change
 * of one is a change in an event of the ticket on which the command was given, so that history, undo and backup hold
 * for it too; the store keeps its newest value. */
#define PD_RECORD_PREFIX "record:"
char *pd_record_property(struct pd_arena *arena, const char *kind, const char *name);
bool pd_property_is_record(const char *property);
/* As people read it: "view hot" of a record, else the property itself. */
const char *pd_property_words(struct pd_arena *arena, const char *property);

/* The changes of an event as JSON text and back, for the store ([["property","from","to"],…]). */
char *pd_changes_text(struct pd_arena *arena, const struct pd_event *event);
bool pd_changes_parse(struct pd_arena *arena, const char *text, struct pd_event *event);

/* RFC 5256 section 2.1 base subject, with the reply and forward prefixes of all common languages, tags "[#12]"
 * of ours removed, folded for comparison. ret_is_reply: it had a reply prefix. */
char *pd_base_subject(struct pd_arena *arena, const char *subject, bool *ret_is_reply);
/* The number in a tag "[#12]" of the subject; 0: none. */
int64_t pd_subject_tag(const char *subject);

struct pd_identity {
	const char *kind;  /* "mail" "xmpp" "phone" */
	const char *value; /* normalised: addresses in lower case */
};
struct pd_contact {
	int64_t id;
	const char *name; /* "" */
	const char *company; /* NULL */
	PD_LIST(struct pd_identity) identities; /* mail may be absent */
	struct pd_strings details; /* "KEY VALUE" each: what else is known of them (desk/people.h) */
};
/* The contact's first mail address; NULL. */
const char *pd_contact_address(const struct pd_contact *contact);

#endif

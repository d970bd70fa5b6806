/* The desk as it stands at one instant, as deciding sees it.
 *
 * The store implements it. Every look-up is recorded by the store in the decision's read set, absences included;
 * where any of it has changed before the commit, the decision is made anew inside the transaction. So deciding
 * must ask everything that it depends on through here, and nothing twice that may be asked once.
 *
 * Failures stick: after one, every look-up gives NULL or 0 and `failed` says why; who called the decision checks
 * it at the end and throws the plan away. What is returned lives in the given arena. */
#ifndef PD_DESK_SNAPSHOT_H
#define PD_DESK_SNAPSHOT_H

#include "base/crypto.h"
#include "desk/query.h"
#include "desk/ticket.h"

enum pd_direction { PD_IN, PD_OUT, PD_INTERNAL };

/* A message as kept. */
struct pd_stored {
	int64_t id;
	const char *source; /* "mail" "import" "manual" "file" "chat" "api" */
	enum pd_direction direction;
	const char *message_id; /* without <>; "" */
	struct pd_address from;
	struct pd_address reply_to; /* where its author wants answers; never an identity; addr "" or NULL: none */
	struct pd_addresses to, cc;
	struct pd_strings references; /* its thread, oldest first, In-Reply-To last; so that answers stay in it */
	const char *thread_index;     /* Outlook's, as it came; NULL */
	const char *subject, *text; /* text: the new text, decoded */
	const char *html;	    /* clean; NULL. Kept only for messages of agents and drafts */
	pd_time date;		    /* the Date field, or when it came */
	unsigned kinds;		    /* PD_KIND_* */
	const char *queue_id;	    /* of the delivering MTA; NULL */
	const char *proof;	    /* how the author was proven, "none" "mail" "signature" "full" "dmarc"; NULL */
	unsigned char digest[PD_SHA256_SIZE];
	size_t size; /* raw bytes */
	PD_LIST(struct pd_attachment) attachments; /* without content. PD_ATTACHMENT_WHOLE: the raw bytes are the file */
};
#define PD_ATTACHMENT_WHOLE 0xffffffffu

/* An entry of the timeline: the event and, where it has one, its message. */
struct pd_entry {
	struct pd_event event;
	struct pd_stored *message; /* NULL */
};
struct pd_entries {
	struct pd_entry *items;
	size_t count, room;
};

/* Where a Message-ID was met. */
struct pd_known_id {
	int64_t ticket, conversation;
	int64_t event;	   /* the entry that it belongs to; for a notification: the entry that it tells of */
	bool is_reference; /* seen in References only */
	const char *agent; /* a notification, receipt or confirmation to this agent; NULL */
};
struct pd_known_ids {
	struct pd_known_id *items;
	size_t count, room;
};

enum pd_draft_state { PD_DRAFT_KEPT, PD_DRAFT_SENT, PD_DRAFT_DISCARDED };
/* A mail of an agent that was held or given back. */
struct pd_draft {
	int64_t id;
	int64_t ticket;	 /* 0: none yet */
	int64_t message; /* the held mail, raw */
	const char *agent;
	const char *reason; /* "collision" "unconfirmed" "command" "missing" "draft" "confirm" "form" */
	const char *sender; /* envelope */
	struct pd_strings recipients; /* envelope, desk's only */
	int64_t answers_version; /* the ticket's version that the mail answers; 0: unknown */
	pd_time created, expires; /* expires: of the confirmation; 0: none */
	enum pd_draft_state state;
};

struct pd_tickets {
	struct pd_ticket **items;
	size_t count, room;
};

/* A record of the desk (desk/ticket.h). */
struct pd_record {
	const char *name, *value;
};
struct pd_records {
	struct pd_record *items;
	size_t count, room;
};

struct pd_contacts {
	struct pd_contact **items;
	size_t count, room;
};

struct pd_mark {
	bool exists;
	int64_t value; /* as stored: usually an event id */
};

/* An outbox row, as far as deciding asks. */
struct pd_outbox_row {
	int64_t id, ticket, event, conversation; /* event: the entry that it carries or tells of */
	pd_time created;
	const char *transport, *sender; /* "mail" "xmpp"; of the envelope */
	const char *kind;	   /* "reply" "acknowledgement" "notification" "receipt" "confirmation" */
	const char *agent;	   /* to whom, NULL: outsiders */
	const char *message_id;
	bool is_untried; /* it waits, and nobody has tried to send it */
	struct pd_strings recipients;
};

struct pd_wake {
	int64_t ticket;
	pd_time at;
};
struct pd_wakes {
	struct pd_wake *items;
	size_t count, room;
};

enum pd_id_kind { PD_ID_TICKET, PD_ID_EVENT, PD_ID_MESSAGE, PD_ID_CONVERSATION, PD_ID_CONTACT, PD_ID_OUTBOX,
		  PD_ID_DRAFT, PD_ID_ACTION, PD_ID_KINDS };

/* Something that happened on a ticket. */
struct pd_passed {
	int64_t event, ticket;
	pd_time at;
};
struct pd_passed_list {
	struct pd_passed *items;
	size_t count, room;
};

struct pd_snapshot {
	/* NULL where there is none. A merged number is not followed (merged_into says where). */
	struct pd_ticket *(*ticket)(struct pd_snapshot *, struct pd_arena *, int64_t number);
	/* The entries with a version above `after`, oldest first, texts included. */
	struct pd_entries (*timeline)(struct pd_snapshot *, struct pd_arena *, int64_t ticket, int64_t after);
	struct pd_entry *(*entry)(struct pd_snapshot *, struct pd_arena *, int64_t event);
	/* All events of one action, oldest first (no messages). */
	struct pd_entries (*action)(struct pd_snapshot *, struct pd_arena *, int64_t action);
	struct pd_known_ids (*message_id)(struct pd_snapshot *, struct pd_arena *, const char *message_id);
	/* Numbers of tickets with a conversation of that base subject in that mailbox, active since; newest first, at most 20. */
	struct pd_known_ids (*subject)(struct pd_snapshot *, struct pd_arena *, const char *mailbox,
				       const char *base_subject, pd_time since);
	struct pd_contact *(*contact)(struct pd_snapshot *, struct pd_arena *, int64_t id);
	struct pd_contact *(*contact_of)(struct pd_snapshot *, struct pd_arena *, const char *kind, const char *value);
	/* Contacts whose id is above that, by id, at most limit: of that company, as it is written (NULL: of any, and of
	 * none), with that text, folded, somewhere in what is known of them (NULL: all). Merged ones not. Not in the read
	 * set: `contact` says how they stand. */
	struct pd_contacts (*contacts)(struct pd_snapshot *, struct pd_arena *, const char *company, const char *text,
				       int64_t after, size_t limit);
	/* Names of companies that contacts have, and how many contacts as the value; by name. Not in the read set. */
	struct pd_records (*companies)(struct pd_snapshot *, struct pd_arena *);
	struct pd_mark (*mark)(struct pd_snapshot *, const char *key);
	/* The value of a record; NULL: there is none. */
	const char *(*record)(struct pd_snapshot *, struct pd_arena *, const char *kind, const char *name);
	/* All records of a kind, by name. */
	struct pd_records (*records)(struct pd_snapshot *, struct pd_arena *, const char *kind);
	/* How often the counter was bumped since then (by whole minutes). */
	int64_t (*counter)(struct pd_snapshot *, const char *key, pd_time since);
	struct pd_draft *(*draft)(struct pd_snapshot *, struct pd_arena *, int64_t id);
	/* The agent's newest kept draft on the ticket whose id is below that (0: any); NULL. */
	struct pd_draft *(*draft_of)(struct pd_snapshot *, struct pd_arena *, int64_t ticket, const char *agent,
				     int64_t below);
	/* The kept draft with the lowest id above that one whose confirmation can no more come; NULL. Not in the read
	 * set: `draft` says how it stands. */
	struct pd_draft *(*draft_expired)(struct pd_snapshot *, struct pd_arena *, pd_time now, int64_t above);
	struct pd_outbox_row *(*outbox)(struct pd_snapshot *, struct pd_arena *, int64_t id);
	/* Tickets that match, sorted by a column name ("number" "updated" …, descending: '-' before), at most limit
	 * after skipping offset. Not deleted or merged ones unless the query asks is:deleted. Not in the read set. */
	struct pd_tickets (*list)(struct pd_snapshot *, struct pd_arena *, const struct pd_query *, const char *sort,
				  size_t limit, size_t offset);
	/* Tickets on which something is to happen by itself until then, soonest first. Not in the read set: `ticket` says
	 * how they stand. */
	struct pd_wakes (*wakes)(struct pd_snapshot *, struct pd_arena *, pd_time until, size_t limit);
	/* Entries above that id, oldest first, at most so many; above -1: the last one that was made until then, alone.
	 * Not in the read set: `timeline` says what came later. */
	struct pd_passed_list (*passed)(struct pd_snapshot *, struct pd_arena *, int64_t above, pd_time until, size_t limit);
	/* A number never given before; gaps are normal. */
	int64_t (*new_id)(struct pd_snapshot *, enum pd_id_kind kind);
	/* That number is never given from now on: who has found it free may take it. */
	void (*claim_id)(struct pd_snapshot *, enum pd_id_kind kind, int64_t id);

	unsigned char key[PD_KEY_SIZE]; /* the desk's secret */
	const char *config;		/* hash of the configuration in force; NULL */
	int failed;			/* 0 or an error class */
	struct pd_error error;
};

#endif

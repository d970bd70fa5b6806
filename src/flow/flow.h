/* The house in one short file: read -> look up -> decide -> keep -> answer.
 *
 * What all doors call. A flow knows the settings in force (a counted snapshot that reload swaps), the store and
 * the readers. Thread-safe. */
#ifndef PD_FLOW_FLOW_H
#define PD_FLOW_FLOW_H

#include <jansson.h>
#include "desk/chat.h"
#include "desk/decide.h"
#include "desk/submission.h"
#include "mime/reader.h"
#include "store/store.h"

struct pd_flow;

/* Takes a reference on the settings; store and readers stay the caller's and must outlive it. */
struct pd_flow *pd_flow_new(struct pd_settings *settings, struct pd_store *store, struct pd_readers *readers);
void pd_flow_free(struct pd_flow *flow);
/* The settings in force; give back with pd_settings_unref. */
struct pd_settings *pd_flow_settings(struct pd_flow *flow);
/* Reads the file again; a bad one leaves the settings in force and fills problems. */
int pd_flow_reload(struct pd_flow *flow, struct pd_problems *problems, struct pd_error *error);
/* Loads the file and lets every room check its part of it: NULL where anything is an error. */
struct pd_settings *pd_flow_load(const char *file, struct pd_problems *problems);
/* Makes the settings ready to be in force: loads their calendars (where a file is broken, the store's last good
 * table stays in force and the problem is a warning), and keeps the texts of all in the store, so that events can
 * name them. Once at start, before anything is decided. */
int pd_flow_prepare(struct pd_flow *flow, struct pd_problems *problems, struct pd_error *error);
/* All that is wrong, in the file and around it: calendars, directories, permissions, database, MTA, delimiter. */
void pd_flow_check(const char *file, struct pd_problems *problems);
/* Postfix's value of a parameter on this machine, "" where it is empty; NULL: there is no Postfix to ask. */
char *pd_flow_postconf(struct pd_arena *arena, const char *parameter);
/* The same of a service of master.cf, "127.0.0.1:10026/inet"; NULL: not set there. */
char *pd_flow_postconf_of(struct pd_arena *arena, const char *service, const char *parameter);
/* What the MTA's listener for postdesk alone is called in {daemon_name}: Postfix's milter_macro_daemon_name. */
#define PD_LISTENER_NAME "postdesk"
/* The services of its master.cf, one a line and options between them; "": there are none. */
char *pd_flow_postfix_services(struct pd_arena *arena);

/* --- mail --- */
struct pd_envelope {
	const char *sender;	      /* "" the null sender */
	struct pd_strings recipients; /* as accepted */
	const char *queue_id;	      /* XFORWARD IDENT; NULL */
};
struct pd_receipt {
	const char *outcome; /* for the log: "new ticket", "threaded", "duplicate", … */
	int64_t ticket;	     /* 0: none */
	const char *why;     /* for the log, one line: why it was held, refused, or not joined; NULL */
	const char *message_id; /* without <>; NULL when the mail has none or was not read */
};
/* At RCPT: is it an address of the desk? By form alone. */
bool pd_flow_knows(struct pd_flow *flow, const char *recipient);
/* 0 only when the mail is on disk (invariant 1). */
int pd_flow_deliver(struct pd_flow *flow, struct pd_arena *arena, const struct pd_envelope *envelope,
		    const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error);
/* A mail of an archive. */
struct pd_flow_import {
	const char *mailbox;
	const struct pd_raw *raw;
	int64_t ticket; /* onto which it goes; 0: by its thread */
	enum pd_import_as as;
	const char *by; /* the agent who wrote it; NULL: by its sender */
	pd_time at;	/* when it came; 0: as its Date says */
};
/* How it went with one of them. */
struct pd_flow_imported {
	int failed; /* 0: it is on disk */
	struct pd_error error;
	bool is_new; /* false: it was there already */
	int64_t ticket;
};
/* History: same road, nobody is told. They are read beside each other, and kept in their order, many in one transaction;
 * each is on disk, or failed for itself, when this returns. After a failure that is not a mail's own (not PD_PERMANENT),
 * which is returned, the rest is not tried and has that failure, too. */
int pd_flow_import(struct pd_flow *flow, const struct pd_flow_import *imports, size_t count, struct pd_flow_imported *imported,
		   struct pd_error *error);
/* --- at the MTA's door --- */
/* At RCPT: has the desk's address a signed form? By form alone. */
bool pd_flow_is_signed(struct pd_flow *flow, const char *recipient);
/* And then: was it never ours? */
int pd_flow_is_forged(struct pd_flow *flow, const char *recipient, bool *ret_is_forged, struct pd_error *error);
struct pd_submission {
	const char *login;	      /* SASL; NULL: none */
	const char *certificate;      /* the common name of a client certificate that the MTA trusts; NULL: none */
	const char *sender;	      /* "" the null sender */
	struct pd_strings recipients; /* the desk's, as given */
	struct pd_strings others;     /* beside them */
	const struct pd_raw *raw;
};
struct pd_verdict {
	const char *status;	/* NULL: it passes; else "5.7.0" or "5.7.1", refused for good */
	const char *text;	/* why */
	const char *message_id; /* to be added, without <>; NULL: it has one */
	const char *seal;	/* the field's value to be added; NULL: none */
	struct pd_strings sealed; /* instead: what each recipient of the desk becomes, in order; empty: it stays */
	const char *agent;	/* of the login; NULL */
	/* Of a mail from a mailbox's address to people outside (MISSION C7); else all empty: */
	const char *sender;   /* the envelope's, instead of what it is: bounces find the ticket */
	const char *reply_to; /* the field's value, to be added; NULL: the mailbox's people see its address alone */
	const char *copy_to;  /* a recipient to be added: the desk's copy; NULL: the desk is among the recipients */
	struct pd_removals removals; /* fields to be taken out, in the order of the header */
};
/* Does the text, a field's value, name a mailbox's address? */
bool pd_flow_names_mailbox(struct pd_flow *flow, const char *text);
/* Is it an agent's? */
bool pd_flow_is_agents(struct pd_flow *flow, const char *login, const char *certificate);
/* A mail of a login to the desk, or from a mailbox's address to people outside: what would be decided, and whether to
 * believe it later. Keeps nothing. */
int pd_flow_submission(struct pd_flow *flow, struct pd_arena *arena, const struct pd_submission *submission,
		       struct pd_verdict *ret_verdict, struct pd_error *error);
/* Of a mail that postdesk itself hands to the MTA, by its Message-ID without <>: the recipients whom the MTA has
 * certainly taken, since it answered so (invariant 3). Of a mail that is not ours: none. */
int pd_flow_taken(struct pd_flow *flow, struct pd_arena *arena, const char *message_id, struct pd_strings *ret_taken,
		  struct pd_error *error);
/* The MTA refused an outbox row for good. */
int pd_flow_undelivered(struct pd_flow *flow, int64_t outbox, const char *recipient, const char *diagnostic,
			struct pd_error *error);
/* Ends drafts that nobody confirmed in time, and tells their authors. ret_count: how many; to be called again while it
 * is not 0. */
int pd_flow_expire(struct pd_flow *flow, size_t *ret_count, struct pd_error *error);

/* --- chats --- */
struct pd_said_receipt {
	const char *outcome; /* for the log: "new chat", "line", "duplicate", … */
	int64_t ticket;	     /* 0: none */
	const char *why;     /* NULL */
	bool is_refused;     /* not kept: too many chats */
	bool wants_file;     /* it has a link whose file is to be fetched */
};
/* 0 only when it is on disk (invariant 1). */
int pd_flow_say(struct pd_flow *flow, struct pd_arena *arena, const struct pd_said *said, struct pd_said_receipt *ret_receipt,
		struct pd_error *error);
/* pd_chat_peer, on the desk as it stands; ret_to NULL: nobody. */
int pd_flow_chat_peer(struct pd_flow *flow, struct pd_arena *arena, const struct pd_said *said, const char **ret_from,
		      const char **ret_to, struct pd_error *error);
/* Files that links in this [chat] lead to and that are to be fetched. */
int pd_flow_files_wanted(struct pd_flow *flow, struct pd_arena *arena, const char *chat, struct pd_chat_files *ret_files,
			 struct pd_error *error);
/* What came of fetching one: 0 only when that is on disk. Again: nothing. */
int pd_flow_fetched(struct pd_flow *flow, struct pd_arena *arena, int64_t event, enum pd_file_fault fault, struct pd_bytes content,
		    struct pd_said_receipt *ret_receipt, struct pd_error *error);
/* Can anybody take a chat now? */
int pd_flow_is_staffed(struct pd_flow *flow, const char *chat, bool *ret_is_staffed, struct pd_error *error);

/* --- the clock --- */
/* Blocks until something may be due, the deadline (pd_monotonic), or pd_flow_clock_wake. */
void pd_flow_clock_wait(struct pd_flow *flow, int64_t deadline);
void pd_flow_clock_wake(struct pd_flow *flow);
struct pd_ticked {
	size_t tickets;	 /* on which something was due */
	int64_t retimed; /* tickets whose times are others, by settings that came into force */
};
/* Decides all that is due by now; after a start and a reload reckons all times anew before, where they are those of other
 * settings. */
int pd_flow_clock(struct pd_flow *flow, struct pd_ticked *ret_ticked, struct pd_error *error);

/* --- verbs: the same for the control socket and for the command line --- */
struct pd_peer {
	bool is_owner;	   /* root or the owner of the state directory */
	const char *agent; /* the agent of this login (or --as); NULL: none */
};
/* One JSON object of the answer as text, len bytes in one line without its end, a NUL behind; false: stop (the peer is
 * gone). */
typedef bool (*pd_emit)(void *data, const char *object, size_t len);
/* A request {"verb": "list", …} as pd_verbs (flow/verbs.h) tells. Emits objects; the last one is {"exit": CODE} with
 * "error" (text) where the code is not 0. */
void pd_flow_verb(struct pd_flow *flow, const struct pd_peer *peer, const json_t *request, pd_emit emit, void *data);

#endif

/* Chats: what is said over XMPP, and what comes of it.
 *
 * A chat is a ticket whose source is "chat" (or a gateway's name). Each line is a message of it, kept in the transaction
 * that also puts it into the outbox for whoever it is for; so nothing is passed on that is not kept, and what was kept is
 * passed on after any crash. How an open chat stands is a hidden property of its ticket: who takes part, what state it is in,
 * when something happens by itself. Which ticket a visitor's next line belongs to is a record of the desk, of the kind
 * "chat", named CHAT/JID.
 *
 *   waiting   agents have been invited; the first who answers takes it
 *   taken     an agent talks with the visitor
 *   asked     nobody is there: the visitor is asked for a mail address
 *
 * It ends by the ticket's closing, by the visitor's leaving and when nobody says anything for long; then the transcript is
 * mailed, and what nobody has answered is told like any mail. */
#ifndef PD_DESK_CHAT_H
#define PD_DESK_CHAT_H

#include "desk/plan.h"

#define PD_CHAT_RECORD "chat" /* the kind of the records */

/* --- what comes in --- */

enum pd_said_kind {
	PD_SAID_LINE,
	PD_SAID_GONE,	     /* the visitor has left */
	PD_SAID_UNDELIVERED, /* the visitor's server gave a line back, or the agent's */
	PD_SAID_ZONE,	     /* the visitor's client told its time zone */
};

struct pd_said {
	enum pd_said_kind kind;
	const char *chat; /* the group's name */
	const char *from; /* the full JID, as the server vouches for it */
	const char *to;	  /* the part before the @; "": the component itself */
	const char *id;	  /* by which a repeated stanza is known; NULL: none */
	const char *text; /* clean */
	const char *language; /* xml:lang; NULL */
	const char *nick;     /* NULL */
	const char *zone;     /* "+02:00" */
	bool is_correction;   /* of the line before: it stands as a new one */
};
/* Always makes a plan. The plan's outcome: "new chat" "line" "duplicate" "taken" "command" "comment" "refused" "ended" "ignored". */
void pd_decide_said(struct pd_context *context, const struct pd_said *said);

/* To whom it matters that the sender writes: whom the other side knows the sender as (the part before the @), and its JID.
 * False: nobody. Changes nothing. */
bool pd_chat_peer(struct pd_context *context, const struct pd_said *said, const char **ret_from, const char **ret_to);

/* --- how it stands --- */

enum pd_chat_state { PD_CHAT_WAITING, PD_CHAT_TAKEN, PD_CHAT_ASKED };

struct pd_chat_session {
	const char *chat, *visitor; /* the full JID that wrote last */
	enum pd_chat_state state;
	const char *language, *zone; /* of the visitor; zone NULL: the desk's */
	const char *agent;	     /* who has taken it; NULL */
	bool is_unreached;	     /* that agent's client is gone: the mails tell of each line */
	struct pd_strings invited;   /* agents */
	int64_t since;		     /* the entry that it began with */
	pd_time until;		     /* of a waiting one: then the visitor is asked; else 0 */
	pd_time idle;
};
/* False: there is no open chat. */
bool pd_chat_session_of(struct pd_arena *arena, const struct pd_ticket *ticket, struct pd_chat_session *ret_session);
bool pd_chat_session_read(struct pd_arena *arena, const char *text, struct pd_chat_session *ret_session);
char *pd_chat_session_text(struct pd_arena *arena, const struct pd_chat_session *session);
/* "waiting", "taken by anna", of a value of the property; NULL: none. */
char *pd_chat_state_words(struct pd_arena *arena, const char *value);
bool pd_chat_is_open(const struct pd_ticket *ticket);
/* When something happens in the chat by itself; 0: never. */
pd_time pd_chat_next(const struct pd_ticket *ticket);

/* --- from elsewhere in deciding --- */

/* What is due by now. */
void pd_chat_due(struct pd_context *context, int64_t number);
/* At the end of a decision, when it is known whose the ticket is: invitations, handing over, the end by closing. */
void pd_chat_follow(struct pd_context *context);
/* Does the agent hear of the message in the chat, or not at all, so that no mail tells it? */
bool pd_chat_tells(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *agent,
		   const struct pd_event *event, const struct pd_stored *stored);
/* What a notification of that message shows: of a line of a chat, all that was said there up to it. */
const char *pd_chat_words(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_event *event,
			  const struct pd_stored *stored);
/* By that change a chat that nobody has taken becomes an ordinary ticket, or who has taken it is gone: its newest message is
 * told as a mail is. */
bool pd_chat_is_left(const struct pd_change *change);
/* An agent's words, that came by mail, for the visitor of an open chat; event: their entry. */
void pd_chat_pass_on(struct pd_context *context, struct pd_ticket *ticket, const struct pd_event *event, const char *text);
/* Can anybody take a chat now? */
bool pd_chat_is_staffed(struct pd_context *context, const struct pd_chat *chat);

/* --- files --- */

/* The kind of the records of files that are to be fetched: NAME is the number of the line's entry, the value the chat. */
#define PD_CHAT_FILE_RECORD "chat-file"
/* The kind of the records of transcripts that wait for such files (chat_transcript.c). */
#define PD_CHAT_TRANSCRIPT_RECORD "chat-transcript"

struct pd_chat_file {
	int64_t event; /* the line's entry */
	const char *url;
	size_t limit; /* bytes */
};
struct pd_chat_files {
	struct pd_chat_file *items;
	size_t count, room;
};
/* Those of one [chat], oldest first. */
struct pd_chat_files pd_chat_files_wanted(struct pd_context *context, const char *chat);

enum pd_file_fault {
	PD_FILE_IS_THERE,
	PD_FILE_TOO_LARGE,
	PD_FILE_NOT_GIVEN,   /* the server says no: it is gone, forbidden, elsewhere */
	PD_FILE_UNREACHABLE, /* no server, no answer, too slow, cut short */
	PD_FILE_ENCRYPTED,
	PD_FILE_TOO_MANY,
};
/* What came of fetching the file of that entry. Outcome: "attached", "not fetched", "duplicate" where that has been decided. */
void pd_decide_fetched(struct pd_context *context, int64_t event, enum pd_file_fault fault, struct pd_bytes content);

/* The files of the lines that a notification of that message shows (pd_chat_words), as many as the limit of bytes allows, go
 * along with the letter. Others: nothing. */
void pd_chat_carry(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_event *event,
		   const struct pd_stored *stored, struct pd_planned_letter *letter, struct pd_buf *out, const char *language);

/* Is it a JID without a resource, "name@domain"? */
bool pd_is_bare_jid(const char *text);
void pd_chat_check(const struct pd_settings *settings, struct pd_problems *problems);

#endif

/* What the files about chats share; for them alone. */
#ifndef PD_DESK_CHAT_INSIDE_H
#define PD_DESK_CHAT_INSIDE_H

#include "desk/catalogue.h"
#include "desk/chat.h"
#include "desk/letters.h"

/* An open chat while a decision is made about it. */
struct chat {
	struct pd_context *context;
	const struct pd_chat *settings; /* never NULL */
	struct pd_ticket *ticket;
	const struct pd_mailbox *mailbox;
	int64_t conversation;
	struct pd_chat_session session;
	int64_t end; /* the entry that it ended with; 0: it is open, or just ends */
};
/* False: the ticket has no open chat, or its [chat] is gone. */
bool chat_open(struct pd_context *context, int64_t number, struct chat *ret_chat);
/* Writes the session back to its ticket. */
void chat_keep(struct chat *chat, const char *why);
/* chat.c: the JID without its resource, in lower case. */
const char *chat_bare(struct pd_arena *arena, const char *jid);
const char *chat_record_name(struct pd_arena *arena, const char *chat, const char *visitor);

/* chat_say.c: lines into the outbox. event: the entry that it carries; 0. */
void chat_say_visitor(struct chat *chat, const char *nick, const char *text, int64_t event);
/* From the ticket's own JID; nick NULL: the desk itself speaks. Nothing for an agent without a JID. */
void chat_say_agent(struct chat *chat, const struct pd_agent *agent, const char *nick, const char *text, int64_t event);
/* Where there is no open chat. from: the part before the @. */
void chat_say_jid(struct pd_context *context, const struct pd_chat *settings, const char *from, const char *jid,
		  const char *language, const char *text, int64_t ticket);
/* Words of the desk for the visitor, in the visitor's language; they are an entry, too. */
void chat_tell_visitor(struct chat *chat, const char *text);
/* Words of the desk for an agent. */
void chat_tell_agent(struct chat *chat, const struct pd_agent *agent, const char *text);
/* Whom the visitor is: the name that the client gave, else the JID's first part. */
const char *chat_visitor_name(struct chat *chat);
/* Everything that was said since the chat began and that the visitor knows, for an agent who joins. */
void chat_tell_backlog(struct chat *chat, const struct pd_agent *agent);
#define CHAT_SAY(chat, language, ...) pd_say((chat)->context->arena, (language), __VA_ARGS__, NULL)

/* chat_file.c: where the text is a link to a file on the own server, that is to be fetched. event: the line's entry. */
void chat_want_file(struct chat *chat, const struct pd_event *event, const char *text);
/* The entries of files that belong to one of these lines, oldest first. */
struct pd_entries chat_files_of(struct pd_context *context, int64_t ticket, const struct pd_entries *lines);
/* As many of them as fit into the limit of notifications go along; each is named in `out`, a line each. */
void chat_carry(struct pd_context *context, const struct pd_entries *files, struct pd_planned_letter *letter, struct pd_buf *out,
		const char *language);

/* chat_visitor.c, chat_agent.c: who said it. */
void chat_take_visitor(struct pd_context *context, const struct pd_chat *settings, const struct pd_said *said);
void chat_take_agent(struct pd_context *context, const struct pd_chat *settings, const struct pd_said *said,
		     const struct pd_agent *agent);
/* The visitor's mail address is known from now on. */
void chat_identify(struct chat *chat, const char *address);
/* The first mail address of an outsider in the text; NULL. */
const char *chat_address_in(struct pd_context *context, const char *text);
/* The contact's mail address; NULL: none is known. */
const char *chat_known_address(struct chat *chat);
/* The agent has it from now on; others who were invited are told. */
void chat_give(struct chat *chat, const struct pd_agent *agent, const char *why);

/* chat_end.c */
enum chat_end { CHAT_END_CLOSED, CHAT_END_LEFT, CHAT_END_IDLE };
void chat_end(struct chat *chat, enum chat_end how);
/* chat_transcript.c: at the chat's end, where one is to go: now, or when its files are there. */
void chat_transcript(struct chat *chat);
/* A file of the ticket has come, or was given up: transcripts that waited for it go. */
void chat_file_settled(struct pd_context *context, struct pd_ticket *ticket);
/* chat_say.c: the entries of a ticket, those of this plan too, oldest first. */
struct pd_entries chat_all_entries(struct pd_context *context, int64_t ticket);
/* The end of a chat: what comes after it is another one's. */
bool chat_is_end(const struct pd_event *event);
/* How the chat stood that ended by it (pd_chat_session_text); NULL: it is no end. */
const char *chat_before_end(const struct pd_event *event);
/* The entries of the chat that the visitor has seen, those of this plan too, oldest first. */
struct pd_entries chat_entries(struct chat *chat);
/* Who said it, as the visitor knows them. */
const char *chat_author(struct chat *chat, const struct pd_entry *entry);

#endif

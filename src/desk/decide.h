/* Deciding: what a mail, a command or a fault of delivery means for the desk.
 *
 * Pure: the message, who sent it, the desk as it stands and the time go in; a plan comes out. */
#ifndef PD_DESK_DECIDE_H
#define PD_DESK_DECIDE_H

#include "desk/command.h"

/* A signature over the whole body that the verifier found good (mime/verifier.h). */
struct pd_signer {
	const char *agent; /* for whom the key is registered */
	const char *fingerprint;
	pd_time at;	    /* when it was made, as it says; 0: it does not */
	const char *digest; /* of what is signed, hexadecimal */
};

/* What an imported mail is on its ticket; by default its sender tells. */
enum pd_import_as { PD_IMPORT_BY_SENDER, PD_IMPORT_IN, PD_IMPORT_OUT, PD_IMPORT_COMMENT };

struct pd_delivery {
	const struct pd_message *message;
	/* envelope */
	const char *sender;		      /* "" the null sender */
	struct pd_strings recipients;	      /* accepted ones, as given, in order */
	const char *queue_id;		      /* XFORWARD IDENT; NULL */
	const char *source;		      /* "mail", "import" */
	const struct pd_raw *raw;	      /* for digests of the bytes; read-only */
	const struct pd_mailbox *import_into; /* of an import: its mailbox; NULL */
	int64_t import_ticket;		      /* of a ticket's import: that ticket; 0: by the mail's thread */
	enum pd_import_as import_as;
	const char *import_by; /* the agent who wrote it, by name; NULL: by its sender */
	pd_time import_at;     /* when it came; 0: as its Date says */
	/* At submission, before the MTA takes it: the agent that has logged in. NULL: at delivery. */
	const struct pd_agent *login;
	bool is_outgoing; /* at submission: from a mailbox's address to people outside, by that login's client */
	const struct pd_signer *signer;	   /* NULL: there is no good signature */
	const char *signature_fault;	   /* why a signed mail has no signer; NULL: it is not signed, or good */
	/* of a held mail that is decided again: */
	const struct pd_draft *held; /* NULL */
	const char *added;	     /* command lines behind its text: a form that was filled in; NULL */
	bool is_confirmed;	     /* its agent said #yes: proof is full */
	bool is_forced;		     /* #send: a collision does not hold it */
};

/* A mail from a door. Always succeeds in making a plan (refusals are plans, too), unless the snapshot failed:
 * then desk->failed. */
void pd_decide_delivery(struct pd_context *context, const struct pd_delivery *delivery);
/* The held mail of plan->resume_draft, on the same plan. */
void pd_decide_held(struct pd_context *context, const struct pd_delivery *delivery);

/* `postdesk do N COMMAND…`, the control socket: lines with or without '#'. ticket 0: none. */
void pd_decide_do(struct pd_context *context, int64_t ticket, const struct pd_strings *lines);
/* `postdesk bulk`: the lines on each ticket that the query, the view or the numbers name. is_dry: only which,
 * and on which it could not be. */
void pd_decide_bulk(struct pd_context *context, const char *query, const struct pd_strings *lines, bool is_dry);
/* `postdesk create`. contacts: addresses. Values as PROP=VALUE. */
void pd_decide_create(struct pd_context *context, const struct pd_mailbox *mailbox, const char *name,
		      const struct pd_strings *contacts, const struct pd_strings *values);
/* A file added by hand (`postdesk attach`). */
void pd_decide_attach(struct pd_context *context, int64_t ticket, const char *name, struct pd_bytes content);
/* A ticket of another desk. Its mails and comments come as deliveries with import_ticket. */
struct pd_import {
	const char *key; /* names it for ever: the same key again is the same ticket */
	const struct pd_mailbox *mailbox;
	const char *name;
	int64_t number; /* wanted; 0: the next. One that is taken becomes the next, too */
	struct pd_address contact; /* addr "": none */
	pd_time closed; /* when its last status was set; 0: at the end */
	struct pd_strings values; /* PROPERTY=VALUE, as it stood at the end */
	struct pd_strings left;	  /* PROPERTY=VALUE, of properties that are none here */
};
/* Makes the ticket, or finds it: plan->ticket. The context's time is the ticket's own. */
void pd_decide_import(struct pd_context *context, const struct pd_import *import);
/* Gives it the values, once: what happened to it here since is not undone by another import. A value that
 * does not fit is reported, a line each; these and those of import->left stand in one comment. */
void pd_decide_imported(struct pd_context *context, int64_t number, const struct pd_import *import);
/* The MTA refused an outbox row for good. */
void pd_decide_undelivered(struct pd_context *context, int64_t outbox, const char *recipient,
			   const char *diagnostic);

/* Drafts whose confirmation can no more come are ended, and their authors told in one mail each; at most a hundred at
 * once. */
void pd_decide_expired(struct pd_context *context);

/* What time brings to these tickets by now: warnings and escalations of goals, the end of snoozes, reminders. is_late:
 * it should have been decided long ago; then each person is told of all in one letter. */
void pd_decide_due(struct pd_context *context, const int64_t *tickets, size_t count, bool is_late);

/* What is said in a chat: desk/chat.h. */

/* Who is told (DESIGN.md's table), from the plan's events; adds the letters. Called last by each of the
 * above. */
void pd_tell(struct pd_context *context, const struct pd_delivery *delivery);

/* Problems in the settings that the desk knows: queries of views and rules, commands, properties, … */
void pd_desk_check(const struct pd_settings *settings, struct pd_problems *problems);

#endif

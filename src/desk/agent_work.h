/* What the files about an agent's mail share; for them alone. */
#ifndef PD_DESK_AGENT_WORK_H
#define PD_DESK_AGENT_WORK_H

#include "desk/catalogue.h"
#include "desk/letters.h"

/* What is known of the mail once it is read. */
struct work {
	struct pd_context *context;
	const struct pd_mail *mail;
	struct pd_place place;
	enum pd_proof proof;
	struct pd_commands *commands;
	const char *text;      /* without commands */
	const char *own_words; /* of it, what stands above a forwarded mail */
	bool is_html_sound;    /* the HTML holds no command: it may leave */
	bool has_text;	       /* or something attached: there is something to say */
	bool is_comment;
	bool is_reply;
	bool is_direct;		 /* a reply that its author's own client sent to the contact */
	int64_t answers_version; /* the version that it answers, … */
	int64_t answers_ticket;	 /* … of this ticket, which may be merged into the mail's; 0: unknown */
	struct pd_answer answer;
	const struct pd_entry *newer_message; /* of the contact, which the author has not seen; NULL */
};

#define SAY(work, ...)                                                                                       \
	pd_say((work)->context->arena, pd_agent_language((work)->context, (work)->mail->agent), __VA_ARGS__, \
	       NULL)

/* One thing more that is wrong with the mail. */
void work_wrong(struct work *work, const char *what);
/* What a draft of the mail remembers: the version of the mail's ticket, 0 where another's is answered. */
int64_t work_answers_version(const struct work *work);
/* Something is wrong: the mail went back to its author, the matter ends. */
bool work_is_given_back(struct work *work);
/* Carries the commands out. false: it failed; the plan is as before and the mail was given back. */
bool work_apply_commands(struct work *work, const struct pd_savepoint *before, struct pd_ticket *ticket);
/* The mail as a comment on the ticket, with that text. */
struct pd_event *work_comment(struct work *work, struct pd_ticket *ticket, int64_t conversation,
			      const char *text);
/* A mail of commands alone is kept, but its words are nobody's to find. Gives the message. */
int64_t work_keep_commands(struct work *work);
/* Events since then that have no message of their own name the mail that made them (T6). */
void work_name_the_mail(struct work *work, size_t first_event, int64_t message);
void work_end_draft(struct pd_context *context, const struct pd_draft *draft, enum pd_draft_state state);
/* The last word of every branch that did something: draft, ids, receipt, outcome. */
void work_finish(struct work *work, struct pd_ticket *ticket, int64_t conversation,
		 const struct pd_event *event, const char *outcome);

/* agent_new.c: a mail that belongs to no ticket. */
void work_without_ticket(struct work *work);

#endif

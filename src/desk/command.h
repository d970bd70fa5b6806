/* Commands: `#word arguments`. Parsed wholly first, then carried out wholly or not at all (invariant 5). */
#ifndef PD_DESK_COMMAND_H
#define PD_DESK_COMMAND_H

#include "desk/plan.h"

/* What the proof allows (DESIGN.md, Who may do what). */
enum pd_proof {
	PD_PROOF_NONE,
	PD_PROOF_MAIL,	       /* DMARC-proven, without the ticket's own reply address */
	PD_PROOF_MAIL_TICKET,  /* the same, by the agent's own reply address of that ticket */
	PD_PROOF_FULL,
};

/* Groups of commands, for what they need. */
enum pd_command_flags {
	PD_COMMAND_HARMLESS = 1 << 0,  /* changes no other's work: allowed at PD_PROOF_MAIL on any ticket */
	PD_COMMAND_GRAVE = 1 << 1,     /* merge, delete, bulk, move out, export: below full proof confirmed */
	PD_COMMAND_REPLY = 1 << 2,     /* shapes the reply: #to #cc #bcc #from #subject */
	PD_COMMAND_INTERNAL = 1 << 3,  /* #note: all of the mail's text is a comment */
	PD_COMMAND_ASKS = 1 << 4,      /* answers with a listing, changes nothing */
	PD_COMMAND_NO_TICKET = 1 << 5, /* needs no ticket */
	PD_COMMAND_VIEWER = 1 << 6,    /* a viewer may */
	PD_COMMAND_INSERTS = 1 << 7,   /* puts something into the mail; carried out last */
};

struct pd_command_spec; /* one row of the table: word, aliases by language, arguments, flags, help, parse, apply */

struct pd_command {
	const struct pd_command_spec *spec;
	const char *line; /* as written, clean */
	unsigned line_number;
	struct pd_strings words; /* arguments split at blanks, "quoted parts" kept together */
	const char *rest;	 /* all arguments as one text */
	const char *value;	 /* resolved by parsing: agent, status, address, query, … */
	int64_t number;		 /* a ticket, an entry, an action, where the command takes one; 0 */
	struct pd_commands *each; /* of #bulk: what is done to each ticket */
	bool is_below;		 /* it stands below the author's words */
	int64_t conversation;	 /* the one that it acts on; 0: the ticket; PD_CONVERSATION_HERE */
	bool is_alone;		 /* needs no ticket, unlike others of its word */
};
#define PD_CONVERSATION_HERE (-1) /* the one that the mail belongs to */

struct pd_meeting_state;

/* What a command puts into the mail, once it is carried out. */
struct pd_insertion {
	const char *text, *html; /* html: of the same; NULL: the text's own */
	bool is_below;		 /* the author's words */
};

struct pd_commands {
	PD_LIST(struct pd_command) items;
	/* What is wrong, a line for people each: the line, why, the nearest valid command. Empty: all good. */
	struct pd_strings errors;
	/* Shape of the reply, gathered. */
	struct pd_addresses to, cc, bcc; /* added by #to #cc #bcc */
	const char *from;		 /* mailbox address of #from; NULL */
	const char *subject;		 /* NULL */
	int64_t reply_to_event;		 /* #reply E7; 0 */
	bool is_note;			 /* #note stands among them */
	const char *note;		 /* its arguments; "" */
	int64_t note_about;		 /* #note E7: the entry that it is about; 0 */
	bool sets_status;		 /* the author set a status: automation stays away (R3) */
	bool is_grave, is_only_harmless;
	size_t lacking; /* so many of the errors are that #new lacks what a form asks for (desk/form.h) */
	size_t awaited; /* so many, that a property must be set before the status */
	bool lacks_name;
	bool has_yes, has_send;
	bool has_meeting, is_meeting_cancelled;
	const struct pd_meeting_state *meeting; /* that the mail invites to (desk/meeting.h); NULL */
	bool has_insertion, has_file; /* something goes into the mail; a file goes with it, too */
	const struct pd_address *reader;	  /* whom the mail goes to; set by the caller before applying; NULL */
	PD_LIST(struct pd_insertion) insertions;  /* in order */
	PD_LIST(struct pd_attachment) files;	  /* content filled */
	bool has_draft; /* the mail is kept, and sent by #send */
	pd_time send_at; /* #send TIME: it is kept until then; 0 */
	bool has_lost; /* a command stood between other lines: the mail is given back */
	bool has_new; /* #new: the commands act on a new ticket, whatever ticket they came for */
	int64_t conversation; /* the one that the mail belongs to; set by the caller before checking; 0 */
	/* Of #new, set by the caller before checking and applying: */
	const struct pd_mailbox *new_mailbox; /* NULL: the first of the agent's teams, else the first */
	const char *new_name;		      /* where #new has no argument: the mail's subject; NULL */
};

/* Splits the author's own text: command lines away, `##` to `#`. is_all: every line is a command, with or without
 * `#` (mail to +do, `postdesk do`); with #new or #note among them, other lines are text.
 * Words in English and in the given language. Names are resolved against the settings; what does not resolve is an
 * error with the nearest. Never fails otherwise. ret_text: what is left, trimmed; "" when nothing. */
struct pd_commands *pd_commands_parse(struct pd_arena *arena, const struct pd_settings *settings, const char *language,
				      const struct pd_agent *agent, pd_time now, const char *text, bool is_all,
				      const char **ret_text);
/* Does the line begin with the word of a command, with or without its sign? */
bool pd_command_names(const struct pd_settings *settings, const char *language, const char *line);
/* The line of #yes alone: does the text begin with it (in any configured language)? */
bool pd_commands_begins_yes(const char *text);

/* May the agent do them on that ticket (role, rights, sees, proof)? Adds to commands->errors what it may not.
 * ret_needs_confirmation: all is allowed but must be confirmed first. ticket NULL: none yet. */
void pd_commands_check(struct pd_context *context, struct pd_commands *commands, const struct pd_ticket *ticket,
		       enum pd_proof proof, bool *ret_needs_confirmation);
/* Carries them out on the plan. Reports a line for each. ticket NULL: only those with PD_COMMAND_NO_TICKET; #new makes
 * one first (plan->ticket). What needs the mail is the caller's: the comment of #note, the reply that #to #cc #bcc #from
 * #subject shape (with its participants), #yes. #send puts the held draft into plan->resume_draft.
 * PD_PERMANENT: nothing may be kept of the plan; the error says why (e.g. an undo that conflicts). */
int pd_commands_apply(struct pd_context *context, struct pd_commands *commands, struct pd_ticket *ticket,
		      struct pd_error *error);

/* The commands on each ticket of a view, a query or a list of numbers, as one action (`postdesk bulk`). is_dry: it is
 * tried and taken back: the numbers go to plan->listed, those that it would change to plan->changing, and each that refuses
 * to plan->refusals, with why. ret_errors: what is wrong; then nothing is done either. Fails as carrying out does. */
int pd_commands_bulk(struct pd_context *context, const char *query, const struct pd_strings *lines, bool is_dry,
		     struct pd_strings *ret_errors, struct pd_error *error);

/* Help of one word, or of all; for #help and the manual. */
char *pd_commands_help(struct pd_arena *arena, const char *language, const char *word);
/* May this agent see this ticket? */
bool pd_may_see(const struct pd_settings *settings, const struct pd_agent *agent, const struct pd_ticket *ticket);
/* May it see every ticket? */
bool pd_sees_all(const struct pd_settings *settings, const struct pd_agent *agent);
/* The query with the agent's sight as a further condition (sight.c), so that a list need not pass over what the agent may
 * not see; each ticket is still asked of pd_may_see. agent NULL: the query as it is. In the arena, beside the query. */
const struct pd_query *pd_sight(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_agent *agent,
				const struct pd_query *query);
/* Has the agent the single right ("merge", "delete", "bulk", "export", "move", "views", "channels") by role or `may`? */
bool pd_may(const struct pd_agent *agent, const char *right);

/* The right that the command needs ("change", "reply", or a single one); NULL: who may see may do it, viewers too. */
const char *pd_command_right(const struct pd_command_spec *spec);
/* The properties that must be there on creation (on_create = required) and that no #set of these commands gives. commands
 * may be NULL. */
struct pd_strings pd_commands_lacking(struct pd_arena *arena, const struct pd_settings *settings,
				      const struct pd_commands *commands);
/* Does it give that property a value? */
bool pd_command_gives(const struct pd_command *command, const char *property);

/* Does it act on a ticket? */
bool pd_command_needs_ticket(const struct pd_command *command);
/* The commands in the order of the manual; NULL after the last. */
const struct pd_command_spec *pd_command_at(size_t index);
const char *pd_command_word(const struct pd_command_spec *spec);
unsigned pd_command_flags(const struct pd_command_spec *spec);

#endif

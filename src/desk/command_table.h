/* Between the files of the commands: the table's rows, and what parsing and carrying out have at hand. */
#ifndef PD_DESK_COMMAND_TABLE_H
#define PD_DESK_COMMAND_TABLE_H

#include "desk/command.h"
#include "desk/find.h"

/* While a text is parsed. */
struct command_parser {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	const char *language;
	const struct pd_agent *agent; /* NULL: no agent (the command line's administrator) */
	pd_time now;
	struct pd_commands *commands;
};

/* While commands are checked or carried out. */
struct command_run {
	struct pd_context *context;
	struct pd_commands *commands;
	struct pd_ticket *ticket;	    /* working copy, or NULL */
	const struct pd_pipeline *pipeline; /* of the ticket, once the commands before are done; NULL */
	struct pd_error *error;		    /* while carried out */
};

struct pd_command_spec {
	const char *word;
	const char *arguments; /* "NAME|me|none|team NAME"; "" */
	unsigned flags;
	const char *right; /* single right that it needs; NULL */
	const char *help;  /* one English sentence, a key of the catalogue */
	void (*parse)(struct command_parser *parser,
		      struct pd_command *command); /* resolves, or command_wrong */
	void (*check)(struct command_run *run, const struct pd_command *command); /* with the ticket; NULL */
	int (*apply)(struct command_run *run,
		     const struct pd_command *command); /* NULL: nothing to do here */
};

/* By word, in English, the given language or the desk's. */
const struct pd_command_spec *command_find(const struct pd_settings *settings, const char *language,
					   const char *word);
/* The nearest word that there is; NULL. */
const char *command_nearest(struct pd_arena *arena, const struct pd_settings *settings, const char *language,
			    const char *word);
/* The command's word in the language; the English one where there is none. */
const char *command_word_in(const char *word, const char *language);
/* Is the text that word ("me" "none" "team" "yes" "sort" "columns" …) in any language that we know? */
bool command_is_keyword(struct pd_arena *arena, const char *text, const char *english);

/* Adds an error: the line, and what is wrong with it. */
void command_wrong(struct command_parser *parser, const struct pd_command *command, const char *what);
void command_wrong_found(struct command_parser *parser, const struct pd_command *command, const char *kind,
			 const char *text, const struct pd_found *found);
void command_refused(struct command_run *run, const struct pd_command *command, const char *what);
void command_refused_found(struct command_run *run, const struct pd_command *command, const char *kind,
			   const char *text, const struct pd_found *found);
/* "#close: …" into the report. */
void command_report(struct command_run *run, const struct pd_command *command, const char *what);
/* Sets a property and reports old -> new, or that it is so already. */
void command_set(struct command_run *run, const struct pd_command *command, const char *property,
		 const char *value);
/* The reason that stands in the event: "command #close", or that of whoever carries it out unasked ("rule NAME"). */
const char *command_why(struct command_run *run, const struct pd_command *command);
/* What the words say, in the reader's language. */
#define RUN_SAY(run, ...)                                                                                    \
	pd_say((run)->context->arena, pd_context_language((run)->context), __VA_ARGS__, NULL)
#define RUN_SAY_N(run, one, many, n, ...)                                                                    \
	pd_say_n((run)->context->arena, pd_context_language((run)->context), one, many, (long long)(n), ##__VA_ARGS__, NULL)
#define PARSER_SAY(parser, ...) pd_say((parser)->arena, (parser)->language, __VA_ARGS__, NULL)

/* "12" or "#12"; "E7". 0: it is none. */
int64_t command_number(const char *text);
int64_t command_entry(const char *text);

/* Where #new makes its ticket; NULL: there is no mailbox. */
const struct pd_mailbox *command_new_mailbox(const struct pd_context *context,
					     const struct pd_commands *commands);
/* The ticket whose events hold what the command changes of the desk itself (records): the run's own, else the one that
 * collects what belongs to no ticket; NULL: there is no mailbox. */
struct pd_ticket *command_home(struct command_run *run);
/* The tail of a query as commands take it: "sort X", "columns A B", "for team T" or "for everyone"; the query ends before
 * the first of them. */
struct command_tail {
	const char *query, *sort; /* sort NULL: none */
	struct pd_strings columns, share; /* share: the words after "for" */
};
struct command_tail command_split_tail(struct command_parser *parser, const char *text);
/* Are what it sorts by and its columns properties? Else an error of the command. */
bool command_check_tail(struct command_parser *parser, struct pd_command *command, const struct command_tail *tail);
/* The actor's views as the plan leaves them. */
struct pd_views command_views(struct command_run *run);
int command_query(struct command_run *run, const struct pd_views *views, const char *text, struct pd_query **ret_query,
		  struct pd_error *error);
/* Is it a query? Else an error of the command. */
bool command_check_query(struct command_run *run, const struct pd_command *command, const struct pd_views *views,
			 const char *text);
/* Takes "conversation" or "conversation C2" off the end of the arguments. */
void command_take_conversation(struct command_parser *parser, struct pd_command *command);
/* The conversation of the ticket that the command means; NULL: none, or of several it is not clear which. */
const struct pd_conversation *command_conversation(struct command_run *run, const struct pd_command *command);
/* Is that clear? Else an error of the command. */
bool command_check_conversation(struct command_run *run, const struct pd_command *command);
void command_apply_conversation_status(struct command_run *run, const struct pd_command *command,
				       const struct pd_status *status);
void command_apply_conversation_owner(struct command_run *run, const struct pd_command *command);
void command_apply_conversation_deleted(struct command_run *run, const struct pd_command *command);
/* The mail addresses of a list; else the part that is none. */
const char *command_addresses(struct pd_arena *arena, const char *text, struct pd_addresses *ret_addresses);

/* The rows' functions, by file. */
/* command_state.c */
void command_parse_none(struct command_parser *parser, struct pd_command *command);
void command_parse_status(struct command_parser *parser, struct pd_command *command);
void command_parse_priority(struct command_parser *parser, struct pd_command *command);
void command_parse_category(struct command_parser *parser, struct pd_command *command);
void command_parse_pipeline(struct command_parser *parser, struct pd_command *command);
void command_parse_state(struct command_parser *parser, struct pd_command *command);
void command_check_status(struct command_run *run, const struct pd_command *command);
void command_check_pipeline(struct command_run *run, const struct pd_command *command);
int command_apply_status(struct command_run *run, const struct pd_command *command);
int command_apply_priority(struct command_run *run, const struct pd_command *command);
int command_apply_category(struct command_run *run, const struct pd_command *command);
int command_apply_pipeline(struct command_run *run, const struct pd_command *command);
int command_apply_spam(struct command_run *run, const struct pd_command *command);
int command_apply_ham(struct command_run *run, const struct pd_command *command);
/* command_time.c */
/* The time at the beginning of the arguments, to come; gives how many words it takes, 0 where it is wrong. */
size_t command_take_time(struct command_parser *parser, struct pd_command *command, pd_time *ret_at);
/* The same where nothing may follow it; false where it is wrong. */
bool command_take_only_time(struct command_parser *parser, struct pd_command *command, pd_time *ret_at);
void command_parse_snooze(struct command_parser *parser, struct pd_command *command);
void command_parse_remind(struct command_parser *parser, struct pd_command *command);
int command_apply_snooze(struct command_run *run, const struct pd_command *command);
int command_apply_remind(struct command_run *run, const struct pd_command *command);
int command_apply_why(struct command_run *run, const struct pd_command *command);
/* command_set.c */
void command_parse_set(struct command_parser *parser, struct pd_command *command);
void command_check_set(struct command_run *run, const struct pd_command *command);
/* The custom property's value as the commands of the mail leave it; NULL: none. */
const char *command_value_after(struct command_run *run, const char *property);
int command_apply_set(struct command_run *run, const struct pd_command *command);
void command_parse_choices(struct command_parser *parser, struct pd_command *command);
void command_check_choices(struct command_run *run, const struct pd_command *command);
int command_apply_choices(struct command_run *run, const struct pd_command *command);
/* command_people.c */
void command_parse_assign(struct command_parser *parser, struct pd_command *command);
void command_check_assign(struct command_run *run, const struct pd_command *command);
void command_parse_take(struct command_parser *parser, struct pd_command *command);
void command_parse_follow(struct command_parser *parser, struct pd_command *command);
int command_apply_assign(struct command_run *run, const struct pd_command *command);
int command_apply_follow(struct command_run *run, const struct pd_command *command);
int command_apply_unfollow(struct command_run *run, const struct pd_command *command);
/* command_contact.c, command_company.c, command_link.c */
void command_parse_contact(struct command_parser *parser, struct pd_command *command);
void command_parse_company(struct command_parser *parser, struct pd_command *command);
void command_parse_link(struct command_parser *parser, struct pd_command *command);
void command_check_contact(struct command_run *run, const struct pd_command *command);
void command_check_company(struct command_run *run, const struct pd_command *command);
void command_check_link(struct command_run *run, const struct pd_command *command);
int command_apply_contact(struct command_run *run, const struct pd_command *command);
int command_apply_company(struct command_run *run, const struct pd_command *command);
int command_apply_link(struct command_run *run, const struct pd_command *command);
int command_apply_unlink(struct command_run *run, const struct pd_command *command);
/* "WHO = OTHER": number PERSON_MERGE, words the other; "WHO KEY=VALUE…": number PERSON_SET, words the pairs. WHO is the
 * value then, and the command needs no ticket. False: it is neither, and nothing was changed. */
enum { PERSON_TAKE_AWAY = -1, PERSON_ADD = 1, PERSON_SET, PERSON_MERGE };
bool command_split_person(struct command_parser *parser, struct pd_command *command);
/* WHO = OTHER needs the right "merge": an error of the command where it lacks. */
void command_check_one_person(struct command_run *run, const struct pd_command *command);
/* The key of "KEY=VALUE" or "-KEY=VALUE"; ret_value: what stands behind it. */
const char *command_pair(struct pd_arena *arena, const char *pair, bool *ret_is_removal, const char **ret_value);
/* Is each key of the pairs one of these (ended by NULL)? Else an error of the command. */
bool command_check_keys(struct command_parser *parser, struct pd_command *command, const char *const *keys);
/* Puts the detail in the place of others of its key, or adds it; a value "" or a removal takes it away. */
void command_set_detail(struct pd_arena *arena, struct pd_strings *details, const char *key, const char *value,
			bool is_one, bool is_removal);
/* command_reply.c */
void command_parse_recipients(struct command_parser *parser, struct pd_command *command);
void command_parse_from(struct command_parser *parser, struct pd_command *command);
void command_parse_subject(struct command_parser *parser, struct pd_command *command);
void command_parse_note(struct command_parser *parser, struct pd_command *command);
void command_parse_send(struct command_parser *parser, struct pd_command *command);
void command_parse_draft(struct command_parser *parser, struct pd_command *command);
void command_parse_yes(struct command_parser *parser, struct pd_command *command);
int command_apply_send(struct command_run *run, const struct pd_command *command);
/* command_meeting.c */
void command_parse_meeting(struct command_parser *parser, struct pd_command *command);
int command_apply_meeting(struct command_run *run, const struct pd_command *command);
/* command_text.c */
void command_parse_text(struct command_parser *parser, struct pd_command *command);
int command_apply_text(struct command_run *run, const struct pd_command *command);
int command_apply_playbook(struct command_run *run, const struct pd_command *command);
/* command_entry.c */
void command_parse_entry(struct command_parser *parser, struct pd_command *command);
void command_parse_undo(struct command_parser *parser, struct pd_command *command);
void command_parse_new(struct command_parser *parser, struct pd_command *command);
void command_check_entry(struct command_run *run, const struct pd_command *command);
void command_check_new(struct command_run *run, const struct pd_command *command);
int command_apply_delete(struct command_run *run, const struct pd_command *command);
int command_apply_restore(struct command_run *run, const struct pd_command *command);
int command_apply_undo(struct command_run *run, const struct pd_command *command);
int command_apply_new(struct command_run *run, const struct pd_command *command);
/* command_merge.c */
void command_parse_merge(struct command_parser *parser, struct pd_command *command);
void command_check_merge(struct command_run *run, const struct pd_command *command);
int command_apply_merge(struct command_run *run, const struct pd_command *command);
/* command_timeline.c */
void command_parse_pin(struct command_parser *parser, struct pd_command *command);
void command_parse_log(struct command_parser *parser, struct pd_command *command);
void command_parse_share(struct command_parser *parser, struct pd_command *command);
void command_check_pin(struct command_run *run, const struct pd_command *command);
void command_check_note(struct command_run *run, const struct pd_command *command);
void command_check_share(struct command_run *run, const struct pd_command *command);
int command_apply_pin(struct command_run *run, const struct pd_command *command);
int command_apply_log(struct command_run *run, const struct pd_command *command);
int command_apply_share(struct command_run *run, const struct pd_command *command);
/* command_move.c */
void command_parse_split(struct command_parser *parser, struct pd_command *command);
void command_check_split(struct command_run *run, const struct pd_command *command);
int command_apply_split(struct command_run *run, const struct pd_command *command);
void command_parse_owner_and_reason(struct command_parser *parser, struct pd_command *command);
void command_parse_move(struct command_parser *parser, struct pd_command *command);
int command_apply_move(struct command_run *run, const struct pd_command *command);
/* command_task.c */
void command_parse_task(struct command_parser *parser, struct pd_command *command);
void command_check_task(struct command_run *run, const struct pd_command *command);
int command_apply_task(struct command_run *run, const struct pd_command *command);
void command_check_done(struct command_run *run, const struct pd_command *command);
int command_apply_done(struct command_run *run, const struct pd_command *command);
void command_parse_reply(struct command_parser *parser, struct pd_command *command);
void command_check_reply(struct command_run *run, const struct pd_command *command);
/* command_inbox.c */
void command_parse_inbox(struct command_parser *parser, struct pd_command *command);
void command_check_inbox(struct command_run *run, const struct pd_command *command);
int command_apply_inbox(struct command_run *run, const struct pd_command *command);
/* command_bulk.c */
void command_parse_bulk(struct command_parser *parser, struct pd_command *command);
void command_check_bulk(struct command_run *run, const struct pd_command *command);
int command_apply_bulk(struct command_run *run, const struct pd_command *command);
/* command_view.c */
void command_parse_view(struct command_parser *parser, struct pd_command *command);
void command_parse_unview(struct command_parser *parser, struct pd_command *command);
void command_check_view(struct command_run *run, const struct pd_command *command);
void command_check_unview(struct command_run *run, const struct pd_command *command);
int command_apply_view(struct command_run *run, const struct pd_command *command);
int command_apply_unview(struct command_run *run, const struct pd_command *command);
/* command_away.c */
void command_parse_away(struct command_parser *parser, struct pd_command *command);
void command_parse_available(struct command_parser *parser, struct pd_command *command);
int command_apply_away(struct command_run *run, const struct pd_command *command);
int command_apply_available(struct command_run *run, const struct pd_command *command);
/* command_ask.c, command_show.c */
void command_parse_list(struct command_parser *parser, struct pd_command *command);
void command_parse_search(struct command_parser *parser, struct pd_command *command);
void command_parse_show(struct command_parser *parser, struct pd_command *command);
void command_parse_help(struct command_parser *parser, struct pd_command *command);
void command_check_list(struct command_run *run, const struct pd_command *command);
void command_check_search(struct command_run *run, const struct pd_command *command);
void command_check_show(struct command_run *run, const struct pd_command *command);
int command_apply_list(struct command_run *run, const struct pd_command *command);
int command_apply_show(struct command_run *run, const struct pd_command *command);
int command_apply_history(struct command_run *run, const struct pd_command *command);
int command_apply_files(struct command_run *run, const struct pd_command *command);
int command_apply_help(struct command_run *run, const struct pd_command *command);

#endif

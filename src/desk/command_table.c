/* The table of commands, in the order of the manual (postdesk-commands(7) is checked against it). */
#include "desk/command_table.h"

#include <glib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "desk/catalogue.h"

/* Of so short a word two changes leave nothing: the nearest must begin as it does. */
#define SHORT_WORD 4

/* Of the agent alone, whatever ticket it is said on. */
#define OWN  (PD_COMMAND_HARMLESS | PD_COMMAND_VIEWER | PD_COMMAND_NO_TICKET)
#define INSERTS (PD_COMMAND_REPLY | PD_COMMAND_INSERTS)
#define ASKS (PD_COMMAND_ASKS | PD_COMMAND_HARMLESS | PD_COMMAND_VIEWER | PD_COMMAND_NO_TICKET)

static const struct pd_command_spec table[] = {
	{"assign", "NAME|me|none|team NAME [conversation [C2]]", 0, NULL,
	 N_("Makes somebody the owner, or gives the ticket to a team."), command_parse_assign, command_check_assign,
	 command_apply_assign},
	{"take", "", PD_COMMAND_HARMLESS, NULL, N_("Makes you the owner."), command_parse_take, NULL,
	 command_apply_assign},
	{"close", "[conversation [C2]]", 0, NULL, N_("Closes the ticket: the first status of kind closed."), command_parse_state,
	 command_check_status, command_apply_status},
	{"open", "[conversation [C2]]", 0, NULL, N_("Opens the ticket, also again: the first status of kind open."),
	 command_parse_state, command_check_status, command_apply_status},
	{"wait", "", 0, NULL, N_("Waits for the contact: the first status of kind waiting."), command_parse_state,
	 command_check_status, command_apply_status},
	{"status", "NAME", 0, NULL, N_("Sets the status, by its name or kind."), command_parse_status,
	 command_check_status, command_apply_status},
	{"priority", "LEVEL", 0, NULL, N_("Sets the priority."), command_parse_priority, NULL,
	 command_apply_priority},
	{"category", "NAME|none", 0, NULL, N_("Sets the category."), command_parse_category, NULL,
	 command_apply_category},
	{"pipeline", "NAME", 0, NULL,
	 N_("Moves the ticket to another pipeline, to its first status of the same kind."),
	 command_parse_pipeline, command_check_pipeline, command_apply_pipeline},
	{"set", "PROPERTY=VALUE", 0, NULL,
	 N_("Sets a property: name, description, source, team and so on, or one of your own."), command_parse_set,
	 command_check_set, command_apply_set},
	{"add", "PROPERTY=VALUE", 0, NULL, N_("Adds to the choices of a property that has several."), command_parse_choices,
	 command_check_choices, command_apply_choices},
	{"remove", "PROPERTY=VALUE", 0, NULL, N_("Takes away some of the choices of a property that has several."),
	 command_parse_choices, command_check_choices, command_apply_choices},
	{"spam", "", 0, NULL, N_("Marks the ticket as spam."), command_parse_none, NULL, command_apply_spam},
	{"ham", "", 0, NULL, N_("Says that the ticket is no spam."), command_parse_none, NULL, command_apply_ham},
	{"snooze", "TIME|none", 0, NULL,
	 N_("Lets the ticket sleep, its clocks too, until then or until the contact writes."), command_parse_snooze, NULL,
	 command_apply_snooze},

	{"to", "ADDRESS…", PD_COMMAND_REPLY, NULL, N_("Adds people to To of this reply."),
	 command_parse_recipients, NULL, NULL},
	{"cc", "ADDRESS…", PD_COMMAND_REPLY, NULL, N_("Adds people to Cc of this reply."),
	 command_parse_recipients, NULL, NULL},
	{"bcc", "ADDRESS…", PD_COMMAND_REPLY, NULL, N_("Adds people to Bcc of this reply."),
	 command_parse_recipients, NULL, NULL},
	{"from", "ADDRESS", PD_COMMAND_REPLY, NULL, N_("Sends this reply from another of the desk's addresses."),
	 command_parse_from, NULL, NULL},
	{"subject", "TEXT", PD_COMMAND_REPLY, NULL, N_("Gives this reply another subject."),
	 command_parse_subject, NULL, NULL},
	{"snippet", "NAME [LANGUAGE]", INSERTS, NULL, N_("Puts a snippet into this mail."), command_parse_text, NULL,
	 command_apply_text},
	{"template", "NAME [LANGUAGE]", INSERTS, NULL, N_("Puts a template into this mail, with its placeholders filled."),
	 command_parse_text, NULL, command_apply_text},
	{"article", "NAME [LANGUAGE]", INSERTS, NULL, N_("Puts an article of the knowledge base into this mail."),
	 command_parse_text, NULL, command_apply_text},
	{"attach", "NAME [LANGUAGE]", INSERTS, NULL, N_("Sends a document with this reply."), command_parse_text, NULL,
	 command_apply_text},
	{"video", "NAME [LANGUAGE]", INSERTS, NULL, N_("Puts the link of a video into this reply, with its picture."),
	 command_parse_text, NULL, command_apply_text},
	{"quote", "NAME [LANGUAGE]", INSERTS, NULL, N_("Puts an offer into this reply, or sends it along."), command_parse_text,
	 NULL, command_apply_text},
	{"meeting", "TIME DURATION [TITLE]|move [E7] TIME [DURATION]|cancel [E7]", INSERTS, NULL,
	 N_("Invites the contact to a meeting, or moves or cancels it; the answer comes onto the timeline."),
	 command_parse_meeting, NULL, command_apply_meeting},
	{"playbook", "NAME [LANGUAGE]", 0, NULL,
	 N_("Sends you the questions of a playbook; what you answer is a comment."), command_parse_text, NULL,
	 command_apply_playbook},
	{"reply", "E7", PD_COMMAND_REPLY, NULL, N_("Answers that message instead of the newest."), command_parse_reply,
	 command_check_reply, NULL},
	{"draft", "", PD_COMMAND_REPLY, NULL, N_("Keeps your reply, seen by you alone, until you send it by #send."),
	 command_parse_draft, NULL, NULL},
	{"send", "[TIME]", 0, NULL, N_("Sends your reply that was held or given back; with a time, this one or that one then."),
	 command_parse_send, NULL, command_apply_send},

	{"note", "[TEXT]", PD_COMMAND_INTERNAL | PD_COMMAND_VIEWER, NULL,
	 N_("Makes the whole mail a comment, which the contact never sees."), command_parse_note, command_check_note, NULL},
	{"share", "NAME|team NAME [TEXT]", PD_COMMAND_VIEWER, NULL,
	 N_("Sends a colleague the whole ticket; owner and followers stay."), command_parse_share, command_check_share,
	 command_apply_share},
	{"pin", "E7", 0, NULL, N_("Puts an entry first on the timeline."), command_parse_pin, command_check_pin,
	 command_apply_pin},
	{"unpin", "E7", 0, NULL, N_("Takes the pin away."), command_parse_pin, command_check_pin, command_apply_pin},
	{"log", "call|meeting|email TEXT", 0, NULL, N_("Writes on the timeline what happened elsewhere."),
	 command_parse_log, NULL, command_apply_log},
	{"follow", "[NAME]", PD_COMMAND_VIEWER, NULL,
	 N_("Makes you, or somebody, a follower who is told of what happens."), command_parse_follow, NULL,
	 command_apply_follow},
	{"unfollow", "[NAME]", PD_COMMAND_VIEWER, NULL, N_("Ends the following."), command_parse_follow, NULL,
	 command_apply_unfollow},
	{"task", "TEXT [due TIME]", 0, NULL, N_("Puts a task on the timeline, for you or for @name, with a reminder when it is due."),
	 command_parse_task, command_check_task, command_apply_task},
	{"done", "E7", 0, NULL, N_("Says that a task is done."), command_parse_pin, command_check_done, command_apply_done},
	{"remind", "TIME [TEXT]", PD_COMMAND_VIEWER, NULL, N_("Reminds you of the ticket at that time."),
	 command_parse_remind, NULL, command_apply_remind},
	{"contact", "ADDRESS|-ADDRESS|WHO = WHO|WHO KEY=VALUE…", 0, NULL,
	 N_("Adds a contact to the ticket, or takes it away; tells that two contacts are one person; corrects what is known "
	    "of one."),
	 command_parse_contact, command_check_contact, command_apply_contact},
	{"company", "NAME|none|NAME = NAME|NAME KEY=VALUE…", 0, NULL,
	 N_("Says which company the ticket is of; tells that two companies are one; corrects what is known of one."),
	 command_parse_company, command_check_company, command_apply_company},
	{"link", "KIND:ID|E7 N|E7 KIND:ID", 0, NULL,
	 N_("Links the ticket, or an entry of it, with a deal, an order, a web page or the like, or with another ticket."),
	 command_parse_link, command_check_link, command_apply_link},
	{"unlink", "KIND:ID|E7 N|E7 KIND:ID", 0, NULL, N_("Takes such a link away."), command_parse_link, command_check_link,
	 command_apply_unlink},

	{"merge", "N [primary N|this]", PD_COMMAND_GRAVE, "merge",
	 N_("Merges this ticket into that one, or that one into this."), command_parse_merge, command_check_merge,
	 command_apply_merge},
	{"split", "E7", 0, "merge", N_("Makes a ticket of its own of one message."), command_parse_split,
	 command_check_split, command_apply_split},
	{"move", "MAILBOX [to NAME] [REASON]", 0, "move",
	 N_("Moves the ticket to another mailbox, with a new owner and a reason."), command_parse_move, NULL,
	 command_apply_move},
	{"inbox", "ADDRESS|none [to NAME] [REASON] [conversation [C2]]", PD_COMMAND_GRAVE, "move",
	 N_("Hands the conversation to an ordinary mailbox, where it goes on; the ticket stays."), command_parse_inbox,
	 command_check_inbox, command_apply_inbox},
	{"delete", "[E7|conversation [C2]]", PD_COMMAND_GRAVE, "delete", N_("Deletes the ticket, or one entry of its timeline."),
	 command_parse_entry, command_check_entry, command_apply_delete},
	{"restore", "[E7|conversation [C2]]", 0, "delete", N_("Brings back the deleted ticket, or a deleted entry."),
	 command_parse_entry, command_check_entry, command_apply_restore},
	{"undo", "[ID]", PD_COMMAND_VIEWER, NULL,
	 N_("Takes back the newest action on the ticket, or the one with the number; what was sent stays sent."),
	 command_parse_undo, NULL, command_apply_undo},
	{"new", "[NAME]", PD_COMMAND_HARMLESS | PD_COMMAND_NO_TICKET, NULL,
	 N_("Makes a new ticket; its name is the argument or the mail's subject."), command_parse_new,
	 command_check_new, command_apply_new},

	{"away", "[until TIME]", OWN, NULL, N_("Says that you are away, until then or until #available."),
	 command_parse_away, NULL, command_apply_away},
	{"available", "", OWN, NULL, N_("Says that you are there, whatever your calendar says, until your hours begin."),
	 command_parse_available, NULL, command_apply_available},

	{"list", "VIEW|QUERY [sort PROPERTY] [columns …]", ASKS, NULL, N_("Lists the tickets of a view or a query."),
	 command_parse_list, command_check_list, command_apply_list},
	{"search", "QUERY", ASKS, NULL, N_("Lists the tickets with these words, closed ones too."),
	 command_parse_search, command_check_search, command_apply_list},
	{"show", "[N]", ASKS, NULL, N_("Shows a ticket with its timeline."), command_parse_show,
	 command_check_show, command_apply_show},
	{"history", "[N] [PROPERTY]", ASKS, NULL, N_("Shows who changed what when."), command_parse_show,
	 command_check_show, command_apply_history},
	{"why", "[N]", ASKS, NULL, N_("Tells the sum behind each due time, interval by interval."), command_parse_show,
	 command_check_show, command_apply_why},
	{"files", "[N]", ASKS, NULL, N_("Lists a ticket's attachments."), command_parse_show, command_check_show,
	 command_apply_files},
	{"view", "NAME = QUERY [sort PROPERTY] [columns …] [for team NAME|everyone]",
	 PD_COMMAND_HARMLESS | PD_COMMAND_NO_TICKET, "views",
	 N_("Makes or changes a view: yours alone, or shared with teams or everyone."), command_parse_view,
	 command_check_view, command_apply_view},
	{"unview", "NAME", PD_COMMAND_HARMLESS | PD_COMMAND_NO_TICKET, "views", N_("Deletes a view made by #view."),
	 command_parse_unview, command_check_unview, command_apply_unview},
	{"bulk", "QUERY|N…: COMMAND…", PD_COMMAND_GRAVE | PD_COMMAND_NO_TICKET, "bulk",
	 N_("Gives commands to every ticket of a view, a query or a list of numbers."), command_parse_bulk,
	 command_check_bulk, command_apply_bulk},
	{"help", "[WORD]", ASKS, NULL, N_("Explains the commands, or one of them."), command_parse_help, NULL,
	 command_apply_help},
	{"yes", "", PD_COMMAND_HARMLESS | PD_COMMAND_VIEWER | PD_COMMAND_NO_TICKET, NULL,
	 N_("Answers a question of ours: the held mail is carried out."), command_parse_yes, NULL, NULL},
};

const struct pd_command_spec *pd_command_at(size_t index)
{
	return index < sizeof table / sizeof *table ? &table[index] : NULL;
}

const char *pd_command_word(const struct pd_command_spec *spec)
{
	return spec->word;
}

unsigned pd_command_flags(const struct pd_command_spec *spec)
{
	return spec->flags;
}

const struct pd_command_spec *command_find(const struct pd_settings *settings, const char *language,
					   const char *word)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *wanted = pd_fold(arena, word);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(wanted, table[i].word) == 0)
			return &table[i];
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(wanted, pd_fold(arena, command_word_in(table[i].word, language))) == 0 ||
		    strcmp(wanted, pd_fold(arena, command_word_in(table[i].word, settings->language))) == 0)
			return &table[i];
	return NULL;
}

const char *command_nearest(struct pd_arena *arena, const struct pd_settings *settings, const char *language,
			    const char *word)
{
	struct pd_strings words = {0};
	const char *wanted = pd_fold(arena, word), *longer = NULL;
	bool is_short = g_utf8_strlen(wanted, -1) <= SHORT_WORD;
	size_t begun = 0; /* commands that the word begins */
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *names[] = {table[i].word, command_word_in(table[i].word, language),
				       command_word_in(table[i].word, settings->language)};
		bool does_begin = false;
		for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
			if (!is_short || names[n][0] == wanted[0])
				*pd_list_add(arena, &words) = names[n];
			if (strlen(wanted) > 1 && pd_starts(pd_fold(arena, names[n]), wanted)) {
				longer = does_begin ? longer : names[n];
				does_begin = true;
			}
		}
		begun += does_begin;
	}
	return begun == 1 ? longer : pd_nearest(wanted, &words);
}

static char *help_line(struct pd_arena *arena, const char *language, const struct pd_command_spec *spec)
{
	const char *own = command_word_in(spec->word, language);
	const char *also = strcmp(own, spec->word) != 0 ? pd_printf(arena, " (#%s)", own) : "";
	return pd_printf(arena, "#%s%s%s%s\n    %s\n", spec->word, *spec->arguments != '\0' ? " " : "",
			 spec->arguments, also, pd_say(arena, language, spec->help, NULL));
}

char *pd_commands_help(struct pd_arena *arena, const char *language, const char *word)
{
	PD_AUTO_BUF out = {0};
	const char *wanted = word != NULL ? pd_fold(arena, *word == '#' ? word + 1 : word) : NULL;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (wanted == NULL || strcmp(wanted, table[i].word) == 0 ||
		    strcmp(wanted, pd_fold(arena, command_word_in(table[i].word, language))) == 0)
			pd_buf_adds(&out, help_line(arena, language, &table[i]));
	return out.len > 0 ? pd_buf_string(arena, &out) : NULL;
}

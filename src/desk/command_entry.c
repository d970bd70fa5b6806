/* Commands about a ticket's being and its entries: delete, restore, undo, new. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/form.h"
#include "desk/mail.h"

/* --- #delete, #restore: number is the entry, 0 the ticket itself --- */

void command_parse_entry(struct command_parser *parser, struct pd_command *command)
{
	command_take_conversation(parser, command);
	if (command->words.count == 0)
		return;
	command->number = command_entry(command->words.items[0]);
	if (command->number == 0 || command->words.count > 1)
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "\"{rest}\" is no entry: entries are called E7 and the like.",
					 "rest", command->rest));
}

void command_check_entry(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	if (command->conversation != 0)
		command_check_conversation(run, command);
	if (command->number == 0 || run->ticket == NULL)
		return;
	const char *id = pd_printf(context->arena, "E%lld", (long long)command->number);
	struct pd_entry *entry = context->desk->entry(context->desk, context->arena, command->number);
	if (entry == NULL || !pd_ticket_includes(run->ticket, entry->event.ticket)) {
		command_refused(run, command, RUN_SAY(run, "this ticket has no entry {entry}.", "entry", id));
		return;
	}
	enum pd_event_kind kind = entry->event.kind;
	for (size_t i = 0; i < entry->event.changes.count; i++)
		if (strcmp(entry->event.changes.items[i].property, PD_CHANGE_HELD) == 0 &&
		    pd_reply_is_stopped(context, &entry->event))
			command_refused(run, command,
					RUN_SAY(run, "{entry} was stopped and never left: it is its author's draft.", "entry",
						id));
	bool is_said = kind == PD_EVENT_MESSAGE || kind == PD_EVENT_COMMENT || kind == PD_EVENT_ATTACHED;
	if (is_said && entry->message == NULL)
		command_refused(run, command,
				RUN_SAY(run, "{entry} was deleted so long ago that it is gone for good.", "entry", id));
	if (!is_said)
		command_refused(
			run, command,
			RUN_SAY(run, "{entry} is no message, comment or file; #undo takes back what changed.",
				"entry", id));
}

int command_apply_delete(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *why = command_why(run, command);
	if (command->conversation != 0) {
		command_apply_conversation_deleted(run, command);
		return 0;
	}
	if (command->number == 0) {
		bool is_done = pd_plan_set(context, run->ticket, "deleted", "yes", why) != NULL;
		command_report(run, command,
			       is_done ? RUN_SAY(run, "the ticket is deleted; #restore brings it back")
				       : RUN_SAY(run, "the ticket is deleted already"));
		return 0;
	}
	const char *id = pd_printf(context->arena, "%lld", (long long)command->number);
	bool is_done = pd_plan_add(context, run->ticket, "entry_deleted", id, 0, why) != NULL;
	command_report(
		run, command,
		is_done ? RUN_SAY(run, "E{entry} is deleted; #restore E{entry} brings it back", "entry", id)
			: RUN_SAY(run, "E{entry} is deleted already", "entry", id));
	return 0;
}

int command_apply_restore(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *why = command_why(run, command);
	if (command->conversation != 0) {
		command_apply_conversation_deleted(run, command);
		return 0;
	}
	if (command->number == 0) {
		bool is_done = pd_plan_set(context, run->ticket, "deleted", NULL, why) != NULL;
		command_report(run, command,
			       is_done ? RUN_SAY(run, "the ticket is back")
				       : RUN_SAY(run, "the ticket is not deleted"));
		return 0;
	}
	const char *id = pd_printf(context->arena, "%lld", (long long)command->number);
	bool is_done = pd_plan_remove(context, run->ticket, "entry_deleted", id, 0, why) != NULL;
	command_report(run, command,
		       is_done ? RUN_SAY(run, "E{entry} is back", "entry", id)
			       : RUN_SAY(run, "E{entry} is not deleted", "entry", id));
	return 0;
}

/* --- #undo --- */

void command_parse_undo(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0)
		return;
	command->number = command_number(command->words.items[0]);
	if (command->number == 0 || command->words.count > 1)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "\"{rest}\" is no number of an action; a receipt names it.",
					 "rest", command->rest));
}

int command_apply_undo(struct command_run *run, const struct pd_command *command)
{
	struct pd_error error = {0};
	int failed = pd_plan_undo(run->context, run->ticket, command->number, &error);
	if (failed != 0)
		return pd_fail(run->error, (enum pd_class)failed, "#undo: %s", error.text);
	return 0;
}

/* --- #new --- */

void command_parse_new(struct command_parser *parser, struct pd_command *command)
{
	if (parser->commands->has_new)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "one mail makes one ticket: #new stands once."));
	parser->commands->has_new = true;
}

const struct pd_mailbox *command_new_mailbox(const struct pd_context *context,
					     const struct pd_commands *commands)
{
	const struct pd_settings *settings = context->settings;
	if (commands->new_mailbox != NULL)
		return commands->new_mailbox;
	for (size_t i = 0; context->agent != NULL && i < settings->mailboxes.count; i++) {
		const struct pd_mailbox *mailbox = &settings->mailboxes.items[i];
		const struct pd_team *team =
			mailbox->team != NULL ? pd_settings_team(settings, mailbox->team) : NULL;
		if (team != NULL && pd_team_has(team, context->agent->name))
			return mailbox;
	}
	return settings->mailboxes.count > 0 ? &settings->mailboxes.items[0] : NULL;
}

struct pd_ticket *command_home(struct command_run *run)
{
	const struct pd_mailbox *mailbox = command_new_mailbox(run->context, run->commands);
	if (run->ticket != NULL || mailbox == NULL)
		return run->ticket;
	const char *actor = run->context->actor;
	run->context->actor = "postdesk";
	struct pd_ticket *home = pd_collector(run->context, mailbox, "commands", N_("Commands and requests"));
	run->context->actor = actor;
	return home;
}

static const char *new_name(struct command_run *run, const struct pd_command *command)
{
	const char *name = *command->rest != '\0' ? command->rest : run->commands->new_name;
	for (size_t i = 0; i < run->commands->items.count; i++) {
		const struct pd_command *other = &run->commands->items.items[i];
		if (strcmp(other->spec->word, "set") == 0 && pd_equal(other->value, "name") &&
		    other->words.count > 0)
			name = other->words.items[0];
	}
	return name != NULL ? pd_clean_line(run->context->arena, name, 0) : "";
}

void command_check_new(struct command_run *run, const struct pd_command *command)
{
	const size_t before = run->commands->errors.count;
	run->commands->lacks_name = *new_name(run, command) == '\0';
	if (run->commands->lacks_name)
		command_refused(run, command,
				RUN_SAY(run, "the new ticket needs a name: #new NAME, or a subject."));
	struct pd_strings lacking = pd_commands_lacking(run->context->arena, run->context->settings, run->commands);
	for (size_t i = 0; i < lacking.count; i++)
		command_refused(run, command,
				RUN_SAY(run, "a new ticket needs the property {property}: add #set {property}={value}.",
					"property", lacking.items[i], "value",
					pd_form_value(run->context->arena,
						      pd_find_property(run->context->settings, lacking.items[i]))));
	run->commands->lacking += run->commands->errors.count - before;
	if (command_new_mailbox(run->context, run->commands) == NULL)
		command_refused(run, command, RUN_SAY(run, "there is no mailbox for it."));
}

int command_apply_new(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_mailbox *mailbox = command_new_mailbox(context, run->commands);
	const char *name = new_name(run, command);
	if (mailbox == NULL || *name == '\0')
		return pd_fail(run->error, PD_PERMANENT, "%s",
			       RUN_SAY(run, "the new ticket needs a name: #new NAME, or a subject."));
	const struct pd_change values[] = {{.property = "name", .to = name},
					   {.property = "source",
					    .to = pd_starts(context->actor, "rule:") ? "rule" : "manual"}};
	run->ticket = pd_plan_new_ticket(context, mailbox, values, 2);
	context->plan->ticket = run->ticket->number;
	command_report(run, command,
		       RUN_SAY(run, "ticket #{number} \"{name}\" in {mailbox}", "number",
			       pd_printf(context->arena, "%lld", (long long)run->ticket->number), "name",
			       name, "mailbox", mailbox->full_name));
	return 0;
}

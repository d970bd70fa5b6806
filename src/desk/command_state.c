/* Commands about where a ticket stands: status, priority, category, pipeline, spam. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/form.h"

void command_parse_none(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count > 0)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} stands alone; \"{rest}\" after it has no meaning.",
					 "word", command->spec->word, "rest", command->rest));
}

static bool has_argument(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count > 0)
		return true;
	command_wrong(parser, command,
		      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
				 command->spec->word, "arguments", command->spec->arguments));
	return false;
}

/* #close #open #wait: the value is the kind. */
void command_parse_state(struct command_parser *parser, struct pd_command *command)
{
	if (strcmp(command->spec->word, "wait") != 0)
		command_take_conversation(parser, command);
	command_parse_none(parser, command);
	command->value = strcmp(command->spec->word, "wait") == 0    ? "waiting"
			 : strcmp(command->spec->word, "close") == 0 ? "closed"
								     : "open";
	parser->commands->sets_status |= command->conversation == 0;
}

/* A kind, or the name of a status of any pipeline: which one is known with the ticket. */
void command_parse_status(struct command_parser *parser, struct pd_command *command)
{
	enum pd_status_kind kind;
	if (!has_argument(parser, command))
		return;
	parser->commands->sets_status = true;
	command->value = command->rest;
	if (pd_status_kind_parse(pd_fold(parser->arena, command->rest), &kind))
		return;
	struct pd_found found = pd_find_status(parser->arena, parser->settings, NULL, command->rest);
	if (found.name == NULL && found.choices == NULL)
		command_wrong_found(parser, command, "status", command->rest, &found);
}

/* The status of the pipeline that the command means; NULL: it has none such. */
static const struct pd_status *status_meant(struct command_run *run, const struct pd_pipeline *pipeline,
					    const char *value)
{
	enum pd_status_kind kind;
	struct pd_arena *arena = run->context->arena;
	struct pd_found found = pd_find_status(arena, run->context->settings, pipeline, value);
	if (found.name != NULL)
		return pd_pipeline_status(pipeline, found.name);
	if (!pd_status_kind_parse(pd_fold(arena, value), &kind))
		return NULL;
	const struct pd_status *first = pd_pipeline_first(pipeline, kind);
	return first != NULL && first->kind == kind ? first : NULL;
}

/* A word for a kind outranks a status of that name that is of another kind. */
static const struct pd_status *status_of(struct command_run *run, const struct pd_pipeline *pipeline,
					 const struct pd_command *command)
{
	enum pd_status_kind kind;
	if (command->words.count == 0 && pd_status_kind_parse(command->value, &kind)) {
		const struct pd_status *first = pd_pipeline_first(pipeline, kind);
		return first != NULL && first->kind == kind ? first : NULL;
	}
	return status_meant(run, pipeline, command->value);
}

/* Properties that the configuration wants before this status (required_before), and that the ticket lacks. */
static void check_required(struct command_run *run, const struct pd_command *command,
			   const struct pd_status *status)
{
	const struct pd_settings *settings = run->context->settings;
	struct pd_arena *arena = run->context->arena;
	const char *by_name = pd_printf(arena, "%s:%s", run->pipeline->name, status->name);
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		const char *before = strcmp(group->type, "property") == 0
					     ? pd_group_value(group, "required_before", NULL)
					     : NULL;
		if (before == NULL)
			continue;
		struct pd_strings when = pd_split(arena, before, ';');
		if (!pd_strings_has_nocase(&when, pd_status_kind_name(status->kind)) &&
		    !pd_strings_has_nocase(&when, by_name))
			continue;
		if (command_value_after(run, group->name) != NULL)
			continue;
		command_refused(run, command,
				RUN_SAY(run, "{status} needs the property {property}: add #set {property}={value}.",
					"status", status->name, "property", group->name, "value",
					pd_form_value(arena, group)));
		run->commands->awaited++;
	}
}

void command_check_status(struct command_run *run, const struct pd_command *command)
{
	if (run->pipeline == NULL || (command->conversation != 0 && !command_check_conversation(run, command)))
		return;
	const struct pd_status *status = status_of(run, run->pipeline, command);
	if (status != NULL) {
		check_required(run, command, status);
		return;
	}
	struct pd_strings names = {0};
	for (size_t i = 0; i < run->pipeline->statuses.count; i++)
		*pd_list_add(run->context->arena, &names) = run->pipeline->statuses.items[i].name;
	command_refused(run, command,
			RUN_SAY(run, "the pipeline {pipeline} has no status \"{status}\"; it has: {names}.",
				"pipeline", run->pipeline->name, "status", command->value, "names",
				pd_strings_join(run->context->arena, &names, ", ")));
}

static const struct pd_pipeline *pipeline_of(struct command_run *run)
{
	const struct pd_settings *settings = run->context->settings;
	const struct pd_pipeline *pipeline =
		run->ticket->pipeline != NULL ? pd_settings_pipeline(settings, run->ticket->pipeline) : NULL;
	if (pipeline == NULL && run->ticket->mailbox != NULL &&
	    pd_settings_mailbox(settings, run->ticket->mailbox) != NULL)
		pipeline = pd_settings_mailbox(settings, run->ticket->mailbox)->pipeline;
	return pipeline;
}

int command_apply_status(struct command_run *run, const struct pd_command *command)
{
	const struct pd_pipeline *pipeline = pipeline_of(run);
	const struct pd_status *status = pipeline != NULL ? status_of(run, pipeline, command) : NULL;
	if (status == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s",
			       RUN_SAY(run, "#{word}: there is no status \"{status}\" for this ticket.",
				       "word", command->spec->word, "status", command->value));
	if (command->conversation != 0)
		command_apply_conversation_status(run, command, status);
	else
		command_set(run, command, "status",
			    pd_status_value(run->context->arena, status->kind, status->name));
	return 0;
}

void command_parse_priority(struct command_parser *parser, struct pd_command *command)
{
	if (!has_argument(parser, command))
		return;
	struct pd_found found = pd_find_word(parser->arena, &parser->settings->priorities, command->rest);
	command->value = found.name;
	if (found.name == NULL)
		command_wrong_found(parser, command, "priority", command->rest, &found);
}

int command_apply_priority(struct command_run *run, const struct pd_command *command)
{
	command_set(run, command, "priority", command->value);
	return 0;
}

void command_parse_category(struct command_parser *parser, struct pd_command *command)
{
	if (!has_argument(parser, command) || command_is_keyword(parser->arena, command->rest, "none"))
		return;
	struct pd_found found = pd_find_word(parser->arena, &parser->settings->categories, command->rest);
	command->value = found.name;
	if (found.name == NULL)
		command_wrong_found(parser, command, "category", command->rest, &found);
}

int command_apply_category(struct command_run *run, const struct pd_command *command)
{
	command_set(run, command, "category", command->value);
	return 0;
}

void command_parse_pipeline(struct command_parser *parser, struct pd_command *command)
{
	if (!has_argument(parser, command))
		return;
	struct pd_found found = pd_find_pipeline(parser->arena, parser->settings, command->rest);
	command->value = found.name;
	if (found.name == NULL)
		command_wrong_found(parser, command, "pipeline", command->rest, &found);
}

void command_check_pipeline(struct command_run *run, const struct pd_command *command)
{
	/* What comes after it is checked against the new one. */
	run->pipeline = pd_settings_pipeline(run->context->settings, command->value);
}

int command_apply_pipeline(struct command_run *run, const struct pd_command *command)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(run->context->settings, command->value);
	bool is_same = pd_equal(run->ticket->pipeline, pipeline->name);
	enum pd_status_kind kind = run->ticket->status_kind;
	command_set(run, command, "pipeline", pipeline->name);
	const struct pd_status *status = pd_pipeline_first(pipeline, kind);
	if (!is_same && pd_pipeline_status(pipeline, run->ticket->status) == NULL)
		command_set(run, command, "status",
			    pd_status_value(run->context->arena, status->kind, status->name));
	return 0;
}

int command_apply_spam(struct command_run *run, const struct pd_command *command)
{
	command_set(run, command, "spam", "yes");
	return 0;
}

int command_apply_ham(struct command_run *run, const struct pd_command *command)
{
	command_set(run, command, "spam", NULL);
	return 0;
}

/* #set, #add and #remove PROPERTY=VALUE: the ticket's own properties, where another command is the same, become that command;
 * custom ones are checked by their type. The property stands in command->value, the new value in words (none:
 * take it away). */
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/form.h"

/* Properties that another command sets. */
static const char *const by_command[][2] = {
	{"owner", "assign"},	  {"status", "status"},	    {"priority", "priority"},
	{"category", "category"}, {"pipeline", "pipeline"}, {"company", "company"},
};
static const char *const texts[] = {"name", "description", "source"};

static bool is_text(const char *property)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(property, texts[i]) == 0)
			return true;
	return false;
}

static void become(struct command_parser *parser, struct pd_command *command, const char *word,
		   const char *value)
{
	command->spec = command_find(parser->settings, "en", word);
	command->rest = value;
	command->words = pd_split(parser->arena, value, ' ');
	command->value = NULL;
	command->spec->parse(parser, command);
}

static void set_one_word(struct command_parser *parser, struct pd_command *command, const char *value)
{
	memset(&command->words, 0, sizeof command->words);
	if (value != NULL && *value != '\0')
		*pd_list_add(parser->arena, &command->words) = value;
}

static void parse_team(struct command_parser *parser, struct pd_command *command, const char *value)
{
	command->value = "team";
	set_one_word(parser, command, NULL);
	if (*value == '\0' || command_is_keyword(parser->arena, value, "none"))
		return;
	struct pd_found found = pd_find_team(parser->arena, parser->settings, value);
	if (found.name == NULL)
		command_wrong_found(parser, command, "team", value, &found);
	else
		set_one_word(parser, command, found.name);
}

/* "none" takes a custom property away, as it does those of every ticket, unless it is one of the choices. */
static bool is_none(struct command_parser *parser, const struct pd_group *group, const char *value)
{
	struct pd_strings choices = pd_split(parser->arena, pd_group_value(group, "choices", NULL), ';');
	return command_is_keyword(parser->arena, value, "none") &&
	       pd_find_word(parser->arena, &choices, value).name == NULL;
}

/* A value fit for the type; NULL: it is wrong, and said. */
static const char *parse_typed(struct command_parser *parser, struct pd_command *command,
			       const struct pd_group *group, const char *value)
{
	const char *type = pd_group_value(group, "type", NULL);
	struct pd_strings choices = pd_split(parser->arena, pd_group_value(group, "choices", NULL), ';'),
			  kept = {0};
	pd_time time;
	if (pd_equal(type, "number")) {
		if (pd_is_decimal(value))
			return value;
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{property} is a number, and \"{value}\" is none.",
					 "property", group->name, "value", value));
		return NULL;
	}
	if (pd_equal(type, "date")) {
		if (strlen(value) == strlen("2026-11-21") && pd_time_parse(value, &time))
			return value;
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "{property} is a date such as 2026-01-31, and \"{value}\" is none.",
					 "property", group->name, "value", value));
		return NULL;
	}
	if (!pd_equal(type, "choice") && !pd_equal(type, "choices"))
		return value;
	struct pd_strings parts = {0};
	if (pd_equal(type, "choices"))
		parts = pd_split(parser->arena, value, ';');
	else
		*pd_list_add(parser->arena, &parts) = value;
	for (size_t i = 0; i < parts.count; i++) {
		struct pd_found found = pd_find_word(parser->arena, &choices, parts.items[i]);
		if (found.name == NULL) {
			command_wrong_found(parser, command, group->name, parts.items[i], &found);
			return NULL;
		}
		pd_strings_add_once(parser->arena, &kept, found.name);
	}
	return pd_strings_join(parser->arena, &kept, ";");
}

static void unknown_property(struct command_parser *parser, struct pd_command *command, const char *property)
{
	struct pd_strings names = {0};
	if (pd_property_is_builtin(property)) {
		command_wrong(
			parser, command,
			PARSER_SAY(parser, "the property {property} cannot be set.", "property", property));
		return;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*pd_list_add(parser->arena, &names) = texts[i];
	for (size_t i = 0; i < sizeof by_command / sizeof *by_command; i++)
		*pd_list_add(parser->arena, &names) = by_command[i][0];
	*pd_list_add(parser->arena, &names) = "team";
	for (size_t i = 0; i < parser->settings->groups.count; i++)
		if (strcmp(parser->settings->groups.items[i].type, "property") == 0)
			*pd_list_add(parser->arena, &names) = parser->settings->groups.items[i].name;
	struct pd_found found = pd_found_none(parser->arena, property, &names);
	command_wrong_found(parser, command, "property", property, &found);
}

/* PROPERTY=VALUE; the property folded; false: it is no such thing, and said. */
static bool split(struct command_parser *parser, struct pd_command *command, const char **ret_property,
		  char **ret_value)
{
	size_t len = strcspn(command->rest, "=:");
	if (len == 0 || command->rest[len] == '\0') {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs PROPERTY=VALUE.", "word", command->spec->word));
		return false;
	}
	char *value = pd_trim(parser->arena, command->rest + len + 1);
	size_t value_len = strlen(value);
	if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"')
		value = pd_strndup(parser->arena, value + 1, value_len - 2);
	*ret_property =
		pd_fold(parser->arena, pd_trim(parser->arena, pd_strndup(parser->arena, command->rest, len)));
	*ret_value = value;
	return true;
}

void command_parse_set(struct command_parser *parser, struct pd_command *command)
{
	const char *property;
	char *value;
	if (!split(parser, command, &property, &value))
		return;
	if (strcmp(property, "team") == 0) {
		parse_team(parser, command, value);
		return;
	}
	for (size_t i = 0; i < sizeof by_command / sizeof *by_command; i++) {
		if (strcmp(property, by_command[i][0]) == 0) {
			become(parser, command, by_command[i][1], value);
			return;
		}
	}
	const struct pd_group *custom = pd_find_property(parser->settings, property);
	if (custom == NULL && !is_text(property)) {
		unknown_property(parser, command, property);
		return;
	}
	if (custom == NULL && strcmp(property, "name") == 0 && *value == '\0') {
		command_wrong(parser, command, PARSER_SAY(parser, "a ticket needs a name."));
		return;
	}
	command->value = custom != NULL ? custom->name : property;
	bool is_description = custom == NULL && strcmp(property, "description") == 0;
	if (custom != NULL ? is_none(parser, custom, value)
			   : is_description && command_is_keyword(parser->arena, value, "none"))
		value = "";
	if (custom != NULL && *value != '\0')
		value = (char *)parse_typed(parser, command, custom, value);
	set_one_word(parser, command, value);
}

/* A custom property of a value that the ticket's status already required may not be taken away; all else may.
 */
void command_check_set(struct command_run *run, const struct pd_command *command)
{
	const struct pd_group *custom = pd_find_property(run->context->settings, command->value);
	const char *before = custom != NULL ? pd_group_value(custom, "required_before", NULL) : NULL;
	if (before == NULL || command->words.count > 0 || run->ticket == NULL || run->ticket->status == NULL)
		return;
	struct pd_strings when = pd_split(run->context->arena, before, ';');
	const char *by_name = pd_printf(run->context->arena, "%s:%s", run->ticket->pipeline != NULL ? run->ticket->pipeline : "",
					      run->ticket->status);
	if (pd_strings_has_nocase(&when, pd_status_kind_name(run->ticket->status_kind)) ||
	    pd_strings_has_nocase(&when, by_name))
		command_refused(run, command,
				RUN_SAY(run,
					"{status} needs the property {property}: add #set {property}={value}.",
					"status", run->ticket->status, "property", custom->name, "value",
					pd_form_value(run->context->arena, custom)));
}

/* --- #add, #remove: some of several choices --- */

void command_parse_choices(struct command_parser *parser, struct pd_command *command)
{
	const char *property;
	char *value;
	if (!split(parser, command, &property, &value))
		return;
	const struct pd_group *custom = pd_find_property(parser->settings, property);
	if (custom == NULL && !pd_property_is_builtin(property)) {
		unknown_property(parser, command, property);
	} else if (custom == NULL || !pd_equal(pd_group_value(custom, "type", NULL), "choices")) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{property} has one value: #set {property}=VALUE.", "property",
					 custom != NULL ? custom->name : property));
	} else if (*value == '\0') {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs PROPERTY=VALUE.", "word", command->spec->word));
	} else {
		command->value = custom->name;
		set_one_word(parser, command, parse_typed(parser, command, custom, value));
	}
}

/* The choices that there are now, as the command leaves them; NULL: none. */
static const char *choices_after(struct pd_arena *arena, const struct pd_command *command, const char *now)
{
	struct pd_strings old = pd_split(arena, now != NULL ? now : "", ';'), result = {0};
	struct pd_strings given = pd_split(arena, command->words.items[0], ';');
	bool is_adding = strcmp(command->spec->word, "add") == 0;
	for (size_t i = 0; i < old.count; i++)
		if (is_adding || !pd_strings_has(&given, old.items[i]))
			*pd_list_add(arena, &result) = old.items[i];
	for (size_t i = 0; is_adding && i < given.count; i++)
		pd_strings_add_once(arena, &result, given.items[i]);
	return result.count > 0 ? pd_strings_join(arena, &result, ";") : NULL;
}

static const char *changed_choices(struct command_run *run, const struct pd_command *command)
{
	struct pd_arena *arena = run->context->arena;
	return choices_after(arena, command,
			     run->ticket != NULL ? pd_ticket_get(arena, run->ticket, command->value) : NULL);
}

const char *command_value_after(struct command_run *run, const char *property)
{
	struct pd_arena *arena = run->context->arena;
	const char *value = run->ticket != NULL ? pd_ticket_get(arena, run->ticket, property) : NULL;
	for (size_t i = 0; i < run->commands->items.count; i++) {
		const struct pd_command *command = &run->commands->items.items[i];
		const char *word = command->spec->word;
		if (!pd_equal(command->value, property))
			continue;
		if (strcmp(word, "set") == 0)
			value = command->words.count > 0 ? command->words.items[0] : NULL;
		else if (strcmp(word, "add") == 0 || strcmp(word, "remove") == 0)
			value = choices_after(arena, command, value);
	}
	return value != NULL && *value != '\0' ? value : NULL;
}

void command_check_choices(struct command_run *run, const struct pd_command *command)
{
	struct pd_command emptied = *command;
	emptied.words.count = 0;
	if (changed_choices(run, command) == NULL)
		command_check_set(run, &emptied);
}

int command_apply_choices(struct command_run *run, const struct pd_command *command)
{
	command_set(run, command, command->value, changed_choices(run, command));
	return 0;
}

/* --- what lacks --- */

bool pd_command_gives(const struct pd_command *command, const char *property)
{
	return (strcmp(command->spec->word, "set") == 0 || strcmp(command->spec->word, "add") == 0) &&
	       pd_equal(command->value, property) && command->words.count > 0;
}

struct pd_strings pd_commands_lacking(struct pd_arena *arena, const struct pd_settings *settings,
				      const struct pd_commands *commands)
{
	struct pd_strings lacking = {0};
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "property") != 0 ||
		    !pd_equal(pd_group_value(group, "on_create", NULL), "required"))
			continue;
		bool is_given = false;
		for (size_t n = 0; commands != NULL && n < commands->items.count; n++)
			is_given |= pd_command_gives(&commands->items.items[n], group->name);
		if (!is_given)
			*pd_list_add(arena, &lacking) = group->name;
	}
	return lacking;
}

int command_apply_set(struct command_run *run, const struct pd_command *command)
{
	const char *value = command->words.count > 0 ? command->words.items[0] : NULL;
	/* A ticket always has a name and a description, if an empty one. */
	if (value == NULL && strcmp(command->value, "description") == 0)
		value = "";
	command_set(run, command, command->value, value);
	return 0;
}

/* Commands about colleagues: owner, followers. */
#include <string.h>

#include "base/text.h"
#include "desk/absence.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"

/* --- #assign, #take: the value is an agent, "" for nobody; a team stands in words[0] after "team" --- */

#define TEAM "team:" /* before a team's name in the value */

static bool is_viewer(const struct pd_settings *settings, const char *name)
{
	const struct pd_agent *agent = pd_settings_agent(settings, name);
	return agent != NULL && agent->role == PD_ROLE_VIEWER;
}

/* Without the full stop that phones put at a line's end. */
static const char *without_stop(struct pd_arena *arena, const char *text)
{
	size_t len = strlen(text);
	while (len > 1 && strchr(".,!", text[len - 1]) != NULL)
		len--;
	return pd_strndup(arena, text, len);
}

/* Sets the value to the agent whom the text means; me, too. */
static void parse_agent(struct command_parser *parser, struct pd_command *command, const char *text)
{
	if (command_is_keyword(parser->arena, without_stop(parser->arena, text), "me")) {
		if (parser->agent == NULL)
			command_wrong(parser, command,
				      PARSER_SAY(parser, "\"me\" is nobody here: name the agent."));
		else
			command->value = parser->agent->name;
		return;
	}
	struct pd_found found =
		pd_find_agent(parser->arena, parser->settings, *text == '@' ? text + 1 : text);
	if (found.name != NULL) {
		command->value = found.name;
		return;
	}
	/* "#assign support" where support is a team */
	struct pd_found team = pd_find_team(parser->arena, parser->settings, text);
	if (found.choices == NULL && team.name != NULL && strcmp(command->spec->word, "assign") == 0)
		found.nearest = pd_printf(parser->arena, "#assign team %s", team.name);
	command_wrong_found(parser, command, "agent", text, &found);
}

void command_parse_assign(struct command_parser *parser, struct pd_command *command)
{
	command_take_conversation(parser, command);
	const char *rest = command->rest;
	size_t words = command->words.count;
	if (words > 1 && pd_equal_nocase(command->words.items[0], "to")) {
		rest = pd_trim(parser->arena, rest + strlen("to"));
		words--;
	}
	size_t first = strcspn(rest, " ");
	if (words == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
	} else if (words > 1 &&
		   command_is_keyword(parser->arena, pd_strndup(parser->arena, rest, first), "team")) {
		const char *name = pd_trim(parser->arena, rest + first);
		struct pd_found found = pd_find_team(parser->arena, parser->settings, name);
		if (found.name == NULL)
			command_wrong_found(parser, command, "team", name, &found);
		else
			command->value = pd_printf(parser->arena, TEAM "%s", found.name);
	} else if (command_is_keyword(parser->arena, without_stop(parser->arena, rest), "none")) {
		command->value = "";
	} else {
		parse_agent(parser, command, rest);
		if (command->value != NULL && is_viewer(parser->settings, command->value))
			command_wrong(parser, command,
				      PARSER_SAY(parser, "{agent} is a viewer and cannot own tickets.",
						 "agent", command->value));
	}
}

void command_check_assign(struct command_run *run, const struct pd_command *command)
{
	if (command->conversation == 0 || !command_check_conversation(run, command))
		return;
	if (pd_starts(command->value, TEAM))
		command_refused(run, command,
				RUN_SAY(run, "a conversation has an owner, its ticket a team: leave the word conversation out."));
}

void command_parse_take(struct command_parser *parser, struct pd_command *command)
{
	command_parse_none(parser, command);
	if (parser->agent == NULL)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#take needs an agent who takes it: use #assign NAME."));
	else
		command->value = parser->agent->name;
}

/* The new owner is away for longer than the hours of the day. */
static void tell_of_absence(struct command_run *run, const struct pd_agent *agent)
{
	struct pd_context *context = run->context;
	if (agent == NULL || agent == context->agent)
		return;
	struct pd_records records = pd_plan_records(context, PD_ABSENCE);
	struct pd_availability found =
		pd_availability_of(context->arena, context->settings, &records, agent, context->now);
	if (!found.is_available && strcmp(found.why, PD_OUT_OF_HOURS) != 0)
		pd_report(context, "%s", pd_absence_words(context, agent));
}

int command_apply_assign(struct command_run *run, const struct pd_command *command)
{
	if (command->conversation != 0) {
		command_apply_conversation_owner(run, command);
		return 0;
	}
	if (!pd_starts(command->value, TEAM)) {
		command_set(run, command, "owner", *command->value != '\0' ? command->value : NULL);
		tell_of_absence(run, pd_settings_agent(run->context->settings, command->value));
		return 0;
	}
	const struct pd_team *team = pd_settings_team(run->context->settings, command->value + strlen(TEAM));
	command_set(run, command, "team", team->name);
	/* It is the team's now: an owner from outside gives it up. */
	if (run->ticket->owner != NULL && !pd_team_has(team, run->ticket->owner))
		command_set(run, command, "owner", NULL);
	return 0;
}

/* --- #follow, #unfollow --- */

void command_parse_follow(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count > 0) {
		parse_agent(parser, command, command->rest);
		if (command->value != NULL && parser->agent != NULL &&
		    parser->agent->role == PD_ROLE_VIEWER && strcmp(command->value, parser->agent->name) != 0)
			command_wrong(parser, command,
				      PARSER_SAY(parser, "you lack the right \"{right}\" that #{word} needs.",
						 "right", "change", "word",
						 pd_printf(parser->arena, "%s NAME", command->spec->word)));
	} else if (parser->agent == NULL) {
		command_wrong(parser, command, PARSER_SAY(parser, "\"me\" is nobody here: name the agent."));
	} else {
		command->value = parser->agent->name;
	}
}

int command_apply_follow(struct command_run *run, const struct pd_command *command)
{
	const char *who = pd_value_words(run->context, "follower", command->value);
	if (pd_plan_add(run->context, run->ticket, "follower", command->value, 0,
			command_why(run, command)) == NULL)
		command_report(run, command, RUN_SAY(run, "{who} follows already", "who", who));
	else
		command_report(run, command, RUN_SAY(run, "{who} follows now", "who", who));
	return 0;
}

int command_apply_unfollow(struct command_run *run, const struct pd_command *command)
{
	const char *who = pd_value_words(run->context, "follower", command->value);
	const struct pd_agent *agent = pd_settings_agent(run->context->settings, command->value);
	bool is_owner = agent != NULL && pd_agent_is(agent, run->ticket->owner);
	bool did_follow = pd_plan_remove(run->context, run->ticket, "follower", command->value, 0,
					 command_why(run, command)) != NULL;
	for (size_t i = 0; agent != NULL && i < agent->was.count; i++)
		did_follow |= pd_plan_remove(run->context, run->ticket, "follower", agent->was.items[i], 0,
					     command_why(run, command)) != NULL;
	if (did_follow)
		command_report(run, command, RUN_SAY(run, "{who} follows no more", "who", who));
	else if (!is_owner)
		command_report(run, command, RUN_SAY(run, "{who} does not follow", "who", who));
	if (is_owner)
		command_report(run, command,
			       RUN_SAY(run, "{who} is the owner, who is told all the same", "who", who));
	return 0;
}

/* #away and #available: the agent's own word on whether somebody is there.
 *
 * Promises: both are events like others, on the ticket where they were given or, where there is none, on the
 * one that collects commands, and can be taken back. #available ends what holds now and leaves later absences
 * alone. */
#include <string.h>

#include "base/text.h"
#include "desk/absence.h"
#include "desk/command_table.h"
#include "desk/when.h"

static const struct pd_agent *agent_of(struct command_parser *parser, const struct pd_command *command)
{
	if (parser->agent == NULL)
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "#{word} is an agent's own word: as whom? (postdesk --as AGENT)",
					 "word", command->spec->word));
	return parser->agent;
}

/* "until monday", "for 2 weeks", "monday"; as phones write them, with a full stop. */
static bool read_time(struct command_parser *parser, const struct pd_command *command,
		      const struct pd_when_place *place, struct pd_when *ret_when)
{
	static const char joining[] = " until till for bis für jusqu'à jusqu'au pour do asti ";
	const char *text = command->rest;
	const char *first = pd_fold(parser->arena, command->words.count > 1 ? command->words.items[0] : "");
	if (*first != '\0' && strstr(joining, pd_printf(parser->arena, " %s ", first)) != NULL)
		text = pd_trim(parser->arena, text + strlen(command->words.items[0]));
	if (pd_when_parse(place, text, ret_when))
		return true;
	size_t len = strlen(text);
	while (len > 0 && strchr(".,!", text[len - 1]) != NULL)
		len--;
	return pd_when_parse(place, pd_strndup(parser->arena, text, len), ret_when);
}

void command_parse_away(struct command_parser *parser, struct pd_command *command)
{
	const struct pd_agent *agent = agent_of(parser, command);
	const char *text = command->rest;
	struct pd_when when;
	if (agent == NULL || *text == '\0')
		return;
	struct pd_when_place place = pd_when_place_of(parser->settings, agent, parser->now);
	if (!read_time(parser, command, &place, &when)) {
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "\"{text}\" is no time. Write it like: #away until monday, #away "
					 "until tomorrow 9:00, "
					 "#away until 2026-12-24, #away 2h",
					 "text", text));
		return;
	}
	command->number = pd_when_morning(&place, &when);
	if (command->number <= parser->now) /* today: for the rest of it */
		command->number = pd_when_end(&place, &when);
	if (command->number <= parser->now)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{when} is past.", "when",
					 pd_when_text(parser->arena, parser->language, place.zone, command->number)));
}

void command_parse_available(struct command_parser *parser, struct pd_command *command)
{
	command_parse_none(parser, command);
	(void)agent_of(parser, command);
}

int command_apply_away(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	pd_time until = command->number != 0 ? command->number : PD_NEVER;
	pd_absence_set(context, command_home(run), context->agent, "here", 0, 0, NULL,
		       command_why(run, command));
	pd_absence_set(context, command_home(run), context->agent, "away", context->now, until, "#away",
		       command_why(run, command));
	command_report(run, command, pd_absence_words(context, context->agent));
	return 0;
}

int command_apply_available(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	pd_absence_end(context, command_home(run), context->agent, command_why(run, command));
	command_report(run, command, pd_absence_words(context, context->agent));
	return 0;
}

/* Commands about time: #snooze, #remind, and #why, which tells the sum behind each due time. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/when.h"
#include "desk/why.h"

static struct pd_when_place place_of(const struct command_run *run)
{
	return pd_when_place_of(run->context->settings, run->context->agent, run->context->now);
}

size_t command_take_time(struct command_parser *parser, struct pd_command *command, pd_time *ret_at)
{
	struct pd_when_place place = pd_when_place_of(parser->settings, parser->agent, parser->now);
	struct pd_when when;
	size_t taken = pd_when_parse_words(&place, &command->words, &when);
	if (taken == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "a time is missing. Write it like: #{word} monday, #{word} tomorrow 9:00, "
					 "#{word} 2026-12-24, #{word} 2d",
					 "word", command->spec->word));
		return 0;
	}
	*ret_at = pd_when_morning(&place, &when);
	if (*ret_at > parser->now)
		return taken;
	command_wrong(parser, command,
		      PARSER_SAY(parser, "{when} is past.", "when", pd_when_text(parser->arena, parser->language, place.zone, *ret_at)));
	return 0;
}

bool command_take_only_time(struct command_parser *parser, struct pd_command *command, pd_time *ret_at)
{
	size_t taken = command_take_time(parser, command, ret_at);
	if (taken > 0 && taken < command->words.count)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "\"{text}\" after the time has no meaning.", "text",
					 command->words.items[taken]));
	return taken > 0;
}

/* --- #snooze --- */

void command_parse_snooze(struct command_parser *parser, struct pd_command *command)
{
	pd_time at;
	if (command->words.count == 1 && command_is_keyword(parser->arena, command->words.items[0], "none"))
		return;
	if (command_take_only_time(parser, command, &at))
		command->value = pd_time_rfc3339(parser->arena, at);
}

int command_apply_snooze(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_when_place place = place_of(run);
	bool is_same = pd_equal(pd_ticket_get(context->arena, run->ticket, "snoozed"), command->value) ||
		       pd_plan_set(context, run->ticket, "snoozed", command->value, command_why(run, command)) == NULL;
	if (is_same && command->value != NULL)
		command_report(run, command,
			       RUN_SAY(run, "the ticket is snoozed until {time} already", "time",
				       pd_when_text(context->arena, pd_context_language(context), place.zone, run->ticket->snoozed)));
	else if (is_same)
		command_report(run, command, RUN_SAY(run, "the ticket is not snoozed"));
	else if (command->value == NULL)
		command_report(run, command, RUN_SAY(run, "the ticket is awake again"));
	else
		command_report(run, command,
			       RUN_SAY(run, "the ticket sleeps until {time}, or until the contact writes", "time",
				       pd_when_text(context->arena, pd_context_language(context), place.zone, run->ticket->snoozed)));
	return 0;
}

/* --- #remind --- */

void command_parse_remind(struct command_parser *parser, struct pd_command *command)
{
	pd_time at;
	if (parser->agent == NULL) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} reminds an agent: whom? (postdesk --as AGENT)", "word",
					 command->spec->word));
		return;
	}
	size_t taken = command_take_time(parser, command, &at);
	if (taken == 0)
		return;
	command->value =
		pd_printf(parser->arena, "%s %s", pd_time_rfc3339(parser->arena, at), parser->agent->name);
	command->number = at;
	struct pd_strings rest = {.items = command->words.items + taken, .count = command->words.count - taken};
	command->rest = pd_strings_join(parser->arena, &rest, " ");
}

/* The words are a message of their own, since events hold none. */
int command_apply_remind(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_when_place place = place_of(run);
	const char *when = pd_when_text(context->arena, pd_context_language(context), place.zone, command->number), *value = command->value;
	if (*command->rest == '\0' && pd_strings_has(&run->ticket->reminders, value)) {
		command_report(run, command, RUN_SAY(run, "you are reminded {time} already", "time", when));
		return 0;
	}
	/* Other words for the same time are a reminder of their own. */
	for (pd_time at = command->number + PD_SECOND; pd_strings_has(&run->ticket->reminders, value); at += PD_SECOND)
		value = pd_printf(context->arena, "%s%s", pd_time_rfc3339(context->arena, at), strchr(command->value, ' '));
	int64_t message = 0;
	if (*command->rest != '\0') {
		struct pd_planned_message *planned = pd_plan_message(context, "manual", PD_INTERNAL);
		planned->stored.text = command->rest;
		planned->stored.proof = "full";
		planned->stored.size = strlen(command->rest);
		planned->raw = (struct pd_bytes){.data = command->rest, .len = strlen(command->rest)};
		message = planned->stored.id;
	}
	const struct pd_change change = {.property = "reminder", .to = value};
	struct pd_event *event =
		pd_plan_event_with(context, run->ticket, PD_EVENT_REMINDER, 0, &change, 1);
	event->message = message;
	event->why = command_why(run, command);
	command_report(run, command, RUN_SAY(run, "you will be reminded {time}", "time", when));
	return 0;
}

/* --- #why --- */

int command_apply_why(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_when_place place = place_of(run);
	const struct pd_ticket *ticket =
		command->number != 0 ? pd_plan_ticket_followed(context, command->number) : run->ticket;
	if (ticket == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "There is no such ticket."));
	struct pd_goals goals;
	pd_plan_goals(context, ticket, &goals);
	pd_report(context, "#%lld %s", (long long)ticket->number, ticket->name);
	for (int goal = 0; goal < PD_GOALS; goal++) {
		struct pd_strings lines =
			pd_why_lines(context->arena, pd_context_language(context), &goals, ticket, (enum pd_goal)goal,
				     context->now, place.zone);
		for (size_t i = 0; i < lines.count; i++)
			pd_report(context, "%s", lines.items[i]);
	}
	bool has_goals = false;
	for (int goal = 0; goal < PD_GOALS; goal++)
		has_goals |= goals.of[goal].state != PD_GOAL_NONE;
	if (!has_goals)
		pd_report(context, "%s", RUN_SAY(run, "No goal holds for this ticket."));
	context->plan->has_table = true;
	return 0;
}

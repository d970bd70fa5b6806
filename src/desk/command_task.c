/* #task TEXT [due TIME], #done E7; and #reply E7, which names the message that is answered.
 *
 * A task is a comment that says so (desk/tasks.h); whoever has to do it is reminded by mail when it is due. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/tasks.h"
#include "desk/timeline.h"
#include "desk/when.h"

/* --- #task: the text in words[0], when it is due in number (0: no time), the reminder's time in value (NULL) --- */

/* The last "due" after which nothing but a time stands; count: there is none. */
static size_t find_due(const struct command_parser *parser, const struct pd_strings *words,
		       const struct pd_when_place *place, struct pd_when *ret_when)
{
	for (size_t i = words->count; i-- > 1;) {
		struct pd_strings rest = {.items = words->items + i + 1, .count = words->count - i - 1};
		if (command_is_keyword(parser->arena, words->items[i], "due") && rest.count > 0 &&
		    pd_when_parse_words(place, &rest, ret_when) == rest.count)
			return i;
	}
	return words->count;
}

/* Are the words after the last "due" meant as a time? One or two of them are: more are taken for text. */
static bool has_unread_due(const struct command_parser *parser, const struct pd_strings *words)
{
	for (size_t after = 1; after <= 2 && after + 1 < words->count; after++)
		if (command_is_keyword(parser->arena, words->items[words->count - 1 - after], "due"))
			return true;
	return false;
}

void command_parse_task(struct command_parser *parser, struct pd_command *command)
{
	struct pd_when_place place = pd_when_place_of(parser->settings, parser->agent, parser->now);
	struct pd_when when;
	size_t end = find_due(parser, &command->words, &place, &when);
	struct pd_strings said = {.items = command->words.items, .count = end};
	const char *text = pd_strings_join(parser->arena, &said, " ");
	if (*text == '\0') {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	if (end == command->words.count && has_unread_due(parser, &command->words)) {
		command_wrong(parser, command,
			      PARSER_SAY(parser,
					 "a time is missing. Write it like: #{word} monday, #{word} tomorrow 9:00, "
					 "#{word} 2026-12-24, #{word} 2d",
					 "word", pd_printf(parser->arena, "%s ... due", command->spec->word)));
		return;
	}
	if (end < command->words.count) {
		pd_time remind = pd_when_morning(&place, &when);
		command->number = pd_when_end(&place, &when);
		if (command->number <= parser->now)
			command_wrong(parser, command,
				      PARSER_SAY(parser, "{when} is past.", "when",
						 pd_when_due_text(parser->arena, parser->language, place.zone, command->number)));
		command->value = pd_time_rfc3339(parser->arena, remind > parser->now ? remind : command->number);
	}
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = text;
}

/* Named by @name first, else who says it, else who owns the ticket. */
static const char *doer_of(struct command_run *run, const char *text)
{
	struct pd_context *context = run->context;
	struct pd_strings named = pd_mentions_in(context->arena, context->settings, text);
	if (named.count > 0)
		return named.items[0];
	return context->agent != NULL ? context->agent->name : run->ticket->owner;
}

void command_check_task(struct command_run *run, const struct pd_command *command)
{
	if (run->ticket != NULL && doer_of(run, command->words.items[0]) == NULL)
		command_refused(run, command, RUN_SAY(run, "whose task is it? Name an agent: @name"));
}

/* Other tasks of that second are reminders of their own. */
static const char *free_reminder(struct command_run *run, const char *time, const char *agent)
{
	struct pd_arena *arena = run->context->arena;
	pd_time at = 0;
	(void)pd_time_parse(time, &at);
	const char *value = pd_printf(arena, "%s %s", time, agent);
	for (; pd_strings_has(&run->ticket->reminders, value); at += PD_SECOND)
		value = pd_printf(arena, "%s %s", pd_time_rfc3339(arena, at + PD_SECOND), agent);
	return value;
}

int command_apply_task(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	const char *text = command->words.items[0], *agent = doer_of(run, text), *why = command_why(run, command);
	struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	if (agent == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "whose task is it? Name an agent: @name"));
	struct pd_planned_message *message = pd_plan_words(context, text);
	const struct pd_change changes[] = {
		{.property = PD_CHANGE_LOG, .to = "task"},
		{.property = "reminder", .to = command->value != NULL ? free_reminder(run, command->value, agent) : NULL},
	};
	struct pd_event *event = pd_plan_event_with(context, run->ticket, PD_EVENT_COMMENT, 0, changes,
						    command->value != NULL ? 2 : 1);
	event->message = message->stored.id;
	event->why = why;
	const char *entry = pd_printf(arena, "%lld", (long long)event->id);
	pd_plan_set(context, run->ticket, pd_task_property(arena, event->id),
		    pd_task_value(arena, false, command->number, agent), why);
	const char *who = pd_value_words(context, "owner", agent);
	command_report(run, command,
		       command->number != 0
			       ? RUN_SAY(run, "task E{entry} of {who}, due {time}: {text}", "entry", entry, "who", who, "time",
					 pd_when_due_text(arena, pd_context_language(context), place.zone, command->number), "text",
					 text)
			       : RUN_SAY(run, "task E{entry} of {who}: {text}", "entry", entry, "who", who, "text", text));
	return 0;
}

/* --- #done: number is the entry --- */

static bool find_task(struct command_run *run, const struct pd_command *command, struct pd_task *ret_task)
{
	struct pd_context *context = run->context;
	for (size_t i = 0; i < run->ticket->properties.count; i++)
		if (pd_task_parse(context->arena, &run->ticket->properties.items[i], ret_task) &&
		    ret_task->entry == command->number)
			return true;
	return false;
}

void command_check_done(struct command_run *run, const struct pd_command *command)
{
	struct pd_task task;
	if (run->ticket != NULL && !find_task(run, command, &task))
		command_refused(run, command,
				RUN_SAY(run, "{entry} is no task of this ticket.", "entry",
					pd_printf(run->context->arena, "E%lld", (long long)command->number)));
}

/* What was to remind of it. */
static const char *reminder_of(struct command_run *run, int64_t entry)
{
	struct pd_context *context = run->context;
	const struct pd_entry *found = context->desk->entry(context->desk, context->arena, entry);
	for (size_t i = 0; found != NULL && i < found->event.changes.count; i++)
		if (strcmp(found->event.changes.items[i].property, "reminder") == 0)
			return found->event.changes.items[i].to;
	return NULL;
}

int command_apply_done(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	const char *why = command_why(run, command), *entry = pd_printf(arena, "%lld", (long long)command->number);
	struct pd_task task;
	if (!find_task(run, command, &task))
		return pd_fail(run->error, PD_PERMANENT, "%s",
			       RUN_SAY(run, "{entry} is no task of this ticket.", "entry", pd_printf(arena, "E%s", entry)));
	if (task.is_done) {
		command_report(run, command, RUN_SAY(run, "task E{entry} is done already", "entry", entry));
		return 0;
	}
	const char *reminder = reminder_of(run, command->number);
	pd_plan_set(context, run->ticket, pd_task_property(arena, command->number),
		    pd_task_value(arena, true, context->now, context->agent != NULL ? context->agent->name : task.agent), why);
	if (reminder != NULL && pd_strings_has(&run->ticket->reminders, reminder))
		pd_plan_remove(context, run->ticket, "reminder", reminder, 0, why);
	command_report(run, command, RUN_SAY(run, "task E{entry} is done", "entry", entry));
	return 0;
}

/* --- #reply: number is the entry --- */

void command_parse_reply(struct command_parser *parser, struct pd_command *command)
{
	command_parse_pin(parser, command);
	parser->commands->reply_to_event = command->number;
}

void command_check_reply(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	if (run->ticket == NULL)
		return;
	const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, command->number);
	bool is_there = entry != NULL && pd_ticket_includes(run->ticket, entry->event.ticket) &&
			entry->event.kind == PD_EVENT_MESSAGE && entry->message != NULL &&
			entry->message->direction == PD_IN &&
			!pd_ticket_entry_deleted(run->ticket, entry->event.id);
	if (!is_there)
		command_refused(run, command,
				RUN_SAY(run, "{entry} is no message of a contact on this ticket.", "entry",
					pd_printf(context->arena, "E%lld", (long long)command->number)));
}

/* Commands that give a message or a ticket another place: #split E7, #move MAILBOX [to NAME] [REASON]. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/letters.h"

static const char *number_text(struct command_run *run, int64_t number)
{
	return pd_printf(run->context->arena, "%lld", (long long)number);
}

/* --- #split: number is the entry --- */

void command_parse_split(struct command_parser *parser, struct pd_command *command)
{
	command->number = command->words.count == 1 ? command_entry(command->words.items[0]) : 0;
	if (command->number == 0)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
}

/* Why it cannot be, or NULL. */
static const char *find_message(struct command_run *run, const struct pd_command *command,
				struct pd_entry **ret_entry)
{
	struct pd_context *context = run->context;
	const char *id = number_text(run, command->number);
	struct pd_entry *entry = context->desk->entry(context->desk, context->arena, command->number);
	if (entry == NULL || !pd_ticket_includes(run->ticket, entry->event.ticket))
		return RUN_SAY(run, "this ticket has no entry {entry}.", "entry",
			       pd_printf(context->arena, "E%s", id));
	if (entry->event.kind != PD_EVENT_MESSAGE || entry->message == NULL)
		return RUN_SAY(run, "E{entry} is no message.", "entry", id);
	if (pd_ticket_entry_deleted(run->ticket, command->number))
		return RUN_SAY(run, "E{entry} is deleted already", "entry", id);
	*ret_entry = entry;
	return NULL;
}

void command_check_split(struct command_run *run, const struct pd_command *command)
{
	struct pd_entry *entry;
	const char *wrong = run->ticket != NULL ? find_message(run, command, &entry) : NULL;
	if (wrong != NULL)
		command_refused(run, command, wrong);
}

/* The ticket that the message makes, with its people, of the same team and owner. */
static struct pd_ticket *new_ticket(struct command_run *run, const struct pd_stored *stored, int64_t *ret_conversation)
{
	struct pd_context *context = run->context;
	const struct pd_ticket *old = run->ticket;
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, old);
	const struct pd_change values[] = {
		{.property = "name", .to = pd_mail_name(context, stored->subject)},
		{.property = "source", .to = old->source},
		{.property = "team", .to = old->team},
		{.property = "priority", .to = old->priority},
		{.property = "owner", .to = old->owner},
		{.property = "category", .to = old->category},
	};
	struct pd_ticket *ticket =
		pd_plan_new_ticket(context, mailbox, values, sizeof values / sizeof *values);
	const struct pd_addresses *lists[] = {&stored->to, &stored->cc};
	struct pd_address first = stored->direction == PD_IN || stored->to.count == 0 ? stored->from
											: stored->to.items[0];
	int64_t conversation = pd_add_correspondent(context, ticket, mailbox, &first, stored->subject);
	for (size_t i = 0; i < 2; i++)
		for (size_t n = 0; n < lists[i]->count; n++)
			if (pd_is_outsider(context, lists[i]->items[n].addr))
				pd_plan_add(context, ticket, "participant",
					    pd_participant_value(context->arena, &lists[i]->items[n]), conversation,
					    NULL);
	*ret_conversation = conversation;
	return ticket;
}

/* What was promised of the message is promised of the new ticket. */
static void keep_promise(struct command_run *run, struct pd_ticket *ticket, struct pd_event *event)
{
	struct pd_context *context = run->context;
	struct pd_goals goals;
	pd_plan_goals(context, run->ticket, &goals);
	for (int goal = PD_GOAL_FIRST_REPLY; goal <= PD_GOAL_NEXT_REPLY; goal++) {
		const struct pd_clock *clock = &run->ticket->clocks.of[goal];
		if (clock->start != 0 && clock->stop == 0 && goals.of[goal].due != 0)
			pd_plan_amend(context, ticket, event, "kept_first_reply", NULL,
				      pd_time_milliseconds(context->arena, goals.of[goal].due));
	}
}

int command_apply_split(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *why = command_why(run, command);
	struct pd_entry *entry;
	int64_t conversation;
	const char *wrong = find_message(run, command, &entry);
	if (wrong != NULL)
		return pd_fail(run->error, PD_PERMANENT, "#%s: %s", command->spec->word, wrong);
	const struct pd_stored *stored = entry->message;
	struct pd_ticket *ticket = new_ticket(run, stored, &conversation);
	struct pd_event *related = pd_plan_event(context, ticket, PD_EVENT_RELATED, 0, 0,
						 pd_printf(context->arena, "split from E%lld", (long long)entry->event.id));
	related->other = run->ticket->number;
	struct pd_event *event = pd_plan_message_again(context, ticket, stored, conversation, why);
	if (stored->direction == PD_IN)
		keep_promise(run, ticket, event);
	if (*stored->message_id != '\0') {
		const struct pd_known_id known = {
			.ticket = ticket->number, .conversation = conversation, .event = event->id};
		pd_plan_id(context, stored->message_id, &known);
	}
	pd_plan_add(context, run->ticket, "entry_deleted", number_text(run, entry->event.id), 0, why);
	command_report(run, command,
		       RUN_SAY(run, "E{entry} is ticket #{number} \"{name}\" now", "entry",
			       number_text(run, entry->event.id), "number", number_text(run, ticket->number), "name",
			       ticket->name));
	return 0;
}

/* --- #move: the mailbox stands in value, the owner and the reason in words ("" none) --- */

/* "to NAME", then the reason, after the first word: they go into words, "" for none. */
void command_parse_owner_and_reason(struct command_parser *parser, struct pd_command *command)
{
	struct pd_strings words = command->words;
	const char *owner = "";
	size_t next = 1;
	if (words.count > 2 && command_is_keyword(parser->arena, words.items[1], "to")) {
		struct pd_found found = pd_find_agent(parser->arena, parser->settings, words.items[2]);
		if (command_is_keyword(parser->arena, words.items[2], "me") && parser->agent != NULL)
			found = (struct pd_found){.name = parser->agent->name};
		const struct pd_agent *agent =
			found.name != NULL ? pd_settings_agent(parser->settings, found.name) : NULL;
		if (found.name == NULL)
			command_wrong_found(parser, command, "agent", words.items[2], &found);
		else if (agent != NULL && agent->role == PD_ROLE_VIEWER)
			command_wrong(parser, command,
				      PARSER_SAY(parser, "{agent} is a viewer and cannot own tickets.", "agent",
						 agent->full_name));
		owner = found.name;
		next = 3;
	}
	struct pd_strings reason = {.items = words.items + next, .count = words.count > next ? words.count - next : 0};
	const char *text = pd_strings_join(parser->arena, &reason, " ");
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = owner;
	*pd_list_add(parser->arena, &command->words) = text;
}

void command_parse_move(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	struct pd_found found = pd_find_mailbox(parser->arena, parser->settings, command->words.items[0]);
	command->value = found.name;
	if (found.name == NULL)
		command_wrong_found(parser, command, "mailbox", command->words.items[0], &found);
	command_parse_owner_and_reason(parser, command);
}

/* The first status of the same kind, where the pipeline has no status of that name. */
static void set_pipeline(struct command_run *run, const struct pd_pipeline *pipeline, const char *why)
{
	struct pd_context *context = run->context;
	const struct pd_status *status = pd_pipeline_first(pipeline, run->ticket->status_kind);
	pd_plan_set(context, run->ticket, "pipeline", pipeline->name, why);
	if (pd_pipeline_status(pipeline, run->ticket->status) == NULL)
		pd_plan_set(context, run->ticket, "status", pd_status_value(context->arena, status->kind, status->name),
			    why);
}

/* Answers to what it wrote from there go on finding it. */
static void note_former(struct command_run *run, const char *mailbox, const char *why)
{
	struct pd_context *context = run->context;
	const char *former = pd_ticket_get(context->arena, run->ticket, PD_PROPERTY_MOVED);
	struct pd_strings all = former != NULL ? pd_split(context->arena, former, ';') : (struct pd_strings){0};
	pd_strings_add_once(context->arena, &all, mailbox);
	pd_plan_set(context, run->ticket, PD_PROPERTY_MOVED, pd_strings_join(context->arena, &all, ";"), why);
}

/* Named, or who has it and is of the new team; else nobody. */
static const char *new_owner(struct command_run *run, const struct pd_command *command,
			     const struct pd_mailbox *mailbox)
{
	const char *named = command->words.items[0];
	const struct pd_team *team =
		mailbox->team != NULL ? pd_settings_team(run->context->settings, mailbox->team) : NULL;
	if (*named != '\0')
		return named;
	bool may_stay = run->ticket->owner != NULL && (team == NULL || pd_team_has(team, run->ticket->owner));
	return may_stay ? run->ticket->owner : NULL;
}

static void add_reason(struct command_run *run, const char *reason, const char *why)
{
	struct pd_planned_message *message = pd_plan_message(run->context, "manual", PD_INTERNAL);
	message->stored.text = message->search_text = reason;
	message->stored.proof = "full";
	message->stored.size = strlen(reason);
	message->raw = (struct pd_bytes){.data = reason, .len = strlen(reason)};
	pd_plan_event(run->context, run->ticket, PD_EVENT_COMMENT, message->stored.id, 0, why);
}

int command_apply_move(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_ticket *ticket = run->ticket;
	const struct pd_mailbox *mailbox = pd_settings_mailbox(context->settings, command->value);
	const char *why = command_why(run, command), *old = ticket->mailbox, *reason = command->words.items[1];
	const char *owner = new_owner(run, command, mailbox);
	if (pd_equal(old, mailbox->name)) {
		command_report(run, command,
			       RUN_SAY(run, "the ticket is in {mailbox} already", "mailbox", mailbox->full_name));
		return 0;
	}
	pd_plan_set(context, ticket, "mailbox", mailbox->name, why);
	pd_plan_set(context, ticket, "team", mailbox->team, why);
	if (mailbox->pipeline != NULL && !pd_equal(ticket->pipeline, mailbox->pipeline->name))
		set_pipeline(run, mailbox->pipeline, why);
	pd_plan_remove(context, ticket, "mailbox_also", mailbox->name, 0, why);
	if (old != NULL)
		note_former(run, old, why);
	pd_plan_set(context, ticket, "owner", owner, why);
	for (size_t i = 0; i < ticket->conversations.count; i++)
		if (pd_equal(ticket->conversations.items[i].mailbox, old))
			pd_plan_move_conversation(context, ticket, ticket->conversations.items[i].id, mailbox->name, why);
	if (*reason != '\0')
		add_reason(run, reason, why);
	command_report(run, command,
		       RUN_SAY(run, "the ticket is in {mailbox} now; owner {owner}", "mailbox", mailbox->full_name,
			       "owner", pd_value_words(context, "owner", owner)));
	return 0;
}

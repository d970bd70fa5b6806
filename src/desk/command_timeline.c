/* Commands on the timeline: #pin, #unpin, #log, #share.
 *
 * Pins are a property of the ticket that is not shown among the others (PD_PROPERTY_PINNED). A log is a comment with a
 * change that says what it was. A share is one letter to a colleague with the whole ticket, within what that one may see;
 * owner and followers stay as they are. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/letters.h"
#include "desk/timeline.h"

/* --- #pin, #unpin: number is the entry --- */

void command_parse_pin(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
	else
		command_parse_entry(parser, command);
}

void command_check_pin(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	bool is_there = run->ticket == NULL;
	struct pd_entries entries = {0};
	if (run->ticket != NULL)
		entries = pd_timeline(context->desk, context->arena, run->ticket);
	for (size_t i = 0; i < entries.count; i++)
		is_there |= entries.items[i].event.id == command->number;
	if (!is_there)
		command_refused(run, command,
				RUN_SAY(run, "this ticket has no entry {entry}.", "entry",
					pd_printf(context->arena, "E%lld", (long long)command->number)));
}

/* #note E7: is the entry there? */
void command_check_note(struct command_run *run, const struct pd_command *command)
{
	if (command->number != 0)
		command_check_pin(run, command);
}

int command_apply_pin(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	bool is_pinning = strcmp(command->spec->word, "pin") == 0;
	const char *id = pd_printf(context->arena, "E%lld", (long long)command->number);
	const char *now = pd_ticket_get(context->arena, run->ticket, PD_PROPERTY_PINNED);
	struct pd_strings old = pd_split(context->arena, now != NULL ? now : "", ';'), pins = {0};
	bool is_done = pd_strings_has(&old, id) != is_pinning;
	if (is_pinning)
		*pd_list_add(context->arena, &pins) = id; /* the newest pin first */
	for (size_t i = 0; i < old.count; i++)
		if (strcmp(old.items[i], id) != 0)
			*pd_list_add(context->arena, &pins) = old.items[i];
	if (is_done)
		pd_plan_set(context, run->ticket, PD_PROPERTY_PINNED,
			    pins.count > 0 ? pd_strings_join(context->arena, &pins, ";") : NULL, command_why(run, command));
	command_report(run, command,
		       is_pinning ? RUN_SAY(run, is_done ? N_("{entry} is pinned") : N_("{entry} is pinned already"), "entry", id)
				  : RUN_SAY(run, is_done ? N_("{entry} is pinned no more") : N_("{entry} is not pinned"), "entry", id));
	return 0;
}

/* --- #log: value is what it was, words[0] the text --- */

static const char *const logs[] = {"call", "meeting", "email"};

void command_parse_log(struct command_parser *parser, struct pd_command *command)
{
	struct pd_strings known = {0};
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++)
		*pd_list_add(parser->arena, &known) = logs[i];
	const char *first = command->words.count > 0 ? command->words.items[0] : "";
	const char *text = command->words.count > 1
				   ? pd_trim(parser->arena, command->rest + strcspn(command->rest, " "))
				   : "";
	if (command->words.count < 2) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	struct pd_found found = pd_find_word(parser->arena, &known, first);
	if (found.name == NULL) {
		command_wrong_found(parser, command, "kind of log", first, &found);
		return;
	}
	command->value = found.name;
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = text;
}

int command_apply_log(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_change change = {.property = PD_CHANGE_LOG, .to = command->value};
	const char *text = command->words.items[0];
	struct pd_planned_message *message = pd_plan_words(context, text);
	struct pd_event *event = pd_plan_event_with(context, run->ticket, PD_EVENT_COMMENT, 0, &change, 1);
	event->message = message->stored.id;
	event->why = command_why(run, command);
	command_report(run, command,
		       RUN_SAY(run, "{kind} E{entry}: {text}", "kind", RUN_SAY(run, command->value), "entry",
			       pd_printf(context->arena, "%lld", (long long)event->id), "text", text));
	return 0;
}

/* --- #share: value is the agent, or "team:NAME"; words[0] the text --- */

#define TEAM "team:"

void command_parse_share(struct command_parser *parser, struct pd_command *command)
{
	bool is_team = command->words.count > 1 &&
		       command_is_keyword(parser->arena, command->words.items[0], "team");
	if (command->words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	const char *name = command->words.items[is_team], *text = command->rest;
	for (size_t i = 0; i <= (size_t)is_team; i++) {
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	struct pd_found found = is_team ? pd_find_team(parser->arena, parser->settings, name)
					: pd_find_agent(parser->arena, parser->settings, *name == '@' ? name + 1 : name);
	if (found.name == NULL) {
		command_wrong_found(parser, command, is_team ? "team" : "agent", name, &found);
		return;
	}
	command->value = is_team ? pd_printf(parser->arena, TEAM "%s", found.name) : found.name;
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = pd_strdup(parser->arena, text);
}

/* Whom it goes to. */
static struct pd_strings readers_of(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_strings names = {0};
	if (!pd_starts(command->value, TEAM)) {
		*pd_list_add(context->arena, &names) = command->value;
		return names;
	}
	const struct pd_team *team = pd_settings_team(context->settings, command->value + strlen(TEAM));
	for (size_t i = 0; team != NULL && i < team->members.count; i++)
		if (context->agent == NULL || strcmp(team->members.items[i], context->agent->name) != 0)
			*pd_list_add(context->arena, &names) = team->members.items[i];
	return names;
}

void command_check_share(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_strings names = readers_of(run, command);
	for (size_t i = 0; run->ticket != NULL && i < names.count; i++) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, names.items[i]);
		if (agent != NULL && !pd_starts(command->value, TEAM) &&
		    !pd_may_see(context->settings, agent, run->ticket))
			command_refused(run, command,
					RUN_SAY(run, "{agent} may not see this ticket.", "agent", agent->full_name));
	}
}

/* The ticket as #show gives it to that one. */
static const char *whole_ticket(struct command_run *run, const struct pd_agent *agent)
{
	struct pd_context own = *run->context;
	struct pd_command show = {.number = run->ticket->number, .rest = ""};
	struct pd_error error = {0};
	struct command_run asked = {.context = &own, .commands = run->commands, .ticket = run->ticket, .error = &error};
	struct pd_plan *plan = PD_NEW(own.arena, struct pd_plan);
	*plan = *run->context->plan; /* its tickets as they stand now */
	memset(&plan->report, 0, sizeof plan->report);
	own.plan = plan;
	own.agent = agent;
	own.actor = pd_printf(own.arena, "agent:%s", agent->name); /* whose drafts it may show */
	if (command_apply_show(&asked, &show) != 0)
		return "";
	return pd_strings_join(own.arena, &plan->report, "\n");
}

int command_apply_share(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_strings names = readers_of(run, command), told = {0};
	const char *note = command->words.items[0];
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, run->ticket);
	const struct pd_change change = {.property = PD_CHANGE_SHARED, .to = command->value};
	struct pd_event *event = pd_plan_event_with(context, run->ticket, PD_EVENT_SET, 0, &change, 1);
	event->why = command_why(run, command);
	for (size_t i = 0; i < names.count; i++) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, names.items[i]);
		if (agent == NULL || agent->addresses.count == 0 || !pd_may_see(context->settings, agent, run->ticket) ||
		    pd_guard_is_unreachable(context, agent))
			continue;
		const char *language = pd_agent_language(context, agent);
		struct pd_planned_letter *planned =
			pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, agent, mailbox, run->ticket, 0, event->id,
					   run->ticket->version);
		planned->letter.text = pd_printf(
			context->arena, "%s\n\n%s%s%s\n",
			pd_say(context->arena, language, "{who} shares this ticket with you.", "who",
			       pd_actor_words(context, context->actor), NULL),
			note, *note != '\0' ? "\n\n" : "", whole_ticket(run, agent));
		planned->letter.is_fixed = true;
		pd_letter_register(context, planned);
		*pd_list_add(context->arena, &told) = agent->full_name;
	}
	command_report(run, command,
		       told.count > 0 ? RUN_SAY(run, "shared with {names}", "names",
						pd_strings_join(context->arena, &told, ", "))
				      : RUN_SAY(run, "nobody could be told."));
	return 0;
}

/* Commands that show one ticket: #show, #history, #files. Answers are plain text in the report. The ticket
 * asked for stands in number (0: the one of the conversation), a property in value. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/people.h"
#include "desk/command_table.h"
#include "desk/sending.h"
#include "desk/tasks.h"
#include "desk/timeline.h"
#include "desk/when.h"

#define ENTRIES_MAX 30	 /* of #show */
#define CHANGES_MAX 200	 /* of #history */
#define TEXT_MAX    1500 /* characters of a message's text */

void command_parse_show(struct command_parser *parser, struct pd_command *command)
{
	size_t next = 0;
	if (command->words.count > 0 && command_number(command->words.items[0]) != 0)
		command->number = command_number(command->words.items[next++]);
	if (strcmp(command->spec->word, "history") == 0 && next < command->words.count) {
		command->value = pd_fold(parser->arena, command->words.items[next++]);
		if (!pd_property_is_builtin(command->value) &&
		    pd_find_property(parser->settings, command->value) == NULL) {
			struct pd_found none = {0};
			command_wrong_found(parser, command, "property", command->value, &none);
		}
	}
	if (next < command->words.count)
		command_wrong(
			parser, command,
			PARSER_SAY(parser, "\"{rest}\" is no number of a ticket.", "rest", command->rest));
}

static struct pd_ticket *ticket_asked(struct command_run *run, const struct pd_command *command)
{
	return command->number != 0 ? pd_plan_ticket_followed(run->context, command->number) : run->ticket;
}

void command_check_show(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_ticket *ticket = ticket_asked(run, command);
	bool is_seen = ticket != NULL &&
		       (context->agent == NULL || pd_may_see(context->settings, context->agent, ticket));
	if (is_seen || (command->number == 0 && run->commands->has_new))
		return;
	if (command->number == 0 && ticket == NULL)
		command_refused(run, command,
				RUN_SAY(run, "#{word} needs the number of a ticket here.", "word",
					command->spec->word));
	else
		command_refused(run, command,
				RUN_SAY(run, "there is no ticket #{number} that you may see.", "number",
					pd_printf(context->arena, "%lld",
						  (long long)(command->number != 0 ? command->number
										   : ticket->number))));
}

/* --- #show --- */

static void report_pair(struct command_run *run, const char *title, const char *value)
{
	if (value != NULL && *value != '\0')
		pd_report(run->context, "%s", RUN_SAY(run, "{name}: {value}", "name", RUN_SAY(run, title), "value", value));
}

static void report_properties(struct command_run *run, const struct pd_ticket *ticket)
{
	static const char *const shown[] = {"status", "owner",	 "team",     "priority",   "category",
					    "source", "mailbox", "pipeline", "description"};
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	pd_report(context, "#%lld %s", (long long)ticket->number, ticket->name);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const char *value = pd_ticket_get(arena, ticket, shown[i]);
		bool is_shown = (value != NULL && *value != '\0') || strcmp(shown[i], "owner") == 0;
		report_pair(run, shown[i], is_shown ? pd_value_words(context, shown[i], value) : NULL);
	}
	struct pd_strings people = {0}, followers = {0};
	for (size_t i = 0; i < ticket->contacts.count; i++)
		*pd_list_add(arena, &people) = pd_value_words(
			context, "contact", pd_printf(arena, "%lld", (long long)ticket->contacts.items[i]));
	for (size_t i = 0; i < ticket->followers.count; i++)
		*pd_list_add(arena, &followers) =
			pd_value_words(context, "follower", ticket->followers.items[i]);
	report_pair(run, "contacts", pd_strings_join(arena, &people, ", "));
	report_pair(run, "company",
		    pd_ticket_company(ticket, ticket->contacts.count > 0
						      ? pd_plan_contact_followed(context, ticket->contacts.items[0])
						      : NULL));
	for (size_t i = 0; i < ticket->links.count; i++)
		report_pair(run, "link", pd_value_words(context, "link", ticket->links.items[i]));
	report_pair(run, "followers", pd_strings_join(arena, &followers, ", "));
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (!pd_property_is_hidden(ticket->properties.items[i].property))
			report_pair(run, ticket->properties.items[i].property, ticket->properties.items[i].to);
	struct pd_task task;
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_task_parse(arena, &ticket->properties.items[i], &task) && !task.is_done &&
		    !pd_ticket_entry_deleted(ticket, task.entry))
			pd_report(context, "%s",
				  RUN_SAY(run, "Task E{entry} of {agent}, due {time}", "entry",
					  pd_printf(arena, "%lld", (long long)task.entry), "agent",
					  pd_value_words(context, "owner", task.agent), "time",
					  task.at != 0 ? pd_when_due_text(arena, pd_context_language(context),
									  pd_when_place_of(context->settings, context->agent,
											   context->now).zone,
									  task.at)
						       : "-"));
	struct pd_sending sending;
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_sending_parse(arena, &ticket->properties.items[i], &sending))
			pd_report(context, "%s",
				  RUN_SAY(run, "A draft of {agent} goes out {time}.", "agent",
					  pd_value_words(context, "owner", sending.agent), "time",
					  pd_when_text(arena, pd_context_language(context), pd_when_place_of(context->settings, context->agent, context->now).zone,
						       sending.at)));
	report_pair(run, "created", pd_time_short(arena, ticket->created, context->settings->timezone));
	if (ticket->closed != 0)
		report_pair(run, "closed", pd_time_short(arena, ticket->closed, context->settings->timezone));
	if (ticket->is_spam)
		pd_report(context, "%s", RUN_SAY(run, "This ticket is spam."));
	if (ticket->is_deleted)
		pd_report(context, "%s", RUN_SAY(run, "This ticket is deleted."));
}

/* What is of the machine and no news to people. */
static bool is_inner(const char *property)
{
	return pd_starts(property, PD_RECORD_PREFIX "chat") || strcmp(property, "direction") == 0 ||
	       strcmp(property, "conversation") == 0 ||
	       strcmp(property, "subject") == 0 || strcmp(property, "closed") == 0 ||
	       strcmp(property, "mention") == 0 || strcmp(property, PD_PROPERTY_MEETING) == 0 ||
	       strcmp(property, PD_PROPERTY_MOVED) == 0 ||
	       strcmp(property, PD_CHANGE_LOG) == 0 || strcmp(property, PD_CHANGE_HELD) == 0 ||
	       strcmp(property, PD_CHANGE_STOPPED) == 0 || strcmp(property, PD_CHANGE_DRAFT) == 0 ||
	       strcmp(property, "unclocked") == 0 || strcmp(property, "clock") == 0 || strcmp(property, "warned") == 0;
}

/* What is kept as a value that only programs read, in words; "": that says nothing beside the entry. NULL: it is none. */
static const char *hidden_words(struct command_run *run, const struct pd_change *change)
{
	struct pd_context *context = run->context;
	const struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	struct pd_task task;
	struct pd_sending sending;
	if (pd_starts(change->property, PD_PROPERTY_TASK))
		return pd_task_parse(context->arena, change, &task) && task.is_done
			       ? RUN_SAY(run, "task E{entry} is done", "entry",
					 pd_printf(context->arena, "%lld", (long long)task.entry))
			       : "";
	if (pd_starts(change->property, PD_PROPERTY_SENDING))
		return pd_sending_parse(context->arena, change, &sending)
			       ? RUN_SAY(run, "A draft of {agent} goes out {time}.", "agent",
					 pd_value_words(context, "owner", sending.agent), "time",
					 pd_when_text(context->arena, pd_context_language(context), place.zone, sending.at))
			       : "";
	if (strcmp(change->property, PD_CHANGE_SHARED) == 0)
		return RUN_SAY(run, "shared with {names}", "names", pd_value_words(context, "owner", change->to));
	return NULL;
}

static const char *change_words(struct command_run *run, const struct pd_change *change)
{
	struct pd_context *context = run->context;
	const char *hidden = hidden_words(run, change);
	if (hidden != NULL)
		return hidden;
	/* Of how a chat stands people read a part, which may be as before. */
	if (strcmp(change->property, PD_PROPERTY_CHAT) == 0 &&
	    pd_equal(pd_value_words(context, change->property, change->from),
		     pd_value_words(context, change->property, change->to)))
		return "";
	const char *title = RUN_SAY(run, pd_property_words(context->arena, change->property));
	if (pd_property_is_many(change->property) && change->from == NULL)
		return pd_printf(context->arena, "%s +%s", title,
				 pd_value_words(context, change->property, change->to));
	if (pd_property_is_many(change->property) && change->to == NULL)
		return pd_printf(context->arena, "%s -%s", title,
				 pd_value_words(context, change->property, change->from));
	return pd_printf(context->arena, "%s %s -> %s", title,
			 pd_value_words(context, change->property, change->from),
			 pd_value_words(context, change->property, change->to));
}

static void report_deleted(struct command_run *run, const struct pd_ticket *ticket, const struct pd_entries *entries)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	struct pd_deleted_entries deleted = pd_timeline_deleted(arena, ticket, entries);
	for (size_t i = 0; i < deleted.count; i++)
		pd_report(context, "%s",
			  RUN_SAY(run, "E{entry} is deleted, days left: {days}; #restore E{entry} brings it back.", "entry",
				  pd_printf(arena, "%lld", (long long)deleted.items[i].entry->event.id), "days",
				  pd_printf(arena, "%lld",
					    (long long)pd_days_left(deleted.items[i].at, context->settings->keep_deleted,
								    context->now))));
}

/* A draft is its author's alone (R6); a change names the mail that made it, whose words are not its own. */
static bool shows_message(const struct command_run *run, const struct pd_entry *entry)
{
	enum pd_event_kind kind = entry->event.kind;
	if (entry->message == NULL)
		return false;
	if (kind == PD_EVENT_DRAFT)
		return pd_equal(entry->event.actor, run->context->actor) ||
		       (run->context->agent != NULL && pd_is_actor(run->context->agent, entry->event.actor));
	return kind == PD_EVENT_MESSAGE || kind == PD_EVENT_COMMENT || kind == PD_EVENT_ATTACHED;
}

static void report_entry(struct command_run *run, const struct pd_entry *entry)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	const struct pd_event *event = &entry->event;
	struct pd_strings changes = {0};
	for (size_t i = 0; i < event->changes.count; i++)
		if (!is_inner(event->changes.items[i].property) && *change_words(run, &event->changes.items[i]) != '\0')
			*pd_list_add(arena, &changes) = change_words(run, &event->changes.items[i]);
	if (event->kind == PD_EVENT_SET && changes.count == 0)
		return; /* what another entry tells */
	const char *kind = pd_event_words(event);
	if (entry->message != NULL && event->kind == PD_EVENT_MESSAGE)
		kind = entry->message->direction == PD_IN ? "message in" : "message out";
	const char *what = event->kind == PD_EVENT_SET ? "" : RUN_SAY(run, kind);
	pd_report(context, "%s", "");
	pd_report(context, "E%lld  %s  %s  %s%s%s", (long long)event->id,
		  pd_time_short(arena, event->at, context->settings->timezone),
		  pd_actor_words(context, event->actor), what, changes.count > 0 && *what != '\0' ? ": " : "",
		  event->kind == PD_EVENT_CREATED ? "" : pd_strings_join(arena, &changes, "; "));
	if (!shows_message(run, entry))
		return;
	if (entry->message->subject != NULL && *entry->message->subject != '\0' &&
	    event->kind == PD_EVENT_MESSAGE)
		pd_report(context, "    %s", entry->message->subject);
	struct pd_strings lines = pd_lines(arena, entry->message->text != NULL ? entry->message->text : "");
	for (size_t i = 0, shown = 0; i < lines.count && shown < TEXT_MAX; i++) {
		pd_report(context, "    %s", lines.items[i]);
		shown += strlen(lines.items[i]) + 1;
	}
	for (size_t i = 0; i < entry->message->attachments.count; i++)
		pd_report(context, "    [%s]", entry->message->attachments.items[i].name);
}

static bool is_pinned(struct command_run *run, const struct pd_ticket *ticket, int64_t event)
{
	const char *pinned = pd_ticket_get(run->context->arena, ticket, PD_PROPERTY_PINNED);
	struct pd_strings pins = pd_split(run->context->arena, pinned != NULL ? pinned : "", ';');
	return pd_strings_has(&pins, pd_printf(run->context->arena, "E%lld", (long long)event));
}

static void report_pins(struct command_run *run, const struct pd_ticket *ticket, const struct pd_entries *entries)
{
	struct pd_arena *arena = run->context->arena;
	const char *pinned = pd_ticket_get(arena, ticket, PD_PROPERTY_PINNED);
	struct pd_strings pins = pd_split(arena, pinned != NULL ? pinned : "", ';');
	for (size_t i = 0; i < pins.count; i++)
		for (size_t n = 0; n < entries->count; n++)
			if (command_entry(pins.items[i]) == entries->items[n].event.id &&
			    !pd_ticket_entry_deleted(ticket, entries->items[n].event.id))
				report_entry(run, &entries->items[n]);
}

int command_apply_show(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_ticket *ticket = ticket_asked(run, command);
	if (ticket == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "There is no such ticket."));
	*pd_list_add(context->arena, &context->plan->listed) = ticket->number;
	report_properties(run, ticket);
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	size_t shown = 0;
	report_deleted(run, ticket, &entries);
	report_pins(run, ticket, &entries);
	for (size_t i = entries.count; i > 0; i--) {
		if (pd_ticket_entry_deleted(ticket, entries.items[i - 1].event.id) ||
		    is_pinned(run, ticket, entries.items[i - 1].event.id))
			continue;
		if (shown++ == ENTRIES_MAX) {
			pd_report(context, "%s",
				  RUN_SAY_N(run, "{n} older entry is not shown.",
					    "{n} older entries are not shown.", i));
			break;
		}
		report_entry(run, &entries.items[i - 1]);
	}
	return 0;
}

/* --- #history --- */

int command_apply_history(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	const struct pd_ticket *ticket = ticket_asked(run, command);
	if (ticket == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "There is no such ticket."));
	pd_report(context, "#%lld %s", (long long)ticket->number, ticket->name);
	struct pd_entries entries = pd_timeline(context->desk, arena, ticket);
	size_t shown = 0;
	for (size_t i = entries.count; i > 0 && shown < CHANGES_MAX; i--) {
		const struct pd_event *event = &entries.items[i - 1].event;
		for (size_t n = 0; n < event->changes.count; n++) {
			const struct pd_change *change = &event->changes.items[n];
			if (command->value != NULL ? strcmp(change->property, command->value) != 0
						   : is_inner(change->property))
				continue;
			if (*change_words(run, change) == '\0')
				continue;
			shown++;
			pd_report(context, "E%lld  %s  %s  %s  (%s)", (long long)event->id,
				  pd_time_short(arena, event->at, context->settings->timezone),
				  pd_actor_words(context, event->actor), change_words(run, change),
				  RUN_SAY(run, "action {action}", "action",
					  pd_printf(arena, "%lld", (long long)event->action)));
		}
	}
	if (shown == 0)
		pd_report(context, "%s", RUN_SAY(run, "Nothing has changed."));
	return 0;
}

/* --- #files --- */

static const char *size_words(struct pd_arena *arena, size_t size)
{
	if (size < 1024)
		return pd_printf(arena, "%zu B", size);
	if (size < 1024 * 1024)
		return pd_printf(arena, "%zu kB", size / 1024);
	return pd_printf(arena, "%zu.%zu MB", size / (1024 * 1024),
			 size % (1024 * 1024) * 10 / (1024 * 1024));
}

int command_apply_files(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_ticket *ticket = ticket_asked(run, command);
	if (ticket == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "There is no such ticket."));
	pd_report(context, "#%lld %s", (long long)ticket->number, ticket->name);
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	size_t shown = 0;
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_entry *entry = &entries.items[i];
		if (!shows_message(run, entry) || pd_ticket_entry_deleted(ticket, entry->event.id))
			continue;
		for (size_t n = 0; n < entry->message->attachments.count; n++, shown++) {
			const struct pd_attachment *file = &entry->message->attachments.items[n];
			pd_report(context, "E%lld  %s  %s  %s  %s", (long long)entry->event.id,
				  pd_time_short(context->arena, entry->event.at, context->settings->timezone),
				  file->name, file->type != NULL ? file->type : "",
				  size_words(context->arena, file->size));
		}
	}
	if (shown == 0)
		pd_report(context, "%s", RUN_SAY(run, "No files."));
	return 0;
}

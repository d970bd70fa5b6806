/* Commands that act on one conversation of a ticket: #assign, #close, #open, #delete, #restore with "conversation".
 *
 * Closing one leaves the ticket and the others; opening one opens its ticket; its new owner becomes the ticket's,
 * not the reverse; deleting the only one deletes the ticket, one of several its entries. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/timeline.h"

/* "C2"; 0: it is none. */
static int64_t number_of(const char *text)
{
	unsigned long long number;
	return (*text == 'C' || *text == 'c') && pd_number(text + 1, INT64_MAX, &number) ? (int64_t)number : 0;
}

static char *id_of(struct pd_arena *arena, const struct pd_conversation *conversation)
{
	return pd_printf(arena, "C%lld", (long long)conversation->id);
}

void command_take_conversation(struct command_parser *parser, struct pd_command *command)
{
	size_t count = command->words.count;
	const char *last = count > 0 ? command->words.items[count - 1] : "";
	size_t taken = 0;
	if (command_is_keyword(parser->arena, last, "conversation")) {
		command->conversation = PD_CONVERSATION_HERE;
		taken = 1;
	} else if (count > 1 && number_of(last) != 0 &&
		   command_is_keyword(parser->arena, command->words.items[count - 2], "conversation")) {
		command->conversation = number_of(last);
		taken = 2;
	}
	char *rest = pd_strdup(parser->arena, command->rest);
	for (size_t i = 0; i < taken; i++) {
		char *blank = strrchr(rest, ' ');
		*(blank != NULL ? blank : rest) = '\0';
		rest = pd_trim(parser->arena, rest);
	}
	command->words.count -= taken;
	command->rest = rest;
}

const struct pd_conversation *command_conversation(struct command_run *run, const struct pd_command *command)
{
	int64_t id = command->conversation == PD_CONVERSATION_HERE ? run->commands->conversation
								   : command->conversation;
	if (run->ticket == NULL)
		return NULL;
	if (id == 0 && run->ticket->conversations.count == 1)
		return &run->ticket->conversations.items[0];
	return pd_ticket_conversation(run->ticket, id);
}

bool command_check_conversation(struct command_run *run, const struct pd_command *command)
{
	struct pd_arena *arena = run->context->arena;
	if (command_conversation(run, command) != NULL)
		return true;
	struct pd_strings names = {0};
	for (size_t i = 0; run->ticket != NULL && i < run->ticket->conversations.count; i++) {
		const struct pd_conversation *one = &run->ticket->conversations.items[i];
		*pd_list_add(arena, &names) =
			pd_printf(arena, "%s (%s)", id_of(arena, one), pd_clean_line(arena, one->subject, 60));
	}
	command_refused(run, command,
			names.count == 0 ? RUN_SAY(run, "this ticket has no conversation.")
					 : RUN_SAY(run, "which conversation? Name one of {names}.", "names",
						   pd_strings_join(arena, &names, ", ")));
	return false;
}

void command_apply_conversation_status(struct command_run *run, const struct pd_command *command,
				       const struct pd_status *status)
{
	struct pd_context *context = run->context;
	const struct pd_conversation *conversation = command_conversation(run, command);
	const char *value = pd_status_value(context->arena, status->kind, status->name);
	const char *why = command_why(run, command), *id = id_of(context->arena, conversation);
	int64_t number = conversation->id;
	if (status->kind != PD_STATUS_CLOSED && run->ticket->status_kind == PD_STATUS_CLOSED)
		command_set(run, command, "status", value);
	/* What stands where its ticket stands has no status of its own. */
	bool is_tickets = status->kind != PD_STATUS_CLOSED || run->ticket->status_kind == PD_STATUS_CLOSED;
	struct pd_event *event = pd_plan_set_conversation(context, run->ticket, number, "conversation_status",
							  is_tickets ? NULL : value, why);
	command_report(run, command,
		       event != NULL ? RUN_SAY(run, "conversation {id}: {status}", "id", id, "status", status->name)
				     : RUN_SAY(run, "conversation {id} is {status} already", "id", id, "status",
					       is_tickets ? run->ticket->status : status->name));
}

void command_apply_conversation_owner(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_conversation *conversation = command_conversation(run, command);
	const char *owner = *command->value != '\0' ? command->value : NULL;
	const char *id = id_of(context->arena, conversation);
	struct pd_event *event = pd_plan_set_conversation(context, run->ticket, conversation->id,
							  "conversation_owner", owner, command_why(run, command));
	const char *words = pd_value_words(context, "owner", owner);
	command_report(run, command,
		       event != NULL ? RUN_SAY(run, "conversation {id}: owner {owner}", "id", id, "owner", words)
				     : RUN_SAY(run, "conversation {id}: owner is {owner} already", "id", id, "owner",
					       words));
	if (owner != NULL && !pd_equal(run->ticket->owner, owner))
		command_set(run, command, "owner", owner);
}

/* Has any of its conversations a message that is not deleted? */
static bool has_messages(const struct pd_ticket *ticket, const struct pd_entries *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct pd_event *event = &all->items[i].event;
		if (event->conversation != 0 && event->message != 0 && !pd_ticket_entry_deleted(ticket, event->id))
			return true;
	}
	return false;
}

/* The entries of one of several, with the last of them the ticket; of the only one, the ticket. */
void command_apply_conversation_deleted(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_conversation *conversation = command_conversation(run, command);
	const char *why = command_why(run, command), *id = id_of(context->arena, conversation);
	bool is_deleting = strcmp(command->spec->word, "delete") == 0;
	bool is_done = false;
	if (run->ticket->conversations.count == 1) {
		is_done = pd_plan_set(context, run->ticket, "deleted", is_deleting ? "yes" : NULL, why) != NULL;
	} else {
		struct pd_entries all = pd_timeline(context->desk, context->arena, run->ticket);
		int64_t number = conversation->id;
		for (size_t i = 0; i < all.count; i++) {
			const struct pd_event *event = &all.items[i].event;
			const char *entry = pd_printf(context->arena, "%lld", (long long)event->id);
			if (event->conversation != number || event->message == 0)
				continue;
			is_done |= (is_deleting ? pd_plan_add(context, run->ticket, "entry_deleted", entry, 0, why)
						: pd_plan_remove(context, run->ticket, "entry_deleted", entry, 0,
								 why)) != NULL;
		}
		if (is_done && (!is_deleting || !has_messages(run->ticket, &all)))
			(void)pd_plan_set(context, run->ticket, "deleted", is_deleting ? "yes" : NULL, why);
	}
	command_report(run, command,
		       !is_done	     ? RUN_SAY(run, is_deleting ? N_("conversation {id} is deleted already")
								: N_("conversation {id} is not deleted"),
					       "id", id)
		       : is_deleting ? RUN_SAY(run, "conversation {id} is deleted; #restore conversation {id} brings it back",
					       "id", id)
				     : RUN_SAY(run, "conversation {id} is back", "id", id));
}

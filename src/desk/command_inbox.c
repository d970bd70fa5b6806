/* #inbox ADDRESS [to NAME] [REASON], #inbox none: a conversation goes on in an ordinary mailbox, or here again. The address
 * stands in value ("" none), the owner and the reason in words. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/inbox.h"
#include "desk/letters.h"
#include "desk/timeline.h"

void command_parse_inbox(struct command_parser *parser, struct pd_command *command)
{
	struct pd_addresses addresses = {0};
	command_take_conversation(parser, command);
	if (command->words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	const char *address = command->words.items[0];
	if (command_is_keyword(parser->arena, address, "none")) {
		command->value = "";
	} else if (command_addresses(parser->arena, address, &addresses) != NULL) {
		command_wrong(parser, command, PARSER_SAY(parser, "\"{text}\" is no mail address.", "text", address));
		return;
	} else if (pd_settings_mailbox_of(parser->settings, addresses.items[0].addr) != NULL) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{address} is an address of the desk itself: #move takes the ticket there.",
					 "address", addresses.items[0].addr));
		return;
	} else {
		command->value = addresses.items[0].addr;
	}
	command_parse_owner_and_reason(parser, command);
}

void command_check_inbox(struct command_run *run, const struct pd_command *command)
{
	command_check_conversation(run, command);
}

/* What was said in it, oldest first, as the contact knows it; and the newest of the contact's mails. */
static const char *conversation_text(struct command_run *run, int64_t conversation, const struct pd_entry **ret_newest)
{
	struct pd_context *context = run->context;
	struct pd_entries entries = pd_timeline(context->desk, context->arena, run->ticket);
	PD_AUTO_BUF out = {.limit = 512 * 1024};
	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_entry *entry = &entries.items[i];
		if (entry->event.kind != PD_EVENT_MESSAGE || entry->message == NULL ||
		    entry->event.conversation != conversation ||
		    pd_ticket_entry_deleted(run->ticket, entry->event.id))
			continue;
		if (entry->message->direction == PD_IN)
			*ret_newest = entry;
		pd_buf_addf(&out, "\n%s <%s>, %s:\n%s\n", entry->message->from.name, entry->message->from.addr,
			    pd_time_short(context->arena, entry->message->date, context->settings->timezone),
			    entry->message->text);
	}
	return pd_buf_string(context->arena, &out);
}

static void take_in_again(struct command_run *run, const struct pd_command *command, int64_t conversation)
{
	struct pd_context *context = run->context;
	const char *address = pd_inbox_of(run->ticket, conversation), *why = command_why(run, command);
	if (address == NULL) {
		command_report(run, command, RUN_SAY(run, "the conversation goes on here already"));
		return;
	}
	pd_inbox_set(context, run->ticket, conversation, NULL, why);
	pd_plan_set_conversation(context, run->ticket, conversation, "conversation_status", NULL, why);
	command_report(run, command, RUN_SAY(run, "the conversation goes on here again"));
}

int command_apply_inbox(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_conversation *found = command_conversation(run, command);
	const char *why = command_why(run, command), *owner = command->words.items[0], *reason = command->words.items[1];
	if (found == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "this ticket has no conversation."));
	const int64_t conversation = found->id;
	const struct pd_entry *newest = NULL;
	if (*owner != '\0')
		pd_plan_set(context, run->ticket, "owner", owner, why);
	if (*command->value == '\0') {
		take_in_again(run, command, conversation);
		return 0;
	}
	const char *said = conversation_text(run, conversation, &newest);
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, run->ticket);
	const char *intro = pd_say(context->arena, context->settings->language,
				   "{who} hands this conversation on to you. Your answer goes to the contact, not to the desk. "
				   "To give the conversation back, send it to {address}.",
				   "who", pd_actor_words(context, context->actor), "address", mailbox->addresses.items[0],
				   NULL);
	pd_inbox_set(context, run->ticket, conversation, command->value, why);
	pd_inbox_hand_on(context, run->ticket, conversation, command->value,
			 pd_printf(context->arena, "%s\n%s%s%s", intro, *reason != '\0' ? "\n" : "",
				   *reason != '\0' ? pd_printf(context->arena, "%s\n", reason) : "", said),
			 newest != NULL ? newest->message : NULL, newest != NULL ? newest->event.message : 0,
			 newest != NULL ? newest->event.id : 0);
	if (run->ticket->conversations.count > 1) {
		const struct pd_status *closed = run->pipeline != NULL ? pd_pipeline_first(run->pipeline, PD_STATUS_CLOSED) : NULL;
		if (closed != NULL)
			pd_plan_set_conversation(context, run->ticket, conversation, "conversation_status",
						 pd_status_value(context->arena, closed->kind, closed->name), why);
	} else if (!run->commands->sets_status) {
		pd_set_status_kind(context, run->ticket, PD_STATUS_WAITING, why);
	}
	if (*reason != '\0')
		pd_plan_event(context, run->ticket, PD_EVENT_COMMENT, pd_plan_words(context, reason)->stored.id, conversation,
			      why);
	command_report(run, command,
		       RUN_SAY(run, "the conversation goes on at {address}; the ticket stays here", "address", command->value));
	return 0;
}

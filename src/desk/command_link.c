/* #link, #unlink: a ticket, or one entry of it, with what lives elsewhere or with another ticket.
 *
 * An entry that is linked with another ticket stands on that one's timeline, too. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/links.h"

void command_parse_link(struct command_parser *parser, struct pd_command *command)
{
	struct pd_link link;
	if (!pd_link_parse(parser->arena, command->rest, &link) || strcmp(link.kind, "entry") == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "\"{text}\" is no link; it is written KIND:ID, E7 N or E7 KIND:ID.", "text",
					 command->rest));
		return;
	}
	command->value = pd_link_value(parser->arena, &link);
}

static struct pd_link link_of(struct command_run *run, const struct pd_command *command)
{
	struct pd_link link = {.kind = "", .id = ""};
	(void)pd_link_parse(run->context->arena, command->value, &link);
	return link;
}

/* The other ticket of a link with one; NULL: it is none, or none that the actor may see. */
static struct pd_ticket *other_ticket(struct command_run *run, const struct pd_link *link)
{
	struct pd_context *context = run->context;
	struct pd_ticket *ticket = strcmp(link->kind, "ticket") == 0
					   ? pd_plan_ticket_followed(context, strtoll(link->id, NULL, 10))
					   : NULL;
	return ticket != NULL && (context->agent == NULL || pd_may_see(context->settings, context->agent, ticket)) ? ticket
														    : NULL;
}

void command_check_link(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_link link = link_of(run, command);
	if (strcmp(link.kind, "ticket") == 0) {
		const struct pd_ticket *other = other_ticket(run, &link);
		if (other == NULL)
			command_refused(run, command,
					RUN_SAY(run, "there is no ticket #{number} that you may see.", "number", link.id));
		else if (other == run->ticket)
			command_refused(run, command, RUN_SAY(run, "that is this ticket itself."));
	}
	if (link.entry == 0)
		return;
	const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, link.entry);
	if (entry == NULL || run->ticket == NULL || !pd_ticket_includes(run->ticket, entry->event.ticket))
		command_refused(run, command,
				RUN_SAY(run, "there is no entry E{entry} on this ticket.", "entry",
					pd_printf(context->arena, "%lld", (long long)link.entry)));
}

static const char *words_of(struct command_run *run, const struct pd_link *link)
{
	return pd_link_words(run->context->arena, run->context->settings, link);
}

/* The other end: the entry on the other ticket's timeline; without an entry, the way back. */
static const char *other_end(struct command_run *run, const struct pd_link *link)
{
	return link->entry != 0 ? pd_printf(run->context->arena, "entry:%lld", (long long)link->entry)
				: pd_printf(run->context->arena, "ticket:%lld", (long long)run->ticket->number);
}

/* Both ends at once. True: this one was changed. */
static bool change_both(struct command_run *run, const struct pd_command *command, const struct pd_link *link, bool is_added)
{
	struct pd_context *context = run->context;
	struct pd_ticket *other = other_ticket(run, link);
	struct pd_event *(*change)(struct pd_context *, struct pd_ticket *, const char *, const char *, int64_t, const char *) =
		is_added ? pd_plan_add : pd_plan_remove;
	bool is_changed = change(context, run->ticket, "link", command->value, 0, command_why(run, command)) != NULL;
	if (other != NULL)
		change(context, other, "link", other_end(run, link), 0, command_why(run, command));
	return is_changed;
}

int command_apply_link(struct command_run *run, const struct pd_command *command)
{
	const struct pd_link link = link_of(run, command);
	bool is_new = change_both(run, command, &link, true);
	command_report(run, command,
		       is_new ? RUN_SAY(run, "linked with {what}", "what", words_of(run, &link))
			      : RUN_SAY(run, "linked with {what} already", "what", words_of(run, &link)));
	return 0;
}

int command_apply_unlink(struct command_run *run, const struct pd_command *command)
{
	const struct pd_link link = link_of(run, command);
	bool was = change_both(run, command, &link, false);
	command_report(run, command,
		       was ? RUN_SAY(run, "no longer linked with {what}", "what", words_of(run, &link))
			   : RUN_SAY(run, "was not linked with {what}", "what", words_of(run, &link)));
	return 0;
}

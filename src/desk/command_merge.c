/* Commands that make one ticket of two: #merge. The other ticket stands in number; in value which one stays: NULL the
 * other, "this" the one that it is said on, else its number. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"

void command_parse_merge(struct command_parser *parser, struct pd_command *command)
{
	const struct pd_strings *words = &command->words;
	bool has_primary = words->count == 3 && command_is_keyword(parser->arena, words->items[1], "primary");
	command->number = words->count > 0 ? command_number(words->items[0]) : 0;
	if (has_primary && command_is_keyword(parser->arena, words->items[2], "this"))
		command->value = "this";
	else if (has_primary && command_number(words->items[2]) != 0)
		command->value = words->items[2];
	else if (words->count != 1)
		command->number = 0;
	if (command->number == 0)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
}

static const char *number_text(struct command_run *run, int64_t number)
{
	return pd_printf(run->context->arena, "%lld", (long long)number);
}

/* Why it cannot be, or NULL; then the one that goes and the one that stays. */
static const char *find_both(struct command_run *run, const struct pd_command *command, struct pd_ticket *here,
			     struct pd_ticket **ret_from, struct pd_ticket **ret_into)
{
	struct pd_context *context = run->context;
	const char *number = number_text(run, command->number);
	struct pd_ticket *other = pd_plan_ticket_followed(context, command->number);
	if (other == NULL || (context->agent != NULL && !pd_may_see(context->settings, context->agent, other)))
		return RUN_SAY(run, "there is no ticket #{number} that you may see.", "number", number);
	if (other == here)
		return command->number == here->number
			       ? RUN_SAY(run, "a ticket cannot be merged into itself.")
			       : RUN_SAY(run, "#{number} is merged into this ticket already.", "number", number);
	if (other->is_deleted || here->is_deleted)
		return RUN_SAY(run, "ticket #{number} is deleted; #restore brings it back first.", "number",
			       number_text(run, other->is_deleted ? other->number : here->number));
	bool is_this = pd_equal(command->value, "this");
	int64_t primary = command->value != NULL && !is_this ? command_number(command->value) : 0;
	if (primary != 0 && !pd_ticket_includes(here, primary) && !pd_ticket_includes(other, primary))
		return RUN_SAY(run, "the ticket that stays is one of both: primary {other} or primary this.", "other",
			       number);
	is_this |= primary != 0 && pd_ticket_includes(here, primary);
	*ret_from = is_this ? other : here;
	*ret_into = is_this ? here : other;
	return NULL;
}

void command_check_merge(struct command_run *run, const struct pd_command *command)
{
	struct pd_ticket *from, *into, *here;
	if (run->ticket == NULL)
		return;
	here = pd_plan_ticket(run->context, run->ticket->number);
	const char *wrong = find_both(run, command, here, &from, &into);
	if (wrong != NULL)
		command_refused(run, command, wrong);
}

int command_apply_merge(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_ticket *from, *into;
	struct pd_merge merge = {0};
	const char *wrong = find_both(run, command, run->ticket, &from, &into);
	if (wrong != NULL)
		return pd_fail(run->error, PD_PERMANENT, "#%s: %s", command->spec->word, wrong);
	const char *number = number_text(run, into->number), *gone = number_text(run, from->number);
	pd_plan_merge(context, from, into, command_why(run, command), &merge);
	command_report(run, command,
		       RUN_SAY(run, "#{from} \"{from_name}\" is merged into #{into} \"{into_name}\"", "from", gone,
			       "from_name", from->name, "into", number, "into_name", into->name));
	if (merge.stays.count > 0)
		command_report(run, command,
			       RUN_SAY(run, "of #{number} stays, with the other's in parentheses: {values}", "number",
				       number, "values", pd_strings_join(context->arena, &merge.stays, ", ")));
	if (merge.comes.count > 0)
		command_report(run, command,
			       RUN_SAY(run, "from #{number} comes: {values}", "number", gone, "values",
				       pd_strings_join(context->arena, &merge.comes, ", ")));
	run->ticket = into;
	return 0;
}

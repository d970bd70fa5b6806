/* #bulk QUERY: COMMAND… and #bulk 12 15 19: COMMAND…: the commands on every ticket that is meant, as one action.
 *
 * Promises: all or nothing, like any mail of commands; what cannot be on one of the tickets is said with its number, and
 * then none is changed. The query or the numbers stand in value, the commands in each. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/mail.h"
#include "desk/view_record.h"

#define BULK_MAX   20000 /* tickets of one bulk */
#define PAGE	   1000	 /* asked of the desk at once */
#define SHOWN_MAX  100	 /* numbers in a receipt */
#define ERRORS_MAX 20

/* --- parsing --- */

/* "#close #assign bob" as a line each. */
static const char *lines_of(struct command_parser *parser, const char *text)
{
	char *lines = pd_strdup(parser->arena, text);
	for (char *at = lines; (at = strstr(at, " #")) != NULL; at++)
		if (pd_command_names(parser->settings, parser->language, at + 1))
			*at = '\n';
	return lines;
}

/* The colon that ends the query: the first with a blank or a '#' behind it, and then a command; else with what looks
 * like one. */
static const char *find_colon(struct command_parser *parser, const char *text)
{
	const char *likely = NULL;
	bool is_quoted = false;
	for (const char *at = text; *at != '\0'; at++) {
		const char *next = at + 1 + strspn(at + 1, " ");
		is_quoted ^= *at == '"';
		if (is_quoted || *at != ':' || (at[1] != ' ' && at[1] != '#'))
			continue;
		if (pd_command_names(parser->settings, parser->language, next))
			return at;
		if (likely == NULL && *next == '#')
			likely = at;
	}
	return likely;
}

static bool may_be_many(const struct pd_command_spec *spec)
{
	static const char *const never[] = {"bulk", "undo", "send", "draft"};
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (strcmp(spec->word, never[i]) == 0)
			return false;
	return spec->apply != NULL && (spec->flags & (PD_COMMAND_ASKS | PD_COMMAND_REPLY | PD_COMMAND_NO_TICKET)) == 0;
}

static struct pd_commands *parse_each(struct pd_arena *arena, const struct pd_settings *settings, const char *language,
				       const struct pd_agent *agent, pd_time now, const char *text)
{
	const char *left;
	struct pd_commands *each = pd_commands_parse(arena, settings, language, agent, now, text, true, &left);
	for (size_t i = 0; i < each->items.count; i++)
		if (!may_be_many(each->items.items[i].spec))
			*pd_list_add(arena, &each->errors) =
				pd_say(arena, language, "#{word} cannot be given to many tickets.", "word",
				       each->items.items[i].spec->word, NULL);
	if (each->items.count == 0 && each->errors.count == 0)
		*pd_list_add(arena, &each->errors) = pd_say(arena, language, "there is no command.", NULL);
	return each;
}

void command_parse_bulk(struct command_parser *parser, struct pd_command *command)
{
	const char *colon = find_colon(parser, command->rest);
	if (colon == NULL || colon == command->rest) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	command->value = pd_trim(parser->arena, pd_strndup(parser->arena, command->rest, (size_t)(colon - command->rest)));
	command->each = parse_each(parser->arena, parser->settings, parser->language, parser->agent, parser->now,
					   lines_of(parser, pd_trim(parser->arena, colon + 1)));
	for (size_t i = 0; i < command->each->errors.count; i++)
		command_wrong(parser, command, command->each->errors.items[i]);
}

/* --- which tickets --- */

struct numbers {
	int64_t *items;
	size_t count, room;
};

static bool has(const struct numbers *numbers, int64_t number)
{
	for (size_t i = 0; i < numbers->count; i++)
		if (numbers->items[i] == number)
			return true;
	return false;
}

/* Where the text is numbers and nothing else: false: it is a query. */
static bool read_numbers(struct command_run *run, const char *text, struct numbers *ret_numbers, const char **ret_wrong)
{
	struct pd_context *context = run->context;
	char *plain = pd_strdup(context->arena, text);
	for (char *at = plain; *at != '\0'; at++)
		*at = *at == ',' || *at == ';' ? ' ' : *at;
	struct pd_strings words = pd_split(context->arena, plain, ' ');
	for (size_t i = 0; i < words.count; i++)
		if (*words.items[i] != '\0' && command_number(words.items[i]) == 0)
			return false;
	for (size_t i = 0; i < words.count && *ret_wrong == NULL; i++) {
		int64_t number = command_number(words.items[i]);
		if (number == 0)
			continue;
		const struct pd_ticket *ticket = pd_plan_ticket_followed(context, number);
		if (ticket == NULL ||
		    (context->agent != NULL && !pd_may_see(context->settings, context->agent, ticket)))
			*ret_wrong = RUN_SAY(run, "there is no ticket #{number} that you may see.", "number",
					     pd_printf(context->arena, "%lld", (long long)number));
		else if (!has(ret_numbers, ticket->number))
			*pd_list_add(context->arena, ret_numbers) = ticket->number;
	}
	return true;
}

static void run_query(struct command_run *run, const char *text, struct numbers *ret_numbers, const char **ret_wrong)
{
	struct pd_context *context = run->context;
	const struct pd_views views = command_views(run);
	const struct pd_view *view = pd_view_among(&views, text);
	struct pd_query *query;
	struct pd_error error = {0};
	if (command_query(run, &views, view != NULL ? view->query : text, &query, &error) != 0) {
		*ret_wrong = RUN_SAY(run, "the query is wrong: {error}", "error", error.text);
		return;
	}
	const struct pd_query *seen = pd_sight(context->arena, context->settings, context->agent, query);
	for (size_t offset = 0;; offset += PAGE) {
		struct pd_tickets page = context->desk->list(context->desk, context->arena, seen, "number", PAGE, offset);
		for (size_t i = 0; i < page.count; i++)
			if (context->agent == NULL || pd_may_see(context->settings, context->agent, page.items[i]))
				*pd_list_add(context->arena, ret_numbers) = page.items[i]->number;
		if (page.count < PAGE || context->desk->failed != 0)
			return;
		if (ret_numbers->count > BULK_MAX) {
			*ret_wrong = RUN_SAY(run, "these are more than {count} tickets; a bulk takes so many at most.",
					     "count", pd_printf(context->arena, "%d", BULK_MAX));
			return;
		}
	}
}

/* Why it cannot be, or NULL; then the numbers. */
static const char *find_tickets(struct command_run *run, const char *text, struct numbers *ret_numbers)
{
	const char *wrong = NULL;
	if (!read_numbers(run, text, ret_numbers, &wrong))
		run_query(run, text, ret_numbers, &wrong);
	return wrong;
}

/* --- carrying out --- */

/* What cannot be, by ticket; after `most` of them it is enough. */
static void find_refusals(struct command_run *run, const struct pd_commands *each, const struct numbers *numbers, size_t most)
{
	struct pd_context *context = run->context;
	for (size_t i = 0; i < numbers->count && context->plan->refusals.count < most; i++) {
		struct pd_commands tried = *each;
		bool needs_confirmation;
		memset(&tried.errors, 0, sizeof tried.errors);
		pd_commands_check(context, &tried, pd_plan_ticket(context, numbers->items[i]), PD_PROOF_FULL,
				  &needs_confirmation);
		for (size_t n = 0; n < tried.errors.count; n++)
			*pd_list_add(context->arena, &context->plan->refusals) =
				(struct pd_refusal){numbers->items[i], tried.errors.items[n]};
	}
}

/* The first of them as lines, with the tickets' numbers. */
static struct pd_strings refusal_lines(const struct pd_context *context)
{
	struct pd_strings lines = {0};
	for (size_t i = 0; i < context->plan->refusals.count && lines.count < ERRORS_MAX; i++) {
		const struct pd_refusal *refusal = &context->plan->refusals.items[i];
		*pd_list_add(context->arena, &lines) =
			pd_printf(context->arena, "#%lld: %s", (long long)refusal->ticket, refusal->why);
	}
	return lines;
}

void command_check_bulk(struct command_run *run, const struct pd_command *command)
{
	struct numbers numbers = {0};
	const char *wrong = find_tickets(run, command->value, &numbers);
	if (wrong != NULL) {
		command_refused(run, command, wrong);
		return;
	}
	find_refusals(run, command->each, &numbers, ERRORS_MAX);
	struct pd_strings errors = refusal_lines(run->context);
	for (size_t i = 0; i < errors.count; i++)
		command_refused(run, command, errors.items[i]);
}

static const char *numbers_text(struct command_run *run, const struct numbers *numbers)
{
	struct pd_strings words = {0};
	for (size_t i = 0; i < numbers->count && i < SHOWN_MAX; i++)
		*pd_list_add(run->context->arena, &words) =
			pd_printf(run->context->arena, "%lld", (long long)numbers->items[i]);
	if (numbers->count > SHOWN_MAX)
		*pd_list_add(run->context->arena, &words) = "…";
	return pd_strings_join(run->context->arena, &words, " ");
}

static const char *count_text(struct command_run *run, size_t count)
{
	return pd_printf(run->context->arena, "%zu", count);
}

/* What each of them would tell is one line for all. */
static int apply_each(struct command_run *run, struct pd_commands *each, const struct numbers *numbers,
		      struct numbers *ret_changed)
{
	struct pd_context *context = run->context;
	struct pd_strings told = context->plan->report;
	for (size_t i = 0; i < numbers->count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket(context, numbers->items[i]);
		int64_t version = ticket->version;
		size_t events = context->plan->events.count;
		struct pd_error error = {0};
		memset(&context->plan->report, 0, sizeof context->plan->report);
		int failed = pd_commands_apply(context, each, ticket, &error);
		context->plan->report = told;
		if (failed != 0) {
			*pd_list_add(context->arena, &context->plan->refusals) =
				(struct pd_refusal){numbers->items[i], pd_strdup(context->arena, error.text)};
			return pd_fail(run->error, (enum pd_class)failed, "#bulk: #%lld: %s",
				       (long long)numbers->items[i], error.text);
		}
		if (ticket->version != version || context->plan->events.count != events)
			*pd_list_add(context->arena, ret_changed) = numbers->items[i];
	}
	return 0;
}

static const char *lines_text(struct command_run *run, const struct pd_commands *each)
{
	struct pd_strings lines = {0};
	for (size_t i = 0; i < each->items.count; i++)
		*pd_list_add(run->context->arena, &lines) = each->items.items[i].line;
	return pd_strings_join(run->context->arena, &lines, " ");
}

static int bulk(struct command_run *run, const char *word, const struct numbers *numbers, struct pd_commands *each)
{
	struct pd_context *context = run->context;
	struct numbers changed = {0};
	int failed = apply_each(run, each, numbers, &changed);
	if (failed != 0)
		return failed;
	context->is_bulk |= changed.count > 1; /* one letter a person */
	pd_report(context, "#%s: %s", word,
		  RUN_SAY_N(run, "{changed} of {n} ticket changed by {commands}: {numbers}",
			    "{changed} of {n} tickets changed by {commands}: {numbers}", numbers->count, "changed",
			    count_text(run, changed.count), "commands", lines_text(run, each), "numbers",
			    numbers_text(run, &changed)));
	return 0;
}

int command_apply_bulk(struct command_run *run, const struct pd_command *command)
{
	struct numbers numbers = {0};
	const char *wrong = find_tickets(run, command->value, &numbers);
	if (wrong != NULL)
		return pd_fail(run->error, PD_PERMANENT, "#bulk: %s", wrong);
	return bulk(run, command->spec->word, &numbers, command->each);
}

/* As if it were carried out, and then taken back. */
static int try_bulk(struct command_run *run, struct pd_commands *each, const struct numbers *numbers)
{
	struct pd_context *context = run->context;
	struct pd_plan *plan = context->plan;
	struct pd_savepoint before;
	struct numbers changed = {0};
	pd_plan_save(context, &before);
	const int failed = apply_each(run, each, numbers, &changed);
	const struct pd_plan tried = *plan;
	pd_plan_back(context, &before);
	plan->refusals = tried.refusals;
	if (failed != 0)
		return failed;
	for (size_t i = 0; i < changed.count; i++)
		*pd_list_add(context->arena, &plan->changing) = changed.items[i];
	pd_report(context, "#bulk: %s",
		  RUN_SAY_N(run, "{changed} of {n} ticket would be changed by {commands}: {numbers}; nothing was changed",
			    "{changed} of {n} tickets would be changed by {commands}: {numbers}; nothing was changed",
			    numbers->count, "changed", count_text(run, changed.count), "commands", lines_text(run, each),
			    "numbers", numbers_text(run, &changed)));
	return 0;
}

int pd_commands_bulk(struct pd_context *context, const char *query, const struct pd_strings *lines, bool is_dry,
		     struct pd_strings *ret_errors, struct pd_error *error)
{
	struct pd_commands *each = parse_each(context->arena, context->settings, pd_context_language(context),
						      context->agent, context->now,
						      pd_strings_join(context->arena, lines, "\n"));
	struct command_run run = {.context = context, .commands = each, .error = error};
	struct numbers numbers = {0};
	const char *wrong = NULL;
	*ret_errors = each->errors;
	if (context->agent != NULL && !pd_may(context->agent, "bulk"))
		wrong = RUN_SAY(&run, "you lack the right \"{right}\" that #{word} needs.", "right", "bulk", "word", "bulk");
	if (wrong == NULL && ret_errors->count == 0)
		wrong = find_tickets(&run, query, &numbers);
	if (wrong != NULL)
		*pd_list_add(context->arena, ret_errors) = wrong;
	for (size_t i = 0; is_dry && i < numbers.count; i++)
		*pd_list_add(context->arena, &context->plan->listed) = numbers.items[i];
	if (ret_errors->count == 0) {
		find_refusals(&run, each, &numbers, is_dry ? BULK_MAX : ERRORS_MAX);
		*ret_errors = refusal_lines(context);
	}
	if (ret_errors->count > 0)
		return 0;
	return is_dry ? try_bulk(&run, each, &numbers) : bulk(&run, "bulk", &numbers, each);
}

/* Commands that list: #list and #search, and #help. Answers are plain tables in the report.
 *
 * The query or view stands in command->value, sort and columns in words ("" none). */
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/columns.h"
#include "desk/people.h"
#include "desk/view_record.h"

#define LISTED_MAX  50	/* tickets in one answer */
#define PAGE	    200 /* asked of the desk at once */
#define COLUMNS_MAX 12

#define COLUMNS_DEFAULT "number;status;owner;priority;updated;name"

static bool check_column(struct command_parser *parser, struct pd_command *command, const char *name)
{
	struct pd_strings names = pd_columns(parser->arena, parser->settings);
	if (pd_strings_has(&names, name))
		return true;
	struct pd_found found = pd_found_none(parser->arena, name, &names);
	command_wrong_found(parser, command, "property", name, &found);
	return false;
}

/* --- parsing --- */

struct command_tail command_split_tail(struct command_parser *parser, const char *text)
{
	struct command_tail tail = {.query = text};
	enum { QUERY, SORT, COLUMNS, SHARE } part = QUERY;
	bool is_quoted = false;
	for (const char *at = text; *at != '\0';) {
		size_t len = 0;
		while (at[len] != '\0' && (is_quoted || at[len] != ' ')) {
			is_quoted ^= at[len] == '"';
			len++;
		}
		const char *word = pd_lower_ascii(parser->arena, pd_strndup(parser->arena, at, len));
		const char *next = at + len + strspn(at + len, " ");
		const char *after = pd_strndup(parser->arena, next, strcspn(next, " "));
		int begins = *next == '\0'					       ? QUERY
			     : command_is_keyword(parser->arena, word, "sort")	       ? SORT
			     : command_is_keyword(parser->arena, word, "columns")      ? COLUMNS
			     : command_is_keyword(parser->arena, word, "for") &&
					       (command_is_keyword(parser->arena, after, "team") ||
						command_is_keyword(parser->arena, after, "everyone"))
				     ? SHARE
				     : QUERY;
		if (begins != QUERY) {
			if (part == QUERY)
				tail.query = pd_trim(parser->arena,
						     pd_strndup(parser->arena, text, (size_t)(at - text)));
			part = begins;
		} else if (part == SORT) {
			tail.sort = word;
		} else if (part != QUERY && len > 0) {
			struct pd_strings some = pd_split(parser->arena, part == SHARE ? pd_strndup(parser->arena, at, len) : word,
							  strchr(word, ';') != NULL ? ';' : ',');
			for (size_t i = 0; i < some.count; i++)
				*pd_list_add(parser->arena, part == SHARE ? &tail.share : &tail.columns) =
					some.items[i];
		}
		at = next;
	}
	return tail;
}

bool command_check_tail(struct command_parser *parser, struct pd_command *command,
			const struct command_tail *tail)
{
	if (tail->sort != NULL &&
	    !check_column(parser, command, *tail->sort == '-' ? tail->sort + 1 : tail->sort))
		return false;
	for (size_t i = 0; i < tail->columns.count; i++)
		if (!check_column(parser, command, tail->columns.items[i]))
			return false;
	return true;
}

static void set_query(struct command_parser *parser, struct pd_command *command, const char *query,
		      const char *sort, const char *columns)
{
	command->value = query;
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = sort != NULL ? sort : "";
	*pd_list_add(parser->arena, &command->words) = columns != NULL ? columns : "";
}

struct pd_views command_views(struct command_run *run)
{
	struct pd_context *context = run->context;
	struct pd_records records = pd_plan_records(context, PD_VIEW_RECORD);
	return pd_views_with(context->arena, context->settings, context->agent, &records);
}

int command_query(struct command_run *run, const struct pd_views *views, const char *text,
		  struct pd_query **ret_query, struct pd_error *error)
{
	struct pd_context *context = run->context;
	const char *me = context->agent != NULL ? context->agent->name : NULL;
	return pd_query_parse_among(context->arena, context->settings, views, text, me, context->now,
				    ret_query, error);
}

bool command_check_query(struct command_run *run, const struct pd_command *command,
			 const struct pd_views *views, const char *text)
{
	struct pd_query *tree;
	struct pd_error error = {0};
	if (command_query(run, views, text, &tree, &error) == 0)
		return true;
	command_refused(run, command, RUN_SAY(run, "the query is wrong: {error}", "error", error.text));
	return false;
}

/* One word that is nearly a view's name is no search for it. */
static const char *nearly_view(struct command_run *run, const struct pd_views *views, const char *text)
{
	struct pd_strings names = {0};
	if (strpbrk(text, " :*\"-()") != NULL || *text == '\0')
		return NULL;
	for (size_t i = 0; i < views->count; i++)
		*pd_list_add(run->context->arena, &names) = views->items[i].name;
	return pd_nearest(text, &names);
}

/* The view that is meant; a full stop at the end is the phone's, and quotation marks may stand around its title. */
static const struct pd_view *meant_view(struct command_run *run, const struct pd_views *views,
					const char *text)
{
	const struct pd_view *view = pd_view_among(views, text);
	size_t len = strlen(text);
	if (view == NULL && len > 2 && text[0] == '"' && strchr(text + 1, '"') == text + len - 1)
		view = pd_view_among(views, pd_strndup(run->context->arena, text + 1, len - 2));
	while (view == NULL && len > 1 && strchr(".!", text[len - 1]) != NULL)
		view = pd_view_among(views, pd_strndup(run->context->arena, text, --len));
	return view;
}

void command_parse_list(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0) {
		set_query(parser, command, NULL, NULL, NULL); /* the views */
		return;
	}
	struct command_tail tail = command_split_tail(parser, command->rest);
	if (command_check_tail(parser, command, &tail))
		set_query(parser, command, tail.query, tail.sort,
			  tail.columns.count > 0 ? pd_strings_join(parser->arena, &tail.columns, ";") : NULL);
}

void command_check_list(struct command_run *run, const struct pd_command *command)
{
	if (command->value == NULL)
		return;
	const struct pd_views views = command_views(run);
	if (meant_view(run, &views, command->value) != NULL)
		return;
	const struct pd_found found = {.nearest = nearly_view(run, &views, command->value)};
	if (found.nearest != NULL)
		command_refused_found(run, command, "view", command->value, &found);
	else
		command_check_query(run, command, &views, command->value);
}

void command_parse_search(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	set_query(parser, command, command->rest, NULL, NULL);
}

void command_check_search(struct command_run *run, const struct pd_command *command)
{
	const struct pd_views views = command_views(run);
	command_check_query(run, command, &views, command->value);
}

void command_parse_help(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0)
		return;
	const char *word = command->words.items[0] + (*command->words.items[0] == '#');
	const struct pd_command_spec *about = command_find(parser->settings, parser->language, word);
	command->value = about != NULL ? about->word : NULL;
	if (about == NULL) {
		struct pd_found found = {
			.nearest = command_nearest(parser->arena, parser->settings, parser->language, word)};
		command_wrong_found(parser, command, "command", word, &found);
	}
}

/* --- tables --- */

/* Rows of cells, each column as wide as its widest cell; the last is not padded. */
static void report_table(struct command_run *run, const struct pd_strings *cells, size_t columns)
{
	long widths[COLUMNS_MAX] = {0};
	run->context->plan->has_table = true;
	for (size_t i = 0; i < cells->count; i++) {
		long width = g_utf8_strlen(cells->items[i], -1);
		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	for (size_t row = 0; row < cells->count / columns; row++) {
		GString *line = g_string_new(NULL);
		for (size_t i = 0; i < columns; i++) {
			const char *text = cells->items[row * columns + i];
			g_string_append(line, text);
			for (long n = g_utf8_strlen(text, -1); i + 1 < columns && n < widths[i] + 2; n++)
				g_string_append_c(line, ' ');
		}
		while (line->len > 0 && line->str[line->len - 1] == ' ')
			g_string_truncate(line, line->len - 1);
		pd_report(run->context, "%s", line->str);
		g_string_free(line, TRUE);
	}
}

static int list_views(struct command_run *run)
{
	struct pd_context *context = run->context;
	struct pd_views views = command_views(run);
	struct pd_strings cells = {0};
	for (size_t i = 0; i < views.count; i++) {
		*pd_list_add(context->arena, &cells) = views.items[i].name;
		*pd_list_add(context->arena, &cells) = RUN_SAY(run, views.items[i].title);
		*pd_list_add(context->arena, &cells) = views.items[i].query;
	}
	report_table(run, &cells, 3);
	return 0;
}

/* The tickets that match and may be seen, at most LISTED_MAX; ret_more: there are others. */
static struct pd_tickets find_tickets(struct command_run *run, const struct pd_query *query, const char *sort,
				      bool *ret_more)
{
	struct pd_context *context = run->context;
	struct pd_tickets found = {0};
	*ret_more = false;
	query = pd_sight(context->arena, context->settings, context->agent, query);
	for (size_t offset = 0;; offset += PAGE) {
		struct pd_tickets page =
			context->desk->list(context->desk, context->arena, query, sort, PAGE, offset);
		for (size_t i = 0; i < page.count; i++) {
			if (context->agent != NULL &&
			    !pd_may_see(context->settings, context->agent, page.items[i]))
				continue;
			if (found.count == LISTED_MAX) {
				*ret_more = true;
				return found;
			}
			*pd_list_add(context->arena, &found) = page.items[i];
		}
		if (page.count < PAGE || context->desk->failed != 0)
			return found;
	}
}

int command_apply_list(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	struct pd_query *query;
	bool has_more;
	if (command->value == NULL)
		return list_views(run);
	const struct pd_views views = command_views(run);
	bool is_search = strcmp(command->spec->word, "search") == 0;
	const struct pd_view *view = is_search ? NULL : meant_view(run, &views, command->value);
	int failed = command_query(run, &views, view != NULL ? view->query : command->value, &query, run->error);
	if (failed != 0)
		return failed;
	const char *sort = command->words.items[0], *wanted = command->words.items[1];
	if (*sort == '\0')
		sort = view != NULL && view->sort != NULL ? view->sort : "-updated";
	if (*wanted == '\0')
		wanted = view != NULL && view->columns != NULL ? view->columns : COLUMNS_DEFAULT;
	struct pd_strings columns = pd_split(arena, wanted, ';'), cells = {0};
	if (columns.count > COLUMNS_MAX)
		columns.count = COLUMNS_MAX;
	struct pd_tickets found = find_tickets(run, query, sort, &has_more);
	command_report(run, command, command->rest);
	if (view == NULL && !is_search && strpbrk(command->value, ":()") == NULL)
		pd_report(context, "%s",
			  RUN_SAY(run, "\"{words}\" is no view: tickets with these words were searched. #list alone "
				       "names the views.",
				  "words", command->value));
	if (found.count == 0) {
		pd_report(context, "%s", RUN_SAY(run, "No tickets."));
		return 0;
	}
	for (size_t i = 0; i < columns.count; i++)
		*pd_list_add(arena, &cells) = RUN_SAY(run, columns.items[i]);
	for (size_t i = 0; i < found.count; i++) {
		*pd_list_add(arena, &context->plan->listed) = found.items[i]->number;
		*pd_list_add(arena, &context->plan->shown) = found.items[i];
		for (size_t n = 0; n < columns.count; n++)
			*pd_list_add(arena, &cells) = pd_column_cell(context, found.items[i], columns.items[n]);
	}
	report_table(run, &cells, columns.count);
	if (has_more)
		pd_report(context, "%s",
			  RUN_SAY_N(run, "The first {n} is shown; a narrower query shows the others.",
				    "The first {n} are shown; a narrower query shows the others.", LISTED_MAX));
	return 0;
}

int command_apply_help(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *text = pd_commands_help(context->arena, pd_context_language(context), command->value);
	struct pd_strings lines = pd_lines(context->arena, text != NULL ? text : "");
	context->plan->has_table = true;
	for (size_t i = 0; i < lines.count; i++)
		pd_report(context, "%s", lines.items[i]);
	return 0;
}

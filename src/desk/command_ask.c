/* Commands that list: #list and #search, and #help. Answers are plain tables in the report.
 *
 * The query stands in command->value (a view's is put in already), sort and columns in words ("" none). */
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"

#define LISTED_MAX  50	/* tickets in one answer */
#define PAGE	    200 /* asked of the desk at once */
#define NAME_WIDTH  60	/* characters of a cell */
#define COLUMNS_MAX 12

#define WORDS_SEARCHED 1 /* command->number: what #list was given is no view and no term */

static const char *const columns_known[] = {
	"number",   "name",   "status",	  "owner",   "team",	    "priority",
	"category", "source", "contact",  "mailbox", "pipeline",    "created",
	"updated",  "closed", "messages", "due",     "description",
};
#define COLUMNS_DEFAULT "number;status;owner;priority;updated;name"

static bool is_column(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < sizeof columns_known / sizeof *columns_known; i++)
		if (strcmp(columns_known[i], name) == 0)
			return true;
	return pd_find_property(settings, name) != NULL;
}

static bool check_column(struct command_parser *parser, struct pd_command *command, const char *name)
{
	if (is_column(parser->settings, name))
		return true;
	struct pd_strings names = {0};
	for (size_t i = 0; i < sizeof columns_known / sizeof *columns_known; i++)
		*pd_list_add(parser->arena, &names) = columns_known[i];
	struct pd_found found = {.nearest = pd_nearest(name, &names)};
	command_wrong_found(parser, command, "property", name, &found);
	return false;
}

/* --- parsing --- */

/* The tail "sort X" and "columns A B": cut from the query, which ends before them. */
struct list_tail {
	const char *query, *sort;
	struct pd_strings columns;
};

static struct list_tail split_tail(struct command_parser *parser, const char *text)
{
	struct list_tail tail = {.query = text};
	enum { QUERY, SORT, COLUMNS } part = QUERY;
	bool is_quoted = false;
	for (const char *at = text; *at != '\0';) {
		size_t len = 0;
		while (at[len] != '\0' && (is_quoted || at[len] != ' ')) {
			is_quoted ^= at[len] == '"';
			len++;
		}
		const char *word = pd_lower_ascii(parser->arena, pd_strndup(parser->arena, at, len));
		bool is_last = at[len] == '\0';
		if (command_is_keyword(parser->arena, word, "sort") && !is_last) {
			if (part == QUERY)
				tail.query = pd_trim(parser->arena,
						     pd_strndup(parser->arena, text, (size_t)(at - text)));
			part = SORT;
		} else if (command_is_keyword(parser->arena, word, "columns") && !is_last) {
			if (part == QUERY)
				tail.query = pd_trim(parser->arena,
						     pd_strndup(parser->arena, text, (size_t)(at - text)));
			part = COLUMNS;
		} else if (part == SORT) {
			tail.sort = word;
		} else if (part == COLUMNS && len > 0) {
			struct pd_strings some =
				pd_split(parser->arena, word, strchr(word, ';') != NULL ? ';' : ',');
			for (size_t i = 0; i < some.count; i++)
				*pd_list_add(parser->arena, &tail.columns) = some.items[i];
		}
		at += len;
		at += strspn(at, " ");
	}
	return tail;
}

static void set_query(struct command_parser *parser, struct pd_command *command, const char *query,
		      const char *sort, const char *columns)
{
	command->value = query;
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = sort != NULL ? sort : "";
	*pd_list_add(parser->arena, &command->words) = columns != NULL ? columns : "";
}

static bool check_query(struct command_parser *parser, struct pd_command *command, const char *query)
{
	struct pd_query *tree;
	struct pd_error error = {0};
	const char *me = parser->agent != NULL ? parser->agent->name : NULL;
	if (pd_query_parse(parser->arena, parser->settings, query, me, parser->now, &tree, &error) == 0)
		return true;
	command_wrong(parser, command,
		      PARSER_SAY(parser, "the query is wrong: {error}", "error", error.text));
	return false;
}

/* One word that is nearly a view's name is no search for it. */
static const char *nearly_view(struct command_parser *parser, const char *text)
{
	struct pd_strings names = {0};
	if (strpbrk(text, " :*\"-") != NULL || *text == '\0')
		return NULL;
	struct pd_views all = pd_views_of(parser->arena, parser->settings, parser->agent);
	for (size_t i = 0; i < all.count; i++)
		*pd_list_add(parser->arena, &names) = all.items[i].name;
	return pd_nearest(text, &names);
}

void command_parse_list(struct command_parser *parser, struct pd_command *command)
{
	if (command->words.count == 0) {
		set_query(parser, command, NULL, NULL, NULL); /* the views */
		return;
	}
	struct list_tail tail = split_tail(parser, command->rest);
	const struct pd_view *view = pd_view_in(parser->arena, parser->settings, parser->agent, tail.query);
	if (view == NULL) {
		size_t len = strlen(tail.query);
		while (len > 1 && strchr(".!", tail.query[len - 1]) != NULL)
			tail.query = pd_strndup(parser->arena, tail.query, --len);
		view = pd_view_in(parser->arena, parser->settings, parser->agent, tail.query);
	}
	const char *near = view == NULL ? nearly_view(parser, tail.query) : NULL;
	if (near != NULL) {
		struct pd_found found = {.nearest = near};
		command_wrong_found(parser, command, "view", tail.query, &found);
		return;
	}
	if (tail.sort != NULL &&
	    !check_column(parser, command, *tail.sort == '-' ? tail.sort + 1 : tail.sort))
		return;
	for (size_t i = 0; i < tail.columns.count; i++)
		if (!check_column(parser, command, tail.columns.items[i]))
			return;
	const char *columns =
		tail.columns.count > 0 ? pd_strings_join(parser->arena, &tail.columns, ";") : NULL;
	set_query(parser, command, view != NULL ? view->query : tail.query,
		  tail.sort != NULL ? tail.sort
		  : view != NULL    ? view->sort
				    : NULL,
		  columns != NULL ? columns
		  : view != NULL  ? view->columns
				  : NULL);
	if (check_query(parser, command, command->value) && view == NULL && strpbrk(tail.query, ":()") == NULL)
		command->number = WORDS_SEARCHED;
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
	check_query(parser, command, command->value);
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

static const char *cell(struct command_run *run, const struct pd_ticket *ticket, const char *column)
{
	struct pd_context *context = run->context;
	struct pd_arena *arena = context->arena;
	if (strcmp(column, "number") == 0)
		return pd_printf(arena, "#%lld", (long long)ticket->number);
	if (strcmp(column, "created") == 0 || strcmp(column, "updated") == 0 ||
	    strcmp(column, "closed") == 0) {
		pd_time time = *column == 'u'	  ? ticket->updated
			       : column[1] == 'r' ? ticket->created
						  : ticket->closed;
		return time != 0 ? pd_time_short(arena, time, context->settings->timezone) : "";
	}
	if (strcmp(column, "contact") == 0)
		return ticket->contacts.count == 0
			       ? ""
			       : pd_value_words(
					 context, "contact",
					 pd_printf(arena, "%lld", (long long)ticket->contacts.items[0]));
	const char *value = pd_ticket_get(arena, ticket, column);
	if (value == NULL || *value == '\0')
		return strcmp(column, "owner") == 0 ? "-" : "";
	return pd_clean_line(arena, pd_value_words(context, column, value), NAME_WIDTH);
}

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
	struct pd_views views = pd_views_of(context->arena, context->settings, context->agent);
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
	const char *me = context->agent != NULL ? context->agent->name : NULL;
	int failed = pd_query_parse(arena, context->settings, command->value, me, context->now, &query,
				    run->error);
	if (failed != 0)
		return failed;
	const char *sort = *command->words.items[0] != '\0' ? command->words.items[0] : "-updated";
	const char *wanted = *command->words.items[1] != '\0' ? command->words.items[1] : COLUMNS_DEFAULT;
	struct pd_strings columns = pd_split(arena, wanted, ';'), cells = {0};
	if (columns.count > COLUMNS_MAX)
		columns.count = COLUMNS_MAX;
	struct pd_tickets found = find_tickets(run, query, sort, &has_more);
	command_report(run, command, command->rest);
	if (command->number == WORDS_SEARCHED)
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
		for (size_t n = 0; n < columns.count; n++)
			*pd_list_add(arena, &cells) = cell(run, found.items[i], columns.items[n]);
	}
	report_table(run, &cells, columns.count);
	if (has_more)
		pd_report(context, "%s",
			  RUN_SAY(run, "The first {count} are shown; a narrower query shows the others.",
				  "count", pd_printf(arena, "%d", LISTED_MAX)));
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

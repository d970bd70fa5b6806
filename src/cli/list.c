/* postdesk list and search: tickets as a table or as JSON. */
#include "cli/cli.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "flow/json.h"

#define DEFAULT_COLUMNS "number;status;priority;owner;contact;updated;name"

struct listing {
	struct pd_cli *cli;
	struct pd_strings columns;
	struct pd_table *table;
	size_t count;
};

/* The goals of a ticket in one word: the worst of their states. */
static const char *worst_state(const json_t *goals)
{
	static const char *const order[] = {"overdue", "due_soon", "active", "paused", "missed", "met"};
	const char *name;
	json_t *goal;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		json_object_foreach((json_t *)(uintptr_t)goals, name, goal)
			if (pd_equal(json_string_value(json_object_get(goal, "state")), order[i]))
				return order[i];
	return NULL;
}

/* What people read in a column: times without seconds and zone letter, lists joined. */
static const char *cell(struct pd_arena *arena, const json_t *object, const char *column)
{
	const json_t *value = json_object_get(object, column);

	if (!value)
		value = json_object_get(json_object_get(object, "properties"), column);
	const char *text = json_string_value(value);

	if (!strcmp(column, "sla"))
		text = worst_state(value);
	else if (!strcmp(column, "due"))
		text = json_string_value(pd_json_due(json_object_get(object, "sla")));
	pd_time time;

	if (json_is_integer(value))
		return pd_printf(arena, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (text && strlen(text) == 20 && text[19] == 'Z' && pd_time_parse(text, &time))
		return pd_time_short(arena, time, NULL);
	return text;
}

static void add_row(void *data, const json_t *object)
{
	struct listing *listing = data;

	listing->count++;
	pd_table_row(listing->table);
	for (size_t i = 0; i < listing->columns.count; i++)
		pd_table_add(listing->table, cell(listing->cli->arena, object, listing->columns.items[i]));
}

static int ask(struct pd_cli *cli, json_t *request, const struct pd_strings *columns, bool is_json)
{
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);

	struct listing listing = {.cli = cli, .columns = *columns};

	listing.table = pd_table_new(cli->arena, &listing.columns);
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE && listing.count)
		pd_table_print(listing.table, stdout);
	return code;
}

/* The columns of the option, which go into the request too, so that unknown ones are refused. */
static struct pd_strings columns_of(struct pd_cli *cli, json_t *request, const char *text)
{
	/* A comma separates them too, as in #list. */
	struct pd_strings all = pd_split(cli->arena, g_strdelimit(pd_strdup(cli->arena, text), ",", ';'), ';'), columns = {0};
	json_t *array = json_array();

	for (size_t i = 0; i < all.count; i++) {
		if (!*all.items[i])
			continue;
		*pd_list_add(cli->arena, &columns) = all.items[i];
		json_array_append_new(array, json_string(all.items[i]));
	}
	json_object_set_new(request, "columns", array);
	return columns;
}

/* The remaining arguments as one text. */
static char *joined(struct pd_cli *cli, int argc, char **argv)
{
	struct pd_strings words = {0};

	for (int i = optind; i < argc; i++)
		*pd_list_add(cli->arena, &words) = argv[i];
	return pd_strings_join(cli->arena, &words, " ");
}

static void take_columns(void *data, const json_t *object)
{
	struct listing *listing = data;
	const char *columns = json_string_value(json_object_get(object, "columns"));

	if (columns)
		listing->columns = pd_split(listing->cli->arena, columns, ';');
}

/* The columns that the view has of its own. */
static struct pd_strings columns_of_view(struct pd_cli *cli, const char *view)
{
	struct listing listing = {.cli = cli, .columns = pd_split(cli->arena, DEFAULT_COLUMNS, ';')};

	pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "views", "view", view), take_columns, &listing);
	return listing.columns;
}

int pd_cli_list(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"view", required_argument, NULL, 'v'}, {"sort", required_argument, NULL, 's'},
		{"columns", required_argument, NULL, 'c'}, {"limit", required_argument, NULL, 'l'},
		{"at", required_argument, NULL, 'a'},	{"json", no_argument, NULL, 'j'},
		{0},
	};
	json_t *request = json_pack("{s:s}", "verb", "list");
	struct pd_strings columns = pd_split(cli->arena, DEFAULT_COLUMNS, ';');
	const char *view = NULL;
	bool is_json = false, has_columns = false;
	unsigned long long limit;
	int option;

	argv = pd_cli_with_terms(cli, &argc, argv, options);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'v')
			view = optarg;
		else if (option == 's')
			json_object_set_new(request, "sort", json_string(optarg));
		else if (option == 'a')
			json_object_set_new(request, "at", json_string(optarg));
		else if (option == 'c') {
			columns = columns_of(cli, request, optarg);
			has_columns = true;
		} else if (option == 'j')
			is_json = true;
		else if (option == 'l' && pd_number(optarg, 1000000000, &limit))
			json_object_set_new(request, "limit", json_integer((json_int_t)limit));
		else {
			json_decref(request);
			return pd_cli_usage(cli);
		}
	}
	if (view) {
		json_object_set_new(request, "view", json_string(view));
		if (!is_json && !has_columns)
			columns = columns_of_view(cli, view);
	}
	json_object_set_new(request, "query", json_string(joined(cli, argc, argv)));
	return ask(cli, request, &columns, is_json);
}

int pd_cli_search(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"limit", required_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{0},
	};
	struct pd_strings columns = pd_split(cli->arena, DEFAULT_COLUMNS, ';');
	unsigned long long limit = 0;
	bool is_json = false;
	int option;

	argv = pd_cli_with_terms(cli, &argc, argv, options);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			is_json = true;
		else if (option != 'l' || !pd_number(optarg, 1000000000, &limit))
			return pd_cli_usage(cli);
	}
	if (optind >= argc)
		return pd_cli_usage(cli);
	return ask(cli,
		   json_pack("{s:s,s:s,s:I}", "verb", "search", "text", joined(cli, argc, argv), "limit", (json_int_t)limit),
		   &columns, is_json);
}

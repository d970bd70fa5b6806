/* postdesk views: what views there are, and making and deleting those that commands make. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"

static const char *const columns[] = {"name", "title", "query", "share", "sort", "columns"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void add_row(void *data, const json_t *object)
{
	struct pd_table *table = data;

	pd_table_row(table);
	for (size_t i = 0; i < COLUMNS; i++)
		pd_table_add(table, json_string_value(json_object_get(object, columns[i])));
}

static int list(struct pd_cli *cli, bool is_json)
{
	json_t *request = json_pack("{s:s}", "verb", "views");
	struct pd_strings names = {0};

	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		*pd_list_add(cli->arena, &names) = columns[i];
	struct pd_table *table = pd_table_new(cli->arena, &names);
	int code = pd_cli_request(cli, request, add_row, table);

	if (code == PD_EXIT_DONE)
		pd_table_print(table, stdout);
	return code;
}

static int change(struct pd_cli *cli, const char *line, bool is_json)
{
	return pd_cli_request(cli, json_pack("{s:s,s:[s]}", "verb", "do", "commands", line),
			      is_json ? pd_cli_print_json : pd_cli_print_report, NULL);
}

int pd_cli_views(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"sort", required_argument, NULL, 's'}, {"columns", required_argument, NULL, 'c'},
		{"for", required_argument, NULL, 'f'},	{"json", no_argument, NULL, 'j'},
		{0},
	};
	const char *tail = "";
	bool is_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			is_json = true;
		else if (option == 's')
			tail = pd_printf(cli->arena, "%s sort %s", tail, optarg);
		else if (option == 'c')
			tail = pd_printf(cli->arena, "%s columns %s", tail, optarg);
		else if (option == 'f')
			tail = pd_printf(cli->arena, "%s for %s", tail, optarg);
		else
			return pd_cli_usage(cli);
	}
	const char *what = optind < argc ? argv[optind] : "list";
	int arguments = argc - optind - 1;

	if (optind >= argc && !*tail)
		return list(cli, is_json);
	if (!strcmp(what, "set") && arguments == 2)
		return change(cli, pd_printf(cli->arena, "#view %s = %s%s", argv[optind + 1], argv[optind + 2], tail), is_json);
	if (!strcmp(what, "remove") && arguments == 1 && !*tail)
		return change(cli, pd_printf(cli->arena, "#unview %s", argv[optind + 1]), is_json);
	return pd_cli_usage(cli);
}

/* postdesk rules: the rules of the configuration, and which would act on a ticket. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"

static const char *joined(struct pd_cli *cli, const json_t *array)
{
	struct pd_strings parts = {0};
	size_t i;
	json_t *item;

	json_array_foreach(array, i, item) *pd_list_add(cli->arena, &parts) = json_string_value(item);
	return pd_strings_join(cli->arena, &parts, "; ");
}

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
	bool is_test;
};

static void add_row(void *data, const json_t *object)
{
	struct listing *listing = data;
	const char *when = json_string_value(json_object_get(object, "when"));

	pd_table_row(listing->table);
	pd_table_add(listing->table, json_string_value(json_object_get(object, "name")));
	pd_table_add(listing->table, joined(listing->cli, json_object_get(object, "on")));
	if (listing->is_test) {
		pd_table_add(listing->table, json_is_true(json_object_get(object, "fires")) ? "acts" : "does not act");
		pd_table_add(listing->table, json_string_value(json_object_get(object, "why")));
	} else {
		pd_table_add(listing->table, json_is_true(json_object_get(object, "enabled")) ? "on" : "off");
		pd_table_add(listing->table, when ? when : "");
	}
	pd_table_add(listing->table, joined(listing->cli, json_object_get(object, "do")));
}

int pd_cli_rules(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	static const char *const columns[][5] = {{"rule", "on", "state", "when", "do"}, {"rule", "on", "here", "why", "do"}};
	bool is_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return pd_cli_usage(cli);
		is_json = true;
	}
	bool is_test = argc - optind == 2 && !strcmp(argv[optind], "test");
	int64_t number = is_test ? pd_cli_number(argv[optind + 1]) : 0;

	if ((optind < argc && !is_test) || (is_test && !number))
		return pd_cli_usage(cli);
	json_t *request = json_pack("{s:s}", "verb", "rules");

	if (is_test)
		json_object_set_new(request, "number", json_integer(number));
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	struct pd_strings names = {0};

	for (size_t i = 0; i < 5; i++)
		*pd_list_add(cli->arena, &names) = columns[is_test][i];
	struct listing listing = {.cli = cli, .table = pd_table_new(cli->arena, &names), .is_test = is_test};
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE)
		pd_table_print(listing.table, stdout);
	return code;
}

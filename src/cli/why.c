/* postdesk why: the sum behind each due time of a ticket. */
#include "cli/cli.h"

#include <jansson.h>

static void print_line(void *data, const json_t *object)
{
	bool *is_any = data;
	const char *line = json_string_value(json_object_get(object, "line"));

	if (line && (*is_any || *line))
		puts(line);
	*is_any = true;
}

int pd_cli_why(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"at", required_argument, NULL, 'a'}, {"json", no_argument, NULL, 'j'}, {0}};
	json_t *request = json_pack("{s:s}", "verb", "why");
	bool is_json = false, is_any = false;
	int option, code;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'a') {
			json_object_set_new(request, "at", json_string(optarg));
		} else if (option == 'j') {
			is_json = true;
		} else {
			json_decref(request);
			return pd_cli_usage(cli);
		}
	}
	int64_t number = argc - optind == 1 ? pd_cli_number(argv[optind]) : 0;

	if (!number) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	json_object_set_new(request, "number", json_integer(number));
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	json_object_set_new(request, "as_text", json_true());
	code = pd_cli_request(cli, request, print_line, &is_any);
	if (code == PD_EXIT_DONE && !is_any)
		puts("no goal holds for this ticket");
	return code;
}

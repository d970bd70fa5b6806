/* postdesk templates: the texts and documents that agents insert by name, and one of them as it would be sent. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void add_row(void *data, const json_t *object)
{
	struct pd_table *table = data;

	pd_table_row(table);
	pd_table_add(table, text_of(object, "kind"));
	pd_table_add(table, text_of(object, "name"));
	pd_table_add(table, text_of(object, "language"));
	pd_table_add(table, *text_of(object, "title") ? text_of(object, "title") : text_of(object, "subject"));
}

static void print_text(void *data, const json_t *object)
{
	(void)data;
	if (*text_of(object, "subject"))
		printf("Subject: %s\n\n", text_of(object, "subject"));
	if (*text_of(object, "title"))
		printf("%s\n\n", text_of(object, "title"));
	if (*text_of(object, "link"))
		printf("%s\n", text_of(object, "link"));
	if (json_is_string(json_object_get(object, "text")))
		fputs(text_of(object, "text"), stdout);
	else
		printf("%s (%lld bytes)\n", text_of(object, "file"), (long long)json_integer_value(json_object_get(object, "size")));
	if (!pd_ends(text_of(object, "text"), "\n"))
		putchar('\n');
}

int pd_cli_templates(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
						{"kind", required_argument, NULL, 'k'},
						{"language", required_argument, NULL, 'l'},
						{"ticket", required_argument, NULL, 't'},
						{0}};
	static const char *const columns[] = {"kind", "name", "language", "title"};
	json_t *request = json_pack("{s:s}", "verb", "templates");
	bool is_json = false, has_ticket = false, is_wrong = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			is_json = true;
		else if (option == 'k')
			json_object_set_new(request, "kind", json_string(optarg));
		else if (option == 'l')
			json_object_set_new(request, "language", json_string(optarg));
		else if (option == 't' && pd_cli_number(optarg)) {
			json_object_set_new(request, "number", json_integer(pd_cli_number(optarg)));
			has_ticket = true;
		} else
			is_wrong = true;
	}
	bool is_one = argc - optind == 1;

	if (is_wrong || argc - optind > 1 || (has_ticket && !is_one)) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	if (is_one)
		json_object_set_new(request, "name", json_string(argv[optind]));
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	if (is_one)
		return pd_cli_request(cli, request, print_text, NULL);
	struct pd_strings names = {0};

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		*pd_list_add(cli->arena, &names) = columns[i];
	struct pd_table *table = pd_table_new(cli->arena, &names);
	int code = pd_cli_request(cli, request, add_row, table);

	if (code == PD_EXIT_DONE)
		pd_table_print(table, stdout);
	return code;
}

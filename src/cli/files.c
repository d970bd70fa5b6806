/* postdesk attachments, fetch and attach: the files of a ticket. */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "base/text.h"

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
};

static void add_row(void *data, const json_t *object)
{
	static const char *const keys[] = {"number", "attachment", "entry", "name", "type", "size", "from"};
	struct listing *listing = data;

	pd_table_row(listing->table);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const json_t *value = json_object_get(object, keys[i]);

		pd_table_add(listing->table, json_is_integer(value)
						     ? pd_printf(listing->cli->arena, "%lld", (long long)json_integer_value(value))
						     : json_string_value(value));
	}
}

int pd_cli_attachments(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"contacts", no_argument, NULL, 'c'}, {"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false, of_contact = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_json = is_json || option == 'j';
		of_contact = of_contact || option == 'c';
	}
	int64_t number = argc - optind == 1 ? pd_cli_number(argv[optind]) : 0;

	if (!number)
		return pd_cli_usage(cli);
	json_t *request = json_pack("{s:s,s:I,s:b}", "verb", "attachments", "number", (json_int_t)number, "contacts", of_contact);

	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);

	static const char *const names[] = {"ticket", "attachment", "entry", "name", "type", "bytes", "from"};
	struct pd_strings columns = {.items = (const char **)names, .count = G_N_ELEMENTS(names)};
	struct listing listing = {.cli = cli, .table = pd_table_new(cli->arena, &columns)};
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE)
		pd_table_print(listing.table, stdout);
	return code;
}

struct fetched {
	struct pd_cli *cli;
	const char *output; /* NULL: standard output */
	bool has_failed;
};

static void write_content(void *data, const json_t *object)
{
	struct fetched *fetched = data;
	struct pd_bytes content = pd_cli_bytes(fetched->cli->arena, json_object_get(object, "content"));
	FILE *out = fetched->output ? fopen(fetched->output, "wxe") : stdout;

	if (!out || fwrite(content.data, 1, content.len, out) != content.len || (out != stdout && fclose(out) != 0)) {
		fprintf(stderr, "postdesk: %s: %s\n", fetched->output ? fetched->output : "standard output", strerror(errno));
		fetched->has_failed = true;
	}
}

int pd_cli_fetch(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"output", required_argument, NULL, 'o'}, {0}};
	struct fetched fetched = {.cli = cli};
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option != 'o')
			return pd_cli_usage(cli);
		fetched.output = optarg;
	}
	int64_t number = argc - optind == 2 ? pd_cli_number(argv[optind]) : 0;

	if (!number)
		return pd_cli_usage(cli);
	int code = pd_cli_request(cli,
				  json_pack("{s:s,s:I,s:s}", "verb", "fetch", "number", (json_int_t)number, "attachment",
					    argv[optind + 1]),
				  write_content, &fetched);

	return code ? code : fetched.has_failed ? PD_EXIT_REFUSED : PD_EXIT_DONE;
}

int pd_cli_attach(struct pd_cli *cli, int argc, char **argv)
{
	struct pd_error error;
	PD_AUTO_RAW raw = NULL;

	if (argc != 3 || !pd_cli_number(argv[1]))
		return pd_cli_usage(cli);
	if (pd_raw_from_file(argv[2], "/tmp", &raw, &error)) {
		fprintf(stderr, "postdesk: %s\n", error.text);
		return PD_EXIT_REFUSED;
	}
	g_autofree char *content = g_base64_encode((const guchar *)raw->data, raw->size);

	return pd_cli_request(cli,
			      json_pack("{s:s,s:I,s:s,s:s}", "verb", "attach", "number", (json_int_t)pd_cli_number(argv[1]), "name",
					pd_clean_file_name(cli->arena, argv[2]), "content", content),
			      pd_cli_print_report, NULL);
}

/* postdesk key: the keys by which agents' signatures are known. */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>
#include <glib.h>
#include "base/raw.h"
#include "base/text.h"

static const char *const columns[] = {"agent", "kind", "fingerprint", "name", "expires", "added", "removed"};
enum { COLUMNS = sizeof columns / sizeof *columns, KEY_MAX = 1 << 20 };

struct listing {
	struct pd_table *table;
	size_t count;
};

static void add_row(void *data, const json_t *object)
{
	struct listing *listing = data;

	listing->count++;
	pd_table_row(listing->table);
	for (size_t i = 0; i < COLUMNS; i++)
		pd_table_add(listing->table, json_string_value(json_object_get(object, columns[i])));
}

static int list(struct pd_cli *cli, const char *agent, bool is_all, bool is_json)
{
	json_t *request = json_pack("{s:s,s:s*,s:b}", "verb", "keys", "agent", agent, "all", is_all);
	struct pd_strings names = {0};

	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	for (size_t i = 0; i < COLUMNS; i++)
		*pd_list_add(cli->arena, &names) = columns[i];
	struct listing listing = {.table = pd_table_new(cli->arena, &names)};
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE && listing.count)
		pd_table_print(listing.table, stdout);
	else if (code == PD_EXIT_DONE)
		puts("no key is registered");
	return code;
}

static void print_report(void *data, const json_t *object)
{
	size_t i;
	json_t *line;

	(void)data;
	json_array_foreach(json_object_get(object, "report"), i, line) puts(json_string_value(line));
}

static int add(struct pd_cli *cli, const char *agent, const char *file)
{
	PD_AUTO_RAW raw = NULL;
	struct pd_error error;

	/* Read by whoever asks, before anybody else's rights are taken on. */
	if (pd_raw_from_file(file, g_get_tmp_dir(), &raw, &error)) {
		fprintf(stderr, "postdesk: %s\n", error.text);
		return PD_EXIT_REFUSED;
	}
	if (raw->size > KEY_MAX) {
		fprintf(stderr, "postdesk: %s is too large for a key\n", file);
		return PD_EXIT_REFUSED;
	}
	g_autofree char *content = g_base64_encode((const guchar *)raw->data, raw->size);

	return pd_cli_request(cli, json_pack("{s:s,s:s,s:s}", "verb", "key_add", "agent", agent, "content", content),
			      print_report, NULL);
}

int pd_cli_key(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"all", no_argument, NULL, 'a'}, {"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false, is_all = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_json = is_json || option == 'j';
		is_all = is_all || option == 'a';
	}
	char **rest = argv + optind;
	int count = argc - optind;

	if (count == 0 || (!strcmp(rest[0], "list") && count <= 2))
		return list(cli, count == 2 ? rest[1] : NULL, is_all, is_json);
	if (!is_json && !is_all && !strcmp(rest[0], "add") && count == 3)
		return add(cli, rest[1], rest[2]);
	if (!is_json && !is_all && !strcmp(rest[0], "remove") && (count == 2 || count == 3))
		return pd_cli_request(cli,
				      json_pack("{s:s,s:s,s:s*}", "verb", "key_remove", "agent", rest[1], "key",
						count == 3 ? rest[2] : NULL),
				      print_report, NULL);
	return pd_cli_usage(cli);
}

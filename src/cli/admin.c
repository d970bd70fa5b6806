/* postdesk check, reload, status, outbox, backup, verify: for the administrator. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib.h>
#include "base/text.h"

int pd_cli_check(struct pd_cli *cli, int argc, char **argv)
{
	struct pd_problems problems = {.arena = cli->arena};

	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	pd_flow_check(cli->config_file, &problems);
	pd_problems_print(&problems, stderr);
	if (problems.errors) {
		fprintf(stderr, "postdesk: %zu error%s\n", problems.errors, problems.errors == 1 ? "" : "s");
		return PD_EXIT_CONFIG;
	}
	printf("%s: no errors, %zu warning%s\n", cli->config_file, problems.count, problems.count == 1 ? "" : "s");
	return PD_EXIT_DONE;
}

static void print_problem(void *data, const json_t *object)
{
	(void)data;
	fprintf(stderr, "%s:%lld: %s: %s\n", json_string_value(json_object_get(object, "file")),
		(long long)json_integer_value(json_object_get(object, "line")),
		json_is_true(json_object_get(object, "warning")) ? "warning" : "error",
		json_string_value(json_object_get(object, "problem")));
}

int pd_cli_reload(struct pd_cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	int code = pd_cli_request(cli, json_pack("{s:s}", "verb", "reload"), print_problem, NULL);

	if (code == PD_EXIT_DONE)
		puts("reloaded");
	return code;
}

struct status {
	struct pd_cli *cli;
	bool is_json;
};

static void print_status(void *data, const json_t *object)
{
	const struct status *status = data;
	json_t *whole = json_copy((json_t *)object);
	const char *key;
	json_t *value;

	json_object_set_new(whole, "daemon", json_boolean(status->cli->control >= 0));
	if (status->is_json)
		pd_cli_print_json(NULL, whole);
	json_object_foreach(status->is_json ? NULL : whole, key, value)
	{
		printf("%-18s ", key);
		if (json_is_string(value)) {
			puts(json_string_value(value));
		} else {
			char *text = json_dumps(value, JSON_ENCODE_ANY);

			puts(json_is_null(value) ? "-" : text);
			free(text);
		}
	}
	json_decref(whole);
}

static bool has_json(struct pd_cli *cli, int argc, char **argv, bool *ret_is_json)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	int option;

	(void)cli;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return false;
		*ret_is_json = true;
	}
	return optind >= argc;
}

int pd_cli_status(struct pd_cli *cli, int argc, char **argv)
{
	struct status status = {.cli = cli};

	if (!has_json(cli, argc, argv, &status.is_json))
		return pd_cli_usage(cli);
	return pd_cli_request(cli, json_pack("{s:s}", "verb", "status"), print_status, &status);
}

/* --- outbox --- */

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
	size_t count;
};

static void add_row(void *data, const json_t *object)
{
	static const char *const keys[] = {"id", "number", "kind", "state", "attempts", "next", "recipients", "last_reply"};
	struct listing *listing = data;

	listing->count++;
	pd_table_row(listing->table);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const json_t *value = json_object_get(object, keys[i]);

		pd_table_add(listing->table, json_is_integer(value)
						     ? pd_printf(listing->cli->arena, "%lld", (long long)json_integer_value(value))
						     : json_string_value(value));
	}
}

int pd_cli_outbox(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"flush", no_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{0},
	};
	bool is_json = false, is_all = false, is_flush = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_all = is_all || option == 'a';
		is_flush = is_flush || option == 'f';
		is_json = is_json || option == 'j';
	}
	if (optind < argc)
		return pd_cli_usage(cli);
	if (is_flush)
		return pd_cli_request(cli, json_pack("{s:s}", "verb", "flush"), NULL, NULL);
	json_t *request = json_pack("{s:s,s:b}", "verb", "outbox", "all", is_all);

	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);

	static const char *const names[] = {"id", "ticket", "kind", "state", "tries", "next", "recipients", "last reply"};
	struct pd_strings columns = {.items = (const char **)names, .count = G_N_ELEMENTS(names)};
	struct listing listing = {.cli = cli, .table = pd_table_new(cli->arena, &columns)};
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE && listing.count)
		pd_table_print(listing.table, stdout);
	else if (code == PD_EXIT_DONE)
		puts("nothing waits");
	return code;
}

int pd_cli_backup(struct pd_cli *cli, int argc, char **argv)
{
	if (argc != 2)
		return pd_cli_usage(cli);
	g_autofree char *destination = g_canonicalize_filename(argv[1], NULL);

	return pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "backup", "destination", destination), NULL, NULL);
}

static void print_wrong(void *data, const json_t *object)
{
	(void)data;
	puts(json_string_value(json_object_get(object, "wrong")));
}

int pd_cli_verify(struct pd_cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	int code = pd_cli_request(cli, json_pack("{s:s}", "verb", "verify"), print_wrong, NULL);

	if (code == PD_EXIT_DONE)
		puts("all is well");
	return code;
}

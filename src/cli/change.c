/* postdesk create, do and bulk: changes by a person at a terminal. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"
#include "desk/command.h"

static void print_report(void *data, const json_t *object)
{
	bool *names_number = data;

	if (*names_number)
		printf("#%lld\n", (long long)json_integer_value(json_object_get(object, "number")));
	pd_cli_print_report(NULL, object);
}

static int ask(struct pd_cli *cli, json_t *request, bool is_json, bool names_number)
{
	return pd_cli_request(cli, request, is_json ? pd_cli_print_json : print_report, &names_number);
}

int pd_cli_create(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"mailbox", required_argument, NULL, 'm'}, {"name", required_argument, NULL, 'n'},
		{"contact", required_argument, NULL, 'c'}, {"set", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},	   {0},
	};
	json_t *request = json_pack("{s:s,s:[],s:[]}", "verb", "create", "contacts", "set");
	bool is_json = false, is_wrong = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'm' || option == 'n')
			json_object_set_new(request, option == 'm' ? "mailbox" : "name", json_string(optarg));
		else if (option == 'c' || option == 's')
			json_array_append_new(json_object_get(request, option == 'c' ? "contacts" : "set"), json_string(optarg));
		else if (option == 'j')
			is_json = true;
		else
			is_wrong = true;
	}
	if (is_wrong || optind < argc || !json_object_get(request, "mailbox") || !json_object_get(request, "name")) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	return ask(cli, request, is_json, true);
}

static bool is_command_word(const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	return pd_commands_help(arena, "en", pd_strndup(arena, text, strcspn(text, " "))) != NULL;
}

/* Each argument that begins with '#' is a command, what follows without one belongs to it ('#assign' bob). Where
 * none has a '#', the arguments are commands if every one begins with a command's word, else they are one. */
static json_t *commands_of(struct pd_cli *cli, int argc, char **argv)
{
	bool has_hash = false, all_words = true;
	struct pd_strings lines = {0};

	for (int i = 0; i < argc; i++) {
		has_hash = has_hash || argv[i][0] == '#';
		all_words = all_words && is_command_word(argv[i]);
	}
	for (int i = 0; i < argc; i++) {
		bool is_new = i == 0 || (has_hash ? argv[i][0] == '#' && argv[i][1] > '9' : all_words);

		if (is_new)
			*pd_list_add(cli->arena, &lines) = argv[i];
		else
			lines.items[lines.count - 1] =
				pd_printf(cli->arena, "%s %s", lines.items[lines.count - 1], argv[i]);
	}
	json_t *array = json_array();

	for (size_t i = 0; i < lines.count; i++)
		json_array_append_new(array, json_string(lines.items[i]));
	return array;
}

int pd_cli_do(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false;
	int option;

	/* options may stand before the number and at the end only: a command may hold anything */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option != 'j')
			return pd_cli_usage(cli);
		is_json = true;
	}
	if (argc - optind > 2 && !strcmp(argv[argc - 1], "--json")) {
		is_json = true;
		argc--;
	}
	int64_t number = optind < argc ? pd_cli_number(argv[optind]) : 0;

	if (!number || argc - optind < 2)
		return pd_cli_usage(cli);
	return ask(cli,
		   json_pack("{s:s,s:I,s:o}", "verb", "do", "number", (json_int_t)number, "commands",
			     commands_of(cli, argc - optind - 1, argv + optind + 1)),
		   is_json, false);
}

static void print_numbers(void *data, const json_t *object)
{
	const json_t *item;
	size_t i;

	(void)data;
	json_array_foreach(json_object_get(object, "listed"), i, item)
		printf("%lld\n", (long long)json_integer_value(item));
}

/* The first argument names the tickets, or all leading ones where they are numbers. */
int pd_cli_bulk(struct pd_cli *cli, int argc, char **argv)
{
	bool is_json = false, is_dry = false;
	int kept = 1, first = 2;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			is_json = true;
		else if (!strcmp(argv[i], "--dry-run"))
			is_dry = true;
		else if (!strncmp(argv[i], "--", 2))
			return pd_cli_usage(cli);
		else
			argv[kept++] = argv[i];
	}
	if (kept < 3)
		return pd_cli_usage(cli);
	const char *query = argv[1];

	while (first < kept - 1 && pd_cli_number(argv[first - 1]) && pd_cli_number(argv[first]))
		query = pd_printf(cli->arena, "%s %s", query, argv[first++]);
	json_t *request = json_pack("{s:s,s:s,s:o,s:b}", "verb", "bulk", "query", query, "commands",
				    commands_of(cli, kept - first, argv + first), "dry_run", is_dry);

	if (!request)
		return pd_cli_usage(cli);
	return pd_cli_request(cli, request, is_json ? pd_cli_print_json : is_dry ? print_numbers : pd_cli_print_report, NULL);
}

/* postdesk contact and company: who is known; correcting and merging them by the commands of those names. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
	bool is_company;
};

static const char *const contact_columns[] = {"id", "name", "addresses", "phones", "company", "tickets"};
static const char *const company_columns[] = {"name", "domains", "contacts"};

static const char *words(struct pd_cli *cli, const json_t *value)
{
	struct pd_strings parts = {0};
	size_t i;
	json_t *item;

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return pd_printf(cli->arena, "%lld", (long long)json_integer_value(value));
	json_array_foreach(value, i, item)
	{
		if (json_is_object(item))
			*pd_list_add(cli->arena, &parts) =
				pd_printf(cli->arena, "%s:%s", json_string_value(json_object_get(item, "kind")),
					  json_string_value(json_object_get(item, "id")));
		else
			*pd_list_add(cli->arena, &parts) = words(cli, item);
	}
	return pd_strings_join(cli->arena, &parts, ", ");
}

static void add_row(void *data, const json_t *object)
{
	struct listing *listing = data;
	const char *const *columns = listing->is_company ? company_columns : contact_columns;
	size_t count = listing->is_company ? 3 : 6;

	pd_table_row(listing->table);
	for (size_t i = 0; i < count; i++)
		pd_table_add(listing->table, words(listing->cli, json_object_get(object, columns[i])));
}

static void print_one(void *data, const json_t *object)
{
	struct pd_cli *cli = data;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		const char *text = words(cli, value);

		if (text && *text)
			printf("%-10s %s\n", key, pd_clean_line(cli->arena, text, 0));
	}
}

static int list(struct pd_cli *cli, bool is_company, const char *text, bool is_json)
{
	struct listing listing = {.cli = cli, .is_company = is_company};
	struct pd_strings names = {0};
	const char *const *columns = is_company ? company_columns : contact_columns;
	json_t *request = json_pack("{s:s}", "verb", is_company ? "company" : "contact");

	if (*text)
		json_object_set_new(request, "text", json_string(text));
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);
	for (size_t i = 0; i < (is_company ? 3 : 6); i++)
		*pd_list_add(cli->arena, &names) = columns[i];
	listing.table = pd_table_new(cli->arena, &names);
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE)
		pd_table_print(listing.table, stdout);
	return code;
}

static int show(struct pd_cli *cli, bool is_company, const char *name, bool is_json)
{
	return pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", is_company ? "company" : "contact", "name", name),
			      is_json ? pd_cli_print_json : print_one, cli);
}

/* As a command's argument: what has blanks between quotation marks. */
static const char *quoted(struct pd_cli *cli, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!strpbrk(text, " \t") || strchr(text, '"') || !equals)
		return text;
	return pd_printf(cli->arena, "%.*s\"%s\"", (int)(equals + 1 - text), text, equals + 1);
}

/* "12" is a contact by its id. */
static const char *who(struct pd_cli *cli, bool is_company, const char *text)
{
	return !is_company && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 9
		       ? pd_printf(cli->arena, "id:%s", text)
		       : text;
}

static void print_change(void *data, const json_t *object)
{
	const struct listing *listing = data;
	json_t *action = json_object_get(object, "action");

	pd_cli_print_report(NULL, object);
	if (json_is_integer(action))
		printf("Taken back by: postdesk %s undo %lld\n", listing->is_company ? "company" : "contact",
		       (long long)json_integer_value(action));
}

static int change(struct pd_cli *cli, bool is_company, int argc, char **argv, bool is_merge, bool is_json)
{
	const char *line = pd_printf(cli->arena, "#%s %s", is_company ? "company" : "contact", who(cli, is_company, argv[0]));

	for (int i = 1; i < argc; i++)
		line = pd_printf(cli->arena, "%s %s%s", line, is_merge ? "= " : "",
				 is_merge ? who(cli, is_company, argv[i]) : quoted(cli, argv[i]));
	struct listing listing = {.is_company = is_company};

	return pd_cli_request(cli, json_pack("{s:s,s:[s]}", "verb", "do", "commands", line),
			      is_json ? pd_cli_print_json : print_change, &listing);
}

static int run(struct pd_cli *cli, int argc, char **argv, bool is_company)
{
	bool is_json = false;
	int kept = 1;

	for (int i = 1; i < argc; i++) /* "-phone=1" is no option */
		if (!strcmp(argv[i], "--json"))
			is_json = true;
		else if (!strncmp(argv[i], "--", 2))
			return pd_cli_usage(cli);
		else
			argv[kept++] = argv[i];
	argc = kept;
	const char *verb = argc > 1 ? argv[1] : "list";

	if (!strcmp(verb, "list") && argc <= 3)
		return list(cli, is_company, argc > 2 ? argv[2] : "", is_json);
	if (!strcmp(verb, "show") && argc == 3)
		return show(cli, is_company, argv[2], is_json);
	if (!strcmp(verb, "set") && argc >= 4)
		return change(cli, is_company, argc - 2, argv + 2, false, is_json);
	if (!strcmp(verb, "merge") && argc == 4)
		return change(cli, is_company, 2, argv + 2, true, is_json);
	if (!strcmp(verb, "undo") && argc == 3) {
		unsigned long long action;

		if (!pd_number(argv[2], INT64_MAX, &action))
			return pd_cli_usage(cli);
		return pd_cli_request(cli, json_pack("{s:s,s:I}", "verb", "people_undo", "number", (json_int_t)action),
				      is_json ? pd_cli_print_json : pd_cli_print_report, NULL);
	}
	if (argc == 2)
		return show(cli, is_company, verb, is_json);
	return pd_cli_usage(cli);
}

int pd_cli_contact(struct pd_cli *cli, int argc, char **argv)
{
	return run(cli, argc, argv, false);
}

int pd_cli_company(struct pd_cli *cli, int argc, char **argv)
{
	return run(cli, argc, argv, true);
}

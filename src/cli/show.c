/* postdesk show and history: one ticket with its timeline, a mail as it came, who set what when. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"
#include "desk/ticket.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void print_line(const char *label, const char *text)
{
	if (*text)
		printf("%-12s %s\n", label, text);
}

static const char *short_time(struct pd_cli *cli, const char *text)
{
	pd_time time;

	return pd_time_parse(text, &time) ? pd_time_short(cli->arena, time, NULL) : text;
}

static const char *list_of(struct pd_cli *cli, const json_t *array)
{
	struct pd_strings texts = {0};
	size_t i;
	json_t *item;

	json_array_foreach(array, i, item) if (json_is_string(item)) *pd_list_add(cli->arena, &texts) = json_string_value(item);
	return pd_strings_join(cli->arena, &texts, ", ");
}

static void print_body(const char *text)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		printf("    %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void print_entry(struct pd_cli *cli, const json_t *entry)
{
	const char *kind = text_of(entry, "kind"), *direction = text_of(entry, "direction");
	size_t i;
	json_t *item;

	printf("\n%s  %s  %s%s%s  %s", text_of(entry, "id"), short_time(cli, text_of(entry, "at")), kind, *direction ? " " : "",
	       direction, text_of(entry, "actor"));
	printf(*text_of(entry, "why") ? "  (%s)\n" : "%s\n", text_of(entry, "why"));
	if (json_is_true(json_object_get(entry, "encrypted")))
		puts("    (encrypted)");
	if (*text_of(entry, "from"))
		printf("    From: %s\n", text_of(entry, "from"));
	if (*list_of(cli, json_object_get(entry, "to")))
		printf("    To: %s\n", list_of(cli, json_object_get(entry, "to")));
	if (*list_of(cli, json_object_get(entry, "cc")))
		printf("    Cc: %s\n", list_of(cli, json_object_get(entry, "cc")));
	if (*text_of(entry, "subject"))
		printf("    Subject: %s\n", text_of(entry, "subject"));
	json_array_foreach(json_object_get(entry, "changes"), i, item)
		printf("    %s: %s -> %s\n", pd_property_words(cli->arena, text_of(item, "property")),
		       *text_of(item, "from") ? text_of(item, "from") : "-", *text_of(item, "to") ? text_of(item, "to") : "-");
	if (*text_of(entry, "text")) {
		putchar('\n');
		print_body(text_of(entry, "text"));
	}
	json_array_foreach(json_object_get(entry, "attachments"), i, item)
		printf("    [%s, %s, %lld bytes]\n", text_of(item, "name"), text_of(item, "type"),
		       (long long)json_integer_value(json_object_get(item, "size")));
}

static void print_ticket(void *data, const json_t *object)
{
	struct pd_cli *cli = data;
	const char *contact_name = text_of(object, "contact_name");
	size_t i;
	json_t *item;

	printf("#%lld  %s\n", (long long)json_integer_value(json_object_get(object, "number")), text_of(object, "name"));
	print_line("Status", text_of(object, "status"));
	print_line("Priority", text_of(object, "priority"));
	print_line("Owner", text_of(object, "owner"));
	print_line("Team", text_of(object, "team"));
	print_line("Mailbox", text_of(object, "mailbox"));
	print_line("Category", text_of(object, "category"));
	print_line("Contact", *contact_name ? pd_printf(cli->arena, "%s <%s>", contact_name, text_of(object, "contact"))
					    : text_of(object, "contact"));
	print_line("Company", text_of(object, "company"));
	json_array_foreach(json_object_get(object, "links"), i, item)
		print_line("Link", *text_of(item, "words") ? text_of(item, "words")
							   : pd_printf(cli->arena, "%s #%lld", text_of(item, "kind"),
								       (long long)json_integer_value(json_object_get(item, "number"))));
	print_line("Created", short_time(cli, text_of(object, "created")));
	print_line("Updated", short_time(cli, text_of(object, "updated")));
	print_line("Closed", short_time(cli, text_of(object, "closed")));
	print_line("Followers", list_of(cli, json_object_get(object, "followers")));
	json_array_foreach(json_object_get(object, "conversations"), i, item)
		printf("%-12s %s: %s\n", "With", text_of(item, "id"), list_of(cli, json_object_get(item, "participants")));
	json_array_foreach(json_object_get(object, "tasks"), i, item)
		printf("%-12s %s, %s%s%s: %s\n", "Task", text_of(item, "id"), text_of(item, "agent"),
		       *text_of(item, "done")  ? ", done "
		       : *text_of(item, "due") ? ", due "
					       : "",
		       short_time(cli, *text_of(item, "done") ? text_of(item, "done") : text_of(item, "due")),
		       text_of(item, "text"));
	json_array_foreach(json_object_get(object, "sending"), i, item)
		printf("%-12s %s, a draft of %s\n", "Goes out", short_time(cli, text_of(item, "at")), text_of(item, "agent"));
	json_array_foreach(json_object_get(object, "deleted_entries"), i, item)
		printf("%-12s %s (%s), %lld days left\n", "Deleted", text_of(item, "id"), text_of(item, "kind"),
		       (long long)json_integer_value(json_object_get(item, "days_left")));
	json_array_foreach(json_object_get(object, "timeline"), i, item) print_entry(cli, item);
}

static void print_raw(void *data, const json_t *object)
{
	struct pd_cli *cli = data;
	struct pd_bytes raw = pd_cli_bytes(cli->arena, json_object_get(object, "raw"));

	fwrite(raw.data, 1, raw.len, stdout);
}

static int show_raw(struct pd_cli *cli, int argc, char **argv)
{
	int64_t number = pd_cli_number(argv[optind]), entry = 0;

	if (optind + 1 < argc)
		entry = pd_cli_number(argv[optind + 1]);
	if (!number || (optind + 1 < argc && !entry))
		return pd_cli_usage(cli);
	return pd_cli_request(cli,
			      json_pack("{s:s,s:I,s:I}", "verb", "raw", "number", (json_int_t)number, "entry", (json_int_t)entry),
			      print_raw, cli);
}

int pd_cli_show(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"at", required_argument, NULL, 'a'},	  {"kind", required_argument, NULL, 'k'},
		{"by", required_argument, NULL, 'b'},	  {"team", required_argument, NULL, 't'},
		{"search", required_argument, NULL, 's'}, {"oldest-first", no_argument, NULL, 'o'},
		{"brief", no_argument, NULL, 'r'},	  {"raw", no_argument, NULL, 'w'},
		{"json", no_argument, NULL, 'j'},	  {"deleted", no_argument, NULL, 'd'},
		{0},
	};
	static const char *const keys[128] = {['a'] = "at", ['k'] = "kind", ['b'] = "by", ['t'] = "team", ['s'] = "search"};
	json_t *request = json_pack("{s:s}", "verb", "show");
	bool is_json = false, is_raw = false, is_wrong = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'j')
			is_json = true;
		else if (option == 'w')
			is_raw = true;
		else if (option == 'o' || option == 'r' || option == 'd')
			json_object_set_new(request, option == 'o' ? "oldest_first" : option == 'r' ? "brief" : "deleted",
					    json_true());
		else if (option < 128 && option > 0 && keys[option])
			json_object_set_new(request, keys[option], json_string(optarg));
		else
			is_wrong = true;
	}
	int count = argc - optind;
	int64_t number = count >= 1 ? pd_cli_number(argv[optind]) : 0;

	if (is_wrong || !number || count > (is_raw ? 2 : 1)) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	if (is_raw) {
		json_decref(request);
		return show_raw(cli, argc, argv);
	}
	json_object_set_new(request, "number", json_integer(number));
	return pd_cli_request(cli, request, is_json ? pd_cli_print_json : print_ticket, cli);
}

struct history {
	struct pd_cli *cli;
	struct pd_table *table;
};

static void add_change(void *data, const json_t *object)
{
	struct history *history = data;

	pd_table_row(history->table);
	pd_table_add(history->table, short_time(history->cli, text_of(object, "at")));
	pd_table_add(history->table, text_of(object, "actor"));
	pd_table_add(history->table, pd_property_words(history->cli->arena, text_of(object, "property")));
	pd_table_add(history->table, text_of(object, "from"));
	pd_table_add(history->table, text_of(object, "to"));
}

int pd_cli_history(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return pd_cli_usage(cli);
		is_json = true;
	}
	int64_t number = optind < argc ? pd_cli_number(argv[optind]) : 0;

	if (!number || argc - optind > 2)
		return pd_cli_usage(cli);
	json_t *request = json_pack("{s:s,s:I}", "verb", "history", "number", (json_int_t)number);

	if (optind + 1 < argc)
		json_object_set_new(request, "property", json_string(argv[optind + 1]));
	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);

	static const char *const names[] = {"at", "actor", "property", "from", "to"};
	struct pd_strings columns = {.items = (const char **)names, .count = 5};
	struct history history = {.cli = cli, .table = pd_table_new(cli->arena, &columns)};
	int code = pd_cli_request(cli, request, add_change, &history);

	if (code == PD_EXIT_DONE)
		pd_table_print(history.table, stdout);
	return code;
}

/* postdesk audit: what became of each mail that came in. */
#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* "2026-11-21: 212 in = 180 threaded + 25 new + 7 held; 0 lost" */
static void print_day(void *data, const json_t *object)
{
	static const char *const outcomes[] = {"threaded", "new",	"replies",   "comments",
					       "commands", "held", "automatic", "undelivered"};
	const char *sign = "=";

	(void)data;
	printf("%s: %lld in", json_string_value(json_object_get(object, "day")), number_of(object, "in"));
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (number_of(object, outcomes[i])) {
			printf(" %s %lld %s", sign, number_of(object, outcomes[i]), outcomes[i]);
			sign = "+";
		}
	printf("; %lld lost\n", number_of(object, "lost"));
}

static void add_mail(void *data, const json_t *object)
{
	static const char *const keys[] = {"at", "queue_id", "outcome", "number", "entry", "from", "message_id"};
	struct pd_table *table = data;
	char number[24];

	pd_table_row(table);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const json_t *value = json_object_get(object, keys[i]);
		const char *text = json_string_value(value);

		if (json_is_integer(value)) {
			snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
			text = number;
		}
		pd_table_add(table, text ? text : "");
	}
}

static int print_mails(struct pd_cli *cli, json_t *request)
{
	static const char *const names[] = {"at", "queue-id", "outcome", "ticket", "entry", "from", "Message-ID"};
	struct pd_strings columns = {.items = (const char **)(uintptr_t)names, .count = sizeof names / sizeof *names};
	struct pd_table *table = pd_table_new(cli->arena, &columns);
	int code = pd_cli_request(cli, request, add_mail, table);

	if (code == PD_EXIT_DONE)
		pd_table_print(table, stdout);
	return code;
}

int pd_cli_audit(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'},
		{"mails", no_argument, NULL, 'm'},	{"json", no_argument, NULL, 'j'},
		{0},
	};
	json_t *request = json_pack("{s:s}", "verb", "audit");
	bool is_json = false, is_each = false, is_wrong = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f' || option == 't')
			json_object_set_new(request, option == 'f' ? "from" : "to", json_string(optarg));
		else if (option == 'm')
			is_each = true;
		else if (option == 'j')
			is_json = true;
		else
			is_wrong = true;
	}
	if (is_wrong || optind < argc) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	json_object_set_new(request, "mails", json_boolean(is_each));
	if (is_each && !is_json)
		return print_mails(cli, request);
	return pd_cli_request(cli, request, is_json ? pd_cli_print_json : print_day, NULL);
}

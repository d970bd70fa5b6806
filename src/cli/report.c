/* postdesk report: what the desk did in a period, as tables with bars, JSON or CSV. */
#include "cli/cli.h"

#include <jansson.h>
#include <string.h>
#include "base/text.h"
#include "calendar/zone.h"

#define BAR_WIDTH 24

struct report {
	struct pd_cli *cli;
	PD_LIST(const json_t *) lines;
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* --- CSV --- */

static const char *const numbers[] = {"created", "closed", "in", "out"};

static void print_csv_text(const char *text)
{
	if (!text)
		return;
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_csv_head(void)
{
	fputs("by,key", stdout);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		printf(",%s", numbers[i]);
	putchar('\n');
}

static void print_csv(void *data, const json_t *object)
{
	(void)data;
	print_csv_text(text_of(object, "by"));
	putchar(',');
	print_csv_text(text_of(object, "key"));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		printf(",%lld", number_of(object, numbers[i]));
	putchar('\n');
}

/* --- tables --- */

static void keep(void *data, const json_t *object)
{
	struct report *report = data;

	*pd_list_add(report->cli->arena, &report->lines) = json_incref((json_t *)(uintptr_t)object);
}

/* Eighths of a block, so that small differences show. */
static const char *bar(struct pd_arena *arena, long long value, long long most)
{
	static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	long long eighths = most > 0 ? value * BAR_WIDTH * 8 / most : 0;
	char *text = pd_alloc(arena, BAR_WIDTH * 3 + 4);

	if (value > 0 && eighths == 0)
		eighths = 1;
	for (long long i = 0; i < eighths / 8; i++)
		strcat(text, "█");
	strcat(text, parts[eighths % 8]);
	return text;
}

static long long most_of(const struct report *report, const char *by, const char *key)
{
	long long most = 0;

	for (size_t i = 0; i < report->lines.count; i++)
		if (pd_equal(text_of(report->lines.items[i], "by"), by) && number_of(report->lines.items[i], key) > most)
			most = number_of(report->lines.items[i], key);
	return most;
}

static void add_number(struct pd_arena *arena, struct pd_table *table, long long number)
{
	pd_table_add(table, pd_printf(arena, "%lld", number));
}

static void print_table(const struct report *report, const char *by, const char *title)
{
	struct pd_arena *arena = report->cli->arena;
	const char *names[] = {title, "Created", "Closed", "In", "Out", ""};
	struct pd_strings columns = {.items = names, .count = sizeof names / sizeof *names};
	struct pd_table *table = pd_table_new(arena, &columns);
	long long most = most_of(report, by, "in");
	bool is_empty = true;

	for (size_t i = 0; i < report->lines.count; i++) {
		const json_t *line = report->lines.items[i];
		const char *key = text_of(line, "key");

		if (!pd_equal(text_of(line, "by"), by))
			continue;
		is_empty = false;
		pd_table_row(table);
		pd_table_add(table, key ? key : "(none)");
		for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
			add_number(arena, table, number_of(line, numbers[k]));
		pd_table_add(table, bar(arena, number_of(line, "in"), most));
	}
	if (is_empty)
		return;
	putchar('\n');
	pd_table_print(table, stdout);
}

static void print_people(const struct report *report)
{
	struct pd_arena *arena = report->cli->arena;
	const char *zone = report->cli->settings->timezone;
	const json_t *all = report->lines.items[0];
	pd_time from = 0, to = 0;

	(void)pd_time_parse(text_of(all, "from"), &from);
	(void)pd_time_parse(text_of(all, "to"), &to);
	printf("%s to %s (%s)\n", pd_time_short(arena, from, zone), pd_time_short(arena, to, zone), zone);
	printf("tickets created %lld, closed %lld; messages in %lld, out %lld\n", number_of(all, "created"),
	       number_of(all, "closed"), number_of(all, "in"), number_of(all, "out"));
	print_table(report, "day", "Day");
	print_table(report, "team", "Team");
	print_table(report, "agent", "Agent");
	print_table(report, "mailbox", "Mailbox");
	print_table(report, "priority", "Priority");
}

int pd_cli_report(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"from", required_argument, NULL, 'f'},
		{"to", required_argument, NULL, 't'},
		{"json", no_argument, NULL, 'j'},
		{"csv", no_argument, NULL, 'c'},
		{0},
	};
	struct report report = {.cli = cli};
	json_t *request = json_pack("{s:s}", "verb", "report");
	bool is_json = false, is_csv = false, is_wrong = false;
	int option, code;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f' || option == 't')
			json_object_set_new(request, option == 'f' ? "from" : "to", json_string(optarg));
		else if (option == 'j')
			is_json = true;
		else if (option == 'c')
			is_csv = true;
		else
			is_wrong = true;
	}
	if (is_wrong || optind < argc || (is_json && is_csv)) {
		json_decref(request);
		return pd_cli_usage(cli);
	}
	if (is_csv)
		print_csv_head();
	code = pd_cli_request(cli, request, is_json ? pd_cli_print_json : is_csv ? print_csv : keep, &report);
	if (report.lines.count)
		print_people(&report);
	for (size_t i = 0; i < report.lines.count; i++)
		json_decref((json_t *)(uintptr_t)report.lines.items[i]);
	return code;
}

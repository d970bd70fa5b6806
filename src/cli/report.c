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
	bool has_head; /* of CSV */
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
static const char *const goals[] = {"first_reply", "next_reply", "close"};
static const char *const parts[] = {"count", "median", "p90", "met", "missed", "overdue"}; /* of a goal */
#define COUNT(array) (sizeof(array) / sizeof *(array))

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
	for (size_t i = 0; i < COUNT(numbers); i++)
		printf(",%s", numbers[i]);
	for (size_t i = 0; i < COUNT(goals); i++)
		for (size_t k = 0; k < COUNT(parts); k++)
			printf(",%s_%s", goals[i], parts[k]);
	putchar('\n');
}

static void print_csv(void *data, const json_t *object)
{
	struct report *report = data;

	if (!report->has_head)
		print_csv_head();
	report->has_head = true;
	print_csv_text(text_of(object, "by"));
	putchar(',');
	print_csv_text(text_of(object, "key"));
	for (size_t i = 0; i < COUNT(numbers); i++)
		printf(",%lld", number_of(object, numbers[i]));
	for (size_t i = 0; i < COUNT(goals); i++) {
		const json_t *goal = json_object_get(object, goals[i]);

		for (size_t k = 0; k < COUNT(parts); k++) {
			putchar(',');
			if (!json_is_null(json_object_get(goal, parts[k])))
				printf("%lld", number_of(goal, parts[k]));
		}
	}
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
	static const char *const blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	long long eighths = most > 0 ? value * BAR_WIDTH * 8 / most : 0;
	char *text = pd_alloc(arena, BAR_WIDTH * 3 + 4);

	if (value > 0 && eighths == 0)
		eighths = 1;
	for (long long i = 0; i < eighths / 8; i++)
		strcat(text, "█");
	strcat(text, blocks[eighths % 8]);
	return text;
}

static long long most_of(const struct report *report, const char *by, const char *key)
{
	long long most = 0;

	for (size_t i = 0; i < report->lines.count; i++)
		if (pd_equal(text_of(report->lines.items[i], "by"), by) &&
		    number_of(report->lines.items[i], key) > most)
			most = number_of(report->lines.items[i], key);
	return most;
}

/* "5h 02m" of working time; "" where there is none. */
static const char *hours_text(struct pd_arena *arena, const json_t *goal, const char *part)
{
	const json_t *seconds = json_object_get(goal, part);
	long long minutes = (json_integer_value(seconds) + 30) / 60;

	if (!json_is_integer(seconds))
		return "";
	return minutes < 60 ? pd_printf(arena, "%lldm", minutes)
			    : pd_printf(arena, "%lldh %02lldm", minutes / 60, minutes % 60);
}

/* "12 of 14", of all that have a verdict or wait overdue. */
static const char *met_text(struct pd_arena *arena, const json_t *line)
{
	long long met = 0, all = 0;

	for (size_t i = 0; i < COUNT(goals); i++) {
		const json_t *goal = json_object_get(line, goals[i]);

		met += number_of(goal, "met");
		all += number_of(goal, "met") + number_of(goal, "missed") + number_of(goal, "overdue");
	}
	return all ? pd_printf(arena, "%lld of %lld", met, all) : "";
}

static void add_number(struct pd_arena *arena, struct pd_table *table, long long number)
{
	pd_table_add(table, pd_printf(arena, "%lld", number));
}

static void print_table(const struct report *report, const char *by, const char *title)
{
	struct pd_arena *arena = report->cli->arena;
	const char *names[] = {title,	      "Created",    "Closed", "In",  "Out",
			       "First reply", "Next reply", "Close",  "Met", ""};
	struct pd_strings columns = {.items = names, .count = COUNT(names)};
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
		for (size_t k = 0; k < COUNT(numbers); k++)
			add_number(arena, table, number_of(line, numbers[k]));
		for (size_t k = 0; k < COUNT(goals); k++)
			pd_table_add(table, hours_text(arena, json_object_get(line, goals[k]), "median"));
		pd_table_add(table, met_text(arena, line));
		pd_table_add(table, bar(arena, number_of(line, "in"), most));
	}
	if (is_empty)
		return;
	putchar('\n');
	pd_table_print(table, stdout);
}

static void print_goals(struct pd_arena *arena, const json_t *all)
{
	static const char *const titles[] = {"First reply", "Next reply", "Close"};
	const char *names[] = {"Working time", "Count", "Median", "90 %", "Met", "Missed", "Overdue", ""};
	struct pd_strings columns = {.items = names, .count = COUNT(names)};
	struct pd_table *table = pd_table_new(arena, &columns);

	for (size_t i = 0; i < COUNT(goals); i++) {
		const json_t *goal = json_object_get(all, goals[i]);
		long long met = number_of(goal, "met"),
			  sum = met + number_of(goal, "missed") + number_of(goal, "overdue");

		pd_table_row(table);
		pd_table_add(table, titles[i]);
		add_number(arena, table, number_of(goal, "count"));
		pd_table_add(table, hours_text(arena, goal, "median"));
		pd_table_add(table, hours_text(arena, goal, "p90"));
		add_number(arena, table, met);
		add_number(arena, table, number_of(goal, "missed"));
		add_number(arena, table, number_of(goal, "overdue"));
		pd_table_add(table,
			     sum ? pd_printf(arena, "%s %lld %%", bar(arena, met, sum), met * 100 / sum)
				 : "");
	}
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
	print_goals(arena, all);
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
	code = pd_cli_request(cli, request, is_json ? pd_cli_print_json : is_csv ? print_csv : keep, &report);
	if (report.lines.count)
		print_people(&report);
	for (size_t i = 0; i < report.lines.count; i++)
		json_decref((json_t *)(uintptr_t)report.lines.items[i]);
	return code;
}

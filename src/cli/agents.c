/* postdesk agents: who is available now, and until when; with --as, one's own #away and #available. */
#include "cli/cli.h"

#include <jansson.h>
#include <string.h>
#include "base/text.h"
#include "desk/when.h"

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void add_agent(void *data, const json_t *object)
{
	struct listing *listing = data;
	struct pd_arena *arena = listing->cli->arena;
	const char *until = text_of(object, "until");
	const struct pd_zone *zone = pd_zone_load(arena, listing->cli->settings->timezone);
	pd_time at;
	struct pd_strings teams = {0};
	const json_t *teams_array = json_object_get(object, "teams");
	size_t i;
	json_t *team;

	json_array_foreach(teams_array, i, team)
	{
		*pd_list_add(arena, &teams) = json_string_value(team);
	}
	pd_table_row(listing->table);
	pd_table_add(listing->table, text_of(object, "name"));
	pd_table_add(listing->table, text_of(object, "full_name"));
	pd_table_add(listing->table, pd_strings_join(arena, &teams, " "));
	pd_table_add(listing->table,
		     json_is_true(json_object_get(object, "available")) ? "available" : "away");
	pd_table_add(listing->table,
		     until && zone && pd_time_parse(until, &at) ? pd_when_text(arena, NULL, zone, at) : "");
	pd_table_add(listing->table, text_of(object, "why"));
}

static int list_agents(struct pd_cli *cli, bool is_json)
{
	static const char *const names[] = {"Agent", "Name", "Teams", "State", "Until", "Why"};
	struct pd_strings columns = {.items = (const char **)(uintptr_t)names, .count = 6};
	struct listing listing = {.cli = cli, .table = pd_table_new(cli->arena, &columns)};
	json_t *request = json_pack("{s:s}", "verb", "agents");
	int code = pd_cli_request(cli, request, is_json ? pd_cli_print_json : add_agent, &listing);

	if (!is_json && code == PD_EXIT_DONE)
		pd_table_print(listing.table, stdout);
	return code;
}

/* "away until monday" as the command of who asks. */
static int say(struct pd_cli *cli, int argc, char **argv)
{
	const char *line = argv[0];

	for (int i = 1; i < argc; i++)
		line = pd_printf(cli->arena, "%s %s", line, argv[i]);
	if (*line != '#')
		line = pd_printf(cli->arena, "#%s", line);
	return pd_cli_request(cli, json_pack("{s:s,s:i,s:[s]}", "verb", "do", "number", 0, "commands", line),
			      pd_cli_print_report, NULL);
}

int pd_cli_agents(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false;
	int option, code;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option != 'j')
			return pd_cli_usage(cli);
		is_json = true;
	}
	if (optind < argc && !pd_starts_nocase(argv[optind] + (*argv[optind] == '#'), "away") &&
	    !pd_equal_nocase(argv[optind] + (*argv[optind] == '#'), "available"))
		return pd_cli_usage(cli);
	code = pd_cli_settings(cli);
	if (code != PD_EXIT_DONE)
		return code;
	return optind < argc ? say(cli, argc - optind, argv + optind) : list_agents(cli, is_json);
}

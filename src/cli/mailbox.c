/* postdesk mailbox move: the tickets of a connected address, or of a whole mailbox, go to another mailbox. Where the
 * address itself is connected is the configuration's to say; what has to be changed there is printed. */
#include "cli/cli.h"

#include <string.h>
#include "desk/find.h"

struct move {
	const char *from, *to;
};

static void print_moved(void *data, const json_t *object)
{
	const struct move *move = data;
	const char *still = json_string_value(json_object_get(object, "still"));

	printf("%lld tickets moved to %s\n", (long long)json_integer_value(json_object_get(object, "moved")), move->to);
	if (still)
		printf("New mail to %s goes to %s until its address stands in [mailbox %s] instead of [mailbox %s], and "
		       "postdesk reload\n",
		       move->from, still, move->to, still);
}

/* A mailbox by any of its names; else as it is written. */
static const char *mailbox_of(struct pd_cli *cli, const char *text)
{
	struct pd_found found = pd_find_mailbox(cli->arena, cli->settings, text);

	return found.name ? found.name : text;
}

int pd_cli_mailbox(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"with-history", no_argument, NULL, 'h'}, {0}};
	bool has_history = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		has_history = true;
	}
	if (argc - optind != 3 || strcmp(argv[optind], "move") != 0)
		return pd_cli_usage(cli);
	int code = pd_cli_settings(cli);

	if (code)
		return code;
	struct move move = {.from = argv[optind + 1], .to = mailbox_of(cli, argv[optind + 2])};

	if (!strchr(move.from, '@'))
		move.from = mailbox_of(cli, move.from);
	return pd_cli_request(cli,
			      json_pack("{s:s,s:s,s:s,s:b}", "verb", "mailbox_move", "from", move.from, "to", move.to, "history",
					has_history),
			      print_moved, &move);
}

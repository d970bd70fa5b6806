/* postdesk parse: what reading sees in a mail, by the same readers as the daemon's, without a database. */
#include "cli/cli.h"

#include <string.h>
#include "base/text.h"
#include "flow/json.h"

/* The lines of the text that stand where commands stand and look like them. */
static json_t *command_lines(struct pd_arena *arena, const char *text)
{
	struct pd_strings lines = pd_lines(arena, text);
	json_t *array = json_array();
	size_t head, tail;

	pd_command_block(&lines, &head, &tail);
	for (size_t i = 0; i < lines.count; i++)
		if ((i < head || i >= lines.count - tail) && pd_command_shape(lines.items[i]))
			json_array_append_new(array, pd_json_text(pd_trim(arena, pd_command_plain(arena, lines.items[i]))));
	return array;
}

static void print_plain(const json_t *object)
{
	static const char *const keys[] = {"from_name", "from_addr", "subject", "date", "message_id", "text"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *text = json_string_value(json_object_get(object, keys[i]));

		if (text)
			printf("%s: %s\n", keys[i], text);
	}
}

int pd_cli_parse(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	bool is_json = false;
	int option, code = PD_EXIT_DONE;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return pd_cli_usage(cli);
		is_json = true;
	}
	if (optind >= argc)
		return pd_cli_usage(cli);
	for (int i = optind; i < argc; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_RAW raw = NULL;
		struct pd_message *message;
		struct pd_error error;
		int failed = pd_raw_from_file(argv[i], "/tmp", &raw, &error);

		if (!failed)
			failed = pd_read_message(pd_cli_readers(cli), arena, raw, &message, &error);
		if (failed) {
			bool is_named = pd_starts(error.text, argv[i]);

			fprintf(stderr, "postdesk: %s%s%s\n", is_named ? "" : argv[i], is_named ? "" : ": ", error.text);
			code = PD_EXIT_REFUSED;
			continue;
		}
		json_t *object = pd_json_message(arena, message);

		json_object_set_new(object, "commands", command_lines(arena, message->text));
		if (is_json)
			pd_cli_print_json(NULL, object);
		else
			print_plain(object);
		json_decref(object);
	}
	return code;
}

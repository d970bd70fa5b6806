/* postdesk threads: which mails belong together by their headers alone.
 *
 * Every Message-ID that is met, the mail's own or one in References and In-Reply-To, ties to the others of that mail,
 * whether or not a mail with that id is there: the rule by which tickets find their mail (a shared root suffices). */
#include "cli/cli.h"

#include <string.h>
#include <glib.h>
#include "base/text.h"
#include "cli/mails.h"
#include "flow/json.h"

struct seen_mail {
	const char *file;
	size_t node;
};
struct threads {
	struct pd_cli *cli;
	const char *root; /* the path given; names are told below it */
	GHashTable *ids;  /* Message-ID -> node + 1 */
	PD_LIST(size_t) parents; /* union-find */
	PD_LIST(struct seen_mail) mails;
};

static size_t find(struct threads *threads, size_t node)
{
	while (threads->parents.items[node] != node) {
		size_t parent = threads->parents.items[node];

		threads->parents.items[node] = threads->parents.items[parent];
		node = parent;
	}
	return node;
}

static size_t new_node(struct threads *threads)
{
	size_t node = threads->parents.count;

	*pd_list_add(threads->cli->arena, &threads->parents) = node;
	return node;
}

static void tie(struct threads *threads, size_t node, const char *message_id)
{
	size_t known = GPOINTER_TO_SIZE(g_hash_table_lookup(threads->ids, message_id));

	if (!*message_id)
		return;
	if (!known) {
		known = new_node(threads) + 1;
		g_hash_table_insert(threads->ids, pd_strdup(threads->cli->arena, message_id), GSIZE_TO_POINTER(known));
	}
	threads->parents.items[find(threads, node)] = find(threads, known - 1);
}

static bool add_mail(void *data, const struct pd_mail_place *place, const struct pd_raw *raw)
{
	struct threads *threads = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message;
	struct pd_error error;

	if (pd_read_message(pd_cli_readers(threads->cli), arena, raw, &message, &error)) {
		fprintf(stderr, "postdesk: %s: %s\n", place->file, error.text);
		return false;
	}
	size_t node = new_node(threads), skip = pd_starts(place->file, threads->root) ? strlen(threads->root) : 0;
	const char *file = place->file + skip;

	while (skip && *file == '/')
		file++;
	*pd_list_add(threads->cli->arena, &threads->mails) = (struct seen_mail){
		.file = place->offset ? pd_printf(threads->cli->arena, "%s:%zu", place->file, place->offset)
				      : pd_strdup(threads->cli->arena, *file ? file : place->file),
		.node = node,
	};
	tie(threads, node, message->message_id);
	for (size_t i = 0; i < message->references.count; i++)
		tie(threads, node, message->references.items[i]);
	for (size_t i = 0; i < message->in_reply_to.count; i++)
		tie(threads, node, message->in_reply_to.items[i]);
	return true;
}

static void print_all(struct threads *threads)
{
	for (size_t i = 0; i < threads->mails.count; i++) {
		const struct seen_mail *mail = &threads->mails.items[i];
		json_t *object = json_pack("{s:o,s:I}", "file", pd_json_text(mail->file), "thread",
					   (json_int_t)find(threads, mail->node));

		pd_cli_print_json(NULL, object);
		json_decref(object);
	}
}

int pd_cli_threads(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	struct threads threads = {.cli = cli};
	int option, code = PD_EXIT_DONE;
	struct pd_error error;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option != 'j')
			return pd_cli_usage(cli);
	if (optind >= argc)
		return pd_cli_usage(cli);
	threads.ids = g_hash_table_new(g_str_hash, g_str_equal);
	for (int i = optind; i < argc; i++) {
		threads.root = argv[i];
		if (pd_mails_each(argv[i], add_mail, &threads, &error)) {
			fprintf(stderr, "postdesk: %s\n", error.text);
			code = PD_EXIT_REFUSED;
		}
	}
	print_all(&threads);
	g_hash_table_destroy(threads.ids);
	return code;
}

/* postdesk import: whole histories by the same road as mail. Idempotent: what is there is passed over, so an
 * interrupted import is resumed by starting it again. Progress on stderr when it is a terminal. */
#include "cli/cli.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <glib.h>
#include "base/text.h"
#include "cli/mails.h"

struct import {
	struct pd_cli *cli;
	const char *mailbox;
	unsigned long seen, fresh, failed;
	bool shows_progress;
	int64_t next_progress;
	int code;
};

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

static void note_answer(void *data, const json_t *object)
{
	struct import *import = data;

	if (json_is_true(json_object_get(object, "new")))
		import->fresh++;
}

static void progress(struct import *import, bool is_last)
{
	if (!import->shows_progress || (!is_last && pd_monotonic() < import->next_progress))
		return;
	import->next_progress = pd_monotonic() + 200;
	fprintf(stderr, "\r%lu mails read, %lu new, %lu there already, %lu failed%s", import->seen, import->fresh,
		import->seen - import->fresh - import->failed, import->failed, is_last ? "\n" : "");
}

static bool import_one(void *data, const struct pd_mail_place *place, const struct pd_raw *raw)
{
	struct import *import = data;
	g_autofree char *content = g_base64_encode((const guchar *)raw->data, raw->size);
	int code = pd_cli_request(import->cli,
				  json_pack("{s:s,s:s,s:s}", "verb", "import", "mailbox", import->mailbox, "content", content),
				  note_answer, import);

	import->seen++;
	if (code != PD_EXIT_DONE) {
		import->failed++;
		import->code = code;
		fprintf(stderr, "postdesk: %s, at byte %zu: not taken in\n", place->file, place->offset);
	}
	progress(import, false);
	/* a fault of the house ends it; one mail's does not */
	return !is_interrupted && (code == PD_EXIT_DONE || code == PD_EXIT_REFUSED);
}

int pd_cli_import(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"mailbox", required_argument, NULL, 'm'}, {0}};
	struct import import = {.cli = cli, .shows_progress = isatty(STDERR_FILENO)};
	struct pd_error error;
	int option;

	while ((option = getopt_long(argc, argv, "m:", options, NULL)) != -1) {
		if (option != 'm')
			return pd_cli_usage(cli);
		import.mailbox = optarg;
	}
	if (!import.mailbox || optind >= argc)
		return pd_cli_usage(cli);

	struct sigaction action = {.sa_handler = interrupt, .sa_flags = SA_RESTART}; /* the mail at hand is finished */

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (int i = optind; i < argc && !is_interrupted; i++)
		if (pd_mails_each(argv[i], import_one, &import, &error)) {
			fprintf(stderr, "postdesk: %s\n", error.text);
			import.code = PD_EXIT_REFUSED;
		}
	progress(&import, true);
	printf("%lu mails read: %lu new, %lu there already, %lu failed\n", import.seen, import.fresh,
	       import.seen - import.fresh - import.failed, import.failed);
	if (is_interrupted) {
		fputs("postdesk: interrupted; the same command goes on from here\n", stderr);
		return PD_EXIT_AGAIN;
	}
	return import.code;
}

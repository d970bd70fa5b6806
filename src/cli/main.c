/* postdesk: the command line for administrators and for agents with a shell.
 *
 * Finds the subcommand and runs it; knows nothing of what they do. */
#include "cli/cli.h"

#include <locale.h>
#include <string.h>
#include "base/log.h"
#include "base/text.h"
#include "mime/verifier.h"

static const struct pd_subcommand subcommands[] = {
	{"check", "", "tell all that is wrong: configuration, calendars, permissions, database, MTA", pd_cli_check},
	{"postfix", "", "print the main.cf and master.cf lines for this configuration", pd_cli_postfix},
	{"reload", "", "let the running daemon read its configuration again", pd_cli_reload},
	{"status", "[--json]", "tell health and lags", pd_cli_status},
	{"list", "[QUERY] [--view V] [--sort [-]PROP] [--columns C;…] [--limit N] [--at TIME] [--json]", "list tickets",
	 pd_cli_list},
	{"search", "TEXT [--limit N] [--json]", "find tickets by their words", pd_cli_search},
	{"views",
	 "[--json] | set NAME QUERY [--sort [-]PROP] [--columns C;…] [--for \"team NAME\"|everyone] | remove NAME",
	 "list the views, make one, delete one", pd_cli_views},
	{"rules", "[test N] [--json]", "list the rules, or tell which would act on a ticket", pd_cli_rules},
	{"templates", "[NAME] [--ticket N] [--kind K] [--language L] [--json]",
	 "list the texts that agents insert, or show one as it would be sent", pd_cli_templates},
	{"show",
	 "N [--at TIME] [--kind K] [--by WHO] [--team T] [--search TEXT] [--oldest-first] [--deleted] [--brief] [--json] | N --raw [ENTRY]",
	 "show a ticket with its timeline, or a mail as it came", pd_cli_show},
	{"history", "N [PROPERTY] [--json]", "tell who set which property when", pd_cli_history},
	{"why", "N [--at TIME] [--json]", "tell the sum behind each due time", pd_cli_why},
	{"create", "--mailbox M --name TEXT [--contact A]… [--set P=V]… [--json]", "make a ticket", pd_cli_create},
	{"do", "N COMMAND… [--json]", "carry out commands on a ticket, all or none", pd_cli_do},
	{"bulk", "QUERY|VIEW|N… COMMAND… [--dry-run] [--json]", "carry out commands on many tickets, all or none", pd_cli_bulk},
	{"attachments", "N [--contacts] [--json]", "list the files of a ticket, or of all its contact's", pd_cli_attachments},
	{"fetch", "N A [--output FILE]", "write an attachment to standard output or a file", pd_cli_fetch},
	{"attach", "N FILE", "add a file to a ticket", pd_cli_attach},
	{"import", "PATH… --mailbox M [--from rt|zammad|znuny|osticket]",
	 "take in mbox files, Maildirs, single mails, tickets of other desks; again does no harm", pd_cli_import},
	{"export", "[QUERY] --mbox FILE | --json | --tickets FOLDER", "write tickets out", pd_cli_export},
	{"mailbox", "move A B [--with-history]", "move the tickets of a connected address or mailbox to another mailbox",
	 pd_cli_mailbox},
	{"parse", "FILE… --json", "show what reading sees in a mail", pd_cli_parse},
	{"threads", "PATH… --json", "show which mails belong together by their headers", pd_cli_threads},
	{"clock",
	 "--ics F… [--hours F] [--holidays F] [--ignore GLOB] --tz ZONE (--start T [--add DURATION] | --between A B) "
	 "[--explain] [--json] | --case FILE",
	 "reckon with working time", pd_cli_clock},
	{"calendar", "[NAME] [--from DATE] [--weeks N] [--json]", "show the open times of a calendar", pd_cli_calendar},
	{"agents", "[--json] | away [until TIME] | available", "show who is available now; say so for oneself", pd_cli_agents},
	{"contact",
	 "[list [TEXT]] [--json] | [show] WHO [--json] | set WHO KEY=VALUE… | merge WHO INTO | undo ID",
	 "list contacts, show, correct or merge them", pd_cli_contact},
	{"company",
	 "[list [TEXT]] [--json] | [show] NAME [--json] | set NAME KEY=VALUE… | merge NAME INTO | undo ID",
	 "list companies, show, correct or merge them", pd_cli_company},
	{"report", "[--from DATE] [--to DATE] [--json | --csv]",
	 "tell volumes, times to reply and to close, goals met and missed", pd_cli_report},
	{"key", "add AGENT FILE | list [AGENT] [--all] [--json] | remove AGENT [KEY]",
	 "register the OpenPGP keys and S/MIME certificates by which agents prove themselves", pd_cli_key},
	{"audit", "[--from DATE] [--to DATE] [--mails] [--json]", "tell what became of each mail that came in", pd_cli_audit},
	{"outbox", "[--all] [--flush] [--json]", "show mail that waits for the MTA", pd_cli_outbox},
	{"backup", "DEST", "copy the desk while it works", pd_cli_backup},
	{"verify", "", "check the database and the big messages deeply", pd_cli_verify},
};

static void synopsis(const struct pd_subcommand *subcommand, FILE *out)
{
	fprintf(out, "usage: postdesk [-c FILE] [--as AGENT] %s%s%s\n", subcommand->name, *subcommand->arguments ? " " : "",
		subcommand->arguments);
}

int pd_cli_usage(struct pd_cli *cli)
{
	synopsis(cli->subcommand, stderr);
	return PD_EXIT_USAGE;
}

static void help(FILE *out)
{
	fputs("usage: postdesk [-c FILE] [--as AGENT] COMMAND …\n\nCommands:\n", out);
	for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
		fprintf(out, "  %-12s %s\n", subcommands[i].name, subcommands[i].summary);
	fprintf(out,
		"\npostdesk COMMAND --help tells a command's arguments. The manual is postdesk(1).\n"
		"The configuration is %s unless -c names another.\n",
		PD_DEFAULT_CONFIG);
}

static const struct pd_subcommand *find(const char *name)
{
	for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
		if (!strcmp(subcommands[i].name, name))
			return &subcommands[i];
	return NULL;
}

static int unknown(struct pd_cli *cli, const char *name)
{
	struct pd_strings names = {0};

	for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
		*pd_list_add(cli->arena, &names) = subcommands[i].name;
	const char *nearest = pd_nearest(name, &names);

	fprintf(stderr, "postdesk: there is no command \"%s\"%s%s%s\n", name, nearest ? "; did you mean \"" : "",
		nearest ? nearest : "", nearest ? "\"?" : "");
	return PD_EXIT_USAGE;
}

/* What goes into a request is UTF-8; of those that take files, whose names may be any bytes, pd_cli_request tells. */
static bool is_clean(const struct pd_cli *cli, int argc, char **argv)
{
	static const char *const with_files[] = {"attach", "backup", "clock", "export", "fetch", "import", "key", "parse",
						 "threads"};

	if (cli->as && !pd_is_utf8(cli->as, strlen(cli->as))) {
		fputs("postdesk: the agent's name is not valid UTF-8\n", stderr);
		return false;
	}
	for (size_t i = 0; i < sizeof with_files / sizeof *with_files; i++)
		if (!strcmp(cli->subcommand->name, with_files[i]))
			return true;
	for (int i = 1; i < argc; i++)
		if (!pd_is_utf8(argv[i], strlen(argv[i]))) {
			fprintf(stderr, "postdesk: argument %d of %s is not valid UTF-8\n", i, cli->subcommand->name);
			return false;
		}
	return true;
}

static int run_subcommand(struct pd_cli *cli, int argc, char **argv)
{
	cli->subcommand = find(argv[0]);
	if (!cli->subcommand)
		return unknown(cli, argv[0]);
	if (!is_clean(cli, argc, argv))
		return PD_EXIT_USAGE;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help")) {
			synopsis(cli->subcommand, stdout);
			puts(cli->subcommand->summary);
			return PD_EXIT_DONE;
		}
	optind = 0; /* glibc: start anew */
	return cli->subcommand->run(cli, argc, argv);
}

static int run(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"as", required_argument, NULL, 'a'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "+c:hV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			cli->config_file = optarg;
			break;
		case 'a':
			cli->as = optarg;
			break;
		case 'h':
			help(stdout);
			return PD_EXIT_DONE;
		case 'V':
			puts("postdesk " PACKAGE_VERSION);
			return PD_EXIT_DONE;
		default:
			fputs("postdesk --help tells the commands\n", stderr);
			return PD_EXIT_USAGE;
		}
	}
	if (optind < argc)
		return run_subcommand(cli, argc - optind, argv + optind);
	help(stderr);
	return PD_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	pd_verifier_main(argc, argv);
	setlocale(LC_CTYPE, "");
	pd_log_open(PD_LOG_STDERR, PD_WARNING, "postdesk");

	struct pd_cli cli = {
		.arena = pd_arena_new(),
		.config_file = PD_DEFAULT_CONFIG,
		.control = -1,
	};
	int code = run(&cli, argc, argv);

	pd_cli_close(&cli);
	if (fflush(stdout) || ferror(stdout)) {
		fputs("postdesk: standard output cannot be written\n", stderr);
		code = PD_EXIT_AGAIN;
	}
	return code;
}

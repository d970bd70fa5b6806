/* postdesk check, postfix, reload, status, outbox, backup, verify: for the administrator. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib.h>
#include "base/text.h"

int pd_cli_check(struct pd_cli *cli, int argc, char **argv)
{
	struct pd_problems problems = {.arena = cli->arena};

	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	pd_flow_check(cli->config_file, &problems);
	pd_problems_print(&problems, stderr);
	if (problems.errors) {
		fprintf(stderr, "postdesk: %zu errors\n", problems.errors);
		return PD_EXIT_CONFIG;
	}
	printf("%s: no errors, %zu warnings\n", cli->config_file, problems.count);
	return PD_EXIT_DONE;
}

/* --- the lines for Postfix --- */

/* Postfix's own words for a place: unix sockets below the queue directory are named from there (chroot). */
static const char *postfix_place(struct pd_cli *cli, const char *where)
{
	static const char *const queue = "/var/spool/postfix/";

	if (pd_starts(where, "unix:") && pd_starts(where + 5, queue))
		return pd_printf(cli->arena, "unix:%s", where + 5 + strlen(queue));
	return where;
}

static void print_transport(struct pd_cli *cli)
{
	puts("# /etc/postfix/postdesk-transport: these addresses go to the desk");
	for (size_t i = 0; i < cli->settings->mailboxes.count; i++) {
		const struct pd_mailbox *mailbox = &cli->settings->mailboxes.items[i];

		for (size_t k = 0; k < mailbox->addresses.count; k++)
			printf("%s\tlmtp:%s\n", mailbox->addresses.items[k], postfix_place(cli, cli->settings->lmtp));
	}
}

/* A list of ours and of what Postfix has already, ours first. */
static void print_list(struct pd_cli *cli, const char *parameter, const char *ours)
{
	const char *there = pd_flow_postconf(cli->arena, parameter);

	if (!there)
		printf("# add to what stands there:\n%s = %s\n", parameter, ours);
	else if (!*there || strstr(there, ours))
		printf("%s = %s\n", parameter, *there ? there : ours);
	else
		printf("%s = %s, %s\n", parameter, ours, there);
}

/* A limit is raised and never lowered; 0 is none. Returns what then holds. */
static unsigned long long print_limit(struct pd_cli *cli, const char *parameter, unsigned long long least)
{
	const char *there = pd_flow_postconf(cli->arena, parameter);
	unsigned long long limit = 0;

	if (there && pd_number(there, UINT64_MAX, &limit) && (!limit || (least && limit >= least))) {
		printf("# %s = %llu is enough\n", parameter, limit);
		return limit;
	}
	printf("%s = %llu\n", parameter, least);
	return least;
}

static void print_delimiter(struct pd_cli *cli)
{
	const char *there = pd_flow_postconf(cli->arena, "recipient_delimiter");
	char ours = cli->settings->delimiter;

	if (there && strchr(there, ours))
		printf("recipient_delimiter = %s\n", there);
	else
		printf("recipient_delimiter = %s%c\n", there ? there : "", ours);
}

static void print_main(struct pd_cli *cli)
{
	const struct pd_settings *settings = cli->settings;
	const char *milter = settings->milter ? postfix_place(cli, settings->milter) : NULL;

	puts("# main.cf, with what Postfix on this machine has there already");
	print_delimiter(cli);
	print_list(cli, "transport_maps", "hash:/etc/postfix/postdesk-transport");
	print_list(cli, "header_checks", "regexp:/etc/postfix/postdesk-headers");
	puts("enable_long_queue_ids = yes\n"
	     "smtpd_forbid_bare_newline = normalize\n"
	     "smtpd_forbid_unauth_pipelining = yes");
	/* Postfix's own deliveries stop where a mailbox may be smaller than a message. */
	unsigned long long size = print_limit(cli, "message_size_limit", settings->message_size_limit);

	print_limit(cli, "mailbox_size_limit", size);
	print_limit(cli, "virtual_mailbox_limit", size);
	if (!milter)
		return;
	puts("# First in the list, before milters that judge or sign. Where Postfix cannot reach it, tempfail keeps\n"
	     "# mail waiting; accept would let mail in that still bears forged proofs, and unsealed.");
	print_list(cli, "smtpd_milters", milter);
	print_list(cli, "non_smtpd_milters", milter);
	puts("milter_default_action = tempfail\n"
	     "lmtp_line_length_limit = 0");
}

int pd_cli_postfix(struct pd_cli *cli, int argc, char **argv)
{
	int code = pd_cli_settings(cli);

	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	if (code)
		return code;
	const struct pd_settings *settings = cli->settings;
	const char *submit = settings->submit && pd_starts(settings->submit, "smtp://") ? settings->submit + 7 : NULL;

	print_main(cli);
	puts("# The addresses below must also be known recipients: in virtual_mailbox_maps, local aliases or relay_recipient_maps.");
	if (submit)
		printf("\n# master.cf: a listener for postdesk alone\n"
		       "%s inet n - n - - smtpd\n"
		       "  -o syslog_name=postfix/postdesk\n"
		       "  -o smtpd_milters=\n"
		       "  -o receive_override_options=no_header_body_checks\n"
		       "  -o smtpd_client_restrictions=permit_mynetworks,reject\n"
		       "  -o smtpd_recipient_restrictions=permit_mynetworks,reject\n"
		       "  -o mynetworks=127.0.0.0/8,[::1]/128\n",
		       submit);
	putchar('\n');
	if (settings->lmtp)
		print_transport(cli);
	else
		puts("# [postdesk] has no lmtp, so Postfix cannot hand mail over");
	puts("\n# /etc/postfix/postdesk-headers: no mail brings its own proof\n"
	     "/^Authentication-Results:/ IGNORE");
	puts("\n# then: postmap /etc/postfix/postdesk-transport && postfix reload");
	return PD_EXIT_DONE;
}

static void print_problem(void *data, const json_t *object)
{
	(void)data;
	fprintf(stderr, "%s:%lld: %s: %s\n", json_string_value(json_object_get(object, "file")),
		(long long)json_integer_value(json_object_get(object, "line")),
		json_is_true(json_object_get(object, "warning")) ? "warning" : "error",
		json_string_value(json_object_get(object, "problem")));
}

int pd_cli_reload(struct pd_cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	int code = pd_cli_request(cli, json_pack("{s:s}", "verb", "reload"), print_problem, NULL);

	if (code == PD_EXIT_DONE)
		puts("reloaded");
	return code;
}

struct status {
	struct pd_cli *cli;
	bool is_json;
};

static void print_status(void *data, const json_t *object)
{
	const struct status *status = data;
	json_t *whole = json_copy((json_t *)object);
	const char *key;
	json_t *value;

	json_object_set_new(whole, "daemon", json_boolean(status->cli->control >= 0));
	if (status->is_json)
		pd_cli_print_json(NULL, whole);
	json_object_foreach(status->is_json ? NULL : whole, key, value)
	{
		printf("%-18s ", key);
		if (json_is_string(value)) {
			puts(json_string_value(value));
		} else {
			char *text = json_dumps(value, JSON_ENCODE_ANY);

			puts(json_is_null(value) ? "-" : text);
			free(text);
		}
	}
	json_decref(whole);
}

static bool has_json(struct pd_cli *cli, int argc, char **argv, bool *ret_is_json)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'}, {0}};
	int option;

	(void)cli;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return false;
		*ret_is_json = true;
	}
	return optind >= argc;
}

int pd_cli_status(struct pd_cli *cli, int argc, char **argv)
{
	struct status status = {.cli = cli};

	if (!has_json(cli, argc, argv, &status.is_json))
		return pd_cli_usage(cli);
	return pd_cli_request(cli, json_pack("{s:s}", "verb", "status"), print_status, &status);
}

/* --- outbox --- */

struct listing {
	struct pd_cli *cli;
	struct pd_table *table;
	size_t count;
};

static void add_row(void *data, const json_t *object)
{
	static const char *const keys[] = {"id", "number", "kind", "state", "attempts", "next", "recipients", "last_reply"};
	struct listing *listing = data;

	listing->count++;
	pd_table_row(listing->table);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		const json_t *value = json_object_get(object, keys[i]);

		pd_table_add(listing->table, json_is_integer(value)
						     ? pd_printf(listing->cli->arena, "%lld", (long long)json_integer_value(value))
						     : json_string_value(value));
	}
}

int pd_cli_outbox(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"flush", no_argument, NULL, 'f'},
		{"json", no_argument, NULL, 'j'},
		{0},
	};
	bool is_json = false, is_all = false, is_flush = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_all = is_all || option == 'a';
		is_flush = is_flush || option == 'f';
		is_json = is_json || option == 'j';
	}
	if (optind < argc)
		return pd_cli_usage(cli);
	if (is_flush)
		return pd_cli_request(cli, json_pack("{s:s}", "verb", "flush"), NULL, NULL);
	json_t *request = json_pack("{s:s,s:b}", "verb", "outbox", "all", is_all);

	if (is_json)
		return pd_cli_request(cli, request, pd_cli_print_json, NULL);

	static const char *const names[] = {"id", "ticket", "kind", "state", "tries", "next", "recipients", "last reply"};
	struct pd_strings columns = {.items = (const char **)names, .count = G_N_ELEMENTS(names)};
	struct listing listing = {.cli = cli, .table = pd_table_new(cli->arena, &columns)};
	int code = pd_cli_request(cli, request, add_row, &listing);

	if (code == PD_EXIT_DONE && listing.count)
		pd_table_print(listing.table, stdout);
	else if (code == PD_EXIT_DONE)
		puts("nothing waits");
	return code;
}

int pd_cli_backup(struct pd_cli *cli, int argc, char **argv)
{
	if (argc != 2)
		return pd_cli_usage(cli);
	g_autofree char *destination = g_canonicalize_filename(argv[1], NULL);

	return pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "backup", "destination", destination), NULL, NULL);
}

static void print_wrong(void *data, const json_t *object)
{
	(void)data;
	puts(json_string_value(json_object_get(object, "wrong")));
}

int pd_cli_verify(struct pd_cli *cli, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	int code = pd_cli_request(cli, json_pack("{s:s}", "verb", "verify"), print_wrong, NULL);

	if (code == PD_EXIT_DONE)
		puts("all is well");
	return code;
}

/* postdesk postfix: the lines of main.cf and master.cf for this configuration.
 *
 * Promises: what Postfix has already stays, ours is put before it or behind it where the order matters; a limit
 * is raised and never lowered; places below the queue directory are named from there, so that a service in a
 * chroot finds them. Run again, it prints the same. Changes nothing. Without postconf it prints what a new
 * Postfix would need. Which Postfix is meant: the environment's MAIL_CONFIG, as for postconf itself. */
#include "cli/cli.h"

#include <string.h>

#include "base/text.h"

#define RECIPIENT_LIMIT 50

struct postfix {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	const char *directory;	   /* of main.cf */
	const char *queue;	   /* the queue directory, with a slash at its end */
	const char *map_type;	   /* of tables that postmap makes */
	const char *milter;	   /* ours, in Postfix's words; NULL: there is none */
	struct pd_strings milters; /* those of others, in order */
	char chroot;		   /* as Postfix's other SMTP servers have it: 'y', 'n' or '-' */
	const char *submission;	   /* the name of the submission service */
	bool has_submission;	   /* it is there already */
	bool has_certificates;	   /* an agent is known by one */
};

static const char *value_of(struct postfix *postfix, const char *parameter, const char *otherwise)
{
	const char *value = pd_flow_postconf(postfix->arena, parameter);

	return value ? value : otherwise;
}

/* Postfix's own words for a place. */
static const char *place(struct postfix *postfix, const char *where)
{
	if (where && pd_starts(where, "unix:") && pd_starts(where + 5, postfix->queue))
		return pd_printf(postfix->arena, "unix:%s", where + 5 + strlen(postfix->queue));
	return where;
}

/* A list's elements: they stand between commas and blanks, and one in braces may hold those itself. */
static struct pd_strings elements(struct pd_arena *arena, const char *list)
{
	struct pd_strings found = {0};

	for (const char *at = list + strspn(list, ", \t\n"); *at; at += strspn(at, ", \t\n")) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;
		size_t len = end ? (size_t)(end + 1 - at) : strcspn(at, ", \t\n");

		*pd_list_add(arena, &found) = pd_strndup(arena, at, len);
		at += len;
	}
	return found;
}

/* "unix:x" and "{ unix:x, timeout = 10s }" alike. */
static bool names(struct pd_arena *arena, const char *element, const char *what)
{
	struct pd_strings words = elements(arena, *element == '{' ? element + 1 : element);

	return words.count && (pd_equal(words.items[0], what) || pd_equal(element, what));
}

static struct pd_strings without(struct pd_arena *arena, const char *list, const char *what)
{
	struct pd_strings all = elements(arena, list), rest = {0};

	for (size_t i = 0; i < all.count; i++)
		if (!names(arena, all.items[i], what))
			*pd_list_add(arena, &rest) = all.items[i];
	return rest;
}

/* --- main.cf --- */

/* A list of ours and of what Postfix has already, ours first. */
static void print_list(struct postfix *postfix, const char *parameter, const char *ours)
{
	const char *there = pd_flow_postconf(postfix->arena, parameter);

	if (!there)
		printf("# add to what stands there:\n%s = %s\n", parameter, ours);
	struct pd_strings rest = without(postfix->arena, there ? there : "", ours);

	if (there)
		printf("%s = %s%s%s\n", parameter, ours, rest.count ? ", " : "",
		       pd_strings_join(postfix->arena, &rest, ", "));
}

/* Words that must be among those which Postfix has, or has by default. */
static void print_words(struct postfix *postfix, const char *parameter, const char *wanted)
{
	const char *there = value_of(postfix, parameter, "");
	struct pd_strings words = elements(postfix->arena, there), ours = elements(postfix->arena, wanted);

	for (size_t i = 0; i < ours.count; i++)
		pd_strings_add_once(postfix->arena, &words, ours.items[i]);
	printf("%s = %s\n", parameter, pd_strings_join(postfix->arena, &words, " "));
}

/* A limit is raised and never lowered; 0 is none. Returns what then holds. */
static unsigned long long print_limit(struct postfix *postfix, const char *parameter, unsigned long long least)
{
	const char *there = pd_flow_postconf(postfix->arena, parameter);
	unsigned long long limit = 0;

	if (there && pd_number(there, UINT64_MAX, &limit) && (!limit || (least && limit >= least))) {
		printf("# %s = %llu is enough\n", parameter, limit);
		return limit;
	}
	printf("%s = %llu\n", parameter, least);
	return least;
}

static void print_delimiter(struct postfix *postfix)
{
	const char *there = pd_flow_postconf(postfix->arena, "recipient_delimiter");
	char ours = postfix->settings->delimiter;

	if (there && strchr(there, ours))
		printf("recipient_delimiter = %s\n", there);
	else
		printf("recipient_delimiter = %s%c\n", there ? there : "", ours);
}

static void print_milters(struct postfix *postfix)
{
	puts("# First in the list, before milters that judge or sign. Where Postfix cannot reach it, tempfail keeps all\n"
	     "# mail waiting; accept takes it unsealed, with forged proofs but those that header_checks takes out.");
	print_list(postfix, "smtpd_milters", postfix->milter);
	print_list(postfix, "non_smtpd_milters", postfix->milter);
	puts("milter_default_action = tempfail");
	print_words(postfix, "milter_connect_macros", "j {daemon_name} {daemon_addr} v _");
	print_words(postfix, "milter_helo_macros", "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}");
	print_words(postfix, "milter_mail_macros",
		    "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}");
	print_words(postfix, "milter_rcpt_macros", "i {rcpt_addr} {rcpt_host} {rcpt_mailer}");
	print_words(postfix, "milter_end_of_data_macros", "i");
}

/* Can results be forged that the desk, or who reads its mail, would believe? The milter looks at those of authserv_id;
 * header_checks, which see a mail before it does, must then leave others' results alone. */
static bool has_forgeable(const struct postfix *postfix)
{
	return !postfix->milter || (postfix->settings->authserv_id && *postfix->settings->authserv_id);
}

static void print_main(struct postfix *postfix)
{
	const struct pd_settings *settings = postfix->settings;
	struct pd_arena *arena = postfix->arena;

	puts("# main.cf, with what Postfix on this machine has there already");
	print_delimiter(postfix);
	print_list(postfix, "transport_maps",
		   pd_printf(arena, "%s:%s/postdesk-transport", postfix->map_type, postfix->directory));
	if (has_forgeable(postfix))
		print_list(postfix, "header_checks",
			   pd_printf(arena, "regexp:%s/postdesk-headers", postfix->directory));
	puts("enable_long_queue_ids = yes\n"
	     "smtpd_forbid_bare_newline = normalize\n"
	     "smtpd_forbid_unauth_pipelining = yes");
	/* Postfix's own deliveries stop where a mailbox may be smaller than a message. */
	unsigned long long size = print_limit(postfix, "message_size_limit", settings->message_size_limit);

	print_limit(postfix, "mailbox_size_limit", size);
	print_limit(postfix, "virtual_mailbox_limit", size);
	if (settings->lmtp)
		printf("postdesk_destination_recipient_limit = %d\n", RECIPIENT_LIMIT);
	if (postfix->milter)
		print_milters(postfix);
	puts("# The addresses below must also be known recipients: in virtual_mailbox_maps, local aliases or "
	     "relay_recipient_maps.");
}

/* --- master.cf --- */

static void print_option(const char *name, const char *value)
{
	printf(strpbrk(value, " \t") ? "  -o { %s = %s }\n" : "  -o %s=%s\n", name, value);
}

static void print_smtpd(struct postfix *postfix, const char *where, const char *log_name)
{
	printf("%s inet n - %c - - smtpd\n  -o syslog_name=postfix/%s\n", where, postfix->chroot, log_name);
}

/* For programs of this machine; what main.cf asks of strangers does not hold for them. */
static void print_loopback_only(const char *mark)
{
	static const char *const options[] = {
		"smtpd_client_restrictions=permit_mynetworks,reject",
		"smtpd_helo_restrictions=",
		"smtpd_sender_restrictions=",
		"smtpd_relay_restrictions=permit_mynetworks,reject",
		"smtpd_recipient_restrictions=permit_mynetworks,reject",
		"smtpd_data_restrictions=",
		"smtpd_end_of_data_restrictions=",
		"mynetworks=127.0.0.0/8,[::1]/128",
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		printf("%s  -o %s\n", mark, options[i]);
}

static void print_own_listener(struct postfix *postfix, const char *where)
{
	puts("# a listener for postdesk alone, whose milter is the last here");
	print_smtpd(postfix, where, "postdesk");
	if (postfix->milter) {
		const char *others = pd_strings_join(postfix->arena, &postfix->milters, ",");

		print_option("milter_macro_daemon_name", PD_LISTENER_NAME);
		print_option("smtpd_milters",
			     pd_printf(postfix->arena, "%s%s%s", others, *others ? "," : "", postfix->milter));
		print_option("milter_default_action", "tempfail");
	}
	puts("  -o receive_override_options=no_header_body_checks");
	print_loopback_only("");
}

static void print_submission(struct postfix *postfix)
{
	const char *others = pd_strings_join(postfix->arena, &postfix->milters, ",");
	bool has_sasl = pd_equal(pd_flow_postconf(postfix->arena, "smtpd_sasl_auth_enable"), "yes");
	bool has_key = *value_of(postfix, "smtpd_tls_chain_files", "x") || *value_of(postfix, "smtpd_tls_cert_file", "x");

	printf("# the submission service, where agents log in; its milter is the first%s\n",
	       postfix->has_submission ? ". In place of the one that is there, or its lines added to that" : "");
	if (!has_key)
		puts("# first let smtpd_tls_chain_files in main.cf name a key and its certificate");
	if (postfix->has_certificates)
		puts("# and smtpd_tls_CAfile in main.cf the authority, and no other, that gives agents their certificates");
	print_smtpd(postfix, postfix->submission, "submission");
	puts("  -o smtpd_tls_security_level=encrypt\n"
	     "  -o smtpd_sasl_auth_enable=yes");
	if (!has_sasl)
		puts("  -o smtpd_sasl_type=dovecot\n"
		     "  -o smtpd_sasl_path=private/auth\n"
		     "  -o smtpd_sasl_security_options=noanonymous");
	if (postfix->has_certificates)
		print_option("smtpd_tls_ask_ccert", "yes");
	const char *may = postfix->has_certificates ? "permit_sasl_authenticated,permit_tls_all_clientcerts,reject"
						    : "permit_sasl_authenticated,reject";

	print_option("smtpd_client_restrictions", "");
	print_option("smtpd_helo_restrictions", "");
	print_option("smtpd_sender_restrictions", "");
	print_option("smtpd_relay_restrictions", may);
	print_option("smtpd_recipient_restrictions", may);
	print_option("smtpd_data_restrictions", "");
	print_option("smtpd_end_of_data_restrictions", "");
	print_option("smtpd_milters", pd_printf(postfix->arena, "%s%s%s", postfix->milter, *others ? "," : "", others));
	print_option("milter_default_action", "tempfail");
}

/* Where a content filter brings mail back: by custom the port after its own. */
static void print_reinjection(struct postfix *postfix)
{
	const char *filter = value_of(postfix, "content_filter", ""), *colon = strrchr(filter, ':');
	unsigned long long port = 0;
	bool has_filter = *filter != '\0';

	if (!colon || !pd_number(colon + 1, 65534, &port))
		port = 10024;
	if (has_filter)
		puts("# where the content filter brings mail back; without the milter, which would take the seal out");
	else
		puts("# where a content filter, if there is one, brings mail back; without the milter, which would take the "
		     "seal out");
	/* A comment where it would be but an open port. */
	const char *mark = has_filter ? "" : "#";

	printf("%s127.0.0.1:%llu inet n - %c - - smtpd\n", mark, port + 1, postfix->chroot);
	static const char *const options[] = {
		"syslog_name=postfix/reinjection",
		"content_filter=",
		"smtpd_milters=",
		"receive_override_options=no_milters,no_header_body_checks,no_unknown_recipient_checks,no_address_mappings",
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		printf("%s  -o %s\n", mark, options[i]);
	print_loopback_only(mark);
}

static void print_chroot(struct postfix *postfix, const char *key, const char *where)
{
	if (postfix->chroot == 'y' && where && pd_starts(where, "unix:") && place(postfix, where) == where)
		printf("# %s = %s is not below %s, where a service in a chroot (y) finds it; give it n, or move the socket\n", key,
		       where, postfix->queue);
}

static void print_master(struct postfix *postfix)
{
	const struct pd_settings *settings = postfix->settings;
	const char *submit = settings->submit && pd_starts(settings->submit, "smtp://") ? settings->submit + 7 : NULL;

	puts("\n# master.cf");
	print_chroot(postfix, "lmtp", settings->lmtp);
	print_chroot(postfix, "milter", settings->milter);
	if (settings->lmtp)
		printf("# mail for the desk\n"
		       "postdesk unix - - %c - - lmtp\n"
		       "  -o lmtp_line_length_limit=0\n"
		       "  -o lmtp_send_xforward_command=yes\n",
		       postfix->chroot);
	if (submit)
		print_own_listener(postfix, submit);
	if (postfix->milter) {
		print_submission(postfix);
		print_reinjection(postfix);
	}
}

/* --- the tables --- */

static void print_transport(struct postfix *postfix)
{
	const struct pd_settings *settings = postfix->settings;

	if (!settings->lmtp) {
		puts("\n# [postdesk] has no lmtp, so Postfix cannot hand mail over");
		return;
	}
	printf("\n# %s/postdesk-transport: these addresses go to the desk\n", postfix->directory);
	if (postfix->milter)
		puts("# (Each by itself. Where a whole domain goes to the transport postdesk, an alias in it must be an\n"
		     "# address of its mailbox, too: the milter refuses all that the desk does not know.)");
	for (size_t i = 0; i < settings->mailboxes.count; i++) {
		const struct pd_mailbox *mailbox = &settings->mailboxes.items[i];

		for (size_t k = 0; k < mailbox->addresses.count; k++)
			printf("%s\tpostdesk:%s\n", mailbox->addresses.items[k], place(postfix, settings->lmtp));
	}
}

/* For a regular expression of Postfix's. */
static char *literally(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF out = {0};

	for (const char *c = text; *c; c++) {
		if (strchr(".[]{}()\\*+?|^$/", *c))
			pd_buf_addc(&out, '\\');
		pd_buf_addc(&out, *c);
	}
	return pd_buf_string(arena, &out);
}

static void print_headers(struct postfix *postfix)
{
	if (!has_forgeable(postfix))
		return;
	printf("\n# %s/postdesk-headers: no mail brings its own proof\n", postfix->directory);
	/* The milter reads these fields as the desk does. Where it is away, and Postfix takes mail all the same, what may
	 * be read as a result of this server's goes: it has the name in it, or bytes that may hide it. */
	if (postfix->milter)
		printf("/^Authentication-Results:.*%s/ IGNORE\n"
		       "/^Authentication-Results:.*(\\\\|[^[:print:][:space:]])/ IGNORE\n",
		       literally(postfix->arena, postfix->settings->authserv_id));
	else
		puts("/^Authentication-Results:/ IGNORE");
}

/* Is the SMTP server of that name, with these options, the one for those who log in? */
static bool is_submission(const char *name, const char *options)
{
	const char *colon = strrchr(name, ':'), *port = colon ? colon + 1 : name;

	return pd_equal(port, "submission") || pd_equal(port, "587") || strstr(options, "syslog_name=postfix/submission");
}

/* What the SMTP servers that there are tell: "NAME inet … smtpd", a service's options on lines of their own. */
static void look_at_services(struct postfix *postfix)
{
	struct pd_arena *arena = postfix->arena;
	const char *services = pd_flow_postfix_services(arena);

	postfix->chroot = '\0';
	postfix->submission = "submission";
	while (*services) {
		const char *end = services;

		do
			end += strcspn(end, "\n"), end += *end != '\0';
		while (*end == ' ' || *end == '\t');
		const char *service = pd_strndup(arena, services, (size_t)(end - services));
		struct pd_strings columns = elements(arena, service);

		services = end;
		if (columns.count < 8 || !pd_equal(columns.items[1], "inet") || !pd_equal(columns.items[7], "smtpd"))
			continue;
		if (!postfix->chroot)
			postfix->chroot = columns.items[4][0];
		if (postfix->has_submission || !is_submission(columns.items[0], service))
			continue;
		postfix->has_submission = true;
		postfix->submission = columns.items[0];
	}
	if (!postfix->chroot)
		postfix->chroot = 'y';
}

int pd_cli_postfix(struct pd_cli *cli, int argc, char **argv)
{
	int code = pd_cli_settings(cli);

	(void)argv;
	if (argc != 1)
		return pd_cli_usage(cli);
	if (code)
		return code;
	struct postfix postfix = {.arena = cli->arena, .settings = cli->settings};

	postfix.directory = value_of(&postfix, "config_directory", "/etc/postfix");
	postfix.queue = pd_printf(cli->arena, "%s/", value_of(&postfix, "queue_directory", "/var/spool/postfix"));
	postfix.map_type = value_of(&postfix, "default_database_type", "hash");
	look_at_services(&postfix);
	postfix.milter = place(&postfix, cli->settings->milter);
	if (postfix.milter)
		postfix.milters = without(cli->arena, value_of(&postfix, "smtpd_milters", ""), postfix.milter);
	for (size_t i = 0; i < cli->settings->agents.count; i++)
		postfix.has_certificates |= cli->settings->agents.items[i].certificates.count > 0;
	print_main(&postfix);
	print_master(&postfix);
	print_transport(&postfix);
	print_headers(&postfix);
	printf("\n# then: postmap %s/postdesk-transport && postfix reload\n", postfix.directory);
	return PD_EXIT_DONE;
}

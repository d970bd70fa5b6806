/* What is wrong: every room's part of the configuration, and what surrounds it on this machine.
 *
 * Changes nothing. Findings go into the problems with file and line where a setting is to blame. */
#include "flow/internal.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/text.h"
#include "calendar/calendar.h"
#include "flow/check_chat.h"

struct pd_settings *pd_flow_load(const char *file, struct pd_problems *problems)
{
	struct pd_settings *settings = pd_config_read(file, problems);

	if (!settings)
		return NULL;
	pd_desk_check(settings, problems);
	if (!problems->errors)
		return settings;
	pd_settings_unref(settings);
	return NULL;
}

/* Where the key of [postdesk] stands; the file as a whole where its default holds. */
static struct pd_where where_of(const struct pd_settings *settings, const char *key)
{
	struct pd_where where = {.file = settings->file};

	for (size_t i = 0; i < settings->groups.count; i++)
		if (pd_equal(settings->groups.items[i].type, "postdesk"))
			pd_group_value(&settings->groups.items[i], key, &where);
	return where;
}

static void check_state(const struct pd_settings *settings, struct pd_problems *problems)
{
	struct stat st;
	struct passwd *owner = settings->user ? getpwnam(settings->user) : NULL;

	if (settings->user && !owner)
		pd_problem_add(problems, where_of(settings, "user"), "user = %1$s: there is no such user on this system; useradd --system %1$s makes it",
			       settings->user);
	if (stat(settings->state, &st) < 0) {
		if (errno == ENOENT)
			pd_warning_add(problems, where_of(settings, "state"), "the state directory %s is not there yet; postdeskd makes it",
				       settings->state);
		else
			pd_problem_add(problems, where_of(settings, "state"), "state directory %s: %s", settings->state, strerror(errno));
		return;
	}
	if (!S_ISDIR(st.st_mode))
		pd_problem_add(problems, where_of(settings, "state"), "%s is no directory", settings->state);
	else if (st.st_mode & 06) /* passing through to the control socket is all that others may */
		pd_warning_add(problems, where_of(settings, "state"), "%s is open to everybody (mode %03o); it holds the mail and the secret key",
			       settings->state, (unsigned)st.st_mode & 0777);
	if (owner && st.st_uid != owner->pw_uid)
		pd_problem_add(problems, where_of(settings, "state"), "%s does not belong to user %s", settings->state, settings->user);
}

/* Registered keys that can prove nothing (any more). */
static void check_keys(const struct pd_settings *settings, struct pd_store *store, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_agent_keys keys;
	struct pd_error error;
	bool is_told[PD_SIGNED_SMIME + 1] = {false};

	if (pd_store_keys(store, arena, NULL, false, &keys, &error))
		return; /* the database's troubles are told already */
	for (size_t i = 0; i < keys.count; i++) {
		const struct pd_agent_key *key = &keys.items[i];
		const char *option = key->key.kind == PD_SIGNED_OPENPGP ? "gpg" : "gpgsm";
		const char *program = key->key.kind == PD_SIGNED_OPENPGP ? settings->gpg : settings->gpgsm;

		if (!pd_settings_agent(settings, key->agent))
			pd_warning_add(problems, where_of(settings, "state"),
				       "the key %s is registered for %s, who is no agent; postdesk key remove takes it away",
				       key->key.fingerprint, key->agent);
		else if (key->key.expires && key->key.expires <= pd_now())
			pd_warning_add(problems, where_of(settings, "state"), "the key %s of %s has expired", key->key.fingerprint,
				       key->agent);
		if (is_told[key->key.kind] || (program && *program == '/' && access(program, X_OK) == 0))
			continue;
		is_told[key->key.kind] = true;
		pd_warning_add(problems, where_of(settings, option), "%s = %s cannot be run: signatures of registered keys prove nothing",
			       option, program ? program : "");
	}
}

static void check_database(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *path = pd_printf(arena, "%s/" PD_STORE_FILE, settings->state);
	struct pd_store *store = NULL;
	struct pd_error error;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return;
	if (access(path, R_OK | W_OK) != 0) { /* an agent's check; SQLite writes beside what it reads */
		pd_warning_add(problems, where_of(settings, "state"), "the database is not looked at: it is not yours to read");
		return;
	}
	if (pd_store_open(settings->state, PD_STORE_READ, settings->message_in_database, &store, &error))
		pd_problem_add(problems, where_of(settings, "state"), "database: %s", error.text);
	if (store) {
		check_keys(settings, store, problems);
		pd_flow_check_names(settings, store, problems);
	}
	pd_store_close(store);
}

static void check_listener_directory(const struct pd_settings *settings, const char *key, const char *where,
				     struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct stat st;

	if (!where || !pd_starts(where, "unix:"))
		return;
	char *directory = pd_strdup(arena, where + strlen("unix:"));
	char *slash = strrchr(directory, '/');

	if (!slash || slash == directory)
		return;
	*slash = '\0';
	if (stat(directory, &st) < 0 || !S_ISDIR(st.st_mode))
		pd_warning_add(problems, where_of(settings, key), "%s = %s: the directory %s is not there", key, where, directory);
}

/* Who speaks to the LMTP socket is believed to be the own MTA. */
static void check_lmtp_peers(const struct pd_settings *settings, struct pd_problems *problems)
{
	const char *host = settings->lmtp && pd_starts(settings->lmtp, "inet:") ? settings->lmtp + strlen("inet:") : NULL;

	if (host && !pd_starts(host, "127.") && !pd_starts(host, "[::1]:") && !pd_starts(host, "localhost:"))
		pd_warning_add(problems, where_of(settings, "lmtp"),
			       "lmtp = %s is not of this machine alone: whoever reaches it is believed to be the MTA", settings->lmtp);
}

static void check_submission(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error;
	int fd;

	if (settings->submit && pd_starts(settings->submit, "sendmail:")) {
		if (access(settings->submit + strlen("sendmail:"), X_OK) != 0)
			pd_problem_add(problems, where_of(settings, "submit"), "submit = %s: %s", settings->submit, strerror(errno));
		return;
	}
	if (!settings->submit || !pd_starts(settings->submit, "smtp://"))
		return;
	const char *where = pd_printf(arena, "inet:%s", settings->submit + strlen("smtp://"));

	if (pd_connect(where, pd_monotonic() + 3 * PD_SECOND, &fd, &error))
		pd_warning_add(problems, where_of(settings, "submit"), "submit = %s: nobody answers there (%s); mail waits in the outbox",
			       settings->submit, error.text);
	else
		close(fd);
}

/* What the milter takes for any other listener's mail it lets pass, also to who has it already. */
static void check_own_listener(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	if (!settings->milter || !settings->submit || !pd_starts(settings->submit, "smtp://"))
		return;
	const char *where = settings->submit + strlen("smtp://");
	struct pd_strings services = pd_lines(arena, pd_flow_postfix_services(arena));
	bool is_there = false;

	for (size_t i = 0; i < services.count; i++)
		is_there |= pd_starts(services.items[i], pd_printf(arena, "%s ", where));
	const char *name = is_there ? pd_flow_postconf_of(arena, pd_printf(arena, "%s/inet", where),
							  "milter_macro_daemon_name")
				    : PD_LISTENER_NAME;
	if (!pd_equal(name, PD_LISTENER_NAME))
		pd_warning_add(problems, where_of(settings, "submit"),
			       "Postfix's service %s has no milter_macro_daemon_name=" PD_LISTENER_NAME ", so that a mail "
			       "that is sent once more is not stopped there; see postdesk postfix",
			       where);
}

/* Short queue-ids are given again and again, so that the log's lines about two mails look like one's. Without
 * postconf on this machine nothing can be compared, and nothing is said. */
static void check_queue_ids(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	if (settings->lmtp && pd_equal(pd_flow_postconf(arena, "enable_long_queue_ids"), "no"))
		pd_warning_add(problems, where_of(settings, "lmtp"),
			       "Postfix has enable_long_queue_ids = no: it gives queue-ids again, which makes its log and ours hard "
			       "to follow; better set it to yes");
}

static void check_delimiter(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *theirs = pd_flow_postconf(arena, "recipient_delimiter");

	if (theirs && !strchr(theirs, settings->delimiter))
		pd_warning_add(problems, where_of(settings, "delimiter"),
			       "delimiter = %c is not in Postfix's recipient_delimiter (\"%s\"); replies would be refused",
			       settings->delimiter, theirs);
}

static void check_surroundings(const struct pd_settings *settings, struct pd_problems *problems)
{
	check_state(settings, problems);
	check_database(settings, problems);
	check_listener_directory(settings, "lmtp", settings->lmtp, problems);
	check_listener_directory(settings, "milter", settings->milter, problems);
	check_lmtp_peers(settings, problems);
	check_submission(settings, problems);
	check_own_listener(settings, problems);
	check_delimiter(settings, problems);
	check_queue_ids(settings, problems);
	pd_flow_check_chats(settings, problems);
	pd_calendar_check(settings, problems);
}

void pd_flow_check(const char *file, struct pd_problems *problems)
{
	struct pd_settings *settings = pd_config_read(file, problems);

	if (!settings)
		return;
	pd_desk_check(settings, problems);
	check_surroundings(settings, problems);
	pd_settings_unref(settings);
}

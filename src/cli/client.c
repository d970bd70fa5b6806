/* Where a request goes: straight to the store, or to the daemon through its control socket.
 *
 * Root and the owner of the state directory read the store directly, after becoming its owner. What changes anything
 * goes to the running daemon, or without one takes the same road here, under the lock. All others ask the socket. */
#include "cli/cli.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib.h>
#include "base/io.h"
#include "base/text.h"
#include "flow/json.h"
#include "flow/verbs.h"

#define ANSWER_WAIT (10 * PD_MINUTE)

int pd_cli_settings(struct pd_cli *cli)
{
	struct pd_problems problems = {.arena = cli->arena};

	if (cli->settings)
		return 0;
	cli->settings = pd_flow_load(cli->config_file, &problems);
	if (cli->settings)
		return 0;
	pd_problems_print(&problems, stderr);
	return PD_EXIT_CONFIG;
}

struct pd_readers *pd_cli_readers(struct pd_cli *cli)
{
	struct pd_reader_limits limits = {.count = 2, .deadline = 10 * PD_SECOND, .memory = (size_t)512 << 20};

	if (cli->settings)
		limits = (struct pd_reader_limits){.count = cli->settings->readers ? cli->settings->readers : 2,
						   .deadline = cli->settings->reader_deadline,
						   .memory = cli->settings->reader_memory,
						   .tnef = cli->settings->tnef};
	if (!cli->readers)
		cli->readers = pd_readers_new("/proc/self/exe", &limits);
	return cli->readers;
}

void pd_cli_close(struct pd_cli *cli)
{
	pd_flow_free(cli->flow);
	pd_store_close(cli->store);
	pd_readers_free(cli->readers);
	pd_settings_unref(cli->settings);
	if (cli->control_in)
		fclose(cli->control_in);
	else if (cli->control >= 0)
		close(cli->control);
	pd_arena_free(cli->arena);
}

/* Does the argument name a long option whose value is the next argument? */
static bool takes_next(const char *argument, const struct option *options)
{
	for (; options->name && pd_starts(argument, "--"); options++)
		if (options->has_arg == required_argument && pd_starts(options->name, argument + 2) && argument[2])
			return true;
	return false;
}

char **pd_cli_with_terms(struct pd_cli *cli, int *argc, char **argv, const struct option *options)
{
	char **all = pd_alloc(cli->arena, ((size_t)*argc + 2) * sizeof *all);
	int count = 0, terms = 0;

	/* options first, what is a term after "--", each in its order */
	for (int pass = 0; pass < 2; pass++) {
		bool is_ended = false, is_value = false;

		if (pass == 1 && terms)
			all[count++] = "--";
		for (int i = 0; i < *argc; i++) {
			const char *argument = argv[i];
			bool is_end = !is_ended && !is_value && !strcmp(argument, "--");
			bool is_term = i > 0 && !is_end && !is_value &&
				       (is_ended || *argument != '-' || (argument[1] != '-' && argument[1]));

			is_value = !is_term && !is_ended && !is_value && takes_next(argument, options);
			terms += pass == 0 && is_term;
			if (!is_end && is_term == (pass == 1))
				all[count++] = argv[i];
			is_ended = is_ended || is_end;
		}
	}
	all[count] = NULL;
	*argc = count;
	return all;
}

void pd_cli_print_report(void *data, const json_t *object)
{
	size_t i;
	json_t *line;

	(void)data;
	json_array_foreach(json_object_get(object, "report"), i, line) puts(json_string_value(line));
}

void pd_cli_print_json(void *data, const json_t *object)
{
	(void)data;
	PD_AUTO_BUF text = {0};

	pd_json_write(&text, object);
	puts(text.data);
}

struct pd_bytes pd_cli_bytes(struct pd_arena *arena, const json_t *text)
{
	char *copy = pd_strdup(arena, json_string_value(text) ? json_string_value(text) : "");
	gsize size = 0;

	if (*copy)
		g_base64_decode_inplace(copy, &size);
	return (struct pd_bytes){copy, size};
}

int64_t pd_cli_number(const char *text)
{
	unsigned long long number;

	if (*text == '#' || *text == 'E' || *text == 'e')
		text++;
	return pd_number(text, INT64_MAX, &number) ? (int64_t)number : 0;
}

/* --- directly --- */

/* Root becomes the owner for good: what it writes beside the database must belong to the owner. */
static int become_owner(struct pd_cli *cli, const struct stat *state)
{
	struct passwd *owner = getpwuid(state->st_uid);

	if (geteuid() != 0 || state->st_uid == 0)
		return 0;
	if ((owner && initgroups(owner->pw_name, owner->pw_gid) != 0) || setgid(owner ? owner->pw_gid : state->st_gid) != 0 ||
	    setuid(state->st_uid) != 0) {
		fprintf(stderr, "postdesk: cannot become the owner of %s: %s\n", cli->settings->state, strerror(errno));
		return PD_EXIT_AGAIN;
	}
	return 0;
}

static int open_store(struct pd_cli *cli, const struct stat *state, bool writes)
{
	struct pd_error error;
	int code = cli->flow ? 0 : become_owner(cli, state);

	if (code || cli->flow)
		return code;
	int failed = pd_store_open(cli->settings->state, writes ? PD_STORE_WRITE : PD_STORE_READ,
				   cli->settings->message_in_database, &cli->store, &error);

	if (!failed)
		cli->flow = pd_flow_new(cli->settings, cli->store, pd_cli_readers(cli));
	struct pd_problems problems = {.arena = cli->arena};

	if (!failed)
		failed = pd_flow_prepare(cli->flow, &problems, &error);
	pd_problems_print(&problems, stderr);
	if (!failed)
		return 0;
	fprintf(stderr, "postdesk: %s\n", error.text);
	return failed == PD_CONFIGURATION ? PD_EXIT_CONFIG : PD_EXIT_AGAIN;
}

struct answer {
	pd_cli_print print;
	void *data;
	int code;
};

/* Takes one object of the answer; true where it was the last. */
static bool take(struct answer *answer, const json_t *object)
{
	const json_t *code = json_object_get(object, "exit");
	const char *error = json_string_value(json_object_get(object, "error"));

	if (!code) {
		if (answer->print)
			answer->print(answer->data, object);
		return false;
	}
	answer->code = (int)json_integer_value(code);
	if (error)
		fprintf(stderr, "postdesk: %s\n", error);
	return true;
}

/* The same as text, a NUL behind it; false: it is no JSON. What is printed as it is needs not be understood. */
static bool take_text(struct answer *answer, const char *text, size_t len, bool *ret_is_last)
{
	*ret_is_last = false;
	if (answer->print == pd_cli_print_json && !pd_starts(text, "{\"exit\":")) {
		fwrite(text, 1, len, stdout);
		putchar('\n');
		return true;
	}
	json_t *object = json_loadb(text, len, 0, NULL);

	if (!object)
		return false;
	*ret_is_last = take(answer, object);
	json_decref(object);
	return true;
}

static bool emit(void *data, const char *object, size_t len)
{
	bool is_last;

	return take_text(data, object, len, &is_last) && !ferror(stdout);
}

/* --- through the control socket --- */

/* 0 connected; ENOENT or ECONNREFUSED: no daemon; another errno value: a failure. */
static int connect_control(struct pd_cli *cli)
{
	struct pd_error error;
	const char *where = pd_printf(cli->arena, "unix:%s/control", cli->settings->state);

	if (cli->control >= 0)
		return 0;
	errno = 0;
	if (pd_connect(where, pd_monotonic() + 5 * PD_SECOND, &cli->control, &error)) {
		cli->control = -1;
		return errno ? errno : ECONNREFUSED;
	}
	cli->control_in = fdopen(cli->control, "r");
	return 0;
}

static int ask_daemon(struct pd_cli *cli, const json_t *request, struct answer *answer)
{
	char *text = json_dumps(request, JSON_COMPACT);
	char *line = NULL;
	size_t room = 0;
	bool is_done = false;
	ssize_t len;

	int64_t deadline = pd_monotonic() + ANSWER_WAIT;
	bool is_sent = text && pd_write_all_until(cli->control, text, strlen(text), deadline) == 0 &&
		       pd_write_all_until(cli->control, "\n", 1, deadline) == 0;

	free(text);
	while (is_sent && !is_done && (len = getline(&line, &room, cli->control_in)) > 0 && line[len - 1] == '\n') {
		line[len - 1] = '\0';
		if (!take_text(answer, line, (size_t)len - 1, &is_done))
			break;
	}
	free(line);
	if (is_done)
		return answer->code;
	fputs("postdesk: the daemon gave no answer; whether it was done is not known\n", stderr);
	return PD_EXIT_AGAIN;
}

static int no_daemon(struct pd_cli *cli, int error)
{
	fprintf(stderr, "postdesk: nobody answers at %s/control (%s); is postdeskd running?\n", cli->settings->state,
		strerror(error));
	return PD_EXIT_AGAIN;
}

int pd_cli_request(struct pd_cli *cli, json_t *request, pd_cli_print print, void *data)
{
	struct answer answer = {.print = print, .data = data, .code = PD_EXIT_AGAIN};
	const char *verb = json_string_value(json_object_get(request, "verb"));
	bool writes = pd_verb_changes(verb);
	struct stat state;
	int code = pd_cli_settings(cli);

	if (!request) { /* no JSON can be made of it */
		fputs("postdesk: an argument is not valid UTF-8\n", stderr);
		return PD_EXIT_USAGE;
	}
	if (cli->as)
		json_object_set_new(request, "as", json_string(cli->as));
	bool is_owner = !code && (geteuid() == 0 || (stat(cli->settings->state, &state) == 0 && state.st_uid == geteuid()));
	bool is_status = pd_equal(verb, "status"); /* the daemon knows more of it */
	bool is_asked = !code && (!is_owner || ((writes || is_status) && !cli->flow)); /* of the daemon */

	if (is_asked) {
		int error = connect_control(cli);

		if (error == 0) {
			code = ask_daemon(cli, request, &answer);
			json_decref(request);
			return code;
		}
		if (!is_owner || !strcmp(verb, "reload") || (error != ENOENT && error != ECONNREFUSED))
			code = no_daemon(cli, error);
	}
	if (!code && stat(cli->settings->state, &state) != 0) {
		fprintf(stderr, "postdesk: %s: %s; postdeskd makes it at its first start\n", cli->settings->state,
			strerror(errno));
		code = PD_EXIT_AGAIN;
	}
	if (!code)
		code = open_store(cli, &state, writes);
	if (!code) {
		struct pd_peer peer = {.is_owner = true};
		const struct pd_agent *agent = pd_settings_agent_user(cli->settings, g_get_user_name());

		peer.agent = agent && geteuid() != 0 ? agent->name : NULL;
		pd_flow_verb(cli->flow, &peer, request, emit, &answer);
		code = answer.code;
	}
	json_decref(request);
	return code;
}

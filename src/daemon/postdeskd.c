/* postdeskd: wires the rooms together, and waits for signals.
 *
 * Promises: ready is told only when mail is taken; a signal to end lets deliveries that are under way finish;
 * when the store has failed the daemon ends, since restart is the only recovery (invariant 10). Fails: exit
 * 78 for what the administrator must mend, 75 where another start may help. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/notify.h"
#include "daemon/setup.h"
#include "gate/clock.h"
#include "gate/control.h"
#include "gate/lmtp_server.h"
#include "gate/milter.h"
#include "gate/xmpp.h"
#include "mime/verifier.h"
#include "post/outbox.h"

#define EXIT_USAGE	    2
#define EXIT_TEMPORARY	    75
#define EXIT_CONFIGURATION  78
#define GRACE		    (10 * PD_SECOND)
#define CONTROL_CONNECTIONS 32
#define CONTROL_TIMEOUT	    PD_MINUTE
#define PURGE_EVERY	    PD_HOUR
#define PURGE_AFTER	    (3 * PD_SECOND) /* of the start, or of a new keep_deleted: mail comes first */

struct house {
	struct pd_settings *settings; /* as at the start */
	struct pd_store *store;
	struct pd_readers *readers;
	struct pd_flow *flow;
	struct pd_outbox *outbox;
	struct pd_lmtp_server *lmtp;
	struct pd_control *control;
	struct pd_clock_door *clock;
	struct pd_xmpp *xmpp;
	int lmtp_fd; /* opened before the identity changed; -1 */
	pd_time since;
	pd_time purge_at; /* pd_monotonic */
};

static int code_of(int class)
{
	return class == PD_OK ? 0 : class == PD_CONFIGURATION ? EXIT_CONFIGURATION : EXIT_TEMPORARY;
}

/* --- starting --- */

/* Standard error is the journal's own stream (systemd.exec(5)). */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;
	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static void open_log(bool is_foreground)
{
	if (is_journal())
		pd_log_open(PD_LOG_JOURNAL, PD_INFO, "postdeskd");
	else
		pd_log_open(is_foreground ? PD_LOG_STDERR : PD_LOG_SYSLOG, PD_INFO, "postdeskd");
}

static struct pd_settings *load(const char *file)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings = pd_flow_load(file, &problems);
	pd_problems_print(&problems, stderr);
	if (settings == NULL)
		fprintf(stderr, "postdeskd: %zu %s in the configuration\n", problems.errors,
			problems.errors == 1 ? "error" : "errors");
	return settings;
}

static void add_status(void *data, json_t *object)
{
	struct house *house = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	json_object_set_new(object, "daemon", json_true());
	json_object_set_new(object, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(object, "pid", json_integer(getpid()));
	json_object_set_new(object, "since", json_string(pd_time_rfc3339(arena, house->since)));
	/* Who is not told of the store is not told of the doors either. */
	if (json_is_null(json_object_get(object, "commits")))
		return;
	if (house->settings->milter != NULL) {
		struct pd_milter_stats milter = pd_milter_stats();
		json_object_set_new(object, "milter_mails", json_integer((json_int_t)milter.mails));
		json_object_set_new(object, "milter_sealed", json_integer((json_int_t)milter.sealed));
		json_object_set_new(object, "milter_refused", json_integer((json_int_t)milter.refused));
	}
	if (house->xmpp != NULL) {
		struct pd_xmpp_stats chat = pd_xmpp_stats(house->xmpp);
		json_object_set_new(object, "chats", json_integer(chat.components));
		json_object_set_new(object, "chats_connected", json_integer(chat.connected));
		json_object_set_new(object, "chat_lines_in", json_integer((json_int_t)chat.lines_in));
		json_object_set_new(object, "chat_lines_out", json_integer((json_int_t)chat.lines_out));
		json_object_set_new(object, "chat_lines_refused", json_integer((json_int_t)chat.refused));
	}
	if (house->lmtp == NULL)
		return;
	struct pd_lmtp_server_stats stats = pd_lmtp_server_stats(house->lmtp);
	json_object_set_new(object, "lmtp_connections", json_integer(stats.connections));
	json_object_set_new(object, "lmtp_served", json_integer((json_int_t)stats.served));
	json_object_set_new(object, "lmtp_refused", json_integer((json_int_t)stats.refused));
}

static int start_lmtp(struct house *house, struct pd_error *error)
{
	int class = PD_OK, fd = house->lmtp_fd;
	if (house->settings->lmtp == NULL) {
		pd_log(PD_WARNING, "no lmtp = in the configuration: no mail comes in", NULL);
		return PD_OK;
	}
	if (fd < 0 && (class = pd_listen(house->settings->lmtp, 0660, &fd, error)) != PD_OK)
		return class;
	const struct pd_lmtp_server_options options = pd_lmtp_server_options(house->flow, house->settings);
	return pd_lmtp_server_start(fd, &options, &house->lmtp, error);
}

static int start_control(struct house *house, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct stat state;
	int fd, class;
	if (stat(house->settings->state, &state) < 0)
		return pd_fail_errno(error, PD_CONFIGURATION, errno, "%s", house->settings->state);
	if ((class = pd_listen(pd_printf(arena, "unix:%s/control", house->settings->state), 0666, &fd,
			       error)) != PD_OK)
		return class;
	const struct pd_control_options options = {.flow = house->flow,
						   .owner = state.st_uid,
						   .connections = CONTROL_CONNECTIONS,
						   .timeout = CONTROL_TIMEOUT,
						   .status = add_status,
						   .data = house};
	return pd_control_start(fd, &options, &house->control, error);
}

static unsigned readers_of(const struct pd_settings *settings)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (settings->readers > 0)
		return settings->readers;
	return processors > 2 ? (unsigned)processors : 2;
}

static void log_problems(struct pd_arena *arena, const struct pd_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct pd_problem *problem = &problems->items[i];
		pd_log(problem->is_warning ? PD_WARNING : PD_ERROR, problem->text, "file", problem->where.file,
		       "line", pd_printf(arena, "%d", problem->where.line), NULL);
	}
}

static int prepare(struct house *house, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	int class = pd_flow_prepare(house->flow, &problems, error);
	if (class != PD_OK)
		pd_problems_print(&problems, stderr);
	log_problems(arena, &problems);
	return class;
}

/* Everything but the doors' threads runs as the user of the settings. */
static int start(struct house *house, struct pd_error *error)
{
	const struct pd_settings *settings = house->settings;
	int class;
	if ((class = pd_setup_directories(settings, error)) != PD_OK ||
	    (class = pd_setup_early_listener(settings->lmtp, &house->lmtp_fd, error)) != PD_OK ||
	    (settings->milter != NULL && (class = pd_milter_open(settings->milter, error)) != PD_OK) ||
	    (class = pd_setup_identity(settings, error)) != PD_OK)
		return class;
	pd_setup_descriptors(settings->lmtp_connections);
	if ((class = pd_store_open(settings->state, PD_STORE_WRITE, settings->message_in_database,
				   &house->store, error)) != PD_OK)
		return class;
	pd_verifier_tidy(settings->state);
	const struct pd_reader_limits limits = {.count = readers_of(settings),
						.deadline = settings->reader_deadline,
						.memory = settings->reader_memory,
						.tnef = settings->tnef};
	house->readers = pd_readers_new("/proc/self/exe", &limits);
	house->flow = pd_flow_new(house->settings, house->store, house->readers);
	if ((class = prepare(house, error)) != PD_OK ||
	    (settings->milter != NULL && (class = pd_milter_start(house->flow, error)) != PD_OK) ||
	    (class = pd_outbox_start(house->flow, house->store, PD_OUTBOX_SENDERS, &house->outbox, error)) !=
		    PD_OK ||
	    (class = pd_xmpp_start(house->flow, house->store, &house->xmpp, error)) != PD_OK ||
	    (class = pd_clock_start(house->flow, &house->clock, error)) != PD_OK ||
	    (class = start_lmtp(house, error)) != PD_OK)
		return class;
	return start_control(house, error);
}

/* --- ending --- */

/* Sending first, then the doors, then what they stand on, as far as it was started. What does not end by itself is
 * left to the kernel. */
static void stop(struct house *house)
{
	int64_t by = pd_monotonic() + GRACE;
	/* What is being sent needs the milter to the end. */
	bool is_done = pd_outbox_stop(house->outbox, GRACE / 2);
	int64_t left = by - pd_monotonic();
	is_done = pd_clock_stop(house->clock, left > PD_SECOND ? left : PD_SECOND) && is_done;
	left = by - pd_monotonic();
	is_done = pd_xmpp_stop(house->xmpp, left > PD_SECOND ? left : PD_SECOND) && is_done;
	left = by - pd_monotonic();
	is_done = pd_milter_stop(left > PD_SECOND ? left : PD_SECOND) && is_done;
	left = by - pd_monotonic();
	is_done = (house->lmtp == NULL || pd_lmtp_server_stop(house->lmtp, left > PD_SECOND ? left : PD_SECOND)) && is_done;
	left = by - pd_monotonic();
	is_done = pd_control_stop(house->control, left > PD_SECOND ? left : PD_SECOND) && is_done;
	if (!is_done) {
		pd_log(PD_WARNING, "ended with work under way; the MTA brings it again", NULL);
		return;
	}
	pd_lmtp_server_free(house->lmtp);
	pd_store_close(house->store);
	pd_flow_free(house->flow);
	pd_readers_free(house->readers);
	pd_settings_unref(house->settings);
}

/* --- running --- */

static void reload(struct house *house)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_error error = {0};
	pd_notify_reloading();
	int class = pd_flow_reload(house->flow, &problems, &error);
	log_problems(arena, &problems);
	if (class != PD_OK) {
		pd_log(PD_ERROR, "not reloaded", "reason", error.text, NULL);
	} else {
		struct pd_settings *settings = pd_flow_settings(house->flow);
		if (!pd_equal(settings->lmtp, house->settings->lmtp) ||
		    !pd_equal(settings->milter, house->settings->milter) ||
		    settings->lmtp_connections != house->settings->lmtp_connections ||
		    !pd_equal(settings->user, house->settings->user))
			pd_log(PD_WARNING,
			       "changed sockets, connections or user take effect at the next start", NULL);
		if (settings->chats.count != house->settings->chats.count)
			pd_log(PD_WARNING, "a chat that came or went takes effect at the next start", NULL);
		pd_settings_unref(settings);
		house->purge_at = pd_monotonic() + PURGE_AFTER;
		pd_log(PD_INFO, "configuration reloaded", NULL);
	}
	pd_notify("READY=1");
}

/* Mails that waited for a confirmation that did not come. */
static void expire(struct house *house)
{
	struct pd_error error = {0};
	size_t count = 1;
	while (count > 0 && pd_flow_expire(house->flow, &count, &error) == PD_OK)
		if (count > 0)
			pd_log(PD_INFO, "drafts were not confirmed in time", NULL);
	if (error.class != PD_OK)
		pd_log(PD_ERROR, "cannot end drafts", "reason", error.text, NULL);
}

/* What was deleted long ago goes for good: some at a time, and where some went, perhaps more soon. */
static void purge(struct house *house)
{
	struct pd_settings *settings = pd_flow_settings(house->flow);
	struct pd_error error = {0};
	int64_t count = 0;
	char text[24];
	if (pd_store_purge(house->store, pd_now() - settings->keep_deleted, &count, &error) != PD_OK)
		pd_log(PD_ERROR, "cannot purge deleted tickets", "reason", error.text, NULL);
	snprintf(text, sizeof text, "%lld", (long long)count);
	if (count > 0)
		pd_log(PD_INFO, "purged deleted tickets", "count", text, NULL);
	pd_settings_unref(settings);
	expire(house);
	house->purge_at = pd_monotonic() + (count > 0 ? PD_SECOND : PURGE_EVERY);
}

/* Signals wake the main thread, which alone does not block them. libmilter has a thread of its own that waits for
 * the same ones, and would end the milter at a SIGHUP; the kernel gives a signal to the main thread where it can. */
static int woken = -1;
static volatile sig_atomic_t is_to_end, is_to_reload;

static void take_signal(int signal)
{
	int saved = errno;
	const uint64_t one = 1;
	if (signal == SIGHUP)
		is_to_reload = 1;
	else
		is_to_end = 1;
	ssize_t written = write(woken, &one, sizeof one);
	(void)written; /* where it fails the thread is awake already */
	errno = saved;
}

static void take_signals(const sigset_t *signals)
{
	struct sigaction action = {.sa_handler = take_signal, .sa_flags = SA_RESTART};
	sigaddset(&action.sa_mask, SIGHUP);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGINT);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

/* Until a signal has come or the time is over. */
static void sleep_awake(pd_time time)
{
	uint64_t count;
	if (pd_wait(woken, POLLIN, pd_monotonic() + time) > 0) {
		ssize_t taken = read(woken, &count, sizeof count);
		(void)taken;
	}
}

static int run(struct house *house)
{
	pd_time watchdog = pd_notify_watchdog();
	pd_time tick = watchdog > 0 && watchdog / 3 < PD_SECOND ? watchdog / 3 + 1 : PD_SECOND;
	for (;;) {
		sleep_awake(tick);
		if (is_to_end)
			return 0;
		if (is_to_reload) {
			is_to_reload = 0;
			reload(house);
		}
		if (pd_milter_is_failed()) {
			pd_log(PD_ERROR, "the milter has ended: ending, to start anew", NULL);
			return EXIT_TEMPORARY;
		}
		if (pd_store_is_failed(house->store)) {
			pd_log(PD_ERROR, "the store has failed: ending, to start anew from what is on disk",
			       NULL);
			return EXIT_TEMPORARY;
		}
		if (watchdog > 0)
			pd_notify("WATCHDOG=1");
		if (pd_monotonic() >= house->purge_at)
			purge(house);
	}
}

static int serve(struct house *house, bool is_foreground)
{
	struct pd_error error = {0};
	sigset_t signals;
	woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	open_log(is_foreground); /* before there are threads */
	int code = code_of(start(house, &error));
	if (code != 0) {
		/* Where people look: the terminal, or the journal with -f. */
		fprintf(stderr, "postdeskd: %s\n", error.text);
		pd_setup_failed(code);
		stop(house);
		return code;
	}
	pd_log(PD_INFO, "started", "version", PACKAGE_VERSION, "lmtp", house->settings->lmtp, "state",
	       house->settings->state, NULL);
	pd_setup_ready();
	pd_notify("READY=1");
	house->purge_at = pd_monotonic() + PURGE_AFTER;
	take_signals(&signals);
	code = run(house);
	pd_notify("STOPPING=1");
	pd_log(PD_INFO, "stopping", NULL);
	stop(house);
	pd_log(PD_INFO, "stopped", NULL);
	return code;
}

static void usage(FILE *out)
{
	fputs("usage: postdeskd [-f] [-c FILE]\n\n"
	      "  -c, --config FILE   the configuration (" PD_DEFAULT_CONFIG ")\n"
	      "  -f, --foreground    stay in the foreground, log to standard error\n"
	      "  -h, --help          this text\n"
	      "      --version       the version\n\n"
	      "The manual is postdeskd(8).\n",
	      out);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	pd_verifier_main(argc, argv);
	static const struct option options[] = {{"config", required_argument, NULL, 'c'},
						{"foreground", no_argument, NULL, 'f'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'V'},
						{0}};
	const char *file = PD_DEFAULT_CONFIG;
	bool is_foreground = false;
	for (int option; (option = getopt_long(argc, argv, "c:fhV", options, NULL)) != -1;) {
		switch (option) {
		case 'c':
			file = optarg;
			break;
		case 'f':
			is_foreground = true;
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			puts("postdeskd " PACKAGE_VERSION);
			return 0;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	setlocale(LC_CTYPE, "");
	umask(027);
	/* Many threads that each allocate little: few arenas keep the memory small. What a mail needed stays for the
	 * next: to give pages back and fault them in again costs more than to parse it. */
	mallopt(M_ARENA_MAX, 4);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	mallopt(M_MMAP_THRESHOLD, 512 << 10);
	mallopt(M_TOP_PAD, 256 << 10);
	char *path = realpath(file, NULL); /* the background process stands elsewhere */
	struct house house = {.lmtp_fd = -1, .since = pd_now()};
	house.settings = load(path != NULL ? path : file);
	free(path);
	if (house.settings == NULL)
		return EXIT_CONFIGURATION;
	struct pd_error error;
	if (!is_foreground && pd_setup_detach(&error) != PD_OK) {
		fprintf(stderr, "postdeskd: %s\n", error.text);
		return EXIT_TEMPORARY;
	}
	return serve(&house, is_foreground);
}

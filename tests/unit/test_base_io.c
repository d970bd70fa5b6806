/* Tests of src/base: io.c, log.c, raw.c, spawn.c. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/raw.h"
#include "base/spawn.h"
#include "base/text.h"

static char directory[] = "/tmp/pd-test-XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state)
{
	(void)state;
	char command[64];
	snprintf(command, sizeof command, "rm -r %s", directory);
	return system(command);
}

static void test_deadlines(void **state)
{
	(void)state;
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	char data[16];
	int64_t start = pd_monotonic();
	assert_int_equal(pd_read_all_until(pair[0], data, 4, start + 30), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_true(pd_monotonic() - start >= 29);
	assert_int_equal(pd_write_all(pair[1], "abcd", 4), 0);
	assert_int_equal(pd_read_all_until(pair[0], data, 4, pd_monotonic() + 1000), 0);
	assert_memory_equal(data, "abcd", 4);
	/* A peer that takes nothing: the deadline holds for writing, too. */
	static char big[4 * 1024 * 1024];
	assert_int_equal(pd_write_all_until(pair[0], big, sizeof big, pd_monotonic() + 30), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(pd_wait(pair[0], POLLIN, pd_monotonic()), 0);
	close(pair[0]);
	assert_int_equal(pd_wait(pair[1], POLLIN, pd_monotonic() + 1000), 1);
	close(pair[1]);
}

static void test_end_of_file(void **state)
{
	(void)state;
	int pair[2];
	char data[8];
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(pd_write_all(pair[1], "ab", 2), 0);
	close(pair[1]);
	assert_int_equal(pd_read_all(pair[0], data, 4), -1);
	assert_int_equal(errno, EPIPE);
	close(pair[0]);
}

static void talk(const char *where)
{
	struct pd_error error;
	int listener, client;
	assert_int_equal(pd_listen(where, 0660, &listener, &error), PD_OK);
	assert_true(fcntl(listener, F_GETFD) & FD_CLOEXEC);
	if (pd_connect(where, pd_monotonic() + 1000, &client, &error) != PD_OK)
		fail_msg("%s", error.text);
	assert_true(fcntl(client, F_GETFD) & FD_CLOEXEC);
	assert_false(fcntl(client, F_GETFL) & O_NONBLOCK);
	int server = accept(listener, NULL, NULL);
	assert_true(server >= 0);
	char data[4];
	assert_int_equal(pd_write_all_until(client, "ping", 4, pd_monotonic() + 1000), 0);
	assert_int_equal(pd_read_all_until(server, data, 4, pd_monotonic() + 1000), 0);
	assert_memory_equal(data, "ping", 4);
	/* Taken already. */
	int second = -7;
	assert_int_equal(pd_listen(where, 0660, &second, &error), PD_TEMPORARY);
	assert_int_equal(second, -7);
	close(server);
	close(client);
	close(listener);
}

static void test_unix_socket(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error;
	const char *path = pd_printf(arena, "%s/socket", directory);
	const char *where = pd_printf(arena, "unix:%s", path);
	int fd = -7;
	assert_int_equal(pd_connect(where, pd_monotonic() + 100, &fd, &error), PD_TEMPORARY);
	assert_non_null(strstr(error.text, path));
	assert_int_equal(fd, -7);
	talk(where);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	/* The file is still there, and nobody listens: replaced. */
	talk(where);
	const char *file = pd_printf(arena, "%s/file", directory);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(pd_listen(pd_printf(arena, "unix:%s", file), 0660, &fd, &error), PD_CONFIGURATION);
	assert_int_equal(access(file, F_OK), 0);
}

static void test_inet_socket(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	/* A port that was free a moment ago. */
	struct pd_error error;
	for (int port = 20000 + getpid() % 20000, tries = 0; tries < 50; port++, tries++) {
		const char *where = pd_printf(arena, "inet:127.0.0.1:%d", port);
		int fd;
		if (pd_listen(where, 0, &fd, &error) != PD_OK)
			continue;
		close(fd);
		talk(where);
		return;
	}
	fail_msg("no free port: %s", error.text);
}

static void test_wrong_addresses(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"",	      "tcp:x:1",     "inet:127.0.0.1",	     "inet:127.0.0.1:x",
		"inet::25",   "inet:::1:25", "inet:127.0.0.1:70000", "unix:",
		"/tmp/socket"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_error error = {0};
		int fd;
		CHECK_ROW(rows[i], pd_listen(rows[i], 0660, &fd, &error) == PD_CONFIGURATION);
		CHECK_ROW(rows[i], error.text[0] != '\0');
		CHECK_ROW(rows[i], pd_connect(rows[i], 0, &fd, &error) == PD_CONFIGURATION);
	}
}

static void test_raw(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 8192, PD_RAW_SPOOL - 1, PD_RAW_SPOOL, PD_RAW_SPOOL + 1, 3000000};
	struct pd_error error;
	char *want = malloc(3000000);
	for (size_t i = 0; i < 3000000; i++)
		want[i] = (char)(i * 7 + i / 251);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		PD_AUTO_RAW raw = pd_raw_new(directory);
		for (size_t at = 0, n; at < sizes[i]; at += n) {
			n = sizes[i] - at < 777 ? sizes[i] - at : 777;
			assert_int_equal(pd_raw_add(raw, want + at, n, &error), PD_OK);
		}
		assert_int_equal(pd_raw_finish(raw, &error), PD_OK);
		assert_int_equal(raw->size, sizes[i]);
		assert_memory_equal(raw->data, want, sizes[i]);
		assert_int_equal(raw->fd >= 0, sizes[i] > PD_RAW_SPOOL);
	}
	PD_AUTO_RAW copy = pd_raw_from_bytes(want, 1000);
	assert_int_equal(copy->size, 1000);
	assert_memory_equal(copy->data, want, 1000);
	free(want);
	pd_raw_free(NULL);
}

static void test_raw_files(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error;
	const char *path = pd_printf(arena, "%s/mail", directory);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(pd_write_all(fd, "Subject: x\r\n\r\n", 14), 0);
	close(fd);
	struct pd_raw *raw = NULL;
	assert_int_equal(pd_raw_from_file(path, directory, &raw, &error), PD_OK);
	assert_int_equal(raw->size, 14);
	pd_raw_free(raw);
	raw = NULL;
	assert_int_equal(pd_raw_from_file("/no/such/file", directory, &raw, &error), PD_PERMANENT);
	assert_null(raw);
	/* No spool directory: the mail is not taken, and nothing is lost without a word. */
	static char big[PD_RAW_SPOOL + 1];
	PD_AUTO_RAW nowhere = pd_raw_new("/no/such/directory");
	assert_int_equal(pd_raw_add(nowhere, big, sizeof big, &error), PD_TEMPORARY);
	assert_non_null(strstr(error.text, "/no/such/directory"));
}

/* A spool that fills up is told as such, and the mail that does not fit is not taken for whole. */
static void test_raw_full(void **state)
{
	(void)state;
	static char big[PD_RAW_SPOOL * 4];
	struct pd_error error;
	struct rlimit before, tight;
	getrlimit(RLIMIT_FSIZE, &before);
	tight = before;
	tight.rlim_cur = PD_RAW_SPOOL * 3;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	PD_AUTO_RAW raw = pd_raw_new(directory);
	int first = pd_raw_add(raw, big, PD_RAW_SPOOL * 2, &error);
	int second = pd_raw_add(raw, big, PD_RAW_SPOOL * 2, &error);
	setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(first, PD_OK);
	assert_int_equal(second, PD_FULL);
	assert_int_equal(error.class, PD_FULL);
	assert_int_equal(pd_raw_finish(raw, &error), PD_TEMPORARY);
}

/* What pd_log writes to stderr. */
static char *logged(struct pd_arena *arena, enum pd_level level, const char *text, const char *value)
{
	const char *path = pd_printf(arena, "%s/log", directory);
	int saved = dup(STDERR_FILENO), fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
	dup2(fd, STDERR_FILENO);
	pd_log(level, text, "queue-id", "4XYZ", "ticket", NULL, "subject", value, NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	char *line = pd_alloc(arena, 10000);
	ssize_t n = pread(fd, line, 9999, 0);
	close(fd);
	assert_true(n >= 0);
	return line;
}

static void test_log(void **state)
{
	(void)state;
	static const struct {
		const char *name, *value, *want;
	} rows[] = {
		{"plain", "x", "info: stored queue-id=4XYZ subject=x\n"},
		{"blank", "a b", "info: stored queue-id=4XYZ subject=\"a b\"\n"},
		{"empty", "", "info: stored queue-id=4XYZ subject=\"\"\n"},
		{"forged line", "x\nerror: fire", "info: stored queue-id=4XYZ subject=\"x\\nerror: fire\"\n"},
		{"quote", "a\"b\\", "info: stored queue-id=4XYZ subject=\"a\\\"b\\\\\"\n"},
		{"escape", "\x1b[1m", "info: stored queue-id=4XYZ subject=\"\\x1b[1m\"\n"},
		{"bidi", "a\xe2\x80\xae", "info: stored queue-id=4XYZ subject=\"a\\u202e\"\n"},
		{"invalid", "a\xff", "info: stored queue-id=4XYZ subject=\"a\\xff\"\n"},
		{"umlaut", "\xc3\xa4", "info: stored queue-id=4XYZ subject=\"\xc3\xa4\"\n"},
		{"equals", "a=b", "info: stored queue-id=4XYZ subject=\"a=b\"\n"},
		{"left out", NULL, "info: stored queue-id=4XYZ\n"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	pd_log_open(PD_LOG_STDERR, PD_INFO, "postdeskd");
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW_STRING(rows[i].name, logged(arena, PD_INFO, "stored", rows[i].value), rows[i].want);
	assert_string_equal(logged(arena, PD_DEBUG, "stored", "x"), "");
	char longer[5000];
	memset(longer, 'z', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	const char *line = logged(arena, PD_ERROR, "x", longer);
	assert_true(strlen(line) < 1100 && pd_ends(line, "...\"\n"));
	pd_log_open(PD_LOG_JOURNAL, PD_INFO, "postdeskd");
	assert_string_equal(logged(arena, PD_WARNING, "x", NULL), "<4>x queue-id=4XYZ\n");
}

/* What the program says, started while signals are blocked and ignored here. */
static pid_t run(char *const argv[], int file, char *told, size_t size)
{
	int pipes[2], status;
	pid_t pid;
	sigset_t all, before;
	sigfillset(&all);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	const int fds[] = {PD_SPAWN_NULL, pipes[1], PD_SPAWN_SAME, file};
	pthread_sigmask(SIG_BLOCK, &all, &before);
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pd_spawn(argv[0], argv, fds, 4, &pid), 0);
	signal(SIGPIPE, old);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(pipes[1]);
	size_t len = 0;
	for (ssize_t n; (n = read(pipes[0], told + len, size - 1 - len)) > 0; len += (size_t)n)
		;
	told[len] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return pid;
}

/* A line of signals in /proc/self/status. */
static unsigned long long signals(const char *status, const char *name)
{
	const char *at = strstr(status, name);
	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 16);
}

/* What a program is given: these descriptors, no signal blocked or ignored, a process group of its own. */
static void test_spawn(void **state)
{
	(void)state;
	char told[4000], want[100];
	char shell[] = "/bin/sh", option[] = "-c",
	     script[] = "readlink /proc/$$/fd/0; test -e /proc/$$/fd/4 || echo no 4; readlink /proc/$$/fd/3;"
			"cut -d' ' -f5 /proc/$$/stat";
	char cat[] = "/bin/cat", file[] = "/proc/self/status", nowhere[] = "/nowhere/sh";
	PD_AUTO_FD root = open("/", O_RDONLY | O_CLOEXEC);
	pid_t pid = run((char *[]){shell, option, script, NULL}, root, told, sizeof told);
	snprintf(want, sizeof want, "/dev/null\nno 4\n/\n%d\n", (int)pid);
	assert_string_equal(told, want);
	run((char *[]){cat, file, NULL}, root, told, sizeof told);
	assert_int_equal(signals(told, "SigBlk:"), 0);
	assert_int_equal(signals(told, "SigIgn:") & 1ULL << (SIGPIPE - 1), 0);
	assert_int_equal(pd_spawn(nowhere, (char *[]){nowhere, NULL}, (int[]){PD_SPAWN_NULL}, 1, &pid), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadlines),	cmocka_unit_test(test_end_of_file),
		cmocka_unit_test(test_unix_socket),	cmocka_unit_test(test_inet_socket),
		cmocka_unit_test(test_wrong_addresses), cmocka_unit_test(test_raw),
		cmocka_unit_test(test_raw_files),	cmocka_unit_test(test_log),
		cmocka_unit_test(test_raw_full),	cmocka_unit_test(test_spawn),
	};
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}

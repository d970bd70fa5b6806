/* Fetching a file: see fetch.h.
 *
 * Promises: no more bytes are taken than allowed and no more time than given, whatever the other program does: it is killed.
 * Fails: as the result says; without the program it is PD_FETCH_LATER. */
#include "gate/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spawn.h"

#define PROGRAM	   "postdesk-fetch"
#define GRACE	   (5 * PD_SECOND) /* beyond the program's own limit */

/* Beside the program that runs, as it is built, or where it is installed. */
static char *find_program(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *directory = self != NULL ? g_path_get_dirname(self) : NULL;
	g_autofree char *beside = directory != NULL ? g_build_filename(directory, PROGRAM, NULL) : NULL;
	if (beside != NULL && access(beside, X_OK) == 0)
		return g_steal_pointer(&beside);
	return g_strdup(PD_LIBEXEC_DIR "/" PROGRAM);
}

struct pipes {
	int url[2], body[2], words[2];
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct pipes *pipes)
{
	for (int i = 0; i < 2; i++) {
		close_one(&pipes->url[i]);
		close_one(&pipes->body[i]);
		close_one(&pipes->words[i]);
	}
}

static bool open_pipes(struct pipes *pipes, const char *url)
{
	*pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
	if (pipe2(pipes->url, O_CLOEXEC) == 0 && pipe2(pipes->body, O_CLOEXEC) == 0 && pipe2(pipes->words, O_CLOEXEC) == 0 &&
	    pd_write_all(pipes->url[1], url, strlen(url)) == 0) { /* shorter than what a pipe holds */
		close_one(&pipes->url[1]);
		return true;
	}
	close_all(pipes);
	return false;
}

static bool start(struct pipes *pipes, size_t limit, pd_time within, pid_t *ret_pid)
{
	g_autofree char *program = find_program();
	char bytes[32], seconds[32];
	snprintf(bytes, sizeof bytes, "%zu", limit);
	snprintf(seconds, sizeof seconds, "%lld", (long long)(within / PD_SECOND));
	char *const argv[] = {PROGRAM, bytes, seconds, NULL};
	const int fds[] = {pipes->url[0], pipes->body[1], pipes->words[1]};
	int failed = pd_spawn(program, argv, fds, 3, ret_pid);
	close_one(&pipes->url[0]);
	close_one(&pipes->body[1]);
	close_one(&pipes->words[1]);
	return failed == 0;
}

/* Takes the body until its end. PD_FETCH_DONE: that was reached. */
static enum pd_fetch_result take(int body, int stop, size_t limit, int64_t deadline, struct pd_raw *raw)
{
	char bytes[65536];
	struct pd_error error;
	size_t taken = 0;
	for (;;) {
		struct pollfd polls[2] = {{.fd = body, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
		int64_t left = deadline - pd_monotonic();
		if (left <= 0)
			return PD_FETCH_BROKEN;
		if (poll(polls, 2, (int)left) < 0 && errno != EINTR)
			return PD_FETCH_LATER;
		if (polls[1].revents != 0)
			return PD_FETCH_STOPPED;
		if (polls[0].revents == 0)
			continue;
		ssize_t count = read(body, bytes, sizeof bytes);
		if (count == 0)
			return PD_FETCH_DONE;
		if (count < 0 && errno != EINTR)
			return PD_FETCH_LATER;
		if (count < 0)
			continue;
		taken += (size_t)count;
		if (taken > limit)
			return PD_FETCH_TOO_LARGE;
		if (pd_raw_add(raw, bytes, (size_t)count, &error) != 0)
			return PD_FETCH_LATER;
	}
}

/* A program that was ended had no time for words. */
static void read_words(int words, enum pd_fetch_result result, char *ret_why, size_t size)
{
	ssize_t count = read(words, ret_why, size - 1);
	ret_why[count > 0 ? count : 0] = '\0';
	ret_why[strcspn(ret_why, "\r\n")] = '\0';
	if (*ret_why == '\0' && result != PD_FETCH_DONE)
		snprintf(ret_why, size, "%s", result == PD_FETCH_TOO_LARGE ? "too large" : PROGRAM " was ended");
}

/* What the program said by its end. */
static enum pd_fetch_result result_of(pid_t pid, enum pd_fetch_result taken)
{
	int status = 0;
	if (taken != PD_FETCH_DONE)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (taken != PD_FETCH_DONE)
		return taken;
	if (!WIFEXITED(status))
		return PD_FETCH_BROKEN;
	return WEXITSTATUS(status) <= PD_FETCH_BROKEN ? (enum pd_fetch_result)WEXITSTATUS(status) : PD_FETCH_LATER;
}

enum pd_fetch_result pd_fetch(const char *url, size_t limit, pd_time within, const char *directory, int stop,
			      struct pd_raw **ret_raw, char *ret_why, size_t why_size)
{
	struct pipes pipes;
	struct pd_error error;
	pid_t pid;
	if (!open_pipes(&pipes, url)) {
		snprintf(ret_why, why_size, "%s", strerror(errno));
		return PD_FETCH_LATER;
	}
	if (!start(&pipes, limit, within, &pid)) {
		close_all(&pipes);
		snprintf(ret_why, why_size, "%s cannot be run", PROGRAM);
		return PD_FETCH_LATER;
	}
	PD_AUTO_RAW raw = pd_raw_new(directory);
	enum pd_fetch_result result = take(pipes.body[0], stop, limit, pd_monotonic() + within + GRACE, raw);
	result = result_of(pid, result);
	read_words(pipes.words[0], result, ret_why, why_size);
	close_all(&pipes);
	if (result == PD_FETCH_DONE && pd_raw_finish(raw, &error) != 0)
		result = PD_FETCH_LATER;
	if (result == PD_FETCH_DONE) {
		*ret_raw = raw;
		raw = NULL;
	}
	return result;
}

/* Handing a mail to a sendmail program: see sendmail.h.
 *
 * Promises: the program reads the bytes with plain LF, as its kind expects, from a file in memory, so that
 * nobody waits for a pipe; an address never becomes an option. Fails: by classes, with what it wrote to
 * stderr. */
#include "post/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spawn.h"
#include "base/text.h"

#define WORDS_KEPT 1000 /* bytes of what the program says */

/* The bytes with CR LF made LF, in an unnamed file at its start; -1 with errno. */
static int text_file(struct pd_bytes bytes)
{
	PD_AUTO_FD fd = memfd_create("mail", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	PD_AUTO_BUF text = {0};
	const char *at = bytes.data, *end = bytes.data + bytes.len;
	while (at < end) {
		const char *cr = memchr(at, '\r', (size_t)(end - at));
		const char *stop = cr != NULL ? cr : end;
		pd_buf_add(&text, at, (size_t)(stop - at));
		if (cr != NULL && !(cr + 1 < end && cr[1] == '\n'))
			pd_buf_addc(&text, '\r');
		at = cr != NULL ? cr + 1 : end;
	}
	if (pd_write_all(fd, text.data, text.len) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	int file = fd;
	fd = -1;
	return file;
}

/* What the program writes, until it closes its output; false: time is up. */
static bool listen_to(int fd, int64_t deadline, struct pd_buf *words)
{
	char block[1024];
	for (;;) {
		if (pd_wait(fd, POLLIN, deadline) <= 0)
			return false;
		ssize_t n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		size_t room = WORDS_KEPT - words->len;
		pd_buf_add(words, block, (size_t)n < room ? (size_t)n : room);
	}
}

/* The status of the ended program; killed where the deadline passes before, ret_is_late. */
static int wait_for(pid_t pid, int64_t deadline, bool *ret_is_late)
{
	int status = 0;
	PD_AUTO_FD handle = (int)syscall(SYS_pidfd_open, pid, 0);
	*ret_is_late = handle >= 0 && pd_wait(handle, POLLIN, deadline) == 0;
	if (*ret_is_late)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static enum pd_sent sent_of(int code)
{
	switch (code) {
	case EX_OK:
		return PD_SENT_TAKEN;
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
		return PD_SENT_REFUSED;
	default:
		return PD_SENT_LATER;
	}
}

static void judge(const struct pd_mail *mail, struct pd_sent_recipient *verdicts, enum pd_sent sent,
		  const char *reply)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		verdicts[i] = (struct pd_sent_recipient){mail->recipients.items[i], sent, reply};
}

int pd_sendmail_send(const char *path, struct pd_arena *arena, const struct pd_mail *mail, pd_time timeout,
		     struct pd_sent_recipient *ret_verdicts, struct pd_error *error)
{
	struct pd_error own = {0};
	int64_t deadline = pd_monotonic() + timeout;
	struct {
		char **items;
		size_t count, room;
	} arguments = {0};
	static const char *const fixed[] = {"-G", "-i", "-f"};
	*pd_list_add(arena, &arguments) = pd_strdup(arena, path);
	for (size_t i = 0; i < 3; i++)
		*pd_list_add(arena, &arguments) = pd_strdup(arena, fixed[i]);
	*pd_list_add(arena, &arguments) = pd_strdup(arena, *mail->sender != '\0' ? mail->sender : "<>");
	*pd_list_add(arena, &arguments) = pd_strdup(arena, "--");
	for (size_t i = 0; i < mail->recipients.count; i++)
		*pd_list_add(arena, &arguments) = pd_strdup(arena, mail->recipients.items[i]);
	*pd_list_add(arena, &arguments) = NULL;

	int pipes[2];
	PD_AUTO_FD input = text_file(mail->bytes);
	if (input < 0 || pipe2(pipes, O_CLOEXEC) < 0) {
		int class = pd_fail_errno(&own, PD_TEMPORARY, errno, "cannot hand a mail to %s", path);
		judge(mail, ret_verdicts, PD_SENT_LATER, pd_strdup(arena, own.text));
		if (error != NULL)
			*error = own;
		return class;
	}
	PD_AUTO_FD output = pipes[0];
	pid_t pid;
	const int fds[] = {input, pipes[1], pipes[1]};
	int code = pd_spawn(path, arguments.items, fds, sizeof fds / sizeof *fds, &pid);
	close(pipes[1]);
	if (code != 0) {
		int class = pd_fail_errno(&own, PD_TEMPORARY, code, "cannot run %s", path);
		judge(mail, ret_verdicts, PD_SENT_LATER, pd_strdup(arena, own.text));
		if (error != NULL)
			*error = own;
		return class;
	}
	PD_AUTO_BUF words = {0};
	bool is_late = !listen_to(output, deadline, &words);
	int status = wait_for(pid, is_late ? pd_monotonic() : deadline, &is_late);
	const char *said = words.len > 0 ? pd_clean_line(arena, words.data, 300) : "nothing";
	if (is_late || !WIFEXITED(status)) {
		const char *why = is_late ? "it did not end in time" : "it was ended by a signal";
		judge(mail, ret_verdicts, PD_SENT_LATER, pd_printf(arena, "%s: %s", path, why));
		return pd_fail(error, PD_UNCERTAIN, "%s: %s", path, why);
	}
	judge(mail, ret_verdicts, sent_of(WEXITSTATUS(status)),
	      pd_printf(arena, "exit %d, said: %s", WEXITSTATUS(status), said));
	return PD_OK;
}

/* Does a chat's component log in? One try, as postdeskd does it (XEP-0114), and the stream is closed again.
 *
 * Not tried while postdeskd runs: it has the name already, and some servers would give it to the second. */
#include "flow/internal.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/text.h"
#include "flow/check_chat.h"

#define ANSWER_WITHIN (5 * PD_SECOND)
#define ANSWER_MAX    4096

/* Reads until one of the words stands in the answer; gives which: 0 or 1; -1: neither. */
static int await(int fd, struct pd_buf *answer, const char *one, const char *other)
{
	int64_t deadline = pd_monotonic() + ANSWER_WITHIN;

	while (answer->len < ANSWER_MAX && pd_wait(fd, POLLIN, deadline) > 0) {
		char bytes[512];
		ssize_t count = read(fd, bytes, sizeof bytes);

		if (count <= 0)
			break;
		pd_buf_add(answer, bytes, (size_t)count);
		if (strstr(answer->data, one))
			return 0;
		if (strstr(answer->data, other))
			return 1;
	}
	return -1;
}

/* The stream's id: the value of id='…' in the header. */
static char *stream_id(const char *header)
{
	const char *at = header ? strstr(header, "<stream:stream") : NULL;

	for (at = at ? strstr(at, " id=") : NULL; at && (at[4] == '\'' || at[4] == '"');) {
		const char *end = strchr(at + 5, at[4]);
		return end ? g_strndup(at + 5, (gsize)(end - at - 5)) : NULL;
	}
	return NULL;
}

/* NULL: it logs in; else what is wrong. */
static const char *log_in(struct pd_arena *arena, int fd, const struct pd_chat *chat, const char *secret)
{
	PD_AUTO_BUF answer = {.limit = ANSWER_MAX + 512};
	const char *hello = pd_printf(arena, "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
					     "xmlns:stream='http://etherx.jabber.org/streams' to='%s'>", chat->component);
	int64_t deadline = pd_monotonic() + ANSWER_WITHIN;

	if (pd_write_all_until(fd, hello, strlen(hello), deadline) || await(fd, &answer, " id=", "<stream:error") != 0)
		return strstr(answer.data ? answer.data : "", "host-unknown") ? "the server knows no component of this name"
									       : "the server speaks no component protocol there";
	g_autofree char *id = stream_id(answer.data);

	for (; id == NULL; id = stream_id(answer.data))
		if (await(fd, &answer, ">", ">") < 0)
			return "the server speaks no component protocol there";
	g_autofree char *both = g_strconcat(id, secret, NULL);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, both, -1);
	const char *handshake = pd_printf(arena, "<handshake>%s</handshake>", digest);

	if (pd_write_all_until(fd, handshake, strlen(handshake), deadline))
		return "the server closed the connection";
	if (await(fd, &answer, "<handshake", "<stream:error") == 0) {
		(void)pd_write_all_until(fd, "</stream:stream>", strlen("</stream:stream>"), deadline);
		return NULL;
	}
	const char *said = answer.data ? answer.data : "";

	return strstr(said, "conflict")	      ? "another component has this name already"
	       : strstr(said, "host-unknown") ? "the server knows no component of this name"
	       : strstr(said, "not-authorized") ? "the server refuses the secret"
						: "the server does not let it in";
}

/* postdeskd holds the lock of its state directory. */
static bool is_running(const struct pd_settings *settings)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_FD fd = open(pd_printf(arena, "%s/lock", settings->state), O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

static void check_one(const struct pd_settings *settings, const struct pd_chat *chat, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	g_autofree char *secret = NULL;
	g_autoptr(GError) fault = NULL;
	struct pd_error error;
	struct stat st;
	int fd;

#ifndef PD_HAVE_CURL
	if (chat->files.count > 0)
		pd_warning_add(problems, chat->where, "[chat %s] files: this postdesk was built without libcurl: links stay links",
			       chat->name);
#endif
	if (!g_file_get_contents(chat->secret_file, &secret, NULL, &fault)) {
		pd_problem_add(problems, chat->where, "[chat %s] secret_file: %s", chat->name, fault->message);
		return;
	}
	secret[strcspn(secret, "\r\n")] = '\0';
	if (*secret == '\0')
		pd_problem_add(problems, chat->where, "[chat %s] secret_file: the first line of %s is empty", chat->name,
			       chat->secret_file);
	if (stat(chat->secret_file, &st) == 0 && (st.st_mode & 07))
		pd_warning_add(problems, chat->where, "[chat %s] secret_file: %s is open to everybody (mode %03o)", chat->name,
			       chat->secret_file, (unsigned)st.st_mode & 0777);
	if (*secret == '\0' || is_running(settings))
		return;
	if (pd_connect(chat->server, pd_monotonic() + ANSWER_WITHIN, &fd, &error)) {
		pd_warning_add(problems, chat->where, "[chat %s] server: nobody answers at %s (%s)", chat->name,
			       strchr(chat->server, ':') + 1, error.text);
		return;
	}
	const char *wrong = log_in(arena, fd, chat, secret);

	close(fd);
	if (wrong)
		pd_problem_add(problems, chat->where, "[chat %s]: %s does not log in at %s: %s", chat->name, chat->component,
			       strchr(chat->server, ':') + 1, wrong);
}

void pd_flow_check_chats(const struct pd_settings *settings, struct pd_problems *problems)
{
	for (size_t i = 0; i < settings->chats.count; i++) {
		const struct pd_chat *chat = &settings->chats.items[i];

		if (chat->component && chat->server && chat->secret_file)
			check_one(settings, chat, problems);
	}
}

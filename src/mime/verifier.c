/* The verifiers, on the daemon's side: a fresh folder, a helper that works in it, what it says.
 *
 * Promises: each check begins and ends by its deadline; the folder and every process of the helper are gone afterwards; no more
 * than MAX_AT_ONCE run at a time. What fails on the way is a signature that could not be checked. */
#include "mime/verifier_words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spawn.h"
#include "base/text.h"
#include "mime/verifier_tasks.h"

#define MAX_AT_ONCE 2
#define MAX_OUTPUT  ((size_t)1 << 20)
#define MAX_KEY	    ((size_t)1 << 20) /* bytes of a key file */
#define MAX_DEPTH   4
#define TOO_LATE    "it could not be checked in time"
#define TOO_MANY    "too many signatures were to be checked at once"

struct pd_verifier {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	unsigned running;
	char *program;
};

struct pd_verifier *pd_verifier_new(const char *program)
{
	struct pd_verifier *verifier = calloc(1, sizeof *verifier);
	char *copy = strdup(program);
	if (!verifier || !copy)
		abort();
	pthread_mutex_init(&verifier->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&verifier->freed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	verifier->program = copy;
	return verifier;
}

void pd_verifier_free(struct pd_verifier *verifier)
{
	if (!verifier)
		return;
	pthread_cond_destroy(&verifier->freed);
	pthread_mutex_destroy(&verifier->lock);
	free(verifier->program);
	free(verifier);
}

/* False: all were busy until the deadline, with mails that were made to take long, perhaps. Nobody waits longer. */
static bool take(struct pd_verifier *verifier, pd_time deadline)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(deadline / PD_SECOND);
	until.tv_nsec += (long)(deadline % PD_SECOND) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	int waited = 0;
	pthread_mutex_lock(&verifier->lock);
	while (verifier->running >= MAX_AT_ONCE && waited == 0)
		waited = pthread_cond_timedwait(&verifier->freed, &verifier->lock, &until);
	bool is_free = verifier->running < MAX_AT_ONCE;
	verifier->running += is_free;
	pthread_mutex_unlock(&verifier->lock);
	return is_free;
}

static void give_back(struct pd_verifier *verifier)
{
	pthread_mutex_lock(&verifier->lock);
	verifier->running--;
	pthread_cond_signal(&verifier->freed);
	pthread_mutex_unlock(&verifier->lock);
}

/* --- the folder --- */

static void remove_inside(int directory, const char *name, unsigned depth)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	if (!stream) {
		if (fd >= 0)
			close(fd);
		unlinkat(directory, name, 0);
		return;
	}
	while (depth < MAX_DEPTH && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_inside(fd, entry->d_name, depth + 1);
	closedir(stream);
	unlinkat(directory, name, AT_REMOVEDIR);
}

void pd_verifier_tidy(const char *directory)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	remove_inside(AT_FDCWD, pd_printf(arena, "%s/gnupg", directory), 0);
}

/* NULL with errno where it cannot be made. */
static const char *make_home(struct pd_arena *arena, const char *directory)
{
	const char *parent = pd_printf(arena, "%s/gnupg", directory);
	char *home = pd_printf(arena, "%s/XXXXXX", parent);
	if (mkdir(parent, 0700) != 0 && errno != EEXIST)
		return NULL;
	return mkdtemp(home);
}

static int open_new(const char *home, const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	return open(pd_printf(arena, "%s/%s", home, name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool write_file(const char *home, const char *name, const char *data, size_t len)
{
	PD_AUTO_FD fd = open_new(home, name);
	return fd >= 0 && pd_write_all(fd, data, len) == 0;
}

/* What is signed has CRLF line ends (RFC 3156, section 5), however the mail came. */
static bool write_canonical(const char *home, const char *name, const char *data, size_t len,
			    unsigned char ret_digest[PD_SHA256_SIZE])
{
	PD_AUTO_FD fd = open_new(home, name);
	struct pd_sha256_sum sum;
	size_t from = 0;
	pd_sha256_begin(&sum);
	if (fd < 0)
		return false;
	for (size_t at = 0; at < len;) {
		const char *lf = memchr(data + at, '\n', len - at);
		if (!lf)
			break;
		size_t end = (size_t)(lf - data);
		if (end == 0 || data[end - 1] != '\r') {
			if (pd_write_all(fd, data + from, end - from) != 0 || pd_write_all(fd, "\r\n", 2) != 0)
				return false;
			pd_sha256_add(&sum, data + from, end - from);
			pd_sha256_add(&sum, "\r\n", 2);
			from = end + 1;
		}
		at = end + 1;
	}
	pd_sha256_add(&sum, data + from, len - from);
	pd_sha256_end(&sum, ret_digest);
	return pd_write_all(fd, data + from, len - from) == 0;
}

/* --- the helper --- */

static int spawn(const char *program, char *const argv[], int out, pid_t *ret_pid)
{
	const int fds[] = {PD_SPAWN_NULL, out, PD_SPAWN_MUTE};
	return pd_spawn(program, argv, fds, sizeof fds / sizeof *fds, ret_pid);
}

/* All that it says until it closes its end. False: too late, or too much. */
static bool listen_to(int fd, struct pd_buf *out, int64_t deadline)
{
	char piece[4096];
	for (;;) {
		if (pd_wait(fd, POLLIN, deadline) <= 0)
			return false;
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n == 0;
		pd_buf_add(out, piece, (size_t)n);
		if (out->overflowed)
			return false;
	}
}

struct told {
	const char *text;
	int code;	 /* the program's exit code; -1: it did not end by itself */
	const char *why; /* what went wrong with the helper; NULL */
};

/* Waits without reaping, so that the group's number is nobody else's while it is killed. */
static void finish(pid_t pid, bool is_in_time, struct told *told)
{
	siginfo_t info = {0};
	int status = 0;
	if (is_in_time)
		while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
			;
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	told->code = is_in_time && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct told run(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
		       const char *task, const char *home, const char *program)
{
	struct told told = {.text = "", .code = -1};
	int pipes[2];
	pid_t pid;
	PD_AUTO_BUF out = {.limit = MAX_OUTPUT};
	if (pipe2(pipes, O_CLOEXEC) != 0) {
		told.why = "the verifier cannot be started";
		return told;
	}
	char *argv[] = {pd_strdup(arena, "postdesk-verifier"), pd_strdup(arena, PD_VERIFIER_OPTION),
			pd_strdup(arena, task), pd_strdup(arena, home), pd_strdup(arena, program),
			pd_printf(arena, "%lld", (long long)(tools->deadline / PD_SECOND) + 1), NULL};
	int failed = spawn(verifier->program, argv, pipes[1], &pid);
	close(pipes[1]);
	if (failed == 0) {
		int64_t deadline = pd_monotonic() + tools->deadline;
		bool is_in_time = listen_to(pipes[0], &out, deadline);
		finish(pid, is_in_time, &told);
		told.text = out.data ? pd_strndup(arena, out.data, out.len) : "";
		if (!is_in_time)
			told.why = TOO_LATE;
		else if (told.code < 0)
			told.why = "the program that checks signatures failed";
		else if (told.code == PD_VERIFIER_NO_PROGRAM)
			told.why = pd_printf(arena, "%s cannot be run", program);
		else if (told.code == PD_VERIFIER_NO_SANDBOX)
			told.why = "the verifier cannot be started";
	} else {
		told.why = "the verifier cannot be started";
	}
	close(pipes[0]);
	return told;
}

static const char *program_for(const struct pd_verifier_tools *tools, enum pd_signed_kind kind)
{
	const char *program = kind == PD_SIGNED_OPENPGP ? tools->gpg : tools->gpgsm;
	return program ? program : "";
}

/* --- a mail --- */

static bool write_keys(struct pd_arena *arena, const char *home, enum pd_signed_kind kind, const struct pd_public_keys *keys)
{
	PD_AUTO_BUF all = {0};
	for (size_t i = 0; i < keys->count; i++) {
		const struct pd_public_key *key = &keys->items[i];
		if (key->kind != kind)
			continue;
		if (kind == PD_SIGNED_SMIME && !write_file(home, pd_printf(arena, PD_VERIFIER_CERTIFICATE "%zu", i),
							   key->data.data, key->data.len))
			return false;
		pd_buf_add(&all, key->data.data, key->data.len);
	}
	return kind == PD_SIGNED_SMIME || write_file(home, PD_VERIFIER_KEYRING, all.data ? all.data : "", all.len);
}

static const char *verify(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
			  const struct pd_raw *raw, const struct pd_signed_part *part, const struct pd_public_keys *keys,
			  pd_time now, struct pd_verified *verified)
{
	const char *program = program_for(tools, part->kind);
	if (!*program)
		return "signatures of this kind are not checked here";
	const char *home = make_home(arena, tools->directory);
	if (!home)
		return "the verifier's folder cannot be made";
	struct told told = {.why = "the verifier's folder cannot be written"};
	unsigned char digest[PD_SHA256_SIZE];
	if (write_canonical(home, PD_VERIFIER_DATA, raw->data + part->start, part->len, digest) &&
	    write_file(home, PD_VERIFIER_SIGNATURE, part->signature.data, part->signature.len) &&
	    write_keys(arena, home, part->kind, keys))
		told = run(verifier, arena, tools,
			   part->kind == PD_SIGNED_OPENPGP ? PD_TASK_VERIFY_OPENPGP : PD_TASK_VERIFY_SMIME, home,
			   program);
	remove_inside(AT_FDCWD, home, 0);
	if (!told.why)
		pd_verifier_read_status(arena, part->kind, told.text, told.code == 0, keys, now, verified);
	if (!told.why && verified->is_good)
		verified->digest = pd_hex(arena, digest, sizeof digest);
	return told.why;
}

void pd_verify(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
	       const struct pd_raw *raw, const struct pd_signed_part *part, const struct pd_public_keys *keys, pd_time now,
	       struct pd_verified *ret_verified)
{
	struct pd_verified verified = {0};
	bool is_any = false;
	for (size_t i = 0; i < keys->count; i++)
		is_any |= keys->items[i].kind == part->kind;
	if (!is_any) {
		verified.why = "signed by a key that is not registered";
	} else if (part->kind == PD_SIGNED_NOT || part->start > raw->size || part->len > raw->size - part->start) {
		verified.why = "the mail is not signed as a whole";
	} else if (!take(verifier, tools->deadline)) {
		verified.why = TOO_MANY;
	} else {
		const char *why = verify(verifier, arena, tools, raw, part, keys, now, &verified);
		give_back(verifier);
		if (why)
			verified = (struct pd_verified){.why = why};
	}
	*ret_verified = verified;
}

/* --- a key file --- */

static int read_exported(struct pd_arena *arena, const char *home, struct pd_public_key *key, struct pd_error *error)
{
	PD_AUTO_FD fd = open(pd_printf(arena, "%s/" PD_VERIFIER_EXPORT, home), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
	    (size_t)st.st_size > MAX_KEY)
		return pd_fail(error, PD_PERMANENT, "the key %s cannot be exported", key->fingerprint);
	char *data = pd_alloc(arena, (size_t)st.st_size);
	if (pd_read_all(fd, data, (size_t)st.st_size) != 0)
		return pd_fail(error, PD_TEMPORARY, "the exported key cannot be read");
	key->data = (struct pd_bytes){data, (size_t)st.st_size};
	return PD_OK;
}

static int read_in_home(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
			enum pd_signed_kind kind, const char *home, const char *program, pd_time now,
			struct pd_public_key *key, struct pd_error *error)
{
	struct told told = {.text = ""};
	if (kind == PD_SIGNED_OPENPGP)
		told = run(verifier, arena, tools, PD_TASK_LOOK_OPENPGP, home, program);
	if (!told.why && pd_verifier_lists_secret(told.text))
		return pd_fail(error, PD_PERMANENT, "the file holds a secret key: register the public one alone");
	if (!told.why)
		told = run(verifier, arena, tools, kind == PD_SIGNED_OPENPGP ? PD_TASK_KEEP_OPENPGP : PD_TASK_KEEP_SMIME,
			   home, program);
	if (told.why)
		return pd_fail(error, PD_TEMPORARY, "the key was not read: %s", told.why);
	int failed = pd_verifier_read_listing(arena, kind, told.text, now, key, error);
	return failed ? failed : read_exported(arena, home, key, error);
}

int pd_key_read(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
		const char *data, size_t size, pd_time now, struct pd_public_key *ret_key, struct pd_error *error)
{
	bool is_secret;
	enum pd_signed_kind kind = pd_verifier_kind_of_file(data, size, &is_secret);
	if (kind == PD_SIGNED_NOT)
		return pd_fail(error, PD_PERMANENT, "the file holds no public key and no certificate");
	if (is_secret)
		return pd_fail(error, PD_PERMANENT, "the file holds a secret key: register the public one alone");
	if (size > MAX_KEY)
		return pd_fail(error, PD_PERMANENT, "the file is too large for a key (%zu bytes)", size);
	const char *program = program_for(tools, kind);
	if (!*program)
		return pd_fail(error, PD_PERMANENT, "%s is empty in the configuration: such keys are not used",
			       kind == PD_SIGNED_OPENPGP ? "gpg" : "gpgsm");
	const char *home = make_home(arena, tools->directory);
	if (!home)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s/gnupg", tools->directory);
	struct pd_public_key key = {0};
	if (!take(verifier, tools->deadline)) {
		remove_inside(AT_FDCWD, home, 0);
		return pd_fail(error, PD_TEMPORARY, "the key was not read: %s", TOO_MANY);
	}
	int failed = write_file(home, PD_VERIFIER_KEY, data, size)
			     ? read_in_home(verifier, arena, tools, kind, home, program, now, &key, error)
			     : pd_fail(error, PD_TEMPORARY, "%s cannot be written", home);
	give_back(verifier);
	remove_inside(AT_FDCWD, home, 0);
	if (!failed)
		*ret_key = key;
	return failed;
}

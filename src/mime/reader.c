/* The pool of readers, on the daemon's side.
 *
 * Promises: what a mail does to a reader costs that mail its parsing and nothing else; each exchange
 * ends by its deadline; no more processes than configured. A reader is used for a bounded number of
 * mails and then replaced, so that what a mail left behind in it does not stay. Fails with
 * PD_TEMPORARY when a reader cannot be started. */
#include "mime/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/io.h"
#include "base/spawn.h"
#include "mime/inside.h"

#define START_DEADLINE (30 * PD_SECOND)
#define MAX_SERVED     20000		 /* mails by one process */
#define MAX_BUSY       (120 * PD_SECOND) /* of work by one process */

struct reader {
	pid_t pid;
	int fd; /* -1: no process */
	char *memory; /* PD_READER_SHARED bytes that it has, too */
	bool is_busy;
	unsigned served;
	pd_time busy;
};

struct pd_readers {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	char *program;
	struct pd_reader_limits limits;
	struct pd_reader_stats stats;
	struct reader items[];
};

struct pd_readers *pd_readers_new(const char *program, const struct pd_reader_limits *limits)
{
	unsigned count = limits->count > 0 ? limits->count : 1;
	struct pd_readers *readers = calloc(1, sizeof *readers + count * sizeof *readers->items);
	char *copy = strdup(program);
	if (!readers || !copy)
		abort();
	pthread_mutex_init(&readers->lock, NULL);
	pthread_cond_init(&readers->freed, NULL);
	readers->program = copy;
	readers->limits = *limits;
	readers->limits.count = count;
	for (unsigned i = 0; i < count; i++)
		readers->items[i].fd = -1;
	return readers;
}

static void stop(struct reader *reader)
{
	if (reader->fd < 0)
		return;
	close(reader->fd);
	reader->fd = -1;
	munmap(reader->memory, PD_READER_SHARED);
	kill(reader->pid, SIGKILL);
	while (waitpid(reader->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void pd_readers_free(struct pd_readers *readers)
{
	if (!readers)
		return;
	for (unsigned i = 0; i < readers->limits.count; i++)
		stop(&readers->items[i]);
	pthread_cond_destroy(&readers->freed);
	pthread_mutex_destroy(&readers->lock);
	free(readers->program);
	free(readers);
}

struct pd_reader_stats pd_readers_stats(struct pd_readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	struct pd_reader_stats stats = readers->stats;
	pthread_mutex_unlock(&readers->lock);
	return stats;
}

static void count(struct pd_readers *readers, unsigned long *number)
{
	pthread_mutex_lock(&readers->lock);
	++*number;
	pthread_mutex_unlock(&readers->lock);
}

/* --- starting --- */

/* The socket as descriptor 0, the memory, and nothing else. */
static int spawn(const char *program, int fd, int memory, pid_t *ret_pid)
{
	const int fds[PD_READER_MEMORY + 1] = {fd, PD_SPAWN_NULL, PD_SPAWN_MUTE, memory};
	char name[] = "postdesk-reader", option[] = "--reader";
	char *argv[] = {name, option, NULL};
	return pd_spawn(program, argv, fds, PD_READER_MEMORY + 1, ret_pid);
}

/* Memory of a size that nobody can change: one who has it cannot cut it off under the other. -1 with errno. */
static int make_memory(char **ret_memory)
{
	PD_AUTO_FD fd = memfd_create("postdesk-reader", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || ftruncate(fd, (off_t)PD_READER_SHARED) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return -1;
	void *memory = mmap(NULL, PD_READER_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -1;
	*ret_memory = memory;
	int made = fd;
	fd = -1;
	return made;
}

/* The answer is waited for in one call, no longer than a mail may take. */
static void set_timeout(int fd, pd_time deadline)
{
	struct timeval span = {.tv_sec = (time_t)(deadline / PD_SECOND),
			       .tv_usec = (suseconds_t)(deadline % PD_SECOND * 1000)};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof span);
}

/* The process and what leads to it; the reader belongs to the caller. */
static int launch(struct pd_readers *readers, struct reader *reader, struct pd_error *error)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot start a reader");
	PD_AUTO_FD ours = pair[0], theirs = pair[1], memory = make_memory(&reader->memory);
	if (memory < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot start a reader");
	int failed = spawn(readers->program, theirs, memory, &reader->pid);
	if (failed != 0) {
		munmap(reader->memory, PD_READER_SHARED);
		return pd_fail_errno(error, PD_TEMPORARY, failed, "cannot start the reader %s", readers->program);
	}
	set_timeout(ours, readers->limits.deadline);
	reader->fd = ours;
	ours = -1;
	return PD_OK;
}

static int start(struct pd_readers *readers, struct reader *reader, struct pd_error *error)
{
	int result = launch(readers, reader, error);
	if (result != PD_OK)
		return result;
	reader->served = 0;
	reader->busy = 0;
	struct pd_reader_hello hello = {
		.memory = readers->limits.memory,
		.seconds = (uint64_t)((MAX_BUSY + readers->limits.deadline) / PD_SECOND) + 10,
	};
	char ready = 0;
	int64_t deadline = pd_monotonic() + START_DEADLINE;
	if (pd_write_all_until(reader->fd, &hello, sizeof hello, deadline) != 0 ||
	    pd_read_all_until(reader->fd, &ready, 1, deadline) != 0 || ready != 'R') {
		stop(reader);
		return pd_fail(error, PD_TEMPORARY, "the reader %s does not start", readers->program);
	}
	return PD_OK;
}

/* --- sharing --- */

static struct reader *idle(struct pd_readers *readers)
{
	struct reader *found = NULL;
	for (unsigned i = 0; i < readers->limits.count; i++) {
		struct reader *reader = &readers->items[i];
		if (!reader->is_busy && (!found || (found->fd < 0 && reader->fd >= 0)))
			found = reader;
	}
	return found;
}

static struct reader *take(struct pd_readers *readers)
{
	struct reader *reader;
	pthread_mutex_lock(&readers->lock);
	while (!(reader = idle(readers)))
		pthread_cond_wait(&readers->freed, &readers->lock);
	reader->is_busy = true;
	pthread_mutex_unlock(&readers->lock);
	return reader;
}

static void give_back(struct pd_readers *readers, struct reader *reader)
{
	if (reader->fd >= 0 && (reader->served >= MAX_SERVED || reader->busy >= MAX_BUSY))
		stop(reader);
	pthread_mutex_lock(&readers->lock);
	reader->is_busy = false;
	pthread_cond_signal(&readers->freed);
	pthread_mutex_unlock(&readers->lock);
}

/* --- asking --- */

/* The spool file for reading alone: the daemon's own descriptor could be written through. */
static int read_only(int fd)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A mail that lies in memory and is too large for the common one. */
static int in_a_file(const struct pd_raw *raw)
{
	PD_AUTO_FD fd = memfd_create("postdesk-mail", MFD_CLOEXEC);
	if (fd < 0 || pd_write_all(fd, raw->data, raw->size) != 0)
		return -1;
	int made = fd;
	fd = -1;
	return made;
}

static int file_of(const struct pd_raw *raw)
{
	if (raw->fd >= 0 && raw->size > 0)
		return read_only(raw->fd);
	return raw->size > PD_READER_MAIL ? in_a_file(raw) : -1;
}

/* All pieces in one call where the socket takes them, so that the reader wakes once. */
static int send_all(int fd, struct iovec *pieces, size_t count, int file, int64_t deadline)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct msghdr head = {.msg_iov = pieces, .msg_iovlen = count};
	if (file >= 0) {
		head.msg_control = control.bytes;
		head.msg_controllen = sizeof control.bytes;
		struct cmsghdr *message = CMSG_FIRSTHDR(&head);
		message->cmsg_level = SOL_SOCKET;
		message->cmsg_type = SCM_RIGHTS;
		message->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(message), &file, sizeof(int));
	}
	ssize_t n;
	do
		n = sendmsg(fd, &head, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -1; /* the socket of an idle reader is empty: it takes something at once */
	size_t sent = (size_t)n;
	for (size_t i = 0; i < count; i++) {
		size_t skip = sent < pieces[i].iov_len ? sent : pieces[i].iov_len;
		sent -= skip;
		if (pd_write_all_until(fd, (char *)pieces[i].iov_base + skip, pieces[i].iov_len - skip,
				       deadline) != 0)
			return -1;
	}
	return 0;
}

static int ask(struct reader *reader, const struct pd_raw *raw, uint64_t what, bool tnef, const uint64_t *indexes,
	       size_t wanted, int64_t deadline)
{
	PD_AUTO_FD file = file_of(raw);
	struct pd_reader_request request = {
		.what = what, .size = raw->size, .is_file = file >= 0, .tnef = tnef, .wanted = wanted};
	struct iovec pieces[] = {
		{.iov_base = &request, .iov_len = sizeof request},
		{.iov_base = (void *)(uintptr_t)indexes, .iov_len = wanted * sizeof *indexes},
	};
	if (file < 0 && raw->size > PD_READER_MAIL)
		return -1;
	if (file < 0 && raw->size > 0)
		memcpy(reader->memory, raw->data, raw->size);
	return send_all(reader->fd, pieces, sizeof pieces / sizeof *pieces, file, deadline);
}

/* Waits for the head of the answer. */
static int receive_head(int fd, struct pd_reader_answer *ret_head, int64_t deadline)
{
	ssize_t n;
	do
		n = recv(fd, ret_head, sizeof *ret_head, 0);
	while (n < 0 && errno == EINTR && pd_monotonic() < deadline);
	if (n <= 0)
		return -1;
	return pd_read_all_until(fd, (char *)ret_head + n, sizeof *ret_head - (size_t)n, deadline);
}

/* How many bytes the attachments of a mail can have together: each byte may stand in a file, in the text around it, in
 * the mail around that, with its line ends doubled. A reader that says more lies, and would have us make room for it. */
static bool take_room(size_t *left, size_t size)
{
	if (size > *left)
		return false;
	*left -= size;
	return true;
}

static size_t room_of(const struct pd_raw *raw)
{
	return 8 * raw->size;
}

static bool sizes_are_possible(const struct pd_message *message, const struct pd_raw *raw)
{
	size_t left = room_of(raw);
	bool possible = message->size == raw->size;
	for (size_t i = 0; possible && i < message->attachments.count; i++)
		possible = take_room(&left, message->attachments.items[i].size);
	return possible;
}

/* One exchange; NULL: the reader is to be replaced. */
static struct pd_message *read_once(struct reader *reader, struct pd_arena *arena, const struct pd_raw *raw,
				    bool tnef, int64_t deadline)
{
	struct pd_reader_answer head;
	unsigned char digest[PD_SHA256_SIZE], body_digest[PD_SHA256_SIZE];
	uint64_t none = 0;
	if (ask(reader, raw, PD_READER_MESSAGE, tnef, &none, 0, deadline) != 0)
		return NULL;
	pd_message_digests(raw->data, raw->size, digest, body_digest); /* while the reader reads */
	if (receive_head(reader->fd, &head, deadline) != 0 ||
	    head.size > (head.is_shared ? PD_READER_ANSWER : PD_READER_RESPONSE))
		return NULL;
	/* A copy first, and then it is read: what the reader goes on writing changes nothing. */
	char *record = pd_alloc_dirty(arena, (size_t)head.size + 1);
	if (head.is_shared)
		memcpy(record, reader->memory + PD_READER_MAIL, (size_t)head.size);
	else if (pd_read_all_until(reader->fd, record, (size_t)head.size, deadline) != 0)
		return NULL;
	struct pd_message *message = pd_wire_get_message(arena, record, (size_t)head.size);
	if (!message || !sizes_are_possible(message, raw))
		return NULL;
	memcpy(message->digest, digest, sizeof digest);
	memcpy(message->body_digest, body_digest, sizeof body_digest);
	return message;
}

/* The pieces of one content, exactly size bytes. */
static bool read_content(struct reader *reader, struct pd_arena *arena, struct pd_attachment *attachment,
			 int64_t deadline)
{
	char *data = pd_alloc(arena, attachment->size + 1);
	size_t got = 0;
	for (;;) {
		uint64_t len = 0;
		if (pd_read_all_until(reader->fd, &len, sizeof len, deadline) != 0)
			return false;
		if (len == 0)
			break;
		if (len > attachment->size - got ||
		    pd_read_all_until(reader->fd, data + got, (size_t)len, deadline) != 0)
			return false;
		got += (size_t)len;
	}
	if (got != attachment->size)
		return false;
	attachment->content = (struct pd_bytes){data, got};
	return true;
}

static bool contents_once(struct reader *reader, struct pd_arena *arena, const struct pd_raw *raw,
			  struct pd_message *message, const bool *want, int64_t deadline)
{
	uint64_t *indexes = PD_NEW_N(arena, uint64_t, message->attachments.count + 1);
	size_t wanted = 0, left = room_of(raw);
	for (size_t i = 0; i < message->attachments.count; i++) {
		if (want && !want[i])
			continue;
		if (!take_room(&left, message->attachments.items[i].size))
			return false;
		indexes[wanted++] = message->attachments.items[i].index;
	}
	if (wanted == 0)
		return true;
	if (ask(reader, raw, PD_READER_CONTENTS, false, indexes, wanted, deadline) != 0)
		return false;
	for (size_t i = 0; i < message->attachments.count; i++)
		if ((!want || want[i]) &&
		    !read_content(reader, arena, &message->attachments.items[i], deadline))
			return false;
	return true;
}

/* One use of a reader: starts one where none runs, replaces it where it failed. */
struct use {
	struct pd_arena *arena;
	const struct pd_raw *raw;
	struct pd_message *message; /* NULL: read it; else fill its contents */
	const bool *want;
	bool is_again; /* a reader has failed at this mail: one library less meets it */
};

static int try(struct pd_readers *readers, struct reader *reader, struct use *use, bool *ret_done,
	       struct pd_error *error)
{
	if (reader->fd < 0) {
		int result = start(readers, reader, error);
		if (result != PD_OK)
			return result;
	}
	int64_t began = pd_monotonic(), deadline = began + readers->limits.deadline;
	if (use->message) {
		*ret_done = contents_once(reader, use->arena, use->raw, use->message, use->want, deadline);
	} else {
		bool tnef = readers->limits.tnef && !use->is_again;
		use->message = read_once(reader, use->arena, use->raw, tnef, deadline);
		*ret_done = use->message != NULL;
	}
	reader->served++;
	reader->busy += pd_monotonic() - began;
	if (!*ret_done) {
		stop(reader);
		count(readers, &readers->stats.replaced);
	}
	return PD_OK;
}

/* Twice at most: a reader may have died of something else than this mail. */
static int use_reader(struct pd_readers *readers, struct use *use, bool *ret_done, struct pd_error *error)
{
	struct reader *reader = take(readers);
	int result = try(readers, reader, use, ret_done, error);
	use->is_again = true;
	if (result == PD_OK && !*ret_done)
		result = try(readers, reader, use, ret_done, error);
	give_back(readers, reader);
	return result;
}

int pd_read_message(struct pd_readers *readers, struct pd_arena *arena, const struct pd_raw *raw,
		    struct pd_message **ret_message, struct pd_error *error)
{
	struct use use = {.arena = arena, .raw = raw};
	bool done = false;
	int result = use_reader(readers, &use, &done, error);
	if (result != PD_OK)
		return result;
	count(readers, &readers->stats.read);
	struct pd_message *message = done ? use.message : pd_message_unparsed(arena, raw->data, raw->size);
	if (message->kinds & PD_KIND_UNPARSED)
		count(readers, &readers->stats.unparsed);
	*ret_message = message;
	return PD_OK;
}

int pd_read_contents(struct pd_readers *readers, struct pd_arena *arena, const struct pd_raw *raw,
		     struct pd_message *message, const bool *want, struct pd_error *error)
{
	struct use use = {.arena = arena, .raw = raw, .message = message, .want = want};
	bool done = false;
	if (message->attachments.count == 0)
		return PD_OK;
	int result = use_reader(readers, &use, &done, error);
	if (result != PD_OK)
		return result;
	return done ? PD_OK : pd_fail(error, PD_PERMANENT, "the attachments of this mail cannot be read");
}

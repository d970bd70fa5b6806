/* The raw bytes of a mail: in memory while small, in an unlinked mapped file when big.
 *
 * Promises: data and size after pd_raw_finish are the bytes as they were added; a spool file never
 * has a name that a crash could leave behind. Fails: PD_FULL and PD_TEMPORARY from the spool. */
#include "base/raw.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

struct spool {
	struct pd_raw raw;
	const char *directory;
	char *memory; /* malloc; NULL once it lies in the file */
	void *map;    /* NULL: not mapped */
	bool finished;
};

static struct spool *spool_of(struct pd_raw *raw)
{
	return (struct spool *)(void *)raw;
}

static void *need(void *memory, size_t size)
{
	if (memory == NULL) {
		fprintf(stderr, "out of memory (%zu bytes)\n", size);
		abort();
	}
	return memory;
}

struct pd_raw *pd_raw_new(const char *directory)
{
	struct spool *spool = need(calloc(1, sizeof *spool), sizeof *spool);
	spool->raw.fd = -1;
	spool->directory = directory;
	return &spool->raw;
}

void pd_raw_free(struct pd_raw *raw)
{
	if (raw == NULL)
		return;
	struct spool *spool = spool_of(raw);
	if (spool->map != NULL)
		munmap(spool->map, raw->size);
	if (raw->fd >= 0)
		close(raw->fd);
	free(spool->memory);
	free(spool);
}

/* A file without a name in the directory; where O_TMPFILE is not known, one that loses its name at once. */
static int open_unlinked(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	char path[4096];
	if ((size_t)snprintf(path, sizeof path, "%s/spool-XXXXXX", directory) >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int to_file(struct spool *spool, struct pd_error *error)
{
	struct pd_raw *raw = &spool->raw;
	int fd = open_unlinked(spool->directory);
	if (fd < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s: cannot spool a message",
				     spool->directory);
	if (raw->size > 0 && pd_write_all(fd, spool->memory, raw->size) < 0) {
		int saved = errno;
		close(fd);
		return pd_fail_errno(error, PD_TEMPORARY, saved, "%s: cannot spool a message",
				     spool->directory);
	}
	free(spool->memory);
	spool->memory = NULL;
	raw->room = 0;
	raw->fd = fd;
	return PD_OK;
}

static void grow(struct spool *spool, size_t want)
{
	size_t room = spool->raw.room > 0 ? spool->raw.room : 8192;
	while (room < want)
		room *= 2;
	if (room == spool->raw.room)
		return;
	spool->memory = need(realloc(spool->memory, room), room);
	spool->raw.room = room;
}

int pd_raw_add(struct pd_raw *raw, const void *data, size_t len, struct pd_error *error)
{
	struct spool *spool = spool_of(raw);
	assert(!spool->finished);
	if (len == 0)
		return PD_OK;
	if (raw->fd < 0 && (len > PD_RAW_SPOOL || raw->size > PD_RAW_SPOOL - len)) {
		int class = to_file(spool, error);
		if (class != PD_OK)
			return class;
	}
	if (raw->fd >= 0) {
		if (pd_write_all(raw->fd, data, len) < 0)
			return pd_fail_errno(error, PD_TEMPORARY, errno, "%s: cannot spool a message",
					     spool->directory);
	} else {
		grow(spool, raw->size + len);
		memcpy(spool->memory + raw->size, data, len);
	}
	raw->size += len;
	return PD_OK;
}

int pd_raw_finish(struct pd_raw *raw, struct pd_error *error)
{
	struct spool *spool = spool_of(raw);
	if (spool->finished)
		return PD_OK;
	if (raw->fd >= 0) {
		/* The length is the file's: what a full disk cut off must not be read as zeros. */
		struct stat st;
		if (fstat(raw->fd, &st) < 0 || (size_t)st.st_size != raw->size)
			return pd_fail(error, PD_TEMPORARY, "%s: the spooled message is incomplete",
				       spool->directory);
		void *map = mmap(NULL, raw->size, PROT_READ, MAP_SHARED, raw->fd, 0);
		if (map == MAP_FAILED)
			return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot map a spooled message");
		spool->map = map;
		raw->data = map;
	} else {
		raw->data = spool->memory != NULL ? spool->memory : "";
	}
	spool->finished = true;
	return PD_OK;
}

struct pd_raw *pd_raw_from_bytes(const void *data, size_t len)
{
	struct spool *spool = spool_of(pd_raw_new(NULL));
	spool->memory = need(malloc(len + 1), len + 1);
	if (len > 0)
		memcpy(spool->memory, data, len);
	spool->memory[len] = '\0';
	spool->raw.data = spool->memory;
	spool->raw.size = len;
	spool->raw.room = len + 1;
	spool->finished = true;
	return &spool->raw;
}

int pd_raw_from_file(const char *path, const char *directory, struct pd_raw **ret_raw, struct pd_error *error)
{
	PD_AUTO_FD opened = -1;
	int fd = STDIN_FILENO;
	if (strcmp(path, "-") != 0) {
		opened = open(path, O_RDONLY | O_CLOEXEC);
		if (opened < 0)
			return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
		fd = opened;
	}
	PD_AUTO_RAW raw = pd_raw_new(directory);
	char block[65536];
	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
		if (n == 0)
			break;
		int class = pd_raw_add(raw, block, (size_t)n, error);
		if (class != PD_OK)
			return class;
	}
	int class = pd_raw_finish(raw, error);
	if (class != PD_OK)
		return class;
	*ret_raw = raw;
	raw = NULL;
	return PD_OK;
}

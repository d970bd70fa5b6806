/* Big messages as files: state/messages/xx/ID, xx being the low byte of the ID.
 *
 * Promises: a written file and its name are on disk before pd_blob_write returns, so that a commit never
 * names what a crash could take away; a file that no commit names is overwritten by the next of its ID.
 * Fails: PD_FULL, PD_TEMPORARY; PD_PERMANENT for reading what is not there. */
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

char *pd_blob_path(struct pd_arena *arena, const char *state, int64_t id)
{
	return pd_printf(arena, "%s/messages/%02x/%lld", state, (unsigned)(id & 0xff), (long long)id);
}

int pd_fsync_directory(const char *path, struct pd_error *error)
{
	PD_AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
	return 0;
}

int pd_make_directory(const char *path, struct pd_error *error)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
}

int pd_blob_write(const char *state, int64_t id, const void *data, size_t size, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *messages = pd_printf(arena, "%s/messages", state);
	const char *directory = pd_printf(arena, "%s/%02x", messages, (unsigned)(id & 0xff));
	const char *path = pd_blob_path(arena, state, id);
	if (access(directory, F_OK) != 0) {
		int failed = pd_make_directory(messages, error);
		if (!failed)
			failed = pd_fsync_directory(state, error);
		if (!failed)
			failed = pd_make_directory(directory, error);
		if (!failed)
			failed = pd_fsync_directory(messages, error);
		if (failed)
			return failed;
	}
	PD_AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", path);
	if (pd_write_all(fd, data, size) != 0 || fsync(fd) != 0) {
		int saved = errno;
		unlink(path);
		return pd_fail_errno(error, PD_TEMPORARY, saved, "%s", path);
	}
	int failed = pd_fsync_directory(directory, error);
	if (!failed)
		pd_crash_point("after-blob");
	return failed;
}

int pd_blob_read(const char *state, int64_t id, struct pd_raw **ret_raw, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *path = pd_blob_path(arena, state, id);
	if (access(path, F_OK) != 0)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	return pd_raw_from_file(path, state, ret_raw, error);
}

void pd_blob_unlink(const char *state, int64_t id)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	unlink(pd_blob_path(arena, state, id));
}

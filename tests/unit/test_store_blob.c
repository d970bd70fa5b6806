/* Big messages as files: the file, its name and new folders are on disk before a write returns (invariant 1), and
 * a sync that fails is a failure. The fsync of this program notes what it is asked for. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "store/inside.h"

static struct {
	char paths[8][128]; /* what was synced, in order */
	size_t sizes[8];    /* how large it was then */
	size_t count;
	const char *failing; /* how the path ends whose sync fails */
} synced;

static bool ends(const char *text, const char *end)
{
	size_t text_len = strlen(text), len = strlen(end);
	return text_len >= len && strcmp(text + text_len - len, end) == 0;
}

int fsync(int fd)
{
	char link[64], path[128] = "";
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, sizeof path - 1);
	path[len > 0 ? len : 0] = '\0';
	if (synced.failing != NULL && ends(path, synced.failing)) {
		errno = EIO;
		return -1;
	}
	if (synced.count < COUNT(synced.paths)) {
		strcpy(synced.paths[synced.count], path);
		synced.sizes[synced.count] = (size_t)lseek(fd, 0, SEEK_END);
		synced.count++;
	}
	return (int)syscall(SYS_fsync, fd);
}

static void write_one(const char *state, int64_t id, const char *const *want, size_t count)
{
	struct pd_error error = {0};
	synced.count = 0;
	assert_int_equal(pd_blob_write(state, id, "bytes", 5, &error), 0);
	for (size_t i = 0; i < count; i++)
		if (i >= synced.count || !ends(synced.paths[i], want[i]))
			fail_msg("not synced as number %zu: %s", i, want[i]);
	assert_int_equal(synced.count, count);
	assert_int_equal(synced.sizes[count - 2], 5); /* the whole file, before its name */
}

static void test_synced(void **state)
{
	(void)state;
	static const char *const first[] = {"/state", "/state/messages", "/messages/07/7", "/messages/07"};
	static const char *const second[] = {"/messages/07/263", "/messages/07"};
	char directory[] = "/tmp/test-store-blob-XXXXXX", path[64], command[64];
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/state", directory);
	struct pd_error error = {0};
	assert_int_equal(pd_make_directory(path, &error), 0);
	write_one(path, 7, first, COUNT(first));
	write_one(path, 263, second, COUNT(second));
	static const char *const failing[] = {"/messages/07/519", "/messages/07"};
	for (size_t i = 0; i < COUNT(failing); i++) {
		synced.failing = failing[i];
		CHECK_ROW(failing[i], pd_blob_write(path, 519, "bytes", 5, &error) == PD_TEMPORARY);
		synced.failing = NULL;
	}
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_synced)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

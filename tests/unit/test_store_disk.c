/* A disk that does not take a sync: after it nothing is believed that was not written again. A disk that damages what
 * can be made again (invariants 1 and 10). */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

#include "check.h"
#include "store/inside.h"
#include "store_desk.h"

enum { WAIT_MS = 10000 };

/* The system's files, whose syncs fail on demand. */
static struct {
	sqlite3_vfs vfs, *below;
	sqlite3_io_methods database, log, words;
	int (*sync)(sqlite3_file *file, int flags);
	atomic_bool fails_database, fails_log, fails_words;
} disk;

static int sync_database(sqlite3_file *file, int flags)
{
	return atomic_load(&disk.fails_database) ? SQLITE_IOERR_FSYNC : disk.sync(file, flags);
}

static int sync_log(sqlite3_file *file, int flags)
{
	return atomic_load(&disk.fails_log) ? SQLITE_IOERR_FSYNC : disk.sync(file, flags);
}

static int sync_words(sqlite3_file *file, int flags)
{
	return atomic_load(&disk.fails_words) ? SQLITE_IOERR_FSYNC : disk.sync(file, flags);
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	int code = disk.below->xOpen(disk.below, name, file, flags, ret_flags);
	if (code != SQLITE_OK || (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0)
		return code;
	const bool is_log = (flags & SQLITE_OPEN_WAL) != 0, is_words = strstr(name, "/words.db") != NULL;
	if (is_words && is_log)
		return code;
	sqlite3_io_methods *methods = is_words ? &disk.words : is_log ? &disk.log : &disk.database;
	disk.sync = file->pMethods->xSync;
	*methods = *file->pMethods;
	methods->xSync = is_words ? sync_words : is_log ? sync_log : sync_database;
	file->pMethods = methods;
	return code;
}

static int setup(void **state)
{
	(void)state;
	disk.below = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.below;
	disk.vfs.zName = "disk";
	disk.vfs.pNext = NULL;
	disk.vfs.xOpen = disk_open;
	return sqlite3_vfs_register(&disk.vfs, 1);
}

static int deliver(struct pd_store *store, const char *message_id)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct test_delivery delivery = {
		.arena = arena,
		.settings = test_settings(arena),
		.mail = {.message_id = message_id, .from = "c@example.org", .subject = "s", .text = "t"},
		.now = TEST_NOW};
	return test_deliver(store, &delivery, NULL);
}

static struct pd_store *open_desk(const char *path)
{
	struct pd_store *store;
	struct pd_error error = {0};
	if (pd_store_open(path, PD_STORE_WRITE, 4096, &store, &error) != 0)
		fail_msg("%s", error.text);
	return store;
}

static off_t size_of(const char *path, const char *name)
{
	char file[128];
	struct stat status;
	snprintf(file, sizeof file, "%s/%s", path, name);
	return stat(file, &status) == 0 ? status.st_size : 0;
}

static void wait_for_failure(const struct pd_store *store)
{
	const struct timespec moment = {.tv_nsec = 5000000};
	for (const int64_t end = pd_monotonic() + WAIT_MS; !pd_store_is_failed(store) && pd_monotonic() < end;)
		nanosleep(&moment, NULL);
	assert_true(pd_store_is_failed(store));
}

static void drop(const char *path)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static void test_a_log_that_was_not_synced_is_written_again(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-disk-XXXXXX";
	assert_non_null(mkdtemp(path));
	struct pd_store *store = open_desk(path);
	assert_int_equal(deliver(store, "1@example.org"), 0);
	atomic_store(&disk.fails_log, true);
	assert_int_equal(deliver(store, "2@example.org"), PD_UNCERTAIN);
	atomic_store(&disk.fails_log, false);
	assert_true(pd_store_is_failed(store));
	assert_int_equal(deliver(store, "3@example.org"), PD_TEMPORARY);
	assert_int_equal(deliver(store, "1@example.org"), PD_TEMPORARY);
	pd_store_close(store);
	/* It could not be checked by who failed. */
	assert_true(size_of(path, "desk.db-wal") > 0);
	store = open_desk(path);
	assert_int_equal(size_of(path, "desk.db-wal"), 0);
	assert_int_equal(deliver(store, "2@example.org"), 0);
	pd_store_close(store);
	drop(path);
}

/* Quiet times copy the log home. */
static void test_a_database_that_cannot_be_synced_ends_the_store(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-disk-XXXXXX";
	assert_non_null(mkdtemp(path));
	struct pd_store *store = open_desk(path);
	atomic_store(&disk.fails_database, true);
	assert_int_equal(deliver(store, "1@example.org"), 0);
	wait_for_failure(store);
	assert_int_equal(deliver(store, "2@example.org"), PD_TEMPORARY);
	atomic_store(&disk.fails_database, false);
	pd_store_close(store);
	store = open_desk(path);
	assert_int_equal(deliver(store, "2@example.org"), 0);
	pd_store_close(store);
	drop(path);
}

static void check_all_is_well(struct pd_store *store)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong;
	struct pd_error error = {0};
	if (pd_store_verify(store, arena, &wrong, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(wrong.count, 0);
}

/* Quiet times copy the index's log home, too. */
static void test_an_index_that_cannot_be_synced_ends_the_store(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-disk-XXXXXX";
	assert_non_null(mkdtemp(path));
	struct pd_store *store = open_desk(path);
	atomic_store(&disk.fails_words, true);
	assert_int_equal(deliver(store, "1@example.org"), 0);
	wait_for_failure(store);
	atomic_store(&disk.fails_words, false);
	pd_store_close(store);
	store = open_desk(path);
	assert_int_equal(deliver(store, "2@example.org"), 0);
	check_all_is_well(store);
	pd_store_close(store);
	drop(path);
}

enum { PAGE_SIZE = 4096 };

static void damage_words(const char *path, int page)
{
	char file[128], junk[PAGE_SIZE];
	snprintf(file, sizeof file, "%s/words.db", path);
	memset(junk, 0xa5, sizeof junk);
	PD_AUTO_FD fd = open(file, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, junk, sizeof junk, (off_t)(page - 1) * PAGE_SIZE), PAGE_SIZE);
}

/* No database any more; one whose index is found damaged by the first that is written. */
static void test_a_damaged_index_is_made_again(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-disk-XXXXXX";
	assert_non_null(mkdtemp(path));
	struct pd_store *store = open_desk(path);
	assert_int_equal(deliver(store, "1@example.org"), 0);
	pd_store_close(store);
	damage_words(path, 1);
	store = open_desk(path);
	assert_int_equal(deliver(store, "2@example.org"), 0);
	pd_store_close(store);
	damage_words(path, 2);
	/* Told, whatever else is well. */
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong;
	assert_int_equal(pd_store_open(path, PD_STORE_READ, 4096, &store, NULL), 0);
	assert_int_equal(pd_store_verify(store, arena, &wrong, NULL), 0);
	assert_int_equal(wrong.count, 1);
	assert_non_null(strstr(wrong.items[0], "full-text index: "));
	assert_non_null(strstr(wrong.items[0], "/words.db* postdeskd makes it again when it starts"));
	pd_store_close(store);
	store = open_desk(path);
	(void)deliver(store, "3@example.org");
	wait_for_failure(store);
	pd_store_close(store);
	store = open_desk(path);
	assert_int_equal(deliver(store, "3@example.org"), 0);
	check_all_is_well(store);
	pd_store_close(store);
	drop(path);
}

/* The log gets its length at once and keeps it, and a crash then leaves zeros behind its frames. */
static void test_a_log_has_its_length_before_it_is_full(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-disk-XXXXXX", killed[48], command[112], id[32];
	assert_non_null(mkdtemp(path));
	snprintf(killed, sizeof killed, "%.30s.killed", path);
	struct pd_store *store = open_desk(path);
	for (int i = 0; i < 10; i++) {
		snprintf(id, sizeof id, "%d@example.org", i);
		assert_int_equal(deliver(store, id), 0);
	}
	const struct timespec moment = {.tv_nsec = 5000000};
	const off_t long_enough = (off_t)20 * 1024 * 1024;
	for (const int64_t end = pd_monotonic() + WAIT_MS;
	     size_of(path, "desk.db-wal") < long_enough && pd_monotonic() < end;)
		nanosleep(&moment, NULL);
	assert_true(size_of(path, "desk.db-wal") >= long_enough);
	snprintf(command, sizeof command, "cp -r %.30s %.40s", path, killed);
	assert_int_equal(system(command), 0);
	pd_store_close(store);
	store = open_desk(killed);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_snapshot *snapshot;
	assert_int_equal(pd_store_begin(store, &snapshot, NULL), 0);
	assert_int_equal(snapshot->message_id(snapshot, arena, "9@example.org").count, 1);
	pd_store_end(snapshot);
	check_all_is_well(store);
	pd_store_close(store);
	drop(path);
	drop(killed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_log_has_its_length_before_it_is_full),
		cmocka_unit_test(test_a_log_that_was_not_synced_is_written_again),
		cmocka_unit_test(test_a_database_that_cannot_be_synced_ends_the_store),
		cmocka_unit_test(test_an_index_that_cannot_be_synced_ends_the_store),
		cmocka_unit_test(test_a_damaged_index_is_made_again),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}

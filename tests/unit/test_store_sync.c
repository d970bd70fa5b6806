/* What is committed is seen before it is on disk: nobody is answered for it until then (invariant 1). The backend's
 * sync is held up here while another thread asks, or fails. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "store/sqlite.h"
#include "store_desk.h"

enum { LONG_MS = 300 }; /* what an answer that waits for nothing never takes */

static struct {
	struct pd_store *store;
	const struct pd_backend *real;
	struct pd_backend held;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_syncing, is_synced, is_answered;
} scene = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Until somebody was answered, or nobody is. */
static int held_sync(struct pd_store *store, struct pd_error *error)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LONG_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&scene.lock);
	scene.is_syncing = true;
	pthread_cond_broadcast(&scene.changed);
	while (!scene.is_answered && pthread_cond_timedwait(&scene.changed, &scene.lock, &until) == 0)
		;
	int failed = scene.real->sync(store, error);
	scene.is_synced = true;
	pthread_mutex_unlock(&scene.lock);
	return failed;
}

static int no_begin(struct pd_store *store, struct pd_error *error)
{
	(void)store;
	return pd_fail(error, PD_FULL, "no space");
}

static int deliver(const char *message_id)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct test_delivery delivery = {
		.arena = arena,
		.settings = test_settings(arena),
		.mail = {.message_id = message_id, .from = "c@example.org", .subject = "s", .text = "t"},
		.now = TEST_NOW};
	return test_deliver(scene.store, &delivery, NULL);
}

static void *deliver_first(void *data)
{
	*(int *)data = deliver("1@example.org");
	return NULL;
}

/* A desk whose first mail is committed and not synced yet. */
static void begin_scene(char *path, pthread_t *first, int *failed)
{
	struct pd_error error = {0};
	scene.is_syncing = scene.is_synced = scene.is_answered = false;
	assert_non_null(mkdtemp(path));
	assert_int_equal(pd_store_open(path, PD_STORE_WRITE, 4096, &scene.store, &error), 0);
	scene.real = scene.store->backend;
	scene.held = *scene.real;
	scene.held.sync = held_sync;
	scene.store->backend = &scene.held;
	assert_int_equal(pthread_create(first, NULL, deliver_first, failed), 0);
	pthread_mutex_lock(&scene.lock);
	while (!scene.is_syncing)
		pthread_cond_wait(&scene.changed, &scene.lock);
	pthread_mutex_unlock(&scene.lock);
}

static void end_scene(const char *path, pthread_t first, const int *failed)
{
	pthread_mutex_lock(&scene.lock);
	scene.is_answered = true;
	pthread_cond_broadcast(&scene.changed);
	pthread_mutex_unlock(&scene.lock);
	pthread_join(first, NULL);
	assert_int_equal(*failed, 0);
	pd_store_close(scene.store);
	char command[64];
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static void test_duplicate_waits_for_the_sync(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-sync-XXXXXX";
	pthread_t first;
	int failed;
	begin_scene(path, &first, &failed);
	assert_int_equal(deliver("1@example.org"), 0); /* over another connection */
	pthread_mutex_lock(&scene.lock);
	assert_true(scene.is_synced);
	pthread_mutex_unlock(&scene.lock);
	end_scene(path, first, &failed);
}

static void test_a_group_that_fails_leaves_the_sync_before_it(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-sync-XXXXXX";
	pthread_t first;
	int failed;
	begin_scene(path, &first, &failed);
	scene.held.begin = no_begin;
	assert_int_equal(deliver("2@example.org"), PD_FULL);
	bool is_settled = pd_writer_is_settled(scene.store->writer);
	pthread_mutex_lock(&scene.lock);
	assert_true(scene.is_synced || !is_settled);
	pthread_mutex_unlock(&scene.lock);
	scene.held.begin = scene.real->begin;
	assert_int_equal(deliver("1@example.org"), 0);
	pthread_mutex_lock(&scene.lock);
	assert_true(scene.is_synced);
	pthread_mutex_unlock(&scene.lock);
	end_scene(path, first, &failed);
}

/* Else the index would know what the desk has lost after a loss of power, and all would be indexed anew. */
static void test_the_index_is_not_on_disk_before_the_desk(void **state)
{
	(void)state;
	char path[] = "/tmp/postdesk-sync-XXXXXX";
	pthread_t first;
	int failed;
	begin_scene(path, &first, &failed);
	assert_int_equal(pd_indexer_settle(pd_sqlite_of(scene.store)->indexer, 0, NULL), 0);
	pthread_mutex_lock(&scene.lock);
	assert_true(scene.is_synced);
	pthread_mutex_unlock(&scene.lock);
	end_scene(path, first, &failed);
}

static int64_t size_of(const char *path)
{
	struct stat file;
	return stat(path, &file) == 0 ? file.st_size : 0;
}

/* Pages are copied home at an even pace while mails come: what they held is there. */
static void test_pages_copied_home(void **state)
{
	(void)state;
	enum { MAILS_MAX = 2000, SIZE = 200 * 1024, HOME = 16 * 1024 * 1024 };
	int64_t mails = 0;
	char path[] = "/tmp/postdesk-home-XXXXXX";
	struct pd_error error = {0};
	assert_non_null(mkdtemp(path));
	assert_int_equal(pd_store_open(path, PD_STORE_WRITE, SIZE + 1, &scene.store, &error), 0);
	char *bytes = malloc(SIZE);
	const char *database = pd_sqlite_of(scene.store)->path;
	for (; size_of(database) < HOME; mails++) {
		assert_true(mails < MAILS_MAX);
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *id = pd_printf(arena, "%lld@example.org", (long long)mails);
		memset(bytes, (int)('a' + mails % 26), SIZE);
		PD_AUTO_RAW raw = pd_raw_from_bytes(bytes, SIZE);
		struct test_delivery delivery = {
			.arena = arena,
			.settings = test_settings(arena),
			.mail = {.message_id = id, .from = "c@example.org", .subject = "s", .text = "t", .raw = raw},
			.now = TEST_NOW};
		assert_int_equal(test_deliver(scene.store, &delivery, &error), 0);
	}
	struct pd_sqlite *store = pd_sqlite_of(scene.store);
	struct pd_connection *reader;
	assert_int_equal(pd_sqlite_take_reader(store, &reader, &error), 0);
	assert_int_equal(pd_sql_number(reader, "SELECT count(*) FROM message WHERE length(raw) = 204800 AND"
					       " raw = CAST(replace(hex(zeroblob(102400)), '00',"
					       " char(97 + (id - 1) % 26) || char(97 + (id - 1) % 26)) AS BLOB)"),
			 mails);
	pd_sqlite_give_reader(store, reader);
	pd_store_close(scene.store);
	assert_int_equal(pd_store_open(path, PD_STORE_WRITE, SIZE + 1, &scene.store, &error), 0);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(scene.store, arena, &wrong, &error), 0);
	assert_int_equal(wrong.count, 0);
	assert_int_equal(pd_sql_number(pd_sqlite_of(scene.store)->writer, "SELECT sum(length(raw)) FROM message"),
			 mails * SIZE);
	pd_store_close(scene.store);
	free(bytes);
	char command[64];
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duplicate_waits_for_the_sync),
		cmocka_unit_test(test_a_group_that_fails_leaves_the_sync_before_it),
		cmocka_unit_test(test_the_index_is_not_on_disk_before_the_desk),
		cmocka_unit_test(test_pages_copied_home),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

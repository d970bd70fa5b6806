/* Keys on their way to their places: found from their commit on, whoever looks and whenever it was killed. */
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "store/store.h"
#include "store_desk.h"

/* More than a generation, and long enough after it that much, but not all, of it has got to its place. */
enum { ROUNDS = 120, MARKS = 640, SOME = 37 };

struct desk {
	struct pd_arena *arena;
	char path[48];
	struct pd_store *store;
};

static void open_desk(struct desk *desk)
{
	struct pd_error error = {0};
	if (pd_store_open(desk->path, PD_STORE_WRITE, 4096, &desk->store, &error) != 0)
		fail_msg("%s", error.text);
}

static const char *id_of(struct pd_arena *arena, int round)
{
	return pd_printf(arena, "%d@example.org", round);
}

static const char *mark_of(struct pd_arena *arena, int number)
{
	return pd_printf(arena, "mark:%d", number);
}

/* Marks of its own, one that every round sets, and a Message-ID. */
static void commit_round(struct desk *desk, int round)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct pd_commit commit = {.now = TEST_NOW};
	assert_int_equal(pd_store_begin(desk->store, &commit.snapshot, &error), 0);
	struct pd_context c = pd_context_new(arena, test_settings(arena), commit.snapshot, TEST_NOW, "postdesk");
	for (int i = 0; i < MARKS; i++)
		pd_plan_mark(&c, mark_of(arena, round * MARKS + i), round, 0);
	pd_plan_mark(&c, "newest", round, 0);
	const struct pd_known_id known = {.ticket = 1, .event = round + 1, .agent = round % 2 == 0 ? "anna" : NULL};
	pd_plan_id(&c, id_of(arena, round), &known);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
}

static void check_snapshot(struct pd_snapshot *s, int rounds, int others)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int i = 0; i < others * MARKS; i += SOME) {
		const struct pd_mark mark = s->mark(s, mark_of(arena, i));
		if (mark.exists != (i < rounds * MARKS) || (mark.exists && mark.value != i / MARKS))
			fail_msg("after %d rounds: mark %d", rounds, i);
	}
	assert_int_equal(s->mark(s, "newest").value, rounds - 1);
	for (int i = 0; i < others; i++) {
		const struct pd_known_ids known = s->message_id(s, arena, id_of(arena, i));
		assert_int_equal(known.count, i < rounds);
		if (known.count > 0) {
			assert_int_equal(known.items[0].event, i + 1);
			assert_true(pd_equal(known.items[0].agent, i % 2 == 0 ? "anna" : NULL));
		}
	}
	assert_int_equal(s->failed, 0);
}

static void check_store(struct pd_store *store, int rounds)
{
	struct pd_snapshot *snapshot;
	assert_int_equal(pd_store_begin(store, &snapshot, NULL), 0);
	check_snapshot(snapshot, rounds, rounds + 1);
	pd_store_end(snapshot);
}

static int64_t count_of(const struct desk *desk, const char *table)
{
	sqlite3 *db;
	sqlite3_stmt *select;
	char path[96], sql[96];
	snprintf(path, sizeof path, "%s/desk.db", desk->path);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &select, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(select), SQLITE_ROW);
	const int64_t count = sqlite3_column_int64(select, 0);
	sqlite3_finalize(select);
	sqlite3_close(db);
	return count;
}

static void copy_desk(const struct desk *from, struct desk *to)
{
	char command[160];
	snprintf(to->path, sizeof to->path, "%.30s.killed", from->path);
	snprintf(command, sizeof command, "cp -r '%s' '%s'", from->path, to->path);
	assert_int_equal(system(command), 0);
}

static void drop_desk(struct desk *desk)
{
	char command[96];
	pd_store_close(desk->store);
	snprintf(command, sizeof command, "rm -rf '%s'", desk->path);
	assert_int_equal(system(command), 0);
}

static void test_keys_are_found_on_their_way(void **state)
{
	(void)state;
	enum { HELD = 30, KILLED = 110 };
	struct desk desk = {.path = "/tmp/postdesk-fresh-XXXXXX"}, killed = {0};
	assert_non_null(mkdtemp(desk.path));
	open_desk(&desk);
	struct pd_snapshot *held = NULL;
	struct pd_store *reader;
	for (int round = 0; round < ROUNDS; round++) {
		if (round == HELD)
			assert_int_equal(pd_store_begin(desk.store, &held, NULL), 0);
		if (round == KILLED)
			copy_desk(&desk, &killed);
		commit_round(&desk, round);
	}
	/* What was there when it began, though it is elsewhere by now. */
	check_snapshot(held, HELD, ROUNDS);
	pd_store_end(held);
	check_store(desk.store, ROUNDS);
	const int64_t placed = count_of(&desk, "mark");
	assert_true(placed > 0 && placed < (int64_t)ROUNDS * MARKS);
	/* Another process. */
	assert_int_equal(pd_store_open(desk.path, PD_STORE_READ, 4096, &reader, NULL), 0);
	check_store(reader, ROUNDS);
	pd_store_close(reader);
	drop_desk(&desk);

	open_desk(&killed);
	check_store(killed.store, KILLED);
	for (int round = KILLED; round < 2 * ROUNDS; round++)
		commit_round(&killed, round);
	check_store(killed.store, 2 * ROUNDS);
	drop_desk(&killed);
}

/* What failed takes its keys along. */
static void test_keys_of_a_group_that_failed_are_not_there(void **state)
{
	(void)state;
	struct desk desk = {.path = "/tmp/postdesk-fresh-XXXXXX"};
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_non_null(mkdtemp(desk.path));
	open_desk(&desk);
	struct pd_commit commit = {.now = TEST_NOW};
	assert_int_equal(pd_store_begin(desk.store, &commit.snapshot, NULL), 0);
	struct pd_context c = pd_context_new(arena, test_settings(arena), commit.snapshot, TEST_NOW, "postdesk");
	pd_plan_mark(&c, "lost", 1, 0);
	/* A letter's row, twice, fails after the marks. */
	struct pd_planned_draft draft = {.is_new = true, .draft = {.id = 1, .agent = "anna"}};
	*pd_list_add(arena, &c.plan->drafts) = draft;
	*pd_list_add(arena, &c.plan->drafts) = draft;
	commit.plan = c.plan;
	assert_int_not_equal(pd_store_commit(desk.store, &commit, NULL), 0);
	pd_store_end(commit.snapshot);
	commit_round(&desk, 0);
	check_store(desk.store, 1);
	struct pd_snapshot *snapshot;
	assert_int_equal(pd_store_begin(desk.store, &snapshot, NULL), 0);
	assert_false(snapshot->mark(snapshot, "lost").exists);
	pd_store_end(snapshot);
	drop_desk(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_are_found_on_their_way),
		cmocka_unit_test(test_keys_of_a_group_that_failed_are_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

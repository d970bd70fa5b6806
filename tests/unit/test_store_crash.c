/* What is on disk when something breaks (invariants 1, 2, 3, 10): the process is killed at numbered points, a
 * write or a sync fails, the disk is full. Each time: what was acknowledged is there, nothing is there twice,
 * the rest can be delivered again, and the database verifies. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "store/record.h"
#include "store_desk.h"

#define MAILS	    12
#define IN_DATABASE 2000

/* --- a client that delivers a fixed set of mails and drains the outbox --- */

struct client {
	struct pd_arena *arena;
	struct pd_settings *settings;
	const char *state;
	int acked, wire; /* files of what the outside has seen */
};

static struct client client_new(struct pd_arena *arena, const char *state)
{
	struct client client = {.arena = arena, .settings = test_settings(arena), .state = state};
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
	client.acked = open(pd_printf(arena, "%s/../acked", state), flags, 0600);
	client.wire = open(pd_printf(arena, "%s/../wire", state), flags, 0600);
	return client;
}

static char *content(struct pd_arena *arena, const char *state, const char *name)
{
	struct pd_raw *raw = NULL;
	if (pd_raw_from_file(pd_printf(arena, "%s/../%s", state, name), "/tmp", &raw, NULL) != 0)
		return "";
	char *text = pd_strndup(arena, raw->data, raw->size);
	pd_raw_free(raw);
	return text;
}

/* One mail; every third is big, every second asks for an acknowledgement. */
static int deliver_one(struct client *client, struct pd_store *store, int i, struct pd_error *error)
{
	char *bytes = pd_alloc(client->arena, 5000);
	memset(bytes, 'a' + i, 5000);
	PD_AUTO_RAW raw = pd_raw_from_bytes(bytes, i % 3 == 0 ? 5000 : 500);
	struct test_delivery delivery = {
		.arena = client->arena,
		.settings = client->settings,
		.mail = {.message_id = pd_printf(client->arena, "%d@example.org", i),
			 .from = "mary@example.org",
			 .name = "Mary",
			 .subject = pd_printf(client->arena, "subject%d", i),
			 .text = "some text",
			 .raw = raw,
			 .is_acknowledged = i % 2 == 0},
		.now = TEST_NOW,
	};
	return test_deliver(store, &delivery, error);
}

/* What the mail server does: it takes the mail, then the row is marked. */
static int drain(struct client *client, struct pd_store *store, struct pd_error *error)
{
	for (;;) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_leases leases = {0};
		int failed =
			pd_store_lease(store, arena, "test", TEST_NOW, TEST_NOW + PD_HOUR, 3, &leases, error);
		if (failed || leases.count == 0)
			return failed;
		for (size_t i = 0; i < leases.count && !failed; i++) {
			const struct pd_lease *lease = &leases.items[i];
			const char *line =
				pd_printf(arena, "%s %zu %.14s\n", lease->message_id, lease->bytes.len,
					  lease->bytes.data != NULL ? lease->bytes.data : "");
			if (write(client->wire, line, strlen(line)) < 0)
				abort();
			struct pd_sent_recipient said = {.recipient = lease->recipients.items[0],
							 .sent = PD_SENT_TAKEN};
			failed = pd_store_sent(store, lease->id, &said, 1, TEST_NOW, TEST_NOW, error);
		}
		if (failed)
			return failed;
	}
}

/* Delivers what was not acknowledged yet, then drains. 0: all done. */
static int run_client(struct client *client)
{
	struct pd_store *store;
	struct pd_error error = {0};
	int failed = pd_store_open(client->state, PD_STORE_WRITE, IN_DATABASE, &store, &error);
	if (failed)
		return failed;
	failed = pd_store_take_over_leases(store, TEST_NOW, &error);
	const char *acked = content(client->arena, client->state, "acked");
	for (int i = 0; i < MAILS && !failed; i++) {
		const char *line = pd_printf(client->arena, "mail %d\n", i);
		if (strstr(acked, line) != NULL)
			continue;
		failed = deliver_one(client, store, i, &error);
		if (!failed && write(client->acked, line, strlen(line)) < 0)
			abort();
	}
	if (!failed)
		failed = drain(client, store, &error);
	pd_store_close(store);
	return failed;
}

/* --- the end state --- */

static size_t occurrences(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

/* How many documents of the index's file have the word. */
static int documents_with(const char *state, const char *word)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	sqlite3 *db;
	sqlite3_stmt *count;
	assert_int_equal(sqlite3_open(pd_printf(arena, "%s/words.db", state), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM search WHERE search MATCH ?", -1, &count, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(count, 1, word, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(count), SQLITE_ROW);
	int documents = sqlite3_column_int(count, 0);
	sqlite3_finalize(count);
	sqlite3_close(db);
	return documents;
}

/* Every mail that is there can be found at once, and stands in the index once the store is closed. */
static void check_words(struct client *client, const char *what)
{
	struct pd_arena *arena = client->arena;
	struct pd_store *store;
	struct pd_error error = {0};
	bool is_there[MAILS];
	assert_int_equal(pd_store_open(client->state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	struct pd_snapshot *s;
	assert_int_equal(pd_store_begin(store, &s, &error), 0);
	for (int i = 0; i < MAILS; i++) {
		struct pd_query *query;
		const char *word = pd_printf(arena, "subject%d", i);
		assert_int_equal(pd_query_parse(arena, client->settings, word, NULL, TEST_NOW, &query, &error), 0);
		is_there[i] = s->message_id(s, arena, pd_printf(arena, "%d@example.org", i)).count > 0;
		size_t found = s->list(s, arena, query, NULL, 10, 0).count;
		if (found != is_there[i])
			fail_msg("%s: a search finds mail %d %zu times", what, i, found);
	}
	pd_store_end(s);
	pd_store_close(store);
	for (int i = 0; i < MAILS; i++) {
		int documents = documents_with(client->state, pd_printf(arena, "subject%d", i));
		if (documents != is_there[i])
			fail_msg("%s: mail %d has %d documents", what, i, documents);
	}
}

/* ret_acked: is every mail there, or only (below MAILS) what was acknowledged? */
static void check_desk(struct client *client, const char *what, bool is_complete)
{
	struct pd_arena *arena = client->arena;
	struct pd_store *store;
	struct pd_error error = {0};
	if (pd_store_open(client->state, PD_STORE_WRITE, IN_DATABASE, &store, &error) != 0)
		fail_msg("%s: %s", what, error.text);
	const char *acked = content(arena, client->state, "acked"),
		   *wire = content(arena, client->state, "wire");
	struct pd_snapshot *s;
	assert_int_equal(pd_store_begin(store, &s, &error), 0);
	struct pd_tickets tickets = s->list(s, arena, NULL, NULL, 1000, 0);
	for (int i = 0; i < MAILS; i++) {
		size_t found = 0;
		const char *subject = pd_printf(arena, "subject%d", i);
		for (size_t n = 0; n < tickets.count; n++)
			found += strcmp(tickets.items[n]->name, subject) == 0;
		if (found > 1 ||
		    (found == 0 && (is_complete || strstr(acked, pd_printf(arena, "mail %d\n", i)) != NULL)))
			fail_msg("%s: mail %d is there %zu times", what, i, found);
		if (found == 0)
			continue;
		struct pd_known_ids known = s->message_id(s, arena, pd_printf(arena, "%d@example.org", i));
		assert_int_equal(known.count, 1);
		struct pd_ticket *ticket = s->ticket(s, arena, known.items[0].ticket);
		PD_AUTO_RAW raw = NULL;
		if (pd_store_raw(store, ticket->first_in_message, &raw, &error) != 0)
			fail_msg("%s: mail %d: %s", what, i, error.text);
		assert_int_equal(raw->size, i % 3 == 0 ? 5000 : 500);
		assert_int_equal(raw->data[raw->size - 1], 'a' + i);
		/* Once on the wire, or after a crash twice with the same Message-ID and bytes. */
		size_t sent = occurrences(wire, pd_printf(arena, "ack.%d@example.org ", i));
		size_t sent_same = occurrences(
			wire, pd_printf(arena, "ack.%d@example.org %zu Subject: Re: s\n", i,
					strlen(pd_printf(
						arena, "Subject: Re: subject%d\r\n\r\nThank you.\r\n", i))));
		if (is_complete && (sent != sent_same || sent > 2 || (sent > 0) != (i % 2 == 0)))
			fail_msg("%s: acknowledgement %d was sent %zu times (%zu the same)", what, i, sent,
				 sent_same);
	}
	pd_store_end(s);
	struct pd_strings wrong = {0};
	if (pd_store_verify(store, arena, &wrong, &error) != 0)
		fail_msg("%s: %s", what, error.text);
	if (wrong.count > 0)
		fail_msg("%s: %s", what, wrong.items[0]);
	pd_store_close(store);
	check_words(client, what);
}

struct place {
	char directory[64];
	char state[80];
};

static struct place new_place(void)
{
	/* Where there is memory to write to, thousands of syncs cost nothing. */
	struct place place = {.directory = "/dev/shm/test-store-crash-XXXXXX"};
	if (access("/dev/shm", W_OK) != 0)
		strcpy(place.directory, "/tmp/test-store-crash-XXXXXX");
	assert_non_null(mkdtemp(place.directory));
	snprintf(place.state, sizeof place.state, "%s/state", place.directory);
	return place;
}

static void remove_place(const struct place *place)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", place->directory);
	assert_int_equal(system(command), 0);
}

/* --- kill -9 --- */

static int wait_child(pid_t child)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static pid_t start_child(const char *state, const char *crash)
{
	pid_t child = fork();
	if (child == 0) {
		if (crash != NULL)
			setenv("POSTDESK_CRASH", crash, 1);
		else
			unsetenv("POSTDESK_CRASH");
		execl("/proc/self/exe", "test_store_crash", "--client", state, (char *)NULL);
		_exit(127);
	}
	return child;
}

static void test_killed_at_points(void **state)
{
	(void)state;
	static const struct {
		const char *point;
		int times; /* it is reached at least so often */
	} points[] = {{"after-write", 8}, {"before-commit", 8}, {"before-sync", 8},
		      {"after-commit", 8}, {"before-mark", 3},	{"after-mark", 3},
		      {"after-blob", 4},  {"before-words", 1},	{"after-words", 1}};
	for (size_t i = 0; i < COUNT(points); i++) {
		for (int n = 1; n <= points[i].times; n++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			struct place place = new_place();
			const char *crash = pd_printf(arena, "%s:%d", points[i].point, n);
			int status = wait_child(start_child(place.state, crash));
			if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
				fail_msg("%s: the process was not killed", crash);
			struct client client = client_new(arena, place.state);
			check_desk(&client, crash, false);
			status = wait_child(start_child(place.state, NULL));
			if (status != 0)
				fail_msg("%s: the second run failed", crash);
			check_desk(&client, crash, true);
			close(client.acked);
			close(client.wire);
			remove_place(&place);
		}
	}
}

/* --- a write or a sync that fails: a layer over the system's files --- */

struct shim_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

static struct {
	sqlite3_vfs vfs, *real;
	int left; /* calls until the failure; below 0: none */
	int code; /* what it gives */
	bool is_for_ever;
	unsigned long failed;
} shim;

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct shim_file *)file)->real;
}

static bool fails(bool is_sync)
{
	if (shim.left < 0 || is_sync != (shim.code == SQLITE_IOERR_FSYNC))
		return false;
	if (shim.left > 0) {
		shim.left--;
		return false;
	}
	shim.failed++;
	if (!shim.is_for_ever)
		shim.left = -1;
	return true;
}

static int shim_close(sqlite3_file *file)
{
	return real(file)->pMethods != NULL ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}
static int shim_read(sqlite3_file *file, void *data, int len, sqlite3_int64 at)
{
	return real(file)->pMethods->xRead(real(file), data, len, at);
}
static int shim_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
	if (fails(false)) {
		/* Half of it gets there. */
		(void)real(file)->pMethods->xWrite(real(file), data, len / 2, at);
		return shim.code;
	}
	return real(file)->pMethods->xWrite(real(file), data, len, at);
}
static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real(file)->pMethods->xTruncate(real(file), size);
}
static int shim_sync(sqlite3_file *file, int flags)
{
	return fails(true) ? shim.code : real(file)->pMethods->xSync(real(file), flags);
}
static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}
static int shim_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}
static int shim_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}
static int shim_reserved(sqlite3_file *file, int *result)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), result);
}
static int shim_control(sqlite3_file *file, int op, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), op, arg);
}
static int shim_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}
static int shim_device(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
static int shim_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **data)
{
	return real(file)->pMethods->xShmMap(real(file), page, size, extend, data);
}
static int shim_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
static void shim_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}
static int shim_shm_unmap(sqlite3_file *file, int is_deleted)
{
	return real(file)->pMethods->xShmUnmap(real(file), is_deleted);
}

static const sqlite3_io_methods shim_methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_reserved,
	.xFileControl = shim_control,
	.xSectorSize = shim_sector,
	.xDeviceCharacteristics = shim_device,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	struct shim_file *shimmed = (struct shim_file *)file;
	shimmed->real = (sqlite3_file *)(shimmed + 1);
	shimmed->base.pMethods = &shim_methods;
	int code = shim.real->xOpen(shim.real, name, shimmed->real, flags, ret_flags);
	if (shimmed->real->pMethods == NULL)
		shimmed->base.pMethods = NULL;
	return code;
}

static void register_shim(void)
{
	shim.real = sqlite3_vfs_find(NULL);
	shim.vfs = *shim.real;
	shim.vfs.zName = "shim";
	shim.vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
	shim.vfs.xOpen = shim_open;
	shim.left = -1;
	sqlite3_vfs_register(&shim.vfs, 1);
}

/* The Nth write or sync of a run fails, for every N that there is. */
static void run_with_failures(int code, bool is_for_ever)
{
	int n = 0, step = 1;
	bool is_done = false;
	for (; !is_done; n += step) {
		assert_true(n < 2000);
		PD_AUTO_ARENA arena = pd_arena_new();
		struct place place = new_place();
		struct client client = {0};
		assert_int_equal(mkdir(place.state, 0700), 0);
		client = client_new(arena, place.state);
		shim.code = code;
		shim.is_for_ever = is_for_ever;
		shim.failed = 0;
		shim.left = n;
		(void)run_client(&client);
		shim.left = -1;
		is_done = shim.failed == 0;
		const char *what = pd_printf(arena, "call %d gives %d%s", n, code,
					     is_for_ever ? " and all after it" : "");
		check_desk(&client, what, false);
		if (run_client(&client) != 0)
			fail_msg("%s: the second run failed", what);
		check_desk(&client, what, true);
		close(client.acked);
		close(client.wire);
		remove_place(&place);
		if (n > 40)
			step = 7; /* the later ones are like the earlier ones */
	}
	assert_true(n > 20);
}

static void test_failing_syncs(void **state)
{
	(void)state;
	run_with_failures(SQLITE_IOERR_FSYNC, false);
}

static void test_failing_writes(void **state)
{
	(void)state;
	run_with_failures(SQLITE_IOERR_WRITE, false);
	run_with_failures(SQLITE_IOERR_WRITE, true);
}

static void test_no_space_in_writes(void **state)
{
	(void)state;
	run_with_failures(SQLITE_FULL, false);
	run_with_failures(SQLITE_FULL, true);
}

/* What the MTA has answered stays known while its mark cannot be written (invariant 3). */
static void test_answer_without_mark(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct client client = client_new(arena, place.state);
	struct pd_store *store;
	struct pd_error error = {0};
	struct pd_leases leases = {0};
	struct pd_strings taken = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	assert_int_equal(deliver_one(&client, store, 2, &error), 0);
	assert_int_equal(pd_store_lease(store, arena, "test", TEST_NOW, TEST_NOW + PD_HOUR, 1, &leases, &error), 0);
	assert_int_equal(leases.count, 1);
	const struct pd_lease *lease = &leases.items[0];
	struct pd_sent_recipient said = {.recipient = lease->recipients.items[0], .sent = PD_SENT_LATER};
	shim.code = SQLITE_FULL;
	shim.is_for_ever = true;
	shim.left = 0;
	assert_int_equal(pd_store_sent(store, lease->id, &said, 1, TEST_NOW, TEST_NOW, &error), PD_FULL);
	assert_int_equal(pd_store_taken(store, arena, lease->id, lease->message_id, &taken, &error), 0);
	assert_int_equal(taken.count, 0);
	said.sent = PD_SENT_TAKEN;
	assert_int_equal(pd_store_sent(store, lease->id, &said, 1, TEST_NOW, TEST_NOW, &error), PD_FULL);
	assert_int_equal(pd_store_taken(store, arena, lease->id, lease->message_id, &taken, &error), 0);
	assert_int_equal(taken.count, 1);
	shim.left = -1;
	assert_int_equal(pd_store_sent(store, lease->id, &said, 1, TEST_NOW, TEST_NOW, &error), 0);
	assert_int_equal(pd_store_taken(store, arena, lease->id, lease->message_id, &taken, &error), 0);
	assert_int_equal(taken.count, 1);
	pd_store_close(store);
	close(client.acked);
	close(client.wire);
	remove_place(&place);
}

/* A sync that fails leaves nobody knowing: uncertain, and the store takes nothing more. */
static void test_failed_sync_is_uncertain(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct client client = client_new(arena, place.state);
	struct pd_store *store;
	struct pd_error error = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	assert_int_equal(deliver_one(&client, store, 1, &error), 0);
	shim.code = SQLITE_IOERR_FSYNC;
	shim.is_for_ever = false;
	shim.left = 0;
	assert_int_equal(deliver_one(&client, store, 2, &error), PD_UNCERTAIN);
	assert_true(pd_store_is_failed(store));
	assert_int_equal(deliver_one(&client, store, 4, &error), PD_TEMPORARY);
	pd_store_close(store);
	close(client.acked);
	close(client.wire);
	remove_place(&place);
}

/* --- a full disk --- */

static void test_full_disk(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct client client = client_new(arena, place.state);
	struct pd_store *store;
	struct pd_error error = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	assert_int_equal(deliver_one(&client, store, 0, &error), 0);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int big = deliver_one(&client, store, 3, &error);    /* a file of its own */
	int little = deliver_one(&client, store, 1, &error); /* the log */
	struct pd_snapshot *s = NULL;
	int begun = pd_store_begin(store, &s, &error);
	bool is_there = begun == 0 && s->message_id(s, arena, "0@example.org").count == 1;
	pd_store_end(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(big, PD_FULL);
	assert_int_equal(little, PD_FULL);
	assert_true(is_there);
	/* There is space again: it goes on by itself. */
	assert_false(pd_store_is_failed(store));
	assert_int_equal(deliver_one(&client, store, 1, &error), 0);
	assert_int_equal(deliver_one(&client, store, 3, &error), 0);
	pd_store_close(store);
	check_desk(&client, "full disk", false);
	close(client.acked);
	close(client.wire);
	remove_place(&place);
}

/* --- doors that stay shut --- */

static void test_lock(void **state)
{
	(void)state;
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct pd_store *one, *two;
	struct pd_error error = {0};
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_int_equal(pd_store_open(place.state, PD_STORE_READ, 0, &two, &error), PD_TEMPORARY);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &one, &error), 0);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &two, &error), PD_TEMPORARY);
	const char *want = pd_printf(arena, "another postdesk (pid %ld) holds ", (long)getpid());
	if (strncmp(error.text, want, strlen(want)) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(pd_store_open(place.state, PD_STORE_READ, 0, &two, &error), 0);
	char hash[65];
	assert_int_equal(pd_store_keep_text(two, "settings", "x", hash, &error), 0);
	assert_int_equal(pd_store_outbox_flush(two, &error), PD_TEMPORARY);
	pd_store_close(two);
	pd_store_close(one);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &one, &error), 0);
	pd_store_close(one);
	remove_place(&place);
}

static void test_newer_schema(void **state)
{
	(void)state;
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct pd_store *store;
	struct pd_error error = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &store, &error), 0);
	pd_store_close(store);
	char path[128];
	snprintf(path, sizeof path, "%s/desk.db", place.state);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 9999", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &store, &error), PD_CONFIGURATION);
	assert_int_equal(pd_store_open(place.state, PD_STORE_READ, 0, &store, &error), PD_CONFIGURATION);
	remove_place(&place);
}

/* Rows as they were before tickets knew of clocks. */
static void forget_clocks(struct pd_arena *arena, sqlite3 *db)
{
	sqlite3_stmt *select, *put;
	struct pd_ticket ticket = {0};
	PD_AUTO_BUF rest = {0};
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rest, created FROM ticket WHERE number = 1", -1, &select, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(select), SQLITE_ROW);
	ticket.created = sqlite3_column_int64(select, 1);
	const struct pd_bytes record = {sqlite3_column_blob(select, 0), (size_t)sqlite3_column_bytes(select, 0)};
	assert_true(pd_record_ticket_unpack(arena, record, &ticket));
	assert_true(ticket.clocks.of[PD_GOAL_CLOSE].start != 0);
	sqlite3_finalize(select);
	ticket.clocks = (struct pd_clocks){0};
	pd_record_ticket_pack(&rest, &ticket);
	assert_int_equal(sqlite3_prepare_v2(db, "UPDATE ticket SET rest = ? WHERE number = 1", -1, &put, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(put, 1, rest.data, (int)rest.len, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(put), SQLITE_DONE);
	sqlite3_finalize(put);
}

static void delete_entry(struct pd_arena *arena, struct pd_store *store, const struct pd_settings *settings, int64_t entry)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.now = TEST_NOW};
	assert_int_equal(pd_store_begin(store, &commit.snapshot, &error), 0);
	struct pd_context c = pd_context_new(arena, settings, commit.snapshot, TEST_NOW, "agent:anna");
	pd_plan_add(&c, pd_plan_ticket(&c, 1), "entry_deleted", pd_printf(arena, "%lld", (long long)entry), 0, NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
}

/* A database of the first schema is brought up to date. */
static void test_older_schema(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct pd_store *store;
	struct pd_error error = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &store, &error), 0);
	struct test_delivery delivery = {.arena = arena,
					 .settings = test_settings(arena),
					 .mail = {.message_id = "a@example.org",
						  .from = "a@example.org",
						  .subject = "Printer",
						  .text = "It burns."},
					 .now = TEST_NOW};
	assert_int_equal(test_deliver(store, &delivery, &error), 0);
	delete_entry(arena, store, delivery.settings, 2);
	pd_store_close(store);
	const char *path = pd_printf(arena, "%s/desk.db", place.state);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DROP TABLE deleted_entry; DROP TABLE record; DROP TABLE in_force; DROP TABLE agent_key; DROP TABLE agenda;"
				      "DROP INDEX event_message; DROP INDEX draft_ticket; DROP INDEX ticket_snoozed; DROP INDEX outbox_lines; DROP TABLE unindexed; DROP TABLE absorbed;"
				      "DROP INDEX contact_company; ALTER TABLE contact DROP COLUMN details;"
				      "DROP INDEX ticket_priority; DROP INDEX ticket_category; DROP INDEX ticket_source;"
				      "DROP INDEX ticket_status; DROP INDEX ticket_mailbox; DROP INDEX ticket_created;"
				      "DROP INDEX ticket_closed; DROP INDEX ticket_contact_ticket; DROP TABLE first_entry; DROP TABLE fresh_key;"
				      "ALTER TABLE message DROP COLUMN text_at; ALTER TABLE message DROP COLUMN text_size;"
				      "CREATE TABLE unindexed (id INTEGER PRIMARY KEY) STRICT;"
				      "CREATE VIRTUAL TABLE search USING fts5 (subject, text, people, content = '',"
				      " columnsize = 0); PRAGMA user_version = 1", NULL, NULL, NULL),
			 SQLITE_OK);
	forget_clocks(arena, db);
	sqlite3_close(db);
	assert_int_equal(pd_store_open(place.state, PD_STORE_READ, 0, &store, &error), PD_TEMPORARY);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, 0, &store, &error), 0);
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(store, arena, &wrong, &error), 0);
	assert_int_equal(wrong.count, 0);
	/* What was deleted then is purged in its time. */
	int64_t purged;
	assert_int_equal(pd_store_purge(store, TEST_NOW, &purged, &error), 0);
	assert_int_equal(purged, 0);
	assert_int_equal(pd_store_purge(store, TEST_NOW + 1, &purged, &error), 0);
	assert_int_equal(purged, 1);
	struct pd_snapshot *snapshot;
	assert_int_equal(pd_store_begin(store, &snapshot, &error), 0);
	assert_int_equal(snapshot->records(snapshot, arena, "view").count, 0);
	/* A condition that an index serves, which the older schema did not have. */
	struct pd_query *query;
	assert_int_equal(pd_query_parse(arena, delivery.settings, "mailbox:support status:new", NULL, TEST_NOW, &query, &error),
			 0);
	assert_int_equal(snapshot->list(snapshot, arena, query, "-created", 9, 0).count, 1);
	assert_int_equal(snapshot->failed, 0);
	pd_store_end(snapshot);
	struct pd_agent_keys keys;
	assert_int_equal(pd_store_keys(store, arena, NULL, true, &keys, &error), 0);
	assert_int_equal(keys.count, 0);
	pd_store_close(store);
	remove_place(&place);
}

/* The full-text index is made again where it is lost, or is not as the desk left it. */
static void test_index_made_again(void **state)
{
	(void)state;
	static const struct {
		const char *name, *first, *then; /* commands in the state directory: after two mails, after all */
	} cases[] = {
		{"lost", "true", "rm words.db*"},
		{"an older one", "cp words.db older", "rm words.db*; mv older words.db"},
		{"of a newer program", "true", "sqlite3 words.db 'PRAGMA user_version = 9999; DROP TABLE indexed'"},
		{"of another desk", "true", "sqlite3 words.db 'UPDATE indexed SET name = zeroblob(16)'"},
		{"a newer one", "cp desk.db older", "rm desk.db*; mv older desk.db"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct place place = new_place();
		assert_int_equal(mkdir(place.state, 0700), 0);
		struct client client = client_new(arena, place.state);
		struct pd_store *store;
		struct pd_error error = {0};
		for (int part = 0; part < 2; part++) {
			assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
			assert_int_equal(deliver_one(&client, store, 2 * part, &error), 0);
			assert_int_equal(deliver_one(&client, store, 2 * part + 1, &error), 0);
			pd_store_close(store);
			/* What was indexed at the end is taken off the queue. */
			assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
			assert_int_equal(pd_store_outbox_flush(store, &error), 0);
			pd_store_close(store);
			assert_int_equal(system(pd_printf(arena, "cd %s && { %s; }", place.state,
							  part == 0 ? cases[i].first : cases[i].then)), 0);
		}
		check_words(&client, cases[i].name);
		close(client.acked);
		close(client.wire);
		remove_place(&place);
	}
}

/* Texts too large to wait in memory are indexed out of the tables, in their place among the others. */
static void test_large_texts(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct client client = client_new(arena, place.state);
	struct pd_store *store;
	struct pd_error error = {0};
	char *large = pd_alloc(arena, 5000001);
	memset(large, ' ', 5000000);
	memcpy(large + 4999990, "needle", 6);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	for (int i = 0; i < 3; i++) {
		struct test_delivery delivery = {
			.arena = arena,
			.settings = client.settings,
			.mail = {.message_id = pd_printf(arena, "%d@example.org", i),
				 .from = "mary@example.org",
				 .subject = pd_printf(arena, "subject%d", i),
				 .text = i == 1 ? large : "small"},
			.now = TEST_NOW,
		};
		assert_int_equal(test_deliver(store, &delivery, &error), 0);
	}
	struct pd_store_stats stats;
	assert_int_equal(pd_store_stats(store, &stats, &error), 0);
	assert_true(stats.unindexed >= 0 && stats.unindexed <= 6);
	pd_store_close(store);
	check_words(&client, "large texts");
	assert_int_equal(pd_store_open(place.state, PD_STORE_READ, IN_DATABASE, &store, &error), 0);
	assert_int_equal(pd_store_stats(store, &stats, &error), 0);
	assert_int_equal(stats.unindexed, 0);
	pd_store_close(store);
	assert_int_equal(documents_with(place.state, "needle"), 1);
	assert_int_equal(documents_with(place.state, "small"), 2);
	close(client.acked);
	close(client.wire);
	remove_place(&place);
}

static void test_backup_and_verify(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct place place = new_place();
	assert_int_equal(mkdir(place.state, 0700), 0);
	struct client client = client_new(arena, place.state);
	assert_int_equal(run_client(&client), 0);
	struct pd_store *store;
	struct pd_error error = {0};
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	const char *copy = pd_printf(arena, "%s/copy", place.directory);
	if (pd_store_backup(store, copy, &error) != 0)
		fail_msg("%s", error.text);
	assert_int_equal(pd_store_backup(store, copy, &error), PD_PERMANENT);
	struct client restored = client;
	restored.state = copy;
	check_desk(&restored, "backup", true);
	/* A row that is not what its events make of it, a file that is not what came. */
	pd_store_close(store);
	char path[128];
	snprintf(path, sizeof path, "%s/desk.db", place.state);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "UPDATE ticket SET owner = 'eve' WHERE number = 1;", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(system(pd_printf(arena, "f=$(find %s/messages -type f | head -1) && echo x >>$f",
					  place.state)),
			 0);
	assert_int_equal(pd_store_open(place.state, PD_STORE_WRITE, IN_DATABASE, &store, &error), 0);
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(store, arena, &wrong, &error), 0);
	assert_int_equal(wrong.count, 2);
	assert_non_null(strstr(wrong.items[0], "ticket 1 "));
	assert_non_null(strstr(wrong.items[1], "its file is not what came"));
	pd_store_close(store);
	close(client.acked);
	close(client.wire);
	remove_place(&place);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--client") == 0) {
		PD_AUTO_ARENA arena = pd_arena_new();
		if (mkdir(argv[2], 0700) != 0 && access(argv[2], F_OK) != 0)
			return 1;
		struct client client = client_new(arena, argv[2]);
		return run_client(&client) != 0;
	}
	unsetenv("POSTDESK_CRASH");
	register_shim();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_points),
		cmocka_unit_test(test_failing_syncs),
		cmocka_unit_test(test_failing_writes),
		cmocka_unit_test(test_no_space_in_writes),
		cmocka_unit_test(test_answer_without_mark),
		cmocka_unit_test(test_failed_sync_is_uncertain),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_newer_schema),
		cmocka_unit_test(test_older_schema),
		cmocka_unit_test(test_index_made_again),
		cmocka_unit_test(test_large_texts),
		cmocka_unit_test(test_backup_and_verify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What keeping costs: SQLite's own group commit, and beside it whole plans through the store.
 *
 * usage: store [DIRECTORY [SECONDS]]    a line a figure; DIRECTORY is where the databases are made (default
 * /var/tmp)
 *
 * The bare figure is rows of 4 kB with a key each and a contentless full-text index, 64 a transaction. A plan
 * is what a customer's mail of 4 kB makes: ticket, conversation, contact, two events, message with source and
 * text, keys, marks, full text. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../unit/store_desk.h"

#define MAIL_SIZE 4000

static const char *directory = "/var/tmp";
static double seconds = 3;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Bytes that this process gave to write(2). */
static double written(void)
{
	unsigned long long bytes = 0;
	FILE *io = fopen("/proc/self/io", "r");
	char line[128];
	while (io != NULL && fgets(line, sizeof line, io) != NULL)
		if (sscanf(line, "wchar: %llu", &bytes) == 1)
			break;
	if (io != NULL)
		fclose(io);
	return (double)bytes;
}

/* A quarter of rare words out of 20,000, the rest common ones. */
static size_t make_text(char *text, size_t size, unsigned seed)
{
	static const char *const words[] = {
		"printer",  "invoice", "the",	  "password", "reset",	  "please",    "network",  "cannot",
		"login",    "error",   "account", "update",   "since",	  "yesterday", "hello",	   "ticket",
		"customer", "server",  "slow",	  "thanks",   "order",	  "delivery",  "attached", "screen",
		"window",   "again",   "support", "team",     "question", "about",     "license",  "renewal"};
	unsigned random = seed * 2654435761u + 1;
	size_t len = 0;
	while (len + 16 < size) {
		random = random * 1103515245u + 12345;
		unsigned k = random >> 16 & 0x7fff;
		len += (size_t)(k % 4 == 0 ? sprintf(text + len, "w%u ", k * k % 20000u)
					   : sprintf(text + len, "%s ", words[k % 32]));
	}
	return len;
}

static void remove_tree(const char *path)
{
	char command[600];
	snprintf(command, sizeof command, "rm -rf '%s'", path);
	if (system(command) != 0)
		exit(1);
}

/* --- SQLite alone --- */

static void run(sqlite3 *db, const char *sql)
{
	char *error = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, error);
		exit(1);
	}
}

static double bare(int group, double *ret_cpu, double *ret_written)
{
	char path[512], file[600];
	snprintf(path, sizeof path, "%s/postdesk-bench-XXXXXX", directory);
	if (mkdtemp(path) == NULL)
		exit(1);
	snprintf(file, sizeof file, "%s/bare.db", path);
	sqlite3 *db;
	if (sqlite3_open(file, &db) != SQLITE_OK)
		exit(1);
	run(db, "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -65536;"
		"CREATE TABLE msg (id INTEGER PRIMARY KEY, msgid TEXT UNIQUE, ticket INT, t INT, body TEXT);"
		"CREATE INDEX mt ON msg (ticket, t);"
		"CREATE VIRTUAL TABLE f USING fts5 (body, content = '', tokenize = 'unicode61')");
	sqlite3_stmt *row, *words;
	sqlite3_prepare_v2(db, "INSERT INTO msg VALUES (?, ?, ?, ?, ?)", -1, &row, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO f (rowid, body) VALUES (?, ?)", -1, &words, NULL);
	char text[MAIL_SIZE + 64], id[64];
	int count = 0;
	double start = now(), cpu_start = cpu(), written_start = written();
	while (now() - start < seconds) {
		run(db, "BEGIN IMMEDIATE");
		for (int i = 0; i < group; i++) {
			count++;
			int len = (int)make_text(text, MAIL_SIZE, (unsigned)count);
			snprintf(id, sizeof id, "<m%d.%x@bench.test>", count, (unsigned)count * 2654435761u);
			sqlite3_bind_int(row, 1, count);
			sqlite3_bind_text(row, 2, id, -1, SQLITE_STATIC);
			sqlite3_bind_int(row, 3, count / 3);
			sqlite3_bind_int(row, 4, count);
			sqlite3_bind_text(row, 5, text, len, SQLITE_STATIC);
			sqlite3_bind_int(words, 1, count);
			sqlite3_bind_text(words, 2, text, len, SQLITE_STATIC);
			if (sqlite3_step(row) != SQLITE_DONE || sqlite3_step(words) != SQLITE_DONE)
				exit(1);
			sqlite3_reset(row);
			sqlite3_reset(words);
		}
		run(db, "COMMIT");
	}
	double rate = count / (now() - start);
	*ret_cpu = (cpu() - cpu_start) / count;
	*ret_written = (written() - written_start) / count;
	sqlite3_finalize(row);
	sqlite3_finalize(words);
	sqlite3_close(db);
	remove_tree(path);
	return rate;
}

/* --- the store --- */

struct load {
	struct pd_store *store;
	const struct pd_settings *settings;
	atomic_int next;
	int until; /* messages; 0: for some seconds */
	double end;
};

static void *deliver_load(void *data)
{
	struct load *load = data;
	char *text = malloc(MAIL_SIZE + 64);
	for (;;) {
		int i = atomic_fetch_add(&load->next, 1);
		if (load->until != 0 ? i >= load->until : now() >= load->end)
			break;
		PD_AUTO_ARENA arena = pd_arena_new();
		size_t len = make_text(text, MAIL_SIZE, (unsigned)i);
		PD_AUTO_RAW raw = pd_raw_from_bytes(text, len);
		struct test_delivery delivery = {
			.arena = arena,
			.settings = load->settings,
			.mail = {.message_id =
					 pd_printf(arena, "m%d.%x@bench.test", i, (unsigned)i * 2654435761u),
				 .from = pd_printf(arena, "customer%u@example.org",
						   (unsigned)i * 2654435761u % 50000),
				 .name = "A Customer",
				 .subject = "Printer is slow",
				 .text = text,
				 .raw = raw},
			.now = TEST_NOW + i,
		};
		struct pd_error error;
		if (test_deliver(load->store, &delivery, &error) != 0) {
			fprintf(stderr, "%s\n", error.text);
			exit(1);
		}
	}
	free(text);
	return NULL;
}

static void run_threads(struct load *load, int threads)
{
	pthread_t thread[64];
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, deliver_load, load) != 0)
			exit(1);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
}

static struct load open_load(struct pd_arena *arena, char *path, size_t size)
{
	snprintf(path, size, "%s/postdesk-bench-XXXXXX", directory);
	if (mkdtemp(path) == NULL)
		exit(1);
	struct load load = {.settings = test_settings(arena)};
	struct pd_error error;
	if (pd_store_open(path, PD_STORE_WRITE, 131072, &load.store, &error) != 0) {
		fprintf(stderr, "%s\n", error.text);
		exit(1);
	}
	return load;
}

static void store_rate(int threads, double bare_rate)
{
	char path[512];
	PD_AUTO_ARENA arena = pd_arena_new();
	struct load load = open_load(arena, path, sizeof path);
	double start = now(), cpu_start = cpu(), written_start = written();
	load.end = start + seconds;
	run_threads(&load, threads);
	double rate = (atomic_load(&load.next) - threads) / (now() - start);
	double spent = (cpu() - cpu_start) / (atomic_load(&load.next) - threads);
	double bytes = (written() - written_start) / (atomic_load(&load.next) - threads);
	struct pd_store_stats stats = {0};
	(void)pd_store_stats(load.store, &stats, NULL);
	printf("store: plans of 4 kB mails, %d threads: %.0f/s, %.1f a group, %.0f us of CPU and %.1f kB "
	       "written"
	       " each, %.2f of bare SQLite\n",
	       threads, rate, (double)stats.commits / (double)(stats.groups > 0 ? stats.groups : 1),
	       spent * 1e6, bytes / 1e3, rate / bare_rate);
	fflush(stdout);
	pd_store_close(load.store);
	remove_tree(path);
}

/* The first page of each, 50 tickets, the best of five. */
static void store_lists(const struct load *load)
{
	static const char *const queries[] = {
		"",
		"is:open",
		"owner:none is:open",
		"owner:me is:open",
		"team:me is:open",
		"is:spam",
		"is:deleted",
		"is:closed -is:automatic",
		"is:automatic",
		"printer",
		"w1234",
		"printer w1234",
		"contact:customer77@example.org",
	};
	static const char *const sorts[] = {"-number", "-updated"};
	for (size_t i = 0; i < 2 * sizeof queries / sizeof *queries; i++) {
		double best = 1;
		size_t count = 0;
		for (int n = 0; n < 5; n++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			struct pd_query *query;
			struct pd_snapshot *snapshot;
			struct pd_error error;
			if (pd_query_parse(arena, load->settings, queries[i / 2], "anna", TEST_NOW, &query,
					   &error) != 0 ||
			    pd_store_begin(load->store, &snapshot, &error) != 0)
				exit(1);
			double start = now();
			count = snapshot->list(snapshot, arena, query, sorts[i % 2], 50, 0).count;
			best = now() - start < best ? now() - start : best;
			pd_store_end(snapshot);
		}
		printf("store: first page of \"%s\" by %s among 104,000 tickets: %.2f ms, %zu tickets\n",
		       queries[i / 2], sorts[i % 2] + 1, best * 1e3, count);
	}
}

/* The cost of a message as the desk grows: CPU and time, 4,000 messages around each size. */
static void store_growth(void)
{
	static const int sizes[] = {1000, 10000, 50000, 100000};
	enum { SPAN = 4000 };
	char path[512];
	PD_AUTO_ARENA arena = pd_arena_new();
	struct load load = open_load(arena, path, sizeof path);
	double first = 0, first_cpu = 0;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		load.until = sizes[i];
		if (atomic_load(&load.next) < load.until)
			run_threads(&load, 16);
		atomic_store(&load.next, sizes[i]);
		load.until = sizes[i] + SPAN;
		double start = now(), cpu_start = cpu(), written_start = written();
		run_threads(&load, 16);
		double each = (now() - start) / SPAN, cpu_each = (cpu() - cpu_start) / SPAN;
		double bytes = (written() - written_start) / SPAN;
		atomic_store(&load.next, load.until);
		if (i == 0) {
			first = each;
			first_cpu = cpu_each;
		}
		printf("store: the %d,000th message: %.0f us, %.0f us of CPU, %.1f kB written; %.2f of the "
		       "1,000th, by CPU %.2f\n",
		       sizes[i] / 1000, each * 1e6, cpu_each * 1e6, bytes / 1e3, each / first,
		       cpu_each / first_cpu);
		fflush(stdout);
	}
	store_lists(&load);
	pd_store_close(load.store);
	remove_tree(path);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		directory = argv[1];
	if (argc > 2)
		seconds = atof(argv[2]);
	double cpu_each, bytes_each, alone = bare(64, &cpu_each, &bytes_each);
	printf("store: SQLite alone, rows of 4 kB with full text, 64 a commit: %.0f/s, %.0f us of CPU and "
	       "%.1f kB written each\n",
	       alone, cpu_each * 1e6, bytes_each / 1e3);
	fflush(stdout);
	static const int threads[] = {1, 4, 16, 64};
	for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
		store_rate(threads[i], alone);
	if (argc <= 3)
		store_growth();
	return 0;
}

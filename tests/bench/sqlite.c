/* What SQLite alone does: rows of 4 kB with a full-text index, in groups of 64 and alone, each group on disk.
 *
 *   sqlite FOLDER [SECONDS]
 *
 * The bound of a store that keeps mails in SQLite; prints "GROUPED SINGLE", rows a second. The texts are made before
 * the clock runs, and taken in turns. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TEXTS 2048
#define SIZE  4096

static sqlite3 *db;
static char texts[TEXTS][SIZE];
static int lengths[TEXTS];

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run(const char *sql)
{
	char *error;
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
		fprintf(stderr, "sqlite: %s: %s\n", sql, error);
		exit(1);
	}
}

static int add_text(char *text, int size, unsigned seed)
{
	static const char *const common[] = {"printer", "invoice", "the",   "password", "reset", "please",
					     "network", "cannot",  "login", "error",	"account"};
	int len = 0;
	while (len < size - 20) {
		seed = seed * 1103515245U + 12345;
		unsigned random = seed >> 8;
		if (random % 4 == 0)
			len += snprintf(text + len, (size_t)(size - len), "w%u ", random * 7 % 20000);
		else
			len += snprintf(text + len, (size_t)(size - len), "%s ", common[random / 4 % 11]);
	}
	return len;
}

static void insert(sqlite3_stmt *statement, int number, const char *text, int len)
{
	sqlite3_bind_int(statement, 1, number);
	sqlite3_bind_text(statement, 2, text, len, SQLITE_STATIC);
	if (sqlite3_step(statement) != SQLITE_DONE) {
		fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	sqlite3_reset(statement);
}

static double measure(const char *folder, int group, double length)
{
	char path[512];
	snprintf(path, sizeof path, "%s/sqlite-%d.db", folder, group);
	if (sqlite3_open(path, &db) != SQLITE_OK)
		exit(1);
	run("PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -65536;"
	    "CREATE TABLE mail (id INTEGER PRIMARY KEY, body TEXT);"
	    "CREATE VIRTUAL TABLE words USING fts5(body, content='mail', content_rowid='id', tokenize='unicode61')");
	sqlite3_stmt *row, *words;
	sqlite3_prepare_v2(db, "INSERT INTO mail (id, body) VALUES (?, ?)", -1, &row, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO words (rowid, body) VALUES (?, ?)", -1, &words, NULL);
	int number = 0;
	double began = seconds();
	while (seconds() - began < length) {
		run("BEGIN IMMEDIATE");
		for (int i = 0; i < group; i++) {
			const int n = ++number % TEXTS;
			insert(row, number, texts[n], lengths[n]);
			insert(words, number, texts[n], lengths[n]);
		}
		run("COMMIT");
	}
	double rate = number / (seconds() - began);
	sqlite3_finalize(row);
	sqlite3_finalize(words);
	sqlite3_close(db);
	unlink(path);
	return rate;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	double length = argc > 2 ? atof(argv[2]) : 2;
	for (int i = 0; i < TEXTS; i++)
		lengths[i] = add_text(texts[i], SIZE, (unsigned)(i + 1) * 2654435761U);
	double grouped = measure(argv[1], 64, length);
	printf("%.0f %.0f\n", grouped, measure(argv[1], 1, length));
	return 0;
}

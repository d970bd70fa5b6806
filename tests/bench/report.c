/* How long a report takes on a desk with history: one line a figure.
 *
 * usage: report [DIRECTORY [TICKETS]]    DIRECTORY is where the database is made (default /var/tmp)
 *
 * The tickets are spread over three years; each is asked, answered, asked again, answered and closed. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../unit/store_desk.h"
#include "desk/report.h"

#define EVENTS 9 /* a ticket */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "report: %s\n", what);
	exit(1);
}

static const struct {
	const char *kind, *actor, *changes;
	pd_time after; /* the event before */
} life[EVENTS] = {
	{"created", "contact:v@example.org",
	 "[[\"name\",null,\"Printer\"],[\"mailbox\",null,\"support\"],[\"pipeline\",null,\"support\"],["
	 "\"status\",null,\"new:"
	 "New\"],[\"team\",null,\"support\"],[\"priority\",null,\"normal\"],[\"source\",null,\"mail\"]]",
	 0},
	{"message", "contact:v@example.org", "[[\"direction\",null,\"in\"]]", 0},
	{"set", "agent:anna", "[[\"owner\",null,\"anna\"]]", 3 * PD_HOUR},
	{"message", "agent:anna", "[[\"direction\",null,\"out\"]]", PD_MINUTE},
	{"set", "agent:anna", "[[\"status\",\"new:New\",\"waiting:Waiting on customer\"]]", 0},
	{"message", "contact:v@example.org", "[[\"direction\",null,\"in\"]]", PD_DAY},
	{"set", "contact:v@example.org", "[[\"status\",\"waiting:Waiting on customer\",\"open:Open\"]]", 0},
	{"message", "agent:anna", "[[\"direction\",null,\"out\"]]", 5 * PD_HOUR},
	{"set", "agent:anna", "[[\"status\",\"open:Open\",\"closed:Closed\"]]", 0},
};

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, sqlite3_errmsg(db));
	return statement;
}

static void step(sqlite3 *db, sqlite3_stmt *statement)
{
	must(sqlite3_step(statement) == SQLITE_DONE, sqlite3_errmsg(db));
	sqlite3_reset(statement);
}

/* By hand: a million commits would take longer than all else. */
static void fill(const char *path, long tickets)
{
	sqlite3 *db;
	must(sqlite3_open(path, &db) == SQLITE_OK, path);
	sqlite3_stmt *ticket =
		prepare(db, "INSERT INTO ticket (number, version, class, status_kind, flags, created, "
			    "updated, closed, messages, status,"
			    " owner, team, priority, source, mailbox, pipeline, name, rest) VALUES"
			    " (?1, 9, 1, 3, 0, ?2, ?3, ?3, 4, 'Closed', 'anna', 'support', 'normal', 'mail', "
			    "'support', 'support',"
			    " 'Printer', x'0101000000000000000000')");
	sqlite3_stmt *event = prepare(
		db, "INSERT INTO event (id, ticket, version, format, at, kind, action, indexed, actor,"
		    " changes) VALUES (?, ?, ?, 1, ?, ?, ?, 0, ?, ?)");
	must(sqlite3_exec(db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL) == SQLITE_OK,
	     sqlite3_errmsg(db));
	for (long number = 1; number <= tickets; number++) {
		pd_time at = TEST_NOW - 3 * 365 * PD_DAY / tickets * (tickets - number), began = at;
		for (int i = 0; i < EVENTS; i++) {
			int64_t id = number * EVENTS + i;
			at += life[i].after;
			sqlite3_bind_int64(event, 1, id);
			sqlite3_bind_int64(event, 2, number);
			sqlite3_bind_int64(event, 3, i + 1);
			sqlite3_bind_int64(event, 4, at);
			sqlite3_bind_text(event, 5, life[i].kind, -1, SQLITE_STATIC);
			sqlite3_bind_int64(event, 6, id);
			sqlite3_bind_text(event, 7, life[i].actor, -1, SQLITE_STATIC);
			sqlite3_bind_text(event, 8, life[i].changes, -1, SQLITE_STATIC);
			step(db, event);
		}
		sqlite3_bind_int64(ticket, 1, number);
		sqlite3_bind_int64(ticket, 2, began);
		sqlite3_bind_int64(ticket, 3, at);
		step(db, ticket);
	}
	must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
	sqlite3_finalize(ticket);
	sqlite3_finalize(event);
	sqlite3_close(db);
}

static bool add(void *data, struct pd_arena *arena, const struct pd_event *events, size_t count)
{
	pd_report_add(data, arena, events, count);
	return true;
}

static void measure(struct pd_store *store, const struct pd_settings *settings, long tickets,
		    const char *what, pd_time from)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_snapshot *snapshot;
	struct pd_error error = {0};
	double took = -seconds();
	must(pd_store_begin(store, &snapshot, &error) == 0, error.text);
	struct pd_report *report =
		pd_report_new(settings, snapshot, NULL, from, TEST_NOW + PD_DAY, TEST_NOW + PD_DAY);
	pd_store_replay(snapshot, from, TEST_NOW + PD_DAY, add, report);
	must(snapshot->failed == 0, snapshot->error.text);
	struct pd_report_lines lines = pd_report_done(arena, report);
	took += seconds();
	printf("report: %s of %ld tickets over three years: %.2f s (%zu replies)\n", what, tickets, took,
	       lines.items[0].out);
	pd_report_free(report);
	pd_store_end(snapshot);
}

int main(int argc, char **argv)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	char *state = pd_printf(arena, "%s/report-XXXXXX", argc > 1 ? argv[1] : "/var/tmp");
	long tickets = argc > 2 ? atol(argv[2]) : 100000;
	struct pd_settings *settings = test_settings(arena);
	struct pd_store *store;
	struct pd_error error = {0};
	settings->timezone = "UTC";
	must(mkdtemp(state) != NULL, state);
	must(pd_store_open(state, PD_STORE_WRITE, 4096, &store, &error) == 0, error.text);
	pd_store_close(store);
	fill(pd_printf(arena, "%s/" PD_STORE_FILE, state), tickets);
	must(pd_store_open(state, PD_STORE_READ, 4096, &store, &error) == 0, error.text);
	measure(store, settings, tickets, "the last month", TEST_NOW - 30 * PD_DAY);
	measure(store, settings, tickets, "all", 0);
	pd_store_close(store);
	return system(pd_printf(arena, "rm -r '%s'", state)) != 0;
}

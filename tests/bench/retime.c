/* How long it takes to reckon anew what is due when on a million open tickets, after a calendar has changed: one line.
 * Aim: under 5 s. An argument gives another number of tickets. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/store.h"

#define AT_ONCE 250
#define START	((pd_time)1795000000000)

static const char configuration[] =
	"[mailbox desk]\naddress = desk@example.com\nteam = support\nsla = standard\n"
	"[team support]\nmembers = anna\n[agent anna]\naddress = anna@example.com\n[calendar office]\n"
	"[sla standard]\ncalendar = office\nfirst_reply = 4h\nnext_reply = 8h\nclose = 5wd\ndue_soon = 1h\n"
	"[sla standard priority:urgent]\nfirst_reply = 30m\n";

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double processor(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void must(int failed, const struct pd_error *error)
{
	if (!failed)
		return;
	fprintf(stderr, "%s\n", error->text);
	exit(1);
}

/* Open from nine to that hour. */
static void set_hours(struct pd_settings *settings, int until)
{
	struct pd_calendar_range ranges[5];
	struct pd_calendar_week week = {.zone = "Europe/Helsinki"};
	struct pd_problems problems = {.arena = settings->arena};
	for (int day = 0; day < 5; day++)
		ranges[day] = (struct pd_calendar_range){day, 9 * 60, until * 60};
	week.ranges.items = ranges;
	week.ranges.count = 5;
	struct pd_calendar *office = pd_calendar_from_week(&week);
	const struct pd_calendar_kept kept = {"office", pd_calendar_text(office)};
	settings->calendars = pd_calendars_of_texts(&kept, 1);
	settings->policies = pd_policies_new(settings, &problems);
	pd_calendar_unref(office);
}

static void fill(struct pd_store *store, const struct pd_settings *settings, long count)
{
	struct pd_error error = {0};
	for (long done = 0; done < count; done += AT_ONCE) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_commit commit = {.now = START + done * PD_SECOND};
		must(pd_store_begin(store, &commit.snapshot, &error), &error);
		struct pd_context c = pd_context_new(arena, settings, commit.snapshot, commit.now, "contact:a@example.net");
		for (long i = done; i < done + AT_ONCE && i < count; i++) {
			const struct pd_change values[] = {{.property = "name", .to = "Printer"},
							   {.property = "owner", .to = i % 3 ? "anna" : NULL},
							   {.property = "priority", .to = i % 10 ? "normal" : "urgent"}};
			pd_plan_new_ticket(&c, &settings->mailboxes.items[0], values, 3);
		}
		pd_goals_settle(&c);
		commit.plan = c.plan;
		must(pd_store_commit(store, &commit, &error), &error);
		pd_store_end(commit.snapshot);
	}
}

static struct pd_agenda reckon(void *data, struct pd_snapshot *snapshot, struct pd_arena *arena, struct pd_ticket *ticket)
{
	struct pd_ticket_facts facts = {.ticket = ticket};
	struct pd_goals goals;
	(void)snapshot;
	(void)arena;
	pd_goals_at(data, &facts, START + PD_DAY, &goals);
	return pd_agenda_of(&goals, ticket);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000000;
	char directory[] = "/tmp/bench-retime-XXXXXX", path[64], command[128];
	struct pd_error error = {0};
	struct pd_store *store;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	if (mkdtemp(directory) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/postdesk.conf", directory);
	FILE *file = fopen(path, "w");
	fputs(configuration, file);
	fclose(file);
	struct pd_settings *settings = pd_config_load(path, &problems);
	if (settings == NULL) {
		pd_problems_print(&problems, stderr);
		return 1;
	}
	set_hours(settings, 17);
	must(pd_store_open(directory, PD_STORE_WRITE, 4096, &store, &error), &error);
	fill(store, settings, count);
	set_hours(settings, 18);
	int64_t changed = 0;
	double start = seconds(), used = processor();
	struct pd_retime retime = {.config = "another", .reckon = reckon, .data = settings};
	must(pd_store_retime(store, &retime, &changed, &error), &error);
	printf("re-timing %ld open tickets (%lld changed): %.2f s, %.2f s of processor (aim: 1000000 in 5 s)\n", count,
	       (long long)changed, seconds() - start, processor() - used);
	pd_store_close(store);
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	return system(command) != 0;
}

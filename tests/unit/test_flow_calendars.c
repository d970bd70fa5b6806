/* What comes into force: calendars, kept in the store, in force again after a start or a reload with a broken file;
 * the names of agents who have left the configuration. */
#include "check.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>
#include "base/text.h"
#include "calendar/calendar.h"
#include "flow/flow.h"
#include "flow/internal.h"

#define HOURS(from, to)                                                                                      \
	"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T" from "0000\nDTEND:20260105T" to "0000\n"          \
	"RRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n"

struct desk {
	struct pd_arena *arena;
	char *directory;
	struct pd_store *store;
	struct pd_flow *flow;
	struct pd_problems problems;
};

static void write_file(struct desk *desk, const char *name, const char *text)
{
	assert_true(g_file_set_contents(pd_printf(desk->arena, "%s/%s", desk->directory, name), text, -1, NULL));
}

/* Anew, as after the process has ended; the class of preparing. */
static int start(struct desk *desk)
{
	struct pd_error error;
	pd_flow_free(desk->flow);
	desk->problems = (struct pd_problems){.arena = desk->arena};
	struct pd_settings *settings = pd_flow_load(
		pd_printf(desk->arena, "%s/postdesk.conf", desk->directory), &desk->problems);
	if (settings == NULL)
		fail_msg("%s", desk->problems.items[0].text);
	desk->flow = pd_flow_new(settings, desk->store, NULL);
	pd_settings_unref(settings);
	return pd_flow_prepare(desk->flow, &desk->problems, &error);
}

static void begin(struct desk *desk)
{
	*desk = (struct desk){.arena = pd_arena_new(), .store = pd_store_memory()};
	desk->directory = g_dir_make_tmp("test_flow_calendars.XXXXXX", NULL);
	write_file(desk, "postdesk.conf",
		   pd_printf(desk->arena,
			     "[postdesk]\nstate = %s\n[mailbox support]\naddress = support@example.com\n"
			     "[agent anna]\naddress = anna@example.com\n[calendar office]\nhours = office.ics\n",
			     desk->directory));
	write_file(desk, "office.ics", HOURS("09", "17"));
}

static void end(struct desk *desk)
{
	pd_flow_free(desk->flow);
	pd_store_close(desk->store);
	const char *const names[] = {"postdesk.conf", "office.ics"};
	for (size_t i = 0; i < 2; i++)
		unlink(pd_printf(desk->arena, "%s/%s", desk->directory, names[i]));
	rmdir(desk->directory);
	g_free(desk->directory);
	pd_arena_free(desk->arena);
}

static pd_time hours(struct desk *desk)
{
	struct pd_settings *settings = pd_flow_settings(desk->flow);
	struct pd_calendar *calendar = pd_calendars_find(settings->calendars, "office");
	pd_time from, open = -1;
	assert_true(pd_time_parse("2026-01-07", &from));
	if (calendar != NULL)
		open = pd_calendar_between(calendar, from, from + PD_DAY) / PD_HOUR;
	pd_settings_unref(settings);
	return open;
}

static char *config(struct desk *desk)
{
	struct pd_snapshot *snapshot;
	struct pd_error error;
	char *text = NULL;
	assert_int_equal(pd_store_begin(desk->store, &snapshot, &error), 0);
	assert_non_null(snapshot->config);
	assert_int_equal(pd_store_text(desk->store, desk->arena, snapshot->config, &text, &error), 0);
	pd_store_end(snapshot);
	return text;
}

static void test_kept(void **state)
{
	struct desk desk;
	(void)state;
	begin(&desk);
	assert_int_equal(start(&desk), 0);
	assert_int_equal(hours(&desk), 8);
	char *first = config(&desk);
	/* The events' configuration names the calendars of its time. */
	write_file(&desk, "office.ics", HOURS("09", "12"));
	assert_int_equal(pd_flow_reload(desk.flow, &desk.problems, NULL), 0);
	assert_int_equal(hours(&desk), 3);
	assert_string_not_equal(config(&desk), first);
	struct pd_calendars *then = pd_flow_kept_calendars(desk.store, first);
	pd_time from;
	assert_true(pd_time_parse("2026-01-07", &from));
	assert_int_equal(pd_calendar_between(pd_calendars_find(then, "office"), from, from + PD_DAY),
			 8 * PD_HOUR);
	pd_calendars_unref(then);
	end(&desk);
}

static void test_broken(void **state)
{
	struct desk desk;
	(void)state;
	begin(&desk);
	write_file(&desk, "office.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
	assert_int_equal(start(&desk), PD_CONFIGURATION);
	assert_true(desk.problems.errors > 0);
	write_file(&desk, "office.ics", HOURS("09", "17"));
	assert_int_equal(start(&desk), 0);
	char *before = config(&desk);
	/* While it runs. */
	write_file(&desk, "office.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n");
	assert_int_equal(pd_flow_reload(desk.flow, &desk.problems, NULL), 0);
	assert_int_equal(hours(&desk), 8);
	assert_true(desk.problems.count > 0 && desk.problems.errors == 0);
	/* After a start, from the store. */
	assert_int_equal(start(&desk), 0);
	assert_int_equal(hours(&desk), 8);
	assert_true(desk.problems.count > 0 && desk.problems.errors == 0);
	assert_string_equal(config(&desk), before);
	end(&desk);
}

static void configure(struct desk *desk, const char *agents)
{
	write_file(desk, "postdesk.conf",
		   pd_printf(desk->arena,
			     "[postdesk]\nstate = %s\n[mailbox support]\naddress = support@example.com\n%s",
			     desk->directory, agents));
}

static char *former(struct desk *desk)
{
	struct pd_settings *settings = pd_flow_settings(desk->flow);
	char *names = pd_strings_join(desk->arena, &settings->former_agents, " ");
	pd_settings_unref(settings);
	return names;
}

/* A mail may be answered that went to an agent who has left since. */
static void test_former_agents(void **state)
{
	(void)state;
	struct desk desk;
	begin(&desk);
	assert_int_equal(start(&desk), PD_OK);
	assert_string_equal(former(&desk), "");
	configure(&desk, "[agent bob]\naddress = bob@example.com\n");
	struct pd_error error;
	assert_int_equal(pd_flow_reload(desk.flow, &desk.problems, &error), PD_OK);
	assert_string_equal(former(&desk), "anna");
	configure(&desk, "[agent o.neill]\naddress = o@example.com\n");
	assert_int_equal(start(&desk), PD_OK);
	assert_true(strcmp(former(&desk), "anna bob") == 0 || strcmp(former(&desk), "bob anna") == 0);
	/* Whoever comes back is here. */
	configure(&desk, "[agent anna]\naddress = anna@example.com\n[agent bob]\naddress = bob@example.com\n");
	assert_int_equal(pd_flow_reload(desk.flow, &desk.problems, &error), PD_OK);
	assert_string_equal(former(&desk), "o.neill");
	end(&desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_former_agents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

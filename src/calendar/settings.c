/* The calendars of the configuration. A set is immutable and counted by references, so that
 * a reload swaps a pointer and those who still use the old set keep it. */
#include <glib.h>
#include <stdatomic.h>
#include <string.h>
#include "base/text.h"
#include "calendar/calendar.h"

#define ALWAYS "24/7"

struct named {
	const char *name;
	struct pd_calendar *calendar;
};
struct pd_calendars {
	struct pd_arena *arena;
	PD_LIST(struct named) list; /* the last is 24/7 */
	const struct pd_zone *zone; /* the desk's; NULL: UTC */
	atomic_int references;
};

/* Relative to the configuration file. */
static struct pd_strings read_paths(struct pd_arena *arena, const struct pd_setting *setting)
{
	struct pd_strings paths = pd_split(arena, setting->value, ';');
	const char *slash = setting->where.file ? strrchr(setting->where.file, '/') : NULL;

	for (size_t i = 0; i < paths.count; i++)
		if (paths.items[i][0] != '/' && slash)
			paths.items[i] = pd_printf(arena, "%.*s/%s", (int)(slash - setting->where.file),
						   setting->where.file, paths.items[i]);
	return paths;
}

static struct pd_calendar_files read_group(struct pd_arena *arena, const struct pd_settings *settings,
					   const struct pd_group *group)
{
	struct pd_calendar_files files = {.zone = settings->timezone, .where = group->where};

	for (size_t i = 0; i < group->settings.count; i++) {
		const struct pd_setting *setting = &group->settings.items[i];

		if (pd_equal(setting->key, "hours")) {
			files.hours = read_paths(arena, setting);
			files.hours_where = setting->where;
		} else if (pd_equal(setting->key, "holidays")) {
			files.holidays = read_paths(arena, setting);
			files.holidays_where = setting->where;
		} else if (pd_equal(setting->key, "ignore")) {
			files.ignore = pd_split(arena, setting->value, ';');
		} else if (pd_equal(setting->key, "timezone") && *setting->value) {
			files.zone = setting->value;
			files.zone_where = setting->where;
		}
	}
	return files;
}

/* Is the zone's line an error already? The configuration knows most zones that are none. */
static bool is_told(const struct pd_problems *problems, const struct pd_calendar_files *files,
		    struct pd_where where)
{
	if (!files->zone_where.file || !pd_equal(where.file, files->zone_where.file) ||
	    where.line != files->zone_where.line)
		return false;
	for (size_t i = 0; i < problems->count; i++)
		if (!problems->items[i].is_warning && problems->items[i].where.line == where.line &&
		    pd_equal(problems->items[i].where.file, where.file))
			return true;
	return false;
}

/* Problems of one calendar, as errors or, where an older one stays in force, as warnings. */
static void pass_on(const struct pd_problems *found, const struct pd_calendar_files *files, bool is_mild,
		    struct pd_problems *problems)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct pd_problem *problem = &found->items[i];

		if (is_told(problems, files, problem->where))
			continue;
		if (problem->is_warning || is_mild)
			pd_warning_add(problems, problem->where, "%s", problem->text);
		else
			pd_problem_add(problems, problem->where, "%s", problem->text);
	}
}

static struct pd_calendar *load_group(struct pd_calendars *made, const struct pd_settings *settings,
				      const struct pd_group *group, const struct pd_calendars *old,
				      struct pd_problems *problems)
{
	struct pd_problems found = {.arena = problems->arena};
	struct pd_calendar_files files = read_group(made->arena, settings, group);
	struct pd_calendar *calendar = pd_calendar_load(&files, &found), *before = NULL;

	if (!calendar && old)
		before = pd_calendars_find(old, group->name);
	pass_on(&found, &files, before != NULL, problems);
	if (!before)
		return calendar;
	pd_warning_add(problems, group->where, "[calendar %s] stays as it was loaded before", group->name);
	return pd_calendar_ref(before);
}

static struct pd_calendars *new_set(void)
{
	struct pd_arena *arena = pd_arena_new();
	struct pd_calendars *made = PD_NEW(arena, struct pd_calendars);

	made->arena = arena;
	atomic_init(&made->references, 1);
	return made;
}

static void add_named(struct pd_calendars *made, const char *name, struct pd_calendar *calendar)
{
	if (calendar)
		*pd_list_add(made->arena, &made->list) = (struct named){pd_strdup(made->arena, name), calendar};
}

struct pd_calendars *pd_calendars_of_texts(const struct pd_calendar_kept *kept, size_t count)
{
	struct pd_calendars *made = new_set();

	for (size_t i = 0; i < count; i++)
		if (!pd_equal(kept[i].name, ALWAYS))
			add_named(made, kept[i].name, pd_calendar_from_text(kept[i].text));
	add_named(made, ALWAYS, pd_calendar_always());
	return made;
}

struct pd_calendars *pd_calendars_load(const struct pd_settings *settings, const struct pd_calendars *old,
				       struct pd_problems *problems)
{
	struct pd_calendars *made = new_set();

	made->zone = pd_zone_load(made->arena, settings->timezone ? settings->timezone : "UTC");
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];

		if (!pd_equal(group->type, "calendar"))
			continue;
		if (!*group->name || pd_equal(group->name, ALWAYS)) {
			pd_problem_add(problems, group->where, "[calendar %s]: %s", group->name,
				       *group->name ? "that calendar exists already and is always open"
						    : "a calendar needs a name");
			continue;
		}
		add_named(made, group->name, load_group(made, settings, group, old, problems));
	}
	add_named(made, ALWAYS, pd_calendar_always());
	return made;
}

struct pd_calendars *pd_calendars_ref(struct pd_calendars *calendars)
{
	atomic_fetch_add_explicit(&calendars->references, 1, memory_order_relaxed);
	return calendars;
}

void pd_calendars_unref(struct pd_calendars *calendars)
{
	if (!calendars || atomic_fetch_sub_explicit(&calendars->references, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < calendars->list.count; i++)
		pd_calendar_unref(calendars->list.items[i].calendar);
	pd_arena_free(calendars->arena);
}

struct pd_calendar *pd_calendars_find(const struct pd_calendars *calendars, const char *name)
{
	for (size_t i = 0; name && i < calendars->list.count; i++)
		if (strcmp(calendars->list.items[i].name, name) == 0)
			return calendars->list.items[i].calendar;
	return NULL;
}

const struct pd_zone *pd_calendars_zone(const struct pd_calendars *calendars)
{
	static const pd_time at[] = {INT64_MIN}, offset[] = {0};
	static const struct pd_zone utc = {.name = "UTC", .count = 1, .at = at, .offset = offset};

	return calendars && calendars->zone ? calendars->zone : &utc;
}

struct pd_strings pd_calendars_names(struct pd_arena *arena, const struct pd_calendars *calendars)
{
	struct pd_strings names = {0};

	for (size_t i = 0; i < calendars->list.count; i++)
		*pd_list_add(arena, &names) = pd_strdup(arena, calendars->list.items[i].name);
	return names;
}

void pd_calendar_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	pd_calendars_unref(pd_calendars_load(settings, NULL, problems));
}

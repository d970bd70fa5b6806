/* Makes calendars: of files, of a plain week, of the canonical text. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "calendar/made.h"

static struct pd_where place_of(const struct pd_calendar_files *files, struct pd_where exact)
{
	return exact.file ? exact : files->where;
}

static bool read_files(const struct pd_calendar_files *files, struct source *source)
{
	size_t before = source->problems->errors;

	for (size_t i = 0; i < files->hours.count; i++)
		pd_source_read(source, files->hours.items[i], SOURCE_HOURS, place_of(files, files->hours_where));
	for (size_t i = 0; i < files->holidays.count; i++)
		pd_source_read(source, files->holidays.items[i], SOURCE_HOLIDAYS,
			       place_of(files, files->holidays_where));
	for (size_t i = 0; i < files->either.count; i++)
		pd_source_read(source, files->either.items[i], SOURCE_BY_CONTENT, files->where);
	return source->problems->errors == before;
}

/* Problems are kept in the problems' own arena; their file names must outlive ours. */
static void keep_names(struct pd_problems *problems, size_t from)
{
	for (size_t i = from; i < problems->count; i++)
		problems->items[i].where.file = pd_strdup(problems->arena, problems->items[i].where.file);
}

static struct pd_calendar *load(struct pd_arena *arena, const struct pd_calendar_files *files,
				struct pd_problems *problems)
{
	struct model *model = PD_NEW(arena, struct model);
	int64_t steps = pd_calendar_steps();
	struct source source = {.arena = arena,
				.model = model,
				.ignore = &files->ignore,
				.problems = problems,
				.steps = &steps};
	const struct entry *costly = NULL;
	struct pd_calendar *calendar;

	model->zone = pd_zone_load(arena, files->zone ? files->zone : "UTC");
	bool is_zone_known = model->zone != NULL;

	if (!is_zone_known) { /* and on, since the files may have faults of their own */
		pd_problem_add(problems, place_of(files, files->zone_where), "timezone: no such time zone: %s",
			       files->zone);
		model->zone = pd_zone_load(arena, "UTC");
	}
	if (!read_files(files, &source) || !is_zone_known)
		return NULL;
	if (!model->is_closed_by_default && files->hours.count)
		pd_warning_add(problems, place_of(files, files->hours_where),
			       "hours: nothing opens in these files; the calendar is open around the clock");
	calendar = pd_calendar_make(arena, model, &steps, &costly);
	if (!calendar)
		pd_problem_add(problems, costly ? costly->where : files->where,
			       "%s%s%s%sthe rules cost too much", costly ? costly->component : "",
			       costly && *costly->name ? " " : "", costly ? costly->name : "",
			       costly ? ": " : "");
	return calendar;
}

struct pd_calendar *pd_calendar_load(const struct pd_calendar_files *files, struct pd_problems *problems)
{
	struct pd_arena *arena = pd_arena_new();
	size_t first = problems->count;
	struct pd_calendar *calendar = load(arena, files, problems);

	keep_names(problems, first);
	if (!calendar)
		pd_arena_free(arena);
	return calendar;
}

/* --- a plain week --- */

static struct entry *new_entry(struct pd_arena *arena, struct model *model, enum entry_effect effect)
{
	struct entry *entry = PD_NEW(arena, struct entry);

	*entry = (struct entry){.effect = effect,
				.name = "",
				.zone = model->zone,
				.has_start = true,
				.from = INT64_MIN,
				.to = INT64_MAX,
				.component = "week"};
	*pd_list_add(arena, &model->entries) = entry;
	return entry;
}

static bool add_range(struct pd_arena *arena, struct model *model, const struct pd_calendar_range *range)
{
	static const char days[] = "MOTUWETHFRSASU";
	struct entry *entry;
	const char *why;
	int to = range->to > range->from ? range->to : range->to + 1440;

	if (range->weekday < 0 || range->weekday > 6 || range->from < 0 || range->from >= 1440 ||
	    range->to < 0 || range->to > 1440)
		return false;
	entry = new_entry(arena, model, ENTRY_OPENS);
	/* 1970-01-05 was a Monday; the week before it lets a Sunday night reach into 1970. */
	entry->start = (4 - 7 + range->weekday) * PD_DAY + range->from * PD_MINUTE;
	entry->length.wall = (to - range->from) * PD_MINUTE;
	entry->has_start = false;
	*pd_list_add(arena, &entry->rules) = pd_recur_parse(
		arena, pd_printf(arena, "FREQ=WEEKLY;BYDAY=%.2s", days + 2 * range->weekday), &why);
	return true;
}

static bool add_holiday(struct pd_arena *arena, struct model *model, const char *text)
{
	pd_time day;
	struct entry *entry;

	if (strlen(text) != 10 || !pd_zone_parse(pd_zone_load(arena, "UTC"), text, &day))
		return false;
	entry = new_entry(arena, model, ENTRY_CLOSES);
	entry->is_date = true;
	entry->name = "holiday";
	entry->start = day;
	entry->length.wall = PD_DAY;
	return true;
}

static struct pd_calendar *make_whole(struct pd_arena *arena, const struct model *model)
{
	int64_t steps = INT64_MAX / 2;
	const struct entry *costly;

	return pd_calendar_make(arena, model, &steps, &costly);
}

struct pd_calendar *pd_calendar_from_week(const struct pd_calendar_week *week)
{
	struct pd_arena *arena = pd_arena_new();
	struct model *model = PD_NEW(arena, struct model);
	bool is_good;

	model->is_closed_by_default = true;
	model->zone = pd_zone_load(arena, week->zone ? week->zone : "UTC");
	is_good = model->zone != NULL;
	for (size_t i = 0; is_good && i < week->ranges.count; i++)
		is_good = add_range(arena, model, &week->ranges.items[i]);
	for (size_t i = 0; is_good && i < week->holidays.count; i++)
		is_good = add_holiday(arena, model, week->holidays.items[i]);
	if (is_good)
		return make_whole(arena, model);
	pd_arena_free(arena);
	return NULL;
}

struct pd_calendar *pd_calendar_always(void)
{
	struct pd_arena *arena = pd_arena_new();
	struct model *model = PD_NEW(arena, struct model);

	model->zone = pd_zone_load(arena, "UTC");
	return make_whole(arena, model);
}

struct pd_calendar *pd_calendar_from_text(const char *text)
{
	struct pd_arena *arena = pd_arena_new();
	struct model *model = pd_canon_parse(arena, text);

	if (model)
		return make_whole(arena, model);
	pd_arena_free(arena);
	return NULL;
}

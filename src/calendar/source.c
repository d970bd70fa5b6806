/* What the components of .ics files mean for working time.
 *
 *   hours file       a timed event is open; a whole day that is busy is closed; a timed event
 *                    that Outlook marks out of office is closed
 *   availability     a file with a VAVAILABILITY in it is read as RFC 7953 says: AVAILABLE is
 *                    open, busy events are closed
 *   holidays file    every event is closed, whatever TRANSP says, unless its summary, its
 *                    category or its description is to be ignored
 *   a file of neither  (postdesk clock --ics) is hours or holidays by what stands in it; some hours
 *                    among whole days are no holiday (a school's report day), unless out of office
 *
 * Busy is what X-MICROSOFT-CDO-BUSYSTATUS says, else TRANSP, else yes. A file with any
 * mistake is refused; every mistake is told with its line and its component. */
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "calendar/ics.h"
#include "calendar/model.h"
#include "calendar/series.h"
#include "calendar/value.h"

#define ERRORS_TOLD 50 /* of one file */
#define BUSY_STATUS "X-MICROSOFT-CDO-BUSYSTATUS"

static const char *describe(struct pd_arena *arena, const struct ics_component *component)
{
	const char *name = pd_ics_value(component, "SUMMARY");

	if (!name)
		name = pd_ics_value(component, "UID");
	return name ? pd_printf(arena, "%s \"%s\"", component->name, pd_ics_text(arena, name))
		    : component->name;
}

bool pd_reading_wrong(struct reading *in, const struct ics_component *component, int line, const char *why,
		      const char *what)
{
	struct pd_where where = {.file = in->path, .line = line};
	struct pd_arena *arena = in->source->arena;

	if (++in->errors <= ERRORS_TOLD)
		pd_problem_add(in->source->problems, where, "%s: %s%s%s", describe(arena, component), why,
			       what ? ": " : "", what ? pd_clean_line(arena, what, 80) : "");
	if (in->errors == ERRORS_TOLD)
		pd_problem_add(in->source->problems, where, "further mistakes are not told");
	return false;
}

void pd_reading_warn(struct reading *in, const struct ics_component *component, int line, const char *why)
{
	struct pd_where where = {.file = in->path, .line = line};

	pd_warning_add(in->source->problems, where, "%s: %s", describe(in->source->arena, component), why);
}

/* --- what an event does --- */

static bool is_value(const struct ics_component *component, const char *name, const char *want)
{
	const char *value = pd_ics_value(component, name);

	return value && pd_equal_nocase(value, want);
}

static bool is_busy(const struct ics_component *event)
{
	const char *status = pd_ics_value(event, BUSY_STATUS);

	if (status)
		return !pd_equal_nocase(status, "FREE") && !pd_equal_nocase(status, "WORKINGELSEWHERE");
	return !is_value(event, "TRANSP", "TRANSPARENT");
}

static bool matches_any(const struct pd_strings *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (pd_glob(globs->items[i], text))
			return true;
	return false;
}

static bool is_ignored(const struct reading *in, const struct ics_component *event)
{
	struct pd_arena *arena = in->source->arena;
	const struct pd_strings *globs = in->source->ignore;
	static const char *const names[] = {"SUMMARY", "DESCRIPTION", "CATEGORIES"};

	if (!globs)
		return false;
	for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
		const char *value = pd_ics_value(event, names[n]);
		struct pd_strings parts = {0};

		if (!value)
			continue;
		if (matches_any(globs, pd_ics_text(arena, value)))
			return true;
		if (n == 2)
			parts = pd_split(arena, value, ',');
		for (size_t i = 0; i < parts.count; i++)
			if (matches_any(globs, pd_ics_text(arena, parts.items[i])))
				return true;
	}
	return false;
}

/* False: the event does nothing to working time. */
static bool effect_of(struct reading *in, const struct ics_component *event, bool is_date,
		      enum entry_effect *ret_effect)
{
	*ret_effect = ENTRY_CLOSES;
	if (in->role == SOURCE_HOLIDAYS && (is_date || !in->is_by_content || is_value(event, BUSY_STATUS, "OOF")))
		return !is_ignored(in, event);
	if (in->role == SOURCE_HOLIDAYS) {
		pd_reading_warn(in, event, event->number, "some hours among whole days: it closes nothing here");
		return false;
	}
	if (in->has_availability || is_date)
		return is_busy(event) && !is_ignored(in, event);
	if (!is_value(event, BUSY_STATUS, "OOF"))
		*ret_effect = ENTRY_OPENS;
	return true;
}

static void take_event(void *context, const struct ics_component *event, struct entry *entry)
{
	struct reading *in = context;

	if (!effect_of(in, event, entry->is_date, &entry->effect))
		return;
	if (entry->effect == ENTRY_OPENS)
		in->source->model->is_closed_by_default = true;
	else if (!*entry->name)
		entry->name = "closed";
	*pd_list_add(in->source->arena, &in->source->model->entries) = entry;
}

/* --- VAVAILABILITY, RFC 7953 section 3.1 --- */

static void take_available(void *context, const struct ics_component *part, struct entry *entry)
{
	struct reading *in = context;
	struct availability *availability = in->availability;

	(void)part;
	entry->effect = ENTRY_OPENS;
	*pd_list_add(in->source->arena, &availability->entries) = entry;
}

static bool read_bound(struct reading *in, const struct ics_component *component, const char *name,
		       pd_time *ret_time)
{
	const struct ics_line *line = pd_ics_line(component, name);
	const struct pd_zone *zone;
	struct stamp stamp;

	if (!line)
		return true;
	if (!pd_value_stamp(line->value, &stamp))
		return pd_reading_wrong(in, component, line->number, "not a date of the calendar",
					line->value);
	zone = pd_value_zone(&in->zones, line, &stamp, component->name);
	if (!zone) {
		in->errors++;
		return false;
	}
	*ret_time = pd_zone_to_utc(zone, stamp.local);
	return true;
}

static void read_availability(struct reading *in, const struct ics_component *component)
{
	struct pd_arena *arena = in->source->arena;
	struct availability *made = PD_NEW(arena, struct availability);
	const struct ics_line *duration = pd_ics_line(component, "DURATION");
	const struct ics_line *priority = pd_ics_line(component, "PRIORITY");
	struct entry_length length;
	unsigned long long number = 0;

	made->from = INT64_MIN;
	made->to = INT64_MAX;
	if (!read_bound(in, component, "DTSTART", &made->from) ||
	    !read_bound(in, component, "DTEND", &made->to))
		return;
	if (duration) {
		if (!pd_value_duration(duration->value, &length) || made->from == INT64_MIN ||
		    made->to != INT64_MAX) {
			pd_reading_wrong(in, component, duration->number, "a DURATION that cannot be",
					 duration->value);
			return;
		}
		made->to = made->from + length.wall + length.exact;
	}
	if (made->to <= made->from) {
		pd_reading_wrong(in, component, component->number, "it ends before it starts", NULL);
		return;
	}
	if (priority && (!pd_number(priority->value, 9, &number))) {
		pd_reading_wrong(in, component, priority->number, "PRIORITY is not from 0 to 9",
				 priority->value);
		return;
	}
	if (pd_ics_line(component, "RRULE")) {
		pd_reading_wrong(in, component, pd_ics_line(component, "RRULE")->number,
				 "a VAVAILABILITY does not recur, its AVAILABLE parts do", NULL);
		return;
	}
	made->rank = number ? 10 - (int)number : 0;
	in->availability = made;
	pd_series_read(in, component, "AVAILABLE", take_available);
	*pd_list_add(arena, &in->source->model->availabilities) = made;
	in->source->model->is_closed_by_default = true;
}

/* --- files --- */

static bool is_timed(const struct ics_component *event)
{
	const char *start = pd_ics_value(event, "DTSTART");

	return start && strchr(start, 'T') && !is_value(event, "X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE");
}

/* Hours where something recurs at a time of day or most events have one; else holidays. */
static enum source_role role_by_content(const struct ics_component *root, bool has_availability)
{
	size_t timed = 0, whole = 0;

	for (size_t i = 0; i < root->children.count; i++) {
		const struct ics_component *calendar = root->children.items[i];

		for (size_t k = 0; k < calendar->children.count; k++) {
			const struct ics_component *event = calendar->children.items[k];

			if (strcmp(event->name, "VEVENT") != 0)
				continue;
			if (is_timed(event) && (pd_ics_line(event, "RRULE") || pd_ics_line(event, "RDATE")))
				return SOURCE_HOURS;
			*(is_timed(event) ? &timed : &whole) += 1;
		}
	}
	return has_availability || timed >= whole ? SOURCE_HOURS : SOURCE_HOLIDAYS;
}

static void collect(struct reading *in, const struct ics_component *root)
{
	for (size_t i = 0; i < root->children.count; i++) {
		const struct ics_component *calendar = root->children.items[i];

		for (size_t k = 0; k < calendar->children.count; k++) {
			const struct ics_component *child = calendar->children.items[k];

			if (strcmp(child->name, "VTIMEZONE") == 0)
				*pd_list_add(in->source->arena, &in->zones.definitions) = child;
			if (strcmp(child->name, "VAVAILABILITY") == 0)
				in->has_availability = true;
		}
	}
}

static void read_calendar(struct reading *in, const struct ics_component *calendar)
{
	if (is_value(calendar, "METHOD", "CANCEL"))
		return;
	pd_series_read(in, calendar, "VEVENT", take_event);
	for (size_t i = 0; i < calendar->children.count; i++) {
		const struct ics_component *child = calendar->children.items[i];

		if (strcmp(child->name, "VAVAILABILITY") != 0)
			continue;
		if (in->role == SOURCE_HOLIDAYS)
			pd_reading_warn(in, child, child->number,
					"stands in a file of holidays and does nothing there");
		else
			read_availability(in, child);
	}
}

void pd_source_read(const struct source *source, const char *path, enum source_role role,
		    struct pd_where where)
{
	struct reading in = {.source = source, .path = pd_strdup(source->arena, path), .role = role};
	struct ics_component *root;
	size_t len;
	char *data = pd_ics_slurp(source->arena, path, where, &len, source->problems);

	if (!data)
		return;
	root = pd_ics_parse(source->arena, in.path, data, len, source->problems);
	if (!root)
		return;
	in.zones = (struct zones){.arena = source->arena,
				  .floating = source->model->zone,
				  .path = in.path,
				  .utc = pd_zone_load(source->arena, "UTC"),
				  .problems = source->problems,
				  .steps = source->steps};
	in.zones.known = g_hash_table_new(g_str_hash, g_str_equal);
	collect(&in, root);
	in.is_by_content = role == SOURCE_BY_CONTENT;
	if (in.is_by_content)
		in.role = role_by_content(root, in.has_availability);
	for (size_t i = 0; i < root->children.count; i++)
		read_calendar(&in, root->children.items[i]);
	g_hash_table_unref(in.zones.known);
}

/* The canonical text of a calendar: one line a fact, sorted, so that equal calendars have
 * equal texts whatever order their files had. Fields are separated by tabs (no value can hold
 * one: names are clean lines). Zones stand in full, so that a text kept for years answers by
 * the zone data that held when it was made.
 *
 *   postdesk-calendar 1
 *   closed | open                       by default
 *   zone N name first-offset at:offset …      N counts from 0; zone 0 is the calendar's own
 *   opens|closes date|time start|- zone N local wall exact from to shift
 *                name rules except extra not-at not-on
 *   available rank from to, then its entries, each after one more tab
 */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/text.h"
#include "calendar/model.h"

#define FIRST_LINE "postdesk-calendar 1"

/* --- writing --- */

struct writer {
	struct pd_arena *arena;
	struct pd_strings zones; /* texts, in order of their numbers */
};

static const char *zone_text(struct pd_arena *arena, const struct pd_zone *zone)
{
	PD_AUTO_BUF buf = {0};

	pd_buf_addf(&buf, "%s\t%" PRId64, pd_clean_line(arena, zone->name, 80), zone->offset[0]);
	for (size_t i = 1; i < zone->count; i++)
		pd_buf_addf(&buf, "\t%" PRId64 ":%" PRId64, zone->at[i], zone->offset[i]);
	return pd_buf_string(arena, &buf);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct pd_strings *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, by_text);
}

static void note_zone(struct writer *out, GHashTable *seen, const struct pd_zone *zone)
{
	if (g_hash_table_add(seen, (void *)(uintptr_t)zone))
		pd_strings_add_once(out->arena, &out->zones, zone_text(out->arena, zone));
}

/* All but the first, which is the calendar's own, in order of text. */
static void list_zones(struct writer *out, const struct model *model)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	struct pd_strings rest;

	note_zone(out, seen, model->zone);
	for (size_t i = 0; i < model->entries.count; i++)
		note_zone(out, seen, model->entries.items[i]->zone);
	for (size_t i = 0; i < model->availabilities.count; i++)
		for (size_t k = 0; k < model->availabilities.items[i]->entries.count; k++)
			note_zone(out, seen, model->availabilities.items[i]->entries.items[k]->zone);
	g_hash_table_unref(seen);
	rest = (struct pd_strings){.items = out->zones.items + 1, .count = out->zones.count - 1};
	sort(&rest);
}

static size_t zone_number(const struct writer *out, GHashTable *numbers, const struct pd_zone *zone)
{
	void *number = g_hash_table_lookup(numbers, zone);

	if (!number) {
		const char *text = zone_text(out->arena, zone);
		size_t i = 0;

		while (strcmp(out->zones.items[i], text) != 0)
			i++;
		number = (void *)(uintptr_t)(i + 1);
		g_hash_table_insert(numbers, (void *)(uintptr_t)zone, number);
	}
	return (size_t)(uintptr_t)number - 1;
}

static void add_numbers(struct pd_buf *buf, const int64_t *numbers, size_t count)
{
	pd_buf_addc(buf, '\t');
	for (size_t i = 0; i < count; i++)
		if (i == 0 || numbers[i] != numbers[i - 1])
			pd_buf_addf(buf, "%s%" PRId64, i ? "," : "", numbers[i]);
}

static const char *rules_text(struct pd_arena *arena, const struct recurs *rules)
{
	struct pd_strings texts = {0};

	for (size_t i = 0; i < rules->count; i++)
		pd_strings_add_once(arena, &texts, rules->items[i]->text);
	sort(&texts);
	return pd_strings_join(arena, &texts, "|");
}

static const char *extras_text(struct pd_arena *arena, const struct entry *entry)
{
	struct pd_strings texts = {0};

	for (size_t i = 0; i < entry->extra.count; i++) {
		const struct entry_extra *extra = &entry->extra.items[i];

		*pd_list_add(arena, &texts) = pd_printf(arena, "%" PRId64 ":%" PRId64 ":%" PRId64 ":%" PRId64, extra->at,
							extra->local, extra->length.wall, extra->length.exact);
	}
	sort(&texts);
	return pd_strings_join(arena, &texts, ",");
}

static const char *entry_text(struct writer *out, GHashTable *numbers, const struct entry *entry)
{
	PD_AUTO_BUF buf = {0};

	pd_buf_addf(&buf, "%s\t%s\t%s\t%zu", entry->effect == ENTRY_OPENS ? "opens" : "closes",
		    entry->is_date ? "date" : "time", entry->has_start ? "start" : "-",
		    zone_number(out, numbers, entry->zone));
	pd_buf_addf(&buf,
		    "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s",
		    entry->start, entry->length.wall, entry->length.exact, entry->from, entry->to,
		    entry->shift, entry->effect == ENTRY_CLOSES ? entry->name : "");
	pd_buf_addf(&buf, "\t%s\t%s\t%s", rules_text(out->arena, &entry->rules),
		    rules_text(out->arena, &entry->except), extras_text(out->arena, entry));
	add_numbers(&buf, entry->not_at.items, entry->not_at.count);
	add_numbers(&buf, entry->not_on.items, entry->not_on.count);
	return pd_buf_string(out->arena, &buf);
}

static const char *availability_text(struct writer *out, GHashTable *numbers, const struct availability *a)
{
	struct pd_strings lines = {0};

	for (size_t i = 0; i < a->entries.count; i++)
		*pd_list_add(out->arena, &lines) =
			pd_printf(out->arena, "\n\t%s", entry_text(out, numbers, a->entries.items[i]));
	sort(&lines);
	return pd_printf(out->arena, "available\t%d\t%" PRId64 "\t%" PRId64 "%s", a->rank, a->from, a->to,
			 pd_strings_join(out->arena, &lines, ""));
}

char *pd_canon_text(struct pd_arena *arena, const struct model *model)
{
	struct writer out = {.arena = arena};
	GHashTable *numbers = g_hash_table_new(NULL, NULL);
	struct pd_strings facts = {0};
	PD_AUTO_BUF buf = {0};

	list_zones(&out, model);
	for (size_t i = 0; i < model->entries.count; i++)
		*pd_list_add(arena, &facts) = entry_text(&out, numbers, model->entries.items[i]);
	for (size_t i = 0; i < model->availabilities.count; i++)
		*pd_list_add(arena, &facts) =
			availability_text(&out, numbers, model->availabilities.items[i]);
	g_hash_table_unref(numbers);
	sort(&facts);
	pd_buf_addf(&buf, FIRST_LINE "\n%s\n", model->is_closed_by_default ? "closed" : "open");
	for (size_t i = 0; i < out.zones.count; i++)
		pd_buf_addf(&buf, "zone\t%zu\t%s\n", i, out.zones.items[i]);
	for (size_t i = 0; i < facts.count; i++)
		if (i == 0 || strcmp(facts.items[i], facts.items[i - 1]) != 0)
			pd_buf_addf(&buf, "%s\n", facts.items[i]);
	return pd_buf_string(arena, &buf);
}

/* --- reading back --- */

struct parser {
	struct pd_arena *arena;
	char *at; /* what is left of the line; NULL: nothing */
	bool is_bad;
	struct model *model;
	PD_LIST(const struct pd_zone *) zones;
	struct availability *availability;
};

static char *cut(char **at, char separator)
{
	char *part = *at, *stop = part ? strchr(part, separator) : NULL;

	if (stop)
		*stop = '\0';
	*at = stop ? stop + 1 : NULL;
	return part;
}

static const char *field(struct parser *in)
{
	const char *text = cut(&in->at, '\t');

	if (!text)
		in->is_bad = true;
	return text ? text : "";
}

static int64_t to_number(struct parser *in, const char *text)
{
	char *end = NULL;
	int64_t number = text ? strtoll(text, &end, 10) : 0;

	if (!text || end == text || *end != '\0')
		in->is_bad = true;
	return number;
}

static int64_t number(struct parser *in)
{
	return to_number(in, field(in));
}

static void parse_zone(struct parser *in)
{
	PD_LIST(pd_time) at = {0}, offset = {0};
	const char *name;

	if (number(in) != (int64_t)in->zones.count)
		in->is_bad = true;
	name = field(in);
	*pd_list_add(in->arena, &at) = INT64_MIN;
	*pd_list_add(in->arena, &offset) = number(in);
	while (in->at) {
		char *pair = cut(&in->at, '\t');

		*pd_list_add(in->arena, &at) = to_number(in, cut(&pair, ':'));
		*pd_list_add(in->arena, &offset) = to_number(in, pair);
	}
	*pd_list_add(in->arena, &in->zones) = pd_zone_make(in->arena, name, at.items, offset.items, at.count);
}

static void parse_rules(struct parser *in, struct recurs *list)
{
	const char *why, *text = field(in);
	char *rest = *text ? pd_strdup(in->arena, text) : NULL;

	while (rest) {
		const struct recur *rule = pd_recur_parse(in->arena, cut(&rest, '|'), &why);

		if (rule)
			*pd_list_add(in->arena, list) = rule;
		else
			in->is_bad = true;
	}
}

static void parse_lists(struct parser *in, struct entry *entry)
{
	char *extras, *not_at, *not_on;

	parse_rules(in, &entry->rules);
	parse_rules(in, &entry->except);
	extras = pd_strdup(in->arena, field(in));
	not_at = pd_strdup(in->arena, field(in));
	not_on = pd_strdup(in->arena, field(in));
	while (extras && *extras) {
		char *extra = cut(&extras, ',');
		int64_t at = to_number(in, cut(&extra, ':')), local = to_number(in, cut(&extra, ':')),
			wall = to_number(in, cut(&extra, ':'));

		*pd_list_add(in->arena, &entry->extra) =
			(struct entry_extra){.at = at, .local = local, .length = {wall, to_number(in, extra)}};
	}
	while (not_at && *not_at)
		*pd_list_add(in->arena, &entry->not_at) = to_number(in, cut(&not_at, ','));
	while (not_on && *not_on)
		*pd_list_add(in->arena, &entry->not_on) = to_number(in, cut(&not_on, ','));
}

static void parse_entry(struct parser *in, const char *effect)
{
	struct entry *entry = PD_NEW(in->arena, struct entry);
	int64_t zone;

	entry->effect = strcmp(effect, "opens") == 0 ? ENTRY_OPENS : ENTRY_CLOSES;
	entry->component = "entry";
	entry->is_date = strcmp(field(in), "date") == 0;
	entry->has_start = strcmp(field(in), "start") == 0;
	zone = number(in);
	if (in->is_bad || zone < 0 || zone >= (int64_t)in->zones.count) {
		in->is_bad = true;
		return;
	}
	entry->zone = in->zones.items[zone];
	entry->start = number(in);
	entry->length.wall = number(in);
	entry->length.exact = number(in);
	entry->from = number(in);
	entry->to = number(in);
	entry->shift = number(in);
	entry->name = field(in);
	parse_lists(in, entry);
	if (in->availability)
		*pd_list_add(in->arena, &in->availability->entries) = entry;
	else
		*pd_list_add(in->arena, &in->model->entries) = entry;
}

static void parse_line(struct parser *in)
{
	const char *word;
	bool is_part = *in->at == '\t';

	if (is_part)
		in->at++;
	else
		in->availability = NULL;
	word = field(in);
	if (strcmp(word, "zone") == 0) {
		parse_zone(in);
	} else if (strcmp(word, "available") == 0) {
		in->availability = PD_NEW(in->arena, struct availability);
		in->availability->rank = (int)number(in);
		in->availability->from = number(in);
		in->availability->to = number(in);
		*pd_list_add(in->arena, &in->model->availabilities) = in->availability;
	} else if ((strcmp(word, "opens") == 0 || strcmp(word, "closes") == 0) &&
		   is_part == (in->availability != NULL)) {
		parse_entry(in, word);
	} else {
		in->is_bad = true;
	}
}

struct model *pd_canon_parse(struct pd_arena *arena, const char *text)
{
	struct parser in = {.arena = arena, .model = PD_NEW(arena, struct model)};
	char *rest = pd_strdup(arena, text), *line = cut(&rest, '\n');

	if (!line || strcmp(line, FIRST_LINE) != 0 || !(line = cut(&rest, '\n')))
		return NULL;
	in.model->is_closed_by_default = strcmp(line, "closed") == 0;
	while (!in.is_bad && (line = cut(&rest, '\n')) != NULL) {
		in.at = line;
		if (*line)
			parse_line(&in);
	}
	if (in.is_bad || in.zones.count == 0)
		return NULL;
	in.model->zone = in.zones.items[0];
	return in.model;
}

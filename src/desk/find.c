/* Finding names: see find.h. Cannot fail. */
#include "desk/find.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/ticket.h"

#define VALID_MAX 30 /* names in an answer */

/* A way to call something: the label that people write, and the name that it has in the settings. */
struct label {
	const char *label, *name;
	int tier; /* a lower tier outranks a higher one */
};
struct labels {
	struct label *items;
	size_t count, room;
};

static void add_label(struct pd_arena *arena, struct labels *labels, const char *label, const char *name,
		      int tier)
{
	if (label != NULL && *label != '\0')
		*pd_list_add(arena, labels) = (struct label){.label = label, .name = name, .tier = tier};
}

/* Folded, blanks as one, without quotes around. */
static char *simple(struct pd_arena *arena, const char *text)
{
	char *line = pd_clean_line(arena, pd_fold(arena, text != NULL ? text : ""), 0);
	size_t len = strlen(line);
	if (len >= 2 && line[0] == '"' && line[len - 1] == '"')
		return pd_trim(arena, pd_strndup(arena, line + 1, len - 2));
	return line;
}

struct pd_found pd_found_none(struct pd_arena *arena, const char *text, const struct pd_strings *names)
{
	struct pd_found found = {.nearest = pd_nearest(text, names)};
	struct pd_strings shown = {0};
	for (size_t i = 0; i < names->count && shown.count < VALID_MAX; i++)
		pd_strings_add_once(arena, &shown, names->items[i]);
	if (shown.count == VALID_MAX)
		*pd_list_add(arena, &shown) = "\u2026";
	found.valid = shown.count > 0 ? pd_strings_join(arena, &shown, ", ") : NULL;
	return found;
}

char *pd_found_words(struct pd_arena *arena, const char *language, const char *kind, const char *text,
		     const struct pd_found *found)
{
	if (found->choices != NULL)
		return pd_say(arena, language, "\"{text}\" may mean {choices}: write one of them.", "text", text, "choices",
			      found->choices, NULL);
	const char *what = pd_say(arena, language, kind, NULL);
	char *words = found->nearest != NULL
			      ? pd_say(arena, language, "there is no {kind} \"{text}\". Did you mean \"{nearest}\"?", "kind",
				       what, "text", text, "nearest", found->nearest, NULL)
			      : pd_say(arena, language, "there is no {kind} \"{text}\".", "kind", what, "text", text, NULL);
	return found->valid == NULL ? words
				    : pd_printf(arena, "%s %s", words,
						pd_say(arena, language, "Choose from: {choices}.", "choices", found->valid,
						       NULL));
}

static struct pd_found match(struct pd_arena *arena, const struct labels *labels, const char *wanted)
{
	struct pd_found found = {0};
	struct pd_strings names = {0};
	int best = 1000;
	for (size_t i = 0; i < labels->count; i++) {
		const struct label *label = &labels->items[i];
		if (label->tier > best || strcmp(simple(arena, label->label), wanted) != 0)
			continue;
		if (label->tier < best)
			names.count = 0;
		best = label->tier;
		pd_strings_add_once(arena, &names, label->name);
	}
	if (names.count == 1)
		found.name = names.items[0];
	else if (names.count > 1)
		found.choices = pd_strings_join(arena, &names, ", ");
	return found;
}

static struct pd_found find(struct pd_arena *arena, const struct labels *labels, const char *text)
{
	char *wanted = simple(arena, text);
	struct pd_found found = match(arena, labels, wanted);
	size_t len = strlen(wanted);
	while (found.name == NULL && found.choices == NULL && len > 1 &&
	       strchr(".,;!", wanted[len - 1]) != NULL) {
		wanted[--len] = '\0';
		found = match(arena, labels, wanted);
	}
	if (found.name == NULL && found.choices == NULL) {
		struct pd_strings all = {0}, names = {0};
		for (size_t i = 0; i < labels->count; i++) {
			*pd_list_add(arena, &all) = labels->items[i].label;
			*pd_list_add(arena, &names) = labels->items[i].name;
		}
		found = pd_found_none(arena, wanted, &names);
		found.nearest = pd_nearest(wanted, &all);
	}
	return found;
}

struct pd_found pd_find_agent(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct labels labels = {0};
	for (size_t i = 0; i < settings->agents.count; i++) {
		const struct pd_agent *agent = &settings->agents.items[i];
		add_label(arena, &labels, agent->name, agent->name, 0);
		for (size_t n = 0; n < agent->addresses.count; n++)
			add_label(arena, &labels, agent->addresses.items[n], agent->name, 1);
		add_label(arena, &labels, agent->full_name, agent->name, 2);
		size_t first = strcspn(agent->full_name, " ");
		add_label(arena, &labels, pd_strndup(arena, agent->full_name, first), agent->name, 3);
	}
	return find(arena, &labels, text);
}

struct pd_found pd_find_team(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct labels labels = {0};
	for (size_t i = 0; i < settings->teams.count; i++)
		add_label(arena, &labels, settings->teams.items[i].name, settings->teams.items[i].name, 0);
	return find(arena, &labels, text);
}

struct pd_found pd_find_mailbox(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct labels labels = {0};
	for (size_t i = 0; i < settings->mailboxes.count; i++) {
		const struct pd_mailbox *mailbox = &settings->mailboxes.items[i];
		add_label(arena, &labels, mailbox->name, mailbox->name, 0);
		for (size_t n = 0; n < mailbox->addresses.count; n++)
			add_label(arena, &labels, mailbox->addresses.items[n], mailbox->name, 1);
		add_label(arena, &labels, mailbox->full_name, mailbox->name, 2);
	}
	return find(arena, &labels, text);
}

struct pd_found pd_find_pipeline(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct labels labels = {0};
	for (size_t i = 0; i < settings->pipelines.count; i++)
		add_label(arena, &labels, settings->pipelines.items[i].name,
			  settings->pipelines.items[i].name, 0);
	return find(arena, &labels, text);
}

static void add_statuses(struct pd_arena *arena, struct labels *labels, const struct pd_pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->statuses.count; i++)
		add_label(arena, labels, pipeline->statuses.items[i].name, pipeline->statuses.items[i].name,
			  0);
}

/* A status may be named by its kind, too, where the pipeline (NULL: any) has one of it. */
static const char *kinds_and(struct pd_arena *arena, const struct pd_pipeline *pipeline, const struct labels *labels)
{
	struct pd_strings names = {0};
	for (int i = 0; i < PD_STATUS_KINDS; i++)
		if (pipeline == NULL || pd_pipeline_first(pipeline, (enum pd_status_kind)i)->kind == (enum pd_status_kind)i)
			*pd_list_add(arena, &names) = pd_status_kind_name((enum pd_status_kind)i);
	for (size_t i = 0; i < labels->count; i++)
		if (!pd_strings_has_nocase(&names, labels->items[i].name))
			*pd_list_add(arena, &names) = labels->items[i].name;
	return pd_found_none(arena, "", &names).valid;
}

struct pd_found pd_find_status(struct pd_arena *arena, const struct pd_settings *settings,
			       const struct pd_pipeline *pipeline, const char *text)
{
	struct labels labels = {0};
	if (pipeline != NULL)
		add_statuses(arena, &labels, pipeline);
	for (size_t i = 0; pipeline == NULL && i < settings->pipelines.count; i++)
		add_statuses(arena, &labels, &settings->pipelines.items[i]);
	for (size_t i = 0; pipeline == NULL && i < settings->mailboxes.count; i++)
		add_statuses(arena, &labels, settings->mailboxes.items[i].pipeline);
	struct pd_found found = find(arena, &labels, text);
	if (found.name == NULL && found.choices == NULL)
		found.valid = kinds_and(arena, pipeline, &labels);
	for (int i = 0; i < PD_STATUS_KINDS && found.name == NULL && found.choices == NULL && found.nearest == NULL; i++) {
		const char *kind = pd_status_kind_name((enum pd_status_kind)i);
		struct pd_strings one = {.items = &kind, .count = 1};
		found.nearest = pd_nearest(simple(arena, text), &one);
	}
	return found;
}

struct pd_found pd_find_word(struct pd_arena *arena, const struct pd_strings *list, const char *text)
{
	struct labels labels = {0};
	for (size_t i = 0; i < list->count; i++)
		add_label(arena, &labels, list->items[i], list->items[i], 0);
	return find(arena, &labels, text);
}

bool pd_is_decimal(const char *value)
{
	char *end;
	(void)g_ascii_strtod(value, &end);
	return end != value && *end == '\0' && strspn(value, "+-.0123456789") == strlen(value);
}

/* Every desk has the property language: what the contact reads. */
static const struct pd_group *language_property(void)
{
	static struct pd_setting settings[] = {{.key = "type", .value = "choice"},
					       {.key = "choices", .value = "en;fr;pl;fi;de"}};
	static const struct pd_group group = {.type = "property",
					      .name = PD_PROPERTY_LANGUAGE,
					      .settings = {.items = settings, .count = 2}};
	return &group;
}

const struct pd_group *pd_find_property(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "property") == 0 &&
		    pd_equal_nocase(settings->groups.items[i].name, name))
			return &settings->groups.items[i];
	return pd_equal_nocase(name, PD_PROPERTY_LANGUAGE) ? language_property() : NULL;
}

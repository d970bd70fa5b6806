/* What comes into force: settings, the calendars that they name, and the store's memory of both.
 *
 * The kept text of a configuration is what the file says, followed by a comment for each calendar with the hash of
 * its canonical text; its own hash is what events name. So whoever has an event can find the hours that held then.
 * Promises: a calendar whose file is broken keeps its last good table, from the settings before or, after a start,
 * from the store. Fails: PD_CONFIGURATION where there is none; the store's classes. */
#include "flow/internal.h"

#include <string.h>
#include "base/text.h"
#include "calendar/calendar.h"
#include "desk/goals.h"

#define CALENDAR_LINE "# calendar "
#define AGENT_LINE    "[agent "

static void free_calendars(void *calendars)
{
	pd_calendars_unref(calendars);
}

struct pd_calendars *pd_flow_kept_calendars(struct pd_store *store, const char *config)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_LIST(struct pd_calendar_kept) kept = {0};
	struct pd_strings lines = pd_split(arena, config, '\n');

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i], *hash = strrchr(line, ' ');
		struct pd_error ignored;
		char *text = NULL;

		if (!pd_starts(line, CALENDAR_LINE) || !hash || hash < line + strlen(CALENDAR_LINE))
			continue;
		if (pd_store_text(store, arena, hash + 1, &text, &ignored) || !text)
			continue;
		line += strlen(CALENDAR_LINE);
		*pd_list_add(arena, &kept) =
			(struct pd_calendar_kept){pd_strndup(arena, line, (size_t)(hash - line)), text};
	}
	return pd_calendars_of_texts(kept.items, kept.count);
}

static struct pd_settings *kept_settings(struct pd_store *store, const struct pd_settings *now, const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems ignored = {.arena = arena};
	struct pd_settings *settings = pd_config_read_text(now->file, text, &ignored);

	if (settings) {
		settings->calendars = pd_flow_kept_calendars(store, text);
		pd_arena_defer(settings->arena, free_calendars, (void *)(uintptr_t)settings->calendars);
		settings->policies = pd_policies_new(settings, &ignored);
	}
	return settings;
}

struct pd_settings *pd_flow_settings_at(struct pd_flow *flow, pd_time at)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_store *store = pd_flow_store(flow);
	struct pd_settings *now = pd_flow_settings(flow), *then = NULL;
	struct pd_error ignored;
	char *hash = NULL, *newest = NULL, *text = NULL;

	if (at == 0 || pd_store_config_at(store, arena, at, &hash, &ignored) || !hash ||
	    pd_store_config_at(store, arena, INT64_MAX, &newest, &ignored) || pd_equal(hash, newest) ||
	    pd_store_text(store, arena, hash, &text, &ignored) || !text)
		return now;
	then = kept_settings(store, now, text);
	if (!then)
		return now;
	pd_settings_unref(now);
	return then;
}

/* The calendars that were in force last, of the store; NULL: none were. */
static struct pd_calendars *last_calendars(struct pd_flow *flow)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_store *store = pd_flow_store(flow);
	struct pd_error ignored;
	char *hash = NULL, *text = NULL;

	if (pd_store_config_at(store, arena, INT64_MAX, &hash, &ignored) || !hash ||
	    pd_store_text(store, arena, hash, &text, &ignored) || !text)
		return NULL;
	return pd_flow_kept_calendars(store, text);
}

/* The names of agents that some configuration had which was ever accepted, and this one has not: addresses made for
 * them are about. */
static int know_former_agents(struct pd_flow *flow, struct pd_settings *settings, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings texts;
	int failed = pd_store_texts(pd_flow_store(flow), arena, "settings", &texts, error);

	for (size_t i = 0; !failed && i < texts.count; i++) {
		struct pd_strings lines = pd_split(arena, texts.items[i], '\n');

		for (size_t k = 0; k < lines.count; k++) {
			const char *line = lines.items[k], *name = line + strlen(AGENT_LINE), *end = strrchr(line, ']');

			if (!pd_starts(line, AGENT_LINE) || end < name)
				continue;
			name = pd_strndup(arena, name, (size_t)(end - name));
			if (!pd_settings_agent(settings, name))
				pd_strings_add_once(settings->arena, &settings->former_agents,
						    pd_strdup(settings->arena, name));
		}
	}
	return failed;
}

static int keep(struct pd_flow *flow, const struct pd_settings *settings, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF text = {0};
	struct pd_store *store = pd_flow_store(flow);
	struct pd_strings names = pd_calendars_names(arena, settings->calendars);
	char hash[65];
	int failed = 0;

	pd_buf_adds(&text, pd_settings_text(arena, settings));
	for (size_t i = 0; i < names.count && !failed; i++) {
		const struct pd_calendar *calendar = pd_calendars_find(settings->calendars, names.items[i]);

		failed = pd_store_keep_text(store, "calendar", pd_calendar_text(calendar), hash, error);
		pd_buf_addf(&text, CALENDAR_LINE "%s %s\n", names.items[i], hash);
	}
	if (!failed)
		failed = pd_store_keep_text(store, "settings", pd_buf_string(arena, &text), hash, error);
	return failed ? failed : pd_store_enforce(store, hash, pd_now(), error);
}

int pd_flow_enforce(struct pd_flow *flow, struct pd_settings *settings, const struct pd_calendars *old,
		    struct pd_problems *problems, struct pd_error *error)
{
	size_t errors = problems->errors;
	struct pd_calendars *kept = old ? NULL : last_calendars(flow);
	struct pd_calendars *calendars = pd_calendars_load(settings, old ? old : kept, problems);

	pd_calendars_unref(kept);
	pd_arena_defer(settings->arena, free_calendars, calendars);
	if (problems->errors > errors)
		return pd_fail(error, PD_CONFIGURATION, "%s: calendars have %zu errors", settings->file,
			       problems->errors - errors);
	settings->calendars = calendars;
	settings->policies = pd_policies_new(settings, problems);
	int failed = know_former_agents(flow, settings, error);
	return failed ? failed : keep(flow, settings, error);
}

int pd_flow_prepare(struct pd_flow *flow, struct pd_problems *problems, struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);

	return pd_flow_enforce(flow, settings, NULL, problems, error);
}

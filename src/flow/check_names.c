/* Names that tickets still bear and the configuration no longer has (DESIGN, What stands for ever): of mailboxes, teams,
 * agents, pipelines, and of a pipeline's statuses, unless `was` or `status_was` says what has taken their place.
 *
 * Which names there ever were tell the configurations that were accepted, which the store keeps; whether one is in use
 * tells a query. Changes nothing; where the store cannot be asked nothing is told. */
#include "flow/internal.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"

struct former {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	struct pd_snapshot *snapshot;
	struct pd_problems *problems;
	struct pd_strings asked; /* "mailbox support": once each */
};

static struct pd_query *field_is(struct former *former, const char *field, const char *value)
{
	struct pd_query *query = PD_NEW(former->arena, struct pd_query);

	query->op = PD_QUERY_FIELD;
	query->field = field;
	query->value = value;
	query->kind = -1;
	return query;
}

/* The tickets that match; a word for people: "ticket 12", "tickets 12, 15 and more". NULL: none. */
static const char *tickets_of(struct former *former, const struct pd_query *query)
{
	const struct pd_tickets found = former->snapshot->list(former->snapshot, former->arena, query, "number", 3, 0);

	if (!found.count)
		return NULL;
	const char *text = pd_printf(former->arena, "%s %lld", found.count > 1 ? "tickets" : "ticket", (long long)found.items[0]->number);

	if (found.count > 1)
		text = pd_printf(former->arena, "%s, %lld", text, (long long)found.items[1]->number);
	return found.count > 2 ? pd_printf(former->arena, "%s and others", text) : text;
}

static bool is_there(const struct former *former, const char *type, const char *name)
{
	const struct pd_settings *settings = former->settings;

	return (pd_equal(type, "mailbox") && pd_settings_mailbox(settings, name)) ||
	       (pd_equal(type, "team") && pd_settings_team(settings, name)) ||
	       (pd_equal(type, "agent") && pd_settings_agent(settings, name)) ||
	       (pd_equal(type, "pipeline") && (pd_settings_pipeline(settings, name) || pd_equal(name, "support")));
}

/* What an agent who left has closed is history. */
static const struct pd_query *in_use(struct former *former, const char *field, const char *name)
{
	struct pd_query *query = field_is(former, field, name), *closed, *both;

	if (!pd_equal(field, "owner"))
		return query;
	closed = field_is(former, "status", "closed");
	closed->kind = PD_STATUS_CLOSED;
	both = field_is(former, NULL, NULL);
	both->op = PD_QUERY_AND;
	both->left = query;
	both->right = field_is(former, NULL, NULL);
	both->right->op = PD_QUERY_NOT;
	both->right->left = closed;
	return both;
}

static void check_group(struct former *former, const char *type, const char *name)
{
	static const char *const types[][2] = {{"mailbox", "mailbox"}, {"team", "team"},
					       {"agent", "owner"}, {"pipeline", "pipeline"}};
	const struct pd_where where = {.file = former->settings->file};
	const char *key = pd_printf(former->arena, "%s %s", type, name), *tickets;

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!pd_equal(types[i][0], type) || is_there(former, type, name) || pd_strings_has(&former->asked, key))
			continue;
		*pd_list_add(former->arena, &former->asked) = key;
		tickets = tickets_of(former, in_use(former, types[i][1], name));
		if (tickets)
			pd_problem_add(former->problems, where,
				       "[%s %s] is gone and in use (%s): keep it, or write was = %s in the group that takes its place",
				       type, name, tickets, name);
	}
}

static const struct pd_status *status_called(const struct pd_pipeline *pipeline, const char *name)
{
	for (size_t i = 0; i < pipeline->statuses.count; i++) {
		const struct pd_status *status = &pipeline->statuses.items[i];

		if (pd_equal(status->name, name) || pd_equal(status->was, name))
			return status;
	}
	return NULL;
}

/* statuses: KIND:NAME;KIND:NAME, as the former configuration has them. */
static void check_statuses(struct former *former, const char *name, const char *statuses)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(former->settings, name);
	struct pd_strings parts = pd_split(former->arena, statuses, ';');

	for (size_t i = 0; pipeline && i < parts.count; i++) {
		const char *colon = strchr(parts.items[i], ':');
		const char *key = pd_printf(former->arena, "%s %s", name, parts.items[i]);

		if (!colon || status_called(pipeline, colon + 1) || pd_strings_has(&former->asked, key))
			continue;
		*pd_list_add(former->arena, &former->asked) = key;
		struct pd_query *both = field_is(former, NULL, NULL);

		both->op = PD_QUERY_AND;
		both->left = field_is(former, "pipeline", name);
		both->right = field_is(former, "status", colon + 1);
		const char *tickets = tickets_of(former, both);

		if (tickets)
			pd_problem_add(former->problems, pipeline->where,
				       "[pipeline %s]: the status \"%s\" is gone and in use (%s): keep it, or write status_was = "
				       "NEW:%s",
				       pipeline->name, colon + 1, tickets, colon + 1);
	}
}

static void check_text(struct former *former, const char *text)
{
	struct pd_strings lines = pd_split(former->arena, text, '\n');
	const char *pipeline = NULL;

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i], *blank = strchr(line, ' '), *end = strrchr(line, ']');

		if (*line == '[') {
			pipeline = NULL;
			if (!blank || !end || end < blank)
				continue;
			const char *type = pd_strndup(former->arena, line + 1, (size_t)(blank - line - 1));
			const char *name = pd_strndup(former->arena, blank + 1, (size_t)(end - blank - 1));

			check_group(former, type, name);
			pipeline = pd_equal(type, "pipeline") ? name : NULL;
		} else if (pipeline && pd_starts(line, "statuses") && strchr(line, '=')) {
			const char *value = strchr(line, '=') + 1;

			check_statuses(former, pipeline, value + strspn(value, " "));
		}
	}
}

void pd_flow_check_names(const struct pd_settings *settings, struct pd_store *store, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct former former = {.arena = arena, .settings = settings, .problems = problems};
	struct pd_strings texts;
	struct pd_error ignored;

	if (pd_store_texts(store, arena, "settings", &texts, &ignored) || pd_store_begin(store, &former.snapshot, &ignored))
		return;
	for (size_t i = 0; i < texts.count; i++)
		check_text(&former, texts.items[i]);
	pd_store_end(former.snapshot);
}

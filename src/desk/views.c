/* The views that every desk has, and how a view is found. Cannot fail.
 *
 * The manual shows the same table (postdesk-commands(7)); a test compares them. */
#include "desk/query.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/find.h"

static const struct pd_view builtin[] = {
	{.name = "unassigned", .title = N_("Unassigned"), .query = "owner:none is:open"},
	{.name = "mine", .title = N_("Assigned to me"), .query = "owner:me is:open"},
	{.name = "team-unassigned", .title = N_("My team's unassigned"), .query = "team:me is:unrouted"},
	{.name = "team-open", .title = N_("My team's open"), .query = "team:me is:open"},
	{.name = "open", .title = N_("All open"), .query = "is:open"},
	{.name = "mentions", .title = N_("My mentions"), .query = "mentions:me"},
	{.name = "closed", .title = N_("All closed"), .query = "is:closed -is:automatic"},
	{.name = "sent", .title = N_("Sent"), .query = "is:sent"},
	{.name = "spam", .title = N_("Spam"), .query = "is:spam"},
	{.name = "drafts", .title = N_("Drafts"), .query = "is:draft"},
	{.name = "tasks", .title = N_("My tasks"), .query = "is:task"},
	{.name = "automatic", .title = N_("Automatic"), .query = "is:automatic"},
	{.name = "deleted",
	 .title = N_("Deleted"),
	 .query = "is:deleted",
	 .columns = "number;days_left;status;owner;contact;updated;name"},
};

char *pd_view_key(struct pd_arena *arena, const char *name)
{
	char *key = pd_fold(arena, name);
	for (char *c = key; *c != '\0'; c++)
		*c = *c == '-' || *c == '_' ? ' ' : *c;
	return pd_clean_line(arena, key, 0);
}

static bool is_same(struct pd_arena *arena, const char *a, const char *b)
{
	return strcmp(pd_view_key(arena, a), pd_view_key(arena, b)) == 0;
}

/* By its name, or by its title in any language. */
static bool is_named(struct pd_arena *arena, const char *name, const struct pd_view *view)
{
	if (is_same(arena, name, view->name) || is_same(arena, name, view->title))
		return true;
	for (size_t i = 0; i < pd_catalogue_count; i++)
		if (is_same(arena, name, pd_say(arena, pd_catalogues[i].language, view->title, NULL)))
			return true;
	return false;
}

const struct pd_view *pd_view_at(size_t index)
{
	return index < sizeof builtin / sizeof *builtin ? &builtin[index] : NULL;
}

const struct pd_view *pd_view_find(const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; pd_view_at(i) != NULL; i++)
		if (is_named(arena, name, &builtin[i]))
			return &builtin[i];
	return NULL;
}

/* The [view …] group of that very name; NULL. */
static const struct pd_group *group_of(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "view") == 0 &&
		    strcmp(settings->groups.items[i].name, name) == 0)
			return &settings->groups.items[i];
	return NULL;
}

static bool is_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		if (strcmp(builtin[i].name, name) == 0)
			return true;
	return false;
}

bool pd_view_is_shared(struct pd_arena *arena, const struct pd_settings *settings, const char *share,
		       const struct pd_agent *agent)
{
	if (share == NULL || agent == NULL || agent->role == PD_ROLE_ADMINISTRATOR)
		return true;
	struct pd_strings with = pd_split(arena, share, ';');
	for (size_t i = 0; i < with.count; i++) {
		const char *one = with.items[i];
		const struct pd_team *team =
			pd_starts(one, "team:") ? pd_settings_team(settings, one + strlen("team:")) : NULL;
		if (strcmp(one, "everyone") == 0 || (team != NULL && pd_team_has(team, agent->name)) ||
		    (pd_starts(one, "private:") && strcmp(one + strlen("private:"), agent->name) == 0))
			return true;
	}
	return false;
}

/* What the desk adds to a view that every desk has. */
static struct pd_view narrowed(struct pd_arena *arena, const struct pd_settings *settings,
			       const struct pd_view *view)
{
	struct pd_view result = *view;
	const struct pd_group *group = group_of(settings, view->name);
	if (group == NULL)
		return result;
	const char *query = pd_group_value(group, "query", NULL);
	const char *columns = pd_group_value(group, "columns", NULL),
		   *sort = pd_group_value(group, "sort", NULL);
	if (query != NULL && *query != '\0')
		result.query = pd_printf(arena, "(%s) (%s)", view->query, query);
	result.columns = columns != NULL ? columns : view->columns;
	result.sort = sort != NULL ? sort : view->sort;
	return result;
}

struct pd_views pd_views_of(struct pd_arena *arena, const struct pd_settings *settings,
			    const struct pd_agent *agent)
{
	struct pd_views views = {0};
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		*pd_list_add(arena, &views) = narrowed(arena, settings, &builtin[i]);
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "view") != 0 || is_builtin(group->name) ||
		    !pd_view_is_shared(arena, settings, pd_group_value(group, "share", NULL), agent))
			continue;
		const char *title = pd_group_value(group, "name", NULL),
			   *query = pd_group_value(group, "query", NULL);
		*pd_list_add(arena, &views) = (struct pd_view){
			.name = group->name,
			.title = title != NULL ? title : group->name,
			.query = query != NULL ? query : "",
			.columns = pd_group_value(group, "columns", NULL),
			.sort = pd_group_value(group, "sort", NULL),
			.share = pd_group_value(group, "share", NULL),
		};
	}
	return views;
}

const struct pd_view *pd_view_among(const struct pd_views *views, const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < views->count; i++)
		if (is_named(arena, name, &views->items[i]))
			return &views->items[i];
	return NULL;
}

const struct pd_view *pd_view_in(struct pd_arena *arena, const struct pd_settings *settings,
				 const struct pd_agent *agent, const char *name)
{
	struct pd_views views = pd_views_of(arena, settings, agent);
	return pd_view_among(&views, name);
}

/* The views that every desk has, and how a view is found. Cannot fail.
 *
 * The manual shows the same table (postdesk-commands(7)); a test compares them. */
#include "desk/query.h"

#include <string.h>

#include "base/text.h"
#include "desk/find.h"

static const struct pd_view builtin[] = {
	{"unassigned", "Unassigned", "owner:none is:open", NULL, NULL},
	{"mine", "Assigned to me", "owner:me is:open", NULL, NULL},
	{"team-unassigned", "My team's unassigned", "team:me is:unrouted", NULL, NULL},
	{"team-open", "My team's open", "team:me is:open", NULL, NULL},
	{"open", "All open", "is:open", NULL, NULL},
	{"mentions", "My mentions", "mentions:me", NULL, NULL},
	{"closed", "All closed", "is:closed -is:automatic", NULL, NULL},
	{"sent", "Sent", "is:sent", NULL, NULL},
	{"spam", "Spam", "is:spam", NULL, NULL},
	{"drafts", "Drafts", "is:draft", NULL, NULL},
	{"automatic", "Automatic", "is:automatic", NULL, NULL},
	{"deleted", "Deleted", "is:deleted", NULL, NULL},
};

/* The same but for case, and blanks, - and _ . */
static bool is_same(struct pd_arena *arena, const char *a, const char *b)
{
	char *x = pd_fold(arena, a), *y = pd_fold(arena, b);
	for (char *c = x; *c != '\0'; c++)
		*c = *c == '-' || *c == '_' ? ' ' : *c;
	for (char *c = y; *c != '\0'; c++)
		*c = *c == '-' || *c == '_' ? ' ' : *c;
	return strcmp(pd_clean_line(arena, x, 0), pd_clean_line(arena, y, 0)) == 0;
}

const struct pd_view *pd_view_at(size_t index)
{
	return index < sizeof builtin / sizeof *builtin ? &builtin[index] : NULL;
}

const struct pd_view *pd_view_find(const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; pd_view_at(i) != NULL; i++)
		if (is_same(arena, name, builtin[i].name) || is_same(arena, name, builtin[i].title))
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

/* share: everyone, private:AGENT, team:TEAM, several of them. */
static bool is_shared(struct pd_arena *arena, const struct pd_settings *settings,
		      const struct pd_group *group, const struct pd_agent *agent)
{
	const char *share = pd_group_value(group, "share", NULL);
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
		    !is_shared(arena, settings, group, agent))
			continue;
		const char *title = pd_group_value(group, "name", NULL),
			   *query = pd_group_value(group, "query", NULL);
		*pd_list_add(arena, &views) = (struct pd_view){
			.name = group->name,
			.title = title != NULL ? title : group->name,
			.query = query != NULL ? query : "",
			.columns = pd_group_value(group, "columns", NULL),
			.sort = pd_group_value(group, "sort", NULL),
		};
	}
	return views;
}

const struct pd_view *pd_view_in(struct pd_arena *arena, const struct pd_settings *settings,
				 const struct pd_agent *agent, const char *name)
{
	struct pd_views views = pd_views_of(arena, settings, agent);
	for (size_t i = 0; i < views.count; i++)
		if (is_same(arena, name, views.items[i].name) || is_same(arena, name, views.items[i].title))
			return &views.items[i];
	return NULL;
}

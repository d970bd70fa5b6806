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

const struct pd_view *pd_view_in(struct pd_arena *arena, const struct pd_settings *settings, const char *name)
{
	const struct pd_view *found = pd_view_find(name);
	if (found != NULL)
		return found;
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "view") != 0)
			continue;
		const char *title = pd_group_value(group, "name", NULL),
			   *query = pd_group_value(group, "query", NULL);
		if (!is_same(arena, name, group->name) && (title == NULL || !is_same(arena, name, title)))
			continue;
		struct pd_view *view = PD_NEW(arena, struct pd_view);
		*view = (struct pd_view){.name = group->name,
					 .title = title != NULL ? title : group->name,
					 .query = query != NULL ? query : "",
					 .columns = pd_group_value(group, "columns", NULL),
					 .sort = pd_group_value(group, "sort", NULL)};
		return view;
	}
	return NULL;
}

/* Views made by command, kept as records: a line each for author, share, title, query, sort and columns.
 *
 * Promises: what was packed is read again as it was; nobody sees a view that is not shared with it. Cannot fail:
 * a record that is none is passed over. */
#include "desk/view_record.h"

#include <string.h>

#include "base/text.h"

static bool is_private(const struct pd_view *view)
{
	return view->share != NULL && pd_starts(view->share, "private:");
}

/* A private view is its author's alone; not even administrators meet it. */
static bool is_own(const struct pd_view *view, const struct pd_agent *agent)
{
	return agent != NULL && pd_agent_is(agent, view->share + strlen("private:"));
}

char *pd_view_record_name(struct pd_arena *arena, const struct pd_view *view)
{
	const char *key = pd_view_key(arena, view->title);
	return is_private(view) ? pd_printf(arena, "%s/%s", view->share + strlen("private:"), key)
				: pd_strdup(arena, key);
}

char *pd_view_record_value(struct pd_arena *arena, const struct pd_view *view)
{
	return pd_printf(arena, "%s\n%s\n%s\n%s\n%s\n%s", view->author != NULL ? view->author : "", view->share,
			 view->title, view->query, view->sort != NULL ? view->sort : "",
			 view->columns != NULL ? view->columns : "");
}

bool pd_view_of_record(struct pd_arena *arena, const struct pd_record *record, struct pd_view *ret_view)
{
	struct pd_strings lines = pd_lines(arena, record->value);
	if (lines.count < 4)
		return false;
	while (lines.count < 6)
		*pd_list_add(arena, &lines) = "";
	const char *slash = strchr(record->name, '/');
	*ret_view = (struct pd_view){
		.name = slash != NULL ? slash + 1 : record->name,
		.author = lines.items[0],
		.share = lines.items[1],
		.title = lines.items[2],
		.query = lines.items[3],
		.sort = *lines.items[4] != '\0' ? lines.items[4] : NULL,
		.columns = *lines.items[5] != '\0' ? lines.items[5] : NULL,
	};
	return true;
}

/* What the desk adds by command to a view that every desk has. */
static void narrow(struct pd_arena *arena, struct pd_view *view, const struct pd_view *by)
{
	view->query = pd_printf(arena, "(%s) (%s)", view->query, by->query);
	view->sort = by->sort != NULL ? by->sort : view->sort;
	view->columns = by->columns != NULL ? by->columns : view->columns;
	view->author = by->author;
}

struct pd_views pd_views_with(struct pd_arena *arena, const struct pd_settings *settings,
			      const struct pd_agent *agent, const struct pd_records *records)
{
	struct pd_views views = {0}, others = pd_views_of(arena, settings, agent);
	struct pd_view view;
	size_t known = others.count;
	for (size_t i = 0; i < records->count; i++) {
		if (!pd_view_of_record(arena, &records->items[i], &view))
			continue;
		if (is_private(&view)) {
			if (is_own(&view, agent))
				*pd_list_add(arena, &views) = view;
			continue;
		}
		if (!pd_view_is_shared(arena, settings, view.share, agent))
			continue;
		struct pd_view *narrowed = NULL;
		for (size_t n = 0; pd_equal(view.share, "everyone") && n < known && narrowed == NULL; n++)
			if (pd_view_find(others.items[n].name) != NULL &&
			    strcmp(pd_view_key(arena, others.items[n].name), view.name) == 0)
				narrowed = &others.items[n];
		if (narrowed != NULL)
			narrow(arena, narrowed, &view);
		else
			*pd_list_add(arena, &others) = view;
	}
	for (size_t i = 0; i < others.count; i++)
		*pd_list_add(arena, &views) = others.items[i];
	return views;
}

struct pd_views pd_views_now(struct pd_arena *arena, const struct pd_settings *settings,
			     const struct pd_agent *agent, struct pd_snapshot *desk)
{
	struct pd_records records = desk->records(desk, arena, PD_VIEW_RECORD);
	return pd_views_with(arena, settings, agent, &records);
}

/* What the desk finds wrong in the settings: the queries of views, the choices of properties.
 *
 * Promises: every fault with its file and line; nothing else is looked at twice. */
#include "desk/decide.h"

#include <string.h>

#include "base/text.h"

static const struct pd_setting *setting(const struct pd_group *group, const char *key)
{
	for (size_t i = 0; i < group->settings.count; i++)
		if (strcmp(group->settings.items[i].key, key) == 0)
			return &group->settings.items[i];
	return NULL;
}

/* `me` is whoever looks at the view; any agent's name will do to check the words. */
static void check_view(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
		       struct pd_problems *problems)
{
	struct pd_query *query;
	struct pd_error error = {0};
	const struct pd_setting *text = setting(group, "query");
	const char *me = settings->agents.count > 0 ? settings->agents.items[0].name : "";
	if (text == NULL)
		pd_problem_add(problems, group->where, "[view %s] has no query", group->name);
	else if (pd_query_parse(arena, settings, text->value, me, 0, &query, &error) != 0)
		pd_problem_add(problems, text->where, "[view %s] query: %s", group->name, error.text);
}

static void check_property(const struct pd_group *group, struct pd_problems *problems)
{
	static const char *const types[] = {"text", "number", "date", "choice", "choices"};
	const struct pd_setting *type = setting(group, "type");
	const struct pd_setting *choices = setting(group, "choices");
	bool is_known = type == NULL;
	for (size_t i = 0; type != NULL && i < sizeof types / sizeof *types; i++)
		is_known |= strcmp(types[i], type->value) == 0;
	if (!is_known)
		pd_problem_add(problems, type->where, "[property %s] type: %s is none of text number date choice choices",
			       group->name, type->value);
	else if (type != NULL && pd_starts(type->value, "choice") && choices == NULL)
		pd_problem_add(problems, group->where, "[property %s] has no choices", group->name);
	if (pd_property_is_builtin(group->name))
		pd_problem_add(problems, group->where, "[property %s] is a property that every ticket has", group->name);
}

void pd_desk_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "view") == 0)
			check_view(arena, settings, group, problems);
		else if (strcmp(group->type, "property") == 0)
			check_property(group, problems);
	}
}

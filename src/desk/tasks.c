/* See tasks.h. Cannot fail. */
#include "desk/tasks.h"

#include <string.h>

#include "base/text.h"

bool pd_task_parse(struct pd_arena *arena, const struct pd_change *property, struct pd_task *ret_task)
{
	unsigned long long entry;
	pd_time at = 0;
	if (!pd_starts(property->property, PD_PROPERTY_TASK) || property->to == NULL ||
	    !pd_number(property->property + strlen(PD_PROPERTY_TASK), INT64_MAX, &entry))
		return false;
	struct pd_strings words = pd_split(arena, property->to, ' ');
	if (words.count < 3 || (strcmp(words.items[1], "-") != 0 && !pd_time_parse(words.items[1], &at)))
		return false;
	*ret_task = (struct pd_task){(int64_t)entry, strcmp(words.items[0], "done") == 0, at, words.items[2]};
	return true;
}

char *pd_task_property(struct pd_arena *arena, int64_t entry)
{
	return pd_printf(arena, PD_PROPERTY_TASK "%lld", (long long)entry);
}

char *pd_task_value(struct pd_arena *arena, bool is_done, pd_time at, const char *agent)
{
	return pd_printf(arena, "%s %s %s", is_done ? "done" : "open", at != 0 ? pd_time_rfc3339(arena, at) : "-", agent);
}

bool pd_task_is_open(const struct pd_ticket *ticket, const char *agent)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_task task;
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_task_parse(arena, &ticket->properties.items[i], &task) && !task.is_done &&
		    (agent == NULL || strcmp(task.agent, agent) == 0))
			return true;
	return false;
}

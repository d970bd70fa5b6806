/* What stands in the columns of a listing.
 *
 * Promises: a name that pd_columns gives has a meaning here; the goals are reckoned as of the context's time. Cannot
 * fail. */
#include "desk/columns.h"

#include <string.h>

#include "base/text.h"
#include "desk/goals.h"
#include "desk/people.h"

#define CELL_WIDTH 60 /* characters */

struct pd_strings pd_columns(struct pd_arena *arena, const struct pd_settings *settings)
{
	static const char *const built_in[] = {
		"number",	"name",	   "status",  "status_kind", "owner",	 "team",     "priority",
		"category",	"source",  "contact", "contact_name", "company", "mailbox",  "pipeline",
		"created",	"updated", "closed",  "messages",    "sla",	 "due",	     "description",
		"followers",	"days_left", "language",
	};
	struct pd_strings names = {0};
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
		*pd_list_add(arena, &names) = built_in[i];
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "property") == 0)
			*pd_list_add(arena, &names) = settings->groups.items[i].name;
	return names;
}

static const char *time_text(struct pd_context *context, pd_time time)
{
	return time != 0 ? pd_time_short(context->arena, time, context->settings->timezone) : "";
}

/* When the first of the goals that run is due. */
static const char *due_text(struct pd_context *context, const struct pd_goals *goals)
{
	pd_time first = 0;
	for (int i = 0; i < PD_GOALS; i++) {
		const struct pd_goal_status *status = &goals->of[i];
		bool runs = status->state == PD_GOAL_ACTIVE || status->state == PD_GOAL_DUE_SOON ||
			    status->state == PD_GOAL_OVERDUE;
		if (runs && status->due != 0 && (first == 0 || status->due < first))
			first = status->due;
	}
	return time_text(context, first);
}

/* The state that wants most to be seen. */
static const char *state_text(const struct pd_goals *goals)
{
	static const enum pd_goal_state order[] = {PD_GOAL_OVERDUE, PD_GOAL_DUE_SOON, PD_GOAL_ACTIVE,
						   PD_GOAL_PAUSED,  PD_GOAL_MISSED,   PD_GOAL_MET};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		for (int goal = 0; goal < PD_GOALS; goal++)
			if (goals->of[goal].state == order[i])
				return pd_goal_state_name(order[i]);
	return "";
}

const char *pd_column_cell(struct pd_context *context, const struct pd_ticket *ticket, const char *column)
{
	struct pd_arena *arena = context->arena;
	if (strcmp(column, "number") == 0)
		return pd_printf(arena, "#%lld", (long long)ticket->number);
	if (strcmp(column, "days_left") == 0)
		return ticket->is_deleted ? pd_printf(arena, "%lld",
						      (long long)pd_ticket_days_left(
							      ticket, context->settings->keep_deleted, context->now))
					  : "";
	if (strcmp(column, "created") == 0)
		return time_text(context, ticket->created);
	if (strcmp(column, "updated") == 0)
		return time_text(context, ticket->updated);
	if (strcmp(column, "closed") == 0)
		return time_text(context, ticket->closed);
	if (strcmp(column, "status_kind") == 0)
		return pd_status_kind_name(ticket->status_kind);
	if (strcmp(column, "followers") == 0)
		return pd_clean_line(arena, pd_strings_join(arena, &ticket->followers, ", "), CELL_WIDTH);
	if (strcmp(column, "sla") == 0 || strcmp(column, "due") == 0) {
		struct pd_goals goals;
		pd_plan_goals(context, ticket, &goals);
		return *column == 'd' ? due_text(context, &goals) : state_text(&goals);
	}
	if (strcmp(column, "contact") == 0)
		return ticket->contacts.count == 0
			       ? ""
			       : pd_value_words(
					 context, "contact",
					 pd_printf(arena, "%lld", (long long)ticket->contacts.items[0]));
	const struct pd_contact *first =
		ticket->contacts.count > 0 ? pd_plan_contact_followed(context, ticket->contacts.items[0]) : NULL;
	if (strcmp(column, "contact_name") == 0)
		return first != NULL ? first->name : "";
	const char *value = strcmp(column, "company") == 0 ? pd_ticket_company(ticket, first)
							    : pd_ticket_get(arena, ticket, column);
	if (value == NULL || *value == '\0')
		return strcmp(column, "owner") == 0 ? "-" : "";
	return pd_clean_line(arena, pd_value_words(context, column, value), CELL_WIDTH);
}

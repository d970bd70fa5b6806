/* What an agent may see, as conditions of a query, so that the store leaves out the rest.
 *
 * Promises: whatever pd_may_see allows is found; a little more may be, so that it keeps the last word on each ticket.
 * Never fails. */
#include "desk/command.h"

#include "base/text.h"

#define MAILBOXES_MAX 40 /* of more, all tickets without an owner are looked at */

static struct pd_query *condition(struct pd_arena *arena, const char *field, const char *value)
{
	struct pd_query *query = PD_NEW(arena, struct pd_query);
	query->op = PD_QUERY_FIELD;
	query->field = field;
	query->value = value;
	query->kind = -1;
	return query;
}

static void add_names(struct pd_arena *arena, struct pd_query *query, const char *name, const struct pd_strings *was)
{
	*pd_list_add(arena, &query->values) = name;
	for (size_t i = 0; i < was->count; i++)
		*pd_list_add(arena, &query->values) = was->items[i];
}

/* The same of a name and those that it had before. */
static struct pd_query *condition_of(struct pd_arena *arena, const char *field, const char *value, const struct pd_strings *was)
{
	struct pd_query *query = condition(arena, field, value);
	if (was->count > 0)
		add_names(arena, query, value, was);
	return query;
}

static const struct pd_query *pair(struct pd_arena *arena, enum pd_query_op op, const struct pd_query *left,
				   const struct pd_query *right)
{
	if (left == NULL)
		return right;
	struct pd_query *query = PD_NEW(arena, struct pd_query);
	query->op = op;
	query->kind = -1;
	query->left = (struct pd_query *)left;
	query->right = (struct pd_query *)right;
	return query;
}

static bool is_teams(const struct pd_settings *settings, const struct pd_agent *agent, const char *name)
{
	const struct pd_team *team = name != NULL ? pd_settings_team(settings, name) : NULL;
	return team != NULL && pd_team_has(team, agent->name);
}

/* Tickets that nobody has, of the mailboxes of the agent's teams. NULL: none. */
static const struct pd_query *unowned(struct pd_arena *arena, const struct pd_settings *settings,
				      const struct pd_agent *agent)
{
	const struct pd_query *any = NULL;
	size_t count = 0;
	for (size_t i = 0; i < settings->mailboxes.count; i++) {
		const struct pd_mailbox *mailbox = &settings->mailboxes.items[i];
		if (!is_teams(settings, agent, mailbox->team))
			continue;
		count++;
		any = pair(arena, PD_QUERY_OR, any, condition_of(arena, "mailbox", mailbox->name, &mailbox->was));
	}
	const struct pd_query *nobody = condition(arena, "owner", NULL);
	if (count == 0)
		return NULL;
	return count > MAILBOXES_MAX ? nobody : pair(arena, PD_QUERY_AND, nobody, any);
}

const struct pd_query *pd_sight(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_agent *agent,
				const struct pd_query *query)
{
	if (agent == NULL || pd_sees_all(settings, agent))
		return query;
	const struct pd_query *seen = pair(arena, PD_QUERY_OR, condition_of(arena, "owner", agent->name, &agent->was),
					   condition_of(arena, "follower", agent->name, &agent->was));
	struct pd_query *teams = condition(arena, "team", NULL);
	for (size_t i = 0; i < settings->teams.count; i++)
		if (pd_team_has(&settings->teams.items[i], agent->name))
			add_names(arena, teams, settings->teams.items[i].name, &settings->teams.items[i].was);
	/* Who sees its own alone is shown none of these but its own. */
	bool sees_team = false;
	for (size_t i = 0; i < settings->teams.count; i++)
		sees_team |= pd_team_has(&settings->teams.items[i], agent->name) &&
			     settings->teams.items[i].sees != PD_SEES_OWN;
	if (sees_team) {
		teams->value = teams->values.items[0];
		seen = pair(arena, PD_QUERY_OR, seen, teams);
	}
	const struct pd_query *free = unowned(arena, settings, agent);
	if (free != NULL)
		seen = pair(arena, PD_QUERY_OR, seen, free);
	return query->op == PD_QUERY_ALL ? seen : pair(arena, PD_QUERY_AND, query, seen);
}

/* Routing (MISSION.md P3): the first [route] in file order whose query holds gives a new ticket its team, priority
 * and category, and an owner.
 *
 * Candidates are the members of the ticket's team (without a team, all agents) who may own it, have all the skills that
 * the route asks for, and are there. round-robin takes the next after the one taken last by this route, least-loaded the
 * one with the fewest open tickets, of equals the next. Each choice reads and sets the route's turn, so that of two
 * decisions at once the second is made anew. With nobody there the ticket waits, unowned and marked, for its team.
 *
 * Promises: an owner or a status that somebody set stays; automatic mail, spam and history are not routed. Says on the
 * timeline which route it was and why it chose. Cannot fail. */
#include "desk/route.h"

#include <string.h>

#include "base/text.h"
#include "desk/availability.h"
#include "desk/facts.h"
#include "desk/mail.h"

#define LOAD_MAX 1000 /* open tickets of one agent that are counted */

struct routing {
	struct pd_context *context;
	const struct pd_message *mail; /* that is decided; NULL: none is */
	struct pd_ticket *ticket;
	const struct pd_group *route;
	struct pd_records absences;
	struct pd_strings pool; /* of whom one is chosen, in the order of their turns */
};

struct candidates {
	const struct pd_agent **items;
	size_t count, room;
};

static const char *value_of(const struct routing *routing, const char *key)
{
	return pd_group_value(routing->route, key, NULL);
}

static char *why_of(const struct routing *routing, const char *how)
{
	return pd_printf(routing->context->arena, "route %s%s%s", routing->route->name, *how != '\0' ? ", " : "", how);
}

/* --- candidates --- */

static bool has_skills(const struct routing *routing, const struct pd_agent *agent)
{
	const char *skills = value_of(routing, "skills");
	struct pd_strings wanted = pd_split(routing->context->arena, skills != NULL ? skills : "", ';');
	for (size_t i = 0; i < wanted.count; i++)
		if (!pd_strings_has_nocase(&agent->skills, wanted.items[i]))
			return false;
	return true;
}

static bool is_there(const struct routing *routing, const struct pd_agent *agent)
{
	struct pd_context *context = routing->context;
	return pd_availability_of(context->arena, context->settings, &routing->absences, agent, context->now).is_available;
}

static void add_candidate(const struct routing *routing, struct candidates *candidates, const char *name)
{
	const struct pd_agent *agent = pd_settings_agent(routing->context->settings, name);
	if (agent != NULL && agent->role != PD_ROLE_VIEWER && has_skills(routing, agent) && is_there(routing, agent))
		*pd_list_add(routing->context->arena, candidates) = agent;
}

static struct candidates candidates_of(struct routing *routing)
{
	const struct pd_settings *settings = routing->context->settings;
	const struct pd_team *team =
		routing->ticket->team != NULL ? pd_settings_team(settings, routing->ticket->team) : NULL;
	struct candidates candidates = {0};
	memset(&routing->pool, 0, sizeof routing->pool);
	if (team != NULL)
		routing->pool = team->members;
	for (size_t i = 0; routing->ticket->team == NULL && i < settings->agents.count; i++)
		*pd_list_add(routing->context->arena, &routing->pool) = settings->agents.items[i].name;
	for (size_t i = 0; i < routing->pool.count; i++)
		add_candidate(routing, &candidates, routing->pool.items[i]);
	return candidates;
}

/* --- turns: a mark of the route that names whom it took last --- */

static int64_t turn_value(const char *agent)
{
	unsigned char digest[PD_SHA256_SIZE];
	int64_t value;
	pd_sha256(agent, strlen(agent), digest);
	memcpy(&value, digest, sizeof value);
	return value;
}

static const char *turn_key(const struct routing *routing)
{
	return pd_printf(routing->context->arena, "turn:%s", routing->route->name);
}

static struct pd_mark last_turn(const struct routing *routing)
{
	const struct pd_plan *plan = routing->context->plan;
	const char *key = turn_key(routing);
	for (size_t i = plan->marks.count; i > 0; i--)
		if (strcmp(plan->marks.items[i - 1].key, key) == 0)
			return (struct pd_mark){.exists = true, .value = plan->marks.items[i - 1].value};
	return routing->context->desk->mark(routing->context->desk, key);
}

/* How far after the one taken last the agent stands in the pool. */
static size_t distance(const struct routing *routing, const struct pd_agent *agent, struct pd_mark turn)
{
	const struct pd_strings *pool = &routing->pool;
	size_t own = 0, last = pool->count - 1;
	for (size_t i = 0; i < pool->count; i++) {
		if (strcmp(pool->items[i], agent->name) == 0)
			own = i;
		if (turn.exists && turn_value(pool->items[i]) == turn.value)
			last = i;
	}
	return (own + pool->count - last - 1) % pool->count;
}

/* Its open tickets, those of this plan too. */
static size_t load_of(const struct routing *routing, const struct pd_agent *agent)
{
	struct pd_context *context = routing->context;
	struct pd_query *query;
	PD_AUTO_ARENA arena = pd_arena_new();
	if (pd_query_parse(arena, context->settings, "owner:me is:open", agent->name, context->now, &query, NULL) != 0)
		return 0;
	size_t load = context->desk->list(context->desk, arena, query, "number", LOAD_MAX, 0).count;
	for (size_t i = 0; i < context->plan->tickets.count; i++) {
		const struct pd_planned_ticket *planned = &context->plan->tickets.items[i];
		load += planned->base_version == 0 && pd_agent_is(agent, planned->ticket->owner);
	}
	return load;
}

static const struct pd_agent *choose(const struct routing *routing, const struct candidates *candidates,
				     bool by_load)
{
	const struct pd_agent *best = NULL;
	size_t best_load = 0, best_distance = 0;
	const struct pd_mark turn = last_turn(routing);
	for (size_t i = 0; i < candidates->count; i++) {
		const struct pd_agent *agent = candidates->items[i];
		size_t load = by_load ? load_of(routing, agent) : 0, away = distance(routing, agent, turn);
		if (best != NULL && (load > best_load || (load == best_load && away > best_distance)))
			continue;
		best = agent;
		best_load = load;
		best_distance = away;
	}
	return best;
}

/* --- giving --- */

static void give(const struct routing *routing, const struct pd_agent *agent, const char *how)
{
	struct pd_context *context = routing->context;
	pd_plan_set(context, routing->ticket, "owner", agent->name, why_of(routing, how));
	pd_plan_mark(context, turn_key(routing), turn_value(agent->name), 0);
}

/* Waits for its team: "My team's unassigned". */
static void leave(const struct routing *routing, const char *why)
{
	pd_plan_set(routing->context, routing->ticket, PD_PROPERTY_UNROUTED, "yes", why_of(routing, why));
}

static void assign(struct routing *routing)
{
	const char *how = value_of(routing, "assign");
	if (how == NULL || routing->ticket->owner != NULL)
		return;
	bool by_load = strcmp(how, "least-loaded") == 0;
	if (by_load || strcmp(how, "round-robin") == 0) {
		struct candidates candidates = candidates_of(routing);
		const struct pd_agent *chosen = choose(routing, &candidates, by_load);
		if (chosen != NULL)
			give(routing, chosen, how);
		else
			leave(routing, "nobody with what it needs is there");
		return;
	}
	const struct pd_agent *agent = pd_settings_agent(routing->context->settings, how);
	if (agent != NULL && has_skills(routing, agent) && is_there(routing, agent))
		give(routing, agent, "");
	else
		leave(routing, pd_printf(routing->context->arena, "%s is not there", how));
}

static void set(const struct routing *routing, const char *property, const char *value)
{
	if (value != NULL)
		pd_plan_set(routing->context, routing->ticket, property, value, why_of(routing, ""));
}

/* Has the mail the header field that the route asks for? */
static bool has_header(const struct routing *routing)
{
	const char *header = value_of(routing, "header");
	return header == NULL || *header == '\0' ||
	       (routing->mail != NULL && pd_mail_has_header(routing->context->arena, routing->mail, header));
}

/* The first route that holds; false: none. */
static bool find_route(struct routing *routing)
{
	const struct pd_settings *settings = routing->context->settings;
	for (size_t i = 0; i < settings->groups.count; i++) {
		routing->route = &settings->groups.items[i];
		if (strcmp(routing->route->type, "route") == 0 && has_header(routing) &&
		    pd_plan_holds(routing->context, routing->ticket, value_of(routing, "when")))
			return true;
	}
	return false;
}

static bool has_routes(const struct pd_settings *settings)
{
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "route") == 0)
			return true;
	return false;
}

static void route_new(struct routing *routing)
{
	if (!find_route(routing))
		return;
	set(routing, "team", value_of(routing, "team"));
	set(routing, "priority", value_of(routing, "priority"));
	set(routing, "category", value_of(routing, "category"));
	assign(routing);
}

/* A contact wrote to an owner who is not there: somebody else gets it where the route says so. */
static void route_again(struct routing *routing)
{
	const struct pd_ticket *ticket = routing->ticket;
	const struct pd_agent *owner =
		ticket->owner != NULL ? pd_settings_agent(routing->context->settings, ticket->owner) : NULL;
	if (owner == NULL || is_there(routing, owner) || !find_route(routing) ||
	    !pd_equal(value_of(routing, "reroute"), "yes"))
		return;
	const char *how = value_of(routing, "assign");
	if (how == NULL || pd_settings_agent(routing->context->settings, how) != NULL)
		return;
	struct candidates candidates = candidates_of(routing);
	const struct pd_agent *chosen = choose(routing, &candidates, strcmp(how, "least-loaded") == 0);
	if (chosen != NULL)
		give(routing, chosen, pd_printf(routing->context->arena, "%s is away", owner->name));
}

static bool is_contacts_message(const struct pd_event *event)
{
	return event->kind == PD_EVENT_MESSAGE && pd_starts(event->actor, "contact:");
}

void pd_route(struct pd_context *context, const struct pd_message *mail)
{
	struct pd_plan *plan = context->plan;
	if (context->is_import || !has_routes(context->settings))
		return;
	const char *actor = context->actor;
	const size_t count = plan->events.count;
	struct routing routing = {.context = context, .mail = mail};
	bool is_loaded = false;
	context->actor = "postdesk";
	for (size_t i = 0; i < count; i++) {
		const struct pd_event *event = plan->events.items[i];
		bool is_new = event->kind == PD_EVENT_CREATED;
		if (!is_new && !is_contacts_message(event))
			continue;
		routing.ticket = pd_plan_ticket(context, event->ticket);
		if (routing.ticket == NULL || routing.ticket->is_automatic || routing.ticket->is_spam ||
		    routing.ticket->is_deleted || routing.ticket->status_kind == PD_STATUS_CLOSED)
			continue;
		if (!is_loaded)
			routing.absences = context->desk->records(context->desk, context->arena, PD_ABSENCE);
		is_loaded = true;
		if (is_new)
			route_new(&routing);
		else
			route_again(&routing);
	}
	context->actor = actor;
}

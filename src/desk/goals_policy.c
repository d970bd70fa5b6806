/* The [sla …] groups as policies, and which one a ticket has. See goals.h.
 *
 * Promises: everything wrong is told with its line; queries are parsed once, for all tickets. A query may ask what a
 * ticket itself holds and who its contacts are; words, correspondents, goals and ages would make goals depend on what no
 * event of the ticket changes, and are refused. */
#include "desk/goals.h"

#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/find.h"

struct pd_policies {
	PD_LIST(struct pd_policy *) base;
	PD_LIST(struct pd_policy *) overrides; /* in file order */
	bool asks_contacts;
};

struct maker {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	struct pd_problems *problems;
	struct pd_policies *policies;
};

/* "standard priority:urgent" -> "standard". */
static const char *policy_of(struct pd_arena *arena, const char *title)
{
	return pd_strndup(arena, title, strcspn(title, " \t"));
}

/* --- values --- */

static void read_amount(const char *text, bool *ret_is_on, struct pd_calendar_amount *ret_amount)
{
	if (text == NULL)
		return;
	*ret_is_on = pd_calendar_amount_parse(text, ret_amount);
}

/* The more exact key counts, wherever it stands. */
static void read_goals(struct maker *maker, const struct pd_group *group, struct pd_policy *policy)
{
	const char *soon = pd_group_value(group, "due_soon", NULL);
	for (int i = 0; i < PD_GOALS; i++) {
		struct pd_policy_goal *goal = &policy->goals[i];
		const char *name = pd_goal_name((enum pd_goal)i);
		read_amount(pd_group_value(group, name, NULL), &goal->is_on, &goal->amount);
		read_amount(soon, &goal->has_soon, &goal->soon);
		read_amount(pd_group_value(group, pd_printf(maker->arena, "due_soon_%s", name), NULL),
			    &goal->has_soon, &goal->soon);
	}
}

static struct pd_step *add_step(struct maker *maker, struct pd_policy *policy, const char *name, bool is_overdue,
				pd_time after)
{
	for (size_t i = 0; i < policy->steps.count; i++)
		if (strcmp(policy->steps.items[i].name, name) == 0)
			return &policy->steps.items[i];
	struct pd_step *step = pd_list_add(maker->arena, &policy->steps);
	*step = (struct pd_step){.name = name, .is_overdue = is_overdue, .after = after};
	return step;
}

/* "notify owner", "notify team leads", "notify bob". NULL: nobody of that name. */
static const char *notified(struct maker *maker, const char *whom)
{
	static const char *const words[] = {"owner", "team", "followers"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (pd_equal_nocase(whom, words[i]))
			return words[i];
	if (pd_starts_nocase(whom, "team ")) {
		struct pd_found found = pd_find_team(maker->arena, maker->settings, whom + strlen("team "));
		return found.name != NULL ? pd_printf(maker->arena, "team:%s", found.name) : NULL;
	}
	struct pd_found found = pd_find_agent(maker->arena, maker->settings, whom);
	return found.name != NULL ? pd_printf(maker->arena, "agent:%s", found.name) : NULL;
}

static bool is_address(const char *text)
{
	const char *at = strchr(text, '@');
	return at != NULL && at > text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	       strpbrk(text, " \t<>,;\"") == NULL;
}

/* What is wrong with the command; NULL: nothing. */
static const char *command_fault(struct maker *maker, const char *line)
{
	const char *left;
	struct pd_commands *commands = pd_commands_parse(maker->arena, maker->settings, "en", NULL, PD_DAY,
							 pd_printf(maker->arena, "%s%s", *line == '#' ? "" : "#", line),
							 true, &left);
	if (commands->errors.count == 0)
		return commands->items.count > 0 ? NULL : "no command stands there";
	const char *comma = strstr(commands->errors.items[0], ", ");
	return comma != NULL ? comma + 2 : commands->errors.items[0];
}

static const char *read_action(struct maker *maker, const char *action, struct pd_escalation *ret_escalation)
{
	if (pd_starts_nocase(action, "notify ")) {
		ret_escalation->kind = PD_ESCALATE_NOTIFY;
		ret_escalation->whom = notified(maker, pd_trim(maker->arena, action + strlen("notify ")));
		return ret_escalation->whom != NULL ? NULL
						    : "it is none of owner, team, followers, an agent, team NAME";
	}
	if (pd_starts_nocase(action, "mail ")) {
		ret_escalation->kind = PD_ESCALATE_MAIL;
		ret_escalation->whom =
			pd_lower_ascii(maker->arena, pd_trim(maker->arena, action + strlen("mail ")));
		return is_address(ret_escalation->whom) ? NULL : "that is no mail address";
	}
	ret_escalation->kind = PD_ESCALATE_DO;
	ret_escalation->whom = pd_printf(maker->arena, "%s%s", *action == '#' ? "" : "#", action);
	return command_fault(maker, action);
}

/* "due_soon", "overdue+30m". */
static struct pd_step *read_step(struct maker *maker, struct pd_policy *policy, const char *text)
{
	const char *plus = strchr(text, '+');
	const char *state = plus != NULL ? pd_trim(maker->arena, pd_strndup(maker->arena, text, (size_t)(plus - text)))
					 : text;
	bool is_overdue = pd_equal_nocase(state, "overdue");
	pd_time after = 0;
	if ((!is_overdue && !pd_equal_nocase(state, "due_soon")) ||
	    (plus != NULL && (!pd_duration_parse(pd_trim(maker->arena, plus + 1), &after) || after == 0)))
		return NULL;
	state = is_overdue ? "overdue" : "due_soon";
	return add_step(maker, policy,
			plus != NULL ? pd_printf(maker->arena, "%s+%s", state, pd_trim(maker->arena, plus + 1)) : state,
			is_overdue, after);
}

static void read_steps(struct maker *maker, const struct pd_group *group, struct pd_policy *policy)
{
	struct pd_where where = group->where;
	const char *text = pd_group_value(group, "escalate", &where);
	if (text == NULL)
		return;
	memset(&policy->steps, 0, sizeof policy->steps);
	add_step(maker, policy, "due_soon", false, 0);
	add_step(maker, policy, "overdue", true, 0);
	struct pd_strings list = pd_split(maker->arena, text, ';');
	for (size_t i = 0; i < list.count; i++) {
		const char *item = list.items[i], *colon = strchr(item, ':');
		struct pd_escalation escalation;
		struct pd_step *step =
			colon != NULL ? read_step(maker, policy,
						  pd_trim(maker->arena, pd_strndup(maker->arena, item,
										   (size_t)(colon - item))))
				      : NULL;
		const char *action = colon != NULL ? pd_trim(maker->arena, colon + 1) : "";
		const char *fault = step == NULL ? "it begins with none of due_soon: overdue: overdue+DURATION:"
						 : read_action(maker, action, &escalation);
		if (fault != NULL)
			pd_problem_add(maker->problems, where, "[sla %s] escalate: \"%s\": %s", group->name, item, fault);
		else
			*pd_list_add(maker->arena, &step->escalations) = escalation;
	}
}

static void read_group(struct maker *maker, const struct pd_group *group, struct pd_policy *policy)
{
	const struct pd_calendars *calendars = maker->settings->calendars;
	const char *enabled = pd_group_value(group, "enabled", NULL);
	const char *calendar = pd_group_value(group, "calendar", NULL);
	if (enabled != NULL)
		policy->is_enabled = !pd_equal_nocase(enabled, "no") && !pd_equal_nocase(enabled, "false");
	if (calendar != NULL && *calendar != '\0') {
		policy->calendar_name = calendar;
		policy->calendar = calendars != NULL ? pd_calendars_find(calendars, calendar) : NULL;
	}
	read_goals(maker, group, policy);
	read_steps(maker, group, policy);
	policy->title = group->name;
	policy->where = group->where;
}

/* --- queries --- */

/* What no policy may ask; NULL: all is well. */
static const char *refused_term(const struct pd_query *query)
{
	static const char *const fields[] = {"from", "to", "sla", "due"};
	if (query == NULL || query->op == PD_QUERY_ALL)
		return NULL;
	if (query->op == PD_QUERY_TEXT)
		return "words";
	if (query->op == PD_QUERY_FIELD) {
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
			if (strcmp(query->field, fields[i]) == 0)
				return fields[i];
		return strcmp(query->field, "is") == 0 && pd_equal(query->value, "draft") ? "is:draft" : NULL;
	}
	const char *left = refused_term(query->left);
	return left != NULL ? left : refused_term(query->right);
}

static bool depends_on_now(const struct pd_query *one, const struct pd_query *two)
{
	if (one == NULL || two == NULL)
		return one != two;
	return one->op != two->op || one->time != two->time || one->time_end != two->time_end ||
	       depends_on_now(one->left, two->left) || depends_on_now(one->right, two->right);
}

static bool asks_contacts(const struct pd_query *query)
{
	static const char *const fields[] = {"contact", "company", "phone"};
	if (query == NULL)
		return false;
	for (size_t i = 0; query->op == PD_QUERY_FIELD && i < sizeof fields / sizeof *fields; i++)
		if (strcmp(query->field, fields[i]) == 0)
			return true;
	return asks_contacts(query->left) || asks_contacts(query->right);
}

static bool read_query(struct maker *maker, const struct pd_group *group, const char *text, struct pd_query **ret_query)
{
	struct pd_query *query, *later;
	struct pd_error error = {0};
	if (pd_query_parse(maker->arena, maker->settings, text, NULL, PD_DAY, &query, &error) != 0) {
		pd_problem_add(maker->problems, group->where, "[sla %s] its query: %s", group->name, error.text);
		return false;
	}
	const char *refused = refused_term(query);
	if (refused != NULL) {
		pd_problem_add(maker->problems, group->where,
			       "[sla %s] its query: goals cannot depend on %s, but on properties and contacts",
			       group->name, refused);
		return false;
	}
	if (pd_query_parse(maker->arena, maker->settings, text, NULL, 1000 * PD_DAY, &later, &error) != 0 ||
	    depends_on_now(query, later)) {
		pd_problem_add(maker->problems, group->where,
			       "[sla %s] its query: goals cannot depend on what time it is", group->name);
		return false;
	}
	*ret_query = query;
	return true;
}

/* --- all of them --- */

static struct pd_policy *find_base(const struct pd_policies *policies, const char *name)
{
	for (size_t i = 0; i < policies->base.count; i++)
		if (strcmp(policies->base.items[i]->title, name) == 0)
			return policies->base.items[i];
	return NULL;
}

static void add_base(struct maker *maker, const struct pd_group *group)
{
	struct pd_policy *policy = PD_NEW(maker->arena, struct pd_policy);
	policy->is_enabled = true;
	add_step(maker, policy, "due_soon", false, 0);
	add_step(maker, policy, "overdue", true, 0);
	read_group(maker, group, policy);
	*pd_list_add(maker->arena, &maker->policies->base) = policy;
}

static void add_override(struct maker *maker, const struct pd_group *group)
{
	const char *name = policy_of(maker->arena, group->name);
	const struct pd_policy *base = find_base(maker->policies, name);
	struct pd_query *query;
	if (base == NULL) /* told with the names */
		return;
	struct pd_policy *policy = pd_memdup(maker->arena, base, sizeof *base);
	/* Lists are shared with the base until a key of the override makes new ones. */
	read_group(maker, group, policy);
	if (!read_query(maker, group, pd_trim(maker->arena, group->name + strlen(name)), &query))
		return;
	policy->query = query;
	policy->is_enabled = policy->is_enabled && base->is_enabled;
	maker->policies->asks_contacts |= asks_contacts(query);
	*pd_list_add(maker->arena, &maker->policies->overrides) = policy;
}

const struct pd_policies *pd_policies_new(const struct pd_settings *settings, struct pd_problems *problems)
{
	struct maker maker = {.arena = settings->arena, .settings = settings, .problems = problems};
	maker.policies = PD_NEW(maker.arena, struct pd_policies);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < settings->groups.count; i++) {
			const struct pd_group *group = &settings->groups.items[i];
			if (strcmp(group->type, "sla") != 0)
				continue;
			bool is_override = strpbrk(group->name, " \t") != NULL;
			if (pass == 0 && !is_override)
				add_base(&maker, group);
			else if (pass == 1 && is_override)
				add_override(&maker, group);
		}
	}
	return maker.policies;
}

bool pd_policies_are_empty(const struct pd_policies *policies)
{
	return policies == NULL || policies->base.count == 0;
}

bool pd_policies_ask_contacts(const struct pd_policies *policies)
{
	return policies != NULL && policies->asks_contacts;
}

const struct pd_policy *pd_policy_of(const struct pd_settings *settings, const struct pd_ticket_facts *facts)
{
	const struct pd_policies *policies = settings->policies;
	const struct pd_mailbox *mailbox =
		policies != NULL && facts->ticket->mailbox != NULL
			? pd_settings_mailbox(settings, facts->ticket->mailbox)
			: NULL;
	const struct pd_policy *policy = mailbox != NULL && mailbox->sla != NULL ? find_base(policies, mailbox->sla) : NULL;
	if (policy == NULL)
		return NULL;
	size_t len = strlen(policy->title);
	for (size_t i = 0; i < policies->overrides.count; i++) {
		const struct pd_policy *override = policies->overrides.items[i];
		if (strncmp(override->title, policy->title, len) == 0 && strchr(" \t", override->title[len]) != NULL &&
		    pd_query_matches(override->query, facts)) {
			policy = override;
			break;
		}
	}
	return policy->is_enabled ? policy : NULL;
}

const struct pd_calendar *pd_policy_calendar(const struct pd_settings *settings, const struct pd_policy *policy,
					    const struct pd_ticket *ticket, const char **ret_name)
{
	const char *name = policy->calendar_name;
	const struct pd_calendar *calendar = policy->calendar;
	const struct pd_team *team = ticket->team != NULL ? pd_settings_team(settings, ticket->team) : NULL;
	if (name == NULL && team != NULL && team->calendar != NULL) {
		name = team->calendar;
		calendar = settings->calendars != NULL ? pd_calendars_find(settings->calendars, name) : NULL;
	}
	if (calendar == NULL && settings->calendars != NULL)
		calendar = pd_calendars_find(settings->calendars, "24/7");
	*ret_name = name != NULL ? name : "24/7";
	return calendar;
}

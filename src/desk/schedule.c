/* Set times of the week: digests of views, mailed in each recipient's zone, and rules by the clock or by time that passed.
 *
 * When something was done last stands in a mark, so that it is done once, whatever runs or does not run meanwhile: after
 * an interruption once for all the times that passed. Promises: a digest shows its reader no more than #list would. An
 * empty one is not sent unless `empty` says so. Cannot fail; a failed snapshot sticks. */
#include "desk/schedule.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"
#include "desk/rule.h"
#include "desk/view_record.h"
#include "desk/when.h"

#define RULE_TICKETS 500 /* that a rule with a query acts on at once */

/* --- times --- */

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* The day that the word begins with ("mon", "Monday"); -1: none. */
static int day_of(const char *word, size_t len)
{
	for (int i = 0; i < 7; i++)
		if (len >= 3 && pd_starts_nocase(word, day_names[i]))
			return i;
	return -1;
}

/* "mon-fri", "mon,wed", "daily", "weekdays" -> a bit a day; 0: it is none. */
static unsigned days_of(const char *text)
{
	unsigned days = 0;
	if (pd_equal_nocase(text, "daily"))
		return 0x7f;
	if (pd_equal_nocase(text, "weekdays"))
		return 0x1f;
	while (*text != '\0') {
		size_t len = strcspn(text, ",-");
		int first = day_of(text, len), last = first;
		text += len;
		if (*text == '-') {
			len = strcspn(++text, ",-");
			last = day_of(text, len);
			text += len;
		}
		if (first < 0 || last < 0 || *text == '-' || (*text == ',' && text[1] == '\0'))
			return 0;
		for (int day = first;; day = (day + 1) % 7) {
			days |= 1U << day;
			if (day == last)
				break;
		}
		text += *text == ',';
	}
	return days;
}

/* "8:00" as milliseconds; false: it is none. */
static bool time_of(const char *text, pd_time *ret_time)
{
	int hour = 0, minute = 0, digits = 0;
	const char *c = text;
	for (; isdigit((unsigned char)*c) && digits < 2; c++, digits++)
		hour = hour * 10 + (*c - '0');
	if (digits == 0 || *c != ':' || !isdigit((unsigned char)c[1]) || !isdigit((unsigned char)c[2]) || c[3] != '\0')
		return false;
	minute = (c[1] - '0') * 10 + (c[2] - '0');
	*ret_time = hour * PD_HOUR + minute * PD_MINUTE;
	return hour < 24 && minute < 60;
}

/* "[DAYS] HH:MM" */
static bool item_of(struct pd_arena *arena, const char *item, unsigned *ret_days, pd_time *ret_time)
{
	struct pd_strings words = pd_split(arena, item, ' ');
	if (words.count == 0 || words.count > 2)
		return false;
	*ret_days = words.count == 2 ? days_of(words.items[0]) : 0x7f;
	return *ret_days != 0 && time_of(words.items[words.count - 1], ret_time);
}

bool pd_schedule_is(const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings items = pd_split(arena, text, ';');
	unsigned days;
	pd_time time;
	for (size_t i = 0; i < items.count; i++)
		if (!item_of(arena, items.items[i], &days, &time))
			return false;
	return items.count > 0;
}

pd_time pd_schedule_next(const struct pd_zone *zone, const char *text, pd_time after)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings items = pd_split(arena, text, ';');
	int64_t today = pd_day_of(pd_zone_to_local(zone, after));
	pd_time next = PD_NEVER, time;
	unsigned days;
	for (size_t i = 0; i < items.count; i++) {
		if (!item_of(arena, items.items[i], &days, &time))
			continue;
		for (int64_t day = today; day <= today + 7; day++) {
			pd_time at = pd_zone_to_utc(zone, day * PD_DAY + time);
			if ((days & 1U << pd_day_weekday(day)) != 0 && at > after) {
				next = at < next ? at : next;
				break;
			}
		}
	}
	return next;
}

/* --- when it was done --- */

struct scheduling {
	struct pd_context *context;
	pd_time next; /* of all */
};

/* Is it due? Notes that it is done, or that it is known from now on. */
static bool is_due(struct scheduling *scheduling, const char *key, const struct pd_zone *zone, const char *at)
{
	struct pd_context *context = scheduling->context;
	struct pd_mark mark = context->desk->mark(context->desk, key);
	pd_time last = mark.exists && mark.value <= context->now ? mark.value : context->now;
	pd_time due = pd_schedule_next(zone, at, last);
	bool is = mark.exists && due <= context->now;
	if (is || !mark.exists || mark.value > context->now)
		pd_plan_mark(context, key, context->now, 0);
	if (is || due <= context->now)
		due = pd_schedule_next(zone, at, context->now);
	if (due < scheduling->next)
		scheduling->next = due;
	return is;
}

/* --- digests --- */

/* What #list says of the view to that agent, and the tickets; NULL: no ticket is on it. */
static const char *listing(struct pd_context *context, const struct pd_agent *agent, const char *view,
			   struct pd_shown *shown)
{
	const char *text;
	struct pd_error error = {0};
	bool needs_confirmation;
	const struct pd_views views = pd_views_now(context->arena, context->settings, agent, context->desk);
	if (pd_view_among(&views, view) == NULL && strchr(view, ':') == NULL)
		return NULL; /* another's own view, or none at all: no words to search for */
	struct pd_context own = *context;
	own.agent = agent;
	own.actor = pd_printf(context->arena, "agent:%s", agent->name);
	own.plan = PD_NEW(context->arena, struct pd_plan);
	struct pd_commands *commands =
		pd_commands_parse(own.arena, own.settings, pd_agent_language(context, agent), agent, own.now,
				  pd_printf(own.arena, "#list %s", view), true, &text);
	if (commands->errors.count == 0)
		pd_commands_check(&own, commands, NULL, PD_PROOF_FULL, &needs_confirmation);
	if (commands->errors.count > 0)
		return pd_strings_join(own.arena, &commands->errors, "\n");
	if (pd_commands_apply(&own, commands, NULL, &error) != 0)
		return pd_strdup(own.arena, error.text);
	if (own.plan->listed.count == 0 || own.plan->report.count < 2)
		return NULL;
	for (size_t i = 0; i < own.plan->shown.count; i++) {
		bool is_shown = false;
		for (size_t n = 0; n < shown->count; n++)
			is_shown |= shown->items[n]->number == own.plan->shown.items[i]->number;
		if (!is_shown)
			*pd_list_add(own.arena, shown) = own.plan->shown.items[i];
	}
	/* The first line names the command. */
	struct pd_strings lines = {.items = own.plan->report.items + 1, .count = own.plan->report.count - 1};
	return pd_strings_join(own.arena, &lines, "\n");
}

static void write_digest(struct pd_context *context, const struct pd_group *digest, const struct pd_agent *agent)
{
	struct pd_arena *arena = context->arena;
	const char *language = pd_agent_language(context, agent), *empty = pd_group_value(digest, "empty", NULL);
	struct pd_strings views = pd_split(arena, pd_group_value(digest, "view", NULL), ';');
	PD_AUTO_BUF out = {.limit = 1024 * 1024};
	struct pd_shown shown = {0};
	bool has_any = false;
	for (size_t i = 0; i < views.count; i++) {
		const char *lines = listing(context, agent, views.items[i], &shown);
		has_any |= lines != NULL;
		pd_buf_addf(&out, "%s%s\n\n%s\n", i > 0 ? "\n\n" : "", views.items[i],
			    lines != NULL ? lines : pd_say(arena, language, "No tickets.", NULL));
	}
	if ((!has_any && !pd_equal(empty, "yes")) || agent->addresses.count == 0 ||
	    context->settings->mailboxes.count == 0 || pd_guard_is_unreachable(context, agent))
		return;
	struct pd_planned_letter *planned = pd_letter_to_agent(
		context, PD_LETTER_NOTIFICATION, agent, &context->settings->mailboxes.items[0], NULL, 0, 0, 0);
	planned->letter.subject = pd_say(arena, language, "Digest: {views}", "views",
					 pd_strings_join(arena, &views, ", "), NULL);
	planned->letter.text = pd_buf_string(arena, &out);
	planned->letter.is_fixed = true;
	pd_steps_add(context, agent, &shown, &planned->letter);
}

/* Agents by name, "team:NAME", "everyone"; each once. */
static struct pd_strings readers_of(struct pd_context *context, const struct pd_group *digest)
{
	const struct pd_settings *settings = context->settings;
	const char *to = pd_group_value(digest, "to", NULL);
	struct pd_strings words = pd_split(context->arena, to != NULL ? to : "everyone", ';'), names = {0};
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];
		const struct pd_team *team =
			pd_starts(word, "team:") ? pd_settings_team(settings, word + strlen("team:")) : NULL;
		for (size_t n = 0; team != NULL && n < team->members.count; n++)
			pd_strings_add_once(context->arena, &names, team->members.items[n]);
		for (size_t n = 0; strcmp(word, "everyone") == 0 && n < settings->agents.count; n++)
			pd_strings_add_once(context->arena, &names, settings->agents.items[n].name);
		if (pd_settings_agent(settings, word) != NULL)
			pd_strings_add_once(context->arena, &names, pd_settings_agent(settings, word)->name);
	}
	return names;
}

static void take_digest(struct scheduling *scheduling, const struct pd_group *digest)
{
	struct pd_context *context = scheduling->context;
	const char *at = pd_group_value(digest, "at", NULL);
	struct pd_strings names = readers_of(context, digest);
	for (size_t i = 0; at != NULL && i < names.count; i++) {
		const struct pd_agent *agent = pd_settings_agent(context->settings, names.items[i]);
		const struct pd_when_place place = pd_when_place_of(context->settings, agent, context->now);
		const char *key = pd_printf(context->arena, "digest:%s:%s", digest->name, agent->name);
		if (is_due(scheduling, key, place.zone, at))
			write_digest(context, digest, agent);
	}
}

/* --- rules --- */

static void run_rule(struct pd_context *context, const struct pd_group *rule)
{
	struct pd_query *query;
	const char *when = pd_group_value(rule, "when", NULL);
	if (when == NULL) {
		pd_rule_run(context, rule, NULL);
		return;
	}
	if (pd_query_parse(context->arena, context->settings, when, NULL, context->now, &query, NULL) != 0)
		return;
	struct pd_tickets found = context->desk->list(context->desk, context->arena, query, "number", RULE_TICKETS, 0);
	for (size_t i = 0; i < found.count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket(context, found.items[i]->number);
		if (pd_rule_minds(ticket))
			pd_rule_run(context, rule, ticket);
	}
}

/* --- rules by time that passed --- */

/* Is it what a person did, by which such time begins anew? What rules and postdesk itself do is not. */
static bool is_of_a_person(const struct pd_event *event)
{
	return !pd_starts(event->actor, "rule:") && !pd_equal(event->actor, "postdesk");
}

/* Did a person do nothing on the ticket since that entry, which a person made, and which is no history? */
static bool is_quiet_since(struct pd_context *context, const struct pd_passed *passed)
{
	const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, passed->event);
	if (entry == NULL || !is_of_a_person(&entry->event) ||
	    (entry->message != NULL && pd_equal(entry->message->source, "import")))
		return false;
	struct pd_entries later =
		context->desk->timeline(context->desk, context->arena, passed->ticket, entry->event.version);
	for (size_t i = 0; i < later.count; i++)
		if (is_of_a_person(&later.items[i].event))
			return false;
	return true;
}

/* Each entry is looked at once, when it is that old: the rule's mark says up to which. A rule that is new begins with what
 * happens, or grows that old, from now on. */
static void take_after(struct scheduling *scheduling, const struct pd_group *rule, const char *on)
{
	struct pd_context *context = scheduling->context;
	struct pd_snapshot *desk = context->desk;
	const char *key = pd_printf(context->arena, "rule:%s:%s", rule->name, on);
	pd_time wait;
	if (!pd_duration_parse(on + strlen("after:"), &wait))
		return;
	struct pd_mark mark = desk->mark(desk, key);
	int64_t done = mark.value;
	if (!mark.exists) {
		struct pd_passed_list last = desk->passed(desk, context->arena, -1, context->now - wait, 1);
		done = last.count > 0 ? last.items[0].event : 0;
	}
	struct pd_passed_list passed = desk->passed(desk, context->arena, done, context->now, RULE_TICKETS);
	pd_time next = context->now + wait;
	for (size_t i = 0; i < passed.count; i++) {
		if (passed.items[i].at + wait > context->now) {
			next = passed.items[i].at + wait;
			break;
		}
		done = passed.items[i].event;
		struct pd_ticket *ticket = pd_plan_ticket(context, passed.items[i].ticket);
		if (pd_rule_minds(ticket) && is_quiet_since(context, &passed.items[i]))
			pd_rule_run(context, rule, ticket);
		if (i + 1 == RULE_TICKETS)
			next = context->now;
	}
	if (!mark.exists || done != mark.value)
		pd_plan_mark(context, key, done, 0);
	if (next < scheduling->next)
		scheduling->next = next;
}

static void take_rule(struct scheduling *scheduling, const struct pd_group *rule)
{
	struct pd_context *context = scheduling->context;
	const char *on = pd_group_value(rule, "on", NULL);
	struct pd_strings all = pd_split(context->arena, on != NULL ? on : "", ';');
	const struct pd_when_place place = pd_when_place_of(context->settings, NULL, context->now);
	bool is = false;
	for (size_t i = 0; pd_rule_is_enabled(rule) && i < all.count; i++) {
		if (pd_starts(all.items[i], "after:"))
			take_after(scheduling, rule, all.items[i]);
		if (!pd_starts(all.items[i], "at:"))
			continue;
		const char *key = pd_printf(context->arena, "rule:%s:%s", rule->name, all.items[i]);
		is |= is_due(scheduling, key, place.zone, all.items[i] + strlen("at:"));
	}
	if (is)
		run_rule(context, rule);
}

/* --- all --- */

static bool is_scheduled(const struct pd_group *group)
{
	const char *on = pd_group_value(group, "on", NULL);
	return strcmp(group->type, "digest") == 0 ||
	       (strcmp(group->type, "rule") == 0 && on != NULL &&
		(strstr(on, "at:") != NULL || strstr(on, "after:") != NULL));
}

bool pd_has_schedule(const struct pd_settings *settings)
{
	for (size_t i = 0; i < settings->groups.count; i++)
		if (is_scheduled(&settings->groups.items[i]))
			return true;
	return false;
}

pd_time pd_decide_schedule(struct pd_context *context)
{
	struct scheduling scheduling = {.context = context, .next = PD_NEVER};
	for (size_t i = 0; i < context->settings->groups.count; i++) {
		const struct pd_group *group = &context->settings->groups.items[i];
		if (!is_scheduled(group))
			continue;
		if (strcmp(group->type, "digest") == 0)
			take_digest(&scheduling, group);
		else
			take_rule(&scheduling, group);
	}
	context->plan->outcome = "schedule";
	pd_tell(context, NULL);
	return scheduling.next;
}

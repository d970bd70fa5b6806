/* The sum behind a due time, in words: see why.h. Cannot fail. */
#include "desk/why.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/when.h"

static const char *state_words(struct pd_arena *arena, const char *language, enum pd_goal_state state)
{
	static const char *const words[] = {"", N_("active"), N_("due soon"), N_("overdue"),
					    N_("paused"), N_("met"), N_("missed")};
	return pd_say(arena, language, words[state], NULL);
}

static const char *offset_text(struct pd_arena *arena, pd_time offset)
{
	long long minutes = (offset < 0 ? -offset : offset) / PD_MINUTE;
	return pd_printf(arena, "UTC%c%02lld:%02lld", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* In hours, since a working day has no 24 of them. */
static const char *duration(struct pd_arena *arena, const char *language, pd_time time)
{
	const struct {
		long long n;
		const char *text;
	} parts[] = {{time / PD_HOUR, N_("{n}h")},
		     {time / PD_MINUTE % 60, N_("{n}m")},
		     {time / PD_SECOND % 60, N_("{n}s")}};
	PD_AUTO_BUF out = {0};
	for (int i = 0; i < 3; i++)
		if (parts[i].n > 0 || (i == 2 && out.len == 0))
			pd_buf_addf(&out, "%s%s", out.len > 0 ? " " : "",
				    pd_say(arena, language, parts[i].text, "n", pd_printf(arena, "%lld", parts[i].n), NULL));
	return pd_buf_string(arena, &out);
}

static const char *span(struct pd_arena *arena, const char *language, const struct pd_zone *zone, pd_time from, pd_time to)
{
	return to != 0 ? pd_when_span(arena, language, zone, from, to)
		       : pd_printf(arena, "%s - ...", pd_when_text(arena, language, zone, from));
}

static const char *part_line(struct pd_arena *arena, const char *language, const struct pd_zone *zone,
			     const struct pd_goal_part *part)
{
	static const char *const causes[] = {"", N_("waiting for the contact"), N_("snoozed"), N_("closed"),
					     N_("set aside")};
	const char *when = span(arena, language, zone, part->from, part->to);
	switch (part->kind) {
	case PD_GOAL_PART_COUNTED:
		return pd_printf(arena, "  %-41s  + %-7s = %s", when, duration(arena, language, part->to - part->from),
				 duration(arena, language, part->sum));
	case PD_GOAL_PART_PAUSED:
		return pd_printf(arena, "  %-41s  %s", when,
				 pd_say(arena, language, "paused: {cause}", "cause",
					pd_say(arena, language, causes[part->cause], NULL), NULL));
	case PD_GOAL_PART_CLOSED:
		return pd_printf(arena, "  %-41s  %s", when,
				 pd_say(arena, language, "not counted: {name}", "name",
					*part->name != '\0' ? part->name : pd_say(arena, language, "closed", NULL), NULL));
	default:
		return pd_printf(arena, "  %-41s  %s", pd_when_text(arena, language, zone, part->from),
				 pd_say(arena, language, "clocks change from {before} to {after}", "before",
					offset_text(arena, part->offset_before), "after",
					offset_text(arena, part->offset_after), NULL));
	}
}

static const char *amount_text(struct pd_arena *arena, const char *language, const struct pd_goals *goals, enum pd_goal goal)
{
	const struct pd_calendar_amount *amount = &goals->policy->goals[goal].amount;
	if (amount->days > 0)
		return pd_printf(arena, "%uwd = %s", amount->days, duration(arena, language, goals->of[goal].amount));
	return duration(arena, language, amount->working);
}

struct pd_strings pd_why_lines(struct pd_arena *arena, const char *language, const struct pd_goals *goals,
			       const struct pd_ticket *ticket, enum pd_goal goal, pd_time now, const struct pd_zone *zone)
{
	static const char *const names[PD_GOALS] = {N_("First reply"), N_("Next reply"), N_("Closing")};
	const struct pd_goal_status *status = &goals->of[goal];
	const struct pd_clock *clock = &ticket->clocks.of[goal];
	struct pd_strings lines = {0};
	if (status->state == PD_GOAL_NONE)
		return lines;
	if (goals->calendar != NULL && strcmp(goals->calendar_name, "24/7") != 0)
		zone = pd_calendar_zone(goals->calendar);
	*pd_list_add(arena, &lines) = "";
	*pd_list_add(arena, &lines) = pd_say(
		arena, language, status->due != 0 ? N_("{goal}: {state}, due {due} ({zone})") : N_("{goal}: {state} ({zone})"), "goal",
		pd_say(arena, language, names[goal], NULL), "state", state_words(arena, language, status->state), "due",
		pd_when_text(arena, language, zone, status->due), "zone", zone->name, NULL);
	if (goals->policy != NULL && goals->policy->goals[goal].is_on)
		*pd_list_add(arena, &lines) = pd_say(arena, language, "  [sla {policy}]: {amount}, calendar {calendar}", "policy",
						     goals->policy->title, "amount", amount_text(arena, language, goals, goal),
						     "calendar", goals->calendar_name, NULL);
	*pd_list_add(arena, &lines) =
		pd_printf(arena, "  %-41s  %s", pd_when_text(arena, language, zone, clock->start),
			  pd_say(arena, language,
				 clock->is_restarted ? N_("started again: the answer was not delivered") : N_("started"), NULL));
	struct pd_goal_parts parts;
	pd_goal_explain(arena, goals, ticket, goal, now, &parts);
	for (size_t i = 0; i < parts.count; i++)
		*pd_list_add(arena, &lines) = part_line(arena, language, zone, &parts.items[i]);
	if (clock->stop != 0)
		*pd_list_add(arena, &lines) =
			pd_printf(arena, "  %-41s  %s", pd_when_text(arena, language, zone, clock->stop),
				  pd_say(arena, language, goal == PD_GOAL_CLOSE ? N_("closed") : N_("answered"), NULL));
	else if (clock->kept != 0)
		*pd_list_add(arena, &lines) =
			pd_printf(arena, "  %-41s  %s", pd_when_text(arena, language, zone, clock->kept),
				  pd_say(arena, language, "promised on a ticket merged into this one", NULL));
	return lines;
}

/* One letter for all that time brought while nothing ran: who has slept does not want a hundred mails.
 *
 * Promises: each ticket that a person would have been told of stands in it on a line of its own. Cannot fail. */
#include "desk/notification.h"

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/due.h"

/* What the agent wanted to be reminded of, as far as it was said. */
static void write_reminder(struct pd_context *context, const struct pd_event *event, struct pd_buf *lines)
{
	const struct pd_entry *entry = event->kind == PD_EVENT_REMINDER && event->other != 0
					       ? context->desk->entry(context->desk, context->arena, event->other)
					       : NULL;
	if (entry != NULL && entry->message != NULL && entry->message->text != NULL)
		pd_buf_addf(lines, "    %s\n", pd_clean_line(context->arena, entry->message->text, 200));
}

static bool is_counted(const struct pd_told *told, size_t i)
{
	for (size_t n = 0; n < i; n++)
		if (told[n].agent == told[i].agent && told[n].ticket == told[i].ticket)
			return true;
	return false;
}

void pd_summary_write(struct pd_context *context, const struct pd_agent *agent, const struct pd_told *told, size_t count)
{
	PD_AUTO_BUF lines = {.limit = 1024 * 1024};
	const char *language = pd_agent_language(context, agent);
	struct pd_arena *arena = context->arena;
	size_t tickets = 0;
	for (size_t i = 0; i < count; i++) {
		if (told[i].agent != agent)
			continue;
		tickets += !is_counted(told, i);
		pd_buf_addf(&lines, "#%lld  %s\n    %s\n", (long long)told[i].ticket->number, told[i].ticket->name,
			    pd_notification_headline(context, &told[i], language));
		write_reminder(context, told[i].main, &lines);
		PD_AUTO_BUF due = {0};
		pd_due_write(context, told[i].ticket, agent, &due);
		struct pd_strings rows = pd_lines(arena, pd_buf_string(arena, &due));
		for (size_t n = 0; n < rows.count; n++)
			if (*rows.items[n] != '\0')
				pd_buf_addf(&lines, "    %s\n", rows.items[n]);
	}
	struct pd_planned_letter *planned = pd_letter_to_agent(
		context, PD_LETTER_NOTIFICATION, agent, &context->settings->mailboxes.items[0], NULL, 0, 0, 0);
	if (context->is_bulk) {
		planned->letter.subject =
			pd_say_n(arena, language, "{n} ticket was changed", "{n} tickets were changed together",
				 (long long)tickets, NULL);
		planned->letter.text = pd_say_n(arena, language, "{who} changed {n} ticket:\n\n{lines}",
						"{who} changed {n} tickets together:\n\n{lines}", (long long)tickets,
						"who", pd_actor_words(context, context->actor), "lines",
						pd_buf_string(arena, &lines), NULL);
		return;
	}
	planned->letter.subject =
		pd_say(arena, language, "Tickets that time ran on for: {number}", "number", pd_printf(arena, "%zu", tickets), NULL);
	planned->letter.text = pd_say_n(
		arena, language,
		"The desk did not run for a while. Meanwhile this came to pass on {n} of its tickets; no other mail is sent of "
		"it:\n\n{lines}",
		"The desk did not run for a while. Meanwhile this came to pass on {n} of its tickets; no other mail is sent of "
		"it:\n\n{lines}",
		(long long)tickets, "lines", pd_buf_string(arena, &lines), NULL);
}

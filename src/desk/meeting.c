/* Meetings of tickets, and the answers to invitations: see meeting.h.
 *
 * Promises: an answer counts from whom the rules for threads let in, and for an invitation that this desk made for that very
 * ticket; any other mail with a calendar in it is mail like any other. Cannot fail. */
#include "desk/meeting.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/meeting.h"
#include "desk/absence.h"
#include "desk/catalogue.h"
#include "desk/letters.h"
#include "desk/timeline.h"
#include "desk/when.h"

/* --- the ticket's meetings: "UID SEQUENCE START END TITLE", a line each, times in milliseconds --- */

struct pd_meetings pd_ticket_meetings(struct pd_arena *arena, const struct pd_ticket *ticket)
{
	struct pd_meetings meetings = {0};
	const char *value = pd_ticket_get(arena, ticket, PD_PROPERTY_MEETING);
	struct pd_strings lines = pd_lines(arena, value != NULL ? value : "");
	for (size_t i = 0; i < lines.count; i++) {
		struct pd_strings words = pd_split(arena, lines.items[i], ' ');
		unsigned long long sequence, start, end;
		if (words.count < 4 || !pd_number(words.items[1], INT32_MAX, &sequence) ||
		    !pd_number(words.items[2], INT64_MAX, &start) || !pd_number(words.items[3], INT64_MAX, &end))
			continue;
		const char *title = lines.items[i];
		for (int blank = 0; blank < 4 && title != NULL; blank++)
			title = (title = strchr(title, ' ')) != NULL ? title + 1 : NULL;
		*pd_list_add(arena, &meetings) = (struct pd_meeting_state){.uid = words.items[0],
									   .sequence = (int)sequence,
									   .start = (pd_time)start,
									   .end = (pd_time)end,
									   .title = title != NULL ? title : ""};
	}
	return meetings;
}

char *pd_meetings_value(struct pd_arena *arena, const struct pd_meetings *meetings)
{
	struct pd_strings lines = {0};
	for (size_t i = 0; i < meetings->count; i++) {
		const struct pd_meeting_state *one = &meetings->items[i];
		*pd_list_add(arena, &lines) = pd_printf(arena, "%s %d %lld %lld %s", one->uid, one->sequence,
							(long long)one->start, (long long)one->end, one->title);
	}
	return lines.count > 0 ? pd_strings_join(arena, &lines, "\n") : NULL;
}

/* --- which entry --- */

#define WHY_COMMAND "command #meeting"

/* The line of that meeting in the property's value; NULL: it has none. */
static const char *line_of(struct pd_arena *arena, const char *value, const char *uid)
{
	struct pd_strings lines = pd_lines(arena, value != NULL ? value : "");
	for (size_t i = 0; i < lines.count; i++)
		if (pd_starts(lines.items[i], uid) && lines.items[i][strlen(uid)] == ' ')
			return lines.items[i];
	return NULL;
}

/* Did that action make the meeting, or move it? What a merge brings along it neither made nor moved. */
static bool has_invited(struct pd_context *context, const struct pd_entries *entries, int64_t action, const char *uid)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct pd_event *event = &entries->items[i].event;
		bool is_of_meeting = event->action == action && pd_equal(event->why, WHY_COMMAND);
		for (size_t n = 0; is_of_meeting && n < event->changes.count; n++) {
			const struct pd_change *change = &event->changes.items[n];
			const char *now = strcmp(change->property, PD_PROPERTY_MEETING) == 0
						  ? line_of(context->arena, change->to, uid)
						  : NULL;
			if (now != NULL && !pd_equal(now, line_of(context->arena, change->from, uid)))
				return true;
		}
	}
	return false;
}

bool pd_meeting_is_of_entry(struct pd_context *context, const struct pd_ticket *ticket, const char *uid, int64_t entry)
{
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	for (size_t i = 0; i < entries.count; i++)
		if (entries.items[i].event.id == entry)
			return has_invited(context, &entries, entries.items[i].event.action, uid);
	return false;
}

int64_t pd_meeting_entry(struct pd_context *context, const struct pd_ticket *ticket, const char *uid)
{
	struct pd_entries entries = pd_timeline(context->desk, context->arena, ticket);
	for (size_t i = entries.count; i-- > 0;) {
		const struct pd_event *event = &entries.items[i].event;
		if (event->kind == PD_EVENT_MESSAGE && has_invited(context, &entries, event->action, uid))
			return event->id;
	}
	return 0;
}

/* --- inviting --- */

static void add_attendees(struct pd_arena *arena, struct pd_meeting *meeting, const struct pd_addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		*pd_list_add(arena, &meeting->attendees) =
			(struct pd_meeting_person){.name = list->items[i].name, .addr = list->items[i].addr};
}

void pd_meeting_invite(struct pd_context *context, const struct pd_commands *commands, struct pd_letter *letter)
{
	const struct pd_meeting_state *state = commands != NULL ? commands->meeting : NULL;
	if (state == NULL)
		return;
	struct pd_meeting meeting = {.uid = state->uid,
				     .sequence = state->sequence,
				     .is_cancelled = commands->is_meeting_cancelled,
				     .start = state->start,
				     .end = state->end,
				     .stamp = context->now,
				     .summary = state->title,
				     .organizer = {.name = letter->from.name, .addr = letter->from.addr}};
	add_attendees(context->arena, &meeting, &letter->to);
	add_attendees(context->arena, &meeting, &letter->cc);
	letter->calendar = pd_meeting_ics(context->arena, &meeting);
	letter->calendar_method = meeting.is_cancelled ? "CANCEL" : "REQUEST";
}

/* --- answers --- */

static const struct {
	const char *partstat, *why, *headline;
} answers[] = {
	{"ACCEPTED", "accepted", N_("{who} accepts the meeting:")},
	{"DECLINED", "declined", N_("{who} declines the meeting:")},
	{"TENTATIVE", "tentatively accepted", N_("{who} may come to the meeting:")},
	{"DELEGATED", "delegated", N_("{who} sends somebody else to the meeting:")},
	{"COUNTER", "another time proposed", N_("{who} proposes another time for the meeting:")},
};

bool pd_is_meeting_answer(const struct pd_event *event)
{
	return event->kind == PD_EVENT_MESSAGE && event->why != NULL && pd_starts(event->why, PD_WHY_MEETING);
}

const char *pd_meeting_headline(const struct pd_event *event)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (pd_starts(event->why + strlen(PD_WHY_MEETING), answers[i].why))
			return answers[i].headline;
	return N_("{who} wrote:");
}

static int answer_of(const struct pd_invitation *invitation)
{
	const char *wanted = pd_equal_nocase(invitation->method, "COUNTER") ? "COUNTER"
			     : pd_equal_nocase(invitation->method, "REPLY") ? invitation->partstat
									       : "";
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (pd_equal_nocase(answers[i].partstat, wanted))
			return (int)i;
	return -1;
}

/* The meeting as an agent knows it, above what the contact wrote. */
static const char *text_of(struct pd_context *context, const struct pd_mail *mail, const struct pd_meeting_state *meeting,
			   bool is_counter)
{
	const struct pd_invitation *invitation = &mail->message->invitation;
	const struct pd_when_place place = pd_when_place_of(context->settings, NULL, context->now);
	const char *language = context->settings->language, *text = pd_mail_text(mail->message);
	PD_AUTO_BUF out = {0};
	pd_time start = 0, end = 0;
	bool is_date;
	pd_buf_addf(&out, "%s\n%s", meeting->title,
		    pd_when_span(context->arena, language, place.zone, meeting->start, meeting->end));
	if (is_counter && pd_invitation_span(context, NULL, invitation, &start, &end, &is_date))
		pd_buf_addf(&out, "\n%s",
			    pd_say(context->arena, language, "Proposed instead: {when}", "when",
				   pd_when_span(context->arena, language, place.zone, start, end), NULL));
	if (*invitation->comment != '\0')
		pd_buf_addf(&out, "\n\n%s", invitation->comment);
	if (*pd_trim(context->arena, text) != '\0')
		pd_buf_addf(&out, "\n\n%s", text);
	return pd_buf_string(context->arena, &out);
}

bool pd_take_meeting_answer(struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_invitation *invitation = &mail->message->invitation;
	int answer = answer_of(invitation);
	struct pd_place place;
	const struct pd_meeting_state *meeting = NULL;
	if (answer < 0 || *invitation->uid == '\0' || mail->agent != NULL || mail->is_own ||
	    (mail->kinds & PD_KIND_SPAM) != 0)
		return false;
	const char *actor = context->actor;
	context->actor = pd_printf(context->arena, "contact:%s", mail->author.addr);
	pd_mail_place(context, mail, &place);
	struct pd_meetings meetings = {0};
	if (place.ticket != NULL && pd_ticket_knows(context, place.ticket, mail->author.addr))
		meetings = pd_ticket_meetings(context->arena, place.ticket);
	for (size_t i = 0; i < meetings.count; i++)
		if (strcmp(meetings.items[i].uid, invitation->uid) == 0)
			meeting = &meetings.items[i];
	if (meeting == NULL) {
		context->actor = actor;
		return false;
	}
	bool is_counter = strcmp(answers[answer].partstat, "COUNTER") == 0;
	bool is_late = atoi(invitation->sequence) < meeting->sequence;
	struct pd_planned_message *message = pd_mail_store(context, mail, PD_IN);
	message->stored.kinds |= PD_KIND_AUTO;
	message->stored.text = message->search_text = text_of(context, mail, meeting, is_counter);
	const char *why = pd_printf(context->arena, PD_WHY_MEETING "%s%s", answers[answer].why,
				    is_late ? ", for an earlier invitation" : "");
	const struct pd_event *event = pd_plan_event(context, place.ticket, PD_EVENT_MESSAGE, message->stored.id,
						     place.conversation, why);
	pd_mail_register(context, mail, place.ticket, place.conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	context->plan->outcome = "meeting";
	context->plan->ticket = place.ticket->number;
	context->plan->why = why;
	return true;
}

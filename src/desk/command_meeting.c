/* #meeting TIME DURATION [TITLE], #meeting move [E7] TIME [DURATION], #meeting cancel [E7]: an invitation in the reply.
 *
 * Promises: one mail invites to one meeting; what is moved or cancelled keeps its identity, so that the contact's calendar
 * changes it in place. Of several meetings that are to come it is the one whose entry is named; without a name it is not
 * guessed which, and the answer lists them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/letters.h"
#include "desk/meeting.h"
#include "desk/when.h"

#define LENGTH_MAX  (31 * PD_DAY)
#define TITLE_CHARS 200

static void wrong_time(struct command_parser *parser, struct pd_command *command)
{
	command_wrong(parser, command,
		      PARSER_SAY(parser, "a time and a length are missing. Write it like: #meeting tomorrow 14:00 1h, "
					 "#meeting 2026-12-24 9:00 30m TITLE, #meeting move monday 10:00, #meeting cancel, "
				 "#meeting cancel E7"));
}

/* The words up to a length, which follows the time at once; of a move it may be missing. 0: it is no such thing. */
static size_t read_time(const struct pd_when_place *place, const struct pd_strings *words, bool may_lack_length,
			pd_time *ret_start, pd_time *ret_length)
{
	struct pd_when when;
	for (size_t count = 1; count < words->count; count++) {
		struct pd_strings time = {.items = words->items, .count = count};
		if (pd_duration_parse(words->items[count], ret_length) &&
		    pd_when_parse_words(place, &time, &when) == count && when.has_time) {
			*ret_start = when.at;
			return count + 1;
		}
	}
	if (!may_lack_length || pd_when_parse_words(place, words, &when) != words->count || !when.has_time)
		return 0;
	*ret_start = when.at;
	*ret_length = 0;
	return words->count;
}

/* value: "new" "move" "cancel"; number: the start; words: the entry that named it (0: none), the length in milliseconds (0: as
 * it was) and the title. */
void command_parse_meeting(struct command_parser *parser, struct pd_command *command)
{
	struct pd_strings words = command->words;
	const struct pd_when_place place = pd_when_place_of(parser->settings, parser->agent, parser->now);
	const char *first = words.count > 0 ? words.items[0] : "";
	pd_time start = 0, length = 0;
	if (parser->commands->has_meeting) {
		command_wrong(parser, command, PARSER_SAY(parser, "one mail invites to one meeting."));
		return;
	}
	command->value = "new";
	int64_t entry = words.count > 1 ? command_entry(words.items[1]) : 0;
	if (command_is_keyword(parser->arena, first, "cancel") && words.count == (entry != 0 ? 2 : 1))
		command->value = "cancel";
	else if (command_is_keyword(parser->arena, first, "move"))
		command->value = "move";
	bool is_new = strcmp(command->value, "new") == 0;
	memset(&command->words, 0, sizeof command->words);
	*pd_list_add(parser->arena, &command->words) = pd_printf(parser->arena, "%lld", is_new ? 0LL : (long long)entry);
	parser->commands->has_meeting = parser->commands->has_insertion = parser->commands->has_file = true;
	if (strcmp(command->value, "cancel") == 0)
		return;
	for (int taken = is_new ? 0 : entry != 0 ? 2 : 1; taken > 0; taken--) {
		words.items++;
		words.count--;
	}
	size_t used = read_time(&place, &words, !is_new, &start, &length);
	struct pd_strings title = {.items = words.items + used, .count = words.count - used};
	if (used == 0 || (!is_new && title.count > 0) || (is_new && (length <= 0 || length > LENGTH_MAX))) {
		wrong_time(parser, command);
	} else if (start <= parser->now) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{when} is past.", "when",
					 pd_when_text(parser->arena, parser->language, place.zone, start)));
	} else {
		command->number = start;
		*pd_list_add(parser->arena, &command->words) = pd_printf(parser->arena, "%lld", (long long)length);
		*pd_list_add(parser->arena, &command->words) =
			pd_clean_line(parser->arena, pd_strings_join(parser->arena, &title, " "), TITLE_CHARS);
	}
}

/* The words of the reply, in the contact's language; the times on the desk's clock, whose zone is named. */
static const char *invitation_text(struct command_run *run, const struct pd_meeting_state *meeting, const char *english)
{
	struct pd_context *context = run->context;
	const struct pd_when_place place = pd_when_place_of(context->settings, NULL, context->now);
	const char *language = pd_ticket_language(context, run->ticket);
	return pd_printf(context->arena, "%s\n\n%s\n%s (%s)", pd_say(context->arena, language, english, NULL), meeting->title,
			 pd_when_span(context->arena, language, place.zone, meeting->start, meeting->end), place.zone->name);
}

static void start_meeting(struct command_run *run, const struct pd_command *command, struct pd_meeting_state *meeting)
{
	struct pd_context *context = run->context;
	struct pd_ticket *ticket = run->ticket;
	const char *title = command->words.items[2];
	/* An id as of a letter, so that the answer finds its ticket by it. */
	meeting->uid = pd_message_id_new(context, ticket->number, context->desk->new_id(context->desk, PD_ID_OUTBOX));
	meeting->title = *title != '\0' ? title : pd_clean_line(context->arena, ticket->name, TITLE_CHARS);
	const struct pd_known_id known = {.ticket = ticket->number, .conversation = run->commands->conversation};
	pd_plan_id(context, meeting->uid, &known);
}

static int64_t entry_named(const struct pd_command *command)
{
	return strtoll(command->words.items[0], NULL, 10);
}

/* "E7: Printer, Tue 2027-03-02 14:00 - 15:00; E12: ..." */
static const char *list_of(struct command_run *run, const struct pd_meetings *meetings)
{
	struct pd_context *context = run->context;
	const struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	struct pd_strings parts = {0};
	for (size_t i = 0; i < meetings->count; i++)
		*pd_list_add(context->arena, &parts) =
			pd_printf(context->arena, "E%lld: %s, %s",
				  (long long)pd_meeting_entry(context, run->ticket, meetings->items[i].uid), meetings->items[i].title,
				  pd_when_span(context->arena, pd_context_language(context), place.zone, meetings->items[i].start,
					       meetings->items[i].end));
	return pd_strings_join(context->arena, &parts, "; ");
}

/* The one that is named, else the only one that is to come, else the newest where all are over. */
static bool find_meeting(struct command_run *run, const struct pd_command *command, const struct pd_meetings *meetings,
			 size_t *ret_which)
{
	struct pd_context *context = run->context;
	int64_t entry = entry_named(command);
	size_t found = 0, to_come = 0;
	const char *wrong = NULL;
	for (size_t i = 0; i < meetings->count; i++) {
		if (entry != 0 ? pd_meeting_is_of_entry(context, run->ticket, meetings->items[i].uid, entry)
			       : meetings->items[i].end > context->now || to_come == 0)
			found = i + 1;
		to_come += meetings->items[i].end > context->now;
	}
	if (meetings->count == 0)
		wrong = RUN_SAY(run, "there is no meeting on this ticket.");
	else if (found == 0)
		wrong = RUN_SAY(run, "E{entry} invites to no meeting that stands. These do: {meetings}", "entry",
				pd_printf(context->arena, "%lld", (long long)entry), "meetings", list_of(run, meetings));
	else if (entry == 0 && to_come > 1)
		wrong = RUN_SAY(run, "there are several meetings; name one by its entry, such as #meeting {what} E7: {meetings}",
				"what", command->value, "meetings", list_of(run, meetings));
	if (wrong != NULL) {
		(void)pd_fail(run->error, PD_PERMANENT, "#%s: %s", command->spec->word, wrong);
		return false;
	}
	*ret_which = found - 1;
	return true;
}

int command_apply_meeting(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_meetings meetings = pd_ticket_meetings(context->arena, run->ticket);
	bool is_new = strcmp(command->value, "new") == 0, is_cancelled = strcmp(command->value, "cancel") == 0;
	size_t which = meetings.count;
	if (!is_new && !find_meeting(run, command, &meetings, &which))
		return PD_PERMANENT;
	if (is_new)
		*pd_list_add(context->arena, &meetings) = (struct pd_meeting_state){0};
	struct pd_meeting_state *meeting = &meetings.items[which];
	if (is_new)
		start_meeting(run, command, meeting);
	else
		meeting->sequence++;
	if (!is_cancelled) {
		pd_time length = strtoll(command->words.items[1], NULL, 10);
		meeting->end = command->number + (length > 0 ? length : meeting->end - meeting->start);
		meeting->start = command->number;
	}
	struct pd_meeting_state *sent = PD_NEW(context->arena, struct pd_meeting_state);
	*sent = *meeting;
	run->commands->meeting = sent;
	run->commands->is_meeting_cancelled = is_cancelled;
	*pd_list_add(context->arena, &run->commands->insertions) = (struct pd_insertion){
		.text = invitation_text(run, sent,
					is_new		 ? N_("We invite you to a meeting:")
					: is_cancelled ? N_("This meeting is cancelled:")
						       : N_("This meeting has a new time:")),
		.is_below = command->is_below};
	if (is_cancelled) {
		meetings.count--;
		memmove(meeting, meeting + 1, (meetings.count - which) * sizeof *meeting);
	}
	pd_plan_set(context, run->ticket, PD_PROPERTY_MEETING, pd_meetings_value(context->arena, &meetings),
		    command_why(run, command));
	const struct pd_when_place place = pd_when_place_of(context->settings, context->agent, context->now);
	command_report(run, command,
		       pd_printf(context->arena, "%s, %s", sent->title,
				 is_cancelled ? RUN_SAY(run, "cancelled")
					      : pd_when_span(context->arena, pd_context_language(context), place.zone,
							     sent->start, sent->end)));
	return 0;
}

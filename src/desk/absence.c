/* Absences as they come and go: see absence.h.
 *
 * Promises: only what the agent is proven to have written makes an absence, so that nobody is sent away by a
 * forger; nothing of a mail is expanded (a recurring invitation is refused with a word). Cannot fail
 * otherwise. */
#include "desk/absence.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/when.h"

#define REPLY_WORDS   400 /* of an out-of-office mail, that are searched for a day */
#define REPLY_LIMIT   (366 * PD_DAY)
#define OUT_OF_OFFICE "out of office"

/* --- records --- */

struct pd_ticket *pd_absence_ticket(struct pd_context *context, const struct pd_mailbox *mailbox)
{
	const char *actor = context->actor;
	context->actor = "postdesk";
	struct pd_ticket *ticket = pd_collector(context, mailbox, "commands", N_("Commands and requests"));
	context->actor = actor;
	return ticket;
}

void pd_absence_set(struct pd_context *context, struct pd_ticket *ticket, const struct pd_agent *agent,
		    const char *key, pd_time from, pd_time until, const char *words, const char *why)
{
	const char *value = words != NULL ? pd_absence_value(context->arena, from, until, words) : NULL;
	pd_plan_set_record(context, ticket, PD_ABSENCE, pd_absence_name(context->arena, agent, key), value,
			   why);
}

void pd_absence_end(struct pd_context *context, struct pd_ticket *ticket, const struct pd_agent *agent,
		    const char *why)
{
	struct pd_records records = pd_plan_records(context, PD_ABSENCE), left = {0};
	for (size_t i = 0; i < records.count; i++) {
		struct pd_absence absence;
		bool is_own = pd_absence_parse(context->arena, &records.items[i], &absence) &&
			      pd_agent_is(agent, absence.agent);
		if (is_own && absence.from <= context->now) /* also under a former name */
			pd_plan_set_record(context, ticket, PD_ABSENCE, records.items[i].name, NULL, why);
		else if (is_own)
			*pd_list_add(context->arena, &left) = records.items[i];
	}
	/* What closes now, without the agent's word, is the calendar. */
	struct pd_availability now =
		pd_availability_of(context->arena, context->settings, &left, agent, context->now);
	if (!now.is_available)
		pd_absence_set(context, ticket, agent, "here", context->now, now.until, "#available", why);
}

const char *pd_absence_words(struct pd_context *context, const struct pd_agent *agent)
{
	struct pd_records records = pd_plan_records(context, PD_ABSENCE);
	struct pd_availability found =
		pd_availability_of(context->arena, context->settings, &records, agent, context->now);
	const struct pd_when_place place = pd_when_place_of(context->settings, agent, context->now);
	const char *until =
		found.until != PD_NEVER ? pd_when_text(context->arena, pd_context_language(context), place.zone, found.until) : NULL;
	const char *language = pd_context_language(context);
	const char *text = found.is_available && until == NULL ? N_("{agent} is available.")
			   : found.is_available		       ? N_("{agent} is available until {until}.")
			   : until == NULL		       ? N_("{agent} is away until #available ({why}).")
							       : N_("{agent} is away until {until} ({why}).");
	return pd_say(context->arena, language, text, "agent", agent->full_name, "until", until, "why",
		      found.why, NULL);
}

/* --- invitations --- */

/* "20261123", "20261123T090000", "20261123T070000Z" */
static bool read_stamp(struct pd_context *context, const struct pd_agent *agent, const char *text,
		       const char *zone_name, pd_time *ret_time, bool *ret_is_date)
{
	const struct pd_when_place place = pd_when_place_of(context->settings, agent, context->now);
	const struct pd_zone *zone = *zone_name != '\0' ? pd_zone_load(context->arena, zone_name) : NULL;
	size_t len = strlen(text);
	if (zone == NULL)
		zone = place.zone;
	if (strspn(text, "0123456789") != 8)
		return false;
	*ret_is_date = len == 8;
	if (*ret_is_date)
		return pd_zone_parse(place.zone,
				     pd_printf(context->arena, "%.4s-%.2s-%.2s", text, text + 4, text + 6),
				     ret_time);
	if (len < 15 || text[8] != 'T' || strspn(text + 9, "0123456789") != 6 ||
	    (text[15] != '\0' && strcmp(text + 15, "Z") != 0))
		return false;
	return pd_zone_parse(zone,
			     pd_printf(context->arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", text, text + 4,
				       text + 6, text + 9, text + 11, text + 13, text + 15),
			     ret_time);
}

/* RFC 5545, section 3.3.6, as far as a time span needs it; 0: none. */
static pd_time read_duration(const char *text)
{
	pd_time sum = 0;
	bool is_time = false;
	if (*text++ != 'P')
		return 0;
	while (*text != '\0') {
		char *end;
		if (*text == 'T') {
			is_time = true;
			text++;
			continue;
		}
		unsigned long number = strtoul(text, &end, 10);
		if (end == text || number > 10000)
			return 0;
		sum += (pd_time)number * (*end == 'W'		   ? 7 * PD_DAY
					  : *end == 'D'		   ? PD_DAY
					  : *end == 'H'		   ? PD_HOUR
					  : *end == 'M' && is_time ? PD_MINUTE
					  : *end == 'S'		   ? PD_SECOND
								   : 0);
		text = end + (*end != '\0');
	}
	return sum;
}

bool pd_invitation_span(struct pd_context *context, const struct pd_agent *agent,
		      const struct pd_invitation *invitation, pd_time *ret_from, pd_time *ret_until,
		      bool *ret_is_date)
{
	bool is_end_date;
	if (!read_stamp(context, agent, invitation->start, invitation->start_zone, ret_from, ret_is_date))
		return false;
	if (*invitation->end != '\0') {
		if (!read_stamp(context, agent, invitation->end, invitation->end_zone, ret_until,
				&is_end_date))
			return false;
	} else {
		*ret_until = *ret_from + read_duration(invitation->duration);
	}
	if (*ret_until <= *ret_from && *ret_is_date)
		*ret_until = *ret_from + PD_DAY;
	return *ret_until > *ret_from;
}

static bool is_any(const char *text, const char *first, const char *second)
{
	return pd_equal_nocase(text, first) || pd_equal_nocase(text, second);
}

/* To the desk alone, and of the agent's own making? Else it invites somebody, or was handed on. */
static bool is_own(const struct work *work)
{
	const struct pd_message *message = work->mail->message;
	const char *organizer = message->invitation.organizer;
	for (size_t i = 0; i < message->to.count + message->cc.count; i++)
		if (pd_is_outsider(work->context, i < message->to.count
							  ? message->to.items[i].addr
							  : message->cc.items[i - message->to.count].addr))
			return false;
	if (pd_starts_nocase(organizer, "mailto:"))
		organizer += strlen("mailto:");
	return *organizer == '\0' ||
	       pd_settings_agent_of(work->context->settings, organizer) == work->mail->agent;
}

/* Is the event away from work, and not a meeting with somebody? */
static bool is_absence(const struct work *work, bool is_date)
{
	const struct pd_invitation *invitation = &work->mail->message->invitation;
	if (!work->mail->is_do && !is_own(work))
		return false;
	if (pd_equal_nocase(invitation->busy, "OOF"))
		return true;
	if (is_any(invitation->busy, "FREE", "WORKINGELSEWHERE") ||
	    (*invitation->busy == '\0' && pd_equal_nocase(invitation->transparency, "TRANSPARENT")))
		return false;
	return is_date || work->mail->is_do;
}

static const char *key_of(struct pd_context *context, const char *uid)
{
	unsigned char digest[PD_SHA256_SIZE];
	pd_sha256(uid, strlen(uid), digest);
	return pd_hex(context->arena, digest, 8);
}

/* The last of each of these roads: the mail stays, its author is told. */
static void finish(struct work *work, size_t first_event)
{
	work_name_the_mail(work, first_event, work_keep_commands(work));
	pd_report(work->context, "%s", pd_absence_words(work->context, work->mail->agent));
	work_finish(work, NULL, 0, NULL, "absence");
}

bool pd_absence_take_invitation(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_agent *agent = work->mail->agent;
	const struct pd_invitation *invitation = &work->mail->message->invitation;
	const char *why = "an invitation of the agent's";
	size_t first_event = context->plan->events.count;
	pd_time from, until;
	bool is_date;
	if (invitation->start == NULL || *invitation->start == '\0' || work->commands->items.count > 0)
		return false;
	const char *key = key_of(context, *invitation->uid != '\0' ? invitation->uid : invitation->start);
	if (pd_equal_nocase(invitation->method, "CANCEL") ||
	    pd_equal_nocase(invitation->status, "CANCELLED")) {
		if (pd_plan_record(context, PD_ABSENCE, pd_absence_name(context->arena, agent, key)) == NULL)
			return false;
		pd_absence_set(context, pd_absence_ticket(context, work->mail->mailbox), agent, key, 0, 0,
			       NULL, why);
		finish(work, first_event);
		return true;
	}
	if (*invitation->method != '\0' && !is_any(invitation->method, "REQUEST", "PUBLISH"))
		return false;
	if (!pd_invitation_span(context, agent, invitation, &from, &until, &is_date) || !is_absence(work, is_date))
		return false;
	work->commands->errors.count = 0; /* its words are no commands */
	if (invitation->recurs)
		work_wrong(work, SAY(work, "An absence that recurs cannot be taken from a mail: it belongs "
					   "into the calendar "
					   "file of your hours ([agent] calendar)."));
	else if (until <= context->now)
		work_wrong(work, SAY(work, "That absence is past."));
	if (work_is_given_back(work))
		return true;
	pd_absence_set(context, pd_absence_ticket(context, work->mail->mailbox), agent, key, from, until,
		       *invitation->summary != '\0' ? invitation->summary : "absence", why);
	const struct pd_when_place place = pd_when_place_of(context->settings, agent, context->now);
	pd_report(context, "%s",
		  SAY(work, "Noted: away from {from} until {until} ({why}).", "from",
		      pd_when_text(context->arena, pd_context_language(context), place.zone, from), "until",
		      pd_when_text(context->arena, pd_context_language(context), place.zone, until), "why", invitation->summary));
	finish(work, first_event);
	return true;
}

/* --- out-of-office mails --- */

static struct pd_strings words_of(struct pd_context *context, const char *text)
{
	struct pd_strings lines = pd_lines(context->arena, text), words = {0};
	for (size_t i = 0; i < lines.count; i++) {
		struct pd_strings parts = pd_split(context->arena, lines.items[i], ' ');
		for (size_t k = 0; k < parts.count && words.count < REPLY_WORDS; k++) {
			char *word = pd_fold(context->arena, pd_trim(context->arena, parts.items[k]));
			size_t len = strlen(word);
			while (len > 1 &&
			       (strchr(",;!?)", word[len - 1]) != NULL ||
				(word[len - 1] == '.' && (word[len - 2] < '0' || word[len - 2] > '9'))))
				word[--len] = '\0';
			if (len > 0)
				*pd_list_add(context->arena, &words) = word;
		}
	}
	return words;
}

/* The day that the text says the agent is away until, or back on; PD_NEVER: none. */
static pd_time end_in(struct pd_context *context, const struct pd_agent *agent, const char *text)
{
	static const char
		until_words[] = " until till through thru bis jusqu'au jusqu'à do asti ",
		back_words[] =
			" back return returning available zurück wieder retour revenu wracam wrócę palaan "
			"takaisin tavoitettavissa ";
	const struct pd_when_place place = pd_when_place_of(context->settings, agent, context->now);
	struct pd_strings words = words_of(context, text);
	for (size_t i = 0; i + 1 < words.count; i++) {
		const char *padded = pd_printf(context->arena, " %s ", words.items[i]);
		bool is_until = strstr(until_words, padded) != NULL;
		struct pd_strings rest = {.items = words.items + i + 1, .count = words.count - i - 1};
		struct pd_when when;
		if ((!is_until && strstr(back_words, padded) == NULL) ||
		    pd_when_parse_words(&place, &rest, &when) == 0)
			continue;
		pd_time end = is_until ? pd_when_end(&place, &when) : pd_when_morning(&place, &when);
		if (end > context->now && end < context->now + REPLY_LIMIT)
			return end;
	}
	return PD_NEVER;
}

void pd_absence_take_reply(struct pd_context *context, const struct pd_mail *mail)
{
	const unsigned others =
		PD_KIND_BOUNCE | PD_KIND_DSN | PD_KIND_LIST | PD_KIND_RECEIPT | PD_KIND_FEEDBACK;
	if (mail->agent == NULL || (mail->kinds & PD_KIND_AUTO) == 0 || (mail->kinds & others) != 0 ||
	    (!mail->is_authentic && mail->seal == NULL))
		return;
	const char *text = pd_printf(context->arena, "%s\n%s", mail->message->subject, mail->message->text);
	pd_absence_set(context, pd_absence_ticket(context, mail->mailbox), mail->agent, "reply", context->now,
		       end_in(context, mail->agent, text), OUT_OF_OFFICE, "out-of-office mail of the agent");
}

void pd_absence_heard(struct work *work)
{
	struct pd_context *context = work->context;
	const struct pd_agent *agent = work->mail->agent;
	struct pd_absence absence;
	const struct pd_record record = {
		.name = pd_absence_name(context->arena, agent, "reply"),
		.value =
			pd_plan_record(context, PD_ABSENCE, pd_absence_name(context->arena, agent, "reply"))};
	if (record.value == NULL || !pd_absence_parse(context->arena, &record, &absence) ||
	    absence.until != PD_NEVER)
		return;
	pd_absence_set(context, pd_absence_ticket(context, work->mail->mailbox), agent, "reply", 0, 0, NULL,
		       "the agent wrote again");
	pd_report(context, "%s",
		  SAY(work, "You wrote, so your out-of-office mail does not count any more: {words}", "words",
		      pd_absence_words(context, agent)));
}

/* The verb `audit`: what became of each mail that came in (MISSION X4), by day, or mail by mail with the MTA's queue-id.
 *
 * It counts from what is kept, not from a log: each mail is named by the events that it caused, and has exactly one
 * outcome, so that the outcomes of a day add up to what came in. A mail that came once more is one. `lost` is what an
 * event names and the store has no more, though nothing was purged: it is never anything but 0.
 * Fails: PD_PERMANENT for what is no time, the store's classes. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "calendar/zone.h"

/* In the order in which the first that fits is meant. */
enum outcome { HELD, UNDELIVERED, AUTOMATIC, NEW, REPLIES, THREADED, COMMENTS, COMMANDS, LOST, OUTCOMES };
static const char *const outcome_names[] = {"held",    "undelivered", "automatic", "new", "replies",
					    "threaded", "comments",    "commands",  "lost"};

struct mail {
	int64_t id, ticket, entry; /* entry: the first that names it */
	pd_time at;
	bool is_purged;
	unsigned kinds; /* a bit for each pd_event_kind that names it */
	bool is_postdesk; /* kept by postdesk itself: a mail of commands that did nothing on a ticket */
};

struct audit {
	struct pd_arena *arena;
	GHashTable *by_id; /* -> struct mail */
	PD_LIST(struct mail *) mails;
};

static bool add(void *data, struct pd_arena *arena, const struct pd_event *events, size_t count)
{
	struct audit *audit = data;
	bool is_purged = false;

	(void)arena;
	for (size_t i = 0; i < count; i++)
		is_purged |= events[i].kind == PD_EVENT_PURGED;
	for (size_t i = 0; i < count; i++) {
		const struct pd_event *event = &events[i];

		if (!event->message)
			continue;
		struct mail *mail = g_hash_table_lookup(audit->by_id, &event->message);

		if (!mail) {
			mail = pd_alloc(audit->arena, sizeof *mail);
			*mail = (struct mail){.id = event->message, .ticket = event->ticket, .entry = event->id, .at = event->at};
			*pd_list_add(audit->arena, &audit->mails) = mail;
			g_hash_table_insert(audit->by_id, &mail->id, mail);
		}
		if (event->id < mail->entry) {
			mail->entry = event->id;
			mail->ticket = event->ticket;
			mail->at = event->at;
		}
		mail->is_purged |= is_purged;
		mail->kinds |= 1u << event->kind;
		if (event->kind == PD_EVENT_COMMENT || event->kind == PD_EVENT_DRAFT)
			mail->is_postdesk |= pd_equal(event->actor, "postdesk");
	}
	return true;
}

static bool has(const struct mail *mail, enum pd_event_kind kind)
{
	return mail->kinds & 1u << kind;
}

/* stored: NULL where it is gone. is_new: its ticket was not there before it. */
static enum outcome outcome_of(const struct mail *mail, const struct pd_stored *stored, bool is_new)
{
	if (!stored)
		return LOST;
	if (has(mail, PD_EVENT_UNDELIVERED))
		return UNDELIVERED;
	if (stored->kinds & (PD_KIND_AUTO | PD_KIND_BOUNCE | PD_KIND_DSN))
		return AUTOMATIC;
	if (has(mail, PD_EVENT_MESSAGE))
		return stored->direction == PD_OUT ? REPLIES : is_new ? NEW : THREADED;
	if (mail->is_postdesk)
		return COMMANDS;
	return has(mail, PD_EVENT_DRAFT) ? HELD : has(mail, PD_EVENT_COMMENT) ? COMMENTS : COMMANDS;
}

static int by_entry(const void *a, const void *b)
{
	const struct mail *left = *(struct mail *const *)a, *right = *(struct mail *const *)b;

	return (left->entry > right->entry) - (left->entry < right->entry);
}

/* A draft that was sent is a message of its own, which came in as what was held. */
static bool is_sent_draft(const struct audit *audit, struct pd_snapshot *snapshot, struct pd_arena *arena, const struct mail *mail,
			  const struct pd_stored *stored)
{
	if (stored->direction != PD_OUT || stored->queue_id || !has(mail, PD_EVENT_MESSAGE))
		return false;
	for (size_t i = 0; i < audit->mails.count && audit->mails.items[i]->entry < mail->entry; i++) {
		if (audit->mails.items[i]->ticket != mail->ticket || !has(audit->mails.items[i], PD_EVENT_DRAFT))
			continue;
		const struct pd_entry *draft = snapshot->entry(snapshot, arena, audit->mails.items[i]->entry);

		if (draft && draft->message && !memcmp(draft->message->digest, stored->digest, sizeof stored->digest))
			return true;
	}
	return false;
}

struct sums {
	const char *day;
	long long in, of[OUTCOMES];
};

static void emit_sums(struct pd_call *call, const struct sums *sums)
{
	json_t *object = json_pack("{s:s,s:I}", "day", sums->day, "in", (json_int_t)sums->in);

	for (int i = 0; i < OUTCOMES; i++)
		json_object_set_new(object, outcome_names[i], json_integer((json_int_t)sums->of[i]));
	pd_call_emit(call, object);
}

static void emit_mail(struct pd_call *call, const struct mail *mail, const struct pd_stored *stored, enum outcome outcome)
{
	const char *from = stored && stored->from.addr && *stored->from.addr ? stored->from.addr : NULL;
	const char *id = stored && stored->message_id && *stored->message_id ? stored->message_id : NULL;

	pd_call_emit(call, json_pack("{s:o,s:o,s:o,s:o,s:I,s:o,s:s}", "at", pd_json_time(call->arena, mail->at), "queue_id",
				     pd_json_text(stored ? stored->queue_id : NULL), "message_id", pd_json_text(id), "from",
				     pd_json_text(from), "number", (json_int_t)mail->ticket, "entry",
				     json_sprintf("E%lld", (long long)mail->entry), "outcome", outcome_names[outcome]));
}

static void tell(struct pd_call *call, struct pd_snapshot *snapshot, struct audit *audit, const struct pd_zone *zone,
		 pd_time from, pd_time to)
{
	bool is_each = pd_call_flag(call, "mails");
	struct sums sums = {0};

	qsort(audit->mails.items, audit->mails.count, sizeof *audit->mails.items, by_entry);
	for (size_t i = 0; i < audit->mails.count && !call->is_gone; i++) {
		const struct mail *mail = audit->mails.items[i];

		if (mail->at < from || mail->at >= to)
			continue;
		PD_AUTO_ARENA arena = pd_arena_new(); /* of the mail and its ticket */
		const struct pd_entry *entry = snapshot->entry(snapshot, arena, mail->entry);
		const struct pd_stored *stored = entry ? entry->message : NULL;

		if ((!stored && mail->is_purged) ||
		    (stored && (!pd_equal(stored->source, "mail") || is_sent_draft(audit, snapshot, arena, mail, stored))))
			continue;
		enum outcome outcome = outcome_of(mail, stored, !pd_store_ticket_at(snapshot, arena, mail->ticket, mail->at - 1));
		char day[16];
		int year, month, of_month;

		pd_day_civil(pd_day_of(pd_zone_to_local(zone, mail->at)), &year, &month, &of_month);
		snprintf(day, sizeof day, "%04d-%02d-%02d", year, month, of_month);
		if (is_each) {
			emit_mail(call, mail, stored, outcome);
			continue;
		}
		if (sums.day && !pd_equal(sums.day, day))
			emit_sums(call, &sums);
		if (!pd_equal(sums.day, day))
			sums = (struct sums){.day = pd_strdup(call->arena, day)};
		sums.in++;
		sums.of[outcome]++;
	}
	if (sums.day)
		emit_sums(call, &sums);
}

int pd_verb_audit(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const struct pd_when_place place = pd_when_place_of(call->settings, NULL, pd_now());
	struct audit audit = {.arena = call->arena};
	pd_time from, to;
	int failed = pd_call_period(call, &place, &from, &to);

	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (failed)
		return failed;
	audit.by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	pd_store_replay(snapshot, from, to, add, &audit);
	failed = pd_call_checked(call, snapshot);
	if (!failed)
		tell(call, snapshot, &audit, place.zone, from, to);
	g_hash_table_destroy(audit.by_id);
	return failed;
}

/* Guards: the same mail twice, mail that runs in circles, mail that must not be answered.
 *
 * Promises: what came before acts once (invariant 2), by queue-id and bytes for a retry and by content for
 * another way; automatic mail is never answered and limits hold for what no person wrote (invariant 7). Keys
 * of marks: q:QUEUEID|SENDER|RCPT|DIGEST   r:DIGEST|RCPT m:MESSAGEID|DIGEST known:ADDRESS   of counters: ack:ADDRESS
 * auto:all same:TEXTDIGEST bounce:AGENT */
#include "desk/due.h"
#include "desk/mail.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { BOUNCES_MAX = 5 };
#define BOUNCES_WITHIN (7 * PD_DAY)
#define RETRIES_WITHIN (30 * PD_DAY)

/* --- the same mail again --- */

/* Where the topmost Received field ends: another delivery of the same bytes has another one. */
static const char *after_top_received(const struct pd_raw *raw)
{
	const char *at = raw->data, *end = raw->data + raw->size;
	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *next = line_end != NULL ? line_end + 1 : end;
		bool is_continued = next < end && (*next == ' ' || *next == '\t');
		bool is_trace = (size_t)(next - at) > 9 && pd_starts_nocase(at, "Received:");
		bool is_return_path = (size_t)(next - at) > 12 && pd_starts_nocase(at, "Return-Path:");
		bool is_delivered = (size_t)(next - at) > 13 && pd_starts_nocase(at, "Delivered-To:");
		if (!is_trace && !is_return_path && !is_delivered)
			break;
		while (is_continued) {
			line_end = memchr(next, '\n', (size_t)(end - next));
			next = line_end != NULL ? line_end + 1 : end;
			is_continued = next < end && (*next == ' ' || *next == '\t');
		}
		at = next;
		if (is_trace)
			break;
	}
	return at;
}

static const char *digest_of_bytes(struct pd_context *context, const struct pd_raw *raw)
{
	unsigned char digest[PD_SHA256_SIZE];
	const char *start = after_top_received(raw);
	pd_sha256(start, raw->size - (size_t)(start - raw->data), digest);
	return pd_hex(context->arena, digest, sizeof digest);
}

/* A short queue-id is the queue file's inode, given anew as soon as that is free: alone it names no mail. */
static const char *retry_key(struct pd_context *context, const struct pd_delivery *delivery,
			     const char *recipient, const char **bytes)
{
	bool has_bytes = delivery->raw != NULL && delivery->raw->data != NULL;
	bool has_queue_id = delivery->queue_id != NULL && *delivery->queue_id != '\0';
	if (!has_bytes && !has_queue_id)
		return NULL;
	if (*bytes == NULL && has_bytes)
		*bytes = digest_of_bytes(context, delivery->raw);
	if (*bytes == NULL)
		*bytes = pd_hex(context->arena, delivery->message->digest, sizeof delivery->message->digest);
	if (!has_queue_id)
		return pd_printf(context->arena, "r:%s|%s", *bytes, recipient);
	return pd_printf(context->arena, "q:%s|%s|%s|%s", delivery->queue_id,
			 delivery->sender != NULL ? delivery->sender : "", recipient, *bytes);
}

/* A mail with neither Message-ID nor Date may well come twice and mean it. */
static const char *content_key(struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_message *message = mail->message;
	if (*message->message_id == '\0' && message->date == 0)
		return NULL;
	return pd_printf(context->arena, "m:%s|%s", message->message_id,
			 pd_hex(context->arena, message->digest, sizeof message->digest));
}

/* Marks the recipients of this delivery as served. True where each was served before; then what it became. */
static bool is_retry(struct pd_context *context, const struct pd_mail *mail, int64_t *ret_event)
{
	const struct pd_delivery *delivery = mail->delivery;
	const char *bytes = NULL;
	size_t fresh = 0;
	for (size_t i = 0; i < delivery->recipients.count; i++) {
		const char *key = retry_key(context, delivery, delivery->recipients.items[i], &bytes);
		struct pd_mark mark =
			key != NULL ? context->desk->mark(context->desk, key) : (struct pd_mark){0};
		if (mark.exists) {
			*ret_event = mark.value;
			continue;
		}
		fresh++;
		if (key != NULL)
			pd_plan_mark(context, key, 0, context->is_import ? 0 : context->now + RETRIES_WITHIN);
	}
	return fresh == 0 && delivery->recipients.count > 0;
}

bool pd_guard_duplicate(struct pd_context *context, struct pd_mail *mail)
{
	struct pd_plan *plan = context->plan;
	int64_t event = 0;
	bool is_again = is_retry(context, mail, &event);
	if (!is_again) {
		const char *key = content_key(context, mail);
		struct pd_mark mark =
			key != NULL ? context->desk->mark(context->desk, key) : (struct pd_mark){0};
		if (!mark.exists)
			return false;
		event = mark.value;
	}
	plan->outcome = "duplicate";
	const struct pd_entry *entry =
		event > 0 ? context->desk->entry(context->desk, context->arena, event) : NULL;
	struct pd_ticket *ticket =
		entry != NULL ? pd_plan_ticket_followed(context, entry->event.ticket) : NULL;
	if (ticket != NULL) {
		plan->ticket = ticket->number;
		if (!is_again)
			pd_note_mailboxes(context, mail, ticket);
	}
	return true;
}

void pd_guard_taken(struct pd_context *context, const struct pd_mail *mail, int64_t event)
{
	if (mail->delivery->held != NULL) /* it was taken in when it came */
		return;
	for (size_t i = 0; i < context->plan->marks.count; i++) {
		struct pd_planned_mark *mark = &context->plan->marks.items[i];
		if (pd_starts(mark->key, "q:") || pd_starts(mark->key, "r:"))
			mark->value = event; /* so that a retry can say what the mail became */
	}
	const char *key = content_key(context, mail);
	if (key != NULL)
		pd_plan_mark(context, key, event, 0);
}

void pd_guard_carried(struct pd_context *context, const struct pd_stored *stored, int64_t event)
{
	pd_plan_mark(context,
		     pd_printf(context->arena, "m:%s|%s", stored->message_id,
			       pd_hex(context->arena, stored->digest, sizeof stored->digest)),
		     event, 0);
}

/* --- circles --- */

const char *pd_guard_loop(struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_message *message = mail->message;
	const char *loop = pd_message_header(message, "X-Postdesk-Loop");
	if (pd_message_id_is_ours(context, message->message_id))
		return "loop: a mail of ours came back";
	if (loop != NULL && pd_equal_nocase(pd_trim(context->arena, loop), context->settings->hostname))
		return "loop: it bears our X-Postdesk-Loop";
	if (context->settings->hop_limit > 0 && message->received > context->settings->hop_limit)
		return pd_printf(context->arena, "loop: %u Received fields", message->received);
	return NULL;
}

/* --- what must not be answered --- */

bool pd_is_noreply(struct pd_arena *arena, const char *address)
{
	static const char *const starts[] = {
		"noreply",	"no-reply",	"no_reply",  "no.reply",	"donotreply",
		"do-not-reply", "do_not_reply", "dontreply", "mailer-daemon",	"mailerdaemon",
		"postmaster",	"bounce",	"owner-",    "nobody@",		"daemon@",
		"autoreply",	"auto-reply",	"notreply",  "ne-pas-repondre", "nie-odpowiadaj"};
	static const char *const within[] = {"-noreply@", "-no-reply@", "_noreply@", ".noreply@",
					     "+noreply@", "-request@",	"-bounces@", "-owner@"};
	const char *lower = pd_lower_ascii(arena, address);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (pd_starts(lower, starts[i]))
			return true;
	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		if (strstr(lower, within[i]) != NULL)
			return true;
	return false;
}

/* Does the mail answer an acknowledgement of ours? A machine that hides behind ever new addresses does. */
static bool answers_acknowledgement(struct pd_context *context, const struct pd_message *message)
{
	struct pd_snapshot *desk = context->desk;
	const struct pd_strings *lists[] = {&message->in_reply_to, &message->references};
	for (size_t l = 0; l < 2; l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			if (!pd_message_id_is_ours(context, lists[l]->items[i]))
				continue;
			struct pd_known_ids ids = desk->message_id(desk, context->arena, lists[l]->items[i]);
			for (size_t n = 0; n < ids.count; n++) {
				const struct pd_known_id *known = &ids.items[n];
				if (known->is_reference || known->agent != NULL || known->event == 0)
					continue;
				const struct pd_entry *entry =
					desk->entry(desk, context->arena, known->event);
				if (entry != NULL && entry->event.kind == PD_EVENT_MESSAGE &&
				    pd_equal(entry->event.actor, "postdesk"))
					return true;
			}
		}
	}
	return false;
}

/* The same words from whomever: what machines send. */
static const char *text_key(struct pd_context *context, const struct pd_message *message)
{
	unsigned char digest[PD_SHA256_SIZE];
	const char *text = pd_clean_line(context->arena, message->text != NULL ? message->text : "", 0);
	pd_sha256(text, strlen(text), digest);
	return pd_printf(context->arena, "same:%.32s", pd_hex(context->arena, digest, sizeof digest));
}

bool pd_guard_may_acknowledge(struct pd_context *context, const struct pd_mail *mail,
			      const struct pd_ticket *ticket)
{
	const struct pd_settings *settings = context->settings;
	const char *address = pd_lower_ascii(context->arena, mail->author.addr);
	const char *sender = mail->delivery->sender;
	if (context->is_import || mail->is_automatic || ticket->is_spam || ticket->is_automatic ||
	    mail->is_own)
		return false;
	if ((mail->kinds & (PD_KIND_LIST | PD_KIND_BOUNCE | PD_KIND_DSN | PD_KIND_SPAM | PD_KIND_UNPARSED)) != 0)
		return false;
	if (sender == NULL || *sender == '\0' || pd_is_noreply(context->arena, sender) ||
	    pd_is_noreply(context->arena, address) || !pd_is_outsider(context, address))
		return false;
	struct pd_snapshot *desk = context->desk;
	const char *by_address = pd_printf(context->arena, "ack:%s", address);
	const char *by_ticket = pd_printf(context->arena, "auto:%lld", (long long)ticket->number);
	const char *by_text = text_key(context, mail->message);
	if (desk->counter(desk, by_address, context->now - PD_DAY) >= settings->acknowledge_per_address ||
	    desk->counter(desk, by_ticket, context->now - PD_HOUR) >= settings->automatic_per_ticket ||
	    desk->counter(desk, by_text, context->now - PD_HOUR) >= settings->automatic_per_ticket ||
	    desk->counter(desk, "auto:all", context->now - PD_HOUR) >= settings->automatic_per_hour ||
	    answers_acknowledgement(context, mail->message))
		return false;
	pd_plan_count(context, by_address);
	pd_plan_count(context, by_ticket);
	pd_plan_count(context, by_text);
	pd_plan_count(context, "auto:all");
	return true;
}

bool pd_guard_may_send_alarm(struct pd_context *context, const struct pd_ticket *ticket)
{
	struct pd_snapshot *desk = context->desk;
	const char *by_ticket = pd_printf(context->arena, "auto:%lld", (long long)ticket->number);
	if (desk->counter(desk, by_ticket, context->now - PD_HOUR) >= context->settings->automatic_per_ticket ||
	    desk->counter(desk, "auto:all", context->now - PD_HOUR) >= context->settings->automatic_per_hour)
		return false;
	pd_plan_count(context, by_ticket);
	pd_plan_count(context, "auto:all");
	return true;
}

/* --- whose words may be repeated --- */

static const char *known_key(struct pd_context *context, const char *address)
{
	return pd_printf(context->arena, "known:%s", pd_lower_ascii(context->arena, address));
}

void pd_guard_know(struct pd_context *context, const char *address)
{
	if (!context->is_import && !pd_guard_knows(context, address))
		pd_plan_mark(context, known_key(context, address), 0, 0);
}

bool pd_guard_knows(struct pd_context *context, const char *address)
{
	return context->desk->mark(context->desk, known_key(context, address)).exists;
}

/* --- agents whose mail bounces --- */

static int64_t bounces(struct pd_context *context, const struct pd_agent *agent)
{
	return context->desk->counter(context->desk, pd_printf(context->arena, "bounce:%s", agent->name),
				      context->now - BOUNCES_WITHIN);
}

bool pd_guard_is_unreachable(struct pd_context *context, const struct pd_agent *agent)
{
	return bounces(context, agent) >= BOUNCES_MAX;
}

bool pd_guard_count_bounce(struct pd_context *context, const struct pd_agent *agent)
{
	int64_t before = bounces(context, agent);
	pd_plan_count(context, pd_printf(context->arena, "bounce:%s", agent->name));
	return before == BOUNCES_MAX - 1;
}

/* Bounces: standard reports (RFC 3464, RFC 6533) first, then what mailers write in words (bounce_forms.c).
 *
 * temporary is a matter of the cause: the mail waits in a queue, or it was given up because nobody could be
 * reached for too long. Whether the mailer goes on trying is bounce_waits; only then the mail is not lost. A
 * report of success alone is a DSN and no bounce. Never fails; where no recipient can be found the list stays
 * empty. */
#include "mime/bounce.h"
#include "mime/kinds.h"
#include "mime/reply.h"
#include "base/text.h"
#include <glib.h>
#include <string.h>

#define RECIPIENTS_MAX 100

/* "rfc822; <anna@example.com>", "utf-8; …", "anna@example.com" -> the address; NULL: none. */
static char *typed_address(struct pd_arena *arena, const char *value)
{
	const char *semicolon = strchr(value, ';');
	if (semicolon && !memchr(value, '@', (size_t)(semicolon - value)))
		value = semicolon + 1;
	return pd_bounce_address(arena, value);
}

void pd_bounce_add(struct pd_arena *arena, struct pd_message *message, const char *addr)
{
	if (!addr || !*addr || message->bounce_recipients.count >= RECIPIENTS_MAX ||
	    pd_strings_has_nocase(&message->bounce_recipients, addr))
		return;
	*pd_list_add(arena, &message->bounce_recipients) = addr;
}

/* One recipient's block of a delivery-status part. */
struct recipient {
	const char *final, *original, *action, *status, *diagnostic;
};

static const char *field(const struct pd_message *block, const char *name)
{
	const char *value = pd_message_header(block, name);
	return value ? value : "";
}

static struct recipient read_block(struct pd_arena *arena, const struct pd_message *block)
{
	struct recipient r = {0};
	r.final = typed_address(arena, field(block, "Final-Recipient"));
	r.original = typed_address(arena, field(block, "Original-Recipient"));
	if (!r.final)
		r.final = typed_address(arena, field(block, "X-Actual-Recipient"));
	r.action = pd_lower_ascii(arena, field(block, "Action"));
	r.status = field(block, "Status");
	r.diagnostic = field(block, "Diagnostic-Code");
	return r;
}

/* "x.y.z" at the start of a Status field. */
static char *status_code(struct pd_arena *arena, const char *value)
{
	value += strspn(value, " (");
	size_t len = strspn(value, "0123456789.");
	if (len < 5 || len > 11 || !strchr("245", value[0]) || value[1] != '.')
		return NULL;
	while (len && value[len - 1] == '.')
		len--;
	return pd_strndup(arena, value, len);
}

struct tally {
	unsigned failed, delayed, fine;
};

static void take_recipient(struct pd_arena *arena, struct pd_message *message, const struct recipient *r,
			   struct tally *tally)
{
	char *status = status_code(arena, r->status);
	bool delayed = pd_words_begins(r->action, "delay|deferred|delayed") > 0;
	bool failed = pd_words_begins(
			      r->action,
			      "fail|failed|failure|expired|undeliverable|error|reject|rejected|bounced") > 0;
	bool fine = pd_words_begins(r->action, "deliver|delivered|relayed|expanded|success|deliverable") > 0;
	if (!delayed && !failed && !fine && (r->final || r->original)) {
		failed = !status || status[0] != '2';
		fine = !failed;
	}
	tally->failed += failed;
	tally->delayed += delayed;
	tally->fine += fine;
	if (fine || (!failed && !delayed))
		return;
	if (r->original && r->final && g_ascii_strcasecmp(r->original, r->final) && strchr(r->original, '@'))
		pd_bounce_add(arena, message, r->original);
	pd_bounce_add(arena, message, r->final ? r->final : r->original);
	if (!*message->bounce_status && status)
		message->bounce_status = status;
	if (!*message->bounce_text && *r->diagnostic) {
		const char *text = strchr(r->diagnostic, ';');
		message->bounce_text = pd_clean_line(
			arena,
			pd_mime_decode(arena, text && text - r->diagnostic < 20 ? text + 1 : r->diagnostic),
			500);
	}
}

/* Counts the recipients of a delivery-status text. */
static void read_status(struct pd_arena *arena, struct pd_message *message, const char *text,
			struct tally *tally)
{
	unsigned blocks = 0;
	while (text && *text && blocks++ < 1000) {
		struct pd_message block = {0};
		const char *next = pd_mime_fields(arena, text, &block);
		if (next && next <= text)
			break;
		if (block.headers.count) {
			struct recipient r = read_block(arena, &block);
			if (r.final || r.original || *r.action)
				take_recipient(arena, message, &r, tally);
		}
		text = next;
	}
}

static void read_returned(struct pd_message *message, const struct pd_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_message *inner = parts->items[i].message;
		if (inner && *inner->message_id && !*message->original_message_id)
			message->original_message_id = inner->message_id;
	}
}

static bool is_status_part(const struct pd_part *part)
{
	return part->text && (pd_equal(part->type, "message/delivery-status") ||
			      pd_equal(part->type, "message/global-delivery-status") ||
			      pd_equal(part->type, "text/delivery-status"));
}

void pd_bounce_read(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts)
{
	if (message->kinds & (PD_KIND_FEEDBACK | PD_KIND_RECEIPT))
		return;
	struct tally tally = {0};
	bool is_report = pd_equal(parts->root_type, "multipart/report");
	bool has_status = false;
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_part *part = &parts->items[i];
		if (!is_status_part(part))
			continue;
		has_status = true;
		read_status(arena, message, part->text, &tally);
	}
	if (has_status || (is_report && pd_equal(parts->report_type, "delivery-status")))
		message->kinds |= PD_KIND_DSN;
	if (tally.failed || tally.delayed) {
		message->kinds |= PD_KIND_BOUNCE;
		message->bounce_waits = tally.delayed && !tally.failed;
		read_returned(message, parts);
		if (!message->bounce_recipients.count || !*message->bounce_status || !*message->bounce_text ||
		    !*message->original_message_id)
			pd_bounce_forms(arena, message, parts);
		message->bounce_temporary = message->bounce_waits ||
					    (!tally.delayed && pd_bounce_is_expired(arena, message, parts));
		return;
	}
	if (tally.fine)
		return;
	if (pd_bounce_looks(arena, message, parts)) {
		message->kinds |= PD_KIND_BOUNCE;
		read_returned(message, parts);
		pd_bounce_forms(arena, message, parts);
		message->bounce_waits = pd_bounce_waits(arena, message, parts);
		message->bounce_temporary =
			message->bounce_waits || pd_bounce_is_expired(arena, message, parts);
	}
}

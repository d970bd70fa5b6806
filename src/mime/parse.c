/* Bytes to message: the one place where reading is put together.
 *
 * Runs in a reader process (and, for tests, in place). Never fails: a mail over the limits of the
 * pre-scan is built from its header alone and marked PD_KIND_UNPARSED. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"
#include "mime/reader.h"

/* Names for parts that have none. */
static const char *made_up_name(struct pd_arena *arena, const struct pd_part *part)
{
	static const struct {
		const char *type, *name;
	} names[] = {{"message/rfc822", "message.eml"},
		     {"message/global", "message.eml"},
		     {"text/plain", "text.txt"},
		     {"text/html", "page.html"},
		     {"text/calendar", "invite.ics"},
		     {"application/ms-tnef", "winmail.dat"},
		     {"application/pdf", "document.pdf"},
		     {"image/jpeg", "picture.jpg"},
		     {"image/png", "picture.png"},
		     {"image/gif", "picture.gif"},
		     {"message/delivery-status", "delivery-status.txt"},
		     {"text/rfc822-headers", "headers.txt"}};
	if (part->message && *part->message->subject)
		return pd_clean_file_name(arena, pd_printf(arena, "%.100s.eml",
							   pd_clean_line(arena, part->message->subject, 60)));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pd_equal(part->type, names[i].type))
			return names[i].name;
	return "attachment";
}

/* Is the picture shown where the HTML says cid:ID? */
static bool is_shown(const char *html, const char *content_id)
{
	size_t len = content_id ? strlen(content_id) : 0;
	for (const char *at = html; len > 0 && at && (at = strstr(at, "cid:")); at += 4)
		if (strncmp(at + 4, content_id, len) == 0)
			return true;
	return false;
}

/* What is no file: the body, other forms of it, signatures of the whole, empty leftovers. A body too long to
 * be shown whole is a file as well, so that nothing is lost. */
static bool is_no_attachment(const struct pd_part *part)
{
	if (part->is_body)
		return part->size <= PD_PART_TEXT_LIMIT;
	bool is_file = *part->name || pd_equal(part->disposition, "attachment");
	if (pd_equal(part->container, "multipart/alternative") && pd_starts(part->type, "text/") &&
	    !is_file && !pd_equal(part->type, "text/calendar"))
		return true;
	if (pd_equal(part->container, "multipart/signed") && pd_ends(part->type, "-signature"))
		return true;
	return part->size == 0 && !is_file;
}

static void add_attachments(struct pd_arena *arena, const struct pd_parts *parts, struct pd_message *message)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct pd_part *part = &parts->items[i];
		if (is_no_attachment(part))
			continue;
		struct pd_attachment *attachment = pd_list_add(arena, &message->attachments);
		attachment->index = part->index;
		attachment->name = *part->name ? part->name : made_up_name(arena, part);
		attachment->type = part->type;
		attachment->content_id = part->content_id;
		attachment->is_inline = is_shown(parts->html, part->content_id);
		attachment->size = part->size;
	}
}

/* The first iCalendar part; NULL. */
static const char *invitation(const struct pd_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		if (pd_equal(parts->items[i].type, "text/calendar") && parts->items[i].text)
			return parts->items[i].text;
	return NULL;
}

struct pd_message *pd_parse_content(struct pd_arena *arena, const char *data, size_t size)
{
	struct pd_scan scan;
	pd_prescan(arena, data, size, &scan);
	if (scan.over)
		return pd_message_unparsed(arena, data, size);
	struct pd_message *message = pd_message_blank(arena);
	pd_message_read_header(arena, scan.data, scan.size, message, false);
	message->size = size;
	struct pd_parts parts = {0};
	pd_parts_read(arena, scan.data, scan.size, &parts);
	add_attachments(arena, &parts, message);
	const char *ics = invitation(&parts);
	if (ics)
		pd_invitation_read(arena, ics, &message->invitation);
	if (ics && !parts.plain && !parts.html) /* a mail that is an invitation and nothing else says it in words */
		parts.plain = pd_invitation_text(arena, ics);
	pd_words_reply(arena, message, parts.plain, parts.html);
	pd_words_kinds(arena, message, &parts);
	pd_words_forward(arena, message, &parts);
	if (pd_equal(parts.root_type, "multipart/signed"))
		pd_signed_read(arena, data, size, &scan, message);
	return message;
}

struct pd_message *pd_parse_message(struct pd_arena *arena, const char *data, size_t size)
{
	struct pd_message *message = pd_parse_content(arena, data, size);
	pd_message_digests(data, size, message->digest, message->body_digest);
	return message;
}

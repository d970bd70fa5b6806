/* What the header says, as members of the message.
 *
 * All of it comes from our own scan of the raw fields, so that what counts for proof does not
 * depend on how a library picks among repeated or broken fields. Never fails. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_SUBJECT 2000 /* characters */

struct pd_message *pd_message_blank(struct pd_arena *arena)
{
	struct pd_message *message = PD_NEW(arena, struct pd_message);
	struct pd_address none = {.name = "", .addr = ""};
	message->invitation = (struct pd_invitation){.method = "", .uid = "", .summary = "", .status = "", .organizer = "",
						     .start = "", .start_zone = "", .end = "", .end_zone = "",
						     .duration = "", .partstat = "", .sequence = "", .comment = "", .busy = "", .transparency = ""};
	message->subject = message->message_id = message->date_text = "";
	message->from = message->sender = message->forwarded_from = none;
	message->text = message->quoted = message->signature = message->full_text = "";
	message->bounce_status = message->bounce_text = message->original_message_id = "";
	message->forwarded_subject = message->forwarded_date = message->forwarded_text = "";
	return message;
}

static void add_addresses(struct pd_arena *arena, const char *value, struct pd_addresses *list, bool plain)
{
	if (plain)
		pd_addresses_plain(arena, value, list);
	else
		pd_mime_addresses(arena, value, list);
}

/* RFC 5322 3.6.2. Proof needs one field with one mailbox; everything else is counted so that it is not that.
 */
static void read_from(struct pd_arena *arena, const char *value, struct pd_message *message, bool plain,
		      unsigned *fields)
{
	struct pd_addresses list = {0};
	add_addresses(arena, value, &list, plain);
	if (list.count > 0 && !*message->from.addr)
		message->from = list.items[0];
	message->from_count += list.count > 0 ? (unsigned)list.count : 1;
	++*fields;
	message->from_is_plain =
		*fields == 1 && list.count == 1 && pd_address_is_plain(value, list.items[0].addr);
}

static void read_field(struct pd_arena *arena, const struct pd_header *header, struct pd_message *message,
		       bool plain, unsigned *from_fields)
{
	const char *name = header->name, *value = header->value;
	if (pd_equal_nocase(name, "From")) {
		read_from(arena, value, message, plain, from_fields);
	} else if (pd_equal_nocase(name, "Sender")) {
		struct pd_addresses list = {0};
		add_addresses(arena, value, &list, plain);
		if (list.count > 0 && !*message->sender.addr)
			message->sender = list.items[0];
	} else if (pd_equal_nocase(name, "To")) {
		add_addresses(arena, value, &message->to, plain);
	} else if (pd_equal_nocase(name, "Cc")) {
		add_addresses(arena, value, &message->cc, plain);
	} else if (pd_equal_nocase(name, "Reply-To")) {
		add_addresses(arena, value, &message->reply_to, plain);
	} else if (pd_equal_nocase(name, "Subject")) {
		if (!*message->subject)
			message->subject = pd_clean_line(
				arena, plain ? pd_decode_plain(arena, value) : pd_mime_decode(arena, value),
				MAX_SUBJECT);
	} else if (pd_equal_nocase(name, "Message-ID")) {
		struct pd_strings ids = {0};
		pd_mime_ids(arena, value, &ids);
		if (ids.count > 0 && !*message->message_id)
			message->message_id = ids.items[0];
	} else if (pd_equal_nocase(name, "In-Reply-To")) {
		pd_mime_ids(arena, value, &message->in_reply_to);
	} else if (pd_equal_nocase(name, "References")) {
		pd_mime_ids(arena, value, &message->references);
	} else if (pd_equal_nocase(name, "Date")) {
		if (!*message->date_text) {
			message->date_text = pd_clean_line(arena, value, 200);
			message->date = pd_mime_date(value);
		}
	} else if (pd_equal_nocase(name, "Received")) {
		message->received++;
	}
}

void pd_message_read_header(struct pd_arena *arena, const char *data, size_t size, struct pd_message *message,
			    bool plain)
{
	unsigned from_fields = 0;
	pd_fields_read(arena, data, size, message, plain);
	for (size_t i = 0; i < message->headers.count; i++)
		read_field(arena, &message->headers.items[i], message, plain, &from_fields);
}

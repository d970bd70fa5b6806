/* Packed records: the parts of tickets and messages that no query asks for.
 *
 * A record begins with its format; later formats append fields, and an older record gives them empty.
 * Promises: what was packed is unpacked equal. Fails: unpacking what is damaged gives false. */
#include "store/record.h"

#include <string.h>

#define FORMAT 1

/* Seven bits a byte, lowest first; the high bit says that more follow. */
void pd_record_put_number(struct pd_buf *buf, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		pd_buf_addc(buf, (char)(0x80 | (number & 0x7f)));
	pd_buf_addc(buf, (char)number);
}

uint64_t pd_record_get_number(struct pd_cursor *in)
{
	uint64_t number = 0;
	for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
		unsigned char byte = (unsigned char)*in->at++;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return number;
	}
	in->bad = true;
	return 0;
}

/* The length plus one, then the bytes; 0 is NULL. */
void pd_record_put_text(struct pd_buf *buf, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;
	pd_record_put_number(buf, text != NULL ? len + 1 : 0);
	pd_buf_add(buf, text, len);
}

char *pd_record_get_text(struct pd_arena *arena, struct pd_cursor *in)
{
	uint64_t len = pd_record_get_number(in);
	if (in->bad || len == 0)
		return NULL;
	if (--len > (uint64_t)(in->end - in->at)) {
		in->bad = true;
		return NULL;
	}
	char *text = pd_strndup(arena, in->at, (size_t)len);
	in->at += len;
	return text;
}

static void put_strings(struct pd_buf *buf, const struct pd_strings *list)
{
	pd_record_put_number(buf, list->count);
	for (size_t i = 0; i < list->count; i++)
		pd_record_put_text(buf, list->items[i]);
}

/* How many follow; never more than the record could hold. */
static uint64_t get_count(struct pd_cursor *in)
{
	uint64_t count = pd_record_get_number(in);
	if (!in->bad && count > (uint64_t)(in->end - in->at))
		in->bad = true;
	return in->bad ? 0 : count;
}

static struct pd_strings get_strings(struct pd_arena *arena, struct pd_cursor *in)
{
	struct pd_strings list = {0};
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--)
		*pd_list_add(arena, &list) = pd_record_get_text(arena, in);
	return list;
}

static void put_address(struct pd_buf *buf, const struct pd_address *address)
{
	pd_record_put_text(buf, address->name);
	pd_record_put_text(buf, address->addr);
}

static struct pd_address get_address(struct pd_arena *arena, struct pd_cursor *in)
{
	struct pd_address address;
	address.name = pd_record_get_text(arena, in);
	address.addr = pd_record_get_text(arena, in);
	return address;
}

static void put_addresses(struct pd_buf *buf, const struct pd_addresses *list)
{
	pd_record_put_number(buf, list->count);
	for (size_t i = 0; i < list->count; i++)
		put_address(buf, &list->items[i]);
}

static struct pd_addresses get_addresses(struct pd_arena *arena, struct pd_cursor *in)
{
	struct pd_addresses list = {0};
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--)
		*pd_list_add(arena, &list) = get_address(arena, in);
	return list;
}

/* --- tickets --- */

static void put_conversation(struct pd_buf *buf, const struct pd_conversation *conversation)
{
	pd_record_put_number(buf, (uint64_t)conversation->id);
	pd_record_put_text(buf, conversation->mailbox);
	pd_record_put_text(buf, conversation->subject);
	pd_record_put_text(buf, conversation->base_subject);
	pd_record_put_text(buf, conversation->status);
	pd_record_put_text(buf, conversation->owner);
	pd_record_put_number(buf, conversation->participants.count);
	for (size_t i = 0; i < conversation->participants.count; i++)
		put_address(buf, &conversation->participants.items[i].address);
}

static void get_conversation(struct pd_arena *arena, struct pd_cursor *in,
			     struct pd_conversation *conversation)
{
	conversation->id = (int64_t)pd_record_get_number(in);
	conversation->mailbox = pd_record_get_text(arena, in);
	conversation->subject = pd_record_get_text(arena, in);
	conversation->base_subject = pd_record_get_text(arena, in);
	conversation->status = pd_record_get_text(arena, in);
	conversation->owner = pd_record_get_text(arena, in);
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--)
		pd_list_add(arena, &conversation->participants)->address = get_address(arena, in);
}

/* Instants are packed as what they lie after the one before; most lie close. */
static void put_time(struct pd_buf *buf, pd_time time, pd_time *last)
{
	int64_t ahead = time - *last;
	pd_record_put_number(buf, time == 0 ? 0 : 1 + (((uint64_t)ahead << 1) ^ (uint64_t)(ahead >> 63)));
	if (time != 0)
		*last = time;
}

static pd_time get_time(struct pd_cursor *in, pd_time *last)
{
	uint64_t packed = pd_record_get_number(in);
	if (packed-- == 0)
		return 0;
	*last += (int64_t)(packed >> 1) ^ -(int64_t)(packed & 1);
	return *last;
}

static void put_clocks(struct pd_buf *buf, const struct pd_ticket *ticket)
{
	const struct pd_clocks *clocks = &ticket->clocks;
	pd_time last = ticket->created;
	for (int goal = 0; goal < PD_GOALS; goal++) {
		const struct pd_clock *clock = &clocks->of[goal];
		put_time(buf, clock->start, &last);
		put_time(buf, clock->stop, &last);
		pd_record_put_number(buf, (uint64_t)clock->stop_event);
		pd_record_put_number(buf, (uint64_t)clock->verdict << 1 | clock->is_restarted);
		put_time(buf, clock->promised, &last);
		put_time(buf, clock->kept, &last);
		put_time(buf, clock->kept_since, &last);
	}
	pd_record_put_number(buf, clocks->has_replied);
	pd_record_put_number(buf, clocks->pauses.count);
	for (size_t i = 0; i < clocks->pauses.count; i++) {
		put_time(buf, clocks->pauses.items[i].from, &last);
		put_time(buf, clocks->pauses.items[i].to, &last);
		pd_record_put_number(buf, clocks->pauses.items[i].cause);
	}
	pd_record_put_number(buf, clocks->warned.count);
	for (size_t i = 0; i < clocks->warned.count; i++) {
		pd_record_put_number(buf, clocks->warned.items[i].goal);
		pd_record_put_text(buf, clocks->warned.items[i].step);
		put_time(buf, clocks->warned.items[i].at, &last);
	}
	put_time(buf, ticket->snoozed, &last);
	put_strings(buf, &ticket->reminders);
}

static void get_clocks(struct pd_arena *arena, struct pd_cursor *in, struct pd_ticket *ticket)
{
	struct pd_clocks *clocks = &ticket->clocks;
	pd_time last = ticket->created;
	for (int goal = 0; goal < PD_GOALS; goal++) {
		struct pd_clock *clock = &clocks->of[goal];
		clock->start = get_time(in, &last);
		clock->stop = get_time(in, &last);
		clock->stop_event = (int64_t)pd_record_get_number(in);
		uint64_t marks = pd_record_get_number(in);
		clock->is_restarted = marks & 1;
		clock->verdict = (enum pd_goal_end)(marks >> 1);
		clock->promised = get_time(in, &last);
		clock->kept = get_time(in, &last);
		clock->kept_since = get_time(in, &last);
	}
	clocks->has_replied = pd_record_get_number(in) != 0;
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--) {
		struct pd_pause_span *pause = pd_list_add(arena, &clocks->pauses);
		pause->from = get_time(in, &last);
		pause->to = get_time(in, &last);
		pause->cause = (enum pd_pause)pd_record_get_number(in);
	}
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--) {
		struct pd_warned *warned = pd_list_add(arena, &clocks->warned);
		uint64_t goal = pd_record_get_number(in);
		in->bad |= goal >= PD_GOALS;
		warned->goal = goal < PD_GOALS ? (enum pd_goal)goal : PD_GOAL_CLOSE;
		warned->step = pd_record_get_text(arena, in);
		warned->at = get_time(in, &last);
		in->bad |= warned->step == NULL;
	}
	ticket->snoozed = get_time(in, &last);
	ticket->reminders = get_strings(arena, in);
}

static void get_absorbed(struct pd_arena *arena, struct pd_cursor *in, struct pd_ticket *ticket)
{
	for (uint64_t n = get_count(in); n > 0 && !in->bad; n--) {
		struct pd_absorbed *absorbed = pd_list_add(arena, &ticket->absorbed);
		absorbed->ticket = (int64_t)pd_record_get_number(in);
		absorbed->messages = (int64_t)pd_record_get_number(in);
		absorbed->last_in_event = (int64_t)pd_record_get_number(in);
		absorbed->last_out_event = (int64_t)pd_record_get_number(in);
	}
}

void pd_record_ticket_pack(struct pd_buf *buf, const struct pd_ticket *ticket)
{
	pd_record_put_number(buf, FORMAT);
	pd_record_put_text(buf, ticket->description);
	pd_record_put_number(buf, (uint64_t)ticket->last_in_event);
	pd_record_put_number(buf, (uint64_t)ticket->last_out_event);
	pd_record_put_number(buf, (uint64_t)ticket->last_comment_event);
	pd_record_put_number(buf, (uint64_t)ticket->first_in_message);
	pd_record_put_number(buf, ticket->contacts.count);
	for (size_t i = 0; i < ticket->contacts.count; i++)
		pd_record_put_number(buf, (uint64_t)ticket->contacts.items[i]);
	put_strings(buf, &ticket->followers);
	put_strings(buf, &ticket->mailboxes_also);
	pd_record_put_number(buf, ticket->conversations.count);
	for (size_t i = 0; i < ticket->conversations.count; i++)
		put_conversation(buf, &ticket->conversations.items[i]);
	pd_record_put_number(buf, ticket->properties.count);
	for (size_t i = 0; i < ticket->properties.count; i++) {
		pd_record_put_text(buf, ticket->properties.items[i].property);
		pd_record_put_text(buf, ticket->properties.items[i].to);
	}
	pd_record_put_number(buf, ticket->deleted_entries.count);
	for (size_t i = 0; i < ticket->deleted_entries.count; i++)
		pd_record_put_number(buf, (uint64_t)ticket->deleted_entries.items[i]);
	put_strings(buf, &ticket->mentions); /* from here on: what older records end before */
	put_clocks(buf, ticket);
	pd_record_put_number(buf, ticket->absorbed.count);
	for (size_t i = 0; i < ticket->absorbed.count; i++) {
		pd_record_put_number(buf, (uint64_t)ticket->absorbed.items[i].ticket);
		pd_record_put_number(buf, (uint64_t)ticket->absorbed.items[i].messages);
		pd_record_put_number(buf, (uint64_t)ticket->absorbed.items[i].last_in_event);
		pd_record_put_number(buf, (uint64_t)ticket->absorbed.items[i].last_out_event);
	}
	put_strings(buf, &ticket->links);
}

bool pd_record_ticket_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_ticket *ticket)
{
	struct pd_cursor in = {.at = record.data, .end = record.data + record.len};
	if (record.data == NULL || pd_record_get_number(&in) < FORMAT)
		return false;
	ticket->description = pd_record_get_text(arena, &in);
	ticket->last_in_event = (int64_t)pd_record_get_number(&in);
	ticket->last_out_event = (int64_t)pd_record_get_number(&in);
	ticket->last_comment_event = (int64_t)pd_record_get_number(&in);
	ticket->first_in_message = (int64_t)pd_record_get_number(&in);
	for (uint64_t n = get_count(&in); n > 0 && !in.bad; n--)
		*pd_list_add(arena, &ticket->contacts) = (int64_t)pd_record_get_number(&in);
	ticket->followers = get_strings(arena, &in);
	ticket->mailboxes_also = get_strings(arena, &in);
	for (uint64_t n = get_count(&in); n > 0 && !in.bad; n--)
		get_conversation(arena, &in, pd_list_add(arena, &ticket->conversations));
	for (uint64_t n = get_count(&in); n > 0 && !in.bad; n--) {
		struct pd_change *property = pd_list_add(arena, &ticket->properties);
		property->property = pd_record_get_text(arena, &in);
		property->to = pd_record_get_text(arena, &in);
	}
	for (uint64_t n = get_count(&in); n > 0 && !in.bad; n--)
		*pd_list_add(arena, &ticket->deleted_entries) = (int64_t)pd_record_get_number(&in);
	if (!in.bad && in.at < in.end)
		ticket->mentions = get_strings(arena, &in);
	if (!in.bad && in.at < in.end)
		get_clocks(arena, &in, ticket);
	if (!in.bad && in.at < in.end)
		get_absorbed(arena, &in, ticket);
	if (!in.bad && in.at < in.end)
		ticket->links = get_strings(arena, &in);
	return !in.bad;
}

/* --- messages --- */

void pd_record_stored_pack(struct pd_buf *buf, const struct pd_stored *stored)
{
	pd_record_put_number(buf, FORMAT);
	put_addresses(buf, &stored->to);
	put_addresses(buf, &stored->cc);
	put_address(buf, &stored->reply_to);
	put_strings(buf, &stored->references);
	pd_record_put_text(buf, stored->thread_index);
	pd_record_put_number(buf, stored->attachments.count);
	for (size_t i = 0; i < stored->attachments.count; i++) {
		const struct pd_attachment *attachment = &stored->attachments.items[i];
		pd_record_put_number(buf, attachment->index);
		pd_record_put_text(buf, attachment->name);
		pd_record_put_text(buf, attachment->type);
		pd_record_put_text(buf, attachment->content_id);
		pd_record_put_number(buf, attachment->is_inline);
		pd_record_put_number(buf, attachment->size);
	}
}

bool pd_record_stored_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_stored *stored)
{
	struct pd_cursor in = {.at = record.data, .end = record.data + record.len};
	if (record.data == NULL || pd_record_get_number(&in) < FORMAT)
		return false;
	stored->to = get_addresses(arena, &in);
	stored->cc = get_addresses(arena, &in);
	stored->reply_to = get_address(arena, &in);
	stored->references = get_strings(arena, &in);
	stored->thread_index = pd_record_get_text(arena, &in);
	for (uint64_t n = get_count(&in); n > 0 && !in.bad; n--) {
		struct pd_attachment *attachment = pd_list_add(arena, &stored->attachments);
		attachment->index = (unsigned)pd_record_get_number(&in);
		attachment->name = pd_record_get_text(arena, &in);
		attachment->type = pd_record_get_text(arena, &in);
		attachment->content_id = pd_record_get_text(arena, &in);
		attachment->is_inline = pd_record_get_number(&in) != 0;
		attachment->size = (size_t)pd_record_get_number(&in);
	}
	return !in.bad;
}

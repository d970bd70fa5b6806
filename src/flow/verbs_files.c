/* The verbs about the files of a ticket: attachments, fetch. One snapshot each. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/timeline.h"

/* Attachments are counted through the ticket from its oldest entry, from 1: the numbers never change. */
static const struct pd_attachment *attachment_at(const struct pd_entries *entries, const char *wanted,
						 const struct pd_stored **ret_message)
{
	unsigned long long number = 0, count = 0;
	bool is_number = pd_number(wanted, G_MAXUINT, &number);

	for (size_t i = 0; i < entries->count; i++) {
		const struct pd_stored *message = entries->items[i].message;

		for (size_t k = 0; pd_json_carries(&entries->items[i]) && k < message->attachments.count; k++) {
			const struct pd_attachment *attachment = &message->attachments.items[k];

			count++;
			*ret_message = message;
			if (is_number ? count == number : !strcmp(attachment->name, wanted))
				return attachment;
		}
	}
	return NULL;
}

static int emit_attachments(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket)
{
	struct pd_entries entries = pd_timeline(snapshot, call->arena, ticket);
	int count = 0;

	for (size_t i = 0; i < entries.count; i++) {
		const struct pd_stored *message = entries.items[i].message;

		for (size_t k = 0; pd_json_carries(&entries.items[i]) && k < message->attachments.count; k++) {
			count++;
			if (pd_ticket_entry_deleted(ticket, entries.items[i].event.id))
				continue;
			json_t *object = pd_json_attachment(&message->attachments.items[k]);

			json_object_set_new(object, "number", json_integer(ticket->number));
			json_object_set_new(object, "attachment", json_integer(count));
			json_object_set_new(object, "entry", json_sprintf("E%lld", (long long)entries.items[i].event.id));
			json_object_set_new(object, "from", pd_json_text(message->from.addr));
			json_object_set_new(object, "at", pd_json_time(call->arena, entries.items[i].event.at));
			pd_call_emit(call, object);
		}
	}
	return 0;
}

int pd_verb_attachments(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	if (!pd_call_flag(call, "contacts") || !ticket->contacts.count) {
		emit_attachments(call, snapshot, ticket);
		return pd_call_checked(call, snapshot);
	}
	struct pd_query query = {.op = PD_QUERY_FIELD, .field = PD_FIELD_CONTACT_ID, .kind = -1, .value = "",
				 .number = ticket->contacts.items[0]};

	return pd_call_each(call, snapshot, &query, "-number", 0, emit_attachments);
}

int pd_verb_fetch(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	PD_AUTO_RAW raw = NULL;
	const char *wanted = pd_call_text(call, "attachment");
	const struct pd_stored *stored = NULL;
	struct pd_message *message;
	struct pd_ticket *ticket;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed)
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_entries entries = pd_timeline(snapshot, call->arena, ticket);
	const struct pd_attachment *attachment = wanted ? attachment_at(&entries, wanted, &stored) : NULL;
	struct pd_bytes content = {0};

	failed = pd_call_checked(call, snapshot);
	if (!failed && !attachment)
		failed = pd_fail(&call->error, PD_PERMANENT, "ticket %lld has no attachment %s", (long long)ticket->number,
				 wanted ? wanted : "");
	if (!failed)
		failed = pd_store_raw(pd_flow_store(call->flow), stored->id, &raw, &call->error);
	if (!failed && attachment->index == PD_ATTACHMENT_WHOLE) {
		content = (struct pd_bytes){raw->data, raw->size};
	} else if (!failed) {
		failed = pd_read_message(pd_flow_readers(call->flow), call->arena, raw, &message, &call->error);
		if (!failed)
			failed = pd_read_contents(pd_flow_readers(call->flow), call->arena, raw, message, NULL, &call->error);
		for (size_t i = 0; !failed && i < message->attachments.count; i++)
			if (message->attachments.items[i].index == attachment->index)
				content = message->attachments.items[i].content;
	}
	if (!failed)
		pd_call_emit(call, json_pack("{s:o,s:o,s:o}", "name", pd_json_text(attachment->name), "type",
					     pd_json_text(attachment->type), "content",
					     pd_call_base64(content.data ? content.data : "", content.len)));
	return failed;
}

/* The numbers of another desk's event as they are here: of tickets, entries, messages, conversations, contacts, letters,
 * drafts and actions, wherever an event names them.
 *
 * Promises: an event whose numbers all have a place names the same things here as it did there; else `wrong` says which
 * has none. Pure; cannot fail otherwise. */
#include "desk/carry.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/chat.h"
#include "desk/links.h"
#include "desk/people.h"

int64_t pd_carry_id(struct pd_carry_ids *ids, enum pd_id_kind kind, int64_t id)
{
	if (id == 0)
		return 0;
	const int64_t here = id > 0 ? pd_carried_here(ids->from, kind, id) : 0;
	if (here == 0 && ids->wrong == NULL)
		ids->wrong = pd_printf(ids->context->arena, "%s %lld is beyond what the export says it has", pd_id_kind_name(kind),
				       (long long)id);
	return here;
}

/* --- values --- */

static const char *number_text(struct pd_carry_ids *ids, enum pd_id_kind kind, const char *value)
{
	unsigned long long number;
	if (!pd_number(value, INT64_MAX, &number)) {
		if (ids->wrong == NULL)
			ids->wrong = pd_printf(ids->context->arena, "\"%s\" is no number of a %s",
					       pd_clean_line(ids->context->arena, value, 60), pd_id_kind_name(kind));
		return value;
	}
	return pd_printf(ids->context->arena, "%lld", (long long)pd_carry_id(ids, kind, (int64_t)number));
}

static const char *contact_text(struct pd_carry_ids *ids, const char *value)
{
	for (size_t i = 0; i < ids->contacts.count; i++)
		if (pd_equal(ids->contacts.items[i].property, value))
			return ids->contacts.items[i].to;
	return number_text(ids, PD_ID_CONTACT, value);
}

static const char *pair_text(struct pd_carry_ids *ids, enum pd_id_kind first, enum pd_id_kind second, const char *value)
{
	int64_t one, two;
	if (!pd_number_pair(value, &one, &two)) {
		if (ids->wrong == NULL)
			ids->wrong = "two numbers are wanted";
		return value;
	}
	one = pd_carry_id(ids, first, one);
	two = pd_carry_id(ids, second, two);
	return pd_printf(ids->context->arena, "%lld %lld", (long long)one, (long long)two);
}

static const char *absorbed_text(struct pd_carry_ids *ids, const char *value)
{
	struct pd_absorbed absorbed;
	if (!pd_absorbed_parse(value, &absorbed)) {
		if (ids->wrong == NULL)
			ids->wrong = "a merged ticket wants four numbers";
		return value;
	}
	absorbed.ticket = pd_carry_id(ids, PD_ID_TICKET, absorbed.ticket);
	absorbed.last_in_event = pd_carry_id(ids, PD_ID_EVENT, absorbed.last_in_event);
	absorbed.last_out_event = pd_carry_id(ids, PD_ID_EVENT, absorbed.last_out_event);
	return pd_absorbed_value(ids->context->arena, &absorbed);
}

static const char *link_text(struct pd_carry_ids *ids, const char *value)
{
	struct pd_link link;
	if (!pd_link_parse(ids->context->arena, value, &link))
		return value;
	link.entry = pd_carry_id(ids, PD_ID_EVENT, link.entry);
	if (strcmp(link.kind, "ticket") == 0)
		link.id = number_text(ids, PD_ID_TICKET, link.id);
	else if (strcmp(link.kind, "entry") == 0)
		link.id = number_text(ids, PD_ID_EVENT, link.id);
	return pd_link_value(ids->context->arena, &link);
}

/* "E9;E7" */
static const char *entries_text(struct pd_carry_ids *ids, const char *value)
{
	struct pd_arena *arena = ids->context->arena;
	struct pd_strings entries = pd_split(arena, value, ';');
	for (size_t i = 0; i < entries.count; i++)
		if (*entries.items[i] == 'E')
			entries.items[i] = pd_printf(arena, "E%s", number_text(ids, PD_ID_EVENT, entries.items[i] + 1));
	return pd_strings_join(arena, &entries, ";");
}

/* The entry that an open chat began with stands in its words as "since=NUMBER". */
static const char *chat_text(struct pd_carry_ids *ids, const char *value)
{
	struct pd_arena *arena = ids->context->arena;
	struct pd_strings words = pd_split(arena, value, ' ');
	for (size_t i = 0; i < words.count; i++)
		if (pd_starts(words.items[i], "since="))
			words.items[i] = pd_printf(arena, "since=%s",
						   number_text(ids, PD_ID_EVENT, words.items[i] + strlen("since=")));
	return pd_strings_join(arena, &words, " ");
}

static const char *contact_record(struct pd_carry_ids *ids, const char *value)
{
	struct pd_arena *arena = ids->context->arena;
	struct pd_strings lines = pd_lines(arena, value);
	for (size_t i = 0; i < lines.count; i++)
		if (pd_starts(lines.items[i], PD_DETAIL_MERGED " "))
			lines.items[i] = pd_printf(arena, PD_DETAIL_MERGED " %s",
						   contact_text(ids, lines.items[i] + strlen(PD_DETAIL_MERGED " ")));
	return pd_printf(arena, "%s\n", pd_strings_join(arena, &lines, "\n"));
}

static const char *value_of(struct pd_carry_ids *ids, const char *property, const char *value)
{
	if (value == NULL)
		return NULL;
	if (strcmp(property, "merged") == 0 || pd_starts(property, PD_RECORD_PREFIX PD_CHAT_RECORD ":"))
		return number_text(ids, PD_ID_TICKET, value);
	if (strcmp(property, "absorbed") == 0)
		return absorbed_text(ids, value);
	if (strcmp(property, "contact") == 0)
		return contact_text(ids, value);
	if (strcmp(property, "entry_deleted") == 0)
		return number_text(ids, PD_ID_EVENT, value);
	if (strcmp(property, PD_CHANGE_HELD) == 0)
		return pair_text(ids, PD_ID_DRAFT, PD_ID_OUTBOX, value);
	if (strcmp(property, PD_CHANGE_STOPPED) == 0)
		return pair_text(ids, PD_ID_EVENT, PD_ID_EVENT, value);
	if (strcmp(property, "link") == 0)
		return link_text(ids, value);
	if (strcmp(property, PD_PROPERTY_PINNED) == 0)
		return entries_text(ids, value);
	if (strcmp(property, PD_PROPERTY_CHAT) == 0)
		return chat_text(ids, value);
	if (pd_starts(property, PD_RECORD_PREFIX PD_CONTACT_RECORD ":"))
		return contact_record(ids, value);
	return value;
}

/* Some hidden properties and records are named after a number. */
static const char *property_of(struct pd_carry_ids *ids, const char *property)
{
	static const struct {
		const char *prefix;
		enum pd_id_kind kind;
	} named[] = {
		{PD_PROPERTY_SENDING, PD_ID_DRAFT},
		{PD_PROPERTY_INBOX, PD_ID_CONVERSATION},
		{PD_PROPERTY_TASK, PD_ID_EVENT},
		{PD_RECORD_PREFIX PD_CONTACT_RECORD ":", PD_ID_CONTACT},
		{PD_RECORD_PREFIX PD_CHAT_FILE_RECORD ":", PD_ID_EVENT},
		{PD_RECORD_PREFIX PD_CHAT_TRANSCRIPT_RECORD ":", PD_ID_EVENT},
	};
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		if (!pd_starts(property, named[i].prefix))
			continue;
		const char *number = property + strlen(named[i].prefix);
		number = named[i].kind == PD_ID_CONTACT ? contact_text(ids, number)
							: number_text(ids, named[i].kind, number);
		return pd_printf(ids->context->arena, "%s%s", named[i].prefix, number);
	}
	return property;
}

static int64_t other_of(struct pd_carry_ids *ids, const struct pd_event *event)
{
	static const enum pd_id_kind kinds[PD_EVENT_KINDS] = {
		[PD_EVENT_CREATED] = PD_ID_TICKET, [PD_EVENT_MESSAGE] = PD_ID_MESSAGE,	 [PD_EVENT_COMMENT] = PD_ID_EVENT,
		[PD_EVENT_SET] = PD_ID_EVENT,	   [PD_EVENT_UNDELIVERED] = PD_ID_EVENT, [PD_EVENT_UNDO] = PD_ID_ACTION,
		[PD_EVENT_RELATED] = PD_ID_TICKET, [PD_EVENT_ATTACHED] = PD_ID_EVENT,	 [PD_EVENT_DRAFT] = PD_ID_DRAFT,
		[PD_EVENT_PURGED] = PD_ID_EVENT,   [PD_EVENT_REMINDER] = PD_ID_EVENT,	 [PD_EVENT_GOAL] = PD_ID_EVENT,
	};
	return pd_carry_id(ids, kinds[event->kind], event->other);
}

void pd_carry_event(struct pd_carry_ids *ids, struct pd_event *event)
{
	const bool takes_records = pd_carried_is_same(ids->from, PD_ID_EVENT);
	size_t kept = 0;
	event->id = pd_carry_id(ids, PD_ID_EVENT, event->id);
	event->ticket = pd_carry_id(ids, PD_ID_TICKET, event->ticket);
	event->action = pd_carry_id(ids, PD_ID_ACTION, event->action);
	event->message = pd_carry_id(ids, PD_ID_MESSAGE, event->message);
	event->conversation = pd_carry_id(ids, PD_ID_CONVERSATION, event->conversation);
	event->other = other_of(ids, event);
	for (size_t i = 0; i < event->changes.count; i++) {
		struct pd_change change = event->changes.items[i];
		/* A desk that has a life of its own keeps its own views, absences and companies. */
		if (!takes_records && pd_property_is_record(change.property) &&
		    !pd_starts(change.property, PD_RECORD_PREFIX PD_CONTACT_RECORD ":"))
			continue;
		change.from = value_of(ids, change.property, change.from);
		change.to = value_of(ids, change.property, change.to);
		change.property = property_of(ids, change.property);
		event->changes.items[kept++] = change;
	}
	event->changes.count = kept;
}

/* --- contacts --- */

static const struct pd_contact *find_contact(struct pd_carry_ids *ids, const struct pd_contact *contact, int64_t id)
{
	const struct pd_contact *found = pd_plan_contact_by_id(ids->context, id);
	for (size_t i = 0; found == NULL && pd_contact_merged(contact) == 0 && i < contact->identities.count; i++)
		found = pd_plan_contact_of(ids->context, &contact->identities.items[i]);
	return found;
}

void pd_carry_contact(struct pd_carry_ids *ids, const struct pd_contact *contact)
{
	struct pd_context *context = ids->context;
	struct pd_arena *arena = context->arena;
	int64_t id = pd_carry_id(ids, PD_ID_CONTACT, contact->id);
	if (id == 0)
		return;
	const struct pd_contact *found = find_contact(ids, contact, id);
	if (found != NULL) {
		id = found->id;
	} else {
		struct pd_planned_contact *made = pd_list_add(arena, &context->plan->contacts);
		*made = (struct pd_planned_contact){.contact = *contact, .is_new = true};
		made->contact.id = id;
		memset(&made->contact.details, 0, sizeof made->contact.details);
		for (size_t i = 0; i < contact->details.count; i++) {
			const char *detail = contact->details.items[i];
			if (pd_starts(detail, PD_DETAIL_MERGED " "))
				detail = pd_printf(arena, PD_DETAIL_MERGED " %s",
						   contact_text(ids, detail + strlen(PD_DETAIL_MERGED " ")));
			*pd_list_add(arena, &made->contact.details) = detail;
		}
	}
	*pd_list_add(arena, &ids->contacts) =
		(struct pd_change){.property = pd_printf(arena, "%lld", (long long)contact->id),
				   .to = pd_printf(arena, "%lld", (long long)id)};
}

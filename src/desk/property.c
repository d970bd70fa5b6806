/* Names and values: kinds of events, properties, what stands in a change as text.
 *
 * Promises: what was written is read back the same. Cannot fail. */
#include "desk/ticket.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const kind_names[PD_EVENT_KINDS] = {
	[PD_EVENT_CREATED] = "created",
	[PD_EVENT_MESSAGE] = "message",
	[PD_EVENT_COMMENT] = "comment",
	[PD_EVENT_SET] = "set",
	[PD_EVENT_UNDO] = "undo",
	[PD_EVENT_RELATED] = "related",
	[PD_EVENT_UNDELIVERED] = "undelivered",
	[PD_EVENT_DRAFT] = "draft",
	[PD_EVENT_ATTACHED] = "attached",
	[PD_EVENT_PURGED] = "purged",
	[PD_EVENT_GOAL] = "goal",
	[PD_EVENT_REMINDER] = "reminder",
};

const char *pd_event_kind_name(enum pd_event_kind kind)
{
	assert(kind < PD_EVENT_KINDS);
	return kind_names[kind];
}

bool pd_event_kind_parse(const char *name, enum pd_event_kind *ret_kind)
{
	for (size_t i = 0; i < PD_EVENT_KINDS; i++) {
		if (pd_equal(name, kind_names[i])) {
			*ret_kind = (enum pd_event_kind)i;
			return true;
		}
	}
	return false;
}

/* --- values --- */

bool pd_status_value_parse(const char *value, enum pd_status_kind *ret_kind, const char **ret_name)
{
	if (value == NULL)
		return false;
	for (int kind = 0; kind < PD_STATUS_KINDS; kind++) {
		const char *name = pd_status_kind_name((enum pd_status_kind)kind);
		size_t len = strlen(name);
		if (strncmp(value, name, len) == 0 && value[len] == ':') {
			*ret_kind = (enum pd_status_kind)kind;
			*ret_name = value + len + 1;
			return true;
		}
	}
	return false;
}

char *pd_status_value(struct pd_arena *arena, enum pd_status_kind kind, const char *name)
{
	return pd_printf(arena, "%s:%s", pd_status_kind_name(kind), name);
}

char *pd_participant_value(struct pd_arena *arena, const struct pd_address *address)
{
	if (address->name == NULL || *address->name == '\0')
		return pd_printf(arena, "<%s>", address->addr);
	return pd_printf(arena, "%s <%s>", address->name, address->addr);
}

struct pd_address pd_participant_parse(struct pd_arena *arena, const char *value)
{
	struct pd_address address = {.name = "", .addr = ""};
	const char *open = strrchr(value, '<');
	if (open == NULL) {
		address.addr = pd_trim(arena, value);
		return address;
	}
	const char *close = strchr(open, '>');
	size_t len = close != NULL ? (size_t)(close - open - 1) : strlen(open + 1);
	address.addr = pd_strndup(arena, open + 1, len);
	address.name = pd_trim(arena, pd_strndup(arena, value, (size_t)(open - value)));
	return address;
}

static const char *const many[] = {"follower", "contact", "participant", "mailbox_also", "mention",
				   "entry_deleted", "reminder", "absorbed", "link"};
static const char *const builtin[] = {
	"name",
	"description",
	"pipeline",
	"mailbox",
	"owner",
	"team",
	"priority",
	"category",
	"source",
	"status",
	"spam",
	"deleted",
	"automatic",
	"merged",
	"number",
	"created",
	"updated",
	"closed",
	"subject",
	"conversation",
	"direction",
	"messages",
	"contacts",
	"company",
	"conversation_status",
	"conversation_owner",
	PD_CHANGE_LOG,
	PD_CHANGE_SHARED,
	PD_CHANGE_HELD,
	PD_CHANGE_STOPPED,
	PD_CHANGE_DRAFT,
	"conversation_adopted",
	"conversation_subject",
	"snoozed",
};

bool pd_property_is_many(const char *property)
{
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		if (strcmp(property, many[i]) == 0)
			return true;
	return false;
}

char *pd_record_property(struct pd_arena *arena, const char *kind, const char *name)
{
	return pd_printf(arena, PD_RECORD_PREFIX "%s:%s", kind, name);
}

bool pd_property_is_record(const char *property)
{
	return pd_starts(property, PD_RECORD_PREFIX);
}

const char *pd_property_words(struct pd_arena *arena, const char *property)
{
	if (!pd_property_is_record(property))
		return property;
	char *words = pd_strdup(arena, property + strlen(PD_RECORD_PREFIX));
	char *colon = strchr(words, ':');
	if (colon != NULL)
		*colon = ' ';
	return words;
}

bool pd_property_is_builtin(const char *property)
{
	if (pd_property_is_record(property))
		return true;
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		if (strcmp(property, builtin[i]) == 0)
			return true;
	return pd_property_is_many(property) || pd_property_is_of_clocks(property);
}

bool pd_number_pair(const char *value, int64_t *ret_first, int64_t *ret_second)
{
	char *end;
	if (value == NULL)
		return false;
	int64_t first = strtoll(value, &end, 10), second;
	if (end == value || *end != ' ')
		return false;
	value = end + 1;
	second = strtoll(value, &end, 10);
	if (end == value || *end != '\0' || first <= 0 || second < 0)
		return false;
	*ret_first = first;
	*ret_second = second;
	return true;
}

bool pd_property_is_of_event(const char *property)
{
	static const char *const names[] = {"direction", PD_CHANGE_LOG, PD_CHANGE_SHARED, PD_CHANGE_HELD, PD_CHANGE_STOPPED,
					   PD_CHANGE_DRAFT};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(property, names[i]) == 0)
			return true;
	return false;
}

bool pd_property_is_hidden(const char *property)
{
	return strcmp(property, PD_PROPERTY_UNROUTED) == 0 || strcmp(property, PD_PROPERTY_PINNED) == 0 ||
	       strcmp(property, PD_PROPERTY_MOVED) == 0 || strcmp(property, PD_PROPERTY_COMPANY) == 0 ||
	       strcmp(property, PD_PROPERTY_CHAT) == 0 || strcmp(property, PD_PROPERTY_MEETING) == 0 || pd_starts(property, PD_PROPERTY_SENDING) ||
	       pd_starts(property, PD_PROPERTY_INBOX) || pd_starts(property, PD_PROPERTY_TASK);
}

const char *pd_event_words(const struct pd_event *event)
{
	for (size_t i = 0; event->kind == PD_EVENT_COMMENT && i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, PD_CHANGE_LOG) == 0)
			return event->changes.items[i].to;
	return pd_event_kind_name(event->kind);
}

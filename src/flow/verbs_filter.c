/* What of a timeline is asked for: by kind, by person, by team, by words, until a time.
 *
 * Promises: a name that means nothing is refused, with the nearest that does. Fails: PD_PERMANENT. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/find.h"

/* What people call a kind otherwise. */
static const struct {
	const char *word, *kind;
} kind_words[] = {{"note", "comment"}, {"property", "set"}};

/* What #log writes and #task; a chat's lines are messages. */
static const char *const more_kinds[] = {"call", "meeting", "email", "task", "chat"};

static int read_kind(struct pd_call *call, struct pd_entry_filter *filter)
{
	struct pd_strings kinds = {0};

	filter->kind = pd_call_text(call, "kind");
	if (!filter->kind)
		return 0;
	filter->kind = pd_fold(call->arena, filter->kind);
	for (size_t i = 0; i < G_N_ELEMENTS(kind_words); i++)
		if (pd_equal(filter->kind, kind_words[i].word))
			filter->kind = kind_words[i].kind;
	for (int kind = 0; kind < PD_EVENT_KINDS; kind++)
		*pd_list_add(call->arena, &kinds) = pd_event_kind_name((enum pd_event_kind)kind);
	for (size_t i = 0; i < G_N_ELEMENTS(more_kinds); i++)
		*pd_list_add(call->arena, &kinds) = more_kinds[i];
	return pd_call_known(call, "kind", filter->kind, &kinds);
}

static const char *actor_name(const char *actor)
{
	const char *colon = actor ? strchr(actor, ':') : NULL;

	return colon ? colon + 1 : actor;
}

static bool is_by(const struct pd_entry_filter *filter, const struct pd_entry *entry)
{
	const char *actor = entry->event.actor;

	return pd_equal_nocase(filter->by, actor) || pd_equal_nocase(filter->by, actor_name(actor));
}

/* An agent as people name one; else whoever did something here: a contact's address, a rule, administrator. */
static int read_by(struct pd_call *call, const struct pd_entries *entries, struct pd_entry_filter *filter)
{
	filter->by = pd_call_text(call, "by");
	if (!filter->by)
		return 0;
	if (pd_equal_nocase(filter->by, "me") && call->agent) {
		filter->by = pd_printf(call->arena, "agent:%s", call->agent->name);
		return 0;
	}
	struct pd_found found = pd_find_agent(call->arena, call->settings, filter->by);

	if (found.choices)
		return pd_call_not_found(call, "agent", filter->by, &found);
	if (found.name) {
		filter->by = pd_printf(call->arena, "agent:%s", found.name);
		return 0;
	}
	for (size_t i = 0; i < entries->count; i++)
		if (is_by(filter, &entries->items[i]))
			return 0;
	if (strchr(filter->by, '@') || pd_equal_nocase(filter->by, "administrator"))
		return 0; /* who has done nothing yet */
	return pd_call_not_found(call, "agent", filter->by, &found);
}

static int read_team(struct pd_call *call, struct pd_entry_filter *filter)
{
	const char *name = pd_call_text(call, "team");

	if (!name)
		return 0;
	struct pd_found found = pd_find_team(call->arena, call->settings, name);

	filter->team = found.name ? pd_settings_team(call->settings, found.name) : NULL;
	if (filter->team)
		return 0;
	return pd_call_not_found(call, "team", name, &found);
}

int pd_call_filter(struct pd_call *call, const struct pd_entries *entries, pd_time at, struct pd_entry_filter *ret_filter)
{
	const char *search = pd_call_text(call, "search");
	int failed;

	*ret_filter = (struct pd_entry_filter){.search = search ? pd_fold(call->arena, search) : NULL, .at = at};
	failed = read_kind(call, ret_filter);
	if (!failed)
		failed = read_by(call, entries, ret_filter);
	return failed ? failed : read_team(call, ret_filter);
}

static bool is_searched(struct pd_call *call, const struct pd_entry *entry, const char *wanted)
{
	const struct pd_stored *message = pd_json_carries(entry) ? entry->message : NULL;
	const char *why = entry->event.why;

	if (why && strstr(pd_fold(call->arena, why), wanted))
		return true;
	return message && (strstr(pd_fold(call->arena, message->text ? message->text : ""), wanted) ||
			   strstr(pd_fold(call->arena, message->subject ? message->subject : ""), wanted));
}

static bool is_of_kind(const struct pd_entry *entry, const char *kind)
{
	if (pd_equal(kind, "chat"))
		return entry->event.kind == PD_EVENT_MESSAGE && entry->message && pd_equal(entry->message->source, "chat");
	return pd_equal(kind, pd_event_words(&entry->event));
}

bool pd_call_wants(struct pd_call *call, const struct pd_entry_filter *filter, const struct pd_entry *entry)
{
	const char *actor = entry->event.actor;

	if (filter->at && entry->event.at > filter->at)
		return false;
	if ((filter->kind && !is_of_kind(entry, filter->kind)) || (filter->by && !is_by(filter, entry)))
		return false;
	if (filter->team && (!pd_starts(actor, "agent:") || !pd_team_has(filter->team, actor_name(actor))))
		return false;
	return !filter->search || is_searched(call, entry, filter->search);
}

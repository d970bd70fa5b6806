/* Names that a request gives: columns, what to sort by, properties. A name that means nothing is refused, with the
 * nearest that does; what is silently ignored would be taken for an answer. Fails: PD_PERMANENT. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"

/* The keys of a ticket as JSON; `due` is of the goals. */
static struct pd_strings ticket_keys(struct pd_call *call)
{
	const struct pd_ticket none = {0};
	const struct pd_json_scene nowhere = {.settings = call->settings};
	json_t *object = pd_json_ticket(call->arena, &nowhere, &none);
	struct pd_strings names = {0};
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		*pd_list_add(call->arena, &names) = pd_strdup(call->arena, key);
	json_decref(object);
	*pd_list_add(call->arena, &names) = "due";
	return names;
}

static void add_configured(struct pd_call *call, struct pd_strings *names)
{
	for (size_t i = 0; i < call->settings->groups.count; i++)
		if (pd_equal(call->settings->groups.items[i].type, "property"))
			*pd_list_add(call->arena, names) = call->settings->groups.items[i].name;
}

int pd_call_not_found(struct pd_call *call, const char *what, const char *name, const struct pd_found *found)
{
	return pd_fail(&call->error, PD_PERMANENT, "%s", pd_found_words(call->arena, "en", what, name, found));
}

int pd_call_mailbox(struct pd_call *call, const char *name, const struct pd_mailbox **ret_mailbox)
{
	*ret_mailbox = name ? pd_settings_mailbox(call->settings, name) : NULL;
	if (*ret_mailbox)
		return 0;
	struct pd_strings names = {0};

	for (size_t i = 0; i < call->settings->mailboxes.count; i++)
		*pd_list_add(call->arena, &names) = call->settings->mailboxes.items[i].name;
	const struct pd_found none = pd_found_none(call->arena, name ? name : "", &names);

	return pd_call_not_found(call, "mailbox", name ? name : "", &none);
}

int pd_call_known(struct pd_call *call, const char *what, const char *name, const struct pd_strings *names)
{
	if (pd_strings_has(names, name))
		return 0;
	const struct pd_found none = pd_found_none(call->arena, name, names);

	return pd_call_not_found(call, what, name, &none);
}

int pd_call_columns(struct pd_call *call)
{
	struct pd_strings columns = pd_call_strings(call, "columns"), names = ticket_keys(call);
	int failed = 0;

	add_configured(call, &names);
	for (size_t i = 0; i < columns.count && !failed; i++)
		failed = pd_call_known(call, "column", columns.items[i], &names);
	return failed;
}

int pd_call_sort(struct pd_call *call)
{
	/* lists, flags and long texts have no order that somebody could mean */
	static const char *const unordered[] = {"description", "followers", "spam", "automatic",
						"deleted",     "merged_into", "properties", "days_left"};
	const char *sort = pd_call_text(call, "sort");
	struct pd_strings all = ticket_keys(call), names = {0};

	if (!sort)
		return 0;
	for (size_t i = 0; i < all.count; i++) {
		bool is_ordered = true;

		for (size_t k = 0; k < G_N_ELEMENTS(unordered); k++)
			is_ordered = is_ordered && !pd_equal(all.items[i], unordered[k]);
		if (is_ordered)
			*pd_list_add(call->arena, &names) = all.items[i];
	}
	add_configured(call, &names);
	return pd_call_known(call, "property to sort by,", sort + (*sort == '-'), &names);
}

int pd_call_property(struct pd_call *call, const struct pd_entries *entries)
{
	static const char *const recorded[] = {
		"name",	    "description", "pipeline", "mailbox", "owner",	"team",		 "priority",
		"category", "source",	   "status",   "spam",	  "deleted",	"automatic",	 "merged",
		"follower", "contact",	   "closed",   "subject", "conversation", "participant", "mailbox_also",
	};
	const char *property = pd_call_text(call, "property");
	struct pd_strings names = {0};

	if (!property)
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(recorded); i++)
		*pd_list_add(call->arena, &names) = recorded[i];
	add_configured(call, &names);
	for (size_t i = 0; i < entries->count; i++) /* also of a configuration that is no more */
		for (size_t k = 0; k < entries->items[i].event.changes.count; k++)
			pd_strings_add_once(call->arena, &names, entries->items[i].event.changes.items[k].property);
	return pd_strings_has_nocase(&names, property) ? 0 : pd_call_known(call, "property", property, &names);
}

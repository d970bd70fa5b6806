/* The verbs `contact` and `company`: who is known, and what of them. Changes go by `do`, as the commands of those names.
 *
 * An agent that sees some tickets only sees the contacts of those tickets, and their companies. Fails: the store's classes;
 * PD_PERMANENT where nobody is meant. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"
#include "desk/links.h"
#include "desk/people.h"

#define PAGE 500

static json_t *strings(struct pd_strings list)
{
	return pd_json_strings(&list);
}

static json_t *identities(const struct pd_contact *contact, const char *kind)
{
	json_t *array = json_array();

	for (size_t i = 0; i < contact->identities.count; i++)
		if (pd_equal(contact->identities.items[i].kind, kind))
			json_array_append_new(array, pd_json_text(contact->identities.items[i].value));
	return array;
}

/* "deal:77" with where it leads. */
static json_t *links(struct pd_call *call, const struct pd_strings *details)
{
	struct pd_strings values = pd_details(call->arena, details, "link");
	json_t *array = json_array();

	for (size_t i = 0; i < values.count; i++) {
		struct pd_link link;

		if (pd_link_parse(call->arena, values.items[i], &link))
			json_array_append_new(array, json_pack("{s:o,s:o,s:o}", "kind", pd_json_text(link.kind), "id",
							       pd_json_text(link.id), "url",
							       pd_json_text(pd_link_url(call->arena, call->settings, &link))));
	}
	return array;
}

static json_t *first_detail(struct pd_call *call, const struct pd_strings *details, const char *key)
{
	struct pd_strings values = pd_details(call->arena, details, key);

	return pd_json_text(values.count ? values.items[0] : NULL);
}

/* The tickets that the caller may see, newest first. */
static json_t *tickets_of(struct pd_call *call, const struct pd_tickets *tickets)
{
	json_t *array = json_array();

	for (size_t i = tickets->count; i > 0; i--)
		if (!tickets->items[i - 1]->is_deleted && pd_call_may_see(call, tickets->items[i - 1]))
			json_array_append_new(array, json_integer(tickets->items[i - 1]->number));
	return array;
}

static json_t *contact_object(struct pd_call *call, struct pd_context *context, const struct pd_contact *contact)
{
	json_t *object = json_object();
	struct pd_tickets tickets = pd_contact_tickets(context, contact->id);

	json_object_set_new(object, "id", json_integer(contact->id));
	json_object_set_new(object, "name", pd_json_text(contact->name && *contact->name ? contact->name : NULL));
	json_object_set_new(object, "names", strings(pd_details(call->arena, &contact->details, PD_DETAIL_NAME)));
	json_object_set_new(object, "addresses", identities(contact, "mail"));
	json_object_set_new(object, "phones", identities(contact, "phone"));
	json_object_set_new(object, "xmpp", identities(contact, "xmpp"));
	json_object_set_new(object, "company", pd_json_text(contact->company));
	json_object_set_new(object, "title", first_detail(call, &contact->details, "title"));
	json_object_set_new(object, "address", first_detail(call, &contact->details, "address"));
	json_object_set_new(object, "note", first_detail(call, &contact->details, "note"));
	json_object_set_new(object, "language", first_detail(call, &contact->details, PD_DETAIL_LANGUAGE));
	json_object_set_new(object, "links", links(call, &contact->details));
	json_object_set_new(object, "tickets", tickets_of(call, &tickets));
	return object;
}

/* Of the snapshot alone: nothing is planned. */
static int show_contact(struct pd_call *call, struct pd_context *context, const char *name)
{
	struct pd_identity identity;
	unsigned long long id;
	const struct pd_contact *contact = NULL;

	if (pd_number(name, 99999999, &id))
		contact = pd_plan_contact_followed(context, (int64_t)id);
	if (!contact && pd_identity_parse(call->arena, name, &identity))
		contact = pd_plan_contact_of(context, &identity);
	if (!contact || !pd_may_see_contact(context, call->agent, contact->id))
		return pd_fail(&call->error, PD_PERMANENT, "there is no contact \"%s\"", name);
	pd_call_emit(call, contact_object(call, context, contact));
	return 0;
}

int pd_verb_contact(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const char *name = pd_call_text(call, "name"), *text = pd_call_text(call, "text");
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	struct pd_arena *outer = call->arena;
	int64_t after = 0, limit = pd_call_number(call, "limit"), shown = 0;

	if (name) {
		struct pd_context context = pd_call_context(call, snapshot);

		failed = show_contact(call, &context, name);
		return failed ? failed : pd_call_checked(call, snapshot);
	}
	for (size_t count = PAGE; count == PAGE && !call->is_gone && !snapshot->failed && (!limit || shown < limit);) {
		PD_AUTO_ARENA page = pd_arena_new();

		call->arena = page;
		struct pd_context context = pd_call_context(call, snapshot);
		struct pd_contacts found =
			snapshot->contacts(snapshot, page, pd_call_text(call, "company"),
					   text && *text ? pd_fold(page, text) : NULL, after, PAGE);

		count = found.count;
		for (size_t i = 0; i < count && (!limit || shown < limit); i++) {
			after = found.items[i]->id;
			if (!pd_may_see_contact(&context, call->agent, after))
				continue;
			shown++;
			pd_call_emit(call, contact_object(call, &context, found.items[i]));
		}
		call->arena = outer;
	}
	return pd_call_checked(call, snapshot);
}

/* --- companies --- */

static json_t *company_object(struct pd_call *call, struct pd_context *context, const char *name, bool is_whole)
{
	struct pd_snapshot *snapshot = context->desk;
	struct pd_company company;
	json_t *object = json_object(), *contacts = json_array();

	(void)pd_plan_company(context, name, &company);
	json_object_set_new(object, "name", pd_json_text(company.name));
	json_object_set_new(object, "domains", strings(pd_details(call->arena, &company.details, PD_DETAIL_DOMAIN)));
	json_object_set_new(object, "phones", strings(pd_details(call->arena, &company.details, "phone")));
	json_object_set_new(object, "address", first_detail(call, &company.details, "address"));
	json_object_set_new(object, "note", first_detail(call, &company.details, "note"));
	json_object_set_new(object, "links", links(call, &company.details));
	struct pd_contacts found = snapshot->contacts(snapshot, call->arena, company.name, NULL, 0, is_whole ? 10000 : 100);

	for (size_t i = 0; i < found.count; i++)
		if (pd_may_see_contact(context, call->agent, found.items[i]->id))
			json_array_append_new(contacts, pd_json_text(pd_contact_address(found.items[i])
									     ? pd_contact_address(found.items[i])
									     : pd_contact_words(found.items[i])));
	json_object_set_new(object, "contacts", contacts);
	return object;
}

/* An agent that sees some tickets only sees companies of contacts that it sees; those without a contact are no secret. */
static bool is_shown(struct pd_call *call, const json_t *object)
{
	return !call->agent || pd_sees_all(call->settings, call->agent) ||
	       json_array_size(json_object_get(object, "contacts")) > 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int pd_verb_company(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	const char *name = pd_call_text(call, "name"), *text = pd_call_text(call, "text");
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (failed)
		return failed;
	struct pd_context context = pd_call_context(call, snapshot);
	struct pd_strings names = {0};
	struct pd_records of_contacts = snapshot->companies(snapshot, call->arena);
	struct pd_records named = snapshot->records(snapshot, call->arena, PD_COMPANY_RECORD);

	for (size_t i = 0; i < of_contacts.count; i++)
		*pd_list_add(call->arena, &names) = of_contacts.items[i].name;
	for (size_t i = 0; i < named.count; i++)
		*pd_list_add(call->arena, &names) = pd_strndup(call->arena, named.items[i].value, strcspn(named.items[i].value, "\n"));
	if (names.count > 1)
		qsort(names.items, names.count, sizeof *names.items, compare);
	bool is_found = false;

	for (size_t i = 0; i < names.count && !call->is_gone; i++) {
		const char *one = names.items[i];

		if ((i > 0 && pd_equal(one, names.items[i - 1])) ||
		    (name && !pd_equal(pd_fold(call->arena, one), pd_fold(call->arena, name))) ||
		    (text && *text && !strstr(pd_fold(call->arena, one), pd_fold(call->arena, text))))
			continue;
		json_t *object = company_object(call, &context, one, name != NULL);

		if (!is_shown(call, object)) {
			json_decref(object);
			continue;
		}
		is_found = true;
		pd_call_emit(call, object);
	}
	failed = pd_call_checked(call, snapshot);
	if (!failed && name && !is_found)
		return pd_fail(&call->error, PD_PERMANENT, "there is no company \"%s\"", name);
	return failed;
}

/* Companies: their records, the domains that stand for them, whose they are.
 *
 * Promises: an address at a public mail provider makes nobody's colleague; a company that gets another name keeps its
 * contacts, tickets and domains. Cannot fail; a failed snapshot sticks. */
#include "desk/people.h"

#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/company.h"

#define PAGE 500

static const char *key_of(struct pd_context *context, const char *name)
{
	return pd_clean_line(context->arena, pd_fold(context->arena, name), 0);
}

const char *pd_plan_company_of(struct pd_context *context, const char *address)
{
	const char *domain = pd_company_domain(pd_address_domain(context->arena, address));
	if (domain == NULL)
		return NULL;
	domain = pd_strdup(context->arena, domain);
	const char *name = pd_plan_record(context, PD_DOMAIN_RECORD, domain);
	if (name == NULL)
		return domain;
	return strcmp(name, PD_NO_COMPANY) == 0 ? NULL : name;
}

bool pd_plan_company(struct pd_context *context, const char *name, struct pd_company *ret_company)
{
	struct pd_arena *arena = context->arena;
	const char *value = pd_plan_record(context, PD_COMPANY_RECORD, key_of(context, name));
	*ret_company = (struct pd_company){.name = name};
	if (value == NULL) {
		const char *domain = strpbrk(name, " \t") == NULL ? pd_company_domain(pd_lower_ascii(arena, name)) : NULL;
		if (domain != NULL && pd_equal_nocase(domain, name) && strchr(domain, '.') != NULL &&
		    pd_plan_record(context, PD_DOMAIN_RECORD, domain) == NULL) {
			ret_company->name = pd_strdup(arena, domain);
			*pd_list_add(arena, &ret_company->details) = pd_printf(arena, PD_DETAIL_DOMAIN " %s", domain);
		}
		return false;
	}
	struct pd_strings lines = pd_lines(arena, value);
	for (size_t i = 0; i < lines.count; i++) {
		if (i == 0)
			ret_company->name = lines.items[0];
		else if (*lines.items[i] != '\0')
			*pd_list_add(arena, &ret_company->details) = lines.items[i];
	}
	return true;
}

static const char *value_of(struct pd_context *context, const struct pd_company *company)
{
	return company->details.count == 0
		       ? company->name
		       : pd_printf(context->arena, "%s\n%s", company->name,
				   pd_strings_join(context->arena, &company->details, "\n"));
}

/* The domains stand for it, and those that it has no more for themselves again. */
static void set_domains(struct pd_context *context, struct pd_ticket *home, const struct pd_company *before,
			const struct pd_company *company, const char *why)
{
	struct pd_strings old = pd_details(context->arena, &before->details, PD_DETAIL_DOMAIN);
	struct pd_strings new = pd_details(context->arena, &company->details, PD_DETAIL_DOMAIN);
	for (size_t i = 0; i < old.count; i++)
		if (!pd_strings_has(&new, old.items[i]))
			pd_plan_set_record(context, home, PD_DOMAIN_RECORD, old.items[i], NULL, why);
	for (size_t i = 0; i < new.count; i++)
		pd_plan_set_record(context, home, PD_DOMAIN_RECORD, new.items[i], company->name, why);
}

void pd_plan_set_company(struct pd_context *context, struct pd_ticket *home, const struct pd_company *company,
			 const char *why)
{
	struct pd_company before;
	if (!pd_plan_company(context, company->name, &before))
		memset(&before.details, 0, sizeof before.details);
	pd_plan_set_record(context, home, PD_COMPANY_RECORD, key_of(context, company->name), value_of(context, company), why);
	set_domains(context, home, &before, company, why);
}

/* --- whose it is --- */

/* The tickets that name it themselves. */
static struct pd_tickets tickets_of(struct pd_context *context, const char *name, size_t limit)
{
	struct pd_query who = {.op = PD_QUERY_FIELD, .field = PD_FIELD_OWN_COMPANY, .value = name, .kind = -1};
	return pd_tickets_of(context, &who, limit);
}

bool pd_company_is_known(struct pd_context *context, const char *name)
{
	struct pd_company company;
	if (pd_plan_company(context, name, &company) ||
	    context->desk->contacts(context->desk, context->arena, company.name, NULL, 0, 1).count > 0)
		return true;
	for (size_t i = 0; i < context->plan->contacts.count; i++)
		if (pd_equal(context->plan->contacts.items[i].contact.company, company.name))
			return true;
	return tickets_of(context, company.name, 1).count > 0;
}

static int64_t move_contacts(struct pd_context *context, struct pd_ticket *home, const char *from, const char *to,
			     const char *why)
{
	int64_t count = 0, after = 0;
	struct pd_contacts page;
	do {
		page = context->desk->contacts(context->desk, context->arena, from, NULL, after, PAGE);
		for (size_t i = 0; i < page.count; i++) {
			after = page.items[i]->id;
			const struct pd_contact *now = pd_plan_contact_by_id(context, after);
			if (now == NULL || !pd_equal(now->company, from))
				continue;
			struct pd_contact moved = *now;
			moved.company = to;
			pd_plan_set_contact(context, home, &moved, why);
			count++;
		}
	} while (page.count == PAGE);
	return count;
}

int64_t pd_plan_rename_company(struct pd_context *context, struct pd_ticket *home, const char *from, const char *to,
			       const char *why)
{
	struct pd_company old, new;
	bool was = pd_plan_company(context, from, &old), is_known = pd_plan_company(context, to, &new);
	struct pd_tickets tickets = tickets_of(context, old.name, SIZE_MAX / 2);
	for (size_t i = 0; context->agent != NULL && i < tickets.count; i++)
		if (!pd_may_see(context->settings, context->agent, tickets.items[i]))
			return -1;
	bool is_same_key = strcmp(key_of(context, from), key_of(context, to)) == 0;
	if (is_same_key || !is_known)
		new = (struct pd_company){.name = to};
	for (size_t i = 0; i < old.details.count; i++)
		pd_strings_add_once(context->arena, &new.details, old.details.items[i]);
	if (was && !is_same_key)
		pd_plan_set_record(context, home, PD_COMPANY_RECORD, key_of(context, from), NULL, why);
	pd_plan_set_record(context, home, PD_COMPANY_RECORD, key_of(context, to), value_of(context, &new), why);
	set_domains(context, home, &new, &new, why);
	int64_t count = move_contacts(context, home, old.name, new.name, why);
	for (size_t i = 0; i < tickets.count; i++) {
		struct pd_ticket *ticket = pd_plan_ticket(context, tickets.items[i]->number);
		if (ticket != NULL)
			pd_plan_set(context, ticket, PD_PROPERTY_COMPANY, new.name, why);
	}
	return count;
}

const char *pd_ticket_company(const struct pd_ticket *ticket, const struct pd_contact *contact)
{
	for (size_t i = 0; i < ticket->properties.count; i++) {
		const struct pd_change *property = &ticket->properties.items[i];
		if (strcmp(property->property, PD_PROPERTY_COMPANY) == 0 && property->to != NULL)
			return strcmp(property->to, PD_NO_COMPANY) == 0 ? NULL : property->to;
	}
	return contact != NULL ? contact->company : NULL;
}

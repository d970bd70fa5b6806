/* Contacts and companies: what is known of people, and where they belong.
 *
 * A contact is known by its identities (mail, phone, xmpp); what else is known stands in its details. A company is known
 * by its name, whatever the case; a domain that is nobody's mail provider stands for a company of that name until
 * somebody gives it another. Both are changed as records of the desk are (desk/ticket.h), so that history and undo hold
 * for them: a contact's record is kept in the contact itself. */
#ifndef PD_DESK_PEOPLE_H
#define PD_DESK_PEOPLE_H

#include "desk/plan.h"

#define PD_CONTACT_RECORD "contact" /* its name is the contact's id */
#define PD_COMPANY_RECORD "company" /* its name is the company's, folded */
#define PD_DOMAIN_RECORD  "domain"  /* its value is the company's name, "none": of nobody */
#define PD_NO_COMPANY	  "none"

/* Keys of details. "merged": the contact that this one turned out to be. */
#define PD_DETAIL_NAME	 "name"
#define PD_DETAIL_MERGED "merged"
#define PD_DETAIL_DOMAIN "domain"
#define PD_DETAIL_LANGUAGE "language" /* "fr": what the contact reads */

/* --- contacts --- */

const char *pd_contact_identity(const struct pd_contact *contact, const char *kind); /* the first; NULL */
/* "Jane Roe", else its first address or number; "" where nothing is known. */
const char *pd_contact_words(const struct pd_contact *contact);
/* The values of that key, in order. */
struct pd_strings pd_details(struct pd_arena *arena, const struct pd_strings *details, const char *key);
/* The contact that it was merged into; 0: none. */
int64_t pd_contact_merged(const struct pd_contact *contact);
/* The record's value and back: a line each, "name Jane", "mail jane@example.com". */
char *pd_contact_value(struct pd_arena *arena, const struct pd_contact *contact);
struct pd_contact *pd_contact_parse(struct pd_arena *arena, int64_t id, const char *value);
/* "+358 40 1234" and "0035840 1234" are +358401234; NULL: it is no phone number. */
char *pd_phone(struct pd_arena *arena, const char *text);
/* How the same number is written abroad, or at home: +358401234 and 0401234 where the settings' country_code is +358; NULL:
 * it has one spelling. */
char *pd_phone_elsewhere(struct pd_arena *arena, const struct pd_settings *settings, const char *phone);
void pd_phone_check(const struct pd_settings *settings, struct pd_problems *problems);
/* An address, a phone number, "xmpp:JID", "id:12": kind ("id" for the last) and value. False: it is none of these. */
bool pd_identity_parse(struct pd_arena *arena, const char *text, struct pd_identity *ret_identity);

/* As the plan leaves it, merged ones not followed; NULL: there is none. */
const struct pd_contact *pd_plan_contact_by_id(struct pd_context *context, int64_t id);
/* Whoever a merged contact turned out to be. */
const struct pd_contact *pd_plan_contact_followed(struct pd_context *context, int64_t id);
const struct pd_contact *pd_plan_contact_of(struct pd_context *context, const struct pd_identity *identity); /* NULL */
/* Makes a contact with that identity, which nobody has. */
const struct pd_contact *pd_plan_new_contact(struct pd_context *context, const struct pd_identity *identity,
					     const char *name);
/* Sets the contact to this, by an event of the ticket on which that was asked. */
void pd_plan_set_contact(struct pd_context *context, struct pd_ticket *home, const struct pd_contact *contact,
			 const char *why);
/* `from` turns out to be `into`, which takes over what it has; its tickets follow. Gives how many; -1: the actor may not
 * see one of them, and nothing was done. */
int64_t pd_plan_merge_contacts(struct pd_context *context, struct pd_ticket *home, int64_t from, int64_t into,
			       const char *why);
/* The tickets for which the query holds, deleted ones too, by number, at most limit. */
struct pd_tickets pd_tickets_of(struct pd_context *context, struct pd_query *query, size_t limit);
/* The tickets of a contact, deleted ones too, as the desk has them. */
struct pd_tickets pd_contact_tickets(struct pd_context *context, int64_t contact);
/* Every change of a contact's record in the plan changes the contact; plan.c calls this for each change. */
void pd_plan_note_contact(struct pd_context *context, const struct pd_change *change);

/* --- companies --- */

struct pd_company {
	const char *name;
	struct pd_strings details; /* "domain example.com", "phone +358…" */
};
/* The company's name that addresses of that domain have by themselves; NULL: none. */
const char *pd_plan_company_of(struct pd_context *context, const char *address);
/* The company of that name, whatever the case; false: nobody has named it, and ret_company is of that name alone, with
 * the domain that it stands for. */
bool pd_plan_company(struct pd_context *context, const char *name, struct pd_company *ret_company);
void pd_plan_set_company(struct pd_context *context, struct pd_ticket *home, const struct pd_company *company,
			 const char *why);
/* The company gets another name, or becomes part of the one that has it; its contacts and tickets follow. Gives how many
 * contacts; -1: the actor may not see one of the tickets. */
int64_t pd_plan_rename_company(struct pd_context *context, struct pd_ticket *home, const char *from, const char *to,
			       const char *why);
/* Has somebody named it, or is a contact or ticket of it? */
bool pd_company_is_known(struct pd_context *context, const char *name);
/* The ticket's own company, else that of its first contact (may be NULL); NULL: none. */
const char *pd_ticket_company(const struct pd_ticket *ticket, const struct pd_contact *contact);
/* Did the action correct or merge contacts or companies, and nothing else? */
bool pd_action_is_of_people(struct pd_context *context, int64_t action);
/* May the agent see the contact: one of its tickets that others brought it to, or all of them? Who adds a contact of
 * tickets unseen to one of its own does not see more by that. agent NULL: everybody. */
bool pd_may_see_contact(struct pd_context *context, const struct pd_agent *agent, int64_t contact);

#endif

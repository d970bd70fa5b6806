/* #company: which company the ticket is of, and what is known of companies.
 *
 * A ticket is of its contact's company; one that is named here stands in its place. A contact of whom no company is known
 * gets it, too. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/company.h"
#include "desk/people.h"

#define NAME_MAX 120 /* bytes */

static const char *const company_keys[] = {"name", "domain", "phone", "address", "note", "link", NULL};

static bool parse_name(struct command_parser *parser, struct pd_command *command, const char *name)
{
	if (*name != '\0' && strlen(name) <= NAME_MAX && strpbrk(name, "\n=") == NULL &&
	    !command_is_keyword(parser->arena, name, PD_NO_COMPANY))
		return true;
	command_wrong(parser, command, PARSER_SAY(parser, "a company's name has 1 to 120 characters, without =."));
	return false;
}

void command_parse_company(struct command_parser *parser, struct pd_command *command)
{
	if (command_split_person(parser, command)) {
		if (!parse_name(parser, command, command->value))
			return;
		if (command->number == PERSON_MERGE)
			(void)parse_name(parser, command, command->words.items[0]);
		else
			(void)command_check_keys(parser, command, company_keys);
		return;
	}
	const char *name = pd_strings_join(parser->arena, &command->words, " ");
	command->number = command_is_keyword(parser->arena, name, PD_NO_COMPANY) ? PERSON_TAKE_AWAY : PERSON_ADD;
	if (command->number == PERSON_ADD && parse_name(parser, command, name))
		command->value = name;
}

/* --- with the desk --- */

static void check_pairs(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_company company;
	(void)pd_plan_company(context, command->value, &company);
	for (size_t i = 0; i < command->words.count; i++) {
		bool is_removal;
		const char *value, *key = command_pair(context->arena, command->words.items[i], &is_removal, &value);
		if (strcmp(key, "name") == 0 && (is_removal || *value == '\0'))
			command_refused(run, command, RUN_SAY(run, "a name is needed."));
		if (strcmp(key, "domain") != 0 || is_removal)
			continue;
		const char *domain = pd_lower_ascii(context->arena, value), *of = pd_company_domain(domain);
		if (of == NULL || strcmp(of, domain) != 0) {
			command_refused(run, command,
					RUN_SAY(run, "{domain} stands for no company: it is a provider's, or no whole domain.",
						"domain", value));
			continue;
		}
		const char *owner = pd_plan_record(context, PD_DOMAIN_RECORD, of);
		if (owner != NULL && strcmp(owner, company.name) != 0)
			command_refused(run, command,
					RUN_SAY(run, "{domain} is {company}'s.", "domain", value, "company", owner));
	}
}

void command_check_company(struct command_run *run, const struct pd_command *command)
{
	const struct pd_agent *agent = run->context->agent;
	if (command->number == PERSON_MERGE)
		command_check_one_person(run, command);
	if ((command->number == PERSON_MERGE || command->number == PERSON_SET) && agent != NULL &&
	    !pd_sees_all(run->context->settings, agent))
		command_refused(run, command,
				RUN_SAY(run, "that would change tickets that you may not see: nothing was done."));
	else if (command->number == PERSON_MERGE && !pd_company_is_known(run->context, command->value))
		command_refused(run, command, RUN_SAY(run, "there is no company {name}.", "name", command->value));
	else if (command->number == PERSON_MERGE && pd_equal(command->value, command->words.items[0]))
		command_refused(run, command, RUN_SAY(run, "they are one company already."));
	else if (command->number == PERSON_SET)
		check_pairs(run, command);
}

static int rename_company(struct command_run *run, const struct pd_command *command, struct pd_ticket *home, const char *from,
		  const char *to)
{
	int64_t count = pd_plan_rename_company(run->context, home, from, to, command_why(run, command));
	if (count < 0)
		return pd_fail(run->error, PD_PERMANENT, "#company: %s",
			       RUN_SAY(run, "that would change tickets that you may not see: nothing was done."));
	command_report(run, command,
		       RUN_SAY(run, "{from} is {to} now; contacts: {count}", "from", from, "to", to, "count",
			       pd_printf(run->context->arena, "%lld", (long long)count)));
	return 0;
}

/* Contacts whose domain is the company's from now on, and who are of no other, are of it. */
static void take_domain(struct command_run *run, const struct pd_command *command, struct pd_ticket *home,
			const char *domain, const char *name)
{
	struct pd_context *context = run->context;
	struct pd_contacts found = context->desk->contacts(context->desk, context->arena, domain, NULL, 0, 100000);
	for (size_t i = 0; i < found.count; i++) {
		const struct pd_contact *now = pd_plan_contact_by_id(context, found.items[i]->id);
		if (now == NULL || !pd_equal(now->company, domain))
			continue;
		struct pd_contact contact = *now;
		contact.company = name;
		pd_plan_set_contact(context, home, &contact, command_why(run, command));
	}
}

static int set_pairs(struct command_run *run, const struct pd_command *command, struct pd_ticket *home)
{
	struct pd_context *context = run->context;
	struct pd_company company;
	const char *name = NULL;
	(void)pd_plan_company(context, command->value, &company);
	for (size_t i = 0; i < command->words.count; i++) {
		bool is_removal;
		const char *value, *key = command_pair(context->arena, command->words.items[i], &is_removal, &value);
		if (strcmp(key, "name") == 0) {
			name = value;
			continue;
		}
		bool is_domain = strcmp(key, "domain") == 0;
		if (is_domain)
			value = pd_lower_ascii(context->arena, value);
		command_set_detail(context->arena, &company.details, key, value,
				   strcmp(key, "address") == 0 || strcmp(key, "note") == 0, is_removal);
		if (is_domain && !is_removal)
			take_domain(run, command, home, value, company.name);
	}
	pd_plan_set_company(context, home, &company, command_why(run, command));
	command_report(run, command,
		       pd_printf(context->arena, "%s%s%s", company.name, company.details.count > 0 ? ": " : "",
				 pd_strings_join(context->arena, &company.details, ", ")));
	return name != NULL && strcmp(name, company.name) != 0 ? rename_company(run, command, home, company.name, name) : 0;
}

/* name NULL: none. */
static void set_ticket(struct command_run *run, const struct pd_command *command, const char *name)
{
	struct pd_context *context = run->context;
	struct pd_ticket *ticket = run->ticket;
	const struct pd_contact *first =
		ticket->contacts.count > 0 ? pd_plan_contact_followed(context, ticket->contacts.items[0]) : NULL;
	const char *before = pd_strdup(context->arena, pd_ticket_company(ticket, first));
	if (pd_equal(before, name)) {
		command_report(run, command,
			       RUN_SAY(run, "{property} is {value} already", "property", RUN_SAY(run, "company"), "value",
				       name != NULL ? name : RUN_SAY(run, "none")));
		return;
	}
	const char *of_contact = first != NULL ? first->company : NULL;
	if (first != NULL && of_contact == NULL && name != NULL && pd_may_see_contact(context, context->agent, first->id)) {
		struct pd_contact contact = *first;
		contact.company = of_contact = name;
		pd_plan_set_contact(context, ticket, &contact, command_why(run, command));
		command_report(run, command,
			       RUN_SAY(run, "{who} is of {company} now", "who", pd_contact_words(&contact), "company", name));
	}
	const char *own = pd_equal(name, of_contact) ? NULL : name != NULL ? name : PD_NO_COMPANY;
	pd_plan_set(context, ticket, PD_PROPERTY_COMPANY, own, command_why(run, command));
	command_report(run, command,
		       pd_printf(context->arena, "%s %s -> %s", RUN_SAY(run, "company"),
				 before != NULL ? before : RUN_SAY(run, "none"), name != NULL ? name : RUN_SAY(run, "none")));
}

int command_apply_company(struct command_run *run, const struct pd_command *command)
{
	struct pd_ticket *home = command_home(run);
	struct pd_company company;
	if (home == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "there is no mailbox for it."));
	if (command->number == PERSON_SET)
		return set_pairs(run, command, home);
	if (command->number == PERSON_MERGE)
		return rename_company(run, command, home, command->value, command->words.items[0]);
	if (command->number == PERSON_TAKE_AWAY) {
		set_ticket(run, command, NULL);
		return 0;
	}
	(void)pd_plan_company(run->context, command->value, &company);
	set_ticket(run, command, company.name);
	return 0;
}

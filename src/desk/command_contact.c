/* #contact: who takes part in the ticket, who somebody is, and what is known of them.
 *
 * "#contact ADDRESS" on a ticket whose contact has no mail address yet (who called, or chatted) tells who that was: its
 * tickets follow. Corrections and merges need no ticket; they stand with the one on which they were asked. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/people.h"

/* --- what #contact and #company have in common --- */

static size_t key_len(const char *word)
{
	size_t len = *word == '-' ? 1 : 0, start = len;
	while ((word[len] >= 'a' && word[len] <= 'z') || (word[len] >= 'A' && word[len] <= 'Z'))
		len++;
	return len > start && word[len] == '=' ? len : 0;
}

bool command_split_person(struct command_parser *parser, struct pd_command *command)
{
	struct pd_strings words = command->words, who = {0}, rest = {0};
	size_t i = 0;
	while (i < words.count && strcmp(words.items[i], "=") != 0 && key_len(words.items[i]) == 0)
		*pd_list_add(parser->arena, &who) = words.items[i++];
	if (i == words.count || who.count == 0)
		return false;
	bool is_merge = strcmp(words.items[i], "=") == 0;
	for (i += is_merge; i < words.count; i++)
		*pd_list_add(parser->arena, &rest) = words.items[i];
	if (rest.count == 0)
		return false;
	command->value = pd_strings_join(parser->arena, &who, " ");
	command->number = is_merge ? PERSON_MERGE : PERSON_SET;
	command->is_alone = true;
	memset(&command->words, 0, sizeof command->words);
	if (is_merge)
		*pd_list_add(parser->arena, &command->words) = pd_strings_join(parser->arena, &rest, " ");
	else
		command->words = rest;
	return true;
}

void command_check_one_person(struct command_run *run, const struct pd_command *command)
{
	const struct pd_agent *agent = run->context->agent;
	if (agent != NULL && !pd_may(agent, "merge"))
		command_refused(run, command,
				RUN_SAY(run, "you lack the right \"{right}\" that #{word} needs.", "right", "merge", "word",
					pd_printf(run->context->arena, "%s %s = %s", command->spec->word, command->value,
						  command->words.items[0])));
}

const char *command_pair(struct pd_arena *arena, const char *pair, bool *ret_is_removal, const char **ret_value)
{
	const size_t len = key_len(pair);
	*ret_is_removal = *pair == '-';
	*ret_value = len > 0 ? pd_clean_line(arena, pair + len + 1, 0) : "";
	return pd_lower_ascii(arena, pd_strndup(arena, pair + *ret_is_removal, len > 0 ? len - *ret_is_removal : 0));
}

bool command_check_keys(struct command_parser *parser, struct pd_command *command, const char *const *keys)
{
	struct pd_strings known = {0};
	for (size_t i = 0; keys[i] != NULL; i++)
		*pd_list_add(parser->arena, &known) = keys[i];
	for (size_t i = 0; i < command->words.count; i++) {
		bool is_removal;
		const char *value, *key = command_pair(parser->arena, command->words.items[i], &is_removal, &value);
		if (pd_strings_has(&known, key))
			continue;
		const struct pd_found none = pd_found_none(parser->arena, key, &known);
		command_wrong(parser, command,
			      *key == '\0' ? PARSER_SAY(parser, "\"{text}\" is no KEY=VALUE; a value with blanks is put in "
								"quotation marks.",
							"text", command->words.items[i])
					   : pd_found_words(parser->arena, parser->language, "property", key, &none));
		return false;
	}
	return true;
}

void command_set_detail(struct pd_arena *arena, struct pd_strings *details, const char *key, const char *value,
			bool is_one, bool is_removal)
{
	const char *wanted = pd_printf(arena, "%s %s", key, value);
	struct pd_strings kept = {0};
	bool is_done = is_removal || *value == '\0';
	for (size_t i = 0; i < details->count; i++) {
		bool is_of_key = pd_starts(details->items[i], pd_printf(arena, "%s ", key));
		bool goes = is_removal ? strcmp(details->items[i], wanted) == 0 || (is_of_key && *value == '\0')
				       : is_of_key && is_one;
		if (goes && !is_done) {
			*pd_list_add(arena, &kept) = wanted;
			is_done = true;
		} else if (!goes) {
			*pd_list_add(arena, &kept) = details->items[i];
		}
	}
	if (!is_done)
		pd_strings_add_once(arena, &kept, wanted);
	*details = kept;
}

/* --- parsing --- */

static const char *const contact_keys[] = {"name", "also", "mail",    "phone", "mobile", "xmpp",
					   "company", "title", "address", "note",  "link",   "language", NULL};

static bool parse_who(struct command_parser *parser, struct pd_command *command, const char *text)
{
	struct pd_identity identity;
	if (!pd_identity_parse(parser->arena, text, &identity)) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "\"{text}\" is no mail address, phone number or xmpp:ADDRESS.", "text", text));
		return false;
	}
	if (strcmp(identity.kind, "mail") == 0 && pd_settings_mailbox_of(parser->settings, identity.value) != NULL) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "{address} is an address of the desk itself.", "address", identity.value));
		return false;
	}
	return true;
}

void command_parse_contact(struct command_parser *parser, struct pd_command *command)
{
	struct pd_addresses addresses = {0};
	if (command->words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	if (command_split_person(parser, command)) {
		if (!parse_who(parser, command, command->value))
			return;
		if (command->number == PERSON_MERGE)
			(void)parse_who(parser, command, command->words.items[0]);
		else
			(void)command_check_keys(parser, command, contact_keys);
		return;
	}
	command->number = *command->rest == '-' ? PERSON_TAKE_AWAY : PERSON_ADD;
	const char *rest = command->rest + (command->number == PERSON_TAKE_AWAY ? 1 : 0);
	if (command_addresses(parser->arena, rest, &addresses) == NULL && addresses.count == 1) {
		if (parse_who(parser, command, addresses.items[0].addr))
			command->value = pd_participant_value(parser->arena, &addresses.items[0]);
	} else if (parse_who(parser, command, rest)) {
		command->value = pd_trim(parser->arena, rest);
	}
}

/* --- with the desk --- */

/* The name beside an address, "" without. */
static struct pd_identity identity_of(struct command_run *run, const char *text, const char **ret_name)
{
	struct pd_identity identity = {.kind = "", .value = ""};
	const char *name = "";
	if (strchr(text, '<') != NULL) {
		struct pd_address address = pd_participant_parse(run->context->arena, text);
		text = address.addr;
		name = address.name;
	}
	(void)pd_identity_parse(run->context->arena, text, &identity);
	if (ret_name != NULL)
		*ret_name = name;
	return identity;
}

static const struct pd_contact *contact_of(struct command_run *run, const char *text)
{
	struct pd_identity identity = identity_of(run, text, NULL);
	return pd_plan_contact_of(run->context, &identity);
}

/* Is it a contact that the actor may see? must_exist: one there must be. Else an error of the command. */
static bool check_who(struct command_run *run, const struct pd_command *command, const char *text, bool must_exist)
{
	const struct pd_contact *contact = contact_of(run, text);
	struct pd_identity identity = identity_of(run, text, NULL);
	must_exist |= strcmp(identity.kind, "id") == 0;
	if (contact == NULL ? !must_exist : pd_may_see_contact(run->context, run->context->agent, contact->id))
		return true;
	command_refused(run, command, RUN_SAY(run, "there is no contact {who}.", "who", text));
	return false;
}

/* Whom an added address belongs to already; NULL: nobody else. */
static const struct pd_contact *taken(struct command_run *run, const char *key, const char *value, int64_t id,
				      struct pd_identity *ret_identity)
{
	const char *text = strcmp(key, "xmpp") == 0 && !pd_starts_nocase(value, "xmpp:")
				   ? pd_printf(run->context->arena, "xmpp:%s", value)
				   : value;
	if (!pd_identity_parse(run->context->arena, text, ret_identity))
		ret_identity->kind = "";
	const struct pd_contact *other =
		*ret_identity->kind != '\0' ? pd_plan_contact_of(run->context, ret_identity) : NULL;
	return other != NULL && other->id != id ? other : NULL;
}

static const char *kind_of(const char *key)
{
	return strcmp(key, "mobile") == 0 ? "phone" : key;
}

static bool is_identity_key(const char *key)
{
	return strcmp(key, "mail") == 0 || strcmp(kind_of(key), "phone") == 0 || strcmp(key, "xmpp") == 0;
}

static void check_language(struct command_run *run, const struct pd_command *command, const char *value)
{
	struct pd_strings known = pd_split(run->context->arena,
					   pd_group_value(pd_find_property(run->context->settings, PD_PROPERTY_LANGUAGE),
							  "choices", NULL),
					   ';');
	const struct pd_found none = pd_found_none(run->context->arena, value, &known);
	command_refused_found(run, command, "language", value, &none);
}

static void check_pairs(struct command_run *run, const struct pd_command *command)
{
	const struct pd_contact *contact = contact_of(run, command->value);
	for (size_t i = 0; i < command->words.count; i++) {
		bool is_removal;
		struct pd_identity identity = {0};
		const char *value, *key = command_pair(run->context->arena, command->words.items[i], &is_removal, &value);
		if (strcmp(key, "name") == 0 && !is_removal && *value == '\0')
			command_refused(run, command, RUN_SAY(run, "a name is needed."));
		if (strcmp(key, PD_DETAIL_LANGUAGE) == 0 && *value != '\0' && pd_language_find(value, strlen(value)) == NULL)
			check_language(run, command, value);
		if (!is_identity_key(key) || (is_removal && *value == '\0'))
			continue;
		const struct pd_contact *other = taken(run, key, value, contact != NULL ? contact->id : 0, &identity);
		if (strcmp(identity.kind, kind_of(key)) != 0)
			command_refused(run, command,
					RUN_SAY(run, "\"{text}\" is none for {key}.", "text", value, "key", key));
		else if (strcmp(key, "mail") == 0 && pd_settings_mailbox_of(run->context->settings, identity.value) != NULL)
			command_refused(run, command,
					RUN_SAY(run, "{address} is an address of the desk itself.", "address", value));
		else if (other != NULL && !is_removal && !pd_may_see_contact(run->context, run->context->agent, other->id))
			command_refused(run, command, RUN_SAY(run, "{value} is somebody else's.", "value", value));
		else if (other != NULL && !is_removal)
			command_refused(run, command,
					RUN_SAY(run, "{value} is {who}'s. #contact {value} = {self} tells that they are one.",
						"value", value, "who", pd_contact_words(other), "self", command->value));
	}
}

/* Who called or chatted, where that address would tell who it was: the ticket's first contact without one. */
static const struct pd_contact *unknown_first(struct command_run *run, const struct pd_identity *identity)
{
	const struct pd_ticket *ticket = run->ticket;
	if (ticket == NULL || ticket->contacts.count == 0 || strcmp(identity->kind, "mail") != 0)
		return NULL;
	const struct pd_contact *first = pd_plan_contact_followed(run->context, ticket->contacts.items[0]);
	const struct pd_contact *known = pd_plan_contact_of(run->context, identity);
	return first != NULL && pd_contact_address(first) == NULL && (known == NULL || known->id != first->id) ? first : NULL;
}

/* To tell that somebody is a contact that there is makes one of two. */
static void check_identified(struct command_run *run, const struct pd_command *command)
{
	struct pd_identity identity = identity_of(run, command->value, NULL);
	if (unknown_first(run, &identity) == NULL || pd_plan_contact_of(run->context, &identity) == NULL)
		return;
	const struct pd_agent *agent = run->context->agent;
	if (agent != NULL && !pd_may(agent, "merge"))
		command_refused(run, command,
				RUN_SAY(run, "you lack the right \"{right}\" that #{word} needs.", "right", "merge", "word",
					pd_printf(run->context->arena, "%s %s", command->spec->word, command->rest)));
	else
		(void)check_who(run, command, identity.value, false);
}

void command_check_contact(struct command_run *run, const struct pd_command *command)
{
	if (command->number == PERSON_MERGE) {
		command_check_one_person(run, command);
		const struct pd_contact *from = contact_of(run, command->value), *into = contact_of(run, command->words.items[0]);
		if (check_who(run, command, command->value, true) &&
		    check_who(run, command, command->words.items[0], false) && from != NULL && into != NULL &&
		    from->id == into->id)
			command_refused(run, command, RUN_SAY(run, "they are one contact already."));
	} else if (command->number == PERSON_SET) {
		if (check_who(run, command, command->value, false))
			check_pairs(run, command);
	} else if (command->number == PERSON_ADD) {
		check_identified(run, command);
	}
}

static int refuse_unseen(struct command_run *run)
{
	return pd_fail(run->error, PD_PERMANENT, "#contact: %s",
		       RUN_SAY(run, "that would change tickets that you may not see: nothing was done."));
}

static void add_identity(struct pd_arena *arena, struct pd_contact *contact, const struct pd_identity *identity)
{
	for (size_t i = 0; i < contact->identities.count; i++)
		if (strcmp(contact->identities.items[i].kind, identity->kind) == 0 &&
		    strcmp(contact->identities.items[i].value, identity->value) == 0)
			return;
	*pd_list_add(arena, &contact->identities) = *identity;
}

/* To be changed without changing what the plan holds. */
static struct pd_contact copy_of(struct pd_arena *arena, const struct pd_contact *contact)
{
	return *pd_contact_parse(arena, contact->id, pd_contact_value(arena, contact));
}

static void remove_identity(struct pd_contact *contact, const struct pd_identity *identity)
{
	size_t count = 0;
	for (size_t i = 0; i < contact->identities.count; i++) {
		const struct pd_identity *one = &contact->identities.items[i];
		if (strcmp(one->kind, identity->kind) != 0 ||
		    (*identity->value != '\0' && strcmp(one->value, identity->value) != 0))
			contact->identities.items[count++] = *one;
	}
	contact->identities.count = count;
}

static void set_pair(struct command_run *run, struct pd_contact *contact, const char *pair)
{
	struct pd_context *context = run->context;
	bool is_removal;
	const char *value, *key = command_pair(context->arena, pair, &is_removal, &value);
	struct pd_identity identity = {.kind = kind_of(key), .value = value};
	struct pd_company company;
	if (strcmp(key, "name") == 0) {
		contact->name = is_removal ? "" : value;
	} else if (is_identity_key(key)) {
		if (*value != '\0')
			(void)taken(run, key, value, contact->id, &identity);
		if (is_removal)
			remove_identity(contact, &identity);
		else
			add_identity(context->arena, contact, &identity);
	} else if (strcmp(key, "company") == 0) {
		(void)pd_plan_company(context, value, &company);
		bool is_none = is_removal || *value == '\0' || command_is_keyword(context->arena, value, PD_NO_COMPANY);
		contact->company = is_none ? NULL : company.name;
	} else if (strcmp(key, PD_DETAIL_LANGUAGE) == 0) {
		const char *language = pd_language_find(value, strlen(value));
		command_set_detail(context->arena, &contact->details, key, language != NULL ? language : "", true, is_removal);
	} else {
		bool is_name = strcmp(key, "also") == 0, is_many = is_name || strcmp(key, "link") == 0;
		command_set_detail(context->arena, &contact->details, is_name ? PD_DETAIL_NAME : key, value, !is_many,
				   is_removal);
	}
}

/* Everything that is known, in one line. */
static const char *told(struct command_run *run, const struct pd_contact *contact)
{
	struct pd_strings lines = pd_lines(run->context->arena, pd_contact_value(run->context->arena, contact)), parts = {0};
	for (size_t i = 0; i < lines.count; i++)
		if (*lines.items[i] != '\0')
			*pd_list_add(run->context->arena, &parts) = lines.items[i];
	return pd_strings_join(run->context->arena, &parts, ", ");
}

static void set_pairs(struct command_run *run, const struct pd_command *command, struct pd_ticket *home)
{
	struct pd_context *context = run->context;
	struct pd_identity identity = identity_of(run, command->value, NULL);
	const struct pd_contact *known = pd_plan_contact_of(context, &identity);
	if (known == NULL)
		known = pd_plan_new_contact(context, &identity, "");
	struct pd_contact contact = copy_of(context->arena, known);
	for (size_t i = 0; i < command->words.count; i++)
		set_pair(run, &contact, command->words.items[i]);
	pd_plan_set_contact(context, home, &contact, command_why(run, command));
	command_report(run, command, told(run, &contact));
}

static int64_t seen_tickets(struct pd_context *context, int64_t contact)
{
	struct pd_tickets tickets = pd_contact_tickets(context, contact);
	int64_t count = 0;
	for (size_t i = 0; i < tickets.count; i++)
		count += context->agent == NULL || pd_may_see(context->settings, context->agent, tickets.items[i]);
	return count;
}

/* `from` turns out to be who has that identity, or gets it. */
static int identify(struct command_run *run, const struct pd_command *command, struct pd_ticket *home,
		    const struct pd_contact *from, const struct pd_identity *identity, const char *name)
{
	struct pd_context *context = run->context;
	const struct pd_contact *into = pd_plan_contact_of(context, identity);
	const char *who = pd_strdup(context->arena, pd_contact_words(from));
	int64_t count;
	if (into != NULL) {
		count = pd_plan_merge_contacts(context, home, from->id, into->id, command_why(run, command));
		if (count < 0)
			return refuse_unseen(run);
	} else {
		struct pd_contact contact = copy_of(context->arena, from);
		count = seen_tickets(context, from->id);
		add_identity(context->arena, &contact, identity);
		if (*contact.name == '\0')
			contact.name = name;
		if (contact.company == NULL && strcmp(identity->kind, "mail") == 0)
			contact.company = pd_plan_company_of(context, identity->value);
		pd_plan_set_contact(context, home, &contact, command_why(run, command));
	}
	command_report(run, command,
		       RUN_SAY(run, "{who} is {known} now; tickets: {count}", "who", who, "known", identity->value, "count",
			       pd_printf(context->arena, "%lld", (long long)count)));
	return 0;
}

static int add(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *name;
	struct pd_identity identity = identity_of(run, command->value, &name);
	const struct pd_contact *contact = pd_plan_contact_of(context, &identity);
	const struct pd_contact *unknown = unknown_first(run, &identity);
	bool is_mail = strcmp(identity.kind, "mail") == 0;
	if (unknown != NULL)
		return identify(run, command, run->ticket, unknown, &identity, name);
	const struct pd_address address = {.name = name, .addr = identity.value};
	if (is_mail)
		contact = pd_plan_contact(context, &address);
	else if (contact == NULL)
		contact = pd_plan_new_contact(context, &identity, "");
	const char *id = pd_printf(context->arena, "%lld", (long long)contact->id);
	bool is_new = pd_plan_add(context, run->ticket, "contact", id, 0, command_why(run, command)) != NULL;
	command_report(run, command,
		       is_new ? RUN_SAY(run, "{who} is a contact now", "who", identity.value)
			      : RUN_SAY(run, "{who} is a contact already", "who", identity.value));
	return 0;
}

static void take_away(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_identity identity = identity_of(run, command->value, NULL);
	const struct pd_contact *contact = pd_plan_contact_of(context, &identity);
	const char *id = pd_printf(context->arena, "%lld", contact != NULL ? (long long)contact->id : 0LL);
	bool was = contact != NULL &&
		   pd_plan_remove(context, run->ticket, "contact", id, 0, command_why(run, command)) != NULL;
	command_report(run, command,
		       was ? RUN_SAY(run, "{who} is no contact any more", "who", identity.value)
			   : RUN_SAY(run, "{who} is no contact of this ticket", "who", identity.value));
}

int command_apply_contact(struct command_run *run, const struct pd_command *command)
{
	struct pd_ticket *home = command_home(run);
	if (home == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "there is no mailbox for it."));
	if (command->number == PERSON_ADD)
		return add(run, command);
	if (command->number == PERSON_TAKE_AWAY) {
		take_away(run, command);
	} else if (command->number == PERSON_SET) {
		set_pairs(run, command, home);
	} else {
		const char *name;
		struct pd_identity identity = identity_of(run, command->words.items[0], &name);
		const struct pd_contact *from = contact_of(run, command->value);
		if (from != NULL)
			return identify(run, command, home, from, &identity, name);
	}
	return 0;
}

/* Commands that shape the reply or make it a comment: recipients, sender, subject, note; and sending what was
 * held. */
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/sending.h"
#include "desk/timeline.h"

#define ADDRESSES_MAX 50  /* of one command */
#define SUBJECT_MAX   250 /* characters */

/* --- addresses (RFC 5321, section 4.1.2, without quoted local parts and literals) --- */

static bool is_address(const char *text)
{
	const char *at = strrchr(text, '@');
	if (at == NULL || at == text || strlen(text) > 254 || strpbrk(text, " \t<>()[]\",;:\\") != NULL)
		return false;
	const char *domain = at + 1;
	if (*domain == '.' || strchr(domain, '.') == NULL || pd_ends(domain, ".") ||
	    strstr(text, "..") != NULL || strchr(text, '@') != at || *text == '.' || at[-1] == '.')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x21 || *c == 0x7f)
			return false;
	return true;
}

/* "Anna Virtanen <anna@example.com>", "<a@b.c>", "a@b.c"; phones add "mailto:" and a full stop. */
static bool take_address(struct pd_arena *arena, const char *text, struct pd_address *ret_address)
{
	struct pd_address address = pd_participant_parse(arena, text);
	char *addr =
		pd_strdup(arena, pd_starts_nocase(address.addr, "mailto:") ? address.addr + strlen("mailto:")
									   : address.addr);
	for (size_t len = strlen(addr); len > 0 && strchr(".,;", addr[len - 1]) != NULL;)
		addr[--len] = '\0';
	if (!is_address(addr))
		return false;
	char *name = pd_strdup(arena, address.name != NULL ? address.name : "");
	size_t len = strlen(name);
	if (len >= 2 && name[0] == '"' && name[len - 1] == '"')
		name = pd_strndup(arena, name + 1, len - 2);
	char *domain = strrchr(addr, '@') + 1;
	for (; *domain != '\0'; domain++)
		*domain = g_ascii_tolower(*domain);
	*ret_address = (struct pd_address){.name = name, .addr = addr};
	return true;
}

const char *command_addresses(struct pd_arena *arena, const char *text, struct pd_addresses *ret_addresses)
{
	struct pd_addresses found = {0};
	/* At commas and semicolons; without names also at blanks. */
	char *parts = pd_strdup(arena, text);
	bool is_in_quotes = false, is_in_angles = false, has_names = strchr(text, '<') != NULL;
	for (char *c = parts; *c != '\0'; c++) {
		if (*c == '"')
			is_in_quotes = !is_in_quotes;
		else if (*c == '<' || *c == '>')
			is_in_angles = *c == '<';
		else if (!is_in_quotes && !is_in_angles &&
			 (*c == ',' || *c == ';' || (*c == ' ' && !has_names)))
			*c = '\n';
	}
	struct pd_strings each = pd_lines(arena, parts);
	for (size_t i = 0; i < each.count; i++) {
		struct pd_address address;
		const char *part = pd_trim(arena, each.items[i]);
		if (*part == '\0')
			continue;
		if (!take_address(arena, part, &address))
			return part;
		if (found.count < ADDRESSES_MAX)
			*pd_list_add(arena, &found) = address;
	}
	if (found.count == 0)
		return text;
	*ret_addresses = found;
	return NULL;
}

void command_parse_recipients(struct command_parser *parser, struct pd_command *command)
{
	struct pd_commands *commands = parser->commands;
	struct pd_addresses addresses = {0};
	const char *bad = command_addresses(parser->arena, command->rest, &addresses);
	if (bad != NULL) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "\"{text}\" is no mail address.", "text", bad));
		return;
	}
	struct pd_addresses *list = strcmp(command->spec->word, "to") == 0   ? &commands->to
				    : strcmp(command->spec->word, "cc") == 0 ? &commands->cc
									     : &commands->bcc;
	for (size_t i = 0; i < addresses.count; i++) {
		const struct pd_agent *agent =
			pd_settings_agent_of(parser->settings, addresses.items[i].addr);
		if (pd_settings_mailbox_of(parser->settings, addresses.items[i].addr) != NULL)
			command_wrong(parser, command,
				      PARSER_SAY(parser, "{address} is an address of the desk itself.",
						 "address", addresses.items[i].addr));
		else if (agent != NULL && list != &commands->bcc) /* invariant 4 */
			command_wrong(parser, command,
				      PARSER_SAY(parser,
						 "the contact would see {address}, the own address of {agent}. #follow "
						 "{name} shows the ticket to {agent}, unseen.",
						 "address", addresses.items[i].addr, "agent", agent->full_name, "name",
						 agent->name));
		else
			*pd_list_add(parser->arena, list) = addresses.items[i];
	}
}

void command_parse_from(struct command_parser *parser, struct pd_command *command)
{
	struct pd_found found = pd_find_mailbox(parser->arena, parser->settings, command->rest);
	if (found.name == NULL) {
		command_wrong_found(parser, command, "address of the desk", command->rest, &found);
		return;
	}
	const struct pd_mailbox *mailbox = pd_settings_mailbox(parser->settings, found.name);
	command->value = mailbox->addresses.items[0];
	for (size_t i = 0; i < mailbox->addresses.count; i++)
		if (pd_starts_nocase(command->rest, mailbox->addresses.items[i]))
			command->value = mailbox->addresses.items[i];
	parser->commands->from = command->value;
}

void command_parse_subject(struct command_parser *parser, struct pd_command *command)
{
	if (*command->rest == '\0') {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	command->value = pd_clean_line(parser->arena, command->rest, SUBJECT_MAX);
	parser->commands->subject = command->value;
}

/* #note TEXT, #note E7 TEXT: the entry that it is about goes into number. */
void command_parse_note(struct command_parser *parser, struct pd_command *command)
{
	struct pd_commands *commands = parser->commands;
	const char *text = command->rest;
	if (command->words.count > 1 && command_entry(command->words.items[0]) != 0) {
		command->number = commands->note_about = command_entry(command->words.items[0]);
		text = pd_trim(parser->arena, text + strcspn(text, " "));
	}
	commands->is_note = true;
	if (*commands->note == '\0')
		commands->note = text;
	else if (*text != '\0')
		commands->note = pd_printf(parser->arena, "%s\n%s", commands->note, text);
}

void command_parse_draft(struct command_parser *parser, struct pd_command *command)
{
	command_parse_none(parser, command);
	parser->commands->has_draft = true;
}

void command_parse_yes(struct command_parser *parser, struct pd_command *command)
{
	(void)command; /* words after it are politeness */
	parser->commands->has_yes = true;
}

/* --- #send --- */

/* With a time, it stands in number. */
void command_parse_send(struct command_parser *parser, struct pd_command *command)
{
	pd_time at = 0;
	if (command->words.count == 0)
		parser->commands->has_send = true;
	else if (command_take_only_time(parser, command, &at))
		parser->commands->send_at = command->number = at;
}

static struct pd_draft *newest_draft(struct pd_context *context, const struct pd_ticket *ticket,
				     int64_t below)
{
	if (context->agent == NULL)
		return NULL;
	return pd_timeline_draft(context, ticket, context->agent, below);
}

int command_apply_send(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_draft *draft = newest_draft(context, run->ticket, context->held_draft);
	if (command->number != 0 && context->held_draft != 0)
		return 0; /* its time has come, or it is sent before */
	/* One that waits for #yes is not set free by #send, and does not hide those that are: anybody may
	 * cause it. */
	for (struct pd_draft *older = draft; older != NULL;
	     older = newest_draft(context, run->ticket, older->id)) {
		if (!pd_equal(older->reason, "unconfirmed")) {
			draft = older;
			break;
		}
	}
	if (draft == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s",
			       RUN_SAY(run, "#send: nothing of yours is held on this ticket."));
	if (command->number == 0) {
		context->plan->resume_draft = draft->id;
		return 0;
	}
	const char *value = pd_sending_value(context->arena, command->number, context->agent->name, context->is_full);
	pd_report(context, "%s", pd_sending_set(context, run->ticket, draft->id, value, command_why(run, command)));
	return 0;
}

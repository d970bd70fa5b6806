/* What a member's client sends to people outside, from a mailbox's address: what it must not be (MISSION C7).
 *
 * Promises: such a mail leaves as it is, but for fields of its header that are taken out; so one with a
 * command, with an agent's address or without the right to it is refused while its author still looks
 * (invariant 4). Pure; cannot fail. */
#include "desk/submission.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"
#include "desk/token.h"

#define DELIVERY_SAY(context, delivery, ...)                                                                          \
	pd_say((context)->arena, pd_agent_language((context), (delivery)->login), __VA_ARGS__, NULL)

/* --- rights --- */

static bool may_send_from(struct pd_context *context, const struct pd_agent *agent,
			  const struct pd_mailbox *mailbox)
{
	if (mailbox->team == NULL)
		return true;
	const struct pd_ticket its = {.mailbox = mailbox->name, .team = mailbox->team};
	return pd_may_see(context->settings, agent, &its);
}

/* --- commands --- */

/* The first line that the desk would take for a command; NULL: there is none. */
static const char *command_in(struct pd_context *context, const struct pd_delivery *delivery)
{
	const struct pd_message *message = delivery->message;
	const char *rest;
	const char *own = pd_strndup(context->arena, message->text, message->own_text);
	const struct pd_commands *commands = pd_commands_parse(
		context->arena, context->settings, pd_agent_language(context, delivery->login),
		delivery->login, context->now, own, false, &rest);
	if (commands->items.count > 0)
		return commands->items.items[0].line;
	if (commands->errors.count > 0) {
		struct pd_strings lines = pd_lines(context->arena, own);
		for (size_t i = 0; i < lines.count; i++)
			if (pd_command_shape(pd_trim(context->arena, lines.items[i])))
				return lines.items[i];
		return commands->errors.items[0];
	}
	return message->html_commands.count > 0 ? message->html_commands.items[0] : NULL;
}

/* --- private addresses --- */

static const char *private_among(struct pd_context *context, const struct pd_addresses *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *found = pd_private_in(context, list->items[i].addr, false);
		if (found == NULL && list->items[i].name != NULL)
			found = pd_private_in(context, list->items[i].name, false);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static const char *private_in_words(struct pd_context *context, const struct pd_message *message)
{
	const char *const texts[] = {message->from.name, message->subject, message->text, message->signature,
				     message->full_text};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *found = texts[i] != NULL ? pd_private_in(context, texts[i], false) : NULL;
		if (found != NULL)
			return found;
	}
	return message->html != NULL ? pd_private_in(context, message->html, true) : NULL;
}

/* To a +do address every line is one. */
static bool is_do(struct pd_context *context, const struct pd_delivery *delivery)
{
	for (size_t i = 0; i < delivery->recipients.count; i++)
		if (pd_recipient_parse(context->arena, context->settings, delivery->recipients.items[i]).kind ==
		    PD_RCPT_DO)
			return true;
	return false;
}

const char *pd_submission_wrong_outside(struct pd_context *context, const struct pd_delivery *delivery)
{
	const char *command =
		is_do(context, delivery) ? delivery->message->subject : command_in(context, delivery);
	if (command == NULL)
		return NULL;
	return DELIVERY_SAY(context, delivery,
		   "People outside would read the command {line}: this mail goes to them as it is. Write it to the "
		   "desk alone",
		   "line", pd_clean_line(context->arena, command, 100));
}

const char *pd_submission_wrong_outgoing(struct pd_context *context, const struct pd_delivery *delivery,
					 const char **ret_status)
{
	const struct pd_message *message = delivery->message;
	const struct pd_mailbox *mailbox = pd_settings_mailbox_of(context->settings, message->from.addr);
	*ret_status = "5.7.1";
	if (!pd_may(delivery->login, "reply"))
		return DELIVERY_SAY(context, delivery, "You lack the right \"{right}\" that answering contacts needs", "right", "reply");
	if (!may_send_from(context, delivery->login, mailbox))
		return DELIVERY_SAY(context, delivery, "{mailbox} is no mailbox of a team of yours", "mailbox",
			   mailbox->addresses.items[0]);
	*ret_status = "5.7.0";
	const char *command = command_in(context, delivery);
	if (command != NULL)
		return DELIVERY_SAY(context, delivery,
			   "This mail would leave with the command in it: {line} - mail from {mailbox} to "
			   "people "
			   "outside goes as it is",
			   "line", pd_clean_line(context->arena, command, 100), "mailbox",
			   mailbox->addresses.items[0]);
	const char *private = private_among(context, &message->to);
	if (private == NULL)
	private = private_among(context, &message->cc);
	if (private == NULL)
	private = private_in_words(context, message);
	if (private != NULL)
		return DELIVERY_SAY(
			context, delivery,
			"People outside would see {address}, which is private: take it out of the mail from "
			"{mailbox}",
			"address", private, "mailbox", mailbox->addresses.items[0]);
	return NULL;
}

/* --- its author --- */

/* What a parser may take for addresses in a From field, in lower case: without comments, quotes, backslashes, and blanks
 * beside what joins an address. A comment that does not end is none. */
static char *bare_field(struct pd_arena *arena, const char *text)
{
	char *out = pd_lower_ascii(arena, text);
	size_t len = 0, opened = 0;
	unsigned depth = 0;
	bool is_quoted = false;
	for (const char *c = out; *c != '\0'; c++) {
		bool is_escape = *c == '\\' && c[1] != '\0' && (is_quoted || depth > 0);
		if (is_escape)
			c++;
		else if (*c == '"' && depth == 0)
			is_quoted = !is_quoted;
		else if (*c == '(' && !is_quoted && depth++ == 0)
			opened = len;
		bool is_end = *c == ')' && !is_escape && depth > 0 && --depth == 0;
		if (is_end)
			len = opened;
		if (is_end || (*c == '"' && !is_escape) || *c == '\\')
			continue;
		char plain = (unsigned char)*c <= ' ' ? ' ' : *c;
		if (plain == ' ' && (len == 0 || strchr(" @.", out[len - 1]) != NULL))
			continue;
		while (len > 0 && out[len - 1] == ' ' && (plain == '@' || plain == '.'))
			len--;
		out[len++] = plain;
	}
	out[len] = '\0';
	return out;
}

/* Does an address of that domain begin with that local part, alone or with the delimiter behind it? */
static bool names_address(const char *text, const char *address, char delimiter)
{
	const char *domain = strrchr(address, '@');
	size_t local = (size_t)(domain - address), len = strlen(domain);
	for (const char *at = text; (at = strstr(at, domain)) != NULL; at += len) {
		const char *start = at, *after = at + len + (at[len] == '.');
		while (start > text && strchr(" <>,:;@", start[-1]) == NULL)
			start--;
		if ((*after >= 'a' && *after <= 'z') || (*after >= '0' && *after <= '9') || *after == '-')
			continue;
		if (strncmp(start, address, local) == 0 && (start + local == at || start[local] == delimiter))
			return true;
	}
	return false;
}

bool pd_submission_names_mailbox(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	const char *bare = bare_field(arena, text), *lower = pd_lower_ascii(arena, text);
	for (size_t i = 0; i < settings->mailboxes.count; i++) {
		const struct pd_strings *addresses = &settings->mailboxes.items[i].addresses;
		for (size_t k = 0; k < addresses->count; k++) {
			const char *address = pd_lower_ascii(arena, addresses->items[k]);
			if (names_address(bare, address, settings->delimiter) || strstr(lower, address) != NULL)
				return true;
		}
	}
	return false;
}

const char *pd_submission_wrong_mailbox(struct pd_context *context, const struct pd_delivery *delivery)
{
	const struct pd_message *message = delivery->message;
	bool is_one = message->from_count == 1 && message->from_is_plain, is_named = false;
	if (is_one && pd_settings_mailbox_of(context->settings, message->from.addr) != NULL)
		return NULL;
	if (is_one)
		is_named = pd_recipient_parse(context->arena, context->settings, message->from.addr).kind !=
			   PD_RCPT_UNKNOWN;
	if (message->from_count == 0) /* the MTA may write one */
		is_named = pd_submission_names_mailbox(context->arena, context->settings, delivery->sender);
	for (size_t i = 0; i < message->headers.count && !is_one && !is_named; i++)
		is_named = pd_equal_nocase(message->headers.items[i].name, "From") &&
			   pd_submission_names_mailbox(context->arena, context->settings,
						       message->headers.items[i].value);
	return is_named ? DELIVERY_SAY(context, delivery,
			      "From names a mailbox in another way than by its address alone, in one field: the desk "
			      "would not know what leaves in its name")
			: NULL;
}

/* --- the header --- */

static bool must_go(struct pd_context *context, const struct pd_header *field)
{
	static const char *const answers[] = {"Reply-To", "Sender", "Errors-To", "Mail-Reply-To",
					      "Mail-Followup-To"};
	/* Looked at by themselves, identifiers, or ours to judge elsewhere. */
	static const char *const kept[] = {
		"From",	       "To",	      "Cc",	    "Subject",
		"Message-ID",  "In-Reply-To", "References", "Authentication-Results",
		"Content-Type"};
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (pd_equal_nocase(field->name, answers[i]))
			return true;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (pd_equal_nocase(field->name, kept[i]))
			return false;
	return pd_private_in(context, field->value, false) != NULL;
}

struct pd_removals pd_submission_removals(struct pd_context *context, const struct pd_message *message)
{
	struct pd_removals removals = {0};
	for (size_t i = 0; i < message->headers.count; i++) {
		const struct pd_header *field = &message->headers.items[i];
		if (!must_go(context, field))
			continue;
		struct pd_removed *removed = pd_list_add(context->arena, &removals);
		*removed = (struct pd_removed){.name = field->name, .place = 1};
		for (size_t k = 0; k < i; k++)
			removed->place += pd_equal_nocase(message->headers.items[k].name, field->name);
	}
	return removals;
}

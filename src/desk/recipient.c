/* What a recipient of a mail means: a mailbox, its commands, a signed address.
 *
 * Promises: an address of the desk is never unknown; a signed one whose HMAC does not fit is the plain
 * mailbox, marked. Reads the ticket through the plan only where the form is a ticket's. Cannot fail
 * otherwise. */
#include "desk/token.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/carry.h"
#include "desk/seal.h"
#include "desk/token_parts.h"

/* A seal in the address says who wrote, not where to. */
static char *without_seal(char *part)
{
	const char *seal = pd_seal_find(part);
	if (seal != NULL)
		part[seal > part ? seal - part - 1 : 0] = '\0';
	return part;
}

/* What stands behind the delimiter; mailbox NULL: no address of ours. */
static const struct pd_mailbox *split(struct pd_arena *arena, const struct pd_settings *settings,
				      const char *address, const char **ret_part)
{
	const struct pd_mailbox *mailbox = pd_settings_mailbox_of(settings, address);
	const char *at = strrchr(address, '@');
	char delimiter = settings->delimiter != '\0' ? settings->delimiter : '+';
	*ret_part = "";
	for (const char *cut = address;
	     mailbox == NULL && at != NULL && (cut = strchr(cut, delimiter)) != NULL && cut < at; cut++) {
		mailbox = pd_settings_mailbox_of(
			settings, pd_printf(arena, "%.*s%s", (int)(cut - address), address, at));
		if (mailbox != NULL)
			*ret_part = without_seal(
				pd_lower_ascii(arena, pd_strndup(arena, cut + 1, (size_t)(at - cut - 1))));
	}
	return mailbox;
}

/* "t12.TOKEN" -> 12 and the token. false: not of this form. */
static bool numbered(const char *part, char kind, int64_t *ret_number, const char **ret_token)
{
	if (part[0] != kind || part[1] < '1' || part[1] > '9')
		return false;
	char *end;
	long long number = strtoll(part + 1, &end, 10);
	if (*end != '.' || end - part > 19)
		return false;
	*ret_number = number;
	*ret_token = end + 1;
	return true;
}

struct pd_recipient pd_recipient_parse(struct pd_arena *arena, const struct pd_settings *settings,
				       const char *address)
{
	const char *part;
	struct pd_recipient recipient = {.person = "", .token = ""};
	recipient.mailbox = split(arena, settings, address, &part);
	if (recipient.mailbox == NULL)
		return recipient;
	recipient.kind = PD_RCPT_MAILBOX;
	if (strcmp(part, "do") == 0) {
		recipient.kind = PD_RCPT_DO;
	} else if (numbered(part, 't', &recipient.number, &recipient.token)) {
		size_t len = strlen(recipient.token);
		recipient.is_agent = len == PD_TOKEN_CHARS + PD_PAYLOAD_CHARS;
		recipient.kind =
			len == PD_TOKEN_CHARS || recipient.is_agent ? PD_RCPT_TICKET : PD_RCPT_BAD_TOKEN;
	} else if (numbered(part, 'b', &recipient.number, &recipient.token)) {
		recipient.kind = PD_RCPT_BOUNCE;
	} else if (numbered(part, 'y', &recipient.number, &recipient.token)) {
		recipient.kind = PD_RCPT_CONFIRM;
	} else if (pd_starts(part, "m.")) {
		recipient.token = strchr(part, '.') + 1;
		recipient.kind = strlen(recipient.token) == 2 * PD_TOKEN_CHARS ? PD_RCPT_MESSAGE : PD_RCPT_BAD_TOKEN;
	}
	return recipient;
}

/* An address as it is looked at: by this desk's key, or by that of a desk that was carried in, whose numbers it has. */
struct look {
	struct pd_context *context;
	const struct pd_carried_desk *former; /* NULL: this desk's own */
	int64_t signed_number;
};

static int64_t here(const struct look *look, enum pd_id_kind kind, int64_t id)
{
	return look->former != NULL ? pd_carried_lead(look->context, look->former, kind, id) : id;
}

static bool is_made_for_name(const struct look *look, int64_t conversation, const char *name, const char *token)
{
	return pd_token_equal(pd_strndup(look->context->arena, token, PD_TOKEN_CHARS),
			      pd_token_for_agent(look->context, look->signed_number, conversation, name,
						 token + PD_TOKEN_CHARS));
}

/* Whose token is it, among the persons of that conversation? Agents may have had another name then. */
static bool is_made_for(const struct look *look, const struct pd_ticket *ticket, int64_t conversation, const char *token,
			struct pd_recipient *recipient)
{
	struct pd_context *context = look->context;
	const struct pd_conversation *found = pd_ticket_conversation(ticket, conversation);
	const char *mac = pd_strndup(context->arena, token, PD_TOKEN_CHARS);
	const int64_t number = look->signed_number,
		      there = look->former != NULL && conversation != 0
				      ? pd_carried_back(context, look->former, PD_ID_CONVERSATION, conversation)
				      : conversation;
	recipient->conversation = conversation;
	if (there == 0 && conversation != 0)
		return false;
	if (recipient->is_agent) {
		for (size_t i = 0; i < context->settings->agents.count; i++) {
			const struct pd_agent *agent = &context->settings->agents.items[i];
			bool is_its = is_made_for_name(look, there, agent->name, token);
			for (size_t n = 0; !is_its && n < agent->was.count; n++)
				is_its = is_made_for_name(look, there, agent->was.items[n], token);
			recipient->person = agent->name;
			if (is_its)
				return pd_token_payload_parse(token + PD_TOKEN_CHARS, &recipient->made,
							      &recipient->version);
		}
		return false;
	}
	recipient->person = "";
	if (pd_token_equal(mac, pd_token_for_contact(context, number, there, "")))
		return true;
	for (size_t i = 0; found != NULL && i < found->participants.count; i++) {
		recipient->person = found->participants.items[i].address.addr;
		if (pd_token_equal(mac, pd_token_for_contact(context, number, there, recipient->person)))
			return true;
	}
	return false;
}

/* A merged ticket's conversations went to its target; their addresses stay good. */
static void resolve_ticket(const struct look *look, const char *token, struct pd_recipient *recipient)
{
	struct pd_context *context = look->context;
	const struct pd_ticket *ticket = pd_plan_ticket(context, recipient->number);
	for (int hops = 0; ticket != NULL && hops < 32; hops++) {
		bool is_found = recipient->is_agent && is_made_for(look, ticket, 0, token, recipient);
		for (size_t i = 0; !is_found && i < ticket->conversations.count; i++)
			is_found = is_made_for(look, ticket, ticket->conversations.items[i].id, token, recipient);
		if (is_found) {
			recipient->is_expired = recipient->is_agent &&
						context->now - recipient->made >
							context->settings->reply_address_expires + PD_DAY;
			return;
		}
		ticket = ticket->merged_into != 0 ? pd_plan_ticket(context, ticket->merged_into) : NULL;
	}
	recipient->kind = PD_RCPT_BAD_TOKEN;
	recipient->person = "";
	recipient->conversation = 0;
}

/* What the mail became, or an answer to it that was here first. */
static void resolve_sent(struct pd_context *context, const char *token, struct pd_recipient *recipient)
{
	const char *id = pd_strndup(context->arena, token, PD_TOKEN_CHARS);
	if (!pd_token_equal(pd_token_for_sent(context, id), token + PD_TOKEN_CHARS)) {
		recipient->kind = PD_RCPT_BAD_TOKEN;
		return;
	}
	recipient->sent_id = id;
	struct pd_mark mark = context->desk->mark(context->desk, pd_sent_key(context->arena, id));
	const struct pd_entry *entry =
		mark.exists && mark.value > 0 ? context->desk->entry(context->desk, context->arena, mark.value)
					      : NULL;
	if (entry == NULL)
		return;
	recipient->kind = PD_RCPT_TICKET;
	recipient->number = entry->event.ticket;
	recipient->conversation = entry->event.conversation;
	recipient->event = entry->event.id;
}

static struct pd_recipient resolve(struct pd_context *context, const struct pd_recipient *parsed,
				   const struct pd_carried_desk *former)
{
	struct pd_recipient recipient = *parsed;
	const struct look look = {context, former, parsed->number};
	const char *expected = NULL;
	context->former_key = former != NULL ? former->key : NULL;
	if (recipient.kind == PD_RCPT_TICKET) {
		recipient.number = here(&look, PD_ID_TICKET, recipient.number);
		resolve_ticket(&look, recipient.token, &recipient);
	} else if (recipient.kind == PD_RCPT_MESSAGE) {
		resolve_sent(context, recipient.token, &recipient);
	} else if (recipient.kind == PD_RCPT_BOUNCE) {
		expected = pd_token_for_bounce(context, recipient.number);
		recipient.number = here(&look, PD_ID_OUTBOX, recipient.number);
	} else if (recipient.kind == PD_RCPT_CONFIRM) {
		expected = pd_token_for_confirmation(context, recipient.number);
		recipient.number = here(&look, PD_ID_DRAFT, recipient.number);
	}
	if (expected != NULL && (!pd_token_equal(expected, recipient.token) || recipient.number == 0))
		recipient.kind = PD_RCPT_BAD_TOKEN;
	context->former_key = NULL;
	return recipient;
}

struct pd_recipient pd_recipient_resolve(struct pd_context *context, const char *address)
{
	const struct pd_recipient parsed = pd_recipient_parse(context->arena, context->settings, address);
	const struct pd_recipient recipient = resolve(context, &parsed, NULL);
	if (recipient.kind != PD_RCPT_BAD_TOKEN || parsed.kind == PD_RCPT_BAD_TOKEN)
		return recipient;
	const struct pd_carried_desks formers = pd_carried_desks(context);
	for (size_t i = 0; i < formers.count; i++) {
		const struct pd_recipient led = resolve(context, &parsed, &formers.items[i]);
		if (led.kind != PD_RCPT_BAD_TOKEN)
			return led;
	}
	return recipient;
}

/* Signed addresses and Message-IDs of ours (DESIGN.md, Addresses that we sign).
 *
 * Promises: 80 bits of HMAC-SHA-256 under the desk's key in case-safe base32; the same inputs give the same
 * address. An agent's address also tells the day of its issue and the version of the ticket that it answers,
 * both under the MAC. Cannot fail. */
#include "desk/token.h"

#include <string.h>

#include "base/text.h"
#include "desk/carry.h"
#include "desk/token_parts.h"

char *pd_token_mac(struct pd_context *context, const char *kind, const char *what, const char *whom,
		   const char *more)
{
	unsigned char mac[PD_SHA256_SIZE];
	pd_hmac(context->former_key != NULL ? context->former_key : context->desk->key, mac, kind, what, whom, more, NULL);
	return pd_base32(context->arena, mac, PD_TOKEN_BYTES);
}

bool pd_token_equal(const char *a, const char *b)
{
	return strlen(a) == PD_TOKEN_CHARS && strlen(b) == PD_TOKEN_CHARS &&
	       pd_equal_constant_time(a, b, PD_TOKEN_CHARS);
}

static const char *number(struct pd_context *context, int64_t value)
{
	return pd_printf(context->arena, "%lld", (long long)value);
}

char *pd_token_for_contact(struct pd_context *context, int64_t ticket, int64_t conversation,
			   const char *address)
{
	return pd_token_mac(context, "t-contact", number(context, ticket), number(context, conversation),
			    pd_lower_ascii(context->arena, address));
}

char *pd_token_payload(struct pd_arena *arena, pd_time now, int64_t version)
{
	uint64_t day = (uint64_t)(now / PD_DAY) & 0xfffff;
	uint64_t at =
		version > 0xfffff ? 0 : (uint64_t)version; /* 0: unknown; no ticket has so many events */
	uint64_t both = day << 20 | at;
	unsigned char bytes[5];
	for (int i = 0; i < 5; i++)
		bytes[i] = (unsigned char)(both >> (8 * (4 - i)));
	return pd_base32(arena, bytes, sizeof bytes);
}

bool pd_token_payload_parse(const char *text, pd_time *ret_made, int64_t *ret_version)
{
	unsigned char bytes[5];
	size_t len;
	if (!pd_base32_decode(text, PD_PAYLOAD_CHARS, bytes, sizeof bytes, &len) || len != sizeof bytes)
		return false;
	uint64_t both = 0;
	for (int i = 0; i < 5; i++)
		both = both << 8 | bytes[i];
	*ret_made = (pd_time)(both >> 20) * PD_DAY;
	*ret_version = (int64_t)(both & 0xfffff);
	return true;
}

char *pd_token_for_agent(struct pd_context *context, int64_t ticket, int64_t conversation, const char *agent,
			 const char *payload)
{
	return pd_token_mac(context, "t-agent", number(context, ticket), number(context, conversation),
			    pd_printf(context->arena, "%s %s", payload, agent));
}

char *pd_token_for_bounce(struct pd_context *context, int64_t outbox)
{
	return pd_token_mac(context, "b", number(context, outbox), "", "");
}

char *pd_token_for_confirmation(struct pd_context *context, int64_t draft)
{
	return pd_token_mac(context, "y", number(context, draft), "", "");
}

/* The mailbox's first address with the token in its delimiter part. */
static char *address_with(struct pd_context *context, const struct pd_mailbox *mailbox, const char *token)
{
	const char *address = mailbox->addresses.items[0];
	const char *at = strrchr(address, '@');
	char delimiter = context->settings->delimiter != '\0' ? context->settings->delimiter : '+';
	return pd_printf(context->arena, "%.*s%c%s%s", (int)(at - address), address, delimiter, token, at);
}

char *pd_address_for_contact(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t ticket,
			     int64_t conversation, const char *contact_address_or_empty)
{
	const char *token = pd_token_for_contact(context, ticket, conversation, contact_address_or_empty);
	return address_with(context, mailbox,
			    pd_printf(context->arena, "t%lld.%s", (long long)ticket, token));
}

char *pd_address_for_agent(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t ticket,
			   int64_t conversation, const char *agent, int64_t version)
{
	const char *payload = pd_token_payload(context->arena, context->now, version);
	const char *token = pd_token_for_agent(context, ticket, conversation, agent, payload);
	return address_with(context, mailbox,
			    pd_printf(context->arena, "t%lld.%s%s", (long long)ticket, token, payload));
}

char *pd_address_for_bounce(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t outbox)
{
	const char *token = pd_token_for_bounce(context, outbox);
	return address_with(context, mailbox,
			    pd_printf(context->arena, "b%lld.%s", (long long)outbox, token));
}

char *pd_address_for_confirmation(struct pd_context *context, const struct pd_mailbox *mailbox, int64_t draft)
{
	const char *token = pd_token_for_confirmation(context, draft);
	return address_with(context, mailbox, pd_printf(context->arena, "y%lld.%s", (long long)draft, token));
}

/* --- a mail whose ticket is not known yet --- */

/* Names the mail to nobody; the second half says that we made the first. */
char *pd_sent_id(struct pd_context *context, const char *message_id)
{
	return pd_token_mac(context, "m", message_id, "", "");
}

char *pd_token_for_sent(struct pd_context *context, const char *sent_id)
{
	return pd_token_mac(context, "m-address", sent_id, "", "");
}

char *pd_sent_key(struct pd_arena *arena, const char *sent_id)
{
	return pd_printf(arena, "o:%s", sent_id);
}

char *pd_address_for_message(struct pd_context *context, const struct pd_mailbox *mailbox, const char *message_id)
{
	const char *id = pd_sent_id(context, message_id);
	return address_with(context, mailbox,
			    pd_printf(context->arena, "m.%s%s", id, pd_token_for_sent(context, id)));
}

/* --- Message-IDs --- */

char *pd_message_id_new(struct pd_context *context, int64_t ticket, int64_t outbox)
{
	const char *mac = pd_token_mac(context, "id", number(context, ticket), number(context, outbox), "");
	return pd_printf(context->arena, "t%lld.%lld.%s@%s", (long long)ticket, (long long)outbox, mac,
			 context->settings->hostname);
}

char *pd_message_id_root(struct pd_context *context, int64_t ticket)
{
	return pd_message_id_new(context, ticket, 0);
}

/* Its numbers; false: not of our making. */
static bool message_id_parts(struct pd_context *context, const char *message_id, struct pd_strings *ret_parts,
			     bool *ret_has_form)
{
	const char *at = strrchr(message_id, '@');
	*ret_has_form = false;
	if (at == NULL || *message_id != 't' || at - message_id > 80)
		return false;
	struct pd_strings parts =
		pd_split(context->arena,
			 pd_strndup(context->arena, message_id + 1, (size_t)(at - message_id - 1)), '.');
	if (parts.count != 3 || strlen(parts.items[2]) != PD_TOKEN_CHARS)
		return false;
	*ret_has_form = true;
	const char *mac = pd_token_mac(context, "id", parts.items[0], parts.items[1], "");
	*ret_parts = parts;
	return pd_token_equal(mac, pd_lower_ascii(context->arena, parts.items[2]));
}

/* Made by this desk, or by one that was carried in. ret_outbox: the letter's number here; 0: it has none. */
static bool is_made_here(struct pd_context *context, const char *message_id, int64_t *ret_outbox)
{
	struct pd_strings parts;
	unsigned long long outbox;
	bool has_form, is_ours = message_id_parts(context, message_id, &parts, &has_form);
	*ret_outbox = is_ours && pd_number(parts.items[1], INT64_MAX, &outbox) ? (int64_t)outbox : 0;
	if (is_ours || !has_form)
		return is_ours;
	const struct pd_carried_desks formers = pd_carried_desks(context);
	for (size_t i = 0; i < formers.count && !is_ours; i++) {
		context->former_key = formers.items[i].key;
		is_ours = message_id_parts(context, message_id, &parts, &has_form);
		context->former_key = NULL;
		if (is_ours && pd_number(parts.items[1], INT64_MAX, &outbox))
			*ret_outbox = pd_carried_lead(context, &formers.items[i], PD_ID_OUTBOX, (int64_t)outbox);
	}
	return is_ours;
}

bool pd_message_id_is_ours(struct pd_context *context, const char *message_id)
{
	int64_t outbox;
	return is_made_here(context, message_id, &outbox);
}

int64_t pd_message_id_outbox(struct pd_context *context, const char *message_id)
{
	int64_t outbox;
	return is_made_here(context, message_id, &outbox) ? outbox : 0;
}

/* Sealing a mail at submission, and believing the seal when it arrives.
 *
 * Promises: a seal serves one agent, one mail and each recipient that it was made for once; what is copied to
 * another mail, altered, late or doubled proves nothing and uses nothing up. The MTA may deliver a mail to
 * its recipients one by one, so the seal names each of them, by a digest. Pure; cannot fail otherwise. */
#include "desk/seal.h"

#include <string.h>

#include "base/text.h"

enum { NAME_BYTES = 10, ADDRESS_MAC_CHARS = 16, MAX_FUTURE = 5 * 60 };
#define IN_ADDRESS "address" /* instead of a MAC */

/* Fit for a field: everything but letters, digits and .-_ as %XX. */
static char *agent_text(struct pd_arena *arena, const char *name)
{
	PD_AUTO_BUF out = {0};
	for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		    strchr(".-_", *c) != NULL)
			pd_buf_addc(&out, (char)*c);
		else
			pd_buf_addf(&out, "%%%02X", *c);
	return pd_buf_string(arena, &out);
}

static char *recipient_text(struct pd_arena *arena, const char *address)
{
	unsigned char digest[PD_SHA256_SIZE];
	const char *lower = pd_lower_ascii(arena, address);
	pd_sha256(lower, strlen(lower), digest);
	return pd_base32(arena, digest, NAME_BYTES);
}

static char *mac_of(struct pd_context *context, const char *agent, const char *at, const char *recipients,
		    const struct pd_message *message)
{
	unsigned char mac[PD_SHA256_SIZE];
	pd_hmac(context->desk->key, mac, "seal v1", agent, at, recipients, message->message_id,
		message->from.addr, message->date_text, message->subject,
		pd_hex(context->arena, message->body_digest, sizeof message->body_digest), NULL);
	return pd_base32(context->arena, mac, sizeof mac);
}

static const char *seconds(struct pd_context *context)
{
	return pd_printf(context->arena, "%lld", (long long)(context->now / PD_SECOND));
}

/* Sorted, each once. */
static struct pd_strings recipient_texts(struct pd_arena *arena, const struct pd_strings *addresses)
{
	struct pd_strings texts = {0};
	for (size_t i = 0; i < addresses->count; i++)
		pd_strings_add_once(arena, &texts, recipient_text(arena, addresses->items[i]));
	for (size_t i = 1; i < texts.count; i++)
		for (size_t k = i; k > 0 && strcmp(texts.items[k - 1], texts.items[k]) > 0; k--) {
			const char *swap = texts.items[k];
			texts.items[k] = texts.items[k - 1];
			texts.items[k - 1] = swap;
		}
	return texts;
}

char *pd_seal_make(struct pd_context *context, const struct pd_agent *agent, const struct pd_message *message,
		   const struct pd_strings *recipients)
{
	struct pd_arena *arena = context->arena;
	struct pd_strings texts = recipient_texts(arena, recipients);
	const char *name = agent_text(arena, agent->name);
	const char *at = seconds(context);
	const char *mac = mac_of(context, name, at, pd_strings_join(arena, &texts, ","), message);
	return pd_printf(arena, "v1; %s; %s; %s; %s", name, at, pd_strings_join(arena, &texts, ", "), mac);
}

/* --- in the address --- */

static char *address_mac(struct pd_context *context, const struct pd_agent *agent, const char *at,
			 const char *address, const struct pd_message *message)
{
	const char *recipient =
		pd_printf(context->arena, IN_ADDRESS " %s", recipient_text(context->arena, address));
	return pd_strndup(context->arena,
			  mac_of(context, agent_text(context->arena, agent->name), at, recipient, message),
			  ADDRESS_MAC_CHARS);
}

char *pd_seal_address(struct pd_context *context, const struct pd_agent *agent,
		      const struct pd_message *message, const char *address)
{
	const char *domain = strrchr(address, '@');
	int local = domain != NULL ? (int)(domain - address) : (int)strlen(address);
	bool is_plain = pd_settings_mailbox_of(context->settings, address) != NULL;
	const char *at = seconds(context);
	return pd_printf(context->arena, "%.*s%cs.%s.%s%s", local, address,
			 is_plain ? context->settings->delimiter : '.', at,
			 address_mac(context, agent, at, address, message), domain != NULL ? domain : "");
}

const char *pd_seal_find(const char *part)
{
	size_t len = strlen(part);
	if (len < ADDRESS_MAC_CHARS + 1 || part[len - ADDRESS_MAC_CHARS - 1] != '.' ||
	    strspn(part + len - ADDRESS_MAC_CHARS, "abcdefghijklmnopqrstuvwxyz234567") != ADDRESS_MAC_CHARS)
		return NULL;
	const char *end = part + len - ADDRESS_MAC_CHARS - 1, *at = end;
	while (at > part && at[-1] >= '0' && at[-1] <= '9')
		at--;
	if (at == end || end - at > 12 || at - part < 2 || at[-1] != '.' || at[-2] != 's')
		return NULL;
	at -= 2;
	return at == part || at[-1] == '.' ? at : NULL;
}

/* --- reading --- */

static bool is_timely(const struct pd_context *context, const char *text)
{
	unsigned long long at;
	pd_time now = context->now / PD_SECOND;
	return pd_number(text, 1ULL << 40, &at) && (pd_time)at <= now + MAX_FUTURE &&
	       now - (pd_time)at <= PD_SEAL_LIVES / PD_SECOND;
}

/* Does the recipient's address bear the agent's seal on this mail? */
static bool address_is_sealed(struct pd_context *context, const char *given, const struct pd_agent *agent,
			      const struct pd_message *message)
{
	struct pd_arena *arena = context->arena;
	const char *address = pd_lower_ascii(arena, given);
	const char *domain = strrchr(address, '@'), *found = NULL;
	if (domain == NULL)
		return false;
	const char *local = pd_strndup(arena, address, (size_t)(domain - address));
	for (const char *cut = local;
	     found == NULL && (cut = strchr(cut, context->settings->delimiter)) != NULL; cut++)
		found = pd_seal_find(cut + 1);
	if (found == NULL)
		return false;
	/* The character before the seal, the delimiter or a dot, goes with it. */
	const char *bare = pd_printf(arena, "%.*s%s", (int)(found - local - 1), local, domain);
	size_t digits = strspn(found + 2, "0123456789");
	const char *at = pd_strndup(arena, found + 2, digits);
	const char *mac = address_mac(context, agent, at, bare, message);
	return pd_equal_constant_time(mac, found + 3 + digits, ADDRESS_MAC_CHARS) && is_timely(context, at);
}

/* The only field of that name; "": there is none; NULL: there are several. */
static const char *field_of(const struct pd_message *message)
{
	const char *value = "";
	bool is_there = false;
	for (size_t i = 0; i < message->headers.count; i++) {
		if (!pd_equal_nocase(message->headers.items[i].name, PD_SEAL_FIELD))
			continue;
		if (is_there)
			return NULL;
		is_there = true;
		value = message->headers.items[i].value;
	}
	return value;
}

/* Cut at its semicolons; false where it is none of ours. */
static bool read_field(struct pd_arena *arena, const char *value, struct pd_strings *ret_parts)
{
	if (strchr(value, '\\') != NULL)
		return false;
	*ret_parts = pd_split(arena, value, ';');
	return ret_parts->count == 5 && strcmp(ret_parts->items[0], "v1") == 0;
}

static const char *mark_key(struct pd_arena *arena, const char *mac, const char *address)
{
	return pd_printf(arena, "s:%s|%s", mac, recipient_text(arena, address));
}

static bool is_used(struct pd_context *context, const char *mac, const char *address)
{
	return context->desk->mark(context->desk, mark_key(context->arena, mac, address)).exists;
}

static const char *check_field(struct pd_context *context, const struct pd_delivery *delivery,
			       const struct pd_agent *agent, const char *field)
{
	struct pd_arena *arena = context->arena;
	struct pd_strings parts = {0};
	if (!read_field(arena, field, &parts) || strcmp(parts.items[1], agent_text(arena, agent->name)) != 0)
		return NULL;
	struct pd_strings sealed = pd_split(arena, parts.items[3], ',');
	const char *mac = mac_of(context, parts.items[1], parts.items[2],
				 pd_strings_join(arena, &sealed, ","), delivery->message);
	if (strlen(mac) != strlen(parts.items[4]) ||
	    !pd_equal_constant_time(mac, parts.items[4], strlen(mac)) || !is_timely(context, parts.items[2]))
		return NULL;
	for (size_t i = 0; i < delivery->recipients.count; i++) {
		const char *address = delivery->recipients.items[i];
		if (!pd_strings_has(&sealed, recipient_text(arena, address)) ||
		    is_used(context, mac, address))
			return NULL;
	}
	return mac;
}

const char *pd_seal_check(struct pd_context *context, const struct pd_delivery *delivery,
			  const struct pd_agent *agent)
{
	const char *field = field_of(delivery->message);
	if (agent == NULL || delivery->message->from_count != 1 || delivery->recipients.count == 0 ||
	    field == NULL)
		return NULL;
	if (*field != '\0')
		return check_field(context, delivery, agent, field);
	for (size_t i = 0; i < delivery->recipients.count; i++) {
		const char *address = delivery->recipients.items[i];
		if (!address_is_sealed(context, address, agent, delivery->message) ||
		    is_used(context, IN_ADDRESS, address))
			return NULL;
	}
	return IN_ADDRESS;
}

void pd_seal_use(struct pd_context *context, const struct pd_delivery *delivery, const char *mac)
{
	for (size_t i = 0; i < delivery->recipients.count; i++)
		pd_plan_mark(context, mark_key(context->arena, mac, delivery->recipients.items[i]), 0,
			     context->now + PD_SEAL_LIVES + PD_DAY);
}

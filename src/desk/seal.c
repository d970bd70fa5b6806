/* Sealing a mail at submission, and believing the seal when it arrives.
 *
 * Promises: a seal serves one agent, one mail and each recipient that it was made for once; what is copied to
 * another mail, altered, late or doubled proves nothing and uses nothing up. The MTA may deliver a mail to
 * its recipients one by one, so the seal names each of them, by a digest. Pure; cannot fail otherwise. */
#include "desk/seal.h"

#include <string.h>

#include "base/text.h"

enum { NAME_BYTES = 10, MAX_FUTURE = 5 * 60 };

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
	const char *at = pd_printf(arena, "%lld", (long long)(context->now / PD_SECOND));
	const char *mac = mac_of(context, name, at, pd_strings_join(arena, &texts, ","), message);
	return pd_printf(arena, "v1; %s; %s; %s; %s", name, at, pd_strings_join(arena, &texts, ", "), mac);
}

/* The only field of that name, cut at its semicolons; false where it is none of ours. */
static bool read_field(struct pd_arena *arena, const struct pd_message *message, struct pd_strings *ret_parts)
{
	const char *value = NULL;
	for (size_t i = 0; i < message->headers.count; i++) {
		if (!pd_equal_nocase(message->headers.items[i].name, PD_SEAL_FIELD))
			continue;
		if (value != NULL)
			return false;
		value = message->headers.items[i].value;
	}
	if (value == NULL || strchr(value, '\\') != NULL)
		return false;
	*ret_parts = pd_split(arena, value, ';');
	return ret_parts->count == 5 && strcmp(ret_parts->items[0], "v1") == 0;
}

static const char *mark_key(struct pd_arena *arena, const char *mac, const char *address)
{
	return pd_printf(arena, "s:%s|%s", mac, recipient_text(arena, address));
}

const char *pd_seal_check(struct pd_context *context, const struct pd_delivery *delivery,
			  const struct pd_agent *agent)
{
	const struct pd_message *message = delivery->message;
	struct pd_arena *arena = context->arena;
	struct pd_strings parts = {0};
	unsigned long long at;
	if (agent == NULL || message->from_count != 1 || delivery->recipients.count == 0 ||
	    !read_field(arena, message, &parts) ||
	    strcmp(parts.items[1], agent_text(arena, agent->name)) != 0 ||
	    !pd_number(parts.items[2], 1ULL << 40, &at))
		return NULL;
	struct pd_strings sealed = pd_split(arena, parts.items[3], ',');
	const char *mac = mac_of(context, parts.items[1], parts.items[2],
				 pd_strings_join(arena, &sealed, ","), message);
	if (strlen(mac) != strlen(parts.items[4]) ||
	    !pd_equal_constant_time(mac, parts.items[4], strlen(mac)))
		return NULL;
	pd_time now = context->now / PD_SECOND;
	if ((pd_time)at > now + MAX_FUTURE || now - (pd_time)at > PD_SEAL_LIVES / PD_SECOND)
		return NULL;
	for (size_t i = 0; i < delivery->recipients.count; i++) {
		const char *address = delivery->recipients.items[i];
		if (!pd_strings_has(&sealed, recipient_text(arena, address)) ||
		    context->desk->mark(context->desk, mark_key(arena, mac, address)).exists)
			return NULL;
	}
	return mac;
}

void pd_seal_use(struct pd_context *context, const struct pd_delivery *delivery, const char *mac)
{
	for (size_t i = 0; i < delivery->recipients.count; i++)
		pd_plan_mark(context, mark_key(context->arena, mac, delivery->recipients.items[i]), 0,
			     context->now + PD_SEAL_LIVES + PD_DAY);
}

/* Signatures, between reading and deciding: only of mail that bears an agent's address, and only where keys of that
 * agent are registered, is anything done at all.
 *
 * Promises: a verifier that hangs, crashes or is not there costs that mail this proof and nothing else; the reason
 * goes with the delivery, to the log and the timeline. */
#include "flow/internal.h"

#include "base/text.h"

struct pd_verifier_tools pd_flow_verifier_tools(const struct pd_settings *settings)
{
	return (struct pd_verifier_tools){
		.directory = settings->state,
		.gpg = settings->gpg,
		.gpgsm = settings->gpgsm,
		.deadline = settings->signature_deadline,
	};
}

static bool add_keys_of(struct pd_flow *flow, struct pd_arena *arena, const char *name, struct pd_public_keys *keys)
{
	struct pd_agent_keys found;
	struct pd_error error;

	if (pd_store_keys(pd_flow_store(flow), arena, name, false, &found, &error))
		return false;
	for (size_t i = 0; i < found.count; i++)
		*pd_list_add(arena, keys) = found.items[i].key;
	return true;
}

/* Under its name and its former ones. Why there are none, else NULL. */
static const char *load_keys(struct pd_flow *flow, struct pd_arena *arena, const struct pd_agent *agent,
			     struct pd_public_keys *ret_keys)
{
	bool is_read = add_keys_of(flow, arena, agent->name, ret_keys);

	for (size_t i = 0; i < agent->was.count && is_read; i++)
		is_read = add_keys_of(flow, arena, agent->was.items[i], ret_keys);
	if (!is_read)
		return "the registered keys cannot be read";
	return ret_keys->count ? NULL : "no key of this agent is registered";
}

void pd_flow_check_signature(struct pd_flow *flow, struct pd_arena *arena, const struct pd_settings *settings,
			     struct pd_delivery *delivery)
{
	const struct pd_message *message = delivery->message;
	const struct pd_agent *agent = pd_settings_agent_of(settings, message->from.addr);
	struct pd_public_keys keys = {0};

	if (!agent || message->from_count != 1)
		return;
	delivery->signature_fault = load_keys(flow, arena, agent, &keys);
	if (delivery->signature_fault)
		return;

	struct pd_verifier_tools tools = pd_flow_verifier_tools(settings);
	struct pd_verified verified;

	pd_verify(pd_flow_verifier(flow), arena, &tools, delivery->raw, &message->signed_part, &keys, pd_now(), &verified);
	delivery->signature_fault = verified.why;
	if (!verified.is_good)
		return;
	struct pd_signer *signer = PD_NEW(arena, struct pd_signer);

	*signer = (struct pd_signer){
		.agent = agent->name, .fingerprint = verified.fingerprint, .at = verified.at, .digest = verified.digest};
	delivery->signer = signer;
}

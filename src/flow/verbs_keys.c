/* The verbs about registered keys: keys, key_add, key_remove. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"

/* --- listing --- */

static json_t *json_of(struct pd_call *call, const struct pd_agent_key *key)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "agent", pd_json_text(key->agent), "kind",
			 pd_json_text(pd_signed_kind_name(key->key.kind)), "fingerprint", pd_json_text(key->key.fingerprint),
			 "name", pd_json_text(key->key.name), "created", pd_json_time(call->arena, key->key.created), "expires",
			 pd_json_time(call->arena, key->key.expires), "added", pd_json_time(call->arena, key->added),
			 "added_by", pd_json_actor(key->added_by), "removed", pd_json_time(call->arena, key->removed),
			 "removed_by", pd_json_actor(key->removed_by));
}

/* agent: may be gone from the configuration; NULL: everybody. */
static int read_keys(struct pd_call *call, const char *agent, bool all, struct pd_agent_keys *ret_keys)
{
	return pd_store_keys(pd_flow_store(call->flow), call->arena, agent, all, ret_keys, &call->error);
}

static int check_agent(struct pd_call *call, const char *name, const struct pd_agent **ret_agent)
{
	*ret_agent = name ? pd_settings_agent(call->settings, name) : NULL;
	if (*ret_agent)
		return 0;
	struct pd_found found = pd_find_agent(call->arena, call->settings, name ? name : "");

	found.nearest = found.name ? found.name : found.nearest;
	return pd_call_not_found(call, "agent", name ? name : "", &found);
}

int pd_verb_keys(struct pd_call *call)
{
	const char *name = pd_call_text(call, "agent");
	struct pd_agent_keys keys;
	const struct pd_agent *agent;
	int failed = read_keys(call, name, pd_call_flag(call, "all"), &keys);

	if (!failed && name && !keys.count)
		failed = check_agent(call, name, &agent);
	for (size_t i = 0; i < keys.count && !failed; i++)
		pd_call_emit(call, json_of(call, &keys.items[i]));
	return failed;
}

/* --- changing --- */

static const char *actor(struct pd_call *call)
{
	return call->agent ? pd_printf(call->arena, "agent:%s", call->agent->name) : "administrator";
}

static void report(struct pd_call *call, const char *what, const struct pd_agent_key *key)
{
	struct pd_strings lines = {0};

	*pd_list_add(call->arena, &lines) = pd_printf(call->arena, "%s %s: %s %s %s", what, key->agent,
						      pd_signed_kind_name(key->key.kind), key->key.fingerprint, key->key.name);
	pd_call_emit(call, json_pack("{s:o}", "report", pd_json_strings(&lines)));
}

int pd_verb_key_add(struct pd_call *call)
{
	static const char *const done[] = {
		[PD_KEY_NEW] = "registered for", [PD_KEY_RENEWED] = "renewed for", [PD_KEY_THERE] = "was registered already for"};
	struct pd_verifier_tools tools = pd_flow_verifier_tools(call->settings);
	struct pd_agent_key key = {.added = pd_now(), .added_by = actor(call)};
	enum pd_key_added added;
	const struct pd_agent *agent;
	struct pd_bytes content;
	int failed = check_agent(call, pd_call_text(call, "agent"), &agent);

	if (!failed)
		failed = pd_call_content(call, "content", &content);
	if (!failed)
		failed = pd_key_read(pd_flow_verifier(call->flow), call->arena, &tools, content.data, content.len, pd_now(),
				     &key.key, &call->error);
	if (failed)
		return failed;
	key.agent = agent->name;
	failed = pd_store_key_add(pd_flow_store(call->flow), &key, &added, &call->error);
	if (!failed)
		report(call, done[added], &key);
	return failed;
}

/* The end of a fingerprint as people copy it: with blanks, colons, 0x, in lower case; at least 8 digits. */
static const char *normal(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF out = {0};

	if (pd_starts_nocase(text, "0x"))
		text += 2;
	for (; *text; text++)
		if (*text != ' ' && *text != ':')
			pd_buf_addc(&out, g_ascii_toupper(*text));
	return pd_buf_string(arena, &out);
}

int pd_verb_key_remove(struct pd_call *call)
{
	const char *name = pd_call_text(call, "agent"), *given = pd_call_text(call, "key");
	const char *end = given ? normal(call->arena, given) : "";
	const struct pd_agent_key *key = NULL;
	const struct pd_agent *agent;
	struct pd_agent_keys keys;
	size_t found = 0;

	if (!name)
		return pd_fail(&call->error, PD_PERMANENT, "whose key?");
	if (given && (strlen(end) < 8 || strspn(end, "0123456789ABCDEF") != strlen(end)))
		return pd_fail(&call->error, PD_PERMANENT, "\"%s\" is no fingerprint, nor the last 8 or more digits of one", given);
	int failed = read_keys(call, name, false, &keys);

	if (!failed && !keys.count)
		failed = check_agent(call, name, &agent);
	for (size_t i = 0; i < keys.count && !failed; i++)
		if (pd_ends(keys.items[i].key.fingerprint, end)) {
			key = &keys.items[i];
			found++;
		}
	if (!failed && found != 1)
		failed = !keys.count ? pd_fail(&call->error, PD_PERMANENT, "%s has no registered key", name)
			 : found     ? pd_fail(&call->error, PD_PERMANENT, "%s has %zu such keys: name one by its fingerprint", name,
					       found)
				     : pd_fail(&call->error, PD_PERMANENT, "%s has no key %s", name, given);
	if (!failed)
		failed = pd_store_key_remove(pd_flow_store(call->flow), key->key.fingerprint, pd_now(), actor(call),
					     &call->error);
	if (!failed)
		report(call, "removed from", key);
	return failed;
}

/* The verb `rules`: the rules of the configuration; with `number`, which would act on that ticket, and why.
 *
 * An object for each rule, in the order of the file. Fails: the store's classes; PD_PERMANENT for a ticket that is not
 * there. */
#include "flow/verbs_internal.h"

#include <string.h>

#include "base/text.h"
#include "desk/facts.h"
#include "desk/rule.h"

static json_t *list_of(const struct pd_call *call, const struct pd_group *rule, const char *key)
{
	const char *value = pd_group_value(rule, key, NULL);
	struct pd_strings parts = pd_split(call->arena, value ? value : "", ';');

	return pd_json_strings(&parts);
}

/* Where the query stands: it holds, or it does not; without one it always does. */
static void add_verdict(json_t *object, struct pd_context *context, const struct pd_group *rule,
			const struct pd_ticket *ticket)
{
	const char *when = pd_group_value(rule, "when", NULL);
	bool is_enabled = pd_rule_is_enabled(rule), holds = pd_plan_holds(context, ticket, when);
	const char *why = !is_enabled ? "it is off"
			  : !when	      ? "it has no query"
			  : holds	      ? pd_printf(context->arena, "%s holds", when)
					      : pd_printf(context->arena, "%s does not hold", when);

	json_object_set_new(object, "fires", json_boolean(is_enabled && holds));
	json_object_set_new(object, "why", pd_json_text(why));
}

int pd_verb_rules(struct pd_call *call)
{
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket = NULL;
	int failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);

	if (!failed && pd_call_number(call, "number"))
		failed = pd_call_ticket(call, snapshot, &ticket);
	if (failed)
		return failed;
	struct pd_context context = pd_context_new(call->arena, call->settings, snapshot, pd_now(), "administrator");

	for (size_t i = 0; i < call->settings->groups.count; i++) {
		const struct pd_group *rule = &call->settings->groups.items[i];

		if (strcmp(rule->type, "rule"))
			continue;
		json_t *object = json_pack("{s:o,s:o,s:o,s:o,s:b}", "name", pd_json_text(rule->name), "on",
					   list_of(call, rule, "on"), "when",
					   pd_json_text(pd_group_value(rule, "when", NULL)), "do",
					   list_of(call, rule, "do"), "enabled", pd_rule_is_enabled(rule));
		if (ticket)
			add_verdict(object, &context, rule, ticket);
		if (!pd_call_emit(call, object))
			break;
	}
	return pd_call_checked(call, snapshot);
}

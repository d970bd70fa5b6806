/* The verb `agents`: who is there now, and until when.
 *
 * An object for each agent of the configuration, in its order. Fails: the store's classes. */
#include "flow/verbs_internal.h"

#include "base/text.h"
#include "desk/availability.h"

static json_t *teams_of(const struct pd_settings *settings, const struct pd_agent *agent)
{
	json_t *teams = json_array();

	for (size_t i = 0; i < settings->teams.count; i++)
		if (pd_team_has(&settings->teams.items[i], agent->name))
			json_array_append_new(teams, pd_json_text(settings->teams.items[i].name));
	return teams;
}

/* Those that hold now or are to come, as far as records tell; what stands in calendar files is not among them. */
static json_t *absences_of(struct pd_call *call, const struct pd_records *records, const struct pd_agent *agent,
			   pd_time now)
{
	json_t *absences = json_array();

	for (size_t i = 0; i < records->count; i++) {
		struct pd_absence absence;

		if (!pd_absence_parse(call->arena, &records->items[i], &absence) ||
		    !pd_agent_is(agent, absence.agent) || pd_equal(absence.key, "here") || absence.until <= now)
			continue;
		json_t *object = json_object();

		json_object_set_new(object, "from", pd_json_time(call->arena, absence.from));
		json_object_set_new(object, "until",
				    pd_json_time(call->arena, absence.until == PD_NEVER ? 0 : absence.until));
		json_object_set_new(object, "why", pd_json_text(absence.why));
		json_array_append_new(absences, object);
	}
	return absences;
}

int pd_verb_agents(struct pd_call *call)
{
	static const char *const roles[] = {"agent", "administrator", "viewer"}; /* enum pd_role */
	const struct pd_settings *settings = call->settings;
	PD_AUTO_SNAPSHOT snapshot = NULL;
	pd_time now = pd_now();
	int failed = pd_call_at(call, &now);

	if (!now)
		now = pd_now();
	if (!failed)
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
	if (failed)
		return failed;
	struct pd_records records = snapshot->records(snapshot, call->arena, PD_ABSENCE);

	failed = pd_call_checked(call, snapshot);
	for (size_t i = 0; i < settings->agents.count && !failed; i++) {
		const struct pd_agent *agent = &settings->agents.items[i];
		struct pd_availability found =
			pd_availability_of(call->arena, settings, &records, agent, now);
		json_t *object = json_object();

		json_object_set_new(object, "name", pd_json_text(agent->name));
		json_object_set_new(object, "full_name", pd_json_text(agent->full_name));
		json_object_set_new(object, "role", pd_json_text(roles[agent->role]));
		json_object_set_new(object, "teams", teams_of(settings, agent));
		json_object_set_new(object, "available", json_boolean(found.is_available));
		json_object_set_new(object, "until",
				    pd_json_time(call->arena, found.until == PD_NEVER ? 0 : found.until));
		json_object_set_new(object, "why", pd_json_text(*found.why ? found.why : NULL));
		json_object_set_new(object, "absences", absences_of(call, &records, agent, now));
		if (!pd_call_emit(call, object))
			break;
	}
	return failed;
}

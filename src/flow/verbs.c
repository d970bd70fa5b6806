/* The table of verbs, who may use them, and what they share: arguments, visibility, answers. */
#include "flow/verbs_internal.h"

#include <string.h>
#include "base/text.h"

enum { WRITES = 1, OWNER = 2, RIGHT_EXPORT = 4, RIGHT_CHANNELS = 8 };

static const struct verb {
	const char *name;
	int (*run)(struct pd_call *call);
	unsigned flags;
} verbs[] = {
	{"list", pd_verb_list, 0},
	{"search", pd_verb_search, 0},
	{"views", pd_verb_views, 0},
	{"rules", pd_verb_rules, 0},
	{"templates", pd_verb_templates, 0},
	{"show", pd_verb_show, 0},
	{"raw", pd_verb_raw, 0},
	{"history", pd_verb_history, 0},
	{"why", pd_verb_why, 0},
	{"create", pd_verb_create, WRITES},
	{"do", pd_verb_do, WRITES},
	{"people_undo", pd_verb_people_undo, WRITES},
	{"bulk", pd_verb_bulk, WRITES},
	{"attachments", pd_verb_attachments, 0},
	{"fetch", pd_verb_fetch, 0},
	{"attach", pd_verb_attach, WRITES},
	{"import", pd_verb_import, WRITES | OWNER},
	{"import_ticket", pd_verb_import_ticket, WRITES | OWNER},
	{"imported", pd_verb_imported, WRITES | OWNER},
	{"mailbox_move", pd_verb_mailbox_move, WRITES | RIGHT_CHANNELS},
	{"export", pd_verb_export, RIGHT_EXPORT},
	{"mbox", pd_verb_mbox, RIGHT_EXPORT},
	{"carry_out", pd_verb_carry_out, RIGHT_EXPORT},
	{"carry_begin", pd_verb_carry_begin, WRITES | OWNER},
	{"carry_messages", pd_verb_carry_messages, WRITES | OWNER},
	{"carry_ticket", pd_verb_carry_ticket, WRITES | OWNER},
	{"carry_rest", pd_verb_carry_rest, WRITES | OWNER},
	{"carry_end", pd_verb_carry_end, WRITES | OWNER},
	{"agents", pd_verb_agents, 0},
	{"contact", pd_verb_contact, 0},
	{"company", pd_verb_company, 0},
	{"report", pd_verb_report, 0},
	{"audit", pd_verb_audit, OWNER},
	{"keys", pd_verb_keys, 0},
	{"key_add", pd_verb_key_add, WRITES | OWNER},
	{"key_remove", pd_verb_key_remove, WRITES | OWNER},
	{"outbox", pd_verb_outbox, OWNER},
	{"flush", pd_verb_flush, WRITES | OWNER},
	{"reload", pd_verb_reload, WRITES | OWNER},
	{"status", pd_verb_status, 0},
	{"verify", pd_verb_verify, OWNER},
	{"backup", pd_verb_backup, OWNER},
};

static const struct verb *find(const char *name)
{
	for (size_t i = 0; name && i < G_N_ELEMENTS(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

const char *pd_verb_at(size_t index)
{
	return index < G_N_ELEMENTS(verbs) ? verbs[index].name : NULL;
}

bool pd_verb_changes(const char *name)
{
	const struct verb *verb = find(name);

	return verb && verb->flags & WRITES;
}

bool pd_call_emit(struct pd_call *call, json_t *object)
{
	pd_json_write(&call->line, object);
	json_decref(object);
	return pd_call_emit_line(call);
}

bool pd_call_emit_line(struct pd_call *call)
{
	if (!call->is_gone && !call->emit(call->data, call->line.data, call->line.len))
		call->is_gone = true;
	pd_buf_clear(&call->line);
	return !call->is_gone;
}

const char *pd_call_text(const struct pd_call *call, const char *key)
{
	return json_string_value(json_object_get(call->request, key));
}

int64_t pd_call_number(const struct pd_call *call, const char *key)
{
	return json_integer_value(json_object_get(call->request, key));
}

bool pd_call_flag(const struct pd_call *call, const char *key)
{
	return json_is_true(json_object_get(call->request, key));
}

struct pd_strings pd_call_strings(const struct pd_call *call, const char *key)
{
	const json_t *array = json_object_get(call->request, key);
	struct pd_strings list = {0};
	size_t i;
	json_t *item;

	json_array_foreach(array, i, item)
	{
		if (json_is_string(item))
			*pd_list_add(call->arena, &list) = json_string_value(item);
	}
	return list;
}

int pd_call_at(struct pd_call *call, pd_time *ret_at)
{
	const char *text = pd_call_text(call, "at");

	*ret_at = 0;
	if (text && !pd_time_parse(text, ret_at))
		return pd_fail(&call->error, PD_PERMANENT, "\"%s\" is no time; write 2026-11-21T14:00:00Z", text);
	return 0;
}

int pd_call_content(struct pd_call *call, const char *key, struct pd_bytes *ret_content)
{
	const char *text = pd_call_text(call, key);

	if (!text)
		return pd_fail(&call->error, PD_PERMANENT, "%s is missing", key);
	char *copy = pd_strdup(call->arena, text);
	gsize size = 0;

	g_base64_decode_inplace(copy, &size);
	*ret_content = (struct pd_bytes){copy, size};
	return 0;
}

json_t *pd_call_base64(const char *data, size_t size)
{
	g_autofree char *text = g_base64_encode((const guchar *)data, size);

	return json_string(text);
}

bool pd_call_may_see(const struct pd_call *call, const struct pd_ticket *ticket)
{
	return !call->agent || pd_may_see(call->settings, call->agent, ticket);
}

int pd_call_ticket(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_ticket **ret_ticket)
{
	int64_t number = pd_call_number(call, "number");
	struct pd_ticket *ticket = snapshot->ticket(snapshot, call->arena, number);

	for (int i = 0; ticket && ticket->merged_into && i < 100; i++)
		ticket = snapshot->ticket(snapshot, call->arena, ticket->merged_into);
	if (!ticket || !pd_call_may_see(call, ticket))
		return pd_fail(&call->error, PD_PERMANENT, "there is no ticket %lld", (long long)number);
	*ret_ticket = ticket;
	return 0;
}

struct pd_context pd_call_context(const struct pd_call *call, struct pd_snapshot *snapshot)
{
	return (struct pd_context){.arena = call->arena,
				   .settings = call->settings,
				   .desk = snapshot,
				   .plan = PD_NEW(call->arena, struct pd_plan),
				   .now = pd_now(),
				   .agent = call->agent};
}

int pd_call_checked(struct pd_call *call, const struct pd_snapshot *snapshot)
{
	if (snapshot->failed)
		call->error = snapshot->error;
	return snapshot->failed;
}

/* Root and the owner are administrators; an agent works by its role; anybody else is refused. */
static int admit(struct pd_call *call, const struct verb *verb)
{
	const char *as = pd_call_text(call, "as");
	const char *name = as ? as : call->peer->agent;

	if (as && !call->peer->is_owner)
		return pd_fail(&call->error, PD_PERMANENT, "--as is for root and the owner of the state directory");
	if (name) {
		call->agent = pd_settings_agent(call->settings, name);
		if (!call->agent)
			return pd_fail(&call->error, PD_PERMANENT, "there is no agent %s", name);
	} else if (!call->peer->is_owner) {
		return pd_fail(&call->error, PD_PERMANENT, "this login belongs to no agent ([agent] user =)");
	}
	call->is_administrator = !call->agent || call->agent->role == PD_ROLE_ADMINISTRATOR || (call->peer->is_owner && !as);

	if (verb->flags & OWNER && !call->is_administrator)
		return pd_fail(&call->error, PD_PERMANENT, "%s is for administrators", verb->name);
	const char *right = verb->flags & RIGHT_EXPORT ? "export" : verb->flags & RIGHT_CHANNELS ? "channels" : NULL;

	if (right && call->agent && !pd_may(call->agent, right))
		return pd_fail(&call->error, PD_PERMANENT, "%s lacks the right \"%s\"", call->agent->name, right);
	return 0;
}

/* What members of a request may be; null is absence. Members that no verb knows are passed over. */
static int check_request(struct pd_call *call)
{
	enum { TEXT = 1, NUMBER = 2, FLAG = 4, LIST = 8 };
	static const struct {
		const char *name;
		unsigned types;
	} members[] = {
		{"verb", TEXT},	       {"as", TEXT},	       {"query", TEXT},	     {"view", TEXT},
		{"sort", TEXT},	       {"columns", LIST},      {"at", TEXT},	     {"limit", NUMBER},
		{"text", TEXT},	       {"number", NUMBER},     {"kind", TEXT},	     {"language", TEXT}, {"by", TEXT},
		{"team", TEXT},	       {"search", TEXT},       {"entry", NUMBER},    {"brief", FLAG},      {"deleted", FLAG},
		{"oldest_first", FLAG}, {"property", TEXT},    {"commands", LIST},   {"mailbox", TEXT},
		{"name", TEXT},	       {"contacts", LIST | FLAG}, {"set", LIST},     {"attachment", TEXT},
		{"content", TEXT},     {"destination", TEXT},  {"all", FLAG},	     {"agent", TEXT},
		{"company", TEXT},      {"key", TEXT},	       {"from", TEXT},	       {"to", TEXT},	     {"as_text", FLAG},
	};
	static const char *const words[] = {[TEXT] = "a text", [NUMBER] = "a number", [FLAG] = "true or false",
					    [LIST] = "a list of texts", [LIST | FLAG] = "a list of texts"};

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const json_t *value = json_object_get(call->request, members[i].name);
		unsigned types = members[i].types;
		size_t n;
		const json_t *item;

		if (!value || json_is_null(value) || (types & TEXT && json_is_string(value)) ||
		    (types & NUMBER && json_is_integer(value)) || (types & FLAG && json_is_boolean(value)))
			continue;
		bool is_list = types & LIST && json_is_array(value);

		json_array_foreach(value, n, item) is_list = is_list && json_is_string(item);
		if (!is_list)
			return pd_fail(&call->error, PD_PERMANENT, "\"%s\" must be %s", members[i].name, words[types]);
	}
	return 0;
}

static int exit_code(int class)
{
	switch (class) {
	case PD_OK:
		return 0;
	case PD_TEMPORARY:
	case PD_FULL:
	case PD_UNCERTAIN:
		return 75;
	case PD_CONFIGURATION:
		return 78;
	default:
		return 1;
	}
}

void pd_flow_verb(struct pd_flow *flow, const struct pd_peer *peer, const json_t *request, pd_emit emit, void *data)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_call call = {
		.flow = flow,
		.arena = arena,
		.settings = settings,
		.peer = peer,
		.request = request,
		.emit = emit,
		.data = data,
	};
	const char *name = json_string_value(json_object_get(request, "verb"));
	const struct verb *verb = find(name);
	int failed;

	if (!verb)
		failed = pd_fail(&call.error, PD_PERMANENT, "there is no verb \"%s\"", name ? name : "");
	else
		failed = check_request(&call);
	if (!failed)
		failed = admit(&call, verb);
	if (!failed)
		failed = verb->run(&call);

	json_t *end = json_object();

	json_object_set_new(end, "exit", json_integer(exit_code(failed)));
	if (failed)
		json_object_set_new(end, "error", pd_json_text(pd_clean_text(arena, call.error.text, strlen(call.error.text))));
	pd_call_emit(&call, end);
	pd_buf_free(&call.line);
}

/* A snapshot in use: references, look-ups, its canonical text. Cannot fail. */
#include "config/config.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static const char *const kind_names[] = {"new", "open", "waiting", "closed"};

const char *pd_status_kind_name(enum pd_status_kind kind)
{
	assert(kind < PD_STATUS_KINDS);
	return kind_names[kind];
}

bool pd_status_kind_parse(const char *name, enum pd_status_kind *ret_kind)
{
	for (unsigned i = 0; i < PD_STATUS_KINDS; i++) {
		if (pd_equal_nocase(kind_names[i], name)) {
			*ret_kind = (enum pd_status_kind)i;
			return true;
		}
	}
	return false;
}

struct pd_settings *pd_settings_ref(struct pd_settings *settings)
{
	__atomic_add_fetch(&settings->references, 1, __ATOMIC_RELAXED);
	return settings;
}

void pd_settings_unref(struct pd_settings *settings)
{
	if (settings != NULL && __atomic_sub_fetch(&settings->references, 1, __ATOMIC_ACQ_REL) == 0)
		pd_arena_free(settings->arena);
}

/* Groups in the order of the file, since that order has a meaning; keys as they stand. */
char *pd_settings_text(struct pd_arena *arena, const struct pd_settings *settings)
{
	PD_AUTO_BUF text = {0};
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		pd_buf_addf(&text, "[%s%s%s]\n", group->type, *group->name != '\0' ? " " : "", group->name);
		for (size_t k = 0; k < group->settings.count; k++)
			pd_buf_addf(&text, "%s=%s\n", group->settings.items[k].key,
				    group->settings.items[k].value);
	}
	return pd_buf_string(arena, &text);
}

const char *pd_group_value(const struct pd_group *group, const char *key, struct pd_where *ret_where)
{
	for (size_t i = 0; i < group->settings.count; i++) {
		const struct pd_setting *setting = &group->settings.items[i];
		if (strcmp(setting->key, key) == 0) {
			if (ret_where != NULL)
				*ret_where = setting->where;
			return setting->value;
		}
	}
	return NULL;
}

const struct pd_mailbox *pd_settings_mailbox(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->mailboxes.count; i++)
		if (pd_equal(settings->mailboxes.items[i].name, name))
			return &settings->mailboxes.items[i];
	for (size_t i = 0; name != NULL && i < settings->mailboxes.count; i++)
		if (pd_strings_has(&settings->mailboxes.items[i].was, name))
			return &settings->mailboxes.items[i];
	return NULL;
}

const struct pd_mailbox *pd_settings_mailbox_of(const struct pd_settings *settings, const char *address)
{
	for (size_t i = 0; i < settings->mailboxes.count; i++)
		if (pd_strings_has_nocase(&settings->mailboxes.items[i].addresses, address))
			return &settings->mailboxes.items[i];
	return NULL;
}

const struct pd_team *pd_settings_team(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->teams.count; i++)
		if (pd_equal(settings->teams.items[i].name, name))
			return &settings->teams.items[i];
	for (size_t i = 0; name != NULL && i < settings->teams.count; i++)
		if (pd_strings_has(&settings->teams.items[i].was, name))
			return &settings->teams.items[i];
	return NULL;
}

const struct pd_agent *pd_settings_agent(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->agents.count; i++)
		if (pd_equal(settings->agents.items[i].name, name))
			return &settings->agents.items[i];
	for (size_t i = 0; name != NULL && i < settings->agents.count; i++)
		if (pd_strings_has(&settings->agents.items[i].was, name))
			return &settings->agents.items[i];
	return NULL;
}

bool pd_agent_is(const struct pd_agent *agent, const char *name)
{
	return name != NULL && (pd_equal(agent->name, name) || pd_strings_has(&agent->was, name));
}

const struct pd_agent *pd_settings_agent_of(const struct pd_settings *settings, const char *address)
{
	for (size_t i = 0; i < settings->agents.count; i++)
		if (pd_strings_has_nocase(&settings->agents.items[i].addresses, address))
			return &settings->agents.items[i];
	return NULL;
}

const struct pd_agent *pd_settings_agent_user(const struct pd_settings *settings, const char *user)
{
	for (size_t i = 0; user != NULL && i < settings->agents.count; i++)
		if (pd_equal(settings->agents.items[i].user, user))
			return &settings->agents.items[i];
	return NULL;
}

const struct pd_agent *pd_settings_agent_certified(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->agents.count; i++)
		if (pd_strings_has(&settings->agents.items[i].certificates, name))
			return &settings->agents.items[i];
	return NULL;
}

const struct pd_pipeline *pd_settings_pipeline(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->pipelines.count; i++)
		if (pd_equal(settings->pipelines.items[i].name, name))
			return &settings->pipelines.items[i];
	for (size_t i = 0; name != NULL && i < settings->pipelines.count; i++)
		if (pd_strings_has(&settings->pipelines.items[i].was, name))
			return &settings->pipelines.items[i];
	return NULL;
}

const struct pd_agent *pd_settings_agent_jid(const struct pd_settings *settings, const char *jid)
{
	for (size_t i = 0; i < settings->agents.count; i++)
		if (settings->agents.items[i].jid != NULL && pd_equal_nocase(settings->agents.items[i].jid, jid))
			return &settings->agents.items[i];
	return NULL;
}

const struct pd_chat *pd_settings_chat(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->chats.count; i++)
		if (pd_equal(settings->chats.items[i].name, name))
			return &settings->chats.items[i];
	return NULL;
}

bool pd_team_has(const struct pd_team *team, const char *agent)
{
	return pd_strings_has(&team->members, agent);
}

const struct pd_status *pd_pipeline_first(const struct pd_pipeline *pipeline, enum pd_status_kind kind)
{
	for (size_t i = 0; i < pipeline->statuses.count; i++)
		if (pipeline->statuses.items[i].kind == kind)
			return &pipeline->statuses.items[i];
	return &pipeline->statuses.items[0];
}

const struct pd_status *pd_pipeline_status(const struct pd_pipeline *pipeline, const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *folded = pd_fold(arena, name);
	for (size_t i = 0; i < pipeline->statuses.count; i++)
		if (strcmp(pd_fold(arena, pipeline->statuses.items[i].name), folded) == 0)
			return &pipeline->statuses.items[i];
	return NULL;
}

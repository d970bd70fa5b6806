/* What the desk finds wrong in the settings: queries of views, rules, routes and goals, commands of rules,
 * the choices of properties.
 *
 * Promises: every fault with its file and line; nothing else is looked at twice. */
#include "desk/chat.h"
#include "desk/command.h"
#include "desk/decide.h"

#include <string.h>

#include "base/text.h"
#include "config/texts.h"
#include "desk/find.h"
#include "desk/mailform.h"
#include "desk/people.h"
#include "desk/schedule.h"
#include "desk/goals.h"
#include "desk/placeholder.h"
#include "desk/insert.h"

static const struct pd_setting *setting(const struct pd_group *group, const char *key)
{
	for (size_t i = 0; i < group->settings.count; i++)
		if (strcmp(group->settings.items[i].key, key) == 0)
			return &group->settings.items[i];
	return NULL;
}

/* me: an agent's name where somebody asks, NULL where nobody does (rules and routes). */
static void check_query(struct pd_arena *arena, const struct pd_settings *settings,
			const struct pd_group *group, const char *key, const char *query, const char *me,
			struct pd_where where, struct pd_problems *problems)
{
	struct pd_query *tree;
	struct pd_error error = {0};
	if (pd_query_parse(arena, settings, query, me, PD_DAY, &tree, &error) != 0)
		pd_problem_add(problems, where, "[%s %s] %s: %s", group->type, group->name, key, error.text);
}

/* `me` is whoever looks at the view; any agent's name will do to check the words. */
static void check_view(struct pd_arena *arena, const struct pd_settings *settings,
		       const struct pd_group *group, struct pd_problems *problems)
{
	const struct pd_setting *text = setting(group, "query");
	const char *me = settings->agents.count > 0 ? settings->agents.items[0].name : "";
	if (text != NULL)
		check_query(arena, settings, group, "query", text->value, me, text->where, problems);
	else if (pd_view_find(group->name) == NULL)
		pd_problem_add(problems, group->where, "[view %s] has no query", group->name);
}

static void check_when(struct pd_arena *arena, const struct pd_settings *settings,
		       const struct pd_group *group, struct pd_problems *problems)
{
	const struct pd_setting *when = setting(group, "when");
	if (when != NULL)
		check_query(arena, settings, group, "when", when->value, NULL, when->where, problems);
}

static bool is_event(const struct pd_settings *settings, const char *event)
{
	static const char *const states[] = {"active", "due_soon", "overdue", "paused", "met", "missed"};
	pd_time duration;
	if (pd_equal(event, "created") || pd_equal(event, "replied") || pd_equal(event, "answered"))
		return true;
	if (pd_starts(event, "changed:"))
		return pd_property_is_builtin(event + strlen("changed:")) ||
		       pd_find_property(settings, event + strlen("changed:")) != NULL;
	for (size_t i = 0; pd_starts(event, "goal:") && i < sizeof states / sizeof *states; i++)
		if (pd_equal(event + strlen("goal:"), states[i]))
			return true;
	if (pd_starts(event, "after:"))
		return pd_duration_parse(event + strlen("after:"), &duration);
	return pd_starts(event, "at:") && pd_schedule_is(event + strlen("at:"));
}

static void check_rule(struct pd_arena *arena, const struct pd_settings *settings,
		       const struct pd_group *group, struct pd_problems *problems)
{
	const struct pd_setting *on = setting(group, "on"), *work = setting(group, "do");
	struct pd_strings events = pd_split(arena, on != NULL ? on->value : "", ';');
	struct pd_strings lines = pd_split(arena, work != NULL ? work->value : "", ';');
	for (size_t i = 0; i < events.count; i++)
		if (!is_event(settings, events.items[i]))
			pd_problem_add(problems, on->where,
				       "[rule %s] on: %s is none of created replied answered "
				       "changed:PROPERTY goal:STATE "
				       "after:DURATION at:TIME",
				       group->name, events.items[i]);
	for (size_t i = 0; i < lines.count; i++) {
		const char *left;
		struct pd_commands *commands =
			pd_commands_parse(arena, settings, "en", NULL, PD_DAY, lines.items[i], true, &left);
		for (size_t n = 0; n < commands->errors.count; n++)
			pd_problem_add(problems, work->where, "[rule %s] do: %s", group->name,
				       strstr(commands->errors.items[n], ", ") + 2);
	}
}

/* Views of the configuration, or queries. One that is neither may be made by #view, which nobody knows here. */
static void check_digest_views(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
			       const struct pd_setting *view, struct pd_problems *problems)
{
	const struct pd_views known = pd_views_of(arena, settings, NULL);
	struct pd_strings all = pd_split(arena, view->value, ';'), names = {0};
	const char *me = settings->agents.count > 0 ? settings->agents.items[0].name : "";
	for (size_t i = 0; i < known.count; i++)
		*pd_list_add(arena, &names) = known.items[i].name;
	for (size_t i = 0; i < all.count; i++) {
		if (pd_view_among(&known, all.items[i]) != NULL)
			continue;
		if (strchr(all.items[i], ':') != NULL) {
			check_query(arena, settings, group, "view", all.items[i], me, view->where, problems);
			continue;
		}
		const struct pd_found none = pd_found_none(arena, all.items[i], &names);
		pd_warning_add(problems, view->where, "[digest %s] view: %s An agent's #view may make it.", group->name,
			       pd_found_words(arena, "en", "view", all.items[i], &none));
	}
}

static void check_digest(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
			 struct pd_problems *problems)
{
	const struct pd_setting *at = setting(group, "at"), *to = setting(group, "to");
	if (at == NULL || !pd_schedule_is(at->value))
		pd_problem_add(problems, at != NULL ? at->where : group->where,
			       "[digest %s] at: \"%s\" is no time of the week, such as mon-fri 08:00", group->name,
			       at != NULL ? at->value : "");
	if (setting(group, "view") == NULL)
		pd_problem_add(problems, group->where, "[digest %s] has no view", group->name);
	else
		check_digest_views(arena, settings, group, setting(group, "view"), problems);
	struct pd_strings words = pd_split(arena, to != NULL ? to->value : "", ';');
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];
		if (strcmp(word, "everyone") != 0 && pd_settings_agent(settings, word) == NULL &&
		    !(pd_starts(word, "team:") && pd_settings_team(settings, word + strlen("team:")) != NULL))
			pd_problem_add(problems, to->where, "[digest %s] to: %s is no agent, team:TEAM or everyone",
				       group->name, word);
	}
}

/* The pipeline of that name; of the default one's when no group has it. */
static const struct pd_pipeline *pipeline_called(const struct pd_settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->pipelines.count; i++)
		if (pd_equal(settings->pipelines.items[i].name, name))
			return &settings->pipelines.items[i];
	for (size_t i = 0; i < settings->mailboxes.count; i++)
		if (pd_equal(settings->mailboxes.items[i].pipeline->name, name))
			return settings->mailboxes.items[i].pipeline;
	return NULL;
}

/* Kinds, or PIPELINE:STATUS. */
static void check_required_before(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
				  struct pd_problems *problems)
{
	const struct pd_setting *before = setting(group, "required_before");
	struct pd_strings parts = pd_split(arena, before != NULL ? before->value : "", ';');
	for (size_t i = 0; i < parts.count; i++) {
		const char *part = parts.items[i], *colon = strchr(part, ':');
		enum pd_status_kind kind;
		if (colon == NULL) {
			if (!pd_status_kind_parse(pd_lower_ascii(arena, part), &kind))
				pd_problem_add(problems, before->where,
					       "[property %s] required_before: \"%s\" is none of new, open, waiting, closed, "
					       "nor PIPELINE:STATUS",
					       group->name, part);
			continue;
		}
		const char *name = pd_strndup(arena, part, (size_t)(colon - part));
		const struct pd_pipeline *pipeline = pipeline_called(settings, name);
		if (pipeline == NULL) {
			pd_problem_add(problems, before->where, "[property %s] required_before: there is no [pipeline %s]",
				       group->name, name);
			continue;
		}
		bool is_there = false;
		for (size_t n = 0; n < pipeline->statuses.count; n++)
			is_there |= pd_equal_nocase(pipeline->statuses.items[n].name, colon + 1);
		if (!is_there)
			pd_problem_add(problems, before->where,
				       "[property %s] required_before: [pipeline %s] has no status \"%s\"", group->name, name,
				       colon + 1);
	}
}

/* A skill that nobody has: nobody is chosen. */
static void check_skills(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
			 struct pd_problems *problems)
{
	const struct pd_setting *skills = setting(group, "skills");
	struct pd_strings parts = pd_split(arena, skills != NULL ? skills->value : "", ';');
	for (size_t i = 0; i < parts.count; i++) {
		bool is_there = false;
		for (size_t n = 0; n < settings->agents.count; n++)
			is_there |= pd_strings_has_nocase(&settings->agents.items[n].skills, parts.items[i]);
		if (!is_there)
			pd_warning_add(problems, skills->where, "[route %s] skills: no agent has the skill \"%s\"", group->name,
				       parts.items[i]);
	}
}

static void check_property(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *group,
			   struct pd_problems *problems)
{
	check_required_before(arena, settings, group, problems);
	const struct pd_setting *type = setting(group, "type");
	const struct pd_setting *choices = setting(group, "choices");
	if (type != NULL && pd_starts(type->value, "choice") && choices == NULL)
		pd_problem_add(problems, group->where, "[property %s] has no choices", group->name);
	if (pd_property_is_builtin(group->name) || pd_property_is_hidden(group->name))
		pd_problem_add(problems, group->where, "[property %s] is a property that every ticket has",
			       group->name);
}

static void check_text(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_text *text,
		       struct pd_problems *problems)
{
	const struct pd_where where = {.file = text->path};
	if (text->kind == PD_TEXT_VIDEO && text->body != NULL) {
		if (text->link == NULL || (!pd_starts(text->link, "https://") && !pd_starts(text->link, "http://")))
			pd_problem_add(problems, where, "a video begins with a line Link: https://...");
		if (text->preview != NULL && pd_text_preview(settings, text) == NULL)
			pd_problem_add(problems, where, "Preview: there is no picture %s beside it", text->preview);
	}
	if (!pd_text_is_filled(text))
		return;
	struct pd_strings unknown = pd_placeholders_unknown(
		arena, settings, pd_printf(arena, "%s\n%s", text->subject != NULL ? text->subject : "", text->body));
	for (size_t i = 0; i < unknown.count; i++)
		pd_problem_add(problems, where, "there is no placeholder {%s}; a literal brace is written {{", unknown.items[i]);
}

void pd_desk_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "view") == 0)
			check_view(arena, settings, group, problems);
		else if (strcmp(group->type, "property") == 0)
			check_property(arena, settings, group, problems);
		else if (strcmp(group->type, "digest") == 0)
			check_digest(arena, settings, group, problems);
		else if (strcmp(group->type, "rule") == 0)
			check_rule(arena, settings, group, problems);
		else if (strcmp(group->type, "route") == 0)
			check_skills(arena, settings, group, problems);
		if (strcmp(group->type, "rule") == 0 || strcmp(group->type, "route") == 0)
			check_when(arena, settings, group, problems);
	}
	pd_phone_check(settings, problems);
	pd_chat_check(settings, problems);
	pd_mailform_check(settings, problems);
	for (size_t i = 0; i < settings->texts.count; i++)
		check_text(arena, settings, &settings->texts.items[i], problems);
	(void)pd_policies_new(settings, problems);
}

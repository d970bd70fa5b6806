/* Commands that make and delete views: #view, #unview.
 *
 * A view without "for" is its author's alone: nobody else meets it. Who may change or delete a shared one: its author
 * and administrators. The name that a view of every desk has narrows that one, for everyone; no other view has it. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/view_record.h"

#define NAME_MAX 60 /* bytes */

/* command->value is the name; words: query, sort, columns, share. */
enum { QUERY, SORT, COLUMNS, SHARE };

/* --- parsing --- */

/* "everyone", or the teams, as a view keeps it; NULL: an error was told. */
static const char *share_of(struct command_parser *parser, struct pd_command *command,
			    const struct pd_strings *words)
{
	struct pd_strings parts = {0};
	if (words->count == 0)
		return "";
	if (words->count == 1 && command_is_keyword(parser->arena, words->items[0], "everyone"))
		return "everyone";
	for (size_t i = 0; i < words->count; i++) {
		if (command_is_keyword(parser->arena, words->items[i], "team"))
			continue;
		struct pd_found found = pd_find_team(parser->arena, parser->settings, words->items[i]);
		if (found.name == NULL) {
			command_wrong_found(parser, command, "team", words->items[i], &found);
			return NULL;
		}
		*pd_list_add(parser->arena, &parts) = pd_printf(parser->arena, "team:%s", found.name);
	}
	return pd_strings_join(parser->arena, &parts, ";");
}

static bool is_name(struct command_parser *parser, struct pd_command *command, const char *name)
{
	if (*name != '\0' && strlen(name) <= NAME_MAX && strpbrk(name, "/;=\n") == NULL)
		return true;
	command_wrong(parser, command,
		      PARSER_SAY(parser, "a view's name has 1 to 60 characters, without / ; and =."));
	return false;
}

void command_parse_view(struct command_parser *parser, struct pd_command *command)
{
	const char *equals = strchr(command->rest, '=');
	const char *name = equals == NULL ? NULL
					  : pd_clean_line(parser->arena,
							  pd_strndup(parser->arena, command->rest,
								     (size_t)(equals - command->rest)),
							  0);
	if (name == NULL) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	if (!is_name(parser, command, name))
		return;
	struct command_tail tail = command_split_tail(parser, pd_trim(parser->arena, equals + 1));
	const char *share = share_of(parser, command, &tail.share);
	if (share == NULL || !command_check_tail(parser, command, &tail))
		return;
	const char *const words[] = {
		[QUERY] = tail.query,
		[SORT] = tail.sort != NULL ? tail.sort : "",
		[COLUMNS] = tail.columns.count > 0 ? pd_strings_join(parser->arena, &tail.columns, ";") : "",
		[SHARE] = share,
	};
	command->value = name;
	memset(&command->words, 0, sizeof command->words);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		*pd_list_add(parser->arena, &command->words) = words[i];
}

void command_parse_unview(struct command_parser *parser, struct pd_command *command)
{
	command->value = pd_clean_line(parser->arena, command->rest, 0);
	is_name(parser, command, command->value);
}

/* --- with the desk --- */

/* The view as the command makes it. */
static struct pd_view wanted(struct command_run *run, const struct pd_command *command)
{
	const struct pd_agent *agent = run->context->agent;
	const char *share = command->words.items[SHARE];
	if (*share == '\0')
		share = agent != NULL ? pd_printf(run->context->arena, "private:%s", agent->name) : "everyone";
	return (struct pd_view){
		.title = command->value,
		.query = command->words.items[QUERY],
		.sort = *command->words.items[SORT] != '\0' ? command->words.items[SORT] : NULL,
		.columns = *command->words.items[COLUMNS] != '\0' ? command->words.items[COLUMNS] : NULL,
		.share = share,
		.author = agent != NULL ? agent->name : "",
	};
}

/* The view that stands in the record of that name, whoever may see it; NULL: none. */
static const struct pd_view *recorded(struct command_run *run, const char *record_name)
{
	struct pd_context *context = run->context;
	const struct pd_record one = {.name = record_name,
				      .value = pd_plan_record(context, PD_VIEW_RECORD, record_name)};
	struct pd_view *view = PD_NEW(context->arena, struct pd_view);
	return one.value != NULL && pd_view_of_record(context->arena, &one, view) ? view : NULL;
}

static bool may_change(const struct command_run *run, const struct pd_view *view)
{
	const struct pd_agent *agent = run->context->agent;
	return agent == NULL || agent->role == PD_ROLE_ADMINISTRATOR || pd_agent_is(agent, view->author);
}

static void refuse_change(struct command_run *run, const struct pd_command *command,
			  const struct pd_view *view)
{
	command_refused(run, command,
			RUN_SAY(run, "the view \"{name}\" is {author}'s; its author and administrators may change it.",
				"name", view->title, "author",
				*view->author != '\0' ? view->author : RUN_SAY(run, "the administrator")));
}

/* Is it the name of a view of the configuration that no command may change? */
static bool is_configured(struct command_run *run, const char *name)
{
	const struct pd_settings *settings = run->context->settings;
	return pd_view_find(name) == NULL && pd_view_in(run->context->arena, settings, NULL, name) != NULL;
}

static bool may_share(struct command_run *run, const struct pd_command *command, const struct pd_view *view)
{
	const struct pd_agent *agent = run->context->agent;
	bool is_administrator = agent == NULL || agent->role == PD_ROLE_ADMINISTRATOR;
	if (pd_view_find(view->title) != NULL && (!is_administrator || !pd_equal(view->share, "everyone"))) {
		command_refused(run, command,
				RUN_SAY(run,
					"\"{name}\" is a view of every desk; administrators narrow it, for everyone.",
					"name", view->title));
		return false;
	}
	if (is_administrator)
		return true;
	struct pd_strings shares = pd_split(run->context->arena, view->share, ';');
	for (size_t i = 0; i < shares.count; i++) {
		const char *name = shares.items[i] + strlen("team:");
		if (pd_starts(shares.items[i], "team:") &&
		    !pd_team_has(pd_settings_team(run->context->settings, name), agent->name)) {
			command_refused(run, command,
					RUN_SAY(run, "you are not in the team {team}.", "team", name));
			return false;
		}
	}
	return true;
}

/* The views as they will be with that one, for the author's eyes. */
static struct pd_views views_with(struct command_run *run, const struct pd_view *view, const char *name)
{
	struct pd_context *context = run->context;
	const struct pd_record own = {.name = name, .value = pd_view_record_value(context->arena, view)};
	struct pd_records records = pd_plan_records(context, PD_VIEW_RECORD), all = {0};
	for (size_t i = 0; i < records.count; i++)
		if (strcmp(records.items[i].name, name) != 0)
			*pd_list_add(context->arena, &all) = records.items[i];
	*pd_list_add(context->arena, &all) = own;
	return pd_views_with(context->arena, context->settings, context->agent, &all);
}

void command_check_view(struct command_run *run, const struct pd_command *command)
{
	const struct pd_view view = wanted(run, command);
	const char *name = pd_view_record_name(run->context->arena, &view);
	const struct pd_views views = views_with(run, &view, name);
	const struct pd_view *before = recorded(run, name);
	if (is_configured(run, view.title))
		command_refused(run, command,
				RUN_SAY(run, "the view \"{name}\" stands in the configuration.", "name",
					view.title));
	else if (before != NULL && !may_change(run, before))
		refuse_change(run, command, before);
	else if (may_share(run, command, &view))
		command_check_query(run, command, &views, view.query);
}

int command_apply_view(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	struct pd_view view = wanted(run, command);
	const char *name = pd_view_record_name(context->arena, &view);
	const struct pd_view *before = recorded(run, name);
	struct pd_ticket *home = command_home(run);
	if (home == NULL)
		return pd_fail(run->error, PD_PERMANENT, "%s", RUN_SAY(run, "there is no mailbox for it."));
	if (before != NULL)
		view.author = before->author;
	/* The lines before may have made what it names. */
	const struct pd_views views = views_with(run, &view, name);
	struct pd_error error = {0};
	struct pd_query *query;
	if (command_query(run, &views, view.query, &query, &error) != 0)
		return pd_fail(run->error, PD_PERMANENT, "#%s: %s", command->spec->word,
			       RUN_SAY(run, "the query is wrong: {error}", "error", error.text));
	pd_plan_set_record(context, home, PD_VIEW_RECORD, name, pd_view_record_value(context->arena, &view),
			   command_why(run, command));
	command_report(run, command,
		       RUN_SAY(run, "view \"{name}\": {query} ({share})", "name", view.title, "query", view.query,
			       "share", view.share));
	return 0;
}

/* The record of the agent's own view, which it may have made under another name; NULL: none. */
static const char *own_record(struct pd_context *context, const char *key)
{
	const struct pd_agent *agent = context->agent;
	for (size_t i = 0; agent != NULL && i <= agent->was.count; i++) {
		const char *name = pd_printf(context->arena, "%s/%s", i == 0 ? agent->name : agent->was.items[i - 1], key);
		if (pd_plan_record(context, PD_VIEW_RECORD, name) != NULL)
			return name;
	}
	return NULL;
}

/* The record that #unview means: the agent's own first. NULL: none. */
static const char *unviewed(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const char *key = pd_view_key(context->arena, command->value);
	const char *own = own_record(context, key);
	if (own != NULL)
		return own;
	const struct pd_view *shared = recorded(run, key);
	return shared != NULL && pd_view_is_shared(context->arena, context->settings, shared->share, context->agent)
		       ? key
		       : NULL;
}

void command_check_unview(struct command_run *run, const struct pd_command *command)
{
	const char *name = unviewed(run, command);
	const struct pd_view *view = name != NULL ? recorded(run, name) : NULL;
	const struct pd_views views = command_views(run);
	struct pd_strings names = {0};
	if (view != NULL) {
		if (!may_change(run, view))
			refuse_change(run, command, view);
		return;
	}
	if (pd_view_among(&views, command->value) != NULL) {
		command_refused(run, command,
				RUN_SAY(run, "the view \"{name}\" was not made by #view.", "name",
					command->value));
		return;
	}
	for (size_t i = 0; i < views.count; i++)
		if (views.items[i].author != NULL)
			*pd_list_add(run->context->arena, &names) = views.items[i].name;
	const struct pd_found found = pd_found_none(run->context->arena, command->value, &names);
	command_refused_found(run, command, "view", command->value, &found);
}

int command_apply_unview(struct command_run *run, const struct pd_command *command)
{
	const char *name = unviewed(run, command);
	struct pd_ticket *home = command_home(run);
	if (name == NULL || home == NULL)
		return 0; /* gone by a line before */
	pd_plan_set_record(run->context, home, PD_VIEW_RECORD, name, NULL, command_why(run, command));
	command_report(run, command,
		       RUN_SAY(run, "the view \"{name}\" is deleted; #undo brings it back.", "name",
			       command->value));
	return 0;
}

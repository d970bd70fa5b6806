/* Forms for new tickets.
 *
 * Promises: what a form asks for, its own lines answer; a line left empty is no answer. Cannot fail. */
#include "desk/form.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/letters.h"

static bool is_asked(const struct pd_group *group, const char *how)
{
	return strcmp(group->type, "property") == 0 && pd_equal(pd_group_value(group, "on_create", NULL), how);
}

const char *pd_form_value(struct pd_arena *arena, const struct pd_group *property)
{
	struct pd_strings choices = pd_split(arena, pd_group_value(property, "choices", NULL), ';');
	return choices.count > 0 ? pd_strings_join(arena, &choices, "|") : "VALUE";
}

/* "device: phone, laptop"; "floor: a number (may stay empty)". */
static const char *hint(struct pd_context *context, const char *language, const struct pd_group *property)
{
	struct pd_arena *arena = context->arena;
	const char *type = pd_group_value(property, "type", NULL), *title = pd_group_value(property, "name", NULL);
	struct pd_strings choices = pd_split(arena, pd_group_value(property, "choices", NULL), ';');
	const char *what = pd_strings_join(arena, &choices, ", ");
	if (pd_equal(type, "number"))
		what = pd_say(arena, language, "a number", NULL);
	else if (pd_equal(type, "date"))
		what = pd_say(arena, language, "a date such as 2026-01-31", NULL);
	else if (pd_equal(type, "choices"))
		what = pd_say(arena, language, "some of {choices}, with ; between them", "choices", what, NULL);
	return pd_printf(arena, "%s%s%s%s", title != NULL ? title : property->name, *what != '\0' ? ": " : "", what,
			 is_asked(property, "ask") ? pd_say(arena, language, " (may stay empty)", NULL) : "");
}

static bool is_given(const struct pd_commands *commands, const char *property)
{
	for (size_t i = 0; i < commands->items.count; i++)
		if (pd_command_gives(&commands->items.items[i], property))
			return true;
	return false;
}

static bool has_word(const struct pd_commands *commands, const char *word)
{
	for (size_t i = 0; i < commands->items.count; i++)
		if (strcmp(pd_command_word(commands->items.items[i].spec), word) == 0)
			return true;
	return false;
}

char *pd_form_lines(struct pd_context *context, const struct pd_agent *agent, const struct pd_commands *commands)
{
	PD_AUTO_BUF out = {0};
	struct pd_arena *arena = context->arena;
	const char *language = pd_agent_language(context, agent);
	if (commands->lacks_name)
		pd_buf_addf(&out, "%s\n#set name=\n\n", pd_say(arena, language, "The ticket's name", NULL));
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < context->settings->groups.count; i++) {
			const struct pd_group *group = &context->settings->groups.items[i];
			if (is_asked(group, pass == 0 ? "required" : "ask") && !is_given(commands, group->name))
				pd_buf_addf(&out, "%s\n#set %s=\n\n", hint(context, language, group), group->name);
		}
	}
	if (!has_word(commands, "contact"))
		pd_buf_addf(&out, "%s%s\n#contact\n\n", pd_say(arena, language, "The contact's address", NULL),
			    pd_say(arena, language, " (may stay empty)", NULL));
	return pd_buf_string(arena, &out);
}

/* --- what is filled in --- */

static const char *const form_words[] = {"set", "add", "contact", "company"};

static bool is_form_word(const char *word)
{
	for (size_t i = 0; i < sizeof form_words / sizeof *form_words; i++)
		if (strcmp(word, form_words[i]) == 0)
			return true;
	return false;
}

/* A line of the form that nobody has filled in: "#set device=", "#contact". */
static bool is_empty(const char *line)
{
	return line[strlen(line) - 1] == '=' || strcmp(line, "#contact") == 0;
}

/* The property that "#set device=laptop" gives, "contact" of "#contact …". */
static const char *place_of(struct pd_arena *arena, const char *line)
{
	const char *rest = line + strcspn(line, " ");
	const char *property = pd_trim(arena, pd_strndup(arena, rest, strcspn(rest, "=:")));
	return strchr(rest, '=') != NULL ? pd_fold(arena, property) : pd_fold(arena, pd_strndup(arena, line, strcspn(line, " ")));
}

/* The command line that stands there, behind marks of quotation; NULL: none. */
static const char *line_of(struct pd_arena *arena, const char *line, bool *ret_is_quoted)
{
	const char *at = line + strspn(line, "> \t");
	*ret_is_quoted = memchr(line, '>', (size_t)(at - line)) != NULL;
	const char *clean = pd_command_plain(arena, pd_clean_line(arena, at, 0));
	return pd_command_shape(clean) ? clean : NULL;
}

char *pd_form_read(struct pd_context *context, const struct pd_agent *agent, const struct pd_message *message,
		   const char **ret_wrong)
{
	struct pd_arena *arena = context->arena;
	struct pd_strings own = pd_lines(arena, pd_strndup(arena, message->text, message->own_text));
	struct pd_strings all = pd_lines(arena, message->full_text != NULL ? message->full_text : ""), found = {0}, places = {0};
	const struct pd_strings *const sources[] = {&own, &all};
	*ret_wrong = NULL;
	for (size_t source = 0; source < 2; source++) {
		for (size_t i = 0; i < sources[source]->count; i++) {
			bool is_quoted;
			const char *text, *line = line_of(arena, sources[source]->items[i], &is_quoted);
			/* Own lines first; what a client quotes without a sign stands in the whole text alone. */
			if (line == NULL || is_empty(line) || (source == 0 && is_quoted))
				continue;
			const struct pd_commands *parsed =
				pd_commands_parse(arena, context->settings, pd_agent_language(context, agent), agent,
						  context->now, line, true, &text);
			const char *word = parsed->items.count > 0 ? pd_command_word(parsed->items.items[0].spec) : NULL;
			if (source == 0 && word != NULL && !is_form_word(word) && strcmp(word, "yes") != 0)
				*ret_wrong = line;
			if (word != NULL && !is_form_word(word))
				continue;
			const char *place = place_of(arena, line);
			if (pd_strings_has(&places, place))
				continue;
			*pd_list_add(arena, &places) = place;
			*pd_list_add(arena, &found) = line;
		}
	}
	return pd_strings_join(arena, &found, "\n");
}

void pd_form_ask(struct pd_context *context, const struct pd_ticket *ticket)
{
	const char *language = pd_context_language(context);
	bool is_first = true;
	for (size_t i = 0; i < context->settings->groups.count; i++) {
		const struct pd_group *group = &context->settings->groups.items[i];
		const char *value = pd_ticket_get(context->arena, ticket, group->name);
		if ((!is_asked(group, "ask") && !is_asked(group, "required")) || (value != NULL && *value != '\0'))
			continue;
		if (is_first)
			pd_report(context, "%s", pd_say(context->arena, language, "Not known yet, and asked for:", NULL));
		is_first = false;
		pd_report(context, "#set %s=%s", group->name, pd_form_value(context->arena, group));
	}
}

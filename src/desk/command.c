/* Commands: found in the author's text, parsed wholly, checked, then carried out wholly or not at all
 * (invariant 5).
 *
 * Promises: parsing never fails; everything that is wrong stands in commands->errors, a line for people each,
 * in the reader's language. Carrying out stops at the first failure, and the caller throws the plan away. */
#include "desk/command.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"

#define LINE_SHOWN   120 /* characters of a line in an error */
#define COMMANDS_MAX 200 /* of one mail; errors, too */

/* --- errors and reports --- */

void command_wrong(struct command_parser *parser, const struct pd_command *command, const char *what)
{
	*pd_list_add(parser->arena, &parser->commands->errors) =
		PARSER_SAY(parser, "Line {number}, \"{line}\": {what}", "number",
			   pd_printf(parser->arena, "%u", command->line_number), "line",
			   pd_clean_line(parser->arena, command->line, LINE_SHOWN), "what", what);
}

void command_wrong_found(struct command_parser *parser, const struct pd_command *command, const char *kind,
			 const char *text, const struct pd_found *found)
{
	command_wrong(parser, command, pd_found_words(parser->arena, parser->language, kind, text, found));
}

static struct command_parser parser_of(struct command_run *run)
{
	struct pd_context *context = run->context;
	return (struct command_parser){.arena = context->arena,
				       .settings = context->settings,
				       .language = pd_context_language(context),
				       .commands = run->commands};
}

void command_refused(struct command_run *run, const struct pd_command *command, const char *what)
{
	struct command_parser parser = parser_of(run);
	command_wrong(&parser, command, what);
}

void command_refused_found(struct command_run *run, const struct pd_command *command, const char *kind,
			   const char *text, const struct pd_found *found)
{
	struct command_parser parser = parser_of(run);
	command_wrong_found(&parser, command, kind, text, found);
}

void command_report(struct command_run *run, const struct pd_command *command, const char *what)
{
	pd_report(run->context, "#%s: %s", command->spec->word, what);
}

const char *command_why(struct command_run *run, const struct pd_command *command)
{
	const struct pd_context *context = run->context;
	return context->why != NULL ? pd_strdup(context->arena, context->why)
				    : pd_printf(context->arena, "command #%s", command->spec->word);
}

void command_set(struct command_run *run, const struct pd_command *command, const char *property,
		 const char *value)
{
	struct pd_context *context = run->context;
	const char *old = pd_strdup(context->arena, pd_ticket_get(context->arena, run->ticket, property));
	const char *words = pd_value_words(context, property, value);
	const char *title = RUN_SAY(run, property);
	if (pd_plan_set(context, run->ticket, property, value, command_why(run, command)) == NULL)
		command_report(
			run, command,
			RUN_SAY(run, "{property} is {value} already", "property", title, "value", words));
	else
		command_report(run, command,
			       pd_printf(context->arena, "%s %s -> %s", title,
					 pd_value_words(context, property, old), words));
}

int64_t command_number(const char *text)
{
	unsigned long long number;
	return pd_number(*text == '#' ? text + 1 : text, INT64_MAX, &number) ? (int64_t)number : 0;
}

int64_t command_entry(const char *text)
{
	unsigned long long number;
	return (*text == 'E' || *text == 'e') && pd_number(text + 1, INT64_MAX, &number) ? (int64_t)number
											 : 0;
}

/* --- parsing --- */

/* Arguments at blanks, "quoted parts" kept together; curly quotes as phones write them. */
static struct pd_strings split_words(struct pd_arena *arena, const char *text)
{
	struct pd_strings words = {0};
	char *word = pd_alloc(arena, strlen(text) + 1);
	size_t len = 0;
	bool is_quoted = false, has_word = false;
	for (const char *at = text; *at != '\0';) {
		size_t n = (size_t)(g_utf8_next_char(at) - at);
		if (*at == '"' || pd_starts(at, "\u201c") || pd_starts(at, "\u201d") ||
		    pd_starts(at, "\u201e")) {
			is_quoted = !is_quoted;
			has_word = true;
		} else if (*at == ' ' && !is_quoted) {
			if (has_word)
				*pd_list_add(arena, &words) = pd_strndup(arena, word, len);
			has_word = false;
			len = 0;
		} else {
			memcpy(word + len, at, n);
			len += n;
			has_word = true;
		}
		at += n;
	}
	if (has_word)
		*pd_list_add(arena, &words) = pd_strndup(arena, word, len);
	return words;
}

/* After '#' or its full-width form; the text itself where there is none. */
static const char *after_sign(const char *line)
{
	return *line == '#' ? line + 1 : pd_starts(line, "\uff03") ? line + strlen("\uff03") : line;
}

/* One clean line, without the invisible marks that clients put before the sign, and without marks of emphasis. */
static const char *command_line(struct pd_arena *arena, const char *line)
{
	return pd_command_plain(arena, pd_clean_line(arena, line, 0));
}

/* The length of the word that names the command. */
static size_t word_len(const char *text)
{
	const char *at = text;
	while (*at != '\0' && (g_unichar_isalnum(g_utf8_get_char(at)) ||
			       g_unichar_ismark(g_utf8_get_char(at)) || *at == '-' || *at == '_'))
		at = g_utf8_next_char(at);
	return (size_t)(at - text);
}

static void unknown_command(struct command_parser *parser, const struct pd_command *command, const char *word)
{
	const char *nearest = command_nearest(parser->arena, parser->settings, parser->language, word);
	if (nearest != NULL)
		command_wrong(parser, command,
			      PARSER_SAY(parser, "there is no command #{word}. Did you mean #{nearest}?",
					 "word", word, "nearest", nearest));
	else
		command_wrong(
			parser, command,
			PARSER_SAY(parser, "there is no command #{word}. #help lists all.", "word", word));
}

static void note_flags(struct pd_commands *commands, const struct pd_command *command)
{
	unsigned flags = command->spec->flags;
	if ((flags & PD_COMMAND_GRAVE) != 0)
		commands->is_grave = true;
	if ((flags & PD_COMMAND_HARMLESS) == 0)
		commands->is_only_harmless = false;
}

static void parse_line(struct command_parser *parser, const char *line, unsigned number, bool is_below)
{
	struct pd_command command = {.line = line, .line_number = number, .is_below = is_below};
	if (parser->commands->errors.count > COMMANDS_MAX)
		return;
	if (parser->commands->items.count >= COMMANDS_MAX || parser->commands->errors.count == COMMANDS_MAX) {
		command_wrong(parser, &command,
			      PARSER_SAY(parser, "these are too many commands for one mail."));
		return;
	}
	const char *start = after_sign(line);
	size_t len = word_len(start);
	const char *word = pd_strndup(parser->arena, start, len);
	const char *rest = start + len;
	/* "#Close." and "#note: text" are slips of phones and habits. */
	rest += strspn(rest, ".,:;!= ");
	command.rest = pd_trim(parser->arena, rest);
	command.words = split_words(parser->arena, command.rest);
	command.spec = command_find(parser->settings, parser->language, word);
	if (command.spec == NULL) {
		unknown_command(parser, &command, word);
		return;
	}
	size_t errors = parser->commands->errors.count;
	command.spec->parse(parser, &command);
	if (parser->commands->errors.count == errors) {
		note_flags(parser->commands, &command);
		*pd_list_add(parser->arena, &parser->commands->items) = command;
	}
}

/* Where every line is a command: does this one look like one, with or without '#'? */
static bool is_command_line(const struct command_parser *parser, const char *line)
{
	const char *start = after_sign(line);
	if (start != line)
		return pd_command_shape(line) || word_len(start) > 0;
	const char *word = pd_strndup(parser->arena, line, word_len(line));
	return command_find(parser->settings, parser->language, word) != NULL;
}

static bool is_text_allowed(const struct pd_commands *commands)
{
	return commands->is_note || commands->has_new;
}

static void parse_all(struct command_parser *parser, const struct pd_strings *lines, struct pd_strings *text)
{
	struct pd_arena *arena = parser->arena;
	PD_LIST(unsigned) others = {0};
	for (size_t i = 0; i < lines->count; i++) {
		const char *line = command_line(arena, lines->items[i]);
		if (*line != '\0' && is_command_line(parser, line)) {
			parse_line(parser, line, (unsigned)i + 1, false);
		} else {
			*pd_list_add(arena, text) =
				pd_starts(lines->items[i], "##") ? lines->items[i] + 1 : lines->items[i];
			if (*line != '\0')
				*pd_list_add(arena, &others) = (unsigned)i;
		}
	}
	/* A line that is none is a mistyped command, unless the mail has a use for text. */
	for (size_t i = 0; i < others.count && !is_text_allowed(parser->commands); i++)
		parse_line(parser, command_line(arena, lines->items[others.items[i]]), others.items[i] + 1, false);
	if (!is_text_allowed(parser->commands))
		text->count = 0;
}

/* What follows the sign of a list's item, as HTML mails have them in their plain text; the line itself where there is
 * none. */
static const char *after_bullet(const char *line)
{
	static const char *const bullets[] = {"- ", "* ", "• ", "– ", "· "};
	const char *start = line + strspn(line, " \t");
	for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
		if (pd_starts(start, bullets[i]))
			return start + strlen(bullets[i]) + strspn(start + strlen(bullets[i]), " \t");
	return line;
}

/* A whole line between the author's own words that is a valid command with valid arguments. The contact should not
 * see one (invariant 4), and it cannot be told whether it was meant as one: the mail goes back. */
static bool is_lost_command(struct command_parser *parser, const char *line, unsigned number)
{
	line = after_bullet(line);
	if (!pd_command_shape(line) || parser->commands->errors.count >= COMMANDS_MAX)
		return false;
	struct pd_commands *tried = PD_NEW(parser->arena, struct pd_commands);
	tried->note = "";
	struct command_parser trial = *parser;
	trial.commands = tried;
	parse_line(&trial, command_line(parser->arena, line), number, false);
	if (tried->errors.count > 0 || tried->items.count == 0)
		return false;
	command_wrong(parser, &tried->items.items[0],
		      PARSER_SAY(parser, "a command between other lines is not carried out. Put it at the top or the "
					 "end, or begin the line with ## to send it as text."));
	parser->commands->has_lost = true;
	return true;
}

static void parse_blocks(struct command_parser *parser, const struct pd_strings *lines,
			 struct pd_strings *text)
{
	size_t head, tail;
	pd_command_block(lines, &head, &tail);
	for (size_t i = 0; i < lines->count; i++) {
		bool is_inside = i < head || i >= lines->count - tail;
		const char *line = lines->items[i];
		if (!is_inside && is_lost_command(parser, line, (unsigned)i + 1)) {
			continue;
		} else if (!is_inside) {
			const char *start = line + strspn(line, " \t");
			*pd_list_add(parser->arena, text) = pd_starts(start, "##") ? start + 1 : line;
		} else if (*(line = command_line(parser->arena, line)) != '\0') {
			parse_line(parser, line, (unsigned)i + 1, i >= head);
		}
	}
}

/* The lines as one text, without empty ones at both ends. */
static char *joined(struct pd_arena *arena, const struct pd_strings *lines)
{
	struct pd_strings inner = *lines;
	while (inner.count > 0 && *pd_trim(arena, inner.items[0]) == '\0') {
		inner.items++;
		inner.count--;
	}
	while (inner.count > 0 && *pd_trim(arena, inner.items[inner.count - 1]) == '\0')
		inner.count--;
	return pd_strings_join(arena, &inner, "\n");
}

struct pd_commands *pd_commands_parse(struct pd_arena *arena, const struct pd_settings *settings,
				      const char *language, const struct pd_agent *agent, pd_time now,
				      const char *text, bool is_all, const char **ret_text)
{
	struct pd_commands *commands = PD_NEW(arena, struct pd_commands);
	commands->is_only_harmless = true;
	commands->note = "";
	struct command_parser parser = {.arena = arena,
					.settings = settings,
					.language = language,
					.agent = agent,
					.now = now,
					.commands = commands};
	struct pd_strings lines = pd_lines(arena, text), left = {0};
	if (is_all)
		parse_all(&parser, &lines, &left);
	else
		parse_blocks(&parser, &lines, &left);
	if (commands->items.count == 0)
		commands->is_only_harmless = false;
	*ret_text = joined(arena, &left);
	return commands;
}

bool pd_command_names(const struct pd_settings *settings, const char *language, const char *line)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *start = after_sign(command_line(arena, line));
	return command_find(settings, language, pd_strndup(arena, start, word_len(start))) != NULL;
}

bool pd_commands_begins_yes(const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings lines = pd_lines(arena, text);
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = command_line(arena, lines.items[i]);
		if (*line == '\0')
			continue;
		const char *word = after_sign(line);
		return word != line &&
		       command_is_keyword(arena, pd_strndup(arena, word, word_len(word)), "yes");
	}
	return false;
}

/* --- rights --- */

bool pd_may(const struct pd_agent *agent, const char *right)
{
	if (agent->role == PD_ROLE_ADMINISTRATOR)
		return true;
	if (pd_equal(right, "change") || pd_equal(right, "reply"))
		return agent->role == PD_ROLE_AGENT || pd_strings_has(&agent->may, right);
	if (agent->has_may)
		return pd_strings_has(&agent->may, right);
	static const char *const defaults[] = {"views", "move", "merge", "delete", "bulk"};
	for (size_t i = 0; agent->role == PD_ROLE_AGENT && i < sizeof defaults / sizeof *defaults; i++)
		if (pd_equal(right, defaults[i]))
			return true;
	return false;
}

/* The widest of the agent's teams; all without a team. */
static enum pd_sees sees_of(const struct pd_settings *settings, const struct pd_agent *agent)
{
	bool has_team = false;
	enum pd_sees widest = PD_SEES_OWN;
	for (size_t i = 0; i < settings->teams.count; i++) {
		const struct pd_team *team = &settings->teams.items[i];
		if (!pd_team_has(team, agent->name))
			continue;
		has_team = true;
		if (team->sees < widest)
			widest = team->sees;
	}
	return has_team ? widest : PD_SEES_ALL;
}

bool pd_sees_all(const struct pd_settings *settings, const struct pd_agent *agent)
{
	return agent->role == PD_ROLE_ADMINISTRATOR || sees_of(settings, agent) == PD_SEES_ALL;
}

static bool is_in_team(const struct pd_settings *settings, const struct pd_agent *agent, const char *name)
{
	const struct pd_team *team = name != NULL ? pd_settings_team(settings, name) : NULL;
	return team != NULL && pd_team_has(team, agent->name);
}

static bool is_in_mailbox(const struct pd_settings *settings, const struct pd_agent *agent, const char *name)
{
	const struct pd_mailbox *mailbox = name != NULL ? pd_settings_mailbox(settings, name) : NULL;
	return mailbox != NULL && is_in_team(settings, agent, mailbox->team);
}

bool pd_may_see(const struct pd_settings *settings, const struct pd_agent *agent,
		const struct pd_ticket *ticket)
{
	if (agent->role == PD_ROLE_ADMINISTRATOR)
		return true;
	enum pd_sees sees = sees_of(settings, agent);
	if (sees == PD_SEES_ALL || pd_agent_is(agent, ticket->owner) || pd_strings_has(&ticket->followers, agent->name))
		return true;
	for (size_t i = 0; i < agent->was.count; i++)
		if (pd_strings_has(&ticket->followers, agent->was.items[i]))
			return true;
	if (sees == PD_SEES_TEAM && is_in_team(settings, agent, ticket->team))
		return true;
	bool is_its_mailbox = is_in_mailbox(settings, agent, ticket->mailbox);
	for (size_t i = 0; i < ticket->mailboxes_also.count; i++)
		is_its_mailbox |= is_in_mailbox(settings, agent, ticket->mailboxes_also.items[i]);
	return ticket->owner == NULL && is_its_mailbox;
}

const char *pd_command_right(const struct pd_command_spec *spec)
{
	if (spec->right != NULL || (spec->flags & PD_COMMAND_VIEWER) != 0)
		return spec->right;
	return (spec->flags & PD_COMMAND_REPLY) != 0 || strcmp(spec->word, "send") == 0 ? "reply" : "change";
}

static void check_rights(struct command_run *run, const struct pd_command *command)
{
	const struct pd_agent *agent = run->context->agent;
	const struct pd_command_spec *spec = command->spec;
	if (agent == NULL)
		return;
	const char *right = pd_command_right(spec);
	/* One's own comment may be deleted without the right to delete. */
	bool is_own = false;
	if (command->number != 0 && right != NULL && strcmp(right, "delete") == 0) {
		struct pd_entry *entry =
			run->context->desk->entry(run->context->desk, run->context->arena, command->number);
		is_own = entry != NULL && entry->event.kind == PD_EVENT_COMMENT &&
			 pd_equal(entry->event.actor, run->context->actor);
	}
	if (right != NULL && !is_own && !pd_may(agent, right))
		command_refused(run, command,
				RUN_SAY(run, "you lack the right \"{right}\" that #{word} needs.", "right",
					right, "word", spec->word));
}

/* DESIGN.md, Who may do what: is the proof too weak for doing it at once? */
static bool needs_confirmation(struct command_run *run, const struct pd_command *command, enum pd_proof proof)
{
	unsigned flags = command->spec->flags;
	bool is_undo = strcmp(command->spec->word, "undo") == 0;
	if (proof == PD_PROOF_FULL)
		return false;
	if (proof == PD_PROOF_NONE || (flags & PD_COMMAND_GRAVE) != 0)
		return true;
	if (is_undo && proof == PD_PROOF_MAIL_TICKET && run->ticket != NULL) {
		int64_t action = command->number != 0 ? command->number
						      : pd_plan_undo_target(run->context, run->ticket);
		return pd_undo_is_grave(run->context, action, run->ticket->number);
	}
	if (is_undo)
		return true;
	/* Taking a colleague's ticket changes the colleague's work. */
	bool is_colleagues = strcmp(command->spec->word, "take") == 0 && run->ticket != NULL &&
			     run->ticket->owner != NULL && run->context->agent != NULL &&
			     !pd_agent_is(run->context->agent, run->ticket->owner);
	/* On a new ticket nothing changes another's work. */
	bool is_on_new = run->commands->has_new && strcmp(command->spec->word, "send") != 0;
	return proof == PD_PROOF_MAIL && ((flags & PD_COMMAND_HARMLESS) == 0 || is_colleagues) && !is_on_new;
}

bool pd_command_needs_ticket(const struct pd_command *command)
{
	return (command->spec->flags & PD_COMMAND_NO_TICKET) == 0 && !command->is_alone;
}

void pd_commands_check(struct pd_context *context, struct pd_commands *commands,
		       const struct pd_ticket *ticket, enum pd_proof proof, bool *ret_needs_confirmation)
{
	struct command_run run = {
		.context = context, .commands = commands, .ticket = (struct pd_ticket *)ticket};
	bool needs = false;
	bool has_ticket = ticket != NULL || commands->has_new;
	if (commands->has_new) {
		const struct pd_mailbox *mailbox = command_new_mailbox(context, commands);
		run.ticket = NULL;
		run.pipeline = mailbox != NULL ? mailbox->pipeline : NULL;
	} else if (ticket != NULL) {
		run.pipeline = ticket->pipeline != NULL
				       ? pd_settings_pipeline(context->settings, ticket->pipeline)
				       : NULL;
		if (run.pipeline == NULL && ticket->mailbox != NULL) {
			const struct pd_mailbox *mailbox =
				pd_settings_mailbox(context->settings, ticket->mailbox);
			run.pipeline = mailbox != NULL ? mailbox->pipeline : NULL;
		}
	}
	for (size_t i = 0; i < commands->items.count; i++) {
		const struct pd_command *command = &commands->items.items[i];
		check_rights(&run, command);
		bool is_named_undo = strcmp(command->spec->word, "undo") == 0 && command->number != 0;
		if (!has_ticket && pd_command_needs_ticket(command) && !is_named_undo) {
			command_refused(&run, command,
					RUN_SAY(&run,
						"#{word} needs a ticket: answer one of its notifications.",
						"word", command->spec->word));
			continue;
		}
		if (context->agent != NULL && run.ticket != NULL && pd_command_needs_ticket(command) &&
		    !pd_may_see(context->settings, context->agent, run.ticket)) {
			command_refused(
				&run, command,
				RUN_SAY(&run, "there is no ticket #{number} that you may see.", "number",
					pd_printf(context->arena, "%lld", (long long)run.ticket->number)));
			continue;
		}
		if (command->spec->check != NULL)
			command->spec->check(&run, command);
		needs |= needs_confirmation(&run, command, proof);
	}
	*ret_needs_confirmation = needs && commands->errors.count == 0;
}

int pd_commands_apply(struct pd_context *context, struct pd_commands *commands, struct pd_ticket *ticket,
		      struct pd_error *error)
{
	struct command_run run = {.context = context, .commands = commands, .ticket = ticket, .error = error};
	/* #new first: the others act on what it makes, wherever it stands; what goes into the mail last, with the values
	 * that the others set. */
	for (size_t pass = 0; pass < 3; pass++) {
		for (size_t i = 0; i < commands->items.count; i++) {
			const struct pd_command *command = &commands->items.items[i];
			size_t own = strcmp(command->spec->word, "new") == 0		      ? 0
				     : (command->spec->flags & PD_COMMAND_INSERTS) != 0 ? 2
											      : 1;
			if (command->spec->apply == NULL || own != pass)
				continue;
			int failed = command->spec->apply(&run, command);
			if (failed != 0)
				return failed;
		}
	}
	return 0;
}

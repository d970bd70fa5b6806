/* Commands that insert what lies in the directory of templates: #snippet #template #article #attach #video #quote; and
 * #playbook.
 *
 * Promises: a text is in the contact's language, of none, or in the one that the author names, and never silently in
 * another; a placeholder without a value is an error before anything leaves. */
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "config/texts.h"
#include "desk/catalogue.h"
#include "desk/command_table.h"
#include "desk/insert.h"
#include "desk/letters.h"
#include "desk/placeholder.h"

static enum pd_text_kind kind_of(const struct pd_command *command)
{
	for (int kind = 0; kind < PD_TEXT_KINDS; kind++)
		if (strcmp(command->spec->word, pd_text_kind_name((enum pd_text_kind)kind)) == 0)
			return (enum pd_text_kind)kind;
	return PD_TEXT_DOCUMENT; /* #attach */
}

/* NAME [LANGUAGE]: the name goes into value, the language into words. */
void command_parse_text(struct command_parser *parser, struct pd_command *command)
{
	enum pd_text_kind kind = kind_of(command);
	struct pd_strings words = command->words;
	if (words.count == 0) {
		command_wrong(parser, command,
			      PARSER_SAY(parser, "#{word} needs an argument: #{word} {arguments}", "word",
					 command->spec->word, "arguments", command->spec->arguments));
		return;
	}
	struct pd_found found = pd_text_find(parser->arena, parser->settings, kind, command->rest);
	memset(&command->words, 0, sizeof command->words);
	const char *last = words.items[words.count - 1], *language = pd_language_find(last, strlen(last));
	if (found.name == NULL && words.count > 1 && language != NULL) {
		words.count--;
		found = pd_text_find(parser->arena, parser->settings, kind,
				     pd_strings_join(parser->arena, &words, " "));
		*pd_list_add(parser->arena, &command->words) = language;
	}
	if (found.name == NULL) {
		command_wrong_found(parser, command, pd_text_kind_name(kind),
				    pd_strings_join(parser->arena, &words, " "), &found);
		return;
	}
	command->value = found.name;
	parser->commands->has_insertion |= kind != PD_TEXT_PLAYBOOK;
	parser->commands->has_file |= kind == PD_TEXT_DOCUMENT || kind == PD_TEXT_VIDEO;
}

static int failed(struct command_run *run, const struct pd_command *command, const char *what)
{
	return pd_fail(run->error, PD_PERMANENT, "#%s %s: %s", command->spec->word, command->value, what);
}

/* The text in the right language. reader: for whom it is, where the author names none. */
static const struct pd_text *choose(struct command_run *run, const struct pd_command *command, const char *reader)
{
	struct pd_context *context = run->context;
	struct pd_strings others = {0};
	bool is_asked = command->words.count > 0;
	const char *language = is_asked ? command->words.items[0] : reader;
	const struct pd_text *text = pd_text_choose(context->arena, context->settings, kind_of(command), command->value,
						    language, is_asked, &others);
	if (text == NULL)
		(void)failed(run, command,
			     RUN_SAY(run, "it is not there in the language {language}; there is: {others}", "language",
				     language, "others", pd_strings_join(context->arena, &others, ", ")));
	return text;
}

/* --- into the mail --- */

static int add_file(struct command_run *run, const struct pd_command *command, const struct pd_text *text,
		    const char *content_id)
{
	struct pd_context *context = run->context;
	struct pd_error error = {0};
	struct pd_bytes bytes = {0};
	size_t total = text->size;
	for (size_t i = 0; i < run->commands->files.count; i++)
		total += run->commands->files.items[i].size;
	/* Base64 makes four bytes of three. */
	if (total > context->settings->message_size_limit / 2)
		return failed(run, command, RUN_SAY(run, "the files are too large for one mail."));
	if (context->read_file == NULL || context->read_file(context->arena, text, &bytes, &error) != 0)
		return failed(run, command, RUN_SAY(run, "the file cannot be read now."));
	const char *name = pd_clean_file_name(context->arena, text->file);
	*pd_list_add(context->arena, &run->commands->files) = (struct pd_attachment){.name = name,
										      .type = pd_file_type(name),
										      .content_id = content_id,
										      .is_inline = content_id != NULL,
										      .size = bytes.len,
										      .content = bytes};
	return 0;
}

/* The title and the link, with its picture above where there is one. */
static int add_video(struct command_run *run, const struct pd_command *command, const struct pd_text *text,
		     struct pd_insertion *insertion)
{
	struct pd_context *context = run->context;
	const char *title = text->title != NULL ? text->title : text->name, *picture = "";
	const struct pd_text *preview = pd_text_preview(context->settings, text);
	g_autofree char *safe_title = g_markup_escape_text(title, -1), *safe_link = g_markup_escape_text(text->link, -1);
	if (preview != NULL) {
		const char *id = pd_printf(context->arena, "video%zu.%lld@%s", run->commands->files.count,
					   (long long)context->action, context->settings->hostname);
		int class = add_file(run, command, preview, id);
		if (class != 0)
			return class;
		picture = pd_printf(context->arena, "<a href=\"%s\"><img src=\"cid:%s\" alt=\"%s\"></a><br>\n", safe_link, id,
				    safe_title);
	}
	insertion->text = pd_printf(context->arena, "%s\n%s", title, text->link);
	insertion->html =
		pd_printf(context->arena, "<div>%s<a href=\"%s\">%s</a></div>\n", picture, safe_link, safe_title);
	return 0;
}

static int fill(struct command_run *run, const struct pd_command *command, const struct pd_text *text,
		const char *source, const char **ret_text)
{
	struct pd_context *context = run->context;
	struct pd_strings missing = {0};
	struct pd_placeholders values = {.context = context,
					 .ticket = run->ticket,
					 .contact = run->commands->reader,
					 .language = pd_text_language(context, run->ticket, text)};
	const char *filled = pd_placeholders_fill(&values, source, &missing);
	if (missing.count > 0)
		return failed(run, command,
			      RUN_SAY(run, "there is no value for {names}. Set it, or write that text yourself.", "names",
				      pd_strings_join(context->arena, &missing, ", ")));
	*ret_text = filled;
	return 0;
}

int command_apply_text(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_text *text = choose(run, command, pd_ticket_language(context, run->ticket));
	struct pd_insertion insertion = {.is_below = command->is_below};
	int class = 0;
	if (text == NULL)
		return PD_PERMANENT;
	if (text->body == NULL)
		class = add_file(run, command, text, NULL);
	else if (text->kind == PD_TEXT_VIDEO)
		class = add_video(run, command, text, &insertion);
	else if (pd_text_is_filled(text))
		class = fill(run, command, text, text->body, &insertion.text);
	else if (text->kind == PD_TEXT_ARTICLE)
		insertion.text = pd_printf(context->arena, "%s%s%s%s%s", text->title != NULL ? text->title : "",
					   text->title != NULL ? "\n\n" : "", pd_trim(context->arena, text->body),
					   text->link != NULL ? "\n\n" : "", text->link != NULL ? text->link : "");
	else
		insertion.text = text->body;
	if (class == 0 && text->subject != NULL && pd_text_is_filled(text) && run->commands->subject == NULL)
		class = fill(run, command, text, text->subject, &run->commands->subject);
	if (class != 0)
		return class;
	if (insertion.text != NULL)
		*pd_list_add(context->arena, &run->commands->insertions) = insertion;
	command_report(run, command,
		       text->language != NULL ? pd_printf(context->arena, "%s (%s)", command->value, text->language)
					      : command->value);
	return 0;
}

/* --- #playbook --- */

/* The questions are a comment, so that the answers to them are one, too. */
int command_apply_playbook(struct command_run *run, const struct pd_command *command)
{
	struct pd_context *context = run->context;
	const struct pd_text *text = choose(run, command, pd_context_language(context));
	if (text == NULL)
		return PD_PERMANENT;
	const char *title = text->title != NULL ? text->title : text->name;
	struct pd_event *event =
		pd_plan_event(context, run->ticket, PD_EVENT_COMMENT,
			      pd_plan_words(context, pd_printf(context->arena, "%s\n\n%s", title,
							       pd_trim(context->arena, text->body)))
				      ->stored.id,
			      0, command_why(run, command));
	const struct pd_agent *agent = context->agent;
	command_report(run, command,
		       RUN_SAY(run, "{name} (E{entry})", "name", title, "entry",
			       pd_printf(context->arena, "%lld", (long long)event->id)));
	if (agent == NULL || pd_guard_is_unreachable(context, agent))
		return 0;
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, agent, pd_ticket_mailbox(context, run->ticket),
				   run->ticket, 0, event->id, event->version);
	planned->letter.text = pd_printf(
		context->arena, "%s\n\n%s\n\n--------\n%s\n", title, pd_trim(context->arena, text->body),
		RUN_SAY(run, "Answer this mail with the answers below the questions: they are a comment, which the contact does "
			     "not see."));
	planned->letter.is_fixed = true;
	pd_letter_register(context, planned);
	return 0;
}

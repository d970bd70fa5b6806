/* What an agent says in a chat: words for the visitor, commands, comments.
 *
 * Promises: a line of commands and the words beside it act wholly or not at all (invariant 5); no command, comment or
 * private address reaches the visitor (invariant 4); one agent talks with a visitor at a time, and whose words went
 * nowhere is told so. The XMPP server has proven who it is, as a SASL login does. Cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/text.h"

/* An agent's line while it is decided. */
struct line {
	struct pd_context *context;
	const struct pd_chat *settings;
	const struct pd_said *said;
	const struct pd_agent *agent;
	const char *language;
	struct pd_commands *commands;
	const char *text; /* without commands */
};

#define SAY(line, ...) pd_say((line)->context->arena, (line)->language, __VA_ARGS__, NULL)

/* Back to where it came from. */
static void answer(struct line *line, const char *text)
{
	chat_say_jid(line->context, line->settings, *line->said->to != '\0' ? line->said->to : line->settings->name,
		     line->said->from, NULL, pd_printf(line->context->arena, "* %s", text), line->context->plan->ticket);
}

static void refuse(struct line *line, const char *text)
{
	answer(line, text);
	line->context->plan->outcome = "refused";
	line->context->plan->why = pd_clean_line(line->context->arena, text, 200);
}

/* What the commands did. */
static void answer_report(struct line *line, size_t from)
{
	const struct pd_strings *report = &line->context->plan->report;
	PD_AUTO_BUF out = {.limit = 32 * 1024};
	for (size_t i = from; i < report->count; i++)
		pd_buf_addf(&out, "%s%s", i > from ? "\n" : "", report->items[i]);
	if (out.len > 0)
		answer(line, pd_buf_string(line->context->arena, &out));
}

/* Parses and checks; false: something is wrong, and that was told. */
static bool read_commands(struct line *line, const struct pd_ticket *ticket, bool is_all)
{
	struct pd_context *context = line->context;
	bool needs_confirmation;
	line->commands = pd_commands_parse(context->arena, context->settings, line->language, line->agent, context->now,
					   line->said->text, is_all, &line->text);
	if (line->commands->has_draft || line->commands->has_send)
		*pd_list_add(context->arena, &line->commands->errors) =
			SAY(line, "#draft and #send are for answers by mail.");
	if (line->commands->errors.count == 0)
		pd_commands_check(context, line->commands, ticket, PD_PROOF_FULL, &needs_confirmation);
	if (line->commands->errors.count == 0)
		return true;
	refuse(line, pd_strings_join(context->arena, &line->commands->errors, "\n"));
	return false;
}

static bool apply(struct line *line, struct pd_ticket *ticket)
{
	struct pd_context *context = line->context;
	struct pd_savepoint before;
	struct pd_error error = {0};
	pd_plan_save(context, &before);
	if (pd_commands_apply(context, line->commands, ticket, &error) == 0)
		return true;
	pd_plan_back(context, &before);
	refuse(line, pd_strdup(context->arena, error.text));
	return false;
}

static struct pd_planned_message *store_words(struct line *line, const char *text, enum pd_direction direction)
{
	struct pd_planned_message *message = pd_plan_message(line->context, "chat", direction);
	struct pd_stored *stored = &message->stored;
	stored->from = (struct pd_address){.name = line->agent->full_name,
					   .addr = pd_printf(line->context->arena, PD_XMPP_URI "%s", line->agent->jid)};
	stored->text = message->search_text = text;
	stored->size = strlen(text);
	stored->proof = "full";
	message->raw = (struct pd_bytes){.data = text, .len = strlen(text)};
	return message;
}

static void comment(struct line *line, struct pd_ticket *ticket)
{
	struct pd_context *context = line->context;
	const char *note = line->commands->note != NULL ? line->commands->note : "";
	if (*note != '\0' && *line->text != '\0')
		note = pd_printf(context->arena, "%s\n\n%s", note, line->text);
	else if (*note == '\0')
		note = line->text;
	if (*note == '\0')
		return;
	struct pd_event *event =
		pd_plan_event(context, ticket, PD_EVENT_COMMENT, store_words(line, note, PD_INTERNAL)->stored.id, 0, NULL);
	pd_report(context, "%s", SAY(line, "Your words are a comment (E{entry}): the contact does not see them.", "entry",
				     pd_printf(context->arena, "%lld", (long long)event->id)));
	context->plan->outcome = "comment";
}

/* Words for the visitor. */
static void say(struct line *line, struct chat *chat)
{
	struct pd_context *context = line->context;
	const char *text = pd_scrub(context, chat->mailbox, line->text);
	if (line->said->is_correction)
		text = pd_printf(context->arena, "(%s) %s", CHAT_SAY(chat, chat->session.language, "corrected"), text);
	struct pd_planned_message *message = store_words(line, text, PD_OUT);
	message->stored.from = (struct pd_address){.name = chat->mailbox->full_name, .addr = chat->mailbox->addresses.items[0]};
	struct pd_event *event = pd_plan_event(context, chat->ticket, PD_EVENT_MESSAGE, message->stored.id,
					       chat->conversation, "chat");
	chat_say_visitor(chat, line->agent->full_name, text, event->id);
	chat_want_file(chat, event, text);
	context->plan->outcome = "line";
}

/* May these words go to the visitor? Who is not the one that talks takes the chat, if nobody has. */
static bool may_say(struct line *line, struct chat *chat, bool takes)
{
	struct pd_context *context = line->context;
	if (!pd_may(line->agent, "reply")) {
		refuse(line, SAY(line, "You lack the right \"{right}\" that answering contacts needs. A line #note makes your words a "
					    "comment.",
				 "right", "reply"));
		return false;
	}
	if (chat->session.state == PD_CHAT_TAKEN && !pd_equal(chat->session.agent, line->agent->name) && !takes) {
		const struct pd_agent *other = pd_settings_agent(context->settings, chat->session.agent);
		refuse(line, SAY(line,
				 "{name} talks with the visitor: your words went nowhere. A line #take makes the chat "
				 "yours, a line #note your words a comment.",
				 "name", other != NULL ? other->full_name : chat->session.agent));
		return false;
	}
	if (chat->session.state != PD_CHAT_TAKEN || !pd_equal(chat->session.agent, line->agent->name))
		chat_give(chat, line->agent, "chat taken");
	return true;
}

static bool has_command(const struct line *line, const char *word)
{
	for (size_t i = 0; i < line->commands->items.count; i++)
		if (strcmp(pd_command_word(line->commands->items.items[i].spec), word) == 0)
			return true;
	return false;
}

static void on_ticket(struct line *line, int64_t number)
{
	struct pd_context *context = line->context;
	struct pd_ticket *ticket = pd_plan_ticket_followed(context, number);
	struct chat chat;
	if (ticket == NULL || !pd_may_see(context->settings, line->agent, ticket)) {
		refuse(line, SAY(line, "There is no ticket #{number} that you may see.", "number",
				 pd_printf(context->arena, "%lld", (long long)number)));
		return;
	}
	context->plan->ticket = number = ticket->number;
	if (!read_commands(line, ticket, false))
		return;
	bool is_open = chat_open(context, number, &chat);
	if (is_open && chat.session.is_unreached && pd_equal(chat.session.agent, line->agent->name)) {
		chat.session.is_unreached = false;
		chat_keep(&chat, "chat: the agent is there again");
	}
	bool takes = has_command(line, "take");
	bool has_words = *line->text != '\0' && !line->commands->is_note;
	context->plan->outcome = "command";
	if (has_words && !is_open) {
		refuse(line, SAY(line, "This chat is over: nothing was sent or done. Answer the ticket by mail, or with a line "
				       "#note beside it for a comment."));
		return;
	}
	if (is_open && (has_words || takes) && !may_say(line, &chat, takes))
		return;
	/* What is said stands before what closes the chat. */
	if (has_words)
		say(line, &chat);
	size_t reported = context->plan->report.count;
	if (!apply(line, ticket))
		return;
	ticket = pd_plan_ticket_followed(context, number);
	if (line->commands->is_note && ticket != NULL)
		comment(line, ticket);
	answer_report(line, reported);
}

/* Lines to the desk itself: commands that need no ticket. */
static void on_desk(struct line *line)
{
	struct pd_context *context = line->context;
	if (!read_commands(line, NULL, false))
		return;
	if (*line->text != '\0' || line->commands->items.count == 0) {
		refuse(line, SAY(line, "Words go to the address of a chat (t12@…); here only commands are understood, such as "
				       "#list, #available, #away and #help."));
		return;
	}
	context->plan->outcome = "command";
	line->commands->new_mailbox = pd_settings_mailbox(context->settings, line->settings->mailbox);
	size_t reported = context->plan->report.count;
	if (apply(line, NULL))
		answer_report(line, reported);
}

/* The client of who talks with the visitor is gone, and no server keeps lines for it. */
static void lose(struct pd_context *context, int64_t number, const struct pd_agent *agent)
{
	struct chat chat;
	if (!chat_open(context, number, &chat) || chat.session.state != PD_CHAT_TAKEN || chat.session.is_unreached ||
	    !pd_equal(chat.session.agent, agent->name))
		return;
	chat.session.is_unreached = true;
	chat_keep(&chat, "chat: the agent's client is gone");
	context->plan->ticket = number;
	context->plan->outcome = "agent gone";
}

void chat_take_agent(struct pd_context *context, const struct pd_chat *settings, const struct pd_said *said,
		     const struct pd_agent *agent)
{
	struct line line = {.context = context, .settings = settings, .said = said, .agent = agent};
	unsigned long long number;
	if (said->kind == PD_SAID_UNDELIVERED && said->to[0] == 't' && pd_number(said->to + 1, INT64_MAX, &number))
		lose(context, (int64_t)number, agent);
	if (said->kind != PD_SAID_LINE)
		return;
	context->agent = agent;
	context->actor = pd_printf(context->arena, "agent:%s", agent->name);
	context->is_full = true;
	line.language = pd_agent_language(context, agent);
	if (said->to[0] == 't' && pd_number(said->to + 1, INT64_MAX, &number))
		on_ticket(&line, (int64_t)number);
	else
		on_desk(&line);
}

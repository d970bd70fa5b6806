/* The end of a chat: by closing, by leaving, by silence; and the transcript that the visitor is mailed.
 *
 * Promises: the transcript holds what the visitor has seen and nothing else (invariant 4); it goes only where an agent took
 * part, so that nobody can have words of their own mailed to strangers (invariant 6), from the null sender and within the
 * limits of automatic mail (invariant 7); answering it continues the ticket. Cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/markup.h"
#include "base/text.h"
#include "desk/due.h"

/* --- the transcript --- */

/* The clock time in the visitor's zone; the day where it is another than before. */
static const char *time_of(struct chat *chat, pd_time at, const char **day)
{
	struct pd_arena *arena = chat->context->arena;
	const char *zone = chat->session.zone != NULL ? chat->session.zone : chat->context->settings->timezone;
	const char *text = pd_time_short(arena, at, zone);
	const char *blank = strchr(text, ' ');
	*day = pd_strndup(arena, text, (size_t)(blank - text));
	return blank + 1;
}

static const char *author_of(struct chat *chat, const struct pd_entry *entry)
{
	if (entry->message->direction == PD_IN)
		return CHAT_SAY(chat, chat->session.language, "You");
	return chat_author(chat, entry);
}

static void add_html(struct pd_buf *out, const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings lines = pd_lines(arena, text);
	for (size_t i = 0; i < lines.count; i++) {
		pd_buf_adds(out, i > 0 ? "<br>\n" : "");
		pd_markup_escape(out, lines.items[i]);
	}
}

static void write_line(struct chat *chat, const struct pd_entry *entry, const char **last_day, struct pd_buf *text,
		       struct pd_buf *html)
{
	const char *day, *clock = time_of(chat, entry->event.at, &day), *who = author_of(chat, entry);
	if (!pd_equal(day, *last_day)) {
		pd_buf_addf(text, "\n%s\n", day);
		pd_buf_addf(html, "<p><b>%s</b></p>\n", day);
		*last_day = day;
	}
	struct pd_strings lines = pd_lines(chat->context->arena, entry->message->text);
	pd_buf_addf(text, "%s  %s: %s\n", clock, who, pd_strings_join(chat->context->arena, &lines, "\n       "));
	pd_buf_addf(html, "<p>%s <b>", clock);
	add_html(html, who);
	pd_buf_adds(html, ":</b> ");
	add_html(html, entry->message->text);
	pd_buf_adds(html, "</p>\n");
}

static void set_text(struct chat *chat, struct pd_planned_letter *planned)
{
	struct pd_letter *letter = &planned->letter;
	struct pd_arena *arena = chat->context->arena;
	const char *language = chat->session.language, *day = NULL;
	PD_AUTO_BUF text = {.limit = 4 * 1024 * 1024}, html = {.limit = 8 * 1024 * 1024}, names = {0};
	struct pd_entries said = chat_entries(chat), files = chat_files_of(chat->context, chat->ticket->number, &said);
	const char *begin = CHAT_SAY(chat, language, "This is what was said in your chat with {mailbox}. The times are those of {zone}.",
				     "mailbox", chat->mailbox->full_name, "zone",
				     chat->session.zone != NULL ? pd_printf(arena, "UTC%s", chat->session.zone)
								: chat->context->settings->timezone);
	const char *finish = CHAT_SAY(chat, language, "To go on, answer this mail.");
	pd_buf_addf(&text, "%s\n", begin);
	pd_buf_adds(&html, "<p>");
	add_html(&html, begin);
	pd_buf_adds(&html, "</p>\n");
	for (size_t i = 0; i < said.count; i++)
		write_line(chat, &said.items[i], &day, &text, &html);
	chat_carry(chat->context, &files, planned, &names, language);
	if (names.len > 0) {
		pd_buf_adds(&text, names.data);
		pd_buf_adds(&html, "<p>");
		add_html(&html, names.data + 1);
		pd_buf_adds(&html, "</p>\n");
	}
	pd_buf_addf(&text, "\n%s\n", finish);
	pd_buf_adds(&html, "<p>");
	add_html(&html, finish);
	pd_buf_adds(&html, "</p>\n");
	letter->text = pd_buf_string(arena, &text);
	letter->html = pd_buf_string(arena, &html);
}

void chat_transcript(struct chat *chat)
{
	struct pd_context *context = chat->context;
	const struct pd_mailbox *mailbox = chat->mailbox;
	const char *address = chat_known_address(chat);
	if (!chat->settings->transcript || address == NULL || chat->session.state != PD_CHAT_TAKEN ||
	    !pd_guard_may_send_alarm(context, chat->ticket))
		return;
	struct pd_planned_letter *planned =
		pd_letter_new(context, PD_LETTER_TRANSCRIPT, mailbox, chat->ticket, chat->conversation, 0);
	struct pd_letter *letter = &planned->letter;
	letter->envelope_from = ""; /* RFC 3834 section 3.3 */
	letter->auto_submitted = "auto-generated";
	if (chat->settings->from != NULL) {
		const struct pd_mailbox *from = pd_settings_mailbox_of(context->settings, chat->settings->from);
		letter->from = (struct pd_address){.name = from != NULL ? from->full_name : mailbox->full_name,
						   .addr = chat->settings->from};
	}
	*pd_list_add(context->arena, &letter->recipients) = address;
	*pd_list_add(context->arena, &letter->to) = (struct pd_address){.name = "", .addr = address};
	letter->subject = CHAT_SAY(chat, chat->session.language, "Your chat with {mailbox}", "mailbox", mailbox->full_name);
	if (mailbox->tag_subject)
		letter->subject = pd_printf(context->arena, "%s [#%lld]", letter->subject, (long long)chat->ticket->number);
	if (mailbox->reply_address)
		letter->reply_to = (struct pd_address){
			.name = mailbox->full_name,
			.addr = pd_address_for_contact(context, mailbox, chat->ticket->number, chat->conversation, address)};
	set_text(chat, planned);
	pd_letter_keep(context, planned, chat->ticket, chat->conversation, "transcript");
}

/* --- the end --- */

static bool is_answered_last(struct chat *chat)
{
	struct pd_entries said = chat_entries(chat);
	for (size_t i = said.count; i > 0; i--)
		if ((said.items[i - 1].message->kinds & PD_KIND_AUTO) == 0)
			return said.items[i - 1].message->direction == PD_OUT;
	return false;
}

static void tell_end(struct chat *chat, enum chat_end how)
{
	struct pd_context *context = chat->context;
	const struct pd_agent *agent =
		chat->session.agent != NULL ? pd_settings_agent(context->settings, chat->session.agent) : NULL;
	const char *language = pd_agent_language(context, agent), *address = chat_known_address(chat);
	if (how != CHAT_END_LEFT && chat->settings->transcript && address != NULL && chat->session.state == PD_CHAT_TAKEN)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language,
						 "This chat is over. What was said is mailed to {address}. If you write again, we go on.",
						 "address", address));
	else if (how != CHAT_END_LEFT && chat->session.state == PD_CHAT_TAKEN)
		chat_tell_visitor(chat, CHAT_SAY(chat, chat->session.language, "This chat is over. If you write again, we go on."));
	if (agent == NULL || chat->session.state != PD_CHAT_TAKEN)
		return;
	if (how == CHAT_END_LEFT)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "The visitor has left. The chat is over."));
	else if (how == CHAT_END_IDLE)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "Nobody said anything for {time}: the chat is over.", "time",
						      pd_say_duration(context->arena, language, chat->session.idle)));
	else if (agent != context->agent)
		chat_tell_agent(chat, agent, CHAT_SAY(chat, language, "The ticket was closed: the chat is over."));
}

void chat_end(struct chat *chat, enum chat_end how)
{
	static const char *const why[] = {
		[CHAT_END_CLOSED] = "chat over: closed",
		[CHAT_END_LEFT] = "chat over: the visitor left",
		[CHAT_END_IDLE] = "chat over: nobody said anything",
	};
	struct pd_context *context = chat->context;
	const char *actor = context->actor;
	tell_end(chat, how);
	if (!chat->ticket->is_deleted && !chat->ticket->is_spam)
		chat_transcript(chat);
	if (how != CHAT_END_CLOSED && chat->session.state == PD_CHAT_TAKEN && is_answered_last(chat))
		pd_set_status_kind(context, chat->ticket, chat->mailbox->after_reply, why[how]);
	context->actor = "postdesk";
	pd_plan_set(context, chat->ticket, PD_PROPERTY_CHAT, NULL, why[how]);
	context->actor = actor;
}

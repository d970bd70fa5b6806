/* The transcript of a chat that is over, which the visitor is mailed.
 *
 * Promises: it holds what the visitor has seen and nothing else (invariant 4); it goes only where an agent took part, so that
 * nobody can have words of their own mailed to strangers (invariant 6), from the null sender and within the limits of
 * automatic mail (invariant 7); answering it continues the ticket. It waits for files that are under way, each of which comes
 * or is given up (chat_file.c), and goes once. Cannot fail. */
#include "desk/chat_inside.h"

#include <string.h>

#include "base/markup.h"
#include "base/text.h"
#include "desk/due.h"

/* The records of transcripts that wait: NAME is the entry that the chat began with, the value the chat's name. */
#define WAITING PD_CHAT_TRANSCRIPT_RECORD

/* --- the letter --- */

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

static void send(struct chat *chat, const char *address)
{
	struct pd_context *context = chat->context;
	const struct pd_mailbox *mailbox = chat->mailbox;
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

/* --- when it goes --- */

static bool is_wanted(struct chat *chat, const char **ret_address)
{
	*ret_address = chat_known_address(chat);
	return chat->settings->transcript && *ret_address != NULL && chat->session.state == PD_CHAT_TAKEN &&
	       !chat->ticket->is_deleted && !chat->ticket->is_spam;
}

static bool has_file_under_way(struct chat *chat)
{
	struct pd_context *context = chat->context;
	struct pd_entries said = chat_entries(chat);
	for (size_t i = 0; i < said.count; i++)
		if (pd_plan_record(context, PD_CHAT_FILE_RECORD,
				   pd_printf(context->arena, "%lld", (long long)said.items[i].event.id)) != NULL)
			return true;
	return false;
}

void chat_transcript(struct chat *chat)
{
	struct pd_context *context = chat->context;
	const char *address;
	if (!is_wanted(chat, &address))
		return;
	if (has_file_under_way(chat))
		pd_plan_set_record(context, chat->ticket, WAITING,
				   pd_printf(context->arena, "%lld", (long long)chat->session.since), chat->settings->name,
				   "the transcript waits for files");
	else if (pd_guard_may_send_alarm(context, chat->ticket))
		send(chat, address);
}

/* The chat that began with that entry, as it stood at its end. False: it is not over, or nothing is known of it any more. */
static bool find_ended(struct pd_context *context, struct pd_ticket *ticket, int64_t since, const char *name, struct chat *ret_chat)
{
	struct chat chat = {.context = context,
			    .settings = pd_settings_chat(context->settings, name),
			    .ticket = ticket,
			    .mailbox = pd_ticket_mailbox(context, ticket)};
	struct pd_entries all = chat_all_entries(context, ticket->number);
	struct pd_chat_session session;
	if (chat.settings == NULL || (pd_chat_session_of(context->arena, ticket, &session) && session.since == since))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		const char *before = chat_before_end(&all.items[i].event);
		if (all.items[i].event.id == since)
			chat.conversation = all.items[i].event.conversation;
		if (before == NULL || !pd_chat_session_read(context->arena, before, &session) || session.since != since)
			continue;
		chat.session = session; /* one that was taken back ended more than once */
		chat.end = all.items[i].event.id;
	}
	*ret_chat = chat;
	return chat.end != 0;
}

void chat_file_settled(struct pd_context *context, struct pd_ticket *ticket)
{
	struct pd_records waiting = pd_plan_records(context, WAITING);
	for (size_t i = 0; i < waiting.count; i++) {
		unsigned long long since;
		struct chat chat;
		const char *address;
		const struct pd_entry *first = pd_number(waiting.items[i].name, INT64_MAX, &since)
						       ? context->desk->entry(context->desk, context->arena, (int64_t)since)
						       : NULL;
		if (first == NULL || pd_plan_ticket_followed(context, first->event.ticket) != ticket)
			continue;
		bool is_over = find_ended(context, ticket, (int64_t)since, waiting.items[i].value, &chat);
		if (is_over && has_file_under_way(&chat))
			continue;
		pd_plan_set_record(context, ticket, WAITING, waiting.items[i].name, NULL, NULL);
		if (is_over && is_wanted(&chat, &address) && pd_guard_may_send_alarm(context, ticket))
			send(&chat, address);
	}
}

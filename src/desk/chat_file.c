/* Files that are shared in a chat by links to the own server (XEP-0363): what is to be fetched, and what came of it.
 *
 * Promises: the line is kept and passed on first, in its own transaction, which also puts down that its file is to be fetched
 * (a record of the desk); the file, or why there is none, comes later in one that takes the record away, so that it stands in
 * the ticket once, however often it was fetched. A mail that tells of the line waits for its file, and so does the
 * transcript. Pure; cannot fail. */
#include "desk/chat_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "desk/chat_link.h"
#include "desk/mail.h"
#include "desk/notification.h"

#define COUNTER "chat files"

static const char *record_name(struct pd_arena *arena, int64_t event)
{
	return pd_printf(arena, "%lld", (long long)event);
}

static const char *fault_words(struct pd_context *context, enum pd_file_fault fault, const char *name)
{
	static const char *const words[] = {
		[PD_FILE_TOO_LARGE] = N_("The file {name} was not fetched, since it is too large. The link stays."),
		[PD_FILE_NOT_GIVEN] = N_("The file {name} was not fetched, since the server does not give it. The link stays."),
		[PD_FILE_UNREACHABLE] = N_("The file {name} was not fetched, since the server cannot be reached. The link stays."),
		[PD_FILE_ENCRYPTED] = N_("The file {name} was not fetched, since it is encrypted. The link stays."),
		[PD_FILE_TOO_MANY] = N_("The file {name} was not fetched, since there were too many within an hour. The link stays."),
	};
	return pd_say(context->arena, context->settings->language, words[fault], "name", name, NULL);
}

/* The entry of the file, or of the reason why there is none. */
static void keep(struct pd_context *context, struct pd_ticket *ticket, int64_t line, const struct pd_stored *said, const char *name,
		 enum pd_file_fault fault, struct pd_bytes content)
{
	const char *actor = context->actor;
	struct pd_planned_message *message = pd_plan_message(context, "file", PD_INTERNAL);
	struct pd_stored *stored = &message->stored;
	stored->from = said->from;
	stored->subject = name;
	stored->proof = said->proof;
	if (fault != PD_FILE_IS_THERE) {
		stored->text = message->search_text = fault_words(context, fault, name);
		content = (struct pd_bytes){.data = stored->text, .len = strlen(stored->text)};
	} else {
		*pd_list_add(context->arena, &stored->attachments) = (struct pd_attachment){
			.index = PD_ATTACHMENT_WHOLE, .name = name, .type = pd_file_type(name), .size = content.len};
	}
	stored->size = content.len;
	pd_sha256(content.data, content.len, stored->digest);
	message->raw = content;
	context->actor = "postdesk"; /* nobody takes it back */
	pd_plan_event(context, ticket, PD_EVENT_ATTACHED, stored->id, 0,
		      pd_printf(context->arena, "file of E%lld", (long long)line))
		->other = line;
	context->actor = actor;
}

void chat_want_file(struct chat *chat, const struct pd_event *event, const char *text)
{
	struct pd_context *context = chat->context;
	const struct pd_chat *settings = chat->settings;
	const char *url, *name;
	const struct pd_stored *said = pd_told_message(context, event);
	switch (chat_link_of(context->arena, &settings->files, text, &url, &name)) {
	case CHAT_LINK_NONE:
		return;
	case CHAT_LINK_ENCRYPTED:
		keep(context, chat->ticket, event->id, said, name, PD_FILE_ENCRYPTED, (struct pd_bytes){0});
		return;
	case CHAT_LINK_OWN:
		break;
	}
	if (context->desk->counter(context->desk, COUNTER, context->now - PD_HOUR) >= settings->files_per_hour) {
		keep(context, chat->ticket, event->id, said, name, PD_FILE_TOO_MANY, (struct pd_bytes){0});
		return;
	}
	pd_plan_count(context, COUNTER);
	pd_plan_set_record(context, chat->ticket, PD_CHAT_FILE_RECORD, record_name(context->arena, event->id), settings->name,
			   NULL);
}

static int by_event(const void *a, const void *b)
{
	int64_t one = ((const struct pd_chat_file *)a)->event, two = ((const struct pd_chat_file *)b)->event;
	return (one > two) - (one < two);
}

struct pd_chat_files pd_chat_files_wanted(struct pd_context *context, const char *name)
{
	const struct pd_chat *settings = pd_settings_chat(context->settings, name);
	struct pd_records records = context->desk->records(context->desk, context->arena, PD_CHAT_FILE_RECORD);
	struct pd_chat_files files = {0};
	for (size_t i = 0; settings != NULL && i < records.count; i++) {
		unsigned long long event;
		const char *url = NULL, *file;
		if (!pd_equal(records.items[i].value, name) || !pd_number(records.items[i].name, INT64_MAX, &event))
			continue;
		const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, (int64_t)event);
		if (entry != NULL && entry->message != NULL)
			(void)chat_link_of(context->arena, &settings->files, entry->message->text, &url, &file);
		*pd_list_add(context->arena, &files) =
			(struct pd_chat_file){.event = (int64_t)event, .url = url, .limit = settings->file_size};
	}
	if (files.count > 1)
		qsort(files.items, files.count, sizeof *files.items, by_event);
	return files;
}

void pd_decide_fetched(struct pd_context *context, int64_t event, enum pd_file_fault fault, struct pd_bytes content)
{
	const char *chat = pd_plan_record(context, PD_CHAT_FILE_RECORD, record_name(context->arena, event));
	const struct pd_entry *entry = chat != NULL ? context->desk->entry(context->desk, context->arena, event) : NULL;
	struct pd_ticket *ticket = entry != NULL ? pd_plan_ticket_followed(context, entry->event.ticket) : NULL;
	const struct pd_chat *settings = chat != NULL ? pd_settings_chat(context->settings, chat) : NULL;
	static const struct pd_strings anywhere = {0};
	const char *url, *name = NULL;
	context->plan->outcome = "duplicate";
	if (ticket == NULL)
		return;
	context->plan->ticket = ticket->number;
	context->plan->outcome = fault == PD_FILE_IS_THERE ? "attached" : "not fetched";
	if (entry->message != NULL) {
		(void)chat_link_of(context->arena, settings != NULL ? &settings->files : &anywhere, entry->message->text, &url,
				   &name);
		keep(context, ticket, event, entry->message, name != NULL ? name : pd_clean_file_name(context->arena, ""), fault,
		     content);
	}
	pd_plan_set_record(context, ticket, PD_CHAT_FILE_RECORD, record_name(context->arena, event), NULL, NULL);
	chat_file_settled(context, ticket);
	pd_tell(context, NULL);
}

/* --- files that go along with a mail --- */

struct pd_entries chat_files_of(struct pd_context *context, int64_t ticket, const struct pd_entries *lines)
{
	struct pd_entries all = chat_all_entries(context, ticket), files = {0};
	for (size_t i = 0; i < all.count; i++) {
		const struct pd_entry *file = &all.items[i];
		if (file->event.kind != PD_EVENT_ATTACHED || file->event.other == 0 || file->message == NULL ||
		    file->message->attachments.count == 0)
			continue;
		for (size_t n = 0; n < lines->count; n++)
			if (lines->items[n].event.id == file->event.other)
				*pd_list_add(context->arena, &files) = *file;
	}
	return files;
}

void chat_carry(struct pd_context *context, const struct pd_entries *files, struct pd_planned_letter *letter, struct pd_buf *out,
		const char *language)
{
	size_t left = context->settings->notify_attach_limit;
	for (size_t i = 0; i < files->count; i++) {
		const struct pd_attachment *file = &files->items[i].message->attachments.items[0];
		bool fits = file->size <= left;
		if (fits) {
			left -= file->size;
			*pd_list_add(context->arena, &letter->files) = (struct pd_carried_file){
				.message = files->items[i].message->id, .name = file->name, .type = file->type};
		}
		pd_buf_addf(out, "%s%s\n", i == 0 ? "\n" : "", pd_told_file(context, file, fits, language));
	}
}

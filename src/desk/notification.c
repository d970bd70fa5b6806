/* What a notification says: the words, who wrote them, how the ticket stands, how to answer.
 *
 * Promises: sender, subject, text, owner, priority, status and entry id are always there; attachments go
 * along as far as the limit allows and are named beyond it. Cannot fail. */
#include "desk/notification.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/chat.h"
#include "desk/meeting.h"
#include "desk/command.h"
#include "desk/due.h"

/* --- what an event is about --- */

const struct pd_planned_message *pd_told_planned(const struct pd_context *context, int64_t id)
{
	for (size_t i = 0; id != 0 && i < context->plan->messages.count; i++)
		if (context->plan->messages.items[i].stored.id == id)
			return &context->plan->messages.items[i];
	return NULL;
}

const struct pd_stored *pd_told_message(struct pd_context *context, const struct pd_event *event)
{
	const struct pd_planned_message *planned = pd_told_planned(context, event->message);
	if (planned != NULL)
		return &planned->stored;
	const struct pd_entry *entry =
		event->message != 0 ? context->desk->entry(context->desk, context->arena, event->id) : NULL;
	return entry != NULL ? entry->message : NULL;
}

bool pd_told_is_incoming(const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, "direction") == 0)
			return pd_equal(event->changes.items[i].to, "in");
	return pd_starts(event->actor, "contact:");
}

/* --- the letter --- */

static const char *size_words(struct pd_arena *arena, size_t size)
{
	if (size < 1024)
		return pd_printf(arena, "%zu bytes", size);
	if (size < 1024 * 1024)
		return pd_printf(arena, "%zu kB", (size + 1023) / 1024);
	return pd_printf(arena, "%.1f MB", (double)size / (1024.0 * 1024.0));
}

const char *pd_told_file(struct pd_context *context, const struct pd_attachment *file, bool is_attached, const char *language)
{
	return pd_say(context->arena, language,
		      is_attached ? N_("Attached: {name} ({size})") : N_("Not attached, too large: {name} ({size})"), "name",
		      file->name, "size", size_words(context->arena, file->size), NULL);
}

/* As many as fit go with the letter, the others are named. */
static void carry_attachments(struct pd_context *context, const struct pd_stored *stored,
			      struct pd_planned_letter *letter, struct pd_buf *out, const char *language)
{
	const struct pd_planned_message *planned = pd_told_planned(context, stored->id);
	size_t left = context->settings->notify_attach_limit;
	if (stored->attachments.count == 0)
		return;
	letter->carried.message = planned != NULL && planned->raw_is_delivery ? 0 : stored->id;
	letter->carried.indexes = PD_NEW_N(context->arena, unsigned, stored->attachments.count);
	pd_buf_adds(out, "\n");
	for (size_t i = 0; i < stored->attachments.count; i++) {
		const struct pd_attachment *attachment = &stored->attachments.items[i];
		bool fits = attachment->size <= left && attachment->index != PD_ATTACHMENT_WHOLE;
		if (fits) {
			letter->carried.indexes[letter->carried.count++] = attachment->index;
			left -= attachment->size;
		}
		pd_buf_addf(out, "%s\n", pd_told_file(context, attachment, fits, language));
	}
}

/* Who else has it; our own addresses go without saying. */
/* text: "To: {people}". */
static void people(struct pd_context *context, struct pd_buf *out, const char *language, const char *text,
		   const struct pd_addresses *list)
{
	struct pd_strings shown = {0};
	for (size_t i = 0; i < list->count && shown.count < 20; i++)
		if (pd_recipient_parse(context->arena, context->settings, list->items[i].addr).mailbox == NULL)
			*pd_list_add(context->arena, &shown) = pd_participant_value(context->arena, &list->items[i]);
	if (shown.count > 0)
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language, text, "people",
				   pd_strings_join(context->arena, &shown, ", "), NULL));
}

/* Who did it: the contact by name, where the message has one. */
static const char *author_words(struct pd_context *context, const struct pd_event *event,
				const struct pd_stored *stored)
{
	if (event->kind != PD_EVENT_MESSAGE || !pd_told_is_incoming(event) || stored == NULL)
		return pd_equal(event->actor, "postdesk") ? pd_say(context->arena, NULL, "Postdesk", NULL)
							  : pd_actor_words(context, event->actor);
	if (*stored->from.name != '\0')
		return stored->from.name;
	return *stored->from.addr != '\0' ? stored->from.addr : pd_actor_words(context, event->actor);
}

static const char *goal_headline(struct pd_context *context, const struct pd_event *event, const char *language);

static const char *headline(struct pd_context *context, const struct pd_told *told, const char *who,
			    const char *language)
{
	const struct pd_event *event = told->main;
	const char *english = N_("{who} changed this ticket:");
	if (event->kind == PD_EVENT_GOAL)
		return goal_headline(context, event, language);
	if (event->kind == PD_EVENT_REMINDER)
		english = N_("You asked to be reminded of this ticket.");
	else if (event->kind == PD_EVENT_SET && pd_equal(event->why, PD_WHY_SNOOZE_OVER))
		english = N_("The snooze of this ticket is over.");
	else if (event->kind == PD_EVENT_UNDELIVERED)
		english = N_("A message could not be delivered: {why}");
	else if (event->kind == PD_EVENT_COMMENT)
		english = told->is_mentioned ? N_("{who} mentioned you in a comment:") : N_("{who} commented:");
	else if (pd_is_meeting_answer(event))
		english = pd_meeting_headline(event);
	else if (event->kind == PD_EVENT_MESSAGE && pd_told_is_incoming(event))
		english = N_("{who} wrote:");
	else if (event->kind == PD_EVENT_MESSAGE)
		english = N_("{who} answered the contact:");
	else if (told->is_assigned)
		english = N_("{who} assigned this ticket to you.");
	return pd_say(context->arena, language, english, "who", who, "why",
		      event->why != NULL ? event->why : "", NULL);
}

/* "first_reply overdue+30m" -> the words. */
static const char *goal_headline(struct pd_context *context, const struct pd_event *event, const char *language)
{
	enum pd_goal goal = PD_GOAL_CLOSE;
	bool is_goal = false, is_overdue = false;
	for (size_t i = 0; i < event->changes.count; i++) {
		const char *value = event->changes.items[i].to, *blank = value != NULL ? strchr(value, ' ') : NULL;
		if (strcmp(event->changes.items[i].property, "warned") != 0 || blank == NULL)
			continue;
		is_goal |= pd_goal_parse(pd_strndup(context->arena, value, (size_t)(blank - value)), &goal);
		is_overdue |= pd_starts(blank + 1, "overdue");
	}
	if (!is_goal)
		return event->why != NULL ? event->why : "";
	return pd_printf(context->arena, "%s.", pd_goal_words(context, language, goal, is_overdue));
}

const char *pd_notification_headline(struct pd_context *context, const struct pd_told *told, const char *language)
{
	return headline(context, told, author_words(context, told->main, NULL), language);
}

static void write_state(struct pd_context *context, const struct pd_told *told, const struct pd_event *shown,
			struct pd_buf *out, const char *language)
{
	const struct pd_ticket *ticket = told->ticket;
	const char *nobody = pd_say(context->arena, language, "nobody", NULL);
	const char *mailbox = pd_ticket_mailbox(context, ticket)->full_name;
	pd_buf_addf(out, "%s\n",
		    pd_say(context->arena, language, "Ticket #{number} in {mailbox}, entry E{entry}",
			   "number", pd_printf(context->arena, "%lld", (long long)ticket->number), "mailbox",
			   mailbox, "entry", pd_printf(context->arena, "%lld", (long long)shown->id), NULL));
	pd_buf_addf(out, "%s\n",
		    pd_say(context->arena, language,
			   "Owner: {owner}   Priority: {priority}   Status: {status}", "owner",
			   ticket->owner != NULL ? pd_value_words(context, "owner", ticket->owner) : nobody,
			   "priority", ticket->priority != NULL ? ticket->priority : "", "status",
			   ticket->status != NULL ? ticket->status : "", NULL));
	if (!pd_may(told->agent, "reply"))
		pd_buf_adds(out, pd_say(context->arena, language,
					"You may not answer the contact: a mail with a line #note at its top is a comment. "
					"#help tells what else you may do.",
					NULL));
	else if (shown->kind == PD_EVENT_COMMENT)
		pd_buf_adds(out,
			    pd_say(context->arena, language,
				   "A reply to this mail is a comment, too: the contact does not see it.",
				   NULL));
	else
		pd_buf_adds(out, pd_say(context->arena, language,
					"Your reply goes to the contact. Lines such as #assign me, #close or "
					"#note at its top are commands; #help tells them all.",
					NULL));
	pd_buf_adds(out, "\n");
}

/* The entry whose words are shown: the event itself; what could not be delivered; else the contact's newest.
 */
static const struct pd_event *shown_entry(struct pd_context *context, const struct pd_told *told)
{
	const struct pd_event *main = told->main;
	bool is_of_other = main->kind == PD_EVENT_UNDELIVERED || main->kind == PD_EVENT_REMINDER;
	int64_t id = is_of_other && main->other != 0 ? main->other : pd_ticket_last_in(told->ticket);
	if (main->kind == PD_EVENT_MESSAGE || main->kind == PD_EVENT_COMMENT || id == 0)
		return main;
	for (size_t i = 0; i < context->plan->events.count; i++)
		if (context->plan->events.items[i]->id == id)
			return context->plan->events.items[i];
	const struct pd_entry *entry = context->desk->entry(context->desk, context->arena, id);
	return entry != NULL && entry->message != NULL ? &entry->event : main;
}

/* Who wrote it, and where the answer goes; what looks odd about that is said (invariant 6). */
static void write_sender(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *reader,
			 const struct pd_event *shown, const struct pd_stored *stored, struct pd_buf *out,
			 const char *language)
{
	const char *reply_to = stored->reply_to.addr;
	const bool may_reply = pd_may(reader, "reply");
	pd_buf_addf(out, "%s\n",
		    pd_say(context->arena, language, "From: {people}", "people",
			   *stored->from.addr != '\0' ? pd_participant_value(context->arena, &stored->from)
						       : stored->from.name, /* a caller */
			   NULL));
	if (may_reply && shown->why != NULL && strstr(shown->why, PD_WHY_OTHER_SENDER) != NULL)
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language,
				   "WARNING: it came to the reply address of somebody else. Your reply goes to "
				   "{to}; a line #to ADDRESS adds others.",
				   "to",
				   pd_answer_minds_reply_to(context, ticket, stored) ? reply_to : stored->from.addr,
				   NULL));
	if (reply_to == NULL || *reply_to == '\0' || pd_equal_nocase(reply_to, stored->from.addr))
		return;
	pd_buf_addf(out, "%s\n",
		    pd_say(context->arena, language, "Reply-To: {people}", "people",
			   pd_participant_value(context->arena, &stored->reply_to), NULL));
	if (!may_reply)
		return;
	if (pd_answer_minds_reply_to(context, ticket, stored))
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language, "Your reply goes to {to}.", "to", reply_to, NULL));
	else
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language,
				   "WARNING: that address takes no part in this ticket, and the mail is not "
				   "proven. Your reply goes to {from}; a line #to ADDRESS names another.",
				   "from", stored->from.addr, NULL));
}

static void write_people(struct pd_context *context, const struct pd_ticket *ticket, const struct pd_agent *reader,
			 const struct pd_event *shown, const struct pd_stored *stored, struct pd_buf *out,
			 const char *language)
{
	if (pd_told_is_incoming(shown))
		write_sender(context, ticket, reader, shown, stored, out, language);
	people(context, out, language, N_("To: {people}"), &stored->to);
	people(context, out, language, N_("Cc: {people}"), &stored->cc);
	pd_buf_addf(out, "%s\n\n",
		    pd_say(context->arena, language, "Subject: {subject}", "subject", stored->subject, NULL));
	if ((stored->kinds & PD_KIND_ENCRYPTED) != 0)
		pd_buf_addf(out, "%s\n\n",
			    pd_say(context->arena, language,
				   "The mail is encrypted. It was kept as it came; postdesk does not read it.", NULL));
}

/* A new ticket whose mail named another one without a right to it (invariant 6). */
static void write_related(struct pd_context *context, const struct pd_told *told, struct pd_buf *out,
			  const char *language)
{
	for (size_t i = 0; i < context->plan->events.count; i++) {
		const struct pd_event *event = context->plan->events.items[i];
		if (event->kind != PD_EVENT_RELATED || event->ticket != told->ticket->number)
			continue;
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language, "Perhaps related to ticket #{number}: {why}",
				   "number", pd_printf(context->arena, "%lld", (long long)event->other),
				   "why", event->why != NULL ? event->why : "", NULL));
	}
}

static void write_message(struct pd_context *context, const struct pd_told *told,
			  const struct pd_event *shown, const struct pd_stored *stored,
			  struct pd_planned_letter *planned, struct pd_buf *out)
{
	const char *language = pd_agent_language(context, told->agent);
	if (shown->kind == PD_EVENT_MESSAGE)
		write_people(context, told->ticket, told->agent, shown, stored, out, language);
	pd_buf_addf(out, "%s\n", pd_chat_words(context, told->ticket, shown, stored));
	if ((stored->kinds & PD_KIND_UNPARSED) != 0)
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language,
				   "This mail could not be read. postdesk show {number} --raw E{entry} gives "
				   "it as it came.",
				   "number",
				   pd_printf(context->arena, "%lld", (long long)told->ticket->number),
				   "entry", pd_printf(context->arena, "%lld", (long long)shown->id), NULL));
	carry_attachments(context, stored, planned, out, language);
	pd_chat_carry(context, told->ticket, shown, stored, planned, out, language);
}

void pd_notification_write(struct pd_context *context, const struct pd_told *told)
{
	PD_AUTO_BUF out = {.limit = 4 * 1024 * 1024};
	const char *language = pd_agent_language(context, told->agent);
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, told->ticket);
	const struct pd_event *main = told->main, *shown = shown_entry(context, told);
	const struct pd_stored *stored = pd_told_message(context, shown);
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, told->agent, mailbox, told->ticket,
				   shown->conversation, main->id, main->version);
	struct pd_letter *letter = &planned->letter;
	const char *who = author_words(context, main, stored);
	letter->from.name = pd_say(context->arena, language, "{who} via {mailbox}", "who", who, "mailbox",
				   mailbox->full_name, NULL);
	if (told->is_assigned && main->kind != PD_EVENT_SET && main->kind != PD_EVENT_CREATED)
		pd_buf_addf(&out, "%s\n",
			    pd_say(context->arena, language, "This ticket is now yours.", NULL));
	pd_buf_addf(&out, "%s\n\n", headline(context, told, who, language));
	if (stored != NULL)
		write_message(context, told, shown, stored, planned, &out);
	const struct pd_stored *comment = told->also != NULL ? pd_told_message(context, told->also) : NULL;
	if (comment != NULL)
		pd_buf_addf(&out, "\n%s\n\n%s\n",
			    pd_say(context->arena, language, "{who} commented:", "who",
				   pd_actor_words(context, told->also->actor), NULL),
			    comment->text);
	pd_buf_adds(&out, "\n--------\n");
	write_related(context, told, &out, language);
	pd_background_write(context, told, &out);
	write_state(context, told, shown, &out, language);
	pd_buf_addc(&out, '\n');
	pd_steps_write(context, told->agent, told->ticket, &out);
	letter->text = pd_buf_string(context->arena, &out);
	pd_letter_register(context, planned);
}

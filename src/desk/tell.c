/* Who is told (DESIGN.md, Who is told), and what the notification says.
 *
 * Promises: one letter a person and ticket, with that person's own reply address; never the actor, never who
 * stands in To or Cc of that very mail, nobody twice, nobody who may not see the ticket; nothing of spam,
 * automatic mail and history. Works on the events of the plan alone, so it holds for every door. Cannot fail.
 */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

/* One person, and the events of one ticket that the person is told of. */
struct reader {
	const struct pd_agent *agent;
	struct pd_ticket *ticket;
	const struct pd_event *main; /* whose text is shown */
	bool is_assigned, is_mentioned;
};
struct readers {
	struct reader *items;
	size_t count, room;
};

struct telling {
	struct pd_context *context;
	const struct pd_delivery *delivery; /* NULL: no mail is decided */
	struct readers readers;
};

/* --- what an event is about --- */

static const struct pd_planned_message *planned_message(const struct pd_context *context, int64_t id)
{
	for (size_t i = 0; id != 0 && i < context->plan->messages.count; i++)
		if (context->plan->messages.items[i].stored.id == id)
			return &context->plan->messages.items[i];
	return NULL;
}

static const struct pd_stored *stored_of(struct pd_context *context, const struct pd_event *event)
{
	const struct pd_planned_message *planned = planned_message(context, event->message);
	if (planned != NULL)
		return &planned->stored;
	const struct pd_entry *entry =
		event->message != 0 ? context->desk->entry(context->desk, context->arena, event->id) : NULL;
	return entry != NULL ? entry->message : NULL;
}

static bool is_incoming(const struct pd_event *event)
{
	for (size_t i = 0; i < event->changes.count; i++)
		if (strcmp(event->changes.items[i].property, "direction") == 0)
			return pd_equal(event->changes.items[i].to, "in");
	return pd_starts(event->actor, "contact:");
}

/* --- who --- */

static bool is_addressed(const struct telling *telling, const struct pd_agent *agent,
			 const struct pd_event *event)
{
	if (telling->delivery == NULL || telling->delivery->message == NULL || event->message == 0)
		return false;
	const struct pd_planned_message *planned = planned_message(telling->context, event->message);
	const struct pd_message *message = telling->delivery->message;
	if (planned == NULL || memcmp(planned->stored.digest, message->digest, PD_SHA256_SIZE) != 0)
		return false;
	for (size_t a = 0; a < agent->addresses.count; a++) {
		for (size_t i = 0; i < message->to.count; i++)
			if (pd_equal_nocase(message->to.items[i].addr, agent->addresses.items[a]))
				return true;
		for (size_t i = 0; i < message->cc.count; i++)
			if (pd_equal_nocase(message->cc.items[i].addr, agent->addresses.items[a]))
				return true;
	}
	return false;
}

/* What is shown where several things happened: a contact's words before a colleague's, words before changes.
 */
static int weight(const struct pd_event *event)
{
	switch (event->kind) {
	case PD_EVENT_MESSAGE:
		return is_incoming(event) ? 4 : 2;
	case PD_EVENT_COMMENT:
		return 3;
	case PD_EVENT_UNDELIVERED:
		return 5;
	default:
		return 1;
	}
}

static struct reader *add_reader(struct telling *telling, const char *name, struct pd_ticket *ticket,
				 const struct pd_event *event)
{
	struct pd_context *context = telling->context;
	const struct pd_agent *agent = name != NULL ? pd_settings_agent(context->settings, name) : NULL;
	if (agent == NULL || agent->addresses.count == 0 ||
	    pd_equal(event->actor, pd_printf(context->arena, "agent:%s", name)) ||
	    (context->agent == agent && event->action == context->action) ||
	    !pd_may_see(context->settings, agent, ticket) || is_addressed(telling, agent, event))
		return NULL;
	struct reader *reader = NULL;
	for (size_t i = 0; i < telling->readers.count; i++)
		if (telling->readers.items[i].agent == agent && telling->readers.items[i].ticket == ticket)
			reader = &telling->readers.items[i];
	if (reader == NULL) {
		if (pd_guard_is_unreachable(context, agent))
			return NULL;
		reader = pd_list_add(context->arena, &telling->readers);
		*reader = (struct reader){.agent = agent, .ticket = ticket, .main = event};
	} else if (weight(event) > weight(reader->main)) {
		reader->main = event;
	}
	return reader;
}

static void add_team(struct telling *telling, const char *name, struct pd_ticket *ticket,
		     const struct pd_event *event)
{
	const struct pd_team *team = name != NULL ? pd_settings_team(telling->context->settings, name) : NULL;
	for (size_t i = 0; team != NULL && i < team->members.count; i++)
		add_reader(telling, team->members.items[i], ticket, event);
}

static void add_mailbox(struct telling *telling, const char *name, struct pd_ticket *ticket,
			const struct pd_event *event)
{
	const struct pd_mailbox *mailbox = pd_settings_mailbox(telling->context->settings, name);
	if (mailbox != NULL && mailbox->notify_team)
		add_team(telling, mailbox->team, ticket, event);
}

/* The ticket's team; each further mailbox that it came to has its own. */
static void add_teams(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_mailbox *home = pd_settings_mailbox(telling->context->settings, ticket->mailbox);
	if (home == NULL || home->notify_team)
		add_team(telling, ticket->team, ticket, event);
	for (size_t i = 0; i < ticket->mailboxes_also.count; i++)
		add_mailbox(telling, ticket->mailboxes_also.items[i], ticket, event);
}

static void add_followers(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	add_reader(telling, ticket->owner, ticket, event);
	for (size_t i = 0; i < ticket->followers.count; i++)
		add_reader(telling, ticket->followers.items[i], ticket, event);
}

/* "@anna" anywhere in the comment, not within a word or an address. */
static void add_mentioned(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event,
			  const char *text)
{
	const struct pd_settings *settings = telling->context->settings;
	for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@')) {
		if (at > text && strchr(" \t\n(,;:\"'", at[-1]) == NULL)
			continue;
		size_t len = strcspn(at + 1, " \t\n,;:!?()\"'<>");
		while (len > 0 && at[len] == '.')
			len--;
		const char *name = pd_strndup(telling->context->arena, at + 1, len);
		for (size_t i = 0; i < settings->agents.count; i++) {
			if (!pd_equal_nocase(settings->agents.items[i].name, name))
				continue;
			struct reader *reader =
				add_reader(telling, settings->agents.items[i].name, ticket, event);
			if (reader != NULL)
				reader->is_mentioned = true;
		}
	}
}

/* --- DESIGN.md's table --- */

static void tell_message(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_stored *stored = stored_of(telling->context, event);
	if (stored != NULL && (stored->kinds & (PD_KIND_AUTO | PD_KIND_LIST | PD_KIND_RECEIPT |
						PD_KIND_FEEDBACK | PD_KIND_BOUNCE | PD_KIND_DSN)) != 0)
		return;
	if (is_incoming(event) && ticket->owner == NULL)
		add_teams(telling, ticket, event);
	if (!pd_equal(event->actor, "postdesk"))
		add_followers(telling, ticket, event);
}

static bool is_new(const struct pd_context *context, const struct pd_ticket *ticket)
{
	for (size_t i = 0; i < context->plan->events.count; i++)
		if (context->plan->events.items[i]->kind == PD_EVENT_CREATED &&
		    context->plan->events.items[i]->ticket == ticket->number)
			return true;
	return false;
}

static void tell_comment(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	const struct pd_stored *stored = stored_of(telling->context, event);
	if (stored == NULL || (stored->kinds & PD_KIND_AUTO) != 0 || !pd_starts(event->actor, "agent:"))
		if (stored == NULL || !pd_equal(event->actor, "administrator"))
			return; /* kept by the machine, or by nobody proven */
	if (ticket->owner == NULL && is_new(telling->context, ticket))
		add_teams(telling, ticket, event); /* an agent's own request */
	add_followers(telling, ticket, event);
	add_mentioned(telling, ticket, event, stored->text);
}

/* The entry of a mail that reached a further mailbox: its team has not seen it. */
static void tell_further_mailbox(struct telling *telling, struct pd_ticket *ticket, const char *mailbox)
{
	struct pd_context *context = telling->context;
	const struct pd_entry *entry =
		ticket->last_in_event != 0
			? context->desk->entry(context->desk, context->arena, ticket->last_in_event)
			: NULL;
	if (entry != NULL && entry->event.kind == PD_EVENT_MESSAGE && ticket->owner == NULL)
		add_mailbox(telling, mailbox, ticket, &entry->event);
}

static void tell_changes(struct telling *telling, struct pd_ticket *ticket, const struct pd_event *event)
{
	bool is_duplicate = pd_equal(telling->context->plan->outcome, "duplicate");
	for (size_t i = 0; i < event->changes.count; i++) {
		const struct pd_change *change = &event->changes.items[i];
		if (strcmp(change->property, "owner") == 0 && change->to != NULL &&
		    pd_equal(change->to, ticket->owner)) {
			struct reader *reader = add_reader(telling, change->to, ticket, event);
			if (reader != NULL)
				reader->is_assigned = true;
		} else if (is_duplicate && strcmp(change->property, "mailbox_also") == 0 &&
			   change->to != NULL) {
			tell_further_mailbox(telling, ticket, change->to);
		}
	}
}

static void tell_event(struct telling *telling, const struct pd_event *event)
{
	struct pd_ticket *ticket = pd_plan_ticket(telling->context, event->ticket);
	if (ticket == NULL || ticket->is_spam || ticket->is_deleted)
		return;
	if (event->kind == PD_EVENT_MESSAGE && !ticket->is_automatic) {
		tell_message(telling, ticket, event);
	} else if (event->kind == PD_EVENT_COMMENT) {
		tell_comment(telling, ticket, event);
	} else if (event->kind == PD_EVENT_SET || event->kind == PD_EVENT_CREATED) {
		tell_changes(telling, ticket, event);
	} else if (event->kind == PD_EVENT_UNDELIVERED) {
		if (ticket->owner != NULL)
			add_followers(telling, ticket, event);
		else
			add_teams(telling, ticket, event);
	}
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

/* As many as fit go with the letter, the others are named. */
static void carry_attachments(struct pd_context *context, const struct pd_stored *stored,
			      struct pd_planned_letter *letter, struct pd_buf *out, const char *language)
{
	const struct pd_planned_message *planned = planned_message(context, stored->id);
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
		pd_buf_addf(out, "%s\n",
			    pd_say(context->arena, language,
				   fits ? "Attached: {name} ({size})"
					: "Not attached, too large: {name} ({size})",
				   "name", attachment->name, "size",
				   size_words(context->arena, attachment->size), NULL));
	}
}

/* Who else has it; our own addresses go without saying. */
static void people(struct pd_context *context, struct pd_buf *out, const char *field,
		   const struct pd_addresses *list)
{
	size_t shown = 0;
	for (size_t i = 0; i < list->count && shown < 20; i++) {
		const struct pd_address *one = &list->items[i];
		if (pd_recipient_parse(context->arena, context->settings, one->addr).mailbox != NULL)
			continue;
		pd_buf_addf(out, "%s%s", shown++ == 0 ? field : ", ",
			    pd_participant_value(context->arena, one));
	}
	if (shown > 0)
		pd_buf_adds(out, "\n");
}

/* Who did it: the contact by name, where the message has one. */
static const char *author_words(struct pd_context *context, const struct pd_event *event,
				const struct pd_stored *stored)
{
	if (event->kind != PD_EVENT_MESSAGE || !is_incoming(event) || stored == NULL)
		return pd_equal(event->actor, "postdesk") ? pd_say(context->arena, NULL, "Postdesk", NULL)
							  : pd_actor_words(context, event->actor);
	if (*stored->from.name != '\0')
		return stored->from.name;
	return *stored->from.addr != '\0' ? stored->from.addr : pd_actor_words(context, event->actor);
}

static const char *headline(struct pd_context *context, const struct reader *reader, const char *who,
			    const char *language)
{
	const struct pd_event *event = reader->main;
	const char *english = "{who} changed this ticket:";
	if (event->kind == PD_EVENT_UNDELIVERED)
		english = "A message could not be delivered: {why}";
	else if (event->kind == PD_EVENT_COMMENT)
		english = reader->is_mentioned ? "{who} mentioned you in a comment:" : "{who} commented:";
	else if (event->kind == PD_EVENT_MESSAGE && is_incoming(event))
		english = "{who} wrote:";
	else if (event->kind == PD_EVENT_MESSAGE)
		english = "{who} answered the contact:";
	else if (reader->is_assigned)
		english = "{who} assigned this ticket to you.";
	return pd_say(context->arena, language, english, "who", who, "why",
		      event->why != NULL ? event->why : "", NULL);
}

static void write_state(struct pd_context *context, const struct reader *reader, const struct pd_event *shown,
			struct pd_buf *out, const char *language)
{
	const struct pd_ticket *ticket = reader->ticket;
	const char *nobody = pd_say(context->arena, language, "nobody", NULL);
	const char *mailbox = pd_ticket_mailbox(context, ticket)->full_name;
	pd_buf_addf(out, "\n--------\n%s\n",
		    pd_say(context->arena, language, "Ticket #{number} in {mailbox}, entry E{entry}",
			   "number", pd_printf(context->arena, "%lld", (long long)ticket->number), "mailbox",
			   mailbox, "entry", pd_printf(context->arena, "%lld", (long long)shown->id), NULL));
	pd_buf_addf(out, "%s\n",
		    pd_say(context->arena, language,
			   "Owner: {owner}   Priority: {priority}   Status: {status}", "owner",
			   ticket->owner != NULL ? pd_value_words(context, "owner", ticket->owner) : nobody,
			   "priority", ticket->priority != NULL ? ticket->priority : "", "status",
			   ticket->status != NULL ? ticket->status : "", NULL));
	if (shown->kind == PD_EVENT_COMMENT)
		pd_buf_adds(out,
			    pd_say(context->arena, language,
				   "A reply to this mail is a comment, too: the contact does not see it.",
				   NULL));
	else
		pd_buf_adds(out, pd_say(context->arena, language,
					"Your reply goes to the contact. Lines such as #assign me, #close or "
					"#note at its "
					"top are commands; #help tells them all.",
					NULL));
	pd_buf_adds(out, "\n");
}

/* The message whose text is shown: the event's own, else the newest of the contact. */
static const struct pd_stored *shown_message(struct pd_context *context, const struct reader *reader,
					     const struct pd_event **ret_shown)
{
	const struct pd_stored *stored = stored_of(context, reader->main);
	*ret_shown = reader->main;
	if (reader->main->kind == PD_EVENT_UNDELIVERED || reader->main->kind == PD_EVENT_SET ||
	    reader->main->kind == PD_EVENT_CREATED) {
		stored = NULL;
		int64_t last = reader->ticket->last_in_event;
		for (size_t i = 0; i < context->plan->events.count; i++)
			if (context->plan->events.items[i]->id == last && last != 0) {
				*ret_shown = context->plan->events.items[i];
				return stored_of(context, *ret_shown);
			}
		struct pd_entry *entry =
			last != 0 ? context->desk->entry(context->desk, context->arena, last) : NULL;
		if (entry != NULL && entry->message != NULL) {
			*ret_shown = &entry->event;
			stored = entry->message;
		}
	}
	return stored;
}

static bool has_other_reply_address(const struct pd_stored *stored)
{
	return stored->reply_to.addr != NULL && *stored->reply_to.addr != '\0' &&
	       !pd_equal_nocase(stored->reply_to.addr, stored->from.addr);
}

static void write_letter(struct pd_context *context, const struct reader *reader)
{
	PD_AUTO_BUF out = {.limit = 4 * 1024 * 1024};
	const char *language = pd_agent_language(context, reader->agent);
	const struct pd_mailbox *mailbox = pd_ticket_mailbox(context, reader->ticket);
	const struct pd_event *shown;
	const struct pd_stored *stored = shown_message(context, reader, &shown);
	struct pd_planned_letter *planned =
		pd_letter_to_agent(context, PD_LETTER_NOTIFICATION, reader->agent, mailbox, reader->ticket,
				   shown->conversation, reader->main->id, reader->main->version);
	struct pd_letter *letter = &planned->letter;
	const char *who = author_words(context, reader->main, stored);
	letter->from.name = pd_say(context->arena, language, "{who} via {mailbox}", "who", who, "mailbox",
				   mailbox->full_name, NULL);
	pd_buf_addf(&out, "%s\n\n", headline(context, reader, who, language));
	if (reader->is_assigned && reader->main->kind != PD_EVENT_SET &&
	    reader->main->kind != PD_EVENT_CREATED)
		pd_buf_addf(&out, "%s\n\n",
			    pd_say(context->arena, language, "This ticket is now yours.", NULL));
	if (stored != NULL) {
		if (shown->kind == PD_EVENT_MESSAGE) {
			if (is_incoming(shown))
				pd_buf_addf(&out, "From: %s\n",
					    pd_participant_value(context->arena, &stored->from));
			if (is_incoming(shown) &&
			    has_other_reply_address(stored)) /* that is where the answer goes */
				pd_buf_addf(&out, "Reply-To: %s\n",
					    pd_participant_value(context->arena, &stored->reply_to));
			people(context, &out, "To: ", &stored->to);
			people(context, &out, "Cc: ", &stored->cc);
			pd_buf_addf(&out, "Subject: %s\n\n", stored->subject);
		}
		pd_buf_addf(&out, "%s\n", stored->text);
		if ((stored->kinds & PD_KIND_UNPARSED) != 0)
			pd_buf_addf(
				&out, "%s\n",
				pd_say(context->arena, language,
				       "This mail could not be read; postdesk show {number} --raw E{entry} "
				       "gives it as it "
				       "came.",
				       "number",
				       pd_printf(context->arena, "%lld", (long long)reader->ticket->number),
				       "entry", pd_printf(context->arena, "%lld", (long long)shown->id),
				       NULL));
		carry_attachments(context, stored, planned, &out, language);
	}
	write_state(context, reader, shown, &out, language);
	letter->text = pd_buf_string(context->arena, &out);
	pd_letter_register(context, planned);
}

/* The root that notifications name, so that an agent's answer is known by it, too. */
static void register_root(struct pd_context *context, const struct pd_ticket *ticket)
{
	const char *root = pd_message_id_root(context, ticket->number);
	for (size_t i = 0; i < context->plan->ids.count; i++)
		if (strcmp(context->plan->ids.items[i].message_id, root) == 0)
			return;
	const struct pd_known_id known = {.ticket = ticket->number, .is_reference = true};
	pd_plan_id(context, root, &known);
}

void pd_tell(struct pd_context *context, const struct pd_delivery *delivery)
{
	struct telling telling = {.context = context, .delivery = delivery};
	if (context->is_import)
		return;
	for (size_t i = 0; i < context->plan->events.count; i++)
		tell_event(&telling, context->plan->events.items[i]);
	for (size_t i = 0; i < telling.readers.count; i++) {
		write_letter(context, &telling.readers.items[i]);
		register_root(context, telling.readers.items[i].ticket);
	}
}

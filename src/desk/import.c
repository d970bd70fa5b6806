/* History: mails of an archive, each onto its thread, and tickets of another desk, each as of the day when it was
 * written.
 *
 * Promises: nobody is told and nothing leaves; the archive's threads hold without the guards against
 * strangers, since whoever imports vouches for it; the same mail, the same ticket again changes nothing. Statuses of
 * mails without a ticket stay as new tickets have them. Marks: import:KEY (the ticket), imported:KEY. */
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/due.h"
#include "desk/find.h"
#include "desk/letters.h"
#include "desk/mailform.h"

/* A mail that left us: from a mailbox, or from an agent to somebody outside. */
static bool is_outgoing(const struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_message *message = mail->message;
	if (mail->delivery->import_as != PD_IMPORT_BY_SENDER)
		return mail->delivery->import_as == PD_IMPORT_OUT;
	if (mail->is_own)
		return true;
	if (mail->agent == NULL)
		return false;
	for (size_t i = 0; i < message->to.count; i++)
		if (pd_is_outsider(context, message->to.items[i].addr))
			return true;
	return false;
}

/* Whom the correspondence is with. */
static struct pd_address correspondent(const struct pd_context *context, const struct pd_mail *mail,
				       bool is_out)
{
	const struct pd_message *message = mail->message;
	if (!is_out)
		return mail->author;
	for (size_t i = 0; i < message->to.count; i++)
		if (pd_is_outsider(context, message->to.items[i].addr))
			return message->to.items[i];
	return (struct pd_address){.name = "", .addr = ""};
}

static struct pd_ticket *new_ticket(struct pd_context *context, const struct pd_mail *mail, bool is_automatic)
{
	const char *subject = mail->filled != NULL && mail->filled->subject != NULL ? mail->filled->subject : mail->message->subject;
	struct pd_change values[4] = {
		{.property = "name", .to = pd_mail_name(context, subject)},
		{.property = "source", .to = "import"},
	};
	size_t count = 2;
	if (is_automatic) {
		const struct pd_status *closed = pd_pipeline_first(mail->mailbox->pipeline, PD_STATUS_CLOSED);
		values[count++] =
			(struct pd_change){.property = "status",
					   .to = pd_status_value(context->arena, closed->kind, closed->name)};
		values[count++] = (struct pd_change){.property = "automatic", .to = "yes"};
	} else if ((mail->kinds & PD_KIND_SPAM) != 0) {
		values[count++] = (struct pd_change){.property = "spam", .to = "yes"};
	}
	return pd_plan_new_ticket(context, mail->mailbox, values, count);
}

/* The ticket that it is imported into, in the conversation that it answers or else the first; or where its thread is. */
static void find_place(struct pd_context *context, const struct pd_mail *mail, struct pd_place *ret_place)
{
	int64_t number = mail->delivery->import_ticket;
	if (number == 0) {
		pd_mail_place(context, mail, ret_place);
		return;
	}
	*ret_place = (struct pd_place){.ticket = pd_plan_ticket_followed(context, number), .why = "import"};
	if (ret_place->ticket == NULL || ret_place->ticket->conversations.count == 0)
		return;
	ret_place->conversation = ret_place->ticket->conversations.items[0].id;
	const struct pd_known_ids known = context->desk->message_id(
		context->desk, context->arena, mail->message->in_reply_to.count > 0 ? mail->message->in_reply_to.items[0] : "");
	for (size_t i = 0; i < known.count; i++)
		if (known.items[i].ticket == ret_place->ticket->number && known.items[i].conversation != 0)
			ret_place->conversation = known.items[i].conversation;
}

static const char *actor_of(struct pd_context *context, const struct pd_mail *mail, bool is_ours)
{
	const char *by = mail->delivery->import_by;
	if (by != NULL && pd_settings_agent(context->settings, by) != NULL)
		return pd_printf(context->arena, "agent:%s", by);
	if (mail->agent != NULL)
		return pd_printf(context->arena, "agent:%s", mail->agent->name);
	return is_ours ? "administrator" : pd_printf(context->arena, "contact:%s", mail->author.addr);
}

static void take_comment(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket)
{
	struct pd_planned_message *message = pd_mail_store(context, mail, PD_INTERNAL);
	message->stored.proof = "full"; /* whoever imports vouches for it */
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_COMMENT, message->stored.id, 0, "import");
	pd_guard_taken(context, mail, event->id);
	context->plan->outcome = "threaded";
	context->plan->ticket = ticket->number;
}

void pd_take_import(struct pd_context *context, const struct pd_mail *mail)
{
	struct pd_place place;
	bool is_comment = mail->delivery->import_as == PD_IMPORT_COMMENT;
	bool is_out = is_outgoing(context, mail);
	bool is_automatic =
		mail->is_automatic || (mail->kinds & (PD_KIND_BOUNCE | PD_KIND_DSN)) != 0;
	struct pd_address with = correspondent(context, mail, is_out);
	context->actor = actor_of(context, mail, is_out || is_comment);
	find_place(context, mail, &place);
	if (is_comment && place.ticket != NULL) {
		take_comment(context, mail, place.ticket);
		return;
	}
	struct pd_ticket *ticket =
		place.ticket != NULL ? place.ticket : new_ticket(context, mail, is_automatic);
	if (place.ticket == NULL && mail->filled != NULL)
		place.conversation = pd_mailform_begin(context, mail, ticket);
	else if (place.ticket == NULL || place.conversation == 0)
		place.conversation =
			pd_add_correspondent(context, ticket, mail->mailbox, &with, mail->message->subject);
	struct pd_planned_message *message = pd_mail_store(context, mail, is_out ? PD_OUT : PD_IN);
	struct pd_event *event = pd_plan_event(context, ticket, PD_EVENT_MESSAGE, message->stored.id,
					       place.conversation, place.ticket != NULL ? place.why : NULL);
	if (!is_automatic) {
		if (!is_out && pd_is_outsider(context, mail->author.addr))
			pd_plan_add(context, ticket, "participant",
				    pd_participant_value(context->arena, &mail->author), place.conversation,
				    NULL);
		if (mail->filled == NULL) /* a form's mailer is nobody to write to */
			pd_add_participants(context, mail, ticket, place.conversation);
	}
	pd_mail_register(context, mail, ticket, place.conversation, event->id);
	pd_guard_taken(context, mail, event->id);
	if (mail->filled != NULL)
		pd_mailform_tell(context, mail, ticket);
	context->plan->outcome = place.ticket != NULL ? "threaded" : "new ticket";
	context->plan->ticket = ticket->number;
}

/* --- tickets of another desk --- */

void pd_decide_import(struct pd_context *context, const struct pd_import *import)
{
	const char *key = pd_printf(context->arena, "import:%s", import->key);
	struct pd_mark mark = context->desk->mark(context->desk, key);
	context->is_import = true;
	context->plan->outcome = "duplicate";
	context->plan->ticket = mark.value;
	if (mark.exists)
		return;
	const struct pd_change values[] = {
		{.property = "name", .to = pd_mail_name(context, import->name)},
		{.property = "source", .to = "import"},
	};
	context->import_number = import->number;
	struct pd_ticket *ticket = pd_plan_new_ticket(context, import->mailbox, values, 2);
	if (pd_is_outsider(context, import->contact.addr))
		pd_add_correspondent(context, ticket, import->mailbox, &import->contact, import->name);
	pd_plan_mark(context, key, ticket->number, 0);
	context->plan->outcome = "new ticket";
	context->plan->ticket = ticket->number;
}

/* The pipeline's status of that name, or else its first of that kind. */
static void set_status(struct pd_context *context, struct pd_ticket *ticket, const char *kind_name, const char *name)
{
	const struct pd_pipeline *pipeline = pd_settings_pipeline(context->settings, ticket->pipeline);
	const struct pd_status *status = name != NULL && pipeline != NULL ? pd_pipeline_status(pipeline, name) : NULL;
	for (int kind = PD_STATUS_NEW; kind <= PD_STATUS_CLOSED && status == NULL && pipeline != NULL; kind++)
		if (pd_equal(kind_name, pd_status_kind_name((enum pd_status_kind)kind)))
			status = pd_pipeline_first(pipeline, (enum pd_status_kind)kind);
	if (status != NULL)
		pd_plan_set(context, ticket, "status", pd_status_value(context->arena, status->kind, status->name), "import");
}

/* An agent follows; whoever else takes part joins the first conversation. A follower that is no agent is nobody's. */
static bool add_person(struct pd_context *context, struct pd_ticket *ticket, const char *property, const char *value)
{
	struct pd_address address = pd_participant_parse(context->arena, value);
	const struct pd_found agent = pd_find_agent(context->arena, context->settings, address.addr);
	address.addr = pd_lower_ascii(context->arena, address.addr);
	if (agent.name != NULL)
		pd_plan_add(context, ticket, "follower", agent.name, 0, "import");
	else if (strcmp(property, "participant") != 0 || !pd_is_outsider(context, address.addr))
		return false;
	else if (ticket->conversations.count == 0)
		pd_add_correspondent(context, ticket, pd_ticket_mailbox(context, ticket), &address, ticket->name);
	else
		pd_plan_add(context, ticket, "participant", pd_participant_value(context->arena, &address),
			    ticket->conversations.items[0].id, "import");
	return true;
}

/* What no command sets, or what commands would set with more conditions than history has. */
static bool set_plainly(struct pd_context *context, struct pd_ticket *ticket, const char *property, const char *value)
{
	static const char *const flags[] = {"spam", "automatic", "deleted"};
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (strcmp(property, flags[i]) == 0) {
			pd_plan_set(context, ticket, property, pd_equal(value, "yes") ? "yes" : NULL, "import");
			return true;
		}
	if (strcmp(property, "follower") == 0 || strcmp(property, "participant") == 0)
		return add_person(context, ticket, property, value);
	return false;
}

/* What does not fit goes to ret_misfits. */
static void set_value(struct pd_context *context, struct pd_ticket *ticket, const char *property, const char *value,
		      struct pd_strings *ret_misfits)
{
	struct pd_strings lines = {0};
	if (set_plainly(context, ticket, property, value))
		return;
	if (strcmp(property, "owner") == 0) {
		struct pd_found found = pd_find_agent(context->arena, context->settings, value);
		if (found.name != NULL) {
			pd_plan_set(context, ticket, "owner", found.name, "import");
			return;
		}
	}
	*pd_list_add(context->arena, &lines) = pd_printf(context->arena, "#set %s=%s", property,
							 pd_clean_line(context->arena, value, 0));
	const char *wrong = pd_carry_out(context, ticket, &lines, "import");
	if (wrong == NULL)
		return;
	pd_report(context, "#%lld: %s=%s: %s", (long long)ticket->number, property, value, wrong);
	*pd_list_add(context->arena, ret_misfits) = pd_printf(context->arena, "%s: %s", property, value);
}

/* Nothing of a ticket is lost because this desk has no place for it. */
static void keep_misfits(struct pd_context *context, struct pd_ticket *ticket, struct pd_strings *misfits,
			 const struct pd_strings *left)
{
	for (size_t i = 0; i < left->count; i++) {
		const char *value = left->items[i];
		const int len = (int)strcspn(value, "=");
		*pd_list_add(context->arena, misfits) =
			pd_printf(context->arena, "%.*s: %s", len, value, value[len] == '=' ? value + len + 1 : "");
	}
	if (misfits->count == 0)
		return;
	const char *words = pd_say(context->arena, context->settings->language,
				   "What the other desk knew of this ticket and this one has no place for:", NULL);
	words = pd_printf(context->arena, "%s\n\n%s", words, pd_strings_join(context->arena, misfits, "\n"));
	pd_plan_event(context, ticket, PD_EVENT_COMMENT, pd_plan_words(context, words)->stored.id, 0, "import");
}

void pd_decide_imported(struct pd_context *context, int64_t number, const struct pd_import *import)
{
	const char *key = pd_printf(context->arena, "imported:%s", import->key), *kind = NULL, *status = NULL;
	struct pd_ticket *ticket = pd_plan_ticket_followed(context, number);
	pd_time end = context->now;
	struct pd_strings misfits = {0};
	context->is_import = true;
	context->plan->outcome = "duplicate";
	context->plan->ticket = number;
	if (ticket == NULL || context->desk->mark(context->desk, key).exists)
		return;
	for (size_t i = 0; i < import->values.count; i++) {
		const char *value = import->values.items[i];
		size_t len = strcspn(value, "=");
		const char *property = pd_strndup(context->arena, value, len);
		value += len + (value[len] == '=');
		if (strcmp(property, "status_kind") == 0)
			kind = value;
		else if (strcmp(property, "status") == 0)
			status = value;
		else if (*value != '\0')
			set_value(context, ticket, property, value, &misfits);
	}
	context->now = import->closed != 0 && import->closed < end ? import->closed : end;
	set_status(context, ticket, kind, status);
	context->now = end;
	keep_misfits(context, ticket, &misfits, &import->left);
	pd_plan_mark(context, key, 1, 0);
	context->plan->outcome = "done";
}

/* What every road of an agent's mail does: gives back, carries out, keeps, tells its author.
 *
 * Promises: what fails while it is carried out takes all of the mail with it (invariant 5). Cannot fail
 * otherwise. */
#include "desk/absence.h"
#include "desk/insert.h"

#include "base/text.h"
#include "desk/sending.h"

void work_wrong(struct work *work, const char *what)
{
	*pd_list_add(work->context->arena, &work->commands->errors) = what;
}

int64_t work_answers_version(const struct work *work)
{
	bool is_own = work->place.ticket != NULL && work->answers_ticket == work->place.ticket->number;
	return is_own ? work->answers_version : 0;
}

bool work_is_given_back(struct work *work)
{
	if (work->commands->errors.count == 0)
		return false;
	/* Of nothing but properties, there is at least one error. */
	work->context->plan->is_incomplete =
		work->commands->errors.count == work->commands->lacking + work->commands->awaited;
	pd_give_back(work->context, work->mail, &work->place, &work->commands->errors,
		     work_answers_version(work));
	return true;
}

void work_name_the_mail(struct work *work, size_t first_event, int64_t message)
{
	const struct pd_plan *plan = work->context->plan;
	for (size_t i = first_event; i < plan->events.count; i++)
		if (plan->events.items[i]->message == 0 && plan->events.items[i]->kind != PD_EVENT_MESSAGE)
			plan->events.items[i]->message = message;
}

void work_end_draft(struct pd_context *context, const struct pd_draft *draft, enum pd_draft_state state)
{
	struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
	planned->draft = *draft;
	planned->draft.state = state;
	if (draft->ticket != 0)
		pd_sending_end(context, pd_plan_ticket_followed(context, draft->ticket), draft->id, "command #send");
}

void work_finish(struct work *work, struct pd_ticket *ticket, int64_t conversation,
		 const struct pd_event *event, const char *outcome)
{
	struct pd_context *context = work->context;
	const struct pd_draft *held = work->mail->delivery->held;
	if (held != NULL)
		work_end_draft(context, held, PD_DRAFT_SENT);
	if (ticket != NULL) {
		pd_note_mailboxes(context, work->mail, ticket);
		pd_mail_register(context, work->mail, ticket, conversation, event != NULL ? event->id : 0);
		context->plan->ticket = ticket->number;
	}
	pd_absence_heard(work);
	context->plan->outcome = outcome;
	pd_guard_taken(context, work->mail, event != NULL ? event->id : 0);
	if (context->plan->resume_draft != 0)
		return; /* the draft's own decision tells it all */
	pd_letter_receipt(context, work->mail, ticket, conversation,
			  event != NULL && event->kind != PD_EVENT_COMMENT ? event->id : 0,
			  pd_receipt_text(context, work->mail->agent));
}

bool work_apply_commands(struct work *work, const struct pd_savepoint *before, struct pd_ticket *ticket)
{
	struct pd_context *context = work->context;
	struct pd_error error = {0};
	if (pd_commands_apply(context, work->commands, ticket, &error) == 0)
		return true;
	pd_plan_back(context, before);
	if (work->place.ticket != NULL)
		work->place.ticket = pd_plan_ticket(context, work->place.ticket->number);
	work_wrong(work, pd_strdup(context->arena, error.text));
	work_is_given_back(work);
	return false;
}

struct pd_event *work_comment(struct work *work, struct pd_ticket *ticket, int64_t conversation,
			      const char *text)
{
	struct pd_context *context = work->context;
	struct pd_planned_message *message = pd_mail_store(context, work->mail, PD_INTERNAL);
	message->stored.text = message->search_text =
		pd_insert_text(context->arena, work->commands, text);
	struct pd_event *event =
		pd_plan_event(context, ticket, PD_EVENT_COMMENT, message->stored.id, conversation, NULL);
	event->other = work->commands->note_about;
	return event;
}

int64_t work_keep_commands(struct work *work)
{
	struct pd_planned_message *message = pd_mail_store(work->context, work->mail, PD_INTERNAL);
	message->search_text = NULL;
	return message->stored.id;
}

/* The road of a mail: where it came, who wrote it, what it is, whose it is.
 *
 * Promises: each accepted mail ends in exactly one of the branches below, and each branch keeps it (invariant
 * 8). Pure: what it depends on comes through the context. A failed snapshot sticks; the caller looks at it.
 */
#include "desk/letters.h"
#include "desk/meeting.h"

#include "base/text.h"

static void take(struct pd_context *context, const struct pd_mail *mail)
{
	const unsigned kinds = mail->kinds;
	if (pd_guard_loop(context, mail) != NULL)
		pd_take_automatic(context, mail);
	else if (mail->is_outgoing)
		pd_take_outgoing(context, mail);
	else if (pd_take_confirmation(context, mail))
		return;
	else if ((kinds & (PD_KIND_BOUNCE | PD_KIND_DSN)) != 0)
		pd_take_report(context, mail);
	else if (pd_take_meeting_answer(context, mail))
		return;
	else if (mail->is_automatic)
		pd_take_automatic(context, mail);
	else if (mail->agent != NULL)
		pd_take_agent(context, mail);
	else
		pd_take_contact(context, mail);
}

void pd_decide_delivery(struct pd_context *context, const struct pd_delivery *delivery)
{
	struct pd_mail mail;
	context->is_import |= delivery->import_into != NULL;
	pd_time at = delivery->import_at != 0 ? delivery->import_at : delivery->message->date;
	if (context->is_import && at > 0 && at < context->now)
		context->now = at;
	pd_mail_read(context, delivery, &mail);
	if (!pd_guard_duplicate(context, &mail)) {
		if (context->is_import)
			pd_take_import(context, &mail);
		else
			take(context, &mail);
		pd_collect(context, &mail);
	}
	if (context->plan->resume_draft == 0) /* else the draft's decision, on the same plan, tells of both */
		pd_tell(context, delivery);
}

void pd_decide_held(struct pd_context *context, const struct pd_delivery *delivery)
{
	struct pd_mail mail;
	pd_mail_read(context, delivery, &mail);
	context->plan->resume_draft = 0;
	context->plan->resume_confirmed = false;
	context->plan->resume_added = NULL;
	context->held_draft = delivery->held->id;
	if (mail.agent != NULL) /* else the agent is gone, and the draft stays */
		pd_take_agent(context, &mail);
	if (context->plan->resume_draft == 0)
		pd_tell(context, delivery);
}

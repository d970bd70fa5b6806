/* Undo of #draft: the draft is put away, and kept again by the undo of that.
 *
 * Promises: nobody but its author takes a draft back or hears of it; one that has gone out stays as it is. Cannot fail. */
#include "desk/undo_inside.h"

#include <string.h>

#include "base/text.h"

bool undo_is_draft(const struct pd_event *event)
{
	return event->kind == PD_EVENT_DRAFT && pd_equal(event->why, "draft");
}

static const struct pd_draft *draft_of(struct pd_context *context, const char *id)
{
	unsigned long long number;
	return pd_number(id, INT64_MAX, &number) ? context->desk->draft(context->desk, context->arena, (int64_t)number) : NULL;
}

bool undo_is_own_draft(struct pd_context *context, const struct pd_event *event)
{
	if (!undo_is_draft(event) || !pd_equal(event->actor, context->actor))
		return false;
	const struct pd_draft *draft = context->desk->draft(context->desk, context->arena, event->other);
	return draft != NULL && draft->state == PD_DRAFT_KEPT;
}

const char *undo_draft_now(struct pd_context *context, const struct net *net)
{
	const struct pd_draft *draft = draft_of(context, net->value);
	return draft != NULL && draft->state == PD_DRAFT_KEPT ? net->value : NULL;
}

bool undo_is_others_draft(const struct undo *undo)
{
	for (size_t i = 0; i < undo->nets.count; i++)
		if (strcmp(undo->nets.items[i].property, PD_CHANGE_DRAFT) == 0 && !pd_equal(undo->actor, undo->context->actor))
			return true;
	return false;
}

void undo_put_draft(struct pd_context *context, const struct net *net)
{
	const struct pd_draft *draft = draft_of(context, net->value);
	if (draft == NULL)
		return;
	struct pd_planned_draft *planned = pd_list_add(context->arena, &context->plan->drafts);
	planned->draft = *draft;
	planned->draft.state = net->from != NULL ? PD_DRAFT_KEPT : PD_DRAFT_DISCARDED;
}

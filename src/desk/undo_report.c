/* What an undo tells: what it took back, what stays as it is, why it took nothing back. Cannot fail. */
#include "desk/undo_inside.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

#define TICKETS_SHOWN 20 /* of more only the count is told */

bool undo_is_promise(const char *property)
{
	return pd_starts(property, "kept_");
}

/* As #assign and #why name it. */
static const char *property_words(const struct undo *undo, const struct net *net)
{
	struct pd_context *context = undo->context;
	return pd_say(context->arena, pd_context_language(context), pd_property_words(context->arena, net->property), NULL);
}

/* Parts of a merge or a split, which say nothing beside it; and the closing time, which follows the status. */
static bool is_silent(const struct undo *undo, const struct net *net)
{
	if (strcmp(net->property, "closed") == 0 || strcmp(net->property, "conversation") == 0 ||
	    strcmp(net->property, PD_PROPERTY_MEETING) == 0 ||
	    strcmp(net->property, PD_PROPERTY_MOVED) == 0 || undo_is_promise(net->property) ||
	    strcmp(net->property, "absorbed") == 0 || strcmp(net->property, "conversation_adopted") == 0)
		return true;
	for (size_t i = 0; net->conversation != 0 && i < undo->nets.count; i++)
		if (undo->nets.items[i].conversation == net->conversation &&
		    strcmp(undo->nets.items[i].property, "conversation_adopted") == 0)
			return true;
	return false;
}

static const char *merge_words(struct pd_context *context, const struct net *net)
{
	return pd_say(context->arena, pd_context_language(context),
		      net->from == NULL ? N_("#{ticket} stands alone again") : N_("#{ticket} is merged into #{target} again"),
		      "ticket", pd_printf(context->arena, "%lld", (long long)net->ticket), "target", net->from, NULL);
}

int undo_refuse_parting(const struct undo *undo, const struct pd_ticket *ticket, const struct net *net,
			  const struct pd_event *since, struct pd_error *error)
{
	struct pd_context *context = undo->context;
	struct pd_arena *arena = context->arena;
	const char *language = pd_context_language(context);
	const char *number = pd_printf(arena, "%lld", (long long)ticket->number);
	if (since == NULL)
		return pd_fail(error, PD_PERMANENT, "%s",
			       pd_say(arena, language,
				      "#{ticket} was merged into #{target} since; nothing was taken back.", "ticket",
				      number, "target", pd_printf(arena, "%lld", (long long)ticket->merged_into),
				      NULL));
	return pd_fail(error, PD_PERMANENT, "%s",
		       pd_say(arena, language,
			      net->conversation == 0
				      ? N_("Something (E{entry}) has come to #{ticket} since; nothing was taken back.")
			      : since->kind == PD_EVENT_MESSAGE
				      ? N_("A message (E{entry}) has come since in conversation C{conversation} of "
					"#{ticket}; nothing was taken back.")
				      : N_("Conversation C{conversation} of #{ticket} was changed since by {who} (action "
					"{action}); nothing was taken back."),
			      "entry", pd_printf(arena, "%lld", (long long)since->id), "conversation",
			      pd_printf(arena, "%lld", (long long)net->conversation), "ticket", number, "who",
			      pd_actor_words(context, since->actor), "action",
			      pd_printf(arena, "%lld", (long long)since->action), NULL));
}

int undo_refuse_changed(const struct undo *undo, const struct net *net, const struct pd_event *since,
			  struct pd_error *error)
{
	struct pd_context *context = undo->context;
	struct pd_arena *arena = context->arena;
	bool is_hidden_entry = net->is_many && strcmp(net->property, "entry_deleted") == 0;
	return pd_fail(error, PD_PERMANENT, "%s",
		       pd_say(arena, pd_context_language(context),
			      since != NULL ? N_("{what} of #{ticket} was changed since by {who} (action {action}); "
					      "nothing was taken back.")
					    : N_("{what} of #{ticket} was changed since; nothing was taken back."),
			      "what",
			      is_hidden_entry ? pd_printf(arena, "E%s", net->value)
					      : property_words(undo, net),
			      "ticket", pd_printf(arena, "%lld", (long long)net->ticket), "who",
			      since != NULL ? pd_actor_words(context, since->actor) : "", "action",
			      pd_printf(arena, "%lld", since != NULL ? (long long)since->action : 0LL), NULL));
}

/* What follows from the rest, and has no words for people: a task, its reminder, the status of a conversation. */
static bool is_unsaid(const struct net *net)
{
	return pd_starts(net->property, PD_PROPERTY_TASK) || strcmp(net->property, "reminder") == 0 ||
	       strcmp(net->property, "conversation_status") == 0;
}

/* A ticket without a company of its own has its contact's; one of no company is another thing. */
static const char *value_words(struct pd_context *context, const struct net *net, const char *value)
{
	if (value == NULL && strcmp(net->property, PD_PROPERTY_COMPANY) == 0)
		return pd_say(context->arena, pd_context_language(context), "the contact's", NULL);
	return pd_value_words(context, net->property, value);
}

/* One thing that was taken back. */
static const char *part_words(const struct undo *undo, const struct net *net)
{
	struct pd_context *context = undo->context;
	struct pd_arena *arena = context->arena;
	const char *language = pd_context_language(context);
	const char *number = pd_printf(arena, "%lld", (long long)net->ticket);
	const char *where = undo->tickets.count > 1 ? pd_printf(arena, "#%s ", number) : "";
	if (strcmp(net->property, "merged") == 0)
		return merge_words(context, net);
	if (strcmp(net->property, "entry_deleted") == 0)
		return pd_printf(arena, "%s%s", where,
				 pd_say(arena, language,
					net->from != NULL ? N_("E{entry} deleted") : N_("E{entry} restored"), "entry",
					net->value, NULL));
	if (strcmp(net->property, "deleted") == 0)
		return pd_say(arena, language,
			      net->from != NULL ? N_("ticket #{ticket} deleted") : N_("ticket #{ticket} restored"),
			      "ticket", number, NULL);
	if (strcmp(net->property, PD_CHANGE_DRAFT) == 0)
		return pd_printf(arena, "%s%s", where,
				 pd_say(arena, language, net->from == NULL ? N_("the draft put away") : N_("the draft kept again"), NULL));
	if (pd_starts(net->property, PD_PROPERTY_INBOX))
		return pd_printf(arena, "%s%s", where,
				 net->from == NULL ? pd_say(arena, language, "the conversation goes on here again", NULL)
						   : pd_say(arena, language, "the conversation goes on at {address}", "address",
							    net->from, NULL));
	if (pd_starts(net->property, PD_PROPERTY_SENDING))
		return pd_printf(arena, "%s%s", where,
				 pd_say(arena, language,
					net->from == NULL ? N_("the draft goes out no more by itself")
							  : N_("the draft goes out by itself again"),
					NULL));
	return pd_printf(arena, "%s%s %s -> %s", where, property_words(undo, net), value_words(context, net, net->to),
			 value_words(context, net, net->from));
}

static bool has_meeting(const struct undo *undo)
{
	for (size_t i = 0; i < undo->nets.count; i++)
		if (strcmp(undo->nets.items[i].property, PD_PROPERTY_MEETING) == 0)
			return true;
	return false;
}

void undo_report(struct undo *undo)
{
	struct pd_context *context = undo->context;
	struct pd_arena *arena = context->arena;
	const char *language = pd_context_language(context);
	const char *action = pd_printf(arena, "%lld", (long long)undo->action);
	struct pd_strings parts = {0};
	bool has_unsaid = false;
	const bool is_many = undo->tickets.count > TICKETS_SHOWN;
	for (size_t i = 0; !is_many && i < undo->nets.count; i++) {
		const struct net *net = &undo->nets.items[i];
		if (is_silent(undo, net) || net->is_left)
			continue;
		if (is_unsaid(net))
			has_unsaid = true;
		else
			*pd_list_add(arena, &parts) = part_words(undo, net);
	}
	if (is_many)
		*pd_list_add(arena, &parts) = pd_say_n(arena, language, "{n} ticket", "{n} tickets",
						       (long long)undo->tickets.count, NULL);
	if (parts.count > 0)
		pd_report(context, "%s",
			  pd_say(arena, language, "#undo: action {action} of {who} taken back: {changes}",
				 "action", action, "who", pd_actor_words(context, undo->actor), "changes",
				 pd_strings_join(arena, &parts, "; "), NULL));
	else if (has_unsaid)
		pd_report(context, "%s",
			  pd_say(arena, language, "#undo: action {action} of {who} taken back", "action", action, "who",
				 pd_actor_words(context, undo->actor), NULL));
	for (size_t i = 0; i < undo->sent.count; i++)
		pd_report(context, "%s",
			  pd_say(arena, language, "#undo: E{entry} was sent; what was sent cannot be unsent.",
				 "entry", pd_printf(arena, "%lld", (long long)undo->sent.items[i]), NULL));
	if (undo->sent.count > 0 && has_meeting(undo))
		pd_report(context, "%s",
			  pd_say(arena, language,
				 "#undo: the contact knows of the meeting, which stands; #meeting cancel cancels it.", NULL));
	for (size_t i = 0; i < undo->stopped.count; i++)
		pd_report(context, "%s",
			  pd_say(arena, language, "#undo: E{entry} does not leave: it is a draft of {who} now, seen by nobody "
						  "else; #send sends it.",
				 "entry", pd_printf(arena, "%lld", (long long)undo->stopped.items[i].event->id), "who",
				 pd_actor_words(context, undo->actor), NULL));
	for (size_t i = 0; undo->stopped.count > 0 && i < undo->nets.count; i++)
		if (undo->nets.items[i].is_left && !is_silent(undo, &undo->nets.items[i]))
			pd_report(context, "%s",
				  pd_say(arena, language, "#undo: {what} of #{ticket} was changed since and stays as it is.",
					 "what", property_words(undo, &undo->nets.items[i]), "ticket",
					 pd_printf(arena, "%lld", (long long)undo->nets.items[i].ticket), NULL));
	if (parts.count == 0 && !has_unsaid && undo->sent.count == 0 && undo->stopped.count == 0)
		pd_report(context, "%s",
			  pd_say(arena, language, "#undo: action {action} left nothing to take back.",
				 "action", action, NULL));
}

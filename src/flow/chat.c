/* Chats on the one road: a line is decided and kept like a mail.
 *
 * Promises: 0 only when the line, and what it brings about, is on disk (invariant 1). Fails with the store's class. */
#include "flow/internal.h"

#include "base/text.h"

struct saying {
	struct pd_work work; /* first: the work is cast back */
	const struct pd_said *said;
};

static void decide_said(struct pd_work *work, struct pd_context *context)
{
	pd_decide_said(context, ((struct saying *)work)->said);
}

int pd_flow_say(struct pd_flow *flow, struct pd_arena *arena, const struct pd_said *said, struct pd_said_receipt *ret_receipt,
		struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct saying saying = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_said, .actor = "postdesk",
			 .now = pd_now()},
		.said = said,
	};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&saying.work, &plan, error);

	if (failed)
		return failed;
	*ret_receipt = (struct pd_said_receipt){
		.outcome = pd_strdup(arena, plan->outcome),
		.ticket = plan->ticket,
		.why = pd_strdup(arena, plan->why),
		.is_refused = plan->is_refused,
	};
	return 0;
}

struct peering {
	struct pd_work work; /* first: the work is cast back */
	const struct pd_said *said;
	const char *from, *to;
};

static void decide_peer(struct pd_work *work, struct pd_context *context)
{
	struct peering *peering = (struct peering *)work;

	if (!pd_chat_peer(context, peering->said, &peering->from, &peering->to))
		peering->from = peering->to = NULL;
}

int pd_flow_chat_peer(struct pd_flow *flow, struct pd_arena *arena, const struct pd_said *said, const char **ret_from,
		      const char **ret_to, struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct peering peering = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_peer, .actor = "postdesk",
			 .now = pd_now(), .is_dry = true},
		.said = said,
	};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&peering.work, &plan, error);

	if (failed)
		return failed;
	*ret_from = pd_strdup(arena, peering.from);
	*ret_to = pd_strdup(arena, peering.to);
	return 0;
}

struct staffing {
	struct pd_work work; /* first: the work is cast back */
	const char *chat;
	bool is_staffed;
};

static void decide_staffed(struct pd_work *work, struct pd_context *context)
{
	struct staffing *staffing = (struct staffing *)work;
	const struct pd_chat *chat = pd_settings_chat(context->settings, staffing->chat);

	staffing->is_staffed = chat != NULL && pd_chat_is_staffed(context, chat);
}

int pd_flow_is_staffed(struct pd_flow *flow, const char *chat, bool *ret_is_staffed, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct staffing staffing = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_staffed, .actor = "postdesk",
			 .now = pd_now(), .is_dry = true},
		.chat = chat,
	};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&staffing.work, &plan, error);

	if (!failed)
		*ret_is_staffed = staffing.is_staffed;
	return failed;
}

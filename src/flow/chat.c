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

static bool wants_file(const struct pd_plan *plan)
{
	static const char record[] = PD_RECORD_PREFIX PD_CHAT_FILE_RECORD ":";

	for (size_t i = 0; i < plan->events.count; i++)
		for (size_t n = 0; n < plan->events.items[i]->changes.count; n++)
			if (pd_starts(plan->events.items[i]->changes.items[n].property, record))
				return true;
	return false;
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
		.wants_file = wants_file(plan),
	};
	return 0;
}

struct wanting {
	struct pd_work work; /* first: the work is cast back */
	const char *chat;
	struct pd_chat_files files;
};

static void decide_wanted(struct pd_work *work, struct pd_context *context)
{
	struct wanting *wanting = (struct wanting *)work;

	wanting->files = pd_chat_files_wanted(context, wanting->chat);
}

int pd_flow_files_wanted(struct pd_flow *flow, struct pd_arena *arena, const char *chat, struct pd_chat_files *ret_files,
			 struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct wanting wanting = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_wanted, .actor = "postdesk",
			 .now = pd_now(), .is_dry = true},
		.chat = chat,
	};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&wanting.work, &plan, error);

	if (!failed)
		*ret_files = wanting.files;
	return failed;
}

struct fetching {
	struct pd_work work; /* first: the work is cast back */
	int64_t event;
	enum pd_file_fault fault;
	struct pd_bytes content;
};

static void decide_fetched(struct pd_work *work, struct pd_context *context)
{
	const struct fetching *fetching = (struct fetching *)work;

	pd_decide_fetched(context, fetching->event, fetching->fault, fetching->content);
}

int pd_flow_fetched(struct pd_flow *flow, struct pd_arena *arena, int64_t event, enum pd_file_fault fault, struct pd_bytes content,
		    struct pd_said_receipt *ret_receipt, struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct fetching fetching = {
		.work = {.flow = flow, .arena = arena, .settings = settings, .decide = decide_fetched, .actor = "postdesk",
			 .now = pd_now()},
		.event = event,
		.fault = fault,
		.content = content,
	};
	struct pd_plan *plan;
	int failed = pd_flow_keep(&fetching.work, &plan, error);

	if (!failed)
		*ret_receipt = (struct pd_said_receipt){.outcome = pd_strdup(arena, plan->outcome), .ticket = plan->ticket};
	return failed;
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

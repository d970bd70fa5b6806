/* A mail of ours on its way to the MTA: what is known of it already.
 *
 * Promises: only a Message-ID that we made leads to an outbox row, and only the MTA's own answer makes a recipient
 * taken (invariant 3). Fails as the store does. */
#include "flow/internal.h"

#include "desk/token.h"

int pd_flow_taken(struct pd_flow *flow, struct pd_arena *arena, const char *message_id, struct pd_strings *ret_taken,
		  struct pd_error *error)
{
	PD_AUTO_SETTINGS settings = pd_flow_settings(flow);
	struct pd_snapshot *snapshot;
	int failed = pd_store_begin(pd_flow_store(flow), &snapshot, error);

	if (failed)
		return failed;
	struct pd_context context = pd_context_new(arena, settings, snapshot, pd_now(), "postdesk");
	int64_t outbox = pd_message_id_outbox(&context, message_id);

	pd_store_end(snapshot);
	*ret_taken = (struct pd_strings){0};
	return outbox ? pd_store_taken(pd_flow_store(flow), arena, outbox, message_id, ret_taken, error) : 0;
}

/* Inside the room flow: the one road, as verbs and mail walk it. */
#ifndef PD_FLOW_INTERNAL_H
#define PD_FLOW_INTERNAL_H

#include <pthread.h>

#include "flow/flow.h"

#include <glib.h>
#include "mime/verifier.h"

static inline void pd_settings_cleanup(struct pd_settings **settings)
{
	pd_settings_unref(*settings);
}
#define PD_AUTO_SETTINGS __attribute__((cleanup(pd_settings_cleanup))) struct pd_settings *

/* One piece of work on the road. `decide` may be called twice: it starts from the context alone. */
struct pd_work {
	struct pd_flow *flow;
	struct pd_arena *arena;
	struct pd_settings *settings;
	const struct pd_delivery *delivery; /* NULL where no mail came in */
	void (*decide)(struct pd_work *work, struct pd_context *context);
	const char *actor;
	pd_time now;
	bool is_import;
	bool is_dry; /* decide alone; nothing is composed or kept */
};

/* Decides and composes on the snapshot; a pd_redecide of the work. */
int pd_flow_decide(void *work, struct pd_snapshot *snapshot, struct pd_plan **ret_plan, struct pd_error *error);
/* What is done with a mail: a pd_work.decide. */
void pd_flow_decide_delivery(struct pd_work *work, struct pd_context *context);
/* Decides, composes, commits; 0 when it is on disk. */
int pd_flow_keep(struct pd_work *work, struct pd_plan **ret_plan, struct pd_error *error);

/* Before settings are in force: loads their calendars (old: those whose tables stay where a file is broken; NULL: the
 * store's) and keeps all texts. PD_CONFIGURATION where a calendar is wrong and no older table is known. */
int pd_flow_enforce(struct pd_flow *flow, struct pd_settings *settings, const struct pd_calendars *old,
		    struct pd_problems *problems, struct pd_error *error);

/* The settings that were in force then, with their calendars, as far as they are known; else those of now. One reference.
 * at 0: now. */
struct pd_settings *pd_flow_settings_at(struct pd_flow *flow, pd_time at);
/* The calendars that a kept configuration names. One reference. */
struct pd_calendars *pd_flow_kept_calendars(struct pd_store *store, const char *config);

/* Tells of names that tickets bear and the settings no longer have, `was` taken into account. */
void pd_flow_check_names(const struct pd_settings *settings, struct pd_store *store, struct pd_problems *problems);

/* signature.c */
struct pd_verifier *pd_flow_verifier(struct pd_flow *flow);
struct pd_verifier_tools pd_flow_verifier_tools(const struct pd_settings *settings);
/* Has the signature of a mail that bears an agent's address checked, and says in the delivery what came out. Does nothing
 * for other mail; cannot fail. */
void pd_flow_check_signature(struct pd_flow *flow, struct pd_arena *arena, const struct pd_settings *settings,
			     struct pd_delivery *delivery);
/* What is due when must be reckoned anew; taken: by the caller. */
void pd_flow_ask_retiming(struct pd_flow *flow);
bool pd_flow_take_retiming(struct pd_flow *flow);
/* When the next digest or the like is due; 0: not known. The clock's alone. */
pd_time pd_flow_next_schedule(const struct pd_flow *flow);
void pd_flow_set_next_schedule(struct pd_flow *flow, pd_time next);

struct pd_store *pd_flow_store(struct pd_flow *flow);
/* Held while another desk is carried in: by one at a time. */
pthread_mutex_t *pd_flow_carry_lock(struct pd_flow *flow);
struct pd_readers *pd_flow_readers(struct pd_flow *flow);

#endif

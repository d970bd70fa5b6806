/* Notifications to agents: what tell.c finds out, and the letter made of it; for this room alone. */
#ifndef PD_DESK_NOTIFICATION_H
#define PD_DESK_NOTIFICATION_H

#include "desk/letters.h"

/* One person, and what of one ticket that person is told. */
struct pd_told {
	const struct pd_agent *agent;
	struct pd_ticket *ticket;
	const struct pd_event *main; /* whose text is shown */
	const struct pd_event *also; /* a comment that came along with it; NULL */
	bool is_assigned, is_mentioned;
};
/* The letter, on the plan. */
void pd_notification_write(struct pd_context *context, const struct pd_told *told);

/* What happened, in one sentence. */
const char *pd_notification_headline(struct pd_context *context, const struct pd_told *told, const char *language);
/* summary.c: one letter for all that the agent is told of. */
void pd_summary_write(struct pd_context *context, const struct pd_agent *agent, const struct pd_told *told, size_t count);

/* background.c: what notify_shows adds below the message. */
void pd_background_write(struct pd_context *context, const struct pd_told *told, struct pd_buf *out);

/* The message of an event: of this plan, else of the desk; NULL: it has none. */
/* A line that names a file. */
const char *pd_told_file(struct pd_context *context, const struct pd_attachment *file, bool is_attached, const char *language);
const struct pd_stored *pd_told_message(struct pd_context *context, const struct pd_event *event);
/* A message of this plan; NULL. */
const struct pd_planned_message *pd_told_planned(const struct pd_context *context, int64_t message);
bool pd_told_is_incoming(const struct pd_event *event);

#endif

/* Views that agents made by command: records of the desk (desk/ticket.h). */
#ifndef PD_DESK_VIEW_RECORD_H
#define PD_DESK_VIEW_RECORD_H

#include "desk/snapshot.h"

#define PD_VIEW_RECORD "view" /* the records' kind */

/* The record's name: a private view's holds its author's, so that everybody may have one of that name. */
char *pd_view_record_name(struct pd_arena *arena, const struct pd_view *view);
char *pd_view_record_value(struct pd_arena *arena, const struct pd_view *view);
/* False: the record is none of a view. */
bool pd_view_of_record(struct pd_arena *arena, const struct pd_record *record, struct pd_view *ret_view);
/* All views that the agent may use (NULL: all that are shared): its own private ones first, then those of every desk, of
 * the configuration, and of these records. A record of the name of a view that every desk has narrows that, where it is
 * for everyone; nobody meets another's private ones. */
struct pd_views pd_views_with(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_agent *agent,
			      const struct pd_records *records);
/* The same with the records that the desk has. */
struct pd_views pd_views_now(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_agent *agent,
			     struct pd_snapshot *desk);

#endif

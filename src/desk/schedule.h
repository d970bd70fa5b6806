/* What happens at set times of the week: digests, and rules with at:TIME. */
#ifndef PD_DESK_SCHEDULE_H
#define PD_DESK_SCHEDULE_H

#include "calendar/zone.h"
#include "desk/plan.h"

/* Is the text such times: "mon-fri 08:00", "mon,wed 9:30; sat 10:00", "daily 8:00", "8:00"? */
bool pd_schedule_is(const char *text);
/* The first of them after that instant, in the zone. pd_schedule_is must hold. */
pd_time pd_schedule_next(const struct pd_zone *zone, const char *text, pd_time after);

/* Has the configuration anything of the kind? */
bool pd_has_schedule(const struct pd_settings *settings);
/* Does what is due since it was done last, however often it would have been due meanwhile; what is new waits for its
 * first time. Gives when to ask again. */
pd_time pd_decide_schedule(struct pd_context *context);

#endif

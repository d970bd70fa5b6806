/* How calendars come into being, inside the room. */
#ifndef PD_CALENDAR_MADE_H
#define PD_CALENDAR_MADE_H

#include "calendar/calendar.h"
#include "calendar/model.h"

/* How many steps (see recur.h) loading one calendar may take. */
int64_t pd_calendar_steps(void);
/* A calendar of the model. The arena holds the model and becomes the calendar's. NULL, and the
 * arena still the caller's, where the model costs more than *steps; *ret_costly is where they ended. */
struct pd_calendar *pd_calendar_make(struct pd_arena *arena, const struct model *model, int64_t *steps,
				     const struct entry **ret_costly);

#endif

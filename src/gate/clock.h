/* The clock as a door: wakes for what is next, and has it decided. */
#ifndef PD_GATE_CLOCK_H
#define PD_GATE_CLOCK_H

#include "flow/flow.h"

struct pd_clock_door;
/* A thread that looks at what is due until it is stopped. */
int pd_clock_start(struct pd_flow *flow, struct pd_clock_door **ret_door, struct pd_error *error);
/* Lets what is being decided finish for grace ms, and frees. NULL is allowed. False: it still runs. */
bool pd_clock_stop(struct pd_clock_door *door, pd_time grace);

#endif

/* The milter: what the MTA asks before it takes a mail. One a process, since libmilter knows one. */
#ifndef PD_GATE_MILTER_H
#define PD_GATE_MILTER_H

#include "flow/flow.h"

/* Opens the socket ("unix:PATH", mode 0660, or "inet:HOST:PORT"); connections wait there until the start.
 * Before there are threads: the mask of file modes changes for a moment. */
int pd_milter_open(const char *where, struct pd_error *error);
int pd_milter_start(struct pd_flow *flow, struct pd_error *error);
/* No callback begins any more; waits for those that run. False: one still does, and uses the flow. A second
 * start in the same process is not possible. */
bool pd_milter_stop(int64_t grace);
/* It ended without having been told to. */
bool pd_milter_is_failed(void);

struct pd_milter_stats {
	unsigned long mails, refused, sealed;
};
struct pd_milter_stats pd_milter_stats(void);

#endif

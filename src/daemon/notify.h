/* What systemd is told (sd_notify(3)), without its library. Does nothing where nobody asked. */
#ifndef PD_DAEMON_NOTIFY_H
#define PD_DAEMON_NOTIFY_H

#include "base/clock.h"

/* Assignments, a line each: "READY=1\nSTATUS=…". */
void pd_notify(const char *state);
/* "RELOADING=1" with the time that systemd wants beside it. */
void pd_notify_reloading(void);
/* How often the watchdog wants a sign of life, in ms; 0: not at all. */
pd_time pd_notify_watchdog(void);

#endif

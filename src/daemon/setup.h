/* What postdeskd does once before it serves: going to the background, directories, identity, sockets. */
#ifndef PD_DAEMON_SETUP_H
#define PD_DAEMON_SETUP_H

#include <stdbool.h>
#include "base/error.h"
#include "config/config.h"

/* Goes to the background. Returns in the child alone; the parent waits and exits with what pd_setup_ready
 * tells, or with 75 where the child ends without a word. */
int pd_setup_detach(struct pd_error *error);
/* In the background process: the parent exits 0, standard error goes to /dev/null. Nothing when not detached.
 */
void pd_setup_ready(void);
/* In the background process that gives up: the parent exits with this code. */
void pd_setup_failed(int code);

/* Makes the state directory and those of unix sockets where they are missing, as root for the user. */
int pd_setup_directories(const struct pd_settings *settings, struct pd_error *error);
/* A port below 1024 needs root: opened before the identity changes. ret_fd -1: not needed. */
int pd_setup_early_listener(const char *where, int *ret_fd, struct pd_error *error);
/* Becomes the user of the settings, for good, with all its groups. Nothing when not root or no user is set.
 */
int pd_setup_identity(const struct pd_settings *settings, struct pd_error *error);
/* Descriptors enough for so many connections. */
void pd_setup_descriptors(unsigned connections);

#endif

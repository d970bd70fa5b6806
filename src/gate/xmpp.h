/* The chat door: postdesk as an external component of an XMPP server (XEP-0114), one connection for each [chat NAME].
 *
 * A line is acknowledged to its sender (XEP-0184) only when it is on disk. Lines of ours leave in the order of the outbox and
 * are marked when the server has certainly taken them: a ping to ourselves that follows them has come back. */
#ifndef PD_GATE_XMPP_H
#define PD_GATE_XMPP_H

#include "flow/flow.h"

struct pd_xmpp;

/* A thread for each [chat] of the settings; none: *ret_xmpp NULL. Connecting goes on in the background. */
int pd_xmpp_start(struct pd_flow *flow, struct pd_store *store, struct pd_xmpp **ret_xmpp, struct pd_error *error);
/* Lets what was taken be kept; false: it did not end in time. NULL is allowed. */
bool pd_xmpp_stop(struct pd_xmpp *xmpp, pd_time grace);

struct pd_xmpp_stats {
	unsigned components, connected;
	unsigned long lines_in, lines_out, refused;
};
struct pd_xmpp_stats pd_xmpp_stats(struct pd_xmpp *xmpp);

#endif

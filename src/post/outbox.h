/* The outbox: lease -> hand to the MTA -> mark. Never decides.
 *
 * Sends what the store has due until the MTA took it, with the same bytes (invariant 3); tries again after 30
 * s, 1, 2, 5, 15, 30 and then every 60 minutes, and gives up after 5 days, which the ticket then tells. */
#ifndef PD_POST_OUTBOX_H
#define PD_POST_OUTBOX_H

#include "flow/flow.h"

struct pd_outbox;

#define PD_OUTBOX_SENDERS 4

/* Takes over a predecessor's leases and starts the threads. Signals are the caller's to block before. */
int pd_outbox_start(struct pd_flow *flow, struct pd_store *store, unsigned senders,
		    struct pd_outbox **ret_outbox, struct pd_error *error);
/* Lets what is being sent finish for grace ms, then breaks it off (it is sent again later), and frees. NULL
 * is allowed. False: a program that was handed a mail does not end; the store must not be closed. */
bool pd_outbox_stop(struct pd_outbox *outbox, pd_time grace);

/* How long a row waits after so many attempts, in ms. */
pd_time pd_outbox_back_off(unsigned attempts);

#endif

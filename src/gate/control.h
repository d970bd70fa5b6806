/* The control socket: JSON requests, a line each, answered by the verbs (flow/verbs.h) in JSON lines.
 *
 * Everybody may connect; who the peer is the kernel says (SO_PEERCRED): root or the owner of the state
 * directory, else the agent whose `user` is that login, else nobody, who is refused. */
#ifndef PD_GATE_CONTROL_H
#define PD_GATE_CONTROL_H

#include "flow/flow.h"

struct pd_control;
struct pd_control_options {
	struct pd_flow *flow;
	uid_t owner;	      /* of the state directory */
	unsigned connections; /* at the same time */
	pd_time timeout;      /* ms that a client may take for a request or keep an answer waiting */
	/* Adds what only the daemon knows to the answer of the verb "status"; NULL: nothing. */
	void (*status)(void *data, json_t *object);
	void *data;
};

/* Serves a listening unix socket; the descriptor becomes the server's, also on failure. */
int pd_control_start(int listener, const struct pd_control_options *options, struct pd_control **ret_control,
		     struct pd_error *error);
/* Takes no new request, lets running ones finish for grace ms, and frees. NULL is allowed. False: one still
 * runs, and its memory stays. */
bool pd_control_stop(struct pd_control *control, pd_time grace);

#endif

/* The LMTP door: one acceptor and a bounded pool of threads, each serving one connection at a time. */
#ifndef PD_GATE_LMTP_SERVER_H
#define PD_GATE_LMTP_SERVER_H

#include "gate/lmtp_session.h"

struct pd_lmtp_server;
struct pd_lmtp_server_options {
	/* A new session, with the limits of this moment; called from many threads. */
	struct pd_lmtp *(*open)(void *data);
	void *data;
	unsigned connections;
	pd_time command_timeout; /* ms for one command, however slowly it comes; 300 s */
	pd_time mail_timeout;	 /* ms from DATA to the final dot; 600 s */
};
/* Those of a daemon whose desk is the flow (lmtp_flow.c); each session takes its limits from the settings
 * then in force. */
struct pd_lmtp_server_options pd_lmtp_server_options(struct pd_flow *flow,
						     const struct pd_settings *settings);

/* Serves a listening socket (pd_listen) from now on; the descriptor becomes the server's, also on failure.
 * Signals are the caller's to block before. */
int pd_lmtp_server_start(int listener, const struct pd_lmtp_server_options *options,
			 struct pd_lmtp_server **ret_server, struct pd_error *error);
/* Takes no new connection, answers new commands with 421, lets mails that are under way finish for grace ms.
 * False: some delivery still runs, and the server must not be freed. */
bool pd_lmtp_server_stop(struct pd_lmtp_server *server, pd_time grace);
void pd_lmtp_server_free(
	struct pd_lmtp_server *server); /* after a stop that returned true; NULL is allowed */

struct pd_lmtp_server_stats {
	unsigned connections;	       /* now */
	unsigned long served, refused; /* since the start; refused: 421 for want of room */
};
struct pd_lmtp_server_stats pd_lmtp_server_stats(struct pd_lmtp_server *server);

#endif

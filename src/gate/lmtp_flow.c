/* The LMTP door of a daemon: sessions that ask the flow, with the limits of the settings in force when they
 * begin. */
#include "gate/lmtp_server.h"

static bool flow_knows(void *data, const char *recipient)
{
	return pd_flow_knows(data, recipient);
}

static int flow_deliver(void *data, struct pd_arena *arena, const struct pd_envelope *envelope,
			const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error)
{
	return pd_flow_deliver(data, arena, envelope, raw, ret_receipt, error);
}

static struct pd_lmtp *flow_open(void *data)
{
	struct pd_settings *settings = pd_flow_settings(data);
	const struct pd_lmtp_limits limits = {.hostname = settings->hostname,
					      .spool = settings->state,
					      .message = settings->message_size_limit,
					      .recipients = 100,
					      .errors = 20};
	const struct pd_lmtp_desk desk = {.data = data, .knows = flow_knows, .deliver = flow_deliver};
	struct pd_lmtp *lmtp = pd_lmtp_new(&limits, &desk);
	pd_settings_unref(settings);
	return lmtp;
}

struct pd_lmtp_server_options pd_lmtp_server_options(struct pd_flow *flow, const struct pd_settings *settings)
{
	return (struct pd_lmtp_server_options){
		.open = flow_open,
		.data = flow,
		.connections = settings->lmtp_connections,
		.command_timeout = 300 * PD_SECOND,
		.mail_timeout = 600 * PD_SECOND,
	};
}

/* The LMTP door of a daemon: sessions that ask the flow, with the limits of the settings in force when they
 * begin. */
#include "gate/lmtp_server.h"

#include <pthread.h>

#define LARGE_AT_ONCE ((size_t)32 * 1024 * 1024)

/* Spooled mails are mapped while they are worked on. So that a hundred of them do not fill the memory at the same
 * time, those that together pass LARGE_AT_ONCE wait for each other; one alone never waits. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t less;
	size_t bytes;
} large = {.lock = PTHREAD_MUTEX_INITIALIZER, .less = PTHREAD_COND_INITIALIZER};

static void begin_large(size_t size)
{
	pthread_mutex_lock(&large.lock);
	while (large.bytes > 0 && large.bytes + size > LARGE_AT_ONCE)
		pthread_cond_wait(&large.less, &large.lock);
	large.bytes += size;
	pthread_mutex_unlock(&large.lock);
}

static void end_large(size_t size)
{
	pthread_mutex_lock(&large.lock);
	large.bytes -= size;
	pthread_cond_broadcast(&large.less);
	pthread_mutex_unlock(&large.lock);
}

static bool flow_knows(void *data, const char *recipient)
{
	return pd_flow_knows(data, recipient);
}

static int flow_deliver(void *data, struct pd_arena *arena, const struct pd_envelope *envelope,
			const struct pd_raw *raw, struct pd_receipt *ret_receipt, struct pd_error *error)
{
	size_t size = raw->fd >= 0 ? raw->size : 0;
	if (size > 0)
		begin_large(size);
	int class = pd_flow_deliver(data, arena, envelope, raw, ret_receipt, error);
	if (size > 0)
		end_large(size);
	return class;
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

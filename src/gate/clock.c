/* The clock door: see clock.h.
 *
 * Promises: it looks at the wall clock at least each LOOK, so that a clock that is set, forward or back, is minded
 * soon; nothing that is due is forgotten by a failure, which is logged and tried again. */
#include "gate/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"

#define LOOK	   PD_SECOND
#define AFTER_FAULT (10 * PD_SECOND)

struct pd_clock_door {
	struct pd_flow *flow;
	pthread_t thread;
	_Atomic bool is_stopping;
	pthread_mutex_t lock;
	pthread_cond_t ended; /* on the monotonic clock */
	bool has_ended;
};

static void log_count(const char *what, long long count)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", count);
	pd_log(PD_INFO, what, "tickets", text, NULL);
}

static int look(struct pd_clock_door *door)
{
	struct pd_error error = {0};
	struct pd_ticked ticked = {0};
	int failed = pd_flow_clock(door->flow, &ticked, &error);
	if (failed)
		pd_log(PD_ERROR, "cannot do what is due", "reason", error.text, NULL);
	if (ticked.retimed > 0)
		log_count("reckoned due times anew", ticked.retimed);
	if (ticked.tickets > 0)
		log_count("did what was due", (long long)ticked.tickets);
	return failed;
}

static void *run(void *data)
{
	struct pd_clock_door *door = data;
	while (!atomic_load(&door->is_stopping)) {
		int failed = look(door);
		int64_t until = pd_monotonic() + (failed ? AFTER_FAULT : LOOK);
		do
			pd_flow_clock_wait(door->flow, until);
		while (failed && !atomic_load(&door->is_stopping) && pd_monotonic() < until);
	}
	pthread_mutex_lock(&door->lock);
	door->has_ended = true;
	pthread_cond_signal(&door->ended);
	pthread_mutex_unlock(&door->lock);
	return NULL;
}

int pd_clock_start(struct pd_flow *flow, struct pd_clock_door **ret_door, struct pd_error *error)
{
	struct pd_clock_door *door = calloc(1, sizeof *door);
	if (door == NULL)
		abort();
	door->flow = flow;
	pthread_mutex_init(&door->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&door->ended, &attributes);
	pthread_condattr_destroy(&attributes);
	int code = pthread_create(&door->thread, NULL, run, door);
	if (code != 0) {
		free(door);
		return pd_fail_errno(error, PD_TEMPORARY, code, "cannot start the clock");
	}
	pthread_setname_np(door->thread, "clock");
	*ret_door = door;
	return PD_OK;
}

bool pd_clock_stop(struct pd_clock_door *door, pd_time grace)
{
	if (door == NULL)
		return true;
	int64_t by = pd_monotonic() + grace;
	const struct timespec until = {.tv_sec = by / 1000, .tv_nsec = by % 1000 * 1000000};
	atomic_store(&door->is_stopping, true);
	pd_flow_clock_wake(door->flow);
	pthread_mutex_lock(&door->lock);
	while (!door->has_ended && pthread_cond_timedwait(&door->ended, &door->lock, &until) == 0)
		;
	bool has_ended = door->has_ended;
	pthread_mutex_unlock(&door->lock);
	if (!has_ended)
		return false;
	pthread_join(door->thread, NULL);
	pthread_mutex_destroy(&door->lock);
	pthread_cond_destroy(&door->ended);
	free(door);
	return true;
}

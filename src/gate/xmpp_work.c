/* Lines of visitors and agents on their way into the desk: a few threads, so that commits go in groups.
 *
 * Promises: lines of one sender are decided in their order; the sender's client gets its receipt (XEP-0184) after the
 * commit and not before (invariant 1); what cannot be kept is refused, so that the client says so. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/markup.h"
#include "base/text.h"
#include "gate/xmpp_inside.h"

#define QUEUE_MAX 500 /* of one worker */

struct worker {
	struct component *component;
	pthread_t thread;
	bool has_thread, is_stopping, has_ended;
	pthread_mutex_t lock;
	pthread_cond_t more;
	GQueue jobs;
};

static void answer(struct component *component, const struct job *job, const char *format_end)
{
	PD_AUTO_BUF out = {0};
	pd_buf_adds(&out, "<message");
	pd_markup_attribute(&out, "from", job->to);
	pd_markup_attribute(&out, "to", job->from);
	pd_buf_adds(&out, format_end);
	component_send(component, &out);
}

static void send_receipt(struct component *component, const struct job *job)
{
	PD_AUTO_BUF end = {0};
	if (job->receipt == NULL)
		return;
	pd_buf_adds(&end, "><received xmlns='urn:xmpp:receipts'");
	pd_markup_attribute(&end, "id", job->receipt);
	pd_buf_adds(&end, "/></message>");
	answer(component, job, end.data);
}

static void send_refusal(struct component *component, const struct job *job, const char *condition, const char *text)
{
	PD_AUTO_BUF end = {0};
	pd_markup_attribute(&end, "id", job->said.id);
	pd_buf_addf(&end, " type='error'><error type='wait'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
			  "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>",
		    condition);
	pd_markup_escape(&end, text);
	pd_buf_adds(&end, "</text></error></message>");
	answer(component, job, end.data);
}

/* XEP-0202: for the times in the transcript. */
static void ask_time(struct component *component, const struct job *job)
{
	PD_AUTO_BUF out = {0};
	pd_buf_adds(&out, "<iq type='get' id='pd-time'");
	pd_markup_attribute(&out, "from", job->to);
	pd_markup_attribute(&out, "to", job->from);
	pd_buf_adds(&out, "><time xmlns='urn:xmpp:time'/></iq>");
	component_send(component, &out);
}

/* The other side sees that somebody writes; nothing of it is kept. */
static void pass_state(struct component *component, const struct job *job)
{
	const char *from = NULL, *to = NULL;
	struct pd_error error;
	PD_AUTO_BUF out = {0};
	if (pd_flow_chat_peer(component->flow, job->arena, &job->said, &from, &to, &error) != 0 || to == NULL)
		return;
	pd_buf_adds(&out, "<message type='chat'");
	pd_markup_attribute(&out, "from", pd_printf(job->arena, "%s@%s", from, component->domain));
	pd_markup_attribute(&out, "to", to);
	pd_buf_addf(&out, "><%s xmlns='http://jabber.org/protocol/chatstates'/></message>", job->state);
	component_send(component, &out);
}

static void take(struct component *component, const struct job *job)
{
	struct pd_said_receipt receipt = {0};
	struct pd_error error = {0};
	char *const ticket_none = NULL;
	if (job->state != NULL) {
		pass_state(component, job);
		return;
	}
	int failed = pd_flow_say(component->flow, job->arena, &job->said, &receipt, &error);
	if (failed) {
		pd_log(PD_ERROR, "a line of a chat was not kept", "chat", component->chat, "from", job->from, "reason",
		       error.text, NULL);
		if (job->said.kind == PD_SAID_LINE)
			send_refusal(component, job, "resource-constraint", "Not stored: please send it again.");
		return;
	}
	char *ticket = receipt.ticket != 0 ? pd_printf(job->arena, "%lld", (long long)receipt.ticket) : ticket_none;
	pd_log(PD_INFO, "chat", "chat", component->chat, "from", job->from, "ticket", ticket, "outcome", receipt.outcome,
	       "reason", receipt.why, NULL);
	if (job->said.kind != PD_SAID_LINE)
		return;
	if (receipt.is_refused) {
		send_refusal(component, job, "resource-constraint", "Too many chats: please write a mail instead.");
		return;
	}
	send_receipt(component, job);
	if (receipt.wants_file)
		files_look(component->files);
	if (pd_equal(receipt.outcome, "new chat"))
		ask_time(component, job);
}

static void *work_main(void *data)
{
	struct worker *worker = data;
	pthread_mutex_lock(&worker->lock);
	for (;;) {
		struct job *job = g_queue_pop_head(&worker->jobs);
		if (job == NULL && worker->is_stopping)
			break;
		if (job == NULL) {
			pthread_cond_wait(&worker->more, &worker->lock);
			continue;
		}
		pthread_mutex_unlock(&worker->lock);
		take(worker->component, job);
		pd_arena_free(job->arena);
		pthread_mutex_lock(&worker->lock);
	}
	worker->has_ended = true;
	pthread_cond_broadcast(&worker->more);
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

bool work_start(struct component *component)
{
	component->workers = g_new0(struct worker, WORKERS);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	for (size_t i = 0; i < WORKERS; i++) {
		struct worker *worker = &component->workers[i];
		worker->component = component;
		pthread_mutex_init(&worker->lock, NULL);
		pthread_cond_init(&worker->more, &attributes);
		g_queue_init(&worker->jobs);
		worker->has_thread = pthread_create(&worker->thread, NULL, work_main, worker) == 0;
		if (!worker->has_thread)
			return false;
		pthread_setname_np(worker->thread, "chat-work");
	}
	pthread_condattr_destroy(&attributes);
	return true;
}

bool work_add(struct component *component, struct job *job)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *sender = pd_strndup(arena, job->from, strcspn(job->from, "/"));
	struct worker *worker = &component->workers[g_str_hash(sender) % WORKERS];
	pthread_mutex_lock(&worker->lock);
	bool is_taken = g_queue_get_length(&worker->jobs) < QUEUE_MAX;
	if (is_taken) {
		g_queue_push_tail(&worker->jobs, job);
		pthread_cond_signal(&worker->more);
	}
	pthread_mutex_unlock(&worker->lock);
	if (!is_taken) {
		if (job->said.kind == PD_SAID_LINE && job->state == NULL) /* never an answer to an error (RFC 6120, 8.3.1) */
			send_refusal(component, job, "resource-constraint", "Too much at once: please send it again.");
		pd_arena_free(job->arena);
	}
	return is_taken;
}

bool work_stop(struct component *component, int64_t by)
{
	struct timespec until = {.tv_sec = by / 1000, .tv_nsec = by % 1000 * 1000000};
	bool is_done = true;
	for (size_t i = 0; component->workers != NULL && i < WORKERS; i++) {
		struct worker *worker = &component->workers[i];
		if (!worker->has_thread)
			continue;
		pthread_mutex_lock(&worker->lock);
		worker->is_stopping = true;
		pthread_cond_broadcast(&worker->more);
		while (!worker->has_ended && pthread_cond_timedwait(&worker->more, &worker->lock, &until) == 0)
			;
		bool has_ended = worker->has_ended;
		pthread_mutex_unlock(&worker->lock);
		if (has_ended) {
			pthread_join(worker->thread, NULL);
			pthread_mutex_destroy(&worker->lock);
			pthread_cond_destroy(&worker->more);
			worker->has_thread = false;
		}
		is_done &= has_ended;
	}
	if (is_done) {
		g_free(component->workers);
		component->workers = NULL;
	}
	return is_done;
}

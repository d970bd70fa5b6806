/* The outbox: see outbox.h.
 *
 * Promises: a row is marked only after the MTA's word on it; in doubt it stays and is sent again. A refusal
 * is told to the ticket before it is marked, so that a crash between tells it twice rather than never. Fails:
 * a store that cannot be written is tried again; an MTA that is away is asked again every few seconds. */
#include "post/outbox.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "post/sendmail.h"
#include "post/smtp_client.h"

#define BATCH	      8
#define LEASE	      (30 * PD_MINUTE) /* of one batch */
#define LEASE_MARGIN  (18 * PD_MINUTE) /* one mail may take that long: see pd_smtp_timeouts */
#define GIVE_UP_AFTER (5 * PD_DAY)
#define REST_AFTER    (30 * PD_SECOND) /* a kept connection without work */
#define MTA_AWAY      (5 * PD_SECOND)
#define BREAK_OFF     (5 * PD_SECOND)
#define MARK_AGAIN    (16 * PD_SECOND)
#define STACK_SIZE    (1024 * 1024)
#define SENDMAIL_TIME (5 * PD_MINUTE)

struct sender {
	struct pd_outbox *outbox;
	pthread_t thread;
	bool has_thread;
	char owner[64];
	pthread_mutex_t lock; /* over smtp, for stopping */
	struct pd_smtp *smtp; /* NULL: none */
	char *submit;	      /* the setting that smtp was made for */
};

struct pd_outbox {
	struct pd_flow *flow;
	struct pd_store *store;
	struct sender *senders;
	unsigned count;
	_Atomic bool is_stopping;
	pthread_mutex_t lock;
	pthread_cond_t stopping; /* CLOCK_MONOTONIC; also when a sender ended */
	unsigned running;
};

pd_time pd_outbox_back_off(unsigned attempts)
{
	static const pd_time waits[] = {30 * PD_SECOND, PD_MINUTE,	2 * PD_MINUTE, 5 * PD_MINUTE,
					15 * PD_MINUTE, 30 * PD_MINUTE, PD_HOUR};
	return waits[attempts < G_N_ELEMENTS(waits) ? attempts : G_N_ELEMENTS(waits) - 1];
}

/* Ends early when the outbox stops. */
static void pause_for(struct pd_outbox *outbox, pd_time duration)
{
	int64_t until = pd_monotonic() + duration;
	struct timespec at = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
	pthread_mutex_lock(&outbox->lock);
	while (!outbox->is_stopping)
		if (pthread_cond_timedwait(&outbox->stopping, &outbox->lock, &at) != 0)
			break;
	pthread_mutex_unlock(&outbox->lock);
}

/* The client for the setting in force; NULL: the mail goes to a program. */
static struct pd_smtp *client_of(struct sender *sender, const struct pd_settings *settings)
{
	if (sender->submit != NULL && strcmp(sender->submit, settings->submit) == 0)
		return sender->smtp;
	struct pd_smtp *old = sender->smtp, *new = NULL;
	if (!pd_starts(settings->submit, "sendmail:"))
		new = pd_smtp_new(settings->submit, settings->hostname, &pd_smtp_timeouts);
	pthread_mutex_lock(&sender->lock);
	sender->smtp = new;
	pthread_mutex_unlock(&sender->lock);
	pd_smtp_free(old);
	g_free(sender->submit);
	sender->submit = g_strdup(settings->submit);
	return new;
}

static int hand_over(struct sender *sender, struct pd_arena *arena, const struct pd_settings *settings,
		     const struct pd_lease *lease, struct pd_sent_recipient *verdicts, struct pd_error *error)
{
	const struct pd_mail mail = {.sender = lease->sender != NULL ? lease->sender : "",
				     .recipients = lease->recipients,
				     .bytes = lease->bytes,
				     .needs_smtputf8 = lease->needs_smtputf8};
	struct pd_smtp *smtp = client_of(sender, settings);
	if (smtp != NULL)
		return pd_smtp_send(smtp, arena, &mail, verdicts, error);
	return pd_sendmail_send(settings->submit + strlen("sendmail:"), arena, &mail, SENDMAIL_TIME, verdicts,
				error);
}

static const char *sent_name(enum pd_sent sent)
{
	return sent == PD_SENT_TAKEN	 ? "sent"
	       : sent == PD_SENT_REFUSED ? "refused by the MTA"
					 : "not sent yet";
}

static void tell(const struct pd_lease *lease, const struct pd_sent_recipient *verdict)
{
	char row[24], ticket[24];
	snprintf(row, sizeof row, "%lld", (long long)lease->id);
	snprintf(ticket, sizeof ticket, "%lld", (long long)lease->ticket);
	pd_log(verdict->sent == PD_SENT_TAKEN ? PD_INFO : PD_WARNING, sent_name(verdict->sent), "outbox", row,
	       "ticket", lease->ticket > 0 ? ticket : NULL, "msgid", lease->message_id, "kind", lease->kind,
	       "recipient", verdict->recipient, "reply", verdict->reply, NULL);
}

/* Tells the ticket of each refusal; what cannot be told now stays for later. */
static void tell_refusals(struct pd_outbox *outbox, const struct pd_lease *lease,
			  struct pd_sent_recipient *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct pd_error error = {0};
		if (verdicts[i].sent != PD_SENT_REFUSED ||
		    pd_flow_undelivered(outbox->flow, lease->id, verdicts[i].recipient, verdicts[i].reply,
					&error) == PD_OK)
			continue;
		pd_log(PD_ERROR, "cannot note a refused mail", "recipient", verdicts[i].recipient, "reason",
		       error.text, NULL);
		verdicts[i].sent = PD_SENT_LATER;
	}
}

/* What is known is not given up for a disk that is full: else the mail would leave again. */
static void mark(struct pd_outbox *outbox, const struct pd_lease *lease, struct pd_sent_recipient *verdicts,
		 size_t count, pd_time now, pd_time next)
{
	char row[24];
	snprintf(row, sizeof row, "%lld", (long long)lease->id);
	for (pd_time wait = PD_SECOND;; wait = wait < MARK_AGAIN ? 2 * wait : MARK_AGAIN) {
		struct pd_error error = {0};
		int class = pd_store_sent(outbox->store, lease->id, verdicts, count, now, next, &error);
		if (class == PD_OK)
			return;
		pd_log(PD_ERROR, "cannot mark a mail", "outbox", row, "reason", error.text, NULL);
		if (class == PD_PERMANENT || outbox->is_stopping || pd_store_is_failed(outbox->store))
			return; /* in doubt: it leaves again at the next start */
		pause_for(outbox, wait);
	}
}

/* Gives a row back unsent. */
static void put_back(struct pd_outbox *outbox, struct pd_arena *arena, const struct pd_lease *lease,
		     const char *why, pd_time next)
{
	size_t count = lease->recipients.count;
	struct pd_sent_recipient *verdicts = PD_NEW_N(arena, struct pd_sent_recipient, count);
	for (size_t i = 0; i < count; i++)
		verdicts[i] = (struct pd_sent_recipient){lease->recipients.items[i], PD_SENT_LATER, why};
	mark(outbox, lease, verdicts, count, pd_now(), next);
}

/* True: the MTA is there, go on with the next. */
static bool send_one(struct sender *sender, struct pd_arena *arena, const struct pd_settings *settings,
		     const struct pd_lease *lease)
{
	struct pd_outbox *outbox = sender->outbox;
	struct pd_error error = {0};
	size_t count = lease->recipients.count;
	struct pd_sent_recipient *verdicts = PD_NEW_N(arena, struct pd_sent_recipient, count);
	int class = hand_over(sender, arena, settings, lease, verdicts, &error);
	pd_crash_point("after-250-before-mark");
	pd_time now = pd_now();
	bool is_old = lease->created > 0 && now - lease->created > GIVE_UP_AFTER;
	for (size_t i = 0; i < count; i++) {
		tell(lease, &verdicts[i]);
		if (verdicts[i].sent == PD_SENT_LATER && is_old) {
			verdicts[i].sent = PD_SENT_REFUSED;
			verdicts[i].reply =
				pd_printf(arena, "not delivered within 5 days; the last word was: %s",
					  verdicts[i].reply);
		}
	}
	tell_refusals(outbox, lease, verdicts, count);
	/* An MTA that is away says nothing of this mail: it is tried as soon as the MTA may be back. */
	pd_time wait = class == PD_TEMPORARY ? pd_outbox_back_off(0) : pd_outbox_back_off(lease->attempts);
	mark(outbox, lease, verdicts, count, now, now + wait);
	return class == PD_OK;
}

/* One batch. Returns how many rows there were; ret_is_away: the MTA does not answer. */
static size_t send_batch(struct sender *sender, bool *ret_is_away)
{
	struct pd_outbox *outbox = sender->outbox;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_leases leases = {0};
	struct pd_error error = {0};
	pd_time now = pd_now();
	int64_t stop_by = pd_monotonic() + LEASE - LEASE_MARGIN;
	*ret_is_away = false;
	if (pd_store_lease(outbox->store, arena, sender->owner, now, now + LEASE, BATCH, &leases, &error) !=
	    PD_OK) {
		pd_log(PD_ERROR, "cannot look into the outbox", "reason", error.text, NULL);
		pause_for(outbox, MTA_AWAY);
		return 0;
	}
	if (leases.count == 0)
		return 0;
	struct pd_settings *settings = pd_flow_settings(outbox->flow);
	for (size_t i = 0; i < leases.count; i++) {
		if (*ret_is_away)
			put_back(outbox, arena, &leases.items[i], "the mail server could not be reached",
				 pd_now() + pd_outbox_back_off(0));
		else if (outbox->is_stopping || pd_monotonic() > stop_by)
			put_back(outbox, arena, &leases.items[i], "waits for its turn", pd_now());
		else if (!send_one(sender, arena, settings, &leases.items[i]))
			*ret_is_away = true;
	}
	pd_settings_unref(settings);
	return leases.count;
}

static void *run(void *data)
{
	struct sender *sender = data;
	struct pd_outbox *outbox = sender->outbox;
	int64_t idle_since = pd_monotonic();
	while (!outbox->is_stopping && !pd_store_is_failed(outbox->store)) {
		bool is_away;
		if (send_batch(sender, &is_away) > 0)
			idle_since = pd_monotonic();
		else if (!outbox->is_stopping)
			pd_store_wait_due(outbox->store, pd_monotonic() + REST_AFTER);
		if (is_away)
			pause_for(outbox, MTA_AWAY);
		if (sender->smtp != NULL && pd_monotonic() - idle_since >= REST_AFTER)
			pd_smtp_rest(sender->smtp);
	}
	pthread_mutex_lock(&outbox->lock);
	outbox->running--;
	pthread_cond_broadcast(&outbox->stopping);
	pthread_mutex_unlock(&outbox->lock);
	return NULL;
}

static int start_threads(struct pd_outbox *outbox)
{
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	int code = 0;
	for (unsigned i = 0; i < outbox->count && code == 0; i++) {
		struct sender *sender = &outbox->senders[i];
		outbox->running++;
		code = pthread_create(&sender->thread, &attributes, run, sender);
		sender->has_thread = code == 0;
		if (code != 0)
			outbox->running--;
	}
	pthread_attr_destroy(&attributes);
	return code;
}

int pd_outbox_start(struct pd_flow *flow, struct pd_store *store, unsigned senders,
		    struct pd_outbox **ret_outbox, struct pd_error *error)
{
	int class = pd_store_take_over_leases(store, pd_now(), error);
	if (class != PD_OK)
		return class;
	struct pd_outbox *outbox = g_new0(struct pd_outbox, 1);
	outbox->flow = flow;
	outbox->store = store;
	outbox->count = senders;
	outbox->senders = g_new0(struct sender, senders);
	pthread_mutex_init(&outbox->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&outbox->stopping, &attributes);
	pthread_condattr_destroy(&attributes);
	char host[32] = "localhost";
	gethostname(host, sizeof host - 1);
	for (unsigned i = 0; i < senders; i++) {
		struct sender *sender = &outbox->senders[i];
		sender->outbox = outbox;
		pthread_mutex_init(&sender->lock, NULL);
		snprintf(sender->owner, sizeof sender->owner, "%s/%ld/%u", host, (long)getpid(), i);
	}
	int code = start_threads(outbox);
	if (code != 0) {
		pd_outbox_stop(outbox, 0); /* at worst a thread and its memory stay */
		return pd_fail_errno(error, PD_TEMPORARY, code, "cannot start the outbox");
	}
	*ret_outbox = outbox;
	return PD_OK;
}

/* Waits until no sender runs, or the deadline; wakes those who wait for work, again and again, since one may
 * have been just before its wait. */
static bool wait_for_senders(struct pd_outbox *outbox, int64_t deadline)
{
	pthread_mutex_lock(&outbox->lock);
	outbox->is_stopping = true;
	pthread_cond_broadcast(&outbox->stopping);
	for (int64_t now; outbox->running > 0 && (now = pd_monotonic()) < deadline;) {
		struct timespec at = {.tv_sec = (now + 50) / 1000, .tv_nsec = (now + 50) % 1000 * 1000000};
		pd_store_wake(outbox->store);
		pthread_cond_timedwait(&outbox->stopping, &outbox->lock, &at);
	}
	bool is_done = outbox->running == 0;
	pthread_mutex_unlock(&outbox->lock);
	return is_done;
}

bool pd_outbox_stop(struct pd_outbox *outbox, pd_time grace)
{
	if (outbox == NULL)
		return true;
	if (!wait_for_senders(outbox, pd_monotonic() + grace)) {
		for (unsigned i = 0; i < outbox->count; i++) {
			struct sender *sender = &outbox->senders[i];
			pthread_mutex_lock(&sender->lock);
			if (sender->smtp != NULL)
				pd_smtp_abort(sender->smtp);
			pthread_mutex_unlock(&sender->lock);
		}
		if (!wait_for_senders(outbox, pd_monotonic() + BREAK_OFF))
			return false;
	}
	for (unsigned i = 0; i < outbox->count; i++) {
		struct sender *sender = &outbox->senders[i];
		if (sender->has_thread)
			pthread_join(sender->thread, NULL);
		pd_smtp_free(sender->smtp);
		pthread_mutex_destroy(&sender->lock);
		g_free(sender->submit);
	}
	pthread_cond_destroy(&outbox->stopping);
	pthread_mutex_destroy(&outbox->lock);
	g_free(outbox->senders);
	g_free(outbox);
	return true;
}

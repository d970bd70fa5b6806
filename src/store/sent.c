/* What the MTA said of a mail: marked in the backend, and known here from the moment it was said.
 *
 * Promises: a recipient counts as taken only where the MTA has answered so, be it marked or not yet: a mark
 * that cannot be written now (a full disk) does not make what is known doubtful again while the process lives
 * (invariant 3). Fails as any write or look-up does. */
#include "store/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Answered with yes, and the mark is not on disk yet. */
struct pd_answered {
	int64_t id;
	char *recipient;
	struct pd_answered *next;
};

static void forget_answered(struct pd_store *store, int64_t id)
{
	pthread_mutex_lock(&store->lock);
	for (struct pd_answered **at = &store->answered; *at != NULL;) {
		struct pd_answered *one = *at;
		if (one->id != id) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		free(one->recipient);
		free(one);
	}
	pthread_mutex_unlock(&store->lock);
}

static void note_answered(struct pd_store *store, int64_t id, const struct pd_sent_recipient *said,
			  size_t count)
{
	forget_answered(store, id);
	pthread_mutex_lock(&store->lock);
	for (size_t i = 0; i < count; i++) {
		if (said[i].sent != PD_SENT_TAKEN)
			continue;
		struct pd_answered *one = malloc(sizeof *one);
		char *recipient = strdup(said[i].recipient);
		if (one == NULL || recipient == NULL)
			abort();
		*one = (struct pd_answered){.id = id, .recipient = recipient, .next = store->answered};
		store->answered = one;
	}
	pthread_mutex_unlock(&store->lock);
}

void pd_store_forget_all_answered(struct pd_store *store)
{
	while (store->answered != NULL)
		forget_answered(store, store->answered->id);
}

static int sent_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->sent(store, job->data, error);
}

int pd_store_sent(struct pd_store *store, int64_t id, const struct pd_sent_recipient *recipients,
		  size_t count, pd_time now, pd_time next, struct pd_error *error)
{
	pd_crash_point("before-mark");
	struct pd_sent_request request = {
		.id = id, .recipients = recipients, .count = count, .now = now, .next = next};
	struct pd_job job = {.run = sent_run, .data = &request, .touches_outbox = true};
	note_answered(store, id, recipients, count);
	int failed = pd_writer_do(store->writer, &job, error);
	if (!failed || failed == PD_PERMANENT)
		forget_answered(store, id);
	if (!failed)
		pd_crash_point("after-mark");
	return failed;
}

int pd_store_taken(struct pd_store *store, struct pd_arena *arena, int64_t id, const char *message_id,
		   struct pd_strings *ret_taken, struct pd_error *error)
{
	/* First what is known here: it is forgotten only when the mark is there to be read. */
	struct pd_strings taken = {0};
	pthread_mutex_lock(&store->lock);
	for (const struct pd_answered *one = store->answered; one != NULL; one = one->next)
		if (one->id == id)
			*pd_list_add(arena, &taken) = pd_strdup(arena, one->recipient);
	pthread_mutex_unlock(&store->lock);
	int failed = store->backend->taken(store, arena, id, message_id, &taken, error);
	if (!failed)
		*ret_taken = taken;
	return failed;
}

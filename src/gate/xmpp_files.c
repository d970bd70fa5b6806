/* Files that are shared by links in a chat: fetched beside everything else, a few at a time (gate/fetch.h).
 *
 * Promises: what is to be fetched stands in the store, so that a restart goes on with it; each file, or why there is none, is
 * kept once (pd_flow_fetched). A server that is away is asked a few times more. Nothing of the chat waits for a file. Fails:
 * what cannot be kept now is fetched anew later. */
#include "gate/xmpp_inside.h"

#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "gate/fetch.h"

#define FETCHERS     3
#define FETCH_WITHIN (60 * PD_SECOND)
#define TRIES	     3
#define PAUSE	     (2 * PD_SECOND)  /* before the second try; twice as long before each further one */
#define STORE_PAUSE  (10 * PD_SECOND) /* where it could not be kept */

struct file {
	int64_t event;
	char *url; /* NULL: it is the own server's no more */
	size_t limit;
	unsigned tries;
	int64_t not_before; /* pd_monotonic */
	bool is_under_way;
};

struct files {
	struct component *component;
	pthread_t threads[FETCHERS];
	unsigned running;
	int stop; /* eventfd: readable from the end's begin on */
	pthread_mutex_t lock;
	pthread_cond_t more;
	bool is_stopping;
	bool must_look;	   /* the store may have further ones */
	GHashTable *known; /* event -> struct file */
};

static void file_free(void *data)
{
	struct file *file = data;
	g_free(file->url);
	g_free(file);
}

/* --- what is to be fetched --- */

/* Under the lock, but for the store. */
static void look(struct files *files)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_chat_files wanted = {0};
	struct pd_error error = {0};
	files->must_look = false;
	pthread_mutex_unlock(&files->lock);
	int failed = pd_flow_files_wanted(files->component->flow, arena, files->component->chat, &wanted, &error);
	pthread_mutex_lock(&files->lock);
	if (failed)
		pd_log(PD_WARNING, "files of chats cannot be looked up", "chat", files->component->chat, "reason", error.text,
		       NULL);
	for (size_t i = 0; i < wanted.count; i++) {
		if (g_hash_table_contains(files->known, &wanted.items[i].event))
			continue;
		struct file *file = g_new0(struct file, 1);
		*file = (struct file){.event = wanted.items[i].event,
				      .url = g_strdup(wanted.items[i].url),
				      .limit = wanted.items[i].limit};
		g_hash_table_insert(files->known, &file->event, file);
	}
}

/* The oldest that may be fetched now; NULL: none, *ret_next says when (0: when somebody says so). */
static struct file *next_file(struct files *files, int64_t *ret_next)
{
	struct file *found = NULL;
	int64_t now = pd_monotonic();
	GHashTableIter iter;
	void *value;
	*ret_next = 0;
	g_hash_table_iter_init(&iter, files->known);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct file *file = value;
		if (file->is_under_way)
			continue;
		if (file->not_before > now && (*ret_next == 0 || file->not_before < *ret_next))
			*ret_next = file->not_before;
		if (file->not_before <= now && (found == NULL || file->event < found->event))
			found = file;
	}
	return found;
}

/* --- one file --- */

static enum pd_file_fault fault_of(enum pd_fetch_result result)
{
	switch (result) {
	case PD_FETCH_DONE:
		return PD_FILE_IS_THERE;
	case PD_FETCH_TOO_LARGE:
		return PD_FILE_TOO_LARGE;
	case PD_FETCH_NOT_GIVEN:
		return PD_FILE_NOT_GIVEN;
	default:
		return PD_FILE_UNREACHABLE;
	}
}

static char *state_of(struct component *component)
{
	struct pd_settings *settings = pd_flow_settings(component->flow);
	char *state = g_strdup(settings->state);
	pd_settings_unref(settings);
	return state;
}

/* How long until it is tried again; 0: it is settled. */
static pd_time fetch(struct files *files, const struct file *file)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	g_autofree char *directory = state_of(files->component);
	PD_AUTO_RAW raw = NULL;
	struct pd_said_receipt receipt = {0};
	struct pd_error error = {0};
	char why[200] = "its address is the own server's no more";
	enum pd_fetch_result result = PD_FETCH_NOT_GIVEN;
	if (file->url != NULL)
		result = pd_fetch(file->url, file->limit, FETCH_WITHIN, directory, files->stop, &raw, why, sizeof why);
	if (result == PD_FETCH_STOPPED)
		return STORE_PAUSE;
	if (result == PD_FETCH_LATER && file->tries + 1 < TRIES)
		return PAUSE << file->tries;
	struct pd_bytes content = {.data = raw != NULL ? raw->data : "", .len = raw != NULL ? raw->size : 0};
	pd_crash_point("file-fetched-before-kept");
	if (pd_flow_fetched(files->component->flow, arena, file->event, fault_of(result), content, &receipt, &error) != 0) {
		pd_log(PD_ERROR, "a file of a chat was not kept", "chat", files->component->chat, "reason", error.text, NULL);
		return STORE_PAUSE;
	}
	const char *ticket = pd_printf(arena, "%lld", (long long)receipt.ticket);
	pd_log(result == PD_FETCH_DONE ? PD_INFO : PD_WARNING, "file of a chat", "chat", files->component->chat, "ticket", ticket,
	       "outcome", receipt.outcome, "reason", result == PD_FETCH_DONE ? NULL : why, NULL);
	return 0;
}

static void *run(void *data)
{
	struct files *files = data;
	pthread_mutex_lock(&files->lock);
	while (!files->is_stopping) {
		int64_t next;
		if (files->must_look)
			look(files);
		struct file *file = next_file(files, &next);
		if (file != NULL && !files->is_stopping) {
			file->is_under_way = true;
			pthread_mutex_unlock(&files->lock);
			pd_time pause = fetch(files, file);
			pthread_mutex_lock(&files->lock);
			file->is_under_way = false;
			file->tries++;
			file->not_before = pd_monotonic() + pause;
			if (pause == 0)
				g_hash_table_remove(files->known, &file->event);
		} else if (next != 0) {
			struct timespec until = {.tv_sec = next / 1000, .tv_nsec = next % 1000 * 1000000};
			pthread_cond_timedwait(&files->more, &files->lock, &until);
		} else if (!files->must_look && !files->is_stopping) {
			pthread_cond_wait(&files->more, &files->lock);
		}
	}
	files->running--;
	pthread_cond_broadcast(&files->more);
	pthread_mutex_unlock(&files->lock);
	return NULL;
}

/* --- all of them --- */

void files_look(struct files *files)
{
	pthread_mutex_lock(&files->lock);
	files->must_look = true;
	pthread_cond_signal(&files->more);
	pthread_mutex_unlock(&files->lock);
}

struct files *files_start(struct component *component)
{
	struct files *files = g_new0(struct files, 1);
	pthread_condattr_t attributes;
	files->component = component;
	files->must_look = true; /* what an earlier daemon did not come to */
	files->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	files->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, file_free);
	pthread_mutex_init(&files->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&files->more, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_lock(&files->lock);
	while (files->stop >= 0 && files->running < FETCHERS &&
	       pthread_create(&files->threads[files->running], NULL, run, files) == 0)
		pthread_setname_np(files->threads[files->running++], "chat-files");
	bool is_started = files->running > 0;
	pthread_mutex_unlock(&files->lock);
	if (is_started)
		return files;
	files_stop(files, 0);
	return NULL;
}

bool files_stop(struct files *files, int64_t by)
{
	const uint64_t one = 1;
	struct timespec until = {.tv_sec = by / 1000, .tv_nsec = by % 1000 * 1000000};
	if (files == NULL)
		return true;
	ssize_t written = write(files->stop, &one, sizeof one);
	(void)written;
	pthread_mutex_lock(&files->lock);
	unsigned started = files->running;
	files->is_stopping = true;
	pthread_cond_broadcast(&files->more);
	while (files->running > 0 && pthread_cond_timedwait(&files->more, &files->lock, &until) == 0)
		;
	bool has_ended = files->running == 0;
	pthread_mutex_unlock(&files->lock);
	if (!has_ended)
		return false;
	for (unsigned i = 0; i < started; i++)
		pthread_join(files->threads[i], NULL);
	g_hash_table_destroy(files->known);
	pthread_mutex_destroy(&files->lock);
	pthread_cond_destroy(&files->more);
	if (files->stop >= 0)
		close(files->stop);
	g_free(files);
	return true;
}

/* Lines of ours on their way to the server.
 *
 * Promises: they leave in the order of the outbox, of each ticket in the order of its decisions; each is marked after the
 * server has certainly taken it, so that a crash between sends it once more, with the same id, rather than never
 * (invariant 3). What does not fit into memory stays in the store and is fetched later. Fails: what cannot be marked now is
 * marked later. */
#include "gate/xmpp_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define IN_MEMORY  4096 /* lines */
#define PAGE	   500
#define UNDER_WAY  1024 /* lines without an answer */
#define MARK_AGAIN (2 * PD_SECOND)

struct line {
	int64_t id;
	char *recipient, *bytes;
	size_t len;
	uint64_t ping; /* under way: the ping that follows it */
};

struct lines {
	struct pd_store *store;
	char *at_component; /* "@desk.example.com" */
	pthread_mutex_t storing; /* before `lock`: what is fetched is not marked meanwhile */
	pthread_mutex_t lock;
	pthread_cond_t marks; /* something is to be marked, or the end */
	bool is_open, is_stopping, has_thread, has_ended;
	bool has_more;	   /* in the store, beyond what lies here */
	GTree *waiting;	   /* by id */
	GQueue under_way;  /* in the order in which they were sent */
	GQueue taken;	   /* to be marked */
	GHashTable *known; /* ids of all of these */
	uint64_t pings;
	uint64_t session; /* so that a ping of an older connection says nothing */
	int64_t ping_sent;
	unsigned long count;
	pthread_t thread;
};

static int by_id(const void *a, const void *b, void *data)
{
	(void)data;
	int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
	return (one > two) - (one < two);
}

static void line_free(void *data)
{
	struct line *line = data;
	g_free(line->recipient);
	g_free(line->bytes);
	g_free(line);
}

struct lines *lines_new(struct pd_store *store, const char *component)
{
	struct lines *lines = g_new0(struct lines, 1);
	lines->store = store;
	lines->at_component = g_strdup_printf("@%s", component);
	pthread_mutex_init(&lines->storing, NULL);
	pthread_mutex_init(&lines->lock, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&lines->marks, &attributes);
	pthread_condattr_destroy(&attributes);
	lines->waiting = g_tree_new_full(by_id, NULL, NULL, line_free);
	g_queue_init(&lines->under_way);
	g_queue_init(&lines->taken);
	lines->known = g_hash_table_new(g_int64_hash, g_int64_equal);
	return lines;
}

void lines_free(struct lines *lines)
{
	if (lines == NULL)
		return;
	g_tree_destroy(lines->waiting);
	g_queue_clear_full(&lines->under_way, line_free);
	g_queue_clear_full(&lines->taken, line_free);
	g_hash_table_destroy(lines->known);
	pthread_mutex_destroy(&lines->storing);
	pthread_mutex_destroy(&lines->lock);
	pthread_cond_destroy(&lines->marks);
	g_free(lines->at_component);
	g_free(lines);
}

/* --- what waits --- */

/* Under the lock. */
static void add(struct lines *lines, int64_t id, const char *recipient, struct pd_bytes bytes)
{
	if (g_hash_table_contains(lines->known, &id))
		return;
	if (g_tree_nnodes(lines->waiting) >= IN_MEMORY) {
		lines->has_more = true;
		return;
	}
	struct line *line = g_new0(struct line, 1);
	line->id = id;
	line->recipient = g_strdup(recipient);
	line->bytes = g_memdup2(bytes.data, bytes.len);
	line->len = bytes.len;
	g_hash_table_add(lines->known, &line->id);
	g_tree_insert(lines->waiting, &line->id, line);
}

bool lines_put(struct lines *lines, const struct pd_planned_letter *line)
{
	if (!pd_ends(line->letter.envelope_from, lines->at_component))
		return false;
	pthread_mutex_lock(&lines->lock);
	if (lines->is_open)
		add(lines, line->id, line->letter.recipients.items[0], line->bytes);
	pthread_mutex_unlock(&lines->lock);
	return true;
}

/* Fills what lies here from the store. */
static int fetch_all(struct lines *lines, struct pd_error *error)
{
	int64_t above = 0;
	for (;;) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_leases page = {0};
		int failed = pd_store_lines(lines->store, arena, above, PAGE, &page, error);
		if (failed)
			return failed;
		pthread_mutex_lock(&lines->lock);
		if (above == 0)
			lines->has_more = false;
		for (size_t i = 0; i < page.count; i++) {
			above = page.items[i].id;
			if (page.items[i].recipients.count > 0 && pd_ends(page.items[i].sender, lines->at_component))
				add(lines, page.items[i].id, page.items[i].recipients.items[0], page.items[i].bytes);
		}
		bool is_full = lines->has_more;
		pthread_mutex_unlock(&lines->lock);
		if (page.count < PAGE || is_full)
			return 0;
	}
}

static int fetch(struct lines *lines, struct pd_error *error)
{
	pthread_mutex_lock(&lines->storing);
	int failed = fetch_all(lines, error);
	pthread_mutex_unlock(&lines->storing);
	return failed;
}

int lines_begin(struct lines *lines, struct pd_error *error)
{
	pthread_mutex_lock(&lines->lock);
	lines->is_open = true;
	lines->session++;
	pthread_mutex_unlock(&lines->lock);
	return fetch(lines, error);
}

void lines_end(struct lines *lines)
{
	pthread_mutex_lock(&lines->lock);
	lines->is_open = false;
	lines->session++;
	lines->ping_sent = 0;
	/* All of it is in the store; what the server took and nobody has marked yet will be marked. */
	for (struct line *line; (line = g_queue_pop_head(&lines->under_way)) != NULL;) {
		g_hash_table_remove(lines->known, &line->id);
		line_free(line);
	}
	g_tree_destroy(lines->waiting);
	lines->waiting = g_tree_new_full(by_id, NULL, NULL, line_free);
	g_hash_table_remove_all(lines->known);
	for (GList *at = lines->taken.head; at != NULL; at = at->next)
		g_hash_table_add(lines->known, &((struct line *)at->data)->id);
	pthread_mutex_unlock(&lines->lock);
}

bool lines_write(struct lines *lines, struct pd_buf *out, size_t limit)
{
	bool has_written = false;
	struct pd_error error;
	pthread_mutex_lock(&lines->lock);
	bool must_fetch = lines->is_open && lines->has_more && g_tree_nnodes(lines->waiting) == 0;
	pthread_mutex_unlock(&lines->lock);
	if (must_fetch && fetch(lines, &error) != 0)
		return false;
	pthread_mutex_lock(&lines->lock);
	lines->pings++;
	for (GTreeNode *node; out->len < limit && g_queue_get_length(&lines->under_way) < UNDER_WAY &&
			      (node = g_tree_node_first(lines->waiting)) != NULL;) {
		struct line *line = g_tree_node_value(node);
		g_tree_steal(lines->waiting, &line->id);
		pd_buf_add(out, line->bytes, line->len);
		line->ping = lines->pings;
		g_queue_push_tail(&lines->under_way, line);
		lines->count++;
		has_written = true;
	}
	if (has_written) {
		const char *domain = lines->at_component + 1;
		pd_buf_addf(out, "<iq type='get' id='pd-%llu-%llu' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>",
			    (unsigned long long)lines->session, (unsigned long long)lines->pings, domain, domain);
		if (lines->ping_sent == 0)
			lines->ping_sent = pd_monotonic();
	}
	pthread_mutex_unlock(&lines->lock);
	return has_written;
}

bool lines_taken(struct lines *lines, const char *ping)
{
	unsigned long long session, number;
	if (ping == NULL || sscanf(ping, "pd-%llu-%llu", &session, &number) != 2)
		return false;
	pthread_mutex_lock(&lines->lock);
	if (session == lines->session) {
		for (struct line *line; (line = g_queue_peek_head(&lines->under_way)) != NULL && line->ping <= number;)
			g_queue_push_tail(&lines->taken, g_queue_pop_head(&lines->under_way));
		lines->ping_sent = g_queue_is_empty(&lines->under_way) ? 0 : pd_monotonic();
		pthread_cond_signal(&lines->marks);
	}
	pthread_mutex_unlock(&lines->lock);
	return true;
}

int64_t lines_waiting_since(struct lines *lines)
{
	pthread_mutex_lock(&lines->lock);
	int64_t since = lines->ping_sent;
	pthread_mutex_unlock(&lines->lock);
	return since;
}

unsigned long lines_count(struct lines *lines)
{
	pthread_mutex_lock(&lines->lock);
	unsigned long count = lines->count;
	pthread_mutex_unlock(&lines->lock);
	return count;
}

/* --- marking --- */

/* All that was taken, in one transaction. Under the lock, but for the store. */
static void mark(struct lines *lines)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	size_t count = g_queue_get_length(&lines->taken), i = 0;
	struct pd_line_mark *marks = PD_NEW_N(arena, struct pd_line_mark, count);
	for (GList *at = lines->taken.head; at != NULL; at = at->next, i++) {
		const struct line *line = at->data;
		marks[i] = (struct pd_line_mark){.id = line->id, .recipient = line->recipient, .is_taken = true,
						 .reply = "taken by the chat server"};
	}
	pthread_mutex_unlock(&lines->lock);
	struct pd_error error = {0};
	pd_crash_point("lines-taken-before-mark");
	pthread_mutex_lock(&lines->storing);
	int failed = pd_store_lines_sent(lines->store, marks, count, pd_now(), &error);
	if (failed)
		pd_log(PD_ERROR, "cannot mark lines of chats", "reason", error.text, NULL);
	pthread_mutex_lock(&lines->lock);
	for (i = 0; i < count && !failed; i++) {
		struct line *line = g_queue_pop_head(&lines->taken);
		g_hash_table_remove(lines->known, &line->id);
		line_free(line);
	}
	pthread_mutex_unlock(&lines->storing);
	if (failed && !lines->is_stopping) {
		int64_t by = pd_monotonic() + MARK_AGAIN;
		struct timespec until = {.tv_sec = by / 1000, .tv_nsec = by % 1000 * 1000000};
		pthread_cond_timedwait(&lines->marks, &lines->lock, &until);
	} else if (failed) {
		g_queue_clear_full(&lines->taken, line_free);
	}
}

static void *mark_main(void *data)
{
	struct lines *lines = data;
	pthread_mutex_lock(&lines->lock);
	for (;;) {
		if (!g_queue_is_empty(&lines->taken))
			mark(lines);
		else if (lines->is_stopping)
			break;
		else
			pthread_cond_wait(&lines->marks, &lines->lock);
	}
	lines->has_ended = true;
	pthread_cond_broadcast(&lines->marks);
	pthread_mutex_unlock(&lines->lock);
	return NULL;
}

bool lines_start(struct lines *lines)
{
	lines->has_thread = pthread_create(&lines->thread, NULL, mark_main, lines) == 0;
	if (lines->has_thread)
		pthread_setname_np(lines->thread, "chat-marks");
	return lines->has_thread;
}

bool lines_stop(struct lines *lines, int64_t by)
{
	struct timespec until = {.tv_sec = by / 1000, .tv_nsec = by % 1000 * 1000000};
	if (!lines->has_thread)
		return true;
	pthread_mutex_lock(&lines->lock);
	lines->is_stopping = true;
	pthread_cond_broadcast(&lines->marks);
	while (!lines->has_ended && pthread_cond_timedwait(&lines->marks, &lines->lock, &until) == 0)
		;
	bool has_ended = lines->has_ended;
	pthread_mutex_unlock(&lines->lock);
	if (has_ended) {
		pthread_join(lines->thread, NULL);
		lines->has_thread = false;
	}
	return has_ended;
}

/* Inside the chat door: what its files share. */
#ifndef PD_GATE_XMPP_INSIDE_H
#define PD_GATE_XMPP_INSIDE_H

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>

#include "gate/xml.h"
#include "gate/xmpp.h"

#define WORKERS 8 /* lines that are decided at the same time, for each component */

/* Lines of ours on their way to one server (xmpp_lines.c). Thread-safe. */
struct lines;
struct lines *lines_new(struct pd_store *store, const char *component);
void lines_free(struct lines *lines);
/* In any thread: a line has been committed. False: it is another component's. */
bool lines_put(struct lines *lines, const struct pd_planned_letter *line);
/* The connection is there anew: all that is not marked, from the store on. */
int lines_begin(struct lines *lines, struct pd_error *error);
/* The connection is gone: what is under way is sent again. */
void lines_end(struct lines *lines);
/* Adds what waits to the buffer, as far as that stays below the limit, and then a ping whose id says up to where. False:
 * nothing waits. */
bool lines_write(struct lines *lines, struct pd_buf *out, size_t limit);
/* The ping came back: what was sent before it is the server's. False: it is no such id. */
bool lines_taken(struct lines *lines, const char *ping);
/* The oldest ping without an answer was sent then (pd_monotonic); 0: none is under way. */
int64_t lines_waiting_since(struct lines *lines);
bool lines_start(struct lines *lines); /* the thread that marks */
bool lines_stop(struct lines *lines, int64_t by);
unsigned long lines_count(struct lines *lines);

struct files; /* xmpp_files.c */

/* One component. */
struct component {
	struct pd_flow *flow;
	struct pd_store *store;
	char *chat;   /* the group's name */
	char *domain; /* the component's */
	pthread_t thread;
	bool has_thread;
	int wake; /* eventfd */
	_Atomic bool is_stopping, is_connected, has_ended;
	struct lines *lines;
	struct files *files;

	pthread_mutex_t lock;	 /* of what follows */
	struct pd_buf answers;	 /* bytes that leave as soon as the socket takes them */
	struct worker *workers;	 /* WORKERS of them */
	atomic_ulong lines_in, refused;

	/* the thread's own */
	int fd;
	struct pd_xml_stream *stream;
	enum { CONNECTING, OPENING, AUTHENTICATING, READY, BROKEN } state;
	char why[200];	    /* of BROKEN */
	bool is_misconfigured; /* the server will say no again: wait longer */
	char *secret;
	struct pd_buf out;
	size_t written;	     /* of out */
	int64_t last_read;
	GHashTable *senders; /* bare JID -> struct bucket: how much each says (xmpp_stanza.c) */
	GHashTable *watchers; /* bare JIDs who want to know whether somebody is there */
	bool is_staffed;
	int64_t staffed_at; /* when that was looked at */
	int64_t refused_at; /* when a refusal was logged last */
};
/* Bytes for the server, from any thread. */
void component_send(struct component *component, const struct pd_buf *bytes);
void component_wake(struct component *component);
void component_break(struct component *component, const char *why);

/* xmpp_stanza.c: what a stanza is about; in the component's thread. */
void stanza_take(struct component *component, const struct pd_xml *stanza);
/* Tells the watchers where it has changed. */
void stanza_look_at_staff(struct component *component);
/* xmpp_info.c: what clients ask of us: disco, vCard, version, time. */
void info_answer(struct component *component, const struct pd_xml *iq);
/* An error answer to a stanza; condition of RFC 6120 section 8.3.3, type "cancel", "wait", "modify". */
void stanza_refuse(struct component *component, const struct pd_xml *stanza, const char *type, const char *condition,
		   const char *text);

/* xmpp_work.c: lines that wait to be decided. */
struct job {
	struct pd_arena *arena; /* owns all of it, itself too */
	struct pd_said said;
	const char *from, *to; /* of the stanza */
	const char *receipt;   /* the id that a receipt is wanted for; NULL */
	const char *state; /* no line: "composing" or "paused", for the other side (XEP-0085); NULL */
};
bool work_start(struct component *component);
/* Takes the job over. False: too much waits already; the job is freed. */
bool work_add(struct component *component, struct job *job);
bool work_stop(struct component *component, int64_t by);

/* xmpp_files.c: files that are shared by links. */
struct files *files_start(struct component *component); /* NULL: without memory for threads */
/* In any thread: a line has one that is to be fetched. */
void files_look(struct files *files);
bool files_stop(struct files *files, int64_t by); /* true: it is freed. NULL is allowed */

#endif

/* The query language of views, search, routing and bulk edits: text -> syntax tree.
 *
 * The store makes SQL of the tree; pd_query_matches evaluates it on a ticket in memory. */
#ifndef PD_DESK_QUERY_H
#define PD_DESK_QUERY_H

#include "desk/ticket.h"

struct pd_agenda;

enum pd_query_op {
	PD_QUERY_ALL,	/* every ticket */
	PD_QUERY_AND,	/* left, right */
	PD_QUERY_OR,	/* left, right */
	PD_QUERY_NOT,	/* left */
	PD_QUERY_FIELD, /* field compare value */
	PD_QUERY_TEXT,	/* full text: value is one word or a phrase; is_prefix: "word*" */
};
enum pd_compare { PD_IS, PD_LESS, PD_LESS_EQUAL, PD_GREATER, PD_GREATER_EQUAL };

/* Fields: the property names (number name description status pipeline mailbox owner team priority category
 * source created updated closed, custom ones) and contact company phone from to is follower mentions sla due.
 * (`view:` becomes the view's own query, `age:` becomes `created`, a priority compared becomes `values`.)
 *
 * How values are compared, folded (pd_fold) everywhere:
 *   name description          the value stands somewhere in it
 *   from to contact company phone   the whole address, name or number; without `@` and `*` also a part of it
 *   all others                the whole value; names of agents, teams, mailboxes, pipelines, statuses and priorities are
 *                             already as in the settings
 *   `*` at the end (is_prefix) a prefix, value is without it ("" : any value); elsewhere (has_glob) pd_glob
 *   mailbox                   the ticket's own or a further one (mailboxes_also)
 *   value NULL (`none`)       no value, no such person
 * A field for which a ticket has no data (sla and due of a ticket without goals) is `none`. */
/* Fields that no text names, for whoever builds a tree: a ticket's contact by its id (number), the company that a ticket
 * has of its own (value, as it is written). */
#define PD_FIELD_CONTACT_ID  "contact id"
#define PD_FIELD_OWN_COMPANY "own company"
struct pd_query {
	enum pd_query_op op;
	struct pd_query *left, *right;
	const char *field;	 /* lower case */
	enum pd_compare compare;
	const char *value;	 /* as written, `me` resolved, NULL for `none` */
	struct pd_strings values; /* not empty: any of these (value is the first): `team:me`, priority:>normal, a
				   * status' name that pipelines write differently */
	bool is_prefix;		 /* the value had `*` at its end */
	bool has_glob;		 /* `*` elsewhere */
	int kind;		 /* status: a pd_status_kind when the value names one, else -1 */
	pd_time time;		 /* created updated closed due: the instant compared with; sla: the present */
	pd_time time_end;	 /* with PD_IS: a time before this and not before `time`; 0: `time` alone */
	int64_t number;		 /* number: the value */
	const char *me;		 /* is:draft, is:task: whose alone; NULL: anybody's */
	struct pd_strings me_was; /* names that this one had before */
	size_t at;		 /* byte position in the text */
};

/* me: the asking agent's name, NULL: none (then `me` is an error). On failure PD_PERMANENT; the error's text has
 * the character's position (from 1) and what was expected. An empty text is PD_QUERY_ALL. */
int pd_query_parse(struct pd_arena *arena, const struct pd_settings *settings, const char *text, const char *me,
		   pd_time now, struct pd_query **ret_query, struct pd_error *error);

/* The same for an asker whose views are these; pd_query_parse knows those of the configuration. */
struct pd_views;
int pd_query_parse_among(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_views *views,
			 const char *text, const char *me, pd_time now, struct pd_query **ret_query,
			 struct pd_error *error);

/* What a query may ask beside the ticket itself. text: names, texts, contacts, folded; NULL members are empty. */
struct pd_ticket_facts {
	const struct pd_ticket *ticket;
	PD_LIST(const struct pd_contact *) contacts;
	struct pd_strings from, to; /* addresses of its messages */
	const char *text;	    /* all searchable text, folded; the number, name and description need not be in it */
	struct pd_strings drafts;   /* agents of whom a draft is kept on it */
	const struct pd_agenda *agenda; /* of its goals; NULL: it has none */
};
bool pd_query_matches(const struct pd_query *query, const struct pd_ticket_facts *facts);

/* The query's words as a person would type them; for messages. */
char *pd_query_text(struct pd_arena *arena, const struct pd_query *query);

/* Built-in views, in the order of the manual, then the configured ones. */
struct pd_view {
	const char *name;  /* the word used in commands: "unassigned" */
	const char *title; /* "Unassigned" */
	const char *query;
	const char *columns; /* "number;name;…" NULL: default */
	const char *sort;    /* "-updated"; NULL: default */
	const char *share;   /* "everyone", "private:AGENT", "team:TEAM;team:TEAM"; NULL: everyone */
	const char *author;  /* the agent who made it by command, "" the administrator; NULL: built in or configured */
};
/* By name or title, any case, blanks, - and _ alike; NULL. */
const struct pd_view *pd_view_find(const char *name);
const struct pd_view *pd_view_at(size_t index); /* NULL after the last */
/* A view as the desk has it: built-in ones with what [view NAME] adds to them (a further query, columns, sort), then
 * those of the configuration. agent: whose eyes; views that are not shared with it are none. NULL: all. In the arena. */
const struct pd_view *pd_view_in(struct pd_arena *arena, const struct pd_settings *settings,
				 const struct pd_agent *agent, const char *name);
struct pd_views {
	struct pd_view *items;
	size_t count, room;
};
struct pd_views pd_views_of(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_agent *agent);
/* The one of that name or title among them; NULL. */
const struct pd_view *pd_view_among(const struct pd_views *views, const char *name);
/* Is what is shared so ("everyone", "private:AGENT", "team:TEAM", several, NULL: everyone) for that agent's eyes? NULL
 * and administrators see all. */
bool pd_view_is_shared(struct pd_arena *arena, const struct pd_settings *settings, const char *share,
		       const struct pd_agent *agent);
/* Names that mean the same view give the same key. */
char *pd_view_key(struct pd_arena *arena, const char *name);

#endif

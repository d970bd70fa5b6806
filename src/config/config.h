/* The configuration: one table of options -> settings; every problem with file and line.
 *
 * Settings are one immutable snapshot, counted by references, so that a reload
 * swaps a pointer and needs no lock in those who still use the old one. */
#ifndef PD_CONFIG_CONFIG_H
#define PD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"

struct pd_where {
	const char *file; /* as given or made absolute */
	int line;	  /* 1 is the first; 0: the file as a whole, or a default */
};

/* What is wrong, collected: check tells everything at once. */
struct pd_problem {
	struct pd_where where;
	bool is_warning;
	const char *text;
};
struct pd_problems {
	struct pd_arena *arena; /* where texts are kept; set by the owner */
	struct pd_problem *items;
	size_t count, room;
	size_t errors; /* items that are not warnings */
};
void pd_problem_add(struct pd_problems *problems, struct pd_where where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void pd_warning_add(struct pd_problems *problems, struct pd_where where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "FILE:LINE: error: TEXT", a line each, in order of file and line. */
void pd_problems_print(const struct pd_problems *problems, FILE *out);

enum pd_status_kind { PD_STATUS_NEW, PD_STATUS_OPEN, PD_STATUS_WAITING, PD_STATUS_CLOSED, PD_STATUS_KINDS };
const char *pd_status_kind_name(enum pd_status_kind kind); /* "new" "open" "waiting" "closed" */
bool pd_status_kind_parse(const char *name, enum pd_status_kind *ret_kind);

enum pd_role { PD_ROLE_AGENT, PD_ROLE_ADMINISTRATOR, PD_ROLE_VIEWER };
enum pd_sees { PD_SEES_ALL, PD_SEES_TEAM, PD_SEES_OWN };

struct pd_status {
	enum pd_status_kind kind;
	const char *name;
	const char *was; /* the name that it had before; NULL: none */
};

struct pd_pipeline {
	const char *name;
	struct pd_where where;
	struct pd_strings was;		    /* names that it had before */
	PD_LIST(struct pd_status) statuses; /* in order; never empty */
};

struct pd_team {
	const char *name; /* the group's name: its identity */
	struct pd_where where;
	struct pd_strings members; /* names of agents */
	const char *calendar;	   /* NULL: none */
	enum pd_sees sees;	   /* default all */
	const char *notify_shows;  /* NULL: the mailbox's */
	struct pd_strings was;	   /* names that it had before */
};

struct pd_agent {
	const char *name; /* the group's name: its identity */
	struct pd_where where;
	const char *full_name;	     /* "name"; default the group's name */
	struct pd_strings addresses; /* lower case; the first is where mail goes */
	const char *login;	     /* SASL login */
	struct pd_strings certificates; /* names (CN) of TLS client certificates */
	const char *user;	     /* system login; NULL: none */
	enum pd_role role;
	struct pd_strings may; /* rights beyond the role's; has_may false: the role's default */
	bool has_may;
	struct pd_strings skills;
	const char *calendar, *jid, *language, *notify_shows; /* NULL: none, the desk's */
	const char *team; /* primary team: "team", else the first that lists the agent; NULL: none */
	struct pd_strings was; /* names that it had before */
};

/* A network that is reached through a gateway: its name is the source of tickets. */
struct pd_gateway {
	const char *name, *domain;
};

/* A component of an XMPP server. */
struct pd_chat {
	const char *name; /* the group's name: its identity, and what visitors write to before the @ */
	struct pd_where where;
	const char *component; /* its domain */
	const char *server;    /* inet:HOST:PORT or unix:PATH */
	const char *secret_file, *mailbox;
	bool transcript;
	const char *from; /* a mailbox's address; NULL: the mailbox's first */
	pd_time answer_within, idle;
	unsigned lines_per_minute, chats_per_hour;
	size_t line_size; /* bytes */
	struct pd_strings files; /* URLs that those of the own server's files begin with */
	size_t file_size;	 /* bytes */
	unsigned files_per_hour;
	PD_LIST(struct pd_gateway) gateways;
};

struct pd_localized {
	const char *language, *text; /* clean UTF-8 */
};

enum pd_auto_status { PD_AUTO_STATUS_NONE = -1 }; /* after_reply = none; else a pd_status_kind */

struct pd_mailbox {
	const char *name; /* the group's name: its identity */
	struct pd_where where;
	struct pd_strings addresses;  /* lower case; the first is From */
	const char *full_name;	      /* "name" as in From; default the group's name */
	const char *team;	      /* NULL: none */
	const struct pd_pipeline *pipeline;
	const char *sla;	      /* NULL: none */
	const char *language;
	bool acknowledge, notify_team;
	bool reply_address;	      /* a signed Reply-To for contacts; default yes */
	const char *acknowledgement;  /* file with the text; NULL: the built-in one */
	PD_LIST(struct pd_localized) acknowledgement_texts; /* what stands in it, and in those beside it, by language */
	int after_reply, after_answer; /* pd_status_kind, or PD_AUTO_STATUS_NONE */
	pd_time reopen_within;	      /* 0: unlimited */
	pd_time subject_window;
	bool tag_subject;	      /* " [#12]" at the subject's end of mail to contacts; default no */
	const char *notify_shows;     /* NULL: default */
	struct pd_strings was;	      /* names that it had before */
};

/* A group as it stands in the file, of any type; [calendar …] [sla …] [route …] [rule …] [view …]
 * [property …] and the like are kept in this form alone, and their features check them further. */
struct pd_setting {
	const char *key, *value;
	struct pd_where where;
};
struct pd_group {
	const char *type, *name; /* "view", "hot"; name "" for [digest] and the like without one */
	struct pd_where where;
	PD_LIST(struct pd_setting) settings;
};

/* A text or file that agents insert by name (config/texts.h). */
enum pd_text_kind {
	PD_TEXT_SNIPPET,
	PD_TEXT_TEMPLATE,
	PD_TEXT_ARTICLE,
	PD_TEXT_DOCUMENT,
	PD_TEXT_VIDEO,
	PD_TEXT_QUOTE,
	PD_TEXT_PLAYBOOK,
	PD_TEXT_KINDS
};
struct pd_text {
	enum pd_text_kind kind;
	const char *name;     /* the file's without its suffix */
	const char *file;     /* with it */
	const char *path;     /* absolute */
	const char *language; /* of its folder; NULL: of none */
	const char *body;     /* clean; NULL: it is no text, and read when it is sent */
	const char *title, *subject, *link, *preview; /* of its head; NULL */
	size_t size;	      /* bytes of the file */
};

/* What the rooms calendar and desk make of the settings, once. */
struct pd_calendars;
struct pd_policies;

struct pd_settings {
	const char *file;
	/* [postdesk] */
	const char *state, *user, *hostname, *lmtp, *milter, *submit, *authserv_id, *language, *timezone;
	const char *country_code;    /* "+358" or "358"; NULL or "": none */
	const char *national_prefix; /* what numbers at home begin with, "0"; may be "" */
	char delimiter;
	struct pd_strings priorities; /* lowest first; default low normal high urgent */
	const char *default_priority; /* "normal" */
	const char *templates;	      /* directory of texts; NULL: none */
	PD_LIST(struct pd_text) texts;
	struct pd_strings categories; /* default none */
	/* limits, each with a default in the table */
	size_t message_size_limit;  /* bytes, 52428800 */
	size_t message_in_database; /* bytes; larger ones are files; 131072 */
	unsigned lmtp_connections;  /* 64 */
	unsigned readers;	    /* reader processes; 0: one per processor, at least 2 */
	pd_time reader_deadline;    /* 10s */
	size_t reader_memory;	    /* bytes of address space, 512 MiB */
	const char *gpg, *gpgsm;    /* paths; NULL: signatures of that kind prove nothing */
	pd_time signature_deadline; /* 10s */
	bool tnef;		    /* take the files out of winmail.dat; no */
	size_t notify_attach_limit; /* bytes of attachments that a notification carries, 5 MiB; the others are named */
	unsigned acknowledge_per_address; /* a day, 3 */
	unsigned automatic_per_ticket;	  /* an hour, 10: mails to outsiders that no person wrote */
	unsigned automatic_per_hour;	  /* in all, 1000 */
	unsigned hop_limit;		  /* Received fields, 50 */
	pd_time confirm_within;		  /* 48h */
	pd_time reply_address_expires;	  /* of agents, 90d */
	pd_time undo_send;		  /* 0: a reply leaves at once */
	pd_time keep_deleted;		  /* 90d */

	PD_LIST(struct pd_mailbox) mailboxes;
	PD_LIST(struct pd_team) teams;
	PD_LIST(struct pd_agent) agents;
	PD_LIST(struct pd_pipeline) pipelines;
	PD_LIST(struct pd_chat) chats;
	PD_LIST(struct pd_group) groups; /* all of them, in file order */

	/* Put here by flow before the snapshot is in force, and freed with it; NULL until then. */
	const struct pd_calendars *calendars;
	const struct pd_policies *policies; /* policies of goals (desk/goals.h) */
	struct pd_strings former_agents;    /* names that stood in configurations before, and no more */

	struct pd_arena *arena; /* owns everything */
	int references;		/* atomic */
};

/* Reads the file. Always fills problems with everything that is wrong; returns NULL where
 * any is an error, else a snapshot with one reference. */
struct pd_settings *pd_config_load(const char *file, struct pd_problems *problems);
/* As pd_config_load, but gives the snapshot also where there are errors, so that the rooms can tell what else is
 * wrong, and for nothing else. NULL: the file cannot be read. */
struct pd_settings *pd_config_read(const char *file, struct pd_problems *problems);
/* The same of a text, as pd_settings_text gives it; file: where relative names begin. */
struct pd_settings *pd_config_read_text(const char *file, const char *text, struct pd_problems *problems);
struct pd_settings *pd_settings_ref(struct pd_settings *settings);
void pd_settings_unref(struct pd_settings *settings); /* NULL is allowed */

/* The accepted text in one canonical form, for the store to keep by hash. */
char *pd_settings_text(struct pd_arena *arena, const struct pd_settings *settings);

/* Look-ups; NULL when there is none. Names are compared exactly, addresses without case. A name that a group had before
 * (`was`) finds it, unless another has it now: tickets keep the name that they were given. */
const struct pd_mailbox *pd_settings_mailbox(const struct pd_settings *settings, const char *name);
const struct pd_mailbox *pd_settings_mailbox_of(const struct pd_settings *settings, const char *address);
const struct pd_team *pd_settings_team(const struct pd_settings *settings, const char *name);
const struct pd_agent *pd_settings_agent(const struct pd_settings *settings, const char *name);
/* Is that its name, or one that it had? */
bool pd_agent_is(const struct pd_agent *agent, const char *name);
const struct pd_agent *pd_settings_agent_of(const struct pd_settings *settings, const char *address);
const struct pd_agent *pd_settings_agent_user(const struct pd_settings *settings, const char *user);
/* Whose TLS client certificate bears this common name, exactly. */
const struct pd_agent *pd_settings_agent_certified(const struct pd_settings *settings, const char *name);
/* Who has that XMPP address (bare, without regard to case). */
const struct pd_agent *pd_settings_agent_jid(const struct pd_settings *settings, const char *jid);
const struct pd_chat *pd_settings_chat(const struct pd_settings *settings, const char *name);
const struct pd_pipeline *pd_settings_pipeline(const struct pd_settings *settings, const char *name);
/* The value of a key in a group, NULL when it is not there; ret_where (or NULL) says where it stands. */
const char *pd_group_value(const struct pd_group *group, const char *key, struct pd_where *ret_where);
bool pd_team_has(const struct pd_team *team, const char *agent);
/* The pipeline's first status of the kind; its first status when it has none of it. */
const struct pd_status *pd_pipeline_first(const struct pd_pipeline *pipeline, enum pd_status_kind kind);
const struct pd_status *pd_pipeline_status(const struct pd_pipeline *pipeline, const char *name); /* folded compare */

#define PD_DEFAULT_CONFIG PD_SYSCONFDIR "/postdesk/postdesk.conf"

#endif

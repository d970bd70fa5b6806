/* The one table of options: the loader, the checks and postdesk.conf(5) are all made from it. */
#ifndef PD_CONFIG_OPTION_H
#define PD_CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

/* What a value is, and the C type at the option's offset. */
enum pd_option_type {
	PD_OPTION_TEXT,	       /* const char *; NULL when empty */
	PD_OPTION_BOOLEAN,     /* bool */
	PD_OPTION_DURATION,    /* pd_time */
	PD_OPTION_WITHIN,      /* pd_time; "unlimited" is 0 */
	PD_OPTION_DELAY,       /* pd_time; "none" is 0 */
	PD_OPTION_SIZE,	       /* size_t; bytes, with k, M or G */
	PD_OPTION_COUNT,       /* unsigned */
	PD_OPTION_DELIMITER,   /* char */
	PD_OPTION_CHOICE,      /* int: which of `values` */
	PD_OPTION_WORD,	       /* const char *: one of `values` */
	PD_OPTION_LIST,	       /* struct pd_strings */
	PD_OPTION_WORDS,       /* struct pd_strings: each one of `values` */
	PD_OPTION_ADDRESSES,   /* struct pd_strings, lower case */
	PD_OPTION_NAME,	       /* const char *: a group of the type `values` */
	PD_OPTION_NAMES,       /* struct pd_strings: groups of the type `values` */
	PD_OPTION_FILE,	       /* const char *, made absolute */
	PD_OPTION_FILES,       /* struct pd_strings, made absolute */
	PD_OPTION_HOST,	       /* const char *: a domain name */
	PD_OPTION_SOCKET,      /* const char *: unix:PATH (made absolute) or inet:HOST:PORT */
	PD_OPTION_SERVER,      /* const char *: HOST:PORT, inet:HOST:PORT or unix:PATH; kept as the latter two */
	PD_OPTION_SUBMIT,      /* const char *: smtp://HOST:PORT or sendmail:PATH */
	PD_OPTION_ZONE,	       /* const char *: a time zone's name */
	PD_OPTION_STATUSES,    /* the pipeline's list */
	PD_OPTION_STATUS_WAS,  /* NEW:OLD for statuses of the same pipeline */
	PD_OPTION_AUTO_STATUS, /* int: a status kind, or "none" */
	PD_OPTION_GOAL,	       /* a duration, working days ("3wd"), or off */
	PD_OPTION_SHOWS,       /* const char *: what a notification tells */
	PD_OPTION_COLUMNS,     /* property names */
	PD_OPTION_SORT,	       /* property names, each with - for the other way round */
	PD_OPTION_SHARE,       /* everyone, private:AGENT, team:TEAM */
	PD_OPTION_ASSIGN,      /* round-robin, least-loaded or an agent */
};

#define PD_NO_PLACE ((size_t)-1)

struct pd_option {
	const char *group; /* type of group */
	const char *key; /* "gateway NAME": many keys, each with a name of its own behind a blank */
	enum pd_option_type type;
	const char *initial; /* the default, written as in a file; NULL: none */
	const char *values;  /* words separated by ';', or a type of group; NULL: any */
	size_t offset;	     /* in the group's struct; PD_NO_PLACE: kept in pd_group alone */
	const char *text;    /* for the manual */
};

enum pd_group_naming { PD_GROUP_NAMELESS, PD_GROUP_NAMED, PD_GROUP_MAY_BE_NAMED };

struct pd_group_type {
	const char *name;
	enum pd_group_naming naming;
	bool is_idle; /* checked, and not acted upon by this version */
	const char *text;
};

extern const struct pd_group_type pd_group_types[];
extern const size_t pd_group_type_count;
extern const struct pd_option pd_options[];
extern const size_t pd_option_count;

const struct pd_group_type *pd_group_type_find(const char *name);
const struct pd_option *pd_option_find(const char *group, const char *key);
/* The name in a key of many: "facebook" of "gateway facebook"; NULL: the option has one key alone, or the key is another. */
const char *pd_option_key_name(const struct pd_option *option, const char *key);
/* The words of option->values; the type of group for names. */
struct pd_strings pd_option_words(struct pd_arena *arena, const struct pd_option *option);

#endif

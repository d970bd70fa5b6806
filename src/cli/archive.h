/* Tickets of another desk, or of this one, as they lie in an archive: one after another, each with its mails, comments
 * and what stood of it at the end. Whoever reads an archive fills these; cli/import.c sends them on. */
#ifndef PD_CLI_ARCHIVE_H
#define PD_CLI_ARCHIVE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"

struct pd_archive_entry {
	const char *as;	      /* "in" "out" "comment"; NULL: its sender tells */
	const char *by;	      /* the agent's name here; NULL: unknown */
	pd_time at;	      /* when it came; 0: as its Date says */
	struct pd_bytes mail; /* RFC 5322 */
};

struct pd_archive_ticket {
	const char *key;  /* names it for ever among all archives: "rt:12" */
	int64_t number;	  /* as it was; 0: not worth keeping */
	const char *name;
	const char *mailbox; /* where it was: a mailbox's name here, if there is one; NULL */
	const char *contact, *contact_name; /* NULL: none */
	pd_time created, closed, updated;   /* 0: unknown */
	struct pd_strings values;	    /* PROPERTY=VALUE */
	PD_LIST(struct pd_archive_entry) entries; /* oldest first */
};

/* Takes each ticket in order, with an arena of its own; false stops. */
typedef bool (*pd_archive_each)(void *data, struct pd_arena *arena, const struct pd_archive_ticket *ticket);

/* The desks whose exports are read: "rt" "zammad" "znuny" "osticket". NULL at the end. */
extern const char *const pd_archive_desks[];
/* An export of that desk: a folder with a CSV file a table (NAME.csv, the first line names the columns; bytes as PostgreSQL
 * writes them, \\x…), a file of mysqldump --xml, or an SQLite database. PD_PERMANENT: it cannot be read, or a table
 * that is needed lacks. */
int pd_archive_tables(const char *desk, const char *path, pd_archive_each each, void *data, struct pd_error *error);

/* The numbers of the tickets that have a JSON file in the folder, in order (int64_t); NULL where it cannot be read. */
GArray *pd_archive_numbers(const char *path);
/* Is it a folder that `postdesk export --tickets` made? */
bool pd_archive_is_own(const char *path);
int pd_archive_own(const char *path, pd_archive_each each, void *data, struct pd_error *error);

/* Writes a mail as one of an mbox (mboxrd: "From " lines are quoted), after its "From " line. */
void pd_mbox_write(FILE *out, const char *from, pd_time date, const struct pd_bytes *raw);

/* A mail made of the pieces that a database keeps. Texts are UTF-8; header texts become one line. */
struct pd_archive_part {
	const char *name, *type, *content_id; /* content_id NULL: none */
	struct pd_bytes content;
};
struct pd_archive_mail {
	const char *from, *to, *cc, *subject; /* NULL: no field */
	const char *message_id, *in_reply_to, *references; /* as in the fields, with <>; NULL: none */
	pd_time date;
	const char *text, *html; /* NULL: none */
	PD_LIST(struct pd_archive_part) parts;
};
/* The same pieces give the same bytes. */
struct pd_bytes pd_archive_compose(struct pd_arena *arena, const struct pd_archive_mail *mail);

#endif

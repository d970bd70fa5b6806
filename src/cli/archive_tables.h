/* Tables of another desk's database in SQLite (cli/archive_tables.c). */
#ifndef PD_CLI_ARCHIVE_TABLES_H
#define PD_CLI_ARCHIVE_TABLES_H

#include <sqlite3.h>
#include <stdbool.h>
#include "base/error.h"

/* The path's forms are those of pd_archive_tables. Close it with sqlite3_close. */
int pd_tables_open(const char *path, sqlite3 **ret_db, struct pd_error *error);
/* Is there that table, with that column (NULL: any)? */
bool pd_tables_have(sqlite3 *db, const char *table, const char *column);

#endif

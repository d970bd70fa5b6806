/* Tables of another program's database, as they were dumped, to be asked in SQL.
 *
 * A dump is a folder with a CSV file a table (NAME.csv, the first line names the columns; bytes as PostgreSQL writes them,
 * \x and hexadecimal), a file of mysqldump --xml (--hex-blob for bytes), or an SQLite database, which is only read. */
#ifndef PD_STORE_FOREIGN_H
#define PD_STORE_FOREIGN_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"

struct pd_foreign;
struct pd_question;

/* PD_PERMANENT with file and line where the dump is broken. */
int pd_foreign_open(const char *path, struct pd_foreign **ret_foreign, struct pd_error *error);
/* NULL is allowed; questions are to be ended before. */
void pd_foreign_close(struct pd_foreign *foreign);
/* Is there that table, with that column (NULL: any)? */
bool pd_foreign_has(struct pd_foreign *foreign, const char *table, const char *column);
/* The table's columns in order; none where it lacks. */
struct pd_strings pd_foreign_columns(struct pd_foreign *foreign, struct pd_arena *arena, const char *table);
/* An empty table in place of one that the dump lacks. columns: "id, name". */
int pd_foreign_add(struct pd_foreign *foreign, const char *table, const char *columns, struct pd_error *error);
/* Makes asking by that column fast, where the database may be written; where the table lacks, nothing. */
void pd_foreign_index(struct pd_foreign *foreign, const char *table, const char *column);

/* The question in SQL; ?1 is its argument. PD_PERMANENT where the tables do not fit it. */
int pd_question_new(struct pd_foreign *foreign, const char *sql, struct pd_question **ret_question, struct pd_error *error);
void pd_question_end(struct pd_question *question); /* NULL is allowed */
/* Begins anew, with that argument (NULL: none): numbers of a dump are texts, too. */
void pd_question_ask(struct pd_question *question, const char *argument);
/* 1: a row; 0: no more; PD_PERMANENT. */
int pd_question_next(struct pd_question *question, struct pd_error *error);
/* Of the row: a copy; NULL where it is NULL or empty. */
const char *pd_question_text(struct pd_question *question, struct pd_arena *arena, int column);
struct pd_bytes pd_question_bytes(struct pd_question *question, struct pd_arena *arena, int column);

#endif

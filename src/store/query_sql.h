/* Inside the SQLite backend: a query on its way to SQL. */
#ifndef PD_STORE_QUERY_SQL_H
#define PD_STORE_QUERY_SQL_H

#include "store/sqlite.h"

struct pd_sql_parameter {
	const char *text; /* NULL: the number */
	int64_t number;
};

struct pd_sql_query {
	struct pd_arena *arena;
	struct pd_window *view;
	struct pd_connection *connection;
	bool has_deleted; /* the query asks for deleted tickets */
	bool has_waiting; /* `waiting` was read */
	struct pd_document_list waiting;
	struct pd_buf sql;
	PD_LIST(struct pd_sql_parameter) parameters;
};
/* Appends the condition on a row of the table ticket. */
void pd_sql_query_put(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_query_bind(struct pd_sql_query *q, sqlite3_stmt *statement);

/* How values compare, as pd_query_matches does; wanted is folded already (query_match.c). */
enum pd_match {
	PD_MATCH_WHOLE,
	PD_MATCH_PREFIX,
	PD_MATCH_GLOB,
	PD_MATCH_PART,
	PD_MATCH_LINES = 8, /* any line of the value may match */
};
bool pd_match(const char *value, const char *wanted, int mode);
/* pd_match, pd_compare, pd_digits and pd_description, as functions of SQL. */
int pd_sql_functions(struct pd_connection *connection, struct pd_error *error);

#endif

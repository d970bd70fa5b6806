/* Inside the SQLite backend: a query on its way to SQL. */
#ifndef PD_STORE_QUERY_SQL_H
#define PD_STORE_QUERY_SQL_H

#include "store/sqlite.h"

/* The ticket where that of an event leads; and the tickets whose events are those of the row's. */
#define PD_SQL_ROOT(column) "coalesce((SELECT root FROM absorbed WHERE absorbed.number = " column "), " column ")"
#define PD_SQL_PARTS "(SELECT ticket.number UNION ALL SELECT number FROM absorbed WHERE root = ticket.number)"

struct pd_sql_parameter {
	const char *text; /* NULL: the number */
	int64_t number;
};

/* How many a condition names, as far as was counted. */
struct pd_counted {
	const struct pd_query *query;
	int64_t count, limit;
};

/* Values of a column that a condition asks for, as an index has them. */
struct pd_sql_values {
	const struct pd_query *query;
	const char *column;
	struct pd_strings values;
};
/* How words are looked for: as words; gathered by the index, by how they begin; or in documents themselves. */
enum pd_words_way { PD_WORDS_ASKED_FOR, PD_WORDS_GATHERED, PD_WORDS_LOOKED_FOR };
struct pd_sql_words {
	const struct pd_query *query;
	enum pd_words_way way;
	const char *match; /* for the index; NULL: no word is asked for */
	size_t count;	   /* of words, where they are asked for */
	int64_t places;	   /* of those that are gathered */
};
/* What was read once for a query, whatever ways to its tickets are tried. */
struct pd_sql_memo {
	PD_LIST(struct pd_sql_values) values;
	PD_LIST(struct pd_sql_words) words;
};

struct pd_sql_query {
	struct pd_arena *arena;
	struct pd_window *view;
	struct pd_connection *connection;
	struct pd_sql_memo *memo;
	bool has_deleted; /* the query asks for deleted tickets */
	bool has_waiting; /* `waiting` was read */
	struct pd_document_list waiting;
	/* How the tickets are found (query_plan.c). */
	const struct pd_query
		*driver; /* the condition whose set of numbers leads; NULL: an index or the order does */
	bool is_by_row;	 /* words that many tickets have are looked for ticket by ticket */
	PD_LIST(const struct pd_query *) common; /* … which these are */
	PD_LIST(struct pd_counted) counted;
	const struct pd_query *const *all; /* conditions that must all hold */
	size_t all_count;
	PD_LIST(const struct pd_query *) as_sets; /* asked for as sets, though the ticket's row would tell */
	/* Of sets, only tickets from that number on are asked for, and entries from that event on; 0: all are. */
	int64_t since_number, since_event;
	bool is_patient; /* a moment is a longer one */
	bool is_few; /* few tickets are asked for then */
	int64_t window; /* so many of the newest, with numbers that nothing has, too; 0: all */
	struct pd_buf sql;
	PD_LIST(struct pd_sql_parameter) parameters;
};
/* Appends the condition on a row of the table ticket. */
void pd_sql_query_put(struct pd_sql_query *q, const struct pd_query *query);
/* Appends a SELECT of the numbers of the tickets that match, where the condition is of a kind that names them
 * (words, people, values with rows or an index of their own); false: it is not, and nothing is appended. */
bool pd_sql_query_put_set(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_query_bind(struct pd_sql_query *q, sqlite3_stmt *statement);

/* Where the set is found by words: appends the start of a SELECT and the words to match, as a parameter; else
 * false. */
bool pd_sql_query_put_documents(struct pd_sql_query *q, const struct pd_query *query, const char *start);
/* Pieces (query_put.c). */
/* The same query with a statement of its own, yet empty. */
struct pd_sql_query pd_sql_part(const struct pd_sql_query *q);
void pd_sql_put(struct pd_sql_query *q, const char *sql);
void pd_sql_put_number(struct pd_sql_query *q, int64_t number);
void pd_sql_put_text(struct pd_sql_query *q, const char *text);
/* " AND column >= …" where older tickets are not asked for; of the index's documents those of entries, from the first
 * that is asked for. */
void pd_sql_put_since(struct pd_sql_query *q, const char *column);
const char *pd_sql_ticket_contact(const struct pd_sql_query *q);
void pd_sql_put_since_event(struct pd_sql_query *q, const char *column);
void pd_sql_put_root(struct pd_sql_query *q, int64_t number); /* the ticket where that number leads */
void pd_sql_put_match(struct pd_sql_query *q, const char *column, const char *value, int mode);
void pd_sql_put_in(struct pd_sql_query *q);
void pd_sql_put_time(struct pd_sql_query *q, const char *column, const struct pd_query *query);
void pd_sql_put_belonging(struct pd_sql_query *q, const struct pd_query *query, bool is_owner); /* owner, team */
void pd_sql_put_value_set(struct pd_sql_query *q, const char *property, const struct pd_query *query);
void pd_sql_put_list(struct pd_sql_query *q, const char *column, const struct pd_strings *values);
int pd_sql_match_mode(const struct pd_query *query, bool is_part);
void pd_sql_read_waiting(struct pd_sql_query *q); /* fills q->waiting, once */

/* Values that an index holds few different ones of (query_sql.c): does a stored one match; adds those that do, one seek
 * each: next takes (prefix, last value). */
bool pd_sql_matches_stored(const struct pd_query *query, const char *stored);
void pd_sql_collect(struct pd_sql_query *q, sqlite3_stmt *next, const char *text_prefix, int64_t prefix,
		    const struct pd_query *query, struct pd_strings *ret_values);
/* A list that stays with the query, for the values of that column; ret_is_new: they are to be read. */
struct pd_strings *pd_sql_values(struct pd_sql_query *q, const struct pd_query *query, const char *column, bool *ret_is_new);
/* Sets of a field of the ticket's own by its index (query_index.c); false: it has none that serves, and nothing is
 * appended. */
bool pd_sql_put_index_set(struct pd_sql_query *q, const struct pd_query *query);

/* Conditions and their sets (query_people.c, query_words.c). */
void pd_sql_put_people(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_put_people_set(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_put_correspondents(struct pd_sql_query *q, const struct pd_query *query);
bool pd_sql_put_correspondents_set(struct pd_sql_query *q, const struct pd_query *query); /* false: no set */
/* The words that a value's matches have for certain; NULL: none, or only parts of words. */
const char *pd_sql_sure_phrase(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_put_full_text(struct pd_sql_query *q, const struct pd_query *query);
void pd_sql_put_text_set(struct pd_sql_query *q, const struct pd_query *query);

/* The words of a value as FTS5 takes them without a syntax error for any input: one quoted phrase. NULL: no
 * word. */
char *pd_sql_phrase(struct pd_arena *arena, const char *value, bool is_prefix);
/* Words that are known by how they begin (query_prefix.c): those of a value, read once for a query; of a text. */
const struct pd_sql_words *pd_sql_words(struct pd_sql_query *q, const struct pd_query *query, const char *value, bool is_prefix);
const struct pd_sql_words *pd_sql_text_words(struct pd_sql_query *q, const struct pd_query *query);
/* Is any text of the query looked for that way? */
bool pd_sql_has_way(struct pd_sql_query *q, const struct pd_query *query, enum pd_words_way way);
/* From now on the index gathers all of them; PD_PERMANENT: that would take too long. */
int pd_sql_gather_words(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error);
/* Is the text in a document, as the desk itself would say? */
bool pd_sql_document_has(const struct pd_document *document, const struct pd_query *query);
/* The tickets that can match, as they were counted: perhaps more than do (query_count.c). */
void pd_sql_put_candidates(struct pd_sql_query *q, const struct pd_query *query);
/* Counting (query_count.c). */
#define PD_COUNT_LIMIT 10000 /* nothing is counted further, but for words */
#define PD_SET_LIMIT   5000  /* a set that is gathered beside others */
struct pd_conditions {
	const struct pd_query *items[64]; /* all must hold */
	size_t count;
};
bool pd_sql_is_field(const struct pd_query *query, const char *field);
bool pd_sql_is_time(const struct pd_query *query);
int64_t pd_sql_least_of(int64_t a, int64_t b);
/* The statement with its parameters; NULL: *ret_failed tells why. */
sqlite3_stmt *pd_sql_query_prepare(struct pd_sql_query *q, struct pd_sql_query *part, int *ret_failed, struct pd_error *error);
/* How many tickets (or documents) a condition names, up to the limit: what is larger need not be known. INT64_MAX: it
 * names none by itself. */
int64_t pd_sql_count_set(struct pd_sql_query *q, const struct pd_query *query, int64_t limit, struct pd_error *error,
			 int *ret_failed);
/* Of those conditions that an index of classes serves together (second: "owner", "team"). ret_is_whole: these are all. */
int64_t pd_sql_count_index(struct pd_sql_query *q, const struct pd_conditions *all, const char *second,
			   const char *table, bool *ret_is_whole, struct pd_error *error, int *ret_failed);
/* A page of the numbers of the tickets that match, in order (query_plan.c). */
struct pd_numbers {
	int64_t *items;
	size_t count, room;
};
struct pd_page {
	const char *order; /* "ORDER BY …" */
	const char *table; /* what gives that order by itself: "ticket INDEXED BY …", "ticket NOT INDEXED";
			      NULL: nothing */
	bool is_newest_first;  /* the order is that of numbers, the largest first */
	const char *condition; /* without which that index does not serve; NULL: none */
	size_t limit, offset;
};
int pd_sql_query_run(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
		     struct pd_numbers *ret_numbers, struct pd_error *error);
/* The same along the order of page->table alone. ret_done false: it would take longer than a moment. */
int pd_sql_query_follow(struct pd_sql_query *q, const struct pd_query *query, const struct pd_page *page,
			struct pd_numbers *ret_numbers, bool *ret_done, struct pd_error *error);

/* When which way is taken; a test takes all of them. */
struct pd_query_limits {
	int rare;   /* so many tickets are fetched and sorted within milliseconds */
	int newest; /* so many of the newest tickets are looked through first */
	int common; /* words of so many documents are looked for ticket by ticket, where that can be */
	int moment; /* steps of SQLite's machine */
	int people; /* contacts of so many tickets are looked for ticket by ticket, where that can be */
	int words;  /* so many that begin alike are asked for by themselves */
	int places; /* of words that begin alike: fewer are gathered by the index */
	int documents; /* so many are looked at in a moment */
};
extern struct pd_query_limits pd_query_limits;

/* How values compare, as pd_query_matches does; wanted is folded already (query_match.c). */
enum pd_match {
	PD_MATCH_WHOLE,
	PD_MATCH_PREFIX,
	PD_MATCH_GLOB,
	PD_MATCH_PART,
	PD_MATCH_LINES = 8, /* any line of the value may match */
};
bool pd_match(const char *value, const char *wanted, int mode);
/* pd_match, pd_compare, pd_digits, pd_description, pd_property and pd_says, as functions of SQL. */
int pd_sql_functions(struct pd_connection *connection, struct pd_error *error);

#endif

/* Between the two halves of the query parser: the grammar (query.c) and what values mean (query_value.c). */
#ifndef PD_DESK_QUERY_PARSER_H
#define PD_DESK_QUERY_PARSER_H

#include "base/error.h"
#include "desk/query.h"

struct query_parser {
	struct pd_arena *arena;
	const struct pd_settings *settings;
	const struct pd_views *known_views; /* the asker's; NULL: those of the configuration */
	const char *text, *at; /* valid UTF-8 */
	const char *me;
	const char *language; /* of the asker */
	pd_time now;
	struct pd_error *error;
	const char *view; /* the view whose query this is; NULL: what was asked */
	struct query_parser *outer; /* what names that view, there; NULL: what was asked */
	const char *outer_at;
	unsigned depth, terms, views;
	bool is_in_phone; /* within what is a phone number as a whole */
};

struct query_term {
	const char *at, *value_at;
	const char *field; /* folded */
	enum pd_compare compare;
	const char *value;
	bool is_quoted; /* then `me`, `none` and `*` are themselves */
};

/* What is wrong there, said in the asker's language. */
int pd_query_fail(struct query_parser *in, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int pd_query_wrong(struct query_parser *in, const char *at, const char *text);
struct pd_query *pd_query_node(struct query_parser *in, enum pd_query_op op, const char *at);
/* The node of `field:value`. */
int pd_query_term(struct query_parser *in, const struct query_term *term, struct pd_query **ret_query);
/* Phone numbers as people write them (query_phone.c). The digits of such a text, at least `least` of them; NULL: it is
 * none, or digits alone. */
const char *pd_query_digits(struct pd_arena *arena, const char *text, size_t least);
/* The digits of the other spelling of a number, at home or from abroad (desk/people.h); NULL: it has one. */
const char *pd_query_phone_elsewhere(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
#define PD_PHONE_DIGITS_MIN 5 /* as pd_phone takes them */
/* The length of the words that together are one here; 0: none stands here. */
size_t pd_query_phone_len(struct pd_arena *arena, const char *at);
int pd_query_run(struct query_parser *in, struct pd_query **ret_query);

#endif

/* A query as a person would type it. What is printed can be parsed again and means the same, but for `me`,
 * views, ages and days, which are printed as what they stood for. Cannot fail. */
#include "desk/query.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* Would the parser cut it, or take it for something else? */
static bool is_cut(const char *value)
{
	return *value == '\0' || strpbrk(value, " \t\r\n()*\"") != NULL || strstr(value, "\u00a0") != NULL;
}

static void put_value(struct pd_buf *out, const char *value, bool is_plain)
{
	bool needs_quotes = !is_plain && (is_cut(value) || strpbrk(value, "<>=") != NULL ||
					  pd_equal_nocase(value, "me") || pd_equal_nocase(value, "none"));
	if (needs_quotes)
		pd_buf_addc(out, '"');
	pd_buf_adds(out, value);
	if (needs_quotes)
		pd_buf_addc(out, '"');
}

static void put_one(struct pd_arena *arena, struct pd_buf *out, const struct pd_query *query,
		    const char *value)
{
	static const char *const signs[] = {[PD_IS] = "",
					    [PD_LESS] = "<",
					    [PD_LESS_EQUAL] = "<=",
					    [PD_GREATER] = ">",
					    [PD_GREATER_EQUAL] = ">="};
	bool is_time = strcmp(query->field, "created") == 0 || strcmp(query->field, "updated") == 0 ||
		       strcmp(query->field, "closed") == 0 || strcmp(query->field, "due") == 0;
	pd_buf_addf(out, "%s:%s", query->field, signs[query->compare]);
	if (value == NULL)
		pd_buf_adds(out, "none");
	else if (is_time)
		pd_buf_adds(out, query->time != 0 ? pd_time_rfc3339(arena, query->time) : value);
	else
		put_value(out, value, query->is_prefix || query->has_glob);
	if (query->is_prefix)
		pd_buf_addc(out, '*');
}

static void put_field(struct pd_arena *arena, struct pd_buf *out, const struct pd_query *query)
{
	bool is_span = query->compare == PD_IS && query->time_end != 0 && query->value != NULL;
	if (is_span) {
		struct pd_query from = *query, to = *query;
		from.compare = PD_GREATER_EQUAL;
		to.compare = PD_LESS;
		to.time = query->time_end;
		pd_buf_addc(out, '(');
		put_one(arena, out, &from, query->value);
		pd_buf_addc(out, ' ');
		put_one(arena, out, &to, query->value);
		pd_buf_addc(out, ')');
		return;
	}
	if (query->values.count < 2) {
		put_one(arena, out, query, query->value);
		return;
	}
	pd_buf_addc(out, '(');
	for (size_t i = 0; i < query->values.count; i++) {
		pd_buf_adds(out, i > 0 ? " OR " : "");
		put_one(arena, out, query, query->values.items[i]);
	}
	pd_buf_addc(out, ')');
}

static void put(struct pd_arena *arena, struct pd_buf *out, const struct pd_query *query, bool is_inner)
{
	bool is_phrase;
	switch (query->op) {
	case PD_QUERY_ALL:
		break;
	case PD_QUERY_AND:
	case PD_QUERY_OR:
		pd_buf_adds(out, is_inner ? "(" : "");
		put(arena, out, query->left, query->left->op != query->op);
		pd_buf_adds(out, query->op == PD_QUERY_OR ? " OR " : " ");
		put(arena, out, query->right, true);
		pd_buf_adds(out, is_inner ? ")" : "");
		break;
	case PD_QUERY_NOT:
		/* Not of everything: what `team:me` is without a team. No number is below one. */
		if (query->left->op == PD_QUERY_ALL) {
			pd_buf_adds(out, "number:<1");
			break;
		}
		pd_buf_addc(out, '-');
		put(arena, out, query->left, true);
		break;
	case PD_QUERY_FIELD:
		put_field(arena, out, query);
		break;
	case PD_QUERY_TEXT:
		is_phrase = is_cut(query->value) || strchr(query->value, ':') != NULL ||
			    pd_starts(query->value, "-") || strcmp(query->value, "AND") == 0 ||
			    strcmp(query->value, "OR") == 0 || strcmp(query->value, "NOT") == 0;
		pd_buf_addf(out, is_phrase ? "\"%s\"" : "%s", query->value);
		pd_buf_adds(out, query->is_prefix ? "*" : "");
		break;
	}
}

char *pd_query_text(struct pd_arena *arena, const struct pd_query *query)
{
	PD_AUTO_BUF out = {0};
	put(arena, &out, query, false);
	return pd_buf_string(arena, &out);
}

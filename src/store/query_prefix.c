/* Words that are known by how they begin.
 *
 * The index gathers every place of every word that begins so before it gives the first one, be they millions, and
 * nothing stops it meanwhile. So the words are read from its vocabulary first. A few are asked for by themselves, as if
 * somebody had written each. Of many the places are counted: few are gathered by the index. If these are many, too, it
 * is likely that the next document has one: documents are looked at themselves, a ticket at a time.
 *
 * Promises: whichever way, the same tickets. Fails as statements do; PD_PERMANENT where neither way ends soon. */
#include "store/query_sql.h"

#include <string.h>

#define GATHERED_MAX 500000 /* places that the index may gather where nothing else is left */

/* How many places the words have that begin so, up to the limit. */
static int64_t count_places(struct pd_sql_query *q, const char *start, int64_t limit, struct pd_error *error, int *ret_failed)
{
	int64_t count = 0;
	sqlite3_stmt *select = SQL(q->connection, "SELECT count(*) FROM (SELECT 1 FROM vocabulary WHERE term >= ? AND term < ?"
						  " LIMIT ?)");
	pd_sql_bind(select, "ssi", start, pd_printf(q->arena, "%s\xff", start), limit);
	if (pd_sql_row(q->connection, select, ret_failed, error)) {
		count = sqlite3_column_int64(select, 0);
		sqlite3_reset(select);
	}
	return count;
}

/* The last word of a phrase as pd_sql_phrase writes it without a star. */
static const char *last_word(struct pd_arena *arena, const char *phrase, size_t *ret_at)
{
	size_t end = strlen(phrase) - 1, at = end;
	while (phrase[at - 1] != ' ' && phrase[at - 1] != '"')
		at--;
	*ret_at = at;
	return pd_strndup(arena, phrase + at, end - at);
}

/* Reads the words, one seek each; false: there are more than so many. */
static bool read_words(struct pd_sql_query *q, const char *start, size_t most, struct pd_strings *words,
		       struct pd_error *error, int *ret_failed)
{
	sqlite3_stmt *next = SQL(q->connection, "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT 1");
	const char *from = start, *until = pd_printf(q->arena, "%s\xff", start);
	for (;;) {
		pd_sql_bind(next, "ss", from, until);
		if (!pd_sql_row(q->connection, next, ret_failed, error))
			return true;
		const char *word = pd_sql_text(q->arena, next, 0);
		sqlite3_reset(next);
		if (words->count == most)
			return false;
		*pd_list_add(q->arena, words) = word;
		from = pd_printf(q->arena, "%s\x01", word); /* no word has that character */
	}
}

static const char *any_of(struct pd_arena *arena, const char *phrase, size_t head, const struct pd_strings *words)
{
	PD_AUTO_BUF match = {0};
	pd_buf_addc(&match, '(');
	for (size_t i = 0; i < words->count; i++) {
		pd_buf_adds(&match, i > 0 ? " OR " : "");
		pd_buf_add(&match, phrase, head);
		pd_buf_addf(&match, "%s\"", words->items[i]);
	}
	pd_buf_addc(&match, ')');
	return pd_buf_string(arena, &match);
}

const struct pd_sql_words *pd_sql_words(struct pd_sql_query *q, const struct pd_query *query, const char *value, bool is_prefix)
{
	for (size_t i = 0; i < q->memo->words.count; i++)
		if (q->memo->words.items[i].query == query)
			return &q->memo->words.items[i];
	struct pd_sql_words words = {.query = query, .match = pd_sql_phrase(q->arena, value, is_prefix), .count = 1};
	if (words.match != NULL && is_prefix) {
		size_t head;
		struct pd_strings all = {0};
		struct pd_error error;
		int failed = 0;
		const char *phrase = pd_sql_phrase(q->arena, value, false), *start = last_word(q->arena, phrase, &head);
		if (read_words(q, start, (size_t)pd_query_limits.words, &all, &error, &failed)) {
			words.count = all.count;
			if (all.count > 0)
				words.match = any_of(q->arena, phrase, head, &all);
		} else {
			words.places = count_places(q, start, pd_query_limits.places, &error, &failed);
			words.way = words.places < pd_query_limits.places ? PD_WORDS_GATHERED : PD_WORDS_LOOKED_FOR;
		}
		if (failed)
			pd_window_fail(q->view, &error);
	}
	struct pd_sql_words *kept = pd_list_add(q->arena, &q->memo->words);
	*kept = words;
	return kept;
}

const struct pd_sql_words *pd_sql_text_words(struct pd_sql_query *q, const struct pd_query *query)
{
	return pd_sql_words(q, query, query->value, query->is_prefix);
}

bool pd_sql_has_way(struct pd_sql_query *q, const struct pd_query *query, enum pd_words_way way)
{
	if (query == NULL)
		return false;
	if (query->op == PD_QUERY_TEXT)
		return pd_sql_text_words(q, query)->way == way;
	return pd_sql_has_way(q, query->left, way) || pd_sql_has_way(q, query->right, way);
}

int pd_sql_gather_words(struct pd_sql_query *q, const struct pd_query *query, struct pd_error *error)
{
	int failed = 0;
	if (query->op == PD_QUERY_TEXT && pd_sql_text_words(q, query)->way == PD_WORDS_LOOKED_FOR) {
		size_t head;
		const char *phrase = pd_sql_phrase(q->arena, query->value, false);
		const int64_t places = count_places(q, last_word(q->arena, phrase, &head), GATHERED_MAX, error, &failed);
		if (!failed && places >= GATHERED_MAX)
			return pd_fail(error, PD_PERMANENT, "too many words begin with “%s”: write more of the word", query->value);
		for (size_t i = 0; i < q->memo->words.count; i++)
			if (q->memo->words.items[i].query == query)
				q->memo->words.items[i].way = PD_WORDS_GATHERED;
	}
	if (!failed && query->left != NULL)
		failed = pd_sql_gather_words(q, query->left, error);
	if (!failed && query->right != NULL)
		failed = pd_sql_gather_words(q, query->right, error);
	return failed;
}

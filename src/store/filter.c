/* Which keys the desk has certainly never had: a Bloom filter over Message-IDs and marks, of which nearly every mail
 * asks for some that are new.
 *
 * Promises: where pd_filter_lacks says true, no committed row has the key, nor has the transaction that is open. A key
 * is added before its row is committed, so that this holds for snapshots that begin at any time. Fails: never; a full
 * filter, or none, says false. */
#include "store/sqlite.h"

#include <stdlib.h>

/* Words of 64 bits: 1 MiB at least, for 800,000 keys; 8 MiB at most. */
#define WORDS_MIN ((size_t)1 << 17)
#define WORDS_MAX ((size_t)1 << 20)

struct pd_filter {
	size_t mask; /* of bits */
	_Atomic uint64_t words[];
};

struct pd_filter *pd_filter_new(int64_t keys)
{
	size_t words = WORDS_MIN;
	while (words < WORDS_MAX && words * 4 < (size_t)keys) /* sixteen bits a key */
		words *= 2;
	struct pd_filter *filter = calloc(1, sizeof *filter + words * sizeof *filter->words);
	if (filter == NULL)
		abort();
	filter->mask = words * 64 - 1;
	return filter;
}

void pd_filter_free(struct pd_filter *filter)
{
	free(filter);
}

/* The keys are hashes already: four pieces of them are four places. */
static void places_of(const struct pd_filter *filter, struct pd_key key, size_t ret_places[4])
{
	const uint64_t a = (uint64_t)key.a, b = (uint64_t)key.b;
	ret_places[0] = (size_t)a & filter->mask;
	ret_places[1] = (size_t)(a >> 32) & filter->mask;
	ret_places[2] = (size_t)b & filter->mask;
	ret_places[3] = (size_t)(b >> 32) & filter->mask;
}

void pd_filter_add(struct pd_filter *filter, struct pd_key key)
{
	size_t places[4];
	if (filter == NULL)
		return;
	places_of(filter, key, places);
	for (int i = 0; i < 4; i++)
		atomic_fetch_or(&filter->words[places[i] / 64], (uint64_t)1 << places[i] % 64);
}

bool pd_filter_lacks(struct pd_filter *filter, struct pd_key key)
{
	size_t places[4];
	if (filter == NULL)
		return false;
	places_of(filter, key, places);
	for (int i = 0; i < 4; i++)
		if ((atomic_load(&filter->words[places[i] / 64]) >> places[i] % 64 & 1) == 0)
			return true;
	return false;
}

static int add_all(struct pd_filter *filter, struct pd_connection *connection, sqlite3_stmt *select,
		   struct pd_error *error)
{
	int failed = 0;
	while (pd_sql_row(connection, select, &failed, error))
		pd_filter_add(filter, (struct pd_key){sqlite3_column_int64(select, 0), sqlite3_column_int64(select, 1)});
	return failed;
}

int pd_filter_load(struct pd_connection *connection, struct pd_filter **ret_filter, struct pd_error *error)
{
	const int64_t keys = pd_sql_number(connection, "SELECT (SELECT count(*) FROM known_id) +"
						       " (SELECT count(*) FROM mark)");
	struct pd_filter *filter = pd_filter_new(keys);
	int failed = add_all(filter, connection, SQL(connection, "SELECT key_a, key_b FROM known_id"), error);
	if (!failed)
		failed = add_all(filter, connection, SQL(connection, "SELECT key_a, key_b FROM mark"), error);
	if (failed) {
		pd_filter_free(filter);
		return failed;
	}
	*ret_filter = filter;
	return 0;
}

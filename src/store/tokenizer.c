/* The words of texts for the full-text index, as FTS5's own tokenizer unicode61 has them, in less time.
 *
 * Most words of most mails are ASCII throughout. Those are told here, by a table of bytes; a stretch between two ASCII
 * characters that belong to no word, with anything else in it, is given to unicode61 itself. ASCII characters never
 * belong to another character in UTF-8, well formed or not, so that both see the same words.
 *
 * It takes the name of unicode61 on a connection, so that the index's file knows nothing of it. Promises: the same
 * words at the same places, with the options of the index; with others unicode61 alone is asked. Fails: as unicode61
 * does; where it cannot be registered, nothing changes. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#define SHORT 64 /* bytes of a word that is lowered here */

enum { NO_WORD, LOWER, UPPER, FOREIGN }; /* what a byte is */

#define TEN(x)	       x, x, x, x, x, x, x, x, x, x
#define TWENTY_SIX(x)  TEN(x), TEN(x), x, x, x, x, x, x
#define THIRTY_TWO(x)  TWENTY_SIX(x), x, x, x, x, x, x
static const unsigned char kinds[256] = {
	THIRTY_TWO(NO_WORD), TEN(NO_WORD),	NO_WORD, NO_WORD, NO_WORD, NO_WORD, NO_WORD, NO_WORD, /* up to / */
	TEN(LOWER),	     NO_WORD,		NO_WORD, NO_WORD, NO_WORD, NO_WORD, NO_WORD, NO_WORD, /* up to @ */
	TWENTY_SIX(UPPER),   NO_WORD,		NO_WORD, NO_WORD, NO_WORD, NO_WORD, NO_WORD,	      /* up to ` */
	TWENTY_SIX(LOWER),   NO_WORD,		NO_WORD, NO_WORD, NO_WORD, NO_WORD,		      /* up to DEL */
	THIRTY_TWO(FOREIGN), THIRTY_TWO(FOREIGN), THIRTY_TWO(FOREIGN), THIRTY_TWO(FOREIGN),
};

typedef int token_call(void *context, int flags, const char *token, int len, int start, int end);

/* unicode61, as it is registered by SQLite. */
struct original {
	fts5_tokenizer methods;
	void *data;
};

struct tokenizer {
	const struct original *original;
	Fts5Tokenizer *own; /* of the original */
	bool is_plain;	    /* made with the index's options */
};

static int create(void *data, const char **options, int count, Fts5Tokenizer **ret_tokenizer)
{
	const struct original *original = data;
	struct tokenizer *tokenizer = sqlite3_malloc(sizeof *tokenizer);
	if (tokenizer == NULL)
		return SQLITE_NOMEM;
	tokenizer->original = original;
	tokenizer->is_plain = count == 2 && strcmp(options[0], "remove_diacritics") == 0 && strcmp(options[1], "0") == 0;
	int code = original->methods.xCreate(original->data, options, count, &tokenizer->own);
	if (code != SQLITE_OK)
		sqlite3_free(tokenizer);
	else
		*ret_tokenizer = (Fts5Tokenizer *)(void *)tokenizer;
	return code;
}

static void drop(Fts5Tokenizer *face)
{
	struct tokenizer *tokenizer = (struct tokenizer *)(void *)face;
	tokenizer->original->methods.xDelete(tokenizer->own);
	sqlite3_free(tokenizer);
}

/* A stretch that the original looks through. */
struct stretch {
	void *context;
	token_call *each;
	int at;
	int code; /* the last that was answered, of which the original does not tell SQLITE_DONE */
};

static int each_of_stretch(void *data, int flags, const char *token, int len, int start, int end)
{
	struct stretch *stretch = data;
	stretch->code = stretch->each(stretch->context, flags, token, len, stretch->at + start, stretch->at + end);
	return stretch->code;
}

static int tell_lowered(void *context, token_call *each, const char *text, int start, int end)
{
	char word[SHORT];
	for (int i = start; i < end; i++)
		word[i - start] = (char)(kinds[(unsigned char)text[i]] == UPPER ? text[i] | 0x20 : text[i]);
	return each(context, 0, word, end - start, start, end);
}

static int tokenize(Fts5Tokenizer *face, void *context, int flags, const char *text, int len, token_call *each)
{
	struct tokenizer *tokenizer = (struct tokenizer *)(void *)face;
	const fts5_tokenizer *original = &tokenizer->original->methods;
	if (!tokenizer->is_plain)
		return original->xTokenize(tokenizer->own, context, flags, text, len, each);
	int code = SQLITE_OK;
	for (int at = 0; at < len && code == SQLITE_OK;) {
		unsigned seen = 0; /* kinds */
		while (at < len && kinds[(unsigned char)text[at]] == NO_WORD)
			at++;
		const int start = at;
		for (; at < len && kinds[(unsigned char)text[at]] != NO_WORD; at++)
			seen |= 1U << kinds[(unsigned char)text[at]];
		if (at == start)
			break;
		if ((seen & 1U << FOREIGN) != 0 || ((seen & 1U << UPPER) != 0 && at - start > SHORT)) {
			struct stretch stretch = {.context = context, .each = each, .at = start};
			code = original->xTokenize(tokenizer->own, &stretch, flags, text + start, at - start, each_of_stretch);
			code = code == SQLITE_OK ? stretch.code : code;
		} else if ((seen & 1U << UPPER) != 0) {
			code = tell_lowered(context, each, text, start, at);
		} else {
			code = each(context, 0, text + start, at - start, start, at);
		}
	}
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static fts5_api *api_of(sqlite3 *db)
{
	fts5_api *api = NULL;
	sqlite3_stmt *select = NULL;
	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &select, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(select, 1, (void *)&api, "fts5_api_ptr", NULL);
		(void)sqlite3_step(select);
	}
	sqlite3_finalize(select);
	return api;
}

void pd_tokenizer_register(sqlite3 *db)
{
	static fts5_tokenizer methods = {.xCreate = create, .xDelete = drop, .xTokenize = tokenize};
	fts5_api *api = api_of(db);
	struct original *original = calloc(1, sizeof *original);
	if (original == NULL)
		abort();
	if (api == NULL || api->xFindTokenizer(api, "unicode61", &original->data, &original->methods) != SQLITE_OK ||
	    original->methods.xTokenize == tokenize) {
		free(original);
		return;
	}
	(void)api->xCreateTokenizer(api, "unicode61", original, &methods, free);
}

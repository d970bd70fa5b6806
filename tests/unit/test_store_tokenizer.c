/* The index's tokenizer tells the words of unicode61, whatever the text. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/raw.h"
#include "check.h"
#include "store/sqlite.h"

enum { RANDOM_TEXTS = 4000, RANDOM_PIECES = 60 };

static struct {
	sqlite3 *db;
	fts5_tokenizer theirs, ours;
	void *their_data, *our_data;
	int texts;
} of;

/* All that is told of a text, in a line each. */
struct told {
	struct pd_buf buf;
	int stop_at, count; /* stop at that word; 0: never */
};

static int tell(void *data, int flags, const char *token, int len, int start, int end)
{
	struct told *told = data;
	pd_buf_addf(&told->buf, "%d %d %d ", flags, start, end);
	pd_buf_add(&told->buf, token, (size_t)len);
	pd_buf_addc(&told->buf, '\n');
	return ++told->count == told->stop_at ? SQLITE_DONE : SQLITE_OK;
}

static int run(const fts5_tokenizer *methods, void *data, const char **options, const char *text, size_t len, int stop_at,
	       struct told *told)
{
	Fts5Tokenizer *tokenizer = NULL;
	*told = (struct told){.stop_at = stop_at};
	assert_int_equal(methods->xCreate(data, options, 2, &tokenizer), SQLITE_OK);
	const int code = methods->xTokenize(tokenizer, told, FTS5_TOKENIZE_DOCUMENT, text, (int)len, tell);
	methods->xDelete(tokenizer);
	return code;
}

static void compare(const char *name, const char **options, const char *text, size_t len, int stop_at)
{
	struct told theirs, ours;
	/* A copy of its own, so that a sanitizer sees who reads beyond it. */
	char *copy = malloc(len + 1);
	memcpy(copy, text, len);
	copy = realloc(copy, len > 0 ? len : 1);
	const int their_code = run(&of.theirs, of.their_data, options, copy, len, stop_at, &theirs);
	const int our_code = run(&of.ours, of.our_data, options, copy, len, stop_at, &ours);
	if (their_code != our_code || theirs.count != ours.count || theirs.buf.len != ours.buf.len ||
	    (theirs.buf.len > 0 && memcmp(theirs.buf.data, ours.buf.data, theirs.buf.len) != 0))
		fail_msg("%s: %d words (%d), wanted %d (%d)", name, ours.count, our_code, theirs.count, their_code);
	pd_buf_free(&theirs.buf);
	pd_buf_free(&ours.buf);
	free(copy);
	of.texts++;
}

static void compare_text(const char *name, const char *text, size_t len)
{
	static const char *index[] = {"remove_diacritics", "0"}, *other[] = {"tokenchars", "-_"};
	compare(name, index, text, len, 0);
	compare(name, index, text, len, 3);
	compare(name, other, text, len, 0);
}

static void test_texts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
	} cases[] = {
		{"nothing", ""},
		{"words", "Hello, World. It's 3.14 (or not)"},
		{"a word at each end", "a b"},
		{"no word", " .,-_\n\t\x7f"},
		{"upper case", "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 @[`{/:"},
		{"letters with and without accents in a word", "na\xc3\xafve caf\xc3\xa9 \xc3\x89t\xc3\xa9 xx"},
		{"combining marks, at a word's begin, too", "e\xcc\x81t \xcc\x81" "a x\xcc\x81"},
		{"quotes and dashes of other alphabets", "\xe2\x80\x9cquoted\xe2\x80\x9d text\xe2\x80\x94more"},
		{"no spaces", "\xe4\xbd\xa0\xe5\xa5\xbd" "abc\xe3\x80\x82" "def"},
		{"broken characters", "a\xff" "b \xc3 c\xe2\x82 d\x80\x80 \xf8\x88 x\xc3"},
		{"a character over an ASCII one", "a\xc3 b\xe2 c"},
		{"characters beyond the basic plane", "\xf0\x9f\x98\x80 smile\xf0\x9f\x98\x80s \xf0\x9d\x94\xb8x"},
		{"a long word", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
		{"a long word in upper case",
		 "x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA y"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		compare_text(cases[i].name, cases[i].text, strlen(cases[i].text));
	compare_text("NUL bytes", "a\0b \0c", 6);
}

/* All that the project has: sources, texts in many languages, seeds of the fuzzers. */
static int compare_file(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)ftw;
	if (kind != FTW_F || status->st_size == 0 || strstr(path, "/.git/") != NULL)
		return 0;
	PD_AUTO_RAW raw = NULL;
	if (pd_raw_from_file(path, "/tmp", &raw, NULL) == 0)
		compare_text(path, raw->data, raw->size);
	return 0;
}

static void test_files(void **state)
{
	(void)state;
	static const char *const directories[] = {"tests", "po", "man", "src/mime"};
	const int before = of.texts;
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s", SOURCE_DIRECTORY, directories[i]);
		assert_int_equal(nftw(path, compare_file, 16, FTW_PHYS), 0);
	}
	assert_true(of.texts > before + 100);
}

static void test_random_texts(void **state)
{
	(void)state;
	static const char *const pieces[] = {"a", "Z", "word", "Word", " ", "\n", "-", ".", "7", "\xc3\xa9", "\xcc\x81",
					     "\xe2\x80\x99", "\xff", "\xc3", "\xe2\x82", "\x80", "\xf0\x9f\x98\x80",
					     "\xe4\xbd\xa0", "_", "@"};
	unsigned seed = 1;
	for (int i = 0; i < RANDOM_TEXTS; i++) {
		PD_AUTO_BUF text = {0};
		for (int j = 0; j < RANDOM_PIECES; j++) {
			seed = seed * 1103515245U + 12345;
			pd_buf_adds(&text, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
		}
		compare_text(text.data, text.data, text.len);
	}
}

static int setup(void **state)
{
	(void)state;
	fts5_api *api = NULL;
	sqlite3_stmt *select;
	assert_int_equal(sqlite3_open(":memory:", &of.db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(of.db, "SELECT fts5(?1)", -1, &select, NULL), SQLITE_OK);
	sqlite3_bind_pointer(select, 1, (void *)&api, "fts5_api_ptr", NULL);
	(void)sqlite3_step(select);
	sqlite3_finalize(select);
	assert_non_null(api);
	assert_int_equal(api->xFindTokenizer(api, "unicode61", &of.their_data, &of.theirs), SQLITE_OK);
	pd_tokenizer_register(of.db);
	assert_int_equal(api->xFindTokenizer(api, "unicode61", &of.our_data, &of.ours), SQLITE_OK);
	assert_true(of.ours.xTokenize != of.theirs.xTokenize);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return sqlite3_close(of.db) == SQLITE_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_random_texts),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

/* Lists of words, "one|two|three", looked for in folded text (words_fold.c).
 *
 * A mail's every line meets many long lists, so that a list is taken apart once: its words with their lengths and
 * bounds, chained by first and by last byte. Only lists in the program's own read-only text are kept; another is
 * taken apart each time. Promises: what the plain search gives, in the same order. Cannot fail. */
#include "mime/reply.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Of the linker: where the program's own data begins and ends. */
extern const char __executable_start[], end[];

#define NONE  UINT16_MAX
#define KNOWN 4096 /* places for lists, many times their number */
#define PAIRS 256

struct word {
	const char *text;
	size_t len;
	uint16_t next_first, next_last; /* the next word with the same first, last byte */
	uint16_t next_pair;	     /* the next word whose first two bytes fall into the same place */
	bool starts_bound, ends_bound; /* no letter may stand before, behind it */
};

struct list {
	const char *source;
	struct word *words;
	size_t count;
	bool has_empty; /* "|one": nothing is one of them */
	bool has_letters; /* words of one byte */
	uint16_t by_first[256], by_last[256];
	uint16_t by_pair[PAIRS]; /* a word of one byte counts as followed by NUL */
};

static bool letter_before(const char *start, const char *at)
{
	if (at == start)
		return false;
	const char *before = g_utf8_find_prev_char(start, at);
	return before && g_unichar_isalnum(g_utf8_get_char(before));
}

static bool letter_at(const char *at)
{
	return *at && g_unichar_isalnum(g_utf8_get_char(at));
}

/* East Asian scripts have no blanks between words: no bounds are asked for there. */
static bool wants_bounds(const char *word)
{
	gunichar c = g_utf8_get_char(word);
	return c < 0xE00 || (c >= 0x1E00 && c < 0x2000);
}

static unsigned pair_of(unsigned char first, unsigned char second)
{
	return (first * 37u ^ second * 5u) % PAIRS;
}

static struct list *take_apart(const char *alternatives)
{
	struct list *list = g_new0(struct list, 1);
	size_t most = 1;
	for (const char *bar = alternatives; (bar = strchr(bar, '|')) != NULL; bar++)
		most++;
	list->source = alternatives;
	list->words = g_new0(struct word, most);
	memset(list->by_first, 0xFF, sizeof list->by_first);
	memset(list->by_last, 0xFF, sizeof list->by_last);
	memset(list->by_pair, 0xFF, sizeof list->by_pair);
	for (const char *word = alternatives; *word != '\0';) {
		size_t len = strcspn(word, "|");
		bool bounds = wants_bounds(word);
		list->words[list->count++] = (struct word){
			.text = word,
			.len = len,
			.starts_bound = bounds && g_unichar_isalnum(g_utf8_get_char(word)),
			.ends_bound = bounds && letter_before(word, word + len),
		};
		list->has_empty = list->has_empty || len == 0;
		list->has_letters = list->has_letters || len == 1;
		word += len + (word[len] == '|');
	}
	/* From the end, so that the chains keep the list's order. */
	for (size_t i = list->count; i-- > 0;) {
		struct word *word = &list->words[i];
		unsigned char first = (unsigned char)word->text[0];
		unsigned char last = word->len > 0 ? (unsigned char)word->text[word->len - 1] : 0;
		word->next_first = list->by_first[first];
		word->next_last = list->by_last[last];
		list->by_last[last] = (uint16_t)i;
		list->by_first[first] = (uint16_t)i;
		if (word->len == 0)
			continue;
		unsigned pair = pair_of(first, word->len > 1 ? (unsigned char)word->text[1] : 0);
		word->next_pair = list->by_pair[pair];
		list->by_pair[pair] = (uint16_t)i;
	}
	return list;
}

static void free_list(struct list *list)
{
	g_free(list->words);
	g_free(list);
}

static bool is_kept(const struct list *list)
{
	return list->source >= __executable_start && list->source < end;
}

/* The list taken apart; give_back it. Each thread keeps its own, by address. */
static struct list *list_of(const char *alternatives)
{
	static __thread struct list *known[KNOWN];
	if (alternatives < __executable_start || alternatives >= end)
		return take_apart(alternatives);
	size_t place = (size_t)(((uintptr_t)alternatives * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % KNOWN;
	for (; known[place] != NULL && known[place]->source != alternatives; place = (place + 1) % KNOWN)
		;
	if (known[place] == NULL)
		known[place] = take_apart(alternatives);
	return known[place];
}

static void give_back(struct list **list)
{
	if (!is_kept(*list))
		free_list(*list);
}

#define AUTO_LIST __attribute__((cleanup(give_back))) struct list *

/* The first word of the list that stands at a place with its bounds and stands in the list before `before`. */
static uint16_t word_at(const struct list *list, const char *fold, const char *at, bool of_one_byte, uint16_t before)
{
	unsigned pair = pair_of((unsigned char)at[0], of_one_byte ? 0 : (unsigned char)at[1]);
	for (uint16_t i = list->by_pair[pair]; i < before; i = list->words[i].next_pair) {
		const struct word *word = &list->words[i];
		if (at[0] != word->text[0] || (word->len > 1 && at[1] != word->text[1]))
			continue;
		if (strncmp(at, word->text, word->len) == 0 && !(word->starts_bound && letter_before(fold, at)) &&
		    !(word->ends_bound && letter_at(at + word->len)))
			return i;
	}
	return before;
}

size_t pd_words_find(const char *fold, const char *alternatives, size_t *ret_at)
{
	/* One walk over the text; of the words that are there, the first in the list counts. */
	AUTO_LIST list = list_of(alternatives);
	uint16_t best = NONE;
	const char *where = NULL;
	for (const char *at = fold; *at != '\0' && best > 0; at++) {
		uint16_t found = word_at(list, fold, at, false, best);
		if (list->has_letters)
			found = word_at(list, fold, at, true, found);
		if (found < best) {
			best = found;
			where = at;
		}
	}
	if (where == NULL)
		return 0;
	if (ret_at)
		*ret_at = (size_t)(where - fold);
	return (size_t)(where - fold) + list->words[best].len;
}

size_t pd_words_begins(const char *fold, const char *alternatives)
{
	AUTO_LIST list = list_of(alternatives);
	size_t best = 0;
	for (uint16_t i = list->by_first[(unsigned char)*fold]; i != NONE; i = list->words[i].next_first) {
		const struct word *word = &list->words[i];
		if (word->len > best && strncmp(fold, word->text, word->len) == 0 &&
		    !(word->ends_bound && letter_at(fold + word->len)))
			best = word->len;
	}
	return best;
}

bool pd_words_begins_before(const char *fold, const char *alternatives, bool (*fits)(const char *rest))
{
	AUTO_LIST list = list_of(alternatives);
	for (uint16_t i = list->by_first[(unsigned char)*fold]; i != NONE; i = list->words[i].next_first) {
		const struct word *word = &list->words[i];
		if (strncmp(fold, word->text, word->len) == 0 && fits(fold + word->len))
			return true;
	}
	return false;
}

size_t pd_words_ends(const char *fold, const char *alternatives)
{
	AUTO_LIST list = list_of(alternatives);
	size_t have = strlen(fold), best = 0;
	if (have == 0)
		return 0;
	for (uint16_t i = list->by_last[(unsigned char)fold[have - 1]]; i != NONE; i = list->words[i].next_last) {
		const struct word *word = &list->words[i];
		if (word->len <= best || word->len > have ||
		    (word->len > 1 && word->text[word->len - 2] != fold[have - 2]))
			continue;
		if (memcmp(fold + have - word->len, word->text, word->len) == 0 &&
		    !(word->starts_bound && letter_before(fold, fold + have - word->len)))
			best = word->len;
	}
	return best;
}

bool pd_words_is(const char *fold, const char *alternatives)
{
	AUTO_LIST list = list_of(alternatives);
	size_t have = strlen(fold);
	if (have == 0)
		return list->has_empty;
	for (uint16_t i = list->by_first[(unsigned char)*fold]; i != NONE; i = list->words[i].next_first)
		if (list->words[i].len == have && memcmp(fold, list->words[i].text, have) == 0)
			return true;
	return false;
}

void pd_words_gather(char *list, size_t room, const char *words)
{
	if (!*words)
		return;
	if (strlen(list) + strlen(words) + 2 > room)
		g_error("a list of words needs more room");
	if (*list)
		strcat(list, "|");
	strcat(list, words);
}

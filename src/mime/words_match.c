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

struct word {
	const char *text;
	size_t len;
	uint16_t pair;		     /* of its first two bytes; 0 where it has one */
	uint16_t next_first, next_last; /* the next word with the same first, last byte */
	bool starts_bound, ends_bound; /* no letter may stand before, behind it */
};

struct list {
	const char *source;
	struct word *words;
	size_t count;
	bool has_empty; /* "|one": nothing is one of them */
	uint16_t by_first[256], by_last[256];
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

static uint16_t pair_of(const char *two)
{
	return (uint16_t)(((unsigned char)two[0] * 31u + (unsigned char)two[1] * 7u) & 2047);
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
	for (const char *word = alternatives; *word != '\0';) {
		size_t len = strcspn(word, "|");
		bool bounds = wants_bounds(word);
		list->words[list->count++] = (struct word){
			.text = word,
			.len = len,
			.pair = len > 1 ? pair_of(word) : 0,
			.starts_bound = bounds && g_unichar_isalnum(g_utf8_get_char(word)),
			.ends_bound = bounds && letter_before(word, word + len),
		};
		list->has_empty = list->has_empty || len == 0;
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

/* Where the word stands with its bounds; NULL: nowhere. */
static const char *place_of(const struct word *word, const char *fold, size_t have)
{
	const char *stop = fold + have;
	for (const char *hit = fold; (hit = memmem(hit, (size_t)(stop - hit), word->text, word->len)) != NULL; hit++) {
		if (!(word->starts_bound && letter_before(fold, hit)) && !(word->ends_bound && letter_at(hit + word->len)))
			return hit;
		if (hit == stop)
			break;
	}
	return NULL;
}

size_t pd_words_find(const char *fold, const char *alternatives, size_t *ret_at)
{
	/* The pairs of bytes that the text has: most words are ruled out by their first. */
	uint64_t pairs[2048 / 64] = {0};
	AUTO_LIST list = list_of(alternatives);
	size_t have = strlen(fold);
	for (size_t i = 1; i < have; i++) {
		uint16_t pair = pair_of(fold + i - 1);
		pairs[pair / 64] |= (uint64_t)1 << (pair % 64);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct word *word = &list->words[i];
		if (word->len > have || (word->len > 1 && !(pairs[word->pair / 64] >> (word->pair % 64) & 1)))
			continue;
		const char *hit = place_of(word, fold, have);
		if (hit == NULL)
			continue;
		if (ret_at)
			*ret_at = (size_t)(hit - fold);
		return (size_t)(hit - fold) + word->len;
	}
	return 0;
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

size_t pd_words_ends(const char *fold, const char *alternatives)
{
	AUTO_LIST list = list_of(alternatives);
	size_t have = strlen(fold), best = 0;
	if (have == 0)
		return 0;
	for (uint16_t i = list->by_last[(unsigned char)fold[have - 1]]; i != NONE; i = list->words[i].next_last) {
		const struct word *word = &list->words[i];
		if (word->len > best && word->len <= have && memcmp(fold + have - word->len, word->text, word->len) == 0 &&
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

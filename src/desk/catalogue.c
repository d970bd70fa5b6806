/* The catalogue: every text that leaves, in the reader's language, with its placeholders filled.
 *
 * Promises: English is always there, since the English text is the key; a placeholder without a value stays
 * as it is written; values are never searched for placeholders. Cannot fail. */
#include "desk/catalogue.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

/* A language is a table of pairs; the first that has the key wins. English needs none. */
struct translation {
	const char *english, *text;
};
static const struct {
	const char *language;
	const struct translation *texts; /* ended by a row of NULL */
} languages[] = {
	{"en", NULL},
};

static const char *translate(const char *language, const char *english)
{
	for (size_t i = 0; language != NULL && i < sizeof languages / sizeof *languages; i++) {
		if (strcmp(languages[i].language, language) != 0)
			continue;
		for (const struct translation *row = languages[i].texts; row != NULL && row->english != NULL;
		     row++)
			if (strcmp(row->english, english) == 0)
				return row->text;
	}
	return english;
}

/* The value of the placeholder of that name among the pairs; NULL: there is none. */
static const char *value_of(va_list pairs, const char *name, size_t len)
{
	const char *found = NULL;
	va_list rest;
	va_copy(rest, pairs);
	for (const char *key; found == NULL && (key = va_arg(rest, const char *)) != NULL;) {
		const char *value = va_arg(rest, const char *);
		if (strlen(key) == len && memcmp(key, name, len) == 0)
			found = value != NULL ? value : "";
	}
	va_end(rest);
	return found;
}

char *pd_say(struct pd_arena *arena, const char *language, const char *english, ...)
{
	PD_AUTO_BUF out = {0};
	const char *text = translate(language, english);
	va_list pairs;
	va_start(pairs, english);
	while (*text != '\0') {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;
		const char *value = end != NULL ? value_of(pairs, text + 1, (size_t)(end - text - 1)) : NULL;
		if (value != NULL) {
			pd_buf_adds(&out, value);
			text = end + 1;
		} else {
			pd_buf_addc(&out, *text++);
		}
	}
	va_end(pairs);
	return pd_buf_string(arena, &out);
}

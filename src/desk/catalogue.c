/* The catalogue: every text that leaves, in the reader's language, with its placeholders filled.
 *
 * The translations are gettext's: .po files, compiled by msgfmt, and their bytes are part of the program. libintl itself
 * is not used, since it knows one language a process and only those whose locales the machine has; a desk speaks five at
 * once. The format of the compiled files is in the manual of gettext, section "The Format of GNU MO Files".
 *
 * Promises: no state and no files, so that deciding stays pure; English is always there, since the English text is the
 * key; a placeholder without a value stays as it is written; values are never searched for placeholders. Cannot fail. */
#include "desk/catalogue.h"

#include <glib.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define MO_MAGIC 0x950412deu
enum { MO_MAGIC_AT = 0, MO_COUNT_AT = 8, MO_KEYS_AT = 12, MO_TEXTS_AT = 16, MO_ROW = 8 };

/* --- compiled catalogues --- */

static const struct pd_catalogue_data *catalogue_of(const char *language)
{
	for (size_t i = 0; language != NULL && i < pd_catalogue_count; i++)
		if (strcmp(pd_catalogues[i].language, language) == 0)
			return pd_catalogues[i].bytes != NULL ? &pd_catalogues[i] : NULL;
	return NULL;
}

/* Numbers stand in the order of bytes of the machine that made the file. */
static uint32_t number_at(const unsigned char *bytes, size_t at)
{
	const unsigned char *b = bytes + at;
	bool is_little = bytes[MO_MAGIC_AT] == (MO_MAGIC & 0xff);
	return is_little ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24
			 : (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24;
}

/* Keys are in order. A key of a plural is both English texts, a NUL between them: comparing the first is enough. NULL:
 * it is not translated. */
static const char *text_of(const struct pd_catalogue_data *catalogue, const char *english)
{
	const unsigned char *bytes = catalogue->bytes;
	size_t low = 0, high = number_at(bytes, MO_COUNT_AT);
	size_t keys = number_at(bytes, MO_KEYS_AT), texts = number_at(bytes, MO_TEXTS_AT);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(english, (const char *)bytes + number_at(bytes, keys + middle * MO_ROW + 4));
		if (order == 0)
			return (const char *)bytes + number_at(bytes, texts + middle * MO_ROW + 4);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static const char *translate(const char *language, const char *english)
{
	const struct pd_catalogue_data *catalogue = catalogue_of(language);
	const char *text = catalogue != NULL && *english != '\0' ? text_of(catalogue, english) : NULL;
	return text != NULL ? text : english;
}

/* Which form the language has for a number, as the Plural-Forms of its file say. */
static size_t plural_form(const char *language, long long n)
{
	unsigned long long count = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
	if (strcmp(language, "fr") == 0)
		return count > 1;
	if (strcmp(language, "pl") != 0)
		return count != 1;
	if (count == 1)
		return 0;
	return count % 10 >= 2 && count % 10 <= 4 && (count % 100 < 12 || count % 100 > 14) ? 1 : 2;
}

/* --- placeholders --- */

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

/* number: of {n}; NULL: there is no such placeholder. */
static char *fill(struct pd_arena *arena, const char *text, const char *number, va_list pairs)
{
	PD_AUTO_BUF out = {0};
	while (*text != '\0') {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;
		const char *value = NULL;
		if (end == text + 2 && text[1] == 'n')
			value = number;
		if (value == NULL && end != NULL)
			value = value_of(pairs, text + 1, (size_t)(end - text - 1));
		if (value != NULL) {
			pd_buf_adds(&out, value);
			text = end + 1;
		} else {
			pd_buf_addc(&out, *text++);
		}
	}
	return pd_buf_string(arena, &out);
}

char *pd_say(struct pd_arena *arena, const char *language, const char *english, ...)
{
	va_list pairs;
	va_start(pairs, english);
	char *said = fill(arena, translate(language, english), NULL, pairs);
	va_end(pairs);
	return said;
}

char *pd_say_n(struct pd_arena *arena, const char *language, const char *one, const char *many, long long n, ...)
{
	const struct pd_catalogue_data *catalogue = catalogue_of(language);
	const char *text = catalogue != NULL ? text_of(catalogue, one) : NULL;
	if (text == NULL)
		text = n == 1 ? one : many;
	else
		for (size_t form = plural_form(language, n); form > 0; form--)
			text += strlen(text) + 1;
	va_list pairs;
	va_start(pairs, n);
	char *said = fill(arena, text, pd_printf(arena, "%lld", n), pairs);
	va_end(pairs);
	return said;
}

char *pd_fill(struct pd_arena *arena, const char *text, ...)
{
	va_list pairs;
	va_start(pairs, text);
	char *filled = fill(arena, text, NULL, pairs);
	va_end(pairs);
	return filled;
}

/* --- durations --- */

char *pd_say_duration(struct pd_arena *arena, const char *language, pd_time duration)
{
	static const struct {
		pd_time size;
		const char *text;
	} units[] = {{PD_DAY, N_("{n}d")}, {PD_HOUR, N_("{n}h")}, {PD_MINUTE, N_("{n}m")}, {PD_SECOND, N_("{n}s")}};
	const size_t last = sizeof units / sizeof *units - 1;
	pd_time left = duration < 0 ? -duration : duration;
	size_t i = 0;
	while (i < last && left < units[i].size)
		i++;
	long long n = left / units[i].size;
	char *said = pd_say(arena, language, units[i].text, "n", pd_printf(arena, "%lld", n), NULL);
	long long next = i < last ? left % units[i].size / units[i + 1].size : 0;
	if (next > 0)
		said = pd_printf(arena, "%s %s", said,
				 pd_say(arena, language, units[i + 1].text, "n", pd_printf(arena, "%lld", next), NULL));
	return duration < 0 && n > 0 ? pd_printf(arena, "-%s", said) : said;
}

/* --- languages --- */

const char *pd_language_find(const char *tag, size_t len)
{
	size_t primary = 0;
	while (primary < len && tag[primary] != '-' && tag[primary] != '_')
		primary++;
	for (size_t i = 0; i < pd_catalogue_count; i++)
		if (strlen(pd_catalogues[i].language) == primary &&
		    g_ascii_strncasecmp(tag, pd_catalogues[i].language, primary) == 0)
			return pd_catalogues[i].language;
	return NULL;
}

/* "q=0.5", in thousandths (RFC 9110, section 12.4.2); without one the whole weight. */
static int weight_of(const char *part, size_t len)
{
	const char *q = memchr(part, ';', len), *end = part + len;
	int weight = 0, unit = 1000;
	while (q != NULL && q < end && strchr("; \tqQ=", *q) != NULL)
		q++;
	if (q == NULL || q == end)
		return 1000;
	for (; q < end && (g_ascii_isdigit(*q) || *q == '.'); q++)
		if (g_ascii_isdigit(*q)) {
			weight += (*q - '0') * unit;
			unit /= 10;
		}
	return weight;
}

const char *pd_language_of(const char *list)
{
	const char *best = NULL;
	int heaviest = 0;
	while (list != NULL && *list != '\0') {
		list += strspn(list, ", \t");
		size_t len = strcspn(list, ",");
		const char *found = pd_language_find(list, strcspn(list, ",; \t"));
		int weight = weight_of(list, len);
		if (found != NULL && weight > heaviest) {
			best = found;
			heaviest = weight;
		}
		list += len;
	}
	return best;
}

/* Text from outside: cleaned, compared, cut.
 *
 * Promises: what the pd_clean functions give is valid UTF-8 without control characters, whatever went
 * in. Nothing here depends on the locale. Cannot fail. */
#include "base/text.h"
#include "base/sixteen.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME_MAX 150 /* bytes */
#define WORD_MAX      64  /* characters that an edit distance looks at */

static bool is_ascii_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The next character of at most left bytes, U+FFFD for what is none (never 0 bytes long). */
static gunichar next_char(const char *at, size_t left, size_t *ret_len)
{
	unsigned char first = (unsigned char)*at;
	if (first < 0x80) {
		*ret_len = 1;
		return first;
	}
	gunichar c = g_utf8_get_char_validated(at, (gssize)left);
	if (c == (gunichar)-1 || c == (gunichar)-2) {
		*ret_len = 1;
		return 0xfffd;
	}
	*ret_len = (size_t)(g_utf8_next_char(at) - at);
	return c;
}

/* C0, DEL, C1 and what turns the direction of text around. */
static bool is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* How many of the first bytes are printable ASCII. */
static size_t printable(const char *text, size_t len)
{
	size_t at = 0, clean = PD_SIXTEEN;
	for (; at + PD_SIXTEEN <= len && clean == PD_SIXTEEN; at += clean)
		clean = pd_sixteen_first(pd_sixteen_unprintable(pd_sixteen_load(text + at)));
	while (at < len && text[at] >= ' ' && text[at] < 0x7f)
		at++;
	return at;
}

size_t pd_ascii_run(const char *text, size_t len)
{
	size_t at = 0;
	for (uint64_t words[4]; at + sizeof words <= len; at += sizeof words) {
		memcpy(words, text + at, sizeof words);
		if ((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080))
			break;
	}
	for (uint64_t word; at + sizeof word <= len; at += sizeof word) {
		memcpy(&word, text + at, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (at < len && (unsigned char)text[at] < 0x80)
		at++;
	return at;
}

/* Bytes above 127. */
static size_t count_high(const char *text, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t count = 0, at = 0;
	for (uint64_t word; at + sizeof word <= len; at += sizeof word) {
		memcpy(&word, text + at, sizeof word);
		count += (size_t)(((word >> 7 & ones) * ones) >> 56);
	}
	for (; at < len; at++)
		count += (unsigned char)text[at] > 0x7f;
	return count;
}

/* A well-formed character of two or three bytes at the start (most that are not ASCII are so), its length; 0: something
 * else, or not well-formed. */
static size_t short_char(const char *text, size_t left)
{
	const unsigned char *at = (const unsigned char *)text;
	if (left >= 2 && at[0] >= 0xc2 && at[0] < 0xe0)
		return (at[1] & 0xc0) == 0x80 ? 2 : 0;
	if (left < 3 || (at[0] & 0xf0) != 0xe0 || (at[1] & 0xc0) != 0x80 || (at[2] & 0xc0) != 0x80)
		return 0;
	bool is_long = at[0] == 0xe0 && at[1] < 0xa0, is_surrogate = at[0] == 0xed && at[1] >= 0xa0;
	return is_long || is_surrogate ? 0 : 3;
}

/* May the character be one that is not kept as it is: C1, what turns directions around, separators of lines? */
static bool is_suspect(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	return (at[0] == 0xc2 && at[1] < 0xa0) || (at[0] == 0xe2 && (at[1] == 0x80 || at[1] == 0x81));
}

#define COPY_SLACK 16 /* bytes that copy_printable may write past what it copies */

/* Copies the printable ASCII at the start; how many bytes that is. */
static inline size_t copy_printable(char *to, const char *text, size_t len)
{
	size_t at = 0;
	while (at + PD_SIXTEEN <= len) {
		pd_sixteen bytes = pd_sixteen_load(text + at);
		memcpy(to + at, &bytes, sizeof bytes);
		size_t clean = pd_sixteen_first(pd_sixteen_unprintable(bytes));
		at += clean;
		if (clean < PD_SIXTEEN)
			return at;
	}
	for (; at < len && text[at] >= ' ' && text[at] < 0x7f; at++)
		to[at] = text[at];
	return at;
}

/* LF and tab stay, CRLF and CR become LF, controls blanks; white space is left as it is. NULL where the text is not valid
 * UTF-8 and is_strict says that this matters. */
static char *clean_lines(struct pd_arena *arena, const char *text, size_t len, bool is_strict)
{
	/* An invalid byte becomes three (U+FFFD); nothing else grows. */
	char *out = pd_alloc_dirty(arena, len + (is_strict ? 0 : 2 * count_high(text, len)) + COPY_SLACK), *to = out;
	for (size_t i = 0, n; i < len; i += n) {
		n = copy_printable(to, text + i, len - i); /* most of most texts */
		to += n;
		i += n;
		if (i >= len)
			break;
		n = 1;
		if (text[i] == '\r') {
			n += i + 1 < len && text[i + 1] == '\n';
			*to++ = '\n';
			continue;
		}
		if (text[i] == '\n' || text[i] == '\t') {
			*to++ = text[i];
			continue;
		}
		size_t whole = short_char(text + i, len - i);
		if (whole > 0 && !is_suspect(text + i)) {
			for (size_t k = 0; k < whole; k++)
				*to++ = text[i + k];
			n = whole;
			continue;
		}
		gunichar c = next_char(text + i, len - i, &n);
		if (is_strict && c == 0xfffd && n == 1)
			return NULL;
		if (is_control(c))
			c = ' ';
		else if (c == 0x2028 || c == 0x2029)
			c = '\n';
		to += c < 0x80 ? (*to = (char)c, 1) : g_unichar_to_utf8(c, to);
	}
	*to = '\0';
	return out;
}

/* Every run of white space and controls becomes one blank. */
static char *clean(struct pd_arena *arena, const char *text, size_t len, size_t max_chars)
{
	char *out = pd_alloc_dirty(arena, len + 2 * count_high(text, len) + 1), *to = out;
	size_t chars = 0;
	bool is_blank_due = false;
	for (size_t i = 0, n; i < len; i += n) {
		gunichar c = next_char(text + i, len - i, &n);
		if (is_control(c) || g_unichar_isspace(c)) {
			is_blank_due = to > out;
			continue;
		}
		if (is_blank_due) {
			if (max_chars > 0 && chars + 1 >= max_chars)
				break;
			*to++ = ' ';
			chars++;
			is_blank_due = false;
		}
		if (max_chars > 0 && chars >= max_chars)
			break;
		if (c < 0x80)
			*to++ = (char)c;
		else
			to += g_unichar_to_utf8(c, to);
		chars++;
	}
	*to = '\0';
	return out;
}

/* Is it clean as it is? */
static bool is_clean_line(const char *text, size_t len)
{
	return len > 0 && printable(text, len) == len && text[0] != ' ' && text[len - 1] != ' ' &&
	       strstr(text, "  ") == NULL;
}

char *pd_clean_line(struct pd_arena *arena, const char *text, size_t max_chars)
{
	if (text == NULL)
		return NULL;
	size_t len = strlen(text);
	if ((max_chars == 0 || len <= max_chars) && is_clean_line(text, len))
		return pd_memdup(arena, text, len + 1);
	return clean(arena, text, len, max_chars);
}

char *pd_clean_text(struct pd_arena *arena, const char *text, size_t len)
{
	return text != NULL ? clean_lines(arena, text, len, false) : NULL;
}

char *pd_clean_valid_text(struct pd_arena *arena, const char *text, size_t len)
{
	return clean_lines(arena, text, len, true);
}

bool pd_is_utf8(const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		if ((n = pd_ascii_run(text + at, len - at)) > 0 || (n = short_char(text + at, len - at)) > 0)
			continue;
		if (next_char(text + at, len - at, &n) == 0xfffd && n == 1)
			return false;
	}
	return true;
}

/* The most bytes of text, up to max, that end at a character's end. */
static size_t whole_chars(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

char *pd_clean_file_name(struct pd_arena *arena, const char *name)
{
	char *line = pd_clean_line(arena, name != NULL ? name : "", 0);
	for (char *c = line; *c != '\0'; c++)
		if (*c == '/' || *c == '\\')
			line = c + 1;
	while (*line == '.' || *line == ' ')
		line++;
	size_t len = strlen(line);
	while (len > 0 && (line[len - 1] == '.' || line[len - 1] == ' '))
		len--;
	line[len] = '\0';
	if (len == 0)
		return pd_strdup(arena, "attachment");
	if (len <= FILE_NAME_MAX)
		return line;
	/* The extension tells a reader's program what to do: it stays. */
	const char *dot = strrchr(line, '.');
	size_t extension = dot != NULL ? strlen(dot) : 0;
	if (extension > 20)
		extension = 0;
	size_t stem = whole_chars(line, len, FILE_NAME_MAX - extension);
	return pd_printf(arena, "%.*s%s", (int)stem, line, extension > 0 ? dot : "");
}

bool pd_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool pd_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);
	return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

bool pd_starts_nocase(const char *text, const char *prefix)
{
	for (; *prefix != '\0'; text++, prefix++)
		if (lower(*text) != lower(*prefix))
			return false;
	return true;
}

bool pd_equal_nocase(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	for (; lower(*a) == lower(*b); a++, b++)
		if (*a == '\0')
			return true;
	return false;
}

bool pd_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

char *pd_lower_ascii(struct pd_arena *arena, const char *text)
{
	char *copy = pd_strdup(arena, text);
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		*c = lower(*c);
	return copy;
}

char *pd_fold(struct pd_arena *arena, const char *text)
{
	if (text == NULL)
		return NULL;
	bool is_ascii = true;
	for (const char *c = text; is_ascii && *c != '\0'; c++)
		is_ascii = (unsigned char)*c < 0x80;
	if (is_ascii)
		return pd_lower_ascii(arena, text);
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	/* Normalized before and after: folding undoes the one, and the first makes ª and ﬁ letters. */
	g_autofree char *before = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
	g_autofree char *folded = g_utf8_casefold(before, -1);
	g_autofree char *after = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);
	return pd_strdup(arena, after);
}

static const char *skip_space(const char *text, const char *end)
{
	while (text < end) {
		if (is_ascii_space(*text))
			text++;
		else if (end - text >= 2 && text[0] == '\xc2' && text[1] == '\xa0')
			text += 2;
		else
			break;
	}
	return text;
}

static const char *skip_space_back(const char *text, const char *end)
{
	while (end > text) {
		if (is_ascii_space(end[-1]))
			end--;
		else if (end - text >= 2 && end[-2] == '\xc2' && end[-1] == '\xa0')
			end -= 2;
		else
			break;
	}
	return end;
}

char *pd_trim(struct pd_arena *arena, const char *text)
{
	if (text == NULL)
		return NULL;
	const char *end = text + strlen(text);
	text = skip_space(text, end);
	end = skip_space_back(text, end);
	return pd_strndup(arena, text, (size_t)(end - text));
}

struct pd_strings pd_split(struct pd_arena *arena, const char *text, char separator)
{
	struct pd_strings parts = {0};
	if (text == NULL)
		return parts;
	char *part = pd_alloc(arena, strlen(text) + 1);
	size_t len = 0;
	for (const char *at = text;; at++) {
		if (at[0] == '\\' && at[1] == separator && separator != '\0') {
			part[len++] = *++at;
		} else if (*at == separator || *at == '\0') {
			part[len] = '\0';
			const char *trimmed = pd_trim(arena, part);
			if (*trimmed != '\0')
				*pd_list_add(arena, &parts) = trimmed;
			len = 0;
			if (*at == '\0')
				return parts;
		} else {
			part[len++] = *at;
		}
	}
}

struct pd_strings pd_lines(struct pd_arena *arena, const char *text)
{
	struct pd_strings lines = {0};
	while (text != NULL && *text != '\0') {
		const char *end = strchrnul(text, '\n');
		size_t len = (size_t)(end - text);
		if (*end == '\n' && len > 0 && end[-1] == '\r')
			len--;
		*pd_list_add(arena, &lines) = pd_strndup(arena, text, len);
		text = *end == '\n' ? end + 1 : end;
	}
	return lines;
}

/* Both in lower case. Each run between stars is searched once, from where the last one ended. */
static bool glob_lower(const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');
	if (star == NULL)
		return strcmp(pattern, text) == 0;
	size_t head = (size_t)(star - pattern);
	if (strncmp(text, pattern, head) != 0)
		return false;
	const char *tail = strrchr(pattern, '*') + 1;
	size_t tail_len = strlen(tail), len = strlen(text);
	if (len < head + tail_len || memcmp(text + len - tail_len, tail, tail_len) != 0)
		return false;
	const char *at = text + head, *end = text + len - tail_len;
	for (const char *part = star + 1; part < tail;) {
		const char *stop = strchr(part, '*');
		size_t part_len = (size_t)(stop - part);
		if (part_len > 0) {
			at = memmem(at, (size_t)(end - at), part, part_len);
			if (at == NULL)
				return false;
			at += part_len;
		}
		part = stop + 1;
	}
	return true;
}

bool pd_glob(const char *pattern, const char *text)
{
	size_t pattern_len = strlen(pattern), len = strlen(text), size = pattern_len + len + 2;
	char small[512];
	PD_AUTO_ARENA arena = NULL;
	char *copy = small;
	if (size > sizeof small) {
		arena = pd_arena_new();
		copy = pd_alloc(arena, size);
	}
	for (size_t i = 0; i <= pattern_len; i++)
		copy[i] = lower(pattern[i]);
	for (size_t i = 0; i <= len; i++)
		copy[pattern_len + 1 + i] = lower(text[i]);
	return glob_lower(copy, copy + pattern_len + 1);
}

/* At most WORD_MAX characters; false for a longer text. */
static bool characters(const char *text, bool without_case, gunichar out[WORD_MAX], unsigned *ret_count)
{
	unsigned count = 0;
	size_t left = strlen(text);
	for (size_t n; left > 0; text += n, left -= n) {
		if (count == WORD_MAX)
			return false;
		gunichar c = next_char(text, left, &n);
		out[count++] = without_case ? g_unichar_tolower(c) : c;
	}
	*ret_count = count;
	return true;
}

/* Optimal string alignment with three rows: each pair of neighbours is swapped once at most. */
static unsigned distance(const char *a, const char *b, unsigned max, bool without_case)
{
	gunichar x[WORD_MAX], y[WORD_MAX];
	unsigned x_len, y_len;
	if (strcmp(a, b) == 0)
		return 0;
	if (!characters(a, without_case, x, &x_len) || !characters(b, without_case, y, &y_len))
		return max + 1;
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	for (unsigned j = 0; j <= y_len; j++)
		last[j] = before[j] = j;
	for (unsigned i = 1; i <= x_len; i++) {
		unsigned least = row[0] = i;
		for (unsigned j = 1; j <= y_len; j++) {
			unsigned cost = last[j - 1] + (x[i - 1] != y[j - 1]);
			if (last[j] + 1 < cost)
				cost = last[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
			    before[j - 2] + 1 < cost)
				cost = before[j - 2] + 1;
			row[j] = cost;
			if (cost < least)
				least = cost;
		}
		/* A swap looks two rows back, so one row above the limit is not the end yet. */
		if (least > max + 1)
			return max + 1;
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[y_len] > max ? max + 1 : last[y_len];
}

unsigned pd_edit_distance(const char *a, const char *b, unsigned max)
{
	return distance(a, b, max, false);
}

const char *pd_nearest(const char *word, const struct pd_strings *candidates)
{
	const char *nearest = NULL;
	unsigned best = g_utf8_strlen(word, -1) <= 3 ? 2 : 3;
	for (size_t i = 0; i < candidates->count && best > 0; i++) {
		unsigned edits = distance(word, candidates->items[i], best - 1, true);
		if (edits < best) {
			best = edits;
			nearest = candidates->items[i];
		}
	}
	return nearest;
}

bool pd_number(const char *text, unsigned long long max, unsigned long long *ret_number)
{
	unsigned long long number = 0;
	if (text == NULL || *text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		unsigned digit = (unsigned)(*text - '0');
		if (number > max / 10 || (number == max / 10 && digit > max % 10))
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return true;
}

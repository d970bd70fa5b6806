/* A message's text that stands in its raw bytes as it is, but for CRs at line ends: kept once.
 *
 * Promises: what pd_slice_find found, pd_slice_text gives back byte for byte. Fails: by finding nothing, as for
 * texts that were encoded or changed; those are kept beside the raw bytes. */
#include "store/sqlite.h"

#include <string.h>

#define WORTHWHILE 200 /* bytes */
#define TRIES	   8   /* places where the first line stands */

/* The length of the slice that begins there and gives the text; 0: none does. */
static size_t measure(const char *at, const char *end, const char *text)
{
	const char *start = at;
	for (;;) {
		const char *line_end = strchrnul(text, '\n');
		const size_t len = (size_t)(line_end - text);
		if ((size_t)(end - at) < len || memcmp(at, text, len) != 0)
			return 0;
		at += len;
		if (*line_end == '\0')
			break;
		if (len > 0 && line_end[-1] == '\r') /* would be taken for the line end's */
			return 0;
		if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
			at += 2;
		else if (end - at >= 1 && at[0] == '\n')
			at++;
		else
			return 0;
		text = line_end + 1;
	}
	return (size_t)(at - start);
}

bool pd_slice_find(struct pd_bytes raw, const char *text, int64_t *ret_at, int64_t *ret_size)
{
	if (raw.data == NULL || text == NULL || strnlen(text, WORTHWHILE) < WORTHWHILE)
		return false;
	const char *end = raw.data + raw.len;
	const size_t first = (size_t)(strchrnul(text, '\n') - text);
	const char *at = raw.data;
	for (int tries = 0; tries < TRIES; tries++, at++) {
		/* At the start of a line. */
		for (;; at++) {
			at = first == 0 ? NULL : memmem(at, (size_t)(end - at), text, first);
			if (at == NULL)
				return false;
			if (at == raw.data || at[-1] == '\n')
				break;
		}
		size_t size = measure(at, end, text);
		if (size > 0) {
			*ret_at = at - raw.data;
			*ret_size = (int64_t)size;
			return true;
		}
	}
	return false;
}

char *pd_slice_text(struct pd_arena *arena, struct pd_bytes slice)
{
	char *text = pd_alloc_dirty(arena, slice.len + 1), *to = text;
	const char *at = slice.data, *end = slice.data + slice.len;
	while (at < end) {
		const char *cr = memchr(at, '\r', (size_t)(end - at));
		const char *stop = cr != NULL ? cr : end;
		memcpy(to, at, (size_t)(stop - at));
		to += stop - at;
		at = stop;
		if (cr != NULL && (cr + 1 == end || cr[1] != '\n'))
			*to++ = '\r';
		at += cr != NULL;
	}
	*to = '\0';
	return text;
}

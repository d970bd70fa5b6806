/* Files inside a text: uuencode ("begin 644 NAME" … "end") and yEnc ("=ybegin … name=NAME" … "=yend").
 *
 * A block counts only when it is whole: the right first line, lines of data, the right last line. Everything else is
 * the author's text and stays. Linear in the text; never fails. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_FILES 100

static const char *line_end(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (size_t)(end - at));

	return lf ? lf + 1 : end;
}

/* The line without its LF or CRLF. */
static size_t line_len(const char *at, const char *next)
{
	size_t len = (size_t)(next - at);

	while (len > 0 && (at[len - 1] == '\n' || at[len - 1] == '\r'))
		len--;
	return len;
}

static bool begins(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - at) >= len && memcmp(at, word, len) == 0;
}

/* "begin 644 name" */
static const char *uu_name(struct pd_arena *arena, const char *at, size_t len)
{
	const char *end = at + len, *mode = at + strlen("begin ");

	if (!begins(at, end, "begin "))
		return NULL;
	const char *name = mode;

	while (name < end && *name >= '0' && *name <= '7')
		name++;
	if (name - mode < 3 || name - mode > 4 || name + 1 >= end || *name != ' ')
		return NULL;
	return pd_strndup(arena, name + 1, (size_t)(end - name - 1));
}

/* A data line: its first character tells the bytes, four characters for three of them; trailing blanks may lack. */
static bool is_uu_line(const char *at, size_t len)
{
	if (len == 0 || at[0] < ' ' || at[0] > '`')
		return false;
	size_t count = (size_t)(at[0] - ' ') & 63, chars = (count + 2) / 3 * 4;

	for (size_t i = 1; i < len; i++)
		if (at[i] < ' ' || at[i] > '`')
			return false;
	return len - 1 <= chars + 2 && len - 1 + 4 > chars;
}

static const char *yenc_name(struct pd_arena *arena, const char *at, size_t len)
{
	const char *line = begins(at, at + len, "=ybegin ") ? pd_strndup(arena, at, len) : "";
	const char *name = strstr(line, " name=");

	return name && strstr(line, " size=") ? pd_trim(arena, name + strlen(" name=")) : NULL;
}

/* Where the block that begins at `at` ends (after its last line); NULL: it is none. */
static const char *block_end(const char *at, const char *end, bool is_yenc)
{
	for (at = line_end(at, end); at < end; at = line_end(at, end)) {
		size_t len = line_len(at, line_end(at, end));

		if (is_yenc ? begins(at, end, "=yend ") : len == 3 && begins(at, end, "end"))
			return line_end(at, end);
		if (!is_yenc && !is_uu_line(at, len))
			return NULL;
	}
	return NULL;
}

void pd_embedded_find(struct pd_arena *arena, const char *data, size_t size, struct pd_embedded_files *ret_files)
{
	const char *end = data + size;

	for (const char *at = data, *next; at < end && ret_files->count < MAX_FILES; at = next) {
		next = line_end(at, end);
		if (*at != 'b' && *at != '=')
			continue;
		bool is_yenc = *at == '=';
		size_t len = line_len(at, next);
		const char *name = is_yenc ? yenc_name(arena, at, len) : uu_name(arena, at, len);
		const char *stop = name ? block_end(at, end, is_yenc) : NULL;

		if (!stop)
			continue;
		*pd_list_add(arena, ret_files) = (struct pd_embedded){.name = pd_clean_file_name(arena, name),
								      .start = (size_t)(at - data),
								      .end = (size_t)(stop - data),
								      .is_yenc = is_yenc};
		next = stop;
	}
}

static void decode_uu_line(struct pd_buf *out, const char *at, size_t len)
{
	size_t count = (size_t)(at[0] - ' ') & 63;

	for (size_t i = 1; count > 0; i += 4) {
		unsigned bits = 0;

		for (size_t k = i; k < i + 4; k++)
			bits = bits << 6 | (k < len ? (unsigned)(at[k] - ' ') & 63 : 0);
		for (int shift = 16; shift >= 0 && count > 0; shift -= 8, count--)
			pd_buf_addc(out, (char)(bits >> shift & 255));
	}
}

static void decode_yenc_line(struct pd_buf *out, const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool is_escape = at[i] == '=' && i + 1 < len;
		unsigned char c = (unsigned char)at[is_escape ? ++i : i];

		pd_buf_addc(out, (char)(unsigned char)(c - 42 - (is_escape ? 64 : 0)));
	}
}

void pd_embedded_decode(const char *data, const struct pd_embedded *file, struct pd_buf *out)
{
	const char *end = data + file->end;

	for (const char *at = line_end(data + file->start, end), *next; at < end; at = next) {
		next = line_end(at, end);
		size_t len = line_len(at, next);

		if (file->is_yenc && (begins(at, end, "=yend ") || begins(at, end, "=ypart ")))
			continue;
		if (file->is_yenc)
			decode_yenc_line(out, at, len);
		else if (!(len == 3 && begins(at, end, "end")))
			decode_uu_line(out, at, len);
	}
}

/* Words of an LMTP command line. Promises: nothing is read behind the NUL; what comes out was in the line.
 * Fails: false or NULL, for text that is not as RFC 5321 says. */
#include "gate/lmtp_parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void skip_blanks(const char **at)
{
	while (**at == ' ' || **at == '\t')
		(*at)++;
}

bool pd_lmtp_word(const char **at, const char *word)
{
	size_t len = strlen(word);
	if (strncasecmp(*at, word, len) != 0)
		return false;
	char next = (*at)[len];
	if (word[len - 1] != ':' && next != '\0' && next != ' ' && next != '\t')
		return false;
	*at += len;
	skip_blanks(at);
	return true;
}

/* The end of a local part or domain that may be quoted: the '>' that closes the path; NULL: none. */
static const char *path_end(const char *at)
{
	bool is_quoted = false;
	for (; *at != '\0'; at++) {
		if (is_quoted) {
			if (*at == '\\' && at[1] != '\0')
				at++;
			else if (*at == '"')
				is_quoted = false;
		} else if (*at == '"') {
			is_quoted = true;
		} else if (*at == '>') {
			return at;
		} else if (*at == '<' || *at == ' ' || *at == '\t') {
			return NULL;
		}
	}
	return NULL;
}

bool pd_lmtp_path(struct pd_arena *arena, const char **at, const char **ret_address)
{
	if (**at != '<')
		return false;
	const char *start = *at + 1, *end = path_end(start);
	if (end == NULL || (end[1] != '\0' && end[1] != ' ' && end[1] != '\t'))
		return false;
	if (*start == '@') { /* a source route */
		const char *colon = memchr(start, ':', (size_t)(end - start));
		if (colon == NULL || colon + 1 == end)
			return false;
		start = colon + 1;
	}
	*ret_address = pd_strndup(arena, start, (size_t)(end - start));
	*at = end + 1;
	return true;
}

bool pd_lmtp_parameter(struct pd_arena *arena, const char **at, const char **ret_name, const char **ret_value)
{
	skip_blanks(at);
	*ret_name = NULL;
	*ret_value = NULL;
	if (**at == '\0')
		return true;
	size_t len = strcspn(*at, " \t");
	const char *equals = memchr(*at, '=', len);
	size_t name = equals != NULL ? (size_t)(equals - *at) : len;
	if (name == 0)
		return false;
	for (size_t i = 0; i < name; i++)
		if (!isalnum((unsigned char)(*at)[i]) && (*at)[i] != '-')
			return false;
	*ret_name = pd_strndup(arena, *at, name);
	if (equals != NULL)
		*ret_value = pd_strndup(arena, equals + 1, len - name - 1);
	*at += len;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

char *pd_lmtp_xtext(struct pd_arena *arena, const char *text)
{
	char *out = pd_alloc(arena, strlen(text) + 1), *to = out;
	for (; *text != '\0'; text++) {
		if (*text != '+') {
			*to++ = *text;
			continue;
		}
		int high = hex_digit(text[1]), low = high < 0 ? -1 : hex_digit(text[2]);
		if (low < 0)
			return NULL;
		int c = high * 16 + low;
		if (c < 0x20 || c == 0x7f)
			return NULL;
		*to++ = (char)c;
		text += 2;
	}
	*to = '\0';
	return out;
}

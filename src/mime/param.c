/* Parameters of Content-Type and Content-Disposition: RFC 2045 5.1, RFC 2231, and what mailers do instead.
 *
 * Used for the names of attachments, where GMime's own decoder opens charsets and lets line ends
 * through. Linear in the value. Never fails: a parameter that cannot be read is absent. */
#include <glib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_SECTIONS 100

struct param {
	const char *name;  /* lower case, with its stars */
	const char *value; /* quotes gone */
};

static const char *skip_blanks(const char *at)
{
	while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
		at++;
	return at;
}

/* Skips a comment, quoted strings in it too. */
static const char *skip_comment(const char *at)
{
	unsigned depth = 0;
	do {
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '(')
			depth++;
		else if (*at == ')')
			depth--;
		at++;
	} while (*at && depth > 0);
	return at;
}

/* One "name=value"; at stands after the ';'. NULL at the end. */
static const char *read_param(struct pd_arena *arena, const char *at, struct param *ret_param)
{
	const char *start = skip_blanks(at);
	while (*start == '(')
		start = skip_blanks(skip_comment(start));
	const char *end = start;
	while (*end && *end != '=' && *end != ';' && *end != ' ' && *end != '\t')
		end++;
	ret_param->name = pd_lower_ascii(arena, pd_strndup(arena, start, (size_t)(end - start)));
	ret_param->value = "";
	at = skip_blanks(end);
	if (*at != '=')
		return at;
	at = skip_blanks(at + 1);
	PD_AUTO_BUF value = {0};
	if (*at == '"') {
		for (at++; *at && *at != '"'; at++) {
			if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
				at++;
			pd_buf_addc(&value, *at);
		}
		if (*at == '"')
			at++;
	} else {
		/* Blanks inside are no token, but names with blanks and without quotes are common. */
		while (*at && *at != ';')
			pd_buf_addc(&value, *at++);
	}
	char *text = pd_buf_string(arena, &value);
	ret_param->value = pd_trim(arena, text);
	return at;
}

/* %-escapes undone. */
static size_t unescape(const char *text, char *out)
{
	size_t len = 0;
	for (; *text; text++) {
		if (*text == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
			out[len++] =
				(char)(g_ascii_xdigit_value(text[1]) * 16 + g_ascii_xdigit_value(text[2]));
			text += 2;
		} else {
			out[len++] = *text;
		}
	}
	return len;
}

/* charset'language'text, %-escaped (RFC 2231 4). The charset's name goes to ret_charset. */
static const char *without_charset(struct pd_arena *arena, const char *value, const char **ret_charset)
{
	const char *first = strchr(value, '\'');
	const char *second = first ? strchr(first + 1, '\'') : NULL;
	if (!second)
		return value;
	*ret_charset = pd_strndup(arena, value, (size_t)(first - value));
	return second + 1;
}

struct section {
	const char *value;
	bool is_escaped;
};

/* "name*0*", "name*1", …: the sections one after another (RFC 2231 3). */
static char *join(struct pd_arena *arena, const struct section *sections)
{
	PD_AUTO_BUF bytes = {0};
	const char *charset = NULL;
	for (size_t i = 0; i < MAX_SECTIONS && sections[i].value; i++) {
		const char *value = sections[i].value;
		if (sections[i].is_escaped) {
			if (i == 0)
				value = without_charset(arena, value, &charset);
			char *plain = pd_alloc(arena, strlen(value) + 1);
			pd_buf_add(&bytes, plain, unescape(value, plain));
		} else {
			pd_buf_adds(&bytes, value);
		}
	}
	return pd_charset_utf8(arena, charset, bytes.data ? bytes.data : "", bytes.len);
}

/* Is it the parameter, or a section of it? Fills the section's number and form. */
static bool is_section(const char *param, const char *name, unsigned long long *ret_number, bool *ret_escaped)
{
	size_t len = strlen(name);
	if (strncmp(param, name, len) != 0 || param[len] != '*')
		return false;
	const char *at = param + len + 1;
	*ret_number = 0;
	*ret_escaped = true;
	if (!*at)
		return true; /* name*=charset'language'text */
	char *end;
	unsigned long long number = g_ascii_strtoull(at, &end, 10);
	if (end == at || number >= MAX_SECTIONS || (*end && strcmp(end, "*") != 0))
		return false;
	*ret_number = number;
	*ret_escaped = *end == '*';
	return true;
}

char *pd_param(struct pd_arena *arena, const char *value, const char *name)
{
	struct section sections[MAX_SECTIONS] = {0};
	const char *plain = NULL;
	const char *at = strchr(value, ';');
	for (size_t count = 0; at && *at == ';' && count < 500; count++) {
		struct param param;
		unsigned long long number;
		bool is_escaped;
		at = read_param(arena, at + 1, &param);
		if (strcmp(param.name, name) == 0 && !plain)
			plain = param.value;
		else if (is_section(param.name, name, &number, &is_escaped) && !sections[number].value)
			sections[number] = (struct section){param.value, is_escaped};
		at = strchr(at, ';'); /* rubbish up to the next one is passed over */
	}
	if (sections[0].value)
		return pd_clean_line(arena, join(arena, sections), 0);
	return plain ? pd_mime_decode(arena, plain) : NULL;
}

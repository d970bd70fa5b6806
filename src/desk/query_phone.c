/* Phone numbers in queries, as people write them: "040 777 1234", 040-777-1234, +358 (40) 777 1234.
 *
 * Contacts keep a number's digits (pd_phone), so these are sought; the parser does it, so that the store's SQL and the
 * desk's memory find the same. Cannot fail. */
#include "desk/query_parser.h"

#include <glib.h>
#include <string.h>

#include "desk/people.h"

#define DIGITS_MAX 20
#define SIGNS	   " +-()/."

static bool is_blank(char c)
{
	return c == ' ' || c == '\0';
}

const char *pd_query_digits(struct pd_arena *arena, const char *text, size_t least)
{
	char *digits = pd_strdup(arena, text), *to = digits;
	for (const char *at = text; *at != '\0'; at++) {
		if (g_ascii_isdigit(*at))
			*to++ = *at;
		else if (strchr(SIGNS, *at) == NULL)
			return NULL;
	}
	*to = '\0';
	return to > digits && (size_t)(to - digits) >= least && strcmp(digits, text) != 0 ? digits : NULL;
}

/* Words follow one another; "-" before one means "not". */
size_t pd_query_phone_len(struct pd_arena *arena, const char *at)
{
	size_t digits = 0, len = 0;
	int depth = 0;
	if (*at != '+' && *at != '(' && !g_ascii_isdigit(*at))
		return 0;
	for (size_t i = 0; depth >= 0 && at[i] != '\0'; i++) {
		if (!g_ascii_isdigit(at[i]) && strchr(SIGNS, at[i]) == NULL)
			break;
		if (at[i] == '-' && i > 0 && at[i - 1] == ' ' && !is_blank(at[i + 1]))
			break;
		digits += g_ascii_isdigit(at[i]) != 0;
		depth += (at[i] == '(') - (at[i] == ')');
		if (depth == 0 && at[i] != ' ' && (is_blank(at[i + 1]) || at[i + 1] == ')') && digits >= PD_PHONE_DIGITS_MIN &&
		    digits <= DIGITS_MAX)
			len = i + 1;
	}
	return len > 0 && pd_query_digits(arena, pd_strndup(arena, at, len), PD_PHONE_DIGITS_MIN) != NULL ? len : 0;
}

const char *pd_query_phone_elsewhere(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	const char *phone = pd_phone(arena, text);
	const char *other = phone != NULL ? pd_phone_elsewhere(arena, settings, phone) : NULL;
	return other != NULL && *other == '+' ? other + 1 : other;
}

/* Who called: the number in a voicemail's mail, and the name beside it.
 *
 *   from "Jane Roe" <+358401234567>      von 030 1234567      Caller: 5551234 (Jane Roe)
 *
 * Promises: dates, durations and extensions (fewer than five digits) are no numbers; where a number is withheld none is
 * found. Cannot fail. */
#include "desk/mailform.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"

enum { CALLER_NAME_MAX = 80, NUMBER_MAX = 40 };
#define DIGITS	"0123456789"
#define NUMBERS "+0123456789 -/.()"

/* "2026-11-21", "21.11.2026", "11/21/2026", with or without a time of the day behind it. */
static bool is_date(const char *text)
{
	char *at, *next;
	unsigned long part[3];
	char separator = '\0';
	for (size_t i = 0; i < 3; i++) {
		if (!g_ascii_isdigit(*text))
			return false;
		part[i] = strtoul(text, &at, 10);
		next = i < 2 ? at + 1 : at;
		if (i < 2 && (strchr("-./", *at) == NULL || *at == '\0' || (i == 1 && *at != separator)))
			return false;
		separator = i == 0 ? *at : separator;
		text = next;
	}
	return (*text == '\0' || *text == ' ') &&
	       ((part[0] > 1900 && part[0] < 2200 && part[1] <= 12 && part[2] <= 31) ||
		(part[2] > 1900 && part[2] < 2200 && part[0] <= 31 && part[1] <= 31));
}

/* Between quotes, or before a bracket: else the words are the sentence's. */
static const char *name_before(struct pd_arena *arena, const char *start, size_t len, bool is_bracketed)
{
	char *words = pd_trim(arena, pd_strndup(arena, start, len));
	size_t end = strlen(words);
	while (end > 0 && strchr("<(\"' ,:", words[end - 1]) != NULL)
		words[--end] = '\0';
	const char *name = words + strspn(words, "\"' ");
	return is_bracketed || *words == '"' ? pd_clean_line(arena, name, CALLER_NAME_MAX) : "";
}

/* "(Jane Roe)"; "(12 seconds)" is none. */
static const char *name_behind(struct pd_arena *arena, const char *text)
{
	size_t len = *text == '(' ? strcspn(text + 1, ")\n" DIGITS) : 0;
	return len > 0 && text[1 + len] == ')' ? pd_clean_line(arena, pd_strndup(arena, text + 1, len), CALLER_NAME_MAX) : "";
}

bool mailform_caller_read(struct pd_arena *arena, const char *text, const char **ret_phone, const char **ret_name)
{
	size_t before = 0;
	while (before <= CALLER_NAME_MAX && strchr("+\n" DIGITS, text[before]) == NULL)
		before++; /* strchr finds the end, too */
	if (text[before] == '\n' || text[before] == '\0' || before > CALLER_NAME_MAX)
		return false;
	size_t bracket = before; /* "(030) 1234567" */
	const char *start = text + before;
	size_t len = strspn(start, NUMBERS);
	if (len > NUMBER_MAX)
		len = NUMBER_MAX;
	char *run = pd_strndup(arena, start, len);
	char *behind = strstr(run, " ("); /* what follows is a name, or how long it was */
	if (behind != NULL && strcspn(behind, ")") == strlen(behind))
		*behind = '\0';
	size_t used = strlen(run);
	while (used > 0 && strchr(" -/.(", run[used - 1]) != NULL)
		run[--used] = '\0';
	char *phone = is_date(run) ? NULL : pd_phone(arena, run);
	if (phone == NULL)
		return false;
	bool is_bracketed = bracket > 0 && (text[bracket - 1] == '<' || text[bracket - 1] == '(');
	const char *name = name_before(arena, text, bracket, is_bracketed);
	if (*name == '\0')
		name = name_behind(arena, start + used + strspn(start + used, " "));
	*ret_phone = phone;
	*ret_name = name;
	return true;
}

static bool is_letter(char c)
{
	return g_ascii_isalnum(c) || (unsigned char)c >= 0x80;
}

bool mailform_caller_find(struct pd_arena *arena, const char *text, const struct pd_strings *before, const char **ret_phone,
			  const char **ret_name)
{
	for (size_t i = 0; i < before->count; i++) {
		const char *word = before->items[i];
		size_t len = strlen(word);
		for (const char *at = text; len > 0 && *at != '\0'; at++) {
			if (g_ascii_strncasecmp(at, word, len) != 0 || (at > text && is_letter(at[-1])) || is_letter(at[len]))
				continue;
			const char *rest = at + len + strspn(at + len, " \t:");
			if (*rest == '\n') /* the number stands in the next line */
				rest += strspn(rest, " \t\n");
			if (mailform_caller_read(arena, rest, ret_phone, ret_name))
				return true;
		}
	}
	return false;
}

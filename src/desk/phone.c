/* Phone numbers of contacts: digits, with a '+' where they begin with a country's code (ITU-T E.164).
 *
 * Promises: a number is kept as it was written, but for blanks and signs; where the settings name the desk's own country,
 * the one at home and the one from abroad are the same to who looks. Cannot fail. */
#include "desk/people.h"

#include <glib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { DIGITS_MIN = 5, DIGITS_MAX = 20, WHOLE_NUMBER = 7 /* digits; shorter ones are extensions of a house */ };

char *pd_phone(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF digits = {0};
	text = pd_starts_nocase(text, "tel:") ? text + strlen("tel:") : text;
	const char *at = text + strspn(text, " ");
	bool is_international = *at == '+' || pd_starts(at, "00");
	at += *at == '+' ? 1 : is_international ? 2 : 0;
	for (; *at != '\0'; at++) {
		if (is_international && pd_starts(at, "(0)")) /* "+44 (0)20 7946 0000": dialled at home alone */
			at += 2;
		else if (g_ascii_isdigit(*at))
			pd_buf_addc(&digits, *at);
		else if (strchr(" -/().", *at) == NULL)
			return NULL;
	}
	if (digits.len < DIGITS_MIN || digits.len > DIGITS_MAX)
		return NULL;
	return pd_printf(arena, "%s%s", is_international ? "+" : "", pd_buf_string(arena, &digits));
}

char *pd_phone_elsewhere(struct pd_arena *arena, const struct pd_settings *settings, const char *phone)
{
	const char *code = settings->country_code, *prefix = settings->national_prefix;
	if (code == NULL || *code == '\0')
		return NULL;
	prefix = prefix != NULL ? prefix : "";
	code += *code == '+';
	if (*phone == '+')
		return pd_starts(phone + 1, code) ? pd_printf(arena, "%s%s", prefix, phone + 1 + strlen(code)) : NULL;
	if (!pd_starts(phone, prefix) || strlen(phone) < WHOLE_NUMBER)
		return NULL;
	return pd_printf(arena, "+%s%s", code, phone + strlen(prefix));
}

static bool is_digits(const char *text, size_t least, size_t most)
{
	size_t len = strspn(text, "0123456789");
	return text[len] == '\0' && len >= least && len <= most;
}

void pd_phone_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	const char *code = settings->country_code, *prefix = settings->national_prefix;
	const struct pd_group *desk = NULL;
	struct pd_where where = {.file = settings->file};
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "postdesk") == 0)
			desk = &settings->groups.items[i];
	if (code != NULL && *code != '\0' && (!is_digits(code + (*code == '+'), 1, 3) || code[*code == '+'] == '0')) {
		(void)(desk != NULL && pd_group_value(desk, "country_code", &where) != NULL);
		pd_problem_add(problems, where, "[postdesk] country_code: \"%s\" is no country's code, such as +358", code);
	}
	if (prefix != NULL && !is_digits(prefix, 0, 3)) {
		(void)(desk != NULL && pd_group_value(desk, "national_prefix", &where) != NULL);
		pd_problem_add(problems, where, "[postdesk] national_prefix: \"%s\" has other signs than digits, or too many", prefix);
	}
}

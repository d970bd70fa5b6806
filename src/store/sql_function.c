/* Functions that SQL calls, so that values compare in the database exactly as they do in the desk.
 *
 * Promises: what pd_query_matches says of a value, pd_match says. Without memory a function gives no match.
 */
#include "store/query_sql.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

static bool match_folded(const char *have, const char *wanted, int mode)
{
	switch (mode) {
	case PD_MATCH_GLOB:
		return pd_glob(wanted, have);
	case PD_MATCH_PREFIX:
		return pd_starts(have, wanted) && (*wanted != '\0' || *have != '\0');
	case PD_MATCH_PART:
		return strstr(have, wanted) != NULL;
	default:
		return strcmp(have, wanted) == 0;
	}
}

static bool match_lines(char *have, const char *wanted, int mode)
{
	for (char *line = have, *end; line != NULL; line = end != NULL ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end = '\0';
		if (*line != '\0' && match_folded(line, wanted, mode))
			return true;
	}
	return false;
}

bool pd_match(const char *value, const char *wanted, int mode)
{
	if (value == NULL)
		return false;
	char small[256];
	size_t len = 0;
	while (len < sizeof small - 1 && value[len] != '\0' && (value[len] & 0x80) == 0) {
		small[len] = g_ascii_tolower(value[len]);
		len++;
	}
	small[len] = '\0';
	bool has_lines = (mode & PD_MATCH_LINES) != 0;
	mode &= ~PD_MATCH_LINES;
	if (value[len] == '\0')
		return has_lines ? match_lines(small, wanted, mode) : match_folded(small, wanted, mode);
	PD_AUTO_ARENA arena = pd_arena_new();
	if (!has_lines)
		return match_folded(pd_fold(arena, value), wanted, mode);
	return match_lines(pd_fold(arena, value), wanted, mode);
}

static void sql_match(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *wanted = (const char *)sqlite3_value_text(values[1]);
	sqlite3_result_int(context, wanted != NULL && pd_match((const char *)sqlite3_value_text(values[0]),
							       wanted, sqlite3_value_int(values[2])));
}

/* A custom property: numbers as numbers, all else (dates, too) as texts. */
static void sql_compare(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *have = (const char *)sqlite3_value_text(values[0]),
		   *wanted = (const char *)sqlite3_value_text(values[1]);
	if (have == NULL || wanted == NULL) {
		sqlite3_result_int(context, 0);
		return;
	}
	char *have_end, *wanted_end;
	double a = g_ascii_strtod(have, &have_end), b = g_ascii_strtod(wanted, &wanted_end);
	bool is_number = have_end != have && *have_end == '\0' && wanted_end != wanted && *wanted_end == '\0';
	int order = is_number ? (a > b) - (a < b) : strcmp(have, wanted);
	bool holds = false;
	switch ((enum pd_compare)sqlite3_value_int(values[2])) {
	case PD_LESS:
		holds = order < 0;
		break;
	case PD_LESS_EQUAL:
		holds = order <= 0;
		break;
	case PD_GREATER:
		holds = order > 0;
		break;
	case PD_GREATER_EQUAL:
		holds = order >= 0;
		break;
	case PD_IS:
		holds = order == 0;
		break;
	}
	sqlite3_result_int(context, holds);
}

static void sql_fold(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *value = (const char *)sqlite3_value_text(values[0]);
	sqlite3_result_text(context, pd_fold(arena, value != NULL ? value : ""), -1, SQLITE_TRANSIENT);
}

/* Digits and line ends alone. */
static void sql_digits(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *value = (const char *)sqlite3_value_text(values[0]);
	PD_AUTO_BUF digits = {0};
	for (; value != NULL && *value != '\0'; value++)
		if (g_ascii_isdigit(*value) || *value == '\n')
			pd_buf_addc(&digits, *value);
	sqlite3_result_text(context, digits.data != NULL ? digits.data : "", (int)digits.len,
			    SQLITE_TRANSIENT);
}

/* Of a contact's identities, the values of one kind ('': all), a line each. */
static void sql_values(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *line = (const char *)sqlite3_value_text(values[0]),
		   *kind = (const char *)sqlite3_value_text(values[1]);
	PD_AUTO_BUF found = {0};
	const size_t len = kind != NULL ? strlen(kind) : 0;
	for (const char *end; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		const char *blank = memchr(line, ' ', (size_t)(end - line));
		if (blank == NULL ||
		    (len > 0 && ((size_t)(blank - line) != len || memcmp(line, kind, len) != 0)))
			continue;
		pd_buf_add(&found, blank + 1, (size_t)(end - blank));
	}
	sqlite3_result_text(context, found.data != NULL ? found.data : "", (int)found.len, SQLITE_TRANSIENT);
}

/* The first line; NULL where there is none. */
static void sql_first(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	const char *text = (const char *)sqlite3_value_text(values[0]);
	if (text != NULL && *text != '\0')
		sqlite3_result_text(context, text, (int)strcspn(text, "\n"), SQLITE_TRANSIENT);
}

static void sql_description(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_bytes rest = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])};
	struct pd_ticket ticket = {0};
	if (pd_record_ticket_unpack(arena, rest, &ticket) && ticket.description != NULL)
		sqlite3_result_text(context, ticket.description, -1, SQLITE_TRANSIENT);
}

bool pd_sort_is_custom(const char *name)
{
	static const char *const others[] = {"due", "sla", "status_kind", "contact_name", ""};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return !pd_property_is_builtin(name);
}

const char *pd_custom_value(const struct pd_ticket *ticket, const char *property, bool *ret_is_number,
			    double *ret_number)
{
	*ret_is_number = false;
	for (size_t i = 0; i < ticket->properties.count; i++) {
		const char *value = ticket->properties.items[i].to;
		if (value == NULL || *value == '\0' ||
		    !pd_equal_nocase(ticket->properties.items[i].property, property))
			continue;
		char *end;
		*ret_number = g_ascii_strtod(value, &end);
		*ret_is_number = *end == '\0' && isfinite(*ret_number);
		return value;
	}
	return NULL;
}

static void sql_property(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_bytes rest = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])};
	const char *property = (const char *)sqlite3_value_text(values[1]);
	struct pd_ticket ticket = {0};
	bool is_number;
	double number;
	if (property == NULL || !pd_record_ticket_unpack(arena, rest, &ticket))
		return;
	const char *value = pd_custom_value(&ticket, property, &is_number, &number);
	if (value != NULL && is_number)
		sqlite3_result_double(context, number);
	else if (value != NULL)
		sqlite3_result_text(context, value, -1, SQLITE_TRANSIENT);
}

/* Has the document of an event, or of minus a contact, these words? Only so many are looked at in a moment. */
static void sql_says(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	struct pd_connection *connection = sqlite3_user_data(context);
	if (connection->documents-- <= 0) {
		sqlite3_result_error_code(context, SQLITE_INTERRUPT);
		return;
	}
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_document document = {.id = sqlite3_value_int64(values[0])};
	const struct pd_query query = {.op = PD_QUERY_TEXT,
				       .value = pd_strdup(arena, (const char *)sqlite3_value_text(values[1])),
				       .is_prefix = sqlite3_value_int(values[2]) != 0};
	struct pd_error error;
	if (pd_sqlite_load_document(connection, arena, &document, &error) != 0) {
		const int code = sqlite3_errcode(connection->db) & 0xff;
		sqlite3_result_error_code(context, code == SQLITE_INTERRUPT ? code : SQLITE_ERROR);
	} else {
		sqlite3_result_int(context, query.value != NULL && pd_sql_document_has(&document, &query));
	}
}

int pd_sql_functions(struct pd_connection *connection, struct pd_error *error)
{
	static const struct {
		const char *name;
		int arguments;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{"pd_match", 3, sql_match},   {"pd_compare", 3, sql_compare},
		{"pd_fold", 1, sql_fold},
		{"pd_digits", 1, sql_digits}, {"pd_first", 1, sql_first},
		{"pd_values", 2, sql_values}, {"pd_description", 1, sql_description},
		{"pd_property", 2, sql_property}, {"pd_says", 3, sql_says},
	};
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (sqlite3_create_function_v2(connection->db, functions[i].name, functions[i].arguments,
					       flags, connection, functions[i].call, NULL, NULL, NULL) != SQLITE_OK)
			return pd_sql_fail(connection, error, "database");
	return 0;
}

/* Tables of another program's database, as they were dumped, in SQLite, where one question can be asked of all of them.
 *
 * Promises: a file of an SQLite database is only read; everything else goes into a temporary database that is gone with
 * the process. A dump that is broken says where. */
#include "store/foreign.h"

#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/raw.h"
#include "base/text.h"

#define COLUMNS_MAX 200

static int fail_sqlite(sqlite3 *db, struct pd_error *error, const char *what)
{
	return pd_fail(error, PD_PERMANENT, "%s: %s", what, sqlite3_errmsg(db));
}

static int run(sqlite3 *db, const char *sql, struct pd_error *error)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail_sqlite(db, error, sql);
}

/* The table, all columns without a type, and how a row goes in. */
static int make_table(sqlite3 *db, const char *name, const struct pd_strings *columns, sqlite3_stmt **ret_insert,
		      struct pd_error *error)
{
	g_autoptr(GString) create = g_string_new(NULL), insert = g_string_new(NULL);
	char *table = sqlite3_mprintf("\"%w\"", name);

	g_string_printf(create, "CREATE TABLE %s (", table);
	g_string_printf(insert, "INSERT INTO %s VALUES (", table);
	sqlite3_free(table);
	for (size_t i = 0; i < columns->count; i++) {
		char *column = sqlite3_mprintf("%s\"%w\"", i ? ", " : "", columns->items[i]);

		g_string_append(create, column);
		g_string_append(insert, i ? ", ?" : "?");
		sqlite3_free(column);
	}
	g_string_append(create, ")");
	g_string_append(insert, ")");
	int failed = run(db, create->str, error);

	if (!failed && sqlite3_prepare_v2(db, insert->str, -1, ret_insert, NULL) != SQLITE_OK)
		failed = fail_sqlite(db, error, name);
	return failed;
}

/* PostgreSQL writes bytes as \x and hexadecimal. False: they are no such bytes. */
static bool bind_hex(sqlite3_stmt *insert, int column, const char *hex, size_t len)
{
	if (len % 2)
		return false;
	g_autofree unsigned char *bytes = g_malloc(len / 2 + 1);

	for (size_t i = 0; i < len / 2; i++) {
		int high = g_ascii_xdigit_value(hex[2 * i]), low = g_ascii_xdigit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high * 16 + low);
	}
	sqlite3_bind_blob64(insert, column, bytes, len / 2, SQLITE_TRANSIENT);
	return true;
}

static void bind_text(sqlite3_stmt *insert, int column, const char *text, size_t len)
{
	if (len >= 2 && text[0] == '\\' && text[1] == 'x' && bind_hex(insert, column, text + 2, len - 2))
		return;
	sqlite3_bind_text64(insert, column, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* --- CSV (RFC 4180), a file a table --- */

struct csv {
	const char *at, *end;
	size_t line;
	GString *field;
};

/* The next field; ret_last: of its record. ret_null: nothing stood there, or what MySQL writes for it. */
static void next_field(struct csv *csv, bool *ret_last, bool *ret_null)
{
	bool is_quoted = csv->at < csv->end && *csv->at == '"';

	g_string_truncate(csv->field, 0);
	csv->at += is_quoted;
	for (; csv->at < csv->end; csv->at++) {
		char c = *csv->at;

		csv->line += c == '\n';
		if (is_quoted && c == '"') {
			if (csv->at + 1 == csv->end || csv->at[1] != '"') {
				csv->at++;
				is_quoted = false;
				break;
			}
			csv->at++;
		} else if (!is_quoted && (c == ',' || c == '\n' || c == '\r')) {
			csv->line -= c == '\n';
			break;
		}
		g_string_append_c(csv->field, c);
	}
	*ret_null = !csv->field->len || !strcmp(csv->field->str, "\\N");
	*ret_last = csv->at == csv->end || *csv->at != ',';
	if (csv->at < csv->end && *csv->at == '\r')
		csv->at++;
	if (csv->at < csv->end) {
		csv->line += *csv->at == '\n';
		csv->at++;
	}
}

static int load_rows(sqlite3 *db, const char *file, const char *table, struct csv *csv, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings columns = {0};
	sqlite3_stmt *insert = NULL;
	bool is_last = false, is_null;

	while (!is_last && columns.count < COLUMNS_MAX) {
		next_field(csv, &is_last, &is_null);
		*pd_list_add(arena, &columns) = pd_strdup(arena, csv->field->str);
	}
	int failed = make_table(db, table, &columns, &insert, error);

	while (!failed && csv->at < csv->end) {
		size_t line = csv->line, count = 0;

		for (is_last = false; !is_last; count++) {
			next_field(csv, &is_last, &is_null);
			if (count < columns.count && !is_null)
				bind_text(insert, (int)count + 1, csv->field->str, csv->field->len);
		}
		if (count != columns.count)
			failed = pd_fail(error, PD_PERMANENT, "%s:%zu: %zu fields, but %zu columns", file, line, count,
					 columns.count);
		else if (sqlite3_step(insert) != SQLITE_DONE)
			failed = fail_sqlite(db, error, file);
		sqlite3_reset(insert);
		sqlite3_clear_bindings(insert);
	}
	sqlite3_finalize(insert);
	return failed;
}

static int load_csv(sqlite3 *db, const char *file, const char *table, struct pd_error *error)
{
	PD_AUTO_RAW raw = NULL;
	g_autoptr(GString) field = g_string_new(NULL);
	int failed = pd_raw_from_file(file, "/tmp", &raw, error);

	if (failed)
		return failed;
	struct csv csv = {.at = raw->data, .end = raw->data + raw->size, .line = 1, .field = field};

	return raw->size ? load_rows(db, file, table, &csv, error) : 0;
}

static int load_folder(sqlite3 *db, const char *path, struct pd_error *error)
{
	DIR *directory = opendir(path);
	int failed = 0;

	if (!directory)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	for (struct dirent *entry; !failed && (entry = readdir(directory));) {
		if (entry->d_name[0] == '.' || !pd_ends(entry->d_name, ".csv"))
			continue;
		g_autofree char *file = g_build_filename(path, entry->d_name, NULL);
		g_autofree char *table = g_strndup(entry->d_name, strlen(entry->d_name) - strlen(".csv"));

		failed = load_csv(db, file, table, error);
	}
	closedir(directory);
	return failed;
}

/* --- mysqldump --xml --- */

/* What of the file is open, from the outside in. */
struct xml {
	sqlite3 *db;
	const char *file;
	struct pd_arena *arena;
	const char *table;
	struct pd_strings columns; /* of the table */
	sqlite3_stmt *insert;	   /* in table_data; NULL elsewhere */
	size_t column;		   /* of the field that is open; columns.count: none */
	bool is_hex;
	GString *value;
	struct pd_error *error;
	int failed;
};

static const char *attribute(const char **names, const char **values, const char *name)
{
	for (size_t i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return values[i];
	return "";
}

static void open_field(struct xml *xml, const char **names, const char **values)
{
	const char *name = attribute(names, values, "name");

	xml->column = 0;
	while (xml->column < xml->columns.count && strcmp(xml->columns.items[xml->column], name) != 0)
		xml->column++;
	if (!strcmp(attribute(names, values, "xsi:nil"), "true"))
		xml->column = xml->columns.count;
	xml->is_hex = !strcmp(attribute(names, values, "xsi:type"), "xs:hexBinary");
	g_string_truncate(xml->value, 0);
}

static void open_element(GMarkupParseContext *context, const char *element, const char **names, const char **values, void *data,
			 GError **wrong)
{
	struct xml *xml = data;

	(void)context;
	(void)wrong;
	if (xml->failed)
		return;
	if (!strcmp(element, "table_structure")) {
		xml->table = pd_strdup(xml->arena, attribute(names, values, "name"));
		memset(&xml->columns, 0, sizeof xml->columns);
	} else if (!strcmp(element, "field") && xml->insert) {
		open_field(xml, names, values);
	} else if (!strcmp(element, "field") && xml->columns.count < COLUMNS_MAX) {
		*pd_list_add(xml->arena, &xml->columns) = pd_strdup(xml->arena, attribute(names, values, "Field"));
	} else if (!strcmp(element, "table_data")) {
		const char *table = attribute(names, values, "name");

		xml->failed = pd_equal(table, xml->table)
				      ? make_table(xml->db, table, &xml->columns, &xml->insert, xml->error)
				      : pd_fail(xml->error, PD_PERMANENT,
						"%s says nothing of the columns of %s; dump it with its structure", xml->file, table);
	}
}

static void close_element(GMarkupParseContext *context, const char *element, void *data, GError **wrong)
{
	struct xml *xml = data;

	(void)context;
	(void)wrong;
	if (xml->failed || !xml->insert)
		return;
	if (!strcmp(element, "field") && xml->column < xml->columns.count) {
		int column = (int)xml->column + 1;

		if (!xml->is_hex || !bind_hex(xml->insert, column, xml->value->str, xml->value->len))
			bind_text(xml->insert, column, xml->value->str, xml->value->len);
		xml->column = xml->columns.count;
	} else if (!strcmp(element, "row")) {
		if (sqlite3_step(xml->insert) != SQLITE_DONE)
			xml->failed = fail_sqlite(xml->db, xml->error, xml->table);
		sqlite3_reset(xml->insert);
		sqlite3_clear_bindings(xml->insert);
	} else if (!strcmp(element, "table_data")) {
		sqlite3_finalize(xml->insert);
		xml->insert = NULL;
	}
}

static void add_text(GMarkupParseContext *context, const char *text, gsize len, void *data, GError **wrong)
{
	struct xml *xml = data;

	(void)context;
	(void)wrong;
	if (xml->insert && xml->column < xml->columns.count)
		g_string_append_len(xml->value, text, (gssize)len);
}

/* A mysqldump does not escape what XML forbids, such as a form feed in a mail: that becomes a blank. */
static void blank_controls(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\r' && text[i] != '\t')
			text[i] = ' ';
}

static void parse_file(struct xml *xml, FILE *file)
{
	static const GMarkupParser parser = {.start_element = open_element, .end_element = close_element, .text = add_text};
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, xml, NULL);
	g_autoptr(GError) wrong = NULL;
	char buffer[65536];
	size_t len;
	bool is_fine = true;

	while (is_fine && !xml->failed && (len = fread(buffer, 1, sizeof buffer, file)) > 0) {
		blank_controls(buffer, len);
		is_fine = g_markup_parse_context_parse(context, buffer, (gssize)len, &wrong);
	}
	if (is_fine && !xml->failed)
		is_fine = g_markup_parse_context_end_parse(context, &wrong);
	if (!is_fine && !xml->failed)
		xml->failed = pd_fail(xml->error, PD_PERMANENT, "%s: %s", xml->file, wrong->message);
	g_markup_parse_context_free(context);
}

static int load_xml(sqlite3 *db, const char *path, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	g_autoptr(GString) value = g_string_new(NULL);
	struct xml xml = {.db = db, .file = path, .arena = arena, .value = value, .error = error};
	FILE *file = fopen(path, "re");

	if (!file)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	parse_file(&xml, file);
	sqlite3_finalize(xml.insert);
	fclose(file);
	return xml.failed;
}

/* --- all of them --- */

static bool begins_with(const char *path, const char *what)
{
	g_autofree char *start = g_malloc0(strlen(what) + 1);
	FILE *file = fopen(path, "re");
	bool does = file && fread(start, 1, strlen(what), file) == strlen(what) && !strcmp(start, what);

	if (file)
		fclose(file);
	return does;
}

struct pd_foreign {
	sqlite3 *db;
	char *path;
};

static int load(sqlite3 *db, const char *path, bool is_folder, struct pd_error *error)
{
	int failed = run(db, "PRAGMA journal_mode = OFF; BEGIN", error);

	if (!failed && is_folder)
		failed = load_folder(db, path, error);
	else if (!failed && begins_with(path, "<?xml"))
		failed = load_xml(db, path, error);
	else if (!failed)
		failed = pd_fail(error, PD_PERMANENT,
				 "%s is neither a folder of CSV files, nor mysqldump --xml, nor an SQLite database", path);
	return failed ? failed : run(db, "COMMIT", error);
}

int pd_foreign_open(const char *path, struct pd_foreign **ret_foreign, struct pd_error *error)
{
	struct stat st;
	sqlite3 *db = NULL;
	int failed = 0;

	*ret_foreign = NULL;
	if (stat(path, &st) != 0)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return pd_fail(error, PD_PERMANENT, "%s is neither a file nor a folder", path);
	bool is_sqlite = S_ISREG(st.st_mode) && begins_with(path, "SQLite format 3");
	int flags = is_sqlite ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	if (sqlite3_open_v2(is_sqlite ? path : "", &db, flags, NULL) != SQLITE_OK)
		failed = fail_sqlite(db, error, path);
	else if (!is_sqlite)
		failed = load(db, path, S_ISDIR(st.st_mode), error);
	if (failed) {
		sqlite3_close(db);
		return failed;
	}
	*ret_foreign = calloc(1, sizeof **ret_foreign);
	if (!*ret_foreign)
		abort();
	(*ret_foreign)->db = db;
	(*ret_foreign)->path = g_strdup(path);
	return 0;
}

void pd_foreign_close(struct pd_foreign *foreign)
{
	if (!foreign)
		return;
	sqlite3_close(foreign->db);
	g_free(foreign->path);
	free(foreign);
}

bool pd_foreign_has(struct pd_foreign *foreign, const char *table, const char *column)
{
	return sqlite3_table_column_metadata(foreign->db, NULL, table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

struct pd_strings pd_foreign_columns(struct pd_foreign *foreign, struct pd_arena *arena, const char *table)
{
	struct pd_strings columns = {0};
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(foreign->db, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", -1, &statement, NULL) == SQLITE_OK)
		sqlite3_bind_text(statement, 1, table, -1, SQLITE_TRANSIENT);
	while (statement && sqlite3_step(statement) == SQLITE_ROW)
		*pd_list_add(arena, &columns) = pd_strdup(arena, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return columns;
}

int pd_foreign_add(struct pd_foreign *foreign, const char *table, const char *columns, struct pd_error *error)
{
	g_autofree char *sql = g_strdup_printf("CREATE TEMP TABLE \"%s\" (%s)", table, columns);

	return run(foreign->db, sql, error);
}

void pd_foreign_index(struct pd_foreign *foreign, const char *table, const char *column)
{
	g_autofree char *sql =
		g_strdup_printf("CREATE INDEX IF NOT EXISTS \"by_%s_%s\" ON \"%s\" (\"%s\")", table, column, table, column);

	if (pd_foreign_has(foreign, table, column))
		sqlite3_exec(foreign->db, sql, NULL, NULL, NULL); /* without it the same comes, later */
}

/* --- questions --- */

struct pd_question {
	struct pd_foreign *foreign;
	sqlite3_stmt *statement;
};

int pd_question_new(struct pd_foreign *foreign, const char *sql, struct pd_question **ret_question, struct pd_error *error)
{
	sqlite3_stmt *statement = NULL;

	*ret_question = NULL;
	if (sqlite3_prepare_v2(foreign->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return fail_sqlite(foreign->db, error, foreign->path);
	*ret_question = calloc(1, sizeof **ret_question);
	if (!*ret_question)
		abort();
	**ret_question = (struct pd_question){foreign, statement};
	return 0;
}

void pd_question_end(struct pd_question *question)
{
	if (!question)
		return;
	sqlite3_finalize(question->statement);
	free(question);
}

void pd_question_ask(struct pd_question *question, const char *argument)
{
	sqlite3_reset(question->statement);
	if (argument)
		sqlite3_bind_text(question->statement, 1, argument, -1, SQLITE_TRANSIENT);
}

int pd_question_next(struct pd_question *question, struct pd_error *error)
{
	int result = sqlite3_step(question->statement);

	if (result == SQLITE_ROW)
		return 1;
	return result == SQLITE_DONE ? 0 : fail_sqlite(question->foreign->db, error, question->foreign->path);
}

const char *pd_question_text(struct pd_question *question, struct pd_arena *arena, int column)
{
	const unsigned char *text = sqlite3_column_text(question->statement, column);

	return text && *text ? pd_strdup(arena, (const char *)text) : NULL;
}

struct pd_bytes pd_question_bytes(struct pd_question *question, struct pd_arena *arena, int column)
{
	const void *data = sqlite3_column_blob(question->statement, column);
	size_t len = (size_t)sqlite3_column_bytes(question->statement, column);

	char *copy = pd_alloc_dirty(arena, len + 1);

	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return (struct pd_bytes){copy, len};
}

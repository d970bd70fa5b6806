/* Tables of another desk's database, as they were dumped, in SQLite, where one question can be asked of all of them.
 *
 * Promises: a file of an SQLite database is only read; everything else goes into a temporary database that is gone with
 * the process. A dump that is broken says where. */
#include "cli/archive_tables.h"

#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <libxml/xmlreader.h>
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

struct xml {
	sqlite3 *db;
	xmlTextReader *reader;
	struct pd_arena *arena;
	char *table;
	struct pd_strings columns; /* of the table */
	sqlite3_stmt *insert;
};

static bool is_at(const struct xml *xml, int type, const char *name)
{
	return xmlTextReaderNodeType(xml->reader) == type &&
	       !strcmp((const char *)xmlTextReaderConstLocalName(xml->reader), name);
}

static bool has_attribute(struct xml *xml, const char *name, const char *value)
{
	xmlChar *found = xmlTextReaderGetAttribute(xml->reader, (const xmlChar *)name);
	bool is = found && !strcmp((const char *)found, value);

	xmlFree(found);
	return is;
}

static char *attribute(struct xml *xml, const char *name)
{
	xmlChar *found = xmlTextReaderGetAttribute(xml->reader, (const xmlChar *)name);
	char *copy = pd_strdup(xml->arena, found ? (const char *)found : "");

	xmlFree(found);
	return copy;
}

static int begin_table(struct xml *xml, struct pd_error *error)
{
	sqlite3_finalize(xml->insert);
	xml->insert = NULL;
	if (!xml->columns.count)
		return pd_fail(error, PD_PERMANENT, "the dump says nothing of the columns of %s; make it with the structure",
			       attribute(xml, "name"));
	return make_table(xml->db, xml->table, &xml->columns, &xml->insert, error);
}

static void read_value(struct xml *xml)
{
	const char *name = attribute(xml, "name");
	size_t column = 0;

	while (column < xml->columns.count && strcmp(xml->columns.items[column], name) != 0)
		column++;
	if (column == xml->columns.count || has_attribute(xml, "xsi:nil", "true"))
		return;
	bool is_hex = has_attribute(xml, "xsi:type", "xs:hexBinary");
	xmlChar *text = xmlTextReaderReadString(xml->reader);
	const char *value = text ? (const char *)text : "";

	if (!is_hex || !bind_hex(xml->insert, (int)column + 1, value, strlen(value)))
		bind_text(xml->insert, (int)column + 1, value, strlen(value));
	xmlFree(text);
}

/* What the reader stands at. */
static int read_node(struct xml *xml, struct pd_error *error)
{
	if (is_at(xml, XML_READER_TYPE_ELEMENT, "table_structure")) {
		xml->table = attribute(xml, "name");
		memset(&xml->columns, 0, sizeof xml->columns);
	} else if (is_at(xml, XML_READER_TYPE_ELEMENT, "field") && !xml->insert && *attribute(xml, "Field")) {
		*pd_list_add(xml->arena, &xml->columns) = attribute(xml, "Field");
	} else if (is_at(xml, XML_READER_TYPE_ELEMENT, "table_data")) {
		return begin_table(xml, error);
	} else if (is_at(xml, XML_READER_TYPE_END_ELEMENT, "table_data")) {
		sqlite3_finalize(xml->insert);
		xml->insert = NULL;
	} else if (xml->insert && is_at(xml, XML_READER_TYPE_ELEMENT, "field")) {
		read_value(xml);
	} else if (xml->insert && is_at(xml, XML_READER_TYPE_END_ELEMENT, "row")) {
		if (sqlite3_step(xml->insert) != SQLITE_DONE)
			return fail_sqlite(xml->db, error, xml->table);
		sqlite3_reset(xml->insert);
		sqlite3_clear_bindings(xml->insert);
	}
	return 0;
}

static void be_silent(void *context, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr locator)
{
	(void)message;
	(void)severity;
	*(int *)context = xmlTextReaderLocatorLineNumber(locator);
}

static int load_xml(sqlite3 *db, const char *path, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct xml xml = {.db = db, .arena = arena};
	int result, failed = 0, line = 0;

	xml.reader = xmlReaderForFile(path, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	if (!xml.reader)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	xmlTextReaderSetErrorHandler(xml.reader, be_silent, &line);
	while (!failed && (result = xmlTextReaderRead(xml.reader)) == 1)
		failed = read_node(&xml, error);
	if (!failed && result < 0)
		failed = pd_fail(error, PD_PERMANENT, "%s:%d: this is no XML", path, line);
	sqlite3_finalize(xml.insert);
	xmlFreeTextReader(xml.reader);
	return failed;
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

int pd_tables_open(const char *path, sqlite3 **ret_db, struct pd_error *error)
{
	struct stat st;
	sqlite3 *db = NULL;
	bool is_sqlite;

	*ret_db = NULL;
	if (stat(path, &st) != 0)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	is_sqlite = S_ISREG(st.st_mode) && begins_with(path, "SQLite format 3");
	if (sqlite3_open_v2(is_sqlite ? path : "", &db,
			    is_sqlite ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
		int failed = fail_sqlite(db, error, path);

		sqlite3_close(db);
		return failed;
	}
	int failed = is_sqlite ? 0 : run(db, "PRAGMA journal_mode = OFF; BEGIN", error);

	if (!failed && S_ISDIR(st.st_mode))
		failed = load_folder(db, path, error);
	else if (!failed && !is_sqlite && begins_with(path, "<?xml"))
		failed = load_xml(db, path, error);
	else if (!failed && !is_sqlite)
		failed = pd_fail(error, PD_PERMANENT,
				 "%s is neither a folder of CSV files, nor mysqldump --xml, nor an SQLite database", path);
	if (!failed && !is_sqlite)
		failed = run(db, "COMMIT", error);
	if (failed)
		sqlite3_close(db);
	else
		*ret_db = db;
	return failed;
}

bool pd_tables_have(sqlite3 *db, const char *table, const char *column)
{
	return sqlite3_table_column_metadata(db, NULL, table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

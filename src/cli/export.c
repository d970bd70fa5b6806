/* postdesk export: tickets as JSON lines, their mails as an mbox (mboxrd), or both in a folder, two files a ticket, from
 * which another desk, or this one, takes them in again (cli/archive_own.c). */
#include "cli/cli.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/text.h"
#include "cli/archive.h"

struct export
{
	struct pd_cli *cli;
	FILE *out;
	unsigned long count;
};

static void write_quoted(const struct pd_bytes *raw, FILE *out)
{
	const char *at = raw->data, *end = raw->data + raw->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *next = newline ? newline + 1 : end, *quote = at;
		size_t len = (size_t)(next - at);

		while (quote < next && *quote == '>')
			quote++;
		if (next - quote >= 5 && !memcmp(quote, "From ", 5))
			fputc('>', out);
		if (len >= 2 && next[-1] == '\n' && next[-2] == '\r') {
			fwrite(at, 1, len - 2, out);
			fputc('\n', out);
		} else {
			fwrite(at, 1, len, out);
		}
		at = next;
	}
	if (raw->len && end[-1] != '\n')
		fputc('\n', out);
	fputc('\n', out);
}

void pd_mbox_write(FILE *out, const char *from, pd_time date, const struct pd_bytes *raw)
{
	time_t seconds = (time_t)(date / PD_SECOND);
	char stamp[64];
	struct tm tm;

	strftime(stamp, sizeof stamp, "%a %b %e %H:%M:%S %Y", gmtime_r(&seconds, &tm));
	fprintf(out, "From %s %s\n", from && *from ? from : "MAILER-DAEMON", stamp);
	write_quoted(raw, out);
}

static void put_mail(const json_t *object, const struct pd_bytes *raw, FILE *out)
{
	const char *date = json_string_value(json_object_get(object, "date"));
	pd_time when = 0;

	if (date)
		pd_time_parse(date, &when);
	pd_mbox_write(out, json_string_value(json_object_get(object, "from")), when, raw);
}

static void write_mail(void *data, const json_t *object)
{
	struct export *export = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_bytes raw = pd_cli_bytes(arena, json_object_get(object, "raw"));

	put_mail(object, &raw, export->out);
	export->count++;
}

/* --- a folder --- */

struct folder {
	const char *path;
	GHashTable *mails; /* the entries of each ticket's mbox, by its number; json arrays */
	FILE *mbox;	   /* of that ticket */
	int64_t number;
	unsigned long count;
	int error; /* errno of the first that went wrong */
};

static FILE *open_file(struct folder *folder, int64_t number, const char *extension)
{
	g_autofree char *path = g_strdup_printf("%s/%lld.%s", folder->path, (long long)number, extension);
	FILE *file = fopen(path, "we");

	if (!file && !folder->error)
		folder->error = errno;
	return file;
}

static void close_file(struct folder *folder, FILE *file)
{
	bool is_bad = file && ferror(file);

	if (file && (fclose(file) != 0 || is_bad) && !folder->error)
		folder->error = errno ? errno : EIO;
}

/* A file that an agent added becomes a mail that carries it. */
static struct pd_bytes as_mail(struct pd_arena *arena, const json_t *object, struct pd_bytes raw)
{
	const char *source = json_string_value(json_object_get(object, "source"));
	bool is_file = pd_equal(source, "file");

	if (!is_file && !pd_equal(source, "manual"))
		return raw;
	struct pd_archive_mail mail = {.text = is_file ? "" : pd_strndup(arena, raw.data, raw.len)};

	mail.message_id = pd_printf(arena, "<postdesk.%lld.%s@import.invalid>",
				    (long long)json_integer_value(json_object_get(object, "number")),
				    json_string_value(json_object_get(object, "entry")));
	mail.from = json_string_value(json_object_get(object, "from"));
	if (is_file)
		*pd_list_add(arena, &mail.parts) = (struct pd_archive_part){
			.name = json_string_value(json_object_get(object, "file")),
			.type = json_string_value(json_object_get(object, "type")),
			.content = raw,
		};
	return pd_archive_compose(arena, &mail);
}

/* The mails of one ticket come together. */
static void write_entry(void *data, const json_t *object)
{
	struct folder *folder = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	int64_t number = json_integer_value(json_object_get(object, "number"));
	struct pd_bytes raw = as_mail(arena, object, pd_cli_bytes(arena, json_object_get(object, "raw")));
	int64_t *key = g_new(int64_t, 1);

	*key = number;
	json_t *entries = g_hash_table_lookup(folder->mails, key);

	if (number != folder->number) {
		close_file(folder, folder->mbox);
		folder->mbox = open_file(folder, number, "mbox");
		folder->number = number;
	}
	if (entries)
		g_free(key);
	else
		g_hash_table_insert(folder->mails, key, entries = json_array());
	json_array_append(entries, json_object_get(object, "entry"));
	if (folder->mbox)
		put_mail(object, &raw, folder->mbox);
}

static void write_ticket(void *data, const json_t *object)
{
	struct folder *folder = data;
	int64_t number = json_integer_value(json_object_get(object, "number"));
	json_t *whole = json_copy((json_t *)(uintptr_t)object), *entries = g_hash_table_lookup(folder->mails, &number);
	FILE *file = open_file(folder, number, "json");

	json_object_set(whole, "mails", entries ? entries : json_array());
	if (file) {
		json_dumpf(whole, file, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		fputc('\n', file);
		folder->count++;
	}
	close_file(folder, file);
	json_decref(whole);
}

static void free_array(void *array)
{
	json_decref(array);
}

static int export_folder(struct pd_cli *cli, const char *path, const char *query)
{
	struct folder folder = {.path = path};

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		fprintf(stderr, "postdesk: %s: %s\n", path, strerror(errno));
		return PD_EXIT_REFUSED;
	}
	folder.mails = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_array);
	int code = pd_cli_request(cli, json_pack("{s:s,s:s,s:b}", "verb", "mbox", "query", query, "all", 1), write_entry, &folder);

	close_file(&folder, folder.mbox);
	if (code == PD_EXIT_DONE)
		code = pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "export", "query", query), write_ticket, &folder);
	g_hash_table_destroy(folder.mails);
	if (folder.error) {
		fprintf(stderr, "postdesk: %s: %s\n", path, strerror(folder.error));
		return PD_EXIT_AGAIN;
	}
	fprintf(stderr, "%lu tickets written\n", folder.count);
	return code;
}

int pd_cli_export(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"mbox", required_argument, NULL, 'm'}, {"json", no_argument, NULL, 'j'},
					 {"tickets", required_argument, NULL, 't'}, {0}};
	struct export export = {.cli = cli};
	struct pd_strings words = {0};
	const char *mbox = NULL, *folder = NULL;
	bool is_json = false;
	int option;

	argv = pd_cli_with_terms(cli, &argc, argv, options);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		is_json = is_json || option == 'j';
		mbox = option == 'm' ? optarg : mbox;
		folder = option == 't' ? optarg : folder;
	}
	if (is_json + (mbox != NULL) + (folder != NULL) != 1)
		return pd_cli_usage(cli);
	for (int i = optind; i < argc; i++)
		*pd_list_add(cli->arena, &words) = argv[i];
	const char *query = pd_strings_join(cli->arena, &words, " ");

	if (folder)
		return export_folder(cli, folder, query);
	if (is_json)
		return pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "export", "query", query), pd_cli_print_json, NULL);
	export.out = strcmp(mbox, "-") != 0 ? fopen(mbox, "we") : stdout;
	if (!export.out) {
		fprintf(stderr, "postdesk: %s: %s\n", mbox, strerror(errno));
		return PD_EXIT_REFUSED;
	}
	int code = pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "mbox", "query", query), write_mail, &export);
	bool is_written = fflush(export.out) == 0 && !ferror(export.out);

	if (export.out != stdout && fclose(export.out) != 0)
		is_written = false;
	if (!is_written) {
		fprintf(stderr, "postdesk: %s: %s\n", mbox, strerror(errno));
		return PD_EXIT_AGAIN;
	}
	fprintf(stderr, "%lu mails written\n", export.count);
	return code;
}

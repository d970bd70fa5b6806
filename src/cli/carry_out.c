/* Writing a desk into a folder (cli/carry.h).
 *
 * Promises: each file is whole when this ends with PD_EXIT_DONE. A mail stands once, in the mbox, where its bytes can be made
 * again from there; else it stands in the JSON, in base64. Its SHA-256 tells whether it is what it was. Only the owner reads
 * the files. Fails: PD_EXIT_AGAIN where a file cannot be written. */
#include "cli/carry.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/archive.h"

struct folder {
	const char *path;
	FILE *mbox;	   /* of the ticket at hand; NULL: none yet */
	FILE *letters;
	int64_t number;	   /* of it */
	json_t *mails;	   /* entries of its mbox */
	json_t *raws;	   /* by message: where its bytes are */
	unsigned long count;
	int error; /* errno of the first that went wrong */
};

static FILE *open_file(struct folder *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

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

static void begin(struct folder *folder, int64_t number)
{
	if (folder->number == number && folder->raws)
		return;
	close_file(folder, folder->mbox);
	folder->mbox = NULL;
	folder->number = number;
	json_decref(folder->mails);
	json_decref(folder->raws);
	folder->mails = json_array();
	folder->raws = json_object();
}

/* What was written by no mail becomes one: a file that an agent added, words. */
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

/* How all of its lines end, so that an mbox, which has LF alone, gives it back; NULL: in several ways, or the last not. */
static const char *lines_of(struct pd_bytes raw)
{
	size_t with = 0, without = 0;

	for (const char *at = raw.data, *end = raw.data + raw.len; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
		if (at > raw.data && at[-1] == '\r')
			with++;
		else
			without++;
	if (raw.len == 0 || raw.data[raw.len - 1] != '\n' || (with && without))
		return NULL;
	return with ? "crlf" : "lf";
}

static void write_raw(struct folder *folder, const json_t *object)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const json_t *entry = json_object_get(object, "entry");
	struct pd_bytes raw = pd_cli_bytes(arena, json_object_get(object, "raw"));
	const char *lines = NULL;
	unsigned char digest[PD_SHA256_SIZE];
	pd_time when = 0;
	json_t *place;

	begin(folder, json_integer_value(json_object_get(object, "number")));
	if (entry) {
		const char *date = json_string_value(json_object_get(object, "date"));
		struct pd_bytes mail = as_mail(arena, object, raw);

		if (!folder->mbox)
			folder->mbox = open_file(folder, pd_printf(arena, "%lld.mbox", (long long)folder->number));
		if (date)
			pd_time_parse(date, &when);
		if (folder->mbox)
			pd_mbox_write(folder->mbox, json_string_value(json_object_get(object, "from")), when, &mail);
		json_array_append(folder->mails, (json_t *)(uintptr_t)entry);
		lines = mail.data == raw.data ? lines_of(raw) : NULL;
	}
	if (lines)
		place = json_pack("{s:I,s:s}", "mbox", (json_int_t)json_array_size(folder->mails) - 1, "lines", lines);
	else
		place = json_pack("{s:O}", "content", json_object_get(object, "raw"));
	pd_sha256(raw.data, raw.len, digest);
	json_object_set_new(place, "sha256", json_string(pd_hex(arena, digest, sizeof digest)));
	json_object_set_new(folder->raws,
			    pd_printf(arena, "%lld", (long long)json_integer_value(json_object_get(object, "message"))), place);
}

/* Says of each message where its bytes are. */
static void add_places(const struct folder *folder, json_t *messages)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	json_t *message;
	size_t i;

	json_array_foreach(messages, i, message) {
		const char *id = pd_printf(arena, "%lld", (long long)json_integer_value(json_object_get(message, "id")));
		json_t *place = json_object_get(folder->raws, id);

		if (place)
			json_object_set(message, "raw", place);
	}
}

static void write_json(struct folder *folder, const char *name, const json_t *object)
{
	FILE *file = open_file(folder, name);

	if (file) {
		json_dumpf(object, file, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		fputc('\n', file);
	}
	close_file(folder, file);
}

static void write_ticket(struct folder *folder, const json_t *object)
{
	json_t *whole = json_copy(json_object_get(object, "ticket"));
	int64_t number = json_integer_value(json_object_get(object, "number"));
	g_autofree char *name = g_strdup_printf("%lld.json", (long long)number);
	g_autofree char *mbox = g_strdup_printf("%s/%lld.mbox", folder->path, (long long)number);

	begin(folder, number);
	if (!folder->mbox) /* of an older export */
		(void)unlink(mbox);
	json_object_set(whole, "mails", folder->mails);
	add_places(folder, json_object_get(json_object_get(whole, "postdesk"), "messages"));
	write_json(folder, name, whole);
	json_decref(whole);
	folder->count++;
}

static void write_object(void *data, const json_t *object)
{
	struct folder *folder = data;
	json_t *desk = json_object_get(object, "desk"), *letter = json_object_get(object, "letter");

	if (!folder->letters && !folder->error) /* not before: root is the owner of the state by now */
		folder->letters = open_file(folder, "letters.jsonl");
	if (json_object_get(object, "raw")) {
		write_raw(folder, object);
	} else if (json_object_get(object, "ticket")) {
		write_ticket(folder, object);
	} else if (letter && folder->letters) {
		json_dumpf(letter, folder->letters, JSON_COMPACT | JSON_PRESERVE_ORDER);
		fputc('\n', folder->letters);
	} else if (desk) {
		begin(folder, 0);
		add_places(folder, json_object_get(desk, "messages"));
		write_json(folder, "desk.json", desk);
	}
}

/* Root becomes the owner of the state before it reads the desk: a new folder is that user's. */
static bool make_folder(struct pd_cli *cli, const char *path)
{
	struct stat state;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST;
	return geteuid() != 0 || stat(cli->settings->state, &state) != 0 || chown(path, state.st_uid, state.st_gid) == 0;
}

int pd_cli_carry_out(struct pd_cli *cli, const char *path, const char *query)
{
	struct folder folder = {.path = path};
	int code = pd_cli_settings(cli);

	if (code)
		return code;
	if (!make_folder(cli, path)) {
		fprintf(stderr, "postdesk: %s: %s\n", path, strerror(errno));
		return PD_EXIT_REFUSED;
	}
	code = pd_cli_request(cli, json_pack("{s:s,s:s}", "verb", "carry_out", "query", query), write_object, &folder);

	close_file(&folder, folder.mbox);
	close_file(&folder, folder.letters);
	json_decref(folder.mails);
	json_decref(folder.raws);
	if (folder.error) {
		fprintf(stderr, "postdesk: %s: %s\n", path, strerror(folder.error));
		return PD_EXIT_AGAIN;
	}
	fprintf(stderr, "%lu tickets written\n", folder.count);
	return code;
}

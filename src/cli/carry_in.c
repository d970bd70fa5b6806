/* Taking in a desk from a folder (cli/carry.h).
 *
 * Promises: a ticket comes whole or not at all; whatever is here already is passed over, so that what was interrupted is
 * gone on with by starting it again; nobody is told and nothing leaves. Files may be anybody's: what is wrong with one is
 * said with its name, and the others go on. */
#include "cli/carry.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/archive.h"
#include "cli/mails.h"
#include "desk/carry.h"

#define BATCH	   200 /* contacts or letters of one request */
#define BATCH_SIZE (256 * 1024) /* bytes of mails of one request; a larger one comes alone */

struct taking {
	struct pd_cli *cli;
	struct pd_carried_in *in;
	const char *path, *desk; /* the desk's name */
	char *file;		 /* at hand, for what is said; g_free */
	json_t *last;		 /* as announced */
	int code;		 /* the worst so far */
	bool is_there, is_new;	 /* of the answer */
	int64_t number, version;
	unsigned long count;	 /* of new messages */
};

static bool refuse(struct taking *taking, const char *text)
{
	fprintf(stderr, "postdesk: %s: %s\n", taking->file, text);
	taking->code = PD_EXIT_REFUSED;
	taking->in->failed++;
	return false;
}

/* True where it was done; what the desk refused is this file's matter, anything else ends it all. */
static bool ask(struct taking *taking, json_t *request, pd_cli_print print)
{
	int code;

	if (request)
		json_object_set_new(request, "desk", json_string(taking->desk));
	code = pd_cli_request(taking->cli, request, print, taking);
	if (code == PD_EXIT_DONE)
		return true;
	if (code == PD_EXIT_REFUSED)
		return refuse(taking, "not taken in");
	taking->code = code;
	return false;
}

static bool goes_on(const struct taking *taking)
{
	return (taking->code == PD_EXIT_DONE || taking->code == PD_EXIT_REFUSED) && taking->in->goes_on(taking->in->data);
}

static json_t *load(struct taking *taking, const char *name)
{
	json_error_t wrong;

	g_free(taking->file);
	taking->file = g_build_filename(taking->path, name, NULL);
	if (!g_file_test(taking->file, G_FILE_TEST_IS_REGULAR)) {
		refuse(taking, "it is no regular file");
		return NULL;
	}
	json_t *object = json_load_file(taking->file, JSON_REJECT_DUPLICATES, &wrong);

	if (json_is_object(object))
		return object;
	json_decref(object);
	fprintf(stderr, "postdesk: %s:%d: %s\n", taking->file, wrong.line, object ? "no object" : wrong.text);
	taking->code = PD_EXIT_REFUSED;
	taking->in->failed++;
	return NULL;
}

/* --- the desk --- */

static void note_answer(void *data, const json_t *object)
{
	struct taking *taking = data;
	const json_t *line;
	size_t i;

	taking->is_new = json_is_true(json_object_get(object, "new"));
	taking->count = (unsigned long)json_integer_value(json_object_get(object, "new"));
	taking->is_there = json_is_true(json_object_get(object, "there"));
	taking->number = json_integer_value(json_object_get(object, "number"));
	taking->version = json_integer_value(json_object_get(object, "version"));
	json_array_foreach(json_object_get(object, "report"), i, line)
		fprintf(stderr, "postdesk: %s\n", json_string_value(line));
}

/* Is that format known, and from the desk of the folder? */
static bool is_ours(struct taking *taking, const json_t *part)
{
	json_int_t format = json_integer_value(json_object_get(part, "format"));
	const char *desk = json_string_value(json_object_get(part, "desk"));

	if (!json_is_object(part))
		return refuse(taking, "it has no member \"postdesk\"");
	if (format < 1 || format > PD_CARRY_FORMAT)
		return refuse(taking, "its format is not known here; it needs a newer postdesk");
	if (!pd_desk_name_is_valid(desk) || (taking->desk && strcmp(desk, taking->desk) != 0))
		return refuse(taking, "it is not of the desk that desk.json names");
	return true;
}

/* Announces the desk, again where it has gone on meanwhile. */
static bool announce(struct taking *taking, const json_t *part)
{
	json_t *last = json_object_get(part, "last");
	const char *kind;
	json_t *number;
	bool has_more = !taking->last;

	json_object_foreach(last, kind, number)
		has_more = has_more ||
			   json_integer_value(number) > json_integer_value(json_object_get(taking->last, kind));
	if (!has_more)
		return true;
	json_t *request = json_pack("{s:s,s:O*}", "verb", "carry_begin", "last", last);

	if (json_is_string(json_object_get(part, "key")))
		json_object_set(request, "key", json_object_get(part, "key"));
	if (json_is_object(json_object_get(part, "former")))
		json_object_set(request, "former", json_object_get(part, "former"));
	if (!ask(taking, request, NULL))
		return false;
	json_decref(taking->last);
	taking->last = json_deep_copy(last);
	return true;
}

/* --- messages --- */

static struct pd_bytes with_crlf(struct pd_arena *arena, struct pd_bytes mail)
{
	size_t count = 0;

	for (size_t i = 0; i < mail.len; i++)
		count += mail.data[i] == '\n';
	char *data = pd_alloc(arena, mail.len + count + 1), *to = data;

	for (size_t i = 0; i < mail.len; i++) {
		if (mail.data[i] == '\n')
			*to++ = '\r';
		*to++ = mail.data[i];
	}
	return (struct pd_bytes){data, (size_t)(to - data)};
}

/* The bytes of a message, as its place tells; false: they are not there, or not what they were. */
static bool bytes_of(struct taking *taking, struct pd_arena *arena, const struct pd_mails *mails, const json_t *place,
		     struct pd_bytes *ret_bytes)
{
	const json_t *mbox = json_object_get(place, "mbox"), *content = json_object_get(place, "content");
	const char *lines = json_string_value(json_object_get(place, "lines"));
	unsigned char digest[PD_SHA256_SIZE];

	if (json_is_integer(mbox)) {
		json_int_t index = json_integer_value(mbox);

		if (index < 0 || (size_t)index >= mails->count)
			return refuse(taking, "a mail that it names is not in the mbox");
		*ret_bytes = mails->items[index];
		if (pd_equal(lines, "crlf"))
			*ret_bytes = with_crlf(arena, *ret_bytes);
	} else if (json_is_string(content)) {
		*ret_bytes = pd_cli_bytes(arena, content);
	} else {
		return refuse(taking, "a message has \"raw\", but no bytes");
	}
	pd_sha256(ret_bytes->data, ret_bytes->len, digest);
	if (!pd_equal(json_string_value(json_object_get(place, "sha256")), pd_hex(arena, digest, sizeof digest)))
		return refuse(taking, "the bytes of a message are not what they were (sha256)");
	return true;
}

/* The message and its bytes as they are sent; NULL: something is wrong with it. */
static json_t *message_of(struct taking *taking, const struct pd_mails *mails, const json_t *message, size_t *size)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const json_t *place = json_object_get(message, "raw");
	json_t *item = json_object(), *copy = json_copy((json_t *)(uintptr_t)message);
	struct pd_bytes bytes = {0};

	if (place && !bytes_of(taking, arena, mails, place, &bytes)) {
		json_decref(item);
		json_decref(copy);
		return NULL;
	}
	if (place) {
		g_autofree char *content = g_base64_encode((const guchar *)bytes.data, bytes.len);

		json_object_set_new(item, "content", json_string(content));
		json_object_del(copy, "raw");
	}
	json_object_set_new(item, "message", copy ? copy : json_null());
	*size += bytes.len;
	return item;
}

/* Takes the batch over. */
static bool send_batch(struct taking *taking, json_t *batch)
{
	size_t count = json_array_size(batch);

	taking->count = 0;
	bool is_done = count == 0 || ask(taking, json_pack("{s:s,s:O}", "verb", "carry_messages", "messages", batch), note_answer);

	json_decref(batch);
	taking->in->mails += count;
	taking->in->new_mails += is_done ? taking->count : 0;
	return is_done;
}

static bool send_messages(struct taking *taking, const char *mbox, const json_t *messages)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_mails mails = {0};
	struct pd_error error;
	json_t *message;
	size_t i;

	if (mbox && g_file_test(mbox, G_FILE_TEST_IS_REGULAR) && pd_mails_all(arena, mbox, &mails, &error))
		return refuse(taking, error.text);
	json_t *batch = json_array();
	size_t size = 0;

	json_array_foreach((json_t *)(uintptr_t)messages, i, message) {
		size_t before = size;
		json_t *item = message_of(taking, &mails, message, &size);
		bool is_good = item != NULL;

		if (is_good && json_array_size(batch) > 0 && (size > BATCH_SIZE || json_array_size(batch) == BATCH)) {
			is_good = send_batch(taking, batch) && taking->in->goes_on(taking->in->data);
			batch = json_array();
			size -= before;
		}
		if (!is_good) {
			json_decref(item);
			json_decref(batch);
			return false;
		}
		json_array_append_new(batch, item);
	}
	return send_batch(taking, batch);
}

/* --- tickets --- */

/* Is it here already? Then its mails need not come again. */
static bool is_there(struct taking *taking, int64_t number, const json_t *events)
{
	json_int_t first = json_integer_value(json_object_get(json_array_get(events, 0), "id"));

	taking->is_there = false;
	if (!ask(taking, json_pack("{s:s,s:I,s:I}", "verb", "carry_ticket", "number", (json_int_t)number, "entry", first),
		 note_answer))
		return true;
	if (taking->is_there && taking->version < (int64_t)json_array_size(events))
		fprintf(stderr, "postdesk: %s: the ticket is here already, without the %lld newest entries; it stays as it is\n",
			taking->file, (long long)json_array_size(events) - (long long)taking->version);
	return taking->is_there;
}

static void take_ticket(struct taking *taking, int64_t number)
{
	g_autofree char *name = g_strdup_printf("%lld.json", (long long)number);
	g_autofree char *mbox = g_strdup_printf("%s/%lld.mbox", taking->path, (long long)number);
	json_t *object = load(taking, name), *part = json_object_get(object, "postdesk");

	taking->in->tickets++;
	if (!object)
		return;
	bool is_good = is_ours(taking, part) && announce(taking, part);

	if (is_good && !is_there(taking, number, json_object_get(part, "events")) &&
	    send_messages(taking, mbox, json_object_get(part, "messages"))) {
		json_t *ticket = json_object();

		json_object_set(ticket, "events", json_object_get(part, "events"));
		json_object_set(ticket, "contacts", json_object_get(part, "contacts"));
		json_object_set(ticket, "drafts", json_object_get(part, "drafts"));
		taking->is_new = false;
		if (ask(taking, json_pack("{s:s,s:I,s:o}", "verb", "carry_ticket", "number", (json_int_t)number, "ticket", ticket),
			note_answer)) {
			taking->in->new_tickets += taking->is_new;
			if (taking->is_new && taking->number != number)
				fprintf(stderr, "postdesk: %lld was taken: this ticket is %lld now\n", (long long)number,
					(long long)taking->number);
		}
	}
	json_decref(object);
}

/* --- the rest --- */

/* The list in batches, under that key; takes nothing over. */
static void send_list(struct taking *taking, const char *key, const json_t *list)
{
	size_t count = json_array_size(list);

	for (size_t at = 0; at < count && goes_on(taking); at += BATCH) {
		json_t *batch = json_array();

		for (size_t i = at; i < count && i < at + BATCH; i++)
			json_array_append(batch, json_array_get(list, i));
		ask(taking, json_pack("{s:s,s:{s:o}}", "verb", "carry_rest", "rest", key, batch), NULL);
	}
}

static void send_letters(struct taking *taking)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	json_t *batch = json_array();

	g_free(taking->file);
	taking->file = g_build_filename(taking->path, "letters.jsonl", NULL);
	bool is_good = !g_file_test(taking->file, G_FILE_TEST_EXISTS) || g_file_test(taking->file, G_FILE_TEST_IS_REGULAR);
	FILE *in = is_good ? fopen(taking->file, "re") : NULL;

	if (!is_good)
		refuse(taking, "it is no regular file");
	else if (!in && errno != ENOENT)
		refuse(taking, strerror(errno));
	while (in && goes_on(taking) && getline(&line, &room, in) > 0) {
		json_error_t wrong;
		json_t *letter = json_loads(line, JSON_REJECT_DUPLICATES, &wrong);

		number++;
		if (!letter) {
			fprintf(stderr, "postdesk: %s:%zu: %s\n", taking->file, number, wrong.text);
			taking->code = PD_EXIT_REFUSED;
			continue;
		}
		json_array_append_new(batch, letter);
		if (json_array_size(batch) == BATCH) {
			send_list(taking, "letters", batch);
			json_array_clear(batch);
		}
	}
	send_list(taking, "letters", batch);
	json_decref(batch);
	free(line);
	if (in)
		fclose(in);
}

bool pd_cli_carry_is_desk(const char *path)
{
	g_autofree char *file = g_build_filename(path, "desk.json", NULL);

	return g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

int pd_cli_carry_in(struct pd_cli *cli, const char *path, struct pd_carried_in *in)
{
	struct taking taking = {.cli = cli, .in = in, .path = path};
	json_t *desk = load(&taking, "desk.json");
	bool is_good = desk && is_ours(&taking, desk);

	if (is_good)
		taking.desk = json_string_value(json_object_get(desk, "desk"));
	is_good = is_good && announce(&taking, desk);
	if (is_good) {
		GArray *numbers = pd_archive_numbers(path);

		for (guint i = 0; numbers && i < numbers->len && goes_on(&taking); i++)
			take_ticket(&taking, g_array_index(numbers, int64_t, i));
		if (numbers)
			g_array_free(numbers, TRUE);
		g_free(taking.file);
		taking.file = g_build_filename(path, "desk.json", NULL);
		send_list(&taking, "contacts", json_object_get(desk, "contacts"));
		if (goes_on(&taking) && send_messages(&taking, NULL, json_object_get(desk, "messages")))
			send_list(&taking, "drafts", json_object_get(desk, "drafts"));
		if (goes_on(&taking))
			send_letters(&taking);
		if (goes_on(&taking))
			ask(&taking, json_pack("{s:s}", "verb", "carry_end"), NULL);
	}
	json_decref(desk);
	json_decref(taking.last);
	g_free(taking.file);
	return taking.code;
}

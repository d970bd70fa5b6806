/* What `postdesk export --tickets` writes: a folder with N.mbox and N.json for each ticket. The JSON is the ticket as
 * `export --json` gives it, with `mails`: the entries whose mails stand in the mbox, in that order.
 *
 * Promises: the same folder gives the same tickets with the same keys. What is no such file is passed over. */
#include <dirent.h>
#include <errno.h>
#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "cli/archive.h"
#include "cli/mails.h"

static bool is_ticket_file(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits > 0 && digits < 19 && !strcmp(name + digits, ".json");
}

static int by_number(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

GArray *pd_archive_numbers(const char *path)
{
	GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
	DIR *directory = opendir(path);

	if (!directory) {
		g_array_free(numbers, TRUE);
		return NULL;
	}
	for (struct dirent *entry; (entry = readdir(directory));)
		if (is_ticket_file(entry->d_name)) {
			int64_t number = g_ascii_strtoll(entry->d_name, NULL, 10);

			g_array_append_val(numbers, number);
		}
	closedir(directory);
	qsort(numbers->data, numbers->len, sizeof(int64_t), by_number);
	return numbers;
}

bool pd_archive_is_own(const char *path)
{
	GArray *numbers = pd_archive_numbers(path);
	bool is = numbers && numbers->len > 0;

	if (numbers)
		g_array_free(numbers, TRUE);
	return is;
}

/* --- one ticket --- */

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static pd_time time_of(const json_t *object, const char *key)
{
	const char *text = text_of(object, key);
	pd_time time = 0;

	return text && pd_time_parse(text, &time) ? time : 0;
}

static void add_value(struct pd_arena *arena, struct pd_archive_ticket *ticket, const char *property, const json_t *value)
{
	if (json_is_string(value) && *json_string_value(value))
		*pd_list_add(arena, &ticket->values) = pd_printf(arena, "%s=%s", property, json_string_value(value));
	else if (json_is_true(value))
		*pd_list_add(arena, &ticket->values) = pd_printf(arena, "%s=yes", property);
}

static void add_values(struct pd_arena *arena, struct pd_archive_ticket *ticket, const json_t *object)
{
	static const char *const keys[] = {"description", "pipeline", "status_kind", "status", "owner", "team", "priority",
					   "category",	  "source",   "spam",	     "automatic"};
	const char *name;
	json_t *value;
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(keys); i++)
		add_value(arena, ticket, keys[i], json_object_get(object, keys[i]));
	json_array_foreach(json_object_get(object, "followers"), i, value)
		add_value(arena, ticket, "follower", value);
	json_object_foreach(json_object_get(object, "properties"), name, value)
		add_value(arena, ticket, name, value);
}

struct mails {
	const json_t *entries; /* "E7", … */
	struct pd_mails all;
};

/* The mail of that entry; len 0: it has none. */
static struct pd_bytes mail_of(const struct mails *mails, const char *entry)
{
	for (size_t i = 0; i < mails->all.count && i < json_array_size(mails->entries); i++)
		if (pd_equal(json_string_value(json_array_get(mails->entries, i)), entry))
			return mails->all.items[i];
	return (struct pd_bytes){0};
}

/* A comment that came by no mail. */
static struct pd_bytes made_up(struct pd_arena *arena, const struct pd_archive_ticket *ticket, const json_t *entry)
{
	const char *actor = text_of(entry, "actor"), *from = text_of(entry, "from");
	const char *name = actor ? strchr(actor, ':') : NULL;
	struct pd_archive_mail mail = {
		.from = from ? from : pd_printf(arena, "\"%s\" <nobody@import.invalid>", name ? name + 1 : actor ? actor : "postdesk"),
		.subject = ticket->name,
		.message_id = pd_printf(arena, "<%s.%s@import.invalid>", ticket->key, text_of(entry, "id")),
		.date = time_of(entry, "at"),
		.text = text_of(entry, "text"),
	};

	return pd_archive_compose(arena, &mail);
}

static int64_t entry_number(const json_t *entry)
{
	const char *id = text_of(entry, "id");

	return id && *id == 'E' ? g_ascii_strtoll(id + 1, NULL, 10) : 0;
}

static int by_entry(const void *a, const void *b)
{
	int64_t left = entry_number(*(json_t *const *)a), right = entry_number(*(json_t *const *)b);

	return (left > right) - (left < right);
}

/* The agent's name; NULL: it was none. Older exports have "agent:" before it. */
static const char *acting_agent(const char *actor)
{
	if (actor && pd_starts(actor, "agent:"))
		return actor + strlen("agent:");
	return actor && !strchr(actor, ':') && !pd_equal(actor, "administrator") && !pd_equal(actor, "postdesk") ? actor : NULL;
}

static void add_entry(struct pd_arena *arena, struct pd_archive_ticket *ticket, const struct mails *mails, const json_t *object)
{
	const char *kind = text_of(object, "kind"), *actor = text_of(object, "actor");
	bool is_message = pd_equal(kind, "message"), is_comment = pd_equal(kind, "comment") || pd_equal(kind, "attached");
	struct pd_bytes mail = mail_of(mails, text_of(object, "id"));

	if (!is_message && !is_comment)
		return;
	if (mail.len == 0 && is_message) /* it never was a mail */
		return;
	struct pd_archive_entry *entry = pd_list_add(arena, &ticket->entries);

	entry->as = is_comment ? "comment" : text_of(object, "direction");
	entry->by = acting_agent(actor);
	entry->at = time_of(object, "at");
	entry->mail = mail.len > 0 ? mail : made_up(arena, ticket, object);
}

static void read_ticket(struct pd_arena *arena, const json_t *object, const struct mails *mails,
			struct pd_archive_ticket *ret_ticket)
{
	const json_t *timeline = json_object_get(object, "timeline");
	size_t count = json_array_size(timeline);
	json_t **entries = pd_alloc_n(arena, count + 1, sizeof *entries);
	const char *created = text_of(object, "created");

	*ret_ticket = (struct pd_archive_ticket){
		.number = json_integer_value(json_object_get(object, "number")),
		.name = text_of(object, "name"),
		.mailbox = text_of(object, "mailbox"),
		.contact = text_of(object, "contact"),
		.contact_name = text_of(object, "contact_name"),
		.created = time_of(object, "created"),
		.closed = time_of(object, "closed"),
		.updated = time_of(object, "updated"),
	};
	ret_ticket->key = pd_printf(arena, "postdesk:%lld:%s", (long long)ret_ticket->number, created ? created : "");
	add_values(arena, ret_ticket, object);
	for (size_t i = 0; i < count; i++)
		entries[i] = json_array_get(timeline, i);
	qsort(entries, count, sizeof *entries, by_entry);
	for (size_t i = 0; i < count; i++)
		add_entry(arena, ret_ticket, mails, entries[i]);
}

/* False where no more are wanted, or with the error. */
static bool read_one(const char *path, int64_t number, pd_archive_each each, void *data, int *ret_failed, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	g_autofree char *json = g_strdup_printf("%s/%lld.json", path, (long long)number);
	g_autofree char *mbox = g_strdup_printf("%s/%lld.mbox", path, (long long)number);
	struct pd_archive_ticket ticket;
	json_error_t wrong;
	json_t *object = json_load_file(json, JSON_REJECT_DUPLICATES, &wrong);
	bool goes_on = false;

	if (!json_is_object(object)) {
		*ret_failed = pd_fail(error, PD_PERMANENT, "%s:%d: %s", json, wrong.line, wrong.text);
		json_decref(object);
		return false;
	}
	struct mails mails = {.entries = json_object_get(object, "mails")};

	if (json_array_size(mails.entries) > 0)
		*ret_failed = pd_mails_all(arena, mbox, &mails.all, error);
	if (!*ret_failed && mails.all.count != json_array_size(mails.entries))
		*ret_failed = pd_fail(error, PD_PERMANENT, "%s has %zu mails, but %s names %zu", mbox, mails.all.count, json,
				      json_array_size(mails.entries));
	if (!*ret_failed) {
		read_ticket(arena, object, &mails, &ticket);
		goes_on = each(data, arena, &ticket);
	}
	json_decref(object);
	return goes_on;
}

int pd_archive_own(const char *path, pd_archive_each each, void *data, struct pd_error *error)
{
	GArray *numbers = pd_archive_numbers(path);
	int failed = 0;

	if (!numbers)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	for (guint i = 0; i < numbers->len; i++)
		if (!read_one(path, g_array_index(numbers, int64_t, i), each, data, &failed, error))
			break;
	g_array_free(numbers, TRUE);
	return failed;
}

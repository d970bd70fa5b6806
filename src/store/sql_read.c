/* Look-ups of a snapshot in SQLite: tickets, keys, people, drafts, outbox rows.
 *
 * Promises: an answer depends on the transaction's instant alone, so that asking again finds what changed.
 * Fails as snapshots do: the view's failure sticks. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"

/* Conversations of one base subject that are looked at, newest first, so that a common subject costs no more.
 */
#define SUBJECT_SCAN 500
#define SUBJECTS_MAX 20

struct pd_key pd_sqlite_key(const struct pd_store *store, const char *a, const char *b)
{
	uint64_t hash[2];
	char text[512];
	size_t len_a = strlen(a), len_b = b != NULL ? strlen(b) : 0;
	if (len_a + len_b + 1 < sizeof text) {
		memcpy(text, a, len_a + 1);
		if (b != NULL)
			memcpy(text + len_a + 1, b, len_b);
		pd_siphash128(store->key, text, len_a + 1 + len_b, hash);
	} else {
		PD_AUTO_BUF buf = {0};
		pd_buf_add(&buf, a, len_a + 1);
		pd_buf_add(&buf, b, len_b);
		pd_siphash128(store->key, buf.data, buf.len, hash);
	}
	return (struct pd_key){(int64_t)hash[0], (int64_t)hash[1]};
}

/* A row, or the end; a failure sticks in the view. */
static bool row(struct pd_window *view, sqlite3_stmt *statement)
{
	int failed = 0;
	struct pd_error error;
	if (pd_sql_row(pd_window_connection(view), statement, &failed, &error))
		return true;
	if (failed)
		pd_window_fail(view, &error);
	return false;
}

/* --- tickets --- */

enum pd_ticket_class pd_ticket_class_of(const struct pd_ticket *ticket)
{
	if (ticket->merged_into != 0)
		return PD_CLASS_MERGED;
	if (ticket->is_deleted)
		return PD_CLASS_DELETED;
	if (ticket->is_spam)
		return PD_CLASS_SPAM;
	return ticket->status_kind == PD_STATUS_CLOSED ? PD_CLASS_CLOSED : PD_CLASS_OPEN;
}

int64_t pd_sqlite_ticket_version(struct pd_window *view, int64_t number)
{
	sqlite3_stmt *select = SQL(pd_window_connection(view), "SELECT version FROM ticket WHERE number = ?");
	pd_sql_bind(select, "i", number);
	if (!row(view, select))
		return 0;
	int64_t version = sqlite3_column_int64(select, 0);
	sqlite3_reset(select);
	return version;
}

struct pd_ticket *pd_sqlite_ticket_row(struct pd_window *view, struct pd_arena *arena, sqlite3_stmt *select, int column)
{
	struct pd_ticket *ticket = PD_NEW(arena, struct pd_ticket);
	ticket->number = sqlite3_column_int64(select, column);
	ticket->version = sqlite3_column_int64(select, column + 1);
	ticket->status_kind = (enum pd_status_kind)sqlite3_column_int(select, column + 2);
	int flags = sqlite3_column_int(select, column + 3);
	ticket->is_spam = (flags & PD_FLAG_SPAM) != 0;
	ticket->is_automatic = (flags & PD_FLAG_AUTOMATIC) != 0;
	ticket->is_deleted = (flags & PD_FLAG_DELETED) != 0;
	ticket->has_sent = (flags & PD_FLAG_SENT) != 0;
	ticket->created = sqlite3_column_int64(select, column + 4);
	ticket->updated = sqlite3_column_int64(select, column + 5);
	ticket->closed = sqlite3_column_int64(select, column + 6);
	ticket->merged_into = sqlite3_column_int64(select, column + 7);
	ticket->messages = sqlite3_column_int64(select, column + 8);
	const char **texts[] = {&ticket->status,   &ticket->owner,    &ticket->team,
				&ticket->priority, &ticket->category, &ticket->source,
				&ticket->mailbox,  &ticket->pipeline, &ticket->name};
	for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
		*texts[i] = pd_sql_text(arena, select, column + 9 + i);
	struct pd_bytes rest = {sqlite3_column_blob(select, column + 18),
				(size_t)sqlite3_column_bytes(select, column + 18)};
	if (pd_record_ticket_unpack(arena, rest, ticket))
		return ticket;
	struct pd_error error;
	pd_fail(&error, PD_TEMPORARY, "the row of ticket %lld is damaged", (long long)ticket->number);
	pd_window_fail(view, &error);
	return NULL;
}

struct pd_ticket *pd_sqlite_ticket(struct pd_snapshot *face, struct pd_arena *arena, int64_t number)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT " PD_TICKET_COLUMNS " FROM ticket WHERE number = ?");
	pd_sql_bind(select, "i", number);
	if (!row(view, select))
		return NULL;
	struct pd_ticket *ticket = pd_sqlite_ticket_row(view, arena, select, 0);
	sqlite3_reset(select);
	return ticket;
}

/* --- keys --- */

static void add_known(struct pd_arena *arena, struct pd_known_ids *known, const struct pd_known_id *item)
{
	size_t at = known->count;
	for (; at > 0; at--) { /* by event, then ticket */
		const struct pd_known_id *before = &known->items[at - 1];
		if (before->event == item->event && before->ticket == item->ticket)
			return;
		if (before->event < item->event || (before->event == item->event && before->ticket < item->ticket))
			break;
	}
	(void)pd_list_add(arena, known);
	memmove(&known->items[at + 1], &known->items[at], (known->count - 1 - at) * sizeof *known->items);
	known->items[at] = *item;
}

struct pd_known_ids pd_sqlite_known(struct pd_window *view, struct pd_arena *arena, struct pd_key key)
{
	struct pd_known_ids known = {0};
	if (pd_filter_lacks(pd_sqlite_of(view->store)->filter, key))
		return known;
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT ticket, conversation, event, is_reference, agent FROM known_id"
				   " WHERE key_a = ? AND key_b = ? ORDER BY event, ticket");
	pd_sql_bind(select, "ii", key.a, key.b);
	while (row(view, select))
		*pd_list_add(arena, &known) = (struct pd_known_id){
			.ticket = sqlite3_column_int64(select, 0),
			.conversation = sqlite3_column_int64(select, 1),
			.event = sqlite3_column_int64(select, 2),
			.is_reference = sqlite3_column_int(select, 3) != 0,
			.agent = pd_sql_text(arena, select, 4),
		};
	const struct pd_fresh_rows fresh = pd_fresh_find(view, arena, PD_FRESH_ID, key, SIZE_MAX);
	for (size_t i = fresh.count; i > 0; i--) {
		const struct pd_fresh_row *one = &fresh.items[i - 1];
		add_known(arena, &known, &(struct pd_known_id){
						 .event = one->numbers[0],
						 .ticket = one->numbers[1],
						 .conversation = one->numbers[2],
						 .is_reference = one->numbers[3] != 0,
						 .agent = one->text,
					 });
	}
	return known;
}

static struct pd_known_ids message_id(struct pd_snapshot *face, struct pd_arena *arena, const char *id)
{
	struct pd_window *view = pd_window_of(face);
	return pd_sqlite_known(view, arena, pd_sqlite_key(view->store, id, NULL));
}

static int newest_first(const void *a, const void *b)
{
	const struct pd_known_id *one = a, *other = b;
	return (one->conversation < other->conversation) - (one->conversation > other->conversation);
}

static bool has_conversation(const struct pd_known_ids *list, int64_t id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].conversation == id)
			return true;
	return false;
}

/* Conversations of the key, newest first; what waits says what is so, the tree what was. */
static struct pd_known_ids conversations(struct pd_window *view, struct pd_arena *arena, struct pd_key key)
{
	struct pd_known_ids known = {0};
	const struct pd_fresh_rows fresh = pd_fresh_find(view, arena, PD_FRESH_SUBJECT, key, 2 * SUBJECT_SCAN);
	for (size_t i = 0; i < fresh.count; i++)
		if (!has_conversation(&known, fresh.items[i].numbers[0]))
			*pd_list_add(arena, &known) = (struct pd_known_id){
				.conversation = fresh.items[i].numbers[0], .ticket = fresh.items[i].numbers[1]};
	const struct pd_known_ids waiting = known; /* no longer than what is looked through below */
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT id, ticket FROM conversation WHERE key_a = ? AND key_b = ?"
						" ORDER BY id DESC LIMIT ?");
	pd_sql_bind(select, "iii", key.a, key.b, (int64_t)SUBJECT_SCAN);
	while (row(view, select)) {
		const int64_t id = sqlite3_column_int64(select, 0);
		if (!has_conversation(&waiting, id))
			*pd_list_add(arena, &known) = (struct pd_known_id){
				.conversation = id, .ticket = sqlite3_column_int64(select, 1)};
	}
	if (fresh.count > 0)
		qsort(known.items, known.count, sizeof *known.items, newest_first);
	return known;
}

static bool is_updated_since(struct pd_window *view, int64_t ticket, pd_time since)
{
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT 1 FROM ticket WHERE number = ? AND updated >= ?");
	pd_sql_bind(select, "ii", ticket, since);
	const bool is_updated = row(view, select);
	if (is_updated)
		sqlite3_reset(select);
	return is_updated;
}

static struct pd_known_ids subject(struct pd_snapshot *face, struct pd_arena *arena, const char *mailbox,
				   const char *base_subject, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	const struct pd_known_ids all = conversations(view, arena, pd_sqlite_key(view->store, mailbox, base_subject));
	struct pd_known_ids known = {0};
	for (size_t i = 0; i < all.count && i < SUBJECT_SCAN && known.count < SUBJECTS_MAX; i++)
		if (all.items[i].ticket != 0 && is_updated_since(view, all.items[i].ticket, since))
			*pd_list_add(arena, &known) = all.items[i];
	return known;
}

static struct pd_mark mark(struct pd_snapshot *face, const char *text)
{
	struct pd_window *view = pd_window_of(face);
	const struct pd_key key = pd_sqlite_key(view->store, text, NULL);
	if (pd_filter_lacks(pd_sqlite_of(view->store)->filter, key))
		return (struct pd_mark){0};
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_fresh_rows fresh = pd_fresh_find(view, arena, PD_FRESH_MARK, key, 1);
	if (fresh.count > 0)
		return (struct pd_mark){.exists = true, .value = fresh.items[0].numbers[0]};
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT value FROM mark WHERE key_a = ? AND key_b = ?");
	pd_sql_bind(select, "ii", key.a, key.b);
	if (!row(view, select))
		return (struct pd_mark){0};
	struct pd_mark found = {.exists = true, .value = sqlite3_column_int64(select, 0)};
	sqlite3_reset(select);
	return found;
}

static int64_t counter(struct pd_snapshot *face, const char *key, pd_time since)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view),
		    "SELECT coalesce(sum(count), 0) FROM counter WHERE key = ? AND minute >= ?");
	pd_sql_bind(select, "si", key, since / PD_MINUTE);
	if (!row(view, select))
		return 0;
	int64_t count = sqlite3_column_int64(select, 0);
	sqlite3_reset(select);
	return count;
}

/* --- records --- */

static const char *record(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
			  const char *name)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT value FROM record WHERE property = ?");
	pd_sql_bind(select, "s", pd_record_property(arena, kind, name));
	if (!row(view, select))
		return NULL;
	const char *value = pd_sql_text(arena, select, 0);
	sqlite3_reset(select);
	return value;
}

static struct pd_records records(struct pd_snapshot *face, struct pd_arena *arena, const char *kind)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_records found = {0};
	char *first = pd_record_property(arena, kind, ""), *end = pd_record_property(arena, kind, "");
	size_t len = strlen(first);
	end[len - 1]++; /* what follows on ':' */
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT property, value FROM record WHERE property >= ? AND property < ?"
				   " ORDER BY property");
	pd_sql_bind(select, "ss", first, end);
	while (row(view, select))
		*pd_list_add(arena, &found) = (struct pd_record){
			.name = pd_sql_text(arena, select, 0) + len, .value = pd_sql_text(arena, select, 1)};
	return found;
}

/* --- people --- */

struct pd_contact *pd_sqlite_contact_by_id(struct pd_connection *connection, struct pd_arena *arena,
					   int64_t id, int *ret_failed, struct pd_error *error)
{
	sqlite3_stmt *select =
		SQL(connection, "SELECT name, company, identities, details FROM contact WHERE id = ?");
	pd_sql_bind(select, "i", id);
	if (!pd_sql_row(connection, select, ret_failed, error))
		return NULL;
	struct pd_contact *found = PD_NEW(arena, struct pd_contact);
	found->id = id;
	found->name = pd_sql_text(arena, select, 0);
	found->company = pd_sql_text(arena, select, 1);
	char *line = pd_sql_text(arena, select, 2);
	for (char *end; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *blank = strchr(line, ' ');
		*end = '\0';
		if (blank == NULL)
			continue;
		*blank = '\0';
		*pd_list_add(arena, &found->identities) =
			(struct pd_identity){.kind = line, .value = blank + 1};
	}
	struct pd_strings details = pd_lines(arena, pd_sql_text(arena, select, 3));
	for (size_t i = 0; i < details.count; i++)
		if (*details.items[i] != '\0')
			*pd_list_add(arena, &found->details) = details.items[i];
	sqlite3_reset(select);
	return found;
}

static struct pd_contact *contact(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	int failed = 0;
	struct pd_error error;
	struct pd_contact *found =
		pd_sqlite_contact_by_id(pd_window_connection(view), arena, id, &failed, &error);
	if (failed)
		pd_window_fail(view, &error);
	return found;
}

static struct pd_contact *contact_of(struct pd_snapshot *face, struct pd_arena *arena, const char *kind,
				     const char *value)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT contact FROM identity WHERE key_a = ? AND key_b = ?");
	const struct pd_key key = pd_sqlite_key(view->store, kind, value);
	pd_sql_bind(select, "ii", key.a, key.b);
	if (!row(view, select))
		return NULL;
	int64_t id = sqlite3_column_int64(select, 0);
	sqlite3_reset(select);
	return contact(face, arena, id);
}

#define STANDS_FOR_ITSELF " instr(char(10) || details, char(10) || '" PD_DETAIL_MERGED " ') = 0"

static struct pd_contacts contacts(struct pd_snapshot *face, struct pd_arena *arena, const char *company,
				   const char *text, int64_t after, size_t limit)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_connection *connection = pd_window_connection(view);
	struct pd_contacts found = {0};
	PD_LIST(int64_t) ids = {0};
	sqlite3_stmt *select =
		company != NULL
			? SQL(connection, "SELECT id FROM contact INDEXED BY contact_company WHERE company = ?1 AND id > ?2"
					  " AND" STANDS_FOR_ITSELF " AND (?3 IS NULL OR pd_match(name || char(10) ||"
					  " identities || details || company, ?3, 3)) ORDER BY id LIMIT ?4")
			: SQL(connection, "SELECT id FROM contact WHERE ?1 IS NULL AND id > ?2 AND" STANDS_FOR_ITSELF
					  " AND (?3 IS NULL OR pd_match(name || char(10) || identities || details ||"
					  " coalesce(company, ''), ?3, 3)) ORDER BY id LIMIT ?4");
	pd_sql_bind(select, "sisi", company, after, text, (int64_t)limit);
	while (row(view, select))
		*pd_list_add(arena, &ids) = sqlite3_column_int64(select, 0);
	for (size_t i = 0; i < ids.count; i++) {
		struct pd_contact *one = contact(face, arena, ids.items[i]);
		if (one != NULL)
			*pd_list_add(arena, &found) = one;
	}
	return found;
}

static struct pd_records companies(struct pd_snapshot *face, struct pd_arena *arena)
{
	struct pd_window *view = pd_window_of(face);
	struct pd_records found = {0};
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT company, count(*) FROM contact INDEXED BY contact_company WHERE company IS NOT"
				   " NULL AND" STANDS_FOR_ITSELF " GROUP BY company ORDER BY company");
	while (row(view, select))
		*pd_list_add(arena, &found) = (struct pd_record){.name = pd_sql_text(arena, select, 0),
								 .value = pd_sql_text(arena, select, 1)};
	return found;
}

/* --- drafts and outbox --- */

static struct pd_draft *draft_row(struct pd_window *view, struct pd_arena *arena, sqlite3_stmt *select)
{
	if (!row(view, select))
		return NULL;
	struct pd_draft *draft = PD_NEW(arena, struct pd_draft);
	draft->id = sqlite3_column_int64(select, 0);
	draft->ticket = sqlite3_column_int64(select, 1);
	draft->message = sqlite3_column_int64(select, 2);
	draft->agent = pd_sql_text(arena, select, 3);
	draft->reason = pd_sql_text(arena, select, 4);
	draft->sender = pd_sql_text(arena, select, 5);
	const char *recipients = pd_sql_text(arena, select, 6);
	if (recipients != NULL)
		draft->recipients = pd_lines(arena, recipients);
	draft->answers_version = sqlite3_column_int64(select, 7);
	draft->created = sqlite3_column_int64(select, 8);
	draft->expires = sqlite3_column_int64(select, 9);
	draft->state = (enum pd_draft_state)sqlite3_column_int(select, 10);
	sqlite3_reset(select);
	return draft;
}

#define DRAFT_COLUMNS                                                                                        \
	"id, ticket, message, agent, reason, sender, recipients, answers_version, created, expires, state"

static struct pd_draft *draft(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select =
		SQL(pd_window_connection(view), "SELECT " DRAFT_COLUMNS " FROM draft WHERE id = ?");
	pd_sql_bind(select, "i", id);
	return draft_row(view, arena, select);
}

static struct pd_draft *draft_of(struct pd_snapshot *face, struct pd_arena *arena, int64_t ticket,
				 const char *agent, int64_t below)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT " DRAFT_COLUMNS " FROM draft WHERE state = 0 AND agent = ?1"
				   " AND ticket IS ?2 AND (?3 = 0 OR id < ?3) ORDER BY id DESC LIMIT 1");
	pd_sql_bind(select, "szi", agent, ticket, below);
	return draft_row(view, arena, select);
}

static struct pd_draft *draft_expired(struct pd_snapshot *face, struct pd_arena *arena, pd_time now,
				      int64_t above)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT " DRAFT_COLUMNS " FROM draft WHERE state = 0 AND expires > 0"
				   " AND expires < ?1 AND id > ?2 ORDER BY id LIMIT 1");
	pd_sql_bind(select, "ii", now, above);
	return draft_row(view, arena, select);
}

static struct pd_outbox_row *outbox(struct pd_snapshot *face, struct pd_arena *arena, int64_t id)
{
	struct pd_window *view = pd_window_of(face);
	sqlite3_stmt *select = SQL(pd_window_connection(view),
				   "SELECT ticket, event, kind, agent, message_id, state = 0 AND attempts = 0,"
				   " conversation, created, transport, sender FROM outbox WHERE id = ?");
	pd_sql_bind(select, "i", id);
	if (!row(view, select))
		return NULL;
	struct pd_outbox_row *found = PD_NEW(arena, struct pd_outbox_row);
	found->id = id;
	found->ticket = sqlite3_column_int64(select, 0);
	found->event = sqlite3_column_int64(select, 1);
	found->kind = pd_sql_text(arena, select, 2);
	found->agent = pd_sql_text(arena, select, 3);
	found->message_id = pd_sql_text(arena, select, 4);
	found->is_untried = sqlite3_column_int(select, 5) != 0;
	found->conversation = sqlite3_column_int64(select, 6);
	found->created = sqlite3_column_int64(select, 7);
	found->transport = pd_sql_text(arena, select, 8);
	found->sender = pd_sql_text(arena, select, 9);
	sqlite3_reset(select);
	sqlite3_stmt *recipients =
		SQL(pd_window_connection(view),
		    "SELECT address FROM outbox_recipient WHERE outbox = ? ORDER BY place");
	pd_sql_bind(recipients, "i", id);
	while (row(view, recipients))
		*pd_list_add(arena, &found->recipients) = pd_sql_text(arena, recipients, 0);
	return found;
}

const struct pd_snapshot pd_sqlite_lookups = {
	.ticket = pd_sqlite_ticket,
	.timeline = pd_sqlite_timeline,
	.entry = pd_sqlite_entry,
	.action = pd_sqlite_action,
	.message_id = message_id,
	.subject = subject,
	.contact = contact,
	.contact_of = contact_of,
	.contacts = contacts,
	.companies = companies,
	.mark = mark,
	.record = record,
	.records = records,
	.counter = counter,
	.draft = draft,
	.draft_of = draft_of,
	.draft_expired = draft_expired,
	.wakes = pd_sqlite_wakes,
	.passed = pd_sqlite_passed,
	.outbox = outbox,
	.list = pd_sqlite_list,
};

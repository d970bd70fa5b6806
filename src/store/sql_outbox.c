/* The outbox in SQLite: mails and lines of chats decided but not yet taken, leases of mails, and the marks of what the
 * MTA or the chat server said.
 *
 * Promises: a row is leased to one owner at a time and comes back when its lease ends; a recipient that was
 * taken is never given out again; of one ticket nothing overtakes what is on its way (invariant 3). Fails as
 * any write does; PD_PERMANENT for a row that is not there. */
#include "store/sqlite.h"

#include <stdio.h>
#include <string.h>

enum outbox_state { WAITING, LEASED, SENT, REFUSED, STOPPED };

static int64_t stored_message_of(const struct pd_plan *plan, int64_t letter)
{
	for (size_t i = 0; i < plan->messages.count; i++)
		if (plan->messages.items[i].raw_is_letter == letter)
			return plan->messages.items[i].stored.id;
	return 0;
}

int pd_sqlite_put_letter(struct pd_sqlite *store, const struct pd_plan *plan,
			 const struct pd_planned_letter *planned, pd_time now, struct pd_error *error)
{
	const struct pd_letter *letter = &planned->letter;
	/* Bytes that a stored message has are not kept twice. */
	int64_t message = stored_message_of(plan, planned->id);
	sqlite3_stmt *insert =
		SQL(store->writer,
		    "INSERT INTO outbox (id, state, next, ticket, event, conversation, kind, agent,"
		    " transport, sender, message_id, needs_smtputf8, created, attempts, message, bytes)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)");
	/* A line is the gate's at once (pd_store_listen). */
	pd_time next = planned->not_before > now ? planned->not_before : now;
	const int64_t state = planned->past != 0 ? SENT : planned->is_line ? LEASED : WAITING;
	pd_sql_bind(insert, "iiizzzsssssiizb", planned->id, state,
		    planned->is_line ? INT64_MAX : next, planned->ticket, planned->event,
		    planned->conversation, pd_letter_kind_name(planned->kind), planned->agent,
		    planned->is_line ? "xmpp" : "mail", letter->envelope_from != NULL ? letter->envelope_from : "",
		    letter->message_id != NULL ? letter->message_id : "", (int64_t)letter->needs_smtputf8,
		    planned->past != 0 ? planned->past : now, message, message != 0 ? NULL : planned->bytes.data,
		    planned->bytes.len);
	int failed = pd_sql_run(store->writer, insert, error);
	for (size_t i = 0; i < letter->recipients.count && !failed; i++) {
		sqlite3_stmt *recipient =
			SQL(store->writer, "INSERT INTO outbox_recipient (outbox, place, state, address)"
					   " VALUES (?, ?, ?, ?)");
		pd_sql_bind(recipient, "iiis", planned->id, (int64_t)i, (int64_t)(planned->past != 0 ? SENT : WAITING),
			    letter->recipients.items[i]);
		failed = pd_sql_run(store->writer, recipient, error);
	}
	return failed;
}

int pd_sqlite_stop_letters(struct pd_sqlite *store, const struct pd_planned_stop *stop, struct pd_error *error)
{
	sqlite3_stmt *update =
		SQL(store->writer, "UPDATE outbox SET state = 4, bytes = NULL WHERE ticket = ?1 AND event = ?2"
				   " AND state < 2 AND state = 0 AND attempts = 0 AND (id = ?3 OR kind = ?4)");
	pd_sql_bind(update, "iiis", stop->ticket, stop->event, stop->outbox,
		    pd_letter_kind_name(PD_LETTER_NOTIFICATION));
	return pd_sql_run(store->writer, update, error);
}

/* --- leases --- */

static int read_recipients(struct pd_connection *connection, struct pd_arena *arena, struct pd_lease *lease,
			   struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *select =
		SQL(connection, "SELECT address FROM outbox_recipient WHERE outbox = ? AND state = 0"
				" ORDER BY place");
	pd_sql_bind(select, "i", lease->id);
	while (pd_sql_row(connection, select, &failed, error))
		*pd_list_add(arena, &lease->recipients) = pd_sql_text(arena, select, 0);
	return failed;
}

static int read_message_bytes(struct pd_sqlite *store, struct pd_arena *arena, int64_t message,
			      struct pd_lease *lease, struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *select = SQL(store->writer, "SELECT file, raw FROM message WHERE id = ?");
	pd_sql_bind(select, "i", message);
	if (!pd_sql_row(store->writer, select, &failed, error))
		return failed;
	int64_t file = sqlite3_column_int64(select, 0);
	lease->bytes = pd_sql_blob(arena, select, 1);
	sqlite3_reset(select);
	if (file == 0)
		return 0;
	PD_AUTO_RAW raw = NULL;
	failed = pd_blob_read(store->state, file, &raw, error);
	if (!failed)
		lease->bytes = (struct pd_bytes){pd_memdup(arena, raw->data, raw->size), raw->size};
	return failed;
}

static int lease_row(struct pd_sqlite *store, struct pd_lease_request *request, struct pd_lease *lease,
		     struct pd_error *error)
{
	struct pd_connection *writer = store->writer;
	sqlite3_stmt *update = SQL(writer, "UPDATE outbox SET state = 1, next = ?, owner = ? WHERE id = ?");
	pd_sql_bind(update, "isi", request->until, request->owner, lease->id);
	return pd_sql_run(writer, update, error);
}

static int read_row(struct pd_sqlite *store, struct pd_arena *arena, struct pd_lease *lease, struct pd_error *error)
{
	struct pd_connection *writer = store->writer;
	int failed = 0;
	sqlite3_stmt *select =
		SQL(writer, "SELECT ticket, kind, transport, attempts, created, message_id, sender,"
			    " needs_smtputf8, message, bytes FROM outbox WHERE id = ?");
	pd_sql_bind(select, "i", lease->id);
	if (!pd_sql_row(writer, select, &failed, error))
		return failed;
	lease->ticket = sqlite3_column_int64(select, 0);
	snprintf(lease->kind, sizeof lease->kind, "%s", (const char *)sqlite3_column_text(select, 1));
	snprintf(lease->transport, sizeof lease->transport, "%s",
		 (const char *)sqlite3_column_text(select, 2));
	lease->attempts = (unsigned)sqlite3_column_int(select, 3);
	lease->created = sqlite3_column_int64(select, 4);
	lease->message_id = pd_sql_text(arena, select, 5);
	lease->sender = pd_sql_text(arena, select, 6);
	lease->needs_smtputf8 = sqlite3_column_int(select, 7) != 0;
	int64_t message = sqlite3_column_int64(select, 8);
	lease->bytes = pd_sql_blob(arena, select, 9);
	sqlite3_reset(select);
	if (message != 0)
		failed = read_message_bytes(store, arena, message, lease, error);
	return failed ? failed : read_recipients(writer, arena, lease, error);
}

static sqlite3_stmt *select_lines(struct pd_sqlite *store, const struct pd_lease_request *request)
{
	sqlite3_stmt *select = SQL(store->writer, "SELECT id FROM outbox WHERE state < 2 AND transport = 'xmpp'"
						  " AND id > ? ORDER BY id LIMIT ?");
	pd_sql_bind(select, "ii", request->above, (int64_t)request->max);
	return select;
}

static sqlite3_stmt *select_mails(struct pd_sqlite *store, const struct pd_lease_request *request)
{
	/* Due rows, but those whose ticket has an older mail on its way, or due and not among these. */
	sqlite3_stmt *select = SQL(
		store->writer, "WITH due AS (SELECT id, ticket FROM outbox WHERE state < 2 AND next <= ?1"
			       " AND transport = 'mail' ORDER BY next, id LIMIT ?2) SELECT id FROM due WHERE NOT EXISTS (SELECT 1 "
			       "FROM outbox AS older"
			       " WHERE older.ticket = due.ticket AND older.id < due.id AND older.state < 2"
			       " AND older.transport = 'mail'"
			       " AND ((older.state = 1 AND older.next > ?1) OR (older.next <= ?1"
			       " AND older.id NOT IN (SELECT id FROM due)))) ORDER BY id");
	pd_sql_bind(select, "ii", request->now, (int64_t)request->max);
	return select;
}

int pd_sqlite_lease(struct pd_store *face, struct pd_lease_request *request, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	sqlite3_stmt *select = request->is_lines ? select_lines(store, request) : select_mails(store, request);
	int failed = 0;
	struct pd_leases leases = {0};
	while (pd_sql_row(store->writer, select, &failed, error))
		pd_list_add(request->arena, &leases)->id = sqlite3_column_int64(select, 0);
	for (size_t i = 0; i < leases.count && !failed; i++) {
		if (!request->is_lines)
			failed = lease_row(store, request, &leases.items[i], error);
		if (!failed)
			failed = read_row(store, request->arena, &leases.items[i], error);
	}
	if (!failed)
		*request->leases = leases;
	return failed;
}

/* --- what the MTA said --- */

static int mark_recipient(struct pd_sqlite *store, int64_t id, const struct pd_sent_recipient *said,
			  struct pd_error *error)
{
	sqlite3_stmt *update =
		SQL(store->writer, "UPDATE outbox_recipient SET state = ?, reply = ? WHERE outbox = ?"
				   " AND address = ? AND state = 0");
	int64_t state = said->sent == PD_SENT_TAKEN	? SENT
			: said->sent == PD_SENT_REFUSED ? REFUSED
							: WAITING;
	pd_sql_bind(update, "isis", state, said->reply, id, said->recipient);
	return pd_sql_run(store->writer, update, error);
}

int pd_sqlite_sent(struct pd_store *face, struct pd_sent_request *request, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *writer = store->writer;
	int failed = 0;
	for (size_t i = 0; i < request->count && !failed; i++)
		failed = mark_recipient(store, request->id, &request->recipients[i], error);
	if (failed)
		return failed;
	sqlite3_stmt *count = SQL(writer, "SELECT coalesce(sum(state = 0), 0), coalesce(sum(state = 2), 0)"
					  " FROM outbox_recipient WHERE outbox = ?");
	pd_sql_bind(count, "i", request->id);
	if (!pd_sql_row(writer, count, &failed, error))
		return failed;
	bool is_waiting = sqlite3_column_int64(count, 0) > 0, is_taken = sqlite3_column_int64(count, 1) > 0;
	sqlite3_reset(count);
	/* The bytes go; the row stays as the mark. */
	sqlite3_stmt *update =
		is_waiting
			? SQL(writer,
			      "UPDATE outbox SET state = ?1, next = ?2, attempts = attempts + 1, owner = NULL"
			      " WHERE id = ?3")
			: SQL(writer, "UPDATE outbox SET state = ?1, next = ?2, attempts = attempts + 1, "
				      "owner = NULL,"
				      " bytes = NULL WHERE id = ?3");
	pd_sql_bind(update, "iii",
		    (int64_t)(is_waiting ? WAITING
			      : is_taken ? SENT
					 : REFUSED),
		    is_waiting ? request->next : request->now, request->id);
	failed = pd_sql_run(writer, update, error);
	if (!failed && sqlite3_changes(writer->db) == 0)
		return pd_fail(error, PD_PERMANENT, "there is no outbox row %lld", (long long)request->id);
	return failed;
}

int pd_sqlite_taken(struct pd_store *face, struct pd_arena *arena, int64_t id, const char *message_id,
		    struct pd_strings *taken, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	sqlite3_stmt *select =
		SQL(connection, "SELECT address FROM outbox JOIN outbox_recipient ON outbox = outbox.id"
				" WHERE outbox.id = ? AND message_id = ? AND outbox_recipient.state = 2 ORDER BY place");
	pd_sql_bind(select, "is", id, message_id);
	while (pd_sql_row(connection, select, &failed, error))
		*pd_list_add(arena, taken) = pd_sql_text(arena, select, 0);
	pd_sqlite_give_reader(store, connection);
	return failed;
}

int pd_sqlite_take_over(struct pd_store *face, pd_time now, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	sqlite3_stmt *update =
		/* Whoever had it may have sent it. */
		SQL(store->writer, "UPDATE outbox SET state = 0, next = min(next, ?), attempts = max(attempts, 1),"
				   " owner = NULL WHERE state < 2 AND state = 1 AND transport = 'mail'");
	pd_sql_bind(update, "i", now);
	return pd_sql_run(store->writer, update, error);
}

int pd_sqlite_flush(struct pd_store *face, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	return pd_sql_run(
		store->writer,
		/* What was not tried yet is due, or waits until it may leave. */
		SQL(store->writer, "UPDATE outbox SET next = created WHERE state < 2 AND state = 0 AND attempts > 0"
				   " AND transport = 'mail'"),
		error);
}

pd_time pd_sqlite_next_due(struct pd_store *face)
{
	struct pd_connection *writer = pd_sqlite_of(face)->writer;
	sqlite3_stmt *select = SQL(writer, "SELECT next FROM outbox WHERE state < 2 AND transport = 'mail' ORDER BY next LIMIT 1");
	int failed = 0;
	pd_time next = INT64_MAX;
	if (pd_sql_row(writer, select, &failed, NULL)) {
		next = sqlite3_column_int64(select, 0);
		sqlite3_reset(select);
	}
	return next;
}

int pd_sqlite_outbox(struct pd_store *face, struct pd_arena *arena, bool all, size_t limit,
		     struct pd_outbox_lines *ret, struct pd_error *error)
{
	struct pd_sqlite *store = pd_sqlite_of(face);
	struct pd_connection *connection;
	int failed = pd_sqlite_take_reader(store, &connection, error);
	if (failed)
		return failed;
	static const char *const names[] = {"waiting", "leased", "sent", "refused", "stopped"};
#define OUTBOX_LINE                                                                                          \
	"SELECT id, ticket, kind, state, message_id, attempts, created, next,"                               \
	" (SELECT group_concat(address, ' ') FROM outbox_recipient WHERE outbox = outbox.id),"               \
	" (SELECT reply FROM outbox_recipient WHERE outbox = outbox.id AND reply IS NOT NULL"                \
	" ORDER BY place DESC LIMIT 1) FROM outbox"
	sqlite3_stmt *select = all ? SQL(connection, OUTBOX_LINE " ORDER BY id LIMIT ?")
				   : SQL(connection, OUTBOX_LINE " WHERE state < 2 ORDER BY id LIMIT ?");
	pd_sql_bind(select, "i", (int64_t)limit);
	struct pd_outbox_lines lines = {0};
	while (pd_sql_row(connection, select, &failed, error)) {
		struct pd_outbox_line *line = pd_list_add(arena, &lines);
		line->id = sqlite3_column_int64(select, 0);
		line->ticket = sqlite3_column_int64(select, 1);
		line->kind = pd_sql_text(arena, select, 2);
		int state = sqlite3_column_int(select, 3);
		line->state = names[state >= WAITING && state <= STOPPED ? state : WAITING];
		line->message_id = pd_sql_text(arena, select, 4);
		line->attempts = (unsigned)sqlite3_column_int(select, 5);
		line->created = sqlite3_column_int64(select, 6);
		line->next = sqlite3_column_int64(select, 7);
		line->recipients = pd_sql_text(arena, select, 8);
		if (line->recipients == NULL)
			line->recipients = "";
		line->last_reply = pd_sql_text(arena, select, 9);
	}
	pd_sqlite_give_reader(store, connection);
	if (!failed)
		*ret = lines;
	return failed;
}

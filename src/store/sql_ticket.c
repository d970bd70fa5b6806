/* The derived row of a ticket, and the rows by which queries find it.
 *
 * Promises: the row is the fold of the ticket's events (verify proves it); a row of another version than the
 * plan was made for is never overwritten. Fails: PD_TEMPORARY then. */
#include "store/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"

static int insert_ticket(struct pd_sqlite *store, const struct pd_ticket *ticket, int64_t flags, const struct pd_buf *rest,
			 struct pd_error *error)
{
	sqlite3_stmt *put = SQL(store->writer,
				"INSERT INTO ticket (version, class, status_kind, flags, created, updated, closed, merged_into,"
				" messages, contact, status, owner, team, priority, category, source, mailbox, pipeline, name,"
				" rest, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	pd_sql_bind(put, "iiiiiizzizsssssssssbi", ticket->version, (int64_t)pd_ticket_class_of(ticket),
		    (int64_t)ticket->status_kind, flags, ticket->created, ticket->updated, ticket->closed,
		    ticket->merged_into, ticket->messages,
		    ticket->contacts.count > 0 ? ticket->contacts.items[0] : (int64_t)0, ticket->status, ticket->owner,
		    ticket->team, ticket->priority, ticket->category, ticket->source, ticket->mailbox, ticket->pipeline,
		    ticket->name != NULL ? ticket->name : "", rest->data, rest->len, ticket->number);
	return pd_sql_run(store->writer, put, error);
}

/* A statement that names a column writes the indexes of that column anew, changed or not: hence one for what each mail
 * changes, and others for what few do. */
static int update_ticket(struct pd_sqlite *store, const struct pd_planned_ticket *planned, int64_t flags,
			 const struct pd_buf *rest, struct pd_error *error)
{
	const struct pd_ticket *ticket = planned->ticket;
	sqlite3_stmt *put = SQL(store->writer, "UPDATE ticket SET version = ?, class = ?, flags = ?, updated = ?, merged_into = ?,"
					       " messages = ?, contact = ?, owner = ?, team = ?, pipeline = ?, name = ?, rest = ?"
					       " WHERE number = ? AND version = ?");
	pd_sql_bind(put, "iiiizizssssbii", ticket->version, (int64_t)pd_ticket_class_of(ticket), flags, ticket->updated,
		    ticket->merged_into, ticket->messages,
		    ticket->contacts.count > 0 ? ticket->contacts.items[0] : (int64_t)0, ticket->owner, ticket->team,
		    ticket->pipeline, ticket->name != NULL ? ticket->name : "", rest->data, rest->len, ticket->number,
		    planned->base_version);
	int failed = pd_sql_run(store->writer, put, error);
	if (failed)
		return failed;
	if (sqlite3_changes(store->writer->db) != 1)
		return pd_fail(error, PD_TEMPORARY, "ticket %lld is not at version %lld any more",
			       (long long)ticket->number, (long long)planned->base_version);
	sqlite3_stmt *status =
		SQL(store->writer, "UPDATE ticket SET status_kind = ?1, status = ?2, closed = ?3 WHERE number = ?4 AND"
				   " (status_kind, status, closed) IS NOT (?1, ?2, ?3)");
	pd_sql_bind(status, "iszi", (int64_t)ticket->status_kind, ticket->status, ticket->closed, ticket->number);
	failed = pd_sql_run(store->writer, status, error);
	if (failed)
		return failed;
	sqlite3_stmt *values =
		SQL(store->writer, "UPDATE ticket SET priority = ?1, category = ?2, source = ?3, mailbox = ?4, created = ?5"
				   " WHERE number = ?6 AND"
				   " (priority, category, source, mailbox, created) IS NOT (?1, ?2, ?3, ?4, ?5)");
	pd_sql_bind(values, "ssssii", ticket->priority, ticket->category, ticket->source, ticket->mailbox, ticket->created,
		    ticket->number);
	return pd_sql_run(store->writer, values, error);
}

int pd_sqlite_put_ticket(struct pd_sqlite *store, const struct pd_planned_ticket *planned,
			 struct pd_error *error)
{
	const struct pd_ticket *ticket = planned->ticket;
	if (ticket->version == planned->base_version)
		return 0;
	PD_AUTO_BUF rest = {0};
	pd_record_ticket_pack(&rest, ticket);
	int64_t flags = (ticket->is_spam ? PD_FLAG_SPAM : 0) |
			(ticket->is_automatic ? PD_FLAG_AUTOMATIC : 0) |
			(ticket->is_deleted ? PD_FLAG_DELETED : 0) | (ticket->has_sent ? PD_FLAG_SENT : 0) |
			(ticket->snoozed != 0 ? PD_FLAG_SNOOZED : 0);
	int failed = planned->base_version == 0 ? insert_ticket(store, ticket, flags, &rest, error)
						: update_ticket(store, planned, flags, &rest, error);
	if (failed || (planned->base_version == 0 && pd_agenda_is_empty(&planned->agenda)))
		return failed;
	return pd_sqlite_put_agenda(store, ticket->number, &planned->agenda, error);
}

void pd_sqlite_put_subject(struct pd_sqlite *store, struct pd_key key, int64_t conversation, int64_t ticket)
{
	pd_fresh_put(store, &(struct pd_fresh_row){
				    .kind = PD_FRESH_SUBJECT, .key = key, .numbers = {conversation, ticket}});
}

/* What the key was made of is known by the change itself, but for a part that does not change: that is the
 * ticket's. */
void pd_sqlite_put_conversation(struct pd_sqlite *store, struct pd_arena *arena, const struct pd_plan *plan,
				const struct pd_event *event)
{
	const struct pd_change *mailbox = NULL, *subject = NULL;
	for (size_t i = 0; i < event->changes.count; i++) {
		if (strcmp(event->changes.items[i].property, "conversation") == 0)
			mailbox = &event->changes.items[i];
		else if (strcmp(event->changes.items[i].property, "subject") == 0)
			subject = &event->changes.items[i];
	}
	if (mailbox == NULL && subject == NULL)
		return;
	if (event->conversation > store->last_conversation)
		store->last_conversation = event->conversation;
	size_t place;
	const struct pd_ticket *ticket =
		pd_plan_place(plan, event->ticket, &place) ? plan->tickets.items[place].ticket : NULL;
	const struct pd_conversation *now =
		ticket != NULL ? pd_ticket_conversation(ticket, event->conversation) : NULL;
	const char *kept_mailbox = now != NULL ? now->mailbox : NULL,
		   *kept_subject = now != NULL ? now->subject : NULL;
	const char *from_mailbox = mailbox != NULL ? mailbox->from : kept_mailbox;
	const char *from_subject = subject != NULL ? subject->from : kept_subject;
	bool is_reply;
	if (from_mailbox != NULL && from_subject != NULL) {
		const struct pd_key key = pd_sqlite_key(&store->store, from_mailbox,
							pd_base_subject(arena, from_subject, &is_reply));
		pd_sqlite_put_subject(store, key, event->conversation, 0);
	}
	if (now == NULL || now->base_subject == NULL || now->mailbox == NULL)
		return;
	pd_sqlite_put_subject(store, pd_sqlite_key(&store->store, now->mailbox, now->base_subject), event->conversation,
			      event->ticket);
}

static int number_value(struct pd_sqlite *store, bool is_added, int64_t ticket, const char *value,
			struct pd_error *error)
{
	sqlite3_stmt *put =
		is_added ? SQL(store->writer, "INSERT INTO ticket_contact (contact, ticket) VALUES (?, ?) ON "
					      "CONFLICT DO NOTHING")
			 : SQL(store->writer, "DELETE FROM ticket_contact WHERE contact = ? AND ticket = ?");
	pd_sql_bind(put, "ii", (int64_t)strtoll(value, NULL, 10), ticket);
	return pd_sql_run(store->writer, put, error);
}

static int text_value(struct pd_sqlite *store, bool is_added, int64_t ticket, const char *property,
		      const char *value, struct pd_error *error)
{
	sqlite3_stmt *put =
		is_added ? SQL(store->writer,
			       "INSERT INTO ticket_value (property, value, ticket) VALUES (?, ?, ?)"
			       " ON CONFLICT DO NOTHING")
			 : SQL(store->writer,
			       "DELETE FROM ticket_value WHERE property = ? AND value = ? AND ticket = ?");
	/* As queries compare it; companies are asked for as they are written. */
	if (strcmp(property, "company") != 0)
		value = pd_fold(store->group_arena, value);
	pd_sql_bind(put, "ssi", property, value, ticket);
	return pd_sql_run(store->writer, put, error);
}

static int put_record(struct pd_sqlite *store, int64_t event, const struct pd_change *change, bool is_carried,
		      struct pd_error *error)
{
	if (is_carried) { /* an older one changes nothing */
		int failed = 0;
		sqlite3_stmt *newer = SQL(store->writer, "SELECT 1 FROM record WHERE property = ? AND event > ?");
		pd_sql_bind(newer, "si", change->property, event);
		bool is_older = pd_sql_row(store->writer, newer, &failed, error);
		sqlite3_reset(newer);
		if (failed || is_older)
			return failed;
	}
	sqlite3_stmt *put =
		change->to != NULL
			? SQL(store->writer, "INSERT INTO record (property, value, event) VALUES (?, ?, ?)"
					     " ON CONFLICT (property) DO UPDATE SET value = excluded.value,"
					     " event = excluded.event")
			: SQL(store->writer, "DELETE FROM record WHERE property = ?");
	pd_sql_bind(put, change->to != NULL ? "ssi" : "s", change->property, change->to, event);
	return pd_sql_run(store->writer, put, error);
}

/* A custom property's value, and where it is several choices ("a;b"), each of them. */
static int custom_value(struct pd_sqlite *store, bool is_added, int64_t ticket, const char *property,
			const char *value, struct pd_error *error)
{
	int failed = text_value(store, is_added, ticket, property, value, error);
	if (failed || strchr(value, ';') == NULL)
		return failed;
	struct pd_strings parts = pd_split(store->group_arena, value, ';');
	for (size_t i = 0; i < parts.count && !failed; i++)
		failed = text_value(store, is_added, ticket, property, parts.items[i], error);
	return failed;
}

/* Where the number leads now: the tickets' rows are written before. */
int pd_sqlite_put_root(struct pd_sqlite *store, int64_t number, struct pd_error *error)
{
	sqlite3_stmt *drop = SQL(store->writer, "DELETE FROM absorbed WHERE number = ?");
	pd_sql_bind(drop, "i", number);
	int failed = pd_sql_run(store->writer, drop, error);
	sqlite3_stmt *put = SQL(store->writer,
				"INSERT INTO absorbed (number, root) WITH RECURSIVE way (number, next) AS"
				" (SELECT number, merged_into FROM ticket WHERE number = ?1 UNION"
				" SELECT ticket.number, ticket.merged_into FROM way JOIN ticket ON ticket.number ="
				" way.next) SELECT ?1, number FROM way WHERE next IS NULL AND number <> ?1");
	pd_sql_bind(put, "i", number);
	return failed ? failed : pd_sql_run(store->writer, put, error);
}

/* Values that queries look for elsewhere than in the ticket's row, and records. */
/* The one that is no more deleted is not purged. */
static int put_deleted_entry(struct pd_sqlite *store, const struct pd_event *event, const struct pd_change *change,
			     struct pd_error *error)
{
	sqlite3_stmt *put =
		change->to != NULL
			? SQL(store->writer, "INSERT INTO deleted_entry (entry, ticket, at) VALUES (?1, ?2, ?3)"
					     " ON CONFLICT (entry, ticket) DO UPDATE SET at = excluded.at")
			: SQL(store->writer, "DELETE FROM deleted_entry WHERE entry = ?1 AND ticket = ?2 AND ?3 > 0");
	pd_sql_bind(put, "iii", (int64_t)strtoll(change->to != NULL ? change->to : change->from, NULL, 10), event->ticket,
		    event->at);
	return pd_sql_run(store->writer, put, error);
}

int pd_sqlite_put_values(struct pd_sqlite *store, const struct pd_event *event, bool is_carried, struct pd_error *error)
{
	int failed = 0;
	for (size_t i = 0; i < event->changes.count && !failed; i++) {
		const struct pd_change *change = &event->changes.items[i];
		bool is_contact = strcmp(change->property, "contact") == 0;
		bool is_follower = strcmp(change->property, "follower") == 0;
		bool is_also = strcmp(change->property, "mailbox_also") == 0;
		bool is_mention = strcmp(change->property, "mention") == 0;
		if (pd_starts(change->property, PD_RECORD_PREFIX PD_CONTACT_RECORD ":"))
			continue; /* kept in the contact itself */
		if (pd_property_is_record(change->property)) {
			failed = put_record(store, event->id, change, is_carried, error);
			continue;
		}
		if (strcmp(change->property, "entry_deleted") == 0) {
			failed = put_deleted_entry(store, event, change, error);
			continue;
		}
		if (strcmp(change->property, "absorbed") == 0) {
			failed = pd_sqlite_put_root(
				store, strtoll(change->to != NULL ? change->to : change->from, NULL, 10), error);
			continue;
		}
		bool is_asked_for = is_contact || is_follower || is_also || is_mention ||
				    strcmp(change->property, PD_PROPERTY_COMPANY) == 0 ||
				    strcmp(change->property, "link") == 0;
		if (!is_asked_for &&
		    pd_property_is_builtin(change->property))
			continue;
		bool is_link = strcmp(change->property, "link") == 0;
		if (change->from != NULL && is_link)
			failed = text_value(store, false, event->ticket, "link", change->from, error);
		else if (change->from != NULL)
			failed = is_contact ? number_value(store, false, event->ticket, change->from, error)
					    : custom_value(store, false, event->ticket, change->property,
							   change->from, error);
		if (!failed && change->to != NULL && is_link)
			failed = text_value(store, true, event->ticket, "link", change->to, error);
		else if (!failed && change->to != NULL)
			failed = is_contact ? number_value(store, true, event->ticket, change->to, error)
					    : custom_value(store, true, event->ticket, change->property,
							   change->to, error);
	}
	return failed;
}

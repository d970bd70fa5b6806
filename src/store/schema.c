/* The schema, and the way from each version of it to the next.
 *
 * Promises: a database is migrated whole, in one IMMEDIATE transaction, or not at all. Fails:
 * PD_CONFIGURATION for a schema newer than this program; PD_TEMPORARY, PD_FULL.
 *
 * Look-ups by text (Message-IDs, marks, identities, base subjects) go by 128-bit keyed hashes in one tree
 * each: pages of such indexes are written all over, so that they must be few, and equal hashes are equal
 * texts as surely as anything is. The key is the desk's secret, so that no stranger can choose texts that
 * meet. */
#include "store/sqlite.h"

#include <string.h>

static const char version_1[] =
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
	/* Accepted configurations, compiled calendars: named by the events that used them. */
	"CREATE TABLE text (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT, text TEXT) STRICT;"
	/* The ticket as its events make it; class is pd_ticket_class, rest a packed record. */
	"CREATE TABLE ticket (number INTEGER PRIMARY KEY, version INTEGER NOT NULL, class INTEGER NOT NULL,"
	" status_kind INTEGER NOT NULL, flags INTEGER NOT NULL, created INTEGER NOT NULL,"
	" updated INTEGER NOT NULL, closed INTEGER, merged_into INTEGER, messages INTEGER NOT NULL,"
	" contact INTEGER, status TEXT, owner TEXT, team TEXT, priority TEXT, category TEXT, source TEXT,"
	" mailbox TEXT, pipeline TEXT, name TEXT NOT NULL, rest BLOB NOT NULL) STRICT;"
	"CREATE INDEX ticket_updated ON ticket (updated, class);"
	"CREATE INDEX ticket_owner ON ticket (class, owner, updated);"
	"CREATE INDEX ticket_team ON ticket (class, team, updated);"
	/* What is rare is named by indexes of its own (flags: pd_ticket_flags). */
	"CREATE INDEX ticket_automatic ON ticket (class) WHERE flags & 2 <> 0;"
	"CREATE INDEX ticket_sent ON ticket (class) WHERE flags & 8 <> 0;"
	/* Properties with many values and custom ones. */
	"CREATE TABLE ticket_value (property TEXT NOT NULL, value TEXT NOT NULL, ticket INTEGER NOT NULL,"
	" PRIMARY KEY (property, value, ticket)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE ticket_contact (contact INTEGER NOT NULL, ticket INTEGER NOT NULL,"
	" PRIMARY KEY (contact, ticket)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE event (id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES ticket (number)"
	" DEFERRABLE INITIALLY DEFERRED, version INTEGER NOT NULL, format INTEGER NOT NULL,"
	" at INTEGER NOT NULL, kind TEXT NOT NULL, action INTEGER NOT NULL, message INTEGER,"
	" conversation INTEGER, other INTEGER, indexed INTEGER NOT NULL, actor TEXT NOT NULL, why TEXT, "
	"changes TEXT,"
	" config INTEGER REFERENCES text (id)) STRICT;"
	/* indexed: has a document in `search` */
	"CREATE UNIQUE INDEX event_ticket ON event (ticket, version);"
	"CREATE INDEX event_action ON event (action);"
	/* Keys are 128-bit keyed hashes in two halves: of mailbox and base subject, … */
	"CREATE TABLE conversation (key_a INTEGER NOT NULL, key_b INTEGER NOT NULL, id INTEGER NOT NULL,"
	" ticket INTEGER NOT NULL, PRIMARY KEY (key_a, key_b, id)) STRICT, WITHOUT ROWID;"
	/* Numbers given last, of what has no table that knows. */
	"CREATE TABLE last_id (kind INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;"
	/* identities: a line each, kind, blank, value; found by identity. */
	"CREATE TABLE contact (id INTEGER PRIMARY KEY, name TEXT NOT NULL, company TEXT,"
	" identities TEXT NOT NULL) STRICT;"
	/* … of kind and value, … */
	"CREATE TABLE identity (key_a INTEGER NOT NULL, key_b INTEGER NOT NULL, contact INTEGER NOT NULL"
	" REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (key_a, key_b)) STRICT, WITHOUT "
	"ROWID;"
	/* rest: reply_to, to, cc, references, attachments. search: the indexed text where it is not `text`
	 * (indexed: 0 none, 1 text, 2 search). file: the raw bytes are messages/xx/FILE, raw_digest theirs.
	 */
	"CREATE TABLE message (id INTEGER PRIMARY KEY, source TEXT NOT NULL, direction INTEGER NOT NULL,"
	" kinds INTEGER NOT NULL, date INTEGER, size INTEGER NOT NULL, indexed INTEGER NOT NULL, file "
	"INTEGER,"
	" message_id TEXT NOT NULL, from_name TEXT, from_addr TEXT, recipients TEXT, subject TEXT,"
	" queue_id TEXT, proof TEXT, digest BLOB, raw_digest BLOB, rest BLOB, text TEXT, html TEXT,"
	" search TEXT, raw BLOB) STRICT;"
	/* … of the Message-ID, … */
	"CREATE TABLE known_id (key_a INTEGER NOT NULL, key_b INTEGER NOT NULL, event INTEGER NOT NULL,"
	" ticket INTEGER NOT NULL, conversation INTEGER, is_reference INTEGER NOT NULL, agent TEXT,"
	" PRIMARY KEY (key_a, key_b, event, ticket)) STRICT, WITHOUT ROWID;"
	/* … of the mark's text. */
	"CREATE TABLE mark (key_a INTEGER NOT NULL, key_b INTEGER NOT NULL, value INTEGER NOT NULL,"
	" expires INTEGER, PRIMARY KEY (key_a, key_b)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE counter (key TEXT NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL,"
	" PRIMARY KEY (key, minute)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE draft (id INTEGER PRIMARY KEY, ticket INTEGER, message INTEGER, agent TEXT NOT NULL,"
	" reason TEXT, sender TEXT, recipients TEXT, answers_version INTEGER NOT NULL, created INTEGER NOT "
	"NULL,"
	" expires INTEGER, state INTEGER NOT NULL) STRICT;"
	"CREATE INDEX draft_agent ON draft (agent, ticket) WHERE state = 0;"
	/* state: 0 waiting, 1 leased, 2 sent, 3 refused. next: when it is due; while leased, when the lease
	 * ends. The bytes stand in `bytes` or are those of the message. */
	"CREATE TABLE outbox (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, next INTEGER NOT NULL,"
	" ticket INTEGER, event INTEGER, conversation INTEGER, kind TEXT NOT NULL, agent TEXT,"
	" transport TEXT NOT NULL, destination TEXT, sender TEXT NOT NULL, message_id TEXT NOT NULL,"
	" needs_smtputf8 INTEGER NOT NULL, created INTEGER NOT NULL, attempts INTEGER NOT NULL, owner TEXT,"
	" message INTEGER, bytes BLOB) STRICT;"
	"CREATE INDEX outbox_due ON outbox (next, id) WHERE state < 2;"
	"CREATE INDEX outbox_ticket ON outbox (ticket, id) WHERE state < 2;"
	"CREATE TABLE outbox_recipient (outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,"
	" place INTEGER NOT NULL, state INTEGER NOT NULL, address TEXT NOT NULL, reply TEXT,"
	" PRIMARY KEY (outbox, place)) STRICT, WITHOUT ROWID;"
	/* rowid: an event's id, or minus a contact's */
	"CREATE TABLE unindexed (id INTEGER PRIMARY KEY) STRICT;"
	"CREATE VIRTUAL TABLE search USING fts5 (subject, text, people, content = '', columnsize = 0,"
	" tokenize = 'unicode61 remove_diacritics 0');"
	/* Merging goes along step by step; all at once, while mails wait, only where that does not suffice.
	 */
	"INSERT INTO search (search, rank) VALUES ('automerge', 16);"
	"INSERT INTO search (search, rank) VALUES ('crisismerge', 64);";

static const char version_2[] =
	/* Records of the desk: the newest value of each (desk/ticket.h), and the event that gave it. */
	"CREATE TABLE record (property TEXT PRIMARY KEY, value TEXT NOT NULL, event INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;";

static const char version_3[] =
	/* Which configuration has been in force since when; it names its calendars. */
	"CREATE TABLE in_force (place INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
	" text INTEGER NOT NULL REFERENCES text (id)) STRICT;"
	"CREATE INDEX in_force_at ON in_force (at);";

static const char version_4[] =
	/* When something happens on a ticket by itself; when its goals are due and due soon, how they stand
	 * (pd_agenda_states). A ticket of which nothing is to be told has no row. */
	"CREATE TABLE agenda (ticket INTEGER PRIMARY KEY, next INTEGER, due INTEGER, reply_soon INTEGER,"
	" reply_due INTEGER, close_soon INTEGER, close_due INTEGER, states INTEGER NOT NULL) STRICT;"
	"CREATE INDEX agenda_next ON agenda (next) WHERE next IS NOT NULL;"
	"CREATE INDEX agenda_due ON agenda (due) WHERE due IS NOT NULL;"
	"CREATE INDEX ticket_snoozed ON ticket (class) WHERE flags & 16 <> 0;";

#define CLOCKS_SINCE 4

static const char version_5[] =
	/* The full-text index is a file of its own (indexer.c), which is filled again from here. seq: the place in
	 * the queue. With texts: what is taken out, as it was put in. Rows up to the id of kind -1 in last_id are
	 * gone, because the index has them. */
	"DROP TABLE search; DROP TABLE unindexed;"
	"CREATE TABLE unindexed (seq INTEGER PRIMARY KEY, id INTEGER NOT NULL, subject TEXT, text TEXT,"
	" people TEXT) STRICT;";

static const char version_6[] =
	/* Keys of agents; a row stays when its key is removed. */
	"CREATE TABLE agent_key (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, kind TEXT NOT NULL,"
	" agent TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,"
	" data BLOB NOT NULL, added INTEGER NOT NULL, added_by TEXT NOT NULL, removed INTEGER, removed_by TEXT)"
	" STRICT;"
	"CREATE UNIQUE INDEX agent_key_in_force ON agent_key (fingerprint) WHERE removed IS NULL;";

static const char version_7[] =
	/* A text that stands in `raw` is not kept beside it: so many bytes from there, without CRs at line ends. */
	"ALTER TABLE message ADD COLUMN text_at INTEGER; ALTER TABLE message ADD COLUMN text_size INTEGER;";

static const char version_8[] =
	/* Of each ticket that was merged away: where its number leads in the end. */
	"CREATE TABLE absorbed (number INTEGER PRIMARY KEY, root INTEGER NOT NULL) STRICT;"
	"CREATE INDEX absorbed_root ON absorbed (root);";

static const char version_9[] =
	/* details: a line each, key, blank, value (desk/people.h). */
	"ALTER TABLE contact ADD COLUMN details TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX contact_company ON contact (company) WHERE company IS NOT NULL;";

static const char version_10[] =
	/* Lines of chats that nobody has marked. */
	"CREATE INDEX outbox_lines ON outbox (id) WHERE state < 2 AND transport = 'xmpp';";

static const char version_11[] =
	/* Keys of known_id, mark and conversation that are not in their places yet: of a group together, packed. */
	"CREATE TABLE fresh_key (seq INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT;";

static const char version_12[] =
	/* Entries that were deleted from a timeline, until they are restored or purged; at: since when. */
	"CREATE TABLE deleted_entry (entry INTEGER NOT NULL, ticket INTEGER NOT NULL, at INTEGER NOT NULL,"
	" PRIMARY KEY (entry, ticket)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX deleted_entry_at ON deleted_entry (at);"
	"INSERT INTO deleted_entry SELECT CAST(json_extract(c.value, '$[2]') AS INTEGER), event.ticket, max(event.at)"
	" FROM event, json_each(event.changes) AS c WHERE event.changes LIKE '%\"entry_deleted\"%'"
	" AND json_extract(c.value, '$[0]') = 'entry_deleted' AND json_extract(c.value, '$[2]') IS NOT NULL"
	" GROUP BY 1, 2;";

static const char version_13[] =
	/* What queries ask of a ticket beside class, owner and team: values that few tickets have, in the order of their
	 * numbers, and times that grow as the desk does. A mail that joins a ticket changes none of them (sql_ticket.c). */
	"CREATE INDEX ticket_priority ON ticket (priority, class) WHERE priority <> 'normal';"
	"CREATE INDEX ticket_category ON ticket (category) WHERE category IS NOT NULL;"
	"CREATE INDEX ticket_source ON ticket (source) WHERE source <> 'mail';"
	"CREATE INDEX ticket_status ON ticket (status_kind, status);"
	"CREATE INDEX ticket_mailbox ON ticket (mailbox);"
	"CREATE INDEX ticket_created ON ticket (created);"
	"CREATE INDEX ticket_closed ON ticket (closed) WHERE closed IS NOT NULL;"
	/* Values are kept as queries compare them, but for companies. */
	"INSERT OR IGNORE INTO ticket_value (property, value, ticket) SELECT property, pd_fold(value), ticket FROM"
	" ticket_value WHERE property <> 'company' AND value <> pd_fold(value);"
	"DELETE FROM ticket_value WHERE property <> 'company' AND value <> pd_fold(value);"
	"CREATE INDEX ticket_contact_ticket ON ticket_contact (ticket);";

static const char version_14[] =
	/* The entry that made a ticket. */
	"CREATE INDEX event_first ON event (ticket) WHERE version = 1;";

static const char version_15[] =
	/* Of so many tickets with neighbouring numbers (PD_FIRST_ENTRY), the first of the entries that made them. */
	"CREATE TABLE first_entry (tickets INTEGER PRIMARY KEY, event INTEGER NOT NULL) STRICT;"
	"INSERT INTO first_entry SELECT ticket / 32, min(id) FROM event INDEXED BY event_first WHERE version = 1 GROUP BY 1;"
	"DROP INDEX event_first;";

/* For purging: whether a message stands in another entry, too (ids grow, so that a mail adds to the last page), and a
 * ticket's drafts. */
static const char version_16[] =
	"CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;"
	"CREATE INDEX draft_ticket ON draft (ticket);";

/* From version N to N + 1. */
static const char *const migrations[PD_SCHEMA_VERSION] = {version_1, version_2, version_3, version_4, version_5, version_6,
							     version_7, version_8, version_9, version_10, version_11,
							     version_12, version_13, version_14, version_15, version_16};

static int put_meta(struct pd_connection *connection, const char *name, size_t len, struct pd_error *error)
{
	unsigned char value[PD_KEY_SIZE];
	pd_random(value, len);
	sqlite3_stmt *insert =
		SQL(connection, "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
	pd_sql_bind(insert, "sb", name, value, len);
	return pd_sql_run(connection, insert, error);
}

static int migrate_from(struct pd_connection *connection, int64_t version, struct pd_error *error)
{
	for (int64_t from = version; from < PD_SCHEMA_VERSION; from++) {
		int failed = pd_sql_exec(connection, migrations[from], error);
		if (failed)
			return failed;
	}
	/* The fold has learnt about clocks. */
	if (version > 0 && version < CLOCKS_SINCE) {
		int failed = pd_sqlite_refold(connection, error);
		if (failed)
			return failed;
	}
	/* The desk's secret, and who it is: made once, with the first schema. */
	int failed = put_meta(connection, "key", PD_KEY_SIZE, error);
	if (!failed)
		failed = put_meta(connection, "desk", 16, error);
	if (!failed) {
		char text[48];
		sqlite3_snprintf(sizeof text, text, "PRAGMA user_version = %d", PD_SCHEMA_VERSION);
		failed = pd_sql_exec(connection, text, error);
	}
	return failed;
}

static int refuse_newer(int64_t version, struct pd_error *error)
{
	return pd_fail(
		error, PD_CONFIGURATION,
		"the database has schema %lld, newer than this program knows (%d): it needs a newer postdesk",
		(long long)version, PD_SCHEMA_VERSION);
}

int pd_schema_migrate(struct pd_connection *connection, struct pd_error *error)
{
	int64_t version = pd_sql_number(connection, "PRAGMA user_version");
	if (version > PD_SCHEMA_VERSION)
		return refuse_newer(version, error);
	if (version == PD_SCHEMA_VERSION)
		return 0;
	int failed = pd_sql_exec(connection, "BEGIN IMMEDIATE", error);
	if (failed)
		return failed;
	version = pd_sql_number(connection, "PRAGMA user_version");
	failed = migrate_from(connection, version, error);
	if (!failed)
		failed = pd_sql_exec(connection, "COMMIT", error);
	if (failed)
		(void)pd_sql_exec(connection, "ROLLBACK", NULL);
	return failed;
}

int pd_schema_check(struct pd_connection *connection, struct pd_error *error)
{
	int64_t version = pd_sql_number(connection, "PRAGMA user_version");
	if (version > PD_SCHEMA_VERSION)
		return refuse_newer(version, error);
	if (version < PD_SCHEMA_VERSION)
		return pd_fail(error, PD_TEMPORARY,
			       "the database has the older schema %lld: postdeskd migrates it when it starts",
			       (long long)version);
	return 0;
}

int pd_schema_load(struct pd_sqlite *store, struct pd_connection *connection, struct pd_error *error)
{
	int failed = 0;
	sqlite3_stmt *key = SQL(connection, "SELECT value FROM meta WHERE name = 'key'");
	if (!pd_sql_row(connection, key, &failed, error))
		return failed ? failed : pd_fail(error, PD_CONFIGURATION, "the database has no key");
	if (sqlite3_column_bytes(key, 0) != PD_KEY_SIZE) {
		sqlite3_reset(key);
		return pd_fail(error, PD_CONFIGURATION, "the database's key is damaged");
	}
	memcpy(store->store.key, sqlite3_column_blob(key, 0), PD_KEY_SIZE);
	sqlite3_reset(key);
	static const char *const largest[PD_ID_KINDS] = {
		[PD_ID_TICKET] = "SELECT max(number) FROM ticket",
		[PD_ID_EVENT] = "SELECT max(id) FROM event",
		[PD_ID_MESSAGE] = "SELECT max(id) FROM message",
		[PD_ID_CONVERSATION] = "SELECT id FROM last_id WHERE kind = 3",
		[PD_ID_CONTACT] = "SELECT max(id) FROM contact",
		[PD_ID_OUTBOX] = "SELECT max(id) FROM outbox",
		[PD_ID_DRAFT] = "SELECT max(id) FROM draft",
		[PD_ID_ACTION] = "SELECT max(action) FROM event",
	};
	for (int kind = 0; kind < PD_ID_KINDS; kind++)
		atomic_store(&store->store.last_id[kind], pd_sql_number(connection, largest[kind]));
	/* Claimed for what is yet to come (a desk that is carried in). */
	sqlite3_stmt *claimed = SQL(connection, "SELECT kind, id FROM last_id WHERE kind >= 0");
	while (pd_sql_row(connection, claimed, &failed, error)) {
		const int64_t kind = sqlite3_column_int64(claimed, 0), id = sqlite3_column_int64(claimed, 1);
		if (kind < PD_ID_KINDS && id > atomic_load(&store->store.last_id[kind]))
			atomic_store(&store->store.last_id[kind], id);
	}
	return failed;
}

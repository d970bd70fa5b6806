/* What a ticket is in the databases of other desks, as questions to their tables: Request Tracker from 4.4, Zammad, Znuny
 * and OTRS 6 and 7, osTicket from 1.10.
 *
 * A further desk is a further row of the table below. Each question's columns are those that the functions here read, in
 * their order; a table that a dump may lack stands under `optional`. */
#include <glib.h>
#include <string.h>
#include "base/text.h"
#include "cli/archive.h"
#include "store/foreign.h"

#define TIMES_UNSET 86400000 /* RT writes the epoch for "never" */

struct desk {
	const char *name;
	const char *needed[8];	     /* tables */
	const char *optional[14][2]; /* tables, and the columns that are asked of them */
	/* id, number, name, queue, kind of status, status, owner, priority, created, closed, updated, contact's address, its
	 * name */
	const char *tickets;
	/* of a ticket's id: id, as, at, from, to, cc, subject, message_id, in_reply_to, references, raw, text, html, header */
	const char *entries;
	const char *parts;  /* of an entry's id: role (text, html, file), name, type, content_id, content, encoding; NULL */
	const char *values; /* of a ticket's id: property, value; NULL */
	const char *people; /* of a ticket's id: participant or follower, address, name; NULL */
	/* Custom fields are columns beside these of this table, whose key is id; NULL. */
	const char *columns_of;
	const char *const *columns;
};

#define NAME_AND_ADDRESS(name, address) \
	"CASE WHEN coalesce(" name ", '') = '' THEN " address " ELSE '\"' || replace(" name ", '\"', '') || '\" <' || " address " || '>' END"

/* Is that user of RT staff? */
#define RT_IS_STAFF                                                                                                   \
	"EXISTS (SELECT 1 FROM GroupMembers m JOIN Groups g ON g.id = m.GroupId "                                     \
	"WHERE g.Domain = 'SystemInternal' AND g.Name = 'Privileged' AND m.MemberId = x.Creator)"
#define RT_REQUESTORS "Groups g JOIN GroupMembers m ON m.GroupId = g.id JOIN Users u ON u.id = m.MemberId " \
	"WHERE g.Domain = 'RT::Ticket-Role' AND g.Name = 'Requestor' AND g.Instance = t.id"

/* RT 5 writes its words Low, Medium and High as 0, 50 and 100: a desk where no other number stands, and not 0 alone. */
#define RT_HAS_WORDS                                                                          \
	"NOT EXISTS (SELECT 1 FROM Tickets WHERE Priority + 0 NOT IN (0, 50, 100)) AND " \
	"EXISTS (SELECT 1 FROM Tickets WHERE Priority + 0 IN (50, 100))"

/* What every Zammad has (up to 6.5); attributes that an administrator added are further columns. */
static const char *const zammad_columns[] = {
	"id", "number", "title", "group_id", "priority_id", "state_id", "organization_id", "owner_id", "customer_id", "note",
	"first_response_at", "first_response_escalation_at", "first_response_in_min", "first_response_diff_in_min", "close_at",
	"close_escalation_at", "close_in_min", "close_diff_in_min", "update_escalation_at", "update_in_min", "update_diff_in_min",
	"last_close_at", "last_contact_at", "last_contact_agent_at", "last_contact_customer_at", "last_owner_update_at",
	"create_article_type_id", "create_article_sender_id", "article_count", "escalation_at", "pending_time", "type",
	"time_unit", "preferences", "checklist_id", "ai_agent_running", "updated_by_id", "created_by_id", "created_at",
	"updated_at", NULL,
};

static const struct desk desks[] = {
	{
		.name = "rt",
		.needed = {"Tickets", "Transactions", "Attachments", "Users", "Queues"},
		.optional = {{"Groups", "id, Name, Domain, Instance"}, {"GroupMembers", "GroupId, MemberId"},
			     {"CustomFields", "id, Name"},
			     {"ObjectCustomFieldValues", "CustomField, ObjectType, ObjectId, Content, LargeContent, Disabled"}},
		.tickets =
			"SELECT t.id, t.id, t.Subject, q.Name, CASE lower(t.Status) WHEN 'new' THEN 'new' WHEN 'open' THEN 'open' "
			"WHEN 'stalled' THEN 'waiting' WHEN 'resolved' THEN 'closed' WHEN 'rejected' THEN 'closed' "
			"WHEN 'deleted' THEN 'closed' ELSE 'open' END, t.Status, o.EmailAddress, "
			"CASE WHEN lower(t.Priority) IN ('low', 'high', 'urgent') THEN lower(t.Priority) WHEN t.Priority + 0 >= 70 THEN 'high' "
			"WHEN t.Priority + 0 < 50 AND t.Priority GLOB '[0-9]*' AND " RT_HAS_WORDS " THEN 'low' ELSE 'normal' END, t.Created, t.Resolved, t.LastUpdated, "
			"(SELECT u.EmailAddress FROM " RT_REQUESTORS " ORDER BY m.MemberId LIMIT 1), "
			"(SELECT u.RealName FROM " RT_REQUESTORS " ORDER BY m.MemberId LIMIT 1) "
			"FROM Tickets t LEFT JOIN Queues q ON q.id = t.Queue LEFT JOIN Users o ON o.id = t.Owner "
			"WHERE t.id = t.EffectiveId AND coalesce(t.Type, 'ticket') = 'ticket' AND lower(t.Status) <> 'deleted' "
			"ORDER BY t.id + 0",
		.entries =
			"SELECT x.id, CASE WHEN x.Type = 'Comment' THEN 'comment' WHEN EXISTS (SELECT 1 FROM " RT_REQUESTORS
			" AND m.MemberId = x.Creator) THEN 'in' WHEN " RT_IS_STAFF " THEN 'out' ELSE 'in' END, x.Created, "
			NAME_AND_ADDRESS("c.RealName", "c.EmailAddress") ", NULL, NULL, coalesce(nullif(a.Subject, ''), t.Subject), "
			"CASE WHEN a.MessageId <> '' THEN '<' || a.MessageId || '>' END, NULL, NULL, NULL, NULL, NULL, a.Headers "
			"FROM Tickets t JOIN Transactions x ON x.ObjectId = t.id AND x.ObjectType = 'RT::Ticket' "
			"JOIN Attachments a ON a.TransactionId = x.id AND a.id + 0 = "
			"(SELECT min(b.id + 0) FROM Attachments b WHERE b.TransactionId = x.id) "
			"LEFT JOIN Users c ON c.id = x.Creator "
			"WHERE t.EffectiveId = ?1 AND x.Type IN ('Create', 'Correspond', 'Comment') ORDER BY x.Created, x.id + 0",
		.parts =
			"SELECT CASE WHEN coalesce(Filename, '') <> '' THEN 'file' WHEN ContentType = 'text/html' THEN 'html' "
			"WHEN ContentType LIKE 'text/%' THEN 'text' ELSE 'file' END, Filename, ContentType, NULL, Content, "
			"lower(ContentEncoding) FROM Attachments WHERE TransactionId = ?1 AND ContentType NOT LIKE 'multipart/%' "
			"AND Content IS NOT NULL ORDER BY id + 0",
		.values =
			"SELECT f.Name, coalesce(nullif(v.Content, ''), v.LargeContent) FROM ObjectCustomFieldValues v "
			"JOIN CustomFields f ON f.id = v.CustomField WHERE v.ObjectType = 'RT::Ticket' AND v.ObjectId = ?1 "
			"AND coalesce(v.Disabled, 0) + 0 = 0 ORDER BY v.rowid",
		/* An administrative Cc gets the comments, too: only somebody of ours may. */
		.people =
			"SELECT CASE WHEN g.Name = 'AdminCc' THEN 'follower' ELSE 'participant' END, u.EmailAddress, u.RealName "
			"FROM Groups g JOIN GroupMembers m ON m.GroupId = g.id JOIN Users u ON u.id = m.MemberId "
			"WHERE g.Domain = 'RT::Ticket-Role' AND g.Name IN ('Requestor', 'Cc', 'AdminCc') AND g.Instance = ?1 "
			"ORDER BY g.Name DESC, m.MemberId + 0",
	},
	{
		.name = "zammad",
		.needed = {"tickets", "ticket_articles", "ticket_states", "ticket_state_types", "groups", "users"},
		.optional = {{"ticket_priorities", "id, name"}, {"ticket_article_senders", "id, name"},
			     {"stores", "id, store_object_id, store_file_id, o_id, preferences, filename"},
			     {"store_objects", "id, name"}, {"store_files", "id, sha, provider"},
			     {"store_provider_dbs", "sha, data"}},
		.tickets =
			"SELECT t.id, t.number, t.title, g.name, CASE y.name WHEN 'new' THEN 'new' WHEN 'open' THEN 'open' "
			"WHEN 'pending reminder' THEN 'waiting' WHEN 'pending action' THEN 'waiting' WHEN 'closed' THEN 'closed' "
			"ELSE 'open' END, s.name, nullif(o.email, ''), CASE substr(p.name, 1, 1) WHEN '1' THEN 'low' WHEN '3' THEN "
			"'high' ELSE 'normal' END, t.created_at, t.close_at, t.updated_at, c.email, "
			"trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')) "
			"FROM tickets t LEFT JOIN groups g ON g.id = t.group_id LEFT JOIN ticket_states s ON s.id = t.state_id "
			"LEFT JOIN ticket_state_types y ON y.id = s.state_type_id LEFT JOIN users o ON o.id = t.owner_id "
			"LEFT JOIN users c ON c.id = t.customer_id LEFT JOIN ticket_priorities p ON p.id = t.priority_id "
			"WHERE coalesce(y.name, '') NOT IN ('merged', 'removed') ORDER BY t.id + 0",
		.entries =
			"SELECT a.id, CASE WHEN lower(a.internal) IN ('1', 't', 'true') THEN 'comment' WHEN n.name = 'Customer' THEN 'in' "
			"ELSE 'out' END, a.created_at, coalesce(nullif(CASE WHEN instr(a.\"from\", '@') THEN a.\"from\" END, ''), "
			"u.email), a.\"to\", a.cc, coalesce(nullif(a.subject, ''), t.title), a.message_id, a.in_reply_to, NULL, "
			"(SELECT d.data FROM stores s JOIN store_objects k ON k.id = s.store_object_id JOIN store_files f "
			"ON f.id = s.store_file_id JOIN store_provider_dbs d ON d.sha = f.sha WHERE k.name = 'Ticket::Article::Mail' "
			"AND s.o_id = a.id LIMIT 1), CASE WHEN a.content_type LIKE '%html%' THEN NULL ELSE a.body END, "
			"CASE WHEN a.content_type LIKE '%html%' THEN a.body END, NULL "
			"FROM ticket_articles a JOIN tickets t ON t.id = a.ticket_id LEFT JOIN ticket_article_senders n "
			"ON n.id = a.sender_id LEFT JOIN users u ON u.id = a.created_by_id WHERE a.ticket_id = ?1 "
			"AND coalesce(n.name, '') <> 'System' ORDER BY a.created_at, a.id + 0",
		.parts =
			"SELECT 'file', s.filename, NULL, NULL, d.data, 'none' FROM stores s JOIN store_objects k "
			"ON k.id = s.store_object_id JOIN store_files f ON f.id = s.store_file_id JOIN store_provider_dbs d "
			"ON d.sha = f.sha WHERE k.name = 'Ticket::Article' AND s.o_id = ?1 ORDER BY s.id + 0",
		.columns_of = "tickets",
		.columns = zammad_columns,
	},
	{
		.name = "znuny",
		.needed = {"ticket", "article", "article_data_mime", "ticket_state", "ticket_state_type", "queue", "users"},
		.optional = {{"ticket_priority", "id, name"}, {"article_sender_type", "id, name"},
			     {"article_data_mime_plain", "article_id, body"},
			     {"article_data_mime_attachment", "id, article_id, filename, content_type, content_id, content, disposition"},
			     {"user_preferences", "user_id, preferences_key, preferences_value"},
			     {"dynamic_field", "id, name, object_type"},
			     {"dynamic_field_value", "field_id, object_id, value_text, value_date, value_int"}},
		.tickets =
			"SELECT t.id, t.tn, t.title, q.name, CASE WHEN y.name = 'new' THEN 'new' WHEN y.name = 'closed' THEN 'closed' "
			"WHEN y.name LIKE 'pending%' THEN 'waiting' ELSE 'open' END, s.name, (SELECT preferences_value FROM "
			"user_preferences WHERE user_id = t.user_id AND preferences_key = 'UserEmail'), CASE substr(p.name, 1, 1) WHEN "
			"'1' THEN 'low' WHEN '2' THEN 'low' WHEN '4' THEN 'high' WHEN '5' THEN 'urgent' ELSE 'normal' END, "
			"t.create_time, CASE WHEN y.name = 'closed' THEN t.change_time END, t.change_time, "
			"coalesce((SELECT m.a_from FROM article a JOIN article_data_mime m ON m.article_id = a.id JOIN "
			"article_sender_type n ON n.id = a.article_sender_type_id WHERE a.ticket_id = t.id AND n.name = 'customer' "
			"ORDER BY a.id + 0 LIMIT 1), CASE WHEN instr(t.customer_user_id, '@') THEN t.customer_user_id END), NULL "
			"FROM ticket t LEFT JOIN queue q ON q.id = t.queue_id LEFT JOIN ticket_state s ON s.id = t.ticket_state_id "
			"LEFT JOIN ticket_state_type y ON y.id = s.type_id LEFT JOIN ticket_priority p ON p.id = t.ticket_priority_id "
			"WHERE coalesce(y.name, '') NOT IN ('merged', 'removed') ORDER BY t.id + 0",
		.entries =
			"SELECT a.id, CASE WHEN a.is_visible_for_customer + 0 = 0 THEN 'comment' WHEN n.name = 'customer' THEN 'in' ELSE "
			"'out' END, m.incoming_time, m.a_from, m.a_to, m.a_cc, m.a_subject, m.a_message_id, m.a_in_reply_to, "
			"m.a_references, (SELECT body FROM article_data_mime_plain WHERE article_id = a.id), "
			"CASE WHEN m.a_content_type LIKE 'text/html%' THEN NULL ELSE m.a_body END, "
			"CASE WHEN m.a_content_type LIKE 'text/html%' THEN m.a_body END, NULL "
			"FROM article a JOIN article_data_mime m ON m.article_id = a.id LEFT JOIN article_sender_type n "
			"ON n.id = a.article_sender_type_id WHERE a.ticket_id = ?1 AND coalesce(n.name, '') <> 'system' "
			"ORDER BY m.incoming_time + 0, a.id + 0",
		.parts =
			"SELECT CASE WHEN content_type LIKE 'text/html%' AND coalesce(content_id, '') = '' AND filename LIKE 'file-%' "
			"THEN 'html' ELSE 'file' END, filename, content_type, content_id, content, 'none' "
			"FROM article_data_mime_attachment WHERE article_id = ?1 ORDER BY id + 0",
		.values =
			"SELECT f.name, coalesce(nullif(v.value_text, ''), nullif(v.value_date, ''), v.value_int) "
			"FROM dynamic_field_value v JOIN dynamic_field f ON f.id = v.field_id WHERE v.object_id = ?1 "
			"AND coalesce(f.object_type, 'Ticket') = 'Ticket' ORDER BY v.rowid",
	},
	{
		.name = "osticket",
		.needed = {"ost_ticket", "ost_thread", "ost_thread_entry", "ost_ticket_status", "ost_user", "ost_user_email"},
		.optional = {{"ost_ticket__cdata", "ticket_id, subject, priority"}, {"ost_thread_entry_email", "thread_entry_id, mid, headers"},
			     {"ost_staff", "staff_id, firstname, lastname, email"}, {"ost_department", "id, name"},
			     {"ost_ticket_priority", "priority_id, priority"},
			     {"ost_attachment", "id, object_id, type, file_id, name, inline"}, {"ost_file", "id, type, name"},
			     {"ost_file_chunk", "file_id, chunk_id, filedata"},
			     {"ost_form_entry", "id, form_id, object_id, object_type"},
			     {"ost_form_entry_values", "entry_id, field_id, value"}, {"ost_form_field", "id, name, label"}},
		.tickets =
			"SELECT t.ticket_id, t.number, coalesce(nullif(d.subject, ''), (SELECT e.title FROM ost_thread_entry e JOIN "
			"ost_thread h ON h.id = e.thread_id WHERE h.object_id = t.ticket_id AND h.object_type = 'T' ORDER BY e.id + 0 "
			"LIMIT 1)), q.name, CASE WHEN s.state IN ('closed', 'archived') THEN 'closed' ELSE 'open' END, s.name, f.email, "
			"CASE p.priority WHEN 'low' THEN 'low' WHEN 'high' THEN 'high' WHEN 'emergency' THEN 'urgent' ELSE 'normal' END, "
			"t.created, t.closed, coalesce(t.lastupdate, t.updated), m.address, u.name "
			"FROM ost_ticket t LEFT JOIN ost_ticket__cdata d ON d.ticket_id = t.ticket_id LEFT JOIN ost_department q "
			"ON q.id = t.dept_id LEFT JOIN ost_ticket_status s ON s.id = t.status_id LEFT JOIN ost_staff f "
			"ON f.staff_id = t.staff_id LEFT JOIN ost_ticket_priority p ON p.priority_id = d.priority LEFT JOIN ost_user u "
			"ON u.id = t.user_id LEFT JOIN ost_user_email m ON m.id = u.default_email_id "
			"WHERE coalesce(s.state, '') <> 'deleted' ORDER BY t.ticket_id + 0",
		.entries =
			"SELECT e.id, CASE e.type WHEN 'M' THEN 'in' WHEN 'R' THEN 'out' ELSE 'comment' END, e.created, "
			"CASE WHEN f.staff_id IS NOT NULL THEN " NAME_AND_ADDRESS("trim(f.firstname || ' ' || f.lastname)", "f.email")
			" ELSE " NAME_AND_ADDRESS("u.name", "m.address") " END, NULL, NULL, coalesce(nullif(e.title, ''), d.subject), "
			"(SELECT mid FROM ost_thread_entry_email WHERE thread_entry_id = e.id LIMIT 1), NULL, NULL, NULL, "
			"CASE WHEN e.format = 'text' THEN e.body END, CASE WHEN e.format = 'text' THEN NULL ELSE e.body END, "
			"(SELECT headers FROM ost_thread_entry_email WHERE thread_entry_id = e.id LIMIT 1) "
			"FROM ost_thread_entry e JOIN ost_thread h ON h.id = e.thread_id LEFT JOIN ost_ticket__cdata d "
			"ON d.ticket_id = h.object_id LEFT JOIN ost_staff f ON f.staff_id = e.staff_id AND e.staff_id + 0 > 0 "
			"LEFT JOIN ost_user u ON u.id = e.user_id LEFT JOIN ost_user_email m ON m.id = u.default_email_id "
			"WHERE h.object_id = ?1 AND h.object_type = 'T' AND e.type IN ('M', 'R', 'N') ORDER BY e.created, e.id + 0",
		.parts =
			"SELECT 'file', coalesce(nullif(a.name, ''), f.name), f.type, NULL, (SELECT CAST(group_concat(filedata, '') AS BLOB) "
			"FROM (SELECT filedata FROM ost_file_chunk WHERE file_id = f.id ORDER BY chunk_id + 0)), 'none' "
			"FROM ost_attachment a JOIN ost_file f ON f.id = a.file_id WHERE a.object_id = ?1 AND a.type = 'H' ORDER BY a.id + 0",
		/* What was chosen stands as {"key":"label"}. */
		.values =
			"SELECT coalesce(nullif(f.name, ''), f.label), CASE WHEN substr(v.value, 1, 1) = '{' AND json_valid(v.value) "
			"THEN (SELECT group_concat(value, ';') FROM json_each(v.value)) ELSE v.value END "
			"FROM ost_form_entry e JOIN ost_form_entry_values v ON v.entry_id = e.id JOIN ost_form_field f "
			"ON f.id = v.field_id WHERE e.object_id = ?1 AND e.object_type = 'T' "
			"AND coalesce(f.name, '') NOT IN ('subject', 'message', 'priority') ORDER BY e.id + 0, v.field_id + 0",
	},
};

const char *const pd_archive_desks[] = {"rt", "zammad", "znuny", "osticket", NULL};

/* What one archive is read with. */
struct reading {
	const struct desk *desk;
	struct pd_foreign *tables;
	struct pd_question *tickets, *entries, *parts, *values, *people;
};

/* --- values of a row --- */

/* "2026-11-21 14:00:00.123", or seconds; 0: none. */
static pd_time time_at(struct pd_question *row, struct pd_arena *arena, int column)
{
	const char *text = pd_question_text(row, arena, column);
	pd_time time = 0;

	if (!text)
		return 0;
	if (strspn(text, "0123456789") == strlen(text)) {
		time = g_ascii_strtoll(text, NULL, 10) * PD_SECOND;
	} else if (strlen(text) >= 19) {
		g_autofree char *iso = g_strdup_printf("%.10sT%.8sZ", text, text + 11);

		if (!pd_time_parse(iso, &time))
			return 0;
	}
	return time > TIMES_UNSET ? time : 0;
}

static struct pd_bytes decoded(struct pd_arena *arena, struct pd_bytes content, const char *encoding)
{
	if (pd_equal(encoding, "base64")) {
		gsize len;
		char *copy = pd_strndup(arena, content.data, content.len);

		g_base64_decode_inplace(copy, &len);
		return (struct pd_bytes){copy, len};
	}
	if (!pd_equal(encoding, "quoted-printable"))
		return content;
	char *out = pd_alloc(arena, content.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < content.len; i++) {
		const char *at = content.data + i;
		bool has_two = i + 2 < content.len;

		if (*at != '=') {
			out[len++] = *at;
		} else if (has_two && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
			out[len++] = (char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]));
			i += 2;
		} else {
			i += has_two && at[1] == '\r' ? 2 : 1; /* a soft line break */
		}
	}
	return (struct pd_bytes){out, len};
}

/* A field of a header block as it stands there, unfolded; NULL. */
static const char *field_of(struct pd_arena *arena, const char *header, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = header; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		if (!pd_starts_nocase(line, name) || line[len] != ':')
			continue;
		PD_AUTO_BUF value = {0};

		pd_buf_add(&value, line + len + 1, strcspn(line + len + 1, "\r\n"));
		for (const char *next = strchr(line, '\n'); next && (next[1] == ' ' || next[1] == '\t'); next = strchr(next + 1, '\n'))
			pd_buf_add(&value, next + 1, strcspn(next + 1, "\r\n"));
		char *text = pd_trim(arena, pd_buf_string(arena, &value));

		return *text ? text : NULL;
	}
	return NULL;
}

static const char *field_or(struct pd_arena *arena, const char *header, const char *name, const char *otherwise)
{
	const char *found = header ? field_of(arena, header, name) : NULL;

	return found ? found : otherwise;
}

/* --- an entry --- */

static int read_parts(struct reading *reading, struct pd_arena *arena, const char *entry, struct pd_archive_mail *mail,
		      struct pd_error *error)
{
	int result;

	if (!reading->parts)
		return 0;
	pd_question_ask(reading->parts, entry);
	while ((result = pd_question_next(reading->parts, error)) == 1) {
		const char *role = pd_question_text(reading->parts, arena, 0);
		struct pd_bytes content =
			decoded(arena, pd_question_bytes(reading->parts, arena, 4), pd_question_text(reading->parts, arena, 5));

		if (pd_equal(role, "text") && !mail->text)
			mail->text = pd_strndup(arena, content.data, content.len);
		else if (pd_equal(role, "html") && !mail->html)
			mail->html = pd_strndup(arena, content.data, content.len);
		else
			*pd_list_add(arena, &mail->parts) = (struct pd_archive_part){
				.name = pd_question_text(reading->parts, arena, 1),
				.type = pd_question_text(reading->parts, arena, 2),
				.content_id = pd_question_text(reading->parts, arena, 3),
				.content = content,
			};
	}
	return result;
}

static int read_entry(struct reading *reading, struct pd_arena *arena, const char *ticket, struct pd_archive_entry *ret_entry,
		      struct pd_error *error)
{
	struct pd_question *row = reading->entries;
	const char *id = pd_question_text(row, arena, 0);
	struct pd_bytes raw = pd_question_bytes(row, arena, 10);
	const char *header = pd_question_text(row, arena, 13);

	ret_entry->as = pd_question_text(row, arena, 1);
	if (raw.len > 0) {
		ret_entry->mail = raw;
		return 0;
	}
	struct pd_archive_mail mail = {
		.from = field_or(arena, header, "From", pd_question_text(row, arena, 3)),
		.to = field_or(arena, header, "To", pd_question_text(row, arena, 4)),
		.cc = field_or(arena, header, "Cc", pd_question_text(row, arena, 5)),
		.subject = pd_question_text(row, arena, 6),
		.message_id = field_or(arena, header, "Message-ID", pd_question_text(row, arena, 7)),
		.in_reply_to = field_or(arena, header, "In-Reply-To", pd_question_text(row, arena, 8)),
		.references = field_or(arena, header, "References", pd_question_text(row, arena, 9)),
		.date = time_at(row, arena, 2),
		.text = pd_question_text(row, arena, 11),
		.html = pd_question_text(row, arena, 12),
	};
	if (!mail.message_id || pd_equal(ret_entry->as, "comment")) /* a comment may have been forwarded under its id */
		mail.message_id = pd_printf(arena, "<%s.%s.%s@import.invalid>", reading->desk->name, ticket, id);
	int failed = read_parts(reading, arena, id, &mail, error);

	if (!failed)
		ret_entry->mail = pd_archive_compose(arena, &mail);
	return failed;
}

/* --- a ticket --- */

static void add_value(struct pd_arena *arena, struct pd_archive_ticket *ticket, const char *property, const char *value)
{
	if (property && value)
		*pd_list_add(arena, &ticket->values) = pd_printf(arena, "%s=%s", property, value);
}

/* "Anna Virtanen <anna@example.com>" as name and address. */
static void split_contact(struct pd_arena *arena, struct pd_archive_ticket *ticket)
{
	const char *open = ticket->contact ? strrchr(ticket->contact, '<') : NULL;

	if (!open)
		return;
	char *name = pd_trim(arena, pd_strndup(arena, ticket->contact, (size_t)(open - ticket->contact)));
	size_t len = strlen(name);

	if (len >= 2 && name[0] == '"' && name[len - 1] == '"')
		name = pd_strndup(arena, name + 1, len - 2);
	ticket->contact_name = ticket->contact_name ? ticket->contact_name : name;
	ticket->contact = pd_strndup(arena, open + 1, strcspn(open + 1, ">"));
}

/* "{a,b}", as PostgreSQL writes a list of plain words, as "a;b". */
static const char *list_of(struct pd_arena *arena, const char *value)
{
	size_t len = value ? strlen(value) : 0;

	if (len < 2 || value[0] != '{' || value[len - 1] != '}')
		return value;
	char *list = pd_strndup(arena, value + 1, len - 2);

	for (char *at = list; *at; at++)
		*at = *at == ',' ? ';' : *at;
	return list;
}

/* The ticket's custom fields, and who takes part in it beside its contact. */
static int read_values(struct reading *reading, struct pd_arena *arena, const char *id, struct pd_archive_ticket *ticket,
		       struct pd_error *error)
{
	int result = 0;

	if (reading->values)
		pd_question_ask(reading->values, id);
	while (reading->values && (result = pd_question_next(reading->values, error)) == 1) {
		const char *value = pd_question_text(reading->values, arena, 1);

		add_value(arena, ticket, pd_question_text(reading->values, arena, 0),
			  reading->desk->columns ? list_of(arena, value) : value);
	}
	if (result || !reading->people)
		return result;
	pd_question_ask(reading->people, id);
	while ((result = pd_question_next(reading->people, error)) == 1) {
		const char *address = pd_question_text(reading->people, arena, 1), *name = pd_question_text(reading->people, arena, 2);

		if (address && !pd_equal_nocase(address, ticket->contact))
			add_value(arena, ticket, pd_question_text(reading->people, arena, 0),
				  name ? pd_printf(arena, "%s <%s>", name, address) : address);
	}
	return result;
}

static int read_ticket(struct reading *reading, struct pd_arena *arena, struct pd_archive_ticket *ret_ticket, struct pd_error *error)
{
	struct pd_question *row = reading->tickets;
	const char *id = pd_question_text(row, arena, 0), *number = pd_question_text(row, arena, 1);
	int result = 0, failed = 0;

	*ret_ticket = (struct pd_archive_ticket){
		.key = pd_printf(arena, "%s:%s", reading->desk->name, id),
		.name = pd_question_text(row, arena, 2),
		.mailbox = pd_question_text(row, arena, 3),
		.created = time_at(row, arena, 8),
		.closed = time_at(row, arena, 9),
		.updated = time_at(row, arena, 10),
		.contact = pd_question_text(row, arena, 11),
		.contact_name = pd_question_text(row, arena, 12),
	};
	split_contact(arena, ret_ticket);
	add_value(arena, ret_ticket, "status_kind", pd_question_text(row, arena, 4));
	add_value(arena, ret_ticket, "status", pd_question_text(row, arena, 5));
	add_value(arena, ret_ticket, "owner", pd_question_text(row, arena, 6));
	add_value(arena, ret_ticket, "priority", pd_question_text(row, arena, 7));
	add_value(arena, ret_ticket, "former_number", number);
	pd_question_ask(reading->entries, id);
	while (!failed && (result = pd_question_next(reading->entries, error)) == 1)
		failed = read_entry(reading, arena, id, pd_list_add(arena, &ret_ticket->entries), error);
	if (failed || result)
		return failed ? failed : result;
	return read_values(reading, arena, id, ret_ticket, error);
}

/* --- an archive --- */

/* The tables that may lack are there, empty. */
static int complete(struct reading *reading, struct pd_error *error)
{
	const struct desk *desk = reading->desk;

	for (size_t i = 0; i < G_N_ELEMENTS(desk->needed) && desk->needed[i]; i++)
		if (!pd_foreign_has(reading->tables, desk->needed[i], NULL))
			return pd_fail(error, PD_PERMANENT, "the export of %s has no table %s", desk->name, desk->needed[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(desk->optional) && desk->optional[i][0]; i++) {
		const char *const *table = desk->optional[i];
		int failed = pd_foreign_has(reading->tables, table[0], NULL)
				     ? 0
				     : pd_foreign_add(reading->tables, table[0], table[1], error);

		if (failed)
			return failed;
	}
	return 0;
}

/* Each ticket is asked for by these. A database that is only read has its own, or is slow. */
static void add_indexes(struct pd_foreign *tables)
{
	static const char *const indexes[][2] = {
		{"Transactions", "ObjectId"},	      {"Attachments", "TransactionId"},
		{"Tickets", "EffectiveId"},	      {"Groups", "Instance"},
		{"GroupMembers", "GroupId"},	      {"ObjectCustomFieldValues", "ObjectId"},
		{"Users", "id"},		      {"ticket_articles", "ticket_id"},
		{"stores", "o_id"},		      {"store_files", "id"},
		{"store_provider_dbs", "sha"},	      {"article", "ticket_id"},
		{"article_data_mime", "article_id"},  {"article_data_mime_plain", "article_id"},
		{"article_data_mime_attachment", "article_id"}, {"dynamic_field_value", "object_id"},
		{"user_preferences", "user_id"},      {"ost_thread", "object_id"},
		{"ost_thread_entry", "thread_id"},    {"ost_thread_entry_email", "thread_entry_id"},
		{"ost_ticket__cdata", "ticket_id"},   {"ost_attachment", "object_id"},
		{"ost_file", "id"},		      {"ost_file_chunk", "file_id"},
		{"ost_form_entry", "object_id"},      {"ost_form_entry_values", "entry_id"},
		{"ost_user", "id"},		      {"ost_user_email", "id"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(indexes); i++)
		pd_foreign_index(tables, indexes[i][0], indexes[i][1]);
}

static int each_ticket(struct reading *reading, pd_archive_each each, void *data, struct pd_error *error)
{
	int result = 0, failed = 0;
	size_t tickets = 0, entries = 0;

	while (!failed && (result = pd_question_next(reading->tickets, error)) == 1) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_archive_ticket ticket;

		failed = read_ticket(reading, arena, &ticket, error);
		tickets++;
		entries += ticket.entries.count;
		if (!failed && !each(data, arena, &ticket))
			return 0;
	}
	if (!failed && !result && tickets > 0 && entries == 0)
		failed = pd_fail(error, PD_PERMANENT, "the export of %s has tickets, and no mail of any: are its numbers numbers?",
				 reading->desk->name);
	return failed ? failed : result;
}

/* Asks for each column that is none of the desk's own. */
static int ask_columns(struct reading *reading, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *table = reading->desk->columns_of, *sql = NULL;
	const struct pd_strings columns = pd_foreign_columns(reading->tables, arena, table);

	for (size_t i = 0; i < columns.count; i++) {
		g_auto(GStrv) quotes = g_strsplit(columns.items[i], "\"", -1), apostrophes = g_strsplit(columns.items[i], "'", -1);
		g_autofree char *column = g_strjoinv("\"\"", quotes), *text = g_strjoinv("''", apostrophes);

		if (!g_strv_contains(reading->desk->columns, columns.items[i]))
			sql = pd_printf(arena, "%s%sSELECT '%s', \"%s\" FROM \"%s\" WHERE id = ?1", sql ? sql : "",
					sql ? " UNION ALL " : "", text, column, table);
	}
	return sql ? pd_question_new(reading->tables, sql, &reading->values, error) : 0;
}

static int prepare(struct reading *reading, struct pd_error *error)
{
	const struct desk *desk = reading->desk;
	int failed = pd_question_new(reading->tables, desk->tickets, &reading->tickets, error);

	if (!failed)
		failed = pd_question_new(reading->tables, desk->entries, &reading->entries, error);
	if (!failed && desk->parts)
		failed = pd_question_new(reading->tables, desk->parts, &reading->parts, error);
	if (!failed && desk->values)
		failed = pd_question_new(reading->tables, desk->values, &reading->values, error);
	if (!failed && desk->columns)
		failed = ask_columns(reading, error);
	if (!failed && desk->people)
		failed = pd_question_new(reading->tables, desk->people, &reading->people, error);
	return failed;
}

int pd_archive_tables(const char *desk, const char *path, pd_archive_each each, void *data, struct pd_error *error)
{
	struct reading reading = {0};

	for (size_t i = 0; i < G_N_ELEMENTS(desks); i++)
		if (!strcmp(desks[i].name, desk))
			reading.desk = &desks[i];
	if (!reading.desk)
		return pd_fail(error, PD_PERMANENT, "exports of \"%s\" are not known; rt, zammad, znuny and osticket are", desk);
	int failed = pd_foreign_open(path, &reading.tables, error);

	if (failed)
		return failed;
	failed = complete(&reading, error);
	if (!failed) {
		add_indexes(reading.tables);
		failed = prepare(&reading, error);
	}
	if (!failed)
		failed = each_ticket(&reading, each, data, error);
	pd_question_end(reading.tickets);
	pd_question_end(reading.entries);
	pd_question_end(reading.parts);
	pd_question_end(reading.values);
	pd_question_end(reading.people);
	pd_foreign_close(reading.tables);
	return failed;
}

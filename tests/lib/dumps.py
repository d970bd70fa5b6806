# Dumps of small databases of other desks, as their tools write them: dumps.py FOLDER makes FOLDER/rt (CSV), FOLDER/zammad
# (CSV with PostgreSQL's bytes), FOLDER/znuny.xml (mysqldump --xml --hex-blob) and FOLDER/osticket.db (SQLite).
# With a second argument FOLDER/broken.db, too: a damaged database of Request Tracker.
# Each has one closed ticket of Carol with a question, an answer by Anna that carries a file, and a comment among agents;
# the first two also have an open ticket of Dave.
import base64
import csv
import os
import sqlite3
import sys
from xml.sax.saxutils import escape, quoteattr

folder = sys.argv[1]
FILE = bytes(range(256)) * 3  # no text
LATIN1 = "Another matt\udce9r\r\nBcc: eve@example.org"  # a byte that is no UTF-8, and what would be a field of its own


def tables_csv(name, tables, as_bytes):
    os.makedirs(os.path.join(folder, name))
    for table, rows in tables.items():
        with open(os.path.join(folder, name, table + ".csv"), "w", newline="", errors="surrogateescape") as out:
            writer = csv.writer(out)
            writer.writerow(rows[0].keys())
            for row in rows:
                writer.writerow([as_bytes(v) if isinstance(v, bytes) else v for v in row.values()])


def tables_xml(name, tables):
    with open(os.path.join(folder, name), "w") as out:
        out.write('<?xml version="1.0"?>\n<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<database name="z">\n')
        for table, rows in tables.items():
            out.write("<table_structure name=%s>\n" % quoteattr(table))
            for column in rows[0]:
                out.write('<field Field=%s Type="text" Null="YES" Key="" Extra="" Comment="" />\n' % quoteattr(column))
            out.write("</table_structure>\n<table_data name=%s>\n" % quoteattr(table))
            for row in rows:
                out.write("<row>\n")
                for column, value in row.items():
                    if value is None:
                        out.write('<field name=%s xsi:nil="true" />\n' % quoteattr(column))
                    elif isinstance(value, bytes):
                        out.write('<field name=%s xsi:type="xs:hexBinary">%s</field>\n' % (quoteattr(column), value.hex().upper()))
                    else:
                        out.write("<field name=%s>%s</field>\n" % (quoteattr(column), escape(str(value))))
                out.write("</row>\n")
            out.write("</table_data>\n")
        out.write("</database>\n</mysqldump>\n")


def tables_sqlite(name, tables):
    db = sqlite3.connect(os.path.join(folder, name))
    for table, rows in tables.items():
        kinds = {int: "INTEGER", bytes: "BLOB"}
        db.execute("CREATE TABLE %s (%s)" % (table, ", ".join("%s %s" % (c, kinds.get(type(v), "TEXT")) for c, v in rows[0].items())))
        for row in rows:
            db.execute("INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(row))), list(row.values()))
    db.commit()
    db.close()


# --- Request Tracker
def transaction(number, ticket, kind, creator, created):
    return dict(id=number, ObjectType="RT::Ticket", ObjectId=ticket, Type=kind, Creator=creator, Created=created)


def attachment(number, transaction, kind, content, name="", encoding="none", headers="", message_id="", parent=0, subject=""):
    return dict(id=number, TransactionId=transaction, Parent=parent, MessageId=message_id, Subject=subject, Filename=name,
                ContentType=kind, ContentEncoding=encoding, Content=content, Headers=headers)


RT = {
    "Queues": [dict(id=1, Name="support", CorrespondAddress="rt@example.org")],
    "Users": [dict(id=10, Name="carol", EmailAddress="carol@example.net", RealName="Carol Customer"),
              dict(id=11, Name="anna", EmailAddress="anna@example.com", RealName="Anna Virtanen"),
              dict(id=12, Name="dave", EmailAddress="dave@example.net", RealName=""),
              dict(id=13, Name="erin", EmailAddress="Erin@example.net", RealName="Erin Second"),
              dict(id=14, Name="fred", EmailAddress="fred@example.org", RealName=""),
              dict(id=15, Name="bob", EmailAddress="bob@example.com", RealName="Bob Berger")],
    "Groups": [dict(id=20, Name="Requestor", Domain="RT::Ticket-Role", Instance=101),
               dict(id=21, Name="Requestor", Domain="RT::Ticket-Role", Instance=102),
               dict(id=22, Name="Privileged", Domain="SystemInternal", Instance=0),
               dict(id=23, Name="Cc", Domain="RT::Ticket-Role", Instance=101),
               dict(id=24, Name="AdminCc", Domain="RT::Ticket-Role", Instance=101)],
    "GroupMembers": [dict(GroupId=20, MemberId=10), dict(GroupId=21, MemberId=12), dict(GroupId=22, MemberId=11),
                     dict(GroupId=20, MemberId=13), dict(GroupId=23, MemberId=14), dict(GroupId=24, MemberId=15)],
    "Tickets": [
        dict(id=101, EffectiveId=101, Queue=1, Type="ticket", Owner=11, Subject="Printer, \"grey\" one", Priority=100,
             Status="resolved", Created="2021-03-01 09:00:00", Resolved="2021-03-02 10:00:00", LastUpdated="2021-03-02 10:00:00"),
        dict(id=102, EffectiveId=102, Queue=1, Type="ticket", Owner=6, Subject=LATIN1, Priority=0, Status="open",
             Created="2021-04-01 09:00:00", Resolved="1970-01-01 00:00:00", LastUpdated="2021-04-01 09:00:00"),
        dict(id=103, EffectiveId=102, Queue=1, Type="ticket", Owner=6, Subject="Merged", Priority=0, Status="resolved",
             Created="2021-04-02 09:00:00", Resolved="1970-01-01 00:00:00", LastUpdated="2021-04-02 09:00:00")],
    "Transactions": [
        transaction(1001, 101, "Create", 10, "2021-03-01 09:00:00"), transaction(1002, 101, "Correspond", 11, "2021-03-01 11:00:00"),
        transaction(1003, 101, "Comment", 11, "2021-03-01 11:05:00"), transaction(1004, 101, "Status", 11, "2021-03-02 10:00:00"),
        transaction(1005, 102, "Create", 12, "2021-04-01 09:00:00"), transaction(1006, 103, "Create", 12, "2021-04-02 09:00:00")],
    "Attachments": [
        attachment(1, 1001, "text/plain", "It prints blank\npages, \"all\" day, since 1e5 pages.", message_id="q1@client.example.net",
                   subject="Printer", headers="From: Carol Customer <carol@example.net>\nTo: rt@example.org\nSubject: Printer\n"
                   "Message-ID: <q1@client.example.net>\n"),
        attachment(2, 1002, "multipart/mixed", "", headers="From: Anna <rt@example.org>\nTo: carol@example.net\n"
                   "Message-ID: <rt-5.0-1002@example.org>\nIn-Reply-To: <q1@client.example.net>\nReferences: <q1@client.example.net>\n"),
        attachment(3, 1002, "text/plain", "Please try the =C3=A4nderung.", encoding="quoted-printable", parent=2),
        attachment(4, 1002, "application/x-firmware", base64.encodebytes(FILE).decode(), name="firmware.bin", encoding="base64", parent=2),
        attachment(5, 1003, "text/plain", "An old model; they should buy a new one."),
        attachment(6, 1005, "text/plain", "Where is my order?", message_id="d1@client.example.net"),
        attachment(7, 1006, "text/plain", "And my second one?", message_id="d2@client.example.net")],
    "CustomFields": [dict(id=5, Name="asset"), dict(id=6, Name="Floor")],
    "ObjectCustomFieldValues": [dict(CustomField=5, ObjectType="RT::Ticket", ObjectId=101, Content="P-77", LargeContent="", Disabled=0),
                                dict(CustomField=6, ObjectType="RT::Ticket", ObjectId=101, Content="3", LargeContent="", Disabled=0)],
}
tables_csv("rt", RT, lambda value: value.decode())
if len(sys.argv) > 2:  # the same in SQLite, with a broken page where the texts are
    RT["Tickets"] = RT["Tickets"][:1]
    tables_sqlite("broken.db", RT)
    path = os.path.join(folder, "broken.db")
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[data.find(b"It prints blank") // 4096 * 4096] = 255
    with open(path, "wb") as file:
        file.write(data)


# --- Zammad
def article(number, ticket, sender, internal, body, at, kind="text/plain", sent_by=2, message_id="", frm=""):
    return {"id": number, "ticket_id": ticket, "type_id": 1, "sender_id": sender, "from": frm, "to": "support@example.org", "cc": "",
            "subject": "", "message_id": message_id, "in_reply_to": "", "content_type": kind, "body": body, "internal": internal,
            "created_by_id": sent_by, "created_at": at}


tables_csv("zammad", {
    "groups": [dict(id=1, name="Users")],
    "ticket_state_types": [dict(id=1, name="new"), dict(id=2, name="open"), dict(id=5, name="closed")],
    "ticket_states": [dict(id=1, name="new", state_type_id=1), dict(id=2, name="open", state_type_id=2),
                      dict(id=4, name="closed", state_type_id=5)],
    "ticket_priorities": [dict(id=2, name="2 normal"), dict(id=3, name="3 high")],
    "ticket_article_senders": [dict(id=1, name="Agent"), dict(id=2, name="Customer"), dict(id=3, name="System")],
    "users": [dict(id=2, email="carol@example.net", firstname="Carol", lastname="Customer"),
              dict(id=3, email="anna@example.com", firstname="Anna", lastname="Virtanen"),
              dict(id=4, email="dave@example.net", firstname="Dave", lastname="")],
    "tickets": [
        dict(id=7, group_id=1, priority_id=3, state_id=4, number="67007", title="Zammad question", owner_id=3, customer_id=2,
             created_at="2022-05-01 08:00:00.123", close_at="2022-05-03 08:00:00", updated_at="2022-05-03 08:00:00", asset="P-79", floor="2"),
        dict(id=8, group_id=1, priority_id=2, state_id=2, number="67008", title="Zammad open", owner_id="", customer_id=4,
             created_at="2022-06-01 08:00:00", close_at="", updated_at="2022-06-01 08:00:00", asset="", floor="")],
    "ticket_articles": [
        article(70, 7, 2, "f", "unused", "2022-05-01 08:00:00", message_id="<z1@client.example.net>", frm="Carol <carol@example.net>"),
        article(71, 7, 1, "f", "<p>Try <b>this</b> firmware.</p>", "2022-05-01 09:00:00", kind="text/html", sent_by=3,
                message_id="<z2@example.org>", frm="Anna via Desk <support@example.org>"),
        article(72, 7, 1, "t", "She is important.", "2022-05-01 09:30:00", sent_by=3),
        article(73, 7, 3, "f", "auto reply", "2022-05-01 08:00:01", sent_by=1),
        article(80, 8, 2, "f", "From Dave", "2022-06-01 08:00:00", sent_by=4, message_id="<z8@client.example.net>")],
    "store_objects": [dict(id=1, name="Ticket::Article"), dict(id=2, name="Ticket::Article::Mail")],
    "store_files": [dict(id=1, sha="aa", provider="DB"), dict(id=2, sha="bb", provider="DB")],
    "store_provider_dbs": [dict(sha="aa", data=FILE),
                           dict(sha="bb", data=b"From: Carol <carol@example.net>\r\nTo: support@example.org\r\nSubject: Zammad question\r\n"
                                b"Message-ID: <z1@client.example.net>\r\nX-Original: yes\r\n\r\nAs it came.\r\n")],
    "stores": [dict(id=1, store_object_id=1, store_file_id=1, o_id=71, preferences="", filename="firmware.bin"),
               dict(id=2, store_object_id=2, store_file_id=2, o_id=70, preferences="", filename="mail.eml")],
}, lambda value: "\\x" + value.hex())


# --- Znuny
def mime(number, frm, to, subject, message_id, at, body, kind="text/plain; charset=utf-8"):
    return dict(article_id=number, a_from=frm, a_to=to, a_cc=None, a_subject=subject, a_message_id=message_id, a_in_reply_to=None,
                a_references=None, a_content_type=kind, a_body=body, incoming_time=at)


tables_xml("znuny.xml", {
    "queue": [dict(id=3, name="Postmaster")],
    "users": [dict(id=2, login="anna", first_name="Anna", last_name="Virtanen")],
    "user_preferences": [dict(user_id=2, preferences_key="UserEmail", preferences_value="anna@example.com")],
    "ticket_state_type": [dict(id=3, name="closed"), dict(id=1, name="new")],
    "ticket_state": [dict(id=2, name="closed successful", type_id=3)],
    "ticket_priority": [dict(id=5, name="5 very high")],
    "article_sender_type": [dict(id=1, name="agent"), dict(id=3, name="customer")],
    "ticket": [dict(id=55, tn="2023010110000055", title="Znuny <question> & more", queue_id=3, user_id=2, ticket_priority_id=5,
                    ticket_state_id=2, customer_user_id="carol", create_time="2023-01-01 10:00:00", change_time="2023-01-02 10:00:00")],
    "article": [dict(id=551, ticket_id=55, article_sender_type_id=3, is_visible_for_customer=1),
                dict(id=552, ticket_id=55, article_sender_type_id=1, is_visible_for_customer=1),
                dict(id=553, ticket_id=55, article_sender_type_id=1, is_visible_for_customer=0)],
    "article_data_mime": [
        mime(551, "Carol Customer <carol@example.net>", "support@example.org", "Znuny question", "<n1@client.example.net>", 1672567200, "unused"),
        mime(552, "Desk <support@example.org>", "carol@example.net", "Re: Znuny question", "<n2@example.org>", 1672570800, "Here you are."),
        mime(553, "Anna <anna@example.com>", "support@example.org", "note", None, 1672570900, "Do not tell her.")],
    "article_data_mime_plain": [dict(article_id=551, body=b"From: Carol Customer <carol@example.net>\nTo: support@example.org\n"
                                     b"Subject: Znuny question\nMessage-ID: <n1@client.example.net>\nX-Original: yes\n\nAs it came.\n")],
    "article_data_mime_attachment": [dict(id=1, article_id=552, filename="firmware.bin", content_type='application/x-firmware; name="firmware.bin"',
                                          content_id=None, content=FILE, disposition="attachment")],
    "dynamic_field": [dict(id=1, name="asset", object_type="Ticket")],
    "dynamic_field_value": [dict(field_id=1, object_id=55, value_text="P-78", value_date=None, value_int=None)],
})


# --- osTicket
def entry(number, kind, body, at, staff=0, user=0, form="text"):
    return dict(id=number, thread_id=900, staff_id=staff, user_id=user, type=kind, title="osTicket question" if number == 91 else "",
                body=body, format=form, created=at)


tables_sqlite("osticket.db", {
    "ost_ticket": [dict(ticket_id=9, number="00412", user_id=1, status_id=3, dept_id=1, staff_id=4, created="2020-02-02 10:00:00",
                        closed="2020-02-03 10:00:00", lastupdate="2020-02-03 10:00:00", updated="2020-02-03 10:00:00")],
    "ost_ticket__cdata": [dict(ticket_id=9, subject="osTicket question", priority=4)],
    "ost_ticket_priority": [dict(priority_id=4, priority="emergency")],
    "ost_ticket_status": [dict(id=3, name="Closed", state="closed")],
    "ost_department": [dict(id=1, name="sales")],
    "ost_user": [dict(id=1, default_email_id=1, name="Carol Customer")],
    "ost_user_email": [dict(id=1, user_id=1, address="carol@example.net")],
    "ost_staff": [dict(staff_id=4, firstname="Anna", lastname="Virtanen", email="anna@example.com")],
    "ost_form_field": [dict(id=20, form_id=2, name="subject", label="Issue Summary"), dict(id=36, form_id=2, name="asset", label="Asset"),
                       dict(id=37, form_id=2, name="", label="Floor")],
    "ost_form_entry": [dict(id=50, form_id=2, object_id=9, object_type="T")],
    "ost_form_entry_values": [dict(entry_id=50, field_id=20, value="osTicket question"),
                              dict(entry_id=50, field_id=36, value='{"p80":"P-80"}'), dict(entry_id=50, field_id=37, value="3")],
    "ost_thread": [dict(id=900, object_id=9, object_type="T")],
    "ost_thread_entry": [entry(91, "M", "It is <b>broken</b>.", "2020-02-02 10:00:00", user=1, form="html"),
                         entry(92, "R", "We mend it.", "2020-02-02 12:00:00", staff=4),
                         entry(93, "N", "Costs too much.", "2020-02-02 12:30:00", staff=4)],
    "ost_thread_entry_email": [dict(thread_entry_id=91, mid="<o1@client.example.net>", headers="From: Carol Customer <carol@example.net>\n"
                                    "To: support@example.org\nMessage-ID: <o1@client.example.net>\n")],
    "ost_attachment": [dict(id=1, object_id=92, type="H", file_id=6, name="", inline=0)],
    "ost_file": [dict(id=6, type="application/x-firmware", name="firmware.bin")],
    "ost_file_chunk": [dict(file_id=6, chunk_id=0, filedata=FILE[:300]), dict(file_id=6, chunk_id=1, filedata=FILE[300:])],
})

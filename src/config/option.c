/* The table of groups and options. A default stands here and nowhere else.
 *
 * To add an option: one line here, and a member in config.h where a room wants it parsed. */
#include "config/option.h"

#include <string.h>

#include "base/text.h"
#include "config/config.h"

#define DESK(member)	 offsetof(struct pd_settings, member)
#define MAILBOX(member)	 offsetof(struct pd_mailbox, member)
#define TEAM(member)	 offsetof(struct pd_team, member)
#define AGENT(member)	 offsetof(struct pd_agent, member)
#define CHAT(member)	 offsetof(struct pd_chat, member)
#define PIPELINE(member) offsetof(struct pd_pipeline, member)
#define LANGUAGES	 "en;fr;pl;fi;de"
#define STATUS_KINDS	 "new;open;waiting;closed;none"

const struct pd_group_type pd_group_types[] = {
	{"postdesk", PD_GROUP_NAMELESS, false, "The desk as a whole."},
	{"mailbox", PD_GROUP_NAMED, false,
	 "A connected team address: each mail to it becomes a ticket or joins one."},
	{"team", PD_GROUP_NAMED, false, "A team of agents."},
	{"agent", PD_GROUP_NAMED, false,
	 "A person who answers. Without a mailbox's team naming the agent nobody notifies it."},
	{"pipeline", PD_GROUP_NAMED, false,
	 "The statuses that a ticket goes through. Without any, there is one called support, with the "
	 "statuses new:New;open:Open;waiting:Waiting on customer;closed:Closed."},
	{"property", PD_GROUP_NAMED, false, "A custom property of tickets."},
	{"calendar", PD_GROUP_NAMED, false, "Working hours and holidays, from iCalendar files."},
	{"sla", PD_GROUP_NAMED, false,
	 "Service-level goals of the mailboxes that name the group. A second group with a query after the name, such as "
	 "[sla standard priority:urgent], holds overrides for the tickets that match it; the first match in the order of the "
	 "file counts, and what it does not say is as in the first group. The query may ask for properties and contacts, not "
	 "for words, correspondents, goals or ages. When a policy or a calendar changes, what is open is reckoned anew; what "
	 "was promised and judged before stays in the history."},
	{"route", PD_GROUP_NAMED, false,
	 "Who gets a new ticket: the first in the order of the file whose query holds. Where nobody is there, the ticket waits in "
	 "the view team-unassigned."},
	{"rule", PD_GROUP_NAMED, false,
	 "Commands that are carried out when something happens and a query holds, in the order of the file. Each rule acts once on "
	 "a ticket for all that one mail or command did; what it does may set off later rules, and the rules of no ticket that "
	 "it makes. No rule makes a ticket because of a ticket that a rule or an escalation made. All of its commands are done or none; where one is wrong, a comment on the ticket says so."},
	{"reference", PD_GROUP_NAMED, false,
	 "A kind of records that live elsewhere, such as deals, with which tickets, contacts and companies are linked. The group's "
	 "name is the kind in #link KIND:ID. Kinds without a group may be linked, too."},
	{"view", PD_GROUP_NAMED, false, "A saved query, beside the views that every desk has."},
	{"form", PD_GROUP_NAMED, false,
	 "How to know the mail of a web form's mailer or of a voicemail system, and how to read it; the first group that fits "
	 "counts. See Forms and calls in postdeskd(8)."},
	{"digest", PD_GROUP_MAY_BE_NAMED, false, "Views that are mailed at set times, in each recipient's time zone."},
	{"chat", PD_GROUP_NAMED, false,
	 "A chat: the connection to an XMPP server as an external component (XEP-0114). See postdesk-chat(7)."},
};
const size_t pd_group_type_count = sizeof pd_group_types / sizeof pd_group_types[0];

const struct pd_option pd_options[] = {
	{"postdesk", "state", PD_OPTION_FILE, PD_STATE_DIR, NULL, DESK(state),
	 "The directory with the database, big messages, the secret key, the control socket and the lock."},
	{"postdesk", "user", PD_OPTION_TEXT, NULL, NULL, DESK(user),
	 "The login that postdeskd becomes when root starts it. Absent: its identity stays as it is."},
	{"postdesk", "hostname", PD_OPTION_HOST, NULL, NULL, DESK(hostname),
	 "The name in greetings and Message-IDs. Absent: the machine's name."},
	{"postdesk", "lmtp", PD_OPTION_SOCKET, NULL, NULL, DESK(lmtp),
	 "Where mail comes in: unix:PATH or inet:HOST:PORT. Absent: mail comes in by import alone."},
	{"postdesk", "milter", PD_OPTION_SOCKET, NULL, NULL, DESK(milter),
	 "Where the MTA reaches the milter: unix:PATH or inet:HOST:PORT. Absent: there is none. See "
	 "postdeskd(8)."},
	{"postdesk", "submit", PD_OPTION_SUBMIT, "sendmail:/usr/sbin/sendmail", NULL, DESK(submit),
	 "How mail leaves: smtp://HOST:PORT, a listener of the MTA for postdesk alone, or sendmail:PATH."},
	{"postdesk", "authserv_id", PD_OPTION_TEXT, NULL, NULL, DESK(authserv_id),
	 "Whose Authentication-Results fields to believe: exactly this authserv-id. Empty: none. Change it with an "
	 "empty queue only: the milter took forged ones out of mail that waits by the name of then."},
	{"postdesk", "delimiter", PD_OPTION_DELIMITER, "+", NULL, DESK(delimiter),
	 "The character between a mailbox and an extension, one of Postfix's recipient_delimiter."},
	{"postdesk", "language", PD_OPTION_WORD, "en", LANGUAGES, DESK(language),
	 "The language of mails, unless a mailbox, a ticket's contact or an agent has one of its own."},
	{"postdesk", "timezone", PD_OPTION_ZONE, "UTC", NULL, DESK(timezone),
	 "The zone of times written for people, such as Europe/Helsinki."},
	{"postdesk", "country_code", PD_OPTION_TEXT, NULL, NULL, DESK(country_code),
	 "The country of the desk's phone numbers, such as +358: 040 1234567 and +358 40 1234567 are one number then, and who "
	 "calls by either is one contact. Empty: numbers are compared as they are written."},
	{"postdesk", "national_prefix", PD_OPTION_TEXT, "0", NULL, DESK(national_prefix),
	 "What numbers within that country begin with, and which is left out from abroad. Empty, as in Italy, Poland and Spain: "
	 "nothing is left out."},
	{"postdesk", "priorities", PD_OPTION_LIST, "low;normal;high;urgent", NULL, DESK(priorities),
	 "The priorities of tickets, lowest first."},
	{"postdesk", "default_priority", PD_OPTION_TEXT, "normal", NULL, DESK(default_priority),
	 "The priority of a new ticket; one of the priorities."},
	{"postdesk", "categories", PD_OPTION_LIST, NULL, NULL, DESK(categories),
	 "The categories of tickets."},
	{"postdesk", "message_size_limit", PD_OPTION_SIZE, "50M", NULL, DESK(message_size_limit),
	 "The largest message that is taken."},
	{"postdesk", "message_in_database", PD_OPTION_SIZE, "128k", NULL, DESK(message_in_database),
	 "Messages above this size are kept as files beside the database."},
	{"postdesk", "lmtp_connections", PD_OPTION_COUNT, "64", NULL, DESK(lmtp_connections),
	 "Connections that are served at the same time."},
	{"postdesk", "readers", PD_OPTION_COUNT, "0", NULL, DESK(readers),
	 "Processes that parse mail. 0: one a processor, and at least 2."},
	{"postdesk", "reader_deadline", PD_OPTION_DURATION, "10s", NULL, DESK(reader_deadline),
	 "The longest that reading one message may take."},
	{"postdesk", "reader_memory", PD_OPTION_SIZE, "512M", NULL, DESK(reader_memory),
	 "The address space of a reader."},
	{"postdesk", "gpg", PD_OPTION_TEXT, "/usr/bin/gpg", NULL, DESK(gpg),
	 "The program that checks OpenPGP signatures of agents, with its whole path. Empty: they prove nothing."},
	{"postdesk", "gpgsm", PD_OPTION_TEXT, "/usr/bin/gpgsm", NULL, DESK(gpgsm),
	 "The same for S/MIME."},
	{"postdesk", "signature_deadline", PD_OPTION_DURATION, "10s", NULL, DESK(signature_deadline),
	 "The longest that checking one signature may take; then it proves nothing."},
	{"postdesk", "tnef", PD_OPTION_BOOLEAN, "no", NULL, DESK(tnef),
	 "Whether the files that Outlook packs into winmail.dat become attachments of their own (at most 100, of 20 "
	 "megabytes together). A reader takes them out with libytnef; a broken winmail.dat stays what it is. "
	 "A mail that says nothing else shows the text of winmail.dat."},
	{"postdesk", "notify_attach_limit", PD_OPTION_SIZE, "5M", NULL, DESK(notify_attach_limit),
	 "How much in attachments a notification carries; the others are named."},
	{"postdesk", "templates", PD_OPTION_FILE, NULL, NULL, DESK(templates),
	 "The directory of snippets, templates, articles, documents, videos, quotes and playbooks; see postdesk-templates(5). It is "
	 "read at the start and by postdesk reload."},
	{"postdesk", "acknowledge_per_address", PD_OPTION_COUNT, "3", NULL, DESK(acknowledge_per_address),
	 "Acknowledgements to one address within a day."},
	{"postdesk", "automatic_per_ticket", PD_OPTION_COUNT, "10", NULL, DESK(automatic_per_ticket),
	 "Automatic mails to outsiders on one ticket within an hour."},
	{"postdesk", "automatic_per_hour", PD_OPTION_COUNT, "1000", NULL, DESK(automatic_per_hour),
	 "Automatic mails to outsiders in all within an hour."},
	{"postdesk", "hop_limit", PD_OPTION_COUNT, "50", NULL, DESK(hop_limit),
	 "A message with more Received fields than this goes round in a loop."},
	{"postdesk", "confirm_within", PD_OPTION_DURATION, "48h", NULL, DESK(confirm_within),
	 "How long a confirmation that was asked for is waited for."},
	{"postdesk", "reply_address_expires", PD_OPTION_DURATION, "90d", NULL, DESK(reply_address_expires),
	 "How long an agent's reply address holds. A contact's never expires."},
	{"postdesk", "undo_send", PD_OPTION_DELAY, "none", NULL, DESK(undo_send),
	 "How long an agent's reply to people outside waits before it leaves. Until then #undo stops it, and it is its "
	 "author's draft again. A reply that #send TIME sends later does not wait again. none: replies leave at once."},
	{"postdesk", "keep_deleted", PD_OPTION_DURATION, "90d", NULL, DESK(keep_deleted),
	 "How long a deleted ticket, or a deleted entry of one, can be restored. Then it is purged: its words and files are gone "
	 "for good."},

	{"mailbox", "address", PD_OPTION_ADDRESSES, NULL, NULL, MAILBOX(addresses),
	 "Its addresses; the first is in From. Needed. Where the transport postdesk takes a whole domain, every alias in it "
	 "must stand here, or the milter refuses it."},
	{"mailbox", "name", PD_OPTION_TEXT, NULL, NULL, MAILBOX(full_name),
	 "The name in From. Absent: the group's name."},
	{"mailbox", "team", PD_OPTION_NAME, NULL, "team", MAILBOX(team),
	 "The team that its tickets belong to."},
	{"mailbox", "pipeline", PD_OPTION_NAME, "support", "pipeline", PD_NO_PLACE,
	 "The pipeline of its tickets."},
	{"mailbox", "sla", PD_OPTION_NAME, NULL, "sla", MAILBOX(sla),
	 "The service-level goals of its tickets."},
	{"mailbox", "language", PD_OPTION_WORD, NULL, LANGUAGES, MAILBOX(language),
	 "The language of mails to contacts who read no other: the property language of a ticket goes before. It is taken from "
	 "the field Content-Language of the contact's first mail, else from Accept-Language; #set language=fr sets it. Absent: "
	 "the desk's."},
	{"mailbox", "acknowledge", PD_OPTION_BOOLEAN, "no", NULL, MAILBOX(acknowledge),
	 "Whether a contact gets an acknowledgement of a new ticket."},
	{"mailbox", "acknowledgement", PD_OPTION_FILE, NULL, NULL, MAILBOX(acknowledgement),
	 "A file with the text of the acknowledgement in the mailbox's language. Beside it may stand those in others, such as "
	 "thanks.pl.txt beside thanks.txt. What a contact's language has no file for is the built-in text in it."},
	{"mailbox", "notify_team", PD_OPTION_BOOLEAN, "yes", NULL, MAILBOX(notify_team),
	 "Whether the team is told of messages on tickets without an owner."},
	{"mailbox", "reply_address", PD_OPTION_BOOLEAN, "yes", NULL, MAILBOX(reply_address),
	 "Whether mail to contacts has a signed address in Reply-To."},
	{"mailbox", "after_reply", PD_OPTION_AUTO_STATUS, "waiting", STATUS_KINDS, MAILBOX(after_reply),
	 "An agent's reply sets the first status of this kind; none leaves it."},
	{"mailbox", "after_answer", PD_OPTION_AUTO_STATUS, "open", STATUS_KINDS, MAILBOX(after_answer),
	 "A contact's answer sets the first status of this kind; none leaves it."},
	{"mailbox", "reopen_within", PD_OPTION_WITHIN, "unlimited", NULL, MAILBOX(reopen_within),
	 "An answer to a ticket that has been closed for longer starts a new one with a link to it."},
	{"mailbox", "subject_window", PD_OPTION_DURATION, "14d", NULL, MAILBOX(subject_window),
	 "How old a ticket may be that an answer without any reference finds by its subject."},
	{"mailbox", "tag_subject", PD_OPTION_BOOLEAN, "no", NULL, MAILBOX(tag_subject),
	 "Whether the ticket's number stands at the end of the subject in mail to contacts."},
	{"mailbox", "notify_shows", PD_OPTION_SHOWS, "contact;company;properties;goals;earlier;records", NULL,
	 MAILBOX(notify_shows),
	 "What notifications tell below the message, in this order: contact, company, goals (or due), earlier (the contact's "
	 "newest tickets, closed ones too, as far as the reader may see them), records (what the ticket, its contact and its "
	 "company are linked with), properties (category and all custom ones) and single properties. An agent's own setting goes "
	 "before that of its primary team, and that before the mailbox's. Sender, subject, the newest message, owner, priority "
	 "and status stand there always."},
	{"mailbox", "was", PD_OPTION_LIST, NULL, NULL, MAILBOX(was), "Names that the group had before, which its tickets bear still. A name that tickets bear and that no group has is an error of postdesk check."},

	{"team", "members", PD_OPTION_NAMES, NULL, "agent", TEAM(members), "Its agents."},
	{"team", "calendar", PD_OPTION_NAME, NULL, "calendar", TEAM(calendar),
	 "The working hours for its tickets' goals, unless the policy names others."},
	{"team", "sees", PD_OPTION_CHOICE, "all", "all;team;own", TEAM(sees),
	 "Which tickets its members see: all, the team's, or their own. Tickets without an owner in the "
	 "team's mailboxes are always seen."},
	{"team", "notify_shows", PD_OPTION_SHOWS, NULL, NULL, TEAM(notify_shows),
	 "As in a mailbox, for its members."},
	{"team", "was", PD_OPTION_LIST, NULL, NULL, TEAM(was), "Names that the group had before, which its tickets bear still. A name that tickets bear and that no group has is an error of postdesk check."},

	{"agent", "name", PD_OPTION_TEXT, NULL, NULL, AGENT(full_name),
	 "The agent's name. Absent: the group's name."},
	{"agent", "address", PD_OPTION_ADDRESSES, NULL, NULL, AGENT(addresses),
	 "The agent's own addresses; notifications go to the first. Needed."},
	{"agent", "login", PD_OPTION_TEXT, NULL, NULL, AGENT(login),
	 "The SASL login at submission. Absent: the group's name."},
	{"agent", "certificate", PD_OPTION_LIST, NULL, NULL, AGENT(certificates),
	 "Common names of TLS client certificates that log in as this agent does. Postfix must trust no authority but "
	 "the own one for them. See The milter in postdeskd(8)."},
	{"agent", "user", PD_OPTION_TEXT, NULL, NULL, AGENT(user),
	 "The login on this machine, for the command line."},
	{"agent", "role", PD_OPTION_CHOICE, "agent", "agent;administrator;viewer", AGENT(role),
	 "What the agent may do by default. A viewer reads, comments and follows."},
	{"agent", "may", PD_OPTION_WORDS, NULL, "views;move;merge;delete;bulk;export;channels", AGENT(may),
	 "Single rights, in place of the role's."},
	{"agent", "skills", PD_OPTION_LIST, NULL, NULL, AGENT(skills), "Skills, for routing."},
	{"agent", "calendar", PD_OPTION_NAME, NULL, "calendar", AGENT(calendar),
	 "Own hours and absences. Without hours in it, only absences count."},
	{"agent", "jid", PD_OPTION_TEXT, NULL, NULL, AGENT(jid), "The XMPP address where invitations to chats go. Who writes from it is this agent."},
	{"agent", "language", PD_OPTION_WORD, NULL, LANGUAGES, AGENT(language),
	 "The language of mails to the agent. Absent: the desk's."},
	{"agent", "team", PD_OPTION_NAME, NULL, "team", AGENT(team),
	 "The primary team. Absent: the first that lists the agent."},
	{"agent", "notify_shows", PD_OPTION_SHOWS, NULL, NULL, AGENT(notify_shows),
	 "As in a mailbox, for this agent."},
	{"agent", "was", PD_OPTION_LIST, NULL, NULL, AGENT(was), "Names that the group had before, which its tickets bear still. A name that tickets bear and that no group has is an error of postdesk check."},

	{"pipeline", "statuses", PD_OPTION_STATUSES, NULL, NULL, PIPELINE(statuses),
	 "The statuses in order, each KIND:NAME. A kind is new, open, waiting or closed. Needed."},
	{"pipeline", "status_was", PD_OPTION_STATUS_WAS, NULL, NULL, PIPELINE(statuses),
	 "Statuses that have a new name, each NEW:OLD. A status that tickets have and the pipeline no longer has is an error of postdesk check."},
	{"pipeline", "was", PD_OPTION_LIST, NULL, NULL, PIPELINE(was), "Names that the group had before, which its tickets bear still. A name that tickets bear and that no group has is an error of postdesk check."},

	{"property", "name", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "Its name for people."},
	{"property", "type", PD_OPTION_WORD, "text", "text;number;date;choice;choices", PD_NO_PLACE,
	 "What its values are."},
	{"property", "choices", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "The values to choose from, for the types choice and choices."},
	{"property", "on_create", PD_OPTION_WORD, NULL, "ask;required", PD_NO_PLACE,
	 "Whether it is asked for or required when a ticket is made by hand. What is required and lacks comes back as a form that "
	 "is filled in by reply; what is asked for stands in the form and in the receipt."},
	{"property", "required_before", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "Statuses that a ticket cannot take without it: kinds, or PIPELINE:STATUS."},

	{"calendar", "hours", PD_OPTION_FILES, NULL, NULL, PD_NO_PLACE,
	 "iCalendar files. Timed events are open (with their rules, exceptions and extra days, over midnight, "
	 "to 24:00), whole days that are busy close, availabilities hold as RFC 7953 says. Absent: 24 hours."},
	{"calendar", "holidays", PD_OPTION_FILES, NULL, NULL, PD_NO_PLACE,
	 "iCalendar files in which every event closes, also one that is marked as free, unless it is ignored."},
	{"calendar", "ignore", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "Titles, categories or descriptions of events that do not close, with * for anything."},
	{"calendar", "timezone", PD_OPTION_ZONE, NULL, NULL, PD_NO_PLACE,
	 "The zone of times without one. Absent: the desk's."},

	{"sla", "enabled", PD_OPTION_BOOLEAN, "yes", NULL, PD_NO_PLACE, "Whether the goals hold."},
	{"sla", "calendar", PD_OPTION_NAME, NULL, "calendar", PD_NO_PLACE,
	 "The working hours that count. Absent: the team's. 24/7: always, as without any."},
	{"sla", "first_reply", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE,
	 "Time from the ticket's creation to the first reply of an agent, or off. Such as 4h (of the calendar's time; of "
	 "the clock on the wall with 24/7) or 2wd (working days: the same hour on the second day with open time after "
	 "that). Time does not count while the ticket waits for the contact, is snoozed or closed. Automatic mail moves no "
	 "clock; a reply that was not delivered is none, and the clock begins again."},
	{"sla", "next_reply", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE,
	 "Time from the first message of the contact that is not answered to the next reply, or off."},
	{"sla", "close", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE,
	 "Time from the ticket's creation to closing, or off. A ticket that is opened again goes on with what was left."},
	{"sla", "due_soon", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE,
	 "How long before its due time a goal is due soon; not before the calendar opens. Absent: never. The owner and the "
	 "followers, without an owner the team, are told once that a goal is due soon and once that it is overdue."},
	{"sla", "due_soon_first_reply", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE, "The same for one goal."},
	{"sla", "due_soon_next_reply", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE, "The same for one goal."},
	{"sla", "due_soon_close", PD_OPTION_GOAL, NULL, NULL, PD_NO_PLACE, "The same for one goal."},
	{"sla", "escalate", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "What is done when a goal is due soon or overdue, or some time of the calendar after that: STATE: ACTION or "
	 "STATE+DURATION: ACTION, with the states due_soon and overdue. An action is notify owner, notify followers, "
	 "notify team, notify team NAME, notify AGENT, mail ADDRESS (the ticket's number, name and goal; nothing that was "
	 "written), or a command of postdesk-commands(7) such as assign team leads. Such as overdue: assign team "
	 "leads;overdue+30m: mail boss@example.com. No escalation makes a ticket because of a "
	 "ticket that a rule or an escalation made; a comment there says so."},

	{"route", "when", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "A query. Absent: always."},
	{"route", "header", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE,
	 "A header field that the mail has: NAME: VALUE, with * for anything, or NAME alone, such as X-Priority: 1*. Absent: none "
	 "is asked for. Tickets that no mail made have none."},
	{"route", "assign", PD_OPTION_ASSIGN, NULL, NULL, PD_NO_PLACE,
	 "round-robin or least-loaded, of the members of the team who are there, or an agent. Absent: nobody."},
	{"route", "reroute", PD_OPTION_BOOLEAN, "no", NULL, PD_NO_PLACE,
	 "Whether a ticket goes to somebody else when a contact writes while its owner is away."},
	{"route", "team", PD_OPTION_NAME, NULL, "team", PD_NO_PLACE, "The team. Absent: the mailbox's."},
	{"route", "skills", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE, "Skills that the agent must have."},
	{"route", "priority", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "The priority that the ticket gets."},
	{"route", "category", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "The category that the ticket gets."},

	{"rule", "on", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "created, replied, answered, changed:PROPERTY, goal:STATE, after:DURATION (after:7d: when no person has done anything on "
	 "the ticket for so long; what rules do does not count, so that each acts once) or at:TIME (at:mon 08:00: on the "
	 "tickets for which the query holds then, without one on none, for #new). Needed."},
	{"rule", "when", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "A query. Absent: always."},
	{"rule", "do", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE, "Commands. Needed."},
	{"rule", "enabled", PD_OPTION_BOOLEAN, "yes", NULL, PD_NO_PLACE, "Whether the rule holds."},

	{"view", "name", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "Its name for people."},
	{"view", "query", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "Which tickets stand in it."},
	{"view", "share", PD_OPTION_SHARE, "everyone", NULL, PD_NO_PLACE,
	 "Who sees it: everyone, private:AGENT, team:TEAM; several teams are allowed."},
	{"view", "columns", PD_OPTION_COLUMNS, NULL, NULL, PD_NO_PLACE, "What it shows of a ticket."},
	{"view", "sort", PD_OPTION_SORT, NULL, NULL, PD_NO_PLACE,
	 "The property to sort by; with - before it, the largest first."},

	{"reference", "name", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE, "The kind's name for people."},
	{"reference", "url", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE,
	 "Where such a record is seen, such as https://crm.example.com/deals/{id}; {id} stands for its ID."},
	{"form", "from", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "Addresses that its mails come from, in From or on the envelope; *@example.com is all of a domain. An agent's address "
	 "is none. Needed."},
	{"form", "header", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE,
	 "A header field that its mails have: NAME: VALUE, with * for anything, or NAME alone. Absent: none is asked for."},
	{"form", "to", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE,
	 "Addresses that its mails go to, as in from. Absent: all of the desk."},
	{"form", "kind", PD_OPTION_WORD, "form", "form;call", PD_NO_PLACE,
	 "A web form, or voicemail. It is also the source of the tickets."},
	{"form", "field NAME", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE,
	 "What the field with the label NAME is: contact (the visitor's address), name (several are joined), phone, company, "
	 "subject (the ticket's name), text (what was written), description, priority, category, or a custom property. Case "
	 "does not count."},
	{"form", "caller", PD_OPTION_LIST, "from;von;caller;anrufer;rufnummer", NULL, PD_NO_PLACE,
	 "Of a call: the words before the caller's number, in the subject or else in the text. A field that is a phone goes "
	 "first, then the header fields X-CallingTelephoneNumber and X-Asterisk-VM-Caller-ID-Num."},

	{"digest", "view", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE, "The views that it holds."},
	{"digest", "at", PD_OPTION_TEXT, NULL, NULL, PD_NO_PLACE,
	 "When it is mailed, such as mon-fri 08:00; several are separated by semicolons. Needed."},
	{"digest", "empty", PD_OPTION_BOOLEAN, "no", NULL, PD_NO_PLACE, "Whether it is mailed when no ticket is on it."},
	{"digest", "to", PD_OPTION_LIST, NULL, NULL, PD_NO_PLACE, "Agents, team:TEAM or everyone. Absent: everyone."},

	{"chat", "component", PD_OPTION_HOST, NULL, NULL, CHAT(component),
	 "The component's domain, such as desk.example.com. Visitors write to NAME@ that domain, agents to tNUMBER@ it. Needed."},
	{"chat", "server", PD_OPTION_SERVER, NULL, NULL, CHAT(server),
	 "Where the XMPP server takes components: HOST:PORT. The stream is not encrypted: loopback, or a network that is. Needed."},
	{"chat", "secret_file", PD_OPTION_FILE, NULL, NULL, CHAT(secret_file),
	 "A file whose first line is the secret that the server knows for the component. Needed."},
	{"chat", "mailbox", PD_OPTION_NAME, NULL, "mailbox", CHAT(mailbox),
	 "The mailbox whose team answers, and where chats become tickets. Needed."},
	{"chat", "transcript", PD_OPTION_BOOLEAN, "no", NULL, CHAT(transcript),
	 "Whether a visitor whose address is known is mailed the transcript when the chat ends."},
	{"chat", "from", PD_OPTION_TEXT, NULL, NULL, CHAT(from),
	 "The mailbox address that transcripts come from. Absent: the mailbox's first."},
	{"chat", "answer_within", PD_OPTION_DURATION, "2m", NULL, CHAT(answer_within),
	 "When nobody has taken the chat until then, the visitor is asked for an address, to be answered by mail."},
	{"chat", "idle", PD_OPTION_DURATION, "15m", NULL, CHAT(idle),
	 "A chat in which nobody said anything for so long ends."},
	{"chat", "lines_per_minute", PD_OPTION_COUNT, "60", NULL, CHAT(lines_per_minute),
	 "How much one visitor may say; what is more is refused, and the visitor's client told so."},
	{"chat", "chats_per_hour", PD_OPTION_COUNT, "1000", NULL, CHAT(chats_per_hour),
	 "How many chats may begin within an hour for visitors of one domain, who have not chatted before; twice as many in all."},
	{"chat", "line_size", PD_OPTION_SIZE, "16k", NULL, CHAT(line_size),
	 "The longest line that is taken."},
	{"chat", "files", PD_OPTION_LIST, NULL, NULL, CHAT(files),
	 "What the links to files on your own XMPP server begin with, such as https://upload.example.com/file_share/. Such files are fetched "
	 "and kept with the ticket; links to anywhere else stay links, as do all where this is absent."},
	{"chat", "file_size", PD_OPTION_SIZE, "10M", NULL, CHAT(file_size),
	 "The largest file that is fetched."},
	{"chat", "files_per_hour", PD_OPTION_COUNT, "200", NULL, CHAT(files_per_hour),
	 "How many files are fetched within an hour, of all chats together."},
	{"chat", "gateway NAME", PD_OPTION_HOST, NULL, NULL, PD_NO_PLACE,
	 "The domain of a gateway to another network. Its visitors' tickets have NAME as source."},
};
const size_t pd_option_count = sizeof pd_options / sizeof pd_options[0];

const struct pd_group_type *pd_group_type_find(const char *name)
{
	for (size_t i = 0; i < pd_group_type_count; i++)
		if (strcmp(pd_group_types[i].name, name) == 0)
			return &pd_group_types[i];
	return NULL;
}

const struct pd_option *pd_option_find(const char *group, const char *key)
{
	for (size_t i = 0; i < pd_option_count; i++)
		if (strcmp(pd_options[i].group, group) == 0 &&
		    (strcmp(pd_options[i].key, key) == 0 || pd_option_key_name(&pd_options[i], key) != NULL))
			return &pd_options[i];
	return NULL;
}

const char *pd_option_key_name(const struct pd_option *option, const char *key)
{
	if (!pd_ends(option->key, " NAME"))
		return NULL;
	size_t word = strlen(option->key) - strlen(" NAME");
	if (strncmp(option->key, key, word) != 0 || (key[word] != ' ' && key[word] != '\t'))
		return NULL;
	const char *name = key + word + strspn(key + word, " \t");
	return *name != '\0' ? name : NULL;
}

struct pd_strings pd_option_words(struct pd_arena *arena, const struct pd_option *option)
{
	return pd_split(arena, option->values, ';');
}

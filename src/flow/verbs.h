/* The verbs of the command line and of the control socket.
 *
 * A request is {"verb": NAME, …}, from root and the owner also with "as": AGENT; arguments by verb:
 *   list         query, view, sort, limit, at             a ticket each
 *   search       text, limit                              a ticket each
 *   show         number, at, kind, by, team, search, oldest_first, brief     one ticket with its timeline
 *   raw          number, entry                            {"raw": base64}
 *   history      number, property                         a change each
 *   why          number, at, as_text                         a goal each, with the parts of its sum; as_text: a {"line"} each
 *   create       mailbox, name, contacts, set             {"number", "report", "listed", "action"}
 *   do           number, commands                         {"number", "report", "listed", "action"}; action: for #undo
 *   attachments  number, contacts                         an attachment each
 *   fetch        number, attachment                       {"name", "type", "content": base64}
 *   attach       number, name, content (base64)           {"number", "report"}
 *   import       mailbox, content (base64), number, kind, by, at   {"number", "new"}; onto that ticket, as "in", "out" or
 *                                                         "comment", by an agent, at a time, where these are given
 *   import_ticket  key, mailbox, name, number, contact, contact_name, at   {"number", "new", "report"}
 *   imported     key, number, mailbox, set, closed, at    {"number", "new", "report"}
 *   mailbox_move from, to, history                        {"moved", "still"}: the mailbox that has the address yet
 *   carry_out    query                                    the desk, for another postdesk: flow/verbs_carry.c
 *   carry_begin, carry_messages, carry_ticket, carry_rest, carry_end   what takes it in: flow/verbs_carried.c
 *   export       query                                    a ticket each, as show gives it
 *   mbox         query, all (comments and files, too)     {"number", "entry", "source", "from", "date", "raw"} each
 *   contact      name (address, number, id) or text, company, limit   a contact each
 *   company      name or text                             a company each
 *   people_undo  number (of an action)                    {"number", "report", "listed", "action"}
 *   keys         agent, all                               a registered key each
 *   key_add      agent, content (base64)                  {"report", …}
 *   key_remove   agent, key (a fingerprint or its end)    {"report", …}
 *   outbox       all                                      a row each
 *   flush                                                 nothing: what waits in the outbox is due now
 *   reload                                                a problem each; only a running daemon
 *   status                                                {"tickets", …}
 *   verify                                                {"wrong"} each
 *   backup       destination                              nothing
 * Every answer ends with {"exit": CODE, "error": TEXT}. */
#ifndef PD_FLOW_VERBS_H
#define PD_FLOW_VERBS_H

#include "flow/flow.h"

/* Does the verb change anything (so that it goes to the running daemon)? False for unknown verbs. */
bool pd_verb_changes(const char *verb);
/* The names of all verbs; NULL after the last. postdesk-control(7) tells of each. */
const char *pd_verb_at(size_t index);

#endif

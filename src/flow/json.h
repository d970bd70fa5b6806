/* Inside the house's answers: tickets, entries and messages as JSON (CONTRACT of the command line).
 *
 * Times are RFC 3339 in UTC, absent values null. The caller owns what is returned (json_decref). */
#ifndef PD_FLOW_JSON_H
#define PD_FLOW_JSON_H

#include <jansson.h>
#include "base/buf.h"
#include "desk/goals.h"
#include "desk/snapshot.h"

/* What a ticket is seen by. */
struct pd_json_scene {
	const struct pd_settings *settings; /* whose policies hold for its goals */
	struct pd_snapshot *snapshot;	    /* to look contacts up; NULL: none */
	pd_time now;
};
/* The keys of `list`. */
json_t *pd_json_ticket(struct pd_arena *arena, const struct pd_json_scene *scene, const struct pd_ticket *ticket);
/* Of the member "sla": when the first of the goals that run is due; NULL: none. */
const json_t *pd_json_due(const json_t *goals);
/* The ticket with its contacts. */
struct pd_ticket_facts pd_json_facts(struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_ticket *ticket);
/* Appends the members of an entry of the timeline, as text; status values by their names, contacts by their addresses. */
void pd_json_write_entry(struct pd_buf *out, struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_entry *entry);
/* Is the entry itself a message, a comment or a file? Others only name the mail that caused them. */
bool pd_json_carries(const struct pd_entry *entry);
/* False for what an event notes about itself alone (a message's direction), which is no property of the ticket. */
bool pd_json_is_property(const struct pd_change *change);
/* One property change: at, actor, property, from, to, entry. */
json_t *pd_json_change(struct pd_arena *arena, struct pd_snapshot *snapshot, const struct pd_event *event,
		       const struct pd_change *change);
json_t *pd_json_conversations(const struct pd_ticket *ticket);
/* What reading saw (`postdesk parse`), without the commands. */
json_t *pd_json_message(struct pd_arena *arena, const struct pd_message *message);
json_t *pd_json_attachment(const struct pd_attachment *attachment);
json_t *pd_json_time(struct pd_arena *arena, pd_time time);
json_t *pd_json_text(const char *text_or_null);
/* Who did something: of an agent the name in the configuration; contact:…, rule:…, administrator, postdesk. */
json_t *pd_json_actor(const char *actor);
json_t *pd_json_strings(const struct pd_strings *list);
/* Appends the value as text, in one line. */
void pd_json_write(struct pd_buf *out, const json_t *value);

/* What is long is written as it is read, without values in between. Each of these appends a member of the object that is
 * open, or where key is NULL an element of the array, with the comma between it and what stands before. A key is one
 * that needs no escapes. */
void pd_json_put(struct pd_buf *out, const char *key, const char *text_or_null); /* what is no UTF-8: "" */
void pd_json_put_number(struct pd_buf *out, const char *key, int64_t number);
void pd_json_put_id(struct pd_buf *out, const char *key, char kind, int64_t number); /* "E7" */
void pd_json_put_flag(struct pd_buf *out, const char *key, bool flag);
void pd_json_open(struct pd_buf *out, const char *key, char bracket);
void pd_json_close(struct pd_buf *out, char bracket);
void pd_json_put_members(struct pd_buf *out, const json_t *object); /* all that it has */

#endif

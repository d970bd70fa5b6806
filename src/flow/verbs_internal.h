/* Inside the room flow: what one verb works with. */
#ifndef PD_FLOW_VERBS_INTERNAL_H
#define PD_FLOW_VERBS_INTERNAL_H

#include "desk/find.h"
#include "flow/internal.h"
#include "flow/json.h"
#include "flow/verbs.h"
#include "desk/when.h"

struct pd_call {
	struct pd_flow *flow;
	struct pd_arena *arena;
	struct pd_settings *settings;
	const struct pd_peer *peer;
	const struct pd_agent *agent; /* NULL: the owner as administrator */
	const json_t *request;
	pd_emit emit;
	void *data;
	struct pd_buf line; /* of the answer, while it is written */
	bool is_gone; /* the peer went away */
	bool is_administrator; /* and not an agent by role, even where one speaks for itself */
	struct {
		int64_t tickets, open, messages, drafts;
	} seen; /* counted for `status` */
	struct carrying *carrying; /* of carry_out alone */
	struct pd_error error;
};

/* Emits and takes the object over. False: the peer is gone. */
bool pd_call_emit(struct pd_call *call, json_t *object);
/* Emits what stands in call->line, and clears that. */
bool pd_call_emit_line(struct pd_call *call);
const char *pd_call_text(const struct pd_call *call, const char *key);	   /* NULL when absent or no text */
int64_t pd_call_number(const struct pd_call *call, const char *key);	   /* 0 when absent or no number */
bool pd_call_flag(const struct pd_call *call, const char *key);
struct pd_strings pd_call_strings(const struct pd_call *call, const char *key);
/* `at`: 0 when absent; PD_PERMANENT when it is no time. */
int pd_call_at(struct pd_call *call, pd_time *ret_at);
/* Base64 of the key; PD_PERMANENT when it is none. */
int pd_call_content(struct pd_call *call, const char *key, struct pd_bytes *ret_content);
bool pd_call_may_see(const struct pd_call *call, const struct pd_ticket *ticket);
/* The ticket of `number`, merges followed, as the peer may see it. */
int pd_call_ticket(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_ticket **ret_ticket);
/* To look with what decides: a plan that is thrown away, and no action. */
struct pd_context pd_call_context(const struct pd_call *call, struct pd_snapshot *snapshot);
/* The snapshot's failure as the call's; 0 when there is none. */
int pd_call_checked(struct pd_call *call, const struct pd_snapshot *snapshot);
/* `query` and `view` as one query; how its view or `sort` sorts. */
int pd_call_query(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_query **ret_query, const char **ret_sort);
/* PD_PERMANENT: there is none of that name; says the nearest, and which there are. */
int pd_call_not_found(struct pd_call *call, const char *what, const char *name, const struct pd_found *found);
/* The mailbox of that name (NULL: none was named), else PD_PERMANENT. */
int pd_call_mailbox(struct pd_call *call, const char *name, const struct pd_mailbox **ret_mailbox);
/* PD_PERMANENT where one of `columns`, `sort` or `property` (of a ticket with these entries) means nothing. */
int pd_call_columns(struct pd_call *call);
int pd_call_sort(struct pd_call *call);
int pd_call_property(struct pd_call *call, const struct pd_entries *entries);
/* 0 where the name is one of these; else PD_PERMANENT: there is no WHAT "name"; did you mean …? */
int pd_call_known(struct pd_call *call, const char *what, const char *name, const struct pd_strings *names);
/* Which entries of a timeline are asked for. Members that are NULL or 0 leave all in. */
struct pd_entry_filter {
	const char *kind;	    /* as pd_event_words has it, or "chat" */
	const char *by;		    /* an actor, whole or its name */
	const struct pd_team *team; /* what its members did */
	const char *search;	    /* folded */
	pd_time at;		    /* nothing later */
};
/* From `kind`, `by`, `team` and `search`; PD_PERMANENT where one of them means nothing. */
int pd_call_filter(struct pd_call *call, const struct pd_entries *entries, pd_time at, struct pd_entry_filter *ret_filter);
bool pd_call_wants(struct pd_call *call, const struct pd_entry_filter *filter, const struct pd_entry *entry);
/* `from` and `to`, days or times as people write them, a day counted whole; without them the last thirty days. */
int pd_call_period(struct pd_call *call, const struct pd_when_place *place, pd_time *ret_from, pd_time *ret_to);
/* Calls each for all tickets that match and may be seen, at most limit (0: all), page by page in an arena of the page. */
typedef int pd_call_ticket_fn(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket);
int pd_call_each(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_query *query, const char *sort,
		 size_t limit, pd_call_ticket_fn *each);
/* Writes the ticket with conversations, links and timeline, as `show` gives it, to call->line; deleted entries, too,
 * marked. */
void pd_call_write_whole(struct pd_call *call, struct pd_snapshot *snapshot, const struct pd_ticket *ticket);
/* Calls each for all tickets that match and may be seen, in order of number; the far ones cost no more than the first. */
int pd_call_all(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_query *wanted, pd_call_ticket_fn *each);
/* All that the query of the request finds and may be seen, in order of number. */
int pd_call_export(struct pd_call *call, struct pd_snapshot *snapshot, pd_call_ticket_fn *each);

static inline void pd_snapshot_cleanup(struct pd_snapshot **snapshot)
{
	pd_store_end(*snapshot);
}
#define PD_AUTO_SNAPSHOT __attribute__((cleanup(pd_snapshot_cleanup))) struct pd_snapshot *

json_t *pd_call_base64(const char *data, size_t size);

int pd_verb_list(struct pd_call *call);
int pd_verb_search(struct pd_call *call);
int pd_verb_templates(struct pd_call *call);
int pd_verb_rules(struct pd_call *call);
int pd_verb_views(struct pd_call *call);
int pd_verb_show(struct pd_call *call);
int pd_verb_raw(struct pd_call *call);
int pd_verb_agents(struct pd_call *call);
int pd_verb_report(struct pd_call *call);
int pd_verb_audit(struct pd_call *call);
int pd_verb_history(struct pd_call *call);
int pd_verb_why(struct pd_call *call);
int pd_verb_create(struct pd_call *call);
int pd_verb_do(struct pd_call *call);
int pd_verb_people_undo(struct pd_call *call);
int pd_verb_bulk(struct pd_call *call);
int pd_verb_attachments(struct pd_call *call);
int pd_verb_fetch(struct pd_call *call);
int pd_verb_attach(struct pd_call *call);
int pd_verb_import(struct pd_call *call);
int pd_verb_import_ticket(struct pd_call *call);
int pd_verb_imported(struct pd_call *call);
int pd_verb_mailbox_move(struct pd_call *call);
int pd_verb_export(struct pd_call *call);
int pd_verb_mbox(struct pd_call *call);
int pd_verb_carry_out(struct pd_call *call);
int pd_verb_carry_begin(struct pd_call *call);
int pd_verb_carry_messages(struct pd_call *call);
int pd_verb_carry_ticket(struct pd_call *call);
int pd_verb_carry_rest(struct pd_call *call);
int pd_verb_carry_end(struct pd_call *call);
int pd_verb_keys(struct pd_call *call);
int pd_verb_key_add(struct pd_call *call);
int pd_verb_key_remove(struct pd_call *call);
int pd_verb_contact(struct pd_call *call);
int pd_verb_company(struct pd_call *call);
int pd_verb_outbox(struct pd_call *call);
int pd_verb_flush(struct pd_call *call);
int pd_verb_reload(struct pd_call *call);
int pd_verb_status(struct pd_call *call);
int pd_verb_verify(struct pd_call *call);
int pd_verb_backup(struct pd_call *call);

#endif

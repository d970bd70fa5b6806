/* A desk that is carried over: tickets with their whole history, as `postdesk export --tickets` writes them and `postdesk
 * import` takes them in, here or on another machine.
 *
 * What stands for ever is events, so events are what is carried; everything else is derived from them here as it was there.
 * Each desk has a name of its own. The numbers of another desk are its numbers here too, as far as they are free; else a
 * run of them has another place. Which runs there are, and the key by which the other desk signed its addresses, is a record
 * of this desk for each desk that was carried in, so that the same number always means the same, in whatever order and
 * however often tickets come, and addresses that the other desk gave out lead on. */
#ifndef PD_DESK_CARRY_H
#define PD_DESK_CARRY_H

#include "desk/plan.h"

#define PD_CARRY_FORMAT 1
#define PD_CARRIED_RECORD "carried" /* its name is the other desk's */
#define PD_CARRY_ID_MAX	  ((int64_t)1 << 52)
/* How many a desk may say it has had: numbers go on after these here, and people have to read those of tickets. */
#define PD_CARRY_TICKETS_MAX ((int64_t)999999999)
#define PD_CARRY_LAST_MAX    ((int64_t)1 << 40)

/* Numbers first to last of the other desk are here to here + (last - first). */
struct pd_carried_run {
	enum pd_id_kind kind;
	int64_t first, last, here;
};

struct pd_carried_desk {
	const char *name;
	bool is_own; /* this desk itself: all numbers are what they are */
	bool has_key;
	unsigned char key[PD_KEY_SIZE];
	const char *via; /* the desk by way of which it came, whose numbers the runs lead to; NULL: it came here itself */
	PD_LIST(struct pd_carried_run) runs;
};

/* This desk's name, which tells nothing of its key. */
char *pd_desk_name(struct pd_arena *arena, const unsigned char key[PD_KEY_SIZE]);
bool pd_desk_name_is_valid(const char *name);
const char *pd_id_kind_name(enum pd_id_kind kind); /* "ticket" "event" … */
/* The record's value and back; false: it is damaged. */
char *pd_carried_value(struct pd_arena *arena, const struct pd_carried_desk *desk);
bool pd_carried_parse(struct pd_arena *arena, const char *name, const char *value, struct pd_carried_desk *ret_desk);
/* That desk as this one knows it; false: it does not. */
bool pd_carried_find(struct pd_context *context, const char *name, struct pd_carried_desk *ret_desk);
/* The other desk's number as it is here; 0: there is none. `via` is not followed. */
int64_t pd_carried_here(const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t id);
/* The same, by way of other desks; and back, a number of this desk as it was there. */
int64_t pd_carried_lead(struct pd_context *context, const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t id);
int64_t pd_carried_back(struct pd_context *context, const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t here);
/* The largest number of that kind that has a place; 0: none. */
int64_t pd_carried_last(const struct pd_carried_desk *desk, enum pd_id_kind kind);
/* Has every number of that kind its own place? */
bool pd_carried_is_same(const struct pd_carried_desk *desk, enum pd_id_kind kind);
/* All desks whose addresses are known by their key. */
struct pd_carried_desks {
	struct pd_carried_desk *items;
	size_t count, room;
};
struct pd_carried_desks pd_carried_desks(struct pd_context *context);

/* Keeps what is known of that desk. */
void pd_decide_carried_desk(struct pd_context *context, const struct pd_carried_desk *desk);

/* --- tickets --- */

/* A ticket of the other desk, with that desk's numbers. */
struct pd_carry {
	const struct pd_carried_desk *from;
	int64_t number;
	PD_LIST(struct pd_event) events;   /* all, oldest first */
	PD_LIST(struct pd_contact) contacts; /* whom its events name */
	PD_LIST(struct pd_draft) drafts;
	PD_LIST(const struct pd_stored *) messages; /* that the events and drafts name; here already, with numbers of here */
};
/* Keeps the ticket: "new ticket", or "duplicate" where it is here. What cannot be is refused, and the report says why.
 * Nobody is told and nothing leaves. */
void pd_decide_carry(struct pd_context *context, const struct pd_carry *carry);

/* Letters that the other desk sent: answers and reports of failure find their tickets. They never leave from here. */
struct pd_carry_letters {
	const struct pd_carried_desk *from;
	PD_LIST(struct pd_outbox_row) items;
};
void pd_decide_carry_letters(struct pd_context *context, const struct pd_carry_letters *letters);
/* Contacts whom no ticket names. */
void pd_decide_carry_contacts(struct pd_context *context, const struct pd_carry *carry);

/* --- inside --- */

struct pd_carry_ids {
	struct pd_context *context;
	const struct pd_carried_desk *from;
	PD_LIST(struct pd_change) contacts; /* property: there, to: here; as texts */
	const char *wrong;		    /* what number has no place; NULL */
};
/* The number of here; 0 for 0. Where it has no place, `wrong` says so. */
int64_t pd_carry_id(struct pd_carry_ids *ids, enum pd_id_kind kind, int64_t id);
/* Puts the numbers of here into the event. */
void pd_carry_event(struct pd_carry_ids *ids, struct pd_event *event);
/* Whom the contact of there is here: made where there is nobody. */
void pd_carry_contact(struct pd_carry_ids *ids, const struct pd_contact *contact);

#endif

/* Inside the room flow: what an export carries over to another postdesk, as JSON, and back.
 *
 * Members that are 0, empty or absent are left out. Times are RFC 3339 in UTC with milliseconds. Reading judges form alone:
 * what is wrong is said with the member's name; whether it makes sense is the desk's to judge (desk/carry.h). */
#ifndef PD_FLOW_JSON_CARRY_H
#define PD_FLOW_JSON_CARRY_H

#include "desk/carry.h"
#include "flow/json.h"

json_t *pd_json_carry_event(struct pd_arena *arena, const struct pd_event *event);
json_t *pd_json_carry_message(struct pd_arena *arena, const struct pd_planned_message *message);
json_t *pd_json_carry_contact(const struct pd_contact *contact);
json_t *pd_json_carry_draft(struct pd_arena *arena, const struct pd_draft *draft);
json_t *pd_json_carry_letter(struct pd_arena *arena, const struct pd_outbox_row *letter);

/* PD_PERMANENT with what is wrong. Texts point into the JSON. */
int pd_carry_read_event(struct pd_arena *arena, const json_t *object, struct pd_event *ret_event, struct pd_error *error);
int pd_carry_read_message(struct pd_arena *arena, const json_t *object, struct pd_planned_message *ret_message,
			  struct pd_error *error);
int pd_carry_read_contact(struct pd_arena *arena, const json_t *object, struct pd_contact *ret_contact, struct pd_error *error);
int pd_carry_read_draft(struct pd_arena *arena, const json_t *object, struct pd_draft *ret_draft, struct pd_error *error);
int pd_carry_read_letter(struct pd_arena *arena, const json_t *object, struct pd_outbox_row *ret_letter, struct pd_error *error);

#endif

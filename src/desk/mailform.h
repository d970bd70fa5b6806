/* Mail of machines that speak for somebody: web forms and voicemail. What a [form NAME] tells of them, and what stands
 * in their mail.
 *
 * All of it can be forged by whoever can forge the sender, and a caller's number by the caller: it makes a contact of a
 * new ticket and proves nothing (invariant 6). */
#ifndef PD_DESK_MAILFORM_H
#define PD_DESK_MAILFORM_H

#include "desk/mail.h"

struct pd_filled_value {
	const char *property; /* custom, or description, priority, category, company */
	const char *value;    /* fits it */
};

/* A mail as its form is to be read. Strings are clean. */
struct pd_filled {
	const struct pd_group *form;
	bool is_call;
	struct pd_address contact; /* in a field; addr "": there is none */
	const char *phone;	   /* as pd_phone gives it; NULL */
	const char *name;	   /* of the visitor or caller; "" */
	const char *subject;	   /* NULL: the mail's */
	const char *text;	   /* what was written, and below it all that has no place elsewhere */
	PD_LIST(struct pd_filled_value) values;
	struct pd_strings misfits; /* what does not fit its property, and why; a line each */
};

/* The first [form] in the order of the file that the mail is of; NULL: it is of none. sender: of the envelope, may be
 * NULL; recipients: of the envelope. */
const struct pd_group *pd_mailform_of(struct pd_arena *arena, const struct pd_settings *settings,
				      const struct pd_message *message, const char *sender,
				      const struct pd_strings *recipients);
struct pd_filled *pd_mailform_read(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *form,
				   const struct pd_message *message);
/* Problems of [form] groups. */
void pd_mailform_check(const struct pd_settings *settings, struct pd_problems *problems);

/* mailform_take.c: what becomes of it. */
/* Makes whoever filled it in the mail's author. */
void pd_mailform_author(struct pd_context *context, struct pd_mail *mail);
/* A caller's contact on the new ticket, and a conversation with it; gives the conversation. */
int64_t pd_mailform_caller(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket);
/* The properties of the new ticket, and its first conversation. Where the form names no address, its number is the contact. */
int64_t pd_mailform_begin(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket);
/* The properties of the new ticket. */
void pd_mailform_set(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket);
/* Says on the timeline what did not fit. */
void pd_mailform_tell(struct pd_context *context, const struct pd_mail *mail, struct pd_ticket *ticket);

/* --- parts of reading --- */

/* One field of a form: "field LABEL = MEANING". */
struct mailform_field {
	const char *label, *meaning;
	const char *folded; /* the label, for mailform_fields_read alone */
	bool is_long;	   /* its value may have many lines */
	bool is_found;
	const char *value; /* trimmed; "" */
};
struct mailform_fields {
	struct mailform_field *items;
	size_t count, room;
};

/* mailform_fields.c: finds the fields in a text; ret_rest: the other lines, blank ones between them, "". */
void mailform_fields_read(struct pd_arena *arena, const char *text, struct mailform_fields *fields, const char **ret_rest);
/* mailform_caller.c: who called, as the words after one of `before` tell in the text. False: no number stands there. */
bool mailform_caller_find(struct pd_arena *arena, const char *text, const struct pd_strings *before, const char **ret_phone,
			  const char **ret_name);
/* The number at the start of the text, a name before or behind it. */
bool mailform_caller_read(struct pd_arena *arena, const char *text, const char **ret_phone, const char **ret_name);

#endif

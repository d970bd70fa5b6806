/* Placeholders of templates: {contact.first_name}, {ticket.device}, {agent.name|the team}.
 *
 *   contact.name contact.first_name contact.last_name contact.address contact.phone contact.company
 *   ticket.number ticket.name ticket.status ticket.priority ticket.category ticket.description ticket.PROPERTY
 *   agent.name agent.first_name   mailbox.name mailbox.address   date
 *   and, as in acknowledgements, number name subject mailbox
 *
 * What stands after | is said where there is no value. "{{" is a literal brace, as is one that no letter follows. */
#ifndef PD_DESK_PLACEHOLDER_H
#define PD_DESK_PLACEHOLDER_H

#include "desk/plan.h"

/* Whose values they are. */
struct pd_placeholders {
	struct pd_context *context;
	const struct pd_ticket *ticket;	  /* NULL: none, then its values and the contact's lack */
	const struct pd_address *contact; /* whom the mail goes to; NULL or addr "": nobody is known */
	const char *language;		  /* of the text */
};

/* The text with its placeholders filled; the names of those that have no value go to ret_missing, each once. */
char *pd_placeholders_fill(const struct pd_placeholders *values, const char *text, struct pd_strings *ret_missing);
/* The names in the text that no placeholder has, each once. */
struct pd_strings pd_placeholders_unknown(struct pd_arena *arena, const struct pd_settings *settings, const char *text);

#endif

/* Forms: what is asked for when a ticket is made (T3). Properties with on_create, the name, the contact.
 *
 * What must be there and lacks comes back as lines that are filled in by reply; what may be there is asked for when the
 * ticket is made. */
#ifndef PD_DESK_FORM_H
#define PD_DESK_FORM_H

#include "desk/command.h"

/* What stands behind the sign of equality: "phone|laptop", "VALUE". */
const char *pd_form_value(struct pd_arena *arena, const struct pd_group *property);
/* The lines to fill in, each below what it takes: all that is asked for and that the commands do not give. Where they
 * give it wrongly, it is asked for again. */
char *pd_form_lines(struct pd_context *context, const struct pd_agent *agent, const struct pd_commands *commands);
/* What the reply fills in, as command lines: those of its own words, and those of the form that it quotes. Commands that are
 * no part of a form are told in ret_wrong (NULL: none). "": nothing was filled in. */
char *pd_form_read(struct pd_context *context, const struct pd_agent *agent, const struct pd_message *message,
		   const char **ret_wrong);
/* Reports what is asked for of the new ticket, and is not known yet. */
void pd_form_ask(struct pd_context *context, const struct pd_ticket *ticket);

#endif

/* Routing: who gets a new ticket (the [route] groups). */
#ifndef PD_DESK_ROUTE_H
#define PD_DESK_ROUTE_H

#include "desk/plan.h"

/* Routes the tickets that this plan makes, and those of owners who are away that a contact wrote on where their route
 * says so. Before anybody is told. mail: what is decided, whose header fields routes ask for; NULL: no mail is. */
void pd_route(struct pd_context *context, const struct pd_message *mail);

#endif

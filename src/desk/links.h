/* Links of tickets and of their entries: with records that live elsewhere (deals, orders, web pages) and with tickets.
 *
 * "deal:77", "url:https://…", "ticket:12" are of the ticket; "E7 deal:77" of its entry E7; "entry:7" says that E7 of
 * another ticket stands on this one's timeline, too. */
#ifndef PD_DESK_LINKS_H
#define PD_DESK_LINKS_H

#include "desk/ticket.h"

struct pd_link {
	int64_t entry; /* 0: the ticket's own */
	const char *kind, *id;
};

char *pd_link_value(struct pd_arena *arena, const struct pd_link *link);
bool pd_link_parse(struct pd_arena *arena, const char *value, struct pd_link *ret_link);
/* Where it leads: [reference KIND] url; a web page itself. NULL: nowhere. */
const char *pd_link_url(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_link *link);
/* As people read it: "deal 77 (https://…)", "E7: #12". */
char *pd_link_words(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_link *link);

#endif

/* Inside the room mime: the line above a mail that is passed on, where there is no header block. */
#ifndef PD_MIME_FORWARD_H
#define PD_MIME_FORWARD_H

#include "mime/message.h"

/* The author and the date of the attribution, folded or not. False: it has no address. Names and dates that cannot be told
 * are "". */
bool pd_forward_line(struct pd_arena *arena, const char *text, struct pd_address *ret_author, const char **ret_date);

#endif

/* Inside the room mime: the text of a body in RTF. */
#ifndef PD_MIME_RTF_H
#define PD_MIME_RTF_H

#include <stdbool.h>
#include "base/arena.h"

/* What a person reads, in UTF-8; or the HTML that Outlook has packed into RTF (MS-OXRTFEX, "\fromhtml"): then *ret_is_html.
 * Linear; never fails: what is no RTF gives "". */
char *pd_rtf_text(struct pd_arena *arena, const char *rtf, size_t len, bool *ret_is_html);

#endif

/* Links to files on the own server (XEP-0363), as visitors and agents share them. */
#ifndef PD_DESK_CHAT_LINK_H
#define PD_DESK_CHAT_LINK_H

#include "base/list.h"

enum chat_link {
	CHAT_LINK_NONE,	     /* words, or a link to elsewhere */
	CHAT_LINK_OWN,	     /* a file on the own server */
	CHAT_LINK_ENCRYPTED, /* aesgcm: the client's own encryption, whose key nobody but clients knows how to use */
};
/* What the last word of the text is, where it stands alone on its line. prefixes: of the [chat], as checked by
 * chat_link_prefix_wrong. CHAT_LINK_OWN: *ret_url is the URL in one spelling (scheme and host in small letters, the port
 * always there), *ret_name a file name that is safe; else *ret_name alone, and that for CHAT_LINK_ENCRYPTED only. */
enum chat_link chat_link_of(struct pd_arena *arena, const struct pd_strings *prefixes, const char *text, const char **ret_url,
			    const char **ret_name);
/* What is wrong with a prefix; NULL: nothing. */
const char *chat_link_prefix_wrong(struct pd_arena *arena, const char *prefix);

#endif

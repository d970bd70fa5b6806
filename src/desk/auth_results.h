/* Authentication-Results (RFC 8601): what our own server found out about a mail's author. */
#ifndef PD_DESK_AUTH_RESULTS_H
#define PD_DESK_AUTH_RESULTS_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/list.h"
#include "mime/message.h"

struct pd_auth_property {
	const char *type, *name, *value; /* "header", "from", "example.com"; type and name in lower case */
};
struct pd_auth_result {
	const char *method, *result; /* "dmarc", "pass"; lower case */
	PD_LIST(struct pd_auth_property) properties;
};
struct pd_auth_results {
	const char *authserv_id;		/* as written, unquoted */
	PD_LIST(struct pd_auth_result) results; /* none for "none" */
};

/* The field's value, parsed whole; false where any of it does not follow the grammar (then nothing of it
 * counts). */
bool pd_auth_results_parse(struct pd_arena *arena, const char *value, struct pd_auth_results *ret_results);
/* The authserv-id alone, of a field that may be broken further on; NULL: it has none. */
const char *pd_auth_results_id(struct pd_arena *arena, const char *value);
/* May this value, as it stands in a mail's bytes, be taken for one with that authserv-id once the mail is read? So is
 * each with control characters or other than ASCII. authserv_id NULL or "": none is. */
bool pd_auth_results_claims(struct pd_arena *arena, const char *value, const char *authserv_id);
/* Does a field with exactly our authserv-id say dmarc=pass for the domain, or an aligned dkim=pass where no
 * field of ours says that DMARC failed? authserv_id NULL or "": nobody is believed. */
bool pd_auth_results_pass(struct pd_arena *arena, const struct pd_message *message, const char *authserv_id,
			  const char *domain);
/* Does a field with exactly our authserv-id say dmarc=fail? Then whoever wrote the mail is not whom From names. */
bool pd_auth_results_fail(struct pd_arena *arena, const struct pd_message *message, const char *authserv_id);

#endif

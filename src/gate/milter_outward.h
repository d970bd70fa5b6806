/* The milter on postdesk's own listener: whom the MTA has certainly taken a mail for does not get it again.
 */
#ifndef PD_GATE_MILTER_OUTWARD_H
#define PD_GATE_MILTER_OUTWARD_H

#include <libmilter/mfapi.h>

#include "flow/flow.h"

struct pd_outward {
	struct pd_strings recipients; /* as given, with their brackets */
	const char *message_id;	      /* without <>; NULL: none yet */
	unsigned ids;		      /* fields of that name */
};

/* Does the client speak to that listener? */
bool pd_outward_is(SMFICTX *ctx);
void pd_outward_recipient(struct pd_arena *arena, struct pd_outward *outward, const char *recipient);
/* A header field, its name trimmed. */
void pd_outward_field(struct pd_arena *arena, struct pd_outward *outward, const char *name,
		      const char *value);
/* At the end of the mail. SMFIS_DISCARD: nobody is left. SMFIS_TEMPFAIL: it could not be found out. */
sfsistat pd_outward_finish(SMFICTX *ctx, struct pd_flow *flow, struct pd_arena *arena,
			   const struct pd_outward *outward);

#endif

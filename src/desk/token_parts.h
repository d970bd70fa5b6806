/* The MACs inside signed addresses; for token.c and recipient.c alone. */
#ifndef PD_DESK_TOKEN_PARTS_H
#define PD_DESK_TOKEN_PARTS_H

#include "desk/token.h"

enum {
	PD_TOKEN_BYTES = 10,
	PD_TOKEN_CHARS = 16,
	PD_PAYLOAD_CHARS = 8, /* 20 bits of days since 1970, 20 bits of the ticket's version */
};

char *pd_token_mac(struct pd_context *context, const char *kind, const char *what, const char *whom,
		   const char *more);
/* Both in lower case; the time depends on the length alone. */
bool pd_token_equal(const char *a, const char *b);
/* address "": the conversation alone. */
char *pd_token_for_contact(struct pd_context *context, int64_t ticket, int64_t conversation,
			   const char *address);
char *pd_token_for_agent(struct pd_context *context, int64_t ticket, int64_t conversation, const char *agent,
			 const char *payload);
char *pd_token_for_bounce(struct pd_context *context, int64_t outbox);
char *pd_token_for_confirmation(struct pd_context *context, int64_t draft);
/* Under what stands for a Message-ID. */
char *pd_token_for_sent(struct pd_context *context, const char *sent_id);
char *pd_token_payload(struct pd_arena *arena, pd_time now, int64_t version);
bool pd_token_payload_parse(const char *text, pd_time *ret_made, int64_t *ret_version);

#endif

/* Inside the milter: a connection, a mail, and the gate that each callback passes to use the flow. */
#ifndef PD_GATE_MILTER_INTERNAL_H
#define PD_GATE_MILTER_INTERNAL_H

#include <libmilter/mfapi.h>

#include "gate/milter.h"
#include "gate/milter_outward.h"

struct message {
	struct pd_arena *arena;
	const char *authserv_id, *spool;
	const char *login, *sender;
	const char *certificate;      /* an agent's; NULL: none */
	struct pd_strings recipients; /* the desk's */
	struct pd_outward *outward;   /* of a mail that postdesk itself brings; NULL */
	struct pd_strings others;     /* beside them, of an agent's mail */
	bool is_agents, has_author, is_head_over;
	bool is_from_mailbox;	      /* From may name one */
	struct pd_raw *raw; /* NULL: not collected */
	bool has_failed;
	unsigned results; /* fields of that name so far */
	unsigned seals;
	PD_LIST(unsigned) ours; /* those of them that bear our authserv-id, from 1 */
};
struct session {
	uint64_t client;	 /* see guesses.h */
	struct message *message; /* NULL: between mails */
	unsigned long silent;	 /* SMFIP_NR_…: the steps that the MTA takes without an answer */
};

/* The flow, until pd_milter_leave; NULL: postdeskd ends, and nothing is to be left. */
struct pd_flow *pd_milter_enter(void);
void pd_milter_leave(void);
void pd_milter_count_refused(void);

/* The mail of the connection; NULL: there is none. */
struct message *pd_milter_message(SMFICTX *ctx);
/* Without the angle brackets. */
char *pd_milter_bare(struct pd_arena *arena, const char *path);

/* RCPT: milter_recipient.c */
sfsistat pd_milter_on_recipient(SMFICTX *ctx, char **argv);

#endif

/* What is refused at the MTA's door, while its sender still looks. */
#ifndef PD_DESK_SUBMISSION_H
#define PD_DESK_SUBMISSION_H

#include "desk/decide.h"

/* Is it an address of the signed forms that we can never have made? One that is old, revoked, or of what was
 * deleted is not. */
bool pd_recipient_is_forged(struct pd_context *context, const char *address);

/* Whose address does a login bear in From, of a mail to the desk (delivery->login NULL: no agent's login)?
 * NULL: its own; else what is wrong, for people. */
const char *pd_submission_wrong_author(struct pd_context *context, const struct pd_delivery *delivery);
/* May the text, a From field's value, name a mailbox's address to somebody, however oddly written? */
bool pd_submission_names_mailbox(struct pd_arena *arena, const struct pd_settings *settings, const char *text);
/* Why a mail of an agent to people outside must not leave, for people: it is in a mailbox's name, and yet not such that
 * the desk could take its copy for its author's. NULL: From is a mailbox's address, or has nothing to do with any. */
const char *pd_submission_wrong_mailbox(struct pd_context *context, const struct pd_delivery *delivery);
/* Why a mail that a login sends from a mailbox's address to people outside must not leave as it is, for people: the
 * right that lacks, a command, a private address (invariant 4); NULL: it may. ret_status: "5.7.0" or "5.7.1". */
const char *pd_submission_wrong_outgoing(struct pd_context *context, const struct pd_delivery *delivery,
					 const char **ret_status);
/* Why a mail of an agent to the desk and, by the MTA itself, to people outside must not leave, for people: they would
 * read its commands (invariant 4). NULL: it may. */
const char *pd_submission_wrong_outside(struct pd_context *context, const struct pd_delivery *delivery);
/* The fields of a mail from a mailbox's address that must not leave: those that hold an agent's address, and those that say where answers
 * go. Each by its name and its place among those of that name, from 1. */
struct pd_removed {
	const char *name;
	unsigned place;
};
struct pd_removals {
	struct pd_removed *items;
	size_t count, room;
};
struct pd_removals pd_submission_removals(struct pd_context *context, const struct pd_message *message);
/* Is it to be sealed? False: its author is no agent, and the mail is one like any other. */
bool pd_submission_is_agents(const struct pd_delivery *delivery);

#endif

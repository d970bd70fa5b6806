/* A desk in a folder: what `postdesk export --tickets` writes, and what takes it in again.
 *
 *   N.json         the ticket as `export --json` gives it; in `mails` the entries whose mails stand in the mbox, in that order;
 *                  in `postdesk` all that stands for ever of it
 *   N.mbox         its mails, for any desk
 *   letters.jsonl  what the desk sent, a line each
 *   desk.json      the desk: its name, its last numbers, its key, contacts and drafts without a ticket */
#ifndef PD_CLI_CARRY_H
#define PD_CLI_CARRY_H

#include "cli/cli.h"

/* Writes it; gives the exit code. */
int pd_cli_carry_out(struct pd_cli *cli, const char *path, const char *query);

/* Has the folder a desk.json? Without one it is read as any other desk reads it (cli/archive_own.c). */
bool pd_cli_carry_is_desk(const char *path);
struct pd_carried_in {
	unsigned long tickets, new_tickets, mails, new_mails, failed;
	/* Called now and then; false: the user has interrupted it. */
	bool (*goes_on)(void *data);
	void *data;
};
/* Takes it in, ticket by ticket; what is wrong with a file is said on stderr and the others go on. Gives the exit code. */
int pd_cli_carry_in(struct pd_cli *cli, const char *path, struct pd_carried_in *in);

#endif

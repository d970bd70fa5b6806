/* Mails on disk: single files, mbox files, Maildirs and folders of files, one after another. */
#ifndef PD_CLI_MAILS_H
#define PD_CLI_MAILS_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/list.h"
#include "base/raw.h"

struct pd_mail_place {
	const char *file; /* path of the file */
	size_t offset;	  /* of the mail in an mbox; 0 */
};
/* Takes each mail in order (folders by name); false stops. The raw mail lives during the call. */
typedef bool (*pd_mail_each)(void *data, const struct pd_mail_place *place, const struct pd_raw *raw);
/* An mbox begins with "From "; its ">From " lines are put back (mboxrd). A folder with cur and new is a Maildir, with
 * its subfolders of Maildir++; any other is read file by file, those of which a name ends in .json or .msf left out.
 * PD_PERMANENT: cannot be read. */
int pd_mails_each(const char *path, pd_mail_each each, void *data, struct pd_error *error);

struct pd_mails {
	struct pd_bytes *items;
	size_t count, room;
};
/* All of them, in the arena. */
int pd_mails_all(struct pd_arena *arena, const char *path, struct pd_mails *ret_mails, struct pd_error *error);

#endif

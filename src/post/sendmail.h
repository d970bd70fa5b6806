/* Handing a mail to a program that takes sendmail's arguments: PATH -G -i -f SENDER -- RECIPIENT… */
#ifndef PD_POST_SENDMAIL_H
#define PD_POST_SENDMAIL_H

#include "post/smtp_client.h"

/* As pd_smtp_send: exit 0 takes the mail for all recipients, EX_DATAERR, EX_NOUSER and EX_NOHOST (sysexits.h)
 * refuse it for all, anything else is for later. PD_TEMPORARY: the program could not be run; PD_UNCERTAIN: it
 * did not end within the timeout (ms), or by a signal. */
int pd_sendmail_send(const char *path, struct pd_arena *arena, const struct pd_mail *mail, pd_time timeout,
		     struct pd_sent_recipient *ret_verdicts, struct pd_error *error);

#endif

/* Filling a struct pd_error: see error.h. Cannot fail. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(struct pd_error *error, enum pd_class class, const char *format, va_list args)
{
	error->class = class;
	vsnprintf(error->text, sizeof error->text, format, args);
	/* One line, whatever stood in the arguments. */
	for (char *c = error->text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
}

int pd_fail(struct pd_error *error, enum pd_class class, const char *format, ...)
{
	if (error != NULL) {
		va_list args;
		va_start(args, format);
		fill(error, class, format, args);
		va_end(args);
	}
	return (int)class;
}

int pd_fail_errno(struct pd_error *error, enum pd_class class, int saved_errno, const char *format, ...)
{
	if (saved_errno == ENOSPC || saved_errno == EDQUOT || saved_errno == EFBIG)
		class = PD_FULL;
	if (error != NULL) {
		char reason[128];
		const char *text = strerror_r(saved_errno, reason, sizeof reason);
		va_list args;
		va_start(args, format);
		fill(error, class, format, args);
		va_end(args);
		size_t len = strlen(error->text);
		snprintf(error->text + len, sizeof error->text - len, ": %s", text);
	}
	return (int)class;
}

/* What went wrong, and what the MTA must do about it.
 *
 * A function that can fail returns 0 (PD_OK) or one of these classes, and
 * fills a struct pd_error with a short text for people. Out arguments named
 * ret_x are untouched on failure. Only gates turn classes into SMTP codes. */
#ifndef PD_BASE_ERROR_H
#define PD_BASE_ERROR_H

enum pd_class {
	PD_OK = 0,
	PD_TEMPORARY,	  /* try again: 451 4.3.0, exit 75 */
	PD_FULL,	  /* no space: 452 4.3.1, exit 75 */
	PD_UNCERTAIN,	  /* a write may have happened: 451 4.3.0 */
	PD_PERMANENT,	  /* it will never work: 550, exit 1 */
	PD_CONFIGURATION, /* the administrator must mend something: exit 78 */
};

struct pd_error {
	enum pd_class class;
	char text[512]; /* one line, no final newline */
};

/* Fills the error (NULL is allowed) and returns the class, for `return pd_fail(...)`. */
int pd_fail(struct pd_error *error, enum pd_class class, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* As pd_fail, with ": strerror(saved_errno)" after the text. ENOSPC, EDQUOT and EFBIG make the class PD_FULL. */
int pd_fail_errno(struct pd_error *error, enum pd_class class, int saved_errno, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif

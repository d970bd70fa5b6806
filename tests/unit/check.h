/* What every unit test starts with: cmocka and the headers that it needs before it. */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

/* Milliseconds of this thread's work, whatever else the machine does: for what must not take long. */
static inline int64_t cpu_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* For a row of a table: says which one, since cmocka tells the line alone. */
#define CHECK_ROW(name, condition)                                                                           \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			fail_msg("row \"%s\": %s", (name), #condition);                                      \
	} while (0)

/* NULL equals NULL only. */
#define CHECK_ROW_STRING(name, got, want)                                                                    \
	do {                                                                                                 \
		const char *got_ = (got), *want_ = (want);                                                   \
		if (got_ == NULL ? want_ != NULL : want_ == NULL || __builtin_strcmp(got_, want_) != 0)      \
			fail_msg("row \"%s\": got \"%s\", want \"%s\"", (name),                              \
				 got_ != NULL ? got_ : "(null)", want_ != NULL ? want_ : "(null)");          \
	} while (0)

#endif

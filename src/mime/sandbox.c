/* The doors of a reader, closed: what a parser of foreign mail may still ask of the kernel.
 *
 * Memory, reading and writing on what is open already, and ending. Opening a file is refused with an error
 * (libraries try it and do without), everything else kills the process. Fails by ending the process:
 * a reader without its sandbox reads nothing. */
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "mime/inside.h"

#define MIN_MEMORY ((uint64_t)192 << 20) /* the program, its libraries and charsets are mapped already */

static void limit(int what, rlim_t value)
{
	struct rlimit both = {.rlim_cur = value, .rlim_max = value};
	if (setrlimit((__rlimit_resource_t)what, &both) != 0)
		_exit(78);
}

#ifndef PD_SANITIZED
static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(getrandom),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(lseek),
	SCMP_SYS(sysinfo),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(sched_yield),
};

/* The same under the names of 32-bit machines; where they are unknown they are left out. */
static const int allowed_elsewhere[] = {
	SCMP_SYS(_llseek),
	SCMP_SYS(fstat64),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(futex_time64),
};

static const int refused[] = {
	SCMP_SYS(open),	      SCMP_SYS(openat),	  SCMP_SYS(stat),	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(statx),	  SCMP_SYS(access),	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
};

static void filter(void)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed = context == NULL;
	for (size_t i = 0; !failed && i < sizeof allowed / sizeof *allowed; i++)
		failed = seccomp_rule_add(context, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; !failed && i < sizeof allowed_elsewhere / sizeof *allowed_elsewhere; i++)
		(void)seccomp_rule_add(context, SCMP_ACT_ALLOW, allowed_elsewhere[i], 0);
	/* a call that this machine does not have gives -EDOM or is skipped by libseccomp; it need not be
	 * refused */
	for (size_t i = 0; !failed && i < sizeof refused / sizeof *refused; i++)
		(void)seccomp_rule_add(context, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	(void)seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1,
			       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* no memory that can be executed */
	failed = failed ||
		 seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0 ||
		 seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0 ||
		 seccomp_load(context) != 0;
	if (failed)
		_exit(78);
	seccomp_release(context);
}
#endif

void pd_sandbox_enter(const struct pd_reader_hello *hello)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(78);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 16);
	if (hello->seconds > 0)
		limit(RLIMIT_CPU, hello->seconds);
#ifdef PD_SANITIZED
		/* The sanitizers map terabytes and make calls of their own: only the limits above hold. */
#else
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (hello->memory > 0)
		limit(RLIMIT_AS, hello->memory > MIN_MEMORY ? hello->memory : MIN_MEMORY);
	filter();
#endif
}

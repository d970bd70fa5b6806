/* The doors of a verifier's helper, closed: what gpg may do with a hostile signature.
 *
 * No sockets at all (so no network, no agent), no new rights, nothing that looks into other processes; limits on
 * memory, time and written bytes; and where the kernel has Landlock (5.13), no file but the system's programs,
 * their libraries and settings, and its own folder. Fails by ending the process. */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<linux/landlock.h>) && defined SYS_landlock_create_ruleset
#include <linux/landlock.h>
#define HAS_LANDLOCK 1
#endif

#include "mime/verifier_tasks.h"

#define MEMORY	((rlim_t)1 << 30)
#define WRITTEN ((rlim_t)16 << 20)

static void limit(int what, rlim_t value)
{
	struct rlimit both = {.rlim_cur = value, .rlim_max = value};
	if (setrlimit((__rlimit_resource_t)what, &both) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
}

static const int refused[] = {
	SCMP_SYS(socket),	  SCMP_SYS(socketpair),	      SCMP_SYS(connect),
	SCMP_SYS(bind),		  SCMP_SYS(listen),	      SCMP_SYS(accept),
	SCMP_SYS(accept4),	  SCMP_SYS(ptrace),	      SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd),   SCMP_SYS(pidfd_open),
	SCMP_SYS(mount),	  SCMP_SYS(umount2),	      SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),	  SCMP_SYS(setns),	      SCMP_SYS(unshare),
	SCMP_SYS(bpf),		  SCMP_SYS(perf_event_open),  SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl),	      SCMP_SYS(add_key),
	SCMP_SYS(request_key),	  SCMP_SYS(init_module),      SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load),	  SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at),
	SCMP_SYS(msgget),	  SCMP_SYS(shmget),	      SCMP_SYS(semget),
	SCMP_SYS(mq_open),	  SCMP_SYS(personality),      SCMP_SYS(setsid),
};

static void filter(void)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	if (context == NULL)
		_exit(PD_VERIFIER_NO_SANDBOX);
	/* What this machine does not have need not be refused. */
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		(void)seccomp_rule_add(context, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	if (seccomp_load(context) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	seccomp_release(context);
}

#ifdef HAS_LANDLOCK
#define READING (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILES	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ALL                                                                                           \
	(READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                     \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |   \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static void allow(int ruleset, const char *path, __u64 access)
{
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return; /* not there: nothing to allow */
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		access &= FILES;
	struct landlock_path_beneath_attr attribute = {.allowed_access = access, .parent_fd = fd};
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attribute, 0) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	close(fd);
}

static void close_files(const char *home, const char *program)
{
	static const char *const system[] = {"/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc", "/gnu/store", "/nix/store"};
	struct landlock_ruleset_attr attribute = {.handled_access_fs = ALL};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attribute, sizeof attribute, 0);
	if (ruleset < 0 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
		return; /* a kernel without it, or a container that forbids to ask */
	if (ruleset < 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	for (size_t i = 0; i < sizeof system / sizeof *system; i++)
		allow(ruleset, system[i], READING);
	allow(ruleset, program, READING);
	allow(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
	allow(ruleset, "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE);
	allow(ruleset, "/dev/random", LANDLOCK_ACCESS_FS_READ_FILE);
	allow(ruleset, home, ALL & ~(__u64)LANDLOCK_ACCESS_FS_EXECUTE);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	close(ruleset);
}
#else
static void close_files(const char *home, const char *program)
{
	(void)home;
	(void)program;
}
#endif

void pd_verifier_sandbox(const char *home, const char *program, unsigned seconds)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		_exit(PD_VERIFIER_NO_SANDBOX);
	close_files(home, program);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 64);
	limit(RLIMIT_CPU, seconds);
	limit(RLIMIT_FSIZE, WRITTEN);
#ifndef PD_SANITIZED
	limit(RLIMIT_AS, MEMORY);
#endif
	filter();
}

/* What postdeskd does once before it serves: see setup.h.
 *
 * Promises: after pd_setup_identity nothing runs as root; a directory that exists keeps its owner and mode.
 * Fails: PD_CONFIGURATION with what the administrator must mend. */
#include "daemon/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

static int ready_fd = -1; /* to the waiting parent; -1: none */

/* The parent: until the child says its code or ends. */
static void await_child(int fd, pid_t child)
{
	unsigned char code;
	int status;
	if (pd_read_all(fd, &code, 1) == 0)
		_exit(code);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 75);
}

int pd_setup_detach(struct pd_error *error)
{
	int pipes[2];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot go to the background");
	pid_t child = fork();
	if (child < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot go to the background");
	if (child > 0) {
		close(pipes[1]);
		await_child(pipes[0], child);
	}
	close(pipes[0]);
	ready_fd = pipes[1];
	setsid();
	PD_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || chdir("/") < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "cannot go to the background");
	return PD_OK;
}

void pd_setup_failed(int code)
{
	unsigned char byte = (unsigned char)code;
	if (ready_fd < 0)
		return;
	pd_write_all(ready_fd, &byte, 1);
	close(ready_fd);
	ready_fd = -1;
}

void pd_setup_ready(void)
{
	if (ready_fd < 0)
		return;
	PD_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	pd_setup_failed(0);
}

/* The user to become; PD_OK with is_needed false where none is. */
static int find_user(const struct pd_settings *settings, struct passwd *ret_user, bool *ret_is_needed,
		     struct pd_error *error)
{
	*ret_is_needed = geteuid() == 0 && settings->user != NULL && *settings->user != '\0';
	if (!*ret_is_needed)
		return PD_OK;
	errno = 0;
	struct passwd *user = getpwnam(settings->user);
	if (user == NULL)
		return pd_fail(error, PD_CONFIGURATION, "user = %s: there is no such user on this system",
			       settings->user);
	*ret_user = *user;
	return PD_OK;
}

static int make_directory(const char *path, mode_t mode, uid_t uid, gid_t gid, struct pd_error *error)
{
	if (mkdir(path, 0700) < 0) {
		if (errno == EEXIST)
			return PD_OK;
		return pd_fail_errno(error, PD_CONFIGURATION, errno, "cannot make the directory %s", path);
	}
	/* Owner first: it takes away special bits. */
	if (chown(path, uid, gid) < 0 || chmod(path, mode) < 0) {
		int saved = errno;
		rmdir(path);
		return pd_fail_errno(error, PD_CONFIGURATION, saved, "cannot give the directory %s its owner",
				     path);
	}
	return PD_OK;
}

static int make_parents(const char *path, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	char *copy = pd_strdup(arena, path);
	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return pd_fail_errno(error, PD_CONFIGURATION, errno, "cannot make the directory %s",
					     copy);
		*slash = '/';
	}
	return PD_OK;
}

/* The folder of a unix socket: the MTA's group may reach into it, and its set-group-ID bit gives the socket
 * that group, too. */
static int socket_directory(const char *where, uid_t uid, gid_t gid, struct pd_error *error)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	if (where == NULL || !pd_starts(where, "unix:"))
		return PD_OK;
	char *path = pd_strdup(arena, where + strlen("unix:")), *slash = strrchr(path, '/');
	if (slash == NULL || slash == path)
		return PD_OK;
	*slash = '\0';
	struct group *mta = getgrnam("postfix");
	return make_directory(path, mta != NULL ? 02750 : 0750, uid, mta != NULL ? mta->gr_gid : gid, error);
}

int pd_setup_directories(const struct pd_settings *settings, struct pd_error *error)
{
	struct passwd user;
	bool is_needed;
	int class = find_user(settings, &user, &is_needed, error);
	if (class != PD_OK)
		return class;
	uid_t uid = is_needed ? user.pw_uid : geteuid();
	gid_t gid = is_needed ? user.pw_gid : getegid();
	/* Others may reach the control socket by its name, and see nothing else. */
	if ((class = make_parents(settings->state, error)) != PD_OK ||
	    (class = make_directory(settings->state, 0751, uid, gid, error)) != PD_OK)
		return class;
	if (geteuid() != 0)
		return PD_OK;
	if ((class = socket_directory(settings->lmtp, uid, gid, error)) != PD_OK)
		return class;
	return socket_directory(settings->milter, uid, gid, error);
}

int pd_setup_early_listener(const char *where, int *ret_fd, struct pd_error *error)
{
	unsigned long long port;
	*ret_fd = -1;
	if (where == NULL || !pd_starts(where, "inet:") || geteuid() != 0 ||
	    !pd_number(strrchr(where, ':') + 1, 1023, &port))
		return PD_OK;
	return pd_listen(where, 0660, ret_fd, error);
}

int pd_setup_identity(const struct pd_settings *settings, struct pd_error *error)
{
	struct passwd user;
	bool is_needed;
	int class = find_user(settings, &user, &is_needed, error);
	if (class != PD_OK || !is_needed)
		return class;
	if (initgroups(user.pw_name, user.pw_gid) < 0 || setgid(user.pw_gid) < 0 || setuid(user.pw_uid) < 0)
		return pd_fail_errno(error, PD_CONFIGURATION, errno, "cannot become the user %s",
				     user.pw_name);
	if (user.pw_uid != 0 && setuid(0) == 0)
		return pd_fail(error, PD_CONFIGURATION, "could become root again");
	return PD_OK;
}

void pd_setup_descriptors(unsigned connections)
{
	struct rlimit limit;
	rlim_t want = 4 * (rlim_t)connections + 512;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

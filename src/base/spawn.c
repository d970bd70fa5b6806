/* Starting another program: see spawn.h. Promises: usable beside threads. Fails: as posix_spawn does, with errno. */
#include "base/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

int pd_spawn(const char *program, char *const argv[], const int fds[], size_t count, pid_t *ret_pid)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t actions;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes,
				 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&actions);
	for (size_t i = 0; i < count; i++) {
		if (fds[i] == PD_SPAWN_NULL)
			posix_spawn_file_actions_addopen(&actions, (int)i, "/dev/null", O_RDWR, 0);
		else if (fds[i] != PD_SPAWN_SAME)
			posix_spawn_file_actions_adddup2(&actions, fds[i], (int)i);
	}
	int result = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return result;
}

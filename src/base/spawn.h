/* Starting another program: what it inherits is said, and nothing else. */
#ifndef PD_BASE_SPAWN_H
#define PD_BASE_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#define PD_SPAWN_NULL (-1) /* /dev/null */
#define PD_SPAWN_SAME (-2) /* what this process has there */
/* For stderr of helpers that have nothing to say: where sanitizers report. */
#ifdef PD_SANITIZED
#define PD_SPAWN_MUTE PD_SPAWN_SAME
#else
#define PD_SPAWN_MUTE PD_SPAWN_NULL
#endif

/* Runs the program at that path with these arguments (argv[0] its name, NULL at the end). It has fds[N] as descriptor N,
 * or one of the above; descriptors from `count` on stay where they do not close on exec. Its signals are as a fresh
 * program expects them, and its process group is its own: a terminal's ^C is this process's affair.
 * Returns 0 or errno; ret_pid must be waited for. */
int pd_spawn(const char *program, char *const argv[], const int fds[], size_t count, pid_t *ret_pid);

#endif

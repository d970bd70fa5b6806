/* Descriptors: whole reads and writes, deadlines, addresses of listeners. */
#ifndef PD_BASE_IO_H
#define PD_BASE_IO_H

#include <stdint.h>
#include <sys/types.h>
#include "base/error.h"

/* Closes on leaving the scope; -1 is allowed. */
static inline void pd_fd_cleanup(int *fd);
#define PD_AUTO_FD __attribute__((cleanup(pd_fd_cleanup))) int

/* All of it or an error, retrying EINTR. 0 on success, -1 with errno (EPIPE at end of file). */
int pd_read_all(int fd, void *data, size_t len);
int pd_write_all(int fd, const void *data, size_t len);
/* As above, until pd_monotonic() passes the deadline: then -1 with ETIMEDOUT. The descriptor is non-blocking or a socket. */
int pd_read_all_until(int fd, void *data, size_t len, int64_t deadline);
int pd_write_all_until(int fd, const void *data, size_t len, int64_t deadline);
/* Waits until events (POLLIN, POLLOUT); 1 ready, 0 deadline passed, -1 error. */
int pd_wait(int fd, short events, int64_t deadline);

/* "unix:PATH" or "inet:HOST:PORT" ("inet:[::1]:PORT"): sockets with close-on-exec.
 * A stale unix socket is replaced; mode is the socket file's (0660). */
int pd_listen(const char *where, mode_t mode, int *ret_fd, struct pd_error *error);
int pd_connect(const char *where, int64_t deadline, int *ret_fd, struct pd_error *error);

#include <unistd.h>
static inline void pd_fd_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif

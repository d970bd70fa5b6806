/* Descriptors: whole reads and writes, deadlines, listeners and connections.
 *
 * Promises: EINTR is never seen by a caller; each descriptor made here is closed on exec. Fails: -1 with
 * errno from the read and write functions, a class and a text naming the address from the others. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/text.h"

int pd_read_all(int fd, void *data, size_t len)
{
	for (char *at = data; len > 0;) {
		ssize_t n = read(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int pd_write_all(int fd, const void *data, size_t len)
{
	for (const char *at = data; len > 0;) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int pd_wait(int fd, short events, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - pd_monotonic();
		if (left < 0)
			left = 0;
		struct pollfd poller = {.fd = fd, .events = events};
		int n = poll(&poller, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n > 0)
			return 1; /* ready, or an error that the next call tells */
		if (left <= INT_MAX)
			return 0;
	}
}

/* A socket is read and written without blocking whatever its mode; others are non-blocking by promise. */
static ssize_t read_now(int fd, void *data, size_t len)
{
	ssize_t n = recv(fd, data, len, MSG_DONTWAIT);
	return n < 0 && errno == ENOTSOCK ? read(fd, data, len) : n;
}

static ssize_t write_now(int fd, const void *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n < 0 && errno == ENOTSOCK ? write(fd, data, len) : n;
}

static int wait_or_fail(int fd, short events, int64_t deadline)
{
	int ready = pd_wait(fd, events, deadline);
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? 0 : -1;
}

int pd_read_all_until(int fd, void *data, size_t len, int64_t deadline)
{
	for (char *at = data; len > 0;) {
		ssize_t n = read_now(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (wait_or_fail(fd, POLLIN, deadline) < 0)
				return -1;
			continue;
		}
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int pd_write_all_until(int fd, const void *data, size_t len, int64_t deadline)
{
	for (const char *at = data; len > 0;) {
		ssize_t n = write_now(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (wait_or_fail(fd, POLLOUT, deadline) < 0)
				return -1;
			continue;
		}
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int unix_address(const char *where, struct sockaddr_un *ret_address, struct pd_error *error)
{
	const char *path = where + strlen("unix:");
	if (*path == '\0' || strlen(path) >= sizeof ret_address->sun_path)
		return pd_fail(error, PD_CONFIGURATION, "%s: a socket's path has 1 to %zu bytes", where,
			       sizeof ret_address->sun_path - 1);
	memset(ret_address, 0, sizeof *ret_address);
	ret_address->sun_family = AF_UNIX;
	strcpy(ret_address->sun_path, path);
	return PD_OK;
}

/* "inet:HOST:PORT"; IPv6 addresses in brackets. The list is the caller's to free. */
static int inet_addresses(const char *where, bool is_passive, struct addrinfo **ret_list,
			  struct pd_error *error)
{
	char host[256];
	const char *at = where + strlen("inet:"), *port = strrchr(at, ':');
	unsigned long long number;
	if (port == NULL || !pd_number(port + 1, 65535, &number))
		return pd_fail(error, PD_CONFIGURATION, "%s: no port number at its end", where);
	size_t len = (size_t)(port - at);
	if (len >= 2 && at[0] == '[' && at[len - 1] == ']') {
		at++;
		len -= 2;
	} else if (memchr(at, ':', len) != NULL) {
		return pd_fail(error, PD_CONFIGURATION, "%s: write an IPv6 address in brackets", where);
	}
	if (len == 0 || len >= sizeof host)
		return pd_fail(error, PD_CONFIGURATION, "%s: no host before the port", where);
	memcpy(host, at, len);
	host[len] = '\0';
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_NUMERICSERV | (is_passive ? AI_PASSIVE : 0)};
	int code = getaddrinfo(host, port + 1, &hints, ret_list);
	if (code != 0)
		return pd_fail(error, code == EAI_AGAIN ? PD_TEMPORARY : PD_CONFIGURATION, "%s: %s", where,
			       gai_strerror(code));
	return PD_OK;
}

/* Someone listens there and answers. */
static bool is_alive(const struct sockaddr_un *address)
{
	PD_AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0 &&
	       (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
}

static int listen_unix(const char *where, mode_t mode, int *ret_fd, struct pd_error *error)
{
	struct sockaddr_un address;
	int class = unix_address(where, &address, error);
	if (class != PD_OK)
		return class;
	struct stat st;
	if (lstat(address.sun_path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return pd_fail(error, PD_CONFIGURATION, "%s: something that is no socket lies there",
				       where);
		if (is_alive(&address))
			return pd_fail(error, PD_TEMPORARY, "%s: another process listens there", where);
		if (unlink(address.sun_path) < 0)
			return pd_fail_errno(error, PD_CONFIGURATION, errno, "%s", where);
	}
	PD_AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", where);
	/* Nobody but the owner until chmod: bind gives the file the descriptor's mode on Linux. */
	fchmod(fd, 0600);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(address.sun_path, mode) < 0 ||
	    listen(fd, SOMAXCONN) < 0)
		return pd_fail_errno(error, PD_CONFIGURATION, errno, "%s", where);
	*ret_fd = fd;
	fd = -1;
	return PD_OK;
}

static int listen_inet(const char *where, int *ret_fd, struct pd_error *error)
{
	struct addrinfo *list;
	int class = inet_addresses(where, true, &list, error);
	if (class != PD_OK)
		return class;
	int saved = EADDRNOTAVAIL;
	for (struct addrinfo *one = list; one != NULL; one = one->ai_next) {
		const int on = 1;
		PD_AUTO_FD fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
		    bind(fd, one->ai_addr, one->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
			saved = errno;
			continue;
		}
		freeaddrinfo(list);
		*ret_fd = fd;
		fd = -1;
		return PD_OK;
	}
	freeaddrinfo(list);
	return pd_fail_errno(error, saved == EADDRINUSE ? PD_TEMPORARY : PD_CONFIGURATION, saved, "%s",
			     where);
}

int pd_listen(const char *where, mode_t mode, int *ret_fd, struct pd_error *error)
{
	if (pd_starts(where, "unix:"))
		return listen_unix(where, mode, ret_fd, error);
	if (pd_starts(where, "inet:"))
		return listen_inet(where, ret_fd, error);
	return pd_fail(error, PD_CONFIGURATION, "%s: neither unix:PATH nor inet:HOST:PORT", where);
}

/* Connects the non-blocking socket; 0, or -1 with errno. */
static int connect_until(int fd, const struct sockaddr *address, socklen_t len, int64_t deadline)
{
	for (;;) {
		if (connect(fd, address, len) == 0 || errno == EISCONN)
			return 0;
		if (errno == EAGAIN && address->sa_family == AF_UNIX) {
			/* The listener's queue is full, and poll cannot tell when it no longer is. */
			if (pd_monotonic() >= deadline) {
				errno = ETIMEDOUT;
				return -1;
			}
			poll(NULL, 0, 10);
			continue;
		}
		if (errno != EINPROGRESS && errno != EINTR && errno != EALREADY)
			return -1;
		if (wait_or_fail(fd, POLLOUT, deadline) < 0)
			return -1;
		int code = 0;
		socklen_t size = sizeof code;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
			return -1;
		if (code != 0) {
			errno = code;
			return -1;
		}
		return 0;
	}
}

/* The descriptor comes back blocking. */
static int connect_one(int family, const struct sockaddr *address, socklen_t len, int64_t deadline)
{
	PD_AUTO_FD fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect_until(fd, address, len, deadline) < 0)
		return -1;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -1;
	const int on = 1;
	if (family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	int connected = fd;
	fd = -1;
	return connected;
}

int pd_connect(const char *where, int64_t deadline, int *ret_fd, struct pd_error *error)
{
	int fd = -1;
	if (pd_starts(where, "unix:")) {
		struct sockaddr_un address;
		int class = unix_address(where, &address, error);
		if (class != PD_OK)
			return class;
		fd = connect_one(AF_UNIX, (struct sockaddr *)&address, sizeof address, deadline);
	} else if (pd_starts(where, "inet:")) {
		struct addrinfo *list;
		int class = inet_addresses(where, false, &list, error);
		if (class != PD_OK)
			return class;
		int saved = 0;
		for (struct addrinfo *one = list; one != NULL && fd < 0; one = one->ai_next) {
			fd = connect_one(one->ai_family, one->ai_addr, one->ai_addrlen, deadline);
			saved = errno;
		}
		freeaddrinfo(list);
		errno = saved;
	} else {
		return pd_fail(error, PD_CONFIGURATION, "%s: neither unix:PATH nor inet:HOST:PORT", where);
	}
	if (fd < 0)
		return pd_fail_errno(error, PD_TEMPORARY, errno, "%s", where);
	*ret_fd = fd;
	return PD_OK;
}

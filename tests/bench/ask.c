/* How fast a running desk answers at its control socket: one line a request.
 *
 * usage: ask SOCKET [AIM]    reads lines "TIMES <tab> LABEL <tab> REQUEST"; tells after how many milliseconds the whole
 * answer was there at the median and the 95th percentile, and how many objects it had. AIM: milliseconds at the 95th
 * percentile; what is above is marked. Exit 1 where an answer is an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TIMES_MAX 1000

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static FILE *reach(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path) {
		fprintf(stderr, "ask: %s: too long for a socket\n", path);
		exit(2);
	}
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		perror(path);
		exit(1);
	}
	return fdopen(fd, "r");
}

/* The number of objects before the last one; exits where that tells of an error. */
static size_t ask(FILE *desk, const char *request)
{
	static char *line;
	static size_t room;
	size_t count = 0;
	if (write(fileno(desk), request, strlen(request)) != (ssize_t)strlen(request))
		exit(1);
	while (getline(&line, &room, desk) > 0) {
		if (strncmp(line, "{\"exit\":", 8) != 0) {
			count++;
			continue;
		}
		if (strncmp(line, "{\"exit\":0}", 10) == 0)
			return count;
		fprintf(stderr, "ask: %s: %s", request, line);
		exit(1);
	}
	fputs("ask: the desk hung up\n", stderr);
	exit(1);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;
	if (argc < 2)
		return 2;
	FILE *desk = reach(argv[1]);
	const double aim = argc > 2 ? atof(argv[2]) : 1e9;
	while (getline(&line, &room, stdin) > 0) {
		char *label = strchr(line, '\t'), *request = label != NULL ? strchr(label + 1, '\t') : NULL;
		static double took[TIMES_MAX];
		const int wanted = atoi(line), times = wanted < 1 ? 1 : wanted > TIMES_MAX ? TIMES_MAX : wanted;
		size_t count = 0;
		if (request == NULL)
			continue;
		*request++ = '\0';
		for (int i = 0; i < times; i++) {
			const double start = now();
			count = ask(desk, request);
			took[i] = now() - start;
		}
		qsort(took, (size_t)times, sizeof *took, by_size);
		const double high = took[(times * 95 + 99) / 100 - 1];
		printf("%-58s %8.2f ms, 95 of 100 below %8.2f ms, %zu objects%s\n", label + 1, took[times / 2], high, count,
		       high > aim ? "   MISSED" : "");
		fflush(stdout);
	}
	return 0;
}

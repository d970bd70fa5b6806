/* Load for an LMTP server: how many mails a second it takes, and how long a mail waits for its reply.
 *
 *   lmtp [-s SESSIONS] [-m MAILS] [-b BYTES] [-f FIRST] [-t TAG] TARGET RECIPIENT
 *
 * TARGET is unix:PATH or inet:ADDRESS:PORT. Each session is a thread that keeps its connection and sends as Postfix
 * does: MAIL, RCPT and DATA in one write, then the mail. Mails are plain text of about BYTES bytes, one word in four
 * out of a vocabulary of 20,000; number FIRST and on, the same for the same number and TAG. Prints
 * "RATE P50 P99 MAX", mails a second and milliseconds from the final dot to the reply. Exits 1 unless each mail was
 * taken. Mails are made before the clock runs, as far as memory goes: on a small machine making them would slow
 * whatever server is measured. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "base/buf.h"
#include "base/clock.h"

static struct {
	const char *target, *recipient, *tag;
	long sessions, mails, bytes, first;
} options = {.tag = "bench", .sessions = 1, .mails = 1000, .bytes = 4000};
static atomic_long next_mail, refused;
static double *waits; /* ms, by mail */
static struct pd_buf *prepared; /* every mail, made before the clock runs; NULL: there are too many for that */
static struct pd_buf large; /* the text of every mail, where it is too large for each session to have its own */

#define LARGE	 1000000
#define PREPARED 256000000 /* bytes of mails */

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "lmtp: %s: %s\n", what, errno ? strerror(errno) : "the connection ended");
	exit(1);
}

/* --- mails --- */

static void add_text(struct pd_buf *mail, unsigned seed)
{
	static const char *const common[] = {
		"printer",  "invoice", "the",	  "password", "reset", "please", "network", "cannot",
		"login",    "error",   "account", "update",   "since", "from",	 "hello",   "ticket",
		"customer", "server",  "slow",	  "thanks",   "order", "screen", "window",  "again",
		"support",  "team",    "with",	  "about",    "a",     "is",	 "to",	    "and"};
	size_t end = mail->len + (size_t)options.bytes, line = mail->len;
	while (mail->len < end) {
		seed = seed * 1103515245U + 12345;
		unsigned random = seed >> 8;
		if (random % 4 == 0)
			pd_buf_addf(mail, "w%u", random * 7 % 20000);
		else
			pd_buf_adds(mail, common[random / 4 % 32]);
		bool is_full = mail->len - line > 70;
		pd_buf_adds(mail, is_full ? "\r\n" : " ");
		if (is_full)
			line = mail->len;
	}
}

static void build(struct pd_buf *mail, long number)
{
	char date[64];
	time_t now = time(NULL);
	struct tm utc;
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &utc));
	pd_buf_clear(mail);
	pd_buf_addf(mail,
		    "Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n"
		    "\tby mail.example.com (Postfix) with ESMTPS id 4XYZ%ld\r\n\tfor <%s>; %s\r\n"
		    "From: \"User %ld\" <user%ld@example.org>\r\nTo: %s\r\nSubject: Trouble number %ld with a thing\r\n"
		    "Date: %s\r\nMessage-ID: <m%ld.%s@example.org>\r\nMIME-Version: 1.0\r\n"
		    "Content-Type: text/plain; charset=utf-8\r\n\r\n",
		    number, options.recipient, date, number % 500, number % 500, options.recipient, number, date, number,
		    options.tag);
	if (options.bytes >= LARGE)
		return;
	add_text(mail, (unsigned)number * 2654435761U + 7);
	pd_buf_adds(mail, "\r\n.\r\n");
}

/* --- one session --- */

struct session {
	int fd;
	char in[8192];
	size_t at, len;
};

static int dial(void)
{
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd, on = 1;
	if (strncmp(options.target, "unix:", 5) == 0) {
		snprintf(path.sun_path, sizeof path.sun_path, "%s", options.target + 5);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		return connect(fd, (struct sockaddr *)&path, sizeof path) == 0 ? fd : -1;
	}
	char host[64] = "";
	unsigned short port = 0;
	if (sscanf(options.target, "inet:%63[^:]:%hu", host, &port) != 2 || inet_pton(AF_INET, host, &address.sin_addr) != 1)
		return -1;
	address.sin_port = htons(port);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void send_all(struct session *session, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(session->fd, data, len, MSG_NOSIGNAL);
		if (n <= 0)
			die("send");
		data += n;
		len -= (size_t)n;
	}
}

/* The first digit of a reply, whose text goes to standard error where it is none that was wanted. */
static char reply(struct session *session, char wanted)
{
	char line[1024];
	size_t len = 0;
	for (;;) {
		if (session->at == session->len) {
			errno = 0;
			ssize_t n = recv(session->fd, session->in, sizeof session->in, 0);
			if (n <= 0)
				die("recv");
			session->at = 0;
			session->len = (size_t)n;
		}
		char c = session->in[session->at++];
		if (len < sizeof line - 1)
			line[len++] = c;
		if (c != '\n')
			continue;
		line[len] = '\0';
		if (len > 3 && line[3] != '-')
			break;
		len = 0;
	}
	if (line[0] != wanted)
		fputs(line, stderr);
	return line[0];
}

static void deliver(struct session *session, struct pd_buf *mail, long number)
{
	PD_AUTO_BUF envelope = {0};
	if (prepared)
		mail = &prepared[number];
	else
		build(mail, options.first + number);
	pd_buf_addf(&envelope, "MAIL FROM:<user%ld@example.org>\r\nRCPT TO:<%s>\r\nDATA\r\n", number % 500,
		    options.recipient);
	send_all(session, envelope.data, envelope.len);
	if (reply(session, '2') != '2' || reply(session, '2') != '2' || reply(session, '3') != '3')
		exit(1);
	double began = milliseconds();
	send_all(session, mail->data, mail->len);
	send_all(session, large.data, large.len);
	if (reply(session, '2') != '2')
		atomic_fetch_add(&refused, 1);
	waits[number] = milliseconds() - began;
}

static void *run_session(void *unused)
{
	(void)unused;
	struct session session = {.fd = dial()};
	PD_AUTO_BUF mail = {0};
	if (session.fd < 0)
		die(options.target);
	reply(&session, '2');
	send_all(&session, "LHLO bench.example.org\r\n", 24);
	reply(&session, '2');
	for (long number; (number = atomic_fetch_add(&next_mail, 1)) < options.mails;)
		deliver(&session, &mail, number);
	send_all(&session, "QUIT\r\n", 6);
	reply(&session, '2');
	close(session.fd);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	for (int option; (option = getopt(argc, argv, "s:m:b:f:t:")) > 0;) {
		switch (option) {
		case 's': options.sessions = atol(optarg); break;
		case 'm': options.mails = atol(optarg); break;
		case 'b': options.bytes = atol(optarg); break;
		case 'f': options.first = atol(optarg); break;
		case 't': options.tag = optarg; break;
		default: optind = argc;
		}
	}
	if (argc - optind != 2 || options.sessions < 1 || options.mails < 1 || options.bytes < 1) {
		fputs("usage: lmtp [-s SESSIONS] [-m MAILS] [-b BYTES] [-f FIRST] [-t TAG] TARGET RECIPIENT\n", stderr);
		return 2;
	}
	options.target = argv[optind];
	options.recipient = argv[optind + 1];
	waits = calloc((size_t)options.mails, sizeof *waits);
	pthread_t *threads = calloc((size_t)options.sessions, sizeof *threads);
	if (!waits || !threads)
		return 1;
	if (options.bytes >= LARGE) {
		add_text(&large, 7);
		pd_buf_adds(&large, "\r\n.\r\n");
	}
	if (options.bytes < LARGE && options.mails <= PREPARED / (options.bytes + 1000)) {
		prepared = calloc((size_t)options.mails, sizeof *prepared);
		if (!prepared)
			return 1;
		for (long i = 0; i < options.mails; i++)
			build(&prepared[i], options.first + i);
	}
	double began = milliseconds();
	for (long i = 0; i < options.sessions; i++)
		if (pthread_create(&threads[i], NULL, run_session, NULL) != 0)
			return 1;
	for (long i = 0; i < options.sessions; i++)
		pthread_join(threads[i], NULL);
	double took = milliseconds() - began;
	qsort(waits, (size_t)options.mails, sizeof *waits, compare);
	printf("%.0f %.2f %.2f %.2f\n", (double)options.mails * 1e3 / took, waits[options.mails / 2],
	       waits[options.mails * 99 / 100], waits[options.mails - 1]);
	for (long i = 0; prepared && i < options.mails; i++)
		pd_buf_free(&prepared[i]);
	free(prepared);
	free(waits);
	free(threads);
	pd_buf_free(&large);
	return atomic_load(&refused) > 0;
}

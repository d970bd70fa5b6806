/* What the milter costs Postfix a mail, beside no milter and beside one that does nothing.
 *
 *   milter idle PLACE [lean]      a milter that does nothing: it lets itself be told each step and says "go on";
 *                                 lean: it asks for no step but the last
 *   milter drive LABEL LOGIN TO BYTES MAILS NAME=PORT...
 *
 * drive sends MAILS mails of BYTES to the recipient TO over one connection to each port, a few in turns;
 * LOGIN "-" is nobody, else XCLIENT tells it. A mail's time is from MAIL to the answer to its end, with
 * pipelining as an MTA's. It prints the median of each, what it adds to the first, and that beside what the second
 * adds. tests/bench/milter-beside-nothing starts it all. */
#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PORTS = 6, AT_ONCE = 5 };

/* --- the idle milter --- */

static sfsistat on_connect(SMFICTX *ctx, char *name, _SOCK_ADDR *address)
{
	(void)ctx, (void)name, (void)address;
	return SMFIS_CONTINUE;
}

static sfsistat on_word(SMFICTX *ctx, char *word)
{
	(void)ctx, (void)word;
	return SMFIS_CONTINUE;
}

static sfsistat on_words(SMFICTX *ctx, char **words)
{
	(void)ctx, (void)words;
	return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx, (void)name, (void)value;
	return SMFIS_CONTINUE;
}

static sfsistat on_step(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *data, size_t len)
{
	(void)ctx, (void)data, (void)len;
	return SMFIS_CONTINUE;
}

static int idle(char *place, int is_lean)
{
	struct smfiDesc milter = {
		.xxfi_name = "idle",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_word,
		.xxfi_envfrom = on_words,
		.xxfi_envrcpt = on_words,
		.xxfi_header = on_header,
		.xxfi_eoh = on_step,
		.xxfi_body = on_body,
		.xxfi_eom = on_step,
		.xxfi_abort = on_step,
		.xxfi_close = on_step,
	};
	if (is_lean)
		milter = (struct smfiDesc){.xxfi_name = "lean", .xxfi_version = SMFI_VERSION, .xxfi_eom = on_step};
	return smfi_register(milter) != MI_SUCCESS || smfi_setconn(place) != MI_SUCCESS || smfi_main() != MI_SUCCESS;
}

/* --- the client --- */

struct place {
	const char *name;
	FILE *in, *out;
	double *times;
	size_t count;
};

static void die(const char *what, const char *line)
{
	fprintf(stderr, "milter: %s: %s\n", what, line);
	exit(1);
}

static void expect(struct place *place, const char *what, char kind)
{
	char line[1024];
	do {
		if (fgets(line, sizeof line, place->in) == NULL)
			die(what, "the connection ends");
	} while (line[3] == '-');
	if (line[0] != kind)
		die(what, line);
}

static void say(struct place *place, const char *line, char kind)
{
	fprintf(place->out, "%s\r\n", line);
	fflush(place->out);
	expect(place, line, kind);
}

static void open_place(struct place *place, char *text, const char *login, size_t mails)
{
	char *equals = strchr(text, '='), line[256];
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (equals == NULL)
		die("not NAME=PORT", text);
	*equals = '\0';
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(equals + 1))};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		die("nobody listens", equals + 1);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	*place = (struct place){.name = text, .in = fdopen(fd, "r"), .out = fdopen(dup(fd), "w")};
	place->times = calloc(mails, sizeof *place->times);
	expect(place, "the greeting", '2');
	say(place, "EHLO client.example.net", '2');
	if (strcmp(login, "-") == 0)
		return;
	snprintf(line, sizeof line, "XCLIENT LOGIN=%s", login);
	say(place, line, '2');
	say(place, "EHLO client.example.net", '2');
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void send_mail(struct place *place, const char *from, const char *to, const char *body)
{
	static unsigned long number;
	double start = seconds();
	number++;
	fprintf(place->out, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", from, to);
	fflush(place->out);
	expect(place, "MAIL", '2');
	expect(place, "RCPT", '2');
	expect(place, "DATA", '3');
	fprintf(place->out,
		"From: Somebody <%s>\r\nTo: <%s>\r\nSubject: A question, the number %lu\r\n"
		"Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <%lu.%ld@client.example.net>\r\n"
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nUser-Agent: Bench\r\n\r\n%s.\r\n",
		from, to, number, number, (long)getpid(), body);
	fflush(place->out);
	expect(place, "the end", '2');
	place->times[place->count++] = seconds() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(struct place *place)
{
	qsort(place->times, place->count, sizeof *place->times, by_size);
	return place->times[place->count / 2] * 1e3;
}

static int drive(const char *label, const char *login, const char *to, size_t bytes, size_t mails, int count,
		 char **ports)
{
	struct place places[MAX_PORTS];
	char *body = malloc(bytes + 80);
	size_t len = 0;
	if (body == NULL || count > MAX_PORTS || count < 2)
		die("too many", label);
	while (len < bytes)
		len += (size_t)sprintf(body + len, "The printer prints blank pages since this morning, %zu.\r\n", len);
	const char *from = strcmp(login, "-") == 0 ? "carol@example.net" : "anna@example.com";
	for (int i = 0; i < count; i++)
		open_place(&places[i], ports[i], login, mails);
	for (size_t sent = 0; sent < mails; sent += AT_ONCE)
		for (int i = 0; i < count; i++)
			for (int k = 0; k < AT_ONCE && places[i].count < mails; k++)
				send_mail(&places[i], from, to, body);
	double base = median(&places[0]), idles = median(&places[1]) - base;
	printf("milter: %s, %zu bytes: %s %.3f ms a mail", label, bytes, places[0].name, base);
	for (int i = 1; i < count; i++)
		printf("; %s adds %.3f ms", places[i].name, median(&places[i]) - base);
	for (int i = 2; i < count; i++)
		printf("; %s is %.2f of %s", places[i].name, (median(&places[i]) - base) / idles, places[1].name);
	putchar('\n');
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "idle") == 0)
		return idle(argv[2], argc > 3);
	if (argc >= 9 && strcmp(argv[1], "drive") == 0)
		return drive(argv[2], argv[3], argv[4], strtoul(argv[5], NULL, 10), strtoul(argv[6], NULL, 10),
			     argc - 7, argv + 7);
	fprintf(stderr, "usage: milter idle PLACE [lean] | drive LABEL LOGIN TO BYTES MAILS NAME=PORT...\n");
	return 2;
}

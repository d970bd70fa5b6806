/* A reader: the process in which foreign mail is parsed.
 *
 * Started by reader.c with its socket as descriptor 0. It warms up everything that libraries do late, closes
 * its doors (sandbox.c), says that it is ready, and serves one request after another until the socket
 * ends. Whatever a mail does to it, it dies alone: the pool sees the end of the socket and starts
 * another. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <gmime/gmime.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/io.h"
#include "mime/reader.h"
#include "mime/tree.h"

#define BIG ((size_t)1 << 20) /* after a mail of this size memory is given back */

static const char *mail; /* the common memory's two halves */
static char *answer;

/* A mail that uses what mails use, so that every late initialisation has happened before the filter. */
static const char warming[] =
	"From: =?iso-2022-jp?b?GyRCJDMbKEI=?= <a@xn--bcher-kva.example>\r\n"
	"To: b\xc3\xbc <b@b\xc3\xbc"
	"cher.example>, c: d@example.org;\r\n"
	"Subject: =?utf-8?q?w=C3=A4rme?=\r\n"
	"Date: Sat, 21 Nov 2026 14:03:00 +0200\r\n"
	"Message-ID: <1@example.org>\r\n"
	"MIME-Version: 1.0\r\n"
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
	"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
	"--y\r\nContent-Type: text/plain; charset=windows-1251; format=flowed\r\n\r\n> \xcf\xf0\xe8 "
	"\r\n#close\r\n\r\n"
	"--y\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	"<html><body><p>a&auml;=C3=A4<br>b</p><blockquote>c</blockquote></body></html>\r\n--y--\r\n"
	"--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: inner\r\n\r\ntext\r\n"
	"--x\r\nContent-Type: image/png; name*=utf-8''a%20b.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	"iVBORw0KGgo=\r\n--x--\r\n";

/* What libraries have to say about hostile mail goes nowhere. */
static void ignore_log(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
	(void)domain;
	(void)level;
	(void)text;
	(void)data;
}

static void warm(void)
{
	g_log_set_default_handler(ignore_log, NULL);
	pd_gmime_init();
	pd_charset_warm();
	pd_words_warm();
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF out = {0};
	pd_wire_put_message(&out, pd_parse_content(arena, warming, sizeof warming - 1));
}

static bool put_piece(void *to, const char *data, size_t len)
{
	int fd = *(int *)to;
	uint64_t size = len;
	return pd_write_all(fd, &size, sizeof size) == 0 && pd_write_all(fd, data, len) == 0;
}

static int answer_message(int fd, const char *data, size_t size)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_message *message = pd_parse_content(arena, data, size);
	struct pd_buf shared = {.data = answer, .room = PD_READER_ANSWER, .limit = PD_READER_ANSWER - 1};
	pd_wire_put_message(&shared, message);
	struct pd_reader_answer head = {.size = shared.len, .is_shared = true};
	if (!shared.overflowed)
		return pd_write_all(fd, &head, sizeof head);
	PD_AUTO_BUF out = {.limit = PD_READER_RESPONSE};
	pd_wire_put_message(&out, message);
	head = (struct pd_reader_answer){.size = out.len};
	return out.overflowed || pd_write_all(fd, &head, sizeof head) != 0 ? -1 : pd_write_all(fd, out.data, out.len);
}

static bool put_bytes(void *to, const char *data, size_t len)
{
	pd_buf_add(to, data, len);
	return true;
}

/* The file that stands in a text or in winmail.dat. */
static bool put_embedded(struct pd_arena *arena, const struct pd_leaf *leaf, uint64_t number, int fd)
{
	struct pd_embedded_files files = {0};
	PD_AUTO_BUF text = {0}, content = {0};
	struct pd_tnef_list packed = {0};
	pd_leaf_content(leaf, 0, put_bytes, &text);
	if (text.len > 0 && pd_tnef_files(arena, text.data, text.len, &packed)) {
		if (number >= packed.count)
			return false;
		struct pd_bytes file = packed.items[number].content;
		return file.len == 0 || put_piece(&fd, file.data, file.len);
	}
	if (text.len > 0)
		pd_embedded_find(arena, text.data, text.len < PD_PART_TEXT_LIMIT ? text.len : PD_PART_TEXT_LIMIT, &files);
	if (number >= files.count)
		return false;
	pd_embedded_decode(text.data, &files.items[number], &content);
	return content.len == 0 || put_piece(&fd, content.data, content.len);
}

/* Each content as pieces with their length before them, a length of 0 after the last. */
static int answer_contents(int fd, const char *data, size_t size, const uint64_t *indexes, size_t count)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_scan scan;
	pd_prescan(arena, data, size, &scan);
	if (scan.over)
		return -1;
	struct pd_tree *tree = pd_tree_open(arena, scan.data, scan.size);
	for (size_t i = 0; i < count; i++) {
		uint64_t end = 0, leaf = PD_EMBEDDED_LEAF(indexes[i]), number = PD_EMBEDDED_NUMBER(indexes[i]);
		if (leaf >= tree->leaves.count)
			return -1;
		bool is_sent = number == 0 ? pd_leaf_content(&tree->leaves.items[leaf], 0, put_piece, &fd)
					   : put_embedded(arena, &tree->leaves.items[leaf], number - 1, fd);
		if (!is_sent || pd_write_all(fd, &end, sizeof end) != 0)
			return -1;
	}
	return 0;
}

/* The request's head, and the descriptor that came with it (-1: none). -1 at the end. */
static int receive_head(int fd, struct pd_reader_request *ret_request, int *ret_file)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec vector = {.iov_base = ret_request, .iov_len = sizeof *ret_request};
	struct msghdr head = {.msg_iov = &vector,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof control.bytes};
	ssize_t n;
	do
		n = recvmsg(fd, &head, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -1;
	*ret_file = -1;
	struct cmsghdr *message = CMSG_FIRSTHDR(&head);
	if (message && message->cmsg_level == SOL_SOCKET && message->cmsg_type == SCM_RIGHTS)
		memcpy(ret_file, CMSG_DATA(message), sizeof(int));
	return pd_read_all(fd, (char *)ret_request + n, sizeof *ret_request - (size_t)n);
}

static int serve_one(int fd, void (*before)(const char *data, size_t size))
{
	struct pd_reader_request request;
	int file;
	if (receive_head(fd, &request, &file) != 0 || request.wanted > 100000)
		return -1;
	uint64_t *indexes = g_new0(uint64_t, request.wanted + 1);
	size_t size = (size_t)request.size;
	const char *data = mail;
	int result = -1;
	if (pd_read_all(fd, indexes, request.wanted * sizeof *indexes) != 0 ||
	    (!request.is_file && size > PD_READER_MAIL))
		return -1;
	if (request.is_file && (data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0)) == MAP_FAILED)
		return -1;
	pd_tnef_enable(request.tnef != 0);
	if (before)
		before(data, size);
	if (request.what == PD_READER_MESSAGE)
		result = answer_message(fd, data, size);
	else if (request.what == PD_READER_CONTENTS)
		result = answer_contents(fd, data, size, indexes, (size_t)request.wanted);
	if (request.is_file) {
		munmap((void *)(uintptr_t)data, size);
		close(file);
	}
	g_free(indexes);
	if (size > BIG)
		malloc_trim(0);
	return result;
}

static bool map_memory(void)
{
	void *in = mmap(NULL, PD_READER_MAIL, PROT_READ, MAP_SHARED, PD_READER_MEMORY, 0);
	void *out = mmap(NULL, PD_READER_ANSWER, PROT_READ | PROT_WRITE, MAP_SHARED, PD_READER_MEMORY,
			 (off_t)PD_READER_MAIL);
	mail = in;
	answer = out;
	return in != MAP_FAILED && out != MAP_FAILED;
}

void pd_reader_serve(int fd, void (*before)(const char *data, size_t size))
{
	struct pd_reader_hello hello;
	signal(SIGPIPE, SIG_IGN);
	if (!map_memory())
		_exit(78);
	close_range(3, ~0u, 0);
	if (pd_read_all(fd, &hello, sizeof hello) != 0)
		_exit(0);
	/* What a mail needed stays for the next; after a large one all is given back. */
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
	/* Libraries that print need no buffer, whose making would ask the kernel for more than the filter allows. */
	setvbuf(stdout, NULL, _IONBF, 0);
	setvbuf(stderr, NULL, _IONBF, 0);
	warm();
	pd_sandbox_enter(&hello);
	if (pd_write_all(fd, "R", 1) != 0)
		_exit(0);
	while (serve_one(fd, before) == 0)
		;
	_exit(0);
}

void pd_reader_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--reader") == 0)
		pd_reader_serve(STDIN_FILENO, NULL);
}

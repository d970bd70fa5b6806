/* How fast foreign mail is read and our own is written: one line a figure.
 *
 * Each kind of mail is read by one caller through one reader of the pool, the way there and back included, and beside it
 * by a program that is nothing but GMime, in short turns of which the best counts, since what else runs on the machine
 * meets the two processes more than the one:
 *   - "parser": the mail becomes a tree of parts, no content is touched; this is what bare GMime parsing is;
 *   - "with contents": texts are given as UTF-8 and attachments decoded, too, which is the least that a program must ask
 *     for before it has read a mail.
 *   - "with HTML": libxml2 makes a tree of the HTML, too.
 * The aim is a third of the parser's rate. The caller hashes the mail meanwhile, which at 50 kB is as long as GMime's
 * parsing; without a second processor at hand it adds to the time. Mail that is mostly HTML misses the aim: making and
 * freeing libxml2's tree is more than half of the instructions (at 50 kB 4.9 of 8.9 million) and takes ten times what
 * GMime's parser does for the same mail, since that one never looks into a part.
 * Further aims: readers under 16 MiB resident. */
#include <glib.h>
#include <gmime/gmime.h>
#include <libxml/HTMLparser.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/text.h"
#include "mime/letter.h"
#include "mime/reader.h"

#define THREADS 2
#define SECONDS 2
#define TURNS	50

struct load {
	struct pd_readers *readers;
	const struct pd_raw *raw;
	int64_t until;
	unsigned long done;
};

static const char head[] =
	"Return-Path: <anna@example.org>\r\nReceived: from mx.example.org (mx.example.org "
	"[192.0.2.1])\r\n"
	"\tby mail.example.com (Postfix) with ESMTPS id 4XYZ\r\n"
	"\tfor <support@example.com>; Sat, 21 Nov 2026 14:03:00 +0000 (UTC)\r\n"
	"Authentication-Results: mail.example.com; dmarc=pass header.from=example.org\r\n"
	"From: =?utf-8?q?Anna_M=C3=A4kel=C3=A4?= <anna@example.org>\r\nTo: Support "
	"<support@example.com>\r\n"
	"Subject: =?utf-8?q?Mein_Ger=C3=A4t_geht_nicht?=\r\nMessage-ID: <1234@example.org>\r\n"
	"References: <1@example.com> <2@example.com>\r\nDate: Sat, 21 Nov 2026 14:03:00 +0000\r\n"
	"MIME-Version: 1.0\r\n";

/* Paragraphs of prose, one of some with a colon at its end as an attribution has one, a few letters outside ASCII. */
static void add_text(struct pd_buf *out, size_t size, const char *prefix)
{
	static const char *const words[] = {
		"printer", "invoice", "the",   "password", "reset",	"please",   "network",	 "cannot", "login",
		"error",   "account", "since", "update",   "yesterday", "hello",    "ticket",	 "the",	   "server",
		"slow",	   "order",   "and",   "delivery", "attached",	"screen",   "l\xc3\xa4zy", "again",  "support",
		"team",	   "is",      "my",    "question", "about",	"licences", "renewal",	 "in",	   "this",
	};
	unsigned random = 12345, line = 0;
	for (size_t until = out->len + size; out->len < until; line++) {
		pd_buf_adds(out, prefix);
		if (line % 6 != 5)
			for (size_t start = out->len; out->len < start + 66;) {
				random = random * 1103515245 + 12345;
				pd_buf_addf(out, "%s%s", out->len > start ? " " : "",
					    words[(random >> 16) % G_N_ELEMENTS(words)]);
			}
		if (line % 6 == 4)
			pd_buf_addc(out, line % 24 == 22 ? ':' : '.');
		pd_buf_adds(out, "\r\n");
	}
}

static void add_html(struct pd_buf *out, const char *text)
{
	pd_buf_adds(out, "<html><body>");
	for (const char *line = text; line && *line; line = strchr(line, '\n') + 1)
		pd_buf_addf(out, "<p>%.*s</p>\r\n", (int)strcspn(line, "\r"), line);
	pd_buf_adds(out, "</body></html>\r\n");
}

/* A customer's mails of about that size. */
static void new_mail(struct pd_buf *out, size_t size)
{
	pd_buf_adds(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
	add_text(out, size, "");
}

static void answer_mail(struct pd_buf *out, size_t size)
{
	pd_buf_adds(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
	add_text(out, size / 4, "");
	pd_buf_adds(out, "\r\nOn Fri, 20 Nov 2026 at 09:15, Support <support@example.com> wrote:\r\n");
	add_text(out, size * 3 / 4, "> ");
}

/* Text, and HTML that says the same. */
static void both_mail(struct pd_buf *out, size_t size)
{
	PD_AUTO_BUF text = {0};
	add_text(&text, size / 2, "");
	pd_buf_adds(out, "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
			 "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
			 "8bit\r\n\r\n");
	pd_buf_add(out, text.data, text.len);
	pd_buf_adds(out, "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
			 "8bit\r\n\r\n");
	add_html(out, text.data);
	pd_buf_adds(out, "--b--\r\n");
}

/* A kilobyte of text, and HTML that says the same where asked for; the rest a picture. */
static void add_picture(struct pd_buf *out, size_t size, bool has_html)
{
	const size_t until = out->len + size;
	PD_AUTO_BUF text = {0};
	add_text(&text, 1000, "");
	pd_buf_adds(out, "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n");
	if (has_html)
		pd_buf_adds(out, "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n");
	pd_buf_addf(out, "Content-Type: text/plain; charset=utf-8\r\n\r\n%s", text.data);
	if (has_html) {
		pd_buf_adds(out, "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n");
		add_html(out, text.data);
		pd_buf_adds(out, "--b--\r\n");
	}
	pd_buf_adds(out, "--c\r\nContent-Type: image/png; name=picture.png\r\nContent-Transfer-Encoding: "
			 "base64\r\n\r\n");
	while (out->len + 78 < until)
		pd_buf_adds(out, "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n");
	pd_buf_adds(out, "\r\n--c--\r\n");
}

static void picture_mail(struct pd_buf *out, size_t size)
{
	add_picture(out, size, false);
}

static void html_picture_mail(struct pd_buf *out, size_t size)
{
	add_picture(out, size, true);
}

static const struct {
	const char *name;
	void (*write)(struct pd_buf *out, size_t size);
	bool has_html;
} kinds[] = {{"plain text", new_mail, false},
	     {"plain text with a quote", answer_mail, false},
	     {"text and a picture", picture_mail, false},
	     {"text, HTML and a picture", html_picture_mail, true},
	     {"text and HTML", both_mail, true}};

static struct pd_raw *mail_of(size_t kind, size_t size)
{
	PD_AUTO_BUF mail = {0};
	pd_buf_adds(&mail, head);
	kinds[kind].write(&mail, size - sizeof head);
	return pd_raw_from_bytes(mail.data, mail.len);
}

static void *read_mails(void *data)
{
	struct load *load = data;
	while (pd_monotonic() < load->until) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message;
		struct pd_error error;
		if (pd_read_message(load->readers, arena, load->raw, &message, &error) != PD_OK) {
			fprintf(stderr, "%s\n", error.text);
			exit(1);
		}
		load->done++;
	}
	return NULL;
}

enum bare { BARE_PARSER, BARE_CONTENTS, BARE_HTML, BARE_COUNT };

static const char *const bare_names[] = {"GMime's parser", "with contents", "with HTML"};

/* Texts as UTF-8, the rest decoded: what a program has to ask for before it has read a mail. */
static void decode_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
	(void)parent;
	if (GMIME_IS_TEXT_PART(part)) {
		char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
		if (text && *(const enum bare *)data == BARE_HTML &&
		    g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "html"))
			xmlFreeDoc(htmlReadMemory(text, (int)strlen(text), NULL, "UTF-8",
						  HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
							  HTML_PARSE_NONET));
		g_free(text);
	} else if (GMIME_IS_PART(part)) {
		GMimeStream *nowhere = g_mime_stream_null_new();
		g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), nowhere);
		g_object_unref(nowhere);
	}
}

/* Nothing but GMime, in this process. */
static void parse_bare(const struct pd_raw *raw, enum bare how)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw->data, raw->size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	if (!message)
		exit(1);
	if (how != BARE_PARSER)
		g_mime_message_foreach(message, decode_part, &how);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static double bare_rate(const struct pd_raw *raw, enum bare how, int64_t span)
{
	int64_t began = pd_monotonic();
	unsigned long done = 0;
	for (; pd_monotonic() < began + span; done++)
		parse_bare(raw, how);
	return (double)done * 1000 / (double)(pd_monotonic() - began);
}

static double pool_rate(struct pd_readers *readers, const struct pd_raw *raw, int64_t span)
{
	int64_t began = pd_monotonic();
	struct load load = {.readers = readers, .raw = raw, .until = began + span};
	read_mails(&load);
	return (double)load.done * 1000 / (double)(pd_monotonic() - began);
}

/* One caller and one reader beside GMime's parser alone, in turns, the best turn of each: what else runs on the
 * machine meets both. */
static void bench_beside(struct pd_readers *readers, size_t kind, size_t size)
{
	struct pd_raw *raw = mail_of(kind, size);
	const int64_t span = SECONDS * PD_SECOND / TURNS;
	double best[BARE_COUNT] = {0}, pool = 0;
	for (int i = 0; i < TURNS; i++) {
		double rate = pool_rate(readers, raw, span);
		pool = rate > pool ? rate : pool;
		for (enum bare how = BARE_PARSER; how < BARE_COUNT; how++) {
			rate = bare_rate(raw, how, span);
			best[how] = rate > best[how] ? rate : best[how];
		}
	}
	double mb = (double)raw->size / 1e6;
	printf("%s, %zu bytes: %.0f mails/s, %.1f MB/s", kinds[kind].name, raw->size, pool, pool * mb);
	for (enum bare how = BARE_PARSER; how < (kinds[kind].has_html ? BARE_COUNT : BARE_HTML); how++)
		printf("; %s %.0f mails/s, %.1f MB/s, ratio %.2f", bare_names[how], best[how], best[how] * mb,
		       pool / best[how]);
	printf("\n");
	pd_raw_free(raw);
}

static void bench_reading(struct pd_readers *readers, size_t size)
{
	struct pd_raw *raw = mail_of(G_N_ELEMENTS(kinds) - 1, size);
	struct load loads[THREADS];
	pthread_t threads[THREADS];
	unsigned long done = 0;
	int64_t began = pd_monotonic();
	for (int i = 0; i < THREADS; i++) {
		loads[i] =
			(struct load){.readers = readers, .raw = raw, .until = began + SECONDS * PD_SECOND};
		pthread_create(&threads[i], NULL, read_mails, &loads[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		done += loads[i].done;
	}
	printf("read %zu bytes by %d readers: %.0f mails/s\n", raw->size, THREADS,
	       (double)done * 1000 / (double)(pd_monotonic() - began));
	pd_raw_free(raw);
}

static void bench_composing(void)
{
	PD_AUTO_ARENA texts = pd_arena_new();
	PD_AUTO_BUF text = {0};
	while (text.len < 3000)
		pd_buf_addf(&text, "The quick brown fox jumps over the l\xc3\xa4zy dog, %zu times a day.\n",
			    text.len);
	const char *html = pd_html_from_text(texts, text.data);
	unsigned long done = 0;
	int64_t began = pd_monotonic();
	while (pd_monotonic() < began + SECONDS * PD_SECOND) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_letter letter = {.from = {.name = "Example Support", .addr = "support@example.com"},
					   .subject = "Re: Mein Ger\xc3\xa4t geht nicht",
					   .message_id = "m1@example.com",
					   .date = 1795269780000,
					   .text = text.data,
					   .html = html};
		*pd_list_add(arena, &letter.to) =
			(struct pd_address){.name = "Anna M\xc3\xa4kel\xc3\xa4", .addr = "anna@example.org"};
		struct pd_bytes bytes;
		if (pd_letter_compose(arena, &letter, &bytes, NULL) != PD_OK)
			exit(1);
		done++;
	}
	printf("compose text and HTML of 3 kB: %.0f mails/s\n",
	       (double)done * 1000 / (double)(pd_monotonic() - began));
}

/* The largest resident set among the children that are still there. */
static void bench_memory(void)
{
	char *children = NULL, *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
	unsigned long largest = 0;
	if (g_file_get_contents(path, &children, NULL, NULL)) {
		for (char *at = children, *end; strtol(at, &end, 10) > 0 && end > at; at = end) {
			char *status = NULL,
			     *file = g_strdup_printf("/proc/%ld/status", strtol(at, NULL, 10));
			if (g_file_get_contents(file, &status, NULL, NULL)) {
				const char *rss = strstr(status, "VmRSS:");
				unsigned long kib = rss ? strtoul(rss + 6, NULL, 10) : 0;
				largest = kib > largest ? kib : largest;
			}
			g_free(status);
			g_free(file);
		}
		printf("a reader after that: %.1f MiB resident\n", (double)largest / 1024);
	}
	g_free(children);
	g_free(path);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	mallopt(M_TRIM_THRESHOLD, 1 << 20); /* as the daemon does */
	mallopt(M_MMAP_THRESHOLD, 512 << 10);
	mallopt(M_TOP_PAD, 256 << 10);
	struct pd_reader_limits limits = {
		.count = THREADS, .deadline = 10 * PD_SECOND, .memory = (size_t)512 << 20};
	struct pd_readers *readers = pd_readers_new("/proc/self/exe", &limits);
	g_mime_init();
	for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
		bench_beside(readers, kind, 4096);
		bench_beside(readers, kind, 51200);
	}
	bench_reading(readers, 4096);
	bench_reading(readers, 51200);
	bench_memory();
	bench_composing();
	pd_readers_free(readers);
	return 0;
}

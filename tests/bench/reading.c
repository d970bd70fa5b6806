/* How fast foreign mail is read and our own is written: one line a figure. Aims: 5,000 mails of 4 kB a second
 * by two readers, the way to them and back included; readers under 16 MiB resident; a third of the rate of GMime's parser alone. */
#include <glib.h>
#include <gmime/gmime.h>
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
#define TURNS	8

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

/* Lines of prose; each third paragraph ends with a colon, as an attribution would. */
static void add_text(struct pd_buf *out, size_t size, const char *prefix)
{
	for (size_t i = 0, until = out->len + size; out->len < until; i++)
		pd_buf_addf(out, "%sThe quick brown fox jumps over the l\xc3\xa4zy dog, %zu times a day%s\r\n",
			    i % 7 == 6 ? "" : prefix, out->len, i % 21 == 20 ? ":" : ".");
}

static void add_html(struct pd_buf *out, const char *text)
{
	pd_buf_adds(out, "<html><body>");
	for (const char *line = text; line && *line; line = strchr(line, '\n') + 1)
		pd_buf_addf(out, "<p>%.*s</p>\r\n", (int)strcspn(line, "\r"), line);
	pd_buf_adds(out, "</body></html>\r\n");
}

/* A customer's mails of about that size. */
static void plain_mail(struct pd_buf *out, size_t size)
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

/* Two kilobytes of text, the rest a picture. */
static void picture_mail(struct pd_buf *out, size_t size)
{
	pd_buf_adds(out, "Content-Type: multipart/mixed; boundary=c\r\n\r\n"
			 "--c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
	add_text(out, 2000, "");
	pd_buf_adds(out, "--c\r\nContent-Type: image/png; name=picture.png\r\nContent-Transfer-Encoding: "
			 "base64\r\n\r\n");
	for (size_t i = 2000; i + 78 < size; i += 78)
		pd_buf_adds(out, "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA\r\nWjR9");
	pd_buf_adds(out, "\r\n--c--\r\n");
}

static const struct {
	const char *name;
	void (*write)(struct pd_buf *out, size_t size);
} kinds[] = {{"plain text with a quote", plain_mail}, {"text and HTML", both_mail}, {"a picture", picture_mail}};

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

/* Texts as UTF-8, the rest decoded: what a program has to ask for before it has read a mail. */
static void decode_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
	(void)parent;
	(void)data;
	if (GMIME_IS_TEXT_PART(part)) {
		g_free(g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
	} else if (GMIME_IS_PART(part)) {
		GMimeStream *nowhere = g_mime_stream_null_new();
		g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), nowhere);
		g_object_unref(nowhere);
	}
}

/* Nothing but GMime, in this process. */
static void parse_bare(const struct pd_raw *raw, bool with_contents)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw->data, raw->size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	if (!message)
		exit(1);
	if (with_contents)
		g_mime_message_foreach(message, decode_part, NULL);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static double bare_rate(const struct pd_raw *raw, bool with_contents, int64_t span)
{
	int64_t began = pd_monotonic();
	unsigned long done = 0;
	for (; pd_monotonic() < began + span; done++)
		parse_bare(raw, with_contents);
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
	double best[3] = {0}; /* parser, parser and contents, pool */
	for (int i = 0; i < TURNS; i++) {
		const double now[] = {bare_rate(raw, false, span), bare_rate(raw, true, span),
				      pool_rate(readers, raw, span)};
		for (int k = 0; k < 3; k++)
			best[k] = now[k] > best[k] ? now[k] : best[k];
	}
	double mb = (double)raw->size / 1e6;
	printf("%s, %zu bytes: %.0f mails/s, %.1f MB/s; GMime's parser %.0f mails/s, %.1f MB/s, ratio %.2f; "
	       "with contents %.0f mails/s, %.1f MB/s, ratio %.2f\n",
	       kinds[kind].name, raw->size, best[2], best[2] * mb, best[0], best[0] * mb, best[2] / best[0], best[1],
	       best[1] * mb, best[2] / best[1]);
	pd_raw_free(raw);
}

static void bench_reading(struct pd_readers *readers, size_t size)
{
	struct pd_raw *raw = mail_of(1, size);
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

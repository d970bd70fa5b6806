/* The identity of a mail's content: the same mail over two ways has the same digest.
 *
 * Straight from the raw bytes, so that a mail that cannot be parsed has one too, and by whoever keeps the mail: no reader
 * is believed what a mail is. Hashed are the fields
 * From, To, Cc, Subject, Date and Message-ID (in this order, each name once per field, white space
 * as one blank, since servers fold anew) and the digest of the body, with CRLF line ends and without empty
 * lines at its end; so the body is hashed once for both digests. Everything that a way adds (Received, Return-Path, Delivered-To, X-Original-To, results and
 * signatures, spam marks) is left out by not being named. */
#include <string.h>
#include "mime/inside.h"

/* Lines that end in CRLF go in as they stand, many at once; other line ends become CRLF. Empty lines wait until
 * something follows them. */
static void add_body(struct pd_sha256_sum *sum, const char *data, size_t size)
{
	size_t from = 0, to = 0, breaks = 0; /* from..to: lines to be added, all between them CRLF */
	bool is_plain = true;		     /* nothing but CRLF since then */
	for (size_t at = 0; at < size;) {
		const char *lf = memchr(data + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - data) : size, next = lf ? end + 1 : size;
		while (end > at && data[end - 1] == '\r')
			end--;
		if (end > at) {
			if (!is_plain) {
				pd_sha256_add(sum, data + from, to - from);
				for (; breaks > 0; breaks--)
					pd_sha256_add(sum, "\r\n", 2);
				from = at;
				is_plain = true;
			}
			breaks = 0;
			to = end;
		}
		breaks++;
		is_plain = is_plain && next == end + 2 && data[end] == '\r';
		at = next;
	}
	pd_sha256_add(sum, data + from, to - from);
}

static void add_field(struct pd_sha256_sum *sum, const char *name, const struct pd_field *field)
{
	pd_sha256_add(sum, name, strlen(name) + 1);
	PD_AUTO_BUF value = {0};
	bool is_blank_due = false;
	for (size_t i = 0; i < field->value_len; i++) {
		char c = field->value[i];
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			is_blank_due = value.len > 0;
			continue;
		}
		if (is_blank_due)
			pd_buf_addc(&value, ' ');
		is_blank_due = false;
		pd_buf_addc(&value, c);
	}
	pd_sha256_add(sum, value.data ? value.data : "", value.len);
	pd_sha256_add(sum, "", 1);
}

static void add_named(struct pd_sha256_sum *sum, const char *data, size_t size, const char *name)
{
	struct pd_field field;
	for (size_t at = pd_fields_start(data, size); pd_field_next(data, size, at, &field); at = field.next)
		if (pd_field_is(&field, name))
			add_field(sum, name, &field);
}

void pd_message_digests(const char *data, size_t size, unsigned char ret_digest[PD_SHA256_SIZE],
			unsigned char ret_body_digest[PD_SHA256_SIZE])
{
	static const char *const names[] = {"from", "to", "cc", "subject", "date", "message-id"};
	struct pd_sha256_sum sum;
	size_t body = pd_fields_end(data, size);
	pd_sha256_begin(&sum);
	add_body(&sum, data + body, size - body);
	pd_sha256_end(&sum, ret_body_digest);
	pd_sha256_begin(&sum);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add_named(&sum, data, size, names[i]);
	pd_sha256_add(&sum, "\n", 1);
	pd_sha256_add(&sum, ret_body_digest, PD_SHA256_SIZE);
	pd_sha256_end(&sum, ret_digest);
}

/* The identity of a mail's content: the same mail over two ways has the same digest.
 *
 * Straight from the raw bytes, so that a mail that cannot be parsed has one too. Hashed are the fields
 * From, To, Cc, Subject, Date and Message-ID (in this order, each name once per field, white space
 * as one blank, since servers fold anew) and the digest of the body, with CRLF line ends and without empty
 * lines at its end; so the body is hashed once for both digests. Everything that a way adds (Received, Return-Path, Delivered-To, X-Original-To, results and
 * signatures, spam marks) is left out by not being named. */
#include <string.h>
#include "mime/inside.h"

/* CRLF, LF and CR alone become CRLF as the body streams by; empty lines wait until something follows them. */
static void add_body(struct pd_sha256_sum *sum, const char *data, size_t size)
{
	size_t breaks = 0;
	for (size_t at = 0; at < size;) {
		const char *lf = memchr(data + at, '\n', size - at);
		size_t end = lf ? (size_t)(lf - data) : size, next = lf ? end + 1 : size;
		while (end > at && data[end - 1] == '\r')
			end--;
		if (end > at) {
			for (; breaks > 0; breaks--)
				pd_sha256_add(sum, "\r\n", 2);
			pd_sha256_add(sum, data + at, end - at);
		}
		breaks++;
		at = next;
	}
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

void pd_message_digests(const char *data, size_t size, struct pd_message *message)
{
	static const char *const names[] = {"from", "to", "cc", "subject", "date", "message-id"};
	struct pd_sha256_sum sum;
	size_t body = pd_fields_end(data, size);
	pd_sha256_begin(&sum);
	add_body(&sum, data + body, size - body);
	pd_sha256_end(&sum, message->body_digest);
	pd_sha256_begin(&sum);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pd_field field;
		for (size_t at = pd_fields_start(data, size); pd_field_next(data, size, at, &field);
		     at = field.next)
			if (pd_field_is(&field, names[i]))
				add_field(&sum, names[i], &field);
	}
	pd_sha256_add(&sum, "\n", 1);
	pd_sha256_add(&sum, message->body_digest, sizeof message->body_digest);
	pd_sha256_end(&sum, message->digest);
}

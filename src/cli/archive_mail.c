/* A mail made of what a database keeps of it: header fields, texts, files.
 *
 * The bytes depend on the pieces alone, so that the same archive gives the same mails again. Bodies go as base64; header
 * texts as they are, cleaned to one line each, in UTF-8 (RFC 6532). */
#include <glib.h>
#include <string.h>
#include "base/crypto.h"
#include "base/text.h"
#include "cli/archive.h"

static void put_field(struct pd_arena *arena, struct pd_buf *out, const char *name, const char *value)
{
	const char *line = value ? pd_clean_line(arena, value, 0) : "";

	if (*line)
		pd_buf_addf(out, "%s: %s\r\n", name, line);
}

/* Each id in a line of its own, since there may be many. */
static void put_ids(struct pd_arena *arena, struct pd_buf *out, const char *name, const char *value)
{
	struct pd_strings ids = pd_split(arena, value ? pd_clean_line(arena, value, 0) : "", ' ');
	bool has_name = false;

	for (size_t i = 0; i < ids.count; i++) {
		if (!*ids.items[i])
			continue;
		if (has_name)
			pd_buf_addf(out, "\r\n %s", ids.items[i]);
		else
			pd_buf_addf(out, "%s: %s", name, ids.items[i]);
		has_name = true;
	}
	if (has_name)
		pd_buf_adds(out, "\r\n");
}

static void put_base64(struct pd_buf *out, const char *data, size_t len)
{
	g_autofree char *text = g_base64_encode((const guchar *)data, len);
	size_t left = strlen(text);

	for (const char *at = text; left > 0;) {
		size_t n = left < 76 ? left : 76;

		pd_buf_add(out, at, n);
		pd_buf_adds(out, "\r\n");
		at += n;
		left -= n;
	}
}

static void put_text(struct pd_buf *out, const char *subtype, const char *text)
{
	pd_buf_addf(out, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", subtype);
	put_base64(out, text, strlen(text));
}

static bool is_type(const char *type)
{
	size_t n = strspn(type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+._");

	return n > 0 && type[n] == '/' && type[n + 1];
}

static void put_part(struct pd_arena *arena, struct pd_buf *out, const struct pd_archive_part *part)
{
	char *type = pd_clean_line(arena, part->type ? part->type : "", 100);
	char *id = pd_clean_line(arena, part->content_id ? part->content_id : "", 200);
	g_autofree char *name = g_uri_escape_string(pd_clean_file_name(arena, part->name ? part->name : ""), NULL, FALSE);

	type[strcspn(type, ";\"")] = '\0'; /* parameters of the part as it was: its name comes anew */
	pd_buf_addf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n",
		    is_type(type) ? pd_trim(arena, type) : "application/octet-stream");
	pd_buf_addf(out, "Content-Disposition: attachment;\r\n filename*=utf-8''%s\r\n", name);
	if (*id)
		pd_buf_addf(out, *id == '<' ? "Content-ID: %s\r\n" : "Content-ID: <%s>\r\n", id);
	pd_buf_adds(out, "\r\n");
	put_base64(out, part->content.data, part->content.len);
}

static void put_body(struct pd_buf *out, const struct pd_archive_mail *mail, const char *boundary)
{
	if (!mail->html || !mail->text) {
		put_text(out, mail->html ? "html" : "plain", mail->html ? mail->html : mail->text ? mail->text : "");
		return;
	}
	pd_buf_addf(out, "Content-Type: multipart/alternative; boundary=\"a-%s\"\r\n\r\n--a-%s\r\n", boundary, boundary);
	put_text(out, "plain", mail->text);
	pd_buf_addf(out, "--a-%s\r\n", boundary);
	put_text(out, "html", mail->html);
	pd_buf_addf(out, "--a-%s--\r\n", boundary);
}

struct pd_bytes pd_archive_compose(struct pd_arena *arena, const struct pd_archive_mail *mail)
{
	PD_AUTO_BUF out = {0};
	unsigned char digest[PD_SHA256_SIZE];

	put_field(arena, &out, "From", mail->from);
	put_field(arena, &out, "To", mail->to);
	put_field(arena, &out, "Cc", mail->cc);
	put_field(arena, &out, "Subject", mail->subject);
	if (mail->date)
		put_field(arena, &out, "Date", pd_time_rfc5322(arena, mail->date, NULL));
	put_ids(arena, &out, "Message-ID", mail->message_id);
	put_ids(arena, &out, "In-Reply-To", mail->in_reply_to);
	put_ids(arena, &out, "References", mail->references);
	pd_buf_adds(&out, "MIME-Version: 1.0\r\n");
	/* Everything is base64, so that no line of a body can be the boundary. */
	pd_sha256(out.data, out.len, digest);
	char *boundary = pd_hex(arena, digest, 12);

	if (mail->parts.count > 0)
		pd_buf_addf(&out, "Content-Type: multipart/mixed; boundary=\"m-%s\"\r\n\r\n--m-%s\r\n", boundary, boundary);
	put_body(&out, mail, boundary);
	for (size_t i = 0; i < mail->parts.count; i++) {
		pd_buf_addf(&out, "--m-%s\r\n", boundary);
		put_part(arena, &out, &mail->parts.items[i]);
	}
	if (mail->parts.count > 0)
		pd_buf_addf(&out, "--m-%s--\r\n", boundary);
	return (struct pd_bytes){pd_buf_string(arena, &out), out.len};
}

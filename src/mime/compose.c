/* A letter as bytes: what leaves the house.
 *
 * multipart/mixed( multipart/alternative( text, multipart/related( HTML, pictures )), attachments ), each
 * level only where it is needed. The same letter gives the same bytes: boundaries come from the
 * Message-ID. The writer is our own; no header of a foreign mail is ever written anew. Fails
 * with PD_PERMANENT when an address or the Message-ID cannot stand in a header. */
#include <glib.h>
#include <string.h>
#include "base/text.h"
#include "mime/encode.h"
#include "mime/letter.h"

#define WRAP		72 /* columns of flowed text (RFC 3676 4.2) */
#define LAST_REFERENCES 10

struct writing {
	struct pd_arena *arena;
	struct pd_letter *letter;
	struct pd_buf *out;
	unsigned boundaries; /* made so far */
	bool inline_shown;   /* inline pictures stand beside the HTML */
};

/* --- header --- */

/* Root and the newest ones (RFC 5322 3.6.4 sets no limit, but fields and old servers do). */
static void put_references(struct writing *writing)
{
	const struct pd_strings *all = &writing->letter->references;
	struct pd_strings kept = {0};
	for (size_t i = 0; i < all->count; i++)
		if (i == 0 || i + LAST_REFERENCES >= all->count)
			*pd_list_add(writing->arena, &kept) = all->items[i];
	pd_put_ids_field(writing->out, "References", kept.items, kept.count);
}

static int put_header(struct writing *writing, struct pd_error *error)
{
	struct pd_letter *letter = writing->letter;
	struct pd_buf *out = writing->out;
	struct pd_arena *arena = writing->arena;
	bool is_utf8 = false;
	pd_put_text_field(out, arena, "Date", pd_time_rfc5322(arena, letter->date, letter->zone));
	if (!pd_put_address_field(out, arena, "From", &letter->from, 1, &is_utf8))
		return pd_fail(error, PD_PERMANENT, "the sender's address cannot stand in a header");
	if (letter->reply_to.addr && *letter->reply_to.addr &&
	    !pd_put_address_field(out, arena, "Reply-To", &letter->reply_to, 1, &is_utf8))
		return pd_fail(error, PD_PERMANENT, "the reply address cannot stand in a header");
	if (letter->to.count > 0 &&
	    !pd_put_address_field(out, arena, "To", letter->to.items, letter->to.count, &is_utf8))
		return pd_fail(error, PD_PERMANENT, "an address of To cannot stand in a header");
	if (letter->cc.count > 0 &&
	    !pd_put_address_field(out, arena, "Cc", letter->cc.items, letter->cc.count, &is_utf8))
		return pd_fail(error, PD_PERMANENT, "an address of Cc cannot stand in a header");
	if (letter->to.count == 0 && letter->cc.count == 0)
		pd_buf_adds(out, "To: undisclosed-recipients:;\r\n");
	pd_put_text_field(out, arena, "Subject", letter->subject ? letter->subject : "");
	size_t before = out->len;
	pd_put_ids_field(out, "Message-ID", &letter->message_id, letter->message_id ? 1 : 0);
	if (out->len == before)
		return pd_fail(error, PD_PERMANENT, "the mail has no usable Message-ID");
	pd_put_ids_field(out, "In-Reply-To", &letter->in_reply_to, letter->in_reply_to ? 1 : 0);
	put_references(writing);
	if (letter->thread_topic)
		pd_put_text_field(out, arena, "Thread-Topic", letter->thread_topic);
	if (letter->thread_index)
		pd_put_text_field(out, arena, "Thread-Index", letter->thread_index);
	if (letter->auto_submitted) {
		pd_put_text_field(out, arena, "Auto-Submitted", letter->auto_submitted);
		pd_buf_adds(out, "X-Auto-Response-Suppress: All\r\n");
	}
	if (letter->loop)
		pd_put_text_field(out, arena, "X-Postdesk-Loop", letter->loop);
	for (size_t i = 0; i < letter->extra.count; i++)
		pd_put_text_field(out, arena, letter->extra.items[i].name, letter->extra.items[i].value);
	pd_buf_adds(out, "MIME-Version: 1.0\r\n");
	for (size_t i = 0; i < letter->recipients.count && !is_utf8; i++)
		for (const char *c = letter->recipients.items[i]; *c; c++)
			is_utf8 = is_utf8 || (unsigned char)*c > 127;
	letter->needs_smtputf8 = is_utf8;
	return PD_OK;
}

/* --- structure --- */

/* "=_" never appears in quoted-printable or base64, and nobody can know the id of a mail before it is sent.
 */
static const char *new_boundary(struct writing *writing)
{
	unsigned char digest[PD_SHA256_SIZE];
	const char *seed =
		pd_printf(writing->arena, "%s %u", writing->letter->message_id, writing->boundaries++);
	pd_sha256(seed, strlen(seed), digest);
	return pd_printf(writing->arena, "=_pd-%s", pd_hex(writing->arena, digest, 12));
}

static const char *begin_multipart(struct writing *writing, const char *subtype, const char *root_type)
{
	const char *boundary = new_boundary(writing);
	pd_buf_addf(writing->out, "Content-Type: multipart/%s;\r\n boundary=\"%s\"", subtype, boundary);
	if (root_type)
		pd_buf_addf(writing->out, ";\r\n type=\"%s\"", root_type);
	pd_buf_adds(writing->out, "\r\n\r\n");
	return boundary;
}

static void begin_part(struct writing *writing, const char *boundary)
{
	pd_buf_addf(writing->out, "--%s\r\n", boundary);
}

/* Every part ends with a line end of its own; the one before a boundary belongs to the boundary. */
static void end_multipart(struct writing *writing, const char *boundary)
{
	pd_buf_addf(writing->out, "\r\n--%s--\r\n", boundary);
}

static bool is_shown_inline(const struct writing *writing, const struct pd_attachment *attachment)
{
	return attachment->is_inline && attachment->content_id && writing->letter->html;
}

/* --- text --- */

/* Format=flowed (RFC 3676): long lines end softly with a blank, lines that would be misread are stuffed.
 * Lines that begin with '>' are quotes and stay quotes. */
static char *flow(struct pd_arena *arena, const char *text)
{
	PD_AUTO_BUF out = {0};
	while (*text) {
		size_t len = strcspn(text, "\n"), quote = 0;
		const char *line = text;
		text += len + (text[len] == '\n');
		bool is_signature = len == 3 && strncmp(line, "-- ", 3) == 0;
		while (!is_signature && len > 0 &&
		       (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
			len--;
		while (quote < len && line[quote] == '>')
			quote++;
		const char *at = line + quote, *end = line + len;
		do {
			size_t width = 0, cut = 0; /* bytes up to the last blank that fits */
			const char *c = at;
			while (c < end && (width < WRAP || cut == 0)) {
				if (*c == ' ' && c > at && c + 1 < end)
					cut = (size_t)(c - at) + 1;
				c += 1;
				width += ((unsigned char)*c & 0xc0) != 0x80;
			}
			size_t take = c < end && cut > 0 ? cut : (size_t)(end - at);
			pd_buf_add(&out, line, quote);
			bool is_stuffed =
				(quote > 0 && take > 0 && *at != ' ') ||
				(quote == 0 && take > 0 &&
				 (*at == ' ' || strncmp(at, "From ", 5) == 0 || (at > line && *at == '>')));
			if (is_stuffed)
				pd_buf_addc(&out, ' ');
			pd_buf_add(&out, at, take);
			pd_buf_addc(&out, '\n');
			at += take;
		} while (at < end);
	}
	return pd_buf_string(arena, &out);
}

static void put_text_body(struct writing *writing, const char *text)
{
	if (pd_transfer_of(text, strlen(text)) == PD_7BIT) {
		pd_buf_adds(writing->out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
		pd_put_lines(writing->out, text, strlen(text));
	} else {
		pd_buf_adds(writing->out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
		pd_put_quoted_printable(writing->out, text);
	}
}

static void put_text(struct writing *writing)
{
	const char *text = writing->letter->text ? writing->letter->text : "";
	bool is_fixed = writing->letter->is_fixed;
	text = pd_clean_text(writing->arena, text, strlen(text));
	pd_buf_addf(writing->out, "Content-Type: text/plain; charset=utf-8%s\r\n", is_fixed ? "" : "; format=flowed");
	put_text_body(writing, is_fixed ? text : flow(writing->arena, text));
}

/* The id of a picture in this mail. The one that it came with may name the author's machine. */
static const char *picture_id(const struct writing *writing, size_t index)
{
	return pd_printf(writing->arena, "p%zu.%s", index, writing->letter->message_id);
}

/* The HTML with the pictures by their ids in this mail. */
static const char *with_own_ids(const struct writing *writing, const char *html)
{
	PD_AUTO_BUF out = {0};
	for (const char *at; (at = strstr(html, "cid:")) != NULL;) {
		pd_buf_add(&out, html, (size_t)(at + 4 - html));
		html = at + 4;
		for (size_t i = 0; i < writing->letter->attachments.count; i++) {
			const struct pd_attachment *picture = &writing->letter->attachments.items[i];
			size_t len = is_shown_inline(writing, picture) ? strlen(picture->content_id) : 0;
			if (len == 0 || strncmp(html, picture->content_id, len) != 0 ||
			    (html[len] != '\0' && !strchr("\"'<>() \t\n;&?#", html[len])))
				continue;
			pd_buf_adds(&out, picture_id(writing, i));
			html += len;
			break;
		}
	}
	pd_buf_adds(&out, html);
	return pd_buf_string(writing->arena, &out);
}

static void put_html(struct writing *writing)
{
	const char *html =
		pd_clean_text(writing->arena, writing->letter->html, strlen(writing->letter->html));
	html = with_own_ids(writing, html);
	gchar *lower = g_ascii_strdown(html, strlen(html) < 2000 ? (gssize)strlen(html) : 2000);
	if (!strstr(lower, "<html") && !strstr(lower, "<body"))
		html = pd_printf(
			writing->arena,
			"<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">"
			"</head><body>\n%s\n</body></html>\n",
			html);
	g_free(lower);
	pd_buf_adds(writing->out, "Content-Type: text/html; charset=utf-8\r\n");
	put_text_body(writing, html);
}

/* --- attachments --- */

/* The type as it may stand in a header; what could nest or be misread is a plain file. */
static const char *safe_type(struct pd_arena *arena, const struct pd_attachment *attachment)
{
	const char *type = attachment->type ? attachment->type : "";
	const char *slash = strchr(type, '/');
	for (const char *c = type; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr("-+._/", *c))
			slash = NULL;
	if (!slash || slash == type || !slash[1] || strchr(slash + 1, '/') || strlen(type) > 100 ||
	    pd_starts_nocase(type, "multipart/") || pd_starts_nocase(type, "message/"))
		return "application/octet-stream";
	return pd_lower_ascii(arena, type);
}

/* id: of a picture that the HTML shows; NULL: a file. */
static void put_attachment(struct writing *writing, const struct pd_attachment *attachment, const char *id)
{
	struct pd_buf *out = writing->out;
	const char *name = pd_clean_file_name(writing->arena, attachment->name ? attachment->name : "");
	const char *data = attachment->content.data ? attachment->content.data : "";
	size_t len = attachment->content.len;
	enum pd_transfer transfer = pd_transfer_of(data, len);
	/* RFC 2046 5.2.1: a mail inside a mail is never base64; one that cannot travel as it is goes as a
	 * file */
	bool is_mail =
		pd_equal_nocase(attachment->type, "message/rfc822") && transfer != PD_BINARY && len > 0;
	const char *type = is_mail ? "message/rfc822" : safe_type(writing->arena, attachment);
	pd_buf_addf(out, "Content-Type: %s", type);
	if (pd_starts(type, "text/") && pd_is_utf8(data, len))
		pd_buf_adds(out, "; charset=utf-8");
	pd_put_param(out, writing->arena, "name", name);
	pd_buf_addf(out, "\r\nContent-Disposition: %s", id ? "inline" : "attachment");
	pd_put_param(out, writing->arena, "filename", name);
	pd_buf_adds(out, "\r\n");
	if (id)
		pd_put_ids_field(out, "Content-ID", &id, 1);
	pd_buf_addf(out, "Content-Transfer-Encoding: %s\r\n\r\n",
		    !is_mail		  ? "base64"
		    : transfer == PD_8BIT ? "8bit"
					  : "7bit");
	if (is_mail)
		pd_put_lines(out, data, len);
	else
		pd_put_base64(out, data, len);
}

/* --- the whole --- */

static size_t count_attachments(const struct writing *writing, bool shown_inline)
{
	size_t count = 0;
	for (size_t i = 0; i < writing->letter->attachments.count; i++)
		count += is_shown_inline(writing, &writing->letter->attachments.items[i]) == shown_inline;
	return count;
}

static void put_related(struct writing *writing)
{
	if (count_attachments(writing, true) == 0) {
		put_html(writing);
		return;
	}
	const char *boundary = begin_multipart(writing, "related", "text/html");
	begin_part(writing, boundary);
	put_html(writing);
	for (size_t i = 0; i < writing->letter->attachments.count; i++) {
		const struct pd_attachment *attachment = &writing->letter->attachments.items[i];
		if (!is_shown_inline(writing, attachment))
			continue;
		pd_buf_adds(writing->out, "\r\n");
		begin_part(writing, boundary);
		put_attachment(writing, attachment, picture_id(writing, i));
	}
	end_multipart(writing, boundary);
}

/* RFC 6047, section 2.4: the method stands in the type, too. */
static void put_calendar(struct writing *writing)
{
	pd_buf_addf(writing->out, "Content-Type: text/calendar; charset=utf-8; method=%s\r\n",
		    writing->letter->calendar_method);
	put_text_body(writing, writing->letter->calendar);
}

static void put_alternative(struct writing *writing)
{
	if (!writing->letter->html && !writing->letter->calendar) {
		put_text(writing);
		return;
	}
	const char *boundary = begin_multipart(writing, "alternative", NULL);
	begin_part(writing, boundary);
	put_text(writing);
	if (writing->letter->html) {
		pd_buf_adds(writing->out, "\r\n");
		begin_part(writing, boundary);
		put_related(writing);
	}
	if (writing->letter->calendar) {
		pd_buf_adds(writing->out, "\r\n");
		begin_part(writing, boundary);
		put_calendar(writing);
	}
	end_multipart(writing, boundary);
}

static void put_body(struct writing *writing)
{
	const struct pd_raw *original = writing->letter->original;
	if (count_attachments(writing, false) == 0 && !original) {
		put_alternative(writing);
		return;
	}
	const char *boundary = begin_multipart(writing, "mixed", NULL);
	begin_part(writing, boundary);
	put_alternative(writing);
	for (size_t i = 0; i < writing->letter->attachments.count; i++) {
		if (is_shown_inline(writing, &writing->letter->attachments.items[i]))
			continue;
		pd_buf_adds(writing->out, "\r\n");
		begin_part(writing, boundary);
		put_attachment(writing, &writing->letter->attachments.items[i], NULL);
	}
	if (original) {
		struct pd_attachment mail = {.name = "original.eml",
					     .type = "message/rfc822",
					     .size = original->size,
					     .content = {original->data, original->size}};
		pd_buf_adds(writing->out, "\r\n");
		begin_part(writing, boundary);
		put_attachment(writing, &mail, NULL);
	}
	end_multipart(writing, boundary);
}

static void free_buf(void *buf)
{
	pd_buf_free(buf);
}

int pd_letter_compose(struct pd_arena *arena, struct pd_letter *letter, struct pd_bytes *ret_bytes,
		      struct pd_error *error)
{
	/* The buffer itself becomes the arena's: a mail may be large. */
	struct pd_buf *out = PD_NEW(arena, struct pd_buf);
	pd_arena_defer(arena, free_buf, out);
	struct writing writing = {.arena = arena, .letter = letter, .out = out};
	int result = put_header(&writing, error);
	if (result != PD_OK)
		return result;
	put_body(&writing);
	ret_bytes->data = out->data;
	ret_bytes->len = out->len;
	return PD_OK;
}

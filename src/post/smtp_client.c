/* The submission client: see smtp_client.h.
 *
 * Promises: a recipient is TAKEN only after a 2xx to the final dot, REFUSED only after a 5xx of the MTA (or
 * where the mail needs an extension that it lacks). Lines leave with CR LF and stuffed dots whatever the
 * bytes are. Fails: a connection that says nothing sensible is closed; the next mail opens a new one. */
#include "post/smtp_client.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

#define REPLY_MAX  (64 * 1024) /* bytes of one reply, all lines */
#define REPLY_KEPT 400	       /* characters of it that are kept */
#define BLOCK	   (64 * 1024)

const struct pd_smtp_timeouts pd_smtp_timeouts = {30 * PD_SECOND, 5 * PD_MINUTE, 10 * PD_MINUTE};

struct pd_smtp {
	char *where, *hostname;
	struct pd_smtp_timeouts timeouts;
	pthread_mutex_t lock; /* over fd and is_aborted */
	int fd;		      /* -1: no connection */
	bool is_aborted;
	bool is_used; /* a mail went over it already: it may have been closed meanwhile */
	struct pd_buf input;
	size_t read; /* bytes of input that are used up */
	bool has_pipelining, has_8bitmime, has_smtputf8, has_size;
	unsigned long long size; /* 0: no limit told */
};

struct reply {
	int code;
	const char *text; /* "550 5.1.1 No such user", one line, in the arena */
};

struct pd_smtp *pd_smtp_new(const char *where, const char *hostname, const struct pd_smtp_timeouts *timeouts)
{
	struct pd_smtp *smtp = g_new0(struct pd_smtp, 1);
	smtp->where = pd_starts(where, "smtp://") ? g_strdup_printf("inet:%s", where + strlen("smtp://"))
						  : g_strdup(where);
	smtp->hostname = g_strdup(hostname);
	smtp->timeouts = *timeouts;
	smtp->fd = -1;
	pthread_mutex_init(&smtp->lock, NULL);
	return smtp;
}

static void hang_up(struct pd_smtp *smtp)
{
	pthread_mutex_lock(&smtp->lock);
	if (smtp->fd >= 0)
		close(smtp->fd);
	smtp->fd = -1;
	pthread_mutex_unlock(&smtp->lock);
	pd_buf_clear(&smtp->input);
	smtp->read = 0;
}

void pd_smtp_rest(struct pd_smtp *smtp)
{
	if (smtp->fd >= 0 && send(smtp->fd, "QUIT\r\n", 6, MSG_DONTWAIT | MSG_NOSIGNAL) == 6)
		shutdown(smtp->fd, SHUT_WR);
	hang_up(smtp);
}

void pd_smtp_free(struct pd_smtp *smtp)
{
	if (smtp == NULL)
		return;
	pd_smtp_rest(smtp);
	pthread_mutex_destroy(&smtp->lock);
	pd_buf_free(&smtp->input);
	g_free(smtp->where);
	g_free(smtp->hostname);
	g_free(smtp);
}

void pd_smtp_abort(struct pd_smtp *smtp)
{
	pthread_mutex_lock(&smtp->lock);
	smtp->is_aborted = true;
	if (smtp->fd >= 0)
		shutdown(smtp->fd, SHUT_RDWR);
	pthread_mutex_unlock(&smtp->lock);
}

/* --- lines and replies --- */

static int broke_off(struct pd_smtp *smtp, int saved_errno, struct pd_error *error)
{
	hang_up(smtp);
	if (saved_errno == EPIPE || saved_errno == ECONNRESET)
		return pd_fail(error, PD_TEMPORARY, "%s: the connection was lost", smtp->where);
	return pd_fail_errno(error, PD_TEMPORARY, saved_errno, "%s", smtp->where);
}

/* A line without its end, valid until the next call; NULL with errno. */
static const char *read_line(struct pd_smtp *smtp, int64_t deadline)
{
	for (;;) {
		char *from = smtp->input.data != NULL ? smtp->input.data + smtp->read : NULL;
		size_t len = smtp->input.len - smtp->read;
		char *lf = len > 0 ? memchr(from, '\n', len) : NULL;
		if (lf != NULL) {
			smtp->read += (size_t)(lf - from) + 1;
			*lf = '\0';
			if (lf > from && lf[-1] == '\r')
				lf[-1] = '\0';
			return from;
		}
		if (len > REPLY_MAX) {
			errno = EPROTO;
			return NULL;
		}
		if (smtp->read > 0) {
			memmove(smtp->input.data, from, len);
			smtp->input.len = len;
			smtp->read = 0;
		}
		int ready = pd_wait(smtp->fd, POLLIN, deadline);
		if (ready <= 0) {
			if (ready == 0)
				errno = ETIMEDOUT;
			return NULL;
		}
		char *room = pd_buf_reserve(&smtp->input, 4096);
		ssize_t n = recv(smtp->fd, room, 4096, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return NULL;
		smtp->input.len += (size_t)n;
	}
}

/* One reply of any number of lines (RFC 5321, section 4.2). */
static int read_reply(struct pd_smtp *smtp, struct pd_arena *arena, pd_time timeout, struct reply *ret_reply,
		      struct pd_error *error)
{
	int64_t deadline = pd_monotonic() + timeout;
	PD_AUTO_BUF text = {0};
	int code = 0;
	for (size_t total = 0;;) {
		const char *line = read_line(smtp, deadline);
		if (line == NULL)
			return broke_off(smtp, errno, error);
		size_t len = strlen(line);
		total += len;
		if (len < 3 || !isdigit((unsigned char)line[0]) || !isdigit((unsigned char)line[1]) ||
		    !isdigit((unsigned char)line[2]) || (len > 3 && line[3] != ' ' && line[3] != '-') ||
		    total > REPLY_MAX)
			return broke_off(smtp, EPROTO, error);
		code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
		pd_buf_adds(&text, text.len == 0 ? line : len > 4 ? line + 4 : "");
		if (len == 3 || line[3] == ' ')
			break;
		if (text.len > 3)
			text.data[3] = ' ';
		pd_buf_addc(&text, ' ');
	}
	ret_reply->code = code;
	ret_reply->text = pd_clean_line(arena, text.data, REPLY_KEPT);
	return PD_OK;
}

static int send_bytes(struct pd_smtp *smtp, const char *data, size_t len, struct pd_error *error)
{
	if (pd_write_all_until(smtp->fd, data, len, pd_monotonic() + smtp->timeouts.command) < 0)
		return broke_off(smtp, errno, error);
	return PD_OK;
}

/* --- the connection --- */

static void take_keyword(struct pd_smtp *smtp, const char *keyword)
{
	if (pd_equal_nocase(keyword, "PIPELINING"))
		smtp->has_pipelining = true;
	else if (pd_equal_nocase(keyword, "8BITMIME"))
		smtp->has_8bitmime = true;
	else if (pd_equal_nocase(keyword, "SMTPUTF8"))
		smtp->has_smtputf8 = true;
	else if (pd_equal_nocase(keyword, "SIZE") || pd_starts_nocase(keyword, "SIZE ")) {
		smtp->has_size = true;
		if (keyword[4] != '\0' && !pd_number(keyword + 5, UINT64_MAX, &smtp->size))
			smtp->size = 0;
	}
}

/* EHLO and its answer, whose lines are keywords. */
static int greet(struct pd_smtp *smtp, struct pd_error *error)
{
	int64_t deadline = pd_monotonic() + smtp->timeouts.command;
	g_autofree char *hello = g_strdup_printf("EHLO %s\r\n", smtp->hostname);
	int class = send_bytes(smtp, hello, strlen(hello), error);
	if (class != PD_OK)
		return class;
	smtp->has_pipelining = smtp->has_8bitmime = smtp->has_smtputf8 = smtp->has_size = false;
	smtp->size = 0;
	for (int n = 0; n < 1000; n++) {
		const char *line = read_line(smtp, deadline);
		if (line == NULL)
			return broke_off(smtp, errno, error);
		if (!pd_starts(line, "250")) {
			pd_fail(error, PD_TEMPORARY, "%s: EHLO was answered: %.200s", smtp->where, line);
			hang_up(smtp);
			return PD_TEMPORARY;
		}
		if (n > 0 && line[3] != '\0')
			take_keyword(smtp, line + 4);
		if (line[3] != '-')
			return PD_OK;
	}
	return broke_off(smtp, EPROTO, error);
}

static int call(struct pd_smtp *smtp, struct pd_arena *arena, struct pd_error *error)
{
	int fd;
	struct reply greeting;
	int class = pd_connect(smtp->where, pd_monotonic() + smtp->timeouts.connect, &fd, error);
	if (class != PD_OK)
		return class;
	pthread_mutex_lock(&smtp->lock);
	bool is_aborted = smtp->is_aborted;
	smtp->fd = fd;
	pthread_mutex_unlock(&smtp->lock);
	smtp->is_used = false;
	if (is_aborted)
		return broke_off(smtp, EPIPE, error);
	if ((class = read_reply(smtp, arena, smtp->timeouts.connect, &greeting, error)) != PD_OK)
		return class;
	if (greeting.code != 220) {
		/* Also a 5xx: it speaks of the service, not of the mail. */
		hang_up(smtp);
		return pd_fail(error, PD_TEMPORARY, "%s: greeted with %s", smtp->where, greeting.text);
	}
	return greet(smtp, error);
}

/* --- one mail --- */

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static bool has_8bit(const struct pd_bytes *bytes)
{
	for (size_t i = 0; i < bytes->len; i++)
		if ((unsigned char)bytes->data[i] >= 0x80)
			return true;
	return false;
}

/* Nothing that could end the path or the line stands in the address. */
static bool is_safe(const char *address)
{
	for (const char *c = address; *c != '\0'; c++)
		if ((unsigned char)*c <= 0x20 || *c == 0x7f || *c == '<' || *c == '>')
			return false;
	return true;
}

static bool needs_utf8(const struct pd_mail *mail)
{
	bool needs = mail->needs_smtputf8 || !is_ascii(mail->sender);
	for (size_t i = 0; i < mail->recipients.count; i++)
		needs = needs || !is_ascii(mail->recipients.items[i]);
	return needs;
}

/* Why the mail cannot leave by this MTA as it is; NULL: it can. */
static const char *obstacle(const struct pd_smtp *smtp, struct pd_arena *arena, const struct pd_mail *mail,
			    bool wants_utf8, bool wants_8bit)
{
	if (wants_utf8 && !smtp->has_smtputf8)
		return "553 5.6.7 an address is not ASCII, and the mail server does not offer SMTPUTF8";
	if (wants_8bit && !smtp->has_8bitmime)
		return "554 5.6.1 the mail has 8-bit text, and the mail server does not offer 8BITMIME";
	if (smtp->size > 0 && mail->bytes.len > smtp->size)
		return pd_printf(arena, "552 5.3.4 the mail has %zu bytes, and the mail server takes %llu",
				 mail->bytes.len, smtp->size);
	if (!is_safe(mail->sender))
		return "501 5.1.7 the sender's address cannot be written in an envelope";
	return NULL;
}

static void judge_all(const struct pd_mail *mail, struct pd_sent_recipient *verdicts, enum pd_sent sent,
		      const char *reply)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		verdicts[i] = (struct pd_sent_recipient){mail->recipients.items[i], sent, reply};
}

/* A 5xx that speaks of us two and not of the mail (RFC 5321, 4.2.3; RFC 4954): an administrator will mend it.
 */
static bool is_about_us(int code)
{
	return (code >= 502 && code <= 504) || code == 521 || (code >= 530 && code <= 538);
}

static enum pd_sent sent_of(int code)
{
	if (code >= 200 && code < 300)
		return PD_SENT_TAKEN;
	if (is_about_us(code))
		return PD_SENT_LATER;
	return code >= 500 && code < 600 ? PD_SENT_REFUSED : PD_SENT_LATER;
}

static int send_line(struct pd_smtp *smtp, const char *line, struct pd_error *error)
{
	return send_bytes(smtp, line, strlen(line), error);
}

/* The bytes with CR LF and stuffed dots, and the final dot (RFC 5321, section 4.5.2). */
static int send_text(struct pd_smtp *smtp, struct pd_bytes bytes, struct pd_error *error)
{
	PD_AUTO_BUF out = {0};
	const char *at = bytes.data, *end = bytes.data + bytes.len;
	int class;
	while (at < end) {
		/* One line, whichever way it ends: what a bare CR or LF means must not be the receiver's
		 * guess. */
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf != NULL ? lf : end;
		const char *cr = memchr(at, '\r', (size_t)(stop - at));
		if (cr != NULL)
			stop = cr;
		if (*at == '.')
			pd_buf_addc(&out, '.');
		pd_buf_add(&out, at, (size_t)(stop - at));
		pd_buf_add(&out, "\r\n", 2);
		at = stop + 1;
		if (cr != NULL && at < end && *at == '\n')
			at++;
		if (out.len >= BLOCK) {
			if ((class = send_bytes(smtp, out.data, out.len, error)) != PD_OK)
				return class;
			pd_buf_clear(&out);
		}
	}
	pd_buf_adds(&out, ".\r\n");
	return send_bytes(smtp, out.data, out.len, error);
}

/* MAIL, each RCPT and DATA: together where the MTA pipelines. Fills verdicts with what it said of each; those
 * accepted so far are PD_SENT_TAKEN. ret_go: DATA was answered with 354. */
static int send_envelope(struct pd_smtp *smtp, struct pd_arena *arena, const struct pd_mail *mail,
			 const char *parameters, struct pd_sent_recipient *verdicts, bool *ret_go,
			 struct pd_error *error)
{
	PD_AUTO_BUF group = {0};
	struct reply answer;
	int class;
	bool pipelines = smtp->has_pipelining, has_one = false;
	pd_buf_addf(&group, "MAIL FROM:<%s>%s\r\n", mail->sender, parameters);
	for (size_t i = 0; pipelines && i < mail->recipients.count; i++)
		pd_buf_addf(&group, "RCPT TO:<%s>\r\n", mail->recipients.items[i]);
	if (pipelines)
		pd_buf_adds(&group, "DATA\r\n");
	if ((class = send_bytes(smtp, group.data, group.len, error)) != PD_OK ||
	    (class = read_reply(smtp, arena, smtp->timeouts.command, &answer, error)) != PD_OK)
		return class;
	bool has_sender = answer.code / 100 == 2;
	enum pd_sent of_sender = has_sender ? PD_SENT_LATER : sent_of(answer.code);
	if (answer.code == 421) {
		hang_up(smtp);
		return pd_fail(error, PD_TEMPORARY, "%s: %s", smtp->where, answer.text);
	}
	judge_all(mail, verdicts, of_sender, has_sender ? NULL : answer.text);
	for (size_t i = 0; (has_sender || pipelines) && i < mail->recipients.count; i++) {
		if (!pipelines) {
			char *line = pd_printf(arena, "RCPT TO:<%s>\r\n", mail->recipients.items[i]);
			if ((class = send_line(smtp, line, error)) != PD_OK)
				return class;
		}
		if ((class = read_reply(smtp, arena, smtp->timeouts.command, &answer, error)) != PD_OK)
			return class;
		if (!has_sender)
			continue;
		verdicts[i].sent = sent_of(answer.code);
		verdicts[i].reply = answer.text;
		has_one = has_one || verdicts[i].sent == PD_SENT_TAKEN;
	}
	*ret_go = false;
	if (!pipelines && !has_one)
		return PD_OK;
	if (!pipelines && (class = send_line(smtp, "DATA\r\n", error)) != PD_OK)
		return class;
	if ((class = read_reply(smtp, arena, smtp->timeouts.command, &answer, error)) != PD_OK)
		return class;
	*ret_go = answer.code == 354;
	for (size_t i = 0; !*ret_go && i < mail->recipients.count; i++) {
		if (verdicts[i].sent != PD_SENT_TAKEN)
			continue;
		verdicts[i].sent = sent_of(answer.code) == PD_SENT_REFUSED ? PD_SENT_REFUSED : PD_SENT_LATER;
		verdicts[i].reply = answer.text;
	}
	return PD_OK;
}

static bool any_taken(const struct pd_mail *mail, const struct pd_sent_recipient *verdicts)
{
	for (size_t i = 0; i < mail->recipients.count; i++)
		if (verdicts[i].sent == PD_SENT_TAKEN)
			return true;
	return false;
}

/* Replaces the hope of those accepted at RCPT, and the silence on others, by the word that decides. */
static void settle(const struct pd_mail *mail, struct pd_sent_recipient *verdicts, enum pd_sent sent,
		   const char *reply)
{
	for (size_t i = 0; i < mail->recipients.count; i++) {
		if (verdicts[i].sent != PD_SENT_TAKEN && verdicts[i].reply != NULL)
			continue;
		verdicts[i].sent = sent;
		verdicts[i].reply = reply;
	}
}

/* A connection over which a mail failed is not kept: where a filter of Postfix has gone, the whole session gets 451,
 * and after a refusal at the end the next MAIL may be nested. */
static int converse(struct pd_smtp *smtp, struct pd_arena *arena, const struct pd_mail *mail,
		    struct pd_sent_recipient *verdicts, struct pd_error *error)
{
	bool wants_utf8 = needs_utf8(mail), wants_8bit = has_8bit(&mail->bytes), go;
	const char *why = obstacle(smtp, arena, mail, wants_utf8, wants_8bit);
	if (why != NULL) {
		judge_all(mail, verdicts, PD_SENT_REFUSED, why);
		return PD_OK;
	}
	PD_AUTO_BUF parameters = {0};
	pd_buf_adds(&parameters, ""); /* so that there is a text */
	if (smtp->has_size)
		pd_buf_addf(&parameters, " SIZE=%zu", mail->bytes.len);
	if (wants_8bit)
		pd_buf_adds(&parameters, " BODY=8BITMIME");
	if (wants_utf8)
		pd_buf_adds(&parameters, " SMTPUTF8");
	int class = send_envelope(smtp, arena, mail, parameters.data, verdicts, &go, error);
	if (class != PD_OK)
		goto lost;
	struct reply answer;
	if (!go) {
		pd_smtp_rest(smtp);
		return PD_OK;
	}
	if (!any_taken(mail, verdicts)) {
		/* Some servers go on to 354 with nobody to take it: an empty mail ends that. */
		if (send_line(smtp, ".\r\n", NULL) == PD_OK)
			read_reply(smtp, arena, smtp->timeouts.final_dot, &answer, NULL);
		return PD_OK;
	}
	if ((class = send_text(smtp, mail->bytes, error)) != PD_OK)
		goto lost;
	if (read_reply(smtp, arena, smtp->timeouts.final_dot, &answer, error) != PD_OK) {
		settle(mail, verdicts, PD_SENT_LATER, "the connection was lost before the last reply");
		if (error != NULL)
			error->class = PD_UNCERTAIN;
		return PD_UNCERTAIN;
	}
	settle(mail, verdicts, sent_of(answer.code), answer.text);
	if (sent_of(answer.code) != PD_SENT_TAKEN)
		pd_smtp_rest(smtp);
	return PD_OK;
lost:
	settle(mail, verdicts, PD_SENT_LATER,
	       error != NULL ? pd_strdup(arena, error->text) : "the connection was lost");
	return class;
}

int pd_smtp_send(struct pd_smtp *smtp, struct pd_arena *arena, const struct pd_mail *mail,
		 struct pd_sent_recipient *ret_verdicts, struct pd_error *error)
{
	struct pd_error own = {0};
	struct pd_mail good = {
		.sender = mail->sender, .bytes = mail->bytes, .needs_smtputf8 = mail->needs_smtputf8};
	struct pd_sent_recipient *verdicts =
		PD_NEW_N(arena, struct pd_sent_recipient, mail->recipients.count);
	judge_all(mail, ret_verdicts, PD_SENT_REFUSED,
		  "501 5.1.3 the address cannot be written in an envelope");
	for (size_t i = 0; i < mail->recipients.count; i++)
		if (is_safe(mail->recipients.items[i]))
			*pd_list_add(arena, &good.recipients) = mail->recipients.items[i];
	int class = PD_OK;
	for (int attempt = 0; good.recipients.count > 0 && attempt < 2; attempt++) {
		bool was_kept = smtp->fd >= 0 && smtp->is_used;
		judge_all(&good, verdicts, PD_SENT_LATER, NULL);
		class = smtp->fd >= 0 ? PD_OK : call(smtp, arena, &own);
		if (class == PD_OK) {
			smtp->is_used = true;
			class = converse(smtp, arena, &good, verdicts, &own);
		} else {
			judge_all(&good, verdicts, PD_SENT_LATER, pd_strdup(arena, own.text));
		}
		/* A kept connection may have been closed for idleness: that says nothing of the mail. */
		if (class != PD_TEMPORARY || !was_kept || smtp->is_aborted)
			break;
	}
	for (size_t i = 0, j = 0; i < mail->recipients.count; i++)
		if (is_safe(mail->recipients.items[i]))
			ret_verdicts[i] = verdicts[j++];
	if (class != PD_OK && error != NULL)
		*error = own;
	return class;
}

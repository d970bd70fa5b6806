/* The LMTP engine: see lmtp_session.h.
 *
 * Promises: one reply for each recipient accepted, in order, all in one piece; no 5xx for a fault of our own;
 * whatever is wrong with a mail's bytes, the bytes kept are those that came. Fails: never; what goes wrong
 * below becomes 4xx and a line in the log. */
#include "gate/lmtp_session.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "gate/lmtp_parse.h"

#define LINE_SOFT 1024 /* RFC 5321's 512 and what the extensions add: longer ones are refused */
#define LINE_HARD 4096 /* and here the session ends */

enum state { STATE_COMMAND, STATE_DATA, STATE_OVER };

/* Where in a mail's bytes the scanner stands. */
enum at { AT_LINE_START, AT_DOT, AT_DOT_CR, AT_TEXT, AT_CR };

struct pd_lmtp {
	struct pd_lmtp_limits limits;
	struct pd_lmtp_desk desk;
	enum state state;
	bool is_greeted; /* LHLO was said */
	unsigned errors;
	unsigned long progress;
	struct pd_buf line; /* of an unfinished command */
	struct pd_buf replies;

	/* of one mail */
	struct pd_arena *arena;
	bool has_sender, is_utf8;
	struct pd_envelope envelope; /* recipients without exact repetitions */
	size_t accepted;	     /* RCPT commands accepted, repetitions too: each has its reply */
	size_t unknown;		     /* RCPT commands with an address that is not ours */
	char *ident;		     /* malloc; XFORWARD precedes MAIL; NULL */

	/* of its bytes */
	enum at at;
	struct pd_raw *raw;
	bool is_too_big;
	struct pd_error fault; /* class PD_OK: none; of the spool */
};

static void reply(struct pd_lmtp *lmtp, const char *text)
{
	pd_buf_adds(&lmtp->replies, text);
	pd_buf_add(&lmtp->replies, "\r\n", 2);
}

static void reset(struct pd_lmtp *lmtp)
{
	pd_raw_free(lmtp->raw);
	lmtp->raw = NULL;
	pd_arena_free(lmtp->arena);
	lmtp->arena = pd_arena_new();
	free(lmtp->ident);
	lmtp->ident = NULL;
	lmtp->envelope = (struct pd_envelope){0};
	lmtp->has_sender = false;
	lmtp->is_utf8 = false;
	lmtp->accepted = 0;
	lmtp->unknown = 0;
}

struct pd_lmtp *pd_lmtp_new(const struct pd_lmtp_limits *limits, const struct pd_lmtp_desk *desk)
{
	struct pd_lmtp *lmtp = g_new0(struct pd_lmtp, 1);
	lmtp->limits = *limits;
	lmtp->limits.hostname = g_strdup(limits->hostname);
	lmtp->limits.spool = g_strdup(limits->spool);
	lmtp->desk = *desk;
	reset(lmtp);
	pd_buf_addf(&lmtp->replies, "220 %s postdesk LMTP\r\n", limits->hostname);
	return lmtp;
}

void pd_lmtp_free(struct pd_lmtp *lmtp)
{
	if (lmtp == NULL)
		return;
	pd_raw_free(lmtp->raw);
	pd_arena_free(lmtp->arena);
	free(lmtp->ident);
	pd_buf_free(&lmtp->line);
	pd_buf_free(&lmtp->replies);
	g_free((char *)lmtp->limits.hostname);
	g_free((char *)lmtp->limits.spool);
	g_free(lmtp);
}

struct pd_buf *pd_lmtp_replies(struct pd_lmtp *lmtp)
{
	return &lmtp->replies;
}

bool pd_lmtp_is_over(const struct pd_lmtp *lmtp)
{
	return lmtp->state == STATE_OVER;
}

bool pd_lmtp_in_data(const struct pd_lmtp *lmtp)
{
	return lmtp->state == STATE_DATA;
}

unsigned long pd_lmtp_progress(const struct pd_lmtp *lmtp)
{
	return lmtp->progress;
}

void pd_lmtp_end(struct pd_lmtp *lmtp, const char *text)
{
	if (lmtp->state == STATE_OVER)
		return;
	pd_buf_addf(&lmtp->replies, "421 %s\r\n", text);
	lmtp->state = STATE_OVER;
}

void pd_lmtp_talks_early(struct pd_lmtp *lmtp)
{
	pd_log(PD_WARNING, "client sent text before it was asked to", "queue-id", lmtp->ident, NULL);
	pd_buf_clear(&lmtp->replies);
	pd_lmtp_end(lmtp, "4.5.0 Text before the answer to DATA");
}

/* A refused command; too many of them end the session. */
static void refuse(struct pd_lmtp *lmtp, const char *text)
{
	if (++lmtp->errors > lmtp->limits.errors)
		pd_lmtp_end(lmtp, "4.7.0 Too many errors");
	else
		reply(lmtp, text);
}

/* --- commands --- */

static void do_lhlo(struct pd_lmtp *lmtp, const char *at)
{
	if (*at == '\0') {
		refuse(lmtp, "501 5.5.4 Syntax: LHLO name");
		return;
	}
	reset(lmtp);
	lmtp->is_greeted = true;
	pd_buf_addf(&lmtp->replies,
		    "250-%s\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
		    "250-SIZE %zu\r\n250 XFORWARD NAME ADDR PROTO HELO IDENT SOURCE\r\n",
		    lmtp->limits.hostname, lmtp->limits.message);
}

/* An address with bytes beyond ASCII needs SMTPUTF8 (RFC 6531); NULL: it is fine, else the refusal. */
static const char *wrong_bytes(const struct pd_lmtp *lmtp, const char *address)
{
	for (const char *c = address; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x80)
			continue;
		if (!lmtp->is_utf8)
			return "553 5.6.7 This address needs SMTPUTF8";
		return g_utf8_validate(address, -1, NULL) ? NULL : "501 5.5.2 The address is no UTF-8";
	}
	return NULL;
}

/* SIZE, BODY and SMTPUTF8; NULL: fine, else the refusal. */
static const char *mail_parameters(struct pd_lmtp *lmtp, const char *at)
{
	for (;;) {
		const char *name, *value;
		unsigned long long size;
		if (!pd_lmtp_parameter(lmtp->arena, &at, &name, &value))
			return "501 5.5.4 Malformed parameter";
		if (name == NULL)
			return NULL;
		if (pd_equal_nocase(name, "SIZE")) {
			if (value == NULL || !pd_number(value, UINT64_MAX, &size))
				return "501 5.5.4 SIZE needs a number";
			if (size > lmtp->limits.message)
				return "552 5.3.4 The mail is larger than is taken here";
		} else if (pd_equal_nocase(name, "BODY")) {
			if (value == NULL ||
			    (!pd_equal_nocase(value, "7BIT") && !pd_equal_nocase(value, "8BITMIME")))
				return "501 5.5.4 BODY is 7BIT or 8BITMIME";
		} else if (pd_equal_nocase(name, "SMTPUTF8")) {
			if (value != NULL)
				return "501 5.5.4 SMTPUTF8 has no value";
			lmtp->is_utf8 = true;
		} else {
			return "555 5.5.4 Unknown parameter";
		}
	}
}

static void do_mail(struct pd_lmtp *lmtp, const char *at)
{
	const char *sender, *wrong;
	if (!lmtp->is_greeted) {
		refuse(lmtp, "503 5.5.1 Say LHLO first");
		return;
	}
	if (lmtp->has_sender) {
		refuse(lmtp, "503 5.5.1 One MAIL at a time");
		return;
	}
	if (!pd_lmtp_word(&at, "FROM:") || !pd_lmtp_path(lmtp->arena, &at, &sender)) {
		refuse(lmtp, "501 5.5.4 Syntax: MAIL FROM:<address>");
		return;
	}
	lmtp->is_utf8 = false;
	if ((wrong = mail_parameters(lmtp, at)) != NULL || (wrong = wrong_bytes(lmtp, sender)) != NULL) {
		refuse(lmtp, wrong);
		return;
	}
	lmtp->envelope.sender = sender;
	lmtp->envelope.queue_id = pd_strdup(lmtp->arena, lmtp->ident);
	lmtp->has_sender = true;
	reply(lmtp, "250 2.1.0 Ok");
}

static void do_rcpt(struct pd_lmtp *lmtp, const char *at)
{
	const char *recipient, *name, *value, *wrong;
	if (!lmtp->has_sender) {
		refuse(lmtp, "503 5.5.1 Say MAIL first");
		return;
	}
	if (!pd_lmtp_word(&at, "TO:") || !pd_lmtp_path(lmtp->arena, &at, &recipient) || *recipient == '\0') {
		refuse(lmtp, "501 5.5.4 Syntax: RCPT TO:<address>");
		return;
	}
	if (!pd_lmtp_parameter(lmtp->arena, &at, &name, &value)) {
		refuse(lmtp, "501 5.5.4 Malformed parameter");
		return;
	}
	if (name != NULL) {
		refuse(lmtp, "555 5.5.4 Unknown parameter");
		return;
	}
	if ((wrong = wrong_bytes(lmtp, recipient)) != NULL) {
		refuse(lmtp, wrong);
		return;
	}
	if (lmtp->accepted >= lmtp->limits.recipients ||
	    lmtp->unknown >= 10 * (size_t)lmtp->limits.recipients) {
		/* No error of the client's: it sends the others in a mail of their own. */
		reply(lmtp, "452 4.5.3 Too many recipients for one mail");
		return;
	}
	if (!lmtp->desk.knows(lmtp->desk.data, recipient)) {
		pd_log(PD_INFO, "refused: unknown address", "queue-id", lmtp->ident, "recipient", recipient,
		       "sender", lmtp->envelope.sender, NULL);
		lmtp->unknown++;
		reply(lmtp, "550 5.1.1 No such address here");
		return;
	}
	pd_strings_add_once(lmtp->arena, &lmtp->envelope.recipients, recipient);
	lmtp->accepted++;
	reply(lmtp, "250 2.1.5 Ok");
}

static void do_data(struct pd_lmtp *lmtp, const char *at)
{
	if (*at != '\0') {
		refuse(lmtp, "501 5.5.4 DATA takes no argument");
		return;
	}
	if (lmtp->accepted == 0) {
		refuse(lmtp, "503 5.5.1 No recipient was accepted");
		return;
	}
	lmtp->state = STATE_DATA;
	lmtp->at = AT_LINE_START;
	lmtp->raw = pd_raw_new(lmtp->limits.spool);
	lmtp->is_too_big = false;
	lmtp->fault = (struct pd_error){0};
	reply(lmtp, "354 End with a line of one dot");
}

/* Attributes of the client that the MTA had (Postfix's XFORWARD_README); of these the queue-id is kept. */
static void do_xforward(struct pd_lmtp *lmtp, const char *at)
{
	static const char *const known[] = {"NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE"};
	if (!lmtp->is_greeted || lmtp->has_sender) {
		refuse(lmtp, lmtp->has_sender ? "503 5.5.1 Not between MAIL and the mail's end"
					      : "503 5.5.1 Say LHLO first");
		return;
	}
	PD_AUTO_ARENA words = pd_arena_new();
	for (bool is_first = true;; is_first = false) {
		const char *name, *value;
		if (!pd_lmtp_parameter(words, &at, &name, &value) || (name == NULL && is_first)) {
			refuse(lmtp, "501 5.5.4 Syntax: XFORWARD attribute=value...");
			return;
		}
		if (name == NULL)
			break;
		bool is_known = false;
		for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
			is_known = is_known || pd_equal_nocase(name, known[i]);
		char *text = is_known && value != NULL ? pd_lmtp_xtext(words, value) : NULL;
		if (text == NULL) {
			refuse(lmtp, "501 5.5.4 Unknown attribute or bad value");
			return;
		}
		if (pd_equal_nocase(name, "IDENT")) {
			free(lmtp->ident);
			lmtp->ident = NULL;
			if (*text != '\0' && !pd_equal_nocase(text, "[UNAVAILABLE]") &&
			    !pd_equal_nocase(text, "[TEMPUNAVAIL]"))
				lmtp->ident = strdup(text);
		}
	}
	reply(lmtp, "250 2.0.0 Ok");
}

static void do_other(struct pd_lmtp *lmtp, const char *line)
{
	const char *at = line;
	if (pd_lmtp_word(&at, "RSET")) {
		if (*at != '\0') {
			refuse(lmtp, "501 5.5.4 RSET takes no argument");
			return;
		}
		reset(lmtp);
		reply(lmtp, "250 2.0.0 Ok");
	} else if (pd_lmtp_word(&at, "NOOP")) {
		reply(lmtp, "250 2.0.0 Ok");
	} else if (pd_lmtp_word(&at, "QUIT")) {
		reply(lmtp, "221 2.0.0 Bye");
		lmtp->state = STATE_OVER;
	} else if (pd_lmtp_word(&at, "HELO") || pd_lmtp_word(&at, "EHLO")) {
		refuse(lmtp, "500 5.5.1 This is LMTP: say LHLO");
	} else if (pd_lmtp_word(&at, "VRFY") || pd_lmtp_word(&at, "EXPN") || pd_lmtp_word(&at, "HELP") ||
		   pd_lmtp_word(&at, "BDAT") || pd_lmtp_word(&at, "STARTTLS") || pd_lmtp_word(&at, "AUTH")) {
		refuse(lmtp, "502 5.5.1 Not offered here");
	} else {
		refuse(lmtp, "500 5.5.1 Unknown command");
	}
}

/* A whole line without its end. */
static void command(struct pd_lmtp *lmtp, const char *line, size_t len)
{
	lmtp->progress++;
	for (size_t i = 0; i < len; i++) {
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
			refuse(lmtp, "500 5.5.2 Control character in a command");
			return;
		}
	}
	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	char text[LINE_SOFT + 1];
	memcpy(text, line, len);
	text[len] = '\0';
	const char *at = text;
	if (pd_lmtp_word(&at, "LHLO"))
		do_lhlo(lmtp, at);
	else if (pd_lmtp_word(&at, "MAIL"))
		do_mail(lmtp, at);
	else if (pd_lmtp_word(&at, "RCPT"))
		do_rcpt(lmtp, at);
	else if (pd_lmtp_word(&at, "DATA"))
		do_data(lmtp, at);
	else if (pd_lmtp_word(&at, "XFORWARD"))
		do_xforward(lmtp, at);
	else
		do_other(lmtp, text);
}

/* A line with its LF; a line that ends otherwise than with CRLF is refused whole. */
static void whole_line(struct pd_lmtp *lmtp, const char *line, size_t len)
{
	if (len < 2 || line[len - 2] != '\r') {
		lmtp->progress++;
		refuse(lmtp, "500 5.5.2 Lines end with CR LF");
	} else if (len > LINE_SOFT) {
		lmtp->progress++;
		refuse(lmtp, "500 5.5.6 Line too long");
	} else {
		command(lmtp, line, len - 2);
	}
}

/* Takes one line, or what there is of it; returns the bytes taken. */
static size_t feed_command(struct pd_lmtp *lmtp, const char *data, size_t len)
{
	const char *lf = memchr(data, '\n', len);
	size_t taken = lf != NULL ? (size_t)(lf - data) + 1 : len;
	if (lmtp->line.len + taken > LINE_HARD) {
		reply(lmtp, "500 5.5.6 Line too long");
		lmtp->state = STATE_OVER;
		return taken;
	}
	if (lf != NULL && lmtp->line.len == 0) {
		whole_line(lmtp, data, taken);
		return taken;
	}
	pd_buf_add(&lmtp->line, data, taken);
	if (lf != NULL) {
		whole_line(lmtp, lmtp->line.data, lmtp->line.len);
		pd_buf_clear(&lmtp->line);
	}
	return taken;
}

/* --- the mail --- */

/* After the first fault or above the limit the rest is read and dropped. */
static void keep(struct pd_lmtp *lmtp, const char *data, size_t len)
{
	if (len == 0 || lmtp->is_too_big || lmtp->fault.class != PD_OK)
		return;
	if (len > lmtp->limits.message || lmtp->raw->size > lmtp->limits.message - len) {
		lmtp->is_too_big = true;
		return;
	}
	if (pd_raw_add(lmtp->raw, data, len, &lmtp->fault) != PD_OK && lmtp->fault.class == PD_OK)
		lmtp->fault.class = PD_TEMPORARY;
}

/* What the MTA must do about it; never more than the class says. */
static void code_of(const struct pd_error *error, char *line, size_t room)
{
	switch (error->class) {
	case PD_FULL:
		snprintf(line, room, "452 4.3.1 No space left, try again later");
		break;
	case PD_PERMANENT:
		snprintf(line, room, "554 5.6.0 %.300s", error->text);
		break;
	default:
		snprintf(line, room, "451 4.3.0 Not stored, try again later");
		break;
	}
}

static void tell(const struct pd_lmtp *lmtp, const struct pd_receipt *receipt, const struct pd_error *error)
{
	char ticket[24], size[24], count[24];
	snprintf(ticket, sizeof ticket, "%lld", (long long)receipt->ticket);
	snprintf(size, sizeof size, "%zu", lmtp->raw->size);
	snprintf(count, sizeof count, "%zu", lmtp->accepted);
	if (error->class == PD_OK)
		pd_log(PD_INFO, "delivered", "queue-id", lmtp->ident, "ticket",
		       receipt->ticket > 0 ? ticket : NULL, "msgid", receipt->message_id, "outcome",
		       receipt->outcome, "why", receipt->why, "sender", lmtp->envelope.sender, "recipients", count, "size", size,
		       NULL);
	else
		pd_log(error->class == PD_PERMANENT ? PD_WARNING : PD_ERROR, "not delivered", "queue-id",
		       lmtp->ident, "msgid", receipt->message_id, "reason", error->text, "sender",
		       lmtp->envelope.sender, "recipients", count, "size", size, NULL);
}

/* The final dot was read: hands the mail on and answers for each recipient. */
static void finish(struct pd_lmtp *lmtp)
{
	char line[400];
	struct pd_receipt receipt = {0};
	struct pd_error error = lmtp->fault;
	if (lmtp->is_too_big) {
		snprintf(line, sizeof line, "552 5.3.4 The mail is larger than is taken here");
		pd_log(PD_WARNING, "refused: too large", "queue-id", lmtp->ident, "sender",
		       lmtp->envelope.sender, NULL);
	} else {
		if (error.class == PD_OK && pd_raw_finish(lmtp->raw, &error) == PD_OK) {
			int class = lmtp->desk.deliver(lmtp->desk.data, lmtp->arena, &lmtp->envelope,
						       lmtp->raw, &receipt, &error);
			error.class = (enum pd_class) class;
		}
		if (error.class == PD_OK && receipt.ticket > 0)
			snprintf(line, sizeof line, "250 2.0.0 Ok: ticket %lld", (long long)receipt.ticket);
		else if (error.class == PD_OK)
			snprintf(line, sizeof line, "250 2.0.0 Ok");
		else
			code_of(&error, line, sizeof line);
		tell(lmtp, &receipt, &error);
	}
	for (size_t i = 0; i < lmtp->accepted; i++)
		reply(lmtp, line);
	reset(lmtp);
	lmtp->state = STATE_COMMAND;
	lmtp->progress++;
}

/* From the middle of a line to the next line that begins with a dot, or to the end of what there is. */
static size_t feed_text(struct pd_lmtp *lmtp, const char *data, size_t len)
{
	const char *end = data + len, *from = data;
	for (;;) {
		const char *cr = memchr(from, '\r', (size_t)(end - from));
		if (cr == NULL) {
			keep(lmtp, data, len);
			return len;
		}
		if (cr + 1 == end) {
			keep(lmtp, data, len);
			lmtp->at = AT_CR;
			return len;
		}
		from = cr + 1;
		if (*from != '\n')
			continue;
		from++;
		if (from == end || *from == '.') {
			keep(lmtp, data, (size_t)(from - data));
			lmtp->at = AT_LINE_START;
			return (size_t)(from - data);
		}
	}
}

/* Takes bytes of a mail up to its end (RFC 5321, section 4.5.2). */
static size_t feed_data(struct pd_lmtp *lmtp, const char *data, size_t len)
{
	size_t i = 0;
	while (i < len) {
		switch (lmtp->at) {
		case AT_LINE_START:
			lmtp->at = data[i] == '.' ? AT_DOT : AT_TEXT;
			i += lmtp->at == AT_DOT;
			break;
		case AT_DOT: /* the dot itself is never kept */
			lmtp->at = data[i] == '\r' ? AT_DOT_CR : AT_TEXT;
			i += lmtp->at == AT_DOT_CR;
			break;
		case AT_DOT_CR:
			if (data[i] == '\n') {
				finish(lmtp);
				return i + 1;
			}
			keep(lmtp, "\r", 1);
			lmtp->at = AT_TEXT;
			break;
		case AT_CR:
			lmtp->at = AT_TEXT;
			if (data[i] == '\n') {
				keep(lmtp, "\n", 1);
				lmtp->at = AT_LINE_START;
				i++;
			}
			break;
		case AT_TEXT:
			i += feed_text(lmtp, data + i, len - i);
			break;
		}
	}
	return i;
}

size_t pd_lmtp_feed(struct pd_lmtp *lmtp, const char *data, size_t len)
{
	if (lmtp->state == STATE_DATA)
		return feed_data(lmtp, data, len);
	size_t taken = 0;
	while (taken < len && lmtp->state == STATE_COMMAND)
		taken += feed_command(lmtp, data + taken, len - taken);
	if (lmtp->state == STATE_DATA && taken < len) {
		pd_lmtp_talks_early(lmtp);
		return len;
	}
	return lmtp->state == STATE_OVER ? len : taken;
}

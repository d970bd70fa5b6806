/* The log: one event, one line, to stderr, syslog(3) or the journal.
 *
 * Promises: a line is written by one write(2), so that threads do not mix; a value that is not plain
 * stands quoted with control characters escaped. Fails: silently, since there is nobody to tell. */
#include "base/log.h"

#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"

#define VALUE_MAX 1000 /* bytes of one value, before escaping */

static enum pd_log_target log_target = PD_LOG_STDERR;
static enum pd_level log_least = PD_INFO;

void pd_log_open(enum pd_log_target target, enum pd_level least, const char *program)
{
	log_target = target;
	log_least = least;
	if (target == PD_LOG_SYSLOG)
		openlog(program, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static bool is_plain(const char *value)
{
	if (*value == '\0')
		return false;
	for (const unsigned char *c = (const unsigned char *)value; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7f || *c == '"' || *c == '\\' || *c == '=')
			return false;
	return strlen(value) <= VALUE_MAX;
}

/* Valid UTF-8 stays; C0, DEL, C1, bidi controls, line separators and invalid bytes become escapes. */
static void add_quoted(struct pd_buf *line, const char *value)
{
	size_t left = strlen(value);
	bool is_cut = left > VALUE_MAX;
	if (is_cut)
		left = VALUE_MAX;
	pd_buf_addc(line, '"');
	while (left > 0) {
		gunichar c = g_utf8_get_char_validated(value, (gssize)left);
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			pd_buf_addf(line, "\\x%02x", (unsigned char)*value);
			value++, left--;
			continue;
		}
		size_t len = (size_t)(g_utf8_next_char(value) - value);
		if (c == '"' || c == '\\')
			pd_buf_addf(line, "\\%c", (char)c);
		else if (c == '\n')
			pd_buf_adds(line, "\\n");
		else if (c == '\r')
			pd_buf_adds(line, "\\r");
		else if (c == '\t')
			pd_buf_adds(line, "\\t");
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			pd_buf_addf(line, "\\x%02x", (unsigned)c);
		else if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			pd_buf_addf(line, "\\u%04x", (unsigned)c);
		else
			pd_buf_add(line, value, len);
		value += len;
		left -= len;
	}
	pd_buf_adds(line, is_cut ? "...\"" : "\"");
}

static void add_text(struct pd_buf *line, const char *text)
{
	for (; *text != '\0'; text++)
		pd_buf_addc(line, (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text);
}

void pd_log(enum pd_level level, const char *text, ...)
{
	static const char *const names[] = {"debug", "info", "warning", "error"};
	static const int priorities[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};
	if (level < log_least)
		return;
	PD_AUTO_BUF line = {0};
	/* systemd reads <N> at the start of a service's stderr as the priority. */
	if (log_target == PD_LOG_JOURNAL)
		pd_buf_addf(&line, "<%d>", priorities[level]);
	else
		pd_buf_addf(&line, "%s: ", names[level]);
	add_text(&line, text);
	va_list pairs;
	va_start(pairs, text);
	for (const char *key; (key = va_arg(pairs, const char *)) != NULL;) {
		const char *value = va_arg(pairs, const char *);
		if (value == NULL)
			continue;
		pd_buf_addf(&line, " %s=", key);
		if (is_plain(value))
			pd_buf_adds(&line, value);
		else
			add_quoted(&line, value);
	}
	va_end(pairs);
	if (log_target == PD_LOG_SYSLOG) {
		syslog(priorities[level], "%s", line.data);
		return;
	}
	pd_buf_addc(&line, '\n');
	if (write(STDERR_FILENO, line.data, line.len) < 0)
		return;
}

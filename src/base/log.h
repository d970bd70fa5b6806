/* The log. Only gates, post, cli and daemon write to it; libraries return errors.
 *
 * One event is one line: "level: text key=value key=value". Values are escaped
 * (control characters, quotes, over-long text), so that no mail can forge a line. */
#ifndef PD_BASE_LOG_H
#define PD_BASE_LOG_H

enum pd_level { PD_DEBUG, PD_INFO, PD_WARNING, PD_ERROR };
enum pd_log_target { PD_LOG_STDERR, PD_LOG_SYSLOG, PD_LOG_JOURNAL };

/* Program name as it shall stand in syslog. Call once before threads start. */
void pd_log_open(enum pd_log_target target, enum pd_level least, const char *program);

/* Pairs of key and value (const char *; a NULL value leaves the pair out), ended by NULL:
 *   pd_log(PD_INFO, "stored", "queue-id", id, "ticket", number, NULL); */
void pd_log(enum pd_level level, const char *text, ...) __attribute__((sentinel));

#endif

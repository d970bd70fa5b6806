/* An invitation: what an iCalendar part (RFC 5545) says, as words for a mail that says nothing else, and as values.
 *
 * Reads the lines of the first component that has a summary; expands no rules and knows no zones, so that hostile
 * parts cost nothing. What it cannot read is left out. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define LONGEST 2000 /* characters of one value */

/* Content lines with their folds taken out (RFC 5545 3.1). */
static struct pd_strings unfolded(struct pd_arena *arena, const char *ics)
{
	PD_AUTO_BUF flat = {0};

	for (const char *at = ics; *at;) {
		size_t fold = at[0] == '\n' && (at[1] == ' ' || at[1] == '\t')			  ? 2
			      : at[0] == '\r' && at[1] == '\n' && (at[2] == ' ' || at[2] == '\t') ? 3
											  : 0;

		if (!fold)
			pd_buf_addc(&flat, *at);
		at += fold ? fold : 1;
	}
	return pd_lines(arena, pd_buf_string(arena, &flat));
}

/* "NAME:value" or "NAME;PARAM=x:value"; NULL where the line is another property. Escapes undone (3.3.11). */
static const char *value_of(struct pd_arena *arena, const char *line, const char *name)
{
	size_t len = strlen(name);
	bool is_quoted = false;

	if (!pd_starts_nocase(line, name) || (line[len] != ':' && line[len] != ';'))
		return NULL;
	for (line += len; *line && (*line != ':' || is_quoted); line++)
		is_quoted ^= *line == '"';
	if (!*line)
		return NULL;
	PD_AUTO_BUF value = {0};

	for (line++; *line; line++) {
		if (*line == '\\' && line[1])
			line++, pd_buf_addc(&value, *line == 'n' || *line == 'N' ? '\n' : *line);
		else
			pd_buf_addc(&value, *line);
	}
	return pd_buf_string(arena, &value);
}

/* "20261123T100000Z" as "2026-11-23 10:00 UTC"; anything else as it stands. */
static const char *time_text(struct pd_arena *arena, const char *value)
{
	if (strspn(value, "0123456789") != 8)
		return value;
	const char *date = pd_printf(arena, "%.4s-%.2s-%.2s", value, value + 4, value + 6);

	if (value[8] != 'T' || strspn(value + 9, "0123456789") < 4)
		return date;
	return pd_printf(arena, "%s %.2s:%.2s%s", date, value + 9, value + 11, pd_ends(value, "Z") ? " UTC" : "");
}

char *pd_invitation_text(struct pd_arena *arena, const char *ics)
{
	static const struct {
		const char *name, *label;
		bool is_time;
	} shown[] = {{"SUMMARY", "", false},	  {"DTSTART", "Start: ", true}, {"DTEND", "End: ", true},
		     {"LOCATION", "Place: ", false}, {"DESCRIPTION", "", false}};
	struct pd_strings lines = unfolded(arena, ics);
	const char *found[sizeof shown / sizeof *shown] = {0};
	PD_AUTO_BUF text = {0};

	for (size_t i = 0; i < lines.count; i++) {
		if (pd_starts_nocase(lines.items[i], "END:V") && found[0])
			break;
		if (pd_starts_nocase(lines.items[i], "BEGIN:V"))
			memset(found, 0, sizeof found);
		for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
			const char *value = value_of(arena, lines.items[i], shown[k].name);

			if (value && !found[k])
				found[k] = shown[k].is_time ? time_text(arena, value) : value;
		}
	}
	for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
		if (found[k] && *found[k])
			pd_buf_addf(&text, "%s%s%.*s", text.len ? "\n" : "", shown[k].label, LONGEST, found[k]);
	char *all = pd_buf_string(arena, &text);

	return *all ? pd_clean_text(arena, all, strlen(all)) : NULL;
}

/* A parameter of the property that the line begins with; "". */
static const char *param_of(struct pd_arena *arena, const char *line, const char *name)
{
	size_t len = strlen(name);
	bool is_quoted = false;

	for (; *line && (*line != ':' || is_quoted); line++) {
		is_quoted ^= *line == '"';
		if (*line != ';' || is_quoted || !pd_starts_nocase(line + 1, name) || line[1 + len] != '=')
			continue;
		const char *value = line + len + 2;
		bool has_quotes = *value == '"';

		value += has_quotes;
		return pd_clean_line(arena, pd_strndup(arena, value, strcspn(value, has_quotes ? "\"" : ";:")), 100);
	}
	return "";
}

void pd_invitation_read(struct pd_arena *arena, const char *ics, struct pd_invitation *ret_invitation)
{
	struct pd_invitation found = *ret_invitation;
	const struct {
		const char *name, **value;
	} wanted[] = {{"UID", &found.uid},
		      {"SUMMARY", &found.summary},
		      {"STATUS", &found.status},
		      {"ORGANIZER", &found.organizer},
		      {"DTSTART", &found.start},
		      {"DTEND", &found.end},
		      {"DURATION", &found.duration},
		      {"SEQUENCE", &found.sequence},
		      {"COMMENT", &found.comment},
		      {"X-MICROSOFT-CDO-BUSYSTATUS", &found.busy},
		      {"TRANSP", &found.transparency}};
	struct pd_strings lines = unfolded(arena, ics);
	bool is_inside = false;
	int depth = 0; /* of components within the event: alarms */

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i], *method = value_of(arena, line, "METHOD");

		if (method && !*found.method)
			found.method = pd_clean_line(arena, method, 20);
		if (pd_starts_nocase(line, "BEGIN:VEVENT") && !is_inside)
			is_inside = true;
		else if (pd_starts_nocase(line, "END:VEVENT"))
			break;
		else if (is_inside && pd_starts_nocase(line, "BEGIN:"))
			depth++;
		else if (is_inside && pd_starts_nocase(line, "END:"))
			depth--;
		for (size_t k = 0; is_inside && depth == 0 && k < sizeof wanted / sizeof *wanted; k++) {
			const char *value = value_of(arena, line, wanted[k].name);

			if (!value || **wanted[k].value)
				continue;
			*wanted[k].value = pd_clean_line(arena, value, 300);
			if (pd_equal(wanted[k].name, "DTSTART"))
				found.start_zone = param_of(arena, line, "TZID");
			if (pd_equal(wanted[k].name, "DTEND"))
				found.end_zone = param_of(arena, line, "TZID");
		}
		if (is_inside && depth == 0 && !*found.partstat && value_of(arena, line, "ATTENDEE"))
			found.partstat = param_of(arena, line, "PARTSTAT");
		if (is_inside && depth == 0 &&
		    (value_of(arena, line, "RRULE") || value_of(arena, line, "RDATE")))
			found.recurs = true;
	}
	*ret_invitation = found;
}

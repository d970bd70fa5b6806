/* The fields of a form's mail, as form mailers write them:
 *
 *   Label: value      Label = value      Label<TAB>value      *Label:* value
 *   Label             --- Label ---      Label:               1. Label
 *   value             value              value, line 1        value
 *                                        value, line 2
 *
 * Promises: each line goes to one field or to the rest; a label that stands there again is no label, so that what a visitor
 * writes does not become a field that the form has filled in above. Cannot fail. */
#include "desk/mailform.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* What is looked at, so that a hostile text costs no more than a long one: bytes of a line, separators in it, lines. */
enum { LABEL_MAX = 200, SEPARATORS_MAX = 8, LINES_MAX = 2000 };
#define MARKS " \t*_-=#>:|"

/* Without what is put around it, folded. */
static const char *plain(struct pd_arena *arena, const char *text, size_t len)
{
	while (len > 0 && strchr(MARKS, *text) != NULL) {
		text++;
		len--;
	}
	while (len > 0 && strchr(MARKS, text[len - 1]) != NULL)
		len--;
	return pd_fold(arena, pd_trim(arena, pd_strndup(arena, text, len)));
}

static bool is_rule(struct pd_arena *arena, const char *line)
{
	return line[strspn(line, MARKS)] == '\0' && *pd_trim(arena, line) != '\0';
}

static struct mailform_field *named(struct pd_arena *arena, struct mailform_fields *fields, const char *text, size_t len)
{
	const char *label = plain(arena, text, len), *number = label + strspn(label, "0123456789");
	if (number > label && (*number == '.' || *number == ')') && number[1] == ' ')
		number += 2; /* "1. Your name" */
	else
		number = label;
	for (size_t i = 0; i < fields->count && *label != '\0'; i++) {
		const char *own = fields->items[i].folded;
		if (!fields->items[i].is_found && (strcmp(own, label) == 0 || strcmp(own, number) == 0))
			return &fields->items[i];
	}
	return NULL;
}

/* The field whose label begins the line; ret_value: what stands behind it in the line. */
static struct mailform_field *begins(struct pd_arena *arena, struct mailform_fields *fields, const char *line,
				     const char **ret_value)
{
	size_t len = strlen(line);
	struct mailform_field *found = len <= LABEL_MAX ? named(arena, fields, line, len) : NULL;
	*ret_value = "";
	size_t separators = 0;
	for (size_t i = 0; found == NULL && i < len && i < LABEL_MAX && separators < SEPARATORS_MAX; i++) {
		if (strchr(":=\t|", line[i]) == NULL)
			continue;
		separators++;
		found = named(arena, fields, line, i);
		const char *rest = line + i + 1;
		if (found != NULL) /* "*Label:* value", "| Label | value |" */
			*ret_value = pd_trim(arena, rest + strspn(rest, pd_starts(pd_trim(arena, line), "*") ? "*\t|" : "\t|"));
	}
	return found;
}

static void add_line(struct pd_buf *out, const char *line)
{
	if (out->len > 0)
		pd_buf_addc(out, '\n');
	pd_buf_adds(out, line);
}

static void end(struct pd_arena *arena, struct mailform_field *field, const struct pd_buf *value)
{
	if (field != NULL)
		field->value = pd_trim(arena, pd_buf_string(arena, value));
}

void mailform_fields_read(struct pd_arena *arena, const char *text, struct mailform_fields *fields, const char **ret_rest)
{
	PD_AUTO_BUF rest = {0};
	PD_AUTO_BUF value = {0};
	struct mailform_field *open = NULL;
	struct pd_strings lines = pd_lines(arena, text);
	for (size_t i = 0; i < fields->count; i++)
		fields->items[i].folded = plain(arena, fields->items[i].label, strlen(fields->items[i].label));
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i], *behind = "";
		struct mailform_field *field = i < LINES_MAX ? begins(arena, fields, line, &behind) : NULL;
		if (field == NULL && open == NULL) {
			add_line(&rest, is_rule(arena, line) ? "" : line);
			continue;
		}
		if (field == NULL && !is_rule(arena, line)) {
			if (value.len > 0 || *pd_trim(arena, line) != '\0')
				add_line(&value, line);
		} else {
			end(arena, open, &value);
			pd_buf_clear(&value);
			open = field;
			if (field != NULL) {
				field->is_found = true;
				field->value = "";
				pd_buf_adds(&value, behind);
			}
		}
		if (open != NULL && !open->is_long && value.len > 0) {
			end(arena, open, &value);
			pd_buf_clear(&value);
			open = NULL;
		}
	}
	end(arena, open, &value);
	*ret_rest = pd_trim(arena, pd_buf_string(arena, &rest));
}

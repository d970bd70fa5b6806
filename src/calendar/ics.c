/* Reads the lines of .ics files. Promises: time linear in the size; a file is taken
 * whole or refused; nothing but regular files is ever read. Fails by a problem with
 * file and line, never by a signal. */
#include "calendar/ics.h"
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "base/text.h"

#define DEPTH_LIMIT 8

char *pd_ics_slurp(struct pd_arena *arena, const char *path, struct pd_where where, size_t *ret_len,
		   struct pd_problems *problems)
{
	struct stat about;
	PD_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *data;

	if (fd < 0 || fstat(fd, &about) < 0) {
		pd_problem_add(problems, where, "calendar file %s: %s", path, g_strerror(errno));
		return NULL;
	}
	if (!S_ISREG(about.st_mode)) {
		pd_problem_add(problems, where, "calendar file %s: not a regular file", path);
		return NULL;
	}
	if (about.st_size > (off_t)PD_ICS_LIMIT) {
		pd_problem_add(problems, where, "calendar file %s: larger than %zu bytes", path,
			       PD_ICS_LIMIT);
		return NULL;
	}
	data = pd_alloc(arena, (size_t)about.st_size + 1);
	if (pd_read_all(fd, data, (size_t)about.st_size) < 0) {
		pd_problem_add(problems, where, "calendar file %s: %s", path, g_strerror(errno));
		return NULL;
	}
	*ret_len = (size_t)about.st_size;
	return data;
}

/* One unfolded line of the file; at the end NULL. */
struct reader {
	struct pd_arena *arena;
	const char *at, *end;
	int next, number; /* of the line to come, of the line read */
};

static char *next_line(struct reader *in, size_t *ret_len)
{
	const char *from = in->at;
	size_t len = 0;
	char *line;

	if (in->at >= in->end)
		return NULL;
	in->number = in->next;
	/* The length with all continuations is at most what they take in the file. */
	for (const char *at = from; at < in->end;) {
		const char *stop = memchr(at, '\n', (size_t)(in->end - at));

		at = stop ? stop + 1 : in->end;
		len = (size_t)(at - from);
		if (at >= in->end || (*at != ' ' && *at != '\t'))
			break;
	}
	line = pd_alloc(in->arena, len + 1);
	in->at = from + len;
	len = 0;
	for (const char *at = from; at < in->at; in->next++) {
		const char *stop = memchr(at, '\n', (size_t)(in->at - at)), *last = stop ? stop : in->at;

		if (at != from)
			at++; /* the blank that marks the continuation */
		while (last > at && last[-1] == '\r')
			last--;
		memcpy(line + len, at, (size_t)(last - at));
		len += (size_t)(last - at);
		at = stop ? stop + 1 : in->at;
	}
	line[len] = '\0';
	*ret_len = len;
	return line;
}

static char *upper(char *text)
{
	for (char *c = text; *c; c++)
		*c = g_ascii_toupper(*c);
	return text;
}

static bool is_name(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && *text != '-' && *text != '_')
			return false;
	return true;
}

/* contentline = name *(";" param) ":" value; cuts the text in place. */
static bool split_line(struct pd_arena *arena, char *text, struct ics_line *line)
{
	char *at = text + strcspn(text, ";:"), mark = *at;

	line->name = text;
	if (mark == '\0')
		return false;
	*at++ = '\0';
	while (mark == ';') {
		struct ics_param *param;
		char *name = at, *value, *out;
		bool quoted = false;

		at += strcspn(at, "=:;");
		if (*at != '=')
			return false;
		*at++ = '\0';
		for (value = out = at; *at && (quoted || (*at != ';' && *at != ':')); at++) {
			if (*at == '"')
				quoted = !quoted;
			else
				*out++ = *at;
		}
		mark = *at;
		if (mark == '\0' || !is_name(name))
			return false;
		at++;
		*out = '\0';
		param = pd_list_add(arena, &line->params);
		param->name = upper(name);
		param->value = value;
	}
	line->value = at;
	upper(text);
	return is_name(text);
}

struct stack {
	struct ics_component *open[DEPTH_LIMIT];
	int depth;
};

static bool begin(struct pd_arena *arena, struct stack *stack, const struct ics_line *line,
		  struct pd_where where, struct pd_problems *problems)
{
	struct ics_component *made = PD_NEW(arena, struct ics_component);

	if (stack->depth == DEPTH_LIMIT) {
		pd_problem_add(problems, where, "%s: components nested deeper than %d", line->value,
			       DEPTH_LIMIT);
		return false;
	}
	made->name = upper(pd_trim(arena, line->value));
	made->number = line->number;
	if (stack->depth == 1 && strcmp(made->name, "VCALENDAR") != 0) {
		pd_problem_add(problems, where, "%s outside of a VCALENDAR: not a calendar file", made->name);
		return false;
	}
	*pd_list_add(arena, &stack->open[stack->depth - 1]->children) = made;
	stack->open[stack->depth++] = made;
	return true;
}

static bool end(struct pd_arena *arena, struct stack *stack, const struct ics_line *line,
		struct pd_where where, struct pd_problems *problems)
{
	const char *name = upper(pd_trim(arena, line->value));
	const struct ics_component *top = stack->open[stack->depth - 1];

	if (stack->depth == 1 || strcmp(top->name, name) != 0) {
		if (stack->depth == 1)
			pd_problem_add(problems, where, "END:%s without its BEGIN", name);
		else
			pd_problem_add(problems, where, "END:%s inside the %s of line %d", name, top->name,
				       top->number);
		return false;
	}
	stack->depth--;
	return true;
}

static bool take_line(struct pd_arena *arena, struct stack *stack, struct reader *in, char *text, size_t len,
		      struct pd_where where, struct pd_problems *problems)
{
	struct ics_component *top = stack->open[stack->depth - 1];
	struct ics_line line = {.number = in->number};

	if (strlen(text) != len) {
		pd_problem_add(problems, where, "a NUL byte: not a calendar file");
		return false;
	}
	if (!split_line(arena, text, &line)) {
		if (stack->depth == 1)
			pd_problem_add(problems, where, "not a calendar file (BEGIN:VCALENDAR expected)");
		else
			pd_problem_add(problems, where, "%s: not a NAME:VALUE line", top->name);
		return false;
	}
	if (strcmp(line.name, "BEGIN") == 0)
		return begin(arena, stack, &line, where, problems);
	if (strcmp(line.name, "END") == 0)
		return end(arena, stack, &line, where, problems);
	if (stack->depth == 1) {
		pd_problem_add(problems, where, "%s outside of a VCALENDAR: not a calendar file",
			       pd_clean_line(arena, line.name, 40));
		return false;
	}
	*pd_list_add(arena, &top->lines) = line;
	return true;
}

struct ics_component *pd_ics_parse(struct pd_arena *arena, const char *path, const char *data, size_t len,
				   struct pd_problems *problems)
{
	struct ics_component *root = PD_NEW(arena, struct ics_component);
	struct stack stack = {.open = {root}, .depth = 1};
	struct reader in = {.arena = arena, .at = data, .end = data + len, .next = 1};
	struct pd_where where = {.file = path};
	size_t line_len;
	char *text;

	root->name = "";
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		in.at += 3;
	while ((text = next_line(&in, &line_len)) != NULL) {
		where.line = in.number;
		if (line_len > 0 && !take_line(arena, &stack, &in, text, line_len, where, problems))
			return NULL;
	}
	if (stack.depth > 1) {
		const struct ics_component *top = stack.open[stack.depth - 1];

		where.line = top->number;
		pd_problem_add(problems, where, "%s without its END: the file is cut at line %d", top->name,
			       in.number);
		return NULL;
	}
	if (root->children.count == 0) {
		where.line = 0;
		pd_problem_add(problems, where, "no VCALENDAR in it: not a calendar file");
		return NULL;
	}
	return root;
}

const struct ics_line *pd_ics_line(const struct ics_component *component, const char *name)
{
	for (size_t i = 0; i < component->lines.count; i++)
		if (strcmp(component->lines.items[i].name, name) == 0)
			return &component->lines.items[i];
	return NULL;
}

const char *pd_ics_value(const struct ics_component *component, const char *name)
{
	const struct ics_line *line = pd_ics_line(component, name);

	return line ? line->value : NULL;
}

const char *pd_ics_param(const struct ics_line *line, const char *name)
{
	for (size_t i = 0; i < line->params.count; i++)
		if (strcmp(line->params.items[i].name, name) == 0)
			return line->params.items[i].value;
	return NULL;
}

char *pd_ics_text(struct pd_arena *arena, const char *value)
{
	char *plain = pd_strdup(arena, value), *out = plain;

	for (const char *c = plain; *c; c++) {
		if (*c == '\\' && c[1]) {
			c++;
			*out++ = *c == 'n' || *c == 'N' ? ' ' : *c;
		} else {
			*out++ = *c;
		}
	}
	*out = '\0';
	return pd_clean_line(arena, plain, 200);
}

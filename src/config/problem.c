/* What is wrong with a configuration, collected and told in order of file and line. Cannot fail. */
#include "config/config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add(struct pd_problems *problems, struct pd_where where, bool is_warning, const char *format,
		va_list args)
{
	struct pd_arena *arena = problems->arena;
	struct pd_problem *problem = pd_list_add(arena, problems);
	problem->where.file = pd_strdup(arena, where.file);
	problem->where.line = where.line;
	problem->is_warning = is_warning;
	problem->text = pd_vprintf(arena, format, args);
	if (!is_warning)
		problems->errors++;
}

void pd_problem_add(struct pd_problems *problems, struct pd_where where, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, where, false, format, args);
	va_end(args);
}

void pd_warning_add(struct pd_problems *problems, struct pd_where where, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, where, true, format, args);
	va_end(args);
}

/* Pointers into one array: what stands first there comes first among equals. */
static int by_place(const void *left, const void *right)
{
	const struct pd_problem *a = *(struct pd_problem *const *)left,
				*b = *(struct pd_problem *const *)right;
	const char *a_file = a->where.file != NULL ? a->where.file : "";
	const char *b_file = b->where.file != NULL ? b->where.file : "";
	int order = strcmp(a_file, b_file);
	if (order == 0)
		order = (a->where.line > b->where.line) - (a->where.line < b->where.line);
	return order != 0 ? order : (a > b) - (a < b);
}

void pd_problems_print(const struct pd_problems *problems, FILE *out)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_problem **sorted = PD_NEW_N(arena, const struct pd_problem *, problems->count);
	for (size_t i = 0; i < problems->count; i++)
		sorted[i] = &problems->items[i];
	if (problems->count > 0)
		qsort(sorted, problems->count, sizeof *sorted, by_place);
	for (size_t i = 0; i < problems->count; i++) {
		const struct pd_problem *problem = sorted[i];
		if (problem->where.file != NULL && problem->where.line > 0)
			fprintf(out, "%s:%d: ", problem->where.file, problem->where.line);
		else if (problem->where.file != NULL)
			fprintf(out, "%s: ", problem->where.file);
		fprintf(out, "%s: %s\n", problem->is_warning ? "warning" : "error", problem->text);
	}
}

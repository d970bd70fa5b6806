/* A table for people: columns as wide as their widest cell, cut where the terminal ends. */
#include "cli/cli.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <glib.h>
#include "base/text.h"

#define GAP 2
#define LEAST 8 /* columns are not cut below this */

struct row {
	struct pd_strings cells;
};
struct pd_table {
	struct pd_arena *arena;
	PD_LIST(struct row) rows; /* the first is the head */
};

struct pd_table *pd_table_new(struct pd_arena *arena, const struct pd_strings *columns)
{
	struct pd_table *table = PD_NEW(arena, struct pd_table);

	table->arena = arena;
	pd_table_row(table);
	for (size_t i = 0; i < columns->count; i++)
		pd_table_add(table, columns->items[i]);
	return table;
}

void pd_table_row(struct pd_table *table)
{
	(void)pd_list_add(table->arena, &table->rows);
}

void pd_table_add(struct pd_table *table, const char *text)
{
	struct row *row = &table->rows.items[table->rows.count - 1];

	*pd_list_add(table->arena, &row->cells) = text ? pd_clean_line(table->arena, text, 0) : "";
}

static size_t char_width(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static size_t width_of(const char *text)
{
	size_t width = 0;

	for (const char *c = text; *c; c = g_utf8_next_char(c))
		width += char_width(g_utf8_get_char(c));
	return width;
}

static void print_cell(const char *text, size_t width, bool is_last, FILE *out)
{
	bool is_cut = width_of(text) > width;
	size_t room = is_cut ? width - 1 : width, used = 0;
	const char *c = text;

	for (; *c && used + char_width(g_utf8_get_char(c)) <= room; c = g_utf8_next_char(c))
		used += char_width(g_utf8_get_char(c));
	fwrite(text, 1, (size_t)(c - text), out);
	if (is_cut) {
		fputs("…", out);
		used++;
	}
	for (; !is_last && used < width + GAP; used++)
		fputc(' ', out);
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

void pd_table_print(const struct pd_table *table, FILE *out)
{
	size_t columns = table->rows.items[0].cells.count, total = 0, widest = 0, room = terminal_width(out);
	size_t *widths = PD_NEW_N(table->arena, size_t, columns);

	for (size_t r = 0; r < table->rows.count; r++)
		for (size_t c = 0; c < columns && c < table->rows.items[r].cells.count; c++) {
			size_t width = width_of(table->rows.items[r].cells.items[c]);

			widths[c] = width > widths[c] ? width : widths[c];
		}
	for (size_t c = 0; c < columns; c++) {
		total += widths[c] + (c + 1 < columns ? GAP : 0);
		widest = widths[c] > widths[widest] ? c : widest;
	}
	if (room && total > room)
		widths[widest] = widths[widest] > total - room + LEAST ? widths[widest] - (total - room) : LEAST;
	for (size_t r = 0; r < table->rows.count; r++) {
		const struct pd_strings *cells = &table->rows.items[r].cells;

		for (size_t c = 0; c < columns; c++)
			print_cell(c < cells->count ? cells->items[c] : "", widths[c], c + 1 == columns, out);
		fputc('\n', out);
	}
}

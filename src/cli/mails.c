/* Mails on disk: mbox (mboxrd), Maildir, folders, single files. Only reads. */
#include "cli/mails.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <glib.h>
#include "base/text.h"

static const char *next_line(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline + 1 : end;
}

/* "From x Thu Jan…" at the start of the file or after an empty line begins a mail. */
static bool begins_mail(const char *line, const char *end)
{
	return end - line >= 5 && !memcmp(line, "From ", 5);
}

static struct pd_raw *unquoted(const char *at, const char *end)
{
	g_autoptr(GString) mail = g_string_sized_new((gsize)(end - at));

	while (at < end) {
		const char *next = next_line(at, end), *quote = at;

		while (quote < next && *quote == '>')
			quote++;
		if (quote > at && begins_mail(quote, next))
			at++;
		g_string_append_len(mail, at, next - at);
		at = next;
	}
	return pd_raw_from_bytes(mail->str, mail->len);
}

static bool each_of_mbox(const char *path, const struct pd_raw *whole, pd_mail_each each, void *data)
{
	const char *at = whole->data, *end = whole->data + whole->size;

	while (at < end) {
		const char *start = next_line(at, end), *line = start, *stop = end;
		bool after_empty = false;

		for (; line < end; line = next_line(line, end)) {
			if (after_empty && begins_mail(line, end)) {
				stop = line;
				break;
			}
			after_empty = *line == '\n' || (*line == '\r' && line + 1 < end && line[1] == '\n');
		}
		const char *last = stop; /* the empty line before the next "From " is not the mail's */

		if (stop > start && stop[-1] == '\n')
			last = stop - (stop - start >= 2 && stop[-2] == '\r' ? 2 : 1);
		PD_AUTO_RAW mail = unquoted(start, after_empty ? last : stop);
		struct pd_mail_place place = {path, (size_t)(at - whole->data)};

		if (!each(data, &place, mail))
			return false;
		at = stop;
	}
	return true;
}

static int each_of_file(const char *path, pd_mail_each each, void *data, bool *is_stopped, struct pd_error *error)
{
	PD_AUTO_RAW raw = NULL;
	int failed = pd_raw_from_file(path, "/tmp", &raw, error);

	if (failed)
		return failed;
	struct pd_mail_place place = {path, 0};

	if (raw->size == 0) /* an mbox without mails */
		return 0;
	if (begins_mail(raw->data, raw->data + raw->size))
		*is_stopped = !each_of_mbox(path, raw, each, data);
	else
		*is_stopped = !each(data, &place, raw);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int each_of_folder(const char *path, pd_mail_each each, void *data, bool *is_stopped, struct pd_error *error);

static int each_of_path(const char *path, pd_mail_each each, void *data, bool *is_stopped, struct pd_error *error)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) != 0)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	if (strcmp(path, "-") != 0 && S_ISDIR(st.st_mode))
		return each_of_folder(path, each, data, is_stopped, error);
	return each_of_file(path, each, data, is_stopped, error);
}

/* What mail clients keep beside mails, or what parse --json expects of them. */
static bool is_index(const char *name)
{
	return pd_ends(name, ".json") || pd_ends(name, ".msf");
}

static int each_of_folder(const char *path, pd_mail_each each, void *data, bool *is_stopped, struct pd_error *error)
{
	g_autofree char *current = g_build_filename(path, "cur", NULL);
	bool is_maildir = g_file_test(current, G_FILE_TEST_IS_DIR);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	DIR *directory = opendir(path);
	int failed = 0;

	if (!directory)
		return pd_fail_errno(error, PD_PERMANENT, errno, "%s", path);
	for (struct dirent *entry; (entry = readdir(directory));) {
		g_autofree char *inside = g_build_filename(path, entry->d_name, "cur", NULL);
		bool is_mail_folder = !strcmp(entry->d_name, "cur") || !strcmp(entry->d_name, "new");
		bool is_hidden = entry->d_name[0] == '.', is_dots = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
		bool is_subfolder = !is_dots && g_file_test(inside, G_FILE_TEST_IS_DIR); /* Maildir++: .Sent, .Archive.2024 */

		if (is_subfolder || (!is_hidden && !is_index(entry->d_name) && (!is_maildir || is_mail_folder)))
			g_ptr_array_add(names, g_build_filename(path, entry->d_name, NULL));
	}
	closedir(directory);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len && !failed && !*is_stopped; i++)
		failed = each_of_path(names->pdata[i], each, data, is_stopped, error);
	return failed;
}

int pd_mails_each(const char *path, pd_mail_each each, void *data, struct pd_error *error)
{
	bool is_stopped = false;

	return each_of_path(path, each, data, &is_stopped, error);
}

struct keeping {
	struct pd_arena *arena;
	struct pd_mails mails;
};

static bool keep_mail(void *data, const struct pd_mail_place *place, const struct pd_raw *raw)
{
	struct keeping *keeping = data;

	(void)place;
	*pd_list_add(keeping->arena, &keeping->mails) =
		(struct pd_bytes){pd_memdup(keeping->arena, raw->data, raw->size), raw->size};
	return true;
}

int pd_mails_all(struct pd_arena *arena, const char *path, struct pd_mails *ret_mails, struct pd_error *error)
{
	struct keeping keeping = {.arena = arena};
	int failed = pd_mails_each(path, keep_mail, &keeping, error);

	if (!failed)
		*ret_mails = keeping.mails;
	return failed;
}

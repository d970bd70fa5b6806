/* Texts and documents for agents: see texts.h.
 *
 * Promises: nothing outside of the directory is read, since names come from listing it, symbolic links are left out, and
 * nobody's input is ever a path; sizes and numbers have limits. Fails: by problems, each with its file. */
#include "config/texts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/text.h"

#define TEXT_MAX     ((size_t)256 * 1024)
#define DOCUMENT_MAX ((size_t)32 * 1024 * 1024)
#define FILES_MAX    10000

static const struct {
	const char *name, *folder;
} kinds[PD_TEXT_KINDS] = {
	[PD_TEXT_SNIPPET] = {"snippet", "snippets"},	[PD_TEXT_TEMPLATE] = {"template", "templates"},
	[PD_TEXT_ARTICLE] = {"article", "articles"},	[PD_TEXT_DOCUMENT] = {"document", "documents"},
	[PD_TEXT_VIDEO] = {"video", "videos"},		[PD_TEXT_QUOTE] = {"quote", "quotes"},
	[PD_TEXT_PLAYBOOK] = {"playbook", "playbooks"},
};
static const char *const languages[] = {"en", "fr", "pl", "fi", "de"};

const char *pd_text_kind_name(enum pd_text_kind kind)
{
	return kinds[kind].name;
}

struct loading {
	struct pd_settings *settings;
	struct pd_arena *arena;
	struct pd_problems *problems;
	struct pd_where where; /* of the option */
	enum pd_text_kind kind;
	const char *language; /* NULL: of none */
};

static bool is_text_file(const char *name)
{
	return pd_ends(name, ".txt");
}

/* --- one file --- */

static int read_descriptor(struct pd_arena *arena, int fd, size_t limit, struct pd_bytes *ret_bytes, struct pd_error *error)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return pd_fail(error, PD_TEMPORARY, "is no plain file");
	if ((size_t)st.st_size > limit)
		return pd_fail(error, PD_PERMANENT, "has more than %zu bytes", limit);
	char *data = pd_alloc(arena, (size_t)st.st_size + 1);
	if (st.st_size > 0 && pd_read_all(fd, data, (size_t)st.st_size) != 0)
		return pd_fail(error, PD_TEMPORARY, "cannot be read");
	data[st.st_size] = '\0';
	*ret_bytes = (struct pd_bytes){.data = data, .len = (size_t)st.st_size};
	return 0;
}

int pd_text_read(struct pd_arena *arena, const struct pd_text *text, struct pd_bytes *ret_bytes, struct pd_error *error)
{
	__attribute__((cleanup(pd_fd_cleanup))) int fd = open(text->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return pd_fail(error, PD_TEMPORARY, "%s cannot be opened", text->path);
	return read_descriptor(arena, fd, DOCUMENT_MAX, ret_bytes, error);
}

/* The value of a line "Key: value" of a text's head; its place in the text. */
static const char **head_place(struct pd_text *text, const char *line, size_t len)
{
	struct {
		const char *key;
		const char **place;
	} known[] = {{"Title", &text->title}, {"Subject", &text->subject}, {"Link", &text->link}, {"Preview", &text->preview}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].key) == len && strncmp(known[i].key, line, len) == 0)
			return known[i].place;
	return NULL;
}

/* Takes the head off; a text that begins otherwise has none. */
static void split_head(struct loading *loading, struct pd_text *text, const char *body)
{
	struct pd_text head = *text;
	const char *at = body;
	while (*at != '\0' && *at != '\n') {
		size_t len = strcspn(at, "\n"), key = strcspn(at, ":\n");
		const char **place = key < len ? head_place(&head, at, key) : NULL;
		if (place == NULL)
			break;
		*place = pd_clean_line(loading->arena, pd_strndup(loading->arena, at + key + 1, len - key - 1), 500);
		at += len + (at[len] == '\n');
	}
	bool is_whole = at != body && (*at == '\n' || *at == '\0');
	if (is_whole)
		*text = head;
	text->body = pd_strdup(loading->arena, is_whole ? at + strspn(at, "\n") : body);
}

static void add_file(struct loading *loading, int directory, const char *name, const struct stat *st, const char *path)
{
	struct pd_where where = {.file = pd_strdup(loading->arena, path)};
	struct pd_text text = {.kind = loading->kind,
			       .language = loading->language,
			       .file = pd_strdup(loading->arena, name),
			       .path = where.file,
			       .size = (size_t)st->st_size};
	const char *dot = strrchr(name, '.');
	text.name = dot != NULL ? pd_strndup(loading->arena, name, (size_t)(dot - name)) : text.file;
	bool may_be_file = loading->kind == PD_TEXT_DOCUMENT || loading->kind == PD_TEXT_QUOTE || loading->kind == PD_TEXT_VIDEO;
	bool is_text = is_text_file(name) && loading->kind != PD_TEXT_DOCUMENT;
	if (!is_text && !may_be_file) {
		pd_warning_add(loading->problems, where, "is left out: a %s is a file that ends in .txt",
			       kinds[loading->kind].name);
		return;
	}
	if (!is_text && text.size > DOCUMENT_MAX) {
		pd_problem_add(loading->problems, where, "has more than %zu bytes", DOCUMENT_MAX);
		return;
	}
	if (is_text) {
		struct pd_error error;
		struct pd_bytes bytes = {0};
		__attribute__((cleanup(pd_fd_cleanup))) int fd =
			openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0) {
			pd_problem_add(loading->problems, where, "cannot be opened");
			return;
		}
		if (read_descriptor(loading->arena, fd, TEXT_MAX, &bytes, &error) != 0) {
			pd_problem_add(loading->problems, where, "%s", error.text);
			return;
		}
		const char *body = pd_clean_valid_text(loading->arena, bytes.data, bytes.len);
		if (body == NULL || *pd_trim(loading->arena, body) == '\0') {
			pd_problem_add(loading->problems, where, body == NULL ? "is not UTF-8" : "is empty");
			return;
		}
		split_head(loading, &text, body);
	}
	*pd_list_add(loading->arena, &loading->settings->texts) = text;
}

/* --- folders --- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, in order, without hidden files and editors' copies; false: it cannot be read. */
static bool names_in(struct pd_arena *arena, int fd, struct pd_strings *ret_names)
{
	int own = dup(fd);
	DIR *folder = own >= 0 ? fdopendir(own) : NULL;
	struct pd_strings names = {0};
	if (folder == NULL) {
		if (own >= 0)
			close(own);
		return false;
	}
	rewinddir(folder);
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		size_t len = strlen(entry->d_name);
		if (*entry->d_name != '.' && entry->d_name[len - 1] != '~' && *entry->d_name != '#' &&
		    names.count < FILES_MAX)
			*pd_list_add(arena, &names) = pd_strdup(arena, entry->d_name);
	}
	closedir(folder);
	if (names.count > 0)
		qsort(names.items, names.count, sizeof *names.items, by_name);
	*ret_names = names;
	return true;
}

static const char *language_of(const char *name)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strcmp(name, languages[i]) == 0)
			return languages[i];
	return NULL;
}

static void read_folder(struct loading *loading, int directory, const char *path);

static void read_entry(struct loading *loading, int directory, const char *name, const char *path)
{
	struct pd_where where = {.file = path};
	struct stat st;
	if (loading->settings->texts.count >= FILES_MAX) {
		pd_problem_add(loading->problems, loading->where, "there are more than %d texts", FILES_MAX);
	} else if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISLNK(st.st_mode)) {
		pd_warning_add(loading->problems, where, "is left out: it is a symbolic link");
	} else if (S_ISREG(st.st_mode)) {
		add_file(loading, directory, name, &st, path);
	} else if (S_ISDIR(st.st_mode) && loading->language == NULL && language_of(name) != NULL) {
		struct loading inner = *loading;
		inner.language = language_of(name);
		__attribute__((cleanup(pd_fd_cleanup))) int fd =
			openat(directory, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
		if (fd < 0)
			pd_problem_add(loading->problems, where, "cannot be opened");
		else
			read_folder(&inner, fd, path);
	} else {
		pd_warning_add(loading->problems, where,
			       "is left out: it is neither a file nor the folder of a language (en fr pl fi de)");
	}
}

static void read_folder(struct loading *loading, int directory, const char *path)
{
	struct pd_strings names;
	if (!names_in(loading->arena, directory, &names)) {
		pd_problem_add(loading->problems, (struct pd_where){.file = path}, "cannot be read");
		return;
	}
	for (size_t i = 0; i < names.count; i++)
		read_entry(loading, directory, names.items[i], pd_printf(loading->arena, "%s/%s", path, names.items[i]));
}

void pd_texts_load(struct pd_settings *settings, struct pd_where where, struct pd_problems *problems)
{
	struct loading loading = {.settings = settings, .arena = settings->arena, .problems = problems, .where = where};
	__attribute__((cleanup(pd_fd_cleanup))) int root = open(settings->templates, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct pd_strings names;
	if (root < 0 || !names_in(settings->arena, root, &names)) {
		pd_problem_add(problems, where, "templates: %s is no directory that can be read", settings->templates);
		return;
	}
	for (size_t i = 0; i < names.count; i++) {
		const char *path = pd_printf(settings->arena, "%s/%s", settings->templates, names.items[i]);
		size_t kind = 0;
		while (kind < PD_TEXT_KINDS && strcmp(kinds[kind].folder, names.items[i]) != 0)
			kind++;
		__attribute__((cleanup(pd_fd_cleanup))) int fd =
			kind < PD_TEXT_KINDS ? openat(root, names.items[i], O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW) : -1;
		if (fd < 0) {
			pd_warning_add(problems, (struct pd_where){.file = path},
				       "is left out: folders are snippets, templates, articles, documents, videos, quotes, playbooks");
			continue;
		}
		loading.kind = (enum pd_text_kind)kind;
		read_folder(&loading, fd, path);
	}
}

const struct pd_text *pd_text_preview(const struct pd_settings *settings, const struct pd_text *text)
{
	const struct pd_text *found = NULL;
	for (size_t i = 0; text->preview != NULL && i < settings->texts.count; i++) {
		const struct pd_text *one = &settings->texts.items[i];
		if (one->kind == text->kind && one->body == NULL && strcmp(one->file, text->preview) == 0 &&
		    (one->language == NULL || pd_equal(one->language, text->language)))
			found = one;
	}
	return found;
}

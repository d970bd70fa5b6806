/* The syntax of a GLib key file, line by line. Own code, since GKeyFile knows no line numbers, stops at
 * the first mistake and merges repeated groups without a word.
 *
 * Promises: one pass tells every mistake of syntax; nothing that follows a mistake is lost for the
 * checks. Fails: never; what cannot be understood becomes a problem with its line. */
#include "config/scan.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "config/option.h"

struct scanner {
	struct pd_arena *arena;
	struct pd_where where;
	struct pd_scan *scan;
	struct pd_problems *problems;
	struct pd_group ignored;	  /* takes the keys of a group that cannot be kept */
	struct pd_group *group;		  /* NULL: before the first group */
	const struct pd_group_type *type; /* NULL: unknown, its keys are not judged */
};

/* [support] and ["sla standard"] are told apart from ["standard"] by type and name together. */
static const struct pd_group *find_group(const struct scanner *scanner, const char *type, const char *name)
{
	for (size_t i = 0; i < scanner->scan->groups.count; i++) {
		const struct pd_group *group = &scanner->scan->groups.items[i];
		if (pd_equal(group->type, type) && pd_equal(group->name, name))
			return group;
	}
	return NULL;
}

/* A name is an identity, written in commands, queries and lists: no blanks and no separators. */
static bool is_name(const char *name)
{
	for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++) {
		bool is_inner = *c == '-' || *c == '_' || *c == '.';
		if (*c < 0x80 && !g_ascii_isalnum(*c) && (!is_inner || c == (const unsigned char *)name))
			return false;
	}
	return *name != '\0';
}

static void check_name(struct scanner *scanner, const char *type, const char *name)
{
	static const char *const reserved[] = {"me", "none", "team", "administrator", "everyone"};
	PD_AUTO_ARENA arena = pd_arena_new();
	/* [sla NAME QUERY] holds overrides. */
	const char *blank = strcmp(type, "sla") == 0 ? strpbrk(name, " \t") : NULL;
	const char *own = blank != NULL ? pd_strndup(arena, name, (size_t)(blank - name)) : name;
	if (!is_name(own))
		pd_problem_add(scanner->problems, scanner->where,
			       "[%s %s]: a name has letters, digits, \"-\", \"_\" and \".\" only", type,
			       name);
	bool is_person = strcmp(type, "agent") == 0 || strcmp(type, "team") == 0;
	for (size_t i = 0; is_person && i < sizeof reserved / sizeof reserved[0]; i++)
		if (pd_equal_nocase(own, reserved[i]))
			pd_problem_add(scanner->problems, scanner->where,
				       "[%s %s]: this name has a meaning of its own in commands", type, name);
}

static void unknown_type(struct scanner *scanner, const char *type)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings known = {0};
	for (size_t i = 0; i < pd_group_type_count; i++)
		*pd_list_add(arena, &known) = pd_group_types[i].name;
	const char *nearest = pd_nearest(type, &known);
	if (nearest != NULL)
		pd_problem_add(scanner->problems, scanner->where, "unknown group [%s]; did you mean [%s]?",
			       type, nearest);
	else
		pd_problem_add(scanner->problems, scanner->where, "unknown group [%s]", type);
}

static void scan_group(struct scanner *scanner, const char *line)
{
	size_t len = strlen(line);
	scanner->ignored = (struct pd_group){.type = "", .name = "", .where = scanner->where};
	scanner->group = &scanner->ignored;
	scanner->type = NULL;
	if (line[len - 1] != ']') {
		pd_problem_add(scanner->problems, scanner->where, "a group's line ends with \"]\": %s", line);
		return;
	}
	const char *inside = pd_trim(scanner->arena, pd_strndup(scanner->arena, line + 1, len - 2));
	size_t type_len = strcspn(inside, " \t");
	const char *type = pd_strndup(scanner->arena, inside, type_len);
	const char *name = pd_trim(scanner->arena, inside + type_len);
	const struct pd_group_type *known = pd_group_type_find(type);
	if (known == NULL) {
		unknown_type(scanner, *inside != '\0' ? type : inside);
		return;
	}
	scanner->type = known;
	scanner->ignored.type = type;
	scanner->ignored.name = name;
	if (known->naming == PD_GROUP_NAMELESS && *name != '\0') {
		pd_problem_add(scanner->problems, scanner->where, "[%s] has no name", type);
		return;
	}
	if (known->naming == PD_GROUP_NAMED && *name == '\0') {
		pd_problem_add(scanner->problems, scanner->where, "[%s] needs a name: [%s NAME]", type, type);
		return;
	}
	if (*name != '\0')
		check_name(scanner, type, name);
	const struct pd_group *first = find_group(scanner, type, name);
	if (first != NULL) {
		pd_problem_add(scanner->problems, scanner->where,
			       "duplicate group [%s%s%s], first in line %d", type, *name != '\0' ? " " : "",
			       name, first->where.line);
		return;
	}
	scanner->group = pd_list_add(scanner->arena, &scanner->scan->groups);
	*scanner->group = scanner->ignored;
}

static void unknown_key(struct scanner *scanner, const char *key)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings known = {0};
	for (size_t i = 0; i < pd_option_count; i++)
		if (strcmp(pd_options[i].group, scanner->type->name) == 0)
			*pd_list_add(arena, &known) = pd_options[i].key;
	const char *nearest = pd_nearest(key, &known);
	if (nearest != NULL)
		pd_problem_add(scanner->problems, scanner->where,
			       "unknown key \"%s\" in [%s]; did you mean \"%s\"?", key, scanner->type->name,
			       nearest);
	else
		pd_problem_add(scanner->problems, scanner->where, "unknown key \"%s\" in [%s]", key,
			       scanner->type->name);
}

static void scan_setting(struct scanner *scanner, const char *line)
{
	const char *equals = strchr(line, '=');
	if (equals == NULL) {
		pd_problem_add(scanner->problems, scanner->where,
			       "neither [GROUP], KEY = VALUE nor a comment: %s",
			       pd_clean_line(scanner->problems->arena, line, 60));
		return;
	}
	const char *key = pd_trim(scanner->arena, pd_strndup(scanner->arena, line, (size_t)(equals - line)));
	const char *value = pd_trim(scanner->arena, equals + 1);
	if (*key == '\0') {
		pd_problem_add(scanner->problems, scanner->where, "no key before \"=\"");
		return;
	}
	if (scanner->group == NULL) {
		pd_problem_add(scanner->problems, scanner->where, "\"%s\" stands before the first group",
			       key);
		return;
	}
	if (scanner->type == NULL)
		return;
	for (size_t i = 0; i < scanner->group->settings.count; i++) {
		const struct pd_setting *first = &scanner->group->settings.items[i];
		if (strcmp(first->key, key) == 0) {
			pd_problem_add(scanner->problems, scanner->where,
				       "duplicate key \"%s\" in [%s], first in line %d", key,
				       scanner->type->name, first->where.line);
			return;
		}
	}
	if (pd_option_find(scanner->type->name, key) == NULL) {
		unknown_key(scanner, key);
		return;
	}
	struct pd_setting *setting = pd_list_add(scanner->arena, &scanner->group->settings);
	*setting = (struct pd_setting){.key = key, .value = value, .where = scanner->where};
}

static void scan_line(struct scanner *scanner, const char *text, size_t len)
{
	if (!g_utf8_validate_len(text, len, NULL)) {
		pd_problem_add(scanner->problems, scanner->where, "this line is not valid UTF-8");
		return;
	}
	const char *line = pd_trim(scanner->arena, pd_strndup(scanner->arena, text, len));
	for (const char *c = line; *c != '\0'; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f) {
			pd_problem_add(scanner->problems, scanner->where, "a control character in this line");
			return;
		}
	}
	if (*line == '\0' || *line == '#')
		return;
	if (*line == '[')
		scan_group(scanner, line);
	else
		scan_setting(scanner, line);
}

void pd_config_scan(struct pd_arena *arena, const char *file, const char *text, size_t len,
		    struct pd_scan *scan, struct pd_problems *problems)
{
	struct scanner scanner = {
		.arena = arena, .where = {.file = file}, .scan = scan, .problems = problems};
	const char *end = text + len;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		if (stop == NULL)
			stop = end;
		scanner.where.line++;
		size_t line_len = (size_t)(stop - text);
		if (line_len > 0 && text[line_len - 1] == '\r')
			line_len--;
		scan_line(&scanner, text, line_len);
		text = stop < end ? stop + 1 : end;
	}
}

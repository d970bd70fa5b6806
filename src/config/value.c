/* Values: one function a kind of value. A wrong one is told with what would be right. */
#include "config/value.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

typedef const struct pd_value_context *context_ptr;
typedef const struct pd_option *option_ptr;

static void wrong(context_ptr context, option_ptr option, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void wrong(context_ptr context, option_ptr option, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *text = pd_vprintf(context->problems->arena, format, args);
	va_end(args);
	pd_problem_add(context->problems, context->where, "%s %s: %s", context->group, option->key, text);
}

/* A host name of an LDH or UTF-8 label sequence. */
bool pd_config_is_host(const char *text)
{
	size_t label = 0, len = strlen(text);
	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i <= len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '.' || c == '\0') {
			if (label == 0 || label > 63 || text[i - 1] == '-')
				return false;
			label = 0;
		} else {
			if (!g_ascii_isalnum(c) && c < 0x80 && (c != '-' || label == 0))
				return false;
			label++;
		}
	}
	return true;
}

/* RFC 5321, section 4.1.2: a dot-string before the @. */
bool pd_config_is_address(const char *text)
{
	const char *at = strrchr(text, '@');
	if (at == NULL || at == text || at - text > 64 || strlen(text) > 254 || at[-1] == '.' || *text == '.')
		return false;
	for (const char *c = text; c < at; c++) {
		bool is_text = (unsigned char)*c >= 0x80 || g_ascii_isalnum(*c) ||
			       strchr("!#$%&'*+-/=?^_`{|}~", *c) != NULL;
		if (!is_text && (*c != '.' || c[1] == '.'))
			return false;
	}
	return pd_config_is_host(at + 1);
}

/* ' # comment' behind a value is a common slip: say so. */
static const char *comment_hint(const char *value)
{
	return strstr(value, " #") != NULL || strstr(value, "\t#") != NULL
		       ? "; a comment stands on a line of its own"
		       : "";
}

static void boolean_value(context_ptr context, option_ptr option, const char *value, bool *target)
{
	bool is_yes = pd_equal_nocase(value, "yes") || pd_equal_nocase(value, "true");
	if (!is_yes && !pd_equal_nocase(value, "no") && !pd_equal_nocase(value, "false"))
		wrong(context, option, "\"%s\" is neither yes nor no%s", value, comment_hint(value));
	else if (target != NULL)
		*target = is_yes;
}

static void duration_value(context_ptr context, option_ptr option, const char *value, pd_time *target)
{
	pd_time duration = 0;
	const char *zero = option->type == PD_OPTION_WITHIN ? "unlimited" : option->type == PD_OPTION_DELAY ? "none" : NULL;
	bool is_parsed = pd_duration_parse(value, &duration) && (duration != 0 || option->type == PD_OPTION_DELAY);
	if (!is_parsed && (zero == NULL || !pd_equal_nocase(value, zero)))
		wrong(context, option, "\"%s\" is no duration such as 30s, 15m, 4h or 2d%s%s%s", value,
		      zero != NULL ? ", nor " : "", zero != NULL ? zero : "", comment_hint(value));
	else if (target != NULL)
		*target = duration;
}

/* 4h, 3wd, off. */
static void goal_value(context_ptr context, option_ptr option, const char *value)
{
	unsigned long long days;
	pd_time duration;
	PD_AUTO_ARENA arena = pd_arena_new();
	size_t len = strlen(value);
	if (pd_equal(value, "off") || (pd_duration_parse(value, &duration) && duration > 0))
		return;
	if (pd_ends(value, "wd") && pd_number(pd_strndup(arena, value, len - 2), 10000, &days) && days > 0)
		return;
	wrong(context, option, "\"%s\" is no time such as 30m, 4h or 3wd, nor off%s", value,
	      comment_hint(value));
}

static void size_value(context_ptr context, option_ptr option, const char *value, size_t *target)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	size_t len = strlen(value);
	unsigned shift = 0;
	if (len > 0) {
		char unit = g_ascii_tolower(value[len - 1]);
		shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' ? 30 : 0;
	}
	unsigned long long number;
	const char *digits = shift > 0 ? pd_strndup(arena, value, len - 1) : value;
	if (!pd_number(digits, (1ull << 42) >> shift, &number) || number == 0)
		wrong(context, option, "\"%s\" is no size in bytes such as 65536, 512k, 50M or 1G%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = (size_t)(number << shift);
}

static void count_value(context_ptr context, option_ptr option, const char *value, unsigned *target)
{
	unsigned long long number;
	if (!pd_number(value, 1000000, &number))
		wrong(context, option, "\"%s\" is no whole number up to 1000000%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = (unsigned)number;
}

static void delimiter_value(context_ptr context, option_ptr option, const char *value, char *target)
{
	/* Characters of a dot-string's atoms that cannot be mistaken for a part of a name. */
	if (strlen(value) != 1 || strchr("+-=_#~^!%&*", *value) == NULL)
		wrong(context, option, "\"%s\" is not one character of + - = _ # ~ ^ ! %% & *%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = *value;
}

/* The word's place among the option's, or -1 and a problem. */
static int word_index(context_ptr context, option_ptr option, const char *value)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings words = pd_option_words(arena, option);
	for (size_t i = 0; i < words.count; i++)
		if (strcmp(words.items[i], value) == 0)
			return (int)i;
	const char *nearest = pd_nearest(value, &words);
	const char *all = pd_strings_join(arena, &words, ", ");
	if (nearest != NULL)
		wrong(context, option, "\"%s\" is none of %s; did you mean \"%s\"?", value, all, nearest);
	else
		wrong(context, option, "\"%s\" is none of %s%s", value, all, comment_hint(value));
	return -1;
}

static void choice_value(context_ptr context, option_ptr option, const char *value, int *target)
{
	int index = word_index(context, option, value);
	if (index >= 0 && target != NULL)
		*target = index;
}

static void auto_status_value(context_ptr context, option_ptr option, const char *value, int *target)
{
	int index = word_index(context, option, value);
	if (index >= 0 && target != NULL)
		*target = index == PD_STATUS_KINDS ? PD_AUTO_STATUS_NONE : index;
}

static void word_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	if (word_index(context, option, value) >= 0 && target != NULL)
		*target = pd_strdup(context->arena, value);
}

static void list_value(context_ptr context, option_ptr option, const char *value, struct pd_strings *target)
{
	struct pd_strings parts = pd_split(context->arena, value, ';');
	struct pd_strings kept = {0};
	for (size_t i = 0; i < parts.count; i++) {
		const char *part = parts.items[i];
		if (option->type == PD_OPTION_WORDS && word_index(context, option, part) < 0)
			continue;
		if (option->type == PD_OPTION_FILES && *part != '/')
			part = pd_printf(context->arena, "%s/%s", context->directory, part);
		if (pd_strings_has(&kept, part))
			wrong(context, option, "\"%s\" stands there twice", part);
		else
			*pd_list_add(context->arena, &kept) = part;
	}
	if (target != NULL)
		*target = kept;
}

static void addresses_value(context_ptr context, option_ptr option, const char *value,
			    struct pd_strings *target)
{
	struct pd_strings parts = pd_split(context->arena, value, ';'), kept = {0};
	for (size_t i = 0; i < parts.count; i++) {
		if (!pd_config_is_address(parts.items[i])) {
			wrong(context, option, "\"%s\" is no mail address%s", parts.items[i],
			      strpbrk(parts.items[i], ", ") != NULL ? "; several are separated by \";\""
								    : "");
			continue;
		}
		const char *address = pd_lower_ascii(context->arena, parts.items[i]);
		if (pd_strings_has(&kept, address))
			wrong(context, option, "\"%s\" stands there twice", address);
		else
			*pd_list_add(context->arena, &kept) = address;
	}
	if (target != NULL)
		*target = kept;
}

static const char *absolute(context_ptr context, const char *path)
{
	return *path == '/' ? pd_strdup(context->arena, path)
			    : pd_printf(context->arena, "%s/%s", context->directory, path);
}

/* HOST:PORT, an IPv6 address in brackets. */
static bool is_host_port(const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *colon = strrchr(text, ':');
	unsigned long long port;
	if (colon == NULL || !pd_number(colon + 1, 65535, &port) || port == 0)
		return false;
	const char *host = pd_strndup(arena, text, (size_t)(colon - text));
	size_t len = strlen(host);
	if (*host == '[')
		return len > 2 && host[len - 1] == ']' &&
		       strspn(host + 1, "0123456789abcdefABCDEF:.%") == len - 2;
	return pd_config_is_host(host);
}

static void socket_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	const char *where = NULL;
	if (pd_starts(value, "unix:") && value[5] != '\0') {
		const char *path = absolute(context, value + 5);
		if (strlen(path) > 107) {
			wrong(context, option, "a socket's path has at most 107 bytes, this one %zu",
			      strlen(path));
			return;
		}
		where = pd_printf(context->arena, "unix:%s", path);
	} else if (pd_starts(value, "inet:") && is_host_port(value + 5)) {
		where = pd_strdup(context->arena, value);
	}
	if (where == NULL)
		wrong(context, option, "\"%s\" is neither unix:PATH nor inet:HOST:PORT%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = where;
}

static void server_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	if (pd_starts(value, "inet:") || pd_starts(value, "unix:"))
		socket_value(context, option, value, target);
	else if (!is_host_port(value))
		wrong(context, option, "\"%s\" is not HOST:PORT%s", value, comment_hint(value));
	else if (target != NULL)
		*target = pd_printf(context->arena, "inet:%s", value);
}

static void submit_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	bool is_smtp = pd_starts(value, "smtp://") && is_host_port(value + 7);
	bool is_program = pd_starts(value, "sendmail:/");
	if (!is_smtp && !is_program)
		wrong(context, option, "\"%s\" is neither smtp://HOST:PORT nor sendmail:/PATH%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = pd_strdup(context->arena, value);
}

static void host_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	if (!pd_config_is_host(value))
		wrong(context, option, "\"%s\" is no host name%s", value, comment_hint(value));
	else if (target != NULL)
		*target = pd_strdup(context->arena, value);
}

static void zone_value(context_ptr context, option_ptr option, const char *value, const char **target)
{
	GTimeZone *zone = g_time_zone_new_identifier(value);
	if (zone == NULL)
		wrong(context, option, "\"%s\" is no time zone such as Europe/Helsinki%s", value,
		      comment_hint(value));
	else if (target != NULL)
		*target = pd_strdup(context->arena, value);
	if (zone != NULL)
		g_time_zone_unref(zone);
}

static const struct pd_status *find_status(const struct pd_status *items, size_t count, const char *name)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *folded = pd_fold(arena, name);
	for (size_t i = 0; i < count; i++)
		if (strcmp(pd_fold(arena, items[i].name), folded) == 0)
			return &items[i];
	return NULL;
}

/* KIND:NAME;… into the pipeline's list. */
static void statuses_value(context_ptr context, option_ptr option, const char *value, void *target)
{
	struct pd_strings parts = pd_split(context->arena, value, ';');
	struct pd_pipeline found = {0};
	bool has_closed = false;
	for (size_t i = 0; i < parts.count; i++) {
		const char *colon = strchr(parts.items[i], ':');
		if (colon == NULL) {
			wrong(context, option, "\"%s\" is not KIND:NAME", parts.items[i]);
			continue;
		}
		const char *kind_name = pd_trim(context->arena, pd_strndup(context->arena, parts.items[i],
									   (size_t)(colon - parts.items[i])));
		const char *name = pd_clean_line(context->arena, colon + 1, 0);
		enum pd_status_kind kind;
		if (!pd_status_kind_parse(kind_name, &kind)) {
			wrong(context, option, "\"%s\" is no kind of status: new, open, waiting or closed",
			      kind_name);
			continue;
		}
		if (*name == '\0') {
			wrong(context, option, "a status of kind %s has no name", kind_name);
			continue;
		}
		if (find_status(found.statuses.items, found.statuses.count, name) != NULL) {
			wrong(context, option, "two statuses are called \"%s\"", name);
			continue;
		}
		has_closed |= kind == PD_STATUS_CLOSED;
		struct pd_status *status = pd_list_add(context->arena, &found.statuses);
		status->kind = kind;
		status->name = name;
	}
	if (parts.count == 0)
		wrong(context, option, "a pipeline has at least one status");
	else if (!has_closed)
		pd_warning_add(context->problems, context->where,
			       "%s: no status is of kind closed, so its tickets cannot be closed",
			       context->group);
	if (target != NULL)
		memcpy(target, &found.statuses, sizeof found.statuses);
}

/* NEW:OLD;… after the statuses themselves. */
static void status_was_value(context_ptr context, option_ptr option, const char *value, void *target)
{
	if (target == NULL)
		return;
	struct pd_pipeline pipeline = {0};
	memcpy(&pipeline.statuses, target, sizeof pipeline.statuses);
	struct pd_strings parts = pd_split(context->arena, value, ';');
	for (size_t i = 0; i < parts.count; i++) {
		const char *colon = strchr(parts.items[i], ':');
		if (colon == NULL) {
			wrong(context, option, "\"%s\" is not NEW:OLD", parts.items[i]);
			continue;
		}
		const char *now = pd_trim(context->arena, pd_strndup(context->arena, parts.items[i],
								     (size_t)(colon - parts.items[i])));
		const char *old = pd_trim(context->arena, colon + 1);
		const struct pd_status *status =
			find_status(pipeline.statuses.items, pipeline.statuses.count, now);
		if (status == NULL)
			wrong(context, option, "the pipeline has no status \"%s\"", now);
		else if (*old == '\0')
			wrong(context, option, "\"%s\" is not NEW:OLD", parts.items[i]);
		else if (find_status(pipeline.statuses.items, pipeline.statuses.count, old) != NULL)
			wrong(context, option, "\"%s\" is still a status of the pipeline", old);
		else
			pipeline.statuses.items[status - pipeline.statuses.items].was = old;
	}
}

void pd_config_value(context_ptr context, option_ptr option, const char *value, void *target)
{
	switch (option->type) {
	case PD_OPTION_BOOLEAN:
		boolean_value(context, option, value, target);
		return;
	case PD_OPTION_DURATION:
	case PD_OPTION_WITHIN:
	case PD_OPTION_DELAY:
		duration_value(context, option, value, target);
		return;
	case PD_OPTION_SIZE:
		size_value(context, option, value, target);
		return;
	case PD_OPTION_COUNT:
		count_value(context, option, value, target);
		return;
	case PD_OPTION_DELIMITER:
		delimiter_value(context, option, value, target);
		return;
	case PD_OPTION_CHOICE:
		choice_value(context, option, value, target);
		return;
	case PD_OPTION_AUTO_STATUS:
		auto_status_value(context, option, value, target);
		return;
	case PD_OPTION_GOAL:
		goal_value(context, option, value);
		return;
	case PD_OPTION_STATUSES:
		statuses_value(context, option, value, target);
		return;
	case PD_OPTION_STATUS_WAS:
		status_was_value(context, option, value, target);
		return;
	case PD_OPTION_LIST:
	case PD_OPTION_WORDS:
	case PD_OPTION_NAMES:
	case PD_OPTION_FILES:
		list_value(context, option, value, target);
		return;
	case PD_OPTION_ADDRESSES:
		addresses_value(context, option, value, target);
		return;
	default:
		break;
	}
	/* The others are one text each; an empty one is none. */
	const char **place = target;
	if (*value == '\0') {
		if (place != NULL)
			*place = NULL;
		return;
	}
	switch (option->type) {
	case PD_OPTION_WORD:
		word_value(context, option, value, place);
		return;
	case PD_OPTION_HOST:
		host_value(context, option, value, place);
		return;
	case PD_OPTION_SOCKET:
		socket_value(context, option, value, place);
		return;
	case PD_OPTION_SERVER:
		server_value(context, option, value, place);
		return;
	case PD_OPTION_SUBMIT:
		submit_value(context, option, value, place);
		return;
	case PD_OPTION_ZONE:
		zone_value(context, option, value, place);
		return;
	case PD_OPTION_FILE:
		if (place != NULL)
			*place = absolute(context, value);
		return;
	default:
		if (place != NULL)
			*place = pd_strdup(context->arena, value);
	}
}

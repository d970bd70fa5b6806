/* Links as values and as words. Cannot fail: what is no link is said so. */
#include "desk/links.h"

#include <glib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define ID_MAX 500 /* bytes */

char *pd_link_value(struct pd_arena *arena, const struct pd_link *link)
{
	return link->entry != 0 ? pd_printf(arena, "E%lld %s:%s", (long long)link->entry, link->kind, link->id)
				: pd_printf(arena, "%s:%s", link->kind, link->id);
}

static bool is_kind(const char *text, size_t len)
{
	if (len == 0 || !g_ascii_isalpha(*text))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_')
			return false;
	return true;
}

bool pd_link_parse(struct pd_arena *arena, const char *value, struct pd_link *ret_link)
{
	struct pd_link link = {0};
	unsigned long long number;
	const char *text = pd_clean_line(arena, value, 0);
	size_t first = strcspn(text, " ");
	if ((*text == 'E' || *text == 'e') && text[first] == ' ' &&
	    pd_number(pd_strndup(arena, text + 1, first - 1), INT64_MAX, &number)) {
		link.entry = (int64_t)number;
		text += first + 1;
	}
	if (pd_number(*text == '#' ? text + 1 : text, INT64_MAX, &number)) {
		link.kind = "ticket";
		link.id = pd_printf(arena, "%llu", number);
		*ret_link = link;
		return true;
	}
	if (pd_starts_nocase(text, "http://") || pd_starts_nocase(text, "https://")) {
		link.kind = "url";
		link.id = text;
	} else {
		size_t len = strcspn(text, ":");
		if (text[len] != ':' || !is_kind(text, len))
			return false;
		link.kind = pd_lower_ascii(arena, pd_strndup(arena, text, len));
		link.id = pd_trim(arena, text + len + 1);
	}
	if (strcmp(link.kind, "ticket") == 0 && *link.id == '#')
		link.id++;
	*ret_link = link;
	return *link.id != '\0' && strlen(link.id) <= ID_MAX;
}

static const struct pd_group *reference(const struct pd_settings *settings, const char *kind)
{
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "reference") == 0 &&
		    pd_equal_nocase(settings->groups.items[i].name, kind))
			return &settings->groups.items[i];
	return NULL;
}

const char *pd_link_url(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_link *link)
{
	const struct pd_group *group = reference(settings, link->kind);
	const char *url = group != NULL ? pd_group_value(group, "url", NULL) : NULL;
	if (strcmp(link->kind, "url") == 0)
		return link->id;
	const char *place = url != NULL ? strstr(url, "{id}") : NULL;
	if (place == NULL)
		return url;
	g_autofree char *escaped = g_uri_escape_string(link->id, NULL, false);
	return pd_printf(arena, "%.*s%s%s", (int)(place - url), url, escaped, place + strlen("{id}"));
}

char *pd_link_words(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_link *link)
{
	PD_AUTO_BUF out = {0};
	const struct pd_group *group = reference(settings, link->kind);
	const char *name = group != NULL ? pd_group_value(group, "name", NULL) : NULL;
	const char *url = pd_link_url(arena, settings, link);
	if (link->entry != 0)
		pd_buf_addf(&out, "E%lld: ", (long long)link->entry);
	if (strcmp(link->kind, "ticket") == 0)
		pd_buf_addf(&out, "#%s", link->id);
	else if (strcmp(link->kind, "entry") == 0)
		pd_buf_addf(&out, "E%s", link->id);
	else if (strcmp(link->kind, "url") == 0)
		pd_buf_adds(&out, link->id);
	else
		pd_buf_addf(&out, "%s %s", name != NULL ? name : link->kind, link->id);
	if (url != NULL && strcmp(link->kind, "url") != 0)
		pd_buf_addf(&out, " (%s)", url);
	return pd_buf_string(arena, &out);
}

/* Links to files on the own server: see chat_link.h.
 *
 * Promises: what is the own server's is decided on the parsed URL and compared part by part, scheme, host, port and whole
 * path segments; what two readers could read in two ways (user names, backslashes, dot segments in any spelling, encoded
 * slashes, controls, anything that is not ASCII) is no link of ours. The URL that is fetched is put together from the parts
 * that were compared, so that nobody reads it anew in another way. Pure; cannot fail. */
#include "desk/chat_link.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

#define URL_MAX	   2000
#define ENCRYPTED "aesgcm://"

struct url {
	const char *scheme, *host, *path; /* path: with the query */
	int port;
};

/* RFC 3986: unreserved, the reserved ones that a path or a query may have, and whole percent signs. */
static bool is_plain(const char *text)
{
	static const char others[] = "-._~!$&'()*+,;=:@/?[]";
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '%') {
			if (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2]))
				return false;
			at += 2;
		} else if (!g_ascii_isalnum(*at) && strchr(others, *at) == NULL) {
			return false;
		}
	}
	return true;
}

static bool is_name_of_host(const char *host)
{
	return *host != '\0' && *host != '.' && *host != '-' &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:") == strlen(host);
}

/* No segment leads elsewhere, however it is written. */
static bool is_straight(const char *path)
{
	size_t len = strcspn(path, "?");
	g_autofree char *clear = g_uri_unescape_segment(path, path + len, NULL);
	if (clear == NULL || strpbrk(clear, "\\") != NULL)
		return false;
	size_t slashes = 0, clear_slashes = 0;
	for (size_t i = 0; i < len; i++)
		slashes += path[i] == '/';
	for (const char *at = clear; *at != '\0'; at++)
		clear_slashes += *at == '/';
	if (slashes != clear_slashes || strstr(clear, "//") != NULL)
		return false;
	g_auto(GStrv) segments = g_strsplit(clear, "/", -1);
	for (size_t i = 0; segments[i] != NULL; i++)
		if (strcmp(segments[i], ".") == 0 || strcmp(segments[i], "..") == 0)
			return false;
	return true;
}

static bool parse(struct pd_arena *arena, const char *text, struct url *ret_url)
{
	g_autofree char *scheme = NULL, *userinfo = NULL, *host = NULL, *path = NULL, *query = NULL, *fragment = NULL;
	int port = -1;
	if (strlen(text) > URL_MAX || !is_plain(text) ||
	    !g_uri_split(text, G_URI_FLAGS_ENCODED, &scheme, &userinfo, &host, &port, &path, &query, &fragment, NULL))
		return false;
	if (scheme == NULL || host == NULL || userinfo != NULL || fragment != NULL || path == NULL || *path != '/')
		return false;
	struct url url = {.scheme = pd_lower_ascii(arena, scheme),
			  .host = pd_lower_ascii(arena, host),
			  .path = query != NULL ? pd_printf(arena, "%s?%s", path, query) : pd_strdup(arena, path),
			  .port = port};
	bool is_https = strcmp(url.scheme, "https") == 0;
	if (!is_https && strcmp(url.scheme, "http") != 0)
		return false;
	if (url.port == -1)
		url.port = is_https ? 443 : 80;
	/* What was split must be what was written: an "@" in the authority, an empty port and the like are none of ours. */
	const char *authority = text + strlen(url.scheme) + strlen("://");
	if (strcspn(authority, "/") < strcspn(authority, "@?#%\\") && is_name_of_host(url.host) && url.port > 0 &&
	    url.port < 65536 && is_straight(url.path)) {
		*ret_url = url;
		return true;
	}
	return false;
}

static bool is_below(const struct url *url, const struct url *prefix)
{
	return strcmp(url->scheme, prefix->scheme) == 0 && strcmp(url->host, prefix->host) == 0 && url->port == prefix->port &&
	       pd_starts(url->path, prefix->path) && url->path[strlen(prefix->path)] != '\0';
}

static const char *name_of(struct pd_arena *arena, const char *path)
{
	const char *end = path + strcspn(path, "?#"), *begin = end;
	while (begin > path && begin[-1] != '/')
		begin--;
	g_autofree char *clear = g_uri_unescape_segment(begin, end, NULL);
	return pd_clean_file_name(arena, clear != NULL ? clear : "");
}

/* The last line, where it is one word. */
static const char *last_word(struct pd_arena *arena, const char *text)
{
	const char *line = strrchr(text, '\n');
	const char *word = pd_trim(arena, line != NULL ? line + 1 : text);
	return strpbrk(word, " \t") == NULL ? word : "";
}

enum chat_link chat_link_of(struct pd_arena *arena, const struct pd_strings *prefixes, const char *text, const char **ret_url,
			    const char **ret_name)
{
	const char *word = last_word(arena, text);
	struct url url, prefix;
	if (prefixes->count == 0)
		return CHAT_LINK_NONE;
	if (pd_starts_nocase(word, ENCRYPTED)) {
		*ret_name = name_of(arena, word + strlen(ENCRYPTED));
		return CHAT_LINK_ENCRYPTED;
	}
	if (!parse(arena, word, &url))
		return CHAT_LINK_NONE;
	for (size_t i = 0; i < prefixes->count; i++) {
		if (!parse(arena, prefixes->items[i], &prefix) || !is_below(&url, &prefix))
			continue;
		bool is_v6 = strchr(url.host, ':') != NULL;
		*ret_url = pd_printf(arena, "%s://%s%s%s:%d%s", url.scheme, is_v6 ? "[" : "", url.host, is_v6 ? "]" : "",
				     url.port, url.path);
		*ret_name = name_of(arena, url.path);
		return CHAT_LINK_OWN;
	}
	return CHAT_LINK_NONE;
}

const char *chat_link_prefix_wrong(struct pd_arena *arena, const char *prefix)
{
	struct url url;
	if (!parse(arena, prefix, &url))
		return "it is no URL with http:// or https://, a host and a path";
	if (strchr(url.path, '?') != NULL || !pd_ends(url.path, "/"))
		return "it must end with a slash, as in https://upload.example.com/file_share/";
	return NULL;
}

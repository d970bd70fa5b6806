/* Addresses in header fields.
 *
 * Fields in the plain form are read here; in all others GMime's parser finds the mailboxes, and names are decoded
 * before it sees them (decode.c). Its recursion overflows the stack on nested groups, so what nests is not shown
 * to it. Whether From is fit to prove anything is judged here by a grammar of our own, stricter than any parser.
 * Never fails: hostile input gives an empty list. */
#include <glib.h>
#include <gmime/gmime.h>
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define MAX_FIELD     ((size_t)64 * 1024) /* after decoding; the pre-scan has cut at 16 KiB */
#define MAX_COLONS    200
#define MAX_ADDRESSES 2000
#define MAX_NAME      256 /* characters */

/* local@domain with the domain in lower case, cleaned. */
static const char *clean_addr(struct pd_arena *arena, const char *addr)
{
	char *text = pd_clean_line(arena, addr, 0);
	char *at = strrchr(text, '@');
	if (at)
		for (char *c = at + 1; *c; c++)
			*c = g_ascii_tolower(*c);
	return text;
}

static const char *clean_name(struct pd_arena *arena, const char *name)
{
	char *text = pd_clean_line(arena, name ? name : "", MAX_NAME);
	size_t len = strlen(text);
	/* quotes inside an encoded word are decoration */
	while (len >= 2 &&
	       ((text[0] == '"' && text[len - 1] == '"') || (text[0] == '\'' && text[len - 1] == '\''))) {
		text[len - 1] = '\0';
		text = pd_trim(arena, text + 1);
		len = strlen(text);
	}
	return text;
}

static void add_mailbox(struct pd_arena *arena, InternetAddressMailbox *mailbox, struct pd_addresses *list)
{
	const char *addr = internet_address_mailbox_get_idn_addr(mailbox);
	if (!addr)
		addr = internet_address_mailbox_get_addr(mailbox);
	if (!addr || !*addr)
		return;
	const char *clean = clean_addr(arena, addr);
	if (!*clean)
		return;
	struct pd_address *item = pd_list_add(arena, list);
	item->addr = clean;
	item->name = clean_name(arena, internet_address_get_name(INTERNET_ADDRESS(mailbox)));
}

static void add_list(struct pd_arena *arena, InternetAddressList *addresses, struct pd_addresses *list,
		     unsigned depth)
{
	int count = internet_address_list_length(addresses);
	for (int i = 0; i < count && list->count < MAX_ADDRESSES; i++) {
		InternetAddress *address = internet_address_list_get_address(addresses, i);
		if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
			add_mailbox(arena, INTERNET_ADDRESS_MAILBOX(address), list);
		} else if (INTERNET_ADDRESS_IS_GROUP(address) && depth < 8) {
			InternetAddressList *members =
				internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
			if (members)
				add_list(arena, members, list, depth + 1);
		}
	}
}

/* --- the plain form that most fields have, without a library --- */

static bool is_word_char(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '\'';
}

/* Where a word of a display name ends: of simple characters, or an encoded word. NULL: it is more than that. */
static const char *skip_word(const char *at, bool *ret_encoded)
{
	if (at[0] != '=' || at[1] != '?') {
		const char *start = at;
		while (is_word_char(*at))
			at++;
		return at > start ? at : NULL;
	}
	*ret_encoded = true;
	const char *end = at + strcspn(at, " <>\",");
	return end - at > 6 && end[-1] == '=' && end[-2] == '?' ? end : NULL;
}

/* A display name up to its '<'; NULL: there is none, or it is more than words or one quoted string. */
static const char *skip_name(struct pd_arena *arena, const char *at, const char **ret_name)
{
	const char *start = at, *end;
	bool is_encoded = false;
	if (*at == '"') {
		for (start = ++at; *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\'; at++)
			if (at[0] == '=' && at[1] == '?')
				return NULL;
		end = at;
		if (*at++ != '"')
			return NULL;
		at += strspn(at, " ");
	} else {
		for (end = at; *at != '<'; at += strspn(at, " "))
			if (!(end = at = skip_word(at, &is_encoded)) || (*at != ' ' && *at != '<'))
				return NULL;
	}
	if (*at != '<')
		return NULL;
	*ret_name = pd_strndup(arena, start, (size_t)(end - start));
	if (is_encoded)
		*ret_name = pd_mime_decode(arena, *ret_name);
	*ret_name = clean_name(arena, *ret_name);
	return at;
}

/* local@domain of dot-atoms without A-labels; NULL: it is something else. */
static const char *skip_dot_atoms(const char *at)
{
	const char *start = at, *sign = NULL;
	for (; g_ascii_isalnum(*at) || (*at && strchr("-_+=.@", *at)); at++) {
		if (*at == '@' && sign)
			return NULL;
		if ((*at == '.' || *at == '@') && (at == start || at[-1] == '.' || at[-1] == '@'))
			return NULL;
		if (sign && (strchr("_+=", *at) || pd_starts_nocase(at, "xn--")))
			return NULL;
		if (*at == '@')
			sign = at;
	}
	return sign && sign + 1 < at && at[-1] != '.' && sign[-1] != '.' ? at : NULL;
}

/* All of the field, or false, and then the list is as it was. */
static bool read_simple(struct pd_arena *arena, const char *at, struct pd_addresses *list)
{
	const size_t before = list->count;
	for (;;) {
		at += strspn(at, " ");
		const char *name = "", *angle = skip_name(arena, at, &name);
		const char *start = angle ? angle + 1 : at, *end = skip_dot_atoms(start);
		if (!end || (angle && *end != '>') || list->count >= MAX_ADDRESSES)
			break;
		struct pd_address *item = pd_list_add(arena, list);
		item->addr = clean_addr(arena, pd_strndup(arena, start, (size_t)(end - start)));
		item->name = name;
		at = end + (angle != NULL);
		at += strspn(at, " ");
		if (!*at)
			return true;
		if (*at++ != ',')
			break;
	}
	list->count = before;
	return false;
}

void pd_mime_addresses(struct pd_arena *arena, const char *text, struct pd_addresses *list)
{
	if (read_simple(arena, text, list))
		return;
	unsigned colons = 0;
	for (const char *c = text; *c; c++)
		colons += *c == ':';
	if (colons > MAX_COLONS || strlen(text) > MAX_FIELD) {
		return;
	}
	pd_gmime_init();
	size_t before = list->count;
	InternetAddressList *addresses = internet_address_list_parse(NULL, pd_decode_normalise(arena, text));
	if (addresses) {
		add_list(arena, addresses, list, 0);
		g_object_unref(addresses);
	}
	if (list->count == before && strchr(text, '@'))
		pd_addresses_plain(arena, text, list);
}

struct pd_address pd_mime_address(struct pd_arena *arena, const char *text)
{
	struct pd_addresses list = {0};
	pd_mime_addresses(arena, text, &list);
	return list.count > 0 ? list.items[0] : (struct pd_address){.name = "", .addr = ""};
}

static bool is_addr_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && !strchr("<>()[],;:\\\"", c);
}

void pd_addresses_plain(struct pd_arena *arena, const char *text, struct pd_addresses *list)
{
	const char *name = text;
	for (const char *at = strchr(text, '@'); at && list->count < MAX_ADDRESSES;
	     at = strchr(at + 1, '@')) {
		const char *start = at, *end = at + 1;
		while (start > name && is_addr_char(start[-1]) && start[-1] != '@')
			start--;
		while (is_addr_char(*end) && *end != '@')
			end++;
		bool is_in_word = end - at > 2 && end[-1] == '=' && end[-2] == '?'; /* of RFC 2047: a name */
		if (start == at || end == at + 1 || is_in_word)
			continue;
		struct pd_address *item = pd_list_add(arena, list);
		item->addr = clean_addr(arena, pd_strndup(arena, start, (size_t)(end - start)));
		const char *name_end = start;
		if (name_end > name && name_end[-1] == '<')
			name_end--;
		while (name < name_end && strchr(" \t,;>", *name))
			name++;
		item->name = clean_name(
			arena, pd_decode_plain(arena, pd_strndup(arena, name, (size_t)(name_end - name))));
		name = *end == '>' ? end + 1 : end;
		at = end - 1;
	}
}

static bool is_atom(unsigned char c)
{
	return c > 127 || g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

/* local@domain at `at`: where it ends; NULL: there is none. */
static const char *skip_addr(const char *at)
{
	const char *start = at;
	while (is_atom((unsigned char)*at))
		at++;
	if (at == start || *at != '@')
		return NULL;
	start = ++at;
	while (is_atom((unsigned char)*at) && !strchr("!#$%&'*+/=?^`{|}~", *at))
		at++;
	return at > start ? at : NULL;
}

bool pd_address_is_plain(const char *field, const char *addr)
{
	const char *at = field, *start;
	while (*at == ' ')
		at++;
	start = at;
	const char *end = skip_addr(at);
	if (!end || *end) {
		/* a display name of atoms, dots, encoded words and quoted strings, then <addr> */
		for (; *at && *at != '<'; at++) {
			if (*at == '"') {
				for (at++; *at && *at != '"'; at++)
					if (*at == '\\' && at[1])
						at++;
				if (!*at)
					return false;
			} else if (*at != ' ' && !is_atom((unsigned char)*at)) {
				return false;
			}
		}
		if (*at != '<')
			return false;
		start = ++at;
		end = skip_addr(at);
		if (!end || end[0] != '>' || end[1])
			return false;
	}
	/* What the parser found is the same: to the letter, but for the case and the A-labels of the domain.
	 */
	const char *local = memchr(start, '@', (size_t)(end - start));
	size_t local_len = (size_t)(local - start);
	if (strncmp(start, addr, local_len) != 0 || addr[local_len] != '@')
		return false;
	const char *domain = addr + local_len + 1;
	size_t domain_len = (size_t)(end - local) - 1;
	bool is_ascii = true;
	for (size_t i = 0; i < domain_len; i++)
		is_ascii = is_ascii && (unsigned char)local[1 + i] < 128;
	if (!is_ascii)
		return strncmp(domain, "xn--", 4) == 0 || strstr(domain, ".xn--");
	return strlen(domain) == domain_len && g_ascii_strncasecmp(domain, local + 1, domain_len) == 0;
}

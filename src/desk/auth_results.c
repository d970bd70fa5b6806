/* Authentication-Results, read strictly (RFC 8601 section 2.2).
 *
 * A field counts wholly or not at all: comments and quoted strings are read as such, so that no "dmarc=pass"
 * inside them is taken for a result; anything left over that is no result makes the field worthless.
 * Promises: linear time, no recursion (comments nest by a counter), limits on results and properties. */
#include "desk/auth_results.h"

#include <string.h>

#include "base/text.h"
#include "desk/company.h"

enum { MAX_RESULTS = 64, MAX_PROPERTIES = 64, MAX_VALUE = 4096 };

struct reader {
	struct pd_arena *arena;
	const char *at;
	bool bad;
};

/* Comments and white space; true where there was some. */
static bool skip_cfws(struct reader *in)
{
	const char *start = in->at;
	unsigned depth = 0;
	for (; *in->at != '\0'; in->at++) {
		if (*in->at == '(') {
			depth++;
		} else if (depth > 0 && *in->at == ')') {
			depth--;
		} else if (depth > 0 && *in->at == '\\') {
			if (in->at[1] == '\0')
				break;
			in->at++;
		} else if (depth == 0 && *in->at != ' ' && *in->at != '\t' && *in->at != '\r' &&
			   *in->at != '\n') {
			break;
		}
	}
	if (depth > 0)
		in->bad = true;
	return in->at > start;
}

static bool take(struct reader *in, char c)
{
	if (*in->at != c)
		return false;
	in->at++;
	return true;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, digits, hyphen, underscore: methods, results, types and names of properties. */
static const char *keyword(struct reader *in)
{
	const char *start = in->at;
	while (is_alnum(*in->at) || *in->at == '-' || *in->at == '_')
		in->at++;
	if (in->at == start) {
		in->bad = true;
		return "";
	}
	return pd_lower_ascii(in->arena, pd_strndup(in->arena, start, (size_t)(in->at - start)));
}

static const char *quoted(struct reader *in)
{
	char *text = pd_alloc(in->arena, strlen(in->at) + 1);
	size_t len = 0;
	for (in->at++; *in->at != '"'; in->at++) {
		if (*in->at == '\\')
			in->at++;
		if (*in->at == '\0') {
			in->bad = true;
			return "";
		}
		text[len++] = *in->at;
	}
	in->at++;
	return text;
}

/* A token, a quoted string, or an address: anything visible that neither ends a value nor begins another
 * thing. */
static const char *value(struct reader *in)
{
	if (*in->at == '"')
		return quoted(in);
	const char *start = in->at;
	while (*in->at > ' ' && *in->at < 0x7f && strchr(";()\"\\<>,", *in->at) == NULL)
		in->at++;
	if (in->at == start || in->at - start > MAX_VALUE) {
		in->bad = true;
		return "";
	}
	return pd_strndup(in->arena, start, (size_t)(in->at - start));
}

static void digits(struct reader *in)
{
	if (*in->at < '0' || *in->at > '9')
		in->bad = true;
	while (*in->at >= '0' && *in->at <= '9')
		in->at++;
}

/* `ptype.property=value` or `reason=value`. */
static void property(struct reader *in, struct pd_auth_result *result)
{
	const char *type = keyword(in);
	const char *name = "";
	skip_cfws(in);
	if (take(in, '.')) {
		skip_cfws(in);
		name = keyword(in);
		skip_cfws(in);
	} else if (strcmp(type, "reason") != 0) {
		in->bad = true;
	}
	if (in->bad || !take(in, '=') || result->properties.count >= MAX_PROPERTIES) {
		in->bad = true;
		return;
	}
	skip_cfws(in);
	*pd_list_add(in->arena, &result->properties) =
		(struct pd_auth_property){.type = type, .name = name, .value = value(in)};
}

/* What stands between two semicolons: `method[/version]=result` and its properties. */
static void result_of(struct reader *in, struct pd_auth_results *results)
{
	struct pd_auth_result result = {.method = keyword(in)};
	skip_cfws(in);
	if (take(in, '/')) {
		skip_cfws(in);
		digits(in);
		skip_cfws(in);
	}
	if (in->bad || !take(in, '=') || results->results.count >= MAX_RESULTS) {
		in->bad = true;
		return;
	}
	skip_cfws(in);
	result.result = keyword(in);
	bool is_apart = skip_cfws(in);
	while (!in->bad && *in->at != ';' && *in->at != '\0') {
		if (!is_apart)
			in->bad = true;
		else
			property(in, &result);
		is_apart = skip_cfws(in);
	}
	*pd_list_add(in->arena, &results->results) = result;
}

/* `; none` and nothing after it. */
static bool is_none(struct reader *in)
{
	struct reader ahead = *in;
	if (!pd_starts_nocase(ahead.at, "none"))
		return false;
	ahead.at += strlen("none");
	skip_cfws(&ahead);
	return !ahead.bad && *ahead.at == '\0';
}

bool pd_auth_results_parse(struct pd_arena *arena, const char *text, struct pd_auth_results *ret_results)
{
	struct pd_auth_results results = {0};
	struct reader in = {.arena = arena, .at = text};
	skip_cfws(&in);
	results.authserv_id = value(&in);
	bool is_apart = skip_cfws(&in);
	if (!in.bad && *in.at != ';' && *in.at != '\0') { /* the version */
		if (!is_apart)
			return false;
		digits(&in);
		skip_cfws(&in);
	}
	while (!in.bad && take(&in, ';')) {
		skip_cfws(&in);
		if (*in.at == '\0' && results.results.count > 0)
			break; /* a last semicolon, as many write it */
		if (results.results.count == 0 && is_none(&in)) {
			in.at = "";
			break;
		}
		result_of(&in, &results);
	}
	if (in.bad || *in.at != '\0')
		return false;
	*ret_results = results;
	return true;
}

const char *pd_auth_results_id(struct pd_arena *arena, const char *text)
{
	struct reader in = {.arena = arena, .at = text};
	skip_cfws(&in);
	const char *id = value(&in);
	return in.bad ? NULL : id;
}

/* Such bytes are cleaned away, or made blanks, when the mail is read; a comment may then end elsewhere. */
static bool has_odd_bytes(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
		if ((*c < ' ' && strchr("\t\r\n", *c) == NULL) || *c >= 0x7f)
			return true;
	return false;
}

bool pd_auth_results_claims(struct pd_arena *arena, const char *text, const char *authserv_id)
{
	if (authserv_id == NULL || *authserv_id == '\0')
		return false;
	return has_odd_bytes(text) || pd_equal_nocase(pd_auth_results_id(arena, text), authserv_id);
}

static const char *property_of(const struct pd_auth_result *result, const char *type, const char *name)
{
	const char *found = NULL;
	for (size_t i = 0; i < result->properties.count; i++) {
		const struct pd_auth_property *one = &result->properties.items[i];
		if (strcmp(one->type, type) != 0 || strcmp(one->name, name) != 0)
			continue;
		if (found != NULL)
			return NULL; /* said twice: which one was checked? */
		found = one->value;
	}
	return found;
}

/* DKIM aligns in the relaxed way of DMARC: the same registrable domain (RFC 7489 section 3.1.1). */
static bool dkim_aligns(struct pd_arena *arena, const struct pd_auth_result *result, const char *domain)
{
	const char *signer = property_of(result, "header", "d");
	const char *identity = property_of(result, "header", "i");
	if (signer == NULL && identity != NULL && strchr(identity, '@') != NULL)
		signer = strrchr(identity, '@') + 1;
	if (signer == NULL || strchr(signer, '.') == NULL)
		return false;
	signer = pd_lower_ascii(arena, signer);
	return strcmp(pd_registrable_domain(signer), pd_registrable_domain(domain)) == 0;
}

/* The field at that place, where it is one of our own server's. */
static bool is_ours(struct pd_arena *arena, const struct pd_header *header, const char *authserv_id,
		    struct pd_auth_results *ret_results)
{
	return authserv_id != NULL && *authserv_id != '\0' &&
	       pd_equal_nocase(header->name, "Authentication-Results") &&
	       pd_auth_results_parse(arena, header->value, ret_results) &&
	       pd_equal_nocase(ret_results->authserv_id, authserv_id);
}

bool pd_auth_results_fail(struct pd_arena *arena, const struct pd_message *message, const char *authserv_id)
{
	for (size_t i = 0; i < message->headers.count; i++) {
		struct pd_auth_results results;
		if (!is_ours(arena, &message->headers.items[i], authserv_id, &results))
			continue;
		for (size_t r = 0; r < results.results.count; r++)
			if (strcmp(results.results.items[r].method, "dmarc") == 0 &&
			    strcmp(results.results.items[r].result, "fail") == 0)
				return true;
	}
	return false;
}

bool pd_auth_results_pass(struct pd_arena *arena, const struct pd_message *message, const char *authserv_id,
			  const char *domain)
{
	bool dmarc_passes = false, dmarc_fails = false, dkim_passes = false;
	if (*domain == '\0')
		return false;
	for (size_t i = 0; i < message->headers.count; i++) {
		struct pd_auth_results results;
		if (!is_ours(arena, &message->headers.items[i], authserv_id, &results))
			continue;
		for (size_t r = 0; r < results.results.count; r++) {
			const struct pd_auth_result *result = &results.results.items[r];
			bool is_pass = strcmp(result->result, "pass") == 0;
			if (strcmp(result->method, "dmarc") == 0) {
				const char *from = property_of(result, "header", "from");
				if (is_pass && from != NULL && pd_equal_nocase(from, domain))
					dmarc_passes = true;
				else if (!is_pass && strcmp(result->result, "none") != 0)
					dmarc_fails = true;
			} else if (strcmp(result->method, "dkim") == 0 && is_pass) {
				dkim_passes |= dkim_aligns(arena, result, domain);
			}
		}
	}
	return !dmarc_fails && (dmarc_passes || dkim_passes);
}

/* The parser of queries: text -> syntax tree, or an error that points at the character.
 *
 *   query  = either { OR either }          either = all { [AND] all }
 *   all    = (NOT | "-") all | "(" query ")" | FIELD ":" [compare] value | word | "phrase"
 *
 * Promises: any text ends in a tree or an error; depth and size have limits. What a value means is settled
 * here, so that those who evaluate the tree compare and look nothing up. */
#include "desk/query_parser.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"

#define DEPTH_MAX 64
/* What SQLite certainly takes, views included: its parser's stack has 100 places, an expression 1000 levels, a compound
 * select 500 terms. */
#define NESTED_MAX 12
#define TERMS_MAX  200

int pd_query_wrong(struct query_parser *in, const char *at, const char *text)
{
	const char *said =
		in->view != NULL
			? pd_say(in->arena, in->language, "view {view}: {error}", "view", in->view, "error", text, NULL)
			: pd_say(in->arena, in->language, "character {number}: {error}", "number",
				 pd_printf(in->arena, "%ld", g_utf8_strlen(in->text, at - in->text) + 1), "error", text,
				 NULL);
	return pd_fail(in->error, PD_PERMANENT, "%s", said);
}

int pd_query_fail(struct query_parser *in, const char *at, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, pd_say(in->arena, in->language, format, NULL), args);
	va_end(args);
	return pd_query_wrong(in, at, text);
}

struct pd_query *pd_query_node(struct query_parser *in, enum pd_query_op op, const char *at)
{
	struct pd_query *node = PD_NEW(in->arena, struct pd_query);
	node->op = op;
	node->kind = -1;
	node->at = (size_t)(at - in->text);
	return node;
}

static struct pd_query *pair(struct query_parser *in, enum pd_query_op op, struct pd_query *left,
			     struct pd_query *right)
{
	struct pd_query *node = pd_query_node(in, op, in->text + left->at);
	node->left = left;
	node->right = right;
	return node;
}

static bool is_blank(const char *at)
{
	return *at == ' ' || *at == '\t' || *at == '\n' || *at == '\r' ||
	       (at[0] == '\xc2' && at[1] == '\xa0');
}

static void skip_blanks(struct query_parser *in)
{
	while (is_blank(in->at))
		in->at += *in->at == '\xc2' ? 2 : 1;
}

static bool ends_word(const char *at)
{
	return *at == '\0' || *at == '(' || *at == ')' || is_blank(at);
}

static bool take_keyword(struct query_parser *in, const char *word)
{
	size_t len = strlen(word);
	skip_blanks(in);
	if (strncmp(in->at, word, len) != 0 || !ends_word(in->at + len))
		return false;
	in->at += len;
	return true;
}

/* Opening quotes that phones write, and the one that closes. */
static size_t quote_len(const char *at)
{
	if (*at == '"')
		return 1;
	static const char *const curly[] = {"\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb"};
	for (size_t i = 0; i < sizeof curly / sizeof *curly; i++)
		if (pd_starts(at, curly[i]))
			return strlen(curly[i]);
	return 0;
}

static int take_phrase(struct query_parser *in, const char **ret_text)
{
	const char *open = in->at;
	const char *start = open + quote_len(open), *end = start;
	while (*end != '\0' && quote_len(end) == 0)
		end = g_utf8_next_char(end);
	if (*end == '\0')
		return pd_query_fail(in, open, "the quotation mark has no partner");
	*ret_text = pd_trim(in->arena, pd_strndup(in->arena, start, (size_t)(end - start)));
	in->at = end + quote_len(end);
	return 0;
}

static char *take_word(struct query_parser *in)
{
	const char *start = in->at;
	while (!ends_word(in->at) && quote_len(in->at) == 0)
		in->at = g_utf8_next_char(in->at);
	return pd_strndup(in->arena, start, (size_t)(in->at - start));
}

/* The length of "field:" here; 0: a word stands here. A link ("http://…") and a time are words. */
static size_t field_len(const char *at)
{
	size_t len = 0;
	while (g_ascii_isalnum(at[len]) || at[len] == '_' || at[len] == '-' || at[len] == '.' ||
	       (at[len] & 0x80) != 0)
		len++;
	if (len == 0 || at[len] != ':' || g_ascii_isdigit(at[0]) ||
	    (at[len + 1] == '/' && at[len + 2] == '/'))
		return 0;
	return len + 1;
}

static enum pd_compare take_compare(struct query_parser *in)
{
	static const struct {
		const char *sign;
		enum pd_compare compare;
	} signs[] = {{">=", PD_GREATER_EQUAL},
		     {"<=", PD_LESS_EQUAL},
		     {">", PD_GREATER},
		     {"<", PD_LESS},
		     {"=", PD_IS}};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (pd_starts(in->at, signs[i].sign)) {
			in->at += strlen(signs[i].sign);
			return signs[i].compare;
		}
	}
	return PD_IS;
}

static int parse_field(struct query_parser *in, size_t len, struct pd_query **ret_query)
{
	struct query_term term = {.at = in->at};
	term.field = pd_fold(in->arena, pd_strndup(in->arena, in->at, len - 1));
	in->at += len;
	term.compare = take_compare(in);
	term.value_at = in->at;
	if (quote_len(in->at) > 0) {
		term.is_quoted = true;
		int failed = take_phrase(in, &term.value);
		if (failed)
			return failed;
	} else {
		term.value = take_word(in);
	}
	if (*term.value == '\0')
		return pd_query_fail(in, term.value_at, "a value is expected after \"%s:\"", term.field);
	return pd_query_term(in, &term, ret_query);
}

/* The text, or the digits of the phone number that it is. */
static struct pd_query *or_digits(struct query_parser *in, struct pd_query *plain, const char *digits, const char *at)
{
	struct pd_query *node = pd_query_node(in, PD_QUERY_TEXT, at);
	node->value = digits;
	return plain != NULL ? pair(in, PD_QUERY_OR, plain, node) : node;
}

static int parse_text(struct query_parser *in, struct pd_query **ret_query)
{
	struct pd_query *node = pd_query_node(in, PD_QUERY_TEXT, in->at);
	if (quote_len(in->at) > 0) {
		int failed = take_phrase(in, &node->value);
		if (failed)
			return failed;
		if (*in->at == '*' && ends_word(in->at + 1)) {
			node->is_prefix = true;
			in->at++;
		}
	} else {
		char *word = take_word(in);
		size_t len = strlen(word);
		if (len > 0 && word[len - 1] == '*') {
			node->is_prefix = true;
			word[len - 1] = '\0';
		}
		if (strchr(word, '*') != NULL)
			return pd_query_fail(
				in, in->text + node->at,
				"\"*\" stands at the end of a word only, or in the value of a field");
		node->value = word;
	}
	if (*node->value == '\0')
		return pd_query_fail(in, in->text + node->at, "a word is expected");
	*ret_query = node;
	const char *digits = in->is_in_phone ? NULL : pd_query_digits(in->arena, node->value, PD_PHONE_DIGITS_MIN);
	if (digits != NULL) {
		*ret_query = or_digits(in, node, digits, in->text + node->at);
		(*ret_query)->right->is_prefix = node->is_prefix;
	}
	const char *elsewhere = in->is_in_phone || node->is_prefix
					? NULL
					: pd_query_phone_elsewhere(in->arena, in->settings, node->value);
	if (elsewhere != NULL)
		*ret_query = or_digits(in, *ret_query, elsewhere, in->text + node->at);
	return 0;
}

/* Words that together are a phone number: each of them, or its digits. */
static void parse_phone(struct query_parser *in, size_t len, struct pd_query **ret_query)
{
	const char *text = pd_strndup(in->arena, in->at, len);
	struct query_parser inner = *in;
	struct pd_query *plain = NULL;
	struct pd_error ignored;
	inner.text = inner.at = text;
	inner.is_in_phone = true;
	inner.error = &ignored;
	if (pd_query_run(&inner, &plain) != 0)
		plain = NULL;
	*ret_query = or_digits(in, plain, pd_query_digits(in->arena, text, 1), in->at);
	const char *elsewhere = pd_query_phone_elsewhere(in->arena, in->settings, text);
	if (elsewhere != NULL)
		*ret_query = or_digits(in, *ret_query, elsewhere, in->at);
	in->terms = inner.terms;
	in->at += len;
}

static int parse_or(struct query_parser *in, struct pd_query **ret_query);

static int parse_group(struct query_parser *in, struct pd_query **ret_query)
{
	const char *open = in->at++;
	int failed = parse_or(in, ret_query);
	if (failed)
		return failed;
	skip_blanks(in);
	if (*in->at != ')')
		return pd_query_fail(in, open, "the parenthesis is not closed");
	in->at++;
	return 0;
}

static int parse_one(struct query_parser *in, struct pd_query **ret_query)
{
	int failed;
	skip_blanks(in);
	const char *start = in->at;
	if (++in->terms > TERMS_MAX)
		return pd_query_fail(in, start, "the query has more than %d words and conditions, those of its views counted",
				     TERMS_MAX);
	if (in->depth > DEPTH_MAX)
		return pd_query_fail(in, start, "the query is nested too deeply");
	bool is_not = take_keyword(in, "NOT");
	if (!is_not && *in->at == '-' && (in->at[1] == '(' || !ends_word(in->at + 1))) {
		in->at++;
		is_not = true;
	}
	if (is_not) {
		struct pd_query *inner = NULL;
		in->depth++;
		failed = parse_one(in, &inner);
		in->depth--;
		if (failed)
			return failed;
		*ret_query = pd_query_node(in, PD_QUERY_NOT, start);
		(*ret_query)->left = inner;
		return 0;
	}
	if (*in->at == '\0' || *in->at == ')')
		return pd_query_fail(in, in->at, "a word, a field or a parenthesis is expected");
	if (take_keyword(in, "AND") || take_keyword(in, "OR"))
		return pd_query_fail(in, start,
				     "a word, a field or a parenthesis is expected before AND and OR");
	size_t len = in->is_in_phone ? 0 : pd_query_phone_len(in->arena, in->at);
	if (len > 0) {
		parse_phone(in, len, ret_query);
		return 0;
	}
	if (*in->at == '(') {
		in->depth++;
		failed = parse_group(in, ret_query);
		in->depth--;
		return failed;
	}
	len = field_len(in->at);
	return len > 0 ? parse_field(in, len, ret_query) : parse_text(in, ret_query);
}

static int parse_and(struct query_parser *in, struct pd_query **ret_query)
{
	struct pd_query *left, *right;
	int failed = parse_one(in, &left);
	while (failed == 0) {
		skip_blanks(in);
		const char *before = in->at;
		bool is_or = take_keyword(in, "OR");
		if (is_or || *in->at == '\0' || *in->at == ')') {
			in->at = before;
			*ret_query = left;
			return 0;
		}
		(void)take_keyword(in, "AND");
		failed = parse_one(in, &right);
		if (failed == 0)
			left = pair(in, PD_QUERY_AND, left, right);
	}
	return failed;
}

static int parse_or(struct query_parser *in, struct pd_query **ret_query)
{
	struct pd_query *left, *right;
	int failed = parse_and(in, &left);
	while (failed == 0) {
		if (!take_keyword(in, "OR")) {
			*ret_query = left;
			return 0;
		}
		failed = parse_and(in, &right);
		if (failed == 0)
			left = pair(in, PD_QUERY_OR, left, right);
	}
	return failed;
}

/* How often AND, OR and NOT stand inside of another one; a chain of the same is one. */
static unsigned nesting(const struct pd_query *query, enum pd_query_op outer)
{
	if (query == NULL)
		return 0;
	const unsigned left = nesting(query->left, query->op), right = nesting(query->right, query->op);
	const bool is_chain = (query->op == PD_QUERY_AND || query->op == PD_QUERY_OR) && query->op == outer;
	return (left > right ? left : right) + (query->left != NULL && !is_chain ? 1 : 0);
}

int pd_query_run(struct query_parser *in, struct pd_query **ret_query)
{
	skip_blanks(in);
	if (*in->at == '\0') {
		*ret_query = pd_query_node(in, PD_QUERY_ALL, in->at);
		return 0;
	}
	struct pd_query *query;
	int failed = parse_or(in, &query);
	if (failed)
		return failed;
	skip_blanks(in);
	if (*in->at != '\0')
		return pd_query_fail(in, in->at, "this parenthesis was never opened");
	*ret_query = query;
	return 0;
}

int pd_query_parse(struct pd_arena *arena, const struct pd_settings *settings, const char *text,
		   const char *me, pd_time now, struct pd_query **ret_query, struct pd_error *error)
{
	return pd_query_parse_among(arena, settings, NULL, text, me, now, ret_query, error);
}

int pd_query_parse_among(struct pd_arena *arena, const struct pd_settings *settings,
			 const struct pd_views *views, const char *text, const char *me, pd_time now,
			 struct pd_query **ret_query, struct pd_error *error)
{
	const char *valid = g_utf8_validate(text, -1, NULL) ? text : pd_clean_text(arena, text, strlen(text));
	const struct pd_agent *asker = me != NULL ? pd_settings_agent(settings, me) : NULL;
	struct query_parser in = {.arena = arena,
				  .settings = settings,
				  .known_views = views,
				  .text = valid,
				  .at = valid,
				  .me = me,
				  .language = asker == NULL		? "en"
					      : asker->language != NULL ? asker->language
									: settings->language,
				  .now = now,
				  .error = error};
	int failed = pd_query_run(&in, ret_query);
	if (failed == 0 && nesting(*ret_query, PD_QUERY_ALL) > NESTED_MAX)
		failed = pd_query_fail(&in, in.text, "the query is nested too deeply");
	return failed;
}

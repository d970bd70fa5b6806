/* What must not leave in an answer's words: signed addresses of ours and agents' private ones (invariant 4).
 *
 * Promises: each such address is replaced by the mailbox's, also where it is written with percent signs ("%40"
 * for '@', and again percent-encoded), stands in a link or is divided by elements of HTML. HTML is what the room
 * mime has written: '<' and '>' stand for elements alone. Linear but for the length of an address. Cannot fail. */
#include "desk/letters.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

enum { LOCAL_MAX = 200, DOMAIN_MAX = 255, TAG_MAX = 4096 };

/* Elements that begin a new line or a cell: no address goes over them. */
bool pd_html_divides(const char *tag)
{
	static const char *const names[] = {"br", "p",	"div", "td", "th", "tr", "table", "li",	 "ul",
					    "ol", "hr", "h1",  "h2", "h3", "h4", "pre",	  "img", "blockquote"};
	tag += *tag == '/';
	size_t len = strcspn(tag, " \t\n/>");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len && g_ascii_strncasecmp(tag, names[i], len) == 0)
			return true;
	return false;
}

/* One character as a reader takes it, and the bytes that stand for it. */
struct piece {
	char c; /* '\0': none */
	const char *from, *to;
};

/* "%41", "%2541", …: the character; '\0': it is none. ret_end: after it. */
static char decoded(const char *at, const char **ret_end)
{
	if (*at++ != '%')
		return '\0';
	while (pd_starts(at, "25"))
		at += 2;
	if (!g_ascii_isxdigit(at[0]) || !g_ascii_isxdigit(at[1]))
		return '\0';
	*ret_end = at + 2;
	return (char)(g_ascii_xdigit_value(at[0]) * 16 + g_ascii_xdigit_value(at[1]));
}

static struct piece next(const char *at, bool is_html)
{
	while (is_html && *at == '<') {
		size_t len = strcspn(at, ">");
		if (at[len] == '\0' || pd_html_divides(at + 1))
			return (struct piece){0};
		at += len + 1;
	}
	struct piece piece = {.c = decoded(at, &piece.to), .from = at};
	if (piece.c == '\0' && *at != '\0') {
		piece.c = *at;
		piece.to = at + 1;
	}
	return piece;
}

/* The one that ends at that place. */
static struct piece previous(const char *text, const char *at, bool is_html)
{
	while (is_html && at > text && at[-1] == '>') {
		const char *tag = at - 1;
		while (tag > text && *tag != '<' && at - tag < TAG_MAX)
			tag--;
		if (*tag != '<' || pd_html_divides(tag + 1))
			return (struct piece){0};
		at = tag;
	}
	if (at == text)
		return (struct piece){0};
	if (at - text >= 3 && g_ascii_isxdigit(at[-1]) && g_ascii_isxdigit(at[-2])) {
		const char *sign = at - 3, *end = NULL;
		while (sign - text >= 2 && pd_starts(sign - 1, "25") && *sign != '%')
			sign -= 2;
		char c = *sign == '%' ? decoded(sign, &end) : '\0';
		if (c != '\0' && end == at)
			return (struct piece){.c = c, .from = sign, .to = at};
	}
	return (struct piece){.c = at[-1], .from = at - 1, .to = at};
}

static bool is_local_char(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr("._+-", c) != NULL);
}

static bool is_domain_char(char c)
{
	return g_ascii_isalnum(c) || c == '.' || c == '-';
}

typedef bool (*forbids)(struct pd_context *context, const char *address);

static bool must_not_leave(struct pd_context *context, const char *address)
{
	if (pd_settings_agent_of(context->settings, address) != NULL)
		return true;
	struct pd_recipient ours = pd_recipient_parse(context->arena, context->settings, address);
	return ours.mailbox != NULL && ours.kind != PD_RCPT_MAILBOX;
}

/* An agent's, or signed for an agent. */
static bool is_private(struct pd_context *context, const char *address)
{
	struct pd_recipient ours = pd_recipient_parse(context->arena, context->settings, address);
	return pd_settings_agent_of(context->settings, address) != NULL || ours.kind == PD_RCPT_CONFIRM ||
	       (ours.kind == PD_RCPT_TICKET && ours.is_agent);
}

/* The address around an '@' that must not leave. */
struct span {
	const char *from, *to;
};

static bool find_span(struct pd_context *context, forbids is_forbidden, const char *done, const struct piece *at,
		      bool is_html, struct span *ret_span)
{
	char local[LOCAL_MAX + 1], domain[DOMAIN_MAX + 1];
	const char *starts[LOCAL_MAX + 1], *ends[DOMAIN_MAX + 1];
	size_t first = LOCAL_MAX, len = 0;
	local[LOCAL_MAX] = '\0';
	for (const char *place = at->from; first > 0;) {
		struct piece piece = previous(done, place, is_html);
		if (!is_local_char(piece.c))
			break;
		local[--first] = piece.c;
		starts[first] = place = piece.from;
	}
	for (const char *place = at->to; len < DOMAIN_MAX;) {
		struct piece piece = next(place, is_html);
		if (!is_domain_char(piece.c))
			break;
		domain[len] = piece.c;
		ends[len++] = place = piece.to;
	}
	while (len > 0 && !g_ascii_isalnum(domain[len - 1]))
		len--;
	domain[len] = '\0';
	/* "_anna@…_" is how clients write it in italics: what stands before the first letter may be a mark. */
	for (bool is_first = true; first < LOCAL_MAX && len > 0; first++, is_first = false) {
		if (!is_first && g_ascii_isalnum(local[first - 1]))
			break;
		if (!is_forbidden(context, pd_printf(context->arena, "%s@%s", local + first, domain)))
			continue;
		*ret_span = (struct span){.from = starts[first], .to = ends[len - 1]};
		return true;
	}
	return false;
}

/* The next '@', however it is written; c '\0': there is none. */
static struct piece next_at(const char *text)
{
	for (text += strcspn(text, "@%"); *text != '\0'; text += 1 + strcspn(text + 1, "@%")) {
		struct piece piece = {.c = '@', .from = text, .to = text + 1};
		if (*text == '@' || decoded(text, &piece.to) == '@')
			return piece;
	}
	return (struct piece){0};
}

static char *scrub(struct pd_context *context, const struct pd_mailbox *mailbox, const char *text, bool is_html)
{
	PD_AUTO_BUF out = {0};
	const char *done = text;
	for (struct piece at = next_at(text); at.c != '\0'; at = next_at(at.to)) {
		struct span span;
		/* What follows an element at once may belong to the address or not. */
		if (!(is_html && find_span(context, must_not_leave, done, &at, true, &span)) &&
		    !find_span(context, must_not_leave, done, &at, false, &span))
			continue;
		pd_buf_add(&out, done, (size_t)(span.from - done));
		pd_buf_adds(&out, mailbox->addresses.items[0]);
		/* The elements inside it stay. */
		for (const char *tag = span.from; is_html && tag < span.to; tag++) {
			if (*tag != '<')
				continue;
			size_t len = strcspn(tag, ">") + 1;
			pd_buf_add(&out, tag, len);
			tag += len - 1;
		}
		done = at.to = span.to;
	}
	pd_buf_adds(&out, done);
	return pd_buf_string(context->arena, &out);
}

const char *pd_private_in(struct pd_context *context, const char *text, bool is_html)
{
	for (struct piece at = next_at(text); at.c != '\0'; at = next_at(at.to)) {
		struct span span;
		if ((is_html && find_span(context, is_private, text, &at, true, &span)) ||
		    find_span(context, is_private, text, &at, false, &span))
			return pd_strndup(context->arena, span.from, (size_t)(span.to - span.from));
	}
	return NULL;
}

char *pd_scrub(struct pd_context *context, const struct pd_mailbox *mailbox, const char *text)
{
	return scrub(context, mailbox, text, false);
}

char *pd_scrub_html(struct pd_context *context, const struct pd_mailbox *mailbox, const char *html)
{
	return scrub(context, mailbox, html, true);
}

/* What elements are to a reader of quotes: the containers in which mail clients put quotes, attributions,
 * header blocks and signatures, as a table; and what is not to be seen. Pure; never fails. */
#include "mime/html.h"
#include "base/text.h"
#include <glib.h>
#include <stdio.h>
#include <string.h>

struct box_rule {
	const char *client;
	enum pd_container box;
	const char *attribute; /* "class" compares whole words, others the whole value */
	const char *value;     /* in lower case; a final '*' stands for any end */
};

static const struct box_rule box_rules[] = {
	{"Yahoo", PD_BOX_QUOTE, "class", "yahoo_quoted"},
	{"Yahoo", PD_BOX_QUOTE, "id", "yahoo_quoted*"},
	{"Proton", PD_BOX_QUOTE, "class", "protonmail_quote"},
	{"Tutanota", PD_BOX_QUOTE, "class", "tutanota_quote"},
	{"Zoho", PD_BOX_QUOTE, "class", "zmail_extra"},
	{"Zimbra", PD_BOX_QUOTE, "data-marker", "__quoted_text__"},
	{"Spark", PD_BOX_QUOTE, "name", "messagereplysection"},
	{"Outlook mobile", PD_BOX_QUOTE, "id", "mail-editor-reference-message-container"},
	{"Front", PD_BOX_QUOTE, "class", "front-blockquote"},
	{"Netease", PD_BOX_QUOTE, "id", "isreplycontent"},
	{"Netease", PD_BOX_QUOTE, "class", "netease_mail_quote"},
	{"Mail.ru", PD_BOX_QUOTE, "class", "js-readmsg-msg"},
	{"Missive", PD_BOX_QUOTE, "class", "missive_quote"},
	{"Freshdesk", PD_BOX_QUOTE, "class", "freshdesk_quote"},
	{"HubSpot", PD_BOX_QUOTE, "class", "hs_reply"},
	{"Polymail", PD_BOX_QUOTE, "class", "polymail_quote"},
	{"Airmail", PD_BOX_QUOTE, "class", "clean_bq"},
	{"Mailbird", PD_BOX_QUOTE, "class", "mb_quote"},
	{"Newton", PD_BOX_QUOTE, "class", "cm_quote"},
	{"Roundcube", PD_BOX_QUOTE, "id", "replybody*"},
	{"Aqua Mail", PD_BOX_QUOTE, "id", "aqm-original"},
	{"Edison", PD_BOX_QUOTE, "id", "edo-original"},
	{"Canary", PD_BOX_QUOTE, "id", "canaryblockquote"},
	{"GMX, Web.de", PD_BOX_QUOTE, "name", "quote"},
	{"Apple Mail", PD_BOX_QUOTE, "class", "appleoriginalcontents"},
	{"SOGo, CKEditor", PD_BOX_QUOTE, "type", "cite"},
	{"Thunderbird", PD_BOX_ATTRIBUTION, "class", "moz-cite-prefix"},
	{"Gmail", PD_BOX_ATTRIBUTION, "class", "gmail_attr"},
	{"Roundcube", PD_BOX_ATTRIBUTION, "id", "reply-intro"},
	{"Outlook", PD_BOX_HEADER, "id", "divrplyfwdmsg"},
	{"Outlook", PD_BOX_HEADER, "class", "outlookmessageheader"},
	{"Outlook for Mac", PD_BOX_HEADER, "id", "olk_src_body_section"},
	{"BlackBerry", PD_BOX_HEADER, "id", "_originalcontent"},
	{"Hotmail", PD_BOX_HEADER, "id", "stopspelling"},
	{"Zimbra", PD_BOX_HEADER, "id", "zwchr"},
	{"Gmail", PD_BOX_SIGNATURE, "class", "gmail_signature"},
	{"Gmail", PD_BOX_SIGNATURE, "class", "gmail_signature_prefix"},
	{"Gmail", PD_BOX_SIGNATURE, "data-smartmail", "gmail_signature"},
	{"Thunderbird", PD_BOX_SIGNATURE, "class", "moz-signature"},
	{"Windows Mail", PD_BOX_SIGNATURE, "data-signatureblock", "true"},
	{"Outlook", PD_BOX_SIGNATURE, "id", "signature"},
	{"Outlook mobile", PD_BOX_SIGNATURE, "id", "ms-outlook-mobile-signature"},
	{"Apple Mail", PD_BOX_SIGNATURE, "id", "applemailsignature*"},
	{"Yahoo", PD_BOX_SIGNATURE, "id", "ymail_android_signature"},
	{"Yahoo", PD_BOX_SIGNATURE, "class", "yahoo-signature"},
	{"Proton", PD_BOX_SIGNATURE, "class", "protonmail_signature_block"},
	{"Zimbra", PD_BOX_SIGNATURE, "data-marker", "__sig_pre__"},
	{"Zoho", PD_BOX_SIGNATURE, "id", "zohosignature*"},
	{"Spark", PD_BOX_SIGNATURE, "name", "messagesignaturesection"},
	{0},
};

const char *pd_html_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		if (g_ascii_strcasecmp((const char *)a->name, name))
			continue;
		const xmlNode *value = a->children;
		return value && value->type == XML_TEXT_NODE && value->content ? (const char *)value->content
									       : "";
	}
	return NULL;
}

bool pd_html_is(const xmlNode *node, const char *names)
{
	return node->type == XML_ELEMENT_NODE && pd_words_is((const char *)node->name, names);
}

/* Other clients put their mark before a class when they quote it: "x_", "ecx", "ydp1a2b3c". */
static bool same_word(const char *word, size_t len, const char *want)
{
	size_t n = strlen(want);
	bool any_end = want[n - 1] == '*';
	n -= any_end;
	if (len >= n && !g_ascii_strncasecmp(word, want, n) && (any_end || len == n))
		return true;
	if (len > n && !any_end && !g_ascii_strncasecmp(word + len - n, want, n)) {
		size_t before = len - n;
		return (before == 3 && !g_ascii_strncasecmp(word, "ecx", 3)) ||
		       (before > 3 && before < 16 && !g_ascii_strncasecmp(word, "ydp", 3));
	}
	return false;
}

static bool has_value(const char *have, const char *want, bool is_class)
{
	if (!is_class)
		return same_word(have, strlen(have), want);
	while (*have) {
		have += strspn(have, " \t\r\n");
		size_t len = strcspn(have, " \t\r\n");
		if (len && same_word(have, len, want))
			return true;
		have += len;
	}
	return false;
}

static enum pd_container by_table(const xmlNode *node)
{
	static const char names[] = "class|id|name|type|data-marker|data-smartmail|data-signatureblock";
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		const char *name = (const char *)a->name;
		if (!strchr("cintdCINTD", name[0]) || !pd_words_is(name, names))
			continue;
		const char *have = pd_html_attribute(node, name);
		if (!have || !*have || strlen(have) > 500)
			continue;
		for (const struct box_rule *rule = box_rules; rule->client; rule++)
			if (!strcmp(rule->attribute, name) &&
			    has_value(have, rule->value, !strcmp(name, "class")))
				return rule->box;
	}
	return PD_BOX_NONE;
}

bool pd_html_style(const char *style, const char *property, char *out, size_t room)
{
	size_t n = strlen(property);
	while (style && *style) {
		style += strspn(style, " \t\r\n;");
		size_t len = strcspn(style, ";"), name = strcspn(style, ":;");
		size_t word = name;
		while (word && strchr(" \t\r\n", style[word - 1]))
			word--;
		if (word == n && name < len && !g_ascii_strncasecmp(style, property, n)) {
			const char *value = style + name + 1;
			size_t have = len - name - 1;
			while (have && strchr(" \t\r\n", *value)) {
				value++;
				have--;
			}
			while (have && strchr(" \t\r\n", value[have - 1]))
				have--;
			if (have >= room)
				have = room - 1;
			for (size_t i = 0; i < have; i++)
				out[i] = g_ascii_tolower(value[i]);
			out[have] = '\0';
			return true;
		}
		style += len;
	}
	return false;
}

static bool is_colour(const char *value)
{
	unsigned r, g, b;
	char one[4];
	if (sscanf(value, "#%2x%2x%2x", &r, &g, &b) == 3 || sscanf(value, "rgb(%u , %u , %u", &r, &g, &b) == 3 ||
	    sscanf(value, "rgb(%u %u %u", &r, &g, &b) == 3) {
		unsigned most = MAX(r, MAX(g, b)), least = MIN(r, MIN(g, b));
		return most - least >= 80;
	}
	if (sscanf(value, "#%1[0-9a-f]%1[0-9a-f]%1[0-9a-f]", one, one + 1, one + 2) == 3)
		return !(one[0] == one[1] && one[1] == one[2]);
	return pd_words_is(value, "red|blue|green|purple|maroon|navy|orange|teal|magenta|fuchsia|darkred|darkblue|darkgreen|crimson|"
				  "royalblue|mediumblue|firebrick|indianred|darkorange|olive|lime|violet|brown|dodgerblue");
}

void pd_html_colour(const xmlNode *node, bool *is_coloured)
{
	char value[40];
	const char *style = pd_html_attribute(node, "style");
	if (style && pd_html_style(style, "color", value, sizeof value)) {
		*is_coloured = is_colour(value);
		return;
	}
	const char *attribute = pd_html_is(node, "font") ? pd_html_attribute(node, "color") : NULL;
	if (attribute) {
		g_autofree char *lower = g_ascii_strdown(attribute, -1);
		*is_coloured = is_colour(lower);
	}
}

enum pd_container pd_html_container(const xmlNode *node, bool in_gmail)
{
	bool is_quote = pd_html_tag(node) & PD_TAG_QUOTE;
	if (!node->properties && !is_quote)
		return PD_BOX_NONE;
	enum pd_container box = node->properties ? by_table(node) : PD_BOX_NONE;
	const char *class = pd_html_attribute(node, "class");
	bool gmail = class && has_value(class, "gmail_quote", true);
	if (is_quote) {
		if (box == PD_BOX_QUOTE || in_gmail)
			return PD_BOX_QUOTE;
		return PD_BOX_SOFT;
	}
	if (box == PD_BOX_NONE && gmail)
		return pd_html_has_blockquote(node) ? PD_BOX_GMAIL : PD_BOX_QUOTE;
	if (box == PD_BOX_NONE && pd_html_is(node, "div|td")) {
		char value[64];
		const char *style = pd_html_attribute(node, "style");
		if (style &&
		    ((pd_html_style(style, "border-top", value, sizeof value) && strstr(value, "solid")) ||
		     (pd_html_style(style, "border-top-style", value, sizeof value) &&
		      strstr(value, "solid"))))
			return PD_BOX_BORDER;
	}
	return box;
}

bool pd_html_has_blockquote(const xmlNode *node)
{
	const xmlNode *at = node->children;
	for (unsigned i = 0; at && i < 400; i++) {
		if (pd_html_tag(at) & PD_TAG_QUOTE)
			return true;
		if (at->type == XML_ELEMENT_NODE && at->children) {
			at = at->children;
			continue;
		}
		while (at && at != node && !at->next)
			at = at->parent;
		if (!at || at == node)
			return false;
		at = at->next;
	}
	return false;
}

/* Is a length nothing: "0", "0px", "0.0em"? */
static bool is_zero(const char *value)
{
	size_t n = strspn(value, "0.");
	return n && !strchr("123456789", value[n] ? value[n] : 'x') && strcspn(value + n, " ") <= 9;
}

bool pd_html_is_unseen(const xmlNode *node)
{
	if (pd_html_tag(node) & PD_TAG_UNSEEN)
		return true;
	if (!node->properties)
		return false;
	if (pd_html_attribute(node, "hidden"))
		return true;
	const char *style = pd_html_attribute(node, "style");
	char value[32];
	if (!style || strlen(style) > 5000)
		return false;
	if (pd_html_style(style, "display", value, sizeof value) && pd_starts(value, "none"))
		return true;
	if (pd_html_style(style, "visibility", value, sizeof value) &&
	    (pd_starts(value, "hidden") || pd_starts(value, "collapse")))
		return true;
	if (pd_html_style(style, "mso-hide", value, sizeof value) && pd_starts(value, "all"))
		return true;
	if (pd_html_style(style, "font-size", value, sizeof value) && is_zero(value))
		return true;
	if (pd_html_style(style, "opacity", value, sizeof value) && is_zero(value))
		return true;
	char overflow[32];
	if (pd_html_style(style, "overflow", overflow, sizeof overflow) && pd_starts(overflow, "hidden") &&
	    ((pd_html_style(style, "max-height", value, sizeof value) && is_zero(value)) ||
	     (pd_html_style(style, "height", value, sizeof value) && is_zero(value)) ||
	     (pd_html_style(style, "max-width", value, sizeof value) && is_zero(value))))
		return true;
	return false;
}

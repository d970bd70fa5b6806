/* Tests of src/mime/html*.c: HTML as a person reads it, quote containers by client, and what may be passed on. */
#include "check.h"

#include <libxml/parser.h>
#include <string.h>
#include "base/text.h"
#include "mime/html.h"
#include "mime/parts.h"

static struct pd_message *read_html(struct pd_arena *arena, const char *html)
{
	struct pd_message *message = PD_NEW(arena, struct pd_message);
	message->subject = "Re: x";
	pd_words_reply(arena, message, NULL, html);
	return message;
}

static void test_text(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html, *want;
	} rows[] = {
		{"paragraphs", "<p>one</p><p>two</p>", "one\n\ntwo"},
		{"divisions", "<div>one</div><div>two</div>", "one\ntwo"},
		{"empty division", "<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"},
		{"breaks", "one<br>two<br><br>three", "one\ntwo\n\nthree"},
		{"break at the end of a block", "<div>one<br></div><div>two</div>", "one\ntwo"},
		{"white space", "  one \n\t two<b> three</b>four ", "one two threefour"},
		{"bullets", "<ul><li>one<li>two</ul>", "- one\n- two"},
		{"numbers", "<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"},
		{"paragraphs in a list", "<ul><li><p>one</p></li><li><div>two</div></li></ul>", "- one\n\n- two"},
		{"list in a list", "<ul><li>one<ul><li>two</li></ul></li></ul>", "- one\n  - two"},
		{"table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a\tb\n1\t2"},
		{"link", "<a href='https://example.org/x'>here</a>", "here <https://example.org/x>"},
		{"link that says itself", "<a href='https://example.org/'>example.org</a>", "example.org"},
		{"mail link", "<a href='mailto:a@example.org'>a@example.org</a>", "a@example.org"},
		{"preformatted", "<pre>a\n  b\n</pre>c", "a\n  b\n\nc"},
		{"entities", "a &lt; b &amp; c&nbsp;d &#8364;", "a < b & c\xc2\xa0" "d \xe2\x82\xac"},
		{"picture", "<img src='cid:x@y' alt='logo'>", "[logo]"},
		{"tracking picture", "a<img src='http://example.org/t.gif'>b", "ab"},
		{"script and style", "<style>p{}</style><script>x()</script>a", "a"},
		{"preheader", "<div style='display:none;max-height:0'>secret</div>a", "a"},
		{"zero font", "<span style='font-size:0px'>secret</span>a", "a"},
		{"hidden attribute", "<p hidden>secret</p>a", "a"},
		{"comment", "a<!-- secret -->b", "ab"},
		{"Word's paragraphs", "<p class=MsoNormal>one</p><p class=MsoNormal>two</p>", "one\ntwo"},
		{"unknown elements", "<x-y>a</x-y><o:p>b</o:p>", "ab"},
		{"Word's conditions", "<!--[if gte mso 9]><xml>no</xml><![endif]-->a<![if !mso]>b<![endif]>", "ab"},
		{"title", "<html><head><title>t</title></head><body>a</body></html>", "a"},
		{"no tags", "just text", "just text"},
		{"nothing", "", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		CHECK_ROW_STRING(rows[i].name, read_html(arena, rows[i].html)->text, rows[i].want);
	}
}

/* Bold labels in a row that are no header block of any language: a form, an order. */
static void test_forms(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = read_html(arena, "<p>Hallo</p><p><b>Bestellung:</b> 55<br><b>E-Mail:</b> a@example.org<br>"
						      "<b>Datum:</b> 5.1.2026</p><p>Wo bleibt sie?</p>");
	assert_string_equal(message->text, "Hallo\n\nBestellung: 55\nE-Mail: a@example.org\nDatum: 5.1.2026\n\nWo bleibt sie?");
	assert_string_equal(message->quoted, "");
}

/* The quote of each client. The own text is "New", the old one "Old". */
static void test_containers(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html;
	} rows[] = {
		{"Gmail", "<div>New</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">Xyz, Anna zq:<br></div>"
			  "<blockquote class=\"gmail_quote\">Old</blockquote></div>"},
		{"Gmail, new class", "<div>New</div><div class=\"gmail_quote gmail_quote_container\">Xyz zq:<br>"
				     "<blockquote class=\"gmail_quote\">Old</blockquote></div>"},
		{"Gmail without blockquote", "New<div class=\"gmail_quote\">Xyz zq:<div>Old</div></div>"},
		{"Apple Mail", "New<br><div><blockquote type=\"cite\"><div>On 5 Jan 2026, at 10:00, A &lt;a@example.org&gt; wrote:</div>"
			       "Old</blockquote></div>"},
		{"Thunderbird", "New<br><div class=\"moz-cite-prefix\">Xyz zq:<br></div><blockquote type=\"cite\">Old</blockquote>"},
		{"Outlook", "<p>New</p><div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>From:</b> A &lt;a@example.org&gt;<br>"
			    "<b>Sent:</b> Monday 10:00<br><b>To:</b> b<br><b>Subject:</b> x</p></div></div><p>Old</p>"},
		{"Outlook in no known language", "<p>New</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>Xfrom:</b> A<br>"
						 "<b>Xsent:</b> 5.1.2026 10:00<br><b>Xto:</b> b<br><b>Xsubj:</b> x</p></div><p>Old</p>"},
		{"Outlook web", "<div>New</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\">Qfrom: A</div><div>Old</div>"},
		{"Hotmail", "<div>New</div><hr id=\"stopSpelling\">Date: Mon, 5 Jan 2026 10:00:00 +0200<br>Subject: x<br>"
			    "From: a@example.org<br><br>Old"},
		{"Yahoo", "<div>New</div><div class=\"yahoo_quoted\" id=\"yahoo_quoted_1\"><div>Xyz:</div><div>Old</div></div>"},
		{"Yahoo, quoted again", "<div>New</div><div class=\"ydp1a2b3cyahoo_quoted\"><div>Old</div></div>"},
		{"Proton", "<div>New</div><div class=\"protonmail_quote\">Xyz<blockquote class=\"protonmail_quote\">Old</blockquote></div>"},
		{"Zoho", "<div>New</div><div class=\"zmail_extra\"><div>Old</div></div>"},
		{"Zimbra", "<div>New</div><hr id=\"zwchr\"><div>Qfrom: a</div>Old"},
		{"Spark", "<div>New</div><div name=\"messageReplySection\">Old</div>"},
		{"Outlook mobile", "<div>New</div><div id=\"mail-editor-reference-message-container\">Old</div>"},
		{"GMX", "<div>New</div><div name=\"quote\"><div>Gesendet: x</div><div>Old</div></div>"},
		{"Outlook for Mac", "<div>New</div><span id=\"OLK_SRC_BODY_SECTION\"><div>Qfrom: A</div><div>Old</div></span>"},
		{"Edison", "<div>New</div><div id=\"edo-original\"><div>Old</div></div>"},
		{"Yandex", "<p>New</p><p>05.01.2026, 10:00, \"A\" &lt;a@example.org&gt;:</p><blockquote>Old</blockquote>"},
		{"signs in HTML", "<div>New</div><div>&gt; Old<br>&gt; Older</div>"},
		{"attribution in the indent", "New<blockquote>On 5 Jan 2026, at 10:00, A &lt;a@example.org&gt; wrote:<br>Old</blockquote>"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_html(arena, rows[i].html);
		CHECK_ROW_STRING(rows[i].name, message->text, "New");
		CHECK_ROW(rows[i].name, strstr(message->quoted, "Old") != NULL);
		CHECK_ROW(rows[i].name, strstr(message->html, "New") != NULL && strstr(message->html, "Old") == NULL);
	}
}

static void test_kept(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html, *want;
	} rows[] = {
		{"an indent is no quote", "Look:<blockquote style=\"margin:0 0 0 40px;border:none\">mine</blockquote>too", "Look:\n\nmine\n\ntoo"},
		{"answers in Gmail's quote",
		 "<div class=\"gmail_quote\"><div class=\"gmail_attr\">Xyz:</div><blockquote>q1</blockquote><div>a1</div>"
		 "<blockquote>q2</blockquote><div>a2</div><blockquote>q3</blockquote></div>",
		 "> q1\n\na1\n\n> q2\n\na2"},
		{"text below the quote", "New<blockquote type=cite>Old</blockquote>more", "New\n\n> Old\n\nmore"},
		{"forward by Gmail", "FYI<div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- Forwarded message ---------<br>"
				     "From: a@example.org<br>Date: 5.1.2026<br></div>Body</div>",
		 "FYI\n---------- Forwarded message ---------\nFrom: a@example.org\nDate: 5.1.2026\nBody"},
		{"a signature alone", "<div class=\"gmail_signature\">Please call me at once.</div>", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		CHECK_ROW_STRING(rows[i].name, read_html(arena, rows[i].html)->text, rows[i].want);
	}
}

static void test_clean(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html, *want;
	} rows[] = {
		{"formatting", "<p>a <b>b</b> <i>c</i></p>", "<p>a <b>b</b> <i>c</i></p>"},
		{"link", "<a href=\"https://example.org/?a=1&b=2\">x</a>", "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>"},
		{"script link", "<a href=\"javascript:alert(1)\">x</a>", "x"},
		{"script link in disguise", "<a href=\" java\tscript:alert(1)\">x</a>", "x"},
		{"data link", "<a href=\"data:text/html,x\">x</a>", "x"},
		{"file link", "<a href=\"file:///etc/passwd\">x</a>", "x"},
		{"telephone", "<a href=\"tel:+358\">x</a>", "<a href=\"tel:+358\">x</a>"},
		{"event handler", "<p onclick=\"x()\" onmouseover=x>a</p>", "<p>a</p>"},
		{"picture of the mail", "a<img src=\"cid:x@y\" onerror=\"x\" width=\"5\">", "a<img src=\"cid:x@y\" width=\"5\"/>"},
		{"remote picture", "a<img src=\"http://example.org/t.gif\">b", "ab"},
		{"remote picture with words", "<img src=\"http://example.org/t.gif\" alt=\"two cats\">", "[two cats]"},
		{"form", "<form action=\"http://example.org\"><input name=a value=secret><button>go</button></form>", "go"},
		{"frame", "a<iframe src=\"http://example.org\">x</iframe>", "a"},
		{"vector picture", "a<svg><script>x</script></svg>", "a"},
		{"style element", "<style>@import url(http://example.org)</style>a", "a"},
		{"colour", "<p style=\"color: red; font-size:12px\">a</p>", "<p style=\"color: red; font-size: 12px\">a</p>"},
		{"position", "<p style=\"position:fixed;top:0;color:red\">a</p>", "<p style=\"color: red\">a</p>"},
		{"remote background", "<p style=\"background:url(http://example.org);color:red\">a</p>", "<p style=\"color: red\">a</p>"},
		{"expression", "<p style=\"width:expression(x())\">a</p>", "<p>a</p>"},
		{"negative margin", "<p style=\"margin:-100px\">a</p>", "<p>a</p>"},
		{"escaped property", "<p style=\"p\\6fsition:fixed\">a</p>", "<p>a</p>"},
		{"hidden", "a<div style=\"display:none\">secret</div>", "a"},
		{"unknown elements", "<marquee>a</marquee><blink>b</blink>", "ab"},
		{"open elements are closed", "<p>a<b>b", "<p>a<b>b</b></p>"},
		{"text that looks like tags", "&lt;script&gt;x&lt;/script&gt;", "&lt;script&gt;x&lt;/script&gt;"},
		{"empty cell stays", "<table><tr><td>a</td><td></td><td>b</td></tr></table>",
		 "<table><tr><td>a</td><td></td><td>b</td></tr></table>"},
		{"commands above", "<div>#assign anna</div><div>#close</div><div>Hello</div>", "<div>Hello</div>"},
		{"commands below", "<div>Hello</div><div>#close</div>", "<div>Hello</div>"},
		{"commands in one paragraph", "<p>#close<br>Hello</p>", "<p>Hello</p>"},
		{"literal sign", "<p>##close</p>", "<p>#close</p>"},
		{"sign in the middle", "<p>a<br>#b<br>c</p>", "<p>a<br/>#b<br/>c</p>"},
		{"quote taken out", "<div>New</div><blockquote type=cite>Old</blockquote>", "<div>New</div>"},
		{"signature taken out", "<div>New</div><div class=\"gmail_signature\">Anna</div>", "<div>New</div>"},
		{"commands only", "<div>#close</div>", NULL},
		{"nothing but a quote", "<blockquote type=cite>Old</blockquote>", NULL},
		{"nothing above a forward", "<div class=\"gmail_quote\">---------- Forwarded message ---------<br>From: a@example.org<br>"
					    "Date: 5.1.2026<br>Old</div>", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *html = read_html(arena, rows[i].html)->html;
		CHECK_ROW_STRING(rows[i].name, html, rows[i].want);
		if (!html)
			continue;
		const char *whole = pd_printf(arena, "<r>%s</r>", html);
		xmlDoc *doc = xmlReadMemory(whole, (int)strlen(whole), NULL, "UTF-8", XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
		CHECK_ROW(rows[i].name, doc != NULL);
		xmlFreeDoc(doc);
	}
}

/* What tries to come through: scripts in foreign elements and raw texts, broken attributes, links and styles in disguise. */
static void test_attacks(void **state)
{
	(void)state;
	static const char *const attacks[] = {
		"<svg><style><img src=x onerror=alert(1)></style></svg>",
		"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
		"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
		"<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
		"<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
		"<img src=\"cid:x&quot; onerror=&quot;alert(1)\">",
		"<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
		"<a href=\" &#14; javascript:alert(1)\">x</a>",
		"<a href=\"java\nscript:alert(1)\">x</a>",
		"<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
		"<a href=\"vbscript:x\">x</a>",
		"<a href=\"//evil.example\">x</a>",
		"<p style=\"background:url(javascript:alert(1))\">x</p>",
		"<p style=\"background-color:red;background-image:url(http://evil/x.png)\">x</p>",
		"<p style=\"width:expression(alert(1))\">x</p>",
		"<p style=\"color:red;/**/position:fixed;top:0\">x</p>",
		"<p style=\"font-family:'x';}body{background:url(x)}\">x</p>",
		"<p style=\"color:\\72 ed;behavior:url(x)\">x</p>",
		"<xmp><img src=x onerror=alert(1)></xmp>",
		"<plaintext><img src=x onerror=alert(1)>",
		"<textarea><img src=x onerror=alert(1)></textarea>",
		"<title><img src=x onerror=alert(1)></title>",
		"<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
		"<object data=\"x\"></object><embed src=x>",
		"<base href=\"http://evil/\"><a href=\"x\">y</a>",
		"<meta http-equiv=refresh content=\"0;url=http://evil\">x",
		"<link rel=stylesheet href=http://evil>x",
		"<video><source onerror=alert(1)></video>",
		"<b onclick=alert(1) ONCLICK=x onclick=y>x</b>",
		"<IMG SRC=x:x ONERROR=alert(1)//>x",
		"<b/onmouseover=alert(1)>x</b>",
		"<table background=\"http://evil/x.png\"><tr><td background=x>y</td></tr></table>",
		"<img src=\"http://evil/pixel.png\" alt=\"a&quot;><script>alert(1)</script>\">",
		"<img srcset=\"http://evil/x.png 1x\" src=\"cid:a\">",
		"<!--[if gte mso 9]><script>alert(1)</script><![endif]-->x",
		"<![CDATA[<script>alert(1)</script>]]>x",
		"<?xml version=\"1.0\"?><script>x</script>y",
		"<scr<script>ipt>alert(1)</scr</script>ipt>x",
		"<div id=location name=x class=\"gmail_x\">y</div>",
		"<a name=x id=y>z</a>",
		"<button formaction=javascript:alert(1)>x</button>",
		"<input type=image src=http://evil>x",
		"<isindex action=javascript:alert(1) type=image>x",
		"<font face=\"x\" style=\"color:red\" size=\"7\">x</font>",
		"<p title=\"&lt;/p&gt;&lt;script&gt;\">x</p>",
		"<p align=\"center\nonclick=x\">x</p>",
		"\u2028<script>x</script>y",
		"<style>@import url(http://evil)</style>x",
		"<details open ontoggle=alert(1)>x</details>",
		"<marquee onstart=alert(1)>x</marquee>",
		"<a href=\"https://x\001y\">z</a>",
		"<a href=\"https://x&#1;y\">z</a>",
		"<div style=\"display:none\">hidden</div>shown",
		"<div style=\"mso-hide:all;max-height:0;overflow:hidden\">hidden</div>shown",
		"<div style=\"font-size:0px\">hidden</div>shown",
		"<span hidden>hidden</span>shown",
		"<div style=\"visibility: hidden\">hidden</div>shown",
		"<div style=\"opacity:0\">hidden</div>shown",
		"<ol start=\"1 onload=x\"><li value=3>x</ol>",
		"<a href=\"mailto:x@y?body=<script>\">z</a>",
	};
	static const char *const never[] = {"<script", "<style", "<svg", "<math", "<iframe", "<object", "<embed", "<form", "<input", "<button",
					    "<meta", "<link", "<base", "<video", "<title", "<textarea", "<noscript", "<!--", "onerror=",
					    "onclick=", "onload=", "ontoggle=", "onmouseover=", "srcset=", "background=", "srcdoc="};
	for (size_t i = 0; i < COUNT(attacks); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *html = read_html(arena, pd_printf(arena, "<p>before</p>%s", attacks[i]))->html;
		CHECK_ROW(attacks[i], html && strstr(html, "before"));
		const char *whole = pd_printf(arena, "<r>%s</r>", html);
		xmlDoc *doc = xmlReadMemory(whole, (int)strlen(whole), NULL, "UTF-8", XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
		CHECK_ROW(attacks[i], doc != NULL);
		xmlFreeDoc(doc);
		for (const char *tag = html; (tag = strchr(tag, '<')); tag++) {
			/* inside an attribute's value anything may stand, escaped */
			PD_AUTO_BUF names = {0};
			bool is_value = false;
			for (const char *at = tag; *at && (*at != '>' || is_value); at++) {
				is_value ^= *at == '"';
				if (!is_value)
					pd_buf_addc(&names, *at);
			}
			pd_buf_adds(&names, ">");
			for (size_t k = 0; k < COUNT(never); k++)
				CHECK_ROW(attacks[i], !strstr(names.data, never[k]));
		}
		CHECK_ROW(attacks[i], !strstr(html, "javascript:") && !strstr(html, "vbscript:") && !strstr(html, "href=\"data:") &&
						  !strstr(html, "src=\"http"));
		CHECK_ROW(attacks[i], !strstr(html, "url(") && !strstr(html, "position:") && !strstr(html, "hidden"));
	}
}

static void test_plain_wins(void **state)
{
	(void)state;
	static const struct {
		const char *name, *plain, *want;
	} rows[] = {
		{"both", "plain words", "plain words"},
		{"plain is empty", " \n", "html words"},
		{"plain says nothing", "Your mail client does not support HTML.", "html words"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message message = {.subject = "x"};
		pd_words_reply(arena, &message, rows[i].plain, "<p>html words</p>");
		CHECK_ROW_STRING(rows[i].name, message.text, rows[i].want);
		CHECK_ROW_STRING(rows[i].name, message.html, "<p>html words</p>");
	}
}

/* HTML's structure tells what plain words do not. */
static void test_both(void **state)
{
	(void)state;
	static const struct {
		const char *name, *plain, *html, *text, *quoted, *signature;
	} rows[] = {
		{"attribution in no known language", "New *words*\n\nXyz 5 qp Anna zq\n\n> Old\n> words\n",
		 "<div>New <b>words</b></div><div class=\"gmail_quote\"><div class=\"gmail_attr\">Xyz 5 qp Anna zq</div>"
		 "<blockquote class=\"gmail_quote\">Old<br>words</blockquote></div>",
		 "New *words*", "Xyz 5 qp Anna zq\n\n> Old\n> words", ""},
		{"signature without a sign", "New\n\nAnna Virtanen\nBoss\n",
		 "<div>New</div><div class=\"gmail_signature\">Anna Virtanen<br>Boss</div>", "New", "", "Anna Virtanen\nBoss"},
		{"other words", "New\n\nXyz zq\n\nmore\n", "<div>New</div><div class=\"yahoo_quoted\">Old</div>", "New\n\nXyz zq\n\nmore", "", ""},
		{"plain says more", "New\nand more\n\nOld\n", "<div>New</div><div class=\"yahoo_quoted\">Old</div>", "New\nand more\n\nOld", "", ""},
		{"plain has quotes alone", "> Old\n", "<div>New</div><blockquote type=cite>Old</blockquote>", "New", "> Old", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message message = {.subject = "Re: x"};
		pd_words_reply(arena, &message, rows[i].plain, rows[i].html);
		CHECK_ROW_STRING(rows[i].name, message.text, rows[i].text);
		CHECK_ROW_STRING(rows[i].name, message.quoted, rows[i].quoted);
		CHECK_ROW_STRING(rows[i].name, message.signature, rows[i].signature);
	}
}

/* Outlook's answers in a colour, in a quote that nothing marks. */
#define OUTLOOK "<div class=WordSection1><p class=MsoNormal>Hi Ben,</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>" \
		"<b>From:</b> Ben &lt;ben@example.com&gt;<br><b>Sent:</b> Monday, January 5, 2026 10:00 AM<br><b>To:</b> Anna<br>" \
		"<b>Subject:</b> Re: Printer</p></div><p class=MsoNormal>Which printer is it?</p>"

static void test_colours(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html;
		bool keeps;
	} rows[] = {
		{"below a question", OUTLOOK "<p class=MsoNormal><span style='color:#C00000'>The one in room 4.</span></p></div>", true},
		{"font", OUTLOOK "<p class=MsoNormal><font color=red>Room 4</font></p></div>", true},
		{"rgb", OUTLOOK "<p style='color: rgb(0, 112, 192)'>Room 4</p></div>", true},
		{"two below sentences",
		 OUTLOOK "<p>Best wait.</p><p>It prints tomorrow again.</p><p><span style='color:blue'>That is too late for us.</span></p><p>Buy paper, "
			 "please.</p><p><span style='color:blue'>We have some.</span></p></div>",
		 true},
		{"grey", OUTLOOK "<p class=MsoNormal><span style='color:#808080'>Room 4</span></p></div>", false},
		{"black in a colour", OUTLOOK "<div style='color:red'><p style='color:windowtext'>Room 4</p></div></div>", false},
		{"a word", OUTLOOK "<p>Is it the <span style='color:red'>red</span> one, or the other?</p></div>", false},
		{"a signature", OUTLOOK "<p>Best regards</p><p><span style='color:#0070C0'>Ben Example</span></p><p>Example Ltd</p><p><span "
					"style='color:#0070C0'>We care about printers.</span></p></div>",
		 false},
		{"a link", OUTLOOK "<p><a href='https://example.com'><span style='color:blue'>https://example.com</span></a></p></div>", false},
		{"in the mail before", OUTLOOK "<p>See below.</p><p><b>From:</b> Eva &lt;eva@example.com&gt;<br><b>Sent:</b> Monday, January 5, 2026 09:00 AM<br>"
					      "<b>To:</b> Ben<br><b>Subject:</b> Printer</p><p>Why?</p><p style='color:red'>Because it is old.</p></div>",
		 false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *text = read_html(arena, rows[i].html)->text;
		CHECK_ROW(rows[i].name, pd_starts(text, "Hi Ben,"));
		CHECK_ROW(rows[i].name, (strstr(text, "Which printer") != NULL) == rows[i].keeps);
	}
	/* The plain text of such a mail tells no colours. */
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_message *message = PD_NEW(arena, struct pd_message);
	message->subject = "Re: x";
	pd_words_reply(arena, message,
		       "Hi Ben,\n\nFrom: Ben <ben@example.com>\nSent: Monday, January 5, 2026 10:00 AM\nTo: Anna\nSubject: Re: Printer\n\n"
		       "Which printer is it?\nThe one in room 4.\n",
		       rows[0].html);
	assert_non_null(strstr(message->text, "room 4"));
}

static void test_hostile(void **state)
{
	(void)state;
	static const struct {
		const char *name, *piece;
		size_t bytes;
	} rows[] = {
		{"10,000 divisions", "<div>", 50000},   {"bold", "<b>", 300000},	   {"blockquotes", "<blockquote>", 300000},
		{"tables", "<table><tr><td>", 300000},  {"brackets", "<", 1 << 20},	   {"links", "<a href=\"http://x\">y", 300000},
		{"items", "<ol><li>x", 300000},		{"items in one list", "<li>x", 1 << 20}, {"breaks", "<br>", 1 << 20},
		{"quotes of Gmail", "<div class=\"gmail_quote\">", 300000}, {"comments", "<!--", 1 << 20}, {"entities", "&amp;", 1 << 20},
		{"paragraphs", "<p>", 1 << 20},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		PD_AUTO_BUF text = {0};
		while (text.len < rows[i].bytes)
			pd_buf_adds(&text, rows[i].piece);
		pd_buf_adds(&text, "word");
		int64_t start = cpu_time();
		read_html(arena, pd_buf_string(arena, &text));
#ifdef PD_SANITIZED
		CHECK_ROW(rows[i].name, cpu_time() - start < 30000);
#else
		CHECK_ROW(rows[i].name, cpu_time() - start < 2000);
#endif
	}
}

/* The commands that were taken out are told, so that both parts can be compared. */
static void test_commands(void **state)
{
	(void)state;
	static const struct {
		const char *name, *html, *commands, *want;
	} rows[] = {
		{"none", "<p>Hello", "", "<p>Hello</p>"},
		{"at the top", "#close<br>Hello", "#close", "Hello"},
		{"bold", "<div><b>#close</b></div><div>Hello</div>", "#close", "<div>Hello</div>"},
		{"stars as text", "<div>*#close*</div><div>Hello</div>", "#close", "<div>Hello</div>"},
		{"both ends", "<p>#take<p>Hello<p>#assign&nbsp;bob", "#take|#assign bob", "<p>Hello</p>"},
		{"in the middle", "<div>a</div><div>#close</div><div>b</div>", "",
		 "<div>a</div><div>#close</div><div>b</div>"},
		{"nothing else", "<p>#close", "#close", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_message *message = read_html(arena, rows[i].html);
		CHECK_ROW_STRING(rows[i].name, pd_strings_join(arena, &message->html_commands, "|"), rows[i].commands);
		CHECK_ROW_STRING(rows[i].name, message->html != NULL ? message->html : "", rows[i].want);
		CHECK_ROW(rows[i].name, pd_command_agrees(arena, message->text, &message->html_commands, false));
	}
}

int main(void)
{
	pd_html_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_text),  cmocka_unit_test(test_forms), cmocka_unit_test(test_containers), cmocka_unit_test(test_kept),
		cmocka_unit_test(test_clean), cmocka_unit_test(test_attacks), cmocka_unit_test(test_plain_wins), cmocka_unit_test(test_both),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

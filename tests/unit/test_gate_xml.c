/* Tests of XML streams: what becomes a stanza, what is cut, what breaks the stream; whole and byte by byte. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/markup.h"
#include "gate/xml.h"

#define OPEN  "<?xml version='1.0'?><s:stream xmlns='jabber:component:accept' xmlns:s='http://etherx.jabber.org/streams' id='42'>"
#define DEPTH 5
#define SIZE  200

/* name{attribute=value,}[text](children) */
static void print(struct pd_buf *out, const struct pd_xml *element)
{
	pd_buf_adds(out, element->name);
	if (element->attributes.count > 0) {
		pd_buf_addc(out, '{');
		for (size_t i = 0; i < element->attributes.count; i++)
			pd_buf_addf(out, "%s=%s,", element->attributes.items[i].name, element->attributes.items[i].value);
		pd_buf_addc(out, '}');
	}
	if (*element->text != '\0')
		pd_buf_addf(out, "[%s]", element->text);
	for (size_t i = 0; i < element->children.count; i++) {
		pd_buf_addc(out, '(');
		print(out, element->children.items[i]);
		pd_buf_addc(out, ')');
	}
}

static void opened(void *data, const struct pd_xml *header)
{
	pd_buf_addf(data, "open %s;", pd_xml_get(header, "id"));
}

static void stanza(void *data, const struct pd_xml *element)
{
	print(data, element);
	pd_buf_adds(data, element->is_cut ? " cut;" : ";");
}

static void closed(void *data)
{
	pd_buf_adds(data, "closed;");
}

static const struct pd_xml_limits limits = {.stanza = SIZE, .depth = DEPTH};
static const struct pd_xml_calls calls = {.opened = opened, .stanza = stanza, .closed = closed};

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *name, *input, *want;
} rows[] = {
	{"nothing but the header", OPEN, "open 42;"},
	{"a stanza", OPEN "<message to='a@b'><body>Hi</body></message>", "open 42;message{to=a@b,}(body[Hi]);"},
	{"two stanzas and blanks", OPEN "<a/> \n <b/>", "open 42;a;b;"},
	{"entities and CDATA", OPEN "<a x='&lt;&quot;'>&amp;&#228;<![CDATA[<b>]]></a>", "open 42;a{x=<\",}[&\xc3\xa4<b>];"},
	{"text around children", OPEN "<a>x<b>y</b>z</a>", "open 42;a[xz](b[y]);"},
	{"xml:lang", OPEN "<a xml:lang='fi'/>", "open 42;a{lang=fi,};"},
	{"as deep as may be", OPEN "<a><b><c><d><e/></d></c></b></a>", "open 42;a(b(c(d(e))));"},
	{"too deep", OPEN "<a><b><c><d><e><f/></e></d></c></b>t</a><g/>", "open 42;a cut;g;"},
	{"too long a text", OPEN "<a id='1'><b>" X50 X50 X50 X50 "</b></a><c/>", "open 42;a{id=1,} cut;c;"},
	{"too long in parts", OPEN "<a>" X50 "<b/>" X50 "<b/>" X50 "<b/>" X50 "<b>y</b></a><c/>", "open 42;a["
	 X50 X50 X50 "] cut;c;"},
	{"too long a value", OPEN "<a><b x='" X50 X50 X50 X50 "'/></a><c/>", "open 42;a cut;c;"},
	{"the end", OPEN "<a/></s:stream>", "open 42;a;closed;"},
	{"a document type", "<!DOCTYPE s [<!ENTITY e 'x'>]>" OPEN, "broken"},
	{"a document type inside", OPEN "<a/><!DOCTYPE x>", "broken"},
	{"a foreign entity", OPEN "<a>&e;</a>", "broken"},
	{"a comment", OPEN "<!-- x --><a/>", "broken"},
	{"a processing instruction", OPEN "<?x y?><a/>", "broken"},
	{"not well-formed", OPEN "<a><b></a>", "broken"},
	{"no UTF-8", OPEN "<a>\xff</a>", "broken"},
	{"no prefix of ours", OPEN "<q:a/>", "open 42;a;"},
};

static void feed_row(size_t row, size_t step)
{
	PD_AUTO_BUF out = {0};
	const char *why = NULL;
	struct pd_xml_stream *stream = pd_xml_stream_new(&limits, &calls, &out);
	bool is_good = true;
	pd_buf_adds(&out, "");
	for (size_t at = 0, len = strlen(rows[row].input); at < len && is_good; at += step)
		is_good = pd_xml_stream_feed(stream, rows[row].input + at, len - at < step ? len - at : step, &why);
	pd_xml_stream_free(stream);
	if (strcmp(rows[row].want, "broken") == 0) {
		CHECK_ROW(rows[row].name, !is_good && why != NULL);
		return;
	}
	/* A prefix that was not declared may be an error or a plain name, as the parser has it. */
	if (!is_good && strstr(rows[row].name, "prefix") != NULL)
		return;
	CHECK_ROW(rows[row].name, is_good);
	CHECK_ROW_STRING(rows[row].name, out.data, rows[row].want);
}

static void test_stanzas(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		feed_row(i, 1000000);
		feed_row(i, 1);
		feed_row(i, 7);
	}
}

static size_t stanzas;

static void count(void *data, const struct pd_xml *element)
{
	(void)data;
	assert_false(element->is_cut);
	assert_string_equal(element->ns, "jabber:component:accept");
	assert_int_equal(element->children.count, 1);
	stanzas++;
}

/* Names that were never seen before, a long time: the parser is made anew between stanzas and keeps its namespaces. */
static void test_names(void **state)
{
	(void)state;
	static const struct pd_xml_calls counting = {.stanza = count};
	static const struct pd_xml_limits wide = {.stanza = 60000, .depth = DEPTH};
	const char *why = NULL;
	struct pd_xml_stream *stream = pd_xml_stream_new(&wide, &counting, NULL);
	assert_true(pd_xml_stream_feed(stream, OPEN, strlen(OPEN), &why));
	stanzas = 0;
	for (int i = 0; i < 400; i++) {
		PD_AUTO_BUF text = {0};
		pd_buf_addf(&text, "<message><x");
		for (int n = 0; n < 30; n++) {
			pd_buf_addf(&text, " a%d_%d_", i, n);
			for (int l = 0; l < 1000; l++)
				pd_buf_addc(&text, 'n');
			pd_buf_adds(&text, "=''");
		}
		pd_buf_adds(&text, "/></message>");
		if (!pd_xml_stream_feed(stream, text.data, text.len, &why))
			fail_msg("after %zu stanzas: %s", stanzas, why);
	}
	assert_int_equal(stanzas, 400);
	pd_xml_stream_free(stream);
}

static bool was_cut;

static void see(void *data, const struct pd_xml *element)
{
	(void)data;
	was_cut |= element->is_cut;
	stanzas++;
}

/* Words between elements are put together for each element anew: that costs so much and no more. */
static void test_between(void **state)
{
	(void)state;
	static const struct pd_xml_calls counting = {.stanza = see};
	static const struct pd_xml_limits wide = {.stanza = 60000, .depth = DEPTH};
	const char *why = NULL;
	PD_AUTO_BUF text = {0};
	struct pd_xml_stream *stream = pd_xml_stream_new(&wide, &counting, NULL);
	assert_true(pd_xml_stream_feed(stream, OPEN, strlen(OPEN), &why));
	pd_buf_adds(&text, "<a>");
	for (int i = 0; i < 12000; i++)
		pd_buf_adds(&text, "x<b/>");
	pd_buf_adds(&text, "</a><c/>");
	stanzas = 0;
	was_cut = false;
	assert_true(pd_xml_stream_feed(stream, text.data, text.len, &why));
	assert_int_equal(stanzas, 2);
	assert_true(was_cut);
	pd_xml_stream_free(stream);
}

static void test_escape(void **state)
{
	(void)state;
	PD_AUTO_BUF out = {0};
	pd_markup_escape(&out, "<a b='c' d=\"e\">&\x01\x7f\n\t\xef\xbf\xbe\xef\xbf\xbd");
	assert_string_equal(out.data, "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\n\t\xef\xbf\xbd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stanzas),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_escape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

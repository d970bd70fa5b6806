/* Texts that agents insert: what the loader takes and leaves, which language is chosen, how placeholders are filled, and
 * what a reply with them becomes. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "config/texts.h"
#include "desk/insert.h"
#include "desk/placeholder.h"
#include "small_desk.h"

static struct small_desk *desk;
static char *root;
static struct pd_problems problems;

static void put(const char *file, const char *text)
{
	char *path = pd_printf(desk->arena, "%s/%s", root, file);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static int make(void **state)
{
	char name[] = "/tmp/postdesk-texts.XXXXXX";
	(void)state;
	desk = small_desk_new("[property colour]\ntype = text\n");
	root = pd_strdup(desk->arena, mkdtemp(name));
	put("snippets/thanks.txt", "Thanks.\n");
	put("snippets/fr/thanks.txt", "Merci.\n");
	put("snippets/pl/polish.txt", "Po polsku.\n");
	put("snippets/.hidden.txt", "no");
	put("snippets/old.txt~", "no");
	put("snippets/picture.png", "no text");
	put("snippets/sv/tack.txt", "no such language");
	put("templates/hello.txt", "Subject: For {contact.name}\n\nHello {contact.first_name|you}, {ticket.colour}!\n");
	put("articles/plain.txt", "Note: no head\n\nText.\n");
	put("articles/headed.txt", "Title: A\nLink: https://a.example/\n\n\nBody.\n");
	put("documents/a.pdf", "pdf");
	put("documents/a.odt", "odt");
	put("documents/b.pdf", "pdf");
	put("videos/v.txt", "Link: https://v.example/\nPreview: v.gif\n");
	put("videos/v.gif", "GIF");
	put("other/x.txt", "left out");
	assert_int_equal(symlink("/etc/passwd", pd_printf(desk->arena, "%s/snippets/link.txt", root)), 0);
	problems = (struct pd_problems){.arena = desk->arena};
	desk->settings->templates = root;
	pd_texts_load(desk->settings, (struct pd_where){.file = "test"}, &problems);
	small_deliver(desk, (struct small_mail){.from = "Ville Virtanen <ville@customer.example>",
						.subject = "Printer",
						.text = "It smokes."});
	return 0;
}

static int drop(void **state)
{
	(void)state;
	const char *command = pd_printf(desk->arena, "rm -r '%s'", root);
	assert_int_equal(system(command), 0);
	small_desk_free(desk);
	return 0;
}

static const struct pd_text *loaded(const char *file)
{
	for (size_t i = 0; i < desk->settings->texts.count; i++)
		if (strcmp(desk->settings->texts.items[i].path + strlen(root) + 1, file) == 0)
			return &desk->settings->texts.items[i];
	return NULL;
}

static void test_load(void **state)
{
	static const char *const out[] = {"snippets/.hidden.txt", "snippets/old.txt~", "snippets/picture.png",
					  "snippets/sv/tack.txt", "snippets/link.txt", "other/x.txt"};
	(void)state;
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		if (loaded(out[i]) != NULL)
			fail_msg("%s was loaded", out[i]);
	assert_int_equal(problems.errors, 0);
	assert_int_equal(problems.count, 4); /* picture, sv, link, other: the hidden ones are nobody's mistake */
	assert_string_equal(loaded("snippets/fr/thanks.txt")->language, "fr");
	assert_string_equal(loaded("snippets/fr/thanks.txt")->name, "thanks");
	assert_string_equal(loaded("articles/plain.txt")->body, "Note: no head\n\nText.\n");
	assert_string_equal(loaded("articles/headed.txt")->body, "Body.\n");
	assert_string_equal(loaded("articles/headed.txt")->title, "A");
	assert_string_equal(loaded("templates/hello.txt")->subject, "For {contact.name}");
	assert_ptr_equal(pd_text_preview(desk->settings, loaded("videos/v.txt")), loaded("videos/v.gif"));
	assert_null(loaded("documents/a.pdf")->body);
}

static void test_wrong_files(void **state)
{
	struct pd_problems wrong = {.arena = desk->arena};
	struct pd_settings *settings = desk->settings;
	(void)state;
	put("snippets/empty.txt", " \n");
	put("snippets/latin.txt", "caf\xe9\n");
	size_t count = settings->texts.count;
	pd_texts_load(settings, (struct pd_where){.file = "test"}, &wrong);
	assert_int_equal(wrong.errors, 2);
	settings->texts.count = count;
	settings->templates = "/nonexistent";
	pd_texts_load(settings, (struct pd_where){.file = "test", .line = 3}, &wrong);
	assert_int_equal(wrong.errors, 3);
	assert_int_equal(wrong.items[wrong.count - 1].where.line, 3);
	settings->templates = root;
	assert_int_equal(unlink(pd_printf(desk->arena, "%s/snippets/empty.txt", root)), 0);
	assert_int_equal(unlink(pd_printf(desk->arena, "%s/snippets/latin.txt", root)), 0);
}

static void test_choose(void **state)
{
	static const struct {
		enum pd_text_kind kind;
		const char *name, *language;
		bool is_asked;
		const char *want; /* its path; "! " and the others */
	} cases[] = {
		{PD_TEXT_SNIPPET, "thanks", "fr", false, "snippets/fr/thanks.txt"},
		{PD_TEXT_SNIPPET, "thanks", "en", false, "snippets/thanks.txt"},
		{PD_TEXT_SNIPPET, "thanks", "de", false, "snippets/thanks.txt"},
		{PD_TEXT_SNIPPET, "thanks", "de", true, "! fr"},
		{PD_TEXT_SNIPPET, "polish", "pl", false, "snippets/pl/polish.txt"},
		{PD_TEXT_SNIPPET, "polish", "en", false, "! pl"},
		{PD_TEXT_DOCUMENT, "a", "en", false, "! a.odt a.pdf"},
		{PD_TEXT_DOCUMENT, "a.pdf", "en", false, "documents/a.pdf"},
		{PD_TEXT_DOCUMENT, "b", "en", false, "documents/b.pdf"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pd_strings others = {0};
		const struct pd_text *text = pd_text_choose(desk->arena, desk->settings, cases[i].kind, cases[i].name,
							    cases[i].language, cases[i].is_asked, &others);
		const char *got = text != NULL ? text->path + strlen(root) + 1
					       : pd_printf(desk->arena, "! %s",
							   pd_strings_join(desk->arena, &others, " "));
		CHECK_ROW_STRING(cases[i].name, got, cases[i].want);
	}
	assert_string_equal(pd_text_find(desk->arena, desk->settings, PD_TEXT_SNIPPET, "Thanks").name, "thanks");
	assert_string_equal(pd_text_find(desk->arena, desk->settings, PD_TEXT_SNIPPET, "thansk").nearest, "thanks");
	assert_null(pd_text_find(desk->arena, desk->settings, PD_TEXT_SNIPPET, "../templates/hello").name);
	assert_null(pd_text_find(desk->arena, desk->settings, PD_TEXT_VIDEO, "v.gif").name);
}

static void test_placeholders(void **state)
{
	static const struct {
		const char *text, *want, *missing;
	} cases[] = {
		{"Dear {contact.name}", "Dear Ville Virtanen", ""},
		{"{contact.first_name}/{contact.last_name}", "Ville/Virtanen", ""},
		{"{Contact.First_Name}", "Ville", ""},
		{"{ticket.number} {number} {ticket.name} {subject}", "1 #1 Printer Printer", ""},
		{"{ticket.status}, {ticket.priority}", "New, normal", ""},
		{"{agent.name}: {agent.first_name}", "Anna Virtanen: Anna", ""},
		{"{mailbox.name} <{mailbox.address}>", "Example Support <support@example.com>", ""},
		{"{contact.phone|none}", "none", ""},
		{"{contact.phone|}", "", ""},
		{"{contact.phone}{ticket.colour} {contact.phone}", " ", "{contact.phone} {ticket.colour}"},
		{"{{contact.name} {1} { x } a{", "{contact.name} {1} { x } a{", ""},
		{"{contact.name\n}", "{contact.name\n}", ""},
	};
	(void)state;
	struct pd_context context = small_context(desk, "agent:anna");
	context.agent = pd_settings_agent(desk->settings, "anna");
	const struct pd_address ville = {.name = "Ville Virtanen", .addr = "ville@customer.example"};
	struct pd_placeholders values = {
		.context = &context, .ticket = small_ticket(desk, 1), .contact = &ville, .language = "en"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pd_strings missing = {0};
		CHECK_ROW_STRING(cases[i].text, pd_placeholders_fill(&values, cases[i].text, &missing), cases[i].want);
		CHECK_ROW_STRING(cases[i].text, pd_strings_join(desk->arena, &missing, " "), cases[i].missing);
	}
	struct pd_strings unknown = pd_placeholders_unknown(
		desk->arena, desk->settings, "{contact.name} {agent.address} {{x} {ticket.colour} {colour} {ticket.shade|x}");
	assert_string_equal(pd_strings_join(desk->arena, &unknown, " "), "agent.address colour ticket.shade");
}

static void test_insert(void **state)
{
	(void)state;
	struct pd_commands commands = {0};
	assert_string_equal(pd_insert_text(desk->arena, &commands, "Own.\n"), "Own.");
	assert_null(pd_insert_html(desk->arena, &commands, NULL, "Own."));
	*pd_list_add(desk->arena, &commands.insertions) = (struct pd_insertion){.text = "Above.\n"};
	*pd_list_add(desk->arena, &commands.insertions) = (struct pd_insertion){.text = "Below <.", .is_below = true};
	assert_string_equal(pd_insert_text(desk->arena, &commands, "Own."), "Above.\n\nOwn.\n\nBelow <.");
	assert_string_equal(pd_insert_text(desk->arena, &commands, ""), "Above.\n\nBelow <.");
	assert_null(pd_insert_html(desk->arena, &commands, NULL, "Own."));
	const char *html = pd_insert_html(desk->arena, &commands, "<p>Own.</p>", "Own.");
	assert_non_null(strstr(html, "Above."));
	assert_true(strstr(html, "Above.") < strstr(html, "<p>Own.</p>"));
	assert_non_null(strstr(html, "Below &lt;."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),	     cmocka_unit_test(test_wrong_files), cmocka_unit_test(test_choose),
		cmocka_unit_test(test_placeholders), cmocka_unit_test(test_insert),
	};
	return cmocka_run_group_tests(tests, make, drop);
}

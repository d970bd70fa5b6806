/* The catalogue: placeholders, languages, plural forms, durations and times as each language writes them. */
#include "check.h"

#include <string.h>

#include "desk/catalogue.h"
#include "desk/when.h"

static void test_say(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_string_equal(pd_say(arena, "en", "Plain.", NULL), "Plain.");
	assert_string_equal(pd_say(arena, NULL, "To {a} and {b}.", "b", "Bob", "a", "Anna", NULL),
			    "To Anna and Bob.");
	assert_string_equal(pd_say(arena, "xx", "Unknown {stays}.", "a", "Anna", NULL), "Unknown {stays}.");
	assert_string_equal(pd_say(arena, "en", "{a}{a}{", "a", "x", NULL), "xx{");
	assert_string_equal(pd_say(arena, "en", "{a}", "a", "{b}", "b", "never", NULL), "{b}");
	assert_string_equal(pd_say(arena, "en", "<{a}>", "a", NULL, NULL), "<>");
	assert_string_equal(pd_fill(arena, "Dear {name}", "name", "Anna", NULL), "Dear Anna");
	assert_string_equal(pd_fill(arena, "{owner}", "name", "Anna", NULL), "{owner}");
}

static void test_languages(void **state)
{
	static const struct {
		const char *language, *want;
	} cases[] = {
		{"en", "Your message to Support"}, {"fr", "Votre message à Support"},
		{"pl", "Państwa wiadomość do Support"}, {"fi", "Viestisi: Support"},
		{"de", "Ihre Nachricht an Support"}, {NULL, "Your message to Support"},
		{"sv", "Your message to Support"},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(pd_say(arena, cases[i].language, "Your message to {mailbox}", "mailbox", "Support",
					   NULL),
				    cases[i].want);
	/* A text that is translated nowhere, and the empty one, whose translation is the file's head. */
	assert_string_equal(pd_say(arena, "fr", "not in any catalogue", NULL), "not in any catalogue");
	assert_string_equal(pd_say(arena, "fr", "", NULL), "");
}

/* Names in tables have no call that a check of the source would see. */
static void test_names(void **state)
{
	static const char *const same[] = {"spam", "agent", "message", "contact", "article", "document", "video", "contacts", "conversation", "description", "source",
					   "mention", "participant", "team", "status", "email", "messages", NULL};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t l = 0; l < pd_catalogue_count; l++)
		for (size_t i = 0; pd_catalogue_names[i] != NULL && pd_catalogues[l].bytes != NULL; i++) {
			bool may_be_same = false;
			for (size_t n = 0; same[n] != NULL; n++)
				may_be_same |= strcmp(same[n], pd_catalogue_names[i]) == 0;
			const char *said = pd_say(arena, pd_catalogues[l].language, pd_catalogue_names[i], NULL);
			if (!may_be_same && strcmp(said, pd_catalogue_names[i]) == 0)
				fail_msg("%s: \"%s\" is not translated", pd_catalogues[l].language, said);
		}
}

static void test_plurals(void **state)
{
	static const struct {
		const char *language;
		long long n;
		const char *want;
	} cases[] = {
		{"en", 0, "0 tickets"},	      {"en", 1, "1 ticket"},	    {"en", 2, "2 tickets"},
		{"fr", 0, "0 ticket"},	      {"fr", 1, "1 ticket"},	    {"fr", 2, "2 tickets"},
		{"pl", 0, "0 zgłoszeń"},      {"pl", 1, "1 zgłoszenie"},    {"pl", 2, "2 zgłoszenia"},
		{"pl", 4, "4 zgłoszenia"},    {"pl", 5, "5 zgłoszeń"},	    {"pl", 12, "12 zgłoszeń"},
		{"pl", 14, "14 zgłoszeń"},    {"pl", 21, "21 zgłoszeń"},    {"pl", 22, "22 zgłoszenia"},
		{"pl", 112, "112 zgłoszeń"},  {"pl", 124, "124 zgłoszenia"}, {"fi", 1, "1 tiketti"},
		{"fi", 2, "2 tikettiä"},      {"de", 1, "1 Ticket"},	    {"de", 0, "0 Tickets"},
		{NULL, 1, "1 ticket"},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
			pd_say_n(arena, cases[i].language, "{n} ticket", "{n} tickets", cases[i].n, NULL), cases[i].want);
	/* Where no catalogue has it. */
	assert_string_equal(pd_say_n(arena, "pl", "{n} cat of {who}", "{n} cats of {who}", 3, "who", "Anna", NULL),
			    "3 cats of Anna");
}

static void test_durations(void **state)
{
	static const struct {
		const char *language;
		pd_time duration;
		const char *want;
	} cases[] = {
		{"en", 48 * PD_HOUR, "2d"},
		{"en", 2 * PD_HOUR + 5 * PD_MINUTE + 7 * PD_SECOND, "2h 5m"},
		{"en", 0, "0s"},
		{"en", -90 * PD_SECOND, "-1m 30s"},
		{"fr", 26 * PD_HOUR, "1 j 2 h"},
		{"pl", 90 * PD_MINUTE, "1 godz. 30 min"},
		{"fi", 3 * PD_DAY, "3 pv"},
		{"de", 61 * PD_SECOND, "1 Min. 1 Sek."},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(pd_say_duration(arena, cases[i].language, cases[i].duration), cases[i].want);
}

/* What we write as a time we also read; but for "03/04/2026", which may be March or April. */
static void test_times(void **state)
{
	static const struct {
		const char *language, *want, *span;
	} cases[] = {
		{"en", "Mon 2026-11-23 10:40", "Mon 2026-11-23 10:40 - 12:00"},
		{"fr", "lun. 23/11/2026 10:40", "lun. 23/11/2026 10:40 - 12:00"},
		{"pl", "pon. 23.11.2026 10:40", "pon. 23.11.2026 10:40 - 12:00"},
		{"fi", "ma 23.11.2026 10:40", "ma 23.11.2026 10:40 - 12:00"},
		{"de", "Mo 23.11.2026 10:40", "Mo 23.11.2026 10:40 - 12:00"},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	pd_time at;
	assert_true(pd_time_parse("2026-11-23T10:40:00Z", &at));
	struct pd_when_place place = {.now = at - 3 * PD_DAY, .zone = pd_zone_load(arena, "UTC")};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = pd_when_text(arena, cases[i].language, place.zone, at);
		assert_string_equal(text, cases[i].want);
		assert_string_equal(
			pd_when_span(arena, cases[i].language, place.zone, at, at + 80 * PD_MINUTE), cases[i].span);
		if (strchr(text, '/') != NULL)
			continue;
		struct pd_when when;
		const char *without_weekday = strchr(text, ' ') + 1;
		assert_true(pd_when_parse(&place, without_weekday, &when));
		assert_int_equal(when.at, at);
	}
}

static void test_language_of(void **state)
{
	static const struct {
		const char *list, *want;
	} cases[] = {
		{"pl", "pl"}, {"pl-PL", "pl"}, {"PL_pl", "pl"}, {"en-US", "en"}, {"sv", NULL}, {"sv, fi;q=0.2", "fi"},
		{"en;q=0.5, de;q=0.8, fr;q=0.7", "de"}, {"de;q=0, fr", "fr"}, {"de;q=0", NULL}, {"", NULL}, {NULL, NULL},
		{"*", NULL}, {"plx", NULL}, {"fi , en", "fi"}, {",,;q, de", "de"}, {"de; q=0.3, en ;q=0.25", "de"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *found = pd_language_of(cases[i].list);
		if (cases[i].want == NULL)
			assert_null(found);
		else
			assert_string_equal(found, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_say),	cmocka_unit_test(test_languages), cmocka_unit_test(test_names),
		cmocka_unit_test(test_plurals), cmocka_unit_test(test_durations), cmocka_unit_test(test_times),
		cmocka_unit_test(test_language_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of queries: what they mean, where they are wrong, what they match, how they are printed. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/query.h"
#include "fake_snapshot.h"

#define NOW ((pd_time)1795269600000) /* 2026-11-21 14:00 UTC, a Saturday */

#define AGENTS	 "anna, bob, carol, vera."
#define STATUSES "new, open, waiting, closed, Waiting on customer, Won't fix, Lead, Talking, Won, Lost."
#define VIEWS                                                                                                          \
	"unassigned, mine, team-unassigned, team-open, open, mentions, closed, sent, spam, drafts, tasks, automatic, " \
	"deleted, hot, round, about, mine-hot, bad, self."

static struct pd_settings *settings;

static int set_up(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	settings = fake_settings(
		pd_printf(arena,
			  "%s[view round]\nquery = view:about\n[view about]\nquery = view:round\n"
			  "[view mine-hot]\nquery = view:hot owner:me\n[view bad]\nquery = owner:\n"
			  "[view self]\nquery = is:open view:self\n",
			  fake_config));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pd_settings_unref(settings);
	return 0;
}

/* --- the tree --- */

static const char *shape(struct pd_arena *arena, const struct pd_query *query)
{
	static const char *const signs[] = {"", "<", "<=", ">", ">="};
	const char *value;
	switch (query->op) {
	case PD_QUERY_ALL:
		return "all";
	case PD_QUERY_AND:
		return pd_printf(arena, "(%s & %s)", shape(arena, query->left), shape(arena, query->right));
	case PD_QUERY_OR:
		return pd_printf(arena, "(%s | %s)", shape(arena, query->left), shape(arena, query->right));
	case PD_QUERY_NOT:
		return pd_printf(arena, "!%s", shape(arena, query->left));
	case PD_QUERY_TEXT:
		return pd_printf(arena, "'%s'%s", query->value, query->is_prefix ? "*" : "");
	case PD_QUERY_FIELD:
		break;
	}
	value = query->value != NULL ? query->value : "NULL";
	if (query->values.count > 0)
		value = pd_strings_join(arena, &query->values, "+");
	if (query->kind >= 0)
		value = pd_printf(arena, "kind %d", query->kind);
	if (query->number != 0)
		value = pd_printf(arena, "%lld", (long long)query->number);
	if (query->time != 0 && strcmp(query->field, "sla") != 0) {
		value = pd_time_rfc3339(arena, query->time);
		if (query->time_end != 0)
			value = pd_printf(arena, "%s..%s", value, pd_time_rfc3339(arena, query->time_end));
	}
	return pd_printf(arena, "%s%s%s%s%s", query->field,
			 query->compare == PD_IS ? "=" : signs[query->compare], value,
			 query->is_prefix ? "*" : "", query->has_glob ? " glob" : "");
}

static void parses(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"empty", "", "all"},
		{"blanks", "  \t ", "all"},
		{"word", "printer", "'printer'"},
		{"words", "printer fire", "('printer' & 'fire')"},
		{"phrase", "\"printer on fire\"", "'printer on fire'"},
		{"curly quotes", "\u201cprinter on\u201d", "'printer on'"},
		{"prefix", "print*", "'print'*"},
		{"phone number", "a 040 777 12 is:open", "(('a' & ((('040' & '777') & '12') | '04077712')) & is=open)"},
		{"in parentheses", "(040) 777-12 OR b", "((('040' & '777-12') | '04077712') | 'b')"},
		{"of a group", "(a +358 40 77)", "('a' & ((('+358' & '40') & '77') | '3584077'))"},
		{"in quotes", "\"040 777-12\"", "('040 777-12' | '04077712')"},
		{"digits alone", "04077712", "'04077712'"},
		{"too short for one", "04-07 x", "('04-07' & 'x')"},
		{"without the second", "040777 -123", "('040777' & !'123')"},
		{"prefix of a phrase", "\"printer on f\"* x", "('printer on f'* & 'x')"},
		{"and", "a AND b", "('a' & 'b')"},
		{"small and is a word", "a and b", "(('a' & 'and') & 'b')"},
		{"or binds less", "a b OR c", "(('a' & 'b') | 'c')"},
		{"or on the right", "a OR b c", "('a' | ('b' & 'c'))"},
		{"or twice", "a OR b OR c", "(('a' | 'b') | 'c')"},
		{"parentheses", "a (b OR c)", "('a' & ('b' | 'c'))"},
		{"not", "NOT a b", "(!'a' & 'b')"},
		{"minus", "-a -owner:bob", "(!'a' & !owner=bob)"},
		{"not not", "NOT -a", "!!'a'"},
		{"minus in a word", "e-mail", "'e-mail'"},
		{"not a group", "-(a b)", "!('a' & 'b')"},
		{"link", "http://x.example/y", "'http://x.example/y'"},
		{"time of day", "12:30", "'12:30'"},
		{"ORANGE is no OR", "a ORANGE", "('a' & 'ORANGE')"},
		{"owner", "owner:bob", "owner=bob"},
		{"owner by full name", "owner:\"bob smith\"", "owner=bob"},
		{"owner by first name", "Owner:Bob", "owner=bob"},
		{"me", "owner:me", "owner=anna"},
		{"none", "owner:none", "owner=NULL"},
		{"none in capitals", "team:NONE", "team=NULL"},
		{"quoted none is a value", "company:\"none\"", "company=none"},
		{"any value", "owner:*", "owner=*"},
		{"my teams", "team:me", "team=support+sales"},
		{"team", "team:sales", "team=sales"},
		{"mailbox by address", "mailbox:help@example.com", "mailbox=support"},
		{"status kind first", "status:open", "status=kind 1"},
		{"status kind in capitals", "status:CLOSED", "status=kind 3"},
		{"status name", "status:\"waiting on customer\"", "status=Waiting on customer"},
		{"status name, one word", "status:lost", "status=Lost"},
		{"status with a star", "status:wai*", "status=wai*"},
		{"priority", "priority:High", "priority=high"},
		{"priority above", "priority:>normal", "priority=high+urgent"},
		{"priority at most", "priority:<=normal", "priority=low+normal"},
		{"priority above all", "priority:>urgent", "!all"},
		{"number", "number:12", "number=12"},
		{"number with a sign", "number:#12", "number=12"},
		{"numbers above", "number:>=12", "number>=12"},
		{"from with a glob", "from:*@bigcorp.example", "from=*@bigcorp.example glob"},
		{"from with a prefix", "from:jo*", "from=jo*"},
		{"a day", "created:2026-01-31", "created=2026-01-31T00:00:00Z..2026-02-01T00:00:00Z"},
		{"after a day", "created:>2026-01-31", "created>=2026-02-01T00:00:00Z"},
		{"from a day", "created:>=2026-01-31", "created>=2026-01-31T00:00:00Z"},
		{"before a day", "created:<2026-01-31", "created<2026-01-31T00:00:00Z"},
		{"up to a day", "created:<=2026-01-31", "created<2026-02-01T00:00:00Z"},
		{"an instant", "updated:>2026-01-31T12:00:00Z", "updated>2026-01-31T12:00:00Z"},
		{"today", "updated:today", "updated=2026-11-21T00:00:00Z..2026-11-22T00:00:00Z"},
		{"yesterday", "closed:>=yesterday", "closed>=2026-11-20T00:00:00Z"},
		{"tomorrow", "due:<=tomorrow", "due<2026-11-23T00:00:00Z"},
		{"not closed", "closed:none", "closed=NULL"},
		{"older than", "age:>3d", "created<2026-11-18T14:00:00Z"},
		{"younger than", "age:<=2h", "created>=2026-11-21T12:00:00Z"},
		{"as old as", "age:1d", "created=2026-11-19T14:00:00Z..2026-11-20T14:00:00Z"},
		{"is", "is:Open", "is=open"},
		{"goal", "sla:overdue", "sla=overdue"},
		{"custom", "device:laptop", "device=laptop"},
		{"custom compared", "floor:>3", "floor>3"},
		{"view", "view:unassigned", "(owner=NULL & is=open)"},
		{"view in a view", "-view:mine-hot", "!((status=kind 1 & priority=urgent) & owner=anna)"},
		{"of the contract", "status:open AND (priority:urgent OR sla:overdue)",
		 "(status=kind 1 & (priority=urgent | sla=overdue))"},
		{"field before a parenthesis", "(owner:bob)", "owner=bob"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query = NULL;
		struct pd_error error = {0};
		const char *me = strcmp(rows[i].name, "my teams") == 0 ? "bob" : "anna";
		if (pd_query_parse(arena, settings, rows[i].text, me, NOW, &query, &error) != 0)
			fail_msg("row \"%s\": %s", rows[i].name, error.text);
		CHECK_ROW_STRING(rows[i].name, shape(arena, query), rows[i].want);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"owner:", "character 7: a value is expected after \"owner:\""},
		{"ownr:bob", "character 1: there is no field \"ownr\". Did you mean \"owner\"?"},
		{"ää xyzzy:1",
		 "character 4: there is no field \"xyzzy\" (a text with a colon is put in quotation marks)"},
		{"owner:bib", "character 7: there is no agent \"bib\". Did you mean \"bob\"? Choose from: " AGENTS},
		{"owner:zacharias", "character 7: there is no agent \"zacharias\". Choose from: " AGENTS},
		{"status:clsed", "character 8: there is no status \"clsed\". Did you mean \"Closed\"? Choose from: " STATUSES},
		{"status:opn", "character 8: there is no status \"opn\". Did you mean \"Open\"? Choose from: " STATUSES},
		{"priority:hgh", "character 10: there is no priority \"hgh\". Did you mean \"high\"? Choose from: low, normal, high, urgent."},
		{"team:none team:x", "character 16: there is no team \"x\". Choose from: support, sales."},
		{"is:opne", "character 4: there is no condition \"opne\". Did you mean \"open\"? Choose from: unassigned, open, closed, "
		 "spam, sent, draft, snoozed, deleted, automatic, unrouted, task."},
		{"view:hto", "character 6: there is no view \"hto\". Did you mean \"hot\"? Choose from: " VIEWS},
		{"(a OR b", "character 1: the parenthesis is not closed"},
		{"a)", "character 2: this parenthesis was never opened"},
		{"a OR", "character 5: a word, a field or a parenthesis is expected"},
		{"OR a", "character 1: a word, a field or a parenthesis is expected before AND and OR"},
		{"a AND OR b", "character 7: a word, a field or a parenthesis is expected before AND and OR"},
		{"()", "character 2: a word, a field or a parenthesis is expected"},
		{"NOT", "character 4: a word, a field or a parenthesis is expected"},
		{"\"open", "character 1: the quotation mark has no partner"},
		{"a \"\"", "character 3: a word is expected"},
		{"pri*ter",
		 "character 1: \"*\" stands at the end of a word only, or in the value of a field"},
		{"number:x", "character 8: a number is expected"},
		{"floor:>three", "character 8: a number is expected"},
		{"created:soon", "character 9: a date (2026-01-31), a time (2026-01-31T12:00:00Z), today or "
				 "yesterday is expected"},
		{"created:2026-02-30", "character 9: a date (2026-01-31), a time (2026-01-31T12:00:00Z), "
				       "today or yesterday is expected"},
		{"age:>old", "character 6: a duration is expected: 30m, 4h, 2d"},
		{"owner:>bob", "character 8: \"owner\" has no order: write owner:VALUE"},
		{"number:1*", "character 8: \"*\" has no meaning in the field \"number\""},
		{"open view:round", "character 11: views name each other in a circle: round, about, round"},
		{"(view:self)", "character 7: the view \"self\" names itself"},
		{"category:biling", "character 10: there is no category \"biling\". Did you mean \"billing\"? Choose from: billing, "
				    "hardware, other."},
		{"sla:late", "character 5: there is no state of goals \"late\". Choose from: active, due_soon, overdue, paused, "
			     "met, missed."},
		{"pipeline:x", "character 10: there is no pipeline \"x\". Choose from: support, sales."},
		{"mailbox:x", "character 9: there is no mailbox \"x\". Choose from: support, sales."},
		{"follower:bib", "character 10: there is no agent \"bib\". Did you mean \"bob\"? Choose from: " AGENTS},
		{"mentions:bib", "character 10: there is no agent \"bib\". Did you mean \"bob\"? Choose from: " AGENTS},
		{"language:dutch", "character 10: there is no language \"dutch\". Choose from: en, fr, pl, fi, de."},
		{"a device:tablet", "character 10: there is no device \"tablet\". Choose from: phone, laptop."},
		{"device:\"lap top\"", "character 8: there is no device \"lap top\". Did you mean \"laptop\"? Choose from: "
					"phone, laptop."},
		{"tags:a tags:d", "character 13: there is no tags \"d\". Did you mean \"a\"? Choose from: a, b, "
		 "Loud."},
		{"tags:\"a;d\"", "character 6: there is no tags \"d\". Did you mean \"a\"? Choose from: a, b, Loud."},
		{"device:>phone", "character 9: \"device\" has no order: write device:VALUE"},
		{"floor:many", "character 7: a number is expected"},
		{"bought:soon", "character 8: a date (2026-01-31), today, yesterday or tomorrow is expected"},
		{"view:bad", "view bad: a value is expected after \"owner:\""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query = NULL;
		struct pd_error error = {0};
		CHECK_ROW(rows[i].text, pd_query_parse(arena, settings, rows[i].text, "anna", NOW, &query,
						       &error) == PD_PERMANENT);
		CHECK_ROW(rows[i].text, query == NULL);
		CHECK_ROW_STRING(rows[i].text, error.text, rows[i].want);
	}
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_query *query = NULL;
	struct pd_error error = {0};
	assert_int_equal(pd_query_parse(arena, settings, "owner:me", NULL, NOW, &query, &error),
			 PD_PERMANENT);
	assert_string_equal(error.text, "character 7: \"me\" is nobody here: name the agent");
}

/* Any text ends, without a crash and without a deep recursion. */
static void limits(void **state)
{
	(void)state;
	static const char *const parts[] = {"(",      ")", "-",	  "NOT ", "\"",	  "a ",
					    "owner:", "*", "OR ", ">",	  "\xff", "status:x"};
	for (size_t i = 0; i < COUNT(parts); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query;
		char *text = pd_alloc(arena, 100001);
		for (size_t len = 0; len + strlen(parts[i]) < 100000; len += strlen(parts[i]))
			memcpy(text + len, parts[i], strlen(parts[i]));
		CHECK_ROW(parts[i],
			  pd_query_parse(arena, settings, text, "anna", NOW, &query, NULL) == PD_PERMANENT ||
				  query->op == PD_QUERY_TEXT);
	}
}

/* Parentheses alone make no tree, and no deep recursion either; of AND, OR and NOT twelve stand inside of each other. */
static void nested(void **state)
{
	static const struct {
		const char *open, *close;
		int deep; /* as many are taken, and no more */
		const char *want;
	} rows[] = {
		{"(", ")", 64, "character 66: the query is nested too deeply"},
		{"NOT ", "", 12, "character 1: the query is nested too deeply"},
		{"b (c OR ", ")", 6, "character 1: the query is nested too deeply"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int deep = rows[i].deep; deep <= rows[i].deep + 1; deep++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			struct pd_query *query;
			struct pd_error error = {0};
			const char *text = "a";
			for (int n = 0; n < deep; n++)
				text = pd_printf(arena, "%s%s%s", rows[i].open, text, rows[i].close);
			int failed = pd_query_parse(arena, settings, text, NULL, NOW, &query, &error);
			CHECK_ROW(text, failed == (deep == rows[i].deep ? 0 : PD_PERMANENT));
			if (failed)
				CHECK_ROW_STRING(text, error.text, rows[i].want);
		}
	}
}

/* Midnight is that of the desk's zone, also where the clocks change. */
static void zones(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"created:2026-07-01", "created=2026-06-30T21:00:00Z..2026-07-01T21:00:00Z"},
		{"created:2026-03-29", "created=2026-03-28T22:00:00Z..2026-03-29T21:00:00Z"},
		{"created:2026-10-25", "created=2026-10-24T21:00:00Z..2026-10-25T22:00:00Z"},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *helsinki = fake_settings(pd_printf(
		arena, "[postdesk]\ntimezone = Europe/Helsinki\n%s", strchr(fake_config, '\n') + 1));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_query *query;
		assert_int_equal(pd_query_parse(arena, helsinki, rows[i].text, NULL, NOW, &query, NULL), 0);
		CHECK_ROW_STRING(rows[i].text, shape(arena, query), rows[i].want);
	}
	pd_settings_unref(helsinki);
}

/* --- matching --- */

static void matches(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{"", true},
		{"printer", true},
		{"PRINTER", true},
		{"print", false},
		{"print*", true},
		{"\"printer on fire\"", true},
		{"\"fire printer\"", false},
		{"toner", true},
		{"\"toner, please\"", true},
		{"12", true},
		{"#12", true},
		{"13", false},
		{"virtanen", false},
		{"doe", true},
		{"customer.example", true},
		{"number:12", true},
		{"number:>12", false},
		{"number:<=12", true},
		{"name:printer", true},
		{"name:rint", true},
		{"name:\"on fire\"", true},
		{"name:xyz", false},
		{"description:none", true},
		{"description:*", false},
		{"status:open", true},
		{"status:closed", false},
		{"status:talking", false},
		{"is:open", true},
		{"is:closed", false},
		{"is:spam", false},
		{"is:unassigned", false},
		{"is:sent", true},
		{"is:deleted", false},
		{"is:draft", false},
		{"is:snoozed", false},
		{"owner:bob", true},
		{"owner:me", false},
		{"owner:none", false},
		{"owner:b*", true},
		{"owner:*", true},
		{"team:me", true},
		{"team:sales", false},
		{"pipeline:support", true},
		{"mailbox:support", true},
		{"mailbox:sales", true},
		{"priority:high", true},
		{"priority:>normal", true},
		{"priority:<high", false},
		{"category:none", true},
		{"category:billing", false},
		{"source:mail", true},
		{"source:MAIL", true},
		{"source:m*l", true},
		{"follower:anna", true},
		{"follower:none", false},
		{"contact:jo@customer.example", true},
		{"contact:jo@customer", false},
		{"contact:doe", true},
		{"contact:*@customer.example", true},
		{"contact:none", false},
		{"company:customer", true},
		{"company:none", false},
		{"phone:358401234", true},
		{"phone:\"358 40 1234\"", true},
		{"phone:40-1234", true},
		{"phone:+358-40*", true},
		{"phone:40-1235", false},
		{"phone:999", false},
		{"from:jo@customer.example", true},
		{"from:*@customer.example", true},
		{"from:customer.example", true},
		{"from:max@customer.example", false},
		{"to:help@example.com", true},
		{"created:2026-11-20", true},
		{"created:>2026-11-20", false},
		{"created:>=2026-11-20", true},
		{"created:today", false},
		{"created:yesterday", true},
		{"age:>1d", true},
		{"age:<1d", false},
		{"age:1d", true},
		{"age:2d", false},
		{"updated:>2026-11-20", true},
		{"closed:none", true},
		{"closed:>2026-01-01", false},
		{"device:laptop", true},
		{"device:LAPTOP", true},
		{"device:phone", false},
		{"device:none", false},
		{"bought:none", true},
		{"floor:>3", true},
		{"floor:<10", true},
		{"floor:>30", false},
		{"mentions:me", true},
		{"mentions:bob", false},
		{"sla:overdue", false},
		{"sla:none", true},
		{"due:none", true},
		{"due:<2026-12-31", false},
		{"view:open", true},
		{"view:mine", false},
		{"owner:bob status:open", true},
		{"owner:anna OR status:open", true},
		{"NOT owner:bob", false},
		{"-owner:anna", true},
		{"-(owner:bob status:closed)", true},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_contact jo = {.id = 4, .name = "Jo Doe", .company = "Customer Ltd"};
	*pd_list_add(arena, &jo.identities) = (struct pd_identity){"mail", "jo@customer.example"};
	*pd_list_add(arena, &jo.identities) = (struct pd_identity){"phone", "+358 40 1234"};
	struct pd_ticket ticket = {
		.number = 12,
		.name = "Printer on Fire!",
		.description = "",
		.mailbox = "support",
		.pipeline = "support",
		.status_kind = PD_STATUS_OPEN,
		.status = "Open",
		.owner = "bob",
		.team = "support",
		.priority = "high",
		.source = "mail",
		.created = NOW - 25 * PD_HOUR,
		.updated = NOW - PD_HOUR,
		.has_sent = true,
	};
	*pd_list_add(arena, &ticket.followers) = "anna";
	*pd_list_add(arena, &ticket.mailboxes_also) = "sales";
	*pd_list_add(arena, &ticket.mentions) = "anna";
	*pd_list_add(arena, &ticket.properties) = (struct pd_change){"device", NULL, "laptop"};
	*pd_list_add(arena, &ticket.properties) = (struct pd_change){"floor", NULL, "5"};
	struct pd_ticket_facts facts = {.ticket = &ticket, .text = "more toner, please"};
	*pd_list_add(arena, &facts.contacts) = &jo;
	*pd_list_add(arena, &facts.from) = "jo@customer.example";
	*pd_list_add(arena, &facts.to) = "help@example.com";
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_query *query;
		struct pd_error error = {0};
		if (pd_query_parse(arena, settings, rows[i].text, "anna", NOW, &query, &error) != 0)
			fail_msg("row \"%s\": %s", rows[i].text, error.text);
		CHECK_ROW(rows[i].text, pd_query_matches(query, &facts) == rows[i].want);
		/* What is printed means the same. */
		const char *printed = pd_query_text(arena, query);
		if (pd_query_parse(arena, settings, printed, "anna", NOW, &query, &error) != 0)
			fail_msg("row \"%s\", printed \"%s\": %s", rows[i].text, printed, error.text);
		if (pd_query_matches(query, &facts) != rows[i].want)
			fail_msg("row \"%s\" printed \"%s\" means something else", rows[i].text, printed);
	}
}

static void prints(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"a b OR c", "(a b) OR c"},
		{"a (b OR c)", "a (b OR c)"},
		{"NOT (a b)", "-(a b)"},
		{"owner:me \"two words\" pre*", "owner:anna \"two words\" pre*"},
		{"owner:none -status:Open", "owner:none -status:Open"},
		{"from:*@x.example", "from:*@x.example"},
		{"company:\"none\"", "company:\"none\""},
		{"priority:>normal", "(priority:high OR priority:urgent)"},
		{"created:>2026-01-31", "created:>=2026-02-01T00:00:00Z"},
		{"age:1d", "(created:>=2026-11-19T14:00:00Z created:<2026-11-20T14:00:00Z)"},
		{"\"OR\" \"-x\"", "\"OR\" \"-x\""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query;
		assert_int_equal(pd_query_parse(arena, settings, rows[i].text, "anna", NOW, &query, NULL), 0);
		CHECK_ROW_STRING(rows[i].text, pd_query_text(arena, query), rows[i].want);
	}
}

/* --- views --- */

static void views(void **state)
{
	static const struct {
		const char *word, *want; /* its query */
	} rows[] = {
		{"unassigned", "owner:none is:open"},
		{"Unassigned", "owner:none is:open"},
		{"mine", "owner:me is:open"},
		{"assigned to me", "owner:me is:open"},
		{"ASSIGNED-TO_me", "owner:me is:open"},
		{"team open", "team:me is:open"},
		{"My team's open", "team:me is:open"},
		{"open", "is:open"},
		{"hot", "status:open AND priority:urgent"},
		{"🔥 HOT", "status:open AND priority:urgent"},
		{"nothing", NULL},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_view *view = pd_view_in(arena, settings, NULL, rows[i].word);
		CHECK_ROW_STRING(rows[i].word, view != NULL ? view->query : NULL, rows[i].want);
	}
	for (size_t i = 0; pd_view_at(i) != NULL; i++) {
		struct pd_query *query;
		CHECK_ROW(pd_view_at(i)->name, pd_query_parse(arena, settings, pd_view_at(i)->query, "anna",
							      NOW, &query, NULL) == 0);
		CHECK_ROW(pd_view_at(i)->name, pd_view_find(pd_view_at(i)->title) == pd_view_at(i));
	}
}

/* A view that every desk has can be narrowed, and a view is seen by those whom it is shared with. */
static void own_views(void **state)
{
	static const struct {
		const char *agent, *word, *query; /* NULL: there is none */
	} rows[] = {
		{NULL, "open", "(is:open) (-mailbox:sales)"},
		{"anna", "All open", "(is:open) (-mailbox:sales)"},
		{"anna", "closed", "is:closed -is:automatic"},
		{"anna", "hers", "owner:anna"},
		{"bob", "hers", NULL},
		{"carol", "hers", "owner:anna"},
		{NULL, "hers", "owner:anna"},
		{"bob", "offers", "is:open"},
		{"anna", "offers", NULL},
		{"vera", "hot", "status:open AND priority:urgent"},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *own =
		fake_settings(pd_printf(arena,
					"%s[view open]\nquery = -mailbox:sales\nsort = -created\n[view "
					"closed]\ncolumns = number;name\n"
					"[view hers]\nquery = owner:anna\nshare = private:anna\n"
					"[view offers]\nquery = is:open\nshare = team:sales\n",
					fake_config));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct pd_agent *agent =
			rows[i].agent != NULL ? pd_settings_agent(own, rows[i].agent) : NULL;
		const struct pd_view *view = pd_view_in(arena, own, agent, rows[i].word);
		CHECK_ROW_STRING(rows[i].word, view != NULL ? view->query : NULL, rows[i].query);
	}
	assert_string_equal(pd_view_in(arena, own, NULL, "open")->sort, "-created");
	assert_string_equal(pd_view_in(arena, own, NULL, "closed")->columns, "number;name");
	struct pd_query *query;
	assert_int_equal(pd_query_parse(arena, own, "view:open", NULL, NOW, &query, NULL), 0);
	assert_string_equal(shape(arena, query), "(is=open & !mailbox=sales)");
	pd_settings_unref(own);
}

/* A query is no longer than the database takes, its views counted; the error says how long it may be. */
static void long_ones(void **state)
{
	static const struct {
		const char *text;
		unsigned count;
		bool is_taken;
	} rows[] = {
		{"a ", 200, true}, {"a ", 201, false}, {"view:ten ", 18, true}, {"view:ten ", 19, false},
		{"view:b6 ", 1, false},
	};
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF config = {0};
	pd_buf_addf(&config, "%s[view ten]\nquery = a a a a a a a a a a\n", fake_config);
	for (int i = 1; i <= 6; i++) {
		pd_buf_addf(&config, "[view b%d]\nquery =", i);
		for (int n = 0; n < 10; n++)
			pd_buf_addf(&config, i > 1 ? " view:b%d" : " view:ten", i - 1);
		pd_buf_adds(&config, "\n");
	}
	struct pd_settings *own = fake_settings(config.data);
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_BUF text = {0};
		struct pd_query *query;
		struct pd_error error = {0};
		for (unsigned n = 0; n < rows[i].count; n++)
			pd_buf_adds(&text, rows[i].text);
		int failed = pd_query_parse(arena, own, text.data, NULL, NOW, &query, &error);
		CHECK_ROW(rows[i].text, failed == (rows[i].is_taken ? 0 : PD_PERMANENT));
		CHECK_ROW(rows[i].text, rows[i].is_taken || strstr(error.text, "more than 200 words") != NULL);
	}
	pd_settings_unref(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses), cmocka_unit_test(refuses),   cmocka_unit_test(limits),
		cmocka_unit_test(nested),
		cmocka_unit_test(zones),  cmocka_unit_test(matches),   cmocka_unit_test(prints),
		cmocka_unit_test(views),  cmocka_unit_test(own_views),
		cmocka_unit_test(long_ones),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Queries of the desk's language mean the same to SQLite as to pd_query_matches, by which the store in memory
 * answers: random desks, random queries, every order. The seed is fixed; TEST_SEED changes it. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "desk/command.h"
#include "desk/people.h"
#include "store/query_sql.h"
#include "store_desk.h"

#define TICKETS 60
#define QUERIES 3000

static unsigned long long seed = 20261121;

static unsigned pick(unsigned count)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(seed >> 33) % count;
}

static const char *const words[] = {"printer", "Invoice", "jam",   "Müller", "straße", "PAPER", "a-b",
				    "x@y.com", "12",	  "don't", "ÄÖ",     "日本語", "re",	"ﬁne"};
static const char *const people[] = {"mary@example.org", "Bob.Smith@Example.net", "zoë@example.com",
				     "x@y.com", "noreply@example.org"};
static const char *const names[] = {"Mary Müller", "", "Zoë", "Bob \"Builder\" Smith", "x@y.com"};

static char *some_text(struct pd_arena *arena, unsigned count)
{
	PD_AUTO_BUF text = {0};
	static const char *const between[] = {" ", ", ", "\n", " - ", "."};
	for (unsigned i = 0; i < count; i++) {
		pd_buf_adds(&text, i > 0 ? between[pick(5)] : "");
		pd_buf_adds(&text, words[pick(COUNT(words))]);
	}
	return pd_buf_string(arena, &text);
}

static void change_contact(struct pd_context *c, struct pd_ticket *ticket)
{
	const struct pd_contact *known =
		ticket->contacts.count > 0 ? pd_plan_contact_by_id(c, ticket->contacts.items[0]) : NULL;
	if (known == NULL || pd_contact_merged(known) != 0)
		return;
	struct pd_contact contact = *pd_contact_parse(c->arena, known->id, pd_contact_value(c->arena, known));
	switch (pick(4)) {
	case 0:
		contact.name = names[pick(COUNT(names))];
		break;
	case 1:
		contact.company = pick(3) == 0 ? NULL : words[pick(COUNT(words))];
		break;
	case 2:
		*pd_list_add(c->arena, &contact.details) = pd_printf(c->arena, "name %s", words[pick(COUNT(words))]);
		break;
	default: {
		const struct pd_contacts others = c->desk->contacts(c->desk, c->arena, NULL, NULL, 0, 20);
		const struct pd_contact *other = others.count > 0 ? others.items[pick((unsigned)others.count)] : known;
		if (other->id != known->id && pick(2))
			(void)pd_plan_merge_contacts(c, ticket, known->id, other->id, NULL);
		return;
	}
	}
	pd_plan_set_contact(c, ticket, &contact, NULL);
}

static void change_ticket(struct pd_context *c, struct pd_ticket *ticket)
{
	static const char *const owners[] = {"anna", "bob", NULL}, *const statuses[] = {
									   "open:Open", "closed:Closed",
									   "waiting:Waiting on customer"};
	static const char *const priorities[] = {"low", "normal", "high", "urgent"};
	switch (pick(23)) {
	case 0:
		pd_plan_set(c, ticket, "owner", owners[pick(3)], NULL);
		break;
	case 1:
		pd_plan_set(c, ticket, "status", statuses[pick(3)], NULL);
		break;
	case 2:
		pd_plan_set(c, ticket, "priority", priorities[pick(4)], NULL);
		break;
	case 3:
		pd_plan_set(c, ticket, "team", pick(2) ? "sales" : NULL, NULL);
		break;
	case 4:
		pd_plan_set(c, ticket, "spam", pick(2) ? "yes" : NULL, NULL);
		break;
	case 5:
		pd_plan_set(c, ticket, "deleted", pick(3) == 0 ? "yes" : NULL, NULL);
		break;
	case 6:
		pd_plan_add(c, ticket, "follower", owners[pick(2)], 0, NULL);
		break;
	case 7:
		pd_plan_set(c, ticket, "device", pick(3) == 0   ? NULL
						    : pick(2) == 0 ? "Phone"
						    : pick(2) == 0 ? "12"
						    : pick(2) == 0 ? "7"
						    : pick(2) == 0 ? "Phone;laptop"
								   : "laptop;7;tablet", NULL);
		break;
	case 8:
		pd_plan_set(c, ticket, "description", some_text(c->arena, 4), NULL);
		break;
	case 9:
		pd_plan_add(c, ticket, "mailbox_also", "sales", 0, NULL);
		break;
	case 10:
		pd_plan_set(c, ticket, "category", pick(2) ? "Billing" : NULL, NULL);
		break;
	case 18:
		pd_plan_set(c, ticket, PD_PROPERTY_COMPANY, pick(3) == 0 ? NULL : pick(3) == 0 ? PD_NO_COMPANY : words[pick(COUNT(words))],
			    NULL);
		break;
	case 19:
		pd_plan_add(c, ticket, "link", pick(2) ? "deal:7;8" : "E7 deal:12", 0, NULL);
		break;
	case 20:
	case 21:
		change_contact(c, ticket);
		break;
	case 12:
		pd_plan_set(c, ticket, PD_PROPERTY_UNROUTED, pick(2) ? "yes" : NULL, NULL);
		break;
	case 11: {
		const struct pd_change mention = {.property = "mention", .to = owners[pick(2)]};
		pd_plan_event_with(c, ticket, PD_EVENT_COMMENT, 0, &mention, 1);
		break;
	}
	case 13:
	case 16: {
		struct pd_merge merge = {0};
		struct pd_ticket *into = pd_plan_ticket(c, ticket->number + 1 - 2 * (int)pick(2));
		if (into != NULL && into != ticket && pd_agenda_counts(into) && pd_agenda_counts(ticket) && pick(2))
			pd_plan_merge(c, ticket, into, NULL, &merge);
		break;
	}
	case 14:
		pd_plan_set(c, ticket, "source", pick(2) ? "form" : "mail", NULL);
		break;
	case 15:
		pd_plan_set(c, ticket, "mailbox", pick(2) ? "support" : "sales", NULL);
		break;
	default:
		pd_plan_set(c, ticket, "name", some_text(c->arena, 2), NULL);
	}
}

/* Somebody new has a company, and perhaps a phone. */
static void describe_people(struct pd_context *c)
{
	static const char *const companies[] = {"Example Oy", "example.net", NULL};
	for (size_t i = 0; i < c->plan->contacts.count; i++) {
		if (!c->plan->contacts.items[i].is_new)
			continue;
		struct pd_contact *contact = &c->plan->contacts.items[i].contact;
		contact->company = companies[pick(3)];
		if (pick(2))
			*pd_list_add(c->arena, &contact->identities) = (struct pd_identity){"phone", "+358 40 12"};
	}
}

/* Goals that run or not, around now. */
static struct pd_agenda some_agenda(void)
{
	struct pd_agenda agenda = {.states = pick(2) ? 0 : pick(8)};
	for (int slot = 0; slot < 2; slot++) {
		if (pick(2))
			continue;
		agenda.running[slot].due = TEST_NOW + ((int)pick(9) - 4) * PD_HOUR;
		agenda.running[slot].soon = pick(3) ? agenda.running[slot].due - pick(3) * PD_HOUR : 0;
	}
	agenda.next = pick(3) ? TEST_NOW + (pd_time)pick(20) * PD_HOUR : 0;
	return agenda;
}

/* The same random plan for a store whose seed starts the same. */
static int decide(void *data, struct pd_snapshot *desk, struct pd_plan **ret_plan, struct pd_error *error)
{
	struct test_delivery *delivery = data;
	(void)error;
	struct pd_context c = pd_context_new(delivery->arena, delivery->settings, desk, delivery->now,
					     "contact:mary@example.org");
	if (delivery->mail.message_id != NULL) {
		test_plan_mail(&c, &delivery->mail);
		describe_people(&c);
	} else {
		struct pd_ticket *ticket = pd_plan_ticket(&c, delivery->mail.ticket);
		if (ticket != NULL)
			change_ticket(&c, ticket);
	}
	for (size_t i = 0; i < c.plan->tickets.count; i++)
		c.plan->tickets.items[i].agenda = some_agenda();
	*ret_plan = c.plan;
	return 0;
}

static void fill(struct pd_store *store, struct pd_arena *arena, const struct pd_settings *settings, int from,
		 int to)
{
	for (int i = from; i < to; i++) {
		struct test_delivery delivery = {
			.arena = arena, .settings = settings, .now = TEST_NOW + i / 3 * PD_HOUR};
		unsigned person = pick(COUNT(people));
		if (i % 3 == 0)
			delivery.mail = (struct test_mail){
				.message_id = pd_printf(arena, "%d@example.org", i),
				.from = people[person],
				.name = names[pick(COUNT(names))],
				.subject = some_text(arena, 1 + pick(3)),
				.text = some_text(arena, pick(12)),
				.ticket = i > 9 && pick(3) == 0 ? 1 + (int)pick((unsigned)i / 6) : 0};
		else
			delivery.mail.ticket = 1 + (int)pick((unsigned)i / 3 + 1);
		struct pd_commit commit = {.now = delivery.now};
		struct pd_error error = {0};
		assert_int_equal(pd_store_begin(store, &commit.snapshot, &error), 0);
		/* A ticket of that number may not be there. */
		if (delivery.mail.message_id != NULL && delivery.mail.ticket != 0 &&
		    commit.snapshot->ticket(commit.snapshot, arena, delivery.mail.ticket) == NULL)
			delivery.mail.ticket = 0;
		assert_int_equal(decide(&delivery, commit.snapshot, &commit.plan, &error), 0);
		if (pd_store_commit(store, &commit, &error) != 0)
			fail_msg("%s", error.text);
		pd_store_end(commit.snapshot);
	}
}

/* --- random queries --- */

static const char *value_for(struct pd_arena *arena, const char *field)
{
	static const char *const any[] = {"anna",   "BOB",   "none",	      "sup*",	 "sales", "normal",
					  "urgent", "mary*", "*@example.org", "x@y.com", "Phone", "müller",
					  "12",	    "7",     "billing",	      "*er*",  "laptop", "\"laptop;7;tablet\"", "lap*"};
	if (strcmp(field, "link") == 0)
		return pick(3) == 0 ? "deal:*" : pick(2) ? "\"deal:7;8\"" : "none";
	if (strcmp(field, "company") == 0 && pick(3) != 0)
		return pick(4) == 0   ? "none"
		       : pick(2) == 0 ? (pick(2) ? "example.org" : "example*")
				      : pd_printf(arena, "\"%s\"", words[pick(COUNT(words))]);
	if (strcmp(field, "is") == 0) {
		static const char *const kinds[] = {"open",	 "closed", "spam",  "deleted", "unassigned",
						    "automatic", "sent",   "draft", "snoozed", "unrouted", "task"};
		return kinds[pick(COUNT(kinds))];
	}
	if (strcmp(field, "sla") == 0) {
		static const char *const states[] = {"active", "due_soon", "overdue", "paused", "met", "missed", "none"};
		return states[pick(COUNT(states))];
	}
	if (strcmp(field, "due") == 0) {
		static const char *const times[] = {"<2h", ">1h", "none", "<now", "2026-11-18", ">=2026-11-18", "<0s"};
		return times[pick(COUNT(times))];
	}
	if (strcmp(field, "owner") == 0 || strcmp(field, "follower") == 0 || strcmp(field, "mentions") == 0) {
		static const char *const agents[] = {"anna", "bob", "me", "none", "ANNA", "a*"};
		return agents[pick(COUNT(agents))];
	}
	if (strcmp(field, "team") == 0) {
		static const char *const teams[] = {"support", "sales", "me", "none", "Sales", "s*"};
		return teams[pick(COUNT(teams))];
	}
	if (strcmp(field, "status") == 0) {
		static const char *const statuses[] = {
			"new", "open", "closed", "waiting", "\"Waiting on customer\"", "clo*"};
		return statuses[pick(COUNT(statuses))];
	}
	if (strcmp(field, "priority") == 0) {
		static const char *const priorities[] = {"low", "normal", "HIGH", "urgent", "none"};
		return priorities[pick(COUNT(priorities))];
	}
	if (strcmp(field, "mailbox") == 0) {
		static const char *const mailboxes[] = {"support", "sales", "s*"};
		return mailboxes[pick(COUNT(mailboxes))];
	}
	if (strcmp(field, "company") == 0) {
		static const char *const companies[] = {"\"Example Oy\"", "example", "EX*", "*.net", "none", "example.net"};
		return companies[pick(COUNT(companies))];
	}
	if (strcmp(field, "phone") == 0) {
		static const char *const phones[] = {"+3584012", "12", "\"+358 40 12\"", "40-12", "none", "358*"};
		return phones[pick(COUNT(phones))];
	}
	if (strcmp(field, "source") == 0)
		return pick(3) == 0 ? "form" : pick(2) ? "mail" : "none";
	if (strcmp(field, "device") == 0 && pick(3) == 0)
		return pd_printf(arena, "%s%s", pick(2) ? ">" : "<=", pick(2) ? "7" : "Phone");
	if (strcmp(field, "number") == 0)
		return pd_printf(arena, "%s%u", pick(2) ? ">" : pick(2) ? "<=" : "", 1 + pick(TICKETS));
	if (strcmp(field, "created") == 0 || strcmp(field, "updated") == 0 || strcmp(field, "closed") == 0)
		return pick(5) == 0 ? "none"
				    : pd_printf(arena, "%s2026-11-%02u",
						pick(3) == 0 ? ""
						: pick(2)    ? ">"
							     : "<",
						17 + pick(6));
	if (strcmp(field, "name") == 0 || strcmp(field, "description") == 0)
		return pick(2) ? pd_printf(arena, "\"%s\"", words[pick(COUNT(words))]) : "pri*";
	return any[pick(COUNT(any))];
}

static char *some_query(struct pd_arena *arena, int depth)
{
	static const char *const fields[] = {
		"owner", "team",	"status", "priority", "category", "source", "pipeline", "mailbox",
		"name",	 "description", "number", "created",  "updated",  "closed", "contact",	"from",
		"to",	 "follower",	"is",	  "device",   "phone",	  "company", "link",
		"mentions", "sla",	"due",	  "sla",      "company"};
	switch (depth > 0 ? pick(7) : 3 + pick(4)) {
	case 0:
		return pd_printf(arena, "(%s %s)", some_query(arena, depth - 1),
				 some_query(arena, depth - 1));
	case 1:
		return pd_printf(arena, "(%s OR %s)", some_query(arena, depth - 1),
				 some_query(arena, depth - 1));
	case 2:
		return pd_printf(arena, "NOT %s", some_query(arena, depth - 1));
	case 3: {
		const char *word = words[pick(COUNT(words))];
		return pick(3) == 0   ? pd_printf(arena, "\"%s %s\"", word, words[pick(COUNT(words))])
		       : pick(3) == 0 ? pd_printf(arena, "%.3s*", words[pick(3)])
				      : pd_printf(arena, "\"%s\"", word);
	}
	default: {
		const char *field = fields[pick(COUNT(fields))];
		if (pick(12) == 0)
			return "created:>2026-11-17 created:<2026-11-19";
		return pd_printf(arena, "%s:%s", field, value_for(arena, field));
	}
	}
}

static char *numbers(struct pd_store *store, struct pd_arena *arena, const struct pd_query *query,
		     const char *sort, size_t limit)
{
	struct pd_snapshot *s;
	struct pd_error error = {0};
	assert_int_equal(pd_store_begin(store, &s, &error), 0);
	struct pd_tickets found = s->list(s, arena, query, sort, limit, limit < 1000 ? limit / 2 : 0);
	PD_AUTO_BUF text = {0};
	for (size_t i = 0; i < found.count; i++)
		pd_buf_addf(&text, "%lld ", (long long)found.items[i]->number);
	if (s->failed != 0)
		pd_buf_adds(&text, s->error.text);
	pd_store_end(s);
	return pd_buf_string(arena, &text);
}

static unsigned long compare(struct pd_store *sqlite, struct pd_store *memory,
			     const struct pd_settings *settings, unsigned count, unsigned *ret_nonempty)
{
	static const char *const sorts[] = {NULL,	"number",   "-updated",	  "name",     "-name",
					    "owner",	"-owner",   "status",	  "priority", "-priority",
					    "contact",	"company", "-company", "-closed",  "created",	  "team",     "category",
					    "messages", "-mailbox", "status_kind", "-status_kind", "device",
					    "-Device",	"due",	    "-due"};
	unsigned long compared = 0;
	for (unsigned i = 0; i < count; i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_query *query;
		struct pd_error error = {0};
		const char *text = some_query(arena, 3);
		if (pd_query_parse(arena, settings, text, "anna", TEST_NOW, &query, &error) != 0)
			continue;
		static const struct pd_query_limits limits[] = {
			{.rare = 3000, .newest = 500, .common = 20000, .moment = 150000, .people = 5000,
			 .words = 32, .places = 20000, .documents = 1000},
			{.rare = 0, .newest = 1, .common = 0, .moment = 150000, .documents = 100},
			{.rare = 0, .newest = 3, .common = 2, .moment = 20000, .people = 2,
			 .words = 2, .places = 2, .documents = 20},
			{.rare = 2, .newest = 2, .common = 5, .moment = 5000, .people = 0,
			 .words = 1, .documents = 300}};
		pd_query_limits = limits[pick(COUNT(limits))];
		const char *sort = pick(3) == 0 ? NULL : sorts[pick(COUNT(sorts))];
		size_t limit = pick(2) ? 1000 : 1 + pick(8); /* a page that is filled, or all */
		const char *have = numbers(sqlite, arena, query, sort, limit),
			   *want = numbers(memory, arena, query, sort, limit);
		if (strcmp(have, want) != 0)
			fail_msg("%s sorted by %s\n  SQLite: %s\n  memory: %s", text,
				 sort != NULL ? sort : "nothing", have, want);
		compared++;
		*ret_nonempty += *want != '\0';
	}
	return compared;
}

static void test_both_stores_agree(void **state)
{
	(void)state;
	if (getenv("TEST_SEED") != NULL)
		seed = strtoull(getenv("TEST_SEED"), NULL, 10);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *settings = test_settings(arena);
	*pd_list_add(arena, &settings->categories) = "Billing";
	struct pd_group *device = pd_list_add(arena, &settings->groups);
	device->type = "property";
	device->name = "device";
	char directory[] = "/tmp/test-store-query-XXXXXX";
	assert_non_null(mkdtemp(directory));
	struct pd_error error = {0};
	struct pd_store *sqlite, *memory = pd_store_memory();
	assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &sqlite, &error), 0);
	unsigned long long start = seed;
	unsigned nonempty = 0;
	unsigned long compared = 0;
	/* First half, opened anew: its documents are in the index; those of the second half wait. */
	fill(memory, arena, settings, 0, TICKETS * 3 / 2);
	seed = start;
	fill(sqlite, arena, settings, 0, TICKETS * 3 / 2);
	pd_store_close(sqlite);
	assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &sqlite, &error), 0);
	compared += compare(sqlite, memory, settings, QUERIES / 2, &nonempty);
	start = seed;
	fill(memory, arena, settings, TICKETS * 3 / 2, TICKETS * 3);
	seed = start;
	fill(sqlite, arena, settings, TICKETS * 3 / 2, TICKETS * 3);
	compared += compare(sqlite, memory, settings, QUERIES / 2, &nonempty);
	assert_true(compared > QUERIES / 2);
	assert_true(nonempty > QUERIES / 8);
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(sqlite, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
	pd_store_close(sqlite);
	pd_store_close(memory);
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	assert_int_equal(system(command), 0);
}

/* Where the newest tickets alone are looked at: words of an older ticket that a newer one took in are the newer one's. */
static void test_newest_have_older_words(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *settings = test_settings(arena);
	char directory[] = "/tmp/test-store-query-XXXXXX";
	assert_non_null(mkdtemp(directory));
	struct pd_error error = {0};
	struct pd_store *store;
	assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &store, &error), 0);
	for (int i = 1; i <= 20; i++) {
		struct test_delivery delivery = {
			.arena = arena,
			.settings = settings,
			.mail = {.message_id = pd_printf(arena, "%d@example.org", i),
				 .from = i == 2 || i == 18 ? "mary@example.org" : "bob@example.org",
				 .subject = "Hello",
				 .text = i == 2 || i == 10 || i == 18 ? "Zebra" : "Horse"},
			.now = TEST_NOW + i,
		};
		assert_int_equal(test_deliver(store, &delivery, &error), 0);
	}
	struct pd_commit commit = {.now = TEST_NOW + 30};
	assert_int_equal(pd_store_begin(store, &commit.snapshot, &error), 0);
	struct pd_context c = pd_context_new(arena, settings, commit.snapshot, commit.now, "agent:anna");
	struct pd_merge merge = {0};
	pd_plan_merge(&c, pd_plan_ticket(&c, 2), pd_plan_ticket(&c, 19), NULL, &merge);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	pd_query_limits = (struct pd_query_limits){.rare = 0, .newest = 4, .common = 20000, .moment = 250000};
	static const struct {
		const char *query, *want;
	} rows[] = {
		{"zebra", "19 "}, {"from:mary@example.org", "19 "}, {"contact:mary@example.org", "19 "},
		{"zebra from:bob@example.org", "19 "}, {"horse", "20 "}, {"zebra -horse", "18 "},
	};
	for (int waits = 1; waits >= 0; waits--) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct pd_query *query;
			assert_int_equal(pd_query_parse(arena, settings, rows[i].query, NULL, TEST_NOW, &query, &error), 0);
			CHECK_ROW_STRING(rows[i].query, numbers(store, arena, query, NULL, 1), rows[i].want);
		}
		pd_store_close(store); /* then all is in the index */
		assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &store, &error), 0);
	}
	pd_store_close(store);
	assert_int_equal(system(pd_printf(arena, "rm -rf '%s'", directory)), 0);
}

/* --- the longest queries --- */

#define TERMS 200 /* desk/query.c */

/* "first word1 between word2 … last", so many words. */
static char *chain(struct pd_arena *arena, const char *word, const char *between, size_t count)
{
	PD_AUTO_BUF text = {0};
	for (size_t i = 0; i < count; i++)
		pd_buf_addf(&text, "%s%s%zu", i > 0 ? between : "", word, i);
	return pd_buf_string(arena, &text);
}

/* "word (word OR (word (…": so many levels deep. */
static char *nest(struct pd_arena *arena, const char *word, const char *group, size_t levels)
{
	PD_AUTO_BUF text = {0};
	for (size_t i = 0; i < levels; i++)
		pd_buf_addf(&text, "%s %s%s", word, i % 2 ? "OR " : "", group);
	pd_buf_adds(&text, word);
	for (size_t i = 0; i < levels; i++)
		pd_buf_addc(&text, ')');
	return pd_buf_string(arena, &text);
}

/* Whatever the desk takes as a query SQLite takes, too, whichever way it is found. */
static void test_longest_are_taken(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *settings = test_settings(arena);
	const struct pd_agent narrow = {.name = "dan", .role = PD_ROLE_AGENT};
	struct pd_team *team = pd_list_add(arena, &settings->teams);
	*team = (struct pd_team){.name = "narrow", .sees = PD_SEES_TEAM};
	*pd_list_add(arena, &team->members) = "dan";
	assert_false(pd_sees_all(settings, &narrow));
	char directory[] = "/tmp/test-store-query-XXXXXX";
	assert_non_null(mkdtemp(directory));
	struct pd_error error = {0};
	struct pd_store *store;
	assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &store, &error), 0);
	fill(store, arena, settings, 0, 30);
	static const char *const terms[] = {"w", "printer", "from:x@y.com", "company:a", "contact:m", "mailbox:sales -w", "created:>2026-01-01 -w", "-w"};
	static const char *const leaves[] = {"printer", "from:x@y.com", "company:a*", "phone:12", "sla:active", "mailbox:sales", "name:jam"};
	PD_LIST(const char *) texts = {0};
	for (size_t i = 0; i < COUNT(terms); i++) {
		const size_t each = *terms[i] == '-' ? 2 : strstr(terms[i], " -") != NULL ? 3 : 1;
		*pd_list_add(arena, &texts) = chain(arena, terms[i], " ", TERMS / each);
		*pd_list_add(arena, &texts) = chain(arena, terms[i], " OR ", TERMS / each);
		*pd_list_add(arena, &texts) = pd_printf(arena, "NOT (%s)", chain(arena, terms[i], " OR ", TERMS / each - 2));
	}
	for (size_t i = 0; i < COUNT(leaves); i++) {
		*pd_list_add(arena, &texts) = nest(arena, leaves[i], "(", 11);
		*pd_list_add(arena, &texts) = nest(arena, leaves[i], "NOT (", 5);
	}
	const struct pd_query_limits usual = pd_query_limits, limits[] = {
		{.rare = 3000, .newest = 500, .common = 20000, .moment = 150000},
		{.rare = 0, .newest = 1, .common = 0, .moment = 150000},
		{.rare = 0, .newest = 500, .common = 0, .moment = 5000000}};
	for (int waits = 1; waits >= 0; waits--) {
		for (size_t i = 0; i < texts.count * COUNT(limits); i++) {
			const char *text = texts.items[i / COUNT(limits)];
			PD_AUTO_ARENA own = pd_arena_new();
			struct pd_query *query;
			struct pd_snapshot *snapshot;
			if (pd_query_parse(own, settings, text, NULL, TEST_NOW, &query, &error) != 0)
				fail_msg("%.60s: %s", text, error.text);
			pd_query_limits = limits[i % COUNT(limits)];
			assert_int_equal(pd_store_begin(store, &snapshot, &error), 0);
			(void)snapshot->list(snapshot, own, pd_sight(own, settings, i % 5 < 3 ? &narrow : NULL, query), i % 2 ? "-number" : "name", 5, 0);
			if (snapshot->failed != 0)
				fail_msg("%.60s: %s", text, snapshot->error.text);
			pd_store_end(snapshot);
		}
		pd_store_close(store); /* then all is in the index */
		assert_int_equal(pd_store_open(directory, PD_STORE_WRITE, 4096, &store, &error), 0);
	}
	pd_query_limits = usual;
	pd_store_close(store);
	assert_int_equal(system(pd_printf(arena, "rm -rf '%s'", directory)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_both_stores_agree),
					   cmocka_unit_test(test_newest_have_older_words),
					   cmocka_unit_test(test_longest_are_taken)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

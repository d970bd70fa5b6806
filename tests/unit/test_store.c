/* One suite for every store: what store.h and snapshot.h promise. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "store_desk.h"

struct desk {
	struct pd_arena *arena;
	struct pd_settings *settings;
	struct pd_store *store;
	char state[64]; /* "": in memory */
};

static void open_desk(struct desk *desk, bool in_memory)
{
	*desk = (struct desk){.arena = pd_arena_new()};
	desk->settings = test_settings(desk->arena);
	struct pd_error error = {0};
	if (in_memory) {
		desk->store = pd_store_memory();
		return;
	}
	strcpy(desk->state, "/tmp/test-store-XXXXXX");
	assert_non_null(mkdtemp(desk->state));
	if (pd_store_open(desk->state, PD_STORE_WRITE, 4096, &desk->store, &error) != 0)
		fail_msg("%s", error.text);
}

static void close_desk(struct desk *desk)
{
	pd_store_close(desk->store);
	if (desk->state[0] != '\0') {
		char command[128];
		snprintf(command, sizeof command, "rm -rf '%s'", desk->state);
		assert_int_equal(system(command), 0);
	}
	pd_arena_free(desk->arena);
}

static int64_t deliver(struct desk *desk, struct test_mail mail)
{
	struct test_delivery delivery = {
		.arena = desk->arena, .settings = desk->settings, .mail = mail, .now = TEST_NOW};
	struct pd_error error = {0};
	if (test_deliver(desk->store, &delivery, &error) != 0)
		fail_msg("%s", error.text);
	return delivery.ticket;
}

static struct pd_snapshot *begin(struct desk *desk)
{
	struct pd_snapshot *snapshot;
	struct pd_error error = {0};
	if (pd_store_begin(desk->store, &snapshot, &error) != 0)
		fail_msg("%s", error.text);
	return snapshot;
}

static const struct test_mail hello = {.message_id = "a@example.org",
				       .from = "Mary@example.org",
				       .name = "Mary Müller",
				       .subject = "Printer",
				       .text = "The printer says \"paper jam\" and stops."};

static void test_new_ticket(struct desk *desk)
{
	int64_t number = deliver(desk, hello);
	struct pd_snapshot *s = begin(desk);
	struct pd_ticket *ticket = s->ticket(s, desk->arena, number);
	assert_non_null(ticket);
	assert_string_equal(ticket->name, "Printer");
	assert_string_equal(ticket->mailbox, "support");
	assert_string_equal(ticket->status, "New");
	assert_int_equal(ticket->messages, 1);
	assert_int_equal(ticket->version, 2);
	assert_int_equal(ticket->contacts.count, 1);
	assert_int_equal(ticket->conversations.count, 1);
	assert_string_equal(ticket->conversations.items[0].base_subject, "printer");
	assert_true(pd_ticket_has_participant(ticket, "mary@example.org"));
	struct pd_entries entries = s->timeline(s, desk->arena, number, 0);
	assert_int_equal(entries.count, 2);
	assert_int_equal(entries.items[0].event.kind, PD_EVENT_CREATED);
	assert_null(entries.items[0].message);
	assert_int_equal(entries.items[1].event.kind, PD_EVENT_MESSAGE);
	assert_non_null(entries.items[1].message);
	assert_string_equal(entries.items[1].message->text, hello.text);
	assert_string_equal(entries.items[1].message->from.name, "Mary Müller");
	assert_string_equal(entries.items[1].message->to.items[0].addr, "support@example.com");
	struct pd_entry *entry = s->entry(s, desk->arena, entries.items[1].event.id);
	assert_non_null(entry);
	assert_int_equal(entry->event.ticket, number);
	assert_int_equal(s->action(s, desk->arena, entry->event.action).count, 2);
	assert_null(s->entry(s, desk->arena, 1000));
	assert_null(s->ticket(s, desk->arena, 1000));
	assert_int_equal(s->timeline(s, desk->arena, number, 1).count, 1);
	assert_int_equal(s->failed, 0);
	pd_store_end(s);
}

static void test_look_ups(struct desk *desk)
{
	int64_t number = deliver(desk, hello);
	struct pd_snapshot *s = begin(desk);
	struct pd_known_ids known = s->message_id(s, desk->arena, "a@example.org");
	assert_int_equal(known.count, 1);
	assert_int_equal(known.items[0].ticket, number);
	assert_false(known.items[0].is_reference);
	assert_int_equal(s->message_id(s, desk->arena, "A@example.org").count, 0);
	known = s->subject(s, desk->arena, "support", "printer", TEST_NOW - PD_DAY);
	assert_int_equal(known.count, 1);
	assert_int_equal(known.items[0].ticket, number);
	assert_int_equal(s->subject(s, desk->arena, "support", "printer", TEST_NOW + 1).count, 0);
	assert_int_equal(s->subject(s, desk->arena, "sales", "printer", 0).count, 0);
	struct pd_contact *contact = s->contact_of(s, desk->arena, "mail", "mary@example.org");
	assert_non_null(contact);
	assert_string_equal(contact->name, "Mary Müller");
	assert_string_equal(pd_contact_address(contact), "mary@example.org");
	assert_non_null(s->contact(s, desk->arena, contact->id));
	assert_null(s->contact_of(s, desk->arena, "phone", "mary@example.org"));
	assert_true(s->mark(s, "mail:a@example.org").exists);
	assert_false(s->mark(s, "mail:b@example.org").exists);
	pd_store_end(s);
}

static void test_snapshot_is_an_instant(struct desk *desk)
{
	struct pd_snapshot *before = begin(desk);
	int64_t number = deliver(desk, hello);
	assert_null(before->ticket(before, desk->arena, number));
	assert_int_equal(before->message_id(before, desk->arena, "a@example.org").count, 0);
	struct pd_snapshot *after = begin(desk);
	assert_non_null(after->ticket(after, desk->arena, number));
	pd_store_end(before);
	pd_store_end(after);
}

/* Two decisions on the same state: the second is made anew and finds the mail there. */
static void test_changed_readings_are_decided_anew(struct desk *desk)
{
	struct test_delivery one = {
		.arena = desk->arena, .settings = desk->settings, .mail = hello, .now = TEST_NOW};
	struct test_delivery two = one;
	struct pd_commit first = {
		.snapshot = begin(desk), .now = TEST_NOW, .redecide = test_redecide, .data = &one};
	struct pd_commit second = {
		.snapshot = begin(desk), .now = TEST_NOW, .redecide = test_redecide, .data = &two};
	struct pd_error error = {0};
	assert_int_equal(test_redecide(&one, first.snapshot, &first.plan, &error), 0);
	assert_int_equal(test_redecide(&two, second.snapshot, &second.plan, &error), 0);
	assert_int_equal(pd_store_commit(desk->store, &first, &error), 0);
	assert_int_equal(pd_store_commit(desk->store, &second, &error), 0);
	assert_int_equal(one.decided, 1);
	assert_int_equal(two.decided, 2);
	assert_string_equal(second.plan->outcome, "duplicate");
	assert_int_equal(two.ticket, one.ticket);
	pd_store_end(first.snapshot);
	pd_store_end(second.snapshot);
	struct pd_store_stats stats;
	assert_int_equal(pd_store_stats(desk->store, &stats, &error), 0);
	assert_int_equal(stats.tickets, 1);
	assert_int_equal(stats.redecided, 1);
}

static int refuse(void *data, struct pd_snapshot *desk, struct pd_plan **ret_plan, struct pd_error *error)
{
	struct pd_plan *never = NULL;
	(void)data;
	(void)desk;
	*ret_plan = never;
	return pd_fail(error, PD_PERMANENT, "no");
}

/* Many in one transaction: each sees those before it, and where one fails none is there. */
static void test_a_row_is_decided_in_order(struct desk *desk)
{
	struct test_delivery one = {
		.arena = desk->arena, .settings = desk->settings, .mail = hello, .now = TEST_NOW};
	struct test_delivery two = one, three = one;
	three.mail.message_id = "third@example.org";
	struct pd_commit row[] = {{.now = TEST_NOW, .redecide = test_redecide, .data = &one},
				  {.now = TEST_NOW, .redecide = refuse, .data = &two},
				  {.now = TEST_NOW, .redecide = test_redecide, .data = &three}};
	struct pd_error error = {0};
	struct pd_store_stats stats;
	assert_int_equal(pd_store_commit_row(desk->store, row, 3, &error), PD_PERMANENT);
	assert_int_equal(pd_store_stats(desk->store, &stats, &error), 0);
	assert_int_equal(stats.tickets, 0);
	const unsigned long groups = stats.groups;
	row[1].redecide = test_redecide;
	assert_int_equal(pd_store_commit_row(desk->store, row, 3, &error), 0);
	assert_string_equal(row[0].plan->outcome, "new ticket");
	assert_string_equal(row[1].plan->outcome, "duplicate");
	assert_int_equal(two.ticket, one.ticket);
	assert_string_equal(row[2].plan->outcome, "new ticket");
	assert_true(three.ticket > one.ticket);
	assert_int_equal(pd_store_stats(desk->store, &stats, &error), 0);
	assert_int_equal(stats.tickets, 2);
	assert_int_equal(stats.commits, 3);
	assert_int_equal(stats.groups, groups + 1);
	assert_int_equal(stats.redecided, 0);
	assert_int_equal(pd_store_commit_row(desk->store, row, 3, &error), 0);
	assert_int_equal(pd_store_stats(desk->store, &stats, &error), 0);
	assert_int_equal(stats.tickets, 2);
}

/* One answer that a decision stands on changes, and only what asked for it is made anew. */
enum asked { ASK_TICKET, ASK_TIMELINE, ASK_CONTACT, ASK_CONTACT_OF, ASK_NO_CONTACT, ASK_MESSAGE_ID, ASK_MARK, ASK_COUNTER,
	     ASK_SUBJECT, ASK_OTHERS };

static void ask(struct desk *desk, struct pd_snapshot *s, enum asked asked, int64_t ticket)
{
	struct pd_arena *arena = desk->arena;
	switch (asked) {
	case ASK_TICKET: (void)s->ticket(s, arena, ticket); break;
	case ASK_TIMELINE: (void)s->timeline(s, arena, ticket, 0); break;
	case ASK_CONTACT: (void)s->contact(s, arena, 1); break;
	case ASK_CONTACT_OF: (void)s->contact_of(s, arena, "mail", "mary@example.org"); break;
	case ASK_NO_CONTACT: (void)s->contact_of(s, arena, "mail", "new@example.org"); break;
	case ASK_MESSAGE_ID: (void)s->message_id(s, arena, "i@example.org"); break;
	case ASK_MARK: (void)s->mark(s, "mail:b@example.org"); break;
	case ASK_COUNTER: (void)s->counter(s, "acknowledge:new@example.org", TEST_NOW - PD_HOUR); break;
	case ASK_SUBJECT: (void)s->subject(s, arena, "support", "other", 0); break;
	case ASK_OTHERS:
		(void)s->ticket(s, arena, ticket + 100);
		(void)s->message_id(s, arena, "c@example.org");
		(void)s->mark(s, "mail:c@example.org");
		(void)s->contact_of(s, arena, "mail", "nobody@example.org");
		(void)s->counter(s, "acknowledge:nobody@example.org", 0);
		break;
	}
}

/* By a plan that does nothing else. */
static void change_answer(struct desk *desk, enum asked asked)
{
	struct pd_error error = {0};
	struct pd_snapshot *s = begin(desk);
	struct pd_context c = pd_context_new(desk->arena, desk->settings, s, TEST_NOW, "contact:x");
	if (asked == ASK_MESSAGE_ID)
		*pd_list_add(desk->arena, &c.plan->ids) = (struct pd_planned_id){
			.message_id = "i@example.org", .known = {.ticket = 1, .event = 1, .is_reference = true, .conversation = 7}};
	else if (asked == ASK_MARK)
		*pd_list_add(desk->arena, &c.plan->marks) = (struct pd_planned_mark){.key = "mail:b@example.org", .value = 77};
	else if (asked == ASK_COUNTER)
		*pd_list_add(desk->arena, &c.plan->counters) = "acknowledge:new@example.org";
	struct pd_commit commit = {.snapshot = s, .plan = c.plan, .now = TEST_NOW};
	if (asked == ASK_SUBJECT)
		deliver(desk, (struct test_mail){.message_id = "o@example.org", .from = "mary@example.org",
						 .subject = "Other", .text = "t"});
	else
		assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(s);
}

static void rename_contact(struct desk *desk, int64_t id)
{
	struct pd_error error = {0};
	struct pd_snapshot *s = begin(desk);
	struct pd_context c = pd_context_new(desk->arena, desk->settings, s, TEST_NOW, "contact:x");
	*pd_list_add(desk->arena, &c.plan->contacts) = (struct pd_planned_contact){.contact = *s->contact(s, desk->arena, id)};
	c.plan->contacts.items[0].contact.name = pd_printf(desk->arena, "%s x", c.plan->contacts.items[0].contact.name);
	struct pd_commit commit = {.snapshot = s, .plan = c.plan, .now = TEST_NOW};
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(s);
}

static void test_each_reading_counts(struct desk *desk)
{
	int64_t ticket = deliver(desk, hello);
	struct pd_error error = {0};
	for (int asked = 0; asked <= ASK_OTHERS; asked++) {
		struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
		struct pd_context c =
			pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "contact:x");
		ask(desk, commit.snapshot, (enum asked)asked, ticket);
		*pd_list_add(desk->arena, &c.plan->marks) = (struct pd_planned_mark){.key = "decided", .value = asked};
		commit.plan = c.plan;
		struct test_mail change = {.message_id = "b@example.org", .from = "new@example.org", .subject = "Other",
					   .text = "t", .is_acknowledged = true};
		if (asked == ASK_TICKET || asked == ASK_TIMELINE) {
			change = hello;
			change.message_id = asked == ASK_TICKET ? "d@example.org" : "e@example.org";
			change.ticket = ticket;
		}
		if (asked == ASK_CONTACT || asked == ASK_CONTACT_OF)
			rename_contact(desk, asked == ASK_CONTACT ? 1 : commit.snapshot->contact_of(
				commit.snapshot, desk->arena, "mail", "mary@example.org")->id);
		else if (asked <= ASK_NO_CONTACT)
			deliver(desk, change);
		else if (asked != ASK_OTHERS)
			change_answer(desk, (enum asked)asked);
		else
			deliver(desk, (struct test_mail){.message_id = "z@example.org", .from = "zoe@example.org",
							 .subject = "Zoe", .text = "t", .is_acknowledged = true});
		int failed = pd_store_commit(desk->store, &commit, &error);
		if (failed != (asked == ASK_OTHERS ? 0 : PD_TEMPORARY))
			fail_msg("question %d: %d", asked, failed);
		pd_store_end(commit.snapshot);
	}
}

static void test_without_a_new_decision_it_fails(struct desk *desk)
{
	struct test_delivery one = {
		.arena = desk->arena, .settings = desk->settings, .mail = hello, .now = TEST_NOW};
	struct pd_commit late = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_error error = {0};
	assert_int_equal(test_redecide(&one, late.snapshot, &late.plan, &error), 0);
	deliver(desk, hello);
	assert_int_equal(pd_store_commit(desk->store, &late, &error), PD_TEMPORARY);
	pd_store_end(late.snapshot);
	deliver(desk,
		(struct test_mail){
			.message_id = "b@example.org", .from = "x@example.org", .subject = "s", .text = "t"});
}

/* A plan whose events do not follow its ticket's version is refused whole. */
static void test_a_bad_plan_is_refused_alone(struct desk *desk)
{
	struct test_delivery one = {
		.arena = desk->arena, .settings = desk->settings, .mail = hello, .now = TEST_NOW};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_error error = {0};
	assert_int_equal(test_redecide(&one, commit.snapshot, &commit.plan, &error), 0);
	commit.plan->events.items[1]->version = 7;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), PD_TEMPORARY);
	pd_store_end(commit.snapshot);
	struct pd_snapshot *s = begin(desk);
	assert_int_equal(s->message_id(s, desk->arena, "a@example.org").count, 0);
	assert_null(s->ticket(s, desk->arena, one.ticket));
	pd_store_end(s);
	deliver(desk, hello);
}

static size_t count_found(struct desk *desk, const char *text);

/* A text that stands in the raw bytes, also where nothing stands before it, and one that does not are given back as
 * they came. */
static void test_texts(struct desk *desk)
{
	static const struct {
		const char *message_id, *header, *changed;
	} cases[] = {
		{"x@example.org", "Subject: Texts\r\n\r\n", ""},
		{"y@example.org", "Subject: Texts\r\n\r\n", "* "},
		{"z@example.org", "", ""},
	};
	PD_AUTO_BUF lines = {0};
	for (int i = 0; i < 100; i++)
		pd_buf_addf(&lines, "line %d is zebra%d\n", i, i);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		PD_AUTO_BUF bytes = {0};
		pd_buf_adds(&bytes, cases[i].header);
		for (const char *at = lines.data; *at != '\0'; at++)
			pd_buf_adds(&bytes, *at == '\n' ? "\r\n" : (const char[]){*at, '\0'});
		PD_AUTO_RAW raw = pd_raw_from_bytes(bytes.data, bytes.len);
		const char *text = pd_printf(desk->arena, "%s%s", cases[i].changed, lines.data);
		int64_t number = deliver(desk, (struct test_mail){.message_id = cases[i].message_id,
								  .from = "mary@example.org",
								  .subject = cases[i].message_id,
								  .text = text,
								  .raw = raw});
		struct pd_snapshot *s = begin(desk);
		struct pd_entries entries = s->timeline(s, desk->arena, number, 0);
		assert_string_equal(entries.items[1].message->text, text);
		pd_store_end(s);
		assert_int_equal(count_found(desk, "zebra77"), i + 1);
		assert_int_equal(count_found(desk, "\"line 77 is zebra77 line 78\""), i + 1);
	}
}

static void test_raw_bytes(struct desk *desk)
{
	static const size_t sizes[] = {1, 4096, 4097, 300000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *bytes = pd_alloc(desk->arena, sizes[i]);
		for (size_t n = 0; n < sizes[i]; n++)
			bytes[n] = (char)(n * 31 + i);
		PD_AUTO_RAW raw = pd_raw_from_bytes(bytes, sizes[i]);
		struct test_mail mail = hello;
		mail.message_id = pd_printf(desk->arena, "%zu@example.org", i);
		mail.raw = raw;
		int64_t number = deliver(desk, mail);
		struct pd_snapshot *s = begin(desk);
		int64_t message = s->ticket(s, desk->arena, number)->first_in_message;
		pd_store_end(s);
		PD_AUTO_RAW back = NULL;
		struct pd_error error = {0};
		assert_int_equal(pd_store_raw(desk->store, message, &back, &error), 0);
		assert_int_equal(back->size, sizes[i]);
		assert_memory_equal(back->data, bytes, sizes[i]);
	}
	struct pd_raw *none = NULL;
	struct pd_error error = {0};
	assert_int_equal(pd_store_raw(desk->store, 999999, &none, &error), PD_PERMANENT);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(desk->store, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
}

static void test_outbox(struct desk *desk)
{
	struct test_mail mail = hello;
	mail.is_acknowledged = true;
	int64_t number = deliver(desk, mail);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct pd_leases leases = {0};
	assert_int_equal(
		pd_store_lease(desk->store, arena, "one", TEST_NOW - 1, TEST_NOW, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 0);
	pd_time until = TEST_NOW + PD_MINUTE;
	assert_int_equal(pd_store_lease(desk->store, arena, "one", TEST_NOW, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 1);
	assert_int_equal(leases.items[0].ticket, number);
	assert_string_equal(leases.items[0].kind, "acknowledgement");
	assert_string_equal(leases.items[0].transport, "mail");
	assert_string_equal(leases.items[0].sender, "");
	assert_string_equal(leases.items[0].message_id, "ack.a@example.org");
	assert_int_equal(leases.items[0].recipients.count, 1);
	assert_int_equal(leases.items[0].attempts, 0);
	assert_non_null(strstr(leases.items[0].bytes.data, "Thank you."));
	int64_t id = leases.items[0].id;
	/* Another owner gets nothing until the lease ends. */
	struct pd_leases none = {0};
	assert_int_equal(pd_store_lease(desk->store, arena, "two", until - 1, until, 10, &none, &error), 0);
	assert_int_equal(none.count, 0);
	assert_int_equal(pd_store_take_over_leases(desk->store, TEST_NOW, &error), 0);
	assert_int_equal(pd_store_lease(desk->store, arena, "two", TEST_NOW, until, 10, &none, &error), 0);
	assert_int_equal(none.count, 1);
	/* Later, then taken. */
	struct pd_sent_recipient said = {
		.recipient = "Mary@example.org", .sent = PD_SENT_LATER, .reply = "450 later"};
	assert_int_equal(pd_store_sent(desk->store, id, &said, 1, TEST_NOW, TEST_NOW + PD_HOUR, &error), 0);
	assert_int_equal(
		pd_store_lease(desk->store, arena, "one", TEST_NOW + PD_MINUTE, until, 10, &none, &error), 0);
	assert_int_equal(none.count, 0);
	struct pd_outbox_lines lines = {0};
	assert_int_equal(pd_store_outbox(desk->store, arena, false, 10, &lines, &error), 0);
	assert_int_equal(lines.count, 1);
	assert_string_equal(lines.items[0].state, "waiting");
	assert_string_equal(lines.items[0].last_reply, "450 later");
	assert_int_equal(lines.items[0].attempts, 2); /* who had the lease may have sent it */
	assert_int_equal(pd_store_outbox_flush(desk->store, &error), 0);
	assert_int_equal(pd_store_lease(desk->store, arena, "one", TEST_NOW, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 1);
	struct pd_strings taken = {0};
	assert_int_equal(pd_store_taken(desk->store, arena, id, "ack.a@example.org", &taken, &error), 0);
	assert_int_equal(taken.count, 0);
	said.sent = PD_SENT_TAKEN;
	said.reply = "250 ok";
	assert_int_equal(pd_store_sent(desk->store, id, &said, 1, TEST_NOW, 0, &error), 0);
	assert_int_equal(pd_store_taken(desk->store, arena, id, "ack.a@example.org", &taken, &error), 0);
	assert_int_equal(taken.count, 1);
	assert_string_equal(taken.items[0], "Mary@example.org");
	/* Another mail, and a row that is not there. */
	assert_int_equal(pd_store_taken(desk->store, arena, id, "ack.b@example.org", &taken, &error), 0);
	assert_int_equal(taken.count, 0);
	assert_int_equal(pd_store_taken(desk->store, arena, 999, "ack.a@example.org", &taken, &error), 0);
	assert_int_equal(taken.count, 0);
	assert_int_equal(
		pd_store_lease(desk->store, arena, "one", TEST_NOW + PD_DAY, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 0);
	assert_int_equal(pd_store_outbox(desk->store, arena, false, 10, &lines, &error), 0);
	assert_int_equal(lines.count, 0);
	assert_int_equal(pd_store_outbox(desk->store, arena, true, 10, &lines, &error), 0);
	assert_int_equal(lines.count, 1);
	assert_string_equal(lines.items[0].state, "sent");
	assert_int_equal(pd_store_sent(desk->store, 999, &said, 1, TEST_NOW, 0, &error), PD_PERMANENT);
	struct pd_snapshot *s = begin(desk);
	assert_int_equal(s->counter(s, "acknowledge:Mary@example.org", TEST_NOW - PD_HOUR), 1);
	assert_int_equal(s->counter(s, "acknowledge:Mary@example.org", TEST_NOW + PD_HOUR), 0);
	struct pd_outbox_row *row = s->outbox(s, arena, id);
	assert_non_null(row);
	assert_int_equal(row->ticket, number);
	assert_string_equal(row->recipients.items[0], "Mary@example.org");
	pd_store_end(s);
}

static int64_t stop_letter(struct desk *desk, int64_t ticket, int64_t letter, bool *ret_was_untried)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c = pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	const struct pd_outbox_row *row = c.desk->outbox(c.desk, desk->arena, letter);
	*ret_was_untried = row->is_untried;
	struct pd_ticket *changed = pd_plan_ticket(&c, ticket);
	pd_plan_set(&c, changed, "priority", changed->priority[0] == 'l' ? "high" : "low", "x");
	*pd_list_add(desk->arena, &c.plan->stops) = (struct pd_planned_stop){letter, ticket, row->event};
	commit.plan = c.plan;
	int failed = pd_store_commit(desk->store, &commit, &error);
	pd_store_end(commit.snapshot);
	return failed;
}

/* A letter that may not leave yet waits, also for a flush and a new holder of the lock; it can be stopped until somebody
 * takes it. */
static void test_outbox_stopped(struct desk *desk)
{
	struct test_mail mail = hello;
	mail.is_acknowledged = true;
	mail.leaves = TEST_NOW + PD_MINUTE;
	int64_t number = deliver(desk, mail);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct pd_leases leases = {0};
	bool was_untried;
	struct pd_outbox_lines lines = {0};
	assert_int_equal(pd_store_outbox_flush(desk->store, &error), 0);
	assert_int_equal(pd_store_take_over_leases(desk->store, TEST_NOW, &error), 0);
	pd_time until = TEST_NOW + PD_HOUR;
	assert_int_equal(pd_store_lease(desk->store, arena, "one", mail.leaves - 1, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 0);
	assert_int_equal(pd_store_outbox(desk->store, arena, false, 10, &lines, &error), 0);
	assert_int_equal(lines.items[0].next, mail.leaves);
	int64_t id = lines.items[0].id;
	assert_int_equal(stop_letter(desk, number, id, &was_untried), 0);
	assert_true(was_untried);
	assert_int_equal(pd_store_lease(desk->store, arena, "one", until, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 0);
	assert_int_equal(pd_store_outbox(desk->store, arena, true, 10, &lines, &error), 0);
	assert_string_equal(lines.items[0].state, "stopped");
	/* Who takes it is faster. */
	mail.message_id = "b@example.org";
	number = deliver(desk, mail);
	assert_int_equal(pd_store_lease(desk->store, arena, "one", mail.leaves, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 1);
	assert_int_equal(stop_letter(desk, number, leases.items[0].id, &was_untried), 0);
	assert_false(was_untried);
	assert_int_equal(pd_store_take_over_leases(desk->store, TEST_NOW, &error), 0);
	assert_int_equal(stop_letter(desk, number, leases.items[0].id, &was_untried), 0);
	assert_false(was_untried);
	assert_int_equal(pd_store_lease(desk->store, arena, "two", mail.leaves, until, 10, &leases, &error), 0);
	assert_int_equal(leases.count, 1);
	assert_non_null(strstr(leases.items[0].bytes.data, "Thank you."));
}

struct heard {
	struct pd_arena *arena;
	PD_LIST(int64_t) ids;
};

static void hear(void *data, const struct pd_planned_letter *line)
{
	struct heard *heard = data;
	assert_non_null(strstr(line->bytes.data, "Thank you."));
	*pd_list_add(heard->arena, &heard->ids) = line->id;
}

/* Lines of chats: given to who listens, asked for by who did not, marked together; mails know nothing of them. */
static void test_lines(struct desk *desk)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct heard heard = {.arena = arena};
	struct test_mail mail = hello;
	mail.is_acknowledged = mail.is_answered_by_line = true;
	deliver(desk, mail);
	pd_store_listen(desk->store, hear, &heard);
	for (int i = 0; i < 3; i++) {
		mail.message_id = pd_printf(arena, "line%d@example.org", i);
		deliver(desk, mail);
	}
	mail.is_answered_by_line = false;
	mail.message_id = "mail@example.org";
	deliver(desk, mail);
	pd_store_listen(desk->store, NULL, NULL);
	assert_int_equal(heard.ids.count, 3);
	struct pd_leases lines = {0}, mails = {0}, rest = {0};
	assert_int_equal(pd_store_lease(desk->store, arena, "one", TEST_NOW, TEST_NOW + 1, 10, &mails, &error), 0);
	assert_int_equal(mails.count, 1);
	assert_string_equal(mails.items[0].transport, "mail");
	assert_int_equal(pd_store_take_over_leases(desk->store, TEST_NOW, &error), 0);
	assert_int_equal(pd_store_lines(desk->store, arena, 0, 10, &lines, &error), 0);
	assert_int_equal(lines.count, 4);
	assert_string_equal(lines.items[0].transport, "xmpp");
	assert_string_equal(lines.items[0].recipients.items[0], "Mary@example.org");
	assert_non_null(strstr(lines.items[3].bytes.data, "Thank you."));
	assert_int_equal(pd_store_lines(desk->store, arena, lines.items[1].id, 1, &rest, &error), 0);
	assert_int_equal(rest.count, 1);
	assert_int_equal(rest.items[0].id, lines.items[2].id);
	struct pd_line_mark marks[4];
	for (size_t i = 0; i < 4; i++)
		marks[i] = (struct pd_line_mark){.id = i < 3 ? lines.items[i].id : 99999, .recipient = "Mary@example.org",
						 .is_taken = true, .reply = "taken"};
	assert_int_equal(pd_store_lines_sent(desk->store, marks, 4, TEST_NOW, &error), 0);
	memset(&rest, 0, sizeof rest);
	assert_int_equal(pd_store_lines(desk->store, arena, 0, 10, &rest, &error), 0);
	assert_int_equal(rest.count, 1);
	assert_int_equal(rest.items[0].id, lines.items[3].id);
}

/* Nothing of a ticket overtakes what is on its way; several recipients are marked one by one. */
static void test_outbox_order(struct desk *desk)
{
	struct test_mail mail = hello;
	mail.is_acknowledged = true;
	mail.ticket = deliver(desk, mail);
	mail.message_id = "b@example.org";
	deliver(desk, mail);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct pd_leases one = {0}, two = {0};
	pd_time until = TEST_NOW + PD_MINUTE;
	assert_int_equal(pd_store_lease(desk->store, arena, "one", TEST_NOW, until, 1, &one, &error), 0);
	assert_int_equal(one.count, 1);
	assert_int_equal(pd_store_lease(desk->store, arena, "two", TEST_NOW, until, 1, &two, &error), 0);
	assert_int_equal(two.count, 0);
	struct pd_sent_recipient said = {
		.recipient = "Mary@example.org", .sent = PD_SENT_REFUSED, .reply = "550 no"};
	assert_int_equal(pd_store_sent(desk->store, one.items[0].id, &said, 1, TEST_NOW, 0, &error), 0);
	assert_int_equal(pd_store_lease(desk->store, arena, "two", TEST_NOW, until, 1, &two, &error), 0);
	assert_int_equal(two.count, 1);
	assert_true(two.items[0].id > one.items[0].id);
	struct pd_outbox_lines lines = {0};
	assert_int_equal(pd_store_outbox(desk->store, arena, true, 10, &lines, &error), 0);
	assert_string_equal(lines.items[0].state, "refused");
}

static void test_wait_due(struct desk *desk)
{
	struct test_mail mail = hello;
	mail.is_acknowledged = true;
	int64_t start = pd_monotonic();
	pd_store_wait_due(desk->store, start + 20);
	assert_true(pd_monotonic() - start >= 20);
	struct test_delivery delivery = {
		.arena = desk->arena, .settings = desk->settings, .mail = mail, .now = pd_now() - 1};
	struct pd_error error = {0};
	assert_int_equal(test_deliver(desk->store, &delivery, &error), 0);
	start = pd_monotonic();
	pd_store_wait_due(desk->store, start + 10000);
	assert_true(pd_monotonic() - start < 5000);
}

static void test_drafts(struct desk *desk)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	struct pd_planned_draft *planned = pd_list_add(desk->arena, &c.plan->drafts);
	planned->is_new = true;
	planned->draft = (struct pd_draft){.id = c.desk->new_id(c.desk, PD_ID_DRAFT),
					   .ticket = 3,
					   .agent = "anna",
					   .reason = "collision",
					   .sender = "anna@example.com",
					   .answers_version = 4,
					   .created = TEST_NOW,
					   .expires = TEST_NOW + PD_DAY};
	*pd_list_add(desk->arena, &planned->draft.recipients) = "support+t3.x@example.com";
	*pd_list_add(desk->arena, &planned->draft.recipients) = "sales@example.com";
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	struct pd_snapshot *s = begin(desk);
	assert_null(s->draft_of(s, desk->arena, 3, "bob", 0));
	assert_null(s->draft_of(s, desk->arena, 0, "anna", 0));
	struct pd_draft *draft = s->draft_of(s, desk->arena, 3, "anna", 0);
	assert_null(s->draft_of(s, desk->arena, 3, "anna", draft->id));
	assert_int_equal(s->draft_of(s, desk->arena, 3, "anna", draft->id + 1)->id, draft->id);
	assert_non_null(draft);
	assert_null(s->draft_expired(s, desk->arena, TEST_NOW, 0));
	assert_null(s->draft_expired(s, desk->arena, TEST_NOW + 2 * PD_DAY, draft->id));
	assert_int_equal(s->draft_expired(s, desk->arena, TEST_NOW + 2 * PD_DAY, 0)->id, draft->id);
	assert_string_equal(draft->reason, "collision");
	assert_int_equal(draft->recipients.count, 2);
	assert_string_equal(draft->recipients.items[1], "sales@example.com");
	assert_int_equal(draft->answers_version, 4);
	pd_store_end(s);
	commit = (struct pd_commit){.snapshot = begin(desk), .now = TEST_NOW};
	c = pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	planned = pd_list_add(desk->arena, &c.plan->drafts);
	planned->draft = *draft;
	planned->draft.state = PD_DRAFT_SENT;
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	s = begin(desk);
	assert_null(s->draft_of(s, desk->arena, 3, "anna", 0));
	assert_int_equal(s->draft(s, desk->arena, draft->id)->state, PD_DRAFT_SENT);
	assert_null(s->draft_expired(s, desk->arena, TEST_NOW + 2 * PD_DAY, 0));
	pd_store_end(s);
}

static void test_time_travel(struct desk *desk)
{
	struct pd_error error = {0};
	int64_t number = deliver(desk, hello);
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW + PD_HOUR};
	struct pd_context c = pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW + PD_HOUR,
					     "agent:anna");
	struct pd_ticket *ticket = pd_plan_ticket(&c, number);
	pd_plan_set(&c, ticket, "owner", "anna", NULL);
	pd_plan_set(&c, ticket, "status", "closed:Closed", NULL);
	pd_plan_set(&c, ticket, "device", "phone", NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	struct pd_snapshot *s = begin(desk);
	assert_null(pd_store_ticket_at(s, desk->arena, number, TEST_NOW - 1));
	assert_null(pd_store_ticket_at(s, desk->arena, number, TEST_NOW)->owner);
	assert_string_equal(pd_store_ticket_at(s, desk->arena, number, TEST_NOW + PD_HOUR)->owner, "anna");
	struct pd_ticket *now = s->ticket(s, desk->arena, number);
	assert_string_equal(now->owner, "anna");
	assert_int_equal(now->closed, TEST_NOW + PD_HOUR);
	assert_string_equal(pd_ticket_get(desk->arena, now, "device"), "phone");
	pd_store_end(s);
}

struct replayed {
	int64_t tickets[8];
	size_t events[8], count, most;
};

static bool replay(void *data, struct pd_arena *arena, const struct pd_event *events, size_t count)
{
	struct replayed *replayed = data;
	struct pd_ticket *ticket = PD_NEW(arena, struct pd_ticket);
	for (size_t i = 0; i < count; i++)
		assert_true(pd_ticket_apply(arena, ticket, &events[i]));
	replayed->tickets[replayed->count] = events[0].ticket;
	replayed->events[replayed->count++] = count;
	return replayed->count < replayed->most;
}

/* All events of each ticket on which something may have happened, whole and in order. */
static void test_replay(struct desk *desk)
{
	struct test_mail second = hello;
	second.message_id = "second@example.org";
	int64_t first = deliver(desk, hello), other = deliver(desk, second);
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW + PD_DAY};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW + PD_DAY, "agent:anna");
	struct pd_error error = {0};
	pd_plan_set(&c, pd_plan_ticket(&c, other), "owner", "anna", NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	const struct {
		pd_time from, to;
		size_t most, count;
		int64_t ticket;
	} spans[] = {
		{TEST_NOW, TEST_NOW + 1, 8, 2, first},		   {TEST_NOW + 1, TEST_NOW + 2 * PD_DAY, 8, 1, other},
		{TEST_NOW, TEST_NOW + PD_DAY, 1, 1, first},	   {TEST_NOW - PD_DAY, TEST_NOW, 8, 0, 0},
		{TEST_NOW + PD_DAY + 1, INT64_MAX, 8, 0, 0},
	};
	for (size_t i = 0; i < COUNT(spans); i++) {
		struct replayed replayed = {.most = spans[i].most};
		struct pd_snapshot *s = begin(desk);
		pd_store_replay(s, spans[i].from, spans[i].to, replay, &replayed);
		assert_int_equal(s->failed, 0);
		assert_int_equal(replayed.count, spans[i].count);
		assert_int_equal(replayed.tickets[0], spans[i].ticket);
		if (replayed.count > 1)
			assert_int_equal(replayed.events[1], replayed.events[0] + 1);
		pd_store_end(s);
	}
}

static size_t count_found(struct desk *desk, const char *text)
{
	struct pd_query *query;
	struct pd_error error = {0};
	if (pd_query_parse(desk->arena, desk->settings, text, "anna", TEST_NOW, &query, &error) != 0)
		fail_msg("%s: %s", text, error.text);
	struct pd_snapshot *s = begin(desk);
	size_t count = s->list(s, desk->arena, query, "-updated", 100, 0).count;
	if (s->failed != 0)
		fail_msg("%s: %s", text, s->error.text);
	pd_store_end(s);
	return count;
}

static void test_search(struct desk *desk)
{
	deliver(desk, hello);
	deliver(desk, (struct test_mail){.message_id = "b@example.org",
					 .from = "bob@example.net",
					 .subject = "Invoice 2024",
					 .text = "Where is my invoice?"});
	static const struct {
		const char *query;
		size_t want;
	} cases[] = {
		{"", 2},
		{"printer", 1},
		{"PRINTER", 1},
		{"print*", 1},
		{"prin", 0},
		{"\"paper jam\"", 1},
		{"\"jam paper\"", 0},
		{"müller", 1},
		{"MÜLLER", 1},
		{"mary", 1},
		{"bob@example.net", 1},
		{"is:open", 2},
		{"is:open -printer", 1},
		{"printer OR invoice", 2},
		{"printer invoice", 0},
		{"owner:none", 2},
		{"owner:me", 0},
		{"NOT owner:me", 2},
		{"team:support", 2},
		{"team:SUPPORT", 2},
		{"contact:mary@example.org", 1},
		{"contact:mary", 1},
		{"from:bob@example.net", 1},
		{"from:*@example.net", 1},
		{"to:support@example.com", 2},
		{"number:1", 1},
		{"status:new", 2},
		{"status:closed", 0},
		{"name:invoice", 1},
		{"is:deleted", 0},
		{"created:>2020-01-01", 2},
		{"priority:normal", 2},
		{"\"a\" AND", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases - 1; i++)
		if (count_found(desk, cases[i].query) != cases[i].want)
			fail_msg("%s: %zu found", cases[i].query, count_found(desk, cases[i].query));
}

/* No text that may be searched for is an error. */
static void test_search_takes_anything(struct desk *desk)
{
	deliver(desk, hello);
	static const char *const texts[] = {"\"x",   "a AND", "col-umn", "nope:x",    "*",
					    "",	     "'",     "\"\"\"",	 "NEAR(a b)", "^a",
					    "a + b", "{a}",   ":",	 "--",	      ";drop table ticket",
					    "%",     "\\",    "(",	 "\xff\xfe"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct pd_query query = {
			.op = PD_QUERY_TEXT, .value = texts[i], .kind = -1, .is_prefix = i % 2 != 0};
		struct pd_snapshot *s = begin(desk);
		(void)s->list(s, desk->arena, &query, NULL, 10, 0);
		if (s->failed != 0)
			fail_msg("%s: %s", texts[i], s->error.text);
		pd_store_end(s);
	}
}

static void test_list_order(struct desk *desk)
{
	static const char *const subjects[] = {"Cherry", "apple", "Banana"};
	for (size_t i = 0; i < 3; i++)
		deliver(desk, (struct test_mail){.message_id = pd_printf(desk->arena, "%zu@x", i),
						 .from = pd_printf(desk->arena, "%zu@example.org", 3 - i),
						 .subject = subjects[i],
						 .text = "t"});
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW + 1};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW + 1, "agent:anna");
	pd_plan_set(&c, pd_plan_ticket(&c, 2), "owner", "anna", NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	static const struct {
		const char *sort;
		size_t limit, offset;
		const char *want;
	} cases[] = {
		{NULL, 10, 0, "3 2 1"},	      {"number", 10, 0, "1 2 3"},  {"-number", 2, 0, "3 2"},
		{"-number", 2, 2, "1"},	      {"name", 10, 0, "2 3 1"},	   {"-name", 10, 0, "1 3 2"},
		{"-updated", 10, 0, "2 3 1"}, {"updated", 10, 0, "3 1 2"}, {"owner", 10, 0, "2 3 1"},
		{"-owner", 10, 0, "2 3 1"},   {"contact", 10, 0, "3 2 1"}, {"-contact", 10, 0, "1 2 3"},
		{"closed", 10, 0, "3 2 1"},   {"no such", 10, 0, "3 2 1"}, {"priority", 10, 0, "3 2 1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pd_snapshot *s = begin(desk);
		struct pd_tickets found =
			s->list(s, desk->arena, NULL, cases[i].sort, cases[i].limit, cases[i].offset);
		char have[64] = "";
		for (size_t n = 0; n < found.count; n++)
			sprintf(have + strlen(have), "%s%d", n > 0 ? " " : "", (int)found.items[n]->number);
		if (strcmp(have, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].sort, have);
		pd_store_end(s);
	}
}

static void test_purge(struct desk *desk)
{
	struct pd_error error = {0};
	char big[5000];
	memset(big, 'x', sizeof big);
	PD_AUTO_RAW raw = pd_raw_from_bytes(big, sizeof big);
	struct test_mail mail = hello;
	mail.raw = raw;
	int64_t number = deliver(desk, mail);
	struct pd_snapshot *s = begin(desk);
	int64_t message = s->ticket(s, desk->arena, number)->first_in_message;
	pd_store_end(s);
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	pd_plan_set(&c, pd_plan_ticket(&c, number), "deleted", "yes", NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	assert_int_equal(count_found(desk, "is:deleted"), 1);
	assert_int_equal(count_found(desk, "is:deleted jam"), 1);
	assert_int_equal(count_found(desk, "printer"), 0);
	int64_t count = -1;
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW, &count, &error), 0);
	assert_int_equal(count, 0);
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW + 1, &count, &error), 0);
	assert_int_equal(count, 1);
	assert_int_equal(count_found(desk, "is:deleted jam"), 0);
	s = begin(desk);
	struct pd_entries entries = s->timeline(s, desk->arena, number, 0);
	assert_int_equal(entries.items[entries.count - 1].event.kind, PD_EVENT_PURGED);
	for (size_t i = 0; i < entries.count; i++)
		assert_null(entries.items[i].message);
	assert_string_equal(s->ticket(s, desk->arena, number)->name, "");
	pd_store_end(s);
	struct pd_raw *gone = NULL;
	assert_int_equal(pd_store_raw(desk->store, message, &gone, &error), PD_PERMANENT);
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW + 1, &count, &error), 0);
	assert_int_equal(count, 0);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(desk->store, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
}

/* What was split off stands on two tickets; it goes with the last of them. */
static void test_purge_of_shared(struct desk *desk)
{
	struct pd_error error = {0};
	PD_AUTO_RAW raw = pd_raw_from_bytes("x", 1);
	struct test_mail first = hello, other = hello;
	first.raw = other.raw = raw;
	other.message_id = "other@example.org";
	other.from = "other@example.org";
	other.subject = "Scanner";
	const int64_t one = deliver(desk, first), two = deliver(desk, other);
	assert_int_not_equal(one, two);
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c = pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	const int64_t message = commit.snapshot->ticket(commit.snapshot, desk->arena, one)->first_in_message;
	bool is_shared = false;
	const struct pd_entries entries = commit.snapshot->timeline(commit.snapshot, desk->arena, one, 0);
	for (size_t i = 0; i < entries.count; i++)
		if (entries.items[i].message != NULL && entries.items[i].message->id == message) {
			struct pd_ticket *ticket = pd_plan_ticket(&c, two);
			pd_plan_message_again(&c, ticket, entries.items[i].message, ticket->conversations.items[0].id, NULL);
			is_shared = true;
			break;
		}
	assert_true(is_shared);
	pd_plan_set(&c, pd_plan_ticket(&c, one), "deleted", "yes", NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	int64_t count = -1;
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW + 1, &count, &error), 0);
	assert_int_equal(count, 1);
	struct pd_raw *kept = NULL;
	assert_int_equal(pd_store_raw(desk->store, message, &kept, &error), 0);
	pd_raw_free(kept);
}

static void set_entry_deleted(struct desk *desk, int64_t number, int64_t entry, bool is_deleted)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c = pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	const char *id = pd_printf(desk->arena, "%lld", (long long)entry);
	if (is_deleted)
		pd_plan_add(&c, pd_plan_ticket(&c, number), "entry_deleted", id, 0, NULL);
	else
		pd_plan_remove(&c, pd_plan_ticket(&c, number), "entry_deleted", id, 0, NULL);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
}

/* A single entry goes for good when its time is over; one that came back does not. */
static void test_purge_of_entries(struct desk *desk)
{
	struct pd_error error = {0};
	struct test_mail mail = hello;
	int64_t number = mail.ticket = deliver(desk, mail), count = -1;
	mail.message_id = "b@example.org";
	mail.text = "the secret zebra";
	deliver(desk, mail);
	mail.message_id = "c@example.org";
	mail.text = "the public giraffe";
	deliver(desk, mail);
	struct pd_snapshot *s = begin(desk);
	struct pd_entries entries = s->timeline(s, desk->arena, number, 0);
	const int64_t zebra = entries.items[entries.count - 2].event.id;
	const int64_t giraffe = entries.items[entries.count - 1].event.id;
	const int64_t message = entries.items[entries.count - 2].event.message;
	pd_store_end(s);
	set_entry_deleted(desk, number, zebra, true);
	set_entry_deleted(desk, number, giraffe, true);
	set_entry_deleted(desk, number, giraffe, false);
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW, &count, &error), 0);
	assert_int_equal(count, 0);
	assert_int_equal(count_found(desk, "zebra"), 1);
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW + 1, &count, &error), 0);
	assert_int_equal(count, 1);
	assert_int_equal(count_found(desk, "zebra"), 0);
	assert_int_equal(count_found(desk, "giraffe"), 1);
	s = begin(desk);
	const struct pd_entry *gone = s->entry(s, desk->arena, zebra), *kept = s->entry(s, desk->arena, giraffe);
	assert_int_equal(gone->event.kind, PD_EVENT_MESSAGE);
	assert_null(gone->message);
	assert_string_equal(kept->message->text, "the public giraffe");
	pd_store_end(s);
	struct pd_raw *raw = NULL;
	assert_int_equal(pd_store_raw(desk->store, message, &raw, &error), PD_PERMANENT);
	assert_int_equal(pd_store_purge(desk->store, TEST_NOW + 1, &count, &error), 0);
	assert_int_equal(count, 0);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(desk->store, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
}

static void test_config_of_events(struct desk *desk)
{
	char hash[65];
	struct pd_error error = {0};
	assert_int_equal(pd_store_keep_text(desk->store, "settings", "[postdesk]\n", hash, &error), 0);
	assert_int_equal(strlen(hash), 64);
	pd_store_set_config(desk->store, hash);
	int64_t number = deliver(desk, hello);
	struct pd_snapshot *s = begin(desk);
	assert_string_equal(s->config, hash);
	assert_string_equal(s->timeline(s, desk->arena, number, 0).items[0].event.config, hash);
	pd_store_end(s);
}

static void test_configurations_in_force(struct desk *desk)
{
	char one[65], two[65], *found = NULL;
	struct pd_error error = {0};
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_int_equal(pd_store_config_at(desk->store, arena, INT64_MAX, &found, &error), 0);
	assert_null(found);
	assert_int_equal(pd_store_keep_text(desk->store, "settings", "first", one, &error), 0);
	assert_int_equal(pd_store_keep_text(desk->store, "settings", "second", two, &error), 0);
	assert_int_equal(pd_store_enforce(desk->store, one, TEST_NOW, &error), 0);
	assert_int_equal(pd_store_enforce(desk->store, one, TEST_NOW + 1000, &error), 0);
	assert_int_equal(pd_store_enforce(desk->store, two, TEST_NOW + 2000, &error), 0);
	assert_int_equal(pd_store_enforce(desk->store, one, TEST_NOW + 2000, &error), 0);
	const struct {
		pd_time at;
		const char *want;
	} tests[] = {{TEST_NOW - 1, NULL},
		     {TEST_NOW, one},
		     {TEST_NOW + 1999, one},
		     {TEST_NOW + 2000, one},
		     {INT64_MAX, one}};
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		found = NULL;
		assert_int_equal(pd_store_config_at(desk->store, arena, tests[i].at, &found, &error), 0);
		assert_true(pd_equal(found, tests[i].want));
	}
	assert_int_equal(pd_store_text(desk->store, arena, two, &found, &error), 0);
	assert_string_equal(found, "second");
	assert_int_equal(pd_store_text(desk->store, arena, "none", &found, &error), 0);
	assert_null(found);
	struct pd_strings all = {0};
	assert_int_equal(pd_store_keep_text(desk->store, "calendar", "third", two, &error), 0);
	assert_int_equal(pd_store_texts(desk->store, arena, "settings", &all, &error), 0);
	assert_int_equal(all.count, 2);
	assert_true(pd_strings_has(&all, "first") && pd_strings_has(&all, "second"));
	assert_int_equal(pd_store_texts(desk->store, arena, "none", &all, &error), 0);
	assert_int_equal(all.count, 0);
}

/* A ticket of that number gets that agenda, with a change of its own or without. */
static void give_agenda(struct desk *desk, int64_t number, struct pd_agenda agenda, bool has_change)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "postdesk");
	struct pd_ticket *ticket = pd_plan_ticket(&c, number);
	if (has_change) {
		static int count;
		pd_plan_set(&c, ticket, "name", pd_printf(desk->arena, "Name %d", ++count), NULL);
		c.plan->tickets.items[0].agenda = agenda;
	} else {
		*pd_list_add(desk->arena, &c.plan->agendas) = (struct pd_planned_agenda){number, agenda};
	}
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
}

static char *wakes_of(struct desk *desk, pd_time until, size_t limit)
{
	PD_AUTO_BUF text = {0};
	struct pd_snapshot *s = begin(desk);
	struct pd_wakes wakes = s->wakes(s, desk->arena, until, limit);
	for (size_t i = 0; i < wakes.count; i++)
		pd_buf_addf(&text, "%lld@%lld ", (long long)wakes.items[i].ticket,
			    (long long)(wakes.items[i].at - TEST_NOW));
	assert_int_equal(s->failed, 0);
	pd_store_end(s);
	return pd_buf_string(desk->arena, &text);
}

static struct pd_agenda at(pd_time ahead)
{
	return (struct pd_agenda){.next = TEST_NOW + ahead};
}

static void test_agendas(struct desk *desk)
{
	struct pd_error error = {0};
	int64_t tickets[3];
	pd_time next = 0;
	for (int i = 0; i < 3; i++)
		tickets[i] = deliver(desk, (struct test_mail){.message_id = pd_printf(desk->arena, "%d@example.org", i),
							      .from = "a@example.org",
							      .subject = "x",
							      .text = "y"});
	assert_int_equal(pd_store_next_wake(desk->store, &next, &error), 0);
	assert_true(next == INT64_MAX);
	/* Nothing is next: a wait lasts. */
	int64_t start = pd_monotonic();
	pd_store_wait_wake(desk->store, start + 20);
	assert_true(pd_monotonic() >= start + 20);
	give_agenda(desk, tickets[0], at(300), true);
	give_agenda(desk, tickets[1], at(100), true);
	give_agenda(desk, tickets[2], at(200), false);
	assert_string_equal(wakes_of(desk, TEST_NOW + 200, 10), "2@100 3@200 ");
	assert_string_equal(wakes_of(desk, TEST_NOW + 1000, 2), "2@100 3@200 ");
	assert_string_equal(wakes_of(desk, TEST_NOW + 99, 10), "");
	/* The commits told of it: now is later than all of them. */
	pd_store_wait_wake(desk->store, pd_monotonic() + 10000);
	assert_int_equal(pd_store_next_wake(desk->store, &next, &error), 0);
	assert_true(next == TEST_NOW + 100);
	give_agenda(desk, tickets[1], (struct pd_agenda){0}, true);
	give_agenda(desk, tickets[2], at(400), false);
	assert_string_equal(wakes_of(desk, TEST_NOW + 1000, 10), "1@300 3@400 ");
	assert_int_equal(pd_store_next_wake(desk->store, &next, &error), 0);
	assert_true(next == TEST_NOW + 300);
}

static struct pd_agenda reckon(void *data, struct pd_snapshot *snapshot, struct pd_arena *arena, struct pd_ticket *ticket)
{
	(void)snapshot;
	(void)arena;
	++*(int *)data;
	return ticket->number == 2 ? (struct pd_agenda){0} : at(ticket->number);
}

static void test_retiming(struct desk *desk)
{
	struct pd_error error = {0};
	int asked = 0;
	int64_t count = 0;
	for (int i = 0; i < 3; i++)
		deliver(desk, (struct test_mail){.message_id = pd_printf(desk->arena, "%d@example.org", i),
						 .from = "a@example.org",
						 .subject = "x",
						 .text = "y"});
	give_agenda(desk, 2, at(100), true);
	give_agenda(desk, 3, at(3), true);
	struct pd_retime retime = {.config = "one", .reckon = reckon, .data = &asked};
	assert_int_equal(pd_store_retime(desk->store, &retime, &count, &error), 0);
	assert_int_equal(count, 2); /* 3 has that time already */
	assert_int_equal(asked, 3);
	assert_string_equal(wakes_of(desk, TEST_NOW + 1000, 10), "1@1 3@3 ");
	/* Once for each configuration. */
	assert_int_equal(pd_store_retime(desk->store, &retime, &count, &error), 0);
	assert_int_equal(asked, 3);
	retime.config = "two";
	assert_int_equal(pd_store_retime(desk->store, &retime, &count, &error), 0);
	assert_int_equal(count, 0);
	assert_true(asked > 3);
}

/* An expired mark goes when there is nothing else to do; one that does not expire stays. */
static void test_expired_marks_go(struct desk *desk)
{
	if (desk->state[0] == '\0')
		return; /* in memory nothing lives long enough */
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "postdesk");
	pd_plan_mark(&c, "short", 1, 1000);
	pd_plan_mark(&c, "long", 2, 0);
	pd_plan_mark(&c, "later", 3, INT64_MAX);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
	int64_t deadline = pd_monotonic() + 20000;
	for (bool is_there = true; is_there;) {
		assert_true(pd_monotonic() < deadline);
		/* Any commit wakes the writer; then it has nothing to do. */
		assert_int_equal(pd_store_take_over_leases(desk->store, TEST_NOW, &error), 0);
		pd_store_wait_due(desk->store, pd_monotonic() + 300);
		struct pd_snapshot *s = begin(desk);
		is_there = s->mark(s, "short").exists;
		assert_int_equal(s->mark(s, "long").value, 2);
		assert_int_equal(s->mark(s, "later").value, 3);
		pd_store_end(s);
	}
}

static void set_record(struct desk *desk, int64_t number, const char *name, const char *value, bool is_changed)
{
	struct pd_error error = {0};
	struct pd_commit commit = {.snapshot = begin(desk), .now = TEST_NOW};
	struct pd_context c =
		pd_context_new(desk->arena, desk->settings, commit.snapshot, TEST_NOW, "agent:anna");
	struct pd_event *event =
		pd_plan_set_record(&c, pd_plan_ticket(&c, number), "view", name, value, "command #view");
	assert_int_equal(event != NULL, is_changed);
	commit.plan = c.plan;
	assert_int_equal(pd_store_commit(desk->store, &commit, &error), 0);
	pd_store_end(commit.snapshot);
}

/* A record is what its newest event says, and each snapshot has its own. */
/* Keys of agents: one agent has a key, a renewed or removed one stays as a row that says so. */
static void test_keys(struct desk *desk)
{
	struct pd_error error = {0};
	enum pd_key_added added;
	struct pd_agent_keys keys;
	struct pd_agent_key key = {
		.key = {.kind = PD_SIGNED_SMIME, .fingerprint = "AB12", .name = "Anna", .created = 5, .expires = 9, .data = {"a\0b", 3}},
		.agent = "anna",
		.added = TEST_NOW,
		.added_by = "administrator"};
	assert_int_equal(pd_store_key_add(desk->store, &key, &added, &error), 0);
	assert_int_equal(added, PD_KEY_NEW);
	assert_int_equal(pd_store_key_add(desk->store, &key, &added, &error), 0);
	assert_int_equal(added, PD_KEY_THERE);
	struct pd_agent_key other = key;
	other.agent = "bob";
	assert_int_equal(pd_store_key_add(desk->store, &other, &added, &error), PD_PERMANENT);
	assert_string_equal(error.text, "the key AB12 is registered for anna");
	assert_int_equal(pd_store_keys(desk->store, desk->arena, "anna", false, &keys, &error), 0);
	assert_int_equal(keys.count, 1);
	assert_int_equal(keys.items[0].key.kind, PD_SIGNED_SMIME);
	assert_string_equal(keys.items[0].key.fingerprint, "AB12");
	assert_string_equal(keys.items[0].key.name, "Anna");
	assert_int_equal(keys.items[0].key.created, 5);
	assert_int_equal(keys.items[0].key.expires, 9);
	assert_int_equal(keys.items[0].key.data.len, 3);
	assert_memory_equal(keys.items[0].key.data.data, "a\0b", 3);
	assert_int_equal(keys.items[0].added, TEST_NOW);
	assert_string_equal(keys.items[0].added_by, "administrator");
	assert_int_equal(keys.items[0].removed, 0);
	assert_null(keys.items[0].removed_by);
	assert_int_equal(pd_store_keys(desk->store, desk->arena, "bob", true, &keys, &error), 0);
	assert_int_equal(keys.count, 0);

	key.key.data = (struct pd_bytes){"cd", 2};
	assert_int_equal(pd_store_key_add(desk->store, &key, &added, &error), 0);
	assert_int_equal(added, PD_KEY_RENEWED);
	assert_int_equal(pd_store_keys(desk->store, desk->arena, NULL, false, &keys, &error), 0);
	assert_int_equal(keys.count, 1);
	assert_memory_equal(keys.items[0].key.data.data, "cd", 2);

	assert_int_equal(pd_store_key_remove(desk->store, "AB", TEST_NOW, "agent:carol", &error), PD_PERMANENT);
	assert_int_equal(pd_store_key_remove(desk->store, "AB12", TEST_NOW + 1, "agent:carol", &error), 0);
	assert_int_equal(pd_store_key_remove(desk->store, "AB12", TEST_NOW + 2, "agent:carol", &error), PD_PERMANENT);
	assert_int_equal(pd_store_keys(desk->store, desk->arena, NULL, false, &keys, &error), 0);
	assert_int_equal(keys.count, 0);
	assert_int_equal(pd_store_keys(desk->store, desk->arena, NULL, true, &keys, &error), 0);
	assert_int_equal(keys.count, 2);
	size_t by_carol = 0;
	for (size_t i = 0; i < keys.count; i++) {
		assert_int_not_equal(keys.items[i].removed, 0);
		by_carol += pd_equal(keys.items[i].removed_by, "agent:carol");
	}
	assert_int_equal(by_carol, 1);
	/* Free for another. */
	assert_int_equal(pd_store_key_add(desk->store, &other, &added, &error), 0);
	assert_int_equal(added, PD_KEY_NEW);
}

static void test_records(struct desk *desk)
{
	int64_t number = deliver(desk, hello);
	struct pd_snapshot *before = begin(desk);
	assert_null(before->record(before, desk->arena, "view", "hot"));
	set_record(desk, number, "hot", "priority:urgent", true);
	set_record(desk, number, "🔥 b", "is:open", true);
	set_record(desk, number, "a", "is:closed", true);
	set_record(desk, number, "hot", "priority:high", true);
	set_record(desk, number, "hot", "priority:high", false);
	set_record(desk, number, "a", NULL, true);
	set_record(desk, number, "none", NULL, false);
	struct pd_snapshot *s = begin(desk);
	assert_null(before->record(before, desk->arena, "view", "hot"));
	assert_string_equal(s->record(s, desk->arena, "view", "hot"), "priority:high");
	assert_null(s->record(s, desk->arena, "view", "a"));
	assert_null(s->record(s, desk->arena, "vie", "hot"));
	struct pd_records records = s->records(s, desk->arena, "view");
	assert_int_equal(records.count, 2);
	assert_string_equal(records.items[0].name, "hot");
	assert_string_equal(records.items[0].value, "priority:high");
	assert_string_equal(records.items[1].name, "🔥 b");
	assert_int_equal(s->records(s, desk->arena, "vie").count, 0);
	assert_int_equal(s->ticket(s, desk->arena, number)->properties.count, 0);
	pd_store_end(before);
	pd_store_end(s);
	struct pd_strings wrong = {0};
	struct pd_error error = {0};
	assert_int_equal(pd_store_verify(desk->store, desk->arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
}

struct many {
	struct desk *desk;
	int index;
};

static void *deliver_many(void *data)
{
	struct many *many = data;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int i = 0; i < 50; i++) {
		struct test_delivery delivery = {
			.arena = arena,
			.settings = many->desk->settings,
			.mail = {.message_id = pd_printf(arena, "%d@example.org",
							 i / 2 * 4 + (i % 2 != 0 ? many->index : 0)),
				 .from = pd_printf(arena, "%d@example.org", i),
				 .subject = "s",
				 .text = "t"},
			.now = TEST_NOW};
		struct pd_error error = {0};
		if (test_deliver(many->desk->store, &delivery, &error) != 0)
			return "failed";
	}
	return NULL;
}

/* Four at once, each mail with an even number from all four: every mail acts once (invariant 2). */
static void test_many_at_once(struct desk *desk)
{
	pthread_t threads[4];
	struct many many[4];
	for (int i = 0; i < 4; i++) {
		many[i] = (struct many){desk, i};
		assert_int_equal(pthread_create(&threads[i], NULL, deliver_many, &many[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		void *result;
		pthread_join(threads[i], &result);
		assert_null(result);
	}
	struct pd_store_stats stats;
	struct pd_error error = {0};
	assert_int_equal(pd_store_stats(desk->store, &stats, &error), 0);
	assert_int_equal(stats.tickets, 25 + 25 * 3);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	assert_int_equal(pd_store_verify(desk->store, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("%s", wrong.items[0]);
}

static const struct {
	const char *name;
	void (*run)(struct desk *);
} suite[] = {
	{"a mail makes a ticket", test_new_ticket},
	{"look-ups", test_look_ups},
	{"a snapshot is an instant", test_snapshot_is_an_instant},
	{"changed readings are decided anew", test_changed_readings_are_decided_anew},
	{"a row is decided in order", test_a_row_is_decided_in_order},
	{"each reading counts", test_each_reading_counts},
	{"without a new decision it fails", test_without_a_new_decision_it_fails},
	{"a bad plan is refused alone", test_a_bad_plan_is_refused_alone},
	{"texts", test_texts},
	{"raw bytes", test_raw_bytes},
	{"outbox", test_outbox},
	{"lines of chats", test_lines},
	{"outbox order", test_outbox_order},
	{"a letter that waits is stopped", test_outbox_stopped},
	{"waiting for what is due", test_wait_due},
	{"drafts", test_drafts},
	{"time travel", test_time_travel},
	{"replay", test_replay},
	{"search", test_search},
	{"search takes anything", test_search_takes_anything},
	{"order of listings", test_list_order},
	{"purge", test_purge},
	{"purge of what is shared", test_purge_of_shared},
	{"purge of entries", test_purge_of_entries},
	{"configuration of events", test_config_of_events},
	{"keys of agents", test_keys},
	{"configurations in force", test_configurations_in_force},
	{"agendas", test_agendas},
	{"retiming", test_retiming},
	{"expired marks go", test_expired_marks_go},
	{"records", test_records},
	{"many at once", test_many_at_once},
};

static void run_one(void **state)
{
	const size_t index = (size_t)*state;
	struct desk desk;
	open_desk(&desk, index % 2 != 0);
	suite[index / 2].run(&desk);
	close_desk(&desk);
}

int main(void)
{
	enum { TESTS = 2 * sizeof suite / sizeof *suite };
	static struct CMUnitTest tests[TESTS];
	static char names[TESTS][64];
	for (size_t i = 0; i < TESTS; i++) {
		snprintf(names[i], sizeof names[i], "%s: %s", i % 2 != 0 ? "memory" : "SQLite",
			 suite[i / 2].name);
		tests[i] = (struct CMUnitTest){
			.name = names[i], .test_func = run_one, .initial_state = (void *)i};
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

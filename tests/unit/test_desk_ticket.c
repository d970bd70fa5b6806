/* Tests of the fold, of events as text, and of subjects. */
#include "check.h"

#include <string.h>

#include "base/text.h"
#include "desk/ticket.h"

/* --- subjects --- */

static void base_subjects(void **state)
{
	static const struct {
		const char *name, *input, *want;
		bool is_reply;
	} rows[] = {
		{"plain", "Printer on fire", "printer on fire", false},
		{"empty", "", "", false},
		{"blanks", "  Printer \t on   fire ", "printer on fire", false},
		{"re", "Re: Printer", "printer", true},
		{"re twice", "RE: re: Printer", "printer", true},
		{"re with counter", "Re[2]: Printer", "printer", true},
		{"re with counter and blank", "RE (3) : Printer", "printer", true},
		{"re with caret", "Re^4: Printer", "printer", true},
		{"no colon", "Re Printer", "re printer", false},
		{"word that begins so", "Report: Printer", "report: printer", false},
		{"forward", "Fwd: Printer", "printer", false},
		{"forward of a reply", "Fwd: Re: Printer", "printer", true},
		{"trailing fwd", "Printer (fwd) (fwd)", "printer", false},
		{"wrapped", "[Fwd: Re: Printer]", "printer", true},
		{"list tag", "[staff] Re: [staff] Printer", "printer", true},
		{"blob alone stays", "[Printer]", "[printer]", false},
		{"our tag", "Re: Printer [#12]", "printer", true},
		{"our tag in front", "[#12] Re: Printer", "printer", true},
		{"our tag between", "Re: Printer [#12] on fire", "printer on fire", true},
		{"no tag of ours", "Printer [#12a]", "printer [#12a]", false},
		{"German", "AW: Drucker", "drucker", true},
		{"German forward", "WG: Drucker", "drucker", false},
		{"Dutch", "Antw: Printer", "printer", true},
		{"Swedish", "SV: Skrivare", "skrivare", true},
		{"Swedish forward", "VB: Skrivare", "skrivare", false},
		{"Finnish", "VS: Tulostin", "tulostin", true},
		{"Finnish forward", "VL: Tulostin", "tulostin", false},
		{"Polish", "Odp: Drukarka", "drukarka", true},
		{"Polish forward", "PD: Drukarka", "drukarka", false},
		{"French", "Réf : Imprimante", "imprimante", true},
		{"French decomposed", "Re\u0301f: Imprimante", "imprimante", true},
		{"French forward", "TR : Imprimante", "imprimante", false},
		{"Italian", "R: Stampante", "stampante", true},
		{"Italian reference", "RIF: Stampante", "stampante", true},
		{"Italian forward", "I: Stampante", "stampante", false},
		{"Turkish", "YNT: Yazıcı", "yazıcı", true},
		{"Turkish forward", "İLT: Yazıcı", "yazıcı", false},
		{"Hungarian", "Vá: Nyomtató", "nyomtató", true},
		{"Greek", "ΑΠ: Εκτυπωτής", "εκτυπωτήσ", true},
		{"Greek forward", "ΠΡΘ: Εκτυπωτής", "εκτυπωτήσ", false},
		{"Russian", "Отв: Принтер", "принтер", true},
		{"Chinese", "回复: 打印机", "打印机", true},
		{"Chinese, full-width colon", "答复：打印机", "打印机", true},
		{"Chinese forward", "转发：打印机", "打印机", false},
		{"Japanese", "返信: プリンタ", "プリンタ", true},
		{"Korean", "답장: 프린터", "프린터", true},
		{"Hebrew", "השב: מדפסת", "מדפסת", true},
		{"Arabic", "رد: طابعة", "طابعة", true},
		{"Vietnamese", "Trả lời: Máy in", "máy in", true},
		{"Spanish forward", "RV: Impresora", "impresora", false},
		{"Portuguese", "RES: Impressora", "impressora", true},
		{"Dutch forward", "Doorst: Printer", "printer", false},
		{"mixed languages", "Re: AW: SV: Odp: Printer", "printer", true},
		{"only prefixes", "Re: Fwd:", "", true},
		{"full-width letters", "ＲＥ： Printer", "printer", true},
		{"invalid bytes", "Re: \xff\xfe x", "\ufffd\ufffd x", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		bool is_reply = !rows[i].is_reply;
		CHECK_ROW_STRING(rows[i].name, pd_base_subject(arena, rows[i].input, &is_reply),
				 rows[i].want);
		CHECK_ROW(rows[i].name, is_reply == rows[i].is_reply);
	}
}

static void tags(void **state)
{
	static const struct {
		const char *name, *input;
		int64_t want;
	} rows[] = {
		{"at the end", "Printer [#12]", 12},
		{"none", "Printer", 0},
		{"number alone", "Printer #12", 0},
		{"letters", "Printer [#12a]", 0},
		{"empty", "Printer [#]", 0},
		{"the last counts", "[#3] Printer [#12]", 12},
		{"too long", "[#99999999999999999999]", 0},
		{"zero", "[#0]", 0},
		{"no subject", NULL, 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i].name, pd_subject_tag(rows[i].input) == rows[i].want);
}

/* --- events as text --- */

static void changes_text(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_event event = {0}, read = {0};
	*pd_list_add(arena, &event.changes) = (struct pd_change){"status", "new:New", "open:Open"};
	*pd_list_add(arena, &event.changes) = (struct pd_change){"owner", NULL, "an\"na\\\n\x01"};
	*pd_list_add(arena, &event.changes) = (struct pd_change){"name", "ä€🔥", NULL};
	const char *text = pd_changes_text(arena, &event);
	assert_string_equal(
		text,
		"[[\"status\",\"new:New\",\"open:Open\"],[\"owner\",null,\"an\\\"na\\\\\\u000a\\u0001\"],"
		"[\"name\",\"ä€🔥\",null]]");
	assert_true(pd_changes_parse(arena, text, &read));
	assert_int_equal(read.changes.count, event.changes.count);
	for (size_t i = 0; i < read.changes.count; i++) {
		CHECK_ROW_STRING("property", read.changes.items[i].property, event.changes.items[i].property);
		CHECK_ROW_STRING("from", read.changes.items[i].from, event.changes.items[i].from);
		CHECK_ROW_STRING("to", read.changes.items[i].to, event.changes.items[i].to);
	}
	struct pd_event none = {0};
	assert_string_equal(pd_changes_text(arena, &none), "[]");
	assert_true(pd_changes_parse(arena, " [ ] ", &read));
	assert_int_equal(read.changes.count, 0);
	assert_true(pd_changes_parse(arena, "[[\"a\",\"\\u20ac\\ud83d\\udd25\\/\\t\",null]]", &read));
	assert_string_equal(read.changes.items[0].from, "€🔥/\t");
}

static void changes_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"[",
		"[]]",
		"[[]]",
		"[[\"a\"]]",
		"[[\"a\",1,2]]",
		"[[null,null,null]]",
		"[[\"a\",null,null]",
		"[[\"a\",null,\"x]]",
		"[[\"a\",null,\"\\x\"]]",
		"[[\"a\",null,\"\\u12\"]]",
		"[[\"a\",null,\"\\",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_event event = {.id = 5};
		*pd_list_add(arena, &event.changes) = (struct pd_change){"kept", NULL, "yes"};
		CHECK_ROW(rows[i], !pd_changes_parse(arena, rows[i], &event));
		CHECK_ROW(rows[i], event.changes.count == 1);
	}
}

static void kinds(void **state)
{
	(void)state;
	for (int kind = 0; kind < PD_EVENT_KINDS; kind++) {
		enum pd_event_kind read;
		assert_true(pd_event_kind_parse(pd_event_kind_name((enum pd_event_kind)kind), &read));
		assert_int_equal(read, kind);
	}
	enum pd_event_kind untouched = PD_EVENT_UNDO;
	assert_false(pd_event_kind_parse("nonsense", &untouched));
	assert_int_equal(untouched, PD_EVENT_UNDO);
}

/* --- the fold --- */

static void apply(struct pd_arena *arena, struct pd_ticket *ticket, enum pd_event_kind kind,
		  const char *actor, pd_time at, const struct pd_change *changes, size_t count)
{
	struct pd_event event = {.id = 100 + ticket->version + 1,
				 .ticket = 12,
				 .version = ticket->version + 1,
				 .at = at,
				 .actor = actor,
				 .kind = kind,
				 .message = 7,
				 .conversation = 3};
	for (size_t i = 0; i < count; i++)
		*pd_list_add(arena, &event.changes) = changes[i];
	assert_true(pd_ticket_apply(arena, ticket, &event));
}

static struct pd_ticket *sample(struct pd_arena *arena)
{
	static const struct pd_change first[] = {
		{"name", NULL, "Printer"},	  {"mailbox", NULL, "support"},
		{"pipeline", NULL, "support"},	  {"status", NULL, "new:New"},
		{"priority", NULL, "normal"},	  {"conversation", NULL, "support"},
		{"subject", NULL, "Re: Printer"}, {"contact", NULL, "4"},
		{"device", NULL, "laptop"},	  {"participant", NULL, "Jo <jo@customer.example>"},
	};
	struct pd_ticket *ticket = PD_NEW(arena, struct pd_ticket);
	apply(arena, ticket, PD_EVENT_CREATED, "contact:jo@customer.example", 1000, first, COUNT(first));
	apply(arena, ticket, PD_EVENT_MESSAGE, "contact:jo@customer.example", 1000, NULL, 0);
	return ticket;
}

static void folds(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_ticket *ticket = sample(arena);
	assert_int_equal(ticket->number, 12);
	assert_int_equal(ticket->version, 2);
	assert_string_equal(ticket->name, "Printer");
	assert_string_equal(ticket->description, "");
	assert_string_equal(pd_ticket_get(arena, ticket, "status"), "new:New");
	assert_string_equal(pd_ticket_get(arena, ticket, "device"), "laptop");
	assert_null(pd_ticket_get(arena, ticket, "owner"));
	assert_int_equal(ticket->messages, 1);
	assert_int_equal(ticket->last_in_event, 102);
	assert_int_equal(ticket->first_in_message, 7);
	assert_int_equal(ticket->last_out_event, 0);
	assert_int_equal(ticket->contacts.items[0], 4);
	assert_string_equal(pd_ticket_conversation(ticket, 3)->base_subject, "printer");
	assert_true(pd_ticket_has_participant(ticket, "JO@customer.example"));
	assert_string_equal(ticket->conversations.items[0].participants.items[0].address.name, "Jo");

	const struct pd_change closed = {"status", "new:New", "closed:Closed"};
	apply(arena, ticket, PD_EVENT_SET, "agent:anna", 5000, &closed, 1);
	assert_int_equal(ticket->closed, 5000);
	assert_int_equal(ticket->updated, 5000);
	const struct pd_change open = {"status", "closed:Closed", "open:Open"};
	apply(arena, ticket, PD_EVENT_SET, "agent:anna", 4000, &open, 1);
	assert_int_equal(ticket->closed, 0);
	assert_int_equal(ticket->updated, 5000); /* an import's older times do not turn it back */

	apply(arena, ticket, PD_EVENT_MESSAGE, "postdesk", 6000, NULL, 0);
	assert_int_equal(ticket->last_out_event, 0); /* an acknowledgement is no answer */
	assert_false(ticket->has_sent);
	apply(arena, ticket, PD_EVENT_MESSAGE, "agent:anna", 6000, NULL, 0);
	assert_int_equal(ticket->last_out_event, 106);
	assert_true(ticket->has_sent);
	const struct pd_change in = {"direction", NULL, "in"};
	apply(arena, ticket, PD_EVENT_MESSAGE, "agent:anna", 6000, &in, 1);
	assert_int_equal(ticket->last_in_event, 107); /* what it forwarded came in */
	assert_int_equal(ticket->messages, 4);
	apply(arena, ticket, PD_EVENT_COMMENT, "agent:bob", 6000, NULL, 0);
	assert_int_equal(ticket->last_comment_event, 108);
	assert_int_equal(ticket->messages, 4);
}

static void many_values(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_ticket *ticket = sample(arena);
	static const struct pd_change add[] = {
		{"follower", NULL, "anna"},
		{"follower", NULL, "bob"},
		{"follower", NULL, "anna"},
		{"contact", NULL, "5"},
		{"entry_deleted", NULL, "102"},
		{"mailbox_also", NULL, "sales"},
		{"participant", NULL, "<x@y.example>"},
		{"participant", NULL, "JO@customer.example"},
	};
	apply(arena, ticket, PD_EVENT_SET, "agent:anna", 2000, add, COUNT(add));
	assert_int_equal(ticket->followers.count, 2);
	assert_int_equal(ticket->contacts.count, 2);
	assert_true(pd_ticket_entry_deleted(ticket, 102));
	assert_int_equal(ticket->conversations.items[0].participants.count, 2);
	struct pd_ticket *copy = pd_ticket_copy(arena, ticket);
	static const struct pd_change take[] = {
		{"follower", "anna", NULL},	{"contact", "4", "9"},
		{"entry_deleted", "102", NULL}, {"participant", "Somebody <X@Y.example>", NULL},
		{"device", "laptop", NULL},	{"floor", NULL, "3"},
	};
	apply(arena, copy, PD_EVENT_SET, "agent:anna", 2000, take, COUNT(take));
	assert_int_equal(copy->followers.count, 1);
	assert_string_equal(copy->followers.items[0], "bob");
	assert_int_equal(copy->contacts.items[0], 9); /* in the other's place */
	assert_int_equal(copy->contacts.items[1], 5);
	assert_false(pd_ticket_entry_deleted(copy, 102));
	assert_int_equal(copy->conversations.items[0].participants.count, 1);
	assert_null(pd_ticket_get(arena, copy, "device"));
	assert_string_equal(pd_ticket_get(arena, copy, "floor"), "3");
	/* The original is as it was. */
	assert_int_equal(ticket->followers.count, 2);
	assert_int_equal(ticket->contacts.items[0], 4);
	assert_true(pd_ticket_entry_deleted(ticket, 102));
	assert_int_equal(ticket->conversations.items[0].participants.count, 2);
	assert_string_equal(pd_ticket_get(arena, ticket, "device"), "laptop");
}

static void gaps(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_ticket *ticket = sample(arena);
	static const int64_t versions[] = {0, 1, 2, 4, 99};
	for (size_t i = 0; i < COUNT(versions); i++) {
		struct pd_event event = {.ticket = 12, .version = versions[i], .kind = PD_EVENT_SET};
		*pd_list_add(arena, &event.changes) = (struct pd_change){"name", NULL, "other"};
		assert_false(pd_ticket_apply(arena, ticket, &event));
		assert_string_equal(ticket->name, "Printer");
		assert_int_equal(ticket->version, 2);
	}
}

static void participants(void **state)
{
	static const struct {
		const char *input, *name, *addr;
	} rows[] = {
		{"Jo Doe <jo@x.example>", "Jo Doe", "jo@x.example"},
		{"<jo@x.example>", "", "jo@x.example"},
		{"jo@x.example", "", "jo@x.example"},
		{" a <b> c <jo@x.example> ", "a <b> c", "jo@x.example"},
		{"open <jo@x.example", "open", "jo@x.example"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_address address = pd_participant_parse(arena, rows[i].input);
		CHECK_ROW_STRING(rows[i].input, address.name, rows[i].name);
		CHECK_ROW_STRING(rows[i].input, address.addr, rows[i].addr);
		struct pd_address again = pd_participant_parse(arena, pd_participant_value(arena, &address));
		CHECK_ROW_STRING(rows[i].input, again.name, rows[i].name);
		CHECK_ROW_STRING(rows[i].input, again.addr, rows[i].addr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_subjects),   cmocka_unit_test(tags),  cmocka_unit_test(changes_text),
		cmocka_unit_test(changes_refused), cmocka_unit_test(kinds), cmocka_unit_test(folds),
		cmocka_unit_test(many_values),	   cmocka_unit_test(gaps),  cmocka_unit_test(participants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

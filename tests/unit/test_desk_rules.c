/* Tests of routing and of rules: who gets a new ticket, in what order, who is passed over; what sets a rule off, what it
 * does, what it never does. */
#include "check.h"
#include "small_desk.h"

#include <string.h>

#include "base/text.h"
#include "desk/facts.h"
#include "desk/route.h"
#include "desk/rule.h"
#include "desk/schedule.h"

static struct small_desk *desk;

static int drop(void **state)
{
	(void)state;
	struct pd_calendars *calendars = (struct pd_calendars *)(uintptr_t)desk->settings->calendars;
	small_desk_free(desk);
	pd_calendars_unref(calendars);
	return 0;
}

static int counter;

/* A customer's mail; the ticket. */
static int64_t write_mail(const char *from, const char *to, const char *subject, const char *text)
{
	return small_deliver(desk, (struct small_mail){.from = from,
						       .to = to,
						       .subject = subject,
						       .text = text,
						       .id = pd_printf(desk->arena, "%d@customer.example", ++counter)})
		->ticket;
}

static const char *owner_of_new(const char *from, const char *subject)
{
	int64_t number = write_mail(from, "support@example.com", subject, "Help.");
	const char *owner = small_ticket(desk, number)->owner;
	return owner != NULL ? owner : "-";
}

/* --- routes --- */

#define ROUTES                                                                                                         \
	"[route vip]\nwhen = from:*@big.example\nassign = bob\npriority = high\n"                                      \
	"[route words]\nwhen = invoice\nteam = sales\nassign = round-robin\n"                                          \
	"[route rest]\nassign = round-robin\nreroute = yes\n"

static int with_routes(void **state)
{
	(void)state;
	desk = small_desk_new(ROUTES);
	return 0;
}

static void away(const char *agent)
{
	struct pd_plan *plan = small_do(desk, pd_printf(desk->arena, "agent:%s", agent), 0, "away");
	assert_false(plan->is_refused);
}

static const char *why_of(int64_t number)
{
	const char *why = NULL;
	for (size_t i = 0; i < desk->fake->events.count; i++)
		if (desk->fake->events.items[i]->ticket == number && desk->fake->events.items[i]->kind == PD_EVENT_SET)
			why = desk->fake->events.items[i]->why;
	return why != NULL ? why : "";
}

static void first_route_that_holds(void **state)
{
	(void)state;
	int64_t vip = write_mail("Ceo <ceo@big.example>", "support@example.com", "invoice", "Hello.");
	assert_string_equal(small_ticket(desk, vip)->owner, "bob");
	assert_string_equal(small_ticket(desk, vip)->priority, "high");
	assert_string_equal(small_ticket(desk, vip)->team, "support");
	assert_string_equal(why_of(vip), "route vip");
	int64_t invoice = write_mail("Jo <jo@small.example>", "support@example.com", "Question", "About an invoice.");
	assert_string_equal(small_ticket(desk, invoice)->team, "sales");
	assert_string_equal(small_ticket(desk, invoice)->owner, "carol");
	assert_string_equal(why_of(invoice), "route words, round-robin");
}

static void round_robin(void **state)
{
	(void)state;
	static const char *const want[] = {"anna", "bob", "anna", "bob"};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		CHECK_ROW_STRING(want[i], owner_of_new(pd_printf(desk->arena, "j%zu@small.example", i), "x"), want[i]);
	away("anna");
	CHECK_ROW_STRING("anna is away", owner_of_new("a@small.example", "x"), "bob");
	CHECK_ROW_STRING("still", owner_of_new("b@small.example", "x"), "bob");
}

/* Nobody is there: it waits for its team, which alone sees it so, until somebody takes it. */
static void everybody_away(void **state)
{
	(void)state;
	away("anna");
	away("bob");
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "jo@small.example", .subject = "x", .text = "y"});
	assert_null(small_ticket(desk, plan->ticket)->owner);
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 2); /* an unowned ticket's team */
	assert_true(pd_ticket_is_unrouted(small_ticket(desk, plan->ticket)));
	struct pd_context context = small_context(desk, "agent:anna");
	struct pd_query *query;
	assert_int_equal(pd_query_parse(desk->arena, desk->settings, "team:me is:unrouted", "anna", desk->now, &query, NULL), 0);
	assert_int_equal(context.desk->list(context.desk, desk->arena, query, "number", 10, 0).count, 1);
	assert_int_equal(pd_query_parse(desk->arena, desk->settings, "team:me is:unrouted", "carol", desk->now, &query, NULL), 0);
	assert_int_equal(context.desk->list(context.desk, desk->arena, query, "number", 10, 0).count, 0);
	small_do(desk, "agent:bob", plan->ticket, "take");
	assert_false(pd_ticket_is_unrouted(small_ticket(desk, plan->ticket)));
	small_do(desk, "agent:bob", plan->ticket, "undo");
	assert_true(pd_ticket_is_unrouted(small_ticket(desk, plan->ticket)));
}

/* The owner alone is told, once; a colleague's later mail goes to somebody who is there. */
static void owner_is_told_and_replaced(void **state)
{
	(void)state;
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "jo@small.example", .subject = "x", .text = "y",
									.id = "1@small.example"});
	assert_string_equal(small_ticket(desk, plan->ticket)->owner, "anna");
	assert_int_equal(small_letters(plan, PD_LETTER_NOTIFICATION), 1);
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	away("anna");
	struct pd_plan *again =
		small_deliver(desk, (struct small_mail){.from = "jo@small.example", .subject = "Re: x", .text = "z",
							.id = "2@small.example", .in_reply_to = "1@small.example"});
	assert_int_equal(again->ticket, plan->ticket);
	assert_string_equal(small_ticket(desk, plan->ticket)->owner, "bob");
	assert_string_equal(why_of(plan->ticket), "route rest, anna is away");
	assert_non_null(small_letter(again, PD_LETTER_NOTIFICATION, "bob"));
}

static void not_routed(void **state)
{
	(void)state;
	struct pd_plan *spam =
		small_deliver(desk, (struct small_mail){.from = "jo@small.example", .subject = "x", .text = "y", .kinds = PD_KIND_SPAM});
	assert_null(small_ticket(desk, spam->ticket)->owner);
	struct pd_plan *machine = small_deliver(
		desk, (struct small_mail){.from = "cron@small.example", .subject = "x", .text = "y", .id = "m@small.example",
					  .kinds = PD_KIND_AUTO});
	assert_null(small_ticket(desk, machine->ticket)->owner);
	struct pd_plan *own = small_do(desk, "agent:bob", 0, "new Mine\nassign me");
	assert_string_equal(small_ticket(desk, own->ticket)->owner, "bob");
}

static int with_skills(void **state)
{
	(void)state;
	desk = small_desk_new("[team all]\nmembers = anna;bob;dora;vera\n"
			      "[agent dora]\naddress = dora@agents.example\nskills = fi;Billing\n"
			      "[route fi]\nwhen = suomi\nteam = all\nskills = FI;billing\nassign = least-loaded\n"
			      "[route all]\nteam = all\nassign = least-loaded\n");
	return 0;
}

static void skills_and_load(void **state)
{
	(void)state;
	CHECK_ROW_STRING("skilled", owner_of_new("1@small.example", "suomi"), "dora");
	CHECK_ROW_STRING("anna has none", owner_of_new("2@small.example", "x"), "anna");
	CHECK_ROW_STRING("bob has none", owner_of_new("3@small.example", "x"), "bob");
	CHECK_ROW_STRING("dora's turn", owner_of_new("4@small.example", "x"), "dora");
	small_do(desk, "agent:dora", 1, "close");
	small_do(desk, "agent:dora", 4, "close");
	CHECK_ROW_STRING("dora has the fewest", owner_of_new("5@small.example", "x"), "dora");
	CHECK_ROW_STRING("skill before load", owner_of_new("6@small.example", "suomi"), "dora");
	away("dora");
	CHECK_ROW_STRING("nobody else can", owner_of_new("7@small.example", "suomi"), "-");
}

/* A ticket of the same plan counts before it is kept. */
static void load_of_the_plan(void **state)
{
	(void)state;
	static const char *const want[] = {"anna", "bob", "dora"};
	const struct pd_mailbox *support = pd_settings_mailbox(desk->settings, "support");
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		CHECK_ROW_STRING(want[i], owner_of_new(pd_printf(desk->arena, "j%zu@small.example", i), "x"), want[i]);
	small_do(desk, "agent:anna", 1, "close");
	struct pd_context context = small_context(desk, "contact:jo@small.example");
	struct pd_ticket *made[3];
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		made[i] = pd_plan_new_ticket(&context, support, NULL, 0);
	pd_route(&context, NULL);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		CHECK_ROW_STRING(want[i], pd_plan_ticket(&context, made[i]->number)->owner, want[i]);
}

/* --- rules --- */

static int with_rules(void **state)
{
	(void)state;
	desk = small_desk_new(
		"[property tone]\ntype = text\n"
		"[rule angry]\non = created;answered\nwhen = lawyer\ndo = #priority urgent;#note Careful, @bob.\n"
		"[rule urgent]\non = changed:priority\nwhen = priority:urgent owner:none\ndo = #assign anna\n"
		"[rule before]\non = changed:owner\nwhen = owner:anna\ndo = #set tone=calm\n"
		"[rule loop]\non = created;changed:tone\ndo = #set tone=loud\n"
		"[rule copy]\non = created\nwhen = copy\ndo = #new Copy;#assign bob\n"
		"[rule bad]\non = replied\nwhen = status:waiting\ndo = #status Talking\n"
		"[rule half]\non = changed:status\nwhen = status:closed\n"
		"do = #priority urgent;#assign bob;#note Look.;#undo 999\n"
		"[rule off]\non = created\nenabled = no\ndo = #close\n");
	return 0;
}

static size_t events_of(int64_t number, const char *actor)
{
	size_t count = 0;
	for (size_t i = 0; i < desk->fake->events.count; i++)
		count += desk->fake->events.items[i]->ticket == number &&
			 strcmp(desk->fake->events.items[i]->actor, actor) == 0;
	return count;
}

static void in_file_order(void **state)
{
	(void)state;
	struct pd_plan *plan = small_deliver(
		desk, (struct small_mail){.from = "jo@small.example", .subject = "x", .text = "My lawyer will write."});
	const struct pd_ticket *ticket = small_ticket(desk, plan->ticket);
	assert_string_equal(ticket->priority, "urgent");
	assert_string_equal(ticket->owner, "anna"); /* a later rule sees what an earlier one did */
	assert_string_equal(pd_ticket_get(desk->arena, ticket, "tone"), "loud");
	assert_int_equal(ticket->status_kind, PD_STATUS_NEW); /* one that is off */
	assert_int_equal(events_of(plan->ticket, "rule:loop"), 1); /* its own change does not set it off again */
	assert_string_equal(why_of(plan->ticket), "rule loop");
	const struct pd_event *comment = small_event(desk, plan->ticket, PD_EVENT_COMMENT);
	assert_string_equal(comment->actor, "rule:angry");
	assert_string_equal(comment->why, "rule angry");
	assert_string_equal(small_message(desk, comment->message)->text, "Careful, @bob.");
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "anna"));
	assert_non_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob")); /* mentioned */
}

static void of_an_answer(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "support@example.com", "x", "Hello.");
	assert_string_equal(small_ticket(desk, number)->priority, "normal");
	struct pd_plan *plan = small_deliver(
		desk, (struct small_mail){.from = "jo@small.example", .subject = "Re: x", .text = "I have a LAWYER now.",
					  .in_reply_to = pd_printf(desk->arena, "%d@customer.example", counter)});
	assert_int_equal(plan->ticket, number);
	assert_string_equal(small_ticket(desk, number)->priority, "urgent");
	assert_int_equal(events_of(number, "rule:angry") > 0, 1);
}

/* A ticket that a rule makes sets off no rule, and what it does goes there. */
static void makes_tickets(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "support@example.com", "copy", "Hello.");
	assert_null(small_ticket(desk, number)->owner);
	const struct pd_ticket *made = small_ticket(desk, number + 1);
	assert_string_equal(made->name, "Copy");
	assert_string_equal(made->source, "rule");
	assert_string_equal(made->owner, "bob");
	assert_null(small_ticket(desk, number + 2));
}

/* All of a rule or nothing; what was wrong stands on the ticket, and who set it off gets what it asked for. */
static void fails(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "support@example.com", "x", "Hello.");
	struct pd_plan *plan = small_do(desk, "agent:bob", number, "wait");
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_WAITING);
	assert_int_equal(plan->report.count, 1);
	struct pd_context context = small_context(desk, "agent:bob");
	struct pd_ticket *ticket = pd_plan_ticket(&context, number);
	for (size_t i = 0; i < desk->settings->groups.count; i++)
		if (strcmp(desk->settings->groups.items[i].name, "bad") == 0)
			assert_true(pd_rule_run(&context, &desk->settings->groups.items[i], ticket));
	small_keep(desk, &context);
	const struct pd_event *comment = small_event(desk, number, PD_EVENT_COMMENT);
	assert_string_equal(small_message(desk, comment->message)->text,
			    "The rule bad did nothing: Line 1, \"#status Talking\": there is no status \"Talking\". "
			    "Choose from: new, open, waiting, closed, Waiting on customer.");
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_WAITING);
}

/* What a rule has done already is taken back where a later command of it fails only when it is carried out. */
static void fails_half_way(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "support@example.com", "x", "Hello.");
	struct pd_plan *plan = small_do(desk, "agent:anna", number, "close");
	const struct pd_ticket *ticket = small_ticket(desk, number);
	assert_false(plan->is_refused);
	assert_int_equal(ticket->status_kind, PD_STATUS_CLOSED); /* what set it off stays */
	assert_string_equal(ticket->priority, "normal");
	assert_null(ticket->owner);
	assert_null(small_letter(plan, PD_LETTER_NOTIFICATION, "bob"));
	assert_int_equal(events_of(number, "rule:half"), 1);
	const struct pd_event *comment = small_event(desk, number, PD_EVENT_COMMENT);
	assert_string_equal(small_message(desk, comment->message)->text,
			    "The rule half did nothing: #undo: There is no action 999.");
}

/* --- rules on many tickets --- */

static int with_many(void **state)
{
	(void)state;
	desk = small_desk_new("[rule up]\non = created\ndo = #priority high\n"
			      "[rule half]\non = created\ndo = #assign bob; #undo 999\n");
	return 0;
}

/* What rules take of memory, of a plan with so many tickets: each is changed by one and tried in vain by the other. */
static size_t memory_of(size_t tickets)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_context context =
		pd_context_new(arena, desk->settings, &desk->fake->snapshot, desk->now, "postdesk");
	const struct pd_mailbox *mailbox = &desk->settings->mailboxes.items[0];
	for (size_t i = 0; i < tickets; i++)
		pd_plan_new_ticket(&context, mailbox, NULL, 0);
	const size_t before = pd_arena_size(arena);
	pd_rules(&context);
	assert_int_equal(context.plan->tickets.count, tickets);
	for (size_t i = 0; i < tickets; i++) {
		const struct pd_ticket *ticket = context.plan->tickets.items[i].ticket;
		size_t place;
		assert_string_equal(ticket->priority, "high");
		assert_null(ticket->owner);
		assert_true(pd_plan_place(context.plan, ticket->number, &place));
		assert_int_equal(place, i);
	}
	assert_int_equal(context.plan->messages.count, tickets); /* what the second says */
	return pd_arena_size(arena) - before;
}

static void grows_with_tickets(void **state)
{
	(void)state;
	const size_t some = memory_of(500), twice = memory_of(1000);
	assert_in_range(twice, some, some * 5 / 2);
}

/* --- rules of goals --- */

static int with_goals(void **state)
{
	(void)state;
	desk = small_desk_new("[sla s]\nfirst_reply = 2h\ndue_soon = 30m\n"
			      "[mailbox desk]\naddress = desk@example.com\nteam = sales\nsla = s\n"
			      "[property tone]\ntype = text\n"
			      "[rule soon]\non = goal:due_soon\ndo = #priority high\n"
			      "[rule over]\non = goal:overdue\nwhen = owner:none\ndo = #assign carol\n"
			      "[rule held]\non = goal:paused\ndo = #set tone=done\n");
	struct pd_problems problems = {.arena = desk->arena};
	desk->settings->calendars = pd_calendars_of_texts(NULL, 0);
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	assert_int_equal(problems.count, 0);
	return 0;
}

static void tick(int64_t number, pd_time by)
{
	desk->now += by;
	struct pd_context context = small_context(desk, "postdesk");
	pd_decide_due(&context, &number, 1, false);
	small_keep(desk, &context);
}

static void of_goals(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "desk@example.com", "x", "Hello.");
	tick(number, PD_HOUR);
	assert_string_equal(small_ticket(desk, number)->priority, "normal");
	tick(number, 31 * PD_MINUTE);
	assert_string_equal(small_ticket(desk, number)->priority, "high");
	assert_null(small_ticket(desk, number)->owner);
	tick(number, 30 * PD_MINUTE);
	assert_string_equal(small_ticket(desk, number)->owner, "carol");
	small_do(desk, "agent:bob", number, "assign none");
	tick(number, PD_HOUR);
	assert_null(small_ticket(desk, number)->owner); /* once */
	assert_null(pd_ticket_get(desk->arena, small_ticket(desk, number), "tone"));
	small_do(desk, "agent:bob", number, "close");
	assert_string_equal(pd_ticket_get(desk->arena, small_ticket(desk, number), "tone"), "done");
	/* How goals stand can be asked where a rule decides. */
	struct pd_context context = small_context(desk, "administrator");
	number = write_mail("jo@small.example", "desk@example.com", "y", "Hello.");
	context = small_context(desk, "administrator");
	struct pd_ticket *ticket = pd_plan_ticket(&context, number);
	assert_true(pd_plan_holds(&context, ticket, "sla:active due:<3h"));
	assert_false(pd_plan_holds(&context, ticket, "sla:none OR due:none OR sla:overdue OR due:>3h"));
	tick(number, 3 * PD_HOUR);
	context = small_context(desk, "administrator");
	ticket = pd_plan_ticket(&context, number);
	assert_true(pd_plan_holds(&context, ticket, "sla:overdue"));
}

/* A rule that makes tickets makes none because of those, nor of another rule's, whose goals come due, too. */
static int with_makers(void **state)
{
	(void)state;
	desk = small_desk_new("[sla s]\nfirst_reply = 2h\n"
			      "[mailbox desk]\naddress = desk@example.com\nteam = sales\nsla = s\n"
			      "[rule first]\non = goal:overdue\ndo = #new Looping;#set source=mail\n"
			      "[rule second]\non = goal:overdue\nwhen = looping\ndo = #new Back\n"
			      "[rule third]\non = goal:overdue\ndo = #priority urgent\n");
	struct pd_problems problems = {.arena = desk->arena};
	desk->settings->calendars = pd_calendars_of_texts(NULL, 0);
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	assert_int_equal(problems.count, 0);
	return 0;
}

static void no_loop(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "desk@example.com", "x", "Hello.");
	tick(number, 3 * PD_HOUR);
	const struct pd_ticket *made = small_ticket(desk, number + 1);
	assert_string_equal(made->name, "Looping");
	for (int i = 0; i < 3; i++)
		tick(number + 1, 3 * PD_HOUR);
	assert_int_equal(desk->fake->tickets.count, 2);
	assert_string_equal(small_ticket(desk, number + 1)->priority, "urgent"); /* other rules act on it */
}

/* An escalation neither. */
static int with_making_escalation(void **state)
{
	(void)state;
	desk = small_desk_new("[sla s]\nfirst_reply = 2h\nescalate = overdue: new Looping\n"
			      "[mailbox desk]\naddress = desk@example.com\nteam = sales\nsla = s\n");
	struct pd_problems problems = {.arena = desk->arena};
	desk->settings->calendars = pd_calendars_of_texts(NULL, 0);
	desk->settings->policies = pd_policies_new(desk->settings, &problems);
	assert_int_equal(problems.count, 0);
	return 0;
}

static void no_loop_of_escalations(void **state)
{
	(void)state;
	int64_t number = write_mail("jo@small.example", "desk@example.com", "x", "Hello.");
	tick(number, 3 * PD_HOUR);
	assert_string_equal(small_ticket(desk, number + 1)->name, "Looping");
	for (int i = 0; i < 3; i++)
		tick(number + 1, 3 * PD_HOUR);
	assert_int_equal(desk->fake->tickets.count, 2);
}

/* --- rules by time that passed --- */

static int with_after(void **state)
{
	(void)state;
	desk = small_desk_new("[rule remind]\non = after:3d\nwhen = status:waiting\ndo = #note Still waiting?\n"
			      "[rule end]\non = after:7d\nwhen = status:waiting\ndo = #close\n"
			      "[rule again]\non = after:8d\nwhen = status:closed\ndo = #new What became of it?\n"
			      "[rule off]\non = after:1d\nenabled = no\ndo = #priority low\n");
	return 0;
}

/* The clock, as far as it says itself that it must be asked again. */
static void pass(pd_time by)
{
	const pd_time until = desk->now + by;
	for (pd_time now = desk->now, next; now <= until; now = next) {
		desk->now = now;
		struct pd_context context = small_context(desk, "postdesk");
		next = pd_decide_schedule(&context);
		small_keep(desk, &context);
		assert_true(next > now);
	}
	desk->now = until;
}

/* Each acts once, counted from what a person did last: not from what another rule did. */
static void after_a_while(void **state)
{
	(void)state;
	int64_t old = write_mail("al@small.example", "support@example.com", "old", "Hello.");
	small_do(desk, "agent:anna", old, "wait");
	desk->now += 30 * PD_DAY; /* before the rules were known */
	pass(PD_HOUR);
	int64_t number = write_mail("jo@small.example", "support@example.com", "x", "Hello.");
	small_do(desk, "agent:anna", number, "wait");
	pass(3 * PD_DAY - PD_HOUR);
	assert_int_equal(events_of(number, "rule:remind"), 0);
	pass(PD_HOUR);
	assert_int_equal(events_of(number, "rule:remind"), 1);
	assert_string_equal(small_message(desk, small_event(desk, number, PD_EVENT_COMMENT)->message)->text,
			    "Still waiting?");
	pass(4 * PD_DAY - PD_HOUR);
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_WAITING);
	pass(PD_HOUR);
	assert_int_equal(small_ticket(desk, number)->status_kind, PD_STATUS_CLOSED);
	pass(PD_DAY);
	assert_string_equal(small_ticket(desk, number + 1)->name, "What became of it?");
	assert_string_equal(small_ticket(desk, number + 1)->source, "rule");
	small_do(desk, "agent:anna", number, "wait"); /* a person: it begins anew */
	pass(3 * PD_DAY);
	assert_int_equal(events_of(number, "rule:remind"), 2);
	pass(60 * PD_DAY);
	assert_int_equal(events_of(number, "rule:remind"), 2);
	assert_int_equal(events_of(old, "rule:remind") + events_of(old, "rule:end") + events_of(number, "rule:off"), 0);
}

/* What no rule acts on. */
static void minded(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct pd_ticket ticket;
		bool want;
	} rows[] = {
		{"plain", {.number = 1}, true},
		{"spam", {.number = 1, .is_spam = true}, false},
		{"deleted", {.number = 1, .is_deleted = true}, false},
		{"automatic", {.number = 1, .is_automatic = true}, false},
		{"merged", {.number = 1, .merged_into = 2}, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_ROW(rows[i].name, pd_rule_minds(&rows[i].ticket) == rows[i].want);
	assert_false(pd_rule_minds(NULL));
}

static void not_by_history(void **state)
{
	(void)state;
	struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = "jo@small.example", .subject = "x",
									.text = "lawyer", .is_import = true});
	assert_string_equal(small_ticket(desk, plan->ticket)->priority, "normal");
}

int main(void)
{
#define WITH(set_up, test) cmocka_unit_test_setup_teardown(test, set_up, drop)
	const struct CMUnitTest tests[] = {
		WITH(with_routes, first_route_that_holds),
		WITH(with_routes, round_robin),
		WITH(with_routes, everybody_away),
		WITH(with_routes, owner_is_told_and_replaced),
		WITH(with_routes, not_routed),
		WITH(with_skills, skills_and_load),
		WITH(with_skills, load_of_the_plan),
		WITH(with_rules, in_file_order),
		WITH(with_rules, of_an_answer),
		WITH(with_rules, makes_tickets),
		WITH(with_rules, fails),
		WITH(with_rules, fails_half_way),
		WITH(with_many, grows_with_tickets),
		WITH(with_goals, of_goals),
		WITH(with_makers, no_loop),
		WITH(with_making_escalation, no_loop_of_escalations),
		WITH(with_after, after_a_while),
		WITH(with_rules, not_by_history),
		WITH(with_rules, minded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

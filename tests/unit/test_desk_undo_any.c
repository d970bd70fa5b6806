/* The property of undo, over all that the desk does by mail and by hand: any sequence of mails and commands of agents,
 * then taken back one by one from the newest, gives the first state again. Replies wait (undo_send), so that none has left.
 *
 * What an action made is hidden by its undo and not gone: of entries, tickets and contacts those count that were there
 * before. Who was mentioned stays so. POSTDESK_SEED tries another sequence. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/people.h"
#include "small_desk.h"

enum { TICKETS = 3, ACTIONS = 22, SEEDS = 150 };

static struct small_desk *desk;
static int64_t first_entries, first_contacts; /* those above came later */
/* Each agent's own address of each ticket. */
static const char *const agents[] = {"anna", "bob", "carol"};
static const char *own_address[COUNT(agents)][TICKETS + 1];
static const char *own_message[COUNT(agents)][TICKETS + 1];

static const char more[] = "[pipeline support]\nstatuses = new:New;open:Open;waiting:Waiting;closed:Closed;closed:Won't fix\n"
			   "[pipeline sales]\nstatuses = new:Lead;open:Talking;closed:Won\n"
			   "[property device]\ntype = choice\nchoices = phone;laptop\n"
			   "[property tags]\ntype = choices\nchoices = a;b;c\n"
			   "[property floor]\ntype = number\n"
			   "[property bought]\ntype = date\n";

static uint64_t state_of_chance;

static unsigned chance(unsigned below)
{
	state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state_of_chance >> 33) % below;
}

/* --- the desk before --- */

static void note_addresses(const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->letters.count; i++) {
		const struct pd_planned_letter *planned = plan->letters.items[i];
		for (size_t a = 0; a < COUNT(agents); a++) {
			if (planned->ticket > TICKETS || !pd_equal(planned->agent, agents[a]) ||
			    own_address[a][planned->ticket] != NULL || planned->letter.reply_to.addr == NULL)
				continue;
			own_address[a][planned->ticket] = planned->letter.reply_to.addr;
			own_message[a][planned->ticket] = planned->letter.message_id;
		}
	}
}

static void make_desk(void)
{
	memset(own_address, 0, sizeof own_address);
	desk = small_desk_new(more);
	desk->settings->undo_send = 30 * PD_DAY;
	note_addresses(small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>", .id = "1@customer.example",
							       .cc = "liisa@customer.example", .subject = "Printer",
							       .text = "It burns."}));
	note_addresses(small_deliver(desk, (struct small_mail){.from = "Kim <kim@other.example>", .id = "2@other.example",
							       .to = "sales@example.com", .subject = "Offer",
							       .text = "How much?"}));
	note_addresses(small_deliver(desk, (struct small_mail){.from = "Ville <ville@customer.example>", .id = "3@customer.example",
							       .subject = "Paper", .text = "None is left."}));
	for (int64_t number = 1; number <= TICKETS; number++)
		for (size_t a = 0; a < COUNT(agents); a++)
			note_addresses(small_do(desk, "administrator", number, pd_printf(desk->arena, "#share %s", agents[a])));
	first_entries = first_contacts = 0;
	for (size_t i = 0; i < desk->fake->events.count; i++)
		if (desk->fake->events.items[i]->id > first_entries)
			first_entries = desk->fake->events.items[i]->id;
	for (size_t i = 0; i < desk->fake->contacts.count; i++)
		if (desk->fake->contacts.items[i].id > first_contacts)
			first_contacts = desk->fake->contacts.items[i].id;
	for (size_t a = 0; a < COUNT(agents); a++)
		for (int64_t number = 1; number <= TICKETS; number++)
			assert_non_null(own_address[a][number]);
}

/* --- all of its state, a word each thing --- */

static struct pd_strings words;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	char text[4096];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	*pd_list_add(desk->arena, &words) = pd_strdup(desk->arena, text);
}

/* Lists have no order that anybody sees, but pins. */
static void say_each(int64_t number, const char *what, const struct pd_strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		say("#%lld %s %s", (long long)number, what, list->items[i]);
}

static void say_conversation(int64_t number, const struct pd_conversation *conversation)
{
	say("#%lld C%lld in %s: %s, %s, %s", (long long)number, (long long)conversation->id, conversation->mailbox,
	    conversation->subject, conversation->status != NULL ? conversation->status : "-",
	    conversation->owner != NULL ? conversation->owner : "-");
	for (size_t i = 0; i < conversation->participants.count; i++)
		say("#%lld C%lld with %s", (long long)number, (long long)conversation->id,
		    conversation->participants.items[i].address.addr);
}

static void say_ticket(int64_t number)
{
	static const char *const properties[] = {"name",     "description", "mailbox", "pipeline", "owner",   "team",
						 "priority", "category",    "source",  "status",   "closed",  "deleted",
						 "spam",     "merged",	    "snoozed", "automatic"};
	const struct pd_ticket *ticket = small_ticket(desk, number);
	for (size_t i = 0; i < COUNT(properties); i++)
		if (pd_ticket_get(desk->arena, ticket, properties[i]) != NULL)
			say("#%lld %s=%s", (long long)number, properties[i], pd_ticket_get(desk->arena, ticket, properties[i]));
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (ticket->properties.items[i].to != NULL)
			say("#%lld %s=%s", (long long)number, ticket->properties.items[i].property, ticket->properties.items[i].to);
	for (size_t i = 0; i < ticket->contacts.count; i++)
		say("#%lld contact %lld%s", (long long)number, (long long)ticket->contacts.items[i], i == 0 ? ", first" : "");
	for (size_t i = 0; i < ticket->absorbed.count; i++)
		say("#%lld has #%lld", (long long)number, (long long)ticket->absorbed.items[i].ticket);
	for (size_t i = 0; i < ticket->deleted_entries.count; i++)
		if (ticket->deleted_entries.items[i] <= first_entries)
			say("#%lld without E%lld", (long long)number, (long long)ticket->deleted_entries.items[i]);
	say_each(number, "follower", &ticket->followers);
	say_each(number, "also", &ticket->mailboxes_also);
	say_each(number, "reminder", &ticket->reminders);
	say_each(number, "link", &ticket->links);
	for (size_t i = 0; i < ticket->conversations.count; i++)
		say_conversation(number, &ticket->conversations.items[i]);
	say("#%lld last in E%lld out E%lld sent %d", (long long)number, (long long)pd_ticket_last_in(ticket),
	    (long long)pd_ticket_last_out(ticket), ticket->has_sent);
}

/* Those of #draft: what was stopped, held or given back is never lost, and stays one. */
static void say_drafts(void)
{
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		struct pd_draft *draft = event->kind == PD_EVENT_DRAFT && pd_equal(event->why, "draft")
						 ? desk->fake->snapshot.draft(&desk->fake->snapshot, desk->arena, event->other)
						 : NULL;
		if (draft != NULL && draft->state == PD_DRAFT_KEPT)
			say("draft %lld of %s", (long long)draft->id, draft->agent);
	}
}

static void say_desk(void)
{
	static const char *const kinds[] = {"view", PD_COMPANY_RECORD, PD_DOMAIN_RECORD, "absence"};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct pd_records records = desk->fake->snapshot.records(&desk->fake->snapshot, desk->arena, kinds[k]);
		for (size_t i = 0; i < records.count; i++)
			say("%s %s=%s", kinds[k], records.items[i].name, records.items[i].value);
	}
	for (size_t i = 0; i < desk->fake->contacts.count; i++)
		if (desk->fake->contacts.items[i].id <= first_contacts)
			say("contact %lld: %s", (long long)desk->fake->contacts.items[i].id,
			    pd_contact_value(desk->arena, &desk->fake->contacts.items[i]));
	for (size_t i = 0; i < desk->fake->letters.count; i++) {
		const struct pd_planned_letter *letter = desk->fake->letters.items[i];
		if (letter->agent == NULL && letter->not_before != 0)
			say("a reply to %s waits", letter->letter.recipients.items[0]);
	}
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct pd_strings state_of_all(void)
{
	memset(&words, 0, sizeof words);
	for (int64_t number = 1; number <= TICKETS; number++)
		say_ticket(number);
	say_desk();
	say_drafts();
	qsort(words.items, words.count, sizeof *words.items, compare_words);
	return words;
}

/* A draft in whose stead another was held, since a colleague was first: the text is kept, under another id. */
static bool is_replaced(const char *word)
{
	long long id;
	if (sscanf(word, "draft %lld of", &id) != 1)
		return false;
	const struct pd_draft *draft = desk->fake->snapshot.draft(&desk->fake->snapshot, desk->arena, id);
	for (size_t i = 0; i < desk->fake->drafts.count; i++) {
		const struct pd_draft *other = &desk->fake->drafts.items[i];
		if (pd_equal(other->reason, "collision") && pd_equal(other->agent, draft->agent) &&
		    pd_equal(small_message(desk, other->message)->text, small_message(desk, draft->message)->text))
			return true;
	}
	return false;
}

static void same_state(const char *what, const struct pd_strings *got, const struct pd_strings *want)
{
	for (size_t i = 0, n = 0; i < got->count || n < want->count;) {
		int order = i == got->count ? 1 : n == want->count ? -1 : strcmp(got->items[i], want->items[n]);
		const char *word = order <= 0 ? got->items[i] : want->items[n];
		if (order != 0 && !is_replaced(word))
			fail_msg("%s: %s \"%s\"", what, order < 0 ? "there is" : "there is no", word);
		i += order <= 0;
		n += order >= 0;
	}
}

/* --- what agents do --- */

static const char *const by_hand[] = {
	"#take",	    "#assign bob",	       "#assign none",	       "#assign team sales",	 "#close",
	"#open",	    "#wait",		       "#status Won't fix",    "#priority urgent",	 "#priority low",
	"#pipeline sales",  "#pipeline support",       "#set name=Other",      "#set device=phone",	 "#set device=",
	"#set tags=a;b",    "#add tags=c",	       "#remove tags=a",       "#set floor=3",		 "#set bought=2026-02-03",
	"#set language=fi", "#spam",		       "#ham",		       "#snooze 3d",		 "#snooze none",
	"#note Hm.",	    "#note E2 About this.",    "#share bob Look.",     "#share team sales",	 "#pin E2",
	"#unpin E2",	    "#pin E5",		       "#log call She called.", "#log meeting There.",	 "#log email Sent.",
	"#follow",	    "#follow bob",	       "#unfollow",	       "#task Look due 5d",	 "#task @bob Order due 2d",
	"#remind 2d Look.", "#remind 4d",	       "#contact max@third.example", "#contact -ville@customer.example",
	"#contact ville@customer.example title=Boss",  "#contact ville@customer.example = kim@other.example",
	"#contact +358401234567",		       "#company Acme",	       "#company none",		 "#company Acme phone=+358501",
	"#link deal:7",	    "#unlink deal:7",	       "#link E2 2",	       "#unlink E2 2",		 "#link E2 deal:9",
	"#link ticket:3",   "#unlink ticket:3",	       "#merge 1",	       "#merge 2",		 "#merge 3 primary this",
	"#split E2",	    "#split E8",	       "#move sales",	       "#move support to bob Because.",
	"#inbox office@elsewhere.example to bob Yours.", "#inbox none",	       "#delete",		 "#restore",
	"#delete E%",	    "#restore E%",	       "#pin E%",	       "#note E% So it is.",		 "#delete conversation",
	"#close conversation", "#open conversation",   "#assign carol conversation", "#new Another\n#take",
	"#send",	    "#send 3d",		       "#away until 2027-01-01", "#available",		 "#view bobs = owner:bob",
	"#unview bobs",	    "#bulk 1 2: #priority urgent", "#bulk is:open: #close #follow", "#bulk 2 3: #merge 1",
	"#bulk is:open: #task Look at it due 9d",      "#close\n#assign carol\n#priority high", "#done E%",
};

static const char *const by_mail[] = {
	"It is mended.",
	"#close\n\nIt is mended.",
	"#cc boss@customer.example\n#take\n\nSee below.",
	"#to other@customer.example\n#subject Another\n\nSee.",
	"#draft\n\nI think that",
	"#draft\n#close\n\nWe shall see.",
	"#send",
	"#send\n\nRather this.",
	"#send 2d",
	"#send 4d\n\nIn four days.",
	"#meeting 2027-03-02 14:00 1h\n\nCome and see.",
	"#meeting move 2027-03-03 10:00\n\nLater.",
	"#meeting cancel\n\nAlas.",
	"#note Between us.",
	"#note E2 About that.",
	"#reply E2\n#priority high\n\nTo the first.",
	"#asign bob\n\nOops.",
	"#task @carol Look due 6d",
	"#bcc audit@elsewhere.example\n#assign bob\n\nFor you.",
};

static int mails;
static size_t done_by_hand[COUNT(by_hand)], done_by_mail[COUNT(by_mail)];

/* In the place of '%' the number of an entry of the ticket, with words if there is one. */
static const char *with_entry(const char *text, int64_t ticket)
{
	PD_LIST(int64_t) entries = {0};
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		if (event->ticket == ticket && (event->kind == PD_EVENT_MESSAGE || event->kind == PD_EVENT_COMMENT))
			*pd_list_add(desk->arena, &entries) = event->id;
	}
	const char *place = strchr(text, '%');
	if (place == NULL)
		return text;
	return pd_printf(desk->arena, "%.*s%lld%s", (int)(place - text), text,
			 (long long)entries.items[chance((unsigned)entries.count)], place + 1);
}

/* Did it send, or keep for later, what nothing sends again? */
static bool has_reply(int64_t action)
{
	for (size_t i = 0; i < desk->fake->events.count; i++)
		if (desk->fake->events.items[i]->action == action && desk->fake->events.items[i]->kind == PD_EVENT_MESSAGE)
			return true;
	return false;
}

static const struct pd_plan *act(const int64_t *actions, size_t done)
{
	size_t agent = chance(COUNT(agents));
	int64_t number = 1 + chance(TICKETS), action = done > 0 ? actions[1 + chance((unsigned)done)] : 0;
	if (done > 0 && chance(8) == 0 && !has_reply(action))
		return small_do(desk, pd_printf(desk->arena, "agent:%s", agents[agent]), number,
				pd_printf(desk->arena, "#undo %lld", (long long)action));
	if (chance(3) != 0) {
		unsigned which = chance(COUNT(by_hand));
		const struct pd_plan *plan =
			small_do(desk, chance(4) == 0 ? "administrator" : pd_printf(desk->arena, "agent:%s", agents[agent]),
				 number, with_entry(by_hand[which], number));
		done_by_hand[which] += !plan->is_refused;
		return plan;
	}
	unsigned which = chance(COUNT(by_mail));
	const struct pd_plan *plan = small_deliver(desk, (struct small_mail){.from = pd_printf(desk->arena, "%s@agents.example", agents[agent]),
						       .to = own_address[agent][number],
						       .in_reply_to = own_message[agent][number],
						       .id = pd_printf(desk->arena, "own%d@agents.example", mails++),
						       .subject = "Re: it",
						       .pass = true,
						       .text = by_mail[which]});
	done_by_mail[which] += !plan->is_refused;
	return plan;
}

/* Whose #draft it is takes it back, and nobody else; "agent:carol" where the action is about none. */
static const char *author_of_draft(int64_t action)
{
	for (size_t i = 0; i < desk->fake->events.count; i++) {
		const struct pd_event *event = desk->fake->events.items[i];
		bool is_draft = event->kind == PD_EVENT_DRAFT;
		for (size_t n = 0; n < event->changes.count; n++)
			is_draft |= strcmp(event->changes.items[n].property, PD_CHANGE_DRAFT) == 0;
		if (event->action == action && is_draft)
			return event->actor;
	}
	return "agent:carol";
}

static void run_seed(unsigned long seed)
{
	struct pd_strings states[ACTIONS + 1];
	int64_t actions[ACTIONS + 1];
	const char *texts[ACTIONS + 1];
	size_t done = 0;
	make_desk();
	state_of_chance = seed * 2654435761u;
	states[0] = state_of_all();
	while (done < ACTIONS) {
		size_t events = desk->fake->events.count;
		const struct pd_plan *plan = act(actions, done);
		if (desk->fake->events.count == events)
			continue;
		actions[++done] = desk->fake->events.items[events]->action;
		texts[done] = pd_strings_join(desk->arena, &plan->report, " | ");
		states[done] = state_of_all();
		if (getenv("POSTDESK_SEED") != NULL)
			print_message("%lld: %s\n", (long long)actions[done], texts[done]);
	}
	for (; done > 0; done--) {
		const char *row = pd_printf(desk->arena, "seed %lu, action %lld (%s)", seed, (long long)actions[done], texts[done]);
		struct pd_strings now = state_of_all();
		same_state(pd_printf(desk->arena, "%s, before its undo", row), &now, &states[done]);
		const char *actor = author_of_draft(actions[done]);
		const struct pd_plan *plan =
			small_do(desk, actor, 1, pd_printf(desk->arena, "#undo %lld", (long long)actions[done]));
		if (plan->is_refused)
			fail_msg("%s: %s", row, pd_strings_join(desk->arena, &plan->report, " | "));
	}
	struct pd_strings now = state_of_all();
	same_state(pd_printf(desk->arena, "seed %lu, at the end", seed), &now, &states[0]);
	small_desk_free(desk);
}

static void test_any(void **state)
{
	(void)state;
	const char *given = getenv("POSTDESK_SEED");
	if (given != NULL) {
		run_seed(strtoul(given, NULL, 10));
		return;
	}
	for (unsigned long seed = 1; seed <= SEEDS; seed++)
		run_seed(seed);
	/* Each command was carried out, and not only refused; but the one that is wrong. */
	for (size_t i = 0; i < COUNT(by_hand); i++)
		CHECK_ROW(by_hand[i], done_by_hand[i] > 0);
	for (size_t i = 0; i < COUNT(by_mail); i++)
		CHECK_ROW(by_mail[i], done_by_mail[i] > 0 || pd_starts(by_mail[i], "#asign"));
}

static const char *with_number(const char *text, const char *number)
{
	const char *place = strstr(text, "%s");
	return place == NULL ? text
			     : pd_printf(desk->arena, "%.*s%s%s", (int)(place - text), text, number, place + 2);
}

/* Only whose draft it is takes it back, by number or without; nobody else hears that there is one. */
static void test_drafts(void **state)
{
	static const struct {
		const char *actor, *text, *want;
	} rows[] = {
		{"agent:bob", "#undo", "#undo: There is nothing left to take back."},
		{"agent:bob", "#undo %s", "#undo: There is no action %s."},
		{"administrator", "#undo %s", "#undo: There is no action %s."},
		{"agent:anna", "#undo", "#undo: action %s of Anna Virtanen taken back: the draft put away"},
		{"agent:anna", "#send", "#send: nothing of yours is held on this ticket."},
	};
	(void)state;
	make_desk();
	for (int64_t number = 1; number <= TICKETS; number++) /* the shares */
		for (size_t a = 0; a < COUNT(agents); a++)
			small_do(desk, "administrator", number, "#undo");
	const struct pd_plan *plan = small_deliver(
		desk, (struct small_mail){.from = "anna@agents.example", .to = own_address[0][1], .in_reply_to = own_message[0][1],
					  .id = "d@agents.example", .pass = true, .text = "#draft\n\nI think that"});
	char number[24];
	snprintf(number, sizeof number, "%lld", (long long)plan->events.items[0]->action);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = with_number(rows[i].text, number);
		plan = small_do(desk, rows[i].actor, 1, text);
		CHECK_ROW_STRING(rows[i].text, pd_strings_join(desk->arena, &plan->report, " | "),
				 with_number(rows[i].want, number));
	}
	small_desk_free(desk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_any), cmocka_unit_test(test_drafts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

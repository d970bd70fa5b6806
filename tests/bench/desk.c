/* Makes a large desk to measure on: a configuration and a state directory, in bulk.
 *
 * usage: desk DIRECTORY [TICKETS]    default 1,000,000 tickets, five messages each on the average
 *
 * Tickets go through plan, fold and store as those of mails do, many to a transaction, so that the desk is one that
 * postdesk itself could have made (`postdesk verify` says so); only the deciding is left out, and no raw mails are
 * kept. The same TICKETS give the same desk: each draws from its own number. Times are told from the present day, so
 * that goals are due, and overdue, for whoever starts a daemon on it.
 *
 * What stands in it: two years, six mailboxes, teams of ten, 60 agents; a fifth of the tickets is open; priorities,
 * categories, sources and custom properties are unequal, down to values that one ticket in ten thousand has; spam,
 * automatic, deleted, snoozed and merged tickets, followers, mentions, drafts. A fortieth as many contacts as
 * tickets. The last two tickets have 1,000 messages each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "desk/mail.h"
#include "store/store.h"

#define AT_ONCE 200 /* tickets in a transaction */
#define SPAN	(730 * PD_DAY)
#define LARGE	1000

static const char configuration[] =
	"[postdesk]\nstate = state\nhostname = desk.example\nlmtp = unix:lmtp\nkeep_deleted = 3650d\nsubmit = sendmail:/bin/true\n"
	"categories = billing;shipping;returns;login;printing;network;account;legal;press;partners;security;recall\n\n"
	"[pipeline support]\nstatuses = new:New;open:Open;waiting:Waiting on customer;closed:Closed\n"
	"[pipeline sales]\nstatuses = new:Lead;open:Talking;waiting:Offer sent;closed:Won;closed:Lost\n\n"
	"[property device]\ntype = choice\nchoices = phone;laptop;tablet;printer;scanner;router\n"
	"[property serial]\ntype = text\n[property amount]\ntype = number\n\n"
	"[sla standard]\nfirst_reply = 8h\nnext_reply = 2d\nclose = 20d\ndue_soon = 1h\n"
	"[sla standard priority:urgent]\nfirst_reply = 30m\n\n";

static const char *const mailboxes[] = {"support", "billing", "returns", "press", "sales", "partners"};
static const char *const categories[] = {"billing", "shipping", "returns", "login", "printing", "network",
					 "account", "legal", "press", "partners", "security", "recall"};
static const char *const devices[] = {"phone", "laptop", "tablet", "printer", "scanner", "router"};
#define MAILBOXES (sizeof mailboxes / sizeof *mailboxes)
#define TEAM	  10

/* --- chance --- */

struct dice {
	uint64_t state;
};

/* SplitMix64. */
static uint64_t roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned below(struct dice *dice, unsigned limit)
{
	return (unsigned)(roll(dice) % limit);
}

/* So many of 10,000. */
static bool happens(struct dice *dice, unsigned of_ten_thousand)
{
	return below(dice, 10000) < of_ten_thousand;
}

/* Small numbers are common, large ones rare. */
static unsigned uneven(struct dice *dice, unsigned limit)
{
	const double chance = (double)(roll(dice) >> 11) / 9007199254740992.0;
	return (unsigned)((double)limit * chance * chance * chance);
}

/* --- the desk --- */

struct making {
	struct pd_settings *settings;
	struct pd_store *store;
	long tickets;
	pd_time end;
	size_t people;
	int64_t *contacts; /* of each person: the contact's id; 0: not yet */
};

static void must(int failed, const struct pd_error *error)
{
	if (!failed)
		return;
	fprintf(stderr, "desk: %s\n", error->text);
	exit(1);
}

static void write_configuration(const char *path)
{
	FILE *file = fopen(path, "w");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	fputs(configuration, file);
	for (size_t m = 0; m < MAILBOXES; m++) {
		fprintf(file, "[mailbox %s]\naddress = %s@desk.example\nteam = %s\npipeline = %s\nsla = standard\n"
			      "notify_team = no\n[team %s]\nmembers = ",
			mailboxes[m], mailboxes[m], mailboxes[m],
			strcmp(mailboxes[m], "sales") == 0 ? "sales" : "support", mailboxes[m]);
		for (int a = 0; a < TEAM; a++)
			fprintf(file, "%s%s%d", a > 0 ? ";" : "", mailboxes[m], a);
		fputs("\n", file);
		for (int a = 0; a < TEAM; a++)
			fprintf(file, "[agent %s%d]\nname = Agent %s %d\naddress = %s%d@staff.example\n%s", mailboxes[m], a,
				mailboxes[m], a, mailboxes[m], a, m == 0 && a == 0 ? "role = administrator\n" : "");
	}
	fputs("\n[view hot]\nname = Hot\nquery = status:open AND (priority:urgent OR sla:overdue)\nsort = -due\n", file);
	if (fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* --- words --- */

static const char *word(struct pd_arena *arena, struct dice *dice)
{
	static const char *const common[] = {
		"printer", "invoice", "password", "network", "order",	"delivery", "account", "screen",
		"the",	   "is",      "please",	  "hello",   "thanks",	"we",	    "it",      "cannot",
		"since",   "update",  "server",	  "slow",    "license", "support",  "again",   "question"};
	const unsigned count = sizeof common / sizeof *common;
	unsigned n = uneven(dice, 20000);
	return n < count ? common[n] : happens(dice, 3000) ? common[below(dice, count)] : pd_printf(arena, "w%u", n);
}

static const char *sentence(struct pd_arena *arena, struct dice *dice, unsigned words)
{
	PD_AUTO_BUF text = {0};
	for (unsigned i = 0; i < words; i++) {
		if (i > 0)
			pd_buf_adds(&text, i % 12 == 0 ? ".\n" : " ");
		pd_buf_adds(&text, word(arena, dice));
	}
	return pd_buf_string(arena, &text);
}

/* --- people --- */

static const char *address_of(struct pd_arena *arena, unsigned person)
{
	return pd_printf(arena, "person%u@company%u.example", person, person / 12);
}

static int64_t contact_of(struct making *making, struct pd_context *c, unsigned person)
{
	if (making->contacts[person] != 0)
		return making->contacts[person];
	static const char *const first[] = {"Maria", "Aino", "Jan", "Piotr", "Claire", "Ahmed", "Grace", "Mika"};
	static const char *const last[] = {"Virtanen", "Nowak", "Martin", "Schmidt", "Okafor", "Laine", "Dubois"};
	struct pd_planned_contact *planned = pd_list_add(c->arena, &c->plan->contacts);
	planned->is_new = true;
	planned->contact.id = making->contacts[person] = c->desk->new_id(c->desk, PD_ID_CONTACT);
	planned->contact.name = pd_printf(c->arena, "%s %s", first[person % 8], last[person % 7]);
	planned->contact.company = pd_printf(c->arena, "company%u.example", person / 12);
	*pd_list_add(c->arena, &planned->contact.identities) =
		(struct pd_identity){"mail", address_of(c->arena, person)};
	if (person % 5 == 0)
		*pd_list_add(c->arena, &planned->contact.identities) =
			(struct pd_identity){"phone", pd_printf(c->arena, "+35840%07u", person)};
	return planned->contact.id;
}

/* --- a ticket's life --- */

struct life {
	struct making *making;
	struct pd_context c;
	struct dice dice;
	struct pd_ticket *ticket;
	const struct pd_mailbox *mailbox;
	const char *person, *agent, *subject;
	int64_t conversation;
	int messages;
};

static const char *agent_of(struct life *life)
{
	return pd_printf(life->c.arena, "%s%u", life->mailbox->name, uneven(&life->dice, TEAM));
}

static void add_message(struct life *life, bool is_in)
{
	struct pd_context *c = &life->c;
	c->actor = is_in ? pd_printf(c->arena, "contact:%s", life->person) : pd_printf(c->arena, "agent:%s", life->agent);
	struct pd_planned_message *planned = pd_plan_message(c, "mail", is_in ? PD_IN : PD_OUT);
	struct pd_stored *stored = &planned->stored;
	const struct pd_address contact = {.name = "", .addr = life->person},
				desk = {.name = "", .addr = life->mailbox->addresses.items[0]};
	stored->message_id = pd_printf(c->arena, "%lld.%d@desk.example", (long long)life->ticket->number, life->messages++);
	stored->from = is_in ? contact : desk;
	*pd_list_add(c->arena, &stored->to) = is_in ? desk : contact;
	stored->subject = life->messages > 1 ? pd_printf(c->arena, "Re: %s", life->subject) : life->subject;
	stored->text = planned->search_text = sentence(c->arena, &life->dice, 10 + uneven(&life->dice, 120));
	stored->size = strlen(stored->text) + 800;
	pd_sha256(stored->text, strlen(stored->text), stored->digest);
	struct pd_event *event = pd_plan_event(c, life->ticket, PD_EVENT_MESSAGE, stored->id, life->conversation, NULL);
	const struct pd_known_id id = {
		.ticket = life->ticket->number, .conversation = life->conversation, .event = event->id};
	pd_plan_id(c, stored->message_id, &id);
	pd_goals_settle(c);
}

static void set(struct life *life, const char *property, const char *value)
{
	pd_plan_set(&life->c, life->ticket, property, value, NULL);
}

static void set_status(struct life *life, enum pd_status_kind kind)
{
	const struct pd_status *status = pd_pipeline_first(life->mailbox->pipeline, kind);
	set(life, "status", pd_status_value(life->c.arena, status->kind, status->name));
}

static void begin(struct life *life)
{
	struct pd_context *c = &life->c;
	struct dice *dice = &life->dice;
	const unsigned person = uneven(dice, (unsigned)life->making->people);
	const char *priority = happens(dice, 30) ? "urgent" : happens(dice, 800) ? "high" : happens(dice, 200) ? "low" : "normal";
	const struct pd_change values[] = {
		{.property = "name", .to = life->subject},
		{.property = "priority", .to = priority},
		{.property = "category", .to = happens(dice, 5000) ? categories[uneven(dice, 1200) / 100] : NULL},
		{.property = "source", .to = happens(dice, 9000) ? "mail" : happens(dice, 7000) ? "form" : "call"},
		{.property = "device", .to = happens(dice, 3000) ? devices[below(dice, 6)] : NULL},
		{.property = "serial", .to = happens(dice, 1000) ? pd_printf(c->arena, "SN%u", below(dice, 100000000)) : NULL},
		{.property = "amount", .to = happens(dice, 1000) ? pd_printf(c->arena, "%u", uneven(dice, 9000)) : NULL},
		{.property = "automatic", .to = happens(dice, 100) ? "yes" : NULL},
	};
	life->person = address_of(c->arena, person);
	c->actor = pd_printf(c->arena, "contact:%s", life->person);
	life->ticket = pd_plan_new_ticket(c, life->mailbox, values, sizeof values / sizeof *values);
	const int64_t contact = contact_of(life->making, c, person);
	const struct pd_address participant = {.name = "", .addr = life->person};
	pd_plan_add(c, life->ticket, "contact", pd_printf(c->arena, "%lld", (long long)contact), 0, NULL);
	life->conversation = pd_plan_new_conversation(c, life->ticket, life->mailbox->name, life->subject);
	pd_plan_add(c, life->ticket, "participant", pd_participant_value(c->arena, &participant), life->conversation, NULL);
}

/* What few tickets have. */
static void add_rarities(struct life *life)
{
	struct pd_context *c = &life->c;
	c->actor = pd_printf(c->arena, "agent:%s", life->agent);
	if (happens(&life->dice, 300))
		pd_plan_add(c, life->ticket, "follower", agent_of(life), 0, NULL);
	if (happens(&life->dice, 20))
		pd_plan_event(c, life->ticket, PD_EVENT_COMMENT,
			      pd_plan_words(c, pd_printf(c->arena, "@%s what do you think?", agent_of(life)))->stored.id, 0, NULL);
	if (life->ticket->owner == NULL && happens(&life->dice, 200))
		set(life, PD_PROPERTY_UNROUTED, "yes");
	if (life->ticket->status_kind != PD_STATUS_CLOSED && happens(&life->dice, 50))
		set(life, "snoozed", pd_time_rfc3339(c->arena, life->making->end + 30 * PD_DAY));
	if (happens(&life->dice, 200))
		set(life, "spam", "yes");
	if (happens(&life->dice, 20))
		set(life, "deleted", "yes");
	if (life->ticket->status_kind == PD_STATUS_OPEN && happens(&life->dice, 100)) {
		struct pd_planned_draft *draft = pd_list_add(c->arena, &c->plan->drafts);
		draft->is_new = true;
		draft->draft = (struct pd_draft){.id = c->desk->new_id(c->desk, PD_ID_DRAFT),
						 .ticket = life->ticket->number,
						 .agent = life->agent,
						 .reason = "draft",
						 .created = c->now};
	}
}

/* What was told already of goals that are due soon or overdue is not told again by a daemon. */
static void tell_goals(struct life *life)
{
	struct pd_context *c = &life->c;
	struct pd_goals goals;
	c->actor = "postdesk";
	c->now = life->making->end;
	pd_plan_goals(c, life->ticket, &goals);
	for (int goal = 0; goal < PD_GOALS; goal++) {
		for (size_t i = 0; goals.policy != NULL && i < goals.policy->steps.count; i++) {
			const struct pd_step *step = &goals.policy->steps.items[i];
			const pd_time at = pd_goal_step_at(&goals, (enum pd_goal)goal, step);
			const struct pd_change warned = {
				.property = "warned", .to = pd_printf(c->arena, "%s %s", pd_goal_name((enum pd_goal)goal), step->name)};
			if (at > life->making->end)
				continue;
			c->now = at;
			pd_plan_event_with(c, life->ticket, PD_EVENT_GOAL, 0, &warned, 1);
		}
	}
	c->now = life->making->end;
	pd_goals_settle(c);
}

/* The whole life of the ticket with that place. */
static void live(struct life *life, long place)
{
	struct making *making = life->making;
	struct pd_context *c = &life->c;
	struct dice *dice = &life->dice;
	static const int counts[] = {1, 2, 3, 4, 5, 6, 8, 11}; /* 5 on the average */
	const pd_time created = making->end - SPAN + SPAN / making->tickets * place;
	const bool is_large = place >= making->tickets - 2;
	const int count = is_large ? LARGE : counts[below(dice, 8)];
	/* The older, the likelier closed; of all, a fifth is open. */
	const bool is_closed = !is_large && happens(dice, 8200);
	const pd_time left = making->end - created > PD_HOUR ? making->end - created : PD_HOUR;
	const pd_time life_time = left < 30 * PD_DAY ? left : 30 * PD_DAY;
	life->mailbox = &making->settings->mailboxes.items[uneven(dice, MAILBOXES)];
	life->agent = agent_of(life);
	life->subject = sentence(c->arena, dice, 3 + below(dice, 5));
	c->now = created;
	begin(life);
	add_message(life, true);
	for (int i = 1; i < count; i++) {
		c->now = created + life_time / (count + 1) * i - (pd_time)below(dice, 1000);
		if (i == 1 && happens(dice, 9000))
			set(life, "owner", life->agent);
		add_message(life, i % 2 == 0);
		set_status(life, i % 2 == 0 ? PD_STATUS_OPEN : PD_STATUS_WAITING);
	}
	if (is_closed) {
		c->now = created + life_time / (count + 1) * count;
		set_status(life, PD_STATUS_CLOSED);
		pd_goals_settle(c);
	}
	add_rarities(life);
	if (!is_closed)
		tell_goals(life);
	pd_goals_settle(c);
}

/* --- all of it --- */

#define MOVE(arena, from, to, list)                                                                          \
	do {                                                                                                 \
		for (size_t n = 0; n < (from)->list.count; n++)                                              \
			*pd_list_add(arena, &(to)->list) = (from)->list.items[n];                            \
	} while (0)

/* A plan of its own for each ticket, since what a plan holds is looked for from its start; then they are one. */
static void make_some(struct making *making, long first, long until)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_error error = {0};
	struct pd_commit commit = {.now = making->end};
	must(pd_store_begin(making->store, &commit.snapshot, &error), &error);
	struct pd_context whole =
		pd_context_new(arena, making->settings, commit.snapshot, making->end, "contact:person@company.example");
	for (long place = first; place < until; place++) {
		struct life life = {.making = making,
				    .c = pd_context_new(arena, making->settings, commit.snapshot, making->end, ""),
				    .dice = {(uint64_t)place * 0x2545f4914f6cdd1du + 1}};
		live(&life, place);
		MOVE(arena, life.c.plan, whole.plan, events);
		MOVE(arena, life.c.plan, whole.plan, tickets);
		MOVE(arena, life.c.plan, whole.plan, messages);
		MOVE(arena, life.c.plan, whole.plan, contacts);
		MOVE(arena, life.c.plan, whole.plan, ids);
		MOVE(arena, life.c.plan, whole.plan, drafts);
	}
	/* One in 500 was merged into the one before it. */
	const size_t count = whole.plan->tickets.count;
	if (count > 2 && first + AT_ONCE < making->tickets && first % 500 == 0) {
		struct pd_merge merge = {0};
		pd_plan_merge(&whole, whole.plan->tickets.items[1].ticket, whole.plan->tickets.items[0].ticket, NULL, &merge);
		pd_goals_settle(&whole);
	}
	commit.plan = whole.plan;
	must(pd_store_commit(making->store, &commit, &error), &error);
	pd_store_end(commit.snapshot);
}

int main(int argc, char **argv)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_error error = {0};
	struct making making = {.tickets = argc > 2 ? atol(argv[2]) : 1000000,
				.end = (pd_time)(time(NULL) / 86400) * PD_DAY};
	if (argc < 2 || making.tickets < 10) {
		fputs("usage: desk DIRECTORY [TICKETS]\n", stderr);
		return 2;
	}
	const char *path = pd_printf(arena, "%s/postdesk.conf", argv[1]), *state = pd_printf(arena, "%s/state", argv[1]);
	(void)mkdir(argv[1], 0755);
	if (mkdir(state, 0700) != 0) {
		perror(state);
		return 1;
	}
	write_configuration(path);
	making.settings = pd_config_load(path, &problems);
	if (making.settings == NULL) {
		pd_problems_print(&problems, stderr);
		return 1;
	}
	making.settings->calendars = pd_calendars_load(making.settings, NULL, &problems);
	making.settings->policies = pd_policies_new(making.settings, &problems);
	making.people = (size_t)making.tickets / 40 + 12;
	making.contacts = calloc(making.people, sizeof *making.contacts);
	must(pd_store_open(state, PD_STORE_WRITE, 131072, &making.store, &error), &error);
	const time_t start = time(NULL);
	for (long first = 0; first < making.tickets; first += AT_ONCE) {
		make_some(&making, first, first + AT_ONCE < making.tickets ? first + AT_ONCE : making.tickets);
		if (first % 50000 == 0 && first > 0)
			fprintf(stderr, "desk: %ld tickets in %ld s\n", first, (long)(time(NULL) - start));
	}
	struct pd_store_stats stats = {0};
	must(pd_store_stats(making.store, &stats, &error), &error);
	pd_store_close(making.store); /* when the full-text index has all */
	printf("desk: %lld tickets, %lld messages in %ld s\n", (long long)stats.tickets, (long long)stats.messages,
	       (long)(time(NULL) - start));
	free(making.contacts);
	return 0;
}

/* Tests of commands: how they are written, what is wrong with them, who may, and what they do. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "fake_snapshot.h"

#define NOW ((pd_time)1795269600000) /* 2026-11-21 14:00 UTC */

static struct pd_settings *settings;

static int set_up(void **state)
{
	(void)state;
	settings = fake_settings(fake_config);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pd_settings_unref(settings);
	return 0;
}

/* --- how they are written --- */

/* The commands as "word(value|number)", the errors, the text that is left. */
static void parsing(void **state)
{
	static const struct {
		const char *name, *text;
		bool is_all;
		const char *want, *left;
	} rows[] = {
		{"none", "Hello,\nplease wait.", false, "", "Hello,\nplease wait."},
		{"at the top", "#close\n\nThank you!", false, "close(closed)", "Thank you!"},
		{"at the end", "Thank you!\n\n#close", false, "close(closed)", "Thank you!"},
		{"both ends", "#assign bob\nThank you!\n#wait\n", false, "assign(bob) wait(waiting)",
		 "Thank you!"},
		{"a command in the middle goes back", "Hello\n#close\nBye", false, "!", ""},
		{"a literal in the middle is text", "Hello\n##close\nBye", false, "", "Hello\n#close\nBye"},
		{"no valid command in the middle is text", "Hello\n#close it\n#winter\nBye", false, "",
		 "Hello\n#close it\n#winter\nBye"},
		{"bold", "*#close*\n\nThank you!", false, "close(closed)", "Thank you!"},
		{"italic", "_#wait_", false, "wait(waiting)", ""},
		{"me with a full stop", "#Assign me.", false, "assign(anna)", ""},
		{"nobody with a full stop", "#assign none.", false, "assign()", ""},
		{"team with a full stop", "#assign team Sales.", false, "assign(team:sales)", ""},
		{"only commands", "#assign bob\n\n#close", false, "assign(bob) close(closed)", ""},
		{"literal sign", "## heading\ntext", false, "", "# heading\ntext"},
		{"number sign and number", "#1 is broken", false, "", "#1 is broken"},
		{"capital and full stop", "#Close.", false, "close(closed)", ""},
		{"capital and blank at the end", "#Close ", false, "close(closed)", ""},
		{"two blanks and a full stop", "#assign  Bob.", false, "assign(bob)", ""},
		{"no-break spaces", "#assign\u00a0Bob\u00a0Smith", false, "assign(bob)", ""},
		{"full-width sign", "\uff03close", false, "close(closed)", ""},
		{"zero-width space before", "\u200b#close", false, "close(closed)", ""},
		{"shouting", "#CLOSE", false, "close(closed)", ""},
		{"full name", "#assign anna virtanen", false, "assign(anna)", ""},
		{"first name", "#assign Carol", false, "assign(carol)", ""},
		{"address", "#assign BOB@home.example", false, "assign(bob)", ""},
		{"mention", "#assign @bob", false, "assign(bob)", ""},
		{"to somebody", "#assign to bob", false, "assign(bob)", ""},
		{"me", "#assign me", false, "assign(anna)", ""},
		{"nobody", "#assign none", false, "assign()", ""},
		{"team", "#assign team Sales", false, "assign(team:sales)", ""},
		{"take", "#take", false, "take(anna)", ""},
		{"snooze", "#snooze 2d", false, "snooze(2026-11-23T14:00:00Z)", ""},
		{"snooze until a morning", "#snooze Monday.", false, "snooze(2026-11-23T08:00:00Z)", ""},
		{"no snooze", "#snooze none", false, "snooze(-)", ""},
		{"remind", "#remind tomorrow 9:00 call her", false, "remind(2026-11-22T09:00:00Z anna|1795338000000)", ""},
		{"status with a curly apostrophe stays as it is", "#status won't fix", false,
		 "status(won't fix)", ""},
		{"status by kind", "#status WAITING", false, "status(WAITING)", ""},
		{"priority", "#priority Urgent!", false, "priority(urgent)", ""},
		{"category", "#category billing", false, "category(billing)", ""},
		{"no category", "#category none", false, "category(-)", ""},
		{"note", "#note\nHe is angry.", false, "note(-)", "He is angry."},
		{"note with a colon", "#note: he is angry", false, "note(-)", ""},
		{"follow", "#follow", false, "follow(anna)", ""},
		{"follow somebody", "#follow bob", false, "follow(bob)", ""},
		{"entry", "#delete E7", false, "delete(-|7)", ""},
		{"entry in small letters", "#delete e7", false, "delete(-|7)", ""},
		{"action", "#undo 45", false, "undo(-|45)", ""},
		{"action with a sign", "#undo #45", false, "undo(-|45)", ""},
		{"show", "#show #12", false, "show(-|12)", ""},
		{"history of a property", "#history 12 status", false, "history(status|12)", ""},
		{"set", "#set name=New name", false, "set(name)", ""},
		{"set with quotes", "#set description=\"a b\"", false, "set(description)", ""},
		{"set owner is assign", "#set owner=bob", false, "assign(bob)", ""},
		{"set status is status", "#set status=closed", false, "status(closed)", ""},
		{"set team", "#set team=sales", false, "set(team)", ""},
		{"custom choice", "#set device=Laptop", false, "set(device)", ""},
		{"choices", "#add tags=A; loud", false, "add(tags)", ""},
		{"pin", "#pin e7", false, "pin(-|7)", ""},
		{"log", "#log Call Spoke with Jo.", false, "log(call)", ""},
		{"share", "#share @bob have a look", false, "share(bob)", ""},
		{"share with a team", "#share team Sales", false, "share(team:sales)", ""},
		{"custom number", "#set floor=3.5", false, "set(floor)", ""},
		{"custom date", "#set bought=2026-01-31", false, "set(bought)", ""},
		{"view", "#list unassigned", false, "list(unassigned)", ""},
		{"view by title", "#list All Open.", false, "list(All Open.)", ""},
		{"view with an emoji", "#list 🔥 hot", false, "list(🔥 hot)", ""},
		{"query", "#list owner:bob sort -created columns number, name", false, "list(owner:bob)", ""},
		{"search", "#search printer", false, "search(printer)", ""},
		{"an item of a list that is no command", "- #close since May", false, "", "- #close since May"},
		{"help", "#help #assign", false, "help(assign)", ""},
		{"French is not the language", "#fermer", false, "!", ""},
		{"all: without signs", "close\nassign bob", true, "close(closed) assign(bob)", ""},
		{"all: with signs", "#close", true, "close(closed)", ""},
		{"all: a line that is none", "close\nHello", true, "!", ""},
		{"all: text of a note", "#note\nHello\nthere", true, "note(-)", "Hello\nthere"},
		{"all: text of a new ticket", "#new Printer\nIt burns.", true, "new(-)", "It burns."},
	};
	(void)state;
	const struct pd_agent *anna = pd_settings_agent(settings, "anna");
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *left = NULL;
		struct pd_commands *commands = pd_commands_parse(arena, settings, "en", anna, NOW,
								 rows[i].text, rows[i].is_all, &left);
		char *got = pd_strdup(arena, "");
		for (size_t n = 0; n < commands->items.count; n++) {
			const struct pd_command *command = &commands->items.items[n];
			const char *value = command->value != NULL ? command->value : "-";
			got = pd_printf(arena, "%s%s%s(%s", got, n > 0 ? " " : "",
					pd_command_word(command->spec), value);
			got = command->number != 0
				      ? pd_printf(arena, "%s|%lld)", got, (long long)command->number)
				      : pd_printf(arena, "%s)", got);
		}
		if (strcmp(rows[i].want, "!") == 0) {
			CHECK_ROW(rows[i].name, commands->errors.count > 0);
			continue;
		}
		if (commands->errors.count > 0)
			fail_msg("row \"%s\": %s", rows[i].name, commands->errors.items[0]);
		CHECK_ROW_STRING(rows[i].name, got, rows[i].want);
		CHECK_ROW_STRING(rows[i].name, left, rows[i].left);
	}
}

static void wrong(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{"mistyped", "#asign bob",
		 "Line 1, \"#asign bob\": there is no command #asign. Did you mean #assign?"},
		{"nothing near", "#frobnicate",
		 "Line 1, \"#frobnicate\": there is no command #frobnicate. #help lists all."},
		{"begun", "#prio high",
		 "Line 1, \"#prio high\": there is no command #prio. Did you mean #priority?"},
		{"short and nothing near", "#void",
		 "Line 1, \"#void\": there is no command #void. #help lists all."},
		{"a view without a query", "#view hot",
		 "Line 1, \"#view hot\": #view needs an argument: #view NAME = QUERY [sort PROPERTY] [columns …] [for "
		 "team NAME|everyone]"},
		{"a view without a name", "#view = is:open",
		 "Line 1, \"#view = is:open\": #view needs an argument: #view NAME = QUERY [sort PROPERTY] [columns …] [for "
		 "team NAME|everyone]"},
		{"a view's name too strange", "#view a/b = is:open",
		 "Line 1, \"#view a/b = is:open\": a view's name has 1 to 60 characters, without / ; and =."},
		{"a view for no team", "#view x = is:open for team sale",
		 "Line 1, \"#view x = is:open for team sale\": there is no team \"sale\". Did you "
		 "mean \"sales\"? Choose from: support, sales."},
		{"a view's bad column", "#view x = is:open columns nmber",
		 "Line 1, \"#view x = is:open columns nmber\": there is no property \"nmber\". "
		 "Did you mean \"number\"? Choose from: number, name, status, status_kind, owner, "
		 "team, priority, category, source, contact, contact_name, company, mailbox, "
		 "pipeline, created, updated, closed, messages, sla, due, description, followers, "
		 "days_left, language, device, tags, floor, bought."},
		{"in the middle", "Hello\n#close\nBye",
		 "Line 2, \"#close\": a command between other lines is not carried out. Put it at the top or the end, "
		 "or begin the line with ## to send it as text."},
		{"an item of a list", "Please look:\n\n- #close\n- #assign bob",
		 "Line 3, \"#close\": a command between other lines is not carried out. Put it at the top or the end, "
		 "or begin the line with ## to send it as text."},
		{"a colleague in Cc", "#cc bob@example.com, jo@customer.example",
		 "Line 1, \"#cc bob@example.com, jo@customer.example\": the contact would see bob@example.com, the own "
		 "address of Bob Smith. #follow bob shows the ticket to Bob Smith, unseen."},
		{"not built", "#frobnicate x",
		 "Line 1, \"#frobnicate x\": there is no command #frobnicate. #help lists all."},
		{"snooze without a time", "#snooze",
		 "Line 1, \"#snooze\": a time is missing. Write it like: #snooze monday, #snooze tomorrow 9:00, "
		 "#snooze 2026-12-24, #snooze 2d"},
		{"task with an unknown time", "#task Call due nextweek",
		 "Line 1, \"#task Call due nextweek\": a time is missing. Write it like: #task ... due monday, #task ... due "
		 "tomorrow 9:00, #task ... due 2026-12-24, #task ... due 2d"},
		{"task with no such day", "#task Call due 2026-13-45 12:00",
		 "Line 1, \"#task Call due 2026-13-45 12:00\": a time is missing. Write it like: #task ... due monday, #task ... "
		 "due tomorrow 9:00, #task ... due 2026-12-24, #task ... due 2d"},
		{"snooze to the past", "#snooze 2026-11-20",
		 "Line 1, \"#snooze 2026-11-20\": Fri 2026-11-20 08:00 is past."},
		{"snooze with words", "#snooze 2d please",
		 "Line 1, \"#snooze 2d please\": \"please\" after the time has no meaning."},
		{"remind without a time", "#remind call her",
		 "Line 1, \"#remind call her\": a time is missing. Write it like: #remind monday, #remind tomorrow "
		 "9:00, #remind 2026-12-24, #remind 2d"},
		{"the line's number", "#close\n#opne\n\ntext",
		 "Line 2, \"#opne\": there is no command #opne. Did you mean #open?"},
		{"no argument", "#assign",
		 "Line 1, \"#assign\": #assign needs an argument: #assign NAME|me|none|team NAME [conversation [C2]]"},
		{"unknown agent", "#assign bib",
		 "Line 1, \"#assign bib\": there is no agent \"bib\". Did you mean \"bob\"? "
		 "Choose from: anna, bob, carol, vera."},
		{"nobody near", "#assign zacharias",
		 "Line 1, \"#assign zacharias\": there is no agent \"zacharias\". Choose from: "
		 "anna, bob, carol, vera."},
		{"a team", "#assign sales",
		 "Line 1, \"#assign sales\": there is no agent \"sales\". Did you mean \"#assign "
		 "team sales\"? Choose from: anna, bob, carol, vera."},
		{"a viewer", "#assign vera",
		 "Line 1, \"#assign vera\": vera is a viewer and cannot own tickets."},
		{"unknown team", "#assign team sale",
		 "Line 1, \"#assign team sale\": there is no team \"sale\". Did you mean "
		 "\"sales\"? Choose from: support, sales."},
		{"unknown status", "#status clsed",
		 "Line 1, \"#status clsed\": there is no status \"clsed\". Did you mean "
		 "\"Closed\"? Choose from: new, open, waiting, closed, Waiting on customer, Won't "
		 "fix, Lead, Talking, Won, Lost."},
		{"unknown priority", "#priority urgnt",
		 "Line 1, \"#priority urgnt\": there is no priority \"urgnt\". Did you mean "
		 "\"urgent\"? Choose from: low, normal, high, urgent."},
		{"unknown category", "#category biling",
		 "Line 1, \"#category biling\": there is no category \"biling\". Did you mean "
		 "\"billing\"? Choose from: billing, hardware, other."},
		{"stands alone", "#close now",
		 "Line 1, \"#close now\": #close stands alone; \"now\" after it has no meaning."},
		{"no address", "#cc bob", "Line 1, \"#cc bob\": \"bob\" is no mail address."},
		{"half an address", "#cc x@y", "Line 1, \"#cc x@y\": \"x@y\" is no mail address."},
		{"our own address", "#cc help@example.com",
		 "Line 1, \"#cc help@example.com\": help@example.com is an address of the desk itself."},
		{"not our address", "#from x@y.example",
		 "Line 1, \"#from x@y.example\": there is no address of the desk \"x@y.example\". "
		 "Choose from: support, sales."},
		{"no entry", "#delete 7",
		 "Line 1, \"#delete 7\": \"7\" is no entry: entries are called E7 and the like."},
		{"no action", "#undo that",
		 "Line 1, \"#undo that\": \"that\" is no number of an action; a receipt names it."},
		{"no property", "#set nme=x",
		 "Line 1, \"#set nme=x\": there is no property \"nme\". Did you mean \"name\"? "
		 "Choose from: name, description, source, owner, status, priority, category, "
		 "pipeline, company, team, device, tags, floor, bought."},
		{"pin without an entry", "#pin", "Line 1, \"#pin\": #pin needs an argument: #pin E7"},
		{"log without a text", "#log call", "Line 1, \"#log call\": #log needs an argument: #log call|meeting|email TEXT"},
		{"log of something", "#log cal Hello", "Line 1, \"#log cal Hello\": there is no kind of log \"cal\". Did you mean "
		 "\"call\"? Choose from: call, meeting, email."},
		{"share with nobody", "#share bib", "Line 1, \"#share bib\": there is no agent \"bib\". Did you mean \"bob\"? Choose "
		 "from: anna, bob, carol, vera."},
		{"not one of the choices", "#add tags=c",
		 "Line 1, \"#add tags=c\": there is no tags \"c\". Did you mean \"a\"? Choose "
		 "from: a, b, Loud."},
		{"adding to one value", "#add device=phone",
		 "Line 1, \"#add device=phone\": device has one value: #set device=VALUE."},
		{"adding to what is no property", "#remove tagz=a",
		 "Line 1, \"#remove tagz=a\": there is no property \"tagz\". Did you mean "
		 "\"tags\"? Choose from: name, description, source, owner, status, priority, "
		 "category, pipeline, company, team, device, tags, floor, bought."},
		{"adding nothing", "#add tags=", "Line 1, \"#add tags=\": #add needs PROPERTY=VALUE."},
		{"no value", "#set name", "Line 1, \"#set name\": #set needs PROPERTY=VALUE."},
		{"empty name", "#set name=", "Line 1, \"#set name=\": a ticket needs a name."},
		{"not to be set", "#set created=2026-01-01",
		 "Line 1, \"#set created=2026-01-01\": the property created cannot be set."},
		{"no choice at all", "#set device=tablet",
		 "Line 1, \"#set device=tablet\": there is no device \"tablet\". Choose from: "
		 "phone, laptop."},
		{"wrong choice", "#set device=lapto",
		 "Line 1, \"#set device=lapto\": there is no device \"lapto\". Did you mean "
		 "\"laptop\"? Choose from: phone, laptop."},
		{"no number either", "#set floor=0x10",
		 "Line 1, \"#set floor=0x10\": floor is a number, and \"0x10\" is none."},
		{"nor that", "#set floor=-inf", "Line 1, \"#set floor=-inf\": floor is a number, and \"-inf\" is none."},
		{"no number", "#set floor=top",
		 "Line 1, \"#set floor=top\": floor is a number, and \"top\" is none."},
		{"no date", "#set bought=yesterday",
		 "Line 1, \"#set bought=yesterday\": bought is a date such as 2026-01-31, and \"yesterday\" "
		 "is none."},
		{"a bad sort", "#list open sort nmber",
		 "Line 1, \"#list open sort nmber\": there is no property \"nmber\". Did you mean "
		 "\"number\"? Choose from: number, name, status, status_kind, owner, team, "
		 "priority, category, source, contact, contact_name, company, mailbox, pipeline, "
		 "created, updated, closed, messages, sla, due, description, followers, "
		 "days_left, language, device, tags, floor, bought."},
		{"two new", "#new a\n#new b",
		 "Line 2, \"#new b\": one mail makes one ticket: #new stands once."},
		{"no help", "#help asign",
		 "Line 1, \"#help asign\": there is no command \"asign\". Did you mean \"assign\"?"},
	};
	(void)state;
	const struct pd_agent *anna = pd_settings_agent(settings, "anna");
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *left = NULL;
		struct pd_commands *commands =
			pd_commands_parse(arena, settings, "en", anna, NOW, rows[i].text, false, &left);
		CHECK_ROW(rows[i].name, commands->errors.count >= 1);
		CHECK_ROW_STRING(rows[i].name, commands->errors.items[0], rows[i].want);
	}
}

static void languages(void **state)
{
	static const struct {
		const char *language, *text, *word;
	} rows[] = {
		{"fr", "#fermer", "close"},	{"fr", "#attribuer bob", "assign"},
		{"fr", "#à x@y.example", "to"}, {"pl", "#zamknij", "close"},
		{"pl", "#usuń E7", "delete"},	{"fi", "#sulje", "close"},
		{"fi", "#näytä 12", "show"},	{"de", "#schließen", "close"},
		{"de", "#SCHLIESSEN", "close"}, {"de", "#priorität high", "priority"},
		{"de-AT", "#offnen", NULL},	{"de-AT", "#öffnen", "open"},
		{"de", "#close", "close"},
	};
	(void)state;
	const struct pd_agent *anna = pd_settings_agent(settings, "anna");
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		const char *left;
		struct pd_commands *commands = pd_commands_parse(arena, settings, rows[i].language, anna, NOW,
								 rows[i].text, false, &left);
		if (rows[i].word == NULL)
			CHECK_ROW(rows[i].text, commands->errors.count == 1);
		else
			CHECK_ROW_STRING(rows[i].text,
					 commands->items.count == 1
						 ? pd_command_word(commands->items.items[0].spec)
						 : "none",
					 rows[i].word);
	}
}

/* No word of a language may name two commands. */
static void words_differ(void **state)
{
	static const char *const tongues[] = {"en", "fr", "pl", "fi", "de"};
	(void)state;
	const struct pd_agent *anna = pd_settings_agent(settings, "anna");
	for (size_t t = 0; t < COUNT(tongues); t++) {
		for (size_t i = 0; pd_command_at(i) != NULL; i++) {
			PD_AUTO_ARENA arena = pd_arena_new();
			const char *left, *word = pd_command_word(pd_command_at(i));
			char *help = pd_commands_help(arena, tongues[t], word);
			const char *also = strstr(help, " (#");
			const char *own =
				also != NULL ? pd_strndup(arena, also + 3, strcspn(also + 3, ")")) : word;
			const char *text = pd_printf(arena, "#help %s", own);
			struct pd_commands *commands =
				pd_commands_parse(arena, settings, tongues[t], anna, NOW, text, false, &left);
			CHECK_ROW(text, commands->errors.count == 0);
			CHECK_ROW_STRING(text, commands->items.items[0].value, word);
		}
	}
}

static void yes(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{"#yes", true},	       {"\n\n  #Yes.\nthanks", true},
		{"\uff03yes", true},   {"#oui", true},
		{"#kyllä", true},      {"#tak", true},
		{"#ja", true},	       {"yes", false},
		{"", false},	       {"hello\n#yes", false},
		{"#yesterday", false}, {"#no", false},
		{"#yes please", true}, {"> #yes", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(rows[i].text, pd_commands_begins_yes(rows[i].text) == rows[i].want);
}

static void reply_shape(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	const char *left;
	struct pd_commands *commands =
		pd_commands_parse(arena, settings, "en", pd_settings_agent(settings, "anna"), NOW,
				  "#to a@x.example, \"Doe, Jo\" <jo@X.Example>\n#cc b@x.example "
				  "c@x.example.\n#bcc mailto:d@x.example\n"
				  "#from Example Sales\n#subject  Your  printer\n#note E9 he said so\nHello",
				  false, &left);
	assert_int_equal(commands->errors.count, 0);
	assert_int_equal(commands->to.count, 2);
	assert_string_equal(commands->to.items[1].name, "Doe, Jo");
	assert_string_equal(commands->to.items[1].addr, "jo@x.example");
	assert_int_equal(commands->cc.count, 2);
	assert_string_equal(commands->cc.items[1].addr, "c@x.example");
	assert_string_equal(commands->bcc.items[0].addr, "d@x.example");
	assert_string_equal(commands->from, "sales@example.com");
	assert_string_equal(commands->subject, "Your printer");
	assert_true(commands->is_note);
	assert_string_equal(commands->note, "he said so");
	assert_string_equal(left, "Hello");
}

/* --- carrying out --- */

static struct fake *desk;
static struct pd_arena *arena;
static pd_time now;

static void commit_first_ticket(void)
{
	struct pd_context context =
		pd_context_new(arena, settings, &desk->snapshot, now, "contact:jo@customer.example");
	const struct pd_change values[] = {{"name", NULL, "Printer"}};
	const struct pd_address jo = {.name = "Jo", .addr = "jo@customer.example"};
	struct pd_ticket *ticket =
		pd_plan_new_ticket(&context, pd_settings_mailbox(settings, "support"), values, COUNT(values));
	int64_t conversation = pd_plan_new_conversation(&context, ticket, "support", "Printer");
	pd_plan_add(&context, ticket, "participant", pd_participant_value(arena, &jo), conversation, NULL);
	pd_plan_add(&context, ticket, "contact",
		    pd_printf(arena, "%lld", (long long)pd_plan_contact(&context, &jo)->id), 0, NULL);
	struct pd_planned_message *message = pd_plan_message(&context, "mail", PD_IN);
	message->stored.from = jo;
	message->stored.subject = "Printer";
	message->stored.text = "It burns.";
	*pd_list_add(arena, &message->stored.attachments) =
		(struct pd_attachment){.name = "fire.jpg", .type = "image/jpeg", .size = 2048};
	pd_plan_event(&context, ticket, PD_EVENT_MESSAGE, message->stored.id, conversation, NULL);
	fake_commit(desk, &context);
}

static int make_desk(void **state)
{
	(void)state;
	arena = pd_arena_new();
	desk = fake_new(arena);
	now = NOW;
	commit_first_ticket();
	return 0;
}

static int drop_desk(void **state)
{
	(void)state;
	pd_arena_free(arena);
	return 0;
}

/* Carries the text out on ticket 1 as that actor and keeps it; what was told, or the errors, a line each. */
static const char *carry_out(const char *actor, enum pd_proof proof, int64_t number, const char *text)
{
	const char *left;
	struct pd_error error = {0};
	bool needs_confirmation = false;
	now += PD_MINUTE;
	struct pd_context context = pd_context_new(arena, settings, &desk->snapshot, now, actor);
	struct pd_ticket *ticket = pd_plan_ticket(&context, number);
	struct pd_commands *commands =
		pd_commands_parse(arena, settings, "en", context.agent, now, text, true, &left);
	if (commands->errors.count == 0)
		pd_commands_check(&context, commands, ticket, proof, &needs_confirmation);
	if (commands->errors.count > 0)
		return pd_printf(arena, "! %s", pd_strings_join(arena, &commands->errors, "\n"));
	if (needs_confirmation)
		return "?";
	if (pd_commands_apply(&context, commands, ticket, &error) != 0)
		return pd_printf(arena, "! %s", error.text);
	fake_commit(desk, &context);
	return pd_strings_join(arena, &context.plan->report, "\n");
}

static void anna(const char *text, const char *want)
{
	const char *got = carry_out("agent:anna", PD_PROOF_FULL, 1, text);
	CHECK_ROW_STRING(text, got, want);
}

static void applies(void **state)
{
	(void)state;
	anna("#take", "#take: owner nobody -> Anna Virtanen");
	anna("#take", "#take: owner is Anna Virtanen already");
	anna("#assign bob\n#close",
	     "#assign: owner Anna Virtanen -> Bob Smith\n#close: status New -> Closed");
	assert_int_equal(fake_ticket(desk, 1)->closed, now);
	anna("#close", "#close: status is Closed already");
	anna("#open", "#open: status Closed -> Open");
	assert_int_equal(fake_ticket(desk, 1)->closed, 0);
	anna("#wait", "#wait: status Open -> Waiting on customer");
	anna("#status won't fix", "#status: status Waiting on customer -> Won't fix");
	anna("#status Lead",
	     "! Line 1, \"#status Lead\": the pipeline support has no status \"Lead\"; it has: New, Open, "
	     "Waiting on customer, Closed, Won't fix.");
	anna("#pipeline sales\n#status talking",
	     "#pipeline: pipeline support -> sales\n#pipeline: status Won't fix -> Won\n"
	     "#status: status Won -> Talking");
	anna("#wait", "! Line 1, \"#wait\": the pipeline sales has no status \"waiting\"; it has: Lead, "
		      "Talking, Won, Lost.");
	anna("#priority high\n#category hardware",
	     "#priority: priority normal -> high\n#category: category none -> hardware");
	anna("#category none", "#category: category hardware -> none");
	anna("#assign none", "#assign: owner Bob Smith -> nobody");
	anna("#assign anna\n#assign team sales", "#assign: owner nobody -> Anna Virtanen\n#assign: team "
						 "support -> sales\n#assign: owner Anna Virtanen -> nobody");
	anna("#spam", "#spam: spam none -> yes");
	anna("#ham", "#ham: spam yes -> none");
	anna("#set name=Burning printer\n#set device=Phone\n#set description=x",
	     "#set: name Printer -> Burning printer\n#set: device none -> phone\n#set: description none -> "
	     "x");
	anna("#set description=none", "#set: description x -> none");
	anna("#set device=none", "#set: device phone -> none");
	anna("#set device=laptop\n#set device=", "#set: device none -> laptop\n#set: device laptop -> none");
	anna("#add tags=b;a\n#add tags=Loud;a", "#add: tags none -> b;a\n#add: tags b;a -> b;a;Loud");
	anna("#remove tags=a", "#remove: tags b;a;Loud -> b;Loud");
	anna("#add tags=b", "#add: tags is b;Loud already");
	anna("#list tags:loud columns number", "#list: tags:loud columns number\nnumber\n#1");
	anna("#remove tags=b;loud", "#remove: tags b;Loud -> none");
	anna("#follow\n#follow bob", "#follow: Anna Virtanen follows now\n#follow: Bob Smith follows now");
	anna("#follow", "#follow: Anna Virtanen follows already");
	anna("#unfollow\n#unfollow",
	     "#unfollow: Anna Virtanen follows no more\n#unfollow: Anna Virtanen does not follow");
	anna("#contact Max <max@customer.example>", "#contact: max@customer.example is a contact now");
	assert_int_equal(fake_ticket(desk, 1)->contacts.count, 2);
	anna("#contact -max@customer.example", "#contact: max@customer.example is no contact any more");
	anna("#contact -x@customer.example", "#contact: x@customer.example is no contact of this ticket");
	anna("#delete E2", "#delete: E2 is deleted; #restore E2 brings it back");
	anna("#restore E2", "#restore: E2 is back");
	anna("#delete E1",
	     "! Line 1, \"#delete E1\": E1 is no message, comment or file; #undo takes back what changed.");
	anna("#delete E999", "! Line 1, \"#delete E999\": this ticket has no entry E999.");
	anna("#delete", "#delete: the ticket is deleted; #restore brings it back");
	anna("#restore", "#restore: the ticket is back");
	anna("#send", "! #send: nothing of yours is held on this ticket.");
	anna("#new Second", "#new: ticket #2 \"Second\" in Example Support");
	anna("#set name=Third\n#new\n#assign me",
	     "#new: ticket #3 \"Third\" in Example Support\n#set: name is Third already\n"
	     "#assign: owner nobody -> Anna Virtanen");
	anna("#new", "! Line 1, \"#new\": the new ticket needs a name: #new NAME, or a subject.");
	assert_string_equal(fake_ticket(desk, 3)->owner, "anna");
	assert_string_equal(fake_ticket(desk, 3)->source, "manual");
}

static void asks(void **state)
{
	(void)state;
	anna("#priority high", "#priority: priority normal -> high");
	anna("#list open", "#list: open\nnumber  status  owner  priority  updated           name\n"
			   "#1      New     -      high      2026-11-21 14:01  Printer");
	anna("#list open sort -created columns number,contact",
	     "#list: open sort -created columns number,contact\nnumber  contact\n#1      "
	     "jo@customer.example");
	anna("#list closed", "#list: closed\nNo tickets.");
	anna("#search burns", "#search: burns\nnumber  status  owner  priority  updated           name\n"
			      "#1      New     -      high      2026-11-21 14:01  Printer");
	anna("#history priority",
	     "#1 Printer\nE3  2026-11-21 14:01  Anna Virtanen  priority normal -> high  (action 2)\n"
	     "E1  2026-11-21 14:00  jo@customer.example  priority none -> normal  (action 1)");
	anna("#list toner order", "#list: toner order\n\"toner order\" is no view: tickets with these words were "
				  "searched. #list alone names the views.\nNo tickets.");
	anna("#list unasigned", "! Line 1, \"#list unasigned\": there is no view \"unasigned\". Did you mean "
				"\"unassigned\"?");
	anna("#list ownr:bob", "! Line 1, \"#list ownr:bob\": the query is wrong: character 1: there is no "
		 "field \"ownr\". Did you mean \"owner\"?");
	anna("#search ownr:bob", "! Line 1, \"#search ownr:bob\": the query is wrong: character 1: there is no "
		 "field \"ownr\". Did you mean \"owner\"?");
	anna("#files 1", "#1 Printer\nE2  2026-11-21 14:00  fire.jpg  image/jpeg  2 kB");
	anna("#show 9", "! Line 1, \"#show 9\": there is no ticket #9 that you may see.");
	const char *shown = carry_out("agent:anna", PD_PROOF_FULL, 1, "#show");
	assert_non_null(strstr(shown, "#1 Printer\nstatus: New\nowner: nobody\n"));
	assert_non_null(strstr(shown, "\n    It burns.\n    [fire.jpg]"));
	assert_non_null(
		strstr(carry_out("agent:anna", PD_PROOF_FULL, 0, "#list"), "unassigned       Unassigned"));
	assert_non_null(strstr(carry_out("agent:anna", PD_PROOF_FULL, 0, "#help assign"),
			       "#assign NAME|me|none|team NAME [conversation [C2]]"));
}

/* Pins, logs and shares: what stands on the timeline, who is told, and that none of it changes the ticket's people. */
static void timeline(void **state)
{
	(void)state;
	anna("#pin E2", "#pin: E2 is pinned");
	anna("#pin E1\n#pin E2", "#pin: E1 is pinned\n#pin: E2 is pinned already");
	anna("#pin E99", "! Line 1, \"#pin E99\": this ticket has no entry E99.");
	const char *shown = carry_out("agent:anna", PD_PROOF_FULL, 1, "#show");
	assert_true(strstr(shown, "\nE1  ") < strstr(shown, "\nE2  ")); /* the newest pin first */
	assert_null(strstr(shown, "\npinned:"));
	anna("#unpin E1\n#unpin E1", "#unpin: E1 is pinned no more\n#unpin: E1 is not pinned");
	anna("#undo", "#undo: action 6 of Anna Virtanen taken back: pinned E2 -> E1;E2");
	anna("#log call Jo wants it on Monday.", "#log: call E7: Jo wants it on Monday.");
	struct pd_entry *entry = desk->snapshot.entry(&desk->snapshot, arena, 7);
	assert_string_equal(pd_event_words(&entry->event), "call");
	assert_string_equal(entry->message->text, "Jo wants it on Monday.");
	assert_int_equal(entry->message->direction, PD_INTERNAL);
	size_t letters = desk->letters.count;
	anna("#share bob please look", "#share: shared with Bob Smith");
	assert_int_equal(desk->letters.count, letters + 1);
	const struct pd_planned_letter *letter = desk->letters.items[letters];
	assert_string_equal(letter->agent, "bob");
	assert_non_null(strstr(letter->letter.text, "Anna Virtanen shares this ticket with you.\n\nplease look\n\n#1 Printer"));
	assert_non_null(strstr(letter->letter.text, "It burns."));
	assert_int_equal(fake_ticket(desk, 1)->followers.count, 0);
	assert_null(fake_ticket(desk, 1)->owner);
	anna("#share team support", "#share: shared with Bob Smith, Vera Watch");
	assert_int_equal(fake_ticket(desk, 1)->properties.count, 1); /* the pins */
}

/* Views made by command: whose they are, who may change them, that they can be taken back. */
static void views(void **state)
{
	(void)state;
	static const struct {
		const char *name, *actor, *text, *want;
	} rows[] = {
		{"private", "agent:anna", "#view 🚨 Red = priority:>=high sort -created columns number,name",
		 "#view: view \"🚨 Red\": priority:>=high (private:anna)"},
		{"in quotation marks", "agent:anna", "#list \"🚨 Red\"", "#list: \"🚨 Red\"\nnumber  name\n#1      Printer"},
		{"a parenthesis that is not closed is no view", "agent:anna", "#list (open",
		 "! Line 1, \"#list (open\": the query is wrong: character 1: the parenthesis is not closed"},
		{"listed", "agent:anna", "#list 🚨 red", "#list: 🚨 red\nnumber  name\n#1      Printer"},
		{"narrowed once", "agent:anna", "#list 🚨 red sort number columns number",
		 "#list: 🚨 red sort number columns number\nnumber\n#1"},
		{"in a query", "agent:anna", "#list view:\"🚨 Red\" columns number",
		 "#list: view:\"🚨 Red\" columns number\nnumber\n#1"},
		{"not another's", "agent:bob", "#unview 🚨 Red",
		 "! Line 1, \"#unview 🚨 Red\": there is no view \"🚨 Red\"."},
		{"nor in a query", "agent:bob", "#list view:\"🚨 Red\"",
		 "! Line 1, \"#list view:\"🚨 Red\"\": the query is wrong: character 6: there is "
		 "no view \"🚨 Red\". Choose from: unassigned, mine, team-unassigned, team-open, "
		 "open, mentions, closed, sent, spam, drafts, tasks, automatic, deleted, hot."},
		{"another's own of that name", "agent:bob", "#view 🚨 red = owner:me",
		 "#view: view \"🚨 red\": owner:me (private:bob)"},
		{"for a team", "agent:anna", "#view Mine too = team:me for team support",
		 "#view: view \"Mine too\": team:me (team:support)"},
		{"used by the team", "agent:bob", "#list mine-too columns number",
		 "#list: mine-too columns number\nnumber\n#1"},
		{"not changed by it", "agent:bob", "#view Mine too = is:spam for team support",
		 "! Line 1, \"#view Mine too = is:spam for team support\": the view \"Mine too\" is anna's; its author "
		 "and administrators may change it."},
		{"by an administrator", "agent:carol", "#view mine too = team:support for everyone",
		 "#view: view \"mine too\": team:support (everyone)"},
		{"a team not one's own", "agent:anna", "#view x = is:open for team sales",
		 "! Line 1, \"#view x = is:open for team sales\": you are not in the team sales."},
		{"one of the configuration", "agent:carol", "#view 🔥 Hot = is:open",
		 "! Line 1, \"#view 🔥 Hot = is:open\": the view \"🔥 Hot\" stands in the configuration."},
		{"another for all", "agent:carol", "#view 🚨 red list = is:open for everyone",
		 "#view: view \"🚨 red list\": is:open (everyone)"},
		{"one of every desk", "agent:anna", "#view open = owner:bob for everyone",
		 "! Line 1, \"#view open = owner:bob for everyone\": \"open\" is a view of every desk; administrators "
		 "narrow it, for everyone."},
		{"nor by its title elsewhere", "agent:bob", "#view Alle offenen = priority:low",
		 "! Line 1, \"#view Alle offenen = priority:low\": \"Alle offenen\" is a view of every desk; administrators "
		 "narrow it, for everyone."},
		{"nor for a team", "agent:anna", "#view open = is:spam for team support",
		 "! Line 1, \"#view open = is:spam for team support\": \"open\" is a view of every desk; administrators "
		 "narrow it, for everyone."},
		{"by its name", "agent:bob", "#view OPEN = priority:low",
		 "! Line 1, \"#view OPEN = priority:low\": \"OPEN\" is a view of every desk; administrators narrow it, "
		 "for everyone."},
		{"nor for an administrator alone", "agent:carol", "#view All open = priority:low",
		 "! Line 1, \"#view All open = priority:low\": \"All open\" is a view of every desk; administrators "
		 "narrow it, for everyone."},
		{"another's, for an administrator", "agent:carol", "#list view:\"🚨 Red\"",
		 "! Line 1, \"#list view:\"🚨 Red\"\": the query is wrong: character 6: there is "
		 "no view \"🚨 Red\". Choose from: unassigned, mine, team-unassigned, team-open, "
		 "open, mentions, closed, sent, spam, drafts, tasks, automatic, deleted, hot, "
		 "mine too, 🚨 red list."},
		{"narrowed for all", "agent:carol", "#view open = owner:bob for everyone",
		 "#view: view \"open\": owner:bob (everyone)"},
		{"is narrow", "agent:anna", "#list open", "#list: open\nNo tickets."},
		{"wide again", "agent:carol", "#unview open",
		 "#unview: the view \"open\" is deleted; #undo brings it back."},
		{"is wide", "agent:anna", "#list open columns number", "#list: open columns number\nnumber\n#1"},
		{"one that names itself", "agent:anna", "#view ring = is:open view:ring",
		 "! Line 1, \"#view ring = is:open view:ring\": the query is wrong: character 14: the view \"ring\" names itself"},
		{"one for another", "agent:anna", "#view one = is:open", "#view: view \"one\": is:open (private:anna)"},
		{"another that names it", "agent:anna", "#view other = view:one", "#view: view \"other\": view:one (private:anna)"},
		{"no ring by a change", "agent:anna", "#view one = -view:other",
		 "! Line 1, \"#view one = -view:other\": the query is wrong: character 7: views "
		 "name each other in a circle: other, one, other"},
		{"nor by two lines", "agent:anna", "#view other = is:open\n#view one = view:other\n#view other = view:one",
		 "! Line 2, \"#view one = view:other\": the query is wrong: character 6: views "
		 "name each other in a circle: other, one, other"},
		{"nor by one of every desk", "agent:carol", "#view open = view:open for everyone",
		 "! Line 1, \"#view open = view:open for everyone\": the query is wrong: character 6: the view \"open\" names "
		 "itself"},
		{"what it named stands", "agent:anna", "#list other columns number", "#list: other columns number\nnumber\n#1"},
		{"a bad query", "agent:anna", "#view y = ownr:me",
		 "! Line 1, \"#view y = ownr:me\": the query is wrong: character 1: there is no "
		 "field \"ownr\". Did you mean \"owner\"?"},
		{"a viewer customizes nothing", "agent:vera", "#view y = is:open",
		 "! Line 1, \"#view y = is:open\": you lack the right \"views\" that #view needs."},
		{"deleted", "agent:anna", "#unview 🚨 red",
		 "#unview: the view \"🚨 red\" is deleted; #undo brings it back."},
		{"mistyped", "agent:carol", "#unview mine to", "! Line 1, \"#unview mine to\": there is no view \"mine to\". Did you mean "
		 "\"mine too\"? Choose from: mine too, 🚨 red list."},
		{"built in", "agent:carol", "#unview closed",
		 "! Line 1, \"#unview closed\": the view \"closed\" was not made by #view."},
	};
	anna("#priority high", "#priority: priority normal -> high");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_ROW_STRING(rows[i].name, carry_out(rows[i].actor, PD_PROOF_FULL, 1, rows[i].text), rows[i].want);
	const char *taken = carry_out("agent:anna", PD_PROOF_FULL, 1, "#undo");
	assert_non_null(strstr(taken, "taken back: view anna/🚨 red none -> "));
	anna("#list 🚨 red columns number", "#list: 🚨 red columns number\nnumber\n#1");
	/* Without a ticket it stands on the one that collects commands. */
	assert_non_null(strstr(carry_out("agent:bob", PD_PROOF_FULL, 0, "#view late = is:open\n#list late"),
			       "#1      New"));
	assert_string_equal(fake_ticket(desk, 2)->name, "Commands and requests");
	assert_true(fake_ticket(desk, 2)->is_automatic);
}

/* A name that several have is asked about, never guessed. */
static void ambiguous(void **state)
{
	(void)state;
	struct pd_settings *before = settings;
	settings = fake_settings(pd_printf(
		arena,
		"%s[agent bs]\nname = Bob Smith\naddress = bs@example.com\n[agent bj]\nname = Bo Jones\n"
		"address = bj@example.com\n[agent bk]\nname = Bo Katz\naddress = bk@example.com\n",
		fake_config));
	anna("#assign bob smith", "! Line 1, \"#assign bob smith\": \"bob smith\" may mean bob, bs: write one of "
		 "them.");
	anna("#assign bo", "! Line 1, \"#assign bo\": \"bo\" may mean bj, bk: write one of them.");
	anna("#assign bob",
	     "#assign: owner nobody -> Bob Smith"); /* the name in the configuration is one's own */
	pd_settings_unref(settings);
	settings = before;
}

/* All that #show has to tell, and its limits. */
static void shows_all(void **state)
{
	(void)state;
	anna("#follow\n#set device=phone\n#spam",
	     "#follow: Anna Virtanen follows now\n#set: device none -> phone\n"
	     "#spam: spam none -> yes");
	anna("#ham\n#unfollow", "#ham: spam yes -> none\n#unfollow: Anna Virtanen follows no more");
	anna("#spam\n#follow bob\n#close\n#delete E2",
	     "#spam: spam none -> yes\n#follow: Bob Smith follows now\n#close: status New -> Closed\n"
	     "#delete: E2 is deleted; #restore E2 brings it back");
	const char *shown = carry_out("agent:anna", PD_PROOF_FULL, 1, "#delete\n#show");
	static const char *const wanted[] = {
		"followers: Bob Smith\n",  "device: phone\n",	      "\nclosed: 2026-11-21 14:03\n",
		"This ticket is spam.",	   "This ticket is deleted.", "follower +Anna Virtanen",
		"follower -Anna Virtanen",
	};
	for (size_t i = 0; i < COUNT(wanted); i++)
		CHECK_ROW(wanted[i], strstr(shown, wanted[i]) != NULL);
	CHECK_ROW("a deleted entry", strstr(shown, "It burns.") == NULL);
	anna("#files", "#1 Printer\nNo files.");
	anna("#history category", "#1 Printer\nNothing has changed.");
	for (int i = 0; i < 40; i++)
		carry_out("agent:anna", PD_PROOF_FULL, 1, i % 2 == 0 ? "#priority high" : "#priority low");
	shown = carry_out("agent:anna", PD_PROOF_FULL, 1, "#show");
	CHECK_ROW("many entries", strstr(shown, " older entries are not shown.") != NULL);
	CHECK_ROW_STRING("no ticket", carry_out("agent:anna", PD_PROOF_FULL, 0, "#show"),
			 "! Line 1, \"#show\": #show needs the number of a ticket here.");
}

/* What is kept as a value for programs is told in words, and what another entry tells is told once. */
static void shows_words(void **state)
{
	(void)state;
	carry_out("agent:anna", PD_PROOF_FULL, 1, "#task Look at it due 5d");
	carry_out("agent:anna", PD_PROOF_FULL, 1, "#snooze 3d\n#remind 2d Ask.\n#share bob Look.\n#pin E2\n#move sales");
	const struct pd_ticket *ticket = fake_ticket(desk, 1);
	const char *task = NULL;
	for (size_t i = 0; i < ticket->properties.count; i++)
		if (pd_starts(ticket->properties.items[i].property, PD_PROPERTY_TASK))
			task = ticket->properties.items[i].property + strlen(PD_PROPERTY_TASK);
	carry_out("agent:anna", PD_PROOF_FULL, 1, pd_printf(arena, "#done E%s", task));
	static const char *const asked[] = {"#show", "#history"};
	const char *const never[] = {pd_printf(arena, "task:%s", task), "moved_from", " log ", "Z", "shared none"};
	for (size_t n = 0; n < COUNT(asked); n++) {
		const char *shown = carry_out("agent:anna", PD_PROOF_FULL, 1, asked[n]);
		for (size_t i = 0; i < COUNT(never); i++)
			if (strstr(shown, never[i]) != NULL)
				fail_msg("%s in %s", never[i], shown);
		const char *const wanted[] = {pd_printf(arena, "task E%s is done", task), "shared with Bob Smith", "pinned none -> E2",
					      "snoozed none -> Tue 2026-11-24", "reminder +Mon 2026-11-23"};
		for (size_t i = 0; i < COUNT(wanted); i++)
			if (strstr(shown, wanted[i]) == NULL)
				fail_msg("no %s in %s", wanted[i], shown);
	}
}

/* What an agent may not see it may not change, show or list, whatever the way. */
static void unseen(void **state)
{
	(void)state;
	struct pd_settings *before = settings;
	const char *at = strstr(fake_config, "[team support]\n") + strlen("[team support]\n");
	settings = fake_settings(
		pd_printf(arena, "%.*ssees = own\n%s", (int)(at - fake_config), fake_config, at));
	CHECK_ROW("give away", *carry_out("administrator", PD_PROOF_FULL, 1, "#assign carol") != '!');
	anna("#close", "! Line 1, \"#close\": there is no ticket #1 that you may see.");
	anna("#show", "! Line 1, \"#show\": there is no ticket #1 that you may see.");
	anna("#files 1", "! Line 1, \"#files 1\": there is no ticket #1 that you may see.");
	anna("#list open", "#list: open\nNo tickets.");
	anna("#search printer", "#search: printer\nNo tickets.");
	anna("#new Other", "#new: ticket #2 \"Other\" in Example Support");
	CHECK_ROW_STRING("undo elsewhere", carry_out("agent:anna", PD_PROOF_FULL, 2, "#undo 2"),
			 "! #undo: It touched tickets that you may not see: nothing was taken back.");
	pd_settings_unref(settings);
	settings = before;
}

static void rights(void **state)
{
	static const struct {
		const char *name, *actor;
		enum pd_proof proof;
		int64_t ticket;
		const char *text, *want; /* "" : done; "?": to be confirmed; else a part of the error */
	} rows[] = {
		{"viewer closes", "agent:vera", PD_PROOF_FULL, 1, "#close",
		 "you lack the right \"change\" that #close needs"},
		{"viewer answers", "agent:vera", PD_PROOF_FULL, 1, "#cc x@y.example", "the right \"reply\""},
		{"viewer deletes", "agent:vera", PD_PROOF_FULL, 1, "#delete", "the right \"delete\""},
		{"viewer takes", "agent:vera", PD_PROOF_FULL, 1, "#take", "the right \"change\""},
		{"viewer assigns to itself", "agent:vera", PD_PROOF_FULL, 1, "#assign me",
		 "vera is a viewer"},
		{"viewer follows", "agent:vera", PD_PROOF_FULL, 1, "#follow", ""},
		{"viewer comments", "agent:vera", PD_PROOF_FULL, 1, "#note hello", ""},
		{"viewer makes bob follow", "agent:vera", PD_PROOF_FULL, 1, "#follow bob",
		 "the right \"change\""},
		{"viewer lists", "agent:vera", PD_PROOF_FULL, 0, "#list open", ""},
		{"viewer makes a ticket", "agent:vera", PD_PROOF_FULL, 0, "#new x", "the right \"change\""},
		{"no ticket", "agent:anna", PD_PROOF_FULL, 0, "#close", "#close needs a ticket"},
		{"me without an agent", "administrator", PD_PROOF_FULL, 1, "#take", "#take needs an agent"},
		{"administrator", "administrator", PD_PROOF_FULL, 1, "#close", ""},
		{"mail proof closes on the ticket", "agent:anna", PD_PROOF_MAIL_TICKET, 1, "#open", ""},
		{"mail proof deletes on the ticket", "agent:anna", PD_PROOF_MAIL_TICKET, 1, "#delete", "?"},
		{"mail proof without the address", "agent:anna", PD_PROOF_MAIL, 1, "#close", "?"},
		{"mail proof, on a new ticket", "agent:anna", PD_PROOF_MAIL, 0, "#new x\n#assign bob\n#close",
		 ""},
		{"mail proof, new and undo", "agent:anna", PD_PROOF_MAIL, 0, "#new x\n#undo 1", "?"},
		{"mail proof on the ticket, new and undo", "agent:anna", PD_PROOF_MAIL_TICKET, 1,
		 "#new x\n#undo 1", "?"},
		{"mail proof on the ticket, undo", "agent:anna", PD_PROOF_MAIL_TICKET, 1, "#undo", ""},
		{"mail proof, undo", "agent:anna", PD_PROOF_MAIL, 1, "#undo", "?"},
		{"mail proof, harmless", "agent:anna", PD_PROOF_MAIL, 1, "#take", ""},
		{"mail proof takes a colleague's", "agent:bob", PD_PROOF_MAIL, 1, "#take", "?"},
		{"mail proof takes a colleague's by its address", "agent:bob", PD_PROOF_MAIL_TICKET, 1, "#take", ""},
		{"mail proof, list", "agent:anna", PD_PROOF_MAIL, 0, "#list open", ""},
		{"no proof", "agent:anna", PD_PROOF_NONE, 0, "#list open", "?"},
		{"full proof deletes", "agent:anna", PD_PROOF_FULL, 1, "#delete", ""},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = carry_out(rows[i].actor, rows[i].proof, rows[i].ticket, rows[i].text);
		if (*rows[i].want == '\0')
			CHECK_ROW(rows[i].name, *got != '!' && *got != '?');
		else if (strcmp(rows[i].want, "?") == 0)
			CHECK_ROW_STRING(rows[i].name, got, "?");
		else if (*got != '!' || strstr(got, rows[i].want) == NULL)
			fail_msg("row \"%s\": got \"%s\"", rows[i].name, got);
	}
}

static void sight(void **state)
{
	static const struct {
		const char *name, *sees, *owner, *team, *follower;
		bool anna, bob, carol;
	} rows[] = {
		{"all", "all", "bob", "sales", NULL, true, true, true},
		{"team: its own", "team", "bob", "support", NULL, true, true, true},
		{"team: of others", "team", "carol", "sales", NULL, false, true, true},
		{"team: of others, followed", "team", "carol", "sales", "anna", true, true, true},
		{"team: unassigned in its mailbox", "team", NULL, "sales", NULL, true, true, true},
		{"own: of a colleague", "own", "carol", "support", NULL, false, true, true},
		{"own: its own", "own", "anna", "support", NULL, true, true, true},
		{"own: unassigned in its mailbox", "own", NULL, "support", NULL, true, true, true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA own = pd_arena_new();
		const char *at = strstr(fake_config, "[team support]\n") + strlen("[team support]\n");
		struct pd_settings *changed = fake_settings(pd_printf(
			own, "%.*ssees = %s\n%s", (int)(at - fake_config), fake_config, rows[i].sees, at));
		struct pd_ticket ticket = {
			.number = 1, .mailbox = "support", .owner = rows[i].owner, .team = rows[i].team};
		if (rows[i].follower != NULL)
			*pd_list_add(own, &ticket.followers) = rows[i].follower;
		CHECK_ROW(rows[i].name,
			  pd_may_see(changed, pd_settings_agent(changed, "anna"), &ticket) == rows[i].anna);
		CHECK_ROW(rows[i].name,
			  pd_may_see(changed, pd_settings_agent(changed, "bob"), &ticket) == rows[i].bob);
		CHECK_ROW(rows[i].name,
			  pd_may_see(changed, pd_settings_agent(changed, "carol"), &ticket) == rows[i].carol);
		/* A list asks the store for just these. */
		const struct {
			const char *name;
			bool sees;
		} agents[] = {{"anna", rows[i].anna}, {"bob", rows[i].bob}, {"carol", rows[i].carol}};
		const struct pd_query all = {.op = PD_QUERY_ALL}, none = {.op = PD_QUERY_NOT, .left = (struct pd_query *)&all};
		const struct pd_ticket_facts facts = {.ticket = &ticket};
		for (size_t n = 0; n < COUNT(agents); n++) {
			const struct pd_agent *agent = pd_settings_agent(changed, agents[n].name);
			CHECK_ROW(rows[i].name,
				  pd_query_matches(pd_sight(own, changed, agent, &all), &facts) == agents[n].sees);
			CHECK_ROW(rows[i].name, !pd_query_matches(pd_sight(own, changed, agent, &none), &facts));
		}
		CHECK_ROW(rows[i].name, pd_sight(own, changed, NULL, &all) == &all);
		pd_settings_unref(changed);
	}
}

static void single_rights(void **state)
{
	static const struct {
		enum pd_role role;
		const char *may; /* NULL: not given */
		const char *right;
		bool want;
	} rows[] = {
		{PD_ROLE_ADMINISTRATOR, NULL, "export", true},
		{PD_ROLE_ADMINISTRATOR, "views", "delete", true},
		{PD_ROLE_AGENT, NULL, "merge", true},
		{PD_ROLE_AGENT, NULL, "export", false},
		{PD_ROLE_AGENT, NULL, "channels", false},
		{PD_ROLE_AGENT, "views", "delete", false},
		{PD_ROLE_AGENT, "views", "views", true},
		{PD_ROLE_AGENT, "views", "change", true},
		{PD_ROLE_AGENT, "export", "export", true},
		{PD_ROLE_VIEWER, NULL, "views", false},
		{PD_ROLE_VIEWER, NULL, "change", false},
		{PD_ROLE_VIEWER, "export", "export", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_agent agent = {.name = "x", .role = rows[i].role, .has_may = rows[i].may != NULL};
		struct pd_strings may = {.items = (const char *[]){rows[i].may},
					 .count = rows[i].may != NULL};
		agent.may = may;
		CHECK_ROW(rows[i].right, pd_may(&agent, rows[i].right) == rows[i].want);
	}
}

/* A status that needs a property asks for it (R3), and takes it in the same mail. */
static void required(void **state)
{
	(void)state;
	struct pd_settings *before = settings;
	const char *at = strstr(fake_config, "[property floor]\n") + strlen("[property floor]\n");
	settings = fake_settings(pd_printf(arena, "%.*srequired_before = closed\n%s", (int)(at - fake_config),
					   fake_config, at));
	anna("#close", "! Line 1, \"#close\": Closed needs the property floor: add #set floor=VALUE.");
	anna("#wait", "#wait: status New -> Waiting on customer");
	anna("#set floor=3\n#close", "#set: floor none -> 3\n#close: status Waiting on customer -> Closed");
	anna("#set floor=",
	     "! Line 1, \"#set floor=\": Closed needs the property floor: add #set floor=VALUE.");
	pd_settings_unref(settings);
	settings = before;
}

/* What is required on creation must come with #new. */
static void required_on_create(void **state)
{
	(void)state;
	struct pd_settings *before = settings;
	const char *at = strstr(fake_config, "[property floor]\n") + strlen("[property floor]\n");
	settings = fake_settings(
		pd_printf(arena, "%.*son_create = required\n%s", (int)(at - fake_config), fake_config, at));
	anna("#new x", "! Line 1, \"#new x\": a new ticket needs the property floor: add #set floor=VALUE.");
	anna("#new x\n#set floor=",
	     "! Line 1, \"#new x\": a new ticket needs the property floor: add #set floor=VALUE.");
	anna("#new x\n#set floor=2", "#new: ticket #2 \"x\" in Example Support\n#set: floor none -> 2");
	pd_settings_unref(settings);
	settings = before;
}

/* A mail of very many commands is refused, and its errors stay few. */
static void too_many(void **state)
{
	static const char *const lines[] = {"#follow\n", "#frobnicate\n"};
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		PD_AUTO_ARENA own = pd_arena_new();
		const char *left;
		size_t len = strlen(lines[i]);
		char *text = pd_alloc(own, 5000 * len + 1);
		for (size_t n = 0; n < 5000; n++)
			memcpy(text + n * len, lines[i], len);
		struct pd_commands *commands = pd_commands_parse(
			own, settings, "en", pd_settings_agent(settings, "anna"), NOW, text, true, &left);
		CHECK_ROW(lines[i], commands->errors.count > 0 && commands->errors.count <= 201);
	}
}

/* --- the manual --- */

/* postdesk-commands(7) as one line, so that wrapping does not matter. */
static char *manual(struct pd_arena *own)
{
	const char *top = getenv("top_srcdir");
	FILE *file = top != NULL ? fopen(pd_printf(own, "%s/man/postdesk-commands.7", top), "r") : NULL;
	if (file == NULL)
		return NULL;
	char *text = pd_alloc(own, 200000);
	text[fread(text, 1, 199999, file)] = '\0';
	fclose(file);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\n' ? ' ' : *c;
	return text;
}

static void manual_has_all(void **state)
{
	(void)state;
	PD_AUTO_ARENA own = pd_arena_new();
	const char *text = manual(own);
	if (text == NULL)
		skip();
	for (size_t i = 0; pd_command_at(i) != NULL; i++) {
		const char *word = pd_command_word(pd_command_at(i));
		char *help = pd_strdup(own, strstr(pd_commands_help(own, "en", word), "\n    ") + 5);
		help[strlen(help) - 1] = '\0';
		CHECK_ROW(word, strstr(text, pd_printf(own, ".It Ic #%s ", word)) != NULL);
		CHECK_ROW(help, strstr(text, help) != NULL);
	}
	for (size_t i = 0; pd_view_at(i) != NULL; i++) {
		const struct pd_view *view = pd_view_at(i);
		CHECK_ROW(view->name, strstr(text, pd_printf(own, ".It %s Ta %s Ta %s ", view->name,
							     view->title, view->query)) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(wrong),
		cmocka_unit_test(languages),
		cmocka_unit_test(words_differ),
		cmocka_unit_test(yes),
		cmocka_unit_test(reply_shape),
		cmocka_unit_test_setup_teardown(applies, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(asks, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(ambiguous, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(timeline, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(views, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(shows_all, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(shows_words, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(unseen, make_desk, drop_desk),
		cmocka_unit_test_setup_teardown(rights, make_desk, drop_desk),
		cmocka_unit_test(sight),
		cmocka_unit_test(single_rights),
		cmocka_unit_test_setup_teardown(required_on_create, make_desk, drop_desk),
		cmocka_unit_test(too_many),
		cmocka_unit_test(manual_has_all),
		cmocka_unit_test_setup_teardown(required, make_desk, drop_desk),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Tests of what the desk finds wrong in a configuration: queries and commands, each with its line. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fake_snapshot.h"

#define CHAT(name)                                                                                                     \
	"[chat " name "]\ncomponent = d.example.com\nserver = 127.0.0.1:5347\nsecret_file = s\nmailbox = support\n"

/* Each group is put behind fake_config; lines are counted from its first. */
static void finds(void **state)
{
	static const struct {
		const char *name, *group;
		int line; /* 0: nothing is wrong */
		const char *want;
	} rows[] = {
		{"a good view", "[view a]\nquery = owner:me\n", 0, NULL},
		{"a bad query", "[view a]\nname = A\nquery = ownr:me\n", 3,
		 "[view a] query: character 1: there is no field \"ownr\". Did you mean \"owner\"?"},
		{"a view that names itself", "[view a]\nquery = is:open view:a\n", 2,
		 "[view a] query: character 14: the view \"a\" names itself"},
		{"views in a ring", "[view a]\nquery = view:b\n[view b]\nquery = is:open OR view:a\n", 2,
		 "[view a] query: character 6: views name each other in a circle: b, a, b"},
		{"a view of every desk, by itself", "[view open]\nquery = view:open\n", 2,
		 "[view open] query: character 6: the view \"open\" names itself"},
		{"a digest of no view", "[digest d]\nat = mon 8:00\nview = open;hto\n", 3,
		 "[digest d] view: there is no view \"hto\". Did you mean \"hot\"? Choose from: unassigned, mine, "
		 "team-unassigned, team-open, open, mentions, closed, sent, spam, drafts, tasks, automatic, deleted, hot. An "
		 "agent's #view may make it."},
		{"a digest of a wrong query", "[digest d]\nat = mon 8:00\nview = owner:zoe\n", 3,
		 "[digest d] view: character 7: there is no agent \"zoe\". Choose from: anna, bob, carol, vera."},
		{"a digest of views and queries", "[digest d]\nat = mon 8:00\nview = open;My team's open;owner:me age:>2d\n", 0, NULL},
		{"no query", "[view a]\nname = A\n", 1, "[view a] has no query"},
		{"a view of every desk, narrowed", "[view unassigned]\nquery = -team:sales\n", 0, NULL},
		{"a view of every desk, sorted", "[view unassigned]\nsort = -created\n", 0, NULL},
		{"a good rule",
		 "[rule r]\non = created;changed:device\nwhen = priority:urgent\n"
		 "do = #assign team sales;#note Overdue, please look.\n",
		 0, NULL},
		{"a rule by the clock", "[rule r]\non = goal:overdue;after:2d\ndo = #close\n", 0, NULL},
		{"a bad event", "[rule r]\non = creatd\ndo = #close\n", 2,
		 "[rule r] on: creatd is none of created replied answered changed:PROPERTY goal:STATE "
		 "after:DURATION at:TIME"},
		{"a bad condition", "[rule r]\non = created\nwhen = owner:me\ndo = #close\n", 3,
		 "[rule r] when: character 7: \"me\" is nobody here: name the agent"},
		{"a bad command", "[rule r]\non = created\ndo = #close;#asign bob\n", 3,
		 "[rule r] do: \"#asign bob\": there is no command #asign. Did you mean #assign?"},
		{"a bad argument", "[rule r]\non = created\ndo = #assign team nobody\n", 3,
		 "[rule r] do: \"#assign team nobody\": there is no team \"nobody\". Choose from: "
		 "support, sales."},
		{"a good route",
		 "[route r]\nwhen = from:*@bigcorp.example\nassign = round-robin\npriority = high\n", 0,
		 NULL},
		{"a bad route", "[route r]\nwhen = from\"\nassign = round-robin\n", 2,
		 "[route r] when: character 5: the quotation mark has no partner"},
		{"a skill that nobody has", "[route r]\nassign = round-robin\nskills = juggling\n", 3,
		 "[route r] skills: no agent has the skill \"juggling\""},
		{"needed before kinds and a status", "[property p]\nrequired_before = closed;Waiting;support:won't fix;sales:Lost\n", 0,
		 NULL},
		{"needed before no kind", "[property p]\nrequired_before = closd\n", 2,
		 "[property p] required_before: \"closd\" is none of new, open, waiting, closed, nor PIPELINE:STATUS"},
		{"needed before a status of no pipeline", "[property p]\nrequired_before = buying:Lost\n", 2,
		 "[property p] required_before: there is no [pipeline buying]"},
		{"needed before no status", "[property p]\nrequired_before = sales:Open\n", 2,
		 "[property p] required_before: [pipeline sales] has no status \"Open\""},
		{"good goals", "[sla s]\nclose = 3d\n[sla s priority:urgent]\nclose = 1d\n", 0, NULL},
		{"bad goals", "[sla s]\nclose = 3d\n[sla s priority:urgnt]\nclose = 1d\n", 3,
		 "[sla s priority:urgnt] its query: character 10: there is no priority \"urgnt\". "
		 "Did you mean \"urgent\"? Choose from: low, normal, high, urgent."},
		{"a good chat", CHAT("help.me"), 0, NULL},
		{"a chat that is no address", CHAT("Help"), 1, "[chat Help]: the name of a chat has small letters, digits and .-_ alone"},
		{"a chat like a ticket", CHAT("t12"), 1, "[chat t12]: that is the address of a ticket"},
		{"transcripts from elsewhere", CHAT("c") "from = x@else.example\n", 1,
		 "[chat c] from: x@else.example is no address of a mailbox"},
		{"a JID with a resource", "[agent zoe]\naddress = zoe@example.com\njid = zoe@chat.example/desk\n", 1,
		 "[agent zoe] jid: \"zoe@chat.example/desk\" is not NAME@DOMAIN"},
		{"a JID of the chat's own", CHAT("c") "[agent zoe]\naddress = zoe@example.com\njid = t1@d.example.com\n", 6,
		 "[agent zoe] jid: \"t1@d.example.com\" is an address of [chat c] itself"},
		{"files from nowhere", CHAT("c") "files = https://up.example.com\n", 1,
		 "[chat c] files: https://up.example.com: it is no URL with http:// or https://, a host and a path"},
		{"files from a folder", CHAT("c") "files = https://up.example.com/a/;https://up.example.com/b\n", 1,
		 "[chat c] files: https://up.example.com/b: it must end with a slash, as in https://upload.example.com/file_share/"},
		{"a property that is one already", "[property owner]\ntype = text\n", 1,
		 "[property owner] is a property that every ticket has"},
	};
	(void)state;
	int before = 0;
	for (const char *c = fake_config; *c != '\0'; c++)
		before += *c == '\n';
	for (size_t i = 0; i < COUNT(rows); i++) {
		PD_AUTO_ARENA arena = pd_arena_new();
		struct pd_settings *settings =
			fake_settings(pd_printf(arena, "%s%s", fake_config, rows[i].group));
		struct pd_problems problems = {.arena = arena};
		pd_desk_check(settings, &problems);
		CHECK_ROW(rows[i].name, (problems.count > 0) == (rows[i].line != 0));
		if (problems.count > 0) {
			CHECK_ROW_STRING(rows[i].name, problems.items[0].text, rows[i].want);
			CHECK_ROW(rows[i].name, problems.items[0].where.line == before + rows[i].line);
		}
		pd_settings_unref(settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

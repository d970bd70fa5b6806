/* Tests of src/config: what a file means, and what is told of a wrong one. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "config/config.h"
#include "config/option.h"

static char path[] = "/tmp/pd-test-config-XXXXXX";

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static struct pd_settings *load_bytes(struct pd_arena *arena, const char *text, size_t len, char **ret_told)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings = pd_config_load(path, &problems);
	assert_int_equal(settings == NULL, problems.errors > 0);
	char *printed = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&printed, &size);
	pd_problems_print(&problems, out);
	fclose(out);
	*ret_told = pd_strdup(arena, printed);
	free(printed);
	return settings;
}

static struct pd_settings *load(struct pd_arena *arena, const char *text, char **ret_told)
{
	return load_bytes(arena, text, strlen(text), ret_told);
}

static struct pd_settings *load_good(struct pd_arena *arena, const char *text)
{
	char *told;
	struct pd_settings *settings = load(arena, text, &told);
	if (settings == NULL || *told != '\0')
		fail_msg("%s", told);
	return settings;
}

#define MAILBOX "[mailbox support]\naddress = support@example.com\n"

static void test_defaults(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *settings = load_good(
		arena, MAILBOX "[agent anna]\naddress = anna@example.com\n[team t]\nmembers = anna\n");
	assert_string_equal(settings->state, PD_STATE_DIR);
	assert_null(settings->user);
	assert_null(settings->lmtp);
	assert_null(settings->milter);
	assert_null(settings->authserv_id);
	assert_string_equal(settings->submit, "sendmail:/usr/sbin/sendmail");
	assert_string_equal(settings->language, "en");
	assert_string_equal(settings->timezone, "UTC");
	assert_non_null(settings->hostname);
	assert_int_equal(settings->delimiter, '+');
	assert_string_equal(pd_strings_join(arena, &settings->priorities, " "), "low normal high urgent");
	assert_string_equal(settings->default_priority, "normal");
	assert_int_equal(settings->categories.count, 0);
	assert_int_equal(settings->message_size_limit, 52428800);
	assert_int_equal(settings->message_in_database, 131072);
	assert_int_equal(settings->lmtp_connections, 64);
	assert_int_equal(settings->readers, 0);
	assert_int_equal(settings->reader_deadline, 10 * PD_SECOND);
	assert_int_equal(settings->reader_memory, 512 * 1024 * 1024);
	assert_false(settings->tnef);
	assert_int_equal(settings->notify_attach_limit, 5 * 1024 * 1024);
	assert_int_equal(settings->acknowledge_per_address, 3);
	assert_int_equal(settings->automatic_per_ticket, 10);
	assert_int_equal(settings->automatic_per_hour, 1000);
	assert_int_equal(settings->hop_limit, 50);
	assert_int_equal(settings->confirm_within, 48 * PD_HOUR);
	assert_int_equal(settings->reply_address_expires, 90 * PD_DAY);
	assert_int_equal(settings->keep_deleted, 90 * PD_DAY);

	const struct pd_mailbox *mailbox = pd_settings_mailbox(settings, "support");
	assert_string_equal(mailbox->full_name, "support");
	assert_null(mailbox->team);
	assert_string_equal(mailbox->language, "en");
	assert_false(mailbox->acknowledge);
	assert_true(mailbox->notify_team);
	assert_true(mailbox->reply_address);
	assert_false(mailbox->tag_subject);
	assert_int_equal(mailbox->after_reply, PD_STATUS_WAITING);
	assert_int_equal(mailbox->after_answer, PD_STATUS_OPEN);
	assert_int_equal(mailbox->reopen_within, 0);
	assert_int_equal(mailbox->subject_window, 14 * PD_DAY);
	assert_string_equal(mailbox->pipeline->name, "support");
	assert_int_equal(mailbox->pipeline->statuses.count, 4);
	assert_string_equal(mailbox->pipeline->statuses.items[2].name, "Waiting on customer");
	assert_int_equal(mailbox->pipeline->statuses.items[2].kind, PD_STATUS_WAITING);
	assert_int_equal(mailbox->where.line, 1);

	const struct pd_agent *agent = pd_settings_agent(settings, "anna");
	assert_string_equal(agent->full_name, "anna");
	assert_string_equal(agent->login, "anna");
	assert_null(agent->user);
	assert_int_equal(agent->role, PD_ROLE_AGENT);
	assert_false(agent->has_may);
	assert_string_equal(agent->team, "t");
	assert_int_equal(pd_settings_team(settings, "t")->sees, PD_SEES_ALL);
	pd_settings_unref(settings);
}

static void test_all_values(void **state)
{
	(void)state;
	static const char text[] = "\xef\xbb\xbf# a comment\r\n"
				   "[postdesk]\r\n"
				   "state = state\r\n"
				   "  user =postdesk  \n"
				   "hostname=mail.example.com\n"
				   "lmtp = unix:run/lmtp\n"
				   "milter = inet:[::1]:2425\n"
				   "submit = smtp://127.0.0.1:10026\n"
				   "authserv_id = mail.example.com\n"
				   "delimiter = -\n"
				   "language = fi\n"
				   "timezone = Europe/Helsinki\n"
				   "priorities = p1;p2\n"
				   "default_priority = p2\n"
				   "categories = billing;a\\;b\n"
				   "message_size_limit = 1G\n"
				   "reader_deadline = 1m30s\n"
				   "[mailbox support]\n"
				   "address = Support@Example.COM;help@example.com\n"
				   "name = Tuki = apu\n"
				   "team = helpers\n"
				   "pipeline = sales\n"
				   "acknowledge = TRUE\n"
				   "notify_team = no\n"
				   "after_reply = none\n"
				   "after_answer = new\n"
				   "reopen_within = 30d\n"
				   "language = de\n"
				   "notify_shows = contact;priority;earlier\n"
				   "was = help;desk\n"
				   "[team helpers]\n"
				   "members = bob ; anna\n"
				   "sees = own\n"
				   "[agent anna]\n"
				   "name = Anna Virtanen\n"
				   "address = anna@example.com;anna@home.example\n"
				   "login = al\n"
				   "certificate = Anna V; Anna at home\n"
				   "user = annav\n"
				   "role = administrator\n"
				   "may = views;export\n"
				   "skills = billing;fi\n"
				   "[agent bob]\n"
				   "address = bob@example.com\n"
				   "role = viewer\n"
				   "may =\n"
				   "team = other\n"
				   "[team other]\n"
				   "[pipeline sales]\n"
				   "statuses = open:In work;closed:Won;closed:Lost\n"
				   "status_was = In work:Open\n";
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	struct pd_settings *settings = load(arena, text, &told);
	if (settings == NULL)
		fail_msg("%s", told);
	assert_string_equal(told, "");
	assert_string_equal(settings->state, "/tmp/state");
	assert_string_equal(settings->user, "postdesk");
	assert_string_equal(settings->hostname, "mail.example.com");
	assert_string_equal(settings->lmtp, "unix:/tmp/run/lmtp");
	assert_string_equal(settings->milter, "inet:[::1]:2425");
	assert_string_equal(settings->submit, "smtp://127.0.0.1:10026");
	assert_int_equal(settings->delimiter, '-');
	assert_string_equal(settings->timezone, "Europe/Helsinki");
	assert_string_equal(pd_strings_join(arena, &settings->categories, "|"), "billing|a;b");
	assert_int_equal(settings->message_size_limit, 1024 * 1024 * 1024);
	assert_int_equal(settings->reader_deadline, 90 * PD_SECOND);

	const struct pd_mailbox *mailbox = pd_settings_mailbox_of(settings, "SUPPORT@example.com");
	assert_non_null(mailbox);
	assert_true(mailbox == pd_settings_mailbox_of(settings, "help@example.com"));
	assert_null(pd_settings_mailbox_of(settings, "other@example.com"));
	assert_string_equal(mailbox->addresses.items[0], "support@example.com");
	assert_string_equal(mailbox->full_name, "Tuki = apu");
	assert_string_equal(mailbox->team, "helpers");
	assert_string_equal(mailbox->pipeline->name, "sales");
	assert_string_equal(mailbox->language, "de");
	assert_string_equal(mailbox->notify_shows, "contact;priority;earlier");
	assert_true(mailbox->acknowledge && !mailbox->notify_team);
	assert_int_equal(mailbox->after_reply, PD_AUTO_STATUS_NONE);
	assert_int_equal(mailbox->after_answer, PD_STATUS_NEW);
	assert_int_equal(mailbox->reopen_within, 30 * PD_DAY);
	assert_int_equal(mailbox->was.count, 2);

	const struct pd_agent *anna = pd_settings_agent_of(settings, "Anna@Home.example");
	assert_string_equal(anna->name, "anna");
	assert_string_equal(anna->login, "al");
	assert_ptr_equal(pd_settings_agent_certified(settings, "Anna at home"), anna);
	assert_null(pd_settings_agent_certified(settings, "anna at home"));
	assert_null(pd_settings_agent_certified(settings, ""));
	assert_true(anna == pd_settings_agent_user(settings, "annav"));
	assert_null(pd_settings_agent_user(settings, NULL));
	assert_int_equal(anna->role, PD_ROLE_ADMINISTRATOR);
	assert_true(anna->has_may && anna->may.count == 2);
	assert_string_equal(anna->team, "helpers");
	const struct pd_agent *bob = pd_settings_agent(settings, "bob");
	assert_true(bob->has_may && bob->may.count == 0);
	assert_string_equal(bob->team, "other");
	assert_int_equal(bob->role, PD_ROLE_VIEWER);
	const struct pd_team *team = pd_settings_team(settings, "helpers");
	assert_true(pd_team_has(team, "bob") && !pd_team_has(team, "Bob"));
	assert_int_equal(team->sees, PD_SEES_OWN);

	const struct pd_pipeline *pipeline = pd_settings_pipeline(settings, "sales");
	assert_string_equal(pipeline->statuses.items[0].was, "Open");
	assert_string_equal(pd_pipeline_first(pipeline, PD_STATUS_CLOSED)->name, "Won");
	assert_string_equal(pd_pipeline_first(pipeline, PD_STATUS_WAITING)->name, "In work");
	assert_string_equal(pd_pipeline_status(pipeline, "LOST")->name, "Lost");
	assert_null(pd_pipeline_status(pipeline, "Open"));
	assert_null(pd_settings_pipeline(settings, "support"));
	pd_settings_unref(settings);
}

static void test_ten_faults(void **state)
{
	(void)state;
	static const char text[] = "[postdesk]\n"		     /* 1 */
				   "lmtp = inet:127.0.0.1\n"	     /* 2 */
				   "langage = en\n"		     /* 3 */
				   "[mailbox support]\n"	     /* 4 */
				   "address = support@example.com\n" /* 5 */
				   "team = suport\n"		     /* 6 */
				   "after_reply = wating\n"	     /* 7 */
				   "acknowledge = maybe\n"	     /* 8 */
				   "acknowledge = no\n"		     /* 9 */
				   "[team support]\n"		     /* 10 */
				   "members = anna;bobb\n"	     /* 11 */
				   "[agent anna]\n"		     /* 12 */
				   "address = anna\n"		     /* 13 */
				   "[agent bob]\n"		     /* 14 */
				   "address = Support@example.com\n" /* 15 */
				   "[mailbox support]\n"	     /* 16 */
				   "[milbox x]\n"		     /* 17 */
				   "this is nothing\n";		     /* 18 */
	static const struct {
		int line;
		const char *says;
	} want[] = {
		{2, "\"inet:127.0.0.1\" is neither unix:PATH nor inet:HOST:PORT"},
		{3, "unknown key \"langage\" in [postdesk]; did you mean \"language\"?"},
		{6, "there is no [team suport]; did you mean \"support\"?"},
		{7, "\"wating\" is none of new, open, waiting, closed, none; did you mean \"waiting\"?"},
		{8, "\"maybe\" is neither yes nor no"},
		{9, "duplicate key \"acknowledge\" in [mailbox], first in line 8"},
		{11, "there is no [agent bobb]; did you mean \"bob\"?"},
		{13, "\"anna\" is no mail address"},
		{15, "the address support@example.com is taken by [mailbox support] in line 5 already"},
		{16, "duplicate group [mailbox support], first in line 4"},
		{17, "unknown group [milbox]; did you mean [mailbox]?"},
		{18, "neither [GROUP], KEY = VALUE nor a comment: this is nothing"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	assert_null(load(arena, text, &told));
	struct pd_strings lines = pd_lines(arena, told);
	for (size_t i = 0; i < COUNT(want) && i < lines.count; i++) {
		const char *start = pd_printf(arena, "%s:%d: error: ", path, want[i].line);
		if (!pd_starts(lines.items[i], start) || !pd_ends(lines.items[i], want[i].says))
			fail_msg("got  %s\nwant %s… %s", lines.items[i], start, want[i].says);
	}
	assert_int_equal(lines.count, COUNT(want));
}

/* One fault a row; the text after the file's name. */
#define CHAT "[mailbox m]\naddress = m@example.com\n[chat c]\ncomponent = d.example.com\nmailbox = m\nsecret_file = s\n"

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"state = /x\n", ":1: error: \"state\" stands before the first group"},
		{"[postdesk\n", ":1: error: a group's line ends with \"]\": [postdesk"},
		{"[postdesk x]\n", ":1: error: [postdesk] has no name"},
		{"[mailbox]\n", ":1: error: [mailbox] needs a name: [mailbox NAME]"},
		{"[]\n", ":1: error: unknown group []"},
		{"[team a;b]\n",
		 ":1: error: [team a;b]: a name has letters, digits, \"-\", \"_\" and \".\" only"},
		{"[team me]\n", ":1: error: [team me]: this name has a meaning of its own in commands"},
		{"[postdesk]\n= x\n", ":2: error: no key before \"=\""},
		{"[postdesk]\n[postdesk]\n", ":2: error: duplicate group [postdesk], first in line 1"},
		{"[postdesk]\nlanguage = \xff\n", ":2: error: this line is not valid UTF-8"},
		{"[postdesk]\nlanguage = en\x01\n", ":2: error: a control character in this line"},
		{"[postdesk]\nlanguage = e\n",
		 ":2: error: [postdesk] language: \"e\" is none of en, fr, pl, fi, de; did you mean \"en\"?"},
		{"[postdesk]\nstates = x\n",
		 ":2: error: unknown key \"states\" in [postdesk]; did you mean \"state\"?"},
		{"[postdesk]\nzzz = x\n", ":2: error: unknown key \"zzz\" in [postdesk]"},
		{"[postdesk]\nhostname = a_b\n", ":2: error: [postdesk] hostname: \"a_b\" is no host name"},
		{"[postdesk]\nhop_limit = -1\n",
		 ":2: error: [postdesk] hop_limit: \"-1\" is no whole number up to 1000000"},
		{"[postdesk]\nhop_limit = 5 # five\n",
		 ":2: error: [postdesk] hop_limit: \"5 # five\" is no whole number up to 1000000; a comment "
		 "stands on a line of its own"},
		{"[postdesk]\nmessage_size_limit = 50MB\n",
		 ":2: error: [postdesk] message_size_limit: \"50MB\" is no size in bytes such as 65536, "
		 "512k, "
		 "50M or 1G"},
		{"[postdesk]\nconfirm_within = 2 days\n", ":2: error: [postdesk] confirm_within: \"2 days\" "
							  "is no duration such as 30s, 15m, 4h or 2d"},
		{"[postdesk]\ndelimiter = x\n",
		 ":2: error: [postdesk] delimiter: \"x\" is not one character of + - = _ # ~ ^ ! % & *"},
		{"[postdesk]\ntimezone = Mars/Olympus\n",
		 ":2: error: [postdesk] timezone: \"Mars/Olympus\" is no time zone such as Europe/Helsinki"},
		{"[postdesk]\nsubmit = 127.0.0.1:25\n",
		 ":2: error: [postdesk] submit: \"127.0.0.1:25\" is neither smtp://HOST:PORT nor "
		 "sendmail:/PATH"},
		{"[postdesk]\ndefault_priority = hihg\n",
		 ":2: error: [postdesk] default_priority: \"hihg\" is no priority; did you mean \"high\"?"},
		{"[postdesk]\npriorities = a;b\n",
		 ":2: error: [postdesk] priorities: \"normal\", the default_priority, is not among them"},
		{"[postdesk]\nlmtp = inet:a:1\nmilter = inet:a:1\n",
		 ": error: [postdesk] lmtp and milter are the same socket"},
		{"[mailbox x]\n", ":1: error: [mailbox x] needs the key \"address\""},
		{"[mailbox x]\naddress =\n", ":1: error: [mailbox x] needs the key \"address\""},
		{"[mailbox x]\naddress = a+b@c.d\n",
		 ":2: error: [mailbox x] address: a+b@c.d has the delimiter \"+\" in it"},
		{"[mailbox x]\naddress = a@b.c, d@b.c\n", ":2: error: [mailbox x] address: \"a@b.c, d@b.c\" "
							  "is no mail address; several are separated by "
							  "\";\""},
		{"[mailbox x]\naddress = a@b.c;A@b.c\n",
		 ":2: error: [mailbox x] address: \"a@b.c\" stands there twice"},
		{"[mailbox x]\naddress = a@b.c\npipeline = sale\n",
		 ":3: error: [mailbox x] pipeline: there is no [pipeline sale]"},
		{"[mailbox x]\naddress = a@b.c\nsla = gold\n",
		 ":3: error: [mailbox x] sla: there is no [sla gold]"},
		{"[mailbox x]\naddress = a@b.c\nnotify_shows = contct\n",
		 ":3: error: [mailbox x] notify_shows: there is no property \"contct\"; did you mean "
		 "\"contact\"?"},
		{"[mailbox x]\naddress = a@b.c\nacknowledgement = /no/such/file\n",
		 ":3: error: [mailbox x] acknowledgement: /no/such/file: No such file or directory"},
		{"[mailbox x]\naddress = a@b.c\n[mailbox y]\naddress = d@b.c;a@b.c\n",
		 ":4: error: [mailbox y]: the address a@b.c is taken by [mailbox x] in line 2 already"},
		{"[agent a]\naddress = a@b.c\n[agent b]\naddress = b@b.c\nlogin = a\n",
		 ":5: error: [agent b]: the login a is taken by [agent a] in line 1 already"},
		{"[agent a]\naddress = a@b.c\ncertificate = A;At home\n[agent b]\naddress = b@b.c\ncertificate = B;At home\n",
		 ":6: error: [agent b]: the certificate At home is taken by [agent a] in line 3 already"},
		{"[agent a]\naddress = a@b.c\nuser = u\n[agent b]\naddress = b@b.c\nuser = u\n",
		 ":6: error: [agent b]: the user u is taken by [agent a] in line 3 already"},
		{"[agent a]\naddress = a@b.c\nmay = fly\n",
		 ":3: error: [agent a] may: \"fly\" is none of views, move, merge, delete, bulk, export, "
		 "channels"},
		{"[agent a]\naddress = a@b.c\nwas = a\n",
		 ":3: error: [agent a] was: [agent a] is still there"},
		{"[agent a]\naddress = a@b.c\nteam = x\n", ":3: error: [agent a] team: there is no [team x]"},
		{"[team t]\ncalendar = office\n",
		 ":2: error: [team t] calendar: there is no [calendar office]"},
		{"[pipeline p]\n", ":1: error: [pipeline p] needs the key \"statuses\""},
		{"[pipeline p]\nstatuses =\n",
		 ":2: error: [pipeline p] statuses: a pipeline has at least one status"},
		{"[pipeline p]\nstatuses = Open;closed:C\n",
		 ":2: error: [pipeline p] statuses: \"Open\" is not KIND:NAME"},
		{"[pipeline p]\nstatuses = opn:Open;closed:C\n",
		 ":2: error: [pipeline p] statuses: \"opn\" is no kind of status: new, open, waiting or "
		 "closed"},
		{"[pipeline p]\nstatuses = open:A;closed:a\n",
		 ":2: error: [pipeline p] statuses: two statuses are called \"a\""},
		{"[pipeline p]\nstatuses = closed:C\nstatus_was = D:E\n",
		 ":3: error: [pipeline p] status_was: the pipeline has no status \"D\""},
		{"[pipeline p]\nstatuses = open:A;closed:C\nstatus_was = A:C\n",
		 ":3: error: [pipeline p] status_was: \"C\" is still a status of the pipeline"},
		{"[view v]\nsort = -duo\n",
		 ":2: error: [view v] sort: there is no property \"duo\"; did you mean \"due\"?"},
		{"[view v]\nshare = team:x\n", ":2: error: [view v] share: there is no [team x]"},
		{"[view v]\nshare = all\n",
		 ":2: error: [view v] share: \"all\" is neither everyone, private:AGENT nor team:TEAM"},
		{"[sla s]\nfirst_reply = 3 days\n",
		 ":2: error: [sla s] first_reply: \"3 days\" is no time such as 30m, 4h or 3wd, nor off"},
		{"[sla s]\ncalendar = x\n", ":2: error: [sla s] calendar: there is no [calendar x]"},
		{"[sla s priority:high]\n",
		 ":1: error: [sla s priority:high] overrides [sla s], which is not there"},
		{"[route r]\nassign = bob\n", ":2: error: [route r] assign: there is no [agent bob]"},
		{"[route r]\nassign = round-robbin\n",
		 ":2: error: [route r] assign: there is no [agent round-robbin]; did you mean \"round-robin\"?"},
		{"[route r]\npriority = top\n", ":2: error: [route r] priority: \"top\" is no priority"},
		{"[rule r]\non = created\n", ":1: error: [rule r] needs the key \"do\""},
		{"[property p]\ntype = chioce\n", ":2: error: [property p] type: \"chioce\" is none of text, "
						  "number, date, choice, choices; did "
						  "you mean \"choice\"?"},
		{CHAT "server = here\n", ":7: error: [chat c] server: \"here\" is not HOST:PORT"},
		{CHAT "server = h:5347\ntranscript = ja\n", ":8: error: [chat c] transcript: \"ja\" is neither yes nor no"},
		{CHAT "server = h:5347\ngateway = x.example\n", ":8: error: unknown key \"gateway\" in [chat]"},
		{CHAT "server = h:5347\ngateway fb = no host\n", ":8: error: [chat c] gateway NAME: \"no host\" is no host name"},
		{CHAT, ":3: error: [chat c] needs the key \"server\""},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *told;
		if (load(arena, rows[i].text, &told) != NULL)
			fail_msg("taken: %s", rows[i].text);
		/* Warnings apart, it is the only one. */
		const char *got = NULL;
		size_t errors = 0;
		struct pd_strings lines = pd_lines(arena, told);
		for (size_t k = 0; k < lines.count; k++) {
			if (strstr(lines.items[k], ": error: ") == NULL)
				continue;
			errors++;
			got = lines.items[k] + strlen(path);
		}
		CHECK_ROW_STRING(rows[i].text, got, rows[i].want);
		CHECK_ROW(rows[i].text, errors == 1);
	}
}

static void test_bytes(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	assert_null(load_bytes(arena, "[postdesk]\nuser = a\0b\n", 22, &told));
	assert_non_null(strstr(told, ":2: error: "));
	/* Any bytes give problems, never an end. */
	static const char bytes[] = "[]=;:\\#\n\r \tmailbox@.\xc3\xa4\xff\0-+";
	char noise[4096];
	unsigned seed = 1;
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof noise; i++) {
			seed = seed * 1103515245 + 12345;
			noise[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
		}
		struct pd_settings *settings = load_bytes(arena, noise, sizeof noise, &told);
		pd_settings_unref(settings);
	}
}

/* Where there is a default, an empty value stands for it. */
static void test_empty_values(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_settings *settings =
		load_good(arena, "[postdesk]\nstate =\nsubmit =\nlanguage =\ntimezone =\n"
				 "priorities =\ndefault_priority =\nlmtp =\n" MAILBOX
				 "team =\nsla =\npipeline =\nname =\n");
	assert_string_equal(settings->state, PD_STATE_DIR);
	assert_string_equal(settings->submit, "sendmail:/usr/sbin/sendmail");
	assert_string_equal(settings->language, "en");
	assert_string_equal(settings->timezone, "UTC");
	assert_int_equal(settings->priorities.count, 4);
	assert_string_equal(settings->default_priority, "normal");
	assert_null(settings->lmtp);
	const struct pd_mailbox *mailbox = pd_settings_mailbox(settings, "support");
	assert_null(mailbox->team);
	assert_null(mailbox->sla);
	assert_string_equal(mailbox->full_name, "support");
	assert_string_equal(mailbox->pipeline->name, "support");
	pd_settings_unref(settings);
}

/* Settings of a faulty file can be looked at: nothing is missing that others rely on. */
static void test_read_faulty(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	assert_null(load(arena,
			 "[mailbox x]\npipeline = p\n[mailbox y]\npipeline = q\n[agent a]\naddress = b\n"
			 "[pipeline p]\nstatuses = x\n",
			 &told));
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings = pd_config_read(path, &problems);
	assert_non_null(settings);
	assert_true(problems.errors >= 5);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(settings->mailboxes.items[i].addresses.count, 1);
		assert_non_null(settings->mailboxes.items[i].pipeline);
	}
	assert_int_equal(settings->agents.items[0].addresses.count, 1);
	assert_true(settings->pipelines.items[0].statuses.count > 0);
	pd_settings_unref(settings);
	problems = (struct pd_problems){.arena = arena};
	assert_null(pd_config_read("/no/such/file", &problems));
	assert_int_equal(problems.errors, 1);
}

static void test_unreadable(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	static const struct {
		const char *path, *want;
	} rows[] = {{"/no/such/file", "No such file or directory"}, {"/tmp", "is not a file"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pd_problems problems = {.arena = arena};
		assert_null(pd_config_load(rows[i].path, &problems));
		assert_int_equal(problems.count, 1);
		CHECK_ROW_STRING(rows[i].path, problems.items[0].text, rows[i].want);
		CHECK_ROW_STRING(rows[i].path, problems.items[0].where.file, rows[i].path);
		CHECK_ROW(rows[i].path, problems.items[0].where.line == 0);
	}
}

static void test_warnings(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	struct pd_settings *settings =
		load(arena, "[pipeline p]\nstatuses = open:A\n", &told);
	assert_non_null(settings);
	assert_non_null(strstr(told, ": warning: there is no [mailbox NAME]"));
	assert_non_null(strstr(told, ":2: warning: [pipeline p]: no status is of kind closed"));
	pd_settings_unref(settings);
}

static void test_groups(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	char *told;
	struct pd_settings *settings = load(arena,
					    "[sla s]\nfirst_reply = 4h\nescalate = a: b;c: d\n"
					    "[sla s priority:urgent]\nfirst_reply = off\n"
					    "[view hot]\nname = \xf0\x9f\x94\xa5 Hot\n[digest]\nat = 08:00\n",
					    &told);
	assert_non_null(settings);
	assert_int_equal(settings->groups.count, 4);
	assert_string_equal(settings->groups.items[1].type, "sla");
	assert_string_equal(settings->groups.items[1].name, "s priority:urgent");
	assert_string_equal(settings->groups.items[3].name, "");
	struct pd_where where;
	assert_string_equal(pd_group_value(&settings->groups.items[0], "escalate", &where), "a: b;c: d");
	assert_int_equal(where.line, 3);
	assert_null(pd_group_value(&settings->groups.items[0], "close", NULL));
	assert_string_equal(pd_settings_text(arena, settings),
			    "[sla s]\nfirst_reply=4h\nescalate=a: b;c: d\n"
			    "[sla s priority:urgent]\nfirst_reply=off\n"
			    "[view hot]\nname=\xf0\x9f\x94\xa5 Hot\n[digest]\nat=08:00\n");
	pd_settings_ref(settings);
	pd_settings_unref(settings);
	assert_int_equal(settings->groups.count, 4);
	pd_settings_unref(settings);
	pd_settings_unref(NULL);
}

/* The sample that is shipped has no fault and nothing that is warned of. */
static void test_sample(void **state)
{
	(void)state;
	const char *source = getenv("top_srcdir");
	if (source == NULL)
		skip();
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings =
		pd_config_load(pd_printf(arena, "%s/conf/postdesk.conf", source), &problems);
	pd_problems_print(&problems, stderr);
	assert_int_equal(problems.count, 0);
	assert_int_equal(pd_settings_team(settings, "support")->members.count, 2);
	pd_settings_unref(settings);
}

/* Each option stands in the table once, in a group that there is, with a text that is a sentence, and
 * its default is a value that it takes. */
static void test_table(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < pd_option_count; i++) {
		const struct pd_option *option = &pd_options[i];
		const char *name = pd_printf(arena, "[%s] %s", option->group, option->key);
		CHECK_ROW(name, pd_group_type_find(option->group) != NULL);
		CHECK_ROW(name, pd_option_find(option->group, option->key) == option);
		CHECK_ROW(name, pd_ends(option->text, "."));
		if (option->initial == NULL)
			continue;
		char *told;
		const char *group = pd_group_type_find(option->group)->naming == PD_GROUP_NAMED
					    ? pd_printf(arena, "%s x", option->group)
					    : option->group;
		pd_settings_unref(
			load(arena, pd_printf(arena, "[%s]\n%s = %s\n", group, option->key, option->initial),
			     &told));
		if (strstr(told, pd_printf(arena, "] %s: ", option->key)) != NULL)
			fail_msg("%s", told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),     cmocka_unit_test(test_all_values),
		cmocka_unit_test(test_ten_faults),   cmocka_unit_test(test_faults),
		cmocka_unit_test(test_bytes),	     cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_warnings),     cmocka_unit_test(test_groups),
		cmocka_unit_test(test_empty_values), cmocka_unit_test(test_read_faulty),
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_sample),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}

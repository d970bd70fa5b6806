/* The table of rights: who may give which command, by role and by single rights, and that postdesk-commands(7) says so. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desk/command.h"
#include "desk/schedule.h"
#include "small_desk.h"

static struct small_desk *desk;

static int make(void **state)
{
	(void)state;
	desk = small_desk_new("[agent dan]\naddress = dan@agents.example\nmay = merge;export\n"
			      "[agent vic]\naddress = vic@agents.example\nrole = viewer\nmay = views\n"
			      "[mailbox billing]\naddress = billing@example.com\n");
	small_deliver(desk, (struct small_mail){.from = "jane@acme.example", .subject = "Printer", .id = "1@x", .text = "x"});
	small_deliver(desk, (struct small_mail){.from = "jo@acme.example", .subject = "Screen", .id = "2@x", .text = "x"});
	return 0;
}

static int drop(void **state)
{
	(void)state;
	small_desk_free(desk);
	return 0;
}

static const char *const rights[] = {"change", "reply", "views", "move", "merge", "delete", "bulk", "export", "channels"};

/* Who has which of them, in that order. */
static const struct {
	const char *agent;
	bool has[COUNT(rights)];
} people[] = {
	{"carol", {true, true, true, true, true, true, true, true, true}},
	{"anna", {true, true, true, true, true, true, true, false, false}},
	{"vera", {false, false, false, false, false, false, false, false, false}},
	{"dan", {true, true, false, false, true, false, false, true, false}},
	{"vic", {false, false, true, false, false, false, false, false, false}},
};

static bool has_right(size_t who, const char *right)
{
	for (size_t i = 0; i < COUNT(rights); i++)
		if (pd_equal(rights[i], right))
			return people[who].has[i];
	return right == NULL;
}

/* Every command there is, with the right that it needs. */
static const struct {
	const char *line, *right;
} commands[] = {
	{"#assign anna", "change"}, {"#take", "change"}, {"#close", "change"}, {"#open", "change"}, {"#wait", "change"},
	{"#status closed", "change"}, {"#priority high", "change"}, {"#category none", "change"},
	{"#pipeline support", "change"}, {"#set name=x", "change"}, {"#add tags=a", "change"}, {"#remove tags=a", "change"},
	{"#spam", "change"}, {"#ham", "change"}, {"#snooze 2d", "change"}, {"#playbook x", "change"}, {"#pin E1", "change"},
	{"#unpin E1", "change"}, {"#log call x", "change"}, {"#contact x@y.example", "change"}, {"#company Acme", "change"},
	{"#link deal:7", "change"}, {"#unlink deal:7", "change"}, {"#new x", "change"},
	{"#to x@y.example", "reply"}, {"#cc x@y.example", "reply"}, {"#bcc x@y.example", "reply"},
	{"#from support@example.com", "reply"}, {"#subject x", "reply"}, {"#snippet x", "reply"}, {"#template x", "reply"},
	{"#article x", "reply"}, {"#attach x", "reply"}, {"#video x", "reply"}, {"#quote x", "reply"}, {"#meeting cancel", "reply"}, {"#draft", "reply"},
	{"#send", "reply"}, {"#view x = is:open", "views"}, {"#unview x", "views"}, {"#move billing", "move"},
	{"#inbox x@y.example", "move"}, {"#task x", "change"}, {"#done E1", "change"}, {"#reply E1", "reply"},
	{"#merge 2", "merge"}, {"#split E1", "merge"}, {"#delete", "delete"}, {"#restore", "delete"}, {"#bulk 1 2: #close", "bulk"},
	{"#note x", NULL}, {"#share anna", NULL}, {"#follow", NULL}, {"#unfollow", NULL}, {"#remind 2d", NULL}, {"#undo", NULL},
	{"#away", NULL}, {"#available", NULL}, {"#list open", NULL}, {"#search x", NULL}, {"#show", NULL}, {"#history", NULL},
	{"#why", NULL}, {"#files", NULL}, {"#help", NULL}, {"#yes", NULL},
};

/* The line's word, without its sign. */
static const char *word_of(const char *line)
{
	return pd_strndup(desk->arena, line + 1, strcspn(line + 1, " "));
}

static void by_role(void **state)
{
	(void)state;
	for (size_t who = 0; who < COUNT(people); who++) {
		const struct pd_agent *agent = pd_settings_agent(desk->settings, people[who].agent);
		for (size_t i = 0; i < COUNT(rights); i++)
			CHECK_ROW(pd_printf(desk->arena, "%s: %s", people[who].agent, rights[i]),
				  pd_may(agent, rights[i]) == people[who].has[i]);
	}
}

/* What is told of the command is the right that lacks, or nothing of rights. */
static void by_command(void **state)
{
	(void)state;
	for (size_t who = 0; who < COUNT(people); who++) {
		for (size_t i = 0; i < COUNT(commands); i++) {
			const char *actor = pd_printf(desk->arena, "agent:%s", people[who].agent);
			struct pd_context context = small_context(desk, actor);
			const char *text, *wanted = pd_printf(desk->arena, "you lack the right \"%s\" that #%s needs", commands[i].right,
							     word_of(commands[i].line));
			bool needs_confirmation;
			struct pd_commands *parsed = pd_commands_parse(desk->arena, desk->settings, "en", context.agent,
								      desk->now, commands[i].line, true, &text);
			bool is_parsed = parsed->errors.count == 0;
			if (!is_parsed) /* names that this desk does not have; the right is the command's all the same */
				continue;
			pd_commands_check(&context, parsed, pd_plan_ticket(&context, 1), PD_PROOF_FULL, &needs_confirmation);
			bool is_refused = false;
			for (size_t n = 0; n < parsed->errors.count; n++)
				is_refused |= strstr(parsed->errors.items[n], wanted) != NULL;
			CHECK_ROW(pd_printf(desk->arena, "%s: %s", people[who].agent, commands[i].line),
				  is_refused == !has_right(who, commands[i].right));
		}
	}
}

/* Each command stands in the table, with its right. */
static void all_commands(void **state)
{
	(void)state;
	for (size_t i = 0; pd_command_at(i) != NULL; i++) {
		const char *word = pd_command_word(pd_command_at(i));
		bool is_found = false;
		for (size_t n = 0; n < COUNT(commands); n++) {
			if (strcmp(word_of(commands[n].line), word) != 0)
				continue;
			is_found = true;
			CHECK_ROW(word, pd_equal(pd_command_right(pd_command_at(i)), commands[n].right));
		}
		CHECK_ROW(word, is_found);
	}
}

/* A digest has for each reader what that one may see; nothing is sent to whom nothing is left. */
static void digests(void **state)
{
	(void)state;
	struct small_desk *own = small_desk_new("[digest]\nview = open\nat = daily 8:00\nto = dan;erik;anna\n"
						"[team shop]\nmembers = dan\nsees = own\n[mailbox shop]\naddress = shop@example.com\n"
						"team = shop\n[team mute]\nmembers = erik\nsees = own\n"
						"[agent dan]\naddress = dan@agents.example\n[agent erik]\naddress = erik@agents.example\n");
	small_deliver(own, (struct small_mail){.from = "jane@acme.example", .subject = "Zanzibar", .id = "1@x", .text = "x"});
	small_deliver(own, (struct small_mail){.from = "jo@acme.example", .to = "shop@example.com", .subject = "Offer", .id = "2@x", .text = "x"});
	struct pd_context first = small_context(own, "postdesk");
	(void)pd_decide_schedule(&first); /* known from now on */
	small_keep(own, &first);
	own->now += PD_DAY;
	struct pd_context context = small_context(own, "postdesk");
	(void)pd_decide_schedule(&context);
	const struct pd_planned_letter *dan = small_letter(context.plan, PD_LETTER_NOTIFICATION, "dan");
	const struct pd_planned_letter *anna = small_letter(context.plan, PD_LETTER_NOTIFICATION, "anna");
	assert_non_null(dan);
	assert_non_null(anna);
	assert_non_null(strstr(anna->letter.text, "Zanzibar"));
	assert_null(strstr(dan->letter.text, "Zanzibar"));
	assert_non_null(strstr(dan->letter.text, "Offer"));
	assert_null(small_letter(context.plan, PD_LETTER_NOTIFICATION, "erik"));
	small_desk_free(own);
	/* Another's view is none, and its name no words to search for. */
	own = small_desk_new("[view annas]\nquery = is:open\nshare = private:anna\n"
			     "[digest]\nview = annas\nat = daily 8:00\nto = anna;bob\n");
	small_deliver(own, (struct small_mail){.from = "jane@acme.example", .subject = "Annas printer", .id = "1@x", .text = "x"});
	first = small_context(own, "postdesk");
	(void)pd_decide_schedule(&first);
	small_keep(own, &first);
	own->now += PD_DAY;
	context = small_context(own, "postdesk");
	(void)pd_decide_schedule(&context);
	assert_non_null(small_letter(context.plan, PD_LETTER_NOTIFICATION, "anna"));
	assert_null(small_letter(context.plan, PD_LETTER_NOTIFICATION, "bob"));
	small_desk_free(own);
}

/* The manual's section as one line. */
static char *manual(void)
{
	const char *top = getenv("top_srcdir");
	FILE *file = top != NULL ? fopen(pd_printf(desk->arena, "%s/man/postdesk-commands.7", top), "r") : NULL;
	if (file == NULL)
		return NULL;
	char *text = pd_alloc(desk->arena, 200000);
	text[fread(text, 1, 199999, file)] = '\0';
	fclose(file);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\n' ? ' ' : *c;
	return strstr(text, ".Sh WHO MAY");
}

static void manual_says_so(void **state)
{
	(void)state;
	const char *text = manual();
	if (text == NULL)
		skip();
	for (size_t i = 0; i < COUNT(rights); i++)
		CHECK_ROW(rights[i], strstr(text, pd_printf(desk->arena, ".It %s Ta %s Ta %s Ta %s .", rights[i],
							    people[0].has[i] ? "yes" : "no", people[1].has[i] ? "yes" : "no",
							    people[2].has[i] ? "yes" : "no")) != NULL);
	for (size_t i = 0; i < COUNT(commands); i++) {
		const char *item = commands[i].right != NULL ? pd_printf(desk->arena, ".It Cm %s ", commands[i].right)
							       : ".It everybody, viewers too ";
		const char *start = strstr(text, item);
		CHECK_ROW(item, start != NULL);
		const char *end = strstr(start + 1, ".It "), *list_end = strstr(start, ".El");
		end = end != NULL && end < list_end ? end : list_end;
		const char *found = strstr(start, pd_printf(desk->arena, "#%s ", word_of(commands[i].line)));
		CHECK_ROW(commands[i].line, found != NULL && found < end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_role, make, drop),
		cmocka_unit_test_setup_teardown(by_command, make, drop),
		cmocka_unit_test_setup_teardown(all_commands, make, drop),
		cmocka_unit_test(digests),
		cmocka_unit_test_setup_teardown(manual_says_so, make, drop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A desk is carried out and in again: desks made at random of mails and commands are the same desks then, in whatever order
 * tickets come, twice, interrupted and gone on with, and on either store. What no desk could have written is refused and
 * changes nothing. */
#include "check.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "any_commands.h"
#include "base/text.h"
#include "desk/carry.h"
#include "desk/mail.h"
#include "fake_snapshot.h"
#include "flow/internal.h"
#include "flow/verbs.h"
#include "store_desk.h"

static struct pd_settings *settings;
static struct pd_readers *readers;

static int set_up(void **state)
{
	(void)state;
	static const struct pd_reader_limits limits = {.count = 1, .deadline = 20 * PD_SECOND, .memory = (size_t)512 << 20};
	settings = fake_settings(fake_config);
	readers = pd_readers_new("/proc/self/exe", &limits);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pd_readers_free(readers);
	pd_settings_unref(settings);
	return 0;
}

/* --- desks --- */

struct desk {
	struct pd_store *store;
	struct pd_flow *flow;
	char *state; /* of a store on disk; NULL */
};

static struct desk new_desk(bool is_on_disk)
{
	struct desk desk = {0};
	struct pd_error error;
	if (is_on_disk) {
		desk.state = g_dir_make_tmp("test_flow_carry.XXXXXX", NULL);
		if (pd_store_open(desk.state, PD_STORE_WRITE, 4096, &desk.store, &error) != 0)
			fail_msg("%s", error.text);
	} else {
		desk.store = pd_store_memory();
	}
	desk.flow = pd_flow_new(settings, desk.store, readers);
	return desk;
}

static void drop(struct desk *desk)
{
	pd_flow_free(desk->flow);
	pd_store_close(desk->store);
	if (desk->state != NULL) {
		g_autofree char *command = g_strdup_printf("rm -rf '%s'", desk->state);
		assert_int_equal(system(command), 0);
		g_free(desk->state);
	}
}

struct answer {
	json_t *objects;
	int code;
	char error[500];
};

static bool keep_object(void *data, const char *object, size_t len)
{
	struct answer *answer = data;
	json_t *value = json_loadb(object, len, 0, NULL);
	assert_non_null(value);
	if (json_object_get(value, "exit") != NULL) {
		const char *error = json_string_value(json_object_get(value, "error"));
		answer->code = (int)json_integer_value(json_object_get(value, "exit"));
		snprintf(answer->error, sizeof answer->error, "%s", error != NULL ? error : "");
		json_decref(value);
	} else {
		json_array_append_new(answer->objects, value);
	}
	return true;
}

/* Takes the request over. */
static struct answer ask(struct desk *desk, const char *agent, json_t *request)
{
	const struct pd_peer peer = {.is_owner = agent == NULL, .agent = agent};
	struct answer answer = {.objects = json_array(), .code = -1};
	assert_non_null(request);
	pd_flow_verb(desk->flow, &peer, request, keep_object, &answer);
	json_decref(request);
	return answer;
}

static int tell(struct desk *desk, const char *agent, json_t *request)
{
	struct answer answer = ask(desk, agent, request);
	json_decref(answer.objects);
	return answer.code;
}

/* --- a desk at random --- */

struct arriving {
	struct pd_work work; /* first: the work is cast back */
	struct test_mail mail;
};

static void decide_mail(struct pd_work *work, struct pd_context *context)
{
	test_plan_mail(context, &((const struct arriving *)work)->mail);
}

static void receive(struct desk *desk, struct pd_arena *arena, int number, int64_t ticket)
{
	static const char *const people[] = {"jo@customer.example", "kim@other.example", "max@gmail.com"};
	struct arriving arriving = {
		.work = {.flow = desk->flow, .arena = arena, .settings = settings, .decide = decide_mail, .now = pd_now()},
		.mail = {.message_id = pd_printf(arena, "mail%d@somewhere.example", number),
			 .from = people[(size_t)rand() % COUNT(people)],
			 .name = "Somebody",
			 .subject = ticket != 0 ? "Re: Printer" : "Printer",
			 .text = pd_printf(arena, "It burns \xC3\xA4gain, %d.\nFrom here on.\n", number),
			 .ticket = ticket,
			 .is_acknowledged = number % 3 == 0},
	};
	arriving.work.actor = pd_printf(arena, "contact:%s", arriving.mail.from);
	struct pd_plan *plan;
	struct pd_error error;
	PD_AUTO_RAW raw = NULL;
	const char *bytes = pd_printf(arena, "Message-ID: <%s>%s\nFrom: %s\n\n%s", arriving.mail.message_id,
				      number % 4 == 0 ? "" : "\r", arriving.mail.from, arriving.mail.text);
	raw = pd_raw_from_bytes(bytes, strlen(bytes));
	const struct pd_delivery delivery = {.raw = raw};
	arriving.mail.raw = raw;
	arriving.work.delivery = &delivery;
	if (pd_flow_keep(&arriving.work, &plan, &error) != 0)
		fail_msg("%s", error.text);
}

static void command(struct desk *desk, int64_t number, const char *lines)
{
	static const char *const actors[] = {"anna", "bob", "carol", NULL};
	PD_AUTO_ARENA arena = pd_arena_new();
	const struct pd_strings list = pd_lines(arena, lines);
	json_t *commands = json_array();
	for (size_t i = 0; i < list.count; i++)
		json_array_append_new(commands, json_string(list.items[i]));
	(void)tell(desk, actors[(size_t)rand() % COUNT(actors)],
		   json_pack("{s:s,s:I,s:o}", "verb", "do", "number", (json_int_t)number, "commands", commands));
}

static void fill(struct desk *desk, unsigned seed)
{
	static const char *const more[] = {"#view Mine = owner:me", "#away until 2099-01-01", "#available", "#unview Mine",
					   "#task Look due 2d",	    "#link E2 2",	     "#undo",	    "#note @bob, look.",
					   "#cc max@gmail.com"};
	PD_AUTO_ARENA arena = pd_arena_new();
	srand(seed);
	for (int i = 0; i < 4; i++)
		receive(desk, arena, i, 0);
	for (int i = 4; i < 60; i++) {
		const int64_t number = 1 + rand() % 4;
		switch (rand() % 6) {
		case 0:
			receive(desk, arena, i, number);
			break;
		case 1:
			command(desk, number, more[(size_t)rand() % COUNT(more)]);
			break;
		case 2:
			command(desk, number, any_merging_commands[(size_t)rand() % COUNT(any_merging_commands)]);
			break;
		default:
			command(desk, number, any_commands[(size_t)rand() % COUNT(any_commands)]);
		}
	}
}

/* --- out and in --- */

static json_t *carry_out(struct desk *desk)
{
	struct answer answer = ask(desk, NULL, json_pack("{s:s}", "verb", "carry_out"));
	if (answer.code != 0)
		fail_msg("%s", answer.error);
	return answer.objects;
}

static const char *raw_of(const json_t *objects, json_int_t message)
{
	size_t i;
	const json_t *object;
	json_array_foreach(objects, i, object)
		if (json_object_get(object, "raw") != NULL && json_integer_value(json_object_get(object, "message")) == message)
			return json_string_value(json_object_get(object, "raw"));
	return NULL;
}

static json_t *desk_of(const json_t *objects)
{
	return json_object_get(json_array_get(objects, json_array_size(objects) - 1), "desk");
}

static json_t *with_desk(const json_t *objects, json_t *request)
{
	json_object_set(request, "desk", json_object_get(desk_of(objects), "desk"));
	return request;
}

static struct answer begin(struct desk *desk, const json_t *objects)
{
	json_t *of = desk_of(objects), *request = with_desk(objects, json_pack("{s:s}", "verb", "carry_begin"));
	json_object_set(request, "last", json_object_get(of, "last"));
	json_object_set(request, "key", json_object_get(of, "key"));
	json_object_set(request, "former", json_object_get(of, "former"));
	return ask(desk, NULL, request);
}

static struct answer take_ticket(struct desk *desk, const json_t *objects, const json_t *number, json_t *part)
{
	json_t *message, *request;
	size_t i;
	json_array_foreach(json_object_get(part, "messages"), i, message)
	{
		const char *raw = raw_of(objects, json_integer_value(json_object_get(message, "id")));
		request = with_desk(objects, json_pack("{s:s,s:[{s:O,s:s?}]}", "verb", "carry_messages", "messages", "message", message,
						       "content", raw));
		struct answer answer = ask(desk, NULL, request);
		if (answer.code != 0)
			return answer;
		json_decref(answer.objects);
	}
	request = with_desk(objects, json_pack("{s:s,s:O,s:O}", "verb", "carry_ticket", "number", number, "ticket", part));
	return ask(desk, NULL, request);
}

static void take_tickets(struct desk *desk, const json_t *objects, bool is_backwards, size_t max)
{
	const size_t count = json_array_size(objects);
	for (size_t i = 0; i < count && max > 0; i++) {
		const json_t *object = json_array_get(objects, is_backwards ? count - 1 - i : i);
		json_t *ticket = json_object_get(object, "ticket");
		if (ticket == NULL)
			continue;
		struct answer answer =
			take_ticket(desk, objects, json_object_get(object, "number"), json_object_get(ticket, "postdesk"));
		if (answer.code != 0)
			fail_msg("ticket %lld: %s", (long long)json_integer_value(json_object_get(object, "number")), answer.error);
		json_decref(answer.objects);
		max--;
	}
}

static void take_rest(struct desk *desk, const json_t *objects)
{
	json_t *letters = json_array(), *object, *of = desk_of(objects), *rest;
	size_t i;
	json_array_foreach(objects, i, object)
		if (json_object_get(object, "letter") != NULL)
			json_array_append(letters, json_object_get(object, "letter"));
	rest = json_pack("{s:o,s:O,s:O}", "letters", letters, "contacts", json_object_get(of, "contacts"), "drafts",
			 json_object_get(of, "drafts"));
	struct answer answer = ask(desk, NULL, with_desk(objects, json_pack("{s:s,s:o}", "verb", "carry_rest", "rest", rest)));
	if (answer.code != 0)
		fail_msg("%s", answer.error);
	json_decref(answer.objects);
	assert_int_equal(tell(desk, NULL, with_desk(objects, json_pack("{s:s}", "verb", "carry_end"))), 0);
}

static void take_in(struct desk *desk, const json_t *objects, bool is_backwards)
{
	struct answer answer = begin(desk, objects);
	if (answer.code != 0)
		fail_msg("%s", answer.error);
	json_decref(answer.objects);
	take_tickets(desk, objects, is_backwards, SIZE_MAX);
	take_rest(desk, objects);
}

/* All that a desk tells, without who it is and how far its numbers are. */
static char *dump(struct desk *desk)
{
	static const char *const verbs[] = {"list", "views", "agents", "contact", "company"};
	g_autoptr(GString) text = g_string_new(NULL);
	json_t *objects = carry_out(desk), *object, *name;
	size_t i;
	json_object_clear(desk_of(objects));
	json_array_foreach(objects, i, object)
	{
		json_t *ticket = json_object_get(object, "ticket");
		json_object_del(json_object_get(ticket, "postdesk"), "last");
		json_object_del(json_object_get(ticket, "postdesk"), "desk");
		json_object_del(ticket, "sla");
	}
	json_array_foreach(objects, i, object)
	{
		char *line = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
		g_string_append_printf(text, "%s\n", line);
		free(line);
	}
	json_decref(objects);
	for (size_t v = 0; v < COUNT(verbs); v++) {
		struct answer answer = ask(desk, NULL, json_pack("{s:s}", "verb", verbs[v]));
		json_array_foreach(answer.objects, i, object)
		{
			json_object_del(object, "sla");
			char *line = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
			g_string_append_printf(text, "%s: %s\n", verbs[v], line);
			free(line);
		}
		json_decref(answer.objects);
	}
	struct answer views = ask(desk, "anna", json_pack("{s:s}", "verb", "views"));
	json_array_foreach(views.objects, i, object)
	{
		name = json_object_get(object, "name");
		struct answer answer = ask(desk, "anna", json_pack("{s:s,s:O}", "verb", "list", "view", name));
		g_string_append_printf(text, "%s:", json_string_value(name));
		for (size_t n = 0; n < json_array_size(answer.objects); n++)
			g_string_append_printf(text, " %lld",
					       (long long)json_integer_value(
						       json_object_get(json_array_get(answer.objects, n), "number")));
		g_string_append_c(text, '\n');
		json_decref(answer.objects);
	}
	json_decref(views.objects);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void check_same(const char *name, unsigned seed, const char *got, const char *want)
{
	g_auto(GStrv) gots = g_strsplit(got, "\n", -1), wants = g_strsplit(want, "\n", -1);
	for (size_t i = 0; gots[i] != NULL && wants[i] != NULL; i++) {
		size_t at = 0;
		while (gots[i][at] != '\0' && gots[i][at] == wants[i][at])
			at++;
		if (gots[i][at] != wants[i][at])
			fail_msg("seed %u, %s: line %zu: ...%.300s\nfor ...%.300s", seed, name, i, gots[i] + (at > 100 ? at - 100 : 0),
				 wants[i] + (at > 100 ? at - 100 : 0));
	}
	assert_int_equal(g_strv_length(gots), g_strv_length(wants));
}

static void check_verified(struct desk *desk, unsigned seed)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_strings wrong = {0};
	struct pd_error error;
	assert_int_equal(pd_store_verify(desk->store, arena, &wrong, &error), 0);
	if (wrong.count > 0)
		fail_msg("seed %u: %s", seed, wrong.items[0]);
}

static void test_same_desk(void **state)
{
	(void)state;
	size_t merged = 0, records = 0, purged = 0;
	for (unsigned seed = 1; seed <= 12; seed++) {
		struct desk here = new_desk(seed % 2 == 0);
		fill(&here, seed);
		int64_t count = 0;
		struct pd_error error;
		if (seed % 6 == 0) /* of what is deleted a tombstone stays */
			assert_int_equal(pd_store_purge(here.store, pd_now() + PD_DAY, &count, &error), 0);
		purged += (size_t)count;
		g_autofree char *want = dump(&here);
		json_t *objects = carry_out(&here);
		merged += strstr(want, "\"merged\"") != NULL;
		records += strstr(want, "record:view") != NULL || strstr(want, "record:absence") != NULL;

		struct desk there = new_desk(seed % 3 != 0);
		take_in(&there, objects, seed % 4 == 0);
		g_autofree char *got = dump(&there);
		check_same("taken in", seed, got, want);
		check_verified(&there, seed);
		take_in(&there, objects, false);
		g_autofree char *again = dump(&there);
		check_same("twice", seed, again, want);
		drop(&there);

		there = new_desk(seed % 3 == 0);
		struct answer answer = begin(&there, objects);
		json_decref(answer.objects);
		take_tickets(&there, objects, true, 2);
		take_in(&there, objects, false);
		g_autofree char *resumed = dump(&there);
		check_same("gone on with", seed, resumed, want);
		/* what goes on there gets numbers that nobody has */
		for (int i = 0; i < 8; i++)
			command(&there, 1 + i % 4, any_commands[(size_t)rand() % COUNT(any_commands)]);
		check_verified(&there, seed);
		json_decref(objects);
		drop(&there);
		drop(&here);
	}
	assert_true(merged > 3);
	assert_true(records > 0);
	assert_true(purged > 0);
}

/* --- beside tickets of its own --- */

static json_t *show(struct desk *desk, json_int_t number)
{
	struct answer answer = ask(desk, NULL, json_pack("{s:s,s:I}", "verb", "show", "number", number));
	json_t *ticket = json_incref(json_array_get(answer.objects, 0));
	json_decref(answer.objects);
	return ticket;
}

static void test_beside_others(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 6; seed++) {
		struct desk here = new_desk(false), there = new_desk(true);
		PD_AUTO_ARENA arena = pd_arena_new();
		fill(&here, seed);
		receive(&there, arena, 900, 0);
		receive(&there, arena, 901, 0);
		json_t *objects = carry_out(&here), *object, *first = show(&there, 1);
		take_in(&there, objects, seed % 2 == 0);
		json_t *still = show(&there, 1);
		assert_true(json_equal(json_object_get(first, "timeline"), json_object_get(still, "timeline")));
		size_t i, tickets = 0;
		json_array_foreach(objects, i, object)
		{
			if (json_object_get(object, "ticket") == NULL)
				continue;
			json_t *of = json_object_get(object, "ticket");
			json_t *events = json_object_get(json_object_get(of, "postdesk"), "events");
			json_int_t number = json_integer_value(json_object_get(object, "number"));
			struct answer answer = ask(
				&there, NULL,
				with_desk(objects, json_pack("{s:s,s:I,s:O}", "verb", "carry_ticket", "number", number, "entry",
							     json_object_get(json_array_get(events, 0), "id"))));
			json_int_t led = json_integer_value(json_object_get(json_array_get(answer.objects, 0), "number"));
			assert_true(json_is_true(json_object_get(json_array_get(answer.objects, 0), "there")));
			assert_true(led != 1 && led != 2);
			/* Of one that was merged away show tells where it leads, here as there. */
			json_t *left = show(&here, number), *right = show(&there, led);
			assert_true(json_equal(json_object_get(left, "name"), json_object_get(right, "name")));
			assert_true(json_equal(json_object_get(left, "messages"), json_object_get(right, "messages")));
			assert_int_equal(json_array_size(json_object_get(left, "timeline")),
					 json_array_size(json_object_get(right, "timeline")));
			json_decref(left);
			json_decref(right);
			json_decref(answer.objects);
			tickets++;
		}
		assert_true(tickets >= 4);
		check_verified(&there, seed);
		g_autofree char *once = dump(&there);
		take_in(&there, objects, true);
		g_autofree char *twice = dump(&there);
		check_same("twice beside others", seed, twice, once);

		/* And on to a third desk. */
		struct desk third = new_desk(false);
		json_t *second = carry_out(&there);
		take_in(&third, second, false);
		g_autofree char *on = dump(&third);
		check_same("on to a third desk", seed, on, once);
		json_decref(second);
		drop(&third);
		json_decref(first);
		json_decref(still);
		json_decref(objects);
		drop(&here);
		drop(&there);
	}
}

/* --- files that somebody made --- */

static json_t *part_of(const json_t *objects, size_t which, json_t **ret_number)
{
	size_t i;
	const json_t *object;
	json_array_foreach(objects, i, object)
	{
		if (json_object_get(object, "ticket") == NULL || which-- > 0)
			continue;
		*ret_number = json_object_get(object, "number");
		return json_deep_copy(json_object_get(json_object_get(object, "ticket"), "postdesk"));
	}
	return NULL;
}

static size_t count_tickets(struct desk *desk)
{
	struct answer answer = ask(desk, NULL, json_pack("{s:s}", "verb", "list"));
	size_t count = json_array_size(answer.objects);
	json_decref(answer.objects);
	return count;
}

static void test_refused(void **state)
{
	static const struct {
		const char *name, *list, *key, *value; /* value: JSON; of the list's second item */
		const char *want;
	} rows[] = {
		{"a version is left out", "events", "version", "7", "its version is 7, where 2 is wanted"},
		{"a kind that is none", "events", "kind", "\"hex\"", "\"kind\" is none that there is"},
		{"made twice", "events", "kind", "\"created\"", "only the first one may be of kind created"},
		{"a format to come", "events", "format", "9", "needs a newer postdesk"},
		{"no id", "events", "id", "null", "it has no id"},
		{"the id of the first", "events", "id", "1", "its id stands twice"},
		{"an id beyond all", "events", "id", "999999999", "beyond what the export says it has"},
		{"a negative id", "events", "id", "-4", "\"id\" must be a number"},
		{"an id too large", "events", "id", "9007199254740993", "\"id\" must be a number"},
		{"a text for a number", "events", "action", "\"1\"", "\"action\" must be a number"},
		{"no time", "events", "at", "\"yesterday\"", "\"at\" must be a time"},
		{"a time to come", "events", "at", "\"2999-01-01T00:00:00Z\"", "has yet to come"},
		{"no actor", "events", "actor", "null", "its actor"},
		{"changes that are none", "events", "changes", "[[\"a\"]]", "list of [property, from, to]"},
		{"a line in a name", "events", "changes", "[[\"name\",null,\"a\\nBcc: eve@evil.example\"]]", "no clean line"},
		{"no property", "events", "changes", "[[\"\",null,\"a\"]]", "no clean line"},
		{"another desk's key", "events", "changes", "[[\"record:carried:aaaaaaaaaaaaaaaaaaaa\",null,\"key 00\"]]",
		 "no ticket tells of other desks"},
		{"a pipeline of elsewhere", "events", "changes", "[[\"pipeline\",null,\"x\"]]", "no pipeline \"x\" here"},
		{"a mailbox of elsewhere", "events", "changes", "[[\"mailbox\",null,\"x\"]]", "no mailbox \"x\" here"},
		{"a status of elsewhere", "events", "changes", "[[\"status\",null,\"open:Away\"]]", "no status \"Away\" here"},
		{"a message that is not there", "events", "message", "4000", "beyond what the export says it has"},
		{"no contact", "events", "changes", "[[\"contact\",null,\"x\"]]", "is no number of a contact"},
		{"a merged one of nothing", "events", "changes", "[[\"absorbed\",null,\"x\"]]", "wants four numbers"},
		{"no digest", "messages", "digest", "\"00\"", "must be a SHA-256"},
		{"no direction", "messages", "direction", "\"up\"", "\"direction\" is none"},
		{"a list of numbers", "messages", "references", "[1]", "\"references\" must be a list"},
		{"no list", "messages", "to", "{}", "\"to\" must be a list"},
		{"no identities", "contacts", "identities", "[{\"kind\":\"fax\",\"value\":\"1\"}]", "\"identities\" must be a list"},
	};
	(void)state;
	struct desk here = new_desk(false);
	PD_AUTO_ARENA arena = pd_arena_new();
	srand(1);
	for (int i = 0; i < 4; i++)
		receive(&here, arena, i, i < 2 ? 0 : 1);
	json_t *objects = carry_out(&here), *number = NULL;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk there = new_desk(false);
		json_t *part = part_of(objects, 0, &number), *list = json_object_get(part, rows[i].list);
		json_t *item = json_array_get(list, json_array_size(list) > 1 ? 1 : 0);
		json_object_set_new(item, rows[i].key, json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
		struct answer answer = begin(&there, objects);
		json_decref(answer.objects);
		answer = take_ticket(&there, objects, number, part);
		if (answer.code != 1 || strstr(answer.error, rows[i].want) == NULL)
			fail_msg("%s: %d, \"%s\", not \"%s\"", rows[i].name, answer.code, answer.error, rows[i].want);
		CHECK_ROW(rows[i].name, count_tickets(&there) == 0);
		json_decref(answer.objects);
		json_decref(part);
		drop(&there);
	}
	json_decref(objects);
	drop(&here);
}

/* Any value in any place: it is refused and nothing of the ticket is there, or taken, and then the desk can tell of it. */
static void test_anything(void **state)
{
	static const char *const values[] = {"null", "0", "-1", "7", "9223372036854775807", "\"\"", "\"x\"", "\"E7\"", "\"1 2\"",
					     "\"\\n\"", "[]", "{}", "[[]]", "true", "1.5", "\"\\u202e\"", "[null,null,null]",
					     "\"2026-01-01T00:00:00Z\"", "[[\"merged\",null,\"1\"]]",
					     "[[\"conversation\",null,null]]", "[[\"reply_stopped\",null,\"1 0\"]]",
					     "[[\"pinned\",null,\"E;;E9999\"]]", "[[\"task:x\",null,\"open\"]]",
					     "[[\"record:view:\",null,\"a\"]]", "[[\"record:contact:1\",null,\"\"]]",
					     "[[\"meeting\",null,\"x\"]]", "[[\"chat\",null,\"since=1\"]]"};
	(void)state;
	struct desk here = new_desk(false);
	size_t taken = 0, refused = 0;
	fill(&here, 3);
	json_t *objects = carry_out(&here), *number = NULL;
	srand(7);
	for (int round = 0; round < 1200; round++) {
		struct desk there = new_desk(false);
		json_t *part = part_of(objects, (size_t)rand() % 4, &number), *at = part;
		for (int depth = 0; depth < 8; depth++) {
			json_t *value = json_loads(values[(size_t)rand() % COUNT(values)], JSON_DECODE_ANY, NULL);
			bool is_array = json_is_array(at);
			size_t count = is_array ? json_array_size(at) : json_object_size(at), pick = count ? (size_t)rand() % count : 0;
			void *iter = is_array ? NULL : json_object_iter(at);
			for (size_t i = 0; iter != NULL && i < pick; i++)
				iter = json_object_iter_next(at, iter);
			json_t *inner = is_array ? json_array_get(at, pick) : iter != NULL ? json_object_iter_value(iter) : NULL;
			if ((json_is_array(inner) || json_is_object(inner)) && (depth == 0 || rand() % 4 != 0)) {
				json_decref(value);
				at = inner;
				continue;
			}
			if (is_array && count > 0)
				json_array_set_new(at, pick, value);
			else if (iter != NULL)
				json_object_set_new(at, json_object_iter_key(iter), value);
			else
				json_decref(value);
			break;
		}
		struct answer answer = begin(&there, objects);
		json_decref(answer.objects);
		answer = take_ticket(&there, objects, number, part);
		if (answer.code == 0) {
			free(dump(&there));
			command(&there, json_integer_value(number), any_commands[(size_t)rand() % COUNT(any_commands)]);
			taken++;
		} else {
			assert_int_equal(answer.code, 1);
			assert_true(*answer.error != '\0');
			struct answer all = ask(&there, NULL, json_pack("{s:s}", "verb", "carry_out"));
			assert_int_equal(json_array_size(all.objects), 1);
			json_decref(all.objects);
			refused++;
		}
		json_decref(answer.objects);
		json_decref(part);
		drop(&there);
	}
	print_message("%zu taken, %zu refused\n", taken, refused);
	assert_true(taken > 50 && refused > 50);
	json_decref(objects);
	drop(&here);
}

/* --- desks that say to have been carried in before --- */

#define FORMER_KEY "0000000000000000000000000000000000000000000000000000000000000000"

static char *former_name(struct pd_arena *arena)
{
	static const unsigned char key[PD_KEY_SIZE] = {0};
	return pd_desk_name(arena, key);
}

/* A desk whose numbers are said to be this one's, or those of a third, would sign for what is not its own. */
static void test_former(void **state)
{
	static const char stranger[] = "aaaaaaaaaaaaaaaaaaaa";
	static const struct {
		const char *name, *via; /* NULL: this desk's name */
		bool is_key_others;
		const char *want; /* NULL: it is taken */
	} rows[] = {
		{"by way of the desk itself", "", false, NULL},
		{"by way of a desk that stands beside it", stranger, false, NULL},
		{"by way of the desk that takes it in", NULL, false, "did not come by way of"},
		{"by way of a desk that was carried in", "here", false, "did not come by way of"},
		{"another desk's key", "", true, "\"former\" must name desks"},
	};
	(void)state;
	struct desk here = new_desk(false), other = new_desk(false);
	PD_AUTO_ARENA arena = pd_arena_new();
	receive(&here, arena, 1, 0);
	receive(&other, arena, 2, 0);
	json_t *objects = carry_out(&here), *others = carry_out(&other);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk there = new_desk(false);
		json_t *announced = carry_out(&there), *former = json_object_get(desk_of(others), "former");
		const char *via = rows[i].via == NULL ? json_string_value(json_object_get(desk_of(announced), "desk"))
				  : strcmp(rows[i].via, "here") == 0
					  ? json_string_value(json_object_get(desk_of(objects), "desk"))
					  : rows[i].via;
		struct answer answer = begin(&there, objects);
		json_decref(answer.objects);
		json_object_clear(former);
		json_object_set_new(former, rows[i].is_key_others ? "bbbbbbbbbbbbbbbbbbbb" : former_name(arena),
				    json_string(pd_printf(arena, "key " FORMER_KEY "\n%s%s\nticket 1 9 1\n", *via ? "via " : "", via)));
		json_object_set_new(former, stranger, json_string("ticket 1 9 1\n"));
		answer = begin(&there, others);
		if (rows[i].want == NULL ? answer.code != 0 : answer.code != 1 || strstr(answer.error, rows[i].want) == NULL)
			fail_msg("%s: %d, \"%s\"", rows[i].name, answer.code, answer.error);
		json_decref(answer.objects);
		json_decref(announced);
		drop(&there);
	}
	json_decref(objects);
	json_decref(others);
	drop(&here);
	drop(&other);
}

/* How far the numbers of the other desk are said to be. */
static void test_last(void **state)
{
	static const struct {
		const char *name, *kind;
		json_int_t last;
		const char *want; /* NULL: it is taken */
	} rows[] = {
		{"as many as a number may have digits", "ticket", 999999999, NULL},
		{"more tickets than anybody reads", "ticket", 1000000000, "no desk counts up to ticket 1000000000"},
		{"many entries", "event", 1000000000, NULL},
		{"entries without end", "event", (json_int_t)1 << 50, "no desk counts up to event"},
		{"negative ones", "draft", -1, "must have the last number of each draft"},
	};
	(void)state;
	struct desk here = new_desk(false);
	json_t *objects = carry_out(&here);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct desk there = new_desk(false);
		json_t *last = json_object_get(desk_of(objects), "last"), *was = json_deep_copy(last);
		json_object_set_new(last, rows[i].kind, json_integer(rows[i].last));
		struct answer answer = begin(&there, objects);
		if (rows[i].want == NULL ? answer.code != 0 : answer.code != 1 || strstr(answer.error, rows[i].want) == NULL)
			fail_msg("%s: %d, \"%s\"", rows[i].name, answer.code, answer.error);
		json_object_update(last, was);
		json_decref(was);
		json_decref(answer.objects);
		drop(&there);
	}
	json_decref(objects);
	drop(&here);
}

/* A mail that comes in meanwhile has its number, though it is not kept yet. */
static void test_numbers_on_their_way(void **state)
{
	(void)state;
	struct desk here = new_desk(false), there = new_desk(false);
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int i = 0; i < 4; i++)
		receive(&here, arena, i, 0);
	receive(&there, arena, 900, 0);
	int64_t before, coming = pd_store_reserve(there.store, PD_ID_TICKET, 1, 1, &before);
	assert_int_equal(coming, 2);
	assert_int_equal(before, 1);
	json_t *objects = carry_out(&here), *object;
	take_in(&there, objects, false);
	static const json_int_t want[] = {5, 6, 3, 4};
	size_t i;
	json_array_foreach(objects, i, object)
	{
		json_int_t number = json_integer_value(json_object_get(object, "number"));
		json_t *events = json_object_get(json_object_get(json_object_get(object, "ticket"), "postdesk"), "events");
		if (events == NULL)
			continue;
		struct answer answer = ask(&there, NULL,
					   with_desk(objects, json_pack("{s:s,s:I,s:O}", "verb", "carry_ticket", "number", number, "entry",
									json_object_get(json_array_get(events, 0), "id"))));
		assert_int_equal(json_integer_value(json_object_get(json_array_get(answer.objects, 0), "number")), want[number - 1]);
		json_decref(answer.objects);
	}
	assert_int_equal(pd_store_last_id(there.store, PD_ID_TICKET), 6);
	check_verified(&there, 0);
	json_decref(objects);
	drop(&here);
	drop(&there);
}

/* What stands twice in one request is kept once. */
static void test_twice(void **state)
{
	(void)state;
	struct desk here = new_desk(false), there = new_desk(true);
	PD_AUTO_ARENA arena = pd_arena_new();
	for (int i = 0; i < 4; i++)
		receive(&here, arena, 3 * i, 0);
	json_t *objects = carry_out(&here), *number = NULL, *part = part_of(objects, 0, &number), *letters = json_array(), *object;
	json_t *draft = json_pack("{s:i,s:O,s:s,s:s}", "id", 1, "ticket", number, "agent", "anna", "state", "kept");
	size_t i;
	json_object_set_new(json_object_get(desk_of(objects), "last"), "draft", json_integer(1));
	json_object_set_new(part, "drafts", json_pack("[O,o]", draft, draft));
	struct answer answer = begin(&there, objects);
	json_decref(answer.objects);
	answer = take_ticket(&there, objects, number, part);
	if (answer.code != 0)
		fail_msg("%s", answer.error);
	json_decref(answer.objects);
	json_array_foreach(objects, i, object)
		if (json_object_get(object, "letter") != NULL)
			for (int n = 0; n < 2; n++)
				json_array_append(letters, json_object_get(object, "letter"));
	assert_true(json_array_size(letters) > 0);
	answer = ask(&there, NULL, with_desk(objects, json_pack("{s:s,s:{s:o}}", "verb", "carry_rest", "rest", "letters", letters)));
	if (answer.code != 0)
		fail_msg("%s", answer.error);
	json_decref(answer.objects);
	json_decref(part);
	json_decref(objects);
	drop(&here);
	drop(&there);
}

int main(int argc, char **argv)
{
	pd_reader_main(argc, argv);
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_desk), cmocka_unit_test(test_beside_others),
					   cmocka_unit_test(test_refused), cmocka_unit_test(test_anything),
					   cmocka_unit_test(test_former), cmocka_unit_test(test_numbers_on_their_way),
					   cmocka_unit_test(test_twice), cmocka_unit_test(test_last)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

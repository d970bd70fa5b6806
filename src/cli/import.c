/* postdesk import: whole histories by the same road as mail, and tickets of other desks. Idempotent: what is there is
 * passed over, so an interrupted import is resumed by starting it again. Progress on stderr when it is a terminal. */
#include "cli/cli.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <glib.h>
#include "base/text.h"
#include "cli/archive.h"
#include "cli/carry.h"
#include "cli/mails.h"
#include "desk/find.h"

#define AT_ONCE	      128 /* mails of a request */
#define BYTES_AT_ONCE ((size_t)4 * 1024 * 1024)

struct import {
	struct pd_cli *cli;
	const char *mailbox;
	unsigned long seen, fresh, failed; /* mails */
	unsigned long failed_files;	   /* of a desk */
	unsigned long tickets, new_tickets;
	bool shows_progress;
	int64_t next_progress;
	int code;
	json_t *mails;		  /* that wait to be sent; NULL: none */
	const char *into;	  /* their mailbox */
	struct pd_arena *arena;	  /* of what follows; NULL like mails */
	struct pd_strings places; /* where each stands */
	size_t bytes, answered;
	struct pd_strings unknown; /* properties that are not configured here, each said once, at the end */
	int64_t number;		   /* of the ticket at hand, as it came out */
	bool is_new;
};

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

static void progress(struct import *import, bool is_last)
{
	if (!import->shows_progress || (!is_last && pd_monotonic() < import->next_progress))
		return;
	import->next_progress = pd_monotonic() + 200;
	fprintf(stderr, "\r%lu mails read, %lu new, %lu there already, %lu failed%s", import->seen, import->fresh,
		import->seen - import->fresh - import->failed, import->failed, is_last ? "\n" : "");
}

/* --- mails --- */

static void note_answer(void *data, const json_t *object)
{
	struct import *import = data;
	const size_t place = import->answered++;

	import->seen++;
	import->fresh += json_is_true(json_object_get(object, "new"));
	if (json_object_get(object, "number"))
		return;
	import->failed++;
	if (json_is_true(json_object_get(object, "refused"))) { /* one mail's fault */
		import->code = PD_EXIT_REFUSED;
		fprintf(stderr, "postdesk: %s\n", json_string_value(json_object_get(object, "why")));
	}
	fprintf(stderr, "postdesk: %s: not taken in\n", place < import->places.count ? import->places.items[place] : "a mail");
}

/* Sends what waits; the exit code, of what a mail alone is not at fault for. */
static int send_mails(struct import *import)
{
	if (!json_array_size(import->mails))
		return PD_EXIT_DONE;
	import->answered = 0;
	int code = pd_cli_request(import->cli,
				  json_pack("{s:s,s:s,s:o}", "verb", "import", "mailbox", import->into, "mails", import->mails),
				  note_answer, import);

	import->mails = NULL;
	import->places.count = 0;
	import->bytes = 0;
	pd_arena_free(import->arena);
	import->arena = NULL;
	if (code != PD_EXIT_DONE)
		import->code = code;
	progress(import, false);
	return code;
}

/* They go to the daemon some dozens at a time, which read beside each other and share a sync. place: for people. */
static int add_mail(struct import *import, const char *mailbox, json_t *mail, const char *place, struct pd_bytes bytes)
{
	g_autofree char *content = g_base64_encode((const guchar *)bytes.data, bytes.len);

	json_object_set_new(mail, "content", json_string(content));
	if (!import->mails) {
		import->mails = json_array();
		import->arena = pd_arena_new();
		import->places = (struct pd_strings){0};
	}
	import->into = mailbox;
	json_array_append_new(import->mails, mail);
	*pd_list_add(import->arena, &import->places) = pd_strdup(import->arena, place);
	import->bytes += bytes.len;
	return import->places.count >= AT_ONCE || import->bytes >= BYTES_AT_ONCE ? send_mails(import) : PD_EXIT_DONE;
}

static bool import_one(void *data, const struct pd_mail_place *place, const struct pd_raw *raw)
{
	struct import *import = data;
	g_autofree char *where = g_strdup_printf("%s, at byte %zu", place->file, place->offset);
	int code = add_mail(import, import->mailbox, json_object(), where, (struct pd_bytes){raw->data, raw->size});

	/* a fault of the house ends it; one mail's does not */
	return !is_interrupted && code == PD_EXIT_DONE;
}

/* --- tickets --- */

static void note_ticket(void *data, const json_t *object)
{
	struct import *import = data;
	const json_t *line;
	size_t i;

	import->number = json_integer_value(json_object_get(object, "number"));
	import->is_new = json_is_true(json_object_get(object, "new"));
	json_array_foreach(json_object_get(object, "report"), i, line)
		fprintf(stderr, "postdesk: %s\n", json_string_value(line));
}

static void set_time(json_t *request, const char *key, pd_time time)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	if (time)
		json_object_set_new(request, key, json_string(pd_time_rfc3339(arena, time)));
}

/* One clean line, whatever a dump holds. */
static json_t *line_of(const char *text)
{
	PD_AUTO_ARENA arena = pd_arena_new();

	return json_string(pd_clean_line(arena, text, 0));
}

static void set_text(json_t *request, const char *key, const char *text)
{
	if (text)
		json_object_set_new(request, key, line_of(text));
}

/* The number that it had elsewhere is worth a property, but nobody has to have one. */
static bool is_optional(const char *value)
{
	return !strncmp(value, "former_number=", strlen("former_number="));
}

/* Is it one of the ticket's own, or configured here? What is neither is said once, and stands in a comment. */
static bool is_known(struct import *import, const char *value)
{
	static const char *const own[] = {"status_kind", "status",   "owner", "priority",  "category",	"team",	 "pipeline",
					  "source",	 "spam",     "automatic", "follower", "description", "participant"};
	struct pd_arena *arena = import->cli->arena;
	const char *name = pd_strndup(arena, value, strcspn(value, "="));

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (!strcmp(name, own[i]))
			return true;
	if (pd_find_property(import->cli->settings, name))
		return true;
	if (!is_optional(value) && !pd_strings_has(&import->unknown, name))
		*pd_list_add(arena, &import->unknown) = name;
	return false;
}

static json_t *request_of(struct import *import, const char *verb, const char *mailbox, const struct pd_archive_ticket *ticket)
{
	json_t *request = json_pack("{s:s,s:s,s:s,s:[],s:[]}", "verb", verb, "key", ticket->key, "mailbox", mailbox, "set", "left");

	set_text(request, "name", ticket->name);
	set_text(request, "contact", ticket->contact);
	set_text(request, "contact_name", ticket->contact_name);
	set_time(request, "closed", ticket->closed);
	for (size_t i = 0; i < ticket->values.count; i++)
		if (is_known(import, ticket->values.items[i]))
			json_array_append_new(json_object_get(request, "set"), line_of(ticket->values.items[i]));
		else if (!is_optional(ticket->values.items[i]))
			json_array_append_new(json_object_get(request, "left"), line_of(ticket->values.items[i]));
	return request;
}

static int add_entry(struct import *import, const char *mailbox, const char *key, const struct pd_archive_entry *entry)
{
	json_t *mail = json_pack("{s:I}", "number", (json_int_t)import->number);

	set_text(mail, "kind", entry->as);
	set_text(mail, "by", entry->by);
	set_time(mail, "at", entry->at);
	return add_mail(import, mailbox, mail, key, (struct pd_bytes){entry->mail.data, entry->mail.len});
}

static bool import_ticket(void *data, struct pd_arena *arena, const struct pd_archive_ticket *ticket)
{
	struct import *import = data;
	struct pd_found found = {0};
	json_t *request;

	if (ticket->mailbox)
		found = pd_find_mailbox(arena, import->cli->settings, ticket->mailbox);
	const char *mailbox = found.name ? found.name : import->mailbox;

	request = request_of(import, "import_ticket", mailbox, ticket);
	if (ticket->number)
		json_object_set_new(request, "number", json_integer(ticket->number));
	set_time(request, "at", ticket->created);
	int code = pd_cli_request(import->cli, request, note_ticket, import);

	if (code == PD_EXIT_DONE && import->is_new && ticket->number && import->number != ticket->number)
		fprintf(stderr, "postdesk: %lld was taken: this ticket is %lld now\n", (long long)ticket->number,
			(long long)import->number);
	import->new_tickets += code == PD_EXIT_DONE && import->is_new;
	for (size_t i = 0; i < ticket->entries.count && code == PD_EXIT_DONE; i++)
		code = add_entry(import, mailbox, ticket->key, &ticket->entries.items[i]);
	if (code == PD_EXIT_DONE)
		code = send_mails(import);
	if (code == PD_EXIT_DONE) {
		request = request_of(import, "imported", mailbox, ticket);
		json_object_set_new(request, "number", json_integer(import->number));
		set_time(request, "at", ticket->updated ? ticket->updated : ticket->created);
		code = pd_cli_request(import->cli, request, note_ticket, import);
	}
	import->tickets++;
	if (code != PD_EXIT_DONE) {
		import->code = code;
		fprintf(stderr, "postdesk: %s: not taken in\n", ticket->key);
	}
	progress(import, false);
	return !is_interrupted && (code == PD_EXIT_DONE || code == PD_EXIT_REFUSED);
}

/* --- a desk of our own --- */

struct carrying {
	struct import *import;
	struct pd_carried_in in;
	unsigned long seen, fresh; /* before it */
};

static bool goes_on(void *data)
{
	struct carrying *carrying = data;
	struct import *import = carrying->import;

	import->seen = carrying->seen + carrying->in.mails;
	import->fresh = carrying->fresh + carrying->in.new_mails;
	progress(import, false);
	return !is_interrupted;
}

static void import_desk(struct import *import, const char *path)
{
	struct carrying carrying = {.import = import, .seen = import->seen, .fresh = import->fresh};

	carrying.in.goes_on = goes_on;
	carrying.in.data = &carrying;
	int code = pd_cli_carry_in(import->cli, path, &carrying.in);

	(void)goes_on(&carrying);
	import->tickets += carrying.in.tickets;
	import->new_tickets += carrying.in.new_tickets;
	import->failed_files += carrying.in.failed;
	import->code = code != PD_EXIT_DONE ? code : import->code;
}

static int import_path(struct import *import, const char *path, const char *desk, struct pd_error *error)
{
	if (!desk && pd_cli_carry_is_desk(path)) {
		import_desk(import, path);
		return 0;
	}
	if (!import->mailbox)
		return pd_fail(error, PD_PERMANENT, "%s: --mailbox must say where its mails go", path);
	if (desk)
		return pd_archive_tables(desk, path, import_ticket, import, error);
	if (pd_archive_is_own(path))
		return pd_archive_own(path, import_ticket, import, error);
	int failed = pd_mails_each(path, import_one, import, error);

	if (!is_interrupted)
		send_mails(import);
	return failed;
}

/* --- the command --- */

static bool is_desk(const char *name)
{
	for (size_t i = 0; pd_archive_desks[i]; i++)
		if (!strcmp(pd_archive_desks[i], name))
			return true;
	fprintf(stderr, "postdesk: exports of \"%s\" are not known; rt, zammad, znuny and osticket are\n", name);
	return false;
}

int pd_cli_import(struct pd_cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"mailbox", required_argument, NULL, 'm'}, {"from", required_argument, NULL, 'f'}, {0}};
	struct import import = {.cli = cli, .shows_progress = isatty(STDERR_FILENO)};
	const char *desk = NULL;
	struct pd_error error;
	int option;

	while ((option = getopt_long(argc, argv, "m:", options, NULL)) != -1) {
		if (option == '?')
			return pd_cli_usage(cli);
		import.mailbox = option == 'm' ? optarg : import.mailbox;
		desk = option == 'f' ? optarg : desk;
	}
	bool needs_mailbox = desk != NULL;

	for (int i = optind; i < argc && !needs_mailbox; i++)
		needs_mailbox = !pd_cli_carry_is_desk(argv[i]);
	if ((needs_mailbox && !import.mailbox) || optind >= argc || (desk && !is_desk(desk)))
		return pd_cli_usage(cli);
	int code = pd_cli_settings(cli);

	if (code)
		return code;
	struct sigaction action = {.sa_handler = interrupt, .sa_flags = SA_RESTART}; /* the mail at hand is finished */

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (int i = optind; i < argc && !is_interrupted; i++)
		if (import_path(&import, argv[i], desk, &error)) {
			fprintf(stderr, "postdesk: %s\n", error.text);
			import.code = PD_EXIT_REFUSED;
		}
	progress(&import, true);
	if (import.tickets || import.failed_files)
		printf("%lu tickets read: %lu new, %lu files refused\n", import.tickets, import.new_tickets, import.failed_files);
	printf("%lu mails read: %lu new, %lu there already, %lu failed\n", import.seen, import.fresh,
	       import.seen - import.fresh - import.failed, import.failed);
	for (size_t i = 0; i < import.unknown.count; i++)
		fprintf(stderr, "postdesk: there is no property \"%s\" here; its values stand in comments\n",
			import.unknown.items[i]);
	if (is_interrupted) {
		fputs("postdesk: interrupted; the same command goes on from here\n", stderr);
		return PD_EXIT_AGAIN;
	}
	return import.code;
}

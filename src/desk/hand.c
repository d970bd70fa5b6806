/* What is done by hand: the command line and the control socket (`do`, `create`, `attach`).
 *
 * Promises: the same commands, checks and tellings as by mail, proven fully by who may use these doors; all
 * or nothing. A refusal is a plan that does nothing and whose report says why. */
#include "desk/letters.h"

#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/due.h"
#include "desk/find.h"
#include "desk/form.h"
#include "desk/people.h"

static void refuse(struct pd_context *context, const struct pd_strings *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		pd_report(context, "%s", errors->items[i]);
	context->plan->is_refused = true;
	context->plan->outcome = "refused";
}

static void refuse_with(struct pd_context *context, const char *text)
{
	struct pd_strings errors = {0};
	*pd_list_add(context->arena, &errors) = text;
	refuse(context, &errors);
}

static struct pd_ticket *wanted_ticket(struct pd_context *context, int64_t number)
{
	struct pd_ticket *ticket = pd_plan_ticket_followed(context, number);
	if (ticket != NULL &&
	    (context->agent == NULL || pd_may_see(context->settings, context->agent, ticket)))
		return ticket;
	refuse_with(context,
		    pd_say(context->arena, pd_context_language(context), "There is no ticket #{number}.",
			   "number", pd_printf(context->arena, "%lld", (long long)number), NULL));
	return NULL;
}

/* A line as it would stand in a mail. */
static const char *with_sign(struct pd_context *context, const char *line)
{
	const char *clean = pd_clean_line(context->arena, line, 0);
	return *clean == '\0' || pd_command_shape(clean) ? clean : pd_printf(context->arena, "#%s", clean);
}

static const char inserts_text[] =
	N_("What #snippet and the like insert goes into an answer that comes by mail, and there is none.");

/* Parses, checks and carries out the lines; false: refused, the plan is as before. */
static bool carry_out(struct pd_context *context, struct pd_ticket **ticket, const struct pd_strings *lines,
		      struct pd_commands **ret_commands, const char **ret_text)
{
	struct pd_strings signed_lines = {0};
	bool needs_confirmation;
	for (size_t i = 0; i < lines->count; i++)
		*pd_list_add(context->arena, &signed_lines) = with_sign(context, lines->items[i]);
	struct pd_commands *commands = pd_commands_parse(
		context->arena, context->settings, pd_context_language(context), context->agent, context->now,
		pd_strings_join(context->arena, &signed_lines, "\n"), true, ret_text);
	if (commands->has_draft)
		*pd_list_add(context->arena, &commands->errors) =
			pd_say(context->arena, pd_context_language(context),
			       "#draft keeps an answer that comes by mail, and there is none.", NULL);
	if (commands->has_insertion)
		*pd_list_add(context->arena, &commands->errors) =
			pd_say(context->arena, pd_context_language(context), inserts_text, NULL);
	if (commands->errors.count == 0)
		pd_commands_check(context, commands, *ticket, PD_PROOF_FULL, &needs_confirmation);
	if (commands->errors.count > 0) {
		refuse(context, &commands->errors);
		return false;
	}
	struct pd_savepoint before;
	struct pd_error error = {0};
	pd_plan_save(context, &before);
	if (pd_commands_apply(context, commands, *ticket, &error) != 0) {
		int64_t number = *ticket != NULL ? (*ticket)->number : 0;
		pd_plan_back(context, &before);
		*ticket = pd_plan_ticket(context, number);
		refuse_with(context, pd_strdup(context->arena, error.text));
		return false;
	}
	*ret_commands = commands;
	return true;
}

static void add_comment(struct pd_context *context, struct pd_ticket *ticket, const char *text, int64_t about)
{
	pd_plan_event(context, ticket, PD_EVENT_COMMENT, pd_plan_words(context, text)->stored.id, 0, NULL)->other = about;
	pd_report(context, "%s",
		  pd_say(context->arena, pd_context_language(context), "The comment was added.", NULL));
}

const char *pd_carry_out(struct pd_context *context, struct pd_ticket *ticket, const struct pd_strings *lines,
			 const char *why)
{
	struct pd_plan *plan = context->plan;
	struct pd_error error = {0};
	struct pd_strings signed_lines = {0};
	bool needs_confirmation;
	const char *text;
	const size_t reported = plan->report.count, listed = plan->listed.count;
	const int64_t concerned = plan->ticket;
	for (size_t i = 0; i < lines->count; i++)
		*pd_list_add(context->arena, &signed_lines) = with_sign(context, lines->items[i]);
	struct pd_commands *commands = pd_commands_parse(
		context->arena, context->settings, context->settings->language, NULL, context->now,
		pd_strings_join(context->arena, &signed_lines, "\n"), true, &text);
	if (ticket != NULL)
		commands->new_mailbox = pd_ticket_mailbox(context, ticket);
	if (commands->has_insertion)
		return pd_say(context->arena, context->settings->language, inserts_text, NULL);
	if (commands->errors.count == 0)
		pd_commands_check(context, commands, ticket, PD_PROOF_FULL, &needs_confirmation);
	if (commands->errors.count > 0)
		return pd_strings_join(context->arena, &commands->errors, "\n");
	const char *const outer = context->why;
	context->why = why;
	const int failed = pd_commands_apply(context, commands, ticket, &error);
	context->why = outer;
	if (failed)
		return pd_strdup(context->arena, error.text);
	const char *note = commands->is_note && commands->note != NULL ? commands->note : "";
	if (*text != '\0')
		note = *note != '\0' ? pd_printf(context->arena, "%s\n\n%s", note, text) : text;
	if (commands->has_new && plan->ticket != 0)
		ticket = pd_plan_ticket(context, plan->ticket);
	if (*note != '\0' && ticket != NULL)
		pd_plan_event(context, ticket, PD_EVENT_COMMENT, pd_plan_words(context, note)->stored.id, 0, why);
	/* Nobody asked: what was told belongs to whoever set it off. */
	plan->ticket = concerned;
	plan->report.count = reported;
	plan->listed.count = listed;
	return NULL;
}

/* Do they say what a mail shall be like, where there is none to send? */
static bool shapes_no_mail(const struct pd_commands *commands)
{
	const bool shapes = commands->to.count > 0 || commands->cc.count > 0 || commands->bcc.count > 0 ||
			    commands->from != NULL || commands->subject != NULL || commands->reply_to_event != 0;
	return shapes && !commands->has_send && !commands->has_new;
}

void pd_decide_do(struct pd_context *context, int64_t number, const struct pd_strings *lines)
{
	struct pd_ticket *ticket = NULL;
	struct pd_commands *commands;
	const char *text;
	if (number != 0 && (ticket = wanted_ticket(context, number)) == NULL)
		return;
	context->is_full = true; /* the command line, as its owner allows */
	if (!carry_out(context, &ticket, lines, &commands, &text))
		return;
	if (commands->has_new && context->plan->ticket != 0)
		ticket = pd_plan_ticket(context, context->plan->ticket);
	else if (ticket != NULL)
		ticket = pd_plan_ticket_followed(context, ticket->number);
	if (commands->has_new && ticket != NULL)
		pd_form_ask(context, ticket);
	const char *note = commands->is_note && commands->note != NULL ? commands->note : "";
	if (*note != '\0' && *text != '\0')
		note = pd_printf(context->arena, "%s\n\n%s", note, text);
	else if (*note == '\0')
		note = text;
	if (*note != '\0' && ticket != NULL)
		add_comment(context, ticket, note, commands->note_about);
	if (shapes_no_mail(commands))
		pd_report(context, "%s",
			  pd_say(context->arena, pd_context_language(context),
				 "Nothing was sent: the mail has no text of its own.", NULL));
	if (ticket != NULL)
		context->plan->ticket = ticket->number;
	context->plan->outcome = "done";
	if (context->plan->resume_draft == 0)
		pd_tell(context, NULL);
}

void pd_decide_bulk(struct pd_context *context, const char *query, const struct pd_strings *lines, bool is_dry)
{
	struct pd_savepoint before;
	struct pd_strings errors = {0};
	struct pd_error error = {0};
	pd_plan_save(context, &before);
	int failed = pd_commands_bulk(context, query, lines, is_dry, &errors, &error);
	if (failed != 0) {
		if (!is_dry) /* what was tried is taken back already */
			pd_plan_back(context, &before);
		*pd_list_add(context->arena, &errors) = pd_strdup(context->arena, error.text);
	}
	if (errors.count > 0) {
		refuse(context, &errors);
		return;
	}
	context->plan->outcome = is_dry ? "listed" : "done";
	if (!is_dry)
		pd_tell(context, NULL);
}

/* "Jane Roe <jane@acme.example>", an address, a number, an XMPP address: who it is and the name beside it, "" without. */
static bool read_contact(struct pd_context *context, const char *text, struct pd_identity *ret_identity, const char **ret_name)
{
	*ret_name = "";
	if (strchr(text, '<') != NULL) {
		const struct pd_address address = pd_participant_parse(context->arena, text);
		text = address.addr;
		*ret_name = pd_clean_line(context->arena, address.name, 0);
	}
	return pd_identity_parse(context->arena, text, ret_identity) &&
	       (strcmp(ret_identity->kind, "mail") != 0 || pd_is_outsider(context, ret_identity->value));
}

void pd_decide_create(struct pd_context *context, const struct pd_mailbox *mailbox, const char *name,
		      const struct pd_strings *contacts, const struct pd_strings *values)
{
	struct pd_strings lines = {0};
	struct pd_commands *commands = NULL;
	const char *text;
	if (context->agent != NULL && !pd_may(context->agent, "change")) {
		refuse_with(context, pd_say(context->arena, pd_context_language(context),
					    "You lack the right \"{right}\" that a new ticket needs.", "right", "change", NULL));
		return;
	}
	for (size_t i = 0; i < contacts->count; i++) {
		struct pd_identity identity;
		const char *who;
		if (read_contact(context, contacts->items[i], &identity, &who))
			continue;
		refuse_with(context, pd_say(context->arena, pd_context_language(context),
					    "{address} is no address of a contact.", "address", contacts->items[i], NULL));
		return;
	}
	const struct pd_change first[] = {
		{.property = "name", .to = pd_mail_name(context, name)},
		{.property = "source", .to = "manual"},
	};
	struct pd_savepoint before;
	pd_plan_save(context, &before);
	struct pd_ticket *ticket = pd_plan_new_ticket(context, mailbox, first, 2);
	int64_t conversation = 0;
	for (size_t i = 0; i < contacts->count; i++) {
		struct pd_identity identity;
		const char *who;
		(void)read_contact(context, contacts->items[i], &identity, &who);
		if (strcmp(identity.kind, "mail") != 0) { /* who called: no conversation yet */
			*pd_list_add(context->arena, &lines) = pd_printf(context->arena, "#contact %s", contacts->items[i]);
			continue;
		}
		const struct pd_address address = {.name = who, .addr = identity.value};
		if (conversation == 0) {
			conversation = pd_add_correspondent(context, ticket, mailbox, &address, ticket->name);
			continue;
		}
		const struct pd_contact *contact = pd_plan_contact(context, &address);
		pd_plan_add(context, ticket, "contact",
			    pd_printf(context->arena, "%lld", (long long)contact->id), 0, NULL);
		pd_plan_add(context, ticket, "participant", pd_participant_value(context->arena, &address),
			    conversation, NULL);
	}
	for (size_t i = 0; i < values->count; i++)
		*pd_list_add(context->arena, &lines) = pd_printf(context->arena, "#set %s", values->items[i]);
	if (lines.count > 0 && !carry_out(context, &ticket, &lines, &commands, &text)) {
		struct pd_strings report = context->plan->report;
		pd_plan_back(context, &before);
		refuse(context, &report);
		return;
	}
	struct pd_strings lacking = pd_commands_lacking(context->arena, context->settings, commands), errors = {0};
	for (size_t i = 0; i < lacking.count; i++) {
		const struct pd_group *group = pd_find_property(context->settings, lacking.items[i]);
		*pd_list_add(context->arena, &errors) =
			pd_say(context->arena, pd_context_language(context),
			       "A new ticket needs the property {property}: {property}={value}", "property", group->name,
			       "value", pd_form_value(context->arena, group), NULL);
	}
	if (errors.count > 0) {
		pd_plan_back(context, &before);
		refuse(context, &errors);
		return;
	}
	pd_form_ask(context, ticket);
	context->plan->ticket = ticket->number;
	context->plan->outcome = "new ticket";
	pd_tell(context, NULL);
}

/* By the name's end; enough for those who look at a list. */
const char *pd_file_type(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{".pdf", "application/pdf"}, {".png", "image/png"}, {".jpg", "image/jpeg"},
		{".jpeg", "image/jpeg"},     {".gif", "image/gif"}, {".txt", "text/plain"},
		{".log", "text/plain"},	     {".csv", "text/csv"},  {".html", "text/html"},
		{".zip", "application/zip"}, {".ics", "text/calendar"}, {".webp", "image/webp"},
		{".odt", "application/vnd.oasis.opendocument.text"},
		{".ods", "application/vnd.oasis.opendocument.spreadsheet"},
		{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	};
	size_t len = strlen(name);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t end = strlen(types[i].end);
		if (len > end && pd_equal_nocase(name + len - end, types[i].end))
			return types[i].type;
	}
	return "application/octet-stream";
}

void pd_decide_attach(struct pd_context *context, int64_t number, const char *name, struct pd_bytes content)
{
	struct pd_ticket *ticket = wanted_ticket(context, number);
	if (ticket == NULL)
		return;
	if (context->agent != NULL && !pd_may(context->agent, "change")) {
		refuse_with(context, pd_say(context->arena, pd_context_language(context),
					    "You lack the right \"{right}\" that adding files needs.", "right", "change", NULL));
		return;
	}
	struct pd_planned_message *message = pd_plan_message(context, "file", PD_INTERNAL);
	const char *safe = pd_clean_file_name(context->arena, name);
	message->stored.subject = safe;
	message->stored.size = content.len;
	message->stored.proof = "full";
	pd_sha256(content.data, content.len, message->stored.digest);
	*pd_list_add(context->arena, &message->stored.attachments) = (struct pd_attachment){
		.index = PD_ATTACHMENT_WHOLE, .name = safe, .type = pd_file_type(safe), .size = content.len};
	message->raw = content;
	pd_plan_event(context, ticket, PD_EVENT_ATTACHED, message->stored.id, 0, NULL);
	pd_report(context, "%s",
		  pd_say(context->arena, pd_context_language(context),
			 "The file {name} was added to ticket #{number}.", "name", safe, "number",
			 pd_printf(context->arena, "%lld", (long long)ticket->number), NULL));
	context->plan->ticket = ticket->number;
	context->plan->outcome = "attached";
	pd_tell(context, NULL);
}

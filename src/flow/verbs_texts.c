/* The verb `templates`: the texts and documents that agents insert by name; with `name`, one of them as it would be sent
 * for the ticket `number`.
 *
 * An object a file, in the order of kinds and names. Fails: PD_PERMANENT where there is no such text, or a placeholder has
 * no value; the store's classes. */
#include "flow/verbs_internal.h"

#include <string.h>

#include "base/text.h"
#include "config/texts.h"
#include "desk/catalogue.h"
#include "desk/insert.h"
#include "desk/letters.h"
#include "desk/placeholder.h"

static json_t *text_json(const struct pd_text *text)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:I}", "kind", pd_text_kind_name(text->kind), "name",
			 pd_json_text(text->name), "language", pd_json_text(text->language), "title",
			 pd_json_text(text->title), "subject", pd_json_text(text->subject), "file", pd_json_text(text->path),
			 "size", (json_int_t)text->size);
}

static bool is_kind(const struct pd_text *text, const char *kind)
{
	return kind == NULL || strcmp(pd_text_kind_name(text->kind), kind) == 0;
}

static int check_kind(struct pd_call *call, const char *kind)
{
	struct pd_strings kinds = {0};

	for (int i = 0; i < PD_TEXT_KINDS; i++)
		*pd_list_add(call->arena, &kinds) = pd_text_kind_name((enum pd_text_kind)i);
	if (!kind || pd_strings_has(&kinds, kind))
		return 0;
	const struct pd_found none = pd_found_none(call->arena, kind, &kinds);

	return pd_call_not_found(call, "kind", kind, &none);
}

/* The one of that name, of the first kind that has it. */
static int find_text(struct pd_call *call, const char *kind, const char *language, bool is_asked, const struct pd_text **ret_text)
{
	const char *name = pd_call_text(call, "name"), *nearest = NULL;

	for (int i = 0; i < PD_TEXT_KINDS; i++) {
		struct pd_strings others = {0};

		if (kind && strcmp(pd_text_kind_name((enum pd_text_kind)i), kind))
			continue;
		struct pd_found found = pd_text_find(call->arena, call->settings, (enum pd_text_kind)i, name);

		if (!nearest)
			nearest = found.nearest;
		if (!found.name)
			continue;
		*ret_text = pd_text_choose(call->arena, call->settings, (enum pd_text_kind)i, found.name, language, is_asked,
					   &others);
		if (*ret_text)
			return 0;
		return pd_fail(&call->error, PD_PERMANENT, "the %s %s is not there in %s; there is: %s",
			       pd_text_kind_name((enum pd_text_kind)i), found.name, language,
			       pd_strings_join(call->arena, &others, ", "));
	}
	const struct pd_found none = {.nearest = nearest};

	return pd_call_not_found(call, "text", name, &none);
}

static int fill(struct pd_call *call, const struct pd_placeholders *values, const char *source, const char **ret_text)
{
	struct pd_strings missing = {0};

	*ret_text = pd_placeholders_fill(values, source, &missing);
	if (missing.count)
		return pd_fail(&call->error, PD_PERMANENT, "ticket %lld has no value for %s",
			       (long long)values->ticket->number, pd_strings_join(call->arena, &missing, ", "));
	return 0;
}

static int preview(struct pd_call *call, struct pd_snapshot *snapshot, struct pd_ticket *ticket)
{
	struct pd_context context = pd_context_new(call->arena, call->settings, snapshot, pd_now(),
						   call->agent ? pd_printf(call->arena, "agent:%s", call->agent->name)
							       : "administrator");
	const char *asked = pd_call_text(call, "language"),
		   *language = asked ? asked : pd_ticket_language(&context, ticket), *body, *subject;
	const struct pd_text *text;
	int failed = find_text(call, pd_call_text(call, "kind"), language, asked != NULL, &text);

	if (failed)
		return failed;
	context.agent = call->agent;
	body = text->body;
	subject = text->subject;
	if (ticket && pd_text_is_filled(text)) {
		struct pd_answer answer;

		pd_answer_find(&context, ticket, 0, 0, &answer);
		struct pd_placeholders values = {.context = &context,
						 .ticket = ticket,
						 .contact = &answer.to,
						 .language = pd_text_language(&context, ticket, text)};

		failed = fill(call, &values, text->body, &body);
		if (!failed && subject)
			failed = fill(call, &values, text->subject, &subject);
	}
	if (failed)
		return failed;
	json_t *object = text_json(text);

	json_object_set_new(object, "subject", pd_json_text(subject));
	json_object_set_new(object, "link", pd_json_text(text->link));
	json_object_set_new(object, "text", pd_json_text(body));
	pd_call_emit(call, object);
	return 0;
}

int pd_verb_templates(struct pd_call *call)
{
	const char *kind = pd_call_text(call, "kind");
	const char *language = pd_call_text(call, "language");
	PD_AUTO_SNAPSHOT snapshot = NULL;
	struct pd_ticket *ticket = NULL;
	int failed = check_kind(call, kind);

	if (!failed && language && !pd_language_find(language, strlen(language)))
		failed = pd_fail(&call->error, PD_PERMANENT, "there is no language \"%s\"; there are en fr pl fi de", language);
	if (!failed && pd_call_text(call, "name")) {
		failed = pd_store_begin(pd_flow_store(call->flow), &snapshot, &call->error);
		if (!failed && pd_call_number(call, "number"))
			failed = pd_call_ticket(call, snapshot, &ticket);
		if (!failed)
			failed = preview(call, snapshot, ticket);
		return failed ? failed : pd_call_checked(call, snapshot);
	}
	for (size_t i = 0; !failed && i < call->settings->texts.count; i++) {
		const struct pd_text *text = &call->settings->texts.items[i];

		if (is_kind(text, kind) && (!language || pd_equal(text->language, language)) &&
		    !pd_call_emit(call, text_json(text)))
			break;
	}
	return failed;
}

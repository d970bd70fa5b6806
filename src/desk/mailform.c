/* Knowing a form's mail, and reading it: see mailform.h.
 *
 * Promises: pure; nothing that stands in the mail is lost: what is no field, and what does not fit its property, stays in
 * the text. Cannot fail. */
#include "desk/mailform.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "config/option.h"
#include "desk/command.h"
#include "desk/find.h"
#include "desk/mail.h"
#include "desk/people.h"

/* Meanings of fields that are no custom properties. */
static const char *const people[] = {"contact", "phone", "name", "company", "subject", "text"};
static const char *const builtin[] = {"description", "priority", "category"};

static bool is_among(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}
#define IS_AMONG(words, word) is_among(words, sizeof words / sizeof *words, word)

/* --- knowing --- */

/* One of the addresses or patterns (*@example.com); NULL fits all. */
static bool fits(struct pd_arena *arena, const char *patterns, const char *address)
{
	struct pd_strings all = pd_split(arena, patterns, ';');
	for (size_t i = 0; i < all.count; i++)
		if (address != NULL && *address != '\0' && pd_glob(all.items[i], address))
			return true;
	return false;
}

static bool goes_to(struct pd_arena *arena, const char *patterns, const struct pd_message *message,
		    const struct pd_strings *recipients)
{
	for (size_t i = 0; i < recipients->count; i++)
		if (fits(arena, patterns, recipients->items[i]))
			return true;
	for (size_t i = 0; i < message->to.count; i++)
		if (fits(arena, patterns, message->to.items[i].addr))
			return true;
	return false;
}

const struct pd_group *pd_mailform_of(struct pd_arena *arena, const struct pd_settings *settings,
				      const struct pd_message *message, const char *sender,
				      const struct pd_strings *recipients)
{
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *form = &settings->groups.items[i];
		const char *from = strcmp(form->type, "form") == 0 ? pd_group_value(form, "from", NULL) : NULL;
		if (from == NULL || (!fits(arena, from, message->from.addr) && !fits(arena, from, sender)))
			continue;
		const char *header = pd_group_value(form, "header", NULL), *to = pd_group_value(form, "to", NULL);
		if ((header == NULL || *header == '\0' || pd_mail_has_header(arena, message, header)) &&
		    (to == NULL || *to == '\0' || goes_to(arena, to, message, recipients)))
			return form;
	}
	return NULL;
}

/* --- reading --- */

static struct mailform_fields fields_of(struct pd_arena *arena, const struct pd_settings *settings,
					const struct pd_group *form)
{
	struct mailform_fields fields = {0};
	for (size_t i = 0; i < form->settings.count; i++) {
		const struct pd_option *option = pd_option_find("form", form->settings.items[i].key);
		const char *label = option != NULL ? pd_option_key_name(option, form->settings.items[i].key) : NULL;
		if (label == NULL)
			continue;
		const char *meaning = pd_trim(arena, form->settings.items[i].value);
		const struct pd_group *custom = pd_find_property(settings, meaning);
		const char *type = custom != NULL ? pd_group_value(custom, "type", NULL) : NULL;
		*pd_list_add(arena, &fields) = (struct mailform_field){
			.label = label,
			.meaning = custom != NULL ? custom->name : pd_fold(arena, meaning),
			.is_long = strcmp(meaning, "text") == 0 || strcmp(meaning, "description") == 0 ||
				   (custom != NULL && (type == NULL || strcmp(type, "text") == 0)),
			.value = "",
		};
	}
	return fields;
}

/* The first mail address in the text, and the words before it: "Jane Roe <jane@example.net>". */
static bool find_address(struct pd_arena *arena, const char *text, struct pd_address *ret_address)
{
	struct pd_identity identity;
	for (const char *at = text; *at != '\0';) {
		size_t skip = strspn(at, " \t\n<>()[]\",;"), len = strcspn(at + skip, " \t\n<>()[]\",;");
		const char *word = pd_strndup(arena, at + skip, len);
		word = pd_starts_nocase(word, "mailto:") ? word + strlen("mailto:") : word;
		if (strchr(word, '@') != NULL && pd_identity_parse(arena, word, &identity) &&
		    strcmp(identity.kind, "mail") == 0) {
			char *name = pd_trim(arena, pd_strndup(arena, text, (size_t)(at - text)));
			size_t end = strlen(name);
			while (end > 0 && strchr(" <(\"", name[end - 1]) != NULL)
				name[--end] = '\0';
			ret_address->addr = identity.value;
			ret_address->name = pd_clean_line(arena, name + strspn(name, "\" "), 100);
			return true;
		}
		at += skip + len;
	}
	return false;
}

/* The value as the property keeps it; NULL: it does not fit, and ret_why says why. */
static const char *fitting(struct pd_arena *arena, const struct pd_settings *settings, const char *property,
			   const char *value, const char **ret_why)
{
	if (strcmp(property, "description") == 0)
		return value;
	bool is_priority = strcmp(property, "priority") == 0, is_category = strcmp(property, "category") == 0;
	if (is_priority || is_category) {
		struct pd_found found =
			pd_find_word(arena, is_priority ? &settings->priorities : &settings->categories, value);
		*ret_why = pd_printf(arena, "%s: %s", property, value);
		return found.name;
	}
	const char *left, *one_line = pd_clean_line(arena, value, 0);
	for (int pass = 0; pass < 2; pass++) { /* several choices, "a, b" as forms join them */
		char *changed = pd_strdup(arena, one_line);
		for (char *at = changed; pass == 1 && *at != '\0'; at++)
			*at = *at == ',' ? ';' : *at;
		struct pd_commands *commands = pd_commands_parse(arena, settings, settings->language, NULL, PD_DAY,
								 pd_printf(arena, "#set %s=%s", property, changed), true,
								 &left);
		if (commands->errors.count == 0 && commands->items.count == 1 && commands->items.items[0].words.count == 1)
			return commands->items.items[0].words.items[0];
		const char *error = commands->errors.count > 0 ? commands->errors.items[0] : NULL;
		const char *colon = error != NULL ? strstr(error, ", ") : NULL;
		if (pass == 0)
			*ret_why = colon != NULL ? colon + 2 : pd_printf(arena, "%s: %s", property, one_line);
	}
	return NULL;
}

static void add_paragraph(struct pd_buf *out, const char *text)
{
	if (*text == '\0')
		return;
	if (out->len > 0)
		pd_buf_adds(out, "\n\n");
	pd_buf_adds(out, text);
}

static void take_name(struct pd_arena *arena, struct pd_filled *filled, const char *name)
{
	name = pd_clean_line(arena, name, 100);
	filled->name = *filled->name == '\0' ? name : pd_printf(arena, "%s %s", filled->name, name);
}

/* True: it has its place, and need not stand in the text. */
static bool take_field(struct pd_arena *arena, const struct pd_settings *settings, struct pd_filled *filled,
		       const struct mailform_field *field)
{
	const char *meaning = field->meaning, *value = field->value, *why = "", *name = "", *phone;
	if (strcmp(meaning, "contact") == 0)
		return *filled->contact.addr == '\0' && find_address(arena, value, &filled->contact);
	if (strcmp(meaning, "phone") == 0) {
		if (filled->phone != NULL || !mailform_caller_read(arena, value, &phone, &name))
			return false;
		filled->phone = phone;
		if (filled->is_call && *filled->name == '\0')
			filled->name = name;
		return false; /* nobody but an agent gives a contact a further number: it stays where it is read */
	}
	if (strcmp(meaning, "name") == 0) {
		take_name(arena, filled, value);
		return true;
	}
	if (strcmp(meaning, "subject") == 0) {
		filled->subject = filled->subject == NULL ? value : filled->subject;
		return filled->subject == value;
	}
	const char *kept = strcmp(meaning, "company") == 0 ? pd_clean_line(arena, value, 100)
							    : fitting(arena, settings, meaning, value, &why);
	if (kept == NULL) {
		*pd_list_add(arena, &filled->misfits) = why;
		return false;
	}
	*pd_list_add(arena, &filled->values) = (struct pd_filled_value){meaning, kept};
	return true;
}

/* Where the number is withheld, none. */
static void find_caller(struct pd_arena *arena, const struct pd_group *form, const struct pd_message *message,
			struct pd_filled *filled)
{
	static const char *const headers[] = {"X-CallingTelephoneNumber", "X-Asterisk-VM-Caller-ID-Num"};
	const char *words = pd_group_value(form, "caller", NULL), *phone = NULL, *name = "";
	if (words == NULL || *words == '\0')
		words = pd_option_find("form", "caller")->initial;
	struct pd_strings before = pd_split(arena, words, ';');
	bool is_found = false;
	for (size_t i = 0; !is_found && i < sizeof headers / sizeof *headers; i++) {
		const char *value = pd_message_header(message, headers[i]);
		is_found = value != NULL && mailform_caller_read(arena, value, &phone, &name);
	}
	is_found = is_found || mailform_caller_find(arena, message->subject, &before, &phone, &name) ||
		   mailform_caller_find(arena, message->full_text, &before, &phone, &name);
	if (is_found)
		filled->phone = phone;
	if (is_found && *filled->name == '\0')
		filled->name = name;
}

struct pd_filled *pd_mailform_read(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *form,
				   const struct pd_message *message)
{
	struct pd_filled *filled = PD_NEW(arena, struct pd_filled);
	*filled = (struct pd_filled){
		.form = form,
		.is_call = pd_equal(pd_group_value(form, "kind", NULL), "call"),
		.contact = {.name = "", .addr = ""},
		.name = "",
	};
	struct mailform_fields fields = fields_of(arena, settings, form);
	const char *rest;
	PD_AUTO_BUF text = {0};
	PD_AUTO_BUF below = {0};
	mailform_fields_read(arena, message->full_text, &fields, &rest);
	bool has_text = false;
	for (size_t i = 0; i < fields.count; i++) {
		const struct mailform_field *field = &fields.items[i];
		if (*field->value == '\0')
			continue;
		if (strcmp(field->meaning, "text") == 0) {
			has_text = true;
			add_paragraph(&text, field->value);
		} else if (!take_field(arena, settings, filled, field)) {
			pd_buf_addf(&below, "%s%s: %s", below.len > 0 ? "\n" : "", field->label, field->value);
		}
	}
	add_paragraph(&text, pd_buf_string(arena, &below));
	add_paragraph(&text, rest);
	filled->text = has_text ? pd_buf_string(arena, &text) : pd_trim(arena, message->full_text);
	if (filled->is_call && filled->phone == NULL)
		find_caller(arena, form, message, filled);
	if (*filled->name == '\0')
		filled->name = filled->contact.name;
	filled->contact.name = filled->name;
	return filled;
}

/* --- what is wrong --- */

static void check_field(const struct pd_settings *settings, const struct pd_group *form, const struct pd_setting *field,
			struct pd_problems *problems)
{
	if (!IS_AMONG(people, field->value) && !IS_AMONG(builtin, field->value) &&
	    pd_find_property(settings, field->value) == NULL)
		pd_problem_add(problems, field->where,
			       "[form %s] %s: \"%s\" is none of contact phone name company subject text description "
			       "priority category, and no property",
			       form->name, field->key, field->value);
}

static void check_from(struct pd_arena *arena, const struct pd_settings *settings, const struct pd_group *form,
		       struct pd_problems *problems)
{
	struct pd_where where = form->where;
	const char *from = pd_group_value(form, "from", &where);
	struct pd_strings all = pd_split(arena, from != NULL ? from : "", ';');
	if (all.count == 0)
		pd_problem_add(problems, where, "[form %s] has no from: the address that its mails come from", form->name);
	for (size_t i = 0; i < all.count; i++) {
		if (strchr(all.items[i], '@') == NULL)
			pd_problem_add(problems, where, "[form %s] from: %s is neither an address nor *@DOMAIN", form->name,
				       all.items[i]);
		if (pd_settings_agent_of(settings, all.items[i]) != NULL)
			pd_problem_add(problems, where, "[form %s] from: %s is an agent's address, whose mail is no form's",
				       form->name, all.items[i]);
	}
}

void pd_mailform_check(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *form = &settings->groups.items[i];
		if (strcmp(form->type, "form") != 0)
			continue;
		check_from(arena, settings, form, problems);
		for (size_t n = 0; n < form->settings.count; n++) {
			const struct pd_option *option = pd_option_find("form", form->settings.items[n].key);
			if (option != NULL && pd_option_key_name(option, form->settings.items[n].key) != NULL)
				check_field(settings, form, &form->settings.items[n], problems);
		}
	}
}

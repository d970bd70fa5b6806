/* Inserting: see insert.h. Pure; cannot fail. */
#include "desk/insert.h"

#include <string.h>

#include "base/text.h"
#include "desk/letters.h"
#include "mime/letter.h"

static bool is_named(const struct pd_text *text, enum pd_text_kind kind, const char *name)
{
	bool is_picture = kind == PD_TEXT_VIDEO && text->body == NULL; /* of a video */
	return text->kind == kind && !is_picture && (strcmp(text->name, name) == 0 || strcmp(text->file, name) == 0);
}

struct pd_found pd_text_find(struct pd_arena *arena, const struct pd_settings *settings, enum pd_text_kind kind,
			     const char *name)
{
	struct pd_strings names = {0};
	for (size_t i = 0; i < settings->texts.count; i++) {
		const struct pd_text *text = &settings->texts.items[i];
		if (is_named(text, kind, text->name))
			pd_strings_add_once(arena, &names, text->name);
	}
	struct pd_found found = pd_find_word(arena, &names, name);
	for (size_t i = 0; found.name == NULL && i < settings->texts.count; i++) {
		const struct pd_text *text = &settings->texts.items[i];
		if (is_named(text, kind, text->file) && strcmp(pd_fold(arena, text->file), pd_fold(arena, name)) == 0)
			found = (struct pd_found){.name = text->file};
	}
	return found;
}

const struct pd_text *pd_text_choose(struct pd_arena *arena, const struct pd_settings *settings, enum pd_text_kind kind,
				     const char *name, const char *language, bool is_asked,
				     struct pd_strings *ret_others)
{
	for (int pass = 0; pass < (is_asked ? 1 : 2); pass++) {
		const struct pd_text *found = NULL;
		struct pd_strings files = {0};
		for (size_t i = 0; i < settings->texts.count; i++) {
			const struct pd_text *text = &settings->texts.items[i];
			if (!is_named(text, kind, name) || !pd_equal(text->language, pass == 0 ? language : NULL))
				continue;
			found = text;
			*pd_list_add(arena, &files) = text->file;
		}
		if (files.count == 1)
			return found;
		if (files.count > 1) { /* offer.pdf and offer.odt */
			*ret_others = files;
			return NULL;
		}
	}
	for (size_t i = 0; i < settings->texts.count; i++) {
		const struct pd_text *text = &settings->texts.items[i];
		if (is_named(text, kind, name) && text->language != NULL)
			pd_strings_add_once(arena, ret_others, text->language);
	}
	return NULL;
}

const char *pd_text_language(const struct pd_context *context, const struct pd_ticket *ticket, const struct pd_text *text)
{
	return text->language != NULL ? text->language : pd_ticket_mailbox(context, ticket)->language;
}

bool pd_text_is_filled(const struct pd_text *text)
{
	return text->body != NULL && (text->kind == PD_TEXT_TEMPLATE || text->kind == PD_TEXT_QUOTE);
}

static void add_paragraph(struct pd_buf *out, const char *text)
{
	size_t len = strlen(text);
	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && out->len > 0)
		pd_buf_adds(out, "\n\n");
	pd_buf_add(out, text, len);
}

char *pd_insert_text(struct pd_arena *arena, const struct pd_commands *commands, const char *text)
{
	PD_AUTO_BUF out = {0};
	for (int below = 0; below < 2; below++) {
		if (below)
			add_paragraph(&out, text);
		for (size_t i = 0; i < commands->insertions.count; i++)
			if (commands->insertions.items[i].is_below == below)
				add_paragraph(&out, commands->insertions.items[i].text);
	}
	return pd_buf_string(arena, &out);
}

char *pd_insert_html(struct pd_arena *arena, const struct pd_commands *commands, const char *html, const char *text)
{
	PD_AUTO_BUF out = {0};
	bool is_needed = html != NULL;
	for (size_t i = 0; i < commands->insertions.count; i++)
		is_needed |= commands->insertions.items[i].html != NULL;
	if (!is_needed)
		return NULL;
	for (int below = 0; below < 2; below++) {
		if (below)
			pd_buf_adds(&out, html != NULL ? html : pd_html_from_text(arena, text));
		for (size_t i = 0; i < commands->insertions.count; i++) {
			const struct pd_insertion *one = &commands->insertions.items[i];
			if (one->is_below == below)
				pd_buf_addf(&out, "%s%s%s", below ? "<br>\n" : "",
					    one->html != NULL ? one->html : pd_html_from_text(arena, one->text),
					    below ? "" : "<br>\n");
		}
	}
	return pd_buf_string(arena, &out);
}

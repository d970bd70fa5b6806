/* Texts, documents and the like that agents insert by name: files in one directory, read when the configuration is.
 *
 *   snippets/ templates/ articles/ documents/ videos/ quotes/ playbooks/
 *
 * In each of them NAME.txt, or in a folder of a language (en fr pl fi de) below it. A text may begin with lines
 * "Title: …", "Subject: …", "Link: …", "Preview: …" and an empty line. */
#ifndef PD_CONFIG_TEXTS_H
#define PD_CONFIG_TEXTS_H

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

/* Reads the directory into settings->texts. What is wrong goes to the problems, with the file; where the directory is
 * missing or not to be read, with `where`. */
void pd_texts_load(struct pd_settings *settings, struct pd_where where, struct pd_problems *problems);

/* "snippet" "template" "article" "document" "video" "quote" "playbook": a text's kind, which is also the English word of
 * its command but for #attach. */
const char *pd_text_kind_name(enum pd_text_kind kind);

/* The bytes of a file that is no text. PD_TEMPORARY: it cannot be read now. */
int pd_text_read(struct pd_arena *arena, const struct pd_text *text, struct pd_bytes *ret_bytes, struct pd_error *error);
/* The picture beside a video that its line "Preview" names; NULL: there is none. */
const struct pd_text *pd_text_preview(const struct pd_settings *settings, const struct pd_text *text);

#endif

/* Inside the room mime: what kind of mail it is. kinds.c asks headers and subjects, bounce.c reads what a
 * report or a mailer says about recipients. */
#ifndef PD_MIME_KINDS_H
#define PD_MIME_KINDS_H

#include "mime/parts.h"

/* What a subject says of its writer, in many languages. */
enum pd_subject {
	PD_SUBJECT_PERSON,
	PD_SUBJECT_ABSENCE, /* "Absence: …": a program's or a person's; another sign is needed */
	PD_SUBJECT_AUTO,    /* "Automatic reply: …": automatic answers alone have it */
};
enum pd_subject pd_subject_kind(struct pd_arena *arena, const char *subject);
/* --- absence.c --- */

/* Does the folded subject begin with words of absence, or is it a sentence of it ("Ich bin bis 5.1. nicht im Büro")? goes_on:
 * may what follows the words follow them? */
bool pd_absence_subject(const char *fold, bool (*goes_on)(const char *rest));
/* Does it say of somebody else that he is away? */
bool pd_absence_names(const char *fold);
/* Are the folded words such words and nothing else? */
bool pd_absence_is(const char *fold);
/* Does the text say that its author is away? */
bool pd_absence_text(struct pd_arena *arena, const char *text);

/* A subject that mailers give to failures. */
bool pd_subject_is_bounce(struct pd_arena *arena, const char *subject);

/* Is it a report or a free form of a bounce? Sets the kinds DSN and BOUNCE and all bounce_ members. */
void pd_bounce_read(struct pd_arena *arena, struct pd_message *message, const struct pd_parts *parts);

/* Tables, in kinds_tables.c: lower case, alternatives separated by '|'. */
extern const char pd_auto_subject_words[]; /* a subject that begins so, and then ends or goes on with a colon
					      or the like */
extern const char pd_auto_subject_endings[]; /* stands in brackets or after a dash or slash at the end */
extern const char pd_auto_subject_goes_on[]; /* words that may follow without a sign: "until", "bis" */
extern const char pd_auto_subject_goes_on_with_date[]; /* words that may follow where a number comes after them */
extern const char pd_note_help_words[]; /* in the text of a person who writes about a note of absence */
extern const char pd_bounce_subject_words[]; /* anywhere in the subject */
extern const char pd_bounce_body_words[];    /* in the first lines that a mailer writes */
extern const char pd_original_below_words[]; /* the line above a returned mail */
extern const char pd_temporary_words[];	     /* the mailer goes on trying */
extern const char pd_expired_words[];

#endif

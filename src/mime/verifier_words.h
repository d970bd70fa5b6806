/* Inside the room mime: what gpg and gpgsm say, read strictly (verifier_words.c). */
#ifndef PD_MIME_VERIFIER_WORDS_H
#define PD_MIME_VERIFIER_WORDS_H

#include "mime/verifier.h"

/* The lines of --status-fd of one verification (doc/DETAILS of GnuPG, "General status codes"). is_done: the program
 * ended by itself with exit code 0. */
void pd_verifier_read_status(struct pd_arena *arena, enum pd_signed_kind kind, const char *text, bool is_done,
			     const struct pd_public_keys *keys, pd_time now, struct pd_verified *ret_verified);

/* The lines of --with-colons (DETAILS, "Format of the colon listings"): the one key in them, or PD_PERMANENT. Fills all
 * but data. */
int pd_verifier_read_listing(struct pd_arena *arena, enum pd_signed_kind kind, const char *text, pd_time now,
			     struct pd_public_key *ret_key, struct pd_error *error);
/* Does a listing tell of a secret key? */
bool pd_verifier_lists_secret(const char *text);

/* The kind of what a file holds, by its first bytes or its armour; is_secret: it says that it is a secret key. */
enum pd_signed_kind pd_verifier_kind_of_file(const char *data, size_t size, bool *ret_is_secret);

#endif

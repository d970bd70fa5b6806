/* Verifiers: signatures are checked by gpg and gpgsm, in a process of their own.
 *
 * The program is run again with "--verifier" as its first argument: a helper without network and without sockets
 * (so no agent, no key server, no lists of revoked certificates), with limits on time and memory, that can read
 * the system's programs and write one fresh folder alone. That folder is its GNUPGHOME and holds nothing but the
 * signed part, the signature and the keys to check it with. It is removed afterwards, with all processes of the
 * helper. So what a mail does to gpg costs that mail its proof and nothing else. Thread-safe: a few run at a
 * time, further callers wait, as long as a check may take and no longer. */
#ifndef PD_MIME_VERIFIER_H
#define PD_MIME_VERIFIER_H

#include "mime/message.h"

/* A public key or certificate, as kept. */
struct pd_public_key {
	enum pd_signed_kind kind;
	const char *fingerprint; /* upper-case hexadecimal, of the primary key or the certificate */
	const char *name;	 /* one clean line: user ID or subject */
	pd_time created;	 /* of the key itself; 0: unknown */
	pd_time expires;	 /* 0: never */
	struct pd_bytes data;	 /* as gpg or gpgsm exports it */
};
struct pd_public_keys {
	struct pd_public_key *items;
	size_t count, room;
};
/* "openpgp", "smime"; "" */
const char *pd_signed_kind_name(enum pd_signed_kind kind);
enum pd_signed_kind pd_signed_kind_of(const char *name); /* NULL is allowed */

struct pd_verifier;
/* program: the executable to run, usually /proc/self/exe. */
struct pd_verifier *pd_verifier_new(const char *program);
void pd_verifier_free(struct pd_verifier *verifier); /* NULL is allowed */

struct pd_verifier_tools {
	const char *directory;	/* where the fresh folders are made: DIRECTORY/gnupg/ */
	const char *gpg, *gpgsm; /* paths; "" or NULL: nothing of that kind is checked */
	pd_time deadline;	/* ms for one mail */
};

struct pd_verified {
	bool is_good;
	const char *fingerprint; /* of the key among the given ones that made it (the first, where several did); NULL */
	pd_time at;		 /* when it was made, as it says itself; the oldest of several; 0: it does not say */
	const char *digest;	 /* SHA-256 of what is signed, with CRLF line ends, hexadecimal; NULL */
	const char *why;	 /* where it is not good: a few English words; else NULL */
};
/* Is the mail's signed part signed by one of the keys, valid now, with a digest that is not weak, and by nobody
 * else? Cannot fail otherwise than by saying no. now: against it certificates expire. */
void pd_verify(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
	       const struct pd_raw *raw, const struct pd_signed_part *part, const struct pd_public_keys *keys, pd_time now,
	       struct pd_verified *ret_verified);

/* The one public key (or certificate, perhaps with its issuers') in what a file holds. PD_PERMANENT with the
 * reason: none, several, a secret one, one that is weak, expired, revoked or cannot sign; PD_TEMPORARY where it
 * cannot be found out. */
int pd_key_read(struct pd_verifier *verifier, struct pd_arena *arena, const struct pd_verifier_tools *tools,
		const char *data, size_t size, pd_time now, struct pd_public_key *ret_key, struct pd_error *error);

/* Removes folders that a killed predecessor left. Once at start, by the holder of the store's lock. */
void pd_verifier_tidy(const char *directory);

/* For main(): if argv asks for a verifier, becomes one and never returns. First lines of both programs. */
void pd_verifier_main(int argc, char **argv);

#endif

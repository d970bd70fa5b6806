/* What gpg and gpgsm say: status lines of a verification, listings of keys.
 *
 * Promises: a signature is good only where the lines say so in every way that they can: as many good and valid
 * signatures as there are, each by a key that was given, with a digest that holds, and nothing about anything
 * that is wrong. Lines that are unknown are passed over, as DETAILS asks. Pure; never fails otherwise. */
#include "mime/verifier_words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define STATUS	     "[GNUPG:] "
#define MIN_RSA_BITS 2048

const char *pd_signed_kind_name(enum pd_signed_kind kind)
{
	return kind == PD_SIGNED_OPENPGP ? "openpgp" : kind == PD_SIGNED_SMIME ? "smime" : "";
}

enum pd_signed_kind pd_signed_kind_of(const char *name)
{
	return pd_equal(name, "openpgp") ? PD_SIGNED_OPENPGP : pd_equal(name, "smime") ? PD_SIGNED_SMIME : PD_SIGNED_NOT;
}

/* --- small things --- */

/* The words of a line, parted by single blanks. */
static struct pd_strings words_of(struct pd_arena *arena, const char *line, char separator)
{
	struct pd_strings words = {0};
	for (;;) {
		const char *end = strchr(line, separator);
		*pd_list_add(arena, &words) =
			pd_strndup(arena, line, end ? (size_t)(end - line) : strlen(line));
		if (!end)
			return words;
		line = end + 1;
	}
}

static const char *word(const struct pd_strings *words, size_t i)
{
	return i < words->count ? words->items[i] : "";
}

/* Seconds since 1970, or 20261121T171227; 0: neither. */
static pd_time time_of(struct pd_arena *arena, const char *text)
{
	unsigned long long seconds;
	pd_time at;
	if (pd_number(text, 1ULL << 40, &seconds))
		return (pd_time)seconds * PD_SECOND;
	if (strlen(text) != 15 || text[8] != 'T' || strspn(text, "0123456789") != 8 ||
	    strspn(text + 9, "0123456789") != 6)
		return 0;
	const char *iso = pd_printf(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6, text + 9,
				    text + 11, text + 13);
	return pd_time_parse(iso, &at) ? at : 0;
}

/* --- a verification --- */

/* What ends the matter, and how it is told. */
static const struct {
	const char *word, *why;
} faults[] = {
	{"BADSIG", "the signature does not fit the mail"},
	{"ERRSIG", "a signature by a key that is not registered, or one that cannot be checked"},
	{"EXPSIG", "the signature has expired"},
	{"EXPKEYSIG", "the key has expired"},
	{"REVKEYSIG", "the key was revoked"},
	{"NODATA", "it is no signature"},
	{"UNEXPECTED", "it is no signature"},
	{"BADARMOR", "it is no signature"},
	{"PLAINTEXT", "the signature brings its own text"},
	{"BEGIN_DECRYPTION", "it is no signature"},
	{"DECRYPTION_INFO", "it is no signature"},
	{"TRUST_NEVER", "the certificate was revoked"},
	{"ERROR verify.keyusage", "the certificate is not for signing"},
};

/* RFC 9580 9.5; gpgsm gives libgcrypt's numbers, which agree, and SHA-3 from 312. MD5, SHA-1, RIPEMD-160 and SHA-224
 * do not hold. */
static bool is_strong_digest(const char *number)
{
	static const char *const strong[] = {"8", "9", "10", "12", "14", "313", "314", "315"};
	for (size_t i = 0; i < sizeof strong / sizeof *strong; i++)
		if (strcmp(number, strong[i]) == 0)
			return true;
	return false;
}

static const struct pd_public_key *find_key(const struct pd_public_keys *keys, enum pd_signed_kind kind, const char *fingerprint)
{
	for (size_t i = 0; *fingerprint && i < keys->count; i++)
		if (keys->items[i].kind == kind && pd_equal_nocase(keys->items[i].fingerprint, fingerprint))
			return &keys->items[i];
	return NULL;
}

/* "VALIDSIG FPR DATE TIME EXPIRES VERSION RESERVED PUBKEY-ALGO HASH-ALGO CLASS [PRIMARY-FPR]"; why it does not
 * count, NULL: it does. */
static const char *read_valid(struct pd_arena *arena, enum pd_signed_kind kind, const struct pd_strings *words,
			      const struct pd_public_keys *keys, pd_time now, struct pd_verified *verified)
{
	const char *primary = kind == PD_SIGNED_OPENPGP ? word(words, 10) : word(words, 1);
	const char *class = word(words, 9);
	const struct pd_public_key *key = find_key(keys, kind, primary);
	pd_time at = time_of(arena, word(words, 3));
	if (!key)
		return "signed by a key that is not registered";
	if (!is_strong_digest(word(words, 8)))
		return "signed with a weak digest";
	if (strcmp(class, "00") != 0 && strcmp(class, "01") != 0)
		return "it is no signature of a document";
	if (key->expires != 0 && key->expires <= now)
		return "the key has expired";
	if (!verified->fingerprint)
		verified->fingerprint = key->fingerprint;
	if (verified->at == 0 || at < verified->at)
		verified->at = at;
	return NULL;
}

void pd_verifier_read_status(struct pd_arena *arena, enum pd_signed_kind kind, const char *text, bool is_done,
			     const struct pd_public_keys *keys, pd_time now, struct pd_verified *ret_verified)
{
	struct pd_strings lines = pd_lines(arena, text);
	struct pd_verified verified = {0};
	size_t all = 0, good = 0, valid = 0;
	const char *why = NULL;
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		if (!pd_starts(line, STATUS))
			continue;
		line += strlen(STATUS);
		struct pd_strings words = words_of(arena, line, ' ');
		for (size_t f = 0; !why && f < sizeof faults / sizeof *faults; f++) {
			size_t len = strlen(faults[f].word);
			if (strncmp(line, faults[f].word, len) == 0 && (line[len] == ' ' || line[len] == '\0'))
				why = faults[f].why;
		}
		all += strcmp(word(&words, 0), "NEWSIG") == 0;
		good += strcmp(word(&words, 0), "GOODSIG") == 0;
		if (strcmp(word(&words, 0), "VALIDSIG") != 0)
			continue;
		valid++;
		const char *fault = read_valid(arena, kind, &words, keys, now, &verified);
		why = why ? why : fault;
	}
	if (!why && (all == 0 || good != all || valid != all))
		why = "it could not be checked";
	/* gpgsm ends with 2 where no root is trusted: the certificate itself was registered, nobody vouches for it. */
	if (!why && kind == PD_SIGNED_OPENPGP && !is_done)
		why = "it could not be checked";
	verified.is_good = why == NULL;
	if (why)
		verified = (struct pd_verified){.why = why};
	*ret_verified = verified;
}

/* --- listings --- */

bool pd_verifier_lists_secret(const char *text)
{
	return pd_starts(text, "sec:") || pd_starts(text, "crs:") || strstr(text, "\nsec:") || strstr(text, "\ncrs:");
}

/* RSA, ElGamal and DSA are judged by their length, curves are all long enough. */
static bool is_weak(const struct pd_strings *words)
{
	static const char *const by_length[] = {"1", "2", "3", "16", "17", "20"};
	unsigned long long bits;
	for (size_t i = 0; i < sizeof by_length / sizeof *by_length; i++)
		if (strcmp(word(words, 3), by_length[i]) == 0)
			return !pd_number(word(words, 2), 1 << 20, &bits) || bits < MIN_RSA_BITS;
	return false;
}

struct listed {
	struct pd_public_key key;
	const char *validity, *capabilities, *issuer;
	bool is_weak;
};
struct listing {
	PD_LIST(struct listed) keys;
};

/* \xHH of the listings undone, in one clean line. */
static const char *unescaped(struct pd_arena *arena, const char *text)
{
	char *out = pd_strdup(arena, text), *to = out;
	for (; *text; text++) {
		unsigned code;
		if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x", &code) == 1 && code != 0) {
			*to++ = (char)code;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
	return pd_clean_line(arena, out, 200);
}

static void read_record(struct pd_arena *arena, const struct pd_strings *words, enum pd_signed_kind kind,
			struct listing *listing)
{
	const char *type = word(words, 0);
	bool is_key = strcmp(type, "pub") == 0 || strcmp(type, "crt") == 0;
	if (is_key) {
		*pd_list_add(arena, &listing->keys) = (struct listed){
			.key = {.kind = kind,
				.name = "",
				.created = time_of(arena, word(words, 5)),
				.expires = time_of(arena, word(words, 6))},
			.validity = word(words, 1),
			.capabilities = word(words, 11),
			.issuer = word(words, 9),
			.is_weak = is_weak(words),
		};
		return;
	}
	if (listing->keys.count == 0)
		return;
	struct listed *listed = &listing->keys.items[listing->keys.count - 1];
	if (strcmp(type, "fpr") == 0 && !listed->key.fingerprint) /* further ones are of subkeys */
		listed->key.fingerprint = word(words, 9);
	else if (strcmp(type, "uid") == 0 && *listed->key.name == '\0')
		listed->key.name = unescaped(arena, word(words, 9));
	else if (strcmp(type, "sub") == 0 && strchr(word(words, 11), 's') && !strpbrk(word(words, 1), "er"))
		listed->is_weak |= is_weak(words);
}

/* The one key; of a certificate and its issuers the one that issued none of the others. NULL: several. */
static const struct listed *only_one(const struct listing *listing)
{
	const struct listed *only = NULL;
	for (size_t i = 0; i < listing->keys.count; i++) {
		const struct listed *listed = &listing->keys.items[i];
		bool is_issuer = false;
		for (size_t k = 0; k < listing->keys.count; k++)
			is_issuer |= listed->key.kind == PD_SIGNED_SMIME && k != i &&
				     pd_equal(listing->keys.items[k].issuer, listed->key.name);
		if (!is_issuer && only)
			return NULL;
		if (!is_issuer)
			only = listed;
	}
	return only;
}

int pd_verifier_read_listing(struct pd_arena *arena, enum pd_signed_kind kind, const char *text, pd_time now,
			     struct pd_public_key *ret_key, struct pd_error *error)
{
	struct listing listing = {0};
	struct pd_strings lines = pd_lines(arena, text);
	for (size_t i = 0; i < lines.count; i++) {
		struct pd_strings words = words_of(arena, lines.items[i], ':');
		read_record(arena, &words, kind, &listing);
	}
	if (listing.keys.count == 0)
		return pd_fail(error, PD_PERMANENT, "the file holds no public key or certificate that holds good");
	const struct listed *listed = only_one(&listing);
	if (!listed)
		return pd_fail(error, PD_PERMANENT, "the file holds %zu keys; one at a time", listing.keys.count);
	const struct pd_public_key *key = &listed->key;
	if (!key->fingerprint || strlen(key->fingerprint) < 40 ||
	    strspn(key->fingerprint, "0123456789ABCDEF") != strlen(key->fingerprint))
		return pd_fail(error, PD_PERMANENT, "the file holds no public key or certificate that holds good");
	if (strchr(listed->validity, 'r'))
		return pd_fail(error, PD_PERMANENT, "the key %s was revoked", key->fingerprint);
	if (strchr(listed->validity, 'e') || (key->expires != 0 && key->expires <= now))
		return pd_fail(error, PD_PERMANENT, "the key %s has expired", key->fingerprint);
	if (listed->is_weak)
		return pd_fail(error, PD_PERMANENT, "the key %s is weak: RSA and DSA need at least %d bits",
			       key->fingerprint, MIN_RSA_BITS);
	if (strpbrk(listed->validity, "id") || !strpbrk(listed->capabilities, "sS") || strchr(listed->capabilities, 'D'))
		return pd_fail(error, PD_PERMANENT, "the key %s cannot sign", key->fingerprint);
	*ret_key = *key;
	return PD_OK;
}

/* --- files --- */

static bool contains(const char *data, size_t size, const char *text)
{
	return memmem(data, size, text, strlen(text)) != NULL;
}

enum pd_signed_kind pd_verifier_kind_of_file(const char *data, size_t size, bool *ret_is_secret)
{
	*ret_is_secret = contains(data, size, "PRIVATE KEY");
	if (contains(data, size, "-----BEGIN PGP "))
		return PD_SIGNED_OPENPGP;
	if (contains(data, size, "-----BEGIN CERTIFICATE") || contains(data, size, "-----BEGIN PKCS7") ||
	    contains(data, size, "-----BEGIN TRUSTED CERTIFICATE"))
		return PD_SIGNED_SMIME;
	/* DER: a SEQUENCE; of PKCS #12 it begins with the version 3. */
	if (size > 8 && data[0] == 0x30) {
		size_t head = (data[1] & 0x80) ? 2u + (data[1] & 0x7f) : 2u;
		*ret_is_secret |= head + 3 <= size && memcmp(data + head, "\x02\x01\x03", 3) == 0;
		return PD_SIGNED_SMIME;
	}
	return size > 2 && (data[0] & 0x80) != 0 ? PD_SIGNED_OPENPGP : PD_SIGNED_NOT;
}

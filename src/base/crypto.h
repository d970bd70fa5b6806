/* Digests, HMAC and random bytes, over nettle, GLib and getrandom(2). */
#ifndef PD_BASE_CRYPTO_H
#define PD_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <nettle/sha2.h>
#include "base/arena.h"

#define PD_SHA256_SIZE 32
#define PD_KEY_SIZE    32

void pd_sha256(const void *data, size_t len, unsigned char ret_digest[PD_SHA256_SIZE]);
/* The same of bytes that come in pieces. */
struct pd_sha256_sum {
	struct sha256_ctx context; /* nettle's */
};
void pd_sha256_begin(struct pd_sha256_sum *sum);
void pd_sha256_add(struct pd_sha256_sum *sum, const void *data, size_t len);
void pd_sha256_end(struct pd_sha256_sum *sum, unsigned char ret_digest[PD_SHA256_SIZE]);
/* Lower-case hexadecimal. */
char *pd_hex(struct pd_arena *arena, const unsigned char *data, size_t len);

/* Over the parts one after another, each with its length before it, so that
 * ("ab", "c") and ("a", "bc") differ. The list of strings ends with NULL (RFC 2104). */
void pd_hmac(const unsigned char key[PD_KEY_SIZE], unsigned char ret_mac[PD_SHA256_SIZE], ...)
	__attribute__((sentinel));

/* RFC 4648 section 6, lower case, no padding: 5 bits a character. */
char *pd_base32(struct pd_arena *arena, const unsigned char *data, size_t len);
/* Any case; false for what is not base32. Writes at most room bytes. */
bool pd_base32_decode(const char *text, size_t text_len, unsigned char *out, size_t room, size_t *ret_len);

/* Time depends on len alone. */
bool pd_equal_constant_time(const void *a, const void *b, size_t len);
/* Aborts where the kernel gives none. */
void pd_random(void *out, size_t len);

#endif

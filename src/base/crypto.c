/* HMAC, base32, random bytes: see crypto.h.
 *
 * Fails: ends the process where the kernel gives no random bytes; base32 decoding by false. */
#include "base/crypto.h"

#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

char *pd_hex(struct pd_arena *arena, const unsigned char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = pd_alloc(arena, 2 * len + 1);
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[data[i] >> 4];
		hex[2 * i + 1] = digits[data[i] & 15];
	}
	return hex;
}

void pd_hmac(const unsigned char key[PD_KEY_SIZE], unsigned char ret_mac[PD_SHA256_SIZE], ...)
{
	GHmac *mac = g_hmac_new(G_CHECKSUM_SHA256, key, PD_KEY_SIZE);
	va_list parts;
	va_start(parts, ret_mac);
	for (const char *part; (part = va_arg(parts, const char *)) != NULL;) {
		uint64_t len = strlen(part);
		unsigned char before[8];
		for (int i = 0; i < 8; i++)
			before[i] = (unsigned char)(len >> (8 * i));
		g_hmac_update(mac, before, sizeof before);
		g_hmac_update(mac, (const unsigned char *)part, (gssize)len);
	}
	va_end(parts);
	gsize size = PD_SHA256_SIZE;
	g_hmac_get_digest(mac, ret_mac, &size);
	g_hmac_unref(mac);
}

char *pd_base32(struct pd_arena *arena, const unsigned char *data, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	char *text = pd_alloc(arena, (len * 8 + 4) / 5 + 1), *at = text;
	unsigned bits = 0, n = 0;
	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | data[i]) & 0xfff;
		for (n += 8; n >= 5; n -= 5)
			*at++ = letters[bits >> (n - 5) & 31];
	}
	if (n > 0)
		*at++ = letters[bits << (5 - n) & 31];
	return text;
}

bool pd_base32_decode(const char *text, size_t text_len, unsigned char *out, size_t room, size_t *ret_len)
{
	size_t len = 0;
	unsigned bits = 0, n = 0;
	for (size_t i = 0; i < text_len; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned value;
		if (c >= 'a' && c <= 'z')
			value = c - 'a';
		else if (c >= 'A' && c <= 'Z')
			value = c - 'A';
		else if (c >= '2' && c <= '7')
			value = c - '2' + 26;
		else
			return false;
		bits = (bits << 5 | value) & 0xfff;
		n += 5;
		if (n >= 8) {
			n -= 8;
			if (len == room)
				return false;
			out[len++] = (unsigned char)(bits >> n);
		}
	}
	/* One text for one value: no left-over character, no bits set in what is left over. */
	if (n >= 5 || (bits & ((1u << n) - 1)) != 0)
		return false;
	*ret_len = len;
	return true;
}

bool pd_equal_constant_time(const void *a, const void *b, size_t len)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char differs = 0;
	for (size_t i = 0; i < len; i++)
		differs |= x[i] ^ y[i];
	return differs == 0;
}

void pd_random(void *out, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = getrandom((char *)out + done, len - done, 0);
		if (n < 0 && errno != EINTR) {
			fprintf(stderr, "getrandom: %s\n", strerror(errno));
			abort();
		}
		if (n > 0)
			done += (size_t)n;
	}
}

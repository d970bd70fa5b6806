/* SipHash-2-4 (Aumasson and Bernstein, 2012), 64 and 128 bits.
 *
 * Promises: without the key nobody can choose texts whose hashes meet. Cannot fail. */
#include "store/inside.h"

#include <string.h>

static inline uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline uint64_t load(const unsigned char *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof value);
	return value;
}

#define ROUND(v)                                                                                             \
	do {                                                                                                 \
		v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);                       \
		v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];                                                \
		v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];                                                \
		v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);                       \
	} while (0)

static void absorb(uint64_t v[4], const unsigned char key[16], const unsigned char *data, size_t len)
{
	const uint64_t k0 = load(key), k1 = load(key + 8);
	v[0] ^= 0x736f6d6570736575 ^ k0;
	v[1] ^= 0x646f72616e646f6d ^ k1;
	v[2] ^= 0x6c7967656e657261 ^ k0;
	v[3] ^= 0x7465646279746573 ^ k1;
	const unsigned char *at = data, *end = data + (len & ~(size_t)7);
	for (; at < end; at += 8) {
		uint64_t m = load(at);
		v[3] ^= m;
		ROUND(v);
		ROUND(v);
		v[0] ^= m;
	}
	uint64_t last = (uint64_t)len << 56;
	for (size_t i = 0; i < (len & 7); i++)
		last |= (uint64_t)at[i] << (8 * i);
	v[3] ^= last;
	ROUND(v);
	ROUND(v);
	v[0] ^= last;
}

static uint64_t finish(uint64_t v[4])
{
	for (int i = 0; i < 4; i++)
		ROUND(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t pd_siphash(const unsigned char key[16], const void *data, size_t len)
{
	uint64_t v[4] = {0};
	absorb(v, key, data, len);
	v[2] ^= 0xff;
	return finish(v);
}

void pd_siphash128(const unsigned char key[16], const void *data, size_t len, uint64_t ret_hash[2])
{
	uint64_t v[4] = {0, 0xee, 0, 0};
	absorb(v, key, data, len);
	v[2] ^= 0xee;
	ret_hash[0] = finish(v);
	v[1] ^= 0xdd;
	ret_hash[1] = finish(v);
}

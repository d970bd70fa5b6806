/* SHA-256 (FIPS 180-4), as every mail's bytes meet it several times.
 *
 * With the processor's own instructions where it has them, in plain C elsewhere; both give the same, and the
 * tests compare them with GLib's, which is several times slower. Cannot fail. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/crypto.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#define BLOCK 64

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned by)
{
	return (x >> by) | (x << (32 - by));
}

static void plain_blocks(uint32_t state[8], const unsigned char *data, size_t count)
{
	for (; count > 0; count--, data += BLOCK) {
		uint32_t w[64], s[8];
		memcpy(s, state, sizeof s);
		for (int i = 0; i < 16; i++)
			w[i] = (uint32_t)data[4 * i] << 24 | (uint32_t)data[4 * i + 1] << 16 |
			       (uint32_t)data[4 * i + 2] << 8 | data[4 * i + 3];
		for (int i = 16; i < 64; i++)
			w[i] = w[i - 16] + w[i - 7] +
			       (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >> 3)) +
			       (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >> 10));
		for (int i = 0; i < 64; i++) {
			uint32_t a = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
				     ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
			uint32_t b = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
				     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
			memmove(s + 1, s, 7 * sizeof *s);
			s[4] += a;
			s[0] = a + b;
		}
		for (int i = 0; i < 8; i++)
			state[i] += s[i];
	}
}

#if defined(__x86_64__)
/* The instructions keep the state as two halves, ABEF and CDGH. */
__attribute__((target("sha,sse4.1,ssse3"))) static void fast_blocks(uint32_t state[8],
								    const unsigned char *data, size_t count)
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0xb1);
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state + 4)), 0x1b);
	__m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);
	for (; count > 0; count--, data += BLOCK) {
		const __m128i abef_before = abef, cdgh_before = cdgh;
		__m128i w[4];
		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(
				_mm_loadu_si128((const __m128i *)(const void *)(data + 16 * i)), swap);
		for (int i = 0; i < 16; i++) {
			__m128i sum = _mm_add_epi32(
				w[i & 3],
				_mm_loadu_si128((const __m128i *)(const void *)(constants + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
			if (i >= 12)
				continue;
			__m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]),
						     _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
			w[i & 3] = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	low = _mm_shuffle_epi32(abef, 0x1b);
	high = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

static bool is_fast(void)
{
	static int known; /* 0: not asked yet, 1: no, 2: yes; every thread that asks finds the same */
	int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
	if (answer == 0) {
		unsigned a, b, c, d, features = 0;
		if (__get_cpuid(1, &a, &b, &c, &d))
			features = c;
		bool has_shuffles = (features & bit_SSSE3) && (features & bit_SSE4_1);
		answer = has_shuffles && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) ? 2 : 1;
		__atomic_store_n(&known, answer, __ATOMIC_RELAXED);
	}
	return answer == 2;
}
#endif

static void add_blocks(uint32_t state[8], const unsigned char *data, size_t count)
{
#if defined(__x86_64__)
	if (is_fast()) {
		fast_blocks(state, data, count);
		return;
	}
#endif
	plain_blocks(state, data, count);
}

void pd_sha256_begin(struct pd_sha256_sum *sum)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	memcpy(sum->state, start, sizeof start);
	sum->len = 0;
}

void pd_sha256_add(struct pd_sha256_sum *sum, const void *data, size_t len)
{
	const unsigned char *at = data;
	size_t have = sum->len % BLOCK;
	sum->len += len;
	if (have > 0) {
		size_t take = len < BLOCK - have ? len : BLOCK - have;
		memcpy(sum->rest + have, at, take);
		at += take;
		len -= take;
		if (have + take < BLOCK)
			return;
		add_blocks(sum->state, sum->rest, 1);
	}
	add_blocks(sum->state, at, len / BLOCK);
	if (len % BLOCK > 0)
		memcpy(sum->rest, at + len / BLOCK * BLOCK, len % BLOCK);
}

void pd_sha256_end(struct pd_sha256_sum *sum, unsigned char ret_digest[PD_SHA256_SIZE])
{
	uint64_t bits = sum->len * 8;
	size_t have = sum->len % BLOCK;
	unsigned char tail[2 * BLOCK] = {0};
	if (have > 0)
		memcpy(tail, sum->rest, have);
	tail[have] = 0x80;
	size_t blocks = have + 9 <= BLOCK ? 1 : 2;
	for (int i = 0; i < 8; i++)
		tail[blocks * BLOCK - 1 - (size_t)i] = (unsigned char)(bits >> (8 * i));
	add_blocks(sum->state, tail, blocks);
	for (int i = 0; i < PD_SHA256_SIZE; i++)
		ret_digest[i] = (unsigned char)(sum->state[i / 4] >> (24 - 8 * (i % 4)));
}

void pd_sha256(const void *data, size_t len, unsigned char ret_digest[PD_SHA256_SIZE])
{
	struct pd_sha256_sum sum;
	pd_sha256_begin(&sum);
	if (len > 0)
		pd_sha256_add(&sum, data, len);
	pd_sha256_end(&sum, ret_digest);
}

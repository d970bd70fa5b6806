/* Tests of src/base: arena.c, buf.c, crypto.c, error.c. */
#include "check.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/places.h"

static void test_arena(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 7, 16, 17, 4000, 5000, 100000, 3000000, 3};
	PD_AUTO_ARENA arena = pd_arena_new();
	char *made[COUNT(sizes) * 50];
	size_t n = 0;
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < COUNT(sizes) - (round > 3 ? 2 : 0); i++) {
			char *data = pd_alloc(arena, sizes[i]);
			assert_non_null(data);
			assert_int_equal((uintptr_t)data % _Alignof(max_align_t), 0);
			for (size_t k = 0; k < sizes[i]; k += 13)
				assert_int_equal(data[k], 0);
			memset(data, (int)n + 1, sizes[i]);
			made[n++] = data;
		}
	}
	/* Nothing that was given since has written into what was given before. */
	n = 0;
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < COUNT(sizes) - (round > 3 ? 2 : 0); i++, n++)
			for (size_t k = 0; k < sizes[i]; k += 11)
				assert_int_equal((unsigned char)made[n][k], (unsigned char)(n + 1));
	}
}

static void test_strings(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	assert_null(pd_strdup(arena, NULL));
	assert_null(pd_strndup(arena, NULL, 3));
	assert_string_equal(pd_strdup(arena, "abc"), "abc");
	assert_string_equal(pd_strndup(arena, "abc", 2), "ab");
	assert_string_equal(pd_strndup(arena, "abc", 10), "abc");
	assert_string_equal(pd_printf(arena, "%s-%d", "x", 5), "x-5");
	char longer[1000];
	memset(longer, 'y', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_string_equal(pd_printf(arena, "%s", longer), longer);
	longer[255] = '\0';
	assert_string_equal(pd_printf(arena, "%s", longer), longer);
	longer[255] = 'y';
	longer[256] = '\0';
	assert_string_equal(pd_printf(arena, "%s", longer), longer);
	assert_memory_equal(pd_memdup(arena, "a\0b", 3), "a\0b", 3);
}

static char order[8];

static void note(void *data)
{
	strcat(order, data);
}

static void test_defer(void **state)
{
	(void)state;
	struct pd_arena *arena = pd_arena_new();
	pd_arena_defer(arena, note, "a");
	pd_arena_defer(arena, note, "b");
	pd_arena_defer(arena, note, "c");
	assert_string_equal(order, "");
	pd_arena_free(arena);
	assert_string_equal(order, "cba");
	pd_arena_free(NULL);
}

static void test_buffer(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF buf = {0};
	assert_string_equal(pd_buf_string(arena, &buf), "");
	pd_buf_adds(&buf, "ab");
	pd_buf_addc(&buf, '\0');
	pd_buf_addf(&buf, "%05d", 42);
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.data,
			    "ab\0"
			    "00042",
			    9);
	for (int i = 0; i < 10000; i++)
		pd_buf_addc(&buf, 'x');
	assert_int_equal(buf.len, 10008);
	assert_int_equal(buf.data[buf.len], '\0');
	pd_buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.data, "");
}

static void test_buffer_limit(void **state)
{
	(void)state;
	PD_AUTO_BUF buf = {.limit = 5};
	pd_buf_adds(&buf, "abc");
	assert_false(buf.overflowed);
	pd_buf_adds(&buf, "def");
	assert_true(buf.overflowed);
	assert_string_equal(buf.data, "abc");
	pd_buf_adds(&buf, "de");
	assert_string_equal(buf.data, "abcde");
	assert_null(pd_buf_reserve(&buf, 1));
	pd_buf_addf(&buf, "%d", 1);
	assert_string_equal(buf.data, "abcde");
	pd_buf_clear(&buf);
	assert_false(buf.overflowed);
}

static void test_records(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	PD_AUTO_BUF buf = {0};
	pd_buf_put_u64(&buf, 0x1122334455667788ull);
	assert_memory_equal(buf.data, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	pd_buf_put_string(&buf, "abc");
	pd_buf_put_string(&buf, NULL);
	pd_buf_put_string(&buf, "");
	pd_buf_put_bytes(&buf, "a\0b", 3);
	struct pd_cursor in = {buf.data, buf.data + buf.len, false};
	assert_true(pd_get_u64(&in) == 0x1122334455667788ull);
	assert_string_equal(pd_get_string(arena, &in), "abc");
	assert_null(pd_get_string(arena, &in));
	assert_string_equal(pd_get_string(arena, &in), "");
	struct pd_bytes bytes = pd_get_bytes(arena, &in);
	assert_int_equal(bytes.len, 3);
	assert_memory_equal(bytes.data, "a\0b", 4);
	assert_false(in.bad);
	assert_true(in.at == in.end);
	assert_true(pd_get_u64(&in) == 0 && in.bad);

	/* Cut anywhere, it is bad and nothing past the end is read. */
	for (size_t len = 0; len < buf.len; len++) {
		char *cut = pd_memdup(arena, buf.data, len);
		struct pd_cursor part = {cut, cut + len, false};
		pd_get_u64(&part);
		for (int i = 0; i < 3; i++)
			pd_get_string(arena, &part);
		pd_get_bytes(arena, &part);
		assert_true(part.bad);
		assert_null(pd_get_string(arena, &part));
	}
	PD_AUTO_BUF lie = {0};
	pd_buf_put_u64(&lie, UINT64_MAX - 1);
	struct pd_cursor big = {lie.data, lie.data + lie.len, false};
	assert_null(pd_get_string(arena, &big));
	assert_true(big.bad);
}

static void test_digests(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	unsigned char digest[PD_SHA256_SIZE];
	pd_sha256("", 0, digest);
	assert_string_equal(pd_hex(arena, digest, sizeof digest),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	pd_sha256("abc", 3, digest);
	assert_string_equal(pd_hex(arena, digest, sizeof digest),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

	unsigned char key[PD_KEY_SIZE] = "0123456789abcdef0123456789abcde", a[PD_SHA256_SIZE],
		      b[PD_SHA256_SIZE];
	pd_hmac(key, a, "ab", "c", NULL);
	pd_hmac(key, b, "a", "bc", NULL);
	assert_false(pd_equal_constant_time(a, b, sizeof a));
	pd_hmac(key, b, "ab", "c", "", NULL);
	assert_false(pd_equal_constant_time(a, b, sizeof a));
	pd_hmac(key, b, "ab", "c", NULL);
	assert_true(pd_equal_constant_time(a, b, sizeof a));
	key[31] ^= 1;
	pd_hmac(key, b, "ab", "c", NULL);
	assert_false(pd_equal_constant_time(a, b, sizeof a));
}

static void test_base32(void **state)
{
	(void)state;
	/* RFC 4648, section 10 */
	static const struct {
		const char *input, *want;
	} rows[] = {{"", ""},
		    {"f", "my"},
		    {"fo", "mzxq"},
		    {"foo", "mzxw6"},
		    {"foob", "mzxw6yq"},
		    {"fooba", "mzxw6ytb"},
		    {"foobar", "mzxw6ytboi"}};
	PD_AUTO_ARENA arena = pd_arena_new();
	unsigned char out[32];
	size_t len;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = pd_base32(arena, (const unsigned char *)rows[i].input, strlen(rows[i].input));
		assert_string_equal(text, rows[i].want);
		for (char *c = text; *c != '\0'; c++)
			if (c[0] >= 'a' && (c - text) % 2 == 0)
				*c = (char)(*c - 32);
		assert_true(pd_base32_decode(text, strlen(text), out, sizeof out, &len));
		assert_int_equal(len, strlen(rows[i].input));
		assert_memory_equal(out, rows[i].input, len);
	}
	static const char *const wrong[] = {"m", "mz1q", "my=", "mzx", "mz", "0", "mzxw6y", "m y"};
	for (size_t i = 0; i < COUNT(wrong); i++)
		CHECK_ROW(wrong[i], !pd_base32_decode(wrong[i], strlen(wrong[i]), out, sizeof out, &len));
	assert_false(pd_base32_decode("mzxw6ytboi", 10, out, 5, &len));
	assert_true(pd_base32_decode("mzxw6ytboi", 10, out, 6, &len));
}

static void test_places(void **state)
{
	(void)state;
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_places places = {0};
	size_t place = 7;
	assert_false(pd_places_find(&places, 1, &place));
	/* Neighbours, multiples of powers of two and negative ones, none of them lost while it grows. */
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(pd_places_add(arena, &places, (int64_t)i * 4096 - 1000, i), i);
	for (size_t i = 0; i < 5000; i++) {
		assert_true(pd_places_find(&places, (int64_t)i * 4096 - 1000, &place));
		assert_int_equal(place, i);
	}
	assert_int_equal(places.count, 5000);
	assert_int_equal(pd_places_add(arena, &places, -1000, 9), 0); /* it has one */
	assert_int_equal(places.count, 5000);
	assert_false(pd_places_find(&places, -999, &place));
}

static void test_random(void **state)
{
	(void)state;
	unsigned char a[64] = {0}, b[64] = {0};
	pd_random(a, sizeof a);
	pd_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

static void test_errors(void **state)
{
	(void)state;
	struct pd_error error = {0};
	assert_int_equal(pd_fail(&error, PD_PERMANENT, "no %s\nhere", "luck"), PD_PERMANENT);
	assert_int_equal(error.class, PD_PERMANENT);
	assert_string_equal(error.text, "no luck here");
	assert_int_equal(pd_fail(NULL, PD_TEMPORARY, "x"), PD_TEMPORARY);
	assert_int_equal(pd_fail_errno(&error, PD_TEMPORARY, ENOENT, "%s", "file"), PD_TEMPORARY);
	assert_string_equal(error.text, "file: No such file or directory");
	assert_int_equal(pd_fail_errno(&error, PD_TEMPORARY, ENOSPC, "x"), PD_FULL);
	assert_int_equal(error.class, PD_FULL);
	assert_int_equal(pd_fail_errno(NULL, PD_TEMPORARY, EDQUOT, "x"), PD_FULL);
	char longer[2000];
	memset(longer, 'z', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	pd_fail_errno(&error, PD_TEMPORARY, EIO, "%s", longer);
	assert_int_equal(strlen(error.text), sizeof error.text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena),	     cmocka_unit_test(test_strings),
		cmocka_unit_test(test_defer),	     cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_buffer_limit), cmocka_unit_test(test_records),
		cmocka_unit_test(test_digests),	     cmocka_unit_test(test_base32),
		cmocka_unit_test(test_random),	     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

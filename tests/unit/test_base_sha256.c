/* Tests of src/base/sha256.c: the vectors of FIPS 180-4, and the same as GLib for every length and cut. */
#include "check.h"

#include <glib.h>
#include <string.h>

#include "base/crypto.h"

static void test_vectors(void **state)
{
	(void)state;
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	PD_AUTO_ARENA arena = pd_arena_new();
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char digest[PD_SHA256_SIZE];
		pd_sha256(rows[i].text, strlen(rows[i].text), digest);
		CHECK_ROW_STRING(rows[i].text, pd_hex(arena, digest, sizeof digest), rows[i].want);
	}
}

static void test_as_glib(void **state)
{
	(void)state;
	static unsigned char data[5000];
	pd_random(data, sizeof data);
	for (size_t len = 0; len < sizeof data; len = len < 300 ? len + 1 : len * 5 / 4) {
		unsigned char want[PD_SHA256_SIZE], got[PD_SHA256_SIZE];
		gsize size = sizeof want;
		GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
		g_checksum_update(sum, data, (gssize)len);
		g_checksum_get_digest(sum, want, &size);
		g_checksum_free(sum);
		pd_sha256(data, len, got);
		assert_memory_equal(got, want, sizeof want);
		for (size_t cut = 1; cut < 200 && cut < len; cut += 7) {
			struct pd_sha256_sum pieces;
			pd_sha256_begin(&pieces);
			for (size_t at = 0; at < len; at += cut)
				pd_sha256_add(&pieces, data + at, len - at < cut ? len - at : cut);
			pd_sha256_end(&pieces, got);
			assert_memory_equal(got, want, sizeof want);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_as_glib)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The filter of keys: what was added is never said to lack; nearly everything else is. */
#include "check.h"
#include "store/sqlite.h"

static struct pd_key key_of(int64_t number)
{
	static const unsigned char secret[16] = "a secret key ...";
	uint64_t hash[2];
	pd_siphash128(secret, &number, sizeof number, hash);
	return (struct pd_key){(int64_t)hash[0], (int64_t)hash[1]};
}

static void test_filter(void **state)
{
	(void)state;
	static const struct {
		int64_t room, added;
		int wrong_max; /* of 10,000 that were not added, so many may seem to be there */
	} cases[] = {{0, 0, 0}, {0, 1, 0}, {0, 100000, 20}, {1000000, 1000000, 300}, {0, 800000, 1500}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pd_filter *filter = pd_filter_new(cases[i].room);
		for (int64_t n = 0; n < cases[i].added; n++) {
			if (n % 1000 == 0 && cases[i].added < 200000)
				assert_true(n == 0 || !pd_filter_lacks(filter, key_of(n - 1)));
			pd_filter_add(filter, key_of(n));
		}
		int wrong = 0;
		for (int64_t n = 0; n < cases[i].added; n++)
			if (pd_filter_lacks(filter, key_of(n)))
				fail_msg("case %zu: key %lld is said to lack", i, (long long)n);
		for (int64_t n = 0; n < 10000; n++)
			wrong += !pd_filter_lacks(filter, key_of(-1 - n));
		if (wrong > cases[i].wrong_max)
			fail_msg("case %zu: %d of 10,000 seem to be there", i, wrong);
		pd_filter_free(filter);
	}
	assert_false(pd_filter_lacks(NULL, key_of(1)));
	pd_filter_add(NULL, key_of(1));
	pd_filter_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_filter)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Clients that guess addresses wait: how long, for how long, and which of them are one. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "gate/guesses.h"

#define START (1000 * PD_HOUR)

static void test_wait(void **state)
{
	static const struct {
		const char *name;
		int wrong;
		int64_t later;
		int64_t want;
	} cases[] = {
		{"nobody", 0, 0, 0},
		{"a few", PD_GUESSES_FREE - 1, 0, 0},
		{"as many as are free: the next one waits", PD_GUESSES_FREE, 0, PD_GUESSES_WAIT},
		{"one more", PD_GUESSES_FREE + 1, 0, 2 * PD_GUESSES_WAIT},
		{"many", PD_GUESSES_FREE + 4, 0, 16 * PD_GUESSES_WAIT},
		{"it ends somewhere", 1000, 0, PD_GUESSES_LONG},
		{"one is forgotten", PD_GUESSES_FREE, PD_HOUR / PD_GUESSES_FREE, 0},
		{"all are forgotten in the end", 1000, 2 * PD_HOUR, 0},
		{"most are not at once", 1000, PD_HOUR / 2, PD_GUESSES_LONG},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pd_guesses *guesses = pd_guesses_new();
		for (int k = 0; k < cases[i].wrong; k++)
			pd_guesses_add(guesses, 7, START);
		if (pd_guesses_wait(guesses, 7, START + cases[i].later) != cases[i].want)
			fail_msg("%s: %lld", cases[i].name,
				 (long long)pd_guesses_wait(guesses, 7, START + cases[i].later));
		assert_int_equal(pd_guesses_wait(guesses, 8, START), 0);
		pd_guesses_free(guesses);
	}
}

static uint64_t client(int family, const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	if (family == AF_INET) {
		assert_int_equal(inet_pton(family, text, &in.sin_addr), 1);
		return pd_guesses_client((struct sockaddr *)&in);
	}
	assert_int_equal(inet_pton(family, text, &in6.sin6_addr), 1);
	return pd_guesses_client((struct sockaddr *)&in6);
}

static void test_client(void **state)
{
	struct sockaddr other = {.sa_family = AF_UNIX};
	(void)state;
	assert_int_equal(pd_guesses_client(NULL), 0);
	assert_int_equal(pd_guesses_client(&other), 0);
	assert_true(client(AF_INET, "192.0.2.1") != client(AF_INET, "192.0.2.2"));
	assert_true(client(AF_INET6, "2001:db8::1") == client(AF_INET6, "2001:db8::ffff:1"));
	assert_true(client(AF_INET6, "2001:db8::1") != client(AF_INET6, "2001:db8:0:1::1"));
	assert_true(client(AF_INET, "0.0.0.0") != 0);
	assert_true(pd_guesses_login("eve") == pd_guesses_login("eve"));
	assert_true(pd_guesses_login("eve") != pd_guesses_login("eva"));
	assert_true(pd_guesses_login("") != 0);
}

/* However many there are: none waits for another, and whoever guesses on is remembered. */
static void test_many(void **state)
{
	struct pd_guesses *guesses = pd_guesses_new();
	(void)state;
	for (int k = 0; k < PD_GUESSES_FREE + 2; k++)
		pd_guesses_add(guesses, 42, START);
	for (uint64_t who = 1000; who < 1000 + 20 * PD_GUESSES_ROOMS; who++) {
		pd_guesses_add(guesses, who, START);
		assert_int_equal(pd_guesses_wait(guesses, who, START), 0);
	}
	assert_true(pd_guesses_wait(guesses, 42, START) > 0);
	assert_int_equal(pd_guesses_wait(guesses, 999, START), 0);
	/* Without an address there is nobody to blame. */
	for (int k = 0; k < 100; k++)
		pd_guesses_add(guesses, 0, START);
	assert_int_equal(pd_guesses_wait(guesses, 0, START), 0);
	pd_guesses_free(guesses);
}

static void test_refuse_at(void **state)
{
	static const struct {
		const char *name;
		int64_t since, now, want;
	} cases[] = {
		{"found at once", START, START, START + 50},
		{"found soon", START, START + 1, START + 50},
		{"just before the end of the slot", START, START + 49, START + 50},
		{"at its end", START, START + 50, START + 100},
		{"just after it", START, START + 51, START + 100},
		{"late", START, START + 1234, START + 1250},
		{"whatever the clock shows when it began", START + 17, START + 20, START + 67},
		{"at its end, whatever the clock shows", START + 17, START + 67, START + 117},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (pd_guesses_refuse_at(cases[i].since, cases[i].now) != cases[i].want)
			fail_msg("%s: %lld", cases[i].name,
				 (long long)(pd_guesses_refuse_at(cases[i].since, cases[i].now) - START));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_refuse_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

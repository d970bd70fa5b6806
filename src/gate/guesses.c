/* Clients that guess signed addresses.
 *
 * Promises: memory is bounded, and so is the wait; a client that stops is forgotten within the hour, one wrong
 * address each six minutes; many clients at once can make this forget, never wait others. Any thread may call.
 * Cannot fail. The signatures have 80 bits, so that guessing leads nowhere: this keeps it from being work. */
#include "gate/guesses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define COST ((int64_t)3600 * PD_SECOND / PD_GUESSES_FREE) /* what a wrong one adds to the debt, as time */
enum { NEIGHBOURS = 8 };

struct client {
	uint64_t who;
	int64_t debt_until; /* monotonic; each wrong one moves it on by COST */
};
struct pd_guesses {
	pthread_mutex_t lock;
	struct client clients[PD_GUESSES_ROOMS];
};

struct pd_guesses *pd_guesses_new(void)
{
	struct pd_guesses *guesses = calloc(1, sizeof *guesses);
	if (guesses == NULL)
		abort();
	pthread_mutex_init(&guesses->lock, NULL);
	return guesses;
}

void pd_guesses_free(struct pd_guesses *guesses)
{
	if (guesses == NULL)
		return;
	pthread_mutex_destroy(&guesses->lock);
	free(guesses);
}

uint64_t pd_guesses_client(const struct sockaddr *address)
{
	uint64_t who = 0;
	if (address == NULL)
		return 0;
	if (address->sa_family == AF_INET)
		/* Apart from all IPv6 networks that are given to anybody. */
		return (uint64_t)0xffff << 32 | ((const struct sockaddr_in *)address)->sin_addr.s_addr;
	if (address->sa_family == AF_INET6)
		memcpy(&who, &((const struct sockaddr_in6 *)address)->sin6_addr, sizeof who);
	return who;
}

uint64_t pd_guesses_login(const char *login)
{
	uint64_t who = 0xcbf29ce484222325U; /* FNV-1a */
	for (const char *c = login; *c != '\0'; c++)
		who = (who ^ (unsigned char)*c) * 0x100000001b3U;
	/* Apart from all addresses: as one, it would be a group's, or of a net that is given to nobody. */
	memset(&who, 0xff, 1);
	return who;
}

/* The client's room; NULL: it has none. may_make: then it takes the one of its neighbours with the least debt. */
static struct client *find(struct pd_guesses *guesses, uint64_t who, bool may_make)
{
	size_t first = (size_t)(who * 0x9e3779b97f4a7c15U >> 32) % (PD_GUESSES_ROOMS / NEIGHBOURS) * NEIGHBOURS;
	struct client *least = &guesses->clients[first];
	for (size_t i = first; i < first + NEIGHBOURS; i++) {
		struct client *client = &guesses->clients[i];
		if (client->who == who)
			return client;
		if (client->debt_until < least->debt_until)
			least = client;
	}
	if (!may_make)
		return NULL;
	*least = (struct client){.who = who};
	return least;
}

int64_t pd_guesses_wait(struct pd_guesses *guesses, uint64_t client, int64_t now)
{
	int64_t wait = 0;
	pthread_mutex_lock(&guesses->lock);
	const struct client *found = client != 0 ? find(guesses, client, false) : NULL;
	int64_t over = found != NULL && found->debt_until > now
			       ? (found->debt_until - now + COST - 1) / COST - PD_GUESSES_FREE
			       : -1;
	pthread_mutex_unlock(&guesses->lock);
	if (over >= 0)
		wait = PD_GUESSES_WAIT;
	for (; over > 0 && wait < PD_GUESSES_LONG; over--)
		wait *= 2;
	return wait < PD_GUESSES_LONG ? wait : PD_GUESSES_LONG;
}

void pd_guesses_add(struct pd_guesses *guesses, uint64_t client, int64_t now)
{
	if (client == 0)
		return;
	pthread_mutex_lock(&guesses->lock);
	struct client *found = find(guesses, client, true);
	if (found->debt_until < now)
		found->debt_until = now;
	/* No more than twice what is free, so that it is over within two hours. */
	if (found->debt_until < now + 2 * PD_GUESSES_FREE * COST)
		found->debt_until += COST;
	pthread_mutex_unlock(&guesses->lock);
}

int64_t pd_guesses_refuse_at(int64_t since, int64_t now)
{
	return since + ((now - since) / PD_GUESSES_SLOT + 1) * PD_GUESSES_SLOT;
}

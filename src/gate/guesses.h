/* Clients that guess signed addresses: how many wrong ones each has given lately, and how long it must wait. */
#ifndef PD_GATE_GUESSES_H
#define PD_GATE_GUESSES_H

#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"

/* So many wrong ones an hour cost a client nothing: a customer's address book may hold a few. */
#define PD_GUESSES_FREE	 10
#define PD_GUESSES_WAIT	 (PD_SECOND / 4) /* for the first one more; doubled with each */
#define PD_GUESSES_LONG	 (8 * PD_SECOND) /* and never longer */
#define PD_GUESSES_ROOMS 4096		 /* clients and logins that are remembered; the one that waits least gives way */

struct pd_guesses;
struct pd_guesses *pd_guesses_new(void);
void pd_guesses_free(struct pd_guesses *guesses);

/* Who a client is: an IPv4 address, or the network of 64 bits that an IPv6 address is in. 0: neither. */
uint64_t pd_guesses_client(const struct sockaddr *address);
/* The same of somebody who has logged in, wherever from. login: as the MTA says it. */
uint64_t pd_guesses_login(const char *login);
/* How long the client must wait before its next signed address is looked at; 0: not at all. now is monotonic. */
int64_t pd_guesses_wait(struct pd_guesses *guesses, uint64_t client, int64_t now);
/* When a refusal is said whose looking up began at `since` and is over now: at the next multiple of PD_GUESSES_SLOT
 * after `since`, so that its time does not tell what was looked up. Always later than now. */
#define PD_GUESSES_SLOT (PD_SECOND / 20)
int64_t pd_guesses_refuse_at(int64_t since, int64_t now);
/* It gave a wrong one. */
void pd_guesses_add(struct pd_guesses *guesses, uint64_t client, int64_t now);

#endif

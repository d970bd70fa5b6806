/* The milter at RCPT: whom the mail is for, and what was never an address of the desk.
 *
 * Promises: a refusal tells by neither its words nor its time what was looked up for it; an address that is old,
 * revoked or of a deleted ticket is not refused. A client or a login, other than an agent's, that gives many wrong ones
 * waits, in its own thread and
 * outside the gate; how many wait is bounded. Fails: 4xx. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "gate/guesses.h"
#include "gate/milter_internal.h"

#define TRANSPORT   "postdesk" /* what brings mail here: "postdesk postfix" names it so */
#define MAX_WAITING 16	       /* clients that wait for having guessed; others are sent away */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct pd_guesses *guesses;
static atomic_uint waiting;

static void make_guesses(void)
{
	guesses = pd_guesses_new();
}

static void wait_until(int64_t when)
{
	for (int64_t left; (left = when - pd_monotonic()) > 0;) {
		struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
		nanosleep(&time, NULL);
	}
}

/* Lets a client that has given many wrong addresses wait, here in its own thread; false: there wait enough. */
static bool slow_down(uint64_t client, int64_t now)
{
	pthread_once(&once, make_guesses);
	int64_t wait = pd_guesses_wait(guesses, client, now);
	if (wait == 0)
		return true;
	bool may_wait = atomic_fetch_add(&waiting, 1) < MAX_WAITING;
	if (may_wait)
		wait_until(now + wait);
	atomic_fetch_sub(&waiting, 1);
	return may_wait;
}

/* Who guesses: an agent never does; who has logged in is that login, wherever from; the others are their addresses. */
static uint64_t guesser(const struct session *session, const struct message *message)
{
	if (message->is_agents)
		return 0;
	return message->login != NULL ? pd_guesses_login(message->login) : session->client;
}

static sfsistat refuse_recipient(SMFICTX *ctx, uint64_t client, const char *recipient, int64_t since)
{
	int64_t now = pd_monotonic();
	pthread_once(&once, make_guesses);
	pd_guesses_add(guesses, client, now);
	pd_milter_count_refused();
	pd_log(PD_INFO, "milter: refused", "queue-id", smfi_getsymval(ctx, "i"), "recipient", recipient, "reason",
	       "never an address of the desk", NULL);
	smfi_setreply(ctx, "550", "5.1.1", "There is no such address here");
	wait_until(pd_guesses_refuse_at(since, now));
	return SMFIS_REJECT;
}

/* Does the MTA bring it to us? Then nobody else takes it. */
static bool is_brought(SMFICTX *ctx)
{
	const char *transport = smfi_getsymval(ctx, "{rcpt_mailer}");
	return transport != NULL && strcmp(transport, TRANSPORT) == 0;
}

sfsistat pd_milter_on_recipient(SMFICTX *ctx, char **argv)
{
	struct session *session = smfi_getpriv(ctx);
	struct message *message = pd_milter_message(ctx);
	int64_t since = pd_monotonic();
	struct pd_error error = {0};
	bool is_forged = false;
	if (message == NULL)
		return SMFIS_TEMPFAIL;
	if (message->outward != NULL) {
		pd_outward_recipient(message->arena, message->outward, argv[0]);
		return SMFIS_CONTINUE;
	}
	const char *recipient = pd_milter_bare(message->arena, argv[0]);
	struct pd_flow *flow = pd_milter_enter();
	if (flow == NULL)
		return SMFIS_TEMPFAIL;
	bool is_desks = pd_flow_knows(flow, recipient);
	bool is_signed = is_desks && pd_flow_is_signed(flow, recipient);
	pd_milter_leave();
	if (is_signed) {
		if (!slow_down(guesser(session, message), since)) {
			pd_log(PD_INFO, "milter: put off", "recipient", recipient, "reason",
			       "too many clients wait that gave wrong addresses", NULL);
			smfi_setreply(ctx, "421", "4.7.0", "Too many wrong addresses; try again later");
			return SMFIS_TEMPFAIL;
		}
		since = pd_monotonic();
		if ((flow = pd_milter_enter()) == NULL)
			return SMFIS_TEMPFAIL;
		int class = pd_flow_is_forged(flow, recipient, &is_forged, &error);
		pd_milter_leave();
		if (class != PD_OK) {
			pd_log(PD_ERROR, "milter: cannot look up a recipient", "reason", error.text, NULL);
			return SMFIS_TEMPFAIL;
		}
	}
	if (is_forged || (!is_desks && is_brought(ctx)))
		return refuse_recipient(ctx, guesser(session, message), recipient, since);
	if (is_desks)
		pd_strings_add_once(message->arena, &message->recipients, recipient);
	else if (message->is_agents)
		*pd_list_add(message->arena, &message->others) = recipient;
	return SMFIS_CONTINUE;
}

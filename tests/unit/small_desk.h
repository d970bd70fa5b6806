/* A desk in memory for tests of deciding: mails go in, plans come out and are kept, so that the next mail
 * meets what the one before left. One arena holds everything until small_desk_free. */
#ifndef TESTS_UNIT_SMALL_DESK_H
#define TESTS_UNIT_SMALL_DESK_H

#include "desk/decide.h"
#include "desk/token.h"
#include "fake_snapshot.h"

/* A mail as a test writes it. Lists of addresses are separated by commas. NULL and 0: the default. */
struct small_mail {
	const char *from; /* "Ville <ville@customer.example>" */
	const char *to;	  /* default support@example.com */
	const char *cc;
	const char *rcpt;   /* envelope; default: those in to and cc that are ours */
	const char *sender; /* envelope; default the address in From; "<>" the null sender */
	const char *subject, *text, *html, *id;
	const char *quoted;	   /* below the text */
	const char *html_commands; /* taken out of the HTML; separated by LF */
	const char *in_reply_to, *references; /* separated by blanks */
	const char *reply_to;
	const char *header, *value; /* one further field */
	const char *queue;
	const struct pd_signer *signer; /* of a good signature */
	const char *signature_fault;
	unsigned repeats; /* PD_REPEATS_*, of the signed part */
	bool is_contradicted;
	const char *raw; /* the bytes; NULL: none are at hand */
	unsigned kinds;
	bool pass;				      /* dmarc=pass for the domain of From */
	pd_time date;				      /* -1: the field is absent */
	const char *attachment;			      /* the name of one, 1000 bytes */
	const char *bounced, *original, *bounce_text; /* of a report */
	const char *forwarded_from, *forwarded_subject, *forwarded_date, *forwarded_text;
	const struct pd_invitation *invitation; /* its members may be NULL */
	bool is_temporary; /* a report of delay */
	bool is_import;
	unsigned received;
	int64_t stored; /* set by the desk */
};

struct small_desk {
	struct fake *fake;
	struct pd_arena *arena;
	struct pd_settings *settings;
	pd_time now;
	PD_LIST(struct small_mail) mails; /* the mail of each stored message */
};

/* The configuration is the built-in one (below) and, after it, what is given; NULL: nothing. */
struct small_desk *small_desk_new(const char *more_configuration);
void small_desk_free(struct small_desk *desk);

/* Decides, keeps, and gives the plan. A draft that is set free is decided on the same plan, as flow does. */
struct pd_plan *small_deliver(struct small_desk *desk, struct small_mail mail);
/* `postdesk do`; actor "agent:anna" or "administrator". Lines separated by LF. */
struct pd_plan *small_do(struct small_desk *desk, const char *actor, int64_t ticket, const char *lines);
/* What time brings to the ticket now. */
struct pd_plan *small_due(struct small_desk *desk, int64_t ticket);
struct pd_plan *small_undelivered(struct small_desk *desk, int64_t outbox, const char *recipient,
				  const char *why);
struct pd_context small_context(struct small_desk *desk, const char *actor);
void small_keep(struct small_desk *desk, struct pd_context *context);

struct pd_ticket *small_ticket(struct small_desk *desk, int64_t number); /* as it stands */
/* The nth (from 0) letter of that kind in the plan, to that agent (NULL: to anybody); NULL: there is none. */
const struct pd_planned_letter *small_letter(const struct pd_plan *plan, enum pd_letter_kind kind,
					     const char *agent);
size_t small_letters(const struct pd_plan *plan, enum pd_letter_kind kind);
/* The newest event of that kind on the ticket; NULL. */
const struct pd_event *small_event(struct small_desk *desk, int64_t ticket, enum pd_event_kind kind);
const struct pd_stored *small_message(struct small_desk *desk, int64_t id);

#endif

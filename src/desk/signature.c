/* Believing a signature (DESIGN.md, Who may do what): full proof, where it is about this mail.
 *
 * The verifier says that the body was signed, by which key and when. It cannot say that the mail was meant for this
 * desk, this ticket and this moment: what an agent signs for anybody else would, sent here again, act here. So a
 * signature serves once and for a day, proves what it covers and nothing else, and counts fully where what is signed
 * ties it to the place: a signed To or Cc with the address that led here; or the ticket's number, in words that came
 * by the agent's own reply address or as an answer to a mail that only this agent got. The number alone would not do:
 * agents write it to customers; nor would that address: people in Cc see it. Elsewhere a signature proves who wrote,
 * and the rest is asked. Pure; cannot fail. */
#include "desk/signature.h"

#include <string.h>

#include "base/text.h"

static const char *mark_key(struct pd_context *context, const struct pd_signer *signer)
{
	return pd_printf(context->arena, "g:%s|%lld|%s", signer->fingerprint, (long long)signer->at, signer->digest);
}

static const char *fault_of(struct pd_context *context, const struct pd_delivery *delivery,
			    const struct pd_agent *agent)
{
	const struct pd_signer *signer = delivery->signer;
	if (delivery->message->from_count != 1 || !delivery->message->from_is_plain)
		return "From is not one plain address";
	if (!pd_equal(signer->agent, agent->name))
		return "signed by a key of somebody else";
	if (delivery->message->signed_part.is_contradicted)
		return "the signed header is another than the mail's";
	if (signer->at == 0)
		return "the signature does not say when it was made";
	if (signer->at > context->now + PD_SIGNATURE_FUTURE)
		return "signed in the future";
	if (context->now - signer->at > PD_SIGNATURE_LIVES)
		return "signed too long ago";
	if (context->desk->mark(context->desk, mark_key(context, signer)).exists)
		return "the signature was used before";
	return NULL;
}

const char *pd_signature_check(struct pd_context *context, const struct pd_delivery *delivery,
			       const struct pd_agent *agent, const char **ret_why)
{
	*ret_why = delivery->signature_fault;
	if (delivery->signer == NULL)
		return NULL;
	*ret_why = fault_of(context, delivery, agent);
	return *ret_why == NULL ? mark_key(context, delivery->signer) : NULL;
}

/* --- where it counts --- */

/* "#12", and no longer number. */
static bool names_ticket(struct pd_arena *arena, const char *text, int64_t number)
{
	const char *name = pd_printf(arena, "#%lld", (long long)number);
	size_t len = strlen(name);
	for (const char *at = text; (at = strstr(at, name)) != NULL; at += len)
		if (at[len] < '0' || at[len] > '9')
			return true;
	return false;
}

/* Its address is made for this agent and this ticket; people in Cc of the agent's own mail may know it. */
static bool is_to_own_address(const struct pd_mail *mail, const struct pd_place *place)
{
	const struct pd_recipient *token = place->token;
	return token != NULL && token->kind == PD_RCPT_TICKET && token->is_agent && !token->is_expired &&
	       pd_equal(token->person, mail->agent->name);
}

/* Is one of them the Message-ID of a mail about this ticket? agent: of one that this agent alone got from us, known like
 * that address; NULL: of any. */
static bool name_mail_of(struct pd_context *context, const struct pd_strings *ids, const struct pd_ticket *ticket,
			 const struct pd_agent *agent)
{
	for (size_t i = 0; i < ids->count && i < 3; i++) {
		struct pd_known_ids known =
			context->desk->message_id(context->desk, context->arena, ids->items[i]);
		for (size_t n = 0; n < known.count; n++)
			if (!known.items[n].is_reference &&
			    (agent == NULL || pd_agent_is(agent, known.items[n].agent)) &&
			    pd_plan_ticket_followed(context, known.items[n].ticket) == ticket)
				return true;
	}
	return false;
}

/* Is one of these the address by which the mail found its place: the signed one, or else the mailbox's own? */
static bool has_address(struct pd_context *context, const struct pd_addresses *list, const struct pd_mail *mail,
			const struct pd_place *place)
{
	for (size_t i = 0; i < list->count; i++) {
		struct pd_recipient one =
			pd_recipient_parse(context->arena, context->settings, list->items[i].addr);
		if (place->token != NULL) {
			if (one.mailbox == place->token->mailbox && one.token != NULL && *one.token != '\0' &&
			    pd_equal(one.token, place->token->token))
				return true;
		} else if (one.mailbox == mail->mailbox &&
			   one.kind == (mail->is_do ? PD_RCPT_DO : PD_RCPT_MAILBOX)) {
			return true;
		}
	}
	return false;
}

static bool is_signed_to(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place)
{
	const struct pd_message *message = mail->message;
	const unsigned repeats = message->signed_part.repeats;
	return ((repeats & PD_REPEATS_TO) != 0 && has_address(context, &message->to, mail, place)) ||
	       ((repeats & PD_REPEATS_CC) != 0 && has_address(context, &message->cc, mail, place));
}

/* Where no signed address leads to the ticket: does the signed header? What else may lead a mail there, such as a
 * colleague's address or a mail that named this one before, anybody can bring about. */
static bool has_signed_way(struct pd_context *context, const struct pd_message *message,
			   const struct pd_ticket *ticket)
{
	const unsigned repeats = message->signed_part.repeats;
	int64_t tag = (repeats & PD_REPEATS_SUBJECT) != 0 ? pd_subject_tag(message->subject) : 0;
	return ((repeats & PD_REPEATS_IN_REPLY_TO) != 0 &&
		name_mail_of(context, &message->in_reply_to, ticket, NULL)) ||
	       (tag != 0 && pd_plan_ticket_followed(context, tag) == ticket);
}

static bool has_signed_number(struct pd_context *context, const struct pd_message *message, int64_t number)
{
	return names_ticket(context->arena, message->full_text, number) ||
	       ((message->signed_part.repeats & PD_REPEATS_SUBJECT) != 0 &&
		names_ticket(context->arena, message->subject, number));
}

/* In mail to +do the subject is a command, too, and a signature does not cover it. */
static bool may_command_by_subject(struct pd_context *context, const struct pd_mail *mail)
{
	const struct pd_message *message = mail->message;
	if (!mail->is_do || (message->signed_part.repeats & PD_REPEATS_SUBJECT) != 0)
		return false;
	return pd_command_shape(message->subject) ||
	       (*message->subject != '\0' && *pd_trim(context->arena, message->text) == '\0');
}

bool pd_signature_binds(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place)
{
	const struct pd_message *message = mail->message;
	if (may_command_by_subject(context, mail))
		return false;
	if (place->ticket == NULL) /* what it does, it says itself */
		return true;
	if (is_signed_to(context, mail, place) && (place->token != NULL || has_signed_way(context, message, place->ticket)))
		return true;
	return has_signed_number(context, message, place->ticket->number) &&
	       (is_to_own_address(mail, place) ||
		name_mail_of(context, &message->in_reply_to, place->ticket, mail->agent));
}

void pd_signature_use(struct pd_context *context, const char *signature)
{
	pd_plan_mark(context, signature, 0, context->now + PD_SIGNATURE_LIVES + PD_SIGNATURE_FUTURE + PD_DAY);
}

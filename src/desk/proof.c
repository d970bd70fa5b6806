/* How an agent is proven (DESIGN.md, Who may do what).
 *
 * Promises: From alone proves nothing; a token alone proves nothing (it leaks by forwarding), nor does it with a
 * signature that nothing ties to it; an expired one counts for less than none at all, since it shows an old mail in
 * somebody's hands; another agent's leads to the ticket and proves nothing. */
#include "desk/signature.h"

#include "base/text.h"

enum pd_proof pd_mail_proof(struct pd_context *context, const struct pd_mail *mail, const struct pd_place *place)
{
	if (mail->agent == NULL)
		return PD_PROOF_NONE;
	if (mail->delivery->is_confirmed || mail->is_logged_in || mail->seal != NULL || mail->is_freed_in_full)
		return PD_PROOF_FULL;
	if (mail->signature != NULL && pd_signature_binds(context, mail, place))
		return PD_PROOF_FULL;
	if (mail->delivery->is_forced)
		return PD_PROOF_MAIL_TICKET; /* by the proven mail that said #send */
	if (!mail->is_authentic)
		return PD_PROOF_NONE;
	for (size_t i = 0; i < mail->recipients.count; i++) {
		const struct pd_recipient *recipient = &mail->recipients.items[i];
		if (recipient->kind != PD_RCPT_TICKET || !recipient->is_agent)
			continue;
		if (recipient->is_expired)
			return PD_PROOF_NONE;
		if (recipient == place->token)
			return mail->is_vouched_for ? PD_PROOF_MAIL_TICKET : PD_PROOF_MAIL;
	}
	return PD_PROOF_MAIL;
}

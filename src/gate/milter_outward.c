/* Exactly once outward (invariant 3): see milter_outward.h.
 *
 * The outbox sends a mail until the MTA has answered that it took it. Here, as the last filter of the
 * listener that postdesk submits to, the recipients are taken out for whom that answer came already; the mail
 * is discarded where none is left. The end of the mail is no acceptance: a later filter, cleanup or the disk
 * may fail yet. So nothing is noted here; what counts is what the client heard (post/outbox.c), which the
 * store knows.
 *
 * Promises: in doubt the mail passes. Fails: 4xx where the store cannot be asked or the MTA does not let the
 * recipients be changed; the outbox brings the mail again. */
#include "gate/milter_outward.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"

bool pd_outward_is(SMFICTX *ctx)
{
	const char *name = smfi_getsymval(ctx, "{daemon_name}");
	return name != NULL && strcmp(name, PD_LISTENER_NAME) == 0;
}

void pd_outward_recipient(struct pd_arena *arena, struct pd_outward *outward, const char *recipient)
{
	pd_strings_add_once(arena, &outward->recipients, recipient);
}

void pd_outward_field(struct pd_arena *arena, struct pd_outward *outward, const char *name, const char *value)
{
	if (!pd_equal_nocase(name, "Message-ID"))
		return;
	const char *id = pd_trim(arena, value);
	size_t len = strlen(id);
	outward->ids++;
	outward->message_id =
		len > 2 && id[0] == '<' && id[len - 1] == '>' ? pd_strndup(arena, id + 1, len - 2) : NULL;
}

/* As given at RCPT, without brackets and parameters. */
static const char *bare(struct pd_arena *arena, const char *recipient)
{
	size_t len = strlen(recipient);
	if (len >= 2 && recipient[0] == '<' && recipient[len - 1] == '>')
		return pd_strndup(arena, recipient + 1, len - 2);
	return recipient;
}

sfsistat pd_outward_finish(SMFICTX *ctx, struct pd_flow *flow, struct pd_arena *arena,
			   const struct pd_outward *outward)
{
	struct pd_error error = {0};
	struct pd_strings taken = {0};
	size_t removed = 0;
	/* Of one with several Message-IDs nobody can say which mail it is. */
	if (outward->message_id == NULL || outward->ids != 1)
		return SMFIS_CONTINUE;
	if (pd_flow_taken(flow, arena, outward->message_id, &taken, &error) != PD_OK) {
		pd_log(PD_ERROR, "milter: cannot look up what was sent", "msgid", outward->message_id,
		       "reason", error.text, NULL);
		return SMFIS_TEMPFAIL;
	}
	for (size_t i = 0; taken.count > 0 && i < outward->recipients.count; i++) {
		const char *recipient = outward->recipients.items[i];
		if (!pd_strings_has(&taken, bare(arena, recipient)))
			continue;
		if (smfi_delrcpt(ctx, (char *)recipient) != MI_SUCCESS) {
			pd_log(PD_ERROR, "milter: the MTA does not let a recipient be taken out", "msgid",
			       outward->message_id, NULL);
			return SMFIS_TEMPFAIL;
		}
		removed++;
		pd_log(PD_INFO, "milter: not sent again", "queue-id", smfi_getsymval(ctx, "i"), "msgid",
		       outward->message_id, "recipient", bare(arena, recipient), NULL);
	}
	return removed > 0 && removed == outward->recipients.count ? SMFIS_DISCARD : SMFIS_CONTINUE;
}

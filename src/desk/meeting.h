/* Meetings: #meeting invites, moves and cancels; the contact's answer lands on the timeline. */
#ifndef PD_DESK_MEETING_H
#define PD_DESK_MEETING_H

#include "desk/command.h"
#include "desk/mail.h"

/* How the reason of an entry that is such an answer begins; "accepted" and the like follow. */
#define PD_WHY_MEETING "meeting "

/* A meeting of a ticket as it stands: a line of the property PD_PROPERTY_MEETING. */
struct pd_meeting_state {
	const char *uid;
	int sequence;
	pd_time start, end;
	const char *title;
};
struct pd_meetings {
	struct pd_meeting_state *items;
	size_t count, room;
};
/* Those that were not cancelled, in the order in which they were made. */
struct pd_meetings pd_ticket_meetings(struct pd_arena *arena, const struct pd_ticket *ticket);
/* The newest entry that invites to it, also to a new time: the reply; 0: none. */
int64_t pd_meeting_entry(struct pd_context *context, const struct pd_ticket *ticket, const char *uid);
/* Is the entry one that invites to it, first or to a new time? */
bool pd_meeting_is_of_entry(struct pd_context *context, const struct pd_ticket *ticket, const char *uid, int64_t entry);
char *pd_meetings_value(struct pd_arena *arena, const struct pd_meetings *meetings); /* NULL: none */

/* Puts the invitation of the commands into the letter that goes out with them. */
void pd_meeting_invite(struct pd_context *context, const struct pd_commands *commands, struct pd_letter *letter);
/* The answer to an invitation of ours (iTIP REPLY and COUNTER, RFC 5546, sections 3.2.3 and 3.2.7): it changes no status and
 * no clock. False: the mail is none, or it is not known whose. */
bool pd_take_meeting_answer(struct pd_context *context, const struct pd_mail *mail);
/* Is the entry such an answer? */
bool pd_is_meeting_answer(const struct pd_event *event);
/* What it says, in the reader's language: "{who} accepts the meeting:". */
const char *pd_meeting_headline(const struct pd_event *event);

#endif

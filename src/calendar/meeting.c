/* Invitations: see meeting.h. libical writes the properties, so that values are escaped and lines folded as the standard
 * says. Cannot fail. */
#include "calendar/meeting.h"

#include <libical/ical.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static struct icaltimetype in_utc(pd_time time)
{
	return icaltime_from_timet_with_zone((time_t)(time / PD_SECOND), 0, icaltimezone_get_utc_timezone());
}

/* A parameter's value may hold no quotation mark (RFC 5545, section 3.2). */
static const char *safe_name(struct pd_arena *arena, const char *name)
{
	char *safe = pd_clean_line(arena, name != NULL ? name : "", 200);
	for (char *c = safe; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	return safe;
}

static const char *mailto(struct pd_arena *arena, const char *addr)
{
	return pd_printf(arena, "mailto:%s", pd_clean_line(arena, addr, 320));
}

static icalproperty *organizer(struct pd_arena *arena, const struct pd_meeting_person *person)
{
	icalproperty *property = icalproperty_new_organizer(mailto(arena, person->addr));
	const char *name = safe_name(arena, person->name);
	if (*name != '\0')
		icalproperty_add_parameter(property, icalparameter_new_cn(name));
	return property;
}

static icalproperty *attendee(struct pd_arena *arena, const struct pd_meeting *meeting, const struct pd_meeting_person *person)
{
	icalproperty *property = icalproperty_new_attendee(mailto(arena, person->addr));
	const char *name = safe_name(arena, person->name);
	if (*name != '\0')
		icalproperty_add_parameter(property, icalparameter_new_cn(name));
	icalproperty_add_parameter(property, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	if (!meeting->is_cancelled) {
		icalproperty_add_parameter(property, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
		icalproperty_add_parameter(property, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	}
	return property;
}

char *pd_meeting_ics(struct pd_arena *arena, const struct pd_meeting *meeting)
{
	icalcomponent *calendar = icalcomponent_new_vcalendar(), *event = icalcomponent_new_vevent();
	icalcomponent_add_property(calendar, icalproperty_new_prodid("-//postdesk//EN"));
	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(calendar, icalproperty_new_method(meeting->is_cancelled ? ICAL_METHOD_CANCEL
											       : ICAL_METHOD_REQUEST));
	icalcomponent_add_property(event, icalproperty_new_uid(meeting->uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(in_utc(meeting->stamp)));
	icalcomponent_add_property(event, icalproperty_new_sequence(meeting->sequence));
	icalcomponent_add_property(event, icalproperty_new_dtstart(in_utc(meeting->start)));
	icalcomponent_add_property(event, icalproperty_new_dtend(in_utc(meeting->end)));
	icalcomponent_add_property(event, icalproperty_new_summary(meeting->summary));
	if (meeting->description != NULL && *meeting->description != '\0')
		icalcomponent_add_property(event, icalproperty_new_description(meeting->description));
	icalcomponent_add_property(event, icalproperty_new_status(meeting->is_cancelled ? ICAL_STATUS_CANCELLED
											    : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(event, organizer(arena, &meeting->organizer));
	for (size_t i = 0; i < meeting->attendees.count; i++)
		icalcomponent_add_property(event, attendee(arena, meeting, &meeting->attendees.items[i]));
	icalcomponent_add_component(calendar, event);

	char *text = icalcomponent_as_ical_string_r(calendar);
	PD_AUTO_BUF lines = {0};
	for (const char *c = text; *c != '\0'; c++)
		if (*c != '\r')
			pd_buf_addc(&lines, *c);
	icalmemory_free_buffer(text);
	icalcomponent_free(calendar);
	return pd_buf_string(arena, &lines);
}

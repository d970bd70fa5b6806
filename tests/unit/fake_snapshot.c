/* See fake_snapshot.h. */
#include "check.h"
#include "fake_snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "desk/people.h"

const char fake_config[] =
	"[postdesk]\n"
	"state = /tmp/postdesk-fake\n"
	"hostname = mail.example.com\n"
	"authserv_id = mail.example.com\n"
	"categories = billing;hardware;other\n"
	"[mailbox support]\n"
	"address = support@example.com;help@example.com\n"
	"name = Example Support\n"
	"team = support\n"
	"pipeline = support\n"
	"[mailbox sales]\n"
	"address = sales@example.com\n"
	"name = Example Sales\n"
	"team = sales\n"
	"pipeline = sales\n"
	"[team support]\n"
	"members = anna;bob;vera\n"
	"[team sales]\n"
	"members = bob\n"
	"[agent anna]\n"
	"name = Anna Virtanen\n"
	"address = anna@example.com\n"
	"[agent bob]\n"
	"name = Bob Smith\n"
	"address = bob@example.com;bob@home.example\n"
	"[agent carol]\n"
	"name = Carol Jones\n"
	"address = carol@example.com\n"
	"role = administrator\n"
	"[agent vera]\n"
	"name = Vera Watch\n"
	"address = vera@example.com\n"
	"role = viewer\n"
	"[pipeline support]\n"
	"statuses = new:New;open:Open;waiting:Waiting on customer;closed:Closed;closed:Won't fix\n"
	"[pipeline sales]\n"
	"statuses = new:Lead;open:Talking;closed:Won;closed:Lost\n"
	"[property device]\n"
	"type = choice\n"
	"choices = phone;laptop\n"
	"[property tags]\n"
	"type = choices\n"
	"choices = a;b;Loud\n"
	"[property floor]\n"
	"type = number\n"
	"[property bought]\n"
	"type = date\n"
	"[view hot]\n"
	"name = 🔥 Hot\n"
	"query = status:open AND priority:urgent\n"
	"share = everyone\n";

struct pd_settings *fake_settings(const char *text)
{
	char path[] = "/tmp/pd-test-fake-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	PD_AUTO_ARENA arena = pd_arena_new();
	struct pd_problems problems = {.arena = arena};
	struct pd_settings *settings = pd_config_load(path, &problems);
	unlink(path);
	if (settings == NULL) {
		pd_problems_print(&problems, stderr);
		fail_msg("the configuration is wrong");
	}
	return settings;
}

static struct fake *of(struct pd_snapshot *snapshot)
{
	return (struct fake *)snapshot;
}

struct pd_ticket *fake_ticket(struct fake *fake, int64_t number)
{
	for (size_t i = 0; i < fake->tickets.count; i++)
		if (fake->tickets.items[i]->number == number)
			return fake->tickets.items[i];
	return NULL;
}

/* --- the snapshot --- */

static struct pd_ticket *get_ticket(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t number)
{
	struct pd_ticket *ticket = fake_ticket(of(snapshot), number);
	return ticket != NULL ? pd_ticket_copy(arena, ticket) : NULL;
}

static struct pd_stored *message_of(struct fake *fake, int64_t id)
{
	for (size_t i = 0; i < fake->messages.count; i++)
		if (fake->messages.items[i].stored.id == id)
			return &fake->messages.items[i].stored;
	return NULL;
}

static struct pd_entry entry_of(struct fake *fake, const struct pd_event *event, bool with_message)
{
	return (struct pd_entry){.event = *event,
				 .message = with_message ? message_of(fake, event->message) : NULL};
}

static struct pd_entries get_timeline(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t ticket,
				      int64_t after)
{
	struct pd_entries entries = {0};
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->events.count; i++)
		if (fake->events.items[i]->ticket == ticket && fake->events.items[i]->version > after)
			*pd_list_add(arena, &entries) = entry_of(fake, fake->events.items[i], true);
	return entries;
}

static struct pd_entry *get_entry(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t event)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->events.count; i++) {
		if (fake->events.items[i]->id == event) {
			struct pd_entry entry = entry_of(fake, fake->events.items[i], true);
			return pd_memdup(arena, &entry, sizeof entry);
		}
	}
	return NULL;
}

static struct pd_entries get_action(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t action)
{
	struct pd_entries entries = {0};
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->events.count; i++)
		if (fake->events.items[i]->action == action)
			*pd_list_add(arena, &entries) = entry_of(fake, fake->events.items[i], false);
	return entries;
}

static struct pd_known_ids get_message_id(struct pd_snapshot *snapshot, struct pd_arena *arena,
					  const char *message_id)
{
	struct pd_known_ids known = {0};
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->ids.count; i++)
		if (strcmp(fake->ids.items[i].message_id, message_id) == 0)
			*pd_list_add(arena, &known) = fake->ids.items[i].known;
	return known;
}

static struct pd_known_ids get_subject(struct pd_snapshot *snapshot, struct pd_arena *arena,
				       const char *mailbox, const char *base_subject, pd_time since)
{
	struct pd_known_ids known = {0};
	struct fake *fake = of(snapshot);
	for (size_t i = fake->tickets.count; i > 0 && known.count < 20; i--) {
		const struct pd_ticket *ticket = fake->tickets.items[i - 1];
		for (size_t n = 0; n < ticket->conversations.count && ticket->updated >= since; n++) {
			const struct pd_conversation *conversation = &ticket->conversations.items[n];
			if (pd_equal(conversation->mailbox, mailbox) &&
			    strcmp(conversation->base_subject, base_subject) == 0)
				*pd_list_add(arena, &known) = (struct pd_known_id){
					.ticket = ticket->number, .conversation = conversation->id};
		}
	}
	return known;
}

static struct pd_contact *get_contact(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->contacts.count; i++)
		if (fake->contacts.items[i].id == id)
			return pd_memdup(arena, &fake->contacts.items[i], sizeof fake->contacts.items[i]);
	return NULL;
}

static struct pd_contact *get_contact_of(struct pd_snapshot *snapshot, struct pd_arena *arena,
					 const char *kind, const char *value)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->contacts.count; i++)
		for (size_t n = 0; pd_contact_merged(&fake->contacts.items[i]) == 0 &&
				   n < fake->contacts.items[i].identities.count;
		     n++)
			if (strcmp(fake->contacts.items[i].identities.items[n].kind, kind) == 0 &&
			    strcmp(fake->contacts.items[i].identities.items[n].value, value) == 0)
				return get_contact(snapshot, arena, fake->contacts.items[i].id);
	return NULL;
}

static struct pd_contacts get_contacts(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *company,
				       const char *text, int64_t after, size_t limit)
{
	struct fake *fake = of(snapshot);
	struct pd_contacts found = {0};
	for (size_t i = 0; i < fake->contacts.count && found.count < limit; i++) {
		struct pd_contact *one = &fake->contacts.items[i]; /* made in order */
		if (one->id > after && pd_contact_merged(one) == 0 &&
		    (company == NULL || pd_equal(one->company, company)) &&
		    (text == NULL || strstr(pd_fold(arena, pd_contact_value(arena, one)), text) != NULL))
			*pd_list_add(arena, &found) = pd_memdup(arena, one, sizeof *one);
	}
	return found;
}

static struct pd_records get_companies(struct pd_snapshot *snapshot, struct pd_arena *arena)
{
	struct fake *fake = of(snapshot);
	struct pd_records found = {0};
	for (size_t i = 0; i < fake->contacts.count; i++)
		if (fake->contacts.items[i].company != NULL)
			*pd_list_add(arena, &found) =
				(struct pd_record){.name = fake->contacts.items[i].company, .value = "1"};
	return found;
}

static struct pd_mark get_mark(struct pd_snapshot *snapshot, const char *key)
{
	struct fake *fake = of(snapshot);
	for (size_t i = fake->marks.count; i > 0; i--)
		if (strcmp(fake->marks.items[i - 1].key, key) == 0)
			return (struct pd_mark){.exists = true, .value = fake->marks.items[i - 1].value};
	return (struct pd_mark){0};
}

static const char *get_record(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *kind,
			      const char *name)
{
	struct fake *fake = of(snapshot);
	const char *property = pd_record_property(arena, kind, name), *value = NULL;
	for (size_t i = 0; i < fake->events.count; i++)
		for (size_t n = 0; n < fake->events.items[i]->changes.count; n++)
			if (strcmp(fake->events.items[i]->changes.items[n].property, property) == 0)
				value = fake->events.items[i]->changes.items[n].to;
	return value;
}

static struct pd_records get_records(struct pd_snapshot *snapshot, struct pd_arena *arena, const char *kind)
{
	struct fake *fake = of(snapshot);
	const char *prefix = pd_record_property(arena, kind, "");
	struct pd_strings seen = {0};
	struct pd_records found = {0};
	for (size_t i = 0; i < fake->events.count; i++) {
		for (size_t n = 0; n < fake->events.items[i]->changes.count; n++) {
			const char *property = fake->events.items[i]->changes.items[n].property;
			if (strncmp(property, prefix, strlen(prefix)) != 0 || pd_strings_has(&seen, property))
				continue;
			*pd_list_add(arena, &seen) = property;
			const char *name = property + strlen(prefix), *value = get_record(snapshot, arena, kind, name);
			if (value != NULL)
				*pd_list_add(arena, &found) = (struct pd_record){.name = name, .value = value};
		}
	}
	return found;
}

static int64_t get_counter(struct pd_snapshot *snapshot, const char *key, pd_time since)
{
	struct fake *fake = of(snapshot);
	int64_t count = 0;
	for (size_t i = 0; i < fake->counters.count; i++)
		count += strcmp(fake->counters.items[i].key, key) == 0 && fake->counters.items[i].at >= since;
	return count;
}

static struct pd_draft *get_draft(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->drafts.count; i++)
		if (fake->drafts.items[i].id == id)
			return pd_memdup(arena, &fake->drafts.items[i], sizeof fake->drafts.items[i]);
	return NULL;
}

static struct pd_draft *get_draft_of(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t ticket,
				     const char *agent, int64_t below)
{
	struct fake *fake = of(snapshot);
	for (size_t i = fake->drafts.count; i > 0; i--) {
		const struct pd_draft *draft = &fake->drafts.items[i - 1];
		if (draft->ticket == ticket && pd_equal(draft->agent, agent) && draft->state == PD_DRAFT_KEPT &&
		    (below == 0 || draft->id < below))
			return pd_memdup(arena, draft, sizeof *draft);
	}
	return NULL;
}

static struct pd_draft *get_draft_expired(struct pd_snapshot *snapshot, struct pd_arena *arena, pd_time now,
					  int64_t above)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->drafts.count; i++) {
		const struct pd_draft *draft = &fake->drafts.items[i];
		if (draft->state == PD_DRAFT_KEPT && draft->expires > 0 && draft->expires < now &&
		    draft->id > above)
			return pd_memdup(arena, draft, sizeof *draft);
	}
	return NULL;
}

static struct pd_wakes get_wakes(struct pd_snapshot *snapshot, struct pd_arena *arena, pd_time until, size_t limit)
{
	struct fake *fake = of(snapshot);
	struct pd_wakes wakes = {0};
	for (pd_time last = 0; wakes.count < limit;) {
		const struct fake_agenda *first = NULL;
		for (size_t i = 0; i < fake->agendas.count; i++) {
			const struct fake_agenda *row = &fake->agendas.items[i];
			if (row->agenda.next > last && row->agenda.next <= until &&
			    (first == NULL || row->agenda.next < first->agenda.next))
				first = row;
		}
		if (first == NULL)
			break;
		last = first->agenda.next;
		for (size_t i = 0; i < fake->agendas.count && wakes.count < limit; i++)
			if (fake->agendas.items[i].agenda.next == last)
				*pd_list_add(arena, &wakes) = (struct pd_wake){fake->agendas.items[i].ticket, last};
	}
	return wakes;
}

static struct pd_passed_list get_passed(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t above, pd_time until,
					size_t limit)
{
	struct fake *fake = of(snapshot);
	struct pd_passed_list passed = {0};
	for (size_t i = 0; i < fake->events.count && (above < 0 || passed.count < limit); i++) {
		const struct pd_event *event = fake->events.items[i];
		if (event->id <= above || (above < 0 && event->at > until))
			continue;
		if (above < 0)
			passed.count = 0;
		*pd_list_add(arena, &passed) =
			(struct pd_passed){.event = event->id, .ticket = event->ticket, .at = event->at};
	}
	return passed;
}

static struct pd_outbox_row *get_outbox(struct pd_snapshot *snapshot, struct pd_arena *arena, int64_t id)
{
	struct fake *fake = of(snapshot);
	for (size_t i = 0; i < fake->letters.count; i++) {
		const struct pd_planned_letter *letter = fake->letters.items[i];
		if (letter->id != id)
			continue;
		struct pd_outbox_row *row = PD_NEW(arena, struct pd_outbox_row);
		*row = (struct pd_outbox_row){.id = id,
					      .ticket = letter->ticket,
					      .event = letter->event,
					      .kind = pd_letter_kind_name(letter->kind),
					      .agent = letter->agent,
					      .message_id = letter->letter.message_id,
					      .is_untried = letter->not_before != 0,
					      .recipients = letter->letter.recipients};
		return row;
	}
	return NULL;
}

/* --- lists --- */

static bool asks_deleted(const struct pd_query *query)
{
	if (query == NULL)
		return false;
	if (query->op == PD_QUERY_FIELD)
		return strcmp(query->field, "is") == 0 && pd_equal(query->value, "deleted");
	return asks_deleted(query->left) || asks_deleted(query->right);
}

static void gather_facts(struct fake *fake, struct pd_arena *arena, const struct pd_ticket *ticket,
			 struct pd_ticket_facts *facts)
{
	const char *text = "";
	facts->ticket = ticket;
	for (size_t i = 0; i < ticket->contacts.count; i++)
		*pd_list_add(arena, &facts->contacts) =
			get_contact(&fake->snapshot, arena, ticket->contacts.items[i]);
	for (size_t i = 0; i < fake->events.count; i++) {
		const struct pd_event *event = fake->events.items[i];
		const struct pd_stored *stored =
			pd_ticket_includes(ticket, event->ticket) ? message_of(fake, event->message) : NULL;
		if (stored == NULL)
			continue;
		*pd_list_add(arena, &facts->from) = stored->from.addr;
		for (size_t n = 0; n < stored->to.count; n++)
			*pd_list_add(arena, &facts->to) = stored->to.items[n].addr;
		text = pd_printf(arena, "%s\n%s\n%s", text, stored->subject, stored->text);
	}
	facts->text = pd_fold(arena, text);
}

static struct pd_arena *sort_arena;
static const char *sort_column;

static int compare_tickets(const void *a, const void *b)
{
	const struct pd_ticket *x = *(struct pd_ticket *const *)a, *y = *(struct pd_ticket *const *)b;
	int sign = *sort_column == '-' ? -1 : 1;
	const char *column = sort_column + (*sort_column == '-');
	int order = 0;
	if (strcmp(column, "updated") == 0) {
		order = x->updated < y->updated ? -1 : x->updated > y->updated;
	} else if (strcmp(column, "number") != 0) {
		const char *left = pd_ticket_get(sort_arena, x, column),
			   *right = pd_ticket_get(sort_arena, y, column);
		order = strcmp(left != NULL ? left : "", right != NULL ? right : "");
	}
	if (order == 0)
		order = x->number < y->number ? -1 : x->number > y->number;
	return sign * order;
}

static struct pd_tickets get_list(struct pd_snapshot *snapshot, struct pd_arena *arena,
				  const struct pd_query *query, const char *sort, size_t limit, size_t offset)
{
	struct fake *fake = of(snapshot);
	struct pd_tickets all = {0}, page = {0};
	for (size_t i = 0; i < fake->tickets.count; i++) {
		struct pd_ticket_facts facts = {0};
		const struct pd_ticket *ticket = fake->tickets.items[i];
		gather_facts(fake, arena, ticket, &facts);
		if (ticket->merged_into == 0 && (!ticket->is_deleted || asks_deleted(query)) &&
		    pd_query_matches(query, &facts))
			*pd_list_add(arena, &all) = pd_ticket_copy(arena, ticket);
	}
	sort_arena = arena;
	sort_column = sort != NULL ? sort : "-number";
	if (all.count > 0)
		qsort(all.items, all.count, sizeof *all.items, compare_tickets);
	for (size_t i = offset; i < all.count && page.count < limit; i++)
		*pd_list_add(arena, &page) = all.items[i];
	return page;
}

static int64_t get_new_id(struct pd_snapshot *snapshot, enum pd_id_kind kind)
{
	return ++of(snapshot)->last[kind];
}

static void claim_id(struct pd_snapshot *snapshot, enum pd_id_kind kind, int64_t id)
{
	if (of(snapshot)->last[kind] < id)
		of(snapshot)->last[kind] = id;
}

struct fake *fake_new(struct pd_arena *arena)
{
	struct fake *fake = PD_NEW(arena, struct fake);
	fake->arena = arena;
	fake->snapshot = (struct pd_snapshot){
		.ticket = get_ticket,
		.timeline = get_timeline,
		.entry = get_entry,
		.action = get_action,
		.message_id = get_message_id,
		.subject = get_subject,
		.contact = get_contact,
		.contact_of = get_contact_of,
		.contacts = get_contacts,
		.companies = get_companies,
		.mark = get_mark,
		.record = get_record,
		.records = get_records,
		.counter = get_counter,
		.draft = get_draft,
		.draft_of = get_draft_of,
		.draft_expired = get_draft_expired,
		.outbox = get_outbox,
		.wakes = get_wakes,
		.passed = get_passed,
		.list = get_list,
		.new_id = get_new_id,
		.claim_id = claim_id,
	};
	memset(fake->snapshot.key, 7, sizeof fake->snapshot.key);
	return fake;
}

/* --- keeping --- */

static void keep_events(struct fake *fake, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->tickets.count; i++) {
		const struct pd_planned_ticket *planned = &plan->tickets.items[i];
		const struct pd_ticket *now = fake_ticket(fake, planned->ticket->number);
		assert_int_equal(now != NULL ? now->version : 0, planned->base_version);
	}
	for (size_t i = 0; i < plan->events.count; i++) {
		struct pd_event *event = plan->events.items[i];
		struct pd_ticket *ticket = fake_ticket(fake, event->ticket);
		if (ticket == NULL) {
			assert_int_equal(event->kind, PD_EVENT_CREATED);
			ticket = PD_NEW(fake->arena, struct pd_ticket);
			*pd_list_add(fake->arena, &fake->tickets) = ticket;
		}
		/* Through its text, as a store keeps it. */
		struct pd_event read = *event;
		memset(&read.changes, 0, sizeof read.changes);
		assert_true(pd_changes_parse(fake->arena, pd_changes_text(fake->arena, event), &read));
		assert_true(pd_ticket_apply(fake->arena, ticket, &read));
		*pd_list_add(fake->arena, &fake->events) = pd_memdup(fake->arena, &read, sizeof read);
	}
}

static void check_clocks(const struct pd_clocks *folded, const struct pd_clocks *copy)
{
	for (int goal = 0; goal < PD_GOALS; goal++) {
		assert_int_equal(folded->of[goal].start, copy->of[goal].start);
		assert_int_equal(folded->of[goal].stop, copy->of[goal].stop);
		assert_int_equal(folded->of[goal].stop_event, copy->of[goal].stop_event);
		assert_int_equal(folded->of[goal].verdict, copy->of[goal].verdict);
		assert_int_equal(folded->of[goal].promised, copy->of[goal].promised);
		assert_int_equal(folded->of[goal].is_restarted, copy->of[goal].is_restarted);
	}
	assert_int_equal(folded->has_replied, copy->has_replied);
	assert_int_equal(folded->warned.count, copy->warned.count);
	assert_int_equal(folded->pauses.count, copy->pauses.count);
	for (size_t i = 0; i < folded->pauses.count; i++) {
		assert_int_equal(folded->pauses.items[i].from, copy->pauses.items[i].from);
		assert_int_equal(folded->pauses.items[i].to, copy->pauses.items[i].to);
		assert_int_equal(folded->pauses.items[i].cause, copy->pauses.items[i].cause);
	}
}

/* The working copy must be what the events make of the ticket. */
static void check_fold(struct fake *fake, const struct pd_ticket *copy)
{
	static const char *const properties[] = {
		"name",	    "description", "mailbox", "pipeline", "owner",   "team",
		"priority", "category",	   "source",  "status",	  "created", "updated",
		"closed",   "automatic",   "deleted", "spam",	  "merged",  "messages",
	};
	const struct pd_ticket *folded = fake_ticket(fake, copy->number);
	assert_non_null(folded);
	assert_int_equal(folded->version, copy->version);
	for (size_t i = 0; i < COUNT(properties); i++)
		CHECK_ROW_STRING(properties[i], pd_ticket_get(fake->arena, copy, properties[i]),
				 pd_ticket_get(fake->arena, folded, properties[i]));
	assert_int_equal(folded->closed, copy->closed);
	assert_int_equal(folded->contacts.count, copy->contacts.count);
	assert_int_equal(folded->followers.count, copy->followers.count);
	assert_int_equal(folded->conversations.count, copy->conversations.count);
	for (size_t i = 0; i < folded->conversations.count; i++)
		assert_int_equal(folded->conversations.items[i].participants.count,
				 copy->conversations.items[i].participants.count);
	assert_int_equal(folded->properties.count, copy->properties.count);
	assert_int_equal(folded->deleted_entries.count, copy->deleted_entries.count);
	assert_int_equal(folded->last_in_event, copy->last_in_event);
	assert_int_equal(folded->last_out_event, copy->last_out_event);
	assert_int_equal(folded->snoozed, copy->snoozed);
	assert_int_equal(folded->reminders.count, copy->reminders.count);
	check_clocks(&folded->clocks, &copy->clocks);
}

static void keep_agenda(struct fake *fake, const struct pd_planned_ticket *planned)
{
	struct fake_agenda *row = NULL;
	for (size_t i = 0; i < fake->agendas.count; i++)
		if (fake->agendas.items[i].ticket == planned->ticket->number)
			row = &fake->agendas.items[i];
	if (row == NULL)
		row = pd_list_add(fake->arena, &fake->agendas);
	*row = (struct fake_agenda){planned->ticket->number, planned->agenda};
}

static void keep_drafts(struct fake *fake, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->drafts.count; i++) {
		const struct pd_planned_draft *planned = &plan->drafts.items[i];
		if (planned->is_new)
			*pd_list_add(fake->arena, &fake->drafts) = planned->draft;
		for (size_t n = 0; n < fake->drafts.count && !planned->is_new; n++)
			if (fake->drafts.items[n].id == planned->draft.id)
				fake->drafts.items[n] = planned->draft;
	}
}

static void stop_letters(struct fake *fake, const struct pd_plan *plan)
{
	for (size_t i = 0; i < plan->stops.count; i++)
		for (size_t n = 0; n < fake->letters.count; n++)
			if (fake->letters.items[n]->id == plan->stops.items[i].outbox)
				fake->letters.items[n]->not_before = 0;
}

void fake_commit(struct fake *fake, const struct pd_context *context)
{
	const struct pd_plan *plan = context->plan;
	stop_letters(fake, plan);
	keep_events(fake, plan);
	for (size_t i = 0; i < plan->tickets.count; i++)
		check_fold(fake, plan->tickets.items[i].ticket);
	for (size_t i = 0; i < plan->tickets.count; i++)
		if (plan->tickets.items[i].ticket->version != plan->tickets.items[i].base_version)
			keep_agenda(fake, &plan->tickets.items[i]);
	for (size_t i = 0; i < plan->messages.count; i++)
		*pd_list_add(fake->arena, &fake->messages) =
			(struct fake_message){.stored = plan->messages.items[i].stored,
					      .search_text = plan->messages.items[i].search_text};
	for (size_t i = 0; i < plan->contacts.count; i++) {
		bool is_known = false;
		for (size_t n = 0; n < fake->contacts.count; n++) {
			if (fake->contacts.items[n].id == plan->contacts.items[i].contact.id) {
				fake->contacts.items[n] = plan->contacts.items[i].contact;
				is_known = true;
			}
		}
		assert_int_equal(is_known, !plan->contacts.items[i].is_new);
		if (!is_known)
			*pd_list_add(fake->arena, &fake->contacts) = plan->contacts.items[i].contact;
	}
	for (size_t i = 0; i < plan->ids.count; i++)
		*pd_list_add(fake->arena, &fake->ids) = plan->ids.items[i];
	for (size_t i = 0; i < plan->marks.count; i++)
		*pd_list_add(fake->arena, &fake->marks) = plan->marks.items[i];
	for (size_t i = 0; i < plan->counters.count; i++)
		*pd_list_add(fake->arena, &fake->counters) =
			(struct fake_counter){.key = plan->counters.items[i], .at = context->now};
	for (size_t i = 0; i < plan->letters.count; i++)
		*pd_list_add(fake->arena, &fake->letters) = plan->letters.items[i];
	keep_drafts(fake, plan);
}

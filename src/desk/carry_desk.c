/* What this desk knows of another one that was carried in: its key, and where its numbers are.
 *
 * The record is lines: "key HEX", "via NAME", "KIND FIRST LAST HERE". Promises: what was written is read again equal; a
 * damaged record is no desk. Pure; cannot fail otherwise. */
#include "desk/carry.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define NAME_BYTES 10
#define NAME_CHARS 20
#define VIA_MAX	   8 /* desks on the way */

static const char *const kinds[PD_ID_KINDS] = {
	[PD_ID_TICKET] = "ticket",   [PD_ID_EVENT] = "event",	  [PD_ID_MESSAGE] = "message",
	[PD_ID_CONVERSATION] = "conversation", [PD_ID_CONTACT] = "contact", [PD_ID_OUTBOX] = "letter",
	[PD_ID_DRAFT] = "draft",     [PD_ID_ACTION] = "action",
};

const char *pd_id_kind_name(enum pd_id_kind kind)
{
	return kinds[kind];
}

char *pd_desk_name(struct pd_arena *arena, const unsigned char key[PD_KEY_SIZE])
{
	unsigned char mac[PD_SHA256_SIZE];
	pd_hmac(key, mac, "desk-name", NULL);
	return pd_hex(arena, mac, NAME_BYTES);
}

bool pd_desk_name_is_valid(const char *name)
{
	return name != NULL && strlen(name) == NAME_CHARS && strspn(name, "0123456789abcdef") == NAME_CHARS;
}

char *pd_carried_value(struct pd_arena *arena, const struct pd_carried_desk *desk)
{
	PD_AUTO_BUF out = {0};
	if (desk->has_key)
		pd_buf_addf(&out, "key %s\n", pd_hex(arena, desk->key, sizeof desk->key));
	if (desk->via != NULL)
		pd_buf_addf(&out, "via %s\n", desk->via);
	for (size_t i = 0; i < desk->runs.count; i++) {
		const struct pd_carried_run *run = &desk->runs.items[i];
		pd_buf_addf(&out, "%s %lld %lld %lld\n", kinds[run->kind], (long long)run->first, (long long)run->last,
			    (long long)run->here);
	}
	return pd_buf_string(arena, &out);
}

static bool parse_key(const char *text, unsigned char ret_key[PD_KEY_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	if (strlen(text) != 2 * PD_KEY_SIZE || strspn(text, digits) != 2 * PD_KEY_SIZE)
		return false;
	for (size_t i = 0; i < PD_KEY_SIZE; i++)
		ret_key[i] = (unsigned char)((strchr(digits, text[2 * i]) - digits) << 4 |
					     (strchr(digits, text[2 * i + 1]) - digits));
	return true;
}

static bool parse_run(struct pd_arena *arena, const char *line, struct pd_carried_run *ret_run)
{
	const struct pd_strings words = pd_split(arena, line, ' ');
	int64_t *const places[] = {&ret_run->first, &ret_run->last, &ret_run->here};
	if (words.count != 4)
		return false;
	for (size_t i = 0; i < 3; i++) {
		unsigned long long number;
		if (!pd_number(words.items[i + 1], (unsigned long long)PD_CARRY_ID_MAX, &number) || number == 0)
			return false;
		*places[i] = (int64_t)number;
	}
	for (int kind = 0; kind < PD_ID_KINDS; kind++) {
		ret_run->kind = (enum pd_id_kind)kind;
		if (strcmp(words.items[0], kinds[kind]) == 0)
			return ret_run->first <= ret_run->last;
	}
	return false;
}

bool pd_carried_parse(struct pd_arena *arena, const char *name, const char *value, struct pd_carried_desk *ret_desk)
{
	struct pd_carried_desk desk = {.name = name};
	const struct pd_strings lines = pd_lines(arena, value);
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		struct pd_carried_run run;
		if (pd_starts(line, "key ") && parse_key(line + strlen("key "), desk.key)) {
			desk.has_key = true;
		} else if (pd_starts(line, "via ") && pd_desk_name_is_valid(line + strlen("via "))) {
			desk.via = line + strlen("via ");
		} else if (parse_run(arena, line, &run)) {
			*pd_list_add(arena, &desk.runs) = run;
		} else if (*line != '\0') {
			return false;
		}
	}
	*ret_desk = desk;
	return true;
}

bool pd_carried_find(struct pd_context *context, const char *name, struct pd_carried_desk *ret_desk)
{
	if (pd_equal(name, pd_desk_name(context->arena, context->desk->key))) {
		*ret_desk = (struct pd_carried_desk){.name = name, .is_own = true};
		return true;
	}
	const char *value = context->desk->record(context->desk, context->arena, PD_CARRIED_RECORD, name);
	return value != NULL && pd_carried_parse(context->arena, name, value, ret_desk);
}

int64_t pd_carried_here(const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t id)
{
	if (desk->is_own)
		return id;
	for (size_t i = 0; i < desk->runs.count; i++) {
		const struct pd_carried_run *run = &desk->runs.items[i];
		if (run->kind == kind && id >= run->first && id <= run->last)
			return run->here + (id - run->first);
	}
	return 0;
}

static int64_t back(const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t here)
{
	if (desk->is_own)
		return here;
	for (size_t i = 0; i < desk->runs.count; i++) {
		const struct pd_carried_run *run = &desk->runs.items[i];
		if (run->kind == kind && here >= run->here && here - run->here <= run->last - run->first)
			return run->first + (here - run->here);
	}
	return 0;
}

int64_t pd_carried_lead(struct pd_context *context, const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t id)
{
	struct pd_carried_desk next = *desk;
	id = pd_carried_here(&next, kind, id);
	for (int hops = 0; next.via != NULL && id != 0; hops++) {
		if (hops == VIA_MAX || !pd_carried_find(context, next.via, &next))
			return 0;
		id = pd_carried_here(&next, kind, id);
	}
	return id;
}

int64_t pd_carried_back(struct pd_context *context, const struct pd_carried_desk *desk, enum pd_id_kind kind, int64_t here)
{
	struct pd_carried_desk way[VIA_MAX + 1];
	int count = 1;
	way[0] = *desk;
	for (; way[count - 1].via != NULL; count++)
		if (count > VIA_MAX || !pd_carried_find(context, way[count - 1].via, &way[count]))
			return 0;
	while (count > 0 && here != 0)
		here = back(&way[--count], kind, here);
	return here;
}

int64_t pd_carried_last(const struct pd_carried_desk *desk, enum pd_id_kind kind)
{
	int64_t last = 0;
	for (size_t i = 0; i < desk->runs.count; i++)
		if (desk->runs.items[i].kind == kind && desk->runs.items[i].last > last)
			last = desk->runs.items[i].last;
	return last;
}

bool pd_carried_is_same(const struct pd_carried_desk *desk, enum pd_id_kind kind)
{
	for (size_t i = 0; i < desk->runs.count; i++)
		if (desk->runs.items[i].kind == kind && desk->runs.items[i].first != desk->runs.items[i].here)
			return false;
	return true;
}

struct pd_carried_desks pd_carried_desks(struct pd_context *context)
{
	const struct pd_records records = context->desk->records(context->desk, context->arena, PD_CARRIED_RECORD);
	struct pd_carried_desks desks = {0};
	for (size_t i = 0; i < records.count; i++) {
		struct pd_carried_desk desk;
		if (pd_carried_parse(context->arena, records.items[i].name, records.items[i].value, &desk) && desk.has_key)
			*pd_list_add(context->arena, &desks) = desk;
	}
	return desks;
}

void pd_decide_carried_desk(struct pd_context *context, const struct pd_carried_desk *desk)
{
	const char *value = pd_carried_value(context->arena, desk);
	context->plan->outcome = "duplicate";
	if (pd_equal(context->desk->record(context->desk, context->arena, PD_CARRIED_RECORD, desk->name), value))
		return;
	*pd_list_add(context->arena, &context->plan->records) =
		(struct pd_planned_record){.kind = PD_CARRIED_RECORD, .name = desk->name, .value = value};
	/* Whatever of it is yet to come has its place, whoever asks for numbers meanwhile and after a restart. */
	for (size_t i = 0; i < desk->runs.count && desk->via == NULL; i++) {
		const struct pd_carried_run *run = &desk->runs.items[i];
		*pd_list_add(context->arena, &context->plan->claims) =
			(struct pd_planned_claim){.kind = run->kind, .id = run->here + (run->last - run->first)};
	}
	context->plan->outcome = "new desk";
}

/* What the value of a query's field means: names found, times reckoned, `me` and `none` resolved.
 *
 * A value that cannot be meant is an error that points at it and names the nearest. */
#include "desk/query_parser.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "desk/catalogue.h"
#include "desk/find.h"

#define VIEWS_MAX 8 /* a view in a view in a view */

enum field_type {
	FIELD_TEXT,
	FIELD_AGENT,
	FIELD_TEAM,
	FIELD_MAILBOX,
	FIELD_PIPELINE,
	FIELD_PRIORITY,
	FIELD_CATEGORY,
	FIELD_STATUS,
	FIELD_NUMBER,
	FIELD_TIME,
	FIELD_AGE,
	FIELD_WORD, /* one of a list of words */
	FIELD_VIEW,
	FIELD_CUSTOM, /* a property of the configuration */
};

static const char *const is_words[] = {"unassigned", "open",	"closed",    "spam",	 "sent", "draft",
				       "snoozed",    "deleted", "automatic", "unrouted", "task", NULL};
static const char *const sla_words[] = {"active", "due_soon", "overdue", "paused", "met", "missed", NULL};

struct field {
	const char *name;
	enum field_type type;
	const char *const *words;
};
static const struct field fields[] = {
	{"number", FIELD_NUMBER, NULL},	    {"name", FIELD_TEXT, NULL},
	{"description", FIELD_TEXT, NULL},  {"status", FIELD_STATUS, NULL},
	{"pipeline", FIELD_PIPELINE, NULL}, {"mailbox", FIELD_MAILBOX, NULL},
	{"owner", FIELD_AGENT, NULL},	    {"team", FIELD_TEAM, NULL},
	{"priority", FIELD_PRIORITY, NULL}, {"category", FIELD_CATEGORY, NULL},
	{"source", FIELD_TEXT, NULL},	    {"created", FIELD_TIME, NULL},
	{"updated", FIELD_TIME, NULL},	    {"closed", FIELD_TIME, NULL},
	{"contact", FIELD_TEXT, NULL},	    {"company", FIELD_TEXT, NULL},
	{"phone", FIELD_TEXT, NULL},	    {"from", FIELD_TEXT, NULL},
	{"to", FIELD_TEXT, NULL},	    {"follower", FIELD_AGENT, NULL},
	{"mentions", FIELD_AGENT, NULL},    {"is", FIELD_WORD, is_words},
	{"sla", FIELD_WORD, sla_words},	    {"due", FIELD_TIME, NULL},
	{"link", FIELD_TEXT, NULL},	    {"view", FIELD_VIEW, NULL},
	{"age", FIELD_AGE, NULL},
};

static const struct field *field_of(const struct pd_settings *settings, const char *name)
{
	static const struct field custom = {"", FIELD_CUSTOM, NULL};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return pd_find_property(settings, name) != NULL ? &custom : NULL;
}

static int unknown_field(struct query_parser *in, const struct query_term *term)
{
	struct pd_strings names = {0};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		*pd_list_add(in->arena, &names) = fields[i].name;
	for (size_t i = 0; i < in->settings->groups.count; i++)
		if (strcmp(in->settings->groups.items[i].type, "property") == 0)
			*pd_list_add(in->arena, &names) = in->settings->groups.items[i].name;
	const struct pd_found found = {.nearest = pd_nearest(term->field, &names)};
	if (found.nearest != NULL)
		return pd_query_wrong(in, term->at,
				      pd_found_words(in->arena, in->language, N_("field"), term->field, &found));
	return pd_query_fail(in, term->at,
			     "there is no field \"%s\" (a text with a colon is put in quotation marks)",
			     term->field);
}

static int unknown_value(struct query_parser *in, const struct query_term *term, const char *what,
			 const struct pd_found *found)
{
	return pd_query_wrong(in, term->value_at,
			      pd_found_words(in->arena, in->language, what, term->value, found));
}

/* Takes what a finder gave. */
static int set_found(struct query_parser *in, const struct query_term *term, struct pd_query *node,
		     const char *what, struct pd_found found)
{
	if (found.name == NULL)
		return unknown_value(in, term, what, &found);
	node->value = found.name;
	return 0;
}

/* Whoever is named so, or was: tickets keep the name that they were given. */
static void add_former(struct query_parser *in, struct pd_query *node, const struct pd_strings *was)
{
	if (was == NULL || was->count == 0)
		return;
	if (node->values.count == 0)
		*pd_list_add(in->arena, &node->values) = node->value;
	for (size_t i = 0; i < was->count; i++)
		*pd_list_add(in->arena, &node->values) = was->items[i];
}

static const struct pd_strings *former_names(const struct pd_settings *settings, enum field_type type, const char *name)
{
	switch (type) {
	case FIELD_AGENT: {
		const struct pd_agent *agent = pd_settings_agent(settings, name);
		return agent != NULL ? &agent->was : NULL;
	}
	case FIELD_TEAM: {
		const struct pd_team *team = pd_settings_team(settings, name);
		return team != NULL ? &team->was : NULL;
	}
	case FIELD_MAILBOX: {
		const struct pd_mailbox *mailbox = pd_settings_mailbox(settings, name);
		return mailbox != NULL ? &mailbox->was : NULL;
	}
	case FIELD_PIPELINE: {
		const struct pd_pipeline *pipeline = pd_settings_pipeline(settings, name);
		return pipeline != NULL ? &pipeline->was : NULL;
	}
	default:
		return NULL;
	}
}

/* Nothing matches. */
static void match_nothing(struct query_parser *in, struct pd_query *node)
{
	struct pd_query *all = pd_query_node(in, PD_QUERY_ALL, in->text + node->at);
	node->op = PD_QUERY_NOT;
	node->left = all;
}

/* One value or any of several. */
static void set_values(struct query_parser *in, struct pd_query *node, const struct pd_strings *values)
{
	if (values->count == 0) {
		match_nothing(in, node);
		return;
	}
	node->value = values->items[0];
	node->compare = PD_IS;
	if (values->count > 1)
		node->values = *values;
}

/* --- people and groups --- */

static bool is_me(const struct query_term *term)
{
	return !term->is_quoted && pd_equal_nocase(term->value, "me");
}

static int set_me(struct query_parser *in, const struct query_term *term, struct pd_query *node, bool is_team)
{
	if (in->me == NULL)
		return pd_query_fail(in, term->value_at, "\"me\" is nobody here: name the agent");
	if (!is_team) {
		node->value = in->me;
		return 0;
	}
	struct pd_strings teams = {0};
	for (size_t i = 0; i < in->settings->teams.count; i++)
		if (pd_team_has(&in->settings->teams.items[i], in->me))
			*pd_list_add(in->arena, &teams) = in->settings->teams.items[i].name;
	set_values(in, node, &teams);
	return 0;
}

static bool compares(enum pd_compare compare, int64_t a, int64_t b)
{
	switch (compare) {
	case PD_LESS:
		return a < b;
	case PD_LESS_EQUAL:
		return a <= b;
	case PD_GREATER:
		return a > b;
	case PD_GREATER_EQUAL:
		return a >= b;
	default:
		return a == b;
	}
}

static int set_priority(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	const struct pd_strings *levels = &in->settings->priorities;
	struct pd_found found = pd_find_word(in->arena, levels, term->value);
	if (found.name == NULL)
		return unknown_value(in, term, "priority", &found);
	size_t level = 0;
	while (!pd_equal(levels->items[level], found.name))
		level++;
	struct pd_strings values = {0};
	for (size_t i = 0; i < levels->count; i++)
		if (compares(term->compare, (int64_t)i, (int64_t)level))
			*pd_list_add(in->arena, &values) = levels->items[i];
	set_values(in, node, &values);
	return 0;
}

static void add_status(struct query_parser *in, const struct pd_pipeline *pipeline, const char *wanted,
		       struct pd_strings *values)
{
	for (size_t i = 0; i < pipeline->statuses.count; i++) {
		const char *name = pipeline->statuses.items[i].name;
		if (strcmp(pd_fold(in->arena, name), wanted) != 0)
			continue;
		pd_strings_add_once(in->arena, values, name);
		if (pipeline->statuses.items[i].was != NULL)
			pd_strings_add_once(in->arena, values, pipeline->statuses.items[i].was);
	}
}

static int set_status(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	enum pd_status_kind kind;
	const char *wanted = pd_fold(in->arena, term->value);
	if (pd_status_kind_parse(wanted, &kind)) {
		node->kind = (int)kind;
		return 0;
	}
	struct pd_strings values = {0};
	for (size_t i = 0; i < in->settings->pipelines.count; i++)
		add_status(in, &in->settings->pipelines.items[i], wanted, &values);
	for (size_t i = 0; i < in->settings->mailboxes.count; i++)
		add_status(in, in->settings->mailboxes.items[i].pipeline, wanted, &values);
	if (values.count > 0) {
		set_values(in, node, &values);
		return 0;
	}
	struct pd_found found = pd_find_status(in->arena, in->settings, NULL, term->value);
	found.choices = NULL;
	return unknown_value(in, term, "status", &found);
}

static int set_word(struct query_parser *in, const struct query_term *term, const struct field *field,
		    struct pd_query *node)
{
	struct pd_strings words = {0};
	for (size_t i = 0; field->words[i] != NULL; i++)
		*pd_list_add(in->arena, &words) = field->words[i];
	if (strcmp(field->name, "sla") == 0)
		node->time = in->now; /* how a goal stands then */
	if (strcmp(field->name, "is") == 0) {
		const struct pd_agent *agent = in->me != NULL ? pd_settings_agent(in->settings, in->me) : NULL;
		node->me = in->me;
		if (agent != NULL)
			node->me_was = agent->was;
	}
	return set_found(in, term, node, strcmp(field->name, "is") == 0 ? N_("condition") : N_("state of goals"),
			 pd_find_word(in->arena, &words, term->value));
}

/* --- numbers and times --- */

static int set_number(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	unsigned long long number;
	const char *digits = *term->value == '#' ? term->value + 1 : term->value;
	if (!pd_number(digits, INT64_MAX, &number))
		return pd_query_fail(in, term->value_at, "a number is expected");
	node->number = (int64_t)number;
	return 0;
}

/* Midnight of the day in the zone, given midnight UTC of the same date. */
static pd_time local_midnight(struct pd_arena *arena, pd_time utc, const char *zone)
{
	pd_time local = utc;
	for (int i = 0; i < 2; i++) { /* twice: the offset may differ on both sides of a change of clocks */
		pd_time shown;
		if (!pd_time_parse(pd_time_short(arena, local, zone), &shown))
			return utc;
		local += utc - shown;
	}
	return local;
}

/* A whole day: "2026-11-21", "today", "yesterday", "tomorrow". */
static bool parse_day(struct query_parser *in, const char *value, pd_time *ret_start, pd_time *ret_end)
{
	const char *zone = in->settings->timezone;
	const char *today =
		pd_strndup(in->arena, pd_time_short(in->arena, in->now, zone), strlen("2026-11-21"));
	pd_time date;
	if (pd_equal_nocase(value, "today") || pd_equal_nocase(value, "yesterday") ||
	    pd_equal_nocase(value, "tomorrow")) {
		if (!pd_time_parse(today, &date))
			return false;
		if (pd_equal_nocase(value, "yesterday"))
			date -= PD_DAY;
		else if (pd_equal_nocase(value, "tomorrow"))
			date += PD_DAY;
	} else if (strlen(value) != strlen("2026-11-21") || !pd_time_parse(value, &date)) {
		return false;
	}
	*ret_start = local_midnight(in->arena, date, zone);
	*ret_end = local_midnight(in->arena, date + PD_DAY, zone);
	return true;
}

static int set_time(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	pd_time start, end;
	if (parse_day(in, term->value, &start, &end)) {
		node->time = start;
		if (term->compare == PD_IS) {
			node->time_end = end;
		} else if (term->compare == PD_GREATER) {
			node->compare = PD_GREATER_EQUAL;
			node->time = end;
		} else if (term->compare == PD_LESS_EQUAL) {
			node->compare = PD_LESS;
			node->time = end;
		}
		return 0;
	}
	pd_time ahead;
	if (pd_equal_nocase(term->value, "now"))
		node->time = in->now;
	else if (strcmp(node->field, "due") == 0 &&
		 pd_duration_parse(pd_lower_ascii(in->arena, term->value), &ahead))
		node->time = in->now + ahead; /* `due:<2h` */
	else if (!pd_time_parse(term->value, &node->time))
		return pd_query_fail(
			in, term->value_at,
			strcmp(node->field, "due") == 0
				? "a time ahead (2h, 1d), a date (2026-01-31), a time (2026-01-31T12:00:00Z), today or tomorrow is expected"
				: "a date (2026-01-31), a time (2026-01-31T12:00:00Z), today or yesterday is expected");
	return 0;
}

/* `age:>3d`: created before the instant three days ago. */
static int set_age(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	static const struct {
		char letter;
		pd_time size;
	} units[] = {{'s', PD_SECOND}, {'m', PD_MINUTE}, {'h', PD_HOUR}, {'d', PD_DAY}};
	static const enum pd_compare turned[] = {[PD_IS] = PD_IS,
						 [PD_LESS] = PD_GREATER,
						 [PD_LESS_EQUAL] = PD_GREATER_EQUAL,
						 [PD_GREATER] = PD_LESS,
						 [PD_GREATER_EQUAL] = PD_LESS_EQUAL};
	pd_time age;
	if (!pd_duration_parse(pd_lower_ascii(in->arena, term->value), &age))
		return pd_query_fail(in, term->value_at, "a duration is expected: 30m, 4h, 2d");
	node->field = "created";
	node->compare = turned[term->compare];
	node->time = in->now - age;
	if (term->compare == PD_IS) {
		/* As old as that, counted in whole units. */
		char letter = g_ascii_tolower(term->value[strlen(term->value) - 1]);
		for (size_t i = 0; i < sizeof units / sizeof *units; i++)
			if (units[i].letter == letter)
				node->time -= units[i].size;
		node->time += 1;
		node->time_end = in->now - age + 1;
	}
	return 0;
}

/* --- properties of the configuration: values that they could have --- */

static bool has_choices(const struct pd_group *property)
{
	const char *type = property != NULL ? pd_group_value(property, "type", NULL) : NULL;
	return type != NULL && pd_starts(type, "choice");
}

/* Several ("a;b") are a value of its own. */
static int set_choices(struct query_parser *in, const struct query_term *term, const struct pd_group *property,
		       struct pd_query *node)
{
	struct pd_strings choices = pd_split(in->arena, pd_group_value(property, "choices", NULL), ';'), names = {0};
	struct pd_strings parts = {0};
	if (pd_equal(pd_group_value(property, "type", NULL), "choices"))
		parts = pd_split(in->arena, term->value, ';');
	else
		*pd_list_add(in->arena, &parts) = term->value;
	if (parts.count == 0)
		*pd_list_add(in->arena, &parts) = term->value;
	for (size_t i = 0; i < parts.count; i++) {
		struct query_term one = *term;
		one.value = parts.items[i];
		int failed = set_found(in, &one, node, property->name, pd_find_word(in->arena, &choices, one.value));
		if (failed)
			return failed;
		*pd_list_add(in->arena, &names) = node->value;
	}
	node->value = pd_strings_join(in->arena, &names, ";");
	return 0;
}

/* A choice may be called "none". */
static bool is_choice(struct pd_arena *arena, const struct pd_group *property, const char *value)
{
	struct pd_strings choices = {0};
	if (has_choices(property))
		choices = pd_split(arena, pd_group_value(property, "choices", NULL), ';');
	return pd_strings_has_nocase(&choices, value);
}

static int set_custom(struct query_parser *in, const struct query_term *term, const struct pd_group *property,
		      struct pd_query *node)
{
	const char *type = pd_group_value(property, "type", NULL);
	pd_time start, end;
	if (has_choices(property))
		return set_choices(in, term, property, node);
	if (pd_equal(type, "number") && !pd_is_decimal(term->value))
		return pd_query_fail(in, term->value_at, "a number is expected");
	if (pd_equal(type, "date")) {
		if (!parse_day(in, term->value, &start, &end))
			return pd_query_fail(in, term->value_at, "a date (2026-01-31), today, yesterday or tomorrow is expected");
		node->value = pd_strndup(in->arena, pd_time_short(in->arena, start, in->settings->timezone),
					 strlen("2026-11-21"));
	}
	return 0;
}

/* --- views --- */

/* The view that is read in `first` names itself, at once or by way of those within. Told of the text that was asked. */
static int is_round(struct query_parser *in, const struct query_term *term, const struct query_parser *first)
{
	struct query_parser *top = in;
	const char *at = term->value_at, *chain = first->view;
	for (const struct query_parser *one = in; one != first; one = one->outer)
		chain = pd_printf(in->arena, "%s, %s", one->view, chain);
	for (; top->outer != NULL; top = top->outer)
		at = top->outer_at;
	if (in == first)
		return pd_query_fail(top, at, "the view \"%s\" names itself", first->view);
	return pd_query_fail(top, at, "views name each other in a circle: %s, %s", first->view, chain);
}

static int set_view(struct query_parser *in, const struct query_term *term, struct pd_query **ret_query)
{
	const struct pd_views all =
		in->known_views != NULL ? *in->known_views : pd_views_of(in->arena, in->settings, NULL);
	const struct pd_view *view = pd_view_among(&all, term->value);
	if (view == NULL) {
		struct pd_strings names = {0};
		for (size_t i = 0; i < all.count; i++)
			*pd_list_add(in->arena, &names) = all.items[i].name;
		struct pd_found found = pd_found_none(in->arena, term->value, &names);
		return unknown_value(in, term, "view", &found);
	}
	const struct query_parser *round = in;
	while (round != NULL && !pd_equal(round->view, view->name))
		round = round->outer;
	if (round != NULL)
		return is_round(in, term, round);
	if (in->views >= VIEWS_MAX)
		return pd_query_fail(in, term->value_at, "views name each other more than %d deep", VIEWS_MAX);
	struct query_parser inner = *in;
	inner.outer = in;
	inner.outer_at = term->value_at;
	inner.text = inner.at = view->query;
	inner.view = view->name;
	inner.views = in->views + 1;
	int failed = pd_query_run(&inner, ret_query);
	in->terms = inner.terms; /* the limit is of the whole */
	return failed;
}

/* --- together --- */

static bool may_compare(enum field_type type)
{
	return type == FIELD_NUMBER || type == FIELD_TIME || type == FIELD_AGE || type == FIELD_PRIORITY;
}

static bool take_star(struct query_parser *in, const struct query_term *term, struct pd_query *node)
{
	size_t len = strlen(term->value);
	if (term->is_quoted || strchr(term->value, '*') == NULL)
		return false;
	if (strchr(term->value, '*') == term->value + len - 1) {
		node->is_prefix = true;
		node->value = pd_strndup(in->arena, term->value, len - 1);
	} else {
		node->has_glob = true;
		node->value = term->value;
	}
	return true;
}

static int set_value(struct query_parser *in, const struct query_term *term, const struct field *field,
		     struct pd_query *node)
{
	struct pd_arena *arena = in->arena;
	const struct pd_settings *settings = in->settings;
	switch (field->type) {
	case FIELD_AGENT:
		if (is_me(term))
			return set_me(in, term, node, false);
		return set_found(in, term, node, "agent", pd_find_agent(arena, settings, term->value));
	case FIELD_TEAM:
		if (is_me(term))
			return set_me(in, term, node, true);
		return set_found(in, term, node, "team", pd_find_team(arena, settings, term->value));
	case FIELD_MAILBOX:
		return set_found(in, term, node, "mailbox", pd_find_mailbox(arena, settings, term->value));
	case FIELD_PIPELINE:
		return set_found(in, term, node, "pipeline", pd_find_pipeline(arena, settings, term->value));
	case FIELD_PRIORITY:
		return set_priority(in, term, node);
	case FIELD_CATEGORY:
		return set_found(in, term, node, "category",
				 pd_find_word(arena, &settings->categories, term->value));
	case FIELD_STATUS:
		return set_status(in, term, node);
	case FIELD_NUMBER:
		return set_number(in, term, node);
	case FIELD_TIME:
		return set_time(in, term, node);
	case FIELD_AGE:
		return set_age(in, term, node);
	case FIELD_WORD:
		return set_word(in, term, field, node);
	case FIELD_CUSTOM:
		return set_custom(in, term, pd_find_property(settings, term->field), node);
	default:
		return 0;
	}
}

int pd_query_term(struct query_parser *in, const struct query_term *term, struct pd_query **ret_query)
{
	const struct field *field = field_of(in->settings, term->field);
	if (field == NULL)
		return unknown_field(in, term);
	if (field->type == FIELD_VIEW)
		return set_view(in, term, ret_query);
	struct pd_query *node = pd_query_node(in, PD_QUERY_FIELD, term->at);
	const struct pd_group *custom = field->type == FIELD_CUSTOM ? pd_find_property(in->settings, term->field) : NULL;
	node->field = custom != NULL ? custom->name : field->name;
	node->compare = term->compare;
	node->value = term->value;
	if (term->compare != PD_IS && (custom != NULL ? has_choices(custom) : !may_compare(field->type)))
		return pd_query_fail(in, term->value_at, "\"%s\" has no order: write %s:VALUE", node->field,
				     node->field);
	*ret_query = node;
	if (!term->is_quoted && pd_equal_nocase(term->value, "none") && term->compare == PD_IS &&
	    field->type != FIELD_NUMBER && field->type != FIELD_AGE && strcmp(node->field, "is") != 0 &&
	    !is_choice(in->arena, custom, term->value)) {
		node->value = NULL;
		return 0;
	}
	bool has_star = take_star(in, term, node);
	if (strcmp(node->field, "phone") == 0 && !node->has_glob) {
		const char *digits = pd_query_digits(in->arena, node->value, 1);
		node->value = digits != NULL ? digits : node->value;
	}
	if (has_star && (may_compare(field->type) || field->type == FIELD_WORD) &&
	    field->type != FIELD_PRIORITY)
		return pd_query_fail(in, term->value_at, "\"*\" has no meaning in the field \"%s\"",
				     field->name);
	int failed = has_star ? 0 : set_value(in, term, field, node);
	const struct pd_strings meant = node->values; /* team:me may mean several */
	if (!failed && meant.count == 0 && node->value != NULL)
		add_former(in, node, former_names(in->settings, field->type, node->value));
	for (size_t i = 0; !failed && i < meant.count; i++)
		add_former(in, node, former_names(in->settings, field->type, meant.items[i]));
	const char *elsewhere = strcmp(node->field, "phone") == 0 && !node->has_glob
					? pd_query_phone_elsewhere(in->arena, in->settings, term->value)
					: NULL;
	if (failed == 0 && !has_star && elsewhere != NULL) {
		struct pd_query *other = pd_memdup(in->arena, node, sizeof *node);
		other->value = elsewhere;
		*ret_query = pd_query_node(in, PD_QUERY_OR, term->value_at);
		(*ret_query)->left = node;
		(*ret_query)->right = other;
	}
	return failed;
}

/* Checks across groups: names that lead nowhere, and what must be there once only.
 *
 * Promises: each wrong name is told at its own line, with the nearest right one. */
#include "config/names.h"

#include <string.h>

#include "base/text.h"
#include "config/option.h"
#include "config/value.h"

struct checker {
	const struct pd_settings *settings;
	struct pd_problems *problems;
	struct pd_arena *arena; /* for the check alone */
};

/* The name without an override's query ([sla NAME QUERY]). */
static const char *own_name(struct checker *checker, const struct pd_group *group)
{
	return pd_strndup(checker->arena, group->name, strcspn(group->name, " \t"));
}

static struct pd_strings names_of(struct checker *checker, const char *type)
{
	struct pd_strings names = {0};
	for (size_t i = 0; i < checker->settings->groups.count; i++) {
		const struct pd_group *group = &checker->settings->groups.items[i];
		if (strcmp(group->type, type) == 0)
			pd_strings_add_once(checker->arena, &names, own_name(checker, group));
	}
	if (strcmp(type, "pipeline") == 0)
		pd_strings_add_once(checker->arena, &names, "support");
	return names;
}

static const char *title(struct checker *checker, const struct pd_group *group)
{
	return pd_printf(checker->arena, "[%s%s%s]", group->type, *group->name != '\0' ? " " : "",
			 group->name);
}

/* ' did you mean "x"?' or nothing. */
static const char *hint(struct checker *checker, const char *word, const struct pd_strings *known)
{
	const char *nearest = pd_nearest(word, known);
	return nearest != NULL ? pd_printf(checker->arena, "; did you mean \"%s\"?", nearest) : "";
}

static void check_name(struct checker *checker, const struct pd_group *group,
		       const struct pd_setting *setting, const char *type, const char *name)
{
	if (*name == '\0' || (strcmp(group->type, "sla") == 0 && strcmp(name, "24/7") == 0))
		return;
	struct pd_strings known = names_of(checker, type);
	if (!pd_strings_has(&known, name))
		pd_problem_add(checker->problems, setting->where, "%s %s: there is no [%s %s]%s",
			       title(checker, group), setting->key, type, name, hint(checker, name, &known));
}

/* What a listing or a notification can tell of a ticket. */
static struct pd_strings property_names(struct checker *checker)
{
	struct pd_strings names = names_of(checker, "property");
	static const char *const built_in[] = {"number",  "name",     "description", "status",	 "pipeline",
					       "owner",	  "team",     "priority",    "category", "source",
					       "contact", "contacts", "company",     "created",	 "updated",
					       "closed",  "mailbox",  "sla",	     "due",	 "messages",
					       "status_kind", "contact_name", "followers", "days_left", "language"};
	for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
		*pd_list_add(checker->arena, &names) = built_in[i];
	return names;
}

static void check_properties(struct checker *checker, const struct pd_group *group,
			     const struct pd_setting *setting, enum pd_option_type type)
{
	struct pd_strings known = property_names(checker);
	if (type == PD_OPTION_SHOWS) {
		static const char *const more[] = {"properties", "goals", "earlier", "records"};
		for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
			*pd_list_add(checker->arena, &known) = more[i];
	}
	struct pd_strings parts = pd_split(checker->arena, setting->value, ';');
	for (size_t i = 0; i < parts.count; i++) {
		const char *name = parts.items[i];
		if (type == PD_OPTION_SORT && (*name == '-' || *name == '+'))
			name++;
		if (!pd_strings_has(&known, name))
			pd_problem_add(checker->problems, setting->where,
				       "%s %s: there is no property \"%s\"%s", title(checker, group),
				       setting->key, name, hint(checker, name, &known));
	}
}

static void check_share(struct checker *checker, const struct pd_group *group,
			const struct pd_setting *setting)
{
	struct pd_strings parts = pd_split(checker->arena, setting->value, ';');
	for (size_t i = 0; i < parts.count; i++) {
		const char *part = parts.items[i];
		if (pd_starts(part, "private:"))
			check_name(checker, group, setting, "agent", part + strlen("private:"));
		else if (pd_starts(part, "team:"))
			check_name(checker, group, setting, "team", part + strlen("team:"));
		else if (strcmp(part, "everyone") != 0)
			pd_problem_add(checker->problems, setting->where,
				       "%s %s: \"%s\" is neither everyone, private:AGENT nor team:TEAM",
				       title(checker, group), setting->key, part);
	}
}

static void check_assign(struct checker *checker, const struct pd_group *group, const struct pd_setting *setting)
{
	struct pd_strings known = names_of(checker, "agent");
	*pd_list_add(checker->arena, &known) = "round-robin";
	*pd_list_add(checker->arena, &known) = "least-loaded";
	if (*setting->value != '\0' && !pd_strings_has(&known, setting->value))
		pd_problem_add(checker->problems, setting->where,
			       "%s assign: there is no [agent %s]%s", title(checker, group), setting->value,
			       hint(checker, setting->value, &known));
}

static void check_setting(struct checker *checker, const struct pd_group *group,
			  const struct pd_setting *setting)
{
	const struct pd_option *option = pd_option_find(group->type, setting->key);
	switch (option->type) {
	case PD_OPTION_NAME:
		check_name(checker, group, setting, option->values, setting->value);
		break;
	case PD_OPTION_NAMES: {
		struct pd_strings parts = pd_split(checker->arena, setting->value, ';');
		for (size_t i = 0; i < parts.count; i++)
			check_name(checker, group, setting, option->values, parts.items[i]);
		break;
	}
	case PD_OPTION_SHOWS:
	case PD_OPTION_COLUMNS:
	case PD_OPTION_SORT:
		check_properties(checker, group, setting, option->type);
		break;
	case PD_OPTION_SHARE:
		check_share(checker, group, setting);
		break;
	case PD_OPTION_ASSIGN:
		check_assign(checker, group, setting);
		break;
	default:
		break;
	}
}

/* Values that stand in one list of the settings. */
static void check_member(struct checker *checker, const char *type, const char *key,
			 const struct pd_strings *known, const char *what)
{
	for (size_t i = 0; i < checker->settings->groups.count; i++) {
		const struct pd_group *group = &checker->settings->groups.items[i];
		struct pd_where where;
		const char *value =
			strcmp(group->type, type) == 0 ? pd_group_value(group, key, &where) : NULL;
		if (value != NULL && *value != '\0' && !pd_strings_has(known, value))
			pd_problem_add(checker->problems, where, "%s %s: \"%s\" is no %s%s",
				       title(checker, group), key, value, what, hint(checker, value, known));
	}
}

struct claim {
	const char *value;
	const struct pd_group *group;
	struct pd_where where;
};

struct claims {
	PD_LIST(struct claim) list;
};

/* Told where the second claim stands. */
static void claim(struct checker *checker, struct claims *claims, const char *value, const char *what,
		  const struct pd_group *group, struct pd_where where)
{
	for (size_t i = 0; i < claims->list.count; i++) {
		const struct claim *first = &claims->list.items[i];
		if (first->group == group || strcmp(first->value, value) != 0)
			continue;
		pd_problem_add(checker->problems, where, "%s: the %s %s is taken by %s in line %d already",
			       title(checker, group), what, value, title(checker, first->group),
			       first->where.line);
		return;
	}
	struct claim *made = pd_list_add(checker->arena, &claims->list);
	*made = (struct claim){.value = value, .group = group, .where = where};
}

static void check_addresses(struct checker *checker, struct claims *claims, const struct pd_group *group)
{
	struct pd_where where;
	const char *value = pd_group_value(group, "address", &where);
	struct pd_strings addresses = pd_split(checker->arena, value, ';');
	for (size_t i = 0; i < addresses.count; i++) {
		if (!pd_config_is_address(addresses.items[i]))
			continue;
		const char *address = pd_lower_ascii(checker->arena, addresses.items[i]);
		claim(checker, claims, address, "address", group, where);
		const char delimiter = checker->settings->delimiter;
		const char *at = strrchr(address, '@');
		if (strcmp(group->type, "mailbox") == 0 &&
		    memchr(address, delimiter, (size_t)(at - address)) != NULL)
			pd_problem_add(checker->problems, where,
				       "%s address: %s has the delimiter \"%c\" in it", title(checker, group),
				       address, delimiter);
	}
}

static void check_once(struct checker *checker)
{
	struct claims addresses = {0}, logins = {0}, users = {0}, certificates = {0}, jids = {0}, components = {0};
	for (size_t i = 0; i < checker->settings->groups.count; i++) {
		const struct pd_group *group = &checker->settings->groups.items[i];
		struct pd_where where;
		bool is_agent = strcmp(group->type, "agent") == 0;
		if (is_agent || strcmp(group->type, "mailbox") == 0)
			check_addresses(checker, &addresses, group);
		const char *component =
			strcmp(group->type, "chat") == 0 ? pd_group_value(group, "component", &where) : NULL;
		if (component != NULL && *component != '\0')
			claim(checker, &components, component, "component", group, where);
		if (!is_agent)
			continue;
		const char *jid = pd_group_value(group, "jid", &where);
		if (jid != NULL && *jid != '\0')
			claim(checker, &jids, pd_lower_ascii(checker->arena, jid), "jid", group, where);
		const char *login = pd_group_value(group, "login", &where);
		if (login == NULL || *login == '\0') {
			login = group->name;
			where = group->where;
		}
		claim(checker, &logins, login, "login", group, where);
		const char *user = pd_group_value(group, "user", &where);
		if (user != NULL && *user != '\0')
			claim(checker, &users, user, "user", group, where);
		struct pd_strings held =
			pd_split(checker->arena, pd_group_value(group, "certificate", &where), ';');
		for (size_t k = 0; k < held.count; k++)
			claim(checker, &certificates, held.items[k], "certificate", group, where);
	}
}

/* An override needs what it overrides; an old name must not be in use. */
static void check_group(struct checker *checker, const struct pd_group *group)
{
	struct pd_where where;
	struct pd_strings known = names_of(checker, group->type);
	if (strcmp(group->type, "sla") == 0 && strpbrk(group->name, " \t") != NULL) {
		const char *name = own_name(checker, group);
		bool has_base = false;
		for (size_t i = 0; i < checker->settings->groups.count; i++)
			has_base |= strcmp(checker->settings->groups.items[i].type, "sla") == 0 &&
				    strcmp(checker->settings->groups.items[i].name, name) == 0;
		if (!has_base)
			pd_problem_add(checker->problems, group->where,
				       "%s overrides [sla %s], which is not there", title(checker, group),
				       name);
	}
	const char *was = pd_group_value(group, "was", &where);
	struct pd_strings old = pd_split(checker->arena, was, ';');
	for (size_t i = 0; i < old.count; i++)
		if (pd_strings_has(&known, old.items[i]))
			pd_problem_add(checker->problems, where, "%s was: [%s %s] is still there",
				       title(checker, group), group->type, old.items[i]);
	const struct pd_group_type *type = pd_group_type_find(group->type);
	if (type->is_idle)
		pd_warning_add(checker->problems, group->where,
			       "%s is checked but not acted upon by this version", title(checker, group));
}

/* Keys without which a group says nothing. */
static void check_needed(struct checker *checker, const struct pd_group *group)
{
	static const struct {
		const char *type, *key;
	} needed[] = {{"mailbox", "address"},
		      {"agent", "address"},
		      {"pipeline", "statuses"},
		      {"chat", "component"},
		      {"chat", "server"},
		      {"chat", "secret_file"},
		      {"chat", "mailbox"},
		      {"rule", "on"},
		      {"rule", "do"}};
	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		if (strcmp(needed[i].type, group->type) != 0)
			continue;
		const char *value = pd_group_value(group, needed[i].key, NULL);
		/* An empty list of statuses has been told with the value. */
		if (value == NULL || (*value == '\0' && strcmp(group->type, "pipeline") != 0))
			pd_problem_add(checker->problems, group->where, "%s needs the key \"%s\"",
				       title(checker, group), needed[i].key);
	}
}

void pd_config_check_names(const struct pd_settings *settings, struct pd_problems *problems)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	struct checker checker = {.settings = settings, .problems = problems, .arena = arena};
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		check_needed(&checker, group);
		check_group(&checker, group);
		for (size_t k = 0; k < group->settings.count; k++)
			check_setting(&checker, group, &group->settings.items[k]);
	}
	check_once(&checker);
	check_member(&checker, "postdesk", "default_priority", &settings->priorities, "priority");
	check_member(&checker, "route", "priority", &settings->priorities, "priority");
	check_member(&checker, "route", "category", &settings->categories, "category");
	struct pd_where whole = {.file = settings->file};
	if (settings->mailboxes.count == 0)
		pd_warning_add(problems, whole, "there is no [mailbox NAME], so no mail is taken");
	if (settings->lmtp != NULL && pd_equal(settings->lmtp, settings->milter))
		pd_problem_add(problems, whole, "[postdesk] lmtp and milter are the same socket");
	if (settings->default_priority != NULL &&
	    !pd_strings_has(&settings->priorities, settings->default_priority)) {
		const struct pd_group *desk = NULL;
		for (size_t i = 0; i < settings->groups.count; i++)
			if (strcmp(settings->groups.items[i].type, "postdesk") == 0)
				desk = &settings->groups.items[i];
		struct pd_where where = whole;
		if (desk != NULL && pd_group_value(desk, "default_priority", NULL) == NULL &&
		    pd_group_value(desk, "priorities", &where) != NULL)
			pd_problem_add(
				problems, where,
				"[postdesk] priorities: \"%s\", the default_priority, is not among them",
				settings->default_priority);
	}
}

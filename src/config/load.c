/* A configuration file -> one immutable snapshot of settings.
 *
 * Promises: everything that is wrong is told at once, each with file and line; a snapshot is given only
 * for a file without errors. Fails: NULL with problems; an unreadable file is one problem. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/text.h"
#include "config/config.h"
#include "config/names.h"
#include "config/option.h"
#include "config/scan.h"
#include "config/texts.h"
#include "config/value.h"

#define FILE_SIZE_LIMIT ((size_t)8 * 1024 * 1024)
#define TEXT_SIZE_LIMIT ((size_t)64 * 1024)

#define NO_ADDRESS "unknown@invalid"

struct loader {
	struct pd_settings *settings;
	struct pd_arena *arena;
	struct pd_problems *problems;
	struct pd_value_context context;
};

/* The key's value goes to its place in the struct, or is only checked where it has none. */
static void set_value(struct loader *loader, const struct pd_option *option, const char *value, void *base)
{
	void *place = base != NULL && option->offset != PD_NO_PLACE ? (char *)base + option->offset : NULL;
	pd_config_value(&loader->context, option, value, place);
}

static void set_defaults(struct loader *loader, const char *type, void *base)
{
	for (size_t i = 0; i < pd_option_count; i++) {
		const struct pd_option *option = &pd_options[i];
		if (strcmp(option->group, type) == 0 && option->initial != NULL &&
		    option->offset != PD_NO_PLACE)
			set_value(loader, option, option->initial, base);
	}
}

/* An empty text or list is as good as an absent one where there is a default. */
static bool may_be_empty(const struct pd_option *option)
{
	switch (option->type) {
	case PD_OPTION_TEXT:
	case PD_OPTION_LIST:
	case PD_OPTION_FILE:
	case PD_OPTION_SUBMIT:
	case PD_OPTION_WORD:
	case PD_OPTION_ZONE:
		return option->initial != NULL;
	default:
		return false;
	}
}

/* Fills the struct (NULL: none) from the group, in the table's order, since a later option may need an
 * earlier one. */
static void read_group(struct loader *loader, const struct pd_group *group, void *base)
{
	loader->context.group = pd_printf(loader->arena, "[%s%s%s]", group->type,
					  *group->name != '\0' ? " " : "", group->name);
	loader->context.where = group->where;
	if (base != NULL)
		set_defaults(loader, group->type, base);
	for (size_t i = 0; i < pd_option_count; i++) {
		const struct pd_option *option = &pd_options[i];
		if (strcmp(option->group, group->type) != 0)
			continue;
		const char *value = pd_group_value(group, option->key, &loader->context.where);
		if (value != NULL && (*value != '\0' || !may_be_empty(option)))
			set_value(loader, option, value, base);
	}
}

static void read_acknowledgement(struct loader *loader, const struct pd_mailbox *mailbox, const char *file,
				 struct pd_where where, const char **ret_text)
{
	struct pd_error error;
	struct pd_raw *found = NULL;
	int class = pd_raw_from_file(file, "/tmp", &found, &error);
	PD_AUTO_RAW raw = found;
	if (class != PD_OK)
		pd_problem_add(loader->problems, where, "[mailbox %s] acknowledgement: %s", mailbox->name, error.text);
	else if (raw->size > TEXT_SIZE_LIMIT)
		pd_problem_add(loader->problems, where, "[mailbox %s] acknowledgement: %s has more than %zu bytes", mailbox->name,
			       file, TEXT_SIZE_LIMIT);
	else
		*ret_text = pd_clean_text(loader->arena, raw->data, raw->size);
}

/* "thanks.pl.txt" of "thanks.txt". */
static const char *in_language(struct pd_arena *arena, const char *file, const char *language)
{
	const char *name = strrchr(file, '/'), *dot = strrchr(name != NULL ? name : file, '.');
	int len = dot != NULL ? (int)(dot - file) : (int)strlen(file);
	return pd_printf(arena, "%.*s.%s%s", len, file, language, file + len);
}

/* The texts are read now, since deciding reads no files: the mailbox's own, and those in other languages beside it. */
static void read_acknowledgements(struct loader *loader, struct pd_mailbox *mailbox)
{
	static const char *const languages[] = {"en", "fr", "pl", "fi", "de"};
	struct pd_where where = mailbox->where;
	for (size_t i = 0; i < loader->settings->groups.count; i++)
		if (strcmp(loader->settings->groups.items[i].type, "mailbox") == 0 &&
		    strcmp(loader->settings->groups.items[i].name, mailbox->name) == 0)
			pd_group_value(&loader->settings->groups.items[i], "acknowledgement", &where);
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		bool is_own = strcmp(languages[i], mailbox->language) == 0;
		const char *text = NULL, *file = in_language(loader->arena, mailbox->acknowledgement, languages[i]);
		if (access(file, F_OK) == 0)
			read_acknowledgement(loader, mailbox, file, where, &text);
		else if (is_own)
			read_acknowledgement(loader, mailbox, mailbox->acknowledgement, where, &text);
		if (text != NULL)
			*pd_list_add(loader->arena, &mailbox->acknowledgement_texts) =
				(struct pd_localized){languages[i], text};
	}
}

static void read_mailbox(struct loader *loader, const struct pd_group *group)
{
	struct pd_mailbox *mailbox = pd_list_add(loader->arena, &loader->settings->mailboxes);
	mailbox->name = group->name;
	mailbox->where = group->where;
	read_group(loader, group, mailbox);
	if (mailbox->full_name == NULL)
		mailbox->full_name = group->name;
}

static void read_team(struct loader *loader, const struct pd_group *group)
{
	struct pd_team *team = pd_list_add(loader->arena, &loader->settings->teams);
	team->name = group->name;
	team->where = group->where;
	read_group(loader, group, team);
}

static void read_agent(struct loader *loader, const struct pd_group *group)
{
	struct pd_agent *agent = pd_list_add(loader->arena, &loader->settings->agents);
	agent->name = group->name;
	agent->where = group->where;
	read_group(loader, group, agent);
	agent->has_may = pd_group_value(group, "may", NULL) != NULL;
	if (agent->full_name == NULL)
		agent->full_name = group->name;
	if (agent->login == NULL)
		agent->login = group->name;
}

static void read_pipeline(struct loader *loader, const struct pd_group *group)
{
	struct pd_pipeline *pipeline = pd_list_add(loader->arena, &loader->settings->pipelines);
	pipeline->name = group->name;
	pipeline->where = group->where;
	read_group(loader, group, pipeline);
}

static void read_chat(struct loader *loader, const struct pd_group *group)
{
	struct pd_chat *chat = pd_list_add(loader->arena, &loader->settings->chats);
	chat->name = group->name;
	chat->where = group->where;
	read_group(loader, group, chat);
	if (chat->component != NULL)
		chat->component = pd_lower_ascii(loader->arena, chat->component);
	for (size_t i = 0; i < group->settings.count; i++) {
		const struct pd_setting *setting = &group->settings.items[i];
		const struct pd_option *option = pd_option_find(group->type, setting->key);
		const char *name = option != NULL ? pd_option_key_name(option, setting->key) : NULL;
		const char *domain = NULL;
		if (name == NULL)
			continue;
		loader->context.where = setting->where;
		pd_config_value(&loader->context, option, setting->value, &domain);
		if (domain != NULL)
			*pd_list_add(loader->arena, &chat->gateways) = (struct pd_gateway){name, domain};
	}
}

static void read_groups(struct loader *loader)
{
	struct pd_settings *settings = loader->settings;
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "postdesk") == 0)
			read_group(loader, group, settings);
		else if (strcmp(group->type, "mailbox") == 0)
			read_mailbox(loader, group);
		else if (strcmp(group->type, "team") == 0)
			read_team(loader, group);
		else if (strcmp(group->type, "agent") == 0)
			read_agent(loader, group);
		else if (strcmp(group->type, "pipeline") == 0)
			read_pipeline(loader, group);
		else if (strcmp(group->type, "chat") == 0)
			read_chat(loader, group);
		else
			read_group(loader, group, NULL);
	}
}

/* The pipeline that stands where the file has none of this name. */
static void add_built_in_pipeline(struct loader *loader)
{
	if (pd_settings_pipeline(loader->settings, "support") != NULL)
		return;
	struct pd_pipeline *pipeline = pd_list_add(loader->arena, &loader->settings->pipelines);
	pipeline->name = "support";
	pipeline->where.file = loader->settings->file;
	static const struct pd_status statuses[] = {{PD_STATUS_NEW, "New", NULL},
						    {PD_STATUS_OPEN, "Open", NULL},
						    {PD_STATUS_WAITING, "Waiting on customer", NULL},
						    {PD_STATUS_CLOSED, "Closed", NULL}};
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		*pd_list_add(loader->arena, &pipeline->statuses) = statuses[i];
}

/* Whether a mailbox goes through the pipeline called support. */
static bool needs_built_in(const struct pd_settings *settings)
{
	if (settings->pipelines.count == 0)
		return true;
	for (size_t i = 0; i < settings->groups.count; i++) {
		const struct pd_group *group = &settings->groups.items[i];
		if (strcmp(group->type, "mailbox") != 0)
			continue;
		const char *name = pd_group_value(group, "pipeline", NULL);
		if (name == NULL || *name == '\0' || strcmp(name, "support") == 0)
			return true;
	}
	return false;
}

/* What a struct takes from another one, after all are there. */
static void link_groups(struct loader *loader)
{
	struct pd_settings *settings = loader->settings;
	if (needs_built_in(settings))
		add_built_in_pipeline(loader);
	for (size_t i = 0; i < settings->mailboxes.count; i++) {
		struct pd_mailbox *mailbox = &settings->mailboxes.items[i];
		if (mailbox->language == NULL)
			mailbox->language = settings->language;
		if (mailbox->acknowledgement != NULL)
			read_acknowledgements(loader, mailbox);
		const char *pipeline = NULL;
		for (size_t k = 0; k < settings->groups.count; k++)
			if (strcmp(settings->groups.items[k].type, "mailbox") == 0 &&
			    strcmp(settings->groups.items[k].name, mailbox->name) == 0)
				pipeline = pd_group_value(&settings->groups.items[k], "pipeline", NULL);
		if (pipeline == NULL || *pipeline == '\0')
			pipeline = "support";
		mailbox->pipeline = pd_settings_pipeline(settings, pipeline);
	}
	for (size_t i = 0; i < settings->agents.count; i++) {
		struct pd_agent *agent = &settings->agents.items[i];
		for (size_t k = 0; agent->team == NULL && k < settings->teams.count; k++)
			if (pd_team_has(&settings->teams.items[k], agent->name))
				agent->team = settings->teams.items[k].name;
	}
	if (settings->hostname == NULL) {
		char name[256] = "";
		if (gethostname(name, sizeof name - 1) < 0 || !pd_config_is_host(name))
			strcpy(name, "localhost");
		settings->hostname = pd_strdup(loader->arena, name);
	}
}

/* The whole file, or NULL and a problem. */
static struct pd_raw *read_file(const char *file, struct pd_problems *problems)
{
	struct pd_where whole = {.file = file};
	struct pd_error error;
	struct pd_raw *raw;
	struct stat st;
	if (stat(file, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		pd_problem_add(problems, whole, "is not a file");
		return NULL;
	}
	if (stat(file, &st) == 0 && (size_t)st.st_size > FILE_SIZE_LIMIT) {
		pd_problem_add(problems, whole, "is too long for a configuration");
		return NULL;
	}
	if (pd_raw_from_file(file, "/tmp", &raw, &error) != PD_OK) {
		const char *reason = error.text;
		if (pd_starts(reason, file) && pd_starts(reason + strlen(file), ": "))
			reason += strlen(file) + 2;
		pd_problem_add(problems, whole, "%s", reason);
		return NULL;
	}
	return raw;
}

static const char *directory_of(struct pd_arena *arena, const char *file)
{
	char *path = realpath(file, NULL);
	const char *slash = strrchr(path != NULL ? path : file, '/');
	const char *start = path != NULL ? path : file;
	char *directory = slash == NULL	   ? pd_strdup(arena, ".")
			  : slash == start ? pd_strdup(arena, "")
					   : pd_strndup(arena, start, (size_t)(slash - start));
	free(path);
	return directory;
}

/* Where a file has errors, what others rely on to be there: an address, a status, a pipeline. */
static void fill_gaps(struct loader *loader)
{
	struct pd_settings *settings = loader->settings;
	for (size_t i = 0; i < settings->mailboxes.count; i++)
		if (settings->mailboxes.items[i].addresses.count == 0)
			*pd_list_add(loader->arena, &settings->mailboxes.items[i].addresses) = NO_ADDRESS;
	for (size_t i = 0; i < settings->agents.count; i++)
		if (settings->agents.items[i].addresses.count == 0)
			*pd_list_add(loader->arena, &settings->agents.items[i].addresses) = NO_ADDRESS;
	for (size_t i = 0; i < settings->pipelines.count; i++)
		if (settings->pipelines.items[i].statuses.count == 0)
			*pd_list_add(loader->arena, &settings->pipelines.items[i].statuses) =
				(struct pd_status){PD_STATUS_OPEN, "?", NULL};
	for (size_t i = 0; i < settings->mailboxes.count; i++)
		if (settings->mailboxes.items[i].pipeline == NULL)
			settings->mailboxes.items[i].pipeline = &settings->pipelines.items[0];
}

struct pd_settings *pd_config_load(const char *file, struct pd_problems *problems)
{
	size_t before = problems->errors;
	struct pd_settings *settings = pd_config_read(file, problems);
	if (problems->errors == before)
		return settings;
	pd_settings_unref(settings);
	return NULL;
}

static struct pd_settings *read_settings(const char *file, const char *text, size_t size, struct pd_problems *problems)
{
	size_t before = problems->errors;
	struct pd_arena *arena = pd_arena_new();
	struct pd_settings *settings = PD_NEW(arena, struct pd_settings);
	settings->arena = arena;
	settings->references = 1;
	settings->file = pd_strdup(arena, file);
	struct loader loader = {.settings = settings, .arena = arena, .problems = problems};
	loader.context = (struct pd_value_context){.arena = arena,
						   .directory = directory_of(arena, file),
						   .problems = problems,
						   .where = {.file = settings->file},
						   .group = "[postdesk]"};
	struct pd_scan scan = {0};
	pd_config_scan(arena, settings->file, text, size, &scan, problems);
	memcpy(&settings->groups, &scan.groups, sizeof settings->groups);
	set_defaults(&loader, "postdesk", settings);
	read_groups(&loader);
	link_groups(&loader);
	pd_config_check_names(settings, problems);
	if (problems->errors > before)
		fill_gaps(&loader);
	return settings;
}

static void read_texts(struct pd_settings *settings, struct pd_problems *problems)
{
	struct pd_where where = {.file = settings->file};
	for (size_t i = 0; i < settings->groups.count; i++)
		if (strcmp(settings->groups.items[i].type, "postdesk") == 0)
			pd_group_value(&settings->groups.items[i], "templates", &where);
	pd_texts_load(settings, where, problems);
}

struct pd_settings *pd_config_read(const char *file, struct pd_problems *problems)
{
	PD_AUTO_RAW raw = read_file(file, problems);
	struct pd_settings *settings = raw != NULL ? read_settings(file, raw->data, raw->size, problems) : NULL;
	if (settings != NULL && settings->templates != NULL)
		read_texts(settings, problems);
	return settings;
}

struct pd_settings *pd_config_read_text(const char *file, const char *text, struct pd_problems *problems)
{
	return read_settings(file, text, strlen(text), problems);
}

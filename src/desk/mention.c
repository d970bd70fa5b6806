/* Who is mentioned in a comment: "@anna" anywhere in it, not within a word or an address. Cannot fail. */
#include <string.h>

#include "base/text.h"
#include "desk/plan.h"

struct pd_strings pd_mentions_in(struct pd_arena *arena, const struct pd_settings *settings, const char *text)
{
	struct pd_strings mentioned = {0};
	for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@')) {
		if (at > text && strchr(" \t\n(,;:\"'", at[-1]) == NULL)
			continue;
		size_t len = strcspn(at + 1, " \t\n,;:!?()\"'<>");
		while (len > 0 && at[len] == '.')
			len--;
		const char *name = pd_strndup(arena, at + 1, len);
		for (size_t i = 0; i < settings->agents.count; i++)
			if (pd_equal_nocase(settings->agents.items[i].name, name))
				pd_strings_add_once(arena, &mentioned, settings->agents.items[i].name);
	}
	return mentioned;
}

bool pd_comment_is_told(const struct pd_event *event, const struct pd_stored *stored)
{
	if (stored == NULL || event->actor == NULL)
		return false;
	return pd_equal(event->actor, "administrator") || pd_starts(event->actor, "rule:") ||
	       (pd_starts(event->actor, "agent:") && (stored->kinds & PD_KIND_AUTO) == 0);
}

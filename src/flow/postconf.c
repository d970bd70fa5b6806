/* What Postfix on this machine is set to, as postconf tells it. Reads only. Without postconf or a configuration of
 * Postfix that it can read every answer is NULL, and nothing can be compared. */
#include "flow/internal.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"

static char *postconf(struct pd_arena *arena, const char *arguments)
{
	PD_AUTO_BUF value = {0};
	FILE *pipe = popen(pd_printf(arena, "postconf %s 2>/dev/null", arguments), "r");
	char line[1024];
	bool is_read = false;

	if (!pipe)
		return NULL;
	while (fgets(line, sizeof line, pipe)) {
		is_read = true;
		pd_buf_adds(&value, line);
	}
	pclose(pipe);
	return is_read ? pd_trim(arena, pd_buf_string(arena, &value)) : NULL;
}

char *pd_flow_postconf(struct pd_arena *arena, const char *parameter)
{
	return postconf(arena, pd_printf(arena, "-h %s", parameter));
}

char *pd_flow_postconf_of(struct pd_arena *arena, const char *service, const char *parameter)
{
	g_autofree char *quoted = g_shell_quote(pd_printf(arena, "%s/%s", service, parameter));

	return postconf(arena, pd_printf(arena, "-P -h %s", quoted));
}

char *pd_flow_postfix_services(struct pd_arena *arena)
{
	char *services = postconf(arena, "-M");

	return services ? services : pd_strdup(arena, "");
}

/* One value of one option: text -> what the room works with. */
#ifndef PD_CONFIG_VALUE_H
#define PD_CONFIG_VALUE_H

#include "config/config.h"
#include "config/option.h"

struct pd_value_context {
	struct pd_arena *arena;
	const char *directory; /* of the configuration file, for relative file names */
	struct pd_problems *problems;
	struct pd_where where;
	const char *group; /* "[mailbox support]", for texts */
};

/* Writes the value to target (the type as option.h says); target NULL only checks. A wrong value
 * becomes a problem and leaves target as it was. */
void pd_config_value(const struct pd_value_context *context, const struct pd_option *option,
		     const char *value, void *target);

/* local@domain; UTF-8 allowed (RFC 6531), quoted local parts and address literals not. */
bool pd_config_is_address(const char *text);
bool pd_config_is_host(const char *text);

#endif

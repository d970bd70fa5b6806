/* What one group says about another. */
#ifndef PD_CONFIG_NAMES_H
#define PD_CONFIG_NAMES_H

#include "config/config.h"

/* Names without a group, addresses and logins that stand twice, priorities that are none. */
void pd_config_check_names(const struct pd_settings *settings, struct pd_problems *problems);

#endif

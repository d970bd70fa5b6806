/* Part of check: the components of the chats, tried. */
#ifndef PD_FLOW_CHECK_CHAT_H
#define PD_FLOW_CHECK_CHAT_H

#include "config/config.h"

void pd_flow_check_chats(const struct pd_settings *settings, struct pd_problems *problems);

#endif

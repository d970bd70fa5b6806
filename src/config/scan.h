/* The line scanner: a key file's text -> groups, each line with its number. */
#ifndef PD_CONFIG_SCAN_H
#define PD_CONFIG_SCAN_H

#include "config/config.h"

struct pd_scan {
	PD_LIST(struct pd_group) groups; /* in file order, without those of an unknown type */
};

/* Scans the file's text. Unknown types of group and repeated groups or keys become problems; a
 * repeated group is left out, of a repeated key the first value stands. */
void pd_config_scan(struct pd_arena *arena, const char *file, const char *text, size_t len,
		    struct pd_scan *scan, struct pd_problems *problems);

#endif

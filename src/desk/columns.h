/* The columns of a listing that leaves by mail: what they are called, and what stands in them. */
#ifndef PD_DESK_COLUMNS_H
#define PD_DESK_COLUMNS_H

#include "desk/plan.h"

/* Every name that a column can have; configured properties too. */
struct pd_strings pd_columns(struct pd_arena *arena, const struct pd_settings *settings);
/* One cell, a line; "" where there is nothing. Times are in the desk's zone. */
const char *pd_column_cell(struct pd_context *context, const struct pd_ticket *ticket, const char *column);

#endif

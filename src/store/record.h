/* Inside the store: packed records of what no query asks for. */
#ifndef PD_STORE_RECORD_H
#define PD_STORE_RECORD_H

#include "desk/snapshot.h"

void pd_record_ticket_pack(struct pd_buf *buf, const struct pd_ticket *ticket);
bool pd_record_ticket_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_ticket *ticket);
void pd_record_stored_pack(struct pd_buf *buf, const struct pd_stored *stored);
bool pd_record_stored_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_stored *stored);

#endif

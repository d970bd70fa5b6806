/* Inside the store: packed records of what no query asks for. */
#ifndef PD_STORE_RECORD_H
#define PD_STORE_RECORD_H

#include "desk/snapshot.h"

void pd_record_ticket_pack(struct pd_buf *buf, const struct pd_ticket *ticket);
bool pd_record_ticket_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_ticket *ticket);
void pd_record_stored_pack(struct pd_buf *buf, const struct pd_stored *stored);
bool pd_record_stored_unpack(struct pd_arena *arena, struct pd_bytes record, struct pd_stored *stored);

/* Parts of records. Seven bits a byte, lowest first; a text is its length plus one and its bytes, NULL a 0. What is
 * damaged gives 0 and NULL, and says so in the cursor. */
void pd_record_put_number(struct pd_buf *buf, uint64_t number);
uint64_t pd_record_get_number(struct pd_cursor *in);
void pd_record_put_text(struct pd_buf *buf, const char *text);
char *pd_record_get_text(struct pd_arena *arena, struct pd_cursor *in);

#endif

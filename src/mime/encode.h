/* Inside the room mime: writing header fields and encoded bodies. */
#ifndef PD_MIME_ENCODE_H
#define PD_MIME_ENCODE_H

#include "mime/inside.h"

/* "Name: text" CRLF, the text cleaned, RFC 2047 where it is not printable ASCII, folded. */
void pd_put_text_field(struct pd_buf *out, struct pd_arena *arena, const char *name, const char *text);
/* "Name: a, b" CRLF. False when an address cannot stand in a header. ret_utf8 is set when one is not ASCII.
 */
bool pd_put_address_field(struct pd_buf *out, struct pd_arena *arena, const char *name,
			  const struct pd_address *items, size_t count, bool *ret_utf8);
/* "Name: <id> <id>" CRLF, one id a line. What is no id is left out; without any there is no field. */
void pd_put_ids_field(struct pd_buf *out, const char *name, const char *const *ids, size_t count);
/* "; name=value" on a line of its own: quoted, or RFC 2231 with sections. name is ours and short. */
void pd_put_param(struct pd_buf *out, struct pd_arena *arena, const char *name, const char *value);

/* Text with LF lines as quoted-printable with CRLF lines (RFC 2045 6.7). */
void pd_put_quoted_printable(struct pd_buf *out, const char *text);
void pd_put_base64(struct pd_buf *out, const char *data, size_t len);
/* LF, CRLF and CR become CRLF; the last line ends with one. */
void pd_put_lines(struct pd_buf *out, const char *data, size_t len);

enum pd_transfer { PD_7BIT, PD_8BIT, PD_BINARY };
/* What the bytes need to travel as they are: BINARY for NUL, CR alone and lines above 998 bytes. */
enum pd_transfer pd_transfer_of(const char *data, size_t len);

#endif

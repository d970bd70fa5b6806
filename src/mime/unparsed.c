/* What is left when no reader can read a mail: a plain scan of its header and the start of its body.
 *
 * Runs in the daemon itself, on hostile bytes, and so uses neither GMime nor any library of charsets or
 * HTML; every loop is linear. The raw mail is kept beside it, so nothing is lost. */
#include <string.h>
#include "base/text.h"
#include "mime/inside.h"

#define TEXT_LIMIT   ((size_t)64 * 1024)
#define HEADER_LIMIT ((size_t)256 * 1024) /* bytes of header that are looked at */

struct pd_message *pd_message_unparsed(struct pd_arena *arena, const char *data, size_t size)
{
	struct pd_message *message = pd_message_blank(arena);
	pd_message_read_header(arena, data, size < HEADER_LIMIT ? size : HEADER_LIMIT, message, true);
	message->from_is_plain = false; /* proves nothing */
	message->kinds = PD_KIND_UNPARSED;
	message->size = size;
	pd_message_digests(data, size, message->digest, message->body_digest);
	size_t body = pd_fields_end(data, size);
	size_t len = size - body < TEXT_LIMIT ? size - body : TEXT_LIMIT;
	char *text = pd_alloc(arena, len + 1);
	for (size_t i = 0; i < len; i++)
		text[i] = data[body + i] ? data[body + i] : ' ';
	text = pd_charset_plain(arena, text, len);
	message->full_text = message->text = pd_clean_text(arena, text, strlen(text));
	return message;
}

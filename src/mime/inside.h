/* Inside the room mime: what the files that read bytes share with each other. */
#ifndef PD_MIME_INSIDE_H
#define PD_MIME_INSIDE_H

#include "mime/message.h"
#include "mime/parts.h"

/* --- fields.c: the header as lines --- */

/* Skips an mbox "From " line at the start. */
size_t pd_fields_start(const char *data, size_t size);
/* The field that begins at `at`: where its name ends, its value begins and the next field begins. False at
 * the empty line, at the end, and at a line that is no field. */
struct pd_field {
	const char *name;
	size_t name_len;
	const char *value; /* still folded, without the last line end */
	size_t value_len;
	size_t next;
};
bool pd_field_next(const char *data, size_t size, size_t at, struct pd_field *ret_field);
bool pd_field_is(const struct pd_field *field, const char *name);
/* Unfolded: line ends gone, controls made blanks, trimmed; bytes above 127 as they are. */
char *pd_field_value(struct pd_arena *arena, const struct pd_field *field);
/* Where the body begins: after the empty line that ends the header. */
size_t pd_fields_end(const char *data, size_t size);
/* All fields into message->headers, at most 1,000. plain: no charset but UTF-8 is touched. */
void pd_fields_read(struct pd_arena *arena, const char *data, size_t size, struct pd_message *message,
		    bool plain);

/* --- charset.c: any bytes to UTF-8 --- */

/* By the label where it fits; else UTF-8 where it is valid; else guessed; else windows-1252. label NULL or
 * "": none. */
char *pd_charset_utf8(struct pd_arena *arena, const char *label, const char *data, size_t len);
/* The same, clean (pd_clean_text) and without a byte order mark: in one pass where it is UTF-8 already. */
char *pd_charset_clean(struct pd_arena *arena, const char *label, const char *data, size_t len);
/* Without any library: UTF-8, and windows-1252 for everything else. */
char *pd_charset_plain(struct pd_arena *arena, const char *data, size_t len);
/* Opens every charset of the table and uses each once, so that nothing is opened later. */
void pd_charset_warm(void);
/* Names of the table, for tests; NULL after the last. */
const char *pd_charset_name(size_t i);

/* --- decode.c: RFC 2047 --- */

/* As pd_mime_decode, without libraries: words in other charsets than UTF-8, ASCII and Latin-1 stay as they
 * are. */
char *pd_decode_plain(struct pd_arena *arena, const char *text);
/* The text with every encoded word made a padded base64 word in UTF-8: what GMime's address parser reads
 * right. */
char *pd_decode_normalise(struct pd_arena *arena, const char *text);

/* --- param.c: RFC 2231 --- */

/* A parameter of a Content-Type or Content-Disposition value, decoded; NULL: absent. */
char *pd_param(struct pd_arena *arena, const char *value, const char *name);

/* --- address.c --- */

/* Is the From field one mailbox in its plainest form: [name] <local@domain>, or local@domain, and nothing
 * else? */
bool pd_address_is_plain(const char *field, const char *addr);
/* Addresses by a plain scan, without GMime. */
void pd_addresses_plain(struct pd_arena *arena, const char *text, struct pd_addresses *list);

/* --- prescan.c: the limits on raw bytes --- */

struct pd_scan {
	const char *data; /* the bytes to parse: those given, or a copy with broken fields renamed */
	size_t size;
	const char *over; /* why this mail is not parsed; NULL: it is within the limits */
};
/* Linear, never fails. The bytes given are not changed. */
void pd_prescan(struct pd_arena *arena, const char *data, size_t size, struct pd_scan *ret_scan);

/* --- signed.c --- */

/* Sets signed_part, where the mail is one multipart/signed. data, size: the raw mail, of which the scan was made; the
 * header is read already. */
void pd_signed_read(struct pd_arena *arena, const char *data, size_t size, const struct pd_scan *prescan,
		    struct pd_message *message);

/* --- digest.c --- */
/* The message's digest and body_digest. */
void pd_message_digests(const char *data, size_t size, unsigned char ret_digest[PD_SHA256_SIZE],
			unsigned char ret_body_digest[PD_SHA256_SIZE]);

/* --- parse.c --- */
/* pd_parse_message without the digests: what a reader does. */
struct pd_message *pd_parse_content(struct pd_arena *arena, const char *data, size_t size);

/* --- header.c: what the header says, as struct members --- */
struct pd_message *pd_message_blank(struct pd_arena *arena);
/* plain: without GMime and charset libraries. */
void pd_message_read_header(struct pd_arena *arena, const char *data, size_t size, struct pd_message *message,
			    bool plain);

/* --- tree.c, parts.c: GMime's tree as parts --- */

/* Initialises GMime once a process; thread-safe. */
void pd_gmime_init(void);
/* Walks the mail (within the limits of the pre-scan). The mails inside are read too, one level deep. */
void pd_parts_read(struct pd_arena *arena, const char *data, size_t size, struct pd_parts *parts);

/* --- embedded.c: files inside a text --- */

struct pd_embedded {
	const char *name;  /* safe */
	size_t start, end; /* of the whole block in the text's bytes */
	bool is_yenc;
};
struct pd_embedded_files {
	struct pd_embedded *items;
	size_t count, room;
};
/* The index of the nth file (from 0) inside the text leaf: pd_attachment.index. Leaves are fewer than that. */
#define PD_EMBEDDED_INDEX(leaf, n) ((unsigned)((leaf) | ((n) + 1) << 20))
#define PD_EMBEDDED_LEAF(index)	   ((index) & 0xfffffu)
#define PD_EMBEDDED_NUMBER(index)  ((index) >> 20) /* 0: the leaf itself; else n + 1 */
/* The whole blocks of a text part's decoded bytes, in order, at most 100. */
void pd_embedded_find(struct pd_arena *arena, const char *data, size_t size, struct pd_embedded_files *ret_files);
void pd_embedded_decode(const char *data, const struct pd_embedded *file, struct pd_buf *out);

/* --- tnef.c: files inside winmail.dat, by libytnef --- */

struct pd_tnef_file {
	const char *name; /* safe */
	struct pd_bytes content;
};
struct pd_tnef_list {
	struct pd_tnef_file *items;
	size_t count, room;
	const char *plain, *html; /* the body, clean; NULL: none there */
};
/* Whether this process takes files out of winmail.dat; at first it does not. Their indexes are those of files inside a
 * text. */
void pd_tnef_enable(bool enable);
bool pd_tnef_is_enabled(void);
bool pd_tnef_is_type(const char *type, const char *name);
/* Is it a whole block with 1 to 100 files or a body, by its frame alone? */
bool pd_tnef_check(const char *data, size_t size);
/* False: broken, nothing in it, too much in it, or a build without the library. */
bool pd_tnef_files(struct pd_arena *arena, const char *data, size_t size, struct pd_tnef_list *ret_files);

/* What an iCalendar part says, in words; NULL: nothing. */
char *pd_invitation_text(struct pd_arena *arena, const char *ics);
/* Its first event, into a blank one. */
void pd_invitation_read(struct pd_arena *arena, const char *ics, struct pd_invitation *ret_invitation);

/* --- unparsed.c: what is left when no reader can read it --- */
struct pd_message *pd_message_unparsed(struct pd_arena *arena, const char *data, size_t size);

/* --- wire.c: a message as a record, without its digests --- */
void pd_wire_put_message(struct pd_buf *buf, const struct pd_message *message);
/* NULL when the record is bad. The message's texts lie in the record, which must live as long and end with a byte that
 * can be read. */
struct pd_message *pd_wire_get_message(struct pd_arena *arena, const char *data, size_t len);

/* --- reader_child.c, sandbox.c --- */

#define PD_READER_MESSAGE  1u
#define PD_READER_CONTENTS 2u
#define PD_READER_RESPONSE ((size_t)256 << 20) /* no answer is longer */

/* The memory that a reader has in common with its pool, descriptor PD_READER_MEMORY at its start: mails that are not in
 * a file on their way there, answers on their way back. Each side writes its own half only while the other waits. */
#define PD_READER_MEMORY  3
#define PD_READER_MAIL	  ((size_t)256 * 1024)
#define PD_READER_ANSWER  ((size_t)1024 * 1024)
#define PD_READER_SHARED  (PD_READER_MAIL + PD_READER_ANSWER)

struct pd_reader_hello {  /* the first bytes that a reader gets */
	uint64_t memory;  /* bytes of address space; 0: no limit */
	uint64_t seconds; /* of CPU for its whole life */
};
struct pd_reader_request {
	uint64_t what;	  /* PD_READER_* */
	uint64_t size;	  /* bytes of the mail */
	uint64_t is_file; /* a descriptor comes with this request; else the mail lies in the common memory */
	uint64_t tnef;	  /* PD_READER_MESSAGE: take the files out of winmail.dat */
	uint64_t wanted;  /* PD_READER_CONTENTS: as many u64 indexes follow */
};
struct pd_reader_answer {
	uint64_t size;	    /* bytes of the record */
	uint64_t is_shared; /* it lies in the common memory, else it follows */
};
/* Serves requests from the descriptor until it ends; never returns. before (NULL in programs) sees each mail
 * first. */
void pd_reader_serve(int fd, void (*before)(const char *data, size_t size)) __attribute__((noreturn));
/* Closes the doors: limits, no new privileges, the filter. Ends the process when that fails. */
void pd_sandbox_enter(const struct pd_reader_hello *hello);

#endif

/* The limits on raw bytes, before any parser sees them.
 *
 * GMime overflows its stack on nested address groups and makes 150 bytes of every byte of empty
 * parts. So address fields that nest or are huge are renamed in a copy (they stay
 * readable under X-Postdesk-Broken-…), and a mail with too many fields, parts or boundaries is not
 * parsed at all. Where the scan cannot know what GMime will see, it counts too much rather than too
 * little. Linear time, never fails; the bytes given are not changed. */
#include <string.h>
#include <strings.h>
#include "mime/inside.h"

#define MAX_COLONS     64   /* outside quotes, in one address field */
#define MAX_ALL_COLONS 1024 /* inside quotes too */
#define MAX_ADDRESS    ((size_t)16 * 1024)
#define MAX_FIELDS     1000 /* in one header */
#define MAX_ALL_FIELDS 50000
#define MAX_PART_LINES 12000
#define MAX_BOUNDARIES 600
#define MAX_NESTED     1000 /* declarations of boundaries, the same one again or not; mails right inside mails */
#define MAX_BROKEN     1000
#define MAX_COMPARED   50000000u

static const char broken_prefix[] = "X-Postdesk-Broken-";

struct scan {
	struct pd_arena *arena;
	const char *data;
	size_t size;
	PD_LIST(struct pd_bytes) boundaries;
	bool any_dashes; /* a boundary was declared in a way that is not read here: every line with -- counts
			  */
	bool is_header, has_message;	/* has_message: this header says that the part is a mail */
	bool is_digest, is_digest_part; /* somewhere; right here */
	unsigned fields, all_fields, part_lines;
	unsigned declared, mails_in_mails;
	unsigned long compared;
	PD_LIST(size_t) broken; /* offsets of fields to rename */
	const char *over;
};

static size_t line_end(const struct scan *scan, size_t at)
{
	const char *lf = memchr(scan->data + at, '\n', scan->size - at);
	return lf ? (size_t)(lf - scan->data) + 1 : scan->size;
}

/* Where the word begins in the line, any case; NULL. */
static const char *find_word(const char *line, size_t len, const char *word)
{
	size_t word_len = strlen(word);
	for (size_t i = 0; i + word_len <= len; i++)
		if ((line[i] | 0x20) == word[0] && strncasecmp(line + i, word, word_len) == 0)
			return line + i;
	return NULL;
}

/* May a line of a body that begins so be an address field, or a boundary? By its first two bytes. */
static inline bool may_matter(const char *line)
{
	switch (line[0] | 0x20) {
	case 'f':
		return (line[1] | 0x20) == 'r';
	case 't':
		return (line[1] | 0x20) == 'o';
	case 'c':
	case 'b':
		return (line[1] | 0x20) == 'c';
	case 's':
	case 'r':
		return (line[1] | 0x20) == 'e';
	default:
		return line[0] == '-' && line[1] == '-';
	}
}

static bool is_address_field(const char *line, size_t len)
{
	static const char *const names[] = {"from", "to", "cc", "bcc", "sender", "reply-to"};
	if (len < 3)
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if ((line[0] | 0x20) != names[i][0] || (line[1] | 0x20) != names[i][1])
			continue;
		size_t at = strlen(names[i]);
		if (at >= len || strncasecmp(line, names[i], at) != 0)
			continue;
		while (at < len && (line[at] == ' ' || line[at] == '\t'))
			at++;
		if (at < len && line[at] == ':')
			return true;
	}
	return false;
}

/* An address field begins at `at`: is it fit for a recursive parser? */
static void check_address(struct scan *scan, size_t at)
{
	size_t end = line_end(scan, at);
	while (end < scan->size && (scan->data[end] == ' ' || scan->data[end] == '\t'))
		end = line_end(scan, end);
	unsigned colons = 0, all = 0;
	bool is_quoted = false;
	for (size_t i = at; i < end; i++) {
		char c = scan->data[i];
		if (c == '\\')
			i++;
		else if (c == '"')
			is_quoted = !is_quoted;
		else if (c == ':') {
			all++;
			colons += !is_quoted;
		}
	}
	if (colons - 1 <= MAX_COLONS && all <= MAX_ALL_COLONS && end - at <= MAX_ADDRESS)
		return;
	if (scan->broken.count >= MAX_BROKEN)
		scan->over = "too many broken address fields";
	else
		*pd_list_add(scan->arena, &scan->broken) = at;
}

static void add_boundary(struct scan *scan, const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (++scan->declared > MAX_NESTED)
		scan->over = "too many boundaries";
	for (size_t i = 0; i < scan->boundaries.count; i++)
		if (scan->boundaries.items[i].len == len &&
		    memcmp(scan->boundaries.items[i].data, text, len) == 0)
			return;
	if (len == 0)
		scan->any_dashes = true;
	else if (scan->boundaries.count >= MAX_BOUNDARIES)
		scan->over = "too many boundaries";
	else
		*pd_list_add(scan->arena, &scan->boundaries) = (struct pd_bytes){text, len};
}

/* Does the line name a type message/…, perhaps with blanks or a comment before the slash, or folded there? */
static bool names_message(const char *line, const char *end)
{
	for (const char *at = line; (at = find_word(at, (size_t)(end - at), "message"));) {
		at += strlen("message");
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (at == end || *at == '/' || *at == '(')
			return true;
	}
	return false;
}

/* Does it name multipart/digest, whose parts are mails without saying so? */
static bool names_digest(const char *line, const char *end)
{
	for (const char *at = line; (at = find_word(at, (size_t)(end - at), "digest")); at++) {
		const char *before = at;
		while (before > line && (before[-1] == ' ' || before[-1] == '\t'))
			before--;
		if (before == line || before[-1] == '/' || before[-1] == ')')
			return true;
	}
	return false;
}

/* What a header line declares. */
static void read_header_line(struct scan *scan, const char *line, size_t len)
{
	const char *end = line + len;
	if (names_message(line, end))
		scan->has_message = true;
	if (names_digest(line, end))
		scan->is_digest = true;
	for (const char *at = line; (at = find_word(at, (size_t)(end - at), "boundary"));) {
		at += strlen("boundary");
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (at == end || *at != '=') {
			scan->any_dashes = scan->any_dashes || at == end || *at == '*' || *at == '(';
			continue;
		}
		at++;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		const char *start = at;
		if (at < end && *at == '"') {
			start = ++at;
			while (at < end && *at != '"' && *at != '\\')
				at++;
		} else {
			while (at < end && !strchr(" \t;()<>@,:\\\"/[]?=", *at))
				at++;
		}
		if (at < end && (*at == '\\' || *at == '('))
			scan->any_dashes = true;
		add_boundary(scan, start, (size_t)(at - start));
	}
}

static bool is_part_line(struct scan *scan, const char *line, size_t len)
{
	if (len < 2 || line[0] != '-' || line[1] != '-')
		return false;
	if (scan->any_dashes)
		return true;
	for (size_t i = 0; i < scan->boundaries.count; i++) {
		const struct pd_bytes *boundary = &scan->boundaries.items[i];
		scan->compared++;
		if (boundary->len + 2 <= len && memcmp(line + 2, boundary->data, boundary->len) == 0)
			return true;
	}
	if (scan->compared > MAX_COMPARED)
		scan->over = "too many lines that might be boundaries";
	return false;
}

static void begin_header(struct scan *scan)
{
	scan->is_header = true;
	scan->fields = 0;
	scan->has_message = false;
}

static void scan_line(struct scan *scan, size_t at, size_t end)
{
	const char *line = scan->data + at;
	size_t len = end - at;
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (is_part_line(scan, line, len)) {
		if (++scan->part_lines > MAX_PART_LINES)
			scan->over = "too many parts";
		scan->mails_in_mails = 0;
		begin_header(scan);
		scan->is_digest_part = scan->is_digest;
		return;
	}
	if (len > 2 && may_matter(line) && is_address_field(line, len))
		check_address(scan, at);
	if (!scan->is_header)
		return;
	if (len == 0) {
		/* after the header of a message/rfc822 part the header of that message begins */
		bool again = scan->has_message || scan->is_digest_part;
		scan->is_header = scan->is_digest_part = false;
		if (again && ++scan->mails_in_mails > MAX_NESTED)
			scan->over = "too many mails in each other";
		if (again)
			begin_header(scan);
		return;
	}
	if (line[0] != ' ' && line[0] != '\t') {
		scan->all_fields++;
		if (++scan->fields > MAX_FIELDS || scan->all_fields > MAX_ALL_FIELDS)
			scan->over = "too many header fields";
	}
	read_header_line(scan, line, len);
}

/* The bytes with every broken field renamed. */
static void rename_broken(const struct scan *scan, struct pd_scan *ret_scan)
{
	size_t prefix = sizeof broken_prefix - 1;
	char *copy = pd_alloc(scan->arena, scan->size + scan->broken.count * prefix + 1);
	size_t to = 0, from = 0;
	for (size_t i = 0; i < scan->broken.count; i++) {
		size_t at = scan->broken.items[i];
		memcpy(copy + to, scan->data + from, at - from);
		to += at - from;
		memcpy(copy + to, broken_prefix, prefix);
		to += prefix;
		from = at;
	}
	memcpy(copy + to, scan->data + from, scan->size - from);
	ret_scan->data = copy;
	ret_scan->size = to + scan->size - from;
}

/* Lines that end with CR alone, as old Macintoshes wrote them: made LF where no LF is in the mail at all. A mail that came
 * through an MTA has some, and a lone CR in its header begins no field: what checks fields before us does not see it. */
static const char *with_line_ends(struct pd_arena *arena, const char *data, size_t size)
{
	if (size == 0 || memchr(data, '\n', size) || !memchr(data, '\r', size))
		return data;
	char *copy = pd_alloc_dirty(arena, size + 1);
	memcpy(copy, data, size);
	copy[size] = '\0';
	for (char *at = copy; (at = memchr(at, '\r', size - (size_t)(at - copy)));)
		*at = '\n';
	return copy;
}

void pd_prescan(struct pd_arena *arena, const char *data, size_t size, struct pd_scan *ret_scan)
{
	data = with_line_ends(arena, data, size);
	size_t start = pd_fields_start(data, size);
	struct scan scan = {.arena = arena, .data = data + start, .size = size - start};
	begin_header(&scan);
	for (size_t at = 0, end; at < scan.size && !scan.over; at = end) {
		end = line_end(&scan, at);
		if (scan.is_header || (end - at >= 2 && may_matter(scan.data + at)))
			scan_line(&scan, at, end);
	}
	*ret_scan = (struct pd_scan){.data = scan.data, .size = scan.size, .over = scan.over};
	if (!scan.over && scan.broken.count > 0)
		rename_broken(&scan, ret_scan);
}

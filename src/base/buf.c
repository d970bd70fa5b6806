/* Bounded byte buffers and the records that are written into them.
 *
 * Promises: what does not fit the limit is left out whole and `overflowed` says so; a cursor never
 * reads past its end, whatever lengths the record claims. Fails: ends the process without memory. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABSENT UINT64_MAX /* the length that stands for NULL */

void pd_buf_free(struct pd_buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->room = 0;
}

void pd_buf_clear(struct pd_buf *buf)
{
	buf->len = 0;
	buf->overflowed = false;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

char *pd_buf_reserve(struct pd_buf *buf, size_t len)
{
	assert(len <= SIZE_MAX / 4);
	if (buf->limit > 0 && (buf->len > buf->limit || len > buf->limit - buf->len)) {
		buf->overflowed = true;
		return NULL;
	}
	size_t want = buf->len + len + 1;
	if (want > buf->room) {
		size_t room = buf->room > 0 ? buf->room : 256;
		while (room < want)
			room *= 2;
		char *data = realloc(buf->data, room);
		if (data == NULL) {
			fprintf(stderr, "out of memory (%zu bytes)\n", room);
			abort();
		}
		buf->data = data;
		buf->room = room;
		buf->data[buf->len] = '\0';
	}
	return buf->data + buf->len;
}

void pd_buf_add(struct pd_buf *buf, const void *data, size_t len)
{
	char *at = pd_buf_reserve(buf, len);
	if (at == NULL)
		return;
	if (len > 0)
		memcpy(at, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void pd_buf_adds(struct pd_buf *buf, const char *text)
{
	pd_buf_add(buf, text, strlen(text));
}

void pd_buf_addc(struct pd_buf *buf, char c)
{
	if (buf->limit == 0 && buf->len + 1 < buf->room) {
		buf->data[buf->len++] = c;
		buf->data[buf->len] = '\0';
		return;
	}
	pd_buf_add(buf, &c, 1);
}

void pd_buf_addf(struct pd_buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(len >= 0);
	char *at = pd_buf_reserve(buf, (size_t)len);
	if (at != NULL) {
		vsnprintf(at, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

char *pd_buf_string(struct pd_arena *arena, const struct pd_buf *buf)
{
	char *copy = pd_alloc_dirty(arena, buf->len + 1);
	if (buf->len > 0)
		memcpy(copy, buf->data, buf->len);
	copy[buf->len] = '\0';
	return copy;
}

void pd_buf_put_u64(struct pd_buf *buf, uint64_t value)
{
	unsigned char bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(value >> (8 * i));
	pd_buf_add(buf, bytes, sizeof bytes);
}

void pd_buf_put_bytes(struct pd_buf *buf, const char *data, size_t len)
{
	if (data == NULL) {
		pd_buf_put_u64(buf, ABSENT);
		return;
	}
	pd_buf_put_u64(buf, len);
	pd_buf_add(buf, data, len);
}

void pd_buf_put_string(struct pd_buf *buf, const char *text)
{
	pd_buf_put_bytes(buf, text, text != NULL ? strlen(text) : 0);
}

uint64_t pd_get_u64(struct pd_cursor *in)
{
	if (in->bad || in->end - in->at < 8) {
		in->bad = true;
		return 0;
	}
	uint64_t value = 0;
	for (int i = 0; i < 8; i++)
		value |= (uint64_t)(unsigned char)in->at[i] << (8 * i);
	in->at += 8;
	return value;
}

struct pd_bytes pd_get_bytes(struct pd_arena *arena, struct pd_cursor *in)
{
	struct pd_bytes bytes = {0};
	uint64_t len = pd_get_u64(in);
	if (in->bad || len == ABSENT)
		return bytes;
	if (len > (uint64_t)(in->end - in->at)) {
		in->bad = true;
		return bytes;
	}
	char *copy = pd_alloc(arena, (size_t)len + 1);
	memcpy(copy, in->at, (size_t)len);
	in->at += len;
	bytes.data = copy;
	bytes.len = (size_t)len;
	return bytes;
}

char *pd_get_string(struct pd_arena *arena, struct pd_cursor *in)
{
	/* The copy was made here and is ours to hand out as writable. */
	return (char *)pd_get_bytes(arena, in).data;
}

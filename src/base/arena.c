/* Bump allocation in chunks that double from 16 kB to 1 MB.
 *
 * Promises: memory is zeroed (but for pd_alloc_dirty) and aligned for any type; it lives until the arena is freed.
 * Fails: never by a return value; without memory the process ends with a line on stderr. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN	    alignof(max_align_t)
#define FIRST_CHUNK ((size_t)16 * 1024)
#define LAST_CHUNK  ((size_t)1024 * 1024)

struct chunk {
	struct chunk *older;
	char *at, *end;
	alignas(max_align_t) char data[];
};

struct deferred {
	struct deferred *older;
	void (*done)(void *);
	void *data;
};

struct pd_arena {
	struct chunk *newest;	   /* allocation goes on here */
	struct deferred *deferred; /* newest first */
	size_t next_size;	   /* of the next chunk's data, bytes */
};

static struct chunk *chunk_new(size_t size)
{
	assert(size <= SIZE_MAX / 2);
	struct chunk *chunk = malloc(sizeof *chunk + size);
	if (chunk == NULL) {
		fprintf(stderr, "out of memory (%zu bytes)\n", size);
		abort();
	}
	chunk->older = NULL;
	chunk->at = chunk->data;
	chunk->end = chunk->data + size;
	return chunk;
}

/* The arena itself is the first thing in its first chunk. */
struct pd_arena *pd_arena_new(void)
{
	struct chunk *chunk = chunk_new(FIRST_CHUNK);
	struct pd_arena *arena = (struct pd_arena *)(void *)chunk->data;
	chunk->at += (sizeof *arena + ALIGN - 1) / ALIGN * ALIGN;
	arena->newest = chunk;
	arena->deferred = NULL;
	arena->next_size = 2 * FIRST_CHUNK;
#ifdef PD_SANITIZED
	chunk->end = chunk->at;
#endif
	return arena;
}

void pd_arena_free(struct pd_arena *arena)
{
	if (arena == NULL)
		return;
	while (arena->deferred != NULL) {
		struct deferred *deferred = arena->deferred;
		arena->deferred = deferred->older;
		deferred->done(deferred->data);
	}
	for (struct chunk *chunk = arena->newest, *older; chunk != NULL; chunk = older) {
		older = chunk->older;
		free(chunk);
	}
}

/* Room for size bytes (a multiple of ALIGN) that the newest chunk does not have. */
static void *alloc_slowly(struct pd_arena *arena, size_t size)
{
#ifdef PD_SANITIZED
	/* One chunk an allocation, so that the sanitizer sees each end. */
	const bool alone = true;
#else
	const bool alone = size > arena->next_size / 4;
#endif
	if (alone) {
		struct chunk *chunk = chunk_new(size);
		chunk->at = chunk->end;
		chunk->older = arena->newest->older;
		arena->newest->older = chunk;
		return chunk->data;
	}
	struct chunk *chunk = chunk_new(arena->next_size);
	if (arena->next_size < LAST_CHUNK)
		arena->next_size *= 2;
	chunk->older = arena->newest;
	arena->newest = chunk;
	chunk->at += size;
	return chunk->data;
}

void *pd_alloc_dirty(struct pd_arena *arena, size_t size)
{
	assert(size <= SIZE_MAX / 2);
#ifdef PD_SANITIZED
	return alloc_slowly(arena, size > 0 ? size : 1);
#endif
	size = size > 0 ? (size + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
	struct chunk *chunk = arena->newest;
	if ((size_t)(chunk->end - chunk->at) < size)
		return alloc_slowly(arena, size);
	char *data = chunk->at;
	chunk->at += size;
	return data;
}

void *pd_alloc(struct pd_arena *arena, size_t size)
{
	return memset(pd_alloc_dirty(arena, size), 0, size);
}

void *pd_alloc_n(struct pd_arena *arena, size_t n, size_t size)
{
	assert(size == 0 || n <= SIZE_MAX / 2 / size);
	return pd_alloc(arena, n * size);
}

void *pd_memdup(struct pd_arena *arena, const void *data, size_t size)
{
	void *copy = pd_alloc_dirty(arena, size);
	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *pd_strdup(struct pd_arena *arena, const char *text)
{
	return text != NULL ? pd_memdup(arena, text, strlen(text) + 1) : NULL;
}

char *pd_strndup(struct pd_arena *arena, const char *text, size_t len)
{
	if (text == NULL)
		return NULL;
	len = strnlen(text, len);
	char *copy = pd_alloc_dirty(arena, len + 1);
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *pd_vprintf(struct pd_arena *arena, const char *format, va_list args)
{
	char small[256];
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(small, sizeof small, format, args);
	assert(len >= 0);
	char *text = pd_alloc_dirty(arena, (size_t)len + 1);
	if ((size_t)len < sizeof small)
		memcpy(text, small, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *pd_printf(struct pd_arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = pd_vprintf(arena, format, args);
	va_end(args);
	return text;
}

size_t pd_arena_size(const struct pd_arena *arena)
{
	size_t size = 0;
	for (const struct chunk *chunk = arena->newest; chunk != NULL; chunk = chunk->older)
		size += (size_t)(chunk->end - chunk->data);
	return size;
}

void pd_arena_defer(struct pd_arena *arena, void (*done)(void *), void *data)
{
	struct deferred *deferred = PD_NEW(arena, struct deferred);
	deferred->done = done;
	deferred->data = data;
	deferred->older = arena->deferred;
	arena->deferred = deferred;
}

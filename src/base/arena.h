/* One arena a delivery: memory that is all given back at once.
 *
 * Every function that returns memory takes an arena as its first argument.
 * Allocation never returns NULL: without memory the process ends (restart is
 * the only recovery). An arena belongs to one thread at a time. */
#ifndef PD_BASE_ARENA_H
#define PD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct pd_arena;

struct pd_arena *pd_arena_new(void);
/* Gives everything back; NULL is allowed. */
void pd_arena_free(struct pd_arena *arena);
static inline void pd_arena_cleanup(struct pd_arena **arena)
{
	pd_arena_free(*arena);
}
#define PD_AUTO_ARENA __attribute__((cleanup(pd_arena_cleanup))) struct pd_arena *

/* Zeroed memory, aligned for any type. A size of 0 gives a valid pointer. */
void *pd_alloc(struct pd_arena *arena, size_t size);
/* The same, not zeroed: for what is filled at once. */
void *pd_alloc_dirty(struct pd_arena *arena, size_t size);
void *pd_memdup(struct pd_arena *arena, const void *data, size_t size);
/* A copy with a NUL after it. NULL gives NULL. */
char *pd_strdup(struct pd_arena *arena, const char *text);
char *pd_strndup(struct pd_arena *arena, const char *text, size_t len);
char *pd_printf(struct pd_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *pd_vprintf(struct pd_arena *arena, const char *format, va_list args);
/* Bytes that it holds, a chunk's rest included: for tests that tell how work grows. */
size_t pd_arena_size(const struct pd_arena *arena);
/* Calls done(data) when the arena is freed, newest first: for what is not memory. */
void pd_arena_defer(struct pd_arena *arena, void (*done)(void *), void *data);

#define PD_NEW(arena, type) ((type *)pd_alloc((arena), sizeof(type)))
#define PD_NEW_N(arena, type, n) ((type *)pd_alloc_n((arena), (n), sizeof(type)))
/* As pd_alloc(n * size); asserts against overflow. */
void *pd_alloc_n(struct pd_arena *arena, size_t n, size_t size);

#endif

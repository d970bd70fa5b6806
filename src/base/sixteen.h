/* Sixteen bytes looked at together: what loops over text are made of.
 *
 * Vectors of the compiler, which every processor has in some form; nothing here reads or writes past what it is given. */
#ifndef PD_BASE_SIXTEEN_H
#define PD_BASE_SIXTEEN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Signed, so that what is no ASCII is below 0. A comparison gives bytes of -1 (true) and 0. */
typedef signed char pd_sixteen __attribute__((vector_size(16)));
#define PD_SIXTEEN sizeof(pd_sixteen)

static inline pd_sixteen pd_sixteen_load(const char *text)
{
	pd_sixteen bytes;
	memcpy(&bytes, text, sizeof bytes);
	return bytes;
}

/* Bytes before the first that is not 0, in the order of memory; the number must not be 0. */
static inline size_t pd_clear_bytes(uint64_t bytes)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (size_t)__builtin_clzll(bytes) / 8;
#else
	return (size_t)__builtin_ctzll(bytes) / 8;
#endif
}

/* The first byte for which the comparison is true; 16: none. */
static inline size_t pd_sixteen_first(pd_sixteen found)
{
	uint64_t halves[2];
	memcpy(halves, &found, sizeof halves);
	return halves[0] ? pd_clear_bytes(halves[0]) : halves[1] ? 8 + pd_clear_bytes(halves[1]) : PD_SIXTEEN;
}

/* Printable ASCII is not among these. */
static inline pd_sixteen pd_sixteen_unprintable(pd_sixteen bytes)
{
	return (bytes < ' ') | (bytes == 0x7f);
}

#endif

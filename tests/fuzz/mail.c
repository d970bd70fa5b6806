/* Fuzzing of the whole of reading: pre-scan, header, charsets, parts, words. It looks for memory errors and for inputs that
 * take too long. */
#include "fuzz.h"
#include "mime/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PD_AUTO_ARENA arena = pd_arena_new();
	pd_parse_message(arena, (const char *)data, size);
	return 0;
}

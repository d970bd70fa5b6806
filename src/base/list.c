/* Growing arrays inside an arena: see list.h. Cannot fail. */
#include "base/list.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

void *pd_list_grow(struct pd_arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room) {
		memset((char *)items + count * size, 0, size);
		return items;
	}
	size_t more = *room > 0 ? *room * 2 : 8;
	assert(more > *room && more <= SIZE_MAX / size);
	char *grown = pd_alloc_dirty(arena, more * size);
	if (count > 0)
		memcpy(grown, items, count * size);
	memset(grown + count * size, 0, size);
	*room = more;
	return grown;
}

bool pd_strings_has(const struct pd_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_equal(list->items[i], text))
			return true;
	return false;
}

bool pd_strings_has_nocase(const struct pd_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (pd_equal_nocase(list->items[i], text))
			return true;
	return false;
}

void pd_strings_add_once(struct pd_arena *arena, struct pd_strings *list, const char *text)
{
	if (!pd_strings_has(list, text))
		*pd_list_add(arena, list) = pd_strdup(arena, text);
}

char *pd_strings_join(struct pd_arena *arena, const struct pd_strings *list, const char *separator)
{
	size_t between = strlen(separator), size = 1;
	for (size_t i = 0; i < list->count; i++)
		size += strlen(list->items[i]) + (i > 0 ? between : 0);
	char *joined = pd_alloc(arena, size), *at = joined;
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			at = mempcpy(at, separator, between);
		at = stpcpy(at, list->items[i]);
	}
	return joined;
}

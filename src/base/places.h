/* A map from numbers (ids) to places in a list, inside an arena: for lists that may be long.
 *
 *   struct pd_places places = {0};
 *   size_t at = pd_places_add(arena, &places, ticket, list.count);   // where it stands, or stood before
 *   if (pd_places_find(&places, ticket, &at)) use(list.items[at]); */
#ifndef PD_BASE_PLACES_H
#define PD_BASE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct pd_place_slot {
	int64_t number;
	size_t place; /* 0: free; else one more than the place */
};
struct pd_places {
	struct pd_place_slot *slots;
	size_t count, room; /* room: 0 or a power of two */
};

/* Puts the number at that place unless it has one; its place. */
size_t pd_places_add(struct pd_arena *arena, struct pd_places *places, int64_t number, size_t place);
/* Puts it at that place, wherever it was before. */
void pd_places_set(struct pd_arena *arena, struct pd_places *places, int64_t number, size_t place);
bool pd_places_find(const struct pd_places *places, int64_t number, size_t *ret_place);

#endif

/* A map from numbers to places: see places.h. Open addressing, at most half full. Cannot fail. */
#include "base/places.h"

#include <assert.h>

#define FIRST_ROOM 64

static struct pd_place_slot *slot_of(const struct pd_places *places, int64_t number)
{
	/* Fibonacci hashing: neighbouring ids are spread. */
	size_t at = (size_t)(((uint64_t)number * 0x9e3779b97f4a7c15u) >> 20) & (places->room - 1);
	while (places->slots[at].place != 0 && places->slots[at].number != number)
		at = (at + 1) & (places->room - 1);
	return &places->slots[at];
}

static void grow(struct pd_arena *arena, struct pd_places *places)
{
	const struct pd_places old = *places;
	places->room = old.room > 0 ? old.room * 2 : FIRST_ROOM;
	places->slots = pd_alloc_n(arena, places->room, sizeof *places->slots);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].place != 0)
			*slot_of(places, old.slots[i].number) = old.slots[i];
}

/* The number's slot, which is taken where it was free. */
static struct pd_place_slot *take(struct pd_arena *arena, struct pd_places *places, int64_t number, size_t place)
{
	assert(place < SIZE_MAX);
	if (places->count * 2 >= places->room)
		grow(arena, places);
	struct pd_place_slot *slot = slot_of(places, number);
	if (slot->place == 0) {
		*slot = (struct pd_place_slot){number, place + 1};
		places->count++;
	}
	return slot;
}

size_t pd_places_add(struct pd_arena *arena, struct pd_places *places, int64_t number, size_t place)
{
	return take(arena, places, number, place)->place - 1;
}

void pd_places_set(struct pd_arena *arena, struct pd_places *places, int64_t number, size_t place)
{
	take(arena, places, number, place)->place = place + 1;
}

bool pd_places_find(const struct pd_places *places, int64_t number, size_t *ret_place)
{
	if (places->room == 0)
		return false;
	const struct pd_place_slot *slot = slot_of(places, number);
	if (slot->place == 0)
		return false;
	*ret_place = slot->place - 1;
	return true;
}

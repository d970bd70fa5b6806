/* Growing arrays inside an arena.
 *
 *   struct pd_strings names = {0};          // PD_LIST(const char *)
 *   *pd_list_add(arena, &names) = "anna";
 *   for (size_t i = 0; i < names.count; i++) use(names.items[i]); */
#ifndef PD_BASE_LIST_H
#define PD_BASE_LIST_H

#include <stdbool.h>
#include "base/arena.h"

#define PD_LIST(type)         \
	struct {              \
		type *items;  \
		size_t count; \
		size_t room;  \
	}

/* A pointer to a new zeroed item at the end. Older pointers into the list die. */
#define pd_list_add(arena, list)                                                                 \
	((list)->items = pd_list_grow((arena), (list)->items, (list)->count, &(list)->room,      \
				      sizeof *(list)->items),                                    \
	 &(list)->items[(list)->count++])

void *pd_list_grow(struct pd_arena *arena, void *items, size_t count, size_t *room, size_t size);

struct pd_strings {
	const char **items;
	size_t count;
	size_t room;
};

bool pd_strings_has(const struct pd_strings *list, const char *text);
/* As pd_strings_has, without regard to ASCII case. */
bool pd_strings_has_nocase(const struct pd_strings *list, const char *text);
/* Adds a copy unless it is there already. */
void pd_strings_add_once(struct pd_arena *arena, struct pd_strings *list, const char *text);
/* The items joined with the separator between them. */
char *pd_strings_join(struct pd_arena *arena, const struct pd_strings *list, const char *separator);

#endif

/* The keys of agents in memory; a removed one is a row that ends and a further row that says so. Cannot fail otherwise
 * than the other store. */
#include "store/memory.h"

#include <string.h>

#include "base/text.h"

static struct pd_agent_key copy_of(struct pd_arena *arena, const struct pd_agent_key *key)
{
	struct pd_agent_key copy = *key;
	copy.key.fingerprint = pd_strdup(arena, key->key.fingerprint);
	copy.key.name = pd_strdup(arena, key->key.name);
	copy.key.data.data = pd_memdup(arena, key->key.data.data, key->key.data.len);
	copy.agent = pd_strdup(arena, key->agent);
	copy.added_by = pd_strdup(arena, key->added_by);
	copy.removed_by = pd_strdup(arena, key->removed_by);
	return copy;
}

int pd_memory_keys(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		   struct pd_agent_keys *ret_keys, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	struct pd_agent_keys keys = {0};
	(void)error;
	pthread_mutex_lock(&memory->lock);
	for (size_t i = 0; i < memory->keys.count; i++) {
		const struct memory_key *row = &memory->keys.items[i];
		if (pd_memory_holds(row->life, memory->committed) && (all || row->key.removed == 0) &&
		    (agent == NULL || pd_equal(agent, row->key.agent)))
			*pd_list_add(arena, &keys) = copy_of(arena, &row->key);
	}
	pthread_mutex_unlock(&memory->lock);
	*ret_keys = keys;
	return 0;
}

/* The lock is held. */
static struct memory_key *find(struct pd_memory *memory, const char *fingerprint)
{
	for (size_t i = 0; i < memory->keys.count; i++) {
		struct memory_key *row = &memory->keys.items[i];
		if (pd_memory_holds(row->life, memory->writing) && row->key.removed == 0 &&
		    pd_equal(row->key.key.fingerprint, fingerprint))
			return row;
	}
	return NULL;
}

static void end(struct pd_memory *memory, struct memory_key *row, pd_time at, const char *by)
{
	struct memory_key removed = {.life = {.from = memory->writing}, .key = row->key};
	row->life.until = memory->writing;
	removed.key.removed = at;
	removed.key.removed_by = pd_strdup(memory->arena, by);
	*pd_list_add(memory->arena, &memory->keys) = removed;
}

int pd_memory_key_add(struct pd_store *store, struct pd_key_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	pthread_mutex_lock(&memory->lock);
	struct memory_key *there = find(memory, request->key->key.fingerprint);
	int failed =
		pd_key_may_be_added(there != NULL ? &there->key : NULL, request->key, &request->added, error);
	if (!failed && request->added == PD_KEY_RENEWED)
		end(memory, there, request->key->added, request->key->added_by);
	if (!failed && request->added != PD_KEY_THERE)
		*pd_list_add(memory->arena, &memory->keys) = (struct memory_key){
			.life = {.from = memory->writing}, .key = copy_of(memory->arena, request->key)};
	pthread_mutex_unlock(&memory->lock);
	return failed;
}

int pd_memory_key_remove(struct pd_store *store, struct pd_key_request *request, struct pd_error *error)
{
	struct pd_memory *memory = pd_memory_of(store);
	int failed = 0;
	pthread_mutex_lock(&memory->lock);
	struct memory_key *there = find(memory, request->fingerprint);
	if (there != NULL)
		end(memory, there, request->at, request->by);
	else
		failed = pd_fail(error, PD_PERMANENT, "no key %s is registered", request->fingerprint);
	pthread_mutex_unlock(&memory->lock);
	return failed;
}

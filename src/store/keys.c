/* The keys of agents: the face, the same over every backend. */
#include "store/inside.h"

#include <string.h>

#include "base/text.h"

int pd_key_may_be_added(const struct pd_agent_key *there, const struct pd_agent_key *key, enum pd_key_added *ret_added,
			struct pd_error *error)
{
	if (there != NULL && !pd_equal(there->agent, key->agent))
		return pd_fail(error, PD_PERMANENT, "the key %s is registered for %s", key->key.fingerprint,
			       there->agent);
	bool is_same = there != NULL && there->key.data.len == key->key.data.len &&
		       memcmp(there->key.data.data, key->key.data.data, key->key.data.len) == 0;
	*ret_added = there == NULL ? PD_KEY_NEW : is_same ? PD_KEY_THERE : PD_KEY_RENEWED;
	return 0;
}

int pd_store_keys(struct pd_store *store, struct pd_arena *arena, const char *agent, bool all,
		  struct pd_agent_keys *ret_keys, struct pd_error *error)
{
	return store->backend->keys(store, arena, agent, all, ret_keys, error);
}

static int add_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->key_add(store, job->data, error);
}

int pd_store_key_add(struct pd_store *store, const struct pd_agent_key *key, enum pd_key_added *ret_added,
		     struct pd_error *error)
{
	struct pd_key_request request = {.key = key};
	struct pd_job job = {.run = add_run, .data = &request};
	int failed = pd_writer_do(store->writer, &job, error);
	if (!failed)
		*ret_added = request.added;
	return failed;
}

static int remove_run(struct pd_store *store, struct pd_job *job, struct pd_error *error)
{
	return store->backend->key_remove(store, job->data, error);
}

int pd_store_key_remove(struct pd_store *store, const char *fingerprint, pd_time at, const char *by,
			struct pd_error *error)
{
	struct pd_key_request request = {.fingerprint = fingerprint, .at = at, .by = by};
	struct pd_job job = {.run = remove_run, .data = &request};
	return pd_writer_do(store->writer, &job, error);
}

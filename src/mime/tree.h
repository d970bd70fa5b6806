/* Inside the room mime: GMime's tree as a list of leaves. The only header of ours that shows GObjects. */
#ifndef PD_MIME_TREE_H
#define PD_MIME_TREE_H

#include <gmime/gmime.h>
#include "mime/inside.h"

/* One leaf in the order of the mail. Exactly one of part, inner and preface is set. */
struct pd_leaf {
	GMimeObject *object;
	GMimePart *part;
	bool is_inner;		/* a message/rfc822: source has its bytes as they came */
	struct pd_bytes source; /* for is_inner */
	const char *preface;	/* text of a multipart that has no parts */
};

struct pd_tree {
	GMimeObject *root;
	PD_LIST(struct pd_leaf) leaves;
};

/* Parses bytes that are within the limits of the pre-scan. They must outlive the tree, which lives as long as
 * the arena. root is NULL when there is nothing to parse. */
struct pd_tree *pd_tree_open(struct pd_arena *arena, const char *data, size_t size);
/* The decoded content, piece by piece, at most limit bytes (0: all). False when put said false. */
bool pd_leaf_content(const struct pd_leaf *leaf, size_t limit,
		     bool (*put)(void *to, const char *data, size_t len), void *to);
/* A field of the part's header, unfolded; "" when absent. */
const char *pd_object_field(struct pd_arena *arena, GMimeObject *object, const char *name);
/* "text/plain", lower case. */
const char *pd_object_type(struct pd_arena *arena, GMimeObject *object);

#endif

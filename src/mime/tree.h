/* Inside the room mime: GMime's tree as a list of leaves. The only header of ours that shows GObjects. */
#ifndef PD_MIME_TREE_H
#define PD_MIME_TREE_H

#include <gmime/gmime.h>
#include "mime/inside.h"

/* One leaf in the order of the mail. Exactly one of part, inner, preface and whole is set. */
struct pd_leaf {
	GMimeObject *object;	/* NULL: the leaf is the whole mail */
	GMimePart *part;
	bool is_whole;		/* the mail has one part, and is told by its own bytes */
	struct pd_bytes header, body;	/* for is_whole */
	GMimeContentEncoding encoding;	/* for is_whole */
	bool is_inner;		/* a message/rfc822: source has its bytes as they came */
	struct pd_bytes source; /* for is_inner */
	const char *preface;	/* text of a multipart that has no parts */
};

struct pd_tree {
	GMimeObject *root; /* NULL: nothing there, or a mail of one part, which is the first leaf */
	PD_LIST(struct pd_leaf) leaves;
};

/* Parses bytes that are within the limits of the pre-scan. They must outlive the tree, which lives as long as
 * the arena. root is NULL when there is nothing to parse. */
struct pd_tree *pd_tree_open(struct pd_arena *arena, const char *data, size_t size);
/* The decoded content, piece by piece, at most limit bytes (0: all). False when put said false. */
bool pd_leaf_content(const struct pd_leaf *leaf, size_t limit,
		     bool (*put)(void *to, const char *data, size_t len), void *to);
/* The same, all in one piece: where the mail has it as it is, without a copy. buf holds it else. */
struct pd_bytes pd_leaf_bytes(const struct pd_leaf *leaf, size_t limit, struct pd_buf *buf);
/* How many bytes that gives; base64 is counted, not decoded. */
size_t pd_leaf_size(const struct pd_leaf *leaf);
/* A field of the part's header, unfolded; "" when absent. */
const char *pd_leaf_field(struct pd_arena *arena, const struct pd_leaf *leaf, const char *name);
const char *pd_object_field(struct pd_arena *arena, GMimeObject *object, const char *name);
/* "text/plain", lower case. */
const char *pd_leaf_type(struct pd_arena *arena, const struct pd_leaf *leaf);
const char *pd_object_type(struct pd_arena *arena, GMimeObject *object);

/* --- tree_whole.c --- */

/* A mail of one text part in its plainest form: no parser is needed to find its parts. False: it is something else. */
bool pd_leaf_whole(const char *data, size_t size, struct pd_leaf *ret_leaf);

#endif

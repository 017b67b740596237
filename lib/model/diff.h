// What differs between two models, object by object, so that only that is touched.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "model/schema.h"

enum diff_kind { DIFF_REMOVED, DIFF_ADDED, DIFF_CHANGED };

// Objects are known by their key: another key is another object. Where an object refers to others
// by name, a change of these is theirs alone.
struct diff_change {
	enum diff_kind kind;
	const struct schema_leaf *list; // "ports" ... "policies", "tunnels"; or the group "system"
	const void *before, *after;	// into the two models; NULL as kind says
	const struct model_connection *parent_before, *parent_after; // of a tunnel
	uint64_t leaves;	   // DIFF_CHANGED: bit i: leaf i of list->sub differs
	enum schema_effect effect; // DIFF_CHANGED: the dearest of these
};

struct diff {
	struct diff_change *v;
	size_t n;
};

// In the order of the schema, a connection before its tunnels. A connection's "tunnels" differs
// when other tunnels stand in it or in another order; what changed in a tunnel is the tunnel's.
//
// before  as model_init makes it when nothing runs yet
// returns 0, or -ENOMEM (d can be freed)
[[nodiscard]] int diff_models(
	const struct model *before, const struct model *after, struct diff *d);
void diff_fini(struct diff *d);

enum { DIFF_TEXT = 512 };

// "tunnel tokyo-1: changed: peer, ipsec (reset)" into dst. Returns dst.
char *diff_show(const struct diff_change *change, char dst[static DIFF_TEXT]);

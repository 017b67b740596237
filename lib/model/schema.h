// The schema: every configuration leaf once. Loader, renderers, comparison, copying, the example
// file and the manual read these tables; none of them knows a leaf by itself.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How a leaf is written, and the C type behind it (model/value.c).
enum schema_type {
	SCHEMA_BOOL,	     // true, false                bool
	SCHEMA_NUMBER,	     // 1500, or one of words      uint32_t, uint64_t
	SCHEMA_ASN,	     // 65000, 1.10                uint32_t
	SCHEMA_WORD,	     // one of words               an enum
	SCHEMA_TEXT,	     // printable text             char *
	SCHEMA_LABEL,	     // printable UTF-8            char *
	SCHEMA_TAG,	     // key=value                  char *
	SCHEMA_NAME,	     // letters digits . _ -       char *
	SCHEMA_ID,	     // an IKE identity            char *
	SCHEMA_SECRET,	     // never shown                struct secret
	SCHEMA_ADDR,	     // 192.0.2.1, 2001:db8::1     struct addr
	SCHEMA_CIDR,	     // 192.0.2.0/24               struct cidr
	SCHEMA_IFADDR,	     // 192.0.2.1/24               struct model_ifaddr
	SCHEMA_PORTS,	     // 80, 1000-2000, any         struct model_ports
	SCHEMA_IKE_PROPOSAL, // aes128-sha256-modp2048     struct proposal
	SCHEMA_ESP_PROPOSAL, //                            struct proposal
	SCHEMA_GROUP,	     // { leaves of sub }          the struct in place
	SCHEMA_OBJECTS, // ( { leaves of sub }, ... ) a MODEL_LIST of structs, known by their key
	SCHEMA_TYPES,
};

// What a change of a leaf's value costs, cheapest first.
enum schema_effect {
	SCHEMA_LIVE,	// takes effect, nothing is interrupted
	SCHEMA_RESET,	// the tunnel, or the connection's tunnels, negotiate again
	SCHEMA_RESTART, // when culvertd starts again
};

struct schema_word {
	const char *word;
	uint64_t value;
};

enum { SCHEMA_WORDS = 6 };

struct schema {
	const char *name; // of one object: "port"
	const char *help;
	size_t size;
	const struct schema_leaf *leaf;
	size_t n;
	size_t keys; // that many first leaves tell objects of one list apart; 0: the first alone
};

struct schema_leaf {
	const char *name;
	const char *help;
	const char *unit;    // "s", "packets"; NULL: none
	const char *def;     // as written, elements of a list joined by ' '; NULL: not given
	const char *example; // other than the default, for the example file; as def
	enum schema_type type;
	enum schema_effect effect;
	bool list;	     // a MODEL_LIST of the type (not with GROUP and OBJECTS)
	bool required;	     // must be given
	bool editable;	     // of the model's lists: shell and API may make such objects
	size_t offset, size; // in the struct, of the struct's member
	uint64_t min, max; // of a number, of a text's length in bytes (a label's in characters); 0
			   // and 0: as the type allows
	size_t count;	   // elements of a list or of objects at most; 0: no limit
	struct schema_word words[SCHEMA_WORDS]; // ends with word NULL, or full
	const struct schema *sub;		// of GROUP and OBJECTS
};

extern const struct schema schema_model;
extern const struct schema schema_state; // model/state.h

// The same shape as every MODEL_LIST.
struct schema_list {
	void *v;
	size_t n;
};

// "live", "reset", "restart".
const char *schema_effect_name(enum schema_effect effect);

// The leaf of that name; NULL when there is none.
const struct schema_leaf *schema_find(const struct schema *schema, const char *name);

// Where a leaf's value lies in an object.
static inline void *schema_at(const struct schema_leaf *leaf, const void *object)
{
	return (char *)(uintptr_t)object + leaf->offset;
}

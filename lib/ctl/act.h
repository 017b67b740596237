// Actions: every verb of the operator, once. The shell, the HTTP API, completion, help and the
// manuals read this table; none of them knows a verb by itself.
//
// An action takes words and returns a JSON tree. How the tree looks (text table, JSON) is the
// renderers' business (lib/ui). So that they need no code per action, names of fields carry their
// unit where it matters: "..._s" seconds, "..._us" microseconds, "bytes" or "..._bytes",
// "..._bps" bits per second. Text shows these in human units and drops the suffix from headers;
// JSON keeps name and raw number.
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

#include "base/err.h"

struct ctl;	 // the control core; opaque to user interfaces
struct act_call; // below
struct act_set;	 // ctl/act_set.h

enum act_role { ACT_VIEWER, ACT_OPERATOR }; // may look; may change

enum act_type {
	ACT_NAME,   // one word that names a thing; names() knows which there are
	ACT_NUMBER, // decimal, within min..max
	ACT_WORD,   // one of words
	ACT_TEXT,   // one word, or several in quotes; anything
	ACT_FLAG,   // of keys alone: given or not
};

enum {
	ACT_PARAMS = 4,	 // parameters of one action at most
	ACT_VALUES = 96, // values of one line at most
};

struct act_param {
	const char *name; // "name": NAME in help, the key of an API request
	enum act_type type;
	bool optional; // and so are all that follow
	const char *help;
	const char *const *words; // ACT_WORD: ends with NULL
	int64_t min, max;	  // ACT_NUMBER
	// ACT_NAME: call name() for each that there is; for completion only, run() checks again.
	void (*names)(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
};

// A value that is given by its name, NAME=VALUE, in any order behind the parameters; a flag is
// --NAME. The API gives the same by its own name.
struct act_key {
	const char *name; // "local-subnet"
	const char *api;  // "LocalSubnet"; NULL: not of the API
	enum act_type type;
	// One of each tunnel: tunnel1.NAME and tunnel2.NAME, TunnelOptionsSpecification.1.API and
	// so on.
	bool tunnel;
	const char *help;
	const char *const *words; // as of struct act_param, as all below
	int64_t min, max;
	void (*names)(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx);
	bool required; // the action says so, with all else that is wrong
	bool secret;   // kept out of the shell's history
	bool repeat;   // may be given several times

	// What it sets, for actions that change the configuration (ctl/act_set.h): a leaf of the
	// schema, or what set makes of it.
	const char *leaf; // "ike.lifetime_s"
	int (*set)(struct act_set *set, const char *text, struct why *why);
};

struct act_value {
	const struct act_key *key;
	unsigned int tunnel; // 1 or 2 (act->of_tunnel: 1); 0: not of a tunnel
	const char *text;    // lives till done; "" of a flag. An empty one may ask for the default
	int64_t number;	     // of ACT_NUMBER
};

// A column of the text table that shows an array of objects.
struct act_column {
	const char *field;  // key in the object; "a.b" reaches into an object within
	const char *header; // NULL: field, without its unit, '_' and '.' as spaces
};

struct act {
	const char *words; // "tunnel up": lower case, single spaces
	const char *api;   // name in the HTTP API, NULL: none
	enum act_role role;
	bool shows; // the result is data: the word "json" may follow
	const char *help;
	struct act_param param[ACT_PARAMS]; // ends with name NULL, or full
	const struct act_key *key;	    // ends with name NULL; NULL: none
	bool of_tunnel; // its keys of tunnels are those of one, and have no "tunnel1." in front
	// Text shows these of a result that is an array of objects, or one; ends with field NULL.
	// NULL: every field, in the order of the objects.
	const struct act_column *columns;
	// Text shows this field of the result alone, as it is: a text of lines. NULL: none is.
	const char *text;

	// Control core. Must call act_done exactly once, before returning or later. An action that
	// finishes later sets call->cancel first. A failure is 0 > err with why.
	void (*run)(struct ctl *ctl, struct act_call *call);
};

// One running action. It belongs to the user interface; the action must not touch it after
// act_done or after its cancel has been called.
struct act_call {
	const struct act *act;
	enum act_role role;	     // of the one who asks; checked before run
	const char *arg[ACT_PARAMS]; // in the order of act->param; NULL: not given. Live till done
	int64_t number[ACT_PARAMS];  // of ACT_NUMBER parameters
	struct act_value value[ACT_VALUES];
	unsigned int values;
	const char *who; // asks: "alice (uid 1000)"; for the log

	// Set by the action before it fails: the API's code,
	// "InvalidVpnGatewayInstanceId.NotFound".
	const char *code;
	bool asks; // and that it would go on if the line said --yes (act_ask)

	// Set by the user interface; through act_done only.
	void (*done)(struct act_call *call, int err, json_t *result, const struct why *why);
	void *ui;

	// Set by an action that finishes later: the asker has gone, forget the call and do not
	// call act_done. What the action has begun (a negotiation) may go on.
	void (*cancel)(struct act_call *call);
	void *state; // the action's own
};

// Finish. result: a reference that is taken over, NULL when there is nothing to show. why: read
// when err is not 0, may go out of scope afterwards. After a failure the result is what there is to
// say beyond why (the list of all mistakes), and is shown as text behind it.
static inline void act_done(struct act_call *call, int err, json_t *result, const struct why *why)
{
	call->done(call, err, result, why);
}

// Finish with a question: what would happen, so that somebody can say yes.
static inline void act_ask(struct act_call *call, const struct why *why)
{
	call->asks = true;
	call->done(call, -ECANCELED, NULL, why);
}

enum { ACT_KEY = 64 };

// A key as the shell has it: "local-subnet", "tunnel2.psk", "--yes". Returns dst.
static inline char *act_key_show(const struct act *act, const struct act_key *key,
	unsigned int tunnel, char dst[static ACT_KEY])
{
	if (key->tunnel && !act->of_tunnel)
		snprintf(dst, ACT_KEY, "tunnel%u.%s", tunnel, key->name);
	else
		snprintf(dst, ACT_KEY, "%s%s", key->type == ACT_FLAG ? "--" : "", key->name);
	return dst;
}

// The numbers that a key's tunnels have: from first to last, 0 and 0 where it is of none.
static inline unsigned int act_key_first(const struct act_key *key)
{
	return key->tunnel ? 1 : 0;
}

static inline unsigned int act_key_last(const struct act *act, const struct act_key *key)
{
	return !key->tunnel ? 0 : act->of_tunnel ? 1 : 2;
}

// What was given under a name; NULL: nothing.
const struct act_value *act_value(
	const struct act_call *call, const char *name, unsigned int tunnel);

// The table (lib/ctl/act.c), in the order of help.
extern const struct act act_table[];
extern const unsigned int act_count;

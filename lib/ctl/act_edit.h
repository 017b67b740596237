// What the actions that change resources share: a candidate is begun, changed, and made so or given
// up with everything that is wrong with it.
#pragma once

#include "ctl/act_core.h"
#include "model/codes.h"
#include "model/make.h"
#include "model/object.h"
#include "model/report.h"
#include "model/schema.h"

struct act_edit {
	struct ctl *ctl;
	struct act_call *call;
	struct model *state; // of shell and API, as it is to be
	struct make make;
	struct report report;	     // of the values
	const char *list;	     // of the object at work
	char place[OBJECT_KEY + 64]; // of the object or tunnel at work, as complaints have it
	char code[CODE_ANSWER];
};

// A kind of resource: its list, and the API's answer when there is none of that id.
struct act_kind {
	const char *list;
	const char *code;
	const char *sentence;
};

extern const struct act_kind act_vpn_gateways, act_customer_gateways, act_connections, act_tunnels,
	act_routes;

// Begin with an object of that list, and look for keys that must be given. returns false: the call
// is done
[[nodiscard]] bool act_edit_begin(
	struct act_edit *e, struct ctl *ctl, struct act_call *call, const char *list);

// The object that is made or changed: complaints about it are told with the keys' names.
void act_edit_about(struct act_edit *e, const void *object);

// End it: make it so and answer with result, which is taken over; or say what is wrong. With
// dry-run, only that.
void act_edit_end(struct act_edit *e, json_t *result);
// End it without a change.
void act_edit_fail(struct act_edit *e, int err, const char *code, const struct why *why);

// The object of a key that shell and API have made, for a change. NULL: there is none or it is the
// file's, and the edit has failed.
void *act_edit_find(struct act_edit *e, const struct act_kind *kind, const char *key);
// The same among all that run, for reading; failing is the caller's. NULL: there is none.
const void *act_find(const struct ctl *ctl, const char *list, const char *key);
// The answer that there is none.
int act_missing(
	struct act_call *call, const struct act_kind *kind, const char *key, struct why *why);
// Before something is deleted: ask, unless the line says --yes or it cannot be done.
//
// what  would happen
// returns true: go on; false: the call is done
[[nodiscard]] bool act_edit_sure(struct act_edit *e, const struct why *what);

void act_edit_remove(struct act_edit *e, const char *list, const void *object);

// What a call's values say, put into objects of the configuration: partial, so that what is not
// named keeps what it has (API.md 2.2). Pure: it knows no control core.
#pragma once

#include "ctl/act.h"
#include "model/cloud.h"
#include "model/report.h"
#include "model/schema.h"

// One object under way.
struct act_set {
	const struct act_call *call;
	unsigned int tunnel; // whose values; 0: those of no tunnel
	const struct schema *schema;
	void *object;
	struct report *report;
	// Put together at the end: the words of the cloud for proposals, a VPN gateway's addresses.
	struct cloud_algs ike, ipsec;
	const char *address[MODEL_TUNNELS];
};

// Every value of that tunnel (0: of none) that has a leaf or a function goes into the object. An
// empty one stands for the default, of a list for nothing.
//
// report  a complaint for each value that cannot be, with the key as its place
// returns 0 or -ENOMEM
[[nodiscard]] int act_set(const struct act_call *call, unsigned int tunnel,
	const struct schema *schema, void *object, struct report *report);

// Whether anything is said about a tunnel.
bool act_set_has(const struct act_call *call, unsigned int tunnel);

// A complaint about a key.
struct complaint *act_set_complain(struct report *report, const struct act_call *call,
	const struct act_key *key, unsigned int tunnel, const char *code, const char *what);

// Keys that must be given and are not.
void act_set_required(const struct act_call *call, struct report *report);

// The key that a complaint of this module is about, and its tunnel; NULL: none.
const struct act_key *act_set_key_named(
	const struct act *act, const char *name, unsigned int *tunnel);

// The key of the action that sets a place in an object, "local_networks[1]" or "ike.proposals";
// NULL: none does.
const struct act_key *act_set_key_of(const struct act *act, bool tunnel, const char *place);

// Functions of keys (struct act_key, set).
int act_set_effect(struct act_set *set, const char *text, struct why *why);
int act_set_address1(struct act_set *set, const char *text, struct why *why);
int act_set_address2(struct act_set *set, const char *text, struct why *why);
int act_set_ike_enc(struct act_set *set, const char *text, struct why *why);
int act_set_ike_auth(struct act_set *set, const char *text, struct why *why);
int act_set_ike_pfs(struct act_set *set, const char *text, struct why *why);
int act_set_ipsec_enc(struct act_set *set, const char *text, struct why *why);
int act_set_ipsec_auth(struct act_set *set, const char *text, struct why *why);
int act_set_ipsec_pfs(struct act_set *set, const char *text, struct why *why);

#include "ctl/act_edit.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/act_set.h"
#include "ctl/edit.h"
#include "ctl/logbook.h"

const struct act_kind act_vpn_gateways = {"vpn_gateways", "InvalidVpnGatewayInstanceId.NotFound",
	"The specified vpn gateway instance id does not exist."};
const struct act_kind act_customer_gateways = {"customer_gateways",
	"InvalidCustomerGatewayInstanceId.NotFound",
	"The specified customer gateway instance id does not exist."};
const struct act_kind act_connections = {"connections", "InvalidVpnConnectionInstanceId.NotFound",
	"The specified vpn connection instance id does not exist."};
const struct act_kind act_tunnels = {
	NULL, "InvalidTunnelId.NotFound", "The specified tunnel id does not exist."};
const struct act_kind act_routes = {
	NULL, "InvalidRouteEntry.NotFound", "The specified route entry does not exist."};

static void *find(const struct model *m, const char *list, const char *key)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct schema_list *l = schema_at(leaf, m);
	char text[OBJECT_KEY];

	for (size_t i = 0; i < l->n; i++) {
		char *o = (char *)l->v + i * leaf->sub->size;

		if (!strcmp(object_key(leaf->sub, o, text), key))
			return o;
	}
	return NULL;
}

const void *act_find(const struct ctl *ctl, const char *list, const char *key)
{
	return find(ctl->model, list, key);
}

int act_missing(
	struct act_call *call, const struct act_kind *kind, const char *key, struct why *why)
{
	call->code = kind->code;
	return why_set(why, -ENOENT, kind->sentence, NULL, NULL, key);
}

static void finish(struct act_edit *e)
{
	edit_abandon(e->state);
	report_fini(&e->report);
	e->state = NULL;
}

void act_edit_fail(struct act_edit *e, int err, const char *code, const struct why *why)
{
	if (code)
		e->call->code = code;
	finish(e);
	act_done(e->call, err, NULL, why);
}

bool act_edit_begin(struct act_edit *e, struct ctl *ctl, struct act_call *call, const char *list)
{
	struct why why = {};
	int err;

	*e = (struct act_edit){.ctl = ctl, .call = call, .list = list};
	e->make = (struct make){.ids = &ctl->setup.rng_public,
		.keys = &ctl->setup.rng_secret,
		.now_ms = (uint64_t)logbook_wall_ms(),
		.who = MAKE_FOR_SHELL};
	err = edit_begin(ctl, &e->state, &why);
	if (err) {
		act_done(call, err, NULL, why.what[0] ? &why : NULL);
		return false;
	}
	act_set_required(call, &e->report);
	return true;
}

void act_edit_about(struct act_edit *e, const void *object)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, e->list);
	char key[OBJECT_KEY];

	snprintf(e->place, sizeof(e->place), "%s[%s]", e->list, object_key(leaf->sub, object, key));
}

void *act_edit_find(struct act_edit *e, const struct act_kind *kind, const char *key)
{
	void *found = find(e->state, kind->list, key);
	struct why why;
	int err;

	if (found)
		return found;
	if (edit_is_files(e->ctl, kind->list, key)) {
		why_set(&why, -EPERM, "it is the configuration file's", e->ctl->setup.path,
			"a change of the file, and reload", key);
		act_edit_fail(e, -EPERM, "OperationDenied", &why);
	} else {
		err = act_missing(e->call, kind, key, &why);
		act_edit_fail(e, err, NULL, &why);
	}
	return NULL;
}

void act_edit_remove(struct act_edit *e, const char *list, const void *object)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	struct schema_list *l = schema_at(leaf, e->state);
	const size_t size = leaf->sub->size;
	const size_t at = (size_t)((const char *)object - (const char *)l->v) / size;

	object_fini(leaf->sub, (char *)l->v + at * size);
	l->n--;
	memmove((char *)l->v + at * size, (char *)l->v + (at + 1) * size, (l->n - at) * size);
}

// "connections[vco-x].tunnels[0].bgp.tunnel_cidr" of the object at work as "tunnel1.tunnel-cidr";
// what no key sets, and what is of other objects, stays.
static void name_keys(const struct act_edit *e, struct why *why)
{
	const struct act *act = e->call->act;
	const size_t len = strlen(e->place);
	const struct act_key *key;
	unsigned int tunnel = 0;
	char *rest, name[ACT_KEY];

	if (!len || strncmp(why->where, e->place, len) != 0 || why->where[len] != '.')
		return;
	rest = why->where + len + 1;
	if (act->of_tunnel) {
		tunnel = 1;
	} else if (!strncmp(rest, "tunnels[", 8)) {
		tunnel = (unsigned int)strtoul(rest + 8, &rest, 10) + 1;
		rest += !strncmp(rest, "].", 2) ? 2 : strlen(rest);
	}
	key = act_set_key_of(act, tunnel, rest);
	if (key)
		snprintf(
			why->where, sizeof(why->where), "%s", act_key_show(act, key, tunnel, name));
}

// Whether something is said about a place already: a value that could not be, and now is missing.
static bool is_said(const struct report *report, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(report->v[i].why.where, report->v[n].why.where))
			return true;
	}
	return false;
}

// The API's code for a complaint. A key that sets no leaf is a parameter all the same.
static const char *answer(const struct act_edit *e, const struct complaint *c, int *status,
	char dst[static CODE_ANSWER])
{
	struct complaint of_leaf = *c;
	unsigned int tunnel = 0;
	const struct act_key *key = act_set_key_named(e->call->act, c->why.where, &tunnel);
	const bool missing = !strcmp(c->code, "missing");
	char at[24] = "";

	if (key && !key->leaf) {
		const char *dot = key->api ? strrchr(key->api, '.') : NULL;

		*status = 400;
		if (key->api)
			snprintf(dst, CODE_ANSWER, "%s.%s",
				missing ? "MissingParameter" : "IllegalParam",
				dot ? dot + 1 : key->api);
		else
			strcpy(dst, missing ? "MissingParameter" : "InvalidParameter");
		return dst;
	}
	if (tunnel)
		snprintf(at, sizeof(at), "tunnels[%u].", tunnel - 1);
	if (key && key->leaf)
		why_fmt(&of_leaf.why, where, "%s.%s%s", e->list, at, key->leaf);
	*status = code_answer(&of_leaf, dst);
	return dst;
}

static json_t *sentences(const struct act_edit *e, bool warnings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->report.n; i++) {
		const struct complaint *c = &e->report.v[i];
		char why[600], code[CODE_ANSWER];
		int status;

		if (c->warning == warnings)
			json_array_append_new(
				list, json_sprintf("%s [%s]", why_show(&c->why, why, sizeof(why)),
					      warnings ? c->code : answer(e, c, &status, code)));
	}
	return list;
}

// In the words of the operator, each place once.
static void word(struct act_edit *e)
{
	struct report *r = &e->report;

	for (size_t i = 0; i < r->n;) {
		name_keys(e, &r->v[i].why);
		if (!r->v[i].warning && is_said(r, i)) {
			r->n--;
			memmove(&r->v[i], &r->v[i + 1], (r->n - i) * sizeof(r->v[0]));
		} else {
			i++;
		}
	}
}

static const struct complaint *first_error(const struct report *report, size_t *n)
{
	const struct complaint *first = NULL;

	*n = 0;
	for (size_t i = 0; i < report->n; i++) {
		if (report->v[i].warning)
			continue;
		first = first ? first : &report->v[i];
		++*n;
	}
	return first;
}

// One mistake is the reason; of several, each is a line behind it. err: of the edit.
static void refuse(struct act_edit *e, int err, const struct why *why)
{
	const struct complaint *first;
	struct why reason = *why;
	json_t *all = NULL;
	int status = 0;
	size_t n;

	word(e);
	first = first_error(&e->report, &n);
	if (first) {
		e->call->code = answer(e, first, &status, e->code);
		err = status == 404 ? -ENOENT : -EINVAL;
	}
	if (n == 1)
		reason = first->why;
	if (n > 1) {
		e->call->code = NULL;
		all = sentences(e, false);
		why_set(&reason, err, "mistakes, nothing has changed", NULL, NULL, NULL);
	}
	finish(e);
	act_done(e->call, err, all, reason.what[0] ? &reason : NULL);
}

bool act_edit_sure(struct act_edit *e, const struct why *what)
{
	struct why none = {};
	int err;

	if (act_value(e->call, "yes", 0))
		return true;
	err = edit_check(e->ctl, e->state, &e->report);
	if (err) {
		refuse(e, err, &none);
		return false;
	}
	finish(e);
	act_ask(e->call, what);
	return false;
}

// Without what must be given, the rest would be about something that nobody wants.
static bool is_incomplete(const struct report *report)
{
	for (size_t i = 0; i < report->n; i++) {
		if (!strcmp(report->v[i].code, "missing"))
			return true;
	}
	return false;
}

void act_edit_end(struct act_edit *e, json_t *result)
{
	const bool dry = act_value(e->call, "dry-run", 0);
	struct reconciled done;
	struct why why = {};
	int err;

	if (is_incomplete(&e->report)) {
		err = -EINVAL;
	} else if (e->report.errors || dry) {
		err = edit_check(e->ctl, e->state, &e->report);
	} else {
		err = edit_commit(e->ctl, e->state, e->call->who, &e->report, &done, &why);
		e->state = NULL;
	}
	if (err || e->report.errors) {
		json_decref(result);
		refuse(e, err, &why);
		return;
	}
	if (dry) {
		json_decref(result);
		result = json_pack("{s:b}", "would_succeed", true);
	}
	word(e);
	if (e->report.warnings)
		json_object_set_new(result, "warnings", sentences(e, true));
	finish(e);
	act_answer(e->call, result);
}

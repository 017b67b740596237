// Resources as they are configured, whether in the operator's file or by shell and API.
#include <string.h>

#include "ctl/act_edit.h"
#include "ctl/edit.h"
#include "ctl/tree.h"
#include "model/cloud.h"

static json_t *one(struct ctl *ctl, const char *list, const void *object, bool secrets)
{
	const struct schema *schema = schema_find(&schema_model, list)->sub;
	json_t *tree = tree_object(schema, object, secrets);
	char key[OBJECT_KEY];

	if (tree)
		json_object_set_new(tree, "made_by",
			json_string(edit_is_files(ctl, list, object_key(schema, object, key))
					    ? "file"
					    : "shell or API"));
	return tree;
}

static void show_list(struct ctl *ctl, struct act_call *call, const char *list)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct schema_list *l = schema_at(leaf, ctl->model);
	json_t *rows = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(
			rows, one(ctl, list, (const char *)l->v + i * leaf->sub->size, false));
	act_answer(call, rows);
}

void act_show_vpn_gateways(struct ctl *ctl, struct act_call *call)
{
	show_list(ctl, call, "vpn_gateways");
}

void act_show_customer_gateways(struct ctl *ctl, struct act_call *call)
{
	show_list(ctl, call, "customer_gateways");
}

void act_show_destination_routes(struct ctl *ctl, struct act_call *call)
{
	show_list(ctl, call, "destination_routes");
}

void act_show_policy_routes(struct ctl *ctl, struct act_call *call)
{
	show_list(ctl, call, "policy_routes");
}

static void set_algs(json_t *tree, const char *name, const struct proposal *p)
{
	const struct cloud_algs words = cloud_algs(p);
	json_t *group = json_object_get(tree, name);

	json_object_set_new(group, "enc_alg", json_string(words.encryption));
	json_object_set_new(
		group, "auth_alg", json_string(words.authentication ? words.authentication : ""));
	json_object_set_new(group, "pfs", json_string(words.group));
}

// "tunnels" becomes "tunnel1" and "tunnel2", as the keys have it, with the words of the cloud.
static void set_tunnels(struct ctl *ctl, const struct model_connection *c, json_t *tree)
{
	json_t *tunnels = json_incref(json_object_get(tree, "tunnels"));

	json_object_del(tree, "tunnels");
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct model_tunnel *t = &c->tunnels.v[i];
		json_t *tunnel = json_array_get(tunnels, i);

		json_object_set_new(tunnel, "role", json_string(i ? "slave" : "master"));
		json_object_set_new(tunnel, "gateway_address",
			json_string(model_gateway_address_of(ctl->model, c, t)));
		set_algs(tunnel, "ike", &t->ike.proposals.v[0]);
		set_algs(tunnel, "ipsec", &t->ipsec.proposals.v[0]);
		json_object_set(tree, i ? "tunnel2" : "tunnel1", tunnel);
	}
	json_decref(tunnels);
}

// What was said when the object was accepted (D-16).
static void set_warnings(
	const struct ctl *ctl, const struct act_kind *kind, const char *key, json_t *tree)
{
	char place[OBJECT_KEY + 64], text[600];
	size_t len = (size_t)snprintf(place, sizeof(place), "%s[%s]", kind->list, key);
	json_t *list = json_array();

	for (size_t i = 0; i < ctl->accepted.n; i++) {
		const struct complaint *c = &ctl->accepted.v[i];

		if (c->warning && !strncmp(c->why.where, place, len))
			json_array_append_new(
				list, json_sprintf("%s [%s]", why_show(&c->why, text, sizeof(text)),
					      c->code));
	}
	if (json_array_size(list))
		json_object_set(tree, "warnings", list);
	json_decref(list);
}

// The resource that the first argument names. The second may ask for secrets, which are an
// operator's to see.
static void show_one(struct ctl *ctl, struct act_call *call, const struct act_kind *kind)
{
	const void *object = act_find(ctl, kind->list, call->arg[0]);
	struct why why;
	json_t *tree;
	int err;

	if (!object) {
		err = act_missing(call, kind, call->arg[0], &why);
		act_done(call, err, NULL, &why);
		return;
	}
	if (call->arg[1] && call->role < ACT_OPERATOR) {
		err = why_set(&why, -EPERM, "secrets are an operator's to see", NULL, NULL, NULL);
		act_done(call, err, NULL, &why);
		return;
	}
	tree = one(ctl, kind->list, object, call->arg[1]);
	if (tree && kind == &act_connections) {
		json_object_set_new(tree, "routing",
			json_string(model_is_destination_mode(object) ? "destination" : "policy"));
		json_object_set_new(tree, "effect_immediately", json_boolean(cloud_effect(object)));
		set_tunnels(ctl, object, tree);
	}
	if (tree)
		set_warnings(ctl, kind, call->arg[0], tree);
	act_answer(call, tree);
}

void act_show_vpn_gateway(struct ctl *ctl, struct act_call *call)
{
	show_one(ctl, call, &act_vpn_gateways);
}

void act_show_customer_gateway(struct ctl *ctl, struct act_call *call)
{
	show_one(ctl, call, &act_customer_gateways);
}

void act_show_connection(struct ctl *ctl, struct act_call *call)
{
	show_one(ctl, call, &act_connections);
}

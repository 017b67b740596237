#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/setting.h"
#include "model/object.h"

// One connection with one tunnel, as a loader would leave it.
struct world {
	struct model m;
	struct setting s, other;
	struct why why;
};

static int port_of(void *, const char *name)
{
	return strcmp(name, "wan") ? -1 : 3;
}

static void text(char **leaf, const char *value)
{
	free(*leaf);
	*leaf = strdup(value);
	assert_non_null(*leaf);
}

static void *element(void *list, const char *leaf)
{
	void *e = object_add(schema_find(&schema_model, leaf), list);

	assert_non_null(e);
	return e;
}

static struct addr addr(const char *value)
{
	struct addr a;

	assert_int_equal(addr_read(value, &a), 0);
	return a;
}

static void add_connection(struct model *m)
{
	const struct schema *connections = schema_find(&schema_model, "connections")->sub;
	struct model_connection *c = element(&m->connections, "connections");
	struct model_tunnel *t;

	text(&c->name, "hq");
	// Both have one network by default: any.
	assert_int_equal(c->local_networks.n, 1);
	assert_int_equal(c->remote_networks.n, 1);
	assert_int_equal(cidr_read("10.1.0.0/16", &c->local_networks.v[0]), 0);
	assert_int_equal(cidr_read("10.2.0.0/16", &c->remote_networks.v[0]), 0);
	t = object_add(schema_find(connections, "tunnels"), (struct schema_list *)&c->tunnels);
	assert_non_null(t);
	text(&t->name, "hq-1");
	text(&t->gateway_address, "gw1");
	text(&t->customer_gateway, "customer");
	assert_int_equal(secret_copy(&t->pre_shared_key, "secret", 6), 0);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct model_gateway_address *g;
	struct model_customer_gateway *p;

	assert_non_null(w);
	assert_int_equal(model_init(&w->m), 0);
	g = element(&w->m.gateway_addresses, "gateway_addresses");
	text(&g->name, "gw1");
	text(&g->port, "wan");
	g->address = addr("192.0.2.1");
	g->next_hop = addr("192.0.2.254");
	p = element(&w->m.customer_gateways, "customer_gateways");
	text(&p->name, "customer");
	p->address = addr("198.51.100.7");
	add_connection(&w->m);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	model_fini(&w->m);
	free(w);
	return 0;
}

static int make(struct world *w, struct setting *s)
{
	const struct model_connection *c = &w->m.connections.v[0];

	struct directory dir;
	int err;

	assert_int_equal(directory_init(&dir, &w->m), 0);
	err = setting_make(&dir, c, &c->tunnels.v[0], 7, port_of, NULL, s, &w->why);
	directory_fini(&dir);
	return err;
}

static void setting_resolves_names(void **state)
{
	struct world *w = *state;
	struct addr gw = addr("192.0.2.1"), peer = addr("198.51.100.7");

	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.tunnel, 7);
	assert_int_equal(w->s.gateway.port, 3);
	assert_true(addr_eq(&w->s.ike.local.addr, &gw));
	assert_true(addr_eq(&w->s.ike.remote.addr, &peer));
	assert_int_equal(w->s.ike.child[0].local_count, 1);
	assert_int_equal(w->s.ike.child[0].remote_count, 1);
}

static void setting_takes_identities_from_addresses(void **state)
{
	struct world *w = *state;
	char local[IKE_ID_TEXT], remote[IKE_ID_TEXT];

	assert_int_equal(make(w, &w->s), 0);
	assert_string_equal(ike_id_show(&w->s.ike.local_id, local), "192.0.2.1");
	assert_string_equal(ike_id_show(&w->s.ike.remote_id, remote), "198.51.100.7");
}

static void setting_of_any_peer_accepts_any_identity(void **state)
{
	struct world *w = *state;

	w->m.customer_gateways.v[0].address = (struct addr){};
	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.remote_id.type, IKE_ID_ANY);
}

static void setting_holds_a_packet_after_dpd_if_told_to(void **state)
{
	struct world *w = *state;
	struct model_tunnel *t = &w->m.connections.v[0].tunnels.v[0];

	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.dpd_action, IKE_DPD_RESTART);
	assert_false(w->s.trap);
	t->dpd.action = MODEL_DPD_HOLD;
	assert_int_equal(make(w, &w->other), 0);
	assert_int_equal(w->other.ike.dpd_action, IKE_DPD_CLEAR);
	assert_true(w->other.trap);
	assert_false(setting_eq(&w->s, &w->other));
	t->dpd.action = MODEL_DPD_CLEAR;
	assert_int_equal(make(w, &w->other), 0);
	assert_false(w->other.trap);
	t->dpd.action = MODEL_DPD_HOLD;
	t->start = MODEL_START_NONE;
	assert_int_equal(make(w, &w->other), 0);
	assert_false(w->other.trap);
}

static void setting_refuses_a_port_that_does_not_run(void **state)
{
	struct world *w = *state;

	text(&w->m.gateway_addresses.v[0].port, "new");
	assert_int_equal(make(w, &w->s), -EINVAL);
	assert_string_equal(w->why.got, "new");
}

// What a configuration may say, and what is negotiated.
static void setting_takes_a_lifetime_of_zero_for_the_longest(void **state)
{
	struct world *w = *state;
	struct model_tunnel *t = &w->m.connections.v[0].tunnels.v[0];

	t->ike.lifetime_s = t->ipsec.lifetime_s = 0;
	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.lifetime_s, 86400);
	assert_int_equal(w->s.ike.child[0].lifetime_s, 86400);
	t->ike.lifetime_s = t->ipsec.lifetime_s = 5;
	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.lifetime_s, 5);
	assert_int_equal(w->s.ike.child[0].lifetime_s, 5);
}

static void add_network(struct world *w, const char *leaf, void *list, const char *text)
{
	const struct schema *connections = schema_find(&schema_model, "connections")->sub;
	struct cidr *cidr = object_add(schema_find(connections, leaf), list);

	assert_non_null(cidr);
	assert_int_equal(cidr_read(text, cidr), 0);
}

static void setting_makes_a_child_of_each_pair_of_a_family(void **state)
{
	struct world *w = *state;
	struct model_connection *c = &w->m.connections.v[0];

	add_network(w, "local_networks", &c->local_networks, "10.9.0.0/16");
	add_network(w, "local_networks", &c->local_networks, "fd01::/64");
	add_network(w, "remote_networks", &c->remote_networks, "10.4.0.0/16");
	add_network(w, "remote_networks", &c->remote_networks, "fd02::/64");
	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(w->s.ike.child_count, 1);
	assert_int_equal(w->s.ike.child[0].local_count, 3);
	c->tunnels.v[0].ipsec.one_child_per_pair = true;
	assert_int_equal(make(w, &w->other), 0);
	assert_false(setting_eq(&w->s, &w->other));
	assert_int_equal(w->other.ike.child_count, 2 * 2 + 1);
	for (unsigned int i = 0; i < 5; i++) {
		const struct ike_child_conf *child = &w->other.ike.child[i];

		assert_int_equal(child->id, i + 1);
		assert_int_equal(child->local_count * child->remote_count, 1);
		assert_ptr_equal(child->local, &w->other.local[i / 2]);
		assert_int_equal(child->local->first.family, child->remote->first.family);
	}
	assert_ptr_equal(w->other.ike.child[3].remote, &w->other.remote[1]);
}

static void setting_is_equal_to_itself(void **state)
{
	struct world *w = *state;

	assert_int_equal(make(w, &w->s), 0);
	assert_int_equal(make(w, &w->other), 0);
	assert_true(setting_eq(&w->s, &w->other));
}

// Each of these changes alone must be seen.
static void change_key(struct model *m)
{
	m->connections.v[0].tunnels.v[0].pre_shared_key.b[0] ^= 1;
}

static void change_network(struct model *m)
{
	assert_int_equal(cidr_read("10.3.0.0/16", &m->connections.v[0].remote_networks.v[0]), 0);
}

static void change_gateway(struct model *m)
{
	m->gateway_addresses.v[0].address = addr("192.0.2.2");
}

static void change_peer(struct model *m)
{
	m->customer_gateways.v[0].address = addr("198.51.100.8");
}

static void change_lifetime(struct model *m)
{
	m->connections.v[0].tunnels.v[0].ipsec.lifetime_s--;
}

static void change_window(struct model *m)
{
	m->connections.v[0].tunnels.v[0].ipsec.replay_window *= 2;
}

static void change_dpd(struct model *m)
{
	m->connections.v[0].tunnels.v[0].dpd.delay_s++;
}

static void setting_sees_every_change(void **state)
{
	static void (*const change[])(struct model *) = {change_key, change_network, change_gateway,
		change_peer, change_lifetime, change_window, change_dpd};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		struct world *fresh;
		bool same;

		assert_int_equal(setup((void **)&fresh), 0);
		assert_int_equal(make(w, &w->s), 0);
		change[i](&fresh->m);
		assert_int_equal(make(fresh, &fresh->s), 0);
		same = setting_eq(&w->s, &fresh->s);
		teardown((void **)&fresh);
		assert_false(same);
	}
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(setting_resolves_names),
		CLAIM(setting_takes_identities_from_addresses),
		CLAIM(setting_of_any_peer_accepts_any_identity),
		CLAIM(setting_holds_a_packet_after_dpd_if_told_to),
		CLAIM(setting_refuses_a_port_that_does_not_run),
		CLAIM(setting_takes_a_lifetime_of_zero_for_the_longest),
		CLAIM(setting_makes_a_child_of_each_pair_of_a_family),
		CLAIM(setting_is_equal_to_itself),
		CLAIM(setting_sees_every_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

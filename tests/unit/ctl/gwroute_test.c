// The routes of VPN gateways: what is derived from a model, and who of a bundle carries (R-11 to
// R-14, D-5, API.md 2.4).
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "ctl/gwroute.h"

// A model whose lists lie on the stack: only what routes ask for.
enum { MANY = 4 };

struct small {
	struct model m;
	struct model_vpn_gateway gateway[2];
	struct model_connection conn[MANY];
	struct cidr local[MANY][2], remote[MANY][2];
	struct model_destination_route destination[MANY];
	struct model_policy_route policy[MANY];
};

static struct cidr net(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return c;
}

// Nobody writes to these texts.
static char *text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void small_init(struct small *s)
{
	static const char *const gateways[] = {"vpn-1", "vpn-2"};

	*s = (struct small){};
	s->m.vpn_gateways.v = s->gateway;
	s->m.connections.v = s->conn;
	s->m.destination_routes.v = s->destination;
	s->m.policy_routes.v = s->policy;
	for (size_t i = 0; i < 2; i++)
		s->gateway[s->m.vpn_gateways.n++].name = text(gateways[i]);
}

static struct model_connection *conn_add(struct small *s, const char *name, const char *gateway,
	const char *local, const char *remote)
{
	size_t i = s->m.connections.n++;
	struct model_connection *c = &s->conn[i];

	s->local[i][0] = net(local);
	s->remote[i][0] = net(remote);
	c->name = text(name);
	c->vpn_gateway = text(gateway);
	c->auto_config_route = true;
	c->local_networks.v = s->local[i];
	c->remote_networks.v = s->remote[i];
	c->local_networks.n = c->remote_networks.n = 1;
	return c;
}

static struct model_destination_route *route_add(
	struct small *s, const char *to, const char *conn, uint32_t weight)
{
	struct model_destination_route *r = &s->destination[s->m.destination_routes.n++];

	*r = (struct model_destination_route){.destination = net(to),
		.connection = text(conn),
		.weight = weight,
		.description = text("")};
	return r;
}

static struct model_policy_route *policy_add(struct small *s, uint32_t priority, const char *from,
	const char *to, const char *conn, uint32_t weight)
{
	struct model_policy_route *r = &s->policy[s->m.policy_routes.n++];

	*r = (struct model_policy_route){.priority = priority,
		.source = net(from),
		.destination = net(to),
		.connection = text(conn),
		.weight = weight,
		.description = text("")};
	return r;
}

// All routes in order as "priority source>destination@connection:weight", a '+' before those that
// are not the first of their bundle, 'a' behind what was made by itself.
static const char *routes_of(const struct small *s)
{
	static char line[1024];
	struct gwroutes routes;
	size_t n = 0;

	line[0] = 0;
	assert_int_equal(gwroutes_init(&routes, &s->m), 0);
	for (size_t i = 0; i < routes.n; i++) {
		const struct gwroute *r = &routes.v[i];
		char source[CIDR_TEXT] = "", destination[CIDR_TEXT], priority[12] = "";

		if (r->is_policy) {
			cidr_show(&r->source, source);
			snprintf(priority, sizeof(priority), "%u ", r->priority);
		}
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s%s%s>%s@%s:%u%s",
			i ? ", " : "", r->first ? "" : "+", priority, source,
			cidr_show(&r->destination, destination), r->connection->name, r->weight,
			r->automatic ? "a" : "");
		assert_false(r->automatic && r->published);
	}
	gwroutes_fini(&routes);
	return line;
}

static void policy_mode_makes_a_route_of_each_pair(void **)
{
	struct small s;
	struct model_connection *c;

	small_init(&s);
	c = conn_add(&s, "a", "vpn-1", "10.1.0.0/24", "10.2.0.0/24");
	c->local_networks.v[c->local_networks.n++] = net("10.1.1.0/24");
	c->remote_networks.v[c->remote_networks.n++] = net("fd00::/64");
	assert_string_equal(routes_of(&s),
		"10 10.1.0.0/24>10.2.0.0/24@a:100a, 10 10.1.1.0/24>10.2.0.0/24@a:100a");
}

static void none_is_made_unless_the_connection_says_so(void **)
{
	struct small s;

	small_init(&s);
	conn_add(&s, "destination-mode", "vpn-1", "0.0.0.0/0", "0.0.0.0/0");
	conn_add(&s, "without-gateway", "", "10.1.0.0/24", "10.2.0.0/24");
	conn_add(&s, "by-hand", "vpn-1", "10.1.0.0/24", "10.2.0.0/24")->auto_config_route = false;
	assert_string_equal(routes_of(&s), "");
}

static void policy_routes_go_first_by_priority_then_as_installed(void **)
{
	struct small s;

	small_init(&s);
	conn_add(&s, "a", "vpn-1", "10.1.0.0/24", "10.2.0.0/24");
	conn_add(&s, "b", "vpn-1", "0.0.0.0/0", "0.0.0.0/0");
	route_add(&s, "10.9.0.0/16", "b", 100);
	route_add(&s, "10.2.0.0/16", "b", 100);
	policy_add(&s, 20, "10.1.0.0/16", "10.2.0.0/16", "b", 100);
	policy_add(&s, 10, "10.7.0.0/16", "10.8.0.0/16", "b", 100);
	policy_add(&s, 10, "10.1.0.0/16", "10.2.0.0/16", "b", 100);
	policy_add(&s, 5, "10.3.0.0/16", "10.2.0.0/16", "b", 100);
	assert_string_equal(routes_of(&s), "5 10.3.0.0/16>10.2.0.0/16@b:100, "
					   "10 10.7.0.0/16>10.8.0.0/16@b:100, "
					   "10 10.1.0.0/16>10.2.0.0/16@b:100, "
					   "10 10.1.0.0/24>10.2.0.0/24@a:100a, "
					   "20 10.1.0.0/16>10.2.0.0/16@b:100, "
					   ">10.2.0.0/16@b:100, >10.9.0.0/16@b:100");
}

static void routes_of_one_place_are_a_bundle(void **)
{
	struct small s;

	small_init(&s);
	conn_add(&s, "a", "vpn-1", "0.0.0.0/0", "0.0.0.0/0");
	conn_add(&s, "b", "vpn-1", "0.0.0.0/0", "0.0.0.0/0");
	route_add(&s, "10.2.0.0/16", "a", 0);
	route_add(&s, "10.3.0.0/16", "a", 100);
	route_add(&s, "10.2.0.0/16", "b", 100);
	policy_add(&s, 10, "10.1.0.0/16", "10.2.0.0/16", "a", 100);
	policy_add(&s, 11, "10.1.0.0/16", "10.2.0.0/16", "b", 0);
	policy_add(&s, 10, "10.4.0.0/16", "10.2.0.0/16", "a", 100);
	policy_add(&s, 10, "10.1.0.0/16", "10.2.0.0/16", "b", 0);
	assert_string_equal(routes_of(&s), "10 10.1.0.0/16>10.2.0.0/16@a:100, "
					   "+10 10.1.0.0/16>10.2.0.0/16@b:0, "
					   "10 10.4.0.0/16>10.2.0.0/16@a:100, "
					   "11 10.1.0.0/16>10.2.0.0/16@b:0, "
					   ">10.2.0.0/16@a:0, +>10.2.0.0/16@b:100, "
					   ">10.3.0.0/16@a:100");
}

// So that weight, priority and publishing of what is made by itself can be had otherwise.
static void a_listed_route_replaces_the_automatic_one(void **)
{
	struct small s;

	small_init(&s);
	conn_add(&s, "a", "vpn-1", "10.1.0.0/24", "10.2.0.0/24");
	conn_add(&s, "b", "vpn-1", "10.1.0.0/24", "10.2.0.0/24");
	policy_add(&s, 30, "10.1.0.0/24", "10.2.0.0/24", "a", 0);
	assert_string_equal(routes_of(&s), "10 10.1.0.0/24>10.2.0.0/24@b:100a, "
					   "30 10.1.0.0/24>10.2.0.0/24@a:0");
}

static void a_bundle_spreads_flows_when_all_its_gateways_do(void **)
{
	struct gwroutes routes;
	struct small s;

	small_init(&s);
	conn_add(&s, "a", "vpn-1", "0.0.0.0/0", "0.0.0.0/0");
	conn_add(&s, "b", "vpn-2", "0.0.0.0/0", "0.0.0.0/0");
	route_add(&s, "10.2.0.0/16", "a", 100);
	route_add(&s, "10.2.0.0/16", "b", 100);
	s.gateway[0].ecmp = true;
	assert_int_equal(gwroutes_init(&routes, &s.m), 0);
	assert_int_equal(gwroutes_next(&routes, 0), 2);
	assert_true(gwroutes_ecmp(routes.v, 1));
	assert_false(gwroutes_ecmp(routes.v, 2));
	assert_string_equal(routes.v[1].gateway, "vpn-2");
	gwroutes_fini(&routes);
}

// Who carries, of members written as weight and state: '+' usable, '-' not, '!' revoked.
static const char *carry(const char *members, bool ecmp)
{
	static char who[MANY + 1];
	struct gwroute_standing standing[MANY] = {};
	size_t chosen[MANY], n = 0, taken;

	for (const char *p = members; *p; p += 2)
		standing[n++] = (struct gwroute_standing){.weight = p[0] == '1' ? 100 : 0,
			.usable = p[1] == '+',
			.revoked = p[1] == '!'};
	taken = gwroute_choose(standing, n, ecmp, chosen);
	for (size_t i = 0; i < taken; i++)
		who[i] = (char)('a' + chosen[i]);
	who[taken] = 0;
	return who;
}

static void weights_say_who_carries(void **)
{
	static const struct {
		const char *members, *one, *ecmp;
	} row[] = {
		{"1+", "a", "a"},
		{"0+", "a", "a"},
		{"1-", "a", "a"},
		{"1+0+", "a", "a"},
		{"0+1+", "b", "b"},
		{"1-0+", "b", "b"},
		{"1-0-", "a", "a"},
		{"0-1-", "b", "b"},
		{"1+1+", "a", "ab"},
		{"1-1+", "b", "b"},
		{"1-1-", "a", "ab"},
		{"1-1-0+", "c", "c"},
		// What is revoked is withdrawn: it is not even the last resort.
		{"1!", "", ""},
		{"1!0+", "b", "b"},
		{"1!0-", "b", "b"},
		{"1!0!", "", ""},
		{"1!1+1+", "b", "bc"},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_string_equal(carry(row[i].members, false), row[i].one);
		assert_string_equal(carry(row[i].members, true), row[i].ecmp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_mode_makes_a_route_of_each_pair),
		cmocka_unit_test(none_is_made_unless_the_connection_says_so),
		cmocka_unit_test(policy_routes_go_first_by_priority_then_as_installed),
		cmocka_unit_test(routes_of_one_place_are_a_bundle),
		cmocka_unit_test(a_listed_route_replaces_the_automatic_one),
		cmocka_unit_test(a_bundle_spreads_flows_when_all_its_gateways_do),
		cmocka_unit_test(weights_say_who_carries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// 10,000 connections, 20,000 tunnels, 100,000 routes: every look-up sorted, no pairs.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/check.h"
#include "model/check_change.h"
#include "model/object.h"
#include "model/value.h"
#include "unit/unit.h"

enum { CONNECTIONS = 10000, ROUTES = 100000 };

static const struct schema *schema_of(const char *list)
{
	return schema_find(&schema_model, list)->sub;
}

static void *add(const struct schema *schema, const char *list, void *o)
{
	const struct schema_leaf *leaf = schema_find(schema, list);
	void *v = object_add(leaf, schema_at(leaf, o));

	assert_non_null(v);
	return v;
}

static void set(const struct schema *schema, void *o, const char *name, const char *text)
{
	const struct schema_leaf *leaf = schema_find(schema, name);
	void *to = schema_at(leaf, o);

	if (leaf->list)
		to = add(schema, name, o);
	assert_int_equal(value_read(leaf, text, to, NULL), 0);
}

static void *named(struct model *m, const char *list, const char *name)
{
	void *o = add(&schema_model, list, m);

	set(schema_of(list), o, "name", name);
	return o;
}

static void add_box(struct model *m)
{
	void *o = named(m, "ports", "wan");

	set(schema_of("ports"), o, "device", "0000:03:00.0");
	set(schema_of("ports"), o, "role", "outside");
	set(schema_of("ports"), o, "addresses", "203.0.113.1/24");
	o = named(m, "gateway_addresses", "gw1");
	set(schema_of("gateway_addresses"), o, "address", "203.0.113.1");
	set(schema_of("gateway_addresses"), o, "port", "wan");
	set(schema_of("gateway_addresses"), o, "next_hop", "203.0.113.254");
	o = named(m, "gateway_addresses", "gw2");
	set(schema_of("gateway_addresses"), o, "address", "203.0.113.2");
	set(schema_of("gateway_addresses"), o, "port", "wan");
	set(schema_of("gateway_addresses"), o, "next_hop", "203.0.113.254");
	o = named(m, "vpn_gateways", "vpn-1");
	set(schema_of("vpn_gateways"), o, "addresses", "gw1");
	set(schema_of("vpn_gateways"), o, "addresses", "gw2");
}

static void add_tunnel(struct model_connection *connection, unsigned int i, unsigned int j)
{
	const struct schema *schema = schema_find(schema_of("connections"), "tunnels")->sub;
	struct model_tunnel *tunnel = add(schema_of("connections"), "tunnels", connection);
	char text[64];

	snprintf(text, sizeof(text), "tun-%u-%u", i, j);
	set(schema, tunnel, "name", text);
	snprintf(text, sizeof(text), "cgw-%u", i);
	set(schema, tunnel, "customer_gateway", text);
	set(schema, tunnel, "pre_shared_key", "a-key-of-some-length");
	// There are but 16,384 of these networks, eight of them reserved.
	if (j || i < 8192)
		return;
	tunnel->bgp.tunnel_cidr = (struct cidr){addr_v4(0xa9fe0000 + i * 4), 30};
	tunnel->bgp.local_address = addr_v4(0xa9fe0001 + i * 4);
}

static void add_connection(struct model *m, unsigned int i)
{
	struct model_customer_gateway *customer;
	struct model_connection *connection;
	char text[64];

	snprintf(text, sizeof(text), "cgw-%u", i);
	customer = named(m, "customer_gateways", text);
	customer->address = addr_v4(0xc0000000 + 256 * 256 * 3 + i);
	customer->asn = 64512;
	snprintf(text, sizeof(text), "vco-%u", i);
	connection = named(m, "connections", text);
	set(schema_of("connections"), connection, "vpn_gateway", "vpn-1");
	if (i % 2) {
		connection->local_networks.v[0] = (struct cidr){addr_v4(0x0a000000), 8};
		connection->remote_networks.v[0] = (struct cidr){addr_v4(0x0b000000 + i * 256), 24};
	}
	add_tunnel(connection, i, 0);
	add_tunnel(connection, i, 1);
}

static void fill(struct model *m)
{
	assert_int_equal(model_init(m), 0);
	m->system.limits.tunnels = 2 * CONNECTIONS;
	add_box(m);
	for (unsigned int i = 0; i < CONNECTIONS; i++)
		add_connection(m, i);
	for (unsigned int i = 0; i < ROUTES; i++) {
		struct model_destination_route *route = add(&schema_model, "destination_routes", m);
		char text[32];

		route->destination = (struct cidr){addr_v4(0x20000000 + i * 256), 24};
		snprintf(text, sizeof(text), "vco-%u", i % (CONNECTIONS / 2) * 2);
		set(schema_of("destination_routes"), route, "connection", text);
	}
}

static unsigned int ms_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (unsigned int)((now.tv_sec - start->tv_sec) * 1000 +
			      (now.tv_nsec - start->tv_nsec) / 1000000);
}

static struct model m;

static int setup(void **)
{
	fill(&m);
	return 0;
}

static int teardown(void **)
{
	model_fini(&m);
	return 0;
}

// The bounds are for machines under sanitizers; what is measured is printed.
enum { BOUND_MS = 15000 };

static void a_large_model_is_checked_in_no_time(void **)
{
	struct report report = {};
	struct timespec start;
	unsigned int ms;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	assert_int_equal(check_model(&m, &report), 0);
	ms = ms_since(&start);
	print_message("10,000 connections, 20,000 tunnels, 100,000 routes: checked in %u ms\n", ms);
	assert_int_equal(report.errors, 0);
	assert_in_range(ms, 0, BOUND_MS);
	report_fini(&report);
}

static void a_change_of_it_is_checked_in_no_time(void **)
{
	struct report report = {};
	struct timespec start;
	unsigned int ms;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	assert_int_equal(check_change(&m, &m, &report), 0);
	ms = ms_since(&start);
	print_message("a change of it: checked in %u ms\n", ms);
	assert_in_range(ms, 0, BOUND_MS);
	report_fini(&report);
}

// Every connection wrong at once: what is looked for near a name must not be looked for ever.
static void a_large_model_full_of_mistakes_is_refused_in_no_time(void **)
{
	struct report report = {};
	struct timespec start;
	unsigned int ms;

	for (size_t i = 0; i < m.connections.n; i++) {
		m.connections.v[i].tunnels.v[0].customer_gateway[0] = 'C';
		m.connections.v[i].tunnels.v[1].bgp.local_asn = 7;
	}
	for (size_t i = 0; i < m.destination_routes.n; i++) {
		m.destination_routes.v[i].destination = (struct cidr){addr_v4(0x20000000), 24};
		m.destination_routes.v[i].weight = 100;
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	assert_int_equal(check_model(&m, &report), -EINVAL);
	ms = ms_since(&start);
	print_message("%zu mistakes in it: found in %u ms\n", report.errors, ms);
	assert_true(report.errors > 100000);
	assert_int_equal(report.n, REPORT_MAX);
	assert_in_range(ms, 0, BOUND_MS);
	report_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_model_is_checked_in_no_time),
		cmocka_unit_test(a_change_of_it_is_checked_in_no_time),
		cmocka_unit_test(a_large_model_full_of_mistakes_is_refused_in_no_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

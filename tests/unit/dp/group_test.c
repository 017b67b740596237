// Groups: which connection of several a flow takes (R-11, API.md 2.4).
#include "dp/group.h"
#include "unit/dp/world.h"

enum { FLOWS = 4000, MEMBERS = 4 };

// Members outside of any dataplane: the choice sees their ids alone.
struct choosing {
	struct dp_conn conn[MEMBERS];
	struct members *all;
	unsigned int taken[FLOWS];
};

static struct members *members_of(struct dp_conn *conn, unsigned int n, unsigned int without)
{
	struct members *m = calloc(1, sizeof(*m) + n * sizeof(m->conn[0]));

	for (unsigned int i = 0; i < n; i++) {
		if (i != without)
			m->conn[m->n++] = &conn[i];
	}
	return m;
}

static struct flow flow_nth(unsigned int i, uint8_t family)
{
	struct flow f = {.family = family, .proto = IP_TCP, .dst_port = 443};

	be32_put(f.src, 0x0a010000 + i % 64);
	be32_put(f.dst, 0x0a020000);
	if (family == ADDR_V6)
		be32_put(f.dst + 12, i / 7);
	f.src_port = (uint16_t)(32768 + i);
	return f;
}

static void choosing_init(struct choosing *c, uint8_t family)
{
	*c = (struct choosing){};
	for (unsigned int i = 0; i < MEMBERS; i++)
		c->conn[i].id = 17 + i;
	c->all = members_of(c->conn, MEMBERS, MEMBERS);
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct flow f = flow_nth(i, family);

		c->taken[i] = (unsigned int)(group_pick(c->all, &f) - c->conn);
	}
}

static void flows_spread_evenly(void **)
{
	static const uint8_t family[] = {ADDR_V4, ADDR_V6};

	for (unsigned int f = 0; f < 2; f++) {
		unsigned int count[MEMBERS] = {};
		struct choosing c;

		choosing_init(&c, family[f]);
		for (unsigned int i = 0; i < FLOWS; i++)
			count[c.taken[i]]++;
		for (unsigned int i = 0; i < MEMBERS; i++)
			assert_in_range(
				count[i], FLOWS / MEMBERS * 9 / 10, FLOWS / MEMBERS * 11 / 10);
		free(c.all);
	}
}

static void the_loss_of_a_member_moves_its_flows_alone(void **)
{
	unsigned int count[MEMBERS] = {}, moved = 0;
	struct members *rest;
	struct choosing c;

	choosing_init(&c, ADDR_V4);
	rest = members_of(c.conn, MEMBERS, 2);
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct flow f = flow_nth(i, ADDR_V4);
		unsigned int now = (unsigned int)(group_pick(rest, &f) - c.conn);

		if (c.taken[i] != 2) {
			assert_int_equal(now, c.taken[i]);
			continue;
		}
		moved++;
		count[now]++;
	}
	// Evenly to those that are left.
	for (unsigned int i = 0; i < MEMBERS; i++) {
		if (i != 2)
			assert_in_range(count[i], moved / 3 * 8 / 10, moved / 3 * 12 / 10);
	}
	free(rest);
	free(c.all);
}

// A second connection of the world, with the same selectors as the first.
struct second {
	struct dp_conn *conn, *group;
	struct dp_tunnel *tunnel;
	struct esp_sa *in, *out;
};

static void second_open(struct world *w, struct second *s)
{
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_child *child;

	assert_int_equal(dp_conn_new(w->dp, "c2", NULL, &s->conn), 0);
	conf.name = "t2";
	conf.conn = s->conn;
	assert_int_equal(dp_tunnel_new(w->dp, &conf, &s->tunnel), 0);
	child = world_child(w, s->tunnel, 8, "10.1.0.0/16", "10.2.0.0/16", false, &s->in, &s->out);
	assert_int_equal(dp_child_use(child, NULL), 0);
	dp_conn_switch(s->conn, s->tunnel);
	assert_int_equal(dp_group_new(w->dp, "g", s, &s->group), 0);
	route(w, "10.2.0.0/16", (struct dp_next){.type = DP_NEXT_CONN, .conn = s->group});
	assert_int_equal(dp_commit(w->dp), 0);
}

static void second_close(struct second *s)
{
	esp_sa_free(s->in);
	esp_sa_free(s->out);
}

static void send_flow(struct world *w, uint16_t sport)
{
	feed_ip(w, IN,
		(struct ip_spec){
			.src = "10.1.0.2", .dst = "10.2.0.9", .sport = sport, .dport = 53});
	turn(w);
}

// Whether the n-th packet that left is for this SA.
static bool left_by(struct world *w, unsigned int n, struct esp_sa *sa)
{
	struct parcel p;

	sent_packet(w, OUT, n, &p);
	return be32_get(p.pkt.l3 + 20) == sa->spi;
}

static void a_pair_follows_its_one_member(void **state)
{
	struct world *w = *state;
	struct second s;

	second_open(w, &s);
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){w->conn}, 1), 0);
	send_flow(w, 1);
	assert_true(left_by(w, 0, w->peer_in));
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){s.conn}, 1), 0);
	send_flow(w, 1);
	assert_true(left_by(w, 1, s.in));
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){w->conn}, 1), 0);
	send_flow(w, 1);
	assert_true(left_by(w, 2, w->peer_in));
	second_close(&s);
}

static void a_group_without_members_drops_no_route(void **state)
{
	struct world *w = *state;
	struct second s;
	struct parcel p;

	second_open(w, &s);
	send_flow(w, 1);
	assert_count(w, "no_route", 1);
	// Not even the port's own traffic leaves in clear: a connection has a claim to it.
	ip_make(&p, (struct ip_spec){.src = "192.0.2.1", .dst = "10.2.0.9"});
	be16_put(p.pkt.l3 - 2, ETHERTYPE_V4);
	assert_int_equal(dp_from_kernel(w->dp, OUT, p.pkt.l3 - 14, p.pkt.len + 14), 0);
	turn(w);
	assert_nothing_left(w);
	assert_count(w, "no_route", 2);
	second_close(&s);
}

static void flows_of_a_group_stick(void **state)
{
	struct world *w = *state;
	bool first[32];
	unsigned int n = 0;
	struct second s;

	second_open(w, &s);
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){w->conn, s.conn}, 2), 0);
	for (uint16_t i = 0; i < 32; i++) {
		send_flow(w, i);
		first[i] = left_by(w, i, w->peer_in);
		n += first[i];
	}
	assert_in_range(n, 8, 24);
	// Another picture of the tables, and the order of members turned round: the same choice.
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){s.conn, w->conn}, 2), 0);
	for (uint16_t i = 0; i < 32; i++) {
		send_flow(w, i);
		assert_int_equal(left_by(w, 32 + i, w->peer_in), first[i]);
	}
	second_close(&s);
}

// N-2: whatever the number of routes, the change is one store; the picture of the tables stays.
static void a_change_of_members_leaves_the_tables_alone(void **state)
{
	struct world *w = *state;
	const struct view *view;
	struct second s;

	second_open(w, &s);
	for (uint32_t i = 0; i < 10000; i++) {
		struct cidr c = {.addr = addr_v4(0x0b000000 + (i << 8)), .bits = 24};
		struct dp_next next = {.type = DP_NEXT_CONN, .conn = s.group};

		assert_int_equal(dp_route_set(w->dp, &c, &next), 0);
	}
	assert_int_equal(dp_commit(w->dp), 0);
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){w->conn}, 1), 0);
	view = atomic_load(&w->dp->view);
	send_flow(w, 1);
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){s.conn}, 1), 0);
	send_flow(w, 1);
	assert_true(left_by(w, 1, s.in));
	assert_int_equal(dp_commit(w->dp), 0); // nothing to be committed
	assert_ptr_equal(atomic_load(&w->dp->view), view);
	second_close(&s);
}

static void a_group_may_be_what_a_policy_protects_with(void **state)
{
	struct world *w = *state;
	struct second s;
	struct dp_policy policy;

	second_open(w, &s);
	policy = (struct dp_policy){.priority = 10,
		.local = sel("10.1.0.0/16"),
		.remote = sel("10.2.0.0/16"),
		.action = DP_PROTECT,
		.conn = s.group};
	assert_int_equal(dp_policies_set(w->dp, &policy, 1), 0);
	assert_int_equal(dp_commit(w->dp), 0);
	assert_int_equal(dp_group_set(s.group, (struct dp_conn *[]){s.conn}, 1), 0);
	send_flow(w, 1);
	assert_true(left_by(w, 0, s.in));
	second_close(&s);
}

#define in_world(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_spread_evenly),
		cmocka_unit_test(the_loss_of_a_member_moves_its_flows_alone),
		in_world(a_pair_follows_its_one_member),
		in_world(a_group_without_members_drops_no_route),
		in_world(flows_of_a_group_stick),
		in_world(a_change_of_members_leaves_the_tables_alone),
		in_world(a_group_may_be_what_a_policy_protects_with),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}

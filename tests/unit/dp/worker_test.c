// Several workers: one owner per SA, hand-over in order, memory that waits for all of them.

#include <pthread.h>
#include <stdatomic.h>

#include "unit/dp/world.h"

static int two_up(void **state)
{
	*state = world_new(2);
	return 0;
}

enum { MANY = 150, FLOOD = 600 };

static void sa_of_the_other_worker_is_handed_over_in_order(void **state)
{
	struct world *w = *state;
	struct dp_worker_stats stats;
	struct parcel p;

	assert_int_equal(dp_tunnel_owner(w->tunnel), 0);
	for (uint16_t i = 0; i < MANY; i++) {
		ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2", .sport = i});
		peer_wrap(w->peer_out, &p);
		feed_to(w, OUT, 1, &p);
	}
	turn(w);
	assert_int_equal(sents(w, IN), MANY);
	for (uint16_t i = 0; i < MANY; i++) {
		sent_packet(w, IN, i, &p);
		assert_int_equal(be16_get(p.pkt.l3 + 20), i);
	}
	assert_count(w, "handed_over", MANY);
	assert_count(w, "esp_replayed", 0);
	dp_worker_stats(w->dp, 0, &stats);
	assert_int_equal(stats.handed, MANY);
}

static void outbound_packets_are_numbered_by_the_owner_alone(void **state)
{
	struct world *w = *state;
	struct parcel p;

	for (uint16_t i = 0; i < MANY; i++)
		feed_to(w, IN, 1,
			(ip_make(&p,
				 (struct ip_spec){
					 .src = "10.1.0.2", .dst = "10.2.0.9", .sport = i}),
				&p));
	turn(w);
	assert_int_equal(sents(w, OUT), MANY);
	for (uint16_t i = 0; i < MANY; i++) {
		sent_packet(w, OUT, i, &p);
		assert_int_equal(be32_get(p.pkt.l3 + 24), i + 1);
		assert_int_equal(peer_unwrap(w->peer_in, &p), ESP_PASS);
		assert_int_equal(be16_get(p.pkt.l3 + 20), i);
		assert_int_equal(p.pkt.l3[8], 63);
	}
	assert_count(w, "handed_over", MANY);
}

static void one_sa_at_both_workers_keeps_its_window(void **state)
{
	struct world *w = *state;
	struct parcel p;

	// Both queues have the odd and the even ones, and each a copy of all: half are replays.
	for (uint16_t i = 0; i < 40; i++) {
		ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2", .sport = i});
		peer_wrap(w->peer_out, &p);
		feed_to(w, OUT, i & 1, &p);
		feed_to(w, OUT, !(i & 1), &p);
	}
	turn(w);
	assert_int_equal(sents(w, IN), 40);
	assert_count(w, "esp_replayed", 40);
}

static void tunnels_are_spread_over_workers(void **state)
{
	struct world *w = *state;
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_tunnel *second;

	assert_int_equal(dp_tunnel_new(w->dp, &conf, &second), 0);
	assert_int_equal(dp_tunnel_owner(second), 1);
}

static void full_ring_between_workers_drops_and_counts(void **state)
{
	struct world *w = *state;
	struct parcel p;

	for (uint16_t i = 0; i < FLOOD; i++) {
		ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2", .sport = i});
		peer_wrap(w->peer_out, &p);
		feed_to(w, OUT, 1, &p);
	}
	for (unsigned int i = 0; i < 16; i++)
		dp_worker_turn(w->dp, 1, w->now);
	assert_int_equal(dp_verdict_of(w->dp, "handed_over"), FLOOD);
	assert_true(dp_verdict_of(w->dp, "hand_full") > 0);
	for (unsigned int i = 0; i < 16; i++)
		dp_worker_turn(w->dp, 0, w->now);
	assert_int_equal(sents(w, IN) + dp_verdict_of(w->dp, "hand_full"), FLOOD);
}

static void worker_without_tx_queue_hands_its_frames_over(void **)
{
	struct world *w = world_open(2, "out,tx_queues=1");
	struct dp_tunnel_conf conf = world_tunnel(w);
	struct dp_tunnel *first;
	struct parcel p;

	// The second tunnel belongs to worker 1, which has no queue on the outside port.
	assert_int_equal(dp_tunnel_new(w->dp, &conf, &first), 0);
	assert_int_equal(dp_tunnel_new(w->dp, &conf, &w->tunnel), 0);
	w->child = world_child(
		w, w->tunnel, 1, "10.1.0.0/16", "10.2.0.0/16", false, &w->peer_in, &w->peer_out);
	assert_int_equal(dp_child_use(w->child, NULL), 0);
	dp_conn_switch(w->conn, w->tunnel);
	for (uint16_t i = 0; i < 100; i++)
		feed_to(w, IN, 1,
			(ip_make(&p,
				 (struct ip_spec){
					 .src = "10.1.0.2", .dst = "10.2.0.9", .sport = i}),
				&p));
	turn(w);
	assert_int_equal(sents(w, OUT), 100);
	for (uint16_t i = 0; i < 100; i++) {
		sent_packet(w, OUT, i, &p);
		assert_int_equal(be32_get(p.pkt.l3 + 24), i + 1);
	}
	world_free(w);
}

static void memory_waits_for_every_worker(void **state)
{
	struct world *w = *state;

	turn(w);
	dp_tick(w->dp, w->now);
	assert_int_equal(dp_retired(w->dp), 0);
	dp_child_del(w->child);
	assert_true(dp_retired(w->dp) > 0);
	dp_worker_turn(w->dp, 0, w->now);
	dp_tick(w->dp, w->now);
	assert_true(dp_retired(w->dp) > 0);
	dp_worker_turn(w->dp, 1, w->now);
	dp_tick(w->dp, w->now);
	assert_int_equal(dp_retired(w->dp), 0);
}

// Routes are taken away, the connection goes, and only then the commit comes.
static void connection_outlives_the_view_that_points_at_it(void **state)
{
	struct world *w = *state;
	struct cidr remote = net("10.2.0.0/16");
	unsigned int retired;

	turn(w);
	dp_tick(w->dp, w->now);
	dp_route_del(w->dp, &remote);
	dp_tunnel_free(w->tunnel);
	dp_conn_free(w->conn);
	for (unsigned int round = 0; round < 3; round++) {
		feed_ip(w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9"});
		turn(w);
		dp_tick(w->dp, w->now);
	}
	assert_count(w, "no_sa", 3);
	assert_int_equal(dp_commit(w->dp), 0);
	retired = dp_retired(w->dp);
	turn(w);
	dp_tick(w->dp, w->now);
	assert_true(retired > 0);
	assert_int_equal(dp_retired(w->dp), 0);
}

// Real threads: what the control core changes never pulls anything from under a worker.

struct player {
	pthread_t thread;
	struct world *w;
	unsigned int worker;
	atomic_bool stop;
};

static void *play(void *arg)
{
	struct player *p = arg;

	while (!atomic_load(&p->stop))
		dp_worker_turn(p->w->dp, p->worker, p->w->now);
	return NULL;
}

static void control_core_changes_everything_under_traffic(void **state)
{
	struct world *w = *state;
	struct player player[2] = {{.w = w, .worker = 0}, {.w = w, .worker = 1}};
	struct esp_sa *in, *out;
	struct parcel p;

	for (uint16_t i = 0; i < 64; i++) {
		ip_make(&p, (struct ip_spec){.src = "10.1.0.2", .dst = "10.2.0.9", .sport = i});
		feed_to(w, IN, i & 1, &p);
		ip_make(&p, (struct ip_spec){.src = "10.2.0.9", .dst = "10.1.0.2", .sport = i});
		peer_wrap(w->peer_out, &p);
		feed_to(w, OUT, i & 1, &p);
	}
	for (unsigned int i = 0; i < WORLD_PORTS; i++) {
		port_mem_keep(w->port[i], false);
		port_mem_repeat(w->port[i], true);
	}
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&player[i].thread, NULL, play, &player[i]), 0);
	for (uint32_t i = 0; i < 200; i++) {
		struct dp_child *child = world_child(
			w, w->tunnel, 100 + i, "10.1.0.0/16", "10.2.0.0/16", i & 1, &in, &out);

		esp_sa_free(in);
		esp_sa_free(out);
		assert_int_equal(dp_child_use(child, w->child), 0);
		dp_child_del(w->child);
		w->child = child;
		route(w, "10.7.0.0/16",
			(struct dp_next){.type = DP_NEXT_PORT,
				.port = IN,
				.gateway = at(i & 1 ? "10.1.0.8" : "10.1.0.9")});
		neighbour(w, IN, "10.1.0.2", i % 8 ? host_mac : NULL);
		assert_int_equal(dp_commit(w->dp), 0);
		dp_conn_switch(w->conn, i % 16 ? w->tunnel : NULL);
		dp_tick(w->dp, w->now);
		poll_up(w);
	}
	for (unsigned int i = 0; i < 2; i++) {
		atomic_store(&player[i].stop, true);
		pthread_join(player[i].thread, NULL);
	}
	for (unsigned int i = 0; i < WORLD_PORTS; i++)
		port_mem_clear(w->port[i], true);
	turn(w);
	dp_tick(w->dp, w->now);
	assert_int_equal(dp_retired(w->dp), 0);
}

#define in_two(f) cmocka_unit_test_setup_teardown(f, two_up, world_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_two(sa_of_the_other_worker_is_handed_over_in_order),
		in_two(outbound_packets_are_numbered_by_the_owner_alone),
		in_two(one_sa_at_both_workers_keeps_its_window),
		in_two(tunnels_are_spread_over_workers),
		in_two(full_ring_between_workers_drops_and_counts),
		cmocka_unit_test(worker_without_tx_queue_hands_its_frames_over),
		in_two(memory_waits_for_every_worker),
		in_two(connection_outlives_the_view_that_points_at_it),
		in_two(control_core_changes_everything_under_traffic),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}

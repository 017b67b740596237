// A tunnel's life: rekeys without loss, collisions, deletes, a peer that dies and returns,
// configuration changes.
#include "sim/scenario.h"

static void child_rekeys_lose_nothing(void **)
{
	struct pair p;

	pair_init(&p, 1);
	p.left.child[0].lifetime_s = 5;
	p.right.child[0].lifetime_s = 5;
	p.sim.esp_every = MONO_MS(1);
	p.sim.delay_max_ms = 20;
	pair_start(&p);
	sim_run(&p.sim, 1);
	p.a->esp_lost = p.b->esp_lost = 0; // the responder cannot know when the initiator is ready
	sim_run(&p.sim, 60);
	assert_true(p.a->events[IKE_EVENT_CHILD_REKEYED] >= 11);
	assert_true(p.a->esp_sent > 50000);
	assert_int_equal(p.b->esp_lost, 0);
	assert_int_equal(p.a->esp_lost, 0);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
	pair_fini(&p);
}

static void ike_rekeys_lose_nothing(void **)
{
	struct pair p;

	pair_init(&p, 2);
	p.left.conf.lifetime_s = p.right.conf.lifetime_s = 17;
	p.left.child[0].lifetime_s = p.right.child[0].lifetime_s = 5;
	p.sim.esp_every = MONO_MS(10);
	pair_start(&p);
	sim_run(&p.sim, 120);
	assert_true(p.a->events[IKE_EVENT_IKE_REKEYED] >= 6);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_DOWN], 0);
	sim_command(p.a, IKE_IN_TICK, 0, 0, 0);
	assert_int_equal(sim_sas(p.a, "up"), 1);
	pair_fini(&p);
}

static void children_rekeyed_by_both_at_once_end_as_one(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		struct pair p;

		pair_init(&p, seed);
		pair_up(&p);
		p.sim.esp_every = MONO_MS(20);
		p.sim.delay_max_ms = 200;
		assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
		if (seed % 2)
			sim_run(&p.sim, (double)(seed % 400) / 1000);
		(void)sim_command(p.b, IKE_IN_REKEY_CHILD, 1, 0, 0);
		sim_run(&p.sim, 20);
		pair_agree(&p, 1);
		assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
		pair_fini(&p);
	}
}

static void ike_sas_rekeyed_by_both_at_once_end_as_one(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		struct pair p;

		pair_init(&p, seed);
		pair_up(&p);
		p.sim.delay_max_ms = 200;
		assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
		if (seed % 2)
			sim_run(&p.sim, (double)(seed % 400) / 1000);
		(void)sim_command(p.b, IKE_IN_REKEY_IKE, 1, 0, 0);
		sim_run(&p.sim, 30);
		pair_agree(&p, 1);
		assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
		pair_fini(&p);
	}
}

static void terminate_removes_and_stays_down(void **)
{
	struct ike_tunnel_view view;
	struct pair p;

	pair_init(&p, 3);
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(p.a->children + p.b->children, 0);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	assert_true(ike_tunnel_view(p.a->ike, 1, &view));
	assert_int_equal(view.state, IKE_TUNNEL_DOWN);
	assert_int_equal(sim_command(p.a, IKE_IN_INITIATE, 1, 0, 0), 0);
	sim_run(&p.sim, 5);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void terminate_during_an_ike_rekey_leaves_nothing(void **)
{
	struct pair p;

	pair_init(&p, 12);
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 30);
	assert_int_equal(p.a->children + p.b->children, 0);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

static void terminate_of_a_child_keeps_the_ike_sa(void **)
{
	struct pair p;

	pair_init(&p, 4);
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 1, 0), 0);
	assert_int_equal(p.a->children, 0);
	sim_run(&p.sim, 5);
	assert_int_equal(p.b->children, 0);
	assert_int_equal(sim_sas(p.a, "up"), 1);
	assert_int_equal(sim_command(p.a, IKE_IN_INITIATE, 1, 1, 0), 0);
	sim_run(&p.sim, 5);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void what_the_peer_closes_comes_back(void **)
{
	struct pair p;

	pair_init(&p, 5);
	pair_up(&p);
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 1, 0), 0);
	sim_run(&p.sim, 10);
	pair_agree(&p, 1);
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 30);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void a_dead_peer_is_noticed_and_comes_back(void **)
{
	struct pair p;

	pair_init(&p, 6);
	p.left.conf.dpd_delay_s = 10;
	p.left.conf.dpd_timeout_s = 30;
	pair_up(&p);
	p.b->dead = true;
	sim_run(&p.sim, 29);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 0);
	sim_run(&p.sim, 2);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 1);
	assert_string_equal(p.a->why.what, "the peer is dead");
	assert_int_equal(p.a->children, 0);
	sim_reboot(p.b, NULL);
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	pair_fini(&p);
}

// Both have lost their peer for long: does the one that asked begin again by itself?
static void after_death(struct pair *p, enum ike_dpd_action action, enum ike_start start)
{
	pair_init(p, 13);
	p->left.conf.dpd_delay_s = 10;
	p->left.conf.dpd_action = action;
	p->left.child[0].start = start;
	pair_start(p);
	assert_int_equal(sim_command(p->a, IKE_IN_INITIATE, 1, 0, 0), 0);
	sim_run(&p->sim, 10);
	pair_agree(p, 1);
	p->b->dead = true;
	sim_run(&p->sim, 300); // longer than an attempt lasts
	assert_int_equal(p->a->events[IKE_EVENT_PEER_DEAD], 1);
	assert_int_equal(p->a->children, 0);
	sim_reboot(p->b, NULL);
	assert_int_equal(sim_set(p->b, &p->right.conf), 0);
	sim_run(&p->sim, 90);
}

static void a_trap_restarts_after_the_death_of_its_peer(void **)
{
	struct pair p;

	after_death(&p, IKE_DPD_RESTART, IKE_START_TRAP);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void who_only_answers_does_not_restart(void **)
{
	struct pair p;

	after_death(&p, IKE_DPD_RESTART, IKE_START_NONE);
	assert_int_equal(p.a->children, 0);
	pair_fini(&p);
}

static void a_cleared_tunnel_waits_to_be_asked(void **)
{
	struct pair p;

	after_death(&p, IKE_DPD_CLEAR, IKE_START_NOW);
	assert_int_equal(sim_sas(p.a, NULL), 0);
	assert_int_equal(sim_command(p.a, IKE_IN_ACQUIRE, 1, 1, 0), 0);
	sim_run(&p.sim, 5);
	pair_agree(&p, 1);
	// From now on it is as configured: it comes back by itself.
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 30);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void traffic_saves_the_question_whether_the_peer_lives(void **)
{
	unsigned int sent;
	struct pair p;

	pair_init(&p, 7);
	p.left.conf.dpd_delay_s = p.right.conf.dpd_delay_s = 3;
	pair_up(&p);
	p.sim.esp_every = MONO_S(1);
	sent = p.a->sent + p.b->sent;
	sim_run(&p.sim, 60);
	assert_int_equal(p.a->sent + p.b->sent, sent);
	pair_fini(&p);
}

static void a_rebooted_peer_replaces_what_it_forgot(void **)
{
	struct pair p;

	pair_init(&p, 8);
	p.right.conf.dpd_delay_s = 0;
	pair_up(&p);
	sim_reboot(p.a, NULL);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 5);
	assert_int_equal(p.b->children, 1);
	// The forgotten SA's delete goes unanswered, and ends.
	sim_run(&p.sim, 120);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void what_cannot_be_rekeyed_ends_in_time(void **)
{
	struct pair p;

	pair_init(&p, 9);
	p.left.child[0].lifetime_s = 20;
	p.left.child[0].start = IKE_START_NONE;
	pair_start(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_INITIATE, 1, 0, 0), 0);
	sim_run(&p.sim, 5);
	pair_agree(&p, 1);
	// No rekey is answered any more: the hard limit comes before the peer counts as dead.
	p.b->dead = true;
	sim_run(&p.sim, 16);
	assert_int_equal(p.a->children, 0);
	pair_fini(&p);
}

static void changing_one_tunnel_leaves_the_other_alone(void **)
{
	struct sim_conf left, right;
	uint32_t spi;
	struct pair p;

	pair_init(&p, 10);
	pair_up(&p);
	spi = p.a->child[0].sa.spi_in;
	sim_conf(&left, "192.0.2.1", "192.0.2.2", 5, 6, true);
	sim_conf(&right, "192.0.2.2", "192.0.2.1", 6, 5, false);
	left.conf.tunnel = right.conf.tunnel = 2;
	assert_int_equal(ike_id_read("two.example.com", &left.conf.local_id, NULL), 0);
	right.conf.remote_id = left.conf.local_id;
	assert_int_equal(sim_set(p.b, &right.conf), 0);
	assert_int_equal(sim_set(p.a, &left.conf), 0);
	sim_run(&p.sim, 5);
	assert_int_equal(p.a->children, 2);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0); // unchanged
	left.conf.dpd_delay_s = 9;			 // changed
	assert_int_equal(sim_set(p.a, &left.conf), 0);
	sim_run(&p.sim, 5);
	assert_int_equal(sim_del(p.a, 2), 0);
	assert_int_equal(sim_del(p.b, 2), 0);
	assert_int_equal(sim_del(p.b, 2), -ENOENT);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	assert_int_equal(p.a->child[0].sa.spi_in, spi);
	sim_conf_fini(&left);
	sim_conf_fini(&right);
	pair_fini(&p);
}

static void a_deleted_tunnel_leaves_nothing(void **)
{
	struct pair p;

	pair_init(&p, 11);
	pair_up(&p);
	assert_int_equal(sim_del(p.a, 1), 0);
	assert_int_equal(p.a->children, 0);
	sim_run(&p.sim, 60);
	assert_int_equal(p.b->children, 0);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

// Loss, duplication and reordering while everything happens that may happen; then peace.
static void any_storm_ends_with_one_child(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		static const enum ike_in_type what[] = {IKE_IN_REKEY_CHILD, IKE_IN_REKEY_IKE,
			IKE_IN_REKEY_CHILD, IKE_IN_REKEY_IKE, IKE_IN_TERMINATE};
		uint64_t rng = seed;
		struct pair p;

		pair_init(&p, seed);
		p.right.child[0].start = seed % 3 ? IKE_START_NONE : IKE_START_NOW;
		p.left.conf.dpd_delay_s = p.right.conf.dpd_delay_s = 10;
		p.left.child[0].lifetime_s = p.right.child[0].lifetime_s = seed % 5 ? 0 : 15;
		p.left.conf.lifetime_s = p.right.conf.lifetime_s = seed % 7 ? 0 : 40;
		p.sim.loss = (unsigned int)(sim_random(&rng) % 300);
		p.sim.dup = (unsigned int)(sim_random(&rng) % 300);
		p.sim.delay_max_ms = 5 + (unsigned int)(sim_random(&rng) % 800);
		p.sim.esp_every = MONO_MS(500);
		pair_start(&p);
		for (unsigned int i = 0; i < 30; i++) {
			struct sim_node *node = sim_random(&rng) % 2 ? p.a : p.b;
			uint64_t which = sim_random(&rng) % 5;

			sim_run(&p.sim, (double)(sim_random(&rng) % 4000) / 1000);
			(void)sim_command(node, what[which], 1, which == 4, 0);
			if (which == 4)
				(void)sim_command(node, IKE_IN_INITIATE, 1, 0, 0);
		}
		p.sim.loss = 0;
		p.left.child[0].lifetime_s = 0;
		sim_run(&p.sim, 180);
		(void)sim_command(p.a, IKE_IN_INITIATE, 1, 0, 0);
		for (unsigned int i = 0; i < 30 && sim_agree(p.a, p.b, 1); i++)
			sim_run(&p.sim, 1); // a rekey may just be under way
		pair_agree(&p, 1);
		pair_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_rekeys_lose_nothing),
		cmocka_unit_test(ike_rekeys_lose_nothing),
		cmocka_unit_test(children_rekeyed_by_both_at_once_end_as_one),
		cmocka_unit_test(ike_sas_rekeyed_by_both_at_once_end_as_one),
		cmocka_unit_test(terminate_removes_and_stays_down),
		cmocka_unit_test(terminate_during_an_ike_rekey_leaves_nothing),
		cmocka_unit_test(terminate_of_a_child_keeps_the_ike_sa),
		cmocka_unit_test(what_the_peer_closes_comes_back),
		cmocka_unit_test(a_dead_peer_is_noticed_and_comes_back),
		cmocka_unit_test(a_trap_restarts_after_the_death_of_its_peer),
		cmocka_unit_test(who_only_answers_does_not_restart),
		cmocka_unit_test(a_cleared_tunnel_waits_to_be_asked),
		cmocka_unit_test(traffic_saves_the_question_whether_the_peer_lives),
		cmocka_unit_test(a_rebooted_peer_replaces_what_it_forgot),
		cmocka_unit_test(what_cannot_be_rekeyed_ends_in_time),
		cmocka_unit_test(changing_one_tunnel_leaves_the_other_alone),
		cmocka_unit_test(a_deleted_tunnel_leaves_nothing),
		cmocka_unit_test(any_storm_ends_with_one_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

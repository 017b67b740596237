// A tunnel's life with IKEv1: rekeys and renewals without loss, a peer that dies, forgets, closes.
#include "sim/v1.h"

static void child_rekeys_lose_nothing(void **)
{
	struct pair p;

	pair_init(&p, 1);
	v1_pair(&p, false);
	p.left.child[0].lifetime_s = 12;
	p.right.child[0].lifetime_s = 12;
	p.sim.esp_every = MONO_MS(1);
	p.sim.delay_max_ms = 20;
	pair_start(&p);
	sim_run(&p.sim, 1);
	p.a->esp_lost = p.b->esp_lost = 0;
	sim_run(&p.sim, 60);
	assert_true(p.a->events[IKE_EVENT_CHILD_REKEYED] >= 5);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
	pair_fini(&p);
}

static void renewals_lose_nothing(void **)
{
	for (unsigned int aggressive = 0; aggressive < 2; aggressive++) {
		struct pair p;

		pair_init(&p, 2);
		v1_pair(&p, aggressive);
		p.left.conf.lifetime_s = p.right.conf.lifetime_s = 30;
		p.sim.esp_every = MONO_MS(10);
		pair_start(&p);
		sim_run(&p.sim, 1);
		p.a->esp_lost = p.b->esp_lost = 0;
		sim_run(&p.sim, 120);
		assert_true(p.a->events[IKE_EVENT_IKE_REKEYED] >= 4);
		assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
		assert_int_equal(p.a->events[IKE_EVENT_CHILD_UP], 1);
		assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
		pair_fini(&p);
	}
}

static void both_renew_and_rekey_at_once(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		struct pair p;

		pair_init(&p, seed);
		v1_pair(&p, seed % 2);
		pair_up(&p);
		p.sim.esp_every = MONO_MS(20);
		p.sim.delay_max_ms = 200;
		for (unsigned int i = 0; i < 2; i++) {
			enum ike_in_type what = i ? IKE_IN_REKEY_IKE : IKE_IN_REKEY_CHILD;

			(void)sim_command(p.a, what, 1, 0, 0);
			sim_run(&p.sim, (double)(seed % 400) / 1000);
			(void)sim_command(p.b, what, 1, 0, 0);
		}
		sim_run(&p.sim, 60);
		pair_agree(&p, 1);
		assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
		pair_fini(&p);
	}
}

static void a_dead_peer_is_noticed_and_comes_back(void **)
{
	struct pair p;

	pair_init(&p, 3);
	v1_pair(&p, false);
	p.left.conf.dpd_delay_s = 10;
	p.left.conf.dpd_timeout_s = 30;
	pair_up(&p);
	p.b->dead = true;
	sim_run(&p.sim, 29);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 0);
	sim_run(&p.sim, 12);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 1);
	assert_int_equal(p.a->children, 0);
	sim_reboot(p.b, NULL);
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void a_rebooted_peer_replaces_what_it_forgot(void **)
{
	struct pair p;

	pair_init(&p, 4);
	v1_pair(&p, false);
	pair_up(&p);
	sim_run(&p.sim, 20);
	sim_reboot(p.a, NULL);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 5);
	pair_agree(&p, 1); // INITIAL-CONTACT
	pair_fini(&p);
}

static void what_is_closed_stays_so_and_what_the_peer_closes_returns(void **)
{
	struct pair p;

	pair_init(&p, 5);
	v1_pair(&p, false);
	pair_up(&p);
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 1, 0), 0);
	sim_run(&p.sim, 10);
	pair_agree(&p, 1);
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 30);
	pair_agree(&p, 1);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(p.a->children + p.b->children, 0);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

static void a_deleted_tunnel_leaves_nothing(void **)
{
	struct pair p;

	pair_init(&p, 6);
	v1_pair(&p, true);
	pair_up(&p);
	assert_int_equal(sim_del(p.a, 1), 0);
	assert_int_equal(p.a->children, 0);
	sim_run(&p.sim, 60);
	assert_int_equal(p.b->children, 0);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child_rekeys_lose_nothing),
		cmocka_unit_test(renewals_lose_nothing),
		cmocka_unit_test(both_renew_and_rekey_at_once),
		cmocka_unit_test(a_dead_peer_is_noticed_and_comes_back),
		cmocka_unit_test(a_rebooted_peer_replaces_what_it_forgot),
		cmocka_unit_test(what_is_closed_stays_so_and_what_the_peer_closes_returns),
		cmocka_unit_test(a_deleted_tunnel_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// Reauthentication, make before break; who asks for it; what stands in its way.
#include "sim/scenario.h"

static void add_child(struct pair *p)
{
	struct selector other = p->left.local[0];

	other.first = addr_v4(172u << 24);
	other.last = addr_v4(172u << 24 | 255);
	p->left.local[1] = p->right.remote[1] = other;
	p->left.child[1].local = &p->left.local[1];
	p->right.child[1].remote = &p->right.remote[1];
	p->left.conf.child_count = p->right.conf.child_count = 2;
}

static void loses_nothing(void **)
{
	struct pair p;

	pair_init(&p, 1);
	p.left.conf.reauth = true;
	p.left.conf.lifetime_s = 20;
	p.sim.esp_every = MONO_MS(1);
	p.sim.delay_max_ms = 20;
	pair_start(&p);
	sim_run(&p.sim, 1);
	p.a->esp_lost = p.b->esp_lost = 0; // the responder cannot know when the initiator is ready
	sim_run(&p.sim, 60);
	assert_in_range(p.a->events[IKE_EVENT_IKE_UP], 3, 5);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_REKEYED], p.a->events[IKE_EVENT_IKE_UP] - 1);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], p.a->events[IKE_EVENT_IKE_UP]);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN] + p.b->events[IKE_EVENT_CHILD_DOWN], 0);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_DOWN] + p.b->events[IKE_EVENT_IKE_DOWN], 0);
	pair_fini(&p);
}

static void takes_every_child_along(void **)
{
	struct pair p;

	pair_init(&p, 2);
	add_child(&p);
	p.left.conf.reauth = true;
	p.sim.esp_every = MONO_MS(10);
	pair_start(&p);
	sim_run(&p.sim, 5);
	pair_agree(&p, 2);
	p.a->esp_lost = p.b->esp_lost = 0;
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	pair_agree(&p, 2);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_UP], 2);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_DOWN], 0);
	pair_fini(&p);
}

static void the_responder_switches_without_traffic(void **)
{
	struct pair p;

	pair_init(&p, 3);
	p.left.conf.reauth = true;
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	pair_agree(&p, 1);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 2);
	pair_fini(&p);
}

static void the_responder_asks_for_it(void **)
{
	struct pair p;

	pair_init(&p, 4);
	p.right.conf.reauth = true;
	p.right.conf.lifetime_s = 40;
	pair_up(&p);
	sim_run(&p.sim, 18);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 1);
	sim_run(&p.sim, 20); // 75 to 85 per cent of its lifetime
	pair_agree(&p, 1);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 2);
	pair_fini(&p);
}

static void a_hasty_peer_is_not_asked_again(void **)
{
	struct pair p;

	pair_init(&p, 8);
	p.left.conf.reauth = true;
	p.right.conf.reauth = true;
	p.right.conf.lifetime_s = 40;
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0); // much too early
	sim_run(&p.sim, 60);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 2);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void the_moment_is_handed_on_by_rekeys(void **)
{
	struct pair p;

	pair_init(&p, 5);
	p.right.conf.reauth = true;
	p.right.conf.lifetime_s = 40;
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 40);
	pair_agree(&p, 1);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 2);
	pair_fini(&p);
}

static void an_unanswered_one_is_tried_again(void **)
{
	struct pair p;

	pair_init(&p, 6);
	p.left.conf.reauth = true;
	pair_up(&p);
	p.b->dead = true;
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(sim_sas(p.a, "up"), 1);
	assert_int_equal(p.a->children, 1);
	p.b->dead = false;
	sim_run(&p.sim, 90);
	pair_agree(&p, 1);
	assert_int_equal(p.b->events[IKE_EVENT_IKE_UP], 2);
	pair_fini(&p);
}

static void a_rekey_by_the_peer_does_not_lose_it(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		struct pair p;

		pair_init(&p, seed);
		p.left.conf.reauth = true;
		pair_up(&p);
		p.sim.delay_max_ms = 100;
		assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
		sim_run(&p.sim, (double)(seed % 50) / 100);
		(void)sim_command(p.b, seed % 2 ? IKE_IN_REKEY_IKE : IKE_IN_REKEY_CHILD, 1, 0, 0);
		sim_run(&p.sim, 90);
		pair_agree(&p, 1);
		assert_int_equal(p.a->events[IKE_EVENT_CHILD_DOWN], 0);
		pair_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_nothing),
		cmocka_unit_test(takes_every_child_along),
		cmocka_unit_test(the_responder_switches_without_traffic),
		cmocka_unit_test(the_responder_asks_for_it),
		cmocka_unit_test(a_hasty_peer_is_not_asked_again),
		cmocka_unit_test(the_moment_is_handed_on_by_rekeys),
		cmocka_unit_test(an_unanswered_one_is_tried_again),
		cmocka_unit_test(a_rekey_by_the_peer_does_not_lose_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

static mono_us_t heard_at(const struct pair *p)
{
	struct ike_tunnel_view view;

	assert_true(ike_tunnel_view(p->a->ike, 1, &view));
	return view.last_in;
}

static void a_peer_that_is_asked_is_heard(void **)
{
	struct pair p;
	mono_us_t asked;

	pair_init(&p, 6);
	p.left.conf.dpd_delay_s = p.right.conf.dpd_delay_s = 1000;
	pair_up(&p);
	sim_run(&p.sim, 10);
	asked = p.sim.now;
	assert_true(heard_at(&p) < asked);
	assert_int_equal(sim_command(p.a, IKE_IN_ASK, 1, 0, 0), 0);
	sim_run(&p.sim, 1);
	assert_true(heard_at(&p) >= asked);
	// One that does not answer is not, and in the end is dead.
	p.b->dead = true;
	asked = p.sim.now;
	assert_int_equal(sim_command(p.a, IKE_IN_ASK, 1, 0, 0), 0);
	sim_run(&p.sim, 5);
	assert_true(heard_at(&p) < asked);
	sim_run(&p.sim, 40);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 1);
	assert_int_equal(sim_command(p.a, IKE_IN_ASK, 1, 0, 0), -ENOENT);
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

// INVALID_IKE_SPI and INVALID_SPI make the peer's end notice, and change nothing by themselves.
static void a_hint_leads_to_a_question_and_no_further(void **)
{
	struct ike_in forged = {.type = IKE_IN_DATAGRAM};
	uint8_t invalid[36] = {
		[16] = 41, [17] = 0x20, [18] = 37, [19] = 0x20, [27] = 36, [31] = 8, [35] = 4};
	unsigned int sent;
	struct pair p;

	pair_init(&p, 14);
	p.left.conf.dpd_delay_s = 3600;
	pair_up(&p);
	sim_run(&p.sim, 5);
	sent = p.a->sent;
	sim_spis(p.a, invalid);
	forged.local = p.a->child[0].sa.local;
	forged.remote = p.a->child[0].sa.remote;
	forged.data = invalid;
	forged.len = sizeof(invalid);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(sim_give(p.a, &forged), 0);
	sim_run(&p.sim, 5);
	assert_int_equal(p.a->sent - sent, 1); // the question, answered
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void a_peer_that_forgot_everything_is_noticed_by_its_traffic(void **)
{
	struct pair p;

	pair_init(&p, 15);
	p.left.conf.dpd_delay_s = 3600; // without hints, an hour would pass
	pair_up(&p);
	p.sim.tells_unknown = true;
	p.sim.esp_every = MONO_MS(200);
	sim_run(&p.sim, 3);
	sim_reboot(p.b, NULL);
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 1);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void a_lost_child_is_made_again_when_the_peer_says_so(void **)
{
	struct ike_in unknown = {.type = IKE_IN_UNKNOWN_SPI};
	struct pair p;

	pair_init(&p, 16);
	pair_up(&p);
	sim_run(&p.sim, 5);
	unknown.local = p.b->child[0].sa.local;
	unknown.remote = (struct endpoint){p.b->child[0].sa.remote.addr, 0};
	unknown.spi = p.b->child[0].sa.spi_in; // its dataplane lost it
	assert_int_equal(sim_give(p.b, &unknown), 0);
	sim_run(&p.sim, 5);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_REKEYED], 1);
	pair_agree(&p, 1);
	for (unsigned int i = 0; i < 100; i++) { // and not without end
		unknown.spi = p.b->child[0].sa.spi_in;
		assert_int_equal(sim_give(p.b, &unknown), 0);
		sim_run(&p.sim, .1);
	}
	sim_run(&p.sim, 5);
	assert_in_range(p.b->events[IKE_EVENT_CHILD_REKEYED], 2, 3);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void strangers_hear_little_about_unknown_spis(void **)
{
	// A protected message of an IKE SA that nobody has; then the same unprotected.
	uint8_t message[64] = {[3] = 1,
		[11] = 2,
		[16] = 46,
		[17] = 0x20,
		[18] = 37,
		[19] = 8,
		[27] = 64,
		[31] = 36};
	struct ike_in in = {.type = IKE_IN_DATAGRAM, .data = message, .len = sizeof(message)};
	struct ike_in esp = {.type = IKE_IN_UNKNOWN_SPI, .spi = 0x4711};
	unsigned int sent;
	struct pair p;

	pair_init(&p, 17);
	pair_up(&p);
	assert_int_equal(addr_read("203.0.113.9", &in.remote.addr), 0);
	in.local = p.a->child[0].sa.local;
	in.remote.port = 500;

	esp.local = in.local;
	esp.remote = (struct endpoint){in.remote.addr, 0};
	sent = p.a->sent;
	p.a->largest = 0;
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(sim_give(p.a, &in), 0);
	assert_int_equal(p.a->sent - sent, 10);
	assert_true(p.a->largest <= sizeof(message));
	sent = p.a->sent;
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(sim_give(p.a, &esp), 0);
	assert_int_equal(p.a->sent - sent, 1);
	message[16] = 41;
	sent = p.a->sent;
	sim_run(&p.sim, 2);
	assert_int_equal(sim_give(p.a, &in), 0);
	message[16] = 46;
	message[19] = 0x28; // an answer
	assert_int_equal(sim_give(p.a, &in), 0);
	assert_int_equal(p.a->sent, sent);
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
		cmocka_unit_test(a_peer_that_is_asked_is_heard),
		cmocka_unit_test(a_dead_peer_is_noticed_and_comes_back),
		cmocka_unit_test(a_trap_restarts_after_the_death_of_its_peer),
		cmocka_unit_test(who_only_answers_does_not_restart),
		cmocka_unit_test(a_cleared_tunnel_waits_to_be_asked),
		cmocka_unit_test(a_hint_leads_to_a_question_and_no_further),
		cmocka_unit_test(a_peer_that_forgot_everything_is_noticed_by_its_traffic),
		cmocka_unit_test(a_lost_child_is_made_again_when_the_peer_says_so),
		cmocka_unit_test(strangers_hear_little_about_unknown_spis),
		cmocka_unit_test(traffic_saves_the_question_whether_the_peer_lives),
		cmocka_unit_test(a_rebooted_peer_replaces_what_it_forgot),
		cmocka_unit_test(what_cannot_be_rekeyed_ends_in_time),
		cmocka_unit_test(changing_one_tunnel_leaves_the_other_alone),
		cmocka_unit_test(a_deleted_tunnel_leaves_nothing),
		cmocka_unit_test(any_storm_ends_with_one_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

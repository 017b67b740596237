// Tunnels of IKEv1 come up: both modes, both roles, with and without PFS, through a NAT, with every
// message lost once.
#include <string.h>

#include "sim/v1.h"

static void main_mode_takes_nine_messages(void **)
{
	struct pair p;

	pair_init(&p, 1);
	v1_pair(&p, false);
	pair_up(&p);
	assert_int_equal(p.a->sent + p.b->sent, 9);
	assert_int_equal(p.a->events[IKE_EVENT_REFUSED] + p.b->events[IKE_EVENT_REFUSED], 0);
	pair_fini(&p);
}

static void aggressive_mode_with_names_takes_six(void **)
{
	struct pair p;

	pair_init(&p, 2);
	v1_pair(&p, true);
	pair_up(&p);
	assert_int_equal(p.a->sent + p.b->sent, 6);
	pair_fini(&p);
}

// The responder's first message comes in pieces before the initiator knows anything of it.
static void aggressive_mode_is_fragmented_in_a_large_group(void **)
{
	struct pair p;

	pair_init(&p, 5);
	v1_pair(&p, true);
	sim_conf_ike(&p.left, "aes256-sha512-group18");
	sim_conf_ike(&p.right, "aes256-sha512-group18");
	pair_up(&p);
	// Two pieces, and the answer in quick mode.
	assert_int_equal(p.b->sent, 3);
	assert_in_range(p.b->largest, 1000, 1280);
	pair_fini(&p);
}

static void works_without_pfs(void **)
{
	struct pair p;

	pair_init(&p, 3);
	v1_pair(&p, false);
	sim_conf_esp(&p.left, "aes256-sha1");
	sim_conf_esp(&p.right, "aes256-sha1");
	pair_up(&p);
	pair_fini(&p);
}

static void a_common_proposal_is_found_among_several(void **)
{
	struct pair p;

	pair_init(&p, 4);
	v1_pair(&p, false);
	sim_conf_ike(&p.left, "aes256-aes128-sha512-sha1-group14-group2 3des-md5-group2");
	sim_conf_ike(&p.right, "aes192-sha1-group2 aes128-sha1-group2");
	sim_conf_esp(&p.left, "aes256gcm16 aes128-sha256");
	sim_conf_esp(&p.right, "aes128-sha256");
	pair_up(&p);
	assert_string_equal(p.a->child[0].sa.suite.encr->name, "aes128");
	pair_fini(&p);
}

// Whichever message is lost, a repetition repairs it.
static void any_single_loss_is_repaired(void **)
{
	for (unsigned int mode = 0; mode < 2; mode++) {
		for (uint64_t seed = 0; seed < 40; seed++) {
			struct pair p;

			pair_init(&p, seed);
			v1_pair(&p, mode);
			p.sim.loss = 200;
			pair_start(&p);
			sim_run(&p.sim, 0.02 + (double)seed / 400);
			p.sim.loss = 0;
			sim_run(&p.sim, 40);
			pair_agree(&p, 1);
			pair_fini(&p);
		}
	}
}

static void through_a_nat(bool aggressive)
{
	struct pair p;

	pair_init(&p, 5);
	v1_pair(&p, aggressive);
	p.a->natted = true;
	p.right.conf.remote.addr.family = ADDR_NONE;
	p.left.conf.dpd_delay_s = p.right.conf.dpd_delay_s = 5;
	pair_up(&p);
	assert_int_equal(p.a->child[0].sa.local.port, 4500);
	assert_true(p.a->child[0].sa.udp && p.b->child[0].sa.udp);
	// The mapping changes: the next question finds the way.
	p.sim.nat_shift = 30000;
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 0);
	assert_true(p.b->events[IKE_EVENT_MOVED] >= 1);
	pair_fini(&p);
}

static void a_nat_is_found_and_followed(void **)
{
	through_a_nat(false);
	through_a_nat(true);
}

static void without_nat_traversal_nothing_floats(void **)
{
	struct pair p;

	pair_init(&p, 7);
	v1_pair(&p, false);
	p.left.conf.natt = false;
	pair_up(&p);
	assert_int_equal(p.a->child[0].sa.local.port, 500);
	assert_false(p.a->child[0].sa.udp);
	pair_fini(&p);
}

static void several_children_at_once(void **)
{
	struct pair p;

	pair_init(&p, 8);
	p.sim.job_max_ms = 0; // the moment below is exact: jobs come back at once
	v1_pair(&p, false);
	for (unsigned int i = 0; i < 2; i++) {
		struct sim_conf *c = i ? &p.right : &p.left;
		struct cidr net = {.addr = addr_v4(10u << 24 | (i ? 6u : 5u) << 16), .bits = 16};

		c->local[1] = selector_of_cidr(&net);
		net.addr = addr_v4(10u << 24 | (i ? 5u : 6u) << 16);
		c->remote[1] = selector_of_cidr(&net);
		c->child[1].local = &c->local[1];
		c->child[1].remote = &c->remote[1];
		c->conf.child_count = 2;
	}
	pair_start(&p);
	sim_run(&p.sim, 0.1);
	pair_agree(&p, 2);
	pair_fini(&p);
}

static uint32_t sent_with(const struct sim_node *node)
{
	for (size_t i = 0; i < node->children; i++) {
		if (node->child[i].outbound)
			return node->child[i].sa.spi_in;
	}
	return 0;
}

// A peer may install the new child only when our last message has arrived: what we sent with it at
// once would be lost.
static void a_renewed_child_is_used_once_the_peer_has_it(void **)
{
	uint32_t old;
	struct pair p;

	pair_init(&p, 20);
	v1_pair(&p, false);
	pair_up(&p);
	old = sent_with(p.a);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 0.1);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_REKEYED], 1);
	assert_int_equal(p.a->children, 2);
	assert_int_equal(sent_with(p.a), old);
	assert_int_not_equal(sent_with(p.b), 0);
	sim_run(&p.sim, 0.4);
	assert_int_not_equal(sent_with(p.a), old);
	sim_run(&p.sim, 10);
	pair_agree(&p, 1);
	// Something came in under it: there is nothing to wait for.
	p.sim.esp_every = MONO_MS(1);
	old = sent_with(p.a);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 0.1);
	assert_int_not_equal(sent_with(p.a), old);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_mode_takes_nine_messages),
		cmocka_unit_test(aggressive_mode_with_names_takes_six),
		cmocka_unit_test(aggressive_mode_is_fragmented_in_a_large_group),
		cmocka_unit_test(works_without_pfs),
		cmocka_unit_test(a_common_proposal_is_found_among_several),
		cmocka_unit_test(any_single_loss_is_repaired),
		cmocka_unit_test(a_nat_is_found_and_followed),
		cmocka_unit_test(without_nat_traversal_nothing_floats),
		cmocka_unit_test(several_children_at_once),
		cmocka_unit_test(a_renewed_child_is_used_once_the_peer_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// Slow arithmetic on helpers: what happens while a job runs.
#include "sim/scenario.h"

// From now on every job takes so long.
static void set_pace(struct pair *p, unsigned int ms)
{
	p->sim.job_min_ms = p->sim.job_max_ms = ms;
}

// A pair whose endpoints hand out jobs.
static void pair_with_jobs(struct pair *p, uint64_t seed)
{
	pair_init(p, seed);
	p->sim.job_min_ms = p->sim.job_max_ms = 1;
	sim_reboot(p->a, NULL);
	sim_reboot(p->b, NULL);
}

static void a_slow_handshake_delays_nobodys_dpd(void **)
{
	struct sim_conf other, for_other;
	struct sim_node *c;
	unsigned int sent;
	struct pair p;

	pair_with_jobs(&p, 1);
	p.left.conf.dpd_delay_s = p.left.conf.dpd_timeout_s = 1;
	pair_up(&p);
	c = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 3, 2, true);
	sim_conf(&for_other, "192.0.2.2", "192.0.2.3", 2, 3, false);
	for_other.conf.tunnel = 2;
	assert_int_equal(sim_set(p.b, &for_other.conf), 0);
	assert_int_equal(sim_set(c, &other.conf), 0);
	sim_run(&p.sim, 0.003);

	// b computes for c until the end; the same b answers a within the second.
	set_pace(&p, 9000);
	sent = p.a->sent;
	sim_run(&p.sim, 8);
	assert_int_equal(sim_sas(p.b, "authenticating"), 1);
	assert_int_equal(c->children, 0);
	assert_true(p.a->sent >= sent + 7);
	assert_int_equal(p.a->sent, p.b->sent);
	assert_int_equal(p.a->events[IKE_EVENT_PEER_DEAD], 0);

	set_pace(&p, 1);
	sim_run(&p.sim, 20);
	assert_int_equal(c->children, 1);
	sim_conf_fini(&other);
	sim_conf_fini(&for_other);
	pair_fini(&p);
}

static void a_tunnel_closed_meanwhile_stays_closed(void **)
{
	struct pair p;

	pair_with_jobs(&p, 2);
	set_pace(&p, 1000);
	pair_start(&p);
	sim_run(&p.sim, 0.5); // a makes its key pair
	assert_int_equal(sim_sas(p.a, "connecting"), 1);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 30);
	assert_int_equal(sim_sas(p.a, NULL), 0);
	assert_int_equal(p.a->sent, 0);

	assert_int_equal(sim_command(p.a, IKE_IN_INITIATE, 1, 0, 0), 0);
	sim_run(&p.sim, 2.5); // b has answered, a derives the secret
	assert_int_equal(sim_sas(p.b, "authenticating"), 1);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

static void a_tunnel_deleted_meanwhile_is_gone(void **)
{
	struct pair p;

	pair_with_jobs(&p, 3);
	pair_up(&p);
	set_pace(&p, 1000);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 1.5); // b answers the renewal
	assert_int_equal(sim_del(p.b, 1), 0);
	sim_run(&p.sim, 0.5);
	assert_int_equal(sim_del(p.a, 1), 0);
	sim_run(&p.sim, 60);
	assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
	assert_int_equal(p.a->children + p.b->children, 0);
	pair_fini(&p);
}

static void a_responder_answers_by_the_configuration_of_the_end(void **)
{
	struct pair p;

	pair_with_jobs(&p, 4);
	pair_start(&p);
	sim_run(&p.sim, 0.003);
	set_pace(&p, 1000);
	sim_run(&p.sim, 0.5); // b derives the secret
	assert_int_equal(sim_sas(p.b, "authenticating"), 1);
	sim_conf_ike(&p.right, "aes256-sha512-ecp256");
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	sim_run(&p.sim, 10);
	assert_int_equal(p.a->children + p.b->children, 0);
	assert_string_equal(p.a->why.got, "NO_PROPOSAL_CHOSEN");
	pair_fini(&p);
}

// A delete that arrives while a rekey's secret is computed: the peer would repeat it after 1.5 s.
static void messages_wait_for_the_job_in_order(void **)
{
	struct pair p;

	pair_with_jobs(&p, 5);
	sim_conf_esp(&p.left, "aes128gcm16-x25519");
	sim_conf_esp(&p.right, "aes128gcm16-x25519");
	pair_up(&p);
	set_pace(&p, 200);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 0.5); // b has answered, a derives the secret
	assert_int_equal(sim_command(p.b, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 0.5);
	assert_int_equal(p.a->children + p.b->children, 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slow_handshake_delays_nobodys_dpd),
		cmocka_unit_test(a_tunnel_closed_meanwhile_stays_closed),
		cmocka_unit_test(a_tunnel_deleted_meanwhile_is_gone),
		cmocka_unit_test(a_responder_answers_by_the_configuration_of_the_end),
		cmocka_unit_test(messages_wait_for_the_job_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

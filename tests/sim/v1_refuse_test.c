// IKEv1 that cannot come up says why; what is forged, replayed or not asked for changes nothing.
#include <string.h>

#include "sim/v1.h"

static void begin(struct pair *p, bool aggressive)
{
	pair_init(p, 1);
	v1_pair(p, aggressive);
	p->left.child[0].start = IKE_START_NONE;
}

static void ask(struct pair *p, double seconds)
{
	pair_start(p);
	(void)sim_command(p->a, IKE_IN_INITIATE, 1, 0, 0);
	sim_run(&p->sim, seconds);
}

static void other_keys_are_named_on_both_sides(void **)
{
	for (unsigned int aggressive = 0; aggressive < 2; aggressive++) {
		struct pair p;

		begin(&p, aggressive);
		sim_conf_psk(&p.right, "another");
		ask(&p, 2);
		assert_int_equal(p.a->children + p.b->children, 0);
		assert_non_null(strstr(p.a->why.what, "pre-shared key"));
		assert_int_equal(p.a->why.code, IKE_REASON_PSK_MISMATCH);
		if (!aggressive)
			assert_string_equal(p.b->why.what, "the pre-shared keys differ");
		sim_run(&p.sim, 120);
		assert_int_equal(sim_sas(p.a, NULL) + sim_sas(p.b, NULL), 0);
		pair_fini(&p);
	}
}

static void other_proposals_are_named_on_both_sides(void **)
{
	struct pair p;

	begin(&p, false);
	sim_conf_ike(&p.right, "aes256-sha256-x25519");
	ask(&p, 2);
	assert_string_equal(p.a->why.what, "the peer accepts none of our IKE proposals");
	assert_int_equal(p.b->why.code, IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH);
	pair_fini(&p);
	begin(&p, false);
	sim_conf_esp(&p.right, "aes256-sha256-x25519");
	ask(&p, 2);
	assert_string_equal(p.a->why.what, "the peer accepts none of our ESP proposals");
	assert_true(p.a->why_child_level && p.b->why_child_level);
	assert_int_equal(sim_sas(p.a, "up"), 1);
	pair_fini(&p);
}

static void other_networks_are_named_on_both_sides(void **)
{
	const struct cidr wider = {.addr = addr_v4(10u << 24), .bits = 8};
	struct pair p;

	begin(&p, false);
	p.right.remote[0] = selector_of_cidr(&wider);
	ask(&p, 2);
	assert_int_equal(p.a->why.code, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
	assert_int_equal(p.b->why.code, IKE_REASON_TRAFFIC_SELECTOR_MISMATCH);
	assert_int_equal(p.a->children + p.b->children, 0);
	pair_fini(&p);
}

static void another_mode_or_version_is_named(void **)
{
	struct pair p;

	begin(&p, true);
	p.right.conf.aggressive = false;
	p.right.conf.local_id = ike_id_of_addr(&p.right.conf.local.addr);
	p.right.conf.remote_id = ike_id_of_addr(&p.left.conf.local.addr);
	ask(&p, 2);
	assert_int_equal(p.b->why.code, IKE_REASON_NEGOTIATION_MODE_MISMATCH);
	assert_int_equal(sim_sas(p.b, NULL), 0);
	pair_fini(&p);
	begin(&p, false);
	p.right.conf.version = IKE_V2;
	ask(&p, 2);
	assert_int_equal(p.b->why.code, IKE_REASON_IKE_VERSION_MISMATCH);
	pair_fini(&p);
	begin(&p, false);
	p.left.conf.version = IKE_V2;
	ask(&p, 2);
	assert_int_equal(p.b->why.code, IKE_REASON_IKE_VERSION_MISMATCH);
	pair_fini(&p);
}

static void names_in_main_mode_and_several_networks_are_errors(void **)
{
	struct pair p;

	begin(&p, true);
	p.left.conf.aggressive = false;
	assert_int_equal(sim_set(p.a, &p.left.conf), -EINVAL);
	p.left.conf.aggressive = true;
	p.left.local[1] = p.left.local[0];
	p.left.child[0].local_count = 2;
	assert_int_equal(sim_set(p.a, &p.left.conf), -EINVAL);
	pair_fini(&p);
}

// Every datagram of a life, once more with a bit turned and once more as it was, at the end.
struct tape {
	struct endpoint local[64], remote[64];
	uint8_t data[64][2048];
	size_t len[64], count;
};

static void record(void *ctx, const struct endpoint *local, const struct endpoint *remote,
	const uint8_t *data, size_t len)
{
	struct tape *t = ctx;

	if (t->count == 64 || len > sizeof(t->data[0]))
		return;
	t->local[t->count] = *local;
	t->remote[t->count] = *remote;
	memcpy(t->data[t->count], data, len);
	t->len[t->count++] = len;
}

static void replay(struct pair *p, const struct tape *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct sim_node *to = addr_eq(&t->remote[i].addr, &p->a->addr) ? p->a : p->b;
		const struct ike_in in = {.type = IKE_IN_DATAGRAM,
			.now = p->sim.now,
			.local = t->remote[i],
			.remote = t->local[i],
			.data = t->data[i],
			.len = t->len[i]};

		assert_int_equal(ike_step(to->ike, &in, &to->out), 0);
		for (size_t k = 0; k < to->out.count; k++)
			assert_true(to->out.act[k].type == IKE_ACT_SEND ||
				    to->out.act[k].type == IKE_ACT_EVENT ||
				    to->out.act[k].type == IKE_ACT_STEP);
		ike_out_clear(&to->out);
	}
}

static void what_is_replayed_or_forged_changes_nothing(void **)
{
	static struct tape t;
	struct pair p;
	uint32_t spi;

	t.count = 0;
	begin(&p, false);
	p.sim.tap = record;
	p.sim.tap_ctx = &t;
	p.left.conf.dpd_delay_s = 3;
	ask(&p, 5);
	sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0);
	sim_run(&p.sim, 90);
	pair_agree(&p, 1);
	p.sim.tap = NULL;
	spi = p.a->child[0].sa.spi_in;
	replay(&p, &t);
	for (size_t i = 0; i < t.count; i++)
		t.data[i][t.len[i] - 1] ^= 1;
	replay(&p, &t);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	assert_int_equal(p.a->child[0].sa.spi_in, spi);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_keys_are_named_on_both_sides),
		cmocka_unit_test(other_proposals_are_named_on_both_sides),
		cmocka_unit_test(other_networks_are_named_on_both_sides),
		cmocka_unit_test(another_mode_or_version_is_named),
		cmocka_unit_test(names_in_main_mode_and_several_networks_are_errors),
		cmocka_unit_test(what_is_replayed_or_forged_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// Setting a tunnel up: roles, algorithms, identities, NATs, cookies, groups, fragments.
#include "sim/scenario.h"

#include <stdio.h>
#include <string.h>

static void comes_up_and_carries(void **)
{
	struct pair p;

	pair_init(&p, 1);
	p.sim.esp_every = MONO_MS(100);
	pair_up(&p);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_UP], 1);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_UP], 1);
	assert_true(p.a->esp_sent > 50);
	assert_int_equal(p.a->esp_lost, 0);
	pair_fini(&p);
}

static void answers_a_peer_at_any_address(void **)
{
	struct pair p;

	pair_init(&p, 2);
	p.right.conf.remote.addr = (struct addr){};
	p.right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	pair_up(&p);
	pair_fini(&p);
}

// Of five tunnels the one between these two addresses; without it, the one to any address.
static void an_exact_address_comes_before_any(void **)
{
	struct sim_conf any, elsewhere[3];
	struct pair p;

	pair_init(&p, 2);
	sim_conf(&any, "192.0.2.2", NULL, 2, 1, false);
	any.conf.tunnel = 5;
	any.conf.remote_id = p.right.conf.remote_id;
	assert_int_equal(sim_set(p.b, &any.conf), 0);
	for (unsigned int i = 0; i < 3; i++) {
		sim_conf(&elsewhere[i], i ? "192.0.2.2" : "192.0.2.3",
			i ? "192.0.2.9" : "192.0.2.1", 2, 1, false);
		elsewhere[i].conf.tunnel = 10 + i;
		elsewhere[i].conf.remote_id = p.right.conf.remote_id;
		assert_int_equal(sim_set(p.b, &elsewhere[i].conf), 0);
	}
	pair_up(&p);
	assert_int_equal(p.b->child[0].sa.tunnel, 1);

	assert_int_equal(sim_del(p.b, 1), 0);
	sim_run(&p.sim, 20);
	pair_agree(&p, 1);
	assert_int_equal(p.b->child[0].sa.tunnel, 5);
	pair_fini(&p);
	sim_conf_fini(&any);
	for (unsigned int i = 0; i < 3; i++)
		sim_conf_fini(&elsewhere[i]);
}

static void an_endpoint_without_a_peer_address_cannot_start(void **)
{
	struct pair p;

	pair_init(&p, 3);
	p.left.conf.remote.addr = (struct addr){};
	assert_int_equal(sim_set(p.a, &p.left.conf), -EINVAL);
	assert_string_equal(p.a->why.what, "a tunnel to any address cannot start by itself");
	pair_fini(&p);
}

static void up_with(const char *ike, const char *esp)
{
	struct pair p;
	const char *wrong;

	pair_init(&p, 4);
	sim_conf_ike(&p.left, ike);
	sim_conf_ike(&p.right, ike);
	sim_conf_esp(&p.left, esp);
	sim_conf_esp(&p.right, esp);
	pair_start(&p);
	sim_run(&p.sim, 3);
	// PFS groups take part in the rekey alone.
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	assert_int_equal(sim_command(p.b, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	wrong = sim_agree(p.a, p.b, 1);
	if (wrong)
		fail_msg("%s / %s: %s", ike, esp, wrong);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_REKEYED], 1);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_REKEYED], 1);
	pair_fini(&p);
}

static void every_group_works(void **)
{
	static const char *const groups[] = {"modp768", "modp1024", "modp1536", "modp2048",
		"modp3072", "modp4096", "ecp256", "ecp384", "ecp521", "x25519"};
	char ike[64], esp[64];

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		snprintf(ike, sizeof(ike), "aes128-sha256-%s", groups[i]);
		snprintf(esp, sizeof(esp), "aes128-sha1-%s", groups[i]);
		up_with(ike, esp);
	}
}

static void every_cipher_works_with_every_integrity(void **)
{
	static const char *const ciphers[] = {"aes128", "aes192", "aes256"};
	static const char *const hashes[] = {"md5", "sha1", "sha256", "sha384", "sha512"};
	char ike[64], esp[64];

	for (size_t c = 0; c < 3; c++) {
		for (size_t h = 0; h < 5; h++) {
			snprintf(ike, sizeof(ike), "%s-%s-x25519", ciphers[c], hashes[h]);
			snprintf(esp, sizeof(esp), "%s-%s", ciphers[c], hashes[(h + 1) % 5]);
			up_with(ike, esp);
			snprintf(ike, sizeof(ike), "%sgcm16-prf%s-x25519", ciphers[c], hashes[h]);
			snprintf(esp, sizeof(esp), "%sgcm16-esn", ciphers[c]);
			up_with(ike, esp);
		}
	}
}

static void finds_the_common_one_of_several_proposals(void **)
{
	struct pair p;

	pair_init(&p, 5);
	sim_conf_ike(&p.left, "aes256gcm16-prfsha384-ecp384 aes128-aes256-sha1-sha512-modp2048");
	sim_conf_ike(&p.right, "aes128gcm16-prfsha256-x25519 aes256-sha512-modp2048-x25519");
	sim_conf_esp(&p.left, "aes256-sha256 aes128gcm16-noesn-esn");
	sim_conf_esp(&p.right, "aes128gcm16-esn-noesn");
	pair_up(&p);
	assert_ptr_equal(p.a->child[0].sa.suite.encr, alg(ALG_AES128_GCM16));
	assert_true(p.a->child[0].sa.suite.esn);
	pair_fini(&p);
}

static void begins_again_with_the_group_that_the_peer_asks_for(void **)
{
	struct pair p;

	pair_init(&p, 6);
	sim_conf_ike(&p.left, "aes128-sha256-modp2048-ecp256-x25519");
	sim_conf_ike(&p.right, "aes128-sha256-x25519");
	sim_conf_esp(&p.left, "aes128gcm16-modp1024-ecp256");
	sim_conf_esp(&p.right, "aes128gcm16-ecp256");
	pair_up(&p);
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 10);
	pair_agree(&p, 1);
	assert_ptr_equal(p.a->child[0].sa.suite.ke, alg(ALG_ECP256));
	assert_int_equal(p.a->events[IKE_EVENT_REFUSED], 0);
	pair_fini(&p);
}

static void brings_back_a_cookie(void **)
{
	const struct ike_params careful = {.cookie_above = 1};
	struct sim_node *silent;
	struct sim_conf other;
	unsigned int job_max_ms;
	struct pair p;

	pair_init(&p, 7);
	sim_reboot(p.b, &careful);
	// It sends at once, and is silent from then on.
	job_max_ms = p.sim.job_max_ms;
	p.sim.job_max_ms = 0;
	silent = sim_node(&p.sim, "192.0.2.3", NULL);
	p.sim.job_max_ms = job_max_ms;
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 3, 2, true);
	p.right.conf.remote.addr = (struct addr){};
	p.right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	assert_int_equal(sim_set(silent, &other.conf), 0);
	silent->dead = true;
	sim_run(&p.sim, 1);
	assert_int_equal(sim_sas(p.b, "authenticating"), 1);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 1);
	// IKE_SA_INIT twice, IKE_AUTH once.
	assert_int_equal(p.a->sent, 3);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	sim_conf_fini(&other);
	pair_fini(&p);
}

// Over a slow network a repetition of the first request may arrive when no cookie is asked for any
// more, and be answered, before the request with the cookie does. It is that one which the peer
// signs.
static void a_cookie_may_come_late(void **)
{
	const struct ike_params careful = {.cookie_above = 1};
	struct sim_node *silent;
	struct sim_conf other;
	struct pair p;

	pair_init(&p, 8);
	p.sim.job_max_ms = 0;
	sim_reboot(p.b, &careful);
	silent = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 3, 2, true);
	p.right.conf.remote.addr = (struct addr){};
	p.right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	assert_int_equal(sim_set(silent, &other.conf), 0);
	silent->dead = true;
	sim_run(&p.sim, 26);
	p.sim.delay_min_ms = p.sim.delay_max_ms = 3000;
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	// 3 s: a cookie is asked for; 4 s: the silent one's time is over; 4.5 s: the repetition.
	sim_run(&p.sim, 20);
	assert_int_equal(p.b->events[IKE_EVENT_REFUSED], 0);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_UP], 1);
	sim_conf_fini(&other);
	pair_fini(&p);
}

static void refuses_strangers_beyond_the_limit_of_half_opens(void **)
{
	const struct ike_params small = {.half_open_max = 1};
	struct sim_node *silent;
	struct sim_conf other;
	struct pair p;

	pair_init(&p, 8);
	sim_reboot(p.b, &small);
	silent = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 3, 2, true);
	p.right.conf.remote.addr = (struct addr){};
	p.right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	assert_int_equal(sim_set(p.b, &p.right.conf), 0);
	assert_int_equal(sim_set(silent, &other.conf), 0);
	silent->dead = true;
	sim_run(&p.sim, 1);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 10);
	assert_int_equal(sim_sas(p.b, NULL), 1);
	// The half-open exchange ends by itself, and the next repetition gets through.
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	sim_conf_fini(&other);
	pair_fini(&p);
}

static void add_networks(struct sim_conf *c, unsigned int mine, unsigned int theirs)
{
	for (unsigned int i = 1; i < 4; i++) {
		c->local[i] = c->local[0];
		c->local[i].first = addr_v4((10u + i) << 24 | mine << 16);
		c->local[i].last = c->local[i].first;
		c->remote[i] = c->remote[0];
		c->remote[i].first = addr_v4((10u + i) << 24 | theirs << 16);
		c->remote[i].last = c->remote[i].first;
	}
	c->child[0].local_count = c->child[0].remote_count = 4;
}

static void fragments_what_is_too_long(void **)
{
	static const char many[] = "aes128-aes192-aes256-sha1-sha256-sha384-sha512-x25519 "
				   "aes128gcm16-aes192gcm16-aes256gcm16-x25519-ecp256-modp2048";
	const struct ike_params narrow = {.fragment_len = 296};
	struct pair p;

	pair_init(&p, 9);
	sim_reboot(p.a, &narrow);
	sim_reboot(p.b, &narrow);
	add_networks(&p.left, 1, 2);
	add_networks(&p.right, 2, 1);
	sim_conf_esp(&p.left, many);
	sim_conf_esp(&p.right, many);
	p.sim.delay_max_ms = 200; // fragments overtake each other
	p.sim.dup = 200;
	pair_start(&p);
	sim_run(&p.sim, 20);
	pair_agree(&p, 1);
	assert_int_equal(p.a->child[0].sa.local_ts_count, 4);
	p.a->largest = 0; // IKE_SA_INIT is never fragmented
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	pair_agree(&p, 1);
	assert_in_range(p.a->largest, 200, 296 - 28);
	pair_fini(&p);
}

static void does_not_fragment_when_told_not_to(void **)
{
	const struct ike_params narrow = {.fragment_len = 296};
	struct pair p;

	pair_init(&p, 10);
	sim_reboot(p.a, &narrow);
	p.right.conf.fragmentation = false;
	add_networks(&p.left, 1, 2);
	add_networks(&p.right, 2, 1);
	pair_up(&p);
	assert_true(p.a->largest > 296 - 28);
	pair_fini(&p);
}

static void hide_behind_nat(struct pair *p)
{
	p->a->natted = true;
	p->right.conf.remote.addr = (struct addr){};
	p->right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
}

static void floats_to_4500_through_a_nat(void **)
{
	struct pair p;

	pair_init(&p, 11);
	hide_behind_nat(&p);
	p.sim.esp_every = MONO_MS(100);
	pair_up(&p);
	assert_true(p.a->child[0].sa.udp && p.b->child[0].sa.udp);
	assert_int_equal(p.a->child[0].sa.local.port, 4500);
	assert_int_equal(p.b->child[0].sa.remote.port, 4500 + p.sim.nat_shift);
	assert_int_equal(p.a->esp_lost + p.b->esp_lost, 0);
	pair_fini(&p);
}

static void keeps_the_mapping_of_a_nat_open(void **)
{
	unsigned int sent;
	struct pair p;

	pair_init(&p, 12);
	hide_behind_nat(&p);
	p.left.conf.keepalive_s = 5;
	pair_up(&p);
	sent = p.a->sent;
	sim_run(&p.sim, 60);
	assert_in_range(p.a->sent - sent, 11, 13);
	pair_fini(&p);
}

static void follows_a_rebound_mapping(void **)
{
	struct pair p;

	pair_init(&p, 13);
	hide_behind_nat(&p);
	p.left.conf.dpd_delay_s = 5;
	pair_up(&p);
	p.sim.nat_shift = 30000;
	sim_run(&p.sim, 20);
	assert_int_equal(p.b->events[IKE_EVENT_MOVED], 1);
	assert_int_equal(p.b->child[0].sa.remote.port, 4500 + 30000);
	pair_agree(&p, 1);
	pair_fini(&p);
}

// The peer that moves has nothing to say but ESP.
static void follows_esp_from_a_rebound_mapping(void **)
{
	struct pair p;

	pair_init(&p, 13);
	hide_behind_nat(&p);
	p.sim.esp_every = MONO_MS(10);
	pair_up(&p);
	p.a->esp_lost = p.b->esp_lost = 0;
	p.sim.nat_shift = 30000;
	sim_run(&p.sim, 5);
	assert_int_equal(p.b->events[IKE_EVENT_MOVED], 1);
	assert_int_equal(p.b->child[0].sa.remote.port, 4500 + 30000);
	// Nobody but the NAT has lost anything: what was sent to the old mapping until ours was
	// known.
	assert_int_equal(p.a->esp_lost, 0);
	assert_in_range(p.b->esp_lost, 1, 2);
	// IKE goes the new way, too.
	assert_int_equal(sim_command(p.b, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 15);
	assert_int_equal(p.a->events[IKE_EVENT_IKE_REKEYED], 1);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void who_is_no_peer_behind_a_nat_is_not_followed(void **)
{
	struct ike_in in = {.type = IKE_IN_MOVED};
	struct pair p;

	pair_init(&p, 13);
	pair_up(&p);
	in.now = p.sim.now;
	in.spi = p.b->child[0].sa.spi_in;
	assert_int_equal(addr_read("198.51.100.66", &in.remote.addr), 0);
	in.remote.port = 4500;
	assert_int_equal(ike_step(p.b->ike, &in, &p.b->out), 0);
	assert_int_equal(p.b->out.count, 0);
	in.spi++;
	assert_int_equal(ike_step(p.b->ike, &in, &p.b->out), -ENOENT);
	pair_fini(&p);
}

// Three ends: two customers, and one gateway with a tunnel for each.
struct road {
	struct pair p; // a and its tunnel 1 at b
	struct sim_node *c;
	struct sim_conf third, at_b; // c's, and tunnel 2 at b
};

static void road_init(struct road *r, uint64_t seed, const char *first, const char *second)
{
	pair_init(&r->p, seed);
	r->c = sim_node(&r->p.sim, "192.0.2.3", NULL);
	sim_conf(&r->third, "192.0.2.3", "192.0.2.2", 3, 2, true);
	sim_conf(&r->at_b, "192.0.2.2", NULL, 2, 3, false);
	r->p.right.conf.remote.addr = (struct addr){};
	r->at_b.conf.tunnel = 2;
	assert_int_equal(ike_id_read(first, &r->p.left.conf.local_id, NULL), 0);
	assert_int_equal(ike_id_read(second, &r->third.conf.local_id, NULL), 0);
	r->p.right.conf.remote_id = r->p.left.conf.local_id;
	r->at_b.conf.remote_id = r->third.conf.local_id;
	sim_conf_psk(&r->third, "another secret");
	sim_conf_psk(&r->at_b, "another secret");
}

static void road_fini(struct road *r)
{
	sim_conf_fini(&r->third);
	sim_conf_fini(&r->at_b);
	pair_fini(&r->p);
}

static const struct sim_child *child_of(const struct sim_node *node, uint32_t tunnel)
{
	for (size_t i = 0; i < node->children; i++) {
		if (node->child[i].sa.tunnel == tunnel)
			return &node->child[i];
	}
	fail_msg("no child of tunnel %u", tunnel);
	return NULL;
}

static void road_up(struct road *r)
{
	assert_int_equal(sim_set(r->p.b, &r->at_b.conf), 0);
	pair_start(&r->p);
	assert_int_equal(sim_set(r->c, &r->third.conf), 0);
	sim_run(&r->p.sim, 10);
	assert_int_equal(r->p.b->children, 2);
	assert_int_equal(child_of(r->p.b, 1)->sa.spi_in, r->p.a->child[0].sa.spi_out);
	assert_int_equal(child_of(r->p.b, 2)->sa.spi_in, r->c->child[0].sa.spi_out);
}

static void peers_at_any_address_are_told_apart_by_identity(void **)
{
	struct road r;

	road_init(&r, 40, "one.example.com", "two.example.com");
	road_up(&r);
	road_fini(&r);
}

static void two_peers_live_behind_one_nat(void **)
{
	struct road r;

	road_init(&r, 41, "one.example.com", "keyid:two");
	r.p.a->natted = r.c->natted = true;
	// Their address is known, and the same.
	r.p.right.conf.remote.addr = r.at_b.conf.remote.addr = r.p.sim.nat_addr;
	r.p.sim.esp_every = MONO_MS(100);
	road_up(&r);
	assert_int_not_equal(
		child_of(r.p.b, 1)->sa.remote.port, child_of(r.p.b, 2)->sa.remote.port);
	r.p.sim.nat_shift += 10;
	sim_run(&r.p.sim, 5);
	assert_int_equal(r.p.b->events[IKE_EVENT_MOVED], 2);
	assert_int_equal(sim_command(r.p.b, IKE_IN_REKEY_CHILD, 2, 0, 0), 0);
	sim_run(&r.p.sim, 5);
	assert_int_equal(r.c->events[IKE_EVENT_CHILD_REKEYED], 1);
	assert_int_equal(r.p.a->events[IKE_EVENT_CHILD_REKEYED], 0);
	road_fini(&r);
}

// The two tunnels of one connection: two addresses of ours, everything else the same.
static void two_tunnels_with_the_same_selectors_live_side_by_side(void **)
{
	struct sim_conf near, far;
	uint32_t other;
	struct pair p;

	pair_init(&p, 42);
	assert_int_equal(addr_read("192.0.2.102", &p.b->second), 0);
	sim_conf(&near, "192.0.2.1", "192.0.2.102", 1, 2, true);
	sim_conf(&far, "192.0.2.102", "192.0.2.1", 2, 1, false);
	near.conf.tunnel = far.conf.tunnel = 2;
	p.sim.esp_every = MONO_MS(50);
	assert_int_equal(sim_set(p.b, &far.conf), 0);
	pair_start(&p);
	assert_int_equal(sim_set(p.a, &near.conf), 0);
	sim_run(&p.sim, 5);
	assert_true(child_of(p.b, 1)->outbound && child_of(p.b, 2)->outbound);
	assert_true(selector_eq(
		&child_of(p.b, 1)->sa.remote_ts[0], &child_of(p.b, 2)->sa.remote_ts[0]));
	other = child_of(p.a, 2)->sa.spi_in;
	assert_int_equal(sim_command(p.a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	assert_int_equal(sim_command(p.b, IKE_IN_REKEY_IKE, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	assert_int_equal(p.a->children, 2);
	assert_int_equal(child_of(p.a, 2)->sa.spi_in, other);
	assert_int_equal(sim_command(p.a, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p.sim, 20);
	assert_int_equal(p.a->children, 1);
	assert_int_equal(child_of(p.b, 2)->sa.spi_out, other);
	assert_true(child_of(p.a, 2)->outbound);
	sim_conf_fini(&near);
	sim_conf_fini(&far);
	pair_fini(&p);
}

static void without_natt_there_is_no_detection(void **)
{
	struct pair p;

	pair_init(&p, 14);
	p.left.conf.natt = false;
	pair_up(&p);
	assert_false(p.a->child[0].sa.udp || p.b->child[0].sa.udp);
	assert_int_equal(p.a->child[0].sa.local.port, 500);
	pair_fini(&p);
}

static void every_kind_of_identity_works(void **)
{
	static const char *const ids[] = {"192.0.2.1", "2001:db8::1", "gw.example.com", "@short",
		"admin@example.com", "keyid:branch 7", "keyid:0x00ff17"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct pair p;

		pair_init(&p, 15 + i);
		assert_int_equal(ike_id_read(ids[i], &p.left.conf.local_id, NULL), 0);
		p.right.conf.remote_id = p.left.conf.local_id;
		assert_int_equal(ike_id_read(ids[(i + 1) % 7], &p.right.conf.local_id, NULL), 0);
		p.left.conf.remote_id = p.right.conf.local_id;
		pair_up(&p);
		pair_fini(&p);
	}
}

static void works_over_ipv6(void **)
{
	struct pair p = {};

	sim_init(&p.sim, 30);
	p.a = sim_node(&p.sim, "2001:db8::1", NULL);
	p.b = sim_node(&p.sim, "2001:db8::2", NULL);
	sim_conf(&p.left, "2001:db8::1", "2001:db8::2", 1, 2, true);
	sim_conf(&p.right, "2001:db8::2", "2001:db8::1", 2, 1, false);
	pair_up(&p);
	pair_fini(&p);
}

static void the_responder_narrows_to_what_both_want(void **)
{
	struct pair p;

	pair_init(&p, 31);
	p.right.local[0].last = addr_v4(10u << 24 | 2 << 16 | 0xff);
	p.left.local[0].port_first = p.left.local[0].port_last = 80;
	p.left.local[0].proto = 6;
	pair_up(&p);
	assert_true(selector_eq(&p.a->child[0].sa.remote_ts[0], &p.right.local[0]));
	assert_true(selector_eq(&p.b->child[0].sa.remote_ts[0], &p.left.local[0]));
	pair_fini(&p);
}

static void two_children_share_one_ike_sa(void **)
{
	struct selector other;
	struct pair p;

	pair_init(&p, 32);
	other = p.left.local[0];
	other.first = addr_v4(172u << 24);
	other.last = addr_v4(172u << 24 | 255);
	p.left.local[1] = p.right.remote[1] = other;
	p.left.child[1].local = &p.left.local[1];
	p.right.child[1].remote = &p.right.remote[1];
	p.left.conf.child_count = p.right.conf.child_count = 2;
	pair_start(&p);
	sim_run(&p.sim, 10);
	pair_agree(&p, 2);
	assert_int_equal(sim_command(p.b, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p.sim, 10);
	pair_agree(&p, 2);
	assert_int_equal(p.b->events[IKE_EVENT_CHILD_REKEYED], 2);
	pair_fini(&p);
}

static void a_trap_comes_up_with_the_first_packet(void **)
{
	struct pair p;

	pair_init(&p, 33);
	p.left.child[0].start = IKE_START_TRAP;
	pair_start(&p);
	sim_run(&p.sim, 10);
	assert_int_equal(sim_sas(p.a, NULL), 0);
	assert_int_equal(sim_command(p.a, IKE_IN_ACQUIRE, 1, 1, 0), 0);
	assert_int_equal(sim_command(p.a, IKE_IN_ACQUIRE, 1, 1, 0), 0);
	sim_run(&p.sim, 1);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void both_sides_starting_at_once_end_with_one_sa(void **)
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		struct pair p;

		pair_init(&p, seed);
		p.right.child[0].start = IKE_START_NOW;
		p.sim.delay_max_ms = 300;
		p.sim.loss = (unsigned int)(seed % 3) * 100;
		pair_start(&p);
		sim_run(&p.sim, 30);
		p.sim.loss = 0;
		sim_run(&p.sim, 150);
		pair_agree(&p, 1);
		pair_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_up_and_carries),
		cmocka_unit_test(answers_a_peer_at_any_address),
		cmocka_unit_test(an_exact_address_comes_before_any),
		cmocka_unit_test(an_endpoint_without_a_peer_address_cannot_start),
		cmocka_unit_test(every_group_works),
		cmocka_unit_test(every_cipher_works_with_every_integrity),
		cmocka_unit_test(finds_the_common_one_of_several_proposals),
		cmocka_unit_test(begins_again_with_the_group_that_the_peer_asks_for),
		cmocka_unit_test(brings_back_a_cookie),
		cmocka_unit_test(a_cookie_may_come_late),
		cmocka_unit_test(refuses_strangers_beyond_the_limit_of_half_opens),
		cmocka_unit_test(fragments_what_is_too_long),
		cmocka_unit_test(does_not_fragment_when_told_not_to),
		cmocka_unit_test(floats_to_4500_through_a_nat),
		cmocka_unit_test(keeps_the_mapping_of_a_nat_open),
		cmocka_unit_test(follows_a_rebound_mapping),
		cmocka_unit_test(follows_esp_from_a_rebound_mapping),
		cmocka_unit_test(who_is_no_peer_behind_a_nat_is_not_followed),
		cmocka_unit_test(peers_at_any_address_are_told_apart_by_identity),
		cmocka_unit_test(two_peers_live_behind_one_nat),
		cmocka_unit_test(two_tunnels_with_the_same_selectors_live_side_by_side),
		cmocka_unit_test(without_natt_there_is_no_detection),
		cmocka_unit_test(every_kind_of_identity_works),
		cmocka_unit_test(works_over_ipv6),
		cmocka_unit_test(the_responder_narrows_to_what_both_want),
		cmocka_unit_test(two_children_share_one_ike_sa),
		cmocka_unit_test(a_trap_comes_up_with_the_first_packet),
		cmocka_unit_test(both_sides_starting_at_once_end_with_one_sa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

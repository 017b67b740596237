// Every FailedReasonCode that a peer can provoke is told with its parameters: one row each. Those
// that have none here are named at the end, with the reason.
#include "sim/scenario.h"
#include "sim/v1.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ike/packet.h"
#include "ike/propose.h"
#include "ike/reason.h"
#include "ike/ts.h"
#include "ike/v1/wire.h"

static void stranger(struct pair *p)
{
	assert_int_equal(addr_read("192.0.2.77", &p->right.conf.remote.addr), 0);
}

static void several(struct pair *p)
{
	sim_conf_ike(&p->right, "aes256-sha512-modp2048");
}

static void cipher(struct pair *p)
{
	sim_conf_ike(&p->right, "aes192-aes256-sha256-x25519");
}

static void hash(struct pair *p)
{
	sim_conf_ike(&p->right, "aes128-sha512-x25519");
}

static void group(struct pair *p)
{
	sim_conf_ike(&p->right, "aes128-sha256-modp2048");
}

static void cipher_of_esp(struct pair *p)
{
	sim_conf_esp(&p->right, "aes256-sha512");
}

// The first child comes without a group of its own, so that the difference shows at the rekey.
static void pfs(struct pair *p)
{
	sim_conf_esp(&p->right, "aes128gcm16-modp2048");
}

static void rekey_child(struct pair *p)
{
	assert_int_equal(sim_command(p->a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p->sim, 0.5);
}

static void psk(struct pair *p)
{
	sim_conf_psk(&p->right, "Secret");
}

static void identity(struct pair *p)
{
	assert_int_equal(ike_id_read("other.example.com", &p->left.conf.local_id, NULL), 0);
}

static void selectors(struct pair *p)
{
	p->right.local[0].first = addr_v4(10u << 24 | 9 << 16);
	p->right.local[0].last = addr_v4(10u << 24 | 9 << 16 | 0xffff);
}

// b sees the NAT, and may not say so.
static void nat(struct pair *p)
{
	p->a->natted = true;
	p->right.conf.remote.addr = (struct addr){};
	p->right.conf.natt = false;
}

static void other_nat(struct pair *p)
{
	nat(p);
	p->right.conf.natt = true;
	p->left.conf.natt = false;
}

static void nobody(struct pair *p)
{
	p->b->dead = true;
}

static void wait_a_minute(struct pair *p)
{
	sim_run(&p->sim, 60);
}

// b hears no more once the first exchange is over.
static void half_way(struct pair *p)
{
	p->b->dead = false;
	p->sim.delay_min_ms = p->sim.delay_max_ms = 100;
}

static void die_half_way(struct pair *p)
{
	assert_int_equal(sim_sas(p->b, "authenticating"), 1);
	p->a->dead = true;
	sim_run(&p->sim, 60);
}

static void deaf_half_way(struct pair *p)
{
	p->b->dead = true;
	sim_run(&p->sim, 60);
}

static void ask_often(struct pair *p)
{
	p->left.conf.dpd_delay_s = 2;
	p->left.conf.dpd_timeout_s = 5;
}

static void die(struct pair *p)
{
	p->b->dead = true;
	sim_run(&p->sim, 12);
}

static void die_at_rekey(struct pair *p)
{
	p->b->dead = true;
	assert_int_equal(sim_command(p->a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p->sim, 60);
}

static void hang_up(struct pair *p)
{
	assert_int_equal(sim_command(p->b, IKE_IN_TERMINATE, 1, 0, 0), 0);
	sim_run(&p->sim, 0.5);
}

static void hang_up_child(struct pair *p)
{
	assert_int_equal(sim_command(p->b, IKE_IN_TERMINATE, 1, 1, 0), 0);
	sim_run(&p->sim, 0.5);
}

static void same(struct pair *)
{
}

static void version_2_at_right(struct pair *p)
{
	p->right.conf.version = IKE_V2;
}

static void version_1_at_right(struct pair *p)
{
	p->right.conf.version = IKE_V1;
}

static void aggressive_at_right(struct pair *p)
{
	p->right.conf.aggressive = true;
}

static void lifetimes(struct pair *p)
{
	p->left.child[0].lifetime_s = 7200;
	p->right.child[0].lifetime_s = 3600;
}

static void other_pfs(struct pair *p)
{
	sim_conf_esp(&p->right, "aes128-sha256-modp2048");
}

static void keep_spis(void *ctx, const struct ike_sa_view *view)
{
	struct wr *wr = ctx;

	wr_u64(wr, view->spi_i);
	wr_u64(wr, view->spi_r);
}

// What a's device might say, if it were another one: an encrypted message to b whose header is
// true.
static void say_as_a(struct pair *p, uint8_t next, uint8_t exchange, uint8_t flags)
{
	uint8_t data[60];
	struct wr wr = wr_of(data, sizeof(data));
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.now = p->sim.now,
		.local = {.addr = p->b->addr, .port = 500},
		.remote = {.addr = p->a->addr, .port = 500},
		.data = data,
		.len = sizeof(data)};
	struct ike_out out = {};

	ike_each_sa(p->b->ike, keep_spis, &wr);
	wr_u8(&wr, next);
	wr_u8(&wr, V1_VERSION);
	wr_u8(&wr, exchange);
	wr_u8(&wr, flags | V1_FLAG_ENCRYPTED);
	wr_u32(&wr, 0x12345678);
	wr_u32(&wr, sizeof(data));
	wr_zero(&wr, wr_left(&wr));
	assert_false(wr.bad);
	sim_run(&p->sim, 2);
	in.now = p->sim.now;
	assert_int_equal(ike_step(p->b->ike, &in, &out), 0);
	for (size_t i = 0; i < out.count; i++) {
		if (out.act[i].type == IKE_ACT_EVENT)
			p->b->why = out.act[i].event.why;
	}
	ike_out_free(&out);
}

static void commit(struct pair *p)
{
	say_as_a(p, V1_PAYLOAD_HASH, V1_QUICK, V1_FLAG_COMMIT);
}

static void notify_first(struct pair *p)
{
	say_as_a(p, V1_PAYLOAD_NOTIFY, V1_INFORMATIONAL, 0);
}

static struct ike_sa *sa_of(const struct sim_node *node)
{
	struct ike_sa *sa = node->ike->sas;

	assert_non_null(sa);
	return sa;
}

// One more message of a device, with its keys; what the other one then tells is its reason.
static void say(struct sim_node *from, struct sim_node *to, bool response, uint32_t id,
	struct ike_chain *chain)
{
	struct ike_packets packets = {};
	struct ike_sa *sa = sa_of(from);
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.now = from->sim->now,
		.local = sa->remote,
		.remote = sa->local};
	struct ike_out out = {};

	from->ike->params.steps = false; // outside of a step nothing can be told
	assert_int_equal(
		ike_packet_seal(sa, IKE_CREATE_CHILD_SA, response, id, chain, &packets), 0);
	in.data = packets.bytes;
	in.len = packets.len;
	assert_int_equal(ike_step(to->ike, &in, &out), 0);
	for (size_t i = 0; i < out.count; i++) {
		if (out.act[i].type == IKE_ACT_EVENT && out.act[i].event.why.what[0])
			to->why = out.act[i].event.why;
	}
	ike_out_free(&out);
	ike_packets_free(&packets);
}

static void ask_for_transport_mode(struct pair *p)
{
	const struct ike_propose propose = {.purpose = PROPOSAL_ESP,
		.ours = p->left.child[0].esp,
		.count = p->left.child[0].esp_count};
	static const uint8_t nonce[32] = {1};
	uint8_t room[1024];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));

	ike_payload_notify(&chain, IKE_N_USE_TRANSPORT_MODE, 0, NULL, 0);
	ike_payload_begin(&chain, IKE_PAYLOAD_SA);
	ike_propose_write(&propose, 0x5000, 4, NULL, &chain.wr);
	ike_payload_end(&chain);
	ike_payload_bytes(&chain, IKE_PAYLOAD_NONCE, nonce, sizeof(nonce));
	ike_payload_begin(&chain, IKE_PAYLOAD_TSI);
	ike_ts_write(p->left.local, 1, &chain.wr);
	ike_payload_end(&chain);
	ike_payload_begin(&chain, IKE_PAYLOAD_TSR);
	ike_ts_write(p->left.remote, 1, &chain.wr);
	ike_payload_end(&chain);
	say(p->a, p->b, false, sa_of(p->b)->id_in, &chain);
}

static void no_group(struct pair *p)
{
	sim_conf_esp(&p->left, "aes128gcm16");
	sim_conf_esp(&p->right, "aes128gcm16");
}

// No code of its own: the peer has as many children as it can have.
static void no_room(struct pair *p)
{
	uint8_t room[256];
	struct ike_chain chain = ike_chain_of(room, sizeof(room));

	p->b->dead = true;
	assert_int_equal(sim_command(p->a, IKE_IN_REKEY_CHILD, 1, 0, 0), 0);
	sim_run(&p->sim, 0.5);
	ike_payload_notify(&chain, IKE_N_NO_ADDITIONAL_SAS, 0, NULL, 0);
	say(p->b, p->a, true, sa_of(p->b)->id_in, &chain);
}

// In IKEv1, UDP encapsulation is a mode of its own: a believes in a NAT that nobody else sees.
static void other_mode(struct pair *p)
{
	sa_of(p->a)->natt.local = true;
	rekey_child(p);
}

static const struct {
	enum ike_reason code;
	void (*spoil)(struct pair *p);
	double run;		      // seconds, before
	void (*then)(struct pair *p); // NULL: nothing
	bool left;		      // who says it: the initiator
	const char *where, *expected, *got;
	unsigned int v1; // 1: main mode, 2: aggressive mode
} rows[] = {
	{IKE_REASON_PEER_MISMATCH, stranger, 0.5, NULL, false, "IKE_SA_INIT request",
		"a tunnel at 192.0.2.2:500", "192.0.2.1:500"},
	{IKE_REASON_ALGORITHM_MISMATCH, several, 0.5, NULL, false, "IKE_SA_INIT request",
		"aes256-sha512-group14", "aes128-prfsha256-sha256-group31"},
	{IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH, cipher, 0.5, NULL, false, "IKE_SA_INIT request",
		"aes192, aes256", "aes128"},
	{IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH, cipher_of_esp, 0.5, NULL, false,
		"IKE_AUTH request", "aes256", "aes128gcm16"},
	{IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH, hash, 0.5, NULL, false,
		"IKE_SA_INIT request", "sha512", "sha256"},
	{IKE_REASON_DH_GROUP_MISMATCH, group, 0.5, NULL, false, "IKE_SA_INIT request", "group14",
		"group31"},
	{IKE_REASON_PFS_MISMATCH, pfs, 2, rekey_child, false, "CREATE_CHILD_SA request", "group14",
		"group31"},
	{IKE_REASON_PSK_MISMATCH, psk, 0.5, NULL, false, "IKE_AUTH request",
		"the key of tunnel lab", "another key from 192.0.2.1"},
	{IKE_REASON_PSK_MISMATCH, psk, 0.5, NULL, true, "IKE_AUTH response",
		"192.0.2.1 accepted by 192.0.2.2", "AUTHENTICATION_FAILED"},
	{IKE_REASON_PEER_ID_MISMATCH, identity, 0.5, NULL, false, "IKE_AUTH request", "192.0.2.1",
		"other.example.com"},
	{IKE_REASON_NATT_MISMATCH, nat, 0.1, NULL, false, "IKE_SA_INIT request", "off", "on"},
	{IKE_REASON_NATT_MISMATCH, other_nat, 0.1, NULL, false, "IKE_SA_INIT request", "on", "off"},
	{IKE_REASON_TRAFFIC_SELECTOR_MISMATCH, selectors, 0.5, NULL, false, "IKE_AUTH request",
		"local 10.9.0.0/16 remote 10.1.0.0/16", "local 10.2.0.0/16 remote 10.1.0.0/16"},
	{IKE_REASON_PROPOSAL_MISMATCH, group, 0.5, NULL, true, "IKE_SA_INIT response",
		"aes128-sha256-group31", "NO_PROPOSAL_CHOSEN"},
	{IKE_REASON_PROPOSAL_MISMATCH, cipher_of_esp, 0.5, NULL, true, "IKE_AUTH response",
		"aes128gcm16", "NO_PROPOSAL_CHOSEN"},
	{IKE_REASON_DPD_TIMEOUT, ask_often, 5, die, true, "INFORMATIONAL request",
		"an answer within 5 s", "nothing from 192.0.2.2:500"},
	{IKE_REASON_PHASE1_TIMEOUT, half_way, 0.25, deaf_half_way, true, "IKE_AUTH request", NULL,
		"nothing from 192.0.2.2:500"},
	{IKE_REASON_PHASE1_TIMEOUT, half_way, 0.15, die_half_way, false, "IKE_AUTH request",
		"the next message within 30 s", "nothing"},
	{IKE_REASON_PHASE2_TIMEOUT, same, 5, die_at_rekey, true, "CREATE_CHILD_SA request", NULL,
		"nothing from 192.0.2.2:500"},
	{IKE_REASON_NO_RESPONSE, nobody, 1, wait_a_minute, true, "IKE_SA_INIT request", NULL,
		"nothing from 192.0.2.2:500"},
	{IKE_REASON_RECEIVE_DELETE_NOTIFY, same, 5, hang_up, true, "INFORMATIONAL request", "",
		"DELETE"},
	{IKE_REASON_RECEIVE_DELETE_NOTIFY, same, 5, hang_up_child, true, "INFORMATIONAL request",
		"", "DELETE"},
	{IKE_REASON_IKE_VERSION_MISMATCH, version_2_at_right, 0.5, NULL, false,
		"main mode message 1", "IKEv2", "IKEv1", 1},
	{IKE_REASON_IKE_VERSION_MISMATCH, version_1_at_right, 0.5, NULL, false,
		"IKE_SA_INIT request", "IKEv1", "IKEv2", 0},
	{IKE_REASON_NEGOTIATION_MODE_MISMATCH, aggressive_at_right, 0.5, NULL, false,
		"main mode message 1", "aggressive mode", "main mode", 1},
	{IKE_REASON_DH_GROUP_MISMATCH, group, 0.5, NULL, false, "main mode message 1", "group14",
		"group31", 1},
	{IKE_REASON_PSK_MISMATCH, psk, 0.5, NULL, false, "main mode message 5",
		"the key of tunnel lab", "a message that our key does not decrypt", 1},
	{IKE_REASON_PSK_MISMATCH, psk, 0.5, NULL, true, "aggressive mode message 2",
		"the key of tunnel lab", "another key from right.example", 2},
	{IKE_REASON_PFS_MISMATCH, other_pfs, 0.5, NULL, false, "quick mode message 1", "group14",
		"group31", 1},
	{IKE_REASON_TRAFFIC_SELECTOR_MISMATCH, selectors, 0.5, NULL, false, "quick mode message 1",
		"local 10.9.0.0/16 remote 10.1.0.0/16", "local 10.2.0.0/16 remote 10.1.0.0/16", 1},
	{IKE_REASON_LIFETIME_MISMATCH, lifetimes, 0.5, NULL, false, "quick mode message 1",
		"3600 s", "7200 s", 1},
	{IKE_REASON_COMMIT_MISMATCH, same, 5, commit, false, "message header", "not set", "set", 1},
	{IKE_REASON_ENCAPSULATION_MODE_MISMATCH, no_group, 5, ask_for_transport_mode, false,
		"CREATE_CHILD_SA request", "tunnel", "transport", 0},
	{IKE_REASON_ENCAPSULATION_MODE_MISMATCH, same, 5, other_mode, false, "quick mode message 1",
		"tunnel", "UDP tunnel", 1},
	{IKE_REASON_NEGOTIATION_FAILED, same, 5, no_room, true, "CREATE_CHILD_SA response",
		"aes128gcm16-group31", "NO_ADDITIONAL_SAS", 0},
	{IKE_REASON_DPD_HASH_NOTIFY_COMPATIBILITY, same, 5, notify_first, false,
		"INFORMATIONAL message", "hash-notify", "notify-hash", 1},
	{IKE_REASON_DPD_TIMEOUT, ask_often, 5, die, true, "R-U-THERE", "an answer within 5 s",
		"nothing from 192.0.2.2:500", 1},
	{IKE_REASON_NO_RESPONSE, nobody, 1, wait_a_minute, true, "main mode message 2", NULL,
		"nothing from 192.0.2.2:500", 1},
	{IKE_REASON_RECEIVE_DELETE_NOTIFY, same, 5, hang_up, true, "INFORMATIONAL request", "",
		"DELETE", 1},
};

// What this file does not provoke.
static const struct {
	enum ike_reason code;
	const char *reason;
} elsewhere[] = {
	{IKE_REASON_SECURITY_PROTOCOL_MISMATCH,
		"we never offer AH: tests/unit/ike/propose_test.c makes such an offer"},
	{IKE_REASON_ALGORITHM_COMPATIBILITY,
		"an unknown transform: tests/unit/ike/propose_test.c makes one"},
	{IKE_REASON_NO_EXCEPTION_FOUND, "no failure: lib/ctl says it when it knows of none"},
};

static bool is_told(enum ike_reason code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			return true;
	}
	return false;
}

static void every_code_is_provoked_or_excused(void **)
{
	for (unsigned int code = IKE_REASON_NONE + 1; code < IKE_REASONS; code++) {
		bool excused = false;

		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
			excused |= elsewhere[i].code == code;
		if (is_told((enum ike_reason)code) == excused)
			fail_msg("%s: one row here or there", ike_reason(code)->name);
	}
}

static void check(size_t i, const struct sim_node *node)
{
	const struct why *why = &node->why;
	char text[512];

	if (strcmp(ike_reason(why->code)->name, ike_reason(rows[i].code)->name) != 0 ||
		strcmp(why->where, rows[i].where) != 0 ||
		(rows[i].expected && strcmp(why->expected, rows[i].expected) != 0) ||
		strcmp(why->got, rows[i].got) != 0)
		fail_msg("row %zu: %s: %s", i, ike_reason(why->code)->name,
			why_show(why, text, sizeof(text)));
}

static void each_failure_has_its_code_and_parameters(void **)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ike_tunnel_view view;
		const struct sim_node *node;
		struct pair p;

		pair_init(&p, i);
		if (rows[i].v1)
			v1_pair(&p, rows[i].v1 == 2);
		rows[i].spoil(&p);
		pair_start(&p);
		sim_run(&p.sim, rows[i].run);
		if (rows[i].then)
			rows[i].then(&p);
		node = rows[i].left ? p.a : p.b;
		check(i, node);
		assert_true(ike_tunnel_view(node->ike, 1, &view));
		// A stranger is no tunnel's; what was told of a tunnel stays in its view.
		if (rows[i].code != IKE_REASON_PEER_MISMATCH)
			assert_int_equal(view.why->code, node->why.code);
		pair_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_is_provoked_or_excused),
		cmocka_unit_test(each_failure_has_its_code_and_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

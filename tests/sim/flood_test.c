// Forged answers, garbage and floods beside honest negotiations.
#include "sim/scenario.h"

#include <string.h>

#include "base/bytes.h"
#include "ike/msg.h"
#include "net/ip.h"

enum { REQUEST_MAX = 1024, AT_KEY = 28 };

// Somebody on the way who sees all datagrams and may send, but not hold back.
struct forger {
	struct sim *sim;
	uint16_t notify; // what he answers each IKE_SA_INIT request with; 0: nothing
	uint8_t data[64];
	size_t data_len;
	unsigned int limit; // he stops after so many; 0: never
	unsigned int sent;
	// The last IKE_SA_INIT request that he saw.
	uint8_t request[REQUEST_MAX];
	size_t request_len;
	struct endpoint from, to;
};

static void answer(
	struct forger *f, uint64_t spi_i, const struct endpoint *from, const struct endpoint *to)
{
	uint8_t msg[128];
	struct wr wr = wr_of(msg, sizeof(msg));

	wr_u64(&wr, spi_i);
	wr_u64(&wr, 0);
	wr_u8(&wr, IKE_PAYLOAD_NOTIFY);
	wr_u8(&wr, IKE_VERSION);
	wr_u8(&wr, IKE_SA_INIT);
	wr_u8(&wr, IKE_FLAG_RESPONSE);
	wr_u32(&wr, 0);
	wr_u32(&wr, (uint32_t)(IKE_HEAD + 8 + f->data_len));
	wr_u16(&wr, 0); // the only payload
	wr_u16(&wr, (uint16_t)(8 + f->data_len));
	wr_u16(&wr, 0); // no protocol, no SPI
	wr_u16(&wr, f->notify);
	wr_copy(&wr, f->data, f->data_len);
	sim_forge(f->sim, from, to, msg, wr_len(&wr));
	f->sent++;
}

static void see(void *ctx, const struct endpoint *local, const struct endpoint *remote,
	const uint8_t *data, size_t len)
{
	struct forger *f = ctx;
	struct rd rd = rd_of(data, len);
	struct ike_head head;

	if (ike_head_read(rd.p, len, &head) || head.exchange != IKE_SA_INIT ||
		head.flags & IKE_FLAG_RESPONSE || len > sizeof(f->request))
		return;
	memcpy(f->request, data, len);
	f->request_len = len;
	f->from = *local;
	f->to = *remote;
	if (f->notify && (!f->limit || f->sent < f->limit))
		answer(f, head.spi_i, remote, local);
}

static void watch(struct forger *f, struct pair *p)
{
	f->sim = &p->sim;
	p->sim.tap = see;
	p->sim.tap_ctx = f;
}

// His own request, made from one that he saw: another initiator's SPI, from any address.
static void forge_request(struct forger *f, uint64_t spi, const struct endpoint *from)
{
	uint8_t copy[REQUEST_MAX];
	struct wr wr = wr_of(copy, sizeof(copy));

	memcpy(copy, f->request, f->request_len);
	wr_u64(&wr, spi);
	sim_forge(f->sim, from, &f->to, copy, f->request_len);
	f->sent++;
}

// b answers anybody, and the forger has seen a's request.
static void open_pair(struct pair *p, struct forger *f, uint64_t seed)
{
	pair_init(p, seed);
	p->sim.job_max_ms = 0; // the moments below are exact: jobs come back at once
	watch(f, p);
	p->right.conf.remote.addr = (struct addr){};
	p->right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
}

static void a_forged_refusal_does_not_end_an_attempt(void **)
{
	static const struct {
		uint16_t notify;
		uint8_t data[2];
		size_t len;
	} rows[] = {
		{IKE_N_NO_PROPOSAL_CHOSEN, {}, 0},
		{IKE_N_INVALID_SYNTAX, {}, 0},
		{IKE_N_AUTHENTICATION_FAILED, {}, 0},
		{IKE_N_TEMPORARY_FAILURE, {}, 0},
		{IKE_N_INVALID_KE_PAYLOAD, {0, 14}, 2}, // a group that we do not offer
		{IKE_N_INVALID_KE_PAYLOAD, {0, 31}, 2}, // the one that we sent
		{IKE_N_INVALID_KE_PAYLOAD, {31}, 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct forger f = {.notify = rows[i].notify, .data_len = rows[i].len};
		struct pair p;

		memcpy(f.data, rows[i].data, sizeof(rows[i].data));
		pair_init(&p, i);
		watch(&f, &p);
		pair_start(&p);
		sim_run(&p.sim, 1);
		pair_agree(&p, 1);
		assert_int_equal(f.sent, 1);
		assert_int_equal(p.a->sent, 2);
		assert_in_range(p.a->events[IKE_EVENT_REFUSED], 0, 1);
		pair_fini(&p);
	}
}

static void a_refusal_is_told_once_and_believed_at_the_end(void **)
{
	struct ike_tunnel_view view;
	struct pair p;

	pair_init(&p, 1);
	sim_conf_ike(&p.right, "aes128-sha256-modp2048");
	pair_start(&p);
	sim_run(&p.sim, 47);
	assert_int_equal(p.a->events[IKE_EVENT_REFUSED], 1);
	assert_int_equal(p.a->sent, 6);
	sim_run(&p.sim, 1.4);
	assert_true(ike_tunnel_view(p.a->ike, 1, &view));
	assert_int_equal(view.state, IKE_TUNNEL_WAITING);
	assert_string_equal(view.why->what, "the peer accepts none of our IKE proposals");
	pair_fini(&p);
}

// The answer to the first request fits no more once its cookie was believed: that is one attempt.
static void forged_cookies_cost_no_more_than_an_attempt(void **)
{
	struct forger f = {.notify = IKE_N_COOKIE, .data = "forged", .data_len = 6, .limit = 50};
	struct pair p;

	pair_init(&p, 1);
	watch(&f, &p);
	pair_start(&p);
	sim_run(&p.sim, 1);
	assert_in_range(p.a->sent, 10, 25);
	f.limit = 1;
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	pair_fini(&p);
}

// Spoil the key of the responder's answer and overtake it.
static void spoil_answer(void *ctx, const struct endpoint *local, const struct endpoint *remote,
	const uint8_t *data, size_t len)
{
	uint8_t copy[REQUEST_MAX];
	struct sim *sim = ctx;
	struct ike_head head;

	if (len > sizeof(copy) || ike_head_read(data, len, &head) || head.exchange != IKE_SA_INIT ||
		!(head.flags & IKE_FLAG_RESPONSE))
		return;
	memcpy(copy, data, len);
	for (size_t cut = AT_KEY; cut < len; cut += 8) {
		// A point of low order, which no peer sends: X25519 gives zeros.
		memset(copy + cut, 0, len - cut);
		sim_forge(sim, local, remote, copy, len);
		memcpy(copy, data, len);
	}
	// The right length and another transform, and half of it.
	copy[AT_KEY + 8] ^= 0x55;
	sim_forge(sim, local, remote, copy, len);
	sim_forge(sim, local, remote, data, len / 2);
}

static void answers_that_cannot_be_right_are_not_waited_for_in_vain(void **)
{
	struct pair p;

	pair_init(&p, 1);
	p.sim.tap = spoil_answer;
	p.sim.tap_ctx = &p.sim;
	pair_start(&p);
	sim_run(&p.sim, 1);
	pair_agree(&p, 1);
	assert_int_equal(p.a->sent, 2);
	pair_fini(&p);
}

static void garbage_does_not_harm_a_half_open_exchange(void **)
{
	uint8_t junk[256];
	struct ike_head head;
	struct forger f = {};
	struct pair p;

	open_pair(&p, &f, 1);
	pair_start(&p);
	sim_run(&p.sim, 0.007); // b has answered, a does not know yet
	assert_int_equal(sim_sas(p.b, "authenticating"), 1);
	assert_int_equal(ike_head_read(f.request, f.request_len, &head), 0);
	// The same SPI and address, other contents.
	for (size_t i = AT_KEY; i < f.request_len; i += 3) {
		uint8_t was = f.request[i];

		f.request[i] ^= 0x41;
		forge_request(&f, head.spi_i, &f.from);
		f.request[i] = was;
	}
	for (unsigned int n = 0; n < 2000; n++) {
		size_t len = sim_random(&p.sim.rng) % sizeof(junk);

		for (size_t i = 0; i < sizeof(junk); i++)
			junk[i] = (uint8_t)sim_random(&p.sim.rng);
		// Half of it with the header of a's own message.
		if (n % 2)
			memcpy(junk, f.request, 16 + n % 12);
		sim_forge(&p.sim, &f.from, &f.to, junk, len);
		sim_forge(&p.sim, &f.to, &f.from, junk, len);
	}
	sim_run(&p.sim, 1);
	pair_agree(&p, 1);
	assert_int_equal(p.a->sent, 2);
	pair_fini(&p);
}

static struct endpoint somebody(struct sim *sim)
{
	return (struct endpoint){
		addr_v4(0x0a000000u | (uint32_t)(sim_random(&sim->rng) & 0xffffff)), IKE_PORT};
}

static void a_flood_stays_within_the_limit_and_delays_nobody(void **)
{
	struct forger f = {};
	struct sim_conf other;
	struct sim_node *c;
	struct pair p;

	open_pair(&p, &f, 1);
	p.left.conf.dpd_delay_s = p.right.conf.dpd_delay_s = 2;
	p.left.conf.dpd_timeout_s = p.right.conf.dpd_timeout_s = 10;
	p.left.child[0].lifetime_s = 5;
	pair_start(&p);
	sim_run(&p.sim, 2);
	pair_agree(&p, 1);
	c = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 1, 2, true);
	for (unsigned int ms = 0; ms < 10000; ms++) {
		for (unsigned int i = 0; i < 3; i++) {
			struct endpoint from = somebody(&p.sim);

			forge_request(&f, sim_random(&p.sim.rng) | 1, &from);
		}
		if (ms == 5000)
			assert_int_equal(sim_set(c, &other.conf), 0);
		if (ms == 5100) { // with a cookie, and nothing repeated
			assert_int_equal(c->events[IKE_EVENT_CHILD_UP], 1);
			assert_int_equal(c->sent, 3);
		}
		sim_run(&p.sim, 0.001);
		assert_in_range(sim_sas(p.b, "authenticating"), 0, 65);
	}
	assert_int_equal(sim_sas(p.b, "authenticating"), 64);
	assert_int_equal(p.b->events[IKE_EVENT_PEER_DEAD] + p.a->events[IKE_EVENT_PEER_DEAD], 0);
	assert_in_range(p.a->events[IKE_EVENT_CHILD_REKEYED], 2, 5);
	sim_run(&p.sim, 40);
	assert_int_equal(sim_sas(p.b, "authenticating"), 0);
	sim_conf_fini(&other);
	pair_fini(&p);
}

// A forger who knows a peer's address cannot use up its share: after a few it must be proven.
static void forged_requests_from_a_peers_address_do_not_shut_it_out(void **)
{
	struct forger f = {};
	struct pair p;

	open_pair(&p, &f, 1);
	pair_up(&p);
	for (unsigned int i = 0; i < 500; i++)
		forge_request(&f, sim_random(&p.sim.rng) | 1, &f.from);
	sim_run(&p.sim, 0.001);
	assert_int_equal(sim_sas(p.b, "authenticating"), 8);
	sim_reboot(p.a, NULL);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 1);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_UP], 2);
	sim_run(&p.sim, 60);
	pair_agree(&p, 1);
	pair_fini(&p);
}

static void a_source_has_a_share(void **)
{
	const struct ike_params few = {.half_open_source = 3};
	struct forger f = {};
	struct sim_conf other;
	struct sim_node *c;
	struct pair p;

	open_pair(&p, &f, 1);
	sim_reboot(p.b, &few);
	pair_up(&p);
	c = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 1, 2, true);
	for (unsigned int i = 0; i < 50; i++)
		forge_request(&f, sim_random(&p.sim.rng) | 1, &f.from);
	sim_run(&p.sim, 0.001);
	assert_int_equal(sim_sas(p.b, "authenticating"), 3);
	assert_int_equal(sim_set(c, &other.conf), 0);
	sim_run(&p.sim, 1);
	assert_int_equal(c->events[IKE_EVENT_CHILD_UP], 1);
	sim_conf_fini(&other);
	pair_fini(&p);
}

// Each wrong proof costs us a Diffie-Hellman: after some the source must wait, and it alone.
static void who_fails_to_prove_himself_must_wait(void **)
{
	struct forger f = {};
	struct sim_conf other;
	struct sim_node *c;
	struct pair p;

	open_pair(&p, &f, 1);
	sim_conf_psk(&p.left, "wrong");
	pair_start(&p);
	for (unsigned int i = 0; i < 50; i++) {
		assert_int_equal(sim_command(p.a, IKE_IN_INITIATE, 1, 0, 0), 0);
		sim_run(&p.sim, 0.1);
	}
	assert_in_range(p.b->events[IKE_EVENT_REFUSED], 8, 10);
	c = sim_node(&p.sim, "192.0.2.3", NULL);
	sim_conf(&other, "192.0.2.3", "192.0.2.2", 1, 2, true);
	assert_int_equal(sim_set(c, &other.conf), 0);
	sim_run(&p.sim, 1);
	assert_int_equal(c->events[IKE_EVENT_CHILD_UP], 1);
	// With the right key it gets in again before long.
	sim_conf_psk(&p.left, "secret");
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	sim_run(&p.sim, 30);
	assert_int_equal(p.a->events[IKE_EVENT_CHILD_UP], 1);
	sim_conf_fini(&other);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forged_refusal_does_not_end_an_attempt),
		cmocka_unit_test(a_refusal_is_told_once_and_believed_at_the_end),
		cmocka_unit_test(forged_cookies_cost_no_more_than_an_attempt),
		cmocka_unit_test(answers_that_cannot_be_right_are_not_waited_for_in_vain),
		cmocka_unit_test(garbage_does_not_harm_a_half_open_exchange),
		cmocka_unit_test(a_flood_stays_within_the_limit_and_delays_nobody),
		cmocka_unit_test(forged_requests_from_a_peers_address_do_not_shut_it_out),
		cmocka_unit_test(a_source_has_a_share),
		cmocka_unit_test(who_fails_to_prove_himself_must_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

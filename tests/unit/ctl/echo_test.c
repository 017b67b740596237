// what counts as the answer to a ping through a tunnel, and what does not; through the
// dataplane, with another end that decrypts.
#include "ctl/echo.h"

#include <string.h>

#include "net/icmp.h"
#include "unit/dp/world.h"

static uint8_t counter;

static void count_up(void *, void *dst, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)dst)[i] = ++counter;
}

// Two connections with a tunnel each; the first is pinged.
struct gate {
	struct world *w;
	struct ctl ctl;
	struct conn conn, other;
	struct tunnel tunnel, stranger;
	struct child child;
	struct esp_sa *stranger_in, *stranger_out;
	struct echo *echo;
	unsigned int judged;
	enum pulse_state state;
};

static struct gate *gate; // judged has no context

static void on_judged(struct tunnel *t, enum pulse_state state)
{
	assert_ptr_equal(t, &gate->tunnel);
	gate->judged++;
	gate->state = state;
}

static void tunnel_of(struct gate *g, struct tunnel *t, struct conn *conn, struct dp_tunnel *dp)
{
	struct dp_tunnel_conf conf = world_tunnel(g->w);

	conf.user = t;
	assert_int_equal(dp_tunnel_set(dp, &conf), 0);
	conn->ctl = &g->ctl;
	t->conn = conn;
	t->dp = dp;
}

static int setup(void **state)
{
	struct gate *g = calloc(1, sizeof(*g));
	struct dp_tunnel_conf conf;
	struct dp_tunnel *dp;

	g->w = world_new(1);
	g->ctl.dp = g->w->dp;
	g->ctl.setup.rng_public = (struct rng){count_up, NULL};
	assert_int_equal(loop_new(&g->ctl.loop), 0);
	conf = world_tunnel(g->w);
	assert_int_equal(dp_tunnel_new(g->w->dp, &conf, &dp), 0);
	(void)world_child(g->w, dp, 7, "10.1.0.0/16", "10.2.0.0/16", false, &g->stranger_in,
		&g->stranger_out);
	tunnel_of(g, &g->tunnel, &g->conn, g->w->tunnel);
	tunnel_of(g, &g->stranger, &g->other, dp);
	g->child.dp = g->w->child;
	g->tunnel.children = &g->child;
	*state = gate = g;
	return 0;
}

static int teardown(void **state)
{
	struct gate *g = *state;

	echo_free(g->echo);
	assert_null(g->ctl.echoes);
	loop_free(g->ctl.loop);
	esp_sa_free(g->stranger_in);
	esp_sa_free(g->stranger_out);
	world_free(g->w);
	free(g);
	return 0;
}

// A ping is due at every turn.
static struct echo_conf conf(void)
{
	return (struct echo_conf){.source = at("10.1.0.1"),
		.address = at("10.2.0.9"),
		.pulse = {.interval = 1, .wait = MONO_S(1), .lose = 3, .regain = 3}};
}

static void begin(struct gate *g)
{
	const struct echo_conf c = conf();

	assert_int_equal(echo_set(&g->echo, &g->tunnel, &c, on_judged), 0);
}

// One ping, as the other end decrypts it.
static void ask(struct gate *g, struct parcel *p)
{
	const struct pulse *pulse = echo_pulse(g->echo);
	uint64_t before = pulse->sent;

	while (pulse->sent == before)
		echo_turn(g->echo, mono_now());
	port_mem_clear(g->w->port[OUT], false);
	turn(g->w);
	sent_packet(g->w, OUT, sents(g->w, OUT) - 1, p);
	assert_int_equal(peer_unwrap(g->w->peer_in, p), ESP_PASS);
}

// RFC 4443 s4.2.
static void reply6(struct parcel *p)
{
	uint8_t *l3 = p->pkt.l3, src[16];
	struct addr from, to;

	memcpy(src, l3 + 8, 16);
	memcpy(l3 + 8, l3 + 24, 16);
	memcpy(l3 + 24, src, 16);
	from = addr_from_wire(l3 + 8, ADDR_V6);
	to = addr_from_wire(l3 + 24, ADDR_V6);
	l3[40] = 129;
	be16_put(l3 + 42, 0);
	be16_put(l3 + 42, l4_csum(&from, &to, IP_ICMP6, l3 + 40, p->pkt.len - 40));
}

// RFC 792 p. 14.
static void reply(struct parcel *p)
{
	uint8_t *l3 = p->pkt.l3, src[4];

	memcpy(src, l3 + 12, 4);
	memcpy(l3 + 12, l3 + 16, 4);
	memcpy(l3 + 16, src, 4);
	l3[20] = 0;
	be16_put(l3 + 22, 0);
	be16_put(l3 + 22, csum_fold(csum_add(0, l3 + 20, p->pkt.len - 20)));
}

static bool taken;

static bool take(void *ctx, struct dp_tunnel *from, const uint8_t *packet, size_t len)
{
	struct gate *g = ctx;

	taken = echo_take(&g->ctl, from, packet, len);
	return taken;
}

static unsigned int for_kernel;

static void to_kernel(void *, unsigned int, const uint8_t *, size_t)
{
	for_kernel++;
}

// It comes in. returns whether it was taken, and not the kernel's.
static bool come(struct gate *g, struct parcel *p)
{
	static const struct dp_sink sink = {.echo = take, .host = to_kernel};

	taken = false;
	for_kernel = 0;
	feed(g->w, OUT, p);
	turn(g->w);
	dp_poll(g->w->dp, &sink, g, NULL, g->w->now);
	assert_int_equal(for_kernel, !taken);
	return taken;
}

static void answer_is_taken_and_counts(void **state)
{
	struct gate *g = *state;
	struct parcel p;
	char text[ADDR_TEXT];
	struct ip_info ip;

	begin(g);
	ask(g, &p);
	assert_int_equal(ip_read(p.pkt.l3, p.pkt.len, true, &ip), 0);
	assert_string_equal(addr_show(&ip.src, text), "10.1.0.1");
	assert_string_equal(addr_show(&ip.dst, text), "10.2.0.9");
	assert_int_equal(p.pkt.l3[20], 8);
	reply(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->judged, 1);
	assert_int_equal(g->state, PULSE_GOOD);
	assert_int_equal(echo_pulse(g->echo)->answered, 1);
	assert_int_equal(echo_strange(g->echo), 0);
}

static void ipv6_is_asked_and_answered(void **state)
{
	struct gate *g = *state;
	struct echo_conf c = conf();
	struct parcel p;

	c.source = at("fd01::1");
	c.address = at("fd02::9");
	address(g->w, IN, "fd01::1");
	assert_int_equal(dp_commit(g->w->dp), 0);
	dp_child_del(g->w->child);
	esp_sa_free(g->w->peer_in);
	esp_sa_free(g->w->peer_out);
	g->child.dp = world_child(g->w, g->w->tunnel, 6, "fd01::/64", "fd02::/64", false,
		&g->w->peer_in, &g->w->peer_out);
	assert_int_equal(dp_child_use(g->child.dp, NULL), 0);
	assert_int_equal(echo_set(&g->echo, &g->tunnel, &c, on_judged), 0);
	ask(g, &p);
	assert_int_equal(p.pkt.l3[0] >> 4, 6);
	reply6(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->state, PULSE_GOOD);
	assert_int_equal(echo_strange(g->echo), 0);
}

// With the right mark it is an answer to us, however wrong: nothing for the kernel.
static void forged_cookie_does_not_count(void **state)
{
	struct gate *g = *state;
	struct parcel p;

	begin(g);
	ask(g, &p);
	p.pkt.l3[28 + 8 + 7] ^= 1;
	reply(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->judged, 0);
	assert_int_equal(echo_pulse(g->echo)->answered, 0);
	assert_int_equal(echo_strange(g->echo), 1);
}

static void answer_without_our_mark_is_the_kernels(void **state)
{
	struct gate *g = *state;
	struct parcel p;

	begin(g);
	ask(g, &p);
	p.pkt.l3[28] ^= 1;
	reply(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_false(come(g, &p));
	assert_int_equal(g->judged, 0);
	assert_int_equal(echo_strange(g->echo), 0);

	// Cut before the cookie.
	ask(g, &p);
	be16_put(p.pkt.l3 + 2, 36);
	p.pkt.len = 36;
	ip4_csum_set(p.pkt.l3, 20);
	reply(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_false(come(g, &p));
	assert_int_equal(g->judged, 0);
}

static void answer_out_of_another_connection_does_not_count(void **state)
{
	struct gate *g = *state;
	struct parcel p;

	begin(g);
	ask(g, &p);
	reply(&p);
	peer_wrap(g->stranger_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->judged, 0);
	assert_int_equal(echo_strange(g->echo), 1);
	// The peer may send what was asked through tunnel 2 back through tunnel 1.
	g->stranger.conn = &g->conn;
	ask(g, &p);
	reply(&p);
	peer_wrap(g->stranger_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->state, PULSE_GOOD);
}

static void answer_in_clear_does_not_count(void **state)
{
	struct gate *g = *state;
	struct parcel p;

	begin(g);
	ask(g, &p);
	reply(&p);
	feed(g->w, OUT, &p);
	turn(g->w);
	assert_count(g->w, "clear_from_outside", 1);
	assert_count(g->w, "punt_echo", 0);
	assert_int_equal(g->judged, 0);
}

static void answer_by_somebody_else_does_not_count(void **state)
{
	struct gate *g = *state;
	struct parcel p;

	begin(g);
	ask(g, &p);
	reply(&p);
	p.pkt.l3[15] ^= 1;
	ip4_csum_set(p.pkt.l3, 20);
	peer_wrap(g->w->peer_out, &p);
	assert_true(come(g, &p));
	assert_int_equal(g->judged, 0);
	assert_int_equal(echo_strange(g->echo), 1);
}

static void answer_counts_once(void **state)
{
	struct gate *g = *state;
	struct parcel p, again;

	begin(g);
	ask(g, &p);
	reply(&p);
	again = p;
	again.pkt.l3 = again.b + (p.pkt.l3 - p.b);
	peer_wrap(g->w->peer_out, &p);
	peer_wrap(g->w->peer_out, &again);
	assert_true(come(g, &p));
	assert_true(come(g, &again));
	assert_int_equal(echo_pulse(g->echo)->answered, 1);
	assert_int_equal(echo_strange(g->echo), 1);
}

// Only while there is an SA; a health check's also without, as lost.
static void without_an_sa_nothing_is_sent(void **state)
{
	struct gate *g = *state;
	struct echo_conf c = conf();

	g->tunnel.children = NULL;
	begin(g);
	for (unsigned int i = 0; i < 10; i++)
		echo_turn(g->echo, mono_now());
	assert_int_equal(echo_pulse(g->echo)->sent, 0);
	c.always = true;
	assert_int_equal(echo_set(&g->echo, &g->tunnel, &c, on_judged), 0);
	while (echo_pulse(g->echo)->sent < 3)
		echo_turn(g->echo, mono_now());
	turn(g->w);
	assert_nothing_left(g->w);
	assert_count(g->w, "no_sa", 0);
	echo_turn(g->echo, mono_now() + MONO_S(2));
	assert_int_equal(g->state, PULSE_BAD);
}

static void the_same_again_changes_nothing(void **state)
{
	struct gate *g = *state;
	struct echo_conf c = conf();
	struct echo *before;
	struct parcel p;

	begin(g);
	ask(g, &p);
	before = g->echo;
	begin(g);
	assert_ptr_equal(g->echo, before);
	assert_true(echo_pulse(g->echo)->sent >= 1);
	c.pulse.lose = 4;
	assert_int_equal(echo_set(&g->echo, &g->tunnel, &c, on_judged), 0);
	// What was asked before is nobody's any more.
	reply(&p);
	peer_wrap(g->w->peer_out, &p);
	assert_false(come(g, &p));
	assert_int_equal(echo_set(&g->echo, &g->tunnel, NULL, on_judged), 0);
	assert_null(g->echo);
}

#define with_gate(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_gate(answer_is_taken_and_counts),
		with_gate(ipv6_is_asked_and_answered),
		with_gate(forged_cookie_does_not_count),
		with_gate(answer_without_our_mark_is_the_kernels),
		with_gate(answer_out_of_another_connection_does_not_count),
		with_gate(answer_in_clear_does_not_count),
		with_gate(answer_by_somebody_else_does_not_count),
		with_gate(answer_counts_once),
		with_gate(without_an_sa_nothing_is_sent),
		with_gate(the_same_again_changes_nothing),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}

// Thousands of tunnels between two endpoints: all come up, are renewed, go; the memory of each is
// printed. SIM_TUNNELS in the environment says how many.
#include "sim/scenario.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TUNNELS = 1000, LIFETIME_S = 60 };

struct end {
	struct ike *ike;
	struct ike_out out;
	uint64_t rng;
	unsigned int events[IKE_EVENTS], sent;
	struct end *other;
	struct message *first, **last; // what it is to hear
};

struct message {
	struct message *next;
	struct endpoint from, to;
	size_t len;
	uint8_t data[];
};

struct many {
	struct end a, b;
	unsigned int n;
	mono_us_t now;
};

static unsigned int tunnels(void)
{
	const char *text = getenv("SIM_TUNNELS");

	return text ? (unsigned int)strtoul(text, NULL, 10) : TUNNELS;
}

static void fill(void *ctx, void *dst, size_t len)
{
	uint8_t *byte = dst;

	while (len--)
		*byte++ = (uint8_t)sim_random(ctx);
}

static void end_init(struct end *end, struct end *other, uint64_t seed, uint32_t start_rate)
{
	struct ike_params params = {.rng = {.fill = fill, .ctx = &end->rng},
		.half_open_max = 65535,
		.half_open_source = 65535,
		.start_rate = start_rate};

	*end = (struct end){.rng = seed, .other = other, .last = &end->first};
	assert_int_equal(ike_new(&params, &end->ike), 0);
}

static void carry_out(struct end *end)
{
	for (size_t i = 0; i < end->out.count; i++) {
		const struct ike_act *act = &end->out.act[i];
		struct message *m;

		if (act->type == IKE_ACT_EVENT)
			end->events[act->event.event]++;
		if (act->type != IKE_ACT_SEND)
			continue;
		end->sent++;
		m = malloc(sizeof(*m) + act->send.len);
		assert_non_null(m);
		*m = (struct message){
			.from = act->send.local, .to = act->send.remote, .len = act->send.len};
		memcpy(m->data, act->send.data, m->len);
		*end->other->last = m;
		end->other->last = &m->next;
	}
	ike_out_clear(&end->out);
}

static bool hear(struct many *many, struct end *end)
{
	struct message *m = end->first;
	struct ike_in in = {.type = IKE_IN_DATAGRAM, .now = many->now};

	if (!m)
		return false;
	end->first = m->next;
	if (!end->first)
		end->last = &end->first;
	in.local = m->to;
	in.remote = m->from;
	in.data = m->data;
	in.len = m->len;
	assert_int_equal(ike_step(end->ike, &in, &end->out), 0);
	carry_out(end);
	free(m);
	return true;
}

static void tick(struct many *many, struct end *end)
{
	struct ike_in in = {.type = IKE_IN_TICK, .now = many->now};

	if (!end->out.deadline || end->out.deadline > many->now)
		return;
	assert_int_equal(ike_step(end->ike, &in, &end->out), 0);
	carry_out(end);
}

static void run(struct many *many, unsigned int seconds)
{
	mono_us_t until = many->now + MONO_S(seconds);

	for (; many->now < until; many->now += MONO_MS(10)) {
		tick(many, &many->a);
		tick(many, &many->b);
		while (hear(many, &many->a) || hear(many, &many->b))
			;
	}
}

static void configure(struct many *many, struct end *end, unsigned int i, bool first)
{
	const char *local = first ? "192.0.2.1" : "192.0.2.2",
		   *remote = first ? "192.0.2.2" : "192.0.2.1";
	struct sim_conf conf;
	struct why why = {};
	char name[32];

	sim_conf(&conf, local, remote, first ? 1 : 2, first ? 2 : 1, first);
	conf.conf.tunnel = i + 1;
	snprintf(name, sizeof(name), "%s%u.example", first ? "left" : "right", i);
	assert_int_equal(ike_id_read(name, &conf.conf.local_id, &why), 0);
	snprintf(name, sizeof(name), "%s%u.example", first ? "right" : "left", i);
	assert_int_equal(ike_id_read(name, &conf.conf.remote_id, &why), 0);
	conf.child[0].lifetime_s = first ? LIFETIME_S : 0;
	conf.conf.retransmit.first_ms = 60000; // nothing is lost here
	assert_int_equal(ike_conf_set(end->ike, &conf.conf, many->now, &end->out, &why), 0);
	carry_out(end);
	sim_conf_fini(&conf);
}

static void thousands_come_up_and_are_renewed(void **)
{
	struct many many = {.n = tunnels(), .now = MONO_S(1000)};
	size_t before = mallinfo2().uordblks + secret_in_use(), configured;
	mono_us_t start = mono_now(), took;

	end_init(&many.a, &many.b, 1, 0);
	end_init(&many.b, &many.a, 2, 0);
	for (unsigned int i = 0; i < many.n; i++)
		configure(&many, &many.b, i, false);
	configured = mallinfo2().uordblks + secret_in_use() - before;
	for (unsigned int i = 0; i < many.n; i++)
		configure(&many, &many.a, i, true);
	run(&many, 30);
	took = mono_now() - start;
	assert_int_equal(many.a.events[IKE_EVENT_CHILD_UP], many.n);
	assert_int_equal(many.b.events[IKE_EVENT_CHILD_UP], many.n);
	printf("%u tunnels up in %.2f s, both ends: %.0f us each\n", many.n, (double)took / 1e6,
		(double)took / many.n);
	printf("bytes per tunnel and end: %zu, of which configuration %zu\n",
		(mallinfo2().uordblks + secret_in_use() - before) / many.n / 2,
		configured / many.n);
	start = mono_now();
	run(&many, 300);
	took = mono_now() - start;
	printf("%u renewed in %.2f s: %.0f us each\n", many.a.events[IKE_EVENT_CHILD_REKEYED],
		(double)took / 1e6, (double)took / many.a.events[IKE_EVENT_CHILD_REKEYED]);
	assert_in_range(many.a.events[IKE_EVENT_CHILD_REKEYED], many.n * 5, many.n * 7);
	assert_int_equal(
		many.a.events[IKE_EVENT_CHILD_DOWN] + many.b.events[IKE_EVENT_CHILD_DOWN], 0);
	assert_int_equal(many.a.events[IKE_EVENT_IKE_DOWN] + many.b.events[IKE_EVENT_IKE_DOWN], 0);
	assert_int_equal(many.a.events[IKE_EVENT_REFUSED] + many.b.events[IKE_EVENT_REFUSED], 0);
	ike_free(many.a.ike);
	ike_free(many.b.ike);
	ike_out_free(&many.a.out);
	ike_out_free(&many.b.out);
}

static void forget(struct end *end)
{
	struct message *m;

	while ((m = end->first)) {
		end->first = m->next;
		free(m);
	}
	end->last = &end->first;
}

// As time passes at the first end, whose peers are all silent.
static void pass(struct many *many, unsigned int ms)
{
	for (unsigned int i = 0; i < ms; i++, many->now += MONO_MS(1))
		tick(many, &many->a);
	forget(&many->b);
}

static void command(struct many *many, enum ike_in_type type, uint32_t tunnel)
{
	struct ike_in in = {.type = type, .now = many->now, .tunnel = tunnel};
	struct ike_tunnel_view view;

	assert_true(ike_tunnel_view(many->a.ike, tunnel, &view));
	assert_int_equal(view.state, IKE_TUNNEL_WAITING);
	assert_int_equal(ike_step(many->a.ike, &in, &many->a.out), 0);
	carry_out(&many->a);
	assert_true(ike_tunnel_view(many->a.ike, tunnel, &view));
	assert_int_equal(view.state, IKE_TUNNEL_CONNECTING);
}

static void they_begin_in_turn_and_who_is_asked_for_first(void **)
{
	struct many many = {.now = MONO_S(1000)};

	end_init(&many.a, &many.b, 1, 100);
	many.b = (struct end){.last = &many.b.first};
	for (unsigned int i = 0; i < 300; i++)
		configure(&many, &many.a, i, true);
	assert_int_equal(many.a.sent, 1);
	pass(&many, 1000);
	assert_in_range(many.a.sent, 90, 110);
	// The last ones of all: not in their turn, but now.
	command(&many, IKE_IN_INITIATE, 300);
	command(&many, IKE_IN_ACQUIRE, 299);
	pass(&many, 2500);
	assert_int_equal(many.a.sent, 300);
	// The turns of those that are forgotten hold up nobody.
	for (unsigned int i = 0; i < 300; i++)
		configure(&many, &many.a, 300 + i, true);
	for (unsigned int i = 0; i < 600; i++) {
		assert_int_equal(ike_conf_del(many.a.ike, i + 1, many.now, &many.a.out), 0);
		carry_out(&many.a);
	}
	many.a.sent = 0;
	configure(&many, &many.a, 0, true);
	pass(&many, 20);
	assert_int_equal(many.a.sent, 1);
	ike_free(many.a.ike);
	ike_out_free(&many.a.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousands_come_up_and_are_renewed),
		cmocka_unit_test(they_begin_in_turn_and_who_is_asked_for_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

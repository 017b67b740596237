// The tables by themselves: longest prefix, order of policies, SPIs that come and go, fragments.

#include "dp/burst.h"
#include "dp/police.h"
#include "dp/reasm.h"
#include "dp/table/fib.h"
#include "dp/table/ikespi.h"
#include "dp/table/neigh.h"
#include "dp/table/sad.h"
#include "dp/table/spd.h"
#include "net/ip.h"
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_read(text, &a), 0);
	return a;
}

static struct cidr net(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return c;
}

static int port_of(const struct fib *fib, const char *text)
{
	struct addr a = at(text);
	const struct dest *d = fib_find(fib, &a);

	return d ? d->port : -1;
}

static void fib_finds_the_longest_of_nested_prefixes(void **)
{
	static const char *const prefix[] = {"10.2.3.4/32", "0.0.0.0/0", "10.0.0.0/8",
		"10.2.0.0/16", "10.2.3.0/24", "255.255.255.255/32", "2001:db8::/32",
		"2001:db8::/128", "ffff::/16"};
	struct fib_route route[9];
	struct fib *fib;

	for (uint8_t i = 0; i < 9; i++)
		route[i] = (struct fib_route){net(prefix[i]), {.port = i}};
	fib = fib_new(route, 9);
	assert_int_equal(port_of(fib, "10.2.3.4"), 0);
	assert_int_equal(port_of(fib, "9.255.255.255"), 1);
	assert_int_equal(port_of(fib, "11.0.0.0"), 1);
	assert_int_equal(port_of(fib, "10.0.0.0"), 2);
	assert_int_equal(port_of(fib, "10.255.255.255"), 2);
	assert_int_equal(port_of(fib, "10.2.0.0"), 3);
	assert_int_equal(port_of(fib, "10.2.4.0"), 3);
	assert_int_equal(port_of(fib, "10.2.3.3"), 4);
	assert_int_equal(port_of(fib, "10.2.3.5"), 4);
	assert_int_equal(port_of(fib, "255.255.255.255"), 5);
	assert_int_equal(port_of(fib, "255.255.255.254"), 1);
	assert_int_equal(port_of(fib, "2001:db8::1"), 6);
	assert_int_equal(port_of(fib, "2001:db8::"), 7);
	assert_int_equal(port_of(fib, "2001:db9::"), -1);
	assert_int_equal(port_of(fib, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 8);
	fib_put(fib);
}

static void empty_fib_finds_nothing(void **)
{
	struct fib *fib = fib_new(NULL, 0);

	assert_int_equal(port_of(fib, "0.0.0.0"), -1);
	assert_int_equal(port_of(fib, "::"), -1);
	fib_put(fib);
}

// Against the plain definition: the longest prefix that has the address.
static void fib_agrees_with_a_linear_search(void **)
{
	enum { ROUTES = 200, TRIES = 5000 };
	struct fib_route route[ROUTES];
	unsigned int seed = 4711, n = 0;
	struct fib *fib;

	while (n < ROUTES) {
		uint8_t bits = (uint8_t)(rand_r(&seed) % 33);
		uint32_t mask = bits ? UINT32_MAX << (32 - bits) : 0;
		struct cidr c = {addr_v4(((uint32_t)rand_r(&seed) & 0x0f0f0f0f) & mask), bits};
		bool twice = false;

		for (unsigned int i = 0; i < n; i++)
			twice |= cidr_eq(&route[i].dst, &c);
		if (!twice)
			route[n++] = (struct fib_route){c, {.port = bits}};
	}
	fib = fib_new(route, n);
	for (unsigned int i = 0; i < TRIES; i++) {
		struct addr a = addr_v4((uint32_t)rand_r(&seed) & 0x0f0f0f0f);
		const struct dest *found = fib_find(fib, &a);
		int best = -1;

		for (unsigned int r = 0; r < n; r++) {
			if (cidr_has(&route[r].dst, &a) && route[r].dst.bits > best)
				best = route[r].dst.bits;
		}
		assert_int_equal(found ? found->port : -1, best);
	}
	fib_put(fib);
}

static void policies_match_by_priority_then_order(void **)
{
	struct cidr wide = net("10.0.0.0/8"), all = net("0.0.0.0/0");
	struct dp_policy policy[] = {
		{.priority = 5,
			.local = selector_of_cidr(&all),
			.remote = selector_of_cidr(&all),
			.action = DP_DISCARD},
		{.priority = 1,
			.local = selector_of_cidr(&wide),
			.remote = selector_of_cidr(&wide),
			.action = DP_BYPASS},
		{.priority = 5,
			.local = selector_of_cidr(&all),
			.remote = selector_of_cidr(&all),
			.action = DP_BYPASS},
	};
	struct flow flow = {.src = {10, 1}, .dst = {10, 2}, .proto = 6, .family = ADDR_V4};
	struct spd *spd;

	policy[1].remote.port_first = policy[1].remote.port_last = 80;
	spd = spd_new(policy, 3);
	assert_true(spd->bypasses);
	flow.dst_port = 80;
	assert_int_equal(spd_leaving(spd, &flow)->priority, 1);
	assert_int_equal(spd_arriving(spd, &flow)->priority, 5);
	assert_int_equal(spd_leaving(spd, &flow)->action, DP_BYPASS);
	flow.dst_port = 81;
	assert_int_equal(spd_leaving(spd, &flow)->action, DP_DISCARD);
	flow.dst_port = 1000;
	flow.src_port = 80;
	assert_int_equal(spd_arriving(spd, &flow)->priority, 1);
	spd_put(spd);
}

// A range of addresses out of few, so that rules overlap in all ways; ends touch the last address.
static struct selector some_range(unsigned int *seed, bool v4)
{
	uint8_t a = (uint8_t)(rand_r(seed) % 24), b = (uint8_t)(rand_r(seed) % 24);
	struct selector s = {.port_last = UINT16_MAX};

	s.first.family = s.last.family = v4 ? ADDR_V4 : ADDR_V6;
	memset(s.first.b, 0xff, addr_len(&s.first));
	memset(s.last.b, 0xff, addr_len(&s.last));
	s.first.b[3] = (uint8_t)(0xff - (a > b ? a : b));
	s.last.b[3] = (uint8_t)(0xff - (a > b ? b : a));
	if (rand_r(seed) % 4 == 0)
		memset(s.first.b, 0, sizeof(s.first.b));
	return s;
}

static int linear_search(const struct dp_policy *policy, unsigned int n, const struct flow *flow)
{
	int best = -1;

	for (unsigned int i = 0; i < n; i++) {
		if (flow_within(flow, &policy[i].local, &policy[i].remote) &&
			(best < 0 || (int)policy[i].priority < best))
			best = (int)policy[i].priority;
	}
	return best;
}

static void policies_agree_with_a_linear_search(void **)
{
	enum { RULES = 60, FLOWS = 400 };
	unsigned int seed = 5;

	for (int round = 0; round < 50; round++) {
		struct dp_policy policy[RULES];
		struct spd *spd;

		for (unsigned int i = 0; i < RULES; i++) {
			bool v4 = rand_r(&seed) % 3;

			policy[i] = (struct dp_policy){
				.priority = (uint32_t)rand_r(&seed) % 1000 * RULES + i,
				.local = some_range(&seed, v4),
				.remote = some_range(&seed, v4),
			};
		}
		spd = spd_new(policy, (unsigned int)round);
		for (int i = 0; i < FLOWS; i++) {
			struct flow flow = {.family = rand_r(&seed) % 3 ? ADDR_V4 : ADDR_V6};
			size_t len = flow.family == ADDR_V4 ? 4 : 16;
			const struct spd_rule *rule;

			memset(flow.src, rand_r(&seed) % 4 ? 0xff : 0, len);
			memset(flow.dst, rand_r(&seed) % 4 ? 0xff : 0, len);
			flow.src[3] = (uint8_t)(0xff - rand_r(&seed) % 26);
			flow.dst[3] = (uint8_t)(0xff - rand_r(&seed) % 26);
			rule = spd_leaving(spd, &flow);
			assert_int_equal(rule ? (int)rule->priority : -1,
				linear_search(policy, (unsigned int)round, &flow));
		}
		spd_put(spd);
	}
}

// Rules that all begin at addresses of their own and reach to the end: n^2 / 2 entries are too many
// for an index, and the rules are tried one by one.
static void policies_that_overlap_too_much_still_match(void **)
{
	enum { RULES = 4000 };
	struct dp_policy *policy = calloc(RULES, sizeof(*policy));
	struct cidr all = net("0.0.0.0/0");
	struct flow flow = {.dst = {10, 0, 3, 5}, .family = ADDR_V4};
	struct spd *spd;

	for (uint32_t i = 0; i < RULES; i++) {
		policy[i] = (struct dp_policy){.priority = RULES - i,
			.local = selector_of_cidr(&all),
			.remote = selector_of_cidr(&all)};
		policy[i].remote.first = addr_v4(0x0a000000 + i);
	}
	spd = spd_new(policy, RULES);
	assert_null(spd->list);
	assert_int_equal(spd_leaving(spd, &flow)->priority, RULES - 0x305);
	spd_put(spd);
	free(policy);
}

static void sad_survives_years_of_rekeying(void **)
{
	unsigned int seed = 1;
	uint32_t live[16] = {};
	int child[16];
	struct sad sad;

	assert_int_equal(sad_init(&sad, 16), 0);
	for (unsigned int i = 0; i < 100000; i++) {
		unsigned int k = i % 16;

		if (live[k]) {
			assert_ptr_equal(sad_find(&sad, live[k]), &child[k]);
			sad_del(&sad, live[k]);
			assert_null(sad_find(&sad, live[k]));
		}
		live[k] = (uint32_t)rand_r(&seed) | 1u << 31;
		if (sad_add(&sad, live[k], (struct dp_child *)&child[k]))
			live[k] = 0;
	}
	for (unsigned int k = 0; k < 16; k++) {
		if (live[k])
			assert_ptr_equal(sad_find(&sad, live[k]), &child[k]);
	}
	assert_int_equal(sad_add(&sad, live[3], (struct dp_child *)&child[3]), -EEXIST);
	sad_fini(&sad);
}

static void ike_spis_come_and_go(void **)
{
	struct ikespi set;

	assert_int_equal(ikespi_init(&set, 4), 0);
	for (uint64_t round = 0; round < 1000; round++) {
		for (uint64_t i = 0; i < 4; i++)
			assert_int_equal(ikespi_set(&set, 0x100 + 16 * i + round * 977, true), 0);
		assert_int_equal(ikespi_set(&set, 0x7777777, true), -ENOSPC);
		for (uint64_t i = 0; i < 4; i++) {
			assert_true(ikespi_has(&set, 0x100 + 16 * i + round * 977));
			assert_int_equal(ikespi_set(&set, 0x100 + 16 * i + round * 977, false), 0);
			assert_false(ikespi_has(&set, 0x100 + 16 * i + round * 977));
		}
	}
	assert_false(ikespi_has(&set, 0));
	assert_int_equal(set.n, 0);
	ikespi_fini(&set);
}

static void neighbour_lives_as_long_as_anything_points_at_it(void **)
{
	struct neigh_list list = TAILQ_HEAD_INITIALIZER(list);
	struct addr a = at("10.1.0.2"), b = at("2001:db8::2");
	struct neigh *neigh = neigh_get(&list, 1, &a), *other = neigh_get(&list, 1, &b);
	struct neigh_set *set = neigh_set_new(&list);

	assert_ptr_equal(neigh_get(&list, 1, &a), neigh);
	assert_ptr_equal(neigh_find(set, 1, &a), neigh);
	assert_ptr_equal(neigh_find(set, 1, &b), other);
	assert_null(neigh_find(set, 2, &a));
	assert_false(neigh_put(&list, neigh));
	assert_true(neigh_put(&list, neigh));
	assert_null(neigh_lookup(&list, 1, &a));
	neigh_set_free(set);
	neigh_free(&neigh->retired);
	neigh_free(&other->retired);
}

static void bucket_gives_its_rate_and_no_more(void **)
{
	struct bucket b = bucket_of(100, 0);
	unsigned int passed = 0;

	for (mono_us_t now = MONO_S(1); now < MONO_S(2); now += 1000)
		passed += bucket_take(&b, now);
	assert_in_range(passed, 100, 111);
	// A long silence does not save up.
	passed = 0;
	for (int i = 0; i < 100; i++)
		passed += bucket_take(&b, MONO_S(1000));
	assert_int_equal(passed, 10);
}

static void bucket_holds_the_burst_that_was_asked_for(void **)
{
	struct bucket b = bucket_of(1000000, 3);
	unsigned int passed = 0;

	for (int i = 0; i < 10; i++)
		passed += bucket_take(&b, MONO_S(1));
	assert_int_equal(passed, 3);
	passed = 0;
	for (unsigned int us = 1; us <= 1000; us++)
		passed += bucket_take(&b, MONO_S(1) + us) + bucket_take(&b, MONO_S(1) + us);
	assert_int_equal(passed, 1000);
}

static void burst_keeps_order_of_good_and_bad(void **)
{
	struct burst *b = calloc(1, sizeof(*b));
	struct pkt pkt = {};

	for (uint32_t i = 0; i < BURST; i++) {
		pkt.len = i;
		burst_add(b, &pkt);
		b->id[i] = i;
		b->seq[i] = i;
	}
	for (unsigned int round = 3; round < 6; round++) {
		for (unsigned int i = 0; i < b->n; i++)
			burst_stop(b, i, b->id[i] % round ? V_GO : V_TTL);
		burst_settle(b);
	}
	assert_int_equal(b->all, BURST);
	for (unsigned int i = 0; i < BURST; i++) {
		bool good = b->id[i] % 3 && b->id[i] % 4 && b->id[i] % 5;

		assert_int_equal(good, i < b->n);
		assert_int_equal(b->pkt[i].len, b->id[i]);
		assert_int_equal(b->seq[i], b->id[i]);
		assert_int_equal(b->verdict[i], good ? V_GO : V_TTL);
		if (i && i < b->n)
			assert_true(b->id[i] > b->id[i - 1]);
	}
	free(b);
}

// A fragment of so many bytes of payload at an offset.
static size_t fragment(uint8_t *b, unsigned int at_bytes, unsigned int len, bool more, uint16_t id)
{
	memset(b, 0, 20);
	b[0] = 0x45;
	be16_put(b + 2, (uint16_t)(20 + len));
	be16_put(b + 4, id);
	be16_put(b + 6, (uint16_t)(at_bytes / 8 | (more ? IP4_MF : 0)));
	b[8] = 64;
	b[9] = IP_UDP;
	b[12] = b[16] = 10;
	for (unsigned int i = 0; i < len; i++)
		b[20 + i] = (uint8_t)((at_bytes + i) / 8);
	ip4_csum_set(b, 20);
	return 20 + len;
}

static void reasm_refuses_what_does_not_add_up(void **)
{
	// The last of each row spoils its datagram.
	static const struct {
		unsigned int n;
		struct {
			unsigned int at, len;
			bool more;
		} f[2];
	} row[] = {
		{2, {{0, 64, true}, {56, 64, false}}}, // overlap
		{1, {{0, 61, true}}},		       // part of a unit inside
		{2, {{64, 64, true}, {0, 8, false}}},  // an end before what is here
		{1, {{16376, 64, false}}},	       // past our patience
		{2, {{64, 8, false}, {72, 8, false}}}, // two ends
		{2, {{64, 8, false}, {128, 8, true}}}, // behind the end
	};
	struct reasm *reasm = reasm_new();
	uint8_t b[200];
	size_t len;
	bool bad;

	for (uint16_t k = 0; k < 6; k++) {
		for (unsigned int i = 0; i < row[k].n; i++) {
			size_t n = fragment(
				b, row[k].f[i].at, row[k].f[i].len, row[k].f[i].more, k);

			assert_null(reasm_add(reasm, b, n, MONO_S(1), &len, &bad));
			assert_int_equal(bad, i + 1 == row[k].n);
		}
	}
	reasm_free(reasm);
}

static void reasm_forgets_and_makes_room(void **)
{
	struct reasm *reasm = reasm_new();
	uint8_t b[200], *whole;
	size_t len;
	bool bad;

	assert_null(reasm_add(reasm, b, fragment(b, 0, 64, true, 1), MONO_S(1), &len, &bad));
	reasm_tick(reasm, MONO_S(20));
	assert_null(reasm_add(reasm, b, fragment(b, 64, 8, false, 1), MONO_S(20), &len, &bad));
	// More datagrams than there is room for: the oldest go.
	for (uint16_t id = 100; id < 140; id++)
		assert_null(reasm_add(
			reasm, b, fragment(b, 0, 64, true, id), MONO_S(21) + id, &len, &bad));
	whole = reasm_add(reasm, b, fragment(b, 64, 8, false, 139), MONO_S(22), &len, &bad);
	assert_non_null(whole);
	assert_int_equal(len, 92);
	assert_int_equal(whole[20 + 64], 8);
	assert_null(reasm_add(reasm, b, fragment(b, 64, 8, false, 100), MONO_S(22), &len, &bad));
	reasm_free(reasm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fib_finds_the_longest_of_nested_prefixes),
		cmocka_unit_test(empty_fib_finds_nothing),
		cmocka_unit_test(fib_agrees_with_a_linear_search),
		cmocka_unit_test(policies_match_by_priority_then_order),
		cmocka_unit_test(policies_agree_with_a_linear_search),
		cmocka_unit_test(policies_that_overlap_too_much_still_match),
		cmocka_unit_test(sad_survives_years_of_rekeying),
		cmocka_unit_test(ike_spis_come_and_go),
		cmocka_unit_test(neighbour_lives_as_long_as_anything_points_at_it),
		cmocka_unit_test(bucket_gives_its_rate_and_no_more),
		cmocka_unit_test(bucket_holds_the_burst_that_was_asked_for),
		cmocka_unit_test(burst_keeps_order_of_good_and_bad),
		cmocka_unit_test(reasm_refuses_what_does_not_add_up),
		cmocka_unit_test(reasm_forgets_and_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "unit/unit.h"

#include <errno.h>
#include <string.h>

#include "ctl/rib.h"

// What best told last, as text, and how often it was called.
struct told {
	struct rib *rib;
	unsigned int n;
	char prefix[CIDR_TEXT];
	int64_t id; // -1: none any more
};

static void on_best(void *ctx, const struct cidr *prefix, const struct rib_hop *hop)
{
	struct told *told = ctx;

	told->n++;
	cidr_show(prefix, told->prefix);
	told->id = hop ? (int64_t)hop->id : -1;
}

static int setup(void **state)
{
	static struct told told;

	memset(&told, 0, sizeof(told));
	*state = &told;
	return rib_new(on_best, &told, &told.rib);
}

static int teardown(void **state)
{
	rib_free(((struct told *)*state)->rib);
	return 0;
}

static struct cidr cidr(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return c;
}

static struct rib_hop port(uint32_t id)
{
	return (struct rib_hop){.kind = RIB_PORT, .id = id};
}

static struct rib_hop connection(uint32_t id)
{
	return (struct rib_hop){.kind = RIB_CONNECTION, .id = id};
}

static void rib_prefers_the_source_then_the_metric(void **state)
{
	struct told *told = *state;
	struct cidr c = cidr("10.0.0.0/8");

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &c, 20, &(struct rib_hop){}), 0);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &c, 10, &(struct rib_hop){.id = 7}), 0);
	assert_int_equal(told->id, 7);
	struct rib_hop hop = connection(3);
	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &c, 99, &hop), 0);
	assert_int_equal(told->id, 3);
	assert_int_equal(told->n, 3);

	assert_int_equal(rib_del(told->rib, RIB_CONFIG, &c, 99), 0);
	assert_int_equal(told->id, 7);
	assert_int_equal(rib_del(told->rib, RIB_CONFIG, &c, 99), -ENOENT);
}

// A VPN gateway's route never takes the inside network away, but goes before what a daemon learns.
static void rib_puts_gateway_routes_between_ports_and_the_kernel(void **state)
{
	struct told *told = *state;
	struct rib_hop near = port(1), daemon = port(2), group = {.kind = RIB_GROUP, .id = 3};
	struct cidr c = cidr("10.0.0.0/8");

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &c, 0, &daemon), 0);
	assert_int_equal(rib_set(told->rib, RIB_GATEWAY, &c, 0, &group), 0);
	assert_int_equal(told->id, 3);
	rib_del_port(told->rib, RIB_GATEWAY, 3); // a group's number is no port's
	assert_int_equal(told->id, 3);
	assert_int_equal(rib_set(told->rib, RIB_CONNECTED, &c, 0, &near), 0);
	assert_int_equal(told->id, 1);
}

static void rib_is_silent_when_the_winner_stays(void **state)
{
	struct told *told = *state;
	struct cidr c = cidr("10.0.0.0/8");
	struct rib_hop near = port(1), far = port(2);

	assert_int_equal(rib_set(told->rib, RIB_CONNECTED, &c, 0, &near), 0);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &c, 0, &far), 0);
	assert_int_equal(rib_set(told->rib, RIB_CONNECTED, &c, 0, &near), 0);
	assert_int_equal(rib_del(told->rib, RIB_KERNEL, &c, 0), 0);
	assert_int_equal(told->n, 1);
}

static void rib_tells_the_last_withdrawal(void **state)
{
	struct told *told = *state;
	struct cidr c = cidr("192.0.2.0/24");
	struct rib_hop hop = port(1);

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &c, 0, &hop), 0);
	assert_int_equal(rib_del(told->rib, RIB_KERNEL, &c, 0), 0);
	assert_int_equal(told->id, -1);
	assert_string_equal(told->prefix, "192.0.2.0/24");
}

static void rib_sweeps_what_was_not_told_again(void **state)
{
	struct told *told = *state;
	struct cidr a = cidr("10.1.0.0/16"), b = cidr("10.2.0.0/16"), c = cidr("10.3.0.0/16");
	struct rib_hop hop = port(1);
	struct addr in_b;

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &a, 0, &hop), 0);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &b, 0, &hop), 0);
	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &c, 0, &hop), 0);
	rib_mark(told->rib, RIB_KERNEL);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &a, 0, &hop), 0);
	told->n = 0;
	rib_sweep(told->rib, RIB_KERNEL);
	assert_int_equal(told->n, 1);
	assert_string_equal(told->prefix, "10.2.0.0/16");
	assert_int_equal(addr_read("10.2.0.1", &in_b), 0);
	assert_null(rib_find(told->rib, &in_b));
}

static void rib_finds_the_longest_prefix(void **state)
{
	struct told *told = *state;
	struct cidr wide = cidr("0.0.0.0/0"), narrow = cidr("10.2.0.0/16");
	struct rib_hop out = port(1), in = connection(2);
	struct addr a;

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &wide, 0, &out), 0);
	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &narrow, 0, &in), 0);
	assert_int_equal(addr_read("10.2.3.4", &a), 0);
	assert_int_equal(rib_find(told->rib, &a)->id, 2);
	assert_int_equal(addr_read("10.3.3.4", &a), 0);
	assert_int_equal(rib_find(told->rib, &a)->id, 1);
}

static void rib_forgets_a_port_but_not_a_connection_of_its_number(void **state)
{
	struct told *told = *state;
	struct cidr a = cidr("10.1.0.0/16"), b = cidr("10.2.0.0/16");
	struct rib_hop out = port(2), in = connection(2);
	struct addr in_a, in_b;

	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &a, 0, &out), 0);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &b, 0, &in), 0);
	rib_del_port(told->rib, RIB_KERNEL, 2);
	assert_int_equal(addr_read("10.1.0.1", &in_a), 0);
	assert_int_equal(addr_read("10.2.0.1", &in_b), 0);
	assert_null(rib_find(told->rib, &in_a));
	assert_non_null(rib_find(told->rib, &in_b));
}

// a failed health check withdraws routes, which stay known.
static void rib_withholds_the_routes_of_a_connection(void **state)
{
	struct told *told = *state;
	struct cidr a = cidr("10.1.0.0/16"), b = cidr("10.2.0.0/16");
	struct rib_hop first = connection(7), second = connection(8), out = port(7);

	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &a, 0, &first), 0);
	assert_int_equal(rib_set(told->rib, RIB_KERNEL, &a, 0, &out), 0);
	rib_withhold(told->rib, 7, true);
	assert_int_equal(told->n, 2);
	assert_int_equal(told->id, 7); // the port: the kernel's route
	rib_withhold(told->rib, 7, true);
	assert_int_equal(told->n, 2);
	assert_int_equal(rib_del(told->rib, RIB_KERNEL, &a, 0), 0);
	assert_int_equal(told->id, -1);
	rib_withhold(told->rib, 7, false);
	assert_int_equal(told->n, 4);
	assert_int_equal(told->id, 7);

	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &b, 0, &second), 0);
	rib_withhold(told->rib, 7, true);
	assert_int_equal(told->n, 6);
	assert_string_equal(told->prefix, "10.1.0.0/16");
	assert_int_equal(told->id, -1);
	// Gone while it is withheld, and told again: it may win.
	assert_int_equal(rib_del(told->rib, RIB_CONFIG, &a, 0), 0);
	assert_int_equal(told->n, 6);
	assert_int_equal(rib_set(told->rib, RIB_CONFIG, &a, 0, &first), 0);
	assert_int_equal(told->id, 7);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(rib_prefers_the_source_then_the_metric),
		CLAIM(rib_puts_gateway_routes_between_ports_and_the_kernel),
		CLAIM(rib_is_silent_when_the_winner_stays),
		CLAIM(rib_tells_the_last_withdrawal),
		CLAIM(rib_sweeps_what_was_not_told_again),
		CLAIM(rib_finds_the_longest_prefix),
		CLAIM(rib_forgets_a_port_but_not_a_connection_of_its_number),
		CLAIM(rib_withholds_the_routes_of_a_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

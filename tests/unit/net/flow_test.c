#include "net/flow.h"

#include <string.h>

#include "unit/unit.h"

static struct selector selector(const char *text, uint8_t proto, uint16_t first, uint16_t last)
{
	struct cidr c;
	struct selector s;

	assert_int_equal(cidr_read(text, &c), 0);
	s = selector_of_cidr(&c);
	s.proto = proto;
	s.port_first = first;
	s.port_last = last;
	return s;
}

static void flow_of_an_icmp_echo_uses_type_and_code(void **)
{
	uint8_t p[28] = {
		0x45, 0, 0, 28, 0, 0, 0, 0, 64, IP_ICMP, 0, 0, 10, 1, 0, 2, 10, 2, 0, 3, 8, 0};
	struct selector src = selector("10.1.0.0/16", IP_ICMP, 0x0800, 0x08ff);
	struct selector dst = selector("10.2.0.0/16", IP_ICMP, 0x0800, 0x08ff);
	struct selector tcp = selector("10.2.0.0/16", IP_TCP, 0, 65535);
	struct ip_info ip;
	struct flow flow;

	ip4_csum_set(p, 20);
	assert_int_equal(flow_read(p, sizeof(p), &flow, &ip), 0);
	assert_int_equal(flow.src_port, 0x0800);
	assert_true(flow_within(&flow, &src, &dst));
	assert_false(flow_within(&flow, &dst, &src));
	assert_false(flow_within(&flow, &src, &tcp));
}

static void later_fragments_have_no_ports(void **)
{
	uint8_t p[28] = {0x45, 0, 0, 28, 0, 0, 0, 100, 64, IP_UDP, 0, 0, 10, 1, 0, 2, 10, 2, 0, 3,
		1, 1, 2, 2};
	struct ip_info ip;
	struct flow flow;

	ip4_csum_set(p, 20);
	assert_int_equal(flow_read(p, sizeof(p), &flow, &ip), 0);
	assert_int_equal(flow.src_port | flow.dst_port, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flow_of_an_icmp_echo_uses_type_and_code),
		cmocka_unit_test(later_fragments_have_no_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "net/ip.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

// 10.1.0.2 > 10.2.0.3, UDP 1000 > 2000, TTL 64, DF, four bytes of payload.
static void datagram(uint8_t p[32])
{
	static const uint8_t wire[32] = {0x45, 0, 0, 32, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 1, 0, 2,
		10, 2, 0, 3, 3, 232, 7, 208, 0, 12, 0, 0, 'a', 'b', 'c', 'd'};

	memcpy(p, wire, 32);
	ip4_csum_set(p, 20);
}

static void reads_a_good_header(void **)
{
	uint8_t p[32];
	struct ip_info ip;
	uint16_t src, dst;

	datagram(p);
	assert_int_equal(ip_read(p, 32, true, &ip), 0);
	assert_int_equal(ip.proto, IP_UDP);
	assert_int_equal(ip.head_len, 20);
	assert_int_equal(ip.total_len, 32);
	assert_true(ip.df && ip.first && !ip.fragment);
	ip_ports(&ip, p + 20, 12, &src, &dst);
	assert_int_equal(src, 1000);
	assert_int_equal(dst, 2000);
}

static void refuses_bad_lengths_versions_and_checksums(void **)
{
	uint8_t p[32];
	struct ip_info ip;

	for (size_t len = 0; len < 32; len++) {
		datagram(p);
		assert_int_equal(ip_read(p, len, true, &ip), -EINVAL);
	}
	datagram(p);
	p[0] = 0x44;
	assert_int_equal(ip_read(p, 32, true, &ip), -EINVAL);
	datagram(p);
	p[0] = 0x55;
	assert_int_equal(ip_read(p, 32, true, &ip), -EINVAL);
	datagram(p);
	p[12]++;
	assert_int_equal(ip_read(p, 32, true, &ip), -EBADMSG);
	assert_int_equal(ip_read(p, 32, false, &ip), 0);
}

static void ipv6_extension_headers_are_walked(void **)
{
	uint8_t p[56] = {0x60, 0, 0, 0, 0, 16, 0 /* hop-by-hop */, 64};
	struct ip_info ip;

	p[40] = IP_UDP;
	assert_int_equal(ip_read(p, sizeof(p), true, &ip), 0);
	assert_int_equal(ip.proto, IP_UDP);
	assert_int_equal(ip.head_len, 48);
	p[41] = 2; // a header longer than the packet
	assert_int_equal(ip_read(p, sizeof(p), true, &ip), -EINVAL);
	p[6] = 44; // fragment header, offset 8
	p[41] = 0;
	p[43] = 8;
	assert_int_equal(ip_read(p, sizeof(p), true, &ip), 0);
	assert_true(ip.fragment && !ip.first);
}

static void ttl_and_tos_changes_keep_the_checksum(void **)
{
	uint8_t p[32];
	struct ip_info ip;

	datagram(p);
	for (int ttl = 63; ttl >= 1; ttl--) {
		assert_true(ip_ttl_dec(p));
		ip_tos_set(p, (uint8_t)(ttl * 3));
		assert_int_equal(ip_read(p, 32, true, &ip), 0);
		assert_int_equal(ip.ttl, ttl);
		assert_int_equal(ip.tos, (uint8_t)(ttl * 3));
	}
	assert_false(ip_ttl_dec(p));
}

static void ecn_follows_rfc6040_figure_4(void **)
{
	static const int8_t want[4][4] = {// inner Not-ECT 0, ECT(1) 1, ECT(0) 2, CE 3
		{0, 0, 0, -1}, {1, 1, 1, 3}, {2, 1, 2, 3}, {3, 3, 3, 3}};

	for (int inner = 0; inner < 4; inner++) {
		for (int outer = 0; outer < 4; outer++) {
			int got = ecn_decap((uint8_t)(0xb8 | inner), (uint8_t)outer);
			int expected = want[inner][outer];

			assert_int_equal(got, expected < 0 ? -1 : 0xb8 | expected);
		}
	}
	assert_int_equal(ecn_encap(0xb9, true), 0xb9);
	assert_int_equal(ecn_encap(0xb9, false), 1);
}

static void udp_checksum_matches_a_known_packet(void **)
{
	// RFC 1071's method, computed by hand for 1.2.3.4 > 5.6.7.8, ports 1 and 2, "hi".
	uint8_t l4[10] = {0, 1, 0, 2, 0, 10, 0, 0, 'h', 'i'};
	struct addr src = addr_v4(0x01020304), dst = addr_v4(0x05060708);
	uint16_t csum = l4_csum(&src, &dst, IP_UDP, l4, sizeof(l4));
	uint32_t sum = 0x0102 + 0x0304 + 0x0506 + 0x0708 + 17 + 10 + 1 + 2 + 10 + 0x6869;

	assert_int_equal(csum, (uint16_t) ~((sum & 0xffff) + (sum >> 16)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_good_header),
		cmocka_unit_test(refuses_bad_lengths_versions_and_checksums),
		cmocka_unit_test(ipv6_extension_headers_are_walked),
		cmocka_unit_test(ttl_and_tos_changes_keep_the_checksum),
		cmocka_unit_test(ecn_follows_rfc6040_figure_4),
		cmocka_unit_test(udp_checksum_matches_a_known_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

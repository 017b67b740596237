#include "net/icmp.h"

#include <errno.h>
#include <string.h>

#include "net/ip.h"
#include "unit/unit.h"

static size_t esp_packet(uint8_t p[64], uint8_t proto)
{
	uint8_t wire[] = {0x45, 0, 0, 44, 0, 0, 0x40, 0, 64, proto, 0, 0, 192, 0, 2, 1, 198, 51,
		100, 2, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0};

	memcpy(p, wire, sizeof(wire));
	ip4_csum_set(p, 20);
	return sizeof(wire);
}

static void too_big_about_our_esp_is_read_back(void **)
{
	uint8_t p[64], error[ICMP_ERROR_ROOM];
	size_t len = esp_packet(p, IP_ESP);
	struct addr router = addr_v4(0xc0000263);
	struct icmp_quote quote;
	int n = icmp_error(ICMP_TOO_BIG, &router, p, len, 1400, error);

	assert_int_equal(n, 20 + 8 + (int)len);
	assert_int_equal(icmp_quote_read(error, (size_t)n, &quote), 0);
	assert_true(quote.too_big);
	assert_int_equal(quote.mtu, 1400);
	assert_int_equal(quote.spi, 0x11223344);
	assert_int_equal(addr_v4_host(&quote.dst), 0xc6336402);
	for (int cut = 0; cut < n; cut++)
		assert_int_not_equal(icmp_quote_read(error, (size_t)cut, &quote), 0);
}

static void unreachable_says_nothing_about_the_path(void **)
{
	uint8_t p[64], error[ICMP_ERROR_ROOM];
	size_t len = esp_packet(p, IP_ESP);
	struct addr peer = addr_v4(0xc6336402);
	struct icmp_quote quote;
	int n = icmp_error(ICMP_UNREACHABLE, &peer, p, len, 0, error);

	assert_int_equal(icmp_quote_read(error, (size_t)n, &quote), 0);
	assert_int_equal(quote.spi, 0x11223344);
	assert_false(quote.too_big);
}

static void quote_of_something_else_is_not_ours(void **)
{
	uint8_t p[64], error[ICMP_ERROR_ROOM];
	size_t len = esp_packet(p, IP_TCP);
	struct addr router = addr_v4(0xc0000263);
	struct icmp_quote quote;
	int n = icmp_error(ICMP_TOO_BIG, &router, p, len, 1400, error);

	assert_int_equal(icmp_quote_read(error, (size_t)n, &quote), -ENOENT);
}

static void no_error_about_errors_fragments_or_multicast(void **)
{
	uint8_t p[64], error[ICMP_ERROR_ROOM];
	size_t len = esp_packet(p, IP_ICMP);
	struct addr us = addr_v4(0x0a000001);

	p[20] = 3;
	assert_int_equal(icmp_error(ICMP_TTL_EXCEEDED, &us, p, len, 0, error), -EINVAL);
	p[20] = 8;
	assert_true(icmp_error(ICMP_TTL_EXCEEDED, &us, p, len, 0, error) > 0);
	p[7] = 5;
	assert_int_equal(icmp_error(ICMP_TTL_EXCEEDED, &us, p, len, 0, error), -EINVAL);
	len = esp_packet(p, IP_UDP);
	p[12] = 224;
	assert_int_equal(icmp_error(ICMP_TTL_EXCEEDED, &us, p, len, 0, error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_big_about_our_esp_is_read_back),
		cmocka_unit_test(unreachable_says_nothing_about_the_path),
		cmocka_unit_test(quote_of_something_else_is_not_ours),
		cmocka_unit_test(no_error_about_errors_fragments_or_multicast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

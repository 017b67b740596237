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

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_read(text, &a), 0);
	return a;
}

static int ask(const char *from, const char *to, uint8_t p[static ICMP_ECHO_ROOM])
{
	struct icmp_echo echo = {.src = at(from),
		.dst = at(to),
		.id = 0x1234,
		.seq = 0xfffe,
		.data = (const uint8_t *)"sixteen bytes...",
		.len = 16};

	return icmp_echo_request(&echo, p);
}

// What the host that is asked does: type, addresses, checksum (RFC 792 p. 14, RFC 4443 s4.2).
static void answer(uint8_t *p, int n)
{
	size_t head = p[0] >> 4 == 4 ? IP4_HEAD : IP6_HEAD, len = (size_t)n - head;
	struct addr a, b;
	struct ip_info ip;

	assert_int_equal(ip_read(p, (size_t)n, true, &ip), 0);
	a = ip.src;
	b = ip.dst;
	memcpy(p + (head == IP4_HEAD ? 12 : 8), b.b, addr_len(&b));
	memcpy(p + (head == IP4_HEAD ? 16 : 24), a.b, addr_len(&a));
	p[head] = head == IP4_HEAD ? 0 : 129;
	be16_put(p + head + 2, 0);
	be16_put(p + head + 2, head == IP4_HEAD ? csum_fold(csum_add(0, p + head, len))
						: l4_csum(&b, &a, IP_ICMP6, p + head, len));
}

static void an_answer_is_read_back(const char *from, const char *to)
{
	uint8_t p[ICMP_ECHO_ROOM];
	char text[ADDR_TEXT];
	struct icmp_echo echo;
	int n = ask(from, to, p);

	assert_true(n > 0);
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), -ENOENT);
	answer(p, n);
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), 0);
	assert_int_equal(echo.id, 0x1234);
	assert_int_equal(echo.seq, 0xfffe);
	assert_string_equal(addr_show(&echo.src, text), to);
	assert_string_equal(addr_show(&echo.dst, text), from);
	assert_int_equal(echo.len, 16);
	assert_memory_equal(echo.data, "sixteen bytes...", 16);
	for (int cut = 0; cut < n; cut++)
		assert_int_not_equal(icmp_echo_reply_read(p, (size_t)cut, &echo), 0);
	p[n - 1] ^= 1;
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), -EBADMSG);
}

static void echo_is_asked_and_answered_in_both_families(void **)
{
	an_answer_is_read_back("10.1.0.1", "10.2.0.2");
	an_answer_is_read_back("2001:db8:1::1", "2001:db8:2::2");
}

static void no_request_between_two_families_or_without_room(void **)
{
	uint8_t p[ICMP_ECHO_ROOM], data[ICMP_ECHO_ROOM] = {};
	struct icmp_echo echo = {
		.src = at("10.1.0.1"), .dst = at("10.2.0.2"), .data = data, .len = sizeof(data)};

	assert_int_equal(ask("10.1.0.1", "2001:db8::1", p), -EINVAL);
	assert_int_equal(icmp_echo_request(&echo, p), -EINVAL);
	echo.len -= IP4_HEAD + 8;
	assert_int_equal(icmp_echo_request(&echo, p), ICMP_ECHO_ROOM);
}

static void what_is_no_reply_is_none(void **)
{
	uint8_t p[ICMP_ECHO_ROOM];
	int n = ask("10.1.0.1", "10.2.0.2", p);
	struct icmp_echo echo;

	answer(p, n);
	p[21] = 1; // a code that no reply has
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), -ENOENT);
	p[21] = 0;
	p[6] = 0x20; // more fragments
	ip4_csum_set(p, 20);
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), -ENOENT);
	p[6] = 0;
	p[9] = IP_TCP;
	ip4_csum_set(p, 20);
	assert_int_equal(icmp_echo_reply_read(p, (size_t)n, &echo), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_big_about_our_esp_is_read_back),
		cmocka_unit_test(unreachable_says_nothing_about_the_path),
		cmocka_unit_test(quote_of_something_else_is_not_ours),
		cmocka_unit_test(no_error_about_errors_fragments_or_multicast),
		cmocka_unit_test(echo_is_asked_and_answered_in_both_families),
		cmocka_unit_test(no_request_between_two_families_or_without_room),
		cmocka_unit_test(what_is_no_reply_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

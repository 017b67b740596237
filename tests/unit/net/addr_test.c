#include "net/addr.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static struct cidr cidr(const char *text)
{
	struct cidr c;

	assert_int_equal(cidr_read(text, &c), 0);
	return c;
}

static struct selector selector(const char *text, uint8_t proto, uint16_t first, uint16_t last)
{
	struct cidr c = cidr(text);
	struct selector s = selector_of_cidr(&c);

	s.proto = proto;
	s.port_first = first;
	s.port_last = last;
	return s;
}

static void prefix_text_is_checked(void **)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"10.0.0.0/8", 0},
		{"0.0.0.0/0", 0},
		{"192.0.2.1", 0},
		{"192.0.2.1/32", 0},
		{"2001:db8::/32", 0},
		{"::/0", 0},
		{"10.0.0.1/8", -EDOM},
		{"10.0.0.0/33", -ERANGE},
		{"10.0.0.0/", -EINVAL},
		{"10.0.0.0/8x", -EINVAL},
		{"10.0.0/8", -EINVAL},
		{"10.0.0.0/-1", -EINVAL},
		{"", -EINVAL},
		{"2001:db8::1/32", -EDOM},
		{"example.org", -EINVAL},
	};
	struct cidr c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(cidr_read(rows[i].text, &c), rows[i].err);
}

static void prefixes_contain_and_overlap(void **)
{
	struct cidr wide = cidr("10.0.0.0/8"), narrow = cidr("10.2.0.0/15"),
		    other = cidr("11.0.0.0/8"), all = cidr("0.0.0.0/0"), six = cidr("::/0");
	struct addr a = addr_v4(0x0a030000), end;
	char text[ADDR_TEXT];

	assert_true(cidr_has(&wide, &a) && cidr_has(&narrow, &a) && cidr_has(&all, &a));
	assert_false(cidr_has(&other, &a) || cidr_has(&six, &a));
	assert_true(cidr_overlaps(&wide, &narrow) && cidr_overlaps(&narrow, &wide));
	assert_false(cidr_overlaps(&narrow, &other) || cidr_overlaps(&all, &six));
	end = cidr_last(&narrow);
	assert_string_equal(addr_show(&end, text), "10.3.255.255");
}

static void selectors_meet_in_every_dimension(void **)
{
	struct selector any = selector("0.0.0.0/0", 0, 0, 65535);
	struct selector web = selector("10.1.0.0/16", 6, 80, 80);
	struct selector low = selector("10.0.0.0/8", 6, 0, 1023);
	struct selector udp = selector("10.0.0.0/8", 17, 0, 65535);
	struct selector both;

	assert_true(selector_meet(&any, &web, &both) && selector_eq(&both, &web));
	assert_true(selector_meet(&low, &web, &both) && selector_eq(&both, &web));
	assert_true(selector_within(&web, &low) && !selector_within(&low, &web));
	assert_false(selector_meet(&udp, &web, &both));
	web.port_first = web.port_last = 2000;
	assert_false(selector_meet(&low, &web, &both));
}

static void selector_text_names_prefix_range_protocol_and_ports(void **)
{
	struct selector s = selector("10.1.0.0/16", 6, 80, 80);
	char text[SELECTOR_TEXT];

	assert_string_equal(selector_show(&s, text), "10.1.0.0/16[tcp/80]");
	s.proto = 0;
	s.port_first = 0;
	s.port_last = 65535;
	s.last = addr_v4(0x0a010005);
	assert_string_equal(selector_show(&s, text), "10.1.0.0-10.1.0.5");
}

static void unicast_excludes_the_special_ones(void **)
{
	static const struct {
		const char *text;
		bool unicast;
	} rows[] = {{"192.0.2.1", true}, {"0.0.0.0", false}, {"127.0.0.1", false},
		{"224.0.0.1", false}, {"255.255.255.255", false}, {"2001:db8::1", true},
		{"::1", false}, {"ff02::1", false}, {"::", false}};
	struct addr a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(addr_read(rows[i].text, &a), 0);
		assert_int_equal(addr_is_unicast(&a), rows[i].unicast);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefix_text_is_checked),
		cmocka_unit_test(prefixes_contain_and_overlap),
		cmocka_unit_test(selectors_meet_in_every_dimension),
		cmocka_unit_test(selector_text_names_prefix_range_protocol_and_ports),
		cmocka_unit_test(unicast_excludes_the_special_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

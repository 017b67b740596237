#include "drivers/netns.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "punt/tap/tap.h"

static const uint8_t mac[6] = {0x02, 0, 0, 0, 0, 1};

static void tap_makes_a_device_that_is_up(void **)
{
	struct why why = {};
	struct punt *punt;

	netns_enter_or_skip();
	assert_int_equal(punt_tap.open("cv0", mac, 1400, &punt, &why), 0);
	assert_int_equal(punt_tap.ifindex(punt), if_nametoindex("cv0"));
	// An ARP request from the wire; the kernel has no address here, so it stays silent.
	assert_int_equal(
		punt_tap.write(punt, (uint8_t[60]){0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 60), 0);
	punt_tap.close(punt);
	assert_int_equal(if_nametoindex("cv0"), 0);
}

static void tap_read_does_not_block(void **)
{
	uint8_t frame[2048];
	struct punt *punt;
	int len;

	netns_enter_or_skip();
	assert_int_equal(punt_tap.open("cv0", mac, 1500, &punt, NULL), 0);
	do // IPv6 says hello by itself
		len = punt_tap.read(punt, frame, sizeof(frame));
	while (len > 0);
	assert_int_equal(len, -EAGAIN);
	punt_tap.close(punt);
}

static void tap_shows_the_carrier_that_it_is_told(void **)
{
	struct punt *punt;

	netns_enter_or_skip();
	assert_int_equal(punt_tap.open("cv0", mac, 1500, &punt, NULL), 0);
	assert_int_equal(punt_tap.carrier(punt, false), 0);
	assert_int_equal(system("ip link show cv0 | grep -q NO-CARRIER"), 0);
	assert_int_equal(punt_tap.carrier(punt, true), 0);
	assert_int_not_equal(system("ip link show cv0 | grep -q NO-CARRIER"), 0);
	punt_tap.close(punt);
}

static void tap_refuses_a_name_that_is_taken(void **)
{
	struct why why = {};
	struct punt *first, *second;

	netns_enter_or_skip();
	assert_int_equal(punt_tap.open("cv0", mac, 1500, &first, &why), 0);
	assert_int_equal(punt_tap.open("cv0", mac, 1500, &second, &why), -EBUSY);
	assert_string_equal(why.where, "cv0");
	punt_tap.close(first);
}

static void tap_refuses_names_and_values_that_no_device_has(void **)
{
	struct why why = {};
	struct punt *punt;

	netns_enter_or_skip();
	assert_int_equal(punt_tap.open("", mac, 1500, &punt, &why), -EINVAL);
	assert_int_equal(punt_tap.open("sixteen-letters-", mac, 1500, &punt, &why), -EINVAL);
	assert_int_equal(punt_tap.open("cv0", mac, 20, &punt, &why), -EINVAL);
	assert_int_equal(punt_tap.open("cv0", (uint8_t[6]){0x01, 0, 0, 0, 0, 1}, 1500, &punt, &why),
		-EADDRNOTAVAIL);
	assert_int_equal(if_nametoindex("cv0"), 0);
}

static int open_and_close(void)
{
	struct punt *punt;
	int err = punt_tap.open("cv0", mac, 1500, &punt, NULL);

	if (!err)
		punt_tap.close(punt);
	return -err;
}

static void tap_opens_after_privileges_are_dropped(void **)
{
	netns_enter_or_skip();
	assert_int_equal(netns_as_nobody_or_skip(open_and_close), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tap_makes_a_device_that_is_up),
		cmocka_unit_test(tap_read_does_not_block),
		cmocka_unit_test(tap_shows_the_carrier_that_it_is_told),
		cmocka_unit_test(tap_refuses_a_name_that_is_taken),
		cmocka_unit_test(tap_refuses_names_and_values_that_no_device_has),
		cmocka_unit_test(tap_opens_after_privileges_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

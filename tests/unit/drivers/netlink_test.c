#include "drivers/netns.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "punt/tap/tap.h"
#include "route/netlink/netlink.h"
#include "route/netlink/parse.h"

static const uint8_t mac[6] = {0x02, 0, 0, 0, 0, 1};
static const uint8_t peer_mac[6] = {0x02, 0, 0, 0, 0, 2};

struct lab {
	struct punt *punt;
	struct route_source *source;
	unsigned int ifindex;
	struct route_event seen[256];
	unsigned int n;
};

static void note(void *ctx, const struct route_event *event)
{
	struct lab *lab = ctx;

	assert_true(lab->n < 256);
	lab->seen[lab->n++] = *event;
}

// Forget what was seen, then read all that is there.
static void listen_again(struct lab *lab)
{
	lab->n = 0;
	assert_int_equal(route_netlink.read(lab->source, note, lab), 0);
}

static const struct route_event *find(
	const struct lab *lab, enum route_event_type type, const char *prefix)
{
	char text[CIDR_TEXT];

	for (unsigned int i = 0; i < lab->n; i++)
		if (lab->seen[i].type == type &&
			(!prefix || !strcmp(cidr_show(&lab->seen[i].prefix, text), prefix)))
			return &lab->seen[i];
	return NULL;
}

static void lab_open(struct lab *lab)
{
	netns_enter_or_skip();
	*lab = (struct lab){};
	assert_int_equal(punt_tap.open("cv0", mac, 1500, &lab->punt, NULL), 0);
	assert_int_equal(route_netlink.open(&lab->source, NULL), 0);
	lab->ifindex = punt_tap.ifindex(lab->punt);
}

static void lab_close(struct lab *lab)
{
	route_netlink.close(lab->source);
	punt_tap.close(lab->punt);
}

static struct cidr cidr(const char *addr, uint8_t bits)
{
	struct cidr c = {.bits = bits};

	assert_int_equal(addr_read(addr, &c.addr), 0);
	return c;
}

static void netlink_dump_ends_with_synced(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24);

	lab_open(&lab);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	listen_again(&lab);
	assert_int_equal(route_netlink.dump(lab.source), 0);
	listen_again(&lab);
	assert_int_equal(lab.seen[lab.n - 1].type, ROUTE_SYNCED);
	assert_non_null(find(&lab, ROUTE_LINK, NULL));
	assert_non_null(find(&lab, ROUTE_ADDR, "192.0.2.1/24"));
	assert_non_null(find(&lab, ROUTE_ROUTE, "192.0.2.0/24"));
	lab_close(&lab);
}

static void netlink_dump_asked_twice_is_answered_whole(void **)
{
	struct lab lab;
	unsigned int synced = 0;

	lab_open(&lab);
	assert_int_equal(route_netlink.dump(lab.source), 0);
	assert_int_equal(route_netlink.dump(lab.source), 0);
	listen_again(&lab);
	for (unsigned int i = 0; i < lab.n; i++)
		synced += lab.seen[i].type == ROUTE_SYNCED;
	assert_int_equal(synced, 1);
	lab_close(&lab);
}

static void netlink_reports_addresses_that_come_and_go(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24);

	lab_open(&lab);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	listen_again(&lab);
	assert_false(find(&lab, ROUTE_ADDR, "192.0.2.1/24")->gone);
	assert_int_equal(find(&lab, ROUTE_ADDR, "192.0.2.1/24")->ifindex, lab.ifindex);

	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, false), 0);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, false), 0);
	listen_again(&lab);
	assert_true(find(&lab, ROUTE_ADDR, "192.0.2.1/24")->gone);
	lab_close(&lab);
}

static void netlink_knows_its_own_routes(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24), dst = cidr("198.51.100.0", 24);
	struct cidr all = cidr("0.0.0.0", 0);
	struct addr gateway = cidr("192.0.2.9", 32).addr;

	lab_open(&lab);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	for (int again = 0; again < 2; again++)
		assert_int_equal(
			route_netlink.route_set(lab.source, &dst, lab.ifindex, NULL, true), 0);
	assert_int_equal(route_netlink.route_set(lab.source, &all, lab.ifindex, &gateway, true), 0);
	assert_int_equal(system("ip route show proto 204 | grep -q '^198.51.100.0/24 dev cv0'"), 0);
	assert_int_equal(system("ip route show proto 204 | grep -q '^default via 192.0.2.9'"), 0);
	listen_again(&lab);
	assert_null(find(&lab, ROUTE_ROUTE, "198.51.100.0/24"));
	assert_false(find(&lab, ROUTE_OWN, "198.51.100.0/24")->gone);
	for (int again = 0; again < 2; again++)
		assert_int_equal(
			route_netlink.route_set(lab.source, &dst, lab.ifindex, NULL, false), 0);
	assert_int_equal(system("ip route show | grep -q '^198.51.100.0/24'") == 0, 0);
	listen_again(&lab);
	assert_true(find(&lab, ROUTE_OWN, "198.51.100.0/24")->gone);
	lab_close(&lab);
}

static void netlink_reports_routes_of_the_main_table_only(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24);
	const struct route_event *event;

	lab_open(&lab);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	assert_int_equal(system("ip route add 198.51.100.0/24 via 192.0.2.7 metric 32 proto bird &&"
				"ip route add 203.0.113.0/24 via 192.0.2.7 table 77 &&"
				"ip route add blackhole 203.0.113.128/25 &&"
				"ip route add default nexthop via 192.0.2.7 nexthop via 192.0.2.8"),
		0);
	listen_again(&lab);
	event = find(&lab, ROUTE_ROUTE, "198.51.100.0/24");
	assert_non_null(event);
	assert_int_equal(event->metric, 32);
	assert_int_equal(event->protocol, 12);
	assert_int_equal(addr_v4_host(&event->gateway), 0xc0000207);
	event = find(&lab, ROUTE_ROUTE, "0.0.0.0/0");
	assert_non_null(event);
	assert_int_equal(addr_v4_host(&event->gateway), 0xc0000207);
	assert_int_equal(event->ifindex, lab.ifindex);
	assert_null(find(&lab, ROUTE_ROUTE, "203.0.113.0/24"));
	assert_null(find(&lab, ROUTE_ROUTE, "203.0.113.128/25"));
	lab_close(&lab);
}

static void netlink_resolves_through_the_mirror(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24);
	struct addr peer = cidr("192.0.2.9", 32).addr;
	uint8_t frame[2048];
	int len;

	lab_open(&lab);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	assert_int_equal(route_netlink.resolve(lab.source, lab.ifindex, &peer), 0);
	do { // the ARP request, among what IPv6 says by itself
		assert_true(netns_readable(punt_tap.fd(lab.punt)));
		len = punt_tap.read(lab.punt, frame, sizeof(frame));
	} while (len < 42 || frame[12] != 0x08 || frame[13] != 0x06);
	assert_memory_equal(&frame[38], peer.b, 4);

	// The reply: who asked becomes the target, the peer the sender.
	frame[21] = 2;
	memcpy(&frame[0], &frame[22], 6);
	memcpy(&frame[32], &frame[22], 10);
	memcpy(&frame[6], peer_mac, 6);
	memcpy(&frame[22], peer_mac, 6);
	memcpy(&frame[28], peer.b, 4);
	listen_again(&lab);
	assert_int_equal(punt_tap.write(lab.punt, frame, 42), 0);
	do {
		assert_true(netns_readable(route_netlink.fd(lab.source)));
		listen_again(&lab);
	} while (!find(&lab, ROUTE_NEIGH, NULL));
	assert_memory_equal(find(&lab, ROUTE_NEIGH, NULL)->mac, peer_mac, 6);
	assert_true(addr_eq(&find(&lab, ROUTE_NEIGH, NULL)->neigh, &peer));
	lab_close(&lab);
}

static void netlink_reports_a_device_set_down(void **)
{
	struct lab lab;

	lab_open(&lab);
	assert_int_equal(system("ip link set cv0 down"), 0);
	listen_again(&lab);
	assert_true(lab.seen[lab.n - 1].gone);
	assert_non_null(find(&lab, ROUTE_LINK, NULL));
	lab_close(&lab);
}

static void netlink_reports_a_lost_carrier_and_the_device_stays(void **)
{
	struct lab lab;

	lab_open(&lab);
	assert_int_equal(punt_tap.carrier(lab.punt, false), 0);
	do {
		assert_true(netns_readable(route_netlink.fd(lab.source)));
		listen_again(&lab);
	} while (!find(&lab, ROUTE_LINK, NULL));
	assert_false(find(&lab, ROUTE_LINK, NULL)->gone);
	lab_close(&lab);
}

static void netlink_overrun_is_said_and_a_dump_heals_it(void **)
{
	struct lab lab;
	struct cidr addr = cidr("192.0.2.1", 24);
	int size = 4096;

	lab_open(&lab);
	assert_int_equal(setsockopt(route_netlink.fd(lab.source), SOL_SOCKET, SO_RCVBUF, &size,
				 sizeof(size)),
		0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			route_netlink.addr_set(lab.source, lab.ifindex, &addr, i % 2 == 0), 0);
	assert_int_equal(route_netlink.addr_set(lab.source, lab.ifindex, &addr, true), 0);
	assert_int_equal(route_netlink.read(lab.source, note, &lab), -ENOBUFS);
	assert_int_equal(route_netlink.dump(lab.source), 0);
	listen_again(&lab);
	assert_int_equal(lab.seen[lab.n - 1].type, ROUTE_SYNCED);
	assert_non_null(find(&lab, ROUTE_ADDR, "192.0.2.1/24"));
	lab_close(&lab);
}

static void netlink_parse_survives_lengths_that_lie(void **)
{
	alignas(struct nlmsghdr) uint8_t buf[256];
	struct route_event event;
	static const uint16_t types[] = {RTM_NEWLINK, RTM_NEWADDR, RTM_NEWNEIGH, RTM_NEWROUTE};

	for (unsigned int i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		for (unsigned int len = sizeof(struct nlmsghdr); len < sizeof(buf); len++) {
			uint8_t *copy = aligned_alloc(alignof(struct nlmsghdr), (len + 3) & ~3u);
			struct nlmsghdr head = {.nlmsg_len = len, .nlmsg_type = types[i]};

			assert_non_null(copy);
			memset(copy, (int)len, len);
			memcpy(copy, &head, sizeof(head));
			if (len > sizeof(head)) // the family, so that attributes are reached
				copy[sizeof(head)] = AF_INET;
			(void)netlink_parse((const struct nlmsghdr *)copy, &event);
			free(copy);
		}
	}
}

static void netlink_parse_refuses_a_prefix_longer_than_its_address(void **)
{
	alignas(struct nlmsghdr) uint8_t buf[256] = {0};
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct rtmsg *to = mnl_nlmsg_put_extra_header(msg, sizeof(*to));
	struct route_event event;

	msg->nlmsg_type = RTM_NEWROUTE;
	*to = (struct rtmsg){.rtm_family = AF_INET,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_type = RTN_UNICAST,
		.rtm_dst_len = 32};
	mnl_attr_put_u32(msg, RTA_DST, 0);
	assert_true(netlink_parse(msg, &event));
	to->rtm_dst_len = 33;
	assert_false(netlink_parse(msg, &event));
}

// Loopback is there without a device of ours.
static int set_an_address(void)
{
	struct cidr addr = {addr_v4(0xc0000201), 32};
	struct route_source *source;
	int err = route_netlink.open(&source, NULL);

	err = err ? err : route_netlink.addr_set(source, 1, &addr, true);
	return -err;
}

static void netlink_works_after_privileges_are_dropped(void **)
{
	netns_enter_or_skip();
	assert_int_equal(netns_as_nobody_or_skip(set_an_address), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netlink_dump_ends_with_synced),
		cmocka_unit_test(netlink_dump_asked_twice_is_answered_whole),
		cmocka_unit_test(netlink_reports_addresses_that_come_and_go),
		cmocka_unit_test(netlink_knows_its_own_routes),
		cmocka_unit_test(netlink_reports_routes_of_the_main_table_only),
		cmocka_unit_test(netlink_resolves_through_the_mirror),
		cmocka_unit_test(netlink_reports_a_device_set_down),
		cmocka_unit_test(netlink_reports_a_lost_carrier_and_the_device_stays),
		cmocka_unit_test(netlink_overrun_is_said_and_a_dump_heals_it),
		cmocka_unit_test(netlink_parse_survives_lengths_that_lie),
		cmocka_unit_test(netlink_parse_refuses_a_prefix_longer_than_its_address),
		cmocka_unit_test(netlink_works_after_privileges_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

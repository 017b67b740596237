#include "port/ethdev/ethdev.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "unit/unit.h"

static struct pkt_pool pool;

static struct port_conf conf(const char *device)
{
	return (struct port_conf){.name = "p",
		.device = device,
		.rx_queues = 1,
		.tx_queues = 1,
		.mtu = 1500,
		.pool = &pool};
}

static struct port *opened(const char *device)
{
	struct port_conf c = conf(device);
	struct port *port;
	struct why why = {};

	assert_int_equal(port_ethdev.open(&c, &port, &why), 0);
	assert_int_equal(port_ethdev.start(port, &why), 0);
	return port;
}

static void frames_come_with_their_room_and_go(void **)
{
	struct port *source = opened("net_null0,size=100"), *loop = opened("net_ring0");
	struct port_stats stats;
	struct pkt pkt[32];
	unsigned int n = port_ethdev.rx(source, 0, pkt, 32);

	assert_int_equal(n, 32);
	assert_int_equal(pkt[0].len, 100);
	assert_int_equal(pkt[0].head, RTE_PKTMBUF_HEADROOM);
	assert_true(pkt[0].tail > 1500);
	// What the pipeline did to the view reaches the frame.
	pkt_push(&pkt[0], 40);
	memset(pkt[0].l3, 7, 40);
	assert_int_equal(port_ethdev.tx(loop, 0, pkt, n), n);
	assert_int_equal(port_ethdev.rx(loop, 0, pkt, 32), n);
	assert_int_equal(pkt[0].len, 140);
	assert_int_equal(pkt[0].l3[39], 7);
	assert_int_equal(pkt[1].len, 100);
	port_ethdev.stats(loop, &stats);
	assert_int_equal(stats.rx_packets, n);
	assert_int_equal(stats.tx_packets, n);
	assert_int_equal(port_ethdev.tx(loop, 0, pkt, n), n);
	port_ethdev.close(source);
	port_ethdev.close(loop);
}

static void a_tx_of_more_than_a_burst_goes_whole(void **)
{
	struct port *port = opened("net_null1,size=60");
	struct pkt pkt[150];
	unsigned int n = 0;

	while (n < 150)
		n += port_ethdev.rx(port, 0, pkt + n, 150 - n);
	assert_int_equal(port_ethdev.tx(port, 0, pkt, n), n);
	port_ethdev.close(port);
}

static void a_device_that_is_not_there_is_named(void **)
{
	struct port_conf c = conf("0000:ff:1f.7");
	struct port *port;
	struct why why = {};

	assert_true(port_ethdev.open(&c, &port, &why) < 0);
	assert_string_equal(why.where, "port p (0000:ff:1f.7)");
	assert_true(why.what[0]);
}

static void only_ports_of_a_kernel_have_unfinished_checksums(void **)
{
	struct port *port = opened("net_null2");

	assert_false(port_ethdev.csum_unfinished(port));
	port_ethdev.close(port);
}

// As a card's interrupt: the bonding device tells when its only member has lost its link.
static void a_device_that_tells_of_its_link_is_heard(void **)
{
	struct port *port;
	struct pollfd fd;
	uint16_t member;

	assert_int_equal(rte_dev_probe("net_null9"), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name("net_null9", &member), 0);
	port = opened("net_bonding9,mode=1,slave=net_null9");
	fd = (struct pollfd){.fd = port_ethdev.link_fd(port), .events = POLLIN};
	assert_true(fd.fd >= 0);
	assert_int_equal(poll(&fd, 1, 5000), 1);
	assert_true(port_ethdev.link_up(port));
	assert_int_equal(poll(&fd, 1, 0), 0);
	assert_int_equal(rte_eth_dev_stop(member), 0);
	assert_int_equal(poll(&fd, 1, 5000), 1);
	assert_false(port_ethdev.link_up(port));
	port_ethdev.close(port);
}

static int start(void **)
{
	char args[][32] = {"ethdev_test", "--no-huge", "--no-pci", "--no-shconf", "-m", "64", "-l",
		"0", "--no-telemetry"};
	char *argv[sizeof(args) / sizeof(args[0])];

	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i] = args[i];
	if (rte_eal_init((int)(sizeof(argv) / sizeof(argv[0])), argv) < 0)
		return -1;
	pool.mempool = rte_pktmbuf_pool_create(
		"test", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return pool.mempool ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_with_their_room_and_go),
		cmocka_unit_test(a_tx_of_more_than_a_burst_goes_whole),
		cmocka_unit_test(a_device_that_is_not_there_is_named),
		cmocka_unit_test(a_device_that_tells_of_its_link_is_heard),
		cmocka_unit_test(only_ports_of_a_kernel_have_unfinished_checksums),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}

#include "drivers/netns.h"

#include <rte_eal.h>
#include <rte_mbuf.h>
#include <stdlib.h>
#include <string.h>

#include "port/ethdev/ethdev.h"

static struct pkt_pool pool;

// EAL has threads of its own: they are to live in the namespace, too.
static void start_or_skip(void)
{
	char args[][32] = {"ethdev_link_test", "--no-huge", "--no-pci", "--no-shconf", "-m", "64",
		"-l", "0", "--no-telemetry"};
	char *argv[sizeof(args) / sizeof(args[0])];

	netns_enter_or_skip();
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i] = args[i];
	assert_true(rte_eal_init((int)(sizeof(argv) / sizeof(argv[0])), argv) >= 0);
	pool.mempool = rte_pktmbuf_pool_create(
		"test", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	assert_non_null(pool.mempool);
}

// returns whether the port says so soon: the kernel changes its state on a thread of its own
static bool becomes(struct port *port, bool up)
{
	for (int i = 0; i < 200; i++) {
		if (port_ethdev.link_up(port) == up)
			return true;
		usleep(10000);
	}
	return false;
}

// Some drivers free what they then do not take.
static void assert_tx_neither_leaks_nor_frees_twice(struct port *port)
{
	enum { FRAMES = 32 };
	struct rte_mbuf *m[FRAMES];
	struct pkt pkt[FRAMES];
	unsigned int free = rte_mempool_avail_count(pool.mempool), n;

	assert_int_equal(rte_pktmbuf_alloc_bulk(pool.mempool, m, FRAMES), 0);
	for (unsigned int i = 0; i < FRAMES; i++) {
		memset(rte_pktmbuf_append(m[i], 60), 0, 60);
		pkt[i] = (struct pkt){
			.l3 = rte_pktmbuf_mtod(m[i], uint8_t *), .len = 60, .buf = m[i]};
	}
	n = port_ethdev.tx(port, 0, pkt, FRAMES);
	for (unsigned int i = n; i < FRAMES; i++)
		rte_pktmbuf_free(m[i]);
	assert_int_equal(rte_mempool_avail_count(pool.mempool), free);
}

static void a_kernel_device_s_link_is_the_port_s(void **)
{
	struct port_conf conf = {.name = "p",
		.device = "net_af_packet0,iface=cv0",
		.rx_queues = 1,
		.tx_queues = 1,
		.mtu = 1500,
		.pool = &pool};
	struct port *port;
	struct why why = {};

	start_or_skip();
	assert_int_equal(system("ip link add cv0 type veth peer name cv1 && ip link set cv0 up && "
				"ip link set cv1 up"),
		0);
	assert_int_equal(port_ethdev.open(&conf, &port, &why), 0);
	assert_int_equal(port_ethdev.start(port, &why), 0);
	assert_int_equal(port_ethdev.link_fd(port), -1);
	assert_true(becomes(port, true));
	// The cable, then the device itself.
	assert_int_equal(system("ip link set cv1 down"), 0);
	assert_true(becomes(port, false));
	assert_int_equal(system("ip link set cv1 up"), 0);
	assert_true(becomes(port, true));
	assert_int_equal(system("ip link set cv0 down"), 0);
	assert_true(becomes(port, false));
	assert_tx_neither_leaks_nor_frees_twice(port);
	assert_int_equal(system("ip link set cv0 up"), 0);
	assert_true(becomes(port, true));
	port_ethdev.close(port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_device_s_link_is_the_port_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

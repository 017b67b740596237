#include "port/ethdev/ethdev.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

enum { QUEUES = 64, BURST = 64, PREFETCH = 4 };

struct port {
	uint16_t id;
	uint16_t rx_queues, tx_queues;
	bool probed; // by us: removed at close
	bool csum_unfinished;
	unsigned int ifindex; // of the kernel's device underneath; 0: none
	int ask;	      // the kernel about it: a socket; -1: none
	int changed;	      // eventfd: the device has told of its link; -1: it never does
	struct rte_device *device;
	// writer: the queue's worker
	struct {
		_Alignas(64) uint64_t segmented; // frames dropped because they had several segments
	} queue[QUEUES];
};

static int fail(struct why *why, int err, const char *what, const struct port_conf *conf)
{
	why_set(why, err, what, NULL, NULL, NULL);
	why_fmt(why, where, "port %s (%s)", conf->name, conf->device);
	why_fmt(why, got, "%s", strerror(-err));
	return err;
}

// The port of a device string, by its name before the first comma.
static int find(const char *device, uint16_t *id)
{
	char name[RTE_ETH_NAME_MAX_LEN];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, ","), device);
	return rte_eth_dev_get_port_by_name(name, id);
}

static int attach(struct port *port, const struct port_conf *conf, struct why *why)
{
	struct rte_dev_iterator match;
	int err;

	if (!find(conf->device, &port->id))
		return 0;
	err = rte_dev_probe(conf->device);
	if (err)
		return fail(why, err, "DPDK cannot probe the device", conf);
	port->probed = true;
	if (!find(conf->device, &port->id))
		return 0;
	// Some drivers name the port otherwise than the device.
	RTE_ETH_FOREACH_MATCHING_DEV(port->id, conf->device, &match)
	{
		rte_eth_iterator_cleanup(&match);
		return 0;
	}
	return fail(why, -ENODEV, "the device has no Ethernet port", conf);
}

// Software ports of this machine's kernel hand over what it left for a NIC to finish.
static bool kernel_is_behind(const char *driver)
{
	static const char *const names[] = {
		"net_af_packet", "net_af_xdp", "net_tap", "net_virtio_user"};

	for (size_t i = 0; i < RTE_DIM(names); i++) {
		if (!strcmp(driver, names[i]))
			return true;
	}
	return false;
}

static uint16_t at_most(unsigned int want, uint16_t max)
{
	if (!want)
		want = 1;
	if (want > QUEUES)
		want = QUEUES;
	return want > max ? max : (uint16_t)want;
}

static int configure(struct port *port, const struct port_conf *conf,
	const struct rte_eth_dev_info *info, struct why *why)
{
	uint64_t rss = info->flow_type_rss_offloads &
		       (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_ESP);
	struct rte_eth_conf eth = {};
	int err;

	port->rx_queues = at_most(conf->rx_queues, info->max_rx_queues);
	port->tx_queues = at_most(conf->tx_queues, info->max_tx_queues);
	if (port->rx_queues > 1 && rss) {
		eth.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		eth.rx_adv_conf.rss_conf.rss_hf = rss;
	}
	if (info->max_mtu >= conf->mtu && info->min_mtu <= conf->mtu)
		eth.rxmode.mtu = conf->mtu;
	eth.intr_conf.lsc = port->changed >= 0;
	eth.txmode.offloads = info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	err = rte_eth_dev_configure(port->id, port->rx_queues, port->tx_queues, &eth);
	if (err)
		return fail(why, err, "the device refuses its configuration", conf);
	// Not every driver can; a veth keeps the MTU that its owner gave it.
	err = rte_eth_dev_set_mtu(port->id, conf->mtu);
	return err && err != -ENOTSUP ? fail(why, err, "the device refuses the MTU", conf) : 0;
}

static int queues_make(struct port *port, const struct port_conf *conf,
	const struct rte_eth_dev_info *info, struct why *why)
{
	uint16_t rx_slots = conf->rx_slots ? (uint16_t)conf->rx_slots : 1024;
	uint16_t tx_slots = conf->tx_slots ? (uint16_t)conf->tx_slots : 1024;
	struct rte_eth_txconf tx = info->default_txconf;
	int socket = rte_eth_dev_socket_id(port->id), err;

	err = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &rx_slots, &tx_slots);
	tx.offloads = info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	for (uint16_t i = 0; !err && i < port->rx_queues; i++)
		err = rte_eth_rx_queue_setup(
			port->id, i, rx_slots, (unsigned int)socket, NULL, conf->pool->mempool);
	for (uint16_t i = 0; !err && i < port->tx_queues; i++)
		err = rte_eth_tx_queue_setup(port->id, i, tx_slots, (unsigned int)socket, &tx);
	return err ? fail(why, err, "the device refuses its queues", conf) : 0;
}

// On EAL's interrupt thread.
static int on_link(uint16_t, enum rte_eth_event_type, void *ctx, void *)
{
	const struct port *port = ctx;

	(void)eventfd_write(port->changed, 1);
	return 0;
}

// Not every device tells of its link. Without it the control core asks now and then.
static void watch_link(struct port *port, const struct rte_eth_dev_info *info)
{
	if (!(*info->dev_flags & RTE_ETH_DEV_INTR_LSC))
		return;
	port->changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (port->changed >= 0 &&
		rte_eth_dev_callback_register(port->id, RTE_ETH_EVENT_INTR_LSC, on_link, port)) {
		close(port->changed);
		port->changed = -1;
	}
}

static void unwatch_link(struct port *port)
{
	if (port->changed < 0)
		return;
	(void)rte_eth_dev_callback_unregister(port->id, RTE_ETH_EVENT_INTR_LSC, on_link, port);
	close(port->changed);
}

static void ethdev_close(struct port *port)
{
	(void)rte_eth_dev_stop(port->id);
	unwatch_link(port);
	(void)rte_eth_dev_close(port->id);
	if (port->probed)
		(void)rte_dev_remove(port->device);
	if (port->ask >= 0)
		close(port->ask);
	free(port);
}

static int ethdev_open(const struct port_conf *conf, struct port **result, struct why *why)
{
	struct port *port = calloc(1, sizeof(*port));
	struct rte_eth_dev_info info;
	int err;

	if (!port)
		return -ENOMEM;
	port->ask = port->changed = -1;
	err = attach(port, conf, why);
	if (err)
		goto free_port;
	err = rte_eth_dev_info_get(port->id, &info);
	if (err) {
		fail(why, err, "the device tells nothing about itself", conf);
		goto close_port;
	}
	port->device = info.device;
	port->csum_unfinished = kernel_is_behind(info.driver_name);
	port->ifindex = info.if_index;
	if (port->ifindex)
		port->ask = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	watch_link(port, &info);
	err = configure(port, conf, &info, why);
	if (!err)
		err = queues_make(port, conf, &info, why);
	if (err)
		goto close_port;
	*result = port;
	return 0;

close_port:
	ethdev_close(port);
	return err;
free_port:
	free(port);
	return err;
}

static int ethdev_start(struct port *port, struct why *why)
{
	int err = rte_eth_dev_start(port->id);
	char name[RTE_ETH_NAME_MAX_LEN] = "";

	if (err) {
		(void)rte_eth_dev_get_name_by_port(port->id, name);
		return why_set(why, err, "the device does not start", name, NULL, strerror(-err));
	}
	// Without it neighbour discovery would not reach the mirror; not every driver can.
	(void)rte_eth_allmulticast_enable(port->id);
	return 0;
}

static struct pkt view(struct rte_mbuf *m)
{
	return (struct pkt){
		.l3 = rte_pktmbuf_mtod(m, uint8_t *),
		.len = m->pkt_len,
		.head = m->data_off,
		.tail = (uint16_t)(m->buf_len - m->data_off - m->data_len),
		.buf = m,
	};
}

static unsigned int ethdev_rx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int max)
{
	struct rte_mbuf *m[BURST];
	unsigned int n, kept = 0;

	n = rte_eth_rx_burst(port->id, queue, m, (uint16_t)(max > BURST ? BURST : max));
	for (unsigned int i = 0; i < n; i++) {
		if (i + PREFETCH < n)
			rte_prefetch0(rte_pktmbuf_mtod(m[i + PREFETCH], void *));
		if (__builtin_expect(m[i]->nb_segs > 1, 0)) {
			rte_pktmbuf_free(m[i]);
			__atomic_store_n(&port->queue[queue].segmented,
				port->queue[queue].segmented + 1, __ATOMIC_RELAXED);
			continue;
		}
		pkt[kept++] = view(m[i]);
	}
	return kept;
}

static unsigned int ethdev_tx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int n)
{
	struct rte_mbuf *m[BURST];
	unsigned int sent = 0;

	while (sent < n) {
		unsigned int some = n - sent > BURST ? BURST : n - sent, taken;

		for (unsigned int i = 0; i < some; i++) {
			const struct pkt *from = &pkt[sent + i];

			m[i] = from->buf;
			m[i]->data_off = (uint16_t)(from->l3 - (uint8_t *)m[i]->buf_addr);
			m[i]->data_len = (uint16_t)from->len;
			m[i]->pkt_len = from->len;
			m[i]->ol_flags = 0;
		}
		taken = rte_eth_tx_burst(port->id, queue, m, (uint16_t)some);
		sent += taken;
		if (taken < some)
			break;
	}
	return sent;
}

static void ethdev_mac(struct port *port, uint8_t mac[static 6])
{
	struct rte_ether_addr addr = {};

	(void)rte_eth_macaddr_get(port->id, &addr);
	memcpy(mac, addr.addr_bytes, sizeof(addr.addr_bytes));
}

// Drivers of software ports say that their link is up, whatever becomes of the kernel's device. Its
// carrier is known at once; that it is not "running" follows, sometimes a second later.
static bool kernel_link_up(const struct port *port)
{
	struct ethtool_value carrier = {.cmd = ETHTOOL_GLINK};
	struct ifreq req = {};
	bool running;

	if (port->ask < 0)
		return true;
	if (!if_indextoname(port->ifindex, req.ifr_name) || ioctl(port->ask, SIOCGIFFLAGS, &req) ||
		!(req.ifr_flags & IFF_UP))
		return false;
	running = req.ifr_flags & IFF_RUNNING;
	req.ifr_data = (char *)&carrier;
	return ioctl(port->ask, SIOCETHTOOL, &req) ? running : carrier.data;
}

static bool ethdev_link_up(struct port *port)
{
	struct rte_eth_link link = {};
	eventfd_t told;

	// Before the look, so that no later change is missed.
	if (port->changed >= 0)
		(void)eventfd_read(port->changed, &told);
	return kernel_link_up(port) && !rte_eth_link_get_nowait(port->id, &link) &&
	       link.link_status == RTE_ETH_LINK_UP;
}

static int ethdev_link_fd(struct port *port)
{
	return port->changed;
}

static void ethdev_stats(struct port *port, struct port_stats *stats)
{
	struct rte_eth_stats eth = {};

	(void)rte_eth_stats_get(port->id, &eth);
	*stats = (struct port_stats){
		.rx_packets = eth.ipackets,
		.rx_bytes = eth.ibytes,
		.rx_missed = eth.imissed + eth.rx_nombuf,
		.rx_errors = eth.ierrors,
		.tx_packets = eth.opackets,
		.tx_bytes = eth.obytes,
		.tx_errors = eth.oerrors,
	};
	for (uint16_t i = 0; i < port->rx_queues; i++)
		stats->rx_errors += __atomic_load_n(&port->queue[i].segmented, __ATOMIC_RELAXED);
}

static uint16_t ethdev_rx_queues(struct port *port)
{
	return port->rx_queues;
}

static uint16_t ethdev_tx_queues(struct port *port)
{
	return port->tx_queues;
}

static bool ethdev_csum_unfinished(struct port *port)
{
	return port->csum_unfinished;
}

const struct port_driver port_ethdev = {
	.name = "ethdev",
	.open = ethdev_open,
	.start = ethdev_start,
	.close = ethdev_close,
	.rx = ethdev_rx,
	.tx = ethdev_tx,
	.mac = ethdev_mac,
	.link_up = ethdev_link_up,
	.link_fd = ethdev_link_fd,
	.stats = ethdev_stats,
	.rx_queues = ethdev_rx_queues,
	.tx_queues = ethdev_tx_queues,
	.csum_unfinished = ethdev_csum_unfinished,
};

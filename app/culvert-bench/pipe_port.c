#include "pipe_port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "port/ethdev/ethdev.h"

struct port {
	const struct frames *frames; // of a source
	struct pkt_pool *pool;
	struct port *lower;	 // pipe_port_lap: the real one
	unsigned int next;	 // frame; writer: the worker
	struct port_stats stats; // writer: the worker
};

static struct {
	const struct frames *frames;
	unsigned int lap;
	void (*again)(void *);
	void *ctx;
} traffic;

void pipe_port_set(const struct frames *frames, unsigned int lap, void (*again)(void *), void *ctx)
{
	traffic.frames = frames;
	traffic.lap = lap;
	traffic.again = again;
	traffic.ctx = ctx;
}

static void add(uint64_t *word, uint64_t n)
{
	__atomic_store_n(word, *word + n, __ATOMIC_RELAXED);
}

// A lap has ended when its last packet was given: by now the worker has finished with it, because
// it comes for the next burst. Nothing else may follow in the same burst.
static unsigned int until_lap(struct port *port, unsigned int max)
{
	unsigned int left = traffic.lap - port->next;

	if (!left) {
		traffic.again(traffic.ctx);
		port->next = 0;
		left = traffic.lap;
	}
	return max < left ? max : left;
}

static int mem_open(const struct port_conf *conf, struct port **result, struct why *)
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port)
		return -ENOMEM;
	port->pool = conf->pool;
	if (!strcmp(conf->device, "source"))
		port->frames = traffic.frames;
	*result = port;
	return 0;
}

static int mem_start(struct port *, struct why *)
{
	return 0;
}

static void mem_close(struct port *port)
{
	free(port);
}

static unsigned int mem_rx(struct port *port, uint16_t, struct pkt pkt[], unsigned int max)
{
	const struct frames *f = port->frames;
	uint64_t bytes = 0;
	unsigned int n;

	if (!f)
		return 0;
	n = port->pool->get(port->pool, pkt, until_lap(port, max));
	for (unsigned int i = 0; i < n; i++, port->next++) {
		uint16_t len = f->len[port->next];

		memcpy(pkt[i].l3, f->data + f->at[port->next], len);
		pkt_put(&pkt[i], len);
		bytes += len;
	}
	add(&port->stats.rx_packets, n);
	add(&port->stats.rx_bytes, bytes);
	return n;
}

static unsigned int mem_tx(struct port *port, uint16_t, struct pkt pkt[], unsigned int n)
{
	uint64_t bytes = 0;

	for (unsigned int i = 0; i < n; i++)
		bytes += pkt[i].len;
	port->pool->put(port->pool, pkt, n);
	add(&port->stats.tx_packets, n);
	add(&port->stats.tx_bytes, bytes);
	return n;
}

static void mem_mac(struct port *port, uint8_t mac[static 6])
{
	memcpy(mac, (uint8_t[]){2, 0, 0, 0, 0, port->frames ? 1 : 3}, 6);
}

static bool mem_link_up(struct port *)
{
	return true;
}

static void mem_stats(struct port *port, struct port_stats *stats)
{
	*stats = (struct port_stats){
		.rx_packets = __atomic_load_n(&port->stats.rx_packets, __ATOMIC_RELAXED),
		.rx_bytes = __atomic_load_n(&port->stats.rx_bytes, __ATOMIC_RELAXED),
		.tx_packets = __atomic_load_n(&port->stats.tx_packets, __ATOMIC_RELAXED),
		.tx_bytes = __atomic_load_n(&port->stats.tx_bytes, __ATOMIC_RELAXED),
	};
}

static uint16_t mem_queues(struct port *)
{
	return 1;
}

const struct port_driver pipe_port_mem = {
	.name = "mem",
	.open = mem_open,
	.start = mem_start,
	.close = mem_close,
	.rx = mem_rx,
	.tx = mem_tx,
	.mac = mem_mac,
	.link_up = mem_link_up,
	.stats = mem_stats,
	.rx_queues = mem_queues,
	.tx_queues = mem_queues,
};

static int lap_open(const struct port_conf *conf, struct port **result, struct why *why)
{
	struct port *port = calloc(1, sizeof(*port));
	int err = port ? port_ethdev.open(conf, &port->lower, why) : -ENOMEM;

	if (err) {
		free(port);
		return err;
	}
	*result = port;
	return 0;
}

static int lap_start(struct port *port, struct why *why)
{
	return port_ethdev.start(port->lower, why);
}

static void lap_close(struct port *port)
{
	port_ethdev.close(port->lower);
	free(port);
}

static unsigned int lap_rx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int max)
{
	unsigned int n = port_ethdev.rx(port->lower, queue, pkt, until_lap(port, max));

	port->next += n;
	return n;
}

static unsigned int lap_tx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int n)
{
	return port_ethdev.tx(port->lower, queue, pkt, n);
}

static void lap_mac(struct port *port, uint8_t mac[static 6])
{
	port_ethdev.mac(port->lower, mac);
}

static bool lap_link_up(struct port *port)
{
	return port_ethdev.link_up(port->lower);
}

static void lap_stats(struct port *port, struct port_stats *stats)
{
	port_ethdev.stats(port->lower, stats);
}

static uint16_t lap_rx_queues(struct port *port)
{
	return port_ethdev.rx_queues(port->lower);
}

static uint16_t lap_tx_queues(struct port *port)
{
	return port_ethdev.tx_queues(port->lower);
}

const struct port_driver pipe_port_lap = {
	.name = "lap",
	.open = lap_open,
	.start = lap_start,
	.close = lap_close,
	.rx = lap_rx,
	.tx = lap_tx,
	.mac = lap_mac,
	.link_up = lap_link_up,
	.stats = lap_stats,
	.rx_queues = lap_rx_queues,
	.tx_queues = lap_tx_queues,
};

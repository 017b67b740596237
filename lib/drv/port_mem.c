#include "drv/port_mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { QUEUES = 64 };

struct frame {
	uint8_t *b;
	uint32_t len;
};

// A growing list of frames.
struct frames {
	struct frame *frame;
	unsigned int n, room;
	unsigned int next; // to be received
};

struct port {
	char device[64];
	struct pkt_pool *pool;
	uint16_t rx_queues, tx_queues;
	uint8_t mac[6];
	bool repeat, keep, csum_unfinished;
	unsigned int room;
	struct frames fed[QUEUES], sent;
	// Counters per queue: one writer each, the worker of the queue.
	struct {
		_Alignas(64) struct port_stats stats;
	} queue[QUEUES];
	TAILQ_ENTRY(port) entry;
};

static TAILQ_HEAD(, port) ports = TAILQ_HEAD_INITIALIZER(ports);

static int frames_add(struct frames *list, const uint8_t *b, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct frame *more = list->frame;

	if (!copy)
		return -ENOMEM;
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		more = realloc(list->frame, list->room * sizeof(*more));
	}
	if (!more) {
		free(copy);
		return -ENOMEM;
	}
	list->frame = more;
	memcpy(copy, b, len);
	list->frame[list->n++] = (struct frame){copy, (uint32_t)len};
	return 0;
}

static void frames_clear(struct frames *list)
{
	for (unsigned int i = 0; i < list->n; i++)
		free(list->frame[i].b);
	free(list->frame);
	*list = (struct frames){};
}

static unsigned int option(const char *device, const char *name, unsigned int absent)
{
	const char *at = strstr(device, name);

	return at ? (unsigned int)strtoul(at + strlen(name), NULL, 10) : absent;
}

static uint16_t at_most(unsigned int want, unsigned int max)
{
	if (want > QUEUES)
		want = QUEUES;
	return (uint16_t)(want > max ? max : want);
}

static int mem_open(const struct port_conf *conf, struct port **result, struct why *why)
{
	struct port *port = calloc(1, sizeof(*port));
	static uint8_t serial;

	if (!port)
		return why_set(why, -ENOMEM, "no memory", conf->name, NULL, NULL);
	snprintf(port->device, sizeof(port->device), "%.*s", (int)strcspn(conf->device, ","),
		conf->device);
	port->pool = conf->pool;
	port->rx_queues = at_most(conf->rx_queues, QUEUES);
	port->tx_queues = at_most(conf->tx_queues, option(conf->device, "tx_queues=", QUEUES));
	port->csum_unfinished = strstr(conf->device, "csum_unfinished");
	port->keep = true;
	port->room = UINT32_MAX;
	port->mac[0] = 2;
	port->mac[5] = ++serial;
	TAILQ_INSERT_TAIL(&ports, port, entry);
	*result = port;
	return 0;
}

static int mem_start(struct port *, struct why *)
{
	return 0;
}

static void mem_close(struct port *port)
{
	TAILQ_REMOVE(&ports, port, entry);
	for (unsigned int q = 0; q < QUEUES; q++)
		frames_clear(&port->fed[q]);
	frames_clear(&port->sent);
	free(port);
}

static unsigned int mem_rx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int max)
{
	struct port_stats *stats = &port->queue[queue].stats;
	struct frames *fed = &port->fed[queue];
	unsigned int left = fed->n - fed->next, n;
	uint64_t bytes = 0;

	if (port->repeat && fed->n)
		left = max;
	n = port->pool->get(port->pool, pkt, left < max ? left : max);
	for (unsigned int i = 0; i < n; i++) {
		const struct frame *frame = &fed->frame[fed->next];

		memcpy(pkt[i].l3, frame->b, frame->len);
		pkt_put(&pkt[i], (uint16_t)frame->len);
		bytes += frame->len;
		if (++fed->next == fed->n && port->repeat)
			fed->next = 0;
	}
	stats->rx_packets += n;
	stats->rx_bytes += bytes;
	return n;
}

static unsigned int mem_tx(struct port *port, uint16_t queue, struct pkt pkt[], unsigned int n)
{
	struct port_stats *stats = &port->queue[queue].stats;
	uint64_t bytes = 0;

	if (n > port->room)
		n = port->room;
	port->room -= port->room == UINT32_MAX ? 0 : n;
	for (unsigned int i = 0; i < n; i++) {
		bytes += pkt[i].len;
		// Out of memory: the test that looks for the frame will say so.
		if (port->keep && frames_add(&port->sent, pkt[i].l3, pkt[i].len))
			stats->tx_errors++;
	}
	port->pool->put(port->pool, pkt, n);
	stats->tx_packets += n;
	stats->tx_bytes += bytes;
	return n;
}

static void mem_mac(struct port *port, uint8_t mac[static 6])
{
	memcpy(mac, port->mac, sizeof(port->mac));
}

static bool mem_link_up(struct port *)
{
	return true;
}

static void mem_stats(struct port *port, struct port_stats *stats)
{
	*stats = (struct port_stats){};
	for (unsigned int q = 0; q < QUEUES; q++) {
		const struct port_stats *s = &port->queue[q].stats;

		stats->rx_packets += s->rx_packets;
		stats->rx_bytes += s->rx_bytes;
		stats->tx_packets += s->tx_packets;
		stats->tx_bytes += s->tx_bytes;
		stats->tx_errors += s->tx_errors;
	}
}

static uint16_t mem_rx_queues(struct port *port)
{
	return port->rx_queues;
}

static uint16_t mem_tx_queues(struct port *port)
{
	return port->tx_queues;
}

static bool mem_csum_unfinished(struct port *port)
{
	return port->csum_unfinished;
}

const struct port_driver port_mem = {
	.name = "mem",
	.open = mem_open,
	.start = mem_start,
	.close = mem_close,
	.rx = mem_rx,
	.tx = mem_tx,
	.mac = mem_mac,
	.link_up = mem_link_up,
	.stats = mem_stats,
	.rx_queues = mem_rx_queues,
	.tx_queues = mem_tx_queues,
	.csum_unfinished = mem_csum_unfinished,
};

struct port *port_mem_find(const char *device)
{
	size_t len = strcspn(device, ",");
	struct port *port;

	TAILQ_FOREACH (port, &ports, entry) {
		if (strlen(port->device) == len && !strncmp(port->device, device, len))
			return port;
	}
	return NULL;
}

int port_mem_feed(struct port *port, uint16_t queue, const uint8_t *frame, size_t len)
{
	return frames_add(&port->fed[queue], frame, len);
}

void port_mem_repeat(struct port *port, bool on)
{
	port->repeat = on;
}

void port_mem_keep(struct port *port, bool on)
{
	port->keep = on;
}

void port_mem_room(struct port *port, unsigned int n)
{
	port->room = n;
}

const uint8_t *port_mem_sent(const struct port *port, unsigned int i, size_t *len)
{
	if (i >= port->sent.n)
		return NULL;
	*len = port->sent.frame[i].len;
	return port->sent.frame[i].b;
}

unsigned int port_mem_sents(const struct port *port)
{
	return port->sent.n;
}

void port_mem_clear(struct port *port, bool fed)
{
	frames_clear(&port->sent);
	for (unsigned int q = 0; fed && q < QUEUES; q++)
		frames_clear(&port->fed[q]);
}

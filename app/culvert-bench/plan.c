#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "esp/encap.h"
#include "net/ip.h"

enum { HEAD = 128, ROOM = 2048 };
enum { GATEWAY = 0xac100001, PEERS = 0xac140001, REMOTE = 0xc0a80000, LOCAL = 0x0a010000 };

struct addr plan_gateway(void)
{
	return addr_v4(GATEWAY);
}

struct addr plan_peer(unsigned int tunnel)
{
	return addr_v4(PEERS + tunnel);
}

struct cidr plan_remote(const struct plan *plan, unsigned int tunnel)
{
	if (plan->tunnels == 1)
		return (struct cidr){addr_v4(REMOTE), 16};
	return (struct cidr){addr_v4(REMOTE + tunnel), 32};
}

struct cidr plan_local(void)
{
	return (struct cidr){addr_v4(LOCAL), 16};
}

const uint8_t *plan_key(void)
{
	static uint8_t key[PLAN_KEY];

	for (unsigned int i = 0; i < PLAN_KEY; i++)
		key[i] = (uint8_t)(i * 17 + 1);
	return key;
}

static uint16_t size_of(const struct plan *plan, unsigned int i)
{
	// 5 and 12 have no common divisor, so that sizes mix within a burst.
	static const uint16_t deck[12] = {64, 64, 64, 64, 64, 64, 64, 576, 576, 576, 576, 1400};

	return plan->imix ? deck[i * 5 % 12] : (uint16_t)plan->size;
}

static void inner(const struct plan *plan, unsigned int i, uint8_t *l3, uint16_t size)
{
	// Each tunnel has its share of the flows, one at the least.
	unsigned int share = plan->flows > plan->tunnels ? plan->flows / plan->tunnels : 1;
	unsigned int flow = i / plan->tunnels % share;
	uint32_t near = LOCAL + flow;
	uint32_t far = REMOTE + (plan->tunnels > 1 ? i % plan->tunnels : 1);

	memset(l3, 0, IP4_HEAD + UDP_HEAD);
	l3[0] = 0x45;
	be16_put(l3 + 2, size);
	be16_put(l3 + 4, (uint16_t)i);
	l3[8] = 64;
	l3[9] = IP_UDP;
	be32_put(l3 + 12, plan->inward ? far : near);
	be32_put(l3 + 16, plan->inward ? near : far);
	ip4_csum_set(l3, IP4_HEAD);
	be16_put(l3 + 20, (uint16_t)(1024 + flow % 4096));
	be16_put(l3 + 22, 2000);
	be16_put(l3 + 24, (uint16_t)(size - IP4_HEAD));
	for (unsigned int k = IP4_HEAD + UDP_HEAD; k < size; k++)
		l3[k] = (uint8_t)(k * 7 + i);
}

static int sender_new(const struct plan *plan, const struct crypto_driver *driver,
	unsigned int tunnel, struct esp_sa **sa)
{
	struct esp_params p = {
		.suite = &plan->suite,
		.driver = driver,
		.dir = CRYPTO_ENCRYPT,
		.encr = plan_key(),
		.integ = plan->suite.integ ? plan_key() : NULL,
		.spi = PLAN_FIRST_SPI + tunnel,
		.src = {.addr = plan_peer(tunnel)},
		.dst = {.addr = plan_gateway()},
		.dscp = ESP_DSCP_COPY,
	};

	return esp_sa_new(&p, sa, NULL);
}

static int seal(const struct crypto_driver *driver, struct crypto_lane *lane, struct esp_sa *sa,
	struct pkt *pkt)
{
	struct crypto_op op, *ops[1] = {&op};
	uint64_t seq;

	if (esp_seq_take(sa, 1, &seq) != 1 || esp_encap(sa, seq, pkt, &op) ||
		driver->submit(lane, ops, 1) != 1)
		return -EINVAL;
	while (!driver->immediate && !driver->poll(lane, ops, 1))
		;
	return op.status == CRYPTO_OK ? 0 : -EINVAL;
}

static void ethernet(struct pkt *pkt)
{
	static const uint8_t head[ETH_HEAD] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};

	pkt_push(pkt, ETH_HEAD);
	memcpy(pkt->l3, head, sizeof(head));
}

static int fill(const struct plan *plan, const struct crypto_driver *driver,
	struct crypto_lane *lane, struct esp_sa **sa, struct frames *frames)
{
	uint8_t buf[HEAD + ROOM];
	uint32_t at = 0;

	for (unsigned int i = 0; i < frames->n; i++) {
		uint16_t size = size_of(plan, i);
		struct pkt pkt = {.l3 = buf + HEAD,
			.len = size,
			.head = HEAD,
			.tail = (uint16_t)(ROOM - size)};

		inner(plan, i, pkt.l3, size);
		if (plan->inward && seal(driver, lane, sa[i % plan->tunnels], &pkt))
			return -EINVAL;
		ethernet(&pkt);
		frames->len[i] = (uint16_t)pkt.len;
		frames->at[i] = at;
		memcpy(frames->data + at, pkt.l3, pkt.len);
		at += (pkt.len + 63) / 64 * 64;
	}
	return 0;
}

int plan_frames(const struct plan *plan, const struct crypto_driver *driver, unsigned int n,
	struct frames *frames)
{
	struct esp_sa **sa = calloc(plan->tunnels, sizeof(struct esp_sa *));
	struct crypto_lane *lane;
	int err = -ENOMEM;

	// A lap ends with the last tunnel's packet and with a whole burst.
	n = (n + plan->tunnels - 1) / plan->tunnels * plan->tunnels;
	while (n % 64)
		n += plan->tunnels;
	frames->n = n;
	frames->len = calloc(n, sizeof(*frames->len));
	frames->at = calloc(n, sizeof(*frames->at));
	frames->data = aligned_alloc(64, (size_t)n * ROOM);
	if (!sa || !frames->len || !frames->at || !frames->data || driver->lane_open(1, &lane))
		goto free_frames;
	for (unsigned int i = 0; i < plan->tunnels; i++) {
		err = sender_new(plan, driver, i, &sa[i]);
		if (err)
			goto close_lane;
	}
	err = fill(plan, driver, lane, sa, frames);
close_lane:
	driver->lane_close(lane);
free_frames:
	for (unsigned int i = 0; sa && i < plan->tunnels; i++)
		esp_sa_free(sa[i]);
	free(sa);
	if (err)
		frames_free(frames);
	return err;
}

void frames_free(struct frames *frames)
{
	free(frames->len);
	free(frames->at);
	free(frames->data);
	*frames = (struct frames){0};
}

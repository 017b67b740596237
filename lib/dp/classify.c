#include "dp/classify.h"

#include <errno.h>

#include "dp/stage.h"
#include "net/flow.h"
#include "net/ip.h"

// Where a packet is from, as a word of its key: a pointer is even, this is odd.
static uint64_t source(const struct burst *b, unsigned int i)
{
	if (b->origin[i] == FROM_TUNNEL)
		return (uint64_t)(uintptr_t)b->child[i];
	return (uint64_t)b->id[i] << 32 | (uint64_t)b->port[i] << 8 | (uint64_t)b->origin[i] << 1 |
	       1;
}

static uint64_t rest(uint32_t ports, uint8_t proto, uint8_t family, bool fragment)
{
	return ports | (uint64_t)proto << 32 | (uint64_t)family << 40 | (uint64_t)fragment << 48;
}

// TCP, UDP and ICMP in plain IPv4. returns V_GO with the key made, or V_MALFORMED, V_CHECKSUM.
static uint8_t plain4(struct burst *b, unsigned int i, uint32_t total)
{
	struct pkt *pkt = &b->pkt[i];
	const uint8_t *h = pkt->l3, *l4 = h + IP4_HEAD;
	uint8_t proto = h[9];
	uint32_t ports = 0;

	if (total > pkt->len || total < IP4_HEAD)
		return V_MALFORMED;
	if (!ip4_csum_ok(h))
		return V_CHECKSUM;
	pkt_trim(pkt, (uint16_t)(pkt->len - total));
	if (total >= IP4_HEAD + 4) {
		ports = word32(l4);
		if (proto == IP_ICMP)
			ports &= 0xffff; // type and code; the rest is a checksum
		else if (proto == IP_TCP && total >= IP4_HEAD + 14 && (l4[13] & 2))
			b->flags[i] |= IS_SYN;
	}
	b->l4[i] = IP4_HEAD;
	b->key[i].w[0] = word64(h + 12);
	b->key[i].w[4] = rest(ports, proto, ADDR_V4, false);
	return V_GO;
}

// Options, fragments, rare protocols, IPv6.
static uint8_t any(struct burst *b, unsigned int i)
{
	struct pkt *pkt = &b->pkt[i];
	struct key *key = &b->key[i];
	struct ip_info ip;
	struct flow flow;
	int err = flow_read(pkt->l3, pkt->len, &flow, &ip);

	if (err)
		return err == -EBADMSG ? V_CHECKSUM : V_MALFORMED;
	pkt_trim(pkt, (uint16_t)(pkt->len - ip.total_len));
	b->l4[i] = ip.head_len;
	if (ip.proto == IP_TCP && ip.first && ip.total_len >= ip.head_len + 14u &&
		(pkt->l3[ip.head_len + 13] & 2))
		b->flags[i] |= IS_SYN;
	memset(key, 0, sizeof(*key));
	if (flow.family == ADDR_V4) {
		key->w[0] = word64(pkt->l3 + 12);
	} else {
		memcpy(&key->w[0], flow.src, 16);
		memcpy(&key->w[2], flow.dst, 16);
	}
	key->w[4] = rest((uint32_t)flow.src_port | (uint32_t)flow.dst_port << 16, flow.proto,
		flow.family, true);
	return V_GO;
}

static bool is_plain4(const struct pkt *pkt)
{
	const uint8_t *h = pkt->l3;

	return pkt->len >= IP4_HEAD && h[0] == 0x45 && !(be16_get(h + 6) & (IP4_MF | IP4_OFFSET)) &&
	       (h[9] == IP_TCP || h[9] == IP_UDP || h[9] == IP_ICMP);
}

void classify(struct worker *, struct burst *b)
{
	for (unsigned int i = 0; i < b->n; i++) {
		uint8_t verdict = is_plain4(&b->pkt[i]) ? plain4(b, i, be16_get(b->pkt[i].l3 + 2))
							: any(b, i);

		b->key[i].w[5] = source(b, i);
		burst_stop(b, i, verdict);
	}
}

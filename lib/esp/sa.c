#include "esp/sa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "net/ip.h"

static bool udp_head(uint8_t *udp, const struct endpoint *src, const struct endpoint *dst)
{
	be16_put(udp, src->port);
	be16_put(udp + 2, dst->port);
	return src->port && dst->port;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |               IPv4 (20) or IPv6 (40) header                   |  length, TOS, ID, flags and
// +---------------------------------------------------------------+  checksum: per packet
// |               UDP header (8), when encapsulated               |  length: per packet
// +---------------------------------------------------------------+
// |               Security Parameters Index (SPI)                 |  ^
// +---------------------------------------------------------------+  | covered
// |                      Sequence Number                          |  | by the
// +---------------------------------------------------------------+  | ICV
// |                    IV (8 or a cipher block)                   |  |
// +---------------------------------------------------------------+  |
// ~          inner packet, padding, pad length, next header       ~  v
// +---------------------------------------------------------------+
// ~                 Integrity Check Value (ICV)                   ~
// +---------------------------------------------------------------+
static bool outer_head(struct esp_sa *sa, uint8_t ttl)
{
	const struct endpoint *src = &sa->outer_src, *dst = &sa->outer_dst;
	uint8_t proto = sa->udp ? IP_UDP : IP_ESP;
	uint8_t *h = sa->outer;
	bool ok = src->addr.family != ADDR_NONE && src->addr.family == dst->addr.family;

	memset(h, 0, sizeof(sa->outer));
	sa->v6 = src->addr.family == ADDR_V6;
	if (sa->v6) {
		h[0] = 0x60;
		h[6] = proto;
		h[7] = ttl;
		memcpy(h + 8, src->addr.b, 16);
		memcpy(h + 24, dst->addr.b, 16);
		sa->outer_len = IP6_HEAD;
	} else {
		h[0] = 0x45;
		h[8] = ttl;
		h[9] = proto;
		memcpy(h + 12, src->addr.b, 4);
		memcpy(h + 16, dst->addr.b, 4);
		sa->csum = csum_add(0, h, IP4_HEAD);
		sa->outer_len = IP4_HEAD;
	}
	if (sa->udp) {
		ok &= udp_head(h + sa->outer_len, src, dst);
		sa->outer_len += UDP_HEAD;
	}
	be32_put(h + sa->outer_len, sa->spi);
	sa->finish = sa->udp && sa->v6;
	sa->head = (uint16_t)(sa->outer_len + ESP_HEAD + sa->iv_len);
	return ok;
}

static void sizes(struct esp_sa *sa)
{
	sa->aead = sa->encr->aead;
	sa->iv_len = sa->encr->iv_len;
	sa->icv_len = sa->aead ? sa->encr->icv_len : sa->integ->icv_len;
	sa->align = sa->encr->block_len < 4 ? 4 : sa->encr->block_len;
	sa->aad_len = !sa->aead ? 0 : sa->esn ? 12 : 8;
	if (sa->dir == CRYPTO_DECRYPT)
		sa->tail = !sa->aead && sa->esn ? 4 : 0;
	else
		sa->tail = (uint16_t)(sa->align - 1 + ESP_TRAILER + sa->icv_len);
	// Padding is written with one store of 16 bytes.
	if (sa->dir == CRYPTO_ENCRYPT && sa->tail < 16)
		sa->tail = 16;
}

static void range_set(struct esp_range *r, const struct selector *s)
{
	memcpy(r->first, s->first.b, sizeof(r->first));
	memcpy(r->last, s->last.b, sizeof(r->last));
	r->v4_first = addr_v4_host(&s->first);
	r->v4_last = addr_v4_host(&s->last);
	r->port_first = s->port_first;
	r->port_last = s->port_last;
	r->proto = s->proto;
	r->family = s->first.family;
}

static int params_check(const struct esp_params *p, struct why *why)
{
	const char *what = NULL;

	if (!p->suite->encr || p->suite->encr->aead == !!p->suite->integ)
		what = "a suite is an AEAD, or a cipher with an integrity algorithm";
	else if (p->n_src_ts > ESP_SELECTORS || p->n_dst_ts > ESP_SELECTORS)
		what = "too many traffic selectors";
	else if (!p->spi)
		what = "the SPI 0 is reserved"; // RFC 4303 s2.1
	else if (p->dscp > 63 || p->dscp < ESP_DSCP_COPY)
		what = "DSCP out of range";
	else if (p->window && (p->window < ESP_WINDOW_MIN || p->window > ESP_WINDOW_MAX))
		what = "replay window out of range";
	else if (!p->window && p->suite->esn && p->dir == CRYPTO_DECRYPT)
		what = "extended sequence numbers need a replay window"; // RFC 4303 s2.2.1
	return what ? why_set(why, -EINVAL, what, "ESP SA", NULL, NULL) : 0;
}

static struct esp_sa *sa_alloc(unsigned int ranges)
{
	size_t size = sizeof(struct esp_sa) + ranges * sizeof(struct esp_range);
	struct esp_sa *sa = aligned_alloc(64, (size + 63) / 64 * 64);

	if (sa)
		memset(sa, 0, size);
	return sa;
}

int esp_sa_new(const struct esp_params *p, struct esp_sa **result, struct why *why)
{
	int err = params_check(p, why);
	struct esp_sa *sa;

	if (err)
		return err;
	sa = sa_alloc(p->n_src_ts + p->n_dst_ts);
	if (!sa)
		return -ENOMEM;
	sa->driver = p->driver;
	sa->spi = p->spi;
	sa->owner = p->owner;
	sa->outer_tos = (uint8_t)(p->dscp == ESP_DSCP_COPY ? 0 : p->dscp << 2);
	sa->dscp_mask = p->dscp == ESP_DSCP_COPY ? 0xfc : 0;
	sa->df = (uint8_t)p->df;
	sa->dir = (uint8_t)p->dir;
	sa->esn = p->suite->esn;
	sa->udp = p->udp;
	sa->tunnel = p->tunnel;
	sa->child = p->child;
	sa->encr = p->suite->encr;
	sa->integ = p->suite->integ;
	sa->outer_src = p->src;
	sa->outer_dst = p->dst;
	sa->holds = true;
	memcpy(sa->iv_mask, p->iv_mask, sizeof(sa->iv_mask));
	if (sa->encr->aead)
		memcpy(&sa->salt, p->encr + sa->encr->key_len, sizeof(sa->salt));
	sizes(sa);
	if (!outer_head(sa, p->ttl ? p->ttl : 64)) {
		err = why_set(why, -EINVAL, "outer addresses or ports do not fit together",
			"ESP SA", NULL, NULL);
		goto free_sa;
	}
	for (unsigned int i = 0; i < p->n_src_ts; i++)
		range_set(&sa->range[i], &p->src_ts[i]);
	for (unsigned int i = 0; i < p->n_dst_ts; i++)
		range_set(&sa->range[p->n_src_ts + i], &p->dst_ts[i]);
	sa->n_src = (uint16_t)p->n_src_ts;
	sa->n_dst = (uint16_t)p->n_dst_ts;
	err = -ENOMEM;
	sa->live = esp_live_new(p->dir == CRYPTO_DECRYPT ? p->window : 0, p->seq);
	if (!sa->live)
		goto free_sa;
	sa->live->seq_max = sa->esn ? UINT64_MAX : UINT32_MAX;
	if (p->packets_max && p->packets_max < sa->live->seq_max - p->seq)
		sa->live->seq_max = p->seq + p->packets_max;
	sa->live->bytes_max = p->bytes_max ? p->bytes_max : UINT64_MAX;
	err = p->driver->key_new(p->suite, p->dir, p->encr, p->integ, &sa->key);
	if (err) {
		why_set(why, err, "no key for this suite", p->driver->name, NULL, NULL);
		goto free_live;
	}
	*result = sa;
	return 0;

free_live:
	esp_live_free(sa->live);
free_sa:
	wipe(sa, sizeof(*sa));
	free(sa);
	return err;
}

int esp_sa_move(struct esp_sa *old, const struct endpoint *src, const struct endpoint *dst,
	bool udp, struct esp_sa **result)
{
	unsigned int ranges = old->n_src + old->n_dst;
	struct esp_sa *sa = sa_alloc(ranges);

	if (!sa)
		return -ENOMEM;
	memcpy(sa, old, sizeof(*sa) + ranges * sizeof(sa->range[0]));
	sa->outer_src = *src;
	sa->outer_dst = *dst;
	sa->udp = udp;
	if (!outer_head(sa, old->outer[old->v6 ? 7 : 8])) {
		wipe(sa, sizeof(*sa));
		free(sa);
		return -EINVAL;
	}
	old->holds = false;
	*result = sa;
	return 0;
}

void esp_sa_free(struct esp_sa *sa)
{
	if (!sa)
		return;
	if (sa->holds) {
		sa->driver->key_free(sa->key);
		esp_live_free(sa->live);
	}
	wipe(sa, sizeof(*sa));
	free(sa);
}

uint32_t esp_inner_mtu(const struct esp_sa *sa, uint32_t mtu)
{
	uint32_t fixed = sa->head + sa->icv_len;
	uint32_t room = mtu > fixed ? (mtu - fixed) / sa->align * sa->align : 0;

	return room > ESP_TRAILER ? room - ESP_TRAILER : 0;
}

static bool in_range(
	const struct esp_range *r, const uint8_t *addr, uint16_t port, const struct flow *flow)
{
	if (r->family != flow->family || (r->proto && r->proto != flow->proto))
		return false;
	if (port < r->port_first || port > r->port_last)
		return false;
	if (r->family == ADDR_V4) {
		uint32_t v4 = be32_get(addr);

		return v4 >= r->v4_first && v4 <= r->v4_last;
	}
	return memcmp(addr, r->first, 16) >= 0 && memcmp(addr, r->last, 16) <= 0;
}

static bool in_any(const struct esp_range *r, unsigned int n, const uint8_t *addr, uint16_t port,
	const struct flow *flow)
{
	for (unsigned int i = 0; i < n; i++)
		if (in_range(&r[i], addr, port, flow))
			return true;
	return !n;
}

bool esp_sa_passes(const struct esp_sa *sa, const struct flow *flow)
{
	bool icmp = flow->proto == IP_ICMP || flow->proto == IP_ICMP6;
	uint16_t dst_port = icmp ? flow->src_port : flow->dst_port;

	return in_any(sa->range, sa->n_src, flow->src, flow->src_port, flow) &&
	       in_any(sa->range + sa->n_src, sa->n_dst, flow->dst, dst_port, flow);
}

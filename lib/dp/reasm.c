#include "dp/reasm.h"

#include <stdlib.h>
#include <string.h>

#include "net/ip.h"

enum { PARTS = 16, DATA = 16384, UNITS = DATA / 8, FREE_BEFORE = 16 };

// RFC 1122 s3.3.2 gives at least 60 s; an IKE message is repeated long before.
#define PATIENCE MONO_S(10)

// One datagram in the making: data stands behind a header without options.
struct part {
	mono_us_t since; // 0: not used
	uint8_t src_dst[8];
	uint16_t id;
	uint8_t proto;
	bool ended;	    // the last fragment is here: total is known
	unsigned int total; // bytes of data
	unsigned int units; // of 8 bytes, received
	unsigned int top;   // where the farthest fragment ends
	uint64_t seen[UNITS / 64];
	uint8_t b[FREE_BEFORE + IP4_HEAD + DATA];
};

struct reasm {
	struct part part[PARTS];
};

struct reasm *reasm_new(void)
{
	return calloc(1, sizeof(struct reasm));
}

void reasm_free(struct reasm *reasm)
{
	free(reasm);
}

void reasm_tick(struct reasm *reasm, mono_us_t now)
{
	for (unsigned int i = 0; i < PARTS; i++) {
		if (now - reasm->part[i].since > PATIENCE)
			reasm->part[i].since = 0;
	}
}

static bool is_of(const struct part *part, const uint8_t *l3)
{
	return part->since && !memcmp(part->src_dst, l3 + 12, 8) && part->id == be16_get(l3 + 4) &&
	       part->proto == l3[9];
}

// The datagram that a fragment belongs to; a new one takes the place of the oldest.
static struct part *part_of(struct reasm *reasm, const uint8_t *l3, mono_us_t now)
{
	struct part *oldest = &reasm->part[0];

	for (unsigned int i = 0; i < PARTS; i++) {
		if (is_of(&reasm->part[i], l3))
			return &reasm->part[i];
		if (reasm->part[i].since < oldest->since)
			oldest = &reasm->part[i];
	}
	memset(oldest, 0, offsetof(struct part, b));
	oldest->since = now ? now : 1;
	memcpy(oldest->src_dst, l3 + 12, 8);
	oldest->id = be16_get(l3 + 4);
	oldest->proto = l3[9];
	return oldest;
}

// Mark the units of a fragment. returns false when one was there before.
static bool mark(struct part *part, unsigned int first, unsigned int n)
{
	for (unsigned int u = first; u < first + n; u++) {
		uint64_t bit = UINT64_C(1) << u % 64;

		if (part->seen[u / 64] & bit)
			return false;
		part->seen[u / 64] |= bit;
	}
	part->units += n;
	return true;
}

static bool add(struct part *part, const uint8_t *l3, const struct ip_info *ip)
{
	uint16_t word = be16_get(l3 + 6);
	unsigned int at = (word & IP4_OFFSET) * 8u, len = ip->total_len - ip->head_len;
	bool more = word & IP4_MF;

	// All but the last carry whole units, and none reaches past the end or our patience.
	if (!len || at + len > DATA || (more && len % 8))
		return false;
	if (!more && (part->ended || at + len < part->top))
		return false;
	if (part->ended && at + len > part->total)
		return false;
	if (!mark(part, at / 8, (len + 7) / 8))
		return false;
	if (at + len > part->top)
		part->top = at + len;
	if (!more) {
		part->ended = true;
		part->total = at + len;
	}
	if (!at)
		memcpy(part->b + FREE_BEFORE, l3, IP4_HEAD);
	memcpy(part->b + FREE_BEFORE + IP4_HEAD + at, l3 + ip->head_len, len);
	return true;
}

uint8_t *reasm_add(struct reasm *reasm, const uint8_t *l3, size_t len, mono_us_t now,
	size_t *whole_len, bool *bad)
{
	struct ip_info ip;
	struct part *part;
	uint8_t *whole;

	*bad = ip_read(l3, len, true, &ip) || ip.src.family != ADDR_V4;
	if (*bad)
		return NULL;
	part = part_of(reasm, l3, now);
	*bad = !add(part, l3, &ip);
	if (*bad) {
		part->since = 0;
		return NULL;
	}
	// Nothing overlaps, nothing lies past the end: as many units as there should be are all.
	if (!part->ended || part->units != (part->total + 7) / 8)
		return NULL;
	part->since = 0;
	whole = part->b + FREE_BEFORE;
	whole[0] = 0x45;
	*whole_len = IP4_HEAD + part->total;
	be16_put(whole + 2, (uint16_t)*whole_len);
	be16_put(whole + 6, 0);
	ip4_csum_set(whole, IP4_HEAD);
	return whole;
}

#include "dp/table/fib.h"

#include <stdlib.h>

#include "net/ip.h"

__extension__ typedef unsigned __int128 bits_t;

// Addresses from start up to the next range's start.
struct range {
	bits_t start;
	const struct dest *dest; // NULL: no route
};

struct half {
	struct range *range;
	unsigned int n;
};

struct fib {
	unsigned int refs;   // writer: control core
	struct half half[2]; // IPv4, IPv6
	struct dest dest[];
};

static uint64_t be64_get(const uint8_t *p)
{
	return (uint64_t)be32_get(p) << 32 | be32_get(p + 4);
}

static bits_t bits_of(const struct addr *addr)
{
	if (addr->family == ADDR_V4)
		return be32_get(addr->b);
	return (bits_t)be64_get(addr->b) << 64 | be64_get(addr->b + 8);
}

static bits_t last_of(const struct cidr *c)
{
	struct addr last = cidr_last(c);

	return bits_of(&last);
}

// Enclosing prefixes before what they enclose.
static int by_start(const void *a, const void *b)
{
	const struct fib_route *x = a, *y = b;
	int cmp = addr_cmp(&x->dst.addr, &y->dst.addr);

	return cmp ? cmp : x->dst.bits - y->dst.bits;
}

// From start on, dest; a later word about the same start wins.
static void put(struct half *half, bits_t start, const struct dest *dest)
{
	if (half->n && half->range[half->n - 1].start == start)
		half->n--;
	if (half->n && half->range[half->n - 1].dest == dest)
		return;
	half->range[half->n++] = (struct range){start, dest};
}

// One pass over the sorted prefixes with a stack of those that are still open.
static void sweep(struct half *half, const struct fib_route *route, const struct dest *dest,
	unsigned int n, bits_t max)
{
	struct {
		bits_t last;
		const struct dest *dest;
	} open[130];
	unsigned int depth = 0;

	for (unsigned int i = 0; i <= n; i++) {
		while (depth && (i == n || open[depth - 1].last < bits_of(&route[i].dst.addr))) {
			bits_t last = open[--depth].last;

			if (last != max)
				put(half, last + 1, depth ? open[depth - 1].dest : NULL);
		}
		if (i == n)
			break;
		put(half, bits_of(&route[i].dst.addr), &dest[i]);
		open[depth].last = last_of(&route[i].dst);
		open[depth++].dest = &dest[i];
	}
}

struct fib *fib_new(struct fib_route *route, unsigned int n)
{
	struct fib *fib = calloc(1, sizeof(*fib) + n * sizeof(fib->dest[0]));
	unsigned int v4 = 0;

	if (!fib)
		return NULL;
	fib->refs = 1;
	// An empty list may come as NULL.
	if (n)
		qsort(route, n, sizeof(*route), by_start);
	while (v4 < n && route[v4].dst.addr.family == ADDR_V4)
		v4++;
	for (unsigned int i = 0; i < n; i++)
		fib->dest[i] = route[i].dest;
	// Each prefix begins one range and ends with another.
	fib->half[0].range = calloc(2 * v4 + 1, sizeof(struct range));
	fib->half[1].range = calloc(2 * (n - v4) + 1, sizeof(struct range));
	if (!fib->half[0].range || !fib->half[1].range) {
		fib_put(fib);
		return NULL;
	}
	sweep(&fib->half[0], route, fib->dest, v4, UINT32_MAX);
	sweep(&fib->half[1], route + v4, fib->dest + v4, n - v4, ~(bits_t)0);
	return fib;
}

struct fib *fib_get(struct fib *fib)
{
	fib->refs++;
	return fib;
}

void fib_put(struct fib *fib)
{
	if (!fib || --fib->refs)
		return;
	free(fib->half[0].range);
	free(fib->half[1].range);
	free(fib);
}

const struct dest *fib_find(const struct fib *fib, const struct addr *addr)
{
	const struct half *half = &fib->half[addr->family == ADDR_V6];
	bits_t key = bits_of(addr);
	unsigned int low = 0, high = half->n;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (half->range[mid].start <= key)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? half->range[low - 1].dest : NULL;
}

#include "dp/burst.h"

#include <string.h>

struct column {
	uint16_t at, size;
};

#define COLUMN(name)                                                                  \
	{                                                                             \
		offsetof(struct burst, name), sizeof(((struct burst *)NULL)->name[0]) \
	}

// The last one moves only while it holds operations.
static const struct column columns[] = {COLUMN(pkt), COLUMN(verdict), COLUMN(flags), COLUMN(origin),
	COLUMN(port), COLUMN(out), COLUMN(passes), COLUMN(l4), COLUMN(owner), COLUMN(id),
	COLUMN(trace), COLUMN(to), COLUMN(child), COLUMN(sa), COLUMN(seq), COLUMN(key), COLUMN(op)};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDEST = sizeof(struct crypto_op) };

static uint8_t *row(const struct burst *b, const struct column *c, unsigned int i)
{
	return (uint8_t *)b + c->at + (size_t)i * c->size;
}

// Rows 0..n of one column in a new order: from[i] goes to place i.
static void permute(struct burst *b, const struct column *c, const uint8_t from[], unsigned int n)
{
	uint8_t old[BURST * WIDEST];

	memcpy(old, row(b, c, 0), (size_t)n * c->size);
	for (unsigned int i = 0; i < n; i++)
		memcpy(row(b, c, i), old + (size_t)from[i] * c->size, c->size);
}

void burst_settle_slow(struct burst *b)
{
	uint8_t from[BURST];
	unsigned int good = 0, bad, n = b->n;

	for (unsigned int i = 0; i < n; i++) {
		if (b->verdict[i] == V_GO)
			from[good++] = (uint8_t)i;
	}
	bad = good;
	for (unsigned int i = 0; i < n; i++) {
		if (b->verdict[i] != V_GO)
			from[bad++] = (uint8_t)i;
	}
	// All bad, or bad ones at the end only: they stand right already.
	if (good && from[good - 1] != good - 1) {
		for (unsigned int i = 0; i < COLUMNS - !b->ops; i++)
			permute(b, &columns[i], from, n);
	}
	b->n = good;
	b->marked = 0;
}

unsigned int burst_copy(struct burst *to, const struct burst *from, unsigned int i)
{
	unsigned int at = to->n++;

	to->all = to->n;
	for (unsigned int c = 0; c < COLUMNS - 1; c++)
		memcpy(row(to, &columns[c], at), row(from, &columns[c], i), columns[c].size);
	to->verdict[at] = V_GO;
	return at;
}

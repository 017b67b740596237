#include "cell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

enum {
	BURST = RAW_BURST,
	HEAD = 8 + 16, // ESP header and IV
	SLOT = 2048,
	ROUNDS_MIN = 11,
	ROUNDS_MAX = 2001,
	BURSTS_MAX = 31,
};

#define SLICE_S 100e-6

static const unsigned int imix[] = {64, 576, 64, 64, 576, 64, 1408, 64, 576, 64, 576, 64};

struct cell {
	const struct cell_spec *spec;
	const struct crypto_driver *driver;
	struct crypto_lane *lane;
	struct crypto_key **key;
	struct raw *raw; // NULL: nothing to compare with
	uint32_t random; // which key is next
	uint8_t *slots, *sealed;
	struct crypto_op op[BURST], *ops[BURST];
};

static const uint8_t encr[48] = {1, 2, 3}, integ[64] = {4, 5, 6};

static void prepare(struct cell *cell, unsigned int i)
{
	uint8_t *slot = cell->slots + i * SLOT;
	uint32_t len = cell->spec->size == CELL_IMIX ? imix[i % (sizeof(imix) / sizeof(imix[0]))]
						     : cell->spec->size;

	cell->ops[i] = &cell->op[i];
	cell->op[i] = (struct crypto_op){
		.data = slot + HEAD,
		.len = len,
		.auth = slot,
		.auth_len = HEAD + len,
		.tag = slot + HEAD + len,
		.aad_len = 8,
	};
	cell->op[i].iv[0] = (uint8_t)i;
	cell->op[i].iv[15] = 1;
}

static uint64_t driver_burst(struct cell *cell)
{
	const struct crypto_driver *driver = cell->driver;
	struct crypto_op *polled[BURST];
	unsigned int taken = 0, done = 0;
	uint64_t start = clock_now();

	while (done < BURST) {
		taken += driver->submit(cell->lane, cell->ops + taken, BURST - taken);
		done = driver->immediate ? taken : done + driver->poll(cell->lane, polled, BURST);
	}
	return clock_now() - start;
}

static uint64_t raw_burst(struct cell *cell)
{
	uint64_t start = clock_now();

	raw_run(cell->raw, cell->op, BURST);
	return clock_now() - start;
}

// What cell->driver seals, which is what the direction of decryption opens again and again.
static int seal(struct cell *cell)
{
	const struct crypto_driver *driver = cell->driver;
	struct crypto_key *key;
	int err = driver->key_new(cell->spec->suite, CRYPTO_ENCRYPT, encr, integ, &key);

	if (err)
		return err;
	for (unsigned int i = 0; i < BURST; i++)
		cell->op[i].key = key;
	(void)driver_burst(cell);
	memcpy(cell->sealed, cell->slots, BURST * SLOT);
	driver->key_free(key);
	return 0;
}

static void cell_fini(struct cell *cell)
{
	for (unsigned int i = 0; cell->key && i < cell->spec->keys; i++) {
		if (cell->key[i])
			cell->driver->key_free(cell->key[i]);
	}
	if (cell->lane)
		cell->driver->lane_close(cell->lane);
	raw_free(cell->raw);
	free(cell->key);
	free(cell->slots);
	free(cell->sealed);
}

static int cell_init(struct cell *cell)
{
	int err = cell->driver->lane_open(BURST, &cell->lane);

	cell->key = calloc(cell->spec->keys, sizeof(cell->key[0]));
	cell->slots = aligned_alloc(64, BURST * SLOT);
	cell->sealed = aligned_alloc(64, BURST * SLOT);
	if (err || !cell->key || !cell->slots || !cell->sealed)
		return -ENOMEM;
	memset(cell->slots, 0, BURST * SLOT);
	for (unsigned int i = 0; i < BURST; i++)
		prepare(cell, i);
	for (unsigned int i = 0; !err && i < cell->spec->keys; i++)
		err = cell->driver->key_new(
			cell->spec->suite, cell->spec->dir, encr, integ, &cell->key[i]);
	cell->raw = raw_new(cell->spec->suite, cell->spec->dir, cell->spec->keys, encr, integ);
	return err ? err : seal(cell);
}

// What is not timed: packets as they come, their keys in no order that the CPU could foresee.
static void refill(struct cell *cell)
{
	for (unsigned int i = 0; i < BURST; i++) {
		struct crypto_op *op = &cell->op[i];

		if (cell->spec->dir == CRYPTO_DECRYPT)
			memcpy(op->auth, cell->sealed + i * SLOT, HEAD + op->len + CRYPTO_ICV_MAX);
		cell->random = cell->random * 1664525 + 1013904223;
		op->slot = (uint16_t)((uint64_t)cell->random * cell->spec->keys >> 32);
		op->key = cell->key[op->slot];
	}
}

// Cycles per operation: the median over so many bursts, so that an interruption does not count.
static double slice(struct cell *cell, uint64_t (*burst)(struct cell *), unsigned int bursts)
{
	double cyc[BURSTS_MAX];

	for (unsigned int i = 0; i < bursts; i++) {
		refill(cell);
		cyc[i] = (double)burst(cell) / BURST;
	}
	return clock_median(cyc, bursts);
}

// Alternate short slices of the back end and of raw ipsec-mb: the machine's speed changes from one
// moment to the next, their ratio does not.
static void measure(
	struct cell *cell, const struct clock *clock, double seconds, struct cell_result *r)
{
	static double cyc[ROUNDS_MAX], raw[ROUNDS_MAX], ratio[ROUNDS_MAX];
	double fit = clock->tsc_hz * SLICE_S / (slice(cell, driver_burst, 3) * BURST);
	unsigned int bursts = fit < 3 ? 3 : fit > BURSTS_MAX ? BURSTS_MAX : (unsigned int)fit;
	uint64_t end = clock_now() + (uint64_t)(seconds * clock->tsc_hz);
	unsigned int n = 0;

	for (; n < ROUNDS_MAX && (n < ROUNDS_MIN || clock_now() < end); n++) {
		cyc[n] = slice(cell, driver_burst, bursts);
		raw[n] = cell->raw ? slice(cell, raw_burst, bursts) : 0;
		ratio[n] = raw[n] / cyc[n];
	}
	r->ratio = clock_median(ratio, n);
	r->raw = clock_median(raw, n);
	r->cyc = clock_median(cyc, n);
	r->best = cyc[0]; // sorted
	r->raw_best = raw[0];
}

// A fast wrong answer is no result.
static bool last_burst_is_good(struct cell *cell)
{
	bool good = true;

	refill(cell);
	(void)driver_burst(cell);
	for (unsigned int i = 0; i < BURST; i++)
		good = good && cell->op[i].status == CRYPTO_OK;
	return good;
}

int cell_measure(const struct cell_spec *spec, const struct clock *clock, double seconds,
	struct cell_result *result)
{
	static struct cell cell;
	int err;

	cell = (struct cell){.spec = spec, .driver = spec->driver};
	*result = (struct cell_result){.compared = false};
	err = cell_init(&cell);
	if (!err) {
		measure(&cell, clock, seconds, result);
		err = last_burst_is_good(&cell) ? 0 : -EIO;
	}
	for (unsigned int i = 0; i < BURST; i++)
		result->bytes += (double)cell.op[i].len / BURST;
	result->compared = cell.raw;
	cell_fini(&cell);
	return err;
}

// culvert-bench codec: the ESP codec in bursts, phase by phase, with each back end and with none.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "esp/decap.h"
#include "esp/encap.h"
#include "mode.h"
#include "net/ip.h"
#include "report.h"

// SLOT is an odd number of cache lines, so that the slots spread over all sets of the cache.
enum { BURST = 64, HEAD = 128, SLOT = 2048 + 64, SLICES = 41, BURSTS = 200 };

// What is timed, in the order of a packet's way out and in again.
enum phase { ENCAP, ENCRYPT, DECAP, DECRYPT, FINISH, PHASES };

static const char *const suites[] = {"aes128gcm16", "aes128gcm16-esn", "aes256gcm16", "aes128-sha1",
	"aes128-sha256", "aes256-sha512", "aes256-sha512-esn"};
static const unsigned int sizes[] = {64, 512, 1400};

struct rig {
	struct esp_sa *out, *in;
	struct crypto_lane *lane;
	uint8_t *slots;
	struct pkt pkt[BURST];
	struct crypto_op op[BURST], *ops[BURST];
	uint64_t seq[BURST];
};

static int rig_init(struct rig *rig, const struct crypto_driver *driver, const struct suite *suite)
{
	static const uint8_t key[128] = {1, 2, 3};
	struct esp_params p = {
		.suite = suite,
		.driver = driver,
		.encr = key,
		.integ = suite->integ ? key : NULL,
		.spi = 1000,
		.src = {.addr = addr_v4(0xc0000201)},
		.dst = {.addr = addr_v4(0xc0000202)},
		.dscp = ESP_DSCP_COPY,
		.window = 1024,
	};
	struct why why;
	int err;

	memset(rig, 0, sizeof(*rig));
	rig->slots = aligned_alloc(64, BURST * SLOT);
	p.dir = CRYPTO_ENCRYPT;
	err = esp_sa_new(&p, &rig->out, &why);
	p.dir = CRYPTO_DECRYPT;
	err = err ? err : esp_sa_new(&p, &rig->in, &why);
	err = err ? err : driver->lane_open(BURST, &rig->lane);
	for (unsigned int i = 0; i < BURST; i++)
		rig->ops[i] = &rig->op[i];
	return rig->slots ? err : -ENOMEM;
}

static void rig_fini(struct rig *rig)
{
	rig->out->driver->lane_close(rig->lane);
	esp_sa_free(rig->in);
	esp_sa_free(rig->out);
	free(rig->slots);
}

static void fill(struct rig *rig, uint16_t size)
{
	for (unsigned int i = 0; i < BURST; i++) {
		uint8_t *l3 = rig->slots + i * SLOT + HEAD;

		rig->pkt[i] = (struct pkt){.l3 = l3,
			.len = size,
			.head = HEAD,
			.tail = (uint16_t)(SLOT - HEAD - size)};
		memset(l3, 0, IP4_HEAD);
		l3[0] = 0x45;
		be16_put(l3 + 2, size);
	}
}

static void compute(struct rig *rig)
{
	const struct crypto_driver *driver = rig->out->driver;
	unsigned int taken = driver->submit(rig->lane, rig->ops, BURST), done = BURST;
	struct crypto_op *polled[BURST];

	for (done = driver->immediate ? taken : 0; done < taken;)
		done += driver->poll(rig->lane, polled, BURST);
	if (taken != BURST)
		abort();
}

// One burst out and in; cycles of each phase are added.
static void burst(struct rig *rig, uint16_t size, uint64_t cycles[PHASES])
{
	uint64_t at[PHASES + 1], first;
	unsigned int wrong = 0;
	uint8_t verdict[BURST];

	fill(rig, size);
	if (esp_seq_take(rig->out, BURST, &first) != BURST)
		abort();
	at[ENCAP] = clock_now();
	wrong += esp_encap_run(rig->out, first, BURST, rig->pkt, rig->op, verdict);
	at[ENCRYPT] = clock_now();
	compute(rig);
	at[DECAP] = clock_now();
	for (unsigned int i = 0; i < BURST; i++)
		wrong += !!esp_decap(
			rig->in, &rig->pkt[i], rig->in->outer_len, &rig->seq[i], &rig->op[i]);
	at[DECRYPT] = clock_now();
	compute(rig);
	at[FINISH] = clock_now();
	for (unsigned int i = 0; i < BURST; i++)
		wrong += !!esp_decap_finish(rig->in, &rig->pkt[i], rig->seq[i], &rig->op[i]);
	at[PHASES] = clock_now();
	if (wrong)
		abort();
	for (unsigned int p = 0; p < PHASES; p++)
		cycles[p] += at[p + 1] - at[p];
}

static void measure(struct rig *rig, uint16_t size, double cyc[PHASES])
{
	static double slice[PHASES][SLICES];

	for (unsigned int s = 0; s < SLICES; s++) {
		uint64_t cycles[PHASES] = {0};

		for (unsigned int i = 0; i < BURSTS; i++)
			burst(rig, size, cycles);
		for (unsigned int p = 0; p < PHASES; p++)
			slice[p][s] = (double)cycles[p] / (BURSTS * BURST);
	}
	for (unsigned int p = 0; p < PHASES; p++)
		cyc[p] = clock_least(slice[p], SLICES);
}

static void run_suite(struct report *report, const struct clock *clock,
	const struct crypto_driver *driver, const char *name, unsigned int only_size)
{
	struct proposal p;
	struct suite suite;
	struct rig *rig;

	if (proposal_read(name, PROPOSAL_ESP, &p, NULL))
		return;
	suite = suite_first(&p);
	if (!driver->can(&suite))
		return;
	rig = aligned_alloc(64, (sizeof(*rig) + 63) / 64 * 64);
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double cyc[PHASES], out, in;

		if (only_size && sizes[i] != only_size)
			continue;
		if (rig_init(rig, driver, &suite)) {
			fprintf(stderr, "culvert-bench: %s cannot do %s\n", driver->name, name);
			exit(1);
		}
		measure(rig, (uint16_t)sizes[i], cyc);
		rig_fini(rig);
		out = cyc[ENCAP] + cyc[ENCRYPT];
		in = cyc[DECAP] + cyc[DECRYPT] + cyc[FINISH];
		report_add(report,
			json_pack("{s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
				"backend", driver->name, "suite", name, "size", (int)sizes[i],
				"encap", cyc[ENCAP], "encrypt", cyc[ENCRYPT], "out", out, "decap",
				cyc[DECAP], "decrypt", cyc[DECRYPT], "finish", cyc[FINISH], "in",
				in, "out_mpps", clock->tsc_hz / out / 1e6));
	}
	free(rig);
}

static const struct report_column columns[] = {
	{"backend", "back end", -9, 0},
	{"suite", "suite", -18, 0},
	{"size", "size", 5, 0},
	{"encap", "encap", 7, 1},
	{"encrypt", "encrypt", 8, 1},
	{"out", "out", 8, 1},
	{"decap", "decap", 7, 1},
	{"decrypt", "decrypt", 8, 1},
	{"finish", "finish", 7, 1},
	{"in", "in", 8, 1},
	{"out_mpps", "out Mpps", 8, 2},
	{NULL, NULL, 0, 0},
};

static const struct option options[] = {
	{"backend", required_argument, NULL, 'b'},
	{"suite", required_argument, NULL, 's'},
	{"size", required_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int usage(FILE *out)
{
	fputs("usage: culvert-bench codec [--backend NAME] [--suite SUITE] [--size BYTES] "
	      "[--json]\n"
	      "\n"
	      "Cycles per packet of an inner packet's size, in bursts of 64 that stay in the\n"
	      "cache: the best of 41 slices, since noise only ever adds. encap and decap\n"
	      "prepare, finish checks the replay window and strips.\n",
		out);
	return out == stdout ? 0 : 2;
}

int bench_codec(int argc, char **argv)
{
	const struct crypto_driver *only = NULL;
	const char *suite = NULL;
	unsigned int size = 0;
	struct report report;
	struct clock clock;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'b':
			only = backend_find(optarg);
			if (!only) {
				fprintf(stderr, "culvert-bench: no back end \"%s\"\n", optarg);
				return 2;
			}
			break;
		case 's':
			suite = optarg;
			break;
		case 'l':
			size = (unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 'j':
			json = true;
			break;
		default:
			return usage(c == 'h' ? stdout : stderr);
		}
	}
	clock = clock_calibrate();
	report_init(&report, json, &clock, columns);
	for (unsigned int b = 0; backends[b]; b++) {
		if (only && backends[b] != only)
			continue;
		for (unsigned int i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
			if (!suite || !strcmp(suite, suites[i]))
				run_suite(&report, &clock, backends[b], suites[i], size);
	}
	return report_fini(&report, &clock);
}

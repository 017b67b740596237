// culvert-bench crypto: back end x suite x size x direction, beside raw ipsec-mb in the same run.
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "cell.h"
#include "drv/conform.h"
#include "mode.h"
#include "report.h"

static const unsigned int sizes[] = {64, 128, 256, 512, 1024, 1408, CELL_IMIX};

struct wish {
	const struct crypto_driver *driver; // NULL: all but "none"
	const struct suite *suite;	    // NULL: all
	unsigned int size;		    // UINT32_MAX: all
	unsigned int keys;
	double seconds; // for each cell
};

static void show(struct report *report, const struct clock *clock, const struct cell_spec *spec,
	const struct cell_result *r)
{
	char suite[PROPOSAL_TEXT], size[16] = "imix";
	json_t *row;

	if (spec->size != CELL_IMIX)
		snprintf(size, sizeof(size), "%u", spec->size);
	row = json_pack("{s:s, s:s, s:s, s:s, s:i, s:f, s:f, s:f}", "backend", spec->driver->name,
		"suite", suite_show(spec->suite, PROPOSAL_ESP, suite), "direction",
		spec->dir == CRYPTO_ENCRYPT ? "encrypt" : "decrypt", "size", size, "keys",
		(int)spec->keys, "cycles", r->cyc, "best", r->best, "gbit_s",
		r->bytes * 8 * clock->tsc_hz / r->cyc / 1e9);
	if (r->compared) {
		json_object_set_new(row, "raw", json_real(r->raw));
		json_object_set_new(row, "raw_best", json_real(r->raw_best));
		json_object_set_new(row, "ratio", json_real(r->ratio));
	}
	report_add(report, row);
}

static int run(struct report *report, const struct clock *clock, const struct wish *wish,
	const struct cell_spec *spec)
{
	struct cell_result result;
	int err = cell_measure(spec, clock, wish->seconds, &result);

	if (err)
		fprintf(stderr, "culvert-bench: %s: %s\n", spec->driver->name, strerror(-err));
	else
		show(report, clock, spec, &result);
	return err;
}

static int run_suite(struct report *report, const struct clock *clock, const struct wish *wish,
	const struct crypto_driver *driver, const struct suite *suite)
{
	int err = 0;

	for (unsigned int s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct cell_spec spec = {driver, suite, CRYPTO_ENCRYPT, sizes[s], wish->keys};

		if (wish->size != UINT32_MAX && wish->size != sizes[s])
			continue;
		if (!err)
			err = run(report, clock, wish, &spec);
		spec.dir = CRYPTO_DECRYPT;
		if (!err)
			err = run(report, clock, wish, &spec);
	}
	return err;
}

// The suite of crypto_suite that text names; NULL, with a message, when there is none.
static const struct suite *suite_read(const char *text)
{
	const struct suite *suite;
	struct suite want;
	struct proposal p;
	struct why why;
	char line[512];

	if (proposal_read(text, PROPOSAL_ESP, &p, &why)) {
		fprintf(stderr, "culvert-bench: %s\n", why_show(&why, line, sizeof(line)));
		return NULL;
	}
	want = suite_first(&p);
	for (unsigned int i = 0; (suite = crypto_suite(i)); i++) {
		if (suite->encr == want.encr && suite->integ == want.integ)
			return suite;
	}
	fprintf(stderr, "culvert-bench: no back end does %s\n", text);
	return NULL;
}

static int run_all(struct report *report, const struct clock *clock, const struct wish *wish)
{
	int err = 0;

	for (unsigned int b = 0; backends[b]; b++) {
		const struct crypto_driver *driver = backends[b];
		const struct suite *suite;

		// "none" computes nothing: it is measured when it is asked for.
		if (wish->driver ? driver != wish->driver : driver == backend_find("none"))
			continue;
		for (unsigned int i = 0; !err && (suite = crypto_suite(i)); i++) {
			if ((!wish->suite || suite == wish->suite) && driver->can(suite))
				err = run_suite(report, clock, wish, driver, suite);
		}
	}
	return err;
}

static const struct report_column columns[] = {
	{"backend", "back end", -9, 0},
	{"suite", "suite", -14, 0},
	{"direction", "direction", -9, 0},
	{"size", "size", 5, 0},
	{"cycles", "cyc", 8, 1},
	{"best", "best", 8, 1},
	{"gbit_s", "Gbit/s", 7, 2},
	{"raw", "raw cyc", 8, 1},
	{"raw_best", "best", 8, 1},
	{"ratio", "raw/cyc", 7, 3},
	{NULL, NULL, 0, 0},
};

static const struct option options[] = {
	{"backend", required_argument, NULL, 'b'},
	{"suite", required_argument, NULL, 's'},
	{"size", required_argument, NULL, 'l'},
	{"keys", required_argument, NULL, 'k'},
	{"seconds", required_argument, NULL, 't'},
	{"core", required_argument, NULL, 'c'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int usage(FILE *out)
{
	fputs("usage: culvert-bench crypto [--backend NAME] [--suite SUITE] [--size BYTES|imix]\n"
	      "       [--keys N] [--seconds S] [--core N] [--json]\n"
	      "\n"
	      "Cycles per operation in bursts of 64, beside intel-ipsec-mb called directly, in\n"
	      "alternating slices of 0.1 ms. Medians; raw/cyc is the median of the slices' "
	      "ratios,\n"
	      "and below 1 where the back end costs more than the bare library.\n"
	      "\n"
	      "--keys     packets under so many keys, at random (1 to 65536; default 1)\n"
	      "--seconds  for each line (default 0.05)\n"
	      "--core     CPU to run on (default: where it is)\n",
		out);
	return out == stdout ? 0 : 2;
}

static int pin(int core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(core, &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return 0;
	fprintf(stderr, "culvert-bench: no CPU %d\n", core);
	return -EINVAL;
}

// returns 0, or -EINVAL with a message
static int size_read(const char *text, unsigned int *size)
{
	*size = strcmp(text, "imix") ? (unsigned int)strtoul(text, NULL, 10) : CELL_IMIX;
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i] == *size && (*size != CELL_IMIX || !strcmp(text, "imix")))
			return 0;
	}
	fprintf(stderr, "culvert-bench: no size \"%s\": 64 128 256 512 1024 1408 imix\n", text);
	return -EINVAL;
}

int bench_crypto(int argc, char **argv)
{
	struct wish wish = {.size = UINT32_MAX, .keys = 1, .seconds = 0.05};
	int core = sched_getcpu(), c, err = 0;
	struct report report;
	struct clock clock;
	bool json = false;

	while (!err && (c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'b':
			wish.driver = backend_find(optarg);
			if (!wish.driver) {
				fprintf(stderr, "culvert-bench: no back end \"%s\"\n", optarg);
				return 2;
			}
			break;
		case 's':
			wish.suite = suite_read(optarg);
			err = wish.suite ? 0 : -EINVAL;
			break;
		case 'l':
			err = size_read(optarg, &wish.size);
			break;
		case 'k':
			wish.keys = (unsigned int)strtoul(optarg, NULL, 10);
			if (!wish.keys || wish.keys > CELL_KEYS_MAX)
				return usage(stderr);
			break;
		case 't':
			wish.seconds = strtod(optarg, NULL);
			break;
		case 'c':
			core = (int)strtol(optarg, NULL, 10);
			break;
		case 'j':
			json = true;
			break;
		default:
			return usage(c == 'h' ? stdout : stderr);
		}
	}
	if (err || pin(core))
		return 2;
	clock = clock_calibrate();
	report_init(&report, json, &clock, columns);
	err = run_all(&report, &clock, &wish);
	c = report_fini(&report, &clock);
	return err ? 1 : c;
}

// culvert-bench pipe: the worker pipeline of the product, between two ports, with one worker.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend.h"
#include "base/mono.h"
#include "eal.h"
#include "mode.h"
#include "pipe_rig.h"
#include "report.h"

enum { SLICE_MS = 100 };

struct settings {
	struct pipe_conf pipe;
	const char *suite, *prefix;
	unsigned int worker_cpu, main_cpu, seconds;
	bool json, both;
};

static void nap(unsigned int ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
		NULL);
}

static double cycles(const struct clock *clock, double pps)
{
	return pps > 0 ? clock->tsc_hz / pps : 0;
}

// returns 0, or -EIO when packets were lost or none came through
static int watch(const struct settings *s, struct pipe_rig *rig, const struct clock *clock,
	struct report *report)
{
	unsigned int slices = s->seconds * 1000 / SLICE_MS, n = 0;
	double *pps = calloc(slices ? slices : 1, sizeof(*pps)), best;
	uint64_t lost;
	mono_us_t last = mono_now();
	uint64_t before = pipe_rig_sent(rig);

	while (!s->seconds || n < slices) {
		mono_us_t now;
		uint64_t after;

		nap(SLICE_MS);
		dp_tick(rig->dp, mono_now());
		now = mono_now();
		after = pipe_rig_sent(rig);
		if (s->seconds)
			pps[n++] = (double)(after - before) * 1e6 / (double)(now - last);
		before = after;
		last = now;
	}
	best = clock_most(pps, n);
	lost = pipe_rig_dropped(rig);
	report_add(report,
		json_pack("{s:s, s:s, s:s, s:i, s:o, s:f, s:f, s:f, s:f, s:I}", "backend",
			s->pipe.driver->name, "suite", s->suite, "direction",
			s->pipe.plan.inward ? "in" : "out", "tunnels", (int)s->pipe.plan.tunnels,
			"size",
			s->pipe.plan.imix ? json_string("imix") : json_integer(s->pipe.plan.size),
			"best_mpps", best / 1e6, "cyc", cycles(clock, best), "median_mpps",
			clock_median(pps, n) / 1e6, "median_cyc",
			cycles(clock, clock_median(pps, n)), "dropped", (json_int_t)lost));
	free(pps);
	return lost || best == 0 ? -EIO : 0;
}

static int run(const struct settings *s, const struct clock *clock, struct report *report)
{
	struct why why = {0};
	struct pipe_rig rig;
	int err = pipe_rig_init(&rig, &s->pipe, &why);
	char text[512];

	if (err)
		fprintf(stderr, "culvert-bench: %s: %s\n", strerror(-err),
			why_show(&why, text, sizeof(text)));
	else
		err = watch(s, &rig, clock, report);
	pipe_rig_fini(&rig);
	return err;
}

static const struct report_column columns[] = {
	{"backend", "back end", -9, 0},
	{"suite", "suite", -14, 0},
	{"direction", "way", -3, 0},
	{"tunnels", "tunnels", 7, 0},
	{"size", "size", 5, 0},
	{"best_mpps", "Mpps", 7, 2},
	{"cyc", "cyc", 7, 1},
	{"median_mpps", "median", 7, 2},
	{"median_cyc", "cyc", 7, 1},
	{"dropped", "dropped", 8, 0},
	{NULL, NULL, 0, 0},
};

static const struct option options[] = {
	{"suite", required_argument, NULL, 's'},
	{"backend", required_argument, NULL, 'b'},
	{"direction", required_argument, NULL, 'd'},
	{"size", required_argument, NULL, 'l'},
	{"tunnels", required_argument, NULL, 't'},
	{"flows", required_argument, NULL, 'f'},
	{"window", required_argument, NULL, 'w'},
	{"burst", required_argument, NULL, 'k'},
	{"pcap", required_argument, NULL, 'p'},
	{"lap", required_argument, NULL, 'n'},
	{"worker", required_argument, NULL, 'c'},
	{"main", required_argument, NULL, 'm'},
	{"prefix", required_argument, NULL, 'x'},
	{"seconds", required_argument, NULL, 'r'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int usage(FILE *out)
{
	fputs("usage: culvert-bench pipe [options]\n"
	      "\n"
	      "The worker pipeline between two ports: policies, selectors and anti-replay on.\n"
	      "\n"
	      "  --suite SUITE      as in a proposal; default aes128gcm16\n"
	      "  --backend NAME     default: the first that can do the suite; none: no cipher\n"
	      "  --direction WAY    out (encrypt), in (decrypt); default: both\n"
	      "  --size BYTES       of inner packets, or imix; default 64\n"
	      "  --tunnels N        default 1\n"
	      "  --flows N          five-tuples; default 1024\n"
	      "  --window BITS      anti-replay; default 1024\n"
	      "  --burst N          packets per poll, at most 64; default: the dataplane's\n"
	      "  --pcap FILE        frames from a file through net_pcap, to net_null, instead of\n"
	      "                     from and to memory; --lap N says how many the file has\n"
	      "  --worker CPU       that works; default 1\n"
	      "  --main CPU         that counts; default 0\n"
	      "  --prefix NAME      of DPDK's telemetry socket\n"
	      "  --seconds N        of each measurement; default 3; 0: until killed\n"
	      "  --json             one document instead of a table\n",
		out);
	return out == stdout ? 0 : 2;
}

static unsigned int number(const char *text)
{
	return (unsigned int)strtoul(text, NULL, 10);
}

static void direction_set(struct settings *s, const char *text)
{
	s->both = false;
	s->pipe.plan.inward = !strcmp(text, "in");
}

// returns false when there is something that it does not know
static bool option_set(struct settings *s, int c)
{
	switch (c) {
	case 's':
		s->suite = optarg;
		break;
	case 'b':
		s->pipe.driver = backend_find(optarg);
		return s->pipe.driver;
	case 'd':
		direction_set(s, optarg);
		break;
	case 'l':
		s->pipe.plan.imix = !strcmp(optarg, "imix");
		s->pipe.plan.size = number(optarg);
		return s->pipe.plan.imix || (s->pipe.plan.size >= 28 && s->pipe.plan.size <= 1400);
	case 't':
		s->pipe.plan.tunnels = number(optarg);
		return s->pipe.plan.tunnels >= 1 && s->pipe.plan.tunnels <= 60000;
	case 'f':
		s->pipe.plan.flows = number(optarg);
		return s->pipe.plan.flows >= 1 && s->pipe.plan.flows <= 60000;
	case 'w':
		s->pipe.window = number(optarg);
		break;
	case 'k':
		s->pipe.burst = number(optarg);
		break;
	case 'p':
		s->pipe.pcap = optarg;
		break;
	case 'n':
		s->pipe.lap = number(optarg);
		break;
	case 'c':
		s->worker_cpu = number(optarg);
		break;
	case 'm':
		s->main_cpu = number(optarg);
		break;
	case 'x':
		s->prefix = optarg;
		break;
	case 'r':
		s->seconds = number(optarg);
		break;
	case 'j':
		s->json = true;
		break;
	default:
		return false;
	}
	return true;
}

static bool suite_set(struct settings *s)
{
	struct proposal p;
	struct why why;
	char text[512];

	if (proposal_read(s->suite, PROPOSAL_ESP, &p, &why)) {
		fprintf(stderr, "culvert-bench: %s\n", why_show(&why, text, sizeof(text)));
		return false;
	}
	s->pipe.plan.suite = suite_first(&p);
	for (unsigned int i = 1; !s->pipe.driver && backends[i]; i++)
		if (backends[i]->can(&s->pipe.plan.suite))
			s->pipe.driver = backends[i];
	if (!s->pipe.driver)
		fprintf(stderr, "culvert-bench: no back end can do %s here\n", s->suite);
	return s->pipe.driver;
}

int bench_pipe(int argc, char **argv)
{
	struct settings s = {
		.pipe = {.plan = {.tunnels = 1, .flows = 1024, .size = 64}, .window = 1024},
		.suite = "aes128gcm16",
		.worker_cpu = 1,
		.seconds = 3,
		.both = true,
	};
	struct report report;
	struct clock clock;
	int c, err;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return usage(stdout);
		if (!option_set(&s, c))
			return usage(stderr);
	}
	if (s.pipe.pcap && (s.both || !s.pipe.lap)) {
		fputs("culvert-bench: --pcap needs --direction and --lap\n", stderr);
		return 2;
	}
	if (!suite_set(&s) || bench_eal(s.main_cpu, s.worker_cpu, s.prefix))
		return 1;
	clock = clock_calibrate();
	report_init(&report, s.json, &clock, columns);
	err = run(&s, &clock, &report);
	if (!err && s.both) {
		s.pipe.plan.inward = true;
		err = run(&s, &clock, &report);
	}
	c = report_fini(&report, &clock);
	bench_eal_fini();
	return err ? 1 : c;
}

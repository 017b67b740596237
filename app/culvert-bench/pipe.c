// culvert-bench pipe: the worker pipeline of the product, between two ports, with one worker.
//
// Inward, the source sends the same sealed packets again and again. Anti-replay is on and every
// packet must pass check and commit: at the end of a lap the worker that receives rewinds the
// windows of all SAs, once per some thousand packets, before it takes the next lap's first packet.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend.h"
#include "base/mono.h"
#include "dp/dp.h"
#include "eal.h"
#include "mode.h"
#include "pipe_port.h"
#include "report.h"

enum { SLICE_MS = 100, PACKETS = 8192, IN = 0, OUT = 1 };

struct settings {
	struct plan plan;
	const struct crypto_driver *driver;
	const char *suite, *pcap, *prefix;
	unsigned int lap, burst, worker_cpu, main_cpu, window, seconds;
	bool json, both;
};

struct rig {
	struct dp *dp;
	struct dp_child **child;
	struct frames frames;
	unsigned int tunnels;
};

// Where traffic enters and where it leaves.
static unsigned int source_of(const struct plan *plan)
{
	return plan->inward ? OUT : IN;
}

static void rewind_windows(void *ctx)
{
	struct rig *rig = ctx;

	for (unsigned int i = 0; i < rig->tunnels; i++)
		esp_live_rewind(dp_child_in(rig->child[i])->live, 0);
}

static int ports_make(const struct settings *s, struct rig *rig, struct why *why)
{
	static char source[512];
	bool mem = !s->pcap;
	const struct port_driver *driver = mem ? &pipe_port_mem : &pipe_port_lap;
	struct dp_port_conf port[2] = {
		{.name = "inside", .driver = driver, .role = DP_INSIDE, .mtu = PLAN_MTU},
		{.name = "outside", .driver = driver, .role = DP_OUTSIDE, .mtu = PLAN_MTU},
	};
	unsigned int lcore[1] = {BENCH_LCORE};
	const struct crypto_driver *crypto[] = {s->driver, NULL};
	struct dp_conf conf = {
		.port = port,
		.n_ports = 2,
		.lcore = lcore,
		.n_workers = 1,
		.crypto = crypto,
		.sas = s->plan.tunnels,
		.burst = s->burst,
	};

	snprintf(source, sizeof(source), "net_pcap0,rx_pcap=%s,infinite_rx=1",
		s->pcap ? s->pcap : "");
	port[source_of(&s->plan)].device = mem ? "source" : source;
	port[!source_of(&s->plan)].device = mem ? "sink" : "net_null1,no-rx=1";
	// The other half of a pcap's packets is what infinite_rx keeps.
	conf.packets = mem ? 0 : s->lap + 16384;
	pipe_port_set(&rig->frames, mem ? rig->frames.n : s->lap, rewind_windows, rig);
	return dp_new(&conf, &rig->dp, why);
}

static int tables_make(const struct settings *s, struct rig *rig)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 10};
	struct addr gateway = plan_gateway(), router = plan_peer(65000), host = addr_v4(0x0a01fffe);
	struct cidr local = plan_local();
	struct dp_next inside = {.type = DP_NEXT_PORT, .port = IN, .gateway = host};
	int err = dp_addr_set(rig->dp, OUT, &gateway, true);

	err = err ? err : dp_neigh_set(rig->dp, OUT, &router, mac);
	err = err ? err : dp_neigh_set(rig->dp, IN, &host, mac);
	return err ? err : dp_route_set(rig->dp, &local, &inside);
}

static int tunnel_make(const struct settings *s, struct rig *rig, unsigned int i,
	struct dp_policy *policy, struct why *why)
{
	struct cidr near = plan_local(), far = plan_remote(&s->plan, i);
	struct selector local = selector_of_cidr(&near), remote = selector_of_cidr(&far);
	const uint8_t *integ = s->plan.suite.integ ? plan_key() : NULL;
	struct dp_tunnel_conf conf = {.port = OUT, .next_hop = plan_peer(65000), .clamp_mss = true};
	struct dp_child_conf child = {
		.suite = &s->plan.suite,
		.driver = s->driver,
		.spi_in = PLAN_FIRST_SPI + i,
		.spi_out = PLAN_FIRST_SPI + i,
		.encr_in = plan_key(),
		.encr_out = plan_key(),
		.integ_in = integ,
		.integ_out = integ,
		.local = {.addr = plan_gateway()},
		.remote = {.addr = plan_peer(i)},
		.local_ts = &local,
		.n_local_ts = 1,
		.remote_ts = &remote,
		.n_remote_ts = 1,
		.window = s->window,
		.dscp = ESP_DSCP_COPY,
	};
	struct dp_tunnel *tunnel;
	char name[DP_NAME];
	int err;

	snprintf(name, sizeof(name), "t%u", i);
	*policy = (struct dp_policy){
		.priority = i, .local = local, .remote = remote, .action = DP_PROTECT};
	snprintf(policy->name, sizeof(policy->name), "%s", name);
	conf.name = name;
	err = dp_conn_new(rig->dp, name, NULL, &policy->conn);
	conf.conn = policy->conn;
	err = err ? err : dp_tunnel_new(rig->dp, &conf, &tunnel);
	if (err)
		return err;
	dp_conn_switch(policy->conn, tunnel);
	err = dp_child_add(tunnel, &child, &rig->child[i], why);
	return err ? err : dp_child_use(rig->child[i], NULL);
}

static int rig_init(struct rig *rig, const struct settings *s, struct why *why)
{
	unsigned int n = s->plan.tunnels;
	struct dp_policy *policy = calloc(n, sizeof(*policy));
	int err = -ENOMEM;

	*rig = (struct rig){.tunnels = n};
	rig->child = calloc(n, sizeof(struct dp_child *));
	if (!policy || !rig->child)
		goto free_policy;
	err = s->pcap ? 0
		      : plan_frames(&s->plan, s->driver,
				s->plan.flows > PACKETS ? s->plan.flows : PACKETS, &rig->frames);
	err = err ? err : ports_make(s, rig, why);
	err = err ? err : tables_make(s, rig);
	for (unsigned int i = 0; !err && i < n; i++)
		err = tunnel_make(s, rig, i, &policy[i], why);
	err = err ? err : dp_policies_set(rig->dp, policy, n);
	err = err ? err : dp_commit(rig->dp);
	err = err ? err : dp_start(rig->dp, why);
free_policy:
	free(policy);
	return err;
}

static void rig_fini(struct rig *rig)
{
	if (rig->dp)
		dp_stop(rig->dp);
	dp_free(rig->dp);
	frames_free(&rig->frames);
	free(rig->child);
}

static uint64_t sent(const struct rig *rig, const struct plan *plan)
{
	struct port_stats stats;

	dp_port_stats(rig->dp, !source_of(plan), &stats);
	return stats.tx_packets;
}

// Everything that is no pass: there must be none.
static uint64_t dropped(const struct rig *rig)
{
	uint64_t *count = calloc(dp_verdict_count, sizeof(*count)), sum = 0;

	dp_verdicts(rig->dp, DP_ALL_WORKERS, count);
	for (unsigned int i = 0; i < dp_verdict_count; i++)
		sum += dp_verdict_table[i].fate == DP_FATE_PASS ? 0 : count[i];
	free(count);
	return sum;
}

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
static int watch(
	const struct settings *s, struct rig *rig, const struct clock *clock, struct report *report)
{
	unsigned int slices = s->seconds * 1000 / SLICE_MS, n = 0;
	double *pps = calloc(slices ? slices : 1, sizeof(*pps)), best;
	uint64_t lost;
	mono_us_t last = mono_now();
	uint64_t before = sent(rig, &s->plan);

	while (!s->seconds || n < slices) {
		mono_us_t now;
		uint64_t after;

		nap(SLICE_MS);
		dp_tick(rig->dp, mono_now());
		now = mono_now();
		after = sent(rig, &s->plan);
		if (s->seconds)
			pps[n++] = (double)(after - before) * 1e6 / (double)(now - last);
		before = after;
		last = now;
	}
	best = clock_most(pps, n);
	lost = dropped(rig);
	report_add(report,
		json_pack("{s:s, s:s, s:s, s:i, s:o, s:f, s:f, s:f, s:f, s:I}", "backend",
			s->driver->name, "suite", s->suite, "direction",
			s->plan.inward ? "in" : "out", "tunnels", (int)s->plan.tunnels, "size",
			s->plan.imix ? json_string("imix") : json_integer(s->plan.size),
			"best_mpps", best / 1e6, "cyc", cycles(clock, best), "median_mpps",
			clock_median(pps, n) / 1e6, "median_cyc",
			cycles(clock, clock_median(pps, n)), "dropped", (json_int_t)lost));
	free(pps);
	return lost || best == 0 ? -EIO : 0;
}

static int run(const struct settings *s, const struct clock *clock, struct report *report)
{
	struct why why = {0};
	struct rig rig;
	int err = rig_init(&rig, s, &why);
	char text[512];

	if (err)
		fprintf(stderr, "culvert-bench: %s: %s\n", strerror(-err),
			why_show(&why, text, sizeof(text)));
	else
		err = watch(s, &rig, clock, report);
	rig_fini(&rig);
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
	s->plan.inward = !strcmp(text, "in");
}

// returns false when there is something that it does not know
static bool option_set(struct settings *s, int c)
{
	switch (c) {
	case 's':
		s->suite = optarg;
		break;
	case 'b':
		s->driver = backend_find(optarg);
		return s->driver;
	case 'd':
		direction_set(s, optarg);
		break;
	case 'l':
		s->plan.imix = !strcmp(optarg, "imix");
		s->plan.size = number(optarg);
		return s->plan.imix || (s->plan.size >= 28 && s->plan.size <= 1400);
	case 't':
		s->plan.tunnels = number(optarg);
		return s->plan.tunnels >= 1 && s->plan.tunnels <= 60000;
	case 'f':
		s->plan.flows = number(optarg);
		return s->plan.flows >= 1 && s->plan.flows <= 60000;
	case 'w':
		s->window = number(optarg);
		break;
	case 'k':
		s->burst = number(optarg);
		break;
	case 'p':
		s->pcap = optarg;
		break;
	case 'n':
		s->lap = number(optarg);
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
	s->plan.suite = suite_first(&p);
	for (unsigned int i = 1; !s->driver && backends[i]; i++)
		if (backends[i]->can(&s->plan.suite))
			s->driver = backends[i];
	if (!s->driver)
		fprintf(stderr, "culvert-bench: no back end can do %s here\n", s->suite);
	return s->driver;
}

int bench_pipe(int argc, char **argv)
{
	struct settings s = {
		.plan = {.tunnels = 1, .flows = 1024, .size = 64},
		.suite = "aes128gcm16",
		.window = 1024,
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
	if (s.pcap && (s.both || !s.lap)) {
		fputs("culvert-bench: --pcap needs --direction and --lap\n", stderr);
		return 2;
	}
	if (!suite_set(&s) || bench_eal(s.main_cpu, s.worker_cpu, s.prefix))
		return 1;
	clock = clock_calibrate();
	report_init(&report, s.json, &clock, columns);
	err = run(&s, &clock, &report);
	if (!err && s.both) {
		s.plan.inward = true;
		err = run(&s, &clock, &report);
	}
	c = report_fini(&report, &clock);
	bench_eal_fini();
	return err ? 1 : c;
}

// culvert-bench ike: handshakes against itself, each side's CPU beside the bare key exchange.
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"
#include "ike_bare.h"
#include "ike_pair.h"
#include "ike_udp.h"
#include "mode.h"
#include "report.h"

enum {
	SLICE = 10, // handshakes between two looks at the bare operations
	ROUNDS_MIN = 5,
	ROUNDS_MAX = 4096,
	WINDOW = 32,	       // handshakes under way at a time, over UDP
	MEMORY_TUNNELS = 1000, // at least: what the allocator keeps for itself must not count
	MANY_CHILDREN = 3,     // what a child costs: with so many, less with one
};

static const char *const usual_groups[] = {"group2", "group14", "group19", "group31"};

struct wish {
	const char *suite, *esp;
	const char *group; // NULL: the usual ones
	const char *mode;  // NULL: all
	unsigned int tunnels;
	double seconds; // for each line
	bool udp, steps;
};

// Bytes in use for each tunnel, IKE SA and child; of both sides' the mean. The same for all groups.
struct memory {
	double tunnel, sa, child;
};

// What one line shows; times are medians of rounds, ratios are taken within rounds.
struct line {
	const struct ike_plan *plan;
	const struct alg *group;
	unsigned int rounds;
	double us[IKE_ROLES], bare_us, ratio[IKE_ROLES];
	struct ike_cost cost[IKE_ROLES]; // of all
	struct memory memory;
	struct ike_udp_result udp;
};

struct rounds {
	double us[IKE_ROLES][ROUNDS_MAX], bare[ROUNDS_MAX], ratio[IKE_ROLES][ROUNDS_MAX];
	unsigned int n;
};

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// returns us per operation; 0: OpenSSL failed
static double bare_slice(struct ike_bare *bare)
{
	double start = cpu_us();

	for (unsigned int i = 0; i < SLICE; i++) {
		if (!ike_bare_run(bare))
			return 0;
	}
	return (cpu_us() - start) / SLICE;
}

static int one_round(struct ike_pair *pair, unsigned int from, unsigned int n,
	struct ike_bare *bare, struct rounds *rounds, struct ike_cost cost[static IKE_ROLES])
{
	double before[IKE_ROLES] = {cost[IKE_INITIATOR].cpu_us, cost[IKE_RESPONDER].cpu_us};
	double bare_us = bare_slice(bare);
	int err = ike_pair_run(pair, from, n, cost);

	// The machine's speed changes: what comes after ours counts as much as what came before.
	bare_us = (bare_us + bare_slice(bare)) / 2;
	if (err || bare_us <= 0)
		return err ? err : -EIO;
	rounds->bare[rounds->n] = bare_us;
	for (unsigned int r = 0; r < IKE_ROLES; r++) {
		double us = (cost[r].cpu_us - before[r]) / n;

		rounds->us[r][rounds->n] = us;
		rounds->ratio[r][rounds->n] = bare_us / us;
	}
	rounds->n++;
	return 0;
}

// All tunnels of a pair, in slices.
static int one_pair(const struct ike_plan *plan, struct ike_bare *bare, double until_us,
	struct rounds *rounds, struct ike_cost cost[static IKE_ROLES])
{
	struct ike_pair *pair = ike_pair_new(plan);
	int err = pair ? 0 : -ENOMEM;

	for (unsigned int from = 1; !err && from <= plan->tunnels; from += SLICE) {
		unsigned int left = plan->tunnels - from + 1;

		if (rounds->n == ROUNDS_MAX || (rounds->n >= ROUNDS_MIN && cpu_us() > until_us))
			break;
		err = one_round(pair, from, left < SLICE ? left : SLICE, bare, rounds, cost);
	}
	ike_pair_free(pair);
	return err;
}

static int measure_time(const struct wish *wish, struct line *line)
{
	struct rounds *rounds = calloc(1, sizeof(*rounds));
	struct ike_bare *bare = ike_bare_new(line->group);
	struct ike_cost warm[IKE_ROLES] = {};
	double until_us;
	int err = rounds && bare ? 0 : -ENOTSUP;

	// What is fetched and made once is not a handshake's.
	if (!err)
		err = one_pair(line->plan, bare, 0, rounds, warm);
	until_us = cpu_us() + wish->seconds * 1e6;
	if (rounds)
		rounds->n = 0;
	while (!err && (rounds->n < ROUNDS_MIN || cpu_us() < until_us) && rounds->n < ROUNDS_MAX)
		err = one_pair(line->plan, bare, until_us, rounds, line->cost);
	if (!err) {
		for (unsigned int r = 0; r < IKE_ROLES; r++) {
			line->us[r] = clock_median(rounds->us[r], rounds->n);
			line->ratio[r] = clock_median(rounds->ratio[r], rounds->n);
		}
		line->bare_us = clock_median(rounds->bare, rounds->n);
		line->rounds = rounds->n;
	}
	ike_bare_free(bare);
	free(rounds);
	return err;
}

static int plan_init(const struct wish *wish, const char *group, struct ike_plan *plan)
{
	char ike[PROPOSAL_TEXT], text[600];
	struct why why = {};
	int err;

	snprintf(ike, sizeof(ike), "%s-%s", wish->suite, group);
	err = ike_plan_init(plan, ike, wish->esp, &why);
	if (err)
		fprintf(stderr, "culvert-bench: %s\n", why_show(&why, text, sizeof(text)));
	return err;
}

// Heap and secrets, OpenSSL's included.
static double in_use(void)
{
	return (double)mallinfo2().uordblks + (double)secret_in_use();
}

// What each tunnel of a plan takes at one side: configured, and more when it is up.
static int measure_bytes(const struct ike_plan *plan, double *configured, double *up)
{
	struct ike_cost ignored[IKE_ROLES] = {};
	double before = in_use(), set;
	struct ike_pair *pair = ike_pair_new(plan);
	int err = pair ? 0 : -ENOMEM;

	set = in_use();
	if (!err)
		err = ike_pair_run(pair, 1, plan->tunnels, ignored);
	*configured = (set - before) / 2 / plan->tunnels;
	*up = (in_use() - set) / 2 / plan->tunnels;
	ike_pair_free(pair);
	return err;
}

static int measure_memory(
	const struct wish *wish, const struct ike_plan_mode *mode, struct memory *memory)
{
	double one = 0, many = 0, ignored;
	struct ike_plan plan = {.mode = mode, .tunnels = SLICE, .children = 1};
	int err = plan_init(wish, "x25519", &plan);

	// What stays the first time is nobody's.
	if (!err)
		err = measure_bytes(&plan, &ignored, &one);
	plan.tunnels = wish->tunnels > MEMORY_TUNNELS ? wish->tunnels : MEMORY_TUNNELS;
	if (!err)
		err = measure_bytes(&plan, &memory->tunnel, &one);
	plan.children = MANY_CHILDREN;
	if (!err)
		err = measure_bytes(&plan, &ignored, &many);
	memory->child = (many - one) / (MANY_CHILDREN - 1);
	memory->sa = one - memory->child;
	return err;
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100.0 * (double)part / (double)of : 0;
}

static void show(struct report *report, const struct wish *wish, const struct line *line)
{
	static const char *const roles[] = {"initiator", "responder"};

	for (unsigned int r = 0; r < IKE_ROLES; r++) {
		const struct ike_share *share = &line->cost[r].share;
		json_t *row = json_pack("{s:s, s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f}",
			"mode", line->plan->mode->name, "group", line->group->name, "role",
			roles[r], "rounds", (int)line->rounds, "per_second", 1e6 / line->us[r],
			"us", line->us[r], "bare_us", line->bare_us, "ratio", line->ratio[r],
			"exchange_percent", percent(share->exchange, share->all),
			"symmetric_percent", percent(share->symmetric, share->all));

		json_object_set_new(row, "sa_bytes", json_real(line->memory.sa));
		json_object_set_new(row, "child_bytes", json_real(line->memory.child));
		json_object_set_new(row, "tunnel_bytes", json_real(line->memory.tunnel));
		if (wish->udp) {
			json_object_set_new(row, "udp_us", json_real(line->udp.cpu_us[r]));
			json_object_set_new(row, "udp_per_second",
				json_real(line->plan->tunnels / line->udp.seconds));
			json_object_set_new(
				row, "udp_repeated", json_integer((json_int_t)line->udp.lost));
		}
		report_add(report, row);
	}
}

static int run(struct report *report, const struct wish *wish, const struct ike_plan_mode *mode,
	const struct memory *memory, const char *group)
{
	struct ike_plan plan = {
		.mode = mode, .tunnels = wish->tunnels, .children = 1, .steps = wish->steps};
	struct line line = {.plan = &plan, .memory = *memory};
	int err = plan_init(wish, group, &plan);

	if (err)
		return err;
	line.group = plan.ike.choice[ALG_KE][0];
	err = measure_time(wish, &line);
	if (!err && wish->udp) {
		plan.loopback = true;
		err = ike_udp_run(&plan, WINDOW, &line.udp);
	}
	if (err)
		fprintf(stderr, "culvert-bench: %s %s: %s\n", mode->name, group, strerror(-err));
	else
		show(report, wish, &line);
	return err;
}

static int run_mode(
	struct report *report, const struct wish *wish, const struct ike_plan_mode *mode)
{
	struct memory memory;
	int err = measure_memory(wish, mode, &memory);

	if (!err && wish->group)
		return run(report, wish, mode, &memory, wish->group);
	for (unsigned int g = 0; !err && g < sizeof(usual_groups) / sizeof(usual_groups[0]); g++)
		err = run(report, wish, mode, &memory, usual_groups[g]);
	return err;
}

static const struct report_column columns[] = {
	{"mode", "mode", -13, 0},
	{"group", "group", -8, 0},
	{"role", "role", -9, 0},
	{"per_second", "per second", 10, 0},
	{"us", "us", 8, 1},
	{"bare_us", "bare us", 8, 1},
	{"ratio", "bare/us", 7, 3},
	{"exchange_percent", "% DH", 5, 1},
	{"symmetric_percent", "% sym", 5, 1},
	{"sa_bytes", "B/SA", 6, 0},
	{"child_bytes", "B/child", 7, 0},
	{"tunnel_bytes", "B/tunnel", 8, 0},
	{"udp_us", "udp us", 8, 1},
	{"udp_per_second", "udp/s", 6, 0},
	{NULL, NULL, 0, 0},
};

static const struct option options[] = {
	{"mode", required_argument, NULL, 'm'},
	{"group", required_argument, NULL, 'g'},
	{"suite", required_argument, NULL, 's'},
	{"esp", required_argument, NULL, 'e'},
	{"tunnels", required_argument, NULL, 'n'},
	{"seconds", required_argument, NULL, 't'},
	{"udp", no_argument, NULL, 'u'},
	{"steps", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static int usage(FILE *out)
{
	fputs("usage: culvert-bench ike [--mode MODE] [--group GROUP] [--suite SUITE]\n"
	      "       [--esp SUITE] [--tunnels N] [--seconds S] [--udp] [--steps] [--json]\n"
	      "\n"
	      "Handshakes (IKE SA and one child, pre-shared key) between two negotiators in\n"
	      "memory, and each side's CPU for one, beside the bare key exchange by OpenSSL in\n"
	      "alternating slices. bare/us is the median of the slices' ratios: the share of its\n"
	      "time that nobody can save.\n"
	      "\n"
	      "--mode     v2, \"v1 main\" or \"v1 aggressive\" (default: all)\n"
	      "--group    one group (default: group2 group14 group19 group31)\n"
	      "--suite    of the IKE SA without the group (default aes128-sha256)\n"
	      "--esp      of the child (default aes128-sha256)\n"
	      "--tunnels  that each side knows (default 100)\n"
	      "--seconds  of CPU for each group (default 1)\n"
	      "--udp      also between two processes through the loopback\n"
	      "--steps    with the lines of the logbook\n",
		out);
	return out == stdout ? 0 : 2;
}

int bench_ike(int argc, char **argv)
{
	struct wish wish = {
		.suite = "aes128-sha256", .esp = "aes128-sha256", .tunnels = 100, .seconds = 1};
	struct report report;
	struct clock clock;
	bool json = false;
	int c, err = 0;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'm':
			wish.mode = optarg;
			break;
		case 'g':
			wish.group = optarg;
			break;
		case 's':
			wish.suite = optarg;
			break;
		case 'e':
			wish.esp = optarg;
			break;
		case 'n':
			wish.tunnels = (unsigned int)strtoul(optarg, NULL, 10);
			if (!wish.tunnels || wish.tunnels >= IKE_PLAN_TUNNELS_MAX)
				return usage(stderr);
			break;
		case 't':
			wish.seconds = strtod(optarg, NULL);
			break;
		case 'u':
			wish.udp = true;
			break;
		case 'l':
			wish.steps = true;
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
	for (unsigned int m = 0; !err && m < ike_plan_mode_count; m++) {
		if (!wish.mode || !strcmp(wish.mode, ike_plan_modes[m].name))
			err = run_mode(&report, &wish, &ike_plan_modes[m]);
	}
	c = report_fini(&report, &clock);
	return err ? 1 : c;
}

#include "sim/chaos.h"

#include <assert.h>

#define EVENTS(...)                                         \
	.event = (const struct chaos_event[]){__VA_ARGS__}, \
	.events = sizeof((const struct chaos_event[]){__VA_ARGS__}) / sizeof(struct chaos_event)

const struct chaos_case chaos_cases[CHAOS_CASES] = {
	{.name = "set-up", .rough_start = true, EVENTS({20000, 0, CHAOS_A, CHAOS_START})},
	{.name = "set-up from both sides",
		.rough_start = true,
		.both_start = true,
		EVENTS({20000, 0, CHAOS_BOTH, CHAOS_START})},
	{.name = "child rekey",
		EVENTS({0, 0, CHAOS_A, CHAOS_REKEY_CHILD},
			{10000, 10000, CHAOS_B, CHAOS_REKEY_CHILD},
			{0, 10000, CHAOS_ONE, CHAOS_REKEY_CHILD})},
	{.name = "IKE rekey",
		EVENTS({0, 0, CHAOS_A, CHAOS_REKEY_IKE}, {10000, 10000, CHAOS_B, CHAOS_REKEY_IKE},
			{0, 10000, CHAOS_ONE, CHAOS_REKEY_IKE})},
	{.name = "simultaneous child rekeys",
		EVENTS({0, 0, CHAOS_BOTH, CHAOS_REKEY_CHILD},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_CHILD},
			{0, 500, CHAOS_OTHER, CHAOS_REKEY_CHILD},
			{0, 5000, CHAOS_BOTH, CHAOS_REKEY_CHILD})},
	{.name = "simultaneous IKE rekeys",
		EVENTS({0, 0, CHAOS_BOTH, CHAOS_REKEY_IKE},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_IKE},
			{0, 500, CHAOS_OTHER, CHAOS_REKEY_IKE},
			{0, 5000, CHAOS_BOTH, CHAOS_REKEY_IKE})},
	{.name = "child rekey against IKE rekey",
		EVENTS({0, 0, CHAOS_A, CHAOS_REKEY_CHILD}, {0, 0, CHAOS_B, CHAOS_REKEY_IKE},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_CHILD},
			{0, 500, CHAOS_OTHER, CHAOS_REKEY_IKE},
			{10000, 10000, CHAOS_BOTH, CHAOS_REKEY_IKE},
			{0, 500, CHAOS_BOTH, CHAOS_REKEY_CHILD})},
	{.name = "child rekey against delete",
		EVENTS({0, 0, CHAOS_A, CHAOS_REKEY_CHILD}, {0, 0, CHAOS_B, CHAOS_CLOSE_CHILD},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_CHILD},
			{0, 500, CHAOS_OTHER, CHAOS_CLOSE_CHILD},
			{10000, 10000, CHAOS_BOTH, CHAOS_CLOSE_CHILD},
			{0, 500, CHAOS_ONE, CHAOS_REKEY_CHILD})},
	{.name = "IKE rekey against delete",
		EVENTS({0, 0, CHAOS_A, CHAOS_REKEY_IKE}, {0, 0, CHAOS_B, CHAOS_CLOSE},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_IKE},
			{0, 500, CHAOS_OTHER, CHAOS_CLOSE_CHILD},
			{10000, 10000, CHAOS_ONE, CHAOS_REKEY_IKE},
			{0, 500, CHAOS_OTHER, CHAOS_CLOSE})},
	{.name = "a peer that is away, and one that has forgotten",
		EVENTS({0, 0, CHAOS_ONE, CHAOS_CUT}, {1000, 80000, CHAOS_BOTH, CHAOS_HEAL},
			{10000, 10000, CHAOS_ONE, CHAOS_REBOOT},
			{20000, 30000, CHAOS_BOTH, CHAOS_REBOOT})},
	{.name = "reauthentication",
		.reauth = true,
		EVENTS({0, 0, CHAOS_BOTH, CHAOS_REKEY_IKE},
			{10000, 10000, CHAOS_BOTH, CHAOS_REKEY_IKE},
			{0, 1000, CHAOS_BOTH, CHAOS_REKEY_CHILD},
			{10000, 10000, CHAOS_A, CHAOS_REKEY_IKE},
			{0, 1000, CHAOS_ONE, CHAOS_CLOSE_CHILD},
			{10000, 10000, CHAOS_A, CHAOS_REKEY_IKE}, {0, 1000, CHAOS_B, CHAOS_CLOSE})},
	{.name = "lifetimes",
		.child_s = 15,
		.ike_s = 40,
		EVENTS({60000, 30000, CHAOS_A, CHAOS_START})},
	{.name = "all of it",
		.both_start = true,
		EVENTS({0, 4000, CHAOS_ONE, CHAOS_REKEY_CHILD},
			{0, 4000, CHAOS_ONE, CHAOS_CLOSE_CHILD},
			{0, 4000, CHAOS_ONE, CHAOS_REKEY_IKE}, {0, 4000, CHAOS_ONE, CHAOS_CLOSE},
			{0, 4000, CHAOS_BOTH, CHAOS_REKEY_IKE}, {0, 4000, CHAOS_ONE, CHAOS_REBOOT},
			{0, 4000, CHAOS_BOTH, CHAOS_REKEY_CHILD}, {0, 4000, CHAOS_ONE, CHAOS_CUT},
			{0, 20000, CHAOS_BOTH, CHAOS_HEAL},
			{0, 4000, CHAOS_BOTH, CHAOS_CLOSE_CHILD},
			{0, 4000, CHAOS_ONE, CHAOS_REKEY_IKE},
			{0, 4000, CHAOS_OTHER, CHAOS_CLOSE_CHILD})},
};

static void command(struct pair *, struct sim_node *node, enum ike_in_type type, uint32_t child)
{
	(void)sim_command(node, type, 1, child, 0); // there may be nothing to rekey just now
}

static void start(struct pair *p, struct sim_node *node)
{
	command(p, node, IKE_IN_INITIATE, 0);
}

static void rekey_child(struct pair *p, struct sim_node *node)
{
	command(p, node, IKE_IN_REKEY_CHILD, 0);
}

static void rekey_ike(struct pair *p, struct sim_node *node)
{
	command(p, node, IKE_IN_REKEY_IKE, 0);
}

static void close_child(struct pair *p, struct sim_node *node)
{
	command(p, node, IKE_IN_TERMINATE, 1);
	command(p, node, IKE_IN_INITIATE, 1);
}

static void close_all(struct pair *p, struct sim_node *node)
{
	command(p, node, IKE_IN_TERMINATE, 0);
	command(p, node, IKE_IN_INITIATE, 0);
}

static void cut(struct pair *, struct sim_node *node)
{
	node->dead = true;
}

static void heal(struct pair *, struct sim_node *node)
{
	node->dead = false;
}

static void reboot(struct pair *p, struct sim_node *node)
{
	sim_reboot(node, NULL);
	assert_int_equal(sim_set(node, node == p->a ? &p->left.conf : &p->right.conf), 0);
}

static void (*const ops[])(struct pair *p, struct sim_node *node) = {
	[CHAOS_START] = start,
	[CHAOS_REKEY_CHILD] = rekey_child,
	[CHAOS_REKEY_IKE] = rekey_ike,
	[CHAOS_CLOSE_CHILD] = close_child,
	[CHAOS_CLOSE] = close_all,
	[CHAOS_CUT] = cut,
	[CHAOS_HEAL] = heal,
	[CHAOS_REBOOT] = reboot,
};
static_assert(sizeof(ops) / sizeof(ops[0]) == CHAOS_OPS);

static void wait(struct pair *p, const struct chaos_event *e, uint64_t *rng)
{
	uint64_t ms = e->after_ms + sim_random(rng) % (e->spread_ms + 1);

	sim_run(&p->sim, (double)ms / 1000);
}

static void happen(struct pair *p, const struct chaos_case *c, uint64_t *rng)
{
	struct sim_node *node = p->a;

	for (size_t i = 0; i < c->events; i++) {
		const struct chaos_event *e = &c->event[i];

		wait(p, e, rng);
		if (e->who == CHAOS_A || e->who == CHAOS_BOTH)
			node = p->a;
		else if (e->who == CHAOS_B)
			node = p->b;
		else if (e->who == CHAOS_ONE)
			node = sim_random(rng) % 2 ? p->a : p->b;
		else
			node = node == p->a ? p->b : p->a;
		ops[e->op](p, node);
		if (e->who == CHAOS_BOTH)
			ops[e->op](p, p->b);
	}
}

static void configure(struct pair *p, const struct chaos_case *c)
{
	struct sim_conf *side[] = {&p->left, &p->right};

	for (size_t i = 0; i < 2; i++) {
		side[i]->conf.dpd_delay_s = 10;
		side[i]->conf.reauth = c->reauth;
		side[i]->conf.lifetime_s = c->ike_s;
		side[i]->child[0].lifetime_s = c->child_s;
		if (c->both_start)
			side[i]->child[0].start = IKE_START_NOW;
	}
}

static void rough(struct sim *sim, uint64_t *rng)
{
	sim->loss = (unsigned int)(sim_random(rng) % 301);
	sim->dup = (unsigned int)(sim_random(rng) % 301);
	sim->delay_max_ms = 5 + (unsigned int)(sim_random(rng) % 800);
}

// With lifetimes, a rekey may just be under way: one child is what is there in between.
static void settle(struct pair *p, const struct chaos_case *c)
{
	sim_run(&p->sim, 180);
	for (unsigned int i = 0; c->child_s && i < 30 && sim_agree(p->a, p->b, 1); i++)
		sim_run(&p->sim, 1);
	pair_agree(p, 1);
}

void chaos_run(const struct chaos_case *c, void (*prepare)(struct pair *p))
{
	for (uint64_t seed = sim_first(); seed < sim_seeds(); seed++) {
		uint64_t rng = seed;
		struct pair p;

		pair_init(&p, seed);
		configure(&p, c);
		if (prepare)
			prepare(&p);
		p.sim.esp_every = MONO_MS(500);
		if (c->rough_start)
			rough(&p.sim, &rng);
		pair_start(&p);
		if (!c->rough_start) {
			sim_run(&p.sim, 10);
			rough(&p.sim, &rng);
		}
		happen(&p, c, &rng);
		p.sim.loss = p.sim.dup = 0;
		settle(&p, c);
		pair_fini(&p);
	}
}

#include "sim/scenario.h"

#include <stdlib.h>

uint64_t sim_seeds(void)
{
	const char *text = getenv("SIM_SEEDS");

	return sim_first() + (text ? strtoull(text, NULL, 10) : 100);
}

uint64_t sim_first(void)
{
	const char *text = getenv("SIM_FIRST");

	return text ? strtoull(text, NULL, 10) : 0;
}

void pair_init(struct pair *p, uint64_t seed)
{
	*p = (struct pair){.seed = seed};
	sim_init(&p->sim, seed);
	p->a = sim_node(&p->sim, "192.0.2.1", NULL);
	p->b = sim_node(&p->sim, "192.0.2.2", NULL);
	sim_conf(&p->left, "192.0.2.1", "192.0.2.2", 1, 2, true);
	sim_conf(&p->right, "192.0.2.2", "192.0.2.1", 2, 1, false);
}

void pair_start(struct pair *p)
{
	assert_int_equal(sim_set(p->b, &p->right.conf), 0);
	assert_int_equal(sim_set(p->a, &p->left.conf), 0);
}

void pair_fini(struct pair *p)
{
	sim_fini(&p->sim);
	sim_conf_fini(&p->left);
	sim_conf_fini(&p->right);
}

void pair_up(struct pair *p)
{
	pair_start(p);
	sim_run(&p->sim, 10);
	pair_agree(p, 1);
}

void pair_agree(const struct pair *p, unsigned int count)
{
	const char *wrong = sim_agree(p->a, p->b, count);

	if (!wrong)
		return;
	sim_print(p->a, "a");
	sim_print(p->b, "b");
	fail_msg("seed %lu: %s", (unsigned long)p->seed, wrong);
}

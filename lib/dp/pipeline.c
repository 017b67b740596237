#include "dp/stage.h"
#include "dp/tracing.h"

static const struct stage outward[] = {
	{"rx", rx_inside},
	{"classify", classify},
	{"lookup", lookup},
	{"protect", outbound_protect},
	{"encap", outbound_encap},
	{"crypto", crypto_run},
	{"outer", outbound_outer},
	{},
};

static const struct stage inward[] = {
	{"rx", rx_outside},
	{"sad", inbound_sad},
	{"decap", inbound_decap},
	{"crypto", crypto_run},
	{"finish", inbound_finish},
	{"classify", classify},
	{"lookup", lookup},
	{"forward", forward},
	{},
};

static const struct stage clear[] = {
	{"forward", forward},
	{},
};

// Where a burst of each gate enters.
static const struct stage *const entry[GATES] = {
	[GATE_OUTWARD] = &outward[1],
	[GATE_PROTECT] = &outward[3],
	[GATE_INWARD] = &inward[1],
	[GATE_FORWARD] = clear,
};

// What is still good after the last stage has been sent: each with the verdict it passes by.
static void count_sent(struct worker *w, struct burst *b)
{
	for (unsigned int i = 0; i < b->n;) {
		unsigned int from = i;
		uint8_t verdict = b->passes[i];

		while (i < b->n && b->passes[i] == verdict)
			i++;
		stat_add(&w->count[verdict], i - from);
	}
}

static void run(struct worker *w, struct burst *b, const struct stage *stage)
{
	for (; stage->run && b->n; stage++) {
		stage->run(w, b);
		burst_settle(b);
		if (__builtin_expect(w->tracing, 0))
			tracing_stage(w, b, stage->name, !stage[1].run);
	}
	if (!stage->run)
		count_sent(w, b);
	if (__builtin_expect(b->all > b->n, 0))
		dispose(w, b);
	burst_clear(b);
}

// What a burst has brought forth: fragments and clear packets, then what enters Outward again.
// Each round has fewer reasons for another: a hop uses up TTL, errors are never answered.
static void run_again(struct worker *w)
{
	struct burst *again = w->again;

	while (again[GATE_PROTECT].n || again[GATE_FORWARD].n || again[GATE_OUTWARD].n) {
		if (again[GATE_PROTECT].n)
			run(w, &again[GATE_PROTECT], entry[GATE_PROTECT]);
		if (again[GATE_FORWARD].n)
			run(w, &again[GATE_FORWARD], entry[GATE_FORWARD]);
		// A burst that runs must not grow: this one moves aside first.
		for (unsigned int i = 0; i < again[GATE_OUTWARD].n; i++)
			burst_copy(&w->burst, &again[GATE_OUTWARD], i);
		burst_clear(&again[GATE_OUTWARD]);
		if (w->burst.n)
			run(w, &w->burst, entry[GATE_OUTWARD]);
	}
}

void pipeline_run(struct worker *w, struct burst *b, enum gate gate)
{
	run(w, b, entry[gate]);
	if (b == &w->burst)
		run_again(w);
}

void pipeline_rx(struct worker *w, struct burst *b, enum dp_role role)
{
	run(w, b, role == DP_OUTSIDE ? inward : outward);
	run_again(w);
}

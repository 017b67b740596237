#include "ctl/probe.h"

#include "base/log.h"
#include "ctl/echo.h"
#include "ctl/failover.h"

// An answer is waited for so long where answers are quick: what comes on top of the pings that are
// not answered before a loss is found.
#define WAIT MONO_MS(50)

static void judged(struct tunnel *t, enum pulse_state state)
{
	failover_say(t, FAILOVER_PROBE, state == PULSE_BAD);
}

void probe_set(struct tunnel *t, const struct model_probe *probe)
{
	mono_us_t interval = MONO_MS(probe->interval_ms);
	const struct echo_conf conf = {
		.source = probe->source,
		.address = probe->address,
		.pulse = {.interval = interval,
			.wait = interval < WAIT ? interval : WAIT,
			.lose = probe->count,
			.regain = probe->count},
	};
	bool wanted = probe->address.family != ADDR_NONE;

	if (echo_set(&t->probe, t, wanted ? &conf : NULL, judged))
		log_error("tunnel %s: no memory for its probe", t->name);
	failover_say(t, FAILOVER_PROBE, t->probe && echo_pulse(t->probe)->state == PULSE_BAD);
}

void probe_wake(struct tunnel *t)
{
	if (t->probe)
		echo_turn(t->probe, mono_now());
}

void probe_free(struct tunnel *t)
{
	echo_free(t->probe);
	t->probe = NULL;
}

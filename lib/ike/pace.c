#include "ike/pace.h"

// The gaps are between a half and one and a half of the mean: two gateways that begin with each
// other shall not meet in step.
static mono_us_t gap_us(struct ike *ike)
{
	uint32_t mean = 1000000 / ike->params.start_rate;

	return mean / 2 + ike_random(ike, mean + 1);
}

static void take(struct ike_tunnel *tunnel)
{
	struct ike *ike = tunnel->ike;
	mono_us_t soon = ike->now + gap_us(ike);

	if (ike->turn_at < ike->now)
		ike->turn_at = ike->now;
	// Nobody waits: turns that tunnels have left behind hold up nobody.
	if (!ike->turns && ike->turn_at > soon)
		ike->turn_at = soon;
	ike->turns++;
	tunnel->turn_at = ike->turn_at;
	ike->turn_at += gap_us(ike);
}

bool ike_pace_may(struct ike_tunnel *tunnel)
{
	struct ike *ike = tunnel->ike;

	if (!ike->params.start_rate)
		return true;
	if (!tunnel->turn_at)
		take(tunnel);
	if (tunnel->turn_at > ike->now && !tunnel->urgent)
		return false;
	ike_pace_leave(tunnel);
	return true;
}

void ike_pace_leave(struct ike_tunnel *tunnel)
{
	tunnel->urgent = false;
	if (!tunnel->turn_at)
		return;
	tunnel->turn_at = 0;
	tunnel->ike->turns--;
}

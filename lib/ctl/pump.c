#include "ctl/pump.h"

#include <errno.h>

#include "base/log.h"
#include "ctl/child.h"
#include "ctl/echo.h"
#include "ctl/ikerun.h"
#include "ctl/link.h"
#include "ctl/mirror.h"
#include "ctl/recent.h"

enum {
	TICK_MS = 200,
	SECOND_MS = 1000,
	SYNC_S = 10,
};

static void on_acquire(struct ctl *ctl, const struct dp_event *event)
{
	const struct tunnel *t = dp_tunnel_user(event->tunnel);
	struct ike_in in = {.type = IKE_IN_ACQUIRE, .tunnel = t->id};

	ikerun_input(ctl, &in);
}

static void on_neigh(struct ctl *ctl, const struct dp_event *event)
{
	neigh_want(ctl->neighs, event->port, &event->addr, mono_now());
}

static void on_pmtu(struct ctl *, const struct dp_event *event)
{
	log_info("tunnel %s: path MTU is %u", dp_tunnel_name(event->tunnel), event->mtu);
}

static void on_unknown_spi(struct ctl *ctl, const struct dp_event *event)
{
	struct ike_in in = {.type = IKE_IN_UNKNOWN_SPI,
		.local = {event->addr, 0},
		.remote = event->from,
		.spi = event->spi};

	if (ctl_gateway(ctl, &event->addr))
		ikerun_input(ctl, &in);
}

static void on_event(void *ctx, const struct dp_event *event)
{
	static void (*const row[])(struct ctl *, const struct dp_event *) = {
		[DP_SOFT_LIMIT] = child_event,
		[DP_HARD_LIMIT] = child_event,
		[DP_SEQ_LOW] = child_event,
		[DP_ACQUIRE] = on_acquire,
		[DP_NAT_MOVED] = child_event,
		[DP_PMTU] = on_pmtu,
		[DP_UNKNOWN_SPI] = on_unknown_spi,
		[DP_NEIGH] = on_neigh,
	};

	row[event->type](ctx, event);
}

static void on_ike(void *ctx, unsigned int port, const struct endpoint *local,
	const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len)
{
	ikerun_datagram(ctx, port, local, remote, marker, msg, len);
}

static void on_host(void *ctx, unsigned int port, const uint8_t *frame, size_t len)
{
	mirror_write(ctx, port, frame, len);
}

static bool on_echo(void *ctx, struct dp_tunnel *from, const uint8_t *packet, size_t len)
{
	return echo_take(ctx, from, packet, len);
}

// Tunnels have no TUN device yet: no route leads to one, so nothing comes.
static void on_tun(void *, struct dp_tunnel *, const uint8_t *, size_t)
{
}

static const struct dp_sink sink = {
	.event = on_event, .ike = on_ike, .host = on_host, .echo = on_echo, .tun = on_tun};

// Packets per wake: timers, commands and the answers of known peers are due, too. A stranger may
// cost far more than its cookie.
static const unsigned int budget[DP_CLASSES] = {[DP_CLASS_IKE] = 256,
	[DP_CLASS_ECHO] = 512,
	[DP_CLASS_IKE_NEW] = 64,
	[DP_CLASS_HOST] = 128};

void pump_hear(struct ctl *ctl)
{
	dp_poll(ctl->dp, &sink, ctl, budget, mono_now());
	ctl_commit(ctl);
}

static void on_work(void *ctx, int)
{
	pump_hear(ctx);
}

static void on_tick(void *ctx)
{
	struct ctl *ctl = ctx;
	mono_us_t now = mono_now();

	dp_tick(ctl->dp, now);
	// Cards that are not the kernel's tell nobody else.
	link_look(ctl);
	pump_hear(ctl);
	loop_timer_at(ctl->tick, now + MONO_MS(TICK_MS));
}

static void on_second(void *ctx)
{
	struct ctl *ctl = ctx;
	mono_us_t now = mono_now();

	child_tick(ctl, now);
	neigh_tick(ctl->neighs, now);
	recent_tick(ctl, now);
	logfiles_flush(ctl->logfiles);
	if (now >= ctl->sync_at) {
		ikerun_sync(ctl);
		ctl->sync_at = now + MONO_S(SYNC_S);
	}
	ctl_commit(ctl);
	loop_timer_at(ctl->second, now + MONO_MS(SECOND_MS));
}

int pump_start(struct ctl *ctl)
{
	ctl->dp_watch = loop_read(ctl->loop, dp_fd(ctl->dp), on_work, ctl);
	ctl->tick = loop_timer_new(ctl->loop, on_tick, ctl);
	ctl->second = loop_timer_new(ctl->loop, on_second, ctl);
	if (!ctl->dp_watch || !ctl->tick || !ctl->second)
		return -ENOMEM;
	loop_timer_after(ctl->tick, MONO_MS(TICK_MS));
	loop_timer_after(ctl->second, MONO_MS(SECOND_MS));
	return 0;
}

void pump_stop(struct ctl *ctl)
{
	loop_unwatch(ctl->dp_watch);
	loop_timer_free(ctl->tick);
	loop_timer_free(ctl->second);
	ctl->dp_watch = NULL;
	ctl->tick = ctl->second = NULL;
}

#include "ike/step.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/datagram.h"
#include "ike/dh.h"
#include "ike/limit.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v1/quick.h"
#include "ike/v1/sa.h"
#include "ike/version.h"
#include "ike/v2/exchange.h"
#include "ike/v2/hint.h"
#include "ike/v2/reauth.h"

int ike_new(const struct ike_params *params, struct ike **out)
{
	struct ike *ike = calloc(1, sizeof(*ike));

	if (!ike)
		return -ENOMEM;
	ike->params = *params;
	if (!ike->params.cookie_above)
		ike->params.cookie_above = 64;
	if (!ike->params.half_open_max)
		ike->params.half_open_max = 1024;
	if (!ike->params.half_open_source)
		ike->params.half_open_source = 64;
	if (!ike->params.sa_max)
		ike->params.sa_max = 65536;
	if (!ike->params.fragment_len)
		ike->params.fragment_len = 1280;
	TAILQ_INIT(&ike->loose);
	TAILQ_INIT(&ike->gone);
	TAILQ_INIT(&ike->jobs);
	*out = ike;
	return 0;
}

static void bury(struct ike *ike)
{
	struct ike_sa *sa;

	while ((sa = TAILQ_FIRST(&ike->gone))) {
		TAILQ_REMOVE(&ike->gone, sa, link);
		ike_sa_free(sa);
	}
}

void ike_free(struct ike *ike)
{
	struct ike_out out = {};
	struct ike_tunnel *tunnel, *next_tunnel;
	struct ike_sa *sa, *next;

	if (!ike)
		return;
	ike_step_begin(ike, ike->now, &out);
	HASH_ITER (hh, ike->sas, sa, next)
		ike_sa_kill(sa);
	HASH_ITER (hh, ike->tunnels, tunnel, next_tunnel)
		ike_tunnel_free(tunnel);
	bury(ike);
	ike_dh_fini(ike);
	ike_out_free(&out);
	ike_act_fini(&ike->spare);
	ike_timers_free(&ike->timers);
	ike_limit_fini(ike);
	wipe(ike, sizeof(*ike));
	free(ike);
}

uint32_t ike_random(struct ike *ike, uint32_t below)
{
	uint32_t random;

	rng_fill(&ike->params.rng, &random, sizeof(random));
	return random % below;
}

void ike_step_begin(struct ike *ike, mono_us_t now, struct ike_out *out)
{
	ike->now = now;
	ike->out = out;
	ike->lost = false;
}

int ike_step_end(struct ike *ike)
{
	struct ike_timer *timer;

	// Every timer that fires is set to a later moment, or not at all: this ends.
	while ((timer = ike_timer_next(&ike->timers)) && timer->at <= ike->now)
		timer->fire(timer);
	bury(ike);
	timer = ike_timer_next(&ike->timers);
	ike->out->deadline = timer ? timer->at : 0;
	ike->out = NULL;
	return ike->lost ? -ENOMEM : 0;
}

static int datagram(struct ike *ike, const struct ike_in *in)
{
	ike_datagram_take(ike, in);
	return 0;
}

static int tick(struct ike *, const struct ike_in *)
{
	return 0; // what is due runs at the end of every step
}

// Bits of the children that a command is about. returns 0: there is no such child.
static uint32_t bits_of(const struct ike_tunnel *tunnel, uint32_t child)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < tunnel->conf.child_count; i++) {
		if (!child || tunnel->conf.child[i].id == child)
			bits |= 1u << i;
	}
	return bits;
}

static int begin(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	uint32_t bits = tunnel ? bits_of(tunnel, in->child) : 0;

	if (!bits || tunnel->conf.remote.addr.family == ADDR_NONE)
		return -ENOENT;
	tunnel->down = tunnel->cleared = false;
	tunnel->wanted |= bits;
	tunnel->urgent = true;
	tunnel->retry_at = tunnel->child_retry_at = 0;
	tunnel->attempts = tunnel->child_attempts = 0;
	ike_tunnel_changed(tunnel);
	return 0;
}

// A packet must not shorten the pause after a failure, nor undo an operator's "down".
static int acquire(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	uint32_t bits = tunnel ? bits_of(tunnel, in->child) : 0;

	if (!bits)
		return -ENOENT;
	if (tunnel->down || tunnel->conf.remote.addr.family == ADDR_NONE)
		return 0;
	tunnel->wanted |= bits;
	tunnel->urgent = true;
	ike_tunnel_changed(tunnel);
	return 0;
}

static void close_children(struct ike_sa *sa, uint32_t id)
{
	struct ike_child *child, *next;

	TAILQ_FOREACH_SAFE (child, &sa->children, link, next) {
		if (child->conf->id == id)
			ike_child_close(child);
	}
	if (sa->req && sa->req->fresh && sa->req->fresh->conf->id == id)
		sa->req->unwanted = true;
	if (sa->v1)
		v1_quick_unwanted(sa, id);
	ike_sa_arm(sa);
}

static int terminate(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	uint32_t bits = tunnel ? bits_of(tunnel, in->child) : 0;
	struct ike_sa *sa, *next;

	if (!bits)
		return -ENOENT;
	tunnel->wanted &= ~bits;
	tunnel->again &= ~bits;
	if (!in->child)
		tunnel->down = true;
	tunnel->urgent = false;
	TAILQ_FOREACH_SAFE (sa, &tunnel->sas, link, next) {
		if (in->child)
			close_children(sa, in->child);
		else
			ike_sa_close(sa);
	}
	ike_tunnel_changed(tunnel);
	return 0;
}

static int rekey_child(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	struct ike_child *child;
	struct ike_sa *sa;
	int err = -ENOENT;

	if (!tunnel)
		return -ENOENT;
	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		TAILQ_FOREACH (child, &sa->children, link) {
			if (child->state != IKE_CHILD_LIVE ||
				(in->spi && child->spi_in != in->spi) ||
				(in->child && child->conf->id != in->child))
				continue;
			// A rekey under way is the one that was asked for.
			if (!(sa->req && sa->req->subject == child->spi_in) &&
				!(sa->v1 && v1_quick_rekeys(sa, child->spi_in)))
				child->want_rekey = true;
			err = 0;
		}
		ike_sa_arm(sa);
	}
	return err;
}

static int rekey_ike(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	struct ike_sa *sa = tunnel ? ike_tunnel_sa(tunnel) : NULL;

	if (!sa)
		return -ENOENT;
	if (tunnel->conf.reauth && sa->began && !sa->v1)
		v2_reauth_begin(sa);
	else if (!sa->req || sa->req->row != &v2_exchanges[V2_REKEY_IKE])
		sa->want_rekey = true;
	ike_sa_arm(sa);
	return 0;
}

static int ask(struct ike *ike, const struct ike_in *in)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, in->tunnel);
	struct ike_sa *sa = tunnel ? ike_tunnel_sa(tunnel) : NULL;

	// RFC 3706 s5: IKEv1 asks only who has said that it can answer.
	if (!sa || (sa->v1 && !sa->v1->dpd.can))
		return -ENOENT;
	// A question under way is the one that is wanted.
	sa->want_dpd |= ike_sa_speaks(sa)->may_ask(sa);
	ike_sa_arm(sa);
	return 0;
}

static int traffic(struct ike *ike, const struct ike_in *in)
{
	struct ike_child *child = ike_child_find(ike, in->spi);

	if (!child || child->state == IKE_CHILD_NEW)
		return -ENOENT;
	if (child->state == IKE_CHILD_OPEN)
		v1_quick_confirmed(child);
	ike_sa_heard(child->sa);
	ike_child_heard(child);
	ike_sa_arm(child->sa);
	return 0;
}

static int job(struct ike *ike, const struct ike_in *in)
{
	if (!in->job)
		return -EINVAL;
	ike_dh_done(ike, in->job);
	return 0;
}

static int moved(struct ike *ike, const struct ike_in *in)
{
	struct ike_child *child = ike_child_find(ike, in->spi);

	if (!child || child->state == IKE_CHILD_NEW)
		return -ENOENT;
	ike_sa_follow(child->sa, &child->sa->local, &in->remote);
	return 0;
}

static int unknown_spi(struct ike *ike, const struct ike_in *in)
{
	v2_hint_unknown_esp(ike, &in->local, &in->remote, in->spi);
	return 0;
}

static int (*const take[])(struct ike *ike, const struct ike_in *in) = {
	[IKE_IN_DATAGRAM] = datagram,
	[IKE_IN_TICK] = tick,
	[IKE_IN_INITIATE] = begin,
	[IKE_IN_TERMINATE] = terminate,
	[IKE_IN_ACQUIRE] = acquire,
	[IKE_IN_REKEY_CHILD] = rekey_child,
	[IKE_IN_REKEY_IKE] = rekey_ike,
	[IKE_IN_TRAFFIC] = traffic,
	[IKE_IN_MOVED] = moved,
	[IKE_IN_ASK] = ask,
	[IKE_IN_UNKNOWN_SPI] = unknown_spi,
	[IKE_IN_JOB] = job,
};
static_assert(sizeof(take) / sizeof(take[0]) == IKE_IN_TYPES);

int ike_step(struct ike *ike, const struct ike_in *in, struct ike_out *out)
{
	int err, end;

	if ((unsigned int)in->type >= IKE_IN_TYPES)
		return -EINVAL;
	ike_step_begin(ike, in->now, out);
	err = take[in->type](ike, in);
	end = ike_step_end(ike);
	return err ? err : end;
}

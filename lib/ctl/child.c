#include "ctl/child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/conn.h"
#include "ctl/failover.h"
#include "ctl/ikerun.h"
#include "ctl/probe.h"

// Packets that the peer sent before it switched may still be on the way when the old SA is deleted.
enum { GRACE_S = 3 };

struct child *child_find(const struct ctl *ctl, uint32_t spi_in)
{
	struct child *c;

	HASH_FIND(hh, ctl->children, &spi_in, sizeof(spi_in), c);
	return c;
}

static void count(struct child_traffic *sum, const struct child *c)
{
	const struct esp_live *in = dp_child_in(c->dp)->live, *out = dp_child_out(c->dp)->live;

	sum->in_packets += esp_live_get(&in->packets);
	sum->in_bytes += esp_live_get(&in->bytes);
	sum->out_packets += esp_live_get(&out->packets);
	sum->out_bytes += esp_live_get(&out->bytes);
}

struct child_traffic child_traffic(const struct tunnel *tunnel)
{
	struct child_traffic sum = tunnel->past;
	struct child *c;

	LL_FOREACH (tunnel->children, c)
		count(&sum, c);
	return sum;
}

static void drop(struct ctl *ctl, struct child *c)
{
	count(&c->tunnel->past, c);
	dp_child_del(c->dp);
	LL_DELETE(c->tunnel->children, c);
	HASH_DEL(ctl->children, c);
	free(c);
}

// Where between 75 and 87.5 per cent of a limit it is time to rekey: the two ends, and many tunnels
// that carry alike, seldom begin together. 0: no limit.
static uint64_t soft_of(struct ctl *ctl, uint64_t hard)
{
	uint16_t random;
	uint32_t permille;

	rng_fill(&ctl->setup.rng_public, &random, sizeof(random));
	permille = 750 + random % 125;
	return hard / 1000 * permille + hard % 1000 * permille / 1000;
}

static uint64_t bytes_of(const struct child_rules *rules, const struct suite *suite)
{
	uint64_t most = alg_data_max(suite->encr);

	return rules->hard_bytes && rules->hard_bytes < most ? rules->hard_bytes : most;
}

static int make(struct ctl *ctl, struct child *c, const struct ike_act_child *act, struct why *why)
{
	const struct crypto_driver *driver = backends_pick(&ctl->backends, &act->suite);
	const struct child_rules *rules = &c->tunnel->rules;
	char name[PROPOSAL_TEXT];
	struct dp_child_conf conf = {
		.suite = &c->suite,
		.driver = driver,
		.spi_in = act->spi_in,
		.spi_out = act->spi_out,
		.encr_in = act->encr_in.b,
		.encr_out = act->encr_out.b,
		.integ_in = act->integ_in.b,
		.integ_out = act->integ_out.b,
		.local = act->local,
		.remote = act->remote,
		.udp = act->udp,
		.local_ts = act->local_ts,
		.remote_ts = act->remote_ts,
		.n_local_ts = (unsigned int)act->local_ts_count,
		.n_remote_ts = (unsigned int)act->remote_ts_count,
		.window = rules->window,
		.df = rules->df,
		.dscp = rules->dscp,
		.soft_packets = soft_of(ctl, rules->hard_packets),
		.soft_bytes = soft_of(ctl, bytes_of(rules, &act->suite)),
		.hard_packets = rules->hard_packets,
		.hard_bytes = bytes_of(rules, &act->suite),
		.user = c,
	};
	int err;

	if (!driver)
		return why_set(why, -ENOTSUP, "no crypto back end here can do the suite",
			c->tunnel->name, NULL, suite_show(&act->suite, PROPOSAL_ESP, name));
	rng_fill(&ctl->setup.rng_secret, conf.iv_mask, sizeof(conf.iv_mask));
	err = dp_child_add(c->tunnel->dp, &conf, &c->dp, why);
	wipe(conf.iv_mask, sizeof(conf.iv_mask));
	return err;
}

void child_add(struct ctl *ctl, const struct ike_act_child *act)
{
	struct tunnel *t = ctl_tunnel(ctl, act->tunnel);
	struct ike_in close = {
		.type = IKE_IN_TERMINATE, .tunnel = act->tunnel, .child = act->child};
	struct child *c = t ? calloc(1, sizeof(*c)) : NULL;
	struct why why = {};
	char text[512];
	int err;

	if (!c)
		return;
	*c = (struct child){
		.spi_in = act->spi_in,
		.spi_out = act->spi_out,
		.id = act->child,
		.replaces = act->replaces,
		.tunnel = t,
		.suite = act->suite,
		.created = mono_now(),
	};
	err = make(ctl, c, act, &why);
	if (err) {
		log_error("tunnel %s: cannot install its SA: %s", t->name,
			why.what[0] ? why_show(&why, text, sizeof(text)) : strerror(-err));
		free(c);
		ikerun_input(ctl, &close);
		return;
	}
	tunnel_peer_at(t, &act->remote.addr);
	HASH_ADD(hh, ctl->children, spi_in, sizeof(c->spi_in), c);
	LL_PREPEND(t->children, c);
}

void child_use(struct ctl *ctl, const struct ike_act_child *act)
{
	struct child *c = child_find(ctl, act->spi_in);
	struct child *old = c && c->replaces ? child_find(ctl, c->replaces) : NULL;

	if (!c)
		return;
	if (old && !dp_child_used(old->dp))
		old = NULL;
	if (dp_child_use(c->dp, old ? old->dp : NULL))
		log_error("tunnel %s: cannot send with its new SA: out of memory", c->tunnel->name);
	failover_say(c->tunnel, FAILOVER_NO_SA, !child_outbound(c->tunnel));
	probe_wake(c->tunnel);
}

void child_move(struct ctl *ctl, const struct ike_act_child *act)
{
	struct child *c = child_find(ctl, act->spi_in);

	if (!c)
		return;
	tunnel_peer_at(c->tunnel, &act->remote.addr);
	if (dp_child_move(c->dp, &act->local, &act->remote, act->udp))
		log_error("tunnel %s: cannot follow its peer: out of memory", c->tunnel->name);
}

// Another SA of the same configured child that carries, or may carry, what this one carried.
static struct child *successor(const struct child *gone)
{
	struct child *c;

	LL_FOREACH (gone->tunnel->children, c) {
		if (c != gone && c->id == gone->id && !c->remove_at && dp_child_used(c->dp))
			return c;
	}
	return NULL;
}

void child_del(struct ctl *ctl, const struct ike_act_child *act)
{
	struct child *c = child_find(ctl, act->spi_in);
	struct child *next = c ? successor(c) : NULL;
	struct tunnel *t;

	if (!c || c->remove_at)
		return;
	t = c->tunnel;
	// Outbound ends now: its place goes to the successor. Inbound stays a moment.
	if (next && !dp_child_use(next->dp, c->dp))
		c->remove_at = mono_now() + MONO_S(GRACE_S);
	else
		drop(ctl, c);
	failover_say(t, FAILOVER_NO_SA, !child_outbound(t));
}

static void rekey(struct ctl *ctl, const struct child *c, const char *reason)
{
	struct ike_in in = {
		.type = IKE_IN_REKEY_CHILD,
		.tunnel = c->tunnel->id,
		.child = c->id,
		.spi = c->spi_in,
	};

	log_debug("tunnel %s: rekeying SA %08x: %s", c->tunnel->name, c->spi_in, reason);
	ikerun_input(ctl, &in);
}

// A limit that must not be passed: the SA ends, and its successor is negotiated as usual, unless
// there is one already.
static void restart(struct ctl *ctl, const struct child *c)
{
	struct ike_in in = {.type = IKE_IN_TERMINATE, .tunnel = c->tunnel->id, .child = c->id};

	if (successor(c))
		return;
	log_warning("tunnel %s: SA %08x reached its hard limit", c->tunnel->name, c->spi_in);
	ikerun_input(ctl, &in);
	in.type = IKE_IN_INITIATE;
	ikerun_input(ctl, &in);
}

void child_event(struct ctl *ctl, const struct dp_event *event)
{
	struct child *c = dp_child_user(event->child);
	struct ike_in moved = {.type = IKE_IN_MOVED, .spi = c->spi_in, .remote = event->from};

	if (c->remove_at)
		return;
	switch (event->type) {
	case DP_SOFT_LIMIT:
		rekey(ctl, c, "soft limit");
		break;
	case DP_SEQ_LOW:
		rekey(ctl, c, "sequence numbers run out");
		break;
	case DP_HARD_LIMIT:
		restart(ctl, c);
		break;
	case DP_NAT_MOVED:
		// RFC 7296 s2.23: the negotiator decides, and moves all that goes to this peer.
		ikerun_input(ctl, &moved);
		break;
	default:
		break;
	}
}

void child_tick(struct ctl *ctl, mono_us_t now)
{
	struct child *c, *next;

	// What the negotiator answers may remove children: it is carried out after the walk.
	ikerun_hold(ctl);
	HASH_ITER (hh, ctl->children, c, next) {
		uint64_t packets = esp_live_get(&dp_child_in(c->dp)->live->packets);
		struct ike_in in = {
			.type = IKE_IN_TRAFFIC, .tunnel = c->tunnel->id, .spi = c->spi_in};

		if (c->remove_at) {
			if (now >= c->remove_at)
				drop(ctl, c);
		} else if (packets != c->seen) {
			c->seen = packets;
			ikerun_input(ctl, &in);
		}
	}
	ikerun_release(ctl);
}

void child_del_all(struct ctl *ctl, struct tunnel *tunnel)
{
	struct child *c, *next;

	LL_FOREACH_SAFE (tunnel->children, c, next)
		drop(ctl, c);
}

struct child *child_outbound(const struct tunnel *tunnel)
{
	struct child *c;

	LL_FOREACH (tunnel->children, c) {
		if (!c->remove_at && dp_child_used(c->dp))
			return c;
	}
	return NULL;
}

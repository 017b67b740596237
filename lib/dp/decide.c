#include "dp/decide.h"

#include "dp/group.h"
#include "dp/stage.h"
#include "esp/sa.h"

static struct decision stop(uint8_t verdict)
{
	return (struct decision){.verdict = verdict};
}

static struct addr src_of(const struct flow *flow)
{
	return addr_from_wire(flow->src, flow->family);
}

static struct addr dst_of(const struct flow *flow)
{
	return addr_from_wire(flow->dst, flow->family);
}

// Whether a packet that none of a tunnel's outbound SAs takes is to ask for another one.
static bool is_missing(const struct dp_tunnel *tunnel, const struct outset *set)
{
	return atomic_load_explicit(&tunnel->trap, memory_order_relaxed) &&
	       (!set || set->n < atomic_load_explicit(&tunnel->children_due, memory_order_relaxed));
}

// The first of a tunnel's outbound SAs whose selectors hold the packet (RFC 4301 s4.4.1).
static struct decision into_tunnel(struct dp_tunnel *tunnel, const struct flow *flow)
{
	const struct outset *set = tunnel ? atomic_load_explicit(&tunnel->out, memory_order_acquire)
					  : NULL;

	for (unsigned int i = 0; set && i < set->n; i++) {
		if (esp_sa_passes(
			    atomic_load_explicit(&set->child[i]->out, memory_order_acquire), flow))
			return (struct decision){.verdict = V_GO, .to = set->child[i]};
	}
	if (tunnel && is_missing(tunnel, set))
		return (struct decision){.verdict = V_ACQUIRE, .to = tunnel};
	return stop(set ? V_TS_OUT : V_NO_SA);
}

static struct decision into_conn(struct dp_conn *conn, const struct flow *flow)
{
	const struct members *members = atomic_load_explicit(&conn->members, memory_order_acquire);

	if (members)
		conn = group_pick(members, flow);
	// A connection has a claim to it, so that not even the port's own traffic leaves in clear.
	if (!conn)
		return (struct decision){.verdict = V_NO_ROUTE, .claimed = true};
	return into_tunnel(atomic_load_explicit(&conn->active, memory_order_acquire), flow);
}

// In clear through a port; verdict says by which right.
static struct decision into_port(
	struct worker *w, const struct dest *dest, const struct flow *flow, uint8_t verdict)
{
	struct addr dst = dst_of(flow);
	struct neigh *neigh = dest->gateway ? dest->gateway
					    : neigh_find(w->view->neighs, dest->port, &dst);

	if (!neigh) {
		note_neigh(w, dest->port, &dst);
		return (struct decision){
			.verdict = neigh_missing(w, dest->port), .transient = true};
	}
	return (struct decision){.verdict = verdict, .out = dest->port, .to = neigh};
}

static struct decision by_route(struct worker *w, const struct flow *flow, bool bypass)
{
	struct addr dst = dst_of(flow);
	const struct dest *dest = fib_find(w->view->routes, &dst);

	if (!dest)
		return stop(V_NO_ROUTE);
	switch ((enum dp_next_type)dest->type) {
	case DP_NEXT_PORT:
		if (bypass)
			return into_port(w, dest, flow, V_BYPASS);
		if (w->dp->port[dest->port].role == DP_OUTSIDE)
			return stop(V_CLEAR_TO_OUTSIDE);
		return into_port(w, dest, flow, V_FORWARD);
	case DP_NEXT_CONN:
		return bypass ? stop(V_NO_ROUTE) : into_conn(dest->conn, flow);
	case DP_NEXT_TUNNEL:
		return bypass ? stop(V_NO_ROUTE) : into_tunnel(dest->tunnel, flow);
	case DP_NEXT_HOST:
		return (struct decision){.verdict = V_TUN, .to = dest->tunnel};
	case DP_NEXT_DROP:
		break;
	}
	return stop(V_BLACKHOLE);
}

// Policies by priority, then routes: the same for whatever leaves.
static struct decision by_policy(struct worker *w, const struct flow *flow)
{
	const struct spd_rule *rule = spd_leaving(w->view->spd, flow);

	if (!rule)
		return by_route(w, flow, false);
	switch ((enum dp_action)rule->action) {
	case DP_PROTECT:
		return into_conn(rule->conn, flow);
	case DP_BYPASS:
		return by_route(w, flow, true);
	case DP_DISCARD:
		break;
	}
	return stop(V_DISCARD);
}

static struct decision from_port(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow)
{
	struct addr src = src_of(flow), dst = dst_of(flow);
	const struct dest *back;

	if (!addr_is_unicast(&src) || fib_find(w->view->own, &src))
		return stop(V_MARTIAN);
	back = fib_find(w->view->routes, &src);
	if (!back || back->type != DP_NEXT_PORT || back->port != b->port[i])
		return stop(V_RPF);
	if (fib_find(w->view->own, &dst))
		return (struct decision){.verdict = V_HOST, .out = b->port[i]};
	if (!addr_is_unicast(&dst))
		return stop(V_NOT_UNICAST);
	return by_policy(w, flow);
}

// What may leave directly when it is the port's own traffic: no connection claims it.
static bool unclaimed(const struct decision *d)
{
	const uint8_t verdict = d->verdict;

	if (d->claimed)
		return false;
	return verdict == V_NO_ROUTE || verdict == V_CLEAR_TO_OUTSIDE || verdict == V_FORWARD ||
	       verdict == V_BYPASS || verdict == V_NEIGH || verdict == V_AWAIT;
}

static struct decision from_kernel(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow)
{
	struct addr src = src_of(flow), dst = dst_of(flow);
	const struct dest *own = fib_find(w->view->own, &src);
	bool is_own = own && own->port == b->port[i];
	struct decision d;

	if (!addr_is_unicast(&dst))
		return stop(is_own ? V_DIRECT : V_NOT_UNICAST);
	d = by_policy(w, flow);
	if (is_own && unclaimed(&d))
		return stop(V_DIRECT);
	d.flags |= own ? IS_UNROUTED : 0;
	return d;
}

static struct decision from_tun(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow)
{
	struct decision d = into_tunnel(dp_tunnel_by_id(w->dp, b->id[i]), flow);

	d.flags |= IS_UNROUTED;
	return d;
}

static struct decision from_gateway(struct worker *w, const struct flow *flow)
{
	struct addr dst = dst_of(flow);
	const struct dest *own = fib_find(w->view->own, &dst);
	struct decision d = own ? (struct decision){.verdict = V_HOST, .out = own->port}
				: by_policy(w, flow);

	d.flags |= IS_UNROUTED;
	return d;
}

struct decision decide_outward(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow)
{
	switch ((enum origin)b->origin[i]) {
	case FROM_PORT:
		return from_port(w, b, i, flow);
	case FROM_KERNEL:
		return from_kernel(w, b, i, flow);
	case FROM_TUN:
		return from_tun(w, b, i, flow);
	case FROM_GATEWAY:
		return from_gateway(w, flow);
	case FROM_HUB:
	case FROM_TUNNEL:
		break;
	}
	return by_policy(w, flow);
}

// RFC 792, RFC 4443: what a ping of ours may have asked for. A later fragment looks alike; whoever
// reads it finds out.
static bool is_echo_reply(const struct flow *flow)
{
	return flow->family == ADDR_V4 ? flow->proto == IP_ICMP && flow->src_port == 0
				       : flow->proto == IP_ICMP6 && flow->src_port == 129 << 8;
}

struct decision decide_inward(
	struct worker *w, const struct burst *b, unsigned int i, const struct flow *flow)
{
	struct addr src = src_of(flow), dst = dst_of(flow);
	const struct dest *own, *dest;

	// RFC 4301 s5.2: what comes out of an SA must lie in its selectors.
	if (!esp_sa_passes(b->sa[i], flow))
		return stop(V_TS_IN);
	if (!addr_is_unicast(&src) || fib_find(w->view->own, &src))
		return stop(V_MARTIAN);
	own = fib_find(w->view->own, &dst);
	if (own)
		return (struct decision){
			.verdict = is_echo_reply(flow) ? V_ECHO : V_HOST, .out = own->port};
	if (!addr_is_unicast(&dst))
		return stop(V_NOT_UNICAST);
	dest = fib_find(w->view->routes, &dst);
	if (dest && dest->type == DP_NEXT_HOST)
		return (struct decision){.verdict = V_TUN, .to = dest->tunnel};
	if (dest && dest->type == DP_NEXT_PORT && w->dp->port[dest->port].role == DP_INSIDE)
		return into_port(w, dest, flow, V_GO);
	return stop(V_HUB);
}

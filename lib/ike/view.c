#include "ike/view.h"

#include <assert.h>

#include "ike/child.h"
#include "ike/tunnel.h"
#include "ike/v1/sa.h"
#include "ike/version.h"

static void tunnel_view(const struct ike_tunnel *tunnel, struct ike_tunnel_view *view)
{
	const struct ike_child *child;
	const struct ike_sa *sa;

	*view = (struct ike_tunnel_view){.tunnel = tunnel->conf.tunnel,
		.name = tunnel->conf.name,
		.version = tunnel->conf.version,
		.aggressive = tunnel->conf.aggressive,
		.state = ike_tunnel_state(tunnel),
		.closed = tunnel->down,
		.since = tunnel->since,
		.attempts = tunnel->attempts,
		.why = tunnel->why,
		.why_at = tunnel->why_at};
	if (view->state == IKE_TUNNEL_WAITING)
		view->retry_at = tunnel->retry_at;
	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		view->sas += sa->state == IKE_SA_UP;
		if (sa->state == IKE_SA_UP && sa->last_in > view->last_in)
			view->last_in = sa->last_in;
		TAILQ_FOREACH (child, &sa->children, link)
			view->children += child->state == IKE_CHILD_LIVE;
	}
}

bool ike_tunnel_view(const struct ike *ike, uint32_t id, struct ike_tunnel_view *view)
{
	const struct ike_tunnel *tunnel = ike_tunnel_find(ike, id);

	if (!tunnel)
		return false;
	tunnel_view(tunnel, view);
	return true;
}

void ike_each_tunnel(const struct ike *ike,
	void (*each)(void *ctx, const struct ike_tunnel_view *view), void *ctx)
{
	struct ike_tunnel *tunnel, *next;
	struct ike_tunnel_view view;

	HASH_ITER (hh, ike->tunnels, tunnel, next) {
		tunnel_view(tunnel, &view);
		each(ctx, &view);
	}
}

static const char *sa_state(const struct ike_sa *sa)
{
	static const char *const names[] = {
		[IKE_SA_CONNECTING] = "connecting",
		[IKE_SA_PROVING] = "authenticating",
		[IKE_SA_UP] = "up",
		[IKE_SA_REPLACED] = "replaced",
		[IKE_SA_ORPHANED] = "orphaned",
		[IKE_SA_CLOSING] = "closing",
		[IKE_SA_GONE] = "gone",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_SA_STATES);

	return sa->waiting ? "rekeying" : names[sa->state];
}

void ike_each_sa(
	const struct ike *ike, void (*each)(void *ctx, const struct ike_sa_view *view), void *ctx)
{
	const struct ike_child *child;
	struct ike_sa *sa, *next;

	HASH_ITER (hh, ike->sas, sa, next) {
		struct ike_sa_view view = {.tunnel = sa->tunnel ? sa->tunnel->conf.tunnel : 0,
			.name = sa->tunnel ? sa->tunnel->conf.name : "",
			.state = sa_state(sa),
			.version = ike_sa_version(sa),
			.aggressive = sa->v1 && sa->v1->aggressive,
			.initiator = sa->initiator,
			.spi_i = sa->spi_i,
			.spi_r = sa->spi_r,
			.local = sa->local,
			.remote = sa->remote,
			.local_id = sa->tunnel ? &sa->tunnel->conf.local_id : NULL,
			.remote_id = sa->remote_id,
			.suite = sa->suite,
			.nat_local = sa->natt.local,
			.nat_remote = sa->natt.remote,
			.fragmentation = sa->fragmentation,
			.retransmits = sa->retransmits,
			.established = sa->established,
			.rekey_at = sa->rekey_at,
			.expires_at = sa->expires_at,
			.last_in = sa->last_in};

		TAILQ_FOREACH (child, &sa->children, link)
			view.children += child->state == IKE_CHILD_LIVE;
		each(ctx, &view);
	}
}

static const char *child_state(const struct ike_child *child)
{
	static const char *const names[] = {
		[IKE_CHILD_NEW] = "creating",
		[IKE_CHILD_OPEN] = "opening",
		[IKE_CHILD_LIVE] = "installed",
		[IKE_CHILD_REPLACED] = "replaced",
		[IKE_CHILD_CLOSED] = "deleting",
		[IKE_CHILD_DYING] = "closing",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_CHILD_STATES);

	return names[child->state];
}

void ike_each_child(const struct ike *ike,
	void (*each)(void *ctx, const struct ike_child_view *view), void *ctx)
{
	struct ike_child *child, *next;

	HASH_ITER (hh, ike->children, child, next) {
		const struct ike_sa *sa = child->sa;
		struct ike_child_view view = {.tunnel = sa->tunnel ? sa->tunnel->conf.tunnel : 0,
			.child = child->conf->id,
			.name = child->conf->name,
			.state = child_state(child),
			.spi_i = sa->spi_i,
			.spi_r = sa->spi_r,
			.spi_in = child->spi_in,
			.spi_out = child->spi_out,
			.suite = child->suite,
			.local = child->ts,
			.remote = child->ts ? child->ts + child->local_count : NULL,
			.local_count = child->local_count,
			.remote_count = child->remote_count,
			.udp = sa->natt.local || sa->natt.remote,
			.outbound = child->outbound,
			.created = child->created,
			.rekey_at = child->rekey_at,
			.expires_at = child->expires_at};

		each(ctx, &view);
	}
}

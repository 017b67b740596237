#include "ike/v2/reauth.h"

#include "ike/act.h"
#include "ike/sa.h"
#include "ike/tunnel.h"
#include "ike/v2/init.h"
#include "net/ip.h"

enum {
	AGAIN_S = 10,
	SOONEST_S = 10, // however short a lifetime the peer tells
};

struct ike_sa *v2_reauth_old(const struct ike_sa *sa)
{
	struct ike_sa *old = sa->follows ? ike_sa_find(sa->ike, sa->follows) : NULL;

	return old && old->tunnel == sa->tunnel && old->state == IKE_SA_UP && !old->leaving ? old
											    : NULL;
}

static bool is_followed(const struct ike_sa *sa)
{
	const struct ike_sa *other;

	TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
		if (other->follows == sa->spi)
			return true;
	}
	return false;
}

void v2_reauth_begin(struct ike_sa *sa)
{
	sa->reauth_at = 0;
	if (sa->state != IKE_SA_UP || sa->leaving)
		return;
	sa->reauth_at = sa->ike->now + MONO_S(AGAIN_S);
	if (sa->waiting || is_followed(sa) || ike_tunnel_connecting(sa->tunnel))
		return;
	if (v2_init_start(sa->tunnel, sa))
		sa->ike->lost = true;
}

static uint32_t live(const struct ike_sa *sa)
{
	const struct ike_child *child;
	uint32_t bits = 0;

	TAILQ_FOREACH (child, &sa->children, link) {
		if (child->state == IKE_CHILD_LIVE)
			bits |= 1u << (child->conf - sa->tunnel->conf.child);
	}
	return bits;
}

uint32_t v2_reauth_missing(const struct ike_sa *sa)
{
	const struct ike_sa *old = v2_reauth_old(sa);

	return old ? live(old) & ~live(sa) : 0;
}

void v2_reauth_look(struct ike_tunnel *tunnel)
{
	struct ike_sa *sa, *old;

	TAILQ_FOREACH (sa, &tunnel->sas, link) {
		if (!sa->follows || sa->state != IKE_SA_UP || sa->waiting || sa->half ||
			v2_reauth_missing(sa))
			continue;
		old = v2_reauth_old(sa);
		sa->follows = 0;
		if (!old)
			continue;
		ike_act_event(IKE_EVENT_IKE_REKEYED, sa, NULL, NULL);
		ike_sa_leave(old);
	}
}

void v2_reauth_heard(struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_notify *notify = ike_msg_notify(msg, IKE_N_AUTH_LIFETIME);
	struct rd data = notify ? notify->data : (struct rd){};
	uint32_t life_s = rd_u32(&data);
	mono_us_t at;

	// RFC 4478 s3: only who began can do it.
	if (!notify || data.bad || !life_s || !sa->began)
		return;
	if (life_s < SOONEST_S)
		life_s = SOONEST_S;
	at = sa->ike->now + MONO_MS(life_s * (750 + (uint64_t)ike_random(sa->ike, 100)));
	if (!sa->reauth_at || sa->reauth_at > at)
		sa->reauth_at = at;
}

// A peer with a margin longer than our lifetime does it at once, and would go on for ever.
static bool is_hasty(const struct ike_sa *sa)
{
	const struct ike_sa *other;

	TAILQ_FOREACH (other, &sa->tunnel->sas, link) {
		if (other != sa && other->first_up &&
			sa->ike->now - other->first_up < MONO_S(sa->tunnel->conf.lifetime_s) / 2)
			return true;
	}
	return false;
}

void v2_reauth_tell(const struct ike_sa *sa, struct ike_chain *chain)
{
	const struct ike_conf *conf = &sa->tunnel->conf;
	uint8_t life_s[4];

	if (!conf->reauth || !conf->lifetime_s || is_hasty(sa))
		return;
	be32_put(life_s, conf->lifetime_s);
	ike_payload_notify(chain, IKE_N_AUTH_LIFETIME, 0, life_s, sizeof(life_s));
}

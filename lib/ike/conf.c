#include "ike/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/child.h"
#include "ike/core.h"
#include "ike/pace.h"
#include "ike/sa.h"
#include "ike/step.h"
#include "ike/tunnel.h"
#include "net/ip.h"

static int bad(struct why *why, const struct ike_conf *conf, const char *what)
{
	return why_set(why, -EINVAL, what, conf->name, NULL, NULL);
}

static int check_child(
	const struct ike_conf *conf, const struct ike_child_conf *child, struct why *why)
{
	if (!child->id)
		return bad(why, conf, "a child without a number");
	if (!child->local_count || child->local_count > IKE_SELECTORS || !child->remote_count ||
		child->remote_count > IKE_SELECTORS)
		return bad(why, conf, "a child needs 1 to 32 local and remote networks");
	if (!child->esp_count || child->esp_count > IKE_PROPOSALS)
		return bad(why, conf, "a child needs 1 to 8 ESP proposals");
	if (child->start == IKE_START_NOW && conf->remote.addr.family == ADDR_NONE)
		return bad(why, conf, "a tunnel to any address cannot start by itself");
	if (conf->version == IKE_V1 && (child->local_count > 1 || child->remote_count > 1))
		return bad(why, conf, "IKEv1 knows one pair of networks per child");
	for (const struct ike_child_conf *c = conf->child; c < child; c++) {
		if (c->id == child->id)
			return bad(why, conf, "two children with one number");
	}
	return 0;
}

// In main mode, the key is looked up by address, before the identity is known (RFC 2409 s5.4).
static bool is_address(const struct ike_id *id)
{
	return id->type == IKE_ID_ANY || id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6;
}

static int check(const struct ike_conf *conf, struct why *why)
{
	if (!conf->tunnel)
		return bad(why, conf, "a tunnel without a number");
	if (conf->local.addr.family == ADDR_NONE)
		return bad(why, conf, "a tunnel needs its local address");
	if (conf->remote.addr.family != ADDR_NONE &&
		conf->remote.addr.family != conf->local.addr.family)
		return bad(why, conf, "local and remote address differ in family");
	if (conf->local_id.type == IKE_ID_ANY)
		return bad(why, conf, "a tunnel needs a local identity");
	if (!conf->psk.len)
		return bad(why, conf, "a tunnel needs a pre-shared key");
	if (!conf->ike_count || conf->ike_count > IKE_PROPOSALS)
		return bad(why, conf, "a tunnel needs 1 to 8 IKE proposals");
	if (!conf->child_count || conf->child_count > IKE_CHILDREN)
		return bad(why, conf, "a tunnel needs 1 to 32 children");
	if (conf->version == IKE_V1 && !conf->aggressive &&
		!(is_address(&conf->local_id) && is_address(&conf->remote_id)))
		return bad(
			why, conf, "main mode with a pre-shared key needs addresses as identities");
	for (size_t i = 0; i < conf->child_count; i++) {
		int err = check_child(conf, &conf->child[i], why);

		if (err)
			return err;
	}
	return 0;
}

// malloc'ed copy of count elements; sets *failed.
static void *copy(const void *src, size_t count, size_t size, bool *failed)
{
	void *dst = calloc(count, size);

	if (dst)
		memcpy(dst, src, count * size);
	else
		*failed = true;
	return dst;
}

static void conf_free(struct ike_conf *conf)
{
	struct ike_child_conf *child = (struct ike_child_conf *)conf->child;

	for (size_t i = 0; child && i < conf->child_count; i++) {
		free((void *)child[i].local);
		free((void *)child[i].remote);
		free((void *)child[i].esp);
	}
	free(child);
	free((void *)conf->ike);
	secret_free(&conf->psk);
	*conf = (struct ike_conf){};
}

static void set_defaults(struct ike_conf *conf)
{
	struct {
		uint32_t *value, otherwise;
	} const rows[] = {
		{&conf->dpd_timeout_s, 30},
		{&conf->keepalive_s, 20},
		{&conf->retry_max_s, 30},
		{&conf->retransmit.first_ms, 1500},
		{&conf->retransmit.factor_pct, 180},
		{&conf->retransmit.max_ms, 15000},
		{&conf->retransmit.tries, 5},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!*rows[i].value)
			*rows[i].value = rows[i].otherwise;
	}
	if (!conf->local.port)
		conf->local.port = IKE_PORT;
	if (!conf->remote.port)
		conf->remote.port = IKE_PORT;
}

static int conf_copy(const struct ike_conf *src, struct ike_conf *dst)
{
	struct ike_child_conf *child;
	bool failed = false;

	*dst = *src;
	dst->psk = (struct secret){};
	set_defaults(dst);
	dst->ike = copy(src->ike, src->ike_count, sizeof(*src->ike), &failed);
	dst->child = child = calloc(src->child_count, sizeof(*child));
	if (!child)
		failed = true;
	for (size_t i = 0; child && i < src->child_count; i++) {
		const struct ike_child_conf *c = &src->child[i];

		child[i] = *c;
		child[i].local = copy(c->local, c->local_count, sizeof(*c->local), &failed);
		child[i].remote = copy(c->remote, c->remote_count, sizeof(*c->remote), &failed);
		child[i].esp = copy(c->esp, c->esp_count, sizeof(*c->esp), &failed);
	}
	if (secret_copy(&dst->psk, src->psk.b, src->psk.len))
		failed = true;
	if (failed)
		conf_free(dst);
	return failed ? -ENOMEM : 0;
}

static bool same_proposals(
	const struct proposal *a, size_t a_count, const struct proposal *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		for (unsigned int kind = 0; kind < ALG_KINDS; kind++) {
			if (a[i].n[kind] != b[i].n[kind] ||
				memcmp(a[i].choice[kind], b[i].choice[kind],
					a[i].n[kind] * sizeof(a[i].choice[kind][0])))
				return false;
		}
	}
	return true;
}

static bool same_selectors(
	const struct selector *a, size_t a_count, const struct selector *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		if (!selector_eq(&a[i], &b[i]))
			return false;
	}
	return true;
}

static bool same_child(const struct ike_child_conf *a, const struct ike_child_conf *b)
{
	return a->id == b->id && !strcmp(a->name, b->name) && a->lifetime_s == b->lifetime_s &&
	       a->start == b->start &&
	       same_selectors(a->local, a->local_count, b->local, b->local_count) &&
	       same_selectors(a->remote, a->remote_count, b->remote, b->remote_count) &&
	       same_proposals(a->esp, a->esp_count, b->esp, b->esp_count);
}

static bool same_timing(const struct ike_conf *a, const struct ike_conf *b)
{
	const struct ike_retransmit *x = &a->retransmit, *y = &b->retransmit;

	return a->lifetime_s == b->lifetime_s && a->dpd_delay_s == b->dpd_delay_s &&
	       a->dpd_timeout_s == b->dpd_timeout_s && a->dpd_action == b->dpd_action &&
	       a->reauth == b->reauth && a->keepalive_s == b->keepalive_s &&
	       a->retry_max_s == b->retry_max_s && x->first_ms == y->first_ms &&
	       x->factor_pct == y->factor_pct && x->max_ms == y->max_ms && x->tries == y->tries;
}

static bool conf_same(const struct ike_conf *a, const struct ike_conf *b)
{
	if (strcmp(a->name, b->name) || a->version != b->version ||
		a->aggressive != b->aggressive || !endpoint_eq(&a->local, &b->local) ||
		!endpoint_eq(&a->remote, &b->remote) || !ike_id_eq(&a->local_id, &b->local_id) ||
		!ike_id_eq(&a->remote_id, &b->remote_id) || !secret_eq(&a->psk, &b->psk) ||
		!same_proposals(a->ike, a->ike_count, b->ike, b->ike_count) || !same_timing(a, b) ||
		a->fragmentation != b->fragmentation || a->natt != b->natt ||
		a->child_count != b->child_count)
		return false;
	for (size_t i = 0; i < a->child_count; i++) {
		if (!same_child(&a->child[i], &b->child[i]))
			return false;
	}
	return true;
}

void ike_tunnel_free(struct ike_tunnel *tunnel)
{
	struct ike *ike = tunnel->ike;
	struct ike_sa *sa, *next;

	TAILQ_FOREACH_SAFE (sa, &tunnel->sas, link, next) {
		// Nothing of the SA may point at the configuration any more; its farewell needs
		// none of it.
		ike_sa_close(sa);
		if (sa->state == IKE_SA_GONE)
			continue;
		sa->want_rekey = sa->want_dpd = false;
		ike_sa_assign(sa, NULL);
		ike_sa_arm(sa);
	}
	ike_timer_stop(&ike->timers, &tunnel->timer);
	ike_pace_leave(tunnel);
	ike_tunnel_leave(tunnel);
	HASH_DEL(ike->tunnels, tunnel);
	conf_free(&tunnel->conf);
	free(tunnel->why);
	free(tunnel);
}

static struct ike_tunnel *tunnel_new(struct ike *ike)
{
	struct ike_tunnel *tunnel = calloc(1, sizeof(*tunnel));

	if (!tunnel)
		return NULL;
	tunnel->ike = ike;
	tunnel->timer.fire = ike_tunnel_due;
	TAILQ_INIT(&tunnel->sas);
	return tunnel;
}

int ike_conf_set(struct ike *ike, const struct ike_conf *conf, mono_us_t now, struct ike_out *out,
	struct why *why)
{
	struct ike_tunnel *old, *tunnel;
	int err;

	err = check(conf, why);
	if (err)
		return err;
	tunnel = tunnel_new(ike);
	if (!tunnel)
		return -ENOMEM;
	err = conf_copy(conf, &tunnel->conf);
	if (err) {
		free(tunnel);
		return err;
	}
	ike_step_begin(ike, now, out);
	old = ike_tunnel_find(ike, conf->tunnel);
	if (old && conf_same(&old->conf, &tunnel->conf)) {
		conf_free(&tunnel->conf);
		free(tunnel);
		return ike_step_end(ike);
	}
	err = ike_tunnel_enter(tunnel);
	if (err) {
		conf_free(&tunnel->conf);
		free(tunnel);
		(void)ike_step_end(ike);
		return err;
	}
	if (old)
		ike_tunnel_free(old);
	HASH_ADD(hh, ike->tunnels, conf.tunnel, sizeof(conf->tunnel), tunnel);
	for (size_t i = 0; i < conf->child_count; i++) {
		if (conf->child[i].start == IKE_START_NOW)
			tunnel->wanted |= 1u << i;
	}
	ike_tunnel_changed(tunnel);
	return ike_step_end(ike);
}

int ike_conf_del(struct ike *ike, uint32_t id, mono_us_t now, struct ike_out *out)
{
	struct ike_tunnel *tunnel = ike_tunnel_find(ike, id);

	if (!tunnel)
		return -ENOENT;
	ike_step_begin(ike, now, out);
	ike_tunnel_free(tunnel);
	return ike_step_end(ike);
}

#include "ctl/setting.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int setting_gateway(const struct model_gateway_address *address,
	int (*port)(void *ctx, const char *name), void *ctx, struct gateway *g, struct why *why)
{
	int index = port(ctx, address->port);

	if (index < 0)
		return why_set(why, -EINVAL, "no such port is running", address->name,
			"a port that was configured at start", address->port);
	*g = (struct gateway){
		.addr = address->address,
		.port = (unsigned int)index,
		.next_hop = address->next_hop,
	};
	return 0;
}

static int id_of(const char *text, const struct addr *addr, struct ike_id *id, struct why *why)
{
	if (text[0])
		return ike_id_read(text, id, why);
	*id = addr->family ? ike_id_of_addr(addr) : (struct ike_id){.type = IKE_ID_ANY};
	return 0;
}

static enum ike_start start_of(enum model_start start)
{
	static const enum ike_start row[] = {
		[MODEL_START_IMMEDIATE] = IKE_START_NOW,
		[MODEL_START_TRAFFIC] = IKE_START_TRAP,
		[MODEL_START_NONE] = IKE_START_NONE,
	};

	return row[start];
}

// 0 stands for the longest, towards peers and here.
static uint32_t lifetime_of(uint32_t lifetime_s)
{
	return lifetime_s ? lifetime_s : MODEL_LIFETIME_S;
}

static struct child_rules rules_of(const struct model_ipsec *ipsec)
{
	static const enum esp_df df[] = {
		[MODEL_DF_COPY] = ESP_DF_COPY,
		[MODEL_DF_SET] = ESP_DF_SET,
		[MODEL_DF_CLEAR] = ESP_DF_CLEAR,
	};

	return (struct child_rules){
		.window = ipsec->replay_window,
		.df = df[ipsec->df],
		.dscp = ipsec->copy_dscp ? ESP_DSCP_COPY : 0,
		.hard_packets = ipsec->lifetime_packets,
		.hard_bytes = ipsec->lifetime_bytes,
	};
}

static_assert((int)MODEL_CHILDREN == (int)IKE_CHILDREN);

static struct ike_child_conf child_of(const struct model_tunnel *t, uint32_t id)
{
	struct ike_child_conf child = {
		.id = id,
		.local_count = 1,
		.remote_count = 1,
		.esp = t->ipsec.proposals.v,
		.esp_count = t->ipsec.proposals.n,
		.lifetime_s = lifetime_of(t->ipsec.lifetime_s),
		.start = start_of(t->start),
	};

	snprintf(child.name, sizeof(child.name), "%s", t->name);
	return child;
}

// Each local network with each remote one of its family.
static void pairs_of(
	const struct model_connection *conn, const struct model_tunnel *t, struct setting *s)
{
	for (size_t i = 0; i < conn->local_networks.n * conn->remote_networks.n; i++) {
		const struct selector *local = &s->local[i / conn->remote_networks.n];
		const struct selector *remote = &s->remote[i % conn->remote_networks.n];
		struct ike_child_conf *child = &s->child[s->ike.child_count];

		if (local->first.family != remote->first.family ||
			s->ike.child_count == IKE_CHILDREN)
			continue;
		*child = child_of(t, (uint32_t)++s->ike.child_count);
		child->local = local;
		child->remote = remote;
	}
}

static void children_of(
	const struct model_connection *conn, const struct model_tunnel *t, struct setting *s)
{
	for (size_t i = 0; i < conn->local_networks.n; i++)
		s->local[i] = selector_of_cidr(&conn->local_networks.v[i]);
	for (size_t i = 0; i < conn->remote_networks.n; i++)
		s->remote[i] = selector_of_cidr(&conn->remote_networks.v[i]);
	s->ike.child = s->child;
	if (t->ipsec.one_child_per_pair) {
		pairs_of(conn, t, s);
		return;
	}
	s->ike.child_count = 1;
	s->child[0] = child_of(t, 1);
	s->child[0].local = s->local;
	s->child[0].remote = s->remote;
	s->child[0].local_count = conn->local_networks.n;
	s->child[0].remote_count = conn->remote_networks.n;
}

int setting_make(const struct directory *dir, const struct model_connection *conn,
	const struct model_tunnel *t, uint32_t id, int (*port)(void *ctx, const char *name),
	void *ctx, struct setting *s, struct why *why)
{
	const char *ours = directory_gateway_address_of(dir, conn, t);
	const struct model_gateway_address *address = directory_gateway_address(dir, ours);
	const struct model_customer_gateway *peer = directory_customer_gateway(
		dir, t->customer_gateway);
	int err;

	if (!address || !peer)
		return why_set(why, -EINVAL, "no such gateway address or peer", t->name, NULL,
			address ? t->customer_gateway : ours);
	memset(s, 0, sizeof(*s));
	err = setting_gateway(address, port, ctx, &s->gateway, why);
	if (err)
		return err;
	s->peer_name = peer->name;
	s->peer = peer->address;
	s->trap =
		t->start == MODEL_START_TRAFFIC ||
		(t->dpd.enabled && t->dpd.action == MODEL_DPD_HOLD && t->start != MODEL_START_NONE);
	s->probe = t->probe;
	s->clamp_mss = t->ipsec.mss_clamp != MODEL_MSS_OFF;
	s->rules = rules_of(&t->ipsec);
	s->ike = (struct ike_conf){
		.tunnel = id,
		.version = t->version == MODEL_IKEV1 ? IKE_V1 : IKE_V2,
		.aggressive = t->version == MODEL_IKEV1 && t->mode == MODEL_AGGRESSIVE,
		.local.addr = address->address,
		.remote.addr = peer->address,
		.psk = t->pre_shared_key,
		.ike = t->ike.proposals.v,
		.ike_count = t->ike.proposals.n,
		.lifetime_s = lifetime_of(t->ike.lifetime_s),
		.reauth = t->ike.reauth,
		.fragmentation = t->ike.fragmentation,
		.natt = t->nat_traversal,
		.dpd_delay_s = t->dpd.enabled ? t->dpd.delay_s : 0,
		.dpd_timeout_s = t->dpd.timeout_s,
		// A trap's packet begins again what was cleared.
		.dpd_action = t->dpd.action == MODEL_DPD_RESTART ? IKE_DPD_RESTART : IKE_DPD_CLEAR,
		.keepalive_s = t->keepalive_s,
	};
	children_of(conn, t, s);
	snprintf(s->ike.name, sizeof(s->ike.name), "%s", t->name);
	err = id_of(t->local_id, &address->address, &s->ike.local_id, why);
	return err ? err : id_of(t->remote_id, &peer->address, &s->ike.remote_id, why);
}

static bool gateway_eq(const struct gateway *a, const struct gateway *b)
{
	return addr_eq(&a->addr, &b->addr) && a->port == b->port &&
	       addr_eq(&a->next_hop, &b->next_hop);
}

bool setting_rules_eq(const struct child_rules *a, const struct child_rules *b)
{
	return a->window == b->window && a->df == b->df && a->dscp == b->dscp &&
	       a->hard_packets == b->hard_packets && a->hard_bytes == b->hard_bytes;
}

static bool proposals_eq(const struct proposal *a, size_t n_a, const struct proposal *b, size_t n_b)
{
	// Choices behind n are zero, padding is anything.
	for (size_t i = 0; n_a == n_b && i < n_a; i++) {
		if (memcmp(a[i].n, b[i].n, sizeof(a[i].n)) != 0 ||
			memcmp(a[i].choice, b[i].choice, sizeof(a[i].choice)) != 0)
			return false;
	}
	return n_a == n_b;
}

static bool selectors_eq(const struct selector *a, size_t n_a, const struct selector *b, size_t n_b)
{
	for (size_t i = 0; n_a == n_b && i < n_a; i++) {
		if (!selector_eq(&a[i], &b[i]))
			return false;
	}
	return n_a == n_b;
}

static bool child_eq(const struct ike_child_conf *a, const struct ike_child_conf *b)
{
	return selectors_eq(a->local, a->local_count, b->local, b->local_count) &&
	       selectors_eq(a->remote, a->remote_count, b->remote, b->remote_count) &&
	       proposals_eq(a->esp, a->esp_count, b->esp, b->esp_count) &&
	       a->lifetime_s == b->lifetime_s && a->start == b->start;
}

static bool children_eq(const struct ike_conf *a, const struct ike_conf *b)
{
	for (size_t i = 0; a->child_count == b->child_count && i < a->child_count; i++) {
		if (!child_eq(&a->child[i], &b->child[i]))
			return false;
	}
	return a->child_count == b->child_count;
}

static bool ike_eq(const struct ike_conf *a, const struct ike_conf *b)
{
	return a->version == b->version && a->aggressive == b->aggressive &&
	       ike_id_eq(&a->local_id, &b->local_id) && ike_id_eq(&a->remote_id, &b->remote_id) &&
	       secret_eq(&a->psk, &b->psk) &&
	       proposals_eq(a->ike, a->ike_count, b->ike, b->ike_count) &&
	       a->lifetime_s == b->lifetime_s && a->fragmentation == b->fragmentation &&
	       a->natt == b->natt && a->dpd_delay_s == b->dpd_delay_s &&
	       a->dpd_timeout_s == b->dpd_timeout_s && a->dpd_action == b->dpd_action &&
	       a->reauth == b->reauth && a->keepalive_s == b->keepalive_s && children_eq(a, b);
}

static bool probe_eq(const struct model_probe *a, const struct model_probe *b)
{
	return addr_eq(&a->address, &b->address) && addr_eq(&a->source, &b->source) &&
	       a->interval_ms == b->interval_ms && a->count == b->count;
}

bool setting_eq(const struct setting *a, const struct setting *b)
{
	return gateway_eq(&a->gateway, &b->gateway) && addr_eq(&a->peer, &b->peer) &&
	       setting_rules_eq(&a->rules, &b->rules) && ike_eq(&a->ike, &b->ike) &&
	       a->trap == b->trap && a->clamp_mss == b->clamp_mss && probe_eq(&a->probe, &b->probe);
}

#include "peerconf/peerconf.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	MTU_ADVICE = 1400, // fits whatever lies between, in most networks
	TCP_IPV4 = 40,	   // headers without options
	TCP_IPV6 = 60,
};

// The largest packet that fits after the worst that the suite adds to it (RFC 4303 s2).
static uint32_t inner_mtu(const struct peerconf_tunnel *t, uint32_t outer)
{
	const struct alg *encr = t->esp.encr;
	uint32_t unit = encr->block_len > 4 ? encr->block_len : 4;
	uint32_t icv = encr->aead ? encr->icv_len : t->esp.integ ? t->esp.integ->icv_len : 0;
	uint32_t around = (t->remote.family == ADDR_V6 ? 40 : 20) + (t->nat_traversal ? 8 : 0) + 8 +
			  encr->iv_len + icv;

	return (outer - around) / unit * unit - 2;
}

static void sizes_of(const struct model *m, const struct model_gateway_address *address,
	struct peerconf *p, struct peerconf_tunnel *t)
{
	const struct model_port *port = model_find_port(m, address->port);
	uint32_t mtu = inner_mtu(t, port && port->mtu < 1500 ? port->mtu : 1500);

	t->mtu = mtu < MTU_ADVICE ? mtu : MTU_ADVICE;
	t->mss = t->mtu - (p->local[0].addr.family == ADDR_V6 ? TCP_IPV6 : TCP_IPV4);
}

static int id_of(const char *text, const struct addr *addr, struct ike_id *id, struct why *why)
{
	struct ike_id any = {.type = IKE_ID_ANY};
	int err = text[0] ? ike_id_read(text, id, why) : 0;

	if (err)
		return err;
	if (!text[0] || id->type == IKE_ID_ANY)
		*id = addr->family ? ike_id_of_addr(addr) : any;
	return 0;
}

// The other host of a /30.
static struct addr other_of(const struct addr *a)
{
	return addr_v4(addr_v4_host(a) ^ 3);
}

static void bgp_of(const struct model_tunnel *tunnel, const struct model_customer_gateway *device,
	struct peerconf_tunnel *t)
{
	t->local_asn = device->asn;
	t->remote_asn = tunnel->bgp.local_asn;
	t->remote_bgp = tunnel->bgp.local_address;
	t->local_bgp = other_of(&t->remote_bgp);
	t->bgp_net = tunnel->bgp.tunnel_cidr;
	t->bgp_secret = &device->bgp_secret;
}

static uint32_t life_of(uint32_t lifetime_s)
{
	return lifetime_s ? lifetime_s : MODEL_LIFETIME_S;
}

static int tunnel_make(const struct model *m, const struct model_connection *conn,
	const struct model_tunnel *tunnel, struct peerconf *p, struct why *why)
{
	const struct model_gateway_address *address = model_find_gateway_address(
		m, model_gateway_address_of(m, conn, tunnel));
	const struct model_customer_gateway *device = model_find_customer_gateway(
		m, tunnel->customer_gateway);
	struct peerconf_tunnel *t = &p->tunnel[p->tunnels];
	int err;

	if (!address || !device)
		return why_set(why, -EINVAL, "no such gateway address or customer gateway",
			tunnel->name, NULL, tunnel->customer_gateway);
	*t = (struct peerconf_tunnel){
		.id = tunnel->name,
		.local = device->address,
		.remote = address->address,
		.psk = &tunnel->pre_shared_key,
		.v1 = tunnel->version == MODEL_IKEV1,
		.aggressive = tunnel->version == MODEL_IKEV1 && tunnel->mode == MODEL_AGGRESSIVE,
		.ike_list = tunnel->ike.proposals.v,
		.ike_count = tunnel->ike.proposals.n,
		.esp_list = tunnel->ipsec.proposals.v,
		.esp_count = tunnel->ipsec.proposals.n,
		.ike = suite_first(&tunnel->ike.proposals.v[0]),
		.esp = suite_first(&tunnel->ipsec.proposals.v[0]),
		.ike_life_s = life_of(tunnel->ike.lifetime_s),
		.esp_life_s = life_of(tunnel->ipsec.lifetime_s),
		.dpd = tunnel->dpd.enabled,
		.dpd_delay_s = tunnel->dpd.delay_s,
		.dpd_timeout_s = tunnel->dpd.timeout_s,
		.nat_traversal = tunnel->nat_traversal,
		.child_per_pair = tunnel->ipsec.one_child_per_pair,
		.begins = tunnel->start != MODEL_START_IMMEDIATE || !device->address.family,
	};
	err = id_of(tunnel->local_id, &address->address, &t->remote_id, why);
	err = err ? err : id_of(tunnel->remote_id, &device->address, &t->local_id, why);
	if (err)
		return err;
	if (p->bgp)
		bgp_of(tunnel, device, t);
	sizes_of(m, address, p, t);
	p->tunnels++;
	return 0;
}

static void add_route(struct peerconf *p, const struct cidr *net)
{
	for (size_t i = 0; i < p->route_count; i++)
		if (cidr_eq(&p->routes[i], net))
			return;
	if (p->route_count < MODEL_NETWORKS && net->addr.family && net->bits)
		p->routes[p->route_count++] = *net;
}

static struct cidr network_of(const struct model_ifaddr *a)
{
	struct cidr net = {.addr = a->addr, .bits = a->bits};

	for (unsigned int bit = a->bits; bit < 8 * addr_len(&a->addr); bit++)
		net.addr.b[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return net;
}

// What lies behind the gateway: the protected networks, or when these are everything, what the
// gateway itself reaches by its inside ports.
static void routes_of(const struct model *m, struct peerconf *p)
{
	for (size_t i = 0; !p->any && i < p->remote_count; i++)
		add_route(p, &p->remote[i]);
	for (size_t i = 0; p->any && i < m->ports.n; i++) {
		const struct model_port *port = &m->ports.v[i];

		if (port->role != MODEL_INSIDE)
			continue;
		for (size_t j = 0; j < port->addresses.n; j++) {
			const struct cidr net = network_of(&port->addresses.v[j]);

			add_route(p, &net);
		}
		for (size_t j = 0; j < m->routes.n; j++)
			if (!strcmp(m->routes.v[j].port, port->name))
				add_route(p, &m->routes.v[j].destination);
	}
}

// What every vendor takes as part of a name. The end of an id tells it from others, not its
// beginning ("vco-").
static void name_of(const char *connection, char dst[static PEERCONF_NAME])
{
	size_t len = strlen(connection), skip = len < PEERCONF_NAME ? 0 : len - PEERCONF_NAME + 1;

	for (size_t i = 0; i <= len - skip; i++) {
		char c = connection[skip + i];

		dst[i] = !c || isalnum((unsigned char)c) ? c : '-';
	}
	// Some want a letter first.
	if (!isalpha((unsigned char)dst[0]))
		dst[0] = 'c';
}

// Even, below 1000, and mostly another for another connection (FNV-1a).
static unsigned int number_of(const char *connection)
{
	uint32_t hash = 2166136261;

	for (; *connection; connection++)
		hash = (hash ^ (uint8_t)*connection) * 16777619;
	return hash % 500 * 2;
}

int peerconf_make(const struct model *m, const struct model_connection *conn, struct peerconf *p,
	struct why *why)
{
	if (!conn->tunnels.n)
		return why_set(
			why, -EINVAL, "the connection has no tunnel", conn->name, NULL, NULL);
	*p = (struct peerconf){
		.connection = conn->name,
		.local = conn->remote_networks.v,
		.local_count = conn->remote_networks.n,
		.remote = conn->local_networks.v,
		.remote_count = conn->local_networks.n,
		.any = model_is_destination_mode(conn),
		.bgp = conn->bgp,
		.number = number_of(conn->name),
	};
	name_of(conn->name, p->name);
	for (size_t i = 0; i < conn->tunnels.n && i < MODEL_TUNNELS; i++) {
		int err = tunnel_make(m, conn, &conn->tunnels.v[i], p, why);

		if (err)
			return err;
	}
	routes_of(m, p);
	return 0;
}

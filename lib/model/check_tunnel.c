// Connections and their tunnels.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check_part.h"
#include "net/ike_id.h"

enum { LIFETIME_SHORT_S = 60 };

// What a responder has to tell tunnels apart by, and each tunnel's place in the model.
struct tunnel_row {
	const struct model_tunnel *tunnel;
	size_t connection, at;
	const char *gateway_address;
	struct addr peer;
};

static struct path tunnel_path(size_t connection, size_t at)
{
	const struct path root = {"connections"}, one = path_at(&root, connection);
	const struct path list = path_leaf(&one, "tunnels");

	return path_at(&list, at);
}

static void check_networks(struct check *c, const struct path *parent, const char *leaf,
	const struct cidr *v, size_t n)
{
	const struct path list = path_leaf(parent, leaf);

	for (size_t i = 0; i < n; i++) {
		const struct path where = path_at(&list, i);

		for (size_t j = 0; j < i; j++) {
			char got[CIDR_TEXT], other[CIDR_TEXT];

			if (v[i].addr.family == ADDR_NONE || !cidr_overlaps(&v[i], &v[j]))
				continue;
			cidr_show(&v[j], other);
			report_add(c->report, "overlap", &where,
				"the network overlaps another of the list", other,
				cidr_show(&v[i], got));
			break;
		}
	}
}

static bool has_family(const struct cidr *v, size_t n, uint8_t family)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].addr.family == family)
			return true;
	}
	return false;
}

// RFC 7296 s2.9: a selector pair is of one family, so each needs both sides.
static void check_families(
	struct check *c, const struct path *at, const struct model_connection *connection)
{
	static const uint8_t families[] = {ADDR_V4, ADDR_V6};
	const struct path where = path_leaf(at, "remote_networks");

	// What is missing or could not be read is a complaint already.
	if (!connection->local_networks.n || !connection->remote_networks.n)
		return;
	if (has_family(connection->local_networks.v, connection->local_networks.n, ADDR_NONE) ||
		has_family(connection->remote_networks.v, connection->remote_networks.n, ADDR_NONE))
		return;
	for (size_t i = 0; i < sizeof(families); i++) {
		if (has_family(connection->local_networks.v, connection->local_networks.n,
			    families[i]) == has_family(connection->remote_networks.v,
						    connection->remote_networks.n, families[i]))
			continue;
		report_add(c->report, "family", &where,
			"networks of an address family on one side only", "local and remote ones",
			families[i] == ADDR_V4 ? "IPv4" : "IPv6");
	}
}

static void check_ends(struct check *c, const struct path *at, const struct model_tunnel *tunnel,
	const struct model_gateway_address *gateway, const struct model_customer_gateway *peer)
{
	const struct path where = path_leaf(at, "customer_gateway");
	const struct model_port *port;
	char got[ADDR_TEXT];

	if (!gateway || !peer || gateway->address.family == ADDR_NONE)
		return;
	if (peer->address.family == ADDR_NONE) {
		const struct path id = path_leaf(at, "remote_id"), start = path_leaf(at, "start");

		if (!*tunnel->remote_id)
			report_add(c->report, "needs-id", &id,
				"a peer at any address needs an identity", "who it must say it is",
				NULL);
		if (tunnel->start != MODEL_START_NONE)
			report_add(c->report, "needs-address", &start,
				"a peer at any address cannot be called", "start = \"none\"", NULL);
		return;
	}
	if (peer->address.family != gateway->address.family) {
		report_add(c->report, "family", &where,
			"peer and gateway address differ in address family", NULL, peer->name);
		return;
	}
	port = directory_port(&c->names, gateway->port);
	if (gateway->next_hop.family == ADDR_NONE && port && !check_network(port, &peer->address))
		report_add(c->report, "needs-next-hop", &where,
			"the peer is no neighbour, and the gateway address has no next hop",
			"next_hop at the gateway address", addr_show(&peer->address, got));
}

static void warn_weak(struct check *c, const struct path *parent, const char *group,
	const struct proposal *v, size_t n)
{
	const struct path at = path_leaf(parent, group), where = path_leaf(&at, "proposals");
	char got[160] = "";

	for (size_t i = 0; i < n * ALG_KINDS; i++) {
		const struct proposal *p = &v[i / ALG_KINDS];

		for (size_t j = 0; j < p->n[i % ALG_KINDS]; j++) {
			const struct alg *alg = p->choice[i % ALG_KINDS][j];
			size_t len = strlen(got);

			if (alg->status == ALG_WEAK && !strstr(got, alg->name))
				snprintf(got + len, sizeof(got) - len, "%s%s", len ? ", " : "",
					alg->name);
		}
	}
	if (*got)
		report_warn(c->report, "weak-algorithm", &where,
			"weak algorithms (RFC 8221, RFC 8247)", NULL, got);
}

static void warn_short(
	struct check *c, const struct path *parent, const char *group, uint32_t lifetime_s)
{
	const struct path at = path_leaf(parent, group), where = path_leaf(&at, "lifetime_s");
	char got[16];

	if (!lifetime_s || lifetime_s >= LIFETIME_SHORT_S)
		return;
	snprintf(got, sizeof(got), "%u", lifetime_s);
	report_warn(
		c->report, "short-lifetime", &where, "renewed very often", "60 s at least", got);
}

static bool is_any(const char *text)
{
	struct ike_id id;

	return *text && !ike_id_read(text, &id, NULL) && id.type == IKE_ID_ANY;
}

static void check_children(struct check *c, const struct path *at,
	const struct model_connection *connection, const struct model_tunnel *tunnel)
{
	const struct path group = path_leaf(at, "ipsec");
	const struct path where = path_leaf(&group, "one_child_per_pair");
	const size_t pairs = model_pairs(connection);
	char got[32];

	if (!tunnel->ipsec.one_child_per_pair || pairs <= MODEL_CHILDREN)
		return;
	snprintf(got, sizeof(got), "%zu", pairs);
	report_add(c->report, "too-many", &where,
		"the networks make more pairs than a tunnel may have children", "32 at most", got);
}

// RFC 2409 s5.4: in main mode, the key is looked up before anybody has said who he is.
static void check_main_mode_id(
	struct check *c, const struct path *at, const char *leaf, const char *text)
{
	const struct path where = path_leaf(at, leaf);
	struct ike_id id;

	if (!*text || ike_id_read(text, &id, NULL) || id.type == IKE_ID_ANY ||
		id.type == IKE_ID_IPV4 || id.type == IKE_ID_IPV6)
		return;
	report_add(c->report, "needs-address-id", &where,
		"IKEv1 in main mode needs addresses as identities",
		"an address, or mode = \"aggressive\"", text);
}

// Ciphers younger than IKEv1 may have no number there.
static void check_v1_ciphers(struct check *c, const struct path *parent, const char *group,
	const struct proposal *v, size_t n)
{
	const struct path at = path_leaf(parent, group), where = path_leaf(&at, "proposals");

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < v[i].n[ALG_ENCR]; j++) {
			const struct alg *alg = v[i].choice[ALG_ENCR][j];

			if (v[i].purpose == PROPOSAL_IKE ? alg->v1_id : alg->v1_esp_id)
				continue;
			report_add(c->report, "not-in-ikev1", &where,
				"a cipher that has no number in IKEv1", "version = \"ikev2\"",
				alg->name);
		}
	}
}

static void check_v1(struct check *c, const struct path *at, const struct model_tunnel *tunnel,
	const struct model_connection *connection)
{
	const struct path where = path_leaf(at, "version");

	if (tunnel->version != MODEL_IKEV1)
		return;
	// a quick mode is about one pair.
	if ((connection->local_networks.n > 1 || connection->remote_networks.n > 1) &&
		!tunnel->ipsec.one_child_per_pair)
		report_add(c->report, "one-pair", &where,
			"IKEv1 knows one local and one remote network",
			"version = \"ikev2\", or one_child_per_pair = true", "ikev1");
	if (tunnel->mode == MODEL_MAIN) {
		check_main_mode_id(c, at, "local_id", tunnel->local_id);
		check_main_mode_id(c, at, "remote_id", tunnel->remote_id);
	}
	check_v1_ciphers(c, at, "ike", tunnel->ike.proposals.v, tunnel->ike.proposals.n);
	check_v1_ciphers(c, at, "ipsec", tunnel->ipsec.proposals.v, tunnel->ipsec.proposals.n);
}

// Its own word or its VPN gateway's, never both.
static const struct model_gateway_address *check_our_end(struct check *c, const struct path *at,
	const struct model_connection *connection, const struct model_tunnel *tunnel)
{
	const struct path where = path_leaf(at, "gateway_address");
	const char *name = directory_gateway_address_of(&c->names, connection, tunnel);

	if (!*connection->vpn_gateway) {
		if (!*name)
			report_add(c->report, "missing", &where, "must be given",
				"a gateway address, or vpn_gateway at the connection", NULL);
		return check_gateway_address(c, at, "gateway_address", name);
	}
	if (*tunnel->gateway_address) {
		report_add(c->report, "given-twice", &where,
			"the VPN gateway of the connection names it already",
			"gateway_address or vpn_gateway", tunnel->gateway_address);
		return NULL;
	}
	// What the gateway's list names wrongly is a complaint there.
	return directory_gateway_address(&c->names, name);
}

static void check_tunnel(struct check *c, const struct path *at,
	const struct model_connection *connection, const struct model_tunnel *tunnel)
{
	const struct model_gateway_address *gateway = check_our_end(c, at, connection, tunnel);
	const struct model_customer_gateway *peer = check_customer_gateway(
		c, at, "customer_gateway", tunnel->customer_gateway);

	if (!tunnel->pre_shared_key.len) {
		const struct path where = path_leaf(at,
			*tunnel->pre_shared_key_file ? "pre_shared_key_file" : "pre_shared_key");

		report_add(c->report, "missing", &where, "the tunnel has no pre-shared key",
			"pre_shared_key or pre_shared_key_file", NULL);
	}
	if (is_any(tunnel->local_id)) {
		const struct path where = path_leaf(at, "local_id");

		report_add(c->report, "needs-id", &where, "we must say who we are", "an identity",
			tunnel->local_id);
	}
	check_ends(c, at, tunnel, gateway, peer);
	warn_weak(c, at, "ike", tunnel->ike.proposals.v, tunnel->ike.proposals.n);
	warn_weak(c, at, "ipsec", tunnel->ipsec.proposals.v, tunnel->ipsec.proposals.n);
	warn_short(c, at, "ike", tunnel->ike.lifetime_s);
	warn_short(c, at, "ipsec", tunnel->ipsec.lifetime_s);
}

static void check_connection_one(
	struct check *c, size_t i, const struct model_connection *connection)
{
	const struct path root = {"connections"}, at = path_at(&root, i);

	check_networks(c, &at, "local_networks", connection->local_networks.v,
		connection->local_networks.n);
	check_networks(c, &at, "remote_networks", connection->remote_networks.v,
		connection->remote_networks.n);
	check_families(c, &at, connection);
	for (size_t j = 0; j < connection->tunnels.n; j++) {
		const struct path tunnel = tunnel_path(i, j);

		check_tunnel(c, &tunnel, connection, &connection->tunnels.v[j]);
		check_children(c, &tunnel, connection, &connection->tunnels.v[j]);
		check_v1(c, &tunnel, &connection->tunnels.v[j], connection);
		check_probe(c, &tunnel, connection, &connection->tunnels.v[j]);
	}
	check_health(c, &at, connection);
	// one address may fail, the other carries on.
	if (connection->tunnels.n == MODEL_TUNNELS && *connection->tunnels.v[0].gateway_address &&
		!strcmp(connection->tunnels.v[0].gateway_address,
			connection->tunnels.v[1].gateway_address)) {
		const struct path second = tunnel_path(i, 1);
		const struct path where = path_leaf(&second, "gateway_address");

		report_add(c->report, "same-gateway-address", &where,
			"both tunnels of the connection have the same gateway address",
			"two different ones", connection->tunnels.v[1].gateway_address);
	}
}

static int name_cmp(const void *a, const void *b)
{
	const struct tunnel_row *x = a, *y = b;
	int order = strcmp(x->tunnel->name, y->tunnel->name);

	if (!order)
		order = (x->connection > y->connection) - (x->connection < y->connection);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int ends_cmp(const struct tunnel_row *x, const struct tunnel_row *y)
{
	int order = strcmp(x->gateway_address, y->gateway_address);

	if (!order)
		order = addr_cmp(&x->peer, &y->peer);
	if (!order)
		order = strcmp(x->tunnel->remote_id, y->tunnel->remote_id);
	return order ? order : strcmp(x->tunnel->local_id, y->tunnel->local_id);
}

static int ends_order(const void *a, const void *b)
{
	int order = ends_cmp(a, b);

	return order ? order : name_cmp(a, b);
}

static bool same_name(const struct tunnel_row *x, const struct tunnel_row *y)
{
	return !strcmp(x->tunnel->name, y->tunnel->name) && *x->tunnel->name;
}

static bool same_ends(const struct tunnel_row *x, const struct tunnel_row *y)
{
	return !ends_cmp(x, y) && *x->tunnel->customer_gateway && *x->gateway_address;
}

// Sort so that equals are neighbours; every one but the first of them is a complaint.
static void check_pairs(struct check *c, struct tunnel_row *row, size_t n,
	int (*order)(const void *a, const void *b),
	bool (*same)(const struct tunnel_row *x, const struct tunnel_row *y), const char *code,
	const char *what)
{
	size_t first = 0;

	qsort(row, n, sizeof(*row), order);
	for (size_t i = 1; i < n; i++) {
		struct path where, other;

		if (!same(&row[first], &row[i])) {
			first = i;
			continue;
		}
		where = tunnel_path(row[i].connection, row[i].at);
		other = tunnel_path(row[first].connection, row[first].at);
		report_add(c->report, code, &where, what, other.text, row[i].tunnel->name);
	}
}

static int check_tunnels_together(struct check *c, size_t n)
{
	struct tunnel_row *row = calloc(n ? n : 1, sizeof(*row));
	size_t at = 0;

	if (!row)
		return -ENOMEM;
	for (size_t i = 0; i < c->m->connections.n; i++) {
		for (size_t j = 0; j < c->m->connections.v[i].tunnels.n; j++) {
			const struct model_tunnel *tunnel = &c->m->connections.v[i].tunnels.v[j];
			const struct model_customer_gateway *peer = directory_customer_gateway(
				&c->names, tunnel->customer_gateway);

			row[at] = (struct tunnel_row){
				.tunnel = tunnel,
				.connection = i,
				.at = j,
				.gateway_address = directory_gateway_address_of(
					&c->names, &c->m->connections.v[i], tunnel),
			};
			if (peer)
				row[at].peer = peer->address;
			at++;
		}
	}
	check_pairs(c, row, n, name_cmp, same_name, "duplicate", "another tunnel has this name");
	check_pairs(c, row, n, ends_order, same_ends, "ambiguous",
		"another tunnel has the same addresses and identities");
	free(row);
	return 0;
}

static void check_number_of_tunnels(struct check *c, size_t n)
{
	const struct path where = {"connections"};
	char got[32];

	if (n <= c->m->system.limits.tunnels)
		return;
	snprintf(got, sizeof(got), "%zu", n);
	report_add(c->report, "too-many", &where, "more tunnels than system.limits.tunnels allows",
		"at most that many", got);
}

int check_connections(struct check *c)
{
	size_t tunnels = 0;

	for (size_t i = 0; i < c->m->connections.n; i++) {
		check_connection_one(c, i, &c->m->connections.v[i]);
		check_member(c, i);
		tunnels += c->m->connections.v[i].tunnels.n;
	}
	check_number_of_tunnels(c, tunnels);
	return check_tunnels_together(c, tunnels);
}

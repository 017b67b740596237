// BGP through tunnels. What stands there is checked even while BGP is off, and then need not be
// complete: tools put it there before they turn it on.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check_part.h"

enum { TUNNEL_BITS = 30 };

// A tunnel's /30 and who has it.
struct cidr_row {
	struct cidr cidr;
	const char *vpn_gateway; // "": none
	size_t connection, at;
};

static struct path block_path(size_t connection, size_t tunnel)
{
	const struct path root = {"connections"}, one = path_at(&root, connection);
	const struct path list = path_leaf(&one, "tunnels"), at = path_at(&list, tunnel);

	return path_leaf(&at, "bgp");
}

// R-52, D-4
static bool is_reserved(const struct cidr *cidr)
{
	static const uint32_t reserved[] = {
		0xa9fe0000, // 169.254.0.0
		0xa9fe0100, // 169.254.1.0
		0xa9fe0200, // 169.254.2.0
		0xa9fe0300, // 169.254.3.0
		0xa9fe0400, // 169.254.4.0
		0xa9fe0500, // 169.254.5.0
		0xa9fe0600, // 169.254.6.0
		0xa9fea9fc, // 169.254.169.252
	};
	const uint32_t first = addr_v4_host(&cidr->addr);

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (first == reserved[i])
			return true;
	}
	return false;
}

static bool is_tunnel_cidr(const struct cidr *cidr)
{
	return cidr->bits == TUNNEL_BITS && addr_v4_host(&cidr->addr) >> 16 == 0xa9fe;
}

static void check_cidr_of(struct check *c, const struct path *at, const struct cidr *cidr)
{
	const struct path where = path_leaf(at, "tunnel_cidr");
	char got[CIDR_TEXT];

	cidr_show(cidr, got);
	if (!is_tunnel_cidr(cidr))
		report_add(c->report, "bad-tunnel-cidr", &where, "no network for a tunnel's BGP",
			"a /30 of 169.254.0.0/16", got);
	else if (is_reserved(cidr))
		report_add(c->report, "reserved-cidr", &where, "this network is reserved",
			"another one than 169.254.0.0/30 to 169.254.6.0/30 and 169.254.169.252/30",
			got);
}

//
static void check_local(struct check *c, const struct path *at, const struct model_bgp *bgp)
{
	const struct path where = path_leaf(at, "local_address");
	const uint32_t host = addr_v4_host(&bgp->local_address) & 3;
	char got[ADDR_TEXT];

	if (!is_tunnel_cidr(&bgp->tunnel_cidr) ||
		(cidr_has(&bgp->tunnel_cidr, &bgp->local_address) && (host == 1 || host == 2)))
		return;
	report_add(c->report, "not-in-tunnel-cidr", &where,
		"the address is none of the two hosts of tunnel_cidr", "its first or second host",
		addr_show(&bgp->local_address, got));
}

static void check_block(
	struct check *c, const struct path *at, const struct model_bgp *bgp, bool on)
{
	const bool cidr = bgp->tunnel_cidr.addr.family != ADDR_NONE;
	const bool local = bgp->local_address.family != ADDR_NONE;

	if (cidr)
		check_cidr_of(c, at, &bgp->tunnel_cidr);
	if (cidr && local)
		check_local(c, at, bgp);
	//
	if (on && !cidr) {
		const struct path where = path_leaf(at, "tunnel_cidr");

		report_add(c->report, "missing", &where, "BGP needs it in every tunnel",
			"a /30 of 169.254.0.0/16", NULL);
	}
	if (on && !local) {
		const struct path where = path_leaf(at, "local_address");

		report_add(c->report, "missing", &where, "BGP needs it in every tunnel",
			"one of the two hosts of tunnel_cidr", NULL);
	}
}

//
static void check_asn(struct check *c, size_t connection, size_t tunnel)
{
	const struct model_tunnel *t = &c->m->connections.v[connection].tunnels.v[tunnel];
	const struct model_customer_gateway *peer = directory_customer_gateway(
		&c->names, t->customer_gateway);
	const struct path root = {"connections"}, one = path_at(&root, connection);
	const struct path list = path_leaf(&one, "tunnels"), at = path_at(&list, tunnel);
	const struct path where = path_leaf(&at, "customer_gateway");

	if (peer && !peer->asn)
		report_add(c->report, "needs-asn", &where,
			"BGP needs a customer gateway with an autonomous system",
			"one with asn; it cannot be given to this one later", t->customer_gateway);
}

static void check_one(struct check *c, size_t i, const struct model_connection *connection)
{
	const struct path root = {"connections"}, at = path_at(&root, i);
	const struct path bgp = path_leaf(&at, "bgp");

	for (size_t j = 0; j < connection->tunnels.n; j++) {
		const struct path block = block_path(i, j);

		check_block(c, &block, &connection->tunnels.v[j].bgp, connection->bgp);
		if (connection->bgp)
			check_asn(c, i, j);
	}
	// D-15
	if (connection->bgp && !model_is_destination_mode(connection))
		report_add(c->report, "needs-destination-mode", &bgp,
			"the networks of the connection do not hold those of BGP",
			"0.0.0.0/0 as local and as remote networks", NULL);
	//
	if (connection->tunnels.n == MODEL_TUNNELS &&
		connection->tunnels.v[0].bgp.local_asn != connection->tunnels.v[1].bgp.local_asn) {
		const struct path block = block_path(i, 1), where = path_leaf(&block, "local_asn");
		char expected[16], got[16];

		snprintf(expected, sizeof(expected), "%u", connection->tunnels.v[0].bgp.local_asn);
		snprintf(got, sizeof(got), "%u", connection->tunnels.v[1].bgp.local_asn);
		report_add(c->report, "different-asn", &where,
			"the tunnels of a connection have one autonomous system", expected, got);
	}
}

static int cidr_order(const void *a, const void *b)
{
	const struct cidr_row *x = a, *y = b;
	int order = strcmp(x->vpn_gateway, y->vpn_gateway);

	if (!order)
		order = addr_cmp(&x->cidr.addr, &y->cidr.addr);
	if (!order)
		order = (x->connection > y->connection) - (x->connection < y->connection);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

//
static void check_unique_cidrs(struct check *c, struct cidr_row *row, size_t n)
{
	const struct cidr_row *first = row;

	qsort(row, n, sizeof(*row), cidr_order);
	for (size_t i = 1; i < n; i++) {
		struct path block, where, other;
		char got[CIDR_TEXT];

		if (strcmp(row[i].vpn_gateway, first->vpn_gateway) ||
			!cidr_eq(&row[i].cidr, &first->cidr)) {
			first = &row[i];
			continue;
		}
		block = block_path(row[i].connection, row[i].at);
		where = path_leaf(&block, "tunnel_cidr");
		other = block_path(first->connection, first->at);
		report_add(c->report, "duplicate", &where,
			"another tunnel of the VPN gateway has this network", other.text,
			cidr_show(&row[i].cidr, got));
	}
}

int check_bgp(struct check *c)
{
	struct cidr_row *row;
	size_t n = 0;

	for (size_t i = 0; i < c->m->connections.n; i++) {
		check_one(c, i, &c->m->connections.v[i]);
		n += c->m->connections.v[i].tunnels.n;
	}
	row = calloc(n ? n : 1, sizeof(*row));
	if (!row)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < c->m->connections.n; i++) {
		const struct model_connection *connection = &c->m->connections.v[i];

		for (size_t j = 0; j < connection->tunnels.n; j++) {
			const struct cidr *cidr = &connection->tunnels.v[j].bgp.tunnel_cidr;

			if (cidr->addr.family != ADDR_NONE)
				row[n++] = (struct cidr_row){*cidr, connection->vpn_gateway, i, j};
		}
	}
	check_unique_cidrs(c, row, n);
	free(row);
	return 0;
}

// Connections of VPN gateways: what the cloud asks of them beyond what works.
#include <stdio.h>
#include <string.h>

#include "model/check_part.h"

enum { KEY = 100, IDENTITY = 100, FAST_MBPS = 200 };

//
static void check_number(struct check *c, const struct path *at,
	const struct model_connection *connection, const struct model_vpn_gateway *gateway)
{
	const bool dual = gateway->redundancy == MODEL_DUAL;
	const struct path where = path_leaf(at, "tunnels");
	char got[24];

	if (!connection->tunnels.n || connection->tunnels.n == (dual ? 2 : 1))
		return;
	snprintf(got, sizeof(got), "%zu", connection->tunnels.n);
	report_add(c->report, "wrong-number", &where,
		dual ? "connections of this VPN gateway have two tunnels"
		     : "connections of this VPN gateway have one tunnel",
		dual ? "two tunnels" : "one tunnel", got);
}

static void check_key(struct check *c, const struct path *at, const struct model_tunnel *tunnel)
{
	const struct path where = path_leaf(
		at, *tunnel->pre_shared_key_file ? "pre_shared_key_file" : "pre_shared_key");
	const struct secret *key = &tunnel->pre_shared_key;
	bool plain = true;

	for (size_t i = 0; i < key->len; i++)
		plain &= key->b[i] > ' ' && key->b[i] <= '~';
	if (key->len > KEY || !plain)
		report_add(c->report, "bad-secret", &where,
			"no pre-shared key that the cloud takes",
			"1 to 100 characters of printable ASCII without spaces", NULL);
}

//
static void check_identity(
	struct check *c, const struct path *at, const char *leaf, const char *text)
{
	const struct path where = path_leaf(at, leaf);

	if (strlen(text) > IDENTITY || strchr(text, ' '))
		report_add(c->report, "bad-id", &where, "no identity that the cloud takes",
			"100 characters at most, and no spaces", text);
}

// D-16
static void warn_slow(struct check *c, const struct path *at, const char *group,
	const struct proposal *v, size_t n, uint32_t bandwidth_mbps)
{
	const struct path in = path_leaf(at, group), where = path_leaf(&in, "proposals");

	if (bandwidth_mbps < FAST_MBPS)
		return;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < v[i].n[ALG_ENCR]; j++) {
			if (v[i].choice[ALG_ENCR][j]->id != ALG_3DES_CBC)
				continue;
			report_warn(c->report, "slow-cipher", &where,
				"3des is slow for a VPN gateway of 200 Mbit/s or more",
				"aes128, aes192 or aes256", "3des");
			return;
		}
	}
}

void check_member(struct check *c, size_t i)
{
	const struct model_connection *connection = &c->m->connections.v[i];
	const struct model_vpn_gateway *gateway = directory_vpn_gateway(
		&c->names, connection->vpn_gateway);
	const struct path root = {"connections"}, at = path_at(&root, i);
	const struct path list = path_leaf(&at, "tunnels");

	check_tags(c, &at, &connection->about);
	if (!gateway)
		return;
	check_number(c, &at, connection, gateway);
	for (size_t j = 0; j < connection->tunnels.n; j++) {
		const struct model_tunnel *tunnel = &connection->tunnels.v[j];
		const struct path one = path_at(&list, j);

		check_key(c, &one, tunnel);
		check_identity(c, &one, "local_id", tunnel->local_id);
		check_identity(c, &one, "remote_id", tunnel->remote_id);
		warn_slow(c, &one, "ike", tunnel->ike.proposals.v, tunnel->ike.proposals.n,
			gateway->bandwidth_mbps);
		warn_slow(c, &one, "ipsec", tunnel->ipsec.proposals.v, tunnel->ipsec.proposals.n,
			gateway->bandwidth_mbps);
	}
}

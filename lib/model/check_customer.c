// Customer gateways.
#include <string.h>

#include "model/check_part.h"

enum { ASN_OF_THE_CLOUD = 45104 };

static bool is_ours(const struct model *m, const struct addr *addr)
{
	for (size_t i = 0; i < m->gateway_addresses.n; i++) {
		if (addr_eq(&m->gateway_addresses.v[i].address, addr))
			return true;
	}
	return false;
}

// API.md 2.1; what is no unicast address at all is another complaint.
static bool is_reserved(const struct addr *addr)
{
	static const struct {
		uint32_t first, last;
	} rows[] = {
		{0x64400000, 0x647fffff}, // 100.64.0.0/10
		{0xa9fe0000, 0xa9feffff}, // 169.254.0.0/16
	};
	const uint32_t host = addr_v4_host(addr);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (host >= rows[i].first && host <= rows[i].last)
			return true;
	}
	return false;
}

static void check_address(
	struct check *c, const struct path *at, const struct model_customer_gateway *customer)
{
	const struct addr *address = &customer->address;
	const struct path where = path_leaf(at, "address");
	char got[ADDR_TEXT];

	if (address->family == ADDR_NONE)
		return;
	addr_show(address, got);
	if (!addr_is_unicast(address))
		report_add(c->report, "not-a-host", &where, "no address that a peer could have",
			"a host's address, or %any", got);
	if (is_reserved(address))
		report_add(c->report, "reserved-address", &where,
			"no customer gateway may have such an address",
			"one outside of 100.64.0.0/10 and 169.254.0.0/16", got);
	if (is_ours(c->m, address))
		report_add(c->report, "own-address", &where,
			"the peer's address is one of the gateway's", "another host's", got);
}

// What a router takes as the key of its TCP signatures; the length is the schema's.
static void check_bgp_secret(
	struct check *c, const struct path *at, const struct model_customer_gateway *customer)
{
	const struct path where = path_leaf(at, "bgp_secret");
	const struct secret *secret = &customer->bgp_secret;

	for (size_t i = 0; i < secret->len; i++) {
		if (secret->b[i] > ' ' && secret->b[i] <= '~' && secret->b[i] != '?')
			continue;
		report_add(c->report, "bad-secret", &where, "a character that has no place here",
			"printable ASCII without spaces and question marks", NULL);
		return;
	}
}

void check_customer_gateways(struct check *c)
{
	const struct path root = {"customer_gateways"};

	for (size_t i = 0; i < c->m->customer_gateways.n; i++) {
		const struct model_customer_gateway *customer = &c->m->customer_gateways.v[i];
		const struct path at = path_at(&root, i), asn = path_leaf(&at, "asn");

		check_address(c, &at, customer);
		if (customer->asn == ASN_OF_THE_CLOUD)
			report_add(c->report, "reserved-asn", &asn,
				"this autonomous system is the gateway's", "another one", "45104");
		check_bgp_secret(c, &at, customer);
		check_tags(c, &at, &customer->about);
	}
}

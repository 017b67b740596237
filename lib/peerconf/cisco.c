#include "peerconf/cisco.h"

#include <inttypes.h>

char *cisco_net(const struct cidr *net, char dst[static CISCO_NET])
{
	char addr[ADDR_TEXT], mask[ADDR_TEXT];

	snprintf(dst, CISCO_NET, "%s %s", addr_show(&net->addr, addr), vendor_mask(net, mask));
	return dst;
}

void cisco_pairs(struct pen *pen, const struct peerconf *p, const char *before,
	char *(*mask)(const struct cidr *net, char dst[static ADDR_TEXT]))
{
	char from[ADDR_TEXT], from_mask[ADDR_TEXT], to[ADDR_TEXT], to_mask[ADDR_TEXT];

	for (size_t i = 0; i < p->local_count; i++)
		for (size_t j = 0; j < p->remote_count; j++)
			pen_line(pen, "%s %s %s %s %s", before, addr_show(&p->local[i].addr, from),
				mask(&p->local[i], from_mask), addr_show(&p->remote[j].addr, to),
				mask(&p->remote[j], to_mask));
}

static void write_neighbour(struct pen *pen, const struct peerconf_tunnel *t)
{
	char them[ADDR_TEXT], before[ADDR_TEXT + 32];

	addr_show(&t->remote_bgp, them);
	pen_line(pen, "neighbor %s remote-as %" PRIu32, them, t->remote_asn);
	pen_line(pen, "neighbor %s timers 10 30", them);
	snprintf(before, sizeof(before), "neighbor %s password ", them);
	pen_bgp_secret(pen, t, before);
}

void cisco_bgp(struct pen *pen, const struct peerconf *p)
{
	char them[ADDR_TEXT], addr[ADDR_TEXT], mask[ADDR_TEXT];
	bool standby = p->tunnels > 1;

	pen_line(pen, "!");
	if (standby) {
		pen_line(pen, "route-map %s-IN permit 10", p->name);
		pen_line(pen, " set local-preference 50");
		pen_line(pen, "route-map %s-OUT permit 10", p->name);
		pen_line(pen, " set as-path prepend %" PRIu32, p->tunnel[0].local_asn);
	}
	pen_line(pen, "router bgp %" PRIu32, p->tunnel[0].local_asn);
	pen->indent = 1;
	for (size_t i = 0; pen->vendor == &vendor_cisco_ios_xe && i < p->tunnels; i++)
		write_neighbour(pen, &p->tunnel[i]);
	pen_line(pen, "address-family ipv4%s", pen->vendor == &vendor_cisco_asa ? " unicast" : "");
	pen->indent = 2;
	for (size_t i = 0; pen->vendor == &vendor_cisco_asa && i < p->tunnels; i++)
		write_neighbour(pen, &p->tunnel[i]);
	for (size_t i = 0; i < p->tunnels; i++) {
		addr_show(&p->tunnel[i].remote_bgp, them);
		pen_line(pen, "neighbor %s activate", them);
		if (i)
			pen_line(pen, "neighbor %s route-map %s-IN in", them, p->name);
		if (i)
			pen_line(pen, "neighbor %s route-map %s-OUT out", them, p->name);
	}
	if (p->any)
		pen_line(pen, "network LOCAL-NETWORK mask LOCAL-MASK");
	for (size_t i = 0; !p->any && i < p->local_count; i++)
		pen_line(pen, "network %s mask %s", addr_show(&p->local[i].addr, addr),
			vendor_mask(&p->local[i], mask));
	pen->indent = 0;
}

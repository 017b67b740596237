#include "peerconf/vrp.h"

#include <inttypes.h>

void vrp_pairs(struct pen *pen, const struct peerconf *p)
{
	char from[ADDR_TEXT], from_mask[ADDR_TEXT], to[ADDR_TEXT], to_mask[ADDR_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < p->local_count; i++)
		for (size_t j = 0; j < p->remote_count; j++)
			pen_line(pen, " rule %zu permit ip source %s %s destination %s %s", 5 * ++n,
				addr_show(&p->local[i].addr, from),
				vendor_wildcard(&p->local[i], from_mask),
				addr_show(&p->remote[j].addr, to),
				vendor_wildcard(&p->remote[j], to_mask));
}

void vrp_say_policy(struct pen *pen, const struct peerconf *p)
{
	if (p->any)
		return;
	pen_pairs(pen, p);
	pen_say(pen,
		"One access list has one peer on an interface: tunnel 2 goes by a second outside");
	pen_say(pen, "interface, with worse routes; or set up destination mode at the gateway.");
	if (p->bgp)
		pen_say(pen, "BGP needs tunnel interfaces: destination mode at the gateway.");
}

void vrp_routes(struct pen *pen, const struct peerconf *p, size_t i, const char *before)
{
	size_t number = p->number + i + 1;
	char addr[ADDR_TEXT], mask[ADDR_TEXT];
	int preference = i ? 80 : 60;

	if (p->bgp)
		return;
	for (size_t j = 0; j < p->route_count; j++)
		pen_line(pen, "ip route-static %s %s %s%zu preference %d",
			addr_show(&p->routes[j].addr, addr), vendor_mask(&p->routes[j], mask),
			before, number, preference);
	if (!p->route_count)
		pen_line(pen, "ip route-static NETWORK MASK %s%zu preference %d", before, number,
			preference);
}

static void write_networks(struct pen *pen, const struct peerconf *p)
{
	char addr[ADDR_TEXT], mask[ADDR_TEXT];

	if (p->any)
		pen_line(pen, "  network LOCAL-NETWORK LOCAL-MASK");
	for (size_t i = 0; !p->any && i < p->local_count; i++)
		pen_line(pen, "  network %s %s", addr_show(&p->local[i].addr, addr),
			vendor_mask(&p->local[i], mask));
}

void vrp_bgp(struct pen *pen, const struct peerconf *p)
{
	bool h3c = pen->vendor == &vendor_h3c;
	char them[ADDR_TEXT], before[ADDR_TEXT + 40];

	pen_gap(pen);
	if (p->tunnels > 1) {
		pen_line(pen, "route-policy %s-IN permit node 10", p->name);
		pen_line(pen, " apply local-preference 50");
		pen_line(pen, "route-policy %s-OUT permit node 10", p->name);
		pen_line(pen, " apply as-path %" PRIu32 "%s", p->tunnel[0].local_asn,
			h3c ? "" : " additive");
	}
	pen_line(pen, "bgp %" PRIu32, p->tunnel[0].local_asn);
	for (size_t i = 0; i < p->tunnels; i++) {
		addr_show(&p->tunnel[i].remote_bgp, them);
		pen_line(pen, " peer %s as-number %" PRIu32, them, p->tunnel[i].remote_asn);
		pen_line(pen, " peer %s timer keepalive 10 hold 30", them);
		snprintf(before, sizeof(before), " peer %s password %s ", them,
			h3c ? "simple" : "cipher");
		pen_bgp_secret(pen, &p->tunnel[i], before);
	}
	pen_line(pen, " %s", h3c ? "address-family ipv4 unicast" : "ipv4-family unicast");
	write_networks(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		addr_show(&p->tunnel[i].remote_bgp, them);
		pen_line(pen, "  peer %s enable", them);
		if (!i)
			continue;
		pen_line(pen, "  peer %s route-policy %s-IN import", them, p->name);
		pen_line(pen, "  peer %s route-policy %s-OUT export", them, p->name);
	}
}

#include "net/flow.h"

#include <stdio.h>
#include <string.h>

int flow_read(const uint8_t *l3, size_t len, struct flow *flow, struct ip_info *ip)
{
	int err = ip_read(l3, len, true, ip);

	if (err)
		return err;
	*flow = (struct flow){.proto = ip->proto, .family = ip->src.family};
	memcpy(flow->src, ip->src.b, 16);
	memcpy(flow->dst, ip->dst.b, 16);
	ip_ports(ip, l3 + ip->head_len, ip->total_len - ip->head_len, &flow->src_port,
		&flow->dst_port);
	return 0;
}

bool flow_within(const struct flow *flow, const struct selector *src, const struct selector *dst)
{
	struct addr from = addr_from_wire(flow->src, flow->family);
	struct addr to = addr_from_wire(flow->dst, flow->family);
	bool icmp = flow->proto == IP_ICMP || flow->proto == IP_ICMP6;

	return selector_has(src, &from, flow->proto, flow->src_port) &&
	       selector_has(dst, &to, flow->proto, icmp ? flow->src_port : flow->dst_port);
}

char *flow_show(const struct flow *flow, char dst[static 128])
{
	char from[ENDPOINT_TEXT], to[ENDPOINT_TEXT];
	struct endpoint src = {addr_from_wire(flow->src, flow->family), flow->src_port};
	struct endpoint dest = {addr_from_wire(flow->dst, flow->family), flow->dst_port};

	snprintf(dst, 128, "%s > %s proto %u", endpoint_show(&src, from), endpoint_show(&dest, to),
		flow->proto);
	return dst;
}

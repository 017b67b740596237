#include "route/netlink/parse.h"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "route/netlink/netlink.h"

enum { ATTRS = 32 }; // more than any attribute number that we read

struct attrs {
	const struct nlattr *at[ATTRS];
};

static int attr_note(const struct nlattr *attr, void *ctx)
{
	struct attrs *attrs = ctx;
	uint16_t type = mnl_attr_get_type(attr);

	if (type < ATTRS)
		attrs->at[type] = attr;
	return MNL_CB_OK;
}

static struct attrs attrs_of(const struct nlmsghdr *msg, unsigned int head)
{
	struct attrs attrs = {};

	mnl_attr_parse(msg, head, attr_note, &attrs);
	return attrs;
}

static bool has(const struct attrs *attrs, unsigned int type, size_t len)
{
	return attrs->at[type] && mnl_attr_get_payload_len(attrs->at[type]) >= len;
}

static uint32_t u32_or(const struct attrs *attrs, unsigned int type, uint32_t otherwise)
{
	return has(attrs, type, 4) ? mnl_attr_get_u32(attrs->at[type]) : otherwise;
}

static uint8_t family_of(unsigned int af)
{
	return af == AF_INET ? ADDR_V4 : af == AF_INET6 ? ADDR_V6 : ADDR_NONE;
}

// returns whether the attribute is there and holds an address of this family
static bool addr_at(const struct attrs *attrs, unsigned int type, uint8_t family, struct addr *addr)
{
	size_t len = family == ADDR_V4 ? 4 : 16;

	if (!has(attrs, type, len))
		return false;
	*addr = addr_from_wire(mnl_attr_get_payload(attrs->at[type]), family);
	return true;
}

// What the kernel never says, but a table indexed by it could not hold.
static bool is_prefix(uint8_t family, uint8_t bits)
{
	return family && bits <= (family == ADDR_V4 ? 32 : 128);
}

static bool parse_link(const struct nlmsghdr *msg, struct route_event *event)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(msg);

	// A bridge speaks of its ports with these types too; DELLINK means "left the bridge" there.
	if (head->ifi_family != AF_UNSPEC)
		return false;
	event->type = ROUTE_LINK;
	event->ifindex = (unsigned int)head->ifi_index;
	event->gone |= !(head->ifi_flags & IFF_UP);
	return true;
}

static bool parse_addr(const struct nlmsghdr *msg, struct route_event *event)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(msg);
	struct attrs attrs = attrs_of(msg, sizeof(*head));
	uint8_t family = family_of(head->ifa_family);

	event->type = ROUTE_ADDR;
	event->ifindex = head->ifa_index;
	event->prefix.bits = head->ifa_prefixlen;
	event->gone |= (u32_or(&attrs, IFA_FLAGS, head->ifa_flags) & IFA_F_DADFAILED) != 0;
	// On a point-to-point device IFA_ADDRESS is the other end; IFA_LOCAL is always ours.
	return is_prefix(family, head->ifa_prefixlen) &&
	       (addr_at(&attrs, IFA_LOCAL, family, &event->prefix.addr) ||
		       addr_at(&attrs, IFA_ADDRESS, family, &event->prefix.addr));
}

static bool parse_neigh(const struct nlmsghdr *msg, struct route_event *event)
{
	const struct ndmsg *head = mnl_nlmsg_get_payload(msg);
	struct attrs attrs = attrs_of(msg, sizeof(*head));
	uint8_t family = family_of(head->ndm_family);

	// NOARP is multicast and the like; INCOMPLETE is a question without an answer yet.
	if (!family || head->ndm_flags & NTF_PROXY ||
		head->ndm_state & (NUD_NOARP | NUD_INCOMPLETE) ||
		!addr_at(&attrs, NDA_DST, family, &event->neigh))
		return false;
	event->type = ROUTE_NEIGH;
	event->ifindex = (unsigned int)head->ndm_ifindex;
	if (head->ndm_state & NUD_FAILED || !has(&attrs, NDA_LLADDR, 6))
		event->gone = true;
	else
		memcpy(event->mac, mnl_attr_get_payload(attrs.at[NDA_LLADDR]), 6);
	return true;
}

// Device and gateway of the first next hop: a route has one next hop here, the kernel spreads over
// several.
static void first_hop(const struct attrs *attrs, uint8_t family, struct route_event *event)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attrs->at[RTA_MULTIPATH]);
	struct attrs in = {};

	if (hop->rtnh_len < sizeof(*hop) ||
		hop->rtnh_len > mnl_attr_get_payload_len(attrs->at[RTA_MULTIPATH]))
		return;
	mnl_attr_parse_payload(RTNH_DATA(hop), hop->rtnh_len - sizeof(*hop), attr_note, &in);
	event->ifindex = (unsigned int)hop->rtnh_ifindex;
	addr_at(&in, RTA_GATEWAY, family, &event->gateway);
}

static bool parse_route(const struct nlmsghdr *msg, struct route_event *event)
{
	const struct rtmsg *head = mnl_nlmsg_get_payload(msg);
	struct attrs attrs = attrs_of(msg, sizeof(*head));
	uint8_t family = family_of(head->rtm_family);

	if (!is_prefix(family, head->rtm_dst_len) || head->rtm_type != RTN_UNICAST ||
		head->rtm_flags & RTM_F_CLONED ||
		u32_or(&attrs, RTA_TABLE, head->rtm_table) != RT_TABLE_MAIN)
		return false;
	event->type = head->rtm_protocol == NETLINK_PROTOCOL ? ROUTE_OWN : ROUTE_ROUTE;
	event->prefix.addr.family = family;
	event->prefix.bits = head->rtm_dst_len;
	event->protocol = head->rtm_protocol;
	event->metric = u32_or(&attrs, RTA_PRIORITY, 0);
	event->ifindex = u32_or(&attrs, RTA_OIF, 0);
	if (head->rtm_dst_len && !addr_at(&attrs, RTA_DST, family, &event->prefix.addr))
		return false;
	if (has(&attrs, RTA_MULTIPATH, sizeof(struct rtnexthop)))
		first_hop(&attrs, family, event);
	else
		addr_at(&attrs, RTA_GATEWAY, family, &event->gateway);
	return true;
}

static const struct {
	uint16_t add, del;
	size_t head;
	bool (*parse)(const struct nlmsghdr *msg, struct route_event *event);
} rows[] = {
	{RTM_NEWLINK, RTM_DELLINK, sizeof(struct ifinfomsg), parse_link},
	{RTM_NEWADDR, RTM_DELADDR, sizeof(struct ifaddrmsg), parse_addr},
	{RTM_NEWNEIGH, RTM_DELNEIGH, sizeof(struct ndmsg), parse_neigh},
	{RTM_NEWROUTE, RTM_DELROUTE, sizeof(struct rtmsg), parse_route},
};

bool netlink_parse(const struct nlmsghdr *msg, struct route_event *event)
{
	*event = (struct route_event){};
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (msg->nlmsg_type != rows[i].add && msg->nlmsg_type != rows[i].del)
			continue;
		event->gone = msg->nlmsg_type == rows[i].del;
		return mnl_nlmsg_get_payload_len(msg) >= rows[i].head && rows[i].parse(msg, event);
	}
	return false;
}

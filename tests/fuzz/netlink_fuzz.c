// Messages of the kernel's routing tables. What is taken for an event is one that the tables can
// hold: families, prefix lengths and addresses fit each other.
//
// Input: netlink messages, as a datagram holds them.
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>

#include "fuzz/must.h"
#include "route/netlink/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool is_prefix(const struct cidr *c)
{
	return addr_len(&c->addr) && c->bits <= 8 * addr_len(&c->addr);
}

static void check(const struct route_event *e)
{
	char text[CIDR_TEXT];

	switch (e->type) {
	case ROUTE_LINK:
	case ROUTE_SYNCED:
		break;
	case ROUTE_ADDR:
		must(is_prefix(&e->prefix));
		break;
	case ROUTE_NEIGH:
		must(addr_len(&e->neigh));
		break;
	case ROUTE_ROUTE:
	case ROUTE_OWN:
		must(is_prefix(&e->prefix));
		must(!e->gateway.family || e->gateway.family == e->prefix.addr.family);
		must(strlen(cidr_show(&e->prefix, text)) < sizeof(text));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	// Aligned, as the driver's buffer is, and not a byte longer.
	uint8_t *copy = malloc(len ? len : 1);
	const struct nlmsghdr *msg = (const struct nlmsghdr *)copy;
	int left = (int)len;

	must(copy);
	memcpy(copy, data, len);
	// libmnl takes a length of 2^31 and more for a negative one, which fits.
	for (; mnl_nlmsg_ok(msg, left) && msg->nlmsg_len <= len; msg = mnl_nlmsg_next(msg, &left)) {
		struct route_event event;

		if (netlink_parse(msg, &event))
			check(&event);
	}
	free(copy);
	return 0;
}

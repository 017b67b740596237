#include "ctl/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/link.h"
#include "ctl/mirror.h"
#include "ctl/publish.h"

enum { PROTO_KERNEL = 2 }; // RTPROT_KERNEL: routes that addresses make

// An address of a mirror, as the kernel told it.
struct own_addr {
	unsigned int port;
	struct cidr addr; // host bits kept
	bool stale;	  // a dump is under way and has not named it yet
	struct own_addr *next;
};

struct kernel {
	struct route_source *source;
	struct loop_watch *watch;
	struct own_addr *addr;
	bool dumping; // asked, and ROUTE_SYNCED has not come yet
	bool again;   // something happened that the kernel does not tell in full: ask once more
};

static struct own_addr *addr_find(struct kernel *k, unsigned int port, const struct cidr *addr)
{
	struct own_addr *a;

	LL_FOREACH (k->addr, a) {
		if (a->port == port && cidr_eq(&a->addr, addr))
			return a;
	}
	return NULL;
}

// The same address may stand there twice, with two prefix lengths.
static void addr_drop(struct ctl *ctl, struct own_addr *gone)
{
	struct kernel *k = ctl->kernel;
	bool other = false;
	struct own_addr *a;

	LL_DELETE(k->addr, gone);
	LL_FOREACH (k->addr, a)
		other |= a->port == gone->port && addr_eq(&a->addr.addr, &gone->addr.addr);
	if (!other && dp_addr_set(ctl->dp, gone->port, &gone->addr.addr, false))
		log_error("no memory to forget an address");
	free(gone);
}

static void on_addr(struct ctl *ctl, unsigned int port, const struct route_event *event)
{
	struct kernel *k = ctl->kernel;
	struct own_addr *a = addr_find(k, port, &event->prefix);

	if (event->gone) {
		if (a)
			addr_drop(ctl, a);
		k->again = true;
		return;
	}
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a) {
			log_error("no memory for an address");
			return;
		}
		a->port = port;
		a->addr = event->prefix;
		LL_PREPEND(k->addr, a);
	}
	a->stale = false;
	if (dp_addr_set(ctl->dp, port, &event->prefix.addr, true))
		log_error("no memory for an address");
}

// RFC 4291 s2.5.6
static bool link_local(const struct addr *a)
{
	return a->family == ADDR_V6 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

static void on_route(struct ctl *ctl, unsigned int port, const struct route_event *event)
{
	enum rib_source source = event->protocol == PROTO_KERNEL ? RIB_CONNECTED : RIB_KERNEL;
	struct rib_hop hop = {.kind = RIB_PORT, .id = port, .gateway = event->gateway};

	// One per device, all with the same prefix: never forwarded, so never looked up.
	if (link_local(&event->prefix.addr))
		return;
	if (event->gone)
		rib_del(ctl->rib, source, &event->prefix, event->metric);
	else if (rib_set(ctl->rib, source, &event->prefix, event->metric, &hop))
		log_error("no memory for a route");
}

static void on_own(struct ctl *ctl, unsigned int port, const struct route_event *event)
{
	publish_heard(ctl, port, &event->prefix, event->gone);
}

static void on_neigh(struct ctl *ctl, unsigned int port, const struct route_event *event)
{
	neigh_heard(ctl->neighs, port, &event->neigh, event->gone ? NULL : event->mac, mono_now());
}

static void on_link(struct ctl *ctl, unsigned int port, const struct route_event *event)
{
	if (!event->gone) {
		publish_again(ctl, port);
		return;
	}
	rib_del_port(ctl->rib, RIB_CONNECTED, port);
	rib_del_port(ctl->rib, RIB_KERNEL, port);
	neigh_forget(ctl->neighs, port);
}

static void on_synced(struct ctl *ctl)
{
	struct own_addr *a, *next;

	ctl->kernel->dumping = false;
	rib_sweep(ctl->rib, RIB_CONNECTED);
	rib_sweep(ctl->rib, RIB_KERNEL);
	LL_FOREACH_SAFE (ctl->kernel->addr, a, next) {
		if (a->stale)
			addr_drop(ctl, a);
	}
}

static void on_event(void *ctx, const struct route_event *event)
{
	static void (*const row[])(struct ctl *, unsigned int, const struct route_event *) = {
		[ROUTE_ADDR] = on_addr,
		[ROUTE_NEIGH] = on_neigh,
		[ROUTE_ROUTE] = on_route,
		[ROUTE_OWN] = on_own,
		[ROUTE_LINK] = on_link,
	};
	struct ctl *ctl = ctx;
	struct mirror *m = mirror_find(ctl, event->ifindex);

	// It may be the device under a port.
	if (event->type == ROUTE_LINK && !m)
		link_look(ctl);
	if (event->type == ROUTE_SYNCED)
		on_synced(ctl);
	else if (m)
		row[event->type](ctl, m->port, event);
}

static int ask(struct ctl *ctl)
{
	struct own_addr *a;

	rib_mark(ctl->rib, RIB_CONNECTED);
	rib_mark(ctl->rib, RIB_KERNEL);
	LL_FOREACH (ctl->kernel->addr, a)
		a->stale = true;
	ctl->kernel->again = false;
	ctl->kernel->dumping = true;
	return ctl->setup.route->dump(ctl->kernel->source);
}

static void on_readable(void *ctx, int)
{
	struct ctl *ctl = ctx;
	int err = ctl->setup.route->read(ctl->kernel->source, on_event, ctl);

	if (err && err != -ENOBUFS)
		log_error("cannot read what the kernel tells of routes: %s", strerror(-err));
	// A dump under way is waited for, or its end would sweep what the next one has not told
	// yet.
	if (err == -ENOBUFS || (ctl->kernel->again && !ctl->kernel->dumping))
		err = ask(ctl);
	if (err && err != -ENOBUFS)
		log_error("cannot ask the kernel for routes: %s", strerror(-err));
	ctl_commit(ctl);
}

int kernel_start(struct ctl *ctl, struct why *why)
{
	int err;

	ctl->kernel = calloc(1, sizeof(*ctl->kernel));
	if (!ctl->kernel)
		return -ENOMEM;
	err = ctl->setup.route->open(&ctl->kernel->source, why);
	if (err)
		return err;
	ctl->kernel->watch = loop_read(
		ctl->loop, ctl->setup.route->fd(ctl->kernel->source), on_readable, ctl);
	if (!ctl->kernel->watch)
		return -ENOMEM;
	err = ask(ctl);
	return err ? why_set(why, err, "the kernel does not tell its routes", "netlink", NULL,
			     strerror(-err))
		   : 0;
}

void kernel_stop(struct ctl *ctl)
{
	struct own_addr *a, *next;

	if (!ctl->kernel)
		return;
	loop_unwatch(ctl->kernel->watch);
	if (ctl->kernel->source)
		ctl->setup.route->close(ctl->kernel->source);
	LL_FOREACH_SAFE (ctl->kernel->addr, a, next)
		free(a);
	free(ctl->kernel);
	ctl->kernel = NULL;
}

int kernel_addr(
	struct ctl *ctl, unsigned int port, const struct cidr *addr, bool on, struct why *why)
{
	char text[CIDR_TEXT];
	int err = ctl->setup.route->addr_set(
		ctl->kernel->source, ctl->mirror[port].ifindex, addr, on);

	if (err)
		return why_set(why, err,
			on ? "cannot give the mirror its address" : "cannot take an address away",
			dp_port_name(ctl->dp, port), cidr_show(addr, text), strerror(-err));
	return 0;
}

int kernel_publish(
	struct ctl *ctl, unsigned int port, const struct cidr *prefix, bool on, struct why *why)
{
	char text[CIDR_TEXT];
	int err = ctl->setup.route->route_set(
		ctl->kernel->source, prefix, ctl->mirror[port].ifindex, NULL, on);

	if (err)
		return why_set(why, err,
			on ? "cannot publish a route" : "cannot withdraw a published route",
			dp_port_name(ctl->dp, port), cidr_show(prefix, text), strerror(-err));
	return 0;
}

void kernel_each_addr(const struct ctl *ctl,
	void (*each)(void *ctx, unsigned int port, const struct cidr *addr), void *ctx)
{
	struct own_addr *a;

	LL_FOREACH (ctl->kernel->addr, a)
		each(ctx, a->port, &a->addr);
}

void kernel_resolve(struct ctl *ctl, unsigned int port, const struct addr *addr)
{
	char text[ADDR_TEXT];
	int err;

	if (!ctl->kernel)
		return;
	err = ctl->setup.route->resolve(ctl->kernel->source, ctl->mirror[port].ifindex, addr);
	if (err)
		log_debug("cannot look for %s on %s: %s", addr_show(addr, text),
			dp_port_name(ctl->dp, port), strerror(-err));
}

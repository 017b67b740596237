#include "ctl/link.h"

#include "base/log.h"
#include "ctl/failover.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"
#include "ctl/mirror.h"

// The kernel forgets the neighbours of a mirror without a carrier, and routing daemons see it.
static void show_kernel(struct ctl *ctl, unsigned int port)
{
	struct mirror *m = &ctl->mirror[port];

	if (m->punt && ctl->setup.punt->carrier(m->punt, ctl->link[port].up))
		log_warning("port %s: its mirror does not follow its link",
			dp_port_name(ctl->dp, port));
}

// The peer may have given the SAs up meanwhile: a tunnel that stands is not believed before its
// peer has been heard. Who cannot be asked (IKEv1 without DPD) is believed.
static void ask(struct ctl *ctl, struct tunnel *t)
{
	struct ike_in in = {.type = IKE_IN_ASK, .tunnel = t->id};

	if (t->standing.down[FAILOVER_NO_SA] || ikerun_input(ctl, &in))
		return;
	failover_say(t, FAILOVER_SILENT, true);
	ctl->link[t->gateway.port].proving = true;
}

// returns whether a tunnel waits on
static bool prove(struct ctl *ctl, struct tunnel *t)
{
	mono_us_t asked = t->standing.down[FAILOVER_SILENT];
	struct ike_tunnel_view view;

	if (!asked)
		return false;
	if (!t->standing.down[FAILOVER_NO_SA] && ike_tunnel_view(ikerun_ike(ctl), t->id, &view) &&
		view.last_in < asked)
		return true;
	failover_say(t, FAILOVER_SILENT, false);
	return false;
}

static void prove_all(struct ctl *ctl, unsigned int port)
{
	struct tunnel *t, *next;
	bool proving = false;

	HASH_ITER (hh, ctl->tunnels, t, next)
		proving |= t->gateway.port == port && prove(ctl, t);
	ctl->link[port].proving = proving;
}

static void tell_tunnels(struct ctl *ctl, unsigned int port)
{
	const char *event = ctl->link[port].up ? "link-up" : "link-down";
	struct tunnel *t, *next;

	HASH_ITER (hh, ctl->tunnels, t, next) {
		if (t->gateway.port != port)
			continue;
		if (ctl->link[port].up)
			ask(ctl, t);
		failover_say(t, FAILOVER_LINK, !ctl->link[port].up);
	}
	HASH_ITER (hh, ctl->tunnels, t, next) {
		if (t->gateway.port == port)
			logbook_add(ctl, t, event);
	}
}

static void change(struct ctl *ctl, unsigned int port, bool up)
{
	struct link *link = &ctl->link[port];

	link->up = up;
	link->since = mono_now();
	link->changes++;
	tell_tunnels(ctl, port);
	log_at(up ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "port %s: the link is %s [link-%s]",
		dp_port_name(ctl->dp, port), up ? "up" : "down", up ? "up" : "down");
	show_kernel(ctl, port);
	if (up)
		neigh_again(ctl->neighs, port, link->since);
}

static void on_told(void *ctx, int)
{
	link_look(ctx);
}

void link_start(struct ctl *ctl)
{
	for (unsigned int port = 0; port < dp_ports(ctl->dp); port++) {
		int fd = dp_port_link_fd(ctl->dp, port);

		ctl->link[port].up = true;
		// Without memory for it, the tick finds out.
		if (fd >= 0)
			ctl->link[port].watch = loop_read(ctl->loop, fd, on_told, ctl);
	}
	link_look(ctl);
}

void link_stop(struct ctl *ctl)
{
	for (unsigned int port = 0; port < DP_PORTS; port++) {
		loop_unwatch(ctl->link[port].watch);
		ctl->link[port].watch = NULL;
	}
}

void link_look(struct ctl *ctl)
{
	for (unsigned int port = 0; port < dp_ports(ctl->dp); port++) {
		bool up = dp_port_up(ctl->dp, port);

		if (up != ctl->link[port].up)
			change(ctl, port, up);
		if (ctl->link[port].proving)
			prove_all(ctl, port);
	}
}

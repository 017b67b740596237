#include "ctl/mirror.h"

#include <errno.h>

#include "base/log.h"

enum {
	FRAME_MAX = 65536,
	FRAMES = 64, // per wake: others are due, too
};

static void on_frame(void *ctx, int)
{
	static uint8_t frame[FRAME_MAX];
	struct mirror *m = ctx;
	const struct punt_driver *driver = m->ctl->setup.punt;

	for (int i = 0; i < FRAMES; i++) {
		int len = driver->read(m->punt, frame, sizeof(frame));

		if (len <= 0)
			return;
		m->from_kernel++;
		if (dp_from_kernel(m->ctl->dp, m->port, frame, (size_t)len))
			m->lost++;
	}
}

static int mirror_open(struct ctl *ctl, unsigned int port, const char *ifname, struct why *why)
{
	const struct punt_driver *driver = ctl->setup.punt;
	struct mirror *m = &ctl->mirror[port];
	uint8_t mac[6];
	int err;

	dp_port_mac(ctl->dp, port, mac);
	err = driver->open(ifname, mac, dp_port_mtu(ctl->dp, port), &m->punt, why);
	if (err)
		return err;
	m->ctl = ctl;
	m->port = port;
	m->ifindex = driver->ifindex(m->punt);
	m->watch = loop_read(ctl->loop, driver->fd(m->punt), on_frame, m);
	return m->watch ? 0 : -ENOMEM;
}

int mirrors_open(struct ctl *ctl, const struct model *m, struct why *why)
{
	for (unsigned int port = 0; port < dp_ports(ctl->dp); port++) {
		const struct model_port *mp = model_find_port(m, dp_port_name(ctl->dp, port));
		int err = mirror_open(ctl, port, mp->mirror[0] ? mp->mirror : mp->name, why);

		if (err)
			return err;
	}
	return 0;
}

void mirrors_close(struct ctl *ctl)
{
	for (unsigned int port = 0; port < DP_PORTS; port++) {
		struct mirror *m = &ctl->mirror[port];

		loop_unwatch(m->watch);
		if (m->punt)
			ctl->setup.punt->close(m->punt);
		*m = (struct mirror){};
	}
}

void mirror_write(struct ctl *ctl, unsigned int port, const uint8_t *frame, size_t len)
{
	struct mirror *m = &ctl->mirror[port];

	if (!m->punt)
		return;
	if (ctl->setup.punt->write(m->punt, frame, len))
		m->lost++;
	else
		m->to_kernel++;
}

struct mirror *mirror_find(struct ctl *ctl, unsigned int ifindex)
{
	for (unsigned int port = 0; port < DP_PORTS; port++) {
		if (ctl->mirror[port].punt && ctl->mirror[port].ifindex == ifindex)
			return &ctl->mirror[port];
	}
	return NULL;
}

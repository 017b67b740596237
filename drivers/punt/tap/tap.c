#include "punt/tap/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct punt {
	int fd;
	unsigned int ifindex;
};

static int why_errno(struct why *why, const char *what, const char *ifname, const char *expected)
{
	int err = errno;

	return why_set(why, -err, what, ifname, expected, strerror(err));
}

// MAC, MTU, up; fills ifindex.
static int configure(const char *ifname, const uint8_t mac[static 6], uint16_t mtu,
	unsigned int *ifindex, struct why *why)
{
	int err = 0, ctl = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = {};

	if (ctl < 0)
		return why_errno(why, "cannot open a socket for the mirror", ifname, "");
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", ifname);

	req.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(req.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(ctl, SIOCSIFHWADDR, &req) < 0) {
		err = why_errno(why, "cannot set the mirror's MAC", ifname, "a unicast address");
		goto close_ctl;
	}
	req.ifr_mtu = mtu;
	if (ioctl(ctl, SIOCSIFMTU, &req) < 0) {
		err = why_errno(why, "cannot set the mirror's MTU", ifname, "68 to 65521");
		goto close_ctl;
	}
	req.ifr_flags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
	if (ioctl(ctl, SIOCSIFFLAGS, &req) < 0 || ioctl(ctl, SIOCGIFINDEX, &req) < 0)
		err = why_errno(why, "cannot bring the mirror up", ifname, "");
	else
		*ifindex = (unsigned int)req.ifr_ifindex;
close_ctl:
	close(ctl);
	return err;
}

static int tap_open(const char *ifname, const uint8_t mac[static 6], uint16_t mtu,
	struct punt **punt, struct why *why)
{
	struct ifreq req = {.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL)};
	struct punt *p;
	int err;

	if (!ifname[0] || strlen(ifname) >= sizeof(req.ifr_name))
		return why_set(why, -EINVAL, "not the name of an interface", "mirror",
			"1 to 15 characters", ifname);
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0) {
		err = why_errno(why, "cannot open /dev/net/tun", ifname,
			"the tun module and a device node (modprobe tun)");
		goto free_punt;
	}
	strcpy(req.ifr_name, ifname);
	if (ioctl(p->fd, TUNSETIFF, &req) < 0) {
		err = why_errno(why, "cannot make the mirror", ifname,
			errno == EPERM ? "CAP_NET_ADMIN" : "a name that no interface has yet");
		goto close_fd;
	}
	err = configure(ifname, mac, mtu, &p->ifindex, why);
	if (err)
		goto close_fd;
	*punt = p;
	return 0;

close_fd:
	close(p->fd);
free_punt:
	free(p);
	return err;
}

static void tap_close(struct punt *punt)
{
	if (!punt)
		return;
	close(punt->fd);
	free(punt);
}

static int tap_fd(struct punt *punt)
{
	return punt->fd;
}

static unsigned int tap_ifindex(struct punt *punt)
{
	return punt->ifindex;
}

static int tap_carrier(struct punt *punt, bool up)
{
	int carrier = up;

	return ioctl(punt->fd, TUNSETCARRIER, &carrier) < 0 ? -errno : 0;
}

static int tap_read(struct punt *punt, uint8_t *frame, size_t size)
{
	ssize_t len = read(punt->fd, frame, size);

	return len < 0 ? -errno : (int)len;
}

static int tap_write(struct punt *punt, const uint8_t *frame, size_t len)
{
	return write(punt->fd, frame, len) < 0 ? -errno : 0;
}

const struct punt_driver punt_tap = {
	.name = "tap",
	.open = tap_open,
	.close = tap_close,
	.fd = tap_fd,
	.ifindex = tap_ifindex,
	.carrier = tap_carrier,
	.read = tap_read,
	.write = tap_write,
};

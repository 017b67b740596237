// The contract of a kernel mirror: a device in the kernel that stands for a port of ours.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct punt; // the driver's own

// All on the control core. Frames start with the Ethernet header.
struct punt_driver {
	const char *name;

	// Make the device ifname with this MAC and MTU, up. returns 0 or -errno with why
	int (*open)(const char *ifname, const uint8_t mac[static 6], uint16_t mtu,
		struct punt **punt, struct why *why);
	void (*close)(struct punt *punt);

	int (*fd)(struct punt *punt); // readable when the kernel has a frame to send
	unsigned int (*ifindex)(struct punt *punt);
	// Let the device have a carrier, or none, as the port has a link. returns 0 or -errno
	int (*carrier)(struct punt *punt, bool up);
	// One frame from the kernel. returns its length, -EAGAIN (none) or -errno
	int (*read)(struct punt *punt, uint8_t *frame, size_t size);
	// One frame to the kernel. returns 0 or -errno (-EIO: the device is down; -EAGAIN: its
	// queue is full)
	int (*write)(struct punt *punt, const uint8_t *frame, size_t len);
};

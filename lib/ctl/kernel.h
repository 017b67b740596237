// What the kernel knows of our mirrors: addresses, neighbours and routes, kept in step with the
// dataplane's tables.
#pragma once

#include "ctl/core.h"

// Listen, and ask for everything. After mirrors_open. returns 0 or -errno with why
[[nodiscard]] int kernel_start(struct ctl *ctl, struct why *why);
void kernel_stop(struct ctl *ctl);

// Give a port's mirror an address with its prefix length, or take it. returns 0 or -errno with why
[[nodiscard]] int kernel_addr(
	struct ctl *ctl, unsigned int port, const struct cidr *addr, bool on, struct why *why);

// Have a route of our own to a port's mirror, or not. returns 0 or -errno with why
[[nodiscard]] int kernel_publish(
	struct ctl *ctl, unsigned int port, const struct cidr *prefix, bool on, struct why *why);

// Make the kernel look for a neighbour; the answer comes to neigh_heard.
void kernel_resolve(struct ctl *ctl, unsigned int port, const struct addr *addr);

// Addresses of our mirrors, whoever gave them.
void kernel_each_addr(const struct ctl *ctl,
	void (*each)(void *ctx, unsigned int port, const struct cidr *addr), void *ctx);

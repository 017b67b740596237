// A port's mirror: the kernel device where addresses, ARP, ICMP and everything live that is neither
// IKE nor ESP. What the kernel sends there leaves through the dataplane.
#pragma once

#include "ctl/core.h"
#include "model/model.h"

// Make the mirror of every port of the dataplane. returns 0 or -errno with why
[[nodiscard]] int mirrors_open(struct ctl *ctl, const struct model *m, struct why *why);
void mirrors_close(struct ctl *ctl);

// A frame for the kernel. What it does not take is counted as lost.
void mirror_write(struct ctl *ctl, unsigned int port, const uint8_t *frame, size_t len);

// By the kernel's number of the device; NULL: not ours.
struct mirror *mirror_find(struct ctl *ctl, unsigned int ifindex);

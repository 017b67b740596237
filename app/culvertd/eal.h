// DPDK's environment: its arguments made from the configuration, its log sent to ours.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { EAL_WORKERS = 64, EAL_DEVICES = 64 };

struct eal_conf {
	unsigned int control_cpu;
	unsigned int worker_cpu[EAL_WORKERS]; // worker i becomes lcore i + 1
	unsigned int n_workers;
	const char *device[EAL_DEVICES]; // "0000:03:00.0", "net_af_packet0,iface=veth0"
	unsigned int n_devices;
	unsigned int memory_mb; // 0: what fits the machine
	bool hugepages;		// false: never use them, though there may be some
};

// Start DPDK. The caller's thread becomes the main lcore (0), pinned to control_cpu; nothing is
// left on disk.
//
// Without free hugepages ordinary memory is used, with a warning. returns 0 or -errno with why.
// Once, from main, before threads are made.
[[nodiscard]] int eal_start(const struct eal_conf *conf, struct why *why);
void eal_stop(void);

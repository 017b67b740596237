// EAL for tests of the dataplane: no hugepages, no devices, one lcore.
#pragma once

#include <rte_eal.h>

#include "unit/unit.h"

static inline int eal_up(void **)
{
	static const char *const args[] = {"test", "--no-huge", "--no-shconf", "--no-pci",
		"--no-telemetry", "-m", "160", "-l", "0", "--log-level=3"};

	char *arg[sizeof(args) / sizeof(args[0])];

	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		arg[i] = (char *)(uintptr_t)args[i];
	return rte_eal_init(sizeof(args) / sizeof(args[0]), arg) < 0;
}

static inline int eal_down(void **)
{
	return rte_eal_cleanup();
}

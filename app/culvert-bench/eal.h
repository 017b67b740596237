// DPDK's environment for a benchmark: two CPUs, no PCI, memory of its own.
#pragma once

enum { BENCH_LCORE = 1 }; // the worker's

// main_cpu sleeps and counts, worker_cpu works; they may be one. prefix (NULL: our pid) names the
// run-time directory where DPDK's telemetry listens. Uses hugepages when enough are free, and says
// so when not.
//
// returns 0 or -errno
[[nodiscard]] int bench_eal(unsigned int main_cpu, unsigned int worker_cpu, const char *prefix);

// Give back what DPDK has taken, its run-time directory included.
void bench_eal_fini(void);

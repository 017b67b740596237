#include "eal.h"

#include <errno.h>
#include <limits.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MEMORY_MB = 512, PAGE_MB = 2, WORDS = 16, MAIN_LCORE = 0 };

static unsigned int free_hugepages(void)
{
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned int n = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%u", &n) != 1)
		n = 0;
	fclose(file);
	return n;
}

int bench_eal(unsigned int main_cpu, unsigned int worker_cpu, const char *prefix)
{
	bool huge = free_hugepages() >= MEMORY_MB / PAGE_MB;
	char own[32], line[256], *argv[WORDS], *rest = NULL;
	int argc = 0;

	snprintf(own, sizeof(own), "culvert-bench%d", getpid());
	snprintf(line, sizeof(line),
		"culvert-bench --lcores %d@%u,%d@%u --main-lcore %d --no-pci %s -m %d "
		"--log-level error --file-prefix=%s",
		MAIN_LCORE, main_cpu, BENCH_LCORE, worker_cpu, MAIN_LCORE,
		huge ? "--in-memory" : "--no-huge", MEMORY_MB, prefix ? prefix : own);
	for (char *word = line; argc < WORDS; word = NULL, argc++) {
		argv[argc] = strtok_r(word, " ", &rest);
		if (!argv[argc])
			break;
	}
	if (!huge)
		fprintf(stderr, "culvert-bench: fewer than %d free hugepages: slower without\n",
			MEMORY_MB / PAGE_MB);
	if (rte_eal_init(argc, argv) < 0) {
		fprintf(stderr, "culvert-bench: DPDK does not start: %s\n",
			rte_strerror(rte_errno));
		return -rte_errno;
	}
	return 0;
}

void bench_eal_fini(void)
{
	char dir[PATH_MAX], path[PATH_MAX + 32];

	snprintf(dir, sizeof(dir), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	// Telemetry's sockets stay behind with --in-memory.
	snprintf(path, sizeof(path), "%s/dpdk_telemetry.v2", dir);
	unlink(path);
	rmdir(dir);
}

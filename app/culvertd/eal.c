#include "eal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "base/log.h"

enum { ARGS = 16 + 2 * EAL_DEVICES, ARG_BYTES = 8192 };

// argv under construction; rte_eal_init keeps pointers into it, so it lives as long as the process.
struct args {
	char *v[ARGS];
	int n;
	char bytes[ARG_BYTES];
	size_t used;
	bool full;
};

__attribute__((format(printf, 2, 3))) static void arg(struct args *a, const char *fmt, ...)
{
	size_t left = sizeof(a->bytes) - a->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(a->bytes + a->used, left, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= left || a->n + 1 >= ARGS) {
		a->full = true;
		return;
	}
	a->v[a->n++] = a->bytes + a->used;
	a->used += (size_t)len + 1;
}

// DPDK writes whole lines, most of them with a newline; ours are lines without one.
static ssize_t log_write(void *, const char *text, size_t len)
{
	size_t n = len;

	while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (!n)
		return (ssize_t)len;
	switch (rte_log_cur_msg_loglevel()) {
	case RTE_LOG_EMERG:
	case RTE_LOG_ALERT:
	case RTE_LOG_CRIT:
	case RTE_LOG_ERR:
		log_error("dpdk: %.*s", (int)n, text);
		break;
	case RTE_LOG_WARNING:
		log_warning("dpdk: %.*s", (int)n, text);
		break;
	default:
		log_debug("dpdk: %.*s", (int)n, text);
	}
	return (ssize_t)len;
}

static void log_redirect(void)
{
	FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = log_write});

	if (!stream)
		return;
	setvbuf(stream, NULL, _IOLBF, 0);
	rte_openlog_stream(stream);
}

static unsigned long meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long v = 0;
	char line[128];
	size_t len = strlen(key);

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, key, len) && line[len] == ':') {
			sscanf(line + len + 1, "%lu", &v);
			break;
		}
	}
	fclose(f);
	return v;
}

// PCI and other bus addresses are allowed with -a; a virtual device's name begins with its driver.
static bool is_vdev(const char *device)
{
	return !strncmp(device, "net_", 4) || !strncmp(device, "eth_", 4) ||
	       !strncmp(device, "virtio_user", 11);
}

// Virtual devices are probed when their port is opened: a failure names the port then.
static void device_args(struct args *a, const struct eal_conf *conf)
{
	bool pci = false;

	for (unsigned int i = 0; i < conf->n_devices; i++) {
		if (is_vdev(conf->device[i]))
			continue;
		pci = true;
		arg(a, "-a");
		arg(a, "%s", conf->device[i]);
	}
	if (!pci)
		arg(a, "--no-pci");
}

static void memory_args(struct args *a, const struct eal_conf *conf)
{
	unsigned long free_kb = meminfo("HugePages_Free") * meminfo("Hugepagesize");
	// With ordinary memory everything is reserved (not touched) at start.
	unsigned int want = conf->memory_mb ? conf->memory_mb : 512;

	if (conf->hugepages && free_kb / 1024 >= (conf->memory_mb ? conf->memory_mb : 64)) {
		arg(a, "--in-memory");
		if (conf->memory_mb) {
			arg(a, "-m");
			arg(a, "%u", conf->memory_mb);
		}
		return;
	}
	if (conf->hugepages)
		log_warning("no free hugepages (%lu MiB): using %u MiB of ordinary memory; "
			    "set vm.nr_hugepages for speed",
			free_kb / 1024, want);
	// --in-memory refuses to go with it; this is what is left of it.
	arg(a, "--no-huge");
	arg(a, "--no-shconf");
	arg(a, "-m");
	arg(a, "%u", want);
}

int eal_start(const struct eal_conf *conf, struct why *why)
{
	static struct args a;
	char map[EAL_WORKERS * 12 + 16];
	int len;

	len = snprintf(map, sizeof(map), "0@%u", conf->control_cpu);
	for (unsigned int i = 0; i < conf->n_workers && i < EAL_WORKERS; i++)
		len += snprintf(
			map + len, sizeof(map) - (size_t)len, ",%u@%u", i + 1, conf->worker_cpu[i]);

	arg(&a, "culvertd");
	arg(&a, "--lcores=%s", map);
	arg(&a, "--main-lcore=0");
	arg(&a, "--file-prefix=culvert%d", (int)getpid());
	arg(&a, "--no-telemetry");
	memory_args(&a, conf);
	device_args(&a, conf);
	if (a.full)
		return why_set(why, -E2BIG, "too many devices for DPDK", "ports", NULL, NULL);

	log_redirect();
	rte_log_set_global_level(RTE_LOG_INFO);
	if (rte_eal_init(a.n, a.v) < 0) {
		why_set(why, -rte_errno, "DPDK does not start", "EAL", NULL,
			rte_strerror(rte_errno));
		why_fmt(why, expected, "CPUs %s, and devices that DPDK can use", map);
		return rte_errno ? -rte_errno : -EIO;
	}
	return 0;
}

void eal_stop(void)
{
	rte_eal_cleanup();
}

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/act_core.h"
#include "ctl/kernel.h"

void act_show_version(struct ctl *ctl, struct act_call *call)
{
	act_answer(
		call, json_pack("{s:s, s:s, s:I, s:i, s:i, s:i}", "version", CULVERT_VERSION,
			      "name", ctl->model->system.name, "uptime_s", act_age_s(ctl->started),
			      "ports", (int)dp_ports(ctl->dp), "workers", (int)dp_workers(ctl->dp),
			      "tunnels", (int)HASH_COUNT(ctl->tunnels)));
}

struct addr_list {
	unsigned int port;
	json_t *list;
};

static void addr_note(void *ctx, unsigned int port, const struct cidr *addr)
{
	struct addr_list *l = ctx;
	char text[CIDR_TEXT];

	if (port == l->port)
		json_array_append_new(l->list, json_string(cidr_show(addr, text)));
}

static json_t *port_json(struct ctl *ctl, unsigned int port)
{
	const struct mirror *m = &ctl->mirror[port];
	const struct model_port *mp = model_find_port(ctl->booted, dp_port_name(ctl->dp, port));
	struct addr_list addrs = {.port = port, .list = json_array()};
	struct port_stats s;
	char mac[18];
	uint8_t b[6];

	dp_port_stats(ctl->dp, port, &s);
	dp_port_mac(ctl->dp, port, b);
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
		b[5]);
	kernel_each_addr(ctl, addr_note, &addrs);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:I, s:I, s:I, s:I}",
		"port", dp_port_name(ctl->dp, port), "device", mp ? mp->device : "", "role",
		dp_port_role(ctl->dp, port) == DP_INSIDE ? "inside" : "outside", "link",
		ctl->link[port].up ? "up" : "down", "mac", mac, "mtu",
		(int)dp_port_mtu(ctl->dp, port), "mirror",
		mp && mp->mirror[0] ? mp->mirror : dp_port_name(ctl->dp, port), "addresses",
		addrs.list, "rx_packets", (json_int_t)s.rx_packets, "rx_bytes",
		(json_int_t)s.rx_bytes, "rx_missed", (json_int_t)s.rx_missed, "rx_errors",
		(json_int_t)s.rx_errors, "tx_packets", (json_int_t)s.tx_packets, "tx_bytes",
		(json_int_t)s.tx_bytes, "tx_errors", (json_int_t)s.tx_errors, "to_kernel",
		(json_int_t)m->to_kernel, "from_kernel", (json_int_t)m->from_kernel, "mirror_lost",
		(json_int_t)m->lost);
}

void act_show_ports(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();

	for (unsigned int port = 0; port < dp_ports(ctl->dp); port++)
		json_array_append_new(list, port_json(ctl, port));
	act_answer(call, list);
}

static json_t *worker_json(struct ctl *ctl, unsigned int worker)
{
	struct dp_worker_stats s;

	dp_worker_stats(ctl->dp, worker, &s);
	return json_pack("{s:i, s:i, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "worker",
		(int)worker, "lcore", (int)s.lcore, "busy_pct",
		s.turns ? 100.0 * (double)s.busy_turns / (double)s.turns : 0.0, "packets",
		(json_int_t)s.packets, "handed", (json_int_t)s.handed, "flow_hits",
		(json_int_t)s.flow_hits, "flow_misses", (json_int_t)s.flow_misses, "turns",
		(json_int_t)s.turns, "busy_turns", (json_int_t)s.busy_turns, "busy_cycles",
		(json_int_t)s.busy_cycles);
}

void act_show_workers(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();

	for (unsigned int w = 0; w < dp_workers(ctl->dp); w++)
		json_array_append_new(list, worker_json(ctl, w));
	act_answer(call, list);
}

void act_show_drops(struct ctl *ctl, struct act_call *call)
{
	static const char *const fate[] = {
		[DP_FATE_DROP] = "dropped", [DP_FATE_PASS] = "passed", [DP_FATE_PUNT] = "punted"};
	uint64_t *count = calloc(dp_verdict_count, sizeof(*count));
	json_t *list = json_array();

	if (!count) {
		json_decref(list);
		act_answer(call, NULL);
		return;
	}
	dp_verdicts(ctl->dp, DP_ALL_WORKERS, count);
	for (unsigned int i = 0; i < dp_verdict_count; i++) {
		const struct dp_verdict *v = &dp_verdict_table[i];

		if (count[i])
			json_array_append_new(
				list, json_pack("{s:s, s:I, s:s, s:s}", "verdict", v->name,
					      "packets", (json_int_t)count[i], "fate",
					      fate[v->fate], "meaning", v->help));
	}
	free(count);
	act_answer(call, list);
}

// The back ends that have proven an algorithm in some suite; empty: none, or not theirs to do.
static void backends_of(const struct backends *b, const struct alg *a, char *dst, size_t size)
{
	size_t at = 0;

	dst[0] = 0;
	for (unsigned int d = 0; d < b->n && at < size; d++) {
		if (backends_knows(b, d, a))
			at += (size_t)snprintf(
				dst + at, size - at, at ? ", %s" : "%s", b->driver[d]->name);
	}
}

void act_show_algorithms(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();
	char names[128];

	for (unsigned int i = 0; i < ALG_COUNT; i++) {
		const struct alg *a = &alg_table[i];

		backends_of(&ctl->backends, a, names, sizeof(names));
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s}", "algorithm",
				      a->name, "kind", alg_kind_name(a->kind), "strength",
				      a->status == ALG_WEAK ? "weak" : "good", "ikev1",
				      a->v1_id || a->v1_esp_id, "aead", a->aead, "ike_by",
				      a->kind != ALG_ESN && ctl->backends.ike[i] ? "openssl" : "",
				      "esp_by", names, "aliases", a->aliases ? a->aliases : ""));
	}
	act_answer(call, list);
}

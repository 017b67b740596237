#include "model/schema.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "model/model.h"
#include "model/state.h"

#define AT(type, member) \
	.offset = offsetof(struct type, member), .size = sizeof(((struct type *)NULL)->member)
#define ROWS(sub_name, text, type, rows)                                                   \
	{                                                                                  \
		.name = sub_name, .help = text, .size = sizeof(struct type), .leaf = rows, \
		.n = sizeof(rows) / sizeof(rows[0])                                        \
	}

// The generic code sees every list as this.
static_assert(sizeof(struct schema_list) == sizeof(((struct model *)NULL)->ports));
static_assert(offsetof(struct schema_list, n) == sizeof(void *));

// clang-format off
static const struct schema_leaf log_rows[] = {
	{"level", "What is logged: messages of this level and above.",
		.type = SCHEMA_WORD, .def = "info", AT(model_log, level), .effect = SCHEMA_LIVE,
		.words = {{"error", LOG_LEVEL_ERROR}, {"warning", LOG_LEVEL_WARNING},
			{"info", LOG_LEVEL_INFO}, {"debug", LOG_LEVEL_DEBUG}}},
	{"target", "Where messages go: stderr (with systemd, the journal) or syslog.",
		.type = SCHEMA_WORD, .def = "stderr", AT(model_log, target), .effect = SCHEMA_RESTART,
		.words = {{"stderr", MODEL_LOG_STDERR}, {"syslog", MODEL_LOG_SYSLOG}}},
};
static const struct schema log_schema = ROWS("log", "Messages of the daemon.", model_log, log_rows);

static const struct schema_leaf logbook_rows[] = {
	{"directory", "Where each tunnel's logbook is kept as NAME.log, by an absolute path; the daemon makes "
		"the directory when it starts. Empty: in memory alone.",
		.type = SCHEMA_TEXT, AT(model_logbook, directory), .effect = SCHEMA_LIVE,
		.min = 0, .max = 255, .example = "/var/log/culvert"},
	{"size_kib", "How large a file becomes before it is renamed to NAME.log.1 and begun again.",
		.type = SCHEMA_NUMBER, .unit = "KiB", .def = "256", AT(model_logbook, size_kib),
		.effect = SCHEMA_LIVE, .min = 64, .max = 1048576},
};
static const struct schema logbook_schema = ROWS("logbook", "The tunnels' logbooks as files.", model_logbook, logbook_rows);

static const struct schema_leaf limits_rows[] = {
	{"ike_pps", "How many IKE messages of known IKE SAs the workers hand up in a second, from each port.",
		.type = SCHEMA_NUMBER, .unit = "packets per second", .def = "10000", AT(model_limits, ike.pps),
		.effect = SCHEMA_RESTART, .min = 1, .max = 10000000},
	{"ike_burst", "How many of these at once.",
		.type = SCHEMA_NUMBER, .unit = "packets", .def = "1000", AT(model_limits, ike.burst),
		.effect = SCHEMA_RESTART, .min = 1, .max = 1000000},
	{"ike_new_pps", "How many other IKE messages the workers hand up in a second, from each port.",
		.type = SCHEMA_NUMBER, .unit = "packets per second", .def = "150000", AT(model_limits, ike_new.pps),
		.effect = SCHEMA_RESTART, .min = 1, .max = 10000000},
	{"ike_new_burst", "How many of these at once.",
		.type = SCHEMA_NUMBER, .unit = "packets", .def = "1000", AT(model_limits, ike_new.burst),
		.effect = SCHEMA_RESTART, .min = 1, .max = 1000000},
	{"host_pps", "How many packets for the gateway itself, or that wait for an SA or a neighbour, the workers hand up in a second, for each port.",
		.type = SCHEMA_NUMBER, .unit = "packets per second", .def = "5000", AT(model_limits, host.pps),
		.effect = SCHEMA_RESTART, .min = 1, .max = 10000000},
	{"host_burst", "How many of these at once.",
		.type = SCHEMA_NUMBER, .unit = "packets", .def = "500", AT(model_limits, host.burst),
		.effect = SCHEMA_RESTART, .min = 1, .max = 1000000},
	{"cookie_above", "Half-open IKE exchanges that peers have begun, above which further ones must "
		"prove their address with a cookie.",
		.type = SCHEMA_NUMBER, .def = "64", AT(model_limits, cookie_above),
		.effect = SCHEMA_RESTART, .min = 1, .max = 65535},
	{"half_open", "Half-open IKE exchanges above which further ones are not answered.",
		.type = SCHEMA_NUMBER, .def = "1024", AT(model_limits, half_open),
		.effect = SCHEMA_RESTART, .min = 1, .max = 65535},
	{"half_open_source", "The same for one source: an IPv4 address or an IPv6 /64. Beyond 8 of them it "
		"must prove its address.",
		.type = SCHEMA_NUMBER, .def = "64", AT(model_limits, half_open_source),
		.effect = SCHEMA_RESTART, .min = 1, .max = 65535},
	{"tunnels", "Tunnels at most: the tables of the workers have room for so many, with their SAs "
		"while these are renewed.",
		.type = SCHEMA_NUMBER, .def = "4096", AT(model_limits, tunnels),
		.effect = SCHEMA_RESTART, .min = 1, .max = MODEL_TUNNELS_ALL},
	{"start_rate", "How many tunnels the gateway begins to negotiate in a second when many are to come "
		"up; one that the operator or a packet asks for does not wait for its turn.",
		.type = SCHEMA_NUMBER, .unit = "per second", .def = "2000", AT(model_limits, start_rate),
		.effect = SCHEMA_RESTART, .min = 1, .max = 1000000},
};
static const struct schema limits_schema = ROWS("limits", "What others may ask of the control core, and how much there may be.", model_limits, limits_rows);

static const struct schema_leaf system_rows[] = {
	{"name", "The name of this gateway, in prompts and logs.",
		.type = SCHEMA_NAME, .def = "culvert", AT(model_system, name), .effect = SCHEMA_LIVE,
		.min = 1, .max = MODEL_NAME - 1},
	{"control_lcore", "The CPU of the control core: IKE, routes, shell. It sleeps when there is nothing to do.",
		.type = SCHEMA_NUMBER, .def = "0", AT(model_system, control_lcore),
		.effect = SCHEMA_RESTART, .min = 0, .max = 1023},
	{"helper_threads", "Threads beside the control core, on its CPU, that compute the key exchanges of IKE: a "
		"handshake then never holds up another tunnel. 0: the control core computes by itself.",
		.type = SCHEMA_NUMBER, .def = "1", AT(model_system, helper_threads),
		.effect = SCHEMA_RESTART, .min = 0, .max = 16},
	{"worker_lcores", "The CPUs that carry packets, one worker each.",
		.type = SCHEMA_NUMBER, .def = "1", AT(model_system, worker_lcores), .list = true,
		.required = true, .effect = SCHEMA_RESTART, .min = 0, .max = 1023, .count = 64},
	{"idle", "What a worker without packets does: poll spins for the lowest latency, sleep naps "
		"and leaves the CPU to others.",
		.type = SCHEMA_WORD, .def = "poll", AT(model_system, idle), .effect = SCHEMA_RESTART,
		.words = {{"poll", MODEL_IDLE_POLL}, {"sleep", MODEL_IDLE_SLEEP}}},
	{"memory_mb", "Memory for packets and tables.",
		.type = SCHEMA_NUMBER, .unit = "MiB", .def = "512", AT(model_system, memory_mb),
		.effect = SCHEMA_RESTART, .min = 64, .max = 1048576},
	{"hugepages", "Whether that memory comes from hugepages; auto takes them when enough are "
		"reserved.",
		.type = SCHEMA_WORD, .def = "auto", AT(model_system, hugepages),
		.effect = SCHEMA_RESTART,
		.words = {{"auto", MODEL_HUGEPAGES_AUTO}, {"on", MODEL_HUGEPAGES_ON},
			{"off", MODEL_HUGEPAGES_OFF}}},
	{"user", "The user that the daemon becomes once devices are open; empty: it stays what it is.",
		.type = SCHEMA_TEXT, .def = "culvert", AT(model_system, user),
		.effect = SCHEMA_RESTART, .min = 0, .max = 31},
	{"socket", "The Unix socket that the shell connects to.",
		.type = SCHEMA_TEXT, .def = "/run/culvert/culvert.sock", AT(model_system, socket),
		.effect = SCHEMA_RESTART, .min = 1, .max = 100},
	{"state", "Where what shell and API make is kept, by an absolute path; beside it, the two versions "
		"before as .1 and .2. Empty: nowhere, and they may not make anything.",
		.type = SCHEMA_TEXT, .def = "/var/lib/culvert/state.conf", AT(model_system, state),
		.effect = SCHEMA_RESTART, .min = 0, .max = 255},
	{"log", "Messages of the daemon.",
		.type = SCHEMA_GROUP, AT(model_system, log), .sub = &log_schema},
	{"logbook", "The tunnels' logbooks as files: every message of a negotiation and every event.",
		.type = SCHEMA_GROUP, AT(model_system, logbook), .sub = &logbook_schema},
	{"limits", "What others may ask of the control core, and how much there may be.",
		.type = SCHEMA_GROUP, AT(model_system, limits), .sub = &limits_schema},
};
static const struct schema system_schema = ROWS("system", "The machine and the daemon.", model_system, system_rows);

static const struct schema_leaf port_rows[] = {
	{"name", "How the rest of the configuration calls the port.",
		.type = SCHEMA_NAME, AT(model_port, name), .required = true,
		.effect = SCHEMA_RESTART, .min = 1, .max = 15, .example = "wan|lan"},
	{"device", "The device: a PCI address, or a DPDK device string such as "
		"net_af_packet0,iface=eth1.",
		.type = SCHEMA_TEXT, AT(model_port, device), .required = true,
		.effect = SCHEMA_RESTART, .min = 1, .max = 255,
		.example = "0000:03:00.0|0000:03:00.1"},
	{"role", "Outside: only IKE, ESP and what is addressed to the gateway itself may enter, and "
		"nothing leaves in clear unless a bypass policy says so. Inside: the networks to "
		"protect.",
		.type = SCHEMA_WORD, .def = "inside", AT(model_port, role), .effect = SCHEMA_RESTART,
		.words = {{"inside", MODEL_INSIDE}, {"outside", MODEL_OUTSIDE}},
		.example = "outside|inside"},
	{"mtu", "The largest IP packet on the link.",
		.type = SCHEMA_NUMBER, .unit = "bytes", .def = "1500", AT(model_port, mtu),
		.effect = SCHEMA_RESTART, .min = 576, .max = 9600},
	{"addresses", "The gateway's own addresses on the link, with the prefix length of their network.",
		.type = SCHEMA_IFADDR, AT(model_port, addresses), .list = true,
		.effect = SCHEMA_LIVE, .count = 16, .example = "203.0.113.1/24|10.1.0.1/24"},
	{"rx_queues", "Receive queues, shared out over the workers; auto makes one for each worker.",
		.type = SCHEMA_NUMBER, .def = "auto", AT(model_port, rx_queues),
		.effect = SCHEMA_RESTART, .min = 1, .max = 64, .words = {{"auto", 0}}},
	{"mirror", "The kernel interface that stands for the port, where its addresses, ARP, ping "
		"and ssh live; when not given, it has the port's name.",
		.type = SCHEMA_NAME, AT(model_port, mirror), .effect = SCHEMA_RESTART, .min = 0,
		.max = 15},
};
static const struct schema port_schema = ROWS("port", "A network interface that belongs to the workers.", model_port, port_rows);

static const struct schema_leaf gateway_rows[] = {
	{"name", "How tunnels call the address.",
		.type = SCHEMA_NAME, AT(model_gateway_address, name), .required = true, .min = 1,
		.max = MODEL_NAME - 1, .example = "gw1|gw2"},
	{"address", "The address itself, in a network of the port.",
		.type = SCHEMA_ADDR, AT(model_gateway_address, address), .required = true,
		.effect = SCHEMA_RESET, .example = "203.0.113.1|203.0.113.2"},
	{"port", "The outside port where IKE and ESP of the address leave.",
		.type = SCHEMA_NAME, AT(model_gateway_address, port), .required = true,
		.effect = SCHEMA_LIVE, .min = 1, .max = 15, .example = "wan|wan"},
	{"next_hop", "The router towards the peers; when not given, peers are neighbours on the link.",
		.type = SCHEMA_ADDR, AT(model_gateway_address, next_hop), .effect = SCHEMA_LIVE,
		.example = "203.0.113.254|203.0.113.254"},
	{"zone", "What fails as one, such as a room or a provider; shown beside the tunnels.",
		.type = SCHEMA_TEXT, AT(model_gateway_address, zone), .effect = SCHEMA_LIVE,
		.min = 0, .max = 63},
};
static const struct schema gateway_schema = ROWS("gateway_address",
	"An outside address of the gateway, where tunnels end.", model_gateway_address, gateway_rows);

static const struct schema_leaf about_rows[] = {
	{"label", "A name for people; need not be unique.",
		.type = SCHEMA_LABEL, AT(model_about, label), .effect = SCHEMA_LIVE, .min = 0,
		.max = 100},
	{"description", "What it is for.",
		.type = SCHEMA_LABEL, AT(model_about, description), .effect = SCHEMA_LIVE, .min = 0,
		.max = 100},
	{"tags", "Marks as key=value, for who manages many; each key once.",
		.type = SCHEMA_TAG, AT(model_about, tags), .list = true, .effect = SCHEMA_LIVE,
		.count = 20},
	{"created_ms", "When it was made, since 1970; 0: not by shell or API.",
		.type = SCHEMA_NUMBER, .unit = "milliseconds", .def = "0",
		AT(model_about, created_ms), .effect = SCHEMA_LIVE, .max = UINT64_C(1) << 52},
};
static const struct schema about_schema = ROWS("about", "For people and their tools.", model_about, about_rows);

static const struct schema_leaf vpn_gateway_rows[] = {
	{"name", "Its id in shell and API.",
		.type = SCHEMA_NAME, AT(model_vpn_gateway, name), .required = true, .min = 1,
		.max = MODEL_NAME - 1, .example = "vpn-1"},
	{"addresses", "The gateway addresses of tunnel 1 and of tunnel 2 of each of its connections.",
		.type = SCHEMA_NAME, AT(model_vpn_gateway, addresses), .list = true,
		.required = true, .effect = SCHEMA_RESET, .min = 1, .max = MODEL_NAME - 1,
		.count = MODEL_TUNNELS, .example = "gw1 gw2"},
	{"redundancy", "How many tunnels its connections have: dual, or single as before; a single one "
		"may become dual, and never the other way round.",
		.type = SCHEMA_WORD, .def = "dual", AT(model_vpn_gateway, redundancy),
		.effect = SCHEMA_LIVE, .words = {{"dual", MODEL_DUAL}, {"single", MODEL_SINGLE}}},
	{"bandwidth_mbps", "What it is meant to carry; shown, and the measure of some warnings.",
		.type = SCHEMA_NUMBER, .unit = "Mbit/s", .def = "1000",
		AT(model_vpn_gateway, bandwidth_mbps), .effect = SCHEMA_LIVE, .min = 1,
		.max = 1000000},
	{"auto_propagate", "Exchange routes between BGP and the inside.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_vpn_gateway, auto_propagate),
		.effect = SCHEMA_LIVE},
	{"ecmp", "Share the flows of one destination out over all connections whose route has weight 100.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_vpn_gateway, ecmp),
		.effect = SCHEMA_LIVE},
	{"max_connections", "Connections at most.",
		.type = SCHEMA_NUMBER, .def = "10000", AT(model_vpn_gateway, max_connections),
		.effect = SCHEMA_LIVE, .min = 1, .max = 100000},
	{"max_routes", "Destination routes at most.",
		.type = SCHEMA_NUMBER, .def = "100000", AT(model_vpn_gateway, max_routes),
		.effect = SCHEMA_LIVE, .min = 1, .max = 10000000},
	{"max_policy_routes", "Policy routes at most, those made automatically among them.",
		.type = SCHEMA_NUMBER, .def = "10000", AT(model_vpn_gateway, max_policy_routes),
		.effect = SCHEMA_LIVE, .min = 1, .max = 1000000},
	{"about", "For people and their tools.",
		.type = SCHEMA_GROUP, AT(model_vpn_gateway, about), .sub = &about_schema},
};
static const struct schema vpn_gateway_schema = ROWS("vpn_gateway",
	"What connections belong to: a pair of outside addresses with its routes.", model_vpn_gateway,
	vpn_gateway_rows);

static const struct schema_leaf customer_gateway_rows[] = {
	{"name", "How tunnels call it; its id in shell and API.",
		.type = SCHEMA_NAME, AT(model_customer_gateway, name), .required = true, .min = 1,
		.max = MODEL_NAME - 1, .example = "tokyo"},
	{"address", "Its address; %any when it is not known before: then the gateway only answers.",
		.type = SCHEMA_ADDR, .def = "%any", AT(model_customer_gateway, address), .effect = SCHEMA_RESET,
		.words = {{"%any", ADDR_NONE}}, .example = "198.51.100.7"},
	{"asn", "Its autonomous system; none: no BGP with it.",
		.type = SCHEMA_ASN, .def = "none", AT(model_customer_gateway, asn),
		.effect = SCHEMA_LIVE, .min = 1, .max = UINT32_MAX, .words = {{"none", 0}}},
	{"bgp_secret", "What signs the TCP segments of BGP (RFC 2385).",
		.type = SCHEMA_SECRET, AT(model_customer_gateway, bgp_secret),
		.effect = SCHEMA_LIVE, .min = 1, .max = 64},
	{"about", "For people and their tools.",
		.type = SCHEMA_GROUP, AT(model_customer_gateway, about), .sub = &about_schema},
};
static const struct schema customer_gateway_schema = ROWS("customer_gateway", "A device at the other end of tunnels.", model_customer_gateway, customer_gateway_rows);

static const struct schema_leaf ike_rows[] = {
	{"proposals", "What is acceptable, most wanted first: cipher, integrity or PRF, and group, "
		"joined by '-'; several of one kind are alternatives. An integrity algorithm also "
		"names the PRF.",
		.type = SCHEMA_IKE_PROPOSAL, .def = "aes128-sha1-group2", AT(model_ike, proposals),
		.list = true, .required = true, .effect = SCHEMA_RESET, .count = MODEL_PROPOSALS,
		.example = "aes256gcm16-prfsha384-ecp384 aes256-sha256-modp2048"},
	{"lifetime_s", "Age at which the IKE SA is at its end, and before which it is renewed; 0 stands for the longest.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "86400", AT(model_ike, lifetime_s),
		.effect = SCHEMA_RESET, .min = 0, .max = MODEL_LIFETIME_S},
	{"reauth", "Renew the IKE SA by a new one, with the identities proven again, before the old one "
		"goes; else by a rekey. With IKEv2, the side that began it does so; as the other side, "
		"the gateway says when it expects it (RFC 4478).",
		.type = SCHEMA_BOOL, .def = "false", AT(model_ike, reauth),
		.effect = SCHEMA_RESET},
	{"fragmentation", "Split large IKE messages below IP (RFC 7383) when the peer can, too.",
		.type = SCHEMA_BOOL, .def = "true", AT(model_ike, fragmentation),
		.effect = SCHEMA_RESET},
};
static const struct schema ike_schema = ROWS("ike", "Negotiation of the IKE SA.", model_ike, ike_rows);

static const struct schema_leaf ipsec_rows[] = {
	{"proposals", "What is acceptable, most wanted first: cipher, integrity unless the cipher "
		"has its own, a group for perfect forward secrecy (disabled: none), and esn, joined by '-'.",
		.type = SCHEMA_ESP_PROPOSAL, .def = "aes128-sha1-group2", AT(model_ipsec, proposals),
		.list = true, .required = true, .effect = SCHEMA_RESET, .count = MODEL_PROPOSALS,
		.example = "aes256gcm16-ecp384-esn-noesn aes256-sha256-modp2048"},
	{"lifetime_s", "Age at which the ESP SAs are at their end, and before which they are renewed; 0 stands for the longest.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "86400", AT(model_ipsec, lifetime_s),
		.effect = SCHEMA_RESET, .min = 0, .max = MODEL_LIFETIME_S},
	{"lifetime_bytes", "Bytes that one key may protect, and before which it is renewed; 0, and whatever is more: as many as the cipher bears (1 GiB with 64-bit blocks).",
		.type = SCHEMA_NUMBER, .unit = "bytes", .def = "0",
		AT(model_ipsec, lifetime_bytes), .effect = SCHEMA_LIVE, .max = UINT64_C(1000000000000000000)},
	{"lifetime_packets", "Packets that one key may protect, and before which it is renewed; 0: as many as there are sequence numbers.",
		.type = SCHEMA_NUMBER, .unit = "packets", .def = "0",
		AT(model_ipsec, lifetime_packets), .effect = SCHEMA_LIVE, .max = UINT64_C(1000000000000000000)},
	{"one_child_per_pair", "Protect each pair of a local and a remote network by SAs of its own, "
		"at most 32 of them, as some peers want it; else one pair of SAs protects all.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_ipsec, one_child_per_pair),
		.effect = SCHEMA_RESET},
	{"replay_window", "How far behind the newest packet an older one is still accepted.",
		.type = SCHEMA_NUMBER, .unit = "packets", .def = "1024",
		AT(model_ipsec, replay_window), .effect = SCHEMA_LIVE, .min = 64, .max = 4096},
	{"df", "The outer header's don't-fragment bit: copied from the inner one, set or clear.",
		.type = SCHEMA_WORD, .def = "copy", AT(model_ipsec, df), .effect = SCHEMA_LIVE,
		.words = {{"copy", MODEL_DF_COPY}, {"set", MODEL_DF_SET}, {"clear", MODEL_DF_CLEAR}}},
	{"copy_dscp", "Copy the traffic class to the outer header, where everybody can see it.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_ipsec, copy_dscp),
		.effect = SCHEMA_LIVE},
	{"mss_clamp", "Lower the segment size of TCP connections so that their packets fit; off "
		"relies on path MTU discovery alone.",
		.type = SCHEMA_WORD, .def = "auto", AT(model_ipsec, mss_clamp), .effect = SCHEMA_LIVE,
		.words = {{"auto", MODEL_MSS_AUTO}, {"off", MODEL_MSS_OFF}}},
};
static const struct schema ipsec_schema = ROWS("ipsec", "The ESP SAs and the packets in them.", model_ipsec, ipsec_rows);

static const struct schema_leaf dpd_rows[] = {
	{"enabled", "Ask a silent peer whether it lives (dead peer detection).",
		.type = SCHEMA_BOOL, .def = "true", AT(model_dpd, enabled), .effect = SCHEMA_RESET},
	{"delay_s", "Silence before it is asked.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "10", AT(model_dpd, delay_s),
		.effect = SCHEMA_RESET, .min = 1, .max = 3600},
	{"timeout_s", "Silence after that before it counts as gone, and all its SAs are deleted.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "30", AT(model_dpd, timeout_s),
		.effect = SCHEMA_RESET, .min = 1, .max = 3600},
	{"action", "What follows: restart begins again at once, with growing pauses (with start none, "
		"the peer has to begin); hold waits for a packet that wants to pass; clear stays down "
		"until the operator or the peer begins.",
		.type = SCHEMA_WORD, .def = "restart", AT(model_dpd, action),
		.effect = SCHEMA_RESET,
		.words = {{"restart", MODEL_DPD_RESTART}, {"hold", MODEL_DPD_HOLD},
			{"clear", MODEL_DPD_CLEAR}}},
};
static const struct schema dpd_schema = ROWS("dpd", "Dead peer detection.", model_dpd, dpd_rows);

static const struct schema_leaf bgp_rows[] = {
	{"local_asn", "Our autonomous system; the same in both tunnels.",
		.type = SCHEMA_ASN, .def = "45104", AT(model_bgp, local_asn),
		.effect = SCHEMA_LIVE, .min = 1, .max = UINT32_MAX},
	{"tunnel_cidr", "The /30 of the two BGP speakers, of 169.254.0.0/16 and no other tunnel's.",
		.type = SCHEMA_CIDR, AT(model_bgp, tunnel_cidr), .effect = SCHEMA_LIVE},
	{"local_address", "Ours of its two hosts; the peer has the other one.",
		.type = SCHEMA_ADDR, AT(model_bgp, local_address), .effect = SCHEMA_LIVE},
};
static const struct schema bgp_schema = ROWS("bgp", "BGP through the tunnel.", model_bgp, bgp_rows);

static const struct schema_leaf probe_rows[] = {
	{"address", "A host that answers pings through this tunnel; none: no probe.",
		.type = SCHEMA_ADDR, .def = "none", AT(model_probe, address),
		.effect = SCHEMA_LIVE, .words = {{"none", ADDR_NONE}}},
	{"source", "The pings' source, an address of an inside port.",
		.type = SCHEMA_ADDR, AT(model_probe, source), .effect = SCHEMA_LIVE},
	{"interval_ms", "Pause between pings.",
		.type = SCHEMA_NUMBER, .unit = "milliseconds", .def = "100",
		AT(model_probe, interval_ms), .effect = SCHEMA_LIVE, .min = 50, .max = 60000},
	{"count", "Unanswered ones in a row before the tunnel counts as down.",
		.type = SCHEMA_NUMBER, .def = "3", AT(model_probe, count), .effect = SCHEMA_LIVE,
		.min = 1, .max = 100},
};
static const struct schema probe_schema = ROWS("probe",
	"Pings through the tunnel that find a silent loss sooner than dead peer detection.", model_probe,
	probe_rows);

static const struct schema_leaf tunnel_rows[] = {
	{"name", "Its name in the shell; unique among all tunnels.",
		.type = SCHEMA_NAME, AT(model_tunnel, name), .required = true, .min = 1,
		.max = MODEL_NAME - 1, .example = "tokyo-1|tokyo-2"},
	{"gateway_address", "Our end, when the connection belongs to no VPN gateway; two tunnels of a "
		"connection have different ones.",
		.type = SCHEMA_NAME, AT(model_tunnel, gateway_address),
		.effect = SCHEMA_RESET, .min = 0, .max = MODEL_NAME - 1},
	{"customer_gateway", "The other end.",
		.type = SCHEMA_NAME, AT(model_tunnel, customer_gateway), .required = true,
		.effect = SCHEMA_RESET, .min = 1, .max = MODEL_NAME - 1, .example = "tokyo|tokyo"},
	{"pre_shared_key", "The secret that both ends know.",
		.type = SCHEMA_SECRET, AT(model_tunnel, pre_shared_key), .effect = SCHEMA_RESET,
		.min = 1, .max = 256,
		.example = "replace-this-by-a-long-random-text|replace-this-by-another-random-text"},
	{"pre_shared_key_file", "A file that holds the secret instead, without its final newline.",
		.type = SCHEMA_TEXT, AT(model_tunnel, pre_shared_key_file), .effect = SCHEMA_LIVE,
		.min = 0, .max = 255},
	{"local_id", "Who we say we are: an address, a name, user@domain, or with the type in front "
		"(fqdn: email: keyid: addr:); when not given, the gateway address.",
		.type = SCHEMA_ID, AT(model_tunnel, local_id), .effect = SCHEMA_RESET, .min = 0,
		.max = 280},
	{"remote_id", "Who the peer must say it is; when not given, its address. any: whoever knows the key.",
		.type = SCHEMA_ID, AT(model_tunnel, remote_id), .effect = SCHEMA_RESET, .min = 0,
		.max = 280},
	{"version", "The protocol of the negotiation.",
		.type = SCHEMA_WORD, .def = "ikev2", AT(model_tunnel, version),
		.effect = SCHEMA_RESET, .words = {{"ikev2", MODEL_IKEV2}, {"ikev1", MODEL_IKEV1}}},
	{"mode", "How IKEv1 sets up the IKE SA: main, which hides identities and needs addresses as "
		"such, or aggressive, where they may be names. IKEv2 has but one way.",
		.type = SCHEMA_WORD, .def = "main", AT(model_tunnel, mode),
		.effect = SCHEMA_RESET,
		.words = {{"main", MODEL_MAIN}, {"aggressive", MODEL_AGGRESSIVE}}},
	{"start", "When the gateway begins to negotiate: immediately and whenever the tunnel is "
		"lost, when traffic wants to pass, or never (the peer begins).",
		.type = SCHEMA_WORD, .def = "immediate", AT(model_tunnel, start),
		.effect = SCHEMA_RESET,
		.words = {{"immediate", MODEL_START_IMMEDIATE}, {"traffic", MODEL_START_TRAFFIC},
			{"none", MODEL_START_NONE}}},
	{"ike", "Negotiation of the IKE SA.",
		.type = SCHEMA_GROUP, AT(model_tunnel, ike), .sub = &ike_schema},
	{"ipsec", "The ESP SAs and the packets in them.",
		.type = SCHEMA_GROUP, AT(model_tunnel, ipsec), .sub = &ipsec_schema},
	{"dpd", "Dead peer detection.",
		.type = SCHEMA_GROUP, AT(model_tunnel, dpd), .sub = &dpd_schema},
	{"nat_traversal", "Detect address translation on the way, and wrap ESP in UDP 4500 there.",
		.type = SCHEMA_BOOL, .def = "true", AT(model_tunnel, nat_traversal),
		.effect = SCHEMA_RESET},
	{"keepalive_s", "Pause between the packets that keep a translation alive.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "20", AT(model_tunnel, keepalive_s),
		.effect = SCHEMA_RESET, .min = 1, .max = 3600},
	{"bgp", "BGP through the tunnel, when the connection has it on.",
		.type = SCHEMA_GROUP, AT(model_tunnel, bgp), .sub = &bgp_schema},
	{"probe", "Pings through the tunnel that find a silent loss sooner than dead peer detection.",
		.type = SCHEMA_GROUP, AT(model_tunnel, probe), .sub = &probe_schema},
};
static const struct schema tunnel_schema = ROWS("tunnel",
	"One way of a connection: an IKE SA with its ESP SAs.", model_tunnel, tunnel_rows);

static const struct schema_leaf health_rows[] = {
	{"enabled", "Ping through the tunnel, and let its answer decide about the route.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_health, enabled),
		.effect = SCHEMA_LIVE},
	{"destination", "Who answers.",
		.type = SCHEMA_ADDR, AT(model_health, destination), .effect = SCHEMA_LIVE},
	{"source", "The pings' source; the other side needs a route to it through the tunnel.",
		.type = SCHEMA_ADDR, AT(model_health, source), .effect = SCHEMA_LIVE},
	{"interval_s", "Pause between pings.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "3", AT(model_health, interval_s),
		.effect = SCHEMA_LIVE, .min = 1, .max = 3600},
	{"retry", "Unanswered ones in a row before the check has failed.",
		.type = SCHEMA_NUMBER, .def = "3", AT(model_health, retry), .effect = SCHEMA_LIVE,
		.min = 1, .max = 100},
	{"policy", "What becomes of the routes then: revoke_route withdraws them, reserve_route keeps them.",
		.type = SCHEMA_WORD, .def = "revoke_route", AT(model_health, policy),
		.effect = SCHEMA_LIVE,
		.words = {{"revoke_route", MODEL_REVOKE_ROUTE},
			{"reserve_route", MODEL_RESERVE_ROUTE}}},
	{"reset", "Negotiate the tunnel anew then.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_health, reset),
		.effect = SCHEMA_LIVE},
};
static const struct schema health_schema = ROWS("health_check", "Pings that judge a connection.", model_health, health_rows);

static const struct schema_leaf connection_rows[] = {
	{"name", "Its name in routes and policies.",
		.type = SCHEMA_NAME, AT(model_connection, name), .required = true, .min = 1,
		.max = MODEL_NAME - 1, .example = "tokyo-office"},
	{"local_networks", "Our side's networks: what the tunnels carry from here.",
		.type = SCHEMA_CIDR, .def = "0.0.0.0/0", AT(model_connection, local_networks),
		.list = true, .required = true, .effect = SCHEMA_RESET, .count = MODEL_NETWORKS,
		.example = "10.1.0.0/16"},
	{"remote_networks", "The peer's networks: what the tunnels carry from there. Packets outside "
		"of these are dropped; routes or policies lead packets into the connection.",
		.type = SCHEMA_CIDR, .def = "0.0.0.0/0", AT(model_connection, remote_networks),
		.list = true, .required = true, .effect = SCHEMA_RESET, .count = MODEL_NETWORKS,
		.example = "10.2.0.0/16"},
	{"tunnels", "One tunnel, or two: the first carries the traffic, the second stands by.",
		.type = SCHEMA_OBJECTS, AT(model_connection, tunnels), .required = true,
		.count = MODEL_TUNNELS, .sub = &tunnel_schema},
	{"vpn_gateway", "The VPN gateway that it belongs to, and whose addresses its tunnels end at.",
		.type = SCHEMA_NAME, AT(model_connection, vpn_gateway), .effect = SCHEMA_RESET,
		.min = 0, .max = MODEL_NAME - 1, .example = "vpn-1"},
	{"auto_config_route", "With networks other than 0.0.0.0/0 on a VPN gateway: make a policy route "
		"for each pair of them.",
		.type = SCHEMA_BOOL, .def = "true", AT(model_connection, auto_config_route),
		.effect = SCHEMA_LIVE},
	{"bgp", "BGP through its tunnels.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_connection, bgp),
		.effect = SCHEMA_LIVE},
	{"hold_down_s", "How long tunnel 1 must have been well before it carries the traffic again.",
		.type = SCHEMA_NUMBER, .unit = "seconds", .def = "5",
		AT(model_connection, hold_down_s), .effect = SCHEMA_LIVE, .max = 3600},
	{"health_check", "Pings that judge a connection, off unless asked for.",
		.type = SCHEMA_GROUP, AT(model_connection, health_check), .sub = &health_schema},
	{"about", "For people and their tools.",
		.type = SCHEMA_GROUP, AT(model_connection, about), .sub = &about_schema},
};
static const struct schema connection_schema = ROWS("connection",
	"A protected way between networks here and there.", model_connection, connection_rows);

static const struct schema_leaf destination_route_rows[] = {
	{"destination", "The prefix; the longest that matches wins.",
		.type = SCHEMA_CIDR, AT(model_destination_route, destination), .required = true,
		.example = "10.2.8.0/24"},
	{"connection", "Through the tunnels of this connection.",
		.type = SCHEMA_NAME, AT(model_destination_route, connection), .required = true,
		.min = 1, .max = MODEL_NAME - 1, .example = "tokyo-office"},
	{"weight", "Which of two routes to one place is taken: 100, or 0 for the one that waits until the other's connection is down.",
		.type = SCHEMA_NUMBER, .def = "100", AT(model_destination_route, weight), .effect = SCHEMA_LIVE,
		.max = 100},
	{"published", "Tell it to the kernel, for routing daemons: as a route to the inside port's mirror.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_destination_route, published),
		.effect = SCHEMA_LIVE},
	{"description", "What it is for.",
		.type = SCHEMA_LABEL, AT(model_destination_route, description), .effect = SCHEMA_LIVE, .min = 0,
		.max = 100},
	{"created_ms", "When it was made, since 1970; 0: not by shell or API.",
		.type = SCHEMA_NUMBER, .unit = "milliseconds", .def = "0",
		AT(model_destination_route, created_ms), .effect = SCHEMA_LIVE, .max = UINT64_C(1) << 52},
};
static const struct schema destination_route_schema = {
	.name = "destination_route",
	.help = "A route of a VPN gateway by destination.",
	.size = sizeof(struct model_destination_route),
	.leaf = destination_route_rows,
	.n = sizeof(destination_route_rows) / sizeof(destination_route_rows[0]),
	.keys = 2,
};

static const struct schema_leaf policy_route_rows[] = {
	{"source", "Where packets come from.",
		.type = SCHEMA_CIDR, AT(model_policy_route, source), .required = true,
		.example = "10.1.1.0/24"},
	{"destination", "Where they go.",
		.type = SCHEMA_CIDR, AT(model_policy_route, destination), .required = true,
		.example = "10.2.0.0/16"},
	{"connection", "Through the tunnels of this connection.",
		.type = SCHEMA_NAME, AT(model_policy_route, connection), .required = true,
		.min = 1, .max = MODEL_NAME - 1, .example = "tokyo-office"},
	{"priority", "The lowest number that matches decides; among equals, the first in the list.",
		.type = SCHEMA_NUMBER, .def = "10", AT(model_policy_route, priority),
		.effect = SCHEMA_LIVE, .min = 1, .max = 100},
	{"weight", "Which of two routes to one place is taken: 100, or 0 for the one that waits until the other's connection is down.",
		.type = SCHEMA_NUMBER, .def = "100", AT(model_policy_route, weight), .effect = SCHEMA_LIVE,
		.max = 100},
	{"published", "Tell it to the kernel, for routing daemons: as a route to the inside port's mirror.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_policy_route, published),
		.effect = SCHEMA_LIVE},
	{"description", "What it is for.",
		.type = SCHEMA_LABEL, AT(model_policy_route, description), .effect = SCHEMA_LIVE, .min = 0,
		.max = 100},
	{"created_ms", "When it was made, since 1970; 0: not by shell or API.",
		.type = SCHEMA_NUMBER, .unit = "milliseconds", .def = "0",
		AT(model_policy_route, created_ms), .effect = SCHEMA_LIVE, .max = UINT64_C(1) << 52},
};
static const struct schema policy_route_schema = {
	.name = "policy_route",
	.help = "A route of a VPN gateway by source and destination; before those by destination.",
	.size = sizeof(struct model_policy_route),
	.leaf = policy_route_rows,
	.n = sizeof(policy_route_rows) / sizeof(policy_route_rows[0]),
	.keys = 3,
};

static const struct schema_leaf route_rows[] = {
	{"destination", "The prefix; the longest that matches wins.",
		.type = SCHEMA_CIDR, AT(model_route, destination), .required = true,
		.example = "10.1.0.0/16"},
	{"connection", "Through the tunnels of this connection.",
		.type = SCHEMA_NAME, AT(model_route, connection), .effect = SCHEMA_LIVE, .min = 0,
		.max = MODEL_NAME - 1},
	{"port", "In clear through this port.",
		.type = SCHEMA_NAME, AT(model_route, port), .effect = SCHEMA_LIVE, .min = 0,
		.max = 15, .example = "lan"},
	{"next_hop", "The router on that port; when not given, destinations are neighbours.",
		.type = SCHEMA_ADDR, AT(model_route, next_hop), .effect = SCHEMA_LIVE,
		.example = "10.1.0.254"},
	{"discard", "To nowhere.",
		.type = SCHEMA_BOOL, .def = "false", AT(model_route, discard),
		.effect = SCHEMA_LIVE},
};
static const struct schema route_schema = ROWS("route",
	"Where packets to a prefix go: exactly one of connection, port and discard.", model_route,
	route_rows);

static const struct schema_leaf policy_rows[] = {
	{"name", "Its name in the shell.",
		.type = SCHEMA_NAME, AT(model_policy, name), .required = true, .min = 1, .max = 31,
		.example = "no-smtp"},
	{"priority", "The lowest number that matches decides.",
		.type = SCHEMA_NUMBER, .def = "100", AT(model_policy, priority),
		.effect = SCHEMA_LIVE, .min = 1, .max = 65535, .example = "10"},
	{"source", "Where packets come from.",
		.type = SCHEMA_CIDR, .def = "0.0.0.0/0", AT(model_policy, source),
		.effect = SCHEMA_LIVE, .example = "10.1.0.0/16"},
	{"destination", "Where they go.",
		.type = SCHEMA_CIDR, .def = "0.0.0.0/0", AT(model_policy, destination),
		.effect = SCHEMA_LIVE},
	{"protocol", "The protocol above IP: a word or its number.",
		.type = SCHEMA_NUMBER, .def = "any", AT(model_policy, protocol),
		.effect = SCHEMA_LIVE, .min = 1, .max = 255,
		.words = {{"any", MODEL_ANY_PROTO}, {"tcp", 6}, {"udp", 17}, {"icmp", 1},
			{"sctp", 132}, {"icmp6", 58}},
		.example = "tcp"},
	{"source_ports", "A port, or first-last; with tcp, udp and sctp.",
		.type = SCHEMA_PORTS, .def = "any", AT(model_policy, source_ports),
		.effect = SCHEMA_LIVE},
	{"destination_ports", "A port, or first-last; with tcp, udp and sctp.",
		.type = SCHEMA_PORTS, .def = "any", AT(model_policy, destination_ports),
		.effect = SCHEMA_LIVE, .example = "25"},
	{"action", "Protect: into the connection. Bypass: in clear as routed, and in clear from "
		"outside the other way round. Discard: dropped.",
		.type = SCHEMA_WORD, .def = "protect", AT(model_policy, action),
		.effect = SCHEMA_LIVE,
		.words = {{"protect", MODEL_PROTECT}, {"bypass", MODEL_BYPASS},
			{"discard", MODEL_DISCARD}},
		.example = "discard"},
	{"connection", "The connection of protect.",
		.type = SCHEMA_NAME, AT(model_policy, connection), .effect = SCHEMA_LIVE, .min = 0,
		.max = MODEL_NAME - 1},
};
static const struct schema policy_schema = ROWS("policy",
	"What may pass, and how; before routes, by priority (RFC 4301 s4.4.1).", model_policy,
	policy_rows);

// What shell and API may make: these stand in the state, too.
#define EDITABLE_ROWS \
	{"vpn_gateways", "What connections belong to: pairs of outside addresses with their routes.", \
		.type = SCHEMA_OBJECTS, AT(model, vpn_gateways), .sub = &vpn_gateway_schema, \
		.editable = true}, \
	{"customer_gateways", "Devices at the other end of tunnels.", \
		.type = SCHEMA_OBJECTS, AT(model, customer_gateways), .sub = &customer_gateway_schema, \
		.editable = true}, \
	{"connections", "Protected ways between networks here and there.", \
		.type = SCHEMA_OBJECTS, AT(model, connections), .sub = &connection_schema, \
		.editable = true}, \
	{"destination_routes", "Routes of VPN gateways by destination.", \
		.type = SCHEMA_OBJECTS, AT(model, destination_routes), \
		.sub = &destination_route_schema, .editable = true}, \
	{"policy_routes", "Routes of VPN gateways by source and destination; before those by destination.", \
		.type = SCHEMA_OBJECTS, AT(model, policy_routes), .sub = &policy_route_schema, \
		.editable = true}

static const struct schema_leaf model_rows[] = {
	{"system", "The machine and the daemon.",
		.type = SCHEMA_GROUP, AT(model, system), .sub = &system_schema},
	{"ports", "Network interfaces that belong to the workers.",
		.type = SCHEMA_OBJECTS, AT(model, ports), .required = true, .count = 16,
		.sub = &port_schema},
	{"gateway_addresses", "Outside addresses of the gateway, where tunnels end.",
		.type = SCHEMA_OBJECTS, AT(model, gateway_addresses), .sub = &gateway_schema},
	EDITABLE_ROWS,
	{"routes", "Where packets to a prefix go.",
		.type = SCHEMA_OBJECTS, AT(model, routes), .sub = &route_schema},
	{"policies", "What may pass, and how; before routes, by priority.",
		.type = SCHEMA_OBJECTS, AT(model, policies), .sub = &policy_schema},
};
const struct schema schema_model = ROWS("configuration", "The whole configuration.", model, model_rows);

static const struct schema_leaf state_head_rows[] = {
	{"version", "Of the form of this file.",
		.type = SCHEMA_NUMBER, AT(state_head, version), .required = true, .min = 1,
		.max = STATE_VERSION},
	{"serial", "Counts the accepted changes.",
		.type = SCHEMA_NUMBER, AT(state_head, serial), .max = INT64_MAX},
	{"saved_ms", "When it was written, since 1970.",
		.type = SCHEMA_NUMBER, .unit = "ms", AT(state_head, saved_ms), .max = INT64_MAX},
	{"revert_at_ms", "When it comes back, unless what came after it is committed.",
		.type = SCHEMA_NUMBER, .unit = "ms", AT(state_head, revert_at_ms), .max = INT64_MAX},
	{"window_s", "How long the operator has for that.",
		.type = SCHEMA_NUMBER, .unit = "s", AT(state_head, window_s), .max = STATE_WINDOW_S},
};
static const struct schema state_head_schema = ROWS("state", "About the file.", state_head, state_head_rows);

// The lists of a state lie where those of the model lie that it begins with.
static_assert(offsetof(struct state, model) == 0);
static const struct schema_leaf state_rows[] = {
	{"state", "About the file.", .type = SCHEMA_GROUP, AT(state, head), .sub = &state_head_schema},
	EDITABLE_ROWS,
};
const struct schema schema_state = ROWS("state", "What shell and API have made.", state, state_rows);
// clang-format on

const char *schema_effect_name(enum schema_effect effect)
{
	static const char *const names[] = {"live", "reset", "restart"};

	return names[effect];
}

const struct schema_leaf *schema_find(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->n; i++) {
		if (!strcmp(schema->leaf[i].name, name))
			return &schema->leaf[i];
	}
	return NULL;
}

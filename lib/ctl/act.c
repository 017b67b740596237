#include "ctl/act.h"

#include <string.h>

#include "ctl/act_core.h"
#include "ctl/iketrace.h"
#include "peerconf/peerconf.h"
#include "ctl/store.h"

#define TUNNEL                                                             \
	{                                                                  \
		.name = "name", .type = ACT_NAME, .help = "of the tunnel", \
		.names = act_each_tunnel                                   \
	}

static const struct act_column port_columns[] = {{"port"}, {"role"}, {"link"}, {"addresses"},
	{"mtu"}, {"rx_packets"}, {"rx_bytes"}, {"tx_packets"}, {"tx_bytes"},
	{"rx_missed", "missed"}, {}};

static const struct act_column worker_columns[] = {{"worker"}, {"lcore"}, {"busy_pct", "busy %"},
	{"packets"}, {"handed", "handed over"}, {"flow_hits"}, {"flow_misses"}, {}};

static const struct act_column connection_columns[] = {{"connection"}, {"state"}, {"forwards"},
	{"since_s", "for"}, {"reason", "last switch"}, {"switches"}, {"returns_in_s", "returns in"},
	{}};

static const struct act_column tunnel_columns[] = {{"tunnel"}, {"connection"}, {"role"}, {"state"},
	{"status"}, {"remote", "peer"}, {"esp_suite", "suite"}, {"weak"}, {"in_bytes", "in"},
	{"out_bytes", "out"}, {"since_s", "for"}, {"reason"}, {}};

static const struct act_column health_columns[] = {{"connection"}, {"tunnel"}, {"status"},
	{"destination"}, {"source"}, {"policy"}, {"routes"}, {"pings.rtt_us", "answers in"},
	{"pings.lost_in_row", "lost in a row"}, {"pings.sent", "sent"}, {"pings.lost", "lost"}, {}};

static const struct act_column ike_columns[] = {{"tunnel"}, {"state"}, {"role"}, {"local"},
	{"remote"}, {"remote_id"}, {"suite"}, {"nat"}, {"age_s"}, {"rekey_in_s", "rekey in"}, {}};

static const struct act_column sa_columns[] = {{"tunnel"}, {"state"}, {"spi_in"}, {"spi_out"},
	{"suite"}, {"in_packets"}, {"in_bytes"}, {"out_packets"}, {"out_bytes"}, {"age_s"},
	{"rekey_in_s", "rekey in"}, {}};

static const struct act_column diagnose_columns[] = {
	{"tunnel"}, {"state"}, {"status"}, {"since_s"}, {"found"}, {}};

static const struct act_column trace_columns[] = {
	{"packet"}, {"worker"}, {"stage"}, {"verdict"}, {"bytes"}, {"what"}, {}};

static const char *const with_keys[] = {"keys", NULL};

// A parameter list stays on the line of its name.
static const struct act_column route_columns[] = {{"destination"}, {"to"}, {"name"}, {"next_hop"},
	{"source"}, {"active"}, {"gateway"}, {"weight"}, {"state"}, {"next_hop_tunnel", "tunnel"},
	{}};

static const struct act_column policy_columns[] = {{"priority"}, {"kind"}, {"policy"}, {"source"},
	{"destination"}, {"action"}, {"connection"}, {"active"}, {"gateway"}, {"weight"}, {"state"},
	{"next_hop_tunnel", "tunnel"}, {}};

const struct act act_table[] = {
	{.words = "show version",
		.shows = true,
		.run = act_show_version,
		.help = "what runs here, and since when"},
	{.words = "show ports",
		.shows = true,
		.run = act_show_ports,
		.columns = port_columns,
		.help = "ports, their addresses and counters"},
	{.words = "show workers",
		.shows = true,
		.run = act_show_workers,
		.columns = worker_columns,
		.help = "workers and how busy they are"},
	{.words = "show connections",
		.shows = true,
		.run = act_show_connections,
		.columns = connection_columns,
		.help = "connections, which tunnel carries their traffic, and why it switched "
			"last"},
	{.words = "show tunnels",
		.shows = true,
		.run = act_show_tunnels,
		.columns = tunnel_columns,
		.help = "tunnels, their state, traffic and last failure"},
	{.words = "show top",
		.shows = true,
		.run = act_show_top,
		.help = "tunnels by rate: a live view on a terminal (q ends it), else the "
			"rates of one second; json: the counters"},
	{.words = "show health",
		.shows = true,
		.run = act_show_health,
		.columns = health_columns,
		.help = "health checks of connections, and whether they hold back routes"},
	{.words = "show ike",
		.shows = true,
		.run = act_show_ike,
		.columns = ike_columns,
		.help = "IKE SAs"},
	{.words = "show sa",
		.shows = true,
		.run = act_show_sa,
		.columns = sa_columns,
		.help = "ESP SAs and their traffic"},
	{.words = "show routes",
		.shows = true,
		.run = act_show_routes,
		.columns = route_columns,
		.help = "routes by source; the active ones carry traffic"},
	{.words = "show policies",
		.shows = true,
		.run = act_show_policies,
		.columns = policy_columns,
		.help = "policies in the order in which they are asked"},
	{.words = "show neighbours",
		.shows = true,
		.run = act_show_neighbours,
		.help = "neighbours' hardware addresses"},
	{.words = "show drops",
		.shows = true,
		.run = act_show_drops,
		.help = "what became of packets that were not simply forwarded"},
	{.words = "show algorithms",
		.shows = true,
		.run = act_show_algorithms,
		.help = "algorithms, and the back ends that have proven them"},
	{.words = "show log",
		.shows = true,
		.param = {TUNNEL,
			{.name = "lines",
				.type = ACT_NUMBER,
				.optional = true,
				.min = 1,
				.max = JOURNAL_LINES,
				.help = "how many of the last; all that are kept if not said"}},
		.run = act_show_log,
		.help = "a tunnel's last steps: messages, payloads, events"},
	{.words = "show peer-config",
		.role = ACT_OPERATOR,
		.shows = true,
		.param = {{.name = "name",
				  .type = ACT_NAME,
				  .help = "of the connection",
				  .names = act_each_connection},
			{.name = "vendor",
				.type = ACT_WORD,
				.words = peerconf_vendors,
				.help = "of the device at the other end"}},
		.run = act_show_peer_config,
		.text = "Text",
		.help = "a configuration for the device at the other end; it holds the keys"},
	{.words = "diagnose tunnel",
		.api = "DiagnoseVpnConnections",
		.shows = true,
		.param = {TUNNEL},
		.run = act_diagnose_tunnel,
		.columns = diagnose_columns,
		.help = "what went wrong in the last three minutes, and what to do about it"},
	{.words = "tunnel up",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_tunnel_up,
		.help = "negotiate a tunnel, and wait until it stands or fails"},
	{.words = "tunnel down",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_tunnel_down,
		.help = "close a tunnel; it stays down until it is told otherwise"},
	{.words = "tunnel reset",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_tunnel_reset,
		.help = "close a tunnel and negotiate it again"},
	{.words = "tunnel rekey",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_tunnel_rekey,
		.help = "give the tunnel's children new keys, and wait until the first has them"},
	{.words = "tunnel rekey-ike",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_tunnel_rekey_ike,
		.help = "renew the tunnel's IKE SA, and wait until it is done"},
	{.words = "show commit",
		.shows = true,
		.run = act_show_commit,
		.help = "versions of what shell and API have made, and what is on trial"},
	{.words = "commit",
		.role = ACT_OPERATOR,
		.shows = true,
		.run = act_commit,
		.help = "keep the changes that are on trial"},
	{.words = "commit confirm",
		.role = ACT_OPERATOR,
		.shows = true,
		.param = {{.name = "seconds",
			.type = ACT_NUMBER,
			.min = 1,
			.max = STATE_WINDOW_S,
			.help = "until they are taken back, unless commit comes first"}},
		.run = act_commit_confirm,
		.help = "changes from now on are on trial"},
	{.words = "rollback",
		.role = ACT_OPERATOR,
		.shows = true,
		.param = {{.name = "version",
			.type = ACT_NUMBER,
			.optional = true,
			.min = 1,
			.max = STORE_VERSIONS,
			.help = "the version before the present one, or the one before that; what "
				"is on trial if not said"}},
		.run = act_rollback,
		.help = "take back what is on trial, or go back to an earlier version"},
	{.words = "reload",
		.role = ACT_OPERATOR,
		.shows = true,
		.run = act_reload,
		.help = "read the configuration file again and apply what differs"},
	{.words = "trace",
		.role = ACT_OPERATOR,
		.shows = true,
		.run = act_trace,
		.columns = trace_columns,
		.param = {{.name = "packets",
			.type = ACT_NUMBER,
			.optional = true,
			.min = 1,
			.max = 1000,
			.help = "how many packets to follow; 1 if not said"}},
		.help = "follow the next packets through the dataplane"},
	{.words = "trace ike",
		.role = ACT_OPERATOR,
		.param = {TUNNEL,
			{.name = "file",
				.type = ACT_TEXT,
				.help = "a new file, by its absolute path, of the daemon's "
					"machine"},
			{.name = "seconds",
				.type = ACT_NUMBER,
				.optional = true,
				.min = 1,
				.max = IKETRACE_MAX_S,
				.help = "when it ends by itself; 60 if not said"},
			{.name = "keys",
				.type = ACT_WORD,
				.optional = true,
				.words = with_keys,
				.help = "keys, too, into the directory FILE.keys: they open the "
					"traffic to whoever can read them"}},
		.run = act_trace_ike,
		.help = "write a tunnel's IKE messages to a file for Wireshark"},
	{.words = "trace end",
		.role = ACT_OPERATOR,
		.param = {TUNNEL},
		.run = act_trace_end,
		.help = "end a tunnel's trace before its time"},
	{.words = "clear counters",
		.role = ACT_OPERATOR,
		.run = act_clear_counters,
		.help = "count from zero again"},
};

const unsigned int act_count = sizeof(act_table) / sizeof(act_table[0]);

const struct act_value *act_value(
	const struct act_call *call, const char *name, unsigned int tunnel)
{
	for (unsigned int i = 0; i < call->values; i++) {
		if (call->value[i].tunnel == tunnel && !strcmp(call->value[i].key->name, name))
			return &call->value[i];
	}
	return NULL;
}

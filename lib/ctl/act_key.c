#include "ctl/act_key.h"

#include "alg/alg.h"
#include "ctl/act_core.h"
#include "ctl/act_set.h"
#include "model/object.h"

static const char *const yes_no[] = {"true", "false", NULL};
static const char *const redundancies[] = {"dual", "single", NULL};
static const char *const versions[] = {"ikev2", "ikev1", NULL};
static const char *const modes[] = {"main", "aggressive", NULL};
static const char *const starts[] = {"immediate", "traffic", "none", NULL};
static const char *const dpd_actions[] = {"restart", "hold", "clear", NULL};
static const char *const health_policies[] = {"revoke_route", "reserve_route", NULL};

static void each(
	struct ctl *ctl, const char *list, void (*name)(void *ctx, const char *name), void *ctx)
{
	const struct schema_leaf *leaf = schema_find(&schema_model, list);
	const struct schema_list *l = schema_at(leaf, ctl->model);
	char key[OBJECT_KEY];

	for (size_t i = 0; i < l->n; i++)
		name(ctx, object_key(leaf->sub, (const char *)l->v + i * leaf->sub->size, key));
}

static void each_gateway_address(
	struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	each(ctl, "gateway_addresses", name, ctx);
}

void act_each_vpn_gateway(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	each(ctl, "vpn_gateways", name, ctx);
}

void act_each_customer_gateway(
	struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	each(ctl, "customer_gateways", name, ctx);
}

void act_each_connection(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	each(ctl, "connections", name, ctx);
}

static void each_alg(enum alg_kind kind, void (*name)(void *ctx, const char *name), void *ctx)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		if (alg_table[i].kind == kind)
			name(ctx, alg_table[i].name);
	}
}

static void each_cipher(struct ctl *, void (*name)(void *ctx, const char *name), void *ctx)
{
	each_alg(ALG_ENCR, name, ctx);
}

static void each_hash(struct ctl *, void (*name)(void *ctx, const char *name), void *ctx)
{
	each_alg(ALG_INTEG, name, ctx);
}

static void each_group(struct ctl *, void (*name)(void *ctx, const char *name), void *ctx)
{
	each_alg(ALG_KE, name, ctx);
}

static void each_pfs(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	name(ctx, "disabled");
	each_group(ctl, name, ctx);
}

// clang-format off
#define KEY(key, api_name, path, text) \
	.name = key, .api = api_name, .type = ACT_TEXT, .leaf = path, .help = text
#define NAME(key, api_name, path, each_of, text) \
	.name = key, .api = api_name, .type = ACT_NAME, .names = each_of, .leaf = path, .help = text
#define WORD(key, api_name, path, of, text) \
	.name = key, .api = api_name, .type = ACT_WORD, .words = of, .leaf = path, .help = text
#define FLAG(key, api_name, text) .name = key, .api = api_name, .type = ACT_FLAG, .help = text

// In the place of words after `tunnel` in the API.
#define IKE "TunnelIkeConfig."
#define IPSEC "TunnelIpsecConfig."
#define BGP "TunnelBgpConfig."

#define YES {FLAG("yes", NULL, "do not ask")}
#define ABOUT \
	{KEY("name", "Name", "about.label", "for people; need not be unique")}, \
	{KEY("description", "Description", "about.description", "what it is for")}, \
	{KEY("tag", NULL, "about.tags", "a mark KEY=VALUE; may be given several times, and replaces " \
		"those of before"), .repeat = true}
#define CUSTOM_ID(text) {KEY("id", NULL, NULL, text)}

const struct act_key act_vpn_gateway_keys[] = {
	CUSTOM_ID("its id; a random vpn-... when not given"),
	{WORD("redundancy", NULL, "redundancy", redundancies,
		"connections with two tunnels, or with one as before")},
	{NAME("address1", NULL, NULL, each_gateway_address, "the gateway address of each tunnel 1"),
		.set = act_set_address1, .required = true},
	{NAME("address2", NULL, NULL, each_gateway_address, "the gateway address of each tunnel 2"),
		.set = act_set_address2},
	{KEY("bandwidth", "Bandwidth", "bandwidth_mbps", "what it is meant to carry, in Mbit/s")},
	{WORD("auto-propagate", "AutoPropagate", "auto_propagate", yes_no,
		"exchange routes between BGP and the inside")},
	{WORD("ecmp", NULL, "ecmp", yes_no,
		"share the flows of one destination out over all routes of weight 100")},
	{KEY("max-connections", NULL, "max_connections", "connections at most")},
	{KEY("max-routes", NULL, "max_routes", "destination routes at most")},
	{KEY("max-policy-routes", NULL, "max_policy_routes", "policy routes at most")},
	ABOUT,
	{},
};

const struct act_key act_vpn_gateway_upgrade_keys[] = {
	{NAME("address2", NULL, NULL, each_gateway_address, "the gateway address of each tunnel 2"),
		.set = act_set_address2, .required = true},
	{},
};

const struct act_key act_customer_gateway_keys[] = {
	CUSTOM_ID("its id; a random cgw-... when not given"),
	{KEY("ip-address", "IpAddress", "address",
		"its address; %any when it is not known before"),
		.required = true},
	{KEY("asn", "Asn", "asn", "its autonomous system, 65000 or 1.10; without one, no BGP with it")},
	{KEY("auth-key", "AuthKey", "bgp_secret", "what signs the TCP segments of BGP"),
		.secret = true},
	ABOUT,
	{},
};

const struct act_key act_connection_keys[] = {
	CUSTOM_ID("its id; a random vco-... when not given"),
	{NAME("vpn-gateway", "VpnGatewayId", "vpn_gateway", act_each_vpn_gateway,
		"the VPN gateway that it belongs to, for good"), .required = true},
	{KEY("local-subnet", "LocalSubnet", "local_networks",
		"our networks, with commas between them; 0.0.0.0/0 on both sides leaves it to routes")},
	{KEY("remote-subnet", "RemoteSubnet", "remote_networks", "the peer's networks")},
	{WORD("effect-immediately", "EffectImmediately", NULL, yes_no,
		"negotiate at once, or (false) when traffic wants to pass"), .set = act_set_effect},
	{WORD("auto-config-route", "AutoConfigRoute", "auto_config_route", yes_no,
		"make a policy route for each pair of networks")},
	{WORD("enable-tunnels-bgp", "EnableTunnelsBgp", "bgp", yes_no, "BGP through its tunnels")},
	{KEY("hold-down", NULL, "hold_down_s",
		"seconds that tunnel 1 must be well before it carries the traffic again")},
	{WORD("health-check", NULL, "health_check.enabled", yes_no,
		"pings that judge the connection")},
	{KEY("health-check-destination", NULL, "health_check.destination", "who answers them")},
	{KEY("health-check-source", NULL, "health_check.source", "their source")},
	{KEY("health-check-interval", NULL, "health_check.interval_s", "seconds between two")},
	{KEY("health-check-retry", NULL, "health_check.retry", "unanswered ones before it has failed")},
	{WORD("health-check-policy", NULL, "health_check.policy", health_policies,
		"what becomes of the routes then")},
	{WORD("health-check-reset", NULL, "health_check.reset", yes_no,
		"negotiate the tunnel anew then")},
	ABOUT,
	{FLAG("dry-run", "DryRun", "only say what would be wrong")},
	{NAME("customer-gateway", "CustomerGatewayId", "customer_gateway", act_each_customer_gateway,
		"the device at the other end"), .tunnel = true},
	{KEY("psk", IKE "Psk", "pre_shared_key", "the pre-shared key; empty, a random one is made"),
		.tunnel = true, .secret = true},
	{WORD("ike-version", IKE "IkeVersion", "version", versions, "of the negotiation"),
		.tunnel = true},
	{WORD("ike-mode", IKE "IkeMode", "mode", modes, "of IKEv1"), .tunnel = true},
	{NAME("ike-enc-alg", IKE "IkeEncAlg", NULL, each_cipher, "the cipher of IKE"),
		.tunnel = true, .set = act_set_ike_enc},
	{NAME("ike-auth-alg", IKE "IkeAuthAlg", NULL, each_hash, "integrity and PRF of IKE"),
		.tunnel = true, .set = act_set_ike_auth},
	{NAME("ike-pfs", IKE "IkePfs", NULL, each_group, "the Diffie-Hellman group of IKE"),
		.tunnel = true, .set = act_set_ike_pfs},
	{KEY("ike-lifetime", IKE "IkeLifetime", "ike.lifetime_s", "seconds; 0 stands for the longest"),
		.tunnel = true},
	{KEY("ike-proposals", NULL, "ike.proposals",
		"all of them, most wanted first: aes256gcm16-prfsha384-group20,aes256-sha256-group14"),
		.tunnel = true},
	{KEY("local-id", IKE "LocalId", "local_id", "who we say we are; empty, the gateway address"),
		.tunnel = true},
	{KEY("remote-id", IKE "RemoteId", "remote_id", "who the peer must be; empty, its address"),
		.tunnel = true},
	{NAME("ipsec-enc-alg", IPSEC "IpsecEncAlg", NULL, each_cipher, "the cipher of ESP"),
		.tunnel = true, .set = act_set_ipsec_enc},
	{NAME("ipsec-auth-alg", IPSEC "IpsecAuthAlg", NULL, each_hash, "integrity of ESP"),
		.tunnel = true, .set = act_set_ipsec_auth},
	{NAME("ipsec-pfs", IPSEC "IpsecPfs", NULL, each_pfs,
		"the group of forward secrecy, or disabled"),
		.tunnel = true, .set = act_set_ipsec_pfs},
	{KEY("ipsec-lifetime", IPSEC "IpsecLifetime", "ipsec.lifetime_s",
		"seconds; 0 stands for the longest"), .tunnel = true},
	{KEY("ipsec-proposals", NULL, "ipsec.proposals", "all of them, most wanted first"),
		.tunnel = true},
	{WORD("one-child-per-pair", NULL, "ipsec.one_child_per_pair", yes_no,
		"SAs of their own for each pair of networks, as some peers want it"), .tunnel = true},
	{WORD("enable-dpd", "EnableDpd", "dpd.enabled", yes_no, "ask a silent peer whether it lives"),
		.tunnel = true},
	{KEY("dpd-delay", NULL, "dpd.delay_s", "seconds of silence before it is asked"),
		.tunnel = true},
	{KEY("dpd-timeout", NULL, "dpd.timeout_s", "seconds after that before it is gone"),
		.tunnel = true},
	{WORD("dpd-action", NULL, "dpd.action", dpd_actions, "what follows"), .tunnel = true},
	{WORD("enable-nat-traversal", "EnableNatTraversal", "nat_traversal", yes_no,
		"wrap ESP in UDP where addresses are translated"), .tunnel = true},
	{WORD("start", NULL, "start", starts,
		"when we begin to negotiate; none: the peer begins"), .tunnel = true},
	{KEY("local-asn", BGP "LocalAsn", "bgp.local_asn", "our autonomous system"),
		.tunnel = true},
	{KEY("tunnel-cidr", BGP "TunnelCidr", "bgp.tunnel_cidr",
		"a /30 of 169.254.0.0/16 for the two BGP speakers"),
		.tunnel = true},
	{KEY("local-bgp-ip", BGP "LocalBgpIp", "bgp.local_address", "our address in it"),
		.tunnel = true},
	{KEY("probe", NULL, "probe.address", "who answers pings that find a silent loss soon"),
		.tunnel = true},
	{KEY("probe-source", NULL, "probe.source", "their source"), .tunnel = true},
	{KEY("probe-interval", NULL, "probe.interval_ms", "milliseconds between two"), .tunnel = true},
	{KEY("probe-count", NULL, "probe.count", "unanswered ones before the tunnel is down"),
		.tunnel = true},
	{},
};

#define VPN_GATEWAY {NAME("vpn-gateway", "VpnGatewayId", NULL, act_each_vpn_gateway, \
	"that of the connection; need not be said")}
#define DESTINATION {KEY("destination", "RouteDest", "destination", "the prefix"), .required = true}
#define SOURCE {KEY("source", "RouteSource", "source", "where packets come from"), .required = true}
#define CONNECTION {NAME("connection", "NextHop", "connection", act_each_connection, \
	"through the tunnels of this connection"), .required = true}
#define WEIGHT(api) {KEY("weight", api, "weight", \
	"100, or 0 for the route that waits until the other's connection is down")}
#define PUBLISHED {WORD("published", "PublishVpc", "published", yes_no, \
	"tell it to routing daemons, as a route to the inside")}
#define PRIORITY(api) {KEY("priority", api, "priority", "1 to 100; the lowest that matches decides")}
#define ROUTE_DESCRIPTION {KEY("description", "Description", "description", "what it is for")}

const struct act_key act_destination_route_create_keys[] = {
	DESTINATION, CONNECTION, VPN_GATEWAY, WEIGHT("Weight"), PUBLISHED, ROUTE_DESCRIPTION, {}};
const struct act_key act_destination_route_modify_keys[] = {
	DESTINATION, CONNECTION, VPN_GATEWAY, WEIGHT("NewWeight"), PUBLISHED, ROUTE_DESCRIPTION, {}};
const struct act_key act_destination_route_delete_keys[] = {
	DESTINATION, CONNECTION, VPN_GATEWAY, YES, {}};

const struct act_key act_policy_route_create_keys[] = {SOURCE, DESTINATION, CONNECTION, VPN_GATEWAY,
	PRIORITY("Priority"), WEIGHT("Weight"), PUBLISHED, ROUTE_DESCRIPTION, {}};
const struct act_key act_policy_route_modify_keys[] = {SOURCE, DESTINATION, CONNECTION, VPN_GATEWAY,
	PRIORITY("NewPriority"), WEIGHT("NewWeight"), PUBLISHED, ROUTE_DESCRIPTION, {}};
const struct act_key act_policy_route_delete_keys[] = {
	SOURCE, DESTINATION, CONNECTION, VPN_GATEWAY, YES, {}};

const struct act_key act_delete_keys[] = {YES, {}};
// clang-format on

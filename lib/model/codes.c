#include "model/codes.h"

#include <stdio.h>
#include <string.h>

#include "model/cloud.h"

#define BAD	  400
#define GONE	  404
#define ILLEGAL	  "IllegalParam.%s"
#define MISSING	  "MissingParameter.%s"
#define TUNNEL	  "connections.tunnels."
#define ADDRESS	  "customer_gateways.address", BAD, "InvalidIpAddress.WrongFormat"
#define LOCAL_BGP TUNNEL "bgp.local_address", BAD, "InvalidLocalBgpIp.Malformed"
// clang-format off
const struct code code_table[] = {
	// Of one leaf by itself.
	{"bad-value", "*.label", BAD, "InvalidName", "not what may stand there"},
	{"bad-value", "*.description", BAD, "InvalidDescription", ""},
	{"bad-value", ADDRESS, ""},
	{"bad-value", LOCAL_BGP, ""},
	{"bad-value", NULL, BAD, ILLEGAL, ""},
	{"out-of-range", "*.label", BAD, "InvalidName", "a number, or the length of a text, beyond its limits"},
	{"out-of-range", "*.description", BAD, "InvalidDescription", ""},
	{"out-of-range", NULL, BAD, ILLEGAL, ""},
	{"too-many", "connections", BAD, "Resource.QuotaFull", "more elements than a list may have, children than a tunnel, or tunnels than the machine"},
	{"too-many", NULL, BAD, ILLEGAL, ""},
	{"missing", NULL, BAD, MISSING, "must be given"},
	{"duplicate", "connections.name", BAD, "InvalidVpnConnection.AlreadyExists", "there is another one already"},
	{"duplicate", "destination_routes.destination", BAD, "VpnRouteEntry.AlreadyExists", ""},
	{"duplicate", "policy_routes.source", BAD, "VpnRouteEntry.AlreadyExists", ""},
	{"duplicate", NULL, BAD, ILLEGAL, ""},
	{"unknown-name", "connections.vpn_gateway", GONE, "InvalidVpnGatewayInstanceId.NotFound", "nothing has this name"},
	{"unknown-name", TUNNEL "customer_gateway", GONE, "InvalidCustomerGatewayInstanceId.NotFound", ""},
	{"unknown-name", "destination_routes.connection", GONE, "InvalidVpnConnectionInstanceId.NotFound", ""},
	{"unknown-name", "policy_routes.connection", GONE, "InvalidVpnConnectionInstanceId.NotFound", ""},
	{"unknown-name", NULL, BAD, ILLEGAL, ""},

	// VPN gateways and what belongs to them.
	{"wrong-number", "vpn_gateways.addresses", BAD, ILLEGAL, "not as many tunnels or addresses as the VPN gateway's redundancy says (R-07, R-70)"},
	{"wrong-number", NULL, BAD, "VpnConnection.InvalidCreateTunnelOptions", ""},
	{"given-twice", NULL, BAD, ILLEGAL, "the VPN gateway of the connection says it already (R-02)"},
	{"same-gateway-address", NULL, BAD, ILLEGAL, "both tunnels would have the same gateway address (R-02)"},
	{"quota-full", "vpn_gateways.max_policy_routes", BAD, "QuotaExceeded.PolicyBasedRoute", "more than the VPN gateway may have"},
	{"quota-full", NULL, BAD, "Resource.QuotaFull", ""},
	{"reserved-address", ADDRESS, "no customer gateway may have such an address"},
	{"reserved-asn", NULL, BAD, ILLEGAL, "45104 is the gateway's own autonomous system"},
	{"bad-secret", TUNNEL "pre_shared_key", BAD, "IllegalParam.Psk", "a secret with characters or of a length that the cloud does not take"},
	{"bad-secret", TUNNEL "pre_shared_key_file", BAD, "IllegalParam.Psk", ""},
	{"bad-secret", NULL, BAD, ILLEGAL, ""},
	{"bad-id", NULL, BAD, ILLEGAL, "an identity that is too long or has a space (R-30)"},
	{"slow-cipher", NULL, 0, "", "3des on a fast VPN gateway (R-26, R-32)"},
	{"bad-tunnel-cidr", NULL, BAD, ILLEGAL, "no /30 of 169.254.0.0/16 (R-51)"},
	{"reserved-cidr", NULL, BAD, ILLEGAL, "one of the eight networks that BGP may not use (R-52)"},
	{"not-in-tunnel-cidr", LOCAL_BGP, "none of the two hosts of tunnel_cidr (R-53)"},
	{"different-asn", NULL, BAD, ILLEGAL, "two tunnels of a connection with different local_asn (R-21)"},
	{"needs-asn", NULL, BAD, "MissingParam.CustomerGatewayAsn", "BGP with a customer gateway that has no asn (R-50)"},
	{"needs-destination-mode", NULL, BAD, ILLEGAL, "BGP on a connection whose networks do not hold it"},
	{"default-route", NULL, BAD, ILLEGAL, "0.0.0.0/0 as a destination route"},
	{"reserved-destination", NULL, BAD, ILLEGAL, "a destination route that overlaps 100.64.0.0/10"},
	{"route-conflict", NULL, BAD, "VpnRouteEntry.Conflict", "two destination routes of weight 100 to one place"},
	{"needs-vpn-gateway", NULL, BAD, ILLEGAL, "a gateway's route to a connection that belongs to none"},

	// Connections and tunnels.
	{"ambiguous", NULL, BAD, "InvalidVpnConnection.AlreadyExists", "two tunnels that a peer's first message cannot tell apart"},
	{"overlap", NULL, BAD, ILLEGAL, "networks of one list that overlap"},
	{"family", NULL, BAD, ILLEGAL, "IPv4 here and IPv6 there"},
	{"one-pair", NULL, BAD, "IllegalParam.LocalSubnet", "several networks with IKEv1 (R-15)"},
	{"needs-address-id", NULL, BAD, ILLEGAL, "a name as an identity in IKEv1's main mode (X-3)"},
	{"needs-id", NULL, BAD, ILLEGAL, "an identity that must be said"},
	{"needs-address", NULL, BAD, "IllegalParam.EffectImmediately", "a peer at any address cannot be called"},
	{"needs-next-hop", NULL, BAD, ILLEGAL, "the peer is no neighbour, and there is no next hop"},
	{"not-in-ikev1", NULL, BAD, ILLEGAL, "a cipher that IKEv1 has no number for"},
	{"weak-algorithm", NULL, 0, "", "an algorithm that RFC 8221 or RFC 8247 warns of"},
	{"short-lifetime", NULL, 0, "", "keys that are renewed very often"},
	{"outside-networks", NULL, BAD, ILLEGAL, "more than the networks of the connection hold"},
	{"not-own-address", NULL, BAD, ILLEGAL, "none of the gateway's addresses"},
	{"own-address", ADDRESS, "one of the gateway's addresses"},
	{"own-address", NULL, BAD, ILLEGAL, ""},
	{"not-a-host", ADDRESS, "no address that a host could have"},
	{"not-a-host", NULL, BAD, ILLEGAL, ""},

	// Changes by shell and API.
	{"immutable", NULL, BAD, ILLEGAL, "what cannot change as long as the object is there"},
	{"role-fixed", NULL, BAD, "IllegalParam.Role", "tunnels that would change their roles (R-03)"},
	{"no-downgrade", NULL, BAD, ILLEGAL, "a VPN gateway that would go back to one tunnel (R-70)"},
	{"bgp-in-use", NULL, BAD, "OperationUnsupported.AutoPropagate", "routes are not exchanged any more, while connections speak BGP"},
	{"in-use", "gateway_addresses", BAD, "DependencyViolation.VpnGateway", "others refer to what would be deleted"},
	{"in-use", "connections", BAD, "DependencyViolation.RouteEntry", ""},
	{"in-use", NULL, BAD, "DependencyViolation.VpnConnection", ""},

	// The operator's file.
	{"syntax", NULL, 0, "", "not libconfig's syntax"},
	{"text", NULL, 0, "", "a character that has no place in the file"},
	{"unreadable", NULL, 0, "", "a file that cannot be read"},
	{"not-private", NULL, 0, "", "others may read the secrets of a file"},
	{"two-secrets", NULL, 0, "", "a secret and a file with one"},
	{"unknown-key", NULL, 0, "", "no leaf has this name"},
	{"wrong-type", NULL, BAD, ILLEGAL, "a text for a number, and the like"},
	{"in-both", NULL, BAD, ILLEGAL, "the operator's file has one of this name, too"},
	{"not-in-state", NULL, 0, "", "what belongs into the operator's file alone"},
	{"needs-restart", NULL, 0, "", "takes effect when culvertd starts again"},
	{"not-absolute", NULL, 0, "", "a path that does not begin with /"},
	{"lcore-shared", NULL, 0, "", "a worker that polls on the control core's CPU"},
	{"mtu", NULL, 0, "", "IPv6 on a link with too small packets"},
	{"not-on-link", NULL, BAD, ILLEGAL, "no network of the port holds it"},
	{"not-outside", NULL, 0, "", "a gateway address on an inside port"},
	{"one-way", NULL, 0, "", "a route that leads several ways, or none"},
	{"needs-port", NULL, 0, "", "a next hop without its port"},
	{"needs-protocol", NULL, 0, "", "ports of a protocol that has none"},
	{"needs-connection", NULL, 0, "", "a policy that protects without a connection"},
	{"needs-protect", NULL, 0, "", "a policy with a connection that does not protect"},
};
// clang-format on
const size_t code_count = sizeof(code_table) / sizeof(code_table[0]);

const struct code *code_find(const char *code)
{
	for (size_t i = 0; i < code_count; i++) {
		if (!strcmp(code_table[i].code, code))
			return &code_table[i];
	}
	return NULL;
}

static bool is_path(const char *pattern, const char *plain)
{
	const char *end = strrchr(plain, '.');

	if (!pattern)
		return true;
	return *pattern == '*' ? end && !strcmp(end, pattern + 1) : !strcmp(pattern, plain);
}

static const struct code *row_of(const char *code, const char *plain)
{
	for (size_t i = 0; i < code_count; i++) {
		if (!strcmp(code_table[i].code, code) && is_path(code_table[i].path, plain))
			return &code_table[i];
	}
	return NULL;
}

int code_answer(const struct complaint *c, char answer[static CODE_ANSWER])
{
	const struct path plain = path_plain(c->why.where);
	const struct code *row = row_of(c->code, plain.text);
	char param[CLOUD_PARAM];
	const char *dot;
	size_t len;

	answer[0] = 0;
	if (c->warning)
		return 0;
	cloud_param(c->why.where, param);
	// What the API has no parameter for is refused all the same.
	if (!row || !row->status || (strstr(row->answer, "%s") && !strcmp(param, c->why.where))) {
		strcpy(answer, "InvalidParameter");
		return BAD;
	}
	dot = strrchr(param, '.');
	len = strcspn(row->answer, "%");
	memcpy(answer, row->answer, len);
	snprintf(answer + len, CODE_ANSWER - len, "%.50s",
		row->answer[len] ? dot ? dot + 1 : param : "");
	return row->status;
}
